"""The keys of personal data 个人信息密钥 as a check sees them: each there, and the one that opens what was protected.

Nothing is opened to be read: only whether it opens is told, once for each data subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress

from govflow.audit.findings import Check, Code, Finding
from govflow.audit.metadata import finding
from govflow.errors import GovFlowError, LogError
from govflow.files import IN_MEMORY
from govflow.log_events import LOG_STREAM, LogOpened, PersonalDestroyed, SubjectErased
from govflow.messages import Event, Protected
from govflow.persistence.codec import Codec, StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store
from govflow.privacy.key_names import KeyName
from govflow.privacy.keys import KeyStore
from govflow.privacy.vault import Vault, key_of

_PROTECTED = re.compile(
    rb'"(\w+)":\{"subject":"([A-Za-z0-9._:-]{1,64})"(?:,"about":\[([^\]]*)\])?,"ciphertext":"([A-Za-z0-9+/=]*)"'
)
_CODEC = Codec([SubjectErased, PersonalDestroyed])
_OPENED = Codec([LogOpened])
_DESTROYING = ("subject.erased@", "personal.destroyed@")
_REMEMBERED = 100_000  # keys that are known to open

Tell = Callable[[Finding], None]


def is_sealed(row: StoredEvent) -> bool:
    """Whether a row holds personal data under a key."""
    return b'"ciphertext"' in row.state


def left_out(rows: Sequence[StoredEvent], bodies: Sequence[Event]) -> Iterator[Finding]:
    """Personal values whose ciphertext is gone from the log itself, where only keys are ever destroyed."""
    for row, body in zip(rows, bodies, strict=False):
        for field in body.personal:
            value = getattr(body, field)
            if isinstance(value, Protected) and not value.ciphertext:
                en, zh = f"{field} was cut out: no redacted export says so", f"{field} 被删去，且日志并非脱敏导出"
                yield finding(row, Code.SEMANTIC, en, zh)


def opened_keys(path: str | None, store: Store, tell: Tell) -> Keys | None:
    """The keys in the file at `path`; None where they are not at hand, or cannot be read, which is told."""
    if path is None:
        return None
    try:
        keys = Keys(KeyStore(path, read_only=True), store)
    except LogError as error:
        tell(_unreadable(error))
        return None
    found = _anothers(*other) if (other := keys.belong_to()) is not None else keys.locked()
    if found is None:
        return keys
    keys.close()
    tell(found)
    return None


class Keys:
    """The keys of the personal data in a log. Raises LogError where their file is none."""

    def __init__(self, kept: KeyStore, store: Store) -> None:
        kept.get("")  # raises where it is no key store
        self._kept = kept
        self._vault = Vault(kept)
        self._store = store
        self._gone = _gone_in(store)
        self._opens: set[KeyName] = set()
        self._is_told = False  # that the store is new: once for all that it has no key of

    def belong_to(self) -> tuple[str, str] | None:
        """The ids of the other log that the keys are of, and of this one; None where they are its own."""
        own = _log_id_in(self._store)
        try:
            self._kept.serve(own)
        except LogError:
            return (self._kept.log_id, own) if own else None
        return None

    def locked(self) -> Finding | None:
        """What is to be said once where no key can be used at all: the one they are encrypted under is missing."""
        try:
            self._kept.check_unlocks()
        except LogError as error:
            en, zh = (
                f"no key of personal data can be used: {str(error)[:200]}",
                "个人信息密钥均无法使用：缺少密钥加密密钥",
            )
            return Finding(Code.KEY_MISSING, Check.SEMANTIC, en, zh)
        return None

    def missing(self, rows: Iterable[StoredEvent]) -> Iterator[Finding]:
        """Personal data that nobody can open, though nothing in the log says that it was erased or destroyed."""
        for row in rows:
            for said in _PROTECTED.findall(row.state) if is_sealed(row) else ():
                field, subject, about, ciphertext = (each.decode() for each in said)
                spoken_of = tuple(about.replace('"', "").split(",")) if about else ()
                value = Protected(subject=subject, about=spoken_of, ciphertext=ciphertext)
                name = key_of(value, row.stream, row.version, field)
                if name not in self._opens and not _is_in(self._gone, name):
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
        except LogError as error:  # changed where it stands, or what it is encrypted under is missing
            en, zh = f"the key of {subject} cannot be used: {str(error)[:200]}", f"{subject} 的密钥无法使用"
            yield finding(row, Code.KEY_MISSING, en, zh)
            return
        if self._is_gone_by_now(name):
            return
        if not has_key and not self._kept.serves:
            if not self._is_told:
                self._is_told = True
                en = "the key store is new: it has none of the keys of this log; bring the log's own back"
                yield finding(row, Code.KEY_MISSING, en, "密钥库是新的，没有此日志的任何密钥：请放回原密钥库")
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

    def _is_gone_by_now(self, name: KeyName) -> bool:
        """Whether it was erased since this check began: the event is in the log before the key is destroyed."""
        if not isinstance(self._store, SQLiteStore) or self._store.path == IN_MEMORY:
            return False
        with closing(SQLiteStore(self._store.path, read_only=True)) as now:
            self._gone |= _gone_in(now)
        return _is_in(self._gone, name)

    def close(self) -> None:
        """Release the file."""
        self._kept.close()


def _gone_in(store: Store) -> set[tuple[str, str]]:
    """Whose keys ('': everybody's) the log says to be destroyed, and for what purpose ('': every one)."""
    gone = set()
    for row in own_rows(store):
        if (type(row.topic), type(row.state)) != (str, bytes) or not row.topic.startswith(_DESTROYING):
            continue
        try:
            event = _CODEC.decode(row.topic, row.state)
        except LogError:  # told by who reads all of it
            continue
        gone.add(event.key if isinstance(event, PersonalDestroyed) else (event.__dict__["subject"], ""))
    return gone


def _log_id_in(store: Store) -> str:
    """The id that the log gives itself; empty where what it says cannot be read, which is told elsewhere."""
    for row in own_rows(store):
        if row.topic == "log.opened@1" and type(row.state) is bytes:
            with suppress(LogError):
                return str(_OPENED.decode(row.topic, row.state).__dict__["log_id"])
    return ""


def _is_in(gone: set[tuple[str, str]], name: KeyName) -> bool:
    record = name.purpose.partition("#")[0]
    return not gone.isdisjoint({(name.subject, ""), name, (name.subject, record), ("", record)})


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


def _anothers(other: str, own: str) -> Finding:
    en = f"the keys beside the log belong to {other}, not to {own}: what is protected here opens with none of them"
    return Finding(
        Code.KEY_MISSING, Check.SEMANTIC, en, f"所附密钥属于 {other}，不属于 {own}，无法打开本日志的个人信息"
    )


def _unreadable(error: LogError) -> Finding:
    en, zh = f"the keys of personal data cannot be read: {str(error)[:200]}", "个人信息密钥文件无法读取"
    return Finding(Code.DAMAGED, Check.SEMANTIC, en, zh)
