"""个人信息主体 a person as a log knows them: by a pseudonym, with what may be done with their data and what was.

The record holds no name. What stands in it are ids, moments and officials' reasons; corrected values are protected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from govflow.actors import FOR_THEMSELVES, Claim, Role, covers_area
from govflow.messages import Frozen, Instant, Value
from govflow.records import Item, Record
from govflow.workflow import Rest, Status

PERSON = "person:"
"""How the ids of these records begin; nobody else's may."""

_LONGEST = 64 - len(PERSON)


def person_id(subject: str) -> str:
    """The id of a person's record. A pseudonym too long for an id stands there by its SHA-256."""
    if len(subject) <= _LONGEST:
        return PERSON + subject
    return f"{PERSON}:{hashlib.sha256(subject.encode()).hexdigest()[:48]}"


def place_of(record: str, version: int, field: str) -> str:
    """Where a personal value stands, in one word: `C-2026-000001#1.reporter_name`."""
    return f"{record}#{version}.{field}"


class SubjectStatus(Status):
    """What may be done with a person's data."""

    KNOWN = "known", "在册", Rest.OUTCOME
    RESTRICTED = "restricted", "受限", Rest.OUTCOME
    ERASED = "erased", "已删除", Rest.FINAL


class Requester(StrEnum):
    """To whom everything about a person was handed: never a name."""

    PERSON = "person"  # 本人
    GUARDIAN = "guardian"  # 监护人
    RELATIVE = "relative"  # 死者近亲属 (§49)
    AGENT = "agent"  # 受托人
    AUTHORITY = "authority"  # 有权机关


class CorrectionForm(StrEnum):
    """Why another value is read in the place of one."""

    CORRECTION = "correction"  # 更正、补充: it was wrong or not whole
    REDACTION = "redaction"  # 遮盖: it spoke of somebody whose data is to go


class Dealt(StrEnum):
    """What became of somebody else's text that spoke of an erased person."""

    REPLACED = "replaced"  # 以遮盖后的文本替代
    DROPPED = "dropped"  # 整段删除


class LegalHold(Value):
    """依法留存 why nobody may erase meanwhile: since when, for what reason, by whose authority."""

    id: str
    since: Instant
    by: str
    reason: str
    authority: str


class Corrected(Value):
    """Another value for a place of a record: in which version of the person's record it stands, and since when."""

    record: str
    version: int  # of the record, where the old value stands
    field: str
    stands_in: int  # version of the person's record
    form: CorrectionForm = CorrectionForm.CORRECTION
    at: Instant


class DataSubject(Record):
    """The folded state of one person. `corrections` go by the place that they correct, the newest one each."""

    kind_of_record = "subject"
    is_matter = False

    subject: str = ""
    holds: Mapping[str, LegalHold] = Frozen()
    held_so_far: int = 0
    corrections: Mapping[str, Corrected] = Frozen()
    reads: int = 0
    restricted_since: Instant | None = None
    restricted_by: str = ""
    restricted_on: str = ""  # the basis
    stood_in: tuple[str, ...] = ()  # records that held data which is erased now

    @property
    def title_line(self) -> str:
        return self.subject

    @property
    def is_restricted(self) -> bool:
        """Whether nothing may be done with the data but storing and protecting it (§47)."""
        return self.status == SubjectStatus.RESTRICTED

    @property
    def is_secret(self) -> bool:
        """Who is known to a log is nobody's business."""
        return True

    @property
    def is_for_readers_alone(self) -> bool:
        """Whether somebody is known, restricted or erased is told to nobody else, officials neither."""
        return True

    def parties(self) -> frozenset[str]:
        """The person: who has an interest in them decides nothing here."""
        return frozenset({self.id, self.subject})

    def raised_by(self, actor: str) -> bool:
        """The person themself is told everything."""
        return bool(self.subject) and actor == self.subject

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """The person themself."""
        return not self.version or actor == self.subject

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Those who answer for the protection of personal data, and the person themself."""
        return actor == self.subject or (claim.role in GUARDS and covers_area(claim, self.area))

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Any claim may be the one that lets its holder read a field of another record: the rules ask that record.

        Nobody decides over themself: on their own data a guard is a person like any other.
        """
        return role not in GUARDS or actor != self.subject


GUARDS = (Role.ARCHIVIST, Role.SYSTEM)
"""Who decides over personal data: the archivist for the whole log, and the system by rule."""


def concerned(record: Record, item: Item | None) -> frozenset[str]:
    """Whom a value of a record, or of an item of it, concerns: who has an interest in one of them keeps away."""
    return record.parties() | (item.people() if isinstance(item, Item) else frozenset())


def may_read(
    record: Record, item: Item | None, field: str, claims: Iterable[Claim], actor: str, interests: Collection[str]
) -> Claim | None:
    """The first claim that gives an actor the right to read a personal field; None where none does.

    The item that the value belongs to is asked before its record; an official with an interest keeps away.
    """
    of_item = item if isinstance(item, Item) else Item()
    recused = not concerned(record, item).isdisjoint(interests)
    for claim in claims:
        own = of_item.may_read_personal(field, claim, actor)
        may = record.may_read_personal(field, claim, actor) if own is None else own
        if may and not (recused and claim.role not in FOR_THEMSELVES):
            return claim
    return None
