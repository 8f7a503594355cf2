"""预算 budget lines: each from a named source, none beyond what it has, and what a line holds is drawn at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, Role
from govflow.budgets import BudgetRound, FundSource
from govflow.budgets.entry import ReleaseEntry
from govflow.envelopes import drawn, free
from govflow.envelopes.messages import CloseEnvelope
from govflow.projects import budget as b
from govflow.projects import commands as c
from govflow.projects.money import accounts_of, planned_total, statement_of
from govflow.regions.commitment import ReleaseCommitment
from tests.budgets import office as o
from tests.projects.purse import (
    GIFT,
    MONEY,
    ROOF,
    TREES,
    YUAN,
    Purse,
    approve,
    bakery,
    builder,
    cancel,
    change,
    close,
    community,
    finance,
    free_line,
    gift_came,
    given,
    mayor,
    plan,
    spend,
    supervisor,
    town,
    verify,
)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"source": None}, ("the source",)),
        ({"amount": 0}, ("the sum",)),
        ({"envelope": None}, ("the envelope, or the budget round it has won in",)),
        ({"envelope": "nowhere"}, ("the envelope, or the budget round it has won in",)),
        ({"envelope": "p"}, ("p is no envelope",)),
        ({"commitment": "2"}, ("fiscal money rests on no commitment",)),
        (given("9"), ("the commitment in which money was promised",)),
        (given("1"), ("the commitment in which money was promised",)),  # the builder's promise is of works
        ({**given("2"), "envelope": "money"}, ("only fiscal money comes out of an envelope",)),
    ],
)
def test_a_line_names_where_its_money_comes_from(said: dict[str, Any], lacking: tuple[str, ...]):
    purse = Purse().upto("paired")
    planned = plan(amount=50 * YUAN).changed(**said)
    refusal = purse.refusal(planned)
    assert "funding_source_is_named" in refusal.codes
    assert refusal.broken[0].detail == lacking


def test_money_of_an_envelope_that_is_closed_or_for_another_place_is_not_planned():
    purse = Purse().upto("paired")
    away = Actor.of("far-1", Role.TOWN, area="far/away")
    purse.engine.handle(MONEY.changed(id="far", by=away, area="far/away", command_id="far"))
    assert purse.told(plan(envelope="far")) == ("envelope far is for far/away",)
    purse.engine.handle(CloseEnvelope(id="money", by=finance))
    assert purse.told(plan()) == ("envelope money is closed",)


def test_approval_reserves_every_planned_line_and_draws_public_money_in_the_same_transaction():
    purse = Purse().upto("planned")
    assert (planned_total(purse.project()), purse.draws()) == (ROOF + TREES, {})
    approval = approve()
    project = purse.do(approval)
    assert (project.status, project.budget) == ("approved", ROOF + TREES)
    assert {key: each.status for key, each in project.items_of("budget").items()} == {
        "roof": "reserved",
        "trees": "reserved",
    }
    assert purse.draws() == {"p.roof": ("reserved", 300)}  # the gift draws on no envelope
    assert [event.name for event in purse.engine.outcome(approval.command_id)] == [
        "joint_project.approved",
        "budget.reserved",
        "budget.reserved",
        "draw.reserved",
    ]


def test_the_approval_that_would_exceed_the_envelope_by_one_fen_is_refused_and_nothing_is_drawn():
    purse = Purse(opened=MONEY.changed(amount=60_000, caps=()))
    purse.upto("approved").upto("paired", "q")
    purse.do(plan(amount=30_001, id="q"))
    refusal = purse.refusal(approve("q"))
    assert refusal.codes == ("budget_is_within_envelope",)
    assert refusal.broken[0].detail == ("envelope money: 300.00 yuan free, 300.01 yuan asked for",)
    assert refusal.broken[0].sentence("zh").endswith("资金盘子 money：可用 300.00 元，申请 300.01 元")
    assert purse.draws() == {"p.roof": ("reserved", 300)}
    purse.do(free_line("roof").changed(id="q"))
    purse.do(plan("tiles", 30_000, id="q"), approve("q"))
    assert free(purse.envelope) == 0


def test_lines_of_one_approval_are_added_up_before_they_are_held_against_the_envelope():
    purse = Purse(opened=MONEY.changed(amount=500 * YUAN, caps=())).upto("paired")
    purse.do(plan("a", 300 * YUAN), plan("b", 300 * YUAN))
    assert purse.refused(approve()) == ("budget_is_within_envelope",)
    assert purse.told(approve()) == ("envelope money: 500.00 yuan free, 600.00 yuan asked for",)


def test_the_cap_of_a_kind_holds_for_all_lines_of_a_project():
    purse = Purse().upto("paired")
    purse.do(plan("a", 400 * YUAN), plan("b", 201 * YUAN))
    assert purse.told(approve()) == ("one project of kind general: 600.00 yuan free, 601.00 yuan asked for",)


def test_the_policys_cap_on_public_money_of_a_kind_holds_for_a_line_reserved_by_itself():
    purse = Purse(opened=MONEY.changed(amount=3_000_000 * YUAN, caps=()))
    purse.pair("p", kind="micro_livelihood")
    purse.pair("q")  # a project of another kind has no such cap
    for id in "pq":
        purse.do(plan("a", 900_000 * YUAN, id=id), plan("b", 100_001 * YUAN, id=id))
        purse.do(b.ReserveBudget(id=id, by=finance, item="a"))
    assert purse.told(b.ReserveBudget(id="p", by=finance, item="b")) == (
        "a project of kind micro_livelihood: 100000.00 yuan free, 100001.00 yuan asked for",
    )
    purse.do(b.ReserveBudget(id="q", by=finance, item="b"))
    assert purse.line("b", "q").held == 100_001 * YUAN


def test_donations_do_not_touch_the_fiscal_sum():
    purse = Purse().upto("approved")
    assert (free(purse.envelope), purse.line("trees").held) == (700 * YUAN, TREES)
    accounts = accounts_of(purse.project())
    assert {source: each.reserved for source, each in accounts.by_source.items()} == {"fiscal": ROOF, "donation": TREES}
    assert (accounts.leverage, accounts.total.reserved) == (Fraction(80, 300), ROOF + TREES)


def test_lines_on_a_promise_ask_for_no_more_together_than_was_promised():
    purse = Purse().upto("planned")
    refusal = purse.refusal(plan("paint", 20 * YUAN + 1, **given("2", FundSource.SELF_RAISED)))
    assert refusal.codes == ("commitment_bears_its_lines",)
    assert refusal.broken[0].detail == ("commitment 2: 20.00 yuan free, 20.01 yuan asked for",)
    purse.do(plan("paint", 20 * YUAN, **given("2")), approve())
    grown = change("trees", TREES + 1)
    assert purse.told(grown)[0] == "commitment 2: 80.00 yuan free, 80.01 yuan asked for"


def test_nothing_is_planned_on_a_promise_that_was_released():
    purse = Purse().upto("paired")
    release = ReleaseCommitment(id="p", by=supervisor, item="2", reason="the bakery closed")
    purse.do(release)
    assert purse.told(plan("trees", TREES, **given("2")))[0] == "commitment 2 is released"


# --- after the approval ----------------------------------------------------------------------------------------------


def test_a_line_that_comes_later_stays_within_what_was_approved():
    purse = Purse().upto("planned")
    purse.do(approve(budget=400 * YUAN), plan("lamp", 20 * YUAN + 1))
    reserve = b.ReserveBudget(id="p", by=finance, item="lamp")
    assert purse.refused(reserve) == ("lines_are_within_approved_budget",)
    assert purse.told(reserve) == ("400.00 yuan approved, 400.01 yuan in the lines",)
    purse.do(plan("bulb", 20 * YUAN), b.ReserveBudget(id="p", by=finance, item="bulb"))
    assert purse.draws()["p.bulb"] == ("reserved", 20)


def test_who_leads_the_project_reserves_nothing():
    purse = Purse().upto("planned")
    for actor in (builder, community, bakery):
        assert "role_is_held" in purse.refused(b.ReserveBudget(id="p", by=actor, item="roof"))


def test_a_line_is_changed_with_the_towns_leave_and_so_is_what_it_draws():
    purse = Purse().upto("planned")
    purse.do(approve(budget=500 * YUAN))
    more = change("roof", 350 * YUAN)
    assert purse.refused(more) == ("approval_is_given",)
    assert purse.refused(more.changed(reason="")) == ("reason_given", "approval_is_given")
    purse.with_leave(more)
    assert (purse.line().amount, purse.draws()) == (350 * YUAN, {"p.roof": ("reserved", 350)})
    assert "lines_are_within_approved_budget" in purse.refused(change("roof", 421 * YUAN))
    assert "budget_is_within_envelope" in purse.refused(change("roof", 601 * YUAN))


def test_a_line_is_never_changed_below_what_was_spent_of_it():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 200 * YUAN))
    assert "amount_covers_what_was_spent" in purse.refused(change("roof", 200 * YUAN - 1))
    assert "amount_covers_what_was_spent" in purse.refused(change("trees", 0))
    purse.with_leave(change("roof", 200 * YUAN))
    assert purse.draws() == {"p.roof": ("reserved", 200)}


def test_a_line_that_is_not_needed_is_freed_and_so_is_its_money():
    purse = Purse().upto("approved")
    purse.do(free_line("roof"))
    assert (purse.line().status, purse.draws(), free(purse.envelope)) == ("freed", {"p.roof": ("freed", 0)}, 100_000)
    assert purse.refused(free_line("roof").changed(command_id="again")) == ("step_is_in_the_table",)


def test_freeing_a_planned_line_touches_no_envelope():
    purse = Purse().upto("planned")
    freed = free_line("roof")
    purse.do(freed)
    assert [event.name for event in purse.engine.outcome(freed.command_id)] == ["budget.freed"]
    assert purse.draws() == {}


# --- closing ---------------------------------------------------------------------------------------------------------


def test_a_line_is_closed_with_what_its_receipts_come_to_and_the_rest_is_free():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 120 * YUAN), verify("v-1"), spend("v-2", 150 * YUAN))
    purse.start()
    purse.deliver()
    assert purse.told(close("roof", 120 * YUAN)) == ("voucher v-2 is not verified",)
    purse.do(verify("v-2"))
    assert purse.told(close("roof", 271 * YUAN)) == ("271.00 yuan stated, 270.00 yuan in receipts",)
    purse.do(close("roof", 270 * YUAN).changed(command_id="right"))
    assert (purse.draws(), free(purse.envelope)) == ({"p.roof": ("settled", 270)}, 730 * YUAN)
    assert purse.refused(spend("v-3", 1)) == ("spending_is_within_budget",)


def test_what_was_spent_of_a_promise_has_come_before_the_line_is_closed():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", TREES, line="trees"), verify("v-1"))
    purse.start()
    purse.deliver()
    assert purse.told(close("trees", TREES)) == ("commitment 2: 0.00 yuan given, 80.00 yuan spent",)
    purse.do(gift_came(), close("trees", TREES))
    assert purse.line("trees").status == "closed"


def test_closed_accounts_are_opened_again_with_what_was_spent_and_closed_anew():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 200 * YUAN), verify("v-1"))
    purse.start()
    purse.deliver()
    purse.do(close("roof", 200 * YUAN))
    again = b.ReopenBudget(id="p", by=finance, item="roof", reason="a bill came late", amount=230 * YUAN)
    assert purse.refused(again.changed(reason=" ")) == ("reason_given",)
    assert purse.refused(again.changed(amount=199 * YUAN)) == ("amount_covers_what_was_spent",)
    assert purse.refused(again.changed(amount=700 * YUAN))[0] == "budget_is_within_envelope"
    purse.do(again)
    assert purse.draws() == {"p.roof": ("reserved", 230)}
    purse.do(spend("v-2", 30 * YUAN), verify("v-2"), close("roof", 230 * YUAN).changed(command_id="anew"))
    assert purse.draws() == {"p.roof": ("settled", 230)}
    purse.do(again.changed(command_id="default", amount=None))
    assert purse.draws() == {"p.roof": ("reserved", 230)}  # what was spent needs no more money


# --- given up --------------------------------------------------------------------------------------------------------


def test_a_project_that_is_given_up_keeps_what_it_has_spent_drawn_and_frees_the_rest():
    purse = Purse().upto("in_progress")
    purse.do(spend("v-1", 120 * YUAN), spend("v-2", 10 * YUAN), verify("v-1"))
    given_up = cancel(180 * YUAN)
    assert purse.told(given_up)[0] == "voucher v-2 is not verified"
    purse.do(verify("v-2"))
    assert purse.told(given_up)[0] == "250.00 yuan are left"  # of the roof 170, of the trees 80
    purse.with_leave(cancel(250 * YUAN))
    assert (purse.project().status, purse.line().status, purse.line().spent) == ("cancelled", "freed", 130 * YUAN)
    assert (purse.draws(), drawn(purse.envelope)) == ({"p.roof": ("settled", 130)}, 130 * YUAN)
    assert [(each.line, each.budgeted, each.spent) for each in statement_of(purse.project()).lines] == [
        ("roof", ROOF, 130 * YUAN)
    ]


def test_a_line_with_a_voucher_that_nobody_has_checked_is_not_freed():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 120 * YUAN))
    refusal = purse.refusal(free_line("roof"))
    assert (refusal.codes, refusal.broken[0].detail) == (("money_is_reconciled",), ("voucher v-1 is not verified",))


def test_a_project_that_is_not_approved_gives_its_lines_up():
    purse = Purse().upto("planned")
    refuse = c.RefuseProject(id="p", by=town, reason="too dear", hand_over=cancel(0).hand_over)
    purse.do(refuse)
    assert {each.status for each in purse.project().items_of("budget").values()} == {"freed"}
    assert free(purse.envelope) == 1_000 * YUAN


# --- money that a budget round has reserved --------------------------------------------------------------------------


def won(purse: Purse, cost: int) -> str:
    """A round in which an entry of this cost has won, and the project that it began."""
    walk: list[tuple[int, Command]] = [
        (0, o.OPEN.changed(programme="livelihood")),
        (0, o.FISCAL),
        (0, o.START),
        (0, o.idea("a")),
        (16, o.REVIEW),
        (0, o.admit("a", cost)),
        (0, o.enrol("v-1")),
        (0, o.BALLOT),
        (0, o.vote("v-1", "a")),
        (11, o.COUNT),
        (0, o.PUBLISH),
        (8, o.HAND_OVER),
    ]
    for days, command in walk:
        purse.clock.advance(days=days)
        purse.engine.handle(command)
    project = purse.engine.get("round", BudgetRound).item("entry", "a").project
    assert project is not None
    return str(project)


def test_a_winner_of_a_budget_round_plans_its_money_at_once_and_draws_on_no_envelope():
    purse = Purse()
    id = won(purse, 300_000)
    (line,) = purse.project(id).items_of("budget").values()
    assert (line.source, line.envelope, line.amount, line.status) == ("fiscal", "round", 300_000 * YUAN, "planned")
    assert purse.draws() == {}


def test_lines_on_a_round_come_to_no_more_than_what_was_won():
    purse = Purse()
    id = won(purse, 300_000)
    more = plan("more", 1, id=id, by=community, envelope="round")
    purse.do(more)
    first = next(iter(purse.project(id).items_of("budget")))
    purse.join(id)
    purse.do(b.ReserveBudget(id=id, by=finance, item=first))
    refused = b.ReserveBudget(id=id, by=finance, item="more")
    assert purse.told(refused) == ("budget round round: 0.00 yuan free, 0.01 yuan asked for",)
    assert purse.draws() == {}


def test_money_of_an_entry_that_was_released_is_not_reserved():
    purse = Purse()
    id = won(purse, 300_000)
    purse.join(id)
    purse.engine.handle(ReleaseEntry(**o.R, by=o.town, item="a", reason="the owners moved"))
    (line,) = purse.project(id).items_of("budget")
    reserve = b.ReserveBudget(id=id, by=finance, item=line)
    assert purse.told(reserve) == ("budget round round: 0.00 yuan free, 300000.00 yuan asked for",)


def test_a_project_that_has_won_nothing_in_a_round_plans_no_money_of_it():
    purse = Purse()
    won(purse, 300_000)
    purse.upto("paired")
    assert purse.told(plan(envelope="round")) == ("no entry of round was won for p",)


# --- in the books ----------------------------------------------------------------------------------------------------


def test_the_accounts_tell_line_by_line_what_was_asked_set_aside_spent_and_is_left():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 120 * YUAN), verify("v-1"), spend("v-2", 50 * YUAN), plan("lamp", 20 * YUAN))
    accounts = accounts_of(purse.project())
    roof, trees, lamp = accounts.lines
    assert (roof.reserved, roof.verified, roof.unverified, roof.rest) == (ROOF, 120 * YUAN, 50 * YUAN, 130 * YUAN)
    assert (trees.reserved, trees.rest, lamp.planned, lamp.reserved, lamp.rest) == (TREES, TREES, 20 * YUAN, 0, 0)
    assert (accounts.total.planned, accounts.total.reserved) == (20 * YUAN, ROOF + TREES)
    assert accounts.by_source["fiscal"].rest == 130 * YUAN
    assert accounts.approved == ROOF + TREES


def test_without_public_money_there_is_no_leverage():
    purse = Purse().upto("paired")
    purse.do(plan("trees", TREES, **given("2")), approve())
    accounts = accounts_of(purse.project())
    assert (accounts.leverage, list(accounts.by_source)) == (None, ["donation"])


def test_what_is_published_counts_public_money_set_aside_and_gifts_that_came():
    purse = Purse().upto("approved")
    assert statement_of(purse.project()).received == ROOF
    purse.do(gift_came())
    assert statement_of(purse.project()).received == ROOF + GIFT


def test_only_the_system_draws_on_an_envelope_and_replay_tells_the_same():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 120 * YUAN), verify("v-1"), free_line("trees"))
    for id in ("p", "money"):
        record = purse.engine.get(id)
        assert purse.engine.as_of(id, version=record.version) == record
    assert {each.by for each in purse.envelope.items_of("draw").values()} == {SYSTEM.id}
    assert mayor.id not in {each.by for each in purse.project().items_of("budget").values()}
