"""Yes or no: by people, households and area; secretly; by hands. And what counting refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govflow.errors import InputError
from govflow.policy.procedures import Base, Majority, Method
from govflow.voting import Ballot, HandCount, Turnout, Voter, count, count_hands, count_unlinked, enrolled, entitled
from tests.voting.elections import (
    MORE_THAN_HALF,
    NOBODY,
    OPTIONS,
    SEED,
    ballots_for,
    counted,
    presence,
    quorum,
    roll_of,
    rolls,
    rule,
    said,
)

YES, NO, NEITHER = Ballot(choice=("yes",)), Ballot(choice=("no",)), Ballot()


def of_homes(*homes: str | None):
    return enrolled(NOBODY, (Voter(id=f"v{place}", household=home) for place, home in enumerate(homes)))


@pytest.mark.parametrize(
    ("ballots", "side"),
    [
        ([YES, YES, NO], "yes"),
        ([YES, NO, NO], "no"),
        ([YES, NO], "abstained"),
        ([YES, NEITHER, NEITHER], "yes"),  # more of its ballots for yes than for no
        ([NEITHER], "abstained"),
    ],
)
def test_a_household_is_for_the_side_that_has_more_of_its_ballots(ballots, side):
    tally = counted(ballots, rule(), roll=of_homes("a", "a", "a", "b"))
    sides = {name: getattr(tally, name).households for name in ("yes", "no", "abstained")}
    assert sides == {"yes": 0, "no": 0, "abstained": 0} | {side: 1}
    assert (tally.present.households, tally.entitled.households) == (1, 2)


def test_households_decide_where_the_rule_asks_them():
    roll = of_homes("a", "a", "a", "b", "c")
    by_homes = quorum(Majority(base=Base.HOUSEHOLDS, share=MORE_THAN_HALF))
    ballots = [YES, YES, YES, NO, NO]
    assert counted(ballots, rule(), roll=roll).carried
    assert not counted(ballots, rule(), under=by_homes, roll=roll).carried


def test_who_has_no_household_is_a_person_and_no_household():
    tally = counted([YES, YES], rule(), roll=of_homes(None, "a"))
    assert (tally.present.persons, tally.present.households, tally.yes.households) == (2, 1, 1)


@given(rolls(), st.data())
def test_every_base_is_what_a_plain_count_finds(roll, data):
    ids = data.draw(st.lists(st.sampled_from(sorted(roll)), unique=True))
    ballots = [data.draw(ballots_for(Method.YES_NO, ())) for _ in ids]
    tally = count(rule(), quorum(), (), entitled(roll), zip(map(roll.__getitem__, ids), ballots, strict=True))
    word = {id: (ballot.choice or ("abstain",))[0] for id, ballot in zip(ids, ballots, strict=True)}
    for name, side in (("yes", "yes"), ("no", "no"), ("abstained", "abstain")):
        found = getattr(tally, name)
        assert found.persons == sum(each == side for each in word.values())
        assert found.area == sum(roll[id].area for id in ids if word[id] == side)
    homes = {roll[id].household for id in ids} - {None}
    words_of = {home: [word[id] for id in ids if roll[id].household == home] for home in homes}
    assert tally.yes.households == sum(words.count("yes") > words.count("no") for words in words_of.values())
    assert tally.no.households == sum(words.count("yes") < words.count("no") for words in words_of.values())
    assert tally.abstained.households == len(homes) - tally.yes.households - tally.no.households
    assert tally.present == Turnout(persons=len(ids), households=len(homes), area=sum(roll[id].area for id in ids))


@given(st.sampled_from(Method), st.data())
def test_the_order_of_ballots_does_not_matter(method, data):
    options = () if method is Method.YES_NO else OPTIONS
    ballots = data.draw(st.lists(ballots_for(method, options), max_size=12))
    by = rule(method, tie=data.draw(st.sampled_from(["fails", "listed_first", "lot"])))
    mixed = data.draw(st.permutations(ballots))
    assert counted(ballots, by, options, seed=SEED) == counted(mixed, by, options, seed=SEED)


# --- secret ----------------------------------------------------------------------------------------------------------


@given(st.sampled_from(Method), st.data())
def test_secret_ballots_come_to_what_open_ones_would(method, data):
    options = () if method is Method.YES_NO else OPTIONS
    ballots = data.draw(st.lists(ballots_for(method, options), max_size=12))
    by, under = rule(method, tie="lot"), quorum(presence=[[presence(MORE_THAN_HALF)]])
    roll = roll_of(15)
    there = Turnout(persons=len(ballots))
    secret = count_unlinked(by, under, options, entitled(roll), there, ballots, seed=SEED)
    assert secret == counted(ballots, by, options, under, roll, seed=SEED)


def test_a_quorum_of_households_stands_on_the_marks_of_who_took_part():
    under = quorum(presence=[[presence(MORE_THAN_HALF, "households")]])
    there = Turnout(persons=2, households=2)
    tally = count_unlinked(rule(form="secret"), under, (), Turnout(persons=3, households=3), there, [YES, YES])
    assert tally.quorate
    assert tally.carried


def test_who_took_part_and_left_no_ballot_is_present_all_the_same():
    tally = count_unlinked(rule(form="secret"), quorum(), (), Turnout(persons=9), Turnout(persons=4), [YES, YES])
    assert (tally.present.persons, tally.yes.persons, tally.abstained.persons, tally.carried) == (4, 2, 0, False)


@pytest.mark.parametrize("base", [Base.HOUSEHOLDS, Base.AREA])
def test_secret_ballots_cannot_decide_by_what_they_are_not_linked_to(base):
    under = quorum(Majority(base=base, share=MORE_THAN_HALF))
    with pytest.raises(InputError, match=f"a secret ballot cannot decide by {base}"):
        count_unlinked(rule(form="secret"), under, (), Turnout(persons=9), Turnout(persons=4), [YES])


def test_more_secret_ballots_than_people_are_refused():
    with pytest.raises(InputError, match="2 ballots of 1 who took part"):
        count_unlinked(rule(form="secret"), quorum(), (), Turnout(persons=9), Turnout(persons=1), [YES, NO])


# --- hands -----------------------------------------------------------------------------------------------------------


def test_hands_must_add_up_on_every_base():
    with pytest.raises(ValidationError, match="yes, no and abstained persons do not make up those present"):
        HandCount(present=Turnout(persons=3), yes=Turnout(persons=2))
    with pytest.raises(ValidationError, match="yes, no and abstained households do not make up those present"):
        HandCount(present=Turnout(persons=2, households=1), yes=Turnout(persons=2))


def test_hands_are_judged_like_ballots():
    hands = HandCount(
        present=Turnout(persons=41),
        yes=Turnout(persons=25),
        no=Turnout(persons=10),
        abstained=Turnout(persons=6),
    )
    by_hands = count_hands(rule(form="hands"), quorum(), Turnout(persons=60), hands)
    assert by_hands == counted(said((25, ["yes"]), (10, ["no"]), (6, [])), rule(), roll=roll_of(60))


# --- what is refused -------------------------------------------------------------------------------------------------


def test_more_present_than_entitled_are_refused():
    hands = HandCount(present=Turnout(persons=3), yes=Turnout(persons=3))
    with pytest.raises(InputError, match="more persons took part than are entitled: 3 of 2") as refused:
        count_hands(rule(form="hands"), quorum(), Turnout(persons=2), hands)
    assert getattr(refused.value.what, "zh", "") == "参加表决者超出名册: 3/2(persons)"


def test_a_ballot_that_is_not_by_the_rule_is_refused_with_its_place():
    with pytest.raises(InputError, match="ballot 2: it says one of yes, no, abstain"):
        counted([YES, Ballot(choice=("maybe",))], rule())


@pytest.mark.parametrize("options", [(), ("roof", "roof")])
def test_a_choice_needs_options_each_once(options):
    with pytest.raises(InputError, match="there is no option, or one stands twice"):
        counted([NEITHER], rule("approval"), options)
