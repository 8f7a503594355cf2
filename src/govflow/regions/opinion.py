"""意见 opinion: one opinion given in consultation, at a hearing or in publicity, and its answer. Keyed by the opinion."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

from govflow.actors import SYSTEM, Claim, Id, Role, claim_for, covers, is_built_in, speaks_for
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import BelongsTo, Count, Event, ItemCommand, ItemEvent, ItemKey, Personal, Protected, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.region import Changes, Fold, Region
from govflow.regions.bodies import Reasoned
from govflow.rules import carries_personal_data, person_is_eligible, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class OpinionStatus(Status):
    RECORDED = "recorded", "已登记"
    ADOPTED = "adopted", "采纳", Rest.OUTCOME
    PARTLY_ADOPTED = "partly_adopted", "部分采纳", Rest.OUTCOME
    DECLINED = "declined", "未采纳", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = OpinionStatus
R = Role
_GIVERS = (R.RESIDENT, R.ORGANISATION, R.VOTER)


class ParticipantKind(StrEnum):
    """The eight kinds of those who consult together (M095)."""

    PARTY_ORGANISATION = "party_organisation"  # 党组织
    RESIDENTS_COMMITTEE = "residents_committee"  # 居委会
    PROPERTY_FIRM = "property_firm"  # 物业
    OWNERS_COMMITTEE = "owners_committee"  # 业委会
    SOCIAL_ORGANISATION = "social_organisation"  # 社会组织
    RESIDENT = "resident"  # 居民
    MERCHANT = "merchant"  # 商户
    UNIT = "unit"  # 单位


_IN_PERSON = (ParticipantKind.RESIDENT, ParticipantKind.MERCHANT)


class Disposition(StrEnum):
    """What became of an opinion."""

    ADOPTED = "adopted"  # 采纳
    PARTLY = "partly"  # 部分采纳
    DECLINED = "declined"  # 不采纳


class Opinion(Item):
    """One opinion: who gave it, on which part, at which meeting, and what became of it, for everybody to read.

    Its text is protected. `author` is a pseudonym or a unit; None: given on paper, without a name.
    """

    author: str | None = None
    participant: ParticipantKind | None = None
    about: str = ""
    meeting: str | None = None
    text: Protected | None = None
    disposition: Disposition | None = None
    reason: str = ""
    text_version: int | None = None  # of the proposal's text, in which it was taken up

    @property
    def what(self) -> str:
        return f"answer the opinion on {self.about}" if self.about else "answer the opinion"

    def people(self) -> frozenset[str]:
        return frozenset() if self.author is None else frozenset({self.author})

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return self.author is not None and self.author in (actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Only its author takes an opinion back."""
        if role not in _GIVERS:
            return None
        return None if self.author is not None and speaks_for(self.author, claim, actor, on_behalf_of) else False

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        return True if self.concerns(actor, claim.unit) else None


class _Given(Value):
    about: Words = ""
    participant: ParticipantKind | None = None
    meeting: ItemKey | None = None
    author: Id | None = None


class RecordOpinion(ItemCommand, _Given, wire="opinion.record", label="提出意见"):
    """Give an opinion; the secretariat enters what others (`author`) gave on paper or at a meeting.

    `about` says which part it is on, in the clear; the `text` is protected.
    """

    text: Personal | None = None


class OpinionRecorded(ItemEvent, _Given, name="opinion.recorded"):
    """An opinion was given."""

    text: Annotated[Protected | None, BelongsTo("author")] = None


class _Disposed(Reasoned):
    disposition: Disposition | None = None
    text_version: Count | None = None


class DisposeOpinion(ItemCommand, _Disposed, wire="opinion.dispose", label="处理意见"):
    """Adopt it, adopt it in part or decline it; `text_version` is the text in which it was taken up."""


class OpinionDisposed(ItemEvent, _Disposed, name="opinion.disposed"):
    """An opinion was adopted, adopted in part or declined."""


class WithdrawOpinion(ItemCommand, Reasoned, wire="opinion.withdraw", label="撤回意见"):
    """Take it back."""

    to: Id | None = None


class OpinionWithdrawn(ItemEvent, Reasoned, name="opinion.withdrawn"):
    """An opinion was taken back, or fell away with its record."""

    to: Id | None = None


def opinions_of_round(record: Record) -> tuple[Opinion, ...]:
    """The opinions given in the present round of consultation, those taken back among them."""
    return tuple(each for each in record.items_of("opinion").values() if each.round == record.round)


def undisposed(record: Record) -> tuple[Opinion, ...]:
    """The opinions that wait for their answer, those left over from an earlier round among them."""
    return tuple(each for each in record.items_of("opinion").values() if each.status == S.RECORDED)


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("意见由本人或本单位提出,或由秘书处代录", "M095", needs="author participant")
def opinion_is_the_authors_own(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Whoever gives it is its author or speaks for the unit that is; the secretariat enters what others gave."""
    here = [claim for claim in context.claims if covers(claim, record.level, record.area)]
    if is_built_in(context.actor) or any(claim.role == R.SECRETARIAT for claim in here):
        return
    in_person = event.author == event.by
    givers = [claim for claim in here if claim.role in _GIVERS and (claim.role != R.ORGANISATION) == in_person]
    if not any(speaks_for(event.author or "", claim, event.by, context.on_behalf_of) for claim in givers):
        yield Detail("it is another's opinion, or a unit's that is not spoken for", "系他人意见，或未以本单位名义提出")
    elif in_person and event.participant not in _IN_PERSON:
        yield Detail(
            f"a {event.participant} is a unit, to be spoken for", f"{event.participant} 为单位，须由其代表提出"
        )


@rule("意见内容已载明", "M094", needs="text")
def opinion_says_something(record: Record, event: Any, context: Context) -> bool:
    """The opinion has a text."""
    return event.text is not None


@rule("所指会议在卷", "M096", needs="meeting")
def meeting_is_on_record(record: Record, event: Any, context: Context) -> bool:
    """The meeting at which it was given, where one is named, is on record and was not cancelled."""
    meeting = record.item("meeting", event.meeting) if event.meeting else None
    return event.meeting is None or (meeting is not None and bool(meeting.status != "cancelled"))


@rule("公开文字不含个人信息", "PIPL [V]", version=2, needs="about reason")
def clear_words_name_no_person(record: Record, event: Any, context: Context) -> bool:
    """What everybody may read carries no mobile or identity number and no e-mail address."""
    said = (getattr(event, name, "") for name in ("about", "reason"))
    return is_built_in(context.actor) or not any(carries_personal_data(each) for each in said)


@rule("意见采纳", "M010", needs="disposition")
def disposition_adopts(record: Record, event: Any, context: Context) -> bool:
    """The opinion is taken up."""
    return event.disposition is Disposition.ADOPTED


@rule("意见部分采纳", "M010", needs="disposition")
def disposition_adopts_in_part(record: Record, event: Any, context: Context) -> bool:
    """The opinion is taken up in part."""
    return event.disposition is Disposition.PARTLY


@rule("意见不采纳", "M010", needs="disposition")
def disposition_declines(record: Record, event: Any, context: Context) -> bool:
    """The opinion is not taken up."""
    return event.disposition is Disposition.DECLINED


@rule("处理者非意见提出人", "M090")
def disposed_by_another_than_its_author(record: Record, event: Any, context: Context) -> bool:
    """Nobody disposes of an opinion of their own or of their unit."""
    assert context.item is not None
    theirs = {event.by, context.standing_in_for, *(claim.unit for claim in context.claims)} - {None}
    return context.item.people().isdisjoint(theirs)


# --- the table -------------------------------------------------------------------------------------------------------

_ANSWERERS = (R.SECRETARIAT, R.PROPOSER, R.COMMUNITY, R.PROJECT_LEAD)
_FAIRLY = (disposed_by_another_than_its_author, clear_words_name_no_person)
# fmt: off
OPINION_WORKFLOW = Workflow("opinion", S, zh="意见", on=("proposal", "joint_project"), steps=(
    #    id      command          from        event             to                 who                                provided that
    Step("P09",  RecordOpinion,   None,       OpinionRecorded,  S.RECORDED,        (*_GIVERS, R.SECRETARIAT, R.SYSTEM), (person_is_eligible, opinion_is_the_authors_own, opinion_says_something, meeting_is_on_record, clear_words_name_no_person), while_in=("consulting", "deliberating", "paired", "assessed")),
    Step("OP03", DisposeOpinion,  S.RECORDED, OpinionDisposed,  S.PARTLY_ADOPTED,  _ANSWERERS,                        (disposition_adopts_in_part, reason_given, *_FAIRLY)),
    Step("OP04", DisposeOpinion,  S.RECORDED, OpinionDisposed,  S.DECLINED,        _ANSWERERS,                        (disposition_declines, reason_given, *_FAIRLY)),
    Step("OP02", DisposeOpinion,  S.RECORDED, OpinionDisposed,  S.ADOPTED,         _ANSWERERS,                        (disposition_adopts, *_FAIRLY)),
    Step("OP05", WithdrawOpinion, S.RECORDED, OpinionWithdrawn, S.WITHDRAWN,       (*_GIVERS, R.SYSTEM),              (clear_words_name_no_person,)),
))
# fmt: on


def _record(record: Record, command: RecordOpinion, context: Context) -> Event:
    """Whose opinion it is: who is named, else the unit spoken for, else whoever gives it; nobody's, if on paper."""
    gives = claim_for(context.claims, _GIVERS, record.level, record.area) is not None
    author = command.author or ((command.on_behalf_of or command.by.id) if gives else None)
    own = ParticipantKind.RESIDENT if author == command.by.id else ParticipantKind.UNIT if gives else None
    said: Changes = {"author": author, "participant": command.participant or own}
    key = OPINION.key_of(record, command)
    return context.deciders[record.kind_of_record].copied(command, OpinionRecorded, context, item=key, **said)


def _disposed(item: Opinion, e: OpinionDisposed) -> Changes:
    otherwise: dict[Disposition | None, S] = {Disposition.PARTLY: S.PARTLY_ADOPTED, Disposition.DECLINED: S.DECLINED}
    return {
        "status": otherwise.get(e.disposition, S.ADOPTED),
        "disposition": e.disposition,
        "reason": e.reason,
        "text_version": e.text_version,
        "hands": (*item.hands, e.by),
        "owes": None,
    }


_FOLD: Fold = {
    OpinionRecorded: lambda item, e: {
        "status": S.RECORDED,
        "author": e.author,
        "participant": e.participant,
        "about": e.about,
        "meeting": e.meeting,
        "text": e.text,
        "owes": R.SECRETARIAT.value,
    },
    OpinionDisposed: _disposed,
    OpinionWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "owes": None},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawOpinion:
    return WithdrawOpinion(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


OPINION = Region(OPINION_WORKFLOW, Opinion, _FOLD, propose={RecordOpinion: _record}, ends=_withdraw)
