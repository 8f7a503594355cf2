"""A lived town, its redacted exports, and what of the source must be the same there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govflow import Engine, Record
from govflow.log_events import LOG_EVENTS
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store
from govflow.redacting.people import People
from govflow.redacting.rewriting import parts_of

_PSEUDONYM = re.compile(r"x-[a-z2-7]{16}")


def people_of(engine: Engine) -> frozenset[str]:
    """Everybody in a log: who acted, and whose data is protected there; asked of its rows alone."""
    found: set[str] = set()
    for row in engine.store.scan():
        meta, body = parts_of(row)
        found |= {body["by"], meta.get("standing_in_for", "")}
        found |= {value["subject"] for value in body.values() if isinstance(value, dict) and "ciphertext" in value}
    return frozenset(found - {"", "system", "import"})


def named_in(engine: Engine) -> frozenset[str]:
    """The same, with all that the export takes for people."""
    people = People()
    kinds = [event for decider in engine.deciders.values() for event in decider.events]
    events = {event.name: event for event in (*LOG_EVENTS, *kinds)}
    for row in engine.store.scan():
        people.see(*parts_of(row), events[row.topic.partition("@")[0]])
    return people.found(lambda id: engine.store.version(id) > 0)


def pairs(source: Store, export: Store) -> Mapping[str, str]:
    """Whose pseudonym is whose: read off two logs that are the same row by row."""
    found: dict[str, str] = {}
    for one, other in zip(source.scan(), export.scan(), strict=False):
        (_, body), (_, new) = parts_of(one), parts_of(other)
        if _PSEUDONYM.fullmatch(new["by"]):
            assert found.setdefault(new["by"], body["by"]) == body["by"]
    return found


def without_people(record: Record, known: frozenset[str]) -> Any:
    """The whole state as data, in which everybody is the same nobody; keys that name people go by their order."""
    return _masked(json.loads(record.model_dump_json()), known)


def _masked(value: Any, known: frozenset[str]) -> Any:
    if isinstance(value, dict):
        if value.keys() >= {"subject", "ciphertext"}:
            return "protected"
        made = [(_text(key, known), _masked(each, known)) for key, each in value.items()]
        return sorted(made, key=repr)
    if isinstance(value, list):
        masked = [_masked(each, known) for each in value]
        return sorted(masked, key=repr) if any("*" in repr(each) for each in masked) else masked
    return _text(value, known) if isinstance(value, str) else value


def _text(text: str, known: frozenset[str]) -> str:
    if re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{64}", text):
        return "digest"
    text = _PSEUDONYM.sub("*", text)
    return re.sub(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", lambda word: _word(word[0], known), text)


def _word(word: str, known: frozenset[str]) -> str:
    return "*" if word in known else ".".join("*" if part in known else part for part in word.split("."))


def bytes_of(folder: Path) -> bytes:
    """All bytes of the files in a folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def rows_of(path: Path) -> list[tuple[str, int, str]]:
    """Streams, versions and topics of a log, in order."""
    store = SQLiteStore(path)
    try:
        return [(row.stream, row.version, row.topic) for row in store.scan()]
    finally:
        store.close()
