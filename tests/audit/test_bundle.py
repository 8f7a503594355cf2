"""A bundle verifies for outsiders, by our own check and by a script that knows nothing of ours; no change passes."""

from __future__ import annotations

import gzip
import io
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow.audit.bundles.checking import verify_bundle
from govflow.audit.bundles.parts import OfPeriod, OfRecord
from govflow.audit.bundles.writing import Heads, export_bundle, heads_of
from govflow.checkpoints.merkle import Tree, full_nodes
from govflow.checkpoints.notes import Note, Signer
from govflow.errors import InputError, LogError
from tests.audit.small_log import (
    STREAMS,
    Small,
    by_the_script,
    checked,
    codes,
    forged,
    lines_of,
    resealed,
    row,
    rows,
    statuses,
    written,
)

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "verify_bundle.py"


@pytest.fixture(scope="module")
def log() -> Small:
    """Twelve events; checkpoints over 5, 9 and all of them, the last one under a new key."""
    made = Small(rows()[:5])
    made.head()
    made.add(rows()[5:9])
    made.head()
    made.add(rows()[9:])
    made.signed.rotate()
    return made


@pytest.fixture(scope="module")
def first_key(log: Small) -> Any:
    return log.signed.verifiers()[0]


def every_scope(log: Small) -> list[bytes]:
    return [log.bundle(), log.bundle(log.record("A")), log.bundle(log.period(4, 8))]


def _updated(change: dict[str, Any], fields: dict[str, Any]) -> None:
    fields.update(change)


# --- what is sound ---------------------------------------------------------------------------------------------------


def test_somebody_with_only_the_bundle_the_key_and_the_script_is_told_whether_the_log_is_whole(log, tmp_path):
    shutil.copy(SCRIPT, tmp_path / "verify_bundle.py")
    written(log.bundle(), tmp_path)
    (tmp_path / "town.vkey").write_text(log.key.vkey + "\n")
    (tmp_path / "kept.note").write_text(log.signed.at(9).note.format())

    ran = subprocess.run(
        [sys.executable, "-I", "verify_bundle.py", "some.bundle", "town.vkey", "kept.note"],
        cwd=tmp_path, env={}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")
    verdict, agrees, beyond, left = ran.stdout.splitlines()
    assert verdict == "WHOLE: the whole log: 12 of 12 events of govflow/log-1, until 2026-03-02 20:00:00+00:00"
    assert agrees == "It agrees with 1 head(s) that you kept, the largest over 9 events."
    assert beyond.startswith("Not excluded beyond event 9 without a head you kept: rolled back")
    assert left.startswith("Not covered: what came after event 12")


def test_every_scope_is_sound_by_the_first_key_and_by_the_newest(log, first_key):
    for data in every_scope(log):
        for key in (first_key, log.key):
            assert statuses(data, key) == (0, 0)


def test_a_whole_log_brings_every_checkpoint_behind_the_event_that_it_ends_at(log):
    lines = lines_of(log.bundle())
    assert [n for n, line in enumerate(lines) if line.startswith(b'{"note":')] == [7, 12, 16]
    assert lines[1].startswith(b'{"handover":')


def test_the_writer_says_what_it_wrote(log):
    data, found = log.exported(log.record("A"))
    lines = lines_of(data)
    assert found.rows == sum(line.startswith(b'{"position":') for line in lines) == 6
    assert found.gaps == sum(line.startswith(b'{"skip":') for line in lines)
    assert (found.size, found.after) == (12, 0)


def test_events_after_the_checkpoint_are_not_in_it_and_are_counted(log):
    grown = Small(rows()[:7])
    grown.head()
    grown.add(rows()[7:])
    data, found = grown.exported(grown.record("A"))
    assert (found.size, found.after) == (7, 5)
    assert statuses(data, grown.key) == (0, 0)
    assert "5 events when it was written" in str(checked(data, grown.key).open_questions)
    assert "5 events when this was written" in "".join(by_the_script(data, grown.key)[0])


@settings(max_examples=25)
@given(streams=st.lists(st.sampled_from("ABC"), min_size=1, max_size=40), data=st.data())
def test_every_record_and_every_period_of_any_log_verifies(streams, data):
    small = Small(rows(("log", *streams)))
    small.head()
    first = data.draw(st.integers(0, len(streams) + 3))
    last = data.draw(st.integers(first, len(streams) + 3))
    outside = data.draw(st.lists(st.integers(1, len(streams) + 1), max_size=3))
    for scope in (small.record(streams[0]), small.period(first, last)):
        found = small.bundle(scope, outside)
        assert statuses(found, small.key) == (0, 0), scope


def test_a_gap_is_made_of_the_largest_subtrees_that_fit():
    small = Small(rows(("log", *("B" * 40), "A", *("B" * 22))))
    small.head()
    gaps = [json.loads(line)["skip"] for line in lines_of(small.bundle(small.record("A"))) if b'{"skip"' in line]
    assert gaps == [level for level, _ in (*full_nodes(1, 41), *full_nodes(42, 64))]


# --- heads from outside ----------------------------------------------------------------------------------------------


def test_a_head_that_was_kept_is_compared_with_the_log_of_every_scope_that_is_made_for_it(log):
    kept = log.signed.at(9).note
    for scope in (log.record("A"), log.period(1, 3)):
        data = log.bundle(scope, outside=[9])
        assert checked(data, log.key, kept).agreeing == 1
        assert statuses(data, log.key, kept) == (0, 0)


def test_a_head_that_a_gap_goes_over_is_told_as_not_compared(log):
    small = Small(rows(("log", "A", *"BBBBBBBBBBBBBB")))
    part = Small(rows(("log", "A", *"BBBBBBBBBBBBBB"))[:11], like=small)
    kept = part.head()
    small.head()
    data = small.bundle(small.record("A"))
    assert statuses(data, small.key, kept) == (2, 2)
    assert checked(data, small.key, kept).uncompared == ("note-0",)
    assert statuses(small.bundle(small.record("A"), outside=[11]), small.key, kept) == (0, 0)


def test_a_log_that_was_rewritten_and_signed_anew_is_told_by_a_head_from_outside_alone(log):
    before = Small()
    kept = before.head()
    for streams, text in ((STREAMS, "changed"), (STREAMS[:-1], "")):  # edited; rolled back
        anew = Small(rows(streams, text), like=before)
        anew.head()
        data = anew.bundle()
        assert statuses(data, anew.key) == (0, 0)
        assert statuses(data, anew.key, kept) == (1, 1)
    assert codes(data, anew.key, kept) == ["ROLLBACK"]
    edited = Small(rows(text="changed"), like=before)
    edited.head()
    assert codes(edited.bundle(), edited.key, kept) == ["INCONSISTENT_HEADS"]


def test_a_head_of_another_log_or_of_another_key_is_refused(log):
    other, same_name = Small(log_id="log-2").head(), Small().head()
    assert codes(log.bundle(), log.key, other) == ["ORIGIN_MISMATCH"]
    assert codes(log.bundle(), log.key, same_name) == ["UNKNOWN_KEY"]
    assert statuses(log.bundle(), log.key, other) == statuses(log.bundle(), log.key, same_name) == (1, 1)


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_bundle_of_another_log_or_signed_by_another_key_is_refused(log):
    for data in every_scope(log):
        for stranger in (Small(log_id="log-2"), Small()):
            assert statuses(data, stranger.key) == (1, 1)
            assert "UNKNOWN_KEY" in codes(data, stranger.key)


def test_a_key_that_was_replaced_does_not_vouch_for_the_end(log, first_key):
    held = Small(rows())
    old = held.signed.keys.signers()[0]
    held.signed.rotate()
    heads = heads_of(held.signed)
    text = heads.notes[-1].text
    only_old = Note(text, (old.sign(text),))
    data = held.bundle(heads=Heads([only_old], heads.keys, heads.handovers))
    assert statuses(data, held.key) == (1, 1)
    assert codes(data, held.key) == ["UNKNOWN_KEY"]


def test_a_key_that_was_replaced_vouches_for_no_end_though_it_is_the_one_that_is_trusted():
    held = Small(rows()[:9])
    held.head()
    leaked = held.signed.keys.signers()[0]
    held.signed.rotate()
    held.add(rows()[9:])
    held.head()
    heads = heads_of(held.signed)
    text = heads.notes[-1].text
    by_the_leaked = Note(text, (leaked.sign(text),))
    data = held.bundle(heads=Heads([*heads.notes[:-1], by_the_leaked], heads.keys, heads.handovers))

    assert statuses(held.bundle(), leaked.verifier) == (0, 0)
    assert statuses(data, leaked.verifier) == statuses(data, held.key) == (1, 1)
    assert codes(data, leaked.verifier) == ["UNKNOWN_KEY"]
    assert statuses(held.bundle(), held.key, by_the_leaked) == (1, 1)
    stripped = held.bundle(heads=Heads([*heads.notes[:-1], by_the_leaked], heads.keys[:1]))
    handed = [note.format().encode() for note in heads.handovers]
    assert verify_bundle(io.BytesIO(stripped), [leaked.verifier]).is_sound  # nobody has told of the handover
    assert not verify_bundle(io.BytesIO(stripped), [leaked.verifier], handovers=handed).is_sound


def test_a_handover_that_only_one_key_has_signed_leads_nowhere(log, first_key):
    note = Note.parse(json.loads(lines_of(log.bundle())[1])["handover"].encode())
    for kept in note.signatures:
        lone = Note(note.text, (kept,)).format()
        data = forged(log.bundle(), 1, partial(_updated, {"handover": lone}))
        assert statuses(data, first_key) == (1, 1)


def test_what_a_witness_has_cosigned_counts_as_a_head_from_outside():
    small = Small()
    witness = Signer.new("witness.example/w", 0x04)
    note = small.head()
    seen = Note(note.text, (*note.signatures, witness.sign(note.text, 1_700_000_000)))
    data = small.bundle(heads=Heads([seen], [small.key.vkey]))
    found = verify_bundle(io.BytesIO(data), [small.key, witness.verifier])

    assert (found.is_sound, found.witnessed, found.agreed) == (True, ("witness.example/w",), 12)
    assert "without a head" not in str(found.open_questions)
    assert "without a head kept outside" in str(checked(data, small.key).open_questions)


def test_a_witness_alone_vouches_for_nothing():
    small = Small()
    witness = Signer.new("govflow/log-1", 0x04)
    text = small.head().text
    heads = Heads([Note(text, (witness.sign(text, 1_700_000_000),))], [small.key.vkey])
    assert statuses(small.bundle(heads=heads), small.key) == (1, 1)


# --- what is not sound -----------------------------------------------------------------------------------------------


def test_no_byte_can_be_flipped_unseen():
    small = Small(rows(("log", "A", "B", "B")))
    small.head()
    data, chance = small.bundle(small.record("A")), random.Random(7)
    for at in range(len(data)):
        assert_seen(data, at, chance.randrange(8), small)


@pytest.mark.slow
def test_no_byte_of_any_bundle_can_be_flipped_unseen(log):
    chance = random.Random()
    for data in every_scope(log):
        for at in range(len(data)):
            assert_seen(data, at, chance.randrange(8), log)


def assert_seen(data: bytes, at: int, bit: int, log: Small) -> None:
    flipped = bytearray(data)
    flipped[at] ^= 1 << bit
    assert statuses(bytes(flipped), log.key) == (1, 1), f"byte {at}"


def test_no_line_can_be_dropped_doubled_or_swapped_even_where_the_end_is_made_to_fit(log):
    for data in every_scope(log):
        lines = lines_of(data)
        for n in range(len(lines) - 1):
            for turned in (
                [*lines[:n], *lines[n + 1 :]],
                [*lines[:n], lines[n], *lines[n:]],
                [*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]],
            ):
                assert statuses(b"".join(turned), log.key) == (1, 1)
                if not (turned == lines or _lacks_an_earlier_note(lines, turned) or turned[-1] != lines[-1]):
                    assert statuses(resealed(turned), log.key) == (1, 1), (n, turned)


def _lacks_an_earlier_note(lines: list[bytes], turned: list[bytes]) -> bool:
    """What nobody can see: a checkpoint that covers less than the last one was not handed out."""
    gone = [line for line in lines if line not in turned]
    return len(gone) == 1 and gone[0].startswith(b'{"note":') and gone[0] != lines[-2]


def test_a_bundle_that_is_cut_off_anywhere_is_refused(log):
    data = log.bundle(log.record("A"))
    for end in range(0, len(data), 61):
        assert min(statuses(data[:end], log.key)) > 0
    assert codes(data[: data.rindex(b'{"rows"')], log.key) == ["TRUNCATED"]


def test_an_edited_event_is_named_as_long_as_the_hashes_are_the_old_ones(log):
    data = forged(log.bundle(), 5, lambda fields: fields.update(state=fields["state"].replace("水", "火")))
    (found,) = checked(data, log.key).findings
    assert (found.code, found.found_by, found.position, found.stream, found.version) == ("EDIT", "hashes", 4, "log", 2)
    assert by_the_script(data, log.key) == (["NOT WHOLE: line 6: event 4 (log version 2) was changed"], 1)


def test_an_edited_event_with_new_hashes_is_told_by_the_checkpoint(log):
    forger = row(4, "log", 2, "!")
    data = forged(log.bundle(), 5, lambda fields: fields.update(state=forger.state.decode(), leaf=forger.leaf.hex()))
    (found,) = checked(data, log.key).findings
    assert (found.code, found.found_by, found.position) == ("EDIT", "checkpoints", 1)
    assert by_the_script(data, log.key)[1] == 1


def test_a_name_that_takes_part_of_the_next_field_is_refused(log):
    def moved(fields: dict[str, Any]) -> None:
        meta, _, fields["state"] = fields["state"].partition("\n")
        fields["topic"] += "\n" + meta  # the same bytes under the same hash

    assert statuses(forged(log.bundle(), 6, moved), log.key) == (1, 1)


def test_a_gap_that_lies_is_refused(log):
    data = log.bundle(log.record("A"))
    lines = lines_of(data)
    for n in (n for n, line in enumerate(lines) if line.startswith(b'{"skip":')):
        for change in ({"hash": "00" * 32}, {"skip": 0}, {"skip": 1}, {"skip": 62}, {"skip": -1}, {"skip": 10**30}):
            if not change.items() <= json.loads(lines[n]).items():
                assert statuses(forged(data, n, partial(_updated, change)), log.key) == (1, 1)


def test_a_row_of_the_scope_that_is_left_out_under_its_true_hash_is_missed(log):
    tree = Tree([each.leaf for each in rows()])
    for data in every_scope(log):
        lines = lines_of(data)
        for n, line in enumerate(lines):
            if line.startswith(b'{"position":'):
                leaf = tree.node(0, json.loads(line)["position"] - 1).hex()
                hidden = [*lines[:n], b'{"skip":0,"hash":"%b"}\n' % leaf.encode(), *lines[n + 1 :]]
                assert statuses(resealed(hidden), log.key) == (1, 1)
                assert set(codes(resealed(hidden), log.key)) == {"GAP"}


@pytest.mark.parametrize(
    ("scope", "change"),
    [
        ("A", {"record": "B"}),
        ("A", {"record": "log", "streams": {"log": 2}}),
        ("A", {"streams": {"A": 3, "log": 2}}),
        ("A", {"streams": {"A": 5, "log": 2}}),
        ("A", {"streams": {"A": 4, "B": 1, "log": 2}}),
        ("A", {"streams": {"A": 4}}),
        ("A", {"streams": {}}),
        ("A", {"streams": {"A": 4.0, "log": 2}}),
        ("A", {"streams": {"A": 4, "log": True}}),
        ("A", {"more": 1}),
        ("A", {"of": "log"}),
        ("period", {"begin": "2026-03-02T11:00:00+00:00"}),
        ("period", {"end": "2026-03-02T18:00:00+00:00"}),
        ("period", {"first": 3}),
        ("period", {"first": 5}),
        ("period", {"last": 7}),
        ("period", {"last": 9}),
        ("period", {"last": 10**20}),
        ("period", {"log": 3}),
        ("period", {"log": 1}),
        ("period", {"begin": "yesterday"}),
        ("period", {"log": 0}),
        ("period", {"begin": "2026-03-02T12:30:00+00:00"}),
        ("period", {"end": "2026-03-02T15:30:00+00:00"}),
    ],
)
def test_a_scope_that_lies_is_refused(log, scope, change):
    data = log.bundle(log.period(4, 8) if scope == "period" else log.record(scope))
    assert statuses(forged(data, 0, lambda fields: fields["scope"].update(change)), log.key) == (1, 1)


def test_a_record_comes_with_what_the_log_says_of_itself(log):
    alone = OfRecord("A", (("A", 4),))
    assert statuses(log.bundle(alone), log.key) == (1, 1)


def test_a_bundle_says_that_its_writer_chose_what_is_in_it(log):
    for data in (log.bundle(log.record("A")), log.bundle(log.period(4, 8))):
        assert "writer's word" in str(checked(data, log.key).open_questions)
        assert "its writer's word" in by_the_script(data, log.key)[0][-1]


def test_until_is_when_the_last_event_was_recorded_that_was_asked_for(log):
    data = log.bundle(log.period(1, 3))
    found = checked(data, log.key)
    assert found.until is not None
    assert found.until.hour == 11
    assert "until 2026-03-02 11:00" in by_the_script(data, log.key)[0][0]


def test_an_old_head_vouches_up_to_itself_and_no_further(log):
    kept = log.signed.at(5).note
    found = checked(log.bundle(), log.key, kept)
    assert (found.agreeing, found.agreed) == (1, 5)
    assert "beyond event 5, the largest head that agrees" in str(found.open_questions)
    assert "Not excluded beyond event 5 " in str(by_the_script(log.bundle(), log.key, kept)[0])
    newest = log.signed.at(12).note
    assert "Not excluded" not in str(by_the_script(log.bundle(), log.key, newest)[0])


@pytest.mark.parametrize(
    "change",
    [
        {"size": 11}, {"size": 13}, {"size": 0}, {"size": -1}, {"size": 1 << 63}, {"size": 12.0}, {"size": True},
        {"origin": "govflow/log-2"}, {"version": 2}, {"format": "other"}, {"keys": ["x"]}, {"keys": [1]}, {"scope": []},
        {"scope": {}}, {"scope": {"of": "all"}}, {"after": -1}, {"after": None}, {"more": 1},
    ],
)  # fmt: skip
def test_a_header_that_lies_is_refused(log, change):
    assert statuses(forged(log.bundle(), 0, lambda fields: fields.update(change)), log.key) == (1, 1)


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_made_of_a_bundle_both_judge_it_alike_and_neither_breaks(log, data):
    lines = lines_of(data.draw(st.sampled_from(every_scope(log))))
    for _ in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["bytes", "value", "other", "junk"])):
            case "bytes":
                at = data.draw(st.integers(0, len(lines[n])))
                lines[n] = lines[n][:at] + data.draw(st.binary(max_size=4)) + lines[n][at + 1 :]
            case "value":
                lines[n] = _with_another_value(lines[n], data)
            case "other":
                lines[n] = data.draw(st.sampled_from(lines))
            case "junk":
                lines[n] = data.draw(
                    st.sampled_from([b"\n", b"[]\n", b"{}\n", b"[" * 9999, b"9" * 5000, b'"\\ud800"\n', b""])
                )
    joined = b"".join(lines)
    for turned in (joined, resealed(lines_of(joined))):
        ours, theirs = statuses(turned, log.key)
        assert ours == theirs


def _with_another_value(line: bytes, data: Any) -> bytes:
    try:
        fields = json.loads(line)
        name = data.draw(st.sampled_from(sorted(fields)))
    except (ValueError, TypeError, RecursionError, IndexError):
        return line
    value = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats() | st.just("\ud800")
    fields[name] = data.draw(
        value | st.lists(value, max_size=2) | st.dictionaries(st.text(max_size=3), value, max_size=2)
    )
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_log_without_a_checkpoint_has_no_bundle():
    small = Small()
    with pytest.raises(InputError, match="the log has no checkpoint"):
        export_bundle(small.store, io.BytesIO(), Heads([], []), Tree().node)


def test_a_log_that_contradicts_what_was_signed_has_no_bundle(log):
    other = Small(rows(text="other"))
    heads = heads_of(log.signed)
    for scope in (log.record("A"), log.period(2, 3)):
        with pytest.raises(LogError, match="govflow verify"):
            other.bundle(scope, heads=heads)


def test_a_period_has_a_beginning_before_its_end(log):
    with pytest.raises(InputError, match="ends before it begins"):
        log.period(5, 3)


def test_an_empty_period_shows_the_events_on_both_sides_of_it():
    quiet = Small([*rows(STREAMS[:4]), row(40, "A", 2)])
    quiet.head()
    scope = quiet.period(10, 20)
    assert isinstance(scope, OfPeriod)
    assert (scope.first, scope.last) == (5, 4)
    assert statuses(quiet.bundle(scope), quiet.key) == (0, 0)


# --- the script's own words ------------------------------------------------------------------------------------------


def test_the_script_says_in_one_line_what_it_lacks(log, tmp_path, monkeypatch):
    from examples import verify_bundle as script

    data = written(log.bundle(), tmp_path)
    (tmp_path / "none.note").write_text("nothing")
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    (tmp_path / "crlf.note").write_bytes(log.signed.at(9).note.format().replace("\n", "\r\n").encode())
    key = log.key.vkey
    for arguments in (
        [], [str(data)], ["missing", key], [str(data), "missing"], [str(data), key[:-2]], [str(data), "a+b+c"],
        [str(data), key, str(tmp_path / "none.note")], [str(data), key, str(tmp_path / "latin")],
        [str(data), key, str(tmp_path / "crlf.note")], [str(tmp_path), key],
    ):  # fmt: skip
        said, status = script.main(arguments)
        assert (len(said), status) == (1, 2), arguments
    assert script.main([str(data), key])[1] == 0


STRANGE = {
    "the key before the bundle": (["town.vkey", "some.bundle"], "is a key or a signed checkpoint: BUNDLE comes first"),
    "the key as text before the bundle": (["KEY", "some.bundle"], "a key stands first: BUNDLE comes before VKEY"),
    "the bundle twice": (["some.bundle", "some.bundle"], "this is no public key"),
    "a note in place of the bundle": (["kept.note", "town.vkey"], "is a key or a signed checkpoint"),
    "a note in place of the key": (["some.bundle", "kept.note"], "this is no public key"),
    "compressed": (["some.bundle.gz", "town.vkey"], "some.bundle.gz is compressed: unpack it first"),
    "empty": (["empty", "town.vkey"], "empty is empty"),
    "a folder": ([".", "town.vkey"], ". is a folder"),
    "a folder as key": (["some.bundle", "."], ". is a folder"),
    "a log": (["town.db", "town.vkey"], "town.db is a log, no bundle: `govflow verify` checks it"),
    "nothing there": (["missing", "town.vkey"], "missing: No such file or directory"),
    "one argument": (["some.bundle"], "python verify_bundle.py BUNDLE VKEY [NOTE...]"),
}


def by_a_stranger(folder: Path, *arguments: str, **env: str) -> tuple[int, list[str]]:
    """The script run as a stranger would; its status and its lines."""
    ran = subprocess.run(
        [sys.executable, "-I", SCRIPT, *arguments],
        cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()


def test_what_a_stranger_mixes_up_is_told_in_one_sentence(log, tmp_path):
    data = written(log.bundle(), tmp_path)
    (tmp_path / "some.bundle.gz").write_bytes(gzip.compress(data.read_bytes()))
    (tmp_path / "empty").touch()
    (tmp_path / "town.vkey").write_text(log.key.vkey + "\n")
    (tmp_path / "kept.note").write_text(log.signed.at(9).note.format())
    with closing(sqlite3.connect(tmp_path / "town.db")) as db, db:
        db.execute("CREATE TABLE stored_events (x)")
    for arguments, sentence in STRANGE.values():
        status, lines = by_a_stranger(tmp_path, *(log.key.vkey if each == "KEY" else each for each in arguments))
        assert (status, len(lines)) == (2, 1), arguments
        assert sentence in lines[0]


def test_a_stranger_is_helped_and_answered_in_chinese(log, tmp_path):
    written(log.bundle(), tmp_path)
    for word in ("-h", "--help"):
        status, lines = by_a_stranger(tmp_path, word)
        assert (status, len(lines)) == (0, 5)
        assert "[NOTE...]" in lines[0]
    right, wrong = ("some.bundle", log.key.vkey), (log.key.vkey, "some.bundle")
    status, lines = by_a_stranger(tmp_path, *right, "--zh")
    assert (status, lines[0][:10], [each.split()[0] for each in lines]) == (
        0, "完整 WHOLE: ", ["完整", "不能排除", "未涵盖"],
    )  # fmt: skip
    assert by_a_stranger(tmp_path, *right, LANG="zh_CN.UTF-8") == (status, lines)
    assert by_a_stranger(tmp_path, *wrong, "--zh")[1][0].startswith("无法核验 COULD NOT BE CHECKED: ")
    (tmp_path / "bad").write_bytes((tmp_path / "some.bundle").read_bytes().replace(b"2026-03-02", b"2026-03-03"))
    status, lines = by_a_stranger(tmp_path, "bad", log.key.vkey, "--zh")
    assert (status, lines[0].split(":")[0]) == (1, "不完整 NOT WHOLE")
