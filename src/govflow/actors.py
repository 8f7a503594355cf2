"""Who may act, and where: roles, levels, areas, claims, and the authority that knows an actor's claims."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Protocol, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
"""Ids of records, actors, units, items and commands. Not for names or phone numbers: ids stand in clear."""

Area = Annotated[str, StringConstraints(pattern=r"^([^/\s\x00-\x1f]+(/[^/\s\x00-\x1f]+)*)?$", max_length=200)]
"""A path in the area tree, district first: `jinniu/chadianzi/huazhaobi/grid-3`. Empty: everywhere."""


class Level(StrEnum):
    """The four levels of grassroots governance, lowest first."""

    GRID = "grid"  # 网格
    COMMUNITY = "community"  # 社区(村)
    TOWN = "town"  # 镇(街道)
    DISTRICT = "district"  # 区

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def next_up(self) -> "Level | None":
        """The level one step up, None above the district."""
        return next((level for level in Level if level.rank == self.rank + 1), None)


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Role(StrEnum):
    """The roles that the tables name. Records defined elsewhere may use names of their own."""

    SYSTEM = "system"  # 系统
    RESIDENT = "resident"  # 居民村民
    REPORTER = "reporter"  # 诉求人
    GRID_WORKER = "grid_worker"  # 网格员
    ORGANISATION = "organisation"  # 单位
    COMMUNITY = "community"  # 社区
    PARTY_BRANCH = "party_branch"  # 社区党组织
    TOWN = "town"  # 镇街
    DISTRICT = "district"  # 区级
    ACCEPTANCE_DESK = "acceptance_desk"  # 受理窗口
    DISPATCHER = "dispatcher"  # 派单中心
    LEAD_UNIT = "lead_unit"  # 主办单位
    CO_UNIT = "co_unit"  # 协办单位
    UNIT_HEAD = "unit_head"  # 单位负责人
    SUPERVISOR = "supervisor"  # 督办人
    VERIFIER = "verifier"  # 核查员
    CALLBACK = "callback"  # 回访员
    LEADER = "leader"  # 包案领导
    MEDIATOR = "mediator"  # 调解员
    DISPUTANT = "disputant"  # 当事人
    REVIEW_BODY = "review_body"  # 复查复核机关
    HOST = "host"  # 会议召集方
    PROPOSER = "proposer"  # 提案人
    CO_PROPOSER = "co_proposer"  # 共同提案人
    SECRETARIAT = "secretariat"  # 议事秘书处
    DELIBERATING_BODY = "deliberating_body"  # 议事机构
    CONVENOR = "convenor"  # 召集人
    VOTER = "voter"  # 表决权人
    IMPLEMENTER = "implementer"  # 实施单位
    APPRAISER = "appraiser"  # 评议人
    PROJECT_LEAD = "project_lead"  # 牵头单位
    ASSESSOR = "assessor"  # 评估机构
    ACCEPTANCE_GROUP = "acceptance_group"  # 验收组
    FINANCE = "finance"  # 财务
    ARCHIVIST = "archivist"  # 档案员
    DELEGATE = "delegate"  # 代表委员


ANYBODY = "anybody"
"""Among those who may take a step 任何人: whatever role the claim is to. What then decides are the rules."""


class Claim(BaseModel):
    """One role that an actor holds: in which unit, at which level, for which area; in whose stead, if in another's.

    `unit_within` names the units that the unit is part of, where the authority knows of any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    role: Id
    unit: Id | None = None
    level: Level | None = None
    area: Area = ""
    standing_in_for: Id | None = None
    unit_within: tuple[Id, ...] = ()

    def is_of(self, unit: str | None) -> bool:
        """Whether it is held in this unit, or in one that is part of it."""
        return unit is not None and (self.unit == unit or unit in self.unit_within)


class Actor(BaseModel):
    """Who acts, with what the host service vouches for. `id` is a pseudonym: it stands in the log in clear.

    `interests` names people, units and records that the actor must keep away from (回避).
    """

    # a name given by mistake where a pseudonym belongs must not come back in the error
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Id
    claims: tuple[Claim, ...] = ()
    interests: tuple[Id, ...] = ()

    @classmethod
    def of(cls, id: str, *roles: str, unit: str | None = None, level: str | None = None, area: str = "") -> Self:
        """An actor who holds all `roles` in one unit, at one level, for one area."""
        at = Level(level) if level else None
        return cls(id=id, claims=tuple(Claim(role=role, unit=unit, level=at, area=area) for role in roles))


SYSTEM = Actor.of("system", Role.SYSTEM)
"""The scheduler and the reactions: acts only by rule, never by choice."""

IMPORTER = Actor.of("import", Role.SYSTEM)
"""Takes over what another system holds; a program of one's own, like the system."""


def is_built_in(actor: Actor) -> bool:
    """Whether it is one of these two themselves: programs trust their own objects, never their names."""
    return actor is SYSTEM or actor is IMPORTER


LookUp = Callable[[str], Any]
"""A record of the log as it stands at the moment asked about, by its id; None where there is none."""


class Holder(NamedTuple):
    """Somebody who holds a role, with the claim that gives it."""

    actor: str
    claim: Claim


class Authority(Protocol):
    """Says who may do what: the claims an actor holds at a moment, and whom the actor must keep away from."""

    def claims(self, actor: Actor, at: datetime, look_up: LookUp) -> tuple[Claim, ...]:
        """The claims of `actor` at `at`."""
        ...

    def interests(self, actor: Actor, at: datetime, look_up: LookUp) -> frozenset[str]:
        """The people, units and records in which `actor` has an interest at `at`."""
        ...

    def holders(
        self, roles: Collection[str], level: Level | None, area: str, at: datetime, look_up: LookUp
    ) -> tuple[Holder, ...]:
        """Who holds one of `roles` for a matter at this level in this area, as far as the authority knows."""
        ...


class ClaimsAuthority:
    """Trusts the host service: an actor holds what the command's actor claims. It knows nobody else."""

    def claims(self, actor: Actor, at: datetime, look_up: LookUp) -> tuple[Claim, ...]:
        return actor.claims

    def interests(self, actor: Actor, at: datetime, look_up: LookUp) -> frozenset[str]:
        return frozenset(actor.interests)

    def holders(
        self, roles: Collection[str], level: Level | None, area: str, at: datetime, look_up: LookUp
    ) -> tuple[Holder, ...]:
        return ()


FOR_THEMSELVES = frozenset(
    {Role.RESIDENT, Role.REPORTER, Role.ORGANISATION, Role.DISPUTANT, Role.PROPOSER, Role.CO_PROPOSER, Role.VOTER}
    | {Role.APPRAISER}
)
"""Who speaks for themselves: an interest of one's own is no reason to keep away. The others are officials."""

ROLES = frozenset(map(str, Role))

# Which level a role must have towards the record's level in charge; the others act at every level.
SAME_LEVEL = frozenset({Role.ACCEPTANCE_DESK, Role.DISPATCHER})
AT_LEAST = frozenset({Role.SUPERVISOR, Role.DISTRICT, Role.TOWN})  # their own level and those below it
ABOVE = frozenset({Role.REVIEW_BODY})  # petitions §35: the next higher body


def covers_area(claim: Claim, area: str) -> bool:
    """Whether a claim reaches an area: its own area covers itself and all below it."""
    return not claim.area or area == claim.area or area.startswith(claim.area + "/")


def covers(claim: Claim, level: Level | None, area: str) -> bool:
    """Whether a claim reaches a matter at this level in this area."""
    if not covers_area(claim, area):
        return False
    if claim.level is None or level is None:
        return True
    if claim.role in SAME_LEVEL:
        return claim.level is level
    if claim.role in AT_LEAST:
        return claim.level.rank >= level.rank
    if claim.role in ABOVE:
        return claim.level.rank > level.rank
    return True


def speaks_for(who: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool:
    """Whether an actor speaks as `who`: in person, as of that unit, or as the callback desk that has asked them.

    `on_behalf_of` is what a command says of itself; alone it gives no right.
    """
    return actor == who or (on_behalf_of == who and (claim.unit == who or claim.role == Role.CALLBACK))


def claim_for(claims: Iterable[Claim], roles: Iterable[str], level: Level | None, area: str) -> Claim | None:
    """The first claim that gives one of `roles` for a matter at this level in this area."""
    wanted = set(roles)
    return next((claim for claim in claims if claim.role in wanted and covers(claim, level, area)), None)
