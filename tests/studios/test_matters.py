"""社情民意: what somebody told the studio is protected, in one pair of hands, and answered in writing in time."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, Actor, Case, Claim, Command, Engine, ProtectionError, Role
from govflow.cases import commands as c
from govflow.messages import Personal, new_command_id
from govflow.proposals import PROPOSAL
from govflow.proposals.commands import DraftProposal
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import AddLink, Unlink
from govflow.regions.verification import PassVerification
from govflow.studios import (
    STUDIO,
    AssignMatter,
    CloseStudio,
    ConfirmMatter,
    ReopenMatter,
    WithdrawMatter,
    figures_by_category,
    matter_figures,
)
from govflow.subjects import Dealt
from tests.studios.house import AREA, OPEN, WORDS, House, X, archivist, asker, he, keeper, neighbour, shop, stranger, wu
from tests.support import desk, dispatcher

CONFIRM = ConfirmMatter(**X, by=asker, item="1")
REOPEN = ReopenMatter(**X, by=asker, item="1", objection="Nobody came to Chen's door")
OWNER = Actor.of("s-1", Role.RESIDENT, Role.REPORTER, area=AREA)
WITHDRAW = WithdrawMatter(**X, by=asker, item="1")


def anew(command: Command, **changes: Any) -> Any:
    return command.changed(command_id=new_command_id(), **changes)


def a_house(*commands: Any) -> House:
    """A studio that was told matter 1, and what follows."""
    house = House()
    house.do(house.told())
    for each in commands:
        house.do(each(house) if callable(each) else each)
    return house


def answered() -> House:
    return a_house(House.answer)


def handed_on(**said: Any) -> House:
    return a_house(lambda house: house.hand_on(**said))


def test_who_was_erased_meanwhile_is_answered_still_so_that_the_loop_closes():
    house = a_house()
    house.engine.erase("s-1", Actor.of("a", Role.ARCHIVIST), basis="PIPL 47", authority="archive")
    house.do(house.answer())
    assert house.engine.get("x").item("matter", "1").status == "answered"


def settle(house: House, case: str) -> None:
    """The desk ends a case that was handed on."""
    house.do(c.RejectCase(id=case, by=desk, reason_code="out_of_scope", reason="not ours", told_by="letter"))


def close(house: House, case: str) -> None:
    """The community settles on the spot a case that was handed on; it is answered, checked and closed."""
    checker, community = Actor.of("checker-1", Role.VERIFIER), Actor.of("community-1", Role.COMMUNITY)
    told = {"contacted": True, "resolved": True, "satisfied": True}
    house.do(
        AddEvidence(id=case, by=community, item="e", sha256="0" * 64),
        c.ResolveOnSpot(id=case, by=community, measure="a lift is built in", evidence=("e",)),
        c.GiveFeedback(id=case, by=community, to_level="community", to_reporter=True, public_text="A lift is built in"),
        PassVerification(id=case, by=checker, item="r1"),
        RecordEvaluation(id=case, by=OWNER, item="r1.s-1", **told),
        c.CloseCase(id=case, by=dispatcher),
    )


# --- taking it down --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"text": None}, {"category": "nonsense"}, {"area": "wuhou"}, {"source": "reception"}, {"reception": "r1"}],
)
def test_a_matter_has_its_words_a_category_an_area_of_the_studio_and_the_reception_it_came_up_at(changed: Any):
    house = House()
    house.do(house.reception())
    assert house.refused(house.told(**changed)) == ("matter_is_taken_down",)


def test_what_comes_up_at_a_reception_names_one_that_has_begun():
    house = House()
    house.do(house.reception())
    at = house.told(source="reception", reception="r1")
    assert house.refused(at) == ("matter_is_taken_down",)
    house.days(1)
    assert house.do(at).item("matter", "1").reception == "r1"


def test_whoever_takes_it_down_has_it_in_hand_and_of_letters_the_keeper():
    house = House()
    house.do(house.told(), house.told("2", by=keeper), house.told("3", by=asker, asker=None), house.told("4", by=keeper, delegate="s-he"))  # fmt: skip  # noqa: E501
    assert [house.matter(key).owes for key in "1234"] == ["s-wu", "u-hua", "u-hua", "s-he"]
    assert house.matter("3").asker == "s-1"
    assert house.refused(house.told("5", by=keeper, delegate="s-no")) == ("delegate_in_charge_sits",)


def test_people_and_units_bring_their_own_matters_and_the_studio_those_of_others():
    house = House()
    own = ("asker_speaks_or_the_studio_enters_it",)
    assert house.refused(house.told(by=neighbour)) == own
    assert house.refused(house.told(by=shop, asker="u-other", on_behalf_of="u-other")) == own
    assert "role_is_held" in house.refused(house.told(by=stranger))
    house.do(house.told(by=shop, asker=None, on_behalf_of="u-shop"), house.told("2", by=neighbour, asker="s-2"))
    assert [house.matter(key).asker for key in "12"] == ["u-shop", "s-2"]


def test_what_must_be_kept_secret_is_no_matter_of_a_studio():
    house = House()
    assert house.refused(house.told(category="misconduct")) == ("matter_is_no_secret",)


def test_the_words_never_stand_in_the_log_and_the_key_of_who_asked_opens_them():
    house = answered()
    house.do(REOPEN)
    raw = b"".join(row.state for row in house.engine.store.read("x"))
    for word in (b"Chen", b"Chen's door", b"lift"):
        assert word not in raw
    assert house.matter().text is not None
    assert house.matter().text.subject == "s-1"  # type: ignore[union-attr]
    house.engine.erase("s-1", archivist, basis="PIPL §47", authority="asked for", otherwise=Dealt.DROPPED)
    assert house.engine.open_personal("x", "text", keeper, why="to handle it") is None


def test_who_asked_who_answers_and_the_keeper_read_it_and_nobody_else_does():
    house = a_house()
    for reader in (asker, wu, keeper):
        assert house.engine.open_personal("x", "text", reader, why="to handle it") == WORDS
    colleague = Actor.of("grid-1", Role.GRID_WORKER, area=AREA)
    callback = Actor.of("s-8", Role.CALLBACK, area=AREA)
    for reader in (neighbour, he, stranger, colleague, callback, shop):
        with pytest.raises(ProtectionError):
            house.engine.open_personal("x", "text", reader, why="to handle it")


def test_a_letter_without_a_name_is_no_personal_data_of_the_official_who_takes_it_down():
    house = House()
    house.do(house.told(by=keeper, asker=None))
    text = house.matter().text
    assert text is not None
    assert text.subject not in ("keeper-1", "s-1")
    house.do(house.told("2", by=keeper, asker=None, text=Personal(text="About Li", subject="s-li")))
    assert house.matter("2").text.subject == "s-li"  # type: ignore[union-attr]


# --- answering -------------------------------------------------------------------------------------------------------


def test_it_is_answered_in_writing_by_whoever_has_it_in_hand_or_by_the_keeper():
    house = a_house()
    assert house.refused(house.answer(by=he)) == ("role_is_held",)
    assert house.refused(house.answer(answer=None)) == ("answer_reaches_the_asker",)
    assert house.refused(house.answer(public_text="call 13812345678")) == ("answer_reaches_the_asker",)
    house.do(house.answer(by=keeper))
    assert house.engine.open_personal("x", "answer", asker, why="to handle it") == "Chen, a lift is on its way"
    assert house.loops() == []


def test_what_came_without_a_name_is_answered_in_public():
    house = House()
    house.do(house.told(asker=None))
    assert house.refused(house.answer()) == ("answer_reaches_the_asker",)
    house.do(house.answer(answer=None, public_text="A lift is planned for house 4"))
    assert house.refused(CONFIRM) == ("role_is_held",)  # there is nobody who could


def test_a_delegate_does_not_answer_a_matter_of_their_own():
    house = House()
    house.do(house.told(asker="s-wu"))
    assert house.refused(house.answer()) == ("asker_does_not_answer",)
    house.do(house.answer(by=keeper))


def test_neither_who_stands_in_for_the_asker_nor_the_unit_that_asked_answers():
    house = House()
    house.do(house.told("1", asker="s-k"), house.told("2", asker="u-hua"))
    (seat,) = keeper.claims
    substitute = Actor(id="s-sub", claims=(seat.model_copy(update={"unit": None, "standing_in_for": "s-k"}),))
    assert house.refused(house.answer("1", by=substitute)) == ("asker_does_not_answer",)
    assert house.refused(house.answer("2", by=keeper)) == ("asker_does_not_answer",)
    clerk = Actor(id="s-wu", claims=(*wu.claims, Claim(role="organisation", unit="u-hua")))
    assert house.refused(house.answer("2", by=clerk)) == ("asker_does_not_answer",)
    house.do(house.answer("1", by=keeper), house.answer("2", by=wu))


def test_a_matter_goes_from_hand_to_hand_with_a_reason_and_to_somebody_who_sits():
    house = a_house()
    pass_on = AssignMatter(**X, by=wu, item="1", delegate="s-he", reason="he knows the house")
    assert house.refused(anew(pass_on, reason="")) == ("reason_given",)
    assert house.refused(anew(pass_on, delegate="s-no")) == ("delegate_in_charge_sits",)
    assert house.refused(anew(pass_on, delegate="s-wu")) == ("somebody_else_takes_it",)
    assert house.refused(anew(pass_on, by=he)) == ("role_is_held",)
    house.do(pass_on)
    assert house.loops() == [("matter", "1", "s-he")]
    house.do(anew(pass_on, by=keeper, delegate=None))
    assert house.loops() == [("matter", "1", "u-hua")]


def test_the_answer_is_due_by_the_limit_of_the_policy_and_late_is_said_once():
    house = a_house()
    due = house.open_loops()[0].until
    assert due is not None
    assert due == house.studio.clocks["matter_answer:1"].due
    assert house.studio.clocks["matter_answer:1"].rule == "stu.answer"
    house.days(60)
    house.engine.tick()
    house.engine.tick()
    assert [each.name for each in house.engine.history("x")].count("clock.deadline_missed") == 1
    house.do(house.answer())
    assert house.studio.clocks["matter_answer:1"].status == "met_late"
    assert matter_figures(house.studio).late == 1


def test_an_answer_that_came_late_stays_late_though_a_second_one_came_at_once():
    house = a_house()
    house.days(60).do(house.answer(), REOPEN)
    assert matter_figures(house.studio).late == 1
    house.do(house.answer())
    assert house.studio.clocks["matter_answer:1"].status == "met"
    assert matter_figures(house.studio).late == 1


# --- what the asker says ---------------------------------------------------------------------------------------------


def test_only_whoever_asked_says_that_it_was_answered_or_has_the_desk_say_it():
    house = answered()
    for other in (neighbour, shop, wu, keeper):
        assert house.refused(anew(CONFIRM, by=other)) == ("role_is_held",)
    said_so = Actor.of("callback-1", Role.CALLBACK, area=AREA)
    assert house.refused(anew(CONFIRM, by=said_so)) == ("role_is_held",)
    house.do(anew(CONFIRM, by=said_so, on_behalf_of="s-1"))
    assert house.matter().status == "confirmed"
    assert house.refused(REOPEN) == ("step_is_in_the_table",)


def test_a_desk_that_had_the_matter_in_hand_says_nothing_for_whoever_asked():
    both = Actor(id="wei", claims=(*keeper.claims, Claim(role="callback", area=AREA)))
    stand_in = Actor(id="s-sub", claims=(Claim(role="callback", area=AREA, standing_in_for="wei"),))
    far = Actor.of("callback-2", Role.CALLBACK, area="jinniu/elsewhere")
    for house in (a_house(lambda house: house.answer(by=both)), House()):
        if not house.studio.items_of("matter"):
            house.do(house.told(by=both), house.answer(by=keeper))
        for desk_of in (both, stand_in, far):
            for said in (CONFIRM, REOPEN):
                told = anew(said, by=desk_of, on_behalf_of="s-1")
                assert house.refused(told) == ("desk_had_no_hand_in_it",)
        house.do(anew(CONFIRM, by=Actor.of("callback-1", Role.CALLBACK, area=AREA), on_behalf_of="s-1"))


def test_whoever_asked_speaks_for_themselves_though_they_hold_a_desk_elsewhere():
    me = Actor(id="s-1", claims=(*asker.claims, Claim(role="callback", area="jinniu/elsewhere")))
    house = House()
    house.do(house.told(by=me), house.answer(by=keeper))
    assert house.do(anew(CONFIRM, by=me)).item("matter", "1").status == "confirmed"


@pytest.mark.parametrize("area", [AREA + "/grid-3", "jinniu/elsewhere"])
def test_whoever_lives_or_sits_in_a_narrower_place_brings_their_matter_and_says_what_became_of_it(area):
    resident, clerk = Actor.of("s-9", Role.RESIDENT, area=area), Actor.of("c-9", Role.ORGANISATION, unit="u", area=area)
    house = House()
    house.do(house.told("a", by=resident, asker="s-9"), house.told("b", by=clerk, asker="u", on_behalf_of="u"))
    house.do(house.told("c", by=resident, asker=None), WithdrawMatter(**X, by=resident, item="c"))
    house.do(house.answer("a", by=keeper), house.answer("b", by=keeper))
    house.do(ReopenMatter(**X, by=resident, item="a", objection="nobody came"), house.answer("a", by=keeper))
    house.do(ConfirmMatter(**X, by=resident, item="a"), ConfirmMatter(**X, by=clerk, item="b", on_behalf_of="u"))
    assert house.refused(house.told("d", by=resident, asker="s-1")) == ("asker_speaks_or_the_studio_enters_it",)


def test_whoever_asked_may_say_once_that_it_was_not_answered_and_then_it_is_owed_again():
    house = answered()
    assert house.refused(anew(REOPEN, objection=None)) == ("objection_is_said",)
    assert house.refused(anew(REOPEN, by=neighbour)) == ("role_is_held",)
    house.days(3).do(REOPEN)
    assert house.loops() == [("matter", "1", "s-wu")]
    assert house.studio.clocks["matter_answer:1"].status == "running"
    house.do(house.answer())
    assert house.refused(anew(REOPEN)) == ("not_done_before",)
    house.do(CONFIRM)


def test_whoever_asked_takes_it_back_while_it_is_open():
    house = a_house()
    assert house.refused(anew(WITHDRAW, by=wu)) == ("role_is_held",)
    house.do(WITHDRAW)
    assert (house.matter().status, house.loops()) == ("withdrawn", [])
    assert house.studio.clocks["matter_answer:1"].status == "cancelled"
    assert answered().refused(WITHDRAW) == ("step_is_in_the_table",)


# --- handing on ------------------------------------------------------------------------------------------------------


def test_what_the_studio_cannot_answer_becomes_exactly_one_case_with_its_asker_and_is_waited_for():
    house = a_house()
    command = house.hand_on(description="Chen cannot climb the stairs")
    for _ in range(2):  # given twice, done once
        house.do(command)
    cases = [record for record in house.engine.records() if isinstance(record, Case)]
    assert len(cases) == 1
    case = cases[0]
    assert (case.id, case.reporter, case.category, case.area) == (house.matter().target, "s-1", "general", AREA)
    assert (case.status, case.title) == ("reported", "No lift in house 4")
    assert house.refused(house.hand_on()) == ("step_is_in_the_table",)
    reported = next(each.body for each in house.engine.history(case.id) if each.name == "case.reported")
    assert getattr(reported, "description").about == ("s-1",)  # noqa: B009 - a field of this event alone
    assert ("link", f"spawned.{case.id}", case.id) in house.loops()
    assert case.item("link", "spawned_by.x").is_waited_for
    assert b"Chen" not in b"".join(row.state for row in house.engine.store.read(case.id))


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ({"title": " "}, "one_target_is_named"),
        ({"target": "none"}, "one_target_is_named"),
        ({"target": "x"}, "one_target_is_named"),
        ({"area": "wuhou"}, "case_is_within_the_studio"),
        ({"level": "district"}, "case_is_within_the_studio"),
        ({"kind": "petition"}, "case_is_within_the_studio"),
        ({"confidential": True}, "matter_is_no_secret"),
        ({"accused_unit": "u-bad"}, "matter_is_no_secret"),
        ({"title": "Call 13812345678"}, "personal_data_is_withheld"),
    ],
)
def test_what_is_handed_on_has_public_words_and_a_place_and_is_no_secret(said: dict[str, Any], broken: str):
    house = a_house()
    assert house.refused(house.hand_on(**said)) == (broken,)
    assert [record.id for record in house.engine.records()] == ["x"]


def test_where_no_cases_are_kept_a_matter_is_answered_and_not_handed_on():
    house = House(records=[STUDIO])
    house.do(house.told())
    assert house.refused(house.hand_on()) == ("one_target_is_named",)
    house.do(house.answer())


def test_a_matter_is_not_taken_for_the_business_of_another_record():
    house = a_house()
    house.do(OPEN.changed(id="x2", command_id="c-2"))
    assert house.refused(house.hand_on(target="x2")) == ("one_target_is_named",)  # a studio hands nothing to a studio


def test_who_has_an_interest_in_whoever_asked_keeps_away():
    house = a_house()
    cousin = Actor(id="keeper-2", claims=keeper.claims, interests=("s-1",))
    assert house.refused(house.answer(by=cousin)) == ("actor_has_no_interest",)
    with pytest.raises(ProtectionError):
        house.engine.open_personal("x", "text", cousin, why="to handle it")
    house.do(house.answer())
    herself = Actor(id="s-1", claims=asker.claims, interests=("s-1", "x"))
    house.do(anew(CONFIRM, by=herself))  # nobody keeps away from a matter of their own


def test_the_clock_of_the_answer_stands_still_while_another_record_deals_with_it():
    house = a_house()
    due = house.studio.clocks["matter_answer:1"].due
    house.days(5).do(house.hand_on())
    assert house.studio.clocks["matter_answer:1"].status == "paused"
    house.days(30)
    settle(house, house.matter().target or "")
    clock = house.studio.clocks["matter_answer:1"]
    assert clock.status == "running"
    # by hand: 15 working days from Monday 2 March end on the 23rd; 3-6 March are used up before the pause, the other
    # 11 are 7-10, 13-17, 20 and 21 April, which ends at 16:00 UTC
    assert (due, clock.due) == (datetime(2026, 3, 23, 16, tzinfo=UTC), datetime(2026, 4, 21, 16, tzinfo=UTC))


@pytest.mark.parametrize(("ends", "came_to"), [(settle, "rejected"), (close, "closed")])
def test_when_that_case_has_come_to_rest_well_or_not_the_answer_is_still_owed(ends: Any, came_to: str):
    house = handed_on()
    assert house.refused(house.answer()) == ("step_is_in_the_table",)
    ends(house, house.matter().target or "")
    assert (house.matter().status, house.matter().came_to) == ("returned", came_to)
    assert ("matter", "1", "s-wu") in house.loops()
    house.do(house.answer())
    assert house.loops() == []  # the failed tie is let go with the answer
    house.do(CloseStudio(**X, by=keeper, summary="done"))


def test_a_matter_may_be_handed_on_again_after_it_failed():
    house = handed_on()
    first = house.matter().target or ""
    settle(house, first)
    house.do(house.hand_on(title="House 4 has no lift"))
    assert house.matter().target != first
    settle(house, house.matter().target or "")
    house.do(house.answer())
    assert [loop for loop in house.loops() if loop[0] == "matter"] == []


def test_a_matter_is_tied_to_a_case_that_is_under_way_and_two_of_them_wait_for_it_together():
    house = House()
    report = c.ReportCase(
        id="c", by=desk, title="Lift", kind="service", channel="phone", level="community", area=AREA, reporter="s-9"
    )
    house.do(report, house.told(), house.told("2", asker="s-2"), house.hand_on(target="c", title=""))
    house.do(house.hand_on("2", target="c", title=""))
    assert house.loops()[2:] == [("link", "repeats.c", "c")]
    assert house.engine.get("c").item("link", "repeated_by.x").is_waited_for
    settle(house, "c")
    assert [house.matter(key).status for key in "12"] == ["returned", "returned"]
    house.do(house.answer(), house.answer("2"))
    assert house.loops() == []


def test_a_matter_is_tied_to_a_proposal_too():
    house = a_house()
    proposer = Actor.of("s-5", Role.RESIDENT, Role.PROPOSER, area=AREA)
    house.do(
        DraftProposal(id="p", by=proposer, title="Lifts", text="for all", subject="lifts", level="community", area=AREA)
    )
    house.do(house.hand_on(target="p", title=""))
    assert house.loops()[-1] == ("link", "repeats.p", "p")


def test_nobody_waits_for_what_is_at_rest_or_only_named_for_information():
    house = handed_on()
    case = house.matter().target or ""
    settle(house, case)
    house.do(house.told("2"))
    assert house.refused(house.hand_on("2", target=case)) == ("one_target_is_named",)
    house.do(c.ReportCase(id="c", by=desk, title="t", kind="service", channel="phone", level="community", area=AREA))
    house.do(AddLink(**X, by=keeper, other="c", kind="repeats"))
    assert house.refused(house.hand_on("2", target="c")) == ("one_target_is_named",)
    house.do(Unlink(**X, by=keeper, item="repeats.c", reason="in earnest"), house.hand_on("2", target="c"))


def test_a_tie_undone_by_hand_gives_the_matter_back_to_the_studio():
    house = handed_on()
    tie = next(iter(house.studio.items_of("link")))
    house.do(Unlink(**X, by=keeper, item=tie, reason="not the same"))
    assert (house.matter().status, house.loops()) == ("returned", [("matter", "1", "s-wu")])


def test_a_matter_taken_back_leaves_its_case_alone_and_nobody_waits():
    house = handed_on()
    case = house.matter().target or ""
    house.do(WITHDRAW)
    assert (house.loops(), house.engine.get(case).status) == ([], "reported")


def test_a_matter_taken_back_leaves_the_tie_where_another_one_waits():
    house = handed_on()
    case = house.matter().target or ""
    house.do(house.told("2", asker="s-2"), house.hand_on("2", target=case), WITHDRAW)
    assert house.loops() == [("matter", "2", "s-wu"), ("link", f"spawned.{case}", case)]


@pytest.mark.parametrize("told", [False, True])
def test_a_case_that_is_reopened_takes_back_what_was_answered_of_it(told: bool):
    house = handed_on()
    case = house.matter().target or ""
    close(house, case)
    if told:
        house.do(house.answer())
    house.do(c.ReopenCase(id=case, by=OWNER, ground="the promise was not kept"))
    assert (house.matter().status, house.matter().came_to) == ("handed_on", "")
    assert len(house.loops()) == 2
    house.days(1).do(c.WithdrawCase(id=case, by=OWNER, reason="it is settled now"))
    assert house.matter().status == "returned"
    assert house.studio.clocks["matter_answer:1"].status == "running"


# --- the whole -------------------------------------------------------------------------------------------------------


def test_figures_say_what_came_in_and_how_it_stands_and_there_is_no_rate_of_nothing():
    house = House()
    assert matter_figures(house.studio).rate is None
    for key in "1234":
        house.do(house.told(key, category="general" if key != "4" else "environment"))
    house.do(house.answer(), CONFIRM, house.answer("2"), house.hand_on("3"), anew(WITHDRAW, item="4"))
    figures = matter_figures(house.studio)
    assert figures == (4, 2, 1, 1, 1, 1, 0)
    assert figures.rate == Fraction(1, 2)
    assert figures.received == figures.answered + figures.open + figures.withdrawn
    assert figures_by_category(house.studio).keys() == {"environment", "general"}


def test_replay_gives_the_same_state(tmp_path: Path):
    house = House(tmp_path / "log.db")
    house.do(house.told(), house.hand_on(), house.told("2"), house.answer("2"), house.reception())
    settle(house, house.matter().target or "")
    digest = house.studio.digest
    house.engine.close()
    with Engine.open(tmp_path / "log.db", records=[CASE, PROPOSAL, STUDIO], now=house.clock) as again:
        assert again.get("x").digest == digest
