"""资金盘子 the envelope itself: opened with a paper, changed by two people, closed when nothing is drawn any more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from govflow import Actor, Level, NotFound, Role
from govflow.envelopes import KindCap, drawn, free
from govflow.envelopes import messages as m
from govflow.regions.retention import Paper
from tests.envelopes.treasury import (
    AREA,
    GRANT,
    OPEN,
    YUAN,
    E,
    Treasury,
    archivist,
    district,
    finance,
    granted,
    mayor,
    release,
    reserve,
    resident,
    settle,
    town,
)


def test_nobody_opens_an_envelope_of_a_level_above_their_own():
    clerk = Actor.of("clerk-1", Role.FINANCE, unit="station", level="community", area=AREA)
    treasury = Treasury(opened=None)
    for level in (Level.TOWN, Level.DISTRICT):
        assert treasury.refusal(OPEN.changed(by=clerk, level=level)).codes == ("envelope_is_of_ones_own_level",)
    assert treasury.do(OPEN.changed(by=clerk, level=Level.COMMUNITY)).level is Level.COMMUNITY


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"title": " "}, "a title"),
        ({"first": None}, "the first and the last day of a period"),
        ({"first": date(2027, 1, 1)}, "the first and the last day of a period"),
        ({"amount": 0}, "an amount"),
        ({"approved_by": None}, "the paper that grants the money, and where it is kept"),
        (
            {"approved_by": Paper(reference=" ", sha256="0" * 64)},
            "the paper that grants the money, and where it is kept",
        ),
    ],
)
def test_an_envelope_says_for_what_when_how_much_and_who_granted_it(said: dict[str, Any], lacking: str):
    refusal = Treasury(opened=None).refusal(OPEN.changed(**said))
    assert refusal.codes == ("envelope_is_described",)
    assert refusal.broken[0].detail == (lacking,)


@pytest.mark.parametrize(
    ("caps", "wrong"),
    [
        ((KindCap(kind="works", total=1), KindCap(kind="works", total=2)), "works stands twice"),
        ((KindCap(kind="works"),), "works is not capped at all"),
        ((KindCap(kind="works", per_project=3, total=2),), "works: one project more than all"),
    ],
)
def test_caps_that_say_nothing_or_two_things_are_refused(caps: tuple[KindCap, ...], wrong: str):
    refusal = Treasury(opened=None).refusal(OPEN.changed(caps=caps))
    assert (refusal.codes, refusal.broken[0].detail) == (("caps_are_sound",), (wrong,))


def test_residents_and_other_towns_open_no_envelope():
    treasury = Treasury(opened=None)
    for stranger in (resident, Actor.of("finance-9", Role.FINANCE, area="far/away")):
        assert treasury.refused(OPEN.changed(by=stranger)) == ("role_is_held",)
    for official in (finance, town, district):
        assert Treasury(opened=OPEN.changed(by=official)).envelope.amount == 1_000 * YUAN


def test_what_it_was_opened_with_stands_in_its_state():
    envelope = Treasury().envelope
    assert (envelope.status, envelope.title_line, envelope.approved_by) == ("open", OPEN.title, GRANT)
    assert (envelope.first, envelope.last, envelope.area) == (date(2026, 1, 1), date(2026, 12, 31), AREA)
    assert (drawn(envelope), free(envelope)) == (0, 1_000 * YUAN)


def test_the_amount_is_changed_by_two_people_with_papers_on_file():
    treasury = Treasury()
    more = granted(amount=1_500 * YUAN)
    assert treasury.refused(more) == ("required_papers_are_attached", "approval_is_given")
    treasury.file()
    assert treasury.refused(more) == ("approval_is_given",)
    assert treasury.refused(more.changed(reason=" ")) == ("reason_given", "approval_is_given")
    assert treasury.with_leave(more, mayor).amount == 1_500 * YUAN
    assert treasury.with_leave(granted(amount=1_200 * YUAN), district, asks="district").amount == 1_200 * YUAN


def test_nobody_gives_leave_to_themselves():
    treasury = Treasury().file()
    more = granted(by=town, amount=1_500 * YUAN)
    with pytest.raises(Exception, match="decided_by_another"):
        treasury.with_leave(more, town)
    assert treasury.refused(more) == ("approval_is_given",)


def test_money_of_the_district_is_changed_with_the_districts_leave():
    treasury = Treasury(opened=OPEN.changed(by=district, level=Level.DISTRICT)).file()
    more = granted(amount=2_000 * YUAN)
    all_levels = Actor.of("town-3", Role.TOWN, area=AREA)
    with pytest.raises(Exception, match="money_is_the_towns"):
        treasury.with_leave(more, all_levels)
    clerk = Actor.of("district-2", Role.DISTRICT, level="district", area="jinniu")
    assert treasury.with_leave(more, clerk, asks="district").amount == 2_000 * YUAN


def test_it_is_never_changed_below_what_is_drawn():
    treasury = Treasury().file()
    treasury.do(reserve("a", yuan=400, kind="works"), reserve("b", yuan=300, kind="works"), reserve("c", yuan=250.01))
    refusal = treasury.refusal(granted(amount=950 * YUAN))
    assert refusal.codes == ("envelope_bears_what_is_drawn", "approval_is_given")
    assert refusal.broken[0].sentence().endswith("950.01 yuan are drawn")
    assert refusal.broken[0].sentence("zh").endswith("已占用 950.01 元")
    tight = (KindCap(kind="works", per_project=399 * YUAN, total=699 * YUAN),)
    assert treasury.refusal(granted(caps=tight)).broken[0].detail == (
        "works: 700.00 yuan are drawn",
        "a has drawn 400.00 yuan",
    )
    exact = (KindCap(kind="works", per_project=400 * YUAN, total=700 * YUAN),)
    after = treasury.with_leave(granted(amount=95_001, caps=exact), mayor)
    assert (free(after), after.caps) == (0, exact)


def test_a_change_that_changes_nothing_is_refused():
    treasury = Treasury().file()
    for same in ({}, {"amount": OPEN.amount}, {"caps": OPEN.caps, "last": OPEN.last}):
        assert treasury.refused(granted(**same)) == ("something_is_changed", "approval_is_given")
    assert treasury.refused(granted(last=date(2025, 12, 31))) == ("something_is_changed", "approval_is_given")
    assert treasury.with_leave(granted(last=date(2027, 3, 31)), mayor).last == date(2027, 3, 31)


def test_it_is_closed_when_every_draw_is_settled_or_freed_and_says_what_lapsed():
    treasury = Treasury()
    treasury.do(reserve("a", yuan=400), reserve("b", yuan=300))
    close = m.CloseEnvelope(**E, by=finance)
    refusal = treasury.refusal(close)
    assert refusal.codes == ("no_loop_is_open",)
    assert [loop.owes for loop in treasury.engine.open_loops("money")] == ["a", "b"]
    assert refusal.broken[0].detail == ("draw a.1 reserved, owed by a", "draw b.1 reserved, owed by b")
    treasury.do(settle("a.1", 350.5), release("b.1"))
    assert treasury.do(close).status == "closed"
    said: Any = treasury.engine.history("money")[-1].body
    assert (said.drawn, said.unused) == (35_050, 64_950)
    assert treasury.refused(reserve("c")) == ("step_is_in_the_table",)


def test_a_closed_one_is_opened_again_by_the_town_for_a_reason_and_archived_for_good():
    treasury = Treasury()
    treasury.do(m.CloseEnvelope(**E, by=finance))
    again = m.ReopenEnvelope(**E, by=town, reason="a bill came late")
    assert treasury.refused(again.changed(by=finance)) == ("role_is_held",)
    assert treasury.refused(again.changed(reason="")) == ("reason_given",)
    assert treasury.do(again).status == "open"
    archive = m.ArchiveEnvelope(**E, by=archivist)
    assert treasury.refused(archive) == ("step_is_in_the_table",)
    after = treasury.do(m.CloseEnvelope(**E, by=finance, command_id="again"), archive)
    assert (after.status, after.item("retention", "retention").kept_as) == ("archived", "ordinary")
    assert treasury.refused(again.changed(command_id="late")) == ("step_is_in_the_table",)


def test_title_and_purpose_are_corrected_money_never():
    treasury = Treasury()
    title = m.CorrectEnvelope(**E, by=finance, corrects=1, field="title", new="Small projects 2026", reason="too long")
    after = treasury.do(title)
    assert (after.title, after.corrections[0].old) == ("Small projects 2026", OPEN.title)
    amount = title.changed(command_id="2", field="amount", new="1")
    assert "status_is_not_corrected" in treasury.refused(amount)
    phone = title.changed(command_id="3", new="ask 13800138000")
    assert treasury.refused(phone) == ("personal_data_is_withheld",)
    assert treasury.refused(title.changed(command_id="4", by=town)) == ("role_is_held",)


def test_everybody_of_the_area_may_read_it_and_nobody_else():
    treasury = Treasury()
    assert treasury.engine.seen_by(resident).get("money").id == "money"
    stranger = Actor.of("s-2", Role.RESIDENT, area="jinniu/elsewhere")
    with pytest.raises(NotFound):
        treasury.engine.seen_by(stranger).get("money")


def test_a_file_opened_again_tells_the_same(tmp_path: Any):
    treasury = Treasury(tmp_path / "log.db")
    treasury.do(reserve("a", yuan=400), settle("a.1", 350.5), reserve("b"), release("b.1"))
    digest = treasury.envelope.digest
    assert treasury.replayed().digest == digest
    treasury.engine.close()
    again = Treasury(tmp_path / "log.db", opened=None)
    assert (again.envelope.digest, free(again.envelope)) == (digest, 64_950)
