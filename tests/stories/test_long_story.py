"""One matter through all records: a report, a motion, a vote, a budget round, a project; who reported it is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from govflow import Engine
from govflow.cases import commands as k
from govflow.journey import journey
from govflow.projects import commands as c
from govflow.projects.feedback import feedback_figures
from govflow.proposals import commands as p
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import Unlink
from tests.stories.chapters import CASE, COST, MOTION, PLACE, ROUND, built, funded, reported, voted
from tests.stories.people import of_unit, resident
from tests.stories.site import RECORDS, YUAN, Site
from tests.stories.test_s06_motion import (
    POLICY,
    committee,
    office,
    residents,
    workstation,
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The log of the whole story, and what was seen on the way."""
    path = tmp_path_factory.mktemp("long") / "town.db"
    site, seen = Site(PLACE, path, policy=POLICY), dict[str, Any]()
    reported(site)
    voted(site)
    id = seen["project"] = funded(site)
    built(site, id, seen)
    report = AddEvidence(id=MOTION, by=workstation, item="report", kind="report", sha256="b" * 64)
    complete = p.ReportCompletion(id=MOTION, by=workstation, measure="the shed stands", papers=("report",))
    site.do(report)
    seen["motion waits"] = site.refused(complete)

    # judged by three sources, every promise kept; the drain is still open, and holds the settlement up
    judges = {"self": (PLACE.secretary, 85), "peer": (of_unit("school"), 80), "external": (resident("s-f1"), 90)}
    site.evaluated(id, judges)
    site.kept(id)
    seen["drain waits"] = site.lacks(site.settlement(id))
    site.taken_in_hand(seen["drain"])
    site.put_right(seen["drain"])
    site.settled(id)

    # the motion is carried out, appraised and answered; the case takes the result back and tells who had reported it
    site.do(
        complete,
        p.HoldAppraisal(id=MOTION, by=residents, invited=20, came=12, score=88, papers=("report",)),
        p.PublishResult(id=MOTION, by=committee, public_text="The shed is open", papers=("report",)),
        p.ReplyToProposer(
            id=MOTION, by=office, request="a shed", facts="fires", grounds="the resolution", conclusion="it stands"
        ),
        k.TakeBackResult(id=CASE, by=PLACE.desk, measure="a charging shed stands at gate 3"),
    )
    site.closed(CASE)
    return path, site, seen


def test_every_record_has_come_to_its_good_end_and_owes_nothing(told):
    _, site, seen = told
    ends = {
        CASE: "closed",
        MOTION: "result_published",
        ROUND: "closed",
        seen["project"]: "settled",
        seen["drain"]: "closed",
    }
    assert {id: site.status(id) for id in ends} == ends
    for id in ends:
        assert site.loops(id) == set()


def test_each_waits_for_the_next_and_says_for_whom(told):
    _, _, seen = told
    assert seen["motion waits"] == {"linked_records_are_at_rest"}
    assert seen["unanswered"] == ["feedback f1 waits for its answer", "feedback f2 waits for its answer"]
    assert f"{seen['drain']} is awaited" in seen["drain waits"]
    assert seen["no hearing"] == {"hearing_is_recorded_if_residents_affected"}
    assert seen["on the ledger"] == {"ledger 1", "ledger 2"}


def test_the_way_can_be_walked_from_any_end(told):
    _, site, seen = told
    chain = [CASE, MOTION, ROUND, seen["project"], seen["drain"]]
    walks = {id: journey(site.engine, id) for id in chain}
    for walk in walks.values():
        assert [stop.record for stop in walk.stops] == chain  # in the order in which they began
        assert walk.happened == walks[CASE].happened
        assert walk.left_out == 0
    ties = {(stop.through, stop.tie, stop.record) for stop in walks[CASE].stops if stop.through}
    assert ties >= {
        (CASE, "converted", MOTION),
        (MOTION, "decided_by", ROUND),
        (MOTION, "spawned", seen["project"]),
        (seen["project"], "spawned", seen["drain"]),
    }


def test_what_happened_is_told_in_one_line_from_the_report_to_the_settlement(told):
    _, site, _ = told
    happened = [each.event for each in journey(site.engine, CASE).happened]
    steps = (
        "case.converted_to_proposal",
        "proposal.drafted",
        "proposal.vote_closed",
        "proposal.resolution_published",
        "budget_round.ballot_closed",
        "joint_project.proposed",
        "joint_project.parties_paired",
        "meeting.recorded",
        "joint_project.approved",
        "joint_project.work_started",
        "milestone.refused",
        "milestone.accepted",
        "feedback.transferred",
        "joint_project.acceptance_refused",
        "joint_project.delivery_accepted",
        "joint_project.evaluated",
        "joint_project.settled",
        "proposal.result_published",
        "case.target_result_taken_back",
        "case.closed",
    )
    assert happened[0] == "case.reported"
    assert set(steps) - set(happened) == set()
    last = {step: len(happened) - 1 - happened[::-1].index(step) for step in steps}
    assert [(before, after) for before, after in pairwise(steps) if last[before] >= last[after]] == []


def test_the_money_is_what_the_round_gave_and_the_receipts_say(told):
    _, site, seen = told
    project = site.get(seen["project"])
    (line,) = project.accounts.lines
    assert (line.source, line.budgeted, line.spent) == ("fiscal", COST * YUAN, 171_000 * YUAN)
    assert site.get(ROUND).item("entry", "shed").cost == COST * YUAN
    assert project.decision == ROUND


def test_feedback_rounds_and_scores_stay_readable(told):
    _, site, seen = told
    project = site.get(seen["project"])
    figures = feedback_figures(project)
    assert (figures.raised, figures.answered, figures.confirmed, figures.transferred) == (2, 1, 1, 1)
    assert (project.deliveries, project.evaluation.round) == (2, 2)
    assert project.item("milestone", "roof").refusals == 1
    assert project.evaluation.score == (20 * 8500 + 30 * 8000 + 50 * 9000) // 100
    assert project.signed == ("s-ma",)


def test_a_fresh_reading_of_the_log_is_the_same_and_names_nobody(told):
    path, site, _ = told
    site.audited("赵某", "block 3")
    with Engine.open(path, records=RECORDS, read_only=True) as log:
        assert {each.id: each.digest for each in log.records()} == {
            each.id: each.digest for each in site.engine.records()
        }


def test_a_motion_may_begin_its_project_itself_and_waits_for_it_until_it_ends_well_or_is_let_go():
    site = Site(PLACE, policy=POLICY)
    reported(site)
    voted(site)
    spawn = p.SpawnRecord(id=MOTION, by=workstation, title="A charging shed", target_kind="joint_project", awaited=True)
    site.do(spawn)
    (project,) = [each.id for each in site.engine.records() if each.kind_of_record == "joint_project"]
    assert site.get(project).item("link", f"spawned_by.{MOTION}").is_waited_for
    assert site.get(project).source == MOTION
    site.on_file(MOTION, "report", by=workstation, kind="report")
    complete = p.ReportCompletion(id=MOTION, by=workstation, measure="the shed stands", papers=("report",))
    assert site.lacks(complete) == [f"{project} is awaited"]

    # the project is given up: the motion is told, and somebody says what becomes of it before it is reported done
    site.do(c.CancelProject(id=project, by=PLACE.town, reason="the gate is moved"))
    assert site.lacks(complete) == [f"{project} is failed"]
    site.do(Unlink(id=MOTION, by=office, item=f"spawned.{project}", reason="the shed came with the new gate"))
    assert site.do(complete).status == "completed"
    site.audited()
