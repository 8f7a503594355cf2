"""查询码 tracking codes: a matter reported without a name, and followed by a code alone."""

from govflow.tracking.desk import Receipt as Receipt
from govflow.tracking.desk import TrackingDesk as TrackingDesk
from govflow.tracking.following import Following as Following
from govflow.tracking.following import Told as Told
from govflow.tracking.following import Until as Until
