"""One stored row as one line of JSON: as exports and bundles write it, and read back only in exactly that form.

A line says position, stream, version, topic, command id and leaf in hex, and the stored bytes as text.
"""

from __future__ import annotations

import json
from types import NoneType
from typing import Any

from govflow.errors import InputError, LogError
from govflow.persistence.codec import StoredEvent, leaf_of, metadata_of, packed_command_id

LONGEST_LINE = 16 << 20
"""Bytes; a policy with a large catalogue stays far below."""
Types = dict[str, tuple[type, ...]]
_TYPES: Types = {
    "position": (int,),
    "stream": (str,),
    "version": (int,),
    "topic": (str,),
    "command_id": (str, NoneType),
    "leaf": (str,),
    "state": (str,),
}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_line(fields: dict[str, Any]) -> bytes:
    """The fields as one line: compact, UTF-8, ended by LF."""
    return _encode(fields).encode() + b"\n"


def fields_of(line: bytes, types: Types) -> dict[str, Any]:
    """The fields of a line that is written exactly as `json_line` writes fields of these names and types.

    Raises InputError without a place: whoever reads a file knows the number of the line.
    """
    try:
        fields: Any = json.loads(line)
        if not isinstance(fields, dict) or tuple(fields) != tuple(types):
            raise InputError("other fields")
        for key, allowed in types.items():
            if type(fields[key]) not in allowed:
                raise InputError(f"{key} is of another type")
        if json_line(fields) != line:  # spaces, escapes, capitals, a missing line end: it would come out otherwise
            raise InputError("written otherwise")
    except (ValueError, RecursionError):  # texts that are not JSON, not UTF-8
        raise InputError("not JSON in UTF-8") from None
    return fields


def line_of(row: StoredEvent) -> bytes:
    """The line of a row. Raises LogError where its state is no text."""
    try:
        state = row.state.decode()
    except UnicodeDecodeError:
        raise LogError(f"row {row.position} of the log is damaged: its state is not UTF-8") from None
    return json_line(
        {
            "position": row.position,
            "stream": row.stream,
            "version": row.version,
            "topic": row.topic,
            "command_id": None if row.command_id is None else row.command_id.hex(),
            "leaf": row.leaf.hex(),
            "state": state,
        }
    )


def row_of(line: bytes) -> StoredEvent:
    """The row of a line, read but not checked (`check_row`). Raises InputError for a line that is written otherwise."""
    fields = fields_of(line, _TYPES)
    return StoredEvent(
        stream=fields["stream"],
        version=fields["version"],
        topic=fields["topic"],
        state=fields["state"].encode(),
        command_id=None if fields["command_id"] is None else hex_of(fields["command_id"]),
        position=fields["position"],
        leaf=hex_of(fields["leaf"]),
    )


def hex_of(text: str) -> bytes:
    """The bytes of a text in hex, as Python writes it. Raises InputError."""
    try:
        raw = bytes.fromhex(text)
    except ValueError as error:
        raise InputError(str(error)) from None
    if raw.hex() != text:  # capitals, spaces
        raise InputError("written otherwise")
    return raw


def check_row(row: StoredEvent) -> None:
    """Check what a row says of itself: its leaf and its command id. Raises InputError."""
    if "\n" in row.stream or "\n" in row.topic:  # the same bytes, cut elsewhere, would have the same leaf
        raise InputError("a line end in a name")
    if leaf_of(row.stream, row.version, row.topic, row.state) != row.leaf:
        raise InputError("the leaf is not the hash of this row")
    try:
        meta = metadata_of(row.state)
    except LogError as error:
        raise InputError(str(error)) from None
    # the one part that the leaf does not cover; the metadata has a digest where a command begins
    if row.command_id != (packed_command_id(meta.command) if meta.digest else None):
        raise InputError("the command id is not that of the metadata")
