"""意见反馈 feedback: its table, the case that a piece of it may become, and how well it was answered.

Keyed by a running number. What the project cannot answer becomes exactly one case, for which the project then waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from govflow.actors import SYSTEM, Role, covers
from govflow.context import Context
from govflow.messages import ClockStatus, Command, Event
from govflow.projects.feedback_model import (
    ConfirmFeedback,
    Feedback,
    FeedbackAnswer,
    FeedbackStatus,
    ProjectFeedbackConfirmed,
    ProjectFeedbackRaised,
    ProjectFeedbackReopened,
    ProjectFeedbackResolved,
    ProjectFeedbackTransferred,
    ProjectFeedbackWithdrawn,
    RaiseFeedback,
    ReopenFeedback,
    ResolveFeedback,
    TransferFeedback,
    WithdrawFeedback,
)
from govflow.projects.feedback_rules import (
    answered_by_another_than_its_raiser,
    confirmed_by_another,
    feedback_says_something,
    raiser_or_supervisor_says_so,
    raiser_takes_it_back,
)
from govflow.projects.milestone_rules import words_hide_people
from govflow.projects.model import JointProject
from govflow.projects.rules_need import units_of
from govflow.records import HandOver, Item
from govflow.region import Changes, Fold, Region
from govflow.regions.link import AddLink, LinkKind
from govflow.regions.record_rules import conversion_target_is_named
from govflow.rules import measure_and_evidence_given, reason_given
from govflow.workflow import Step, Workflow

S = FeedbackStatus
R = Role
_RAISERS = (R.RESIDENT, R.ORGANISATION, R.SUPERVISOR)
_FOR_THEMSELVES = (R.RESIDENT, R.ORGANISATION)
_WHILE = ("approved", "in_progress", "suspended", "delivered")
# fmt: off
FEEDBACK_WORKFLOW = Workflow("feedback", S, zh="意见反馈", on=("joint_project",), steps=(
    #    id      command           from        event                       to             who                                     provided that
    Step("J12",  RaiseFeedback,    None,       ProjectFeedbackRaised,      S.RAISED,      _RAISERS,                               (feedback_says_something, words_hide_people), while_in=_WHILE, starts="project_feedback"),
    Step("FB02", ResolveFeedback,  S.RAISED,   ProjectFeedbackResolved,    S.RESOLVED,    (R.PROJECT_LEAD, R.COMMUNITY),          (measure_and_evidence_given, answered_by_another_than_its_raiser, words_hide_people), stops="project_feedback"),
    Step("FB03", ConfirmFeedback,  S.RESOLVED, ProjectFeedbackConfirmed,   S.CONFIRMED,   _RAISERS,                               (confirmed_by_another, raiser_or_supervisor_says_so)),
    Step("FB04", ReopenFeedback,   S.RESOLVED, ProjectFeedbackReopened,    S.RAISED,      _RAISERS,                               (reason_given, raiser_or_supervisor_says_so, words_hide_people), while_in=_WHILE, starts="project_feedback"),
    Step("FB05", TransferFeedback, S.RAISED,   ProjectFeedbackTransferred, S.TRANSFERRED, (R.COMMUNITY, R.PROJECT_LEAD, R.SYSTEM), (conversion_target_is_named,), drops="project_feedback"),
    Step("FB06", WithdrawFeedback, S.RAISED,   ProjectFeedbackWithdrawn,   S.WITHDRAWN,   (*_FOR_THEMSELVES, R.SYSTEM),           (raiser_takes_it_back, words_hide_people), drops="project_feedback"),
))
# fmt: on


def _copied(project: JointProject, command: Any, event: type[Event], context: Context, **said: Any) -> Event:
    decider = context.deciders[project.kind_of_record]
    return decider.copied(command, event, context, item=FEEDBACK.key_of(project, command), **said)


def _raised(project: JointProject, command: RaiseFeedback, context: Context) -> Event:
    """For which unit it is raised: the one spoken for; an organisation's people speak for theirs, residents for none."""
    held = [each for each in context.claims if each.role in _RAISERS and covers(each, project.level, project.area)]
    unit = next((each.unit for each in held if each.unit is not None and each.unit == command.on_behalf_of), None)
    if unit is None and all(each.role == R.ORGANISATION for each in held):
        unit = next((each.unit for each in held), None)
    return _copied(project, command, ProjectFeedbackRaised, context, unit=unit)


def _resolved(project: JointProject, command: ResolveFeedback, context: Context) -> Event:
    """For which units whoever answers works stands in the event: nobody of them confirms it."""
    return _copied(project, command, ProjectFeedbackResolved, context, units=tuple(sorted(units_of(context))))


def _transferred(project: JointProject, command: TransferFeedback, context: Context) -> Event:
    cases = context.deciders.get("case")
    target = context.number("case") if cases is not None and cases.opens is not None else None
    return _copied(project, command, ProjectFeedbackTransferred, context, target=target)


def _fold_resolved(item: Feedback, e: ProjectFeedbackResolved) -> Changes:
    clock = f"project_feedback:{item.key}"
    late = any(move.clock == clock and move.to is ClockStatus.MET_LATE for move in e.clocks)
    stead = (e.in_stead_of,) if e.in_stead_of is not None else ()
    answer = FeedbackAnswer(
        by=e.by, units=(*e.units, *stead), at=e.at, measure=e.measure, evidence=e.evidence, late=late
    )
    return {"status": S.RESOLVED, "answers": (*item.answers, answer), "hands": (*item.hands, e.by), "owes": None}


_FOLD: Fold = {
    ProjectFeedbackRaised: lambda item, e: {
        "status": S.RAISED,
        "about": e.concerns or "",
        "place": e.place,
        "unit": e.unit,
        "text": e.text,
        "owes": R.PROJECT_LEAD.value,
    },
    ProjectFeedbackResolved: _fold_resolved,
    ProjectFeedbackConfirmed: lambda item, e: {"status": S.CONFIRMED, "confirmed_by": e.by},
    ProjectFeedbackReopened: lambda item, e: {
        "status": S.RAISED,
        "objection": e.reason,
        "owes": R.PROJECT_LEAD.value,
    },
    ProjectFeedbackTransferred: lambda item, e: {"status": S.TRANSFERRED, "target": e.target, "owes": None},
    ProjectFeedbackWithdrawn: lambda item, e: {"status": S.WITHDRAWN, "owes": None},
}


def _withdraw(record: str, item: Item, given: HandOver) -> WithdrawFeedback:
    return WithdrawFeedback(id=record, by=SYSTEM, item=item.key, reason=given.reason, to=given.to)


FEEDBACK = Region(
    FEEDBACK_WORKFLOW,
    Feedback,
    _FOLD,
    propose={RaiseFeedback: _raised, ResolveFeedback: _resolved, TransferFeedback: _transferred},
    ends=_withdraw,
)


# --- what follows, and figures ---------------------------------------------------------------------------------------


_SHOWN = 200  # of a project's title, where it stands in the title of a case


def create_case(
    states: tuple[JointProject, JointProject], event: ProjectFeedbackTransferred, context: Context
) -> Iterator[Command]:
    """Exactly one new case, whose reporter is whoever raised the feedback; the project waits for it."""
    project, command = states[1], context.command
    assert isinstance(command, TransferFeedback)
    assert event.target is not None, "the rule conversion_target_is_named saw to it"
    item: Feedback = project.item("feedback", event.item)
    opens = context.deciders["case"].opens
    assert opens is not None, "the rule conversion_target_is_named saw to it"
    raiser = item.unit or item.by
    case = opens(event.target, project, command)
    yield case.changed(
        title=command.title or f"{project.title_line[:_SHOWN]}: {item.about}",
        reporter=raiser,
        description=command.description,
        source=f"feedback:{project.id}:{item.key}",
    )
    yield AddLink(id=project.id, by=SYSTEM, other=event.target, kind=LinkKind.SPAWNED, awaited=True)


class FeedbackFigures(NamedTuple):
    """How the feedback on a project was answered: each count is of pieces of feedback.

    `raised` = answered + open + transferred + withdrawn. `in_time` counts the answered of which no answer, those before
    a reopening among them, came after it was due.
    """

    raised: int
    answered: int
    in_time: int
    confirmed: int
    open: int
    transferred: int
    withdrawn: int


def feedback_figures(project: JointProject) -> FeedbackFigures:
    """The figures of all feedback on a project, as it stands."""
    items: list[Feedback] = list(project.items_of("feedback").values())
    answered = [each for each in items if each.answer is not None]

    def standing(status: FeedbackStatus) -> int:
        return sum(each.status == status for each in items)

    return FeedbackFigures(
        raised=len(items),
        answered=len(answered),
        in_time=sum(not any(answer.late for answer in each.answers) for each in answered),
        confirmed=standing(S.CONFIRMED),
        open=standing(S.RAISED),
        transferred=standing(S.TRANSFERRED),
        withdrawn=standing(S.WITHDRAWN),
    )
