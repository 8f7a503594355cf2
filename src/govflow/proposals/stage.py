"""审议阶段 stage: one stage of the pinned procedure in one consultation round. Moves with the main commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.messages import ItemCommand, ItemEvent
from govflow.policy import DecisionProcedure
from govflow.proposals.commands import (
    AmendProposal,
    CloseConsultation,
    DelegateProposal,
    FailStage,
    RecordStage,
    SendBack,
)
from govflow.proposals.events import (
    ConsultationClosed,
    ProposalAmended,
    ProposalDelegated,
    ProposalSentBack,
    StageFailed,
    StageRecorded,
)
from govflow.proposals.model import Proposal
from govflow.proposals.rules_deliberation import (
    stage_is_not_passed,
    stage_is_passed,
    stage_key,
    stages_run_in_order,
)
from govflow.proposals.rules_intake import procedure_is_pinned
from govflow.records import HandOver, Item
from govflow.region import Changes, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import reason_given
from govflow.workflow import Rest, Status, Step, Workflow


class StageStatus(Status):
    PENDING = "pending", "待审议"
    PASSED = "passed", "已通过", Rest.OUTCOME
    FAILED = "failed", "未通过", Rest.FINAL
    VOID = "void", "作废", Rest.FINAL


S = StageStatus


class Stage(Item):
    """One stage: whose turn it is, and what that body decided with which attendance."""

    title: str = ""
    body: str = ""
    unit: str | None = None
    entitled: int = 0
    present: int = 0
    in_favour: int = 0
    against: int = 0
    meeting: str | None = None
    papers: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        return self.title


class VoidStage(ItemCommand, Reasoned, wire="stage.void", label="阶段作废"):
    """Let a stage fall: the proposal left deliberation by another way."""


class StageVoided(ItemEvent, Reasoned, name="stage.voided"):
    """A stage fell with the deliberation it belonged to."""


# fmt: off
STAGE_WORKFLOW = Workflow("stage", S, zh="审议阶段", on=("proposal",), steps=(
    #    id      command             from                    event               to         who                     provided that
    Step("ST01", CloseConsultation,  None,                   ConsultationClosed, S.PENDING, Role.SECRETARIAT,       (procedure_is_pinned,), while_in="consulting", rides=("P11",)),
    Step("ST02", RecordStage,        S.PENDING,              StageRecorded,      S.PASSED,  Role.DELIBERATING_BODY, (stages_run_in_order, stage_is_passed), while_in="deliberating", rides=("P12",)),
    Step("ST03", FailStage,          S.PENDING,              StageFailed,        S.FAILED,  Role.DELIBERATING_BODY, (stage_is_not_passed,), while_in="deliberating", rides=("P41",)),
    Step("ST04", SendBack,           (S.PENDING, S.PASSED),  ProposalSentBack,   S.VOID,    Role.DELIBERATING_BODY, (reason_given,), while_in="deliberating", rides=("P13",)),
    Step("ST05", VoidStage,          S.PENDING,              StageVoided,        S.VOID,    Role.SYSTEM),
    # ours: the stages of the lower body's procedure take the place of those still pending (M085)
    Step("ST06", DelegateProposal,   (None, S.PENDING),      ProposalDelegated,  S.PENDING, (Role.DELIBERATING_BODY, Role.SECRETARIAT), (procedure_is_pinned,), while_in="deliberating", rides=("P51",)),
    # ours: where the lower body's procedure has no such stage, they fall; as do those after a stage that failed
    Step("ST08", DelegateProposal,   S.PENDING,              ProposalDelegated,  S.VOID,    (Role.DELIBERATING_BODY, Role.SECRETARIAT), while_in="deliberating", rides=("P51",)),
    Step("ST09", FailStage,          S.PENDING,              StageFailed,        S.VOID,    Role.DELIBERATING_BODY, while_in="deliberating", rides=("P41",)),
    # ours: what was said of another wording is said again
    Step("ST07", AmendProposal,      S.PASSED,               ProposalAmended,    S.PENDING, (Role.PROPOSER, Role.SECRETARIAT, Role.DELIBERATING_BODY), while_in="deliberating", rides=("P34",)),
))
# fmt: on


def _begun(proposal: Proposal, procedure: DecisionProcedure | None) -> Iterator[tuple[str, Changes]]:
    for stage in procedure.stages if procedure is not None else ():
        key = stage_key(proposal, stage.id)
        item = proposal.item("stage", key)
        if item is None or item.status != S.PASSED:
            owes = Role.DELIBERATING_BODY.value
            yield key, {"status": S.PENDING, "title": stage.en, "body": stage.body, "owes": owes}


def _of_round(proposal: Proposal) -> Iterator[Any]:
    return (item for item in proposal.items_of("stage").values() if item.round == proposal.round)


def _begin(proposal: Proposal, event: ConsultationClosed) -> Iterator[tuple[str, Changes]]:
    return _begun(proposal, proposal.procedure)


def _decided(status: StageStatus) -> Any:
    def ride(proposal: Proposal, event: Any) -> Iterator[tuple[str, Changes]]:
        key = stage_key(proposal, event.stage or "")
        said = {name: getattr(event, name) for name in ("entitled", "present", "in_favour", "against", "meeting")}
        hands = tuple(filter(None, (event.by, event.in_stead_of)))
        yield key, {"status": status, "unit": event.unit, "papers": event.papers, "hands": hands, **said}
        if status is S.FAILED:  # one no is enough: the stages after it are not asked any more
            yield from (
                (item.key, {"status": S.VOID})
                for item in _of_round(proposal)
                if item.status == S.PENDING and item.key != key
            )

    return ride


def _sent_back(proposal: Proposal, event: ProposalSentBack) -> Iterator[tuple[str, Changes]]:
    for item in _of_round(proposal):
        if item.status in (S.PENDING, S.PASSED):
            yield item.key, {"status": S.VOID}


def _delegated(proposal: Proposal, event: ProposalDelegated) -> Iterator[tuple[str, Changes]]:
    if proposal.status != "deliberating":  # its stages begin when the consultation is closed
        return
    kept = dict(_begun(proposal, event.procedure))
    for item in _of_round(proposal):
        if item.status == S.PENDING and item.key not in kept:
            yield item.key, {"status": S.VOID}
    yield from kept.items()


def _amended(proposal: Proposal, event: ProposalAmended) -> Iterator[tuple[str, Changes]]:
    """A new wording in deliberation: the bodies of its procedure that had passed the one before say yes to it again."""
    if proposal.status != "deliberating" or proposal.procedure is None:
        return
    for stage in proposal.procedure.stages:
        key = stage_key(proposal, stage.id)
        item = proposal.item("stage", key)
        if item is not None and item.status == S.PASSED:
            yield key, {"status": S.PENDING}


def _void(record: str, item: Item, given: HandOver) -> VoidStage:
    return VoidStage(id=record, by=SYSTEM, item=item.key, reason=given.reason)


STAGE = Region(
    STAGE_WORKFLOW,
    Stage,
    {StageVoided: lambda item, event: {"status": S.VOID}},
    rides={
        ConsultationClosed: _begin,
        StageRecorded: _decided(S.PASSED),
        StageFailed: _decided(S.FAILED),
        ProposalSentBack: _sent_back,
        ProposalDelegated: _delegated,
        ProposalAmended: _amended,
    },
    ends=_void,
)
