"""Entries: who enters what, how many, what they may cost, who reviews them, and where they come from."""

from __future__ import annotations

import pytest

from govflow import Actor, Role
from govflow.actors import Claim
from govflow.budgets import entry as n
from govflow.proposals.commands import DraftProposal
from govflow.regions.evidence import AddEvidence
from tests.budgets.office import (
    AREA,
    BALLOT,
    COUNT,
    YUAN,
    R,
    a_policy,
    admit,
    an_office,
    community,
    enrol,
    idea,
    other_community,
    resident,
    second,
    secretary,
    stranger,
    town,
    vote,
)


def refuse(key: str = "a", by: Actor = secretary, **said: str) -> n.RefuseEntry:
    return n.RefuseEntry(**R, by=by, item=key, **{"reason_code": "entered_twice", "reason": "as b", **said})


def withdraw(key: str = "a", by: Actor | None = None, reason: str = "no time") -> n.WithdrawEntry:
    return n.WithdrawEntry(**R, by=by or resident(f"s-{key}"), item=key, reason=reason)


def entry_of(item: str, **said: object) -> n.ProposeEntry:
    return idea(item, by=resident("s-x"), **said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": " "}, "entry_is_described"),
        ({"kind": "rockets"}, "entry_is_described"),
        ({"area": "jinniu/elsewhere"}, "entry_is_described"),
        ({"title": "call 13912345678"}, "public_words_hide_people"),
        ({"text": "ask zhang@example.org"}, "public_words_hide_people"),
        ({"proposer": "s-other"}, "proposer_enters_it_or_is_written_down"),
        ({"source": "P-none"}, "source_stands_and_is_entered_once"),
        ({"item": "x" * 65}, "entry_is_described"),
    ],
)
def test_an_entry_is_described_and_entered_by_whose_it_is(said, code):
    office = an_office("collecting")
    item = said.pop("item", "x")
    assert office.refused(entry_of(item, **said)) == (code,)


def test_the_secretariat_writes_an_entry_down_for_somebody():
    office = an_office("collecting")
    office.do(idea("x", by=secretary, proposer="s-grandmother", area=""))
    found = office.entry("x")
    assert (found.proposer, found.by, found.area, found.owes) == ("s-grandmother", "secretary-1", AREA, "secretariat")


def test_a_secretary_of_another_town_writes_no_entry_down_here():
    office = an_office("collecting")
    away = Actor(id="s-x", claims=(Claim(role="resident"), Claim(role="secretariat", area="far/away")))
    assert office.refused(idea("x", by=away, proposer="s-9")) == ("proposer_enters_it_or_is_written_down",)
    office.do(idea("x", by=away))


def test_residents_and_communities_enter_projects_and_strangers_do_not():
    office = an_office("collecting")
    office.do(idea("y", by=community))
    assert office.refused(idea("z", by=stranger)) == ("role_is_held",)


def test_nobody_has_more_entries_than_the_programme_allows():
    office = an_office("collecting")
    for key in ("x", "y", "z"):
        office.do(entry_of(key))
    assert office.refused(entry_of("more")) == ("proposer_has_room_left",)
    office.do(refuse("x"))
    office.do(entry_of("more"))
    office.do(withdraw("y", by=resident("s-x")))
    office.do(entry_of("again"))
    assert office.refused(entry_of("beyond")) == ("proposer_has_room_left",)
    free = an_office("collecting", programme="ours", policy=a_policy(per_proposer=0))
    for place in range(5):
        free.do(entry_of(f"x{place}"))


def test_projects_are_entered_while_they_are_collected_and_not_before_or_after():
    for phase in ("drafting", "reviewing", "balloting", "decided"):
        assert an_office(phase).refused(entry_of("late")) == ("step_is_in_the_table",)


# --- review ----------------------------------------------------------------------------------------------------------


def test_an_eligible_entry_has_a_cost_within_the_cap_of_its_kind():
    office = an_office("collecting")
    cap = 1_000_000
    assert office.refused(admit("a", 0)) == ("cost_is_named_and_within_its_cap",)
    over = admit("a", cap).changed(cost=cap * YUAN + 1)
    assert "1 minor units over the cap of works" in office.refusal(over).sentence()
    office.do(admit("a", cap))
    service = idea("s", kind="service")
    assert "超出服务类单项上限 10000000 分" in office_with(service).refusal(admit("s", 600_000)).sentence("zh-CN")
    assert (office.entry().status, office.entry().cost, office.entry().owes) == ("eligible", cap * YUAN, "convenor")


def office_with(*commands):
    office = an_office("collecting")
    office.do(*commands)
    return office


def test_nobody_reviews_what_they_entered_themselves():
    office = office_with(idea("x", by=secretary, proposer="s-grandmother"))
    assert office.refused(admit("x")) == ("decided_by_another",)
    assert office.refused(refuse("x")) == ("decided_by_another",)
    office.do(admit("x", by=second))


@pytest.mark.parametrize("said", [{"reason_code": "too_vague"}, {"reason_code": None}, {"reason": " "}])
def test_an_entry_is_refused_for_a_coded_reason_with_an_explanation(said):
    office = an_office("collecting")
    given = refuse().changed(**said)
    assert office.refused(given) == ("reason_is_coded",)
    found = office.do(refuse().changed(command_id="good")).item("entry", "a")
    assert (found.status, found.reason_code, found.reason, found.owes) == ("ineligible", "entered_twice", "as b", None)


def test_a_refused_entry_is_looked_at_again_by_somebody_else():
    office = office_with(refuse())
    again = n.ReopenEntry(**R, by=secretary, item="a", reason="it is another place")
    assert office.refused(again) == ("decided_by_another",)
    assert office.refused(again.changed(by=town, reason="")) == ("reason_given",)
    office.do(again.changed(by=town))
    assert office.refused(admit()) == ("decided_by_another",)
    assert office.do(admit(by=second)).item("entry", "a").status == "eligible"


def test_an_entry_is_taken_back_by_its_proposer_with_a_reason():
    office = an_office("collecting")
    assert office.refused(withdraw(by=resident("s-9"))) == ("role_is_held",)
    assert office.refused(withdraw(reason=" ")) == ("reason_given",)
    assert office.do(withdraw()).item("entry", "a").status == "withdrawn"


def test_the_secretariat_takes_an_entry_off_at_the_proposers_written_wish_before_people_vote_and_never_after():
    asked = withdraw(by=secretary, reason=".")
    wish = AddEvidence(**R, by=secretary, item="wish", kind="withdrawal", sha256="0" * 64)
    for phase in ("collecting", "reviewing"):
        office = an_office(phase)
        assert office.refused(asked) == ("required_papers_are_attached",)
        assert office.refused(asked.changed(papers=("wish",))) == ("required_papers_are_attached",)
        office.do(wish)
        of_a_part = Actor.of("q", Role.SECRETARIAT, area=f"{AREA}/qingxi")
        assert office.refused(asked.changed(by=of_a_part, papers=("wish",))) == ("role_is_held",)
        assert office.refused(asked.changed(reason="", papers=("wish",))) == ("reason_given",)
        office.do(asked.changed(papers=("wish",)))
        assert office.entry().status == "withdrawn"
    office = an_office("balloting")
    office.do(wish)
    assert office.refused(asked.changed(papers=("wish",))) == ("role_is_held",)
    assert office.do(withdraw()).item("entry", "a").status == "withdrawn"


def test_what_is_taken_back_while_people_vote_stays_listed_and_cannot_win():
    office = an_office("balloting")
    office.do(withdraw(), vote("v-1", "a", "b"))
    office.days(11).engine.tick()
    count = office.round.count
    assert (office.round.paper, count.winners) == (("a", "b", "c"), ("b",))
    told = {each.entry: each.en for each in count.told}
    assert told["a"] == "cost 300000, 1 vote, 1st by votes; withdrawn: not eligible"


def test_people_vote_on_nothing_that_is_not_reviewed():
    office = office_with()
    office.days(16).engine.tick()
    refusal = office.refusal(BALLOT)
    assert refusal.codes == ("ballot_can_begin",)
    assert "entry a is not reviewed" in refusal.sentence()
    assert "no entry is eligible" in refusal.sentence()


# --- where it comes from, and where it goes --------------------------------------------------------------------------


def test_an_entry_that_comes_from_a_proposal_is_tied_to_it_on_both_sides():
    proposer = Actor.of("s-rep", Role.RESIDENT, Role.PROPOSER)
    office = office_with(
        DraftProposal(
            id="ramp", by=proposer, title="Ramp", text="A ramp at gate 3", level="community", area=f"{AREA}/huazhaobi"
        ),
        idea("x", source="ramp"),
    )
    assert office.round.items_of("link")["decides.ramp"].other == "ramp"
    assert office.engine.get("ramp").items_of("link")["decided_by.round"].other == "round"
    assert office.refused(idea("y", source="ramp")) == ("source_stands_and_is_entered_once",)
    office.do(refuse("x"), idea("y", source="ramp"))
    assert list(office.round.items_of("link")) == ["decides.ramp"]


def carry(key: str = "a", by: Actor = community, **said: str) -> n.CommissionEntry:
    return n.CommissionEntry(**R, by=by, item=key, **said)


def test_without_joint_projects_a_winner_waits_until_somebody_names_what_carries_it_out():
    office = an_office("handed_over")
    assert ("entry", "a", "community") in office.loops()
    assert office.refused(carry()) == ("carrier_is_named",)
    assert office.refused(carry(project="P-none")) == ("carrier_is_named",)
    assert office.refused(carry(carrier="ask 13912345678")) == ("public_words_hide_people",)
    assert office.refused(carry(by=other_community, carrier="contract 7")) == ("role_is_held",)
    office.do(carry(carrier="contract 7"))
    assert (office.entry().status, office.entry().carrier, office.loops()) == (
        "commissioned",
        "contract 7",
        {("entry", "b", "community")},
    )


def test_a_record_of_this_log_may_carry_a_winner_out():
    office = an_office("handed_over")
    proposer = Actor.of("s-rep", Role.RESIDENT, Role.PROPOSER)
    office.do(DraftProposal(id="p", by=proposer, title="Ramp", text="A ramp", level="community", area=AREA))
    office.do(carry(project="p"))
    assert office.entry().project == "p"
    assert office.engine.get("p").items_of("link")["spawned_by.round"].other == "round"


def test_nothing_is_commissioned_before_the_public_notice_is_over():
    office = an_office("published")
    assert office.refused(carry(carrier="contract 7")) == ("winners_were_handed_over",)


def test_the_unit_named_in_the_review_owes_the_project():
    office = an_office("collecting")
    office.do(admit("a", unit="parks"))
    office.days(16).engine.tick()
    office.do(refuse("b", by=town), refuse("c", by=town), enrol("v-1"), BALLOT, vote("v-1", "a"))
    office.over().do(COUNT)
    assert office.loops() == {("entry", "a", "parks")}
