"""Moving running proposals to another policy: what was pinned stays, clocks move, nothing falls back on no rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import NotAllowed
from govflow.policy import Majority, Policy, Share
from govflow.proposals import commands as c
from tests.policy.test_town import TOWN
from tests.policy.test_tracks import RUNS, Hall, P, convenor, midnight_after, office

NEXT = "qingxi@2026.2"
THREE_QUARTERS = Share(numerator=3, denominator=4)


def limited(**lengths: int) -> Policy:
    """The town's next policy, with other lengths of time limits: `qx_consult=20`."""
    longer = {f"qx.{name.removeprefix('qx_')}": days for name, days in lengths.items()}
    limits = tuple(each.changed(length=longer[each.id]) if each.id in longer else each for each in TOWN.time_limits)
    return TOWN.changed(version="2026.2", time_limits=limits)


def tracked(id: str, **changes: Any) -> Policy:
    """The town's next policy, with one track changed."""
    tracks = tuple(each.changed(**changes) if each.id == id else each for each in TOWN.procedures)
    return TOWN.changed(version="2026.2", procedures=tracks)


def stricter(id: str) -> Policy:
    """The town's next policy, in which a quorum rule asks for three quarters of those present."""
    rules = tuple(
        each.changed(decision=(Majority(share=THREE_QUARTERS),)) if each.id == id else each
        for each in TOWN.quorum_rules
    )
    return TOWN.changed(version="2026.2", quorum_rules=rules)


def consulting(track: str = "residents_motion") -> Hall:
    return Hall(track).drafted().seconded().admitted()


def moved(hall: Hall, policy: Policy) -> Hall:
    hall.engine.adopt(policy)
    assert hall.engine.migrate(policy.key) == (1, ())
    assert hall.proposal.policy == policy.key
    return hall


def test_a_consultation_that_runs_moves_to_the_new_length_and_back():
    hall = consulting()
    before = hall.proposal
    hall.engine.adopt(limited(consult=20))

    (plan,) = hall.engine.plan_migration(NEXT)
    assert hall.engine.migrate(NEXT) == (1, ())

    due, was = hall.proposal.clocks["consultation"].due, before.clocks["consultation"].due
    (move,) = [each for each in plan.clocks if each.moves]
    assert (move.clock, move.due, move.due_after) == ("consultation", was, due)
    assert was is not None
    assert due == was + timedelta(days=10)
    assert hall.proposal.procedure == before.procedure
    hall.engine.migrate(TOWN.key)
    assert hall.proposal.clocks["consultation"].due == was


def test_every_clock_of_a_proposal_has_a_limit_of_the_new_policy():
    for bring, clock, longer in (
        (lambda: Hall("convention").drafted().seconded(), None, {}),
        (lambda: submitted("convention"), "screening", {"screen": 9}),
        (lambda: consulting("convention"), "consultation", {"consult": 12}),
    ):
        hall = bring()
        hall.engine.adopt(limited(**longer))
        (plan,) = hall.engine.plan_migration(NEXT)
        assert [each.clock for each in plan.clocks if each.moves] == ([clock] if clock else [])
        assert not plan.blocked


def submitted(track: str) -> Hall:
    hall = Hall(track).drafted().seconded()
    hall.do(c.SubmitProposal(**P, by=hall.proposer))
    return hall


def test_a_procedure_that_is_pinned_stays_whatever_its_track_says_now():
    hall = consulting("four_two")
    pinned = hall.proposal.procedure
    assert pinned is not None
    one_stage = pinned.stages[:1]

    moved(hall, tracked("four_two", stages=one_stage))

    assert hall.engine.policy.procedure("four_two").stages == one_stage  # type: ignore[union-attr]
    assert hall.proposal.procedure == pinned
    hall.consulted().staged().announced()
    assert hall.proposal.item("stage", "r1.party_assembly").status == "passed"


def test_what_is_not_admitted_yet_is_admitted_by_the_procedure_of_the_new_policy():
    hall = submitted("residents_motion")
    track = TOWN.procedure("residents_motion")
    assert track is not None
    later = tracked("residents_motion", vote=track.vote.changed(attempts=5))

    moved(hall, later)
    hall.do(c.StartScreening(**P, by=office), c.AdmitProposal(**P, by=office, stakeholders=("gate-3",)))

    assert hall.proposal.procedure == later.procedure("residents_motion")


def test_a_vote_that_is_announced_is_counted_by_the_rule_that_was_announced():
    hall = consulting("residents_motion").consulted().staged().announced()
    vote = hall.proposal.vote

    moved(hall, stricter("representatives"))
    hall.voted()

    assert (hall.proposal.vote.rule, hall.proposal.vote.quorum) == (vote.rule, vote.quorum)
    assert hall.closed().status == "adopted"  # 21 of 40 are more than half, not three quarters


def test_a_vote_announced_after_the_move_pins_the_quorum_rule_of_that_day():
    hall = consulting("residents_motion").consulted().staged()
    pinned = hall.proposal.procedure
    assert pinned is not None

    moved(hall, stricter("representatives"))
    hall.announced().voted()

    assert hall.proposal.vote.rule == pinned.vote
    assert hall.proposal.vote.quorum.decision == (Majority(share=THREE_QUARTERS),)
    assert hall.closed().status == "not_adopted"


def test_a_day_that_was_announced_is_not_moved_by_a_longer_notice():
    hall = consulting("residents_motion").consulted().staged()
    opens = midnight_after(hall.clock(), 5)
    hall.do(c.AnnounceVote(**P, by=convenor, opens_at=opens, closes_at=opens + timedelta(days=2)))

    moved(hall, limited(notice=9))

    assert hall.proposal.clocks["notice"].due == opens
    postponed = {"opens_at": opens + timedelta(days=1), "closes_at": opens + timedelta(days=3)}
    with pytest.raises(NotAllowed) as caught:
        hall.do(c.PostponeVote(**P, by=convenor, reason="rain", **postponed))
    assert caught.value.codes == ("notice_is_long_enough",)  # a day named now leaves what the policy asks now


def without(policy: Policy, name: str, id: str, **more: Any) -> Policy:
    """The town's next policy without an entry, and without the tracks that name it."""
    left = tuple(each for each in getattr(policy, name) if each.id != id)
    tracks = tuple(each for each in policy.procedures if id not in _names(each))
    return policy.changed(version="2026.2", **{name: left, "procedures": tracks, **more})


def _names(track: Any) -> set[str | None]:
    return {track.vote.quorum, track.vote.notice, *(stage.quorum for stage in track.stages)}


@pytest.mark.parametrize(
    ("track", "policy", "en", "zh"),
    [
        (
            "residents_motion",
            without(TOWN, "quorum_rules", "representatives"),
            "it has no quorum rule representatives",
            "无法定人数规则 representatives",
        ),
        (
            "four_two",
            without(TOWN, "quorum_rules", "party-assembly"),
            "it has no quorum rule party-assembly",
            "无法定人数规则 party-assembly",
        ),
        ("convention", without(TOWN, "time_limits", "qx.notice"), "it has no time limit qx.notice", "无时限 qx.notice"),
    ],
    ids=["rule of the vote", "rule of a stage", "notice"],
)
def test_a_policy_without_what_the_pinned_procedure_asks_for_blocks_the_move(track, policy, en, zh):
    hall = consulting(track)
    before = hall.proposal
    hall.engine.adopt(policy)

    told = hall.engine.migrate(NEXT)

    assert [(str(each), each.zh) for each in told.blocked[0].blocked] == [(en, zh)]
    assert hall.proposal == before


def test_a_draft_whose_track_is_gone_stays_where_it_is():
    hall = submitted("building_motion")
    hall.engine.adopt(TOWN.changed(version="2026.2", procedures=TOWN.procedures[:-1]))

    told = hall.engine.migrate(NEXT)

    (why,) = told.blocked[0].blocked
    assert (str(why), why.zh) == ("it has no procedure building_motion", "无议事程序 building_motion")


def test_what_was_delegated_stays_with_a_policy_that_knows_the_body():
    hall = consulting("villagers_motion")
    said = {"body": "shanhu-group-1", "track": "group_motion", "reason": "theirs alone"}
    hall.do(c.DelegateProposal(**P, by=office, **said))
    gone = tuple(each for each in TOWN.bodies if each.id != "shanhu-group-1")
    hall.engine.adopt(TOWN.changed(version="2026.2", bodies=gone))

    told = hall.engine.migrate(NEXT)

    (why,) = told.blocked[0].blocked
    assert (str(why), why.zh) == ("it has no body shanhu-group-1", "无议事机构 shanhu-group-1")


@pytest.mark.parametrize("track", RUNS)
def test_every_track_goes_on_to_its_resolution_after_a_move_in_its_middle(track):
    hall = consulting(track).consulted()
    later = TOWN.changed(version="2026.2", procedures=tuple(reversed(TOWN.procedures)))

    moved(hall, later).staged().announced().voted()

    assert hall.closed().status == "adopted"
    assert hall.proposal.policy == NEXT
