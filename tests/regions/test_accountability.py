"""问责容错 accountability: opened by code, good faith claimed and decided on by others, and nothing is taken away."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from govflow import CASE, Actor, Claim, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.regions import accountability as ac
from tests.support import Town, a_case, a_town, dispatcher, district, lead, other_lead, supervisor, unit_head

X: dict[str, Any] = {"id": "x"}
IT: dict[str, Any] = {"id": "x", "item": "water.refuses_to_act"}
WHY: dict[str, Any] = {"reason_code": "refuses_to_act", "reason": "sent the reporter away three times"}
OPEN = ac.OpenAccountability(**X, by=supervisor, **WHY)
PLEA = ac.RequestTolerance(**IT, by=lead, reason="a new method, tried in good faith")
UPHOLD = ac.UpholdAccountability(**IT, by=district, reason="the duty is clear", persons=2)
DECIDE: dict[str, Any] = {**IT, "by": district}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def a_town_with(upto: str = "in_handling") -> Town:
    town = a_town(records=[CASE.extended(regions=(ac.ACCOUNTABILITY,))])
    a_case(town, upto, id="x")
    return town


@pytest.fixture
def town() -> Town:
    return a_town_with()


def item(town: Town, key: str = "water.refuses_to_act") -> Any:
    return town.engine.get("x").item("accountability", key)


def test_a_failing_is_named_by_a_code_of_the_list_and_explained(town: Town):
    assert refused(town, OPEN.changed(reason_code="laziness")) == ("reason_is_coded",)
    assert refused(town, OPEN.changed(reason_code=None)) == ("reason_is_coded",)
    assert refused(town, OPEN.changed(reason=" ")) == ("reason_is_coded",)
    for by in (lead, dispatcher, unit_head):
        assert refused(town, OPEN.changed(by=by)) == ("role_is_held",)
    town.do(OPEN)
    found = item(town)
    assert (found.status, found.unit, found.reason_code) == ("opened", "water", "refuses_to_act")
    assert town.engine.open_loops("x") == ()  # it blocks nothing


def test_before_a_unit_has_the_case_the_unit_is_named():
    town = a_town_with("accepted")
    assert refused(town, OPEN) == ("unit_is_named",)
    town.do(OPEN.changed(unit="roads"))
    assert item(town, "roads.refuses_to_act").unit == "roads"


def test_a_unit_answers_for_each_failing_once_until_it_is_decided(town: Town):
    town.do(OPEN, ac.OpenAccountability(**X, by=district, **{**WHY, "reason_code": "false_report"}))
    assert set(town.engine.get("x").items_of("accountability")) == {"water.refuses_to_act", "water.false_report"}
    again = ac.OpenAccountability(**X, by=supervisor, **WHY)
    assert refused(town, again) == ("step_is_in_the_table",)
    town.do(UPHOLD, again)  # the same failing a second time: the first decision stands beside it
    assert item(town).status == "upheld"
    assert item(town, "water.refuses_to_act.2").status == "opened"


def test_only_the_unit_concerned_claims_good_faith(town: Town):
    town.do(OPEN)
    assert refused(town, PLEA.changed(by=other_lead)) == ("role_is_held",)
    assert refused(town, PLEA.changed(reason="")) == ("reason_given",)
    town.do(PLEA.changed(by=unit_head))
    assert (item(town).status, item(town).plea) == ("tolerance_requested", PLEA.reason)


def test_a_unit_that_is_not_the_lead_claims_good_faith_for_itself(town: Town):
    town.do(OPEN.changed(unit="roads"))
    plea = PLEA.changed(item="roads.refuses_to_act")
    assert refused(town, plea) == ("role_is_held",)
    town.do(plea.changed(by=other_lead))


@pytest.mark.parametrize(("granted", "status"), [(True, "tolerated"), (False, "upheld")])
def test_the_district_decides_on_a_claim_of_good_faith(town: Town, granted: bool, status: str):
    town.do(OPEN, PLEA)
    decide = ac.DecideAccountability(**DECIDE, granted=granted, reason="weighed")
    assert refused(town, decide.changed(by=Actor.of("su", Role.SUPERVISOR))) == ("role_is_held",)
    assert refused(town, decide.changed(granted=None))[0] in ("decision_grants", "decision_denies")
    if not granted:
        assert refused(town, decide.changed(reason=" ")) == ("reason_given",)
    town.do(decide)
    assert item(town).status == status
    assert refused(town, UPHOLD) == ("step_is_in_the_table",)  # decided once


def test_who_was_stood_in_for_drops_what_they_opened_but_not_what_they_answered(town: Town):
    def standing_in(role: Role, unit: str | None = None) -> Actor:
        return Actor(id="sub", claims=(Claim(role=role, unit=unit, standing_in_for="boss"),))

    drop = ac.DropAccountability(**IT, by=Actor.of("boss", Role.DISTRICT), reason="nothing was neglected")
    town.do(OPEN.changed(by=standing_in(Role.DISTRICT)))
    assert town.engine.why_not(drop) == ()
    town.do(PLEA.changed(by=standing_in(Role.UNIT_HEAD, "water")))
    for by in ("boss", "sub"):
        assert refused(town, drop.changed(by=Actor.of(by, Role.DISTRICT))) == ("nobody_judges_their_own_cause",)
    town.do(drop.changed(by=district))


def test_whoever_handled_opened_or_asked_does_not_decide(town: Town):
    by_handler = Actor.of(lead.id, Role.DISTRICT)  # handled the case, speaks for nobody now
    opener = Actor.of("opener", Role.DISTRICT)
    town.do(OPEN.changed(by=opener))
    assert "decider_is_not_a_handler" in refused(town, UPHOLD.changed(by=by_handler))
    assert refused(town, UPHOLD.changed(by=opener)) == ("decided_by_another",)
    asker = Actor.of("head-1", Role.UNIT_HEAD, unit="water")
    town.do(PLEA.changed(by=asker))
    grant = ac.DecideAccountability(**DECIDE, granted=True)
    assert refused(town, grant.changed(by=opener)) == ("decided_by_another",)
    assert refused(town, grant.changed(by=Actor.of("head-1", Role.DISTRICT))) == (
        "decided_by_another",
        "nobody_judges_their_own_cause",
    )
    town.do(grant)


@pytest.mark.parametrize("upto", ["opened", "tolerance_requested"])
def test_nobody_of_the_unit_judges_it(town: Town, upto: str):
    of_water = Actor.of("kang", Role.DISTRICT, unit="water")
    town.do(OPEN)
    drop = ac.DropAccountability(**IT, by=district, reason="it was another unit")
    if upto == "opened":
        assert refused(town, UPHOLD.changed(by=of_water)) == ("nobody_judges_their_own_cause",)
    else:
        town.do(PLEA)
        for granted in (True, False):
            decide = ac.DecideAccountability(**{**DECIDE, "by": of_water}, granted=granted, reason="ours")
            assert refused(town, decide) == ("nobody_judges_their_own_cause",)
    assert refused(town, drop.changed(by=of_water)) == ("nobody_judges_their_own_cause",)
    assert refused(town, drop.changed(reason="")) == ("reason_given",)
    town.do(drop)
    assert item(town).status == "dropped"


def test_of_persons_only_the_number_is_kept(town: Town):
    town.do(OPEN, UPHOLD)
    assert item(town).persons == 2
    with pytest.raises(ValidationError):
        ac.UpholdAccountability(**IT, by=district, reason="r", persons=-1)


def test_tolerance_is_laid_over_what_happened_and_takes_nothing_away(town: Town):
    town.do(OPEN)
    before = [each.body for each in town.engine.history("x")]
    town.do(PLEA, ac.DecideAccountability(**DECIDE, granted=True, reason="good faith"))
    after = [each.body for each in town.engine.history("x")]
    assert after[: len(before)] == before
    assert [each.name for each in town.engine.history("x")][-3:] == [
        "accountability.opened",
        "accountability.tolerance_requested",
        "accountability.decided",
    ]
    assert item(town).failing == WHY["reason"]


def test_a_closed_case_may_still_be_answered_for_and_an_archived_one_not():
    town = a_town_with("closed")
    town.do(OPEN, UPHOLD)
    town = a_town_with("archived")
    assert refused(town, OPEN) == ("step_is_in_the_table",)


def test_a_case_with_an_open_question_of_blame_closes_all_the_same():
    town = a_town_with("in_handling")
    town.do(OPEN, c.WithdrawCase(**X, by=Actor.of("s-1", Role.REPORTER), reason="settled"))
    assert town.engine.get("x").status == "withdrawn"
    assert item(town).status == "opened"
    town.do(UPHOLD)
