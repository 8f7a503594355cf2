"""Small counts: nobody reads off a table what one or two people said."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow.evaluating import published
from govflow.evaluating.small_counts import LEAST


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, {}),
        ({"a": 0, "b": 7}, {"a": 0, "b": 7}),
        ({"a": 3, "b": 7}, {"a": 3, "b": 7}),
        ({"a": 2, "b": 5, "c": 9}, {"a": None, "b": None, "c": 9}),  # 16 in all: the 2 could be worked out
        ({"a": 1, "b": 2, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 1, "b": 1, "c": 4, "d": 9}, {"a": None, "b": None, "c": None, "d": 9}),  # two of them, one each
        ({"a": 2, "b": 2, "c": 4, "d": 9}, {"a": None, "b": None, "c": None, "d": 9}),  # four of them: two each
        ({"a": 3, "b": 3, "c": 1, "d": 9}, {"a": None, "b": None, "c": None, "d": 9}),  # which of two alike would tell
        ({"a": 1}, {"a": None}),
    ],
)
def test_one_or_two_people_are_no_number_and_cannot_be_worked_out(counts: dict[str, int], told: dict[str, int | None]):
    assert published(counts) == told


def could_be(told: dict[str, int | None], total: int) -> set[tuple[int, ...]]:
    """Everything that the hidden counts may be, for who knows the rule and the sum."""
    hidden = [key for key, count in told.items() if count is None]
    left = total - sum(filter(None, told.values()))
    found = set()
    for counts in itertools.product(range(1, left + 1), repeat=len(hidden)):
        if sum(counts) == left:
            table = {**told, **dict(zip(hidden, counts, strict=True))}
            if published({key: count or 0 for key, count in table.items()}) == told:
                found.add(counts)
    return found


@settings(max_examples=400)
@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 7), max_size=5))
def test_who_knows_the_rule_and_the_sum_still_cannot_tell_a_hidden_count(counts: dict[str, int]):
    """Against every table that would be published alike; where nothing else is there to hide, the sum tells it all."""
    told = published(counts)
    hidden = [key for key, count in told.items() if count is None]
    assert all(told[key] in (None, count) for key, count in counts.items())
    assert all(count == 0 or count >= LEAST for count in told.values() if count is not None)
    assert bool(hidden) == any(0 < count < LEAST for count in counts.values())
    if hidden and any(told.values()) and len(hidden) < 4:
        might = could_be(told, sum(counts.values()))
        for place in range(len(hidden)):
            assert len({each[place] for each in might}) > 1


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 12), max_size=8), st.randoms())
def test_the_order_of_a_table_changes_nothing_but_which_of_equals_is_hidden(counts: dict[str, int], chance):
    keys = list(counts)
    chance.shuffle(keys)
    one, other = published(counts), published({key: counts[key] for key in keys})
    assert sorted(map(str, one.values())) == sorted(map(str, other.values()))
