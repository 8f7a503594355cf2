"""`govflow policy show`: the programmes of participatory budgets, said part by part."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from govflow.cli.texts import TEXTS
from govflow.interchange.policy_files import example_text, load_policy, policy_as_text
from govflow.policy import BudgetBallot, BudgetProgramme, BudgetTie, WinnersRule


def test_a_budget_programme_is_shown_with_its_caps_its_ballot_and_how_winners_are_found(govflow, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    town, other = tmp_path / "town.toml", tmp_path / "other.json"
    town.write_text(example_text(), "utf-8")
    policy = load_policy(town)
    works = {"id": "works", "en": "works", "zh": "工程类", "total": 100_000_00}
    free = {"id": "free", "en": "other", "zh": "其他"}
    bounds = {"max_length": 4, "min_points": 1, "min_sum_points": 10, "max_sum_points": 10, "max_sum_cost": 50_000_50}
    said = {"rule": "equalshares/add1", "ties": ("cost", "listed"), "worth": "points", "replaceable": False}
    more = {"ballot": "cumulative", "bounds": bounds, "kinds": (works, free), "per_proposer": 0, "least_votes": None}
    own = BudgetProgramme.model_validate({**policy.programmes[0].model_dump(), **said, **more})
    other.write_text(policy_as_text(policy.changed(programmes=(own,))), "utf-8")

    def rows(path: Path, lang: str) -> list[list[str]]:
        out = govflow("policy", "show", path, "--lang", lang).out
        lines = [re.split(r"  +", line.strip()) for line in out.splitlines()]
        start = next(place for place, line in enumerate(lines) if line[0] == "livelihood")
        return lines[start + 1 : start + 6]

    assert rows(town, "en") == [
        ["services", "at most 50000 yuan each"],
        ["works", "at most 200000 yuan each"],
        ["entries", "at most 2 of one proposer"],
        ["ballot", "entries approved of, entries 1–3, may be replaced until the end"],
        ["winners", "by votes among those that reach the least, skipping what is not affordable, votes at least 30"],
    ]
    assert rows(other, "zh-CN")[:4] == [
        ["工程类", "本类合计至多 100000 元"],
        ["其他", "造价不限"],
        ["选票", "累积投票，≤ 4 项，单项 ≥ 1 分，合计 10 分，造价合计 ≤ 50000.50 元"],
        ["入选", "等额份额法（逐步增额），每分对各项目等值，并列依次按造价较低，清单次序"],
    ]


@pytest.mark.parametrize("value", [*WinnersRule, *BudgetBallot, *BudgetTie])
def test_every_rule_ballot_and_tie_of_a_programme_has_words(value: StrEnum):
    place = {WinnersRule: "winners", BudgetBallot: "programme", BudgetTie: "winners.tie"}[type(value)]
    assert all(TEXTS[f"{place}.{value}"])
