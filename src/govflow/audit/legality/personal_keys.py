"""The keys of personal data 个人信息密钥 as a check sees them: each there, and the one that opens what was protected.

Nothing is opened to be read: only whether it opens is told, once for each data subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from govflow.audit.findings import Check, Code, Finding
from govflow.audit.metadata import finding
from govflow.errors import GovFlowError, LogError
from govflow.files import IN_MEMORY
from govflow.log_events import LOG_STREAM
from govflow.messages import Protected
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store
from govflow.privacy.keys import KeyName, KeyStore
from govflow.privacy.vault import Vault, key_of

_PROTECTED = re.compile(
    rb'"(\w+)":\{"subject":"([A-Za-z0-9._:-]{1,64})"(?:,"about":\[([^\]]*)\])?,"ciphertext":"([A-Za-z0-9+/=]*)"'
)
_ERASED = re.compile(rb'"subject":"([A-Za-z0-9._:-]{1,64})"')
_REMEMBERED = 100_000  # keys that are known to open

Tell = Callable[[Finding], None]


def is_sealed(row: StoredEvent) -> bool:
    """Whether a row holds personal data under a key."""
    return b'"ciphertext"' in row.state


def opened_keys(path: str | None, store: Store, tell: Tell) -> Keys | None:
    """The keys in the file at `path`; None where they are not at hand, or cannot be read, which is told."""
    if path is None:
        return None
    try:
        return Keys(KeyStore(path, read_only=True), store)
    except LogError as error:
        tell(_unreadable(error))
        return None


class Keys:
    """The keys of the personal data in a log. Raises LogError where their file is none."""

    def __init__(self, kept: KeyStore, store: Store) -> None:
        kept.get("")  # raises where it is no key store
        self._kept = kept
        self._vault = Vault(kept)
        self._store = store
        self._erased = _erased_in(store)
        self._opens: set[KeyName] = set()

    def missing(self, rows: Iterable[StoredEvent]) -> Iterator[Finding]:
        """Personal data that nobody can open, though nothing in the log says that its subject was erased."""
        for row in rows:
            for said in _PROTECTED.findall(row.state) if is_sealed(row) else ():
                field, subject, about, ciphertext = (each.decode() for each in said)
                spoken_of = tuple(about.replace('"', "").split(",")) if about else ()
                value = Protected(subject=subject, about=spoken_of, ciphertext=ciphertext)
                name = key_of(value, row.stream, row.version, field)
                if name not in self._opens and subject not in self._erased:
                    yield from self._tried(row, field, value, name)

    def _tried(self, row: StoredEvent, field: str, value: Protected, name: KeyName) -> Iterator[Finding]:
        subject = value.subject
        try:
            has_key = any(self._kept.get(subject, purpose) for purpose in (name.purpose, ""))
            if has_key and self._is_opened(row, field, value):
                if len(self._opens) >= _REMEMBERED:
                    self._opens.clear()
                self._opens.add(name)
                return
        except LogError as error:
            yield _unreadable(error)
            return
        if not has_key and self._is_erased_by_now(subject):
            return
        if not has_key:
            en = f"the key of {subject} is missing, and no erasure in the log explains it"
            zh = f"{subject} 的密钥缺失，日志中无相应删除记录"
        else:
            en, zh = (
                f"the key of {subject} does not open what was protected under it",
                f"{subject} 的密钥无法打开其内容",
            )
        yield finding(row, Code.KEY_MISSING, en, zh)

    def _is_opened(self, row: StoredEvent, field: str, value: Protected) -> bool:
        try:
            return self._vault.open(value, row.stream, row.version, row.topic, field) is not None
        except (GovFlowError, ValueError, TypeError):  # a key of another form is none either
            return False

    def _is_erased_by_now(self, subject: str) -> bool:
        """Whether it was erased since this check began: the event is in the log before the key is destroyed."""
        if not isinstance(self._store, SQLiteStore) or self._store.path == IN_MEMORY:
            return False
        with closing(SQLiteStore(self._store.path, read_only=True)) as now:
            self._erased |= _erased_in(now)
        return subject in self._erased

    def close(self) -> None:
        """Release the file."""
        self._kept.close()


def _erased_in(store: Store) -> set[str]:
    """The subjects whose erasure the log records."""
    return {
        said[1].decode()
        for row in own_rows(store)
        if (type(row.topic), type(row.state)) == (str, bytes) and row.topic.startswith("subject.erased@")
        if (said := _ERASED.search(row.state[row.state.find(b"\n") :]))
    }


def own_rows(store: Store) -> Iterator[StoredEvent]:
    """What the log says of itself, as it stands, whatever was done to it: `Store.read` refuses what was changed."""
    try:
        if isinstance(store, SQLiteStore):
            for _, rows in store.streams(LOG_STREAM, LOG_STREAM + "\x00"):
                yield from rows
        else:
            yield from store.read(LOG_STREAM)
    except LogError:  # told by who reads all of it
        return


def _unreadable(error: LogError) -> Finding:
    en, zh = f"the keys of personal data cannot be read: {str(error)[:200]}", "个人信息密钥文件无法读取"
    return Finding(Code.DAMAGED, Check.SEMANTIC, en, zh)
