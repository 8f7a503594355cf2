"""What would have become of a log's cases under other rules: compared in a scratch log, and nothing else touched."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Engine, InputError, LogError, PolicyError
from govflow.audit.what_if.comparison import WhatIf, what_if
from govflow.calendars import Calendar, Holiday
from govflow.cases import commands as c
from govflow.cases.events import CaseAssigned, HandlingCompleted
from govflow.checkpoints.keys import SigningKeys
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from tests.support import MATTER, Town, a_town, desk, dispatcher, lead, resident, supervisor

HOURS = 48


def town_policy(**changes: Any) -> Policy:
    """The default rules, with handling limited to plain hours, all else for years; no escalation, one routing rule."""
    hours = changes.pop("hours", HOURS)
    limits = tuple(
        each.changed(length=hours, unit="hour") if each.id == "hot.handle" else each.changed(length=3_000, unit="day")
        for each in DEFAULT_POLICY.time_limits
    )
    routing = ({"id": "all", "lead_unit": changes.pop("to", "water"), "basis": "a test"},)
    named = {"id": "town", "version": "1", "time_limits": limits, "routing": routing, "escalations": ()}
    return Policy.stored({**DEFAULT_POLICY.model_dump(), **named, **changes})


def reported(town: Town, **matter: Any) -> str:
    case = town.do(c.ReportCase(by=resident, **{**MATTER, **matter}))
    town.do(c.AcceptCase(id=case.id, by=desk))
    return case.id


def handled(town: Town, id: str, hours: float, by: Actor = lead) -> None:
    """Assigned by the rules, and handled so many hours after."""
    town.do(
        c.AssignCase(id=id, by=dispatcher, unit_level="town"),
        LogContact(id=id, by=by, reached=True, way="phone"),
        c.StartHandling(id=id, by=by),
        AddEvidence(id=id, by=by, item="e1", kind="photo", sha256="0" * 64),
    )
    town.clock.advance(hours=hours)
    town.engine.tick()
    town.do(c.SubmitResult(id=id, by=by, measure="done", evidence=("e1",)))


@pytest.fixture(scope="module")
def town() -> Town:
    """Nine cases, handled after 3 to 60 hours."""
    town = a_town(policy=town_policy())
    for hours in (3, 21, 57, 12, 49, 19.5, 20.5, 33, 7):
        handled(town, reported(town), hours)
    return town


def handling_hours(engine: Engine) -> dict[str, float]:
    """From assignment to result, counted over the events alone."""
    begun: dict[str, datetime] = {}
    taken = {}
    for each in engine.events():
        if isinstance(each.body, CaseAssigned):
            begun[each.stream] = each.body.at
        if isinstance(each.body, HandlingCompleted):
            taken[each.stream] = (each.body.at - begun[each.stream]) / timedelta(hours=1)
    return taken


def late(found: WhatIf) -> set[str]:
    return {each.record for each in found.changed if each.after and each.after.late}


def test_a_shorter_limit_makes_exactly_those_late_that_a_count_over_the_log_says(town: Town):
    taken = handling_hours(town.engine)
    before = {id for id, hours in taken.items() if hours > HOURS}
    after = {id for id, hours in taken.items() if hours > 20}
    over = sum(hours - 20 for hours in taken.values() if hours > 20)

    found = what_if(town.engine, policy=town_policy(hours=20))

    assert 0 < len(before) < len(after) < len(taken)
    assert late(found) == after
    assert (found.before.overdue_records, found.after.overdue_records) == (len(before), len(after))
    assert found.after.over == timedelta(hours=over)
    assert found.after.longest == timedelta(hours=max(taken.values()) - 20)
    assert found.units["water"][1].overdue_clocks == len(after)
    assert not found.refused


def test_the_same_rules_make_no_difference_and_the_log_comes_out_event_by_event(town: Town):
    found = what_if(town.engine, policy=town.engine.policy)

    assert found.is_the_same
    assert found.before == found.after
    assert found.faithful.records == found.faithful.same_status == found.faithful.same_events == 9
    assert not found.faithful.refused
    assert found.commands == {"exact": 7 * 9, "likely": 0, "lost": 0}


def test_another_routing_table_sends_the_cases_elsewhere_and_that_unit_does_the_work(town: Town):
    found = what_if(town.engine, policy=town_policy(to="roads"))

    assert len(found.rerouted) == 9
    assert {(each.before.led_by, each.after.led_by) for each in found.rerouted if each.before and each.after} == {
        (("water",), ("roads",))
    }
    assert found.followed == 9 * 4  # contact, start, evidence, result
    assert not found.refused
    assert (found.units["water"][1].records, found.units["roads"][1].records) == (0, 9)
    assert found.after.overdue_clocks == found.before.overdue_clocks


def test_what_the_other_rules_refuse_is_told_with_its_rule_and_what_only_follows_apart():
    town = a_town(policy=town_policy())
    handled(town, reported(town), 5)
    handled(town, reported(town, category="fountains"), 5)
    known = [each.model_dump() for each in DEFAULT_POLICY.categories if each.id != "fountains"]
    known = known or [{"id": "general", "en": "general", "zh": "一般", "lead_units": ("water",)}]

    found = what_if(town.engine, policy=town_policy(categories=known, open_catalogue=False))

    first = [each for each in found.refused if not each.follows]
    assert [each.record for each in first] == ["C-2026-000002"]
    assert first[0].en
    assert first[0].zh
    assert first[0].because == (("open_catalogue", "True", "False"),)
    assert not any(each.because for each in found.refused if each.follows)
    assert found.after.refused == len(found.refused) > found.after.following == len(found.refused) - 1


def test_a_refusal_names_the_one_figure_that_makes_it_so_among_many_that_differ():
    town = a_town(policy=town_policy())
    handled(town, reported(town), 5)
    need = next(each for each in town.engine.history("C-2026-000001") if each.name == "case.assigned")
    other = town_policy(hours=20, thresholds={"suspension_days": 7}, warn_at=(50,), routing=())

    found = what_if(town.engine, policy=other)

    (first,) = [each for each in found.refused if not each.follows]
    assert (first.record, first.wire) == (need.stream, need.meta.wire)
    assert [each.where for each in first.because] == ["routing all"]
    assert (first.because[0].own, first.because[0].other) == ("all", "")


def test_adopted_in_the_middle_the_other_rules_hold_for_what_begins_then(town: Town):
    begun = {record.id: record.opened_at for record in town.engine.records() if record.opened_at}
    since = sorted(begun.values())[5]
    taken = handling_hours(town.engine)

    found = what_if(town.engine, policy=town_policy(hours=20), since=since)

    assert found.before.records == found.after.records == 4
    assert late(found) == {id for id, hours in taken.items() if hours > 20 and begun[id] >= since}
    assert not found.refused


def test_only_what_begins_in_the_period_is_compared(town: Town):
    begun = sorted(record.opened_at for record in town.engine.records() if record.opened_at)

    found = what_if(town.engine, policy=town_policy(hours=20), since=begun[2], until=begun[4])

    assert found.before.records == found.after.records == 2  # half-open: what begins at its end belongs to the next


def test_refusals_are_those_of_the_period_and_the_units_sum_to_the_total():
    town = a_town(policy=town_policy())
    handled(town, reported(town), 5)
    gone = {**MATTER, "category": "fountains"}
    town.do(c.ReportCase(by=resident, **gone))  # led by nobody
    handled(town, reported(town, category="fountains"), 5)
    later = reported(town)
    begins = town.engine.get(later).opened_at
    fewer = [{"id": "general", "en": "general", "zh": "一般", "lead_units": ("water",)}]
    other = town_policy(categories=fewer, open_catalogue=False)

    whole, part = what_if(town.engine, policy=other), what_if(town.engine, policy=other, since=begins)

    assert (part.before.records, part.after.refused, part.refused) == (1, 0, ())
    assert whole.after.refused == len(whole.refused) > 1
    for name in ("records", "refused", "following", "overdue_clocks"):
        for side, total in enumerate((whole.before, whole.after)):
            assert sum(getattr(both[side], name) for both in whole.units.values()) == getattr(total, name)


def test_other_days_off_move_the_dates():
    town = a_town(policy=DEFAULT_POLICY.changed(version="2", escalations=(), calendar="cn"))
    id = reported(town)
    town.do(c.AssignCase(id=id, by=dispatcher, lead_unit="water", unit_level="town"))
    town.clock.advance(days=9)
    town.engine.tick()
    (calendar,) = town.engine.policy.calendars
    days_off = Holiday(first=date(2026, 3, 3), last=date(2026, 3, 6))
    longer = calendar.changed(version="longer", holidays=(*calendar.holidays, days_off))

    found = what_if(town.engine, calendar=longer)

    assert "handling" in {each.clock for each in _only(found).before.late}
    assert "handling" not in {each.clock for each in _only(found).after.late}
    assert found.after.overdue_clocks < found.before.overdue_clocks


def _only(found: WhatIf) -> Any:
    (changed,) = found.changed
    return changed


def test_the_scratch_log_is_of_another_origin_and_the_real_one_stays_as_it_is_byte_for_byte(tmp_path: Path):
    path = tmp_path / "town.db"
    town = a_town(path, policy=town_policy())
    handled(town, reported(town), 30)
    town.engine.close()
    before = path.read_bytes()

    with Engine.open(path, records=list(town.engine.deciders.values()), read_only=True) as engine:
        found = what_if(engine, policy=town_policy(hours=20))
        assert found.log == engine.log_id

    assert path.read_bytes() == before
    assert found.scratch.startswith("what-if-")
    with pytest.raises(LogError, match="no key is made for it"):
        SigningKeys(tmp_path / "its.signing", found.scratch).create()
    SigningKeys(tmp_path / "town.signing", found.log).create()
    with pytest.raises(LogError):  # the log's own key is not the scratch log's
        SigningKeys(tmp_path / "town.signing", found.scratch).signers()


def test_other_rules_may_have_the_name_of_the_logs_own(town: Town):
    begun = min(record.opened_at for record in town.engine.records() if record.opened_at)
    same_name = town_policy(hours=20)
    assert same_name.key == town.engine.policy.key

    found = what_if(town.engine, policy=same_name, since=begun)

    assert found.after.overdue_records > found.before.overdue_records


def test_nothing_to_compare_and_rules_that_do_not_fit_are_refused_in_a_sentence(town: Town):
    with pytest.raises(InputError, match="no other rules were given"):
        what_if(town.engine)
    moon = Calendar(id="moon", version="1", first=date(2026, 1, 1), last=date(2026, 12, 31))
    with pytest.raises(InputError, match="nothing is counted by the calendar moon"):
        what_if(town.engine, calendar=moon)
    limit = DEFAULT_POLICY.time_limits[0].model_dump() | {"id": "x", "clock": "no-such-clock"}
    misfit = town_policy(time_limits=[*DEFAULT_POLICY.time_limits, limit])
    with pytest.raises(PolicyError, match="no-such-clock"):
        what_if(town.engine, policy=misfit)


def test_a_case_that_is_refused_takes_no_number_and_what_follows_goes_to_the_right_case():
    town = a_town(policy=town_policy())
    together = {"collective": True, "representatives": 5}
    first = town.do(c.ReportCase(by=resident, **MATTER, **together)).id
    second = reported(town)
    handled(town, second, 30)
    fewer = DEFAULT_POLICY.thresholds.changed(representatives=3)

    found = what_if(town.engine, policy=town_policy(hours=20, thresholds=fewer))

    assert [(each.record, each.after is None) for each in found.changed] == [(first, True), (second, False)]
    assert late(found) == {second}
    assert [each.wire for each in found.refused] == ["case.report"]
    assert found.after.records == found.before.records - 1


def test_leave_that_was_given_for_a_version_holds_where_the_tick_comes_earlier_than_it_did():
    town = a_town(policy=town_policy(warn_at=(50,)))
    id = reported(town)
    town.do(c.AssignCase(id=id, by=dispatcher, unit_level="town"))
    town.do(LogContact(id=id, by=lead, reached=True, way="phone"), c.StartHandling(id=id, by=lead))
    town.clock.advance(hours=30)  # no tick at 24 hours: the warning comes after what was asked for
    review_at = town.clock() + timedelta(days=20)
    town.approved(
        c.SuspendCase(id=id, by=lead, cause="on_account", review_at=review_at, told_by="by phone"), supervisor
    )
    town.engine.tick()

    found = what_if(town.engine, policy=town_policy(warn_at=(50,), hours=47))

    assert found.faithful.same_status == found.faithful.records == 1
    assert found.faithful.same_events == 0  # the warning is there
    assert not found.faithful.refused
    assert not found.refused


def test_what_the_log_adopted_later_is_adopted_again_and_moves_to_its_policies_are_left_out_under_others():
    town = a_town(policy=town_policy(calendar="cn"))
    first = reported(town)
    handled(town, first, 5)
    town.engine.adopt(town_policy(version="2", hours=30))
    assert town.engine.migrate("town@2").moved == 1
    china = town.engine.calendar("cn")
    newer = china.changed(version=f"{china.version}.1")
    town.engine.adopt_calendar(newer)
    handled(town, reported(town), 40)

    found = what_if(town.engine, policy=town_policy(hours=20))
    counted = what_if(town.engine, calendar=china.changed(version="other"))

    assert found.faithful.same_events == found.faithful.records == 2
    assert (found.left_out, found.refused) == (1, ())
    assert late(found) == {"C-2026-000002"}
    assert counted.is_the_same
    shorter = china.changed(version="9", last=date(2026, 6, 30), holidays=(), workdays=(), every_year=())
    with pytest.raises(InputError, match="reaches farther than cn@9"):
        what_if(town.engine, calendar=shorter, since=town.clock() - timedelta(hours=1))
