"""Budget rounds as Pabulib files: what a city published is counted again here, and what was decided here elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from govflow import Engine, InputError, Level
from govflow.budgeting import RULES, Election, Project, winners
from govflow.budgets import counted
from govflow.interchange.budget_rounds import import_pabulib, round_as_pabulib
from govflow.interchange.pabulib import PabulibFile, pabulib_bytes, pabulib_from, read_pabulib
from govflow.interchange.pabulib_writing import pabulib_of
from tests.budgets.office import YUAN, a_policy, an_office

FILES = sorted((Path(__file__).parents[1] / "data" / "pabulib").glob("*.pb"))
ZONE = ZoneInfo("Asia/Shanghai")


def taken_over(file: PabulibFile, rule: str | None = None) -> Any:
    with Engine.open() as engine:
        return import_pabulib(engine, file, level=Level.TOWN, area="jinniu", rule=rule)


def numbers(round: Any) -> list[str]:
    return [round.item("entry", key).number for key in round.count.winners]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_published_file_is_taken_over_counted_and_written_with_the_same_winners(path: Path):
    file = read_pabulib(path)
    own = file.rule if file.rule in RULES else "greedy"
    round = taken_over(file, None if own == file.rule else own)

    assert (round.status, len(round.cast), round.available) == (
        "decided",
        len(file.election.ballots),
        file.election.budget * 100 // file.election.unit,
    )
    assert tuple(numbers(round)) == winners(file.election, own).winners
    assert counted(round) == round.count

    written = pabulib_from(pabulib_bytes(round_as_pabulib(round, ZONE)))
    assert set(written.selected or ()) == set(numbers(round))
    assert winners(written.election, written.rule).winners == winners(file.election, own).winners
    assert [(each.id, each.name, each.kinds, each.withdrawn) for each in written.election.projects] == [
        (each.id, each.name, each.kinds, each.withdrawn) for each in file.election.projects
    ]
    if own == file.rule:
        assert set(numbers(round)) == set(file.selected or ())


def test_the_same_file_is_taken_over_once_and_again_by_another_rule():
    file = read_pabulib(FILES[1])
    with Engine.open() as engine:
        first = import_pabulib(engine, file, level=Level.TOWN)
        with pytest.raises(InputError, match=f"taken over as {first.id} already"):
            import_pabulib(engine, file, level=Level.TOWN)
        other = import_pabulib(engine, file, level=Level.TOWN, rule="greedy")
        assert other.id != first.id
        assert engine.as_of(first.id, version=first.version) == first


def test_a_file_whose_rule_is_not_ours_says_which_there_are():
    budapest = next(path for path in FILES if "Budapest" in path.name)
    with pytest.raises(InputError, match=r"cannot be counted here; expected greedy \| "):
        taken_over(read_pabulib(budapest))


def a_file(**election) -> PabulibFile:
    projects = election.pop("projects", (Project(id="p", cost=5, kinds=("park",)), Project(id="q", cost=5)))
    given = {"budget": 10, "ballots": ({"p": 1},), **election}
    return pabulib_of(Election(projects=projects, **given), rule="greedy")


@pytest.mark.parametrize(
    ("election", "why"),
    [
        ({"ballots": ()}, "nobody is on the roll"),
        ({"projects": (), "ballots": ()}, "there is no entry"),
        ({"unit": 1000, "budget": 10_001}, "fractions of a fen"),
        ({"ballot": "score", "ballots": ({"p": -1},)}, "-1 points"),
    ],
)
def test_what_a_round_cannot_hold_is_refused_and_nothing_is_written(election, why):
    with Engine.open() as engine:
        with pytest.raises(Exception, match=why):
            import_pabulib(engine, a_file(**election), level=Level.TOWN)
        assert not list(engine.records())


def test_several_categories_of_a_project_are_one_kind_under_their_smallest_cap():
    both = Project(id="p", cost=5, kinds=("park", "school"))
    round = taken_over(a_file(projects=(both, Project(id="q", cost=9)), caps={"park": 4, "school": 9}))
    assert {each.en: each.cap for each in round.programme.kinds} == {"park,school": 400, "other": None}
    assert numbers(round) == ["q"]
    with pytest.raises(InputError, match="'park' has money of its own"):
        taken_over(a_file(projects=(both, Project(id="q", cost=9, kinds=("park",))), kind_caps={"park": 4}))


def test_ballots_that_broke_a_bound_where_they_were_cast_count_as_they_did_there():
    round = taken_over(a_file(ballots=({"p": 1, "q": 1}, {"q": 1}), bounds={"max_length": 1}))
    assert {each.entry: each.votes for each in round.count.told} == {"1": 1, "2": 2}


def test_rankings_with_points_of_their_own_are_points():
    plain = taken_over(a_file(ballot="ordinal", ballots=({"p": 2, "q": 1},)))
    other = taken_over(a_file(ballot="ordinal", ballots=({"p": 5, "q": 1},)))
    assert (plain.programme.ballot, other.programme.ballot) == ("ranked", "score")
    assert {each.entry: each.points for each in other.count.told} == {"1": 5, "2": 1}


# --- rounds held here ------------------------------------------------------------------------------------------------


def test_a_round_held_here_is_written_with_its_dates_rule_and_winners_and_nobodys_name():
    office = an_office("decided", programme="ours", policy=a_policy(ties=("cost",)))
    text = pabulib_bytes(round_as_pabulib(office.round, ZONE)).decode()
    file = pabulib_from(text.encode())
    assert {key: file.about[key] for key in ("description", "rule", "date_begin", "date_end", "govflow_ties")} == {
        "description": "Small projects",
        "rule": "greedy",
        "date_begin": "18.03.2026",
        "date_end": "29.03.2026",
        "govflow_ties": "cost",
    }
    assert (file.selected, file.election.budget, file.election.unit) == (("a", "b"), 1_000_000 * YUAN, 100)
    assert "v-1" not in text
    assert "s-a" not in text
    assert [each.kinds for each in file.election.projects] == [("works",)] * 3


def test_nobody_learns_how_a_ballot_stands_before_it_is_counted():
    with pytest.raises(InputError, match="not counted yet"):
        round_as_pabulib(an_office("balloting").round, ZONE)
