"""S8 社区事务管理约请制: a community invites three departments to a hearing; one comes, one declines, one is silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import CASE, Actor, Engine, NotAllowed, Role
from govflow.cases import commands as c
from govflow.messages import RecordedEvent
from govflow.regions.commitment import COMMITMENT, KeepCommitment
from govflow.regions.evidence import AddEvidence
from govflow.regions.invitation import (
    INVITATION,
    AcceptInvitation,
    AttendInvitation,
    DeclineInvitation,
    IssueInvitation,
)
from govflow.regions.meeting import MEETING, AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.meeting.model import Undertaking
from govflow.regions.supervision import SUPERVISION
from govflow.testing import PinnedClock

DEPARTMENTS = ("housing", "police", "transport")
X: dict[str, Any] = {"id": "locks"}
HEARING: dict[str, Any] = {"id": "locks", "item": "hearing"}

committee = Actor.of("huazhaobi", Role.COMMUNITY, level="community", area="jinniu/huazhaobi")
resident = Actor.of("s-1", Role.RESIDENT, Role.REPORTER)
desk = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="community", area="jinniu/huazhaobi")
property_firm = Actor.of("manager", Role.LEAD_UNIT, unit="property")


def of(unit: str) -> Actor:
    return Actor.of(f"clerk-of-{unit}", Role.ORGANISATION, unit=unit)


def attendance_rate(events: Iterable[RecordedEvent]) -> Fraction | None:
    """Invitations that were attended, of all that were issued and not taken back; None where there are none."""
    names = [each.name for each in events]
    issued = names.count("invitation.issued") - names.count("invitation.cancelled")
    return Fraction(names.count("invitation.attended"), issued) if issued else None


def test_one_department_comes_one_declines_with_reason_one_is_silent_and_the_district_hears_of_it():
    clock = PinnedClock()  # Monday 2 March 2026
    with Engine.open(
        records=[CASE.extended(regions=(COMMITMENT, MEETING, INVITATION, SUPERVISION))], now=clock
    ) as town:

        def refused(command: Any) -> tuple[str, ...]:
            with pytest.raises(NotAllowed) as caught:
                town.handle(command)
            return caught.value.codes

        def standing(region: str) -> dict[str, str]:
            return {key: str(item.status) for key, item in town.get("locks").items_of(region).items()}

        matter = {"title": "Private parking locks", "kind": "dispute", "category": "dispute", "channel": "visit"}
        town.handle_all(
            [
                c.ReportCase(**X, by=resident, **matter, level="community", area="jinniu/huazhaobi", reporter="s-1"),
                c.AcceptCase(**X, by=desk),
                c.AssignCase(**X, by=desk, lead_unit="property", unit_level="town"),
            ]
        )
        assert attendance_rate(town.history("locks")) is None

        # the committee announces the hearing in nine days and invites three departments of the district
        roll = ("s-1", "property", *DEPARTMENTS)
        announcement = AnnounceMeeting(
            **HEARING,
            by=committee,
            form="hearing",
            subject="what becomes of the locks",
            place="station hall",
            at_time=clock() + timedelta(days=9),
            roll=roll,
        )
        town.handle(announcement)
        for unit in DEPARTMENTS:
            town.handle(IssueInvitation(**X, by=committee, unit=unit, meeting="hearing"))
        reply_by = datetime(2026, 3, 9, 16, tzinfo=UTC)  # five working days: Monday 9 March 24:00 in Beijing
        owed = {(each.owes, each.until) for each in town.open_loops("locks") if each.region == "invitation"}
        assert owed == {(unit, reply_by) for unit in DEPARTMENTS}

        # they answer as equals: yes; no, with a reason; or not at all
        town.handle(AcceptInvitation(**X, item="housing.hearing", by=of("housing")))
        decline = DeclineInvitation(**X, item="police.hearing", by=of("police"))
        assert refused(decline) == ("reason_given",)
        town.handle(decline.changed(reason="a case before the court is pending"))
        clock.advance(days=7)
        assert town.tick().done["invitation.lapse"] == 0  # Monday 9 March: there is time until midnight
        clock.advance(days=1)
        assert town.tick().done["invitation.lapse"] == 1
        assert standing("invitation") == {
            "housing.hearing": "accepted",
            "police.hearing": "declined",
            "transport.hearing": "lapsed",
        }
        reminder = town.get("locks").item("supervision", "district.transport")
        assert (reminder.status, reminder.owner, reminder.reason_code, reminder.by) == (
            "reminded",
            "transport",
            "silent_on_invitation",
            "system",
        )
        assert standing("supervision") == {"district.transport": "reminded"}  # the one that declined is not reported

        # the hearing, its signed record, and what those who were there undertake together
        clock.advance(days=1)
        present = ("s-1", "property", "housing")
        town.handle_all(
            [
                HoldMeeting(**HEARING, by=committee, attended=present),
                AttendInvitation(**X, item="housing.hearing", by=committee),
                AddEvidence(**X, by=committee, item="minutes", kind="document", sha256="a" * 64),
            ]
        )
        until = clock() + timedelta(days=14)
        together = (
            Undertaking(unit="property", what="take the locks away", until=until),
            Undertaking(unit="housing", what="draw the lines anew", until=until),
        )
        record = RecordMeeting(
            **HEARING,
            by=committee,
            minutes=("minutes",),
            signed_by=("huazhaobi", *present),
            consensus="places are shared by the hour",
            opinions_for=21,
            opinions_against=4,
            undertakings=together,
        )
        absent = together[0].changed(unit="transport")
        assert refused(record.changed(undertakings=(*together, absent))) == (
            "undertakings_are_signed_by_those_who_give_them",
        )
        town.handle(record)
        promised = {
            (each.owes, each.what, each.until) for each in town.open_loops("locks") if each.region == "commitment"
        }
        assert promised == {(each.unit, each.what, until) for each in together}
        assert attendance_rate(town.history("locks")) == Fraction(1, 3)

        # what is promised is kept, or it stands as broken: the property firm kept its word, housing did not yet
        town.handle(KeepCommitment(**X, item="hearing.1", by=committee))
        clock.advance(days=15)
        town.tick()
        assert standing("commitment") == {"hearing.1": "kept", "hearing.2": "broken"}
        assert {each.item for each in town.open_loops("locks") if each.region == "commitment"} == {"hearing.2"}
