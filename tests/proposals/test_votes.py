"""Votes in use: who may vote, for whom, until when, how often; every method and form from announcement to result."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pyrankvote  # type: ignore[import-untyped]
import pytest

from govflow import Engine, NotAllowed
from govflow.policy import BallotForm, Method, Tie, VoteRule
from govflow.proposals import Proposal
from govflow.proposals.commands import (
    CallBox,
    CastBallot,
    CloseVote,
    EnrolVoters,
    LapseProposal,
    ReconveneVote,
    RecordHands,
    RevokeProxy,
    StrikeVoters,
    VoidVote,
)
from govflow.recounting import recount
from govflow.testing import PinnedClock
from govflow.voting import Ballot, HandCount, Turnout, Voter
from tests.proposals.polling import CHAIR, OFFICE, OPTIONS, SEED, TOWN, P, Poll, ballot, voters
from tests.proposals.voter_process import cast_all, close_when_told

YES, NO = ballot("yes"), ballot("no")
PROXIES = VoteRule(quorum="any", proxies=1)

# --- in time, once, on the roll --------------------------------------------------------------------------------------


def test_the_closing_instant_itself_is_too_late_and_the_one_before_is_not():
    poll = Poll().voting(voters(3))
    closes = poll.round.closes_at
    assert closes is not None

    poll.clock.set(closes - timedelta(microseconds=1))
    poll.do(poll.cast("v-00", YES))
    poll.clock.set(closes)

    assert poll.refused(poll.cast("v-01", YES)) == ("ballot_is_in_time",)


def test_nobody_dates_a_late_ballot_back():
    poll = Poll().voting(voters(3))
    cast = poll.clock()
    poll.over()

    assert poll.refused(poll.cast("v-01", YES).changed(occurred_at=cast)) == ("ballot_is_in_time",)


def test_nobody_votes_before_the_vote_is_open_nor_after_it_is_closed():
    poll = Poll().deliberated().announced(voters(3))
    assert poll.refused(poll.cast("v-00", YES)) == ("step_is_in_the_table",)

    poll.open().vote({"v-00": YES, "v-01": YES}).closed()
    assert poll.refused(poll.cast("v-02", YES)) == ("step_is_in_the_table",)


def test_a_second_ballot_is_refused_unless_the_rule_lets_it_replace_the_first():
    poll = Poll().voting(voters(3)).vote({"v-00": YES})
    assert poll.refused(poll.cast("v-00", NO)) == ("one_ballot_per_voter",)

    other = Poll(VoteRule(quorum="any", replaceable=True)).voting(voters(3)).vote({"v-00": YES}).vote({"v-00": NO})
    other.closed()
    tally = other.round.tally
    assert tally is not None
    assert (tally.yes.persons, tally.no.persons, tally.present.persons) == (0, 1, 1)


def test_while_ballots_may_be_replaced_a_vote_is_not_over_though_everybody_voted():
    everybody = {f"v-0{n}": YES for n in range(3)}
    fixed = Poll().voting(voters(3)).vote(everybody)
    assert fixed.do(CloseVote(**P, by=CHAIR)).status == "adopted"

    replaceable = Poll(VoteRule(quorum="any", replaceable=True)).voting(voters(3)).vote(everybody)
    assert replaceable.refused(CloseVote(**P, by=CHAIR)) == ("voting_is_over",)


def test_who_is_not_on_the_roll_cannot_vote_not_even_with_the_role():
    poll = Poll().voting(voters(3))
    assert poll.refused(poll.cast("stranger", YES)) == ("role_is_held", "voter_is_in_snapshot")


def test_who_is_on_the_roll_cannot_vote_for_another_without_authority():
    poll = Poll().voting(voters(3))
    assert poll.refused(poll.cast("v-01", YES, by="v-00")) == ("proxy_is_authorised",)


def test_nobody_joins_or_leaves_a_roll_that_is_frozen():
    poll = Poll().voting(voters(3))
    assert poll.refused(EnrolVoters(**P, by=CHAIR, voters=(Voter(id="late"),))) == ("step_is_in_the_table",)
    gone = StrikeVoters(**P, by=CHAIR, voters=("v-00",), reason="moved away")
    assert poll.refused(gone) == ("step_is_in_the_table",)


@pytest.mark.parametrize("said", [ballot("perhaps"), ballot("yes", "no"), ballot(yes=1), ballot("lamp")])
def test_a_ballot_that_does_not_fit_the_rule_is_refused(said: Ballot):
    poll = Poll().voting(voters(3))
    assert poll.refused(poll.cast("v-00", said)) == ("ballot_fits_the_rule",)


# --- proxies ---------------------------------------------------------------------------------------------------------


def polling(rule: VoteRule = PROXIES) -> Poll:
    return Poll(rule).deliberated().announced(voters(5)).paper("authority", "authority").open()


def test_a_proxy_votes_for_as_many_others_as_the_rule_allows_and_for_oneself():
    poll = polling()
    poll.do(poll.proxy("v-01", "v-00"))
    poll.do(poll.cast("v-00", YES), poll.cast("v-01", NO, by="v-00"))

    assert poll.refused(poll.proxy("v-02", "v-00")) == ("proxy_may_be_held",)
    poll.closed()
    tally = poll.round.tally
    assert tally is not None
    assert (tally.present.persons, tally.yes.persons, tally.no.persons) == (2, 1, 1)


def test_a_proxy_given_back_and_given_to_another_still_counts_against_the_first_holder():
    poll = polling()
    poll.do(poll.proxy("v-01", "v-00"), poll.cast("v-01", YES, by="v-00"))
    assert poll.refused(RevokeProxy(**P, by=OFFICE, voter="v-01")) == ("proxy_is_unused",)

    poll.do(poll.proxy("v-02", "v-03"), RevokeProxy(**P, by=OFFICE, voter="v-02"), poll.proxy("v-02", "v-04"))
    assert poll.refused(poll.cast("v-02", YES, by="v-03")) == ("proxy_is_authorised",)
    poll.do(poll.cast("v-02", YES, by="v-04"))


def test_no_proxy_is_given_after_voting_nor_without_paper_nor_to_oneself_nor_to_a_stranger():
    poll = polling().vote({"v-01": YES})
    assert poll.refused(poll.proxy("v-01", "v-00")) == ("proxy_may_be_held",)
    assert poll.refused(poll.proxy("v-02", "v-02")) == ("proxy_may_be_held",)
    assert poll.refused(poll.proxy("v-02", "stranger")) == ("proxy_may_be_held",)
    assert poll.refused(poll.proxy("v-02", "v-00").changed(paper="lost")) == ("proxy_may_be_held",)


def test_nobody_gives_away_the_vote_of_another():
    poll = polling()
    thief = poll.cast("v-03", YES).by
    assert poll.refused(poll.proxy("v-02", "v-03", by=thief)) == ("proxy_is_ones_own_to_give",)
    poll.do(poll.proxy("v-02", "v-03", by=poll.cast("v-02", YES).by))


def test_a_revoked_proxy_cannot_be_used():
    poll = polling()
    poll.do(poll.proxy("v-01", "v-00"), RevokeProxy(**P, by=OFFICE, voter="v-01"))
    assert poll.refused(poll.cast("v-01", YES, by="v-00")) == ("proxy_is_authorised",)


def test_who_gave_a_proxy_may_still_vote_and_the_holder_is_free_for_another():
    poll = polling()
    poll.do(poll.proxy("v-01", "v-00"), poll.cast("v-01", NO))
    assert poll.refused(poll.cast("v-01", YES, by="v-00")) == ("one_ballot_per_voter",)
    assert poll.round.for_others.get("v-00", 0) == 0


def test_with_a_voter_who_is_struck_their_proxies_fall_both_ways():
    poll = Poll(PROXIES).deliberated().announced(voters(5)).paper("authority", "authority")
    poll.do(poll.proxy("v-01", "v-00"), poll.proxy("v-02", "v-01"))
    poll.do(StrikeVoters(**P, by=CHAIR, voters=("v-01",), reason="moved away"))
    poll.open()

    assert dict(poll.round.proxies) == {}
    assert "role_is_held" in poll.refused(poll.cast("v-01", YES))
    assert poll.refused(poll.cast("v-02", YES, by="v-01")) == ("role_is_held", "proxy_is_authorised")
    poll.do(poll.proxy("v-03", "v-00"))  # v-00 is free again


def test_a_proxied_ballot_is_replaced_by_the_voters_own_where_the_rule_lets_it():
    poll = polling(PROXIES.changed(replaceable=True))
    poll.do(poll.proxy("v-01", "v-00"), poll.cast("v-01", YES, by="v-00"), poll.cast("v-01", NO))
    poll.closed()
    tally = poll.round.tally
    assert tally is not None
    assert (tally.yes.persons, tally.no.persons) == (0, 1)


# --- rounds ----------------------------------------------------------------------------------------------------------


def test_too_few_is_voted_on_again_with_the_same_roll_until_the_attempts_are_used_up():
    poll = Poll(VoteRule(quorum="all", attempts=2)).voting(voters(6)).vote({"v-00": YES})
    assert poll.closed().record.status == "inquorate"

    poll.announced(()).open()
    assert (poll.record.votes, len(poll.round.roll), len(poll.round.cast)) == (2, 6, 0)
    poll.vote({"v-00": YES, "v-01": YES, "v-02": YES}).closed()
    assert poll.record.status == "inquorate"

    now = poll.clock()
    again = ReconveneVote(**P, by=CHAIR, opens_at=now + timedelta(hours=1), closes_at=now + timedelta(days=2))
    assert poll.refused(again) == ("attempts_are_left",)
    assert poll.do(LapseProposal(**P, by=CHAIR, reason="too few came twice")).status == "not_adopted"


def test_a_reconvened_vote_keeps_its_roll_and_no_proxies():
    poll = Poll(PROXIES.changed(quorum="all")).deliberated().announced(voters(5)).paper("authority", "authority").open()
    poll.do(poll.proxy("v-01", "v-00"))
    poll.closed()
    poll.announced(()).open()

    assert sorted(poll.round.roll) == [f"v-0{n}" for n in range(5)]
    assert dict(poll.round.proxies) == {}
    assert sorted(poll.record.item("vote", "1").roll) == [f"v-0{n}" for n in range(5)]


def test_a_void_vote_counts_for_nothing_and_the_next_one_begins_with_an_empty_roll():
    poll = Poll().voting(voters(3)).vote({f"v-0{n}": YES for n in range(3)}).closed()
    assert poll.record.status == "adopted"
    poll.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    assert poll.record.status == "deliberating"

    poll.announced(voters(4)).open().vote({f"v-0{n}": NO for n in range(4)}).closed()
    assert (poll.record.status, poll.record.item("vote", "1").status) == ("not_adopted", "void")
    assert poll.record.item("vote", "1").tally.yes.persons == 3


# --- every method, in every form -------------------------------------------------------------------------------------

PREFERRED = [*[("lamp", "tree")] * 4, *[("ramp", "tree", "lamp")] * 3, *[("tree", "ramp")] * 2, ()]
SCORED = [{"lamp": 5}, {"lamp": 1, "ramp": 4}, {"ramp": 4, "tree": 4}, {"tree": 2}, {}]


def ballots_of(method: Method) -> list[Ballot]:
    match method:
        case Method.YES_NO:
            return [*[YES] * 5, *[NO] * 2, ballot("abstain"), ballot()]
        case Method.SCORE:
            return [Ballot(scores=each) for each in SCORED]
    return [Ballot(choice=each) for each in PREFERRED]


def expected(method: Method) -> str | None:
    """Who wins, by a count that knows nothing of ours."""
    match method:
        case Method.YES_NO:
            return None
        case Method.SCORE:
            points: Counter[str] = Counter()
            for each in SCORED:
                points.update(each)
        case Method.APPROVAL:
            points = Counter(option for choice in PREFERRED for option in choice)
        case Method.BORDA:
            points = Counter()
            for choice in PREFERRED:
                points.update({option: 2 - place for place, option in enumerate(choice)})
        case Method.RANKED:
            names = {id: pyrankvote.Candidate(id) for id in OPTIONS}
            given = [pyrankvote.Ballot([names[each] for each in choice]) for choice in PREFERRED]
            winners = pyrankvote.instant_runoff_voting(list(names.values()), given).get_winners()
            return str(winners[0].name)
    (first, most), (_, second) = points.most_common(2)
    assert most > second
    return first


@pytest.mark.parametrize("form", [BallotForm.OPEN, BallotForm.SECRET])
@pytest.mark.parametrize("method", Method)
def test_every_method_goes_from_the_announcement_to_the_result_openly_and_in_secret(method: Method, form: BallotForm):
    given = ballots_of(method)
    poll = Poll(VoteRule(quorum="all", method=method, form=form)).voting(voters(len(given) + 2))
    poll.vote({f"v-{place:02}": each for place, each in enumerate(given)})
    if form is BallotForm.SECRET:
        poll.over().opened_box()
    poll.closed()

    tally = poll.round.tally
    assert tally is not None
    assert (tally.present.persons, tally.winner, poll.record.status) == (len(given), expected(method), "adopted")
    assert recount(poll.engine, "p").agrees


def test_a_tie_is_ended_by_a_lot_whose_seed_was_committed_to_before_the_vote():
    rule = VoteRule(quorum="any", method=Method.APPROVAL, tie=Tie.LOT)
    poll = Poll(rule).voting(voters(4)).vote({"v-00": ballot("lamp"), "v-01": ballot("tree")}).over()

    for seed in (None, "another-seed-than-promised"):
        assert "ballots_can_be_counted" in poll.refused(CloseVote(**P, by=CHAIR, lot_seed=seed))
    poll.closed(SEED)
    tally = poll.round.tally
    assert tally is not None
    assert (set(tally.tied), tally.tie, poll.round.lot_seed) == ({"lamp", "tree"}, "lot", SEED)
    assert tally.winner in tally.tied


def test_hands_are_counted_once_and_by_every_base():
    poll = Poll(VoteRule(quorum="homes", form=BallotForm.HANDS))
    roll = tuple(Voter(id=f"v-{n}", household=f"h-{n // 2}") for n in range(6))
    poll.voting(roll).paper("m")
    sides = {"yes": Turnout(persons=4, households=2), "no": Turnout(persons=1, households=1)}
    hands = HandCount(present=Turnout(persons=5, households=3), **sides)
    record = RecordHands(**P, by=OFFICE, hands=hands, papers=("m",))

    assert poll.refused(poll.cast("v-0", YES)) == ("ballot_fits_the_rule",)
    poll.do(record)
    assert poll.refused(record.changed(command_id="again")) == ("hands_fit_the_roll",)
    assert poll.do(CloseVote(**P, by=CHAIR)).status == "adopted"


def test_more_hands_than_stand_on_the_roll_are_refused():
    poll = Poll(VoteRule(quorum="any", form=BallotForm.HANDS)).voting(voters(3)).paper("m")
    hands = HandCount(present=Turnout(persons=4), yes=Turnout(persons=4))
    assert poll.refused(RecordHands(**P, by=OFFICE, hands=hands, papers=("m",))) == ("hands_fit_the_roll",)


def test_a_show_of_hands_has_no_box():
    poll = Poll(VoteRule(quorum="any", form=BallotForm.HANDS)).voting(voters(3)).over()
    assert poll.refused(CallBox(**P, by=CHAIR)) == ("box_stands_closed",)


# --- several processes on one log ------------------------------------------------------------------------------------


def started(target: object, *arguments: object) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.proposals.voter_process"])
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(*arguments, theirs))  # type: ignore[arg-type]
    process.start()
    theirs.close()
    return process, ours


def a_poll_on_disk(path: Path, number: int) -> tuple[datetime, datetime]:
    """An open vote in a file; now, and when it ends."""
    poll = Poll(VoteRule(quorum="any"), path=path).voting(voters(number))
    closes = poll.round.closes_at
    poll.engine.close()
    assert closes is not None
    return poll.clock(), closes


def test_two_processes_vote_at_once_and_every_voter_counts_exactly_once(tmp_path: Path):
    log = tmp_path / "log.db"
    now, closes = a_poll_on_disk(log, 60)
    both = [f"v-{n:02}" for n in range(20)]  # in both plans, each with another answer
    mine, yours = ([f"v-{n:02}" for n in part] for part in (range(20, 40), range(40, 60)))
    running = [started(cast_all, log, now, plan, say) for plan, say in ((both + mine, "yes"), (both + yours, "no"))]
    for _, pipe in running:
        assert pipe.recv() == "open"
    for _, pipe in running:
        pipe.send("go")
    taken = [pipe.recv() for _, pipe in running]
    for process, pipe in running:
        process.join()
        pipe.close()

    assert sorted([*taken[0], *taken[1]]) == [f"v-{n:02}" for n in range(60)]
    with Engine.open(log, now=PinnedClock(closes)) as engine:
        engine.handle(CloseVote(**P, by=CHAIR))
        tally = engine.get("p", Proposal).vote.tally
        assert (tally.yes.persons, tally.no.persons) == (len(taken[0]), len(taken[1]))
        assert recount(engine, "p").agrees


def test_what_is_counted_is_what_was_there_when_it_was_closed_though_ballots_keep_coming(tmp_path: Path):
    log = tmp_path / "log.db"
    now, closes = a_poll_on_disk(log, 80)
    voting = started(cast_all, log, now, [f"v-{n:02}" for n in range(80)], "yes")
    closing = started(close_when_told, log, closes)
    assert [pipe.recv() for _, pipe in (voting, closing)] == ["open", "open"]
    voting[1].send("go")
    while True:  # some ballots are in: close now, while the others arrive
        with Engine.open(log, read_only=True) as engine:
            if len(engine.get("p", Proposal).vote.cast) >= 10:
                break
    closing[1].send("go")
    told, taken = closing[1].recv(), voting[1].recv()
    for process, pipe in (voting, closing):
        process.join()
        pipe.close()

    assert told == "adopted"
    with Engine.open(log, now=PinnedClock(closes)) as engine:
        names = [each.name for each in engine.history("p")]
        assert "proposal.ballot_cast" not in names[names.index("proposal.vote_closed") :]
        assert names.count("proposal.ballot_cast") == len(taken) == engine.get("p", Proposal).vote.tally.yes.persons
        assert recount(engine, "p").agrees


def test_a_ballot_handed_in_twice_under_one_id_is_one_ballot():
    poll = Poll().voting(voters(3))
    given = poll.cast("v-00", YES)
    assert poll.do(given) == poll.do(given)
    assert [each.name for each in poll.engine.history("p")].count("proposal.ballot_cast") == 1


def test_a_refused_ballot_says_why_in_both_languages():
    poll = Poll().voting(voters(3)).vote({"v-00": YES})
    with pytest.raises(NotAllowed) as refused:
        poll.engine.handle(CastBallot(**P, by=poll.cast("v-00", YES).by, ballot=YES))
    assert "has not voted in this round" in refused.value.sentence()
    assert "一人一票" in refused.value.sentence("zh")
