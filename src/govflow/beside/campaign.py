"""排查整改 campaign: one drive over many matters (排查, 专项整治, 自查自纠, 走访, 结对帮扶).

What is found becomes a case of its own or a numbered item on the ledger; while an item is open, or a household paired
or without its helper, it is not closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from govflow.actors import FOR_THEMSELVES, SYSTEM, Claim, Role, covers_area
from govflow.beside import campaign_messages as m
from govflow.beside.campaign_messages import CampaignKind
from govflow.beside.pairing import PAIRING
from govflow.beside.reach import lies_within, matter_is_no_secret
from govflow.cases.commands import ReportCase
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail
from govflow.messages import Command, Event, Instant
from govflow.policy import Then
from govflow.records import Item, Record
from govflow.regions.approval import APPROVAL
from govflow.regions.checklist import CHECKLIST
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT, Commitment
from govflow.regions.evidence import EVIDENCE
from govflow.regions.ledger import LEDGER, LedgerItem, LedgerStatus
from govflow.regions.link import LINK, AddLink, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.supervision import SUPERVISION
from govflow.regions.supervision.by_rule import remind_by_rule, urge_by_rule
from govflow.rules import (
    due_has_not_passed,
    loops_are_handed_over,
    new_due_is_named,
    no_loop_is_open,
    personal_data_is_withheld,
    reason_given,
)
from govflow.workflow import Rest, Status, Step, Workflow, rule


class CampaignStatus(Status):
    """Where a campaign stands."""

    PLANNED = "planned", "已计划"
    UNDER_WAY = "under_way", "进行中"
    CLOSED = "closed", "已结束", Rest.OUTCOME
    ABANDONED = "abandoned", "已中止", Rest.OUTCOME


S = CampaignStatus
_OF_THE_LEAD = (Role.LEAD_UNIT, Role.UNIT_HEAD, Role.PROJECT_LEAD)
_OF_A_UNIT = (Role.CO_UNIT, Role.ORGANISATION, Role.IMPLEMENTER)
_CHECKERS = (Role.VERIFIER, Role.SUPERVISOR, Role.ACCEPTANCE_GROUP, Role.APPRAISER)


class Campaign(Record):
    """The folded state of a campaign: what it is about, who leads it, which units take part, until when."""

    kind_of_record = "campaign"

    title: str = ""
    lead_unit: str | None = None
    units: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    key_areas: tuple[str, ...] = ()
    key_periods: tuple[str, ...] = ()
    until: Instant | None = None
    summary: str = ""

    @property
    def title_line(self) -> str:
        return self.title

    def parties(self) -> frozenset[str]:
        return frozenset({self.id, *self.units, *filter(None, (self.lead_unit,))})

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        promised = {item.owes} if isinstance(item, Commitment) and item.owes else set()
        return super().asked_by(wire, item) | promised

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials see the campaigns of their area, units those they take part in, nobody else any.

        A community or a town within the area sees it too: it pairs the households that live there.
        """
        if claim.unit is not None and claim.unit in (self.lead_unit, *self.units):
            return True
        if claim.role in (Role.COMMUNITY, Role.TOWN) and lies_within(claim.area, self.area):
            return True
        return claim.role not in (*FOR_THEMSELVES, *_OF_A_UNIT) and covers_area(claim, self.area)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """The unit that leads; the units that take part, each for its own problems; who checks is of none of them."""
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        if role in _OF_THE_LEAD:
            return claim.unit is not None and claim.unit == self.lead_unit
        if role in _OF_A_UNIT:
            own_item = not isinstance(item, LedgerItem) or item.owes in (actor, claim.unit)
            return claim.unit in self.units and own_item
        if role in _CHECKERS:
            return claim.unit is None or claim.unit not in (self.lead_unit, *self.units)
        return True


class Progress(NamedTuple):
    """How many problems were put on the ledger, how many of them were struck off, how many are still open."""

    items: int
    written_off: int
    open: int

    @property
    def rate(self) -> Fraction | None:
        """销号率: written off ÷ all, from 0 to 1; None where there is none."""
        return Fraction(self.written_off, self.items) if self.items else None


def progress(campaign: Record, topic: str | None = None) -> Progress:
    """How far the ledger is, of one topic or of all. A waived item is neither written off nor open."""
    on_it = [each for each in campaign.items_of("ledger").values() if topic in (None, each.topic)]
    struck = sum(each.status == LedgerStatus.WRITTEN_OFF for each in on_it)
    waived = sum(each.status == LedgerStatus.WAIVED for each in on_it)
    return Progress(len(on_it), struck, len(on_it) - struck - waived)


def progress_by_topic(campaign: Record) -> Mapping[str, Progress]:
    """How far the ledger is, topic by topic in order of their names (逐项 M061); items without one are left out."""
    topics = {each.topic for each in campaign.items_of("ledger").values()} - {None}
    return {topic: progress(campaign, topic) for topic in sorted(topics)}


# --- rules -----------------------------------------------------------------------------------------------------------


@rule("方案载明类别、牵头单位、区域与期限", "M036; M059", needs="title kind lead_unit area level until")
def plan_is_complete(campaign: Campaign, event: Any, context: Context) -> Iterable[Detail]:
    """The plan names title, kind, lead unit, area, level and a due instant that lies ahead."""
    zh = {"title": "标题", "kind": "类别", "lead_unit": "牵头单位", "area": "区域", "level": "层级", "until": "期限"}
    for name, term in zh.items():
        value = getattr(event, name)
        if not (value.strip() if isinstance(value, str) else value):
            yield Detail(f"{name} is missing", f"缺{term}")
    if event.until is not None and event.until <= context.at:
        yield Detail("the due instant has passed already", "期限已过")


@rule("重点排查已载明领域、地区或时期", "M037", needs="topics key_areas key_periods")
def focus_is_named(campaign: Campaign, event: Any, context: Context) -> bool:
    """A focused screening names key fields, key areas or key periods."""
    focused = event.kind == CampaignKind.SCREENING_FOCUSED
    return not focused or bool(event.topics or event.key_areas or event.key_periods)


@rule("标签指向事项,不指向个人", "M037; PIPL [V]", needs="topics")
def tags_name_no_person(campaign: Campaign, event: Any, context: Context) -> bool:
    """Topics are fields of work, never people: none is the pseudonym of a person."""
    return not any(topic.startswith("s-") for topic in event.topics)


@rule("发现的问题位于排查区域内并已载明", "M036", needs="title area")
def finding_lies_in_its_area(campaign: Campaign, event: Any, context: Context) -> Iterable[Detail]:
    """The finding has a title and lies in the campaign's area; cases are kept in this log."""
    if not event.title.strip():
        yield Detail("title is missing", "缺标题")
    if event.area and not lies_within(event.area, campaign.area):
        yield Detail(f"{event.area} lies outside {campaign.area}", f"{event.area} 不在 {campaign.area} 内")
    if event.case is None:
        yield Detail("no cases are kept in this log", "本系统不办理事项")


@rule("已载明成效", "design", needs="summary")
def result_is_summed_up(campaign: Campaign, event: Any, context: Context) -> bool:
    """What it came to is said."""
    return bool(event.summary.strip())


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_PLANNERS = (R.COMMUNITY, R.TOWN, R.DISTRICT, R.SUPERVISOR)
_LEADERS = (R.LEAD_UNIT, R.COMMUNITY, R.TOWN, R.DISTRICT)
_FINDERS = (R.GRID_WORKER, R.ORGANISATION, R.CO_UNIT, R.SUPERVISOR, *_LEADERS)
_PLAN_RULES = (plan_is_complete, focus_is_named, tags_name_no_person, personal_data_is_withheld)
_OPEN = (S.PLANNED, S.UNDER_WAY)
# fmt: off
CAMPAIGN_WORKFLOW = Workflow("campaign", S, zh="排查整改", steps=(
    #    id      command            from         event                to           who        provided that
    Step("CP01", m.PlanCampaign,    None,        m.CampaignPlanned,   S.PLANNED,   _PLANNERS, _PLAN_RULES, starts="handling"),
    Step("CP02", m.StartCampaign,   S.PLANNED,   m.CampaignStarted,   S.UNDER_WAY, _LEADERS),
    Step("CP03", m.ReportFinding,   S.UNDER_WAY, m.FindingReported,   None,        _FINDERS,  (finding_lies_in_its_area, matter_is_no_secret, personal_data_is_withheld)),
    Step("CP04", m.ProlongCampaign, _OPEN,       m.CampaignProlonged, None,        _LEADERS,  (reason_given, due_has_not_passed, new_due_is_named), approval=R.SUPERVISOR, extends="handling"),
    Step("CP05", m.CloseCampaign,   S.UNDER_WAY, m.CampaignClosed,    S.CLOSED,    _LEADERS,  (result_is_summed_up, no_loop_is_open), stops="handling"),
    Step("CP06", m.AbandonCampaign, _OPEN,       m.CampaignAbandoned, S.ABANDONED, _PLANNERS, (reason_given, loops_are_handed_over), drops="*"),
))
# fmt: on


def _planned(campaign: Campaign, e: m.CampaignPlanned) -> dict[str, Any]:
    names = ("kind", "title", "level", "area", "lead_unit", "units", "topics", "key_areas", "key_periods")
    said = {name: getattr(e, name) for name in names}
    return {"status": S.PLANNED, "policy": e.policy, "until": e.until, "opened_at": e.at, **said}


def _plan(campaign: Campaign, command: m.PlanCampaign, context: Context) -> Event:
    return CAMPAIGN.copied(command, m.CampaignPlanned, context, policy=context.policy.key)


def _number_case(campaign: Campaign, command: m.ReportFinding, context: Context) -> Event:
    case = context.number("case") if "case" in context.deciders else None
    return CAMPAIGN.copied(command, m.FindingReported, context, case=case)


def _report_case(states: tuple[Campaign, Campaign], event: m.FindingReported, context: Context) -> Iterator[Command]:
    """The case that a finding becomes, tied to the campaign on both sides."""
    campaign = states[1]
    screening = campaign.kind in m.SCREENINGS
    yield ReportCase(
        id=event.case,
        by=SYSTEM,
        title=event.title,
        kind=event.case_kind,
        category=event.category,
        channel="screening" if screening else campaign.kind,
        level=event.level or campaign.level,
        area=event.area or campaign.area,
        severity=event.severity,
        pre_emptive=screening,
        source=f"campaign:{campaign.id}",
    )
    yield AddLink(id=campaign.id, by=SYSTEM, other=event.case, kind=LinkKind.SPAWNED, awaited=event.awaited)


CAMPAIGN = Decider(
    CAMPAIGN_WORKFLOW,
    Campaign,
    {
        m.CampaignPlanned: _planned,
        m.CampaignStarted: lambda campaign, e: {"status": S.UNDER_WAY},
        m.FindingReported: lambda campaign, e: {},
        m.CampaignProlonged: lambda campaign, e: {"until": e.until},
        m.CampaignClosed: lambda campaign, e: {"status": S.CLOSED, "summary": e.summary},
        m.CampaignAbandoned: lambda campaign, e: {"status": S.ABANDONED},
    },
    prefix="CP",
    regions=(LEDGER, COMMITMENT, CHECKLIST, PAIRING, SUPERVISION, APPROVAL, EVIDENCE, LINK, CLOCK, POLICY_VERSION),
    propose={m.PlanCampaign: _plan, m.ReportFinding: _number_case},
    reactions={m.FindingReported: _report_case, LinkAdded: mirrored, LinkUnlinked: mirrored_unlink},
    escalations={Then.REMIND: remind_by_rule, Then.URGE: urge_by_rule},
    succeeded=(S.CLOSED,),
    failed=(S.ABANDONED,),
)
"""Campaigns as the engine serves them beside the cases: `Engine.open(records=[CASE, CAMPAIGN, …])`."""
