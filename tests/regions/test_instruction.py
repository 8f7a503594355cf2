"""批示 instruction: what, who and until when; only its owner answers; returned with a new date, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Claim, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.records import HandOver
from govflow.regions import instruction as ins
from govflow.regions.evidence import AddEvidence
from govflow.regions.supervision import UrgeSupervision
from tests.organisation.office import an_office
from tests.support import (
    MATTER,
    TOLD,
    Town,
    a_case,
    a_town,
    co_unit,
    community,
    desk,
    dispatcher,
    lead,
    other_lead,
    supervisor,
)
from tests.ticking.world import ticked

X: dict[str, Any] = {"id": "x"}
IT: dict[str, Any] = {"id": "x", "item": "i1"}
SHOWN: dict[str, Any] = {"measure": "pipe laid", "evidence": ("e1",)}
leader = Actor.of("mayor", Role.LEADER)
head_of_water = Actor.of("chief", Role.LEADER, Role.SUPERVISOR, unit="water")


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


@pytest.fixture
def town() -> Town:
    """Case x in handling by water, with evidence e1 on file."""
    town = a_town(records=[CASE.extended(regions=(ins.INSTRUCTION,))])
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
    return town


def soon(town: Town, days: float = 3) -> datetime:
    return town.clock() + timedelta(days=days)


def giving(town: Town, **more: Any) -> ins.GiveInstruction:
    named = {"what": "settle it this week", "owner": "water", "until": soon(town)}
    return ins.GiveInstruction(**{**IT, "by": leader, **named, **more})


def item(town: Town) -> Any:
    return town.engine.get("x").item("instruction", "i1")


def answer(**more: Any) -> ins.AnswerInstruction:
    return ins.AnswerInstruction(**{**IT, "by": lead, **SHOWN, **more})


def test_an_instruction_says_what_who_and_until_when(town: Town):
    give = giving(town)
    for missing in ({"what": " "}, {"owner": None}, {"until": None}, {"until": soon(town, -1)}):
        assert refused(town, give.changed(**missing)) == ("what_who_and_due_named",)
    for by in (lead, dispatcher, community):
        assert refused(town, give.changed(by=by)) == ("role_is_held",)
    town.do(give)
    (loop,) = town.engine.open_loops("x")
    assert (loop.region, loop.what, loop.owes, loop.until) == (
        "instruction",
        "settle it this week",
        "water",
        soon(town),
    )
    assert town.engine.get("x").clocks["instruction_reply:i1"].due == soon(town)


def test_only_its_owner_answers_and_shows_what_was_done(town: Town):
    town.do(giving(town, owner="roads"))
    assert refused(town, answer()) == ("role_is_held",)
    assert refused(town, answer(by=other_lead, measure="")) == ("measure_and_evidence_given",)
    assert refused(town, answer(by=other_lead, evidence=())) == ("measure_and_evidence_given",)
    town.do(answer(by=other_lead))
    assert (item(town).status, item(town).measure, item(town).owes) == ("answered", "pipe laid", None)
    assert town.engine.get("x").clocks["instruction_reply:i1"].status == "met"
    assert town.engine.open_loops("x") == ()


def test_a_person_who_was_named_answers_in_person(town: Town):
    town.do(giving(town, owner="community-1"))
    assert refused(town, answer(by=Actor.of("community-2", Role.COMMUNITY))) == ("role_is_held",)
    town.do(answer(by=community))


def test_an_answer_that_does_not_do_is_asked_for_again_by_a_new_date(town: Town):
    town.do(giving(town))
    first = soon(town)
    again: dict[str, Any] = {**IT, "by": leader, "reason": "says nothing of the cellar"}
    assert refused(town, ins.ReturnInstruction(**again, until=soon(town, 9))) == ("step_is_in_the_table",)
    town.do(answer())
    back = ins.ReturnInstruction(**again, until=soon(town, 9))
    assert refused(town, back.changed(reason="")) == ("reason_given",)
    assert refused(town, back.changed(until=None)) == ("new_due_is_named",)
    assert refused(town, back.changed(until=soon(town, -1))) == ("new_due_is_named",)
    assert refused(town, back.changed(by=lead)) == ("role_is_held",)
    town.do(back)
    assert (item(town).status, item(town).owes, item(town).returned) == ("given", "water", 1)
    assert item(town).earlier == (first,)
    clock = town.engine.get("x").clocks["instruction_reply:i1"]
    assert (clock.run, clock.status, clock.due) == (2, "running", item(town).until)
    town.do(answer(measure="cellar dry"))
    assert item(town).measure == "cellar dry"


def test_nobody_judges_an_answer_of_their_own_or_takes_back_what_they_owe(town: Town):
    town.do(giving(town))
    withdraw = ins.WithdrawInstruction(**IT, by=leader, reason="settled")
    assert refused(town, withdraw.changed(by=head_of_water)) == ("role_is_held", "giver_takes_it_back")
    town.do(answer())
    back = ins.ReturnInstruction(**IT, by=head_of_water, reason="r", until=soon(town))
    assert refused(town, back) == ("role_is_held",)
    town.do(back.changed(by=supervisor))
    town.do(withdraw)


def test_what_is_taken_back_says_why_and_moves_no_more(town: Town):
    town.do(giving(town))
    withdraw = ins.WithdrawInstruction(**IT, by=leader, reason="settled otherwise")
    assert refused(town, withdraw.changed(reason=" ")) == ("reason_given",)
    town.do(withdraw)
    assert town.engine.open_loops("x") == ()
    assert town.engine.get("x").clocks["instruction_reply:i1"].status == "cancelled"
    assert refused(town, answer()) == ("step_is_in_the_table",)


def test_it_is_taken_back_by_whoever_gave_it_their_unit_or_who_stands_above_and_by_nobody_else(town: Town):
    office: dict[str, Any] = {"unit": "town-office", "level": "town"}
    giver = Actor.of("ma", Role.LEADER, **office)
    town.do(giving(town, by=giver))
    withdraw = ins.WithdrawInstruction(**IT, by=giver, reason="settled otherwise")
    beside = Actor.of("qi", Role.LEADER, unit="other-office", level="town")
    below = Actor.of("he", Role.LEADER, unit="river", level="community")
    for by in (leader, supervisor, beside, below):
        assert refused(town, withdraw.changed(by=by)) == ("giver_takes_it_back",)
    for by in (giver, Actor.of("hu", Role.LEADER, **office), Actor.of("gu", Role.LEADER, unit="d", level="district")):
        assert town.engine.why_not(withdraw.changed(by=by)) == ()
    assert refused(town, withdraw.changed(by=Actor.of("hu", Role.COMMUNITY, **office))) == (
        "role_is_held",
        "giver_takes_it_back",
    )


def test_a_supervisor_takes_back_what_they_gave_and_so_does_whom_a_substitute_stood_in_for(town: Town):
    boss = Actor.of("boss", Role.SUPERVISOR)
    stand_in = Actor(id="sub", claims=(Claim(role=Role.SUPERVISOR, standing_in_for="boss"),))
    town.do(giving(town, by=stand_in))
    withdraw = ins.WithdrawInstruction(**IT, by=boss, reason="settled otherwise")
    assert refused(town, withdraw.changed(by=supervisor)) == ("giver_takes_it_back",)
    assert town.engine.why_not(withdraw.changed(by=stand_in)) == ()
    town.do(withdraw)


def test_nothing_is_ordered_of_the_unit_reported():
    town = a_town()
    a_case(town, "in_handling", id="x", kind="whistle_blowing", confidential=True, accused_unit="roads")
    assert refused(town, giving(town, owner="roads")) == ("unit_reported_gets_nothing",)
    town.do(giving(town))


def test_a_unit_that_only_helps_answers_with_evidence_of_its_own(town: Town):
    town.do(giving(town, owner="power"))
    town.do(AddEvidence(**X, by=co_unit, item="e2", sha256="1" * 64), answer(by=co_unit, evidence=("e2",)))
    assert item(town).status == "answered"


def test_where_a_directory_says_who_holds_what_the_owner_is_somebody_who_can_answer():
    office = an_office()
    office.appoint("bo", Role.ACCEPTANCE_DESK)
    office.appoint("di", Role.LEADER)
    until = office.clock() + timedelta(days=3)
    office.engine.handle(c.ReportCase(id="x", by=Actor(id="s-1"), **{**MATTER, "area": "jinniu/east", "level": "town"}))
    give = ins.GiveInstruction(**IT, by=Actor(id="di"), what="settle it", owner="desk", until=until)
    assert office.engine.why_not(give) == ()  # it knows of nobody who answers anything: it may know only a part
    office.appoint("wu", Role.LEAD_UNIT, "water")
    assert office.refused(give) == {"owner_can_answer"}
    for owner in ("water", "wu"):
        assert office.engine.why_not(give.changed(owner=owner)) == ()


def test_an_answer_to_the_supervisor_leaves_the_leaders_clock_alone_though_both_have_one_key():
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=lead, item="e1", sha256="0" * 64))
    town.do(UrgeSupervision(**IT, by=supervisor, reason_code="refuses_to_act", reason="passes it on"))
    town.do(giving(town, until=soon(town, 60)))
    clocks = town.engine.get("x").clocks
    assert clocks["instruction_reply:i1"].due == soon(town, 60)
    assert clocks["supervision_reply:i1"].due == soon(town, 60) - timedelta(days=53) + timedelta(hours=15)
    town.do(answer())
    clocks = town.engine.get("x").clocks
    assert (clocks["instruction_reply:i1"].status, clocks["supervision_reply:i1"].status) == ("met", "running")


def test_an_instruction_that_nobody_answers_is_overdue_once_and_still_owed(town: Town):
    town.do(giving(town))
    town.clock.set(soon(town) + timedelta(hours=1))
    assert [each.kind for each in ticked(town) if each.kind == "overdue"] == ["overdue"]
    assert town.engine.get("x").clocks["instruction_reply:i1"].status == "overdue"
    town.do(answer())
    assert town.engine.get("x").clocks["instruction_reply:i1"].status == "met_late"


def test_a_case_that_leaves_takes_its_instructions_back(town: Town):
    town.do(giving(town))
    leave = c.RedirectCase(**X, by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD)
    assert refused(town, leave) == ("loops_are_handed_over",)
    town.do(leave.changed(hand_over=(HandOver(reason="the court decides", to="court"),)))
    body: Any = town.engine.history("x")[-1].body
    assert (body.by, body.reason, body.to) == (SYSTEM.id, "the court decides", "court")
    assert item(town).status == "withdrawn"


def test_nothing_is_ordered_on_a_case_at_rest():
    town = a_town(records=[CASE.extended(regions=(ins.INSTRUCTION,))])
    a_case(town, "closed", id="x")
    assert refused(town, giving(town)) == ("step_is_in_the_table",)
