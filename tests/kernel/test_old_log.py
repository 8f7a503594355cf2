"""A log written before work calendars and pinned policies (旧日志): read, ticked, worked on and moved as any other.

Its clocks hold no terms, its commands could name due instants. What it held is in a file of facts beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, DIRECTORY, DUTY, Actor, CommandReused, Engine, Record, Role
from govflow.cases import commands as c
from govflow.clocks import Clock
from govflow.regions.approval import RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.joint_handling import AcceptJointHandling
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from tests.calendars.samples import end_of
from tests.support import (
    MATTER,
    TOLD,
    Town,
    a_case,
    a_plan_decider,
    archivist,
    desk,
    dispatcher,
    grid_worker,
    lead,
    resident,
    review_body,
    supervisor,
    unit_head,
    verifier,
)

SOURCE = Path(__file__).parent.parent / "data/logs/before-work-calendars.db"
FACTS: dict[str, dict[str, Any]] = json.loads(SOURCE.with_suffix(".json").read_text("utf-8"))
AFTER = datetime(2026, 4, 17, 1, tzinfo=UTC)  # when its last event was recorded: Friday, 09:00


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for suffix in ("", ".keys"):
        shutil.copy(f"{SOURCE}{suffix}", tmp_path / f"old.db{suffix}")
    return tmp_path / "old.db"


@pytest.fixture
def town(path: Path):
    clock = PinnedClock(AFTER)
    with Engine.open(path, records=[CASE, DIRECTORY, DUTY, a_plan_decider()], now=clock) as engine:
        yield Town(engine, clock)


def facts_of(engine: Engine, record: Record) -> dict[str, Any]:
    def told(clock: Clock) -> dict[str, Any]:
        return {
            "due": clock.due and clock.due.isoformat(),
            "earlier": [each.isoformat() for each in clock.earlier],
            "extensions": clock.extensions,
            "provisional": clock.provisional,
            "rule": clock.rule,
            "run": clock.run,
            "status": clock.status.value,
        }

    return {
        "clocks": {name: told(clock) for name, clock in record.clocks.items()},
        "loops": [f"{loop.region} {loop.item} {loop.status}" for loop in engine.open_loops(record.id)],
        "status": str(record.status),
        "version": record.version,
    }


def clock(town: Town, id: str, name: str = "handling") -> Clock:
    return town.engine.get(id).clocks[name]


# --- reading it ------------------------------------------------------------------------------------------------------


def test_it_holds_what_it_held(town: Town):
    assert {record.id: facts_of(town.engine, record) for record in town.engine.records()} == FACTS
    assert {record.policy for record in town.engine.records()} == {"default@1"}
    assert town.engine.policy.key == "default@1"


def test_reading_it_again_gives_the_same_and_changes_no_byte(path: Path):
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    digests = []
    for _ in range(2):
        with Engine.open(path, create=False, read_only=True) as engine:
            digests.append([record.digest for record in engine.records()])
            assert [engine.log.fold(record.id) for record in engine.records()] == list(engine.records())
            for record in engine.records():
                assert engine.as_of(record.id, version=record.version) == record
    assert digests[0] == digests[1]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_why_each_of_its_dates_is_what_it_is_can_be_told_as_far_as_it_says(town: Town):
    for record in town.engine.records():
        for why in town.engine.why_due(record.id, now=town.clock()):
            assert why.lines
            assert all(line.en and line.zh for line in why.lines), why
            assert why.agrees is None  # nothing to count from: the recorded date stands
            assert why.due == record.clocks[why.clock].due
            assert [line.code for line in why.lines].count("provisional") == why.provisional


# --- its commands ----------------------------------------------------------------------------------------------------


def first_id(town: Town, id: str, name: str) -> str:
    return next(each.meta.command for each in town.engine.history(id) if each.name == name)


HANDLED: dict[str, Any] = {"measure": "pipe replaced", "evidence": ("e1",)}
REPEATED = [
    ("case.reported", c.ReportCase(id="case-closed", by=resident, **MATTER)),
    ("case.accepted", c.AcceptCase(id="case-closed", by=desk)),
    ("case.assigned", c.AssignCase(id="case-closed", by=dispatcher, lead_unit="water", unit_level="town")),
    ("contact.logged", LogContact(id="case-closed", by=lead, reached=True, way="phone")),
    ("case.handling_started", c.StartHandling(id="case-closed", by=lead)),
    ("evidence.added", AddEvidence(id="case-closed", by=lead, item="e1", kind="photo", sha256="0" * 64)),
    ("case.handling_completed", c.SubmitResult(id="case-closed", by=lead, **HANDLED)),
    ("case.closed", c.CloseCase(id="case-closed", by=dispatcher)),
    ("verification.passed", PassVerification(id="case-closed", by=verifier, item="r1")),
]


@pytest.mark.parametrize(("event", "command"), REPEATED, ids=[event for event, _ in REPEATED])
def test_a_command_given_then_and_given_again_now_has_its_first_outcome(town: Town, event: str, command: Any):
    head = town.engine.store.head()
    (recorded,) = [each for each in town.engine.history("case-closed") if each.name == event]
    again = town.engine.handle(command.changed(command_id=recorded.meta.command))
    assert again.version >= recorded.version
    assert again == town.engine.as_of("case-closed", version=again.version)
    assert town.engine.store.head() == head
    with pytest.raises(CommandReused):
        town.engine.handle(command.changed(command_id=recorded.meta.command, id="case-assigned"))


def test_a_command_that_named_a_due_instant_is_no_command_of_today(town: Town):
    head = town.engine.store.head()
    for unit in ("water", "roads"):
        order = c.AssignCase(id="case-named", by=dispatcher, lead_unit=unit, command_id="named-once")
        with pytest.raises(CommandReused):
            town.engine.handle(order)
    assert town.engine.store.head() == head


# --- working on ------------------------------------------------------------------------------------------------------


def test_every_case_takes_its_next_command(town: Town):
    def ask(id: str) -> dict[str, Any]:
        return {"id": id}

    power = Actor.of("of-power", Role.CO_UNIT, unit="power")
    told: dict[str, Any] = {"to_level": "community", "to_reporter": True, "public_text": "replaced"}
    decision = {"request": "repair", "facts": "leak", "grounds": "rule 1", "conclusion": "kept", "sends_back": False}
    answers: dict[str, Any] = {"contacted": True, "resolved": True, "satisfied": True}
    for command, status in [
        (c.ReportCase(**ask("case-discovered"), by=grid_worker, **MATTER), "reported"),
        (c.AcceptCase(**ask("case-reported"), by=desk), "accepted"),
        (c.AssignCase(**ask("case-accepted"), by=dispatcher, lead_unit="water", unit_level="town"), "assigned"),
        (AcceptJointHandling(**ask("case-assigned"), by=power, item="power"), "assigned"),
        (AddEvidence(**ask("case-in_handling"), by=lead, item="e1", kind="photo", sha256="0" * 64), "in_handling"),
        (c.SubmitResult(**ask("case-in_handling"), by=lead, **HANDLED), "handled"),
        (c.GiveFeedback(**ask("case-handled"), by=lead, **told), "fed_back"),
        (PassVerification(**ask("case-fed_back"), by=verifier, item="r1"), "fed_back"),
        (RecordEvaluation(**ask("case-fed_back"), by=resident, item="r1.s-1", **answers), "fed_back"),
        (c.CloseCase(**ask("case-fed_back"), by=dispatcher), "closed"),
        (c.ReopenCase(**ask("case-closed"), by=dispatcher, ground="leaks again", facts_are_new=True), "accepted"),
        (c.DecideReview(**ask("case-under_review"), by=review_body, **decision), "closed"),
        (c.DecideRecheck(**ask("case-under_recheck"), by=review_body, **decision), "terminated"),
        (c.EscalateInHandling(**ask("case-overdue"), by=supervisor, to_level="town", reason="late"), "accepted"),
        (c.ReopenCase(**ask("case-withdrawn"), by=resident, ground="leaks", facts_are_new=True), "reported"),
        (c.UnmergeCase(**ask("case-merged"), by=dispatcher, reason="another pipe"), "accepted"),
        (c.StartHandling(**ask("boston311.101004154423"), by=lead), ""),
    ]:
        if status:
            assert town.engine.handle(command).status == status, command.wire
    assert {record.policy for record in town.engine.records()} == {"default@1"}
    town.clock.advance(days=40)
    assert town.engine.handle(c.ArchiveCase(id="case-rejected", by=archivist)).status == "archived"


def test_a_clock_without_a_term_moves_by_what_it_stood_still_to_the_second(town: Town):
    assert clock(town, "case-suspended").term is None
    town.do(c.ResumeCase(id="case-suspended", by=lead))  # suspended on 5 March, 09:00; 43 days ago
    found = clock(town, "case-suspended")
    assert (found.status, found.due) == ("running", end_of("2026-03-12") + timedelta(days=43))
    assert found.earlier == (end_of("2026-03-12"),)


def test_it_is_suspended_once_more_and_goes_on(town: Town):
    review_at = town.clock() + timedelta(days=20)
    ask = c.SuspendCase(id="case-resumed", by=lead, cause="on_account", review_at=review_at, told_by=TOLD)
    town.approved(ask, supervisor)
    town.pass_days(2)
    town.do(c.ResumeCase(id="case-resumed", by=lead))
    found = clock(town, "case-resumed")
    assert found.due == end_of("2026-03-16")  # the 14th, and two days
    assert found.earlier == (end_of("2026-03-09"), end_of("2026-03-12"), end_of("2026-03-14"))


def test_it_is_extended_from_the_date_it_has(town: Town):
    ask = c.ExtendDeadline(id="case-suspended", by=lead, length=3, reason="made to order", told_by=TOLD)
    town.approved(ask, unit_head)
    found = clock(town, "case-suspended")
    assert (found.status, found.due, found.extensions) == ("paused", end_of("2026-03-17"), 1)  # 13 | 16 17
    town.do(c.ResumeCase(id="case-suspended", by=lead))
    assert clock(town, "case-suspended").due == end_of("2026-03-17") + timedelta(days=43)
    again = ask.changed(command_id="again", length=1)
    assert "extended_only_once" in {each.code for each in town.engine.why_not(again)}


def test_what_was_extended_then_is_not_extended_again_now(town: Town):
    ask = c.ExtendDeadline(id="case-resumed", by=lead, length=1, reason="more", told_by=TOLD)
    assert "extended_only_once" in {each.code for each in town.engine.why_not(ask)}


def test_approvals_given_then_are_used_up(town: Town):
    used = town.engine.get("case-resumed").items_of("approval")
    assert {item.status for item in used.values()} == {"used"}
    ask = c.SuspendCase(id="case-in_handling", by=lead, cause="x", review_at=AFTER + timedelta(days=9), told_by=TOLD)
    assert town.do(RequestApproval.of(ask, town.engine.get("case-in_handling"))).version == 6


def test_a_new_case_in_it_has_terms_by_the_policy_in_force(town: Town):
    case = a_case(town, "in_handling", id="new")
    assert (case.policy, case.clocks["handling"].term) == ("default@1", "5 workday")


# --- the tick --------------------------------------------------------------------------------------------------------


def test_one_tick_does_what_is_due_on_it_and_a_second_one_nothing(town: Town):
    tick = town.engine.tick()
    assert tick.refused == 0
    overdue = {
        (record.id, name)
        for record in town.engine.records()
        for name, found in record.clocks.items()
        if found.status == "overdue"
    }
    assert ("case-in_handling", "handling") in overdue
    assert ("case-named", "handling") in overdue  # by the instant that was named
    assert ("boston311.101004141848", "handling") in overdue  # by the target of the other system
    assert not any(id == "case-suspended" and name == "handling" for id, name in overdue)
    missed = [each for each in town.engine.history("case-in_handling") if each.name == "clock.deadline_missed"]
    assert [each.body.at for each in missed] == [end_of("2026-03-12")]
    head = town.engine.store.head()
    town.engine.tick()
    assert town.engine.store.head() == head
    assert [town.engine.log.fold(record.id) for record in town.engine.records()] == list(town.engine.records())


# --- moving it -------------------------------------------------------------------------------------------------------


def test_moved_to_the_policy_of_today_its_provisional_dates_are_counted_by_the_calendar(town: Town):
    before = {record.id: record for record in town.engine.records()}
    town.engine.adopt(DEFAULT_POLICY)
    plans = list(town.engine.plan_migration(DEFAULT_POLICY.key))
    assert not [plan for plan in plans if plan.blocked]
    assert list(town.engine.migrating(DEFAULT_POLICY.key)) == plans
    assert {record.policy for record in town.engine.records() if record.status != "archived"} == {DEFAULT_POLICY.key}

    receipt = clock(town, "case-named", "receipt")  # from Sunday 5 April; Monday the 6th is Qingming
    assert (receipt.due, receipt.earlier, receipt.provisional) == (end_of("2026-04-07"), (end_of("2026-04-06"),), False)
    assert (receipt.term, receipt.calendar) == ("1 workday", "cn@2026.1")
    handling = clock(town, "case-in_handling")  # no holiday lay in between: the same date, now for certain
    assert (handling.due, handling.provisional, handling.calendar) == (end_of("2026-03-12"), False, "cn@2026.1")
    review = clock(town, "case-under_review", "review")
    assert (review.due, review.term) == (end_of("2026-05-05"), "30 day")

    for record in town.engine.records():
        for name, found in record.clocks.items():
            old = before[record.id].clocks[name]
            if not old.is_going or "named" in (old.derived or "") or old.extensions or record.status == "archived":
                assert found == old, (record.id, name)  # what had ended, was named or moved by hand is what it was
            else:
                assert (found.since, found.status) == (old.since, old.status)
                assert not found.provisional
                assert found.term is not None
        for why in town.engine.why_due(record.id):
            assert why.agrees is not False, (record.id, why)


def test_a_paused_clock_goes_on_by_the_calendar_once_it_is_moved(town: Town):
    town.engine.adopt(DEFAULT_POLICY)
    list(town.engine.migrating(DEFAULT_POLICY.key, ids=["case-suspended"]))
    town.do(c.ResumeCase(id="case-suspended", by=lead))  # Friday 17 April
    found = clock(town, "case-suspended")
    # it began and was suspended on 5 March: the day of resuming does not count, five working days follow
    assert (found.status, found.due) == ("running", end_of("2026-04-24"))
    (why,) = town.engine.why_due("case-suspended", "handling")
    assert why.agrees


def test_moved_back_its_dates_are_those_of_the_policy_before(town: Town):
    town.engine.adopt(DEFAULT_POLICY)
    list(town.engine.migrating(DEFAULT_POLICY.key))
    list(town.engine.migrating("default@1"))
    for id, facts in FACTS.items():
        record = town.engine.get(id)
        for name, told in facts["clocks"].items():
            due = record.clocks[name].due
            assert due is not None
            assert due.isoformat() == told["due"], (id, name)
