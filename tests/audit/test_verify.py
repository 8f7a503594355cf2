"""`verify_log` on small logs: what it finds, what it says that it cannot exclude, and what never ends it."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from govflow import CASE, Actor, Decider, Engine, Role
from govflow.audit.constraints.files import shipped_constraints
from govflow.audit.findings import Check, Code
from govflow.audit.verifying import hashing as hashing_module
from govflow.audit.verifying.evidence import verify_log
from govflow.audit.verifying.heads import Head, read_head
from govflow.audit.verifying.verify import Verified
from govflow.cases.commands import ReportCase
from govflow.checkpoints.cosigning import add_cosignatures
from govflow.checkpoints.notes import Checkpoint, Note, Signer, Verifier
from govflow.errors import LogError
from govflow.messages import Personal
from govflow.persistence import sqlite as sqlite_module
from govflow.persistence.sqlite import SQLiteStore
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from tests.audit.forging import fitted, saying
from tests.checkpoints.logs import WITNESS, raw
from tests.support import MATTER, Town, a_case, resident

NAME = "town.db"


def opened(folder: Path) -> Engine:
    return Engine.open(folder / NAME, records=[CASE], now=PinnedClock(), checkpoint_every=None)


def told(engine: Engine, *ids: str) -> None:
    town = Town(engine, engine.now if isinstance(engine.now, PinnedClock) else PinnedClock())
    for id in ids:
        a_case(town, "closed", id=id, reporter_name=Personal(text="Lin Mei", subject=f"s-{id}"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five cases, one of many papers; checkpoints after two of them and over all; one resident's data was erased."""
    folder = tmp_path_factory.mktemp("made")
    with opened(folder) as engine:
        engine.checkpointer.keys.create()
        told(engine, "a", "b")
        (folder / "midway.note").write_text(engine.checkpoint().format())
        told(engine, "c", "d")
        engine.handle(ReportCase(id="papers", by=resident, **MATTER))
        for number in range(220):  # past the first block of which hashes are kept
            engine.handle(AddEvidence(id="papers", by=resident, item=f"e{number}", kind="photo", sha256="0" * 64))
        archivist = Actor.of("archive-1", Role.ARCHIVIST)
        engine.erase("s-c", archivist, basis="PIPL 47", authority="the resident's own request")
        (folder / "end.note").write_text(engine.checkpoint().format())
        (folder / "town.vkey").write_text(engine.checkpointer.keys.export())
    return folder


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / NAME


def key(log: Path) -> Verifier:
    return Verifier.parse((log.parent / "town.vkey").read_text())


def head(log: Path, name: str) -> Head:
    return read_head((log.parent / f"{name}.note").read_bytes(), name)


def beside(log: Path, what: str) -> Path:
    return Path(f"{log}.{what}")


def checked(log: Path, *heads: Head, keys: tuple[Verifier, ...] = ()) -> Verified:
    return verify_log(log, vkeys=keys or [key(log)], trusted=heads, workers=1, served=_cases)


def _cases() -> list[Decider]:
    return [CASE]


def questions(found: Verified) -> str:
    assert all(each.zh != str(each) for each in found.open_questions)
    return "\n".join(map(str, found.open_questions))


# --- what vouches ----------------------------------------------------------------------------------------------------


def test_of_a_lawful_log_only_what_came_after_it_stays_open(log):
    found = checked(log, head(log, "midway"), head(log, "end"))

    assert (found.counts, found.covered, found.agreed, found.agreeing) == ({}, found.events, found.events, 2)
    assert questions(found) == (
        f"what came after event {found.events}: that the log once had more is seen by newer heads alone"
    )


def test_an_old_head_vouches_up_to_itself_and_no_further(log):
    found = checked(log, head(log, "midway"))

    assert found.agreed == head(log, "midway").checkpoint.size < found.events
    assert f"beyond event {found.agreed}, up to which heads from outside agree" in questions(found)


def test_a_head_from_outside_covers_a_log_that_was_handed_over_without_its_checkpoints(log):
    beside(log, "checkpoints").unlink()
    beside(log, "signing").unlink()  # as an auditor gets it
    found = checked(log, head(log, "end"))

    assert (found.counts, found.covered, found.tail) == ({}, found.events, 0)
    assert "no checkpoint vouches" not in questions(found)


def test_a_log_whose_checkpoints_are_gone_is_held_against_what_its_key_file_remembers(log):
    beside(log, "checkpoints").unlink()
    with raw(log) as db:
        db.execute("DELETE FROM stored_events WHERE rowid > 20")
    found = verify_log(log, workers=1, served=_cases)

    assert Code.TRUNCATED in found.counts
    assert "no checkpoint vouches" in questions(found)


@pytest.mark.parametrize("taken", ["all", "the last one"])
@pytest.mark.parametrize("keys", ["beside", "from outside"])
def test_checkpoints_that_were_taken_away_are_missed_where_the_key_file_remembers_having_signed_them(log, taken, keys):
    if taken == "all":
        beside(log, "checkpoints").unlink()
    else:
        with raw(beside(log, "checkpoints")) as db:
            db.execute("DELETE FROM signed_notes WHERE rowid = (SELECT max(rowid) FROM signed_notes)")
    found = checked(log) if keys == "from outside" else verify_log(log, workers=1, served=_cases)

    assert found.counts.keys() - {Code.UNCOVERED_TAIL} == {Code.ROLLBACK}
    assert not found.is_clean()
    (missed,) = (each for each in found.findings if each.code is Code.ROLLBACK)
    assert (missed.found_by, missed.position) == (Check.CHECKPOINTS, found.events)
    assert "is not among its checkpoints: it was taken away" in missed.en
    assert "不在留存的检查点之中" in missed.zh


def test_a_log_put_back_from_a_backup_with_its_checkpoints_is_shorter_than_its_key_remembers(log, tmp_path):
    backup = tmp_path / "backup"
    backup.mkdir()
    for what in ("", ".checkpoints"):
        shutil.copy(f"{log}{what}", backup)
    with opened(log.parent) as engine:
        told(engine, "e")
        engine.checkpoint()
    for what in ("", ".checkpoints"):
        shutil.copy(backup / f"{NAME}{what}", f"{log}{what}")
    found = checked(log)

    assert {*found.counts} == {Code.TRUNCATED, Code.ROLLBACK}
    assert {each.found_by for each in found.findings} == {Check.CHECKPOINTS}


def test_lost_checkpoints_are_no_longer_missed_once_the_whole_log_was_signed_again(log):
    beside(log, "checkpoints").unlink()
    with opened(log.parent) as engine:
        told(engine, "e")
        engine.checkpoint()

    assert checked(log).is_clean(strict=True)


@pytest.mark.parametrize("how", ["open to others", "no key file"])
def test_beside_a_key_from_outside_the_key_file_need_not_be_readable_and_that_is_said(log, how):
    if how == "open to others":
        os.chmod(beside(log, "signing"), 0o644)
    else:
        beside(log, "signing").write_bytes(b"junk")
    found = checked(log)

    assert found.is_clean(strict=True)
    assert "the key file beside it could not be read" in questions(found)


def test_the_key_file_of_another_log_is_told_as_such_and_accuses_nobody(log, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with opened(elsewhere) as engine:
        told(engine, "a")
        engine.checkpoint()
    shutil.copy(elsewhere / f"{NAME}.signing", beside(log, "signing"))
    found = checked(log)

    assert {*found.counts} == {Code.ORIGIN_MISMATCH}
    assert "the key file beside the log has signed for govflow/log-" in found.findings[0].en


def test_what_a_witness_has_cosigned_counts_as_a_head_from_outside(log):
    with opened(log.parent) as engine:
        last = engine.checkpoint()
        seen = Note(last.text, (*last.signatures, WITNESS.sign(last.text, 1_772_000_000)))
        add_cosignatures(engine.checkpointer, seen.format().encode(), [WITNESS.verifier], engine.now())
    found = checked(log, keys=(key(log), WITNESS.verifier))
    (witness,) = found.witnessed

    assert (witness.name, witness.heads, witness.size) == (WITNESS.name, 1, found.events)
    assert (found.agreed, found.agreeing, found.counts) == (found.events, 0, {})
    assert "no head from outside" not in questions(found)
    assert "no head from outside" in questions(checked(log))


def test_tables_that_nobody_here_serves_are_said_to_be_believed(log):
    found = verify_log(log, vkeys=[key(log)], workers=1, served=list)

    assert "is none of those served here: what it allows is believed on the log's word" in questions(found)
    assert found.counts == {Code.UNKNOWN_EVENT: 5}


# --- keys ------------------------------------------------------------------------------------------------------------


def rotated(log: Path) -> tuple[Signer, Verifier]:
    """Replace the key; the private half that somebody kept, and the new public key."""
    with opened(log.parent) as engine:
        (leaked,) = engine.checkpointer.keys.signers()
        engine.checkpointer.rotate()
        return leaked, engine.checkpointer.verifiers()[-1]


def test_after_a_handover_the_first_key_and_the_newest_check_the_same(log):
    _, new = rotated(log)

    assert checked(log).counts == checked(log, keys=(new,)).counts == {}


def test_a_key_that_was_replaced_signs_no_new_head(log):
    leaked, new = rotated(log)
    with opened(log.parent) as engine:
        told(engine, "e")
        text = Checkpoint(engine.checkpointer.keys.origin, engine.store.head(), checked(log).root).text()
        engine.checkpointer.kept.add_note(
            engine.store.head(), Note(text, (leaked.sign(text),)).format().encode(), engine.now()
        )

    for keys in ((key(log),), (new,)):
        assert Code.UNKNOWN_KEY in checked(log, keys=keys).counts
    assert Code.UNKNOWN_KEY in verify_log(log, workers=1, served=_cases).counts


def test_a_head_that_only_another_logs_key_has_signed_counts_for_nothing(log):
    stranger = Signer.new("govflow/log-other")
    stated = head(log, "end").checkpoint
    lone = Note(stated.text(), (stranger.sign(stated.text()),))
    found = checked(log, read_head(lone.format().encode(), "lone"), keys=(key(log), stranger.verifier))

    assert (found.counts, found.agreeing) == ({Code.UNKNOWN_KEY: 1}, 0)


def test_a_log_that_does_not_say_which_it_is_is_named_by_no_empty_name(log):
    with raw(log) as db:
        db.execute("DELETE FROM stored_events WHERE rowid = 1")
    said = [each.en for each in checked(log).findings if each.code is Code.ORIGIN_MISMATCH]

    assert said == [f"nothing says that this is the log {key(log).name}"]


# --- personal data ---------------------------------------------------------------------------------------------------


def test_where_the_personal_keys_are_not_at_hand_that_is_said(log):
    beside(log, "keys").unlink()
    found = checked(log)

    assert found.counts == {}
    assert "the keys of personal data were not at hand" in questions(found)


def test_a_key_that_opens_nothing_is_as_good_as_missing(log):
    for change in (
        "UPDATE data_keys SET wrapped = randomblob(60)",
        "UPDATE data_keys SET wrapped = 'text'",
        "DELETE FROM data_keys",
    ):
        with raw(beside(log, "keys")) as db:
            db.execute(change)
        found = checked(log).findings
        named = {each.en.split()[3] for each in found if each.code is Code.KEY_MISSING}
        assert len(named) == 3, (change, [each.en for each in found])
        assert "s-c" not in named  # erased, as the log says


# --- a log that is written to ----------------------------------------------------------------------------------------


def test_a_log_that_is_written_to_and_erased_from_meanwhile_is_as_lawful_as_before(log, monkeypatch):
    monkeypatch.setattr(hashing_module, "_STEP", 10)
    with opened(log.parent) as engine:
        events, archivist = engine.store.head(), Actor.of("archive-1", Role.ARCHIVIST)
        steps: Iterator[Callable[[], object]] = iter(
            [
                lambda: told(engine, "e"),
                lambda: engine.erase("s-a", archivist, basis="PIPL 47", authority="own request"),
                lambda: engine.checkpoint(),
                lambda: engine.checkpointer.rotate(),
            ]
        )
        found = verify_log(
            log, vkeys=[key(log)], workers=1, served=_cases, progress=lambda *_: next(steps, lambda: None)()
        )

    assert next(steps, None) is None
    assert (found.counts, found.events) == ({}, events)


# --- one bad cell ----------------------------------------------------------------------------------------------------

BAD = {
    "a note as text": ("checkpoints", "UPDATE signed_notes SET note = CAST(note AS TEXT)"),
    "no moment": ("checkpoints", "UPDATE signed_notes SET signed_at = 'x'"),
    "another size": ("checkpoints", "UPDATE signed_notes SET size = size + 1"),
    "another log": ("checkpoints", "UPDATE belongs_to SET log_id = 'log-x'"),
    "a hash of another type": ("checkpoints", "INSERT OR REPLACE INTO nodes VALUES (8, 0, 'x')"),
    "a handover of another type": ("checkpoints", "INSERT INTO handovers VALUES (1, 'x', 'y')"),
    "no notes": ("checkpoints", "DROP TABLE signed_notes"),
    "no hashes": ("checkpoints", "DROP TABLE nodes"),
    "no keys": ("keys", "DROP TABLE data_keys"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_cell_beside_the_log_is_a_finding_and_the_rest_goes_on(log, name):
    with opened(log.parent) as engine:
        told(engine, "e")
        engine.checkpoint()
    what, sql = BAD[name]
    with raw(beside(log, what)) as db:
        db.execute(sql)
    found = checked(log, head(log, "midway"))

    assert found.counts.keys() - {Code.UNCOVERED_TAIL} <= {Code.EDIT, Code.DAMAGED, Code.ORIGIN_MISMATCH}
    assert not found.is_clean()
    assert (found.records, found.agreeing) == (7, 1)


def test_key_files_that_are_none_or_open_to_others_are_findings(log):
    beside(log, "keys").write_bytes(b"junk" * 400)
    os.chmod(beside(log, "signing"), 0o644)
    found = verify_log(log, workers=1, served=_cases)

    assert {each.found_by for each in found.findings if each.code is Code.DAMAGED} == {
        Check.SEMANTIC,
        Check.CHECKPOINTS,
    }
    assert found.records == 6


def test_rows_of_other_types_end_neither_a_division_nor_the_reading_of_a_stream(log, monkeypatch):
    monkeypatch.setattr(sqlite_module, "_PAGE", 2)
    with raw(log) as db:
        db.execute("UPDATE stored_events SET originator_id = CAST(x'62ff' AS TEXT) WHERE originator_id = 'b'")
        db.execute("UPDATE stored_events SET state = CAST(state AS TEXT) WHERE originator_id = 'd'")
    with closing(SQLiteStore(log, read_only=True)) as store:
        names = store.parts(50)
        divided = [
            name for first, end in zip(names, [*names[1:], None], strict=True) for name, _ in store.streams(first, end)
        ]
        assert divided == [name for name, _ in store.streams()]
        with pytest.raises(LogError, match="d version 1 is damaged or was changed"):
            store.read("d")


def test_a_state_of_another_type_is_an_error_of_the_log_for_whoever_serves_it(log):
    with raw(log) as db:
        db.execute("UPDATE stored_events SET state = CAST(state AS TEXT) WHERE originator_id = 'd'")
    beside(log, "agenda").unlink(missing_ok=True)
    with opened(log.parent) as engine, pytest.raises(LogError, match=r"cannot be read|was changed"):
        engine.tick()


def test_kept_checkpoints_are_read_one_by_one(log):
    origin, size = key(log).name, head(log, "midway").checkpoint.size
    with raw(beside(log, "checkpoints")) as db:
        for number in range(100):
            text = Checkpoint(origin, size, bytes(32)).text() + f"{number}" + "x" * 100_000 + "\n"
            note = Note(text, (Signer(origin, 1, bytes(32)).sign(text),)).format().encode()
            db.execute(
                "INSERT INTO signed_notes (size, note, signed_at) VALUES (?, ?, '2026-01-01T00:00:00+00:00')",
                (size, note),
            )
    tracemalloc.start()
    found = checked(log)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found.counts == {Code.UNKNOWN_KEY: 100}
    assert most < 6_000_000


# --- constraints -----------------------------------------------------------------------------------------------------


def test_a_pair_of_events_that_a_constraint_forbids_is_found_beside_the_tables(log):
    with closing(SQLiteStore(log)) as store:
        (row,) = (row for row in store.read("a") if row.topic.startswith("verification.passed@"))
        handled = next(row for row in store.read("a") if row.topic.startswith("case.handling_completed@"))
    forged = saying(row, {}, {"by": _by(handled.state)})
    with raw(log) as db:
        db.execute(
            "UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = ?", (forged.state, forged.leaf, row.position)
        )
    found = [each for each in checked(log).findings if each.code is Code.CONSTRAINT]

    assert [(each.stream, each.version) for each in found] == [("a", row.version)]
    assert found[0].en.startswith("verified-by-another: ")


def test_constraints_are_looked_at_behind_an_event_that_nobody_knows(log):
    with closing(SQLiteStore(log)) as store:
        rows = store.read("a")
    handled, passed = (
        next(row for row in rows if row.topic.startswith(name))
        for name in ("case.handling_completed@", "verification.passed@")
    )
    other = next(row for row in rows[1:] if not shipped_constraints().concerns(row.topic.partition("@")[0]))
    assert other.version < passed.version
    with raw(log) as db:
        for forged in (fitted(other, topic="nobody.knows@1"), saying(passed, {}, {"by": _by(handled.state)})):
            db.execute(
                "UPDATE stored_events SET topic = ?, state = ?, leaf = ? WHERE rowid = ?",
                (forged.topic, forged.state, forged.leaf, forged.position),
            )
    found = {each.code: each.version for each in checked(log).findings}

    assert found[Code.UNKNOWN_EVENT] == other.version
    assert found[Code.CONSTRAINT] == passed.version


def _by(state: bytes) -> str:
    return str(json.loads(state.partition(b"\n")[2])["by"])


def test_one_byte_changed_in_the_file_is_told_with_its_event_and_by_which_means_it_was_found(log: Path):
    whole, was = log.read_bytes(), b'"item":"e219"'
    assert whole.count(was) == 1
    log.write_bytes(whole.replace(was, b'"item":"e319"'))

    found = verify_log(log, vkeys=[key(log)], trusted=[read_head((log.parent / "end.note").read_bytes(), "end.note")])

    edits = {(each.found_by, each.stream, each.version) for each in found.findings if each.code is Code.EDIT}
    assert (Check.HASHES, "papers", 221) in edits
    assert {Check.CHECKPOINTS, Check.TRUSTED} <= {means for means, _, _ in edits}
    assert not found.is_clean()
