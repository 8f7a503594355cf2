"""Each rule of each row of the proposal's table, broken by a command that breaks nothing else, and kept when mended."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Command, NotAllowed
from govflow.proposals import PROPOSAL, Proposal
from govflow.proposals import commands as c
from govflow.proposals.model import AppraisalHeld
from tests.proposals import breaks_deliberation, breaks_intake, breaks_result, breaks_vote
from tests.proposals.breaking import Break, shown
from tests.proposals.breaks_intake import OPEN
from tests.proposals.breaks_result import ANSWER, ARCHIVE, BEGIN, NEXT
from tests.proposals.hall import Hall, wang
from tests.proposals.steps import X, a_hall, a_proposal
from tests.regions.standing import an_item
from tests.support import a_context

BREAKS = [*breaks_intake.BREAKS, *breaks_deliberation.BREAKS, *breaks_vote.BREAKS, *breaks_result.BREAKS]

# Of the rows of one command each says what the others deny: what comes of it tells which was taken.
TOLD_APART = {
    ("PX17", "substance_is_changed"): "what changes the wording alone goes by P34, and takes no new time",
    ("P39", "vote_is_the_first"): "a reconvened vote is called off by PX19 then",
    ("PX19", "vote_is_reconvened"): "the first vote is called off by P39 then",
    ("P17", "quorum_is_met"): "it is inquorate then, by P19",
    ("P17", "majority_is_reached"): "it is lost then, by P18",
    ("P18", "quorum_is_met"): "it is inquorate then, by P19",
    ("P18", "majority_is_not_reached"): "it is carried then, by P17",
    ("P19", "quorum_is_not_met"): "it is carried or lost then",
    ("P18", "ballots_can_be_counted"): "what was not counted is not lost: it is refused as P17",
    ("P19", "ballots_can_be_counted"): "what was not counted is not inquorate: it is refused as P17",
}
# What another row has seen to before; but for the last two the rule itself is shown below.
SEEN_TO = {
    ("P02", "subject_is_single"): "P01, P34 and P35 leave no proposal without its subject",
    (
        "P25",
        "implementer_is_not_appraiser",
    ): "nobody appraises before the first works (P29); a remedy goes on with them",
    ("P33", "no_loop_is_open"): "every row that leads to rest ends what is open, and nothing is begun at rest",
    ("P35", "links_make_no_cycle"): "each part is a new record: no chain leads from it to anything",
    ("ST01", "procedure_is_pinned"): "P08 pins it, and no row takes it away",
}


@pytest.mark.parametrize("each", BREAKS, ids=[f"{each.row}-{each.sentence}" for each in BREAKS])
def test_that(each: Break):
    shown(each)


def test_every_rule_of_every_row_is_broken_by_a_test():
    broken = {(each.row, code) for each in BREAKS for code in each.codes}
    asked = {(step.id, rule.code) for step in PROPOSAL.workflow.steps for rule in step.rules}
    beside = {
        (step.id, rule.code)
        for region in ("stage", "vote")
        for step in PROPOSAL.regions[region].workflow.steps
        for rule in step.rules
        if not any((row, rule.code) in broken | TOLD_APART.keys() for row in step.rides)
    }
    assert asked | beside == broken | TOLD_APART.keys() | SEEN_TO.keys()
    assert broken.isdisjoint(TOLD_APART.keys() | SEEN_TO.keys())


def against(hall: Hall, proposal: Proposal, command: Command) -> tuple[str, ...]:
    """What stands against a command on a state that no row leads to."""
    town: Any = hall
    with pytest.raises(NotAllowed) as caught:
        PROPOSAL.decide(proposal, command, a_context(town, command))
    return caught.value.codes


def test_a_proposal_without_a_subject_would_not_be_handed_in():
    hall = a_hall()
    nothing = a_proposal(hall, "draft").changed(subject="")
    assert against(hall, nothing, c.SubmitProposal(**X, by=wang)) == ("subject_is_single",)


def test_a_unit_that_had_appraised_it_would_not_carry_it_out():
    hall = a_hall()
    published = a_proposal(hall, "published", track="yard")
    hall.clock.advance(NEXT[0])
    held = AppraisalHeld(round=0, invited=9, came=9, score=90, unit="workstation")
    assert against(hall, published.changed(appraisals=(held,)), BEGIN) == ("implementer_is_not_appraiser",)


def test_what_owes_something_would_not_be_archived():
    hall = a_hall()
    a_proposal(hall, "rejected")
    answered: Any = hall.do(ANSWER)
    owed = an_item(PROPOSAL.regions["obligation"], "scheduled")
    items = {**answered.items, "obligation": {"k": owed}}
    assert against(hall, answered.changed(items=items), ARCHIVE) == ("no_loop_is_open",)


def test_nothing_that_owes_something_is_begun_at_rest():
    for status in (status for status in PROPOSAL.workflow.rests if status not in PROPOSAL.active):
        hall = a_hall()
        a_proposal(hall, status)
        assert hall.refused(OPEN) == ("step_is_in_the_table",)
