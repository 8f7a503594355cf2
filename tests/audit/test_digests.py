"""Digest lists: two that agree, the first event on which two differ, and files that are none."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import InputError
from govflow.audit.replay.digests import as_data, digest_lines, first_difference
from govflow.audit.replay.states import digests, replayed
from tests.audit.past import past

ENGINE = past()[0]
LINES = [line.encode() for line in digest_lines(ENGINE, program="govflow")]


def ended(lines: list[bytes]) -> list[bytes]:
    """The list with an end that fits it: what another run would have written."""
    head, *events = lines[:-1]
    last = {each["stream"]: each["digest"] for each in map(json.loads, events)}
    over_all = hashlib.sha256("".join(f"{id}\n{digest}\n" for id, digest in last.items()).encode()).hexdigest()
    end = {"events": len(events), "records": len(last), "digest": over_all}
    return [head, *events, json.dumps(end).encode()]


def test_a_list_agrees_with_its_own_log_and_ends_with_the_digest_over_all():
    assert first_difference(ENGINE, LINES) is None
    assert first_difference(ENGINE, ended(LINES)) is None
    end = json.loads(LINES[-1])
    found = replayed(ENGINE)
    assert (end["digest"], end["records"]) == (found.digest, found.records)
    assert end["events"] == len(LINES) - 2
    assert json.loads(LINES[1]) == as_data(next(digests(ENGINE)))


def test_the_list_of_one_record_holds_its_events_alone():
    lines = [json.loads(line) for line in digest_lines(ENGINE, "late")]
    assert {each["stream"] for each in lines[1:-1]} == {"late"}
    assert lines[-1]["records"] == 1


@settings(max_examples=12)
@given(number=st.integers(1, len(LINES) - 2), field=st.sampled_from(["digest", "status", "recorded", "position"]))
def test_the_first_event_that_differs_is_named_with_what_differs(number: int, field: str):
    line = json.loads(LINES[number])
    lines = [*LINES]
    lines[number] = json.dumps({**line, field: 0 if field == "position" else "0" * 64}).encode()

    found = first_difference(ENGINE, ended(lines))

    assert found is not None
    assert (found.stream, found.version, found.event) == (line["stream"], line["version"], line["event"])
    assert (found.fields, found.events) == ((field,), number - 1)


@settings(max_examples=12)
@given(number=st.integers(1, len(LINES) - 2))
def test_an_event_that_one_side_lacks_is_named(number: int):
    line = json.loads(LINES[number])
    found = first_difference(ENGINE, ended([*LINES[:number], *LINES[number + 1 :]]))
    assert found is not None
    assert (found.stream, found.version, found.there) == (line["stream"], line["version"], None)
    more = json.dumps({**line, "stream": f"{line['stream']}-0", "version": 1}).encode()
    at = next(
        place for place in range(number, len(LINES)) if b'"stream":"%b"' % line["stream"].encode() not in LINES[place]
    )
    found = first_difference(ENGINE, ended([*LINES[:at], more, *LINES[at:]]))
    assert found is not None
    assert (found.stream, found.here) == (f"{line['stream']}-0", None)


def test_lists_of_two_logs_are_told_apart_at_once():
    other = json.dumps({**json.loads(LINES[0]), "log": "log-else"}).encode()
    found = first_difference(ENGINE, [other, *LINES[1:]])
    assert found is not None
    assert (found.fields, found.there) == (("log",), {"log": "log-else"})


def bad(number: int, **said: Any) -> list[bytes]:
    """The list with one line changed."""
    line = {**json.loads(LINES[number]), **said}
    return [json.dumps(line).encode() if each == number else text for each, text in enumerate(LINES)]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"{}"],
        [b"\xff\xfe"],
        [b"[1]"],
        [b"[" * 100_000],
        LINES[:-1],
        LINES[:1],
        [*LINES[:3], b"half a li"],
        bad(0, digests=2),
        bad(1, stream=7),
        bad(1, version="1"),
        bad(1, version=True),
        bad(1, more=1),
        bad(len(LINES) - 1, records=3),
    ],
    ids=range(14),
)
def test_what_is_no_whole_digest_list_is_refused_in_one_line(lines: list[bytes]):
    with pytest.raises(InputError) as caught:
        first_difference(ENGINE, lines, where="d.jsonl")
    assert str(caught.value).startswith("d.jsonl")
    assert "\n" not in str(caught.value)
