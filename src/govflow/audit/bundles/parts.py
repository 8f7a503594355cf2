"""What a bundle 证据包 is made of: its lines as values, written in one form and read back only in that form.

A header; notes by which one key handed over to the next; then the leaves of the log from left to right, each a row or
part of a gap (a full subtree that is left out, known by its hash), with every signed note behind the leaf that it ends
at; and an end with a plain SHA-256 over all lines before it, which tells a damaged file from a changed log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple

from govflow.audit.metadata import kept_of
from govflow.checkpoints.merkle import HASH_BYTES, LARGEST
from govflow.errors import Detail, InputError
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from govflow.persistence.lines import LONGEST_LINE, Types, fields_of, hex_of, json_line, line_of, row_of

FORMAT, VERSION = "govflow bundle", 1
_LEVELS = LARGEST.bit_length() - 1
EXPECTED = Detail("a bundle as `govflow export bundle` writes it", "`govflow export bundle` 写出的证据包")

CUT_OFF = Detail("it is cut off: its end is missing", "文件不完整：缺少结尾")


class Whole(NamedTuple):
    """The whole log, from its first event to the last one that was signed."""


class OfRecord(NamedTuple):
    """One record with what it touches: each stream with the version up to which all of its events are here."""

    record: str
    streams: tuple[tuple[str, int], ...]


class OfPeriod(NamedTuple):
    """What was recorded from one moment to before another: the events `first` to `last`, and those beside them.

    `log` is the version up to which what the log says of itself is here. `last` = `first` - 1: nothing was recorded.
    """

    begin: datetime
    end: datetime
    first: int
    last: int
    log: int


Scope = Whole | OfRecord | OfPeriod


class Header(NamedTuple):
    """What a bundle says of itself: its log, what is in it, how many leaves are signed, how many came `after` them.

    `keys` are the vkeys of the log, the newest last.
    """

    origin: str
    scope: Scope
    size: int
    after: int
    keys: tuple[str, ...]


class Gap(NamedTuple):
    """A full subtree of 2^level leaves that is left out, and its hash."""

    level: int
    hash: bytes


class Signed(NamedTuple):
    """A signed note of the log, as it was handed out: behind the leaf that it ends at."""

    note: str


class Handover(NamedTuple):
    """A signed note by which one key of the log handed over to the next."""

    note: str


class End(NamedTuple):
    """The last line: how many rows there are, and the SHA-256 of all lines before it, in hex."""

    rows: int
    sha256: str


Part = Header | Handover | StoredEvent | Gap | Signed | End
_HEADER: Types = {
    "format": (str,),
    "version": (int,),
    "origin": (str,),
    "scope": (dict,),
    "size": (int,),
    "after": (int,),
    "keys": (list,),
}
_SCOPES: dict[str, Types] = {
    "log": {"of": (str,)},
    "record": {"of": (str,), "record": (str,), "streams": (dict,)},
    "period": {"of": (str,), "begin": (str,), "end": (str,), "first": (int,), "last": (int,), "log": (int,)},
}


# --- writing ---------------------------------------------------------------------------------------------------------


def part_line(part: Part) -> bytes:
    """The line of one part."""
    match part:
        case Header():
            fields = {"format": FORMAT, "version": VERSION, "origin": part.origin, "scope": _scope_fields(part.scope)}
            return json_line({**fields, "size": part.size, "after": part.after, "keys": list(part.keys)})
        case StoredEvent():
            return line_of(part)
        case Gap():
            return json_line({"skip": part.level, "hash": part.hash.hex()})
        case Signed():
            return json_line({"note": part.note})
        case Handover():
            return json_line({"handover": part.note})
        case End():
            return json_line({"rows": part.rows, "sha256": part.sha256})


def _scope_fields(scope: Scope) -> dict[str, object]:
    match scope:
        case Whole():
            return {"of": "log"}
        case OfRecord():
            return {"of": "record", "record": scope.record, "streams": dict(scope.streams)}
        case OfPeriod():
            begin, end = scope.begin.astimezone(UTC).isoformat(), scope.end.astimezone(UTC).isoformat()
            return {"of": "period", "begin": begin, "end": end, **dict(zip(scope._fields[2:], scope[2:], strict=True))}


# --- reading ---------------------------------------------------------------------------------------------------------


def read_bundle(source: BinaryIO) -> Iterator[tuple[int, Part]]:
    """The parts of a bundle with the numbers of their lines, one at a time.

    Every line must be exactly as it is written, the first a header, the last the end, with the right hash over all
    before. What the parts say is not judged here (`verify_bundle`). Raises InputError with the line that is odd.
    """
    name = str(getattr(source, "name", "") or "bundle")
    hashed = hashlib.sha256()
    number = rows = 0
    last: Part | None = None
    while line := source.readline(LONGEST_LINE):
        number += 1
        try:
            part = _part(line, number)
            _check_order(last, part)
            if isinstance(part, End) and part != End(rows, hashed.hexdigest()):
                raise InputError("the lines before are not those that were written")
        except InputError as error:
            raise InputError(error.what, where=f"{name}:{number}", expected=EXPECTED) from None
        hashed.update(line)
        rows += isinstance(part, StoredEvent)
        last = part
        yield number, part
    if not isinstance(last, End):
        raise InputError(CUT_OFF, where=f"{name}:{number}", expected=EXPECTED)


def _check_order(last: Part | None, part: Part) -> None:
    """Raises InputError for a part that cannot stand where it stands."""
    if isinstance(part, Header) != (last is None):
        raise InputError("a header stands in the first line, and only there")
    if isinstance(part, Handover) and not isinstance(last, Header | Handover):
        raise InputError("a handover of keys stands right behind the header")
    if isinstance(last, Signed) and isinstance(part, Signed):
        raise InputError("a checkpoint stands twice")
    if isinstance(last, End):
        raise InputError("something stands behind the end")


def _part(line: bytes, number: int) -> Part:
    if number == 1:
        return _header(line)
    start = line[:9]
    if start == b'{"positio':
        return row_of(line)
    if start.startswith(b'{"skip":'):
        return _gap(line)
    if start.startswith(b'{"note":'):
        return Signed(fields_of(line, {"note": (str,)})["note"])
    if start == b'{"handove':
        return Handover(fields_of(line, {"handover": (str,)})["handover"])
    if start.startswith(b'{"rows":'):
        return End(**fields_of(line, {"rows": (int,), "sha256": (str,)}))
    raise InputError("no line of a bundle")


def _gap(line: bytes) -> Gap:
    fields = fields_of(line, {"skip": (int,), "hash": (str,)})
    level, hash = fields["skip"], hex_of(fields["hash"])
    if not 0 <= level < _LEVELS or len(hash) != HASH_BYTES:
        raise InputError("no gap of this size, or no hash")
    return Gap(level, hash)


def _header(line: bytes) -> Header:
    if not line.startswith(b'{"format":"' + FORMAT.encode() + b'"'):
        raise InputError(Detail("it is no bundle", "不是证据包"))
    fields = fields_of(line, _HEADER)
    if fields["version"] != VERSION:
        version = fields["version"]
        raise InputError(Detail(f"a bundle of version {version}", f"证据包版本为 {version}"))
    size, after, keys = fields["size"], fields["after"], fields["keys"]
    if not 0 < size < LARGEST or not 0 <= after < LARGEST or any(type(key) is not str for key in keys):
        raise InputError("sizes and keys")
    header = Header(fields["origin"], _scope(fields["scope"], size), size, after, tuple(keys))
    if part_line(header) != line:
        raise InputError("written otherwise")
    return header


def _scope(fields: dict[str, object], size: int) -> Scope:
    types = _SCOPES.get(str(fields.get("of")))
    if types is None or tuple(fields) != tuple(types) or any(type(fields[name]) not in types[name] for name in types):
        raise InputError("no scope that is known")
    match fields:
        case {"record": str(record), "streams": dict(streams)}:
            if record not in streams or any(type(last) is not int or last < 1 for last in streams.values()):
                raise InputError("no scope of a record")
            if LOG_STREAM not in streams:
                raise InputError("what the log says of itself is left out")
            return OfRecord(record, tuple(streams.items()))
        case {"begin": str(begin), "end": str(end), "first": int(first), "last": int(last), "log": int(log)}:
            if not 0 <= first - 1 <= last <= size or log < 1:  # the first event of a log opens it
                raise InputError("no scope of a period")
            return OfPeriod(_moment(begin), _moment(end), first, last, log)
    return Whole()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("no moment") from None
    if moment.tzinfo is None or moment.utcoffset():
        raise InputError("no moment in UTC")
    return moment.astimezone(UTC)


def recorded_at(row: StoredEvent) -> datetime | None:
    """When a row says that it was recorded; None where it says nothing of the kind."""
    kept = kept_of(row.state)
    if kept is None:
        return None
    try:
        return datetime.fromisoformat(kept.recorded.decode()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
