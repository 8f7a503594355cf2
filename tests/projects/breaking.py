"""How a rule is shown: one command breaks it and nothing else, and the same command, mended, goes through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from govflow import Actor, Command, NotAllowed, Role
from govflow.projects import PROJECT
from govflow.workflow import Step
from tests.cases.test_rules import in_both_languages
from tests.projects.steps import a_project, a_yard
from tests.projects.yard import Yard

Move = Command | timedelta | Callable[[Yard], Any]
"""Something that happens in the yard: a command, some time, or more."""
ROWS: dict[str, Step] = {
    step.id: step
    for flow in (*(PROJECT.regions[name].workflow for name in ("budget", "expense", "milestone", "feedback")),)
    for step in flow.steps
} | {step.id: step for step in (*PROJECT.regions["claim"].workflow.steps, *PROJECT.workflow.steps)}


class Break(NamedTuple):
    """A row, the rule that is broken (several, where one cannot break alone), a sentence, and how it is mended.

    It happens to a project proposed as `said` and brought to a `status` ("": to none), after `first`. It is mended by
    what it says (`mend`), by what happens in between (`then`), or because something else happened `before` it instead
    of `first`, to a project proposed as `otherwise`. `leave` gives the leave that the row, or its lead, asks for.
    """

    row: str
    code: str
    sentence: str
    status: str
    command: Command | Callable[[Yard], Command]
    mend: dict[str, Any] = {}  # noqa: RUF012 - never changed
    said: dict[str, Any] = {}  # noqa: RUF012
    first: tuple[Move, ...] = ()
    then: tuple[Move, ...] = ()
    before: tuple[Move, ...] | None = None
    otherwise: dict[str, Any] | None = None
    leave: Actor | None = None
    asks: Role | None = None  # of whom, where the row itself asks for nobody's leave
    serves: tuple[Any, ...] = ()  # the kinds of record served where it is broken

    @property
    def more(self) -> dict[str, Any]:
        return {} if self.asks is None else {"asks": self.asks}

    @property
    def codes(self) -> set[str]:
        return set(self.code.split())

    def given(self, yard: Yard, **changes: Any) -> Command:
        """The command as it is given now."""
        made = self.command(yard) if callable(self.command) else self.command
        return made.changed(**changes)

    def yard(self, *, mended: bool = False) -> Yard:
        """A yard in which it can be given: as it breaks the rule, or as it does not."""
        yard = a_yard(**({"records": self.serves} if self.serves and not mended else {}))
        if self.status:
            otherwise = self.otherwise if mended and self.otherwise is not None else self.said
            a_project(yard, self.status, **otherwise)
        moved(yard, *((self.before or ()) if mended else self.first))
        return yard


def moved(yard: Yard, *moves: Move) -> None:
    """Let one thing happen after the other."""
    for move in moves:
        if isinstance(move, timedelta):
            yard.clock.advance(move)
        elif isinstance(move, Command):
            yard.do(move)
        else:
            move(yard)


def refused(each: Break, yard: Yard) -> NotAllowed:
    """The refusal of a command that breaks a rule; of one that needs leave, although leave was given for it."""
    command = each.given(yard)
    if each.leave is None:
        return yard.refusal(command)
    with pytest.raises(NotAllowed) as caught:
        yard.approved(command, each.leave, **each.more)
    return caught.value


def shown(each: Break) -> None:
    """The rule is broken, it alone, and the mended command takes the row."""
    row = ROWS[each.row]
    assert each.codes <= {rule.code for rule in row.rules}, "the row does not ask for it"
    yard = each.yard()
    broken = refused(each, yard)
    assert set(broken.codes) == each.codes, str(broken)
    in_both_languages(broken)

    if each.before is not None or each.otherwise is not None:
        yard = each.yard(mended=True)
    else:
        assert each.mend or each.then, "say how it is mended"
        moved(yard, *each.then)
    stood = str(yard.get().status) if yard.engine.store.version("x") else "new"
    command = each.given(yard, **each.mend)
    assert type(command) is row.command
    after = yard.approved(command, each.leave, **each.more) if each.leave is not None else yard.do(command)
    assert row.event in [type(recorded.body) for recorded in yard.engine.outcome(command.command_id)]
    if row in PROJECT.workflow.steps:
        assert stood in map(str, row.source), f"{row.id} does not lead from {stood}"
        assert after.status == (stood if row.to is None else row.to)
    else:
        assert after.status == stood, "only main rows move the main status"
