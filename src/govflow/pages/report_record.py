"""What a report says of one record: who held it, the way it took, what is still owed, what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from govflow.pages.parts import Note, Part, Rows
from govflow.pages.report_values import Fixed, Happening, Sum, Told
from govflow.pages.report_view import View, hours, safe
from govflow.records import Loop
from govflow.workflow import NEW

# --- who held it -----------------------------------------------------------------------------------------------------


def held_parts(told: Told, view: View) -> list[Part]:
    """In whose hands it was, and the sums by holder and by level, each with the whole below."""
    t, speech = view.speech.t, view.speech
    if not told.held:
        return [Note(t("report.held.none"))]
    rows = [
        (
            view.holder(each.unit, each.role),
            _level(each.level, view),
            speech.when(each.since),
            speech.when(each.until),
            hours(each.worked),
            view.days(each.until - each.since),
            t("yes") if each.is_paused else "",
        )
        for each in told.held
    ]
    heads = [t(f"report.{each}") for each in ("unit", "level", "since", "until", "worked", "whole", "still")]
    caption = t("report.of_record", id=told.record.id, what=t("report.held.table"))
    return [
        Rows(caption, heads, rows),
        *sum_tables(told.sums, told.levels, view, told.record.id),
        Note(t("report.hours")),
    ]


def sum_tables(sums: Sequence[Sum], levels: Sequence[Sum], view: View, id: str = "") -> list[Part]:
    """Time held by holder and by level, each with a last row of the whole."""
    t = view.speech.t

    def table(what: str, head: str, name: Callable[[Sum], str], rows: Sequence[Sum]) -> Rows:
        heads = [head, *(t(f"report.{each}") for each in ("held.records", "worked", "share", "paused", "whole"))]
        told = [_sum_row(name(each), each, share, view) for each, share in zip(rows, _shares(rows), strict=True)]
        whole = _all(rows)
        told += [_sum_row(t("report.sum"), whole, sum(_shares(rows)), view)] if len(rows) > 1 else []
        caption = t(what)
        if not id:  # several holders have one record between them: how many there are is no sum
            return Rows(caption, heads, told)
        return Rows(t("report.of_record", id=id, what=caption), [heads[0], *heads[2:]], [(a, *b) for a, _, *b in told])

    return [
        table("report.held.sums", t("report.unit"), lambda each: view.holder(each.unit, each.role), sums),
        table("report.held.levels", t("report.level"), lambda each: _level(each.level, view), levels),
    ]


def _level(level: str, view: View) -> str:
    return view.speech.term("level", level) if level else view.speech.t("report.level.none")


def _sum_row(name: str, each: Sum, share: int, view: View) -> tuple[str, ...]:
    percent = view.speech.t("report.percent", n=f"{share // 10}.{share % 10}") if share or each.worked else ""
    records = str(each.records) if each.records else ""
    return name, records, hours(each.worked), percent, hours(each.paused), view.days(each.whole)


def _shares(rows: Sequence[Sum]) -> list[int]:
    """Each one's share of the office time in tenths of a per cent, by largest remainders: their sum is the whole."""
    whole = sum((each.worked for each in rows), timedelta())
    if not whole:
        return [0] * len(rows)
    parts = [divmod(each.worked * 1000, whole) for each in rows]
    left = 1000 - sum(share for share, _ in parts)
    first = sorted(range(len(rows)), key=lambda place: (-parts[place][1], place))[:left]
    return [share + (place in first) for place, (share, _) in enumerate(parts)]


def _all(rows: Sequence[Sum]) -> Sum:
    nothing = timedelta()
    worked, paused = sum((each.worked for each in rows), nothing), sum((each.paused for each in rows), nothing)
    return Sum("", "", "", 0, worked, paused, sum((each.whole for each in rows), nothing))


# --- the way it took -------------------------------------------------------------------------------------------------


def moves(told: Told) -> list[Happening]:
    """The entries that led from one status to another."""
    return [each for each in told.happened if each.status != each.before]


def taken(told: Told) -> list[tuple[str, str]]:
    """The steps from status to status, in order."""
    return [(each.before or NEW, each.status) for each in moves(told)]


def path_parts(told: Told, view: View) -> list[Part]:
    """The steps from status to status in a table: the same that the chart shows."""
    t = view.speech.t
    rows = [
        (
            str(number),
            view.state(told.decider, each.before),
            view.state(told.decider, each.status),
            view.event(told.decider, each),
            view.who(each.role, each.unit),
            view.speech.when(each.at),
        )
        for number, each in enumerate(moves(told), 1)
    ]
    heads = [t(f"report.{each}") for each in ("no", "from", "to", "event", "by", "when")]
    return [Rows(t("report.of_record", id=told.record.id, what=t("report.path.table")), heads, rows)] if rows else []


# --- what is owed, what was corrected --------------------------------------------------------------------------------


def loop_parts(told: Told, view: View) -> list[Part]:
    """What is still owed, by whom, since when and until when."""
    t = view.speech.t
    if not told.loops:
        return [Note(t("report.loops.none"))]
    heads = [t(f"report.{each}") for each in ("loop", "what", "state", "owes", "since", "due")]
    caption = t("report.of_record", id=told.record.id, what=t("report.loops.table"))
    return [Rows(caption, heads, [_loop(told, each, view) for each in told.loops])]


def _loop(told: Told, loop: Loop, view: View) -> tuple[str, ...]:
    speech = view.speech
    flow = told.decider.regions[loop.region].workflow
    what = (
        view.clock(loop.item)
        if loop.region == "clock"
        else view.key(loop.item)
        if loop.what == loop.item
        else loop.what
    )
    return (
        view.region(told.decider, loop.region),
        safe(what),
        speech.state(flow, loop.status),
        view.party(loop.owes),
        speech.when(loop.since),
        speech.until(loop.until),
    )


def correction_parts(told: Told, view: View) -> list[Part]:
    """Each correction: what was published then beside what is known now, and why."""
    t = view.speech.t
    if not told.corrections:
        return [Note(t("report.corrections.none"))]
    names = ("entry", "field", "then", "now", "when")
    heads = [*(t(f"report.corrections.{each}") for each in names), t("report.by"), t("report.reason")]
    caption = t("report.of_record", id=told.record.id, what=t("report.corrections.table"))
    return [Rows(caption, heads, [_correction(told, each, view) for each in told.corrections])]


def _correction(told: Told, each: Fixed, view: View) -> tuple[str, ...]:
    region, _, key = each.field.partition(" ")
    field = view.speech.term("field", each.field)
    if region in told.decider.regions:
        field = f"{view.region(told.decider, region)} {view.key(key)}"
    return (
        str(each.corrects),
        field,
        safe(each.old),
        safe(each.new),
        view.speech.when(each.at),
        view.who(each.role, each.unit),
        safe(each.reason),
    )
