"""准入: a task outside the catalogue reaches a community only with the district's leave for that very community."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, NotAllowed, Role
from govflow.actors import ClaimsAuthority, Level
from govflow.cases import commands as c
from govflow.messages import new_command_id
from govflow.organisation import DIRECTORY, FoundDirectory
from govflow.organisation.units import AddUnit
from govflow.policy.default import DEFAULT_POLICY
from govflow.proposals import PROPOSAL
from govflow.records import HandOver
from govflow.regions.admission import (
    ADMISSION,
    DecideAdmission,
    RequestAdmission,
    RevokeAdmission,
    WithdrawAdmission,
)
from govflow.regions.contact import LogContact
from tests.support import (
    TOLD,
    Town,
    a_case,
    a_town,
    community,
    desk,
    dispatcher,
    district,
    lead,
    resident,
)

X: dict[str, Any] = {"id": "x"}
HZB: dict[str, Any] = {"id": "x", "item": "hzb"}
ASK = RequestAdmission(**HZB, by=dispatcher, reason="a census from above")
YES = DecideAdmission(**HZB, by=district, granted=True)
NO = DecideAdmission(**HZB, by=district, granted=False, reason="the community has three such tasks already")
ASSIGN = c.AssignCase(**X, by=dispatcher, lead_unit="hzb", unit_level="community")


def a_town_with_admission(**options: Any) -> Town:
    return a_town(records=[CASE.extended(regions=(ADMISSION,)), PROPOSAL], **options)


@pytest.fixture
def town() -> Town:
    """Case x, of a category outside the catalogue, accepted."""
    town = a_town_with_admission()
    a_case(town, "accepted", id="x", category="imposed")
    return town


def anew(command: Command, **changes: Any) -> Any:
    """The same command given once more, with changes."""
    return command.changed(command_id=new_command_id(), **changes)


def refusal(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def refused(town: Town, command: Command) -> tuple[str, ...]:
    return refusal(town, command).codes


def leave(town: Town, item: str = "hzb") -> Any:
    return town.engine.get("x").item("admission", item)


def test_the_task_goes_to_the_community_only_once_leave_is_granted(town: Town):
    assert refused(town, ASSIGN) == ("admission_is_settled",)
    town.do(ASK)
    assert refused(town, ASSIGN) == ("admission_is_settled",)
    town.do(NO)
    assert (leave(town).status, leave(town).ground) == ("denied", NO.reason)
    assert refused(town, ASSIGN) == ("admission_is_settled",)
    town.do(anew(ASK, reason="with two helpers from the bureau"), YES)
    assert leave(town).status == "granted"
    assert town.do(ASSIGN).lead_unit == "hzb"


def test_leave_for_one_community_serves_no_other(town: Town):
    town.do(ASK, YES)
    assert refused(town, anew(ASSIGN, lead_unit="other")) == ("admission_is_settled",)
    assert refused(town, anew(ASSIGN, lead_unit="other", unit_level=None)) == ("admission_is_settled",)
    town.do(ASSIGN)


def test_leave_is_asked_for_with_a_reason_and_only_for_what_is_outside_the_catalogue(town: Town):
    assert refused(town, anew(ASK, reason=" ")) == ("reason_given",)
    assert refused(town, anew(ASK, by=community)) == ("role_is_held",)
    a_case(town, "accepted", id="y", category="utility")
    assert refused(town, anew(ASK, id="y")) == ("task_is_outside_catalogue",)
    town.do(ASK)


def test_in_a_closed_catalogue_what_nobody_listed_is_outside():
    closed = DEFAULT_POLICY.changed(version="closed", open_catalogue=False)
    town = a_town_with_admission(policy=closed)
    a_case(town, "reported", id="x", category="astrology")
    assert town.engine.why_not(ASK) == ()
    open_town = a_town_with_admission()
    a_case(open_town, "reported", id="x", category="astrology")
    assert refused(open_town, ASK) == ("task_is_outside_catalogue",)


def test_a_refusal_says_why_and_a_decision_says_yes_or_no(town: Town):
    town.do(ASK)
    assert refused(town, anew(NO, reason="")) == ("reason_given",)
    assert refused(town, anew(YES, granted=None)) == ("decision_grants",)
    assert refused(town, anew(YES, by=desk)) == ("role_is_held",)
    town.do(YES)


def test_nobody_who_asked_decides_also_not_one_who_asked_again_later(town: Town):
    both = Actor.of("both", Role.TOWN, Role.DISTRICT)
    town.do(ASK, NO, anew(ASK, by=both))
    for answer in (YES, NO):
        assert refused(town, anew(answer, by=both)) == ("decided_by_another",)
    assert refused(town, anew(YES, by=Actor.of("dispatch-1", Role.DISTRICT))) == ("decided_by_another",)
    town.do(YES)


def test_the_district_owes_its_answer_within_five_working_days_and_an_answer_ends_the_loop(town: Town):
    town.do(ASK)  # Monday 2 March 2026, 9 o'clock: the fifth working day is Monday the 9th, to its end
    (loop,) = (each for each in town.engine.open_loops("x") if each.region == "admission")
    assert (loop.item, loop.owes, loop.until) == ("hzb", "district", leave(town).until)
    assert loop.until == datetime(2026, 3, 9, 16, tzinfo=UTC)
    town.pass_days(8)
    for _ in range(2):  # a second tick adds nothing
        town.engine.tick()
    said = [
        each.name for each in town.engine.history("x") if getattr(each.body, "item", "") == "admission_decision:hzb"
    ]
    assert said == ["clock.warned", "clock.deadline_missed"]
    town.do(YES)
    assert [each for each in town.engine.open_loops("x") if each.region == "admission"] == []
    assert town.engine.get("x").clocks["admission_decision:hzb"].status == "met_late"


def test_a_second_request_has_its_own_term(town: Town):
    town.do(ASK, NO)
    town.pass_days(3)
    town.do(anew(ASK))
    clock = town.engine.get("x").clocks["admission_decision:hzb"]
    assert (clock.status, clock.due) == ("running", leave(town).until)
    assert clock.due == datetime(2026, 3, 12, 16, tzinfo=UTC)


def test_what_is_asked_for_can_be_withdrawn_and_is_then_not_decided(town: Town):
    town.do(ASK, WithdrawAdmission(**HZB, by=dispatcher))
    assert leave(town).status == "withdrawn"
    assert refused(town, YES) == ("step_is_in_the_table",)
    assert refused(town, anew(ASK)) == ("step_is_in_the_table",)


def test_leave_is_taken_back_only_while_the_community_has_not_begun(town: Town):
    back = RevokeAdmission(**HZB, by=district, reason="a wrong task")
    town.do(ASK, YES)
    assert refused(town, back.changed(reason="")) == ("reason_given",)
    member = Actor.of("zhao", Role.LEAD_UNIT, unit="hzb")
    town.do(ASSIGN)
    assert town.engine.why_not(back) == ()
    town.do(LogContact(**X, by=member, reached=True, way="phone"), c.StartHandling(**X, by=member))
    assert refused(town, back) == ("task_is_not_begun",)
    other = {"item": "other"}  # a community that has nothing to do with it
    town.do(anew(ASK, **other), anew(YES, **other), anew(back, **other))
    assert leave(town, "other").status == "revoked"


def test_leave_taken_back_is_leave_no_more_until_it_is_granted_anew(town: Town):
    town.do(ASK, YES, RevokeAdmission(**HZB, by=district, reason="a wrong task"))
    assert refused(town, ASSIGN) == ("admission_is_settled",)
    town.do(anew(ASK), anew(YES), ASSIGN)


def test_leave_is_asked_for_a_community_that_is_named(town: Town):
    assert refused(town, RequestAdmission(**X, by=dispatcher, reason="a census from above")) == ("community_is_named",)


def test_leave_asked_for_again_is_owed_since_then_and_known_by_who_asked_last(town: Town):
    town.do(ASK, NO)
    town.pass_days(3)
    town.do(anew(ASK, by=Actor.of("qing", Role.TOWN)))
    assert (leave(town).since, leave(town).by) == (town.clock(), "qing")
    assert refused(town, anew(YES, by=Actor.of("dispatch-1", Role.DISTRICT))) == ("decided_by_another",)


def list_in_directory(town: Town) -> None:
    """One community, hzb; the others are units of the district."""
    town.do(FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu"))
    for unit, level in (("hzb", "community"), ("water", None), ("roads", None), ("power", None)):
        town.do(AddUnit(by=SYSTEM, item=unit, title=unit, kind="department", area="jinniu", level=level))


DIRECT = c.AssignCase(**X, by=dispatcher, lead_unit="water", unit_level="town")


def test_no_co_unit_is_a_community_without_leave(town: Town):
    error = refusal(town, anew(DIRECT, co_units=("hzb",)))
    assert error.codes == ("admission_is_settled",)
    assert error.broken[0].detail == ("no leave was granted for hzb",)
    town.do(ASK, YES)
    town.do(anew(DIRECT, co_units=("hzb",)))


def test_a_task_is_passed_to_no_community_without_leave(town: Town):
    town.do(DIRECT)
    transfer = c.TransferCase(**X, by=lead, to_unit="hzb", reason="theirs")
    assert "admission_is_settled" in refused(town, transfer)
    town.do(ASK, YES)
    assert town.approved(transfer, dispatcher).lead_unit == "hzb"


def test_an_arbitration_gives_no_task_to_a_community_without_leave(town: Town):
    town.do(DIRECT, c.SignOrder(**X, by=lead), c.ObjectAssignment(**X, by=lead, reason="not ours"))
    settled = c.ArbitrateAssignment(**X, by=dispatcher, lead_unit="hzb", reason="theirs")
    assert refused(town, settled) == ("admission_is_settled",)
    assert town.do(anew(settled, lead_unit="roads", unit_level=Level.TOWN)).lead_unit == "roads"


def test_the_directory_knows_better_than_who_assigns_what_is_a_community():
    records = [CASE.extended(regions=(ADMISSION,)), PROPOSAL, DIRECTORY]
    town = a_town(records=records, authority=ClaimsAuthority())
    list_in_directory(town)
    a_case(town, "accepted", id="x", category="imposed")
    assert refused(town, anew(ASSIGN, unit_level=Level.TOWN)) == ("admission_is_settled",)
    town.do(anew(DIRECT, unit_level=None, co_units=("power",)))  # known as units of the town
    assert (
        town.approved(c.TransferCase(**X, by=lead, to_unit="roads", reason="theirs"), dispatcher).lead_unit == "roads"
    )


def test_a_community_does_not_begin_when_its_leave_was_taken_back(town: Town):
    member = Actor.of("zhao", Role.LEAD_UNIT, unit="hzb")
    begin = c.StartHandling(**X, by=member)
    town.do(ASK, YES, ASSIGN, LogContact(**X, by=member, reached=True, way="phone"))
    assert town.engine.why_not(begin) == ()
    town.do(RevokeAdmission(**HZB, by=district, reason="a wrong task"))
    assert refused(town, begin) == ("leave_for_the_lead_unit_stands",)
    town.do(anew(ASK))
    assert refused(town, begin) == ("leave_for_the_lead_unit_stands",)
    town.do(anew(YES), begin)


def test_an_open_request_ends_with_the_record_that_leaves(town: Town):
    town.do(ASK)
    away = c.RedirectCase(**X, by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD)
    assert refused(town, away) == ("loops_are_handed_over",)
    town.do(away.changed(hand_over=(HandOver(reason="the court decides"),)))
    assert leave(town).status == "withdrawn"
    assert town.engine.get("x").clocks["admission_decision:hzb"].is_going is False
    assert town.engine.open_loops("x") == ()


def test_replay_gives_the_same_state(town: Town):
    town.do(ASK, NO, anew(ASK), YES, ASSIGN)
    town.clock.advance(timedelta(hours=1))
    assert town.engine.as_of("x", town.clock()).digest == town.engine.get("x").digest
    assert resident.id not in {leave(town).by, *leave(town).hands}
