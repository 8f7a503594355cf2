"""Legality 合法性: whether every stored event is one that the table and the policy of its time allowed.

"The table guards the present; events carry the past." Here the past is held against the tables that it had: folding
forward, each event must rest on a row whose command, event, source, target and roles are its own. Rules are judged
again by `govflow.audit.explaining.why`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from govflow.audit.findings import Code, Finding
from govflow.audit.legality.clock_moves import wrong_moves
from govflow.audit.legality.dates import wrong_dates
from govflow.audit.legality.tables import Move, Row, Table, Tables, table_of
from govflow.audit.metadata import (
    as_written,
    finding,
    kept_of,
    named,
    off_the_line,
    out_of_time,
    unknown,
    unreadable,
)
from govflow.decider import Decider
from govflow.errors import LogError
from govflow.messages import Event
from govflow.persistence.codec import Codec, StoredEvent, packed_command_id
from govflow.records import Record, RecordGuarded
from govflow.workflow import NEW

Told = Generator[Finding, None, Record | None]
"""Findings one by one; returned is the record as its events leave it, None where they cannot be folded to their end."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Waiting(NamedTuple):
    """An event that needed a second person's leave: what follows at once must use that leave up."""

    row: StoredEvent
    command: bytes
    rows: tuple[Row, ...]


def check_record(
    decider: Decider, rows: Iterable[StoredEvent], tables: Tables, read: list[Event] | None = None
) -> Told:
    """Everything in a record's stream that its tables did not allow, in the order of its rows.

    `read` is filled with the events of these rows, as far as they could be read: nobody needs to read them twice.

    It never raises for what rows hold. Where a row is missing or unreadable nobody can say how the record went on:
    the check of this stream ends with that finding. A table counts from the position at which it was adopted, and
    goes on counting beside a later one: a log may be served by an older program again.
    """
    decode, known, evolve = *_reading(decider), decider.evolve
    adopted = tables.adopted.get(decider.name, ())
    lawful: Mapping[Any, tuple[Row, ...]] = adopted[-1].lawful if adopted else {}
    regions: Mapping[str, str] = adopted[-1].regions if adopted else {}
    since = adopted[-1].position if adopted else 0
    policies = tables.policies
    state = decider.initial
    at, moment, before = _LONG_AGO, _LONG_AGO, b""
    begun, pinned, waiting = b"", b"", None
    for row in rows:
        _, version, topic, stored, packed, position, _ = row
        if version != state.version + 1:
            yield from off_the_line(row, state.version)
            return None
        if topic not in known:
            yield unknown(row)
            return None
        try:
            event = decode(topic, stored)
        except LogError:
            yield unreadable(row, "body", "事件内容")
            return None
        if read is not None:
            read.append(event)
        if not state.version:
            state = state.changed(id=row.stream)
        try:
            after = evolve(state, event)
        except Exception as error:  # a forged event may break a fold in any way: that is the objection to it
            en = f"{event.name} does not fit the record as it stands ({type(error).__name__})"
            yield finding(row, Code.SEMANTIC, en, f"{event.name} 与记录当时状态不符")
            return None

        found = as_written(stored)
        kept = found.groups() if found is not None else kept_of(stored)
        if kept is None:
            yield unreadable(row, "metadata", "元数据")
            state = after
            continue
        role, _, stands_for, _, _, _, _, command, wire, recorded, policy = kept

        if recorded != before:
            moment = _moment(recorded)
        is_timely = before <= recorded and at <= event.at <= moment
        if not is_timely:
            yield from _untimely(row, event.at, recorded, before=before, at=at)
        at, before = event.at, recorded

        if command != begun:  # all that one command causes is decided under the policy that it began with
            begun, pinned = command, state.policy.encode()
        if policies.get(policy, position) >= position or (policy != pinned and pinned):
            yield from _ungoverned(row, policy, pinned, policies)
        elif version == 1:
            yield from _superseded(row, policy, after.policy, moment, tables)
        if packed is not None and packed.hex() != command.decode() and packed != packed_command_id(command.decode()):
            yield finding(row, Code.EDIT, *_OTHER_COMMAND)
        if (stands_for is not None or event.in_stead_of is not None) and stands_for != _bytes(event.in_stead_of):
            yield finding(row, Code.SEMANTIC, *_OTHER_STEAD)
        if waiting is not None:
            yield from _without_leave(waiting, event.name, command)
            waiting = None

        name = event.name
        region = regions.get(name)
        if region is None:
            source, target = state.status or NEW, after.status
        else:
            item = event.__dict__.get("item", "")
            source, target = _status_of(state, region, item) or NEW, _status_of(after, region, item)
        key = topic, wire, role, state.status, source, target
        fits = lawful.get(key, ()) if position > since else ()
        if not fits:
            move = Move(name, wire.decode(), named(role), state.status or NEW, source, target)
            fits = _fitting(adopted, position, key, move)
            if not fits and type(event) is not RecordGuarded:
                yield _illegal(row, move, [table for table in adopted if table.position < position])
        if event.clocks or (fits and fits[0].moves_clocks):
            yield from wrong_moves(row, fits, event, state, None if region is None else decider.regions.get(region))
            if is_timely:  # else what is counted from it is wrong for a reason that was told
                yield from wrong_dates(row, event, after, policy, tables)
        if fits:
            if fits[0].approval and role != b"system" and "approval.used" in regions and all(e.approval for e in fits):
                waiting = _Waiting(row, command, fits)
            if region is None and after.items is not state.items:
                yield from _riding(row, fits, state, after, adopted, decider)
        state = after
    if waiting is not None:
        yield from _without_leave(waiting, "", b"")
    return state


@lru_cache(maxsize=64)
def _reading(decider: Decider) -> tuple[Any, frozenset[str]]:
    """How the events of a kind of record are read, and the names and versions of all that can be."""
    names = (f"{event.name}@{version}" for event in decider.events for version in range(1, event.version + 1))
    return Codec(decider.events).decode, frozenset(names)


_OTHER_COMMAND = "the command id kept beside the row is not the one within it", "行旁所存命令编号与行内不符"
_OTHER_STEAD = "event and metadata name different people stood in for", "事件与元数据所载被代理人不一致"


def _untimely(
    row: StoredEvent, happened: datetime, recorded: bytes, *, before: bytes, at: datetime
) -> Iterator[Finding]:
    """What is wrong with the times of a row: those of the row ahead of it were `before` and `at`."""
    yield from out_of_time(row, happened, recorded, before=before)
    if happened < at:
        said = "it happened before the event ahead of it in its stream", "发生时间早于同一流中的前一事件"
        yield finding(row, Code.TIME_REGRESSION, *said)


def _ungoverned(row: StoredEvent, policy: bytes, pinned: bytes, policies: Mapping[bytes, int]) -> Iterator[Finding]:
    """What is wrong with the policy that a row was decided under: not adopted, or not the one its record has pinned."""
    one, other = named(policy), named(pinned)
    if policies.get(policy, row.position) >= row.position:
        en = f"it was decided under {one}, which was not adopted before"
        yield finding(row, Code.SEMANTIC, en, f"所依政策 {one} 此前未经通过", "policy")
    elif policies.get(pinned, row.position) < row.position:
        en = f"it was decided under {one}, while the record has pinned {other}"
        yield finding(row, Code.SEMANTIC, en, f"依 {one} 作出，而记录固定的政策为 {other}", "policy")


def _superseded(row: StoredEvent, policy: bytes, pins: str, moment: datetime, tables: Tables) -> Iterator[Finding]:
    """What is wrong with the policy that a record begins under: not the one in force then, or not the one it pins."""
    try:
        in_force = tables.before(row.position).policy_on(moment)
    except OverflowError:  # at the end of all time; that it lies ahead of the others is said elsewhere
        return
    one = named(policy)
    if in_force is not None and in_force.key.encode() != policy:
        other = named(in_force.key)
        en = f"its record began under {one}, while {other} was in force"
        yield finding(row, Code.SEMANTIC, en, f"该记录依 {one} 开始，而当时有效的政策为 {other}", "policy")
    if pins and pins.encode(errors="replace") != policy:
        en = f"it was decided under {one}, while the record pins {named(pins)}"
        yield finding(row, Code.SEMANTIC, en, f"依 {one} 作出，而记录固定的政策为 {named(pins)}", "policy")


def _moment(recorded: bytes) -> datetime:
    """When it was recorded; a moment that there is none of lies before all others, so that it is looked at."""
    try:
        return datetime.fromisoformat(recorded.decode())
    except ValueError:
        return _LONG_AGO


def _bytes(id: str | None) -> bytes | None:
    return None if id is None else id.encode()


def _status_of(state: Record, region: str, key: str) -> str:
    """The status of an item of a region; nothing where there is none, or the region keeps no items."""
    items = state.items.get(region)
    item = state.item(region, key) if items is None else items.get(key)
    return "" if item is None else item.status


def _fitting(adopted: tuple[Table, ...], position: int, key: Any, move: Move) -> tuple[Row, ...]:
    """The rows that a move may rest on: of the latest table adopted by then, else of those before it."""
    for table in reversed(adopted):
        if table.position < position:
            fits: tuple[Row, ...] = table.lawful.get(key) or table.fitting(move)
            if fits:
                table.lawful[key] = fits
                return fits
    return ()


_WHAT = {
    "source": ("does not lead from {move.source}", "不自 {move.source} 出发"),
    "target": ("does not lead to {move.target}", "不通向 {move.target}"),
    "role": ("is not for {role}", "不由 {role} 执行"),
    "while_in": ("is not for a record that is {move.main}", "不适用于处于 {move.main} 的记录"),
}


NO_TABLE = "workflow.adopted"
"""The basis of a finding that the log holds no table to judge by."""


def _illegal(row: StoredEvent, move: Move, adopted: list[Table]) -> Finding:
    """The finding that no row allowed a move: the rows that came nearest, and in what each differs."""
    if not adopted:
        said = "no table of this kind of record was adopted before", "此前未通过该类记录的流程表"
        return finding(row, Code.SEMANTIC, *said, NO_TABLE)
    table = adopted[-1]
    near = table.nearest(move)
    has_command = any(each.wire == move.wire for each in near)
    en, zh = [], []
    for each in near:
        lacks = each.lacks(move, table) if has_command else ()
        role = move.role or "nobody"
        en.append(
            f"{each.said()} "
            + (" and ".join(_WHAT[it][0].format(move=move, role=role) for it in lacks) or f"is for {each.wire}")
        )
        zh.append(
            f"{each.said()} "
            + ("、".join(_WHAT[it][1].format(move=move, role=role) for it in lacks) or f"属于 {each.wire}")
        )
    basis = ", ".join(each.id for each in near)
    return finding(
        row,
        Code.SEMANTIC,
        f"no row allowed {move.said()}; nearest: {'; '.join(en) or 'none has this event'}",
        f"流程表不允许 {move.said()}；最接近的行：{';'.join(zh) or '无此事件的行'}",
        basis,
    )


def _without_leave(waiting: _Waiting, event: str, command: bytes) -> Iterator[Finding]:
    """The finding that a step which needs a second person's leave used none up."""
    if event == "approval.used" and command == waiting.command:
        return
    row, asked = waiting.rows[0], waiting.rows[0].approval
    said = f"{row.id} needs leave of {asked}, and none was used", f"{row.id} 须经 {asked} 同意，但未使用任何审批"
    yield finding(waiting.row, Code.SEMANTIC, *said, row.id)


def _riding(
    row: StoredEvent, fits: tuple[Row, ...], state: Record, after: Record, adopted: tuple[Table, ...], decider: Decider
) -> Iterator[Finding]:
    """What a main event did to items that no riding row allowed, of its time or of today: folding is today's."""
    tables = [table for table in adopted if table.position < row.position]
    wire = fits[0].wire
    for region, items in after.items.items():
        old = state.items.get(region, {})
        if items is old:
            continue
        for key, item in items.items():
            if (was := old.get(key)) is item:
                continue
            source = NEW if was is None else was.status
            move = Move(fits[0].event, wire, "", state.status or after.status, source, item.status)
            rides = [(each, table) for table in tables for each in table.riding.get(wire, ()) if each.region == region]
            if rides and all(each.lacks(move, table) for each, table in rides):
                now = table_of(decider)
                if any(not each.lacks(move, now) for each in now.riding.get(wire, ()) if each.region == region):
                    continue
                en = f"{region} {named(key)}: no riding row of {wire} leads from {source} to {item.status}"
                zh = f"{region} {named(key)}：{wire} 的随行行均不自 {source} 通向 {item.status}"
                yield finding(row, Code.SEMANTIC, en, zh, ", ".join(each.id for each, _ in rides))
