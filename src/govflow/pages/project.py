"""The public page of a project 共建项目公开页: its whole story for somebody who was not there, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from govflow.errors import InputError
from govflow.messages import RecordedEvent
from govflow.pages.parts import Alert, Facts, Linked, Part, Phase, Section, Speech, links, phases, rendered
from govflow.pages.project_approval import assessment_section, decision_section, teams_section
from govflow.pages.project_partners import money_section, need_section, partners_section
from govflow.pages.project_result import accounts_section, evaluation_section, late_now, open_section
from govflow.pages.project_story import published_section, story_section
from govflow.pages.project_view import View, veiled, veiled_section, view_of
from govflow.pages.project_works import defects_section, disputes_section, feedback_section, milestones_section
from govflow.pages.proposal import LANGUAGES
from govflow.policy import Policy
from govflow.projects import JointProject
from govflow.projects import events as e
from govflow.projects.figures import DisputeFigures
from govflow.projects.workflow import PROJECT_WORKFLOW
from govflow.regions.link import LinkKind
from govflow.regions.supervision import SupervisionExposed
from govflow.workflow import Rest

_MAIN_WAY = (
    "proposed", "open_for_claim", "claimed", "paired", "assessed", "approved", "in_progress", "delivered", "accepted",
    "evaluated", "settled",
)  # fmt: skip
_COUNTED = (LinkKind.DISPUTE, LinkKind.DISPUTE_OF)
"""Ties that stand on the page as figures alone."""


def project_page(
    project: JointProject,
    history: Iterable[RecordedEvent],
    *,
    policy: Policy,
    at: datetime,
    disputes: DisputeFigures,
    language: str = "en",
    linked: Mapping[str, Linked] | None = None,
    units: Mapping[str, str] | None = None,
) -> str:
    """The page of a project as HTML in `language` (en or zh-CN), as of the moment `at`.

    `history` are its events, `policy` the one it runs under, `disputes` the figures of its disputes; `linked` are the
    records that everybody may read, by id (others are counted), `units` the names of units by id. People are counted,
    whatever they are called; a text with a number or an address of a person in it is withheld. Raises InputError.
    """
    if language not in LANGUAGES:
        raise InputError(f"no page is written in {language}", where="language", expected=" | ".join(LANGUAGES))
    speech = Speech(language, policy.zone)
    view = view_of(project, history, policy, at, speech, units or {})
    sections = (
        _overview(view),
        need_section(view),
        partners_section(view),
        teams_section(view),
        assessment_section(view),
        decision_section(view),
        money_section(view),
        milestones_section(view),
        defects_section(view),
        feedback_section(view),
        disputes_section(view, disputes),
        evaluation_section(view),
        accounts_section(view),
        open_section(view),
        published_section(view),
        Section("links", speech.t("links"), links(project, linked or {}, speech, untold=_COUNTED)),
        story_section(view),
    )
    return rendered(
        speech=speech,
        title=veiled(project.title_line),
        number=veiled(project.id),
        state=speech.state(PROJECT_WORKFLOW, project.status),
        made=veiled(speech.t("page.made.project", at=speech.when(at), events=project.version, id=project.id)),
        phases=_phases(view),
        sections=[veiled_section(each) for each in sections],
        kind="project",
    )


def _phases(view: View) -> list[Phase]:
    project, speech = view.project, view.speech
    passed = {"proposed"} | {
        str(step.to) for step in PROJECT_WORKFLOW.steps if step.to for _ in [*view.happened(step.event)][:1]
    }
    is_open = PROJECT_WORKFLOW.rests[project.status] is Rest.OPEN
    return phases(_MAIN_WAY, passed, project.status, is_open, lambda status: speech.state(PROJECT_WORKFLOW, status))


def _overview(view: View) -> Section:
    t, speech, project = view.speech.t, view.speech, view.project
    category = view.policy.category(project.category)
    facts = [
        (t("kind"), speech.pick(project.rule.en, project.rule.zh) if project.rule is not None else ""),
        (t("category"), speech.pick(category.en, category.zh) if category is not None else ""),
        (t("theme"), speech.term("theme", project.theme)),
        (t("major"), t("yes") if project.is_major else ""),
        (t("area"), project.area),
        (t("alliance"), project.alliance or ""),
        (t("begun"), speech.day(project.opened_at)),
        (t("lead"), view.unit(project.lead)),
        (t("scope"), speech.term("scope", project.scope) if project.scope is not None else ""),
        (t("progress"), speech.t("percent", n=project.progress) if project.progress else ""),
        (t("ended"), speech.state(PROJECT_WORKFLOW, project.ended_as) if project.ended_as else ""),
        (t("next"), _next(view)),
    ]
    return Section("overview", t("overview"), [*_alerts(view), Facts(facts)])


def _alerts(view: View) -> list[Part]:
    """What stands in public as slow, what is overdue, what is paused and until when."""
    t, project, found = view.speech.t, view.project, []
    exposed = {key for key, each in project.items_of("supervision").items() if each.status == "exposed"}
    for each in view.happened(SupervisionExposed):
        if each.item in exposed:
            found.append(t("exposed.now", day=view.speech.day(each.at), text=each.public_text))
    if PROJECT_WORKFLOW.rests[project.status] is Rest.OPEN and (late := late_now(view)):
        found.append(t("late.now", what=late))
    paused = [*view.happened(e.ProjectSuspended)]
    if project.status == "suspended" and paused:
        found.append(t("suspended.now", until=view.speech.until(project.suspended_until), cause=paused[-1].cause))
    return [Alert(each) for each in found]


def _next(view: View) -> str:
    """The steps that lead on from where it stands, and who may take each."""
    here, told = view.project.status, []
    place = _MAIN_WAY.index(here) if here in _MAIN_WAY else -1
    for step in PROJECT_WORKFLOW.steps:
        if here in map(str, step.source) and step.to in _MAIN_WAY and _MAIN_WAY.index(str(step.to)) > place:
            who = view.speech.listed(
                dict.fromkeys(view.speech.term("role", str(role)) for role in step.who if role != "system")
            )
            what = view.speech.pick(step.event.name.partition(".")[2].replace("_", " "), step.command.label)
            told.append(view.speech.t("next.by", what=what, who=who) if who else what)
    return view.speech.t("comma").join(dict.fromkeys(told))
