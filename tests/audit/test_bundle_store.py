"""What is in a bundle can be read offline by the engine itself: as it stood in the log, without keys or writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from govflow import CASE, SYSTEM, Actor, Engine, NotFound, ProtectionError
from govflow.audit.bundles.parts import Scope, Whole
from govflow.audit.bundles.store import BundleStore, is_bundle, open_bundle
from govflow.audit.bundles.writing import of_period, of_record, write_bundle
from govflow.cases.commands import AcceptCase, ReportCase
from govflow.errors import InputError, LogError
from govflow.journey import journey
from govflow.log import Log
from govflow.reading import Reader
from govflow.regions.link import AddLink
from govflow.testing import PinnedClock
from tests.audit.small_log import Small, by_the_script, row, written

DESK = Actor.of("desk", "acceptance_desk", "dispatcher")
CANARY = "张三"
IDS = tuple(f"C{n}" for n in range(6))


def told(engine: Engine, clock: PinnedClock) -> None:
    """Six cases, reported a day apart; C1 repeats C0, and all but the last are accepted a week later."""
    for id in IDS:
        said = {"title": "Water leak", "kind": "grid", "channel": "desk", "level": "grid", "area": "a"}
        engine.handle(ReportCase.model_validate({"id": id, "by": DESK, "reporter_name": CANARY, **said}))
        clock.advance(days=1)
    engine.handle(AddLink(id="C1", by=SYSTEM, other="C0", kind="repeats"))
    clock.advance(days=1)
    for id in IDS[:-1]:
        engine.handle(AcceptCase(id=id, by=DESK))
        clock.advance(hours=1)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    clock = PinnedClock()
    with Engine.open(tmp_path_factory.mktemp("log") / "log.db", records=[CASE], now=clock) as opened:
        told(opened, clock)
        opened.checkpoint()
        yield opened


@pytest.fixture
def bundle(engine: Engine, tmp_path: Path) -> Callable[[Scope], Path]:
    def of(scope: Scope) -> Path:
        path = tmp_path / "some.bundle"
        with path.open("w+b") as out:
            write_bundle(engine, engine.checkpointer, out, lambda size: scope)
        return path

    return of


def test_a_whole_log_reads_from_its_bundle_as_from_the_log(engine, bundle):
    with open_bundle(bundle(Whole()), records=[CASE]) as offline:
        assert list(offline.store.scan()) == list(engine.store.scan())
        assert list(offline.store.scan(7)) == list(engine.store.scan(7))
        assert {each.id: each.digest for each in offline.records()} == {
            each.id: each.digest for each in engine.records()
        }
        assert offline.log_id == engine.log_id
        for id in IDS:
            assert offline.history(id) == engine.history(id)
            assert offline.why_due(id) == engine.why_due(id)
            assert offline.open_loops(id) == engine.open_loops(id)
        assert offline.why_not(AcceptCase(id="C5", by=DESK)) == ()
        accepted = engine.history("C1")[-1].meta.command
        assert offline.outcome(accepted) == engine.outcome(accepted)
        assert offline.store.last_number("C") == 5


def test_a_record_reads_with_all_it_is_tied_to_and_nothing_else(engine, bundle):
    scope = of_record(engine, "C0", engine.store.head())
    assert [name for name, _ in scope.streams] == ["C0", "C1", "log"]
    with open_bundle(bundle(scope), records=[CASE]) as offline:
        assert offline.get("C0").digest == engine.get("C0").digest
        assert journey(offline, "C0") == journey(engine, "C0")
        with pytest.raises(NotFound):
            offline.get("C2")


def test_of_a_period_a_record_stands_as_it_was_when_the_period_ended(engine, bundle):
    begin = engine.history("C2")[0].meta.recorded_at
    scope = of_period(engine.store, begin, begin + timedelta(days=3), engine.store.head())
    with open_bundle(bundle(scope), records=[CASE]) as offline:
        assert offline.get("C2").digest == engine.as_of("C2", version=1).digest
        assert {each.id for each in offline.records()} >= {"C2", "C3", "C4"}

    last = engine.history("C0")[-1].meta.recorded_at
    scope = of_period(engine.store, last, last + timedelta(days=3), engine.store.head())
    with open_bundle(bundle(scope), records=[CASE]) as offline:
        with pytest.raises(LogError, match="only a part of C0 is in the bundle"):
            offline.get("C0")
        assert list(offline.records()) == []


def test_personal_data_does_not_leave_with_a_bundle_and_stays_closed_in_it(engine, bundle):
    path = bundle(Whole())
    assert CANARY.encode() not in path.read_bytes()
    (first, *_), topic = engine.history("C0"), "case.reported@1"  # not opened as a reader would: that is written down
    assert engine.vault.open(first.body.reporter_name, "C0", 1, topic, "reporter_name") == CANARY
    with open_bundle(path, records=[CASE]) as offline, pytest.raises(ProtectionError):
        offline.open_personal("C0", "reporter_name", DESK, why="to handle it")


def test_nothing_can_be_written_into_a_bundle(engine, bundle):
    path = bundle(Whole())
    before = path.read_bytes()
    with open_bundle(path, records=[CASE]) as offline, pytest.raises(LogError, match="nothing can be written"):
        offline.handle(AcceptCase(id="C5", by=DESK))
    assert path.read_bytes() == before


def test_a_bundle_that_contradicts_itself_is_not_opened(bundle):
    path = bundle(Whole())
    path.write_bytes(path.read_bytes().replace(b"Water leak", b"Water lead", 1))
    with pytest.raises(LogError, match="EDIT C0 version 1"):
        open_bundle(path, records=[CASE])


def test_a_file_that_changes_under_the_reader_is_told(bundle):
    path = bundle(Whole())
    store = BundleStore(path)
    path.write_bytes(path.read_bytes().replace(b"Water leak", b"Water lead"))
    with pytest.raises(LogError, match="changed while it was read"):
        store.read("C0")
    store.close()


def test_a_bundle_is_told_from_a_log_and_from_other_files(engine, bundle, tmp_path):
    assert is_bundle(bundle(Whole()))
    (tmp_path / "other.jsonl").write_bytes(b'{"position":1}\n')
    for other in (engine.store.path, tmp_path / "other.jsonl", tmp_path, tmp_path / "none"):
        assert not is_bundle(other)
    with pytest.raises(InputError, match="it is no bundle"):
        open_bundle(tmp_path / "other.jsonl")


def test_a_part_of_a_log_that_begins_amid_a_stream_still_has_its_rows(tmp_path):
    small = Small()
    small.head()
    store = BundleStore(written(small.bundle(small.period(5, 8)), tmp_path))
    assert [each.position for each in store.scan()] == [1, 4, 5, 6, 7, 8, 9]
    assert (store.head(), store.version("A"), store.version("B"), store.version("none")) == (9, 3, 2, 0)
    assert [name for name, _ in store.streams()] == ["C", "log"]
    assert store.read("log", 1)[0].position == 4
    store.close()


@pytest.mark.slow
def test_hashes_that_were_kept_wrongly_are_made_again_of_the_rows(tmp_path):
    small = Small([row(1, "log", 1), row(2, "A", 1), *(row(n + 2, "B", n) for n in range(1, 1 << 16))])
    small.head()
    kept = small.signed.kept
    with kept.transaction():  # a hash that leads to the root hides another one below it
        nodes = [(each.level, each.place, each.hash) for each in kept.nodes()]
        kept.drop_nodes()
        kept.put_nodes((level, place, bytes(32) if (level, place) == (8, 1) else hash) for level, place, hash in nodes)
    path = tmp_path / "some.bundle"
    with path.open("w+b") as out:
        write_bundle(Reader(Log(small.store, [])), small.signed, out, lambda size: small.record("A"))
    assert by_the_script(path.read_bytes(), small.key)[1] == 0
