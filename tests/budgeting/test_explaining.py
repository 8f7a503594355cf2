"""Why a project won or did not, in figures, in English and in Chinese."""

from __future__ import annotations

import pytest

from govflow.budgeting import RULES, BallotKind, Election, Project, winners
from govflow.errors import InputError
from tests.budgeting.elections import election


def told(case: Election, rule: str) -> dict[str, tuple[str, str]]:
    return {each.project: (each.en, each.zh) for each in winners(case, rule).explanations}


def test_a_ranking_says_what_was_left_when_it_came_to_a_project():
    ballots = ["a b c"] * 3 + ["a b"] * 2 + ["a"]

    assert told(election({"a": 6500050, "b": 5000000, "c": 100}, ballots, 10616564, unit=100), "greedy") == {
        "a": (
            "cost 65000.50, 6 votes, 1st by votes; 106165.64 were left: funded",
            "造价 65000.50，6 票，按得票列第 1；余额 106165.64，入选",
        ),
        "b": (
            "cost 50000, 5 votes, 2nd by votes; 41165.14 were left: not affordable, skipped",
            "造价 50000，5 票，按得票列第 2；余额 41165.14，不足以支付，跳过",
        ),
        "c": (
            "cost 1, 3 votes, 3rd by votes; 41165.14 were left: funded",
            "造价 1，3 票，按得票列第 3；余额 41165.14，入选",
        ),
    }


def test_points_are_told_beside_the_voters_where_ballots_give_points():
    case = election({"a": 5, "b": 5}, [{"a": 7, "b": 1}, {"a": 3}], 5, ballot=BallotKind.CUMULATIVE)
    texts = told(case.changed(least_score=2), "greedy-threshold")

    assert texts["a"][0] == "cost 5, 2 votes, 10 points, 1st by points; 5 were left: funded"
    assert texts["b"] == (
        "cost 5, 1 vote, 1 point, 2nd by points; at least 2 points are needed: not eligible",
        "造价 5，1 票，1 分，按得分列第 2；至少须得 2 分，不参与评选",
    )


def test_equal_shares_say_what_supporters_paid_and_what_they_lacked():
    case = election({"a": 10, "b": 9, "c": 1}, ["a b", "a", "a"], 12)

    assert told(case, "equalshares") == {
        "a": (
            "cost 10, 3 votes, 1st by votes; 1st to be paid for, no supporter paying more than 4: funded",
            "造价 10，3 票，按得票列第 1；第 1 个由支持者付清，每人承担不超过 4，入选",
        ),
        "b": (
            "cost 9, 1 vote, 2nd by votes; its supporters had 0 left together: not affordable",
            "造价 9，1 票，按得票列第 2；支持者的份额合计仅余 0，不足以支付",
        ),
        "c": (
            "cost 1, 0 votes, 3rd by votes; nobody voted for it: nobody pays for it",
            "造价 1，0 票，按得票列第 3；无人投票，无人承担",
        ),
    }


def test_equals_say_with_whom_and_what_told_them_apart():
    texts = told(election({"a": 7, "b": 5}, ["a b"], 10), "greedy")

    assert texts["a"][0].endswith("; level with b, told apart by more votes, then the lower cost")
    assert texts["b"][1].endswith("；与 a 并列，票多者优先，再造价低者优先")


def test_kinds_and_the_end_of_the_list_are_named():
    projects = (
        Project(id="a", cost=30, kinds=("road",)),
        Project(id="b", cost=90, kinds=("park",)),
        Project(id="c", cost=20, kinds=("road",)),
        Project(id="d", cost=80),
        Project(id="e", cost=1),
        Project(id="f", cost=1, withdrawn=True),
    )
    ballots = tuple(dict.fromkeys("abcdef"[:n], 1) for n in range(1, 7))
    case = Election(projects=projects, budget=100, caps={"park": 50}, kind_caps={"road": 40}, ballots=ballots)
    texts = {id: why.partition("; ")[2] for id, (why, _) in told(case, "greedy-no-skip").items()}

    assert texts == {
        "a": "100 were left: funded",
        "b": "one project of the kind park may cost 50 at most: not eligible",
        "c": "10 were left for the kind road: not affordable, skipped",
        "d": "70 were left: not affordable, and the list ends here",
        "e": "the list had ended at d: not reached",
        "f": "withdrawn: not eligible",
    }


def test_places_are_counted_as_english_counts():
    case = election(
        {f"p{n}": 1 for n in range(1, 24)}, [" ".join(f"p{k}" for k in range(1, n + 1)) for n in range(24)], 99
    )
    texts = told(case, "greedy")

    assert [texts[f"p{n}"][0].split(", ")[2].split()[0] for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd"]
    )


def test_another_rule_and_a_missing_threshold_are_refused_with_what_was_expected():
    case = election({"a": 1}, ["a"], 1)

    with pytest.raises(InputError, match=r"no rule 'borda' here; expected greedy \|"):
        winners(case, "borda")
    with pytest.raises(InputError, match="greedy-threshold without a threshold"):
        winners(case, "greedy-threshold")
    assert len(RULES) == 7
