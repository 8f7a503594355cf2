"""In every history: envelope = drawn + free, promised ≥ set aside ≥ spent, closed accounts = verified receipts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Command, NotAllowed
from govflow.envelopes import draw_key, drawn, free
from govflow.projects import budget as b
from govflow.projects import expense as x
from govflow.projects.lines import BudgetStatus, ExpenseStatus, expenses_of, lines_of, spending_of, spent_of
from govflow.projects.model import JointProject
from tests.projects.purse import GIFT, LATER, MONEY, YUAN, Purse, approve, builder, finance, gift_came, mayor, plan
from tests.projects.purse import given as promised

ACTS = ("plan", "reserve", "change", "spend", "verify", "disallow", "reverse", "close", "reopen", "free")
FITTING = {  # what is worth asking for where a line stands so; anything may be asked for anywhere
    None: ("plan",),
    "planned": ("reserve", "reserve", "reserve", "change", "free"),
    "reserved": ("spend", "spend", "verify", "verify", "verify", "close", "close", "disallow", "reverse", "change"),
    "closed": ("reopen", "reopen", "spend", "reverse"),
}
CHOICE = st.tuples(st.sampled_from((True, True, True, False)), st.integers(0, 99))
WHERE = st.sampled_from("ppq"), st.sampled_from("abcdg")
STEP = st.tuples(CHOICE, *WHERE, st.integers(1, 300), st.integers(0, 3))
PROJECTS = ("p", "q")


def act_for(purse: Purse, choice: tuple[bool, int], id: str, line: str) -> str:
    """Something that fits the line as it stands, or anything."""
    fits, number = choice
    item = purse.project(id).item("budget", line)
    acts = FITTING.get(item.status if item is not None else None, ACTS) if fits else ACTS
    return acts[number % len(acts)]


def command_of(purse: Purse, act: str, id: str, line: str, sum_of: int, nth: int) -> Command:
    """What somebody might ask for here; much of it must be refused."""
    at: dict[str, Any] = {"id": id, "by": finance, "item": line}
    entered = purse.project(id).items_of("expense")
    wanted = ("recorded",) if act == "verify" else ("recorded", "verified")
    vouchers = [key for key, each in entered.items() if each.line == line and each.status in wanted]
    of = {**at, "item": vouchers[nth % len(vouchers)] if vouchers else "v-0"}
    amount, money = sum_of * YUAN, promised("2") if line == "g" else {}
    match act:
        case "plan":
            return plan(line, amount, id=id, **money)
        case "reserve":
            return b.ReserveBudget(**at)
        case "change":
            return b.ChangeBudget(**at, amount=amount, reason="prices")
        case "spend":
            shown: dict[str, Any] = {"papers": ("receipt",), "amount": amount // 3 + 1, "line": line}
            return x.RecordExpense(id=id, by=builder, item=f"v-{len(entered)}", **shown)
        case "verify":
            return x.VerifyExpense(**of)
        case "disallow":
            return x.DisallowExpense(**of, reason="no cost of it", until=LATER if nth else None)
        case "reverse":
            return x.ReverseExpense(**of, reason="wrong", corrects=1)
        case "close":
            spent = spent_of(purse.project(id), line)
            return b.CloseBudget(**at, spent=spent + (1 if nth == 3 else 0))
        case "reopen":
            return b.ReopenBudget(**at, reason="late", amount=amount if nth else None)
        case _:
            return b.FreeBudget(**at, reason="left over")


def books_are_right(purse: Purse) -> None:
    envelope = purse.envelope
    assert envelope.amount == drawn(envelope) + free(envelope)
    assert free(envelope) >= 0
    for id in PROJECTS:
        project = purse.project(id)
        assert drawn(envelope, project=id) <= 600 * YUAN
        assert drawn(envelope, project=id) == sum(each.held for each in lines_of(project) if each.source == "fiscal")
        given_lines = [each for each in lines_of(project) if each.commitment is not None]
        assert sum(each.claimed for each in given_lines) <= GIFT
        for each in lines_of(project):
            draw = envelope.item("draw", draw_key(id, each.key))
            assert (draw.held if draw is not None else 0) == (each.held if each.source == "fiscal" else 0)
            assert spending_of(project, each.key) <= each.held
            if each.status in (BudgetStatus.CLOSED, BudgetStatus.FREED):
                assert each.spent == receipts(project, each.key)


def receipts(project: JointProject, line: str) -> int:
    return sum(each.amount for each in expenses_of(project, ExpenseStatus.VERIFIED) if each.line == line)


@settings(max_examples=40, deadline=None)
@given(st.booleans(), st.lists(STEP, min_size=40, max_size=80))
def test_money_is_conserved_in_every_history(delivered: bool, steps: list[tuple[tuple[bool, int], str, str, int, int]]):
    purse = Purse(opened=MONEY.changed(amount=700 * YUAN))
    for id in PROJECTS:
        purse.upto("paired", id)
        purse.do(plan("a", 200 * YUAN, id=id), plan("g", 60 * YUAN, id=id, **promised("2")))
        purse.do(approve(id, budget=500 * YUAN))
    purse.start("p")
    purse.do(gift_came())
    for number, step in enumerate(steps):
        if delivered and number == len(steps) // 3:
            purse.deliver("p")
        choice, id, line, sum_of, nth = step
        act = act_for(purse, choice, id, line)
        command = command_of(purse, act, id, line, sum_of, nth)
        with suppress(NotAllowed):
            if act == "change":
                purse.with_leave(command, mayor)
            else:
                purse.do(command)
        books_are_right(purse)
    for id in (*PROJECTS, "money"):
        record = purse.engine.get(id)
        assert purse.engine.as_of(id, version=record.version) == record
