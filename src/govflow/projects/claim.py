"""需求认领 claim: one party's claim of the need. Keyed by the claimer; moves with the main commands."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM, Role
from govflow.messages import ItemCommand, ItemEvent
from govflow.projects.commands import ArrangeParty, ClaimDemand, PairParties, WithdrawClaim
from govflow.projects.events import ClaimWithdrawn, DemandClaimed, PartiesPaired, PartyArranged
from govflow.projects.model import JointProject, Pledge
from govflow.projects.rules_need import (
    another_claim_is_left,
    claimer_is_registered,
    named_party_consents,
    two_parties_or_more,
)
from govflow.records import HandOver, Item
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow


class ClaimStatus(Status):
    """Where a claim stands."""

    STANDING = "standing", "认领中"
    PAIRED = "paired", "已结对", Rest.OUTCOME
    DECLINED = "declined", "未采用", Rest.FINAL
    WITHDRAWN = "withdrawn", "撤回", Rest.OUTCOME


S = ClaimStatus


class DemandClaim(Item):
    """One claim: by which unit, what it can contribute, out of which resource; `arranged`: the town found the party."""

    claimer: str = ""
    capacity: str = ""
    resource: str | None = None
    pledges: tuple[Pledge, ...] = ()
    arranged: bool = False
    declined_for: str = ""

    @property
    def what(self) -> str:
        return self.capacity or f"claim of {self.claimer}"

    def people(self) -> frozenset[str]:
        return frozenset({self.claimer})


class DeclineClaim(ItemCommand, Reasoned, wire="claim.decline", label="不采用认领"):
    """Say why a claim was not taken up."""


class ClaimDeclined(ItemEvent, Reasoned, name="claim.declined"):
    """Another was chosen, or the need is off the list."""


R = Role
# fmt: off
CLAIM_WORKFLOW = Workflow("claim", S, zh="需求认领", on=("joint_project",), steps=(
    #    id      command        from                   event           to           who                             provided that
    Step("CL01", ClaimDemand,   (None, S.WITHDRAWN),   DemandClaimed,  S.STANDING,  R.ORGANISATION,                 (claimer_is_registered,), while_in=("open_for_claim", "claimed"), rides=("J03", "J28")),
    Step("CL02", ArrangeParty,  None,                  PartyArranged,  S.STANDING,  R.TOWN,                         (named_party_consents,), while_in="proposed", rides=("J31",)),
    Step("CL03", WithdrawClaim, S.STANDING,            ClaimWithdrawn, S.WITHDRAWN, R.ORGANISATION,                 (reason_given,), while_in="claimed", rides=("J05", "J29")),
    Step("CL04", PairParties,   S.STANDING,            PartiesPaired,  S.PAIRED,    ((R.COMMUNITY, R.ORGANISATION),), (two_parties_or_more,), while_in="claimed", rides=("J06",)),
    Step("CL05", DeclineClaim,  S.STANDING,            ClaimDeclined,  S.DECLINED,  (R.COMMUNITY, R.TOWN, R.SYSTEM), (reason_given, another_claim_is_left)),
))
# fmt: on


def _key(project: JointProject, unit: str) -> str:
    """The unit's own key; the next one where that is of a declined claim, which stays as it is, or another unit's."""
    key, number, claims = unit, 1, project.items_of("claim")
    while key in claims and (claims[key].status == S.DECLINED or claims[key].claimer != unit):
        number += 1
        key = f"{unit}.{number}"
    return key


def _claimed(project: JointProject, event: DemandClaimed) -> Iterator[tuple[str, Changes]]:
    if event.claimer is None:  # the rules refuse it
        return
    owes = Role.COMMUNITY.value
    said = {"claimer": event.claimer, "capacity": event.capacity, "resource": event.resource, "pledges": event.pledges}
    yield _key(project, event.claimer), {"status": S.STANDING, "owes": owes, **said}


def _arranged(project: JointProject, event: PartyArranged) -> Iterator[tuple[str, Changes]]:
    if event.to is None:  # the rules refuse it
        return
    said = {"claimer": event.to, "capacity": event.capacity, "arranged": True}
    yield _key(project, event.to), {"status": S.STANDING, "owes": Role.COMMUNITY.value, **said}


def _withdrawn(project: JointProject, event: ClaimWithdrawn) -> Iterator[tuple[str, Changes]]:
    if event.claimer is not None:  # the rules refuse the other
        yield _key(project, event.claimer), {"status": S.WITHDRAWN, "owes": None}


def _paired(project: JointProject, event: PartiesPaired) -> Iterator[tuple[str, Changes]]:
    named = {party.unit for party in event.parties}
    for item in project.items_of("claim").values():
        if item.status == S.STANDING and item.claimer in named:
            yield item.key, {"status": S.PAIRED, "owes": None}


_FOLD: Fold = {
    ClaimDeclined: lambda item, e: {"status": S.DECLINED, "declined_for": e.reason, "owes": None},
}


def _decline(record: str, item: Item, given: HandOver) -> DeclineClaim:
    return DeclineClaim(id=record, by=SYSTEM, item=item.key, reason=given.reason)


def decline_standing(project: JointProject, reason: str) -> Iterator[DeclineClaim]:
    """The claims that still stand are declined, for a reason."""
    for item in project.items_of("claim").values():
        if item.status == S.STANDING:
            yield DeclineClaim(id=project.id, by=SYSTEM, item=item.key, reason=reason)


CLAIM = Region(CLAIM_WORKFLOW, DemandClaim, _FOLD, ends=_decline).riding(
    {DemandClaimed: _claimed, PartyArranged: _arranged, ClaimWithdrawn: _withdrawn, PartiesPaired: _paired}
)
