"""`govflow workflows`: the tables with the handbook's identifiers, as diagrams, and with records of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

HANDBOOK = json.loads((Path(__file__).parent.parent / "data" / "handbook" / "workflows.json").read_text("utf-8"))


def rows(table):
    """A table's transitions by the handbook's identifiers; the order of sources and roles says nothing."""
    return {
        (
            row["command"],
            tuple(sorted(row["source"], key=str)),
            row["event"],
            row["target"],
            tuple(sorted(map(tuple, row["who"]))),
        )
        for row in table["transitions"]
    }


def steps(table):
    """Which command leads from which state to which, by which event."""
    return {
        (row["command"], source, row["event"], row["target"])
        for row in table["transitions"]
        for source in row["source"]
    }


def states(table):
    return {state["id"] for state in table["states"]}


@pytest.fixture
def printed(govflow):
    return json.loads(govflow("workflows", "--json").out)


def test_the_case_has_every_state_and_every_transition_of_the_handbook(printed):
    handbook = HANDBOOK["records"]["case"]

    assert states(printed["case"]) == states(handbook)
    assert rows(handbook) <= rows(printed["case"])


def test_every_region_is_the_handbooks(printed):
    directory = {"area", "unit", "appointment", "substitution", "interest"}
    beside = {"activity", "booking", "brand", "delegate", "draw", "matter", "member", "pairing", "reception"}
    own = {"policy_version", "checklist", "referral", "turn", "visit", "reading", "fund", "entry", *directory, *beside}
    assert printed["regions"].keys() - HANDBOOK["regions"].keys() == own
    for name, table in printed["regions"].items():
        if name not in HANDBOOK["regions"]:
            continue
        assert states(HANDBOOK["regions"][name]) <= states(table), name  # states of our own: tests/handbook
        assert steps(HANDBOOK["regions"][name]) <= steps(table), name  # roles and rules: tests/handbook


def test_one_table_can_be_chosen(govflow):
    assert list(json.loads(govflow("workflows", "ledger", "--json").out)["regions"]) == ["ledger"]
    assert list(json.loads(govflow("workflows", "case", "--json").out)) == ["case", "regions"]
    unknown = govflow("workflows", "moon")
    assert unknown.status == 2
    assert "moon is neither a record nor a region; expected case, " in unknown.err


def test_a_diagram_is_drawn_of_the_case_or_of_the_one_that_is_named(govflow):
    assert "stateDiagram-v2" in govflow("workflows", "--mermaid").out
    assert "in_handling" in govflow("workflows", "--mermaid").out
    assert "written_off" in govflow("workflows", "ledger", "--mermaid").out


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_tables_fit_80_columns(govflow, lang):
    out = govflow("workflows", "--lang", lang).out

    assert max(cell_len(line) for line in out.splitlines()) <= 80
    assert ("核查通过" in out) is (lang == "zh-CN")


def test_records_of_ones_own_are_served(govflow, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our_records.py").write_text(
        "from govflow.cases.decider import CASE\n"
        "from govflow.decider import Decider\n"
        "from examples.own_record import PROPOSAL\n"
        "ALL = [CASE, PROPOSAL]\n"
    )
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent.parent))

    printed = json.loads(govflow("workflows", "--json", "--records", "our_records:ALL").out)

    assert {"case", "proposal"} <= set(printed)
    alone = json.loads(govflow("workflows", "--json", "--records", "examples.own_record:PROPOSAL").out)
    assert alone == printed
