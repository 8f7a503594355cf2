"""Two regions at work on one record: nothing gets stuck, all comes to rest, and no record is finished before it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import combinations, product
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from govflow import Actor, Command, Decider, Engine, HandOver, Level, NotAllowed, NotFound, Region, Rest, Role, Step
from govflow.alliances import messages as al
from govflow.cases import commands as c
from govflow.projects import commands as j
from govflow.projects.lines import balance_of
from govflow.proposals import commands as p
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RequestEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock, commands
from tests.alliances.test_machine import ALLIANCES
from tests.cases.test_machine import CASES
from tests.projects.test_walk import PROJECTS
from tests.proposals.hall import wang
from tests.proposals.test_machine import PROPOSALS
from tests.regions.closing import WHY, closing, fresh, supervising
from tests.regions.standing import may_stand_in, moves_with_its_record, standing, with_item
from tests.support import PETITION, TOLD, a_case, a_context, a_town, dispatcher, resident
from tests.together import each_case
from tests.walking import Walked, looking_at, regions_with_loops

# All pairs, by the same rows: coverage is what the stories and the tests of each region reach; measuring here is slow.
pytestmark = pytest.mark.no_cover

# --- the records -----------------------------------------------------------------------------------------------------


class Worked(NamedTuple):
    """A kind of record that two regions are at work on.

    `known` is what its state has that rows look at; `leave` takes it from status `active` to `left` and hands over what
    is open; `begun` opens a world with record x, to walk from; `onward` says what a clerk gives next for the record,
    nothing where it has come to one of its `ends`; `last` is the command that nothing open lets through.
    """

    walked: Walked
    known: dict[str, Any]
    active: str
    left: str
    leave: Any
    begun: Callable[[st.DataObject], Any]
    onward: Callable[[Any], list[Command]]
    ends: frozenset[str]
    last: Callable[[Any], Command | None]

    @property
    def decider(self) -> Decider:
        return self.walked.decider


def the_case_goes_on(case: Any) -> list[Command]:
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


def the_proposal_goes_on(proposal: Any) -> list[Command]:
    """Out of it, by the way that is open: it has nothing left to hand over."""
    x = {"id": proposal.id}
    if proposal.status in ("draft", "submitted", "screening", "consulting", "deliberating"):
        return [p.WithdrawProposal(**x, by=Actor.of(proposal.proposer, Role.PROPOSER), reason=WHY)]
    if proposal.status == "inquorate":
        return [p.LapseProposal(**x, by=fresh(Role.CONVENOR), reason=WHY)]
    if proposal.status in PROPOSALS.decider.active:
        return [p.AnnulResolution(**x, by=fresh(Role.TOWN), illegality=WHY)]
    return []


def the_project_goes_on(project: Any) -> list[Command]:
    """Out of it, by the way that is open: it has nothing left to hand over."""
    x, town = {"id": project.id}, fresh(Role.TOWN)
    match str(project.status):
        case "proposed" | "open_for_claim" | "claimed" | "paired" | "assessed":
            return [j.CancelProject(**x, by=town, reason=WHY)]
        case "approved" | "in_progress" | "suspended" | "delivered":
            cancel = j.CancelProject(**x, by=town, reason=WHY, balance=balance_of(project))
            return with_leave(project, cancel, Actor.of("mayor", Role.TOWN))
        case "accepted" if len(project.items_of("evaluation")) == 1:
            others = {"peer": "next-door", "external": "street-office"}
            by = fresh(Role.COMMUNITY)
            return [RequestEvaluation(**x, by=by, source=source, evaluator=who) for source, who in others.items()]
        case "accepted":
            return [j.EvaluateProject(**x, by=fresh(Role.APPRAISER))]
        case "evaluated" if project.accounts is None:
            return [j.PublishAccounts(**x, by=fresh(Role.FINANCE), public_text="nothing was spent")]
        case "evaluated":
            return with_leave(project, j.SettleProject(**x, by=fresh(Role.FINANCE), spent=0), fresh(Role.COMMUNITY))
    return []


def the_alliance_goes_on(alliance: Any) -> list[Command]:
    """Dissolved: it has nothing left to hand over."""
    if alliance.status in ALLIANCES.decider.active:
        return [al.DissolveAlliance(id=alliance.id, by=fresh(Role.TOWN), reason=WHY)]
    return []


def with_leave(record: Any, command: Command, giver: Actor) -> list[Command]:
    """Leave is asked for and given, and the command given."""
    key = f"leave-{record.version}"
    return [RequestApproval.of(command, record, item=key), GiveApproval(id=record.id, by=giver, item=key), command]


def a_case_begun(data: st.DataObject) -> Any:
    town = a_town()
    start = data.draw(st.sampled_from(
        ["reported", "accepted", "assigned", "in_handling", "suspended", "fed_back", "under_review", "under_recheck"]
    ))  # fmt: skip
    a_case(town, start, id="x", **(PETITION if data.draw(st.booleans()) else {}))
    a_case(town, "accepted", id="y", reporter="s-2")
    if "e1" not in town.engine.get("x").items_of("evidence"):
        town.do(AddEvidence(id="x", by=resident, item="e1", sha256="0" * 64))
    return town


def a_project_begun(data: st.DataObject) -> Any:
    yard = PROJECTS.opened(":memory:")  # type: ignore[arg-type]
    starts = ["proposed", "open_for_claim", "claimed", "paired", "assessed"]
    PROJECTS.begin(yard, data.draw(st.sampled_from(starts)), data, "")
    return yard


class World(NamedTuple):
    """An engine with its clock, whatever the record in it is called."""

    engine: Engine
    clock: PinnedClock

    def do(self, *given: Command) -> None:
        for each in given:
            self.engine.handle(each)


def an_alliance_begun(data: st.DataObject) -> Any:
    hall = ALLIANCES.opened(":memory:")  # type: ignore[arg-type]
    ALLIANCES.begin(hall, data.draw(st.sampled_from(["founded", "active"])), data, "")
    return World(hall.engine, hall.clock)


def a_proposal_begun(data: st.DataObject) -> Any:
    hall = PROPOSALS.opened(":memory:")  # type: ignore[arg-type]
    starts = ["draft", "screening", "consulting", "deliberating", "voting", "published", "implementing", "completed"]
    PROPOSALS.begin(hall, data.draw(st.sampled_from(starts)), data, "")
    return hall


_ALL = (HandOver(reason="carried on elsewhere"),)
KINDS = {
    "case": Worked(
        CASES,
        {"lead_unit": "water", "reporter": "s-1", "level": Level.TOWN, "area": "a"},
        "in_handling",
        "redirected",
        c.RedirectCase(id="x", by=dispatcher, statutory_channel="litigation", reason=WHY, told_by=TOLD, hand_over=_ALL),
        a_case_begun,
        the_case_goes_on,
        frozenset({"closed", "converted", "terminated", "archived"}),
        lambda case: c.CloseCase(id="x", by=dispatcher) if case.status == "fed_back" else None,
    ),
    "proposal": Worked(
        PROPOSALS,
        {"proposer": "s-wang", "area": "a"},
        "deliberating",
        "withdrawn",
        p.WithdrawProposal(id="x", by=wang, reason=WHY, hand_over=_ALL),
        a_proposal_begun,
        the_proposal_goes_on,
        frozenset(PROPOSALS.decider.workflow.rests) - PROPOSALS.decider.active,
        lambda x: p.PublishResult(id="x", by=fresh(Role.COMMUNITY)) if x.status in ("completed", "appraised") else None,
    ),
    "joint_project": Worked(
        PROJECTS,
        {"lead": "builder", "area": "a"},
        "assessed",
        "cancelled",
        j.CancelProject(id="x", by=fresh(Role.TOWN), reason=WHY, hand_over=_ALL),
        a_project_begun,
        the_project_goes_on,
        frozenset(PROJECTS.decider.workflow.rests) - PROJECTS.decider.active,
        lambda x: j.SettleProject(id="x", by=fresh(Role.FINANCE)) if x.status == "evaluated" else None,
    ),
    "alliance": Worked(
        ALLIANCES,
        {"lead_unit": "u-lead", "committee": "u-committee", "guidance": "u-department", "area": "jinniu"},
        "active",
        "dissolved",
        al.DissolveAlliance(id="x", by=fresh(Role.TOWN), reason=WHY, hand_over=_ALL),
        an_alliance_begun,
        the_alliance_goes_on,
        frozenset({"dissolved", "archived"}),
        lambda x: al.ArchiveAlliance(id="x", by=fresh(Role.ARCHIVIST)) if x.status == "dissolved" else None,
    ),
}
BY_HAND = {("meeting", "held"), ("expense", "recorded")}  # what has met is recorded, what was spent is checked first
_LISTED = {("supervision", status) for status in ("listed", "interviewed", "circulated", "exposed")}
BY_CONSENT = defaultdict(set[tuple[str, str]], joint_project=_LISTED)  # whose leaving asks for the supervisor's consent
Pair = tuple[Region, Region]
OWN = {  # the others are paired on cases and proposals
    "joint_project": {"claim", "budget", "expense", "milestone", "feedback"},
    "alliance": {"member", "chair_term", "brand", "activity"},
}
PAIRS = [
    (name, pair)
    for name, kind in KINDS.items()
    for pair in combinations([region for region in kind.decider.regions.values() if region.name != "clock"], 2)
    if name not in OWN or OWN[name] & {region.name for region in pair}
]
WITH_LOOPS = [
    (name, pair)
    for name, pair in PAIRS
    if {region.name for region in pair} <= regions_with_loops(KINDS[name].decider)
    if not any(map(moves_with_its_record, pair))
]


FIRST_OF_PAIRS = sorted({(name, pair[0].name) for name, pair in PAIRS})  # pairs with the same first region share a test
FIRST_WITH_LOOPS = sorted({(name, pair[0].name) for name, pair in WITH_LOOPS})


def pairs_of(given: list[tuple[str, Pair]], name: str, first: str) -> list[Pair]:
    return [pair for record, pair in given if (record, pair[0].name) == (name, first)]


def told_apart(pair: Pair, statuses: tuple[str, str]) -> str:
    return " and ".join(f"{region.name} {status}" for region, status in zip(pair, statuses, strict=True))


def ids(given: list[tuple[str, Pair]]) -> list[str]:
    return [f"{name}-{pair[0].name}-{pair[1].name}" for name, pair in given]


def open_in(region: Region) -> list[str]:
    return [status for status, rest in region.workflow.rests.items() if rest is Rest.OPEN]


# --- nothing gets stuck ----------------------------------------------------------------------------------------------


@cache
def after(decider: Decider, main: str) -> frozenset[str]:
    """The statuses that the record comes to from here by its own table, itself included."""
    seen: set[str] = set()
    todo = [main]
    while todo:
        status = todo.pop()
        if status not in seen:
            seen.add(status)
            rows = decider.workflow.rows_from(status).values()
            todo += [str(step.to) for steps in rows for step in steps if step.to is not None]
    return frozenset(seen)


@pytest.mark.parametrize(("name", "first"), FIRST_OF_PAIRS)
def test_from_every_open_item_of_two_regions_some_row_leads_on_now_or_when_the_record_has_moved(name: str, first: str):
    kind = KINDS[name]
    context = a_context(a_town(), Command(id="x", by=kind.walked.actors[0]))
    with each_case() as case:
        for pair in pairs_of(PAIRS, name, first):
            for statuses in product(pair[0].workflow.rests, pair[1].workflow.rests):
                with case(told_apart(pair, statuses)):
                    some_row_leads_on(kind, pair, statuses, context)


def some_row_leads_on(kind: Worked, pair: Pair, statuses: tuple[str, str], context: Any) -> None:
    decider = kind.decider
    of_two = looking_at(decider, pair[0].name, pair[1].name)  # the rows of the other regions move no item of these
    open_here = [each for each in zip(pair, statuses, strict=True) if asks_to_move(*each)]
    for main in decider.workflow.rests if open_here else ():
        record = with_item(standing(decider, main, pair[0], statuses[0], **kind.known), pair[1], statuses[1])
        moved = {(region, item.key, item.status) for region, item in leads_on(of_two, record, context)}
        for region, status in open_here:
            (key,) = record.items_of(region.name)
            here = (region.name, key, status) in moved or rides_now(decider, region, status, main)
            assert here or leads_on_later(decider, region, status, main), f"{region.name} {status} in {main}"


def asks_to_move(region: Region, status: str) -> bool:
    return region.workflow.rests[status] is Rest.OPEN and not moves_with_its_record(region)


def leads_on(decider: Decider, record: Any, context: Any) -> list[tuple[str, Any]]:
    """The items that a row could move now, with their regions."""
    of = region_of(decider)
    return [(of[step], item) for step, item, _ in decider.open_steps(record, context) if item is not None]


@cache
def region_of(decider: Decider) -> dict[Step, str]:
    return {step: region.name for region in decider.regions.values() for step in region.workflow.steps}


def rides_now(decider: Decider, region: Region, status: str, main: str) -> bool:
    rows = (step for step in region.workflow.steps if step.rides and status in map(str, step.source))
    return any(main in may_stand_in(decider, step) for step in rows)


def leads_on_later(decider: Decider, region: Region, status: str, main: str) -> bool:
    """While the record rests nobody may have to act: what is open was ended when it came to rest, or it reopens."""
    rows = [step for step in region.workflow.steps if status in map(str, step.source)]
    return main == "archived" or any(set(may_stand_in(decider, step)) & after(decider, main) for step in rows)


@pytest.mark.parametrize(("name", "first"), FIRST_WITH_LOOPS)
def test_what_two_regions_leave_open_is_ended_in_one_append_when_the_record_leaves(name: str, first: str):
    kind = KINDS[name]
    context = a_context(a_town(), kind.leave)
    context.deciders = {**context.deciders, name: kind.decider}
    with each_case() as case:
        for pair in pairs_of(WITH_LOOPS, name, first):
            for statuses in product(open_in(pair[0]), open_in(pair[1])):
                with case(told_apart(pair, statuses)):
                    what_is_open_is_ended(name, pair, statuses, context)


def what_is_open_is_ended(name: str, pair: Pair, statuses: tuple[str, str], context: Any) -> None:
    kind, decider = KINDS[name], KINDS[name].decider
    record = standing(decider, kind.active, pair[0], statuses[0], round=2, **kind.known)
    record = with_item(record, pair[1], statuses[1])
    open_here = {(region.name, status) for region, status in zip(pair, statuses, strict=True)}
    first_done = {"loops_are_handed_over": BY_HAND, "listed_record_has_supervisor_consent": BY_CONSENT[name]}
    if expected := tuple(code for code, items in first_done.items() if open_here & items):
        with pytest.raises(NotAllowed) as caught:
            decider.decide(record, kind.leave, context)
        assert caught.value.codes == expected
        return
    left = decider.decide(record, kind.leave, context)[1]
    assert left.status == kind.left
    assert decider.open_loops(left) == ()
    asked_for = [region.name for region in pair if not region.round_bound]  # a round's checks fall away with it
    if asked_for:
        with pytest.raises(NotAllowed) as caught:
            decider.decide(record, kind.leave.changed(hand_over=()), context)
        assert [told.split()[0] for told in caught.value.broken[0].detail] == asked_for


# --- and everything comes to rest ------------------------------------------------------------------------------------


def done_with_exactly_while_nothing_is_open(kind: Worked, world: Any) -> None:
    loops, record = world.engine.open_loops("x"), world.engine.get("x")
    counted = kind.walked.counted_open(world.engine, "x")
    assert {(loop.region, loop.item) for loop in loops} == counted
    assert all(loop.owes for loop in loops if (loop.region, loop.status) != ("joint_handling", "refused")), loops
    if (last := kind.last(record)) is not None:
        codes = {each.code for each in world.engine.why_not(last)}
        assert ("no_loop_is_open" in codes) == bool(counted)
    if record.status not in kind.decider.active:
        assert not counted, "what rests owes nothing"


def at_random(kind: Worked, world: Any, pair: Pair, data: st.DataObject) -> None:
    """One command of the two regions or of the record, by somebody who has the role; with leave, where it needs one."""
    record = world.engine.get("x")
    values = kind.walked.values(record, world.clock, ["y", "nobody"])
    of_two = looking_at(kind.decider, *(each.name for each in pair))
    if not of_two.commands_from(record):
        return  # of an archived alliance nothing can be asked
    command = data.draw(commands(of_two, record, now=world.clock(), actors=kind.walked.actors, values=values))
    try:
        if {each.code for each in world.engine.why_not(command)} == {"approval_is_given"}:
            asked: Any = world.engine.handle(RequestApproval.of(command, record))
            key = list(asked.items_of("approval"))[-1]
            approver = kind.walked.approvers[asked.item("approval", key).asks]
            world.engine.handle(GiveApproval(id="x", by=approver, item=key))
        world.engine.handle(command)
    except (NotAllowed, NotFound, KeyError):
        return


def drained(world: Any, name: str = "case") -> None:
    """Every open loop is brought to rest by those who may, and the record is done with, or rests where it is."""
    kind = KINDS[name]
    if world.engine.get("x").status == "archived":
        return
    by = fresh(Role.SUPERVISOR, supervising(world.engine.get("x")))
    world.do(AddEvidence(id="x", by=by, item="done", kind="photo", sha256="0" * 64))
    for _ in range(80):
        record = world.engine.get("x")
        if loop := next_to_close(world):
            steps = [*closing(record, *loop, now=world.clock())]
        elif not (steps := [] if record.status == "closed" else kind.onward(record)):
            break
        for command in steps:
            world.do(command)
            done_with_exactly_while_nothing_is_open(kind, world)
    assert not world.engine.open_loops("x")
    assert world.engine.get("x").status in kind.ends


def next_to_close(world: Any) -> tuple[str, str] | None:
    """The loop whose turn it is: agreements after their promises, lines after vouchers, checks while it is fed back."""
    loops = sorted(world.engine.open_loops("x"), key=lambda loop: loop.region in ("mediation", "budget"))
    waits = {"verification"} if world.engine.get("x").status != "fed_back" else set()
    return next(((loop.region, loop.item) for loop in loops if loop.region not in waits), None)


def walk(name: str, pair: Pair, data: st.DataObject, steps: int) -> None:
    kind = KINDS[name]
    world = kind.begun(data)
    for _ in range(steps):
        if data.draw(st.integers(0, 5)) == 0:
            world.clock.advance(hours=data.draw(st.sampled_from([1, 24, 24 * 4])))
        at_random(kind, world, pair, data)
        done_with_exactly_while_nothing_is_open(kind, world)
    drained(world, name)


_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a walk takes minutes


@pytest.mark.parametrize(("name", "pair"), WITH_LOOPS, ids=ids(WITH_LOOPS))
@given(data=st.data())
@settings(max_examples=2, deadline=None, phases=_PHASES)
def test_two_regions_at_work_come_to_rest_and_no_record_is_done_with_before(name: str, pair: Pair, data: st.DataObject):
    walk(name, pair, data, steps=8)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pair"), PAIRS, ids=ids(PAIRS))
@given(data=st.data())
@settings(max_examples=15, deadline=None, phases=_PHASES)
def test_any_two_regions_at_work_for_long_come_to_rest(name: str, pair: Pair, data: st.DataObject):
    walk(name, pair, data, steps=20)
