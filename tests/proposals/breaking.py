"""How a rule is shown: one command breaks it and nothing else, and the same command, mended, goes through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from govflow import Actor, Command, NotAllowed
from govflow.proposals import PROPOSAL
from tests.cases.test_rules import in_both_languages
from tests.proposals.hall import Hall
from tests.proposals.steps import POLICY, a_proposal

Move = Command | timedelta | Callable[[Hall], Any]
"""Something that happens in the hall: a command, some time, or more."""


class Break(NamedTuple):
    """A sentence, the row and the rule that is broken (several, where one cannot break alone), and how it is mended.

    It happens to a proposal drafted as `said` and brought to a `status` ("": to none), after `first`. It is mended by
    what it says (`mend`), by what happens in between (`then`), or because something else happened `before` it instead
    of `first`, to a proposal drafted as `otherwise`. `leave` gives the leave that the row asks for.
    """

    row: str
    code: str
    sentence: str
    status: str
    command: Command | Callable[[Hall], Command]
    mend: dict[str, Any] = {}  # noqa: RUF012 - never changed
    said: dict[str, Any] = {}  # noqa: RUF012
    first: tuple[Move, ...] = ()
    then: tuple[Move, ...] = ()
    before: tuple[Move, ...] | None = None
    otherwise: dict[str, Any] | None = None
    leave: Actor | None = None
    serves: tuple[Any, ...] = ()  # the kinds of record served where it is broken

    @property
    def codes(self) -> set[str]:
        return set(self.code.split())

    def given(self, hall: Hall, **changes: Any) -> Command:
        """The command as it is given now."""
        made = self.command(hall) if callable(self.command) else self.command
        return made.changed(**changes)

    def hall(self, *, mended: bool = False) -> Hall:
        """A hall in which it can be given: as it breaks the rule, or as it does not."""
        served: dict[str, Any] = {"records": self.serves} if self.serves and not mended else {}
        hall = Hall(policy=POLICY, **served)
        if self.status:
            otherwise = self.otherwise if mended and self.otherwise is not None else self.said
            a_proposal(hall, self.status, **otherwise)
        moved(hall, *((self.before or ()) if mended else self.first))
        return hall


def moved(hall: Hall, *moves: Move) -> None:
    """Let one thing happen after the other."""
    for move in moves:
        if isinstance(move, timedelta):
            hall.clock.advance(move)
        elif isinstance(move, Command):
            hall.do(move)
        else:
            move(hall)


def refused(each: Break, hall: Hall) -> NotAllowed:
    """The refusal of a command that breaks a rule; of one that needs leave, although leave was given for it."""
    command = each.given(hall)
    if each.leave is None:
        return hall.refusal(command)
    with pytest.raises(NotAllowed) as caught:
        hall.approved(command, each.leave)
    return caught.value


def shown(each: Break) -> None:
    """The rule is broken, it alone, and the mended command takes the row."""
    (row,) = [step for step in PROPOSAL.workflow.steps if step.id == each.row]
    hall = each.hall()
    broken = refused(each, hall)
    assert set(broken.codes) == each.codes, str(broken)
    in_both_languages(broken)

    if each.before is not None or each.otherwise is not None:
        hall = each.hall(mended=True)
    else:
        assert each.mend or each.then, "say how it is mended"
        moved(hall, *each.then)
    stood = hall.get("x").status if each.status else "new"
    command = each.given(hall, **each.mend)
    assert type(command) is row.command
    assert stood in map(str, row.source), f"{row.id} does not lead from {stood}"
    after = hall.approved(command, each.leave) if each.leave is not None else hall.do(command)
    assert after.status == (stood if row.to is None else row.to)
    assert row.event in [type(recorded.body) for recorded in hall.engine.outcome(command.command_id)]
