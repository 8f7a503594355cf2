"""共建项目 the joint project: its statuses and what is known of it, from the need to the settled accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from govflow.actors import Area, Claim, Id, Role, covers, covers_area
from govflow.corrections import Correction
from govflow.messages import Count, Frozen, Instant, Value, Words
from govflow.policy import EvaluationPlan, ProjectKind
from govflow.records import Item, Record
from govflow.regions.contribution import Measured, PairingScope
from govflow.workflow import Rest, Status


class ProjectStatus(Status):
    """Where a joint project stands. 15 states; only `archived` is final, three more rest."""

    PROPOSED = "proposed", "提出"
    OPEN_FOR_CLAIM = "open_for_claim", "需求公布/待认领"
    CLAIMED = "claimed", "已认领"
    PAIRED = "paired", "结对签约"
    ASSESSED = "assessed", "已稳评/论证"
    APPROVED = "approved", "立项"
    IN_PROGRESS = "in_progress", "实施中"
    SUSPENDED = "suspended", "暂停"
    DELIVERED = "delivered", "完工待验收"
    ACCEPTED = "accepted", "验收通过"
    EVALUATED = "evaluated", "已评价"
    SETTLED = "settled", "决算/公开", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.OUTCOME
    NOT_APPROVED = "not_approved", "未立项", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


class PartyRole(StrEnum):
    """A party's place in the project (1+N+X, M143)."""

    LEAD = "lead"  # 牵头单位
    MEMBER = "member"  # 成员单位
    EXTERNAL = "external"  # 外部单位


class TeamKind(StrEnum):
    """The three teams of a construction project (三专, M113)."""

    WORK_GROUP = "work_group"  # 专项工作组
    SERVICE_TEAM = "service_team"  # 专业服务队
    SUPERVISORS = "supervisors"  # 专门监督员


class StabilityRisk(StrEnum):
    """What a stability risk assessment came to (decision reg §22–24)."""

    CONTROLLABLE = "controllable"  # 可控
    PARTLY = "partly_controllable"  # 部分可控
    UNCONTROLLABLE = "uncontrollable"  # 不可控


Long = Annotated[str, StringConstraints(max_length=20_000)]
"""A public text: nobody is named in it who has not to be."""


class Need(Measured):
    """What is needed, so that offers can be matched to it: what and how much, skills, from when to when.

    `households` is how many homes it affects; `sources` are the records that it comes from: cases, proposals, visits.
    """

    skills: tuple[Id, ...] = ()
    begins: date | None = None
    ends: date | None = None
    households: Count = 0
    urgent: bool = False
    sources: tuple[Id, ...] = Field(default=(), max_length=1_000)


class Pledge(Measured):
    """What one party brings in, how much of it, and until when; `resource` is the record in which it was offered.

    Each pledge becomes a commitment of the party.
    """

    party: Id
    what: Words
    resource: Id | None = None
    until: Instant | None = None


class Party(Value):
    """One party: its place, whether it carries out works, and its contract if it is paid or comes from outside."""

    unit: Id
    role: PartyRole = PartyRole.MEMBER
    builds: bool = False
    contract: Words = ""


class Member(Value):
    """Somebody on a team: a person by pseudonym and, where they come from one, their unit; or a unit alone."""

    id: Id
    unit: Id | None = None


class Agreement(Value):
    """A party's own word, given by itself: that it takes part, or takes the lead, and what it brings in."""

    unit: str
    to: Literal["party", "lead"] = "party"
    pledges: tuple[Pledge, ...] = ()
    by: str
    at: Instant


class Assessment(Value):
    """One risk assessment: of which plan, how much money and how many households it looked at, how it came out."""

    plan: int
    level: StabilityRisk
    necessary: bool
    budget: int
    households: int
    by: str
    unit: str | None = None
    paper: str | None = None
    at: Instant


class Publication(Value):
    """What was published and when."""

    text: str
    at: Instant


class SourceScore(Value):
    """The score of one source (self, peer, external) in hundredths of a point; None: it is missing, and shown so."""

    source: str
    weight: int
    answers: int
    score: int | None = None


class EvaluationResult(Value):
    """One round evaluated: by source, and together in hundredths of a point (None where a source is missing)."""

    round: int
    plan: str
    sources: tuple[SourceScore, ...]
    score: int | None = None
    passes: bool | None = None
    missing: tuple[str, ...] = ()


class AccountLine(Value):
    """One budget line in published accounts: what was approved, what the verified receipts come to."""

    line: str
    source: str
    purpose: str = ""
    budgeted: int
    spent: int


class Accounts(Value):
    """The published accounts of a project, line by line, in minor units."""

    lines: tuple[AccountLine, ...] = ()
    received: int = 0
    spent: int = 0


class JointProject(Record):
    """The folded state of a joint project. Parties are units; people stand as pseudonyms."""

    kind_of_record: ClassVar[str] = "joint_project"
    correctable: ClassVar[Mapping[str, TypeAdapter[Any]]] = {
        "title": TypeAdapter(Words),
        "area": TypeAdapter(Area),
        "category": TypeAdapter(Id),
        "theme": TypeAdapter(Id),
    }

    # the need
    title: str = ""
    text: str = ""
    theme: str = ""
    rule: ProjectKind | None = None
    plan: EvaluationPlan | None = None
    is_major: bool = False
    need: Need = Need()
    alliance: str | None = None
    source: str | None = None
    proposed_by: tuple[str, ...] = ()  # who, and for which unit
    exclusive: bool = False
    claim_until: Instant | None = None

    # who takes part
    lead: str | None = None
    former_leads: tuple[str, ...] = ()
    former_workers: tuple[str, ...] = ()  # who was let go, or left a team that carries it out, once it was paired
    parties_named: tuple[Party, ...] = ()
    scope: PairingScope | None = None
    agreements: tuple[Agreement, ...] = ()
    teams: Mapping[str, tuple[Member, ...]] = Frozen()  # by TeamKind

    # plan, risk, approval
    plan_version: int = 0
    plan_text: str = ""
    assessments: tuple[Assessment, ...] = ()
    refusal: str = ""
    budget: int | None = None  # the approved total in minor units
    decision: str = ""
    approved_by: tuple[str, ...] = ()  # units
    households: int = 0  # affected, as approved or changed since
    weighed: tuple[int, int] = (0, 0)  # money and households, as approved or assessed since
    publications: tuple[Publication, ...] = ()
    is_noticed: bool = False  # the notice says what it is now: a change of scope asks for a new one

    # the works
    progress: int = 0
    suspended_until: Instant | None = None
    deliveries: int = 0
    handback: str = ""
    signed: tuple[str, ...] = ()  # dedicated supervisors who signed this delivery
    evaluations: tuple[EvaluationResult, ...] = ()
    remedies: int = 0
    accounts: Accounts | None = None
    ended_as: str = ""
    corrections: tuple[Correction, ...] = ()

    @property
    def title_line(self) -> str:
        return self.title or self.id

    @property
    def lead_unit(self) -> str | None:
        """The unit that answers for it to supervisors; None before the parties are paired."""
        return self.lead

    @property
    def units(self) -> tuple[str, ...]:
        """The units that are its parties, the lead first."""
        return tuple(party.unit for party in self.parties_named)

    @property
    def risk(self) -> Assessment | None:
        """The last assessment, None where nobody has assessed it."""
        return self.assessments[-1] if self.assessments else None

    @property
    def evaluation(self) -> EvaluationResult | None:
        """The evaluation of this round."""
        held = [each for each in self.evaluations if each.round == self.round]
        return held[-1] if held else None

    @property
    def supervisors(self) -> tuple[str, ...]:
        """Its dedicated supervisors (专门监督员)."""
        return tuple(member.id for member in self.teams.get(TeamKind.SUPERVISORS, ()))

    def workers(self) -> frozenset[str]:
        """Who carries or carried it out: lead, parties that build, work group, service team, owners of milestones."""
        teams = (self.teams.get(kind, ()) for kind in (TeamKind.WORK_GROUP, TeamKind.SERVICE_TEAM))
        people = {name for team in teams for member in team for name in (member.id, member.unit)}
        builders = {party.unit for party in self.parties_named if party.builds}
        owners = {item.owner for item in self.items_of("milestone").values()}
        owners |= {hand for item in self.items_of("milestone").values() for hand in item.reached_by}
        before = {*self.former_leads, *self.former_workers}
        return frozenset(filter(None, {self.lead, *before, *people, *builders, *owners}))

    def has_agreed(self, unit: str, to: str = "party") -> bool:
        """Whether a unit has itself agreed to take part, or to take the lead: by a claim, or by saying so."""
        claims = (item for item in self.items_of("claim").values() if item.status == "standing")
        claimed = to == "party" and any(item.claimer == unit for item in claims)
        words = {each.to for each in self.agreements if each.unit == unit}
        return claimed or to in words or (to == "party" and "lead" in words)

    def pledged_by(self, unit: str) -> tuple[Pledge, ...]:
        """What a unit has itself said that it brings in: with its claim, or with its agreement."""
        claims = (item for item in self.items_of("claim").values() if item.status == "standing")
        said = (*self.agreements, *claims)
        of_it = (each for each in said if getattr(each, "unit", getattr(each, "claimer", "")) == unit)
        return tuple(pledge for each in of_it for pledge in each.pledges if pledge.party == unit)

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        if item is not None:
            return super().asked_by(wire, item)
        return frozenset(filter(None, {self.lead, *self.former_leads}))

    def handled_by(self) -> tuple[str, ...]:
        return tuple(sorted(self.workers() | frozenset(self.units)))

    def built_by(self) -> frozenset[str]:
        return self.workers()

    def parties(self) -> frozenset[str]:
        return frozenset({self.id, *self.units})

    def is_own_matter_of(self, actor: str) -> bool:
        """A resident who lives next to the works may say so, whatever interest they have."""
        return True

    def can_read(self, claim: Claim, actor: str) -> bool:
        """A project is public in its area, and open to its parties and teams."""
        members = {member.id for team in self.teams.values() for member in team}
        return covers_area(claim, self.area) or claim.unit in self.units or actor in members

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Roles that belong to this very project: its lead with the service team, and who must stand apart from it."""
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        match role:
            case Role.PROJECT_LEAD:
                serves = actor in {member.id for member in self.teams.get(TeamKind.SERVICE_TEAM, ())}
                return self.lead is not None and (claim.unit == self.lead or serves)
            case Role.FINANCE:  # separate from the lead, and from those who work for it
                return (claim.unit is None or claim.unit != self.lead) and actor not in self.workers()
            case Role.ORGANISATION:
                return claim.unit is not None
        return super().fits(role, claim, actor, on_behalf_of, item)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """Who answers residents, and who watches over the answers, reads what they said."""
        watches = actor in self.supervisors
        answers = claim.role in (Role.PROJECT_LEAD, Role.COMMUNITY, Role.SUPERVISOR) and (
            covers(claim, self.level, self.area) and self.fits(claim.role, claim, actor, None, None)
        )
        return watches or answers
