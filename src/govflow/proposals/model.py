"""提案 the proposal: its statuses and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import TypeAdapter

from govflow.actors import FOR_THEMSELVES, Area, Claim, Id, Role, covers_area, speaks_for
from govflow.corrections import Correction
from govflow.messages import Instant, Protected, Value
from govflow.policy import DecisionProcedure
from govflow.records import Item, Record
from govflow.workflow import Rest, Status


class ProposalStatus(Status):
    """Where a proposal stands. 23 states; only `archived` is final, eight more rest."""

    DRAFT = "draft", "起草"
    SUBMITTED = "submitted", "已提交"
    SCREENING = "screening", "立案审查"
    CONSULTING = "consulting", "征求意见/协商"
    DELIBERATING = "deliberating", "商议/审议"
    ANNOUNCED = "announced", "表决公告期"
    VOTING = "voting", "表决中"
    INQUORATE = "inquorate", "未达法定人数"
    ADOPTED = "adopted", "通过"
    PUBLISHED = "published", "决议公开"
    IMPLEMENTING = "implementing", "实施中"
    SUSPENDED = "suspended", "中止"
    COMPLETED = "completed", "实施完成"
    APPRAISED = "appraised", "已评议"
    RESULT_PUBLISHED = "result_published", "结果公开", Rest.OUTCOME
    NOT_ADOPTED = "not_adopted", "未通过", Rest.OUTCOME
    REJECTED = "rejected", "不予立案", Rest.OUTCOME
    MERGED = "merged", "并案", Rest.OUTCOME
    CONVERTED = "converted", "转为事项", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.OUTCOME
    ANNULLED = "annulled", "撤销", Rest.OUTCOME
    ABANDONED = "abandoned", "终止实施", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


class ProposalKind(StrEnum):
    """How much hangs on it: a major matter 重大事项 is consulted longer, and its risk is assessed."""

    ORDINARY = "ordinary"  # 一般事项
    MAJOR = "major"  # 重大事项


class TextVersion(Value):
    """One version of the text; every version stays. `substance`: more than wording was changed."""

    number: int
    title: str
    text: str
    at: Instant
    by: str
    substance: bool = True


class Check(Value):
    """One risk assessment or legality check: of which version of the text, by whom, how it came out."""

    version: int
    by: str
    good: bool
    paper: str | None = None


class Publication(Value):
    """What was published, from when to when."""

    text: str
    at: Instant
    until: Instant | None = None


class Absorbed(Value):
    """Whom a merged proposal brought along as co-proposers."""

    follower: str
    co_proposers: tuple[str, ...]


class AppraisalHeld(Value):
    """One appraisal meeting: how many were invited and came, the score out of 100, the unit that appraised."""

    round: int
    invited: int
    came: int
    score: int
    unit: str | None = None


class Proposal(Record):
    """The folded state of a proposal. Ids of people are pseudonyms; their names and opinions are protected."""

    kind_of_record: ClassVar[str] = "proposal"
    correctable: ClassVar[Mapping[str, TypeAdapter[Any]]] = {  # never a ballot, nor what a step must change
        "area": TypeAdapter(Area),
        "category": TypeAdapter(Id),
        "venue": TypeAdapter(Id),
    }

    # what it is about, and who stands behind it
    subject: str = ""
    texts: tuple[TextVersion, ...] = ()
    track: str = ""
    procedure: DecisionProcedure | None = None
    venue: str | None = None  # the deliberation station where it came up (议站, M088)
    source: str | None = None
    proposer: str = ""
    proposer_name: Protected | None = None
    co_proposers: tuple[str, ...] = ()
    former_proposers: tuple[str, ...] = ()
    proposer_has_left: bool = False
    absorbed: tuple[Absorbed, ...] = ()

    # how it was looked at
    returned: bool = False
    stakeholders: tuple[str, ...] = ()
    roll_is_confirmed: bool = False
    consulted_version: int = 0
    delegated_to: str | None = None  # a body of the policy
    delegated_by: tuple[str, ...] = ()  # the tracks that ruled before
    risk: Check | None = None
    legality: Check | None = None

    # what was decided, and what came of it
    votes: int = 0
    attempts: int = 0  # votes announced since deliberation began; a reconvened one is another attempt
    resolution: str = ""
    decided_by: tuple[str, ...] = ()  # the units of the bodies that said yes
    publications: tuple[Publication, ...] = ()
    implementer: str | None = None
    suspended_until: Instant | None = None
    appraisals: tuple[AppraisalHeld, ...] = ()
    remedies: int = 0
    merged_into: str | None = None
    converted_to: str | None = None
    answered: tuple[str, ...] = ()  # proposers who have had the written reply
    ended_as: str = ""  # the outcome in which it was archived
    corrections: tuple[Correction, ...] = ()

    @property
    def title_line(self) -> str:
        return self.texts[-1].title if self.texts else self.id

    @property
    def text(self) -> TextVersion | None:
        """The text as it stands."""
        return self.texts[-1] if self.texts else None

    @property
    def text_version(self) -> int:
        """The number of the text that stands."""
        return len(self.texts)

    @property
    def vote(self) -> Any:
        """The latest round of voting, None before the first."""
        return self.item("vote", str(self.votes)) if self.votes else None

    @property
    def proposers(self) -> tuple[str, ...]:
        """The proposer and the co-proposers: everybody who is to be answered."""
        return tuple(dict.fromkeys(filter(None, (self.proposer, *self.former_proposers, *self.co_proposers))))

    @property
    def appraisal(self) -> AppraisalHeld | None:
        """The appraisal of this round of implementation."""
        held = [each for each in self.appraisals if each.round == self.remedies]
        return held[-1] if held else None

    @property
    def is_major(self) -> bool:
        """Whether it is a major matter."""
        return self.kind == ProposalKind.MAJOR

    @property
    def lead_unit(self) -> str | None:
        """The unit that answers for it to supervisors: whoever carries it out; None before it is published."""
        return self.implementer

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        """Who proposes, and who wrote it down, for a unit or for somebody else: none of them decides on it."""
        if item is not None:
            return super().asked_by(wire, item)
        return frozenset((*self.proposers, *(text.by for text in self.texts[:1])))

    def handled_by(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.implementer,)))

    def parties(self) -> frozenset[str]:
        return frozenset(filter(None, (self.id, *self.stakeholders)))

    def spoken_of(self) -> Iterable[str]:
        return self.proposers

    def raised_by(self, actor: str) -> bool:
        return actor in self.proposers

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return actor in (*self.proposers, *self.stakeholders) or super().concerns(actor, unit)

    def is_own_matter_of(self, actor: str) -> bool:
        """Whoever is an interested party may still propose, sign, be heard and vote as everybody else."""
        return True

    def can_read(self, claim: Claim, actor: str) -> bool:
        """A proposal is public in its area, and open to whoever it concerns."""
        return covers_area(claim, self.area) or self.concerns(actor, claim.unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Roles that belong to this very proposal: its proposers, its implementer, who appraises it, who may vote."""
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        match role:
            case Role.PROPOSER:
                return not self.version or speaks_for(self.proposer, claim, actor, on_behalf_of)
            case Role.CO_PROPOSER:
                return any(speaks_for(each, claim, actor, on_behalf_of) for each in self.co_proposers)
            case Role.IMPLEMENTER:
                return claim.unit is not None and claim.unit == self.implementer
            case Role.APPRAISER:
                return claim.unit is None or claim.unit != self.implementer
            case Role.VOTER:
                vote = self.vote
                unit = claim.unit if claim.unit is not None and claim.unit == on_behalf_of else None
                return vote is not None and (vote.may_vote(actor) or (unit is not None and vote.may_vote(unit)))
        return True

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """The secretariat may; everybody their own. A ballot is nobody's to open but the box's count."""
        if field == "proposer_name" and self.proposer_name is not None and actor == self.proposer_name.subject:
            return True
        return (
            field != "sealed"
            and claim.role in (Role.SECRETARIAT, Role.ARCHIVIST)
            and claim.role not in FOR_THEMSELVES
            and covers_area(claim, self.area)
        )
