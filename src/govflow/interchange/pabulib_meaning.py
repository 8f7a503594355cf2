"""What the rows of a Pabulib file mean: the election, with every amount and every point as exact as it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from govflow.budgeting import BallotKind, Bounds, Election, Points, Project, ranked
from govflow.interchange.pabulib_faults import PabulibError

TITLES = ("META", "PROJECTS", "VOTES")
VOTE_TYPES = {
    "approval": BallotKind.APPROVAL,
    "choose-1": BallotKind.APPROVAL,
    "cumulative": BallotKind.CUMULATIVE,
    "ordinal": BallotKind.ORDINAL,
    "scoring": BallotKind.SCORE,
}
WITHDRAWN_COST = "999999999"
"""The cost by which Pabulib marks a project that was withdrawn after the vote."""

CAPS, KIND_CAPS = "govflow_caps", "govflow_kind_caps"
"""Keys of META that the format leaves to us: the caps per kind, as a JSON object of amounts."""

_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_ID_LENGTH = 200


class Row(NamedTuple):
    """One row as it stands: the line that it begins in, from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """One section: its title, the line of its columns and the rows below it."""

    title: str
    columns: Row
    rows: list[Row]


def election_from(meta: Table, projects: Table, votes: Table, *, name: str) -> Election:
    """The election that the three sections hold. Raises PabulibError with the line of what is wrong in `name`."""
    about = _Meta(meta, name)
    listed = _Cells(projects, name, ("project_id", "cost"))
    cast = _Cells(votes, name, ("voter_id", "vote"))
    kind = about.vote_type()
    about.check_count("num_projects", len(projects.rows))
    about.check_count("num_votes", len(votes.rows))

    unit = 10 ** max(_decimals(each) for each in (*about.amounts(), *listed.column("cost")))
    on_the_list = _projects(listed, unit)
    return Election(
        projects=on_the_list,
        budget=about.budget(unit),
        unit=unit,
        ballot=kind,
        bounds=about.bounds(unit),
        least_score=about.number("min_project_score_threshold"),
        caps=about.caps(CAPS, unit),
        kind_caps=about.caps(KIND_CAPS, unit),
        ballots=_ballots(cast, kind, {each.id for each in on_the_list}, about),
    )


class _Cells:
    """The cells of a section under the names of their columns, without blanks around them."""

    def __init__(self, table: Table, file: str, needed: Sequence[str]) -> None:
        self.rows, self.file = table.rows, file
        names = [cell.strip() for cell in table.columns.cells]
        for column in needed:
            if column not in names:
                wanted = ", ".join(needed)
                raise self.fault(table.columns, "no_column", name=table.title, column=column, wanted=wanted)
        for name in names:
            if name and names.count(name) > 1:
                raise self.fault(table.columns, "column_twice", value=name)
        for row in table.rows:
            if any(cell.strip() for cell in row.cells[len(names) :]):
                raise self.fault(row, "too_many_cells", found=len(row.cells), wanted=len(names))
        self.place = {name: place for place, name in enumerate(names)}

    def fault(self, row: Row, code: str, **details: object) -> PabulibError:
        """The error that stands in this row."""
        return PabulibError(code, f"{self.file}:{row.line}", **details)

    def get(self, row: Row, *names: str) -> str:
        """The cell of a row in the first of these columns that there is; empty where there is none."""
        place = next((self.place[name] for name in names if name in self.place), len(row.cells))
        return row.cells[place].strip() if place < len(row.cells) else ""

    def column(self, name: str) -> list[str]:
        """All cells of a column."""
        return [self.get(row, name) for row in self.rows]

    def parted(self, row: Row, *names: str) -> list[str]:
        """The values of a cell that are parted by commas; Pabulib writes None for none."""
        cell = self.get(row, *names)
        return [] if cell in ("", "None") else [each.strip() for each in cell.split(",") if each.strip()]

    def ids(self, name: str) -> list[str]:
        """The ids in a column, none empty, overlong or twice."""
        lines: dict[str, int] = {}
        for row in self.rows:
            id = self.get(row, name)
            if not id:
                raise self.fault(row, "empty_id")
            if len(id) > _ID_LENGTH:
                raise self.fault(row, "long_id", found=len(id), most=_ID_LENGTH)
            if id in lines:
                raise self.fault(row, "id_twice", value=id, line=lines[id])
            lines[id] = row.line
        return [*lines]


class _Meta:
    """The META section: its rows by their keys."""

    def __init__(self, table: Table, file: str) -> None:
        self.cells, self.file = _Cells(table, file, ("key", "value")), file
        self.rows: dict[str, Row] = {}
        for row in table.rows:
            key = self.cells.get(row, "key")
            if key in self.rows:
                raise self.cells.fault(row, "key_twice", value=key, line=self.rows[key].line)
            self.rows[key] = row

    def text(self, key: str) -> str:
        """The value of a key; empty where there is none."""
        return self.cells.get(self.rows[key], "value") if key in self.rows else ""

    def needed(self, key: str) -> str:
        """The value of a key that must be there."""
        if not (text := self.text(key)):
            raise PabulibError("no_key", self.file, key=key)
        return text

    def vote_type(self) -> BallotKind:
        """What kind of ballots the file has; what would count them otherwise than we do is refused."""
        text = self.needed("vote_type")
        if text not in VOTE_TYPES:
            raise self.cells.fault(self.rows["vote_type"], "vote_type", value=text, known=", ".join(VOTE_TYPES))
        if self.number("default_score"):
            raise self.fault("default_score", "default_score")
        return VOTE_TYPES[text]

    def amounts(self) -> list[str]:
        """Every text of META that is an amount."""
        return [self.text(key) for key in ("budget", "min_sum_cost", "max_sum_cost")] + [
            amount for key in (CAPS, KIND_CAPS) for amount in self._kinds(key).values()
        ]

    def bounds(self, unit: int) -> Bounds:
        """Between what the ballots lie."""
        if self.text("vote_type") == "choose-1":
            return Bounds(min_length=1, max_length=1)
        return Bounds(
            min_length=self.count("min_length"),
            max_length=self.count("max_length"),
            min_points=self.number("min_points"),
            max_points=self.number("max_points"),
            min_sum_points=self.number("min_sum_points"),
            max_sum_points=self.number("max_sum_points"),
            min_sum_cost=self.amount("min_sum_cost", unit),
            max_sum_cost=self.amount("max_sum_cost", unit),
        )

    def budget(self, unit: int) -> int:
        """The money there is, in minor units."""
        self.needed("budget")
        budget = self.amount("budget", unit)
        assert budget is not None, "a text that is no amount was refused"
        return budget

    def amount(self, key: str, unit: int) -> int | None:
        """An amount in minor units; None where the key is not there."""
        text = self.text(key)
        amount = _amount(text, unit)
        if text and amount is None:
            raise self.fault(key, "bad_money")
        return amount

    def number(self, key: str) -> Points | None:
        """A number, exact; None where the key is not there."""
        text = self.text(key)
        number = _number(text)
        if text and number is None:
            raise self.fault(key, "bad_number")
        return number

    def count(self, key: str) -> int | None:
        """A whole number; None where the key is not there."""
        text = self.text(key)
        if text and not _COUNT.fullmatch(text):
            raise self.fault(key, "bad_count")
        return int(text) if text else None

    def check_count(self, key: str, found: int) -> None:
        """A file that says how many it has must have as many: it may have been cut short."""
        said = self.count(key)
        if said is not None and said != found:
            raise self.cells.fault(self.rows[key], "count_differs", key=key, said=said, found=found)

    def caps(self, key: str, unit: int) -> dict[str, int]:
        """The caps of a key, by kinds, in minor units."""
        found = {kind: _amount(text, unit) for kind, text in self._kinds(key).items()}
        if None in found.values():
            raise self.fault(key, "bad_caps")
        return {kind: amount for kind, amount in found.items() if amount is not None}

    def _kinds(self, key: str) -> dict[str, str]:
        try:
            table: Any = json.loads(self.text(key) or "{}")
        except (ValueError, RecursionError):
            table = None
        if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
            raise self.fault(key, "bad_caps")
        return table

    def fault(self, key: str, code: str) -> PabulibError:
        """The error that the value of this key is."""
        return self.cells.fault(self.rows[key], code, key=key, value=self.text(key))


def _projects(cells: _Cells, unit: int) -> tuple[Project, ...]:
    found = []
    for id, row in zip(cells.ids("project_id"), cells.rows, strict=True):
        text = cells.get(row, "cost")
        cost = _amount(text, unit)
        if cost is None:
            raise cells.fault(row, "bad_money", key="cost", value=text)
        found.append(
            Project(
                id=id,
                name=cells.get(row, "name"),
                cost=cost,
                kinds=tuple(cells.parted(row, "category", "categories")),
                target=tuple(cells.parted(row, "beneficiaries", "target", "targets")),
                withdrawn=text == WITHDRAWN_COST,
            )
        )
    return tuple(found)


def _ballots(cells: _Cells, kind: BallotKind, known: set[str], about: _Meta) -> tuple[dict[str, Points], ...]:
    cells.ids("voter_id")
    has_points = "points" in cells.place and kind is not BallotKind.APPROVAL
    if kind is BallotKind.ORDINAL and not has_points and about.text("scoring_fn").lower() not in ("", "borda"):
        raise about.fault("scoring_fn", "scoring_fn")
    ballots: list[dict[str, Points]] = []
    for row in cells.rows:
        order = cells.parted(row, "vote")
        if len(set(order)) < len(order):
            raise cells.fault(row, "project_twice", value=next(each for each in order if order.count(each) > 1))
        if not known.issuperset(order):
            raise cells.fault(row, "unknown_project", value=next(each for each in order if each not in known))
        if kind is BallotKind.APPROVAL:
            ballots.append(dict[str, Points].fromkeys(order, 1))
        elif kind is BallotKind.ORDINAL and not has_points:
            ballots.append({**ranked(order)})
        else:
            ballots.append(_given(cells, row, order))
    return tuple(ballots)


def _given(cells: _Cells, row: Row, order: Sequence[str]) -> dict[str, Points]:
    texts = cells.parted(row, "points")
    if len(texts) != len(order):
        raise cells.fault(row, "points_differ", points=len(texts), projects=len(order))
    given = [_number(text) for text in texts]
    if None in given:
        raise cells.fault(row, "bad_number", key="points", value=texts[given.index(None)])
    return {project: points for project, points in zip(order, given, strict=True) if points is not None}


def _decimals(text: str) -> int:
    """How many digits stand after the point of an amount."""
    return len(re.split("[.,]", text)[1]) if _NUMBER.fullmatch(text) and not text.lstrip("-").isdigit() else 0


@lru_cache(maxsize=4096)
def _number(text: str) -> Points | None:
    """A decimal as it was written, exactly; None for what is none. Some files have a comma for the point."""
    if not _NUMBER.fullmatch(text):
        return None
    value = Fraction(text.replace(",", "."))
    return value.numerator if value.denominator == 1 else value


def _amount(text: str, unit: int) -> int | None:
    """An amount in minor units; None for what is none."""
    number = _number(text)
    return None if number is None or number < 0 else int(number * unit)
