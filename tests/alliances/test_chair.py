"""The rotating chair: whose turn it is, 两通一联 by hand-made calendars, 一考 by four groups, terms that end early."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import DEFAULT_POLICY, Actor, Engine, HandOver, NotAllowed, Policy, Role
from govflow.alliances import ALLIANCE, ChairTerm, TermPeriod, next_in_turn, term_report, turn_order
from govflow.alliances import messages as m
from govflow.alliances.chair_messages import AssessChairTerm, EndChairTerm, LogChairContact, ScoreChairTerm
from govflow.alliances.chair_term import quarters_of
from govflow.alliances.member_messages import ChangeCapacity, LeaveAlliance
from govflow.policy.evaluation import EvaluationSource
from tests.alliances import hall as h
from tests.alliances.hall import A, Hall, admit, an_alliance, term

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
TERM: dict[str, Any] = {**A, "item": "1"}
ASSESS = AssessChairTerm(**TERM, by=h.town)
END = EndChairTerm(**TERM, by=h.town)


def contact(whom: str, day: date, unit: str | None = None, by: Actor = h.of_the_lead) -> LogChairContact:
    return LogChairContact(**TERM, by=by, counterpart=whom, unit=unit, day=day)


def score(group: str, points: int, by: Actor) -> ScoreChairTerm:
    return ScoreChairTerm(**TERM, by=by, group=group, points=points)


SCORES = (
    score("committee", 90, h.committee),
    score("department", 80, h.department),
    score("members", 85, h.bank),
    score("supervisors", 100, h.group),
)


def serving(**more: Any) -> Hall:
    """The lead is in the chair for half a year; the clinic is a member too."""
    hall = an_alliance()
    hall.do(admit("u-clinic"), term("u-lead", FIRST, LAST, **more))
    return hall


def contacted() -> Hall:
    """All contacts of the half-year are made, on the first of June."""
    hall = serving()
    units = ("u-bank", "u-school", "u-clinic")
    hall.on(
        date(2026, 6, 1),
        *(contact(whom, day) for whom in ("committee", "guidance") for day in (date(2026, 2, 3), date(2026, 5, 4))),
        *(contact("member", date(2026, 3, 2), unit) for unit in units),
    )
    return hall


def the_term(hall: Hall, key: str = "1") -> ChairTerm:
    found: ChairTerm = hall.alliance().item("chair_term", key)
    return found


def missing(hall: Hall) -> list[str]:
    return [str(each.sentence()) for each in term_report(hall.alliance(), the_term(hall))]


def served(hall: Hall, key: str, unit: str) -> None:
    """A term that begins and ends early at once: what matters is whose it was."""
    today = hall.clock().date()
    hall.do(term(unit, today, today + timedelta(days=90)).changed(item=key))
    hall.do(EndChairTerm(**A, item=key, by=h.town, reason="for the test of the order"))


# --- the handbook ----------------------------------------------------------------------------------------------------

HANDBOOK = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", HANDBOOK["regions"]["chair_term"]["transitions"], ids=lambda row: row["id"])
def test_a_row_of_the_chair_is_the_handbooks(row: dict[str, Any]):
    ours = next(each for each in ALLIANCE.as_data()["regions"]["chair_term"]["transitions"] if each["id"] == row["id"])
    for key in ("command", "event", "name", "target", "approval", "while_in"):
        assert ours[key] == row[key], key
    assert set(ours["source"]) == set(row["source"])
    assert sorted(ours["who"]) == sorted(row["who"])
    assert set(row["rules"]) <= set(ours["rules"])


@pytest.mark.parametrize("code", ["chair_is_next_in_turn", "contacts_are_complete", "assessor_scores_are_complete"])
def test_a_rule_of_the_chair_is_the_handbooks(code: str):
    ours, theirs = ALLIANCE.as_data()["rules"][code], HANDBOOK["rules"][code]
    assert (ours["en"][0].lower() + ours["en"][1:], ours["zh"], ours["basis"]) == tuple(theirs.values())


# --- the rotation ----------------------------------------------------------------------------------------------------


def test_turns_go_in_the_agreed_order_and_round_again_with_newcomers_behind():
    hall = an_alliance()
    hall.do(m.SetRotation(**A, by=h.lead, order=("u-school", "u-lead", "u-bank")), admit("u-clinic"))
    assert turn_order(hall.alliance()) == ("u-school", "u-lead", "u-bank", "u-clinic")
    for number in range(9):
        unit = ("u-school", "u-lead", "u-bank", "u-clinic")[number % 4]
        assert next_in_turn(hall.alliance()) == unit
        served(hall, str(number + 1), unit)


def test_whose_turn_it_is_not_is_refused_and_told_whose_it_is():
    hall = an_alliance()
    wrong = term("u-bank", FIRST, LAST)
    assert hall.refused(wrong) == ("chair_is_next_in_turn",)
    assert hall.told(wrong) == "The chair is next in the rotation: the turn is that of u-lead"
    assert hall.told(wrong, "zh-CN") == "轮值次序正确：应由 u-lead 轮值"


def test_nobody_follows_before_the_term_has_ended():
    hall = serving()
    assert hall.told(term("u-bank", FIRST, LAST)).endswith("u-lead is in the chair still")


def test_a_unit_that_lets_its_turn_pass_is_asked_again_the_next_time_round():
    hall = an_alliance()
    served(hall, "1", "u-lead")
    decline = m.DeclineTurn(**A, by=h.bank, unit="u-bank", reason="merging with another branch")
    assert hall.refused(decline.changed(reason=" ")) == ("reason_given",)
    assert hall.refused(decline.changed(by=h.school, unit="u-school")) == ("turn_is_declined_by_whose_it_is",)
    assert hall.refused(decline.changed(by=h.school)) == ("turn_is_declined_by_whose_it_is",)
    hall.do(decline)
    assert next_in_turn(hall.alliance()) == "u-school"
    assert [(each.unit, each.reason) for each in hall.alliance().declined] == [("u-bank", decline.reason)]
    served(hall, "2", "u-school")
    served(hall, "3", "u-lead")
    assert next_in_turn(hall.alliance()) == "u-bank"


def test_the_lead_writes_down_that_a_unit_lets_its_turn_pass():
    hall = an_alliance()
    served(hall, "1", "u-lead")
    hall.do(m.DeclineTurn(**A, by=h.lead, unit="u-bank", reason="told us by letter"))
    hall.do(m.DeclineTurn(**A, by=h.lead, unit="u-school", reason="holidays"))
    assert next_in_turn(hall.alliance()) == "u-lead"


def test_who_left_is_passed_over_and_keeps_the_place_when_it_comes_back():
    hall = an_alliance()
    served(hall, "1", "u-lead")
    hall.do(LeaveAlliance(**A, by=h.bank, item="u-bank", reason="moved away"))
    assert next_in_turn(hall.alliance()) == "u-school"
    hall.do(admit("u-bank"))
    assert next_in_turn(hall.alliance()) == "u-bank"


def test_co_promoters_and_outsiders_take_no_turn():
    hall = an_alliance()
    change = ChangeCapacity(**A, by=h.lead, item="u-bank", capacity="co_promoter", reason="its own wish")
    hall.do(change, admit("u-clinic", "external"))
    served(hall, "1", "u-lead")
    assert next_in_turn(hall.alliance()) == "u-school"


def test_the_order_names_every_member_once():
    hall = an_alliance()
    order = m.SetRotation(**A, by=h.lead, order=("u-lead", "u-bank"))
    codes = ("order_names_every_member_once",)
    assert hall.refused(order) == codes
    assert hall.refused(order.changed(order=("u-lead", "u-bank", "u-school", "u-clinic"))) == codes
    assert hall.refused(order.changed(order=("u-lead", "u-bank", "u-school", "u-bank"))) == codes
    assert "role_is_held" in hall.refused(order.changed(by=h.bank))


def test_a_unit_in_the_chair_neither_leaves_nor_changes_its_capacity():
    hall = an_alliance()
    served(hall, "1", "u-lead")
    hall.do(term("u-bank", FIRST, LAST))
    leave = LeaveAlliance(**A, by=h.town, item="u-bank", reason="closed")
    change = ChangeCapacity(**A, by=h.town, item="u-bank", capacity="external", reason="closed")
    assert hall.refused(leave) == ("unit_is_not_in_the_chair",)
    assert hall.refused(change) == ("unit_is_not_in_the_chair",)


# --- the term and its periods ----------------------------------------------------------------------------------------


def test_a_term_without_periods_has_its_quarters_cut_at_its_ends():
    assert [(each.first, each.last) for each in quarters_of(date(2026, 2, 15), date(2026, 8, 1))] == [
        (date(2026, 2, 15), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 8, 1)),
    ]


@given(first=st.dates(date(2024, 1, 1), date(2030, 1, 1)), length=st.integers(0, 900))
def test_quarters_fill_any_term_without_gap_or_overlap(first: date, length: int):
    last = first + timedelta(days=length)
    days = [
        each.first + timedelta(days=n)
        for each in quarters_of(first, last)
        for n in range((each.last - each.first).days + 1)
    ]
    assert days == [first + timedelta(days=n) for n in range(length + 1)]
    assert all(
        (p.first.year, (p.first.month - 1) // 3) == (p.last.year, (p.last.month - 1) // 3)
        for p in quarters_of(first, last)
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": LAST, "last": FIRST},
        {"first": None},
        {"first": date(2025, 1, 1), "last": date(2025, 12, 31)},  # over already
        {"periods": (TermPeriod(first=FIRST, last=date(2026, 5, 31)),)},
        {"periods": (TermPeriod(first=FIRST, last=date(2026, 3, 31)), TermPeriod(first=date(2026, 4, 2), last=LAST))},
        {"periods": (TermPeriod(first=FIRST, last=date(2026, 4, 1)), TermPeriod(first=date(2026, 4, 1), last=LAST))},
    ],
)
def test_a_term_that_its_periods_do_not_fill_is_refused(wrong: dict[str, Any]):
    assert an_alliance().refused(term("u-lead", FIRST, LAST).changed(**wrong)) == ("term_and_periods_are_named",)


@pytest.mark.parametrize(
    ("first", "last", "is_taken"),
    [
        (FIRST, date(2030, 12, 31), True),
        (FIRST, date(2031, 1, 1), False),
        (FIRST, date(9000, 6, 30), False),
        (FIRST, date.max, False),
        (date(9995, 1, 1), date.max, False),
        (date.min, LAST, False),
    ],
)
def test_a_term_begins_within_five_years_and_lasts_five_years_at_most(first: date, last: date, is_taken: bool):
    hall = an_alliance()
    if is_taken:
        hall.do(term("u-lead", first, last))
        assert len(the_term(hall).periods) == 20
    else:
        assert hall.refused(term("u-lead", first, last)) == ("term_and_periods_are_named",)


def test_a_term_is_owed_by_its_unit_until_the_end_of_its_last_local_day():
    hall = serving()
    (loop,) = hall.engine.open_loops("al")
    assert (loop.region, loop.owes, loop.until) == ("chair_term", "u-lead", h.local(date(2026, 7, 1), 0))


# --- 两通一联 by hand-made calendars ----------------------------------------------------------------------------------


def test_a_half_year_without_any_contact_lacks_them_all():
    assert missing(serving()) == [
        "2026-01-01 to 2026-03-31: the committee u-committee was not contacted",
        "2026-01-01 to 2026-03-31: the guiding department u-department was not contacted",
        "2026-04-01 to 2026-06-30: the committee u-committee was not contacted",
        "2026-04-01 to 2026-06-30: the guiding department u-department was not contacted",
        "the member u-bank was not contacted",
        "the member u-school was not contacted",
        "the member u-clinic was not contacted",
    ]


def test_the_last_and_the_first_day_of_a_quarter_belong_to_different_quarters():
    hall = serving()
    hall.on(
        date(2026, 4, 1),
        contact("committee", date(2026, 3, 31)),
        contact("guidance", date(2026, 4, 1)),
        contact("member", date(2026, 4, 1), "u-bank"),
    )
    assert missing(hall) == [
        "2026-01-01 to 2026-03-31: the guiding department u-department was not contacted",
        "2026-04-01 to 2026-06-30: the committee u-committee was not contacted",
        "the member u-school was not contacted",
        "the member u-clinic was not contacted",
    ]


def test_monthly_periods_miss_the_months_without_a_contact():
    months = [(1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (6, 30)]
    hall = serving(periods=tuple(TermPeriod(first=date(2026, n, 1), last=date(2026, n, end)) for n, end in months))
    hall.on(
        date(2026, 6, 29),
        *(contact("committee", date(2026, n, 15)) for n in (1, 2, 4, 5, 6)),
        *(contact("guidance", date(2026, n, 1)) for n in (2, 3, 4, 5)),
        *(contact("member", date(2026, 5, 5), unit) for unit in ("u-bank", "u-school", "u-clinic")),
    )
    report = term_report(hall.alliance(), the_term(hall))
    assert [(each.counterpart, each.period and each.period.first.month) for each in report] == [
        ("guidance", 1),
        ("committee", 3),
        ("guidance", 6),
    ]
    with pytest.raises(NotAllowed) as caught:
        hall.engine.handle(ASSESS)
    (broken,) = caught.value.broken
    assert broken.sentence("zh-CN") == (
        "两通一联已完成：2026-01-01 至 2026-01-31：未与指导部门 u-department 沟通；"
        "2026-03-01 至 2026-03-31：未与二级党委 u-committee 沟通；"
        "2026-06-01 至 2026-06-30：未与指导部门 u-department 沟通"
    )


def test_a_member_that_came_counts_and_one_that_left_does_not():
    hall = an_alliance()
    hall.do(term("u-lead", FIRST, LAST))
    hall.on(date(2026, 6, 1), admit("u-clinic"), LeaveAlliance(**A, by=h.bank, item="u-bank", reason="moved"))
    assert missing(hall)[-2:] == ["the member u-school was not contacted", "the member u-clinic was not contacted"]


def test_a_member_that_joined_after_the_term_is_owed_no_contact():
    hall = an_alliance()
    hall.do(term("u-lead", FIRST, LAST))
    hall.on(date(2026, 7, 1), admit("u-clinic"))
    assert missing(hall)[-1] == "the member u-school was not contacted"


def test_a_member_is_told_in_chinese_too():
    (first, *_) = (each for each in term_report(serving().alliance(), the_term(serving())) if each.period is None)
    assert first.sentence().zh == "未联系成员单位 u-bank"


@pytest.mark.parametrize(
    "wrong",
    [
        {"counterpart": None},
        {"counterpart": "member"},
        {"counterpart": "member", "unit": "u-lead"},
        {"counterpart": "member", "unit": "u-nobody"},
        {"day": date(2025, 12, 31)},
        {"day": date(2026, 1, 6)},  # tomorrow
    ],
)
def test_a_contact_names_whom_and_a_day_of_the_term_that_has_come(wrong: dict[str, Any]):
    command = contact("committee", date(2026, 1, 5))
    named = {**command.model_dump(exclude={"by"}), "by": command.by, **wrong}
    assert serving().refused(LogChairContact.model_validate(named)) == ("contact_is_described",)


def test_a_contact_is_of_today_where_no_day_is_named_and_a_counterpart_needs_no_unit():
    hall = serving()
    hall.do(LogChairContact(**TERM, by=h.of_the_lead, counterpart="guidance"))
    (made,) = the_term(hall).contacts
    assert (made.unit, made.day) == ("u-department", date(2026, 1, 5))


def test_only_the_unit_in_the_chair_puts_its_contacts_down():
    hall = serving()
    assert hall.refused(contact("committee", date(2026, 1, 5), by=h.bank)) == ("role_is_held",)
    assert hall.refused(contact("committee", date(2026, 1, 5), by=h.town)) == ("role_is_held",)


# --- 一考 ------------------------------------------------------------------------------------------------------------


def test_the_score_of_a_term_is_the_mean_of_the_four_groups():
    hall = contacted()
    hall.do(ASSESS, *SCORES)
    assert the_term(hall).score is None, "there is none before the term has ended"
    hall.do(END)
    assert (the_term(hall).status, the_term(hall).score, the_term(hall).none) == ("ended", Fraction(355, 4), ())
    assert hall.alliance().chair is None


def weighing(*weights: tuple[str, int]) -> Policy:
    """A policy whose plan of the chair weighs these groups."""
    plan = DEFAULT_POLICY.evaluation_plan("chair")
    assert plan is not None
    sources = tuple(EvaluationSource(id=id, en=id, zh=id, weight=weight) for id, weight in weights)
    others = [each for each in DEFAULT_POLICY.evaluation_plans if each.id != plan.id]
    return DEFAULT_POLICY.changed(version="weights", evaluation_plans=(*others, plan.changed(sources=sources)))


def test_the_groups_weigh_what_the_policy_said_when_the_term_began():
    hall = Hall()
    hall.engine = Engine.open(records=(ALLIANCE,), now=hall.clock, policy=weighing(
        ("committee", 40), ("department", 30), ("members", 20), ("supervisors", 10)))  # fmt: skip
    hall.do(h.FOUND, m.ActivateAlliance(**A, by=h.lead), term("u-lead", FIRST, LAST))
    hall.on(date(2026, 7, 1), ASSESS, *SCORES, END)
    assert the_term(hall).score == Fraction(40 * 90 + 30 * 80 + 20 * 85 + 10 * 100, 100)


def test_no_term_begins_under_a_plan_that_weighs_other_groups():
    hall = Hall()
    hall.engine = Engine.open(records=(ALLIANCE,), now=hall.clock, policy=weighing(("committee", 60), ("others", 40)))
    hall.do(h.FOUND, m.ActivateAlliance(**A, by=h.lead))
    assert hall.refused(term("u-lead", FIRST, LAST)) == ("plan_weighs_the_four_groups",)


@pytest.mark.parametrize("left_out", range(4))
def test_without_one_of_the_four_scores_a_term_under_assessment_does_not_end(left_out: int):
    hall = contacted()
    hall.do(ASSESS, *(each for number, each in enumerate(SCORES) if number != left_out))
    assert hall.refused(END.changed(reason="we want to go on")) == ("assessor_scores_are_complete",)
    hall.do(SCORES[left_out], END)
    assert the_term(hall).score == Fraction(355, 4)


def test_the_assessment_waits_for_every_contact():
    hall = serving()
    assert hall.refused(ASSESS) == ("contacts_are_complete",)
    assert contacted().do(ASSESS).item("chair_term", "1").status == "under_assessment"


@pytest.mark.parametrize(
    "wrong",
    [
        score("committee", 90, h.department),
        score("department", 90, h.bank),
        score("members", 90, h.committee),
        score("supervisors", 90, h.committee),
        score("members", 90, Actor.of("both", Role.ORGANISATION, unit="u-bank").model_copy(
            update={"claims": (*h.bank.claims, *h.of_the_lead.claims)}
        )),
    ],
    ids=["committee", "department", "members", "supervisors", "of the chair too"],
)  # fmt: skip
def test_who_scores_speaks_for_the_group_and_is_not_of_the_chairs_unit(wrong: ScoreChairTerm):
    hall = contacted()
    hall.do(ASSESS)
    assert hall.refused(wrong) == ("assessor_is_of_the_group_and_not_of_the_chair",)


def test_nobody_of_the_chairs_unit_scores_opens_or_ends():
    hall = contacted()
    own = Actor.of("lead-9", Role.COMMUNITY, Role.TOWN, Role.SUPERVISOR, Role.APPRAISER, unit="u-lead")
    assert hall.refused(ASSESS.changed(by=own)) == ("role_is_held", "chair_has_no_hand_in_it")
    hall.do(ASSESS)
    assert "role_is_held" in hall.refused(score("members", 100, h.of_the_lead))
    assert "role_is_held" in hall.refused(score("members", 100, own))
    hall.do(*SCORES)
    assert hall.refused(END.changed(by=own)) == ("role_is_held", "chair_has_no_hand_in_it")


def test_who_is_of_the_chairs_unit_too_does_not_end_its_term_by_another_claim():
    hall = contacted()
    both = Actor(id="both", claims=(*Actor.of("both", Role.COMMUNITY, unit="u-comm").claims, *h.of_the_lead.claims))
    codes = ("chair_has_no_hand_in_it",)
    assert hall.refused(END.changed(by=both, reason="busy")) == codes
    assert hall.refused(ASSESS.changed(by=both)) == codes
    hall.clock.set(h.local(date(2026, 7, 1)))
    assert hall.refused(ASSESS.changed(by=both)) == codes


def test_a_supervisor_of_another_area_or_of_the_lead_scores_for_no_group():
    hall = Hall()
    hall.do(h.FOUND.changed(supervisors=None, founders=("u-bank", "u-lead")), m.ActivateAlliance(**A, by=h.lead))
    hall.do(term("u-bank", FIRST, LAST))
    hall.on(date(2026, 7, 1), ASSESS)
    for claim in ({"unit": "u-other", "area": "elsewhere"}, {"unit": "u-lead"}):
        more = Actor.of("both", Role.SUPERVISOR, **claim).claims
        both = Actor(id="both", claims=(*h.of_the_lead.claims, *more))
        codes = ("assessor_is_of_the_group_and_not_of_the_chair",)
        assert hall.refused(score("supervisors", 100, both)) == codes
    hall.do(score("supervisors", 90, h.group), score("members", 80, h.of_the_lead))


def test_a_group_scores_once_and_nobody_for_two_groups():
    hall = contacted()
    both = Actor(id="both", claims=(*h.committee.claims, *h.department.claims))
    hall.do(ASSESS, score("committee", 70, both))
    assert hall.refused(SCORES[0]) == ("score_is_the_first_of_its_group",)
    assert hall.refused(score("department", 70, both)) == ("score_is_the_first_of_its_group",)
    none: Any = ScoreChairTerm(**TERM, by=h.department, group="department")
    assert hall.refused(none) == ("score_is_the_first_of_its_group",)


def test_who_began_the_term_does_not_score_it():
    hall = contacted()
    hall.do(ASSESS)
    began = Actor(id="town-1", claims=h.department.claims)
    assert hall.refused(score("department", 80, began)) == ("verified_by_another",)


def test_a_supervisor_with_an_interest_in_the_chairs_unit_keeps_away():
    hall = contacted()
    hall.do(ASSESS)
    concerned = Actor(id="group-2", claims=h.group.claims, interests=("u-lead",))
    assert hall.refused(score("supervisors", 100, concerned)) == ("actor_has_no_interest",)


def test_points_go_from_none_to_a_hundred():
    with pytest.raises(ValueError, match="less than or equal to 100"):
        score("committee", 101, h.committee)


# --- ended early -----------------------------------------------------------------------------------------------------


def test_a_term_that_ends_early_is_marked_none_and_has_no_score():
    hall = serving()
    assert hall.refused(END) == ("assessor_scores_are_complete",)
    hall.do(END.changed(reason="the unit is wound up"))
    ended = the_term(hall)
    assert (ended.status, ended.score, len(ended.none), ended.reason) == ("ended", None, 4, "the unit is wound up")
    assert next_in_turn(hall.alliance()) == "u-bank"


def test_a_term_that_is_over_is_assessed_and_not_ended_without():
    hall = serving()
    hall.clock.set(h.local(date(2026, 7, 1), 0))
    assert hall.refused(END.changed(reason="the unit is wound up")) == ("assessor_scores_are_complete",)


def test_a_chair_without_contacts_is_assessed_once_its_term_is_over_and_the_next_follows():
    hall = serving()
    hall.clock.set(h.local(date(2026, 7, 1), 0))
    hall.do(ASSESS, *SCORES, END)
    assert (the_term(hall).score, len(missing(hall))) == (Fraction(355, 4), 7)
    hall.do(term("u-bank", date(2026, 7, 1), date(2026, 12, 31)))


def test_groups_that_stay_silent_for_thirty_days_keep_nobody_in_the_chair():
    hall = serving()
    hall.on(date(2026, 7, 2), ASSESS, SCORES[0])
    silent = END.changed(reason="three groups stayed silent")
    hall.clock.set(h.local(date(2026, 8, 1)) - timedelta(seconds=1))
    assert hall.refused(silent) == ("assessor_scores_are_complete",)
    hall.clock.set(h.local(date(2026, 8, 1)))
    assert hall.refused(silent.changed(by=Actor.of("c", Role.COMMUNITY))) == ("assessor_scores_are_complete",)
    assert hall.refused(silent.changed(reason=" ")) == ("assessor_scores_are_complete",)
    hall.do(silent)
    ended = the_term(hall)
    assert (ended.status, ended.score, ended.none) == ("ended", None, ("department", "members", "supervisors"))
    assert (len(missing(hall)), hall.alliance().chair) == (7, None)


def test_groups_that_may_score_before_the_term_is_over_have_thirty_days_from_its_end():
    hall = contacted()
    hall.do(ASSESS)
    silent = END.changed(reason="nobody scored")
    hall.clock.set(h.local(date(2026, 7, 31), 0) - timedelta(seconds=1))
    assert hall.refused(silent) == ("assessor_scores_are_complete",)
    hall.on(date(2026, 7, 31), silent)


def test_with_the_alliance_the_term_ends_and_its_missing_groups_are_marked_none():
    hall = contacted()
    hall.do(ASSESS, SCORES[0])
    gone = m.DissolveAlliance(**A, by=h.town, reason="merged with the next")
    assert hall.refused(gone) == ("loops_are_handed_over",)
    hall.do(gone.changed(hand_over=(HandOver(reason="the alliance is dissolved"),)))
    ended = the_term(hall)
    assert (ended.status, ended.score) == ("ended", None)
    assert ended.none == ("department", "members", "supervisors")
    assert [each.points for each in ended.scores] == [90]
