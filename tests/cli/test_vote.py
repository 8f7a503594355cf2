"""`govflow vote` and `govflow recount`: a vote from its announcement to the bundle, for readers and for programs."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govflow import Actor, Engine
from govflow.policy import BallotForm, Method, Tie, VoteRule
from govflow.proposals import Proposal
from govflow.proposals.commands import VoidVote
from tests.cli.conftest import Ran, run
from tests.proposals.polling import TOWN, Poll, ballot, voters

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "recount.py"
OPEN = VoteRule(quorum="any", proxies=1)
SECRET = VoteRule(quorum="any", form=BallotForm.SECRET)
YES, NO = ballot("yes"), ballot("no")
AHEAD = "--opens", "2090-01-01", "--closes", "2090-01-03"


@pytest.fixture(autouse=True)
def _in_english(session_env: None) -> None:
    """80 columns, whatever the terminal has."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def poll_at(log: Path, rule: VoteRule, days_ago: float) -> Poll:
    """A proposal of so long ago, in a file: the program has no clock but the machine's."""
    return Poll(rule, path=log, begins=datetime.now(UTC) - timedelta(days=8 + days_ago))


def deliberated(log: Path, rule: VoteRule = OPEN) -> Path:
    poll_at(log, rule, 1).deliberated().engine.close()
    return log


def open_now(log: Path, rule: VoteRule = OPEN, number: int = 4) -> Path:
    """A vote that is open since an hour and a day longer."""
    poll_at(log, rule, 0.1).voting(voters(number)).paper("authority", "authority").paper("m").engine.close()
    return log


def over(log: Path, rule: VoteRule = OPEN, said: tuple[str, ...] = ("yes", "yes", "no")) -> Path:
    """A vote that has ended and is not counted."""
    poll = poll_at(log, rule, 3).voting(voters(len(said) + 1))
    poll.vote({f"v-{place:02}": ballot(each) for place, each in enumerate(said)}).engine.close()
    return log


def vote(command: str, *arguments: str | Path, log: Path) -> Ran:
    return run("vote", command, "p", *arguments, "--db", log)


def next_of(ran: Ran) -> str:
    """What a command tells under `Next`."""
    return ran.out.partition("\nNext\n")[2]


def proposal(log: Path) -> Proposal:
    with Engine.open(log, read_only=True) as engine:
        return engine.get("p", Proposal)


# --- convening -------------------------------------------------------------------------------------------------------


def test_a_day_begins_at_its_first_moment_and_ends_with_its_last(log: Path):
    ran = vote("announce", *AHEAD, "--question", "A ramp?", "--as", "wu", log=deliberated(log))

    assert (ran.status, ran.out.splitlines()[0], ran.err) == (0, "p: announced, version 6", "")
    assert "govflow vote enrol" in next_of(ran)
    announced = proposal(log).vote
    assert (announced.question, announced.opens_at.isoformat()) == ("A ramp?", "2089-12-31T16:00:00+00:00")
    assert announced.closes_at.isoformat() == "2090-01-03T15:59:59.999999+00:00"


def test_a_lot_is_committed_to_by_a_seed_in_a_file_of_ones_own_and_drawn_by_it(log: Path, tmp_path: Path):
    rule = VoteRule(quorum="any", method=Method.APPROVAL, tie=Tie.LOT)
    seed = tmp_path / "seed.txt"
    asked = ("--option", "lamp", "--option", "tree", "--new-lot", seed, "--as", "wu")
    assert vote("announce", *AHEAD, *asked, log=deliberated(log, rule)).status == 0
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert proposal(log).vote.options == ("lamp", "tree")
    assert len(seed.read_text().strip()) == 48

    refused = tmp_path / "other.txt"
    assert vote("announce", *AHEAD, "--new-lot", refused, "--as", "wu", log=log).status == 1
    assert not refused.exists()


def test_after_too_few_the_same_command_reconvenes(log: Path):
    poll = poll_at(log, VoteRule(quorum="all"), 3).voting(voters(6)).vote({"v-00": YES}).closed()
    poll.engine.close()

    assert vote("announce", *AHEAD, "--as", "wu", log=log).status == 0
    assert (proposal(log).votes, proposal(log).status) == (2, "announced")


# --- the roll --------------------------------------------------------------------------------------------------------


def announced(log: Path) -> Path:
    assert vote("announce", *AHEAD, "--as", "wu", log=deliberated(log)).status == 0
    return log


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_roll_comes_from_a_table_with_names_protected_and_areas_in_hundredths_of_a_square_metre(
    log: Path, tmp_path: Path
):
    roll = table(
        tmp_path / "roll.csv", "voter,name,household,area_m2", "v-1,张三,h-1,89.5", "v-2,,h-1,120.25", "v-3,,,"
    )
    ran = vote("enrol", roll, "--as", "wu", log=announced(log))

    assert (ran.status, ran.out) == (0, "3 enrolled or changed, 1 names kept; 3 on the roll.\n")
    found = proposal(log).vote
    assert {id: (each.household, each.area) for id, each in found.roll.items()} == {
        "v-1": ("h-1", 8950),
        "v-2": ("h-1", 12025),
        "v-3": (None, 0),
    }
    assert "张三".encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("log.db*"))
    with Engine.open(log) as engine:
        assert engine.open_personal("p", "voter_name", Actor.of("sec", "secretariat"), why="to handle it") == "张三"


def test_the_same_table_again_brings_nothing_new_and_a_changed_line_is_changed(log: Path, tmp_path: Path):
    roll = table(tmp_path / "roll.csv", "voter,name", "v-1,Zhang", "v-2,Li")
    vote("enrol", roll, "--as", "wu", log=announced(log))
    before = proposal(log).version

    assert vote("enrol", roll, "--as", "wu", log=log).out.startswith("0 enrolled or changed, 0 names kept")
    assert proposal(log).version == before
    table(roll, "voter,household", "v-1,h-9", "v-2,")
    assert vote("enrol", roll, "--as", "wu", log=log).out.startswith("1 enrolled or changed")
    assert proposal(log).vote.roll["v-1"].household == "h-9"


def test_who_has_only_a_name_gets_a_pseudonym_that_is_told_in_a_file_of_ones_own(log: Path, tmp_path: Path):
    roll = table(tmp_path / "roll.csv", "姓名,户号,面积", "张三,h-1,70", "李四,h-2,")
    ran = vote("enrol", roll, "--as", "wu", log=announced(log))
    assert (ran.status, "expected -o FILE" in ran.err) == (2, True)
    assert len(proposal(log).vote.roll) == 0

    ids = tmp_path / "ids.csv"
    assert vote("enrol", roll, "--as", "wu", "-o", ids, log=log).status == 0
    assert stat.S_IMODE(ids.stat().st_mode) == 0o600
    written = ids.read_text("utf-8-sig").splitlines()
    assert written[0] == "voter,name,household,area_m2"
    (first, name, home, area), _ = (line.split(",") for line in written[1:])
    assert (name, home, area, first in proposal(log).vote.roll) == ("张三", "h-1", "70.00", True)
    assert vote("enrol", ids, "--as", "wu", log=log).out.startswith("0 enrolled or changed, 0 names kept; 2")


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_bad_row_is_told_with_its_line_and_then_nothing_is_written(log: Path, tmp_path: Path, lang: str):
    roll = table(
        tmp_path / "roll.csv",
        "voter,name,household,area_m2",
        "v-1,,3栋201,89.555",
        "v-1,,h-1,-3",
        ",,h-1,",
        "v-2,,h-1",
        "v-3,,h-1,12",
    )
    ran = run("vote", "enrol", "p", roll, "--as", "wu", "--db", announced(log), "--lang", lang)

    assert ran.status == 1
    lines = [line.removeprefix(f"govflow: {roll}:").partition(":")[0] for line in ran.err.splitlines()]
    assert lines[:-1] == ["2", "2", "3", "3", "4", "5"]
    assert len(proposal(log).vote.roll) == 0


def test_a_table_of_something_else_is_refused_with_the_columns_there_are(log: Path, tmp_path: Path):
    ran = vote("enrol", table(tmp_path / "x.csv", "id,surname", "1,Li"), "--as", "wu", log=announced(log))
    assert (ran.status, "expected voter, name, household, area_m2" in ran.err) == (2, True)
    ran = vote("enrol", tmp_path / "none.csv", "--as", "wu", log=log)
    assert (ran.status, "there is no file" in ran.err) == (2, True)


def test_a_roll_of_many_thousands_comes_in_parts_and_at_once(log: Path, tmp_path: Path):
    roll = table(tmp_path / "roll.csv", "voter,household", *(f"v-{n},h-{n // 3}" for n in range(12_000)))
    ran = vote("enrol", roll, "--as", "wu", log=announced(log))
    assert ran.out == "12,000 enrolled or changed, 0 names kept; 12,000 on the roll.\n"


# --- voting ----------------------------------------------------------------------------------------------------------


def test_one_votes_in_either_language_once_and_in_time(log: Path):
    open_now(log)
    assert vote("cast", "yes", "--as", "v-00", log=log).out.splitlines()[0] == "p: voting, version 11"
    assert vote("cast", "反对", "--as", "v-01", log=log).status == 0
    again = vote("cast", "no", "--as", "v-00", log=log)
    assert (again.status, "one_ballot_per_voter" in again.err) == (1, True)
    assert vote("cast", "perhaps", "--as", "v-02", log=log).status == 1
    assert vote("cast", "--as", "v-02", log=log).status == 2
    assert vote("cast", "yes", "--as", "v-00", "--voter", "v-02", log=log).status == 1
    assert vote("cast", "yes", "--as", "v-00", "--receipt", log.parent / "r", log=log).status == 2

    cast = proposal(log).vote.cast
    assert {id: each.ballot.choice for id, each in cast.items()} == {"v-00": ("yes",), "v-01": ("no",)}


def test_a_proxy_is_entered_on_a_paper_used_and_another_taken_back(log: Path, tmp_path: Path):
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"I let v-00 vote")
    open_now(log)
    assert vote("proxy", "v-01", "v-00", "--authority", letter, "--as", "sec", log=log).status == 0
    assert vote("cast", "yes", "--as", "v-00", "--voter", "v-01", log=log).status == 0
    assert vote("proxy", "v-02", "v-03", "--paper", "authority", "--as", "sec", log=log).status == 0
    assert vote("proxy", "v-02", "--revoke", "--as", "sec", log=log).status == 0
    assert vote("proxy", "v-02", "--as", "sec", log=log).status == 2
    assert dict(proposal(log).vote.proxies) == {"v-01": "v-00"}


def test_options_are_ranked_scored_or_left_out(log: Path, tmp_path: Path):
    open_now(log, VoteRule(quorum="any", method=Method.RANKED))
    assert vote("cast", "tree", "lamp", "--as", "v-00", log=log).status == 0
    assert vote("cast", "弃权", "--as", "v-01", log=log).status == 0
    scored = open_now(tmp_path / "scored.db", VoteRule(quorum="any", method=Method.SCORE))
    assert vote("cast", "--score", "tree=5", "--score", "lamp=1", "--as", "v-00", log=scored).status == 0
    bad = vote("cast", "--score", "tree", "--as", "v-01", log=scored)
    assert (bad.status, "expected lamp, ramp, tree, abstain" in bad.err) == (2, True)

    ranked, points = proposal(log).vote.cast, proposal(scored).vote.cast
    assert (ranked["v-00"].ballot.choice, ranked["v-01"].ballot.is_empty) == (("tree", "lamp"), True)
    assert dict(points["v-00"].ballot.scores) == {"lamp": 1, "tree": 5}


def test_hands_are_recorded_on_minutes_by_every_base_and_closed(log: Path, tmp_path: Path):
    minutes = tmp_path / "minutes.txt"
    minutes.write_text("counted by two")
    rule = VoteRule(quorum="any", form=BallotForm.HANDS)
    poll_at(log, rule, 0.1).voting(voters(4, household="h-1", area=5000)).engine.close()
    for wrong in ("3/1", "3/x/0", "3/1/0/0"):
        assert vote("hands", wrong, "--minutes", minutes, "--as", "sec", log=log).status == 2
    counts = ("2/1/0", "--households", "1/0/0", "--area", "100/50/0", "--minutes", minutes)
    assert vote("hands", *counts, "--as", "sec", log=log).status == 0
    ran = vote("close", "--as", "wu", log=log)

    assert ran.status == 0
    assert "yes 2 / 1 households / 100.00 m², no 1 / 0 households / 50.00 m²" in ran.out
    assert run("recount", log, "p").status == 0


# --- the secret vote -------------------------------------------------------------------------------------------------


def test_a_secret_vote_from_the_sealed_ballot_to_the_checked_receipt(log: Path, tmp_path: Path):
    mine, hers, third = (tmp_path / f"receipt-{n}.json" for n in range(3))
    open_now(log, SECRET, number=3)
    assert vote("cast", "yes", "--as", "v-00", log=log).status == 2
    assert vote("cast", "yes", "--as", "v-00", "--receipt", mine, log=log).status == 0
    assert stat.S_IMODE(mine.stat().st_mode) == 0o600
    assert vote("cast", "no", "--as", "v-00", "--receipt", hers, log=log).status == 1
    assert not hers.exists()

    sealed = run("vote", "seal", "p", "no", "--round", "1", "--voter", "v-01", "--receipt", hers)
    handed_in = run("handle", json.dumps(json.loads(sealed.out)), "--db", log)
    assert (handed_in.status, handed_in.err) == (0, "")
    assert "In the box" in run("vote", "check", mine, "--db", log).out
    early = vote("open-box", "--as", "wu", log=log)
    assert (early.status, "voting_is_over" in early.err, "box_is_complete" in early.err) == (1, True, False)
    assert vote("cast", "perhaps", "--as", "v-02", "--receipt", third, log=log).status == 0

    opened = vote("open-box", "--as", "wu", log=log)
    assert "3 ballots are published by their codes; the key of the box is destroyed." in opened.out
    assert vote("open-box", "--as", "wu", log=log).status == 0
    closed = vote("close", "--as", "wu", log=log)
    assert "yes 1, no 1, abstained 1" in closed.out
    for receipt, status, told in ((mine, 0, "Counted"), (hers, 0, "Counted"), (third, 1, "Spoilt")):
        ran = run("vote", "check", receipt, "--db", log)
        assert (ran.status, ran.out.partition(":")[0]) == (status, told)

    bundle = tmp_path / "vote.jsonl"
    assert vote("export", "-o", bundle, log=log).status == 0
    assert json.loads(run("vote", "check", mine, "--bundle", bundle, "--json").out)["standing"] == "counted"
    assert run("vote", "check", mine, "--db", log, "--bundle", bundle).status == 2


def test_a_receipt_that_was_meddled_with_is_false_and_another_file_is_none(log: Path, tmp_path: Path):
    receipt, forged = tmp_path / "receipt.json", tmp_path / "forged.json"
    open_now(log, SECRET)
    vote("cast", "yes", "--as", "v-00", "--receipt", receipt, log=log)
    forged.write_text(receipt.read_text().replace('"yes"', '"no"'))

    ran = run("vote", "check", forged, "--db", log)
    assert (ran.status, ran.out[:5]) == (1, "False")
    for path in (tmp_path / "none.json", log, table(tmp_path / "x.json", "{}")):
        assert run("vote", "check", path, "--db", log).status == 2
    later = receipt.read_text().replace('"round": 1', '"round": 7')
    forged.write_text(later)
    assert run("vote", "check", forged, "--db", log).status == 2


def test_sealing_names_every_option_so_that_all_ballots_are_of_one_length(tmp_path: Path):
    options = [word for each in ("lamp", "ramp", "tree") for word in ("--option", each)]
    lengths = set()
    for place, choice in enumerate((["lamp"], ["tree", "ramp", "lamp"], ["abstain"])):
        receipt = tmp_path / f"r{place}"
        ran = run("vote", "seal", "p", *choice, *options, "--round", "1", "--voter", "v", "--receipt", receipt)
        lengths.add(len(json.loads(ran.out)["sealed"]["text"]))
    assert lengths == {1024}


# --- the result ------------------------------------------------------------------------------------------------------


def test_a_lot_is_drawn_by_the_seed_in_its_file(log: Path, tmp_path: Path):
    rule = VoteRule(quorum="any", method=Method.APPROVAL, tie=Tie.LOT)
    seed = table(tmp_path / "seed.txt", "a-seed-kept-by-the-notary")
    over(log, rule, said=("lamp", "tree"))
    assert vote("close", "--as", "wu", log=log).status == 1
    assert vote("close", "--as", "wu", "--lot", tmp_path / "none", log=log).status == 2
    ran = vote("close", "--as", "wu", "--lot", seed, log=log)
    assert (ran.status, "2 options level for the first place: a lot was drawn" in ran.out) == (0, True)


def test_how_a_running_vote_stands_is_not_told(log: Path):
    open_now(log)
    vote("cast", "yes", "--as", "v-00", log=log)
    ran = vote("status", log=log)
    assert "4 on the roll\n  1 took part" in ran.out
    told = json.loads(vote("status", "--json", log=log).out)
    assert (told[0]["took_part"], told[0]["result"], told[0]["roll"]) == (1, None, 4)
    assert "yes" not in ran.out.replace("yes or no", "")


@pytest.mark.parametrize(("lang", "words"), [("en", "persons in favour 2 of 3"), ("zh-CN", "赞成人数 2/3(实到)")])
def test_the_result_is_told_with_every_test_of_the_rule(log: Path, lang: str, words: str):
    assert run("vote", "close", "p", "--as", "wu", "--db", over(log), "--lang", lang).status == 0
    assert words in run("vote", "status", "p", "--db", log, "--lang", lang).out


def test_a_proposal_without_a_vote_says_so_and_a_case_has_none(log: Path):
    deliberated(log)
    assert "no vote was announced" in vote("status", log=log).out
    assert vote("cast", "yes", "--as", "v-00", log=log).status == 2
    assert run("vote", "status", "nothing", "--db", log).status == 2


# --- recounting ------------------------------------------------------------------------------------------------------


def test_a_vote_is_recounted_from_log_and_bundle_and_by_the_script(log: Path, tmp_path: Path):
    vote("close", "--as", "wu", log=over(log))
    ran = run("recount", log, "p")
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "It agrees with what was stated.")
    assert json.loads(run("recount", log, "p", "--round", "1", "--json").out)["agrees"] is True

    bundle = tmp_path / "vote.jsonl"
    vote("export", "-o", bundle, log=log)
    assert run("recount", "--bundle", bundle).status == 0
    assert (
        subprocess.run([sys.executable, "-I", SCRIPT, bundle], stdout=subprocess.DEVNULL, check=False).returncode == 0
    )
    assert vote("export", log=log).out == bundle.read_text("utf-8")

    bundle.write_text(bundle.read_text("utf-8").replace('["no"]', '["yes"]'), encoding="utf-8")
    differs = run("recount", "--bundle", bundle, "--lang", "zh-CN")
    assert (differs.status, "与公布结果不一致" in differs.out) == (1, True)


def test_what_cannot_be_recounted_is_told_in_one_line(log: Path, tmp_path: Path):
    open_now(log)
    for arguments, words in (
        ((), "name a log and a proposal"),
        ((log,), "name a log and a proposal"),
        ((log, "nothing"), "there is no record nothing"),
        ((log, "p", "--round", "3"), "has no vote 3"),
        ((tmp_path / "none.db", "p"), "there is no log"),
        (("--bundle", tmp_path / "none"), "there is no file"),
        (("--bundle", log), "line 1"),
    ):
        ran = run("recount", *arguments)
        assert (ran.status, words in ran.err, len(ran.err.splitlines())) == (2, True, 1)


def test_a_vote_without_a_result_leaves_no_bundle_behind(log: Path, tmp_path: Path):
    out = tmp_path / "vote.jsonl"
    ran = vote("export", "-o", out, log=open_now(log))
    assert (ran.status, "has no result" in ran.err, out.exists()) == (2, True, False)


def test_a_vote_whose_day_has_come_is_opened_by_hand(log: Path):
    poll_at(log, OPEN, 0.1).deliberated().announced(voters(3)).engine.close()
    ran = vote("open", "--as", "wu", log=log)
    assert (ran.status, ran.out.partition(",")[0]) == (0, "p: voting")
    assert vote("open", "--as", "wu", log=log).status == 1


def test_the_status_of_a_choice_names_its_options_and_of_a_box_whether_its_key_is_there(log: Path):
    rule = SECRET.changed(method=Method.APPROVAL)
    poll = poll_at(log, rule, 3).voting(voters(3)).vote({"v-00": ballot("lamp")})
    poll.engine.close()
    assert "the box is closed" in vote("status", log=log).out
    vote("open-box", "--as", "wu", log=log)
    vote("close", "--as", "wu", log=log)

    told = vote("status", log=log).out
    assert "options: lamp, ramp, tree" in told
    assert "the key of the box is destroyed" in told
    assert "first: lamp" in told


def test_that_the_key_of_a_void_box_is_still_there_is_told_and_the_command_it_names_destroys_it(log: Path):
    poll = poll_at(log, SECRET, 3).voting(voters(3)).vote({"v-00": YES})
    poll.do(VoidVote(id="p", by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    poll.engine.close()
    assert "the key of the box is still there: govflow vote open-box p" in vote("status", log=log).out
    assert vote("open-box", "--as", "wu", log=log).status == 0
    assert "the key of the box is destroyed" in vote("status", log=log).out
    assert "nothing was published" in vote("open-box", "--as", "wu", log=log).out


def test_every_step_of_a_vote_says_what_is_next_and_never_how_it_stands(log: Path):
    poll_at(log, OPEN, 0.1).deliberated().announced(voters(3)).engine.close()
    opened = vote("open", "--as", "wu", log=log)
    assert "govflow vote cast" in next_of(opened)
    said = [vote("cast", each, "--as", f"v-0{n}", log=log) for n, each in enumerate(("yes", "yes", "no"))]
    for ran in said:
        assert (ran.status, "govflow vote close" in next_of(ran)) == (0, True)
        assert not [word for word in ("in favour", "yes", "persons", "carried") if word in ran.out]
    closed = vote("close", "--as", "wu", log=log)
    assert "govflow propose publish" in next_of(closed)
    assert closed.out.index("persons in favour 2 of 3") < closed.out.index("\nNext\n")


def test_after_the_box_the_close_is_next_and_a_program_is_told_json_alone(log: Path, tmp_path: Path):
    open_now(log, SECRET, number=1)
    sealed = vote("cast", "yes", "--as", "v-00", "--receipt", tmp_path / "r", log=log)
    assert "govflow vote open-box" in next_of(sealed)
    assert "govflow vote close" in next_of(vote("open-box", "--as", "wu", log=log))
    assert json.loads(vote("close", "--as", "wu", "--json", log=log).out)["status"] == "adopted"


def test_a_vote_closed_before_its_announced_end_was_open_until_then(log: Path):
    open_now(log, number=1)
    announced = proposal(log).vote.closes_at
    vote("cast", "yes", "--as", "v-00", log=log)
    before = json.loads(vote("status", "--json", log=log).out)[0]
    vote("close", "--as", "wu", log=log)
    after = json.loads(vote("status", "--json", log=log).out)[0]

    with Engine.open(log, read_only=True) as engine:
        closed = engine.history("p")[-1].body.at.astimezone(engine.policy.zone)
    assert closed < announced
    assert f"until {closed:%Y-%m-%d %H:%M}" in vote("status", log=log).out
    assert (before["ended_at"], datetime.fromisoformat(after["ended_at"])) == (None, closed)


def test_a_bundle_given_as_the_log_is_recounted_and_with_an_id_the_option_is_named(log: Path, tmp_path: Path):
    bundle = tmp_path / "vote.jsonl"
    vote("close", "--as", "wu", log=over(log))
    vote("export", "-o", bundle, log=log)

    assert run("recount", bundle).out == run("recount", "--bundle", bundle).out
    assert run("recount", bundle).status == 0
    named = run("recount", bundle, "p")
    assert (named.status, "expected --bundle" in named.err) == (2, True)
