"""A stored state made from the fields of an event: for the few that no log of the tests holds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from pydantic import ValidationError

from govflow import SYSTEM, Event
from govflow.messages import Metadata
from govflow.persistence.codec import Codec

_AT = "2026-03-02T01:00:00Z"
_WORDS = ("a", "x-1", "jinniu/huazhaobi", "0" * 64, "2026-03", "a@1", "00000000")
_DEEPEST = 4  # values within values, filled in full
_TEXTS = {"date-time": _AT, "date": "2026-03-02", "time": "09:00:00", "duration": "P1D"}


def sample(event: type[Event]) -> bytes:
    """Metadata and body of an event with all its fields, or else with those that it must have. Raises ValueError."""
    schema = event.model_json_schema()
    for body in _bodies(schema):
        try:
            made = event.model_validate({**body, "at": _AT, "by": SYSTEM.id})
        except ValidationError:
            continue
        _, written = Codec([event]).encode(made)
        meta = Metadata(command="golden", wire=event.name, digest="0" * 32, recorded_at=made.at, policy="default@1")
        return meta.model_dump_json(exclude_none=True).encode() + b"\n" + written
    raise ValueError(f"{event.name}: no sample fits its fields; give it a test whose log holds it")


def _bodies(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for is_full, word in product((True, False), _WORDS):
        body = _value(schema | {"type": "object"}, schema.get("$defs", {}), word, is_full, _DEEPEST)
        yield {name: value for name, value in body.items() if name != "clocks"}


def _value(schema: dict[str, Any], defs: dict[str, Any], word: str, is_full: bool, depth: int) -> Any:
    """A value that a JSON schema allows, `word` where a text has no form of its own."""
    match schema:
        case {"$ref": str(ref)}:
            return _value(defs[ref.rpartition("/")[2]], defs, word, is_full, depth)
        case {"anyOf": [first, *_]}:
            return _value(first, defs, word, is_full, depth)
        case {"enum": [first, *_]} | {"const": first}:
            return first
        case {"type": "array", "items": item}:
            return [_value(item, defs, word, is_full, depth - 1)] if depth else []
        case {"type": "object", "properties": dict(fields)}:
            names = fields if is_full and depth else schema.get("required", ())
            return {name: _value(fields[name], defs, word, is_full, max(0, depth - 1)) for name in names}
        case {"type": "array" | "object"}:
            return [] if schema["type"] == "array" else {}
        case {"type": "integer" | "number"}:
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case {"type": "boolean"}:
            return True
        case {"type": "string"}:
            return _TEXTS.get(schema.get("format", ""), word)
        case _:
            return None
