"""The rules of what was decided, each broken by one command: publication, objections, works, appraisal, the end."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from govflow import Actor, Claim, Command, Role
from govflow.proposals import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.ledger import OpenLedgerItem, WaiveLedgerItem
from govflow.regions.link import Unlink
from govflow.regions.objection import RaiseObjection, ResolveObjection
from tests.proposals.breaking import Break
from tests.proposals.breaks_deliberation import LAWFUL
from tests.proposals.breaks_intake import CANCEL, OPEN, PHONE, dance
from tests.proposals.hall import (
    REPLY,
    Hall,
    appraiser,
    archivist,
    body,
    branch,
    committee,
    li,
    office,
    paper,
    supervisor,
    town,
    workstation,
)
from tests.proposals.steps import ABANDON, ANY, REPORT, SUSPEND, X, at

DAY = timedelta(days=1)
YARD: dict[str, Any] = {"track": "yard"}
FILED: dict[str, Any] = {"track": "filed"}
FULL: dict[str, Any] = {"public_text": "A ramp is built", "implementer": "workstation"}
PUBLISH = c.PublishResolution(**X, by=committee, **FULL)
WITHOUT_WORKS = c.PublishResolution(**X, by=committee, public_text="We keep the yard clean", works=False)
ANNUL = c.AnnulResolution(**X, by=town, illegality="the roll was wrong")
ANOTHER = c.NameImplementer(**X, by=committee, implementer="builders", reason="the name was misspelt")
OBJECTION = RaiseObjection(**X, by=li, reason="nobody was told")
UPHELD = ResolveObjection(**X, by=town, item="1", upheld=True, reason="it is so")
DISMISSED = UPHELD.changed(upheld=False)
BEGIN = c.StartImplementation(**X, by=workstation)
FINISH = c.FinishWithoutWorks(**X, by=committee)
SPAWN = c.SpawnRecord(**X, by=workstation, title="Pour the concrete")
DONE = c.ReportCompletion(**X, by=workstation, measure="built", papers=("report",))
APPRAISE = c.HoldAppraisal(**X, by=appraiser, invited=10, came=8, score=90, papers=("report",))
POOR = APPRAISE.changed(score=40)
REMEDY = c.OrderRemedy(**X, by=appraiser, defects=("the rail is loose",), until=at(120))
RESULT = c.PublishResult(**X, by=committee, public_text="It stands", papers=("report",))
ANSWER = c.ReplyToProposer(**X, by=office, **REPLY)
FIX = c.CorrectProposal(**X, by=office, corrects=1, field="venue", new="station-2", reason="a slip")
ARCHIVE = c.ArchiveProposal(**X, by=archivist)
DEFECT = OpenLedgerItem(
    **X, by=committee, item="n1", what="a loose rail", place="gate 3", owner="workstation", until=at(120)
)
WAIVE = WaiveLedgerItem(**X, by=workstation, item="n1", reason="it was no defect")
builder = Actor(
    id="both-1",
    claims=(Claim(role=Role.APPRAISER, unit="appraisers"), Claim(role=Role.IMPLEMENTER, unit="workstation")),
)
firm = Actor.of("chair-of-firm", Role.DELIBERATING_BODY, Role.ORGANISATION, unit="firm")
councillor = Actor.of("both-2", Role.APPRAISER, unit="council")


def on_to(status: str) -> Callable[[Hall], Any]:
    return lambda hall: hall.on_to(status, "x")


def reviewed(hall: Hall) -> None:
    """The town has reviewed the resolution as it is to be published."""
    asked: Any = hall.do(RequestApproval.of(PUBLISH, hall.get("x"), asks=Role.TOWN))
    hall.do(GiveApproval(**X, by=town, item=list(asked.items_of("approval"))[-1]))


def unspawned(hall: Hall) -> None:
    """What was spawned is carried out otherwise."""
    (key,) = hall.get("x").items_of("link")
    hall.do(Unlink(**X, by=office, item=key, reason="carried out by another"))


def waived(hall: Hall) -> None:
    hall.approved(WAIVE, supervisor)


def ends(row: str, status: str, command: Command, **more: Any) -> Break:
    """Nothing is handed over unsaid when a proposal leaves."""
    return Break(
        row,
        "loops_are_handed_over",
        "what is open is handed over before its end",
        status,
        command,
        {"hand_over": (ANY,)},
        first=(OPEN,),
        **more,
    )


ADOPTED = (REPORT, LAWFUL, on_to("adopted"))  # by the track that asks for a check
NEXT = (8 * DAY,)

# fmt: off
BREAKS = [
    Break("P22", "published_text_is_complete", "a publication has a text", "adopted", PUBLISH.changed(public_text=" "), FULL, YARD),
    Break("P22", "published_text_is_complete", "works have somebody who does them", "adopted", PUBLISH.changed(implementer=None), {"works": False}, YARD),
    Break("P22", "public_text_hides_people", "nobody's number is published", "adopted", PUBLISH.changed(public_text=PHONE), FULL, YARD),
    Break("P22", "filings_are_done", "the town reviews it before it is published", "deliberating", PUBLISH, said=FILED, first=ADOPTED, then=(reviewed,)),
    Break("P22", "implementer_did_not_decide", "the council does not carry out what it decided", "adopted", PUBLISH.changed(implementer="council"), FULL),
    Break("P44", "objection_was_upheld", "nothing is reconsidered that nobody objected to", "published", c.ReconsiderResolution(**X, by=committee), said=YARD, first=(OBJECTION,), then=(UPHELD,)),
    Break("P44", "body_has_decided_it", "no body reconsiders what another has decided", "published", c.ReconsiderResolution(**X, by=dance), {"by": body("representatives")}, YARD, first=(OBJECTION, UPHELD)),
    Break("PX18", "reason_given", "another implementer is named for a reason", "published", ANOTHER.changed(reason=" "), {"reason": "misspelt"}, YARD),
    Break("PX18", "another_implementer_is_named", "the same implementer is no other", "published", ANOTHER.changed(implementer="workstation"), {"implementer": "builders"}, YARD),
    Break("PX18", "implementer_did_not_decide", "who decided is not named afterwards either", "published", ANOTHER.changed(implementer="council"), {"implementer": "builders"}),
    Break("P24", "illegality_or_superior_decision_named", "what is annulled was unlawful", "published", ANNUL.changed(illegality=""), {"superior_decision": "of the district"}, YARD),
    Break("P24", "body_may_annul", "no body annuls what another has decided", "published", ANNUL.changed(by=body("committees")), {"by": body("representatives")}, YARD),
    ends("P24", "implementing", ANNUL),
    Break("P42", "publicity_has_elapsed", "it is public for seven days before it ends", "adopted", FINISH, said=YARD, first=(WITHOUT_WORKS, 6 * DAY), then=(2 * DAY,)),
    Break("P42", "no_objection_is_open no_loop_is_open", "an objection is answered before it ends", "adopted", FINISH, said=YARD, first=(WITHOUT_WORKS, OBJECTION, *NEXT), then=(DISMISSED,)),
    Break("P42", "no_objection_is_upheld", "an upheld objection bars the end", "adopted", FINISH, said=YARD, first=(WITHOUT_WORKS, OBJECTION, UPHELD, *NEXT), before=(WITHOUT_WORKS, OBJECTION, DISMISSED, *NEXT)),
    Break("P42", "resolution_needs_no_works", "what is to be carried out does not end with its publication", "adopted", FINISH, said=YARD, first=(PUBLISH, *NEXT), before=(WITHOUT_WORKS, *NEXT)),
    Break("P42", "no_loop_is_open", "nothing is open when it ends", "adopted", FINISH, said=YARD, first=(WITHOUT_WORKS, OPEN, *NEXT), then=(CANCEL,)),
    Break("P25", "publicity_has_elapsed", "it is public for seven days before works begin", "published", BEGIN, said=YARD, first=(6 * DAY,), then=(2 * DAY,)),
    Break("P25", "no_objection_is_open", "an objection is answered before works begin", "published", BEGIN, said=YARD, first=(OBJECTION, *NEXT), then=(DISMISSED,)),
    Break("P25", "no_objection_is_upheld", "an upheld objection bars the works", "published", BEGIN, said=YARD, first=(OBJECTION, UPHELD, *NEXT), before=(OBJECTION, DISMISSED, *NEXT)),
    Break("P25", "day_lies_ahead", "works are not to end before they begin", "published", BEGIN.changed(until=at(1)), {"until": at(200)}, YARD, first=NEXT),
    Break("PX14", "spawned_record_is_described", "what is spawned has a title", "implementing", SPAWN.changed(title=" "), {"title": "Pour it"}),
    Break("PX14", "conversion_target_is_named", "nothing is spawned that is not served here", "implementing", SPAWN.changed(target_kind="nothing"), {"target_kind": "case"}),
    Break("PX14", "public_text_hides_people", "nobody's number stands in what is spawned", "implementing", SPAWN.changed(title=PHONE), {"title": "Pour it"}),
    Break("P26", "cause_and_review_date_named", "works stop for a cause", "implementing", SUSPEND.changed(cause=""), {"cause": "floods"}),
    Break("P26", "cause_and_review_date_named", "works that stop are looked at within ninety days", "implementing", SUSPEND.changed(review_at=at(300)), {"review_at": at(100)}),
    Break("P27", "suspension_cause_is_over", "works go on when the cause is over", "suspended", c.ResumeProposal(**X, by=workstation), {"cause_is_over": True}),
    Break("P28", "linked_records_are_at_rest", "what is awaited comes to rest first", "implementing", DONE, first=(REPORT, SPAWN), then=(unspawned,)),
    Break("P28", "required_papers_are_attached", "a report of completion stands on papers", "implementing", DONE, then=(REPORT,)),
    Break("P28", "papers_of_the_procedure_are_attached", "the procedure asks for the accounts", "deliberating", DONE, {"papers": ("report", "accounts")}, FILED, first=(*ADOPTED, reviewed, PUBLISH, *NEXT, BEGIN, paper("x", "accounts", kind="accounts"))),
    Break("P28", "ledger_is_empty", "every item of the ledger is put right first", "implementing", DONE, first=(REPORT, DEFECT), then=(waived,)),
    Break("P28", "public_text_hides_people", "nobody's number stands in the report", "implementing", DONE.changed(measure=PHONE), {"measure": "built"}, first=(REPORT,)),
    Break("P29", "implementer_is_not_appraiser", "whoever builds does not appraise", "completed", APPRAISE.changed(by=builder), {"by": appraiser}),
    Break("P29", "appraiser_did_not_decide", "whoever decided does not appraise", "completed", APPRAISE.changed(by=councillor), {"by": appraiser}),
    Break("P29", "appraisal_is_required", "no appraisal where the procedure asks for none", "completed", APPRAISE, said=YARD, otherwise={}),
    Break("P29", "appraisal_quorum_is_met", "five of ten are too few to appraise", "completed", APPRAISE.changed(came=5), {"came": 6}),
    Break("P29", "appraisal_quorum_is_met", "no more come than were invited", "completed", APPRAISE.changed(came=11), {"came": 10}),
    Break("P29", "required_papers_are_attached", "an appraisal stands on its minutes", "completed", APPRAISE.changed(papers=()), {"papers": ("report",)}),
    Break("P30", "score_is_below_threshold", "what is good needs no remedy", "completed", REMEDY, first=(APPRAISE,), before=(POOR,)),
    Break("P30", "implementer_is_not_appraiser", "whoever builds orders no remedy", "completed", REMEDY.changed(by=builder), {"by": appraiser}, first=(POOR,)),
    Break("P30", "defects_and_due_are_named", "a remedy takes no longer than works", "completed", REMEDY.changed(until=at(36_500)), {"until": at(120)}, first=(POOR,)),
    Break("P30", "defects_and_due_are_named", "a remedy says of what", "completed", REMEDY.changed(defects=()), {"defects": ("a loose rail",)}, first=(POOR,)),
    Break("P30", "defects_and_due_are_named", "a remedy says until when", "completed", REMEDY.changed(until=at(1)), {"until": at(120)}, first=(POOR,)),
    Break("P30", "public_text_hides_people", "nobody's number stands among the defects", "completed", REMEDY.changed(defects=(PHONE,)), {"defects": ("a loose rail",)}, first=(POOR,)),
    Break("P31", "required_papers_are_attached", "a result stands on papers", "appraised", RESULT.changed(papers=()), {"papers": ("report",)}),
    Break("P31", "score_is_not_below_threshold", "what was found poor is no result", "completed", RESULT, first=(POOR,), before=(APPRAISE,)),
    Break("P31", "no_loop_is_open", "nothing is open when the result is published", "appraised", RESULT, first=(OPEN,), then=(CANCEL,)),
    Break("P31", "public_text_hides_people", "nobody's number stands in the result", "appraised", RESULT.changed(public_text=PHONE), {"public_text": "It stands"}),
    Break("P46", "required_papers_are_attached", "a result that nobody appraises stands on papers", "completed", RESULT.changed(papers=()), {"papers": ("report",)}, YARD),
    Break("P46", "appraisal_is_not_required", "no result before the appraisal", "completed", RESULT, otherwise=YARD),
    Break("P46", "no_loop_is_open", "nothing is open when a result is published unappraised", "completed", RESULT, said=YARD, first=(OPEN,), then=(CANCEL,)),
    Break("P46", "public_text_hides_people", "nobody's number stands in a result unappraised", "completed", RESULT.changed(public_text=PHONE), {"public_text": "It stands"}, YARD),
    Break("P43", "reason_given", "works are given up for a reason", "published", ABANDON.changed(reason=""), {"reason": "the shop has moved"}, YARD, leave=town),
    Break("P43", "body_has_decided_it", "no body gives up what another has decided", "published", ABANDON.changed(by=firm), {"by": committee}, YARD, leave=town),
    ends("P43", "suspended", ABANDON, leave=town),
    Break("P43", "money_is_reconciled", "the balance is stated", "implementing", ABANDON.changed(balance=" "), {"balance": "0"}, leave=town),
    Break("P43", "money_is_reconciled", "the accounts that are named are on file", "implementing", ABANDON.changed(papers=("accounts",)), {"papers": ()}, leave=town),
    Break("P48", "decision_is_written", "a reply says why", "rejected", ANSWER.changed(grounds=" "), {"grounds": "the list"}),
    Break("P50", "correction_names_its_event", "a correction names an event that is there", "adopted", FIX.changed(corrects=999), {"corrects": 1}, leave=branch),
    Break("P50", "old_value_is_kept", "a correction keeps the true old value", "draft", FIX.changed(old="station-9"), {"old": ""}, leave=branch),
    Break("P50", "status_is_not_corrected", "no correction moves the status", "voting", FIX.changed(field="status", new="adopted"), {"field": "venue", "new": "station-2"}, leave=branch),
    Break("P50", "new_value_fits_its_field", "a corrected value fits its field", "archived", FIX.changed(new="gate 3 / left"), {"new": "gate-3"}, leave=branch),
    Break("P50", "reason_given", "a correction has a reason", "rejected", FIX.changed(reason=" "), {"reason": "a slip"}, leave=branch),
    Break("P33", "proposer_is_answered", "every proposer is answered before the archive", "result_published", ARCHIVE, then=(ANSWER,)),
    Break("P33", "no_window_is_running", "nothing is archived while it may be taken over", "withdrawn", ARCHIVE, first=(ANSWER,), then=(8 * DAY,)),
    Break("P33", "retention_class_is_set", "what is archived is kept for a term there is", "rejected", ARCHIVE.changed(retention="forever"), {"retention": "ordinary"}, first=(ANSWER,)),
]
# fmt: on
