"""节点 milestone: a planned step of a project, reached with evidence, accepted by others than the builders.

Keyed by a running number. What was refused is owed again, with its defects listed.
"""

from pydantic import Field

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.context import Context
from govflow.messages import Event, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.projects.milestone_rules import (
    acceptor_is_called_to_it,
    acceptors_are_not_builders,
    due_lies_ahead,
    owner_takes_part,
    words_hide_people,
)
from govflow.projects.model import JointProject
from govflow.projects.rules_need import units_of
from govflow.records import HandOver, Item
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.regions.ledger import place_item_due_and_owner_named
from govflow.rules import measure_and_evidence_given, reason_given, shortcomings_are_listed
from govflow.workflow import Rest, Status, Step, Workflow


class MilestoneStatus(Status):
    """Where a milestone stands."""

    PLANNED = "planned", "计划"
    REACHED = "reached", "已完成"
    ACCEPTED = "accepted", "已验收", Rest.OUTCOME
    REFUSED = "refused", "未通过"
    DROPPED = "dropped", "取消", Rest.FINAL


S = MilestoneStatus
R = Role


class Milestone(Item):
    """One step: what and where, whose it is, what showed that it was reached, what was found defective.

    `reached_by` are its owner and all who ever reported it reached, with their units: none of them accepts it. `defects`
    are those of the last refusal, `refusals` how often it was refused.
    """

    title: str = ""
    place: str = ""
    owner: str = ""
    measure: str = ""
    evidence: tuple[str, ...] = ()
    reached_by: tuple[str, ...] = ()
    accepted_by: str = ""
    defects: tuple[str, ...] = ()
    refusals: int = 0

    @property
    def what(self) -> str:
        return self.title

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Of all organisations its owner reports it reached; what is reached waits for others."""
        owed = self.status in (S.PLANNED, S.REFUSED)
        return self.owner in (actor, claim.unit) if owed and role == R.ORGANISATION else None


class _Planned(Value):
    what: Words = ""
    place: Words = ""
    owner: Id | None = None
    until: Instant | None = None


class PlanMilestone(ItemCommand, _Planned, wire="milestone.plan", label="设定节点"):
    """Plan a step of the project: what, where, who owes it, until when."""


class MilestonePlanned(ItemEvent, _Planned, name="milestone.planned", dues={"milestone_due": "until"}):
    """A step of the project was planned."""


class ReachMilestone(ItemCommand, Shown, wire="milestone.reach", label="报告节点完成"):
    """Report it reached, with what was done and the evidence on file."""


class MilestoneReached(ItemEvent, Shown, name="milestone.reached"):
    """It was reported as reached, by somebody of the units named."""

    units: tuple[Id, ...] = ()


class AcceptMilestone(ItemCommand, wire="milestone.accept", label="节点验收"):
    """Accept it as somebody who took no part in building it."""


class MilestoneAccepted(ItemEvent, name="milestone.accepted"):
    """Others than the builders accepted it."""


class _Refused(Value):
    """Everything found defective, and until when it is put right; by default the policy's limit."""

    shortcomings: tuple[Words, ...] = Field(default=(), max_length=1_000)
    until: Instant | None = None


class RefuseMilestone(ItemCommand, _Refused, wire="milestone.refuse", label="节点验收不通过"):
    """Refuse it as somebody who took no part in building it, with everything that is defective."""


class MilestoneRefused(ItemEvent, _Refused, name="milestone.refused", dues={"milestone_due": "until"}):
    """It was refused with its defects; it is owed again."""


class DropMilestone(ItemCommand, Reasoned, wire="milestone.drop", label="取消节点"):
    """Take it out of the scope, with the reason."""

    to: Id | None = None


class MilestoneDropped(ItemEvent, Reasoned, name="milestone.dropped"):
    """It is no longer part of the scope."""

    to: Id | None = None


_ACCEPTORS = (R.ACCEPTANCE_GROUP, R.SUPERVISOR, R.RESIDENT, R.ORGANISATION)
# fmt: off
MILESTONE_WORKFLOW = Workflow("milestone", S, zh="节点", on=("joint_project",), steps=(
    #    id      command          from                               event              to           who                                 provided that
    Step("MS01", PlanMilestone,   None,                              MilestonePlanned,  S.PLANNED,   R.PROJECT_LEAD,                     (place_item_due_and_owner_named, owner_takes_part, due_lies_ahead, words_hide_people), while_in=("paired", "assessed", "approved", "in_progress", "suspended"), starts="milestone_due"),
    Step("MS02", ReachMilestone,  (S.PLANNED, S.REFUSED),            MilestoneReached,  S.REACHED,   (R.PROJECT_LEAD, R.ORGANISATION),   (measure_and_evidence_given, words_hide_people), while_in="in_progress", stops="milestone_due"),
    Step("MS03", AcceptMilestone, S.REACHED,                         MilestoneAccepted, S.ACCEPTED,  _ACCEPTORS,                         (acceptor_is_called_to_it, acceptors_are_not_builders,), while_in="in_progress"),
    Step("MS04", RefuseMilestone, S.REACHED,                         MilestoneRefused,  S.REFUSED,   _ACCEPTORS,                         (acceptor_is_called_to_it, acceptors_are_not_builders, shortcomings_are_listed, due_lies_ahead, words_hide_people), while_in="in_progress", starts="milestone_due"),
    Step("MS05", DropMilestone,   (S.PLANNED, S.REACHED, S.REFUSED), MilestoneDropped,  S.DROPPED,   (R.PROJECT_LEAD, R.TOWN, R.SYSTEM), (reason_given, words_hide_people), approval=R.TOWN, drops="milestone_due"),
))
# fmt: on


def _reached(project: JointProject, command: ReachMilestone, context: Context) -> Event:
    """For which units whoever reports it works stands in the event: nobody of them accepts it."""
    units = tuple(sorted(units_of(context)))
    decider = context.deciders[project.kind_of_record]
    return decider.copied(command, MilestoneReached, context, item=MILESTONE.key_of(project, command), units=units)


def _fold_reached(item: Milestone, e: MilestoneReached) -> Changes:
    stead = (e.in_stead_of,) if e.in_stead_of is not None else ()
    return {
        "status": S.REACHED,
        "measure": e.measure,
        "evidence": e.evidence,
        "hands": (*item.hands, e.by),
        "reached_by": tuple(dict.fromkeys((item.owner, *item.reached_by, e.by, *stead, *e.units))),
        "owes": R.ACCEPTANCE_GROUP.value,
        "until": None,
    }


def _fold_refused(item: Milestone, e: MilestoneRefused) -> Changes:
    return {
        "status": S.REFUSED,
        "defects": e.shortcomings,
        "refusals": item.refusals + 1,
        "owes": item.owner,
        "until": e.until,
    }


_FOLD: Fold = {
    MilestonePlanned: lambda item, e: {
        "status": S.PLANNED,
        "title": e.what,
        "place": e.place,
        "owner": e.owner or "",
        "owes": e.owner,
        "until": e.until,
    },
    MilestoneReached: _fold_reached,
    MilestoneAccepted: lambda item, e: {"status": S.ACCEPTED, "accepted_by": e.by, "owes": None, "defects": ()},
    MilestoneRefused: _fold_refused,
    MilestoneDropped: lambda item, e: {"status": S.DROPPED, "owes": None},
}


def _drop(record: str, item: Item, given: HandOver) -> DropMilestone:
    return DropMilestone(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


MILESTONE = Region(MILESTONE_WORKFLOW, Milestone, _FOLD, propose={ReachMilestone: _reached}, ends=_drop)
