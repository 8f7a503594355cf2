"""调解 mediation, its vocabulary: statuses, who takes part, what is agreed and signed, the state of one dispute."""

import hashlib
import json
import re
from collections.abc import Iterable
from enum import StrEnum

from govflow.actors import Claim, Id, Role, speaks_for
from govflow.messages import Instant, Sha256, Value, Words
from govflow.policy.practice import MediationKind
from govflow.records import Item
from govflow.workflow import Rest, Status


class MediationStatus(Status):
    OFFERED = "offered", "已提议"
    IN_MEDIATION = "in_mediation", "调解中"
    AGREED = "agreed", "达成协议"
    CONFIRMED = "confirmed", "司法确认", Rest.OUTCOME
    PERFORMED = "performed", "已履行", Rest.OUTCOME
    BREACHED = "breached", "未履行"
    FAILED = "failed", "未达成"
    DECLINED = "declined", "拒绝调解"
    REFERRED = "referred", "已告知途径", Rest.OUTCOME


S = MediationStatus


class Relation(StrEnum):
    """Between whom a dispute is (000 社会协调作用, M074)."""

    UNIT_UNIT = "unit_unit"  # 单位之间
    RESIDENT_UNIT = "resident_unit"  # 居民与单位
    RESIDENT_RESIDENT = "resident_resident"  # 居民之间


class Force(StrEnum):
    """The seven forces of a mediation team (003 七支力量, M068): the source names four, the social ones are ours."""

    VILLAGE_CADRE = "village_cadre"  # 村干部
    COMMUNITY_POLICE = "community_police"  # 片警
    SOCIAL_WORKER = "social_worker"  # 社工
    MEDIATOR = "mediator"  # 调解员
    VOLUNTEER = "volunteer"  # 志愿者
    RESPECTED_ELDER = "respected_elder"  # 乡贤
    LAWYER = "lawyer"  # 律师


class Channel(StrEnum):
    """The statutory ways left when mediation has not settled a dispute (003 多元化解, M066)."""

    ARBITRATION = "arbitration"  # 仲裁
    ADJUDICATION = "adjudication"  # 行政裁决
    RECONSIDERATION = "reconsideration"  # 行政复议
    LITIGATION = "litigation"  # 诉讼


class Purpose(StrEnum):
    """What the parties sign a statement for."""

    AGREEMENT = "agreement"  # 达成协议
    CONFIRMATION = "confirmation"  # 申请司法确认
    PERFORMANCE = "performance"  # 确认已履行
    EXTENSION = "extension"  # 同意延长调解期限


class Participant(Value):
    """Somebody who helps to mediate, and of which force."""

    id: Id
    force: Force


class AgreedObligation(Value):
    """One duty of an agreement: which party does what until when."""

    by: Id
    what: Words
    until: Instant


class Signature(Value):
    """What a party has signed: the digest of a statement, and for what."""

    party: Id
    purpose: Purpose
    digest: Sha256


def statement_digest(
    record: str,
    dispute: str,
    purpose: Purpose,
    *,
    obligations: Iterable[AgreedObligation] = (),
    text_digest: str | None = None,
    length: int = 0,
) -> str:
    """The SHA-256 (hex) that a party signs: of the dispute, the purpose and all terms of the statement.

    An agreement, its confirmation and its performance have the same terms: the obligations in their order and the
    SHA-256 of the agreement's text. An extension has its `length`, in the units of the limit.
    """
    duties = [[each.by, each.what, each.until.isoformat()] for each in obligations]
    said = [record, dispute, purpose.value, duties, text_digest, length]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


_SALT = re.compile(r"\n[0-9a-f]{32,}\Z")


def salted(text: str, salt: str) -> str:
    """The text of an agreement with a random number (`secrets.token_hex(16)`) on a last line of its own."""
    return f"{text.rstrip()}\n{salt}"


def text_digest_of(text: str) -> str | None:
    """The SHA-256 (hex) of an agreement's text; None where no random number of 32 hex digits or more ends it.

    The digest stands in the log for ever. With the number erased together with the text, nobody can guess at it.
    """
    return hashlib.sha256(text.encode()).hexdigest() if _SALT.search(text) else None


class Mediation(Item):
    """One dispute: who with whom, before whom, at which tier, and what came of it."""

    matter: str = ""
    parties: tuple[str, ...] = ()
    relation: Relation | None = None
    tier: int = 1
    form: MediationKind = MediationKind.PEOPLE
    mediator: str = ""
    body: str | None = None
    body_unit: str | None = None  # of that body: its mediators speak for it
    participants: tuple[Participant, ...] = ()
    experts: tuple[str, ...] = ()
    earlier_mediators: tuple[str, ...] = ()  # who were replaced: none of them goes on
    consents: tuple[str, ...] = ()  # the parties that have consented at this tier
    refused: tuple[str, ...] = ()  # and those that have clearly refused
    unwilling: tuple[str, ...] = ()  # those that have clearly refused at any tier, and not consented since
    signed: tuple[Signature, ...] = ()  # the latest of each party for each purpose
    obligations: tuple[AgreedObligation, ...] = ()
    text_digest: str | None = None
    commitments: tuple[str, ...] = ()  # the commitments of this record that carry its obligations
    applied: bool = False  # for judicial confirmation
    court_decision: str = ""
    channel: str = ""  # the statutory channel the parties were told
    channels: tuple[Channel, ...] = ()

    @property
    def what(self) -> str:
        return self.matter or " : ".join(self.parties)

    def people(self) -> frozenset[str]:
        return frozenset(self.parties)

    def spoken_of(self) -> Iterable[str]:
        return () if self.relation is Relation.UNIT_UNIT else self.parties

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return bool({actor, unit} & {*self.parties, self.mediator})

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """A party speaks for itself; its mediator is the one named, or somebody of the mediator's or body's unit."""
        match role:
            case Role.DISPUTANT:
                party = on_behalf_of or actor
                return party in self.parties and speaks_for(party, claim, actor, on_behalf_of)
            case Role.MEDIATOR:
                ours = {self.mediator, self.body_unit} - {None, *self.earlier_mediators}
                own = actor == self.mediator or (claim.unit in ours and actor not in self.earlier_mediators)
                return own and actor not in self.parties and claim.unit not in self.parties
        return None

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        """The text of an agreement is its parties' and its mediator's alone."""
        if claim.role == Role.MEDIATOR and self.fits(claim.role, claim, actor, None):
            return True
        return actor in self.parties or (claim.role == Role.DISPUTANT and claim.unit in self.parties)

    def has_signed(self, party: str, purpose: Purpose, digest: str) -> bool:
        """Whether a party has signed this very statement."""
        return Signature(party=party, purpose=purpose, digest=digest) in self.signed
