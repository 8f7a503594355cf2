"""Comparing: what changed between two points, in which events; of a record and of the whole log."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Actor, InputError, NotFound, Role
from govflow.audit.replay.comparing import Counts, compared, counted, differences, moved, plain
from govflow.audit.replay.states import Point, state_at
from govflow.messages import Protected, Value
from govflow.records import Record
from govflow.workflow import Rest
from tests.audit.past import past

ENGINE = past()[0]
RECORDS = {each.id: each for each in ENGINE.records()}
HEAD = ENGINE.store.head()


def flat(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """A state as leaves by path: what its JSON says, by hand."""
    if isinstance(value, Record):
        said = value.model_dump(mode="json")
        return flat({name: each for name, each in said.items() if name not in ("id", "version", "at", "moved_in")})
    if isinstance(value, dict):
        return {key: each for name, below in value.items() for key, each in flat(below, (*path, name)).items()}
    return {path: value}


@settings(max_examples=40)
@given(
    id=st.sampled_from(sorted(RECORDS)),
    ends=st.tuples(st.integers(1, 60), st.integers(1, 60)).map(sorted),
)
def test_what_changed_is_what_two_dumps_of_the_state_differ_in(id: str, ends: list[int]):
    last = RECORDS[id].version
    first, second = (min(each, last) for each in ends)
    found = compared(ENGINE, id, Point(version=first), Point(version=second))

    before, after = (flat(state_at(ENGINE, id, Point(version=each))) for each in (first, second))
    by_hand = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    told = {each.path for each in found.changes}
    assert all(any(path[: len(each)] == each for each in told) for path in by_hand)
    assert all(any(path[: len(each)] == each for path in by_hand) for each in told)
    assert [each.version for each in found.events] == list(range(first + 1, second + 1))
    for each in found.changes:
        assert each.versions, "something moved it"
        assert set(each.versions) <= set(range(first + 1, second + 1))


def test_a_change_names_its_field_its_values_and_the_events_that_made_it():
    found = compared(ENGINE, "fixed", Point(version=2))
    changes = {each.path: each for each in found.changes}
    title = changes["title",]
    corrected = [each.version for each in found.events if each.event == "case.corrected"]
    assert (title.before, title.after) == ("Water leak", "Gas leak at gate 3")
    assert list(title.versions) == [corrected[0], corrected[2]]
    approval = changes["items", "approval", "1"]
    assert (approval.before, approval.after["status"]) == (None, "used")
    assert (found.before, found.after) == (ENGINE.as_of("fixed", version=2), RECORDS["fixed"])
    assert found.events[-1].wire


def test_before_it_began_there_was_nothing_and_going_back_is_refused():
    found = compared(ENGINE, "fixed", Point(version=0), Point(version=1))
    assert found.before is None
    assert [each.event for each in found.events] == ["case.reported"]
    assert {each.path: (each.before, each.after) for each in found.changes}["title",] == ("", "Water leak")
    with pytest.raises(InputError):
        compared(ENGINE, "fixed", Point(version=3), Point(version=2))
    with pytest.raises(InputError):
        list(moved(ENGINE, Point(head=HEAD), Point(head=HEAD - 3)))
    with pytest.raises(NotFound):
        compared(ENGINE, "fixed", Point(head=0), Point(head=1))


def test_nothing_between_is_no_change_and_personal_data_is_named_only():
    found = compared(ENGINE, "fixed", Point(version=3), Point(version=3))
    assert (found.events, found.changes) == ((), ())
    assert differences(RECORDS["fixed"], RECORDS["fixed"]) == ()

    class Note(Value):
        text: Protected | None = None
        words: tuple[str, ...] = ()

    secret = Protected(subject="s-1", ciphertext="AAAA")
    assert plain(Note(text=secret, words=("a",))) == {"text": "<protected data of s-1>", "words": ["a"]}


# --- the whole log ---------------------------------------------------------------------------------------------------


def state_of(id: str, head: int) -> Record | None:
    kept = [each.version for each in ENGINE.history(id) if each.position <= head]
    return ENGINE.as_of(id, version=max(kept)) if kept else None


def loops_of(record: Record | None) -> set[tuple[str, str]]:
    loops = ENGINE.deciders[record.kind_of_record].open_loops(record) if record is not None else ()
    return {(each.region, each.item) for each in loops}


@settings(max_examples=15)
@given(heads=st.tuples(st.integers(0, HEAD), st.integers(0, HEAD)).map(sorted))
def test_the_whole_log_tells_of_every_record_that_was_touched_what_became_of_it(heads: list[int]):
    first, second = heads
    found = {each.record: each for each in moved(ENGINE, Point(head=first), Point(head=second))}

    touched: Counter[str] = Counter()
    for id in RECORDS:
        between = [each for each in ENGINE.history(id) if first < each.position <= second]
        touched[id] += len(between)
    assert {id: each.events for id, each in found.items()} == {id: n for id, n in touched.items() if n}
    for id, each in found.items():
        before, after = state_of(id, first), state_of(id, second)
        assert after is not None
        assert (each.before, each.after) == (str(before.status) if before else "", str(after.status))
        assert each.begun == (before is None)
        rests = ENGINE.deciders[each.kind].workflow.rests
        was_open = before is None or rests[before.status] is Rest.OPEN
        assert each.ended == (was_open and rests[after.status] is not Rest.OPEN)
        assert {(loop.region, loop.item) for loop in each.opened} == loops_of(after) - loops_of(before)
        assert {(loop.region, loop.item) for loop in each.closed} == loops_of(before) - loops_of(after)


def test_the_counts_add_up_by_kind():
    changes = list(moved(ENGINE, Point(head=0)))
    counts = counted(changes)
    assert sum(each.events for each in counts.values()) == HEAD - len(ENGINE.log_history())
    assert {kind: each.begun for kind, each in counts.items()} == Counter(
        each.kind_of_record for each in RECORDS.values()
    )
    assert counted([]) == {}
    assert counts["joint_project"] == Counts(1, 1, 0, 1, 0, 0, RECORDS["x"].version)


def test_what_a_reader_may_not_see_has_not_changed():
    nobody = ENGINE.seen_by(Actor.of("s-else", Role.RESIDENT, area="elsewhere"))
    assert {each.record for each in moved(nobody, Point(head=0))} < RECORDS.keys()
    with pytest.raises(NotFound):
        compared(nobody, "fixed", Point(version=1))
