"""What the events of a project do to its state: it happened, so nothing here refuses or asks a rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.corrections import corrected
from govflow.messages import Frozen
from govflow.projects import events as e
from govflow.projects.model import Agreement, Assessment, JointProject, PartyRole, Publication, StabilityRisk, TeamKind
from govflow.projects.model import ProjectStatus as S
from govflow.region import Changes, Fold
from govflow.regions.objection import with_upheld_answered


def _to(status: S, **more: Any) -> Any:
    return lambda project, event: {"status": status, **more}


def _same(project: JointProject, event: Any) -> Changes:
    return {}


def _proposed(project: JointProject, event: e.ProjectProposed) -> Changes:
    return {
        "status": S.PROPOSED,
        "policy": event.policy,
        "opened_at": event.at,
        "title": event.title,
        "text": event.text,
        "kind": event.kind,
        "rule": event.rule,
        "plan": event.plan,
        "category": event.category,
        "theme": event.theme or "",
        "retention": event.retention,
        "level": event.level,
        "area": event.area,
        "need": event.need,
        "alliance": event.alliance,
        "is_major": event.major,
        "source": event.source,
        "proposed_by": tuple(filter(None, (event.by, event.unit))),
    }


def _revised(project: JointProject, event: e.NeedRevised) -> Changes:
    return {"title": event.title, "text": event.text, "need": event.need}


def _listed(project: JointProject, event: e.DemandListed) -> Changes:
    return {
        "status": S.OPEN_FOR_CLAIM,
        "exclusive": event.exclusive is True,
        "claim_until": event.until,
    }


def _claim_withdrawn(project: JointProject, event: e.ClaimWithdrawn) -> Changes:
    standing = (item for item in project.items_of("claim").values() if item.status == "standing")
    left = any(item.claimer != event.claimer for item in standing)
    return {} if left else {"status": S.OPEN_FOR_CLAIM, "claim_until": None}


def _agreed(project: JointProject, event: e.PartyAgreed) -> Changes:
    agreement = Agreement(unit=event.unit or "", to=event.to, pledges=event.pledges, by=event.by, at=event.at)
    kept = [each for each in project.agreements if (each.unit, each.to) != (event.unit, event.to)]
    return {"agreements": (*kept, agreement)}


def _taken_back(project: JointProject, event: e.AgreementTakenBack) -> Changes:
    kept = [each for each in project.agreements if (each.unit, each.to) != (event.unit, event.to)]
    return {"agreements": tuple(kept)}


def _paired(project: JointProject, event: e.PartiesPaired) -> Changes:
    return {
        "status": S.PAIRED,
        "lead": event.lead,
        "parties_named": event.parties,
        "scope": event.scope,
        "plan_version": project.plan_version + 1,
        "plan_text": event.text,
        "agreements": tuple(each for each in project.agreements if (each.unit, each.to) != (event.lead, "lead")),
    }


def _added(project: JointProject, event: e.PartyAdded) -> Changes:
    assert event.party is not None
    return {"parties_named": (*project.parties_named, event.party)}


def _released(project: JointProject, event: e.PartyReleased) -> Changes:
    gone = next((party for party in project.parties_named if party.unit == event.unit), None)
    return {
        "parties_named": tuple(party for party in project.parties_named if party.unit != event.unit),
        "agreements": tuple(each for each in project.agreements if each.unit != event.unit),
        "former_workers": _with(project, [event.unit] if gone is not None and gone.builds else []),
    }


def _with(project: JointProject, gone: Iterable[str | None]) -> tuple[str, ...]:
    """Who has worked on it before, with those who go now: nobody has worked on what no parties were paired for."""
    went = gone if project.lead is not None else ()
    return tuple(dict.fromkeys((*project.former_workers, *filter(None, went))))


def _assessed(status: S | None) -> Any:
    def fold(project: JointProject, event: Any) -> Changes:
        assessment = Assessment(
            plan=event.number,
            level=event.level_of_risk or StabilityRisk.UNCONTROLLABLE,
            necessary=event.necessary is True,
            budget=event.budget or 0,
            households=event.households or 0,
            by=event.by,
            unit=event.unit,
            paper=event.papers[0] if event.papers else None,
            at=event.at,
        )
        moved: Changes = {"status": status} if status is not None else {}
        of_it = max(project.weighed[0], assessment.budget), max(project.weighed[1], assessment.households)
        weighed = of_it if assessment.level is not StabilityRisk.UNCONTROLLABLE else project.weighed
        return {**moved, "assessments": (*project.assessments, assessment), "weighed": weighed}

    return fold


def _new_plan(project: JointProject, event: Any) -> Changes:
    return {"status": S.PAIRED, "plan_version": event.number, "plan_text": event.text}


def _team(project: JointProject, event: e.TeamNamed) -> Changes:
    assert event.team is not None
    before = () if event.team is TeamKind.SUPERVISORS else project.teams.get(event.team, ())
    gone = (name for member in before if member not in event.members for name in (member.id, member.unit))
    return {
        "teams": Frozen({**project.teams, event.team: event.members}),
        "former_workers": _with(project, gone),
    }


def _approved(project: JointProject, event: e.ProjectApproved) -> Changes:
    return {
        "status": S.APPROVED,
        "budget": event.budget,
        "households": event.households,
        "weighed": (event.budget or 0, event.households),
        "decision": event.decided_by or event.meeting or next(iter(event.papers), ""),
        "approved_by": tuple(filter(None, (*project.approved_by, event.unit))),
    }


def _published(project: JointProject, event: e.ProjectNoticePublished) -> Changes:
    return {
        "publications": (*project.publications, Publication(text=event.public_text, at=event.at)),
        "is_noticed": True,
    }


def _changed(project: JointProject, event: e.ScopeChanged) -> Changes:
    return {
        "is_noticed": False,
        "budget": project.budget if event.budget is None else event.budget,
        "households": project.households if event.households is None else event.households,
        "plan_version": project.plan_version + (1 if event.text else 0),
        "plan_text": event.text or project.plan_text,
        "items": with_upheld_answered(project),  # a changed plan is the new decision that an upheld objection asks for
    }


def _handed_over(project: JointProject, event: e.LeadHandedOver) -> Changes:
    before = filter(None, (*project.former_leads, project.lead))
    roles = {event.to: PartyRole.LEAD, project.lead: PartyRole.MEMBER}
    return {
        "lead": event.to,
        "parties_named": tuple(
            party.changed(role=roles.get(party.unit, party.role)) for party in project.parties_named
        ),
        "former_leads": tuple(dict.fromkeys(before)),
        "agreements": tuple(each for each in project.agreements if (each.unit, each.to) != (event.to, "lead")),
    }


def _delivered(project: JointProject, event: e.ProjectDelivered) -> Changes:
    return {
        "status": S.DELIVERED,
        "progress": 100,
        "deliveries": project.deliveries + 1,
        "handback": event.handback,
        "signed": (),
    }


def _refused(project: JointProject, event: e.AcceptanceRefused) -> Changes:
    return {"status": S.IN_PROGRESS, "round": project.round + 1, "signed": ()}


def _evaluated(project: JointProject, event: e.ProjectEvaluated) -> Changes:
    assert event.result is not None
    return {"status": S.EVALUATED, "evaluations": (*project.evaluations, event.result)}


def _remedied(project: JointProject, event: e.ProjectRemedyOrdered) -> Changes:
    return {
        "status": S.IN_PROGRESS,
        "round": project.round + 1,
        "remedies": project.remedies + 1,
        "signed": (),
        "accounts": None,
    }


PROJECT_FOLD: Fold = {
    e.ProjectProposed: _proposed,
    e.NeedRevised: _revised,
    e.DemandListed: _listed,
    e.DemandWithdrawn: _to(S.PROPOSED, claim_until=None),
    e.ProjectSplit: _same,
    e.DemandClaimed: _to(S.CLAIMED),
    e.ClaimWithdrawn: _claim_withdrawn,
    e.ClaimWindowExpired: _to(S.PROPOSED, claim_until=None),
    e.PartyAgreed: _agreed,
    e.AgreementTakenBack: _taken_back,
    e.PartyArranged: _to(S.CLAIMED),
    e.PartiesPaired: _paired,
    e.PartyAdded: _added,
    e.PartyReleased: _released,
    e.PlanRevised: _new_plan,
    e.RiskAssessed: _assessed(S.ASSESSED),
    e.RiskReassessed: _assessed(None),
    e.TeamNamed: _team,
    e.ProjectApproved: _approved,
    e.ProjectNotApproved: lambda project, event: {"status": S.NOT_APPROVED, "refusal": event.reason},
    e.ProjectResubmitted: _new_plan,
    e.ProjectNoticePublished: _published,
    e.WorkStarted: _to(S.IN_PROGRESS),
    e.ProgressReported: lambda project, event: {"progress": event.percent},
    e.ScopeChanged: _changed,
    e.LeadHandedOver: _handed_over,
    e.ProjectSuspended: lambda project, event: {"status": S.SUSPENDED, "suspended_until": event.review_at},
    e.ProjectResumed: _to(S.IN_PROGRESS, suspended_until=None),
    e.ProjectDeadlineExtended: _same,
    e.ProjectDelivered: _delivered,
    e.DeliverySigned: lambda project, event: {"signed": (*project.signed, event.supervisor or event.by)},
    e.AcceptanceRefused: _refused,
    e.DeliveryAccepted: _to(S.ACCEPTED),
    e.ProjectEvaluated: _evaluated,
    e.ProjectRemedyOrdered: _remedied,
    e.AccountsPublished: lambda project, event: {
        "accounts": event.accounts,
        "publications": (*project.publications, Publication(text=event.public_text, at=event.at)),
    },
    e.ProjectSettled: _to(S.SETTLED),
    e.AccountsReopened: _to(S.EVALUATED, accounts=None),
    e.ProjectCancelled: _to(S.CANCELLED),
    e.ProjectCorrected: corrected,
    e.ProjectArchived: lambda project, event: {
        "status": S.ARCHIVED,
        "ended_as": project.status,
        "retention": event.retention or project.retention,
    },
}
