"""Tables 流程表 of a log: what it adopted and when, ready to be asked for the rows that one event may rest on.

A table is read as the log holds it, never as the code has it today: what was lawful then stays lawful.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Self

from govflow.actors import ANYBODY
from govflow.adopted import Adopted
from govflow.audit.findings import Finding
from govflow.audit.legality.own_events import of_the_log, renamed
from govflow.audit.metadata import kept_of, named, off_the_line, out_of_time, unknown, unreadable
from govflow.calendars import Calendar
from govflow.decider import Decider
from govflow.errors import Detail, LogError
from govflow.log import adopted_by
from govflow.log_events import LOG_EVENTS, CalendarAdopted, PolicyAdopted, WorkflowAdopted
from govflow.persistence.codec import Codec, StoredEvent
from govflow.policy import Policy
from govflow.workflow import NEW, Rest

_CODEC = Codec(LOG_EVENTS)
NAMES = frozenset(f"{event.name}@{version}" for event in LOG_EVENTS for version in range(1, event.version + 1))


class Move(NamedTuple):
    """What one event did, as far as rows speak of it: by which command and role, and from where to where."""

    event: str
    wire: str
    role: str
    main: str  # the status of its record before
    source: str  # of what moved, the record or an item of a region, before
    target: str  # and after; empty where no item is kept that could say

    def said(self) -> str:
        """The move in a few words."""
        role = f" as {self.role}" if self.role else ""
        return f"{self.event} by {self.wire}{role}, {self.source} -> {self.target}"


class Sentence(NamedTuple):
    """A rule as a table named it: its version, what it says in English and Chinese, and its source."""

    version: int
    en: str
    zh: str
    basis: str


class Row(NamedTuple):
    """One row of a table: from where to where, for whom, and beside which main statuses (None: any but a final one)."""

    id: str
    region: str | None  # None: the main workflow
    event: str
    wire: str
    sources: frozenset[str]
    target: str | None  # None: it stays where it is
    roles: frozenset[str]
    rules: tuple[str, ...]
    while_in: frozenset[str] | None
    approval: str | None
    clocks: str  # what it does to clocks, as JSON
    moves_clocks: bool
    rides: bool

    def lacks(self, move: Move, table: Table) -> tuple[str, ...]:
        """In what the row differs from a move: source, target, role, while_in; empty where it allows it."""
        unlike = {
            "source": move.source not in self.sources,
            "target": move.target not in ("", self.target or move.source),
            "role": not self.rides and move.role not in self.roles and ANYBODY not in self.roles,
            "while_in": self.region is not None and not table.is_beside(self, move.main),
        }
        return tuple(name for name, differs in unlike.items() if differs)

    def said(self) -> str:
        """The row in a few words."""
        return f"{self.id} ({'|'.join(sorted(self.sources))} -> {self.target or '='}, {'|'.join(sorted(self.roles))})"


class Table(NamedTuple):
    """One adopted table. `lawful` holds what was asked before, so that each kind of move meets the rows once."""

    workflow: str
    digest: str
    position: int
    rests: Mapping[str, str]
    rows: Mapping[tuple[str, str], tuple[Row, ...]]  # by event and command
    riding: Mapping[str, tuple[Row, ...]]  # by the main command that moves items
    regions: Mapping[str, str]  # event -> the region that it belongs to
    rules: Mapping[str, Sentence]  # by code
    lawful: dict[Any, tuple[Row, ...]]

    @classmethod
    def of(cls, name: str, digest: str, data: Mapping[str, Any], position: int) -> Self:
        """The table of that data. Raises KeyError, TypeError, AttributeError or ValueError where the data is none.

        Rows of clocks that ride on other rows have no event: what clocks do stands in the events themselves.
        """
        main = [_row(name, None, each) for each in data["transitions"] if each["event"] is not None]
        beside = [
            _row(region, region, each)
            for region, table in data["regions"].items()
            for each in table["transitions"]
            if each["event"] is not None
        ]
        rows: dict[tuple[str, str], tuple[Row, ...]] = {}
        riding: dict[str, tuple[Row, ...]] = {}
        for row in (*main, *beside):
            if row.rides:
                riding[row.wire] = (*riding.get(row.wire, ()), row)
            else:
                rows[row.event, row.wire] = (*rows.get((row.event, row.wire), ()), row)
        return cls(
            name,
            digest,
            position,
            {str(each["id"]): str(each["rest"]) for each in data["states"]},
            rows,
            riding,
            {row.event: row.region for row in beside if not row.rides and row.region is not None},
            {str(code): _sentence(each) for code, each in data["rules"].items()},
            {},
        )

    def fitting(self, move: Move) -> tuple[Row, ...]:
        """The rows that allow a move; empty where none does."""
        return tuple(row for row in self.rows.get((move.event, move.wire), ()) if not row.lacks(move, self))

    def row(self, id: str, region: str | None) -> Row | None:
        """The row of that id of the main workflow or a region: each numbers its own."""
        every = (row for rows in (*self.rows.values(), *self.riding.values()) for row in rows)
        return next((row for row in every if (row.id, row.region) == (id, region)), None)

    def nearest(self, move: Move) -> tuple[Row, ...]:
        """The rows that come nearest to a move that none allows; at most two."""
        same = self.rows.get((move.event, move.wire), ())
        named = same or tuple(row for (event, _), rows in self.rows.items() if event == move.event for row in rows)
        return tuple(sorted(named, key=lambda row: len(row.lacks(move, self)))[:2])

    def is_beside(self, row: Row, main: str) -> bool:
        """Whether a region's row is allowed while its record is in a status."""
        if main == NEW:
            return False
        rest = self.rests.get(main)
        if row.while_in is None:
            return rest != Rest.FINAL
        return not row.while_in.isdisjoint({"any", main, f"{self.workflow}.{main}"}) or (
            "active" in row.while_in and rest == Rest.OPEN
        )


@lru_cache(maxsize=64)
def table_of(decider: Decider) -> Table:
    """The table that a kind of record has in this release."""
    return Table.of(decider.name, decider.digest, decider.as_data(), 0)


def _sentence(data: Mapping[str, Any]) -> Sentence:
    return Sentence(int(data["version"]), str(data["en"]), str(data["zh"]), str(data["basis"]))


def _row(flow: str, region: str | None, data: Mapping[str, Any]) -> Row:
    shares = data["shares"]
    return Row(
        id=str(data["id"]),
        region=region,
        event=str(data["name"]),
        wire=str(shares or f"{flow}.{data['command']}"),
        sources=frozenset(NEW if each is None else str(each) for each in data["source"]),
        target=None if data["target"] is None else str(data["target"]),
        roles=frozenset(str(side[0]) for side in data["who"]),
        rules=tuple(map(str, data["rules"])),
        while_in=None if data["while_in"] is None else frozenset(map(str, data["while_in"])),
        approval=data["approval"],
        clocks=json.dumps(data["clocks"], sort_keys=True),
        moves_clocks=any(data["clocks"].values()),
        rides=shares is not None,
    )


class Tables(NamedTuple):
    """What a log says of itself: tables by workflow in the order of their adoption, and since when each policy stands.

    A name of a policy or calendar stands for what was adopted under it first. `stood` is what was adopted, by the
    position at which it changed. `findings` is what was found wrong in the log's own stream; `counted` holds dates and
    lengths that were counted from these policies and calendars before.
    """

    adopted: Mapping[str, tuple[Table, ...]]
    policies: Mapping[bytes, int]  # id@version as it is stored -> the position of its adoption
    contents: Mapping[bytes, Policy]  # by the same
    calendars: Mapping[str, tuple[int, Calendar]]  # id@version -> since which position, and its days
    stood: tuple[tuple[int, Adopted], ...]
    findings: tuple[Finding, ...]
    counted: dict[Any, Any]

    @classmethod
    def of(cls, rows: Iterable[StoredEvent]) -> Self:
        """Read and check the rows of the stream `log`, oldest first. It never raises for what they hold."""
        adopted: dict[str, tuple[Table, ...]] = {}
        policies: dict[bytes, int] = {}
        contents: dict[bytes, Policy] = {}
        calendars: dict[str, tuple[int, Calendar]] = {}
        stood = [(0, Adopted())]
        findings: list[Finding] = []
        version, before = 0, b""
        for row in rows:
            if row.version != version + 1:
                findings.extend(off_the_line(row, version))
            version = row.version
            if row.topic not in NAMES:
                findings.append(unknown(row))
                continue
            try:
                event = _CODEC.decode(row.topic, row.state)
            except LogError:
                findings.append(unreadable(row, "body", "事件内容"))
                continue
            kept = kept_of(row.state)
            if kept is None:
                findings.append(unreadable(row, "metadata", "元数据"))
            else:
                findings += of_the_log(row, event, kept)
                findings += out_of_time(row, event.at, kept.recorded, before=before)
                before = kept.recorded
            try:
                findings += renamed(row, event, contents, calendars)
                match event:
                    case PolicyAdopted():
                        policies.setdefault(event.policy.key.encode(), row.position)
                        contents.setdefault(event.policy.key.encode(), event.policy)
                        for calendar in event.policy.calendars:
                            calendars.setdefault(calendar.key, (row.position, calendar))
                    case CalendarAdopted():
                        calendars.setdefault(event.calendar.key, (row.position, event.calendar))
                    case WorkflowAdopted():
                        table = Table.of(event.workflow, event.digest, event.table, row.position)
                        adopted[event.workflow] = (*adopted.get(event.workflow, ()), table)
                if isinstance(event, PolicyAdopted | CalendarAdopted):
                    stood.append((row.position, adopted_by([event], stood[-1][1])))
            except (KeyError, TypeError, AttributeError, ValueError, OverflowError):  # forged ones may hold anything
                findings.append(unreadable(row, "table", "流程表"))
        return cls(adopted, policies, contents, calendars, tuple(stood), tuple(findings), {})

    def before(self, position: int) -> Adopted:
        """The policies and calendars adopted before a position."""
        return self.stood[max(0, bisect_left(self.stood, position, key=lambda each: each[0]) - 1)][1]

    def unknown(self, served: Iterable[Decider]) -> tuple[Table, ...]:
        """The tables that are none of those served here: of another release, or forged. The log alone speaks for them.

        What they allow counts as lawful, also beside a newer table: whoever checks a log should be told of them.
        """
        known = {each.digest for each in served}
        return tuple(each for tables in self.adopted.values() for each in tables if each.digest not in known)

    def notices(self, served: Iterable[Decider]) -> tuple[Detail, ...]:
        """The same in a sentence for each, for the report of a check: no findings, since releases change tables."""
        return tuple(_believed(each, len(self.adopted[each.workflow])) for each in self.unknown(served))


def _believed(table: Table, many: int) -> Detail:
    digest, name = named(table.digest[:12]), named(table.workflow)
    return Detail(
        f"the table {digest} of {name} (position {table.position}, one of {many}) is none of those served here: "
        "what it allows is believed on the log's word",
        f"{name} 的流程表 {digest}（位置 {table.position}，共 {many} 份）不在现用之列：其所允许者仅凭日志所载采信",
    )
