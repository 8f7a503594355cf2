"""Two regions at work on one case: nothing gets stuck, all comes to rest, and no case is closed before it has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from govflow import CASE, SYSTEM, Actor, Command, NotAllowed, NotFound, Region, Rest, Role
from govflow.cases import commands as c
from govflow.cases.assignment_objection import WithdrawAssignmentObjection
from govflow.regions import (
    admission,
    check_in,
    checklist,
    commitment,
    evaluation,
    instruction,
    invitation,
    joint_handling,
    ledger,
    link,
    mediation,
    meeting,
    obligation,
    referral,
    risk_signal,
    supervision,
    verification,
)
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.testing import commands
from tests.cases.clerk import (
    ACTORS,
    APPROVERS,
    EVERYBODY,
    HEADS,
    counted_open,
    plausible,
)
from tests.regions.standing import an_item, key_of, may_stand_in, standing
from tests.support import PETITION, TOLD, Town, a_case, a_context, a_town, dispatcher, resident, supervisor
from tests.walking import looking_at, regions_with_loops

REGIONS = [region for name, region in CASE.regions.items() if name != "clock"]
PAIRS = list(combinations(REGIONS, 2))
WITH_LOOPS = [pair for pair in PAIRS if {each.name for each in pair} <= regions_with_loops(CASE)]
MAIN = list(CASE.workflow.rests)


def named(pair: tuple[Region, Region]) -> str:
    return f"{pair[0].name}-{pair[1].name}"


def open_in(region: Region) -> list[str]:
    return [status for status, rest in region.workflow.rests.items() if rest is Rest.OPEN]


# --- nothing gets stuck ----------------------------------------------------------------------------------------------


@cache
def after(main: str) -> frozenset[str]:
    """The statuses that the case comes to from here by its own table, itself included."""
    seen: set[str] = set()
    todo = [main]
    while todo:
        status = todo.pop()
        if status not in seen:
            seen.add(status)
            rows = CASE.workflow.rows_from(status).values()
            todo += [str(step.to) for steps in rows for step in steps if step.to is not None]
    return frozenset(seen)


@pytest.mark.parametrize("pair", PAIRS, ids=named)
def test_from_every_open_item_of_two_regions_some_row_leads_on_now_or_when_the_case_has_moved(
    pair: tuple[Region, Region],
):
    town = a_town()
    context = a_context(town, c.AcceptCase(id="x", by=EVERYBODY))
    for first, second in product(pair[0].workflow.rests, pair[1].workflow.rests):
        for main in MAIN:
            case = standing(CASE, main, pair[0], first)
            beside = {pair[1].name: {key_of(pair[1]): an_item(pair[1], second)}}
            case = case.changed(items={**case.items, **beside}, lead_unit="water", reporter="s-1")
            moved = {(item.key, item.status) for _, item, _ in CASE.open_steps(case, context) if item is not None}
            for region, status in zip(pair, (first, second), strict=True):
                if region.workflow.rests[status] is Rest.OPEN and not rides_now(region, status, main):
                    here = (key_of(region), status) in moved
                    assert here or leads_on_later(region, status, main), f"{region.name} {status} is stuck in {main}"


def rides_now(region: Region, status: str, main: str) -> bool:
    rows = (step for step in region.workflow.steps if step.rides and status in map(str, step.source))
    return any(main in may_stand_in(CASE, step) for step in rows)


def leads_on_later(region: Region, status: str, main: str) -> bool:
    """While the case rests nobody may have to act: what is open was ended when it came to rest, or it reopens."""
    rows = [step for step in region.workflow.steps if status in map(str, step.source)]
    return main == "archived" or any(set(may_stand_in(CASE, step)) & after(main) for step in rows)


LEAVE: dict[str, Any] = {"statutory_channel": "litigation", "reason": "a court's", "told_by": TOLD}


@pytest.mark.parametrize("pair", WITH_LOOPS, ids=named)
def test_what_two_regions_leave_open_is_ended_in_one_append_when_the_case_leaves(pair: tuple[Region, Region]):
    from govflow import HandOver

    town = a_town()
    for first, second in product(open_in(pair[0]), open_in(pair[1])):
        case = standing(CASE, "in_handling", pair[0], first, area="a", level="town", reporter="s-1", round=2)
        beside = {pair[1].name: {key_of(pair[1]): an_item(pair[1], second)}}
        case = case.changed(items={**case.items, **beside})
        by_hand = {(r.name, s) for r, s in zip(pair, (first, second), strict=True)} & {("meeting", "held")}
        leave = c.RedirectCase(id="x", by=dispatcher, **LEAVE, hand_over=(HandOver(reason="carried on elsewhere"),))
        context = a_context(town, leave)
        if by_hand:
            with pytest.raises(NotAllowed) as caught:
                CASE.decide(case, leave, context)
            assert caught.value.codes == ("loops_are_handed_over",)
            continue
        left = CASE.decide(case, leave, context)[1]
        assert left.status == "redirected"
        assert CASE.open_loops(left) == (), f"{first}, {second}"
        asked_for = [region.name for region in pair if not region.round_bound]  # a round's checks fall away with it
        if asked_for:
            with pytest.raises(NotAllowed) as caught:
                CASE.decide(case, leave.changed(hand_over=()), a_context(town, leave))
            assert [told.split()[0] for told in caught.value.broken[0].detail] == asked_for


# --- and everything comes to rest ------------------------------------------------------------------------------------


def fresh(role: Role, unit: str | None = None) -> Actor:
    """Somebody with no hand in anything so far."""
    return Actor.of(f"fresh-{role.value}", role, unit=unit)


WHY = "it is done with"


def closing(case: Any, region: str, key: str) -> Iterator[Command]:
    """What a clerk gives to bring an open item one step nearer to rest."""
    item, x = case.item(region, key), {"id": case.id, "item": key}
    match region, str(item.status):
        case "joint_handling", _:
            yield joint_handling.OverrideJointHandling(**x, by=dispatcher, reason=WHY)
        case "assignment_objection", _:
            yield WithdrawAssignmentObjection(**x, by=fresh(Role.LEAD_UNIT, case.lead_unit), reason=WHY)
        case "ledger", "open" | "reopened":
            yield ledger.RectifyLedgerItem(**x, by=fresh(Role.ORGANISATION), measure="m", evidence=("done",))
        case "ledger", "rectified":
            yield ledger.VerifyLedgerItem(**x, by=fresh(Role.VERIFIER))
        case "ledger", "verified":
            yield ledger.WriteOffLedgerItem(**x, by=dispatcher)
        case "commitment", _:
            yield commitment.ReleaseCommitment(**x, by=fresh(Role.SUPERVISOR), reason=WHY)
        case "supervision", "exposed" if item.fix_checked_by is None:
            yield supervision.ConfirmFix(**x, by=fresh(Role.VERIFIER), measure="m", evidence=("done",))
        case "supervision", _:
            yield supervision.LiftSupervision(**x, by=fresh(Role.SUPERVISOR, item.body), reason=WHY)
        case "instruction", _:
            owner = fresh(Role.LEAD_UNIT, item.owner)
            yield instruction.AnswerInstruction(**x, by=owner, measure="m", evidence=("done",))
        case "mediation", status:
            yield from closing_dispute(case, item, status, x)
        case "meeting", _ if item.attended:  # it has met
            signed = {"minutes": ("done",), "signed_by": tuple(dict.fromkeys((item.host, *item.attended)))}
            yield meeting.RecordMeeting(**x, by=fresh(Role.COMMUNITY), **signed, consensus="agreed")
        case "meeting", _:
            yield meeting.CancelMeeting(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "invitation", "issued":
            yield invitation.DeclineInvitation(**x, by=fresh(Role.ORGANISATION, item.unit), reason=WHY)
        case "invitation", _:
            yield invitation.CancelInvitation(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "admission", _:
            yield admission.DecideAdmission(**x, by=fresh(Role.DISTRICT), granted=True)
        case "evaluation", _:
            yield evaluation.MarkEvaluationInvalid(**x, by=fresh(Role.CALLBACK), attempts=3, reason="nobody answers")
        case "verification", "requested":
            yield verification.PassVerification(**x, by=fresh(Role.VERIFIER))
        case "verification", _:
            yield c.OrderRework(id=case.id, by=fresh(Role.DISPATCHER), reason=WHY)
        case "risk_signal", "raised":
            yield risk_signal.DismissRiskSignal(**x, by=fresh(Role.TOWN), reason=WHY)
        case "risk_signal", _:
            yield risk_signal.ClearRiskSignal(**x, by=fresh(Role.TOWN), reason=WHY)
        case "link", _:
            by = SYSTEM if item.kind in ("merged", "absorbed") else dispatcher  # the walks play the system too
            yield link.Unlink(**x, by=by, reason=WHY)
        case "check_in", _:
            yield check_in.DiscardCheckIn(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case "obligation", _:
            yield obligation.ExcuseObligation(**x, by=fresh(Role.SUPERVISOR), reason=WHY)
        case "checklist", _:
            yield checklist.DropChecklist(**x, by=fresh(Role.TOWN), reason=WHY)
        case "referral", _:
            yield referral.WithdrawReferral(**x, by=fresh(Role.COMMUNITY), reason=WHY)
        case _:
            raise AssertionError(f"no clerk knows how {region} comes to rest: say it here")


def closing_dispute(case: Any, item: Any, status: str, x: dict[str, Any]) -> Iterator[Command]:
    by = Actor.of(item.mediator, Role.MEDIATOR)
    match status:
        case "offered":
            yield mediation.RefuseMediation(**x, by=Actor.of(item.parties[0], Role.DISPUTANT), reason=WHY)
        case "in_mediation":
            yield mediation.FailMediation(**x, by=by, reason=WHY)
        case "agreed":  # its commitments come to rest by themselves: what is owed by it is done or released
            carried_out = mediation.PerformAgreement(**x, by=by)
            yield from (mediation.signing(carried_out, case, Actor.of(p, Role.DISPUTANT)) for p in item.parties)
            yield carried_out
        case _:
            yield mediation.ReferDispute(**x, by=by, statutory_channel="litigation")


def onward(case: Any) -> list[Command]:
    """What a clerk gives next for the case itself; nothing, where it has come to rest for good."""
    x, own = {"id": case.id}, fresh(Role.LEAD_UNIT, case.lead_unit)
    clerk = fresh(Role.DISPATCHER)
    match str(case.status):
        case "discovered":
            said = {"channel": "phone", "kind": "hotline", "level": "community", "title": "Water leak"}
            return [c.ReportCase(**x, by=fresh(Role.GRID_WORKER), **said)]
        case "reported":
            return [c.AcceptCase(**x, by=fresh(Role.ACCEPTANCE_DESK))]
        case "accepted":
            return [c.AssignCase(**x, by=clerk, lead_unit="water", unit_level="town")]
        case "assigned":
            return [LogContact(**x, by=own, reached=True, way="phone"), c.StartHandling(**x, by=own)]
        case "suspended":
            return [c.ResumeCase(**x, by=fresh(Role.SUPERVISOR))]
        case "in_handling":
            return [c.SubmitResult(**x, by=own, measure="repaired", evidence=("done",))]
        case "handled":
            to = case.reporting_level or case.level
            by = own if case.lead_unit else fresh(Role.COMMUNITY)
            return [c.GiveFeedback(**x, by=by, to_level=to, to_reporter=True, public_text="repaired")]
        case "fed_back":
            return [c.CloseCase(**x, by=clerk)]
        case "under_review" | "under_recheck":
            return [c.WithdrawReview(**x, by=Actor.of(case.reporter or "s-1", Role.REPORTER))]
        case "merged":
            return [c.UnmergeCase(**x, by=clerk, reason=WHY)]
        case "rejected" | "redirected" | "withdrawn" | "dismissed":
            return [c.ReopenCase(**x, by=fresh(Role.ACCEPTANCE_DESK), ground=WHY, facts_are_new=True)]
    return []


def case_of(town: Town) -> Any:
    return town.engine.get("x")


def closed_exactly_while_nothing_is_open(town: Town) -> None:
    loops = town.engine.open_loops("x")
    counted = counted_open(town.engine, "x")
    assert {(loop.region, loop.item) for loop in loops} == counted
    assert all(loop.owes for loop in loops if (loop.region, loop.status) != ("joint_handling", "refused")), loops
    if case_of(town).status == "fed_back":
        codes = {each.code for each in town.engine.why_not(c.CloseCase(id="x", by=dispatcher))}
        assert ("no_loop_is_open" in codes) == bool(counted)
    if case_of(town).status not in CASE.active:
        assert not counted, "what rests owes nothing"


def at_random(town: Town, pair: tuple[Region, Region], data: st.DataObject) -> None:
    """One command of the two regions or of the case, by somebody who has the role; with leave, where it needs one."""
    case = case_of(town)
    given_by = (EVERYBODY, HEADS, *ACTORS)
    values = plausible(case, town.clock, ["y", "nobody"])
    of_two = looking_at(CASE, *(each.name for each in pair))
    command = data.draw(commands(of_two, case, now=town.clock(), actors=given_by, values=values))
    try:
        if {each.code for each in town.engine.why_not(command)} == {"approval_is_given"}:
            asked: Any = town.engine.handle(RequestApproval.of(command, case))
            key = list(asked.items_of("approval"))[-1]
            town.engine.handle(GiveApproval(id="x", by=APPROVERS[asked.item("approval", key).asks], item=key))
        town.engine.handle(command)
    except (NotAllowed, NotFound, KeyError):
        return


def drained(town: Town) -> None:
    """Every open loop is brought to rest by those who may, and the case is closed, or rests where it is."""
    if case_of(town).status == "archived":
        return
    town.do(AddEvidence(id="x", by=supervisor, item="done", kind="photo", sha256="0" * 64))
    for _ in range(80):
        if loop := next_to_close(town):
            steps = [*closing(case_of(town), *loop)]
        elif case_of(town).status == "closed" or not (steps := onward(case_of(town))):
            break
        for command in steps:
            town.do(command)
            closed_exactly_while_nothing_is_open(town)
    assert not town.engine.open_loops("x")
    assert case_of(town).status in ("closed", "converted", "terminated", "archived"), case_of(town).status


def next_to_close(town: Town) -> tuple[str, str] | None:
    """The loop whose turn it is: agreements after the promises in them, a round's check while the case is fed back."""
    loops = sorted(town.engine.open_loops("x"), key=lambda loop: loop.region == "mediation")
    waits = {"verification"} if case_of(town).status != "fed_back" else set()
    return next(((loop.region, loop.item) for loop in loops if loop.region not in waits), None)


STARTS = ("reported", "accepted", "assigned", "in_handling", "suspended", "fed_back", "under_review", "under_recheck")


def walk(pair: tuple[Region, Region], data: st.DataObject, steps: int) -> None:
    town = a_town()
    start = data.draw(st.sampled_from(STARTS))
    a_case(town, start, id="x", **(PETITION if data.draw(st.booleans()) else {}))
    a_case(town, "accepted", id="y", reporter="s-2")
    if "e1" not in case_of(town).items_of("evidence"):
        town.do(AddEvidence(id="x", by=resident, item="e1", sha256="0" * 64))
    for _ in range(steps):
        if data.draw(st.integers(0, 5)) == 0:
            town.clock.advance(hours=data.draw(st.sampled_from([1, 24, 24 * 4])))
        at_random(town, pair, data)
        closed_exactly_while_nothing_is_open(town)
    drained(town)


_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a walk takes minutes


@pytest.mark.parametrize("pair", WITH_LOOPS, ids=named)
@given(data=st.data())
@settings(max_examples=2, deadline=None, phases=_PHASES)
def test_two_regions_at_work_come_to_rest_and_no_case_is_closed_before(
    pair: tuple[Region, Region], data: st.DataObject
):
    walk(pair, data, steps=8)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=named)
@given(data=st.data())
@settings(max_examples=15, deadline=None, phases=_PHASES)
def test_any_two_regions_at_work_for_long_come_to_rest(pair: tuple[Region, Region], data: st.DataObject):
    walk(pair, data, steps=20)
