"""Stratified estimates against every sample that could be drawn, textbook formulas by hand, and decimal roots."""

from __future__ import annotations

import statistics
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from itertools import combinations, product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govflow.errors import InputError
from govflow.evaluating import Exact, StratumScores, root_shown, shown, stratified
from govflow.messages import Value

POPULATION = [(10, 40, 70, 95), (0, 20, 55), (100, 60, 60, 30, 5)]


def test_the_mean_of_all_possible_samples_is_the_mean_of_the_population():
    sizes = (2, 2, 3)
    every = list(product(*(combinations(people, n) for people, n in zip(POPULATION, sizes, strict=True))))
    estimates = [
        stratified(StratumScores(len(people), drawn) for people, drawn in zip(POPULATION, sample, strict=True))
        for sample in every
    ]
    whole = [score for people in POPULATION for score in people]

    assert len(every) == comb(4, 2) * comb(3, 2) * comb(5, 3)
    assert sum(each.mean for each in estimates) / len(estimates) == Fraction(sum(whole), len(whole))
    # unbiased too is the variance: its mean over all samples is the variance of the estimates themselves
    spread = statistics.pvariance([each.mean for each in estimates])
    assert sum(each.variance or 0 for each in estimates) / len(estimates) == spread


def test_a_small_example_by_hand():
    # W = 0.6, 0.4; means 70, 50; s² = 100, 200; n = 4 of 60, 2 of 40
    found = stratified([StratumScores(60, (60, 70, 70, 80)), StratumScores(40, (40, 60))])
    s1, s2 = Fraction(200, 3), Fraction(200)

    assert found.mean == Fraction(62)
    assert (
        found.variance == Fraction(36, 100) * Fraction(56, 60) * s1 / 4 + Fraction(16, 100) * Fraction(38, 40) * s2 / 2
    )
    assert found.margin == "8.94"  # 1.96 · √20.8 = 8.9389…


def test_whoever_asks_everybody_knows_without_a_margin():
    found = stratified([StratumScores(3, (0, 50, 100)), StratumScores(1, (50,))])
    assert (found.mean, found.variance) == (Fraction(50), Fraction())
    assert found.margin == "0.00"


def test_one_answer_of_several_people_tells_a_mean_and_no_margin():
    found = stratified([StratumScores(3, (50,)), StratumScores(1, (50,))])
    assert found.mean == 50
    assert (found.variance, found.margin) == (None, None)


@pytest.mark.parametrize("scores", [(), (1, 2, 3)])
def test_a_stratum_has_answers_and_not_more_than_people(scores):
    with pytest.raises(InputError, match="of a stratum of 2"):
        stratified([StratumScores(2, scores)])


@given(st.lists(st.integers(0, 100), min_size=2, max_size=30), st.integers(0, 50))
def test_one_stratum_is_plain_sampling_with_its_finite_correction(scores, more):
    size, n = len(scores) + more, len(scores)
    found = stratified([StratumScores(size, scores)])
    assert found.mean == Fraction(sum(scores), n)
    expected = (1 - Fraction(n, size)) * statistics.variance(map(Fraction, scores)) / n
    assert found.variance == expected


@given(st.fractions(0, 10_000))
def test_figures_and_roots_are_shown_as_decimal_arithmetic_rounds_them(value):
    getcontext().prec = 60
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    cent = Decimal("0.01")
    assert shown(value) == str(exact.quantize(cent, ROUND_HALF_UP))
    assert root_shown(value) == str(exact.sqrt().quantize(cent, ROUND_HALF_UP))


class Figure(Value):
    exact: Exact | None = None


def test_an_exact_figure_is_stored_as_a_text_in_lowest_terms():
    assert Figure(exact=Fraction(494, 6)).model_dump_json() == '{"exact":"247/3"}'
    assert Figure(exact=Fraction(-4)).model_dump_json() == '{"exact":"-4"}'
    assert Figure.model_validate_json('{"exact":"494/6"}').exact == Fraction(247, 3)
    assert Figure.model_validate_json('{"exact":null}').exact is None
    assert Figure.model_validate_json("{}").model_dump(exclude_none=True) == {}


@pytest.mark.parametrize(
    "text", ['"1/0"', '"1/00"', '"0.5"', '"1e9"', "0.5", "5", '"1/-2"', '" 5"', '""', f'"{"9" * 4001}"']
)
def test_what_is_no_exact_figure_is_not_read_as_one(text):
    with pytest.raises(ValidationError, match="an exact figure is written as 5 or 247/3"):
        Figure.model_validate_json(f'{{"exact": {text}}}')


def test_half_a_cent_goes_up_and_never_drifts():
    assert [shown(Fraction(n, 1000)) for n in (4, 5, 15, 25, 1005, 99995)] == [
        "0.00", "0.01", "0.02", "0.03", "1.01", "100.00",
    ]  # fmt: skip
    assert (shown(Fraction(247, 3), 0), root_shown(Fraction(25, 1_000_000)), root_shown(Fraction(2), 0)) == (
        "82",
        "0.01",
        "1",
    )
