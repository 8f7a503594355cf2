"""并案与拆分 merging and splitting: who stands behind a proposal goes along, is counted there, and is answered."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Command, HandOver, NotFound
from govflow.proposals import commands as c
from govflow.regions.opinion import RecordOpinion
from govflow.regions.support import SecondProposal, WithdrawSupport
from tests.proposals.hall import (
    AREA,
    REPLY,
    VILLAGE,
    Hall,
    archivist,
    chen,
    li,
    member,
    office,
    resident,
    seconds,
    wang,
    zhao,
)

M: dict[str, Any] = {"id": "m"}
TWIN = {"title": "Ramp at the gate", "text": "A ramp is wanted", "area": AREA}
gao, sun, ma = (resident(f"s-{name}") for name in ("gao", "sun", "ma"))


def merge(id: str = "n", master: str = "m", **more: Any) -> c.MergeProposal:
    return c.MergeProposal(id=id, by=office, master=master, **{"same_subject": "the same gate", **more})


def two(
    upto: str = "screening", *, by: Actor = gao, supporters: tuple[Actor, ...] = (sun, ma, li), **said: Any
) -> Hall:
    """Master m of Wang, and n of Gao on the same subject, both brought to a status."""
    hall = Hall().motion(upto, **said)
    hall.do(c.DraftProposal(id="n", by=by, **{**TWIN, **said}), *seconds("n", *supporters))
    hall.do(c.SubmitProposal(id="n", by=by))
    return hall.on_to(upto, "n")


def signed(hall: Hall, id: str = "m") -> dict[str, tuple[str, str]]:
    return {key: (str(item.status), item.capacity) for key, item in hall.get(id).items_of("support").items()}


# --- merging ---------------------------------------------------------------------------------------------------------


def test_proposers_and_supporters_of_the_merged_one_stand_behind_the_master():
    hall = two()
    hall.do(merge())
    assert (hall.get("n").status, hall.get("n").merged_into) == ("merged", "m")
    assert (hall.get().proposer, hall.get().co_proposers) == ("s-wang", ("s-gao",))
    assert set(signed(hall)) == {"s-li", "s-zhao", "s-chen", "s-sun", "s-ma"}
    assert hall.get("n").item("link", "merged.m").other == "m"
    assert hall.get().item("link", "absorbed.n").other == "n"
    assert hall.replayed() == hall.get()
    assert hall.replayed("n") == hall.get("n")


def test_whoever_signed_both_counts_once_in_the_capacity_signed_here_and_who_took_it_back_not_at_all():
    hall = Hall()
    villager = member("s-sun", "assembly")
    said = {"area": VILLAGE, "track": "villagers_motion"}
    for id in ("m", "n"):
        hall.do(c.DraftProposal(id=id, by=wang, title="The school", text="A hall", **said))
    hall.do(
        SecondProposal(**M, by=villager, capacity="resident"),
        SecondProposal(id="n", by=villager, capacity="villager"),
        *(SecondProposal(id="n", by=member(f"v-{number}", "assembly"), capacity="villager") for number in range(97)),
        WithdrawSupport(id="n", by=member("v-0", "assembly"), item="v-0"),
        c.SubmitProposal(id="n", by=wang),
    )
    hall.on_to("screening", "n")
    submit = c.SubmitProposal(**M, by=wang)
    assert hall.lacks(submit) == ["villager: 0 of 96", "representative: 0 of 10"]
    hall.do(merge())
    assert signed(hall)["s-sun"] == ("given", "resident")
    assert "v-0" not in signed(hall)
    assert sum(each == ("given", "villager") for each in signed(hall).values()) == 96
    hall.do(submit)  # a tenth of the villagers stands behind the two of them


def test_a_chain_of_merges_brings_everybody_to_the_last_master():
    hall = two()
    hall.do(c.DraftProposal(id="o", by=chen, **TWIN), *seconds("o", wang, li, zhao), c.SubmitProposal(id="o", by=chen))
    hall.on_to("screening", "o")
    hall.do(merge("o", "n"), merge("n", "m"))
    assert set(hall.get().proposers) == {"s-wang", "s-gao", "s-chen"}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (merge(same_subject=" "), "why it is the same subject is not said"),
        (merge(master="n"), "a proposal cannot be its own master"),
        (merge(master="nowhere"), "the master does not exist"),
    ],
)
def test_a_merge_says_into_what_and_why(command: Command, why: str):
    assert why in two().lacks(command)


def test_a_proposal_is_not_merged_into_one_that_is_past_consultation_nor_into_its_own_follower():
    hall = two()
    hall.on_to("deliberating")
    assert hall.refused(merge()) == ("master_is_open_and_same_subject",)
    other = two()
    other.do(merge())
    assert "master_is_open_and_same_subject" in other.refused(merge("m", "n"))


def test_opinions_on_the_merged_one_are_handed_over_and_not_lost_silently():
    hall = two("consulting")
    hall.do(RecordOpinion(id="n", by=sun, text="wide enough for two"))
    assert hall.refused(merge()) == ("loops_are_handed_over",)
    hall.do(merge(hand_over=(HandOver(region="opinion", to="m", reason="answered there"),)))
    assert hall.get("n").item("opinion", "1").status == "withdrawn"
    assert "m" in {getattr(each.body, "to", None) for each in hall.events("n")}


def test_the_reply_on_the_master_goes_to_all_and_the_merged_one_has_its_own():
    hall = two()
    hall.do(merge())
    assert hall.get("n").clocks["reply"].is_going
    assert hall.refused(c.ArchiveProposal(id="n", by=archivist)) == ("proposer_is_answered",)
    hall.do(c.ReplyToProposer(id="n", by=office, **REPLY), c.ArchiveProposal(id="n", by=archivist))
    hall.on_to("result_published")
    assert hall.do(c.ReplyToProposer(**M, by=office, **REPLY)).answered == ("s-wang", "s-gao")


def test_who_came_by_a_merge_may_take_the_master_over_though_they_signed_nothing_but_their_own():
    hall = two()
    hall.do(merge())
    assert "s-gao" not in signed(hall)
    hall.do(c.WithdrawProposal(**M, by=wang, reason="moving away"))
    taken = hall.do(c.TakeOverProposal(**M, by=gao))
    assert (taken.status, taken.proposer) == ("submitted", "s-gao")
    assert set(taken.proposers) == {"s-gao", "s-wang"}


def test_a_mistaken_merge_is_undone_on_both_sides():
    hall = two()
    hall.do(merge())
    hall.do(c.ReopenProposal(id="n", by=office, ground="another gate"))
    again = hall.get("n")
    assert (again.status, again.merged_into, again.proposer) == ("screening", None, "s-gao")
    assert set(signed(hall, "n")) == {"s-sun", "s-ma", "s-li"}
    assert again.item("link", "merged.m").status == "unlinked"
    assert hall.get().item("link", "absorbed.n").status == "unlinked"
    assert again.clocks["screening"].is_going
    assert not again.clocks["reply"].is_going
    hall.on_to("consulting", "n")  # it goes its own way
    hall.on_to("consulting", "m")


def test_a_merge_undone_gives_the_master_s_borrowed_supporters_back_and_leaves_its_own():
    hall = two()
    before = signed(hall)
    hall.do(merge())
    assert hall.get().co_proposers == ("s-gao",)
    hall.do(c.ReopenProposal(id="n", by=office, ground="another gate"))
    assert hall.get().co_proposers == ()
    assert {who: said for who, said in signed(hall).items() if said[0] == "given"} == before
    assert signed(hall, "n")["s-sun"] == ("given", "resident")


def test_what_came_over_by_a_merge_is_taken_back_by_its_people_in_the_master_alone():
    hall = two()
    hall.do(merge(), WithdrawSupport(**M, by=sun, item="s-sun"))
    assert signed(hall)["s-sun"] == ("withdrawn", "resident")
    assert signed(hall, "n")["s-sun"] == ("given", "resident")


def test_a_merge_undone_may_be_made_again():
    hall = two()
    hall.do(merge(), c.ReopenProposal(id="n", by=office, ground="another gate"), merge())
    assert [str(each.status) for each in hall.get().items_of("link").values()] == ["unlinked", "linked"]
    assert hall.get().co_proposers == ("s-gao",)


def test_a_merge_that_is_refused_changes_neither():
    hall = two()
    hall.on_to("deliberating")
    before = hall.get().digest, hall.get("n").digest
    hall.refused(merge())
    assert (hall.get().digest, hall.get("n").digest) == before


# --- splitting -------------------------------------------------------------------------------------------------------

PARTS = (
    {"title": "A rail", "text": "A rail at the steps", "subject": "the rail"},
    {"title": "A lamp", "subject": "the lamp"},
)


def test_the_first_subject_stays_and_each_other_one_becomes_a_draft_with_the_same_people():
    hall = Hall().motion("draft")
    firm = Actor.of("clerk-1", "organisation", unit="firm")
    hall.do(
        SecondProposal(**M, by=firm, on_behalf_of="firm", capacity="organisation"),
        c.NameCoProposer(**M, by=wang, co_proposer="s-li"),
        c.SubmitProposal(**M, by=wang),
    )
    hall.on_to("consulting")
    hall.do(c.SplitProposal(**M, by=office, subject="the ramp", parts=PARTS))
    parts = [hall.get(each.other) for each in hall.get().items_of("link").values()]
    assert (hall.get().status, hall.get().subject) == ("consulting", "the ramp")
    assert [(each.status, each.subject, each.title_line) for each in parts] == [
        ("draft", "the rail", "A rail"),
        ("draft", "the lamp", "A lamp"),
    ]
    for each in parts:
        assert (each.proposer, each.co_proposers, each.area, each.track) == (
            "s-wang",
            ("s-li",),
            AREA,
            "residents_motion",
        )
        assert signed(hall, each.id) == signed(hall)
        assert each.item("link", "spawned_by.m").other == "m"
        hall.do(c.SubmitProposal(id=each.id, by=wang))  # its supporters came along
        assert hall.replayed(each.id) == hall.get(each.id)


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ((), ("parts_are_named",)),
        (({"title": " ", "subject": "the rail"},), ("parts_are_named",)),
        (({"title": "A rail", "subject": " "},), ("parts_are_named",)),
        (({"title": "Ask 13812345678", "subject": "the rail"},), ("public_text_hides_people",)),
    ],
)
def test_each_part_is_named(parts: Any, codes: tuple[str, ...]):
    hall = Hall().motion("screening")
    assert hall.refused(c.SplitProposal(**M, by=office, subject="the ramp", parts=parts)) == codes


def test_a_split_refused_makes_nothing():
    hall = Hall().motion("screening")
    hall.refused(c.SplitProposal(**M, by=office, subject="", parts=PARTS))
    with pytest.raises(NotFound):
        hall.get("P-2026-000001")
