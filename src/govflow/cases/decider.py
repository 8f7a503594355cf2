"""The case as a whole: what its events do to its state, its regions, and the commands it makes events of itself."""

from __future__ import annotations

from typing import Any

from govflow.cases import commands as c
from govflow.cases import events as e
from govflow.cases.assignment_objection import ASSIGNMENT_OBJECTION
from govflow.cases.bodies import Matter
from govflow.cases.model import Case, Correction, Review
from govflow.cases.model import CaseStatus as S
from govflow.cases.reactions import REACTIONS
from govflow.cases.rules_handling import corrected_value
from govflow.cases.rules_intake import conversion_kind
from govflow.cases.workflow import CASE_WORKFLOW
from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Event
from govflow.region import Changes, Fold
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT
from govflow.regions.contact import CONTACT
from govflow.regions.evaluation import EVALUATION
from govflow.regions.evidence import EVIDENCE
from govflow.regions.joint_handling import JOINT_HANDLING
from govflow.regions.ledger import LEDGER
from govflow.regions.link import LINK
from govflow.regions.verification import VERIFICATION

# --- fold ------------------------------------------------------------------------------------------------------------

_UNASSIGNED: Changes = {"lead_unit": None, "handler": None, "order_signed": False}


def _to(status: S, **more: Any) -> Any:
    return lambda case, event: {"status": status, **more}


def _described(status: S) -> Any:
    def fold(case: Case, event: Any) -> Changes:
        changes: Changes = {
            "status": status,
            "policy": event.policy,
            "title": event.title or case.title,
            "kind": event.kind or case.kind,
            "category": event.category,
            "retention": event.retention,
            "channel": event.channel or case.channel,
            "level": event.level or case.level,
            "reporting_level": event.level or case.reporting_level,
            "area": event.area or case.area,
            "severity": event.severity,
            "confidential": event.confidential,
            "accused_unit": event.accused_unit,
            "collective": event.collective,
            "pre_emptive": event.pre_emptive or case.pre_emptive,
            "signal": event.signal or case.signal,
            "public_interest": event.public_interest,
            "reporter": event.reporter or case.reporter,
            "place": event.place or case.place,
            "description": event.description or case.description,
        }
        if case.version == 0:
            changes |= {"opened_at": event.at, "opened_by": event.by}
        return changes

    return fold


def _assigned(case: Case, event: Any) -> Changes:
    return {
        "status": S.ASSIGNED,
        "lead_unit": event.lead_unit,
        "handler": None,
        "order_signed": False,
        "arbitrated": False,
    }


def _arbitrated(case: Case, event: Any) -> Changes:
    return {**_assigned(case, event), "arbitrated": True, "disputed": False}


def _return_decided(case: Case, event: e.ReturnDecided) -> Changes:
    return {"status": S.ACCEPTED, **_UNASSIGNED, "disputed": True} if event.upheld else {}


def _transferred(case: Case, event: e.CaseTransferred) -> Changes:
    at = (*case.transferred_at, case.level) if case.level else case.transferred_at
    moved: Changes = {"lead_unit": event.to_unit, "transferred_at": at, "arbitrated": False}
    return {"status": S.ASSIGNED, **_UNASSIGNED, **moved}


def _with_hand(case: Case, *hands: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*case.handlers, *filter(None, hands)]))


def _resulted(case: Case, event: Any) -> Changes:
    return {
        "status": S.HANDLED,
        "handlers": _with_hand(case, event.by),
        "outcome": event.outcome,
        "result": getattr(event, "result", None),
    }


def _reopened(case: Case, event: Any) -> Changes:
    came_back = S.ACCEPTED if case.status in (S.CLOSED, S.CONVERTED) else S.REPORTED
    accepted = case.was_accepted and came_back is S.ACCEPTED
    counted: Changes = {"reopenings": case.reopenings + 1, "supplement_asked": False, "was_accepted": accepted}
    return {**_next_round(case), **counted, "status": came_back}


def _next_round(case: Case) -> Changes:
    return {"round": case.round + 1, **_UNASSIGNED, "arbitrated": False, "converted_to": None, "closed_at": None}


def _review_requested(*, recheck: bool) -> Any:
    def fold(case: Case, event: Event) -> Changes:
        review = Review(recheck=recheck, round=case.round, by=event.by, after_closing=case.status == S.CLOSED)
        return {"status": S.UNDER_RECHECK if recheck else S.UNDER_REVIEW, "reviews": (*case.reviews, review)}

    return fold


def _review_decided(case: Case, event: Any) -> Changes:
    review = case.reviews[-1].changed(decided=True, sent_back=event.sends_back)
    changes: Changes = {"reviews": (*case.reviews[:-1], review)}
    if event.sends_back:
        return {**changes, **_next_round(case), "status": S.ACCEPTED}
    if review.recheck:
        return {**changes, "status": S.TERMINATED}
    return {**changes, "status": S.CLOSED if review.after_closing else S.FED_BACK}


def _review_left(case: Case, event: Event) -> Changes:
    review = case.reviews[-1]
    status = S.CLOSED if review.after_closing else S.FED_BACK
    return {"status": status, "reviews": case.reviews[:-1]}


def _corrected(case: Case, event: e.CaseCorrected) -> Changes:
    correction = Correction(
        corrects=event.corrects,
        field=event.field,
        old=event.old,
        new=event.new,
        reason=event.reason,
        at=event.at,
        by=event.by,
    )
    return {event.field: corrected_value(event.field, event.new), "corrections": (*case.corrections, correction)}


def _reclassified(case: Case, event: e.CaseReclassified) -> Changes:
    """After closing only the label changes; before, what the catalogue says of the class goes with it."""
    changes: Changes = {"category": event.category}
    if case.status != S.CLOSED:
        changes |= {"public_interest": event.public_interest, "retention": event.retention or case.retention}
    return changes


def _imported(case: Case, event: e.CaseImported) -> Changes:
    return {
        "status": S.ASSIGNED if event.lead_unit else S.REPORTED,
        "policy": event.policy,
        "title": event.title,
        "kind": event.kind,
        "category": event.category,
        "retention": event.retention,
        "channel": event.channel,
        "level": event.level,
        "reporting_level": event.level,
        "area": event.area,
        "place": event.place,
        "lead_unit": event.lead_unit,
        "source": f"{event.source} {event.source_file}:{event.source_row}",
        "unverified": event.unverified,
        "opened_at": event.at,
        "opened_by": event.by,
    }


_FOLD: Fold = {
    e.CaseDiscovered: _described(S.DISCOVERED),
    e.CaseReported: _described(S.REPORTED),
    e.CaseResolvedOnSpot: _resulted,
    e.CaseEscalated: lambda case, event: {"status": S.REPORTED, "level": event.to_level, "was_accepted": False},
    e.SupplementRequested: lambda case, event: {"supplement_asked": True},
    e.SupplementProvided: lambda case, event: {},
    e.SupplementLapsed: lambda case, event: {},
    e.CaseAccepted: _to(S.ACCEPTED, was_accepted=True),
    e.CaseRejected: _to(S.REJECTED),
    e.CaseRedirected: lambda case, event: {
        "status": S.REDIRECTED,
        "channel_redirected_to": event.statutory_channel,
    },
    e.ExternalOutcomeRecorded: lambda case, event: {},
    e.CaseMerged: lambda case, event: {"status": S.MERGED, "merged_into": event.master, "merged_at": event.at},
    e.CaseUnmerged: lambda case, event: {
        "status": S.ACCEPTED if case.was_accepted else S.REPORTED,
        "merged_into": None,
        "merged_at": None,
        **_UNASSIGNED,
    },
    e.FollowerInformed: lambda case, event: {},
    e.CaseWithdrawn: _to(S.WITHDRAWN),
    e.CaseConvertedToProposal: lambda case, event: {"status": S.CONVERTED, "converted_to": event.target},
    e.CaseConvertedToProject: lambda case, event: {"status": S.CONVERTED, "converted_to": event.target},
    e.TargetResultTakenBack: _resulted,
    e.CaseSplit: lambda case, event: {},
    e.DiscoveryDismissed: _to(S.DISMISSED),
    e.CaseReclassified: _reclassified,
    e.CaseAssigned: _assigned,
    e.OrderSigned: lambda case, event: {"order_signed": True},
    e.AssignmentObjected: lambda case, event: {},
    e.ReturnDecided: _return_decided,
    e.AssignmentArbitrated: _arbitrated,
    e.CaseTransferred: _transferred,
    e.HandlerNamed: lambda case, event: {
        "handler": event.handler,
        "handlers": _with_hand(case, event.handler),
    },
    e.HandlingStarted: lambda case, event: {
        "status": S.IN_HANDLING,
        "handlers": _with_hand(case, event.by),
    },
    e.DeadlineExtended: lambda case, event: {},
    e.CaseSuspended: lambda case, event: {"status": S.SUSPENDED, "suspended_from": case.status},
    e.CaseResumed: lambda case, event: {"status": case.suspended_from, "suspended_from": None},
    e.CaseEscalatedInHandling: lambda case, event: {
        "status": S.ACCEPTED,
        "level": event.to_level,
        **_UNASSIGNED,
    },
    e.HandlingCompleted: _resulted,
    e.ReworkOrdered: lambda case, event: {
        "status": S.IN_HANDLING,
        "round": case.round + 1,
        "reworks": case.reworks + 1,
    },
    e.CaseTerminated: _to(S.TERMINATED),
    e.FeedbackGiven: _to(S.FED_BACK),
    e.CaseClosed: lambda case, event: {"status": S.CLOSED, "closed_at": event.at},
    e.CaseReopened: _reopened,
    e.ReviewRequested: _review_requested(recheck=False),
    e.ReviewDecided: _review_decided,
    e.RecheckRequested: _review_requested(recheck=True),
    e.RecheckDecided: _review_decided,
    e.ReviewWithdrawn: _review_left,
    e.ReviewLapsed: _review_left,
    e.CaseArchived: lambda case, event: {
        "status": S.ARCHIVED,
        "retention": event.retention or case.retention,
    },
    e.CaseCorrected: _corrected,
    e.CaseImported: _imported,
    e.ClosingImported: lambda case, event: {
        "status": S.CLOSED,
        "closed_at": event.at,
        "result": event.closing,
        "unverified": tuple(dict.fromkeys([*case.unverified, *event.unverified])),
    },
}


# --- events that say more than their command -------------------------------------------------------------------------


def _pin_category(event: type[Event]) -> Any:
    """What the catalogue says of the category is pinned when the matter comes in."""

    def propose(case: Case, command: Any, context: Context) -> Event:
        category = context.policy.category(command.category)
        extra: Changes = {"policy": context.policy.key} | ({"retention": category.retention} if category else {})
        if "public_interest" in event.model_fields:
            extra["public_interest"] = bool(category and category.public_interest)
        if case.status:  # what is known from the discovery stands, unless the report says otherwise
            kept = set(Matter.model_fields) - command.model_fields_set
            extra |= {name: getattr(case, name) for name in kept if hasattr(case, name)}
            if "category" in kept:
                extra |= {"retention": case.retention, "public_interest": case.public_interest}
            extra = {name: value for name, value in extra.items() if value not in (None, "")}
        return CASE.copied(command, event, context, **extra)

    return propose


def _name_target(event: type[Event]) -> Any:
    def propose(case: Case, command: Any, context: Context) -> Event:
        kind = conversion_kind(command.wire)
        decider = context.deciders.get(kind)
        target = context.number(kind) if decider is not None and decider.opens is not None else None
        return CASE.copied(command, event, context, target=target)

    return propose


def _number_sub_cases(case: Case, command: c.SplitCase, context: Context) -> Event:
    return CASE.copied(command, e.CaseSplit, context, sub_cases=tuple(context.number("case") for _ in command.parts))


def _keep_old(event: type[Event]) -> Any:
    def propose(case: Case, command: Any, context: Context) -> Event:
        field = getattr(command, "field", "category")
        value = getattr(case, field, None)
        extra: Changes = {"old": command.old or ("" if value is None else str(value))}
        if event is e.CaseReclassified and (category := context.policy.category(command.category or "")):
            extra |= {"public_interest": category.public_interest, "retention": category.retention}
        return CASE.copied(command, event, context, **extra)

    return propose


def _unmerge(case: Case, command: c.UnmergeCase, context: Context) -> Event:
    """Its own clocks run again from where they were: the time spent inside the master is counted (C45)."""
    cut_off = [clock for clock in case.clocks.values() if clock.ended_at == case.merged_at]
    context.due = {clock.name: clock.due for clock in cut_off if clock.due is not None} | dict(command.due)
    return CASE.copied(command, e.CaseUnmerged, context)


def _withdraw(case: Case, command: c.WithdrawCase, context: Context) -> Event:
    """Units already at work are released: what the reporter does not name falls away with the withdrawal."""
    from govflow.records import HandOver

    rest = HandOver(reason=command.reason.strip() or "the reporter withdrew")
    return CASE.copied(command, e.CaseWithdrawn, context, hand_over=(*command.hand_over, rest))


CASE = Decider(
    CASE_WORKFLOW,
    Case,
    _FOLD,
    prefix="C",
    regions=(
        JOINT_HANDLING,
        ASSIGNMENT_OBJECTION,
        LEDGER,
        COMMITMENT,
        APPROVAL,
        EVALUATION,
        VERIFICATION,
        CONTACT,
        EVIDENCE,
        LINK,
        CLOCK,
    ),
    propose={
        c.DiscoverCase: _pin_category(e.CaseDiscovered),
        c.ReportCase: _pin_category(e.CaseReported),
        c.ImportCase: _pin_category(e.CaseImported),
        c.ConvertToProposal: _name_target(e.CaseConvertedToProposal),
        c.ConvertToProject: _name_target(e.CaseConvertedToProject),
        c.SplitCase: _number_sub_cases,
        c.ReclassifyCase: _keep_old(e.CaseReclassified),
        c.CorrectCase: _keep_old(e.CaseCorrected),
        c.UnmergeCase: _unmerge,
        c.WithdrawCase: _withdraw,
    },
    reactions=REACTIONS,
    succeeded=(S.CLOSED,),
    failed=(S.REJECTED, S.DISMISSED, S.WITHDRAWN, S.REDIRECTED, S.TERMINATED),
)
"""The case as the engine serves it: its table, its state, its regions and its reactions."""
