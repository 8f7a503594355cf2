"""The envelope: every sum with its source and giver, donations beside fiscal money, no yuan spent twice."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from govflow import Actor, HandOver, Personal, ProtectionError, Role
from govflow.actors import Claim
from govflow.budgets import entry as n
from govflow.budgets import fund as f
from govflow.budgets import page_of
from govflow.budgets.messages import CancelBudgetRound
from govflow.budgets.model import LARGEST_ENVELOPE
from govflow.testing import START as NOW
from tests.budgets.office import (
    BALLOT,
    COUNT,
    FISCAL,
    YUAN,
    R,
    a_policy,
    an_office,
    bakery,
    cashier,
    community,
    finance,
    resident,
    secretary,
    town,
    vote,
)

GIFT = f.AddFund(**R, by=finance, item="gift", source="donation", amount=200_000 * YUAN, giver="bakery")
PLEDGE = f.PledgeFund(
    **R,
    by=bakery,
    item="pledge",
    source="donation",
    amount=50_000 * YUAN,
    giver="bakery",
    until=NOW + timedelta(days=9),
)
RECEIVE = f.ReceiveFund(**R, by=cashier, item="pledge")


def take_back(item: str, by: Actor = finance, reason: str = "given elsewhere") -> f.WithdrawFund:
    return f.WithdrawFund(**R, by=by, item=item, reason=reason)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"source": None}, "the source; who gives it"),
        ({"amount": 0}, "the sum"),
        ({"source": "donation"}, "who gives it"),
        ({"source": "self_raised"}, "who gives it"),
    ],
)
def test_money_names_its_source_its_sum_and_its_giver(said, lacking):
    source = said.get("source", "fiscal")
    given = f.AddFund(**R, by=finance, item="x", source=source, amount=said.get("amount", 1))
    refusal = an_office().refusal(given)
    assert refusal.codes == ("funding_source_is_named",)
    assert refusal.broken[0].sentence().endswith(lacking)


def test_a_donation_raises_what_is_available_and_leaves_the_fiscal_sum():
    office = an_office()
    before = office.round
    after = office.do(GIFT)
    assert (before.available, after.available) == (1_000_000 * YUAN, 1_200_000 * YUAN)
    assert after.by_source == {"fiscal": 1_000_000 * YUAN, "donation": 200_000 * YUAN}
    assert page_of(after).leverage == Fraction(1, 5)


def test_a_pledge_is_owed_by_its_giver_and_counts_when_another_confirms_that_it_came():
    office = an_office("collecting")
    office.do(PLEDGE)
    assert office.round.available == 1_000_000 * YUAN
    assert ("fund", "pledge", "bakery") in office.loops()
    assert office.refused(RECEIVE.changed(by=finance, amount=0)) == ("a_sum_has_come",)
    assert office.refused(RECEIVE.changed(by=bakery)) == ("role_is_held", "decided_by_another")
    after = office.do(RECEIVE.changed(amount=40_000 * YUAN))
    assert (after.available, after.item("fund", "pledge").amount) == (1_040_000 * YUAN, 40_000 * YUAN)
    assert office.engine.open_loops("round")[0].region == "entry"


def test_who_writes_a_pledge_down_does_not_confirm_it():
    office = an_office("collecting")
    office.do(PLEDGE.changed(by=finance))
    assert office.refused(RECEIVE.changed(by=finance)) == ("decided_by_another",)
    assert office.do(RECEIVE).available == 1_050_000 * YUAN


def test_people_pledge_for_themselves_and_officials_write_down_what_others_promised():
    office = an_office("collecting")
    assert office.refused(PLEDGE.changed(by=resident("s-9"))) == ("giver_pledges_or_is_written_down",)
    assert office.refused(PLEDGE.changed(source="fiscal")) == ("fiscal_money_is_not_pledged",)
    office.do(PLEDGE.changed(item="own", by=resident("s-9"), giver="s-9"), PLEDGE.changed(by=community, command_id="c"))
    assert {key: each.by for key, each in office.round.items_of("fund").items() if each.status == "pledged"} == {
        "own": "s-9",
        "pledge": "community-1",
    }


def test_an_official_of_another_town_writes_no_pledge_down_here():
    office = an_office("collecting")
    away = Actor(id="s-9", claims=(Claim(role="resident"), Claim(role="finance", area="far/away")))
    assert office.refused(PLEDGE.changed(by=away)) == ("giver_pledges_or_is_written_down",)


def test_a_pledge_is_taken_back_by_its_giver_alone():
    office = an_office("collecting")
    office.do(PLEDGE)
    butcher = Actor.of("butcher", Role.ORGANISATION, unit="butchery")
    assert office.refused(take_back("pledge", by=butcher)) == ("role_is_held",)
    assert office.refused(take_back("pledge", by=bakery, reason=" ")) == ("reason_given",)
    office.do(take_back("pledge", by=bakery))
    assert office.round.item("fund", "pledge").status == "withdrawn"


def test_a_pledge_falls_away_with_its_round_and_its_giver_may_read_it():
    office = an_office("collecting")
    person = resident("s-9")
    given = PLEDGE.changed(by=person, giver="s-9", giver_name=Personal(text="李建国", subject="s-9"))
    office.do(given)
    loop = next(each for each in office.engine.open_loops("round") if each.region == "fund")
    assert (loop.what, loop.until) == ("donation money of s-9", PLEDGE.until)
    version = office.round.version
    for who in (person, finance):
        assert office.engine.open_personal("round", "giver_name", who, version=version, why="to handle it") == "李建国"
    with pytest.raises(ProtectionError):
        office.engine.open_personal("round", "giver_name", community, version=version, why="to handle it")
    rest = (HandOver(reason="no round this year"),)
    office.do(CancelBudgetRound(**R, by=town, reason="no money", hand_over=rest))
    assert office.round.item("fund", "pledge").status == "withdrawn"


def test_people_vote_on_a_fiscal_sum_that_stands():
    office = an_office("balloting")
    more = FISCAL.changed(item="more", command_id="more")
    assert office.refused(more) == ("fiscal_sum_stands",)
    assert office.refused(take_back("fiscal")) == ("fiscal_sum_stands",)
    assert office.do(GIFT).available == 1_200_000 * YUAN


def test_money_that_winners_need_is_not_taken_away():
    office = an_office("reviewing")
    office.do(GIFT, BALLOT, *(vote(f"v-{place}", "a", "b", "c") for place in range(1, 6)))
    office.over().do(COUNT)
    assert office.round.reserved == 1_200_000 * YUAN
    assert office.refusal(take_back("gift")).broken[0].sentence().endswith("20000000 minor units would be missing")
    office.do(n.ReleaseEntry(**R, by=town, item="c", reason="not needed"))
    assert office.do(take_back("gift")).remaining == 300_000 * YUAN


def test_an_envelope_holds_no_more_than_can_be_counted_and_a_ballot_on_it_ends():
    office = an_office("balloting")
    left = LARGEST_ENVELOPE - office.round.available
    office.do(PLEDGE.changed(until=None))
    assert office.refused(GIFT.changed(amount=LARGEST_ENVELOPE)) == ("envelope_can_be_counted",)
    refusal = office.refusal(GIFT.changed(amount=left + 1))
    assert "1 minor units more than 1000000000000000" in refusal.sentence()
    assert "超出上限 1000000000000000 分 1 分" in refusal.sentence("zh-CN")
    office.do(GIFT.changed(amount=left - 1))
    assert office.refused(RECEIVE) == ("envelope_can_be_counted",)
    assert office.refused(RECEIVE.changed(amount=2)) == ("envelope_can_be_counted",)
    assert office.do(RECEIVE.changed(amount=1)).available == LARGEST_ENVELOPE
    assert not office.over().engine.tick().refused
    assert (office.round.status, office.round.count.budget) == ("decided", LARGEST_ENVELOPE)


# --- one yuan --------------------------------------------------------------------------------------------------------


def award(item: str = "c") -> n.AwardEntry:
    return n.AwardEntry(**R, by=town, item=item, reason="a donation came")


def test_an_entry_that_lost_is_funded_to_the_last_yuan_and_not_one_beyond():
    office = an_office("decided")  # 300,000 are left, and c costs 500,000
    assert office.round.remaining == 300_000 * YUAN
    office.do(GIFT.changed(amount=200_000 * YUAN - 1))
    refusal = office.refusal(award())
    assert refusal.codes == ("budget_is_within_envelope",)
    assert refusal.sentence().splitlines()[1].endswith("1 minor units more than the envelope has left")
    office.do(GIFT.changed(item="one", amount=1, command_id="one"))
    assert office.do(award()).remaining == 0
    assert office.round.by_source["fiscal"] == 1_000_000 * YUAN


def test_a_winners_cost_is_revised_within_envelope_and_cap():
    office = an_office("decided")

    def revise(yuan: int, fen: int = 0) -> n.ReviseEntry:
        return n.ReviseEntry(**R, by=finance, item="a", cost=yuan * YUAN + fen, reason="tender")

    assert office.refused(revise(600_000, 1)) == ("budget_is_within_envelope",)
    assert office.do(revise(600_000)).remaining == 0
    assert office.refused(revise(0)) == ("cost_is_named_and_within_its_cap",)
    assert office.do(revise(250_000)).remaining == 350_000 * YUAN
    rich = an_office(
        "decided",
        programme="ours",
        policy=a_policy(kinds=({"id": "works", "en": "w", "zh": "工", "cap": 500_000 * YUAN},)),
    )
    assert set(rich.refused(revise(500_000, 1))) == {"cost_is_named_and_within_its_cap", "budget_is_within_envelope"}
    assert rich.do(revise(500_000)).remaining == 100_000 * YUAN


def test_all_winners_of_a_kind_stay_within_its_total():
    kinds = ({"id": "works", "en": "works", "zh": "工程类", "total": 750_000 * YUAN},)
    office = an_office("decided", programme="ours", policy=a_policy(kinds=kinds))
    assert (office.round.count.winners, office.round.reserved) == (("a", "b"), 700_000 * YUAN)
    office.do(GIFT)
    refusal = office.refusal(award())
    assert refusal.codes == ("budget_is_within_envelope",)
    assert "45000000 minor units more than all works may cost" in refusal.sentence()


def test_what_is_released_is_free_for_others():
    office = an_office("published")
    office.do(n.ReleaseEntry(**R, by=town, item="a", reason="the owners refused"))
    assert office.round.remaining == 600_000 * YUAN
    assert office.do(award()).remaining == 100_000 * YUAN
    assert office.refused(award("a")) == ("step_is_in_the_table",)
    assert office.refused(n.ReleaseEntry(**R, by=secretary, item="c", reason="x")) == ("role_is_held",)
