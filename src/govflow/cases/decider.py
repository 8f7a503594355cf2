"""The case as a whole: its table, state, fold and regions, and the events that say more than their commands."""

from __future__ import annotations

from typing import Any

from govflow.actors import SYSTEM, Level
from govflow.cases import commands as c
from govflow.cases import events as e
from govflow.cases.assignment_objection import ASSIGNMENT_OBJECTION
from govflow.cases.bodies import Matter
from govflow.cases.fold import CASE_FOLD
from govflow.cases.model import Case, CaseKind
from govflow.cases.model import CaseStatus as S
from govflow.cases.reactions import REACTIONS
from govflow.cases.when_due import deem_signed, lapse_supplement, raise_one_level, resume_suspended
from govflow.cases.workflow import CASE_WORKFLOW
from govflow.context import Context
from govflow.corrections import old_value
from govflow.decider import Decider
from govflow.messages import Command, Event
from govflow.policy import Policy, Then
from govflow.records import HandOver, Record
from govflow.region import Changes, hand_over_of
from govflow.regions.accountability import ACCOUNTABILITY
from govflow.regions.admission import ADMISSION
from govflow.regions.approval import APPROVAL
from govflow.regions.check_in import CHECK_IN
from govflow.regions.checklist import CHECKLIST
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT, dispute_of
from govflow.regions.contact import CONTACT
from govflow.regions.evaluation import EVALUATION
from govflow.regions.evidence import EVIDENCE
from govflow.regions.instruction import INSTRUCTION
from govflow.regions.invitation import INVITATION
from govflow.regions.joint_handling import JOINT_HANDLING
from govflow.regions.leader_in_charge import LEADER_IN_CHARGE
from govflow.regions.ledger import LEDGER
from govflow.regions.link import LINK
from govflow.regions.mediation import MEDIATION
from govflow.regions.meeting import MEETING
from govflow.regions.obligation import OBLIGATION
from govflow.regions.policy_version import POLICY_VERSION
from govflow.regions.record_rules import target_kind
from govflow.regions.referral import REFERRAL
from govflow.regions.retention import RETENTION
from govflow.regions.risk_signal import RISK_SIGNAL
from govflow.regions.supervision import SUPERVISION
from govflow.regions.supervision.by_rule import remind_by_rule, urge_by_rule
from govflow.regions.verification import VERIFICATION


def _pin_category(event: type[Event]) -> Any:
    """What the catalogue says of the category is pinned when the matter comes in."""

    def propose(case: Case, command: Any, context: Context) -> Event:
        category = context.policy.category(command.category)
        kept_as = category.retention if category is not None else context.policy.ordinary_retention
        extra: Changes = {"policy": context.policy.key, "retention": kept_as}
        if category is not None and category.confidential and "confidential" in event.model_fields:
            extra["confidential"] = True
        if "public_interest" in event.model_fields:
            extra["public_interest"] = bool(category and category.public_interest)
        if case.status:  # what is known from the discovery stands, unless the report says otherwise
            kept = set(Matter.model_fields) - command.model_fields_set
            extra |= {name: getattr(case, name) for name in kept if hasattr(case, name)}
            if "category" in kept:
                extra |= {"retention": case.retention, "public_interest": case.public_interest}
            extra = {name: value for name, value in extra.items() if value not in (None, "", False)}
        return CASE.copied(command, event, context, **extra)

    return propose


def _name_target(event: type[Event]) -> Any:
    def propose(case: Case, command: Any, context: Context) -> Event:
        kind = target_kind(command, command.wire)
        decider = context.deciders.get(kind)
        target = context.number(kind) if decider is not None and decider.opens is not None else None
        return CASE.copied(command, event, context, target=target)

    return propose


def _is_hidden_from_some(command: Any, policy: Policy) -> bool:
    """Whether a new case is kept from people who see the numbers before and after it."""
    category = policy.category(getattr(command, "category", ""))
    return (
        getattr(command, "confidential", False)
        or getattr(command, "accused_unit", None) is not None
        or getattr(command, "kind", None) == CaseKind.WHISTLE_BLOWING
        or (category is not None and category.confidential)
    )


def _number_sub_cases(case: Case, command: c.SplitCase, context: Context) -> Event:
    hidden = case.is_secret or case.accused_unit is not None
    new = context.unnumbered if hidden else context.number
    return CASE.copied(command, e.CaseSplit, context, sub_cases=tuple(new("case") for _ in command.parts))


def _keep_old(event: type[Event]) -> Any:
    def propose(case: Case, command: Any, context: Context) -> Event:
        extra: Changes = {"old": command.old or old_value(case, getattr(command, "field", "category"))}
        if event is e.CaseReclassified and (category := context.policy.category(command.category or "")):
            extra |= {"public_interest": category.public_interest, "retention": category.retention}
        return CASE.copied(command, event, context, **extra)

    return propose


def _assign(case: Case, command: c.AssignCase, context: Context) -> Event:
    """Nobody named: the routing rules choose, and the event says which one did."""
    if command.lead_unit is not None:
        return CASE.copied(command, e.CaseAssigned, context)
    route = context.policy.route(case.matter)
    co_units = command.co_units or tuple(unit for unit in route.co_units if unit != case.accused_unit)
    return CASE.copied(command, e.CaseAssigned, context, lead_unit=route.lead_unit, co_units=co_units, route=route.rule)


def _rework(case: Case, command: c.OrderRework, context: Context) -> Event:
    """What was resolved on the spot had no unit that leads: one is to be found before anything is done again."""
    return CASE.copied(command, e.ReworkOrdered, context, to_be_assigned=case.lead_unit is None)


def _unmerge(case: Case, command: c.UnmergeCase, context: Context) -> Event:
    """Its own clocks run again from where they were: the time spent inside the master is counted."""
    cut_off = [clock for clock in case.clocks.values() if clock.ended_at == case.merged_at]
    context.carried = {clock.name: clock for clock in cut_off}
    return CASE.copied(command, e.CaseUnmerged, context)


def _withdraw(case: Case, command: Any, context: Context) -> Event:
    """Units already at work are released: what the reporter does not name falls away with the withdrawal.

    What binds others as well, or is listed in public, stays whatever the reporter says of it: an open loop.
    """
    rest = HandOver(reason=command.reason.strip() or "the reporter withdrew")
    given = tuple(
        (hand_over_of(command, region, item) or rest).changed(region=region.name, item=item.key)
        for region in context.deciders[case.kind_of_record].regions.values()
        for item in region.open_items(case)
        if not _outlasts_a_withdrawal(case, region.name, item)
    )
    return CASE.copied(command, e.CaseWithdrawn, context, hand_over=given)


def _outlasts_a_withdrawal(case: Case, region: str, item: Any) -> bool:
    """An agreement in force or broken, each of its promises, and a supervision on the public list."""
    match region:
        case "mediation":
            return item.status in ("agreed", "breached")
        case "commitment":
            return dispute_of(case, item.key) is not None
        case "supervision":
            return bool(item.was_listed)
    return False


def _opens(id: str, source: Record, command: Command) -> Command:
    """The case that another record goes on as, or that carries a part of it out; its proposer is who hears of it."""
    converted = source.kind_of_record == "proposal" and "convert" in command.wire
    return c.ReportCase(
        id=id,
        by=SYSTEM,
        title=getattr(command, "title", "") or source.title_line,
        category=getattr(command, "category", None) or source.category or "general",
        kind=CaseKind.SERVICE,
        channel=source.kind_of_record,
        level=source.level or Level.COMMUNITY,
        area=source.area,
        reporter=getattr(source, "proposer", None) if converted else None,
        source=f"{source.kind_of_record}:{source.id}",
    )


CASE = Decider(
    CASE_WORKFLOW,
    Case,
    CASE_FOLD,
    prefix="C",
    regions=(
        JOINT_HANDLING,
        ASSIGNMENT_OBJECTION,
        LEDGER,
        COMMITMENT,
        SUPERVISION,
        LEADER_IN_CHARGE,
        INSTRUCTION,
        MEDIATION,
        MEETING,
        INVITATION,
        ADMISSION,
        APPROVAL,
        EVALUATION,
        VERIFICATION,
        RISK_SIGNAL,
        CONTACT,
        LINK,
        EVIDENCE,
        CHECK_IN,
        OBLIGATION,
        ACCOUNTABILITY,
        RETENTION,
        CLOCK,
        CHECKLIST,
        REFERRAL,
        POLICY_VERSION,
    ),
    propose={
        c.DiscoverCase: _pin_category(e.CaseDiscovered),
        c.ReportCase: _pin_category(e.CaseReported),
        c.ImportCase: _pin_category(e.CaseImported),
        c.ConvertToProposal: _name_target(e.CaseConvertedToProposal),
        c.ConvertToProject: _name_target(e.CaseConvertedToProject),
        c.AssignCase: _assign,
        c.OrderRework: _rework,
        c.SplitCase: _number_sub_cases,
        c.ReclassifyCase: _keep_old(e.CaseReclassified),
        c.CorrectCase: _keep_old(e.CaseCorrected),
        c.UnmergeCase: _unmerge,
        c.WithdrawCase: _withdraw,
    },
    reactions=REACTIONS,
    opens=_opens,
    when_due={"supplement": lapse_supplement, "receipt": deem_signed},
    escalations={
        Then.RAISE: raise_one_level,
        Then.RESUME: resume_suspended,
        Then.REMIND: remind_by_rule,
        Then.URGE: urge_by_rule,
    },
    unnumbered=_is_hidden_from_some,
    succeeded=(S.CLOSED,),
    failed=(S.REJECTED, S.DISMISSED, S.WITHDRAWN, S.REDIRECTED, S.TERMINATED),
)
"""The case as the engine serves it: its table, its state, its regions and its reactions."""
