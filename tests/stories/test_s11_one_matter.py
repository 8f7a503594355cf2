"""S11 下围村 一事一议: one matter, one vote; two thirds of 276 households are 184; a levy is filed above first."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Role
from govflow.policy import Policy
from govflow.proposals import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.support import SecondProposal
from govflow.voting import Ballot, Voter
from tests.proposals.hall import (
    VILLAGE,
    Hall,
    a_policy,
    body,
    chair,
    committee,
    district,
    member,
    office,
    town,
    wang,
)

M: dict[str, Any] = {"id": "m"}
ADULTS, HOUSEHOLDS = 960, 276
# 000 gives 276 households and 1,245 people; how many of them are adults, and who lives where, is invented
ROLL = tuple(Voter(id=f"v-{number}", household=f"h-{number % HOUSEHOLDS}") for number in range(ADULTS))


def without_support() -> Policy:
    """The policy with the village's tracks as they are, but for the supporters: this story is about the vote."""
    policy = a_policy()
    ours = tuple(each.changed(support=()) for each in policy.procedures)
    return a_policy("one-matter", procedures=ours)


def the_vote(hall: Hall) -> None:
    """Announced ten days ahead, with everybody on the roll."""
    hall.do(hall.announcement(days=11))
    hall.do(*(c.EnrolVoters(**M, by=chair, voters=ROLL[start : start + 500]) for start in (0, 500)))
    hall.on_to("voting")


def votes(hall: Hall, count: int, in_favour: int) -> None:
    """One voter of each of so many households comes."""
    hall.engine.handle_all(
        [
            c.CastBallot(
                **M,
                by=Actor.of(each.id, Role.VOTER),
                ballot=Ballot(choice=("yes",) if place < in_favour else ("no",)),
            )
            for place, each in enumerate(ROLL[:count])
        ]
    )
    hall.clock.set(hall.get().vote.closes_at)
    hall.wait(seconds=1)


def a_village(track: str = "villagers_motion") -> Hall:
    """A matter of the village, deliberated on, about to be announced."""
    hall = Hall(policy=without_support())
    hall.motion("deliberating", title="The old school", text="Becomes a hall", area=VILLAGE, track=track, supporters=())
    return hall


def test_one_proposal_is_one_matter():
    hall = Hall(policy=without_support())
    both = c.DraftProposal(**M, by=wang, title="The school and the road", text="Both", area=VILLAGE, subjects=2)
    assert hall.refused(both) == ("subject_is_single",)
    assert hall.lacks(both) == ["it has 2 subjects: one matter, one proposal"]

    # what was written as one and is two is split: each is voted on by itself
    hall.do(both.changed(subjects=1))
    hall.on_to("screening")
    parts = ({"title": "The road", "text": "Is paved", "subject": "the road"},)
    split = c.SplitProposal(**M, by=office, subject="the school", parts=parts)
    hall.do(split)
    (link,) = hall.get().items_of("link").values()
    road = hall.get(link.other)
    assert (hall.get().subject, road.subject, road.status) == ("the school", "the road", "draft")
    assert road.item("link", "spawned_by.m").other == "m"


@pytest.mark.parametrize(("households", "status"), [(184, "adopted"), (183, "inquorate")])
def test_184_of_276_households_are_two_thirds_and_183_are_not(households: int, status: str):
    hall = a_village()
    the_vote(hall)
    votes(hall, households, in_favour=households)
    tally = hall.get().vote.tally
    assert (tally.entitled.persons, tally.entitled.households) == (ADULTS, HOUSEHOLDS)
    assert (tally.present.persons, tally.present.households) == (households, households)
    assert hall.get().status == status  # 184 persons are far from half of 960: the households decide
    assert hall.replayed() == hall.get()


def test_half_the_adults_are_enough_though_few_households_come_and_exactly_half_are_not():
    for count, status in ((481, "adopted"), (480, "inquorate")):
        hall = a_village()
        hall.do(hall.announcement(days=11))
        crowded = [Voter(id=each.id, household=f"h-{place // 5}") for place, each in enumerate(ROLL)]  # 192 households
        hall.do(*(c.EnrolVoters(**M, by=chair, voters=tuple(crowded[start : start + 500])) for start in (0, 500)))
        hall.on_to("voting")
        votes(hall, count, in_favour=count)
        assert hall.get().status == status


def test_two_of_one_household_are_two_votes_and_one_household():
    hall = a_village()
    the_vote(hall)
    votes(hall, HOUSEHOLDS + 24, in_favour=200)
    tally = hall.get().vote.tally
    assert (tally.present.persons, tally.present.households) == (300, 276)
    assert hall.get().status == "adopted"  # 200 of 300


def test_the_notice_of_a_village_meeting_is_ten_days():
    hall = a_village()
    assert hall.refused(hall.announcement(days=9)) == ("notice_is_long_enough",)
    hall.do(hall.announcement(days=11))
    assert hall.refused(c.OpenVote(**M, by=chair)) == ("electorate_is_frozen", "notice_has_elapsed")


def test_a_tenth_of_the_villagers_or_a_third_of_the_representatives_bring_a_matter_up():
    hall = Hall()
    said = {"title": "The old school", "text": "Becomes a hall", "area": VILLAGE, "track": "villagers_motion"}
    hall.do(c.DraftProposal(**M, by=wang, **said))
    submit = c.SubmitProposal(**M, by=wang)
    assert hall.lacks(submit) == ["villager: 0 of 96", "representative: 0 of 10"]
    assembly = [member(f"v-{number}", "assembly") for number in range(96)]
    hall.do(*(SecondProposal(**M, by=each, capacity="villager") for each in assembly[:95]))
    assert hall.lacks(submit) == ["villager: 95 of 96", "representative: 0 of 10"]
    hall.do(SecondProposal(**M, by=assembly[95], capacity="villager"))
    assert hall.do(submit).status == "submitted"


def a_levy_adopted() -> tuple[Hall, c.PublishResolution]:
    """A levy that the village has voted for, and what is to be published of it."""
    hall = a_village("levy")
    hall.do(hall.stage_passed("committee", 7, by=body("committees")))
    the_vote(hall)
    votes(hall, 184, in_favour=184)
    assert hall.get().status == "adopted"
    return hall, c.PublishResolution(**M, by=committee, public_text="20 yuan a head", implementer="workstation")


def filed(hall: Hall, publish: c.PublishResolution, of: Actor, asks: Role) -> None:
    """Whoever is asked, and nobody else, gives leave for this very publication."""
    asked = hall.do(RequestApproval.of(publish, hall.get(), asks=asks))
    give = GiveApproval(**M, by=of, item=list(asked.items_of("approval"))[-1])
    assert "role_asked_for_is_held" in hall.refused(give.changed(by=committee))
    hall.do(give)


def test_a_levy_is_reviewed_by_the_town_and_filed_with_the_county_before_it_is_published():
    hall, publish = a_levy_adopted()
    assert hall.lacks(publish) == ["town review (by town) is not given", "county filing (by district) is not given"]
    filed(hall, publish, town, Role.TOWN)
    assert hall.lacks(publish) == ["county filing (by district) is not given"]
    filed(hall, publish, district, Role.DISTRICT)
    dearer = c.PublishResolution(**M, by=committee, public_text="25 yuan a head", implementer="workstation")
    assert hall.refused(dearer) == ("filings_are_done",)  # what was filed is what is published
    assert hall.do(publish).status == "published"


def test_a_levy_that_is_voted_on_again_is_filed_again():
    hall, publish = a_levy_adopted()
    filed(hall, publish, town, Role.TOWN)
    filed(hall, publish, district, Role.DISTRICT)
    hall.do(c.VoidVote(**M, by=town, reason_code="wrong_roll", reason="two had moved away"))
    the_vote(hall)
    votes(hall, 200, in_favour=200)
    assert hall.refused(publish) == ("filings_are_done",)


def test_a_filing_holds_for_five_working_days():
    hall, publish = a_levy_adopted()
    filed(hall, publish, town, Role.TOWN)
    filed(hall, publish, district, Role.DISTRICT)
    hall.wait(days=12)
    assert hall.lacks(publish) == ["town review (by town) is not given", "county filing (by district) is not given"]
