"""事项 the case: its statuses and what is known of it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import TypeAdapter

from govflow.actors import FOR_THEMSELVES, Area, Claim, Level, Role, covers, covers_area, speaks_for
from govflow.corrections import Correction
from govflow.messages import Instant, Protected, Value
from govflow.policy import Matter
from govflow.records import Item, Record
from govflow.regions.commitment import Commitment
from govflow.workflow import Rest, Status


class CaseStatus(Status):
    """Where a case stands. 19 states; only `archived` is final, eight more rest."""

    DISCOVERED = "discovered", "发现"
    REPORTED = "reported", "已上报/待受理"
    ACCEPTED = "accepted", "已受理/立案"
    ASSIGNED = "assigned", "已分配/派单"
    IN_HANDLING = "in_handling", "处置中"
    SUSPENDED = "suspended", "挂起"
    HANDLED = "handled", "处置完毕/待反馈"
    FED_BACK = "fed_back", "已反馈/待核查评价"
    CLOSED = "closed", "办结", Rest.OUTCOME
    UNDER_REVIEW = "under_review", "复查中"
    UNDER_RECHECK = "under_recheck", "复核中"
    TERMINATED = "terminated", "终结", Rest.OUTCOME
    REJECTED = "rejected", "不予受理", Rest.OUTCOME
    REDIRECTED = "redirected", "导入法定途径", Rest.OUTCOME
    MERGED = "merged", "并案", Rest.OUTCOME
    CONVERTED = "converted", "转为提案/项目", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.OUTCOME
    DISMISSED = "dismissed", "不予上报", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


class CaseKind(StrEnum):
    """What kind of matter it is; petitions have statutory clocks and remedies."""

    GRID = "grid"  # 网格事件
    HOTLINE = "hotline"  # 热线诉求
    PETITION = "petition"  # 信访事项
    SERVICE = "service"  # 服务事项
    SUGGESTION = "suggestion"  # 意见建议
    LEAD = "lead"  # 问题线索
    HAZARD = "hazard"  # 安全隐患
    DISPUTE = "dispute"  # 矛盾纠纷
    WHISTLE_BLOWING = "whistle_blowing"  # 举报


class Severity(StrEnum):
    """How grave it is."""

    LOW = "low"  # 较低
    NORMAL = "normal"  # 一般
    HIGH = "high"  # 较高


class Outcome(StrEnum):
    """What the handling came to."""

    RESOLVED = "resolved"  # 已解决
    PARTIAL = "partial"  # 部分办结
    EXPLAINED = "explained"  # 解释说明


class Review(Value):
    """One review (复查) or recheck (复核) of a decision."""

    recheck: bool = False
    round: int = 1
    by: str
    after_closing: bool
    decided: bool = False
    sent_back: bool = False


_READ_CONFIDENTIAL = frozenset(
    {Role.SYSTEM, Role.ACCEPTANCE_DESK, Role.DISPATCHER, Role.SUPERVISOR, Role.REVIEW_BODY, Role.ARCHIVIST}
)


class Case(Record):
    """The folded state of a case. Ids of people are pseudonyms; names and texts about them are protected."""

    kind_of_record: ClassVar[str] = "case"
    correctable: ClassVar[Mapping[str, TypeAdapter[Any]]] = {  # never the status, nor anything a step must change
        **{name: TypeAdapter(str) for name in ("title", "channel", "signal", "source")},
        **{name: TypeAdapter(bool) for name in ("pre_emptive", "collective", "legacy")},
        "area": TypeAdapter(Area),
        "severity": TypeAdapter(Severity),
    }

    # what it is about
    title: str = ""
    place: Protected | None = None
    description: Protected | None = None
    channel: str = ""
    severity: str = Severity.NORMAL
    confidential: bool = False
    public_interest: bool = False
    collective: bool = False
    pre_emptive: bool = False
    legacy: bool = False  # 历史遗留, 老大难
    signal: str | None = None
    accused_unit: str | None = None
    reporter: str | None = None
    reporting_level: Level | None = None
    leader: str | None = None  # whom the direct line reached
    source: str | None = None  # what raised it: another record, or the file and row it was imported from
    imported: bool = False
    unverified: tuple[str, ...] = ()

    # whose hands it is in
    lead_unit: str | None = None
    route: str | None = None  # the routing rule by which it went there
    handler: str | None = None
    handlers: tuple[str, ...] = ()
    order_signed: bool = False
    arbitrated: bool = False
    disputed: bool = False
    transferred_at: tuple[Level, ...] = ()

    # what happened on the way
    supplement_asked: bool = False
    suspended_from: str | None = None
    was_accepted: bool = False
    outcome: str | None = None
    result: Protected | None = None
    reworks: int = 0
    reopenings: int = 0
    merged_into: str | None = None
    merged_at: Instant | None = None
    converted_to: str | None = None
    channel_redirected_to: str | None = None
    external_outcome: str | None = None  # what that channel did
    external_declined: bool = False
    reviews: tuple[Review, ...] = ()
    closed_at: Instant | None = None
    opened_by: str | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def title_line(self) -> str:
        return self.title

    @property
    def answers(self) -> str | None:
        """Who answers for it: the leader in charge (包案), else the one a direct line reached, else the lead unit."""
        charge = self.item("leader_in_charge", "leader_in_charge")
        in_charge = charge.leader if charge is not None and charge.status == "in_charge" else None
        return in_charge or self.leader or self.lead_unit

    @property
    def co_units(self) -> frozenset[str]:
        """The units that were asked to do a part."""
        parts: Iterable[Any] = self.items.get("joint_handling", {}).values()
        return frozenset(part.unit for part in parts)

    @property
    def review(self) -> Review | None:
        """The latest review or recheck of this round."""
        mine = [each for each in self.reviews if each.round == self.round]
        return mine[-1] if mine else None

    def handled_by(self) -> tuple[str, ...]:
        worked = [*self.items.get("joint_handling", {}).values(), *self.items.get("ledger", {}).values()]
        return (*self.handlers, *(hand for item in worked for hand in item.hands))

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        if item is not None:
            promised = {item.owes} if isinstance(item, Commitment) and item.owes else set()
            return super().asked_by(wire, item) | promised
        match wire:
            case "case.decide_return":
                objections = self.items.get("assignment_objection", {}).values()
                return frozenset(each.by for each in objections if each.status == "filed")
            case "case.dismiss":
                return frozenset({self.opened_by or ""})
        return frozenset()

    @property
    def matter(self) -> Matter:
        """What routing rules look at."""
        return Matter(self.kind, self.category, self.channel, self.severity, self.level, self.area)

    def parties(self) -> frozenset[str]:
        concerned = {self.id, self.reporter or "", self.accused_unit or "", self.lead_unit or "", *self.co_units}
        return frozenset(concerned - {""})

    def spoken_of(self) -> Iterable[str]:
        return () if self.reporter is None else (self.reporter,)

    def raised_by(self, actor: str) -> bool:
        return actor == self.reporter

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """The reporter's own; and of whoever an item concerns, save that no item opens a secret matter."""
        return actor == self.reporter or (not self.is_secret and super().concerns(actor, unit))

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Reporters see their own; units what they have a part in; officials their area; fewer what is confidential."""
        if claim.role in FOR_THEMSELVES:
            return self.concerns(actor, None if self.hides_from(claim) else claim.unit)
        unit = None if self.hides_from(claim) else claim.unit
        if unit is not None and self.concerns(actor, unit):  # somebody of the unit owes something here
            return True
        if claim.role in (Role.LEAD_UNIT, Role.CO_UNIT, Role.UNIT_HEAD):
            return unit is not None and unit in (self.lead_unit, *self.co_units)
        if not covers_area(claim, self.area):
            return False
        return not self.is_secret or claim.role in _READ_CONFIDENTIAL

    @property
    def is_secret(self) -> bool:
        return self.confidential or self.kind == CaseKind.WHISTLE_BLOWING

    @property
    def keeps_to_itself(self) -> bool:
        return self.is_secret or self.accused_unit is not None

    def hides_from(self, claim: Claim) -> bool:
        """The unit reported, and whatever is part of it, does not learn that there is a case (petitions §30)."""
        return claim.is_of(self.accused_unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Roles that belong to this very case: its reporter, its lead unit, its co-units, an independent verifier."""
        if self.hides_from(claim):
            return False
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        match role:
            case Role.REPORTER:
                return self.reporter is not None and speaks_for(self.reporter, claim, actor, on_behalf_of)
            case Role.LEAD_UNIT | Role.UNIT_HEAD:
                return claim.unit is not None and claim.unit == self.lead_unit
            case Role.CO_UNIT:  # also who owes something without having been asked for a part
                return claim.unit in self.co_units or (not self.is_secret and super().concerns(actor, claim.unit))
            case Role.VERIFIER:
                return claim.unit is None or claim.unit not in (self.lead_unit, *self.co_units)
        return super().fits(role, claim, actor, on_behalf_of, None)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """Those who work on the case may read it; of a confidential one the reporter's data only the desk."""
        readers: set[str] = {Role.ACCEPTANCE_DESK, Role.REPORTER}
        if not (self.confidential and (field.startswith("reporter_") or self.kind == CaseKind.WHISTLE_BLOWING)):
            readers |= {
                Role.DISPATCHER,
                Role.LEAD_UNIT,
                Role.CALLBACK,
                Role.VERIFIER,
                Role.REVIEW_BODY,
                Role.GRID_WORKER,
            }
        return (
            claim.role in readers
            and covers(claim, self.level, self.area)
            and self.fits(claim.role, claim, actor, None, None)
        )
