"""Thematic issues: several matters, one root cause, one measure, and whether it brought anything (M031)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import CASE, Actor, Command, HandOver, NotAllowed, NotFound, Role
from govflow.actors import FOR_THEMSELVES
from govflow.beside.campaign import CAMPAIGN
from govflow.beside.thematic_issue import (
    THEMATIC_ISSUE,
    Addressed,
    root_cause_addressed,
    similar_matters,
)
from govflow.beside.thematic_issue_messages import (
    AddMembers,
    AdoptMeasure,
    BasisKind,
    CheckEffect,
    DropThematicIssue,
    OpenThematicIssue,
    StudyThematicIssue,
)
from govflow.regions import commitment as cm
from govflow.regions.checklist import StartChecklist
from govflow.regions.link import Unlink
from govflow.testing import START
from tests.support import AREA, Town, a_case, a_town

TI: dict[str, Any] = {"id": "water"}
RECORDS = [CASE, THEMATIC_ISSUE]
district = Actor.of("chief", Role.DISTRICT)
community = Actor.of("community-1", Role.COMMUNITY)
works = Actor.of("engineer", Role.LEAD_UNIT, unit="works")
checker = Actor.of("inspector", Role.SUPERVISOR, Role.VERIFIER)
OPEN = OpenThematicIssue(
    **TI, by=district, title="Old pipes", category="general", area=AREA, lead_unit="works", members=("c1", "c2")
)
STUDY = StudyThematicIssue(**TI, by=works, root_cause="pipes of 1980")
ADOPT = AdoptMeasure(
    **TI,
    by=works,
    measure="replace the main",
    basis_kind=BasisKind.WORKS,
    basis="works plan 2026-4",
    until=START + timedelta(days=60),
)
CHECK = CheckEffect(**TI, by=checker, before=3, after=1, days=10)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.fixture
def town() -> Iterator[Town]:
    made = a_town(records=RECORDS)
    for id in ("c1", "c2", "c3"):
        a_case(made, "accepted", id=id)
    yield made
    made.engine.close()


def issue(town: Town) -> Any:
    return town.engine.get("water")


def ties(town: Town, id: str) -> set[tuple[str, str, str]]:
    return {(tie.kind, tie.other, tie.status) for tie in town.engine.get(id).items_of("link").values()}


def adopted(town: Town) -> None:
    town.do(OPEN, STUDY, ADOPT)


# --- members ---------------------------------------------------------------------------------------------------------


def test_its_members_are_tied_on_both_sides_and_none_waits_for_it(town):
    town.do(OPEN)
    assert issue(town).members == ("c1", "c2")
    for case in ("c1", "c2"):
        assert ties(town, case) == {("spawned", "water", "linked")}
    assert ties(town, "c3") == set()
    assert town.engine.open_loops("water") == ()
    assert "link" not in {loop.region for loop in town.engine.open_loops("c1")}


def test_two_matters_that_exist_are_asked_for(town):
    assert refused(town, OPEN.changed(members=("c1",))) == ("two_members_at_least",)
    assert refused(town, OPEN.changed(members=("c1", "c1"))) == ("members_can_be_tied", "two_members_at_least")
    assert refused(town, OPEN.changed(members=("c1", "nowhere"))) == ("members_can_be_tied",)
    assert refused(town, OPEN.changed(members=("c1", "c2", "c2"))) == ("members_can_be_tied",)
    a_case(town, "archived", id="old", reporter=None)
    assert refused(town, OPEN.changed(members=("c1", "old"))) == ("members_can_be_tied",)


def test_a_secret_matter_is_not_there_for_an_issue_and_a_report_on_a_unit_is_not_led_by_it(town):
    a_case(town, "reported", id="secret", confidential=True)
    a_case(town, "reported", id="told", accused_unit="works")
    inspector = Actor.of("inspector", Role.SUPERVISOR)  # who may read both
    for by in (community, inspector):
        with pytest.raises(NotAllowed) as caught:
            town.engine.handle(OPEN.changed(by=by, members=("c1", "secret")))
        assert caught.value.codes == ("members_can_be_tied",)
        assert list(caught.value.broken[0].detail) == ["there is no matter secret"]
    assert refused(town, OPEN.changed(members=("c1", "told"))) == ("members_are_of_the_issue",)
    town.do(OPEN)
    with pytest.raises(NotAllowed) as caught:  # the unit reported learns of nothing
        town.engine.handle(AddMembers(**TI, by=works, members=("told",)))
    assert list(caught.value.broken[0].detail) == ["there is no matter told"]
    assert len(caught.value.codes) == 1
    town.do(OPEN.changed(id="led-by-others", lead_unit="roads", members=("c1", "told"), command_id="others"))


def test_its_members_are_of_its_category_and_area(town):
    a_case(town, "accepted", id="noise", category="environment")
    a_case(town, "accepted", id="far", area="elsewhere")
    a_case(town, "accepted", id="near", area=f"{AREA}-west")
    a_case(town, "accepted", id="part", area=f"{AREA}/grid-3")
    for other in ("noise", "far", "near"):
        assert refused(town, OPEN.changed(members=("c1", other))) == ("members_are_of_the_issue",)
    town.do(OPEN)
    for other in ("noise", "far"):
        assert refused(town, AddMembers(**TI, by=works, members=(other,))) == ("members_are_of_the_issue",)
    town.do(AddMembers(**TI, by=works, members=("part",)))


def test_more_members_come_later_once_each_and_go_with_a_reason(town):
    town.do(OPEN)
    more = AddMembers(**TI, by=works, members=("c3",))
    for wrong in ((), ("c1",), ("water",), ("c3", "c3")):
        assert refused(town, more.changed(members=wrong)) == ("members_can_be_tied",)
    town.do(more)
    assert issue(town).members == ("c1", "c2", "c3")
    town.do(Unlink(**TI, by=community, item="spawned_by.c3", reason="another cause"))
    assert issue(town).members == ("c1", "c2")
    assert ties(town, "c3") == {("spawned", "water", "unlinked")}
    town.do(more.changed(command_id="again"))
    assert issue(town).members == ("c1", "c2", "c3")


@pytest.mark.parametrize("gap", [{"title": " "}, {"category": None}])
def test_what_it_is_about_is_said(town, gap: dict[str, Any]):
    assert refused(town, OPEN.changed(**gap)) == ("matter_is_described",)


def test_its_title_carries_no_personal_data(town):
    assert refused(town, OPEN.changed(title="Old pipes, ask 13800138000")) == ("personal_data_is_withheld",)


def test_who_may_open_it(town):
    for wrong in (works, Actor.of("s-1", Role.RESIDENT), Actor.of("grid-1", Role.GRID_WORKER)):
        assert refused(town, OPEN.changed(by=wrong)) == ("role_is_held",)
    assert town.do(OPEN.changed(by=community)).status == "opened"


# --- cause and measure -----------------------------------------------------------------------------------------------


def test_a_measure_follows_a_root_cause_and_names_what_it_rests_on(town):
    town.do(OPEN)
    assert refused(town, ADOPT) == ("step_is_in_the_table",)
    assert refused(town, STUDY.changed(root_cause=" ")) == ("root_cause_is_named",)
    assert refused(town, STUDY.changed(by=Actor.of("x", Role.LEAD_UNIT, unit="other"))) == ("role_is_held",)
    town.do(STUDY)
    for gap in ({"measure": ""}, {"basis": " "}, {"basis_kind": None}):
        assert refused(town, ADOPT.changed(**gap)) == ("measure_has_a_basis",)
    for when in (None, town.clock()):
        assert refused(town, ADOPT.changed(until=when)) == ("effect_is_due_later",)
    town.do(ADOPT)
    assert (issue(town).status, issue(town).basis_kind) == ("measure_adopted", "works")
    assert issue(town).clocks["implementation"].due == ADOPT.until


def test_whether_it_shows_its_effect_is_due(town):
    adopted(town)
    town.pass_days(61)
    town.engine.tick()
    assert issue(town).clocks["implementation"].status == "overdue"


# --- the effect ------------------------------------------------------------------------------------------------------


def test_the_effect_is_counted_by_another_than_who_proposed_the_measure(town):
    town.do(OPEN, STUDY, ADOPT.changed(by=Actor.of(checker.id, Role.DISTRICT)))
    town.pass_days(10)
    assert refused(town, CHECK) == ("decided_by_another",)
    assert town.do(CHECK.changed(by=district)).status == "effective"


def test_the_lead_unit_does_not_check_its_own_measure(town):
    adopted(town)
    town.pass_days(10)
    colleague = Actor.of("colleague", Role.VERIFIER, Role.SUPERVISOR, Role.LEAD_UNIT, unit="works")
    assert refused(town, CHECK.changed(by=colleague)) == ("role_is_held",)


def test_two_equal_periods_are_compared_once_they_are_over(town):
    adopted(town)
    town.pass_days(9)
    assert refused(town, CHECK) == ("equal_periods_are_over",)
    town.pass_days(1)
    for wrong in ({"days": 0}, {"days": -1}, {"days": 11}, {"after": -1}):
        assert refused(town, CHECK.changed(**wrong)) == ("equal_periods_are_over",)
    town.do(CHECK)
    assert (issue(town).before, issue(town).after, issue(town).days) == (3, 1, 10)
    assert issue(town).clocks["implementation"].status == "met"


@pytest.mark.parametrize("after", [3, 4])
def test_a_measure_that_brings_nothing_leads_back_to_the_study(town, after: int):
    adopted(town)
    town.pass_days(10)
    town.do(CHECK.changed(after=after))
    assert (issue(town).status, issue(town).root_cause) == ("studied", "pipes of 1980")
    assert issue(town).clocks["implementation"].status == "met"
    town.do(ADOPT.changed(measure="replace the pump", until=START + timedelta(days=99), command_id="second"))
    town.pass_days(10)
    assert town.do(CHECK.changed(command_id="second-check")).status == "effective"


def test_after_a_measure_that_brought_nothing_the_cause_is_studied_again(town):
    adopted(town)
    town.pass_days(10)
    town.do(CHECK.changed(after=3), STUDY.changed(root_cause="the pump", command_id="second-study"))
    assert (issue(town).status, issue(town).root_cause) == ("studied", "the pump")
    assert refused(town, STUDY.changed(root_cause=" ", command_id="third")) == ("root_cause_is_named",)


@pytest.mark.parametrize(
    "wrong", [{"days": 36_501}, {"days": -1}, {"before": 10**10}, {"after": 10**50}, {"after": -1}]
)
def test_counts_beyond_all_measure_cannot_be_said(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="than or equal"):
        CheckEffect(**TI, by=checker, **{"before": 3, "after": 1, "days": 10, **wrong})
    CheckEffect(**TI, by=checker, before=3, after=1, days=36_500)


@pytest.mark.parametrize(("after", "row"), [(2, "TI05"), (3, "TI06"), (4, "TI06")])
def test_exactly_one_row_is_for_what_was_counted(after: int, row: str):
    rows = THEMATIC_ISSUE.workflow.rows("measure_adopted", CheckEffect.wire)
    counted = CHECK.changed(before=3, after=after)
    fitting = [
        each.id
        for each in rows
        if not any(rule.broken(None, counted, None) for rule in each.rules if rule.code.startswith("similar_"))
    ]
    assert fitting == [row]


def test_the_counts_can_be_made_again_from_the_log(town):
    town.do(OPEN)
    assert similar_matters(issue(town), town.engine.records(), 10) is None
    town.pass_days(1)  # c1, c2 and c3 were reported the day before
    town.do(STUDY, ADOPT)
    a_case(town, "accepted", id="c4")  # at the very moment of the measure: already after it
    town.pass_days(3)
    a_case(town, "accepted", id="another-category", category="environment")
    a_case(town, "accepted", id="far", area="elsewhere")
    a_case(town, "accepted", id="near", area=f"{AREA}-west")
    town.pass_days(7)
    a_case(town, "accepted", id="c5")  # the eleventh day
    assert similar_matters(issue(town), town.engine.records(), 10) == (3, 1)
    assert similar_matters(issue(town), town.engine.records(), 11) == (3, 2)
    assert town.do(CHECK).status == "effective"


def test_it_is_not_effective_while_a_promise_or_a_list_is_open(town):
    adopted(town)
    until = town.clock() + timedelta(days=30)
    town.do(
        cm.MakeCommitment(**TI, by=works, item="p", what="main replaced", owner="works", until=until),
        StartChecklist(**TI, by=works, item="five", template="five-step"),
    )
    town.pass_days(10)
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(CHECK)
    assert caught.value.codes == ("no_loop_is_open",)
    assert len(caught.value.broken[0].detail) == 2
    own_word = cm.KeepCommitment(**TI, by=Actor.of("works", Role.SUPERVISOR), item="p")
    assert refused(town, own_word) == ("decided_by_another",)


def test_it_is_dropped_with_a_reason_and_its_loops_handed_over(town):
    adopted(town)
    town.do(StartChecklist(**TI, by=works, item="five", template="five-step"))
    drop = DropThematicIssue(**TI, by=district, reason="the town's own issue")
    assert refused(town, drop) == ("loops_are_handed_over",)
    handed = drop.changed(hand_over=(HandOver(reason="goes on there"),))
    assert refused(town, handed.changed(reason="")) == ("reason_given",)
    assert refused(town, handed.changed(by=works)) == ("role_is_held",)
    town.do(handed)
    assert (issue(town).status, town.engine.open_loops("water")) == ("dropped", ())
    assert issue(town).clocks["implementation"].status == "cancelled"


def test_how_many_root_causes_were_addressed_is_counted_over_the_issues(town):
    assert root_cause_addressed(town.engine.records()).rate is None
    adopted(town)
    second = OPEN.changed(id="roads", command_id="roads")
    third = OPEN.changed(id="noise", command_id="noise")
    town.do(second, third, DropThematicIssue(id="noise", by=district, reason="one matter after all"))
    assert root_cause_addressed(town.engine.records()) == Addressed(0, 2)
    town.pass_days(10)
    town.do(CHECK)
    assert root_cause_addressed(town.engine.records()) == Addressed(1, 2)
    assert root_cause_addressed(town.engine.records()).rate == Fraction(1, 2)


def test_residents_and_units_without_a_part_do_not_see_it(town):
    town.do(OPEN)
    for who in (district, community, works):
        assert town.engine.seen_by(who).get("water").id == "water"
    for who in (Actor.of("s-1", *FOR_THEMSELVES), Actor.of("o", Role.ORGANISATION, unit="shop")):
        with pytest.raises(NotFound):
            town.engine.seen_by(who).get("water")


def test_replay_gives_the_same_issue_and_a_number_of_its_own(tmp_path):
    town = a_town(tmp_path / "log.db", records=[*RECORDS, CAMPAIGN])
    for id in ("c1", "c2"):
        a_case(town, "accepted", id=id)
    opened = town.engine.handle(OPEN.changed(id=None))
    assert opened.id == "TI-2026-000001"
    town.do(STUDY.changed(id=opened.id), ADOPT.changed(id=opened.id))
    digest = town.engine.get(opened.id).digest
    town.engine.close()
    assert a_town(tmp_path / "log.db", records=[*RECORDS, CAMPAIGN]).engine.get(opened.id).digest == digest
