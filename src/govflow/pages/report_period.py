"""The report on a period 时段审计报告: how much was begun, ended, overdue and owed, by kind, unit and level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from govflow.pages.parts import Facts, Note, Part, Rows, Section, rendered
from govflow.pages.report import speech_of
from govflow.pages.report_evidence import evidence_facts, finding_alerts, findings_section, proofs_section
from govflow.pages.report_record import sum_tables
from govflow.pages.report_values import Inspection, Objection, Period, Proofs
from govflow.pages.report_view import View, short, without_tricks

_LISTED = 500


def period_report(
    period: Period,
    *,
    language: str = "en",
    findings: Sequence[Objection] | None = None,
    checks: Sequence[Inspection] = (),
    proofs: Proofs | None = None,
    commands: Sequence[str] = (),
    is_cut: bool = False,
    log_begins: date | None = None,
) -> str:
    """The report on a period as HTML in `language` (en or zh-CN); the rest is as in a matter's.

    `log_begins` is the local day of the first entry. Raises InputError.
    """
    speech = speech_of(period.setting.policy.zone, language)
    view = View(speech, period.setting)
    alerts: list[Part] = [*finding_alerts(findings, view, is_cut=is_cut)]
    if log_begins is not None and period.first < log_begins:
        alerts.append(Note(speech.t("report.log_begins", day=log_begins)))
    sections = [
        _overview(period, view, alerts, evidence_facts(findings, checks, proofs, view)),
        _kinds(period, view),
        _late(period, view),
        _loops(period, view),
        Section(
            "held",
            speech.t("report.period.held"),
            [*sum_tables(period.sums, period.levels, view), Note(speech.t("report.hours"))],
        ),
        *findings_section(findings, view, checks),
        proofs_section(proofs, view, commands),
    ]
    return without_tricks(
        rendered(
            speech=speech,
            title=speech.t("report.period.title", first=period.first, last=period.last),
            number=speech.t("report.period", first=period.first, last=period.last),
            state="",
            made=speech.t("report.made.period", at=speech.when(period.setting.at), log=period.setting.log),
            phases=(),
            sections=sections,
            kind="report_period",
            wide=True,
        )
    )


def _overview(period: Period, view: View, alerts: Sequence[Part], evidence: Sequence[tuple[str, str]]) -> Section:
    t = view.speech.t
    figures = [
        ("seen", sum(period.states.values())),
        ("opened", sum(period.opened.values())),
        ("closed", sum(period.closed.values())),
        ("late", len(period.late)),
        ("entries", period.entries),
    ]
    facts = [(t(f"report.period.{name}"), str(figure)) for name, figure in figures]
    facts += [(t("report.loops"), str(sum(owed for owed, _ in period.loops.values())))]
    return Section("overview", t("overview"), [*alerts, Facts([*facts, *evidence])])


def _kinds(period: Period, view: View) -> Section:
    t = view.speech.t
    flow = [
        (view.kind(decider), str(period.opened.get(kind, 0)), str(period.closed.get(kind, 0)))
        for kind, decider in period.deciders.items()
        if period.opened.get(kind) or period.closed.get(kind)
    ]
    states = [
        (view.kind(decider), view.state(decider, status.value), str(count))
        for kind, decider in period.deciders.items()
        for status in decider.workflow.statuses
        if (count := period.states.get((kind, status.value), 0))
    ]
    heads = [t(f"report.{each}") for each in ("kind", "period.opened", "period.closed")]
    parts = [
        Rows(t("report.period.flow"), heads, flow),
        Rows(t("report.period.states"), [t(f"report.{each}") for each in ("kind", "state", "count")], states),
    ]
    return Section("kinds", t("report.period.kinds"), parts)


def _late(period: Period, view: View) -> Section:
    """What was overdue, the longest first, and how much of it lay with whom."""
    t, speech = view.speech.t, view.speech
    ordered = sorted(period.late, key=lambda each: (each.due, each.record, each.clock))
    rows = [
        (
            each.record,
            short(each.title),
            view.clock(each.clock),
            speech.until(each.due),
            view.span(period.until - each.due),
            view.party(each.owes),
        )
        for each in ordered[:_LISTED]
    ]
    counted: dict[str, int] = {}
    for each in ordered:
        name = view.party(each.owes)
        counted[name] = counted.get(name, 0) + 1
    units = [(name, str(n)) for name, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]
    heads = [t(f"report.{each}") for each in ("record", "title", "clock", "due", "over", "unit")]
    parts: list[Part] = [
        Rows(t("report.period.late_units"), (t("report.unit"), t("report.overdue")), units),
        Rows(t("report.period.late_table"), heads, rows),
    ]
    parts += [] if rows else [Note(t("report.period.late_none"))]
    parts += [Note(t("report.more", n=len(ordered) - _LISTED))] if len(ordered) > _LISTED else []
    return Section("late", t("report.period.late"), parts)


def _loops(period: Period, view: View) -> Section:
    t = view.speech.t
    told: dict[str, list[int]] = {}
    for owes, (count, late) in period.loops.items():  # all people are one
        sums = told.setdefault(view.party(owes), [0, 0])
        sums[0] += count
        sums[1] += late
    rows = [
        (name, str(n), str(late)) for name, (n, late) in sorted(told.items(), key=lambda item: (-item[1][0], item[0]))
    ]
    heads = [t(f"report.{each}") for each in ("owes", "period.owed", "period.loops_late")]
    nothing: list[Part] = [] if rows else [Note(t("report.loops.none"))]
    return Section("loops", t("report.loops"), [Rows(t("report.period.loops"), heads, rows), *nothing])
