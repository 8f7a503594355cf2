"""The report on a period 时段审计报告: how much was begun, ended, overdue and owed, by kind, unit and level."""

from __future__ import annotations

from govflow.pages.parts import Note, Part, Rows, Section
from govflow.pages.report_page import Glance, period_page, speech_of
from govflow.pages.report_record import sum_tables
from govflow.pages.report_values import UNCHECKED, Evidence, Period
from govflow.pages.report_view import View, short

_LISTED = 500


def period_report(period: Period, evidence: Evidence = UNCHECKED, *, language: str = "en") -> str:
    """The report on a period as HTML in `language` (en or zh-CN); `evidence` as in a matter's. Raises InputError."""
    view = View(speech_of(period.setting.policy.zone, language), period.setting)
    t = view.speech.t
    held = [*sum_tables(period.sums, period.levels, view), Note(t("report.hours"))]
    return period_page(
        view,
        evidence,
        (period.first, period.last),
        kind="report_period",
        title=t("report.period.title", first=period.first, last=period.last),
        glance=Glance(facts=_figures(period, view)),
        sections=[
            _kinds(period, view),
            _late(period, view),
            _loops(period, view),
            Section("held", t("report.period.held"), held),
        ],
    )


def _figures(period: Period, view: View) -> list[tuple[str, str]]:
    t = view.speech.t
    figures = [
        ("seen", sum(period.states.values())),
        ("opened", sum(period.opened.values())),
        ("closed", sum(period.closed.values())),
        ("late", len(period.late)),
        ("entries", period.entries),
    ]
    facts = [(t(f"report.period.{name}"), str(figure)) for name, figure in figures]
    return [*facts, (t("report.loops"), str(sum(owed for owed, _ in period.loops.values())))]


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
