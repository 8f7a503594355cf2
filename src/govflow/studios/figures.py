"""What a studio received and answered 办结率: figures over matters as they stand, of one studio or of many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple, Self

from govflow.clocks import Clock
from govflow.messages import ClockStatus
from govflow.studios.matter import MatterStatus as S
from govflow.studios.matter import StudioMatter
from govflow.studios.model import Studio

_ANSWERED = (S.ANSWERED, S.CONFIRMED)
_OPEN = (S.RECEIVED, S.HANDED_ON, S.RETURNED)


class MatterFigures(NamedTuple):
    """How many matters came in, and how they stand: `received` is the sum of answered, open and withdrawn ones."""

    received: int = 0
    answered: int = 0
    open: int = 0
    withdrawn: int = 0
    handed_on: int = 0  # of the open ones: another record deals with them
    confirmed: int = 0  # of the answered ones: whoever asked says so too
    late: int = 0  # whose answer came, or still is, past its limit

    @property
    def rate(self) -> Fraction | None:
        """办结率: answered ÷ received, from 0 to 1; None where nothing came in."""
        return Fraction(self.answered, self.received) if self.received else None

    def plus(self, other: Self) -> MatterFigures:
        """The figures of both together."""
        return MatterFigures(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def matter_figures(studio: Studio) -> MatterFigures:
    """The figures of one studio (M154)."""
    return figures_of(studio.items_of("matter").values(), studio.clocks)


def figures_by_category(studio: Studio) -> Mapping[str, MatterFigures]:
    """The figures of one studio for each category, in order of their ids."""
    matters = list(studio.items_of("matter").values())
    return {
        category: figures_of((each for each in matters if each.category == category), studio.clocks)
        for category in sorted({each.category for each in matters})
    }


def figures_of_all(studios: Iterable[Studio]) -> MatterFigures:
    """The figures of many studios together."""
    total = MatterFigures()
    for studio in studios:
        total = total.plus(matter_figures(studio))
    return total


def figures_of(matters: Iterable[StudioMatter], clocks: Mapping[str, Clock] | None = None) -> MatterFigures:
    """The figures of some matters; without the clocks of their record none that is unanswered counts as late."""
    known = list(matters)
    overdue = {name for name, run in (clocks or {}).items() if run.status is ClockStatus.OVERDUE}
    return MatterFigures(
        received=len(known),
        answered=sum(each.status in _ANSWERED for each in known),
        open=sum(each.status in _OPEN for each in known),
        withdrawn=sum(each.status == S.WITHDRAWN for each in known),
        handed_on=sum(each.status == S.HANDED_ON for each in known),
        confirmed=sum(each.status == S.CONFIRMED for each in known),
        late=sum(each.was_late or f"matter_answer:{each.key}" in overdue for each in known),
    )
