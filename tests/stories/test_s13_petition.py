"""S13 a petition to the end: 60 days, 30 more, reply, 复查, 复核 with six days of hearing, 终结, 不再受理."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Engine, NotAllowed, Role
from govflow.cases import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.regions.invitation import INVITATION
from govflow.regions.meeting import MEETING, AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.testing import PinnedClock

petitioner = Actor.of("s-7", Role.RESIDENT, Role.REPORTER)
desk = Actor.of("petition-office", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="town")
bureau = Actor.of("clerk", Role.LEAD_UNIT, unit="housing")
head = Actor.of("director", Role.UNIT_HEAD, unit="housing")
review = Actor.of("district-government", Role.REVIEW_BODY, level="district")

HEARD = CASE.extended(regions=(MEETING, INVITATION))
X: dict[str, Any] = {"id": "petition"}
HEARING: dict[str, Any] = {"id": "petition", "item": "hearing", "by": review}
MATTER: dict[str, Any] = {
    "title": "Resettlement not paid",
    "kind": "petition",
    "category": "petition",
    "channel": "visit",
    "level": "town",
    "area": "district/town",
    "reporter": "s-7",
}
DECISION: dict[str, Any] = {
    "request": "payment of the resettlement",
    "facts": "paid in part",
    "grounds": "expropriation rules §17",
    "conclusion": "not supported",
    "sends_back": False,
}


def end_of(month: int, day: int) -> datetime:
    """24:00 of that day in Beijing, 2026."""
    return datetime(2026, month, day, 16, tzinfo=UTC)


def test_a_petition_runs_through_review_and_recheck_and_is_not_accepted_again():
    clock = PinnedClock()  # Monday 2 March 2026
    with Engine.open(now=clock, records=[HEARD]) as engine:

        def due(name: str) -> Any:
            return engine.get("petition").clocks[name].due

        def refused(command: Any) -> tuple[str, ...]:
            with pytest.raises(NotAllowed) as caught:
                engine.handle(command)
            return caught.value.codes

        engine.handle(c.ReportCase(**X, by=petitioner, **MATTER))
        assert due("acceptance") == end_of(3, 17)  # §23: 15 days
        engine.handle(c.AcceptCase(**X, by=desk))
        assert due("handling") == end_of(5, 1)  # §34: 60 days; without roll-forward over Labour Day (§3.9)
        engine.handle_all(
            [
                c.AssignCase(**X, by=desk, lead_unit="housing"),
                LogContact(**X, by=bureau, reached=True, way="visit"),
                c.StartHandling(**X, by=bureau),
            ]
        )

        clock.advance(days=50)
        longer = c.ExtendDeadline(**X, by=bureau, length=30, reason="files abroad", told_by="letter")
        assert refused(longer) == ("approval_is_given",)
        engine.handle(RequestApproval.of(longer, engine.get("petition")))
        engine.handle_all([GiveApproval(**X, by=head, item="1"), longer])
        assert due("handling") == end_of(5, 31)  # §34: 30 more, once
        again = longer.changed(command_id="again", length=1)
        assert set(refused(again)) == {"extended_only_once", "approval_is_given"}

        clock.advance(days=30)
        engine.handle_all(
            [
                AddEvidence(**X, by=bureau, item="file", sha256="c" * 64),
                c.SubmitResult(**X, by=bureau, measure="written opinion", evidence=("file",)),
                c.GiveFeedback(**X, by=bureau, to_level="town", to_reporter=True, public_text="not supported"),
            ]
        )
        assert engine.get("petition").clocks["handling"].status == "met"
        assert due("review_request") == end_of(6, 22)  # §35: 30 days from 21 May = Sat 20 June; 民法典 §203: Monday

        clock.advance(days=10)
        assert "review_is_decided" in refused(c.RequestRecheck(**X, by=petitioner, reason="unfair"))
        engine.handle(c.RequestReview(**X, by=petitioner, reason="unfair"))
        assert due("review") == end_of(6, 30)  # §35: 30 days from 31 May
        clock.advance(days=20)
        engine.handle(c.DecideReview(**X, by=review, **DECISION))
        # asked for before the case was closed: what is owed to its closing is owed still
        assert engine.get("petition").status == "fed_back"
        assert due("recheck_request") == end_of(7, 20)  # §36: 30 days from 20 June
        assert "no_review_is_decided" in refused(c.RequestReview(**X, by=petitioner, reason="again"))

        clock.advance(days=10)
        engine.handle(c.RequestRecheck(**X, by=petitioner, reason="unfair"))
        assert due("recheck") == end_of(7, 30)  # §36: 30 days from 30 June

        # §36: the hearing is not counted, from its announcement on 10 July until its record is signed on 16 July
        clock.advance(days=10)
        roll, said = ("s-7", "housing", "lawyer-1"), {"subject": "the payment", "place": "hall 2"}
        engine.handle(
            AnnounceMeeting(**HEARING, form="hearing", at_time=clock() + timedelta(days=3), roll=roll, **said)
        )
        assert engine.get("petition").clocks["recheck"].status == "paused"
        clock.advance(days=3)
        engine.handle(HoldMeeting(**HEARING, attended=roll))
        assert engine.get("petition").clocks["recheck"].status == "paused"  # held, but not signed
        early = c.DecideRecheck(**X, by=review, **DECISION)
        assert "loops_are_handed_over" in refused(early)  # nor is it decided before that
        clock.advance(days=3)
        engine.handle(AddEvidence(**X, by=desk, item="minutes", sha256="d" * 64))
        record = RecordMeeting(
            **HEARING,
            minutes=("minutes",),
            signed_by=("district-government", *roll),
            dissent="on the year that counts",
            opinions_for=1,
            opinions_against=2,
        )
        assert refused(record.changed(signed_by=roll)) == ("record_is_signed",)
        engine.handle(record)
        recheck = engine.get("petition").clocks["recheck"]
        # the 10th, 11th, 12th, 13th, 14th and 15th of July stood still: 30 July + 6 days
        assert (recheck.status, recheck.due, recheck.paused_for) == ("running", end_of(8, 5), timedelta(days=6))

        clock.advance(days=18)  # 3 August: late by the old date, in time by the new one
        assert end_of(7, 30) < clock() < end_of(8, 5)
        open_before = engine.open_loops("petition")
        final = c.DecideRecheck(**X, by=review, **DECISION)
        assert {loop.region for loop in open_before} == {"verification", "evaluation"}
        ended: Any = engine.handle(final)
        assert ended.status == "terminated"
        assert ended.clocks["recheck"].status == "met"
        assert engine.open_loops("petition") == ()

        # the same facts again: not accepted, but refused with the coded reason that names the terminated case
        engine.handle(c.ReportCase(id="again", by=petitioner, **MATTER))
        accept = c.AcceptCase(id="again", by=desk, same_as=("petition",))
        assert refused(accept) == ("matter_is_not_terminated_or_open_elsewhere",)
        reject = c.RejectCase(
            id="again", by=desk, reason_code="terminated_same_facts", reason="§36: final", told_by="letter"
        )
        assert refused(reject) == ("reason_is_coded",)
        assert engine.handle(reject.changed(same_as=("petition",))).status == "rejected"
        assert "step_is_in_the_table" in refused(c.ReopenCase(**X, by=petitioner, ground="still", facts_are_new=True))
