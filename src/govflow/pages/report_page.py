"""The frame of every report 审计报告的版式: what is wrong with the log first, what vouches for it last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import NamedTuple

from govflow.errors import InputError
from govflow.pages.parts import Facts, Note, Part, Section, Speech, rendered
from govflow.pages.proposal import LANGUAGES
from govflow.pages.report_evidence import evidence_facts, finding_alerts, findings_section, proofs_section
from govflow.pages.report_values import Evidence
from govflow.pages.report_view import View, without_tricks


class Glance(NamedTuple):
    """What a report says at a glance: what nobody should miss, facts, and notes below them."""

    alerts: Sequence[Part] = ()
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[Part] = ()


def speech_of(zone: tzinfo, language: str) -> Speech:
    """The language of a report. Raises InputError for one that none is written in."""
    if language not in LANGUAGES:
        raise InputError(f"no report is written in {language}", where="language", expected=" | ".join(LANGUAGES))
    return Speech(language, zone)


def report_page(
    view: View,
    evidence: Evidence,
    *,
    kind: str,
    title: str,
    number: str,
    glance: Glance,
    sections: Sequence[Section],
    state: str = "",
    shown: int | None = None,
) -> str:
    """A report as HTML. `kind` is report, report_period or report_unit; `shown` counts entries, where that is known."""
    t, setting = view.speech.t, view.setting
    facts = [*glance.facts, *(evidence_facts(evidence, view) if glance.facts else ())]
    overview = [*finding_alerts(evidence, view), *glance.alerts, Facts(facts), *glance.notes]
    made = t(
        "report.made",
        at=view.speech.when(setting.at),
        zone=setting.policy.zone,
        source=t("report.made.entries", n=shown, log=setting.log) if shown else t("report.made.log", log=setting.log),
    )
    return without_tricks(
        rendered(
            speech=view.speech,
            title=title,
            number=number,
            state=state,
            made=made,
            phases=(),
            sections=[
                Section("overview", t("overview"), overview),
                *sections,
                findings_section(evidence, view),
                proofs_section(evidence, view),
            ],
            kind=kind,
            wide=True,
        )
    )


def period_page(
    view: View,
    evidence: Evidence,
    days: tuple[date, date],
    *,
    kind: str,
    title: str,
    glance: Glance,
    sections: Sequence[Section],
) -> str:
    """A report on local days, both inclusive, as HTML: it says where the log begins only after the first of them."""
    t, (first, last), begins = view.speech.t, days, evidence.log_begins
    alerts: list[Part] = [*glance.alerts]
    alerts += [Note(t("report.log_begins", day=begins))] if begins is not None and first < begins else []
    number = t("report.period", first=first, last=last)
    shown = glance._replace(alerts=alerts)
    return report_page(view, evidence, kind=kind, title=title, number=number, glance=shown, sections=sections)
