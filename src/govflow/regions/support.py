"""附议联名 support: one supporter of a proposal, and how many of them a track asks for. Keyed by the supporter.

Whoever counts has signed: the proposer signs like everybody else, and counts once, in the capacity signed in.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from govflow.actors import Claim, Id, Role, covers, speaks_for
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import BelongsTo, Command, ItemCommand, ItemEvent, Personal, Protected, Value
from govflow.policy import Body, DecisionProcedure, Policy, SupportRule
from govflow.records import Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.opinion import clear_words_name_no_person
from govflow.rules import not_done_before, person_is_eligible, procedure_of
from govflow.workflow import Rest, Status, Step, Workflow, rule


class SupportStatus(Status):
    GIVEN = "given", "已联名", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.OUTCOME


S = SupportStatus
R = Role
_SUPPORTERS = (R.RESIDENT, R.ORGANISATION, R.VOTER, R.CO_PROPOSER)
RESIDENT = "resident"
"""The capacity of whoever signs in person and as nothing else."""


class Support(Item):
    """One supporter: in which capacity, and the signature on file. The name is protected."""

    capacity: str = RESIDENT
    supporter_name: Protected | None = None
    signature: str | None = None
    through: str | None = None  # the merged proposal that brought it here

    @property
    def what(self) -> str:
        return f"{self.key} as {self.capacity}"

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return self.key in (actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Nobody takes back what another has signed."""
        return False if role in _SUPPORTERS and not speaks_for(self.key, claim, actor, on_behalf_of) else None

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        return True if self.concerns(actor, claim.unit) else None


class _Signing(Value):
    capacity: Id = RESIDENT
    signature: Id | None = None  # the sheet it stands on, among the evidence


class SecondProposal(ItemCommand, _Signing, wire="support.second", label="附议联名"):
    """Support a proposal, in person or for the unit spoken for."""

    supporter_name: Personal | None = None


class SupportGiven(ItemEvent, _Signing, name="support.given"):
    """Somebody supports the proposal."""

    supporter_name: Annotated[Protected | None, BelongsTo("on_behalf_of", "by")] = None


class WithdrawSupport(ItemCommand, Reasoned, wire="support.withdraw", label="撤回附议"):
    """Support it no longer."""


class SupportWithdrawn(ItemEvent, Reasoned, name="support.withdrawn"):
    """A supporter supports it no longer."""


# --- how many stand, and how many are asked ---------------------------------------------------------------------------


def supporters(record: Record, capacity: str) -> int:
    """How many supporters of one capacity stand."""
    signed: Iterable[Support] = record.items_of("support").values()
    return sum(each.status == S.GIVEN and each.capacity == capacity for each in signed)


def supporters_asked(rule: SupportRule, area: str, policy: Policy) -> int | None:
    """How many supporters a rule asks for in an area; None where the body, or its size, is not in the policy."""
    if rule.share is None or rule.of is None:
        return rule.least
    body = policy.body_for(rule.of, area)
    if body is None or not body.members:
        return None
    part, rest = divmod(rule.share.numerator * body.members, rule.share.denominator)
    return max(rule.least, part + (rest > 0 if rule.share.inclusive else 1))


def reaches(record: Record, procedure: DecisionProcedure, policy: Policy) -> bool:
    """Whether the standing supporters reach one of the procedure's thresholds; without any, they do."""
    asked = ((each, supporters_asked(each, record.area, policy)) for each in procedure.support)
    reached = [needed is not None and supporters(record, each.capacity) >= needed for each, needed in asked]
    return not reached or any(reached)


def lacking_supporters(record: Record, procedure: DecisionProcedure, policy: Policy) -> Iterator[Detail]:
    """For each threshold how many stand and how many are asked; nothing where one of them is reached."""
    if reaches(record, procedure, policy):
        return
    for each in procedure.support:
        stand, asked = supporters(record, each.capacity), supporters_asked(each, record.area, policy)
        if asked is not None:
            yield Detail(f"{each.capacity}: {stand} of {asked}", f"{each.capacity}：现有 {stand}，应有 {asked}")
        elif policy.body_for(each.of or "", record.area) is None:
            yield _no_body(each.of or "")
        else:
            yield Detail(f"the size of the body {each.of} is not given", f"未载明机构 {each.of} 的人数")


def _no_body(kind: str) -> Detail:
    return Detail(f"the policy lists no body {kind} here", f"政策未列本区域的机构 {kind}")


# --- rules -----------------------------------------------------------------------------------------------------------


def _speaking(record: Record, event: Any, context: Context) -> list[Claim]:
    """The claims by which whoever acts speaks as the supporter: for a unit as its organisation, else in person."""
    is_unit = event.item != event.by
    return [
        claim
        for claim in context.claims
        if covers(claim, record.level, record.area)
        and speaks_for(event.item, claim, event.by, context.on_behalf_of)
        and (claim.role == R.ORGANISATION) == is_unit
    ]


@rule("由本人或本单位附议", "村委会法 §21 [V, pre-2026 text]", needs="item")
def supporter_signs_in_person(record: Record, event: Any, context: Context) -> bool:
    """Nobody supports for another: in person, or for a unit as one of it."""
    return any(claim.role in _SUPPORTERS for claim in _speaking(record, event, context))


@rule("具备所称的附议身份", "村委会法 §21 [V, pre-2026 text]", needs="capacity")
def capacity_is_held(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """People sign as residents or as members of a body that they sit in; any other capacity is a role that is held."""
    capacity = event.capacity
    track = procedure_of(record, event, context)
    kinds = {each.of for each in (track.support if track else ()) if each.capacity == capacity and each.of}
    if (capacity == RESIDENT or kinds) and event.item != event.by:
        yield Detail(f"a unit is no {capacity}", f"单位不以 {capacity} 身份附议")
    elif capacity == RESIDENT:
        return
    elif not kinds:
        if capacity not in {claim.role for claim in _speaking(record, event, context)}:
            yield Detail(f"the role {capacity} is not held", f"不具有角色 {capacity}")
    else:
        bodies = {kind: context.policy.body_for(kind, record.area) for kind in sorted(kinds)}
        if not any(body is not None and _sits_in(body, record, context) for body in bodies.values()):
            for kind, body in bodies.items():
                no_seat = Detail(f"no seat in the body {kind}", f"非机构 {kind} 成员")
                yield _no_body(kind) if body is None else no_seat


def _sits_in(body: Body, record: Record, context: Context) -> bool:
    """Whether whoever acts belongs to a body's unit; a seat is one's own, and no substitute's."""
    return any(
        claim.unit is not None
        and claim.unit == body.unit
        and claim.standing_in_for is None
        and covers(claim, record.level, record.area)
        for claim in context.claims
    )


@rule("签名件在卷", "村委会法 §21 [V, pre-2026 text]", needs="signature")
def signature_is_on_file(record: Record, event: Any, context: Context) -> bool:
    """The sheet with the signature, where one is named, is on file."""
    sheet = record.item("evidence", event.signature) if event.signature else None
    return event.signature is None or (sheet is not None and bool(sheet.status == "added"))


# --- the table -------------------------------------------------------------------------------------------------------

_OPEN = ("draft", "submitted", "screening")
# fmt: off
SUPPORT_WORKFLOW = Workflow("support", S, zh="附议联名", on=("proposal",), steps=(
    #    id      command          from                 event             to           who                       provided that
    Step("SU01", SecondProposal,  (None, S.WITHDRAWN), SupportGiven,     S.GIVEN,     _SUPPORTERS,              (person_is_eligible, not_done_before(), supporter_signs_in_person, capacity_is_held, signature_is_on_file), while_in=_OPEN),
    Step("SU02", WithdrawSupport, S.GIVEN,             SupportWithdrawn, S.WITHDRAWN, (*_SUPPORTERS, R.SYSTEM), (clear_words_name_no_person,), while_in=(*_OPEN, "consulting", "deliberating")),
))
# fmt: on

_FOLD: Fold = {
    SupportGiven: lambda item, e: {
        "status": S.GIVEN,
        "since": e.at,
        "by": e.by,
        "capacity": e.capacity,
        "supporter_name": e.supporter_name,
        "signature": e.signature,
    },
    SupportWithdrawn: lambda item, e: {"status": S.WITHDRAWN},
}


def _key(record: Record, command: Command) -> str:
    """The unit spoken for, else whoever acts."""
    return command.on_behalf_of or command.by.id


SUPPORT = Region(SUPPORT_WORKFLOW, Support, _FOLD, new_key=_key)
