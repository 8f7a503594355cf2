"""Time limits: the clocks of a record, how steps move them, and how a due instant follows from the policy."""

from govflow.clocks.clock import Clock, applied
from govflow.clocks.kinds import CLOCKS, ClockKind
from govflow.clocks.moves import moves_of

__all__ = ["CLOCKS", "Clock", "ClockKind", "applied", "moves_of"]
