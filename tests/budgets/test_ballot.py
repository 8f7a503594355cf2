"""Ballots: a frozen roll, one ballot a voter, in time, on paper or not, as the programme reads them; and the count."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Role
from govflow.actors import Claim
from govflow.budgets import counted, election_of
from govflow.budgets import entry as n
from govflow.budgets import fund as f
from govflow.budgets import messages as m
from govflow.budgets.counting import points_of
from govflow.policy import DEFAULT_POLICY
from govflow.voting import Ballot, Voter, roll_digest
from tests.budgets.office import (
    BALLOT,
    COUNT,
    SHEETS,
    VOTES,
    YUAN,
    Office,
    R,
    a_policy,
    admit,
    an_office,
    convenor,
    enrol,
    finance,
    paper,
    secretary,
    town,
    vote,
    voter,
    withdrawn,
)


def an_election(**programme) -> Office:
    return an_office("balloting", programme="ours", policy=a_policy(**{"replaceable": False, **programme}))


# --- the roll --------------------------------------------------------------------------------------------------------


def test_the_roll_is_kept_in_batches_and_frozen_when_voting_begins():
    office = an_office("collecting")
    office.do(enrol("v-1", "v-2"), enrol("v-2", "v-3"))
    assert sorted(office.round.roll) == ["v-1", "v-2", "v-3"]
    assert office.refused(enrol()) == ("roll_changes_are_named",)
    assert office.refused(enrol("v-4", "v-4")) == ("roll_changes_are_named",)
    strike = m.StrikeBudgetVoters(**R, by=secretary, voters=("v-3",), reason="moved away")
    assert office.refused(strike.changed(reason="")) == ("reason_given",)
    assert office.refused(strike.changed(voters=("v-9",))) == ("roll_changes_are_named",)
    office.do(strike)
    assert sorted(office.round.roll) == ["v-1", "v-2"]

    office = an_office("balloting")
    assert office.round.roll_digest == roll_digest({id: Voter(id=id) for id in office.round.roll})
    assert office.refused(enrol("v-7")) == ("step_is_in_the_table",)
    assert office.refused(strike) == ("step_is_in_the_table",)


def test_nobody_votes_without_a_roll_or_until_yesterday():
    office = an_office("collecting")
    office.days(16).engine.tick()
    assert "nobody is on the roll" in office.refusal(BALLOT).sentence()
    office = an_office("reviewing")
    assert "the end lies in the past" in office.refusal(BALLOT.changed(closes_at=office.clock())).sentence()


# --- one ballot ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (vote("s-9", "a"), {"role_is_held", "voter_is_on_the_roll"}),
        (vote("v-1", "a").changed(voter="v-2"), {"voter_is_on_the_roll"}),
        (vote("v-1", "a").changed(ballot=None), {"ballot_fits_the_programme"}),
        (vote("v-1", "z"), {"ballot_fits_the_programme"}),
        (vote("v-1", "a", "a"), {"ballot_fits_the_programme"}),
        (vote("v-1", a=3), {"ballot_fits_the_programme"}),
    ],
)
def test_a_ballot_is_the_voters_own_and_names_entries_of_the_list(command, codes):
    assert set(an_office("balloting").refused(command)) == codes


def test_a_ballot_names_as_many_entries_as_the_programme_allows_or_none_at_all():
    office = an_election(bounds={"min_length": 2, "max_length": 2})
    assert "at least 2" in office.refusal(vote("v-1", "a")).sentence()
    assert "应不超过 2" in office.refusal(vote("v-1", "a", "b", "c")).sentence("zh-CN")
    office.do(vote("v-1", "a", "b"), vote("v-2"))
    assert [each.ballot.choice for each in office.round.cast.values()].count(()) == 1


def test_what_a_ballot_names_may_cost_as_much_as_the_programme_allows():
    office = an_election(bounds={"max_sum_cost": 700_000 * YUAN})
    assert "cost 800000; at most 700000" in office.refusal(vote("v-1", "a", "c")).sentence()
    office.do(vote("v-1", "a", "b"))


def test_a_voter_may_vote_anew_until_the_end_where_the_programme_lets_them():
    office = an_office("balloting")
    office.do(vote("v-1", "a"), vote("v-1", "b"))
    assert office.round.cast["v-1"].ballot.choice == ("b",)
    strict = an_election(replaceable=False)
    strict.do(vote("v-1", "a"))
    assert strict.refused(vote("v-1", "b")) == ("voter_votes_once",)


def test_a_late_ballot_does_not_count():
    office = an_office("balloting").days(11)
    assert office.refused(vote("v-1", "a")) == ("ballot_comes_in_time",)


def test_a_unit_on_the_roll_votes_by_whoever_speaks_for_it():
    office = an_office("collecting")
    office.days(16).engine.tick()
    office.do(admit("a"), *(withdrawn(key) for key in "bc"), enrol("bakery"), BALLOT)
    baker = Actor.of("baker", Role.VOTER, unit="bakery")
    cast = m.CastBudgetBallot(**R, by=baker, on_behalf_of="bakery", ballot=Ballot(choice=("a",)))
    assert set(office.refused(cast.changed(by=voter("baker")))) == {"role_is_held", "voter_is_on_the_roll"}
    assert office.do(cast).cast["bakery"].by == "baker"


def test_a_units_ballot_is_not_cast_by_somebody_who_has_another_role_in_it():
    office = an_office("reviewing")
    office.do(enrol("shop"), BALLOT)
    claims = (Claim(role="voter"), Claim(role="grid_worker", unit="shop", area="far"))
    worker = Actor(id="v-1", claims=claims)  # on the roll in person, and so a voter here
    cast = m.CastBudgetBallot(**R, by=worker, on_behalf_of="shop", voter="shop", ballot=Ballot(choice=("a",)))
    assert office.refused(cast) == ("voter_is_on_the_roll",)
    assert office.refused(cast.changed(voter=None)) == ("voter_is_on_the_roll",)
    assert office.do(cast.changed(voter="v-1")).cast["v-1"].ballot.choice == ("a",)
    speaker = Actor(id="v-1", claims=(*claims, Claim(role="voter", unit="shop")))
    assert office.do(cast.changed(by=speaker, command_id="as-its-voter")).cast["shop"].by == "v-1"


# --- on paper --------------------------------------------------------------------------------------------------------


def test_ballots_on_paper_are_entered_together_with_their_sheets_on_file():
    office = an_office("balloting")
    given = paper(("v-1", ("a",)), ("v-2", ()))
    assert office.refused(given) == ("required_papers_are_attached",)
    office.do(SHEETS, given)
    assert {id: each.on_paper for id, each in office.round.cast.items()} == {"v-1": True, "v-2": True}
    assert office.refused(vote("v-1", "b")) == ("voter_votes_once",)


@pytest.mark.parametrize("by", [secretary, convenor])
def test_ballots_on_paper_are_entered_until_voting_ends_and_not_when_those_cast_online_are_known(by):
    office = an_office("balloting")
    office.do(SHEETS, vote("v-1", "a"))
    late = paper(("v-2", ("c",)), ("v-3", ("c",)), ("v-4", ("c",)), by=by)
    office.days(9).do(paper(("v-5", ("a",)), by=by))
    assert office.days(2).refused(late) == ("ballot_comes_in_time",)
    assert office.days(50).refused(late) == ("ballot_comes_in_time",)
    assert office.do(COUNT).count.winners == ("a",)


@pytest.mark.parametrize(
    ("ballots", "said"),
    [
        ((), "there is no ballot"),
        ((("s-9", ("a",)),), "s-9 is not on the roll"),
        ((("v-1", ("a",)), ("v-1", ("b",))), "v-1 has voted"),
        ((("v-5", ("a",)),), "v-5 has voted"),
        ((("v-1", ("z",)),), "v-1: not on the list: z"),
        ((("v-1", ("a", "b")), ("v-2", ("c", "c"))), "v-2: it names an entry more than once"),
    ],
)
def test_a_ballot_on_paper_that_is_not_in_order_keeps_all_of_them_out(ballots, said):
    office = an_office("balloting")
    office.do(SHEETS, vote("v-5", "b"))
    refusal = office.refusal(paper(*ballots))
    assert refusal.codes == ("paper_ballots_are_in_order",)
    assert said in refusal.sentence()


# --- the count -------------------------------------------------------------------------------------------------------


def test_a_ballot_ends_when_its_time_is_over_or_everybody_has_voted_for_good():
    office = an_election()
    office.do(vote("v-1", "a"))
    assert office.refused(COUNT) == ("voting_has_ended",)
    office.do(*(vote(f"v-{place}", "a") for place in range(2, 6)), COUNT)
    assert office.round.status == "decided"


def test_a_ballot_is_not_closed_early_while_somebody_may_still_vote_anew():
    office = an_office("balloting")
    office.do(SHEETS, *(vote(id, *choice) for id, choice in VOTES.items()))
    assert office.refused(COUNT) == ("voting_has_ended",)
    assert office.do(vote("v-2", "c"), vote("v-5", "c")).cast["v-5"].ballot.choice == ("c",)
    assert office.over().do(COUNT).count.winners == ("a", "c")

    on_paper = an_office("balloting")
    on_paper.do(SHEETS, paper(*((id, tuple(choice)) for id, choice in VOTES.items())))
    assert on_paper.do(COUNT).count.winners == ("a", "b")  # nobody replaces a ballot on paper


def test_the_count_is_a_pure_function_of_what_the_round_holds_and_stands_whatever_comes_later():
    office = an_office("decided")
    first = office.round.count
    assert first is not None
    assert counted(office.round) == first
    gift = f.AddFund(**R, by=finance, source="donation", amount=200_000 * YUAN, giver="bakery")
    office.do(gift, n.ReviseEntry(**R, by=finance, item="a", cost=1, reason="a gift in kind"))
    office.do(n.AwardEntry(**R, by=town, item="c", reason="a donation came"))
    again: Any = office.engine.as_of("round", version=office.round.version)
    assert counted(office.round) == first == again.count
    assert (first.budget, first.spent, first.left) == (1_000_000 * YUAN, 700_000 * YUAN, 300_000 * YUAN)


def test_points_are_shared_out_and_level_entries_told_apart_as_the_programme_says():
    office = an_election(
        ballot="cumulative", bounds={"max_sum_points": 10}, ties=("cost",), rule="greedy-no-skip", least_votes=4
    )
    assert "at most 10" in office.refusal(vote("v-1", a=6, b=5)).sentence()
    assert office.refused(vote("v-1", "a")) == ("ballot_fits_the_programme",)
    office.do(vote("v-1", a=3, b=6), vote("v-2", a=3), vote("v-3", c=3), vote("v-4"), vote("v-5", a=0), COUNT)
    count = office.round.count
    assert count.winners == ("a", "b")
    assert [(each.entry, each.points, each.votes) for each in count.told] == [("a", 6, 3), ("b", 6, 1), ("c", 3, 1)]
    assert [(each.entries, each.by) for each in count.level] == [(("a", "b"), ("cost",))]
    assert count.told[2].code == "below_threshold"


def test_points_come_to_more_than_any_one_number_and_are_counted():
    office = an_election(ballot="score", bounds={})
    most = 1_000_000_000
    office.do(*(vote(f"v-{place}", a=most) for place in range(1, 6)), COUNT)
    assert office.round.count.told[0].points == 5 * most


def test_rankings_are_counted_by_borda_points():
    office = an_election(ballot="ranked", bounds={})
    office.do(
        vote("v-1", "c", "a"), *(vote(f"v-{place}", "c", "b", "a") for place in range(2, 5)), vote("v-5", "b"), COUNT
    )
    assert {each.entry: each.points for each in office.round.count.told} == {"a": 4, "b": 7, "c": 11}
    assert office.round.count.winners == ("c", "b")


def test_equal_shares_give_every_voter_the_same_and_say_how_much():
    office = an_election(rule="equalshares")
    for id in ("v-1", "v-2", "v-3"):
        office.do(vote(id, "b"))
    office.do(vote("v-4", "a"), vote("v-5", "a"), COUNT)
    count = office.round.count
    assert (count.share, count.winners) == ("20000000", ("b", "a"))
    assert (count.budget, count.spent) == (1_000_000 * YUAN, 700_000 * YUAN)


def test_either_outcome_is_taken_that_more_voters_prefer():
    office = an_election(rule="equalshares-comparison")
    office.do(*(vote(f"v-{place}", "c", "b") for place in range(1, 4)), vote("v-4", "a"), vote("v-5", "a"), COUNT)
    count = office.round.count
    assert (count.for_shares, count.for_ranking) == (2, 3)
    assert count.winners == ("b", "c")


def test_an_election_is_read_as_the_programme_says():
    approve = DEFAULT_POLICY.programmes[0]
    assert points_of(approve, Ballot(choice=("a", "b"))) == {"a": 1, "b": 1}
    office = an_office("balloting")
    office.do(vote("v-1", "b", "a"), vote("v-2"))
    election = election_of(office.round)
    assert [each.id for each in election.projects] == ["a", "b", "c"]
    assert election.ballots == ({"b": 1, "a": 1}, {})
    assert (election.unit, election.budget, election.caps["works"]) == (100, 1_000_000 * YUAN, 1_000_000 * YUAN)


def test_the_system_and_the_convenor_count_and_nobody_else():
    office = an_office("balloting").days(11)
    assert office.refused(COUNT.changed(by=secretary)) == ("role_is_held",)
    assert office.do(COUNT.changed(by=convenor)).status == "decided"
