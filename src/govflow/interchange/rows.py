"""Turns the rows of another system's file into checked values by a mapping, and sets aside what cannot be trusted.

Nothing is guessed: a row is good as a whole or it is a BadRow that says which field is wrong and why.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from govflow.errors import Broken, InputError
from govflow.interchange.faults import fault
from govflow.interchange.mapping import EXTERNAL_ID, Columns, Mapping, Status, status_word
from govflow.interchange.tabular import Table, TableRow

_ID = re.compile(EXTERNAL_ID)
_ISO = "%Y-%m-%d %H:%M:%S"
_ISO_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")


class SourceRow(BaseModel):
    """One request as the other system's file states it; times in UTC, absent values None.

    `status` is what the mapping says of the status word, except that a request which nobody holds (no department) is
    received, not assigned. `target_at` may lie before `opened_at`: real exports contain that, and it is carried as it
    stands. `digest` is the SHA-256 of the mapped fields as the file has them, whatever the order of its columns.
    `raw` are all fields of the row as they stand in the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    source: str
    file: str
    line: int
    external_id: str
    status: Status
    opened_at: AwareDatetime
    target_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    department: str | None
    category: str | None
    title: str | None = Field(repr=False)
    place: str | None = Field(repr=False)
    area: str | None
    channel: str | None
    closure_text: str | None = Field(repr=False)
    latitude: float | None = Field(repr=False)
    longitude: float | None = Field(repr=False)
    digest: str
    raw: tuple[str, ...] = Field((), repr=False, exclude=True)


class BadRow(BaseModel):
    """A row set aside: where it stands, the column at fault ("row" for the row's form), why, and what it held.

    `raw` may hold personal data; it stays out of the repr, and of `why` but for the start of the one value at fault.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int
    field: str
    reason: Broken
    raw: tuple[str, ...] = Field(repr=False)

    @property
    def why(self) -> str:
        """The reason in English."""
        return self.reason.sentence()

    def sentence(self, lang: str = "en") -> str:
        """File, line, field and reason on one line, in English or Chinese."""
        return f"{self.file}:{self.line}: {self.field}: {self.reason.sentence(lang)}"


class Rows(Iterator[SourceRow | BadRow]):
    """The requests of one file, read as they are asked for; `good`, `bad` and `duplicates` count what came so far."""

    def __init__(self, path: str | os.PathLike[str], mapping: Mapping) -> None:
        self._table = Table(path)
        try:
            self._reading = _Reading(self._table, mapping)
        except InputError:
            self._table.close()
            raise
        # Per id one bytes object, 16 of digest and 8 of line number: half the memory of a tuple of both.
        self._seen: dict[str, bytes] = {}
        self.good = self.bad = self.duplicates = 0

    @property
    def file(self) -> str:
        """The file's name without its folders."""
        return self._table.name

    @property
    def bytes_read(self) -> int:
        """How many bytes of the file were used up so far."""
        return self._table.bytes_read

    @property
    def total_bytes(self) -> int | None:
        """The size of the file in bytes; None for what has no size, such as a pipe."""
        return self._table.total_bytes

    def __next__(self) -> SourceRow | BadRow:
        for raw in self._table:
            try:
                row = self._reading.row(raw)
                if self._is_repeated(row):
                    self.duplicates += 1
                    continue
            except _Bad as bad:
                self.bad += 1
                return BadRow(file=self.file, line=raw.line, field=bad.column, reason=bad.reason, raw=raw.fields)
            self.good += 1
            return row
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; reading to the end closes it by itself."""
        self._table.close()

    def _is_repeated(self, row: SourceRow) -> bool:
        content = bytes.fromhex(row.digest)[:16]
        first = self._seen.setdefault(row.external_id, content + row.line.to_bytes(8))
        line = int.from_bytes(first[16:])
        if first[:16] != content:
            raise _Bad(self._reading.columns["external_id"], fault("contradicts", value=row.external_id, line=line))
        return line != row.line


def read_rows(path: str | os.PathLike[str], mapping: Mapping) -> Rows:
    """Open a delimited file and return its rows one by one, good and bad, in the order of the file.

    A row that repeats an earlier good one (same id, same mapped fields) is counted and left out; one that contradicts
    an earlier good one (same id, other fields) is bad. Memory grows only by some 200 bytes per distinct id.
    Reading to the end closes the file; leave early through `with`.
    Raises InputError when the file cannot be read at all or lacks columns that the mapping names.
    """
    return Rows(path, mapping)


class _Bad(Exception):
    def __init__(self, column: str, reason: Broken) -> None:
        self.column = column
        self.reason = reason
        super().__init__(column, reason)


class _Reading:
    """One mapping applied to one header: knows for each field of ours where in the row it stands."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.columns: dict[str, str] = {
            field: column for field in Columns.model_fields if (column := getattr(mapping.columns, field))
        }
        missing = [column for column in self.columns.values() if column not in table.header]
        if missing:
            raise InputError(
                f"no column {', '.join(map(repr, missing))} in the header, which has "
                f"{', '.join(map(repr, table.header[:40]))}",
                where=str(table.path),
                expected=f"the columns of the mapping for {mapping.source}",
            )
        self._mapping = mapping
        self._file = table.name
        self._places = {field: table.header.index(column) for field, column in self.columns.items()}
        self._empty = {"", *(value.strip() for value in mapping.empty_values)}
        self._statuses = {status_word(word): status for word, status in mapping.statuses.items()}
        self._zone = ZoneInfo(mapping.time_zone)

    def row(self, raw: TableRow) -> SourceRow:
        """The checked row. Raises _Bad with the first thing that is wrong."""
        if raw.flaw:
            raise _Bad("row", raw.flaw)
        cells = {field: raw.fields[place] for field, place in self._places.items()}
        values = {field: None if (text := cell.strip()) in self._empty else text for field, cell in cells.items()}

        external_id = self._required("external_id", values)
        if not _ID.fullmatch(external_id):
            raise self._bad("external_id", fault("bad_id", value=external_id))
        status = self._status(values)
        opened_at = self._instant("opened_at", self._required("opened_at", values))
        target_at = self._instant("target_at", due) if (due := values.get("target_at")) else None
        closed_at = self._instant("closed_at", end) if (end := values.get("closed_at")) else None
        if closed_at and closed_at < opened_at:
            raise self._bad("closed_at", fault("closed_before_opened", opened=self.columns["opened_at"]))
        if (status == "closed") != (closed_at is not None):
            raise self._bad(
                "closed_at", fault("closed_without_date" if status == "closed" else "open_with_closing_date")
            )

        return SourceRow(
            source=self._mapping.source,
            file=self._file,
            line=raw.line,
            external_id=external_id,
            status=status,
            opened_at=opened_at,
            target_at=target_at,
            closed_at=closed_at,
            department=values.get("department"),
            category=values.get("category"),
            title=values.get("title"),
            place=values.get("place"),
            area=values.get("area"),
            channel=values.get("channel") or self._mapping.default_channel,
            closure_text=values.get("closure_text"),
            latitude=self._degrees("latitude", 90, values),
            longitude=self._degrees("longitude", 180, values),
            digest=hashlib.sha256(json.dumps(cells).encode()).hexdigest(),
            raw=raw.fields,
        )

    def _required(self, field: str, values: dict[str, str | None]) -> str:
        value = values[field]
        if value is None:
            raise self._bad(field, fault("empty"))
        return value

    def _status(self, values: dict[str, str | None]) -> Status:
        word = self._required("status", values)
        status = self._statuses.get(status_word(word))
        if status is None:
            raise self._bad("status", fault("unknown_status", value=word, words=", ".join(self._mapping.statuses)))
        return "received" if status == "assigned" and not values.get("department") else status

    def _instant(self, field: str, text: str) -> datetime:
        stated = next((found for form in self._mapping.date_formats if (found := _parsed(text, form))), None)
        if stated is None:
            raise self._bad_date(field, text)
        try:
            if stated.tzinfo:
                return stated.astimezone(UTC)
            # fold=0, the default, means the first of two equal hours in autumn.
            instant = stated.replace(tzinfo=self._zone).astimezone(UTC)
            shown = instant.astimezone(self._zone).replace(tzinfo=None)
        except OverflowError:  # the first and the last day of the calendar, moved out of it by the offset
            raise self._bad_date(field, text) from None
        if shown != stated:
            raise self._bad(field, fault("skipped_hour", value=text, zone=self._mapping.time_zone))
        return instant

    def _degrees(self, field: str, most: int, values: dict[str, str | None]) -> float | None:
        text = values.get(field)
        if text is None:
            return None
        if not _DEGREES.fullmatch(text) or abs(float(text)) > most:
            raise self._bad(field, fault("bad_degrees", value=text, most=most))
        return float(text)

    def _bad_date(self, field: str, text: str) -> _Bad:
        return self._bad(field, fault("bad_date", value=text, forms=" | ".join(self._mapping.date_formats)))

    def _bad(self, field: str, reason: Broken) -> _Bad:
        return _Bad(self.columns[field], reason)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        # Over ten times as fast as strptime, which takes half the time of reading a file, and the same instant.
        if form == _ISO and _ISO_TEXT.fullmatch(text):
            return datetime.fromisoformat(text)
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is put on by the caller
    except (ValueError, OverflowError):  # OverflowError: an offset of thousands of hours for %z
        return None
