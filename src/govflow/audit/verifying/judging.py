"""Judging the events 裁断: every record against the tables of its time, part by part of a log, on every core there is.

A large log in a file is divided by the names of its records; each part is judged in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from govflow.audit.constraints.check import Constraints, check_stream
from govflow.audit.constraints.files import shipped_constraints
from govflow.audit.explaining.past import Past
from govflow.audit.explaining.rules_of_log import Verdicts, broken_rules, past_of
from govflow.audit.findings import Check, Code, Finding, Findings
from govflow.audit.legality.personal_keys import Keys, is_sealed, left_out, opened_keys, own_rows
from govflow.audit.legality.record import NO_TABLE, check_record
from govflow.audit.legality.tables import Tables
from govflow.audit.metadata import finding, unknown
from govflow.audit.verifying.hashing import readable
from govflow.decider import Decider
from govflow.errors import Detail, LogError
from govflow.files import IN_MEMORY
from govflow.log_events import LOG_STREAM, LogRedacted
from govflow.messages import Event
from govflow.persistence.codec import Codec, StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store
from govflow.subjects import with_people

WORTH_DIVIDING = 200_000  # events; below, starting processes takes longer than they save
WITH_RULES = 10_000  # the same where every rule is judged again
_PARTS_PER_WORKER = 8
_MOST_NOTICES = 20
_STEP = 100  # records between two words about how far it is

Served = Callable[[], Sequence[Decider]]
"""Gives the kinds of record; importable by name, so that other processes can ask it too."""


class Judging(NamedTuple):
    """What the events themselves came to; `verdicts` those of their rules, None where nobody asked or could say.

    `sealed` counts the events whose personal data nobody could try to open, for the keys were not at hand; `notices`
    say what was believed on the log's word alone.
    """

    records: int
    findings: Findings
    verdicts: Verdicts | None = None
    events: int = 0
    sealed: int = 0
    notices: tuple[Detail, ...] = ()
    unjudged: int = 0  # events that need a table which is damaged
    damaged: int | None = None  # where that table was adopted


Progress = Callable[[int], object] | None
"""Hears how many events have been judged."""

Judge = Callable[[Progress], Judging]


class _Bench(NamedTuple):
    """What judging needs beside the rows."""

    by_event: Mapping[str, Decider]
    tables: Tables
    notices: tuple[Detail, ...]
    keys: Keys | None  # None: they are not at hand
    is_redacted: bool  # its personal values were left out, as it says
    rules: bool
    past: Past | None  # None: nobody asks for rules, or nobody can judge them
    constraints: Constraints
    codec: Codec
    complaints: Sequence[Finding]


@contextmanager
def judging(
    store: Store, served: Served, *, keys: str | None = None, workers: int | None = None, rules: bool = False
) -> Iterator[Judge]:
    """Begin to judge a log; what is handed out waits for the end of it. Other work may go on meanwhile.

    `keys` is the path of the key store, None where it is not at hand: then nobody asks whether a key is missing.
    `workers` is how many processes to use (one for each core; 1: this one alone). With `rules` every rule is judged
    again as of then (`audit.explaining.rules_again`), which takes many times as long.
    """
    count = (os.cpu_count() or 1) if workers is None else workers
    path = store.path if isinstance(store, SQLiteStore) else IN_MEMORY
    if count < 2 or path == IN_MEMORY or store.head() < (WITH_RULES if rules else WORTH_DIVIDING):
        yield lambda progress: _judge_all(store, served, keys, rules, progress)
        return
    assert isinstance(store, SQLiteStore)
    head = store.head()
    names = store.parts(count * _PARTS_PER_WORKER)
    parts = list(zip(names, [*names[1:], None], strict=True))
    # a fresh process each: one that is forked would share open files and half-held locks
    context = multiprocessing.get_context("spawn")
    with context.Pool(count, _begin, (path, head, served, keys, rules)) as pool:
        done = pool.imap_unordered(_judge_part, parts)
        yield lambda progress: _sum(done, progress)


def _sum(parts: Iterator[Judging], progress: Progress) -> Judging:
    records, events, sealed, unjudged, found, verdicts = 0, 0, 0, 0, Findings(), None
    damaged: int | None = None
    notices: tuple[Detail, ...] = ()
    for each in parts:
        notices = notices or each.notices
        records, events, sealed = records + each.records, events + each.events, sealed + each.sealed
        unjudged += each.unjudged
        damaged = damaged or each.damaged
        found.merge(each.findings)
        if each.verdicts is not None:
            verdicts = verdicts or Verdicts()
            verdicts.merge(each.verdicts)
        if progress is not None:
            progress(events)
    found.told.sort(key=lambda each: each.position or 0)
    return _with_unjudged(Judging(records, found, verdicts, events, sealed, notices, unjudged, damaged))


def _with_unjudged(judged: Judging) -> Judging:
    """The same with one finding for all events that could not be judged: told first, as the others follow from it."""
    if judged.unjudged:
        n, position = judged.unjudged, judged.damaged
        en = f"{n} events not judged: a table they need is damaged or missing (#{position})"
        zh = f"{n} 个事件无法裁断：所需流程表已损坏或缺失（#{position}）"
        first = Findings()
        first.append(Finding(Code.DAMAGED, Check.SEMANTIC, en, zh, position))
        judged.findings.put_first(first)
    return judged


_judge_here: Callable[[tuple[str, str | None]], Judging]


def _begin(path: str, head: int, served: Served, keys: str | None, rules: bool) -> None:
    global _judge_here
    store = SQLiteStore(path, read_only=True)
    store.stop_at(head)
    _judge_here = partial(_judge, store, _bench(store, served, keys, rules))


def _judge_part(part: tuple[str, str | None]) -> Judging:
    return _judge_here(part)


def _judge_all(store: Store, served: Served, keys: str | None, rules: bool, progress: Progress) -> Judging:
    bench = _bench(store, served, keys, rules)
    try:
        return _with_unjudged(_judge(store, bench, ("", None), progress))
    finally:
        if bench.keys is not None:
            bench.keys.close()


def _bench(store: Store, served: Served, keys: str | None, rules: bool) -> _Bench:
    deciders = with_people(served())
    said = list(filter(_is_event, own_rows(store)))
    tables = Tables.of(said)
    complaints: list[Finding] = []
    return _Bench(
        by_event={event.name: decider for decider in deciders for event in decider.workflow.events},
        tables=tables,
        notices=_first_of(tables.notices(deciders)),
        keys=opened_keys(keys, store, complaints.append),
        is_redacted=any(row.topic.startswith(f"{LogRedacted.name}@") for row in said),
        rules=rules,
        past=past_of(store, deciders) if rules else None,
        constraints=shipped_constraints(),
        codec=Codec(event for decider in deciders for event in decider.events),
        complaints=complaints,
    )


def _judge(store: Store, bench: _Bench, part: tuple[str, str | None], progress: Progress = None) -> Judging:
    first, end = part
    found, count, events, sealed = Findings(), 0, 0, 0
    damaged, unjudged = _damaged_table(bench.tables), 0
    if not first:
        found.extend(bench.complaints)
    verdicts = None if bench.past is None else Verdicts()
    streams = store.streams(first, end) if isinstance(store, SQLiteStore) else store.streams()
    for stream, rows in readable(streams, found.append):
        events += len(rows)
        if not all(map(_is_event, rows)):
            found.append(_not_judged(rows))
            continue
        found.extend(_out_of_order(rows))
        if bench.keys is not None:
            found.extend(bench.keys.missing(rows))
        else:
            sealed += sum(map(is_sealed, rows))
        if stream == LOG_STREAM:
            found.extend(bench.tables.findings)
            if bench.rules and bench.past is None:
                found.append(_NO_RULES)
            continue
        count += 1
        decider = bench.by_event.get(rows[0].topic.partition("@")[0])
        if decider is None:
            found.append(unknown(rows[0]))
        else:
            bodies: list[Event] = []
            for each in check_record(decider, rows, bench.tables, bodies):
                if damaged and each.basis == NO_TABLE:  # it may have been adopted: nobody can read that any more
                    unjudged += 1
                else:
                    found.append(each)
            if not bench.is_redacted:
                found.extend(left_out(rows, bodies))
            found.extend(check_stream(_concerned(bench, rows, bodies), bench.constraints))
            if bench.past is not None and verdicts is not None:
                found.extend(broken_rules(bench.past, rows, verdicts))
        if progress is not None and not count % _STEP:
            progress(events)
    return Judging(count, found, verdicts, events, sealed, bench.notices, unjudged, damaged)


def _damaged_table(tables: Tables) -> int | None:
    """Where a row of the log's own stream stands that may have adopted a table and cannot be read, or is gone."""
    unread = (Code.DAMAGED, Code.UNKNOWN_EVENT, Code.GAP)
    found = (each for each in tables.findings if each.code in unread or each.event.startswith("workflow.adopted@"))
    return next((each.position for each in found), None)


def _first_of(notices: Sequence[Detail]) -> tuple[Detail, ...]:
    """The first few, and how many more there are: somebody may have written any number of tables."""
    more = len(notices) - _MOST_NOTICES
    if more <= 0:
        return tuple(notices)
    left = Detail(f"and {more} more tables that are none of those served here", f"另有 {more} 份流程表不在现用之列")
    return (*notices[:_MOST_NOTICES], left)


class _Seen(NamedTuple):
    """An event as constraints look at it."""

    position: int
    stream: str
    version: int
    name: str
    body: Event


def _concerned(bench: _Bench, rows: Sequence[StoredEvent], read: Sequence[Event]) -> Iterator[_Seen]:
    """The events of a record that constraints look at, as far as they can be read; `read` are the first of them.

    Of what comes behind an event that ended the check by tables only those are read that constraints look at.
    """
    concerns = bench.constraints.concerns
    for row, body in zip(rows, read, strict=False):
        name = body.name
        if concerns(name):
            yield _Seen(row.position, row.stream, row.version, name, body)
    for row in rows[len(read) :]:
        name = row.topic.partition("@")[0]
        if concerns(name):
            try:
                body = bench.codec.decode(row.topic, row.state)
            except LogError:
                return  # the tables say so, and nobody can say how it went on
            yield _Seen(row.position, row.stream, row.version, name, body)


_NO_RULES = Finding(
    Code.DAMAGED,
    Check.SEMANTIC,
    "no rule could be judged again: what the log says of itself was changed",
    "规则无法复核：日志自身的记载已被改动",
    stream=LOG_STREAM,
)


def _is_event(row: StoredEvent) -> bool:
    """Whether a row of a file that others may have written to has the types of one, and texts that are texts."""
    try:
        (row.stream + row.topic).encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return type(row.version) is int and type(row.state) is bytes and type(row.command_id) in (bytes, type(None))


def _not_judged(rows: Sequence[StoredEvent]) -> Finding:
    """The finding that nobody can judge a record: forged columns must not keep it from being looked at unseen."""
    position = next(row.position for row in rows if not _is_event(row))
    en, zh = "a row of the record holds no event: it could not be judged", "该记录中有一行不是事件，无法裁断"
    return Finding(Code.DAMAGED, Check.SEMANTIC, en, zh, position)


def _out_of_order(rows: Sequence[StoredEvent]) -> Iterator[Finding]:
    """Rows of one stream whose positions in the log do not follow their versions."""
    last = 0
    for row in rows:
        if row.position <= last:
            en = f"it stands at position {row.position}, before the version ahead of it"
            yield finding(row, Code.REORDER, en, f"位于位置 {row.position}，先于其前一版本", by=Check.ORDER)
        last = row.position
