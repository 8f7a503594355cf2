"""Cases that share a test: none hides another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.together import each_case


def looked_at(names: Iterable[object], check: Callable[[object], None]) -> None:
    with each_case() as case:
        for name in names:
            with case(name):
                check(name)


def test_every_case_is_looked_at_and_all_that_fail_are_named():
    seen = []

    def is_seven(number: object) -> None:
        seen.append(number)
        assert number == 7, f"{number} is not seven"

    with pytest.raises(ExceptionGroup) as caught:
        looked_at(range(20), is_seven)
    assert seen == [*range(20)]
    assert str(caught.value).startswith("19 fail\n0: 0 is not seven\n")
    assert all(f"\n{number}: {number} is not seven" in str(caught.value) for number in seen if number not in (0, 7))
    assert caught.value.exceptions[0].__notes__ == ["in the case 0"]


def test_an_error_that_did_not_come_fails_its_case_and_no_other():
    def is_missing(key: object) -> None:
        with pytest.raises(KeyError):
            {"here": 1}[str(key)]

    with pytest.raises(ExceptionGroup, match="1 fail\nhere: DID NOT RAISE"):
        looked_at(["here", "there"], is_missing)


def test_cases_that_all_hold_are_one_test_that_passes():
    looked_at([1, 2], lambda number: None)


def test_a_fault_between_the_cases_is_no_case():
    with pytest.raises(ZeroDivisionError):
        looked_at((1 // number for number in (1, 0)), lambda number: None)


def test_two_cases_have_two_names():
    with pytest.raises(AssertionError, match="two cases are called twice"):
        looked_at(["twice", "twice"], lambda name: [][0])
