"""The table of the case and of its regions against the handbook's, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from govflow.cases import CASE
from govflow.clocks import CLOCKS

HANDBOOK = json.loads((Path(__file__).parents[1] / "data/handbook/workflows.json").read_text(encoding="utf-8"))
OURS = CASE.as_data()
OWN_REGIONS = {"policy_version"}  # moving a running record to another policy; DESIGN §5 asks for it, no table has it
REGIONS = sorted(CASE.regions.keys() - OWN_REGIONS)
TABLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "case": (OURS, HANDBOOK["records"]["case"]),
    **{name: (OURS["regions"][name], HANDBOOK["regions"][name]) for name in REGIONS},
}
ROWS = [(table, row["id"]) for table, (_, theirs) in TABLES.items() for row in theirs["transitions"]]

# What ours has beyond the handbook, each with the reason.
ROWS_ADDED = {
    "X01": "reporters of merged cases are told through the master: the follower's own stream says when and what",
    "X02": "an imported case stands where its source says: a unit has it",
    "X03": "an imported case stands where its source says: no unit has it yet",
    "X04": "the source says that the imported case was closed; nothing between is invented",
}
RULES_ADDED = {
    ("C12", "lead_unit_is_competent"): "M006: the list of duties binds the first assignment like a transfer",
    ("C12", "unit_reported_gets_nothing"): "petitions §30: a report is never passed to the unit reported",
    ("C14", "unit_reported_gets_nothing"): "as in C12",
    ("C15", "unit_reported_gets_nothing"): "as in C12",
    ("C16", "unit_reported_gets_nothing"): "as in C12",
    ("C50", "new_value_fits_its_field"): "a correction may not leave a value that the field cannot have",
    ("C01", "personal_data_is_withheld"): "titles are public: they stand in clear and in every list",
    ("C02", "personal_data_is_withheld"): "as in C01",
    ("C50", "personal_data_is_withheld"): "as in C01, for a corrected title",
    ("C02", "matter_has_a_title"): "without one nothing says what is to be done (M059)",
    ("C56", "external_outcome_is_told"): "the handbook's guard «what the other body did; a declined competence»",
    ("LK01", "tie_may_be_made_by_hand"): "a tie by hand may not say that a merge, split or conversion happened",
    ("J13", "tie_may_be_made_by_hand"): "as in LK01",
    ("LK06", "tie_may_be_undone_by_hand"): "a follower untied by hand would never hear what became of the master",
    ("CM02", "new_due_is_named"): "a change of the due instant names a new one, and not one that has passed",
    ("LG06", "new_due_is_named"): "what comes back would keep a date that has passed, and no clock",
    ("JH09", "new_due_is_named"): "as in LG06",
    ("AP02", "role_asked_for_is_held"): "the handbook's guard «the role the row asks for», as a rule",
    ("AP03", "role_asked_for_is_held"): "as in AP02",
}
OWN_RULES = {
    "unit_reported_gets_nothing",
    "new_value_fits_its_field",
    "role_asked_for_is_held",
    "new_due_is_named",
    "matter_has_a_title",
    "external_outcome_is_told",
    "tie_may_be_made_by_hand",
    "tie_may_be_undone_by_hand",
    "source_is_named",
    "imported_case_names_its_unit",
    "imported_case_names_no_unit",
    "case_was_imported_and_not_worked_on",
    "lead_unit_is_competent",
    "policy_is_adopted",
    "policy_has_what_the_record_needs",
}
OWN_CLOCKS = {"legality_review"}  # the minimum of §5.1 dec.legality, which no clock of the handbook carries
STOPS_ADDED = {("C32", "recheck"): "the recheck is done, not dropped; «*» covers it in the handbook"}


def our_row(table: str, id: str) -> dict[str, Any]:
    return next(row for row in TABLES[table][0]["transitions"] if row["id"] == id)


def their_row(table: str, id: str) -> dict[str, Any]:
    return next(row for row in TABLES[table][1]["transitions"] if row["id"] == id)


def test_the_eleven_regions_of_this_record_are_the_handbooks():
    assert len(REGIONS) == 11
    assert set(REGIONS) <= set(HANDBOOK["regions"])
    assert all("case" in HANDBOOK["regions"][name]["on"] for name in REGIONS)


@pytest.mark.parametrize("table", TABLES)
def test_states_are_the_handbooks_with_their_terms_and_rests(table: str):
    ours, theirs = TABLES[table]
    rest = {(True, False): "final", (False, True): "outcome", (False, False): "open"}
    assert [(each["id"], each["zh"], each["rest"]) for each in ours["states"]] == [
        (each["id"], each["zh"], rest[each["final"], each["outcome"]]) for each in theirs["states"]
    ]
    assert ours["zh"] == theirs["zh"]


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_missing_and_every_row_of_our_own_has_a_reason(table: str):
    ours, theirs = ({row["id"] for row in each["transitions"]} for each in TABLES[table])
    assert theirs - ours == set()
    assert ours - theirs == (set(ROWS_ADDED) if table == "case" else set())


@pytest.mark.parametrize(("table", "id"), ROWS, ids=[f"{table}-{id}" for table, id in ROWS])
def test_a_row_says_what_the_handbooks_row_says(table: str, id: str):
    ours, theirs = our_row(table, id), their_row(table, id)
    for key in ("command", "event", "name", "target", "approval"):
        assert ours[key] == theirs[key], key
    assert set(ours["source"]) == set(theirs["source"])
    assert {tuple(each) for each in ours["who"]} == {tuple(each) for each in theirs["who"]}
    if table != "case":
        assert ours["shares"] == theirs.get("shares")
        mine, handbook = ours["while_in"], theirs.get("while_in")
        assert (None if mine is None else set(mine)) == (None if handbook is None else set(handbook))


@pytest.mark.parametrize(("table", "id"), ROWS, ids=[f"{table}-{id}" for table, id in ROWS])
def test_a_row_lacks_no_rule_of_the_handbooks_row(table: str, id: str):
    ours, theirs = set(our_row(table, id)["rules"]), set(their_row(table, id)["rules"])
    assert theirs - ours == set()
    assert ours - theirs == {rule for row, rule in RULES_ADDED if row == id}


@pytest.mark.parametrize(("table", "id"), ROWS, ids=[f"{table}-{id}" for table, id in ROWS])
def test_a_row_moves_the_clocks_the_handbook_names(table: str, id: str):
    ours, theirs = our_row(table, id)["clocks"], their_row(table, id)["clocks"]
    for effect, clocks in theirs.items():
        added = {clock for row, clock in STOPS_ADDED if row == id and effect == "stops"}
        assert set(ours[effect]) == set(clocks) | added, effect


# Sources that stand in the handbook's own papers and nowhere a reader could look: for us they are design.
UNPUBLISHED = ("DESIGN ", "PEERS ", "AUDIT", "v1 ", "S7", "§5.")


def test_every_rule_has_the_handbooks_sentences_and_source():
    for code, rule in OURS["rules"].items():
        if code in OWN_RULES:
            continue
        theirs = HANDBOOK["rules"][code]
        assert rule["en"][0].lower() + rule["en"][1:] == theirs["text_en"], code
        assert rule["zh"] == theirs["text_zh"], code
        source = "design" if theirs["basis"].startswith(UNPUBLISHED) else theirs["basis"]
        assert rule["basis"] == source, code


def test_rules_of_our_own_are_listed_here():
    assert {code for code in OURS["rules"] if code not in HANDBOOK["rules"]} == OWN_RULES


def test_every_clock_a_row_names_is_the_handbooks_with_its_kind_and_term():
    assert set(CLOCKS) - set(HANDBOOK["clocks"]) == OWN_CLOCKS
    for name, (kind, zh) in CLOCKS.items():
        if name in OWN_CLOCKS:
            continue
        assert (kind, zh) == (HANDBOOK["clocks"][name]["kind"], HANDBOOK["clocks"][name]["zh"]), name
    for decided in (CASE.workflow, *(region.workflow for region in CASE.regions.values())):
        for step in decided.steps:
            assert step.clock_names <= set(CLOCKS), step.id


def test_wire_names_are_record_or_region_and_command():
    flows = {CASE.name: CASE.workflow, **{name: CASE.regions[name].workflow for name in REGIONS}}
    for table, flow in flows.items():
        for step in flow.steps:
            if not step.rides:
                assert step.command.wire == f"{table}.{our_row(table, step.id)['command']}"
