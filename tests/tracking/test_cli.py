"""`govflow track`: a code from the argument or from stdin, in both languages, and what is said of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Case, Engine, Personal, Role
from govflow.cases import commands as c
from govflow.tracking.codes import check_character, read, shown
from tests.cli.conftest import Ran, run
from tests.support import Town, desk, dispatcher
from tests.tracking.test_desk import fed_back

KINDS = ("--kind", "whistle_blowing", "--accused", "roads", "--level", "community")


@pytest.fixture(autouse=True)
def pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "city.db"


def reported(db: Path, *more: str, title: str = "Fees", stdin: bytes = b"") -> dict[str, Any]:
    ran = run("track", "report", "--db", db, "--title", title, *more, "--json", stdin=stdin)
    assert ran.status == 0, ran.err
    told: dict[str, Any] = json.loads(ran.out)
    return told


def tracked(db: Path, *arguments: str, code: str, stdin: bytes = b"") -> Ran:
    return run("track", *arguments, "--db", db, stdin=code.encode() + b"\n" + stdin)


def test_a_report_is_made_followed_supplemented_rated_and_withdrawn(db: Path):
    told = reported(db, "--kind", "hotline", "--place", "Lane 3", "--text", "-", stdin=b"By the tree.\n")
    code, id = told["code"], told["id"]
    with Engine.open(db) as engine:
        engine.handle(c.RequestSupplement(id=id, by=desk, shortcomings=("which tree?",)))
    seen = tracked(db, "show", code=code.lower())
    assert seen.status == 0
    assert "which tree?" in seen.out
    given = tracked(db, "supplement", "--text", "-", code=code, stdin=b"The third.\nOf five.")
    assert (given.status, given.err) == (0, "")
    with Engine.open(db) as engine:
        text = engine.open_personal(id, "supplement", desk, why="to go there")
        assert text == "The third.\nOf five."
        fed_back(Town(engine, engine.now), id, answer=Personal(text="Felled."))  # type: ignore[arg-type]
    assert "govflow track rate" in tracked(db, "show", code=code).out
    assert tracked(db, "answer", code=code).out == "Felled.\n"
    answers = ("--contacted", "na", "--resolved", "yes", "--satisfied", "no", "--remark", "Late.")
    assert tracked(db, "rate", *answers, code=code).status == 0
    assert json.loads(tracked(db, "show", "--json", code=code).out)["rating"] is None
    assert tracked(db, "withdraw", "--reason", "settled", code=code).status == 0
    assert json.loads(tracked(db, "show", "--json", code=code).out)["status"] == "withdrawn"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_code_is_shown_once_and_never_again(db: Path, lang: str):
    ran = run("track", "report", "--db", db, "--title", "Fees", *KINDS, "--name", "Wang Fang", "--lang", lang)
    (code,) = {each for word in ran.out.split() if (each := read(word))}
    assert shown(code) in ran.out
    assert "Wang" not in ran.out + ran.err
    for command in (("list",), ("export", "jsonl"), ("track", "show", code)):
        later = run(*command, "--db", db, "--lang", lang)
        assert later.status == 0
        assert code not in later.out.replace("-", "")


def test_a_wrong_code_is_mistyped_before_any_log_is_asked_and_unknown_after(db: Path):
    reported(db, *KINDS)
    nobodys = "2" * 19 + check_character("2" * 19)
    mistyped, unknown = (run("track", "show", code, "--db", db) for code in ("ABC", nobodys))
    assert (mistyped.status, mistyped.out) == (unknown.status, unknown.out) == (2, "")
    assert "mistyped" in mistyped.err
    assert "nothing was reported under this code" in unknown.err
    assert "请核对" in run("track", "show", nobodys, "--db", db, "--lang", "zh-CN").err


def test_what_the_rules_refuse_is_told_whole_and_nothing_is_kept(db: Path):
    refused = run("track", "report", "--db", db, "--title", "Fees", "--kind", "whistle_blowing")
    assert refused.status == 1
    assert "confidentiality_set_for_whistle_blowing" in refused.err
    code = reported(db, *KINDS)["code"]
    unasked = tracked(db, "supplement", "--text", "more", code=code)
    assert (unasked.status, unasked.out) == (1, "")
    assert "supplement_request_is_open" in unasked.err
    wrong = tracked(db, "rate", "--contacted", "maybe", "--resolved", "no", "--satisfied", "no", code=code)
    assert wrong.status == 2
    assert "yes | no | na" in wrong.err


def test_the_public_page_of_what_the_matter_became_tells_nothing_of_who_reported_it(db: Path, tmp_path: Path):
    told = reported(db, "--kind", "suggestion", "--name", "Wang Fang", "--text", "From my window.", title="A ramp")
    with Engine.open(db) as engine:
        case = engine.handle(c.AcceptCase(id=told["id"], by=desk))
        convert = c.ConvertToProposal(id=case.id, by=dispatcher, reason="a decision is needed", told_by="by its code")
        engine.handle(convert)
        target = engine.get(case.id, Case).converted_to
        assert target is not None
        assert engine.seen_by(Actor.of("everybody", Role.RESIDENT)).get(target).id == target
    page = tmp_path / "page.html"
    assert run("propose", "page", target, "--db", db, "--out", page).status == 0
    public = page.read_text("utf-8")
    assert "A ramp" in public
    for trace in (str(getattr(case, "reporter", "?")), told["id"], "Wang", "window", told["code"], "anonymous"):
        assert trace not in public, trace
    assert json.loads(tracked(db, "show", "--json", code=told["code"]).out)["goes_on_as"] == target


def test_a_report_is_made_and_rated_in_chinese_words_as_well(db: Path):
    given = ("--kind", "举报", "--level", "社区", "--accused", "roads", "--place", "集市")
    told = reported(db, *given, title="占道收费")
    with Engine.open(db) as engine:
        case = engine.get(told["id"], Case)
        assert (case.kind, case.level) == ("whistle_blowing", "community")
        fed_back(Town(engine, engine.now), told["id"])  # type: ignore[arg-type]
    answers = ("--contacted", "不适用", "--resolved", "是", "--satisfied", "否")
    assert tracked(db, "rate", *answers, code=told["code"]).status == 0


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "--kind: not usable; expected grid | hotline"), ("zh-CN", "--kind: 不可用；应为 网格事件 | 热线诉求")],
)
def test_an_unknown_word_is_answered_with_those_there_are_in_the_language_spoken(db: Path, lang: str, said: str):
    ran = run("track", "report", "--db", db, "--title", "Fees", "--kind", "wrongdoing", "--lang", lang)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    mistyped = run("track", "show", "ABC", "--db", db, "--lang", lang).err
    assert ("expected" in mistyped) == (lang == "en")


def test_a_refusal_says_what_to_do_and_nothing_of_what_the_offices_may_do(db: Path):
    nobody_accused = run("track", "report", "--db", db, "--title", "Fees", "--kind", "whistle_blowing")
    assert "--accused UNIT" in nobody_accused.err
    numbered = run("track", "report", "--db", db, "--title", "Call 13800138000", *KINDS)
    assert (numbered.status, "--text" in numbered.err) == (1, True)
    code = reported(db, *KINDS)["code"]
    unasked = tracked(db, "supplement", "--text", "more", code=code)
    assert "govflow track show" in unasked.err
    assert "case.escalate" not in unasked.err
    untold = tracked(db, "supplement", code=code)
    assert (untold.status, "no text is given" in untold.err) == (2, True)


def test_what_is_open_to_the_reporter_is_told_with_its_command_which_works(db: Path):
    code = reported(db, "--kind", "hotline")["code"]
    assert tracked(db, "withdraw", code=code).status == 0
    seen = tracked(db, "show", code=code, stdin=b"").out
    assert "govflow track reopen" in seen
    assert tracked(db, "reopen", "--ground", "not settled after all", code=code).status == 0
    assert json.loads(tracked(db, "show", "--json", code=code).out)["status"] == "reported"
    for command in ("review", "recheck"):  # this is no petition
        refused = tracked(db, command, "--reason", "the facts are others", code=code)
        assert (refused.status, f"case.request_{command}" in refused.err) == (1, True)
