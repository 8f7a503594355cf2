"""轮值主席任期 chair_term: one unit's term in the chair of an alliance (两通一联一考, M120–M122). Keyed by the term.

In every period of the term the chair is in touch with both counterparts (两通), once in the term with every member
(一联); at its end four groups score it (一考). A term that ends early ends without a score.
"""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.alliances.chair_messages import (
    AssessChairTerm,
    ChairTermAssessmentOpened,
    ChairTermAssessmentScored,
    ChairTermContactLogged,
    ChairTermEnded,
    ChairTermStarted,
    EndChairTerm,
    LogChairContact,
    ScoreChairTerm,
    StartChairTerm,
)
from govflow.alliances.chair_model import (
    AssessorGroup,
    ChairStatus,
    ChairTerm,
    Contact,
    Counterpart,
    GroupWeight,
    Score,
    TermPeriod,
)
from govflow.alliances.chair_rules import (
    CHAIR_PLAN,
    assessor_is_of_the_group_and_not_of_the_chair,
    assessor_scores_are_complete,
    chair_has_no_hand_in_it,
    chair_is_next_in_turn,
    contact_is_described,
    contacts_are_complete,
    groups_had_their_time,
    is_within_bounds,
    plan_weighs_the_four_groups,
    score_is_the_first_of_its_group,
    term_and_periods_are_named,
    term_is_over,
)
from govflow.context import Context
from govflow.duties import period_of
from govflow.messages import Command
from govflow.policy import Every
from govflow.records import HandOver, Item, Record
from govflow.region import Fold, Region
from govflow.rules import reason_given, verified_by_another
from govflow.workflow import Step, Workflow

S = ChairStatus
R = Role
_TOWN = (R.COMMUNITY, R.TOWN)
_ASSESSORS = (R.APPRAISER, R.ORGANISATION, R.SUPERVISOR, R.TOWN)
_SCORING = (verified_by_another, assessor_is_of_the_group_and_not_of_the_chair, score_is_the_first_of_its_group)
_STARTING = (chair_is_next_in_turn, term_and_periods_are_named, plan_weighs_the_four_groups)
_UNSCORED = (groups_had_their_time, reason_given, chair_has_no_hand_in_it)
# fmt: off
CHAIR_TERM_WORKFLOW = Workflow("chair_term", S, zh="轮值主席任期", on=("alliance",), steps=(
    #    id      command          from                               event                      to                  who                              provided that
    Step("CH01", StartChairTerm,  None,                              ChairTermStarted,          S.SERVING,          (*_TOWN, R.SYSTEM),              _STARTING, while_in="active"),
    Step("CH02", LogChairContact, S.SERVING,                         ChairTermContactLogged,    None,               (R.PROJECT_LEAD, R.ORGANISATION), (contact_is_described,)),
    Step("CH03", AssessChairTerm, S.SERVING,                         ChairTermAssessmentOpened, S.UNDER_ASSESSMENT, _TOWN,                           (contacts_are_complete, chair_has_no_hand_in_it)),
    # ours: a chair that neglected its contacts is assessed too, or nobody would ever follow it
    Step("CX01", AssessChairTerm, S.SERVING,                         ChairTermAssessmentOpened, S.UNDER_ASSESSMENT, _TOWN,                           (term_is_over, chair_has_no_hand_in_it)),
    Step("CH04", ScoreChairTerm,  S.UNDER_ASSESSMENT,                ChairTermAssessmentScored, None,               _ASSESSORS,                      _SCORING),
    Step("CH05", EndChairTerm,    (S.UNDER_ASSESSMENT, S.SERVING),   ChairTermEnded,            S.ENDED,            (*_TOWN, R.SYSTEM),              (assessor_scores_are_complete, chair_has_no_hand_in_it)),
    # ours: groups that stay silent keep nobody in the chair for ever
    Step("CX02", EndChairTerm,    S.UNDER_ASSESSMENT,                ChairTermEnded,            S.ENDED,            R.TOWN,                          _UNSCORED),
))
# fmt: on

_FOLD: Fold = {
    ChairTermStarted: lambda item, e: {
        "status": S.SERVING,
        "unit": e.unit,
        "owes": e.unit,
        "first": e.first,
        "last": e.last,
        "periods": e.periods,
        "until": e.until,
        "weights": e.weights,
    },
    ChairTermContactLogged: lambda item, e: {
        "contacts": (*item.contacts, Contact(counterpart=e.counterpart, unit=e.unit, day=e.day, by=e.by)),
        "hands": (*item.hands, e.by),
    },
    ChairTermAssessmentOpened: lambda item, e: {
        "status": S.UNDER_ASSESSMENT,
        "owes": R.TOWN.value,
        "assessed_at": e.at,
    },
    ChairTermAssessmentScored: lambda item, e: {
        "scores": (*item.scores, Score(group=e.group, points=e.points, by=e.by)),
    },
    ChairTermEnded: lambda item, e: {"status": S.ENDED, "owes": None, "none": e.none, "reason": e.reason},
}


# --- what is not simply copied ---------------------------------------------------------------------------------------


def quarters_of(first: date, last: date) -> tuple[TermPeriod, ...]:
    """The calendar quarters of a term, cut at its ends: the periods where none are named (a default of our own)."""
    periods: list[TermPeriod] = []
    day = first
    while day <= last:
        end = min(period_of(Every.QUARTER, day).last, last)
        periods.append(TermPeriod(first=day, last=end))
        day = end + timedelta(days=1)
    return tuple(periods)


def _weights(context: Context) -> tuple[GroupWeight, ...]:
    """Those of the policy's plan, so that a later one changes nothing of a term that runs."""
    plan = context.policy.evaluation_plan(CHAIR_PLAN)
    known = {group.value: group for group in AssessorGroup}
    given = plan.sources if plan is not None else ()
    return tuple(GroupWeight(group=known[each.id], percent=each.weight) for each in given if each.id in known)


def _started(record: Record, command: StartChairTerm, context: Context) -> ChairTermStarted:
    """A term without periods has its quarters; it is over at the end of its last local day."""
    more: dict[str, Any] = {"item": CHAIR_TERM.key_of(record, command), "weights": _weights(context)}
    today = context.at.astimezone(context.policy.zone).date()
    if command.first and command.last and is_within_bounds(command.first, command.last, today):
        more["periods"] = command.periods or quarters_of(command.first, command.last)
        end = datetime.combine(command.last + timedelta(days=1), time(), context.policy.zone)
        more["until"] = end.astimezone(UTC)
    event = context.deciders[record.kind_of_record].copied(command, ChairTermStarted, context, **more)
    assert isinstance(event, ChairTermStarted)
    return event


def _logged(record: Record, command: LogChairContact, context: Context) -> ChairTermContactLogged:
    """Today, where no day is named; a counterpart is the unit that the record knows as such."""
    units = {
        Counterpart.COMMITTEE: getattr(record, "committee", None),
        Counterpart.GUIDANCE: getattr(record, "guidance", None),
    }
    unit = units.get(command.counterpart, command.unit) if command.counterpart else command.unit
    day = command.day or context.at.astimezone(context.policy.zone).date()
    decider, key = context.deciders[record.kind_of_record], CHAIR_TERM.key_of(record, command)
    event = decider.copied(command, ChairTermContactLogged, context, item=key, unit=unit, day=day)
    assert isinstance(event, ChairTermContactLogged)
    return event


def _ended(record: Record, command: EndChairTerm, context: Context) -> ChairTermEnded:
    """Groups that have not scored are marked none."""
    item: Any = context.item
    decider, key = context.deciders[record.kind_of_record], CHAIR_TERM.key_of(record, command)
    event = decider.copied(command, ChairTermEnded, context, item=key, none=item.groups_to_score if item else ())
    assert isinstance(event, ChairTermEnded)
    return event


def _end(record: str, item: Item, given: HandOver) -> EndChairTerm:
    return EndChairTerm(id=record, by=SYSTEM, item=item.key, reason=given.reason)


_PROPOSE: dict[type[Command], Any] = {StartChairTerm: _started, LogChairContact: _logged, EndChairTerm: _ended}
CHAIR_TERM = Region(CHAIR_TERM_WORKFLOW, ChairTerm, _FOLD, propose=_PROPOSE, ends=_end)
