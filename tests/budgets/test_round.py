"""A budget round from its empty envelope to the archive: phases, clocks, rights, what is open, what replay gives."""

from __future__ import annotations

from typing import Any

import pytest
from immutables import Map

from govflow import Actor, HandOver, NotFound, Personal, Role
from govflow.actors import IMPORTER
from govflow.budgets import BUDGET_ROUND, page_of
from govflow.budgets import entry as n
from govflow.budgets import messages as m
from govflow.persistence.codec import Codec
from govflow.regions.objection import RaiseObjection, ResolveObjection
from tests.budgets.office import (
    AREA,
    BALLOT,
    COUNT,
    END,
    FISCAL,
    HAND_OVER,
    OPEN,
    PHASES,
    PUBLISH,
    REVIEW,
    START,
    YUAN,
    Office,
    R,
    a_policy,
    admit,
    an_office,
    archivist,
    community,
    convenor,
    council,
    enrol,
    idea,
    resident,
    secretary,
    stranger,
    town,
    vote,
)

IMPORTED = m.ImportedEntry(number="7", kind="works", cost=1)


def test_a_round_pins_its_policy_and_its_programme_in_full():
    office = Office()
    office.engine.handle(OPEN.changed(id=None))
    opened: Any = office.engine.get("PB-2026-000001")
    assert (opened.status, opened.policy, opened.kind) == ("drafting", "default@5", "budget")
    assert opened.programme == office.engine.policy.programme("livelihood")


@pytest.mark.parametrize(
    ("said", "lacking"),
    [({"title": " "}, "a title"), ({"level": None}, "a level"), ({"programme": "none"}, "livelihood")],
)
def test_a_round_needs_a_title_a_level_and_a_programme_of_the_policy(said, lacking):
    refusal = Office().refusal(OPEN.changed(**said))
    assert refusal.codes == ("round_is_described",)
    assert lacking in refusal.broken[0].sentence()


def test_collecting_begins_once_there_is_money():
    office = Office()
    office.do(OPEN)
    assert office.refused(START) == ("envelope_has_money",)
    assert office.do(FISCAL, START).status == "collecting"


def test_collecting_lasts_as_long_as_the_policy_says_and_ends_by_itself():
    office = an_office("collecting").days(14)
    assert office.refused(REVIEW) == ("collecting_lasted_long_enough",)
    office.days(2).engine.tick()
    round = office.round
    assert (round.status, round.clocks["consultation"].rule, round.clocks["screening"].rule) == (
        "reviewing",
        "bud.collect",
        "bud.review",
    )


def test_a_ballot_ends_by_itself_and_is_counted():
    office = an_office("balloting")
    office.do(vote("v-1", "a"))
    office.days(11).engine.tick()
    assert (office.round.status, office.round.count.ballots, office.round.count.winners) == ("decided", 1, ("a",))


def test_a_phase_is_extended_once_within_what_the_policy_allows():
    office = an_office("balloting")
    longer = m.ExtendBudgetPhase(**R, by=secretary, reason="heavy rain", length=5)
    assert office.refused(longer.changed(length=11)) == ("extension_is_within_maximum",)
    assert office.refused(longer.changed(reason=" ")) == ("reason_given",)
    before = office.round.clocks["ballot"].due
    after = office.do(longer).clocks["ballot"].due
    assert (after - before).days == 5
    again = longer.changed(command_id="again")
    assert office.refused(again) == ("extended_only_once",)
    assert office.days(16).refused(again) == ("due_has_not_passed", "extended_only_once")


def test_the_result_is_on_public_notice_before_anything_is_commissioned():
    office = an_office("published")
    assert office.days(6).refused(HAND_OVER) == ("result_was_public_long_enough",)
    office.days(2).engine.tick()
    assert office.round.has_commissioned
    assert office.round.clocks["implementation"].rule == "bud.commission"
    assert office.refused(HAND_OVER) == ("not_done_before",)


def test_an_objection_holds_the_winners_back_and_an_upheld_one_asks_for_a_new_ballot():
    office = an_office("published")
    office.do(RaiseObjection(**R, by=resident("s-9"), item="o", reason="the roll left a street out"))
    office.days(8).engine.tick()
    assert not office.round.has_commissioned
    assert office.refused(HAND_OVER) == ("no_objection_stands",)
    office.do(ResolveObjection(**R, by=council, item="o", upheld=True, reason="it is so"))
    assert office.refused(HAND_OVER) == ("no_objection_stands",)
    void = m.VoidBudgetBallot(**R, by=town, reason_code="objection_upheld", reason="the roll left a street out")
    again = office.do(void)
    assert (again.status, again.round, again.cast, again.count, again.reserved) == ("reviewing", 2, Map(), None, 0)
    assert {key: str(each.status) for key, each in again.items_of("entry").items()} == dict.fromkeys("abc", "eligible")
    voters = [f"v-{place}" for place in range(1, 7)]
    office.do(enrol("v-6"), BALLOT.changed(command_id="2"), *(vote(id, "c") for id in voters))
    assert office.over().do(COUNT.changed(command_id="3")).count.winners == ("c",)
    office.do(PUBLISH.changed(command_id="4"))
    office.days(8).engine.tick()
    assert office.round.has_commissioned


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"reason_code": "over_the_cap"}, ("reason_is_coded",)),
        ({"reason": ""}, ("reason_is_coded",)),
        ({"by": secretary}, ("role_is_held",)),
        ({"by": town.model_copy(update={"interests": ("round",)})}, ("actor_has_no_interest",)),
    ],
)
def test_a_ballot_is_voided_for_a_coded_reason_by_somebody_without_an_interest(said, codes):
    void = m.VoidBudgetBallot(**R, by=town, reason_code="ballot_wrong_roll", reason="a street was left out")
    assert set(codes) <= set(an_office("decided").refused(void.changed(**said)))


@pytest.mark.parametrize("phase", ["balloting", "decided", "published"])
def test_whoever_holds_the_vote_and_sees_how_it_stands_does_not_void_it(phase: str):
    void = m.VoidBudgetBallot(**R, by=convenor, reason_code="ballot_wrong_roll", reason="a street was left out")
    assert "role_is_held" in an_office(phase).refused(void)


def test_nobody_voids_a_ballot_on_an_entry_of_their_own_of_their_unit_or_of_their_kin():
    office = an_office("published")
    void = m.VoidBudgetBallot(**R, by=town, reason_code="ballot_wrong_roll", reason="a street was left out")
    own = Actor.of("s-c", Role.TOWN, Role.PROPOSER, area=AREA)
    unit = Actor.of("town-2", Role.TOWN, unit="s-c", area=AREA)
    kin = town.model_copy(update={"interests": ("s-c",)})
    for who in (own, unit):
        assert office.refused(void.changed(by=who)) == ("voider_has_no_entry",)
    assert "entry c is of s-c" in office.refusal(void.changed(by=own)).sentence()
    assert "项目 c 由 s-c 申报" in office.refusal(void.changed(by=own)).sentence("zh-CN")
    assert "voider_has_no_entry" in office.refused(void.changed(by=kin))
    assert office.do(void).status == "reviewing"


def test_what_was_handed_over_is_not_voided():
    office = an_office("handed_over")
    void = m.VoidBudgetBallot(**R, by=town, reason_code="ballot_wrong_roll", reason="too late")
    assert office.refused(void) == ("nothing_is_commissioned",)


def test_the_result_is_published_in_words_that_name_nobody():
    office = an_office("decided")
    assert office.refused(PUBLISH.changed(public_text=" ")) == ("result_is_put_in_words",)
    assert office.refused(PUBLISH.changed(public_text="call 13912345678")) == ("public_words_hide_people",)


# --- the end ---------------------------------------------------------------------------------------------------------


def test_no_round_is_closed_while_a_winner_waits_for_its_project():
    office = an_office("published")
    assert set(office.refused(END)) == {"winners_were_handed_over", "no_loop_is_open"}
    office.days(8).do(HAND_OVER)
    waiting = {(each.item, each.owes) for each in office.engine.open_loops("round")}
    assert waiting == {("a", "community"), ("b", "community")}
    assert all(each.until == office.round.clocks["implementation"].due for each in office.engine.open_loops("round"))
    assert "entry a won, owed by community" in office.refusal(END).sentence()
    office.do(n.CommissionEntry(**R, by=community, item="a", carrier="contract 7"))
    office.do(n.ReleaseEntry(**R, by=town, item="b", reason="the owners built it themselves"))
    closed = office.do(END)
    assert (closed.status, closed.remaining, closed.clocks["implementation"].status) == (
        "closed",
        700_000 * YUAN,
        "met",
    )
    archived = office.do(m.ArchiveBudgetRound(**R, by=archivist))
    assert (archived.status, archived.retention, archived.items_of("retention")["retention"].kept_as) == (
        "archived",
        "ordinary",
        "ordinary",
    )
    assert office.loops() == set()


@pytest.mark.parametrize("phase", PHASES[:-1])
def test_a_round_may_be_cancelled_in_every_phase_and_nothing_stays_open(phase: str):
    office = an_office(phase)
    leave = m.CancelBudgetRound(**R, by=town, reason="no money this year")
    if office.loops():
        assert office.refused(leave) == ("loops_are_handed_over",)
    assert office.refused(leave.changed(reason="", hand_over=(HandOver(reason="falls away"),))) == ("reason_given",)
    left = office.do(leave.changed(hand_over=(HandOver(reason="no money"),)))
    assert (left.status, office.loops(), left.reserved) == ("cancelled", set(), 0)
    assert not [clock for clock in left.clocks.values() if clock.is_going]


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "command"),
    [
        ("drafting", START),
        ("drafting", FISCAL.changed(item="more")),
        ("collecting", admit()),
        ("reviewing", enrol("v-7")),
        ("reviewing", BALLOT),
        ("decided", PUBLISH),
        ("handed_over", END),
    ],
)
def test_what_officials_do_is_not_for_residents(phase: str, command):
    office = an_office(phase)
    given = command.changed(by=resident("s-9"), command_id="given-by-a-resident")
    assert "role_is_held" in office.refused(given)


def test_a_round_is_public_in_its_area_and_hidden_elsewhere():
    office = an_office("collecting")
    for who in (resident("s-9"), community, town):
        assert office.engine.seen_by(who).get("round").id == "round"
    for who in (stranger, Actor.of("t", Role.TOWN, area="elsewhere")):
        with pytest.raises(NotFound):
            office.engine.seen_by(who).get("round")


def test_a_proposers_name_is_protected_and_can_be_erased():
    office = an_office("drafting")
    office.do(START, idea("n", by=resident("s-n"), proposer_name=Personal(text="王秀英", subject="s-n")))
    stored = b"".join(row.state for row in office.engine.store.scan(0))
    assert "王秀英".encode() not in stored
    version = office.round.version
    said = office.engine.open_personal("round", "proposer_name", secretary, version=version, why="to handle it")
    assert said == "王秀英"
    assert page_of(office.round).entries[0].title == "Project n"
    assert "s-n" not in page_of(office.round).model_dump_json()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"entries": ()}, "there is no entry"),
        ({"entries": (IMPORTED, IMPORTED)}, "a number stands twice"),
        ({"entries": (IMPORTED.changed(kind="rockets"),)}, "no kind of the programme: rockets"),
    ],
)
def test_a_list_that_is_taken_over_is_sound_and_taken_over_by_the_importer_alone(said, why):
    programme = Office().engine.policy.programmes[0]
    given = {"title": "of 2019", "level": "town", "programme": programme, "entries": (IMPORTED,), **said}
    refusal = Office().refusal(m.ImportBudgetRound(**R, by=IMPORTER, **given))
    assert refusal.codes == ("imported_list_is_sound",)
    assert why in refusal.sentence()
    assert "role_is_held" in Office().refused(m.ImportBudgetRound(**R, by=town, **given))


# --- the log ---------------------------------------------------------------------------------------------------------


def test_replay_gives_the_same_round_and_the_same_balance(tmp_path):
    office = an_office("closed", tmp_path / "log.db")
    before = office.round
    office.engine.close()
    again = Office(tmp_path / "log.db").round
    assert again == before
    assert (again.digest, again.remaining, again.count) == (before.digest, before.remaining, before.count)
    assert again.remaining == 300_000 * YUAN


def test_a_table_with_phases_beyond_the_default_limits_runs_under_a_towns_own_policy():
    office = an_office("closed", programme="ours", policy=a_policy(rule="equalshares"))
    assert (office.round.status, office.round.count.rule) == ("closed", "equalshares")


def test_every_event_of_a_round_has_a_stored_name_of_its_own():
    Codec(BUDGET_ROUND.events)
    names = [event.name for event in BUDGET_ROUND.events]
    assert len(names) == len(set(names))
    assert all(step.command.label for step in BUDGET_ROUND.workflow.steps)


def test_the_page_of_a_round_says_what_everybody_may_know():
    page = page_of(an_office("handed_over").round)
    assert (page.fiscal, page.reserved, page.remaining) == (1_000_000 * YUAN, 700_000 * YUAN, 300_000 * YUAN)
    assert [(each.key, each.status, each.votes) for each in page.entries] == [
        ("a", "won", 4),
        ("b", "won", 3),
        ("c", "lost", 1),
    ]
    assert page.entries[2].why_en == "cost 500000, 1 vote, 3rd by votes; 300000 were left: not affordable, skipped"
    assert page.entries[2].why_zh == "造价 500000，1 票，按得票列第 3；余额 300000，不足以支付，跳过"
    assert (page.entitled, page.voted, page.area) == (5, 5, AREA)
