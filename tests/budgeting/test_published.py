"""Participatory budgets as cities published them: counts and winners found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from govflow.budgeting import RULES, ballot_flaws, winners
from govflow.interchange.pabulib import read_pabulib

FOLDER = Path(__file__).parents[1] / "data" / "pabulib"
FILES = sorted(FOLDER.glob("*.pb"))
UNKNOWN_RULE = "Hungary_Budapest_2022_VIII_Jozsefvaros"
OURS = [path for path in FILES if path.stem != UNKNOWN_RULE]


def test_there_are_eight_files_and_seven_have_a_rule_of_ours():
    assert len(FILES) == 8
    assert [path for path in FILES if read_pabulib(path).rule in RULES] == OURS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_votes_and_points_are_counted_as_published(path: Path):
    file = read_pabulib(path)
    counted = {each.project: each for each in winners(file.election, "greedy").explanations}
    in_order = [counted[each.id] for each in file.election.projects]

    assert [str(each.votes) for each in in_order] == [*file.projects.column("votes")]
    if scores := file.projects.column("score"):
        assert [str(each.points) for each in in_order] == [*scores]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_published_ballot_keeps_the_bounds_that_its_file_names(path: Path):
    election = read_pabulib(path).election

    assert not [ballot for ballot in election.ballots if ballot_flaws(election, ballot)]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_winners_by_the_rule_of_the_file_are_those_published(path: Path):
    file = read_pabulib(path)

    assert set(winners(file.election, file.rule).winners) == set(file.selected or ())


def test_budapest_2022_deviates_from_every_rule_because_half_the_votes_were_cast_on_paper():
    """Its rule is `unknown`, and its comment says why: the file has the online votes alone, winners had both."""
    file = read_pabulib(FOLDER / f"{UNKNOWN_RULE}.pb")
    assert file.rule == "unknown"
    assert "about half the votes are cast on paper" in file.about["comment"]

    found = {rule: set(winners(file.election, rule).winners) for rule in RULES if rule != "greedy-threshold"}

    published = set(file.selected or ())
    assert all(each != published for each in found.values())
    assert found["greedy"] ^ published == {"645", "651", "678", "684", "699", "702", "705", "711", "726"}


def test_assen_2024_needs_the_completion():
    """Without add1 two projects fewer are paid for, and 39,300 of 100,000 stay unspent."""
    election = read_pabulib(FOLDER / "Netherlands_Assen_2024.pb").election
    basic, completed = winners(election, "equalshares"), winners(election, "equalshares/add1")

    assert set(completed.winners) - set(basic.winners) == {"5", "6"}
    assert (basic.left, completed.left) == (39_300, 23_300)
    assert [each.projects for each in completed.ties_broken] == [("2", "11")]
