"""What is checked for a report 报告所附核查: each row's hash, the tables, the rules, constraints, and what was signed.

Rows are read as they stand, for what was forged may not fold. What was not checked is told too: silence is no claim.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from govflow.audit.constraints.check import check_stream
from govflow.audit.constraints.files import shipped_constraints
from govflow.audit.explaining.past import Past
from govflow.audit.explaining.readable import ROW_ERRORS, Cut, stored_rows
from govflow.audit.explaining.rules_of_log import Verdicts, broken_rules
from govflow.audit.findings import Check, Code, Finding, Findings
from govflow.audit.legality.record import check_record
from govflow.audit.legality.tables import Tables
from govflow.audit.metadata import finding, unknown, unreadable
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.stored_tree import KEPT, hash_of
from govflow.engine import Engine
from govflow.errors import LogError, NotFound
from govflow.log_events import LOG_STREAM
from govflow.messages import RecordedEvent
from govflow.pages.report_values import Inspection
from govflow.persistence.codec import StoredEvent
from govflow.reading import Reader

Tell = Callable[[int], object] | None
"""Hears of how many entries have been checked, now and then."""

_TOLD_EVERY = 1_000
_HASHES, _TABLES, _RULES, _CONSTRAINTS = "hashes", "tables", "rules", "constraints"
SIGNED = "signed"
"""The check of entries against what was signed."""


class Checked(NamedTuple):
    """What the checks for a report came to, and which of them were made.

    `is_cut`: a damaged row may belong to what is told. `elsewhere` are the places of damaged rows that do not.
    """

    findings: Findings
    inspections: Sequence[Inspection]
    is_cut: bool = False
    elsewhere: Sequence[int] = ()


class _Bench:
    """What checking needs beside the rows, and what is counted meanwhile."""

    def __init__(self, reader: Reader, *, with_rules: bool) -> None:
        self.log = reader.log
        self.tables = Tables.of(self.log.store.read(LOG_STREAM))
        self.past = Past(reader) if with_rules else None
        self.constraints = shipped_constraints()
        kinds = self.log.deciders.values()
        self.by_event = {event.name: decider for decider in kinds for event in decider.workflow.events}
        self.verdicts = Verdicts()
        self.findings = Findings()
        self.found: Counter[str] = Counter()
        self.records = self.entries = 0

    def note(self, check: str, findings: Iterable[Finding]) -> None:
        """Take note of what one check objects to."""
        for each in findings:
            self.findings.append(each)
            self.found[check] += 1

    def add(self, rows: Sequence[StoredEvent], events: Iterable[RecordedEvent]) -> None:
        """Check one record; `events` are its rows as far as they can be read."""
        self.records += 1
        self.entries += len(rows)
        hashes = [*_hashes(rows)]
        self.note(_HASHES, hashes)
        if any(each.code is Code.DAMAGED for each in hashes):
            return  # columns that no event has: nothing can judge them
        decider = self.by_event.get(rows[0].topic.partition("@")[0])
        self.note(_TABLES, [unknown(rows[0])] if decider is None else check_record(decider, rows, self.tables))
        if self.past is not None and decider is not None:
            self.note(_RULES, broken_rules(self.past, rows, self.verdicts))
        self.note(_CONSTRAINTS, check_stream(events, self.constraints))

    def inspections(self) -> list[Inspection]:
        """What was checked so far, and what was not."""
        made = [each for each in (_HASHES, _TABLES, _RULES, _CONSTRAINTS) if each != _RULES or self.past is not None]
        unjudged = self.verdicts.not_judged.total() + self.verdicts.unread
        told = [
            Inspection(each, True, self.records, self.entries, self.found[each], unjudged if each == _RULES else 0)
            for each in made
        ]
        return told if self.past is not None else [*told, Inspection(_RULES, made=False)]


def check_matter(reader: Reader, ids: Iterable[str], checkpointer: Checkpointer | None, size: int) -> Checked:
    """Check the records of a matter, and their entries among the first `size` against what `checkpointer` signed.

    Without one that is said to be not checked; so it is where nothing was signed (`size` 0).
    """
    bench = _Bench(reader, with_rules=True)
    places: list[int] = []
    for id in ids:
        rows = stored_rows(bench.log.store, id)
        if rows:
            places += (row.position for row in rows if row.position <= size)
            bench.add(rows, _read(bench, rows))
    signed = Inspection(SIGNED, made=False)
    if checkpointer is not None and size:
        false = [*_signed(checkpointer, places)]
        bench.note(SIGNED, false)
        signed = Inspection(SIGNED, True, bench.records, len(places), len(false))
    return Checked(bench.findings, [*bench.inspections(), signed])


def check_period(
    reader: Reader,
    begins: datetime,
    until: datetime,
    tell: Tell = None,
    unit: str | None = None,
    cuts: Mapping[str, Cut] | None = None,
) -> Checked:
    """Check every record that may be seen and has an entry in [begins, until), all of it, in flat memory.

    With `unit` only those in which the unit is named. `cuts` says where records end for whoever reads them.

    A damaged row is told of as damage elsewhere where its record reached the end of the period before it, in rows that
    are whole: what a report says of a record ends there. Every other damaged row may belong to the period, and to the
    unit, whatever it says now, so its record is checked. Both are for whoever may see everything: of nobody else is it
    known whether they may.
    """
    bench, cuts, sees_all = _Bench(reader, with_rules=False), cuts or {}, isinstance(reader, Engine)
    needle = b'"%b"' % unit.encode() if unit is not None else b""
    told, is_cut, elsewhere = 0, False, list[int]()
    for stream, rows in bench.log.store.streams():
        if stream == LOG_STREAM:  # the tables and policies that all else is judged by
            before = len(bench.findings.told)
            bench.note(_HASHES, _hashes(rows))
            is_cut |= len(bench.findings.told) > before
            continue
        cut = (cuts.get(stream) or _cut(bench, rows)) if sees_all else None
        if cut is not None and cut.reached is not None and cut.reached >= until:
            elsewhere.append(cut.position)
            rows, cut = rows[: cut.kept], None
        if cut is None and not _concerns(rows, needle):
            continue
        events = [*_read(bench, rows)]
        is_whole = cut is None and len(events) == len(rows)
        if (is_whole and not any(begins <= each.body.at < until for each in events)) or not _is_seen(reader, stream):
            continue
        is_cut |= not is_whole
        bench.add(rows, events)
        if tell is not None and bench.entries >= told + _TOLD_EVERY:
            told = bench.entries
            tell(told)
    return Checked(bench.findings, [*bench.inspections(), Inspection(SIGNED, made=False)], is_cut, sorted(elsewhere))


def _cut(bench: _Bench, rows: Sequence[StoredEvent]) -> Cut | None:
    """Up to where the rows of a record are what was hashed; None where all of them are."""
    bad = next((place for place, row in enumerate(rows) if any(_hashes([row]))), None)
    if bad is None:
        return None
    moments = [each.body.at for each in _read(bench, rows[:bad])]
    return Cut(len(moments), max(moments, default=None), rows[len(moments)].position)


def _concerns(rows: Sequence[StoredEvent], needle: bytes) -> bool:
    """Whether a record is among those that are to be checked: where its bytes cannot be searched, it is."""
    return not needle or any(type(row.state) is not bytes or needle in row.state for row in rows)


def _is_seen(reader: Reader, id: str) -> bool:
    if isinstance(reader, Engine):
        return True
    try:
        return bool(reader.get(id))
    except (NotFound, *ROW_ERRORS):
        return False


def _read(bench: _Bench, rows: Iterable[StoredEvent]) -> Iterator[RecordedEvent]:
    """The events of one record, as far as they can be read."""
    for row in rows:
        try:
            yield bench.log.codec.recorded(row)
        except ROW_ERRORS:
            return


def _hashes(rows: Iterable[StoredEvent]) -> Iterator[Finding]:
    """Rows that are not what was written, each against its own hash."""
    for row in rows:
        try:
            is_sound, is_row = row.leaf == hash_of(row), type(row.command_id) in (bytes, type(None))
        except LogError:
            is_sound = is_row = False
        if not is_row:
            yield unreadable(row, "row", "该行")
        elif not is_sound:
            said = "the stored bytes are not those that were hashed", "所存内容与其哈希不符"
            yield finding(row, Code.EDIT, *said, by=Check.HASHES)


def _signed(checkpointer: Checkpointer, places: Iterable[int]) -> Iterator[Finding]:
    """Whether the rows at these places lead to the signed root; a proof of one reads all of the block it stands in."""
    blocks: dict[int, int] = {}
    for place in sorted(places):
        blocks.setdefault((place - 1) >> KEPT, place)
    for place in blocks.values():
        try:
            checkpointer.inclusion(place)
        except LogError as error:
            zh = f"位置 {place} 一带的内容与已签检查点不符"
            yield Finding(Code.EDIT, Check.CHECKPOINTS, f"around position {place}: {error}"[:300], zh, place)
            return
