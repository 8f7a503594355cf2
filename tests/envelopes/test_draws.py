"""占用 draws: the system alone holds money for budget lines, within the envelope and its caps, to the last 分."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Command, NotAllowed
from govflow.envelopes import draw_key, drawn, free, free_for, yuan
from govflow.testing import START
from tests.envelopes.treasury import (
    YUAN,
    Treasury,
    change,
    district,
    finance,
    granted,
    mayor,
    release,
    reopen,
    reserve,
    settle,
    town,
)


def test_the_last_fen_is_given_away_and_not_one_more():
    treasury = Treasury()
    treasury.do(reserve("a", yuan=999.99))
    refusal = treasury.refusal(reserve("b", yuan=0.02))
    assert refusal.codes == ("draw_is_within_envelope",)
    assert refusal.broken[0].detail == ("envelope money: 0.01 yuan free, 0.02 yuan asked for",)
    assert refusal.broken[0].sentence("zh").endswith("资金盘子 money：可用 0.01 元，申请 0.02 元")
    assert free(treasury.do(reserve("b", yuan=0.01))) == 0


def test_caps_hold_for_one_project_over_all_its_lines_and_for_all_projects_of_a_kind():
    treasury = Treasury()
    treasury.do(reserve("a", "1", 400, "works"), reserve("a", "2", 200, "works"))
    assert treasury.refusal(reserve("a", "3", 1, "works")).broken[0].detail == (
        "one project of kind works: 0.00 yuan free, 1.00 yuan asked for",
    )
    assert treasury.refusal(reserve("b", "1", 300, "works")).broken[0].detail == (
        "all projects of kind works: 200.00 yuan free, 300.00 yuan asked for",
    )
    envelope = treasury.do(reserve("b", "1", 200, "works"))
    assert free_for(envelope, "works", "b") == 0
    assert free_for(envelope, "service", "b") == 200 * YUAN  # what is free is less than its cap
    assert free_for(envelope, "other", "b") == free(envelope) == 200 * YUAN


def test_the_kind_of_a_cap_counts_its_own_kind_alone():
    envelope = Treasury().do(reserve("a", yuan=900))
    assert free_for(envelope, "service", "b") == 100 * YUAN
    assert (drawn(envelope, kind="works"), drawn(envelope, kind="other"), drawn(envelope, project="a")) == (
        0,
        900 * YUAN,
        900 * YUAN,
    )


def test_nobody_but_the_system_draws():
    treasury = Treasury()
    for official in (finance, town, district):
        assert treasury.refused(reserve("a", by=official)) == ("role_is_held",)


def test_a_draw_is_changed_within_what_is_free_its_own_money_included():
    treasury = Treasury()
    treasury.do(reserve("a", yuan=600), reserve("b", yuan=300))
    assert treasury.refusal(change("a.1", 700.01)).broken[0].detail == (
        "envelope money: 700.00 yuan free, 700.01 yuan asked for",
    )
    assert free(treasury.do(change("a.1", 700))) == 0
    assert treasury.refused(change("a.1", 0)) == ("draw_keeps_an_amount",)
    assert free(treasury.do(change("a.1", 100).changed(command_id="less"))) == 600 * YUAN


def test_what_is_settled_keeps_what_was_spent_and_gives_back_the_rest():
    treasury = Treasury()
    treasury.do(reserve("a", yuan=600))
    assert treasury.refusal(settle("a.1", 600.01)).broken[0].detail == ("600.00 yuan reserved, 600.01 yuan spent",)
    envelope = treasury.do(settle("a.1", 599.5))
    assert (drawn(envelope), free(envelope)) == (59_950, 40_050)
    assert treasury.engine.open_loops("money") == ()
    assert treasury.refused(release("a.1")) == ("step_is_in_the_table",)


def test_reopened_accounts_hold_at_least_what_was_spent_and_no_more_than_is_free():
    treasury = Treasury()
    treasury.do(reserve("a", yuan=600), settle("a.1", 500), reserve("b", yuan=450))
    assert treasury.refused(reopen("a.1", 499)) == ("draw_keeps_what_was_spent",)
    assert treasury.refused(reopen("a.1", 551)) == ("draw_is_within_envelope",)
    treasury.do(reopen("a.1", 550))
    assert (treasury.draw("a.1").status, free(treasury.envelope)) == ("reserved", 0)
    assert free(treasury.do(settle("a.1", 430).changed(command_id="again"))) == 120 * YUAN


def test_what_is_freed_is_free_and_stays_so():
    treasury = Treasury()
    envelope = treasury.do(reserve("a", yuan=600), release("a.1"))
    assert (drawn(envelope), treasury.draw("a.1").held) == (0, 0)
    for late in (reserve("a", yuan=1).changed(command_id="again"), change("a.1", 1), settle("a.1", 0), release("a.1")):
        assert treasury.refused(late.changed(command_id="late")) == ("step_is_in_the_table",)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"project": None}, "the project, its line and kind"),
        ({"kind": None}, "the project, its line and kind"),
        ({"item": "b.1"}, "the key is a.1"),
        ({"amount": 0}, "an amount"),
    ],
)
def test_a_draw_names_project_line_kind_and_amount(said: dict[str, Any], lacking: str):
    refusal = Treasury().refusal(reserve("a").changed(**said))
    assert (refusal.codes, refusal.broken[0].detail) == (("draw_names_its_line",), (lacking,))


def test_two_lines_never_share_a_key():
    named = [("a.b", "c"), ("a", "b.c"), ("a.b.c", ""), ("p" * 64, "l" * 130), ("p" * 64, "l" * 129)]
    keys = [draw_key(*each) for each in named]
    assert len(set(keys)) == len(keys)
    assert all(len(key) <= 130 for key in keys)
    assert draw_key("JP-2026-000001", "roof") == "JP-2026-000001.roof"


def test_money_is_reserved_within_its_period_by_the_local_day():
    treasury = Treasury()
    treasury.do(reserve("a", yuan=500))
    treasury.clock.advance(OPEN_ENDS - START - timedelta(seconds=1))
    treasury.do(reserve("b", yuan=100))
    treasury.clock.advance(seconds=1)  # midnight in Beijing
    assert treasury.refusal(reserve("c")).codes == ("money_is_of_its_period",)
    assert treasury.refused(change("a.1", 501)) == ("money_is_of_its_period",)
    less = (change("a.1", 500), change("a.1", 400).changed(command_id="less"), settle("b.1", 90))
    assert free(treasury.do(*less)) == 510 * YUAN


OPEN_ENDS = START.replace(month=12, day=31, hour=16, minute=0)


@pytest.mark.parametrize(("fen", "said"), [(0, "0.00"), (7, "0.07"), (130, "1.30"), (10**15, "10000000000000.00")])
def test_an_amount_is_said_in_yuan_to_the_fen(fen: int, said: str):
    assert yuan(fen) == said
    assert yuan(-130) == "-1.30"


# --- in every history ------------------------------------------------------------------------------------------------

PROJECTS = {"a": "works", "b": "works", "c": "service", "d": "other"}
AMOUNTS = st.integers(0, 1_300) | st.sampled_from([200, 300, 600, 800, 1_000])
STEP = st.tuples(
    st.sampled_from(["reserve", "change", "settle", "reopen", "release", "grant"]),
    st.sampled_from([*PROJECTS]),
    st.sampled_from(["1", "2"]),
    AMOUNTS,
)


class Books:
    """The same money kept by hand: amount, what each line holds, and what may be held."""

    def __init__(self) -> None:
        self.amount = 1_000
        self.lines: dict[str, tuple[str, int, int]] = {}  # key -> (status, amount, spent), in yuan

    def held(self, lines: dict[str, tuple[str, int, int]], projects: str = "abcd") -> int:
        held = {"reserved": lambda amount, spent: amount, "settled": lambda amount, spent: spent}
        counted = [line for key, line in lines.items() if line[0] in held and key[0] in projects]
        return sum(held[status](amount, spent) for status, amount, spent in counted)

    def are_sound(self, lines: dict[str, tuple[str, int, int]]) -> bool:
        works = all(self.held(lines, project) <= 600 for project in "ab") and self.held(lines, "ab") <= 800
        return works and self.held(lines, "c") <= 300 and self.held(lines) <= self.amount

    def after(self, act: str, key: str, sum_of: int) -> dict[str, tuple[str, int, int]] | None:
        """The lines after a step, None where it must be refused."""
        status, amount, spent = self.lines.get(key, ("", 0, 0))
        match act, status:
            case ("reserve", "") | ("change", "reserved") if sum_of:
                line = ("reserved", sum_of, 0 if act == "reserve" else spent)
            case ("settle", "reserved") if sum_of <= amount:
                line = ("settled", amount, sum_of)
            case ("reopen", "settled") if sum_of and sum_of >= spent:
                line = ("reserved", sum_of, spent)
            case ("release", "reserved"):
                line = ("freed", 0, 0)
            case _:
                return None
        lines = {**self.lines, key: line}
        return lines if self.are_sound(lines) else None


def made(act: str, project: str, line: str, sum_of: int) -> Command:
    key = draw_key(project, line)
    if act == "reserve":
        return reserve(project, line, sum_of, PROJECTS[project])
    if act == "release":
        return release(key)
    steps = {"change": change, "settle": settle, "reopen": reopen}
    return steps[act](key, sum_of)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, min_size=5, max_size=25))
def test_in_every_history_amount_is_drawn_plus_free_and_never_overspent(steps: list[tuple[str, str, str, int]]):
    treasury, books = Treasury().file(), Books()
    for number, (act, project, line, sum_of) in enumerate(steps):
        key = f"{project}.{line}"
        if act == "grant":
            if sum_of >= books.held(books.lines) and sum_of not in (0, books.amount):
                treasury.with_leave(granted(amount=sum_of * YUAN).changed(command_id=f"g-{number}"), mayor)
                books.amount = sum_of
            continue
        command = made(act, project, line, sum_of).changed(command_id=f"c-{number}")
        expected = books.after(act, key, sum_of)
        if expected is None:
            with pytest.raises(NotAllowed):
                treasury.engine.handle(command)
        else:
            treasury.do(command)
            books.lines = expected
        envelope = treasury.envelope
        assert drawn(envelope) == books.held(books.lines) * YUAN
        assert envelope.amount == drawn(envelope) + free(envelope)
        assert free(envelope) >= 0
        assert all(free_for(envelope, kind, project) >= 0 for project, kind in PROJECTS.items())
    assert treasury.replayed() == treasury.envelope
