"""The tables of every record that the handbook has, and of their regions, against the handbook's, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from govflow.clocks import CLOCKS
from govflow.engine import shipped
from tests.handbook import cases, projects, proposals, regions
from tests.together import each_case

HANDBOOK = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))
RECORDS = {each.name: each for each in shipped() if each.name in HANDBOOK["records"]}
REGIONS = {name: region for record in RECORDS.values() for name, region in record.regions.items()}
OURS = {name: record.as_data() for name, record in RECORDS.items()}
TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{name: (OURS[name], HANDBOOK["records"][name]) for name in RECORDS},
    **{
        name: (region.workflow.as_data(), HANDBOOK["regions"][name])
        for name, region in REGIONS.items()
        if name not in regions.OWN
    },
}
# What ours has beyond the handbook: the reason for each stands where it is listed.
ROWS_ADDED = cases.ROWS | proposals.ROWS | projects.ROWS | regions.ROWS
RULES_ADDED = cases.RULES | proposals.RULES | projects.RULES | regions.RULES
WHO_ADDED = regions.WHO | proposals.WHO | projects.WHO
WHILE_ADDED: dict[str, str] = {}  # rows that are allowed in other statuses of the record than the handbook says: none
STOPS_ADDED = cases.STOPS | projects.STOPS


def our_row(table: str, id: str) -> dict[str, Any]:
    return next(row for row in TABLES[table][0]["transitions"] if row["id"] == id)


def their_row(table: str, id: str) -> dict[str, Any]:
    return next(row for row in TABLES[table][1]["transitions"] if row["id"] == id)


ELSEWHERE = {"chair_term"}  # lives on the alliance, a record of ours: the handbook has it on a project


def test_every_record_and_region_of_the_handbook_is_compared_but_for_what_lives_elsewhere():
    assert HANDBOOK["records"].keys() == RECORDS.keys()
    assert HANDBOOK["regions"].keys() - TABLES.keys() == ELSEWHERE


@pytest.mark.parametrize(("record", "number"), [("case", 23), ("proposal", 20), ("joint_project", 27)])
def test_every_region_that_the_handbook_gives_a_record_is_there(record: str, number: int):
    given = {name for name, region in HANDBOOK["regions"].items() if record in region["on"]}
    assert len(given) == number
    assert RECORDS[record].regions.keys() - regions.OWN.keys() == given - ELSEWHERE
    assert regions.OWN.keys().isdisjoint(HANDBOOK["regions"])


@pytest.mark.parametrize("record", RECORDS)
def test_a_region_has_the_same_table_in_every_record_that_the_handbook_gives_it_to(record: str):
    for name, region in RECORDS[record].regions.items():
        assert region.workflow is REGIONS[name].workflow, name
        if name not in regions.OWN:
            assert set(HANDBOOK["regions"][name]["on"]) <= set(region.workflow.on), name


@pytest.mark.parametrize("table", TABLES)
def test_states_are_the_handbooks_with_their_terms_and_rests(table: str):
    ours, theirs = TABLES[table]
    rest = {(True, False): "final", (False, True): "outcome", (False, False): "open"}
    own = {state for region, state in regions.STATES if region == table}
    assert [(each["id"], each["zh"], each["rest"]) for each in ours["states"] if each["id"] not in own] == [
        (each["id"], each["zh"], rest[each["final"], each["outcome"]]) for each in theirs["states"]
    ]
    assert own <= {each["id"] for each in ours["states"]}
    assert ours["zh"] == theirs["zh"]


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_missing_and_every_row_of_our_own_has_a_reason(table: str):
    ours, theirs = ({row["id"] for row in each["transitions"]} for each in TABLES[table])
    assert theirs - ours == set()
    assert ours - theirs == {id for id in ROWS_ADDED if id in ours}


def test_no_reason_is_given_twice_or_for_what_is_not_there():
    listed = (cases, proposals, projects, regions)
    for lists in ([each.ROWS for each in listed], [each.RULES for each in listed]):
        assert len(set().union(*lists)) == sum(map(len, lists))
    ours = {row["id"]: row for table in TABLES for row in TABLES[table][0]["transitions"]}
    assert ROWS_ADDED.keys() <= ours.keys()
    assert {(id, role) for id, role in WHO_ADDED if (role,) in map(tuple, ours[id]["who"])} == WHO_ADDED.keys()
    assert {(id, code) for id, code in RULES_ADDED if code in ours[id]["rules"]} == RULES_ADDED.keys()


def rows_of(table: str) -> list[str]:
    return [row["id"] for row in TABLES[table][1]["transitions"]]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_says_what_the_handbooks_row_says(table: str):
    with each_case() as case:
        for id in rows_of(table):
            with case(id):
                says_the_same(table, id)


def says_the_same(table: str, id: str) -> None:
    ours, theirs = our_row(table, id), their_row(table, id)
    for key in ("command", "event", "name", "target", "approval"):
        assert ours[key] == theirs[key], key
    assert set(ours["source"]) == set(theirs["source"])
    added = {(role,) for row, role in WHO_ADDED if row == id}
    assert {tuple(each) for each in ours["who"]} == {tuple(each) for each in theirs["who"]} | added
    if table not in RECORDS:
        assert ours["shares"] == theirs.get("shares")
        mine, handbook = ours["while_in"], theirs.get("while_in")
        same = (None if mine is None else set(mine)) == (None if handbook is None else set(handbook))
        assert same != (id in WHILE_ADDED)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_lacks_no_rule_of_the_handbooks_row(table: str):
    with each_case() as case:
        for id in rows_of(table):
            with case(id):
                ours, theirs = set(our_row(table, id)["rules"]), set(their_row(table, id)["rules"])
                assert theirs - ours == set()
                assert ours - theirs == {rule for row, rule in RULES_ADDED if row == id}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_moves_the_clocks_the_handbook_names(table: str):
    with each_case() as case:
        for id in rows_of(table):
            ours, theirs = our_row(table, id)["clocks"], their_row(table, id)["clocks"]
            for effect, clocks in theirs.items():
                with case(f"{id} {effect}"):
                    added = {clock for row, clock in STOPS_ADDED if row == id and effect == "stops"}
                    named = {regions.CLOCKS_RENAMED.get((table, clock), clock) for clock in clocks}
                    assert set(ours[effect]) == named | added


# Sources that stand in the handbook's own papers and nowhere a reader could look: for us they are design.
UNPUBLISHED = ("DESIGN ", "PEERS ", "AUDIT", "v1 ", "S7", "§5.")


@pytest.mark.parametrize("record", RECORDS)
def test_every_rule_has_the_handbooks_sentences_and_source(record: str):
    for code, rule in OURS[record]["rules"].items():
        if code not in HANDBOOK["rules"]:
            continue  # the next test knows where each of our own stands
        theirs = HANDBOOK["rules"][code]
        assert rule["en"][0].lower() + rule["en"][1:] == theirs["text_en"], code
        assert rule["zh"] == theirs["text_zh"], code
        source = "design" if theirs["basis"].startswith(UNPUBLISHED) else theirs["basis"]
        assert rule["basis"] == source, code


@pytest.mark.parametrize("record", RECORDS)
def test_a_rule_of_our_own_stands_only_in_rows_that_have_a_reason(record: str):
    with_a_reason = {code for _, code in RULES_ADDED}
    for name in RECORDS[record].regions.keys() & regions.OWN.keys():
        with_a_reason |= {code for row in OURS[record]["regions"][name]["transitions"] for code in row["rules"]}
    for table in TABLES:
        added = (row for row in TABLES[table][0]["transitions"] if row["id"] in ROWS_ADDED)
        with_a_reason |= {code for row in added for code in row["rules"]}
    assert {code for code in OURS[record]["rules"] if code not in HANDBOOK["rules"]} <= with_a_reason


def test_every_clock_a_row_names_is_the_handbooks_with_its_kind_and_term():
    assert set(CLOCKS) - set(HANDBOOK["clocks"]) == regions.OWN_CLOCKS.keys()
    for name, (kind, zh) in CLOCKS.items():
        if name in regions.OWN_CLOCKS:
            continue
        assert (kind, zh) == (HANDBOOK["clocks"][name]["kind"], HANDBOOK["clocks"][name]["zh"]), name
    for flow in (*(record.workflow for record in RECORDS.values()), *(each.workflow for each in REGIONS.values())):
        for step in flow.steps:
            assert step.clock_names <= set(CLOCKS), step.id


def test_wire_names_are_record_or_region_and_command():
    flows = {**{name: each.workflow for name, each in RECORDS.items()}, **{n: r.workflow for n, r in REGIONS.items()}}
    for table, flow in flows.items():
        for step in flow.steps:
            if not step.rides and table in TABLES:
                assert step.command.wire == f"{table}.{our_row(table, step.id)['command']}"
