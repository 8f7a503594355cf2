"""The journey of one matter: through every tie, in the order of time, once each, no further than the reader may see."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from govflow import Actor, Claim, NotFound
from govflow.cases import commands as case
from govflow.journey import journey
from govflow.proposals import commands as c
from govflow.regions.link import AddLink, Unlink
from govflow.regions.support import SecondProposal
from tests.proposals.hall import AREA, PATH, Hall, a_policy, chen, li, office, resident, wang, workstation, zhao

DESK = Actor.of("desk-1", "acceptance_desk", "dispatcher")
UNLISTED = a_policy("unlisted", bodies=())  # whose bodies have any size
P = "P-2026-000001"  # what the case C1 becomes


def reported(hall: Hall, id: str, **more: Any) -> None:
    said = {"title": "No ramp", "kind": "hotline", "channel": "app", "level": "community", "area": AREA, **more}
    hall.do(case.ReportCase(id=id, by=resident("s-rep"), reporter="s-rep", **said))


@pytest.fixture
def hall() -> Hall:
    """A report that became a case, which became a proposal, which was voted on, and spawned a case to carry it out."""
    hall = Hall(policy=UNLISTED)
    reported(hall, "C1")
    hall.do(case.AcceptCase(id="C1", by=DESK))
    hall.wait(days=1)
    hall.do(case.ConvertToProposal(id="C1", by=DESK, reason="many ask for it", told_by="by phone"))
    for who in (wang, li, zhao, chen):
        hall.do(SecondProposal(id=P, by=who))
    hall.do(c.SubmitProposal(id=P, by=Actor.of("s-rep", "resident", "proposer")))
    hall.on_to("implementing", P)
    hall.do(c.SpawnRecord(id=P, by=workstation, title="Pour concrete", awaited=False))
    return hall


def spawned(hall: Hall) -> str:
    ties = hall.get(P).items_of("link").values()
    return str(next(tie.other for tie in ties if tie.kind == "spawned"))


def test_it_is_the_same_journey_from_whichever_end_it_is_asked(hall):
    ends = ("C1", P, spawned(hall))
    told = [journey(hall.engine, id) for id in ends]

    assert [stop.record for stop in told[0].stops] == list(ends)
    assert all(each.happened == told[0].happened for each in told)
    assert all({stop.record for stop in each.stops} == set(ends) for each in told)
    assert [each.left_out for each in told] == [0, 0, 0]


def test_it_tells_what_happened_in_the_order_of_time_with_roles_and_statuses(hall):
    told = journey(hall.engine, P)

    moments = [each.at for each in told.happened]
    assert moments == sorted(moments)
    ways = {
        record: [each.status for each in told.happened if each.record == record and each.moved] for record in ("C1", P)
    }
    assert ways["C1"] == ["reported", "accepted", "converted"]
    assert ways[P] == [*PATH[: PATH.index("implementing") + 1]]
    for record in ("C1", P, spawned(hall)):
        mine = [each for each in told.happened if each.record == record]
        assert mine[-1].status == hall.get(record).status
        assert sum(each.times for each in mine) == len(hall.events(record)), "nothing is lost in counting"
    (opened,) = [each for each in told.happened if each.event == "proposal.vote_opened"]
    assert (opened.role, opened.label) == ("convenor", "开始表决")


def test_ballots_are_one_line_and_nobody_is_named(hall):
    told = journey(hall.engine, P)

    (ballots,) = [each for each in told.happened if each.event == "proposal.ballot_cast"]
    assert (ballots.times, ballots.role, ballots.moved) == (5, "voter", False)
    said = json.dumps([each._asdict() for each in told.happened], default=str)
    for person in ("s-rep", "s-wang", "v-0", "office-1", "chair-1"):
        assert person not in said


def test_what_the_reader_may_not_see_is_left_out_and_counted(hall):
    neighbour = hall.engine.seen_by(Actor.of("s-else", "resident"))

    told = journey(neighbour, P)

    assert [stop.record for stop in told.stops] == [P]
    assert told.left_out == 2
    assert {each.record for each in told.happened} == {P}
    with pytest.raises(NotFound):
        journey(neighbour, "C1")
    with pytest.raises(NotFound):
        journey(hall.engine, "nowhere")


def test_a_record_that_may_not_be_seen_is_not_gone_through(hall):
    """Behind a hidden record stands one that the reader could see: it is not reached, nor counted."""
    reported(hall, "C2", confidential=True)
    hall.motion(id="behind")
    hall.do(AddLink(id=P, by=office, other="C2", kind="decides"))
    hall.do(AddLink(id="C2", by=DESK, other="behind", kind="repeats"))
    neighbour = hall.engine.seen_by(Actor.of("s-else", "resident"))

    told = journey(neighbour, P)

    assert "behind" not in {stop.record for stop in told.stops}
    assert told.left_out == 3
    assert "behind" in {stop.record for stop in journey(hall.engine, P).stops}


def test_the_unit_that_a_case_reports_learns_no_more_than_the_ties_of_what_it_may_see(hall):
    reported(hall, "C3", kind="whistle_blowing", confidential=True, accused_unit="roads")
    hall.do(AddLink(id="C1", by=DESK, other="C3", kind="repeats"))
    accused = Actor(id="u", claims=(Claim(role="dispatcher", unit="roads", level="community", area=AREA),))

    told = journey(hall.engine.seen_by(accused), "C1")

    assert "C3" not in {stop.record for stop in told.stops} | {each.record for each in told.happened}


def test_a_tie_that_was_taken_back_leads_nowhere(hall):
    hall.motion(id="other")
    hall.do(AddLink(id=P, by=office, other="other", kind="repeats"))
    assert "other" in {stop.record for stop in journey(hall.engine, P).stops}

    hall.do(Unlink(id=P, by=office, item="repeats.other", reason="not the same"))

    assert "other" not in {stop.record for stop in journey(hall.engine, P).stops}


def test_a_circle_of_ties_is_gone_round_once():
    hall = Hall()
    for id in "abc":
        hall.motion(id=id)
    for one, other in ("ab", "bc", "ca"):
        hall.do(AddLink(id=one, by=office, other=other, kind="repeats"))

    told = journey(hall.engine, "b")

    assert sorted(stop.record for stop in told.stops) == ["a", "b", "c"]
    assert sum(each.times for each in told.happened) == sum(len(hall.events(id)) for id in "abc")


def test_a_chain_and_a_star_of_a_thousand_records_are_told_whole():
    hall = Hall()
    ids = [f"m{number:04}" for number in range(1_000)]
    said = {"title": "Ramp", "text": "A ramp", "area": AREA}
    hall.engine.handle_all(c.DraftProposal(id=id, by=wang, **said) for id in ids)
    chained = [AddLink(id=one, by=office, other=other, kind="repeats") for one, other in pairwise(ids)]
    hall.engine.handle_all(chained[:500])
    hall.engine.handle_all([AddLink(id=ids[500], by=office, other=other, kind="decides") for other in ids[502:]])
    hall.engine.handle_all([chained[500]])

    told = journey(hall.engine, ids[0])

    assert len(told.stops) == 1_000
    assert told.stops[0].through is None
    assert told.left_out == 0


def test_a_merged_proposal_is_on_the_way_of_its_master(hall):
    hall.motion("screening", id="twin")
    hall.motion("screening", id="lead")
    hall.do(c.MergeProposal(id="twin", by=office, master="lead", same_subject="the same ramp"))

    stops = {stop.record: (stop.through, stop.tie) for stop in journey(hall.engine, "lead").stops}

    assert stops == {"lead": (None, None), "twin": ("lead", "absorbed")}


def test_it_is_told_as_of_a_moment_and_each_thing_says_where_it_stands_and_when_it_was_recorded(hall):
    whole = journey(hall.engine, P)
    (converted,) = [each for each in whole.happened if each.event == "case.converted_to_proposal"]

    then = journey(hall.engine, "C1", converted.at)

    assert [stop.record for stop in then.stops] == ["C1", P]
    assert {stop.record: stop.status for stop in then.stops}["C1"] == "converted"
    assert then.happened == tuple(each for each in whole.happened if each.at <= converted.at)
    events = {each.position: each for each in hall.engine.events()}
    for each in whole.happened:
        row = events[each.position]
        assert (row.stream, row.name, row.body.at, row.meta.recorded_at) == (
            each.record,
            each.event,
            each.at,
            each.recorded,
        )
    with pytest.raises(NotFound):
        journey(hall.engine, spawned(hall), converted.at)
