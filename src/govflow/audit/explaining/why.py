"""Why 为何准许: on what an event of the past rests: its command, row, role, and each rule judged again as of then.

A rule is judged on the record as it stood before, the event, and what stood in the log by then. Where it looks at what
no log holds, or is another rule by now, that is said instead of a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from govflow.audit.explaining.past import COMMAND, NUMBER, Gone, Holding, Past, folded
from govflow.audit.explaining.resting import Trail
from govflow.audit.explaining.rules_again import Judged, Scene, Verdict, judged_row
from govflow.audit.findings import Code, Finding
from govflow.audit.legality.tables import Move
from govflow.audit.metadata import Kept, finding, kept_of, text
from govflow.context import Context
from govflow.errors import Detail, LogError, NotFound
from govflow.log_events import PolicyAdopted, WorkflowAdopted
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.reading import Reader
from govflow.records import Record, RecordGuarded
from govflow.workflow import NEW


class Adoption(NamedTuple):
    """When the log adopted a policy or a table: at which position, when, by whom; the how manieth of its name it is."""

    position: int
    at: datetime
    by: str
    edition: int


class Grounds(NamedTuple):
    """On what one event rests. `row` is empty where no row allowed it; `policy` is the version it was decided under.

    `table` is the digest of the table; `policy_adopted` and `table_adopted` say since when, where one event is asked.
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
    policy_adopted: Adoption | None = None
    table_adopted: Adoption | None = None

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
    trail = Trail()
    for scene in _scenes(Past(reader), id):
        if scene.row.version == version:
            return reader.shown(_with_adoptions(reader, scene.decider.name, _grounds(scene._replace(trail=trail))))
        trail.note(scene.row, scene.event, scene.state, scene.after)
    raise NotFound(f"{id} has no version {version}")


def judged(past: Past, id: str) -> Iterator[Grounds]:
    """The same of every event of a record, oldest first. Raises NotFound, and LogError for a row it cannot read."""
    return map(_grounds, _scenes(past, id))


def objections(reader: Reader, id: str, past: Past | None = None) -> Iterator[Finding]:
    """Every rule that did not hold for an event of a record when it was judged again: the rules' level of a check.

    What legality objects to already (`check_record`) is not said twice: where a row cannot be read, or belongs to no
    row of a table, this ends or says nothing. `past` may be given for many records of one log.
    """
    try:
        known = Past(reader) if past is None else past
        for scene in _scenes(known, id):
            for each in _grounds(scene).judged:
                if each.verdict is Verdict.BROKEN:
                    yield finding(
                        scene.row, Code.SEMANTIC, f"a rule did not hold: {each.en}", f"规则不成立：{each.zh}", each.code
                    )
    except LogError:
        return


def _with_adoptions(reader: Reader, kind: str, grounds: Grounds) -> Grounds:
    """The grounds with what the log says of the policy and the table: who adopted them, and when."""
    policy: Adoption | None = None
    table: Adoption | None = None
    policies = tables = 0
    id = grounds.policy.partition("@")[0]
    for each in reader.log_history():
        if each.position >= grounds.position:
            break
        match each.body:
            case PolicyAdopted(policy=adopted) if adopted.id == id:
                policies += 1
                if adopted.key == grounds.policy and policy is None:
                    policy = Adoption(each.position, each.meta.recorded_at, each.body.by, policies)
            case WorkflowAdopted(workflow=workflow) if workflow == kind:
                tables += 1
                if each.body.digest == grounds.table:
                    table = Adoption(each.position, each.meta.recorded_at, each.body.by, tables)
    return grounds._replace(policy_adopted=policy, table_adopted=table)


# --- the scene -------------------------------------------------------------------------------------------------------


def _scenes(past: Past, id: str) -> Iterator[Scene]:
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
        after = folded(decider, state, row, event)
        at = _moment(row, kept)
        held = past.holding(event.by, text(kept.role), row.position, at)
        context = _context(past, row, event, kept, state, own, held, at)
        yield Scene(past, decider, row, event, kept, state, after, held, context)
        state = after


def _context(
    past: Past, row: StoredEvent, event: Event, kept: Kept, state: Record, own: Record, held: Holding, at: datetime
) -> Context:
    adopted = past.adopted(row.position)
    key = text(kept.policy)
    no_policy: Any = Gone(Detail(f"the policy {key}", f"政策 {key}"))
    context = Context(
        now=at,
        at=event.at,
        actor=held.actor,
        claims=held.claims,
        on_behalf_of=text(kept.on_behalf_of) or None,
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
    context.standing_in_for = text(kept.stands_for) or None
    context.item = None
    return context


def _moment(row: StoredEvent, kept: Kept) -> datetime:
    try:
        return datetime.fromisoformat(kept.recorded.decode())
    except ValueError as error:
        raise LogError(f"version {row.version} of {row.stream} was recorded at no moment there is") from error


# --- its grounds -----------------------------------------------------------------------------------------------------


def _grounds(scene: Scene) -> Grounds:
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
        move = Move(event.name, kept.wire.decode(), text(kept.role), state.status or NEW, before, after)
        if rows := table.fitting(move):
            ways = [(row, tuple(judged_row(scene, table, row, item))) for row in rows]
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
        role=text(kept.role),
        unit=text(kept.unit),
        by=event.by,
        in_stead_of=event.in_stead_of or "",
        on_behalf_of=text(kept.on_behalf_of),
        at=event.at,
        recorded_at=scene.recorded,
        policy=text(kept.policy),
        table=found[1],
        judged=found[2],
    )
