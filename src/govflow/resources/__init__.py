"""Resources 资源 offered to common projects (M103–M106): a record with bookings, its ledger, what can be matched."""

from govflow.resources.booking import Booking as Booking
from govflow.resources.booking import BookingStatus as BookingStatus
from govflow.resources.booking import booking_key as booking_key
from govflow.resources.decider import RESOURCE as RESOURCE
from govflow.resources.ledger import ResourceLedger as ResourceLedger
from govflow.resources.ledger import ResourceLine as ResourceLine
from govflow.resources.ledger import ResourceTotal as ResourceTotal
from govflow.resources.ledger import offers_of as offers_of
from govflow.resources.ledger import resource_ledger as resource_ledger
from govflow.resources.model import Resource as Resource
from govflow.resources.model import ResourceStatus as ResourceStatus
from govflow.resources.reactions import BOOKS_RESOURCES as BOOKS_RESOURCES
