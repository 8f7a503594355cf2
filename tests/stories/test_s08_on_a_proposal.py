"""S8 社区事务管理约请制, on a proposal: three departments are invited to its hearing before anything is decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from govflow import Actor, Role
from govflow.proposals import commands as c
from govflow.regions.commitment import KeepCommitment
from govflow.regions.invitation import (
    AcceptInvitation,
    AttendInvitation,
    DeclineInvitation,
    IssueInvitation,
)
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.meeting.model import Undertaking
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from tests.proposals.hall import Hall, committee, office, paper

DEPARTMENTS = ("housing", "police", "transport")
M: dict[str, Any] = {"id": "m"}
HEARING: dict[str, Any] = {"id": "m", "item": "hearing"}


def of(unit: str) -> Actor:
    return Actor.of(f"clerk-of-{unit}", Role.ORGANISATION, unit=unit)


def standing(hall: Hall, region: str) -> dict[str, str]:
    return {key: str(item.status) for key, item in hall.get().items_of(region).items()}


def test_a_hearing_on_a_proposal_with_three_departments_of_which_one_comes_and_undertakes_its_part():
    hall = Hall().motion("consulting", title="Places by the hour", text="Parking places are shared by the hour")
    hearing = AnnounceMeeting(
        **HEARING,
        by=committee,
        form="hearing",
        subject="places by the hour",
        place="station hall",
        at_time=hall.clock() + timedelta(days=9),
        roll=("s-wang", "s-li", *DEPARTMENTS),
    )
    hall.do(hearing, *(IssueInvitation(**M, by=committee, unit=unit, meeting="hearing") for unit in DEPARTMENTS))
    reply_by = datetime(2026, 3, 9, 16, tzinfo=UTC)  # five working days: Monday 9 March 24:00 in Beijing
    owed = {(each.owes, each.until) for each in hall.engine.open_loops("m") if each.region == "invitation"}
    assert owed == {(unit, reply_by) for unit in DEPARTMENTS}

    # one accepts, one declines with a reason, one is silent and the district hears of it
    decline = DeclineInvitation(**M, item="police.hearing", by=of("police"))
    hall.do(AcceptInvitation(**M, item="housing.hearing", by=of("housing")))
    assert hall.refused(decline) == ("reason_given",)
    hall.do(decline.changed(reason="a matter before the court"))
    hall.wait(days=7)
    assert standing(hall, "invitation")["transport.hearing"] == "issued"  # there is time until midnight
    hall.wait(days=1)
    assert standing(hall, "invitation") == {
        "housing.hearing": "accepted",
        "police.hearing": "declined",
        "transport.hearing": "lapsed",
    }
    assert standing(hall, "supervision") == {"district.transport": "reminded"}

    # the hearing, before anybody decides: what was said there is answered like every opinion
    hall.wait(days=1)
    hall.do(
        HoldMeeting(**HEARING, by=committee, attended=("s-wang", "s-li", "housing")),
        AttendInvitation(**M, item="housing.hearing", by=committee),
        paper("m", "minutes", committee),
        RecordOpinion(
            **M, by=of("housing"), on_behalf_of="housing", text="leave the fire lane free", meeting="hearing"
        ),
    )
    until = hall.clock() + timedelta(days=60)
    record = RecordMeeting(
        **HEARING,
        by=committee,
        minutes=("minutes",),
        signed_by=("committee-1", "s-wang", "s-li", "housing"),
        consensus="by the hour, the fire lane free",
        opinions_for=21,
        opinions_against=4,
        undertakings=(Undertaking(unit="housing", what="draw the lines anew", until=until),),
    )
    absent = Undertaking(unit="transport", what="nothing it knows of", until=until)
    assert hall.refused(record.changed(undertakings=(absent,))) == ("undertakings_are_signed_by_those_who_give_them",)
    hall.do(record)
    given = [str(each.status) for each in hall.get().items_of("invitation").values()]
    assert Fraction(given.count("attended"), len(given)) == Fraction(1, 3)

    # it is not decided before what housing said is answered
    close = c.CloseConsultation(**M, by=office, roll_confirmed=True)
    assert hall.refused(close) == ("opinions_are_disposed_of",)
    hall.do(DisposeOpinion(**M, by=office, item="1", disposition="adopted"), close)

    # voted, carried out, appraised: its result is not published while a promise is open
    hall.on_to("appraised")
    result = c.PublishResult(**M, by=committee, public_text="shared by the hour", papers=("report",))
    assert hall.refused(result) == ("no_loop_is_open",)
    assert hall.loops() == {"commitment:hearing.1"}
    hall.do(KeepCommitment(**M, item="hearing.1", by=committee))
    assert hall.do(result).status == "result_published"
    assert hall.replayed() == hall.get()
