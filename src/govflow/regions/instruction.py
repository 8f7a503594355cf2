"""批示 instruction: what a leader orders on a record, by whom it is answered and until when. Keyed by the instruction."""

from collections.abc import Iterable
from typing import Any

from govflow.actors import SYSTEM, Claim, Id, Level, Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Event, Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.regions.joint_handling import unit_reported_gets_nothing
from govflow.rules import measure_and_evidence_given, new_due_is_named, reason_given, what_who_and_due_named
from govflow.workflow import Rest, Status, Step, Workflow, rule


class InstructionStatus(Status):
    GIVEN = "given", "已批示"
    ANSWERED = "answered", "已回告", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = InstructionStatus
_ANSWERERS = (Role.LEAD_UNIT, Role.CO_UNIT, Role.PROJECT_LEAD, Role.IMPLEMENTER, Role.COMMUNITY)
_GIVERS = (Role.LEADER, Role.SUPERVISOR)


class Instruction(Item):
    """One instruction: what, who answers it, until when, who gave it; how it was answered, how often sent back."""

    order: str = ""
    owner: str | None = None
    given_by: tuple[str, ...] = ()  # who gave it, and in whose stead
    giver_unit: str | None = None
    giver_level: Level | None = None
    measure: str = ""
    returned: int = 0
    earlier: tuple[Instant, ...] = ()

    @property
    def what(self) -> str:
        return self.order

    def people(self) -> frozenset[str]:
        return frozenset() if self.owner is None else frozenset({self.owner})

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        is_owner = self.owner in (actor, claim.unit)
        if role in _ANSWERERS:
            return is_owner
        return False if role in _GIVERS and is_owner else None  # nobody excuses themselves


class _Order(Value):
    what: Words = ""
    owner: Id | None = None
    until: Instant | None = None


class GiveInstruction(ItemCommand, _Order, wire="instruction.give", label="批示"):
    """Order something of a unit or person (`owner`), by `until`."""


class InstructionGiven(ItemEvent, _Order, name="instruction.given", dues={"instruction_reply": "until"}):
    """Something was ordered and must be answered."""

    giver_unit: Id | None = None
    giver_level: Level | None = None


class AnswerInstruction(ItemCommand, Shown, wire="instruction.answer", label="回告批示"):
    """Say what was done about it and show it by evidence on file, or explain."""


class InstructionAnswered(ItemEvent, Shown, name="instruction.answered"):
    """The instruction was carried out or explained."""


class ReturnInstruction(ItemCommand, Reasoned, wire="instruction.return", label="退回重报"):
    """Ask again, by a new due instant: the answer does not do."""

    until: Instant | None = None


class InstructionReturned(ItemEvent, Reasoned, name="instruction.returned", dues={"instruction_reply": "until"}):
    """The answer did not do; another one is owed."""

    until: Instant | None = None


class WithdrawInstruction(ItemCommand, Reasoned, wire="instruction.withdraw", label="撤回批示"):
    """Take the instruction back."""

    to: Id | None = None


class InstructionWithdrawn(ItemEvent, Reasoned, name="instruction.withdrawn"):
    """The instruction was taken back."""

    to: Id | None = None


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("责任方能够回告", "M059", needs="owner")
def owner_can_answer(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Whoever must answer holds a role that answers instructions here, as far as the authority knows who holds any."""
    known = context.holders(_ANSWERERS, record.level, record.area)
    if known and not any(event.owner in (each.actor, each.claim.unit) for each in known):
        roles = ", ".join(map(str, _ANSWERERS))
        yield Detail(f"nobody of {event.owner} holds here one of: {roles}", f"{event.owner} 无人在此担任：{roles}")


@rule("由批示人、其单位或其上级撤回", "design")
def giver_takes_it_back(record: Record, event: Any, context: Context) -> bool:
    """Whoever takes it back gave it, is of the giver's unit or stands above the giver; or the record leaves."""
    item = context.item
    if event.by == SYSTEM.id or not isinstance(item, Instruction):
        return True
    if {event.by, context.standing_in_for} & {*item.given_by}:
        return True
    return any(_is_of_or_above(claim, item) for claim in context.claims if _gives(claim, record))


def _gives(claim: Claim, record: Record) -> bool:
    return claim.role in _GIVERS and covers(claim, record.level, record.area)


def _is_of_or_above(claim: Claim, item: Instruction) -> bool:
    own, theirs = claim.level, item.giver_level
    is_above = own is not None and theirs is not None and own.rank > theirs.rank
    return is_above or (claim.unit is not None and claim.unit == item.giver_unit)


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
# fmt: off
INSTRUCTION_WORKFLOW = Workflow("instruction", S, zh="批示", on=("case", "proposal", "joint_project"), steps=(
    #    id      command              from        event                 to           who                   provided that
    Step("IN01", GiveInstruction,     None,       InstructionGiven,     S.GIVEN,     _GIVERS,              (what_who_and_due_named, unit_reported_gets_nothing, owner_can_answer), while_in="active", starts="instruction_reply"),
    Step("IN02", AnswerInstruction,   S.GIVEN,    InstructionAnswered,  S.ANSWERED,  _ANSWERERS,           (measure_and_evidence_given,), stops="instruction_reply"),
    Step("IN03", ReturnInstruction,   S.ANSWERED, InstructionReturned,  S.GIVEN,     _GIVERS,              (reason_given, new_due_is_named), while_in="active", starts="instruction_reply"),
    Step("IN04", WithdrawInstruction, S.GIVEN,    InstructionWithdrawn, S.WITHDRAWN, (*_GIVERS, R.SYSTEM), (reason_given, giver_takes_it_back), drops="instruction_reply"),
))
# fmt: on


def _give(record: Record, command: GiveInstruction, context: Context) -> Event:
    """For which unit and at which level it was given stands in the event: who may take it back depends on it."""
    key = INSTRUCTION.key_of(record, command)
    claim = next((each for each in context.claims if _gives(each, record)), None)
    giver = {"giver_unit": claim.unit, "giver_level": claim.level} if claim is not None else {}
    return context.deciders[record.kind_of_record].copied(command, InstructionGiven, context, item=key, **giver)


def _returned(item: Instruction, e: InstructionReturned) -> Changes:
    earlier = item.earlier if item.until is None else (*item.earlier, item.until)
    return {
        "status": S.GIVEN,
        "owes": item.owner,
        "until": e.until,
        "earlier": earlier,
        "returned": item.returned + 1,
    }


_FOLD: Fold = {
    InstructionGiven: lambda item, e: {
        "status": S.GIVEN,
        "order": e.what,
        "owner": e.owner,
        "given_by": (e.by,) if e.in_stead_of is None else (e.by, e.in_stead_of),
        "giver_unit": e.giver_unit,
        "giver_level": e.giver_level,
        "owes": e.owner,
        "until": e.until,
    },
    InstructionAnswered: lambda item, e: {
        "status": S.ANSWERED,
        "measure": e.measure,
        "hands": (*item.hands, e.by),
        "owes": None,
    },
    InstructionReturned: _returned,
    InstructionWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "owes": None},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawInstruction:
    return WithdrawInstruction(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


INSTRUCTION = Region(INSTRUCTION_WORKFLOW, Instruction, _FOLD, propose={GiveInstruction: _give}, ends=_withdraw)
