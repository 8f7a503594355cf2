"""How a due instant follows from a time limit: counted from an instant, in hours, days or working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from govflow.policy.model import Unit


class Due(NamedTuple):
    """A due instant, what it was derived from, and whether it may still move with a work calendar."""

    at: datetime
    derived: str
    provisional: bool = False


def due_after(start: datetime, length: int, unit: Unit, zone: tzinfo) -> datetime:
    """The instant `length` units after `start`.

    Hours run on. Days and working days leave the starting day out and end at 24:00 local time (民法典 §§201, 203);
    without a work calendar, working days are Monday to Friday.
    """
    if unit is Unit.HOUR:
        return start + timedelta(hours=length)
    return _end_of_day_after(start.astimezone(zone).date(), length, unit, zone)


@lru_cache(maxsize=4096)
def _end_of_day_after(day: date, length: int, unit: Unit, zone: tzinfo) -> datetime:
    left = length
    while left > 0:
        day += timedelta(days=1)
        if unit is Unit.DAY or day.weekday() < 5:
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
