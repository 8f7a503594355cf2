"""Scores of an evaluation 评价: by the indicators of the pinned plan, from those who are asked, in their window."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from govflow import CASE, SYSTEM, Actor, Claim, NotAllowed, Role
from govflow.cases import commands as cc
from govflow.messages import arguments_of
from govflow.policy.evaluation import EVALUATION_PLANS
from govflow.projects import commands as c
from govflow.projects.milestone import AcceptMilestone, PlanMilestone, ReachMilestone
from govflow.projects.model import EvaluationResult
from govflow.regions import evaluation as ev
from tests.projects.site import (
    LATER,
    SHOWN,
    Site,
    X,
    acceptor,
    appraiser,
    baker,
    community,
    lead,
    neighbour,
    resident,
    roofer,
)
from tests.support import a_case, a_context, a_town, callback, dispatcher

PLAN = EVALUATION_PLANS[0]
INDICATORS = ("need_met", "on_time", "in_the_open", "taking_part", "lasting")


def ask(evaluator: str, source: str = "external", by: Actor = community, **said: Any) -> ev.RequestEvaluation:
    return ev.RequestEvaluation(**X, by=by, source=source, evaluator=evaluator, **said)


def scores(*given: int) -> tuple[ev.IndicatorScore, ...]:
    points = given if len(given) > 1 else given * len(INDICATORS)
    return tuple(ev.IndicatorScore(indicator=id, score=score) for id, score in zip(INDICATORS, points, strict=True))


def answer(evaluator: str, *given: int, by: Actor, **said: Any) -> ev.RecordEvaluation:
    return ev.RecordEvaluation(**X, by=by, item=f"r1.{evaluator}", scores=scores(*given), **said)


OWN = answer("builder", 80, by=lead, on_behalf_of="builder")
PEER = answer("bakery", 70, by=baker, on_behalf_of="bakery")


@pytest.fixture
def site() -> Site:
    """The works are accepted; the lead has been asked for its own judgement, by the table."""
    return Site().upto("accepted")


# --- whose judgement -------------------------------------------------------------------------------------------------


def test_the_plan_of_projects_asks_for_these_indicators():
    assert tuple(each.id for each in PLAN.sets[0].indicators) == INDICATORS


def test_the_lead_is_asked_for_its_own_judgement_when_the_works_are_accepted(site: Site):
    [item] = site.project.items_of("evaluation").values()
    assert (item.key, item.source, item.owes, item.status) == ("r1.builder", "self", "builder", "requested")


@pytest.mark.parametrize("worker", ["roofers", "foreman", "steelworks", "anna", "repairs"])
def test_whoever_carried_it_out_judges_themselves_and_nothing_else(site: Site, worker: str):
    for source in ("peer", "external"):
        assert site.refused(ask(worker, source)) == ("evaluation_source_is_declared",)
    site.do(ask(worker, "self"))


def test_a_party_that_built_nothing_is_a_peer(site: Site):
    for source in ("self", "external"):
        assert site.refused(ask("bakery", source)) == ("evaluation_source_is_declared",)
    site.do(ask("bakery", "peer"))


def test_residents_are_others_and_another_unit_may_be_a_peer_or_another(site: Site):
    for source in ("self", "peer"):
        assert site.refused(ask("s-1", source)) == ("evaluation_source_is_declared",)
    site.do(ask("s-1"), ask("university"), ask("butchery", "peer"))
    assert site.refused(ask("school", "self")) == ("evaluation_source_is_declared",)


def test_an_owner_of_a_milestone_carried_it_out_too():
    site = Site().upto("in_progress")
    plan = PlanMilestone(**X, by=lead, item="m", what="cakes", place="yard", owner="bakery", until=LATER)
    reach = ReachMilestone(**X, by=baker, item="m", **SHOWN)
    site.do(plan, reach, AcceptMilestone(**X, by=acceptor, item="m"))
    site._delivered()
    site._accepted()
    assert site.refused(ask("bakery", "peer")) == ("evaluation_source_is_declared",)
    site.do(ask("bakery", "self"))


def test_source_and_evaluator_are_named(site: Site):
    assert site.refused(ask("s-1").changed(source=None)) == ("evaluation_source_is_declared",)
    assert site.refused(ask("s-1").changed(evaluator=None)) == ("evaluation_source_is_declared",)


def test_nobody_is_asked_twice_in_a_round_under_whatever_key(site: Site):
    site.do(ask("s-1"))
    assert site.refused(ask("s-1", item="again")) == ("evaluator_is_asked_once",)
    assert site.refused(ask("s-1")) == ("step_is_in_the_table",)


# --- whole answers ---------------------------------------------------------------------------------------------------


def test_every_indicator_is_scored_exactly_once_and_no_other(site: Site):
    whole = scores(90, 80, 70, 60, 50)
    lacks = {
        whole[1:]: "the need is met (need_met) is not scored",
        (*whole, whole[0]): "the need is met (need_met) is scored more than once",
        (*whole, ev.IndicatorScore(indicator="beauty", score=99)): "beauty is no indicator of the plan",
    }
    for given, told in lacks.items():
        assert site.refused(OWN.changed(scores=given)) == ("answers_are_complete",)
        assert site.told(OWN.changed(scores=given)) == (told,)
    item = site.do(OWN.changed(scores=whole)).item("evaluation", "r1.builder")
    assert (item.status, item.scores, item.source) == ("recorded", whole, "self")


@pytest.mark.parametrize("given", [None, ()])
def test_the_three_questions_of_a_callback_are_no_answer_for_a_project(site: Site, given: Any):
    said = OWN.changed(scores=given, contacted=True, resolved=True, satisfied=True)
    assert site.refused(said) == ("answers_are_complete",)
    assert len(site.told(said)) == len(INDICATORS)


@pytest.mark.parametrize("score", [-1, 101, 79.5, None])
def test_a_score_is_a_whole_number_from_0_to_100(score: Any):
    with pytest.raises(ValidationError):
        ev.IndicatorScore(indicator="need_met", score=score)
    assert {ev.IndicatorScore(indicator="need_met", score=each).score for each in (0, 100)} == {0, 100}


def test_only_who_was_asked_answers_a_unit_by_those_who_speak_for_it(site: Site):
    site.do(ask("s-1"), ask("bakery", "peer"))
    for by in (neighbour, lead, appraiser):
        assert "role_is_held" in site.refused(answer("s-1", 60, by=by))
    for by in (roofer, resident, lead):
        assert "role_is_held" in site.refused(PEER.changed(by=by))
    assert "role_is_held" in site.refused(PEER.changed(on_behalf_of=None))
    site.do(answer("s-1", 60, by=resident), PEER)


# --- the window ------------------------------------------------------------------------------------------------------


def test_the_window_stays_open_for_the_others_until_the_evaluation_is_closed(site: Site):
    site.do(OWN)
    assert site.project.clocks["evaluation"].status == "running"
    site.do(ask("bakery", "peer"), PEER, ask("s-1"), answer("s-1", 60, by=resident))
    assert site.project.clocks["evaluation"].status == "running"
    project = site.do(c.EvaluateProject(**X, by=appraiser))
    assert (project.status, project.clocks["evaluation"].status) == ("evaluated", "met")


def test_who_does_not_answer_in_thirty_days_is_waited_for_no_longer(site: Site):
    site.do(OWN, ask("bakery", "peer"), ask("s-1"), ask("s-2"), answer("s-1", 60, by=resident))
    evaluate = c.EvaluateProject(**X, by=appraiser)
    assert site.refused(evaluate) == ("evaluation_sources_are_present",)
    site.days(31).engine.tick()
    held = {key: item.status for key, item in site.project.items_of("evaluation").items()}
    assert held == {"r1.builder": "recorded", "r1.bakery": "elapsed", "r1.s-1": "recorded", "r1.s-2": "elapsed"}
    assert site.loops() == set()
    result = site.do(evaluate).evaluation
    assert result is not None
    assert (result.score, result.missing) == (None, ("peer",))


def test_an_invalid_visit_does_not_end_the_window_either(site: Site):
    site.do(ask("s-1"), ev.MarkEvaluationInvalid(**X, by=callback, item="r1.s-1", attempts=3))
    assert site.project.item("evaluation", "r1.s-1").status == "invalid"
    assert site.project.clocks["evaluation"].status == "running"


def test_scores_come_to_what_the_weights_of_the_plan_say(site: Site):
    site.do(ask("bakery", "peer"), ask("s-1"), ask("s-2"))
    own, peer, first, second = (90, 80, 70, 60, 50), (70,) * 5, (50, 60, 70, 80, 90), (55, 60, 70, 80, 91)
    site.do(
        answer("builder", *own, by=lead, on_behalf_of="builder"),
        answer("bakery", *peer, by=baker, on_behalf_of="bakery"),
        answer("s-1", *first, by=resident),
        answer("s-2", *second, by=neighbour),
    )
    weights = [Fraction(each, 10_000) for each in (70 * 40, 70 * 30, 70 * 30, 30 * 50, 30 * 50)]

    def judged(given: tuple[int, ...]) -> Fraction:
        return sum((weight * score for weight, score in zip(weights, given, strict=True)), Fraction())

    exact = (20 * judged(own) + 30 * judged(peer) + 50 * (judged(first) + judged(second)) / 2) / 100
    result = site.do(c.EvaluateProject(**X, by=appraiser)).evaluation
    assert isinstance(result, EvaluationResult)
    assert result.score == int(exact * 100 + Fraction(1, 2))
    assert [each.answers for each in result.sources] == [1, 1, 2]


# --- cases stay what they were ---------------------------------------------------------------------------------------

YES = {"contacted": True, "resolved": True, "satisfied": True}


def _merged() -> Any:
    """A case that two reporters wait for, answered to both."""
    town = a_town()
    a_case(town, "accepted", id="follower", reporter="s-2")
    a_case(town, "handled", id="x")
    town.do(cc.MergeCase(id="follower", by=dispatcher, master="x", same_subject="the same pipe"))
    lead_of_case = Actor(id="li", claims=(Claim(role=Role.LEAD_UNIT, unit="water"),))
    town.do(cc.GiveFeedback(id="x", by=lead_of_case, to_level="community", to_reporter=True, public_text="replaced"))
    return town


def test_one_reporters_answer_does_not_end_the_window_of_another():
    town = _merged()
    case = town.do(ev.RecordEvaluation(id="x", by=callback, item="r1.s-1", **YES))
    assert case.clocks["evaluation"].status == "running"
    town.pass_days(9)
    town.engine.tick()
    case = town.engine.get("x")
    assert case.item("evaluation", "r1.s-2").status == "elapsed"
    assert case.clocks["evaluation"].status == "elapsed"


@pytest.mark.parametrize("first", ["s-1", "s-2"])
def test_the_last_answer_ends_it(first: str):
    town = _merged()
    second = {"s-1": "s-2", "s-2": "s-1"}[first]
    town.do(ev.MarkEvaluationInvalid(id="x", by=callback, item=f"r1.{first}", attempts=3))
    case = town.do(ev.RecordEvaluation(id="x", by=callback, item=f"r1.{second}", **YES))
    assert case.clocks["evaluation"].status == "met"


@pytest.mark.parametrize("answered", [False, True])
def test_of_the_two_ways_to_record_an_answer_one_is_open_at_a_time(answered: bool):
    town = _merged()
    if answered:
        town.do(ev.RecordEvaluation(id="x", by=callback, item="r1.s-1", **YES))
    said = ev.RecordEvaluation(id="x", by=callback, item="r1.s-2", **YES)
    case, context = town.engine.get("x"), a_context(town, said)
    context.item = case.item("evaluation", "r1.s-2")
    event = CASE.copied(said, ev.EvaluationRecorded, context, item="r1.s-2")
    broken = {
        row.id: [each.code for each in row.rules if each.broken(case, event, context)]
        for row in ev.EVALUATION_WORKFLOW.rows("requested", said.wire)
    }
    last, others = {"C25": [], "EV06": ["window_stays_open"]}, {"C25": ["window_ends_with_it"], "EV06": []}
    assert broken == (last if answered else others)


def test_a_case_has_no_indicators_to_score():
    town = a_town()
    a_case(town, "fed_back", id="x")
    said = ev.RecordEvaluation(id="x", by=callback, item="r1.s-1", scores=scores(80), **YES)
    assert "answers_are_complete" in _codes(town, said)
    town.do(said.changed(scores=None))


def _codes(town: Any, command: Any) -> tuple[str, ...]:
    with pytest.raises(NotAllowed) as caught:
        town.do(command)
    return caught.value.codes


def test_what_is_said_of_a_case_is_written_as_before_there_were_scores():
    said = ev.RecordEvaluation(id="x", by=callback, item="r1.s-1", **YES)
    assert b"scores" not in arguments_of(said)
    town = a_town()
    a_case(town, "fed_back", id="x")
    town.do(said)
    [row] = [each for each in town.engine.store.read("x") if each.topic.startswith("evaluation.recorded")]
    assert b"scores" not in row.state


def test_a_new_round_sets_the_scores_of_the_old_one_aside(site: Site):
    site.do(OWN.changed(scores=scores(10)), ask("bakery", "peer"), ask("s-1"))
    site.do(PEER.changed(scores=scores(10)), answer("s-1", 10, by=resident), c.EvaluateProject(**X, by=appraiser))
    site.do(c.OrderProjectRemedy(**X, by=appraiser, defects=("it leaks",), until=site.clock() + timedelta(days=9)))
    held = site.project.items_of("evaluation")
    assert {item.status for item in held.values()} == {"superseded"}
    assert held["r1.s-1"].scores == scores(10)
    assert site.refused(ask("s-1", by=SYSTEM)) == ("step_is_in_the_table",)
    assert site.project.round == 2
