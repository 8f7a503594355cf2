"""Ways round a vote that are closed: a roll that is not the body, late openings, seeds kept back, proxies taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Claim, Role
from govflow.policy import BallotForm, Method, Tie, VoteRule
from govflow.proposals.commands import (
    AnnounceVote,
    CancelVote,
    CastBallot,
    CloseVote,
    EnrolVoters,
    OpenVote,
    ReconveneVote,
    RecordHands,
    RevokeProxy,
    StrikeVoters,
    VoidVote,
)
from govflow.recounting import export_bundle, recount, recount_bundle
from govflow.voting import HandCount, Turnout, Voter, commitment_of
from tests.proposals.hall import AREA, BODIES, GROUP, Hall, a_body, a_policy, chair
from tests.proposals.polling import CHAIR, OFFICE, OPTIONS, SEED, TOWN, P, Poll, ballot, voters

YES, NO = ballot("yes"), ballot("no")
M: dict[str, Any] = {"id": "m"}
AGAIN = VoteRule(quorum="all", attempts=2)

# --- the roll is the whole body --------------------------------------------------------------------------------------


def a_hall_of(members: int, households: int = 0) -> Hall:
    """A motion about to be voted on by representatives of this size; nobody is on the roll yet."""
    body = a_body("community_representatives", members, households=households, area=AREA)
    council = a_body("residents_council", 9, area=AREA, unit="council")
    others = tuple(each for each in BODIES if each.kind not in (body.kind, council.kind))
    hall = Hall(policy=a_policy(bodies=(*others, council, body))).motion("deliberating")
    hall.do(hall.stage_passed("council", 9), hall.announcement())
    hall.clock.set(hall.due("notice"))
    return hall


def opened_by(hall: Hall, *roll: Voter) -> str:
    hall.do(EnrolVoters(**M, by=chair, voters=roll))
    return str(hall.do(OpenVote(**M, by=chair)).status)


def test_one_voter_on_the_roll_of_a_body_of_sixty_decides_nothing():
    hall = a_hall_of(60)
    hall.do(EnrolVoters(**M, by=chair, voters=voters(1)))
    assert hall.refused(OpenVote(**M, by=chair)) == ("electorate_is_frozen",)
    assert hall.lacks(OpenVote(**M, by=chair)) == [
        "community representatives has 60 members and 0 households, the roll 1 and 0"
    ]


@pytest.mark.parametrize("number", [59, 61])
def test_neither_one_voter_less_nor_one_more_than_the_body_has(number: int):
    hall = a_hall_of(60)
    hall.do(EnrolVoters(**M, by=chair, voters=voters(number)))
    assert hall.refused(OpenVote(**M, by=chair)) == ("electorate_is_frozen",)
    hall.engine.tick()
    assert hall.get().status == "announced"


def test_a_body_votes_as_a_whole_with_all_its_members_or_with_somebody_of_every_household():
    home = [Voter(id=f"v-{n}", household=f"h-{n}") for n in range(23)]
    assert opened_by(a_hall_of(60), *voters(60)) == "voting"
    assert opened_by(a_hall_of(80, 23), *voters(80, household="h-1")) == "voting"
    assert opened_by(a_hall_of(80, 23), *home) == "voting"
    assert opened_by(a_hall_of(0, 23), *home, Voter(id="v-99", household="h-1")) == "voting"

    short = a_hall_of(80, 23)
    short.do(EnrolVoters(**M, by=chair, voters=tuple(home[:-1])))
    assert short.refused(OpenVote(**M, by=chair)) == ("electorate_is_frozen",)


def test_where_the_policy_lists_no_size_the_roll_is_as_it_is_entered():
    assert opened_by(a_hall_of(0), *voters(7)) == "voting"


def test_a_group_to_which_it_was_delegated_votes_as_a_whole_of_its_own():
    hall = Hall().motion("deliberating", area=GROUP, track="group_motion", supporters=())
    hall.do(hall.announcement(), hall.enrolment(22, household="h-1"))
    hall.clock.set(hall.due("notice"))
    assert hall.refused(OpenVote(**M, by=chair)) == ("electorate_is_frozen",)
    hall.do(hall.enrolment(80, household="h-1"))
    assert hall.do(OpenVote(**M, by=chair)).status == "voting"


# --- attempts --------------------------------------------------------------------------------------------------------


def an_inquorate_poll() -> Poll:
    poll = Poll(AGAIN).voting(voters(6)).vote({"v-00": YES}).closed()
    assert poll.record.status == "inquorate"
    return poll


def test_the_roll_of_a_reconvened_vote_stands_as_it_was():
    poll = an_inquorate_poll().announced(())
    stayed_away = StrikeVoters(**P, by=CHAIR, voters=("v-04",), reason="did not come")
    assert poll.refused(stayed_away) == ("roll_stands",)
    assert poll.refused(EnrolVoters(**P, by=CHAIR, voters=(Voter(id="friend"),))) == ("roll_stands",)
    assert poll.open().round.entitled.persons == 6


def test_a_reconvened_vote_that_is_called_off_is_inquorate_again_and_no_attempt_is_won_by_it():
    poll = an_inquorate_poll()
    for _ in range(3):
        poll.announced(())
        assert poll.record.attempts == 2
        cancelled = poll.do(CancelVote(**P, by=CHAIR, reason="floods"))
        assert (cancelled.status, cancelled.attempts) == ("inquorate", 1)
    now = poll.clock()
    said = {"opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(days=2)}
    assert poll.refused(AnnounceVote(**P, by=CHAIR, **said)) == ("step_is_in_the_table",)
    assert "vote_is_the_same" in poll.refused(ReconveneVote(**P, by=CHAIR, question="Another?", **said))

    poll.announced(()).open().closed()
    assert (poll.record.status, len(poll.round.roll)) == ("inquorate", 6)
    now = poll.clock()
    said = {"opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(days=2)}
    assert poll.refused(ReconveneVote(**P, by=CHAIR, **said)) == ("attempts_are_left",)


def test_a_first_vote_that_is_called_off_is_deliberated_on_again_with_every_attempt_left():
    poll = Poll(AGAIN).deliberated().announced(voters(6))
    cancelled = poll.do(CancelVote(**P, by=CHAIR, reason="floods"))
    assert (cancelled.status, cancelled.attempts) == ("deliberating", 0)
    poll.announced(voters(6)).open().closed()
    assert poll.announced(()).record.attempts == 2


def test_attempts_are_counted_anew_after_a_vote_is_void():
    poll = an_inquorate_poll()
    poll.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    assert poll.announced(voters(5)).record.attempts == 1


# --- when it begins and ends -----------------------------------------------------------------------------------------


def test_a_vote_that_is_opened_late_ends_later_by_as_much():
    poll = Poll().deliberated().announced(voters(3))
    opens, closes = poll.round.opens_at, poll.round.closes_at
    assert opens is not None
    assert closes is not None
    poll.clock.set(closes - timedelta(minutes=1))
    poll.do(OpenVote(**P, by=CHAIR))

    ends = closes + (closes - timedelta(minutes=1) - opens)
    assert (poll.round.closes_at, poll.record.clocks["ballot"].due) == (ends, ends)
    poll.clock.set(closes)
    poll.vote({"v-00": YES})
    assert poll.refused(CloseVote(**P, by=CHAIR)) == ("voting_is_over",)
    poll.clock.set(ends)
    assert poll.refused(poll.cast("v-01", YES)) == ("ballot_is_in_time",)
    assert recount(poll.closed().engine, "p").agrees


def test_a_vote_that_the_system_opens_late_is_not_cut_short_either():
    poll = Poll().deliberated().announced(voters(3))
    opens, closes = poll.round.opens_at, poll.round.closes_at
    assert opens is not None
    assert closes is not None
    poll.clock.set(opens + timedelta(hours=5))
    poll.engine.tick()
    assert (poll.record.status, poll.round.closes_at) == ("voting", closes + timedelta(hours=5))


def test_a_vote_opened_on_time_ends_as_announced():
    poll = Poll().deliberated().announced(voters(3))
    closes = poll.round.closes_at
    assert poll.open().round.closes_at == closes


# --- hands -----------------------------------------------------------------------------------------------------------


def hands(persons: int, **more: int) -> RecordHands:
    said = Turnout(persons=persons, **more)
    return RecordHands(**P, by=CHAIR, hands=HandCount(present=said, yes=said), papers=("minutes",))


def test_hands_may_be_recorded_when_the_minutes_are_written_up_after_the_end():
    poll = Poll(VoteRule(quorum="any", form=BallotForm.HANDS)).voting(voters(3)).paper("minutes").over()
    poll.clock.advance(seconds=1)
    poll.engine.tick()
    assert poll.refused(CloseVote(**P, by=CHAIR)) == ("ballots_can_be_counted",)
    poll.clock.advance(days=3)
    poll.do(hands(3))
    assert poll.do(CloseVote(**P, by=CHAIR)).status == "adopted"


def test_hands_that_no_count_could_use_are_not_recorded():
    poll = Poll(VoteRule(quorum="any", form=BallotForm.HANDS)).voting(voters(3)).paper("minutes")
    assert poll.refused(hands(3, area=7)) == ("hands_fit_the_roll",)
    assert poll.refused(hands(3, households=1)) == ("hands_fit_the_roll",)
    poll.do(hands(3))
    assert poll.refused(hands(2)) == ("hands_fit_the_roll",)
    assert poll.do(CloseVote(**P, by=CHAIR)).status == "adopted"


# --- proxies and units -----------------------------------------------------------------------------------------------

REPLACEABLE = VoteRule(quorum="any", proxies=1, replaceable=True)


def proxied(rule: VoteRule = REPLACEABLE) -> Poll:
    poll = Poll(rule).deliberated().announced(voters(3)).paper("authority", "authority").open()
    poll.do(poll.proxy("v-00", "v-01"))
    return poll


def test_what_a_voter_said_in_person_no_proxy_replaces():
    poll = proxied().vote({"v-00": NO})
    assert poll.refused(poll.cast("v-00", YES, by="v-01")) == ("one_ballot_per_voter",)
    assert poll.round.cast["v-00"].ballot == NO


def test_a_holder_replaces_what_they_gave_until_the_voter_votes_in_person():
    poll = proxied()
    poll.do(poll.cast("v-00", YES, by="v-01"), poll.cast("v-00", NO, by="v-01"), poll.cast("v-00", YES))
    assert poll.refused(poll.cast("v-00", NO, by="v-01")) == ("one_ballot_per_voter",)


def test_while_ballots_may_be_replaced_an_authority_is_taken_back_at_any_time():
    poll = proxied()
    poll.do(poll.cast("v-00", YES, by="v-01"))
    poll.do(RevokeProxy(**P, by=Actor.of("v-00", "voter"), voter="v-00"))
    assert poll.refused(poll.cast("v-00", NO, by="v-01")) == ("proxy_is_authorised",)
    assert poll.refused(poll.proxy("v-00", "v-02")) == ("proxy_may_be_held",)
    poll.do(poll.cast("v-00", NO))

    own = proxied().vote({"v-00": NO})
    own.do(RevokeProxy(**P, by=Actor.of("v-00", "voter"), voter="v-00"))


def test_who_works_at_a_shop_does_not_cast_the_shops_vote():
    poll = Poll(VoteRule(quorum="any")).voting((Voter(id="v-00"), Voter(id="shop")))
    cleaner = Actor(id="v-00", claims=(Claim(role=Role.VOTER), Claim(role=Role.GRID_WORKER, unit="shop")))
    given = CastBallot(**P, by=cleaner, voter="shop", on_behalf_of="shop", ballot=YES)
    assert poll.refused(given) == ("proxy_is_authorised",)
    keeper = Actor(id="wu", claims=(Claim(role=Role.VOTER, unit="shop"),))
    poll.do(given.changed(by=keeper))


def test_an_office_held_elsewhere_takes_no_authority_back_here():
    poll = proxied()
    elsewhere = Actor(id="v-02", claims=(Claim(role=Role.VOTER), Claim(role=Role.SECRETARIAT, area="far/away")))
    assert poll.refused(RevokeProxy(**P, by=elsewhere, voter="v-00")) == ("proxy_is_ones_own_to_give",)
    poll.do(RevokeProxy(**P, by=OFFICE, voter="v-00"))


# --- the lot ---------------------------------------------------------------------------------------------------------

LOT = VoteRule(quorum="any", method=Method.APPROVAL, tie=Tie.LOT)
RUN_OFF = LOT.changed(method=Method.RANKED)
CLEAR = {"v-00": ballot("ramp"), "v-01": ballot("ramp"), "v-02": ballot("lamp")}
TIED = {"v-00": ballot("ramp"), "v-01": ballot("lamp")}
LOST = CloseVote(**P, by=TOWN, seed_is_lost=True)


@pytest.mark.parametrize("rule", [LOT, RUN_OFF])
def test_where_nothing_is_tied_nobody_needs_the_seed(rule: VoteRule):
    poll = Poll(rule).voting(voters(3)).vote(CLEAR).over()
    poll.clock.advance(seconds=1)
    poll.engine.tick()
    assert (poll.record.status, poll.round.tally and poll.round.tally.winner) == ("adopted", "ramp")
    assert recount(poll.engine, "p").agrees
    assert recount_bundle(export_bundle(poll.engine, "p")).agrees

    shown = Poll(rule).voting(voters(3)).vote(CLEAR).closed(SEED)
    assert shown.round.tally == poll.round.tally


def test_a_seed_that_is_shown_is_the_one_committed_to_though_nothing_is_tied():
    poll = Poll(LOT).voting(voters(3)).vote(CLEAR).over()
    assert poll.refused(CloseVote(**P, by=CHAIR, lot_seed="another-seed-than-promised")) == ("ballots_can_be_counted",)


@pytest.mark.parametrize("said", [TIED, {**CLEAR, "v-02": ballot("tree"), "v-01": ballot("lamp")}])
@pytest.mark.parametrize("rule", [LOT, RUN_OFF])
def test_a_tie_waits_for_the_seed(rule: VoteRule, said: dict[str, Any]):
    poll = Poll(rule).voting(voters(3)).vote(said).over()
    poll.clock.advance(seconds=1)
    poll.engine.tick()
    assert poll.refused(CloseVote(**P, by=CHAIR)) == ("ballots_can_be_counted",)
    assert poll.do(CloseVote(**P, by=CHAIR, lot_seed=SEED)).status == "adopted"
    assert recount(poll.engine, "p").agrees


def test_a_seed_that_is_kept_back_keeps_no_vote_open_for_ever():
    poll = Poll(LOT).voting(voters(3)).vote(TIED).over()
    assert poll.refused(LOST) == ("ballots_can_be_counted",)
    poll.clock.advance(days=3, microseconds=-1)
    assert poll.refused(LOST) == ("ballots_can_be_counted",)
    poll.clock.advance(microseconds=1)
    assert poll.refused(LOST.changed(lot_seed=SEED)) == ("ballots_can_be_counted",)
    assert poll.refused(CloseVote(**P, by=TOWN)) == ("ballots_can_be_counted",)

    assert poll.do(LOST).status == "not_adopted"
    tally = poll.round.tally
    assert tally is not None
    assert (tally.tie, tally.tied, tally.winner) == ("fails", ("lamp", "ramp"), None)
    closed: Any = [each.body for each in poll.engine.history("p") if each.name == "proposal.vote_closed"][-1]
    assert (closed.seed_is_lost, closed.by) == (True, "mayor")
    assert recount(poll.engine, "p").agrees
    assert recount_bundle(export_bundle(poll.engine, "p")).agrees


def test_a_seed_that_others_could_not_use_is_no_seed():
    poll = Poll(LOT).deliberated()
    now = poll.clock()
    said: dict[str, Any] = {"opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(days=2)}
    poll.do(AnnounceVote(**P, by=CHAIR, options=OPTIONS, lot_commitment=commitment_of("abc"), **said))
    poll.do(EnrolVoters(**P, by=CHAIR, voters=voters(3)))
    poll.open().vote(TIED).over()
    assert poll.refused(CloseVote(**P, by=CHAIR, lot_seed="abc")) == ("ballots_can_be_counted",)
    poll.clock.advance(days=3)
    assert poll.do(LOST).status == "not_adopted"


def test_where_no_lot_is_drawn_there_is_no_seed_and_none_is_lost():
    poll = Poll().voting(voters(3)).vote({f"v-0{n}": YES for n in range(3)}).over()
    poll.clock.advance(days=4)
    assert poll.refused(CloseVote(**P, by=CHAIR, lot_seed=SEED)) == ("ballots_can_be_counted",)
    assert poll.refused(LOST) == ("ballots_can_be_counted",)
    assert poll.do(CloseVote(**P, by=TOWN)).status == "adopted"
