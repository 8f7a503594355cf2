"""What a clerk gives to bring an open item of any region one step nearer to rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from govflow import SYSTEM, Actor, Command, Role
from govflow.alliances import activity, chair_messages, member_messages, messages
from govflow.cases import commands as c
from govflow.cases.assignment_objection import WithdrawAssignmentObjection
from govflow.projects import budget, expense, feedback_model, milestone
from govflow.projects import claim as claiming
from govflow.projects.commands import WithdrawDemand
from govflow.projects.rules_need import standing_claims
from govflow.proposals import commands as proposing
from govflow.regions import (
    admission,
    check_in,
    checklist,
    commitment,
    evaluation,
    instruction,
    invitation,
    joint_handling,
    ledger,
    link,
    mediation,
    meeting,
    objection,
    obligation,
    opinion,
    referral,
    risk_signal,
    supervision,
    verification,
)
from tests.support import dispatcher


def fresh(role: Role, unit: str | None = None) -> Actor:
    """Somebody with no hand in anything so far."""
    return Actor.of(f"fresh-{role.value}", role, unit=unit)


def supervising(record: Any) -> str | None:
    """The unit that supervises a record of this kind alone: an alliance has a group of its own."""
    return record.supervisors if record.kind_of_record == "alliance" else None


WHY = "it is done with"


def closing(record: Any, region: str, key: str, now: datetime) -> Iterator[Command]:
    """What a clerk gives next for an open item; an item whose region moves with its record, for that one."""
    item, x = record.item(region, key), {"id": record.id, "item": key}
    match region, str(item.status):
        case "joint_handling", _:
            yield joint_handling.OverrideJointHandling(**x, by=dispatcher, reason=WHY)
        case "assignment_objection", _:
            yield WithdrawAssignmentObjection(**x, by=fresh(Role.LEAD_UNIT, record.lead_unit), reason=WHY)
        case "ledger", "open" | "reopened":
            yield ledger.RectifyLedgerItem(**x, by=fresh(Role.ORGANISATION, "repairs"), measure="m", evidence=("done",))
        case "ledger", "rectified":
            yield ledger.VerifyLedgerItem(**x, by=fresh(Role.VERIFIER))
        case "ledger", "verified":
            yield ledger.WriteOffLedgerItem(**x, by=dispatcher)
        case "commitment", _ if key.startswith("pay_back."):
            yield commitment.ReleaseCommitment(**x, by=fresh(Role.FINANCE), reason=WHY)
        case "commitment", _:
            yield commitment.ReleaseCommitment(**x, by=fresh(Role.SUPERVISOR, supervising(record)), reason=WHY)
        case "supervision", "exposed" if item.fix_checked_by is None:
            yield supervision.ConfirmFix(**x, by=fresh(Role.VERIFIER), measure="m", evidence=("done",))
        case "supervision", _:
            by = fresh(Role.SUPERVISOR, item.body or supervising(record))
            yield supervision.LiftSupervision(**x, by=by, reason=WHY)
        case "instruction", _:
            owner = fresh(Role.LEAD_UNIT, item.owner)
            yield instruction.AnswerInstruction(**x, by=owner, measure="m", evidence=("done",))
        case "mediation", status:
            yield from closing_dispute(record, item, status, x)
        case "meeting", _ if item.attended:  # it has met
            signed = {"minutes": ("done",), "signed_by": tuple(dict.fromkeys((item.host, *item.attended)))}
            yield meeting.RecordMeeting(**x, by=fresh(Role.COMMUNITY), **signed, consensus="agreed")
        case "meeting", _:
            yield meeting.CancelMeeting(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "invitation", "issued":
            yield invitation.DeclineInvitation(**x, by=fresh(Role.ORGANISATION, item.unit), reason=WHY)
        case "invitation", _:
            yield invitation.CancelInvitation(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "admission", _:
            yield admission.DecideAdmission(**x, by=fresh(Role.DISTRICT), granted=True)
        case "evaluation", _ if record.kind_of_record == "joint_project":
            scores = [evaluation.IndicatorScore(indicator=each.id, score=90) for each in record.plan.sets[0].indicators]
            said = {"on_behalf_of": item.owes, "scores": tuple(scores)}
            yield evaluation.RecordEvaluation(**x, by=fresh(Role.ORGANISATION, item.owes), **said)
        case "evaluation", _:
            yield evaluation.MarkEvaluationInvalid(**x, by=fresh(Role.CALLBACK), attempts=3, reason="nobody answers")
        case "verification", "requested":
            yield verification.PassVerification(**x, by=fresh(Role.VERIFIER))
        case "verification", _:
            yield c.OrderRework(id=record.id, by=fresh(Role.DISPATCHER), reason=WHY)
        case "risk_signal", "raised":
            yield risk_signal.DismissRiskSignal(**x, by=fresh(Role.TOWN), reason=WHY)
        case "risk_signal", _:
            yield risk_signal.ClearRiskSignal(**x, by=fresh(Role.TOWN), reason=WHY)
        case "link", _:
            by_hand = fresh(Role.TOWN) if item.kind in ("dispute", "dispute_of") else dispatcher
            by = SYSTEM if item.kind in ("merged", "absorbed") else by_hand  # the walks play the system too
            yield link.Unlink(**x, by=by, reason=WHY)
        case "check_in", _:
            yield check_in.DiscardCheckIn(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "obligation", _:
            yield obligation.ExcuseObligation(**x, by=fresh(Role.SUPERVISOR), reason=WHY)
        case "checklist", _:
            yield checklist.DropChecklist(**x, by=fresh(Role.TOWN), reason=WHY)
        case "referral", _:
            yield referral.WithdrawReferral(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "opinion", _:
            yield opinion.DisposeOpinion(**x, by=fresh(Role.SECRETARIAT), disposition="adopted", reason=WHY)
        case "objection", _:
            yield objection.ResolveObjection(**x, by=fresh(Role.TOWN), upheld=False, reason=WHY)
        case "stage", _:
            yield proposing.SendBack(id=record.id, by=fresh(Role.DELIBERATING_BODY, "council"), reason=WHY)
        case "vote", "announced":
            yield proposing.CancelVote(id=record.id, by=fresh(Role.CONVENOR), reason=WHY)
        case "vote", _:
            yield proposing.VoidVote(id=record.id, by=fresh(Role.TOWN), reason_code="wrong_roll", reason=WHY)
        case "claim", _ if len(standing_claims(record)) == 1:  # the last one goes with the listing
            yield WithdrawDemand(id=record.id, by=fresh(Role.COMMUNITY), reason=WHY)
        case "claim", _:
            yield claiming.DeclineClaim(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "budget", _:
            yield budget.FreeBudget(**x, by=fresh(Role.FINANCE), reason=WHY)
        case "expense", _:
            yield expense.DisallowExpense(**x, by=fresh(Role.FINANCE), reason=WHY)
        case "milestone", _:
            yield milestone.DropMilestone(**x, by=SYSTEM, reason=WHY)  # else with leave of the town
        case "feedback", _:
            answers = fresh(Role.COMMUNITY)
            yield feedback_model.ResolveFeedback(**x, by=answers, measure="m", evidence=("done",))
        case "activity", _:
            yield activity.CancelActivity(**x, by=fresh(Role.LEAD_UNIT, record.lead_unit), reason=WHY)
        case "chair_term", "serving" if now < item.until:
            yield chair_messages.EndChairTerm(**x, by=fresh(Role.TOWN), reason=WHY)
        case "chair_term", "serving":
            yield chair_messages.AssessChairTerm(**x, by=fresh(Role.TOWN))
        case "chair_term", _:
            yield from closing_term(record, item)
        case _:
            raise AssertionError(f"no clerk knows how {region} comes to rest: say it here")


def closing_term(alliance: Any, term: Any) -> Iterator[Command]:
    """The groups that have not scored do, by people of units other than the chair's; then the term ends."""
    x, town = {"id": alliance.id}, fresh(Role.TOWN)
    members = alliance.items_of("member")
    others = [unit for unit, each in members.items() if each.has_a_turn and unit != term.unit]
    if not others:
        yield member_messages.VisitMember(**x, by=town, item="newcomer")
        yield member_messages.AdmitMember(**x, by=town, item="newcomer", capacity="member")
    above = {"committee": "fresh-committee", "guidance": "fresh-guidance", "supervisors": "fresh-supervisors"}
    yield messages.AmendAlliance(**x, by=town, reason="none of them is in the chair", **above)
    speakers = {
        "committee": (Role.ORGANISATION, above["committee"]),
        "department": (Role.ORGANISATION, above["guidance"]),
        "members": (Role.ORGANISATION, (others or ["newcomer"])[0]),
        "supervisors": (Role.SUPERVISOR, above["supervisors"]),
    }
    x |= {"item": term.key}
    for group in term.groups_to_score:
        by = Actor.of(f"fresh-{group}", speakers[group][0], unit=speakers[group][1])
        yield chair_messages.ScoreChairTerm(**x, by=by, group=group, points=80)
    yield chair_messages.EndChairTerm(**x, by=fresh(Role.TOWN))


def closing_dispute(case: Any, item: Any, status: str, x: dict[str, Any]) -> Iterator[Command]:
    by = Actor.of(item.mediator, Role.MEDIATOR)
    match status:
        case "offered":
            yield mediation.RefuseMediation(**x, by=Actor.of(item.parties[0], Role.DISPUTANT), reason=WHY)
        case "in_mediation":
            yield mediation.FailMediation(**x, by=by, reason=WHY)
        case "agreed":  # its commitments come to rest by themselves: what is owed by it is done or released
            carried_out = mediation.PerformAgreement(**x, by=by)
            yield from (mediation.signing(carried_out, case, Actor.of(p, Role.DISPUTANT)) for p in item.parties)
            yield carried_out
        case _:
            yield mediation.ReferDispute(**x, by=by, statutory_channel="litigation")
