"""The stored form of events: `name@schema` and `metadata JSON + LF + body JSON`. Stored names and bytes are for ever.

Reading parses the body alone, through a parser bound once per stored name. Old schema versions pass their upcasters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pydantic import ValidationError

from govflow.errors import LogError, WorkflowError
from govflow.messages import Event, Metadata, RecordedEvent


class StoredEvent(NamedTuple):
    """One row of the log as stored. `position` counts from 1; 0 = not stored yet."""

    stream: str
    version: int
    topic: str
    state: bytes
    command_id: bytes | None = None
    position: int = 0
    leaf: bytes = b""


def leaf_of(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """The RFC 6962 leaf hash over the exact stored bytes: SHA-256(00 | stream LF version LF topic LF state)."""
    return hashlib.sha256(b"\x00%b\n%d\n%b\n%b" % (stream.encode(), version, topic.encode(), state)).digest()


def packed_command_id(command_id: str) -> bytes:
    """Our own time-ordered ids as 16 bytes, foreign ids as UTF-8. Ours hold a byte over 0x7f, foreign ones none."""
    if len(command_id) == 32 and command_id[12] in "78" and command_id[16] in "89ab":
        try:
            packed = bytes.fromhex(command_id)
        except ValueError:
            return command_id.encode()
        if packed.hex() == command_id:
            return packed
    return command_id.encode()


class Codec:
    """Encodes and decodes the events of the records that an engine serves."""

    def __init__(self, events: Iterable[type[Event]]) -> None:
        self._classes: dict[str, type[Event]] = {}
        self._decoders: dict[str, Callable[[bytes], Event]] = {}
        self._encoders: dict[type[Event], tuple[str, Callable[..., bytes]]] = {}
        problems = []
        for event in events:
            known = self._classes.setdefault(event.name, event)
            if known is not event:
                problems.append(f"stored name {event.name} belongs to {known.__name__} and to {event.__name__}")
            missing = set(range(1, event.version)) - set(event.upcasts)
            if missing:
                problems.append(f"{event.name}: no upcaster from version {', '.join(map(str, sorted(missing)))}")
        if problems:
            raise WorkflowError("codec", problems)

    def encode(self, event: Event) -> tuple[str, bytes]:
        """The topic and the body of an event."""
        try:
            topic, to_json = self._encoders[type(event)]
        except KeyError:
            cls = type(event)
            cls.model_rebuild()
            topic, to_json = f"{cls.name}@{cls.version}", cls.__pydantic_serializer__.to_json
            self._encoders[cls] = topic, to_json
        return topic, to_json(event, exclude_none=True)

    def decode(self, topic: str, state: bytes) -> Event:
        """The event of a stored row. Unknown names, versions and unreadable bodies raise LogError, never a skip."""
        try:
            decoder = self._decoders[topic]
        except KeyError:
            decoder = self._decoders[topic] = self._bind(topic)
        try:
            return decoder(state[state.index(b"\n") + 1 :])
        except (ValueError, TypeError) as error:  # TypeError: a column of another type
            raise LogError(f"the stored body of {topic} cannot be read: {_reason(error)}") from error

    def _bind(self, topic: str) -> Callable[[bytes], Event]:
        name, _, schema = topic.partition("@")
        cls = self._classes.get(name)
        if cls is None or not schema.isdecimal() or not 1 <= int(schema) <= cls.version:
            raise LogError(f"the log holds {topic}, which none of the records served here knows")
        cls.model_rebuild()
        validator = cls.__pydantic_validator__
        if int(schema) == cls.version:
            return validator.validate_json  # bound once: 2 µs an event

        def upcasting(body: bytes) -> Event:
            values: dict[str, Any] = json.loads(body)
            try:
                for version in range(int(schema), cls.version):
                    values = cls.upcasts[version](values)
            except (AttributeError, LookupError, TypeError) as error:
                raise ValueError(f"it is not as version {schema} was: {error!r}") from error
            return validator.validate_json(json.dumps(values))  # type: ignore[no-any-return]  # typed as Any there

        return upcasting

    def recorded(self, stored: StoredEvent) -> RecordedEvent:
        """The whole recorded event, metadata included."""
        name, _, schema = stored.topic.partition("@")
        body = self.decode(stored.topic, stored.state)
        return RecordedEvent.model_construct(
            position=stored.position,
            stream=stored.stream,
            version=stored.version,
            name=name,
            schema_version=int(schema),
            body=body,
            meta=metadata_of(stored.state).changed(actor=body.by, occurred_at=body.at),
        )


def metadata_of(state: bytes) -> Metadata:
    """The metadata of a stored row."""
    try:
        meta = Metadata.model_validate_json(state[: state.index(b"\n")])
        correlation = meta.correlation or meta.command
        return meta.changed(correlation=correlation, causation=meta.causation or correlation)
    except (ValueError, TypeError) as error:
        raise LogError(f"stored metadata cannot be read: {_reason(error)}") from error


def _reason(error: ValueError | TypeError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)
        )
    return str(error)
