"""How the index is counted: Σ weight · stratified mean of each question, with its margin, or why there is none.

Whoever did not answer, or left a unit out, counts as those of the same stratum who did: the response of each stratum
stands beside the index, so that everybody sees how far that goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from govflow.errors import Detail
from govflow.evaluating import StratumScores, stratified
from govflow.policy.evaluation import Indicator
from govflow.surveys.model import IndexResult, IndexSurvey, StratumResponse, UnitIndex


def counted(survey: IndexSurvey) -> IndexResult:
    """What the answers of a survey come to. An answer that leaves a unit out does not count for that unit."""
    answers = survey.answers.values()
    response = tuple(
        StratumResponse(
            stratum=each.id,
            size=each.size,
            drawn=survey.drawn[each.id],
            answers=sum(1 for answer in answers if answer.stratum == each.id),
        )
        for each in survey.strata
    )
    return IndexResult(strata=response, units=tuple(_of_unit(survey, unit) for unit in survey.units))


def score_of(questions: tuple[Indicator, ...], scores: Mapping[str, int]) -> Fraction:
    """What one person's scores come to by the weights of the questions: the mean of these is the weighted mean."""
    return Fraction(sum(each.weight * scores[each.id] for each in questions), 100)


def _of_unit(survey: IndexSurvey, unit: str) -> UnitIndex:
    given: dict[str, list[Fraction]] = {each.id: [] for each in survey.strata}
    for answer in survey.answers.values():
        if unit in answer.scores:
            given[answer.stratum].append(score_of(survey.questions, answer.scores[unit]))
    counts = {stratum: len(scores) for stratum, scores in given.items()}
    number = sum(counts.values())
    if lacks := list(_lacks(survey, counts)):
        en, zh = "; ".join(lacks), "；".join(each.zh for each in lacks)
        return UnitIndex(
            unit=unit,
            answers=number,
            by_stratum=counts,
            en=f"no index: {en}",
            zh=f"不计算指数：{zh}",
        )
    found = stratified(StratumScores(each.size, given[each.id]) for each in survey.strata)
    return UnitIndex(unit=unit, answers=number, by_stratum=counts, index=found.mean, variance=found.variance)


def _lacks(survey: IndexSurvey, counts: Mapping[str, int]) -> Iterator[Detail]:
    """Where there are fewer answers than the plan asks for."""
    asked, number = survey.sampling, sum(counts.values())
    if number < asked.least:
        yield Detail(f"{number} answers, {asked.least} needed", f"有效 {number} 份,至少 {asked.least} 份")
    for stratum, count in counts.items():
        if count < asked.least_per_stratum:
            least = asked.least_per_stratum
            yield Detail(f"{stratum}: {count} answers, {least} needed", f"{stratum}:有效 {count} 份,至少 {least} 份")


def figures_of(survey: IndexSurvey, lang: str = "en") -> tuple[str, ...]:
    """The result as lines for everybody, in English or Chinese: indices, margins and response, no single answer."""
    result = survey.result
    if result is None:
        return ()
    zh = lang.startswith("zh")
    return (*(_line(each, zh) for each in result.units), *(_response(each, zh) for each in result.strata))


def _line(unit: UnitIndex, zh: bool) -> str:
    if unit.index is None:
        return f"{unit.unit}: {unit.zh if zh else unit.en}"
    if zh:
        return f"{unit.unit}: {unit.shown} ± {unit.margin}（95%，{unit.answers} 份）"
    return f"{unit.unit}: {unit.shown} ± {unit.margin} (95 %, {unit.answers} answers)"


def _response(stratum: StratumResponse, zh: bool) -> str:
    if zh:
        return f"{stratum.stratum}: 共 {stratum.size} 人，抽取 {stratum.drawn} 人，答复 {stratum.answers} 人"
    return f"{stratum.stratum}: {stratum.answers} of {stratum.drawn} drawn have answered, of {stratum.size} people"
