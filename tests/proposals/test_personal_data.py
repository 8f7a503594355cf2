"""Names of voters, supporters and proposers, what opinions say: in no byte of the log, and erasable."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Engine, NotAllowed, ProtectionError, Role
from govflow.messages import Personal
from govflow.proposals import PROPOSAL
from govflow.proposals import commands as c
from govflow.regions.evidence import AddEvidence
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.objection import RaiseObjection, ResolveObjection
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from govflow.regions.support import SecondProposal
from govflow.subjects import Dealt
from tests.proposals.hall import (
    AREA,
    Hall,
    archivist,
    chair,
    chen,
    committee,
    council,
    li,
    office,
    wang,
    zhao,
)

M: dict[str, Any] = {"id": "m"}
DIGITS = "13912345678"

# one canary for every personal field of every command a proposal takes, but for the sealed ballot
CANARIES = {
    "proposal.draft_proposal.proposer_name": "王金丝雀 Wang Canary",
    "support.second.supporter_name": "李金丝雀 Li Canary",
    "opinion.record.text": f"call me, 金丝雀, {DIGITS}, about my canary",
    "objection.raise.details": "the canary of flat 4, 金丝雀四楼",
    "proposal.name_voter.voter_name": "赵金丝雀 Zhao Canary",
    "meeting.record.opinions_text": "Ms Canary of flat 4: 金丝雀 says no",
}
PIECES = ("anary", "金丝雀", DIGITS)


def told(hall: Hall) -> Hall:
    """A motion from its draft to an objection, with a canary in every personal field."""
    hall.do(
        c.DraftProposal(
            **M, by=wang, title="Ramp", text="A ramp", area=AREA, proposer_name=_of("draft_proposal.proposer_name")
        ),
        SecondProposal(**M, by=li, supporter_name=_of("second.supporter_name")),
        *(SecondProposal(**M, by=each) for each in (zhao, chen)),
    )
    hall.on_to("consulting")
    meeting: dict[str, Any] = {**M, "item": "talk", "by": committee}
    at_time = hall.clock() + timedelta(days=1)
    hall.do(
        RecordOpinion(**M, by=chen, about="width", text=_of("opinion.record.text")),
        AnnounceMeeting(**meeting, form="talk", subject="width", place="hall", roll=("s-li",), at_time=at_time),
    )
    hall.wait(days=2)
    hall.do(
        DisposeOpinion(**M, by=office, item="1", disposition="declined", reason="no room"),
        HoldMeeting(**meeting, attended=("s-li",)),
        AddEvidence(**M, by=committee, item="minutes", kind="minutes", sha256="0" * 64),
        RecordMeeting(
            **meeting,
            minutes=("minutes",),
            signed_by=("committee-1", "s-li"),
            consensus="wide",
            opinions_text=_of("meeting.record.opinions_text"),
        ),
    )
    hall.on_to("announced")
    hall.do(c.NameVoter(**M, by=chair, voter="v-0", voter_name=_of("name_voter.voter_name")))
    hall.on_to("published")
    hall.do(
        RaiseObjection(**M, by=zhao, item="o", reason="too steep", details=_of("objection.raise.details")),
        ResolveObjection(**M, by=council, item="o", upheld=False, reason="one in twelve"),
    )
    return hall


def _of(ending: str) -> str:
    (text,) = (text for name, text in CANARIES.items() if name.endswith(ending))
    return text


def found_in(data: bytes) -> list[str]:
    forms = [(piece, form) for piece in PIECES for form in (piece.encode(), piece.encode("utf-16-le"), repr_of(piece))]
    return [piece for piece, form in forms if form in data]


def repr_of(text: str) -> bytes:
    """As JSON writes it where it writes ASCII alone."""
    return text.encode("ascii", "backslashreplace")


def test_there_is_a_canary_for_every_personal_field_of_every_command_of_a_proposal():
    fields = {
        f"{command.wire}.{name}"
        for command in PROPOSAL.commands
        for name, field in command.model_fields.items()
        if "Personal" in str(field.annotation)
    }
    assert fields - {"proposal.cast_ballot.sealed"} == set(CANARIES)


def test_no_canary_stands_in_any_byte_of_any_file(tmp_path: Path):
    hall = told(Hall(tmp_path / "log.db"))
    files = list(tmp_path.iterdir())
    assert {each.name for each in files} >= {"log.db", "log.db.keys"}
    assert [found_in(each.read_bytes()) for each in files] == [[]] * len(files)
    hall.engine.close()
    assert [each.name for each in tmp_path.iterdir() if found_in(each.read_bytes())] == []


def test_no_canary_shows_in_events_states_loops_or_refusals():
    hall = told(Hall())
    with pytest.raises(NotAllowed) as refused:
        hall.engine.handle(RecordOpinion(**M, by=li, text=f"too late {DIGITS}"))
    shown = [*hall.events(), hall.get(), refused.value, hall.engine.open_loops("m"), hall.get().items]
    for each in shown:
        assert found_in(f"{each!r} {each}".encode()) == []
    assert found_in(hall.get().model_dump_json().encode()) == []


def test_the_pseudonyms_are_those_of_the_people_so_that_erasing_one_erases_the_text():
    hall = told(Hall())
    proposal: Any = hall.get()
    assert proposal.proposer_name.subject == "s-wang"
    assert proposal.item("support", "s-li").supporter_name.subject == "s-li"
    assert proposal.item("opinion", "1").text.subject == "s-chen"
    assert proposal.item("objection", "o").details.subject == "s-zhao"
    assert proposal.vote.names["v-0"].subject == "v-0"


def test_an_opinion_entered_for_another_is_theirs_and_one_without_a_name_is_no_officials():
    hall = Hall().motion("consulting")
    hall.do(
        RecordOpinion(**M, by=office, author="s-gao", participant="resident", text="wider"),
        RecordOpinion(**M, by=office, text="wider, without a name"),
        RecordOpinion(**M, by=office, text=Personal(text="wider", subject="s-99")),
    )
    named, nobodys, given = (hall.get().item("opinion", key).text.subject for key in "123")
    assert (named, given) == ("s-gao", "s-99")
    assert nobodys not in ("office-1", "s-gao")


def test_a_command_read_from_json_is_about_the_same_person():
    hall = Hall()
    hall.do(c.DraftProposal(**M, by=wang, title="Ramp", text="A ramp", area=AREA))
    clerk = Actor.of("clerk", Role.ORGANISATION, unit="firm")
    for by, unit, capacity, name in ((li, None, "resident", "s-li"), (clerk, "firm", "organisation", "firm")):
        command = SecondProposal(**M, by=by, on_behalf_of=unit, capacity=capacity)
        said = {**command.model_dump(mode="json"), "supporter_name": "Li Canary"}
        hall.do(SecondProposal.model_validate(said))
        assert hall.get().item("support", name).supporter_name.subject == name


@pytest.mark.parametrize("subject", ["s-wang", "s-li", "s-chen", "s-zhao", "v-0"])
def test_erasing_somebody_leaves_state_tally_replay_and_open_loops_as_they_were(subject: str, tmp_path: Path):
    hall = told(Hall(tmp_path / "log.db"))
    hall.wait(days=9)
    hall.on_to("implementing")
    hall.do(c.SpawnRecord(**M, by=committee, title="Pour the concrete"))
    before = hall.get()
    loops, tally = hall.engine.open_loops("m"), before.vote.tally
    stored = [row.state for row in hall.engine.store.read("m")]
    hall.engine.erase(subject, archivist, basis="PIPL §47", authority="archive office", otherwise=Dealt.DROPPED)
    assert hall.get() == before
    assert hall.get().digest == before.digest
    assert (hall.engine.open_loops("m"), hall.get().vote.tallied()) == (loops, tally)
    assert hall.replayed() == before
    assert [row.state for row in hall.engine.store.read("m")] == stored
    hall.engine.close()
    with Engine.open(tmp_path / "log.db", now=hall.clock) as again:
        assert again.get("m") == before
        assert again.open_loops("m") == loops


def test_what_was_erased_opens_no_more_and_what_was_not_still_does():
    hall = told(Hall())
    fields = {"proposer_name": "s-wang", "supporter_name": "s-li", "voter_name": "v-0"}
    for field, subject in fields.items():
        assert "金丝雀" in (hall.engine.open_personal("m", field, office, why="to handle it") or "")
        hall.engine.erase(subject, archivist, basis="PIPL §47", authority="archive office", otherwise=Dealt.DROPPED)
        assert hall.engine.open_personal("m", field, office, why="to handle it") is None
    assert "金丝雀" in (hall.engine.open_personal("m", "details", zhao, why="to handle it") or "")


def test_who_was_erased_goes_on_as_a_pseudonym_and_the_proposal_reaches_its_end():
    hall = told(Hall())
    for subject in ("s-wang", "s-li", "v-0"):
        hall.engine.erase(subject, archivist, basis="PIPL §47", authority="archive office", otherwise=Dealt.DROPPED)
    hall.wait(days=9)
    hall.on_to("result_published")
    reply = {"request": "a ramp", "facts": "none", "grounds": "the vote", "conclusion": "built"}
    hall.do(c.ReplyToProposer(**M, by=office, **reply), c.ArchiveProposal(**M, by=archivist))
    assert "subject_is_not_erased" in hall.refused(
        c.DraftProposal(id="n", by=wang, title="Rail", text="A rail", proposer_name="Wang")
    )


def test_what_everybody_may_read_carries_no_number_of_a_person():
    hall = Hall().motion("consulting")
    with_number = f"ask {DIGITS}"
    assert hall.refused(RecordOpinion(**M, by=li, about=with_number, text="x")) == ("clear_words_name_no_person",)
    hall.on_to("announced")
    hall.do(c.CancelVote(**M, by=chair, reason="x"))
    asked: Any = hall.announcement(question=with_number)
    assert hall.refused(asked) == ("public_text_hides_people",)
    fresh = Hall()
    for field in ("title", "text", "subject"):
        draft = c.DraftProposal(**M, by=wang, **{"title": "Ramp", "text": "A ramp", field: with_number})
        assert fresh.refused(draft) == ("public_text_hides_people",)


def test_everybody_reads_their_own_and_nobody_else_does():
    hall = told(Hall())
    opened = hall.engine.open_personal
    for field, who in (("text", chen), ("supporter_name", li), ("details", zhao), ("proposer_name", wang)):
        assert "金丝雀" in (opened("m", field, who, why="to see it") or "")
    stranger = Actor.of("s-77", Role.RESIDENT, area=AREA)
    for field in ("text", "supporter_name", "details", "proposer_name", "voter_name"):
        with pytest.raises(ProtectionError):
            opened("m", field, stranger, why="out of interest")
