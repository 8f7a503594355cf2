"""Streams the rows of a delimited text file (commas, tabs or semicolons) with true line numbers and in flat memory.

Python's csv module splits the fields, in its strict mode. Two things stand around it. A broken row is handed out as
such and the next one is read. And where a quote is never closed, csv has swallowed the good lines after it: they are
given back and read again, so that a stray quote costs one row.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from govflow.errors import Broken, InputError
from govflow.interchange.faults import fault

DELIMITERS = (",", "\t", ";")
RECORD_BYTES = 131_072
"""The longest row that is read, in bytes: a longer one is broken. Equals csv's own limit for a single field."""
RECORD_LINES = 500
"""The most physical lines one row may span: bounds what a stray quote can make us read twice."""

_CHUNK = 65_536
_BOM = b"\xef\xbb\xbf"
_SHOWN = 200
_QUOTED = re.compile(r'"[^"]*"?')


class TableRow(NamedTuple):
    """One row as the file has it: its first physical line (from 1), its fields, and what is wrong with its form."""

    line: int
    fields: tuple[str, ...]
    flaw: Broken | None = None


class Table(Iterator[TableRow]):
    """An open delimited file: iterate over its rows; blank lines are skipped, malformed rows come with a flaw.

    `bytes_read` and `total_bytes` (None for what has no size, such as a pipe) tell how far the reading is.
    Raises InputError when the file cannot be opened or its first line is not a header that can be used.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.name = self.path.name.encode(errors="replace").decode()  # a name may hold bytes that are no text
        self.bytes_read = 0
        self._file = _opened(self.path)
        try:
            status = os.fstat(self._file.fileno())
            self.total_bytes = status.st_size if stat.S_ISREG(status.st_mode) else None
            self._lines = _Lines(self._file)
            self.delimiter = self._sniffed()
            self._reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
            self.header = self._read_header()
        except OSError as error:
            self.close()
            raise self._unreadable(error) from None
        except InputError:
            self.close()
            raise

    def __next__(self) -> TableRow:
        try:
            row = next(row for row in iter(self._read, None) if row.fields or row.flaw)
        except OSError as error:
            self.close()
            raise self._unreadable(error) from None
        except StopIteration:
            self.close()
            raise
        if row.flaw is None and len(row.fields) != len(self.header):
            return row._replace(flaw=fault("field_count", found=len(row.fields), wanted=len(self.header)))
        return row

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice is fine, and reading to the end closes by itself."""
        self._file.close()

    def _read(self) -> TableRow | None:
        if self._file.closed:
            return None
        taken = self._lines.begin_row()
        try:
            fields = next(self._reader)
        except StopIteration:
            return None
        except (csv.Error, _RowTooLong) as error:
            first = self._lines.keep_only_the_first()
            self.bytes_read = first.end
            return TableRow(first.number, (first.text.strip("\r\n")[:_SHOWN],), first.flaw or _fault(error))

        self.bytes_read = taken[-1].end
        flaw = next((line.flaw for line in taken if line.flaw), None)
        return TableRow(taken[0].number, tuple(fields), flaw)

    def _sniffed(self) -> str:
        """The delimiter that stands most often outside quotes in the header line; of two equals the first of ours."""
        while (first := self._lines.peek()) is not None and not first.text.strip():
            self._lines.drop()
        if first is None:
            raise InputError("the file is empty", where=str(self.path), expected="a header line that names the columns")
        flaw = _RowTooLong(first.number, first.number).fault if first.too_long else first.flaw
        if flaw:
            raise InputError(flaw.sentence(), where=f"{self.path}:{first.number}")
        return max(DELIMITERS, key=_QUOTED.sub("", first.text).count)

    def _read_header(self) -> tuple[str, ...]:
        row = self._read()
        assert row is not None, "the first line was seen when the delimiter was sniffed"
        where = f"{self.path}:{row.line}"
        if row.flaw:
            raise InputError(row.flaw.sentence(), where=where)
        names = tuple(name.strip() for name in row.fields)
        # Spreadsheets leave nameless columns behind, often several: harmless, since nobody can ask for one.
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise InputError(
                f"columns named twice: {', '.join(map(repr, twice))}",
                where=where,
                expected="a name of its own for each",
            )
        return names

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(f"reading failed ({error.strerror})", where=str(self.path), expected="a readable file")


class _Line(NamedTuple):
    number: int
    end: int
    size: int
    text: str
    flaw: Broken | None

    @property
    def too_long(self) -> bool:
        return self.size > RECORD_BYTES


class _RowTooLong(Exception):
    """Stops csv before it has swallowed more than a row may be."""

    def __init__(self, first: int, last: int) -> None:
        self.fault = fault("row_too_long", first=first, last=last, bytes=RECORD_BYTES, lines=RECORD_LINES)
        super().__init__(first, last)


class _Lines(Iterator[str]):
    """The physical lines as csv asks for them, with those of the running row kept so that they can be given back."""

    def __init__(self, file: BufferedReader) -> None:
        self._source = _physical_lines(file)
        self._waiting: deque[_Line] = deque()
        self._taken: list[_Line] = []
        self._size = 0

    def __next__(self) -> str:
        line = self.peek()
        if line is None:
            raise StopIteration
        self._size += line.size
        if self._taken and (self._size > RECORD_BYTES or len(self._taken) == RECORD_LINES):
            raise _RowTooLong(self._taken[0].number, line.number)
        self._taken.append(self._waiting.popleft())
        if line.too_long:
            raise _RowTooLong(line.number, line.number)
        return line.text

    def peek(self) -> _Line | None:
        if not self._waiting and (line := next(self._source, None)):
            self._waiting.append(line)
        return self._waiting[0] if self._waiting else None

    def drop(self) -> None:
        self._waiting.popleft()

    def begin_row(self) -> list[_Line]:
        self._taken = []
        self._size = 0
        return self._taken

    def keep_only_the_first(self) -> _Line:
        first, *others = self._taken
        self._waiting.extendleft(reversed(others))
        return first


def _opened(path: Path) -> BufferedReader:
    expected = "a CSV, TSV or semicolon-separated file"
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), expected=expected) from None
    except IsADirectoryError:
        raise InputError("is a directory", where=str(path), expected=expected) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be opened ({reason})", where=repr(str(path)), expected=expected) from None


def _physical_lines(file: BufferedReader) -> Iterator[_Line]:
    """Every line that ends in LF, CR LF or CR; of an overlong one only the start is kept."""
    end = 0
    for number, (raw, size) in enumerate(_raw_lines(file), start=1):
        start, end = end, end + size
        marked = start == 0 and raw.startswith(_BOM)
        yield _decoded(number, start + len(_BOM) * marked, end, raw[len(_BOM) :] if marked else raw)


def _raw_lines(file: BufferedReader) -> Iterator[tuple[bytes, int]]:
    """Lines with their full size. The last piece of a chunk waits for the next: its CR may have an LF to come."""
    rest, cut = b"", 0
    while chunk := file.read1(_CHUNK):
        *lines, rest = (rest + chunk).splitlines(keepends=True)
        for line in lines:
            yield line, len(line) + cut
            cut = 0
        if len(rest) > RECORD_BYTES:
            short = rest[:RECORD_BYTES] + rest[-1:]
            cut += len(rest) - len(short)
            rest = short
    if rest:
        yield rest, len(rest) + cut


def _decoded(number: int, start: int, end: int, raw: bytes) -> _Line:
    flaw = None
    try:
        text = raw.decode()
        if "\0" in text:
            flaw = fault("nul_byte", line=number, at=start + raw.index(0))
    except UnicodeDecodeError as error:
        text = raw.decode(errors="replace")
        flaw = fault("not_utf8", byte=raw[error.start], line=number, at=start + error.start)
    size = end - start
    return _Line(number, end, size, text, None if size > RECORD_BYTES else flaw)


def _fault(error: Exception) -> Broken:
    return error.fault if isinstance(error, _RowTooLong) else fault("quoting", detail=error)
