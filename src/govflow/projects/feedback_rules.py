"""Rules of feedback on works: what is said of it in the open, who answers it, who says that it was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from govflow.actors import Role, is_built_in
from govflow.context import Context
from govflow.errors import Detail
from govflow.projects.feedback_model import Feedback
from govflow.projects.milestone_rules import acting, is_called_to_judge
from govflow.projects.model import JointProject
from govflow.rules import decided_by_another
from govflow.workflow import rule


@rule("意见类别与内容已明", "M114", needs="concerns text")
def feedback_says_something(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """What it concerns is named in the clear, and it has a text of its own."""
    if event.concerns is None:
        yield Detail("what it concerns is not named", "未注明意见类别")
    if event.text is None:
        yield Detail("it has no text", "缺意见内容")


@rule("答复人非意见提出人", "M090")
def answered_by_another_than_its_raiser(project: JointProject, event: Any, context: Context) -> bool:
    """Nobody answers what they, or their unit, have raised themselves."""
    item = context.item
    assert isinstance(item, Feedback)
    return item.people().isdisjoint(acting(event, context))


def _another_than_who_answered(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Who raised it may well confirm it: those who served are the ones who answered, and the units they act for."""
    item = context.item
    assert isinstance(item, Feedback)
    for name in sorted(
        acting(event, context) & {hand for answer in item.answers for hand in (answer.by, *answer.units)}
    ):
        yield Detail(f"{name} has answered it", f"{name} 为答复方")


confirmed_by_another = replace(decided_by_another, check=_another_than_who_answered)
"""What `decided_by_another` means of feedback: its answer is not confirmed by who gave it."""


def _is_the_raisers(event: Any, context: Context) -> bool:
    item = context.item
    assert isinstance(item, Feedback)
    return any(item.was_raised_by(claim, event.by) for claim in context.claims)


@rule("由提出人或监督员作出", "M113, M114")
def raiser_or_supervisor_says_so(project: JointProject, event: Any, context: Context) -> bool:
    """Whether an answer does is said by whoever raised the feedback, a supervisor, or a dedicated one."""
    return _is_the_raisers(event, context) or is_called_to_judge(project, event, context, Role.SUPERVISOR)


@rule("由意见提出人撤回", "design")
def raiser_takes_it_back(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever raised it takes it back, for the unit it was raised for; or the project leaves."""
    return is_built_in(context.actor) or _is_the_raisers(event, context)
