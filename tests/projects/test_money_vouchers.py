"""支出 vouchers: within their line, entered once by a party, checked by another, paid back where they were no cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Role
from govflow.projects import budget as b
from govflow.projects import commands as c
from govflow.projects import expense as x
from govflow.projects.budget_rules import accounts_equal_receipts
from govflow.projects.lines import spending_of, spent_of
from govflow.projects.money import statement_of
from govflow.regions.commitment import FulfilPartOfCommitment, ReleaseCommitment
from govflow.regions.contribution import Contribution
from tests.projects.purse import (
    LATER,
    ROOF,
    YUAN,
    Purse,
    bakery,
    builder,
    butcher,
    close,
    community,
    finance,
    spend,
    supervisor,
    verify,
)


@pytest.fixture
def purse() -> Purse:
    return Purse().upto("approved")


def disallow(key: str, **said: Any) -> x.DisallowExpense:
    return x.DisallowExpense(id="p", by=finance, item=key, **{"reason": "for another house", **said})


def reverse(key: str, corrects: int, **said: Any) -> x.ReverseExpense:
    return x.ReverseExpense(id="p", by=finance, item=key, corrects=corrects, **{"reason": "typed twice", **said})


def test_money_is_spent_within_its_line_to_the_fen(purse: Purse):
    purse.do(spend("v-1", 250 * YUAN))
    refusal = purse.refusal(spend("v-2", 50 * YUAN + 1))
    assert refusal.codes == ("spending_is_within_budget",)
    assert refusal.broken[0].detail == ("line roof: 300.00 yuan, 300.01 yuan spent",)
    assert refusal.broken[0].sentence("zh").endswith("预算项 roof：300.00 元，支出 300.01 元")
    assert spending_of(purse.do(spend("v-2", 50 * YUAN))) == ROOF


def test_nothing_is_spent_of_a_line_that_holds_no_money(purse: Purse):
    for line in ("lamp", None):
        assert purse.refused(spend("v-1", 1).changed(line=line)) == ("spending_is_within_budget",)
    purse.do(b.FreeBudget(id="p", by=finance, item="roof"))
    assert purse.refused(spend("v-1", 1)) == ("spending_is_within_budget",)


def test_a_voucher_names_papers_on_file_an_amount_and_its_number(purse: Purse):
    assert purse.refused(spend("v-1", 1, papers=())) == ("required_papers_are_attached",)
    assert purse.refused(spend("v-1", 1, papers=("lost",))) == ("required_papers_are_attached",)
    assert purse.refused(spend("v-1", 0)) == ("voucher_is_entered_once",)
    assert purse.refused(spend("v" * 65, 1)) == ("voucher_is_entered_once",)
    project = purse.do(spend("v-1", 1), spend("2", 1, voucher=" 记-0012 "))
    assert [each.voucher for each in project.items_of("expense").values()] == ["v-1", "记-0012"]


def test_a_voucher_is_entered_once_and_after_a_reversal_once_more(purse: Purse):
    purse.do(spend("1", 100 * YUAN, voucher="2026-7"))
    version = purse.project().version
    again = spend("2", 100 * YUAN, voucher="2026-7")
    assert purse.refused(again) == ("voucher_is_entered_once",)
    assert purse.told(again) == ("voucher 2026-7 is entered as 1",)
    assert purse.refused(reverse("1", 0)) == ("correction_names_its_event",)
    assert purse.refused(reverse("1", version, reason="")) == ("reason_given",)
    project = purse.do(reverse("1", version), again.changed(amount=10 * YUAN))
    assert (spending_of(project), project.item("expense", "1").status) == (10 * YUAN, "reversed")
    assert spending_of(purse.do(disallow("2"))) == 0
    assert purse.refused(again.changed(item="3", command_id="3")) == ("voucher_is_entered_once",)


def test_only_parties_enter_vouchers_and_the_event_says_which(purse: Purse):
    assert purse.refused(spend("v-1", 1, by=butcher)) == ("spender_is_a_party",)
    assert purse.refused(spend("v-1", 1, by=finance)) == ("role_is_held", "spender_is_a_party")
    project = purse.do(spend("v-1", 1, by=bakery), spend("v-2", 1))
    assert [each.unit for each in project.items_of("expense").values()] == ["bakery", "builder"]


def test_finance_checks_what_others_have_entered(purse: Purse):
    own = Actor.of("builder-9", Role.FINANCE, unit="builder")
    purse.do(spend("v-1", 100 * YUAN))
    assert "role_is_held" in purse.refused(verify("v-1", by=own))  # finance of the lead is not separate from it
    both = Actor.of("baker-1", Role.ORGANISATION, Role.FINANCE, unit="bakery")
    purse.do(spend("v-2", 1, by=both))
    assert "verified_by_another" in purse.refused(verify("v-2", by=both))
    project = purse.do(verify("v-1"), verify("v-2"))
    assert (spent_of(project), spent_of(project, "roof")) == (100 * YUAN + 1, 100 * YUAN + 1)
    assert purse.refused(verify("v-1").changed(command_id="again")) == ("step_is_in_the_table",)


def test_a_voucher_that_waits_to_be_checked_is_an_open_loop(purse: Purse):
    purse.do(spend("v-1", 100 * YUAN))
    (loop,) = [each for each in purse.engine.open_loops("p") if each.region == "expense"]
    assert (loop.owes, loop.what) == ("finance", "voucher v-1 of 100.00 yuan")


def test_what_was_no_cost_of_the_project_is_promised_back_by_whoever_spent_it(purse: Purse):
    purse.do(spend("v-1", 100 * YUAN, by=bakery), verify("v-1"))
    assert purse.refused(disallow("v-1")) == ("paying_back_has_a_date",)
    assert purse.refused(disallow("v-1", until=purse.clock())) == ("paying_back_has_a_date",)
    assert purse.refused(disallow("v-1", until=LATER, reason=" ")) == ("reason_given",)
    found = disallow("v-1", until=LATER)
    project = purse.do(found)
    assert [each.name for each in purse.engine.outcome(found.command_id)] == ["expense.disallowed", "commitment.made"]
    promise = project.item("commitment", "pay_back.v-1")
    assert (promise.owes, promise.matter, promise.amount, promise.until) == (
        "bakery",
        Contribution.MONEY,
        100 * YUAN,
        LATER,
    )
    assert (spent_of(project), project.item("expense", "v-1").status) == (0, "disallowed")
    assert "pay_back.v-1" in {each.item for each in purse.engine.open_loops("p")}


def test_what_was_never_checked_is_disallowed_without_a_day_to_pay_it_back(purse: Purse):
    purse.do(spend("v-1", 100 * YUAN))
    assert purse.do(disallow("v-1")).item("commitment", "pay_back.v-1") is None


def test_money_paid_back_is_no_gift():
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 100 * YUAN), verify("v-1"), disallow("v-1", until=LATER))
    part = FulfilPartOfCommitment(id="p", by=builder, item="pay_back.v-1", measure="paid", evidence=("receipt",))
    purse.do(part.changed(amount=100 * YUAN))
    assert statement_of(purse.project()).received == ROOF


def test_vouchers_of_a_closed_line_stay_as_they_are_until_it_is_reopened(purse: Purse):
    purse.do(spend("v-1", 100 * YUAN), verify("v-1"))
    purse.start()
    purse.deliver()
    purse.do(close("roof", 100 * YUAN))
    version = purse.project().version
    for late in (disallow("v-1", until=purse.clock() + timedelta(days=9)), reverse("v-1", version)):
        assert purse.refused(late) == ("accounts_of_its_line_are_open",)
    purse.do(b.ReopenBudget(id="p", by=finance, item="roof", reason="audit"), reverse("v-1", version))
    purse.do(close("roof", 0).changed(command_id="anew"))
    assert purse.draws() == {"p.roof": ("settled", 0)}


def test_of_a_promise_that_was_released_no_more_is_spent_than_came(purse: Purse):
    part = FulfilPartOfCommitment(id="p", by=bakery, item="2", measure="paid", evidence=("receipt",), amount=30 * YUAN)
    purse.do(part, ReleaseCommitment(id="p", by=supervisor, item="2", reason="the bakery closed"))
    refusal = purse.refusal(spend("v-1", 30 * YUAN + 1, line="trees"))
    assert refusal.broken[0].detail == ("commitment 2: 30.00 yuan, 30.01 yuan spent",)
    assert spending_of(purse.do(spend("v-1", 30 * YUAN, line="trees"))) == 30 * YUAN


def test_progress_is_reported_while_spending_is_within_the_lines(purse: Purse):
    purse.do(spend("v-1", ROOF), verify("v-1"))
    purse.start()
    assert purse.do(c.ReportProgress(id="p", by=builder, percent=50, text="half")).progress == 50


def test_accounts_are_settled_when_they_are_the_sum_of_their_receipts():
    """As the rule itself sees it: the project's own step asks the same of all lines together."""
    purse = Purse().upto("approved")
    purse.do(spend("v-1", 100 * YUAN), verify("v-1"))
    purse.start()
    purse.deliver()
    purse.do(close("roof", 100 * YUAN))
    project = purse.project()
    settle = {spent: c.SettleProject(id="p", by=finance, spent=spent) for spent in (0, 100 * YUAN, None)}
    verdicts = {spent: accounts_equal_receipts.broken(project, said, None) for spent, said in settle.items()}
    assert [spent for spent, broken in verdicts.items() if broken is None] == [100 * YUAN]
    wrong = project.item("budget", "roof").changed(spent=99 * YUAN)
    forged = project.changed(items={**project.items, "budget": {**project.items["budget"], "roof": wrong}})
    said = accounts_equal_receipts.broken(forged, settle[100 * YUAN], None)
    assert said is not None
    assert said.detail == ("line roof was closed with another sum",)


def test_the_system_may_disallow_and_nobody_else_but_finance(purse: Purse):
    purse.do(spend("v-1", 1), spend("v-2", 1))
    for actor in (builder, community, supervisor):
        assert "role_is_held" in purse.refused(disallow("v-1").changed(by=actor))
    assert purse.do(disallow("v-2").changed(by=SYSTEM)).item("expense", "v-2").status == "disallowed"
