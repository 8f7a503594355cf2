"""One tick after an outage: each warning, overdue mark, window and escalation once, in due order, with both times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import InputError
from govflow.actors import SYSTEM
from govflow.cases import commands as c
from govflow.messages import ClockStatus
from govflow.regions.approval import RequestApproval
from tests.calendars.samples import local
from tests.support import TOLD, a_case, a_town, lead
from tests.ticking.world import (
    MARKS,
    a_busy_town,
    a_policy,
    a_rule,
    due_of,
    hours,
    nothing_more,
    once,
    ticked,
    waiting,
)

CASE: Any = {"id": "it"}
TWO_WARNINGS = a_policy(warn_at=(50, 80))


def named(town: Any, name: str, id: str = "it") -> list[Any]:
    return [each for each in town.engine.history(id) if each.name == name]


def test_after_three_days_without_a_tick_one_tick_does_each_thing_once_and_a_second_adds_nothing():
    town = a_busy_town(policy=TWO_WARNINGS, cases=30)
    ticked(town)
    town.pass_days(3)
    expected = waiting(town.engine, town.clock())
    heard = ticked(town)
    assert {what.split()[0] for _, what in expected} >= {"warn", "overdue", "case.sign_for"}
    assert {(each.record, each.kind) for each in heard} >= {(id, what.rpartition(" ")[0]) for id, what in expected}
    assert heard.refused == []
    once(town.engine)
    nothing_more(town)
    assert waiting(town.engine, town.clock()) == []


def test_a_long_outage_as_a_daily_tick_would_have_it_but_for_what_only_happens_when_it_is_done():
    daily, rarely = (a_busy_town(policy=a_policy(warn_at=(50, 80), escalations=())) for _ in range(2))
    for _ in range(40):
        daily.pass_days(1)
        ticked(daily)
    rarely.pass_days(40)
    ticked(rarely)
    assert once(daily.engine) == once(rarely.engine)
    for record in daily.engine.records():
        assert rarely.engine.get(record.id).clocks == record.clocks


def test_everything_is_done_in_the_order_of_its_moments_over_all_records():
    town = a_busy_town(policy=TWO_WARNINGS, cases=30)
    town.pass_days(35)
    heard = ticked(town)
    moments = [each.due for each in heard]
    assert moments == sorted(moments)
    assert len({each.record for each in heard}) > 20
    assert {"escalation", "elapsed", "warn", "overdue"} <= set(heard.tick.done)
    positions = [each.stream for each in town.engine.events() if each.name in MARKS and each.body.by == SYSTEM.id]
    assert positions == [each.record for each in heard]


def test_the_order_holds_over_more_records_than_are_looked_at_at_once(monkeypatch):
    monkeypatch.setattr("govflow.ticking._PAGE", 4)
    town = a_busy_town(policy=TWO_WARNINGS, cases=30)
    town.pass_days(35)
    moments = [each.due for each in ticked(town)]
    assert moments == sorted(moments)
    once(town.engine)
    nothing_more(town)


def test_each_is_stamped_with_when_it_was_due_and_with_when_it_was_recorded():
    town = a_town(policy=TWO_WARNINGS)
    a_case(town, "in_handling", **CASE)
    clock = town.engine.get("it").clocks["handling"]
    assert clock.due is not None
    now = town.clock.advance(days=10)
    ticked(town)
    for share, day in ((50, "2026-03-06"), (80, "2026-03-07")):  # three and four of five working days from 2 March
        warned = next(each for each in named(town, "clock.warned") if each.body.share == share)
        assert warned.body.at == local(f"{day} 00:00")
        assert warned.meta.recorded_at == now
    (missed,) = named(town, "clock.deadline_missed")
    assert (missed.body.at, missed.meta.recorded_at) == (clock.due, now)
    assert town.engine.as_of("it", clock.due).clocks["handling"].is_late
    assert not town.engine.known_at("it", now - hours(1)).clocks["handling"].is_late


def test_what_fell_due_before_an_escalation_is_done_keeps_its_own_moment():
    policy = a_policy(escalations=(a_rule(after=0),))
    town = a_town(policy=policy)
    case = a_case(town, "in_handling", **CASE)
    town.clock.set(due_of(case, "handling") - hours(1))
    asked = RequestApproval.of(c.ExtendDeadline(by=lead, length=2, reason="parts", told_by=TOLD), case)
    validity = due_of(town.do(asked.changed(id="it")), "approval_validity:1")
    now = town.clock.advance(days=20)
    heard = ticked(town)
    (expired,) = named(town, "approval.expired")
    (raised,) = named(town, "case.escalated_in_handling")
    assert (expired.body.at, raised.body.at) == (validity, now)
    assert [each.kind.split()[0] for each in heard][-2:] == ["approval.expire", "escalation"]
    nothing_more(town)


def test_a_duty_done_late_before_the_tick_is_late_and_never_marked_again():
    town = a_town()
    a_case(town, "assigned", **CASE)
    town.pass_days(3)
    town.do(c.SignOrder(**CASE, by=lead))
    assert town.engine.get("it").clocks["receipt"].status is ClockStatus.MET_LATE
    ticked(town)
    assert [each.body.by for each in named(town, "case.order_signed")] == [lead.id]


def test_a_duty_done_at_its_due_instant_is_in_time_and_one_microsecond_later_it_is_missed():
    town = a_town()
    case = a_case(town, "accepted", **CASE)
    due = due_of(case, "assignment")
    town.clock.set(due)
    assert [each.kind for each in ticked(town)] == ["warn 80"]
    town.clock.advance(microseconds=1)
    assert [(each.kind, each.due) for each in ticked(town)] == [("overdue", due)]


def test_a_tick_may_be_asked_for_a_moment_that_has_passed_but_for_none_that_lies_ahead():
    town = a_town()
    due = due_of(a_case(town, "accepted", **CASE), "assignment")
    town.pass_days(5)
    assert [each.kind for each in ticked(town, due)] == ["warn 80"]
    assert [each.kind for each in ticked(town, due + timedelta(microseconds=1))] == ["overdue"]
    with pytest.raises(InputError, match="ahead"):
        town.engine.tick(town.clock() + hours(1))
    with pytest.raises(InputError):
        town.engine.tick(datetime(2026, 3, 4))  # noqa: DTZ001 - without a zone it is no moment


def test_a_clock_set_back_breaks_nothing(tmp_path):
    path = tmp_path / "log.db"
    town = a_busy_town(path)
    town.pass_days(6)
    ticked(town)
    before = once(town.engine)
    town.engine.close()
    back = a_town(path)  # its clock begins days before what the log has recorded last
    nothing_more(back)
    a_case(back, "in_handling", id="late-comer")
    assert due_of(back.engine.get("late-comer"), "handling") > datetime(2026, 3, 9, tzinfo=UTC)
    back.clock.set(datetime(2026, 4, 20, 1, tzinfo=UTC))
    ticked(back)
    assert not before - once(back.engine)
    assert waiting(back.engine, back.clock()) == []
    back.engine.close()
