"""`govflow project`: from paired parties to settled accounts by the command line, what it tells, what it refuses."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from govflow.engine import Engine
from tests.cli.conftest import run
from tests.cli.town import WAY, Town


@pytest.fixture(scope="module")
def before(session_env: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Logs in which the project stands where most tests begin, to be copied."""
    logs = {}
    town = Town(run, tmp_path_factory.mktemp("town"))
    for name in WAY:
        getattr(town, name)()
        logs[name] = tmp_path_factory.mktemp("before") / name
        shutil.copytree(town.folder, logs[name])
    return logs


@pytest.fixture
def claimed(govflow, tmp_path, before) -> Town:
    return Town(govflow, tmp_path, before["claimed"])


@pytest.fixture
def paired(govflow, tmp_path, before) -> Town:
    return Town(govflow, tmp_path, before["paired"])


@pytest.fixture
def started(govflow, tmp_path, before) -> Town:
    return Town(govflow, tmp_path, before["started"])


@pytest.fixture
def evaluated(govflow, tmp_path, before) -> Town:
    return Town(govflow, tmp_path, before["evaluated"])


def test_a_project_goes_from_the_need_to_its_archived_accounts_by_the_command_line_alone(evaluated):
    id, town = evaluated.id, evaluated
    slip = town.file("list.pdf")
    for key, who, how in (
        ("1", "li", ("--quantity", 1)),
        ("2", "bo", ("--quantity", 10)),
        ("3", "he", ("--amount", 20000)),
    ):
        town.did("project", "promise", "deliver", id, key, "--measure", "gave", *how, "--paper", slip, "--as", who)
        town.did("project", "promise", "keep", id, key, "--as", "chen")
    town.did("project", "money", "close", id, "1", "--spent", "70000", "--as", "luo")
    town.did("project", "money", "close", id, "2", "--spent", "0", "--as", "luo")
    town.did("project", "publish-accounts", id, "--text", "70,000 yuan were spent", "--as", "luo")
    town.did("project", "settle", id, "--spent", "70000", "--ask", "--as", "luo")
    town.did("project", "leave", id, "1", "--as", "chen")
    town.did("project", "settle", id, "--spent", "70000", "--as", "luo")
    ended = town.did("project", "archive", id, "--as", "lu")

    assert ended.startswith(f"{id}: archived")
    assert "Next" not in ended
    project = town.project()
    assert project.ended_as == "settled"
    assert project.evaluation.score == 7568  # 20 % of 90, 30 % of 75.6 (28 % of it at 90, the rest at 70), 50 % of 70
    assert project.accounts.spent == 70_000_00
    with Engine.open(town.db, read_only=True) as engine:
        assert engine.open_loops(id) == ()
        envelope = next(each for each in engine.records() if each.kind_of_record == "envelope")
        assert [each.held for each in envelope.items_of("draw").values()] == [70_000_00]


def test_each_command_says_what_is_owed_and_what_the_next_step_waits_for(paired):
    told = " ".join(paired.did("project", "show", paired.id).split())

    for words in ("govflow project team", "u-community (leads)", "no work group", "until", "line"):
        assert words in told, words
    shown = paired.said("project", "show", paired.id)
    commands = [each["command"] for each in shown["next"]]
    assert commands == ["budget.plan", "joint_project.name_team", "meeting.announce", "joint_project.approve"]
    lacking = {each["code"] for each in shown["next"][-1]["lacking"]}
    assert lacking == {"hearing_is_recorded_if_residents_affected", "teams_are_named_if_construction"}


def test_a_command_that_needs_leave_says_so_and_whose(evaluated):
    shown = evaluated.said("project", "show", evaluated.id)

    settle = next(each for each in shown["next"] if each["command"] == "joint_project.settle")
    assert settle["leave"] == "community"
    assert {each["code"] for each in settle["lacking"]} >= {"accounts_are_published", "no_loop_is_open"}


def test_nobody_is_asked_for_leave_for_what_could_not_be_done(evaluated):
    head = evaluated.head()

    ran = evaluated.tried("project", "settle", evaluated.id, "--spent", "70000", "--ask", "--as", "luo")

    assert ran.status == 1
    assert "no_loop_is_open" in ran.err
    assert "approval_is_given" not in ran.err
    assert evaluated.head() == head


def test_leave_is_for_this_very_command(started):
    id = started.id
    changed = ("project", "money", "change", id, "2", "--reason", "cheaper", "--as", "luo")
    started.did(*changed, "--amount", "15000", "--ask")
    started.did("project", "leave", id, "1", "--as", "zhang")

    assert "approval_is_given" in started.tried(*changed, "--amount", "14000").err
    started.did(*changed, "--amount", "15000")
    assert started.project().item("budget", "2").amount == 15_000_00


def test_leave_may_be_refused_with_a_reason(started):
    id = started.id
    started.did("project", "extend", id, "30", "--ask", "--as", "li")
    started.did("project", "leave", id, "1", "--refuse", "--reason", "there is time", "--as", "zhang")

    assert started.project().item("approval", "1").status == "refused"
    assert started.tried("project", "extend", id, "30", "--as", "li").status == 1


# --- pairing ---------------------------------------------------------------------------------------------------------


def test_the_template_of_a_pairing_is_one_that_pairs(claimed):
    printed = claimed.run("project", "pair", "--template").out
    file = claimed.file("t.toml", printed.replace("u-builder", "u-works"))

    claimed.did("project", "pair", claimed.id, file, "--as", "li", "--unit", "u-community")

    project = claimed.project()
    assert project.units == ("u-community", "u-works")
    assert project.item("commitment", "2").amount == 20_000_00


FAULTS = [
    ("lead = ", "cannot be read"),
    ("leader = 'x'", "leader has no place in a pairing; expected lead, scope, text, parties, pledges"),
    ("[pledges]\nparty = 'x'", "pledges: this is no list of tables"),
    ("[[pledges]]\nparty = 'x'\namount = 5", "pledges[0]: money is written in yuan here"),
    ("[[pledges]]\nparty = 'x'\nyuan = '5.555'", "pledges[0].yuan: this is no amount of yuan"),
    ("[[pledges]]\nparty = 'x'\nuntil = 'soon'", "pledges[0].until: soon is not a moment"),
    ("[[parties]]\nunit = 'x'\nrole = 'boss'", "parties.0.role"),
]


@pytest.mark.parametrize(("text", "told"), FAULTS, ids=[told[:24] for _, told in FAULTS])
def test_a_fault_in_the_file_of_a_pairing_is_told_in_one_line_with_its_place(claimed, text, told):
    head, file = claimed.head(), claimed.file("bad.toml", text)

    ran = claimed.tried("project", "pair", claimed.id, file, "--as", "li")

    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
    assert claimed.head() == head


def test_a_pairing_may_be_json_and_nobody_is_made_a_party_without_its_word(claimed):
    file = claimed.file(
        "p.json", '{"lead": "u-works", "parties": [{"unit": "u-x"}, {"unit": "u-works"}], "pledges": []}'
    )
    ran = claimed.tried("project", "pair", claimed.id, file, "--as", "li")
    assert ran.status == 1
    assert "u-x has not agreed" in ran.err

    claimed.did("project", "agree", claimed.id, "--as", "xu", "--unit", "u-x")
    assert "u-x has not agreed" not in claimed.tried("project", "pair", claimed.id, file, "--as", "li").err
    claimed.did("project", "agree", claimed.id, "--take-back", "--reason", "no people", "--as", "xu", "--unit", "u-x")
    assert "u-x has not agreed" in claimed.tried("project", "pair", claimed.id, file, "--as", "li").err


# --- the works -------------------------------------------------------------------------------------------------------


def test_what_residents_say_stays_encrypted_and_its_answer_is_public(started):
    id, photo = started.id, started.file("photo.jpg")
    started.did(
        "project", "feedback", "raise", id, "dust", "--text", "Dust in my room.", "--place", "b1", "--as", "s-7"
    )
    started.did("project", "feedback", "resolve", id, "1", "--measure", "nets hung", "--paper", photo, "--as", "li")
    started.did("project", "feedback", "reopen", id, "1", "--reason", "dust still", "--as", "s-7")
    started.did("project", "feedback", "resolve", id, "1", "--measure", "sealed", "--paper", photo, "--as", "li")
    started.did("project", "feedback", "confirm", id, "1", "--as", "s-7")

    feedback = started.project().item("feedback", "1")
    assert feedback.status == "confirmed"
    assert [each.measure for each in feedback.answers] == ["nets hung", "sealed"]
    assert b"Dust in my room" not in started.db.read_bytes()


def test_what_the_project_cannot_answer_becomes_a_case(started):
    id = started.id
    started.did("project", "feedback", "raise", id, "noise", "--text", "Night work next door.", "--as", "s-7")
    started.did("project", "feedback", "transfer", id, "1", "--title", "Noise at night", "--as", "li")

    case = started.project().item("feedback", "1").target
    assert any(each.id == case and each.kind_of_record == "case" for each in started.records())


def test_a_milestone_with_defects_is_owed_again(started):
    id, photo = started.id, started.file("photo.jpg")
    started.did("project", "milestone", "plan", id, "ridge", "--until", "2099-09-01", "--as", "li")
    started.did("project", "milestone", "reach", id, "1", "--measure", "stands", "--paper", photo, "--as", "li")
    assert started.tried("project", "milestone", "accept", id, "1", "--as", "li", "--role", "acceptance_group",
                         "--unit", "u-community").status == 1  # fmt: skip
    started.did("project", "milestone", "accept", id, "1", "--defect", "crooked", "--until", "2099-10-01", "--as", "mo")

    assert started.project().item("milestone", "1").defects == ("crooked",)
    started.did("project", "milestone", "drop", id, "1", "--reason", "not needed", "--ask", "--as", "li")
    started.did("project", "leave", id, "1", "--as", "zhang")
    started.did("project", "milestone", "drop", id, "1", "--reason", "not needed", "--as", "li")
    assert started.project().item("milestone", "1").status == "dropped"


def test_a_project_stands_still_until_its_cause_is_over(started):
    id = started.id
    review = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    paused = ("project", "suspend", id, "--cause", "frost", "--review")
    assert "within 90 days" in started.tried(*paused, "2099-02-01", "--as", "zhang").err
    started.did(*paused, review, "--as", "zhang")
    assert "govflow project resume" in " ".join(started.did("project", "show", id).split())
    started.did("project", "resume", id, "--over", "--as", "zhang")
    assert started.project().status == "in_progress"


def test_a_project_that_is_given_up_accounts_for_its_money(started):
    id = started.id
    given_up = ("project", "cancel", id, "--reason", "the house is sold", "--as", "li")
    assert "money_is_reconciled" in started.tried(*given_up, "--left", "5", "--ask").err
    started.did(*given_up, "--left", "100000", "--ask")
    started.did("project", "leave", id, "1", "--as", "zhang")
    started.did(*given_up, "--left", "100000")

    assert started.project().status == "cancelled"
    envelope = next(each for each in started.records() if each.kind_of_record == "envelope")
    assert all(each.held == 0 for each in envelope.items_of("draw").values())


def test_a_large_change_waits_for_a_new_assessment_and_the_accounts_of_the_plan(started):
    id, order = started.id, started.file("order2.pdf")
    change = ("project", "change", id, "--amount", "120000", "--paper", order, "--reason", "two more", "--as", "zhang")
    assert "risk_is_reassessed_if_change_is_large" in started.tried(*change).err
    report = started.file("risk2.pdf")
    assessed = ("--level", "controllable", "--report", report, "--amount", "120000", "--unit", "u-assess")
    started.did("project", "risk", id, *assessed, "--as", "an")

    started.did(*change)

    assert started.project().budget == 120_000_00


def test_the_lead_is_handed_over_with_both_sides_word_the_towns_leave_and_the_balance(started):
    id = started.id
    move = ("project", "hand-over", id, "u-owners", "--left", "100000", "--as", "li")
    assert "both_sides_sign" in started.tried(*move, "--ask").err
    started.did("project", "agree", id, "--lead", "--as", "he", "--unit", "u-owners")
    assert "town_has_agreed" in started.tried(*move).err
    started.did(*move, "--ask")
    started.did("project", "leave", id, "1", "--as", "zhang")
    started.did(*move)

    assert (started.project().lead, started.project().former_leads) == ("u-owners", ("u-community",))


def test_a_refused_project_comes_again_with_another_plan(paired):
    id = paired.id
    paired.did("project", "reject", id, "--reason", "no survey", "--as", "zhang")
    paired.did("project", "resubmit", id, "--answers", "here it is", "--text", "Plan two.", "--as", "li")
    paired.did("project", "plan", id, "--text", "Plan three.", "--as", "li")

    assert (paired.project().status, paired.project().plan_version) == ("paired", 3)


# --- money -----------------------------------------------------------------------------------------------------------


def test_the_accounts_are_printed_line_by_line(evaluated):
    printed = evaluated.did("project", "accounts", evaluated.id)
    told = evaluated.said("project", "accounts", evaluated.id)

    assert "30000.00" in printed
    assert "0.25" in printed  # 20,000 of other money for 80,000 of public money
    assert told["total"] == {
        "planned": 0,
        "reserved": 10_000_000,
        "verified": 7_000_000,
        "unverified": 0,
        "rest": 3_000_000,
    }
    assert (told["leverage"], told["published"]) == ("1/4", None)


def test_a_voucher_beyond_its_line_and_one_entered_twice_are_refused(started):
    id, bill = started.id, started.file("bill.pdf")
    voucher = ("project", "money", "voucher", id, "V1", "--line", "1", "--paper", bill, "--as", "li")
    assert "spending_is_within_budget" in started.tried(*voucher, "--amount", "80000.01").err
    started.did(*voucher, "--amount", "100")
    assert "V1 is entered as 1" in started.tried(*voucher, "--amount", "100").err
    started.did("project", "money", "disallow", id, "1", "--reason", "private", "--as", "luo")
    assert started.project().item("expense", "1").status == "disallowed"


def test_who_has_published_is_told_when_the_accounts_have_moved_since(evaluated):
    id = evaluated.id
    evaluated.did("project", "publish-accounts", id, "--text", "so far", "--as", "luo")
    assert "Published as they stand" in evaluated.did("project", "accounts", id)
    evaluated.did("project", "promise", "deliver", id, "3", "--measure", "paid", "--amount", "20000", "--paper",
                  evaluated.file("list.pdf"), "--as", "he")  # fmt: skip

    assert "no longer what they say" in evaluated.did("project", "accounts", id)


# --- evaluation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("score", ["101", "good", "need=90", "need_met=", "-1"])
def test_what_is_no_score_is_told(evaluated, score):
    ran = evaluated.tried("project", "evaluate", "record", evaluated.id, score, "--as", "s-9")
    assert ran.status == 2
    assert "Traceback" not in ran.err


def test_who_was_not_asked_scores_nothing(evaluated):
    ran = evaluated.tried("project", "evaluate", "record", evaluated.id, "90", "--as", "s-9")

    assert (ran.status, ran.err) == (2, "govflow: --as, --for: s-9 was not asked, or has answered\n")


def test_a_project_that_passes_is_not_sent_back(evaluated):
    ran = evaluated.tried(
        "project", "remedy", evaluated.id, "--defect", "hatch", "--until", "2099-01-01", "--as", "ping"
    )
    assert ran.status == 1
    assert "score_is_below_threshold" in ran.err


# --- bad input -------------------------------------------------------------------------------------------------------

NONSENSE = [
    ("show JP-1", 2, "there is no record JP-1"),
    ("team {id} gang s-1 --as li", 2, "team"),
    ("risk {id} --level low --report {file} --unit u-a --as an", 2, "level_of_risk"),
    ("risk {id} --level controllable --report no.pdf --unit u-a --as an", 2, "no.pdf"),
    ("approve {id} --until never --as zhang", 2, "never is not a moment"),
    ("notice {id} --as li", 2, "the public text is missing"),
    ("money line {id} --source fiscal --amount 1.234 --as li", 2, "no amount of yuan"),
    ("money line {id} --source lottery --amount 1 --as li", 2, "source"),
    ("money line {id} --source fiscal --amount 5 --envelope PE-9 --as li", 1, "funding_source_is_named"),
    ("meeting announce {id} s-1 --at 2099-01-01 --place hall --as li", 2, "a day alone"),
    ("progress {id} 101 --as li", 2, "100"),
    ("agree {id} --as xu", 2, "say for which unit"),
    ("leave {id} 7 --as zhang", 1, "step_is_in_the_table"),
    ("milestone accept {id} 7 --as mo", 1, "step_is_in_the_table"),
    ("promise deliver {id} 9 --as mo --unit u-works", 1, "step_is_in_the_table"),
    ("start {id} --as li", 1, "step_is_in_the_table"),
]


@pytest.mark.parametrize(
    ("words", "status", "told"), NONSENSE, ids=[f"{words[1]} {told}" for words, _, told in NONSENSE]
)
def test_bad_input_is_one_clear_error_and_nothing_is_written(paired, words, status, told):
    head, file = paired.head(), paired.file("risk.pdf")

    ran = paired.tried("project", *words.format(id=paired.id, file=file).split())

    assert ran.status == status
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert "inside govflow" not in ran.err
    assert paired.head() == head


def test_another_kind_of_record_is_no_project(paired):
    ran = paired.tried("project", "show", paired.offer("Roofers"))
    assert ran.status == 2
    assert "is a resource, not a project" in ran.err


def test_chinese_is_spoken_and_fits_80_columns(evaluated):
    shown = evaluated.did("--lang", "zh-CN", "project", "show", evaluated.id)
    accounts = evaluated.did("--lang", "zh", "project", "accounts", evaluated.id)

    for words in ("已评价", "改造工程", "牵头", "专门监督员", "下一步", "评价得分"):
        assert words in shown, words
    assert "每元财政资金带动列入预算的其他资金 0.25 元" in accounts
    assert max(cell_len(line) for line in (shown + accounts).splitlines()) <= 80


def test_what_a_party_pledges_of_its_resource_is_booked(paired):
    resource = next(each for each in paired.records() if each.id == paired.offer("Roofers"))
    assert resource.free == 2
