"""审批 approval: one person's leave for another's command, bound to that very command; used once."""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import StringConstraints

from govflow.actors import SYSTEM, Actor, Claim, Id, Role, covers
from govflow.context import Context
from govflow.messages import Command, Count, ItemCommand, ItemEvent, Value, Words, arguments_of
from govflow.records import Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import decided_by_another, due_has_passed, reason_given, role_asked_for_is_held
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ApprovalStatus(Status):
    REQUESTED = "requested", "已申请", Rest.OUTCOME
    GIVEN = "given", "同意", Rest.OUTCOME
    REFUSED = "refused", "不同意", Rest.OUTCOME
    EXPIRED = "expired", "失效", Rest.FINAL
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL
    USED = "used", "已用", Rest.FINAL


S = ApprovalStatus


class Approval(Item):
    """One request: the quoted command, the record's version it was made on, the role that must give it."""

    wire: str = ""
    quoted: str = ""
    on_version: int = 0
    asks: str | None = None
    unit: str | None = None
    given_by: str | None = None
    giver_unit: str | None = None  # the unit for which leave was given
    giver_units: tuple[str, ...] = ()  # every unit the giver belongs to

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        return claim.unit == self.unit if role == Role.UNIT_HEAD and self.unit else None


Quoted = Annotated[str, StringConstraints(max_length=200_000)]
"""A command's arguments as JSON, personal ones left out: long enough for several texts of officials."""


class _Quote(Value):
    wanted: Words = ""  # the wire name of the command
    quoted: Quoted = ""
    on_version: Count = 0
    unit: Id | None = None  # the requester's unit: its head is the unit head


class RequestApproval(ItemCommand, _Quote, wire="approval.request", label="申请审批"):
    """Ask for leave to give a command. `RequestApproval.of(command, record)` quotes it in full.

    The role that the command's row names is asked; `asks` = supervisor asks for the consent that a listed record needs,
    town or district for a review or filing that a proposal's procedure names.
    """

    asks: Literal[Role.SUPERVISOR, Role.TOWN, Role.DISTRICT] | None = None

    @classmethod
    def of(cls, command: Command, record: Record, by: Actor | None = None, **more: Any) -> Self:
        """A request for `command` on `record` as it stands, made by the one who will give it."""
        by = by or command.by
        unit = next((claim.unit for claim in by.claims if claim.unit), None)
        quoted = arguments_of(command).decode()
        return cls(
            id=record.id, by=by, wanted=command.wire, quoted=quoted, on_version=record.version, unit=unit, **more
        )


class ApprovalRequested(ItemEvent, _Quote, name="approval.requested"):
    """Leave was asked for."""

    asks: Id | None = None


class GiveApproval(ItemCommand, wire="approval.give", label="同意"):
    """Give leave, as another person who holds the role that the step asks for."""


class ApprovalGiven(ItemEvent, name="approval.given"):
    """Leave was given."""

    giver_unit: Id | None = None
    giver_units: tuple[Id, ...] = ()


class RefuseApproval(ItemCommand, Reasoned, wire="approval.refuse", label="不同意"):
    """Refuse leave, with the reason."""


class ApprovalRefused(ItemEvent, Reasoned, name="approval.refused"):
    """Leave was refused."""


class ExpireApproval(ItemCommand, wire="approval.expire", label="审批失效"):
    """Record that it was not decided or not used in time."""


class ApprovalExpired(ItemEvent, name="approval.expired"):
    """It was not decided or not used in time."""


class WithdrawApproval(ItemCommand, wire="approval.withdraw", label="撤回申请"):
    """Ask no more."""


class ApprovalWithdrawn(ItemEvent, name="approval.withdrawn"):
    """It is not asked for any more."""


class UseApproval(ItemCommand, wire="approval.use", label="使用审批"):
    """Use it up together with its command."""

    used_for: Id | None = None


class ApprovalUsed(ItemEvent, name="approval.used"):
    """The command was done with it."""

    used_for: Id | None = None


@rule("已完整载明拟批准的命令与版本", "design", needs="wanted quoted on_version")
def command_is_quoted(record: Record, event: Any, context: Context) -> bool:
    """The command asked for is quoted in full with the record's version."""
    if event.asks is None or event.on_version != record.version:
        return False
    try:
        return isinstance(json.loads(event.quoted), dict)
    except (ValueError, RecursionError):  # nested deeper than can be read
        return False


@rule("所批准的事项已在同一事务中执行", "design")
def approved_command_was_done(record: Record, event: Any, context: Context) -> bool:
    """The command that was approved is in the same transaction."""
    return event.used_for is not None


R = Role
_ASKERS = (
    R.REPORTER, R.LEAD_UNIT, R.DISPATCHER, R.PROPOSER, R.SECRETARIAT, R.IMPLEMENTER, R.PROJECT_LEAD,
    R.ORGANISATION, R.COMMUNITY, R.FINANCE, R.ARCHIVIST, R.ACCEPTANCE_DESK, R.TOWN,
)  # fmt: skip
_GIVERS = (R.UNIT_HEAD, R.SUPERVISOR, R.DISPATCHER, R.TOWN, R.DISTRICT, R.COMMUNITY, R.PARTY_BRANCH)
# fmt: off
APPROVAL_WORKFLOW = Workflow("approval", S, zh="审批", on=("case", "proposal", "joint_project"), steps=(
    Step("AP01", RequestApproval,  None,                 ApprovalRequested, S.REQUESTED, _ASKERS, (command_is_quoted,), while_in="any", starts="approval_validity"),
    Step("AP02", GiveApproval,     S.REQUESTED,          ApprovalGiven,     S.GIVEN,     _GIVERS, (decided_by_another, role_asked_for_is_held), while_in="any"),
    Step("AP03", RefuseApproval,   S.REQUESTED,          ApprovalRefused,   S.REFUSED,   _GIVERS, (decided_by_another, role_asked_for_is_held, reason_given), while_in="any", stops="approval_validity"),
    Step("AP04", ExpireApproval,   (S.REQUESTED, S.GIVEN), ApprovalExpired, S.EXPIRED,   R.SYSTEM, (due_has_passed,), while_in="any", stops="approval_validity"),
    Step("AP05", WithdrawApproval, S.REQUESTED,          ApprovalWithdrawn, S.WITHDRAWN, (*_ASKERS, R.SYSTEM), while_in="any", stops="approval_validity"),
    Step("AP06", UseApproval,      S.GIVEN,              ApprovalUsed,      S.USED,      R.SYSTEM, (approved_command_was_done,), while_in="any", stops="approval_validity"),
))
# fmt: on


def _requested(record: Record, command: RequestApproval, context: Context) -> ApprovalRequested:
    """Which role the quoted step asks for stands in the record's own table."""
    decider = context.deciders[record.kind_of_record]
    asks: str | None = command.asks
    for kind, region in decider.commands.items():
        if asks is None and kind.wire == command.wanted:
            flow = decider.workflow if region is None else region.workflow
            asks = next((step.approval for step in flow.steps if step.command is kind and step.approval), None)
    key = APPROVAL.key_of(record, command)
    own = any(claim.unit == command.unit for claim in context.claims)  # nobody names another unit's head
    event = decider.copied(command, ApprovalRequested, context, item=key, asks=asks, unit=command.unit if own else None)
    assert isinstance(event, ApprovalRequested)
    return event


def _given(record: Record, command: GiveApproval, context: Context) -> ApprovalGiven:
    """For which unit it is given, and whose else the giver is, stands in the event: consent may depend on it."""
    asked = getattr(context.item, "asks", None)
    held = (
        each
        for each in context.claims
        if each.role == asked
        and covers(each, record.level, record.area)
        and record.fits(each.role, each, command.by.id, context.on_behalf_of, context.item)
    )
    unit = next((each.unit for each in held), None)
    units = tuple(sorted({each.unit for each in context.claims if each.unit is not None}))
    decider = context.deciders[record.kind_of_record]
    event = decider.copied(command, ApprovalGiven, context, item=command.item, giver_unit=unit, giver_units=units)
    assert isinstance(event, ApprovalGiven)
    return event


def _fold_requested(item: Any, event: Any) -> Changes:
    return {
        "status": S.REQUESTED,
        "wire": event.wanted,
        "quoted": event.quoted,
        "on_version": event.on_version,
        "asks": event.asks,
        "unit": event.unit,
    }


_FOLD: Fold = {
    ApprovalRequested: _fold_requested,
    ApprovalGiven: lambda item, e: {
        "status": S.GIVEN,
        "given_by": e.by,
        "giver_unit": e.giver_unit,
        "giver_units": e.giver_units,
    },
    ApprovalRefused: lambda item, e: {"status": S.REFUSED},
    ApprovalExpired: lambda item, e: {"status": S.EXPIRED},
    ApprovalWithdrawn: lambda item, e: {"status": S.WITHDRAWN},
    ApprovalUsed: lambda item, e: {"status": S.USED},
}


def _quoted_digest(wire: str, quoted: bytes) -> str:
    return hashlib.sha256(wire.encode() + b"\n" + quoted).hexdigest()


def leaves_given(record: Record, command: Command, asked: str, context: Context) -> Iterator[Approval]:
    """Every leave that holders of the role `asked` have given for this very command.

    Leave holds while it has not run out and the record's status has not moved since it was asked for.
    """
    wanted = _quoted_digest(command.wire, arguments_of(command))
    for item in record.items_of("approval").values():
        clock = record.clocks.get(f"approval_validity:{item.key}")
        if (
            item.status == S.GIVEN
            and item.asks == asked
            and item.given_by != command.by.id
            and record.moved_in <= item.on_version
            and _quoted_digest(item.wire, item.quoted.encode()) == wanted
            and (clock is None or clock.due is None or context.now <= clock.due)
        ):
            yield item


def _approving(record: Record, command: Command, step: Step, context: Context) -> Command | None:
    """The command that uses up the leave given for this very command."""
    leave = next(leaves_given(record, command, step.approval or "", context), None)
    if leave is None:
        return None
    return UseApproval(id=record.id, by=SYSTEM, item=leave.key, used_for=command.command_id)


def _expire(record: Record, key: str) -> Iterator[Command]:
    yield ExpireApproval(id=record.id, by=SYSTEM, item=key)


APPROVAL = Region(
    APPROVAL_WORKFLOW,
    Approval,
    _FOLD,
    propose={RequestApproval: _requested, GiveApproval: _given},
    approves=_approving,
    when_due={"approval_validity": _expire},
)
