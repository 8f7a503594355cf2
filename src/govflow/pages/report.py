"""The report on a matter 审计报告: one page for an auditor: what happened, who held it, what broke, what proves it."""

from __future__ import annotations

from collections.abc import Callable

from govflow.pages.charts_states import state_drawing
from govflow.pages.parts import Alert, Note, Part, Prose, Rows, Section
from govflow.pages.report_clocks import broken_clocks, broken_parts, clock_parts, late_clocks
from govflow.pages.report_page import Glance, report_page, speech_of
from govflow.pages.report_record import correction_parts, held_parts, loop_parts, path_parts, taken
from govflow.pages.report_values import UNCHECKED, Evidence, Matter, Setting, Told
from govflow.pages.report_view import View, safe, short

_DRAWN = 8
_NAMED = 5  # broken deadlines at a glance
_A_DAY_LATE = 86_400  # seconds: recorded later than this after it occurred is marked; a default of our own


def matter_report(matter: Matter, evidence: Evidence = UNCHECKED, *, language: str = "en") -> str:
    """The report on a matter as HTML in `language` (en or zh-CN), with what was checked and what proves it.

    Nobody's name or pseudonym stands on it. Raises InputError.
    """
    speech = speech_of(matter.setting.policy.zone, language)
    view, first = View(speech, matter.setting), matter.records[0]
    sections = [
        _records(matter, view),
        _happened(matter, view),
        _of_each(matter, view, "held", held_parts),
        _of_each(matter, view, "clocks", clock_parts),
        _of_each(matter, view, "path", _path(matter, view)),
        _of_each(matter, view, "loops", loop_parts),
        _of_each(matter, view, "broken", broken_parts),
        _of_each(matter, view, "corrections", correction_parts),
    ]
    return report_page(
        view,
        evidence,
        kind="report",
        title=short(first.record.title_line) or first.record.id,
        number=first.record.id,
        state=_state(first, view),
        glance=_glance(matter, view),
        sections=sections,
        shown=sum(told.record.version for told in matter.records),
    )


def _of_each(matter: Matter, view: View, id: str, parts: Callable[[Told, View], list[Part]]) -> Section:
    """A section with the same of every record, each under its number where there are several."""
    found: list[Part] = []
    for told in matter.records:
        found += [Prose(_named(told, view), "")] if len(matter.records) > 1 else []
        found += _known_until(told, view)
        found += parts(told, _as_of(told, view))
    return Section(id, view.speech.t(f"report.{id}"), found)


def _as_of(told: Told, view: View) -> View:
    """The view at the last moment at which anything is known of a record: nothing is told of what came later."""
    return view if told.cut_at is None else view._replace(setting=view.setting._replace(at=told.cut_at))


def _known_until(told: Told, view: View) -> list[Part]:
    if told.cut_at is None:
        return []
    return [Note(view.speech.t("report.cut", n=told.record.version, at=view.speech.when(told.cut_at)))]


def _state(told: Told, view: View) -> str:
    """The status of a record; of one that cannot be read to its end, up to where it is known."""
    state = view.state(told.decider, told.record.status)
    return state if told.cut_at is None else view.speech.t("report.state.cut", state=state, n=told.record.version)


def _named(told: Told, view: View) -> str:
    return view.speech.t("report.of_record", id=told.record.id, what=view.kind(told.decider))


# --- at a glance -----------------------------------------------------------------------------------------------------


def _glance(matter: Matter, view: View) -> Glance:
    told, speech, t = matter.records[0], view.speech, view.speech.t
    record, policy = told.record, matter.setting.policy
    category = policy.category(record.category)
    last = told.happened[-1].until if told.happened else record.at
    facts = [
        (t("report.title"), safe(record.title_line) if record.title_line != record.id else ""),
        (t("report.record_kind"), view.kind(told.decider)),
        (t("report.sort"), speech.term("kind", record.kind) if record.kind else ""),
        (t("category"), speech.pick(category.en, category.zh) if category is not None else safe(record.category)),
        (t("report.level"), speech.term("level", record.level) if record.level else ""),
        (t("area"), record.area),
        (t("report.round"), str(record.round) if record.round > 1 else ""),
        (t("report.lead"), view.unit(getattr(record, "lead_unit", None))),
        (t("report.opened"), speech.when(told.happened[0].at if told.happened else record.opened_at)),
        (t("report.last"), speech.when(last)),
        (t("report.entries"), str(record.version)),
        (t("report.policy"), record.policy),
        (t("report.glance.broken"), _broken(matter, view)),
    ]
    several = len(matter.records) > 1
    late = [_late(each, several, view) for each in matter.records if each.cut_at is None and late_clocks(each, view)]
    return Glance([Alert(t("report.alert.late", what=speech.listed(late)))] if late else [], facts)


def _broken(matter: Matter, view: View) -> str:
    """How many deadlines broke, and the first of them by name, whether they are still open or not."""
    t = view.speech.t
    names = [name for told in matter.records for name in _broken_of(told, matter, view)]
    if not names:
        is_cut = any(told.cut_at is not None for told in matter.records)
        return t("report.glance.none_known" if is_cut else "report.glance.none_broken")
    more = ["…"] if len(names) > _NAMED else []
    return t("report.glance.count", n=len(names), what=view.speech.listed([*names[:_NAMED], *more]))


def _broken_of(told: Told, matter: Matter, view: View) -> list[str]:
    names = broken_clocks(told, _as_of(told, view))
    if len(matter.records) == 1:
        return names
    return [view.speech.t("report.of_record", id=told.record.id, what=name) for name in names]


def _late(told: Told, several: bool, view: View) -> str:
    names = view.speech.listed(late_clocks(told, view))
    return view.speech.t("report.of_record", id=told.record.id, what=names) if several else names


def _records(matter: Matter, view: View) -> Section:
    """The records of the matter, each with the one through which it was found; those that may not be seen counted."""
    t = view.speech.t
    heads = [t(f"report.{each}") for each in ("record", "kind", "title", "state", "tie")]
    rows = [
        (
            told.record.id,
            view.kind(told.decider),
            short(told.record.title_line),
            _state(told, view),
            t("report.tie.of", id=told.through, tie=view.speech.term("link", told.tie or "")) if told.through else "",
        )
        for told in matter.records
    ]
    hidden: list[Part] = [Note(t("report.left_out", n=matter.left_out))] if matter.left_out else []
    return Section(
        "records", t("report.records"), [Rows(t("report.records.table"), heads, rows if len(rows) > 1 else []), *hidden]
    )


def _happened(matter: Matter, view: View) -> Section:
    """Every entry of every record in one line of time."""
    t, speech, several = view.speech.t, view.speech, len(matter.records) > 1
    entries = [(each, told) for told in matter.records for each in told.happened]
    entries.sort(key=lambda entry: (entry[0].at, entry[1].first, entry[0].version))
    rows, is_any_late = [], False
    for number, (each, told) in enumerate(entries, 1):
        delay = each.recorded_at - each.at
        recorded = speech.when(each.recorded_at)
        if delay.total_seconds() > _A_DAY_LATE:
            recorded, is_any_late = t("report.recorded.late", at=recorded, by=view.span(delay)), True
        record = (told.record.id,) if several else ()
        moved = view.state(told.decider, each.status) if each.status != each.before else ""
        who, what = view.who(each.role, each.unit), view.event(told.decider, each)
        rows.append((str(number), speech.when(each.at), recorded, *record, what, who, moved))
    names = ("no", "occurred", "recorded", *(("record",) if several else ()), "event", "by", "state")
    table = Rows(t("report.happened.table"), [t(f"report.{each}") for each in names], rows)
    note: list[Part] = [Note(t("report.happened.note"))] if is_any_late else []
    return Section("happened", t("report.happened"), [table, *note])


def _path(matter: Matter, view: View) -> Callable[[Told, View], list[Part]]:
    """The chart and the steps of a record; of a matter of very many records only the first are drawn."""
    drawn = {told.record.id for told in matter.records[:_DRAWN]}

    def parts(told: Told, view: View) -> list[Part]:
        steps = path_parts(told, view)
        if told.record.id not in drawn or not steps:
            return steps
        title = view.speech.t("report.of_record", id=told.record.id, what=view.speech.t("report.path.drawing"))
        chart = state_drawing(
            f"states-{told.first}",
            told.decider.workflow,
            taken(told),
            lambda status: view.state(told.decider, status),
            view.speech,
            title,
        )
        return [chart, *steps]

    return parts


# --- a record of which nothing can be read ---------------------------------------------------------------------------


def unreadable_report(id: str, setting: Setting, evidence: Evidence, *, language: str) -> str:
    """The report on a record of which not even the first event can be read: what the checks say of it, and proofs."""
    view = View(speech_of(setting.policy.zone, language), setting)
    title = view.speech.t("report.unreadable.title")
    return report_page(view, evidence, kind="report", title=title, number=id, glance=Glance(), sections=[])
