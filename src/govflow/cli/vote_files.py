"""The files of a vote: the roll as a table, the seed of a lot, the receipts of voters. The last two are their owner's."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from govflow.cli.texts import t
from govflow.errors import Broken, InputError, LogError
from govflow.interchange.faults import shown
from govflow.interchange.tabular import Table, TableRow
from govflow.messages import new_subject
from govflow.proposals.box import Receipt
from govflow.voting import Voter

COLUMNS = ("voter", "name", "household", "area_m2")
_CHINESE = {
    "编号": "voter",
    "表决权人": "voter",
    "姓名": "name",
    "户": "household",
    "户号": "household",
    "面积": "area_m2",
}
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_AREA = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")

# fmt: off
FAULTS = {
    "nobody": ("neither a voter nor a name; expected one of them", "既无编号也无姓名，应至少有其一"),
    "bad_id": ("{column} {value} is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ : - (an address or a name would be personal data)",
               "{column_zh} {value} 不合格式，应为 1 至 64 个 A-Z a-z 0-9 . _ : - 字符（住址、姓名属个人信息，不可作编号）"),
    "bad_area": ("area_m2 {value} is not an area; expected square metres with at most two digits behind the point",
                 "面积 {value} 无效，应为平方米数，小数点后至多两位"),
    "voter_twice": ("{value} stands in line {line} already; expected every voter once", "{value} 已见于第 {line} 行，每人应只出现一次"),
    "long_name": ("a name of {found} characters; expected {most} at most", "姓名有 {found} 个字符，应不超过 {most} 个"),
}
# fmt: on
_LONGEST_NAME = 200


class OnRoll(NamedTuple):
    """A row of the table: the voter, the name if there is one, and whether the pseudonym was made up here."""

    voter: Voter
    name: str
    made_up: bool


class Fault(NamedTuple):
    """What is wrong in a line of the table."""

    line: int
    why: Broken


def read_roll(path: Path) -> tuple[list[OnRoll], list[Fault]]:
    """The voters of a table with the columns voter, name, household and area_m2, and every fault in it.

    Raises InputError for a file that cannot be read, and for columns that are others.
    """
    rows: list[OnRoll] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    with Table(path) as table:
        columns = _columns(path, table.header)
        for row in table:
            found = [row.flaw] if row.flaw is not None else []
            cells = {} if found else dict(zip(columns, (field.strip() for field in row.fields), strict=True))
            found += _faults(cells, row, lines) if cells else []
            faults += [Fault(row.line, each) for each in found]
            if not found:
                rows.append(_voter(cells))
    return rows, faults


def _columns(path: Path, header: tuple[str, ...]) -> list[str]:
    columns = [_CHINESE.get(name, name) for name in header]
    known = [name for name in columns if name]
    if not set(known) <= set(COLUMNS) or len(set(known)) < len(known) or not {"voter", "name"} & set(known):
        names = ", ".join(shown(name) for name in header)
        raise InputError(t("vote.columns", names=names), where=str(path), expected=", ".join(COLUMNS))
    return columns


def _faults(cells: dict[str, str], row: TableRow, lines: dict[str, int]) -> Iterator[Broken]:
    voter, household, area = (cells.get(name, "") for name in ("voter", "household", "area_m2"))
    if not voter and not cells.get("name"):
        yield _fault("nobody")
    for column, zh, value in (("voter", "编号", voter), ("household", "户号", household)):
        if value and not _ID.fullmatch(value):
            yield _fault("bad_id", column=column, column_zh=zh, value=shown(value))
    if area and not _AREA.fullmatch(area):
        yield _fault("bad_area", value=shown(area))
    if len(cells.get("name", "")) > _LONGEST_NAME:
        yield _fault("long_name", found=len(cells["name"]), most=_LONGEST_NAME)
    if voter and (first := lines.setdefault(voter, row.line)) != row.line:
        yield _fault("voter_twice", value=shown(voter), line=first)


def _fault(code: str, **details: object) -> Broken:
    en, zh = FAULTS[code]
    return Broken(code, en.format(**details), zh.format(**details))


def _voter(cells: dict[str, str]) -> OnRoll:
    """The voter of a row without faults; the area in dm²: hundredths of a square metre."""
    found = _AREA.fullmatch(cells.get("area_m2", ""))
    area = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    id = cells.get("voter") or new_subject()
    voter = Voter(id=id, household=cells.get("household") or None, area=area)
    return OnRoll(voter, cells.get("name", ""), made_up=not cells.get("voter"))


def table_of(rows: Iterable[OnRoll]) -> str:
    """The table with every pseudonym, as spreadsheet programs read it: it holds names, and is for its owner alone."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for row in rows:
        area = f"{row.voter.area // 100}.{row.voter.area % 100:02}" if row.voter.area else ""
        writer.writerow((row.voter.id, row.name, row.voter.household or "", area))
    return "\ufeff" + table.getvalue()  # with the mark by which they know UTF-8


# --- what its owner alone may read -----------------------------------------------------------------------------------


def write_secret(path: Path, text: str) -> None:
    """Write a new file that its owner alone may read. Raises OSError where there is one already."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8", newline="") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())


@contextmanager
def kept_if_done(path: Path | None, text: str) -> Iterator[None]:
    """Write a secret, and take it away again where what it was made for was refused.

    It stays where nobody knows whether that was done: the disk failed at the very end.
    """
    if path is not None:
        write_secret(path, text)
    try:
        yield
    except LogError:
        raise
    except BaseException:
        if path is not None:
            path.unlink()
        raise


def read_seed(path: Path) -> str:
    """The seed of a lot. Raises InputError."""
    return _text(path, "--new-lot FILE").strip()


def read_receipt(path: Path) -> Receipt:
    """What a voter kept. Raises InputError."""
    try:
        return Receipt.model_validate_json(_text(path, "--receipt FILE"))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "JSON"
        raise InputError(t("vote.no_receipt", field=field), where=str(path), expected="--receipt FILE") from None


def _text(path: Path, made_by: str) -> str:
    if not path.is_file():
        raise InputError(t("no_file", path=path))
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError(t("acting.not_utf8"), where=str(path), expected=made_by) from None
