"""What the events of a case do to its state: it happened, so nothing here refuses or asks a rule."""

from __future__ import annotations

from typing import Any

from govflow.cases import events as e
from govflow.cases.model import Case, Review
from govflow.cases.model import CaseStatus as S
from govflow.corrections import corrected
from govflow.messages import Event
from govflow.region import Changes, Fold

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
            "legacy": case.legacy if event.legacy is None else event.legacy,
            "leader": event.leader or case.leader,
            "source": event.source or case.source,
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
        "route": getattr(event, "route", None),
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
        "legacy": bool(event.legacy),
        "source": f"{event.source} {event.source_file}:{event.source_row}",
        "imported": True,
        "unverified": event.unverified,
        "opened_at": event.at,
        "opened_by": event.by,
    }


CASE_FOLD: Fold = {
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
        "external_outcome": None,
        "external_declined": False,
    },
    e.ExternalOutcomeRecorded: lambda case, event: {
        "external_outcome": event.external_outcome or None,
        "external_declined": event.declined,
    },
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
        "status": S.ACCEPTED if event.to_be_assigned else S.IN_HANDLING,
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
    e.CaseCorrected: corrected,
    e.CaseImported: _imported,
    e.ClosingImported: lambda case, event: {
        "status": S.CLOSED,
        "closed_at": event.at,
        "result": event.closing,
        "unverified": tuple(dict.fromkeys([*case.unverified, *event.unverified])),
    },
}
