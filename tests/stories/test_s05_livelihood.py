"""S5 民生微实事: a district spends 30 million yuan as its 95 communities wish; a donation lifts one project more.

Each winner becomes a joint project; one of them is followed to its settlement. Envelopes beside votes: the next story.
"""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from govflow import Actor, Engine, NotAllowed, Personal, Role
from govflow.budgeting import winners
from govflow.budgets import counted, page_of
from govflow.budgets import entry as n
from govflow.budgets import fund as f
from govflow.budgets import messages as m
from govflow.interchange.budget_rounds import round_as_pabulib
from govflow.interchange.pabulib import pabulib_bytes, pabulib_from
from govflow.projects import commands as c
from govflow.projects.budget import ChangeBudget, FreeBudget, PlanBudget
from govflow.projects.expense import DisallowExpense, RecordExpense, VerifyExpense
from govflow.projects.model import Pledge
from govflow.projects.money import accounts_of
from govflow.testing import PinnedClock
from govflow.voting import Ballot, Voter
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import RECORDS, Site

YUAN, ROUND = 100, {"id": "livelihood-2026"}
COMMUNITIES = [f"c{place:02}" for place in range(1, 96)]
ENVELOPE = 30_000_000 * YUAN

district = Actor.of("district-1", Role.DISTRICT, level="district", area="jinniu")
office = Actor.of("office-1", Role.SECRETARIAT, unit="social-work", area="jinniu")
finance = Actor.of("finance-1", Role.FINANCE, unit="finance", area="jinniu")
convenor = Actor.of("convenor-1", Role.CONVENOR, area="jinniu")
reviewer = Actor.of("town-1", Role.TOWN, level="district", area="jinniu")


def committee(place: str) -> Actor:
    return Actor.of(f"of-{place}", Role.COMMUNITY, level="community", area=f"jinniu/{place}")


def delegate(place: str, seat: int) -> Actor:
    return Actor.of(f"d-{place}-{seat}", Role.VOTER)


def cost_of(place: int, number: int) -> int:
    """What the third, second and first project of a community cost, in yuan: services are the cheap ones."""
    return {1: 90_000 + 1_000 * place, 2: 260_000 + 3_000 * (place % 40), 3: 500_000 + 5_000 * (place % 90)}[number]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The log of the whole story, and what was seen on the way."""
    path, clock = tmp_path_factory.mktemp("s5") / "district.db", PinnedClock()
    seen: dict[str, Any] = {}

    with Engine.open(path, records=RECORDS, now=clock) as log:

        def round() -> Any:
            return log.get(ROUND["id"])

        def refused(command: Any) -> NotAllowed:
            with pytest.raises(NotAllowed) as caught:
                log.handle(command)
            return caught.value

        # the envelope: fiscal money, before anybody votes on it
        log.handle(m.OpenBudgetRound(**ROUND, by=district, title="民生微实事 2026", level="district", area="jinniu"))
        log.handle(f.AddFund(**ROUND, by=finance, source="fiscal", amount=ENVELOPE, purpose="区级财政"))
        log.handle(m.StartCollecting(**ROUND, by=office))

        # three proposals a community, entered by residents through their committee; a fourth is one too many
        for place, community in enumerate(COMMUNITIES, start=1):
            entered = [
                n.ProposeEntry(
                    **ROUND,
                    by=committee(community),
                    item=f"{community}-{number}",
                    title=f"Project {number} of {community}",
                    kind="service" if number == 1 else "works",
                    area=f"jinniu/{community}",
                    asked=cost_of(place, number) * YUAN,
                    contact=Personal(text=f"住户 {place}-{number}", subject=f"s-{place}-{number}"),
                )
                for number in (1, 2, 3)
            ]
            log.handle_all(entered)
        seen["a fourth"] = refused(entered[0].changed(item="c95-4", command_id="a-fourth"))

        # screening: each is costed, one is over the cap of its kind, one is refused for a coded reason
        clock.advance(days=16)
        log.tick()
        over = n.AdmitEntry(**ROUND, by=reviewer, item="c01-1", cost=500_001 * YUAN)
        seen["over the cap"] = refused(over)
        for place, community in enumerate(COMMUNITIES, start=1):
            keys = [f"{community}-{number}" for number in (1, 2, 3)]
            log.handle_all(
                n.AdmitEntry(**ROUND, by=reviewer, item=key, cost=cost_of(place, int(key[-1])) * YUAN)
                for key in keys
                if key != "c95-3"
            )
        refusal = {"reason_code": "funded_elsewhere", "reason": "the water company pays"}
        log.handle(n.RefuseEntry(**ROUND, by=reviewer, item="c95-3", **refusal))

        # the council: two delegates a community; nobody else votes, and nobody twice after the end
        for start in range(0, 95, 50):
            some = [delegate(place, seat).id for place in COMMUNITIES[start : start + 50] for seat in (1, 2)]
            log.handle(m.EnrolBudgetVoters(**ROUND, by=office, voters=tuple(Voter(id=id) for id in some)))
        log.handle(m.OpenBudgetBallot(**ROUND, by=convenor))
        for place, community in enumerate(COMMUNITIES, start=1):
            for seat in (1, 2):
                near = COMMUNITIES[place % 95]
                choice = [f"{community}-1", f"{community}-{seat + 1}", f"{near}-2"]
                choice = [key for key in dict.fromkeys(choice) if key != "c95-3"]
                cast = m.CastBudgetBallot(**ROUND, by=delegate(community, seat), ballot=Ballot(choice=tuple(choice)))
                log.handle(cast)
        seen["a stranger"] = refused(cast.changed(by=Actor.of("d-x", Role.VOTER), command_id="a-stranger"))
        clock.advance(days=11)
        log.tick()
        seen["late"] = refused(cast.changed(command_id="late"))
        seen["decided"] = round()

        # a bakery gives 200,000 yuan: available money rises, the fiscal sum stays
        gift = f.PledgeFund(**ROUND, by=finance, item="gift", source="donation", amount=200_000 * YUAN, giver="bakery")
        log.handle(gift)
        seen["pledged"] = round()
        cashier = Actor.of("finance-2", Role.FINANCE, unit="finance", area="jinniu")
        log.handle(f.ReceiveFund(**ROUND, by=cashier, item="gift"))
        seen["received"] = round()

        # one entry more is approved out of what is left, to the last yuan and not one beyond
        left = round().remaining
        lost = [each for each in round().items_of("entry").values() if each.status == "lost"]
        best = next(each for each in lost if each.cost <= left)
        log.handle(n.AwardEntry(**ROUND, by=reviewer, item=best.key, reason="a donation came"))
        rest = round().remaining

        def revise(cost: int) -> n.ReviseEntry:
            return n.ReviseEntry(**ROUND, by=finance, item=best.key, cost=cost, reason="tender")

        seen["one yuan over"] = refused(revise(best.cost + rest + YUAN))
        log.handle(revise(best.cost + rest))
        seen["to the last yuan"] = round()
        log.handle(revise(best.cost))

        # public notice; then every winner becomes a project of its own, and the round is closed when nothing is open
        log.handle(m.PublishBudgetRound(**ROUND, by=office, public_text="入选项目见下。"))
        clock.advance(days=8)
        log.tick()
        log.handle(m.CloseBudgetRound(**ROUND, by=office, public_text="全部项目已立项。"))
        seen["closed"] = round()
        seen["awarded"] = best.key
        seen["projects"] = [each for each in log.records() if each.kind_of_record == "joint_project"]
        carried_out(Site(Offices(best.area, unit="committee"), log=log, clock=clock), round(), best.key, seen)
    return path, seen


def carried_out(site: Site, round: Any, key: str, seen: dict[str, Any]) -> None:
    """One winner's project: paired with the bakery, which adds 200,000 yuan, approved as voted, done, settled."""
    entry, by = round.item("entry", key), site.by
    id, gift = entry.project, 200_000 * YUAN
    site.agreed(id, "bakery")
    pair = site.pairing(id, "committee", "bakery")
    until = pair.pledges[1].until
    promise = Pledge(party="bakery", what="a donation", matter="money", amount=gift, until=until)
    site.do(pair.changed(pledges=(pair.pledges[0], promise)))
    seen["before the gift"] = site.get(id)
    donated = PlanBudget(id=id, by=by.secretary, item="gift", source="donation", commitment="2", amount=gift)
    seen["more than was promised"] = site.refused(donated.changed(amount=gift + 1))
    site.do(donated)

    approve = c.ApproveProject(id=id, by=by.town, decided_by=round.id)
    seen["one yuan less"] = site.refused(approve.changed(budget=entry.cost + gift - YUAN))
    more = ChangeBudget(id=id, by=by.secretary, item="1", amount=entry.cost + YUAN, reason="tender")
    seen["one yuan more"] = site.refused(more)
    again = PlanBudget(id=id, by=by.secretary, item="again", source="fiscal", amount=YUAN, envelope=round.id)
    site.do(again)
    seen["a line more"] = site.refused(approve)
    site.do(FreeBudget(id=id, by=by.finance, item="again", reason="the round gave no more"))
    seen["approved"] = site.do(approve)
    site.under_way(id, by.secretary)
    site.spent(id, "V1", "1", entry.cost // YUAN, by.secretary)
    over = RecordExpense(id=id, by=by.secretary, item="V2", line="gift", amount=gift + 1, papers=("receipt-V1",))
    seen["overspent"] = site.refused(over)
    site.spent(id, "V2", "gift", 150_000, of_unit("bakery"))
    site.do(RecordExpense(id=id, by=of_unit("bakery"), item="V3", line="gift", amount=YUAN, papers=("receipt-V2",)))
    own = VerifyExpense(id=id, by=Actor.of("bakery-9", Role.FINANCE, unit="bakery"), item="V3")
    seen["checks itself"] = site.refused(own)
    site.do(DisallowExpense(id=id, by=by.finance, item="V3", reason="no cost of the project"))
    site.do(c.DeliverProject(id=id, by=by.secretary, public_text="Done as voted."))
    site.accepted(id)
    judges = {"self": (by.secretary, 80), "peer": (of_unit("school"), 80), "external": (resident("s-1"), 80)}
    site.evaluated(id, judges)
    site.kept(id)
    seen["settled"] = site.settled(id)
    site.audited()


def test_the_envelope_is_never_exceeded_and_the_kinds_keep_their_caps(told):
    decided = told[1]["decided"]
    assert decided.available == ENVELOPE
    assert 0 <= decided.remaining < ENVELOPE
    assert decided.count.spent == decided.reserved == ENVELOPE - decided.remaining
    won = [decided.item("entry", key) for key in decided.count.winners]
    assert all(each.cost <= {"service": 500_000, "works": 1_000_000}[each.kind] * YUAN for each in won)
    assert told[1]["over the cap"].codes == ("cost_is_named_and_within_its_cap",)


def test_what_breaks_a_rule_is_refused_with_its_reason(told):
    _, seen = told
    assert seen["a fourth"].codes == ("proposer_has_room_left",)
    assert set(seen["a stranger"].codes) == {"role_is_held", "voter_is_on_the_roll"}
    assert seen["late"].codes == ("step_is_in_the_table",)
    assert seen["closed"].item("entry", "c95-3").reason_code == "funded_elsewhere"


def test_every_entry_is_told_why_it_won_or_not_and_brute_force_agrees(told):
    decided = told[1]["decided"]
    assert len(decided.count.told) == 284
    votes = Counter(key for each in decided.cast.values() for key in each.ballot.choice)
    assert {each.entry: each.votes for each in decided.count.told} == {key: votes[key] for key in decided.paper}
    left, won = ENVELOPE, []
    order = {key: place for place, key in enumerate(decided.paper)}
    cost = {key: decided.item("entry", key).cost for key in decided.paper}
    for key in sorted(decided.paper, key=lambda key: (-votes[key], cost[key], order[key])):
        if votes[key] and cost[key] <= left:
            won.append(key)
            left -= cost[key]
    assert (list(decided.count.winners), decided.remaining) == (won, left)


def test_a_donation_raises_what_is_available_once_it_is_there_and_leaves_the_fiscal_sum(told):
    _, seen = told
    assert seen["pledged"].available == ENVELOPE
    assert seen["received"].available == ENVELOPE + 200_000 * YUAN
    assert seen["received"].by_source == {"fiscal": ENVELOPE, "donation": 200_000 * YUAN}
    assert seen["received"].count == seen["decided"].count


def test_an_approval_one_yuan_beyond_the_envelope_fails_and_one_to_the_last_yuan_does_not(told):
    _, seen = told
    assert "budget_is_within_envelope" in seen["one yuan over"].codes
    assert f"{YUAN} minor units more than the envelope has left" in seen["one yuan over"].sentence()
    assert seen["to the last yuan"].remaining == 0


def test_each_winner_is_carried_out_by_a_project_of_its_own(told):
    _, seen = told
    closed = seen["closed"]
    carried = {each.key: each.project for each in closed.items_of("entry").values() if each.status == "commissioned"}
    assert set(carried) == {*closed.count.winners, seen["awarded"]}
    assert len(set(carried.values())) == len(carried) == len(seen["projects"])
    for key, project in carried.items():
        (begun,) = [each for each in seen["projects"] if each.id == project]
        line = begun.item("budget", "1")
        assert (line.envelope, line.amount, line.status) == (ROUND["id"], closed.item("entry", key).cost, "planned")
        assert (begun.kind, begun.area) == ("micro_livelihood", closed.item("entry", key).area)
    assert closed.status == "closed"


def test_a_donation_is_a_line_of_its_own_and_leaves_the_fiscal_one_as_it_was_voted(told):
    _, seen = told
    cost, gift = seen["before the gift"].item("budget", "1").amount, 200_000 * YUAN
    approved = accounts_of(seen["approved"])
    assert approved.approved == cost + gift
    assert {source: each.reserved for source, each in approved.by_source.items()} == {"fiscal": cost, "donation": gift}
    assert approved.leverage == Fraction(gift, cost)
    assert seen["more than was promised"] == {"commitment_bears_its_lines"}
    assert seen["one yuan less"] == {"budget_covers_its_lines"}
    assert "budget_is_within_envelope" in seen["one yuan more"]
    assert seen["a line more"] == {"budget_is_within_envelope"}


def test_it_spends_no_more_than_it_has_and_is_settled_by_its_receipts(told):
    _, seen = told
    cost = seen["before the gift"].item("budget", "1").amount
    assert seen["overspent"] == {"spending_is_within_budget"}
    assert seen["checks itself"] == {"verified_by_another", "finance_takes_no_part"}
    settled = seen["settled"]
    assert settled.status == "settled"
    assert [line.spent for line in settled.accounts.lines] == [cost, 150_000 * YUAN]
    assert settled.accounts.spent == cost + 150_000 * YUAN
    assert settled.accounts.received == cost + 200_000 * YUAN


def test_replay_yields_the_same_round_and_the_same_balance(told):
    path, seen = told
    with Engine.open(path, records=RECORDS, read_only=True) as log:
        again: Any = log.get(ROUND["id"])
        assert again == seen["closed"]
        assert (again.digest, again.remaining) == (seen["closed"].digest, seen["closed"].remaining)
        assert counted(again) == seen["decided"].count
        assert log.open_loops(ROUND["id"]) == ()
        text = b"".join(row.state for row in log.store.scan(0)).decode()
    assert "住户" not in text
    page = json.loads(page_of(again).model_dump_json())
    assert (page["fiscal"], page["donated"], page["remaining"]) == (ENVELOPE, 200_000 * YUAN, again.remaining)


def test_outsiders_count_the_round_again_from_a_pabulib_file(told):
    _, seen = told
    file = pabulib_from(pabulib_bytes(round_as_pabulib(seen["closed"], ZoneInfo("Asia/Shanghai"))))
    assert winners(file.election, file.rule).winners == seen["decided"].count.winners
    assert set(file.selected or ()) == set(seen["decided"].count.winners)
