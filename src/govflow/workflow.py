"""Workflows: checked tables of steps over `transitions`, and the rules their rows name.

A table guards the present: it says which command leads from which status to which, who may give it and what must
hold. It is checked when it is built, compiled once, queried as pure data and drawn; nothing is ever fired on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from govflow.errors import Broken, WorkflowError

if TYPE_CHECKING:
    from govflow.messages import Command, Event

NEW = "new"  # the pseudo-state of a record or item that does not exist yet: transitions drops rows without a source


class Rest(StrEnum):
    """Whether a status is an end: open = something is owed, outcome = rests but may go on, final = nothing moves it."""

    OPEN = "open"
    OUTCOME = "outcome"
    FINAL = "final"


class Status(StrEnum):
    """Base of the status enums: each member is `value, Chinese term, rest`."""

    zh: str
    rest: Rest

    def __new__(cls, value: str, zh: str = "", rest: Rest = Rest.OPEN) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.rest = rest
        return member


# --- rules -----------------------------------------------------------------------------------------------------------

Check = Callable[[Any, Any, Any], "bool | Iterable[str]"]
"""A predicate over (state, proposed event, context). Instead of False it may return what is wrong in particular (`Detail`)."""


@dataclass(frozen=True)
class Rule:
    """What must hold for a step: a stable code, the sentence in English and Chinese, its source, and the predicate."""

    code: str
    en: str
    zh: str
    basis: str
    check: Check
    version: int = 1
    needs: tuple[str, ...] = ()

    def broken(self, state: Any, event: Any, context: Any) -> Broken | None:
        """None where the rule holds, else what is broken, with details where the rule names some."""
        verdict = self.check(state, event, context)
        if verdict is True:
            return None
        details = () if verdict is False else tuple(verdict)
        if verdict is not False and not details:
            return None
        return Broken(self.code, self.en, self.zh, details)


def rule(zh: str, basis: str, *, version: int = 1, needs: str = "") -> Callable[[Check], Rule]:
    """Make a rule of a predicate: its name is the code, its docstring the English sentence.

    `needs` names the command fields it looks at, so that `allowed` can say what is missing. A rule that is changed
    gets a new `version`: the audit judges past events only under the version in force.
    """

    def made(check: Check) -> Rule:
        name = getattr(check, "__name__", "")
        text = " ".join((check.__doc__ or "").split()).rstrip(".")
        return Rule(name, text, zh, basis, check, version, tuple(needs.split()))

    return made


# --- steps -----------------------------------------------------------------------------------------------------------

Follow = Callable[[Any, Any, Any], "Iterable[Command]"]
"""Commands that belong to a step and are decided in the same append: (state after, event, context) -> commands."""


def _tuple(value: Any) -> tuple[Any, ...]:
    if value is None:
        return (NEW,)
    return (value,) if isinstance(value, str) else tuple(NEW if item is None else item for item in value)


class Step:
    """One row: `command` leads from `source` to `to` by `event`, when one of `who` gives it and all `rules` hold.

    source None = nothing exists yet; `to` None = status unchanged. `while_in` (regions): main statuses it is allowed
    in, `active` = all that neither rest nor end, `any` = all; None = all but archived. Clock effects name clocks;
    `stops` fulfil the duty, `drops` let it fall away, `*` = every clock that runs or is paused; `share` names
    the policy threshold (percent) that shortens the limit; `remeasures` = keeps its start and takes the limit that fits
    now. `then` gives commands that belong to the step. `rides` names the
    main rows that move the item: such a row has no command of its own. `anywhere`: whatever area and level the claim
    is for. A tuple among `who` are roles that act together: the first gives the command, the others have agreed by
    steps of their own, which the rules look for.
    """

    def __init__(
        self,
        id: str,
        command: type[Command],
        source: Iterable[str | None] | str | None,
        event: type[Event],
        to: str | None,
        who: Iterable[str | tuple[str, ...]] | str,
        rules: Iterable[Rule] = (),
        *,
        approval: str | None = None,
        while_in: Iterable[str] | str | None = None,
        starts: str = "",
        stops: str = "",
        drops: str = "",
        pauses: str = "",
        resumes: str = "",
        resets: str = "",
        extends: str = "",
        share: str = "",
        remeasures: str = "",
        then: Iterable[Follow] = (),
        rides: Iterable[str] = (),
        anywhere: bool = False,
    ) -> None:
        self.id = id
        self.command = command
        self.source = _tuple(source)
        self.event = event
        self.to = to
        sides = (who,) if isinstance(who, str) else tuple(who)
        self.sides = tuple((side,) if isinstance(side, str) else side for side in sides)
        self.who = tuple(side[0] for side in self.sides)
        self.rules = tuple(rules)
        self.approval = approval
        self.anywhere = anywhere
        self.while_in = None if while_in is None else frozenset((while_in,) if isinstance(while_in, str) else while_in)
        self.starts, self.stops, self.drops = tuple(starts.split()), tuple(stops.split()), tuple(drops.split())
        self.pauses, self.resumes = tuple(pauses.split()), tuple(resumes.split())
        self.resets, self.extends = tuple(resets.split()), tuple(extends.split())
        self.hands_over = any(each.code == "loops_are_handed_over" for each in self.rules)
        self.touches_clocks = bool(starts or stops or drops or pauses or resumes or resets or extends or remeasures)
        self.share = share
        self.remeasures = remeasures
        self.then = tuple(then)
        self.rides = tuple(rides)

    def with_rules(self, rules: Iterable[Rule]) -> Step:
        """The same row with more rules."""
        more = copy(self)
        more.rules = (*self.rules, *rules)
        return more

    @property
    def clock_names(self) -> set[str]:
        """Every clock the row names."""
        named = (self.starts, self.stops, self.drops, self.pauses, self.resumes, self.resets, self.extends)
        return {self.remeasures, *(name for names in named for name in names)} - {"*", ""}


@dataclass(frozen=True)
class Workflow:
    """A checked table: a name, a status enum and its steps. Building a faulty one raises WorkflowError with all faults."""

    name: str
    statuses: type[Status]
    steps: tuple[Step, ...]
    zh: str = ""
    on: tuple[str, ...] = ()
    rides_on_clocks: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)  # rows without a command

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        if problems := list(_problems(self)):
            raise WorkflowError(self.name, problems)

    def extended(
        self,
        steps: Iterable[Step] = (),
        *,
        rules: Mapping[str, Iterable[Rule]] | None = None,
        statuses: type[Status] | None = None,
    ) -> Workflow:
        """This table with more steps, and more rules on the rows named by their ids; checked like any other table.

        `statuses` takes the place of the status enum: the same members and more.
        """
        more = rules or {}
        if unknown := sorted(set(more) - {step.id for step in self.steps}):
            raise WorkflowError(self.name, [f"there is no row {id} to add rules to" for id in unknown])
        kept = (step.with_rules(more[step.id]) if step.id in more else step for step in self.steps)
        return replace(self, statuses=statuses or self.statuses, steps=(*kept, *steps))

    # -- queries ------------------------------------------------------------------------------------------------------

    @cached_property
    def machine(self) -> Any:
        """The compiled `transitions` machine, without a model: a table to query and to draw."""
        from transitions import Machine, State, Transition

        class RowTransition(Transition):
            """A transition that knows the row it was compiled from."""

            def __init__(self, *args: Any, row: Step, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.row = row

        class TableMachine(Machine):
            transition_cls = RowTransition

        states = [State(NEW), *(State(status.value) for status in self.statuses)]
        machine = TableMachine(model=None, states=states, initial=NEW, auto_transitions=False)
        for step in self.steps:
            source: list[str | Enum | State] = [str(name) for name in step.source]
            to = None if step.to is None else str(step.to)
            machine.add_transition(step.command.wire, source, to, row=step)
        return machine

    @cached_property
    def _rows(self) -> dict[tuple[str, str], tuple[Step, ...]]:
        rows: dict[tuple[str, str], list[Step]] = defaultdict(list)
        for trigger, event in self.machine.events.items():
            for source, transitions in event.transitions.items():
                rows[source, trigger] += [transition.row for transition in transitions]
        return {key: tuple(steps) for key, steps in rows.items()}

    def rows(self, status: str | None, wire: str) -> tuple[Step, ...]:
        """The rows of `wire` from `status` (None or empty = nothing exists yet)."""
        return self._rows.get((status or NEW, wire), ())

    def rows_from(self, status: str | None) -> dict[str, tuple[Step, ...]]:
        """Every command that has a row from `status`, with its rows."""
        return {wire: steps for (source, wire), steps in self._rows.items() if source == (status or NEW)}

    @cached_property
    def rests(self) -> dict[str, Rest]:
        """Status -> open, outcome or final."""
        return {status.value: status.rest for status in self.statuses}

    @cached_property
    def commands(self) -> tuple[type[Command], ...]:
        """The command classes of the table, each once; riding rows have none of their own."""
        return tuple(dict.fromkeys(step.command for step in self.steps if not step.rides))

    @cached_property
    def events(self) -> tuple[type[Event], ...]:
        """The event classes of the table, each once."""
        return tuple(dict.fromkeys(step.event for step in self.steps))

    # -- as data ------------------------------------------------------------------------------------------------------

    def as_data(self) -> dict[str, Any]:
        """The table as plain data, as the log keeps it: states, and transitions with their rules and clocks."""
        return {
            "zh": self.zh,
            "states": [{"id": s.value, "zh": s.zh, "rest": s.rest.value} for s in self.statuses],
            "transitions": [*(_row_data(step) for step in self.steps), *self.rides_on_clocks],
        }

    def mermaid(self) -> str:
        """The state diagram as Mermaid text, drawn by `transitions`."""
        from transitions.extensions import GraphMachine

        transitions = [
            [step.command.wire.partition(".")[2], str(source), str(step.to) if step.to else str(source)]
            for step in self.steps
            for source in step.source
        ]
        states = [NEW, *(status.value for status in self.statuses)]
        drawing = GraphMachine(
            states=states,
            transitions=transitions,
            initial=NEW,
            auto_transitions=False,
            graph_engine="mermaid",
            title=f"title: {self.name}",
        )
        return str(drawing.get_graph().draw(None))


def _row_data(step: Step) -> dict[str, Any]:
    name = step.command.wire.partition(".")[2]
    return {
        "id": step.id,
        "command": name,
        "source": [None if source == NEW else str(source) for source in step.source],
        "event": step.event.__name__,
        "name": step.event.name,
        "target": None if step.to is None else str(step.to),
        "who": [[str(role) for role in side] for side in step.sides],
        "approval": None if step.approval is None else str(step.approval),
        "rules": [each.code for each in step.rules],
        "rule_versions": {each.code: each.version for each in step.rules if each.version > 1},
        "while_in": None if step.while_in is None else sorted(step.while_in),
        "shares": step.command.wire if step.rides else None,
        "clocks": {
            "starts": [*step.starts],
            "stops": [*step.stops, *step.drops],
            "pauses": [*step.pauses],
            "resumes": [*step.resumes],
            "resets": [*step.resets],
            "extends": [*step.extends],
            "drops": [*step.drops],  # of those under stops: what falls away, and is not met
            "remeasures": [step.remeasures] if step.remeasures else [],
        },
        "share": step.share or None,
    }


# --- the check -------------------------------------------------------------------------------------------------------


def _reach(starts: Iterable[str], arrows: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        status = todo.pop()
        if status not in seen:
            seen.add(status)
            todo.extend(arrows.get(status, ()))
    return seen


def _problems(flow: Workflow) -> Iterable[str]:
    """Everything wrong with a table: unknown and unreachable statuses, no role, doubles, dead ends, odd events."""
    known = {status.value for status in flow.statuses}
    rests = {status.value: status.rest for status in flow.statuses}
    forward: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    ids: set[str] = set()
    doubles: set[tuple[str, str, tuple[str, ...]]] = set()
    event_of: dict[str, type[Event]] = {}
    for step in flow.steps:
        if step.id in ids:
            yield f"{step.id}: the id is used twice"
        ids.add(step.id)
        if not step.who or not all(map(all, step.sides)):
            yield f"{step.id}: no role may do it"
        if not step.command.wire or not step.event.name:
            yield f"{step.id}: the command or event has no wire name"
        if event_of.setdefault(step.command.wire, step.event) is not step.event:
            yield f"{step.id}: {step.command.wire} has two events"
        if step.to is not None and str(step.to) not in known:
            yield f"{step.id}: unknown target {step.to}"
        for source in map(str, step.source):
            if source != NEW and source not in known:
                yield f"{step.id}: unknown source {source}"
                continue
            if source == NEW and step.to is None:
                yield f"{step.id}: creates nothing"
                continue
            if rests.get(source) is Rest.FINAL and step.to is not None:
                yield f"{step.id}: leaves the final state {source}"
            row = (source, step.command.wire, tuple(sorted(each.code for each in step.rules)))
            if row in doubles:
                yield f"{step.id}: a second row for {step.command.wire} from {source} with the same rules"
            doubles.add(row)
            target = source if step.to is None else str(step.to)
            forward[source].add(target)
            back[target].add(source)
    for rider in flow.rides_on_clocks:
        for start in rider["source"]:
            end = rider["target"] or start
            forward[start or NEW].add(end)
            back[end].add(start or NEW)
    if unreachable := sorted(known - _reach([NEW], forward)):
        yield f"unreachable: {', '.join(unreachable)}"
    ends = [name for name, rest in rests.items() if rest is not Rest.OPEN]
    if stuck := sorted(known - _reach(ends, back)):
        yield f"neither rests nor ends and has no way out: {', '.join(stuck)}"
