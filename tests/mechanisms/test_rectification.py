"""Problems put right one by one, and promises kept: M039, M043, M044, M045, M056, M059, M160."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.cases.model import Outcome
from govflow.policy import DEFAULT_POLICY, Category, Policy
from govflow.regions import commitment as cm
from govflow.regions import ledger as lg
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from govflow.regions.verification import FailVerification, PassVerification
from tests.support import (
    Town,
    a_case,
    a_town,
    community,
    desk,
    dispatcher,
    grid_worker,
    lead,
    resident,
    supervisor,
    verifier,
)

X: dict[str, Any] = {"id": "x"}
PHOTO: dict[str, Any] = {"item": "e1", "kind": "photo", "sha256": "0" * 64}
SHOWN: dict[str, Any] = {"measure": "cable replaced", "evidence": ("e1",)}
RESULT = c.SubmitResult(**X, by=lead, **SHOWN)
CLOSE = c.CloseCase(**X, by=dispatcher)
leader = Actor.of("mayor", Role.LEADER)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def in_handling(**matter: Any) -> Town:
    """Case x in handling with evidence e1 on file; nobody reported it, so nobody evaluates it."""
    town = a_town()
    a_case(town, "in_handling", id="x", **{"reporter": None, **matter})
    town.do(AddEvidence(**X, by=lead, **PHOTO))
    return town


def problem(town: Town, item: str, **more: Any) -> lg.OpenLedgerItem:
    until = town.clock() + timedelta(days=10)
    named = {"what": "loose cable", "place": "stair 3", "owner": "li", "until": until}
    return lg.OpenLedgerItem(**X, by=community, item=item, **{**named, **more})


def rectify(item: str) -> lg.RectifyLedgerItem:
    return lg.RectifyLedgerItem(**X, by=lead, item=item, **SHOWN)


def check(item: str) -> lg.VerifyLedgerItem:
    return lg.VerifyLedgerItem(**X, by=verifier, item=item)


def strike(item: str) -> lg.WriteOffLedgerItem:
    return lg.WriteOffLedgerItem(**X, by=supervisor, item=item)


def written_off(record: Any) -> tuple[int, int]:
    """How many items stand on the ledger, and how many of them were struck off."""
    items = record.items_of("ledger").values()
    return len(items), sum(item.status == "written_off" for item in items)


def test_a_hidden_danger_is_graded_and_put_right_item_by_item():  # M039 隐患排查治理
    town = in_handling(kind="hazard", category="hazard", severity="high", channel="screening")
    case: Any = town.engine.get("x")
    assert (case.kind, case.severity, case.public_interest) == ("hazard", "high", True)
    for item in ("cable", "exit"):
        town.do(problem(town, item))
    assert refused(town, RESULT) == ("mandatory_items_are_rectified",)
    town.do(rectify("cable"))
    assert refused(town, RESULT) == ("mandatory_items_are_rectified",)
    town.do(rectify("exit"))
    papers = AddEvidence(**X, by=lead, item="e2", kind="document", sha256="1" * 64)
    without_photo = RESULT.changed(evidence=("e2",))
    town.do(papers)
    assert refused(town, without_photo) == ("measure_and_evidence_given",)  # a hazard is shown by a photo
    assert town.do(RESULT).status == "handled"

    a_case(town, "reported", id="wall", kind="hazard", severity="high")
    on_the_spot = c.ResolveOnSpot(id="wall", by=grid_worker, **SHOWN)
    town.do(AddEvidence(id="wall", by=grid_worker, **PHOTO))
    assert refused(town, on_the_spot) == ("severity_is_below_high",)
    withdraw = c.WithdrawCase(id="wall", by=resident, reason="moved away")
    assert refused(town, withdraw) == ("matter_is_not_of_public_interest",)


def test_a_numbered_problem_is_struck_off_only_after_somebody_else_found_it_put_right():  # M043 整改销号
    town = in_handling()
    town.do(problem(town, "n0001"))
    assert "step_is_in_the_table" in refused(town, problem(town, "n0001", what="another"))  # a number is used once
    for too_early in (strike("n0001"), check("n0001")):
        assert "step_is_in_the_table" in refused(town, too_early)
    assert refused(town, rectify("n0001").changed(evidence=())) == ("measure_and_evidence_given",)
    town.do(rectify("n0001"))
    assert "step_is_in_the_table" in refused(town, strike("n0001"))
    own = Actor.of(lead.id, Role.SUPERVISOR)
    assert refused(town, check("n0001").changed(by=own)) == ("verified_by_another",)
    back = lg.RefuseLedgerItem(**X, by=supervisor, item="n0001", reason="still loose")
    assert town.do(back).item("ledger", "n0001").status == "reopened"

    town.do(rectify("n0001"), RESULT, c.GiveFeedback(**X, by=lead, to_level="community"))
    town.do(PassVerification(**X, by=Actor.of("third", Role.VERIFIER), item="r1"))
    assert refused(town, CLOSE) == ("no_loop_is_open",)
    town.do(lg.VerifyLedgerItem(**X, by=supervisor, item="n0001"))
    assert refused(town, CLOSE) == ("no_loop_is_open",)  # verified, but not struck off
    town.do(strike("n0001").changed(by=dispatcher))
    assert town.do(CLOSE).status == "closed"


def test_a_public_promise_is_kept_or_broken_on_record_and_a_broken_one_is_still_owed():  # M044 公开承诺
    town = in_handling()
    until = town.clock() + timedelta(days=10)
    promise = {"what": "the lift runs again", "owner": "mayor", "until": until, "public": True}
    for item in ("lift", "lamp"):
        town.do(cm.MakeCommitment(**X, by=leader, item=item, **promise))
    made = town.engine.get("x").item("commitment", "lift")
    assert (made.what, made.owes, made.until, made.public) == ("the lift runs again", "mayor", until, True)

    def keep(item: str) -> cm.KeepCommitment:
        return cm.KeepCommitment(**X, by=community, item=item)

    assert refused(town, keep("lamp").changed(by=Actor.of("mayor", Role.COMMUNITY))) == ("decided_by_another",)
    town.do(keep("lamp"))
    breach = cm.BreachCommitment(**X, by=SYSTEM, item="lift")
    assert refused(town, breach) == ("due_has_passed",)
    town.pass_days(11)
    assert "step_is_in_the_table" in refused(town, breach.changed(item="lamp"))  # kept in time
    broken = town.do(breach)
    assert broken.item("commitment", "lift").status == "broken"
    assert [(loop.item, loop.owes) for loop in town.engine.open_loops("x") if loop.region == "commitment"] == [
        ("lift", "mayor")
    ]
    town.do(RESULT, c.GiveFeedback(**X, by=lead, to_level="community"), PassVerification(**X, by=verifier, item="r1"))
    assert refused(town, CLOSE) == ("no_loop_is_open",)
    late = town.do(keep("lift"))
    outcomes = {key: (item.status, item.was_broken) for key, item in late.items_of("commitment").items()}
    assert outcomes == {"lift": ("kept", True), "lamp": ("kept", False)}
    assert town.do(CLOSE).status == "closed"


def test_progress_against_what_was_promised_can_be_read_now_and_as_of_any_day():  # M045 对标核查
    town = in_handling()
    start = town.clock()
    promised: dict[str, datetime] = {}
    for number in range(1, 11):
        promised[f"n{number:02}"] = until = start + timedelta(days=number)
        town.do(problem(town, f"n{number:02}", until=until))
    for item in list(promised)[:8]:  # one a day, two never
        town.pass_days(1)
        town.do(rectify(item), check(item), strike(item))
    town.pass_days(30)

    assert written_off(town.engine.as_of("x", start + timedelta(days=4))) == (10, 4)
    items, struck = written_off(town.engine.get("x"))
    assert Fraction(struck, items) == Fraction(4, 5)
    owed = {loop.item: loop.until for loop in town.engine.open_loops("x") if loop.region == "ledger"}
    assert owed == {"n09": promised["n09"], "n10": promised["n10"]}
    assert all(until is not None and until < town.clock() for until in owed.values())
    by_log = Counter(each.name for each in town.engine.history("x"))
    assert by_log["ledger.opened"] - by_log["ledger.written_off"] == len(owed)


def test_items_are_fixed_and_struck_off_while_others_are_still_being_found():  # M056 边查边改
    town = in_handling()
    town.do(problem(town, "one"), problem(town, "two", mandatory=False), rectify("one"), check("one"), strike("one"))
    town.do(problem(town, "three"))
    statuses = {key: item.status for key, item in town.engine.get("x").items_of("ledger").items()}
    assert statuses == {"one": "written_off", "two": "open", "three": "open"}

    assert refused(town, RESULT) == ("mandatory_items_are_rectified",)  # of the two open ones three is mandatory
    town.do(RESULT.changed(outcome=Outcome.PARTIAL))
    town.do(problem(town, "four"))  # checking goes on after the result
    town.do(
        lg.ReopenLedgerItem(
            **X, by=supervisor, item="one", reason="loose again", until=town.clock() + timedelta(days=3)
        )
    )
    town.do(rectify("three"))
    statuses = {key: item.status for key, item in town.engine.get("x").items_of("ledger").items()}
    assert statuses == {"one": "reopened", "two": "open", "three": "rectified", "four": "open"}


def test_an_assignment_names_place_item_due_date_and_owner_all_four():  # M059 定责落实
    town = a_town()
    a_case(town, "accepted", id="x")
    a_case(town, "accepted", id="nowhere", area="")
    source = {"source": "s", "source_file": "f", "source_id": "1", "source_row": 1}
    town.do(c.ImportCase(id="nothing", by=SYSTEM, area="a", **source), c.AcceptCase(id="nothing", by=desk))
    assign = c.AssignCase(**X, by=dispatcher, lead_unit="water")
    with pytest.raises(NotAllowed) as caught:
        town.do(assign.changed(id="nowhere"))
    assert [broken.detail for broken in caught.value.broken] == [("place is missing",)]
    assert "place_item_due_and_owner_named" in refused(town, assign.changed(lead_unit=None))
    assert refused(town, assign.changed(id="nothing")) == ("place_item_due_and_owner_named",)
    order = town.do(assign)
    end_of_five_working_days = datetime(2026, 3, 9, 16, tzinfo=UTC)  # Monday to Monday, 24:00 in Beijing
    assert (order.lead_unit, order.area, order.title) == ("water", "jinniu/huazhaobi", "Water leak")
    handling = order.clocks["handling"]
    assert (handling.rule, handling.due) == ("hot.handle", end_of_five_working_days)

    timeless = Policy.model_validate(
        {
            **DEFAULT_POLICY.model_dump(),
            "version": "timeless",
            "escalations": [],
            "categories": [Category(id="general", en="General", zh="一般").model_dump()],
            "time_limits": [each.model_dump() for each in DEFAULT_POLICY.time_limits if each.clock != "handling"],
        }
    )
    other = a_town(policy=timeless)
    a_case(other, "accepted", id="x")
    assert refused(other, assign) == ("deadline_rule_is_pinned",)

    town.do(LogContact(**X, by=lead, reached=True, way="phone"), c.StartHandling(**X, by=lead))
    for gap in ({"place": ""}, {"what": " "}, {"until": None}, {"owner": None}):
        assert refused(town, problem(town, "n1", **gap)) == ("place_item_due_and_owner_named",)


def test_nothing_is_done_without_measure_and_evidence_and_what_is_sent_back_is_counted():  # M160 搪塞敷衍
    town = in_handling()
    for perfunctory in (
        {"measure": ""},
        {"measure": "  "},
        {"evidence": ()},
        {"evidence": ("nothing-on-file",)},
    ):
        assert refused(town, RESULT.changed(**perfunctory)) == ("measure_and_evidence_given",)
    town.do(DiscreditEvidence(**X, by=verifier, item="e1", reason="an old photo"))
    assert refused(town, RESULT) == ("measure_and_evidence_given",)
    town.do(AddEvidence(**X, by=lead, **{**PHOTO, "item": "e2"}))
    result = RESULT.changed(evidence=("e2",))

    town.do(result)
    rework = c.OrderRework(**X, by=supervisor, reason="nothing changed on the spot")
    assert refused(town, rework.changed(by=Actor.of(lead.id, Role.SUPERVISOR))) == ("decider_is_not_a_handler",)
    case = town.do(rework)
    assert (case.status, case.reworks, case.round) == ("in_handling", 1, 2)
    town.do(result.changed(command_id="second"), c.GiveFeedback(**X, by=lead, to_level="community"))
    town.do(FailVerification(**X, by=verifier, item="r2", reason="still nothing"))
    assert "verification_has_passed" in refused(town, CLOSE)
    case = town.do(rework.changed(command_id="second-rework"))
    assert (case.reworks, case.round) == (2, 3)
    assert sum(each.name == "case.rework_ordered" for each in town.engine.history("x")) == case.reworks
