"""The draw: a function of roll and seed, as likely for one as for another, allocated by size."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.surveys import allocation, digest_of_people, sample_of, slip_of

TINY = {"a": ("s-1", "s-2", "s-3", "s-4", "s-5"), "b": ("s-6", "s-7", "s-8")}


def chi_square(counts: Counter[Any], cells: int, draws: int) -> float:
    expected = draws / cells
    return sum((counts.get(cell, 0) - expected) ** 2 / expected for cell in counts) + (cells - len(counts)) * expected


def test_every_choice_of_people_is_as_likely_as_any_other():
    # 1 % points of the chi-square distribution: 21.67 for 9 degrees of freedom, 9.21 for 2 (any table)
    draws = 3_000
    counts: Counter[Any] = Counter()
    singles: Counter[Any] = Counter()
    for number in range(draws):
        sample = sample_of(TINY, {"a": 2, "b": 1}, f"seed-number-{number:08}")
        counts[sample["a"]] += 1
        singles[sample["b"]] += 1

    assert set(counts) == set(combinations(TINY["a"], 2))
    assert chi_square(counts, 10, draws) < 21.67
    assert chi_square(singles, 3, draws) < 9.21


def test_strata_are_drawn_independently_of_each_other():
    pairs = Counter(
        (*each["a"], *each["b"])
        for n in range(3_000)
        for each in [sample_of(TINY, {"a": 1, "b": 1}, f"another-seed-{n:08}")]
    )
    assert len(pairs) == 15
    assert chi_square(pairs, 15, 3_000) < 29.14  # 1 %, 14 degrees of freedom


def test_a_lot_can_be_drawn_again_with_nothing_but_sha256():
    lines = "".join(f"{stratum}\t{id}\n" for stratum in sorted(TINY) for id in sorted(TINY[stratum]))
    digest = hashlib.sha256(lines.encode()).hexdigest()

    def lot(id: str) -> str:
        return hashlib.sha256(f"the-seed-of-the-draw\n4711\n{digest}\na\n{id}\n".encode()).hexdigest()

    drawn = sample_of(TINY, {"a": 2, "b": 0}, "the-seed-of-the-draw", "4711")
    assert drawn == {"a": tuple(sorted(sorted(TINY["a"], key=lot)[:2])), "b": ()}
    assert digest_of_people(TINY) == digest


def test_the_order_of_the_roll_is_no_matter_and_every_other_change_is():
    turned = {stratum: people[::-1] for stratum, people in reversed(TINY.items())}
    seed = "the-seed-of-the-draw"
    many = {"a": tuple(f"s-{n}" for n in range(200))}

    assert sample_of(turned, {"a": 3, "b": 2}, seed) == sample_of(TINY, {"a": 3, "b": 2}, seed)
    base = sample_of(many, {"a": 20}, seed)
    assert sample_of(many, {"a": 20}, seed + "!") != base
    assert sample_of(many, {"a": 20}, seed, "4711") != base
    one_more = {"a": (*many["a"], "s-200")}
    assert sample_of(one_more, {"a": 20}, seed) != base


@pytest.mark.parametrize(
    ("sizes", "total", "least", "drawn"),
    [
        ({"old": 31, "young": 69}, 20, 5, {"old": 6, "young": 14}),  # 6.2 and 13.8
        ({"a": 50, "b": 30, "c": 20}, 7, 1, {"a": 4, "b": 2, "c": 1}),  # 3.5, 2.1, 1.4: the seventh is a's
        ({"b": 1, "a": 1}, 1, 0, {"a": 1, "b": 0}),  # level: by the id
        ({"big": 990, "small": 10}, 100, 5, {"big": 99, "small": 5}),  # raised on top, the big one loses nobody
        ({"big": 100, "small": 3}, 10, 5, {"big": 10, "small": 3}),  # no more than there are
        ({"a": 3, "b": 2}, 5, 1, {"a": 3, "b": 2}),
    ],
)
def test_a_sample_is_shared_out_by_largest_remainders(sizes, total, least, drawn):
    assert allocation(sizes, total, least) == drawn


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 500), min_size=1), st.floats(0, 1), st.integers(0, 20))
def test_an_allocation_stays_within_one_of_its_quota_and_within_the_strata(sizes, part, least):
    population = sum(sizes.values())
    total = int(part * population)
    drawn = allocation(sizes, total, least)
    plain = allocation(sizes, total, 0)

    assert sum(plain.values()) == total
    assert all(abs(plain[id] * population - total * size) < population for id, size in sizes.items())
    assert all(min(size, least) <= drawn[id] <= size and drawn[id] >= plain[id] for id, size in sizes.items())


def test_a_slip_is_the_hash_of_its_token():
    assert slip_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
