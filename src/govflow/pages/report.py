"""The report on a matter 审计报告: one page for an auditor: what happened, who held it, what broke, what proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo

from govflow.errors import InputError
from govflow.pages.charts_states import state_drawing
from govflow.pages.parts import Alert, Facts, Note, Part, Prose, Rows, Section, Speech, rendered
from govflow.pages.proposal import LANGUAGES
from govflow.pages.report_clocks import broken_parts, clock_parts, late_clocks
from govflow.pages.report_record import correction_parts, held_parts, loop_parts, path_parts, taken
from govflow.pages.report_values import Inspection, Matter, Objection, Proofs, Setting, Told
from govflow.pages.report_view import View, safe, short, without_tricks

_DRAWN = 8
_A_DAY_LATE = 86_400  # seconds: recorded later than this after it occurred is marked; a default of our own


def matter_report(
    matter: Matter,
    *,
    language: str = "en",
    findings: Sequence[Objection] | None = None,
    checks: Sequence[Inspection] = (),
    proofs: Proofs | None = None,
    commands: Sequence[str] = (),
    is_cut: bool = False,
) -> str:
    """The report on a matter as HTML in `language` (en or zh-CN).

    `findings` are what a check of the log objected to (None: it was not checked) and `checks` which ones were made,
    `proofs` what vouches for the entries from outside; without any, `commands` say how to get it. `is_cut`: some rows
    could not be read. Nobody's name or pseudonym stands on it. Raises InputError.
    """
    speech = speech_of(matter.setting.policy.zone, language)
    view, first = View(speech, matter.setting), matter.records[0]
    sections = [
        _overview(matter, view, findings, is_cut=is_cut),
        _records(matter, view),
        _happened(matter, view),
        _of_each(matter, view, "held", held_parts),
        _of_each(matter, view, "clocks", clock_parts),
        _of_each(matter, view, "path", _path(matter, view)),
        _of_each(matter, view, "loops", loop_parts),
        _of_each(matter, view, "broken", broken_parts),
        _of_each(matter, view, "corrections", correction_parts),
        *findings_section(findings, view, checks),
        proofs_section(proofs, view, commands),
    ]
    shown = sum(told.record.version for told in matter.records)
    made = speech.t("report.made", at=speech.when(matter.setting.at), log=matter.setting.log, shown=shown)
    return without_tricks(
        rendered(
            speech=speech,
            title=short(first.record.title_line) or first.record.id,
            number=first.record.id,
            state=view.state(first.decider, first.record.status),
            made=made,
            phases=(),
            sections=sections,
            kind="report",
            wide=True,
        )
    )


def speech_of(zone: tzinfo, language: str) -> Speech:
    """The language of a report. Raises InputError for one that none is written in."""
    if language not in LANGUAGES:
        raise InputError(f"no report is written in {language}", where="language", expected=" | ".join(LANGUAGES))
    return Speech(language, zone)


def _of_each(matter: Matter, view: View, id: str, parts: Callable[[Told, View], list[Part]]) -> Section:
    """A section with the same of every record, each under its number where there are several."""
    found: list[Part] = []
    for told in matter.records:
        found += [Prose(_named(told, view), "")] if len(matter.records) > 1 else []
        found += parts(told, view)
    return Section(id, view.speech.t(f"report.{id}"), found)


def _named(told: Told, view: View) -> str:
    return view.speech.t("report.of_record", id=told.record.id, what=view.kind(told.decider))


# --- at a glance -----------------------------------------------------------------------------------------------------


def _overview(matter: Matter, view: View, findings: Sequence[Objection] | None, *, is_cut: bool) -> Section:
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
    ]
    late = [_late(each, view) for each in matter.records if late_clocks(each, view)]
    alerts: list[Part] = [Alert(t("report.alert.late", what=speech.listed(late)))] if late else []
    alerts += [*finding_alerts(findings, view, is_cut=is_cut)]
    return Section("overview", t("overview"), [*alerts, Facts(facts)])


def _late(told: Told, view: View) -> str:
    return view.speech.t("report.of_record", id=told.record.id, what=view.speech.listed(late_clocks(told, view)))


def _records(matter: Matter, view: View) -> Section:
    """The records of the matter, each with the one through which it was found; those that may not be seen counted."""
    t = view.speech.t
    heads = [t(f"report.{each}") for each in ("record", "kind", "title", "state", "tie")]
    rows = [
        (
            told.record.id,
            view.kind(told.decider),
            short(told.record.title_line),
            view.state(told.decider, told.record.status),
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


# --- what a check found, and what proves it --------------------------------------------------------------------------


def finding_alerts(findings: Sequence[Objection] | None, view: View, *, is_cut: bool) -> Iterator[Alert]:
    """What nobody should miss of the checks: that something is wrong, and that something could not be read."""
    if findings:
        yield Alert(view.speech.t("report.alert.findings", n=len(findings)))
    if is_cut:
        yield Alert(view.speech.t("report.unreadable"))


def findings_section(
    findings: Sequence[Objection] | None, view: View, checks: Sequence[Inspection] = ()
) -> list[Section]:
    """What a check of the log objected to, and which checks were made; that none was, where none was."""
    t = view.speech.t
    if findings is None:
        return [Section("findings", t("report.findings"), [Note(t("report.checks.none"))])]
    rows = [(each.code, view.speech.pick(each.en, each.zh), each.where, each.basis) for each in findings]
    heads = [t(f"report.{each}") for each in ("findings.code", "findings.says", "findings.where", "findings.basis")]
    parts: list[Part] = [Rows(t("report.findings.table"), heads, rows)]
    parts += [] if rows else [Note(t("report.findings.none"))]
    if (more := sum(each.found for each in checks) - len(rows)) > 0:
        parts.append(Note(t("report.more", n=more)))
    return [Section("findings", t("report.findings"), [*parts, *_checks(checks, view)])]


def _checks(checks: Sequence[Inspection], view: View) -> list[Part]:
    """Which checks were made, of how much: silence about the others is no claim."""
    t = view.speech.t
    rows = []
    for each in checks:
        counted = str(each.records), str(each.entries), str(each.found)
        rows.append(
            (t(f"report.checks.{each.check}"), *(counted if each.made else ("", "", t("report.checks.not_made"))))
        )
    heads = [t(f"report.checks.{each}") for each in ("check", "of", "entries", "found")]
    parts: list[Part] = [Rows(t("report.checks.table"), heads, rows)]
    unjudged = sum(each.unjudged for each in checks)
    parts += [Note(t("report.checks.unjudged", n=unjudged))] if unjudged else []
    return [*parts, Note(t("report.checks.rest"))] if checks else []


def proofs_section(proofs: Proofs | None, view: View, commands: Sequence[str] = ()) -> Section:
    """The signed checkpoint, the key, and the commands by which anybody checks them; or that there is none.

    Without any, `commands` say how to get one.
    """
    t = view.speech.t
    if proofs is None:
        how = [Note(t("report.proofs.sign"), commands)] if commands else []
        return Section("proofs", t("report.proofs"), [Note(t("report.proofs.none")), *how])
    place = t("report.proofs.range_of", first=proofs.first, last=proofs.last) if proofs.last else ""
    facts = [
        (t("report.proofs.size"), str(proofs.size)),
        (t("report.proofs.range"), place),
        (t("report.proofs.signed"), view.speech.when(proofs.signed_at)),
        (t("report.proofs.key"), proofs.vkey),
    ]
    parts: list[Part] = [Facts(facts), Prose(t("report.proofs.note"), proofs.note)]
    parts += [Note(t("report.proofs.uncovered", n=proofs.uncovered))] if proofs.uncovered else []
    parts += [] if proofs.vkey else [Note(t("report.proofs.no_key"))]
    if proofs.commands:
        parts += [Note(t("report.proofs.save")), Note(t("report.proofs.how"), proofs.commands)]
    return Section("proofs", t("report.proofs"), parts)


# --- a record of which nothing can be read ---------------------------------------------------------------------------


def unreadable_report(
    id: str,
    setting: Setting,
    *,
    language: str,
    findings: Sequence[Objection],
    checks: Sequence[Inspection],
    proofs: Proofs | None,
    commands: Sequence[str],
) -> str:
    """The report on a record of which not even the first event can be read: what the checks say of it, and proofs."""
    view = View(speech_of(setting.policy.zone, language), setting)
    t = view.speech.t
    overview = Section("overview", t("overview"), [*finding_alerts(findings, view, is_cut=True)])
    return without_tricks(
        rendered(
            speech=view.speech,
            title=t("report.unreadable.title"),
            number=id,
            state="",
            made=t("report.made.period", at=view.speech.when(setting.at), log=setting.log),
            phases=(),
            sections=[overview, *findings_section(findings, view, checks), proofs_section(proofs, view, commands)],
            kind="report",
            wide=True,
        )
    )
