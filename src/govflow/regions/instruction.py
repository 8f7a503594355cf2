"""批示 instruction: what a leader orders on a record, by whom it is answered and until when. Keyed by the instruction."""

from govflow.actors import SYSTEM, Claim, Id, Role
from govflow.messages import Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import HandOver, Item
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.rules import measure_and_evidence_given, new_due_is_named, reason_given, what_who_and_due_named
from govflow.workflow import Rest, Status, Step, Workflow


class InstructionStatus(Status):
    GIVEN = "given", "已批示"
    ANSWERED = "answered", "已回告", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = InstructionStatus
_ANSWERERS = (Role.LEAD_UNIT, Role.PROJECT_LEAD, Role.IMPLEMENTER, Role.COMMUNITY)
_GIVERS = (Role.LEADER, Role.SUPERVISOR)


class Instruction(Item):
    """One instruction: what, who answers it, until when; how it was answered, and how often it was sent back."""

    order: str = ""
    owner: str | None = None
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


R = Role
# fmt: off
INSTRUCTION_WORKFLOW = Workflow("instruction", S, zh="批示", on=("case", "proposal", "joint_project"), steps=(
    #    id      command              from        event                 to           who                   provided that
    Step("IN01", GiveInstruction,     None,       InstructionGiven,     S.GIVEN,     _GIVERS,              (what_who_and_due_named,), while_in="active", starts="instruction_reply"),
    Step("IN02", AnswerInstruction,   S.GIVEN,    InstructionAnswered,  S.ANSWERED,  _ANSWERERS,           (measure_and_evidence_given,), stops="instruction_reply"),
    Step("IN03", ReturnInstruction,   S.ANSWERED, InstructionReturned,  S.GIVEN,     _GIVERS,              (reason_given, new_due_is_named), while_in="active", starts="instruction_reply"),
    Step("IN04", WithdrawInstruction, S.GIVEN,    InstructionWithdrawn, S.WITHDRAWN, (R.LEADER, R.SYSTEM), (reason_given,), drops="instruction_reply"),
))
# fmt: on


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


INSTRUCTION = Region(INSTRUCTION_WORKFLOW, Instruction, _FOLD, ends=_withdraw)
