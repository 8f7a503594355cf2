"""Quorum and majority: every boundary counted anew with fractions, and said in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.policy.practice import Share
from govflow.policy.procedures import Among, Base, Majority
from govflow.voting import HandCount, Turnout, Voter, count_hands, enrolled, entitled
from govflow.voting.findings import least
from tests.voting.elections import (
    HALF,
    MORE_THAN_HALF,
    NOBODY,
    THREE_QUARTERS,
    TWO_THIRDS,
    counted,
    presence,
    quorum,
    roll_of,
    rule,
    said,
)


def hands(yes: int, no: int = 0, abstained: int = 0) -> HandCount:
    of = [Turnout(persons=number) for number in (yes + no + abstained, yes, no, abstained)]
    return HandCount(present=of[0], yes=of[1], no=of[2], abstained=of[3])


HANDS = rule(form="hands")


@pytest.mark.parametrize(
    ("share", "part", "whole", "reaches"),
    [
        (TWO_THIRDS, 184, 276, True),
        (TWO_THIRDS, 183, 276, False),
        (TWO_THIRDS, 36, 53, True),
        (TWO_THIRDS, 35, 53, False),
        (TWO_THIRDS, 40, 60, True),
        (TWO_THIRDS, 39, 60, False),
        (MORE_THAN_HALF, 27, 53, True),
        (MORE_THAN_HALF, 26, 53, False),
        (HALF, 30, 60, True),  # 以上: equality passes
        (MORE_THAN_HALF, 30, 60, False),  # 过半数: equality fails
    ],
)
def test_so_many_households_reach_the_quorum_or_do_not(share, part, whole, reaches):
    homes = enrolled(NOBODY, (Voter(id=f"v{place}", household=f"h{place}") for place in range(whole)))
    under = quorum(presence=[[presence(share, "households")]])
    tally = counted(said((part, ["yes"])), rule(), under=under, roll=homes)
    assert tally.present.households == part
    assert (tally.quorate, tally.carried) == (reaches, reaches)


@given(st.integers(1, 400), st.data())
def test_the_number_stated_is_the_smallest_that_reaches(whole, data):
    denominator = data.draw(st.integers(1, 12))
    inclusive = data.draw(st.booleans())
    numerator = data.draw(st.integers(0, denominator - (not inclusive)))
    share = Share(numerator=numerator, denominator=denominator, inclusive=inclusive)
    asked = Fraction(numerator, denominator)
    reaching = [
        part
        for part in range(whole + 1)
        if (Fraction(part, whole) >= asked if inclusive else Fraction(part, whole) > asked)
    ]
    assert least(share, whole) == reaching[0]
    assert [part for part in range(whole + 1) if share.reached(part, whole)] == reaching


def test_nothing_is_a_share_of_nobody():
    assert least(HALF, 0) is None
    tally = counted([], rule(), under=quorum(presence=[[presence(Share(numerator=0, denominator=1))]]))
    assert not tally.quorate
    assert tally.why[0].en == "persons present 0 of 0, at least 0/1 asked: not met"


def test_forty_one_of_sixty_decide_by_twenty_five():
    under = quorum(presence=[[presence(TWO_THIRDS)]])
    ballots = said((25, ["yes"]), (10, ["no"]), (6, []))
    tally = counted(ballots, rule(), under=under, roll=roll_of(60))
    assert tally.quorate
    assert tally.carried
    assert [each.en for each in tally.why] == [
        "persons present 41 of 60, at least 2/3 asked (40): met",
        "persons in favour 25 of 41 present, more than 1/2 asked (21): met",
    ]
    assert [each.zh for each in tally.why] == [
        "到会人数 41/60,须达 2/3 以上(40):达到",
        "赞成人数 25/41(实到),须过半数(21):达到",
    ]


def test_thirty_nine_of_sixty_are_too_few_whatever_they_say():
    under = quorum(presence=[[presence(TWO_THIRDS)]])
    tally = counted(said((39, ["yes"])), rule(), under=under, roll=roll_of(60))
    assert not tally.quorate
    assert not tally.carried
    assert tally.why[0].en == "persons present 39 of 60, at least 2/3 asked (40): not met"
    assert tally.why[0].zh == "到会人数 39/60,须达 2/3 以上(40):未达"


def test_the_words_of_a_share_other_than_half():
    under = quorum(Majority(share=Share(numerator=2, denominator=3, inclusive=False), among=Among.VOTING))
    tally = counted(said((4, ["yes"]), (2, ["no"])), rule(), under=under)
    assert tally.why[0].en == "persons in favour 4 of 6 for or against, more than 2/3 asked (5): not met"
    assert tally.why[0].zh == "赞成人数 4/6(赞成与反对之和),须超过 2/3(5):未达"


@pytest.mark.parametrize(("villagers", "households", "quorate"), [(6, 1, True), (5, 3, False), (4, 4, True)])
def test_any_one_alternative_makes_a_quorum(villagers, households, quorate):
    """村民会议: more than half of the villagers, or two thirds of the households (here 10 of 5, and 6)."""
    spread = ["h0"] * (villagers - households + 1) + [f"h{place}" for place in range(1, households)]
    rest = [f"h{place % 6}" for place in range(10 - villagers)]
    homes = [*spread, *rest, "h1", "h2", "h3", "h4", "h5"][:10]
    everybody = enrolled(NOBODY, (Voter(id=f"v{place:02}", household=home) for place, home in enumerate(homes)))
    under = quorum(presence=[[presence(MORE_THAN_HALF)], [presence(TWO_THIRDS, "households")]])
    tally = counted(said((villagers, ["yes"])), rule(), under=under, roll=everybody)
    homes_there, all_homes = len(set(homes[:villagers])), len(set(homes))
    assert quorate is (2 * villagers > 10 or 3 * homes_there >= 2 * all_homes)
    assert tally.quorate is quorate
    assert [line.en.split()[0] for line in tally.why[:2]] == ["persons", "or:"]


def owners(areas: list[int]):
    return enrolled(NOBODY, (Voter(id=f"v{place:02}", area=area) for place, area in enumerate(areas)))


@pytest.mark.parametrize("yes", range(13))
@pytest.mark.parametrize("big", [100, 30_000])
def test_owners_decide_by_three_quarters_of_area_and_of_number_of_those_taking_part(yes, big):
    """民法典 §278: two thirds of both must take part, and three quarters of both say yes to the graver matters."""
    roll = owners([big] + [100] * 14)
    part = [Majority(base=base, share=THREE_QUARTERS) for base in (Base.AREA, Base.PERSONS)]
    under = quorum(*part, presence=[[presence(TWO_THIRDS, "area"), presence(TWO_THIRDS)]])
    tally = counted(said((yes, ["yes"]), (12 - yes, ["no"])), rule(), under=under, roll=roll)

    area_there, area = big + 11 * 100, big + 14 * 100
    area_for = big * (yes > 0) + 100 * max(0, yes - 1)
    assert tally.quorate is (Fraction(12, 15) >= Fraction(2, 3) and Fraction(area_there, area) >= Fraction(2, 3))
    assert tally.carried is (
        tally.quorate and Fraction(yes, 12) >= Fraction(3, 4) and Fraction(area_for, area_there) >= Fraction(3, 4)
    )


def test_area_is_told_in_square_metres():
    under = quorum(presence=[[presence(TWO_THIRDS), presence(TWO_THIRDS, "area")]])
    tally = counted(said((2, ["yes"])), rule(), under=under, roll=owners([8950, 10_005, 9000]))
    assert tally.why[1].en == "and: area present 189.55 of 279.55 m², at least 2/3 asked (186.37): met"
    assert tally.why[1].zh == "且:参与表决面积 189.55/279.55 平方米,须达 2/3 以上(186.37):达到"


@pytest.mark.parametrize(("among", "carried"), [(Among.ENTITLED, False), (Among.PRESENT, False), (Among.VOTING, True)])
def test_who_abstains_is_present_and_not_in_favour(among, carried):
    under = quorum(Majority(share=MORE_THAN_HALF, among=among))
    tally = count_hands(HANDS, under, Turnout(persons=20), hands(yes=5, no=4, abstained=1))
    assert tally.abstained.persons == 1
    assert tally.carried is carried


def test_every_majority_must_hold():
    both = quorum(Majority(share=HALF), Majority(share=HALF, among=Among.ENTITLED))
    assert not count_hands(HANDS, both, Turnout(persons=21), hands(yes=10)).carried
    assert count_hands(HANDS, both, Turnout(persons=20), hands(yes=10)).carried


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_one_more_abstention_never_lowers_presence(yes, no, abstained):
    under = quorum(presence=[[presence(TWO_THIRDS)]])
    before, after = (
        counted(said((yes, ["yes"]), (no, ["no"]), (more, [])), rule(), under=under, roll=roll_of(91))
        for more in (abstained, abstained + 1)
    )
    assert after.present.persons == before.present.persons + 1
    assert after.quorate or not before.quorate
    assert before.carried or not after.carried or (after.quorate and not before.quorate)
    assert entitled(roll_of(91)) == after.entitled
