"""Each rule of each row of the project's table, broken by a command that breaks nothing else, and kept when mended."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from govflow import Command, NotAllowed
from govflow.projects import PROJECT, JointProject
from govflow.workflow import Step
from tests.projects import breaks_approval, breaks_need, breaks_regions, breaks_result
from tests.projects.breaking import Break, shown
from tests.projects.breaks_approval import PROGRESS
from tests.projects.breaks_need import LIST, SPLIT
from tests.projects.breaks_result import ARCHIVE
from tests.projects.steps import POLICY, a_project, a_yard
from tests.projects.yard import Yard
from tests.regions.standing import an_item
from tests.support import a_context

BREAKS = [*breaks_need.BREAKS, *breaks_approval.BREAKS, *breaks_result.BREAKS, *breaks_regions.BREAKS]
OWN = ("claim", "budget", "expense", "milestone", "feedback")

# Of the rows of one command each says what the other denies: what comes of it tells which was taken.
TOLD_APART = {
    ("J05", "claim_is_the_last"): "the need stays claimed then, by J29",
    ("J29", "other_claims_are_left"): "the need goes back on the list then, by J05",
}
# What another row has seen to before; the rule itself is shown below.
SEEN_TO = {
    ("J02", "matter_is_described"): "J01 and JX05 leave no need without its title",
    ("J11", "spending_is_within_budget"): "EX01 and BU03 let no line be overspent",
    ("J22", "evaluation_weights_sum_to_one"): "a policy with other weights is refused as a whole",
    ("J25", "no_window_is_running"): "no row of a project opens a remedy window",
    ("J25", "no_loop_is_open"): "every row that leads to rest ends what is open, and nothing is begun at rest",
    ("EX02", "accounts_of_its_line_are_open"): "BU04 and BU05 close and free no line while a voucher is unchecked",
    ("J41", "links_make_no_cycle"): "each part is a new record: no chain leads from it to anything",
}


@pytest.mark.parametrize("each", BREAKS, ids=[f"{each.row}-{each.sentence}" for each in BREAKS])
def test_that(each: Break):
    shown(each)


def rules_of(*steps: Step) -> set[tuple[str, str]]:
    return {(step.id, rule.code) for step in steps for rule in step.rules}


def test_every_rule_of_every_row_is_broken_by_a_test():
    broken = {(each.row, code) for each in BREAKS for code in each.codes}
    beside = {step for name in OWN for step in PROJECT.regions[name].workflow.steps}
    riding = {step for step in beside if step.rides}
    known = broken | TOLD_APART.keys() | SEEN_TO.keys()
    assert rules_of(*PROJECT.workflow.steps, *(beside - riding)) == known
    assert broken.isdisjoint(TOLD_APART.keys() | SEEN_TO.keys())
    for step in riding:
        assert all(any((row, rule.code) in known for row in step.rides) for rule in step.rules), step.id


def against(yard: Yard, project: JointProject, command: Command) -> tuple[str, ...]:
    """What stands against a command on a state that no row leads to."""
    world: Any = yard
    with pytest.raises(NotAllowed) as caught:
        PROJECT.decide(project, command, a_context(world, command))
    return caught.value.codes


def test_a_need_without_a_title_would_not_be_listed():
    yard = a_yard()
    assert against(yard, a_project(yard).changed(title=""), LIST) == ("matter_is_described",)


def test_progress_would_not_be_reported_while_a_line_is_overspent():
    yard = a_yard()
    project = a_project(yard, "in_progress")
    spent = an_item(PROJECT.regions["expense"], "recorded", line="roof", amount=99_999_00)
    overspent = project.changed(items={**project.items, "expense": {"k": spent}})
    assert against(yard, overspent, PROGRESS) == ("spending_is_within_budget",)


def test_a_voucher_of_a_closed_line_would_not_be_verified():
    yard = a_yard()
    a_project(yard, "delivered")
    project: JointProject = yard.do(breaks_regions.CLOSE)
    late = an_item(PROJECT.regions["expense"], "recorded", line="roof")
    with_it = project.changed(items={**project.items, "expense": {"v1": late.changed(key="v1")}})
    assert against(yard, with_it, breaks_result.CHECKED) == ("accounts_of_its_line_are_open",)


def test_no_plan_is_read_whose_weights_do_not_sum_to_one():
    plan = POLICY.evaluation_plans[0]
    uneven = plan.changed(sources=plan.sources[:2])
    with pytest.raises(ValidationError, match="50 per cent"):
        POLICY.changed(evaluation_plans=(uneven, *POLICY.evaluation_plans[1:]))


def test_what_owes_something_would_not_be_archived():
    yard = a_yard()
    project = a_project(yard, "cancelled")
    owed = an_item(PROJECT.regions["obligation"], "scheduled")
    items = {**project.items, "obligation": {"k": owed}}
    assert against(yard, project.changed(items=items), ARCHIVE) == ("no_loop_is_open",)


def test_nothing_that_owes_something_is_begun_at_rest():
    for status in (status for status in PROJECT.workflow.rests if status not in PROJECT.active):
        yard = a_yard()
        a_project(yard, status)
        assert yard.refused(breaks_result.VISIT) == ("step_is_in_the_table",)


def test_a_split_makes_new_records_that_nothing_leads_back_from():
    yard = a_yard()
    a_project(yard, "proposed")
    yard.do(SPLIT)
    (key,) = (each for each in yard.get().items_of("link"))
    part = yard.get(yard.get().item("link", key).other)
    assert (part.title, part.status, part.source) == ("A rail", "proposed", "x")
