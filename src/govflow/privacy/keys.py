"""The key store: one key per data subject and purpose, in a file beside the log, durable before the event that uses it.

Keys are stored encrypted under a key of another file (`wrapping`). A new key waits for the commands that wrote under
it: once the event of one is found in the log the key is confirmed; a key whose commands all failed is an orphan and is
swept. Destroying keys leaves a tombstone: no new key can take their place. A key store belongs to one log: it gives no
keys for another, nor for a log that began without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from govflow.errors import Detail, LogError
from govflow.files import IN_MEMORY
from govflow.privacy.key_file import KeyFile
from govflow.privacy.key_names import KeyName, Text, record_of, within
from govflow.privacy.key_tables import UNWRAPPED, check_plain
from govflow.privacy.wrapping import KEY_BYTES, Wrapping, WrappingFile

_CACHED = 10_000
_AT_ONCE = 1_000  # keys wrapped again between two looks at the disk


class KeyStore:
    """Keys by data subject and purpose, in one SQLite file readable by its owner alone, or in memory.

    `wrapping` encrypts them: by default a file beside the store, `<path>.kek`.
    """

    def __init__(self, path: str | Path, *, wrapping: Wrapping | None = None, read_only: bool = False) -> None:
        self._file = KeyFile(path, read_only=read_only)
        self._named = str(path)
        self.wrapping = wrapping or WrappingFile(IN_MEMORY if self.path == IN_MEMORY else f"{self.path}.kek")
        self.log_id = ""
        self._serves = False
        self._cache: dict[KeyName, bytes] = {}
        self._confirmed: set[KeyName] = set()
        if not read_only and self.ask("SELECT 1 FROM data_keys WHERE kek = ? LIMIT 1", UNWRAPPED):
            self._check_first_form()
            self.rotate()

    @property
    def path(self) -> str:
        """Where the keys stand."""
        return self._file.path

    def one_commit(self) -> AbstractContextManager[None]:
        """Make the keys of several commands durable together when the block ends well: one wait for the disk."""
        return self._file.one_commit()

    # -- whose keys these are -----------------------------------------------------------------------------------------

    def bind(self, log_id: str) -> str:
        """Bind a new key store to the log with this id; the id of the log it belongs to from now on.

        To go on with a log whose key store is lost for good, bind a new one: what was protected stays closed for ever.
        Raises LogError where it holds keys of another log.
        """
        with self._file.writing() as db:
            row = db.execute("SELECT log_id FROM belongs_to").fetchone()
            if row is None:
                db.execute("INSERT INTO belongs_to VALUES (?)", (log_id,))
            elif row[0] != log_id and self.ask("SELECT 1 FROM data_keys UNION ALL SELECT 1 FROM destroyed LIMIT 1"):
                raise LogError(
                    f"the key store {self.path} holds keys of {row[0]}: move it away, or bring that log back"
                )
        self.log_id = str(row[0]) if row else log_id
        return self.log_id

    def serve(self, log_id: str) -> None:
        """Say which log the keys are asked for. Raises LogError where they belong to another."""
        row = self.ask("SELECT log_id FROM belongs_to")  # as it stands now: another process may have bound it
        self.log_id = str(row[0][0]) if row else ""
        if self.log_id and self.log_id != log_id:
            raise LogError(f"the key store {self.path} belongs to {self.log_id}, not to {log_id}")
        self._serves = self.log_id == log_id

    @property
    def serves(self) -> bool:
        """Whether these are the keys of the log that they are asked for."""
        return self._serves

    def check_serves(self) -> None:
        """Raise LogError where this is not the key store of the log that is served: it knows nobody of it."""
        if self._serves:
            return
        if self._named == IN_MEMORY:
            raise LogError(
                Detail(
                    "a bundle and a log in memory have no key store: ask the log itself, with its own beside it",
                    "此处没有密钥库：请向带有自己密钥库的日志本身查询",
                )
            )
        raise LogError(
            Detail(
                f"the key store {self._named} is new, but the log is not: put the log's own key store in its place "
                "(or, if it is lost for good, bind this one)",
                f"密钥库 {self._named} 是新的，而日志不是：请放回该日志自己的密钥库（确已丢失的，可绑定此库）",
            )
        )

    # -- keys ---------------------------------------------------------------------------------------------------------

    def get(self, subject: str, purpose: str = "") -> bytes | None:
        """A key, None where there is none or it was destroyed. Raises LogError where it cannot be unwrapped."""
        found = self._cache.get(name := KeyName(subject, purpose))
        if found is not None:
            return found
        return self._stored(name)

    def _stored(self, name: KeyName) -> bytes | None:
        rows = self.ask("SELECT kek, wrapped FROM data_keys WHERE subject = ? AND purpose = ?", *name)
        if rows and rows[0][0] == UNWRAPPED:
            self._check_first_form()
        return self._unwrapped(name, *rows[0]) if rows else None

    def _check_first_form(self) -> None:
        """Raise LogError for a key in clear beside wrapped ones: put there by somebody, to read what it protects."""
        if self.ask("SELECT 1 FROM wrapped_by UNION ALL SELECT 1 FROM data_keys WHERE kek <> ? LIMIT 1", UNWRAPPED):
            raise LogError(f"the key store {self.path} was changed by somebody: it holds keys that are not encrypted")

    def _unwrapped(self, name: KeyName, kek: str, wrapped: bytes) -> bytes:
        return bytes(wrapped) if kek == UNWRAPPED else self.wrapping.unwrap(kek, wrapped, name.bound)

    def need(
        self, names: Iterable[KeyName], command: bytes, about: Mapping[KeyName, tuple[str, ...]] | None = None
    ) -> dict[KeyName, bytes]:
        """A key for each name, made where there is none, all durable when this returns; `command` writes under them.

        `about` says whom else a text speaks of. Raises LogError for what was destroyed, and where the log began with
        another key store.
        """
        self.check_serves()
        keys: dict[KeyName, bytes] = {}
        missing: list[KeyName] = []
        for name in dict.fromkeys(names):
            if (cached := self._cache.get(name)) is not None:
                keys[name] = cached
            else:
                missing.append(name)
        if missing:
            with self._file.writing() as db:
                db.executemany("DELETE FROM waiting WHERE subject = ? AND purpose = ?", self._confirmed)
                for name in missing:
                    keys[name] = self._need_one(db, name, command)
                    mentioned = [(subject, *name) for subject in (about or {}).get(name, ())]
                    db.executemany("INSERT OR IGNORE INTO mentions VALUES (?, ?, ?)", mentioned)
            self._confirmed.clear()
        return keys

    def _need_one(self, db: Connection, name: KeyName, command: bytes) -> bytes:
        key = self._stored(name)
        if key is None:
            self._check_not_destroyed(name)
            key = self._made(db, name)
            waits = True
        else:
            waits = bool(self.ask("SELECT 1 FROM waiting WHERE subject = ? AND purpose = ?", *name))
        if waits:  # it stays while one of its commands may be in the log
            db.execute("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)", (*name, command))
        return key

    def _made(self, db: Connection, name: KeyName) -> bytes:
        key, kek = os.urandom(KEY_BYTES), self._kek(db)
        wrapped = self.wrapping.wrap(kek, key, name.bound)
        db.execute("INSERT INTO data_keys VALUES (?, ?, ?, ?)", (*name, kek, wrapped))
        return key

    def _check_not_destroyed(self, name: KeyName) -> None:
        if self.is_destroyed(name.subject):
            raise LogError(f"the personal data of {name.subject} was erased; a new person needs a new subject id")
        if self.is_destroyed(*name):
            raise LogError(f"the personal data of {record_of(name.purpose)} was destroyed; nothing is added to it")

    def confirmed(self, keys: Mapping[KeyName, bytes]) -> None:
        """Remember keys whose event is in the log, so that the next use asks no disk."""
        if len(self._cache) > _CACHED:
            self._cache.clear()
        self._cache |= keys
        self._confirmed |= keys.keys()

    def waiting(self) -> list[tuple[KeyName, bytes]]:
        """Keys that are not confirmed, each with the packed id of a command that wrote under it."""
        rows = self.ask("SELECT subject, purpose, command FROM waiting")
        return [(KeyName(subject, purpose), bytes(command)) for subject, purpose, command in rows]

    def confirm_stored(self, is_stored: Callable[[bytes], bool]) -> None:
        """Confirm the keys of those commands that are found in the log."""
        used = {name for name, command in self.waiting() if is_stored(command)}
        with self._file.writing() as db:
            db.executemany("DELETE FROM waiting WHERE subject = ? AND purpose = ?", used)

    def sweep(self) -> None:
        """Drop every key that is not confirmed. Only while the log is locked: nobody is about to write under one."""
        with self._file.writing() as db:
            db.execute("DELETE FROM data_keys WHERE (subject, purpose) IN (SELECT subject, purpose FROM waiting)")
            db.execute("DELETE FROM mentions WHERE (owner, purpose) IN (SELECT subject, purpose FROM waiting)")
            db.execute("DELETE FROM waiting")
        self._cache.clear()

    def forget(self, subject: str, purpose: str) -> None:
        """Drop a cached key that another process may have destroyed."""
        self._cache.pop(KeyName(subject, purpose), None)

    # -- where a person's data stand ----------------------------------------------------------------------------------

    def subjects(self) -> Iterator[str]:
        """Everybody who has a key, by id, in flat memory."""
        last = ""
        # what is no text stands behind all texts, and nobody is called so: a damaged row is not gone over for ever
        said = "SELECT subject FROM data_keys WHERE subject > ? AND typeof(subject) = 'text' ORDER BY subject LIMIT 1"
        while rows := self.ask(said, last):
            last = str(rows[0][0])
            yield last

    def records_of(self, subject: str) -> list[str]:
        """The records in which something of a person stands under a key, by id."""
        rows = self.ask("SELECT purpose FROM data_keys WHERE subject = ? AND purpose > ''", subject)
        return sorted({record_of(str(purpose)) for (purpose,) in rows})

    def has_legacy(self, subject: str) -> bool:
        """Whether something of a person was protected before keys had purposes: `records_of` does not know where."""
        return bool(self.ask("SELECT 1 FROM data_keys WHERE subject = ? AND purpose = ''", subject))

    def texts_about(self, subject: str) -> list[Text]:
        """The texts of others that speak of a person."""
        rows = self.ask("SELECT owner, purpose FROM mentions WHERE subject = ? ORDER BY owner, purpose", subject)
        try:
            return [Text.of(str(owner), str(purpose)) for owner, purpose in rows]
        except ValueError:
            raise LogError(f"the key store {self.path} is damaged: it names a text that stands nowhere") from None

    # -- destroying ---------------------------------------------------------------------------------------------------

    def is_destroyed(self, subject: str, purpose: str = "") -> bool:
        """Whether the keys of a subject were destroyed: all of them, or those of one purpose."""
        found = self.ask(
            "SELECT 1 FROM destroyed WHERE (subject = ?1 AND purpose IN ('', ?2, ?3))"
            " OR (subject = '' AND purpose = ?3 AND purpose > '')",
            subject, purpose, record_of(purpose),
        )  # fmt: skip
        return bool(found)

    def destroy(self, subject: str, purpose: str = "") -> None:
        """Overwrite a subject's keys for good, all or those of one purpose, and leave a tombstone.

        Nothing of them stays in the file or its WAL. Raises LogError where another process reads so long that the WAL
        cannot be emptied: destroy them again.
        """
        which, values = ("", []) if not purpose else within(purpose)
        self._destroy(f"subject = ?{which and ' AND '}{which}", [subject, *values], (subject, purpose))

    def destroy_record(self, record: str) -> None:
        """Overwrite every key that was made for a record, whoever they are of: as `destroy` does."""
        self._destroy(*within(record), ("", record))

    def _destroy(self, which: str, values: list[str], tombstone: tuple[str, str]) -> None:
        with self._file.writing() as db:
            for table in ("data_keys", "waiting"):
                db.execute(f"DELETE FROM {table} WHERE {which}", values)
            db.execute(f"DELETE FROM mentions WHERE {which.replace('subject', 'owner')}", values)
            db.execute("INSERT OR IGNORE INTO destroyed VALUES (?, ?)", tombstone)
            check_plain(db, self.path)
            if "" in tombstone:  # all of a person, or of a record: nobody acts by a code for them any more
                db.execute("DELETE FROM tracking WHERE actor = ? OR record = ?", tombstone)
        self._cache.clear()
        self._file.empty_wal("the key is destroyed, but a copy may stay in the WAL; erase it again")

    def check_unlocks(self) -> None:
        """Raises LogError where the key that the keys are encrypted under is not at hand."""
        for (kek,) in self.ask("SELECT kek FROM wrapped_by"):
            self.wrapping.wrap(str(kek), b"", b"")

    # -- the key-encryption key ---------------------------------------------------------------------------------------

    def _kek(self, db: Connection) -> str:
        """The id of the key that new keys are wrapped under, as it stands in this transaction; made where none is."""
        row = db.execute("SELECT kek FROM wrapped_by").fetchone()
        return str(row[0]) if row else self._new_kek(db)

    def _new_kek(self, db: Connection) -> str:
        id = self.wrapping.new()
        db.execute("DELETE FROM wrapped_by")
        db.execute("INSERT INTO wrapped_by VALUES (?)", (id,))
        return id

    def rotate(self, progress: Callable[[int], object] | None = None) -> str:
        """Wrap every key under a new key-encryption key and destroy the old one; the new one's id.

        Backups of this store made before open no longer, so that what was erased since stays erased there too: make
        one now. `progress` hears how many keys are done. Safe against a crash anywhere: rotate again.
        """
        self.check_unlocks()  # before a new one is made
        with self._file.writing() as db:
            new = self._new_kek(db)
            last = KeyName("", "")
            while rows := self._batch(last):
                for subject, purpose, kek, wrapped in rows:
                    last = KeyName(subject, purpose)
                    again = self.wrapping.wrap(new, self._unwrapped(last, kek, wrapped), last.bound)
                    db.execute(
                        "UPDATE data_keys SET kek = ?, wrapped = ? WHERE subject = ? AND purpose = ?",
                        (new, again, *last),
                    )
                if progress is not None:
                    progress(len(rows))
        self._file.empty_wal("the keys are wrapped anew, but old copies may stay in the WAL; rotate again")
        with (
            self._file.writing() as db
        ):  # nobody else is in the middle of this, with a key that nothing is wrapped under yet
            self.wrapping.retire({self._kek(db)})
        return new

    def _batch(self, last: KeyName) -> list[tuple[Any, ...]]:
        return self.ask(
            "SELECT subject, purpose, kek, wrapped FROM data_keys WHERE (subject, purpose) > (?, ?) "
            "ORDER BY subject, purpose LIMIT ?",
            *last,
            _AT_ONCE,
        )

    # -- what else stands here ----------------------------------------------------------------------------------------

    def own_key(self, purpose: str) -> bytes:
        """A key of the store itself, for what else stands here; made when it is first asked for."""
        name = KeyName("", purpose)
        with self._file.writing() as db:
            return self._stored(name) or self._made(db, name)

    def run(self, statement: str, *values: object) -> None:
        """Change what stands here beside the keys, durably."""
        with self._file.writing() as db:
            db.execute(statement, values)

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask for what stands here."""
        return self._file.ask(statement, *values)

    def close(self) -> None:
        """Release the file."""
        self._cache.clear()
        self._file.close()
