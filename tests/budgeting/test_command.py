"""`govflow budget winners`: the winners of a file, for programs and for readers, and a clear no."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run

FOLDER = Path(__file__).parents[1] / "data" / "pabulib"
WARSAW = FOLDER / "Poland_Warszawa_2018_Przyczolek_Grochowski.pb"
BUDAPEST = FOLDER / "Hungary_Budapest_2022_VIII_Jozsefvaros.pb"
ASSEN = FOLDER / "Netherlands_Assen_2024.pb"


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.mark.parametrize(
    "path", [path for path in sorted(FOLDER.glob("*.pb")) if path != BUDAPEST], ids=lambda path: path.stem
)
def test_json_has_the_winners_of_the_files_own_rule_and_an_explanation_for_every_project(path: Path):
    ran = run("budget", "winners", path, "--json")

    assert (ran.status, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert sorted(told["winners"]) == sorted(told["published"])
    assert {id for id, each in told["explanation"].items() if each["won"]} == set(told["winners"])


def test_amounts_in_json_are_exact_decimals():
    told = json.loads(run("budget", "winners", WARSAW, "--json").out)

    assert (told["rule"], told["budget"], told["spent"], told["left"]) == (
        "greedy-threshold",
        "106165.64",
        "65000",
        "41165.64",
    )
    assert told["explanation"]["330"]["en"] == "cost 65000, 94 votes, 1st by votes; 106165.64 were left: funded"


def test_readers_get_a_table_and_the_sums_in_their_language():
    english, chinese = run("budget", "winners", ASSEN), run("budget", "winners", ASSEN, "--lang", "zh-CN")

    assert "equalshares/add1: 9 of 14 projects win; budget 100000, spent 76700, left" in english.out
    assert "The file names the same winners." in english.out
    assert "equalshares/add1：14 个项目中 9 个入选；预算 100000，支出 76700，结余 23300。" in chinese.out
    assert "与文件公布的入选项目一致。" in chinese.out


def test_a_rule_that_is_not_ours_is_refused_with_those_there_are():
    ran = run("budget", "winners", BUDAPEST, "--json")

    assert ran.status == 2
    assert ran.out == ""
    assert "the rule 'unknown' cannot be counted here; name one with --rule" in ran.err
    assert "expected greedy | greedy-threshold | greedy-no-skip | equalshares" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_another_rule_may_be_named_and_what_differs_from_the_file_is_told():
    ran = run("budget", "winners", BUDAPEST, "--rule", "equalshares/add1-comparison")

    assert ran.status == 0
    assert "have more of their projects by equal shares" in ran.out
    assert "The file names other winners: " in ran.out
    assert run("budget", "winners", BUDAPEST, "--rule", "lottery").err.startswith("govflow: --rule: the rule 'lottery'")
    assert "without a threshold" in run("budget", "winners", BUDAPEST, "--rule", "greedy-threshold").err


def test_a_bad_file_is_one_line_with_its_place_in_both_languages(tmp_path: Path):
    bad = tmp_path / "bad.pb"
    bad.write_bytes(WARSAW.read_bytes().replace(b"num_votes;94", b"num_votes;95"))

    english, chinese = run("budget", "winners", bad), run("budget", "winners", bad, "--lang", "zh-CN")

    assert (english.status, chinese.status) == (2, 2)
    assert english.err.startswith(f"govflow: {bad}:10: num_votes is 95, and the file has 94")
    assert "num_votes 为 95，文件中实有 94" in chinese.err


def test_a_file_that_names_no_winners_is_counted_and_compared_with_nothing(tmp_path: Path):
    plain = tmp_path / "plain.pb"
    plain.write_bytes(WARSAW.read_bytes().replace(b";selected", b";chosen"))

    assert "The file names" not in run("budget", "winners", plain).out
    assert json.loads(run("budget", "winners", plain, "--json").out)["published"] is None
