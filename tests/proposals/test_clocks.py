"""The time limits of a proposal: each due when the policy says, answered once, caught up with after an outage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govflow.policy import DEFAULT_POLICY, BallotForm
from govflow.proposals import commands as c
from govflow.proposals.box import seal
from govflow.regions.objection import RaiseObjection
from govflow.voting import Ballot
from tests.proposals.hall import (
    REPLY,
    Hall,
    a_policy,
    archivist,
    chair,
    li,
    office,
    voter,
    wang,
    workstation,
)

M: dict[str, Any] = {"id": "m"}


def beijing(month: int, day: int) -> datetime:
    """The end of a day of 2026 in Beijing: 24:00."""
    return datetime(2026, month, day, 16, tzinfo=UTC)


def on(hall: Hall, month: int, day: int) -> Hall:
    """Nine o'clock in the morning of a day."""
    hall.clock.set(datetime(2026, month, day, 1, tzinfo=UTC))
    return hall


# --- when each is due ------------------------------------------------------------------------------------------------

# counted by hand on the calendar of 2026: days off 4–6 April and 1–5 May, made up for on 9 May


def test_screening_takes_ten_working_days_from_the_day_it_is_handed_in():
    assert Hall().motion("submitted").due("screening") == beijing(3, 16)
    late = on(Hall(), 3, 30).motion("submitted")
    assert late.due("screening") == beijing(4, 14)  # Qingming, Saturday to Monday, between


def test_a_returned_draft_has_thirty_days():
    hall = on(Hall().motion("screening"), 3, 3)
    hall.do(c.ReturnProposal(**M, by=office, reason_code="incomplete", reason="x", shortcomings=("a sketch",)))
    assert hall.due("revision") == beijing(4, 2)
    assert not hall.get().clocks["screening"].is_going
    hall.do(c.SubmitProposal(**M, by=wang))
    assert hall.get().clocks["revision"].status == "met"
    assert hall.due("screening") == beijing(3, 17)


def test_a_co_proposer_has_seven_days_to_take_over():
    hall = on(Hall().motion("consulting"), 3, 4)
    hall.do(c.WithdrawProposal(**M, by=wang))
    assert hall.due("takeover_window") == beijing(3, 11)


def test_notice_and_ballot_end_when_the_announcement_says():
    hall = Hall().motion("deliberating")
    hall.do(hall.stage_passed("council", 9))
    announcement: Any = hall.announcement(days=4, length=2)
    hall.do(announcement, hall.enrolment(5))
    assert hall.due("notice") == announcement.opens_at
    later = announcement.opens_at + timedelta(days=3)
    hall.do(c.PostponeVote(**M, by=chair, opens_at=later, closes_at=later + timedelta(days=1), reason="rain"))
    assert (hall.due("notice"), hall.get().clocks["notice"].run) == (later, 2)
    hall.on_to("voting")
    assert hall.due("ballot") == later + timedelta(days=1)


def test_a_postponed_vote_leaves_the_whole_notice_again():
    hall = Hall().motion("announced")
    soon = hall.clock() + timedelta(days=2)
    postpone = c.PostponeVote(**M, by=chair, opens_at=soon, closes_at=soon + timedelta(days=1), reason="rain")
    assert hall.refused(postpone) == ("notice_is_long_enough",)
    assert "reason_given" in hall.refused(postpone.changed(reason=" "))


def test_publicity_lasts_seven_days_and_an_objection_is_answered_within_five_working_days():
    hall = on(Hall().motion("adopted"), 4, 27)
    hall.on_to("published")
    assert hall.due("publicity") == beijing(5, 4)
    hall.do(RaiseObjection(**M, by=li, reason="too steep", item="o"))
    assert hall.due("objection_answer:o") == beijing(5, 7)  # 28, 29, 30 April, 6 and 7 May
    assert hall.loops() == {"objection:o"}


def test_works_take_half_a_year_unless_the_resolution_names_a_day():
    hall = Hall().motion("published")
    on(hall, 4, 1)
    named, ours = datetime(2026, 6, 30, 16, tzinfo=UTC), c.StartImplementation(**M, by=workstation)
    assert hall.refused(ours.changed(until=hall.clock())) == ("day_lies_ahead",)
    hall.do(ours.changed(until=named))
    assert hall.due("implementation") == named
    other = on(Hall().motion("published"), 4, 1)
    other.do(ours.changed(command_id="other"))
    assert other.due("implementation") == beijing(9, 28)  # 180 days after 1 April


def test_appraisal_follows_within_thirty_days_and_the_reply_within_ten_working_days():
    hall = Hall().motion("implementing")
    on(hall, 4, 1)
    hall.on_to("completed")
    assert hall.due("appraisal") == beijing(5, 1)
    hall.on_to("result_published")
    assert hall.due("reply") == beijing(4, 16)  # 2, 3, 7–10, 13–16 April


@pytest.mark.parametrize("end", ["rejected", "merged", "converted", "not_adopted"])
def test_every_end_gives_the_proposer_a_reply_in_time(end: str):
    hall = Hall()
    match end:
        case "rejected":
            hall.motion("screening")
            hall.do(c.RejectProposal(**M, by=office, reason_code="too_vague", reason="vague", told_by="phone"))
        case "merged":
            hall.motion("screening").motion("screening", "n")
            hall.do(c.MergeProposal(**M, by=office, master="n", same_subject="the same gate"))
        case "converted":
            hall.motion("screening")
            hall.do(c.ConvertToCase(**M, by=office, individual=True, reason="one family"))
        case _:
            hall.motion("voting")
            hall.do(*hall.ballots(1, 4), c.CloseVote(**M, by=chair))
    assert hall.get().status == end
    assert hall.get().clocks["reply"].is_going
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY))
    assert hall.get().clocks["reply"].status == "met"


# --- ticks -----------------------------------------------------------------------------------------------------------


def fired(hall: Hall, days: float) -> dict[str, int]:
    """What a tick does after so many days; a second tick adds nothing."""
    done = dict(hall.wait(days=days).done)
    head = hall.engine.store.head()
    assert not hall.engine.tick().done
    assert hall.engine.store.head() == head
    return done


@pytest.mark.parametrize(
    ("status", "clock"),
    [
        ("submitted", "screening"),
        ("implementing", "implementation"),
        ("completed", "appraisal"),
        ("result_published", "reply"),
    ],
)
def test_a_duty_is_announced_at_four_fifths_and_marked_overdue_once(status: str, clock: str):
    hall = Hall().motion(status)
    started, due = hall.get().clocks[clock].since, hall.due(clock)
    at_90 = (due - started) * 0.9
    assert fired(hall, (started + at_90 - hall.clock()).total_seconds() / 86_400) == {"warn": 1}
    assert hall.get().clocks[clock].warned == (80,)
    assert fired(hall, (due - hall.clock()).total_seconds() / 86_400) == {}  # at the due instant it is not late
    assert fired(hall, 0.1) == {"overdue": 1}
    assert fired(hall, 40) == {}
    assert hall.get().clocks[clock].status == "overdue"


@pytest.mark.parametrize(("status", "clock"), [("consulting", "consultation"), ("published", "publicity")])
def test_a_minimum_period_that_is_over_makes_nobody_late(status: str, clock: str):
    hall = Hall().motion(status)
    assert fired(hall, 60) == {"elapsed": 1}
    assert hall.get().clocks[clock].status == "elapsed"


def announced(**rule: Any) -> Hall:
    """A vote announced, opening in four days and closing two days later, for five voters."""
    ours = [each for each in DEFAULT_POLICY.procedures if each.id == "residents_motion"]
    tracks = tuple(each.changed(vote=each.vote.changed(**rule)) for each in ours)
    hall = Hall(policy=a_policy(procedures=tracks)).motion("deliberating")
    hall.do(hall.stage_passed("council", 9), hall.announcement(days=4, length=2), hall.enrolment(5))
    return hall


def test_a_vote_opens_and_closes_by_itself_in_its_time():
    hall = announced()
    opens, announced_end = hall.get().vote.opens_at, hall.get().vote.closes_at
    assert fired(hall, 3.9) == {}
    assert fired(hall, 0.2) == {"proposal.open_vote": 1}
    hall.do(*hall.ballots(4))
    closes = hall.get().vote.closes_at
    assert closes == announced_end + (hall.clock() - opens), "it was opened so much too late"
    assert fired(hall, 1.9) == {"warn": 1}
    assert fired(hall, 0.2)["proposal.close_vote"] == 1
    opened, closed = (
        next(each for each in hall.events() if each.name == f"proposal.vote_{x}") for x in ("opened", "closed")
    )
    assert (opened.meta.occurred_at, closed.meta.occurred_at) == (opens, closes)
    assert opened.meta.recorded_at > opens
    assert hall.get().status == "adopted"


def test_a_vote_that_is_closed_when_it_ends_is_closed_in_time():
    hall = announced()
    hall.wait(days=4.1)
    hall.do(*hall.ballots(4))
    hall.wait(days=2.1)
    assert hall.get().clocks["ballot"].status == "met"


def test_an_outage_over_the_opening_takes_nothing_from_the_vote():
    hall = announced()
    assert fired(hall, 5) == {"proposal.open_vote": 1}  # a day late
    hall.do(*hall.ballots(4))
    assert hall.get().vote.opens_at == hall.events()[-5].meta.occurred_at
    assert "proposal.close_vote" not in fired(hall, 1.9)
    assert fired(hall, 0.2)["proposal.close_vote"] == 1
    assert hall.get().status == "adopted"


def test_an_outage_over_the_whole_vote_spends_no_attempt_it_is_put_off_to_another_day():
    hall = announced()
    tick = hall.wait(days=20)
    assert (dict(tick.done), tick.refused) == ({}, 1)
    assert hall.get().status == "announced"
    assert hall.refused(c.OpenVote(**M, by=chair)) == ("closing_lies_ahead",)
    opens = hall.clock() + timedelta(days=4)
    hall.do(c.PostponeVote(**M, by=chair, opens_at=opens, closes_at=opens + timedelta(days=2), reason="an outage"))
    assert fired(hall, 4.1) == {"proposal.open_vote": 1}
    assert hall.get().attempts == 1


def test_an_outage_over_the_end_closes_it_once_as_of_its_end():
    hall = announced()
    hall.wait(days=4.1)
    hall.do(*hall.ballots(5))
    assert fired(hall, 30) == {"warn": 1, "proposal.close_vote": 1}
    assert hall.get().status == "adopted"
    assert hall.get().clocks["ballot"].ended_at == hall.get().vote.closes_at


@pytest.mark.parametrize("form", [BallotForm.HANDS, BallotForm.SECRET])
def test_what_somebody_must_count_first_is_not_closed_by_itself_and_is_late(form: BallotForm):
    hall = announced(form=form)
    hall.wait(days=4.1)
    if form is BallotForm.SECRET:
        given = seal("m", 1, "v-0", Ballot(choice=("yes",)), b"s" * 32, b"n" * 32)
        hall.do(c.CastBallot(**M, by=voter("v-0"), sealed=given.sealed, commitment=given.commitment))
    assert fired(hall, 3)["overdue"] == 1
    assert (hall.get().status, hall.get().clocks["ballot"].status) == ("voting", "overdue")


def test_a_vote_without_a_roll_is_not_opened_by_itself():
    hall = Hall().motion("deliberating")
    hall.do(hall.stage_passed("council", 9), hall.announcement(days=4, length=2))
    assert fired(hall, 4.1) == {"elapsed": 1}
    assert hall.get().status == "announced"
    hall.do(hall.enrolment(5), c.OpenVote(**M, by=chair))


def test_three_weeks_missed_are_caught_up_with_in_due_order_each_once():
    hall = Hall().motion("screening")
    hall.do(c.ReturnProposal(**M, by=office, reason_code="incomplete", reason="x", shortcomings=("a sketch",)))
    hall.motion("consulting", "n")
    hall.do(c.WithdrawProposal(id="n", by=wang))
    hall.motion("submitted", "o")
    done = fired(hall, 40)
    assert done == {"elapsed": 1, "warn": 1, "overdue": 1, "proposal.lapse": 1}
    recorded = {each.meta.recorded_at for id in "mno" for each in hall.events(id)[-1:]}
    assert recorded == {hall.clock()}
    late = {id: hall.events(id)[-1].meta.occurred_at for id in "mno"}
    assert late == {"m": beijing(4, 1), "n": beijing(3, 9), "o": beijing(3, 16)}


def test_nothing_ticks_any_more_in_the_archive():
    hall = Hall().motion("result_published")
    hall.do(c.ReplyToProposer(**M, by=office, **REPLY), c.ArchiveProposal(**M, by=archivist))
    assert fired(hall, 3_000) == {}
    assert {name for name, clock in hall.get().clocks.items() if clock.is_going} == {"retention"}
