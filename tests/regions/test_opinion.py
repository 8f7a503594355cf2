"""Opinions: who gives them, who answers them, and that none is left without its answer (M086, M094, M095)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Claim, Engine, HandOver, NotFound, Personal, ProtectionError, Role
from govflow.regions.meeting import AnnounceMeeting, CancelMeeting
from govflow.regions.opinion import (
    DisposeOpinion,
    ParticipantKind,
    RecordOpinion,
    WithdrawOpinion,
    opinions_of_round,
    undisposed,
)
from tests.regions.motion import (
    MOTION,
    OFFICE,
    VILLAGE,
    DraftMotion,
    M,
    MoveOn,
    Reject,
    SendBack,
    Village,
    a_policy,
    a_track,
    li,
    of_unit,
    office,
    villager,
    wang,
    zhao,
)

O1: dict[str, Any] = {**M, "item": "1"}
community = Actor.of("community-1", Role.COMMUNITY)


def give(by: Actor = li, **said: Any) -> RecordOpinion:
    return RecordOpinion(**M, by=by, **{"text": "the lamp outside No. 7", "about": "lamps", **said})


def dispose(disposition: str, by: Actor = office, **said: Any) -> DisposeOpinion:
    return DisposeOpinion(**O1, by=by, **{"disposition": disposition, "reason": "as the council found", **said})


@pytest.fixture
def village() -> Village:
    """A motion in consultation."""
    return Village().motion("consulting")


def item(village: Village, key: str = "1") -> Any:
    return village.record.item("opinion", key)


def test_there_are_eight_kinds_of_participants():
    assert len(ParticipantKind) == 8


# --- giving ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["consulting", "deliberating"])
def test_a_resident_is_heard_while_it_is_consulted_on_or_deliberated(status: str):
    village = Village().motion(status)
    village.do(give())
    found = item(village)
    assert (found.status, found.author, found.participant, found.about) == ("recorded", "s-li", "resident", "lamps")
    (loop,) = village.engine.open_loops("m")
    assert (loop.what, loop.owes, loop.status) == ("answer the opinion on lamps", "secretariat", "recorded")


@pytest.mark.parametrize("status", ["draft", "screening", "published"])
def test_before_and_after_there_is_no_consultation_to_be_heard_in(status: str):
    assert Village().motion(status).refused(give()) == ("step_is_in_the_table",)


def test_one_person_may_give_several_opinions(village: Village):
    village.do(give(), give(about="benches"))
    assert [each.about for each in opinions_of_round(village.record)] == ["lamps", "benches"]


def test_an_opinion_says_something(village: Village):
    assert village.refused(give(text=None)) == ("opinion_says_something",)


def test_what_it_is_about_carries_no_phone_number(village: Village):
    assert village.refused(give(about="call 13812345678")) == ("clear_words_name_no_person",)


def test_its_text_is_protected_from_the_first_event_on_and_its_author_may_read_it(village: Village):
    village.do(give(text=Personal(text="金丝雀 Canary", subject="s-li")))
    rows = village.engine.store.read("m")
    assert all(b"Canary" not in row.state and "金丝雀".encode() not in row.state for row in rows)
    assert village.engine.open_personal("m", "text", li, why="to handle it") == "金丝雀 Canary"
    with pytest.raises((ProtectionError, NotFound)):
        village.engine.open_personal("m", "text", zhao, why="to handle it")


@pytest.mark.parametrize("said", [{"author": "s-zhao"}, {"on_behalf_of": "s-zhao"}])
def test_nobody_gives_anothers_opinion(village: Village, said: dict[str, Any]):
    assert village.refused(give(**said)) == ("opinion_is_the_authors_own",)


def test_a_callback_desk_gives_nobodys_opinion(village: Village):
    desk = villager("s-li", Claim(role=Role.CALLBACK))
    assert village.refused(give(desk, on_behalf_of="s-zhao")) == ("opinion_is_the_authors_own",)


def test_a_unit_is_spoken_for_by_its_own_people(village: Village):
    ann = of_unit("ann", "zhongliang")
    village.do(give(ann, on_behalf_of="zhongliang", participant="property_firm"))
    assert (item(village).author, item(village).participant) == ("zhongliang", "property_firm")
    assert village.refused(give(ann, on_behalf_of="power")) == ("opinion_is_the_authors_own",)
    assert village.refused(give(ann)) == ("opinion_is_the_authors_own",), "an employee in person is no resident"
    village.do(give(ann, on_behalf_of="zhongliang"))
    assert item(village, "2").participant == "unit"


@pytest.mark.parametrize("participant", sorted(set(ParticipantKind) - {"resident", "merchant"}))
def test_one_person_is_no_committee(village: Village, participant: str):
    refusal = village.refusal(give(participant=participant))
    assert [each.code for each in refusal.broken] == ["opinion_is_the_authors_own"]
    assert refusal.broken[0].detail == (f"a {participant} is a unit, to be spoken for",)
    village.do(give(participant="merchant"))


def test_the_secretariat_enters_what_was_given_on_paper(village: Village):
    village.do(give(office, author="s-zhao"), give(office, about="benches"))
    assert [(each.author, each.by) for each in opinions_of_round(village.record)] == [
        ("s-zhao", "office-1"),
        (None, "office-1"),
    ]
    assert village.refused(WithdrawOpinion(**O1, by=office)) == ("role_is_held",)
    village.do(WithdrawOpinion(**O1, by=zhao))
    assert village.refused(WithdrawOpinion(**{**O1, "item": "2"}, by=zhao)) == ("role_is_held",), "nobody's is nobody's"


def test_an_opinion_is_given_at_a_meeting_that_is_on_record(village: Village):
    assert village.refused(give(meeting="hearing-1")) == ("meeting_is_on_record",)
    at = village.clock() + timedelta(days=3)
    hearing = AnnounceMeeting(
        **M, by=community, item="hearing-1", form="hearing", subject="lamps", place="hall", at_time=at, roll=("s-li",)
    )
    village.do(hearing, give(meeting="hearing-1"))
    assert item(village).meeting == "hearing-1"
    village.do(CancelMeeting(**M, by=community, item="hearing-1", reason="flood"))
    assert village.refused(give(meeting="hearing-1")) == ("meeting_is_on_record",)


# --- who is heard ----------------------------------------------------------------------------------------------------


def test_who_may_not_propose_under_the_track_is_not_heard_but_on_paper():
    village = Village().motion("consulting", track="village")
    voter = Actor.of("s-8", Role.VOTER, area=VILLAGE)
    assert village.refused(give(voter)) == ("person_is_eligible",)
    village.do(give(office, author="s-8"))


def test_the_secretariats_own_opinion_is_not_on_paper():
    village = Village().motion("consulting", track="village")
    clerk = Actor.of("s-7", Role.VOTER, OFFICE)
    assert village.refused(give(clerk)) == ("person_is_eligible",)
    assert village.refused(give(clerk, author="s-7")) == ("person_is_eligible",)
    village.do(give(clerk, author="s-9"))


def test_what_the_party_branch_alone_brings_up_residents_are_heard_on():
    village = Village()
    village.do(DraftMotion(**M, by=Actor.of("branch-1", Role.PARTY_BRANCH), track="branch"))
    while village.record.status != "consulting":
        village.move_on()
    village.do(give())
    assert item(village).author == "s-li"


def test_the_system_is_heard_for_whom_it_takes_over(village: Village):
    village.do(give(SYSTEM))
    assert item(village).author is None


def test_the_pinned_track_says_who_is_heard_and_no_later_one(tmp_path: Path):
    log = tmp_path / "log.db"
    first = Village()
    first.engine = Engine.open(log, records=[MOTION], policy=a_policy("1"), now=first.clock)
    first.motion("consulting").engine.close()
    narrower = a_policy("2", procedures=(a_track("motion", "deputy"),))
    first.engine = Engine.open(log, records=[MOTION], policy=narrower, now=first.clock)
    first.do(give())
    assert item(first).author == "s-li"
    first.do(DraftMotion(id="later", by=villager("s-wang", Claim(role="deputy", area=VILLAGE))))
    for _ in range(3):
        first.engine.handle(MoveOn(id="later", by=office))
    assert first.refused(give().changed(id="later")) == ("person_is_eligible",)


# --- answering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disposition", "status"), [("adopted", "adopted"), ("partly", "partly_adopted"), ("declined", "declined")]
)
def test_an_opinion_is_adopted_adopted_in_part_or_declined(village: Village, disposition: str, status: str):
    village.do(give())
    assert [each.key for each in undisposed(village.record)] == ["1"]
    village.do(dispose(disposition, text_version=2))
    found = item(village)
    assert (found.status, found.disposition, found.reason) == (status, disposition, "as the council found")
    assert (found.text_version, found.hands, found.round) == (2, ("office-1",), 1)
    assert undisposed(village.record) == ()
    assert village.engine.open_loops("m") == ()
    assert village.refused(dispose(disposition)) == ("step_is_in_the_table",)


@pytest.mark.parametrize("disposition", ["partly", "declined"])
def test_what_is_not_taken_up_has_a_reason(village: Village, disposition: str):
    village.do(give())
    assert village.refused(dispose(disposition, reason=" ")) == ("reason_given",)


def test_what_is_taken_up_needs_no_reason(village: Village):
    village.do(give(), dispose("adopted", reason=""))
    assert item(village).status == "adopted"


def test_an_answer_says_what_became_of_it(village: Village):
    village.do(give())
    assert village.refused(DisposeOpinion(**O1, by=office, reason="seen")) == ("disposition_adopts_in_part",)


def test_the_answer_is_public_and_carries_no_phone_number(village: Village):
    village.do(give())
    assert village.refused(dispose("declined", reason="ask 13812345678")) == ("clear_words_name_no_person",)


@pytest.mark.parametrize("by", [office, wang.model_copy(update={"claims": (Claim(role="proposer"),)}), community])
def test_secretariat_proposer_and_community_answer(village: Village, by: Actor):
    village.do(give(), dispose("adopted", by))
    assert item(village).status == "adopted"


def test_nobody_else_answers(village: Village):
    village.do(give())
    stranger = Actor.of("s-li", Role.PROPOSER, Role.RESIDENT)
    assert village.refused(dispose("adopted", zhao)) == ("role_is_held",)
    assert village.refused(dispose("adopted", stranger)) == ("role_is_held", "disposed_by_another_than_its_author")


def test_a_proposer_does_not_answer_an_opinion_of_their_own(village: Village):
    proposer = villager("s-wang", Claim(role=Role.PROPOSER))
    village.do(give(proposer))
    assert village.refused(dispose("adopted", proposer)) == ("disposed_by_another_than_its_author",)
    village.do(dispose("adopted", office))


def test_nobody_answers_an_opinion_of_their_unit(village: Village):
    village.do(give(of_unit("ann", "station"), on_behalf_of="station"))
    colleague = Actor.of("bob", Role.COMMUNITY, unit="station")
    assert village.refused(dispose("adopted", colleague)) == ("disposed_by_another_than_its_author",)
    village.do(dispose("adopted", community))


def test_the_secretariat_answers_what_it_entered_for_another(village: Village):
    village.do(give(office, author="s-zhao"), dispose("adopted"))
    assert item(village).status == "adopted"


def test_an_official_with_an_interest_in_the_author_keeps_away(village: Village):
    village.do(give())
    partial = office.model_copy(update={"id": "office-2", "interests": ("s-li",)})
    assert village.refused(dispose("adopted", partial)) == ("actor_has_no_interest",)


# --- taking back, rounds, leaving ------------------------------------------------------------------------------------


def test_only_its_author_takes_an_opinion_back_and_only_before_the_answer(village: Village):
    village.do(give())
    assert village.refused(WithdrawOpinion(**O1, by=zhao)) == ("role_is_held",)
    village.do(WithdrawOpinion(**O1, by=li, reason="settled"))
    assert item(village).status == "withdrawn"
    assert village.engine.open_loops("m") == ()
    village.do(give(), DisposeOpinion(**M, item="2", by=office, disposition="adopted"))
    assert village.refused(WithdrawOpinion(**M, item="2", by=li)) == ("step_is_in_the_table",)


def test_another_of_the_unit_takes_its_opinion_back(village: Village):
    village.do(give(of_unit("ann", "shop"), on_behalf_of="shop"))
    ben = of_unit("ben", "shop")
    assert village.refused(WithdrawOpinion(**O1, by=ben)) == ("role_is_held",)
    village.do(WithdrawOpinion(**O1, by=ben, on_behalf_of="shop"))


def test_a_new_round_has_opinions_of_its_own_and_the_old_ones_stay_readable(village: Village):
    village.do(give(), dispose("adopted"))
    village.move_on()
    village.do(give(about="late"), SendBack(**M, by=office), give(zhao, about="benches"))
    assert [each.about for each in opinions_of_round(village.record)] == ["benches"]
    assert [each.about for each in undisposed(village.record)] == ["late", "benches"], "no round leaves one unanswered"
    assert (item(village).round, item(village).status) == (1, "adopted")


def test_what_waits_for_an_answer_is_handed_over_when_the_motion_leaves(village: Village):
    village.do(give())
    reject = Reject(**M, by=office)
    assert village.refused(reject) == ("loops_are_handed_over",)
    village.do(reject.changed(hand_over=(HandOver(region="opinion", reason="answered in the other motion", to="P-2"),)))
    assert (item(village).status, village.engine.open_loops("m")) == ("withdrawn", ())


def test_replay_tells_the_same(village: Village):
    village.do(give(), give(zhao), dispose("partly"), WithdrawOpinion(**M, item="2", by=zhao))
    assert village.replayed() == village.record
    assert village.record.concerns("s-li")
    assert not village.record.concerns("s-stranger")
