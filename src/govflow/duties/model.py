"""定期职责 duty: what one owner owes again and again under one obligation of the policy: vocabulary and state."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from govflow.actors import FOR_THEMSELVES, Area, Claim, Id, Level, covers_area
from govflow.context import Context
from govflow.duties.periods import year_of
from govflow.messages import Command, Event, Value, Words
from govflow.policy import Obligation
from govflow.records import HandOver, Item, Record
from govflow.regions.bodies import Reasoned
from govflow.regions.obligation import FULFILLERS, ObligationStatus, Occurrence
from govflow.workflow import Rest, Status, rule


class DutyStatus(Status):
    """Where a duty stands."""

    IN_FORCE = "in_force", "在行"
    ENDED = "ended", "已终止", Rest.OUTCOME


def duty_id(obligation: str, owner: str) -> str:
    """The id of the record for one obligation and owner: readable where that is unambiguous and short, else hashed."""
    plain = f"duty.{obligation}.{owner}"
    if len(plain) <= 64 and "." not in obligation:
        return plain
    return f"{plain[:47]}.{hashlib.sha256(f'{obligation} {owner}'.encode()).hexdigest()[:16]}"


class Duty(Record):
    """What one unit or person owes under one obligation. Its occurrences are items of the region `obligation`.

    `obligation` holds the terms as they are now, `since` which day they are in force; `first` is the local day from
    which occurrences are owed.
    """

    kind_of_record = "duty"

    obligation: Obligation | None = None
    owner: str = ""
    first: date | None = None
    since: date | None = None
    ended_by: str | None = None

    @property
    def occurrences(self) -> dict[str, Occurrence]:
        """What was owed in each period, by the period's key; without what was cancelled, and the years' minimums."""
        items = self.items_of("obligation")
        return {
            key: item
            for key, item in items.items()
            if item.status != ObligationStatus.CANCELLED and year_of(key) is not None
        }

    def scheduled_in(self, year: int) -> int:
        """How many occurrences of a year were put on the list, cancelled ones apart."""
        return sum(year_of(key) == year for key in self.occurrences)

    def fulfilled_in(self, year: int) -> int:
        """How many occurrences of a year were fulfilled, be it late. One put on by hand counts for its key's year."""
        return sum(
            year_of(key) == year and item.status == ObligationStatus.FULFILLED for key, item in self.occurrences.items()
        )

    def belongs_to(self, claim: Claim, actor: str) -> bool:
        """Whether this is the actor's own duty, or that of the unit or person the claim speaks for."""
        return self.owner in (actor, claim.unit, claim.standing_in_for)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        if role in FULFILLERS or role in FOR_THEMSELVES:
            return self.belongs_to(claim, actor)
        return True

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials see the duties of their area, and everybody their own: residents have no part in them."""
        official = claim.role not in FOR_THEMSELVES
        return (official and covers_area(claim, self.area)) or self.belongs_to(claim, actor)

    def parties(self) -> frozenset[str]:
        return frozenset({self.id, self.owner})

    @property
    def title_line(self) -> str:
        return f"{wording(self.obligation)} ({self.owner})" if self.obligation else self.id


def wording(obligation: Obligation) -> str:
    """What is owed, in a few words."""
    return obligation.zh.strip() or obligation.en.strip() or obligation.id


class _Terms(Value):
    obligation: Obligation
    policy: Words
    level: Level | None = None
    area: Area = ""


class _Opening(_Terms):
    owner: Id
    first: date


class OpenDuty(Command, _Opening, wire="duty.open", label="设定职责"):
    """Put an obligation of the policy on an owner, from a local day on; the level and area are the owner's."""


class DutyOpened(Event, _Opening, name="duty.opened"):
    """An owner owes an obligation from a day on."""


class _Amending(_Terms):
    since: date


class AmendDuty(Command, _Amending, wire="duty.amend", label="变更职责"):
    """Take over other terms from a newer policy, from a local day on. What is scheduled stays as it is."""


class DutyAmended(Event, _Amending, name="duty.amended"):
    """Other terms hold from a day on."""


class EndDuty(Command, Reasoned, wire="duty.end", label="终止职责"):
    """End the duty: what is still scheduled is cancelled with it."""


class DutyEnded(Event, Reasoned, name="duty.ended"):
    """The duty ended; what was missed stays on record."""

    hand_over: tuple[HandOver, ...] = ()


@rule("编号与职责及责任人相符", "design", needs="id obligation owner")
def duty_has_its_id(duty: Duty, event: Any, context: Context) -> bool:
    """There is one record for each obligation and owner, under an id made of both."""
    return duty.id == duty_id(event.obligation.id, event.owner)
