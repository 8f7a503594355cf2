"""Why a clock is due when it is: from the record's own events, from the clock alone, and on a log of before."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from govflow import CASE, SYSTEM, Command, Decider, Engine, NotFound, Record, Rest, Role, Status, Step, Workflow
from govflow.calendars import china, due_after
from govflow.calendars.notation import text_of
from govflow.cases import commands as c
from govflow.clocks.acts import gap
from govflow.clocks.clock import Clock
from govflow.clocks.why import Why, why_due
from govflow.messages import ClockMove, ClockStatus, Event, Metadata, RecordedEvent
from govflow.policy import DEFAULT_POLICY
from govflow.regions.clock import MarkOverdue
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from tests.calendars.samples import CHINA, end_of, local, matters, workdays, zones
from tests.support import TOLD, a_case, a_town, dispatcher, lead, supervisor, unit_head

OLD_LOG = Path(__file__).parent.parent / "data/logs/before-work-calendars.db"
STATES = {
    *("discovered", "reported", "accepted", "assigned", "in_handling", "suspended", "handled", "fed_back", "closed"),
    *("archived", "under_review", "under_recheck", "terminated", "withdrawn", "rejected"),
}


@pytest.fixture
def town():
    town = a_town()
    yield town
    town.engine.close()


def english(why: Why) -> list[str]:
    return [line.en for line in why.lines]


def codes(why: Why) -> list[str]:
    return [line.code for line in why.lines]


def said(why: Why, code: str) -> tuple[str, str]:
    (line,) = [line for line in why.lines if line.code == code]
    return line.en, line.zh


def of(town, case, clock="handling", **more) -> Why:
    found: tuple[Why, ...] = town.engine.why_due(case.id, clock, now=town.clock(), **more)
    (why,) = found
    return why


# --- from a record ---------------------------------------------------------------------------------------------------


def test_a_date_says_its_rule_its_count_and_who_paused_and_extended_it_and_why(town):
    case = a_case(town, "in_handling")  # Monday 2 March 2026, 09:00
    town.pass_days(1)
    review_at = town.clock() + timedelta(days=20)
    suspend = c.SuspendCase(id=case.id, by=lead, cause="on_account", review_at=review_at, told_by=TOLD)
    town.approved(suspend, supervisor)
    town.pass_days(3)
    town.do(c.ResumeCase(id=case.id, by=lead))
    town.approved(c.ExtendDeadline(id=case.id, by=lead, length=3, reason="made to order", told_by=TOLD), unit_head)

    why = of(town, case)

    assert english(why) == [
        "hot.handle: 5 working days (潍坊市12345条例 §20)",
        "started by case.assign, dispatch-1, 2026-03-02 09:00",
        "starts 2026-03-02 09:00; the starting day does not count (民法典 §201)",
        "by the work calendar cn@2026.1",
        "extended by 3 working days; "
        "by case.extend, li@water, 2026-03-06 09:00, 3 more, approved by head-1: made to order",
        "pause 1, 2026-03-03 09:00 to 2026-03-06 09:00: the clock stood still 2026-03-03 to 2026-03-05 (3 days); "
        "paused by case.suspend, li@water, approved by super-1: on_account; gone on by case.resume, li@water",
        "weekend, 2026-03-07 to 2026-03-08: does not count",
        "weekend, 2026-03-14 to 2026-03-15: does not count",
        "working day 8 of 8 is 2026-03-17",
        "ends 2026-03-17 24:00",
        "was due 2026-03-09 24:00 before; replaced by case.resume, 2026-03-06 09:00",
        "was due 2026-03-12 24:00 before; replaced by case.extend, 2026-03-06 09:00",
        "11 days 15 hours left",
    ]
    assert (why.due, why.agrees, why.zh) == (end_of("2026-03-17"), True, "办理")
    assert said(why, "extension")[1] == (
        "延长 3 个工作日；2026-03-06 09:00 li@water 延期，增加 3，head-1 批准：made to order"
    )
    assert said(why, "left")[1] == "还剩 11 天 15 小时"


def test_while_it_stands_still_it_says_since_when_and_why(town):
    why = of(town, a_case(town, "suspended"))

    assert said(why, "paused")[0] == (
        "stands still since 2026-03-02 09:00; the date moves on when it goes on; "
        "by case.suspend, li@water, approved by super-1: on_account"
    )
    assert why.agrees
    assert "left" not in codes(why)


def test_a_date_that_was_named_says_so_and_by_whom(town):
    case = a_case(town, "suspended")

    why = of(town, case, "suspension_review")

    assert said(why, "named") == ("the date was named in the order", "日期由指令载明")
    assert "by case.suspend, li@water" in said(why, "started")[0]
    assert (why.agrees, why.due) == (None, case.clocks["suspension_review"].due)


def test_rework_says_which_share_of_the_limit_it_has_and_which_run_it_is(town):
    case = a_case(town, "handled")
    town.do(c.OrderRework(id=case.id, by=dispatcher, reason="it leaks"))

    why = of(town, case)

    assert said(why, "rule") == (
        "hot.handle: 50 % of its 5, rounded up: 3 working days (潍坊市12345条例 §20)",
        "hot.handle：5 的 50%，进位为 3 个工作日（潍坊市12345条例 §20）",
    )
    assert said(why, "started")[0] == "run 2, started by case.order_rework, dispatch-1, 2026-03-02 09:00: it leaks"
    assert why.agrees


def test_a_default_of_our_own_is_called_one(town):
    why = of(town, a_case(town, "reported", kind="hotline"), "acceptance")
    own = of(town, a_case(town, "accepted"), "assignment")

    assert said(why, "rule")[0] == "hot.accept: 2 hours (Beijing draft standard 2021)"
    assert said(own, "rule") == (
        "hot.assign: 1 working day (our own default)",
        "hot.assign：1 个工作日（本系统默认值）",
    )


def test_what_is_late_says_by_how_much(town):
    case = a_case(town, "in_handling")
    town.clock.set(local("2026-03-12 03:00"))
    assert said(of(town, case), "overdue") == (
        "overdue by 2 days 3 hours, not yet recorded",
        "已超期 2 天 3 小时，尚未记录",
    )

    town.do(MarkOverdue(id=case.id, by=SYSTEM, item="handling"))
    assert said(of(town, case), "overdue") == (
        "overdue since 2026-03-09 24:00, by 2 days 3 hours now",
        "自 2026-03-09 24:00 起超期，现已超 2 天 3 小时",
    )
    (unasked,) = town.engine.why_due(case.id, "handling")
    assert said(unasked, "overdue")[0] == "overdue since 2026-03-09 24:00"

    evidence = AddEvidence(id=case.id, by=lead, item="e1", kind="photo", sha256="0" * 64)
    town.do(evidence, c.SubmitResult(id=case.id, by=lead, measure="mended", evidence=("e1",)))
    assert said(of(town, case), "met_late") == (
        "met 2026-03-12 03:00, 2 days 3 hours late; by case.submit_result, li@water",
        "2026-03-12 03:00 完成，逾期 2 天 3 小时；li@water 提交结果",
    )


def test_as_of_an_earlier_version_it_tells_what_was_known_then(town):
    case = a_case(town, "in_handling")
    town.do(
        AddEvidence(id=case.id, by=lead, item="e1", kind="photo", sha256="0" * 64),
        c.SubmitResult(id=case.id, by=lead, measure="mended", evidence=("e1",)),
    )

    assert "met" in codes(of(town, case))
    assert "met" not in codes(of(town, case, version=case.version))


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_date_of_a_case_in_any_state_explains_itself_and_agrees(town, state):
    case = a_case(town, state)

    told = town.engine.why_due(case.id, now=town.clock())

    assert [why.clock for why in told] == list(case.clocks)
    for why in told:
        assert why.agrees is (None if "named" in codes(why) else True), why.clock
        assert all(line.en and line.zh for line in why.lines)
        assert "started" in codes(why)


def test_the_retention_of_an_archived_case_names_its_class_and_source(town):
    why = of(town, a_case(town, "archived"), "retention")

    assert said(why, "rule")[0] == "ordinary: 10 years (档案局令第8号; class [config])"
    assert why.agrees


def test_a_clock_that_is_not_there_is_not_found(town):
    case = a_case(town, "reported")

    with pytest.raises(NotFound, match="has no clock handling"):
        town.engine.why_due(case.id, "handling")


# --- from a clock alone ----------------------------------------------------------------------------------------------

START = local("2026-02-13 10:00")


def a_clock(**more) -> Clock:
    facts = {"due": end_of("2026-02-27"), "rule": "hot.handle", "term": text_of(workdays(5)), "calendar": "cn@2026.1"}
    return Clock(**{"name": "handling", "status": "running", "since": START, **facts, **more})


def alone(clock: Clock, calendar=None, **more) -> Why:
    return why_due(clock, zone=CHINA, calendar=calendar or china(), **more)


def test_without_history_and_policy_the_count_is_explained_all_the_same():
    assert english(alone(a_clock())) == [
        "rule hot.handle",
        "starts 2026-02-13 10:00; the starting day does not count (民法典 §201)",
        "5 working days",
        "by the work calendar cn@2026.1",
        "Saturday 2026-02-14 is a make-up workday: counts",
        "Spring Festival, 2026-02-15 to 2026-02-23: does not count",
        "working day 5 of 5 is 2026-02-27",
        "ends 2026-02-27 24:00",
    ]


def test_the_recorded_date_stands_and_the_disagreement_is_said():
    why = alone(a_clock(due=end_of("2026-02-20")))

    assert why.agrees is False
    assert why.due == end_of("2026-02-20")
    assert said(why, "disagrees") == (
        "counted again it would end 2026-02-27 24:00; the recorded 2026-02-20 24:00 stands",
        "重新计算应为 2026-02-27 24:00，以记录的 2026-02-20 24:00 为准",
    )


@given(matters(), zones)
def test_what_was_counted_agrees_and_what_was_not_does_not(matter, zone):
    term, start, calendar, pauses, added = matter
    due = due_after(term, start, calendar, zone, pauses=pauses, added=added)
    clock = a_clock(
        since=start, due=due.at, term=text_of(term), calendar=calendar.key, pauses=pauses, added=added,
        provisional=due.provisional,
    )  # fmt: skip
    other = clock.changed(due=due.at + timedelta(days=1))

    assert why_due(clock, zone=zone, calendar=calendar).agrees is True
    assert why_due(other, zone=zone, calendar=calendar).agrees is False
    assert codes(why_due(clock, zone=zone, calendar=calendar)).count("provisional") == due.provisional


def test_what_ended_while_it_stood_still_was_never_counted_on_over_that_pause():
    paused, ended = local("2026-02-25 10:00"), local("2026-02-28 10:00")
    clock = a_clock(status="met", pauses=((paused, ended),), ended_at=ended)

    why = alone(clock)

    assert why.agrees is True
    assert "pause" not in codes(why)
    resumed = clock.changed(due=due_after(workdays(5), START, china(), CHINA, pauses=clock.pauses).at)
    assert alone(resumed).agrees is True
    assert "pause" in codes(alone(resumed))


def test_by_a_calendar_that_is_not_known_nothing_is_counted_again():
    why = why_due(a_clock(calendar="cn@9", provisional=True), zone=CHINA, calendar=None)

    assert why.agrees is None
    assert said(why, "calendar")[0] == ("counted as 5 workday by the work calendar cn@9, whose days are not known here")
    assert "provisional" in codes(why)


def test_what_needs_no_calendar_is_counted_without_one():
    due = local("2026-02-14 10:00")
    why = why_due(a_clock(term="24 hour", calendar=None, due=due), zone=CHINA, calendar=None)

    assert why.agrees is True
    assert "calendar" not in codes(why)


@pytest.mark.parametrize(
    ("facts", "now", "code", "en"),
    [
        ({"derived": "carried over", "term": None}, None, "carried", "carried over: the date of the run before, "
         "which was cut off by mistake, goes on"),
        ({"status": "cancelled", "ended_at": START}, None, "cancelled", "fell away 2026-02-13 10:00"),
        ({"status": "met", "ended_at": START, "due": None}, None, "met", "met 2026-02-13 10:00"),
        ({"due": None, "term": None}, None, "no_due", "has no due date"),
        ({"name": "evaluation", "status": "elapsed", "ended_at": end_of("2026-02-27")}, None, "elapsed",
         "over, recorded 2026-02-28 00:00"),
        ({"name": "evaluation"}, end_of("2026-02-28"), "over", "over for 1 day, not yet recorded"),
        ({"earlier": (end_of("2026-02-20"),)}, None, "earlier", "was due 2026-02-20 24:00 before"),
        ({"term": None, "extensions": 1, "derived": "named"}, None, "extension", "extended"),
        ({"added": -1, "due": end_of("2026-02-26")}, None, "reduction", "shortened by 1 working day"),
    ],
)  # fmt: skip
def test_where_it_stands_is_said(facts, now, code, en):
    assert said(alone(a_clock(**facts), now=now), code)[0] == en


def test_a_moment_that_was_named_with_pauses_tells_them():
    pause = (local("2026-02-25 10:00"), local("2026-02-28 10:00"))

    why = alone(a_clock(term=None, derived="named", pauses=(pause,)))

    assert said(why, "pause") == (
        "pause 1, 2026-02-25 10:00 to 2026-02-28 10:00",
        "第 1 次中止，2026-02-25 10:00 至 2026-02-28 10:00",
    )


def test_a_date_that_was_counted_anew_by_event_says_so():
    def event(number: int, wire: str, **move) -> RecordedEvent:
        body = Event(at=START, by="system", clocks=(ClockMove(clock="handling", to="running", **move),))
        meta = Metadata(
            actor="system", on_behalf_of="li", command=f"c{number}", wire=wire, recorded_at=START, policy="p@1"
        )
        return RecordedEvent(
            position=number, stream="x", version=number, name="x", schema_version=1, body=body, meta=meta
        )

    began = event(1, "case.assign", due=end_of("2026-02-20"))
    anew = event(2, "clock.recompute", due=end_of("2026-02-27"), recomputed=True)
    clock = a_clock(earlier=(end_of("2026-02-20"),))

    why = alone(clock, history=(began, anew))

    assert said(why, "earlier") == (
        "was due 2026-02-20 24:00 before; counted anew by clock.recompute, 2026-02-13 10:00",
        "原期限 2026-02-20 24:00；重新计算：2026-02-13 10:00 clock.recompute",
    )
    assert said(why, "started")[0] == "started by case.assign, system (li), 2026-02-13 10:00"


def test_spans_are_told_in_their_two_largest_units():
    assert gap(timedelta(days=2, hours=3, minutes=4)) == ("2 days 3 hours", "2 天 3 小时")
    assert gap(timedelta(days=1, minutes=4)) == ("1 day", "1 天")
    assert gap(timedelta(hours=1, minutes=1)) == ("1 hour 1 minute", "1 小时 1 分钟")
    assert gap(timedelta(hours=1, minutes=1), units=1) == ("1 hour", "1 小时")
    assert gap(timedelta(seconds=59)) == ("less than a minute", "不足 1 分钟")


# --- a log of before -------------------------------------------------------------------------------------------------


@pytest.fixture
def old(tmp_path):
    for file in OLD_LOG.parent.glob(f"{OLD_LOG.name}*"):
        shutil.copy(file, tmp_path)
    with Engine.open(tmp_path / OLD_LOG.name, records=[CASE], read_only=True) as engine:
        yield engine


def test_every_clock_of_a_log_written_before_work_calendars_explains_itself(old):
    told = {record.id: (record, old.why_due(record.id)) for record in old.records()}

    count = 0
    for record, whys in told.values():
        assert [why.clock for why in whys] == list(record.clocks)
        for why in whys:
            count += 1
            assert {"start", "end"} <= set(codes(why))
            assert {"derived", "named"} & set(codes(why)), "where the date comes from"
            assert why.due == record.clocks[why.clock].due
            assert why.agrees is None
            assert ("provisional" in codes(why)) == record.clocks[why.clock].provisional
    assert count > 100


def test_a_pause_and_an_extension_of_before_keep_who_and_why_and_every_earlier_date(old):
    (why,) = old.why_due("case-resumed", "handling", now=datetime(2026, 3, 10, tzinfo=UTC))

    assert english(why)[3:] == [
        "as recorded: hot.handle: due 2026-03-12T16:00:00Z + 2 workdays",
        "pause 1, 2026-03-02 09:00 to 2026-03-05 09:00; "
        "paused by case.suspend, li@water, approved by super-1: on_account; gone on by case.resume, li@water",
        "extended; by case.extend, li@water, 2026-03-05 09:00, 2 more, approved by head-1: rain",
        "ends 2026-03-14 24:00",
        "provisional: counted without a work calendar that covers all its days; it may move",
        "was due 2026-03-09 24:00 before; replaced by case.resume, 2026-03-05 09:00",
        "was due 2026-03-12 24:00 before; replaced by case.extend, 2026-03-05 09:00",
        "4 days 16 hours left",
    ]
    assert english(why)[0] == "rule hot.handle (潍坊市12345条例 §20)"


def test_a_status_is_kept_as_it_is(old):
    (why,) = old.why_due("case-withdrawn", "acceptance")

    assert why.status is ClockStatus.CANCELLED
    assert DEFAULT_POLICY.key != "default@1", "the policy of the old log is its own"


class Lamp(Status):
    OUT = "out", "不亮", Rest.OUTCOME


class ReportLamp(Command, wire="lamp.report"):
    pass


class LampReported(Event, name="lamp.reported"):
    pass


class LampRecord(Record):
    kind_of_record = "lamp"


def test_a_record_that_pins_no_policy_is_explained_in_the_logs_own_time_zone():
    table = Workflow(
        "lamp", Lamp, steps=(Step("L1", ReportLamp, None, LampReported, Lamp.OUT, Role.SYSTEM, starts="feedback"),)
    )
    lamp = Decider(table, LampRecord, {LampReported: lambda lamp, event: {"status": Lamp.OUT}}, prefix="L")
    london = DEFAULT_POLICY.changed(version="london", time_zone="Europe/London")
    with Engine.open(records=[lamp], policy=london, now=PinnedClock()) as engine:
        id = engine.handle(ReportLamp(by=SYSTEM)).id
        (why,) = engine.why_due(id)
    assert any("2026-03-02 01:00" in line.en for line in why.lines)  # 09:00 in Beijing
