"""苗头 signs of trouble, category by category and area by area: so many alike within a time raise one risk signal."""

from govflow.watch.decider import WATCH as WATCH
from govflow.watch.model import NoteSign as NoteSign
from govflow.watch.model import RestWatch as RestWatch
from govflow.watch.model import Sign as Sign
from govflow.watch.model import SignNoted as SignNoted
from govflow.watch.model import Watch as Watch
from govflow.watch.model import watch_id as watch_id
from govflow.watch.noting import noted_by as noted_by
