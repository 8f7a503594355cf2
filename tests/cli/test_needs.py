"""`govflow needs`, `match`, `claim` and `envelope`: the three ledgers, who suits whom and why, claims, public money."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.cli.conftest import run
from tests.cli.town import Town


@pytest.fixture(scope="module")
def before(session_env: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Logs with the need alone, and with the project approved, to be copied."""
    town, logs = Town(run, tmp_path_factory.mktemp("town")), {}
    for name, steps in (("needed", ("needed",)), ("approved", ("claimed", "paired", "approved"))):
        for step in steps:
            getattr(town, step)()
        logs[name] = tmp_path_factory.mktemp("before") / name
        shutil.copytree(town.folder, logs[name])
    return logs


@pytest.fixture
def town(govflow, tmp_path, before) -> Town:
    return Town(govflow, tmp_path, before["needed"])


@pytest.fixture
def approved(govflow, tmp_path, before) -> Town:
    return Town(govflow, tmp_path, before["approved"])


# --- the ledgers -----------------------------------------------------------------------------------------------------


def test_the_ledger_of_needs_says_what_is_wanted_until_when_and_who_claims_it(town):
    town.claimed()
    line = town.said("needs")[0]

    assert (line["matter"], line["measure"], line["measure_unit"], line["skills"]) == (
        "people",
        10,
        "roofers",
        ["roofing"],
    )
    assert [(each["unit"], each["capacity"]) for each in line["claims"]] == [
        ("u-works", "roofers"),
        ("u-owners", "people to explain"),
    ]
    printed = town.did("needs")
    assert "10 roofers" in printed
    assert "2099-06-30" in printed
    assert "1 needs" in printed


def test_the_ledger_of_resources_says_what_is_free_and_what_each_kind_comes_to(approved):
    told = approved.said("needs", "--resources")
    printed = approved.did("needs", "--resources")

    free = {line["title"]: (line["offered"], line["held"], line["free"], line["projects"]) for line in told["lines"]}
    assert free == {"Roofers": (12, 10, 2, [approved.id]), "Painters": (3, 0, 3, [])}
    assert told["totals"][0] | {} == {"matter": "people", "measure_unit": "roofers", "resources": 2, "offered": 15,
                                      "held": 10, "delivered": 0, "free": 5}  # fmt: skip
    assert "2 together: 15 roofers (people), free 5 roofers (people)" in printed


def test_a_paired_need_leaves_the_first_ledger_for_the_third(approved):
    assert approved.said("needs") == []
    line = approved.said("needs", "--projects")[0]

    assert (line["lead"], line["status"], line["budget"], line["spent"]) == ("u-community", "approved", 10_000_000, 0)
    assert line["parties"] == ["u-community", "u-works", "u-owners"]
    assert (line["overdue"], line["exposed"]) == ([], False)
    assert "2099-11-30" in approved.did("needs", "--projects")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("--area d/t", 1),
        ("--area d/x", 0),
        ("--area d/t/c/5", 0),
        ("--state proposed", 1),
        ("--state claimed", 0),
        ("--kind renovation", 1),
        ("--kind general", 0),
        ("--resources --kind people", 2),
        ("--resources --kind money", 0),
        ("--projects", 0),
    ],
)
def test_a_ledger_is_filtered_by_area_state_and_kind(town, filters, found):
    told = town.said("needs", *filters.split())

    assert len(told["lines"] if isinstance(told, dict) else told) == found


def test_who_asks_sees_their_own_area_alone(town):
    assert town.said("needs", "--as", "li", "--role", "community") != []
    town.did("needs", "add", "--title", "A lamp", "--area", "e/f", "--as", "wu")
    assert len(town.said("needs")) == 2


def test_the_ledgers_are_read_in_chinese_within_80_columns(approved):
    for which in ((), ("--resources",), ("--projects",)):
        printed = approved.did("--lang", "zh", "needs", *which)
        assert max(cell_len(line) for line in printed.splitlines()) <= 80
    assert "已立项" in printed or "立项" in printed


def test_a_ledger_needs_its_log(govflow):
    ran = govflow("needs", "--resources")
    assert (ran.status, ran.err) == (2, "govflow: --db: name the log; expected --db PATH\n")
    assert govflow("needs", "--db", "nowhere.db").status == 2


# --- needs -----------------------------------------------------------------------------------------------------------


def test_a_need_is_revised_published_and_taken_off_the_list(town):
    id = town.id
    town.did("needs", "revise", id, "--quantity", "8", "--matter", "people", "--of", "roofers", "--as", "li")
    need = town.project().need
    assert (need.quantity, need.skills, need.households) == (8, ("roofing",), 120)  # what is not named stays

    assert "claim_policy_is_set" in town.tried("needs", "publish", id, "--as", "li").err
    town.did("needs", "publish", id, "--exclusive", "--as", "li")
    assert "reason_given" in town.tried("needs", "withdraw", id, "--as", "li").err
    town.did("needs", "withdraw", id, "--reason", "done", "--as", "li")
    assert town.project().status == "proposed"


def test_a_resource_is_withdrawn_by_its_owner_alone(town):
    id = town.offer("Painters")
    assert town.tried("needs", "withdraw", id, "--reason", "x", "--as", "bo", "--unit", "u-works").status == 1
    town.did("needs", "withdraw", id, "--reason", "off to the fair", "--as", "pa")
    assert [line["title"] for line in town.said("needs", "--resources")["lines"]] == ["Roofers"]
    assert [line["title"] for line in town.said("needs", "--resources", "--state", "withdrawn")["lines"]] == [
        "Painters"
    ]


def test_money_is_needed_and_offered_in_yuan(town):
    town.did(
        "needs",
        "add",
        "--title",
        "Lamps",
        "--area",
        "d/t",
        "--matter",
        "money",
        "--amount",
        "12,000.50",
        "--as",
        "li",
        "--id",
        "N1",
    )
    town.did("needs", "offer", "--title", "Fund", "--matter", "money", "--amount", "5000", "--contact", "call Lin Mei",
             "--as", "fu", "--unit", "u-f", "--id", "R1")  # fmt: skip

    assert "12000.50 yuan" in town.did("needs")
    assert "R1 · u-f · Fund" in town.did("match", "N1")
    assert b"Lin Mei" not in town.db.read_bytes()


NONSENSE = [
    ("needs add --as li", 1, "matter_is_described"),
    ("needs add --title x --kind palace --as li", 1, "there is no kind palace"),
    ("needs add --title x --matter gold --as li", 2, "matter"),
    ("needs add --title x --quantity 5 --as li", 1, "need_is_measured_soundly"),
    ("needs add --title x --matter money --amount lots --as li", 2, "no amount of yuan"),
    ("needs add --title x --begins soon --as li", 2, "begins"),
    ("needs offer --title x --matter people --quantity 3 --of hands --as bo", 2, "say for which unit"),
    ("needs offer --title x --as bo --unit u-w", 1, "offer_is_described"),
    ("needs publish JP-9 --shared --as li", 2, "there is no record JP-9"),
    ("needs --resources --projects", 2, "one ledger at a time"),
    ("claim {id} --capacity x --as bo --unit u-works", 1, "step_is_in_the_table"),
    ("claim {rs} --capacity x --as bo --unit u-works", 2, "is a resource, not a project"),
    ("match JP-9", 2, "there is no need JP-9"),
    ("match {id} --offer RS-9", 2, "RS-9 is not on offer"),
    ("match --plan --offer {rs}", 2, "a plan looks at all offers"),
    ("envelope show {id}", 2, "is a joint_project, not an envelope"),
]


@pytest.mark.parametrize(("words", "status", "told"), NONSENSE, ids=[words for words, _, _ in NONSENSE])
def test_bad_input_is_one_clear_error_and_nothing_is_written(town, words, status, told):
    head = town.head()

    ran = town.tried(*words.format(id=town.id, rs=town.offer("Roofers")).split())

    assert ran.status == status
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert "inside govflow" not in ran.err
    assert town.head() == head


# --- claims ----------------------------------------------------------------------------------------------------------


def test_a_unit_takes_its_claim_back_and_the_need_is_open_again(town):
    town.did("needs", "publish", town.id, "--exclusive", "--as", "li")
    claim = ("claim", town.id, "--as", "bo", "--unit", "u-works")
    told = town.did(*claim, "--capacity", "ten roofers")
    assert "govflow project pair" in told
    assert "claims_are_shared" in town.tried("claim", town.id, "--capacity", "x", "--as", "he", "--unit", "u-o").err
    assert town.tried("claim", town.id, "--withdraw", "--reason", "x", "--as", "he", "--unit", "u-o").status == 1

    town.did(*claim, "--withdraw", "--reason", "another site")

    assert town.project().status == "open_for_claim"
    assert "govflow claim" in town.did("project", "show", town.id)


# --- matching --------------------------------------------------------------------------------------------------------


def test_a_pair_is_proposed_with_its_reasons_in_both_languages(town):
    english, chinese = town.did("match", town.id), town.did("--lang", "zh", "match", town.id)

    assert "Roofers" in english
    assert "Painters" not in english
    assert "skills that fit (1/1): roofing (+30)" in english
    assert "分" in chinese
    pair = town.said("match", town.id)[0]
    assert (pair["offer"], pair["covered"], pair["suits"]) == (town.offer("Roofers"), 10, True)
    assert pair["score"] == sum(pair["points"].values())


def test_why_a_named_offer_does_not_suit_is_told(town):
    told = town.said("match", town.id, "--offer", town.offer("Painters"))[0]
    printed = town.did("match", town.id, "--offer", town.offer("Painters"))

    assert told["suits"] is False
    assert [each["code"] for each in told["reasons"]] == ["skills"]
    assert "none of these skills: roofing" in printed


def test_a_need_that_is_not_measured_cannot_be_matched_and_says_how_to_mend_it(town):
    town.did("needs", "add", "--title", "A quiet yard", "--area", "d/t", "--as", "li", "--id", "N2")

    ran = town.tried("match", "N2")

    assert ran.status == 2
    assert "govflow needs revise" in ran.err
    assert "N2" not in town.did("match")


def test_a_paired_need_is_no_longer_matched(approved):
    assert "is no open need: u-community leads it" in approved.tried("match", approved.id).err


def test_the_plan_shares_all_offers_and_says_what_stays_uncovered(town):
    pytest.importorskip("networkx")
    town.did("needs", "add", "--title", "Another roof", "--area", "d/t/e", "--matter", "people", "--quantity", "5",
             "--of", "roofers", "--skill", "roofing", "--as", "li", "--id", "N3")  # fmt: skip

    plan = town.said("match", "--plan")

    assert sum(each["share"] for each in plan["assignments"]) == 12
    assert sum(plan["uncovered"].values()) == 3
    assert plan["exact"] is True
    assert "uncovered" in town.did("match", "--plan")


def test_without_the_package_for_plans_the_command_says_how_to_install_it(town, monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)

    ran = town.tried("match", "--plan")

    assert ran.status == 2
    assert "pip install 'govflow[matching]'" in ran.err


# --- envelopes -------------------------------------------------------------------------------------------------------


def test_an_envelope_shows_what_projects_hold_of_it(approved):
    id = next(each.id for each in approved.records() if each.kind_of_record == "envelope")
    told = approved.said("envelope", "show", id)
    printed = approved.did("--lang", "zh", "envelope", "show", id)

    assert (told["amount"], told["drawn"], told["free"]) == (10_000_000, 8_000_000, 2_000_000)
    assert "共 100000.00 元：占用 80000.00，余额 20000.00" in printed
    assert approved.id in printed


def test_an_envelope_is_changed_with_a_second_persons_leave_and_bears_what_is_drawn(approved):
    id = next(each.id for each in approved.records() if each.kind_of_record == "envelope")
    change = ("envelope", "change", id, "--reason", "more roofs", "--paper", approved.file("order2.pdf"), "--as", "luo")
    assert "envelope_bears_what_is_drawn" in approved.tried(*change, "--amount", "70000", "--ask").err

    approved.did(*change, "--amount", "150000", "--cap", "renovation=90000/", "--ask")
    approved.did("envelope", "leave", id, "1", "--as", "zhang")
    approved.did(*change, "--amount", "150000", "--cap", "renovation=90000/")

    told = approved.said("envelope", "show", id)
    assert (told["amount"], told["caps"]) == (
        15_000_000,
        [{"kind": "renovation", "per_project": 9_000_000, "total": None}],
    )
    assert "no_loop_is_open" in approved.tried("envelope", "close", id, "--as", "luo").err


def test_an_envelope_that_nothing_is_drawn_on_is_closed(town):
    opened = town.did("envelope", "open", "--title", "Lamps", "--level", "town", "--first", "2026-01-01", "--last",
                      "2099-12-31", "--amount", "500", "--grant", town.file("g.pdf"), "--kept-at", "file 9",
                      "--id", "PE1", "--as", "luo")  # fmt: skip
    assert "PE1: open" in opened
    assert "PE1: closed" in town.did("envelope", "close", "PE1", "--as", "luo")
    wrong = town.tried("envelope", "change", "PE1", "--cap", "works", "--as", "luo")
    assert (wrong.status, "works is no cap" in wrong.err) == (2, True)


# --- a log with a directory ------------------------------------------------------------------------------------------


def test_in_a_log_with_a_directory_nobody_names_their_own_role(govflow, tmp_path):
    town = Town(govflow, tmp_path)
    town.did("directory", "found", "--area", "d", "--title", "Town")
    tables = {
        "areas.csv": "path,level,name\nd/t,town,Town\nd/t/c,community,C\n",
        "units.csv": "id,name,kind,area,level,parent\nu-c,Committee,committee,d/t/c,community,\n"
        "u-w,Works,enterprise,d/t,town,\n",
        "people.csv": "actor,role,unit,from,to,part_time,level,area\nli,community,u-c,2020-01-01,,,,\n"
        "bo,organisation,u-w,2020-01-01,,,,\n",
    }
    town.did("directory", "import", *(town.file(name, text) for name, text in tables.items()))

    town.did("needs", "add", "--title", "A bench", "--area", "d/t/c", "--as", "li", "--id", "N1")
    town.did("needs", "publish", "N1", "--shared", "--as", "li")
    assert town.tried("claim", "N1", "--capacity", "wood", "--as", "bo", "--unit", "u-w").status == 2
    assert town.tried("needs", "withdraw", "N1", "--reason", "x", "--as", "bo").status == 1
    town.did("claim", "N1", "--capacity", "wood", "--as", "bo")
    needs: Any = town.said("needs")
    assert [each["unit"] for each in needs[0]["claims"]] == ["u-w"]
    assert json.loads(town.did("project", "show", "N1", "--json"))["status"] == "claimed"
