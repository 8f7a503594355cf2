"""The report on a matter: all that happened, true to the log, safe to read, and nobody's name on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import Actor, InputError, NotFound
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.reporting.matter import matter_of, objections
from govflow.pages.report import matter_report
from govflow.pages.report_values import Evidence, Inspection, Proofs, Sum
from govflow.pages.report_view import broke
from tests.audit.reported import SECRETS, Tables, audited, faults, length, local, report_on
from tests.pages.test_proposal_page import Page
from tests.test_journey import P, hall, spawned

LANGUAGES = ("en", "zh-CN")
CASES = ("leak", "done", "long", "late")
__all__ = ["hall"]  # a fixture


def tables(id: str, language: str = "en") -> Tables:
    return Tables(report_on(id, language).source)


def texts(svg: str) -> list[str]:
    return [re.sub("<[^>]+>", "", each) for each in re.findall(r"<text [^>]*>[^<]*</text>", svg)]


def drawing(page: Page, kind: str) -> str:
    (found,) = re.findall(rf'<svg [^>]*aria-labelledby="{kind}-\d+-title.*?</svg>', page.source, re.S)
    return str(found)


# --- whoever reads it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id", CASES)
def test_it_is_one_file_that_is_well_made_and_needs_nothing_else(id, language):
    assert [*faults(report_on(id, language))] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id", CASES)
def test_nobody_is_named_on_it_and_nothing_protected_stands_on_it(id, language):
    page, events = report_on(id, language), audited().engine.history(id)
    people = {each.meta.actor for each in events} - {"system"}
    people |= {"super-1", "head-2", *(each.meta.on_behalf_of or "s-1" for each in events)}

    said = " ".join((page.text, *(value or "" for _, found in page.elements for value in found.values())))
    assert [each for each in people if re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", said)] == []
    assert [each for each in SECRETS if each in page.source] == []


def test_a_hostile_title_stands_there_as_text():
    page = report_on("leak")

    assert "<script>alert(1)</script>" in page.text.replace("\N{REPLACEMENT CHARACTER}", "")
    assert "&lt;script&gt;" in page.source
    assert "\N{REPLACEMENT CHARACTER}evil &amp; “co”" in page.source


def test_a_title_of_4000_characters_is_short_in_the_head_and_whole_at_a_glance():
    source = report_on("long", "zh-CN").source
    (head,) = re.findall(r"<h1>(.*?)</h1>", source)

    assert len(head) <= 161
    assert head.endswith("…")
    assert "漏水" * 2000 in source


def test_every_text_has_both_languages_and_the_same_facts():
    en, zh = tables("leak"), tables("leak", "zh-CN")

    assert [len(rows) for rows in en.tables.values()] == [len(rows) for rows in zh.tables.values()]
    moments = r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?"
    assert sorted(re.findall(moments, en.text)) == sorted(re.findall(moments, zh.text))
    with pytest.raises(InputError):
        matter_report(matter_of(audited().engine, "long", local("03-31 09:00")), language="fr")


# --- contrast --------------------------------------------------------------------------------------------------------

ON = {  # ink -> the grounds it stands on
    "ink": ("paper", "tint", "off", "del", "ins"),
    "soft": ("paper", "tint"),
    "mark": ("paper",),
    "paper": ("mark",),
    "warn": ("paper",),
}


def colours(scheme: str, source: str) -> dict[str, str]:
    rules = re.findall(r":root \{([^}]*)\}", source)
    return dict(re.findall(r"--(\w+): (#[0-9a-f]+)", rules[scheme == "dark"]))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_ink_has_a_contrast_of_at_least_4_5_on_every_ground_it_stands_on(scheme):
    used = colours(scheme, report_on("leak").source)
    weak = []
    for ink, grounds in ON.items():
        for ground in grounds:
            light, dark = sorted((luminance(used[ink]), luminance(used[ground])), reverse=True)
            contrast = (light + 0.05) / (dark + 0.05)
            weak += [(ink, ground, round(contrast, 2))] if contrast < 4.5 else []

    assert weak == []


def test_every_colour_of_the_style_comes_from_these():
    style = report_on("leak").source.partition("<style>")[2].partition("</style>")[0]
    rules = re.sub(r":root \{[^}]*\}|@media print.*", "", style, flags=re.S)

    assert re.findall(r"#[0-9a-f]{3,6}\b|rgb|hsl", rules) == []


# --- what happened ---------------------------------------------------------------------------------------------------


def test_the_timeline_tells_every_entry_with_when_it_occurred_and_was_recorded():
    history = audited().engine.history("late")
    rows = tables("late").table("Every entry")

    recorded = "2026-02-26 09:00 (late: 3 days 1 hour)"
    assert rows[0] == ["1", "2026-02-23 08:00", recorded, "reported", "resident", "reported"]
    assert history[0].meta.recorded_at - history[0].body.at == timedelta(days=3, hours=1)
    assert len(rows) == len(history)


def test_the_way_it_took_is_the_way_of_its_history():
    engine = audited().engine
    record, states, way = engine.get("leak"), "", []
    decider = engine.deciders["case"]
    state = decider.initial.changed(id="leak")
    for each in engine.history("leak"):
        state = decider.evolve(state, each.body)
        if state.status != states:
            way.append((states, str(state.status)))
            states = str(state.status)
    rows = tables("leak").table("Every step from state to state")
    plain = [(row[1].replace(" ", "_").replace("nothing_yet", ""), row[2].replace(" ", "_")) for row in rows]

    assert plain == way
    assert way[-1][1] == record.status
    numbers = [int(n) for text in texts(drawing(report_on("leak"), "states")) for n in re.findall(r"\b\d+\b", text)]
    assert sorted(numbers) == [*range(1, len(way) + 1)]


def test_whose_time_it_was_sums_up_to_the_whole_time_of_the_record():
    engine, page = audited().engine, tables("leak")
    whole = engine.now() - engine.history("leak")[0].body.at

    for words, last in (("from when to when", 5), ("by unit or role", 4), ("by level", 4)):
        rows = page.table(words)
        together = [row for row in rows if row[0] == "Together"]
        parts = [row for row in rows if row[0] != "Together"]
        assert sum((length(row[last]) for row in parts), timedelta()) == whole
        assert all(length(row[last]) == whole for row in together)


# --- clocks ----------------------------------------------------------------------------------------------------------


def test_a_clock_that_stood_still_was_announced_and_broke_tells_all_of_it_in_words():
    (row,) = (row for row in tables("leak").table("Every run") if row[1] == "handling")

    assert row[2] == "2026-02-13 09:05"
    assert "2026-02-24 10:00 to 2026-02-26 09:00" in row
    assert "80 % at 2026-03-01 00:00" in row
    assert row[-1].startswith("overdue, then counted anew, ")


def test_the_calendar_shows_the_spring_festival_and_what_the_table_says():
    shown = drawing(report_on("leak", "zh-CN"), "calendar")
    rows = tables("leak", "zh-CN").table("每次计时")
    runs = {row[0] for row in rows}
    drawn = {text.split()[0] for text in texts(shown) if re.match(r"\d+ \D", text)}

    assert drawn <= runs
    assert "2026-02-15 至 2026-02-23" in report_on("leak", "zh-CN").text
    assert texts(shown).count("班") == 2 + 1  # 14 and 28 February, and the legend
    assert texts(shown).count("休") == 9 + 3 + 1  # the festival, Qingming, and the legend
    assert {"bar-run", "bar-pause", "bar-late", "warn", "due"} <= {*re.findall(r'class="([\w-]+)"', shown)}
    assert "超期" in texts(shown)


def test_a_broken_deadline_says_line_by_line_why_it_was_due_then():
    rows = tables("leak").table("handling: due")
    lines = [row[2] for row in rows]

    assert any("paused by case.suspend, lead unit @ water" in line for line in lines)
    assert any("approved by supervisor" in line for line in lines)
    assert any("call …" in line for line in lines), "a number in a reason is not shown"
    assert any(line.startswith("overdue since") for line in lines)
    assert "No deadline was broken." in report_on("done").text


# --- the rest of it --------------------------------------------------------------------------------------------------


def test_a_correction_stands_there_as_published_then_and_as_known_now():
    (row,) = tables("leak").table("published then")

    assert (row[0], row[1], row[3]) == ("1", "title", "Water leak")
    assert row[2].startswith("<script>")
    assert "Nothing was corrected." in report_on("done").text


def test_open_loops_name_units_and_roles_never_people():
    rows = tables("leak").table("still owed")

    assert any(row[0] == "joint handling" and row[3] == "power" for row in rows)
    assert all(row[3] for row in rows)


def test_every_record_of_the_matter_has_its_part(hall):
    engine = hall.engine
    page = Tables(matter_report(matter_of(engine, P, engine.now())))
    ids = ["C1", P, spawned(hall)]

    assert [*faults(page)] == []
    assert {row[0] for row in page.table("Every record")} == {*ids}
    assert page.table("Every record")[0][0] == P
    assert sum(f"{id}: Every step from state to state" in page.tables for id in ids) == 3
    times = [row[1] for row in page.table("Every entry")]
    assert times == sorted(times)


def test_what_a_reader_may_not_see_is_not_in_the_report(hall):
    engine = hall.engine
    seen = engine.seen_by(Actor.of("s-nobody", "resident"))

    page = Page(matter_report(matter_of(seen, P, engine.now())))
    assert "C1" not in page.text
    with pytest.raises(NotFound):
        matter_of(seen, "C1", engine.now())


def test_it_says_what_proves_it_and_how_to_check_it_or_that_nothing_does():
    engine = audited().engine
    matter = matter_of(engine, "long", engine.now())
    note = "govflow/log-1\n9\n1wI0+abc=\n\n— govflow/log-1 13812345678+/sig\n"
    command = "govflow verify --db city.db --trusted note.txt"
    proofs = Proofs(note, 9, datetime(2026, 3, 1, tzinfo=UTC), "govflow/log-1+abc+key", 3, 8, 2, (command,))
    found = [Finding(Code.EDIT, Check.HASHES, "the bytes differ", "字节不同", position=7, stream="long", version=1)]
    page = Tables(matter_report(matter, Evidence(objections(found), proofs=proofs)))

    assert [*faults(page)] == []
    assert note.strip() in page.source
    assert f"<code>{command}</code>" in page.source
    assert "came after the checkpoint and are not covered by it: 2." in page.text
    assert "Get the key by another way" in page.text
    assert page.table("Every objection") == [["EDIT", "the bytes differ", "7 long 1", ""]]
    assert "A check of the log objects to one thing." in page.text
    assert "No checkpoint covers these entries" in report_on("long").text
    assert "The check objected to nothing." in Page(matter_report(matter, Evidence([]))).text


def test_the_same_log_gives_the_same_bytes():
    engine = audited().engine
    again: Any = matter_report(matter_of(engine, "leak", engine.now()))

    assert again == report_on("leak").source


# --- at a glance -----------------------------------------------------------------------------------------------------


def test_at_a_glance_it_says_what_broke_what_was_objected_to_and_what_is_signed():
    engine = audited().engine
    leak, done = (matter_of(engine, id, engine.now()) for id in ("leak", "done"))
    checks = (Inspection("hashes", True, 1, 6), Inspection("signed", True, 1, 6))
    proofs = Proofs("note", 9, None, "key", 3, 8, 2)
    broken = [run for run in leak.records[0].runs if broke(run.clock, engine.now()) is not None]
    first = Page(matter_report(leak, Evidence([], checks, proofs))).text
    other = Page(matter_report(done)).text

    assert re.search(rf"Broken deadlines\s+{len(broken)}: handling \(\d+ days?[^)]* late\)", first)
    assert re.search(r"Objections\s+none, by the checks listed below", first)
    assert re.search(r"Signed\s+all entries but 2, by the checkpoint over the first 9 of the log", first)
    assert re.search(r"Broken deadlines\s+none\s+Objections\s+not checked for this report", other)
    assert re.search(r"Signed\s+no: no checkpoint covers these entries", other)


def test_what_is_not_as_it_was_signed_is_never_called_signed():
    engine = audited().engine
    matter, proofs = matter_of(engine, "done", engine.now()), Proofs("note", 9, None, "key", 3, 8)
    differs = Page(matter_report(matter, Evidence([], [Inspection("signed", True, 1, 6, 1)], proofs)))
    uncompared = Page(matter_report(matter, Evidence([], [Inspection("signed", made=False)], proofs)))

    assert re.search(r"Signed\s+what stands here is not what was signed", differs.text)
    assert re.search(r"Signed\s+all entries, [^(]+\(not compared for this report\)", uncompared.text)


def test_what_is_wrong_with_the_log_stands_before_what_is_overdue():
    engine = audited().engine
    found = objections([Finding(Code.EDIT, Check.HASHES, "the bytes differ", "字节不同", position=7)])
    text = Page(matter_report(matter_of(engine, "leak", engine.now()), Evidence(found, is_cut=True))).text

    assert text.index("Some rows cannot be read") < text.index("objects to one thing") < text.index("Overdue now")


@pytest.mark.parametrize("minutes", [(1, 1, 1), (68, 21, 11), (677, 209, 108, 7), (0, 5), (1,)])
def test_shares_of_office_time_are_together_the_whole(minutes):
    nothing = timedelta()
    sums = [
        Sum(f"u-{n}", "", "", 1, timedelta(minutes=each), nothing, timedelta(days=2)) for n, each in enumerate(minutes)
    ]
    matter = matter_of(audited().engine, "leak", local("03-31 09:00"))
    page = Tables(matter_report(matter._replace(records=[matter.records[0]._replace(sums=sums)])))
    shares = [row[2] for row in page.table("by unit or role") if row[0] != "Together"]

    assert sum(round(10 * float(each.removesuffix(" %"))) for each in shares if each) == 1000
    assert {row[4] for row in page.table("by unit or role") if row[0] != "Together"} == {"2 days"}
