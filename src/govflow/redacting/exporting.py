"""Writing a redacted export 脱敏导出: two passes over a log, in flat memory, into a log of its own that is signed.

It has an id, a key and checkpoints of its own; its last event says of which log it was made, so that who exports it
answers for that by their signature. Nothing else ties it to its source. That event comes last since it happened last.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC
from glob import escape
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from govflow.actors import SYSTEM
from govflow.checkpoints.keys import SigningKeys, origin_of
from govflow.checkpoints.keys import beside as signing_beside
from govflow.checkpoints.merkle import Peaks
from govflow.checkpoints.signing import Checkpointer
from govflow.engine import Engine
from govflow.errors import Detail, InputError, LogError
from govflow.log_events import LOG_EVENTS, LOG_STREAM, Audience, LogRedacted
from govflow.messages import Event, new_command_id
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.checkpoints import beside as checkpoints_beside
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.proposals.model import Proposal
from govflow.redacting.derived import Derived
from govflow.redacting.people import People
from govflow.redacting.pseudonyms import Pseudonyms, kept_key, new_key
from govflow.redacting.rewriting import Rewriting, parts_of
from govflow.subjects.model import PERSON
from govflow.voting.roll import Voter

_CHUNK = 1_000
_BEGINS = "redacted-"
_NEW_FILE = Detail("a new file", "新文件")

Progress = Callable[[int, int], object] | None


class Redacted(NamedTuple):
    """What an export came to: of `size` events of `source` it holds `events`, the last of them its own.

    `people` have pseudonyms, `protected` values were dropped, `masked` texts had personal data in them; `left_out`
    records are not in it. `vkey` is the public key that its checkpoint verifies with.
    """

    path: str
    log_id: str
    source: str
    size: int
    root: str
    audience: Audience
    events: int
    people: int
    left_out: int
    protected: int
    masked: int
    vkey: str


def redacted(
    engine: Engine,
    path: str | os.PathLike[str],
    *,
    audience: Audience = Audience.AUDITORS,
    key: str | os.PathLike[str] | None = None,
    keep: Iterable[str] = (),
    progress: Progress = None,
) -> Redacted:
    """Write the engine's log without its people to a new log at `path`, and sign it; all of it or nothing.

    For tests and research, confidential matters and the records of people are left out; auditors get both, and so see
    who read what and why. Pseudonyms hold within this export alone, unless their key is kept in the file `key` (made
    where there is none, for its owner alone): with it a later export has the same ones, and the holder of the log can
    tell whose they are. What is in `keep` is replaced nowhere: ids of units that nothing in the log calls one.
    `progress` hears of rows done, of both passes. Raises InputError where `path` is taken or the log has gaps,
    LogError where a row is damaged.
    """
    target = Path(path)
    for taken in (target, *_companions(target)):
        if taken.exists():
            what = Detail(f"{taken.name} is there already", f"{taken.name} 已存在")
            raise InputError(what, where=str(path), expected=_NEW_FILE)
    if not target.parent.is_dir():
        what = Detail(f"there is no folder {target.parent}", f"没有文件夹 {target.parent}")
        raise InputError(what, where=str(path), expected=_NEW_FILE)
    pseudonyms = Pseudonyms(new_key() if key is None else kept_key(os.fspath(key)))
    source = _Source(engine, audience)
    people = source.look(keep, progress)
    part = target.with_name(f"{target.name}.part-{secrets.token_hex(4)}")
    log_id = _BEGINS + secrets.token_hex(12)
    rewriting = Rewriting(
        source.events,
        people | source.left_out,
        pseudonyms,
        log_id,
        source.derived,
        source.roll_at,
        with_files=audience is Audience.AUDITORS,
    )
    said = LogRedacted(
        at=max(engine.now().astimezone(UTC), engine.log.last_recorded),
        by=SYSTEM.id,
        origin=origin_of(engine.log.id),
        size=source.head,
        root=source.root,
        signed=source.signed,
        audience=audience,
        people=len(people),
        left_out=len(source.left_out),
    )
    try:
        events = _write(part, source.rewritten(rewriting, said, progress))
        vkey = _sign(part, log_id, said)
        _put(part, target)
    except BaseException:
        for left in target.parent.glob(f"{escape(part.name)}*"):
            left.unlink()
        raise
    return Redacted(
        path=str(target),
        log_id=log_id,
        source=said.origin,
        size=said.size,
        root=said.root,
        audience=audience,
        events=events,
        people=said.people,
        left_out=said.left_out,
        protected=rewriting.protected,
        masked=rewriting.masked,
        vkey=vkey,
    )


class _Source:
    """The log that is exported, as it stands when this begins."""

    def __init__(self, engine: Engine, audience: Audience) -> None:
        self.head = engine.store.head()
        self._engine = engine
        kept = engine.checkpointer.kept.last()
        self.signed = 0 if kept is None else min(kept.size, self.head)
        self.events: Mapping[str, type[Event]] = {
            event.name: event
            for event in (*LOG_EVENTS, *(each for one in engine.deciders.values() for each in one.events))
        }
        self._is_whole = audience is Audience.AUDITORS
        self.left_out = frozenset() if self._is_whole else frozenset(_secret(engine))
        self.derived = Derived()
        self.root = ""

    def look(self, keep: Iterable[str], progress: Progress) -> frozenset[str]:
        """The first pass: everybody named in the log, and the root over it."""
        people, tree = People(), Peaks()
        for row in self._rows(progress, 0):
            name = row.topic.partition("@")[0]
            if name not in self.events:
                raise LogError(f"the log holds {row.topic}, which none of the records served here knows")
            self._engine.log.codec.recorded(row)  # what is no event of ours is told here, and not gone through
            meta, body = parts_of(row)
            people.see(meta, body, self.events[name])
            self.derived.see(row.stream, body, self.events[name])
            tree.add(row.leaf)
        self.root = tree.root().hex()
        return people.found(lambda id: self._engine.store.version(id) > 0, keep)

    def _rows(self, progress: Progress, before: int) -> Iterator[StoredEvent]:
        for count, row in enumerate(islice(self._engine.store.scan(), self.head), 1):
            if row.position != count:
                raise InputError(f"row {count} is missing", where="export redacted", expected="a whole log")
            if leaf_of(row.stream, row.version, row.topic, row.state) != row.leaf:
                raise LogError(f"row {row.position} of the log is damaged: verify it first")
            yield row
            if progress is not None and (count % _CHUNK == 0 or count == self.head):
                progress(before + count, 2 * self.head)

    def roll_at(self, id: str, version: int) -> Mapping[str, Voter]:
        """The roll of a vote as a version of its record left it."""
        record: Any = self._engine.log.fold(id, version)
        return (record.vote if isinstance(record, Proposal) else record).roll  # type: ignore[no-any-return]

    def rewritten(self, rewriting: Rewriting, said: LogRedacted, progress: Progress) -> Iterator[StoredEvent]:
        """The second pass: the rows of the export, in order."""
        version = 0
        for row in self._rows(progress, self.head):
            if row.stream == LOG_STREAM:
                version = row.version
            if row.stream in self.left_out or (not self._is_whole and row.stream.startswith(PERSON)):
                continue
            yield rewriting.row(row)
        yield self._own(said, version + 1)

    def _own(self, said: LogRedacted, version: int) -> StoredEvent:
        topic, body = self._engine.log.codec.encode(said)
        meta = (
            f'{{"role":"system","command":"{new_command_id()}","wire":"{said.name}",'
            f'"recorded_at":"{said.at.isoformat()}","policy":"{self._engine.policy.key}"}}'
        )
        state = meta.encode() + b"\n" + body
        return StoredEvent(LOG_STREAM, version, topic, state, None, 0, leaf_of(LOG_STREAM, version, topic, state))


def _secret(engine: Engine) -> Iterator[str]:
    """The records that are confidential, or that a unit must not learn of; people's own go without saying."""
    for record in engine.log.records():
        if not record.id.startswith(PERSON) and (record.is_secret or getattr(record, "accused_unit", None) is not None):
            yield record.id


# --- files -----------------------------------------------------------------------------------------------------------


def _companions(log: Path) -> tuple[Path, Path]:
    return Path(checkpoints_beside(str(log))), Path(signing_beside(str(log)))


def _write(path: Path, rows: Iterator[StoredEvent]) -> int:
    """Write a new log, for its owner alone; how many rows it has."""
    count = 0
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), expected="a new log") from None
    with closing(SQLiteStore(path)) as store, store.transaction() as transaction:
        while chunk := list(islice(rows, _CHUNK)):
            transaction.append(chunk)
            count += len(chunk)
    return count


def _sign(path: Path, log_id: str, said: LogRedacted) -> str:
    """Sign the whole export with a key of its own; the public half."""
    checkpoints, signing = _companions(path)
    keys = SigningKeys(signing, log_id)
    keys.create()
    with closing(SQLiteStore(path)) as store, closing(CheckpointStore(checkpoints)) as kept:
        kept.serve(log_id)
        Checkpointer(store, kept, keys, now=lambda: said.at).sign(anew=True)
    return keys.export()


def _put(part: Path, target: Path) -> None:
    """Give the files their names, the log's last: where it stands, all of it is there."""
    done: list[Path] = []
    try:
        for one, other in zip((*_companions(part), part), (*_companions(target), target), strict=True):
            os.link(one, other)  # never replaces what another process wrote meanwhile
            done.append(other)
    except OSError as error:
        for other in done:
            other.unlink()
        raise InputError(f"cannot be written ({error.strerror})", where=str(target), expected="a new log") from None
    for one in (*_companions(part), part):
        one.unlink()
