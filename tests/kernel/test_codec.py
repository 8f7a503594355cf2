"""The stored form: names and shapes that never change, upcasting, leaves, packed ids; nothing unreadable is skipped."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import CASE, SYSTEM, Decider, Engine, Event, LogError, WorkflowError
from govflow.engine import shipped
from govflow.log_events import LOG_EVENTS
from govflow.messages import Metadata, new_command_id
from govflow.persistence.codec import Codec, StoredEvent, leaf_of, metadata_of, packed_command_id
from govflow.regions.instruction import GiveInstruction

SHIPPED = shipped()
EVENTS = {event for decider in SHIPPED for event in decider.events}
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "events.json"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


# --- shapes that are for ever ----------------------------------------------------------------------------------------


def kind_of(schema: Any) -> str:
    """A JSON schema in a few words: what a stored value must look like."""
    match schema:
        case {"$ref": str(ref)}:
            return ref.rpartition("/")[2]
        case {"anyOf": list(kinds)}:
            return " | ".join(map(kind_of, kinds))
        case {"enum": list(values)} | {"const": values}:
            return "/".join(values) if isinstance(values, list) else str(values)
        case {"type": "array", "items": item}:
            return f"[{kind_of(item)}]"
        case {"type": "object", "additionalProperties": dict(value)}:
            return f"{{{kind_of(value)}}}"
        case {"type": str(name)}:
            bounds = {
                key: schema[key] for key in sorted(schema) if key not in ("type", "title", "description", "default")
            }
            return " ".join([name, *(f"{key}={value}" for key, value in bounds.items())])
        case _:
            return "anything"


def fields_of(schema: Any) -> dict[str, str] | str:
    if "properties" not in schema:
        return kind_of(schema)
    required = set(schema.get("required", ()))
    return {
        name: kind_of(field) + ("" if name in required else f", else {json.dumps(field.get('default'))}")
        for name, field in sorted(schema["properties"].items())
    }


def every_shape() -> dict[str, Any]:
    """Stored name and version -> field -> what it holds; and the same for the values that events are made of."""
    shapes: dict[str, Any] = {}
    for event in sorted({*LOG_EVENTS, *EVENTS}, key=lambda event: event.name):
        schema = event.model_json_schema()
        shapes |= {name: fields_of(value) for name, value in schema.get("$defs", {}).items()}
        shapes[f"{event.name}@{event.version}"] = fields_of(schema)
    return shapes


ADVICE = (
    "Stored events keep their names and shapes for ever. Give the event (or each event that holds the value) a new "
    "`version` with an upcaster from the old one, then write the new shape down with: python -m tests.kernel.test_codec"
)


def test_no_stored_name_is_lost_and_no_version_goes_back():
    newest = {event.name: event.version for event in (*LOG_EVENTS, *EVENTS)}
    for topic in json.loads(GOLDEN.read_text("utf-8")):
        name, is_event, version = topic.partition("@")
        if is_event:
            assert newest.get(name, 0) >= int(version), f"{topic} is gone. {ADVICE}"


def test_no_stored_shape_changes():
    now = every_shape()
    for topic, known in json.loads(GOLDEN.read_text("utf-8")).items():
        assert now.get(topic, known) == known, f"{topic} is not what existing logs hold. {ADVICE}"


def test_every_shape_is_written_down():
    missing = sorted(every_shape().keys() - json.loads(GOLDEN.read_text("utf-8")).keys())
    assert not missing, f"new: {', '.join(missing)}; write them down with: python -m tests.kernel.test_codec"


def test_no_two_values_share_a_name():
    """What is written down of one would hide the other."""
    shapes: dict[str, dict[str, str]] = defaultdict(dict)  # name -> what it looks like -> the first event that has it
    for event in sorted({*LOG_EVENTS, *EVENTS}, key=lambda event: event.name):
        for name, value in event.model_json_schema().get("$defs", {}).items():
            shapes[name].setdefault(json.dumps(fields_of(value), sort_keys=True), event.name)
    assert {name: [*found.values()] for name, found in shapes.items() if len(found) > 1} == {}


def test_every_event_of_a_case_has_a_stored_name_of_its_own():
    names = [event.name for event in CASE.events]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and name.count(".") == 1 for name in names)


# --- versions --------------------------------------------------------------------------------------------------------


class MovedV1(Event, name="thing.moved", version=1):
    to: str


class MovedV2(Event, name="thing.moved", version=2, upcasts={1: lambda body: body | {"metres": 0}}):
    to: str
    metres: int


def _kilometres(body: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in body.items() if name != "metres"}, "km": body["metres"] / 1000}


class Moved(
    Event, name="thing.moved", version=3, upcasts={1: lambda body: body | {"metres": 0}, 2: _kilometres}
):  # fmt: skip
    to: str
    km: float


def stored(event: Event) -> tuple[str, bytes]:
    topic, body = Codec([type(event)]).encode(event)
    return topic, b"{}\n" + body


@pytest.mark.parametrize(
    ("old", "km"),
    [
        (MovedV1(at=AT, by="anna", to="here"), 0.0),
        (MovedV2(at=AT, by="anna", to="here", metres=1500), 1.5),
        (Moved(at=AT, by="anna", to="here", km=2.5), 2.5),
    ],
    ids=["version 1", "version 2", "version 3"],
)
def test_every_old_version_is_read_as_the_newest(old, km):
    assert Codec([Moved]).decode(*stored(old)) == Moved(at=AT, by="anna", to="here", km=km)


def test_a_missing_upcaster_is_told_when_the_log_is_opened_not_when_it_is_read():
    class Gap(Event, name="thing.gap", version=4, upcasts={2: lambda body: body}):
        pass

    with pytest.raises(WorkflowError, match=r"thing\.gap: no upcaster from version 1, 3"):
        Codec([Gap])


def test_a_stored_name_belongs_to_one_class():
    class Other(Event, name="thing.moved"):
        pass

    with pytest.raises(WorkflowError, match=r"stored name thing\.moved belongs to Moved and to Other"):
        Codec([Moved, Other])
    Codec([Moved, Moved])


# --- what cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "topic", ["thing.lost@1", "thing.moved@4", "thing.moved@0", "thing.moved@x", "thing.moved", ""]
)
def test_an_unknown_name_or_version_is_an_error_never_a_skip(topic):
    _, state = stored(Moved(at=AT, by="anna", to="here", km=1))
    with pytest.raises(LogError, match="which none of the records served here knows"):
        Codec([Moved]).decode(topic, state)


BODY = {"at": "2026-03-02T08:00:00Z", "by": "anna", "to": "here"}


@pytest.mark.parametrize(
    ("topic", "state"),
    [
        ("thing.moved@3", b"{}\n{"),
        ("thing.moved@3", b"{}\n\xff\xfe"),
        ("thing.moved@3", b"no line feed at all"),
        ("thing.moved@3", b"{}\n" + json.dumps(BODY).encode()),
        ("thing.moved@3", b"{}\n" + json.dumps({**BODY, "km": 1, "more": 1}).encode()),
        ("thing.moved@3", b"{}\n" + json.dumps({**BODY, "km": "far"}).encode()),
        ("thing.moved@3", b'{}\n{"at":"2026-03-02T08:00:00Z","by":"anna","to":"here","km":NaN}'),
        ("thing.moved@2", b"{}\n" + json.dumps(BODY).encode()),
        ("thing.moved@1", b"{}\n[1]"),
        ("thing.moved@1", b"{}\nnull"),
    ],
    ids=[
        "torn", "not utf-8", "no metadata", "field missing", "field too many", "wrong type", "not a number",
        "field missing before an upcaster", "a list before an upcaster", "null before an upcaster",
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_an_error_that_names_it(topic, state):
    with pytest.raises(LogError, match=f"the stored body of {topic} cannot be read"):
        Codec([Moved]).decode(topic, state)


def test_the_error_about_a_body_names_the_field_and_keeps_its_content_to_itself():
    state = b"{}\n" + json.dumps({**BODY, "km": "canary"}).encode()
    with pytest.raises(LogError, match="km: ") as refused:
        Codec([Moved]).decode("thing.moved@3", state)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("state", [b"{}\n{}", b"no line feed", b'{"actor":1}\n{}'], ids=["empty", "none", "wrong"])
def test_metadata_that_cannot_be_read_is_an_error(state):
    with pytest.raises(LogError, match="stored metadata cannot be read"):
        metadata_of(state)


def test_an_event_comes_back_as_it_was_stored_with_its_metadata():
    meta = Metadata(
        actor="anna", command="c", wire="thing.move", correlation="c", causation="c",
        occurred_at=AT, recorded_at=AT, policy="default@1",
    )  # fmt: skip
    topic, body = Codec([Moved]).encode(Moved(at=AT, by="anna", to="here", km=1))
    row = StoredEvent("thing", 1, topic, meta.model_dump_json().encode() + b"\n" + body, None, 7)
    recorded = Codec([Moved]).recorded(row)
    assert recorded.body == Moved(at=AT, by="anna", to="here", km=1)
    assert (recorded.meta, recorded.name, recorded.schema_version, recorded.position) == (meta, "thing.moved", 3, 7)


# --- leaves and ids --------------------------------------------------------------------------------------------------


def test_a_leaf_is_the_rfc_6962_hash_of_the_stored_bytes():
    by_hand = hashlib.sha256(b"\x00" + "街道".encode() + b"\n12\nthing.moved@3\n{}\n{}").digest()
    assert leaf_of("街道", 12, "thing.moved@3", b"{}\n{}") == by_hand


def test_every_row_of_a_log_carries_the_leaf_of_its_own_bytes():
    with Engine.open() as engine:
        rows = list(engine.store.scan())
    for row in rows:
        text = b"\x00" + "\n".join([row.stream, str(row.version), row.topic, ""]).encode() + row.state
        assert row.leaf == hashlib.sha256(text).digest()


command_ids = st.one_of(
    st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{12}[78][0-9a-f]{3}[89ab][0-9a-f]{15}", fullmatch=True),
    st.from_regex(r"[0-9a-fA-F]{12}[78][0-9a-fA-F]{3}[89abAB][0-9a-fA-F]{15}", fullmatch=True),
    st.uuids(version=4).map(lambda each: each.hex),
    st.uuids().map(str),
)


@given(command_ids, command_ids)
def test_different_command_ids_are_packed_differently(one, other):
    assert (packed_command_id(one) == packed_command_id(other)) == (one == other)


@given(command_ids)
def test_a_packed_command_id_tells_the_id_it_stands_for(id):
    packed = packed_command_id(id)
    back = packed.decode() if packed.isascii() else packed.hex()
    assert back == id


@given(st.from_regex(r"[A-Za-z0-9._:-]{6}[p-z][A-Za-z0-9._:-]{9}", fullmatch=True))
def test_a_foreign_id_of_16_letters_is_never_taken_for_one_of_ours(id):
    assert packed_command_id(id) != packed_command_id(id.encode().hex())


def test_case_counts_in_foreign_ids_that_look_like_ours():
    ours = uuid.UUID(int=0x019A_0000_0000_7000_8000_0000_0000_00AB).hex
    assert len(packed_command_id(ours)) == 16
    assert packed_command_id(ours.upper()) == ours.upper().encode()
    assert packed_command_id(ours[:-1] + "g") == (ours[:-1] + "g").encode()


def test_our_own_ids_are_16_bytes_in_the_order_of_time():
    ids = [new_command_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(len(packed_command_id(id)) == 16 for id in ids)
    stamps = [id[:12] for id in ids]
    assert stamps == sorted(stamps)
    assert all(uuid.UUID(id).version == 7 for id in ids)


if __name__ == "__main__":  # write new shapes down; what is written of an event stays
    written = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    text = json.dumps(
        {**every_shape(), **{topic: kept for topic, kept in written.items() if "@" in topic}},
        indent=1,
        ensure_ascii=False,
        sort_keys=True,
    )
    GOLDEN.write_text(text + "\n", "utf-8")


def _integers(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "integer":
            yield schema
        for each in schema.values():
            yield from _integers(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _integers(each)


@pytest.mark.parametrize("decider", SHIPPED, ids=lambda decider: decider.name)
def test_no_command_takes_a_number_of_any_length(decider: Decider):
    """A number too long to be read again would make its log unreadable."""
    unbounded = {
        command.wire
        for command in decider.commands
        for number in _integers(command.model_json_schema())
        if not {"maximum", "exclusiveMaximum"} & set(number)
    }
    assert unbounded == set()


def test_a_moment_beyond_the_calendar_is_refused():
    for moment in (datetime.max.replace(tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)):
        with pytest.raises(ValueError, match="beyond the calendar"):
            GiveInstruction(by=SYSTEM, what="x", owner="y", until=moment)
