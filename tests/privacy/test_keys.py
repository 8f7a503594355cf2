"""Keys by person and purpose: each opens its own alone, is encrypted by another file's key, and can be destroyed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from govflow.errors import LogError
from govflow.privacy.key_names import KeyName, Text
from govflow.privacy.keys import KeyStore
from govflow.privacy.wrapping import WrappingFile

LOG = "log-1"
WANG, LI = KeyName("s-wang", "C-1"), KeyName("s-li", "C-1")
WANG_AGAIN = KeyName("s-wang", "C-2")
TEXT = Text("s-wang", "C-1", 3, "gist")


def opened(path: Path | str = ":memory:", **more: Any) -> KeyStore:
    keys = KeyStore(path, **more)
    if not more.get("read_only"):
        keys.bind(LOG)
    keys.serve(LOG)
    return keys


def one(keys: KeyStore, name: KeyName, command: bytes = b"c", **more: Any) -> bytes:
    return keys.need([name], command, **more)[name]


# --- a key for each person and purpose -------------------------------------------------------------------------------


def test_a_person_has_another_key_in_every_record_and_the_same_one_within_it():
    with closing(opened()) as keys:
        made = {name: one(keys, name) for name in (WANG, LI, WANG_AGAIN)}
        assert len(set(made.values())) == 3
        assert {name: keys.get(*name) for name in made} == made
        assert one(keys, WANG, b"d") == made[WANG]


def test_the_store_knows_in_which_records_something_of_a_person_stands_and_which_texts_speak_of_them():
    with closing(opened()) as keys:
        for name in (WANG, WANG_AGAIN):
            one(keys, name)
        about = KeyName(TEXT.owner, TEXT.purpose)
        keys.need([about], b"c", {about: ("s-li", "s-zhao")})
        assert keys.records_of("s-wang") == ["C-1", "C-2"]
        assert keys.texts_about("s-li") == keys.texts_about("s-zhao") == [TEXT]
        assert keys.texts_about("s-wang") == []
        assert list(keys.subjects()) == ["s-wang"]


def test_erasing_a_person_takes_their_keys_everywhere_and_nobody_elses():
    with closing(opened()) as keys:
        for name in (WANG, LI, WANG_AGAIN, KeyName(TEXT.owner, TEXT.purpose)):
            one(keys, name)
        keys.destroy("s-wang")
        assert keys.is_destroyed("s-wang")
        assert keys.is_destroyed("s-wang", "C-9")
        assert not keys.is_destroyed("s-li")
        assert [keys.get(*name) for name in (WANG, WANG_AGAIN)] == [None, None]
        assert keys.get(*LI) is not None
        for name in (WANG, KeyName("s-wang", "C-9")):
            with pytest.raises(LogError, match="s-wang was erased; a new person needs a new subject id"):
                one(keys, name)


def test_erasing_one_purpose_leaves_the_person_the_others():
    with closing(opened()) as keys:
        text = KeyName(TEXT.owner, TEXT.purpose)
        for name in (WANG, text, WANG_AGAIN, KeyName("s-wang", "C-10")):
            one(keys, name)
        keys.destroy(*text)
        assert [keys.get(*name) is None for name in (text, WANG)] == [True, False]
        keys.destroy(*WANG)
        assert keys.is_destroyed(*WANG)
        assert not keys.is_destroyed("s-wang")
        assert keys.records_of("s-wang") == ["C-10", "C-2"]


def test_destroying_a_record_takes_the_keys_of_all_in_it_with_their_texts_and_of_no_record_named_alike():
    with closing(opened()) as keys:
        alike = [KeyName("s-li", purpose) for purpose in ("C-10", "C-1a", "C", "C-1$", "c-1")]
        for name in (WANG, LI, WANG_AGAIN, KeyName(TEXT.owner, TEXT.purpose), *alike):
            one(keys, name)
        keys.destroy_record("C-1")
        assert [keys.get(*name) for name in (WANG, LI, KeyName(TEXT.owner, TEXT.purpose))] == [None] * 3
        assert all(keys.get(*name) for name in (WANG_AGAIN, *alike))
        assert keys.is_destroyed("s-anybody", "C-1")
        assert keys.is_destroyed("s-anybody", "C-1#4.gist")
        assert not keys.is_destroyed("s-wang")
        with pytest.raises(LogError, match="the personal data of C-1 was destroyed"):
            one(keys, KeyName("s-new", "C-1"))


def test_keys_of_commands_that_were_never_stored_are_swept_with_whom_their_texts_spoke_of():
    with closing(opened()) as keys:
        text = KeyName(TEXT.owner, TEXT.purpose)
        one(keys, WANG, b"stored")
        keys.need([text, LI], b"lost", {text: ("s-li",)})
        keys.confirm_stored(lambda command: command == b"stored")
        keys.sweep()
        assert [keys.get(*name) is not None for name in (WANG, text, LI)] == [True, False, False]
        assert (keys.texts_about("s-li"), keys.waiting()) == ([], [])


class Keyring(RuleBasedStateMachine):
    """Whatever is made, swept, rotated and destroyed, in any order: the store agrees with a plain dict of it."""

    NAMES = st.builds(
        KeyName, st.sampled_from(["s-1", "s-2"]), st.sampled_from(["C-1", "C-2", "C-1#2.gist", "C-1#3.gist"])
    )

    @initialize()
    def begin(self) -> None:
        self.keys = opened()
        self.known: dict[KeyName, bytes] = {}
        self.gone: set[tuple[str, str]] = set()

    def is_gone(self, name: KeyName) -> bool:
        record = name.purpose.partition("#")[0]
        return not self.gone.isdisjoint({(name.subject, ""), tuple(name), (name.subject, record), ("", record)})

    @rule(name=NAMES, caching=st.booleans())
    def make(self, name: KeyName, caching: bool) -> None:
        if self.is_gone(name):
            with pytest.raises(LogError):
                one(self.keys, name)
            return
        key = one(self.keys, name)
        assert self.known.setdefault(name, key) == key
        if caching:
            self.keys.confirmed({name: key})

    @rule()
    def rotate(self) -> None:
        self.keys.rotate()

    @rule(name=NAMES, whole=st.booleans())
    def destroy(self, name: KeyName, whole: bool) -> None:
        subject, purpose = name.subject, "" if whole else name.purpose
        self.keys.destroy(subject, purpose)
        self.gone.add((subject, purpose))

    @rule(record=st.sampled_from(["C-1", "C-2"]))
    def destroy_record(self, record: str) -> None:
        self.keys.destroy_record(record)
        self.gone.add(("", record))

    @invariant()
    def the_same_keys_open_and_those_destroyed_do_not(self) -> None:
        for name, key in self.known.items():
            assert self.keys.get(*name) == (None if self.is_gone(name) else key)
            assert self.keys.is_destroyed(*name) == self.is_gone(name)


TestKeyring = Keyring.TestCase


# --- the key of another file -----------------------------------------------------------------------------------------


def test_no_key_stands_in_clear_in_any_file_and_none_opens_without_the_key_encryption_key(tmp_path: Path):
    with closing(opened(tmp_path / "k")) as keys:
        made = [one(keys, name) for name in (WANG, LI)]
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert not any(key in stored for key in made)
    (tmp_path / "k.kek").unlink()
    with closing(opened(tmp_path / "k")) as keys, pytest.raises(LogError, match=r"kek-\w+ is missing: bring back"):
        keys.get(*WANG)
    with closing(opened(tmp_path / "k")) as keys, pytest.raises(LogError, match="is missing: bring back"):
        one(keys, KeyName("s-new", "C-1"))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_both_files_are_for_their_owner_alone_and_a_key_that_others_may_read_is_refused(tmp_path: Path):
    with closing(opened(tmp_path / "k")) as keys:
        one(keys, WANG)
    for name in ("k", "k.kek"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    (tmp_path / "k.kek").chmod(0o640)
    with closing(opened(tmp_path / "k")) as keys, pytest.raises(LogError, match=r"mode 0640.*chmod 600"):
        keys.get(*WANG)


def test_a_wrapped_key_put_in_the_row_of_another_does_not_open(tmp_path: Path):
    with closing(opened(tmp_path / "k")) as keys:
        one(keys, WANG), one(keys, LI)
    with closing(sqlite3.connect(tmp_path / "k", isolation_level=None)) as db:
        db.execute("UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE subject = 's-li')")
    with closing(opened(tmp_path / "k")) as keys:
        assert keys.get(*LI) is not None
        with pytest.raises(LogError, match="does not open under"):
            keys.get(*WANG)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"govflow_key_encryption_keys": 2, "keys": []}', b"\xff" * 9])
def test_a_damaged_key_encryption_file_is_told_in_a_sentence(tmp_path: Path, content: bytes):
    with closing(opened(tmp_path / "k")) as keys:
        one(keys, WANG)
    (tmp_path / "k.kek").write_bytes(content)
    with closing(opened(tmp_path / "k")) as keys, pytest.raises(LogError, match=r"is damaged|cannot be read"):
        keys.get(*WANG)


@given(st.binary(max_size=80))
@settings(max_examples=50)
def test_whatever_stands_in_a_row_instead_of_a_wrapped_key_is_an_error_and_no_key(content: bytes):
    with closing(opened()) as keys:
        one(keys, WANG)
        keys._file.db.execute("UPDATE data_keys SET wrapped = ?", (content,))
        with pytest.raises(LogError, match="does not open under"):
            keys.get(*WANG)


def test_a_host_may_wrap_keys_itself():
    class Service:
        """A key service that counts what it is asked."""

        def __init__(self) -> None:
            self.made, self.asked = WrappingFile(":memory:"), 0

        def new(self) -> str:
            return self.made.new()

        def wrap(self, id: str, key: bytes, bound: bytes) -> bytes:
            self.asked += 1
            return self.made.wrap(id, key, bound)

        def unwrap(self, id: str, wrapped: bytes, bound: bytes) -> bytes:
            self.asked += 1
            return self.made.unwrap(id, wrapped, bound)

        def retire(self, keep: Any) -> None:
            self.made.retire(keep)

    service = Service()
    with closing(opened(wrapping=service)) as keys:
        key = one(keys, WANG)
        assert (keys.get(*WANG), service.asked) == (key, 2)


# --- replacing it ----------------------------------------------------------------------------------------------------


def test_after_a_rotation_every_key_opens_and_the_old_key_encryption_key_is_gone(tmp_path: Path):
    with closing(opened(tmp_path / "k")) as keys:
        made = {name: one(keys, name) for name in (WANG, LI, WANG_AGAIN)}
        before = (tmp_path / "k.kek").read_text()
        told: list[int] = []
        new = keys.rotate(told.append)
        after = (tmp_path / "k.kek").read_text()
        assert (sum(told), new in after, after.count('"id"'), before == after) == (3, True, 1, False)
        assert {name: keys.get(*name) for name in made} == made
    with closing(opened(tmp_path / "k")) as keys:
        assert {name: keys.get(*name) for name in made} == made


def test_a_backup_of_the_key_store_from_before_a_rotation_opens_nothing(tmp_path: Path):
    with closing(opened(tmp_path / "k")) as keys:
        one(keys, WANG), one(keys, LI)
    shutil.copy(tmp_path / "k", tmp_path / "backup")
    with closing(opened(tmp_path / "k")) as keys:
        keys.destroy("s-wang")
        keys.rotate()
    shutil.copy(tmp_path / "k.kek", tmp_path / "backup.kek")
    with closing(opened(tmp_path / "backup", read_only=True)) as backup:
        for name in (WANG, LI):
            with pytest.raises(LogError, match="is missing"):
                backup.get(*name)


def test_another_process_goes_on_writing_and_reading_over_a_rotation(tmp_path: Path):
    with closing(opened(tmp_path / "k")) as one_engine, closing(opened(tmp_path / "k")) as other:
        key = one(other, WANG)
        one_engine.rotate()
        made = one(other, LI)  # with the old key-encryption key still in its memory
        assert (other.get(*WANG), one_engine.get(*LI)) == (key, made)
        one_engine.rotate()
        assert (other.get(*WANG), other.get(*LI)) == (key, made)


@pytest.mark.parametrize("at", ["new", "retire"])
def test_a_rotation_cut_short_anywhere_loses_no_key_and_is_finished_by_the_next(tmp_path: Path, at: str):
    class Killed(BaseException):
        pass

    with closing(opened(tmp_path / "k")) as keys:
        made = {name: one(keys, name) for name in (WANG, LI)}
        done = getattr(keys.wrapping, at)

        def cut_short(*given: Any) -> None:
            if at == "new":
                done(*given)
            raise Killed

        setattr(keys.wrapping, at, cut_short)
        with pytest.raises(Killed):
            keys.rotate()
    with closing(opened(tmp_path / "k")) as keys:
        assert {name: keys.get(*name) for name in made} == made
        keys.rotate()
        assert {name: keys.get(*name) for name in made} == made
    assert (tmp_path / "k.kek").read_text().count('"id"') == 1


# --- a store of the first form ---------------------------------------------------------------------------------------


def first_form(path: Path) -> dict[str, bytes]:
    """A key store as the first form wrote it: keys by person, in clear."""
    keys = {"s-wang": os.urandom(32), "s-li": os.urandom(32)}
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE subject_keys (subject TEXT PRIMARY KEY, key BLOB) WITHOUT ROWID")
        db.execute(
            "CREATE TABLE waiting_for (subject TEXT, command BLOB, PRIMARY KEY (subject, command)) WITHOUT ROWID"
        )
        db.execute("CREATE TABLE belongs_to (log_id TEXT)")
        db.execute(f"PRAGMA application_id={0x676F766B}")
        db.execute("INSERT INTO belongs_to VALUES (?)", (LOG,))
        db.executemany("INSERT INTO subject_keys VALUES (?, ?)", keys.items())
        db.execute("INSERT INTO subject_keys VALUES ('s-gone', NULL)")
        db.execute("INSERT INTO waiting_for VALUES ('s-li', x'01')")
    return keys


def test_a_store_of_the_first_form_is_brought_over_with_its_keys_wrapped_and_none_left_in_clear(tmp_path: Path):
    old = first_form(tmp_path / "k")
    with closing(opened(tmp_path / "k")) as keys:
        assert {subject: keys.get(subject) for subject in old} == old
        assert [keys.is_destroyed(subject) for subject in ("s-gone", "s-wang")] == [True, False]
        assert keys.waiting() == [(KeyName("s-li", ""), b"\x01")]
        assert keys.has_legacy("s-wang")
        one(keys, WANG)
        assert keys.records_of("s-wang") == ["C-1"]
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(key in stored for key in old.values())


def test_a_store_of_the_first_form_is_read_where_nothing_may_be_written(tmp_path: Path):
    old = first_form(tmp_path / "k")
    before = (tmp_path / "k").read_bytes()
    with closing(opened(tmp_path / "k", read_only=True)) as keys:
        assert {subject: keys.get(subject) for subject in old} == old
        assert [keys.is_destroyed(subject) for subject in ("s-gone", "s-wang")] == [True, False]
    assert (tmp_path / "k").read_bytes() == before


def test_a_store_of_a_newer_form_is_refused(tmp_path: Path):
    with closing(opened(tmp_path / "k")):
        pass
    with closing(sqlite3.connect(tmp_path / "k")) as db:
        db.execute("PRAGMA user_version=3")
    with pytest.raises(LogError, match="written by a newer release: it has form 3"):
        KeyStore(tmp_path / "k")
