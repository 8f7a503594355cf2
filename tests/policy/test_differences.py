"""What differs between two policies: every edit is told once, by its field, and nothing else."""

from __future__ import annotations

import json
import tomllib
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from govflow.interchange.policy_files import example_text, policy_as_text, policy_from
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.policy.differences import Difference, differences


def read(document: Any) -> Policy:
    found = policy_from(document)
    assert found.policy is not None, found.problems
    return found.policy


TOWN = read(tomllib.loads(example_text()))
FULL = json.loads(policy_as_text(TOWN))


def entries(*names: str) -> list[tuple[str, str]]:
    return [(name, each["id"]) for name in names for each in FULL[name]]


NUMBERS = {"time_limits": "length", "escalations": "after"}
REMOVABLE = entries("reasons", "obligations", "routing")
BOUND = ("time_limits", "qx.suspension")  # goes with thresholds.suspension_days
CHANGES = st.dictionaries(
    st.sampled_from([each for each in entries(*NUMBERS) if each != BOUND]), st.integers(1, 36), max_size=5
)
REMOVALS = st.sets(st.sampled_from(REMOVABLE), max_size=4)
FIGURES = st.dictionaries(st.sampled_from(["contact_attempts", "representatives"]), st.integers(1, 9), max_size=2)


@given(CHANGES, REMOVALS, FIGURES, st.booleans())
def test_each_edit_is_told_once_and_nothing_else_is(changes, removals, figures, is_closed):
    edited = deepcopy(FULL)
    expected = set()
    for (name, id), number in changes.items():
        entry = next(each for each in edited[name] if each["id"] == id)
        if entry[NUMBERS[name]] != number:
            expected.add((f"{name} {id}.{NUMBERS[name]}", "changed", entry[NUMBERS[name]], number))
        entry[NUMBERS[name]] = number
    for name, id in removals:
        edited[name] = [each for each in edited[name] if each["id"] != id]
    for name, number in figures.items():
        if FULL["thresholds"][name] != number:
            expected.add((f"thresholds.{name}", "changed", FULL["thresholds"][name], number))
        edited["thresholds"][name] = number
    edited["open_catalogue"] = is_closed
    if is_closed != FULL["open_catalogue"]:
        expected.add(("open_catalogue", "changed", FULL["open_catalogue"], is_closed))

    found = differences(TOWN, read(edited))

    assert {tuple(each) for each in found if each.change != "removed"} == expected
    assert {each.field for each in found if each.change == "removed"} == {f"{name} {id}" for name, id in removals}
    assert {each.field for each in differences(read(edited), TOWN)} == {each.field for each in found}


def test_a_policy_does_not_differ_from_itself():
    assert differences(TOWN, read(FULL)) == ()
    assert differences(DEFAULT_POLICY, DEFAULT_POLICY) == ()


def test_an_entry_is_compared_with_its_namesake_wherever_it_stands():
    edited = deepcopy(FULL)
    edited["routing"].insert(0, edited["routing"].pop(4))

    found = differences(TOWN, read(edited))

    order = [each["id"] for each in FULL["routing"]]
    moved = [each["id"] for each in edited["routing"]]
    assert found == (Difference("routing (order)", "changed", order, moved),)


def test_a_share_differs_as_one_figure_and_nested_entries_by_their_names():
    edited = deepcopy(FULL)
    tracks = {each["id"]: each for each in edited["procedures"]}
    before = tracks["residents_motion"]["appraisal"]["quorum"]
    after = {"numerator": 2, "denominator": 3, "inclusive": True}
    tracks["residents_motion"]["appraisal"]["quorum"] = after
    stages = tracks["four_two"]["stages"]
    stages[1]["quorum"] = None
    stages.reverse()
    tracks["owners"]["appraisal"] = {"quorum": after, "least_score": 60}
    rules = {each["id"]: each for each in edited["quorum_rules"]}
    owners = rules["owners"]["presence"]
    rules["owners"]["presence"] = [owners[0][:1]]

    assert differences(TOWN, read(edited)) == (
        Difference("quorum_rules owners.presence", "changed", owners, [owners[0][:1]]),
        Difference("procedures residents_motion.appraisal.quorum", "changed", before, after),
        Difference("procedures four_two.stages party_assembly.quorum", "removed", "party-assembly", None),
        Difference(
            "procedures four_two.stages (order)",
            "changed",
            ["two_committees", "party_assembly"],
            ["party_assembly", "two_committees"],
        ),
        Difference("procedures owners.appraisal", "added", None, tracks["owners"]["appraisal"]),
    )


def test_what_is_set_where_nothing_stood_is_added_and_the_other_way_round():
    edited = deepcopy(FULL)
    noise = next(each for each in edited["categories"] if each["id"] == "noise")
    noise["time_limit"] = None
    noise["lead"]["community"] = "qx.hedong"
    edited["reasons"].append({"id": "test", "en": "a test", "zh": "测试", "commands": ["case.reject"]})

    assert differences(TOWN, read(edited)) == (
        Difference("categories noise.lead.community", "added", None, "qx.hedong"),
        Difference("categories noise.time_limit", "removed", "qx.noise", None),
        Difference("reasons test", "added", None, edited["reasons"][-1]),
    )
