"""The project as the engine serves it: its table, its state, its regions, and what its events are made of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from govflow.actors import SYSTEM, Level, covers
from govflow.context import Context
from govflow.corrections import old_value
from govflow.decider import Decider
from govflow.evaluating import Answer, composite
from govflow.messages import Command, Event
from govflow.policy import EvaluationPlan, ProjectKind, Then
from govflow.projects import commands as c
from govflow.projects import events as e
from govflow.projects.budget import BUDGET
from govflow.projects.claim import CLAIM
from govflow.projects.expense import EXPENSE
from govflow.projects.feedback import FEEDBACK
from govflow.projects.fold import PROJECT_FOLD
from govflow.projects.milestone import MILESTONE
from govflow.projects.model import EvaluationResult, JointProject, SourceScore
from govflow.projects.model import ProjectStatus as S
from govflow.projects.money import planned_total, statement_of
from govflow.projects.reactions import REACTIONS
from govflow.projects.rules_need import scope_of, units_of
from govflow.projects.rules_works import evaluations_of
from govflow.projects.when_due import expire_claims, resume
from govflow.projects.workflow import PROJECT_WORKFLOW
from govflow.records import Record
from govflow.region import Changes
from govflow.regions.accountability import ACCOUNTABILITY
from govflow.regions.admission import ADMISSION
from govflow.regions.approval import APPROVAL
from govflow.regions.check_in import CHECK_IN
from govflow.regions.checklist import CHECKLIST
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT
from govflow.regions.evaluation import EVALUATION
from govflow.regions.evidence import EVIDENCE
from govflow.regions.instruction import INSTRUCTION
from govflow.regions.invitation import INVITATION
from govflow.regions.leader_in_charge import LEADER_IN_CHARGE
from govflow.regions.ledger import LEDGER
from govflow.regions.link import LINK
from govflow.regions.mediation import MEDIATION
from govflow.regions.meeting import MEETING
from govflow.regions.objection import OBJECTION
from govflow.regions.obligation import OBLIGATION
from govflow.regions.opinion import OPINION
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.retention import RETENTION
from govflow.regions.risk_signal import RISK_SIGNAL
from govflow.regions.supervision import SUPERVISION
from govflow.regions.supervision.by_rule import remind_by_rule, urge_by_rule

# --- what events say beyond their commands ---------------------------------------------------------------------------


def _proposed(project: JointProject, command: c.ProposeProject, context: Context) -> Event:
    """What its kind asks for is pinned in full, with the plan by which it will be evaluated."""
    category = context.policy.category(command.category)
    kind = context.policy.project_kind(command.kind)
    said: Changes = {
        "policy": context.policy.key,
        "retention": category.retention if category is not None else context.policy.ordinary_retention,
        "unit": _unit(project, e.ProjectProposed, context),
        "rule": kind,
        "plan": _plan(kind, command.profile, context),
    }
    return PROJECT.copied(command, e.ProjectProposed, context, **said)


def _plan(kind: ProjectKind | None, profile: str | None, context: Context) -> EvaluationPlan | None:
    """The plan of a kind with the indicators of one profile of community; None where the policy has no such."""
    plan = context.policy.evaluation_plan(kind.evaluation) if kind is not None else None
    chosen = plan.indicator_set(profile) if plan is not None else None
    return plan.changed(sets=(chosen,)) if plan is not None and chosen is not None else None


def _listed(project: JointProject, command: c.ListDemand, context: Context) -> Event:
    said: Changes = {"title": project.title, "category": project.category, "area": project.area}
    return PROJECT.copied(command, e.DemandListed, context, **said)


def _of_a_unit(event: type[Event], field: str) -> Any:
    """Who names no unit means the one spoken for, or the only one that is their own."""

    def propose(project: JointProject, command: Any, context: Context) -> Event:
        own = units_of(context)
        unit = getattr(command, field) or context.on_behalf_of or (next(iter(own)) if len(own) == 1 else None)
        return PROJECT.copied(command, event, context, **{field: unit})

    return propose


def _paired(project: JointProject, command: c.PairParties, context: Context) -> Event:
    """Whoever does not say how far it reaches has it told by who takes part."""
    scope = command.scope or scope_of(project, command.parties, context)
    return PROJECT.copied(command, e.PartiesPaired, context, scope=scope)


def _unit(project: JointProject, event: type[Event], context: Context) -> str | None:
    """The unit for which a step is taken: of the first claim that gives the right to it."""
    roles = {role for step in PROJECT_WORKFLOW.steps if step.event is event for role in step.who}
    held = (
        claim.unit for claim in context.claims if claim.role in roles and covers(claim, project.level, project.area)
    )
    return next(filter(None, held), None)


def _assessed(event: type[Event]) -> Any:
    """Of which plan; without figures of its own an assessment is of the plan's."""

    def propose(project: JointProject, command: Any, context: Context) -> Event:
        costs = max(project.budget or 0, planned_total(project))
        said: Changes = {
            "unit": _unit(project, event, context),
            "number": project.plan_version,
            "budget": costs if command.budget is None else command.budget,
            "households": _households(project) if command.households is None else command.households,
        }
        return PROJECT.copied(command, event, context, **said)

    return propose


def _households(project: JointProject) -> int:
    return max(project.households, project.need.households)


def _approved(project: JointProject, command: c.ApproveProject, context: Context) -> Event:
    said: Changes = {
        "unit": _unit(project, e.ProjectApproved, context),
        "budget": planned_total(project) if command.budget is None else command.budget,
        "households": command.households or _households(project),
    }
    return PROJECT.copied(command, e.ProjectApproved, context, **said)


def _changed(project: JointProject, command: c.ChangeScope, context: Context) -> Event:
    return PROJECT.copied(command, e.ScopeChanged, context, unit=_unit(project, e.ScopeChanged, context))


def _signed(project: JointProject, command: c.SignDelivery, context: Context) -> Event:
    """As which of the dedicated supervisors that have not signed yet: in person, else for a unit on the team."""
    mine = (command.by.id, *sorted(units_of(context)))
    waited_for = (each for each in mine if each in project.supervisors and each not in project.signed)
    return PROJECT.copied(command, e.DeliverySigned, context, supervisor=next(waited_for, None))


def _numbered(event: type[Event]) -> Any:
    def propose(project: JointProject, command: Any, context: Context) -> Event:
        return PROJECT.copied(command, event, context, number=project.plan_version + 1)

    return propose


def _split(project: JointProject, command: c.SplitProject, context: Context) -> Event:
    targets = tuple(context.number("joint_project") for _ in command.parts)
    return PROJECT.copied(command, e.ProjectSplit, context, targets=targets)


def _evaluated(project: JointProject, command: c.EvaluateProject, context: Context) -> Event:
    """What the answers of this round come to by the pinned plan: a missing source leaves it without a score."""
    return PROJECT.copied(command, e.ProjectEvaluated, context, result=evaluation_result(project))


def evaluation_result(project: JointProject) -> EvaluationResult | None:
    """What the answers on record in this round come to; None where no plan is pinned."""
    if project.plan is None:
        return None
    answers = [
        Answer(
            source=item.source,
            evaluator=item.owes or item.key,
            scores={each.indicator: each.score for each in item.scores},
        )
        for item in evaluations_of(project)
        if item.status == "recorded"
    ]
    found = composite(project.plan, answers)
    return EvaluationResult(
        round=project.round,
        plan=project.plan.id,
        sources=tuple(
            SourceScore(
                source=each.source,
                weight=each.weight,
                answers=each.answers,
                score=None if each.score is None else _hundredths(each.score),
            )
            for each in found.sources
        ),
        score=None if found.score is None else _hundredths(found.score),
        passes=found.passes,
        missing=found.missing,
    )


def _hundredths(score: Fraction) -> int:
    """A score in hundredths of a point, half up: for show, what passes is told by the exact one."""
    return int(score * 100 + Fraction(1, 2))


def _accounts(project: JointProject, command: c.PublishAccounts, context: Context) -> Event:
    return PROJECT.copied(command, e.AccountsPublished, context, accounts=statement_of(project))


def _corrected(project: JointProject, command: c.CorrectProject, context: Context) -> Event:
    old = command.old or old_value(project, command.field)
    return PROJECT.copied(command, e.ProjectCorrected, context, old=old)


def _opens(id: str, source: Record, command: Command) -> Command:
    """The project that a case goes on as, that carries a resolution out, or that a budget round has chosen.

    Of a round's winner it is the entry, with the money that the round has reserved for it.
    """
    entry = source.item("entry", getattr(command, "item", None) or "")
    title = (entry.title if entry is not None else "") or getattr(command, "title", "") or source.title_line
    area = getattr(entry, "area", "") or source.area  # what a district pays for in one community is done there
    return c.ProposeProject(
        id=id,
        by=SYSTEM,
        title=title,
        text=getattr(entry, "text", "") or title,
        kind="micro_livelihood" if entry is not None else "general",
        category=source.category or "general",
        level=Level.COMMUNITY if area != source.area else source.level or Level.COMMUNITY,
        area=area,
        source=source.id,
        fund=source.id if entry is not None else None,
        amount=entry.cost if entry is not None else 0,
    )


PROJECT = Decider(
    PROJECT_WORKFLOW,
    JointProject,
    PROJECT_FOLD,
    prefix="JP",
    regions=(
        CLAIM,
        COMMITMENT,
        BUDGET,
        EXPENSE,
        MILESTONE,
        FEEDBACK,
        MEETING,
        INVITATION,
        OPINION,
        OBJECTION,
        LEDGER,
        EVALUATION,
        SUPERVISION,
        LEADER_IN_CHARGE,
        INSTRUCTION,
        MEDIATION,
        RISK_SIGNAL,
        ADMISSION,
        APPROVAL,
        LINK,
        EVIDENCE,
        CHECK_IN,
        OBLIGATION,
        ACCOUNTABILITY,
        RETENTION,
        CLOCK,
        CHECKLIST,
        POLICY_VERSION,
    ),
    propose={
        c.ProposeProject: _proposed,
        c.ListDemand: _listed,
        c.ClaimDemand: _of_a_unit(e.DemandClaimed, "claimer"),
        c.WithdrawClaim: _of_a_unit(e.ClaimWithdrawn, "claimer"),
        c.AgreeToProject: _of_a_unit(e.PartyAgreed, "unit"),
        c.TakeBackAgreement: _of_a_unit(e.AgreementTakenBack, "unit"),
        c.PairParties: _paired,
        c.SplitProject: _split,
        c.RevisePlan: _numbered(e.PlanRevised),
        c.ResubmitProject: _numbered(e.ProjectResubmitted),
        c.AssessProjectRisk: _assessed(e.RiskAssessed),
        c.ReassessProjectRisk: _assessed(e.RiskReassessed),
        c.ApproveProject: _approved,
        c.ChangeScope: _changed,
        c.SignDelivery: _signed,
        c.EvaluateProject: _evaluated,
        c.PublishAccounts: _accounts,
        c.CorrectProject: _corrected,
    },
    reactions=REACTIONS,
    opens=_opens,
    when_due={"claim": expire_claims, "suspension_review": resume},
    escalations={Then.REMIND: remind_by_rule, Then.URGE: urge_by_rule},
    succeeded=(S.SETTLED,),
    failed=(S.CANCELLED, S.NOT_APPROVED),
)
"""Joint projects, as the engine serves them beside cases, proposals and budget rounds."""
