"""业主共同决定 (民法典 §278): two bases, area and number; both must be there and both must say yes."""

from __future__ import annotations

from typing import Any

import pytest

from govflow.policy import DEFAULT_POLICY
from govflow.proposals import commands as c
from govflow.voting import Ballot, Voter
from tests.proposals.hall import Hall, chair, paper, voter

M: dict[str, Any] = {"id": "m"}
# nine owners: v-0 has a shop of 400 m², the others flats of 100 m² each; areas are given in dm²
AREAS = (40_000, *[10_000] * 8)
SHOP, FLATS = "v-0", [f"v-{number}" for number in range(1, 9)]


def the_vote(track: str, areas: Any = AREAS) -> Hall:
    """An owners' decision about the roof, open for ballots."""
    policy = DEFAULT_POLICY
    hall = Hall(policy=policy)
    hall.motion("deliberating", supporters=(), title="The roof", text="The roof is mended", track=track)
    roll = tuple(Voter(id=f"v-{number}", area=area) for number, area in enumerate(areas))
    hall.do(hall.announcement(days=4), c.EnrolVoters(**M, by=chair, voters=roll))
    return hall.on_to("voting")


def outcome(hall: Hall, yes: list[str], no: list[str] = [], abstain: list[str] = []) -> str:  # noqa: B006
    for said, voters in (("yes", yes), ("no", no), ("abstain", abstain)):
        hall.do(*(c.CastBallot(**M, by=voter(id), ballot=Ballot(choice=(said,))) for id in voters))
    hall.wait(days=3)
    assert hall.replayed() == hall.get()
    return str(hall.get().status)


def missed(hall: Hall) -> list[str]:
    """The bases on which it was missed."""
    missed = [each.en.removeprefix("and: ") for each in hall.get().vote.tally.why if not each.met]
    return sorted(each.split()[0] for each in missed)


def test_two_thirds_of_the_owners_with_two_thirds_of_the_area_must_take_part():
    # six of nine are two thirds of the number; with the shop they have 900 of 1200 m²
    assert outcome(the_vote("owners"), [SHOP, *FLATS[:5]]) == "adopted"
    # six flats are enough owners, and 600 of 1200 m² not enough area
    hall = the_vote("owners")
    assert outcome(hall, FLATS[:6]) == "inquorate"
    assert missed(hall) == ["area"]
    # eight flats have exactly two thirds of the area: 以上 counts the boundary in
    assert outcome(the_vote("owners"), FLATS) == "adopted"
    # five owners are too few, whatever they have
    hall = the_vote("owners")
    assert outcome(hall, [SHOP, *FLATS[:4]]) == "inquorate"
    assert missed(hall) == ["persons"]


def test_more_than_half_of_the_area_and_of_the_number_of_those_who_take_part_must_say_yes():
    # all there, 1200 m²: five of nine are more than half; without the shop they have 500 of 1200 m²
    hall = the_vote("owners")
    assert outcome(hall, FLATS[:5], [SHOP, *FLATS[5:]]) == "not_adopted"
    assert missed(hall) == ["area"]
    # the shop and two flats have half the area, which is not more than half, and too few heads
    hall = the_vote("owners")
    assert outcome(hall, [SHOP, *FLATS[:2]], FLATS[2:]) == "not_adopted"
    assert missed(hall) == ["area", "persons"]
    assert outcome(the_vote("owners"), [SHOP, *FLATS[:4]], FLATS[4:]) == "adopted"  # 5 of 9, 800 of 1200


def test_half_is_not_more_than_half_on_either_base():
    eight = [10_000] * 8
    hall = the_vote("owners", eight)
    assert outcome(hall, ["v-0", "v-1", "v-2", "v-3"], ["v-4", "v-5", "v-6", "v-7"]) == "not_adopted"
    assert missed(hall) == ["area", "persons"]
    uneven = [10_001, *[10_000] * 6, 9_999]
    hall = the_vote("owners", uneven)  # one dm² more than half of the area, half of the heads
    assert outcome(hall, ["v-0", "v-1", "v-2", "v-3"], ["v-4", "v-5", "v-6", "v-7"]) == "not_adopted"
    assert missed(hall) == ["persons"]


def test_who_abstains_takes_part_and_does_not_say_yes():
    assert outcome(the_vote("owners"), [SHOP, *FLATS[:3]], [], FLATS[3:]) == "not_adopted"  # 4 of 9 heads


@pytest.mark.parametrize(
    ("yes", "status", "lacking"),
    [
        (9, "adopted", []),  # nine of twelve owners and 900 of 1200 m²: three quarters exactly, 以上
        (8, "not_adopted", ["area", "persons"]),
    ],
)
def test_items_six_to_eight_need_three_quarters_on_both_bases(yes: int, status: str, lacking: list[str]):
    hall = the_vote("owners_major", [10_000] * 12)
    voters = [f"v-{number}" for number in range(12)]
    assert outcome(hall, voters[:yes], voters[yes:]) == status
    assert missed(hall) == lacking


def test_three_quarters_of_the_heads_without_three_quarters_of_the_area_are_not_enough():
    hall = the_vote("owners_major")  # the shop has a third of the area
    assert outcome(hall, FLATS, [SHOP]) == "not_adopted"  # 8 of 9 owners, 800 of 1200 m²
    assert missed(hall) == ["area"]


def test_no_vote_is_opened_while_the_area_of_an_owner_is_not_known():
    hall = Hall(policy=DEFAULT_POLICY)
    hall.motion("deliberating", supporters=(), title="The roof", text="The roof is mended", track="owners")
    roll = (Voter(id="v-0", area=10_000), Voter(id="v-1"))
    hall.do(hall.announcement(days=4), c.EnrolVoters(**M, by=chair, voters=roll))
    hall.wait(days=4, seconds=1)
    assert hall.get().status == "announced"  # the system does not open it either
    assert hall.lacks(c.OpenVote(**M, by=chair)) == ["household or area of v-1 is not known"]
    hall.do(c.EnrolVoters(**M, by=chair, voters=(Voter(id="v-1", area=9_000),)))
    hall.do(c.OpenVote(**M, by=chair))
    assert hall.get().vote.entitled.area == 19_000


def test_an_owner_votes_for_three_others_by_written_authority_and_not_for_a_fourth():
    hall = Hall(policy=DEFAULT_POLICY)
    hall.motion("deliberating", supporters=(), title="The roof", text="The roof is mended", track="owners")
    roll = tuple(Voter(id=f"v-{number}", area=10_000) for number in range(6))
    hall.do(
        hall.announcement(days=4), c.EnrolVoters(**M, by=chair, voters=roll), paper("m", "authority", kind="authority")
    )
    give = [c.GrantProxy(**M, by=voter(f"v-{n}"), voter=f"v-{n}", holder="v-0", paper="authority") for n in range(1, 5)]
    assert hall.refused(give[0].changed(paper="lost")) == ("proxy_may_be_held",)
    hall.do(*give[:3])
    assert hall.refused(give[3]) == ("proxy_may_be_held",)
    hall.on_to("voting")
    yes = Ballot(choice=("yes",))
    hall.do(*(c.CastBallot(**M, by=voter("v-0"), voter=f"v-{n}", ballot=yes) for n in range(4)))
    assert hall.refused(c.CastBallot(**M, by=voter("v-0"), voter="v-4", ballot=yes)) == ("proxy_is_authorised",)
    hall.wait(days=3)
    assert (hall.get().status, hall.get().vote.tally.present.area) == ("adopted", 40_000)
