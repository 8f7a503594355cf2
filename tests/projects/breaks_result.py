"""The rules of acceptance, evaluation, accounts and the end, each broken by one command."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import Actor, Role
from govflow.cases.commands import ReportCase, WithdrawCase
from govflow.projects import commands as c
from govflow.projects.budget import CloseBudget
from govflow.projects.expense import RecordExpense, VerifyExpense
from govflow.regions.ledger import OpenLedgerItem, WaiveLedgerItem
from govflow.regions.link import AddLink, LinkKind, Unlink
from govflow.regions.obligation import CancelObligation, ScheduleObligation
from tests.projects.breaking import Break
from tests.projects.breaks_need import PHONE
from tests.projects.site import acceptor, appraiser, archivist, colleague, community, lead, mayor, old_hand, supervisor
from tests.projects.steps import X, at
from tests.projects.yard import YUAN, Yard, asked_for_judgement, chief, committee, finance, kept, neighbours, watcher
from tests.support import MATTER
from tests.support import resident as reporter

DAY = timedelta(days=1)
SIGN = c.SignDelivery(**X, by=old_hand)
REJECT = c.RefuseAcceptance(**X, by=acceptor, shortcomings=("the gutter leaks",), until=at(200))
ACCEPT = c.AcceptDelivery(**X, by=acceptor)
EVALUATE = c.EvaluateProject(**X, by=appraiser)
PARTISAN = Actor.of("appraiser-2", Role.APPRAISER, unit="bakery")
REMEDY = c.OrderProjectRemedy(**X, by=appraiser, defects=("the gutter leaks",), until=at(200))
ACCOUNTS = c.PublishAccounts(**X, by=finance, public_text="Nothing was spent.")
SETTLE = c.SettleProject(**X, by=finance, spent=0)
REOPEN = c.ReopenAccounts(**X, by=finance, reason_code="late_receipt", reason="one bill came late")
CANCEL = c.CancelProject(**X, by=community, reason="settled")
FIX = c.CorrectProject(**X, by=lead, corrects=1, field="theme", new="service", reason="a slip")
ARCHIVE = c.ArchiveProject(**X, by=archivist)
DEFECT = OpenLedgerItem(
    **X, by=supervisor, item="n1", what="a loose tile", place="gate 3", owner="builder", until=at(200)
)
WAIVE = WaiveLedgerItem(**X, by=lead, item="n1", reason="it was no defect")
VISIT = ScheduleObligation(**X, by=community, item="k", what="visit", owner="builder", until=at(300))
NO_VISIT = CancelObligation(**X, by=committee, item="k", reason="not needed")
QUARREL = ReportCase(id="quarrel", by=reporter, **MATTER)
WAITS = AddLink(**X, by=community, other="quarrel", kind=LinkKind.SPAWNED, awaited=True)
AGREED = WithdrawCase(id="quarrel", by=reporter, reason="they shook hands")
UNTIED = Unlink(**X, by=community, item="spawned.quarrel", reason="it was withdrawn")
BILL = RecordExpense(**X, by=lead, item="v1", line="roof", amount=10 * YUAN, papers=("receipt",))
CHECKED = VerifyExpense(**X, by=finance, item="v1")


def waived(yard: Yard) -> None:
    yard.approved(WAIVE, supervisor)


def signed(yard: Yard) -> None:
    """Both dedicated supervisors have signed."""
    yard.do(SIGN, c.SignDelivery(**X, by=watcher))


def asked(yard: Yard) -> None:
    """Neighbours and a resident are asked for their judgement."""
    yard.do(*asked_for_judgement())


def judged(points: int) -> Any:
    """Everybody is asked and gives so many points."""

    def given(yard: Yard) -> None:
        yard.do(*asked_for_judgement())
        yard.do(*yard.judged(points))

    return given


def by_the_lead(yard: Yard) -> None:
    """The lead has judged itself."""
    yard.do(next(yard.judged(90)))


def by_others(yard: Yard) -> None:
    """Neighbours and a resident are asked, and have judged."""
    yard.do(*asked_for_judgement())
    yard.do(*list(yard.judged(90))[1:])


def evaluated(points: int) -> Any:
    """The evaluation is closed with so many points."""

    def given(yard: Yard) -> None:
        judged(points)(yard)
        yard.do(EVALUATE)

    return given


def all_kept(yard: Yard) -> None:
    yard.do(*kept(yard.get()))


def closed(yard: Yard) -> None:
    """Every line is closed with what its vouchers come to."""
    project = yard.get()
    for line in ("roof", "gutters"):
        spent = sum(each.amount for each in project.items_of("expense").values() if each.line == line)
        yard.do(CloseBudget(**X, by=finance, item=line, spent=spent))


def published(yard: Yard) -> None:
    yard.do(ACCOUNTS)


PURSER = Actor.of("purser-1", Role.FINANCE, unit="bakery")
DONE = (all_kept, closed, published)
BILLED = (BILL, CHECKED, *DONE)


# fmt: off
BREAKS = [
    Break("JX03", "signer_is_a_dedicated_supervisor", "who was not named does not sign", "delivered", SIGN.changed(by=neighbours), {"by": watcher}),
    Break("JX03", "acceptors_are_not_builders", "nobody of the lead's signs", "delivered", SIGN.changed(by=Actor.of("s-old", Role.RESIDENT, Role.ORGANISATION, unit="builder")), {"by": old_hand}),
    Break("JX03", "signer_is_a_dedicated_supervisor", "nobody signs twice", "delivered", SIGN.changed(command_id="again"), {"by": watcher}, first=(SIGN,)),
    Break("JX03", "signer_is_a_dedicated_supervisor", "a unit signs once, whoever signs for it", "delivered", SIGN.changed(by=Actor.of("watcher-2", Role.ORGANISATION, unit="watchers")), {"by": old_hand}, first=(SIGN.changed(by=watcher, command_id="first"),)),
    Break("J20", "shortcomings_are_listed", "what is refused has its defects listed", "delivered", REJECT.changed(shortcomings=()), {"shortcomings": ("a leak",)}),
    Break("J20", "day_of_remedy_lies_ahead", "defects have a day", "delivered", REJECT.changed(until=None), {"until": at(200)}),
    Break("J20", "acceptors_are_not_builders", "no builder refuses", "delivered", REJECT.changed(by=colleague), {"by": acceptor}),
    Break("J20", "texts_hide_people", "nobody's number stands in a defect", "delivered", REJECT.changed(shortcomings=(PHONE,)), {"shortcomings": ("a leak",)}),
    Break("J21", "dedicated_supervisors_sign", "all who watched have signed", "delivered", ACCEPT, first=(SIGN,), then=(SIGN.changed(by=watcher, command_id="second"),)),
    Break("J21", "ledger_is_empty", "no defect is left", "delivered", ACCEPT, first=(signed, DEFECT), then=(waived,)),
    Break("J21", "acceptors_are_not_builders", "no builder accepts", "delivered", ACCEPT.changed(by=colleague), {"by": acceptor}, first=(signed,)),
    Break("J22", "evaluation_sources_are_present", "neighbours and residents are asked while there is time", "accepted", EVALUATE, first=(by_the_lead,), then=(by_others,)),
    Break("J22", "evaluation_sources_are_present", "who was asked is waited for", "accepted", EVALUATE, first=(asked,), then=(lambda yard: yard.do(*yard.judged(90)),)),
    Break("J22", "implementer_is_not_appraiser", "no party evaluates", "accepted", EVALUATE.changed(by=PARTISAN), {"by": appraiser}, first=(judged(90),)),
    Break("J39", "score_is_below_threshold", "what passes needs no remedy", "accepted", REMEDY, first=(evaluated(60),), before=(evaluated(59),)),
    Break("J39", "score_is_below_threshold", "without a score nothing is too poor", "accepted", REMEDY, first=(31 * DAY, lambda yard: yard.engine.tick(), EVALUATE), before=(evaluated(59),)),
    Break("J39", "implementer_is_not_appraiser", "no party orders a remedy", "accepted", REMEDY.changed(by=PARTISAN), {"by": appraiser}, first=(evaluated(30),)),
    Break("J39", "defects_and_due_are_named", "what is defective is named", "accepted", REMEDY.changed(defects=()), {"defects": ("a leak",)}, first=(evaluated(30),)),
    Break("J39", "defects_and_due_are_named", "a remedy has its day", "accepted", REMEDY.changed(until=None), {"until": at(200)}, first=(evaluated(30),)),
    Break("J39", "texts_hide_people", "nobody's number stands in a remedy", "accepted", REMEDY.changed(defects=(PHONE,)), {"defects": ("a leak",)}, first=(evaluated(30),)),
    Break("JX04", "published_text_is_complete", "accounts say something", "evaluated", ACCOUNTS.changed(public_text=""), {"public_text": "Nothing."}),
    Break("JX04", "texts_hide_people", "nobody's number stands in accounts", "evaluated", ACCOUNTS.changed(public_text=PHONE), {"public_text": "Nothing."}),
    Break("JX04", "finance_takes_no_part", "no party publishes the accounts", "evaluated", ACCOUNTS.changed(by=PURSER), {"by": finance}),
    Break("J23", "accounts_equal_receipts", "the accounts are what the receipts come to", "in_progress", SETTLE, {"spent": 10 * YUAN}, first=(BILL, CHECKED, lambda yard: yard.on_to("evaluated"), *DONE), leave=committee),
    Break("J23", "accounts_equal_receipts", "a sum is stated", "evaluated", SETTLE.changed(spent=None), {"spent": 0}, first=DONE, leave=committee),
    Break("J23", "accounts_are_published", "accounts are public before they are closed", "evaluated", SETTLE, first=DONE[:2], then=(published,), leave=committee),
    Break("J23", "accounts_are_published", "what is public is what is closed", "evaluated", SETTLE, first=(all_kept, published, closed), then=(lambda yard: yard.do(ACCOUNTS.changed(command_id="again")),), leave=committee),
    Break("J23", "linked_records_are_at_rest no_loop_is_open", "no settlement while a dispute is open", "evaluated", SETTLE, first=(QUARREL, WAITS, *DONE), then=(AGREED, UNTIED), leave=committee),
    Break("J23", "no_loop_is_open", "nothing is owed when it is settled", "evaluated", SETTLE, first=(VISIT, *DONE), then=(NO_VISIT,), leave=committee),
    Break("J23", "finance_takes_no_part", "no party settles the accounts", "evaluated", SETTLE.changed(by=PURSER), {"by": finance}, first=DONE, leave=committee),
    Break("J40", "reason_is_coded", "accounts are opened again for a coded reason", "settled", REOPEN.changed(reason_code="whatever"), {"reason_code": "audit_finding"}, leave=chief),
    Break("J40", "reason_is_coded", "a coded reason is explained", "settled", REOPEN.changed(reason=""), {"reason": "a bill"}, leave=chief),
    Break("J40", "finance_takes_no_part", "no party opens the accounts again", "settled", REOPEN.changed(by=PURSER), {"by": finance}, leave=chief),
    Break("J34", "correction_names_its_event", "a correction names an event that is there", "approved", FIX.changed(corrects=999), {"corrects": 1}, leave=mayor),
    Break("J34", "old_value_is_kept", "a correction keeps the true old value", "paired", FIX.changed(old="culture"), {"old": ""}, leave=mayor),
    Break("J34", "status_is_not_corrected", "no correction moves the status", "delivered", FIX.changed(field="status", new="accepted"), {"field": "theme", "new": "service"}, leave=mayor),
    Break("J34", "new_value_fits_its_field", "a corrected value fits its field", "archived", FIX.changed(new="a b / c"), {"new": "service"}, leave=mayor),
    Break("J34", "personal_data_is_withheld", "nobody's number is corrected into a title", "approved", FIX.changed(field="title", new=PHONE), {"new": "A roof"}, leave=mayor),
    Break("J34", "reason_given", "a correction has a reason", "suspended", FIX.changed(reason=" "), {"reason": "a slip"}, leave=mayor),
    Break("J25", "retention_class_is_set", "what is archived is kept for a term there is", "cancelled", ARCHIVE.changed(retention="forever"), {"retention": "ordinary"}),
]
# fmt: on
