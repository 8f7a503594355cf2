"""Several units in one matter, each with its part: M014, M062, M098."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.policy import DEFAULT_POLICY, Category, Policy
from govflow.regions import joint_handling as jh
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from tests.support import Town, a_case, a_town, dispatcher, lead, verifier

X: dict[str, Any] = {"id": "x"}
SHOWN: dict[str, Any] = {"measure": "our part is done", "evidence": ("e1",)}
RESULT = c.SubmitResult(**X, by=lead, measure="done together", evidence=("e1",))


def refusal(town: Town, command: Command) -> NotAllowed:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value


def of(unit: str) -> Actor:
    return Actor.of(f"clerk-of-{unit}", Role.CO_UNIT, unit=unit)


def finish(town: Town, *units: str) -> None:
    for unit in units:
        part: dict[str, Any] = {**X, "by": of(unit), "item": unit}
        town.do(jh.AcceptJointHandling(**part), jh.FinishJointHandling(**part, **SHOWN))


def owed(town: Town) -> set[tuple[str, str | None]]:
    return {(loop.item, loop.owes) for loop in town.engine.open_loops("x") if loop.region == "joint_handling"}


def together(*co_units: str, category: str = "general", policy: Policy = DEFAULT_POLICY) -> Town:
    """Case x in handling by the lead unit water, with co-units asked and evidence e1 on file; nobody reported it."""
    town = a_town(policy=policy)
    a_case(town, "in_handling", id="x", co_units=co_units, reporter=None, category=category)
    town.do(AddEvidence(**X, by=lead, item="e1", kind="photo", sha256="0" * 64))
    return town


def test_departments_handle_one_matter_under_one_lead_who_waits_for_every_part():  # M014 联合接待大厅
    town = together("power", "parks")
    case: Any = town.engine.get("x")
    assert (case.lead_unit, case.co_units) == ("water", {"power", "parks"})
    assert owed(town) == {("power", "power"), ("parks", "parks")}
    assert {part.until for part in case.items_of("joint_handling").values()} == {case.clocks["handling"].due}

    for others in (of("parks"), lead):  # nobody does another unit's part
        assert "role_is_held" in refusal(town, jh.AcceptJointHandling(**X, by=others, item="power")).codes
    assert "role_is_held" in refusal(town, RESULT.changed(by=of("power"))).codes  # and the lead gives the result
    waiting = refusal(town, RESULT)
    assert waiting.codes == ("co_units_are_done_or_explained",)
    assert waiting.broken[0].detail == ("power is asked", "parks is asked")
    finish(town, "power")
    assert refusal(town, RESULT).broken[0].detail == ("parks is asked",)
    town.do(jh.ExplainJointHandling(**X, by=of("parks"), item="parks", reason="no tree stands there"))
    assert owed(town) == set()
    assert town.do(RESULT).status == "handled"


@pytest.mark.parametrize(("join", "quorum", "enough"), [("any", None, 1), ("quorum", 2, 2), ("all", None, 3)])
def test_how_many_parts_a_result_waits_for_is_the_catalogues_to_say(join: str, quorum: int | None, enough: int):
    joined = Category(id="joined", en="Handled jointly", zh="联办事项", join=join, quorum=quorum)
    policy = Policy.model_validate(
        {
            **DEFAULT_POLICY.model_dump(),
            "version": "2",
            "categories": [each.model_dump() for each in (*DEFAULT_POLICY.categories, joined)],
        }
    )
    units = ("power", "parks", "roads")
    town = together(*units, category="joined", policy=policy)
    for done, unit in enumerate(units):
        if done < enough:
            assert refusal(town, RESULT).codes == ("co_units_are_done_or_explained",)
            finish(town, unit)
    assert town.do(RESULT).status == "handled"


def test_street_department_and_community_each_answer_for_a_part_by_a_date():  # M062 三级联动责任
    town = together()
    due = town.clock() + timedelta(days=2)
    shared = {
        "street": ("street-secretary", "bring the department and the community to one table"),
        "housing": ("department-head", "check the walls"),
        "huazhaobi": ("community-secretary", "find rooms for two families"),
    }
    for unit, (owner, task) in shared.items():
        ask = jh.AskJointHandling(**X, by=lead, item=unit, what=task, owner=owner, until=due)
        for gap in ({"what": ""}, {"until": None}, {"until": town.clock() - timedelta(days=1)}):
            assert refusal(town, ask.changed(**gap)).codes == ("what_who_and_due_named",)
        late = ask.changed(until=due + timedelta(days=60))
        assert refusal(town, late).codes == ("sub_due_is_within_lead_due",)
        town.do(ask)

    assert owed(town) == {(unit, unit) for unit in shared}
    assert {loop.until for loop in town.engine.open_loops("x") if loop.region == "joint_handling"} == {due}
    asked = [each.body for each in town.engine.history("x") if isinstance(each.body, jh.JointHandlingAsked)]
    assert {each.item: (each.owner, each.what) for each in asked} == shared
    finish(town, "street", "housing")
    assert refusal(town, RESULT).broken[0].detail == ("huazhaobi is asked",)
    town.do(jh.RefuseJointHandling(**X, by=of("huazhaobi"), item="huazhaobi", reason="not ours"))
    assert refusal(town, RESULT).codes == ("co_units_are_done_or_explained",)  # a refusal frees nobody
    town.do(jh.InsistOnJointHandling(**X, by=dispatcher, item="huazhaobi", reason="it is yours"))
    town.do(jh.FinishJointHandling(**X, by=of("huazhaobi"), item="huazhaobi", **SHOWN))
    assert town.do(RESULT).status == "handled"


def test_residents_committee_owners_committee_and_property_company_act_in_one_case():  # M098 三驾马车
    town = a_town()
    a_case(town, "accepted", id="x", reporter=None)
    three = {"lead_unit": "property-company", "co_units": ("residents-committee", "owners-committee")}
    town.do(c.AssignCase(**X, by=dispatcher, **three, co_task="bring the parking in order"))
    company = Actor.of("manager", Role.LEAD_UNIT, unit="property-company")
    twice = jh.AskJointHandling(
        **X, by=company, item="property-company", what="more", until=town.clock() + timedelta(days=1)
    )
    assert refusal(town, twice).codes == ("co_units_are_distinct",)
    town.do(
        c.StartHandling(**X, by=company),
        AddEvidence(**X, by=company, item="e1", kind="photo", sha256="0" * 64),
    )

    assert owed(town) == {(unit, unit) for unit in three["co_units"]}
    result = RESULT.changed(by=company)
    finish(town, "residents-committee")
    assert refusal(town, result).broken[0].detail == ("owners-committee is asked",)
    finish(town, "owners-committee")
    town.do(result, c.GiveFeedback(**X, by=company, to_level="community"))
    for unit in ("property-company", *three["co_units"]):  # none of the three checks what the three did
        one_of_them = Actor.of("somebody", Role.VERIFIER, unit=unit)
        assert "role_is_held" in refusal(town, PassVerification(**X, by=one_of_them, item="r1")).codes
    town.do(PassVerification(**X, by=verifier, item="r1"))
    assert town.do(c.CloseCase(**X, by=dispatcher)).status == "closed"
