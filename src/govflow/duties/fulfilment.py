"""How well duties were fulfilled: the indicator obligation_fulfilment of the handbook, as a count and a share."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from govflow.duties.model import Duty
from govflow.duties.periods import year_of
from govflow.regions.obligation import ObligationStatus as S


class Fulfilment(NamedTuple):
    """Occurrences that were due, and how many of them were fulfilled; `late` are those fulfilled after a miss."""

    fulfilled: int
    late: int
    due: int

    @property
    def rate(self) -> Fraction | None:
        """Fulfilled ÷ due, from 0 to 1; None where nothing was due."""
        return Fraction(self.fulfilled, self.due) if self.due else None


def fulfilment(duties: Iterable[Duty], year: int | None = None) -> Fulfilment:
    """The fulfilment of these duties together, in one year or in all.

    Due is what was fulfilled or missed: what is excused, cancelled or still running is not (a default of our own).
    """
    due = [
        item
        for duty in duties
        for key, item in duty.occurrences.items()
        if (year is None or year_of(key) == year) and item.status in (S.FULFILLED, S.MISSED)
    ]
    done = [item for item in due if item.status == S.FULFILLED]
    return Fulfilment(len(done), sum(item.was_missed for item in done), len(due))
