"""Matching: what suits, why and why not; the plan against brute force, in any order, never worse for more."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from govflow.errors import InputError
from govflow.matching import (
    DEFAULT_WEIGHTS,
    Need,
    Offer,
    Pair,
    Plan,
    Unsuited,
    Weights,
    candidates,
    judged,
    plan,
    unsuited,
    why_not,
)
from govflow.regions.contribution import Contribution, PairingScope


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


HERE = "jinniu/chadianzi/huazhaobi"


def a_need(id: str = "n", **said: Any) -> Need:
    named = {"matter": "people", "quantity": 10, "measure_unit": "person-hours", "place": HERE, **said}
    return Need(id=id, **named)


def an_offer(id: str = "o", **said: Any) -> Offer:
    named = {"matter": "people", "free": 10, "measure_unit": "person-hours", "place": HERE, "owner": "bakery", **said}
    return Offer(id=id, **named)


def against(need: Need, offer: Offer) -> list[str]:
    return [reason.code for reason in why_not(need, offer)]


def a_pair(need: Need, offer: Offer) -> Pair:
    found = judged(need, offer)
    assert isinstance(found, Pair)
    return found


# --- what suits ------------------------------------------------------------------------------------------------------


def test_a_pair_that_fits_in_everything_scores_a_hundred_and_says_why_in_two_languages():
    asked: dict[str, Any] = {"skills": ("roofing",), "themes": ("service",), "alliance": "a", "begins": day(2)}
    pair = a_pair(a_need(until=day(9), **asked), an_offer(until=day(9), **asked))
    assert (pair.score, pair.scope, pair.covered) == (100, PairingScope.INTRA_ALLIANCE, 10)
    assert [reason.code for reason in pair.reasons] == list(Weights.model_fields)
    assert [reason.points for reason in pair.reasons] == list(pair.points)
    assert pair.reasons[0].en == "skills that fit (1/1): roofing"
    assert pair.reasons[0].zh == "技能相符(1/1):roofing"
    assert pair.reasons[4].en == "covers 10 person-hours of 10 person-hours"


@pytest.mark.parametrize(
    ("need", "offer", "part", "points"),
    [
        ({"skills": ("a", "b")}, {"skills": ("b", "c")}, "skills", 15),
        ({"themes": ("service",)}, {"themes": ("culture",)}, "themes", 0),
        ({"themes": ("service",)}, {"themes": ("culture", "service")}, "themes", 15),
        ({}, {"place": "jinniu/chadianzi"}, "place", 20),  # the whole town is served, this community too
        ({"place": "jinniu"}, {}, "place", 20),
        ({}, {"place": "jinniu/chadianzi/qingxi"}, "place", 13),  # two of three steps down the tree are shared
        ({}, {"place": "jinniu/yingmenkou/x"}, "place", 6),
        ({}, {"place": "wuhou/x"}, "place", 0),
        ({}, {"place": ""}, "place", 20),
        ({"begins": day(2), "until": day(9)}, {"begins": day(2), "until": day(9)}, "term", 10),
        ({"begins": day(2), "until": day(9)}, {"until": day(8)}, "term", 5),
        ({"begins": day(2), "until": day(9)}, {"begins": day(3)}, "term", 5),
        ({"until": day(9)}, {"begins": day(3)}, "term", 10),
        ({}, {"free": 4}, "coverage", 6),
        ({}, {"free": 40}, "coverage", 15),
        ({"alliance": "a"}, {"alliance": "a"}, "nearness", 10),
        ({"alliance": "a"}, {"alliance": "b"}, "nearness", 6),
        ({"alliance": "a"}, {}, "nearness", 3),
        ({}, {"place": "wuhou/x"}, "nearness", 0),
    ],
)
def test_each_part_of_a_fit_brings_its_share_of_its_weight(
    need: dict[str, Any], offer: dict[str, Any], part: str, points: int
):
    assert getattr(a_pair(a_need(**need), an_offer(**offer)).points, part) == points


@pytest.mark.parametrize(
    ("need", "offer", "reasons"),
    [
        ({}, {"matter": "goods"}, ["matter"]),
        ({}, {"measure_unit": "people"}, ["measure_unit"]),
        ({"excluded": ("bakery",)}, {}, ["excluded"]),
        ({}, {"exclusive": True, "taken_by": "other"}, ["exclusive"]),
        ({}, {"free": 0}, ["nothing_free"]),
        ({"skills": ("roofing",)}, {"skills": ("baking",)}, ["skills"]),
        ({"begins": day(9)}, {"until": day(9)}, ["term"]),
        ({"until": day(9)}, {"begins": day(9)}, ["term"]),
        ({"alliance": "a"}, {"alliance": "b", "scope": "intra_alliance"}, ["scope"]),
        ({"alliance": "a"}, {"scope": "inter_alliance"}, ["scope"]),
        ({}, {"place": "wuhou", "scope": "in_region"}, ["scope"]),
        ({"skills": ("roofing",), "begins": day(9)}, {"free": 0, "until": day(1)}, ["nothing_free", "skills", "term"]),
    ],
)
def test_an_offer_that_does_not_suit_says_every_reason_why(
    need: dict[str, Any], offer: dict[str, Any], reasons: list[str]
):
    assert against(a_need(**need), an_offer(**offer)) == reasons
    found = judged(a_need(**need), an_offer(**offer))
    assert isinstance(found, Unsuited)
    assert all(reason.zh != reason.en for reason in found.reasons)


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        ({}, {"exclusive": True, "taken_by": "n"}),
        ({}, {"taken_by": "other"}),
        ({"alliance": "a"}, {"alliance": "a", "scope": "intra_alliance"}),
        ({"alliance": "a"}, {"alliance": "b", "scope": "inter_alliance"}),
        ({"begins": day(8)}, {"until": day(9)}),
        ({"skills": ("a", "b")}, {"skills": ("b",)}),
    ],
)
def test_what_suits_has_no_reason_against_it(need: dict[str, Any], offer: dict[str, Any]):
    assert against(a_need(**need), an_offer(**offer)) == []


def test_money_is_told_in_yuan_and_needs_no_unit_of_measure():
    money: dict[str, Any] = {"matter": "money", "measure_unit": ""}
    pair = a_pair(a_need(quantity=100_005, **money), an_offer(free=5_050, **money))
    assert pair.reasons[4].en == "covers 50.50 yuan of 1000.05 yuan"
    assert pair.reasons[4].zh == "可满足 1000.05 元 中的 50.50 元"


def test_weights_come_to_a_hundred():
    assert Weights(skills=35, nearness=5).skills == 35
    with pytest.raises(ValidationError, match="the weights come to 105, not to 100"):
        Weights(skills=35)


def test_two_of_one_id_are_refused():
    with pytest.raises(ValueError, match="two offers have the id o"):
        candidates([a_need()], [an_offer(), an_offer()])
    with pytest.raises(ValueError, match="two needs have the id n"):
        list(unsuited([a_need(), a_need()], [an_offer()]))


# --- every pair ------------------------------------------------------------------------------------------------------

_ids = st.sampled_from(("a", "b", "c"))
_moments = st.none() | st.integers(1, 4).map(day)
_places = st.sampled_from(("", "jinniu", HERE, "jinniu/chadianzi/qingxi", "wuhou/x"))
_common: dict[str, Any] = {
    "matter": st.sampled_from((Contribution.PEOPLE, Contribution.SERVICE)),
    "measure_unit": st.sampled_from(("person-hours", "people")),
    "skills": st.lists(_ids, max_size=2).map(tuple),
    "themes": st.lists(_ids, max_size=2).map(tuple),
    "place": _places,
    "begins": _moments,
    "until": _moments,
    "alliance": st.none() | _ids,
}
_any_need = st.fixed_dictionaries(
    {**_common, "quantity": st.integers(1, 3), "excluded": st.lists(_ids, max_size=1).map(tuple)}
)
_any_offer = st.fixed_dictionaries(
    {
        **_common,
        "free": st.integers(0, 3),
        "owner": st.none() | _ids,
        "scope": st.sampled_from(PairingScope),
        "exclusive": st.booleans(),
        "taken_by": st.sampled_from((None, "n0", "n1")),
    }
)


@given(st.lists(_any_need, max_size=4), st.lists(_any_offer, max_size=4))
def test_every_pair_is_either_proposed_or_told_why_not(needs_said: list[Any], offers_said: list[Any]):
    needs = [Need(id=f"n{at}", **said) for at, said in enumerate(needs_said)]
    offers = [Offer(id=f"o{at}", **said) for at, said in enumerate(offers_said)]
    proposed = {(pair.need.id, pair.offer.id) for pair in candidates(needs, offers)}
    refused = {(each.need.id, each.offer.id): each.reasons for each in unsuited(needs, offers)}
    assert proposed.isdisjoint(refused)
    assert proposed | set(refused) == {(need.id, offer.id) for need, offer in product(needs, offers)}
    assert all(refused.values())
    for pair in candidates(needs, offers):
        assert pair == judged(pair.need, pair.offer)
        assert 0 <= pair.score <= 100
        assert pair.score == sum(reason.points for reason in pair.reasons)
        assert all(points <= weight for points, weight in zip(pair.points, dict(DEFAULT_WEIGHTS).values(), strict=True))


def test_candidates_stand_need_by_need_the_best_first():
    offers = [an_offer("a", free=1), an_offer("b"), an_offer("c")]
    found = candidates([a_need("y"), a_need("x")], offers)
    assert [(pair.need.id, pair.offer.id) for pair in found] == [*product("x", "bca"), *product("y", "bca")]


# --- the plan --------------------------------------------------------------------------------------------------------


@st.composite
def small_town(draw: st.DrawFn, exclusive: bool = True) -> tuple[list[Need], list[Offer]]:
    """Up to five needs and five offers of one kind, tied by skills; small, so that every plan can be tried."""
    skills = st.lists(st.sampled_from("stuv"), min_size=1, max_size=2, unique=True).map(tuple)
    needs = [
        a_need(f"n{at}", quantity=draw(st.integers(1, 3)), priority=draw(st.integers(1, 3)), skills=draw(skills))
        for at in range(draw(st.integers(1, 5)))
    ]
    offers = [
        an_offer(
            f"o{at}",
            free=draw(st.integers(0, 3)),
            skills=draw(skills),
            place=draw(_places),
            exclusive=exclusive and draw(st.booleans()),
        )
        for at in range(draw(st.integers(1, 5)))
    ]
    return needs, offers


def tried(needs: list[Need], offers: list[Offer]) -> tuple[int, int]:
    """What the best of all plans is worth, by trying them: offer by offer, every way to hand it out."""
    score = {(pair.need.id, pair.offer.id): pair.score for pair in candidates(needs, offers)}

    @cache
    def best(at: int, left: tuple[int, ...]) -> tuple[int, int]:
        if at == len(offers):
            return 0, 0
        offer = offers[at]
        open_to = [number for number, need in enumerate(needs) if (need.id, offer.id) in score]
        found = (0, 0)
        for shares in product(*(range(min(offer.free, left[number]) + 1) for number in open_to)):
            if sum(shares) > offer.free or (offer.exclusive and sum(map(bool, shares)) > 1):
                continue
            after = list(left)
            covered = fit = 0
            for number, share in zip(open_to, shares, strict=True):
                after[number] -= share
                covered += needs[number].priority * share
                fit += score[needs[number].id, offer.id] * share
            rest = best(at + 1, tuple(after))
            found = max(found, (covered + rest[0], fit + rest[1]))
        return found

    return best(0, tuple(need.quantity for need in needs))


def worth(made: Plan) -> tuple[int, int]:
    covered = sum(each.pair.need.priority * each.share for each in made.assignments)
    fit = sum(each.pair.score * each.share for each in made.assignments)
    assert (covered, fit) == (sum(kind.covered for kind in made.kinds), sum(kind.fit for kind in made.kinds))
    return covered, fit


def shares_of(made: Plan) -> list[tuple[str, str, int]]:
    return [(each.pair.need.id, each.pair.offer.id, each.share) for each in made.assignments]


@settings(max_examples=150, deadline=None)
@given(small_town())
def test_no_plan_is_better_than_the_plan_as_trying_all_of_them_shows(town: tuple[list[Need], list[Offer]]):
    needs, offers = town
    made = plan(needs, offers)
    assert made.exact
    assert worth(made) == tried(needs, offers)


@settings(max_examples=100, deadline=None)
@given(small_town())
def test_a_plan_hands_out_no_more_than_is_free_and_wanted_and_an_exclusive_offer_to_one(
    town: tuple[list[Need], list[Offer]],
):
    needs, offers = town
    made = plan(needs, offers)
    possible = {(pair.need.id, pair.offer.id) for pair in candidates(needs, offers)}
    assert {(need, offer) for need, offer, _ in shares_of(made)} <= possible
    for offer in offers:
        shares = [share for _, id, share in shares_of(made) if id == offer.id]
        assert sum(shares) <= offer.free
        assert all(shares)
        assert len(shares) <= 1 or not offer.exclusive
    for need in needs:
        covered = sum(share for id, _, share in shares_of(made) if id == need.id)
        assert covered + made.uncovered.get(need.id, 0) == need.quantity


@settings(max_examples=100, deadline=None)
@given(small_town(), st.randoms(use_true_random=False))
def test_the_order_in_which_needs_and_offers_come_does_not_matter(town: tuple[list[Need], list[Offer]], chance: Any):
    needs, offers = town
    made = plan(needs, offers)
    shuffled = chance.sample(needs, len(needs)), chance.sample(offers, len(offers))
    assert shares_of(plan(*shuffled)) == shares_of(made)
    assert plan(*shuffled).kinds == made.kinds


@settings(max_examples=100, deadline=None)
@given(small_town())
def test_an_offer_more_never_makes_the_plan_worse(town: tuple[list[Need], list[Offer]]):
    needs, offers = town
    assert worth(plan(needs, offers)) >= worth(plan(needs, offers[:-1]))


@settings(max_examples=100, deadline=None)
@given(small_town(exclusive=False))
def test_without_exclusive_offers_as_much_is_covered_as_can_be_and_the_more_urgent_first(
    town: tuple[list[Need], list[Offer]],
):
    needs, offers = town

    def covered(made: Plan, at_least: int) -> int:
        return sum(each.share for each in made.assignments if each.pair.need.priority >= at_least)

    made = plan(needs, offers)
    for priority in (1, 2, 3):
        urgent = [need for need in needs if need.priority >= priority]
        alike = [need.changed(priority=1) for need in urgent]
        assert covered(made, priority) == covered(plan(alike, offers), 1)


def test_what_is_of_two_kinds_never_mixes_and_each_kind_is_told_by_itself():
    needs = [a_need("h"), a_need("m", matter="money", measure_unit="", quantity=500)]
    offers = [an_offer("o1", free=4), an_offer("o2", matter="money", measure_unit="", free=900)]
    made = plan(needs, offers)
    assert shares_of(made) == [("h", "o1", 4), ("m", "o2", 500)]
    assert [(kind.matter, kind.measure_unit, kind.covered) for kind in made.kinds] == [
        ("money", "", 500),
        ("people", "person-hours", 4),
    ]
    assert made.uncovered == {"h": 6}


def test_what_is_level_is_settled_by_the_ids():
    needs, offers = [a_need("n1"), a_need("n2")], [an_offer("o1"), an_offer("o2")]
    assert shares_of(plan(needs, offers)) == [("n1", "o1", 10), ("n2", "o2", 10)]


def test_sums_of_money_as_large_as_an_amount_can_be_are_planned_to_the_cent():
    most = 1_000_000_000_000_000
    money: dict[str, Any] = {"matter": "money", "measure_unit": ""}
    needs = [a_need("a", quantity=most, priority=2, **money), a_need("b", quantity=most, **money)]
    offers = [an_offer("x", free=most, **money), an_offer("y", free=1, place="wuhou", **money)]
    assert shares_of(plan(needs, offers)) == [("a", "x", most), ("b", "y", 1)]


def test_a_search_that_is_cut_short_gives_a_plan_and_says_that_it_is_not_proven():
    needs = [a_need(f"n{at}", quantity=7) for at in range(3)]
    offers = [an_offer(f"o{at}", free=5, exclusive=True) for at in range(4)]
    cut, whole = plan(needs, offers, effort=1), plan(needs, offers)
    assert not cut.exact
    assert whole.exact
    assert worth(cut) <= worth(whole) == tried(needs, offers)
    assert len({each.pair.offer.id for each in cut.assignments}) == len(cut.assignments)


def test_an_exclusive_offer_may_best_serve_a_need_that_the_flow_without_exclusiveness_leaves_to_others():
    needs = [
        a_need("n0", quantity=1, priority=3, skills=("s",)),
        a_need("n1", quantity=6, priority=3, skills=("s",)),
        a_need("n2", quantity=2, priority=2, skills=("u", "t")),
    ]
    offers = [
        an_offer("o0", free=5, skills=("t", "s"), exclusive=True, place="wuhou/x"),
        an_offer("o1", free=6, skills=("u", "s"), place="wuhou/x"),
    ]
    made = plan(needs, offers)
    assert worth(made) == tried(needs, offers) == (25, 591)
    assert [share[:2] for share in shares_of(made)] == [("n0", "o1"), ("n1", "o0"), ("n1", "o1"), ("n2", "o1")]


def test_nothing_is_planned_where_nothing_suits():
    made = plan([a_need()], [an_offer(matter="goods")])
    assert (made.assignments, made.kinds, made.uncovered, made.exact) == ((), (), {"n": 10}, True)


def test_candidates_need_no_package_and_a_plan_says_which_one_it_needs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    assert len(candidates([a_need()], [an_offer()])) == 1
    with pytest.raises(InputError, match="networkx is not installed"):
        plan([a_need()], [an_offer()])
