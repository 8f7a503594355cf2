"""How a project came to be approved, on its page: teams, risk, hearing, the decision and what it rests on."""

from __future__ import annotations

from typing import Any

from govflow.pages.parts import Facts, Note, Part, Prose, Rows, Section, papers
from govflow.pages.project_view import View
from govflow.projects import PROJECT
from govflow.projects import events as e
from govflow.projects.model import Member, TeamKind
from govflow.regions.meeting.messages import MeetingHeld
from govflow.regions.meeting.model import MeetingForm, MeetingStatus
from govflow.regions.objection import ObjectionStatus


def teams_section(view: View) -> Section:
    """The three teams 三专: how many people and which units, nobody's name; how many supervisors have signed."""
    t, project = view.speech.t, view.project
    rows = [_team(view, kind, project.teams[kind]) for kind in TeamKind if project.teams.get(kind)]
    signed = f"{len(project.signed)}/{len(project.supervisors)}" if project.supervisors and project.deliveries else ""
    heads = [t(each) for each in ("team", "teams.people", "teams.units", "teams.named")]
    return Section("teams", t("teams"), [Rows("", heads, rows), Facts([(t("teams.signed"), signed)])])


def _team(view: View, kind: TeamKind, members: tuple[Member, ...]) -> tuple[str, ...]:
    """A member that is known to be a unit counts as one, all others are people."""
    people = [each for each in members if each.id not in view.units]
    units = dict.fromkeys(filter(None, (each.unit if each in people else each.id for each in members)))
    return view.speech.term("team", kind), str(len(people)), str(len(units)), view.listed(units)


# --- risk and hearing ------------------------------------------------------------------------------------------------


def assessment_section(view: View) -> Section:
    """Risk assessments with their papers, hearings with who came and what was agreed on, other meetings counted."""
    t, project = view.speech.t, view.project
    meetings = [*project.items_of("meeting").values()]
    hearings = [each for each in meetings if each.form == MeetingForm.HEARING]
    others = sum(bool(each.attended) for each in meetings if each.form != MeetingForm.HEARING)
    on_file = [(t("risk.of", day=view.speech.day(each.at)), [each.paper]) for each in project.assessments if each.paper]
    on_file += [(t("meeting.minutes", day=held(view, each.key)), each.minutes) for each in hearings]
    opinions = len(project.items_of("opinion"))
    parts: list[Part] = [
        _risks(view),
        Rows(
            t("meetings"),
            [
                t(each)
                for each in ("day", "meeting.about", "meeting.came", "meeting.opinions", "meeting.outcome", "state")
            ],
            [_hearing(view, each) for each in hearings],
        ),
        papers(project, t("shows"), on_file, view.speech),
    ]
    parts += [Note(t("meetings.other", n=others))] if others else []
    parts += [Note(t("opinions.count", n=opinions))] if opinions else []
    return Section("assessment", t("assessment"), parts)


def _risks(view: View) -> Rows:
    t = view.speech.t
    rows = [
        (
            view.speech.day(each.at),
            t("yes" if each.necessary else "no_"),
            view.speech.term("risk_level", each.level),
            t("vote.nth", n=each.plan),
            view.money(each.budget),
            str(each.households),
            view.unit(each.unit),
        )
        for each in view.project.assessments
    ]
    names = ("day", "risk.needed", "risk.level", "risk.plan", "risk.budget", "need.households", "risk.by")
    return Rows(t("risks"), [t(each) for each in names], rows)


def held(view: View, key: str) -> str:
    """The days on which a meeting sat."""
    return view.days(key, MeetingHeld)


def _hearing(view: View, meeting: Any) -> tuple[str, ...]:
    said = (meeting.opinions_for, meeting.opinions_against, meeting.opinions_open)
    came = view.speech.t("of", n=len(meeting.attended), all=len(meeting.roll)) if meeting.attended else ""
    return (
        held(view, meeting.key) or view.speech.day(meeting.since),
        meeting.subject,
        came,
        view.speech.listed(map(str, said)) if any(said) else "",
        meeting.consensus,
        view.speech.status(meeting.status, MeetingStatus),
    )


# --- the decision ----------------------------------------------------------------------------------------------------

_DECISIONS = (e.ProjectApproved, e.ProjectNotApproved, e.ScopeChanged)


def decision_section(view: View) -> Section:
    """Each decision with its money and what it rests on, the plan that was decided on, objections to the notice."""
    t, speech, project = view.speech.t, view.speech, view.project
    decided = [*view.happened(*_DECISIONS)]
    rows = [
        (
            speech.day(each.at),
            label(each, view),
            view.unit(getattr(each, "unit", None)),
            view.money(getattr(each, "budget", None)),
            _rests_on(view, each),
            getattr(each, "reason", ""),
        )
        for each in decided
    ]
    names = ["day", "decision.what", "decision.by", "decision.budget", "decision.rests", "reason"]
    used = 6 if any(row[-1] for row in rows) else 5  # no column for reasons where none was given
    on_file = [
        (t("decision.of", what=label(each, view), day=speech.day(each.at)), getattr(each, "papers", ()))
        for each in decided
    ]
    plan = project.plan_text.strip()
    parts: list[Part] = [
        Rows("", [t(each) for each in names[:used]], [row[:used] for row in rows]),
        papers(project, t("shows"), on_file, speech),
    ]
    parts += [Prose(t("decision.plan", n=project.plan_version), plan)] if plan else []
    return Section("decision", t("decision"), [*parts, _objections(view)])


def label(event: Any, view: View) -> str:
    """What a step is called: in Chinese as its command, in English as its event."""
    return view.speech.pick(event.name.partition(".")[2].replace("_", " "), LABELS.get(type(event), ""))


LABELS = {
    step.event: step.command.label
    for flow in (PROJECT.workflow, *(region.workflow for region in PROJECT.regions.values()))
    for step in flow.steps
}
"""Event -> the Chinese name of the step that it belongs to."""


def _rests_on(view: View, event: Any) -> str:
    t, told = view.speech.t, []
    if getattr(event, "papers", ()):
        told.append(t("decision.paper"))
    if meeting := getattr(event, "meeting", None):
        told.append(t("decision.meeting", day=held(view, meeting)))
    if record := getattr(event, "decided_by", None):
        told.append(t("decision.record", id=record))
    return view.speech.listed(told)


def _objections(view: View) -> Rows:
    """Those to the notice: their reason is written for everybody to read, their details are not."""
    t = view.speech.t
    rows = [
        (
            str(number),
            view.speech.day(each.since),
            each.reason,
            view.speech.status(each.status, ObjectionStatus),
            each.decision,
        )
        for number, each in enumerate(view.project.items_of("objection").values(), 1)
    ]
    heads = [t(each) for each in ("no", "raised", "objection", "answer", "reason")]
    return Rows(t("objections.project"), heads, rows)
