"""Rows of a log changed by hand, hashes made to fit again: what only the tables of the time can object to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from govflow import Decider, Engine
from govflow.audit.findings import Finding
from govflow.audit.legality.record import check_record
from govflow.audit.legality.tables import Tables
from govflow.log import Log
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.reading import Reader

Change = Callable[[StoredEvent], StoredEvent]


def parts(row: StoredEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """The metadata and the body of a row."""
    meta, _, body = row.state.partition(b"\n")
    return json.loads(meta), json.loads(body)


def fitted(row: StoredEvent, **changes: Any) -> StoredEvent:
    """The row with other columns, and a leaf that fits them."""
    new = row._replace(**changes)
    return new._replace(leaf=leaf_of(new.stream, new.version, new.topic, new.state))


def saying(row: StoredEvent, meta: Mapping[str, Any] = {}, body: Mapping[str, Any] = {}, **columns: Any) -> StoredEvent:
    """The row with other values in its metadata and body; None takes a name away."""
    texts = []
    for said, changes in zip(parts(row), (meta, body), strict=True):
        kept = {name: value for name, value in {**said, **changes}.items() if value is not None}
        texts.append(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode())
    return fitted(row, state=b"\n".join(texts), **columns)


@lru_cache(maxsize=8)
def tables_of(engine: Engine) -> Tables:
    """What the log of an engine has adopted by now."""
    return Tables.of(engine.store.read(LOG_STREAM))


def findings(engine: Engine, id: str, forge: Callable[[list[StoredEvent]], Iterable[StoredEvent]]) -> list[Finding]:
    """What the tables object to in a record whose rows were forged."""
    tables = tables_of(engine)
    decider = engine.deciders[engine.get(id).kind_of_record]
    return list(check_record(decider, forge(engine.store.read(id)), tables))


def one(version: int, change: Change) -> Callable[[list[StoredEvent]], list[StoredEvent]]:
    """Forges the row of one version."""
    return lambda rows: [change(row) if row.version == version else row for row in rows]


def copied(
    engine: Engine,
    id: str = "",
    forge: Callable[[list[StoredEvent]], Iterable[StoredEvent]] = list,
    deciders: Sequence[Decider] = (),
    own: Iterable[StoredEvent] = (),
) -> Reader:
    """The whole log in a store of its own, with the rows of one record forged; read by whoever has it in hand.

    Of `own` what is more than the log says of itself stands at its end.
    """
    forged = {row.position: row for row in forge(engine.store.read(id) if id else [])}
    store = SQLiteStore(":memory:")
    with store.transaction() as transaction:
        transaction.append([forged.get(row.position, row) for row in engine.store.scan()])
        transaction.append([*own][len(engine.store.read(LOG_STREAM)) :])
    return Reader(Log(store, deciders or list(engine.deciders.values())))
