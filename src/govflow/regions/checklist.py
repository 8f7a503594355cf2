"""清单 checklist: stages gone through one after the other (五段研判, 五步工作法, “十个一”). Keyed by the list.

The stages come from the policy and are copied into the event that starts the list: a newer policy changes none that runs.
"""

from collections.abc import Iterable
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Role, speaks_for
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Count, Event, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.policy.practice import ChecklistStage
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ChecklistStatus(Status):
    OPEN = "open", "进行中"
    COMPLETE = "complete", "已完成", Rest.OUTCOME
    DROPPED = "dropped", "不再进行", Rest.FINAL


S = ChecklistStatus


class StageDone(Value):
    """One stage that was gone through: what was found, shown by which evidence, by whom and when."""

    finding: Words
    evidence: tuple[Id, ...] = ()
    by: str
    at: Instant


class ChecklistItem(Item):
    """One list: its stages as they were when it was started, and what was found at those gone through."""

    template: str = ""
    stages: tuple[ChecklistStage, ...] = ()
    done: tuple[StageDone, ...] = ()

    @property
    def next_stage(self) -> int:
        """The number of the stage that comes next, counted from 1; one more than there are when all are done."""
        return len(self.done) + 1

    @property
    def what(self) -> str:
        if self.next_stage > len(self.stages):
            return self.template
        return f"{self.template} {self.next_stage}/{len(self.stages)}: {self.stages[self.next_stage - 1].en}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """A unit or person goes through its own list only."""
        if role != Role.ORGANISATION:
            return None
        return self.owes is not None and (claim.unit == self.owes or speaks_for(self.owes, claim, actor, on_behalf_of))


class StartChecklist(ItemCommand, wire="checklist.start", label="启用清单"):
    """Start a list of the policy; `owner` goes through it, by default who starts it."""

    template: Id | None = None
    owner: Id | None = None


class ChecklistStarted(ItemEvent, name="checklist.started"):
    """A list was started, with these stages."""

    template: Id | None = None
    owner: Id | None = None
    stages: tuple[ChecklistStage, ...] = ()


class _Found(Value):
    stage: Count = 0  # from 1
    finding: Words = ""
    evidence: tuple[Id, ...] = ()


class TickStage(ItemCommand, _Found, wire="checklist.tick", label="完成一步"):
    """Say what was found at the next stage; the last one completes the list."""


class StageTicked(ItemEvent, _Found, name="checklist.ticked"):
    """A stage was gone through."""


class _Back(Reasoned):
    stage: Count = 0  # from 1: it is the next one again


class StepBack(ItemCommand, _Back, wire="checklist.step_back", label="退回一步"):
    """Go back to an earlier stage: it and those behind it are gone through again."""


class SteppedBack(ItemEvent, _Back, name="checklist.stepped_back"):
    """The list went back to an earlier stage; what was found before stays in the log."""


class DropChecklist(ItemCommand, Reasoned, wire="checklist.drop", label="停用清单"):
    """Go through it no further."""


class ChecklistDropped(ItemEvent, Reasoned, name="checklist.dropped"):
    """The list is gone through no further."""


@rule("清单已在政策中列明", "M048", needs="template")
def checklist_is_in_the_policy(record: Record, event: Any, context: Context) -> bool:
    """The checklist is one of the policy's."""
    return bool(event.stages)


@rule("逐段推进,前段完成方可进入后段", "M048", needs="stage")
def stages_are_taken_in_order(record: Record, event: Any, context: Context) -> bool:
    """The stage is the next one: stage n needs stage n − 1."""
    return bool(event.stage == _list(context).next_stage)


@rule("已载明该段所得,所附证据在卷", "M048", needs="finding evidence")
def finding_is_given(record: Record, event: Any, context: Context) -> Iterable[Detail]:
    """What was found is given, and the evidence named is on file."""
    if not event.finding.strip():
        yield Detail("no finding is given", "未载明所得")
    for key in event.evidence:
        piece = record.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"evidence {key} is not on file", f"证据 {key} 不在卷")


@rule("其后尚有阶段", "design")
def another_stage_follows(record: Record, event: Any, context: Context) -> bool:
    """Another stage follows this one."""
    return bool(event.stage < len(_list(context).stages))


@rule("此为最后阶段", "design")
def it_is_the_last_stage(record: Record, event: Any, context: Context) -> bool:
    """No stage follows this one."""
    return bool(event.stage >= len(_list(context).stages))


@rule("退回的阶段此前已完成", "design", needs="stage")
def stage_was_gone_through(record: Record, event: Any, context: Context) -> bool:
    """The stage gone back to was gone through before."""
    return bool(1 <= event.stage < _list(context).next_stage)


def _list(context: Context) -> ChecklistItem:
    assert isinstance(context.item, ChecklistItem)
    return context.item


R = Role
_STARTERS = (R.COMMUNITY, R.LEAD_UNIT, R.TOWN, R.DISTRICT, R.SUPERVISOR)
# fmt: off
CHECKLIST_WORKFLOW = Workflow("checklist", S, zh="清单", on=("case", "campaign", "thematic_issue"), steps=(
    #    id      command         from                  event             to          who                           provided that
    Step("CL01", StartChecklist, None,                 ChecklistStarted, S.OPEN,     _STARTERS,                    (checklist_is_in_the_policy, unit_reported_gets_nothing), while_in="active"),
    Step("CL02", TickStage,      S.OPEN,               StageTicked,      None,       (*_STARTERS, R.ORGANISATION), (stages_are_taken_in_order, finding_is_given, another_stage_follows)),
    Step("CL03", TickStage,      S.OPEN,               StageTicked,      S.COMPLETE, (*_STARTERS, R.ORGANISATION), (stages_are_taken_in_order, finding_is_given, it_is_the_last_stage)),
    Step("CL04", StepBack,       (S.OPEN, S.COMPLETE), SteppedBack,      S.OPEN,     _STARTERS,                    (reason_given, stage_was_gone_through), while_in="active"),
    Step("CL05", DropChecklist,  S.OPEN,               ChecklistDropped, S.DROPPED,  (*_STARTERS, R.SYSTEM),       (reason_given,)),
))
# fmt: on


def _start(record: Record, command: StartChecklist, context: Context) -> Event:
    """Copy the stages of the policy that the record goes by."""
    found = context.policy.checklist(command.template or "")
    return context.deciders[record.kind_of_record].copied(
        command,
        ChecklistStarted,
        context,
        item=CHECKLIST.key_of(record, command),
        owner=command.owner or command.by.id,
        stages=found.stages if found is not None else (),
    )


def _ticked(item: ChecklistItem, e: StageTicked) -> dict[str, Any]:
    done = StageDone(finding=e.finding, evidence=e.evidence, by=e.by, at=e.at)
    status = S.COMPLETE if e.stage >= len(item.stages) else S.OPEN
    return {"status": status, "done": (*item.done, done), "hands": (*item.hands, e.by)}


_FOLD: Fold = {
    ChecklistStarted: lambda item, e: {
        "status": S.OPEN,
        "template": e.template,
        "stages": e.stages,
        "owes": e.owner,
    },
    StageTicked: _ticked,
    SteppedBack: lambda item, e: {"status": S.OPEN, "done": item.done[: e.stage - 1]},
    ChecklistDropped: lambda item, e: {"status": S.DROPPED, "owes": None},
}


def _drop(record: str, item: Item, given: HandOver) -> DropChecklist:
    return DropChecklist(id=record, by=SYSTEM, item=item.key, reason=given.reason)


CHECKLIST = Region(CHECKLIST_WORKFLOW, ChecklistItem, _FOLD, propose={StartChecklist: _start}, ends=_drop)
