"""Figures of the disputes of a project (M115): how many were raised, resolved, are open, or had to go higher; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from govflow.projects.model import JointProject
from govflow.records import Record
from govflow.regions.link import LinkKind

_SETTLED = ("performed", "confirmed")
_OTHER_ENDS = (
    "terminated", "rejected", "redirected", "merged", "converted", "withdrawn", "dismissed", "archived",
)  # fmt: skip
_LOWEST = 1  # the tier of the village or the neighbourhood


class DisputeFigures(NamedTuple):
    """The disputes of a project: each count is of disputes.

    `raised` = resolved + open + unresolved. A dispute is `unresolved` where it ended without a settlement. `escalated`
    counts those that went beyond the lowest tier of mediation, up a level, or to the way the law leaves; `petitions`
    those that came as petitions (信访).
    """

    raised: int
    resolved: int
    open: int
    unresolved: int
    escalated: int
    petitions: int


class _Dispute(NamedTuple):
    outcome: str  # resolved, open or unresolved
    escalated: bool
    petition: bool


def dispute_figures(project: JointProject, lookup: Callable[[str], Record | None]) -> DisputeFigures:
    """The figures of the disputes mediated in a project itself, and of the cases tied to it as its disputes.

    `lookup` finds a record by its id as it stands; a tie that was taken back counts nowhere.
    """
    found = [*_of_itself(project), *_tied(project, lookup)]
    return DisputeFigures(
        raised=len(found),
        resolved=sum(each.outcome == "resolved" for each in found),
        open=sum(each.outcome == "open" for each in found),
        unresolved=sum(each.outcome == "unresolved" for each in found),
        escalated=sum(each.escalated for each in found),
        petitions=sum(each.petition for each in found),
    )


def _of_itself(record: Record) -> Iterator[_Dispute]:
    for each in record.items_of("mediation").values():
        outcome = "resolved" if each.status in _SETTLED else "unresolved" if each.status == "referred" else "open"
        yield _Dispute(outcome, _went_higher(each), petition=False)


def _went_higher(mediation: Any) -> bool:
    return bool(mediation.tier > _LOWEST or mediation.status == "referred")


def _tied(project: JointProject, lookup: Callable[[str], Record | None]) -> Iterator[_Dispute]:
    for tie in project.items_of("link").values():
        if tie.kind != LinkKind.DISPUTE or tie.status == "unlinked":
            continue
        case: Any = lookup(tie.other)
        if case is None or case.kind_of_record != "case":
            continue
        yield _Dispute(_outcome(case), _was_escalated(case), petition=case.kind.startswith("petition"))


def _outcome(case: Any) -> str:
    if case.status == "closed" or (case.status == "archived" and case.closed_at is not None):
        return "resolved"
    return "unresolved" if case.status in _OTHER_ENDS else "open"


def _was_escalated(case: Any) -> bool:
    """Whether it left the level it was reported at, went to another way the law has, or a higher tier mediated it."""
    rose = case.reporting_level is not None and case.level is not None and case.level.rank > case.reporting_level.rank
    went = case.status == "redirected"
    return rose or went or any(_went_higher(each) for each in case.items_of("mediation").values())
