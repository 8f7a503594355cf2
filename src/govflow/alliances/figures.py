"""Figures of an alliance: coverage, attendance, participation and brands. Counts and exact shares, of units alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from govflow.alliances.activity import ActivityStatus, Occasion
from govflow.alliances.member import MemberStatus
from govflow.alliances.model import Alliance


class Coverage(NamedTuple):
    """三步走 (M126): the units reached, those of them that belong to it, and of these those with a project."""

    visited: int
    included: int
    with_project: int

    @property
    def included_rate(self) -> Fraction | None:
        """Included ÷ reached, from 0 to 1; None where nobody was reached."""
        return Fraction(self.included, self.visited) if self.visited else None

    @property
    def project_rate(self) -> Fraction | None:
        """With a project ÷ included, from 0 to 1; None where nobody is included."""
        return Fraction(self.with_project, self.included) if self.included else None


def coverage(alliance: Alliance) -> Coverage:
    """How far the three steps are. Founders and those who left count as reached."""
    members = alliance.items_of("member").values()
    included = [each for each in members if each.status == MemberStatus.INCLUDED]
    return Coverage(len(members), len(included), sum(bool(each.projects) for each in included))


class Attendance(NamedTuple):
    """Of what took place while a unit belonged to it: joint meetings on whose roll it was, activities of all."""

    meetings_attended: int
    meetings: int
    activities_attended: int
    activities: int

    @property
    def rate(self) -> Fraction | None:
        """Attended ÷ held, from 0 to 1; None where nothing was held."""
        held = self.meetings + self.activities
        return Fraction(self.meetings_attended + self.activities_attended, held) if held else None


def attendance(alliance: Alliance, unit: str) -> Attendance:
    """How often a unit came to meetings that it was asked to, and to activities held while it belonged to them."""
    met = [each for each in alliance.items_of("meeting").values() if each.attended and unit in each.roll]
    membership: Any = alliance.item("member", unit)
    held = [
        each
        for each in alliance.items_of("activity").values()
        if each.held_at is not None and membership is not None and membership.belonged_at(each.held_at)
    ]
    came = sum(any(part.unit == unit for part in each.participants) for each in held)
    return Attendance(sum(unit in each.attended for each in met), len(met), came, len(held))


class Participation(NamedTuple):
    """How many activities of one sort were held, how many units came to one at least, and people in all."""

    held: int
    units: int
    people: int


def participation(alliance: Alliance, occasion: Occasion) -> Participation:
    """Who took part in the activities of one sort. People are counted once for each activity."""
    held = [
        each
        for each in alliance.items_of("activity").values()
        if each.status == ActivityStatus.HELD and each.occasion == occasion
    ]
    units = {part.unit for each in held for part in each.participants}
    return Participation(len(held), len(units), sum(each.head_count for each in held))


def brands_by_unit(alliance: Alliance) -> Mapping[str, int]:
    """How many brands each unit of the alliance keeps, those with none among them (each organisation ≥ 1, M124)."""
    alive = [each.unit for each in alliance.items_of("brand").values() if each.is_alive]
    return {unit: alive.count(unit) for unit in sorted(alliance.included)}


def units_without_brand(alliance: Alliance) -> tuple[str, ...]:
    """The units of the alliance that have still to carry a brand of their own."""
    return tuple(unit for unit, count in brands_by_unit(alliance).items() if not count)


def part_time_members(alliance: Alliance, day: date) -> Mapping[str, str]:
    """Who sits on the committee part-time on a local day (兼职委员, M127), by unit; of units that belong to it."""
    members = alliance.items_of("member")
    held = ((unit, each) for unit in alliance.included for each in members[unit].offices if each.is_held_on(day))
    return {unit: each.person for unit, each in held}
