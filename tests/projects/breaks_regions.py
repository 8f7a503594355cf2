"""The rules of money, milestones and feedback, each broken by one command."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import Actor, Claim, Role
from govflow.budgets import FundSource
from govflow.envelopes import ENVELOPE
from govflow.projects import PROJECT
from govflow.projects.budget import ChangeBudget, CloseBudget, FreeBudget, PlanBudget, ReopenBudget, ReserveBudget
from govflow.projects.expense import DisallowExpense, ReverseExpense
from govflow.projects.feedback_model import ConfirmFeedback, ReopenFeedback, TransferFeedback, WithdrawFeedback
from govflow.projects.milestone import AcceptMilestone, ReachMilestone, RefuseMilestone
from govflow.regions.commitment import FulfilPartOfCommitment
from tests.projects.breaking import Break
from tests.projects.breaks_approval import APPROVE, DROP, DUST, NETS, SCAFFOLD, more_money, watched_by
from tests.projects.breaks_need import PHONE
from tests.projects.breaks_result import BILL, CHECKED
from tests.projects.site import (
    AREA,
    HERE,
    acceptor,
    baker,
    colleague,
    community,
    lead,
    mayor,
    neighbour,
    resident,
    service,
)
from tests.projects.steps import X, at
from tests.projects.yard import GIFT, YUAN, Yard, finance, neighbours

DAY = timedelta(days=1)
GIVEN: dict[str, Any] = {"source": FundSource.DONATION, "commitment": "3", "envelope": None}
MORE = more_money(10)
RESERVE = ReserveBudget(**X, by=finance, item="more")
CHANGE = ChangeBudget(**X, by=finance, item="roof", amount=200 * YUAN, reason="tiles are cheaper")
CLOSE = CloseBudget(**X, by=finance, item="roof", spent=0)
CLOSE_BILLED = CLOSE.changed(spent=10 * YUAN, command_id="closed")
FREE = FreeBudget(**X, by=finance, item="roof", reason="not needed")
REOPEN = ReopenBudget(**X, by=finance, item="roof", amount=20 * YUAN, reason="one bill came late")
BOTH = Actor(id="both", claims=(Claim(role=Role.ORGANISATION, unit="roofers"), *finance.claims))
PURSER = Actor.of("purser-1", Role.FINANCE, unit="bakery", area=AREA)
DISALLOW = DisallowExpense(**X, by=finance, item="v1", reason="a lunch", until=at(200))
REVERSE = ReverseExpense(**X, by=finance, item="v1", reason="a wrong sum", corrects=1)
GUTTER_BILL = BILL.changed(line="gutters", command_id="gutters")
GIFT_CAME = FulfilPartOfCommitment(**X, by=baker, item="3", measure="paid", evidence=("photo",), amount=10 * YUAN)
REACH = ReachMilestone(**X, by=lead, item="m", measure="it stands", evidence=("photo",))
TAKE = AcceptMilestone(**X, by=acceptor, item="m")
REFUSE = RefuseMilestone(**X, by=acceptor, item="m", shortcomings=("it shakes",), until=at(120))
CONFIRM = ConfirmFeedback(**X, by=resident, item="f")
AGAIN = ReopenFeedback(**X, by=resident, item="f", reason="still dusty")
TRANSFER = TransferFeedback(**X, by=community, item="f", title="Dust")
TAKEN_BACK = WithdrawFeedback(**X, by=resident, item="f", reason="it has settled")
OFFICER = Actor.of("officer-1", Role.SUPERVISOR, Role.COMMUNITY, unit="huazhaobi", area=HERE)


def delivered(*before: Any) -> tuple[Any, ...]:
    """Works in progress are delivered after these."""
    return (*before, lambda yard: yard.on_to("delivered"))


def approved(yuan: int) -> tuple[Any, ...]:
    """What is assessed is approved with so much money."""
    return (Yard.hearing, APPROVE.changed(budget=yuan * YUAN))


# fmt: off
BREAKS = [
    # budget lines
    Break("BU01", "funding_source_is_named", "a line says where its money comes from", "assessed", MORE.changed(source=None), {"source": FundSource.FISCAL}),
    Break("BU01", "funding_source_is_named", "public money comes out of an envelope", "approved", MORE.changed(envelope="nowhere"), {"envelope": "money"}),
    Break("BU01", "commitment_bears_its_lines", "lines on a gift ask for no more than was given", "claimed", PlanBudget(**X, by=lead, item="all", amount=GIFT + 1, **GIVEN), {"amount": GIFT}, first=(lambda yard: yard.on_to("paired"),)),
    Break("BU02", "budget_is_within_envelope", "no line is reserved that the envelope does not bear", "assessed", RESERVE, first=(more_money(601),), before=(more_money(600),)),
    Break("BU02", "lines_are_within_approved_budget", "no line is reserved beyond what was approved", "assessed", RESERVE, first=(*approved(400), MORE), before=(*approved(410), MORE)),
    Break("BU02", "finance_takes_no_part", "no party sets money aside", "assessed", RESERVE.changed(by=PURSER), {"by": finance}, first=(MORE,)),
    Break("BU03", "budget_is_within_envelope", "no line grows beyond its envelope", "assessed", CHANGE.changed(amount=601 * YUAN), {"amount": 600 * YUAN}, leave=mayor),
    Break("BU03", "lines_are_within_approved_budget", "no line grows beyond what was approved", "approved", CHANGE.changed(amount=301 * YUAN), {"amount": 299 * YUAN}, leave=mayor),
    Break("BU03", "amount_covers_what_was_spent", "no line shrinks below what was spent", "in_progress", CHANGE.changed(amount=9 * YUAN), {"amount": 10 * YUAN}, first=(BILL,), leave=mayor),
    Break("BU03", "reason_given", "a line is changed for a reason", "approved", CHANGE.changed(reason=""), {"reason": "cheaper"}, leave=mayor),
    Break("BU03", "finance_takes_no_part", "no party changes a line as finance", "approved", CHANGE.changed(by=PURSER), {"by": finance}, leave=mayor),
    Break("BU04", "accounts_equal_receipts", "a line is closed with what its vouchers come to", "in_progress", CLOSE, {"spent": 10 * YUAN}, first=delivered(BILL, CHECKED)),
    Break("BU04", "accounts_equal_receipts", "no line is closed while a voucher is unchecked", "in_progress", CLOSE_BILLED, first=delivered(BILL), then=(CHECKED,)),
    Break("BU04", "spent_money_has_come", "nothing is paid out of a promise alone", "in_progress", CLOSE.changed(item="gutters", spent=10 * YUAN), first=delivered(GUTTER_BILL, CHECKED), then=(GIFT_CAME,)),
    Break("BU04", "finance_takes_no_part", "no party closes a line", "delivered", CLOSE.changed(by=PURSER), {"by": finance}),
    Break("BU05", "money_is_reconciled", "no line is freed while a voucher is unchecked", "in_progress", FREE, first=(BILL,), then=(CHECKED,)),
    Break("BU05", "spent_money_has_come", "freeing a line is no way round closing it", "in_progress", FREE.changed(item="gutters"), first=(GUTTER_BILL, CHECKED), then=(GIFT_CAME,)),
    Break("BU05", "finance_takes_no_part", "no party frees a line", "in_progress", FREE.changed(by=PURSER), {"by": finance}),
    Break("BU06", "budget_is_within_envelope", "no line is opened again beyond its envelope", "assessed", REOPEN.changed(amount=601 * YUAN), {"amount": 600 * YUAN}, first=(*approved(1_000), lambda yard: yard.on_to("delivered"), CLOSE)),
    Break("BU06", "lines_are_within_approved_budget", "no line is opened again beyond what was approved", "delivered", REOPEN.changed(amount=301 * YUAN), {"amount": 300 * YUAN}, first=(CLOSE,)),
    Break("BU06", "amount_covers_what_was_spent", "a line opened again covers what was spent", "in_progress", REOPEN.changed(amount=9 * YUAN), {"amount": 10 * YUAN}, first=(*delivered(BILL, CHECKED), CLOSE_BILLED)),
    Break("BU06", "reason_given", "a line is opened again for a reason", "accepted", REOPEN.changed(reason=""), {"reason": "a bill"}, first=(CLOSE,)),
    Break("BU06", "finance_takes_no_part", "no party opens closed accounts", "delivered", REOPEN.changed(by=PURSER), {"by": finance}, first=(CLOSE,)),
    # vouchers
    Break("EX01", "spending_is_within_budget", "nobody spends more than the line has", "in_progress", BILL.changed(amount=301 * YUAN), {"amount": 300 * YUAN}),
    Break("EX01", "required_papers_are_attached", "a voucher has its receipt", "approved", BILL.changed(papers=()), {"papers": ("receipt",)}),
    Break("EX01", "voucher_is_entered_once", "one receipt, one voucher", "in_progress", BILL.changed(item="v2", voucher="v1", command_id="again"), {"voucher": "v2"}, first=(BILL,)),
    Break("EX01", "spender_is_a_party", "strangers spend nothing", "delivered", BILL.changed(by=neighbours), {"by": lead}),
    Break("EX02", "verified_by_another finance_takes_no_part", "nobody checks a voucher of their own", "in_progress", CHECKED.changed(by=BOTH), {"by": finance}, first=(BILL.changed(by=BOTH),)),
    Break("EX02", "finance_takes_no_part", "no party checks another party's voucher", "in_progress", CHECKED.changed(by=PURSER), {"by": finance}, first=(BILL,)),
    Break("EX03", "reason_given", "a voucher is disallowed for a reason", "in_progress", DISALLOW.changed(reason=""), {"reason": "a lunch"}, first=(BILL,)),
    Break("EX03", "accounts_of_its_line_are_open", "nothing is disallowed in closed accounts", "in_progress", DISALLOW, first=(*delivered(BILL, CHECKED), CLOSE_BILLED), then=(REOPEN,)),
    Break("EX03", "paying_back_has_a_date", "what is paid back has its day", "in_progress", DISALLOW.changed(until=None), {"until": at(200)}, first=(BILL, CHECKED)),
    Break("EX03", "finance_takes_no_part", "no party says what is no cost", "in_progress", DISALLOW.changed(by=PURSER), {"by": finance}, first=(BILL,)),
    Break("EX04", "reason_given", "a voucher is reversed for a reason", "in_progress", REVERSE.changed(reason=" "), {"reason": "a slip"}, first=(BILL,)),
    Break("EX04", "correction_names_its_event", "a reversal names the entry that was wrong", "in_progress", REVERSE.changed(corrects=999), {"corrects": 1}, first=(BILL,)),
    Break("EX04", "finance_takes_no_part", "no party takes a voucher back", "in_progress", REVERSE.changed(by=PURSER), {"by": finance}, first=(BILL,)),
    Break("EX04", "accounts_of_its_line_are_open", "nothing is reversed in closed accounts", "in_progress", REVERSE, first=(*delivered(BILL, CHECKED), CLOSE_BILLED), then=(REOPEN,)),
    # milestones
    Break("MS01", "place_item_due_and_owner_named", "a milestone has a place", "approved", SCAFFOLD.changed(place=""), {"place": "gate 3"}),
    Break("MS01", "owner_takes_part", "a plan binds no stranger", "in_progress", SCAFFOLD.changed(owner="flowers"), {"owner": "bakery"}),
    Break("MS01", "owner_takes_part", "who watches builds nothing", "paired", SCAFFOLD.changed(owner="bakery"), {"owner": "builder"}, first=(watched_by("bakery"),)),
    Break("MS01", "due_lies_ahead", "a milestone lies ahead", "in_progress", SCAFFOLD.changed(until=at(-1)), {"until": at(90)}),
    Break("MS01", "words_hide_people", "nobody's number stands in a plan of steps", "in_progress", SCAFFOLD.changed(what=PHONE), {"what": "scaffold"}),
    Break("MS02", "measure_and_evidence_given", "what is reached is shown", "in_progress", REACH.changed(evidence=()), {"evidence": ("photo",)}, first=(SCAFFOLD,)),
    Break("MS02", "words_hide_people", "nobody's number stands in what is reached", "in_progress", REACH.changed(measure=PHONE), {"measure": "it stands"}, first=(SCAFFOLD,)),
    Break("MS03", "acceptor_is_called_to_it", "no passer-by accepts", "in_progress", TAKE.changed(by=resident), {"by": acceptor}, first=(SCAFFOLD, REACH)),
    Break("MS03", "acceptors_are_not_builders", "no builder accepts a step", "in_progress", TAKE.changed(by=colleague), {"by": acceptor}, first=(SCAFFOLD, REACH)),
    Break("MS04", "acceptor_is_called_to_it", "no passer-by refuses", "in_progress", REFUSE.changed(by=neighbours), {"by": acceptor}, first=(SCAFFOLD, REACH)),
    Break("MS04", "acceptors_are_not_builders", "no builder refuses a step", "in_progress", REFUSE.changed(by=colleague), {"by": acceptor}, first=(SCAFFOLD, REACH)),
    Break("MS04", "shortcomings_are_listed", "what is refused is told", "in_progress", REFUSE.changed(shortcomings=()), {"shortcomings": ("it shakes",)}, first=(SCAFFOLD, REACH)),
    Break("MS04", "due_lies_ahead", "what is refused has a day ahead", "in_progress", REFUSE.changed(until=at(-1)), {"until": None}, first=(SCAFFOLD, REACH)),
    Break("MS04", "words_hide_people", "nobody's number stands in a refusal", "in_progress", REFUSE.changed(shortcomings=(PHONE,)), {"shortcomings": ("it shakes",)}, first=(SCAFFOLD, REACH)),
    Break("MS05", "reason_given", "a milestone is dropped for a reason", "in_progress", DROP.changed(reason=""), {"reason": "not needed"}, first=(SCAFFOLD,), leave=mayor),
    Break("MS05", "words_hide_people", "nobody's number stands in why it is dropped", "approved", DROP.changed(reason=PHONE), {"reason": "not needed"}, first=(SCAFFOLD,), leave=mayor),
    # feedback
    Break("J12", "feedback_says_something", "feedback is about something", "in_progress", DUST.changed(concerns=None), {"concerns": "dust"}),
    Break("J12", "words_hide_people", "nobody's number stands in where it is", "approved", DUST.changed(place=PHONE), {"place": "gate 3"}),
    Break("FB02", "measure_and_evidence_given", "an answer is shown", "in_progress", NETS.changed(evidence=()), {"evidence": ("photo",)}, first=(DUST,)),
    Break("FB02", "answered_by_another_than_its_raiser", "nobody answers themselves", "in_progress", NETS.changed(by=lead), {"by": service}, first=(DUST.changed(by=lead),)),
    Break("FB02", "words_hide_people", "nobody's number stands in an answer", "delivered", NETS.changed(measure=PHONE), {"measure": "nets"}, first=(DUST,)),
    Break("FB03", "decided_by_another", "who has answered does not confirm it", "in_progress", CONFIRM.changed(by=OFFICER), {"by": resident}, first=(DUST, NETS.changed(by=OFFICER))),
    Break("FB03", "raiser_or_supervisor_says_so", "no neighbour confirms another's feedback", "in_progress", CONFIRM.changed(by=neighbour), {"by": resident}, first=(DUST, NETS)),
    Break("FB04", "reason_given", "feedback is raised again for a reason", "in_progress", AGAIN.changed(reason=""), {"reason": "still dusty"}, first=(DUST, NETS)),
    Break("FB04", "raiser_or_supervisor_says_so", "no neighbour raises another's feedback again", "delivered", AGAIN.changed(by=neighbour), {"by": resident}, first=(DUST, NETS)),
    Break("FB04", "words_hide_people", "nobody's number stands in why it is raised again", "in_progress", AGAIN.changed(reason=PHONE), {"reason": "still dusty"}, first=(DUST, NETS)),
    Break("FB05", "conversion_target_is_named", "what is not served here is nothing to become", "in_progress", TRANSFER, first=(DUST,), before=(DUST,), serves=(PROJECT, ENVELOPE)),
    Break("FB06", "raiser_takes_it_back", "nobody takes back another's feedback", "in_progress", TAKEN_BACK.changed(by=neighbour), {"by": resident}, first=(DUST,)),
    Break("FB06", "words_hide_people", "nobody's number stands in why it is taken back", "in_progress", TAKEN_BACK.changed(reason=PHONE), {"reason": "settled"}, first=(DUST,)),
]
# fmt: on
