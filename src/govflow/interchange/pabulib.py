"""Reads and writes Pabulib files (.pb): participatory budgets as cities publish them, each cell kept as it stands.

Format: <https://pabulib.org/format>. Three sections, each a table with semicolons between its cells. Columns and keys
that mean nothing to an election are kept and written back.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from govflow.budgeting import Election
from govflow.interchange.pabulib_faults import PabulibError
from govflow.interchange.pabulib_meaning import TITLES, Row, Table, election_from
from govflow.messages import Value

FILE_BYTES = 1 << 28
"""The largest file that is read, in bytes."""

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\n|\r")
_SPECIAL = re.compile(r'[;"\r\n]')


class Section(Value):
    """One section of a file: the names of its columns and its rows, cells as they stand."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of a column, without blanks around them; empty where the column does not exist."""
        names = [each.strip() for each in self.columns]
        if name not in names:
            return ()
        place = names.index(name)
        return tuple(row[place].strip() if place < len(row) else "" for row in self.rows)


class PabulibFile(Value):
    """A Pabulib file: its three sections as they stand, how its lines end, and the election that it holds."""

    meta: Section
    projects: Section
    votes: Section
    newline: Literal["\n", "\r\n", "\r"] = "\n"
    ends_with_newline: bool = True
    byte_order_mark: bool = False
    election: Election

    @property
    def about(self) -> Mapping[str, str]:
        """The META section as a mapping, without blanks around its texts."""
        return {row[0].strip(): row[1].strip() if len(row) > 1 else "" for row in self.meta.rows}

    @property
    def rule(self) -> str:
        """The name of the rule by which the winners were found; `unknown` where the file does not say."""
        return self.about.get("rule") or "unknown"

    @property
    def selected(self) -> tuple[str, ...] | None:
        """The ids of the winners as published, in the order of listing; None where the file does not say."""
        marks = self.projects.column("selected")
        if not marks:
            return None
        return tuple(each.id for each, mark in zip(self.election.projects, marks, strict=True) if mark == "1")


def read_pabulib(path: str | os.PathLike[str]) -> PabulibFile:
    """Read a .pb file of at most FILE_BYTES. Raises PabulibError (an InputError) with its line."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except FileNotFoundError:
        raise PabulibError("no_file", str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or error
        raise PabulibError("unreadable", repr(str(path)), reason=reason) from None
    if len(data) > FILE_BYTES:
        raise PabulibError("too_large", str(path), most=FILE_BYTES)
    return pabulib_from(data, str(path))


def pabulib_from(data: bytes, name: str = "<bytes>") -> PabulibFile:
    """What the bytes of a .pb file say; `name` is what errors call it. Raises PabulibError."""
    text = _decoded(data.removeprefix(_BOM), name)
    tables = _tables(text, name)
    first_end = _LINE_END.search(text)
    meta, projects, votes = (
        Section(columns=table.columns.cells, rows=tuple(row.cells for row in table.rows)) for table in tables
    )
    return PabulibFile(
        meta=meta,
        projects=projects,
        votes=votes,
        newline=first_end[0] if first_end else "\n",
        ends_with_newline=text.endswith(("\n", "\r")),
        byte_order_mark=data.startswith(_BOM),
        election=election_from(*tables, name=name),
    )


def pabulib_bytes(file: PabulibFile) -> bytes:
    """The file as bytes: read again, they are the same file; cells stand in quotes only where they must."""
    lines: list[Iterable[str]] = []
    for title, section in zip(TITLES, (file.meta, file.projects, file.votes), strict=True):
        lines += [(title,), section.columns, *section.rows]
    text = file.newline.join(";".join(map(_quoted, cells)) for cells in lines)
    end = file.newline if file.ends_with_newline else ""
    return (_BOM if file.byte_order_mark else b"") + (text + end).encode()


def write_pabulib(file: PabulibFile, path: str | os.PathLike[str]) -> None:
    """Write a .pb file where there is none yet. Raises FileExistsError, OSError."""
    data = pabulib_bytes(file)
    with Path(path).open("xb") as target:
        target.write(data)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = 1 + len(_LINE_END.findall(data[: error.start].decode()))
        raise PabulibError("not_utf8", f"{name}:{line}", byte=data[error.start]) from None
    if (at := text.find("\0")) >= 0:
        raise PabulibError("nul_byte", f"{name}:{1 + len(_LINE_END.findall(text[:at]))}")
    return text


def _rows(text: str, name: str) -> Iterator[Row]:
    """Every row that is not blank, with the line that it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, tuple(cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise PabulibError("quoting", f"{name}:{line}", detail=error) from None


def _tables(text: str, name: str) -> list[Table]:
    """The three sections, each with its line of columns."""
    tables: list[Table] = []
    rows = _rows(text, name)
    for row in rows:
        title = row.cells[0].strip().upper()
        if title in TITLES and not any(cell.strip() for cell in row.cells[1:]):
            if title != (*TITLES, "")[len(tables)]:
                raise PabulibError("section_order", f"{name}:{row.line}", found=title)
            columns = next(rows, None)
            if columns is None:
                raise PabulibError("no_columns", f"{name}:{row.line}", name=title)
            tables.append(Table(title, columns, []))
        elif not tables:
            raise PabulibError("before_sections", f"{name}:{row.line}", value=row.cells[0])
        else:
            tables[-1].rows.append(row)
    if len(tables) < len(TITLES):
        raise PabulibError("no_section", name, name=TITLES[len(tables)])
    return tables
