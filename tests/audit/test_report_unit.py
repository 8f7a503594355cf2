"""A unit's report on its own work 专项述职: its figures are those of a count, and its lines lead to it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from govflow import CASE, Actor, Engine, NotFound
from govflow.audit.reporting.period import period_of
from govflow.audit.reporting.unit import unit_work
from govflow.cases import commands as c
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.hands import hands_of, turn_in
from govflow.pages.report_unit import unit_report
from govflow.pages.report_unit_values import Share, UnitWork
from govflow.pages.report_values import Evidence
from govflow.proposals import PROPOSAL
from govflow.testing import PinnedClock
from tests.audit.reported import Tables, faults, length, local
from tests.support import Town, a_case, supervisor

MARCH = date(2026, 3, 1), date(2026, 3, 31)
BEGINS, ENDS = local("03-01 00:00"), local("04-01 00:00")
BALANCE = r"(\d+) in hand \+ (\d+) taken on . (\d+) finished . (\d+) passed on = (\d+) still in hand"
OPEN_PARTS = {"asked", "accepted", "working", "refused"}


@cache
def town() -> Town:
    """A log over two months: finished in time, done again, overdue, begun before and after the period."""
    clock = PinnedClock(local("02-25 09:05"))
    town = Town(Engine.open(now=clock, records=[CASE, PROPOSAL]), clock)
    a_case(town, "in_handling", id="before", co_units=("power",))
    a_case(town, "closed", id="over")
    clock.set(local("03-02 09:00"))
    a_case(town, "closed", id="done", co_units=("power",))
    a_case(town, "handled", id="again")
    town.do(c.OrderRework(id="again", by=supervisor, reason="half of it is left"))
    a_case(town, "suspended", id="waits")
    clock.set(local("03-20 10:00"))
    town.engine.tick()
    a_case(town, "archived", id="old")  # thirty-one days: into April
    return town


@cache
def work(unit: str) -> UnitWork:
    engine = town().engine
    return unit_work(engine, unit, *MARCH, engine.now())


def states(id: str) -> list[Any]:
    """The record after every event, before the first one None."""
    engine = town().engine
    return [None, *(engine.as_of(id, version=each.version) for each in engine.history(id))]


def held(state: Any, unit: str) -> set[str]:
    """What of a case is a unit's, said in another way than the report does."""
    if state is None:
        return set()
    is_open = CASE.workflow.rests[state.status] == "open"
    own = {"lead"} if state.lead_unit == unit and is_open else set()
    return own | {key for key, part in state.items_of("joint_handling").items() if part.status in OPEN_PARTS} & {unit}


def counted(unit: str) -> Counter[str]:
    """The same figures by a count over the whole log, event by event."""
    engine, found = town().engine, Counter[str]()
    for record in engine.records():
        last: set[str] = set()
        for event, (before, after) in zip(engine.history(record.id), pairwise(states(record.id)), strict=True):
            if event.body.at >= ENDS:
                break
            had, last = held(before, unit), held(after, unit)
            if event.body.at < BEGINS:
                found["before"] += len(last) - len(had)
                continue
            found["begun"] += len(last - had)
            found["ended"] += len(had - last)
            found["again"] += event.name == "case.rework_ordered" and after.lead_unit == unit
            for name, clock in after.clocks.items():
                was = None if before is None else before.clocks.get(name)
                if was is None or was.status == clock.status or clock.status not in ("met", "met_late"):
                    continue
                kind, _, key = name.partition(":")
                if kind_of(name) is not ClockKind.DEADLINE:
                    continue
                owner = (
                    key if kind.startswith("joint_") else hands_of(before, turn_in(CASE.workflow, before.status)).unit
                )
                found[clock.status] += owner == unit
        found["now"] += len(last)
    return found


@pytest.mark.parametrize("unit", ["water", "power"])
def test_a_units_report_says_what_a_count_over_the_log_says(unit):
    told, by_hand = work(unit), counted(unit)

    assert told.before == by_hand["before"]
    assert len(told.begun) == by_hand["begun"] > 0
    assert len(told.ended) == by_hand["ended"] > 0
    assert sum(each.share is not None for each in told.owed) == by_hand["now"]
    assert told.before + len(told.begun) - len(told.ended) == by_hand["now"]
    assert sum(each.how == "met" and each.late is None for each in told.duties) == by_hand["met"] > 0
    assert sum(each.how == "met" and each.late is not None for each in told.duties) == by_hand["met_late"]
    assert len(told.came_back) == by_hand["again"]


def test_its_time_is_what_the_report_on_the_period_says_of_the_unit():
    engine = town().engine
    (share,) = (each for each in period_of(engine, *MARCH, engine.now()).sums if each.unit == "water")
    times = work("water").times

    assert sum((each.worked for each in times), timedelta()) == share.worked > timedelta()
    assert sum((each.until - each.since for each in times), timedelta()) == share.whole
    assert sum((each.worked for each in times if each.is_waiting), timedelta()) == share.paused > timedelta()


def test_every_line_rests_on_events_that_are_there_and_happened_by_then():
    engine, told = town().engine, work("water")
    for piece in told.pieces:
        history = {each.version: each for each in engine.history(piece.record)}
        assert piece.grounds, f"{piece} rests on nothing"
        assert all(history[each.version].position == each.position for each in piece.grounds)
        assert all(history[each.version].body.at < ENDS for each in piece.grounds)
    for begun in told.begun:
        (ground,) = begun.piece.grounds
        before, after = states(begun.piece.record)[ground.version - 1 : ground.version + 1]
        assert held(after, "water") - held(before, "water") == {"lead"}
    for each in told.times:
        began: Any = engine.as_of(each.piece.record, version=each.piece.grounds[0].version)
        assert began.at <= each.since
        assert hands_of(began, turn_in(CASE.workflow, began.status)).unit == "water"


def test_what_was_late_is_told_as_late_with_what_is_open_and_overdue():
    told = work("water")
    open_now = {each.piece.record: each for each in told.duties if each.how == "open"}
    ended = {each.piece.record: each for each in told.ended}

    assert {*open_now} == {"waits"}
    assert all(each.late == told.until - each.due for each in open_now.values())
    assert {each.piece.record for each in told.duties if each.how == "next"} == {"before", "again"}
    assert {id: (each.is_finished, each.late is not None) for id, each in ended.items()} == {
        "before": (False, True),  # it was overdue for so long that it went to a higher level
        "again": (False, True),
        "done": (True, False),
        "old": (True, False),
    }
    assert {each.share for each in told.begun} == {Share.LEAD}
    assert {each.share for each in work("power").begun} == {Share.CO}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("unit", ["water", "power"])
def test_its_page_is_well_made_and_its_totals_are_the_sums_of_its_lines(unit, language):
    page = Tables(unit_report(work(unit), Evidence(findings=[]), language=language))
    is_zh = language == "zh-CN"

    assert [*faults(page)] == []
    begun = page.table("承接事项" if is_zh else "What it took on")
    ended = page.table("办结、移交事项" if is_zh else "What left its hands")
    still = page.table("期末在办" if is_zh else "still had in hand")
    now = [row for row in still if row[3] != ("应办" if is_zh else "owed")]
    finished = [row for row in ended if row[4] == ("办结" if is_zh else "finished")]
    pattern = "期初在办 (.) . 承接 (.) . 办结 (.) . 移交 (.) = 期末在办 (.)" if is_zh else BALANCE
    (balance,) = re.findall(pattern, page.text)
    sums = work(unit).before, len(begun), len(finished), len(ended) - len(finished), len(now)
    assert tuple(map(int, balance)) == sums
    assert all(re.search(r"#\d+", row[-1]) for row in [*begun, *ended, *still])
    for name in ("li", "wang", "super-1", "s-1"):
        assert not re.search(rf"(?<![\w-]){name}(?![\w-])", page.text)


def test_its_time_on_the_page_adds_up_to_its_last_row():
    *lines, whole = Tables(unit_report(work("water"))).table("Each stay")

    for column in (5, 6, 7):
        assert sum((length(row[column]) for row in lines), timedelta()) == length(whole[column])


def test_a_unit_that_nothing_names_and_what_a_reader_may_not_see_have_no_report():
    engine = town().engine
    stranger = engine.seen_by(Actor.of("s-nobody", "resident"))

    with pytest.raises(NotFound):
        unit_work(engine, "moon", *MARCH, engine.now())
    with pytest.raises(NotFound):
        unit_work(stranger, "water", *MARCH, engine.now())


def test_what_came_after_the_checkpoint_is_counted_as_uncovered():
    engine = town().engine
    half = max(each.position for each in work("water").pieces[0].grounds)
    found = unit_work(engine, "water", *MARCH, engine.now(), covered=half).places

    assert 0 < found.uncovered < found.entries
    assert found.first <= half < found.last
