"""Upcasters are total and pure: every old body becomes one of the newest version, always the same, itself untouched."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import Event
from govflow.persistence.codec import Codec
from tests.golden.lines import CODEC, EVENTS, line_of, raw_lines
from tests.kernel.test_codec import Moved

META = b'{"command":"c","wire":"x.do","recorded_at":"2026-03-02T08:00:00Z","policy":"p"}\n'
VERSIONS: dict[int, dict[str, st.SearchStrategy[Any]]] = {1: {}, 2: {"metres": st.integers(-(10**9), 10**9)}}


def chained(event: type[Event], version: int, body: dict[str, Any]) -> dict[str, Any]:
    """The body as the newest version has it."""
    for each in range(version, event.version):
        body = event.upcasts[each](body)
    return body


def assert_total_and_pure(event: type[Event], version: int, body: dict[str, Any], codec: Codec) -> None:
    before = deepcopy(body)
    once = chained(event, version, body)
    assert body == before, f"{event.name}: the upcaster from version {version} changes what it is given"
    assert chained(event, version, body) == once, f"{event.name}: it gives another body the second time"
    topic, state = f"{event.name}@{version}", META + json.dumps(body).encode()
    assert codec.decode(topic, state) == codec.decode(topic, state)
    _, again = codec.encode(codec.decode(topic, state))
    newest = codec.decode(f"{event.name}@{event.version}", META + again)
    assert newest == codec.decode(topic, state), f"{event.name}: written again it reads otherwise"


@st.composite
def moved(draw: st.DrawFn) -> tuple[int, dict[str, Any]]:
    """The body of an old version of an event of which there are three."""
    version = draw(st.sampled_from(sorted(VERSIONS)))
    said = {"at": "2026-03-02T08:00:00Z", "by": draw(st.sampled_from(["anna", "s-1"])), "to": draw(st.text(max_size=9))}
    return version, {**said, **draw(st.fixed_dictionaries(VERSIONS[version]))}


@given(moved())
def test_every_body_of_an_old_version_is_read_and_stays_as_it_is(body: tuple[int, dict[str, Any]]):
    assert_total_and_pure(Moved, *body, Codec([Moved]))


def test_every_golden_body_of_an_old_version_is_read_and_stays_as_it_is():
    for line in map(line_of, raw_lines()):
        name, _, version = line.topic.partition("@")
        event = EVENTS[name]
        if int(version) < event.version:
            assert_total_and_pure(event, int(version), json.loads(line.state.partition(b"\n")[2]), CODEC)


@pytest.mark.parametrize("version", [1, 2])
def test_an_upcaster_that_changes_what_it_is_given_or_counts_is_found(version: int):
    seen = iter(range(9))

    def changing(body: dict[str, Any]) -> dict[str, Any]:
        body["more"] = 1
        return body

    def counting(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "more": next(seen)}

    for upcast in (changing, counting):

        class Thing(Event, name="thing.made", version=3, upcasts={1: upcast, 2: upcast}):
            more: int

        with pytest.raises(AssertionError, match=r"changes what it is given|another body the second time"):
            assert_total_and_pure(Thing, version, {"at": "2026-03-02T08:00:00Z", "by": "anna"}, Codec([Thing]))
