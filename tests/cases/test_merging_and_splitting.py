"""Cases that absorb, follow, split and wait for each other 并案 拆分 关联."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import CASE, SYSTEM, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from govflow.cases.events import FollowerInformed
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.link import AddLink, LinkKind
from govflow.regions.verification import PassVerification
from tests.support import (
    TOLD,
    DropPlan,
    FinishPlan,
    Town,
    a_case,
    a_plan_decider,
    a_town,
    desk,
    dispatcher,
    lead,
    neighbour,
    resident,
    secretariat,
    steps_to,
    supervisor,
    verifier,
)

ANSWERS: dict[str, Any] = {"contacted": True, "resolved": True, "satisfied": True}
FEEDBACK: dict[str, Any] = {"by": lead, "to_level": "community", "to_reporter": True}


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def merge(id: str, master: str, **more: Any) -> Command:
    return c.MergeCase(id=id, by=dispatcher, master=master, same_subject="the same pipe", **more)


def news(town: Town, id: str) -> list[str]:
    return [each.body.news for each in town.engine.history(id) if isinstance(each.body, FollowerInformed)]


def test_both_sides_of_a_merge_know_each_other_in_one_transaction():
    town = a_town()
    a_case(town, "handled", id="m")
    a_case(town, "accepted", id="f", reporter="s-2")
    command = merge("f", "m")
    town.do(command)
    outcome = town.engine.outcome(command.command_id)
    assert [(each.stream, each.name) for each in outcome] == [
        ("f", "case.merged"),
        ("f", "link.added"),
        ("m", "link.added"),
    ]


def test_followers_hear_of_the_masters_answer_and_end_and_are_asked_through_it():
    town = a_town()
    a_case(town, "handled", id="m")
    a_case(town, "accepted", id="f", reporter="s-2")
    a_case(town, "reported", id="g", reporter="s-3")
    town.do(merge("g", "f"), merge("f", "m"), c.GiveFeedback(id="m", **FEEDBACK))
    master: Any = town.engine.get("m")
    assert set(master.items_of("evaluation")) == {"r1.s-1", "r1.s-2", "r1.s-3"}
    follower = Actor.of("s-3", Role.REPORTER)
    town.do(
        PassVerification(id="m", by=verifier, item="r1"),
        RecordEvaluation(id="m", by=resident, item="r1.s-1", **ANSWERS),
        RecordEvaluation(id="m", by=neighbour, item="r1.s-2", **ANSWERS),
    )
    assert [loop.item for loop in town.engine.open_loops("m")] == ["r1.s-3"]
    town.do(RecordEvaluation(id="m", by=follower, item="r1.s-3", **ANSWERS), c.CloseCase(id="m", by=dispatcher))
    assert news(town, "f") == news(town, "g") == ["case.feedback_given", "case.closed"]


def test_a_case_merged_after_the_answer_is_told_and_asked_at_once():
    town = a_town()
    a_case(town, "fed_back", id="m")
    a_case(town, "accepted", id="f", reporter="s-2")
    town.do(merge("f", "m"))
    assert news(town, "f") == ["case.feedback_given"]
    assert "r1.s-2" in {loop.item for loop in town.engine.open_loops("m")}


def test_followers_hear_also_when_the_master_leaves_by_another_way():
    town = a_town()
    a_case(town, "accepted", id="m")
    a_case(town, "accepted", id="f", reporter="s-2")
    town.do(
        merge("f", "m"),
        c.RedirectCase(id="m", by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD),
    )
    assert news(town, "f") == ["case.redirected"]


def test_a_case_does_not_merge_into_one_at_rest_or_back_into_its_follower():
    town = a_town()
    a_case(town, "closed", id="done")
    a_case(town, "accepted", id="a")
    a_case(town, "accepted", id="b")
    assert refused(town, merge("a", "done")) == ("master_is_open_and_same_subject",)
    town.do(merge("a", "b"))
    assert set(refused(town, merge("b", "a"))) == {"master_is_open_and_same_subject", "links_make_no_cycle"}


def test_a_case_does_not_merge_into_one_that_waits_for_it():
    town = a_town()
    a_case(town, "accepted", id="a")
    a_case(town, "accepted", id="b")
    town.do(AddLink(id="a", by=dispatcher, other="b", kind="spawned", awaited=True))
    assert refused(town, merge("b", "a", hand_over=())) == ("links_make_no_cycle",)


def test_a_mistaken_merge_is_undone_on_both_sides_and_may_be_repeated():
    town = a_town()
    a_case(town, "accepted", id="m")
    a_case(town, "accepted", id="f", reporter="s-2")
    town.do(merge("f", "m"), c.UnmergeCase(id="f", by=dispatcher, reason="another pipe"))
    master: Any = town.engine.get("m")
    assert master.item("link", "absorbed.f").status == "unlinked"
    town.do(merge("f", "m"))
    for step in list(steps_to("fed_back", "m"))[2:]:
        town.do(step)
    assert news(town, "f") == ["case.feedback_given"]
    assert "r1.s-2" in {loop.item for loop in town.engine.open_loops("m")}
    assert {rule.code for rule in _row("C45").rules} == {"merge_was_mistaken", "accepted_before_merge"}


def _row(id: str) -> Any:
    from govflow import CASE

    return next(step for step in CASE.workflow.steps if step.id == id)


def test_a_case_comes_back_from_a_merge_where_it_stood_and_its_time_went_on():
    town = a_town()
    a_case(town, "accepted", id="m")
    petition: Any = a_case(town, "accepted", id="p", kind="petition", category="petition", reporter="s-2")
    young: Any = a_case(town, "reported", id="y", reporter="s-3")  # "not_accepted_before_merge"
    dues = petition.clocks["handling"].due, young.clocks["acceptance"].due
    town.do(merge("p", "m"), merge("y", "m"))
    town.pass_days(10)
    assert town.engine.get("p").clocks["handling"].status == "cancelled"
    back: Any = town.do(c.UnmergeCase(id="p", by=dispatcher, reason="no"))
    assert back.status == "accepted"
    assert (back.clocks["handling"].status, back.clocks["handling"].due) == ("running", dues[0])
    assert back.clocks["handling"].rule == "pet.handle"
    back = town.do(c.UnmergeCase(id="y", by=dispatcher, reason="no"))
    assert back.status == "reported"
    assert back.clocks["acceptance"].due == dues[1]


def test_a_parent_closes_only_after_each_part_has_come_to_rest():
    town = a_town()
    a_case(town, "in_handling", id="x")
    parts = ({"title": "pipe"}, {"title": "road"})
    town.do(c.SplitCase(id="x", by=lead, parts=parts, covers="all"))
    subs = [item.other for item in town.engine.get("x").items_of("link").values()]
    assert len(subs) == 2
    assert all(town.engine.get(sub).status == "reported" for sub in subs)
    assert all(getattr(town.engine.get(sub), "reporter", "?") is None for sub in subs)
    for step in list(steps_to("fed_back", "x"))[5:]:
        town.do(step)
    town.do(
        PassVerification(id="x", by=verifier, item="r1"),
        RecordEvaluation(id="x", by=resident, item="r1.s-1", **ANSWERS),
    )
    close = c.CloseCase(id="x", by=dispatcher)
    assert refused(town, close) == ("no_loop_is_open",)
    told = {"reason_code": "no_new_facts", "reason": "done already", "told_by": TOLD}
    town.do(c.RejectCase(id=subs[0], by=desk, **told))
    assert town.engine.get("x").item("link", f"sub_case.{subs[0]}").status == "failed"
    again: Any = {"ground": "a wrong refusal", "facts_are_new": True}
    town.do(c.ReopenCase(id=subs[0], by=supervisor, **again))
    for sub in subs:
        item = f"r{town.engine.get(sub).round}"
        for step in list(steps_to("closed", sub, reporter=None))[1:]:
            town.do(step.changed(item=item) if isinstance(step, PassVerification) else step)
    assert town.do(close).status == "closed"


def test_a_conversion_creates_exactly_one_record_even_when_repeated():
    town = a_town()
    a_case(town, "accepted", id="x")
    convert = c.ConvertToProposal(id="x", by=dispatcher, reason="collective", told_by=TOLD)
    town.do(convert, convert)
    plans = [record for record in town.engine.records() if record.kind_of_record == "proposal"]
    assert [plan.id for plan in plans] == ["P-2026-000001"]
    assert plans[0].item("link", "converted_from.x").status == "linked"


def test_a_conversion_comes_back_when_its_target_fails_and_gives_its_result_when_it_succeeds():
    town = a_town(records=[CASE, a_plan_decider()])
    for id, plan in (("x", "P-2026-000001"), ("y", "P-2026-000002")):
        a_case(town, "converted", id=id)
        town.do(DropPlan(id=plan, by=secretariat) if id == "x" else FinishPlan(id=plan, by=secretariat))
    assert "conversion_target_has_succeeded" in refused(town, c.TakeBackResult(id="x", by=dispatcher, measure="m"))
    back: Any = town.do(c.ReopenCase(id="x", by=dispatcher, ground="plan dropped"))
    assert (back.status, back.round) == ("accepted", 2)
    result: Any = town.do(c.TakeBackResult(id="y", by=dispatcher, measure="as planned"))
    assert result.status == "handled"
    assert "feedback" in result.clocks


def test_a_tie_without_a_merge_makes_no_follower():
    town = a_town()
    a_case(town, "handled", id="m")
    a_case(town, "accepted", id="f", reporter="s-2")
    town.do(AddLink(id="m", by=SYSTEM, other="f", kind=LinkKind.ABSORBED), c.GiveFeedback(id="m", **FEEDBACK))
    assert set(town.engine.get("m").items_of("evaluation")) == {"r1.s-1"}
