"""Whose hands money goes through: nobody of a party moves it, and none is counted, spent or let off twice."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Claim, NotAllowed, Role
from govflow.budgets import BudgetRound
from govflow.budgets.entry import Entry, ReleaseEntry
from govflow.projects import budget as b
from govflow.projects import commands as c
from govflow.projects import expense as x
from govflow.projects.model import Member, TeamKind
from govflow.regions.commitment import KeepCommitment, MakeCommitment, ReleaseCommitment
from tests.budgets import office as o
from tests.projects.purse import (
    AREA,
    LATER,
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
    mayor,
    plan,
    spend,
    supervisor,
    town,
    verify,
)
from tests.projects.test_money_lines import won

WON = 300_000
RELEASE = ReleaseEntry(**o.R, by=o.town, item="a", reason="it is done with")


@pytest.fixture
def purse() -> Purse:
    return Purse().upto("approved")


# --- money that a budget round has reserved --------------------------------------------------------------------------


def a_winner() -> tuple[Purse, str, str]:
    """A project that has won in a round, with its line reserved and 200 yuan of it spent: its id and the line's key."""
    purse = Purse()
    id = won(purse, WON)
    purse.join(id)
    (line,) = purse.project(id).items_of("budget")
    purse.do(approve(id), spend("v-1", 200 * YUAN, line=line).changed(id=id), verify("v-1").changed(id=id))
    return purse, id, line


def round_of(purse: Purse) -> BudgetRound:
    return purse.engine.get("round", BudgetRound)


def entry_of(purse: Purse) -> Entry:
    found: Entry = round_of(purse).item("entry", "a")
    return found


def test_what_was_spent_of_a_freed_line_stays_reserved_in_the_round_that_it_was_won_in():
    purse, id, line = a_winner()
    before = round_of(purse).remaining
    assert purse.refused(RELEASE) == ("project_holds_none_of_it",)
    purse.do(free_line(line).changed(id=id))
    purse.engine.handle(RELEASE)
    assert (entry_of(purse).kept, round_of(purse).reserved) == (200 * YUAN, 200 * YUAN)
    assert round_of(purse).remaining - before == (WON - 200) * YUAN


def test_of_a_closed_line_the_round_gets_back_what_was_not_spent():
    purse, id, line = a_winner()
    before = round_of(purse).remaining
    purse.start(id)
    purse.deliver(id)
    purse.do(close(line, 200 * YUAN).changed(id=id))
    purse.engine.handle(RELEASE)
    assert round_of(purse).remaining - before == (WON - 200) * YUAN
    assert round_of(purse).reserved_for(entry_of(purse).kind) == 200 * YUAN


def test_a_line_of_an_entry_that_was_released_is_opened_again_with_no_more_than_was_kept():
    purse, id, line = a_winner()
    purse.start(id)
    purse.deliver(id)
    purse.do(close(line, 200 * YUAN).changed(id=id))
    purse.engine.handle(RELEASE)
    reopen = b.ReopenBudget(id=id, by=finance, item=line, reason="a late bill")
    more = reopen.changed(amount=200 * YUAN + 1, command_id="more")
    assert purse.told(more) == ("budget round round: 200.00 yuan free, 200.01 yuan asked for",)
    assert purse.do(reopen).item("budget", line).status == "reserved"


def test_what_was_kept_of_a_released_entry_is_told_by_replay_too():
    purse, id, line = a_winner()
    purse.do(free_line(line).changed(id=id))
    purse.engine.handle(RELEASE)
    assert purse.engine.as_of("round", version=round_of(purse).version) == round_of(purse)


# --- nobody who takes part -------------------------------------------------------------------------------------------


def test_who_holds_an_office_of_finance_and_one_of_a_party_moves_no_money_of_the_project(purse: Purse):
    both = Actor(id="two-1", claims=(Claim(role=Role.PROJECT_LEAD, unit="builder"), Claim(role=Role.FINANCE)))
    of_the_bakery = Actor.of("purser-1", Role.FINANCE, unit="bakery", area=AREA)
    purse.do(spend("v-1", YUAN), plan("lamp", YUAN))
    for actor in (both, of_the_bakery):
        for command in (
            b.ReserveBudget(id="p", by=actor, item="lamp"),
            free_line("roof", by=actor),
            verify("v-1", by=actor),
            x.ReverseExpense(id="p", by=actor, item="v-1", corrects=1, reason="typed twice"),
        ):
            assert "finance_takes_no_part" in purse.refused(command)


def test_who_stands_in_for_somebody_on_the_work_group_moves_no_money_either(purse: Purse):
    stand_in = Actor(id="deputy", claims=(Claim(role=Role.FINANCE, standing_in_for="foreman"),))
    purse.do(c.NameTeam(id="p", by=community, team=TeamKind.WORK_GROUP, members=(Member(id="foreman"),)))
    assert "finance_takes_no_part" in purse.refused(free_line("roof", by=stand_in))


def test_the_lead_changes_a_line_with_leave_of_a_town_that_is_not_the_lead(purse: Purse):
    own = Actor(id="builder-7", claims=(Claim(role=Role.TOWN, unit="town-hall", level="town"), *builder.claims))
    asked = change("roof", 200 * YUAN, by=builder)
    with pytest.raises(NotAllowed) as caught:
        purse.with_leave(asked, by=own)
    assert caught.value.codes == ("finance_takes_no_part",)
    assert "leave was given by builder itself" in str(caught.value)
    assert purse.with_leave(asked.changed(command_id="anew", reason="dearer"), by=mayor).item("budget", "roof")


# --- money promised back ---------------------------------------------------------------------------------------------


def disallowed(purse: Purse) -> None:
    found = x.DisallowExpense(id="p", by=finance, item="v-1", reason="for another house", until=LATER)
    purse.do(spend("v-1", 100 * YUAN), verify("v-1"), found)


def test_no_line_rests_on_money_that_is_paid_back(purse: Purse):
    disallowed(purse)
    again = b.PlanBudget(id="p", by=builder, item="again", source="self_raised", amount=YUAN, commitment="pay_back.v-1")
    assert purse.told(again) == ("commitment pay_back.v-1 pays back what was spent already",)


def test_that_money_was_paid_back_is_confirmed_or_let_off_by_finance_or_the_town_alone(purse: Purse):
    disallowed(purse)
    at: dict[str, Any] = {"id": "p", "item": "pay_back.v-1"}
    let_off: dict[str, Any] = {"reason": "bankrupt"}
    for actor in (community, supervisor):
        assert purse.refused(ReleaseCommitment(**at, by=actor, **let_off)) == ("purse_sees_to_paying_back",)
    assert purse.refused(KeepCommitment(**at, by=community)) == ("purse_sees_to_paying_back",)
    for actor in (finance, town):
        for other in (
            KeepCommitment(id="p", item="2", by=actor),
            ReleaseCommitment(id="p", item="2", by=actor, **let_off),
        ):
            assert purse.refused(other) == ("purse_sees_to_paying_back",)
    assert purse.do(KeepCommitment(**at, by=finance)).item("commitment", "pay_back.v-1").status == "kept"


def test_nobody_takes_the_key_under_which_money_is_promised_back(purse: Purse):
    squat = MakeCommitment(id="p", by=bakery, item="pay_back.v-1", what="cake", owner="bakery", until=LATER)
    assert purse.refused(squat) == ("paying_back_is_written_by_the_system",)
    disallowed(purse)
    assert purse.project().item("commitment", "pay_back.v-1").owes == "builder"


def test_a_voucher_with_a_very_long_number_is_disallowed_like_any_other(purse: Purse):
    purse.do(spend("v-1", YUAN, voucher="7" * 4_000), verify("v-1"))
    purse.do(x.DisallowExpense(id="p", by=finance, item="v-1", reason="private", until=LATER))
    assert purse.project().item("commitment", "pay_back.v-1").amount == YUAN


# --- freeing is no way round closing ---------------------------------------------------------------------------------


def test_a_line_is_not_freed_while_what_was_spent_of_a_promise_has_not_come(purse: Purse):
    purse.do(spend("v-1", 50 * YUAN, line="trees"), verify("v-1"))
    assert purse.told(free_line("trees")) == ("commitment 2: 0.00 yuan given, 50.00 yuan spent",)
    purse.do(gift_came(), free_line("trees"))
    assert purse.line("trees").status == "freed"


def test_a_project_that_is_given_up_is_not_held_up_by_a_gift_that_never_came(purse: Purse):
    purse.do(spend("v-1", 50 * YUAN, line="trees"), verify("v-1"))
    purse.with_leave(cancel(ROOF + TREES - 50 * YUAN))
    assert (purse.line("trees").status, purse.line("trees").spent) == ("freed", 50 * YUAN)
