"""`govflow propose`: a motion from the idea to its result by the command line, what it tells, what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len

from govflow import Engine
from govflow.cli.app import app
from govflow.cli.next_steps import PROGRAM
from govflow.engine import shipped
from govflow.proposals import Proposal
from tests.cli.conftest import Run, run

LANE = """
id = "oak-lane"
version = "1"
effective_from = 2026-01-01
time_limits = [
  { id = "oak.consult", clock = "consultation", length = 0, unit = "hour", basis = "test" },
  { id = "oak.notice", clock = "notice", length = 0, unit = "hour", basis = "test" },
  { id = "oak.publicity", clock = "publicity", length = 0, unit = "hour", basis = "test" },
  { id = "oak.reply", clock = "reply", length = 10, unit = "day", basis = "test" },
]
retention = [{ id = "ordinary", years = 10, basis = "test" }]

[[reasons]]
id = "too_vague"
en = "too vague"
zh = "过于笼统"
commands = ["proposal.reject", "proposal.return_for_revision"]

[[quorum_rules]]
id = "neighbours"
en = "Neighbours"
zh = "街坊会议"
presence = [[{ share = { numerator = 2, denominator = 3 } }]]
decision = [{ share = { numerator = 1, denominator = 2, inclusive = false } }]
basis = "test"

[[procedures]]
id = "residents_motion"
en = "Neighbours' motion"
zh = "街坊提案"
support = [{ least = 2 }]
stages = [
  { id = "council", en = "Lane council", zh = "议事会", body = "council", quorum = "neighbours", papers = ["minutes"] },
]
vote = { quorum = "neighbours", notice = "oak.notice" }
appraisal = { quorum = { numerator = 1, denominator = 2 }, least_score = 60 }
basis = "test"
"""
P = "P-2026-000001"


class Lane:
    """A log under the lane's policy, and the program run on it. A step that fails stops the test with what it said."""

    def __init__(self, govflow: Run, folder: Path, policy: str = LANE, before: Path | None = None) -> None:
        self.run, self.folder, self.db, self.before = govflow, folder, folder / "lane.db", before
        (folder / "lane.toml").write_text(policy, "utf-8")
        for name in ("minutes", "report", "appraisal"):
            (folder / f"{name}.txt").write_text(name)
        ran = govflow("policy", "adopt", folder / "lane.toml", "--db", self.db)
        assert ran.status == 0, ran.err

    def tried(self, *arguments: object):
        group, command, *rest = arguments
        return self.run(group, command, *map(str, rest), "--db", self.db)

    def did(self, *arguments: object) -> str:
        ran = self.tried(*arguments)
        assert (ran.status, ran.err) == (0, ""), f"{arguments}: {ran.err}{ran.out}"
        return str(ran.out)

    def file(self, name: str) -> str:
        return str(self.folder / f"{name}.txt")

    @property
    def id(self) -> str:
        with Engine.open(self.db, read_only=True) as engine:
            return next(each.id for each in engine.records() if each.kind_of_record == "proposal")

    def drafted(self) -> str:
        self.did("propose", "draft", "--title", "A ramp at gate 3", "--text", "Build a ramp.", "--as", "s-1",
                 "--area", "east/oak-lane", "--name", "Lin Mei")  # fmt: skip
        return self.id

    def consulting(self) -> str:
        return self._copied("consulting") or self.to_consulting()

    def deliberating(self) -> str:
        if (id := self._copied("deliberating")) is None:
            id = self.to_consulting()
            self.did("propose", "deliberate", id, "--as", "wu")
        return id

    def _copied(self, status: str) -> str | None:
        """A log that stands there already takes the place of this one."""
        if self.before is None:
            return None
        shutil.copytree(self.before / status, self.folder, dirs_exist_ok=True)
        return self.id

    def to_consulting(self) -> str:
        id = self.drafted()
        for who in ("s-1", "s-2"):
            self.did("propose", "second", id, "--as", who)
        self.did("propose", "submit", id, "--as", "s-1")
        self.did("propose", "screen", id, "--as", "wu")
        self.did("propose", "admit", id, "--stakeholder", "s-8", "--as", "wu")
        return id


@pytest.fixture(scope="module")
def before(session_env: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs in which the motion stands where most tests begin, to be copied: `consulting` and `deliberating`."""
    folder = tmp_path_factory.mktemp("before")
    lane = Lane(run, folder)
    id = lane.to_consulting()
    shutil.copytree(folder, folder / "consulting")
    lane.did("propose", "deliberate", id, "--as", "wu")
    shutil.copytree(folder, folder / "deliberating", ignore=shutil.ignore_patterns("consulting"))
    return folder


@pytest.fixture
def lane(govflow, tmp_path, before) -> Lane:
    return Lane(govflow, tmp_path, before=before)


def stage(id: str, lane: Lane, present: int, in_favour: int, against: int, *more: str) -> tuple[str, ...]:
    counts = ("--entitled", "9", "--present", str(present), "--in-favour", str(in_favour), "--against", str(against))
    return ("propose", "stage", id, *counts, "--minutes", lane.file("minutes"), "--as", "chen", *more)


def test_a_motion_goes_from_the_idea_to_its_archived_result_by_the_command_line_alone(lane):
    id = lane.consulting()
    lane.did("propose", "opinion", id, "--about", "width", "--text", "My chair needs 1.2 m.", "--as", "s-9")
    lane.did("propose", "amend", id, "--text", "Build a ramp, 1.2 m wide.", "--as", "s-1")
    lane.did("propose", "answer", id, "1", "adopted", "--reason", "chairs need it", "--version", "2", "--as", "wu")
    lane.did("propose", "deliberate", id, "--as", "wu")
    lane.did(*stage(id, lane, 7, 6, 1))
    lane.did("vote", "announce", id, "--closes", "2035-12-31", "--as", "he")
    (lane.folder / "roll.csv").write_text("voter\nv-1\nv-2\nv-3\n")
    lane.did("vote", "enrol", id, str(lane.folder / "roll.csv"), "--as", "he")
    while lane.tried("vote", "open", id, "--as", "he").status:  # the notice: a second for the announcement itself
        pass
    for who, choice in (("v-1", "yes"), ("v-2", "yes"), ("v-3", "no")):
        lane.did("vote", "cast", id, choice, "--as", who)
    lane.did("vote", "close", id, "--as", "he")
    lane.did("propose", "publish", id, "--text", "Resolved: a ramp.", "--implementer", "works", "--as", "ma")
    lane.did("propose", "start", id, "--until", "2036-06-30", "--as", "du")
    lane.did("propose", "complete", id, "--measure", "built", "--report", lane.file("report"), "--as", "du")
    appraised = ("--invited", "6", "--came", "5", "--score", "92", "--minutes", lane.file("appraisal"))
    lane.did("propose", "appraise", id, *appraised, "--as", "s-5")
    lane.did("propose", "result", id, "--text", "The ramp stands.", "--as", "ma")
    lane.did("propose", "reply", id, "--facts", "built", "--grounds", "the vote", "--conclusion", "done", "--as", "wu")
    ended = lane.did("propose", "archive", id, "--as", "lu")

    assert ended.startswith(f"{id}: archived")
    assert "Next" not in ended
    with Engine.open(lane.db, read_only=True) as engine:
        proposal = engine.get(id, Proposal)
        assert [each.status for each in proposal.items_of("stage").values()] == ["passed"]
        assert proposal.vote.tally.carried
        assert engine.open_loops(id) == ()
    log = lane.db.read_bytes()
    assert b"Lin Mei" not in log
    assert b"My chair" not in log


def test_each_command_says_what_is_owed_and_what_the_next_step_waits_for(lane):
    id = lane.drafted()
    drafted = lane.did("propose", "status", id)
    assert "0 as resident, 2 asked" in drafted
    assert "govflow propose submit" in drafted
    assert "resident: 0 of" in drafted

    for who in ("s-1", "s-2"):
        told = lane.did("propose", "second", id, "--as", who)
    assert "waits for" not in told

    lane.did("propose", "submit", id, "--as", "s-1")
    lane.did("propose", "screen", id, "--as", "wu")
    lane.did("propose", "admit", id, "--stakeholder", "s-8", "--as", "wu")
    heard = lane.did("propose", "opinion", id, "--text", "wider", "--as", "s-9")
    assert "answer the opinion" in heard
    assert "opinion 1 waits" in " ".join(heard.split())


def test_a_refusal_names_the_rules_in_the_readers_language_and_ends_with_status_1(lane):
    id = lane.drafted()

    english = lane.tried("propose", "submit", id, "--as", "s-1")
    chinese = lane.tried("propose", "submit", id, "--as", "s-1", "--lang", "zh-CN")

    assert (english.status, chinese.status) == (1, 1)
    assert "supporters_reach_threshold" in english.err
    assert "resident: 0 of 2" in english.err
    assert "附议人数达标" in chinese.err


def test_the_status_as_json_has_the_next_steps_and_what_they_lack(lane):
    id = lane.drafted()
    lane.did("propose", "second", id, "--as", "s-1")

    found = json.loads(lane.did("propose", "status", id, "--json"))

    assert (found["status"], found["text_version"], found["vote"]) == ("draft", 1, None)
    assert found["supporters"] == [{"capacity": "resident", "given": 1, "asked": 2}]
    (step,) = found["next"]
    assert (step["command"], step["who"]) == ("proposal.submit", ["proposer"])
    assert [each["code"] for each in step["lacking"]] == ["supporters_reach_threshold"]


def test_support_is_withdrawn_and_given_again(lane):
    id = lane.drafted()
    for more in ((), ("--withdraw",), ("--name", "Zhao Lei")):
        lane.did("propose", "second", id, "--as", "s-2", *more)

    assert "1 as resident" in lane.did("propose", "status", id)
    assert b"Zhao Lei" not in lane.db.read_bytes()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--return", "too_vague", "--missing", "where", "--reason", "where is it"), "draft"),
        (("--reject", "too_vague", "--reason", "no place", "--told", "by phone"), "rejected"),
        (("--convert", "--reason", "one family's leak"), "converted"),
    ],
)
def test_screening_ends_in_one_of_its_ways(lane, options, status):
    id = lane.drafted()
    for who in ("s-1", "s-2"):
        lane.did("propose", "second", id, "--as", who)
    lane.did("propose", "submit", id, "--as", "s-1")
    lane.did("propose", "screen", id, "--as", "wu")

    told = lane.did("propose", "screen", id, *options, "--as", "wu")

    assert told.startswith(f"{id}: {status}, ")


def test_a_proposal_is_merged_into_a_master_on_the_same_subject(lane):
    id = lane.consulting()
    lane.did("propose", "draft", "--id", "other", "--title", "Ramp", "--text", "A ramp.", "--as", "s-4")
    for who in ("s-5", "s-6"):
        lane.did("propose", "second", "other", "--as", who)
    lane.did("propose", "submit", "other", "--as", "s-4")
    lane.did("propose", "screen", "other", "--as", "wu")

    lane.did("propose", "screen", "other", "--merge", id, "--reason", "the same ramp", "--as", "wu")

    assert "4 as resident" in lane.did("propose", "status", id)


def test_two_ends_of_a_screening_at_once_are_refused(lane):
    ran = lane.tried("propose", "screen", lane.drafted(), "--reject", "too_vague", "--convert", "--as", "wu")

    assert (ran.status, ran.out) == (2, "")
    assert "screening ends in one way" in ran.err


def test_an_opinion_on_paper_is_entered_for_its_author_and_declined_with_a_reason(lane):
    id = lane.consulting()
    lane.did("propose", "opinion", id, "--text", "in red", "--author", "s-7", "--about", "colour", "--as", "wu")

    assert lane.tried("propose", "answer", id, "1", "declined", "--as", "wu").status == 1
    lane.did("propose", "answer", id, "1", "declined", "--reason", "stone stays grey", "--as", "wu")

    with Engine.open(lane.db, read_only=True) as engine:
        opinion = engine.get(id).item("opinion", "1")
        assert (opinion.author, opinion.text.subject, opinion.status) == ("s-7", "s-7", "declined")


def test_an_answer_that_is_none_is_told_with_those_there_are(lane):
    ran = lane.tried("propose", "answer", lane.consulting(), "1", "perhaps", "--as", "wu")

    assert ran.status == 2
    assert "adopted | partly | declined | upheld | dismissed" in ran.err


def test_the_figures_of_a_stage_say_whether_it_passed(lane):
    id = lane.deliberating()
    assert "stage_quorum_is_met" in lane.tried(*stage(id, lane, 5, 5, 0)).err

    told = lane.did(*stage(id, lane, 7, 2, 5, "--reason", "too dear"))

    assert told.startswith(f"{id}: not_adopted")
    with Engine.open(lane.db, read_only=True) as engine:
        (item,) = engine.get(id).items_of("stage").values()
        (piece,) = engine.get(id).items_of("evidence").values()
    assert (item.status, item.present, item.in_favour, item.against) == ("failed", 7, 2, 5)
    assert (item.papers, piece.kind, piece.reference) == ((piece.key,), "minutes", ""), "a file's name may name people"


def test_a_paper_is_filed_once_by_its_hash(lane):
    id = lane.deliberating()

    first = lane.did("propose", "paper", id, lane.file("minutes"), "--kind", "minutes", "--as", "wu")
    again = lane.did("propose", "paper", id, lane.file("minutes"), "--kind", "minutes", "--as", "wu")
    missing = lane.tried("propose", "paper", id, lane.folder / "nothing.txt", "--as", "wu")

    assert ("is on file" in first, "already" in again) == (True, True)
    assert (missing.status, "there is no file" in missing.err) == (2, True)


def test_every_version_of_the_text_is_kept_and_the_difference_shown(lane):
    id = lane.consulting()
    lane.did("propose", "amend", id, "--text", "Build a ramp.\nIn stone.", "--as", "s-1")
    lane.did("propose", "amend", id, "--title", "A stone ramp at gate 3", "--wording", "--as", "s-1")

    assert "A ramp at gate 3" in lane.did("propose", "text", id, "--version", "1")
    every = json.loads(lane.did("propose", "text", id, "--all", "--json"))
    assert [(each["number"], each["substance"]) for each in every] == [(1, True), (2, True), (3, False)]
    assert not [each for each in every if "by" in each]
    assert "+In stone." in lane.did("propose", "diff", id, "--from", "1", "--to", "2")
    latest = lane.did("propose", "diff", id)
    assert latest.splitlines()[3:] == ["-A ramp at gate 3", "+A stone ramp at gate 3", " Build a ramp.", " In stone."]
    assert "say the same" in lane.did("propose", "diff", id, "--from", "2", "--to", "2")
    assert "there is no version 9" in lane.tried("propose", "text", id, "--version", "9").err


def test_a_text_comes_from_a_file_or_from_stdin_but_once(lane):
    (lane.folder / "text.txt").write_text("一号门建坡道。\n", "utf-8")
    lane.did("propose", "draft", "--id", "a", "--title", "坡道", "--file", lane.file("text"), "--as", "s-1")
    piped = lane.run("propose", "draft", "--id", "b", "--title", "坡道", "--text", "-", "--as", "s-1", "--db", lane.db,
                     stdin="二号门。".encode())  # fmt: skip
    (lane.folder / "text.txt").write_bytes(b"\xff")

    assert piped.status == 0
    assert "一号门建坡道。" in lane.did("propose", "text", "a")
    assert "二号门。" in lane.did("propose", "text", "b")
    for wrong in (("--text", "x", "--file", lane.file("text")), ("--file", lane.file("text")), ("--file", "none.txt")):
        ran = lane.tried("propose", "draft", "--title", "t", *wrong, "--as", "s-1")
        assert (ran.status, ran.out) == (2, "")


def test_a_public_page_is_written_to_a_file_or_to_stdout(lane):
    id = lane.drafted()
    out = lane.folder / "ramp.html"

    assert "stands in" in lane.did("propose", "page", id, "--out", out)
    assert out.read_text("utf-8").startswith("<!doctype html>")
    assert '<html lang="zh-CN">' in lane.did("propose", "page", id, "--lang", "zh-CN")


def test_an_objection_is_raised_and_dismissed_while_the_notice_runs(govflow, tmp_path):
    week = LANE.replace(
        'clock = "publicity", length = 0, unit = "hour"', 'clock = "publicity", length = 7, unit = "day"'
    )
    lane = Lane(govflow, tmp_path, week)
    id = lane.deliberating()
    lane.did(*stage(id, lane, 9, 9, 0))
    _to_publication(lane, id)
    lane.did("propose", "object", id, "--reason", "it blocks the gate", "--as", "s-9")

    assert json.loads(lane.did("propose", "status", id, "--json"))["open_loops"][0]["region"] == "objection"
    waits = lane.did("propose", "answer", id, "1", "dismissed", "--reason", "two metres are left", "--as", "chen")

    assert "no_objection_is_open" not in lane.tried("propose", "finish", id, "--as", "ma").err
    assert "publicity period" in " ".join(waits.split())
    assert lane.tried("propose", "finish", id, "--as", "ma").status == 1


def test_a_resolution_that_needs_no_works_is_the_result_once_the_notice_is_over(lane):
    id = lane.deliberating()
    lane.did(*stage(id, lane, 9, 9, 0))
    _to_publication(lane, id)

    assert lane.did("propose", "finish", id, "--as", "ma").startswith(f"{id}: result_published")


def _to_publication(lane: Lane, id: str) -> None:
    lane.did("vote", "announce", id, "--closes", "2035-12-31", "--as", "he")
    (lane.folder / "roll.csv").write_text("voter\nv-1\n")
    lane.did("vote", "enrol", id, str(lane.folder / "roll.csv"), "--as", "he")
    while lane.tried("vote", "open", id, "--as", "he").status:
        pass
    lane.did("vote", "cast", id, "yes", "--as", "v-1")
    running = lane.did("propose", "status", id)
    assert "1 of 1 have voted" in " ".join(running.split())
    assert "in favour" not in running, "how a vote stands is told when it is over"
    lane.did("vote", "close", id, "--as", "he")
    lane.did("propose", "publish", id, "--text", "Resolved.", "--no-works", "--as", "ma")


def test_a_record_of_another_kind_and_one_that_is_not_there_are_told_apart(lane):
    report = {"command": "case.report", "id": "leak", "by": {"id": "s-1", "claims": [{"role": "resident"}]},
              "title": "Leak", "kind": "hotline", "channel": "phone", "level": "community", "area": "a"}  # fmt: skip
    assert lane.run("handle", json.dumps(report), "--db", lane.db).status == 0

    assert "leak is a case, not a proposal" in lane.tried("propose", "status", "leak").err
    assert "there is no record nowhere" in lane.tried("propose", "submit", "nowhere", "--as", "s-1").err


def test_a_value_that_cannot_be_is_told_by_its_field(lane):
    ran = lane.tried("propose", "draft", "--title", "t", "--text", "t", "--as", "s-1", "--area", "a b")

    assert ran.status == 2
    assert "area: not usable" in ran.err


def test_in_a_log_with_a_directory_nobody_is_taken_at_their_word(lane):
    lane.did("directory", "found", "--area", "east", "--title", "East")
    id = lane.drafted()  # anybody may be a resident

    taken = lane.tried("propose", "submit", id, "--as", "s-1", "--role", "proposer")
    ran = lane.tried("propose", "paper", id, lane.file("minutes"), "--as", "wu")

    assert "the directory of this log says what an actor holds" in taken.err
    assert ran.status == 0, "residents hand papers in"
    for who in ("s-1", "s-2"):
        lane.did("propose", "second", id, "--as", who)
    lane.did("propose", "submit", id, "--as", "s-1")
    assert "role_is_held" in lane.tried("propose", "screen", id, "--as", "wu").err


def test_what_may_not_be_seen_is_not_there(lane):
    id = lane.drafted()
    elsewhere = ("--as", "x", "--role", "secretariat", "--area", "west")

    for command in ("status", "text", "diff"):
        assert "there is no record" in lane.tried("propose", command, id, *elsewhere).err
    assert "there is no record" in lane.tried("journey", id, *elsewhere).err


def tried_lines(lane: Lane, id: str, lang: str) -> list[str]:
    commands = (("propose", "status", id), ("show", id), ("timeline", id), ("loops", id), ("journey", id))
    told = [lane.run(*words, "--db", lane.db, "--lang", lang) for words in commands]
    told += [lane.run("list", "--db", lane.db, "--lang", lang), lane.run("workflows", "proposal", "--lang", lang)]
    assert all(ran.status == 0 for ran in told)
    return "".join(ran.out for ran in told).splitlines()


def test_what_reads_any_record_reads_proposals_too_in_both_languages_at_80_columns(lane):
    id = lane.consulting()
    lane.did("propose", "opinion", id, "--about", "width", "--text", "wider", "--as", "s-9")

    english, chinese = tried_lines(lane, id, "en"), tried_lines(lane, id, "zh-CN")

    assert max(cell_len(line) for line in english + chinese) <= 80
    told = "\n".join(chinese)
    for expected in (
        "征求意见/协商",
        "议事程序",
        "s-1（居民）",
        "处理意见：width",
        "议事秘书处",
        "一般事项",
        "附议联名",
    ):
        assert expected in told
    for foreign in ("ordinary", "answer the opinion", " as resident", "secretariat"):
        assert foreign not in told


def test_the_programs_that_are_named_as_next_steps_are_there():
    program = typer.main.get_command(app)
    wires = {command.wire for decider in shipped() for command in decider.commands}

    assert set(PROGRAM) <= wires
    for words in PROGRAM.values():
        found = program
        for word in words.split():
            assert word in found.commands, words  # type: ignore[attr-defined]
            found = found.commands[word]  # type: ignore[attr-defined]
