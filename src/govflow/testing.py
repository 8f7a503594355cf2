"""Test kit: given / when / then over facts for any kind of record, a clock that stands still, command strategies.

    case = Scenario(CASE)

    def test_the_handler_may_not_verify_their_own_work():
        (case.given(reported, accepted, assigned, handled, fed_back)
             .when(PassVerification(by=anna, item="r1"))
             .then_not_allowed("verified_by_another"))

A scenario never changes: every call gives a new one, so a given may be shared by many tests. It runs on the real
engine, on a log in memory. Hypothesis is needed for `commands` alone and imported there.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from govflow.actors import Actor, Authority, Role
from govflow.decider import Decider
from govflow.engine import Engine
from govflow.errors import Broken, NotAllowed
from govflow.messages import HEADER, Command, Event, ItemCommand, Metadata, Personal, new_command_id
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.policy import Policy
from govflow.records import HandOver, Loop, Record
from govflow.workflow import NEW, Step

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Where a pinned clock stands unless told otherwise: Monday 2 March 2026, 9 o'clock in Beijing."""

Fact = Command | Event | timedelta
Expected = type[Event] | Callable[[Any], bool]


class PinnedClock:
    """A clock that moves only when told: give it to `Engine.open(now=…)`."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self._now

    def advance(self, by: timedelta | None = None, /, **units: float) -> datetime:
        """Move on by a timedelta, or by `days=…`, `hours=…` as timedelta takes them; the moment after it."""
        return self.set(self._now + (timedelta(**units) if by is None else by))

    def set(self, to: datetime) -> datetime:
        """Move to a moment, never back."""
        if to < self._now:
            raise ValueError(f"a pinned clock does not go back: {to.isoformat()} lies before {self._now.isoformat()}")
        self._now = to
        return to


class Scenario:
    """What is given about one record (`id`) and its neighbours, ready to be asked `when` and `then`.

    `deciders` are the kinds of record that are served; `policy`, `authority` and `start` go to the engine. With
    `ticks`, time that passes fires what becomes due (`Engine.tick`).
    """

    def __init__(
        self,
        *deciders: Decider,
        id: str = "it",
        policy: Policy | None = None,
        authority: Authority | None = None,
        start: datetime = START,
        ticks: bool = False,
    ) -> None:
        self.id = id
        self._deciders = deciders
        self._policy = policy
        self._authority = authority
        self._start = start
        self._ticks = ticks
        self._given: tuple[tuple[Fact, str], ...] = ()

    def given(self, *facts: Fact, on: str | None = None) -> Self:
        """What went before, in order: commands go through the rules, events are facts and do not, timedeltas pass.

        Commands without an id, and events, belong to the record under test, or to the one named by `on`.
        """
        new = type(self).__new__(type(self))
        new.__dict__ = {**self.__dict__, "_given": (*self._given, *((fact, on or self.id) for fact in facts))}
        return new

    def when(self, *commands: Command) -> Outcome:
        """Give commands, in order; all but the last must be allowed."""
        engine, clock = self.played()
        *before, last = [self._addressed(command, self.id) for command in commands]
        for command in before:
            engine.handle(command)
        head = engine.store.head()
        refused: NotAllowed | None = None
        try:
            engine.handle(last)
        except NotAllowed as error:
            refused = error
        return Outcome(engine, clock, last, self.id, head, refused)

    def played(self) -> tuple[Engine, PinnedClock]:
        """A fresh engine in memory with all that is given in its log, and its clock."""
        clock = PinnedClock(self._start)
        engine = Engine.open(records=self._deciders or None, policy=self._policy, authority=self._authority, now=clock)
        for fact, on in self._given:
            match fact:
                case timedelta():
                    clock.advance(fact)
                    if self._ticks:
                        engine.tick()
                case Command():
                    engine.handle(self._addressed(fact, on))
                case _:
                    clock.set(max(clock(), fact.at))
                    _record(engine, on, fact, clock())
        return engine, clock

    @staticmethod
    def _addressed(command: Command, id: str) -> Command:
        return command if command.id is not None else command.changed(id=id)


def _record(engine: Engine, stream: str, event: Event, now: datetime) -> None:
    """Write a fact into the log as it is; the engine sees it like an event that another process wrote."""
    topic, body = engine.log.codec.encode(event)
    meta = Metadata(command=new_command_id(), wire=event.name, recorded_at=now, policy=engine.policy.key)
    state = meta.model_dump_json(exclude_defaults=True).encode() + b"\n" + body
    version = engine.store.version(stream) + 1
    with engine.store.transaction() as transaction:
        transaction.append(
            [StoredEvent(stream, version, topic, state, None, 0, leaf_of(stream, version, topic, state))]
        )


class Outcome:
    """What came of a command. Every `then…` raises AssertionError with what happened instead, or returns this."""

    def __init__(
        self, engine: Engine, clock: PinnedClock, command: Command, id: str, head: int, refused: NotAllowed | None
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.command = command
        self.id = command.id or id
        self.refused = refused
        self._head = head

    @property
    def record(self) -> Record:
        """The record after it."""
        return self.engine.get(self.id)

    @property
    def events(self) -> tuple[Event, ...]:
        """What the command caused, follow-ups and reactions on other records included, in order."""
        if self.refused or self.engine.store.head() == self._head:
            return ()
        return tuple(recorded.body for recorded in self.engine.outcome(self.command.command_id))

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Every rule that was broken; empty where it was allowed."""
        return self.refused.broken if self.refused else ()

    def then(self, *expected: Expected) -> Self:
        """Exactly these events, in order: each an event type, or a predicate over the event."""
        self._was_allowed()
        events = self.events
        fits = len(events) == len(expected) and all(
            type(event) is each if isinstance(each, type) else each(event)
            for event, each in zip(events, expected, strict=True)
        )
        assert fits, f"expected {_names(expected)}, but there was {_names(map(type, events))}"
        return self

    def then_among(self, *expected: Expected) -> Self:
        """These events among others, in any order."""
        self._was_allowed()
        for each in expected:
            found = any(type(event) is each if isinstance(each, type) else each(event) for event in self.events)
            assert found, f"expected {_names([each])} among {_names(map(type, self.events))}"
        return self

    def then_nothing(self) -> Self:
        """Allowed, and nothing was to be done."""
        self._was_allowed()
        assert not self.events, f"expected nothing, but there was {_names(map(type, self.events))}"
        return self

    def then_not_allowed(self, *codes: str) -> Self:
        """Refused by exactly these rules (by any, where none is named), and nothing was written."""
        assert self.refused is not None, f"{self.command.wire} was allowed: {_names(map(type, self.events))}"
        assert not codes or set(self.refused.codes) == set(codes), f"broken: {self.refused.codes}, expected: {codes}"
        assert self.engine.store.head() == self._head, "a refused command was written"
        return self

    def then_status(self, status: str) -> Self:
        """The record under test stands there now."""
        self._was_allowed()
        assert self.record.status == status, f"the record is {self.record.status}, expected: {status}"
        return self

    def then_state(self, holds: Callable[[Any], bool]) -> Self:
        """The predicate holds for the record under test."""
        self._was_allowed()
        assert holds(self.record), f"it does not hold for {self.record!r}"
        return self

    def then_open_loops(self, *loops: str) -> Self:
        """Exactly these loops are open, each as `region` or `region:item`."""
        found: Sequence[Loop] = self.engine.open_loops(self.id)
        mine = sorted(loops)
        fits = sorted(f"{loop.region}:{loop.item}" for loop in found) == mine
        assert fits or sorted(loop.region for loop in found) == mine, f"open: {[each.sentence() for each in found]}"
        return self

    def _was_allowed(self) -> None:
        assert self.refused is None, str(self.refused)


def _names(expected: Iterable[Any]) -> str:
    return ", ".join(getattr(each, "__name__", repr(each)) for each in expected) or "nothing"


# --- command strategies ----------------------------------------------------------------------------------------------

_WORDS = ("alpha", "beta", "water", "grid-3")


def commands(
    decider: Decider,
    record: Record | None = None,
    *,
    now: datetime = START,
    actors: Sequence[Actor] = (),
    values: Mapping[str, SearchStrategy[Any]] | None = None,
    off_table: bool = False,
) -> SearchStrategy[Command]:
    """A Hypothesis strategy for commands somebody might give to `record` as it stands, or to create one (None).

    Commands come from the rows of the present status and of every item; `off_table` adds all others. They are given by
    one of `actors` who holds a role of the row, or by somebody made up for it in one of the record's units. Fields are
    filled by their types; `values` names strategies for fields, as `field` or `wire.name.field`, where a plausible
    value takes knowledge of the domain.
    """
    from hypothesis import strategies as st

    rows = list(_rows(decider, record))
    main = [(step, key) for step, key in rows if step in decider.workflow.steps]
    beside = [(step, key) for step, key in rows if step not in decider.workflow.steps]
    others: list[tuple[Step, str | None]] = []
    if off_table:
        flows = (decider.workflow, *(region.workflow for region in decider.regions.values()))
        key = next((item.key for name in decider.regions for item in _items(record, name)), None)
        others = [(step, key) for flow in flows for step in flow.steps if not step.rides]
    if not (rows or others):
        return st.nothing()
    units = sorted({*_units(record), "alpha"})

    @st.composite
    def one(draw: Any) -> Command:
        step, key = draw(st.one_of([st.sampled_from(each) for each in (main, beside, others) if each]))
        kind = step.command
        fitting = [actor for actor in actors if any(claim.role in step.who for claim in actor.claims)]
        by = draw(st.sampled_from(fitting or actors)) if actors else draw(_an_actor(step, units, record))
        fields: dict[str, Any] = {"id": record.id if record and record.status else None, "by": by}
        known = {"item": st.just(key), **(values or {})}
        for name, field in kind.model_fields.items():
            if name == "item" and not issubclass(kind, ItemCommand):
                continue
            if name in HEADER and name not in (values or {}):
                continue
            strategy = known.get(f"{kind.wire}.{name}", known.get(name))
            fields[name] = draw(strategy if strategy is not None else _of_type(_annotated(field), now, units))
        made: Command = kind(**fields)
        return made

    return one()


def _rows(decider: Decider, record: Record | None) -> Iterable[tuple[Step, str | None]]:
    status = record.status if record is not None else ""
    for steps in decider.workflow.rows_from(status).values():
        yield from ((step, None) for step in steps)
    if not status or record is None:
        return
    now = decider.commands_from(record)
    for region in decider.regions.values():
        for item in (None, *_items(record, region.name)):
            for wire, steps in region.workflow.rows_from(item.status if item else NEW).items():
                if wire in now:
                    yield from ((step, item.key if item else None) for step in steps if not step.rides)


def _items(record: Record | None, region: str) -> Iterable[Any]:
    return record.items_of(region).values() if record is not None else ()


def _units(record: Record | None) -> Iterable[str]:
    if record is None:
        return
    for name, value in record.__dict__.items():
        if "unit" in name and isinstance(value, str):
            yield value


def _an_actor(step: Step, units: Sequence[str], record: Record | None) -> Any:
    from hypothesis import strategies as st

    reporter = getattr(record, "reporter", None)
    people = ["p-1", "p-2", "p-3", *([reporter] if reporter else [])]

    def of(person: str, role: str, unit: str) -> Actor:
        return Actor.of("system" if role == Role.SYSTEM else person, role, unit=None if role == Role.SYSTEM else unit)

    return st.builds(
        of, st.sampled_from(people), st.sampled_from([str(role) for role in step.who]), st.sampled_from(units)
    )


def _annotated(field: FieldInfo) -> Any:
    """The type of a field with its limits, which pydantic keeps beside it."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def _of_type(kind: Any, now: datetime, units: Sequence[str]) -> Any:
    """Values of a field's type. Texts are short words that are valid ids as well; instants lie around `now`."""
    from hypothesis import strategies as st

    origin = get_origin(kind)
    if origin is Annotated:
        of, *limits = get_args(kind)
        pattern = next((found for each in limits if (found := getattr(each, "pattern", None))), None)
        if of is str and pattern is not None and not all(re.search(pattern, word) for word in _WORDS):
            return st.from_regex(pattern, fullmatch=True)
        if of is int:
            least = next((found for each in limits if (found := getattr(each, "ge", None)) is not None), 0)
            return st.integers(least, max(least, 9))
        return _of_type(of, now, units)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_of_type(each, now, units) for each in reversed(get_args(kind))))
    if origin is Literal:
        return st.sampled_from(get_args(kind))
    if origin in (tuple, list, frozenset):
        return st.lists(_of_type(get_args(kind)[0], now, units), max_size=2).map(tuple)
    if origin is not None:  # mappings and the like: empty, unless the caller knows better
        return st.builds(dict)
    if kind is type(None):
        return st.none()
    if kind is str:
        return st.sampled_from([*_WORDS, *units])
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(0, 9)
    if kind is float:
        return st.floats(0, 1)
    if kind in (datetime, AwareDatetime):
        return st.integers(-24, 24 * 40).map(lambda hours: now + timedelta(hours=hours))
    if kind is Fraction:
        return st.fractions(0, 100)
    if kind is date:
        return st.integers(-30, 30).map(lambda days: now.date() + timedelta(days=days))
    if kind is timedelta:
        return st.integers(1, 240).map(lambda hours: timedelta(hours=hours))
    if kind is Personal:
        return st.sampled_from(_WORDS).map(lambda text: Personal(text=text, subject="s-1"))
    if kind is HandOver:
        return st.just(HandOver(reason="carried on elsewhere"))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return st.fixed_dictionaries(
            {name: _of_type(_annotated(field), now, units) for name, field in kind.model_fields.items()}
        ).map(lambda fields: kind(**fields))
    raise TypeError(f"no plausible value for {kind}: name a strategy for this field in `values`")


__all__ = ["START", "Outcome", "PinnedClock", "Scenario", "commands"]
