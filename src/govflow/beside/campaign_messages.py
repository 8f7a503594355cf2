"""What can be asked of a campaign, and what happened to it. Stored names (`campaign.planned@1` …) never change."""

from __future__ import annotations

from enum import StrEnum

from govflow.actors import Area, Id, Level
from govflow.cases.model import CaseKind, Severity
from govflow.messages import Command, Event, Instant, Value, Words
from govflow.records import HandOver
from govflow.regions.bodies import Reasoned


class CampaignKind(StrEnum):
    """What kind of drive it is: the three kinds of screening (三类排查 M036), and what looks into one's own house."""

    SCREENING_DAILY = "screening_daily"  # 日常排查
    SCREENING_FOCUSED = "screening_focused"  # 重点排查
    SCREENING_PROFESSIONAL = "screening_professional"  # 专业排查
    RECTIFICATION = "rectification"  # 专项整改
    SELF_CHECK = "self_check"  # 自查自纠
    VISITS = "visits"  # 走访


SCREENINGS = (CampaignKind.SCREENING_DAILY, CampaignKind.SCREENING_FOCUSED, CampaignKind.SCREENING_PROFESSIONAL)
"""Kinds that look for what has not become a complaint yet: what they find is pre-emptive (未诉先办)."""


class _Plan(Value):
    """What it is about, who leads it and takes part, until when. Tags name fields, places and times, never people."""

    title: Words = ""
    kind: CampaignKind | None = None
    level: Level | None = None
    area: Area = ""
    lead_unit: Id | None = None
    units: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()  # 重点领域: environment, work_safety, food_and_drugs …
    key_areas: tuple[Area, ...] = ()  # 重点地区
    key_periods: tuple[Id, ...] = ()  # 敏感时期: spring_festival, flood_season …
    until: Instant | None = None


class PlanCampaign(Command, _Plan, wire="campaign.plan", label="制定方案"):
    """Plan a campaign: it is due at `until`."""


class CampaignPlanned(Event, _Plan, name="campaign.planned", dues={"handling": "until"}):
    """A campaign was planned."""

    policy: Words = ""


class StartCampaign(Command, wire="campaign.start", label="启动"):
    """Begin; from now on findings may be reported."""


class CampaignStarted(Event, name="campaign.started"):
    """The campaign began."""


class _Finding(Value):
    """A matter that was found; `awaited`: the campaign is not closed before its case has come to rest."""

    title: Words = ""
    case_kind: CaseKind = CaseKind.GRID
    category: Id = "general"
    level: Level | None = None  # by default the campaign's own
    area: Area = ""  # by default the campaign's own
    severity: Severity = Severity.NORMAL
    awaited: bool = False


class ReportFinding(Command, _Finding, wire="campaign.report_finding", label="上报发现"):
    """Report what was found: a case begins in the same transaction, tied to the campaign on both sides."""


class FindingReported(Event, _Finding, name="campaign.finding_reported"):
    """A finding was reported; this case was made of it."""

    case: Id | None = None


class ProlongCampaign(Command, Reasoned, wire="campaign.prolong", label="延期"):
    """Name a new due instant, before the old one has passed, with the supervisor's leave."""

    until: Instant | None = None


class CampaignProlonged(Event, Reasoned, name="campaign.prolonged", dues={"handling": "until"}):
    """The campaign is due later."""

    until: Instant | None = None


class _Summing(Value):
    summary: Words = ""


class CloseCampaign(Command, _Summing, wire="campaign.close", label="结束"):
    """Close it, once nothing is open, saying what it came to."""


class CampaignClosed(Event, _Summing, name="campaign.closed"):
    """The campaign was closed."""


class _Abandoning(Reasoned):
    hand_over: tuple[HandOver, ...] = ()


class AbandonCampaign(Command, _Abandoning, wire="campaign.abandon", label="中止"):
    """Give it up: each open loop is handed over or falls away for a reason."""


class CampaignAbandoned(Event, _Abandoning, name="campaign.abandoned"):
    """The campaign was given up."""
