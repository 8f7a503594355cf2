"""异议 objection: an objection raised while a decision is on public notice (公示), and its answer. Keyed by the objection."""

from collections.abc import Mapping
from typing import Annotated, Any

from govflow.actors import SYSTEM, Claim, Id, Role, covers, is_built_in
from govflow.context import Context
from govflow.messages import BelongsTo, Event, Frozen, ItemCommand, ItemEvent, Personal, Protected
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.regions.opinion import clear_words_name_no_person
from govflow.rules import decided_by_another, decision_dismisses, decision_upholds, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ObjectionStatus(Status):
    RAISED = "raised", "已提出"
    UPHELD = "upheld", "成立", Rest.OUTCOME
    DISMISSED = "dismissed", "不成立", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = ObjectionStatus
R = Role
_FOR_THEMSELVES = (R.VOTER, R.RESIDENT, R.ORGANISATION)


class Objection(Item):
    """One objection: its reason for everybody to read, details that are protected, what was decided and why.

    `unit` is the unit it was raised for; `answered` whether a new decision took its upheld reason up.
    """

    reason: str = ""
    unit: str | None = None
    details: Protected | None = None
    decision: str = ""
    answered: bool = False

    @property
    def what(self) -> str:
        return f"decide the objection: {self.reason}"

    def people(self) -> frozenset[str]:
        return frozenset({self.by, self.unit or self.by})

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return actor == self.by or (unit is not None and unit == self.unit)

    def was_raised_by(self, claim: Claim, actor: str) -> bool:
        """Whether a claim is of whoever raised it: of that unit, where it was raised for one."""
        return self.by in (actor, claim.standing_in_for) if self.unit is None else claim.unit == self.unit

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Residents, voters and organisations take their own objections back, and nobody else's."""
        return False if role in _FOR_THEMSELVES and not self.was_raised_by(claim, actor) else None

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        return True if self.concerns(actor, claim.unit) else None


class RaiseObjection(ItemCommand, Reasoned, wire="objection.raise", label="提出异议"):
    """Object while it is on public notice; the `reason` is public, the `details` are protected."""

    details: Personal | None = None


class ObjectionRaised(ItemEvent, Reasoned, name="objection.raised"):
    """Somebody objects."""

    unit: Id | None = None
    details: Annotated[Protected | None, BelongsTo("on_behalf_of", "by")] = None


class _Decision(Reasoned):
    upheld: bool | None = None


class ResolveObjection(ItemCommand, _Decision, wire="objection.resolve", label="处理异议"):
    """Uphold or dismiss it, with the reason."""


class ObjectionResolved(ItemEvent, _Decision, name="objection.resolved"):
    """The objection was upheld or dismissed."""


class WithdrawObjection(ItemCommand, Reasoned, wire="objection.withdraw", label="撤回异议"):
    """Object no longer."""

    to: Id | None = None


class ObjectionWithdrawn(ItemEvent, Reasoned, name="objection.withdrawn"):
    """The objection was taken back, or fell away with its record."""

    to: Id | None = None


def open_objections(record: Record) -> tuple[Objection, ...]:
    """The objections that wait for their answer."""
    return tuple(each for each in record.items_of("objection").values() if each.status == S.RAISED)


def upheld_objections(record: Record) -> tuple[Objection, ...]:
    """The upheld objections that no new decision has answered: a new round of the record answers those before it."""
    upheld = (each for each in record.items_of("objection").values() if each.status == S.UPHELD)
    return tuple(each for each in upheld if not each.answered and each.round == record.round)


def with_upheld_answered(record: Record) -> Mapping[str, Mapping[str, Item]]:
    """The items of a record that reconsiders: every upheld objection answered. For the fold of that main event."""
    answered = {each.key: each.changed(answered=True) for each in upheld_objections(record)}
    if not answered:
        return record.items
    return Frozen.having(record.items, "objection", Frozen({**record.items_of("objection"), **answered}))


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("公示期内", "M092")
def publicity_is_running(record: Record, event: Any, context: Context) -> bool:
    """The publicity period is running."""
    clock = record.clocks.get("publicity")
    return clock is not None and clock.is_going and (clock.due is None or context.now <= clock.due)


def _units(context: Context) -> set[str]:
    return {claim.unit for claim in context.claims if claim.unit is not None}


@rule("异议非由提出单位自行决定", "M090")
def objection_is_decided_by_another_unit(record: Record, event: Any, context: Context) -> bool:
    """Nobody of the unit that objects decides whether it is right."""
    return getattr(context.item, "unit", None) not in _units(context)


@rule("实施单位不决定对决议的异议", "M090")
def implementer_decides_no_objection(record: Record, event: Any, context: Context) -> bool:
    """Nobody of the unit that is to carry the decision out decides on objections to it."""
    carries_out = {getattr(record, name, None) for name in ("implementer", "lead_unit")} - {None}
    return carries_out.isdisjoint({event.by, context.standing_in_for or event.by, *_units(context)})


@rule("由异议提出人撤回", "design")
def objector_takes_it_back(record: Record, event: Any, context: Context) -> bool:
    """Whoever raised it takes it back, for the unit it was raised for; or the record leaves."""
    item = context.item
    assert isinstance(item, Objection)
    return is_built_in(context.actor) or any(item.was_raised_by(claim, event.by) for claim in context.claims)


# --- the table -------------------------------------------------------------------------------------------------------

_OBJECTORS = (*_FOR_THEMSELVES, R.TOWN)
_DECIDERS = (R.DELIBERATING_BODY, R.TOWN, R.CONVENOR)
_APART = (decided_by_another, objection_is_decided_by_another_unit, implementer_decides_no_objection)
# fmt: off
OBJECTION_WORKFLOW = Workflow("objection", S, zh="异议", on=("proposal", "joint_project"), steps=(
    #    id      command            from      event               to           who                      provided that
    Step("P23",  RaiseObjection,    None,     ObjectionRaised,    S.RAISED,    _OBJECTORS,              (publicity_is_running, reason_given, clear_words_name_no_person), while_in=("published", "approved"), starts="objection_answer"),
    Step("OB03", ResolveObjection,  S.RAISED, ObjectionResolved,  S.DISMISSED, _DECIDERS,               (decision_dismisses, *_APART, reason_given, clear_words_name_no_person), stops="objection_answer"),
    Step("OB02", ResolveObjection,  S.RAISED, ObjectionResolved,  S.UPHELD,    _DECIDERS,               (decision_upholds, *_APART, clear_words_name_no_person), stops="objection_answer"),
    Step("OB04", WithdrawObjection, S.RAISED, ObjectionWithdrawn, S.WITHDRAWN, (*_OBJECTORS, R.SYSTEM), (objector_takes_it_back, clear_words_name_no_person), drops="objection_answer"),
))
# fmt: on


def _raise(record: Record, command: RaiseObjection, context: Context) -> Event:
    """For which unit it is raised: an organisation's or a town's people object for it, residents for themselves."""
    held = [each for each in context.claims if each.role in _OBJECTORS and covers(each, record.level, record.area)]
    spoken_for = (each for each in held if each.unit is not None and each.unit == command.on_behalf_of)
    claim = next(spoken_for, held[0] if held else None)
    unit = claim.unit if claim is not None and claim.role in (R.ORGANISATION, R.TOWN) else None
    key = OBJECTION.key_of(record, command)
    return context.deciders[record.kind_of_record].copied(command, ObjectionRaised, context, item=key, unit=unit)


_FOLD: Fold = {
    ObjectionRaised: lambda item, e: {
        "status": S.RAISED,
        "reason": e.reason,
        "unit": e.unit,
        "details": e.details,
        "owes": R.DELIBERATING_BODY.value,
    },
    ObjectionResolved: lambda item, e: {
        "status": S.UPHELD if e.upheld else S.DISMISSED,
        "decision": e.reason,
        "owes": None,
    },
    ObjectionWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "owes": None},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawObjection:
    return WithdrawObjection(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


OBJECTION = Region(OBJECTION_WORKFLOW, Objection, _FOLD, propose={RaiseObjection: _raise}, ends=_withdraw)
