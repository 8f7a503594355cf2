"""What changed between two texts: nothing is lost, words are told apart also where no blanks stand between them."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from govflow.pages.changes import Piece, changes

TEXTS = st.text(alphabet="ab \n修改车棚，", max_size=60)


@given(TEXTS, TEXTS)
def test_without_the_inserted_it_is_the_old_text_without_the_deleted_the_new_one(before, after):
    pieces = [*changes(before, after)]

    assert "".join(each.text for each in pieces if each.kind != "ins") == before
    assert "".join(each.text for each in pieces if each.kind != "del") == after
    assert all(each.text for each in pieces)


@given(TEXTS)
def test_a_text_that_stays_is_one_piece(text):
    assert [*changes(text, text)] == ([Piece("same", text)] if text else [])


def test_a_word_that_was_changed_is_told_alone():
    assert [*changes("a ramp at gate 3\nin stone", "a lift at gate 3\nin stone")] == [
        Piece("same", "a "),
        Piece("del", "ramp"),
        Piece("ins", "lift"),
        Piece("same", " at gate 3\n"),
        Piece("same", "in stone"),
    ]


def test_chinese_is_compared_sign_by_sign():
    assert [*changes("三号门建车棚", "三号门建坡道")] == [
        Piece("same", "三号门建"),
        Piece("del", "车棚"),
        Piece("ins", "坡道"),
    ]


def test_the_longest_texts_are_compared_in_no_time():
    before, after = "建" * 20_000, "改" * 20_000
    begun = time.perf_counter()

    pieces = [*changes(before, after)]
    [*changes("建\n" * 10_000, "改\n" * 10_000)]

    assert [each.kind for each in pieces] == ["del", "ins"]
    assert time.perf_counter() - begun < 5
