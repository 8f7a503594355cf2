"""占用 draw: what one budget line of a project holds of an envelope. Keyed by project and line.

The system alone draws, in the append in which the line is reserved, changed, closed or freed: what a project may spend
and what the envelope has given away are never two stories.
"""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from govflow.actors import Id, Role
from govflow.envelopes.model import Draw
from govflow.envelopes.model import DrawStatus as S
from govflow.envelopes.rules import (
    draw_is_within_envelope,
    draw_keeps_an_amount,
    draw_keeps_what_was_spent,
    draw_names_its_line,
    money_is_of_its_period,
    spent_is_within_draw,
)
from govflow.messages import Amount, ItemCommand, ItemEvent, ItemKey, Value
from govflow.region import Fold, Region
from govflow.workflow import Step, Workflow


class _Reserving(Value):
    project: Id | None = None
    line: ItemKey | None = None
    kind: Id | None = None
    amount: Amount = 0


class ReserveDraw(ItemCommand, _Reserving, wire="draw.reserve", label="占用"):
    """Hold an amount for a budget line; `item` is `draw_key(project, line)`."""


class DrawReserved(ItemEvent, _Reserving, name="draw.reserved"):
    """An amount is held for a budget line."""


class _Sum(Value):
    amount: Amount = 0


class ChangeDraw(ItemCommand, _Sum, wire="draw.change", label="调整占用"):
    """Hold another amount."""


class DrawChanged(ItemEvent, _Sum, name="draw.changed"):
    """Another amount is held."""


class _Spent(Value):
    spent: Amount = 0


class SettleDraw(ItemCommand, _Spent, wire="draw.settle", label="决算"):
    """Keep what was spent; the rest is free again."""


class DrawSettled(ItemEvent, _Spent, name="draw.settled"):
    """What was spent stays drawn; the rest is free again."""


class ReopenDraw(ItemCommand, _Sum, wire="draw.reopen", label="重新占用"):
    """Hold an amount again because the line's accounts were reopened: at least what was spent."""


class DrawReopened(ItemEvent, _Sum, name="draw.reopened"):
    """An amount is held again."""


class FreeDraw(ItemCommand, wire="draw.free", label="释放"):
    """Hold nothing any more."""


class DrawFreed(ItemEvent, name="draw.freed"):
    """All of it is free again."""


# fmt: off
DRAW_WORKFLOW = Workflow("draw", S, zh="占用", on=("envelope",), steps=(
    #    id      command      from         event         to           who          provided that
    Step("DR01", ReserveDraw, None,        DrawReserved, S.RESERVED,  Role.SYSTEM, (draw_names_its_line, draw_is_within_envelope, money_is_of_its_period), while_in="open"),
    Step("DR02", ChangeDraw,  S.RESERVED,  DrawChanged,  None,        Role.SYSTEM, (draw_keeps_an_amount, draw_is_within_envelope, money_is_of_its_period), while_in="open"),
    Step("DR03", SettleDraw,  S.RESERVED,  DrawSettled,  S.SETTLED,   Role.SYSTEM, (spent_is_within_draw,), while_in="open"),
    Step("DR04", ReopenDraw,  S.SETTLED,   DrawReopened, S.RESERVED,  Role.SYSTEM, (draw_keeps_an_amount, draw_keeps_what_was_spent, draw_is_within_envelope, money_is_of_its_period), while_in="open"),
    Step("DR05", FreeDraw,    S.RESERVED,  DrawFreed,    S.FREED,     Role.SYSTEM, while_in="open"),
))
# fmt: on

_FOLD: Fold = {
    DrawReserved: lambda item, e: {
        "status": S.RESERVED,
        "project": e.project or "",
        "line": e.line or "",
        "kind": e.kind or "",
        "amount": e.amount,
        "owes": e.project,
    },
    DrawChanged: lambda item, e: {"amount": e.amount},
    DrawSettled: lambda item, e: {"status": S.SETTLED, "spent": e.spent, "owes": None},
    DrawReopened: lambda item, e: {"status": S.RESERVED, "amount": e.amount, "owes": item.project},
    DrawFreed: lambda item, e: {"status": S.FREED, "owes": None},
}

DRAW = Region(DRAW_WORKFLOW, Draw, _FOLD)
