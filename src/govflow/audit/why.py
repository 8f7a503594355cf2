"""Why 为何准许: on what an event of the past rests: its command, row, role, and each rule judged again as of then.

A rule is judged on the record as it stood before, the event, and what stood in the log by then. Where it looks at what
no log holds, or is another rule by now, that is said instead of a verdict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from govflow.actors import FOR_THEMSELVES, covers
from govflow.audit.findings import Code, Finding
from govflow.audit.metadata import Kept, finding, kept_of
from govflow.audit.past import CLAIMS, COMMAND, NUMBER, Gone, Holding, KeptClaim, NotInLog, Past
from govflow.audit.tables import Move, Row, Sentence, Table
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail, LogError, NotFound
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.reading import Reader
from govflow.records import Item, Record, RecordGuarded
from govflow.region import Region
from govflow.workflow import NEW, Rule, Step


class Verdict(StrEnum):
    """What came of judging a rule again."""

    HOLDS = "holds"  # 成立
    BROKEN = "broken"  # 不成立
    NOT_JUDGED = "not_judged"  # 未复核


class Judged(NamedTuple):
    """One rule judged again: code, sentence and source as its table had them, and what came of it.

    `details` say what in particular is wrong, or why there is no verdict; each has its Chinese beside it (`zh`).
    """

    code: str
    en: str
    zh: str
    basis: str
    verdict: Verdict
    details: tuple[Detail, ...] = ()


class Grounds(NamedTuple):
    """On what one event rests. `row` is empty where no row allowed it; `policy` is the version it was decided under.

    `before` and `after` are statuses of what moved: of the record, or of the `item` of a `region`.
    """

    record: str
    version: int
    position: int
    event: str
    command: str
    command_id: str
    row: str
    region: str
    item: str
    before: str
    after: str
    role: str
    unit: str
    by: str
    in_stead_of: str
    on_behalf_of: str
    at: datetime
    recorded_at: datetime
    policy: str
    table: str
    judged: tuple[Judged, ...]

    @property
    def needs_row(self) -> bool:
        """Whether it is for a table to allow: the trace that a store without a lock leaves is not."""
        return self.event != RecordGuarded.name

    @property
    def is_lawful(self) -> bool:
        """Whether a row allowed it, and no rule that could be judged again was broken."""
        has_row = bool(self.row) or not self.needs_row
        return has_row and all(each.verdict is not Verdict.BROKEN for each in self.judged)


def why(reader: Reader, id: str, version: int) -> Grounds:
    """Why an event of a record was allowed: what it rests on, and its rules judged again as of then.

    Raises NotFound for a record that is not there or a version that it does not have, LogError for a row that cannot
    be read.
    """
    reader.get(id)
    for scene in _scenes(Past(reader), id):
        if scene.row.version == version:
            return _grounds(scene)
    raise NotFound(f"{id} has no version {version}")


def judged(past: Past, id: str) -> Iterator[Grounds]:
    """The same of every event of a record, oldest first. Raises NotFound, and LogError for a row it cannot read."""
    return map(_grounds, _scenes(past, id))


def objections(reader: Reader, id: str, past: Past | None = None) -> Iterator[Finding]:
    """Every rule that did not hold for an event of a record when it was judged again: the rules' level of a check.

    What legality objects to already (`check_record`) is not said twice: where a row cannot be read, or belongs to no
    row of a table, this ends or says nothing. `past` may be given for many records of one log.
    """
    known = Past(reader) if past is None else past
    try:
        for scene in _scenes(known, id):
            for each in _grounds(scene).judged:
                if each.verdict is Verdict.BROKEN:
                    yield finding(
                        scene.row, Code.SEMANTIC, f"a rule did not hold: {each.en}", f"规则不成立:{each.zh}", each.code
                    )
    except LogError:
        return


# --- the scene -------------------------------------------------------------------------------------------------------


class _Scene(NamedTuple):
    """One event with all that there was when it was decided."""

    past: Past
    decider: Decider
    row: StoredEvent
    event: Event
    kept: Kept
    state: Record
    after: Record
    held: Holding
    context: Context

    @property
    def recorded(self) -> datetime:
        return self.context.now


def _scenes(past: Past, id: str) -> Iterator[_Scene]:
    rows = past.log.store.read(id)
    decider = past.kind_of(rows)
    if decider is None:
        raise (
            NotFound(f"there is no record {id}") if not rows else LogError(f"{id} is of a kind that is not served here")
        )
    state = own = decider.initial.changed(id=id)
    command = b""
    for row in rows:
        event = past.log.codec.decode(row.topic, row.state)
        kept = kept_of(row.state)
        if kept is None:
            raise LogError(f"the metadata of version {row.version} of {id} cannot be read")
        if kept.command != command:  # a command sees its own record elsewhere as it stood before the whole of it
            own, command = state, kept.command
        try:
            after = decider.evolve(state, event)
        except Exception as error:  # a forged event may break a fold in any way
            raise LogError(f"version {row.version} of {id} does not fit the record as it stands") from error
        at = datetime.fromisoformat(kept.recorded.decode())
        held = past.holding(event.by, _text(kept.role), row.position, at)
        context = _context(past, row, event, kept, state, own, held, at)
        yield _Scene(past, decider, row, event, kept, state, after, held, context)
        state = after


def _context(
    past: Past, row: StoredEvent, event: Event, kept: Kept, state: Record, own: Record, held: Holding, at: datetime
) -> Context:
    adopted = past.adopted(row.position)
    key = kept.policy.decode()
    no_policy: Any = Gone(Detail(f"the policy {key}", f"政策 {key}"))
    context = Context(
        now=at,
        at=event.at,
        actor=held.actor,
        claims=held.claims,
        on_behalf_of=_text(kept.on_behalf_of) or None,
        policy=adopted.policies.get(key, no_policy),
        lookup=past.look_up(held, own, row.position),
        deciders=past.log.deciders,
        number=Gone(NUMBER),
        calendars=adopted.calendars,
        policies=adopted.policies,
        interests=held.interests,
        holders=held.holders,
    )
    no_command: Any = Gone(COMMAND)
    context.command = no_command
    context.standing_in_for = _text(kept.stands_for) or None
    context.item = None
    return context


def _text(said: bytes | None) -> str:
    return "" if said is None else said.decode()


# --- its grounds -----------------------------------------------------------------------------------------------------


def _grounds(scene: _Scene) -> Grounds:
    event, kept, state = scene.event, scene.kept, scene.state
    adopted = [
        each for each in scene.past.tables.adopted.get(scene.decider.name, ()) if each.position < scene.row.position
    ]
    found: tuple[str, str, tuple[Judged, ...]] = ("", adopted[-1].digest if adopted else "", ())
    beside = item = ""
    before, after = state.status or NEW, scene.after.status
    for table in reversed(adopted):
        region = table.regions.get(event.name)
        if region is not None:
            beside, item = region, str(event.__dict__.get("item", ""))
            was, now = state.item(region, item), scene.after.item(region, item)
            before, after = NEW if was is None else was.status, "" if now is None else now.status
        move = Move(event.name, kept.wire.decode(), _text(kept.role), state.status or NEW, before, after)
        if rows := table.fitting(move):
            ways = [(row, tuple(_judged_row(scene, table, row, item))) for row in rows]
            row, verdicts = min(ways, key=lambda way: sum(each.verdict is Verdict.BROKEN for each in way[1]))
            found = row.id, table.digest, verdicts
            break
    return Grounds(
        record=scene.row.stream,
        version=scene.row.version,
        position=scene.row.position,
        event=event.name,
        command=kept.wire.decode(),
        command_id=kept.command.decode(),
        row=found[0],
        region=beside,
        item=item,
        before=before,
        after=after,
        role=_text(kept.role),
        unit=_text(kept.unit),
        by=event.by,
        in_stead_of=event.in_stead_of or "",
        on_behalf_of=_text(kept.on_behalf_of),
        at=event.at,
        recorded_at=scene.recorded,
        policy=kept.policy.decode(),
        table=found[1],
        judged=found[2],
    )


_ROLE = Sentence(1, "the actor holds the role here", "操作人在此具有该角色", "design")
_LEAVE = Sentence(1, "a second person has approved this very command", "另一人已同意该命令", "design")
_NO_DIGEST = Detail("the command as it was given", "命令原文")


@lru_cache(maxsize=64)
def _served(decider: Decider) -> tuple[Table, Mapping[tuple[str | None, str], Step]]:
    """The table of today, and its steps by region and id."""
    steps: dict[tuple[str | None, str], Step] = {(None, step.id): step for step in decider.workflow.steps}
    for name, region in decider.regions.items():
        steps |= {(name, step.id): step for step in region.workflow.steps}
    return Table.of(decider.name, decider.digest, decider.as_data(), 0), steps


def _judged_row(scene: _Scene, table: Table, row: Row, item: str) -> Iterator[Judged]:
    """The role, the rules, the leave, and what riding rows ask, of one row that fits."""
    event, state, context = _as_proposed(scene, row), scene.state, scene.context
    context.item = state.item(row.region, item) if row.region is not None else None
    said = event.__dict__
    context.kind = said.get("kind" if row.region is None else "matter_kind") or state.kind
    context.category = said.get("category") or state.category
    context.retention = said.get("retention") or state.retention
    context.level = said.get("to_level") or said.get("level") or state.level
    step = _step_of(scene.decider, row)
    if step is None:
        yield Judged("role_is_held", *_ROLE[1:], Verdict.NOT_JUDGED, (_ROW_CHANGED,))
    else:
        context.step = step
        yield _concluded("role_is_held", _ROLE, lambda: _role(scene, step, event))
    for code in row.rules:
        yield _judged_rule(scene, table, step, code, event)
    if row.approval and scene.kept.role != b"system":
        yield _concluded("approval_is_given", _LEAVE, lambda: _leave(scene, row.approval or ""))
    if row.region is None and step is not None:
        yield from _judged_riders(scene, table, step, event, set(row.rules))


_ROW_CHANGED = Detail("this row of the table has changed since", "流程表的此行其后已有变更")


def _step_of(decider: Decider, row: Row) -> Step | None:
    """The row as it is served today, None where it is another one by now (its rules apart: they have versions)."""
    served, steps = _served(decider)
    now = served.row(row.id, row.region)
    return steps[row.region, row.id] if now is not None and now._replace(rules=row.rules) == row else None


def _as_proposed(scene: _Scene, row: Row) -> Event:
    """The event as its rules saw it: what it does to clocks, and in whose stead, is added when they all hold."""
    kept = {} if row.region == "clock" else {"clocks": ()}
    return scene.event.changed(in_stead_of=None, **kept)


def _judged_rule(scene: _Scene, table: Table, step: Step | None, code: str, event: Event) -> Judged:
    sentence = table.rules.get(code, Sentence(1, code, code, ""))
    rule = next((each for each in step.rules if each.code == code), None) if step is not None else None
    why_not: Detail | None = None
    if step is None:
        why_not = _ROW_CHANGED
    elif rule is None:
        why_not = Detail("the row has this rule no longer", "此行已不含该规则")
    elif rule.version != sentence.version:
        versions = sentence.version, rule.version
        why_not = Detail(
            "the rule has changed since (version {}, now {})".format(*versions),
            "该规则其后已变更(第 {} 版,现为第 {} 版)".format(*versions),
        )
    if rule is None or why_not is not None:
        return Judged(code, *sentence[1:], Verdict.NOT_JUDGED, (why_not or _ROW_CHANGED,))
    return _concluded(code, sentence, lambda: _broken(rule, scene, event))


def _broken(rule: Rule, scene: _Scene, event: Event) -> tuple[Detail, ...] | None:
    """What is wrong, None where the rule holds."""
    found = rule.broken(scene.state, event, scene.context)
    return None if found is None else tuple(each if isinstance(each, Detail) else Detail(each) for each in found.detail)


def _concluded(code: str, sentence: Sentence, judge: Callable[[], tuple[Detail, ...] | None]) -> Judged:
    """A verdict, or why there is none."""
    try:
        wrong = judge()
    except NotInLog as gone:
        what = Detail(f"it looks at {gone.what}, which no log holds", f"须查看{gone.what.zh},日志不载")
        return Judged(code, *sentence[1:], Verdict.NOT_JUDGED, (what,))
    except Exception as error:  # a rule holds for events that commands make; a forged one may break it in any way
        what = Detail(f"it cannot be judged on such an event ({type(error).__name__})", "事件内容使该规则无从判断")
        return Judged(code, *sentence[1:], Verdict.BROKEN, (what,))
    return Judged(code, *sentence[1:], Verdict.HOLDS if wrong is None else Verdict.BROKEN, wrong or ())


def _role(scene: _Scene, step: Step, event: Event) -> tuple[Detail, ...] | None:
    """Whether whoever acted held the role here. What only the host knew is believed, but said."""
    state, kept, held, item = scene.state, scene.kept, scene.held, scene.context.item
    role, unit = _text(kept.role), _text(kept.unit) or None
    stead, behalf = _text(kept.stands_for) or None, scene.context.on_behalf_of
    if isinstance(held.claims, Gone):
        claim: Any = KeptClaim(role, unit, stead)
        if not state.fits(role, claim, event.by, behalf, item):
            return (Detail(f"the record knows no {role} of this id or unit", f"记录中该人员或单位并非 {role}"),)
        raise NotInLog(CLAIMS)
    said = event.__dict__
    level, area = (state.level, state.area) if state.status else (said.get("level"), said.get("area", ""))
    has_interest = bool(held.interests) and not held.interests.isdisjoint(_parties(state, event, item))
    for each in held.claims:
        if (
            (each.role, each.unit, each.standing_in_for) == (role, unit, stead)
            and (step.anywhere or covers(each, level, area))
            and state.fits(role, each, event.by, behalf, item)
            and not (has_interest and not (role in FOR_THEMSELVES and state.is_own_matter_of(event.by)))
        ):
            return None
    return (
        Detail(f"the directory of that time does not give it to {event.by}", f"当时的名录未授予 {event.by} 该角色"),
    )


def _parties(state: Record, event: Event, item: Any) -> set[str]:
    """Whom the matter concerns: who has an interest in one of them keeps away from it."""
    said = event.__dict__
    people = item.people() if isinstance(item, Item) else ()
    return {*state.parties(), *people, *(said.get(name) or "" for name in ("reporter", "accused_unit"))}


def _leave(scene: _Scene, asked: str) -> tuple[Detail, ...] | None:
    """Whether a second person had given leave for this very command: the log keeps a digest of it."""
    state, digest = scene.state, scene.kept.digest
    if digest is None:
        raise NotInLog(_NO_DIGEST)
    for leave in state.items_of("approval").values():
        clock = state.clocks.get(f"approval_validity:{leave.key}")
        quoted = hashlib.sha256(f"{leave.wire}\n{leave.quoted}".encode()).hexdigest().encode()
        if (
            (leave.status, leave.asks) == ("given", asked)
            and leave.given_by != scene.event.by
            and state.moved_in <= leave.on_version
            and quoted.startswith(digest)
            and (clock is None or clock.due is None or scene.recorded <= clock.due)
        ):
            return None
    return (Detail(f"no leave of {asked} for it is on record", f"记录中无 {asked} 对该命令的同意"),)


def _judged_riders(scene: _Scene, table: Table, step: Step, event: Event, own: set[str]) -> Iterator[Judged]:
    """What the riding rows of regions ask: the rules of one of them must hold for each item that moves."""
    state, context = scene.state, scene.context
    for region in scene.decider.regions.values():
        riders = [each for each in region.workflow.steps if each.rides and step.id in each.rides]
        ride = region.rides.get(type(event))
        if not riders or ride is None:
            continue
        for key, _ in ride(state, event):
            context.item = state.item(region.name, key)
            yield from _judged_item(scene, table, region, riders, event, own)
    context.item, context.step = None, step


def _judged_item(
    scene: _Scene, table: Table, region: Region, riders: Iterable[Step], event: Event, own: set[str]
) -> Iterable[Judged]:
    """The rules of the one riding row that fits an item best."""
    main, item = scene.state.status, scene.context.item
    status = NEW if item is None else item.status
    ways = []
    for step in riders:
        row = table.row(step.id, region.name)
        if row is not None and status in row.sources and table.is_beside(row, main or NEW):
            kept = _step_of(scene.decider, row)
            codes = [code for code in row.rules if code not in own]
            ways.append([_judged_rule(scene, table, kept, code, event) for code in codes])
    return min(ways, key=lambda way: sum(each.verdict is Verdict.BROKEN for each in way), default=())
