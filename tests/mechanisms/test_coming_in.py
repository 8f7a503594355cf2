"""How matters come in and go up or are solved at once: M001, M002, M007, M008, M012, M018, M024, M040, M046."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from govflow import (
    CASE,
    SYSTEM,
    Actor,
    Command,
    CommandReused,
    Decider,
    Engine,
    NotAllowed,
    Record,
    Rest,
    Role,
    Status,
    Step,
    Workflow,
)
from govflow.cases import commands as c
from govflow.cases.events import CaseReported, DiscoveryDismissed
from govflow.messages import Event, Words
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import LINK, LinkAdded, LinkUnlinked, mirrored, mirrored_unlink
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from tests.support import (
    AREA,
    MATTER,
    TOLD,
    Town,
    a_case,
    a_town,
    community,
    desk,
    dispatcher,
    grid_worker,
    lead,
    resident,
    verifier,
)

X: dict[str, Any] = {"id": "x"}
PHOTO: dict[str, Any] = {"item": "e1", "kind": "photo", "sha256": "0" * 64}
FIXED: dict[str, Any] = {"measure": "manhole covered", "evidence": ("e1",)}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def test_the_five_steps_come_in_order_and_none_is_skipped():  # M001 发现—上报—分配—处置—反馈
    town = a_town()
    chain: list[Command] = [
        c.DiscoverCase(**X, by=grid_worker, **MATTER),
        c.ReportCase(**X, by=grid_worker, **MATTER),
        c.AcceptCase(**X, by=desk),
        c.AssignCase(**X, by=dispatcher, lead_unit="water"),
        c.StartHandling(**X, by=lead),
        c.SubmitResult(**X, by=lead, **FIXED),
        c.GiveFeedback(**X, by=lead, to_level="community", to_reporter=True),
        c.CloseCase(**X, by=dispatcher),
    ]
    beside: dict[str, Command] = {
        "case.start_handling": LogContact(**X, by=lead, reached=True, way="phone"),
        "case.submit_result": AddEvidence(**X, by=lead, **PHOTO),
        "case.close": PassVerification(**X, by=verifier, item="r1"),
    }

    reached = []
    for place, step in enumerate(chain[:-1]):
        if place:  # nothing further down the chain may come first
            for later in chain[place + 1 :]:
                assert "step_is_in_the_table" in refused(town, later), (step.wire, later.wire)
        if step.wire in beside:
            town.do(beside[step.wire])
        reached.append(town.do(step).status)
    assert reached == ["discovered", "reported", "accepted", "assigned", "in_handling", "handled", "fed_back"]


def test_what_a_level_cannot_solve_goes_up_one_level_and_the_answer_comes_down_to_where_it_began():  # M002
    town = a_town()
    town.do(c.ReportCase(**X, by=grid_worker, **{**MATTER, "level": "grid"}))

    def raise_to(level: str) -> c.EscalateCase:
        return c.EscalateCase(**X, by=community, to_level=level, reason="too big", own_measures="tried to mend it")

    assert refused(town, raise_to("town")) == ("raised_exactly_one_level",)
    assert refused(town, raise_to("grid")) == ("raised_exactly_one_level",)
    assert town.do(raise_to("community")).level == "community"
    case = town.do(raise_to("town"))
    assert (case.level, case.reporting_level) == ("town", "grid")
    town_desk = Actor.of("town-desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="town")
    below = Actor.of("hzb-desk", Role.ACCEPTANCE_DESK, level="community")
    assert "role_is_held" in refused(town, c.AcceptCase(**X, by=below))

    town.do(
        c.AcceptCase(**X, by=town_desk),
        c.AssignCase(**X, by=town_desk, lead_unit="water"),
        LogContact(**X, by=lead, reached=True, way="phone"),
        c.StartHandling(**X, by=lead),
    )
    beyond = c.EscalateInHandling(**X, by=lead, to_level="district", reason="the main belongs to the district")
    assert town.do(beyond).level == "district"
    town.do(
        c.AssignCase(**X, by=Actor.of("district-desk", Role.DISPATCHER, level="district"), lead_unit="water"),
        c.StartHandling(**X, by=lead),
        AddEvidence(**X, by=lead, **PHOTO),
        c.SubmitResult(**X, by=lead, **FIXED),
    )
    for elsewhere in ("community", "town", "district"):
        answer = c.GiveFeedback(**X, by=lead, to_level=elsewhere, to_reporter=True)
        assert refused(town, answer) == ("feedback_reaches_all_it_is_owed_to",)
    assert town.do(c.GiveFeedback(**X, by=lead, to_level="grid", to_reporter=True)).status == "fed_back"


def test_whatever_the_channel_one_event_opens_the_same_case():  # M007 上面千条线、基层一张网
    town = a_town()
    lines = {
        "phone": resident,
        "wechat": resident,
        "patrol": grid_worker,
        "fire department": Actor.of("fire", Role.ORGANISATION, unit="fire"),
        "water bureau": Actor.of("water", Role.ORGANISATION, unit="water"),
        "leader's letterbox": Actor.of("mayor", Role.LEADER),
        "counter": desk,
        "sensor": SYSTEM,
    }
    cases = [town.do(c.ReportCase(by=by, **{**MATTER, "channel": channel})) for channel, by in lines.items()]

    opened = [town.engine.history(case.id)[0] for case in cases]
    assert {each.name for each in opened} == {"case.reported"}
    assert [case.channel for case in cases] == list(lines)
    bodies = [each.body.model_dump(exclude={"channel", "by"}) for each in opened]
    assert all(body == bodies[0] for body in bodies)
    assert {case.status for case in cases} == {"reported"}
    next_steps = {tuple(each.command for each in town.engine.allowed(case.id, desk)) for case in cases}
    assert len(next_steps) == 1


def test_an_informants_first_sign_is_marked_and_counted_before_the_matter_grows():  # M008 信息员早报告
    town = a_town()
    informant = Actor.of("informant-1", Role.RESIDENT, Role.REPORTER)
    sign = {**MATTER, "channel": "informant", "reporter": "informant-1", "severity": "high"}
    seed = town.do(c.ReportCase(by=informant, **sign, pre_emptive=True, signal="villagers begin to organise"))
    town.do(c.ReportCase(by=informant, **sign))

    assert (seed.channel, seed.severity, seed.pre_emptive) == ("informant", "high", True)
    assert seed.signal == "villagers begin to organise"
    later = town.do(
        c.EscalateCase(id=seed.id, by=community, to_level="town", reason="seed is above us", beyond_powers=True)
    )
    assert (later.pre_emptive, later.signal) == (True, seed.signal)
    reports = [each.body for each in town.engine.events() if isinstance(each.body, CaseReported)]
    assert Fraction(sum(report.pre_emptive for report in reports), len(reports)) == Fraction(1, 2)


def test_a_report_sent_twice_at_night_makes_one_case(tmp_path: Path):  # M012 线上自助渠道
    sunday_3_am = datetime(2026, 3, 7, 19, tzinfo=UTC)
    sent = c.ReportCase(by=resident, command_id="form-7a31", **{**MATTER, "channel": "wechat"})
    path = tmp_path / "town.db"
    with Engine.open(path, now=PinnedClock(sunday_3_am)) as engine:
        first = engine.handle(sent)
        assert engine.handle(sent).id == first.id
    with Engine.open(path, now=PinnedClock(sunday_3_am + timedelta(hours=5))) as engine:  # and after a restart
        head = engine.store.head()
        assert engine.handle(sent).id == first.id
        assert engine.store.head() == head
        with pytest.raises(CommandReused):  # one key stands for one submission
            engine.handle(sent.changed(title="Broken lamp"))
        another = engine.handle(sent.changed(command_id="form-7a32"))
        assert [record.id for record in engine.records()] == [first.id, another.id]


def test_what_the_grid_fixes_on_the_spot_skips_dispatch_but_not_the_answer_or_the_check():  # M018 就地及时解决
    town = a_town()
    for number in range(1, 5):
        town.do(c.ReportCase(id=f"g{number}", by=grid_worker, **{**MATTER, "level": "grid"}))
    for id in ("g1", "g2", "g3"):
        town.do(AddEvidence(id=id, by=grid_worker, **PHOTO), c.ResolveOnSpot(id=id, by=grid_worker, **FIXED))
    up = c.EscalateCase(id="g4", by=community, to_level="community", reason="too big", own_measures="tried")
    town.do(up)

    assert "step_is_in_the_table" in refused(town, c.CloseCase(id="g1", by=dispatcher))
    town.do(c.GiveFeedback(id="g1", by=grid_worker, to_level="grid", to_reporter=True))
    owed = refused(town, c.CloseCase(id="g1", by=dispatcher))
    assert owed == ("verification_has_passed", "evaluation_is_recorded_or_elapsed", "no_loop_is_open")
    own_check = PassVerification(id="g1", by=Actor.of(grid_worker.id, Role.VERIFIER), item="r1")
    assert "verified_by_another" in refused(town, own_check)

    steps = Counter(each.name for each in town.engine.events())
    assert steps["case.assigned"] == 0
    solved = [case for case in map(town.engine.get, ("g1", "g2", "g3", "g4")) if case.status in ("handled", "fed_back")]
    assert Fraction(sum(case.level == "grid" for case in solved), steps["case.reported"]) == Fraction(3, 4)


class WorksStatus(Status):
    """Where a works project stands."""

    PROPOSED = "proposed", "已提出"
    DONE = "done", "完成", Rest.OUTCOME


class BeginWorks(Command, wire="joint_project.begin_works"):
    title: Words = ""


class WorksBegun(Event, name="joint_project.works_begun"):
    title: Words = ""


class FinishWorks(Command, wire="joint_project.finish_works"):
    pass


class WorksFinished(Event, name="joint_project.works_finished"):
    pass


class Works(Record):
    kind_of_record = "joint_project"
    title: str = ""


def joint_projects() -> Decider:
    """The smallest record that a case can go on as."""
    who = (Role.PROJECT_LEAD, Role.SYSTEM)
    steps = (
        Step("W1", BeginWorks, None, WorksBegun, WorksStatus.PROPOSED, who),
        Step("W2", FinishWorks, WorksStatus.PROPOSED, WorksFinished, WorksStatus.DONE, who),
    )
    return Decider(
        Workflow("joint_project", WorksStatus, zh="共建项目", steps=steps),
        Works,
        {
            WorksBegun: lambda works, event: {"status": WorksStatus.PROPOSED, "title": event.title},
            WorksFinished: lambda works, event: {"status": WorksStatus.DONE},
        },
        prefix="J",
        regions=(LINK,),
        reactions={LinkAdded: mirrored, LinkUnlinked: mirrored_unlink},
        opens=lambda id, source, command: BeginWorks(id=id, by=SYSTEM, title=source.title_line),
        succeeded=(WorksStatus.DONE,),
    )


def test_what_cannot_be_fixed_at_once_becomes_exactly_one_project_and_takes_its_result_back():  # M024 即知即改
    town = a_town(records=[CASE, joint_projects()])
    town.do(c.ReportCase(id="hole", by=grid_worker, **MATTER), AddEvidence(id="hole", by=grid_worker, **PHOTO))
    assert town.do(c.ResolveOnSpot(id="hole", by=grid_worker, **FIXED)).status == "handled"

    a_case(town, "accepted", id="x")
    convert = c.ConvertToProject(**X, by=dispatcher, reason="the whole street needs new pipes", told_by=TOLD)
    target = town.do(convert).converted_to
    assert target is not None
    town.do(convert)
    projects: list[Any] = [each for each in town.engine.records() if each.kind_of_record == "joint_project"]
    assert [(project.id, project.title) for project in projects] == [(target, "Water leak")]
    assert [item.other for item in projects[0].items_of("link").values()] == ["x"]

    back = c.TakeBackResult(**X, by=dispatcher, measure="pipes renewed")
    assert refused(town, back) == ("conversion_target_has_succeeded",)
    town.do(FinishWorks(id=target, by=Actor.of("builder", Role.PROJECT_LEAD)))
    assert town.do(back).status == "handled"


def test_a_sensor_opens_a_case_by_its_reference_and_no_footage_can_be_stored():  # M040 雪亮工程
    town = a_town()
    seen = {**MATTER, "channel": "sensor", "reporter": None, "kind": "hazard"}
    town.do(c.DiscoverCase(**X, by=SYSTEM, **seen, signal="water level above mark"))
    reference: dict[str, Any] = {"item": "cam-17", "kind": "video", "media_type": "video/mp4", "sha256": "a" * 64}
    case = town.do(
        c.ReportCase(**X, by=SYSTEM, **seen),
        AddEvidence(**X, by=grid_worker, **reference, reference="cctv:17/2026-03-02T09:00"),
    )

    piece = case.item("evidence", "cam-17")
    assert (case.channel, piece.reference, piece.sha256) == ("sensor", "cctv:17/2026-03-02T09:00", "a" * 64)
    assert case.signal == "water level above mark"
    for name in ("content", "data", "footage"):
        with pytest.raises(ValidationError):
            AddEvidence(**X, by=grid_worker, **reference, **{name: "AAAA"})
    stored = town.engine.history("x")[-1].body.model_dump(exclude={"at", "by", "in_stead_of", "clocks"})
    assert stored == {**reference, "reference": "cctv:17/2026-03-02T09:00"}


def test_each_of_248_clues_is_taken_up_or_dismissed_with_a_reason_by_somebody_else():  # M046 巡察线索
    town = a_town()
    inspector = Actor.of("inspector", Role.ORGANISATION, Role.COMMUNITY)
    clue = {**MATTER, "kind": "lead", "channel": "inspection", "reporter": None, "area": AREA}
    ids = [f"clue-{number:03}" for number in range(1, 249)]
    town.engine.handle_all(c.DiscoverCase(id=id, by=inspector, **clue) for id in ids)
    assert Counter(record.status for record in town.engine.records()) == {"discovered": 248}

    dismiss = c.DismissDiscovery(id=ids[-1], by=community, reason="hearsay, no trace found")
    assert refused(town, dismiss.changed(reason=" ")) == ("reason_given",)
    assert refused(town, dismiss.changed(by=inspector)) == ("decided_by_another",)
    assert "step_is_in_the_table" in refused(town, c.AcceptCase(id=ids[0], by=desk))  # not verified yet
    town.engine.handle_all(c.ReportCase(id=id, by=grid_worker, **clue) for id in ids[:200])
    town.engine.handle_all(c.AcceptCase(id=id, by=desk) for id in ids[:200])
    town.engine.handle_all(
        c.DismissDiscovery(id=id, by=community, reason="hearsay, no trace found") for id in ids[200:]
    )
    assert Counter(record.status for record in town.engine.records()) == {"accepted": 200, "dismissed": 48}
    reasons = [each.body.reason for each in town.engine.events() if isinstance(each.body, DiscoveryDismissed)]
    assert reasons == ["hearsay, no trace found"] * 48
