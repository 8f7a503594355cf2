"""`govflow demo`: real requests, a case through the whole loop, a dispute with its twin, a motion, a project."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from datetime import datetime, timedelta

import pytest
from rich.cells import cell_len

from govflow import Engine
from govflow.envelopes import drawn, free
from govflow.interchange.policy_files import example_text

TRIED = (
    "timeline", "show", "show", "loops", "propose", "vote", "recount", "project", "project", "loops", "list", "tick",
    "due", "replay", "privacy", "why-not", "workflows", "workflows",
)  # fmt: skip


@pytest.fixture
def case(db):
    with Engine.open(db, create=False) as engine:
        return next(record for record in engine.records() if record.id.startswith("C-"))


@pytest.fixture
def history(db, case):
    with Engine.open(db, create=False) as engine:
        return engine.history(case.id)


def at(text):
    """A moment in Beijing time, 2026."""
    return datetime.fromisoformat(f"2026-{text}+08:00")


def handling(history, *, version):
    return next(move for move in history[version - 1].body.clocks if move.clock == "handling")


def versions_of(history, name):
    return [each.version for each in history if each.name == name]


def tried(out):
    """The commands that the demo proposes, as their words."""
    proposed = out.partition("\nDB=")[2].replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(r"govflow ((?:" + "|".join({*TRIED}) + r") .*)", proposed)]


def test_the_demo_tells_the_whole_loop(told):
    _, ran = told

    assert (ran.status, ran.err) == (0, "")
    for expected in (
        "100 rows read: 100 imported",
        "12 of them are late",
        "policy qingxi@",
        "Saturday 2026-02-14 is a make-up workday: counts",
        "Spring Festival, 2026-02-15 to 2026-02-23: does not count",
        "ends 2026-02-27 24:00",
        "2026-02-27 24:00 → 2026-03-02 24:00; the old date is kept",
        "approval_is_given",
        "2026-03-02 24:00 → 2026-03-04 24:00; the old date is kept",
        "the computer is off for three days",
        "overdue: due 03-04 24:00, recorded 03-06 08:00",
        "up one level: due 03-05 24:00, recorded 03-06 08:00",
        "co_units_are_done_or_explained",
        "rework, in half the time",
        "verified_by_another",
        "held here by qx-112",
        "no_loop_is_open",
        "evaluation r2.s-mei is requested, owed by s-mei",
        "verification r2 is requested, owed by verifier",
        "Closed: the loop is shut.",
        "PWDx",
        "Longest overdue",
    ):
        assert expected in ran.out


def test_the_limit_crosses_the_holiday(history):
    # 国办发明电〔2025〕7号: off 15 to 23 February, 14 and 28 at work; 13 February + 5 working days = 27 February
    (assigned, _) = versions_of(history, "case.assigned")

    assert history[assigned - 1].body.at == at("02-13 10:15")
    assert handling(history, version=assigned).due == at("02-28 00:00")


def test_two_working_days_of_standing_still_move_the_date_by_two(history):
    (suspended,), (resumed,) = versions_of(history, "case.suspended"), versions_of(history, "case.resumed")

    assert (history[suspended - 1].body.at, history[resumed - 1].body.at) == (at("02-24 10:00"), at("02-26 09:00"))
    assert handling(history, version=resumed).due == at("03-03 00:00"), "28 February, a Saturday at work, and 2 March"


def test_the_extension_came_with_the_heads_approval_and_every_earlier_date_is_kept(db, case, history):
    (extended,) = versions_of(history, "case.deadline_extended")
    with Engine.open(db, create=False) as engine:
        clock = engine.as_of(case.id, version=extended).clocks["handling"]

    assert clock.due == at("03-05 00:00")
    assert clock.earlier == (at("02-28 00:00"), at("03-03 00:00"))
    given = [each.meta.actor for each in history if each.name == "approval.given"]
    assert given == ["leader-01", "hd-03"], "the suspension by the supervisor, the extension by the head of the unit"


def test_after_three_days_without_a_tick_one_records_each_thing_once_with_when_it_was_due(history):
    by_the_system = [
        each for each in history if each.meta.actor == "system" and each.meta.recorded_at == at("03-06 08:00")
    ]

    what = [(each.name, getattr(each.body, "share", None)) for each in by_the_system]
    assert what == [
        ("clock.warned", 70),
        ("clock.warned", 80),
        ("clock.deadline_missed", None),
        ("case.escalated_in_handling", None),
    ]
    *warnings, missed, escalated = (each.body.at for each in by_the_system)
    assert warnings == [at("03-03 00:00"), at("03-04 00:00")], "five and six of seven working days are used up"
    assert missed == at("03-05 00:00") < escalated
    assert len(versions_of(history, "clock.deadline_missed")) == 1


def test_the_second_tick_added_nothing(history):
    assert [each for each in history if at("03-06 08:00") < each.meta.recorded_at < at("03-06 09:00")] == []


def test_it_was_raised_to_the_town_done_by_two_units_in_two_rounds_and_checked_by_another(case, history):
    assert case.status == "closed"
    assert (case.level, case.lead_unit, case.round) == ("town", "qx.works", 2)
    assert {part.status for part in case.items_of("joint_handling").values()} == {"done"}
    checked = next(each for each in history if each.name == "verification.passed")
    assert checked.body.by not in case.handled_by()


def test_everybody_in_the_story_acts_by_an_appointment_in_the_towns_directory(history):
    for each in history:
        assert each.meta.unit or each.meta.role in ("system", "resident", "reporter"), each.name


# --- the second story ------------------------------------------------------------------------------------------------


@pytest.fixture
def engine(db):
    with Engine.open(db, create=False) as engine:
        yield engine


DISPUTE, TWIN = "C-2026-000002", "C-2026-000003"


def first(history, name):
    return next(each for each in history if each.name == name)


def test_the_second_story_is_told_with_its_refusals_and_its_open_loops(told):
    story = told[1].out.partition("\n3. ")[2].partition("\n4. ")[0]

    for expected in (
        "Tomb-Sweeping Day, 2026-04-04 to 2026-04-06: does not count",
        "both_parties_consent",
        "qx.anju has not consented",
        "commitment locks.1  made    take off the locks   qx.anju  2026-04-10 24:00",
        "mediation locks is agreed, owed by qx-181",
        "reminded: due 04-08 24:00, recorded 04-09 08:00",
        "overdue_is_past_threshold",
        "listed_record_has_supervisor_consent",
        "fix_is_verified",
        "QX-2026-01 overdue",
    ):
        assert expected in story
    assert story.count(" ✗ ") == 5


def test_the_dispute_goes_from_a_hearing_through_mediation_to_a_kept_agreement(engine):
    names = [each.name for each in engine.history(DISPUTE)]
    order = [
        "meeting.announced",
        "meeting.held",
        "meeting.recorded",
        "mediation.offered",
        "mediation.consented",
        "mediation.started",
        "mediation.statement_signed",
        "mediation.agreed",
        "commitment.made",
        "commitment.kept",
        "mediation.performed",
        "case.closed",
    ]
    dispute = engine.get(DISPUTE)

    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)
    assert (dispute.status, engine.open_loops(DISPUTE)) == ("closed", ())
    assert {key: promise.status for key, promise in dispute.items_of("commitment").items()} == {
        "locks.1": "kept",
        "locks.2": "kept",
    }
    assert dispute.item("meeting", "hearing").consensus
    assert dispute.item("mediation", "locks").body == "housing-committee"


def test_each_party_speaks_and_signs_for_itself(engine):
    history = engine.history(DISPUTE)
    spoke = [
        (each.body.party, each.meta.actor)
        for each in history
        if each.name in ("mediation.consented", "mediation.statement_signed")
    ]

    assert spoke == [("s-qin", "s-qin"), ("qx.anju", "aj-01")] * 3, "consent, agreement, performance"
    kept = [each.meta.actor for each in history if each.name == "commitment.kept"]
    assert kept == ["qx-181", "qx-181"], "the mediator, who promised nothing"


def test_the_mediation_began_only_with_the_second_consent(engine):
    history = engine.history(DISPUTE)
    consents = versions_of(history, "mediation.consented")

    assert history[consents[0] - 1].body.at == at("04-02 09:00")
    assert first(history, "mediation.started").version == consents[1] + 1


def test_the_time_for_an_answer_steps_over_qingming(engine):
    # 国办发明电〔2025〕7号: off 4 to 6 April; 1 April + 3 working days = 7 April
    offered = first(engine.history(DISPUTE), "mediation.offered")

    (move,) = offered.body.clocks
    assert (move.clock, move.due) == ("mediation_offer:locks", at("04-08 00:00"))


def test_a_signed_agreement_that_is_not_kept_stands_against_the_close(engine):
    checked = first(engine.history(DISPUTE), "evaluation.recorded").version
    loops = engine.deciders["case"].open_loops(engine.as_of(DISPUTE, version=checked))

    assert {(loop.region, loop.item, loop.owes) for loop in loops} == {
        ("mediation", "locks", "qx-181"),
        ("commitment", "locks.1", "qx.anju"),
        ("commitment", "locks.2", "s-qin"),
    }


def test_the_twin_climbs_the_ladder_of_supervision_and_comes_down_again(engine):
    history = engine.history(TWIN)
    ladder = [each.name.removeprefix("supervision.") for each in history if each.name.startswith("supervision.")]

    assert ladder == [
        "reminded",
        "urged",
        "listed",
        "exposed",
        "replied",
        "fix_confirmed",
        "exposure_lifted",
        "lifted",
    ]
    assert first(history, "supervision.reminded").meta.actor == "system"
    assert (engine.get(TWIN).status, engine.open_loops(TWIN)) == ("closed", ())
    assert engine.get(TWIN).clocks["handling"].status == "met_late"


def test_it_was_exposed_only_when_it_had_been_listed_and_was_late_past_the_towns_threshold(engine):
    history = engine.history(TWIN)
    due = engine.get(TWIN).clocks["handling"].due
    listed, exposed = first(history, "supervision.listed"), first(history, "supervision.exposed")

    assert due == at("04-08 00:00")
    assert listed.body.at < at("04-16 11:00") < due + timedelta(days=10) < exposed.body.at
    assert engine.policy.thresholds.exposure_days == 10


def test_who_confirmed_the_fix_had_no_hand_in_it_and_did_not_lift_the_exposure(engine):
    history = engine.history(TWIN)
    checker = first(history, "supervision.fix_confirmed").meta.actor

    assert checker not in engine.get(TWIN).handled_by()
    assert checker != first(history, "supervision.exposure_lifted").meta.actor
    assert not [each for each in history if each.name in ("case.suspended", "approval.requested")]


def test_everybody_in_the_second_story_holds_an_appointment_or_acts_in_person(engine):
    for each in (*engine.history(DISPUTE), *engine.history(TWIN)):
        in_person = each.meta.role in ("resident", "reporter", "disputant") and each.meta.actor.startswith("s-")
        assert each.meta.unit or in_person or each.meta.actor == "system", each.name


# --- the third story -------------------------------------------------------------------------------------------------


MOTION = "P-2026-000001"


def test_the_third_story_is_told_with_its_refusals_its_vote_and_its_recount(told):
    story = told[1].out.partition("\n4. ")[2].partition("\n5. ")[0]

    for expected in (
        "resident: 3 of 5",
        "qx.consult: 10 days",
        "opinion 2 waits for its disposition",
        "persons present 41 of 60, at least 2/3 asked (40): met",
        "counted again from the log: 41 ballots, and it agrees",
        "implementer_did_not_decide",
        "92 of 100",
    ):
        assert expected in story
    assert story.count(" ✗ ") == 4


def test_the_motion_has_its_result_and_owes_nothing(engine):
    motion = engine.get(MOTION)

    assert (motion.status, engine.open_loops(MOTION)) == ("result_published", ())
    assert (len(motion.texts), motion.vote.tally.yes.persons, motion.vote.tally.no.persons) == (2, 25, 16)
    assert motion.answered == ("s-lan",)


def test_everybody_in_the_third_story_holds_an_appointment_or_acts_in_person(engine):
    for each in engine.history(MOTION):
        in_person = each.meta.role in ("resident", "proposer", "voter")
        assert each.meta.unit or in_person or each.meta.actor == "system", each.name


# --- the fourth story ------------------------------------------------------------------------------------------------


PROJECT, CRACK, GRANT = "JP-2026-000001", "crack", "roofs-2026"


def test_the_fourth_story_is_told_with_its_refusals_its_defect_and_its_score(told):
    story = told[1].out.partition("\n5. ")[2].partition("\n6. ")[0]

    for expected in (
        "qx.anju has not agreed",
        "commitment 2  made    roofers                 qx.qingyuan",
        "supervisors_are_not_builders",
        "1000000.00 yuan free, 1000001.00 yuan",
        "ends 2026-07-06 24:00",
        "acceptors_are_not_builders",
        "the gutter of",
        "0 of 3 have signed",
        "an answer of residents, others is waited for",
        "together 82.43",
        "crack is awaited",
    ):
        assert expected in story
    assert story.count(" ✗ ") == 7


def test_the_project_is_settled_and_owes_nothing_and_replay_says_the_same(engine):
    project = engine.get(PROJECT)

    assert (project.status, project.round, engine.open_loops(PROJECT)) == ("settled", 2, ())
    assert engine.as_of(PROJECT, version=project.version) == project
    assert {each.status for each in project.items_of("commitment").values()} == {"kept"}
    assert engine.get(CRACK).status == "closed"
    assert engine.open_loops(CRACK) == ()


def test_its_accounts_are_its_receipts_and_its_envelope_has_the_rest(engine):
    project, envelope = engine.get(PROJECT), engine.get(GRANT)
    receipts = [each.amount for each in project.items_of("expense").values() if each.status == "verified"]

    assert sum(receipts) == project.accounts.spent == 1_150_000_00
    assert (drawn(envelope), free(envelope)) == (960_000_00, 40_000_00)


def test_each_side_counts_as_the_towns_plan_says(engine):
    # 0.15 · 92 + 0.25 · (85 + 80) / 2 + 0.6 · (88 + 88 + 64) / 3 = 13.8 + 20.625 + 48 = 82.425, half up
    result = engine.get(PROJECT).evaluation

    assert (result.score, result.passes, result.missing) == (8243, True, ())


def test_everybody_in_the_fourth_story_holds_an_appointment_or_acts_in_person(engine):
    for each in (*engine.history(PROJECT), *engine.history(CRACK), *engine.history(GRANT)):
        in_person = each.meta.role in ("resident", "reporter") and each.meta.actor.startswith("s-")
        assert each.meta.unit or in_person or each.meta.actor == "system", each.name


def test_its_page_tells_the_story_and_names_nobody(govflow, told, tmp_path):
    page = tmp_path / "roofs.html"
    assert govflow("project", "page", PROJECT, "-o", page, "--db", told[0]).status == 0
    text = page.read_text("utf-8")

    for expected in (
        "Pitched roofs in Hedong",
        "the gutter of block 9 leaks",
        "sealed and flooded",
        "82.43",
        "1,150,000",
    ):
        assert expected in text, expected
    assert not re.search(r"s-(mei|fang|watch|neighbour)|My bed is grey|It came with the scaffold", text)


def test_recorded_times_never_go_back(db):
    with Engine.open(db, create=False) as engine:
        recorded = [
            engine.log.codec.recorded(row).meta.recorded_at for row in engine.store.scan(0) if row.stream != "log"
        ]

    assert recorded == sorted(recorded)
    assert recorded[0] == at("02-13 08:00")


def test_the_policy_is_the_shipped_one_under_a_version_of_its_own(case):
    assert case.policy.startswith("qingxi@")
    assert f'version = "{case.policy.partition("@")[2]}"' not in example_text()


def test_the_demo_fits_80_columns_in_both_languages(govflow, told, tmp_path):
    chinese = govflow("demo", "--db", tmp_path / "city.db", "--lang", "zh-CN")

    assert chinese.status == 0
    assert "闭环完成" in chinese.out
    for out in (told[1].out, chinese.out):
        story = [line for line in out.splitlines() if not line.startswith("DB=")]
        assert max(cell_len(line) for line in story) <= 80


def test_without_a_path_the_demo_keeps_its_log_in_a_new_folder_and_says_where(govflow, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    ran = govflow("demo")

    path = re.search(r"DB=(.*)", ran.out)
    assert path is not None
    assert path[1].startswith(str(tmp_path))
    assert govflow("list", "--db", path[1]).status == 0


def test_the_commands_to_try_next_work(govflow, told, tmp_path):
    path, ran = told
    for each in path.parent.glob("demo.db*"):  # a tick writes
        shutil.copy(each, tmp_path)

    lines = tried(ran.out)

    assert [words[0] for words in lines] == list(TRIED)
    for words in lines:
        db = str(tmp_path / "demo.db")
        done = govflow(*[word.replace("$DB", db) for word in words])
        assert (done.status, done.err) == (1 if words[0] == "why-not" else 0, ""), words


def test_the_demo_touches_no_log_that_is_there(govflow, db):
    before = db.read_bytes()

    ran = govflow("demo", "--db", db)

    assert ran.status == 2
    assert "already" in ran.err
    assert db.read_bytes() == before
