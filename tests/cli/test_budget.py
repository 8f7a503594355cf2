"""`govflow budget`: a small round from the envelope to its close, its winners counted again, and files in and out."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from govflow import DEFAULT_POLICY, Engine
from govflow.policy import TimeLimit, Unit

FOLDER = Path(__file__).parents[1] / "data" / "pabulib"
ASSEN = FOLDER / "Netherlands_Assen_2024.pb"
ID = "round-1"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of a town whose rounds need not wait: collecting and notice are over at once, ballots are cast for good."""
    path = tmp_path / "town.db"
    at_once = [
        TimeLimit(id=id, clock=clock, length=0, unit=Unit.HOUR, basis="test", kinds=("budget",))
        for id, clock in (("t.collect", "consultation"), ("t.publicity", "publicity"))
    ]
    limits = (*at_once, *(each for each in DEFAULT_POLICY.time_limits))
    once = DEFAULT_POLICY.programmes[0].changed(replaceable=False)
    policy = DEFAULT_POLICY.changed(version="quick", time_limits=limits, programmes=(once,))
    with Engine.open(path, policy=policy) as engine:
        engine.adopt(engine.policy)
    return path


def test_a_small_round_is_held_from_the_command_line(govflow, log: Path, tmp_path: Path):
    def budget(*words: str, by: str = "wu", status: int = 0) -> str:
        ran = govflow("budget", *words, *(("--as", by) if by else ()), "--db", log)
        assert ran.status == status, ran
        return " ".join((ran.err if status else ran.out).split())

    budget("open", "--title", "Small projects", "--level", "town", "--area", "qingxi", "--id", ID)
    budget("fund", ID, "--source", "fiscal", "--amount", "500000", by="luo")
    budget("fund", ID, "--source", "donation", "--amount", "1,000.50", "--giver", "bakery", "--pledged",
           "--until", "2099-01-01", by="luo")  # fmt: skip
    budget("fund", ID, "--received", "2", by="mei")
    budget("collect", ID)
    budget("propose", ID, "--title", "Ramp", "--kind", "works", "--asked", "180000", "--name", "Zhang", by="s-1")
    budget("propose", ID, "--title", "Benches", "--kind", "works", by="s-2")
    budget("propose", ID, "--title", "Choir", "--kind", "service", "--proposer", "s-3")
    budget("review", ID)
    budget("review", ID, "1", "--cost", "300000.50", by="gao")
    budget("review", ID, "2", "--cost", "300000", by="gao")
    budget("review", ID, "3", "--refuse", "funded_elsewhere", "--reason", "the culture office pays", by="gao")

    roll = tmp_path / "roll.csv"
    roll.write_text("voter,household\nv-1,h-1\nv-2,h-1\nv-3,h-2\n", encoding="utf-8")
    assert "3 enrolled or changed; 3 on the roll." in budget("enrol", ID, str(roll))
    assert "0 enrolled or changed; 3 on the roll." in budget("enrol", ID, str(roll))
    budget("ballot", ID, "--until", (Engine.open().now() + timedelta(days=3)).isoformat(), by="he")
    assert "not counted yet" in budget("winners", ID, by="", status=2)
    for voter in ("v-1", "v-2"):
        budget("vote", ID, "1", by=voter)
    assert "is not on the roll" in budget("vote", ID, "1", by="v-9", status=1)
    assert "voting_has_ended" in budget("close", ID, by="he", status=1)
    budget("vote", ID, "2", by="v-3")
    budget("close", ID, by="he")

    told = json.loads(budget("winners", ID, "--json", by=""))
    assert (told["winners"], told["budget"], told["left"]) == (["1"], "501000.50", "201000")
    assert told["explanation"]["2"]["code"] == "skipped"
    assert "The round found the same winners." in budget("winners", ID, by="")

    budget("publish", ID, "--text", "The ramp wins.")
    budget("commission", ID, by="he")
    assert "closed" in budget("close", ID, "--text", "The ramp is being built.")
    page = budget("show", ID, by="")
    assert "available 501000.50: fiscal 500000, donated 1000.50" in page
    assert "2 of 3" not in page
    assert json.loads(budget("show", ID, "--json", by=""))["entries"][0]["project"].startswith("JP-")

    out = tmp_path / "round.pb"
    assert "2 projects, 3 ballots" in budget("export", ID, "-o", str(out), by="")
    again = json.loads(govflow("budget", "winners", out, "--json").out)
    assert (again["winners"], again["published"]) == (["1"], ["1"])


def test_a_published_file_is_taken_over_as_a_round_and_counted(govflow, tmp_path: Path):
    db = tmp_path / "town.db"
    ran = govflow("budget", "import", ASSEN, "--level", "town", "--db", db, "--json")
    taken = json.loads(ran.out)
    assert (ran.status, taken["status"], len(taken["winners"])) == (0, "decided", 9)
    told = json.loads(govflow("budget", "winners", taken["id"], "--db", db, "--json").out)
    assert sorted(told["winners"]) == sorted(taken["winners"]) == sorted(told["published"])
    assert "taken over as" in govflow("budget", "import", ASSEN, "--level", "town", "--db", db).err
    assert govflow("budget", "import", ASSEN, "--level", "moon", "--db", db).status == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fund", ID, "--source", "fiscal", "--amount", "a lot", "--as", "luo"), "--amount: this is no amount of yuan"),
        (("review", ID, "9", "--cost", "1", "--as", "wu"), "ENTRY: there is no entry 9"),
        (("vote", ID, "--points", "1:5", "--as", "v-1"), "--points: these are no points for an entry"),
        (("show", "nothing"), "there is no record nothing"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(govflow, log: Path, words, said):
    opened = ("budget", "open", "--title", "Small projects", "--level", "town", "--id", ID, "--as", "wu", "--db", log)
    assert govflow(*opened).status == 0
    ran = govflow("budget", *words, "--db", log)
    assert ran.status == 2
    assert said in ran.err
