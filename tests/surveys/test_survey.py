"""The index survey as a record: what is refused at each step, what is stored, what it comes to."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Claim, Engine, NotAllowed, NotFound, Role
from govflow.organisation import DIRECTORY
from govflow.organisation.units import CloseUnit
from govflow.reading import sees
from govflow.surveys import INDEX_SURVEY, Sampling, Stratum, digest_of_people, figures_of, slip_of
from govflow.surveys import messages as m
from govflow.testing import START as NOON
from govflow.voting import commitment_of
from tests.surveys.office import (
    ALL,
    ARCHIVE,
    CANCEL,
    COUNT,
    DRAW,
    DRAWN,
    IX,
    OLD,
    PLAN,
    PUBLISH,
    QUESTIONS,
    ROLL,
    SEED,
    START,
    TOKENS,
    UNITS,
    WALK,
    YOUNG,
    Office,
    again,
    an_office,
    answer,
    callback,
    drawn_people,
    record,
    resident,
    secretary,
    town,
)

# --- the plan --------------------------------------------------------------------------------------------------------


def test_a_survey_gets_a_number_of_its_own_and_pins_its_policy():
    office = Office()
    planned = office.do(PLAN.changed(id=None))
    assert planned.id == "IX-2026-000001"
    assert (planned.status, planned.policy, planned.title_line) == ("planned", office.engine.policy.key, PLAN.title)


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ({"title": " "}, ("a title",)),
        ({"level": None}, ("a level",)),
        ({"units": ()}, ("units",)),
        ({"units": (*UNITS, UNITS[0])}, ("a unit stands twice",)),
    ],
)
def test_a_plan_says_what_it_is_about(gap, told):
    assert Office().details(PLAN.changed(**gap)) == told


def test_a_resident_is_never_scored():
    assert Office().details(PLAN.changed(units=(*UNITS, "s-77"))) == ("s-77 is a person: residents are never scored",)


def test_what_is_no_organisation_of_the_directory_is_not_measured():
    office = Office()
    named = PLAN.changed(units=("u-nobody",))
    assert office.details(named) == ("u-nobody is no organisation of the directory",)
    office.do(CloseUnit(by=SYSTEM, item="u-school"))
    assert office.details(PLAN) == ("u-school is no organisation of the directory",)


def test_without_a_directory_nothing_is_measured_at_all():
    told = ("there is no directory: nobody can tell a unit from a person",)
    assert Office(directory=False).details(PLAN) == told
    alone = Engine.open(records=[INDEX_SURVEY])
    with pytest.raises(NotAllowed) as caught:
        alone.handle(PLAN)
    assert caught.value.codes == ("subjects_are_organisations",)


def test_questions_weigh_a_hundred_together():
    heavier = QUESTIONS[0].changed(weight=70)
    told = Office().details(PLAN.changed(questions=(heavier, QUESTIONS[1])))
    assert told == ("the weights of the questions come to 70 + 40 = 110 per cent",)
    assert "questions: help stands twice" in Office().details(PLAN.changed(questions=(QUESTIONS[0], QUESTIONS[0])))


OLD_ONES, YOUNG_ONES = PLAN.strata


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ({"strata": (OLD_ONES, OLD_ONES)}, "a stratum stands twice"),
        ({"strata": (OLD_ONES, Stratum(id="few", size=4))}, "few has 4 people, fewer than 5"),
        ({"sampling": Sampling(size=101, least=14)}, "101 drawn of 100 people, 14 answers needed"),
        ({"sampling": Sampling(size=13, least=14)}, "13 drawn of 100 people, 14 answers needed"),
        ({"sampling": Sampling(size=20, least=0)}, "how many answers are needed at least"),
        ({"sampling": Sampling(size=20, least=14, least_per_stratum=1)},
         "two answers at least per stratum, or there is no margin"),
        ({"strata": ()}, "20 drawn of 0 people, 14 answers needed"),
    ],
)  # fmt: skip
def test_a_sample_that_cannot_be_or_could_not_hide_anybody_is_refused(gap, told):
    assert Office().details(PLAN.changed(**gap)) == (told,)


@pytest.mark.parametrize(
    "just",
    [
        {"strata": (OLD_ONES, Stratum(id="few", size=5))},
        {"sampling": Sampling(size=100, least=100)},
        {"sampling": Sampling(size=14, least=14, least_per_stratum=2)},
    ],
)
def test_a_sample_that_is_just_large_and_small_enough_is_planned(just):
    assert Office().do(PLAN.changed(**just)).status == "planned"


def test_roll_and_seed_are_fixed_before_the_draw():
    office = Office()
    assert office.details(PLAN.changed(roll_digest=None)) == ("the digest of the roll is missing",)
    assert office.details(PLAN.changed(commitment=None)) == ("the seed is committed to beforehand",)


def test_titles_carry_no_personal_data():
    assert Office().refused(PLAN.changed(title="Call 13800138000")) == ("personal_data_is_withheld",)


def test_a_unit_has_no_part_in_the_survey_that_measures_it():
    baker = Actor(id="baker", claims=(Claim(role="town", unit="u-bakery"),))
    friend = Actor(id="friend", claims=(Claim(role="town"),), interests=("u-school",))
    office = Office()
    assert office.refused(PLAN.changed(by=baker)) == ("actor_is_of_no_unit",)
    assert office.refused(PLAN.changed(by=friend)) == ("actor_is_of_no_unit",)
    assert office.refused(PLAN.changed(on_behalf_of="u-school")) == ("actor_is_of_no_unit",)
    office.do(PLAN)
    clerk = Actor.of("clerk", Role.SECRETARIAT, unit="u-bakery", area=PLAN.area)
    with pytest.raises(NotFound):
        office.engine.handle(DRAW.changed(by=clerk))
    assert office.refused(CANCEL.changed(by=friend)) == ("actor_has_no_interest", "actor_is_of_no_unit")


HANDS = {"planned": DRAW, "drawn": START, "collecting": ALL, "counted": PUBLISH}


@pytest.mark.parametrize("status", HANDS)
def test_whoever_is_of_a_measured_unit_has_no_hand_in_its_survey_by_any_other_office(status):
    office = an_office(status)
    step = again(HANDS[status])
    (office_claim,) = step.by.claims
    both = Actor(id="s-b", claims=(office_claim, Claim(role="organisation", unit="u-bakery", area=PLAN.area)))
    for command in (step, again(CANCEL), again(COUNT)):
        with pytest.raises(NotFound):
            office.engine.handle(command.changed(by=both))
    assert not sees(office.survey, both.claims, both.id)
    assert sees(office.survey, step.by.claims, step.by.id)
    in_its_stead = Actor(id="s-c", claims=(office_claim.model_copy(update={"standing_in_for": "u-bakery"}),))
    assert office.refused(step.changed(by=in_its_stead)) == ("actor_is_of_no_unit",)
    office.do(step)


def test_nobody_counts_or_gives_up_a_survey_in_the_stead_of_a_unit_that_it_measures():
    stead = {"standing_in_for": "u-school"}
    keeper = Actor(id="s-k", claims=(Claim(role="town", level="town", area=PLAN.area, **stead),))
    above = Actor(id="s-d", claims=(Claim(role="district", level="district", area="jinniu", **stead),))
    office = an_office("collecting")
    assert office.refused(again(CANCEL).changed(by=keeper)) == ("actor_is_of_no_unit",)
    office.do(ALL)
    assert office.refused(COUNT.changed(by=keeper)) == ("actor_is_of_no_unit",)
    assert office.refused(again(CANCEL).changed(by=above)) == ("actor_is_of_no_unit",)


def test_planning_is_for_the_town_and_those_above_it():
    assert Office().refused(PLAN.changed(by=secretary)) == ("role_is_held",)
    assert Office().refused(PLAN.changed(by=resident)) == ("role_is_held",)


# --- the draw --------------------------------------------------------------------------------------------------------


def test_whoever_holds_the_roll_can_draw_the_same_sample_again():
    drawn = an_office("drawn").survey
    people = drawn_people()
    assert drawn.drawn == DRAWN == {stratum: len(ids) for stratum, ids in people.items()}
    assert drawn.sample_digest == digest_of_people(people)
    assert (drawn.roll_digest, drawn.seed) == (digest_of_people(ROLL), SEED)


def test_another_seed_than_the_one_committed_to_is_refused():
    office = an_office("planned")
    assert office.details(DRAW.changed(seed="another-seed-of-the-town")) == ("the seed is not the one committed to",)
    assert office.refused(DRAW.changed(seed=None)) == ("seed_is_the_one_committed_to",)


def test_a_seed_that_can_be_guessed_draws_nothing():
    office = Office()
    office.do(PLAN.changed(commitment=commitment_of("1234")))
    told = ("a seed has 16 to 200 printable characters without spaces",)
    assert office.details(DRAW.changed(seed="1234")) == told


def test_a_public_value_that_was_named_goes_into_the_draw():
    office = Office()
    office.do(PLAN.changed(public_source="the numbers of the lottery of 10 March"))
    told = ("public value named beforehand: the numbers of the lottery of 10 March",)
    assert office.details(DRAW) == told
    assert office.do(DRAW.changed(public_value="03 11 19 24 30 33 + 7")).sample_digest != digest_of_people(
        drawn_people()
    )
    other = an_office("planned")
    assert other.details(DRAW.changed(public_value="4711")) == ("public value named beforehand: none",)


@pytest.mark.parametrize(
    ("roll", "told"),
    [
        ({**ROLL, "old": ROLL["old"][1:]}, "old has 30 people on the roll, 31 in the plan"),
        ({**ROLL, "old": ("s-stranger", *ROLL["old"][1:])}, "the roll is another one"),
        ({**ROLL, "new": ("s-stranger",)}, "new has 1 people on the roll, 0 in the plan"),
        ({}, "old has 0 people on the roll, 31 in the plan"),
    ],
)
def test_only_the_roll_that_was_frozen_is_drawn_from(roll, told):
    assert told in an_office("planned").details(DRAW.changed(roll=roll))


def test_nobody_stands_on_the_roll_twice():
    twice = {**ROLL, "young": (ROLL["old"][0], *ROLL["young"][1:])}
    office = Office()
    office.do(PLAN.changed(roll_digest=digest_of_people(twice)))
    assert office.details(DRAW.changed(roll=twice)) == ("1 people stand twice",)


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slips", "told"),
    [
        ({"old": START.slips["old"]}, "young: 0 slips for 14 drawn"),
        ({**START.slips, "old": START.slips["old"][1:]}, "old: 5 slips for 6 drawn"),
        ({**START.slips, "old": (START.slips["young"][0], *START.slips["old"][1:])}, "a slip stands twice"),
    ],
)
def test_everybody_drawn_gets_one_slip_and_nobody_else_any(slips, told):
    assert an_office("drawn").details(START.changed(slips=slips)) == (told,)


def test_the_end_of_answering_lies_ahead_and_is_by_default_that_of_a_consultation():
    office = an_office("drawn")
    assert office.details(START.changed(until=NOON)) == ("the end lies in the past",)
    office.do(START)
    clock = office.survey.clocks["consultation"]
    assert (clock.rule, clock.due is not None) == ("prop.consult", True)


def test_an_answer_without_a_slip_or_on_a_used_one_is_refused():
    office = an_office("collecting")
    stranger = answer("a-token-nobody-was-given")
    assert office.refused(record(*OLD, stranger)) == ("answers_bear_a_slip",)
    assert office.refused(record(*OLD, OLD[0])) == ("answers_bear_a_slip",)
    assert office.refused(record()) == ("answers_bear_a_slip", "answers_lead_to_nobody")
    office.do(record(*OLD))
    assert office.refused(record(OLD[0], *YOUNG)) == ("answers_bear_a_slip",)


@pytest.mark.parametrize(
    "scores",
    [
        {"u-bakery": {"help": 1}},
        {"u-bakery": {"help": 1, "fair": 2, "clean": 3}},
        {"u-stranger": {"help": 1, "fair": 2}},
        {"s-1": {"help": 1, "fair": 2}},
    ],
)
def test_an_answer_judges_units_of_the_survey_on_every_question(scores):
    odd = m.GivenAnswer(token=TOKENS["young"][0], scores=scores)
    assert an_office("collecting").refused(record(*OLD, odd)) == ("answers_fit_the_questions",)


def test_answers_are_entered_for_nobody_by_name_and_never_one_alone_while_others_may_come():
    office = an_office("collecting")
    assert office.refused(record(*YOUNG[:4])) == ("answers_lead_to_nobody",)
    assert office.refused(record(*OLD, on_behalf_of="s-old-1")) == ("answers_lead_to_nobody",)
    office.do(record(*OLD), record(*YOUNG[:-2]))
    assert len(office.do(record(*YOUNG[-2:])).answers) == 20  # the last ones that can come at all


def test_what_was_left_in_the_box_is_entered_when_the_time_is_over():
    office = an_office("collecting")
    office.clock.advance(days=8)
    assert len(office.do(record(YOUNG[0])).answers) == 1


def test_whoever_knows_who_was_drawn_or_handed_the_tokens_out_enters_no_answers():
    office = an_office("drawn")
    other = Actor.of("secretary-2", Role.SECRETARIAT, area=PLAN.area)
    office.do(START.changed(by=other))
    assert office.refused(ALL.changed(by=secretary)) == ("collector_did_not_draw",)
    assert office.refused(ALL.changed(by=other)) == ("collector_did_not_draw",)
    substitute = Actor(id="deputy", claims=(Claim(role="secretariat", standing_in_for=secretary.id),))
    assert office.refused(ALL.changed(by=substitute)) == ("collector_did_not_draw",)
    assert office.refused(ALL.changed(by=resident)) == ("role_is_held",)  # their id would stand beside the scores
    assert len(office.do(ALL.changed(by=SYSTEM)).answers) == 20


def test_nothing_in_the_log_says_who_was_asked_or_who_said_what():
    office = an_office("published")
    rows = list(office.engine.history("index"))
    text = "\n".join(each.body.model_dump_json() + each.meta.model_dump_json() for each in rows)

    people = [id for ids in ROLL.values() for id in ids]
    hashes = [slip_of(id) for id in people]  # what a dictionary of pseudonyms would look for
    tokens = [token for given in TOKENS.values() for token in given]
    assert not [each for each in (*people, *hashes, *tokens) if each in text]
    (started,) = (each.body for each in rows if isinstance(each.body, m.AnswersStarted))
    (recorded,) = (each.body for each in rows if isinstance(each.body, m.AnswersRecorded))
    assert all(list(slips) == sorted(slips) for slips in started.slips.values())
    slips = [each.slip for each in recorded.answers]
    assert slips == sorted(slips)
    assert slips != [slip_of(each.token) for each in ALL.answers]


# --- the count -------------------------------------------------------------------------------------------------------


def by_hand(stratum_scores: dict[str, list[Fraction]]) -> tuple[Fraction, Fraction]:
    """Index and variance of two strata of 31 and 69 people, written out."""
    index, variance = Fraction(), Fraction()
    for stratum, size in (("old", 31), ("young", 69)):
        scores = stratum_scores[stratum]
        n, mean = len(scores), sum(scores, Fraction()) / len(scores)
        weight = Fraction(size, 100)
        index += weight * mean
        s2 = sum(((each - mean) ** 2 for each in scores), Fraction()) / (n - 1)
        variance += weight**2 * (1 - Fraction(n, size)) * s2 / n
    return index, variance


def test_the_index_is_the_weighted_stratified_mean_with_its_margin():
    office = an_office("counted")
    old = [Fraction(60 * 90 + 40 * (20 + 5 * n), 100) for n in range(6)]  # 62, 64 … 72: mean 67
    young = [Fraction(60 * (40 + 4 * n) + 40 * 50, 100) for n in range(14)]  # 44, 46.4 … 75.2: mean 59.6
    index, variance = by_hand({"old": old, "young": young})

    assert (sum(old) / 6, sum(young) / 14) == (67, Fraction(298, 5))
    bakery, school = office.survey.result.units
    assert (bakery.index, bakery.variance) == (index, variance) == (school.index, school.variance)
    assert bakery.shown == "61.89"  # 0.31 · 67 + 0.69 · 59.6 = 61.894
    # 0.0961 · 25/31 · 14 / 6 + 0.4761 · 55/69 · 100.8 / 14 = 0.18083… + 2.73240 = 2.91323…; 1.96 · √ = 3.3453…
    assert bakery.margin == "3.35"


def test_the_index_is_also_the_weighted_sum_of_the_means_of_each_question():
    result = an_office("counted").survey.result
    helps = Fraction(31, 100) * 90 + Fraction(69, 100) * 66
    fair = Fraction(31, 100) * Fraction(65, 2) + Fraction(69, 100) * 50
    assert result.units[0].index == Fraction(60, 100) * helps + Fraction(40, 100) * fair


def test_response_is_told_stratum_by_stratum_and_no_single_answer():
    office = an_office("collecting")
    office.do(record(*OLD, *YOUNG[:9]))
    office.clock.advance(days=8)
    survey = office.do(COUNT)
    assert [(each.stratum, each.size, each.drawn, each.answers) for each in survey.result.strata] == [
        ("old", 31, 6, 6),
        ("young", 69, 14, 9),
    ]
    assert survey.result.answers == 15
    lines = figures_of(survey)
    assert lines[0].startswith("u-bakery: ")
    assert lines[0].endswith("(95 %, 15 answers)")
    assert lines[3] == "young: 9 of 14 drawn have answered, of 69 people"
    assert figures_of(survey, "zh-CN")[0].endswith("（95%，15 份）")
    assert figures_of(survey, "zh-CN")[3] == "young: 共 69 人，抽取 14 人，答复 9 人"
    assert figures_of(an_office("collecting").survey) == ()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((*OLD, *YOUNG[:7]), "no index: 13 answers, 14 needed"),
        ((*OLD[:4], *YOUNG), "no index: old: 4 answers, 5 needed"),
        (YOUNG, "no index: old: 0 answers, 5 needed"),
    ],
)
def test_with_too_few_answers_there_is_no_index(answers, told):
    office = an_office("collecting")
    office.do(record(*answers))
    office.clock.advance(days=8)
    survey = office.do(COUNT)
    assert figures_of(survey)[0] == f"u-bakery: {told}"
    for unit in survey.result.units:
        assert (unit.index, unit.variance, unit.shown, unit.margin, unit.en) == (None, None, None, None, told)


def test_with_just_enough_answers_there_is_one():
    office = an_office("collecting")
    office.do(record(*OLD[:5], *YOUNG[:9]))
    office.clock.advance(days=8)
    assert all(unit.index is not None for unit in office.do(COUNT).result.units)


def test_whoever_does_not_know_a_unit_leaves_it_out_and_counts_for_the_others():
    office = an_office("collecting")
    knows_one = [each.model_copy(update={"scores": {"u-bakery": each.scores["u-bakery"]}}) for each in YOUNG[:7]]
    office.do(record(*OLD, *knows_one, *YOUNG[7:]))
    bakery, school = office.do(COUNT).result.units
    assert (bakery.answers, school.answers, school.by_stratum) == (20, 13, {"old": 6, "young": 7})
    assert bakery.index is not None
    assert (school.index, school.zh) == (None, "不计算指数：有效 13 份,至少 14 份")


def test_counting_waits_for_the_end_or_for_the_last_answer():
    office = an_office("collecting")
    office.do(record(*OLD))
    assert office.refused(COUNT) == ("answers_are_in",)
    office.clock.advance(days=6.9)
    assert office.refused(COUNT) == ("answers_are_in",)
    due = office.survey.clocks["consultation"].due
    office.clock.advance(seconds=(due - office.clock()).total_seconds())
    assert office.do(COUNT).status == "counted"


# --- the end ---------------------------------------------------------------------------------------------------------


def test_a_result_is_published_in_words_without_personal_data():
    office = an_office("counted")
    assert office.refused(PUBLISH.changed(public_text=" ")) == ("result_is_put_in_words",)
    assert office.refused(PUBLISH.changed(public_text="Ask 13800138000")) == ("personal_data_is_withheld",)
    assert office.do(PUBLISH).announcement == "The index stands below."


def test_single_answers_are_for_officials_who_are_of_no_unit_measured():
    survey = an_office("published").survey
    assert survey.can_read(town.claims[0], town.id)
    assert not survey.can_read(resident.claims[0], resident.id)
    assert not survey.can_read(Claim(role="town", unit="u-bakery"), "baker")
    assert not survey.can_read(Claim(role="town", area="elsewhere"), "far")


@pytest.mark.parametrize("status", ["planned", "drawn", "collecting"])
def test_a_survey_is_given_up_with_a_reason_until_it_is_counted(status):
    office = an_office(status)
    assert office.refused(CANCEL.changed(reason=" ")) == ("reason_given",)
    assert office.do(CANCEL).status == "cancelled"
    assert not [each for each in office.survey.clocks.values() if each.is_going]


def test_answers_that_are_in_are_given_up_by_the_district_alone():
    office = an_office("collecting")
    office.do(record(*OLD))
    assert office.refused(CANCEL) == ("nobody_has_answered",)
    above = Actor.of("district-1", Role.DISTRICT, level="district", area="jinniu")
    assert office.do(CANCEL.changed(by=above, reason="answers were forged")).status == "cancelled"


def test_a_result_that_somebody_dislikes_is_dropped_by_the_district_alone():
    office = an_office("counted")
    assert office.refused(CANCEL) == ("role_is_held",)
    above = Actor.of("district-1", Role.DISTRICT, level="district", area="jinniu")
    assert office.refused(CANCEL.changed(by=above, reason="")) == ("reason_given",)
    assert office.do(CANCEL.changed(by=above, reason="answers were forged")).status == "cancelled"


def test_what_is_published_stays_and_is_archived():
    office = an_office("published")
    assert office.refused(CANCEL) == ("step_is_in_the_table",)
    archived = office.do(ARCHIVE)
    assert (archived.status, archived.retention) == ("archived", "ordinary")
    assert office.refused(again(PUBLISH)) == ("step_is_in_the_table",)


@pytest.mark.parametrize("status", WALK)
def test_no_step_is_taken_out_of_its_order(status):
    office = an_office(status)
    steps = list(WALK)
    for other, (*_, command) in WALK.items():
        if steps.index(other) != steps.index(status) + 1:
            assert office.refused(again(command)) == ("step_is_in_the_table",), command.wire


def test_the_log_alone_gives_the_same_survey_again(tmp_path):
    path = tmp_path / "log.db"
    office = an_office("archived", path)
    before = office.survey
    office.engine.close()

    again = Engine.open(path, records=[DIRECTORY, INDEX_SURVEY], now=office.clock)

    found: Any = again.get("index")
    assert (found.digest, found.result) == (before.digest, before.result)
    assert json.loads(found.model_dump_json())["result"]["units"][0]["index"] == str(before.result.units[0].index)
    again.close()


def test_the_system_may_enter_what_a_form_without_names_brought():
    office = an_office("collecting")
    office.do(m.RecordAnswers(**IX, by=SYSTEM, answers=ALL.answers))
    assert office.do(COUNT).result.units[0].answers == 20
    assert callback.id not in {each.body.by for each in office.engine.history("index")}
