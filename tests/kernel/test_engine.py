"""The engine's promises: idempotency, all or none, past and present, numbers, what is recorded beside each event."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from govflow import (
    CASE,
    DEFAULT_POLICY,
    Actor,
    Case,
    CommandReused,
    Engine,
    LogError,
    NotAllowed,
    NotFound,
    Record,
    Role,
)
from govflow.actors import Holder
from govflow.cases.commands import (
    AcceptCase,
    AssignCase,
    CloseCase,
    GiveFeedback,
    MergeCase,
    NameHandler,
    ReclassifyCase,
    ReportCase,
    StartHandling,
    SubmitResult,
)
from govflow.errors import Conflict, InputError, Truncated
from govflow.log_events import PolicyAdopted, WorkflowAdopted
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import VersionTaken
from govflow.privacy.keys import KeyStore
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DESK = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
WANG = Actor.of("s-wang", Role.RESIDENT, Role.REPORTER)
LI = Actor.of("li", Role.LEAD_UNIT, unit="water")
CHECKER = Actor.of("v", Role.VERIFIER)
LEAK: dict[str, Any] = {
    "by": WANG, "title": "Leak", "kind": "hotline", "channel": "phone", "level": "community", "area": "a/b",
}  # fmt: skip


class Hand:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def engine(clock: Hand) -> Iterator[Any]:
    with Engine.open(now=clock) as opened:
        yield opened


def reported(engine: Any, **more: Any) -> str:
    return str(engine.handle(ReportCase(**{**LEAK, **more})).id)


def codes(broken: Any) -> list[str]:
    return [each.code for each in broken]


def closing_steps(id: str) -> list[Any]:
    return [
        AcceptCase(id=id, by=DESK),
        AssignCase(id=id, by=DESK, lead_unit="water"),
        LogContact(id=id, by=LI, reached=True, way="phone"),
        NameHandler(id=id, by=LI, handler="li", handler_unit="water"),
        StartHandling(id=id, by=LI),
        AddEvidence(id=id, by=LI, kind="photo", media_type="image/jpeg", reference="x", sha256="0" * 64),
        SubmitResult(id=id, by=LI, measure="fixed", evidence=("1",)),
        GiveFeedback(id=id, by=LI, to_level="community", to_reporter=True, public_text="fixed"),
        PassVerification(id=id, by=CHECKER, item="r1"),
        RecordEvaluation(id=id, by=WANG, item="r1.s-wang", contacted=True, resolved=True, satisfied=True),
        CloseCase(id=id, by=DESK),
    ]


# --- idempotency -----------------------------------------------------------------------------------------------------


def test_the_same_command_again_gives_the_first_outcome_and_writes_nothing(engine):
    command = ReportCase(**LEAK)
    first = engine.handle(command)
    engine.handle(AcceptCase(id=first.id, by=DESK))
    head = engine.store.head()

    again = engine.handle(command)

    assert (again.id, again.version, again.status, again.digest) == (first.id, 1, "reported", first.digest)
    assert engine.store.head() == head


def test_a_command_with_follow_ups_gives_all_of_its_first_outcome_again(engine):
    id = reported(engine, reporter="s-wang")
    *before, feedback = closing_steps(id)[:8]
    engine.handle_all(before)
    first = engine.handle(feedback)
    engine.handle(PassVerification(id=id, by=CHECKER, item="r1"))

    assert len(engine.outcome(feedback.command_id)) == 3
    assert engine.handle(feedback).digest == first.digest


def test_the_first_outcome_is_there_after_opening_the_log_again(tmp_path):
    command = ReportCase(**LEAK, command_id="from-the-queue.7")
    with Engine.open(tmp_path / "log.db") as engine:
        first = engine.handle(command)
    with Engine.open(tmp_path / "log.db") as engine:
        assert engine.handle(command).digest == first.digest
        assert [event.name for event in engine.outcome("from-the-queue.7")] == ["case.reported"]
        assert engine.store.version(first.id) == 1


def test_many_threads_with_the_same_command_make_one_case(tmp_path):
    command = ReportCase(**LEAK)
    with Engine.open(tmp_path / "log.db") as engine, Engine.open(tmp_path / "log.db") as other:
        seen: list[str] = []
        threads = [
            threading.Thread(target=lambda each=each: seen.append(each.handle(command).digest))
            for each in (engine, other) * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 8
        assert len(set(seen)) == 1
        assert len(list(engine.records())) == 1


def test_the_same_id_with_another_command_is_an_error(engine):
    id = reported(engine, command_id="one")
    head = engine.store.head()
    with pytest.raises(CommandReused, match=r"command id one was used for another command \(case.report\)"):
        engine.handle(AcceptCase(id=id, by=DESK, command_id="one"))
    with pytest.raises(CommandReused):
        engine.handle(ReportCase(**{**LEAK, "title": "Another leak"}, command_id="one"))
    assert engine.store.head() == head


def test_the_same_id_from_another_actor_or_with_other_personal_words_is_the_same_command(engine):
    first = engine.handle(ReportCase(**LEAK, reporter="s-1", reporter_name="Canary", command_id="one"))
    again = engine.handle(
        ReportCase(**{**LEAK, "by": DESK}, reporter="s-1", reporter_name="Canary Bird", command_id="one")
    )
    assert again.digest == first.digest


def test_a_refused_command_is_not_remembered(engine, clock):
    id = reported(engine)
    assign = AssignCase(id=id, by=DESK, lead_unit="water", command_id="early")
    with pytest.raises(NotAllowed):
        engine.handle(assign)
    with pytest.raises(NotFound, match="no command early is in the log"):
        engine.outcome("early")
    engine.handle(AcceptCase(id=id, by=DESK))
    assert engine.handle(assign).status == "assigned"


def test_nothing_to_do_writes_nothing(engine):
    head = engine.store.head()
    assert engine.handle_all([]) == []
    assert engine.store.head() == head


# --- all or none -----------------------------------------------------------------------------------------------------


def test_several_commands_are_done_together_over_several_records(engine):
    one, other = reported(engine), reported(engine)
    after = engine.handle_all([AcceptCase(id=one, by=DESK), AcceptCase(id=other, by=DESK)])
    assert [(record.id, record.status) for record in after] == [(one, "accepted"), (other, "accepted")]


def test_if_one_of_several_is_refused_none_is_done(engine):
    one, other = reported(engine), reported(engine)
    head, digest = engine.store.head(), engine.get(one).digest
    with pytest.raises(NotAllowed):
        engine.handle_all([AcceptCase(id=one, by=DESK), CloseCase(id=other, by=DESK)])
    assert engine.store.head() == head
    assert engine.get(one).digest == digest


def test_a_later_command_of_a_batch_sees_what_an_earlier_one_did(engine):
    results = engine.handle_all([ReportCase(**LEAK, id="mine"), *closing_steps("mine")[:2]])
    assert [record.status for record in results] == ["reported", "accepted", "assigned"]


def test_a_command_given_twice_in_a_batch_is_done_once(engine):
    command = ReportCase(**LEAK)
    first, second = engine.handle_all([command, command])
    assert first.digest == second.digest
    assert len(list(engine.records())) == 1
    with pytest.raises(CommandReused, match="in this transaction"):
        engine.handle_all(
            [ReportCase(**LEAK, command_id="a"), ReportCase(**{**LEAK, "title": "Other"}, command_id="a")]
        )


def test_a_batch_may_hold_commands_that_were_done_before(engine):
    done = ReportCase(**LEAK)
    first = engine.handle(done)
    repeated, accepted = engine.handle_all([done, AcceptCase(id=first.id, by=DESK)])
    assert (repeated.version, accepted.version) == (1, 2)


# --- the past --------------------------------------------------------------------------------------------------------


def test_a_record_is_seen_as_of_every_version_and_every_moment(engine, clock):
    id = reported(engine, reporter="s-wang")
    seen = {1: engine.get(id)}
    for command in closing_steps(id):
        clock.at += HOUR
        record = engine.handle(command)
        seen[record.version] = record

    for version, record in seen.items():
        assert engine.as_of(id, version=version).digest == record.digest
        assert engine.as_of(id, record.at).digest == record.digest
        assert engine.known_at(id, record.at).digest == record.digest
    assert engine.as_of(id).status == "closed"


def test_what_came_late_had_occurred_before_it_was_known(engine, clock):
    id = reported(engine, occurred_at=START - 5 * HOUR)
    engine.handle(AcceptCase(id=id, by=DESK, occurred_at=START - 3 * HOUR))

    assert engine.as_of(id, START - 4 * HOUR).status == "reported"
    assert engine.as_of(id, START - 3 * HOUR).status == "accepted"
    with pytest.raises(NotFound, match=f"there was no record {id} at"):
        engine.known_at(id, START - timedelta(seconds=1))
    assert engine.known_at(id, START).status == "accepted"


def test_there_is_no_state_before_the_beginning_or_beyond_the_last_version(engine):
    id = reported(engine)
    with pytest.raises(NotFound, match=f"there was no record {id} at"):
        engine.as_of(id, START - HOUR)
    for version in (0, 2, -1):
        with pytest.raises(NotFound, match=f"there is no record {id} in version {version}"):
            engine.as_of(id, version=version)


def test_unknown_records_and_the_logs_own_stream_are_not_found(engine):
    for id in ("C-2026-000099", "log"):
        for ask in (engine.get, engine.history, engine.as_of, engine.open_loops):
            with pytest.raises(NotFound, match=f"there is no record {id}"):
                ask(id)
        with pytest.raises(NotFound):
            engine.as_of(id, START)
        with pytest.raises(NotFound):
            engine.allowed(id, DESK)


def test_nothing_occurs_in_the_future(engine):
    with pytest.raises(NotAllowed) as refused:
        reported(engine, occurred_at=START + timedelta(microseconds=1))
    assert refused.value.codes == ("occurred_before_now",)
    assert "发生时间晚于当前时间" in refused.value.sentence("zh-CN")


def test_nothing_occurs_before_the_records_last_event(engine, clock):
    id = reported(engine)
    clock.at += HOUR
    with pytest.raises(NotAllowed) as refused:
        engine.handle(AcceptCase(id=id, by=DESK, occurred_at=START - HOUR))
    assert refused.value.codes == ("occurred_in_order",)
    assert engine.handle(AcceptCase(id=id, by=DESK, occurred_at=START)).at == START


def test_recorded_at_never_goes_back_though_the_clock_does(tmp_path):
    clock = Hand(START)
    with Engine.open(tmp_path / "log.db", now=clock) as engine:
        reported(engine)
        clock.at = START - 3 * HOUR
        reported(engine)
    with Engine.open(tmp_path / "log.db", now=clock) as engine:
        id = reported(engine)
        clock.at = START + HOUR
        engine.handle(AcceptCase(id=id, by=DESK))
        recorded = [event.meta.recorded_at for event in engine.events()]
    assert recorded == sorted(recorded)
    assert recorded[-1] == START + HOUR
    assert recorded[-2] == START


def test_a_clock_in_another_zone_tells_the_same_moment(engine, clock):
    clock.at = START.astimezone(ZoneInfo("Asia/Shanghai"))
    id = reported(engine, occurred_at=START.astimezone(ZoneInfo("America/New_York")))
    (event,) = engine.history(id)
    assert event.meta.recorded_at == event.meta.occurred_at == START
    assert event.body.at.utcoffset() == timedelta(0)


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_begin_anew_each_local_year_without_holes(engine, clock):
    clock.at = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    ids = [reported(engine), reported(engine)]
    with pytest.raises(NotAllowed):
        reported(engine, title="", kind=None)
    clock.at = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight there
    ids += [reported(engine), reported(engine)]
    assert ids == ["C-2026-000001", "C-2026-000002", "C-2027-000001", "C-2027-000002"]


def test_numbering_goes_on_in_another_engine(tmp_path, clock):
    with Engine.open(tmp_path / "log.db", now=clock) as one, Engine.open(tmp_path / "log.db", now=clock) as other:
        assert [reported(each) for each in (one, other, one, one, other)] == [
            f"C-2026-{number:06d}" for number in range(1, 6)
        ]


def test_numbers_in_one_batch_follow_each_other(engine):
    records = engine.handle_all([ReportCase(**LEAK), ReportCase(**LEAK)])
    assert [record.id for record in records] == ["C-2026-000001", "C-2026-000002"]


def test_own_ids_are_accepted_and_use_up_no_number(engine):
    assert reported(engine, id="12345.2026:0001") == "12345.2026:0001"
    assert reported(engine) == "C-2026-000001"


@pytest.mark.parametrize("id", ["C-2026-000009", "X-1999-anything", "log"])
def test_ids_that_the_log_gives_itself_are_refused(engine, id):
    with pytest.raises(NotAllowed) as refused:
        reported(engine, id=id)
    assert refused.value.codes == ("id_is_not_reserved",)


# --- what stands beside an event -------------------------------------------------------------------------------------


def test_each_event_says_who_as_what_for_whom_when_and_under_which_policy(engine, clock):
    id = reported(engine)
    engine.handle(AcceptCase(id=id, by=DESK))
    clock.at += HOUR
    command = AssignCase(id=id, by=DESK, lead_unit="water", on_behalf_of="director", occurred_at=START)
    engine.handle(command)
    contact = LogContact(id=id, by=LI, reached=True, way="phone")
    engine.handle(contact)

    *_, assigned, logged = engine.history(id)
    meta = assigned.meta
    assert (meta.actor, meta.role, meta.unit, meta.on_behalf_of) == ("desk", "dispatcher", None, "director")
    assert (meta.command, meta.correlation, meta.causation) == (command.command_id,) * 3
    assert (meta.wire, meta.policy) == ("case.assign", DEFAULT_POLICY.key)
    assert (meta.occurred_at, meta.recorded_at) == (START, START + HOUR)
    assert (assigned.stream, assigned.version, assigned.name, assigned.schema_version) == (id, 3, "case.assigned", 1)
    assert (logged.meta.role, logged.meta.unit) == ("lead_unit", "water")


def test_follow_ups_name_the_command_they_belong_to(engine):
    id = reported(engine, reporter="s-wang")
    steps = closing_steps(id)[:8]
    engine.handle_all(steps)
    feedback = engine.outcome(steps[-1].command_id)
    assert [(each.meta.wire, each.meta.actor, each.meta.role) for each in feedback] == [
        ("case.give_feedback", "li", "lead_unit"),
        ("verification.request", "system", "system"),
        ("evaluation.request", "system", "system"),
    ]
    assert {each.meta.correlation for each in feedback} == {steps[-1].command_id}


def test_positions_are_dense_and_events_can_be_read_from_any_of_them(engine):
    id = reported(engine, reporter="s-wang")
    engine.handle_all(closing_steps(id))
    events = list(engine.events())
    assert [event.position for event in events] == list(range(1, len(events) + 1))
    assert list(engine.events(after=5)) == events[5:]
    assert [event.version for event in engine.history(id)] == list(range(1, len(engine.history(id)) + 1))


def test_the_log_says_of_itself_when_it_was_opened_and_what_it_adopted_once(engine, clock):
    assert engine.log_id.startswith("log-")
    assert [event.name for event in engine.log_history()] == ["log.opened"]
    reported(engine)
    reported(engine)
    events = engine.log_history()
    assert [event.name for event in events] == ["log.opened", "policy.adopted", "workflow.adopted"]
    assert events[0].body.log_id == engine.log_id
    assert events[1].body.policy == DEFAULT_POLICY
    assert (events[2].body.workflow, events[2].body.digest) == ("case", CASE.digest)
    assert events[2].body.table == json.loads(json.dumps(CASE.as_data()))


def test_opening_again_adopts_nothing_anew(tmp_path):
    for _ in range(2):
        with Engine.open(tmp_path / "log.db") as engine:
            reported(engine)
            assert [event.name for event in engine.log_history()].count("workflow.adopted") == 1
            assert [event.name for event in engine.log_history()].count("policy.adopted") == 1


def test_a_changed_table_is_adopted_beside_the_one_before(tmp_path):
    (closing,) = (step for step in CASE.workflow.steps if step.id == "C27")
    stricter = CASE.extended(rules={"C07": [closing.rules[-1]]})
    for decider in (CASE, stricter, CASE):
        with Engine.open(tmp_path / "log.db", records=[decider]) as engine:
            reported(engine)
    with Engine.open(tmp_path / "log.db", records=[stricter]) as engine:
        adopted = [event.body.digest for event in engine.log_history() if isinstance(event.body, WorkflowAdopted)]
    assert adopted == [CASE.digest, stricter.digest]


def test_a_policy_of_ones_own_is_adopted_and_pinned_by_new_cases(tmp_path):
    assert DEFAULT_POLICY.key  # worked out once, and not to be carried into a copy
    own = DEFAULT_POLICY.model_copy(update={"id": "town", "version": "2026-1"})
    with Engine.open(tmp_path / "log.db") as engine:
        before = reported(engine)
    with Engine.open(tmp_path / "log.db", policy=own) as engine:
        after = reported(engine)
        assert (engine.get(before).policy, engine.get(after).policy) == (DEFAULT_POLICY.key, "town@2026-1")
        assert engine.history(after)[0].meta.policy == "town@2026-1"
    with Engine.open(tmp_path / "log.db") as engine:
        assert engine.policy == own
        reported(engine)
        adopted = [event.body.policy.key for event in engine.log_history() if isinstance(event.body, PolicyAdopted)]
        assert adopted == [DEFAULT_POLICY.key, "town@2026-1"]


@pytest.mark.parametrize("deep", [False, True])
def test_a_changed_policy_works_everything_out_anew(deep):
    limit = DEFAULT_POLICY.limit("hot.handle")
    assert limit is not None
    assert DEFAULT_POLICY.category("general") is not None
    shorter = limit.changed(length=1)
    less: dict[str, Any] = {"categories": (), "open_catalogue": False, "time_limits": (shorter,), "procedures": ()}
    own = DEFAULT_POLICY.model_copy(update={"version": "9", **less}, deep=deep)
    assert own.key == "default@9"
    assert own.category("general") is None
    assert own.limit("hot.handle") == shorter
    assert own.changed(version="10").key == "default@10"
    assert str(own.changed(time_zone="UTC").zone) == "UTC"


# --- cache and replay ------------------------------------------------------------------------------------------------


def test_the_remembered_state_equals_the_replayed_one_after_every_command(engine, clock):
    id = reported(engine, reporter="s-wang", reporter_name="Canary", description="wet")
    for command in closing_steps(id):
        clock.at += HOUR
        assert engine.handle(command).digest == engine.as_of(id, version=engine.store.version(id)).digest


def test_two_engines_on_one_file_see_each_others_writes(tmp_path):
    with Engine.open(tmp_path / "log.db") as one, Engine.open(tmp_path / "log.db") as other:
        id = reported(one)
        assert other.get(id).status == "reported"
        other.handle(AcceptCase(id=id, by=DESK))
        assert one.get(id).status == "accepted"
        assert one.handle(AssignCase(id=id, by=DESK, lead_unit="water")).status == "assigned"


# --- why not ---------------------------------------------------------------------------------------------------------


def test_why_not_says_what_handle_would_say_and_writes_nothing(engine, clock):
    id = reported(engine, reporter="s-wang")
    for command in closing_steps(id):
        clock.at += HOUR
        for tried in (command, CloseCase(id=id, by=DESK), AcceptCase(id=id, by=LI), ReclassifyCase(id=id, by=DESK)):
            head = engine.store.head()
            expected = engine.why_not(tried)
            assert engine.store.head() == head
            if expected:
                with pytest.raises(NotAllowed) as refused:
                    engine.handle(tried)
                assert refused.value.broken == expected
                assert engine.store.head() == head
        assert engine.why_not(command) == ()
        engine.handle(command)


def test_why_not_of_a_new_record_takes_no_number(engine):
    assert engine.why_not(ReportCase(**LEAK)) == ()
    assert codes(engine.why_not(ReportCase(**{**LEAK, "channel": ""}))) == ["channel_and_level_set"]
    assert reported(engine) == "C-2026-000001"


def test_why_not_at_a_past_moment_or_version_judges_by_what_was_then(engine, clock):
    id = reported(engine)
    clock.at += HOUR
    engine.handle(AcceptCase(id=id, by=DESK))
    clock.at += HOUR

    accept = AcceptCase(id=id, by=DESK)
    assert codes(engine.why_not(accept)) == ["step_is_in_the_table"]
    assert engine.why_not(accept, at=START) == ()
    assert engine.why_not(accept, version=1) == ()
    assert codes(engine.why_not(AcceptCase(id=id, by=LI), version=1)) == ["role_is_held"]
    assert codes(engine.why_not(accept, at=START + HOUR)) == ["step_is_in_the_table"]


def test_why_not_in_the_past_needs_a_record(engine):
    with pytest.raises(InputError, match="a past moment needs a record"):
        engine.why_not(ReportCase(**LEAK), at=START)
    with pytest.raises(NotFound):
        engine.why_not(AcceptCase(id="nothing", by=DESK), at=START)


def test_a_refusal_says_every_broken_rule_in_both_languages_and_what_is_allowed(engine):
    id = reported(engine, reporter="s-wang")
    engine.handle_all(closing_steps(id)[:8])
    with pytest.raises(NotAllowed) as refused:
        engine.handle(CloseCase(id=id, by=LI))

    error = refused.value
    assert error.codes == (
        "role_is_held", "verification_has_passed", "evaluation_is_recorded_or_elapsed", "no_loop_is_open",
    )  # fmt: skip
    assert str(error).startswith(f"case.close is not allowed on {id}\n  role_is_held: ")
    assert "verification r1 requested, owed by verifier" in str(error)
    assert error.sentence("zh-CN").startswith(f"{id} 不能执行 case.close\n")
    assert "当前可执行：" in error.sentence("zh-CN")
    assert "case.close" in error.allowed
    assert error.record == id
    new = NotAllowed("case.report", None, error.broken)
    assert "a new record" in str(new)
    assert "新记录" in new.sentence("zh-CN")
    assert "allowed now" not in str(new)


def test_open_loops_name_who_owes_what_since_when(engine, clock):
    id = reported(engine, reporter="s-wang")
    steps = closing_steps(id)
    engine.handle_all(steps[:8])
    loops = {loop.region: loop for loop in engine.open_loops(id)}
    assert set(loops) == {"verification", "evaluation"}
    assert loops["evaluation"].owes == "s-wang"
    assert {loop.since for loop in loops.values()} == {START}
    engine.handle_all(steps[8:])
    assert engine.open_loops(id) == ()


def test_allowed_is_what_role_and_status_admit_with_what_the_rules_look_at(engine):
    id = reported(engine)
    desk = {step.command: step.needs for step in engine.allowed(id, DESK)}
    assert "case.accept" in desk
    assert "case.assign" not in desk
    assert set(desk["case.reject"]) >= {"reason", "reason_code"}
    assert engine.allowed(id, Actor.of("nobody", "janitor")) == ()
    engine.handle(AcceptCase(id=id, by=DESK))
    engine.handle(AssignCase(id=id, by=DESK, lead_unit="water", co_units=("power",)))
    co_unit = engine.allowed(id, Actor.of("wu", Role.CO_UNIT, unit="power"))
    assert ("joint_handling.accept", "power") in {(step.command, step.item) for step in co_unit}


def test_a_command_for_no_record_or_an_unknown_one_is_told_so(engine):
    with pytest.raises(InputError, match=r"case\.accept: the command names no record; expected an id"):
        engine.handle(AcceptCase(by=DESK))
    with pytest.raises(NotFound, match="there is no record nothing"):
        engine.handle(AcceptCase(id="nothing", by=DESK))


def test_why_not_goes_by_the_logs_own_time_where_the_clock_went_back(engine, clock):
    id = reported(engine)
    clock.at = START - HOUR
    accept = AcceptCase(id=id, by=DESK, occurred_at=START)
    assert engine.why_not(accept) == ()
    assert engine.handle(accept).at == START


def test_why_not_in_the_past_goes_by_the_policy_and_the_other_records_of_then(tmp_path, clock):
    town = DEFAULT_POLICY.changed(id="town", version="1", open_catalogue=False, categories=())
    with Engine.open(tmp_path / "log.db", now=clock) as engine:
        master, id = reported(engine), reported(engine)
        clock.at += 2 * HOUR
        late = reported(engine)
        engine.handle(AcceptCase(id=id, by=DESK))
        engine.handle(AcceptCase(id=master, by=DESK))
        merge = MergeCase(id=id, by=DESK, master=master, same_subject="the same leak")
        into_late = MergeCase(id=id, by=DESK, master=late, same_subject="the same leak")
        now = codes(engine.why_not(into_late))
        assert codes(engine.why_not(into_late, at=START + HOUR)) != now
        assert engine.why_not(merge) == ()
    with Engine.open(tmp_path / "log.db", now=clock, policy=town) as engine:
        clock.at += HOUR
        assert codes(engine.why_not(into_late, at=START + HOUR)) != now
        reclassify = ReclassifyCase(id=id, by=DESK, category="utility", reason="water", old="general")
        # a case stays on the policy it began under; a new one begins under the new one
        assert "class_is_in_catalogue" not in codes(engine.why_not(reclassify))
        new = reported(engine)
        assert "class_is_in_catalogue" in codes(engine.why_not(reclassify.changed(id=new)))


# --- when the store says no ------------------------------------------------------------------------------------------


def test_a_full_disk_is_told_as_such_nothing_is_written_and_work_goes_on_when_there_is_room(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        id = reported(engine)
        store: Any = engine.store
        (pages,) = store._writer.execute("PRAGMA page_count").fetchone()
        store._writer.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(LogError, match="full"):
            engine.handle_all([ReportCase(**LEAK) for _ in range(200)])
        head = engine.store.head()
        assert [event.position for event in engine.events()] == list(range(1, head + 1))

        store._writer.execute("PRAGMA max_page_count=100000")
        assert engine.handle(AcceptCase(id=id, by=DESK)).status == "accepted"
        ids = [record.id for record in engine.records()]
        assert ids == [f"C-{ids[0][2:6]}-{number:06d}" for number in range(1, len(ids) + 1)]


def test_a_log_that_has_become_shorter_is_refused(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        id = reported(engine)
        with sqlite3.connect(tmp_path / "log.db") as thief:
            thief.execute("DROP TRIGGER stored_events_no_delete")
            thief.execute("DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)")
        thief.close()
        with pytest.raises(Truncated, match=r"the log has 3 events, but this engine has seen 4"):
            engine.handle(AcceptCase(id=id, by=DESK))


def test_a_store_with_events_but_no_beginning_is_no_log(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        reported(engine)
    with sqlite3.connect(tmp_path / "log.db") as thief:
        thief.execute("DROP TRIGGER stored_events_no_delete")
        thief.execute("DELETE FROM stored_events WHERE originator_id = 'log'")
    thief.close()
    with pytest.raises(LogError, match="this store holds events, but no govflow log"):
        Engine.open(tmp_path / "log.db")


def test_a_log_that_must_exist_is_not_made(tmp_path):
    with pytest.raises(LogError, match="there is no log at"):
        Engine.open(tmp_path / "log.db", create=False)
    assert list(tmp_path.iterdir()) == []


class Contested(SQLiteStore):
    """A store where somebody else always was quicker, or was for some times."""

    times = 0

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as transaction:
            if self.times > 0:
                self.times -= 1
                raise VersionTaken
            yield transaction


def test_a_contested_write_is_tried_again_and_given_up_in_the_end():
    store = Contested(":memory:")
    with Engine(store, KeyStore(":memory:"), [CASE]) as engine:
        store.times = 9
        id = reported(engine)
        store.times = 10
        with pytest.raises(Conflict, match="10 times in a row; try again"):
            engine.handle(AcceptCase(id=id, by=DESK))
        assert engine.handle(AcceptCase(id=id, by=DESK)).version == 2


def test_a_long_absence_is_caught_up_with(tmp_path):
    with Engine.open(tmp_path / "log.db") as one, Engine.open(tmp_path / "log.db") as other:
        id = reported(other)
        one.handle_all([ReportCase(**LEAK) for _ in range(1100)])
        one.handle(AcceptCase(id=id, by=DESK))
        assert other.handle(AssignCase(id=id, by=DESK, lead_unit="water")).status == "assigned"
        assert reported(other).endswith("-001102")


def test_what_is_not_remembered_any_more_is_read_again(engine, monkeypatch):
    monkeypatch.setattr("govflow.log.CACHED_RECORDS", 2)
    ids = [reported(engine) for _ in range(5)]
    assert [engine.handle(AcceptCase(id=id, by=DESK)).status for id in ids] == ["accepted"] * 5


# --- opening and closing ---------------------------------------------------------------------------------------------


def test_the_engine_is_a_context_manager_and_is_closed_after_it(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        id = reported(engine)
    with pytest.raises(LogError):
        engine.get(id)


def test_an_authority_of_the_hosts_own_decides_what_an_actor_holds():
    class Register:
        def claims(self, actor: Actor, at: datetime, look_up: Any) -> Any:
            return DESK.claims if actor.id == "known" and at >= START else ()

        def interests(self, actor: Actor, at: datetime, look_up: Any) -> frozenset[str]:
            return frozenset()

        def holders(self, roles: Any, level: Any, area: str, at: datetime, look_up: Any) -> tuple[Holder, ...]:
            return (Holder("known", DESK.claims[0]),)

    with Engine.open(authority=Register(), now=Hand()) as engine:
        everything = Actor.of("liar", Role.RESIDENT, Role.ACCEPTANCE_DESK)
        (broken,) = engine.why_not(ReportCase(**{**LEAK, "by": everything}))
        assert broken.code == "role_is_held"
        assert broken.detail == ("held here by known",)
        assert engine.why_not(ReportCase(**{**LEAK, "by": Actor(id="known")})) == ()


class OtherRecord(Record):
    kind_of_record = "other"


def test_a_record_can_be_asked_for_by_its_kind(engine: Engine):
    id = reported(engine)
    assert engine.get(id, Case).lead_unit is None
    with pytest.raises(NotFound, match="is a case"):
        engine.get(id, OtherRecord)
