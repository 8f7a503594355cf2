"""What the events of a proposal do to its state: it happened, so nothing here refuses or asks a rule."""

from __future__ import annotations

from typing import Any

from govflow.corrections import corrected
from govflow.proposals import events as e
from govflow.proposals.model import Absorbed, AppraisalHeld, Check, Proposal, Publication, TextVersion
from govflow.proposals.model import ProposalStatus as S
from govflow.region import Changes, Fold
from govflow.regions.objection import with_upheld_answered


def _to(status: S, **more: Any) -> Any:
    return lambda proposal, event: {"status": status, **more}


def _same(proposal: Proposal, event: Any) -> Changes:
    return {}


def _drafted(proposal: Proposal, event: e.ProposalDrafted) -> Changes:
    first = TextVersion(number=1, title=event.title, text=event.text, at=event.at, by=event.by)
    return {
        "status": S.DRAFT,
        "policy": event.policy,
        "opened_at": event.at,
        "texts": (first,),
        "subject": event.subject,
        "kind": event.kind,
        "category": event.category,
        "retention": event.retention,
        "level": event.level,
        "area": event.area,
        "track": event.track,
        "venue": event.venue,
        "source": event.source,
        "proposer": event.proposer or event.by,
        "proposer_name": event.proposer_name,
        "co_proposers": event.co_proposers,
    }


def _amended(proposal: Proposal, event: e.ProposalAmended) -> Changes:
    version = TextVersion(
        number=event.number, title=event.title, text=event.text, at=event.at, by=event.by, substance=event.substance
    )
    return {"texts": (*proposal.texts, version)}


def _admitted(proposal: Proposal, event: e.ProposalAdmitted) -> Changes:
    return {
        "status": S.CONSULTING,
        "track": event.track or proposal.track,
        "procedure": event.procedure,
        "stakeholders": tuple(dict.fromkeys((*proposal.stakeholders, *event.stakeholders))),
    }


def _taken_over(proposal: Proposal, event: e.ProposalTakenOver) -> Changes:
    """The co-proposer becomes the proposer; whoever made it is answered in the end all the same."""
    return {
        "status": S.SUBMITTED if proposal.status == S.WITHDRAWN else proposal.status,
        "proposer": event.proposer or event.by,
        "former_proposers": tuple(dict.fromkeys((*proposal.former_proposers, proposal.proposer))),
        "proposer_has_left": False,
        **(_again(proposal) if proposal.status == S.WITHDRAWN else {}),
    }


def _again(proposal: Proposal) -> Changes:
    """Withdrawn and taken over: what its stages had said does not bind those who deliberate on it now."""
    return {"round": proposal.round + 1, "decided_by": (), "roll_is_confirmed": False, "answered": ()}


def _absorbed(proposal: Proposal, event: e.ProposalAbsorbed) -> Changes:
    new = tuple(who for who in event.co_proposers if who not in proposal.co_proposers)
    lineage = Absorbed(follower=event.follower or "", co_proposers=new)
    return {"co_proposers": (*proposal.co_proposers, *new), "absorbed": (*proposal.absorbed, lineage)}


def _released(proposal: Proposal, event: e.ProposalReleased) -> Changes:
    gone = {who for each in proposal.absorbed if each.follower == event.follower for who in each.co_proposers}
    return {
        "co_proposers": tuple(who for who in proposal.co_proposers if who not in gone),
        "absorbed": tuple(each for each in proposal.absorbed if each.follower != event.follower),
    }


def _stakeholders(proposal: Proposal, event: e.StakeholdersAmended) -> Changes:
    kept = [each for each in (*proposal.stakeholders, *event.added) if each not in event.struck]
    return {"stakeholders": tuple(dict.fromkeys(kept)), "roll_is_confirmed": False}


def _stage_passed(proposal: Proposal, event: e.StageRecorded) -> Changes:
    return {"decided_by": _with(proposal.decided_by, event.unit)}


def _with(units: tuple[str, ...], unit: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*units, *([unit] if unit is not None else [])]))


def _sent_back(proposal: Proposal, event: e.ProposalSentBack) -> Changes:
    return {"status": S.CONSULTING, "round": proposal.round + 1, "decided_by": (), "roll_is_confirmed": False}


def _delegated(proposal: Proposal, event: e.ProposalDelegated) -> Changes:
    before = (*proposal.delegated_by, proposal.track)
    track = event.track or proposal.track
    return {"delegated_to": event.body, "delegated_by": before, "track": track, "procedure": event.procedure}


def _announced(proposal: Proposal, event: Any) -> Changes:
    again = isinstance(event, e.VoteReannounced)
    return {"status": S.ANNOUNCED, "votes": event.round, "attempts": proposal.attempts + 1 if again else 1}


def _cancelled(proposal: Proposal, event: e.VoteCancelled) -> Changes:
    """The attempt was not made. One that was made before it stands: it is convened again, or given up."""
    left = proposal.attempts - 1
    return {"status": S.INQUORATE if left > 0 else S.DELIBERATING, "attempts": left}


def _vote_closed(proposal: Proposal, event: e.VoteClosed) -> Changes:
    tally = event.tally
    assert tally is not None
    return {"status": S.INQUORATE if not tally.quorate else S.ADOPTED if tally.carried else S.NOT_ADOPTED}


def _published(proposal: Proposal, event: e.ResolutionPublished) -> Changes:
    return {
        "status": S.PUBLISHED,
        "resolution": event.public_text,
        "implementer": event.implementer if event.works else None,
        "publications": (*proposal.publications, Publication(text=event.public_text, at=event.at)),
    }


def _result(status: S) -> Any:
    def fold(proposal: Proposal, event: Any) -> Changes:
        text = getattr(event, "public_text", "") or proposal.resolution
        return {"status": status, "publications": (*proposal.publications, Publication(text=text, at=event.at))}

    return fold


def _appraised(proposal: Proposal, event: e.AppraisalHeld) -> Changes:
    held = AppraisalHeld(
        round=proposal.remedies, invited=event.invited, came=event.came, score=event.score, unit=event.unit
    )
    return {"status": S.APPRAISED, "appraisals": (*proposal.appraisals, held)}


PROPOSAL_FOLD: Fold = {
    e.ProposalDrafted: _drafted,
    e.ProposalSubmitted: _to(S.SUBMITTED),
    e.ScreeningStarted: _to(S.SCREENING),
    e.ProposalReturned: _to(S.DRAFT, returned=True),
    e.ProposalRejected: _to(S.REJECTED),
    e.ProposalMerged: lambda proposal, event: {"status": S.MERGED, "merged_into": event.master},
    e.ProposalConverted: lambda proposal, event: {"status": S.CONVERTED, "converted_to": event.target},
    e.ProposalAdmitted: _admitted,
    e.ProposalSplit: lambda proposal, event: {"subject": event.subject},
    e.CoProposerNamed: lambda proposal, event: {"co_proposers": _with(proposal.co_proposers, event.co_proposer)},
    e.ProposerLeft: lambda proposal, event: {"proposer_has_left": True},
    e.ProposalTakenOver: _taken_over,
    e.ProposalWithdrawn: _to(S.WITHDRAWN),
    e.ProposalAmended: _amended,
    e.ProposalReopened: _to(S.SCREENING, merged_into=None, converted_to=None, answered=()),
    e.ProposalAbsorbed: _absorbed,
    e.ProposalReleased: _released,
    e.StakeholdersAmended: _stakeholders,
    e.ConsultationClosed: lambda proposal, event: {
        "status": S.DELIBERATING,
        "roll_is_confirmed": event.roll_confirmed,
        "consulted_version": event.number,
    },
    e.StageRecorded: _stage_passed,
    e.StageFailed: _to(S.NOT_ADOPTED),
    e.ProposalSentBack: _sent_back,
    e.ProposalDelegated: _delegated,
    e.RiskAssessed: lambda proposal, event: {
        "risk": Check(version=event.number, by=event.by, good=event.controllable is True, paper=event.papers[0])
    },
    e.LegalityChecked: lambda proposal, event: {
        "legality": Check(version=event.number, by=event.by, good=event.lawful is True, paper=event.papers[0])
    },
    e.ProposalDeadlineExtended: _same,
    e.VoteAnnounced: _announced,
    e.VotePostponed: _same,
    e.VoteCancelled: _cancelled,
    e.VotersEnrolled: _same,
    e.VoterNamed: _same,
    e.VotersStruck: _same,
    e.ProxyGranted: _same,
    e.ProxyRevoked: _same,
    e.VoteOpened: _to(S.VOTING),
    e.BallotCast: _same,
    e.HandsRecorded: _same,
    e.BoxCalled: _same,
    e.BoxOpened: _same,
    e.VoteClosed: _vote_closed,
    e.VoteReannounced: _announced,
    e.ProposalLapsed: lambda proposal, event: {
        "status": S.WITHDRAWN if proposal.status == S.DRAFT else S.NOT_ADOPTED,
    },
    e.VoteVoided: _to(S.DELIBERATING, answered=()),  # what comes of it is answered anew
    e.ResolutionPublished: _published,
    e.ImplementerNamed: lambda proposal, event: {"implementer": event.implementer},
    e.ResolutionReconsidered: lambda proposal, event: {
        "status": S.DELIBERATING,
        "items": with_upheld_answered(proposal),
    },
    e.ResolutionAnnulled: _to(S.ANNULLED, answered=()),
    e.FinishedWithoutWorks: _result(S.RESULT_PUBLISHED),
    e.ImplementationStarted: _to(S.IMPLEMENTING),
    e.RecordSpawned: _same,
    e.ProposalSuspended: lambda proposal, event: {"status": S.SUSPENDED, "suspended_until": event.review_at},
    e.ProposalResumed: _to(S.IMPLEMENTING, suspended_until=None),
    e.ImplementationCompleted: _to(S.COMPLETED),
    e.AppraisalHeld: _appraised,
    e.RemedyOrdered: lambda proposal, event: {
        "status": S.IMPLEMENTING,
        "round": proposal.round + 1,
        "remedies": proposal.remedies + 1,
    },
    e.ResultPublished: _result(S.RESULT_PUBLISHED),
    e.ImplementationAbandoned: _to(S.ABANDONED),
    e.ProposerReplied: lambda proposal, event: {"answered": tuple(dict.fromkeys((*proposal.answered, *event.to)))},
    e.ProposalCorrected: corrected,
    e.ProposalArchived: lambda proposal, event: {
        "status": S.ARCHIVED,
        "ended_as": proposal.status,
        "retention": event.retention or proposal.retention,
    },
}
