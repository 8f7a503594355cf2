"""Stratified estimates 分层估计: the mean of a population from a random sample of each of its strata, and its margin.

Mean and variance are those of Cochran, Sampling Techniques (3rd ed.), §5.3–5.4: ȳ = Σ W_h · ȳ_h with W_h = N_h / N, and
v(ȳ) = Σ W_h² · (1 − n_h / N_h) · s_h² / n_h, where s_h² divides by n_h − 1. Both are exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from govflow.errors import Detail, InputError
from govflow.evaluating.figures import root_shown

Z = Fraction(49, 25)
"""1.96: so many standard errors lie on either side of the mean at 95 per cent confidence, by the normal curve."""


class StratumScores(NamedTuple):
    """The scores that were given in one stratum of so many people."""

    size: int
    scores: Sequence[Fraction | int]


class Estimate(NamedTuple):
    """The mean of a population, and the variance of that estimate; None where one answer in a stratum tells nothing."""

    mean: Fraction
    variance: Fraction | None

    @property
    def margin(self) -> str | None:
        """The half width of the 95 per cent interval, with two decimals, half up."""
        return None if self.variance is None else root_shown(Z * Z * self.variance)


def stratified(strata: Iterable[StratumScores]) -> Estimate:
    """The estimate from every stratum of a population. Raises InputError where one has no scores, or too many."""
    parts = list(strata)
    population = sum(part.size for part in parts)
    mean, variance = Fraction(), Fraction()
    told = True
    for part in parts:
        answers = len(part.scores)
        if not 0 < answers <= part.size:
            raise InputError(
                Detail(f"{answers} scores of a stratum of {part.size}", f"{part.size} 人的层有 {answers} 份评分"),
                expected=Detail("at least one, and at most one of each person", "至少一份，每人至多一份"),
            )
        weight = Fraction(part.size, population)
        mean += weight * _mean(part.scores)
        if answers < part.size:  # where all were asked nothing is left to chance
            told = told and answers > 1
            variance += weight**2 * (1 - Fraction(answers, part.size)) * _spread(part.scores) / answers
    return Estimate(mean, variance if told else None)


def _mean(scores: Sequence[Fraction | int]) -> Fraction:
    return Fraction(sum(scores)) / len(scores)


def _spread(scores: Sequence[Fraction | int]) -> Fraction:
    """The sample variance s², with n − 1 below; nothing is known of it from one score."""
    if len(scores) < 2:
        return Fraction()
    mean = _mean(scores)
    return sum(((score - mean) ** 2 for score in scores), Fraction()) / (len(scores) - 1)
