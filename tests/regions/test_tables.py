"""The promises of every table, of every record that ships and of every region it has: parametrised, copied nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import CASE, Decider, HandOver, Record, Region, Rest, Role, Step, Workflow
from govflow.actors import ANYBODY
from govflow.budgets import BudgetCount
from govflow.budgets.messages import ImportedEntry
from govflow.cases.model import Review
from govflow.clocks import CLOCKS
from govflow.engine import shipped
from govflow.messages import ClockMove, ClockStatus, Event
from govflow.policy import DEFAULT_POLICY, VoteRule
from govflow.policy.obligations import Every, Obligation
from govflow.policy.tracks import QUORUM_RULES
from govflow.projects.claim import CLAIM
from govflow.projects.model import EvaluationResult, Party, TeamKind
from govflow.regions.mediation import Purpose
from govflow.testing import START, _annotated, _of_type
from govflow.voting import HandCount, Tally, Turnout
from govflow.workflow import NEW
from tests.regions.standing import (
    PROCEDURE,
    an_item,
    first_key,
    key_of,
    may_stand_in,
    moves_with_its_record,
    standing,
    status_of,
)
from tests.support import Town, a_context, a_town
from tests.together import each_case

# Ten events of each row: coverage is what the stories and the tests of each region reach, and measuring here is slow.
pytestmark = pytest.mark.no_cover

SHIPPED = shipped()
HEADER = {"at", "by", "in_stead_of", "clocks", "item"}


Table = tuple[Decider, Region | None]


class Row(NamedTuple):
    """One row of a record's own table (region None) or of one of its regions, from one of its sources."""

    decider: Decider
    region: Region | None
    step: Step
    source: str

    def __str__(self) -> str:
        return f"{self.step.id} from {self.source}"


def regions_of(decider: Decider) -> list[Region | None]:
    return [None, *decider.regions.values()]


def flow_of(decider: Decider, region: Region | None) -> Workflow:
    return decider.workflow if region is None else region.workflow


TABLES = [(decider, region) for decider in SHIPPED for region in regions_of(decider)]
REGIONS = [(decider, region) for decider, region in TABLES if region is not None]
SHARED = [  # one table in the hands of several records
    [table for table in REGIONS if flow_of(*table) is flow]
    for flow in {id(flow_of(*table)): flow_of(*table) for table in REGIONS}.values()
]


def tables_of(decider: Decider) -> list[Table]:
    return [table for table in TABLES if table[0] is decider]


def rows_of(table: Table) -> list[Row]:
    return [Row(*table, step, str(source)) for step in flow_of(*table).steps for source in step.source]


def ten_times(check: Callable[[Any, st.DataObject], None], what: Any) -> None:
    """Hypothesis makes ten choices for the check; what it would remember of them would be taken for another row's."""

    @given(data=st.data())
    @settings(max_examples=10, deadline=None, database=None)
    def of_this(data: st.DataObject) -> None:
        check(what, data)

    of_this()


def named(table: Table) -> str:
    return f"{table[0].name}-{table[1].name if table[1] else 'main'}"


# --- the fold agrees with the table ----------------------------------------------------------------------------------

CARRIED = Tally(method="yes_no", entitled=Turnout(persons=3), present=Turnout(persons=3), quorate=True, carried=True)
LOST = CARRIED.changed(carried=False)
INQUORATE = CARRIED.changed(present=Turnout(persons=1), quorate=False, carried=False)
COUNTED = BudgetCount(rule="greedy", entitled=1, ballots=1, budget=1, spent=1, left=0, winners=("k",))
PROGRAMME = DEFAULT_POLICY.programmes[0]
# One event, several targets: what of the event, or of what went before, tells which. Every such event stands here.
ANSWERED: dict[str, dict[str, Any]] = {
    "C34": {"upheld": True}, "C35": {"upheld": False}, "AO02": {"upheld": True}, "AO03": {"upheld": False},
    "C30": {"sends_back": False}, "C57": {"sends_back": False}, "C41": {"sends_back": True},
    "C32": {"sends_back": False}, "C44": {"sends_back": True},
    "C23": {"to_be_assigned": False}, "X05": {"to_be_assigned": True},
    "X02": {"lead_unit": "water"}, "X03": {"lead_unit": None},
    "AD02": {"granted": True}, "AD03": {"granted": False}, "AC03": {"granted": True}, "AC04": {"granted": False},
    "J13": {"awaited": True}, "LK01": {"awaited": False},
    "CL02": {"stage": 1}, "CL03": {"stage": 2},
    "TI05": {"before": 2, "after": 1}, "TI06": {"before": 1, "after": 1},
    "OP02": {"disposition": "adopted"}, "OP03": {"disposition": "partly"}, "OP04": {"disposition": "declined"},
    "OB02": {"upheld": True}, "OB03": {"upheld": False},
    **{key: {"tally": CARRIED} for key in ("P17", "VT07")},
    **{key: {"tally": LOST} for key in ("P18", "VT08")},
    **{key: {"tally": INQUORATE} for key in ("P19", "VT09")},
    "EN06": {"count": COUNTED}, "EN07": {"count": None},
    "EN13": {"entries": (ImportedEntry(number="1", kind="works", cost=1),), "programme": PROGRAMME},
    "FU06": {"programme": PROGRAMME},
    "ST08": {"procedure": DEFAULT_POLICY.procedure("group_motion")}, "ST09": {"stage": "another"},
}  # fmt: skip
CLAIMED = CLAIM.blank.changed(key="k", status="standing", claimer="k")
ANOTHER = CLAIMED.changed(key="o", claimer="o")
BEFORE: dict[str, dict[str, Any]] = {
    "P39": {"attempts": 1}, "PX19": {"attempts": 2},
    "J05": {"items": {"claim": {"k": CLAIMED}}}, "J29": {"items": {"claim": {"k": CLAIMED, "o": ANOTHER}}},
    "C45": {"was_accepted": True}, "C46": {"was_accepted": False},
    "C20": {"suspended_from": "in_handling"}, "C37": {"suspended_from": "assigned"},
    **{id: {"reviews": (Review(by="s-1", after_closing=True),)} for id in ("C30", "C42", "C43")},
    **{id: {"reviews": (Review(by="s-1", after_closing=False),)} for id in ("C57", "C58", "C59", "C41")},
    **{id: {"reviews": (Review(by="s-1", recheck=True, after_closing=True),)} for id in ("C32", "C44")},
}  # fmt: skip
ROUND: dict[str, Any] = {"round": 1, "rule": VoteRule(quorum="committee"), "quorum": QUORUM_RULES[0]}
WEEKLY = Obligation(id="rounds", en="Rounds", zh="巡查", every=Every.WEEK, owners=("water",), basis="test")
FILLED: dict[str, dict[str, Any]] = {  # what the rules see to before such an event is written
    "StatementSigned": {"party": "s-1", "digest": "0" * 64, "purpose": Purpose.AGREEMENT},
    "CaseCorrected": {"field": "title", "new": "Burst pipe"},
    "DutyOpened": {"obligation": WEEKLY},
    "DutyAmended": {"obligation": WEEKLY},
    "BulletinOrdered": {"case": "x", "owner": "water"},
    "ProjectProposed": {"rule": DEFAULT_POLICY.project_kinds[0], "plan": DEFAULT_POLICY.evaluation_plans[0]},
    "ProjectCorrected": {"field": "title", "new": "A pitched roof"},
    "PartyAdded": {"party": Party(unit="k")},
    "TeamNamed": {"team": TeamKind.WORK_GROUP},
    "ProjectEvaluated": {"result": EvaluationResult(round=1, plan="project", sources=())},
    "DemandClaimed": {"claimer": "k"},
    "ClaimWithdrawn": {"claimer": "k"},
    "PartyArranged": {"to": "k"},
    "PartiesPaired": {"parties": (Party(unit="k"),)},
    "EnvelopeCorrected": {"field": "title", "new": "For the yards"},
    "AllianceFounded": {"founders": ("k",)},
    "TurnDeclined": {"unit": "k"},
    "MemberAppointed": {"person": "s-1", "first": START.date(), "last": START.date()},
    "ChairTermContactLogged": {"counterpart": "member", "unit": "k"},
    "ChairTermAssessmentScored": {"group": "members", "points": 80},
    "ReceptionPlanned": {"delegates": ("s-1",)},
    "ProposalCorrected": {"field": "venue", "new": "station-1"},
    "ProposalAdmitted": {"procedure": PROCEDURE},
    "ProposalDelegated": {"procedure": PROCEDURE},
    "RiskAssessed": {"papers": ("report",)},
    "LegalityChecked": {"papers": ("report",)},
    "VoteAnnounced": ROUND,
    "VoteReannounced": ROUND,
    "HandsRecorded": {"hands": HandCount(present=Turnout(persons=2), yes=Turnout(persons=2))},
    "VoteClosed": {"tally": CARRIED},
    "ResolutionPublished": {"tally": CARRIED},
    "StageRecorded": {"stage": "council"},
    "StageFailed": {"stage": "council"},
    "BudgetRoundOpened": {"programme": PROGRAMME},
    "BudgetRoundImported": {"programme": PROGRAMME},
}


def events(kind: type[Event], said: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Events of a kind as their types allow, with these fields as they are said."""
    said = {**FILLED.get(kind.__name__, {}), **said}
    fields = {
        name: st.just(said[name]) if name in said else values_of(kind, name)
        for name in kind.model_fields
        if name not in HEADER
    }
    known = {"at": START, "by": "somebody", **({"item": said["item"]} if "item" in said else {})}
    return st.fixed_dictionaries(fields).map(lambda body: kind.model_validate({**known, **body}))


@cache
def values_of(kind: type[Event], name: str) -> st.SearchStrategy[Any]:
    field = kind.model_fields[name]
    return st.dates() if field.annotation in (date, date | None) else _of_type(_annotated(field), START, ["water"])


def targets(row: Row) -> set[str]:
    """Where the rows of the same event lead from the same source."""
    flow = flow_of(row.decider, row.region)
    same = (s for s in flow.steps if s.event is row.step.event and row.source in map(str, s.source))
    return {row.source if each.to is None else str(each.to) for each in same}


def expected(row: Row) -> str:
    return row.source if row.step.to is None else str(row.step.to)


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_the_event_of_a_main_row_leads_where_the_row_says(decider: Decider):
    with each_case() as case:
        for row in rows_of((decider, None)):
            with case(row):
                ten_times(leads_where_it_says, row)


def leads_where_it_says(row: Row, data: st.DataObject) -> None:
    decider, step = row.decider, row.step
    before = standing(decider, "" if row.source == NEW else row.source, **BEFORE.get(step.id, {}))
    assert len(targets(row)) == 1 or step.id in ANSWERED or step.id in BEFORE, "say above what tells which"
    after = decider.evolve(before, data.draw(events(step.event, ANSWERED.get(step.id, {}))))
    assert after.status == expected(row)
    assert after.version == before.version + 1


@pytest.mark.parametrize("tables", SHARED, ids=lambda tables: named(tables[0]))
def test_the_event_of_a_regions_row_moves_its_item_where_the_row_says_and_never_the_record(tables: list[Table]):
    """Every event that is drawn is folded by each of the records that share the region."""
    with each_case() as case:
        for rows in zip(*map(rows_of, tables), strict=True):
            if not rows[0].step.rides:
                with case(rows[0]):
                    ten_times(move_their_items_alone, rows)


def move_their_items_alone(rows: tuple[Row, ...], data: st.DataObject) -> None:
    step, region = rows[0].step, rows[0].region
    assert region is not None
    event = data.draw(events(step.event, {"item": key_of(region), **telling(rows[0])}))
    mains = [st.sampled_from(may_stand_in(row.decider, step) or ["the record has no such status"]) for row in rows]
    stood = data.draw(st.tuples(*mains))
    with each_case() as case:
        for row, main in zip(rows, stood, strict=True):
            with case(row.decider.name):
                moves_its_item_alone(row, main, event)


def moves_its_item_alone(row: Row, main: str, event: Event) -> None:
    decider, region, step = row.decider, row.region, row.step
    assert region is not None
    before = standing(decider, main, region, row.source)
    if region.name == "clock" and step.to is not None:  # a clock's event says itself where it leads
        event = event.changed(clocks=(ClockMove(clock="handling", to=ClockStatus(str(step.to))),))
    after = decider.evolve(before, event)
    assert after.status == before.status, "only main rows move the main status"
    if region.keeps_items or region.name == "clock":
        assert status_of(after, region) == expected(row)
    others = {name for name in after.items if after.items[name] is not before.items.get(name)}
    assert others <= {region.name}, "an event of one region changes no other"


def telling(row: Row) -> dict[str, Any]:
    """What tells a row from the others of its event: known for each, or nothing has to be told."""
    by_event: dict[str, dict[str, Any]] = {
        "contact.logged": {"reached": str(row.step.to) == "reached"},
        "visit.logged": {"title": "a matter" if str(row.step.to) == "raised" else ""},
    }
    told = by_event.get(row.step.event.name) or ANSWERED.get(row.step.id, {})
    assert told or len(targets(row)) == 1, f"{row.step.event.name} leads to {targets(row)}: say here what tells which"
    return told


RIDING = [table for table in REGIONS if any(row.step.rides for row in rows_of(table))]


@pytest.mark.parametrize("table", RIDING, ids=named)
def test_a_riding_row_moves_its_item_by_the_main_rows_event(table: Table):
    with each_case() as case:
        for row in rows_of(table):
            if row.step.rides:
                with case(row):
                    ten_times(rides_with_its_record, row)


def rides_with_its_record(row: Row, data: st.DataObject) -> None:
    decider, region, step = row.decider, row.region, row.step
    assert region is not None
    key = first_key(region) if row.source == NEW else key_of(region)
    for main in may_stand_in(decider, step):
        before = standing(decider, main, region, row.source)
        after = decider.evolve(before, data.draw(events(step.event, ANSWERED.get(step.id, {}))))
        assert after.item(region.name, key).status == expected(row)


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_the_strategies_for_tests_know_values_for_every_command(decider: Decider):
    for kind in decider.commands:
        for name, field in kind.model_fields.items():
            if name not in ("by", "id", "item", "command_id", "occurred_at"):
                _of_type(_annotated(field), START, ["water"])


# --- every status is reached, and none is a dead end -----------------------------------------------------------------


def reach(flow: Workflow, start: str, steps: Iterable[Step]) -> set[str]:
    arrows: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        for source in map(str, step.source):
            arrows[source].add(source if step.to is None else str(step.to))
    for rider in flow.rides_on_clocks:
        for origin in rider["source"]:
            arrows[origin or NEW].add(rider["target"] or origin)
    seen, todo = set(), [start]
    while todo:
        status = todo.pop()
        if status not in seen:
            seen.add(status)
            todo += arrows[status]
    return seen


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_every_status_is_reached_from_nothing_and_every_open_one_comes_to_rest(decider: Decider):
    with each_case() as case:
        for table in tables_of(decider):
            with case(named(table)):
                every_status_is_reached_and_comes_to_rest(table)


HOLDERS = {*Role, ANYBODY}  # whoever holds any claim at all: what a person's record asks for is in its rules


def every_status_is_reached_and_comes_to_rest(table: Table) -> None:
    flow = flow_of(*table)
    held = [step for step in flow.steps if any(all(role in HOLDERS for role in side) for side in step.sides)]
    assert len(held) == len(flow.steps), "each row has somebody to give it"
    assert reach(flow, NEW, held) == {NEW, *flow.rests}
    for status, rest in flow.rests.items():
        if rest is Rest.OPEN:
            assert any(flow.rests.get(each) is not Rest.OPEN for each in reach(flow, status, held) - {NEW}), status


@pytest.mark.parametrize("table", REGIONS, ids=named)
def test_an_item_that_is_open_comes_to_rest_while_its_record_is_active(table: tuple[Decider, Region]):
    """Whatever `while_in` says: in each active status of the record by its rows there, by hand alone."""
    decider, region = table
    for status in region.workflow.rests:
        if region.workflow.rests[status] is not Rest.OPEN or region.name == "clock":
            continue
        for main in decider.active:
            here = [
                step
                for step in region.workflow.steps
                if step.rides or main in may_stand_in(decider, step)
                if any(role != Role.SYSTEM for role in step.who) or region.name in WAITS_FOR_THE_SYSTEM
            ]
            ends = [each for each in reach(region.workflow, status, here) if each != NEW]
            assert any(region.workflow.rests[each] is not Rest.OPEN for each in ends) or (region.name, main) in LATER, (
                f"{status} in {main}"
            )


WAITS_FOR_THE_SYSTEM = {
    "verification": "a check that failed is set aside by the rework it must lead to",
    "draw": "what a project's budget line holds is settled or freed with the line, in the same append",
    "booking": "what is kept for a promise is delivered or released with the promise, in the same append",
}
LATER = {
    ("verification", main): "the checks of a round are open while it is fed back, and rework or leaving ends them"
    for main in CASE.active - {"fed_back"}
}


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_every_role_and_clock_of_a_row_exists(decider: Decider):
    with each_case() as case:
        for table in tables_of(decider):
            for step in flow_of(*table).steps:
                with case(f"{named(table)} {step.id}"):
                    assert {role for side in step.sides for role in side} | ({step.approval} - {None}) <= HOLDERS
                    assert step.clock_names <= set(CLOCKS)


OTHERWISE = {"retention": "its term is that of the record's retention class"}


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_a_clock_that_a_row_starts_has_a_limit_or_its_event_names_the_day(decider: Decider):
    limited = {limit.clock for limit in DEFAULT_POLICY.time_limits}
    with each_case() as case:
        for table in tables_of(decider):
            for step in flow_of(*table).steps:
                with case(f"{named(table)} {step.id}"):
                    started = {*step.starts, *step.resets}
                    assert not started - limited - set(step.event.dues) - OTHERWISE.keys(), "nothing limits it"


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_no_two_regions_of_a_record_move_the_same_clock_of_an_item(decider: Decider):
    """Items of two regions may have the same key: the answer to one would stop the clock of the other."""
    owners: dict[str, str] = {}
    for region in decider.regions.values():
        for clock in region.own_clocks:
            assert owners.setdefault(clock, region.name) == region.name, clock


# --- what is left is ended -------------------------------------------------------------------------------------------


LEAVING = [
    (decider, region, status, str(to))
    for decider, region in REGIONS
    if not moves_with_its_record(region)
    for status, rest in region.workflow.rests.items()
    if rest is Rest.OPEN and region.name != "clock"
    for to in sorted({str(step.to) for step in decider.workflow.steps if step.hands_over})
]
BY_HAND = {
    ("meeting", "held"): "a meeting that was held is recorded or adjourned by those who held it",
    ("expense", "recorded"): "what was spent is checked, or disallowed, before the money is reconciled (M092)",
}


def ended(decider: Decider, record: Record, region: Region, town: Town) -> str:
    """Where an item stands once the system's own command for a record that leaves is decided."""
    command = region.ending(record, record.item(region.name, key_of(region)), HandOver(reason="carried on elsewhere"))
    assert command is not None
    context = a_context(town, command)
    context.deciders = {**context.deciders, **{each.name: each for each in SHIPPED}}
    return status_of(decider.decide(record, command, context)[1], region)


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda each: each.name)
def test_what_is_open_when_a_record_leaves_is_ended_by_the_system_or_by_hand_before(decider: Decider):
    town = a_town()
    with each_case() as case:
        for of, region, status, to in LEAVING:
            if of is decider:
                with case(f"{region.name} {status} on the way to {to}"):
                    is_ended(decider, region, status, to, town)


def is_ended(decider: Decider, region: Region, status: str, to: str, town: Town) -> None:
    record = standing(decider, to, region, status, round=2)
    by_system = [s for s in region.workflow.steps if Role.SYSTEM in s.who and status in map(str, s.source)]
    if region.ending(record, record.item(region.name, key_of(region)), HandOver(reason="r")) is None:
        assert (region.name, status) in BY_HAND
        for step in decider.workflow.steps:
            for main in map(str, step.source) if step.hands_over and step.to == to else ():
                by_hand = [s for s in region.workflow.steps if status in map(str, s.source) and set(s.who) - {"system"}]
                assert any(main in may_stand_in(decider, each) for each in by_hand), f"stuck in {main}"
        return
    assert by_system, "the system may not do what it is asked to"
    assert region.workflow.rests[ended(decider, record, region, town)] is not Rest.OPEN


def test_what_must_be_ended_by_hand_is_listed_with_its_reason():
    found = {
        (region.name, status)
        for decider, region, status, to in LEAVING
        if region.ending(standing(decider, to, region, status), an_item(region, status), HandOver(reason="r")) is None
    }
    assert found == BY_HAND.keys()


def test_a_record_that_hands_over_has_no_region_without_a_way_to_end_its_loops():
    for decider in SHIPPED:
        if any(step.hands_over for step in decider.workflow.steps):
            for region in decider.regions.values():
                has_loops = Rest.OPEN in region.workflow.rests.values() and region.name != "clock"
                open_states = {status for status, rest in region.workflow.rests.items() if rest is Rest.OPEN}
                by_hand = all((region.name, status) in BY_HAND for status in open_states)
                ends = region.ends is not None or moves_with_its_record(region) or by_hand
                assert not has_loops or ends, f"{decider.name}: {region.name}"


def stands(decider: Decider, region: Region) -> set[tuple[str, str]]:
    """Where a record and its latest item can stand together, going by the rows of both tables alone."""
    seen: set[tuple[str, str]] = set()
    todo = [(NEW, NEW)]
    while todo:
        main, item = here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        for row in decider.workflow.steps:
            if main in map(str, row.source):
                riders = [step for step in region.workflow.steps if row.id in step.rides]
                to = main if row.to is None else str(row.to)
                ends = {item if step.to is None else str(step.to) for step in riders if item in map(str, step.source)}
                begun = {str(step.to) for step in riders if NEW in map(str, step.source)}
                todo += [(to, each) for each in (ends | begun or {item})]
    return seen


ALONG = [(decider, region) for decider, region in REGIONS if moves_with_its_record(region)]


@pytest.mark.parametrize("table", ALONG, ids=named)
def test_what_moves_with_its_record_alone_is_at_rest_when_the_record_rests_or_begins_another(
    table: tuple[Decider, Region],
):
    decider, region = table
    is_open = {(main, item) for main, item in stands(decider, region) if region.workflow.rests.get(item) is Rest.OPEN}
    assert is_open
    assert {main for main, _ in is_open} <= decider.active
    begins = {id for step in region.workflow.steps if NEW in map(str, step.source) for id in step.rides}
    where = {str(source) for row in decider.workflow.steps if row.id in begins for source in row.source}
    assert where.isdisjoint({main for main, _ in is_open})


def test_the_vote_alone_moves_with_its_record():
    assert [region.name for _, region in ALONG] == ["vote"]
