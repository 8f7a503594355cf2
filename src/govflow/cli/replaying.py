"""Replays a whole log: counts by state, and one digest over the states of all records."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from govflow.cli import words
from govflow.cli.display import console, table
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.log_events import LOG_STREAM


def replayed_log(engine: Engine, tell: Callable[[int, int | None], None] | None) -> dict[str, Any]:
    """Every record folded from its events: how many stand where, and SHA-256 over `id LF digest LF` by id."""
    total = engine.store.head() - engine.store.version(LOG_STREAM)
    states: dict[str, Counter[str]] = {}
    over_all, events, count = hashlib.sha256(), 0, 0
    for record in engine.records():
        states.setdefault(record.kind_of_record, Counter())[record.status] += 1
        over_all.update(f"{record.id}\n{record.digest}\n".encode())
        events += record.version
        count += 1
        if tell and count % 100 == 0:
            tell(events, total)
    return {
        "log": engine.log_id,
        "events": engine.store.head(),
        "records": count,
        "states": {kind: dict(sorted(counts.items())) for kind, counts in states.items()},
        "digest": over_all.hexdigest(),
    }


def print_replayed(engine: Engine, found: dict[str, Any]) -> None:
    """The same for readers."""
    out = console()
    out.print(t("replayed", records=found["records"], events=found["events"], log=found["log"]))
    for kind, counts in found["states"].items():
        flow = engine.deciders[kind].workflow
        rows = [(words.state(flow, state), str(count)) for state, count in counts.items()]
        out.print(table(t("state"), t("records"), rows=rows))
    out.print(f"{t('digest')} {found['digest']}")
