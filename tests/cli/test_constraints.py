"""`govflow constraints`: what must hold between the events of a record, and where it does not."""

from __future__ import annotations

import json

import pytest

from govflow.audit.constraints.files import shipped_constraints
from govflow.persistence.codec import StoredEvent, leaf_of
from tests.support import a_case, a_town

MINE = """
[[constraint]]
id = "mine"
template = "four_eyes"
first = ["case.accepted"]
then = ["case.assigned"]
en = "Who accepts does not assign"
zh = "受理人不派单"
source = "ours"
"""


@pytest.fixture
def town(tmp_path):
    return a_town(tmp_path / "town.db")


def test_they_hold_on_the_demo(govflow, db):
    ran = govflow("constraints", "check", "--db", db)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"{len(shipped_constraints())} constraints hold: ")


def test_what_was_forged_is_told_with_the_pair_and_status_1(govflow, town, tmp_path):
    case = a_case(town, "reported", id="x")
    meta = {"command": "forged", "wire": "case.close", "recorded_at": "2026-03-02T01:00:00Z", "policy": case.policy}
    state = f"{json.dumps(meta)}\n{json.dumps({'at': '2026-03-02T01:00:00Z', 'by': 'nobody'})}".encode()
    with town.engine.store.transaction() as write:
        place = "x", case.version + 1, "case.closed@1", state
        write.append([StoredEvent(*place, leaf=leaf_of(*place))])
    town.engine.close()

    ran = govflow("constraints", "check", "--db", tmp_path / "town.db")
    chinese = govflow("constraints", "check", "x", "--db", tmp_path / "town.db", "--lang", "zh-CN")
    found = json.loads(govflow("constraints", "check", "--db", tmp_path / "town.db", "--json").out)

    assert (ran.status, chinese.status, ran.err) == (1, 1, "")
    text = " ".join(ran.out.split())
    assert "x no-close-without-feedback: No case is closed in a round without feedback" in text
    assert "(no case.feedback_given; case.closed at version 2)" in text
    assert "无case.feedback_given；第2版case.closed" in "".join(chinese.out.split())
    assert [(each["code"], each["stream"], each["version"]) for each in found["findings"]] == [
        ("CONSTRAINT", "x", 2)
    ] * 2


def test_a_file_of_ones_own_takes_their_place(govflow, town, tmp_path):
    a_case(town, "assigned", id="x")
    town.engine.close()
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")

    ran = govflow("constraints", "check", "--db", tmp_path / "town.db", "--constraints", tmp_path / "mine.toml")
    listed = json.loads(govflow("constraints", "list", "--constraints", tmp_path / "mine.toml", "--json").out)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("1 constraints hold: ")
    assert [each["id"] for each in listed] == ["mine"]
    assert (listed[0]["first"], listed[0]["template"]) == (["case.accepted"], "four_eyes")


def test_what_one_may_not_see_is_not_checked_for_them(govflow, town, tmp_path):
    a_case(town, "assigned", id="x")
    town.engine.close()

    arguments = ("--db", tmp_path / "town.db", "--as", "s-9", "--role", "resident")

    assert "0 events in 0 records" in govflow("constraints", "check", *arguments).out
    assert govflow("constraints", "check", "x", *arguments).err == "govflow: there is no record x\n"


def test_an_event_that_cannot_be_read_ends_the_check_of_its_own_record_alone(govflow, town, tmp_path):
    case = a_case(town, "reported", id="a")
    a_case(town, "assigned", id="b")
    meta = {"command": "forged", "wire": "case.close", "recorded_at": "2026-03-02T01:00:00Z", "policy": case.policy}
    place = "a", case.version + 1, "case.closed@1", f"{json.dumps(meta)}\n[]".encode()
    with town.engine.store.transaction() as write:
        write.append([StoredEvent(*place, leaf=leaf_of(*place))])
    town.engine.close()
    (tmp_path / "mine.toml").write_text(MINE.replace('"case.accepted"', '"case.assigned"'), encoding="utf-8")
    mine = ("--db", tmp_path / "town.db", "--constraints", tmp_path / "mine.toml")

    ran = govflow("constraints", "check", *mine)
    found = json.loads(govflow("constraints", "check", "--db", tmp_path / "town.db", "--json").out)
    seen = govflow("constraints", "check", "--db", tmp_path / "town.db", "--as", "d-1", "--role", "district")

    assert (ran.status, ran.err) == (1, "")
    assert [(each["code"], each["stream"], each["version"]) for each in found["findings"]] == [("DAMAGED", "a", 2)]
    assert found["records"] == 2
    assert seen.err == ""
    assert "Looked at were only records that d-1 may see" in " ".join(seen.out.split())


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_list_says_what_each_is_and_where_it_comes_from(govflow, language):
    ran = govflow("constraints", "list", "--lang", language)

    assert ran.status == 0
    text = "".join(ran.out.split())
    assert all("".join(each.id.split()) in text for each in shipped_constraints().all[:3])
    assert "".join(shipped_constraints().all[1].sentence(language)[:6].split()) in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            MINE.replace("case.assigned", "case.gone"),
            "constraint 1 (mine): then: there is no event case.gone; expected",
        ),
        ("[[", "it is not TOML"),
        (None, "no file"),
    ],
    ids=["an unknown event", "no TOML", "no file"],
)
def test_a_file_that_cannot_be_used_is_one_message_and_status_2(govflow, town, tmp_path, text, said):
    town.engine.close()
    if text is not None:
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")

    ran = govflow("constraints", "check", "--db", tmp_path / "town.db", "--constraints", tmp_path / "mine.toml")

    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert said in ran.err
