"""A log behaves the same on every store: our SQLite file, memory, and recorders written for eventsourcing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from eventsourcing.persistence import (
    IntegrityError,
    NotSupportedError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.popo import POPOAggregateRecorder, POPOApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from govflow.actors import Actor, ClaimsAuthority, LookUp
from govflow.cases.commands import AcceptCase, AssignCase, CloseCase, MergeCase, ReportCase, WithdrawCase
from govflow.engine import Engine
from govflow.errors import CommandReused, Conflict, LogError, NotAllowed, NotFound, ProtectionError, Truncated
from govflow.messages import Command
from govflow.persistence.codec import leaf_of, packed_command_id
from govflow.persistence.recorder import RecorderStore, SQLiteRecorder
from govflow.persistence.sqlite import SQLiteStore

DESK = Actor.of("desk", "acceptance_desk", "dispatcher")
RESIDENT = Actor.of("s-1", "resident", "reporter")
CLERK = Actor.of("clerk", "archivist")
T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)


def report(**more: Any) -> ReportCase:
    given: dict[str, Any] = {
        "by": RESIDENT,
        "title": "Leak",
        "kind": "hotline",
        "channel": "phone",
        "level": "community",
        "area": "a/b",
        "reporter": "s-1",
    }
    return ReportCase(**{**given, **more})


def stock_recorder(path: Path, ids: Any = "text") -> SQLiteApplicationRecorder:
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(path), originator_id_type=ids))
    recorder.create_table()
    return recorder


@dataclass
class Log:
    """One log, opened as often as a test likes, with a clock that it sets."""

    kind: str
    open_one: Callable[..., Engine]
    opened: ExitStack
    at: datetime = T0

    def open(self, **more: Any) -> Engine:
        return self.opened.enter_context(self.open_one(now=lambda: self.at, **more))

    def pass_time(self, minutes: int = 1) -> datetime:
        self.at += timedelta(minutes=minutes)
        return self.at


@pytest.fixture(params=["file", "memory", "popo", "stock"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    keys = tmp_path / "keys"
    with ExitStack() as opened:
        match request.param:
            case "file":
                yield Log("file", lambda **more: Engine.open(tmp_path / "log.db", keys=keys, **more), opened)
            case "memory":
                yield Log("memory", lambda **more: Engine.open(**more), opened)
            case "popo":
                popo = POPOApplicationRecorder()
                yield Log("popo", lambda **more: Engine.on_recorder(popo, keys=keys, **more), opened)
            case _:
                stock = stock_recorder(tmp_path / "log.db")
                opened.callback(stock.datastore.close)
                yield Log("stock", lambda **more: Engine.on_recorder(stock, keys=keys, **more), opened)


lasting = pytest.mark.parametrize("log", ["file", "popo", "stock"], indirect=True)
optimistic = pytest.mark.parametrize("log", ["popo", "stock"], indirect=True)


# -- commands and their outcomes --------------------------------------------------------------------------------------


def test_the_same_command_again_returns_the_first_outcome_and_adds_nothing(log: Log):
    engine = log.open()
    command = report()
    first = engine.handle(command)
    engine.handle(AcceptCase(id=first.id, by=DESK))
    head = engine.store.head()
    assert engine.handle(command).digest == first.digest
    assert engine.store.head() == head


@lasting
def test_the_outcome_is_the_same_after_opening_again_and_in_another_engine(log: Log):
    with log.open() as engine:
        command = report()
        first = engine.handle(command)
        engine.handle(AcceptCase(id=first.id, by=DESK))
        outcome = engine.outcome(command.command_id)
    again, beside = log.open(), log.open()
    assert again.handle(command).digest == beside.handle(command).digest == first.digest
    assert again.outcome(command.command_id) == beside.outcome(command.command_id) == outcome
    assert [event.position for event in outcome] == [event.position for event in again.history(first.id)][:1]


def test_a_command_id_stands_for_one_command_only(log: Log):
    engine = log.open()
    command = report()
    engine.handle(command)
    with pytest.raises(CommandReused):
        engine.handle(report(command_id=command.command_id, title="Another"))
    with pytest.raises(CommandReused):
        engine.handle_all([report(command_id="same"), report(command_id="same", title="Another")])


def test_foreign_command_ids_are_taken_as_they_are(log: Log):
    engine = log.open()
    first = engine.handle(report(command_id="2026-03-02T09:00:00.queue-7"))
    assert engine.handle(report(command_id="2026-03-02T09:00:00.queue-7")).digest == first.digest
    assert engine.outcome("2026-03-02T09:00:00.queue-7")[0].stream == first.id
    with pytest.raises(NotFound):
        engine.outcome("never-given")


def test_a_refused_command_leaves_nothing_and_may_be_tried_again(log: Log):
    engine = log.open()
    case = engine.handle(report())
    head = engine.store.head()
    assign = AssignCase(id=case.id, by=DESK, lead_unit="water")
    with pytest.raises(NotAllowed):
        engine.handle(assign)
    assert engine.store.head() == head
    engine.handle(AcceptCase(id=case.id, by=DESK))
    assert engine.handle(assign).status == "assigned"


def test_several_commands_are_done_together_or_not_at_all(log: Log):
    engine = log.open()
    case = engine.handle(report())
    head = engine.store.head()
    with pytest.raises(NotAllowed):
        engine.handle_all([AcceptCase(id=case.id, by=DESK), report(), CloseCase(id=case.id, by=DESK)])
    assert engine.store.head() == head
    accepted, other = engine.handle_all([AcceptCase(id=case.id, by=DESK), report()])
    assert (accepted.status, other.status) == ("accepted", "reported")


def test_why_not_names_what_stands_against_a_command_and_writes_nothing(log: Log):
    engine = log.open()
    case = engine.handle(report())
    seen = log.at
    log.pass_time()
    head = engine.store.head()
    assign = AssignCase(id=case.id, by=DESK, lead_unit="water")
    assert [broken.code for broken in engine.why_not(assign)] == ["step_is_in_the_table"]
    assert engine.store.head() == head
    engine.handle(AcceptCase(id=case.id, by=DESK))
    assert engine.why_not(assign) == ()
    assert [broken.code for broken in engine.why_not(assign, at=seen)] == ["step_is_in_the_table"]


# -- what was, and what others see ------------------------------------------------------------------------------------


def test_a_record_can_be_seen_as_it_was(log: Log):
    engine = log.open()
    case = engine.handle(report())
    before = log.at
    log.pass_time()
    engine.handle(AcceptCase(id=case.id, by=DESK))
    assert engine.as_of(case.id, before).digest == engine.as_of(case.id, version=1).digest == case.digest
    assert engine.known_at(case.id, before).status == "reported"
    assert engine.get(case.id).status == engine.known_at(case.id, log.at).status == "accepted"
    assert [record.id for record in engine.records()] == [case.id]


def test_merging_ties_both_cases_in_one_transaction(log: Log):
    engine = log.open()
    master, other = engine.handle_all([report(), report()])
    engine.handle(AcceptCase(id=master.id, by=DESK))
    engine.handle(AcceptCase(id=other.id, by=DESK))
    merge = MergeCase(
        id=other.id, by=DESK, master=master.id, same_subject="same leak", hand_over=({"reason": "the master goes on"},)
    )
    assert engine.handle(merge).status == "merged"
    assert [item.other for item in engine.get(other.id).items_of("link").values()] == [master.id]
    assert [item.other for item in engine.get(master.id).items_of("link").values()] == [other.id]
    assert {event.stream for event in engine.outcome(merge.command_id)} == {master.id, other.id}
    head = engine.store.head()
    assert engine.handle(merge).status == "merged"
    assert engine.store.head() == head


def test_positions_are_dense_and_leaves_cover_the_stored_bytes(log: Log):
    engine = log.open()
    for case in engine.handle_all([report() for _ in range(3)]):
        engine.handle(AcceptCase(id=case.id, by=DESK))
    rows = list(engine.store.scan())
    assert [row.position for row in rows] == list(range(1, engine.store.head() + 1))
    assert all(row.leaf == leaf_of(row.stream, row.version, row.topic, row.state) for row in rows)
    by_stream = dict(engine.store.streams())
    assert sorted(by_stream) == list(by_stream) == sorted({row.stream for row in rows})
    assert sorted((row for each in by_stream.values() for row in each), key=lambda row: row.position) == rows
    assert list(engine.store.scan(4)) == rows[4:]


@lasting
def test_numbers_run_on_without_holes_across_engines_and_refusals(log: Log):
    one, two = log.open(), log.open()
    given = [one.handle(report()).id, two.handle(report()).id]
    with pytest.raises(NotAllowed):
        one.handle_all([report(), CloseCase(id=given[0], by=DESK)])
    given += [two.handle(report()).id, one.handle(report()).id]
    given.append(log.open().handle(report()).id)
    assert given == [f"C-2026-{number:06d}" for number in range(1, 6)]
    assert one.handle(report(id="own-7")).id == "own-7"
    assert two.handle(report()).id == "C-2026-000006"


@lasting
def test_engines_on_one_log_see_what_the_others_wrote(log: Log):
    one, two = log.open(), log.open()
    case = one.handle(report())
    assert two.get(case.id).digest == case.digest
    two.handle(AcceptCase(id=case.id, by=DESK))
    assert one.get(case.id).status == "accepted"
    assert one.handle(AssignCase(id=case.id, by=DESK, lead_unit="water")).status == "assigned"
    assert one.log_id == two.log_id
    opened = [event.name for event in one.log_history()]
    assert opened == ["log.opened", "policy.adopted", "workflow.adopted"]


# -- personal data ----------------------------------------------------------------------------------------------------


@lasting
def test_personal_data_opens_with_the_right_and_never_after_erasure(log: Log):
    with log.open() as engine:
        case = engine.handle(report(reporter_name="Zhang San", description="wet"))
        assert engine.open_personal(case.id, "reporter_name", DESK, why="to handle it") == "Zhang San"
        assert not any("Zhang" in row.state.decode() for row in engine.store.scan())
    again, beside = log.open(), log.open()
    assert beside.open_personal(case.id, "reporter_name", DESK, why="to handle it") == "Zhang San"
    again.erase("s-1", CLERK, basis="PIPL §47", authority="town office")
    beside.erase("s-1", CLERK, basis="PIPL §47", authority="town office")
    assert again.open_personal(case.id, "reporter_name", DESK, why="to handle it") is None
    assert beside.open_personal(case.id, "reporter_name", DESK, why="to handle it") is None
    assert [event.name for event in again.log_history()].count("subject.erased") == 1
    with pytest.raises(NotAllowed) as refused:
        beside.handle(report(reporter_name="Zhang San"))
    assert refused.value.codes == ("subject_is_not_erased",)
    assert beside.as_of(case.id, version=case.version).digest == case.digest


@optimistic
def test_a_key_store_of_ones_own_cannot_be_used_on_a_log_that_others_began(log: Log, tmp_path: Path):
    first = log.open()
    case = first.handle(report(reporter_name="Zhang San"))
    recorder = first.store.recorder  # type: ignore[attr-defined]
    other = log.opened.enter_context(Engine.on_recorder(recorder, keys=tmp_path / "other", now=lambda: log.at))
    assert other.get(case.id).digest == case.digest
    with pytest.raises(LogError, match=r"the log's own key store"):
        other.handle(report(reporter_name="Li Si"))
    with pytest.raises(ProtectionError):
        other.open_personal(case.id, "reporter_name", DESK, why="to handle it")


# -- optimistic deciding ----------------------------------------------------------------------------------------------


@optimistic
def test_of_two_who_decide_at_once_the_later_decides_again(log: Log):
    one, two = log.open(), log.open()
    case = one.handle(report())
    inner = AcceptCase(id=case.id, by=DESK)

    class Meddling(ClaimsAuthority):
        """An authority that lets the other engine write while a decision is under way."""

        done = False

        def claims(self, actor: Actor, at: datetime, look_up: LookUp) -> Any:
            if not self.done:
                self.done = True
                two.handle(inner)
            return actor.claims

    one.authority = Meddling()
    with pytest.raises(NotAllowed):
        one.handle(AcceptCase(id=case.id, by=DESK))
    assert [event.name for event in one.history(case.id)] == ["case.reported", "case.accepted"]

    one.authority = Meddling()
    inner = report(command_id="both")  # type: ignore[assignment]
    assert one.handle(report(command_id="both")).digest == two.get("C-2026-000002").digest
    assert len(list(one.records())) == 2


@optimistic
def test_a_record_that_a_decision_relied_on_is_guarded(log: Log):
    one, two = log.open(), log.open()
    earlier, case = one.handle_all([report(), report()])
    one.handle(WithdrawCase(id=earlier.id, by=RESIDENT, reason="it has stopped"))
    accept = AcceptCase(id=case.id, by=DESK, same_as=(earlier.id,))
    assert one.handle(accept).status == "accepted"
    guard = one.history(earlier.id)[-1]
    assert (guard.name, guard.meta.command) == ("record.guarded", accept.command_id)
    assert guard.position == one.store.head()
    assert two.get(earlier.id).digest == one.get(earlier.id).digest
    assert two.handle(accept).digest == one.get(case.id).digest


@optimistic
def test_an_insert_whose_acknowledgement_was_lost_is_not_done_twice(log: Log):
    engine = log.open()
    recorder = engine.store.recorder  # type: ignore[attr-defined]
    insert = recorder.insert_events

    def insert_and_lose(events: Sequence[StoredEvent], **kwargs: Any) -> None:
        recorder.insert_events = insert
        insert(events, **kwargs)
        raise OperationalError("the connection was closed")

    recorder.insert_events = insert_and_lose
    command = report()
    with pytest.raises(LogError, match="same command id"):
        engine.handle(command)
    assert engine.handle(command).id == "C-2026-000001"
    assert len(list(engine.records())) == 1

    def insert_twice(events: Sequence[StoredEvent], **kwargs: Any) -> None:
        recorder.insert_events = insert
        insert(events, **kwargs)
        insert(events, **kwargs)  # as a client does that retries blindly

    recorder.insert_events = insert_twice
    assert engine.handle(report()).id == "C-2026-000002"
    assert len(list(engine.records())) == 2


@optimistic
def test_engines_on_one_recorder_from_several_threads_lose_nothing_and_do_nothing_twice(log: Log):
    engines = [log.open(), log.open()]
    first = engines[0].handle_all([report() for _ in range(4)])
    shared = [report(command_id=f"shared-{number}") for number in range(12)]
    acknowledged: list[tuple[Command, str]] = []

    def write(number: int) -> None:
        engine = engines[number % 2]
        mine = [report(command_id=f"own-{number}-{each}") for each in range(12)]
        work: list[Command] = [command for pair in zip(shared, mine, strict=True) for command in pair]
        work.insert(4, AcceptCase(id=first[number].id, by=DESK, command_id=f"accept-{number}"))
        for command in work:
            while True:
                try:
                    acknowledged.append((command, engine.handle(command).digest))
                    break
                except Conflict:
                    continue

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    fresh = log.open()
    assert len(acknowledged) == 4 * 25
    assert all(fresh.handle(command).digest == digest for command, digest in acknowledged)
    records = list(fresh.records())
    assert len(records) == 4 + 12 + 4 * 12
    assert [record.id for record in records] == [f"C-2026-{number:06d}" for number in range(1, len(records) + 1)]
    assert sum(record.status == "accepted" for record in records) == 4
    rows = list(fresh.store.scan())
    assert [row.position for row in rows] == list(range(1, fresh.store.head() + 1))
    assert len({row.command_id for row in rows if row.command_id}) == 12 + 4 * 13 + 4


# -- which recorders serve --------------------------------------------------------------------------------------------


def test_the_probe_runs_once_per_log_and_its_rows_are_no_part_of_it(tmp_path: Path):
    recorder = POPOApplicationRecorder()
    RecorderStore(recorder)
    asked = recorder.max_notification_id()
    store = RecorderStore(recorder)
    assert recorder.max_notification_id() == asked == 3
    assert (store.head(), list(store.scan()), list(store.streams())) == (0, [], [])
    with Engine.on_recorder(recorder, keys=tmp_path / "keys") as engine:
        assert [event.position for event in engine.events()] == [1]


class TornRecorder(POPOApplicationRecorder):
    """Stores one event after the other."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        numbers: list[int] = []
        for event in stored_events:
            numbers += super().insert_events([event]) or ()
        return numbers


class FromZeroRecorder(POPOApplicationRecorder):
    """Asks that a stream begins with version 0."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        for event in stored_events:
            if event.originator_version != len(self.select_events(event.originator_id)):
                raise IntegrityError("wrong expected version")
        return super().insert_events(stored_events, **kwargs)


class CarelessRecorder(POPOApplicationRecorder):
    """Lets a version be taken twice."""

    def _assert_uniqueness(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        pass


class UuidRecorder(POPOApplicationRecorder):
    """Knows UUIDs only."""

    def select_events(self, originator_id: UUID | str, **kwargs: Any) -> Sequence[StoredEvent]:
        return [
            StoredEvent(uuid5(UUID(int=0), str(each.originator_id)), each.originator_version, each.topic, each.state)
            for each in super().select_events(originator_id, **kwargs)
        ]


class LaggingRecorder(POPOApplicationRecorder):
    """Shows what was inserted a little later."""

    def select_notifications(self, *args: Any, **kwargs: Any) -> Any:
        return super().select_notifications(*args, **kwargs)[:-1]


@pytest.mark.parametrize(
    ("recorder", "why"),
    [
        (TornRecorder, "together or not at all"),
        (FromZeroRecorder, "versions from 1"),
        (CarelessRecorder, "same version of a stream twice"),
        (UuidRecorder, "ids are texts"),
        (LaggingRecorder, "read at once"),
        (POPOAggregateRecorder, "keeps no order over all streams"),
    ],
)
def test_a_recorder_that_cannot_keep_a_log_is_refused_with_the_reason(
    recorder: Callable[[], Any], why: str, tmp_path: Path
):
    with pytest.raises(LogError, match=why):
        Engine.on_recorder(recorder(), keys=tmp_path / "keys")


def test_our_own_file_is_opened_as_what_it_is(tmp_path: Path):
    with closing(SQLiteStore(tmp_path / "log.db")) as store, pytest.raises(LogError, match=r"with Engine\.open"):
        Engine.on_recorder(SQLiteRecorder(store), keys=tmp_path / "keys")


def test_a_stock_recorder_for_uuids_is_refused(tmp_path: Path):
    recorder = stock_recorder(tmp_path / "log.db", ids="uuid")
    with closing(recorder.datastore), pytest.raises(LogError, match="ids are texts"):
        Engine.on_recorder(recorder, keys=tmp_path / "keys")


def test_a_recorder_that_holds_somebody_elses_events_is_refused(tmp_path: Path):
    recorder = POPOApplicationRecorder()
    recorder.insert_events([StoredEvent("dog-1", 1, "Dog.Registered", b"{}")])
    with pytest.raises(LogError, match="no govflow log"):
        Engine.on_recorder(recorder, keys=tmp_path / "keys")


def test_a_recorder_that_loses_or_reorders_events_is_noticed(tmp_path: Path):
    recorder = POPOApplicationRecorder()
    with Engine.on_recorder(recorder, keys=tmp_path / "keys") as engine:
        case = engine.handle(report())
        last = recorder._stored_events.pop()
        recorder._stored_events_index[str(last.originator_id)].pop(last.originator_version)
        with pytest.raises(Truncated):
            engine.get(case.id)
    recorder._stored_events.append(StoredEvent(last.originator_id, 7, last.topic, last.state))
    with pytest.raises(LogError, match="version 7 stands where 1 is expected"):
        Engine.on_recorder(recorder, keys=tmp_path / "keys")


# -- our file, seen by eventsourcing ----------------------------------------------------------------------------------


def test_a_stock_recorder_reads_our_file(tmp_path: Path):
    with Engine.open(tmp_path / "log.db") as engine:
        case = engine.handle(report())
        engine.handle(AcceptCase(id=case.id, by=DESK))
        rows = list(engine.store.scan())
    stock = SQLiteApplicationRecorder(SQLiteDatastore(str(tmp_path / "log.db"), originator_id_type="text"))
    with closing(stock.datastore):
        assert stock.max_notification_id() == len(rows)
        read = stock.select_notifications(None, 100)
        assert [(each.id, each.originator_id, each.originator_version, each.topic, each.state) for each in read] == [
            (row.position, row.stream, row.version, row.topic, row.state) for row in rows
        ]
        assert [event.originator_version for event in stock.select_events(case.id)] == [1, 2]
        with pytest.raises(OperationalError):
            stock.insert_events([StoredEvent(case.id, 3, "topic", b"state")])


def test_a_projection_follows_our_file_while_an_engine_writes(tmp_path: Path):
    with Engine.open(tmp_path / "log.db") as engine, closing(SQLiteStore(tmp_path / "log.db")) as store:
        recorder = SQLiteRecorder(store)
        with recorder.subscribe(gt=1, topics=["case.reported@1"]) as subscription:
            first = engine.handle(report())
            assert next(subscription).originator_id == first.id
            second = engine.handle(report())
            assert next(subscription).originator_id == second.id
        with pytest.raises(NotSupportedError, match="from its engine alone"):
            recorder.insert_events([StoredEvent("dog-1", 1, "Dog.Registered", b"{}")])
        assert engine.store.find_command(packed_command_id("nothing")) is None
