"""On what an event of the past rests: its row, its role, and every rule of its row judged again as of then."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cache

import pytest

from govflow import CASE, Actor, Decider, Engine, NotFound, Role, rule
from govflow.audit.explaining.past import UNSEEN, NotInLog, Past
from govflow.audit.explaining.rules_again import Judged, Verdict
from govflow.audit.explaining.why import Grounds, objections, why
from govflow.cases import commands as c
from govflow.organisation.appointments import EndAppointment
from govflow.policy import DEFAULT_POLICY
from govflow.workflow import Step
from tests.audit.forging import copied, one, saying
from tests.organisation.office import ANN, Office, an_office, on
from tests.support import MATTER, Town, a_case, a_town, desk, resident

REPORTING = next(step for step in CASE.workflow.steps if step.command is c.ReportCase)


@cache
def world() -> Town:
    """A case that was closed with all that belongs to it, and one that was suspended with leave."""
    town = a_town()
    a_case(town, "closed", id="x", co_units=("power",))
    a_case(town, "suspended", id="y")
    return town


def engine() -> Engine:
    return world().engine


def version_of(name: str, id: str = "x") -> int:
    return next(each.version for each in engine().history(id) if each.name == name)


def verdict(grounds: Grounds, code: str) -> Judged:
    return next(each for each in grounds.judged if each.code == code)


def forged(name: str, id: str = "x", *, meta: dict[str, object] | None = None, **body: object) -> Grounds:
    """The grounds of an event of which its metadata or body was changed."""
    version = version_of(name, id)
    return why(copied(engine(), id, one(version, lambda row: saying(row, meta or {}, body))), id, version)


def test_it_names_command_row_role_and_rules():
    found = why(engine(), "x", version_of("case.accepted"))

    assert (found.command, found.event, found.role) == ("case.accept", "case.accepted", "acceptance_desk")
    assert (found.before, found.after, found.region) == ("reported", "accepted", "")
    assert found.row in {step.id for step in CASE.workflow.steps if step.command is c.AcceptCase}
    assert found.policy == DEFAULT_POLICY.key
    assert found.table == CASE.digest
    step = next(step for step in CASE.workflow.steps if step.id == found.row)
    assert {each.code for each in found.judged} >= {each.code for each in step.rules}
    assert all(each.en and each.zh and each.basis for each in found.judged)
    assert found.is_lawful


def test_nothing_that_commands_have_written_is_objected_to():
    for id in ("x", "y"):
        assert list(objections(engine(), id)) == []


def test_what_the_host_vouched_for_is_believed_and_said():
    role = verdict(why(engine(), "x", 1), "role_is_held")

    assert role.verdict is Verdict.NOT_JUDGED
    assert "what the host vouched for of the actor" in role.details[0]
    assert "日志不载" in role.details[0].zh


def test_a_role_that_the_record_itself_contradicts_is_not_believed():
    role = verdict(forged("case.handling_started", meta={"unit": "roads"}), "role_is_held")

    assert role.verdict is Verdict.BROKEN
    assert "no lead_unit of this id or unit" in role.details[0]


def test_a_rule_is_judged_on_the_event_as_it_stands():
    found = forged("verification.passed", by="li")  # who handled it

    assert verdict(found, "verified_by_another").verdict is Verdict.BROKEN
    assert not found.is_lawful


def test_leave_is_held_against_the_digest_of_the_command():
    version = version_of("case.suspended", "y")
    assert verdict(why(engine(), "y", version), "approval_is_given").verdict is Verdict.HOLDS

    changes: tuple[dict[str, object], ...] = ({"digest": "0" * 32}, {"digest": None})
    for change in changes:
        found = verdict(forged("case.suspended", "y", meta=change), "approval_is_given")
        assert found.verdict is (Verdict.NOT_JUDGED if change["digest"] is None else Verdict.BROKEN)


def test_the_leave_of_a_second_person_comes_with_who_gave_it_and_when():
    found = why(engine(), "y", version_of("case.suspended", "y"))
    given = engine().history("y")[version_of("approval.given", "y") - 1]
    leave = verdict(found, "approval_is_given")

    assert [each.event for each in leave.rests_on] == ["approval.requested", "approval.given"]
    last = leave.rests_on[-1]
    assert (last.position, last.by, last.at) == (given.position, given.body.by, given.body.at)
    assert last.by != found.by


def test_a_rule_comes_with_the_events_that_put_there_what_it_looked_at():
    passed = version_of("verification.passed")
    found = why(engine(), "x", version_of("case.closed"))
    checked = verdict(found, "verification_has_passed")

    assert checked.verdict is Verdict.HOLDS
    assert [(each.event, each.version) for each in checked.rests_on][-1] == ("verification.passed", passed)
    assert checked.rests_on[-1].by == engine().history("x")[passed - 1].body.by
    assert all(each.version < found.version for rule in found.judged for each in rule.rests_on)


def test_policy_and_table_come_with_their_adoption():
    found = why(engine(), "x", 2)
    adopted = {each.position: each for each in engine().log_history()}

    assert found.policy_adopted is not None
    assert found.table_adopted is not None
    assert adopted[found.policy_adopted.position].name == "policy.adopted"
    assert adopted[found.table_adopted.position].body.__dict__["digest"] == found.table
    assert (found.policy_adopted.edition, found.table_adopted.edition) == (1, 1)


def test_an_event_that_no_row_allowed_has_no_row():
    found = forged("case.accepted", meta={"role": "reporter"})

    assert (found.row, found.judged, found.is_lawful) == ("", (), False)


def today_with(step: Step) -> Decider:
    """Cases with another row in the place of the one of its id."""
    steps = tuple(step if each.id == step.id else each for each in CASE.workflow.steps)
    return Decider(
        replace(CASE.workflow, steps=steps),
        type(CASE.initial),
        CASE.fold,
        prefix=CASE.prefix,
        regions=tuple(CASE.regions.values()),
        propose=CASE.propose,
        reactions=CASE.reactions,
    )


def test_a_rule_that_has_changed_since_is_not_judged():
    changed = copy(REPORTING)
    changed.rules = tuple(
        replace(each, version=9) if each.code == "confidentiality_set_for_whistle_blowing" else each
        for each in changed.rules
    )

    found = why(copied(engine(), deciders=[today_with(changed)]), "x", 1)

    described = verdict(found, "confidentiality_set_for_whistle_blowing")
    assert described.verdict is Verdict.NOT_JUDGED
    assert described.details[0] == "the rule has changed since (version 1, now 9)"
    assert described.basis == "petitions §30 [V]"
    assert verdict(found, "personal_data_is_withheld").verdict is Verdict.HOLDS


def test_a_row_that_has_changed_since_is_not_judged():
    changed = copy(REPORTING)
    changed.sides = (*changed.sides, (str(Role.TOWN),))

    found = why(copied(engine(), deciders=[today_with(changed)]), "x", 1)

    assert {each.verdict for each in found.judged} == {Verdict.NOT_JUDGED}
    assert found.judged[0].details[0] == "this row of the table has changed since"


def test_a_rule_that_asks_for_what_no_log_holds_is_told_as_such():
    @rule("须查看命令", "design")
    def command_is_polite(record, event, context):
        """The command says what it is."""
        return context.command.wire == "case.accept"

    @rule("须数身份", "design")
    def claims_are_many(record, event, context):
        """The actor holds a role."""
        return len(context.claims) > 0

    accepting = next(step.id for step in CASE.workflow.steps if step.command is c.AcceptCase)
    town = a_town(records=[CASE.extended(rules={accepting: (command_is_polite, claims_are_many)})])
    town.do(c.ReportCase(id="x", by=resident, **MATTER), c.AcceptCase(id="x", by=desk))

    found = why(town.engine, "x", 2)

    polite, many = verdict(found, "command_is_polite"), verdict(found, "claims_are_many")
    assert {polite.verdict, many.verdict} == {Verdict.NOT_JUDGED}
    assert polite.details == ("it looks at the arguments of the command, which no log holds",)
    assert "vouched for" in many.details[0]
    assert polite.details[0].zh == "须查看命令的参数，日志不载"


def test_a_rule_that_fails_on_a_forged_event_does_not_hold():
    @rule("级别存在", "design")
    def level_is_there(record, event, context):
        """The level is one of four."""
        return {"community": True, "town": True}[str(event.level)]

    town = a_town(records=[CASE.extended(rules={REPORTING.id: (level_is_there,)})])
    town.do(c.ReportCase(id="x", by=resident, **MATTER))

    found = why(copied(town.engine, "x", one(1, lambda row: saying(row, body={"level": "grid"}))), "x", 1)

    assert verdict(found, "level_is_there").verdict is Verdict.BROKEN
    assert verdict(found, "level_is_there").details == ("it cannot be judged on such an event (KeyError)",)


@pytest.fixture
def office() -> Office:
    """A case that somebody of the directory accepted, who left afterwards."""
    office = an_office()
    place = office.appoint("recep", Role.ACCEPTANCE_DESK)
    matter = {"title": "Water leak", "kind": "hotline", "channel": "phone", "reporter": "s-1", "category": "general"}
    office.do(c.ReportCase(id="leak", by=Actor(id="s-1"), level="town", area="jinniu/east", **matter))
    office.do(c.AcceptCase(id="leak", by=Actor(id="recep")))
    office.clock.set(on(1))
    office.do(EndAppointment(by=ANN, item=place))
    return office


def test_the_directory_of_that_time_says_who_held_what(office):
    assert verdict(why(office.engine, "leak", 2), "role_is_held").verdict is Verdict.HOLDS
    assert list(objections(office.engine, "leak")) == []


@pytest.mark.parametrize(
    ("meta", "body"), [({}, {"by": "eve"}), ({"unit": "water"}, {}), ({"standing_in_for": "x"}, {})]
)
def test_and_who_did_not(office, meta, body):
    reader = copied(office.engine, "leak", one(2, lambda row: saying(row, meta, body)))

    (found,) = objections(reader, "leak")

    assert (found.code, found.basis, found.version) == ("SEMANTIC", "role_is_held", 2)
    assert "eve" not in found.en


def test_what_has_come_into_force_since_is_not_looked_at():
    town = a_town()
    town.do(c.ReportCase(id="x", by=resident, **MATTER))
    before = why(town.engine, "x", 1)
    town.clock.advance(days=1)
    town.engine.adopt(DEFAULT_POLICY.changed(version="99", effective_from=town.clock().date()))

    assert why(town.engine, "x", 1) == before
    assert Past(town.engine).adopted(before.position).policies.keys() == {DEFAULT_POLICY.key}


def test_a_version_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        why(engine(), "x", 999)
    with pytest.raises(NotFound):
        why(engine(), "nobody", 1)


def test_what_a_reader_may_not_see_is_not_there():
    town = a_town()
    secret = {**MATTER, "kind": "whistle_blowing", "accused_unit": "water", "confidential": True}
    town.do(c.ReportCase(id="s", by=resident, **secret))
    accused = Actor.of("chen", Role.LEAD_UNIT, unit="water")

    assert why(town.engine, "s", 1).event == "case.reported"
    with pytest.raises(NotFound):
        why(town.engine.seen_by(accused), "s", 1)


def test_a_record_that_is_hidden_is_told_like_one_that_is_not_there():
    town = a_town()
    secret = {**MATTER, "kind": "whistle_blowing", "accused_unit": "water", "confidential": True}
    town.do(c.ReportCase(id="s", by=resident, **secret))
    a_case(town, "accepted", id="x")
    past = Past(town.engine.seen_by(Actor.of("chen", Role.LEAD_UNIT, unit="water")))
    end = town.engine.store.head() + 1
    look_up = past.look_up(past.holding("system", "system", end, town.clock()), town.engine.get("x"), end)
    told = []

    for id in ("s", "never"):
        with pytest.raises(NotInLog) as refused:
            look_up(id)
        told.append(refused.value.what)

    assert told == [UNSEEN, UNSEEN]
    assert look_up("x") == town.engine.get("x")
