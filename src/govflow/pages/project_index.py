"""The public page that leads to those of needs and projects: where each stands, how far it is, what is overdue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from govflow.errors import InputError
from govflow.pages.parts import Cell, Lead, Note, Part, Rows, Section, Speech, late_names, rendered
from govflow.pages.project_view import grouped, veiled, veiled_section
from govflow.pages.proposal import LANGUAGES
from govflow.policy import Policy
from govflow.projects import JointProject
from govflow.projects.ledgers import NeedLine, ProjectLine, need_ledger, project_ledger
from govflow.projects.workflow import PROJECT_WORKFLOW

_PLAIN = re.compile(r"[A-Za-z0-9-]")


def page_names(ids: Iterable[str]) -> dict[str, str]:
    """A file name for the page of each record, by its id: safe and different on every file system.

    What is neither a letter, a digit nor a hyphen becomes its code; ids that differ in capitals alone get a number.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for id in sorted(ids):
        stem = "project-" + "".join(each if _PLAIN.match(each) else f"_{ord(each):02x}" for each in id)
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}.{number}"
        taken.add(name.casefold())
        names[id] = f"{name}.html"
    return names


def projects_page(
    projects: Iterable[JointProject],
    *,
    policy: Policy,
    at: datetime,
    language: str = "en",
    pages: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> str:
    """The page of all needs and projects as HTML in `language` (en or zh-CN), as of the moment `at`.

    `pages` are the names of the files beside it that tell of each, by id; `units` the names of units. Raises
    InputError.
    """
    if language not in LANGUAGES:
        raise InputError(f"no page is written in {language}", where="language", expected=" | ".join(LANGUAGES))
    speech, held, leads = Speech(language, policy.zone), [*projects], pages or {}
    t = speech.t
    needs = [_need(each, speech, leads) for each in need_ledger(held)]
    under_way = [_project(each, speech, leads, units or {}) for each in project_ledger(held, at)]
    sections = (
        _table(
            "needs",
            "projects.needs",
            ("title", "state", "need.households", "projects.claims", "until", "mark"),
            needs,
            speech,
        ),
        _table(
            "projects",
            "projects.under_way",
            ("title", "state", "lead", "progress", "money.approved", "mark"),
            under_way,
            speech,
        ),
    )
    return rendered(
        speech=speech,
        title=t("projects"),
        number="",
        state="",
        made=t("projects.made", at=speech.when(at), n=len(held)),
        phases=(),
        sections=[veiled_section(each) for each in sections],
        kind="projects",
    )


def _table(id: str, title: str, heads: Iterable[str], rows: list[tuple[Cell, ...]], speech: Speech) -> Section:
    t = speech.t
    part: Part = Rows("", [t(each) for each in heads], rows) if rows else Note(t("projects.none"))
    return Section(id, t(title), [part])


def _lead(id: str, title: str, leads: Mapping[str, str]) -> Cell:
    text = veiled(title or id)
    return Lead(text, leads[id]) if id in leads else text


def _need(line: NeedLine, speech: Speech, leads: Mapping[str, str]) -> tuple[Cell, ...]:
    return (
        _lead(line.id, line.title, leads),
        speech.state(PROJECT_WORKFLOW, line.status),
        str(line.households or ""),
        str(len(line.claims)),
        speech.until(line.claim_until),
        speech.t("need.urgent") if line.urgent else "",
    )


def _project(line: ProjectLine, speech: Speech, leads: Mapping[str, str], units: Mapping[str, str]) -> tuple[Cell, ...]:
    late = late_names(line.overdue, speech)
    marks = (
        speech.t("mark.exposed") if line.exposed else "",
        speech.t("bracket", a=speech.t("mark.late"), b=late) if late else "",
    )
    return (
        _lead(line.id, line.title, leads),
        speech.state(PROJECT_WORKFLOW, line.status),
        units.get(line.lead or "", line.lead or ""),
        speech.t("percent", n=line.progress),
        speech.t("yuan", n=grouped(line.budget)) if line.budget else "",
        speech.listed(marks),
    )
