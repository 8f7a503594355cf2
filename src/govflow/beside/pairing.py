"""结对帮扶 pairing: each household in need has exactly one responsible helper (M135). Keyed by the household.

The key is the household's pseudonym, never a name: it stands in the log in clear. A household whose helper has left
has none until the community names another: that is owed, and the campaign is not closed before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from govflow.actors import SYSTEM, Claim, Id, Role, covers_area
from govflow.beside.pairing_messages import (
    ChangeHelper,
    EndPairing,
    HelperChanged,
    HelperReleased,
    HouseholdListed,
    HouseholdPaired,
    ListHousehold,
    PairHousehold,
    PairingEnded,
    PairingProlonged,
    ProlongPairing,
    ReleaseHelper,
)
from govflow.beside.reach import lies_within
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Event, Instant, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.rules import carries_personal_data, new_due_is_named, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class PairingStatus(Status):
    """Whether a household has its helper."""

    WITHOUT_HELPER = "without_helper", "待落实帮扶人"
    PAIRED = "paired", "已结对"
    ENDED = "ended", "已结束", Rest.OUTCOME  # a household that falls into need again is paired again


S = PairingStatus


class FormerHelper(Value):
    """Somebody, or a unit, that was responsible from `since` until just before `until`, and why no longer."""

    helper: Id
    since: Instant
    until: Instant
    reason: Words = ""


class Pairing(Item):
    """One household: who is responsible for it since when, everybody who was before, who lives there, and where.

    `until` is when the pairing is to be looked at again; without a helper, by when the community names one.
    """

    helper: str | None = None
    helping_since: Instant | None = None
    former: tuple[FormerHelper, ...] = ()
    members: tuple[str, ...] = ()
    area: str = ""
    reason: str = ""  # for which it ended
    handed_to: str | None = None

    @property
    def what(self) -> str:
        return f"help for {self.key}" if self.helper else f"a helper for {self.key}"

    @property
    def household(self) -> frozenset[str]:
        """The household's pseudonym and those of its members."""
        return frozenset({self.key, *self.members})

    def helper_at(self, at: Instant) -> str | None:
        """Who was responsible at a moment; None where nobody was."""
        if self.helping_since is not None and self.helping_since <= at:
            return self.helper
        return next((each.helper for each in self.former if each.since <= at < each.until), None)

    def people(self) -> frozenset[str]:
        return self.household

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """The community and the town in whose area the household lives."""
        return None if self.status == S.ENDED else covers_area(claim, self.area)


# --- rules -----------------------------------------------------------------------------------------------------------

_PERSON = "s-"  # how the pseudonyms of people begin


@rule("以化名登记帮扶户及其成员", "PIPL [V]", needs="item members")
def household_stands_by_its_pseudonym(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """The household and who lives there stand by pseudonyms, never by a name or a number of theirs."""
    for each in (event.item, *event.members):
        if not each.startswith(_PERSON) or carries_personal_data(each):
            yield Detail(f"{each} is no pseudonym", f"{each} 非化名")


@rule("理由不含个人信息", "PIPL [V]", needs="reason")
def reason_hides_people(record: Record, event: Any, context: Context) -> bool:
    """The reason carries no personal data."""
    return not carries_personal_data(event.reason)


@rule("该户及其成员未在另一结对户中", "000 M135", needs="item members")
def household_stands_once(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Nobody of the household stands in another pairing that is open: each household has one helper."""
    own = {event.item, *event.members}
    for key, each in record.items_of("pairing").items():
        if key != event.item and each.status != S.ENDED:
            for twice in sorted(own & each.household):
                yield Detail(f"{twice} stands with {key} already", f"{twice} 已列入 {key} 户")


@rule("帮扶责任人一名已明", "000 M135", needs="helper")
def one_helper_is_named(record: Record, event: Any, context: Context) -> bool:
    """The one who is responsible is named."""
    return event.helper is not None


@rule("新帮扶人非现任", "000 M135", needs="helper")
def another_helper_is_named(record: Record, event: Any, context: Context) -> bool:
    """The new helper is another than the present one."""
    pairing: Any = context.item
    return bool(event.helper != pairing.helper)


def _household(event: Any, context: Context) -> set[str]:
    """Who belongs to the household, as the event says it and as it was known."""
    known = context.item.household if isinstance(context.item, Pairing) else ()
    return {event.item, *getattr(event, "members", ()), *known}


@rule("帮扶人非该户成员", "000 M135", needs="helper members")
def helper_is_not_of_the_household(record: Record, event: Any, context: Context) -> bool:
    """The helper does not belong to the household."""
    return event.helper not in _household(event, context)


@rule("经办人非该户成员且与其无利害关系", "M067", needs="members")
def household_is_anothers(record: Record, event: Any, context: Context) -> bool:
    """Nobody decides on the help for a household that they belong to or have an interest in."""
    own = _household(event, context)
    return own.isdisjoint(context.interests | {event.by, context.standing_in_for})


@rule("该户位于本社区或镇街辖区及本次工作区域内", "000 M135", needs="area")
def household_lives_in_their_area(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """The household lives in the campaign's area, and in that of the community or town that acts."""
    if not lies_within(event.area, record.area):
        yield Detail(f"{event.area} lies outside {record.area}", f"{event.area} 不在 {record.area} 内")
    if not any(claim.role in context.step.who and covers_area(claim, event.area) for claim in context.claims):
        yield Detail(f"{event.area or 'everywhere'} is another's area", f"{event.area or '全域'} 非本辖区")


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_WHO = (R.COMMUNITY, R.TOWN)
_NEW = (
    *(household_stands_by_its_pseudonym, household_stands_once, household_lives_in_their_area),
    *(household_is_anothers, new_due_is_named),
)
_HELPER = (one_helper_is_named, helper_is_not_of_the_household)
_WHY = (reason_given, reason_hides_people, household_is_anothers)
_OPEN = (S.WITHOUT_HELPER, S.PAIRED)
# fmt: off
PAIRING_WORKFLOW = Workflow("pairing", S, zh="结对帮扶", on=("campaign",), steps=(
    #    id      command         from              event             to                who                provided that
    Step("PR01", PairHousehold,  (None, S.ENDED),  HouseholdPaired,  S.PAIRED,         _WHO,              (*_HELPER, *_NEW), while_in="active", anywhere=True),
    Step("PR02", ListHousehold,  (None, S.ENDED),  HouseholdListed,  S.WITHOUT_HELPER, _WHO,              _NEW, while_in="active", anywhere=True),
    Step("PR03", ChangeHelper,   _OPEN,            HelperChanged,    S.PAIRED,         _WHO,              (*_HELPER, another_helper_is_named, new_due_is_named, *_WHY), while_in="active", anywhere=True),
    Step("PR04", ProlongPairing, S.PAIRED,         PairingProlonged, None,             _WHO,              (new_due_is_named, *_WHY), while_in="active", anywhere=True),
    Step("PR05", ReleaseHelper,  S.PAIRED,         HelperReleased,   S.WITHOUT_HELPER, _WHO,              (new_due_is_named, *_WHY), while_in="active", anywhere=True),
    Step("PR06", EndPairing,     _OPEN,            PairingEnded,     S.ENDED,          (*_WHO, R.SYSTEM), _WHY, anywhere=True),
))
# fmt: on


def _until_now(item: Pairing, event: Any) -> Changes:
    """The present helper becomes a former one."""
    if item.helper is None or item.helping_since is None:
        return {"helper": None, "helping_since": None}
    past = FormerHelper(helper=item.helper, since=item.helping_since, until=event.at, reason=event.reason)
    return {"former": (*item.former, past), "helper": None, "helping_since": None}


def _helped_by(event: Any) -> Changes:
    helper = event.helper
    return {"status": S.PAIRED, "helper": helper, "helping_since": event.at, "owes": helper, "until": event.until}


def _waiting(event: Any) -> Changes:
    return {"status": S.WITHOUT_HELPER, "owes": R.COMMUNITY.value, "until": event.until}


def _lives(event: Any) -> Changes:
    return {"area": event.area, "members": event.members, "reason": "", "handed_to": None}


_FOLD: Fold = {
    HouseholdPaired: lambda item, e: {**_lives(e), **_helped_by(e)},
    HouseholdListed: lambda item, e: {**_lives(e), **_waiting(e)},
    HelperChanged: lambda item, e: {**_until_now(item, e), **_helped_by(e)},
    PairingProlonged: lambda item, e: {"until": e.until},
    HelperReleased: lambda item, e: {**_until_now(item, e), **_waiting(e)},
    PairingEnded: lambda item, e: {
        **_until_now(item, e),
        "status": S.ENDED,
        "reason": e.reason,
        "handed_to": e.to,
        "owes": None,
        "until": None,
    },
}


def _copied(record: Record, command: Any, event: type[Event], context: Context, **said: Any) -> Event:
    key = PAIRING.key_of(record, command)
    return context.deciders[record.kind_of_record].copied(command, event, context, item=key, **said)


def _paired(record: Record, command: PairHousehold, context: Context) -> Event:
    return _copied(record, command, HouseholdPaired, context, area=command.area or record.area)


def _listed(record: Record, command: ListHousehold, context: Context) -> Event:
    return _copied(record, command, HouseholdListed, context, area=command.area or record.area)


def _changed(record: Record, command: ChangeHelper, context: Context) -> Event:
    """A term that goes on with the new helper is not named anew; one to find a helper by is no term of help."""
    pairing = context.item
    goes_on = pairing.until if pairing is not None and pairing.status == S.PAIRED else None
    return _copied(record, command, HelperChanged, context, until=command.until or goes_on)


def _end(record: str, item: Item, given: HandOver) -> EndPairing:
    return EndPairing(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


PAIRING = Region(
    PAIRING_WORKFLOW,
    Pairing,
    _FOLD,
    propose={PairHousehold: _paired, ListHousehold: _listed, ChangeHelper: _changed},
    ends=_end,
)


# --- the book of pairings 结对台账 -----------------------------------------------------------------------------------


class PairingFigures(NamedTuple):
    """Households of a campaign: `households` = paired + without_helper; those whose pairing has ended are apart."""

    households: int
    paired: int
    without_helper: int
    ended: int


def pairing_figures(record: Record) -> PairingFigures:
    """How many households have their helper, how many still wait for one."""
    found = [item.status for item in record.items_of("pairing").values()]
    paired, waiting = found.count(S.PAIRED), found.count(S.WITHOUT_HELPER)
    return PairingFigures(paired + waiting, paired, waiting, found.count(S.ENDED))


def households_by_helper(record: Record) -> Mapping[str, tuple[str, ...]]:
    """The households that each helper is responsible for: what has to be handed on when one leaves."""
    found: dict[str, tuple[str, ...]] = {}
    for item in record.items_of("pairing").values():
        if item.status == S.PAIRED:
            found[item.helper] = (*found.get(item.helper, ()), item.key)
    return found
