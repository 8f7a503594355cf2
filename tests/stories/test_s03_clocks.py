"""S3 詹湖村 种子, with its clocks: from the village to the town to the district, two units at work; dates by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from govflow import Actor, Engine, Role
from govflow.cases import commands as c
from govflow.regions import joint_handling as jh
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from tests.calendars.samples import end_of, local

X: dict[str, Any] = {"id": "seed"}
informant = Actor.of("informant-1", Role.RESIDENT, Role.REPORTER)
village = Actor.of("zhanhu", Role.COMMUNITY, Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="community")
town = Actor.of("town-desk", Role.TOWN, Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="town")
district = Actor.of("district-desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="district")
agriculture = Actor.of("chen", Role.LEAD_UNIT, unit="agriculture")
station = Actor.of("qiu", Role.LEAD_UNIT, unit="station")
market = Actor.of("guo", Role.CO_UNIT, unit="market-supervision")
supervisor = Actor.of("su", Role.SUPERVISOR)
verifier = Actor.of("third-party", Role.VERIFIER)

REPORT: dict[str, Any] = {
    "title": "Low heading rate, seed suspected",
    "kind": "lead",
    "channel": "informant",
    "category": "collective",
    "level": "community",
    "area": "county/zhanhu",
    "signal": "collective",
    "pre_emptive": True,
    "collective": True,
    "representatives": 5,
    "reporter": "informant-1",
}


class Story:
    """One log whose clock is set by local time, and the dates in it."""

    def __init__(self) -> None:
        self.clock = PinnedClock(local("2026-03-02T09:00"))  # a Monday
        self.engine = Engine.open(now=self.clock)

    def on(self, moment: str) -> None:
        self.clock.set(local(moment))

    def do(self, *commands: Any) -> None:
        for command in commands:
            self.engine.handle(command)

    def due(self, clock: str) -> datetime | None:
        return self.engine.get("seed").clocks[clock].due

    def status(self, clock: str) -> str:
        return self.engine.get("seed").clocks[clock].status

    def raise_to(self, by: Actor, level: str) -> None:
        self.do(c.EscalateCase(**X, by=by, to_level=level, reason="seed is above us", beyond_powers=True))


def test_each_level_has_two_hours_to_take_it_in_and_the_district_two_units_to_work_on_it():
    story = Story()
    due, status = story.due, story.status
    story.do(c.ReportCase(**X, by=informant, **REPORT))
    assert due("acceptance") == local("2026-03-02T11:00")  # 2 h
    story.on("2026-03-02T10:30")
    story.raise_to(village, "town")
    assert due("acceptance") == local("2026-03-02T12:30")  # the town's own two hours
    story.on("2026-03-02T12:00")
    story.raise_to(town, "district")
    assert (due("acceptance"), story.engine.get("seed").clocks["acceptance"].run) == (local("2026-03-02T14:00"), 3)

    story.on("2026-03-02T13:45")
    story.do(c.AcceptCase(**X, by=district))
    assert (status("acceptance"), due("assignment")) == ("met", end_of("2026-03-03"))
    story.on("2026-03-03T09:00")
    units = {"lead_unit": "agriculture", "co_units": ("market-supervision",), "unit_level": "district"}
    story.do(c.AssignCase(**X, by=district, **units, co_task="test the seed"))
    assert {
        name: due(name)
        for name in (
            "receipt",
            "contact",
            "handling",
            "joint_reply:market-supervision",
            "joint_task:market-supervision",
        )
    } == {
        "receipt": end_of("2026-03-04"),
        "contact": local("2026-03-04T09:00"),
        "handling": end_of("2026-03-10"),  # 4 5 6 | 9 10
        "joint_reply:market-supervision": end_of("2026-03-05"),
        "joint_task:market-supervision": end_of("2026-03-10"),  # by the lead's end
    }
    story.on("2026-03-04T08:30")
    part: dict[str, Any] = {**X, "by": market, "item": "market-supervision"}
    story.do(
        LogContact(**X, by=agriculture, reached=True, way="visit"),
        c.SignOrder(**X, by=agriculture),
        jh.AcceptJointHandling(**part),
    )
    assert due("objection_window") == end_of("2026-03-11")  # 5 6 | 9 10 11
    story.do(c.StartHandling(**X, by=agriculture))
    assert [status(name) for name in ("receipt", "contact", "objection_window", "joint_reply:market-supervision")] == [
        "met",
        "met",
        "cancelled",
        "met",
    ]

    # the laboratory is outside: the lead's clock stands still from Thursday to Monday, the co-unit's does not
    story.on("2026-03-05T09:00")
    review_at = story.clock() + timedelta(days=10)
    stop = c.SuspendCase(**X, by=agriculture, cause="on_account", review_at=review_at, told_by="visit")
    story.do(RequestApproval.of(stop, story.engine.get("seed")), GiveApproval(**X, by=supervisor, item="1"), stop)
    story.on("2026-03-09T09:00")
    story.do(c.ResumeCase(**X, by=agriculture))
    assert due("handling") == end_of("2026-03-12")  # 4 | 9 10 11 12: Thursday and Friday stood still
    assert due("joint_task:market-supervision") == end_of("2026-03-10")

    story.on("2026-03-11T08:00")
    story.engine.tick()
    assert (status("joint_task:market-supervision"), status("handling")) == ("overdue", "running")
    story.on("2026-03-12T15:00")
    story.do(
        AddEvidence(**X, by=agriculture, item="lab", kind="report", sha256="a" * 64),
        jh.FinishJointHandling(**part, measure="seller fined", evidence=("lab",)),
        c.SubmitResult(**X, by=agriculture, measure="seed tested, loss paid", evidence=("lab",)),
    )
    assert (status("joint_task:market-supervision"), status("handling")) == ("met_late", "met")  # each measured apart
    assert due("feedback") == end_of("2026-03-16")  # 13 | 16

    story.on("2026-03-13T09:00")
    story.do(c.GiveFeedback(**X, by=agriculture, to_level="community", to_reporter=True))
    assert (due("verification"), due("evaluation")) == (end_of("2026-03-18"), end_of("2026-03-20"))
    story.on("2026-03-16T09:00")
    pleased = {"contacted": True, "resolved": True, "satisfied": True}
    story.do(
        PassVerification(**X, by=verifier, item="r1"),
        RecordEvaluation(**X, by=informant, item="r1.informant-1", **pleased),
        c.CloseCase(**X, by=district),
    )
    assert due("reopen_window") == end_of("2026-04-15")

    whys = {why.clock: why for why in story.engine.why_due("seed", now=story.clock())}
    assert {name: why.agrees for name, why in whys.items() if why.agrees is not True} == {
        "joint_task:market-supervision": None,  # named: the lead's end
        "suspension_review": None,
    }
    ended = next(line.en for line in whys["joint_task:market-supervision"].lines if line.code == "met_late")
    assert ended.startswith("met 2026-03-12 15:00, 1 day 15 hours late")
    story.on("2026-04-16T08:00")
    story.engine.tick()
    assert (status("reopen_window"), story.engine.get("seed").status) == ("elapsed", "closed")


def test_nobody_handles_it_and_by_rule_it_goes_up_level_by_level_to_the_district():
    story = Story()
    due, status = story.due, story.status
    story.do(
        c.ReportCase(**X, by=informant, **REPORT),
        c.AcceptCase(**X, by=village),
        c.AssignCase(**X, by=village, lead_unit="station", unit_level="town"),
        LogContact(**X, by=station, reached=True, way="visit"),
        c.StartHandling(**X, by=station),
    )
    assert due("handling") == end_of("2026-03-09")

    # three working days over: 10 11 12 March; nothing ran from then until Saturday morning
    story.on("2026-03-12T20:00")
    story.engine.tick()
    assert (status("handling"), story.engine.get("seed").level) == ("overdue", "community")
    story.on("2026-03-14T08:00")
    done = story.engine.tick().done
    case = story.engine.get("seed")
    assert (done["escalation"], case.level, case.status) == (1, "town", "accepted")
    assert (due("handling"), due("assignment")) == (end_of("2026-03-20"), end_of("2026-03-16"))
    raised = story.engine.history("seed")[-1]
    assert (raised.meta.actor, raised.body.at) == ("system", local("2026-03-14T08:00"))

    story.on("2026-03-16T09:00")
    story.do(c.AssignCase(**X, by=town, lead_unit="station", unit_level="town"))
    assert due("handling") == end_of("2026-03-20")  # the town's limit runs from when it came up, not from the order
    story.on("2026-03-26T08:00")
    story.engine.tick()  # 23 24 25 March
    assert (story.engine.get("seed").level, due("handling")) == ("district", end_of("2026-04-02"))
    story.do(c.AssignCase(**X, by=district, lead_unit="agriculture", unit_level="district"))

    # above the district there is nobody: it stays overdue there, said once
    story.on("2026-05-29T08:00")
    story.engine.tick()
    head = story.engine.store.head()
    story.engine.tick()
    assert story.engine.store.head() == head
    assert (story.engine.get("seed").level, status("handling")) == ("district", "overdue")
    bodies: list[Any] = [each.body for each in story.engine.history("seed")]
    levels = [body.to_level for body in bodies if body.name == "case.escalated_in_handling"]
    missed = [each.body.at for each in story.engine.history("seed") if each.name == "clock.deadline_missed"]
    assert levels == ["town", "district"]
    assert {end_of("2026-03-09"), end_of("2026-03-20"), end_of("2026-04-02")} <= set(missed)
    assert story.engine.get("seed").clocks["handling"].run == 3
