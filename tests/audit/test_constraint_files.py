"""A file of constraints is what somebody wrote: one clear error for what is wrong, where, and what was expected."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow.audit.constraints.check import Side, Template
from govflow.audit.constraints.files import (
    LARGEST,
    ConstraintError,
    constraints_from,
    known_events,
    load_constraints,
    shipped_constraints,
)
from govflow.engine import shipped

KNOWN = known_events(shipped())
GOOD = """
[[constraint]]
id = "mine"
template = "precedence"
first = ["case.accepted", "case.review_decided?sends_back"]
then = ["case.assigned"]
en = "Accepted first"
zh = "先受理"
source = "ours"
"""


def refusal(text: str | bytes) -> ConstraintError:
    given = text.encode() if isinstance(text, str) else text
    with pytest.raises(ConstraintError) as caught:
        constraints_from(given, "mine.toml", KNOWN)
    return caught.value


def test_a_file_says_events_and_fields_by_their_names(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")

    found = load_constraints(tmp_path / "mine.toml", KNOWN)

    assert len(found) == 1
    assert (found.all[0].id, found.all[0].template) == ("mine", Template.PRECEDENCE)
    assert found.all[0].first == (Side("case.accepted"), Side("case.review_decided", "sends_back"))
    assert found.all[0].sentence("zh-CN") == "先受理"
    assert found.rounds == shipped_constraints().rounds


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("case.assigned", "case.asigned"), "constraint 1 (mine): then: there is no event case.asigned; expected case"),
        (("?sends_back", "?sends_bak"), "case.review_decided?sends_bak: the event has no such field; expected"),
        (('"precedence"', '"before"'), "constraint 1 (mine): template: before is none; expected existence, absence"),
        (('id = "mine"', ""), "constraint 1: id: no usable id"),
        (('id = "mine"', 'id = "../x"'), "constraint 1: id: no usable id"),
        (('en = "Accepted first"', ""), "constraint 1 (mine): en: no usable text; expected one line"),
        (('zh = "先受理"', 'zh = "a\\u001bb"'), "constraint 1 (mine): zh: no usable text"),
        (('source = "ours"', 'source = "ours"\nwhere = 1'), "constraint 1 (mine): where: there is no such field"),
        (('source = "ours"', 'source = "ours"\nby = ["case.closed"]'), "by: precedence has no such side; expected"),
        (('source = "ours"', 'source = "ours"\nsame = "item"'), "same: case.accepted is of no item; expected"),
        (('source = "ours"', 'source = "ours"\nsame = "day"'), "same: day is none; expected item, round"),
        (('["case.assigned"]', '"case.assigned"'), "then: no list of events"),
        (('["case.assigned"]', "[1]"), "then: int names no event"),
        (('["case.assigned"]', '["case.assigned; rm"]'), "then: case.assigned; rm names no event"),
        (('then = ["case.assigned"]', ""), "then: no list of events"),
        (("[[constraint]]", "[constraint]"), "constraint: no constraint is named; expected [[constraint]]"),
        (("[[constraint]]", "x = 1\n[[constraint]]"), "x: there is no such field; expected constraint, rounds"),
        (("[[constraint]]", "rounds = [2]\n[[constraint]]"), "rounds: int names no event"),
        (("first = [", "first = ["), None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_what_was_expected(change, said):
    text = GOOD.replace(*change)
    if said is None:
        assert len(constraints_from(text.encode(), "mine.toml", KNOWN)) == 1
        return

    error = refusal(text)

    assert said in str(error)
    assert str(error).startswith("mine.toml: ")
    assert "\n" not in error.sentence("zh-CN")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe", "it is not UTF-8"),
        (b"a = [", "it is not TOML"),
        (b"a = " + b"[" * 5_000, "nested too deeply"),
        (b"a = " + b"9" * 5_000, "it is not TOML"),
        (b"#" * (LARGEST + 1), "the file is too large"),
        (b"", "no constraint is named"),
        (b"constraint = [1]", "constraint 1: it is no table"),
        (GOOD.encode() * 2, "mine stands twice"),
    ],
    ids=["bytes", "broken", "deep", "long number", "large", "empty", "no table", "twice"],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(text: bytes, said: str):
    assert said in str(refusal(text))


@settings(max_examples=60)
@given(st.data())
def test_a_file_with_pieces_cut_out_is_read_or_refused(data: st.DataObject):
    begin, end = sorted(data.draw(st.tuples(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))))
    with suppress(ConstraintError):
        constraints_from((GOOD[:begin] + data.draw(st.text(max_size=4)) + GOOD[end:]).encode(), "mine.toml", KNOWN)
