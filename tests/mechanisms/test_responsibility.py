"""Who answers for what, who presses, who is held to account: M029, M042, M047, M049, M051, M054, M055."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import CASE, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import RecordedEvent
from govflow.policy import DEFAULT_POLICY, ReasonCode
from govflow.regions import accountability as ac
from govflow.regions import instruction as ins
from govflow.regions import leader_in_charge as lc
from govflow.regions import supervision as sv
from govflow.regions.evidence import AddEvidence
from tests.support import Town, a_case, a_town, dispatcher, district, lead, other_lead, resident, supervisor, verifier

WHY: dict[str, Any] = {"reason_code": "refuses_to_act", "reason": "passes it on"}
mayor = Actor.of("mayor", Role.LEADER)
deputy = Actor.of("deputy", Role.LEADER)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    return caught.value.codes


def responsible(**options: Any) -> Town:
    """A town whose cases have supervision, instructions, leaders in charge and accountability."""
    regions = (sv.SUPERVISION, ins.INSTRUCTION, lc.LEADER_IN_CHARGE, ac.ACCOUNTABILITY)
    return a_town(records=[CASE.extended(regions=regions)], **options)


def log(town: Town) -> list[RecordedEvent]:
    return list(town.engine.events(0))


# --- M042 包案: a named leader until it is resolved ------------------------------------------------------------


def contracted_and_resolved(events: Iterable[RecordedEvent]) -> tuple[int, int]:
    """How many cases a leader took charge of, and how many of them ended with that charge released at rest."""
    taken, released = set(), set()
    for each in events:
        if each.name == "leader_in_charge.taken":
            taken.add(each.stream)
            released.discard(each.stream)
        elif each.name == "leader_in_charge.released":
            released.add(each.stream)
    return len(taken), len(released)


def test_a_hard_case_has_one_leader_until_it_is_resolved_and_the_share_is_counted_from_the_log():
    town = responsible()
    for number in range(4):
        a_case(town, "in_handling", id=f"hard-{number}")
        town.do(lc.TakeCharge(id=f"hard-{number}", by=mayor))
        assert refused(town, lc.TakeCharge(id=f"hard-{number}", by=deputy)) == ("step_is_in_the_table",)
    for number in range(3):
        town.do(c.WithdrawCase(id=f"hard-{number}", by=resident, reason="settled with the leader's help"))
    leave = lc.ReleaseCharge(id="hard-3", by=mayor, reason="tired of it")
    assert refused(town, leave) == ("record_is_at_rest_or_handed_over",)
    town.do(c.ReopenCase(id="hard-0", by=resident, ground="not settled at all"))
    town.do(lc.TakeCharge(id="hard-0", by=deputy))
    contracted, resolved = contracted_and_resolved(log(town))
    assert (contracted, resolved, Fraction(resolved, contracted)) == (4, 2, Fraction(1, 2))


# --- M029 一周一调度: what a leader dispatches each week, by line ------------------------------------------------


def dispatched(events: Iterable[RecordedEvent]) -> dict[tuple[int, str], int]:
    """Instructions by calendar week and by the unit that must answer."""
    given: list[Any] = [each.body for each in events if each.name == "instruction.given"]
    return dict(Counter((body.at.isocalendar().week, body.owner) for body in given))


def test_what_leaders_dispatch_is_attached_to_cases_and_shown_by_week_and_line():
    town = responsible()
    a_case(town, "in_handling", id="x")
    a_case(town, "in_handling", id="y")

    def order(case: str, owner: str) -> ins.GiveInstruction:
        until = town.clock() + timedelta(days=4)
        return ins.GiveInstruction(id=case, by=mayor, what="report on Friday", owner=owner, until=until)

    town.do(order("x", "water"), order("y", "water"), order("y", "roads"))
    town.pass_days(7)
    town.do(order("x", "water"))
    week = (town.clock() - timedelta(days=7)).isocalendar().week
    assert dispatched(log(town)) == {(week, "water"): 2, (week, "roads"): 1, (week + 1, "water"): 1}
    assert {loop.owes for loop in town.engine.open_loops("y")} == {"water", "roads"}


# --- M049 负面清单: coded failings ------------------------------------------------------------


def test_a_town_lists_its_own_failings_and_supervises_by_no_others():
    shirks = ReasonCode(id="area3.no12", en="waits for orders", zh="等靠要", commands=("supervision.urge",))
    town = responsible(policy=DEFAULT_POLICY.changed(version="own", reasons=(shirks,)))
    a_case(town, "in_handling", id="x")
    urge = sv.UrgeSupervision(id="x", by=supervisor, reason_code="area3.no12", reason="six weeks of silence")
    assert refused(town, urge.changed(reason_code="refuses_to_act")) == ("reason_is_coded",)
    listing = sv.ListSupervision(id="x", by=supervisor, number="1", reason_code="area3.no12", reason="r")
    assert refused(town, listing) == ("reason_is_coded",)  # the town lists it for urging alone
    town.do(urge)


# --- M051 通报 约谈: the ladder ------------------------------------------------------------


def test_units_circulated_and_people_interviewed_are_counted_from_the_log():
    town = responsible()
    a_case(town, "in_handling", id="x")
    for number in range(12):
        unit = f"unit-{number}"
        on: dict[str, Any] = {"id": "x", "item": f"district.{unit}", "by": supervisor, **WHY}
        town.do(sv.RemindSupervision(**on, owner=unit), sv.UrgeSupervision(**on), sv.CirculateSupervision(**on))
        if number < 7:
            town.do(sv.InterviewSupervision(**on, whom=f"head-of-{unit}"))
    owner = {each.body.item: each.body.owner for each in log(town) if each.name == "supervision.urged"}  # type: ignore[attr-defined]
    bodies: dict[str, list[Any]] = defaultdict(list)
    for each in log(town):
        bodies[each.name].append(each.body)
    assert len({owner[body.item] for body in bodies["supervision.circulated"]}) == 12
    assert len({body.whom for body in bodies["supervision.interviewed"]}) == 7


def test_the_ladder_goes_from_a_reminder_to_blame_step_by_step():
    town = responsible()
    a_case(town, "in_handling", id="x")
    on: dict[str, Any] = {"id": "x", "item": "su", "by": supervisor, **WHY}
    assert refused(town, sv.CirculateSupervision(**on)) == ("step_is_in_the_table",)
    assert refused(town, sv.InterviewSupervision(**on)) == ("step_is_in_the_table",)
    town.do(
        sv.RemindSupervision(**on),
        sv.UrgeSupervision(**on),
        sv.CirculateSupervision(**on, to=("roads", "parks")),
        sv.InterviewSupervision(**on, whom="head-1"),
        sv.ListSupervision(**on, number="3/2026"),
        ac.OpenAccountability(id="x", by=supervisor, **WHY),
    )
    ladder = [each.name for each in town.engine.history("x")][-6:]
    assert ladder == [
        "supervision.reminded",
        "supervision.urged",
        "supervision.circulated",
        "supervision.interviewed",
        "supervision.listed",
        "accountability.opened",
    ]


# --- M047 查核落地问责, M054 容错纠错 ------------------------------------------------------------


def test_each_failing_found_has_its_disposition_and_persons_are_counted_never_named():
    town = responsible()
    for number, persons in enumerate((5, 0, 11)):
        id = f"clue-{number}"
        a_case(town, "in_handling", id=id)
        town.do(ac.OpenAccountability(id=id, by=supervisor, **WHY))
        on: dict[str, Any] = {"id": id, "item": "water.refuses_to_act", "by": district, "reason": "looked into"}
        if persons:
            town.do(ac.UpholdAccountability(**on, persons=persons))
        else:
            town.do(ac.DropAccountability(**on))
    ended = [each.body for each in log(town) if each.name in ("accountability.upheld", "accountability.dropped")]
    opened = [each for each in log(town) if each.name == "accountability.opened"]
    assert (len(opened), len(ended)) == (3, 3)
    assert sum(getattr(body, "persons", 0) for body in ended) == 16
    assert not any("person" in name and name != "persons" for body in ended for name in type(body).model_fields)


def test_tolerance_for_what_was_done_in_good_faith_is_granted_by_others_and_deletes_nothing():
    town = responsible()
    a_case(town, "in_handling", id="x")
    on: dict[str, Any] = {"id": "x", "item": "water.refuses_to_act"}
    grant = ac.DecideAccountability(**on, by=district, granted=True)
    town.do(ac.OpenAccountability(id="x", by=supervisor, **WHY))
    assert refused(town, grant) == ("step_is_in_the_table",)  # nobody asked
    town.do(ac.RequestTolerance(**on, by=lead, reason="a first of its kind"))
    length = len(town.engine.history("x"))
    assert refused(town, grant.changed(by=Actor.of(lead.id, Role.DISTRICT)))[0] == "decider_is_not_a_handler"
    town.do(grant)
    assert len(town.engine.history("x")) == length + 1
    assert [name for name in (each.name for each in log(town)) if name.startswith("accountability")] == [
        "accountability.opened",
        "accountability.tolerance_requested",
        "accountability.decided",
    ]


# --- M055 明责 履责 考责 问责: one timeline per unit ------------------------------------------------

GROUPS = {
    "assigned": ("case.assigned", "case.transferred", "instruction.given"),
    "performed": ("case.result_submitted", "supervision.replied", "instruction.answered"),
    "assessed": ("verification.passed", "verification.failed", "supervision.fix_confirmed"),
    "pursued": ("supervision.urged", "supervision.listed", "supervision.exposed", "accountability.opened"),
}


def timelines(town: Town, case: str) -> dict[str, list[str]]:
    """What was laid on each unit, done, checked and pursued, in the order of the log, folded from the events alone."""
    found: dict[str, list[str]] = defaultdict(list)
    lead_unit, owner = "", {}
    for each in town.engine.history(case):
        body: Any = each.body
        lead_unit = getattr(body, "lead_unit", None) or getattr(body, "to_unit", None) or lead_unit
        named = getattr(body, "owner", None) or getattr(body, "unit", None)
        item = getattr(body, "item", "")
        if named:
            owner[item] = named
        group = next((group for group, names in GROUPS.items() if each.name in names), None)
        if group:
            found[named or owner.get(item) or lead_unit].append(group)
    return dict(found)


def test_what_a_unit_was_given_did_was_checked_for_and_pursued_for_stands_on_one_timeline():
    town = responsible()
    a_case(town, "in_handling", id="x")
    shown: dict[str, Any] = {"measure": "pipe laid", "evidence": ("e1",)}
    until = town.clock() + timedelta(days=4)
    town.do(
        AddEvidence(id="x", by=lead, item="e1", sha256="0" * 64),
        ins.GiveInstruction(id="x", by=mayor, item="i1", what="mend the road above", owner="roads", until=until),
        ins.AnswerInstruction(id="x", item="i1", by=other_lead, **shown),
        sv.ListSupervision(id="x", item="su", by=supervisor, number="1", **WHY),
        sv.ReplySupervision(id="x", item="su", by=lead, **shown),
    )
    town.pass_days(20)
    town.do(
        sv.ExposeSupervision(id="x", item="su", by=supervisor, public_text="late"),
        sv.ConfirmFix(id="x", item="su", by=verifier, **shown),
        ac.OpenAccountability(id="x", by=district, **WHY),
    )
    assert timelines(town, "x") == {
        "water": ["assigned", "pursued", "performed", "pursued", "assessed", "pursued"],
        "roads": ["assigned", "performed"],
    }


def test_read_again_from_the_log_everybody_answers_for_the_same(tmp_path: Any):
    town = responsible(path=tmp_path / "log.db")
    a_case(town, "in_handling", id="x")
    on: dict[str, Any] = {"id": "x", "item": "water.refuses_to_act"}
    until = town.clock() + timedelta(days=4)
    town.do(
        AddEvidence(id="x", by=lead, item="e1", sha256="0" * 64),
        lc.TakeCharge(id="x", by=mayor),
        lc.AgreeToTakeCharge(id="x", by=deputy),
        lc.InstructInCharge(id="x", by=mayor, text="mind the cellar"),
        lc.ReleaseCharge(id="x", by=supervisor, to="deputy", reason="another post"),
        ins.GiveInstruction(id="x", by=mayor, item="i1", what="mend it", owner="water", until=until),
        ins.AnswerInstruction(id="x", item="i1", by=lead, measure="mended", evidence=("e1",)),
        ins.ReturnInstruction(id="x", item="i1", by=mayor, reason="not so", until=until),
        ac.OpenAccountability(id="x", by=supervisor, **WHY),
        ac.RequestTolerance(**on, by=lead, reason="a first of its kind"),
        ac.DecideAccountability(**on, by=district, granted=False, persons=1, reason="not the first"),
    )
    digest, loops = town.engine.get("x").digest, town.engine.open_loops("x")
    town.engine.close()
    again = responsible(path=tmp_path / "log.db")
    assert again.engine.get("x").digest == digest
    assert again.engine.open_loops("x") == loops


def test_a_dispatcher_gives_no_orders_and_blames_nobody():
    town = responsible()
    a_case(town, "in_handling", id="x")
    until = town.clock() + timedelta(days=4)
    order = ins.GiveInstruction(id="x", by=dispatcher, what="report", owner="water", until=until)
    assert refused(town, order) == ("role_is_held",)
    assert refused(town, ac.OpenAccountability(id="x", by=dispatcher, **WHY)) == ("role_is_held",)
