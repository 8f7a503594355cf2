"""Replay tells of any past moment what a plain walk over the events tells: of one record and of the whole log."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Actor, Engine, NotFound, Record, Role
from govflow.audit.replay.states import END, Point, digests, replayed, state_at
from govflow.messages import RecordedEvent
from tests.audit.past import past

ENGINE: Engine = past()[0]
HISTORIES = {each.id: ENGINE.history(each.id) for each in ENGINE.records()}
BEGAN = min(each.meta.recorded_at for each in HISTORIES["fixed"]) - timedelta(days=5)
MOMENTS = st.one_of(  # anywhere in its time, and to the very microsecond of an event
    st.integers(0, 200 * 24 * 60).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
    st.sampled_from([moment for each in HISTORIES["late"] for moment in (each.body.at, each.meta.recorded_at)]),
)
Holds = Callable[[RecordedEvent], bool]


def walked(id: str, holds: Holds) -> Record | None:
    """A record by hand: every event that holds, one after the other."""
    decider = ENGINE.deciders[ENGINE.get(id).kind_of_record]
    state, count = decider.initial.changed(id=id), 0
    for each in HISTORIES[id]:
        if holds(each):
            state, count = decider.evolve(state, each.body), count + 1
    return state if count else None


def check(id: str, point: Point, holds: Holds) -> None:
    by_hand = walked(id, holds)
    if by_hand is None:
        with pytest.raises(NotFound):
            state_at(ENGINE, id, point)
    else:
        assert state_at(ENGINE, id, point) == by_hand


@settings(max_examples=40)
@given(id=st.sampled_from(sorted(HISTORIES)), moment=MOMENTS)
def test_a_record_at_a_moment_is_what_its_events_by_then_make_of_it(id: str, moment: datetime):
    check(id, Point(at=moment), lambda each: each.body.at <= moment)
    check(id, Point(known_at=moment), lambda each: each.meta.recorded_at <= moment)
    if walked(id, lambda each: each.body.at <= moment):
        assert state_at(ENGINE, id, Point(at=moment)) == ENGINE.as_of(id, moment)


@settings(max_examples=40)
@given(id=st.sampled_from(sorted(HISTORIES)), head=st.integers(0, 140))
def test_a_record_at_a_head_of_the_log_knows_no_event_behind_it(id: str, head: int):
    check(id, Point(head=head), lambda each: each.position <= head)


@settings(max_examples=10)
@given(moment=MOMENTS, head=st.integers(0, 140), kind=st.sampled_from(["at", "known_at", "head", "end"]))
def test_the_whole_log_at_any_point_counts_and_digests_what_a_walk_finds(moment: datetime, head: int, kind: str):
    point, holds = {
        "at": (Point(at=moment), lambda each: each.body.at <= moment),
        "known_at": (Point(known_at=moment), lambda each: each.meta.recorded_at <= moment),
        "head": (Point(head=head), lambda each: each.position <= head),
        "end": (END, lambda each: True),
    }[kind]
    found = replayed(ENGINE, point)

    states = {id: state for id in sorted(HISTORIES) if (state := walked(id, holds)) is not None}
    lines = "".join(f"{id}\n{state.digest}\n" for id, state in states.items())
    assert found.digest == hashlib.sha256(lines.encode()).hexdigest()
    assert found.records == len(states)
    everything = [each for each in (*ENGINE.log_history(), *(e for h in HISTORIES.values() for e in h)) if holds(each)]
    assert found.events == len(everything)
    counted = Counter((state.kind_of_record, str(state.status)) for state in states.values())
    assert {(kind, status): n for kind, each in found.states.items() for status, n in each.items()} == counted


def test_the_whole_log_at_its_end_has_the_digest_over_its_records_as_they_stand():
    lines = "".join(f"{each.id}\n{each.digest}\n" for each in ENGINE.records())
    found = replayed(ENGINE)
    assert (found.digest, found.log) == (hashlib.sha256(lines.encode()).hexdigest(), ENGINE.log_id)
    assert found.events == ENGINE.store.head()


def test_there_is_a_digest_after_every_event_of_every_record():
    found = list(digests(ENGINE))
    assert [(each.stream, each.version) for each in found] == [
        (id, each.version) for id in sorted(HISTORIES) for each in HISTORIES[id]
    ]
    for each in found[::7]:
        state = ENGINE.as_of(each.stream, version=each.version)
        assert (each.digest, each.status) == (state.digest, state.status)
    assert list(digests(ENGINE, "late")) == [each for each in found if each.stream == "late"]
    late = HISTORIES["late"][0]
    first = next(digests(ENGINE, "late"))
    assert (first.position, first.event) == (late.position, "case.reported")
    assert first.recorded - first.occurred == timedelta(days=3)


def test_what_a_reader_may_not_see_is_in_no_replay():
    nobody = ENGINE.seen_by(Actor.of("s-else", Role.RESIDENT, area="elsewhere"))
    hidden = [id for id in HISTORIES if not is_seen(nobody, id)]
    assert hidden
    assert {each.stream for each in digests(nobody)} == HISTORIES.keys() - set(hidden)
    assert replayed(nobody).records == len(HISTORIES) - len(hidden)
    for ask in (lambda: state_at(nobody, hidden[0], Point(head=130)), lambda: list(digests(nobody, hidden[0]))):
        with pytest.raises(NotFound):
            ask()


def is_seen(reader: Any, id: str) -> bool:
    try:
        return bool(reader.get(id))
    except NotFound:
        return False


def test_progress_is_told_while_a_long_log_is_read():
    told: list[tuple[int, int]] = []
    list(digests(ENGINE, progress=lambda done, total: told.append((done, total))))
    assert told == []  # not worth a bar: less than a thousand events
