"""The story of a project on its page: every public step with its day, who took it as what, and in a few words why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from govflow.messages import RecordedEvent
from govflow.pages.parts import Part, Prose, Rows, Section, clock_name
from govflow.pages.project_approval import label
from govflow.pages.project_partners import is_told, promised
from govflow.pages.project_result import points
from govflow.pages.project_view import View
from govflow.projects import events as e
from govflow.projects.budget import BudgetChanged, BudgetFreed
from govflow.projects.milestone import MilestoneAccepted, MilestoneDropped, MilestoneReached, MilestoneRefused
from govflow.projects.workflow import PROJECT_WORKFLOW
from govflow.regions import ledger
from govflow.regions import supervision as sv
from govflow.regions.clock import DeadlineMissed
from govflow.regions.commitment import CommitmentBroken, CommitmentKept, CommitmentReleased
from govflow.regions.meeting import messages as m
from govflow.regions.meeting.model import MeetingForm

Tell = Callable[[View, Any], str | None]
"""What is said of an event beside its name; None: nothing at all, it is not for everybody."""

# --- what is said of each --------------------------------------------------------------------------------------------


def _reason(view: View, event: Any) -> str:
    return str(event.reason)


def _named(field: str) -> Tell:
    """Which unit it was about, and why where a reason is given."""

    def tell(view: View, event: Any) -> str:
        return _pair(
            view, view.unit(getattr(event, field)), getattr(event, "reason", "") or getattr(event, "capacity", "")
        )

    return tell


def _pair(view: View, a: str, b: str) -> str:
    return view.speech.t("colon", a=a, b=b) if a and b else a or b


def _until(view: View, text: str, due: Any) -> str:
    return view.speech.listed((text, view.speech.t("story.until", until=view.speech.until(due)) if due else ""))


def _team(view: View, event: e.TeamNamed) -> str:
    n = view.speech.t("story.people", n=len(event.members))
    return _pair(view, view.speech.term("team", event.team or ""), n)


def _risk(view: View, event: Any) -> str:
    return view.speech.term("risk_level", event.level_of_risk or "")


def _evaluated(view: View, event: e.ProjectEvaluated) -> str:
    if event.result is None or event.result.score is None:
        return view.speech.t("missing")
    return points(event.result.score)


def _corrected(view: View, event: e.ProjectCorrected) -> str:
    return view.speech.t("story.corrected", field=view.speech.term("field", event.field), reason=event.reason)


def _meeting(view: View, event: Any) -> str | None:
    item = view.project.item("meeting", event.item)
    if item is None or item.form != MeetingForm.HEARING:
        return None
    form = view.speech.term("form", item.form)
    subject = _pair(view, form, item.subject)
    if isinstance(event, m.MeetingAnnounced):
        return _until(view, subject, None) + (f" ({view.speech.when(event.at_time)})" if event.at_time else "")
    if isinstance(event, m.MeetingHeld):
        return _pair(view, form, view.speech.t("story.came", n=len({*event.attended, *event.guests})))
    return _pair(view, form, getattr(event, "consensus", "") or getattr(event, "reason", ""))


def _milestone(view: View, event: Any) -> str:
    item = view.project.item("milestone", event.item)
    why = view.speech.listed(getattr(event, "shortcomings", ())) or getattr(event, "reason", "")
    return _pair(view, item.title if item is not None else "", why)


def _defect(view: View, event: Any) -> str:
    item = view.project.item("ledger", event.item)
    why = getattr(event, "measure", "") or getattr(event, "reason", "")
    return _pair(view, item.problem if item is not None else "", why)


def _found(view: View, event: ledger.LedgerItemOpened) -> str | None:
    """Those that an acceptance or an evaluation listed stand with it."""
    return None if event.by == "system" else _until(view, event.what, event.until)


def _promise(view: View, event: Any) -> str | None:
    item = view.project.item("commitment", event.item)
    if item is None or not is_told(item):
        return None
    return _pair(view, view.unit(item.owes), promised(view, item))


def _lifted(view: View, event: sv.SupervisionLifted) -> str | None:
    """Of a supervision that never stood in public nothing is told."""
    listed = view.of_item(event.item, sv.SupervisionListed)
    return event.reason if any(each.at <= event.at for each in listed) else None


def _missed(view: View, event: DeadlineMissed) -> str | None:
    return None if ":" in event.item else clock_name(event.item, view.speech)


def _line(view: View, event: Any) -> str:
    item = view.project.item("budget", event.item)
    about = (item.purpose or item.key) if item is not None else ""
    changed = view.money(event.amount) if isinstance(event, BudgetChanged) else ""
    return _pair(view, view.speech.listed((about, changed)), event.reason)


def _suspended(view: View, event: e.ProjectSuspended) -> str:
    return _until(view, event.cause, event.review_at)


_SAID: Mapping[type, Tell] = {
    e.DemandListed: lambda view, each: _until(view, "", each.until),
    e.DemandWithdrawn: _reason,
    e.ProjectSplit: _reason,
    e.DemandClaimed: _named("claimer"),
    e.ClaimWithdrawn: _named("claimer"),
    e.PartyAgreed: _named("unit"),
    e.AgreementTakenBack: _named("unit"),
    e.PartyArranged: _named("to"),
    e.PartiesPaired: lambda view, each: view.listed(party.unit for party in each.parties),
    e.PartyAdded: lambda view, each: view.unit(each.party.unit if each.party else None),
    e.PartyReleased: _named("unit"),
    e.RiskAssessed: _risk,
    e.RiskReassessed: _risk,
    e.TeamNamed: _team,
    e.ProjectApproved: lambda view, each: view.money(each.budget),
    e.ProjectNotApproved: _reason,
    e.ProjectResubmitted: lambda view, each: each.answers,
    e.ProgressReported: lambda view, each: _pair(view, view.speech.t("percent", n=each.percent), each.text),
    e.ScopeChanged: lambda view, each: _pair(view, view.money(each.budget), each.reason),
    e.LeadHandedOver: _named("to"),
    e.ProjectSuspended: _suspended,
    e.ProjectDeadlineExtended: _reason,
    e.DeliverySigned: lambda view, each: view.speech.t("story.signed"),
    e.AcceptanceRefused: lambda view, each: _until(view, view.speech.listed(each.shortcomings), each.until),
    e.ProjectEvaluated: _evaluated,
    e.ProjectRemedyOrdered: lambda view, each: _until(view, view.speech.listed(each.defects), each.until),
    e.ProjectSettled: lambda view, each: view.money(each.spent),
    e.AccountsReopened: _reason,
    e.ProjectCancelled: _reason,
    e.ProjectCorrected: _corrected,
    m.MeetingAnnounced: _meeting,
    m.MeetingPostponed: _meeting,
    m.MeetingHeld: _meeting,
    m.MeetingRecorded: _meeting,
    m.MeetingCancelled: _meeting,
    MilestoneReached: _milestone,
    MilestoneAccepted: _milestone,
    MilestoneRefused: _milestone,
    MilestoneDropped: _milestone,
    ledger.LedgerItemOpened: _found,
    ledger.LedgerItemRectified: _defect,
    ledger.LedgerItemRefused: _defect,
    ledger.LedgerItemWrittenOff: _defect,
    ledger.LedgerItemReopened: _defect,
    ledger.LedgerItemWaived: _defect,
    CommitmentKept: _promise,
    CommitmentBroken: _promise,
    CommitmentReleased: _promise,
    BudgetChanged: _line,
    BudgetFreed: _line,
    sv.SupervisionListed: lambda view, each: each.number,
    sv.SupervisionExposed: lambda view, each: each.public_text,
    sv.FixConfirmed: lambda view, each: each.measure,
    sv.SupervisionExposureLifted: lambda view, each: "",
    sv.SupervisionLifted: _lifted,
    DeadlineMissed: _missed,
}
"""Event -> what is said of it. Main events that are not here are told by their names alone; all others not at all."""

_OF_THE_TABLE = frozenset(step.event for step in PROJECT_WORKFLOW.steps)


def story_section(view: View) -> Section:
    """What happened, oldest first."""
    t = view.speech.t
    rows = [
        (view.speech.day(each.body.at), _name(view, each), view.speech.term("role", each.meta.role or ""), said)
        for each in view.history
        if (said := _told(view, each)) is not None
    ]
    return Section("story", t("story"), [Rows("", [t(each) for each in ("day", "event", "by", "what")], rows)])


def _told(view: View, each: RecordedEvent) -> str | None:
    tell = _SAID.get(type(each.body))
    if tell is not None:
        return tell(view, each.body)
    return "" if type(each.body) in _OF_THE_TABLE else None


def _name(view: View, each: RecordedEvent) -> str:
    """A main step by itself; a step of a region with what it belongs to."""
    if isinstance(each.body, DeadlineMissed):
        return view.speech.t("story.clock")
    said = label(each.body, view)
    if type(each.body) in _OF_THE_TABLE or view.speech.is_zh:
        return said
    return f"{view.speech.term('region', each.name.partition('.')[0])} {said}"


# --- what was published ----------------------------------------------------------------------------------------------


def published_section(view: View) -> Section:
    """Every public text with its day: notices, reports of delivery, listed supervision and exposure."""
    t = view.speech.t
    texts: Iterator[tuple[str, str]] = (found for each in view.history for found in _texts(view, each.body))
    parts: list[Part] = [Prose(title, text) for title, text in texts if text.strip()]
    return Section("published", t("public.words"), parts)


def _texts(view: View, event: Any) -> Iterator[tuple[str, str]]:
    t, day = view.speech.t, view.speech.day(event.at)
    match event:
        case e.ProjectNoticePublished():
            yield t("public.notice", day=day), event.public_text
        case e.ProjectDelivered():
            yield t("public.done", day=day), event.public_text
            yield t("public.handback", day=day), event.handback
        case sv.SupervisionListed():
            yield t("public.listed", day=day, number=event.number), event.public_text
        case sv.SupervisionExposed():
            yield t("public.exposed", day=day), event.public_text
