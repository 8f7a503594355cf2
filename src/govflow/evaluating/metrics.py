"""How units take part 参与: attendance 到会率, fulfilment of commitments 践诺率, response 响应率, as plain counts.

Each is counted from what was owed and what was done, as events or states say it, at one moment. What is left out of a
rate is named with its reason, so that nobody can better a rate by leaving out; nothing owed gives no rate (DOMAIN §7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from govflow.errors import Detail


class Owed(NamedTuple):
    """One thing that a unit was asked for: until when, when it was done, why it does not count; None where not so.

    For a meeting `due` is when it is held, and `done` when the unit came.
    """

    key: str
    due: datetime | None
    done: datetime | None = None
    excused: Detail | None = None


class Excluded(NamedTuple):
    """What was left out of a rate, and why."""

    key: str
    why: Detail


class Rate(NamedTuple):
    """So many of so many, with what was late and what was left out named by key."""

    part: int
    whole: int
    late: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    @property
    def rate(self) -> Fraction | None:
        """Part ÷ whole, from 0 to 1; None where nothing was owed."""
        return Fraction(self.part, self.whole) if self.whole else None


def attendance(invited: Iterable[Owed], now: datetime) -> Rate:
    """约请到会率: attended ÷ invited, of meetings held by now. Who declined or was silent was not there."""
    return _counted(invited, now, lambda each: True, _NOT_HELD)._replace(late=())  # when they came is no matter


def fulfilment(promised: Iterable[Owed], now: datetime) -> Rate:
    """践诺率: commitments kept ÷ due by now. One kept before it is due counts; one kept late counts and is named."""
    return _counted(promised, now, lambda each: True, _NOT_DUE)


def response(asked: Iterable[Owed], now: datetime) -> Rate:
    """响应率: answered in time ÷ asked. A late answer does not count and is named; what is not due yet is left out."""
    return _counted(asked, now, lambda each: not _is_late(each), _NOT_DUE)


_NOT_HELD = Detail("not held yet", "尚未召开")
_NOT_DUE = Detail("not due yet", "尚未到期")


def _is_late(each: Owed) -> bool:
    return each.done is not None and each.due is not None and each.done > each.due


def _counted(owed: Iterable[Owed], now: datetime, counts: Callable[[Owed], bool], still_open: Detail) -> Rate:
    part = whole = 0
    late: list[str] = []
    undone: list[str] = []
    excluded: list[Excluded] = []
    for each in owed:
        is_done = each.done is not None and each.done <= now
        if each.excused is not None:
            excluded.append(Excluded(each.key, each.excused))
        elif not is_done and (each.due is None or each.due > now):
            excluded.append(Excluded(each.key, still_open))
        else:
            whole += 1
            part += is_done and counts(each)
            if not is_done:
                undone.append(each.key)
            elif _is_late(each):
                late.append(each.key)
    return Rate(part, whole, tuple(late), tuple(undone), tuple(excluded))
