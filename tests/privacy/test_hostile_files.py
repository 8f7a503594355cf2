"""Key files that somebody has got at: nothing outlives its destruction there, and no file keeps the log waiting."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from govflow import Engine, LogError
from govflow.privacy.key_names import KeyName, Text
from govflow.privacy.keys import KeyStore
from govflow.secret_files import read_secret, sweep_parts, write_secret
from tests.privacy.test_keys import LI, WANG, one, opened
from tests.subjects.office import ARCHIVE, ORDER, a_log, told
from tests.support import desk

posix = pytest.mark.skipif(os.name != "posix", reason="files as POSIX knows them")


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for each in statements:
            db.execute(each)


def a_store(path: Path) -> Path:
    with closing(opened(path)) as keys:
        one(keys, WANG), one(keys, LI)
    return path


TRAPS = {
    "keys stay": "CREATE TRIGGER t BEFORE DELETE ON data_keys BEGIN SELECT RAISE(IGNORE); END",
    "keys are copied": "CREATE TRIGGER t AFTER DELETE ON data_keys BEGIN "
    "INSERT INTO mentions VALUES (old.subject, old.kek, hex(old.wrapped)); END",
    "a view in the place of a table": "CREATE VIEW v AS SELECT * FROM data_keys",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_key_store_in_which_keys_could_outlive_an_erasure_is_not_opened(tmp_path: Path, trap: str):
    changed(a_store(tmp_path / "k"), TRAPS[trap])
    with pytest.raises(LogError, match="was changed by somebody"):
        opened(tmp_path / "k")


def test_a_trap_that_is_set_while_the_store_is_open_lets_no_destruction_seem_done(tmp_path: Path):
    with closing(opened(a_store(tmp_path / "k"))) as keys:
        changed(tmp_path / "k", TRAPS["keys stay"])
        with pytest.raises(LogError, match="was changed by somebody"):
            keys.destroy("s-wang")
        assert not keys.is_destroyed("s-wang")
        changed(tmp_path / "k", "DROP TRIGGER t")
        keys.destroy("s-wang")
        assert keys.get(*WANG) is None


@pytest.mark.parametrize("when", ["before it is opened", "while it is open"])
def test_a_key_in_clear_that_somebody_puts_among_wrapped_ones_is_never_used(tmp_path: Path, when: str):
    planted = f"INSERT INTO data_keys VALUES ('s-new', 'C-9', '', x'{'00' * 32}')"
    if when == "before it is opened":
        changed(a_store(tmp_path / "k"), planted)
        with pytest.raises(LogError, match="holds keys that are not encrypted"):
            opened(tmp_path / "k")
        return
    with closing(opened(a_store(tmp_path / "k"))) as keys:
        changed(tmp_path / "k", planted)
        with pytest.raises(LogError, match="holds keys that are not encrypted"):
            one(keys, KeyName("s-new", "C-9"))


def test_damaged_names_are_an_error_and_end(tmp_path: Path):
    changed(
        a_store(tmp_path / "k"),
        "INSERT INTO data_keys VALUES (x'ff', 'C-9', 'kek', x'00')",
        "INSERT INTO mentions VALUES ('s-zhao', 's-wang', 'nowhere')",
    )
    with closing(opened(tmp_path / "k")) as keys:
        assert list(keys.subjects()) == ["s-li", "s-wang"]
        with pytest.raises(LogError, match="is damaged"):
            keys.texts_about("s-zhao")


def test_a_text_that_the_key_store_names_where_none_stands_is_no_text(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    with town.engine.vault.keys._file.writing() as db:
        for text in (Text("s-1", "c", 99, "gist"), Text("s-1", "c", 1, "kind"), Text("s-1", "log", 1, "log_id")):
            db.execute("INSERT INTO mentions VALUES ('s-chen', ?, ?)", (text.owner, text.purpose))
    assert town.engine.texts_about("s-chen") == ()


def _pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def _without_end(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _huge(path: Path) -> None:
    path.touch(0o600)
    os.truncate(path, 1 << 33)


def _folder(path: Path) -> None:
    path.mkdir(0o700)


@posix
@pytest.mark.parametrize("put", [_pipe, _without_end, _huge, _folder])
def test_what_is_no_small_file_is_not_read_as_a_key(tmp_path: Path, put: Callable[[Path], None]):
    a_store(tmp_path / "k")
    (tmp_path / "k.kek").unlink()
    put(tmp_path / "k.kek")
    with closing(opened(tmp_path / "k")) as keys, pytest.raises(LogError, match="cannot be read"):
        keys.get(*WANG)


@posix
def test_a_second_name_of_the_key_encryption_key_is_overwritten_with_it_and_a_link_stays_one(tmp_path: Path):
    a_store(tmp_path / "k")
    os.link(tmp_path / "k.kek", tmp_path / "copy")
    with closing(opened(tmp_path / "k")) as keys:
        keys.rotate()
    assert set((tmp_path / "copy").read_bytes()) == {0}

    (tmp_path / "elsewhere").mkdir()
    shutil.move(tmp_path / "k.kek", tmp_path / "elsewhere" / "key")
    (tmp_path / "k.kek").symlink_to(tmp_path / "elsewhere" / "key")
    with closing(opened(tmp_path / "k")) as keys:
        keys.rotate()
        assert keys.get(*WANG) is not None
    assert (tmp_path / "k.kek").is_symlink()


@pytest.mark.parametrize("killed_in", ["fsync", "replace"])
def test_a_rotation_that_was_killed_leaves_no_copy_of_the_old_key_behind_once_it_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str
):
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    a_store(tmp_path / "k")
    with monkeypatch.context() as patch, closing(KeyStore(tmp_path / "k")) as keys:
        patch.setattr(os, killed_in, die)
        patch.setattr(os, "unlink", lambda path: None)  # the process is gone: nothing is tidied up
        with pytest.raises(Killed):
            keys.rotate()
    assert [path for path in tmp_path.iterdir() if ".part-" in path.name]
    with closing(opened(tmp_path / "k")) as keys:
        keys.rotate()
        assert keys.get(*WANG) is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["k", "k.kek"]


@posix
def test_tidying_up_never_overwrites_the_key_under_its_second_name(tmp_path: Path):
    path = tmp_path / "key"
    write_secret(str(path), b"secret", is_new=True)
    os.link(path, f"{path}.part-killed")  # killed between the link and the end
    sweep_parts(str(path))
    assert read_secret(str(path), "key") == "secret"
    assert list(tmp_path.iterdir()) == [path]


def test_a_log_whose_key_encryption_key_cannot_be_written_takes_no_personal_data_and_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    town = a_log(tmp_path / "log.db")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("govflow.secret_files.os.fsync", full)
        with pytest.raises(LogError, match="No space left"):
            told(town)
    assert town.engine.store.version("c") == 0
    assert not [path for path in tmp_path.iterdir() if ".part-" in path.name]
    told(town)
    assert town.engine.open_personal("c", "reporter_name", desk, why="to call back") == "Wang Canary"
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    town.engine.close()
    with Engine.open(tmp_path / "log.db") as engine:
        assert engine.vault.keys.is_destroyed("s-1")
