"""The checkpointer: what it signs, how it goes on, and what it refuses, on our own store and on a recorder."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from govflow.checkpoints import stored_tree
from govflow.checkpoints.keys import SigningKeys, public_part
from govflow.checkpoints.merkle import check_consistency
from govflow.checkpoints.notes import Checkpoint, Note
from govflow.checkpoints.proofs import Proof, check
from govflow.errors import LogError, Truncated
from govflow.persistence.checkpoints import Busy, CheckpointStore
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.store import Store

from .logs import LOG_ID, ORIGIN, Kept, a_log, append, raw


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes are kept of every 4, 16, 64 … rows: small logs have as many kept levels as large ones."""
    monkeypatch.setattr(stored_tree, "KEPT", 2)
    monkeypatch.setattr(stored_tree, "_BLOCK", 4)


@pytest.fixture(params=["sqlite", "recorder"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    return a_log(tmp_path, recorder=request.param == "recorder")


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("counts", [(1,), (1, 1), (15, 1, 1), (16, 17), (3, 60, 100), (0, 5), (64, 1, 63)])
def test_each_checkpoint_states_the_root_over_the_stored_rows(log: Kept, counts):
    size = 0
    for count in counts:
        if count:
            append(log.store, count)
        size += count
        assert log.head(log.checkpointer.sign()) == Checkpoint(ORIGIN, size, log.root())


def test_the_same_head_again_is_the_same_note_and_nothing_is_added(log: Kept):
    append(log.store, 3)
    note = log.checkpointer.sign()
    log.clock.advance(hours=1)

    assert log.checkpointer.sign() == note
    assert len(list(log.kept.notes())) == 1


@pytest.mark.usefixtures("small_blocks")
def test_every_event_is_proved_under_the_last_checkpoint(log: Kept):
    append(log.store, 75)
    log.checkpointer.sign()
    rows = list(log.store.scan())

    for position in (1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 74, 75):
        proof = Proof.parse(log.checkpointer.inclusion(position).format().encode())
        proven = check(proof, log.checkpointer.verifiers())
        row = rows[position - 1]
        assert (proven.checkpoint.size, proven.place) == (75, position - 1)
        assert proven.leaf == b"%b\n%d\n%b\n%b" % (row.stream.encode(), row.version, row.topic.encode(), row.state)


def test_what_no_checkpoint_covers_is_not_proved(log: Kept):
    append(log.store, 2)
    with pytest.raises(LogError, match="covered by no checkpoint"):
        log.checkpointer.inclusion(1)
    log.checkpointer.sign()
    append(log.store, 1)

    for position in (0, 3, 4, -1):
        with pytest.raises(LogError, match="covered by no checkpoint"):
            log.checkpointer.inclusion(position)


@pytest.mark.usefixtures("small_blocks")
def test_one_checkpoint_is_shown_to_go_on_from_another(log: Kept):
    sizes = (1, 16, 20, 33, 65)
    for before, after in zip((0, *sizes), sizes, strict=False):
        append(log.store, after - before)
        log.checkpointer.sign()

    for old in sizes:
        for new in (size for size in sizes if size >= old):
            proof = log.checkpointer.consistency(old, new)
            check_consistency(old, new, log.root(old), log.root(new), proof)
    with pytest.raises(LogError, match="no checkpoint of 2 events"):
        log.checkpointer.consistency(2, 65)


def test_without_a_key_nothing_is_signed(tmp_path):
    log = a_log(tmp_path, 1, key=False)

    with pytest.raises(LogError, match="no signing key at"):
        log.checkpointer.sign()
    assert list(log.kept.notes()) == []


# -- going on ---------------------------------------------------------------------------------------------------------


def test_going_on_reads_the_new_rows_and_a_few_old_ones(tmp_path, monkeypatch):
    log = a_log(tmp_path, 3000)
    log.checkpointer.sign()
    append(log.store, 10)
    read: list[int] = []
    hash_of = stored_tree.hash_of

    def noted(row: StoredEvent) -> bytes:
        read.append(row.position)
        return hash_of(row)

    monkeypatch.setattr(stored_tree, "hash_of", noted)

    assert log.head(log.checkpointer.sign()).root == log.root()
    assert len(read) <= 10 + 256
    assert min(read) > 2816, "the last full block of 256 and all before it are kept as hashes"


def test_hashes_are_kept_of_full_blocks_alone(tmp_path):
    log = a_log(tmp_path, 600)
    log.checkpointer.sign()

    assert [(each.level, each.place) for each in log.kept.nodes()] == [(8, 0), (8, 1)]


def test_kept_hashes_that_were_changed_are_found_out_and_made_again(tmp_path):
    log = a_log(tmp_path, 700)
    log.checkpointer.sign()
    sound = list(log.kept.nodes())
    with raw(log.kept.path) as connection:
        connection.execute("UPDATE nodes SET hash = zeroblob(32) WHERE idx = 1")
    append(log.store, 50)

    assert log.head(log.checkpointer.sign()) == Checkpoint(ORIGIN, 750, log.root())
    assert list(log.kept.nodes()) == sound


@pytest.mark.usefixtures("small_blocks")
def test_a_proof_never_rests_on_a_kept_hash_that_was_changed(tmp_path):
    log = a_log(tmp_path, 18)  # the hash over the first 16 is kept too: the root does not show the ones below
    log.checkpointer.sign()
    with raw(log.kept.path) as connection:
        connection.execute("UPDATE nodes SET hash = zeroblob(32) WHERE level = 2 AND idx = 3")

    check(log.checkpointer.inclusion(5), log.checkpointer.verifiers())
    assert all(any(each.hash) for each in log.kept.nodes())


def test_kept_hashes_that_were_deleted_are_worked_out_of_the_rows(tmp_path):
    log = a_log(tmp_path, 700)
    log.checkpointer.sign()
    with raw(log.kept.path) as connection:
        connection.execute("DELETE FROM nodes WHERE idx = 0")

    check(log.checkpointer.inclusion(300), log.checkpointer.verifiers())
    append(log.store, 1)
    assert log.head(log.checkpointer.sign()).root == log.root()


def test_an_older_checkpoint_file_put_back_is_caught_up_with_the_same_heads(tmp_path):
    log = a_log(tmp_path, 300)
    log.checkpointer.sign()
    log.kept.close()
    older = Path(log.kept.path).read_bytes()
    append(log.store, 300)
    note = log.checkpointer.sign()
    log.kept.close()
    Path(log.kept.path).write_bytes(older)

    assert log.checkpointer.sign() == note


# -- a log that is not what was signed --------------------------------------------------------------------------------


def test_a_row_whose_own_hash_disagrees_stops_signing_and_is_named(tmp_path):
    log = a_log(tmp_path, 5)
    with raw(log.path) as connection:
        connection.execute("UPDATE stored_events SET state = x'7b7d0a7b7d' WHERE rowid = 3")

    with pytest.raises(LogError, match=r"position 3 \(C-1 version 3, case.noted@1\) is not what was written"):
        log.checkpointer.sign()
    assert list(log.kept.notes()) == []


def change(path: Path, position: int) -> None:
    """Change a row and its hash with it."""
    with raw(path) as connection:
        stream, version, topic = connection.execute(
            "SELECT originator_id, originator_version, topic FROM stored_events WHERE rowid = ?", [position]
        ).fetchone()
        leaf = leaf_of(stream, version, topic, b"{}\n{}")
        connection.execute("UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = ?", (b"{}\n{}", leaf, position))


def test_a_row_changed_with_its_hash_stops_signing_where_it_is_looked_at(tmp_path):
    log = a_log(tmp_path, 5)
    log.checkpointer.sign()
    change(log.path, 3)
    append(log.store, 1)

    with pytest.raises(LogError, match="not those that were signed: run `govflow verify`"):
        log.checkpointer.sign()


def test_a_row_changed_with_its_hash_is_never_proved(tmp_path):
    log = a_log(tmp_path, 700)
    log.checkpointer.sign()
    change(log.path, 3)  # deep under a kept hash

    with pytest.raises(LogError, match="not those that were signed"):
        log.checkpointer.inclusion(3)


def test_a_log_that_lost_what_was_signed_is_not_signed_on(tmp_path):
    log = a_log(tmp_path, 5)
    log.checkpointer.sign()
    with raw(log.path) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 5")

    with pytest.raises(Truncated, match="the log has 4 events, but 5 were signed"):
        log.checkpointer.sign()


def test_a_gap_in_the_positions_stops_signing(tmp_path):
    log = a_log(tmp_path, 5)
    with raw(log.path) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 2")

    with pytest.raises(LogError, match="no position 2, but 3"):
        log.checkpointer.sign()


@pytest.mark.parametrize(
    "change",
    ["topic = topic || x'0a' || 'x'", "originator_id = x'00'", "state = 'a text'", "originator_id = 'a' || x'0a'"],
)
def test_a_row_that_could_be_read_in_two_ways_is_no_event(tmp_path, change):
    log = a_log(tmp_path, 2)
    with raw(log.path) as connection:
        connection.execute(f"UPDATE stored_events SET {change} WHERE rowid = 2")

    with pytest.raises(LogError, match="position 2"):
        log.checkpointer.sign()


@pytest.mark.parametrize("change", ["note = x'00'", "size = 6", "note = 'text'", "signed_at = 'x'", "size = 'x'"])
def test_a_checkpoint_that_was_changed_is_not_gone_on_from(tmp_path, change):
    log = a_log(tmp_path, 5)
    log.checkpointer.sign()
    with raw(log.kept.path) as connection:
        connection.execute(f"UPDATE signed_notes SET {change}")

    with pytest.raises(LogError, match="changed"):
        log.checkpointer.sign()


def test_a_checkpoint_signed_by_somebody_else_is_not_gone_on_from(tmp_path):
    log = a_log(tmp_path / "a", 5)
    log.checkpointer.sign()
    other = a_log(tmp_path / "b", 5)
    Path(log.keys.path).write_bytes(Path(other.keys.path).read_bytes())

    with pytest.raises(LogError, match="signed by no key that is trusted"):
        log.checkpointer.sign()


def test_a_checkpoint_of_another_log_is_not_gone_on_from(tmp_path):
    log = a_log(tmp_path, 5)
    log.checkpointer.sign()
    keys = SigningKeys(":memory:", "log-other")
    keys.create()

    with pytest.raises(LogError, match=f"are of {ORIGIN}, not of govflow/log-other"):
        type(log.checkpointer)(log.store, log.kept, keys, now=log.clock).sign()


def test_a_long_tail_is_kept_in_portions(tmp_path, monkeypatch):
    monkeypatch.setattr("govflow.checkpoints.signing._BATCH", 2)
    log = a_log(tmp_path, 5 * 256)

    assert log.head(log.checkpointer.sign()).root == log.root()
    assert len(list(log.kept.nodes())) == 5


def test_checkpoints_belong_to_one_log(tmp_path):
    log = a_log(tmp_path, 1)
    log.checkpointer.sign()

    with pytest.raises(LogError, match=f"are of {LOG_ID}, not of log-other"):
        CheckpointStore(log.kept.path).serve("log-other")


def test_another_programs_file_is_left_alone(tmp_path):
    log = a_log(tmp_path, 1)
    with raw(log.kept.path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = Path(log.kept.path).read_bytes()

    with pytest.raises(LogError, match="another program's file"):
        log.checkpointer.sign()
    Path(log.kept.path).write_bytes(b"no database" * 100)
    with pytest.raises(LogError, match="not a database"):
        log.checkpointer.sign()
    assert b"theirs" in before


def test_notes_are_only_ever_added(tmp_path):
    log = a_log(tmp_path, 1)
    log.checkpointer.sign()
    with closing(sqlite3.connect(log.kept.path)) as connection:
        for statement in ("UPDATE signed_notes SET size = 0", "DELETE FROM signed_notes"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


# -- crashes, others --------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.checkpoints.logs import a_log
log = a_log(Path(sys.argv[1]))
add_note = log.kept.add_note
def killed(*note):
    add_note(*note)
    os.kill(os.getpid(), signal.SIGKILL)  # hashes are put, the note is written, nothing is committed
log.kept.add_note = killed
log.checkpointer.sign()
"""


def test_a_process_killed_before_its_commit_leaves_nothing_but_work_to_do_again(tmp_path):
    log = a_log(tmp_path, 600)
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=Path(__file__).parents[2])

    assert killed.returncode == -signal.SIGKILL
    assert (list(log.kept.notes()), list(log.kept.nodes())) == ([], [])
    assert log.head(log.checkpointer.sign()) == Checkpoint(ORIGIN, 600, log.root())


SIGNS = """
import sys
from pathlib import Path
from tests.checkpoints.logs import a_log, append
log = a_log(Path(sys.argv[1]))
for _ in range(20):
    append(log.store, 3)
    log.checkpointer.sign()
"""


def test_two_processes_sign_at_once_and_every_head_goes_on_from_the_one_before(tmp_path):
    log = a_log(tmp_path, 200)
    log.checkpointer.sign()
    with subprocess.Popen([sys.executable, "-c", SIGNS, tmp_path], cwd=Path(__file__).parents[2]) as other:
        while other.poll() is None:
            append(log.store, 1)
            log.checkpointer.sign()
        assert other.returncode == 0

    heads = [log.head(Note.parse(each.note)) for each in log.kept.notes()]
    assert [each.size for each in heads] == sorted({each.size for each in heads})
    assert heads[-1].size == log.store.head()
    assert all(each.root == log.root(each.size) for each in heads[:: len(heads) // 10])


def test_threads_may_sign_at_once(tmp_path):
    log = a_log(tmp_path, 300)
    notes: list[Note] = []
    threads = [threading.Thread(target=lambda: notes.append(log.checkpointer.sign())) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(notes) == 8
    assert len(set(notes)) == len(list(log.kept.notes())) == 1


def test_a_log_on_a_read_only_medium_is_proved(tmp_path):
    log = a_log(tmp_path, 300)
    log.checkpointer.sign()
    log.kept.close()
    kept = CheckpointStore(log.kept.path, read_only=True)
    kept.serve("another log: that is for `verify` to say")
    os.chmod(tmp_path, 0o500)
    try:
        reader = type(log.checkpointer)(log.store, kept, log.keys, now=log.clock)
        check(reader.inclusion(7), log.checkpointer.verifiers())
        with pytest.raises(LogError, match="for reading only"):
            reader.sign()
        assert CheckpointStore(tmp_path / "none", read_only=True).last() is None
    finally:
        os.chmod(tmp_path, 0o700)


def test_every_page_of_what_is_kept_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("govflow.persistence.checkpoints._PAGE", 2)
    log = a_log(tmp_path)
    for _ in range(5):
        append(log.store, 256)
        log.checkpointer.sign()

    assert [each.size for each in log.kept.notes()] == [256, 512, 768, 1024, 1280]
    assert [each.place for each in log.kept.nodes()] == [0, 1, 2, 3, 4]


def test_hashing_says_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("govflow.checkpoints.stored_tree._TELL", 100)
    told: list[tuple[int, int]] = []
    a_log(tmp_path, 250).checkpointer.sign(lambda done, total: told.append((done, total)))

    assert told == [(100, 250), (200, 250)]


def test_a_recorder_that_lost_events_is_not_signed_on(tmp_path):
    log = a_log(tmp_path, 5, recorder=True)
    log.checkpointer.sign()
    shorter: Store = a_log(tmp_path, 4, recorder=True).store

    with pytest.raises(Truncated):
        type(log.checkpointer)(shorter, log.kept, log.keys, now=log.clock).sign()


# -- several at once --------------------------------------------------------------------------------------------------


def test_hashing_a_long_log_holds_up_nobody(tmp_path):
    log = a_log(tmp_path, 300)
    other = CheckpointStore(log.kept.path)
    other.serve(LOG_ID)
    append(log.store, 300)
    begun = 0

    def meanwhile(*_: int) -> None:
        nonlocal begun
        begun += 1
        with other.transaction(wait=False):
            other.put_nodes([])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("govflow.checkpoints.stored_tree._TELL", 100)
        log.checkpointer.sign(meanwhile)
    assert begun == 6


def test_who_finds_that_another_was_faster_goes_on_from_there(tmp_path):
    log = a_log(tmp_path, 3)
    log.checkpointer.sign()
    append(log.store, 3)
    faster = a_log(tmp_path)
    grown = log.checkpointer._grown

    def late(*args: Any) -> Any:
        found = grown(*args)
        if len(list(faster.kept.notes())) == 1:
            faster.checkpointer.sign()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log.checkpointer, "_grown", late)
        note = log.checkpointer.sign()
    assert [each.size for each in log.kept.notes()] == [3, 6]
    assert log.head(note) == Checkpoint(ORIGIN, 6, log.root())


def test_whoever_is_not_to_wait_is_told_that_another_writes(tmp_path):
    log = a_log(tmp_path, 3)
    other = a_log(tmp_path)
    other.checkpointer.sign()
    append(log.store, 1)

    with other.kept.transaction(), pytest.raises(Busy):
        log.checkpointer.sign(wait=False)
    with other.kept.transaction():
        assert CheckpointStore(log.kept.path).last() is not None, "who opens it to write later reads meanwhile"
    log.checkpointer.sign(wait=False)
    assert [each.size for each in log.kept.notes()] == [3, 4]


# -- what the key remembers -------------------------------------------------------------------------------------------


def test_the_key_remembers_what_it_signed_last(tmp_path):
    log = a_log(tmp_path, 3)
    assert log.keys.signed() is None
    log.checkpointer.sign()
    append(log.store, 2)
    note = log.checkpointer.sign()

    assert log.keys.signed() == log.head(note) == public_part(log.keys.path).signed
    before = os.stat(log.keys.path).st_ino
    log.checkpointer.sign()
    assert os.stat(log.keys.path).st_ino == before, "nothing is written where nothing is new"


def test_what_a_crash_kept_from_the_key_is_told_to_it_by_the_next_signature(tmp_path):
    log = a_log(tmp_path, 3)
    log.checkpointer.sign()
    key = Path(log.keys.path).read_bytes()
    append(log.store, 2)
    log.checkpointer.sign()
    Path(log.keys.path).write_bytes(key)  # as it was before the last commit

    log.checkpointer.sign()
    assert log.keys.signed() == Checkpoint(ORIGIN, 5, log.root())


def test_another_head_of_the_same_size_than_the_key_remembers_is_not_gone_on_from(tmp_path):
    log = a_log(tmp_path, 3)
    (signer,) = log.keys.signers()
    log.checkpointer.sign()
    text = Checkpoint(ORIGIN, 3, bytes(32)).text()
    log.kept.add_note(3, Note(text, (signer.sign(text),)).format().encode(), log.clock())

    with pytest.raises(LogError, match="not the one that its key has signed"):
        log.checkpointer.sign()


# -- replaced keys ----------------------------------------------------------------------------------------------------


def test_a_key_that_was_replaced_signs_no_new_head(tmp_path):
    log = a_log(tmp_path, 3)
    (leaked,) = log.keys.signers()
    log.checkpointer.rotate()
    append(log.store, 3)
    text = Checkpoint(ORIGIN, 6, log.root()).text()
    log.kept.add_note(6, Note(text, (leaked.sign(text),)).format().encode(), log.clock())

    with pytest.raises(LogError, match="replaced at 3 events"):
        log.checkpointer.sign()
    with pytest.raises(LogError, match="replaced at 3 events"):
        log.checkpointer.inclusion(1)


def test_one_head_bears_a_hundred_rotations(tmp_path, monkeypatch):
    monkeypatch.setattr("govflow.checkpoints.signing.MOST_SIGNATURES", 6)
    log = a_log(tmp_path, 3)
    for _ in range(8):
        log.checkpointer.rotate()

    (last, *_) = reversed(list(log.kept.notes()))
    note = Note.parse(last.note)
    assert len(note.signatures) <= 6
    assert note.signed_by(log.keys.verifiers()[-2:]) == log.keys.verifiers()[-2:]
    assert log.checkpointer.sign() == note


def test_a_rotation_cut_short_is_made_good_where_it_happened(tmp_path):
    log = a_log(tmp_path, 3)
    log.checkpointer.sign()
    log.keys.rotate(3)
    append(log.store, 3)
    log.checkpointer.sign()

    for size in (3, 6):
        assert set(log.checkpointer.at(size).note.signed_by(log.keys.verifiers())) == set(log.keys.verifiers())
