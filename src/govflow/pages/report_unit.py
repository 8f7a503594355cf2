"""The page of a unit's report on its own work 专项述职: lines with the events they rest on, and their totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from govflow.pages.parts import Note, Part, Rows, Section
from govflow.pages.report_page import Glance, period_page, speech_of
from govflow.pages.report_unit_values import Piece, Share, UnitWork
from govflow.pages.report_values import UNCHECKED, Evidence
from govflow.pages.report_view import View, hours, safe, short

_NOTHING = timedelta()


def unit_report(work: UnitWork, evidence: Evidence = UNCHECKED, *, language: str = "en") -> str:
    """A unit's report on its own work as HTML in `language` (en or zh-CN); `evidence` as in a matter's.

    Raises InputError.
    """
    view = View(speech_of(work.setting.policy.zone, language), work.setting)
    return period_page(
        view,
        evidence,
        (work.first, work.last),
        kind="report_unit",
        title=view.speech.t("report.unit.title", unit=view.unit(work.unit), first=work.first, last=work.last),
        glance=_glance(work, view),
        sections=[part(work, view) for part in (_begun, _ended, _deadlines, _back, _open, _time)],
    )


def _glance(work: UnitWork, view: View) -> Glance:
    t = view.speech.t
    finished = [each for each in work.ended if each.is_finished]
    passed = len(work.ended) - len(finished)
    now = sum(each.share is not None for each in work.owed)
    late = sum(each.late is not None for each in finished)
    missed = sum(each.late is not None for each in work.duties)
    figures = [
        ("before", work.before),
        ("begun", len(work.begun)),
        ("finished", len(finished)),
        ("in_time", len(finished) - late),
        ("finished_late", late),
        ("passed_on", passed),
        ("now", now),
        ("met", len(work.duties) - missed),
        ("missed", missed),
        ("came_back", len(work.came_back)),
        ("owed", len(work.owed) - now),
    ]
    facts = [(t(f"report.unit.{name}"), str(figure)) for name, figure in figures]
    facts += [(t("report.unit.worked"), hours(_worked(work))), (t("report.unit.waiting"), hours(_waiting(work)))]
    counted = {"before": work.before, "begun": len(work.begun), "finished": len(finished), "passed": passed, "now": now}
    notes = [Note(t("report.unit.sum", **counted)), Note(t("report.unit.no_names")), Note(t("report.unit.how"))]
    return Glance(facts=facts, notes=notes)


def _worked(work: UnitWork) -> timedelta:
    return sum((each.worked for each in work.times), _NOTHING)


def _waiting(work: UnitWork) -> timedelta:
    return sum((each.worked for each in work.times if each.is_waiting), _NOTHING)


# --- lines -----------------------------------------------------------------------------------------------------------


def _grounds(piece: Piece, view: View) -> str:
    t = view.speech.t
    told = [t("report.ground", version=each.version, position=each.position) for each in piece.grounds]
    return t("report.numbers").join(told)


def _lines(what: str, names: Sequence[str], rows: Sequence[Sequence[str]], view: View) -> list[Part]:
    """A table of lines, or the word that there is none. `names` are those of the columns between record and events."""
    t = view.speech.t
    if not rows:
        return [Note(t(f"report.unit.{what}.none"))]
    heads = [t(f"report.{each}") for each in ("record", "kind", "title", *names, "grounds")]
    return [Rows(t(f"report.unit.{what}.table"), heads, rows)]


def _row(piece: Piece, work: UnitWork, view: View, *cells: str) -> tuple[str, ...]:
    kind = view.kind(work.deciders[piece.kind])
    title = short(piece.title) if piece.title != piece.record else ""
    return piece.record, kind, title, *cells, _grounds(piece, view)


def _share(share: Share | None, view: View) -> str:
    return view.speech.t(f"report.share.{share or 'none'}")


def _begun(work: UnitWork, view: View) -> Section:
    rows = [
        _row(each.piece, work, view, _share(each.share, view), view.speech.when(each.at))
        for each in sorted(work.begun, key=lambda each: (each.at, each.piece.record))
    ]
    return Section("begun", view.speech.t("report.unit.begun"), _lines("begun", ("as", "when"), rows, view))


def _ended(work: UnitWork, view: View) -> Section:
    t, speech = view.speech.t, view.speech
    rows = []
    for each in sorted(work.ended, key=lambda each: (each.at, each.piece.record)):
        decider = work.deciders[each.piece.kind]
        flow = decider.workflow if each.share is Share.LEAD else decider.regions["joint_handling"].workflow
        outcome = t(f"report.unit.outcome.{'finished' if each.is_finished else 'passed'}")
        cells = _share(each.share, view), outcome, speech.state(flow, each.status), speech.when(each.at)
        rows.append(_row(each.piece, work, view, *cells, _late(each.late, view)))
    names = ("as", "unit.outcome", "state", "when", "over")
    return Section("ended", t("report.unit.ended"), _lines("ended", names, rows, view))


def _late(late: timedelta | None, view: View) -> str:
    if late is None:
        return view.speech.t("report.unit.in_time.cell")
    return view.speech.t("report.unit.late.cell", by=view.span(late))


def _deadlines(work: UnitWork, view: View) -> Section:
    t, speech = view.speech.t, view.speech
    rows = [
        _row(
            each.piece,
            work,
            view,
            view.clock(each.clock),
            speech.until(each.due),
            speech.when(each.ended),
            t(f"report.unit.how.{each.how}"),
            _late(each.late, view),
        )
        for each in work.duties
    ]
    names = ("clock", "due", "ended", "unit.outcome", "over")
    return Section("deadlines", t("report.unit.deadlines"), _lines("deadlines", names, rows, view))


def _back(work: UnitWork, view: View) -> Section:
    t, speech = view.speech.t, view.speech
    rows = []
    for each in sorted(work.came_back, key=lambda each: (each.at, each.piece.record)):
        decider = work.deciders[each.piece.kind]
        region, _, name = each.event.partition(".")
        told = each.label if speech.is_zh and each.label else speech.plain(name)
        if region in decider.regions:
            told = t("report.event.of", region=view.region(decider, region), event=told)
        rows.append(_row(each.piece, work, view, told, speech.when(each.at)))
    return Section("back", t("report.unit.back"), _lines("back", ("event", "when"), rows, view))


def _open(work: UnitWork, view: View) -> Section:
    t, speech = view.speech.t, view.speech
    rows = []
    for each in work.owed:
        decider = work.deciders[each.piece.kind]
        flow = decider.regions[each.region].workflow if each.region else decider.workflow
        what = view.region(decider, each.region) if each.region else t("report.unit.record")
        told = t("report.of_record", id=what, what=safe(each.what)) if each.what else what
        cells = _share(each.share, view), told, speech.state(flow, each.status)
        rows.append(_row(each.piece, work, view, *cells, speech.when(each.since), speech.until(each.until)))
    names = ("as", "what", "state", "since", "due")
    return Section("open", t("report.unit.open"), _lines("open", names, rows, view))


def _time(work: UnitWork, view: View) -> Section:
    """Every stay, and below the whole; then the same by record."""
    t, speech = view.speech.t, view.speech
    ordered = sorted(work.times, key=lambda each: (each.piece.record, each.since))
    rows = [
        _row(
            each.piece,
            work,
            view,
            speech.when(each.since),
            speech.when(each.until),
            hours(each.worked),
            hours(each.worked) if each.is_waiting else hours(_NOTHING),
            view.days(each.until - each.since),
        )
        for each in ordered
    ]
    if rows:
        whole = sum((each.until - each.since for each in ordered), _NOTHING)
        sums = hours(_worked(work)), hours(_waiting(work)), view.days(whole)
        rows.append((t("report.sum"), "", "", "", "", *sums, ""))
    names = ("since", "until", "worked", "unit.waiting", "whole")
    parts = _lines("time", names, rows, view)
    return Section("time", t("report.unit.time"), [*parts, Note(t("report.hours"))] if rows else parts)
