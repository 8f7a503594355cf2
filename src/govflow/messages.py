"""What crosses borders: values, commands, events, and personal data in its clear and its protected form.

Events carry all that folding needs: who acted, when it happened, what it did to clocks. Replay reads the body alone.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_serializer,
    model_validator,
)

from govflow.actors import Actor, Id


def _utc(value: datetime) -> datetime:
    try:
        value = value if value.tzinfo is UTC else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies beyond the calendar") from None
    if value.year > 9998:  # a term more, or another time zone, must not lead out of it
        raise ValueError("the moment lies beyond the calendar")
    return value


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment: an aware datetime, kept in UTC."""

Words = Annotated[str, StringConstraints(max_length=4000)]
"""A text of officials, kept as received: no personal data belongs here."""

ItemKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,130}$")]
"""The key of an item of a region: an id, or two of them joined."""

IdOrNone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{0,64}$")]
"""An id, or nothing."""

Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
"""How many: bounded, since a number of any length could be written and not be read again."""

Amount = Annotated[int, Field(ge=0, le=1_000_000_000_000_000)]
"""Money in minor currency units (分): never a float."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


# the slots of a model, set directly: `changed` is what folding does most
_new = object.__new__
_set_values = BaseModel.__dict__["__dict__"].__set__
_set_fields, _set_extra, _set_private = (
    BaseModel.__dict__[f"__pydantic_{slot}__"].__set__ for slot in ("fields_set", "extra", "private")
)


V = TypeVar("V", bound="Value")


class Value(BaseModel):
    """A frozen value that knows no extra fields; built when first used, silent about its input in errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    def changed(self, **changes: Any) -> Self:
        """A copy with these fields replaced, not validated again (the fold and the engine know their types)."""
        return folded(self, changes)


def folded(value: V, changes: dict[str, Any]) -> V:
    """A copy of a value with the fields replaced that a fold says: `changed`, for changes that are a dictionary."""
    new = _new(type(value))
    _set_values(new, value.__dict__ | changes)
    _set_fields(new, value.__pydantic_fields_set__)
    _set_extra(new, None)
    _set_private(new, None)
    return new


class Document(Value):
    """A value that keeps what it has worked out of its fields; a changed copy is valid again, and works it out anew."""

    def __copy__(self) -> Self:
        new = super().__copy__()
        for name in new.__dict__.keys() - type(self).model_fields.keys():
            del new.__dict__[name]
        return new

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return copy(super().__deepcopy__(memo))

    def changed(self, **changes: Any) -> Self:
        """A copy with these fields replaced, valid as a whole again. Raises ValueError."""
        return type(self).model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


class Frozen(dict[str, Any]):
    """A dictionary that nobody changes: states are shared, and what is handed out must stay as it was folded."""

    @staticmethod
    def having(mapping: Mapping[str, Any], key: str, value: Any) -> "Frozen":
        """A copy of a mapping in which `key` stands for `value`."""
        new = Frozen(mapping)
        dict.__setitem__(new, key, value)
        return new

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a folded state is not changed; give the engine a command")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return Frozen, (dict(self),)


# --- personal data ---------------------------------------------------------------------------------------------------


def new_subject() -> str:
    """A random pseudonym for a person."""
    return "s-" + os.urandom(12).hex()


def of_a_text(subject: str) -> str:
    """The pseudonym of a text that is nobody's own, made of a random one for a person."""
    return "t-" + subject.removeprefix("s-")


def is_box(subject: str) -> bool:
    """Whether it is the pseudonym of a ballot box, which is nobody's: only its count opens what is in it."""
    return _BOX.fullmatch(subject) is not None


def is_person(subject: str) -> bool:
    """Whether it is the pseudonym of a person: of no ballot box, and of no text that is nobody's own."""
    return not is_box(subject) and _TEXT.fullmatch(subject) is None


_BOX = re.compile(r"box-[0-9a-f]{32}")
_TEXT = re.compile(r"t-[0-9a-f]{24}")


class Personal(Value):
    """A personal value in clear, as a command brings it: a name, a phone number, an address, a text about people.

    It is encrypted before anything is written and never shows its text in reprs, logs or errors.
    `subject` is the pseudonym of the person; `about` lists others whom a text speaks of. What is not given, the record
    says: a name is of whom the command names, a text of officials speaks of the people whose matter it is.
    """

    text: str = Field(repr=False, max_length=20000)
    subject: Id = Field(default_factory=new_subject)
    about: tuple[Id, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {"text": given} if isinstance(given, str) else given

    @model_serializer(mode="wrap")
    def _as_given(self, write: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """What was given alone: a command that is read back names nobody whom it did not name."""
        return {name: value for name, value in write(self).items() if name in self.model_fields_set}

    def changed(self, **changes: Any) -> Self:
        """A copy with these fields replaced; they count as given."""
        return self.model_copy(update=changes)

    def __str__(self) -> str:
        return f"<personal data of {self.subject}>"


class Protected(Value):
    """A personal value as events and states hold it: ciphertext that only the key of its subject opens."""

    subject: Id
    about: tuple[Id, ...] = ()
    ciphertext: str = ""

    def __str__(self) -> str:
        return f"<protected data of {self.subject}>"


class Pending(Protected):
    """A personal value on its way into the log, not yet encrypted. Rules see its subject, never its text.

    `named` are the fields that its command has given: `subject` and `about` may be among them.
    """

    text: str = Field(repr=False, exclude=True)
    named: frozenset[str] = Field(frozenset(), repr=False, exclude=True)


class BelongsTo:
    """Marks a personal field of an event as somebody's own: `Annotated[Protected | None, BelongsTo("reporter")]`.

    `names` are tried in their order, each as a field of the event, its item or its record; `on_behalf_of` is whom the
    command is given for. Where they name nobody it is nobody's known.
    """

    __slots__ = ("names",)

    def __init__(self, *names: str) -> None:
        self.names = names


# --- commands --------------------------------------------------------------------------------------------------------

_ID_LOCK = threading.Lock()
_last_id = 0


def new_command_id() -> str:
    """A time-ordered id of 32 hex digits (the layout of UUID version 7), so that indexes on it grow at their end."""
    global _last_id
    with _ID_LOCK:
        stamp = max(time.time_ns() // 1_000_000, _last_id)
        _last_id = stamp
    tail = int.from_bytes(os.urandom(10), "big")
    return f"{(stamp << 80) | (7 << 76) | (((tail >> 62) & 0xFFF) << 64) | (2 << 62) | (tail & ((1 << 62) - 1)):032x}"


SYSTEM_IDS = "system:"
"""How the ids of commands begin that the system gives by rule: made of what they are for, and nobody else's to use."""


class Command(Value):
    """A request to do something, with an imperative name. `id` names the record; None lets the log give a number.

    One that `is_reading` writes down that something was read: no other record stands still for it, and where it is
    refused to whom its own record is hidden from, there is no such record.
    """

    wire: ClassVar[str] = ""
    label: ClassVar[str] = ""
    is_reading: ClassVar[bool] = False
    is_engines: ClassVar[bool] = False  # what it says is true only as the engine itself has found it

    id: Id | None = None
    by: Actor
    on_behalf_of: Id | None = None
    command_id: Id = Field(default_factory=new_command_id)
    occurred_at: Instant | None = None

    def __init_subclass__(cls, wire: str = "", label: str = "", is_reading: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.wire = wire or cls.wire
        cls.label = label or cls.label
        cls.is_reading = is_reading


HEADER = frozenset(Command.__annotations__) - {"wire", "label", "is_reading", "is_engines"}


_PARTS: dict[type[Command], tuple[set[str], set[str]]] = {}


def arguments_of(command: Command) -> bytes:
    """The arguments of a command as JSON: record and what is not personal, not who gave it or when.

    The digests in a log stand on these bytes for ever, and so does the order of fields: those that a command shares
    with its event, the record, the command's own. Commands once could name due instants, in a mapping `due` after
    their record: it stands there still, empty.
    """
    kind = type(command)
    parts = _PARTS.get(kind)
    if parts is None:
        kind.model_rebuild()
        names = list(kind.model_fields)
        personal = {name for name, field in kind.model_fields.items() if "Personal" in str(field.annotation)}
        said = [name for name in names if name not in HEADER | personal]
        shared = {name for name in said if names.index(name) < names.index("id")}
        parts = _PARTS[kind] = shared, set(said) - shared
    shared, own = parts
    record = b'"due":{}' if command.id is None else b'"id":"%b","due":{}' % command.id.encode()
    return b"{%b}" % b",".join(filter(None, (_json(command, shared), record, _json(command, own))))


def _json(command: Command, names: set[str]) -> bytes:
    """These fields as JSON, without the braces."""
    if not names:
        return b""
    text: bytes = type(command).__pydantic_serializer__.to_json(command, include=names, exclude_none=True)
    return text[1:-1]


def digest_of(command: Command) -> str:
    """A digest over wire name and arguments: tells whether a command id was used for another command."""
    return hashlib.sha256(command.wire.encode() + b"\n" + arguments_of(command)).hexdigest()[:32]


class ItemCommand(Command):
    """A command to one item of a region; `item` is its key (a co-unit, a ledger number, a round …)."""

    item: ItemKey | None = None


# --- events ----------------------------------------------------------------------------------------------------------


class ClockStatus(StrEnum):
    """Where one run of a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    OVERDUE = "overdue"
    MET_LATE = "met_late"
    ELAPSED = "elapsed"
    CANCELLED = "cancelled"


class ClockMove(Value):
    """What an event does to one clock. The due instant stands as recorded, with what it was derived from.

    `term` says how long it is and how it is counted, in the notation of `govflow.calendars.Term`; `share` the percent
    of the rule's length that it is; `calendar` the version it was counted by; `added` all extensions, in units of the
    term. `derived` is a text where there is no term: the due instant was named, or carried over.
    """

    clock: str
    to: ClockStatus
    due: AwareDatetime | None = None  # in UTC, as all that decisions write: read back without a second look
    rule: str | None = None
    term: str | None = None
    share: int | None = None
    calendar: str | None = None
    added: int | None = None
    derived: str | None = None
    provisional: bool | None = None
    new_run: bool | None = None
    recomputed: bool | None = None


class Event(Value):
    """Something that happened, with a past name, under a stored name and schema version that never change."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    personal: ClassVar[tuple[str, ...]] = ()
    belongs: ClassVar[Mapping[str, BelongsTo]] = {}  # personal field -> whose own it is
    dues: ClassVar[Mapping[str, str]] = {}  # clock -> the field that names its due instant
    upcasts: ClassVar[Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}  # version -> body of the next

    at: AwareDatetime  # in UTC
    by: Id
    in_stead_of: Id | None = None  # whom a substitute stood in for
    clocks: tuple[ClockMove, ...] = ()

    def __init_subclass__(
        cls,
        name: str = "",
        version: int = 1,
        dues: Mapping[str, str] | None = None,
        upcasts: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = name or cls.name
        cls.version = version
        cls.dues = dues or cls.dues
        cls.upcasts = upcasts or cls.upcasts

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.personal = tuple(name for name, field in cls.model_fields.items() if "Protected" in str(field.annotation))
        marks = ((name, mark) for name in cls.personal for mark in cls.model_fields[name].metadata)
        cls.belongs = {name: mark for name, mark in marks if isinstance(mark, BelongsTo)}


class ItemEvent(Event):
    """An event of one item of a region."""

    item: ItemKey


class Metadata(Value):
    """What stands beside an event's body: who, for whom, as what, by which command, when, under which policy.

    Stored is what the body does not say already; actor and occurred_at come from there. `correlation` is the command
    that began it all, `causation` the one that this command follows from; `digest` stands on a command's first event.
    `salt` is chance: it stands where the command's id can be guessed, so that a leaf's hash does not tell the event.
    """

    actor: str = ""
    on_behalf_of: Id | None = None
    role: str | None = None
    unit: Id | None = None
    standing_in_for: Id | None = None
    command: Id
    wire: str
    digest: str | None = None
    correlation: str = ""
    causation: str = ""
    occurred_at: Instant | None = None
    recorded_at: Instant
    policy: str
    salt: str | None = None


class RecordedEvent(Value):
    """An event as the log holds it: where it stands, what it says, and the metadata kept with it."""

    position: int
    stream: str
    version: int
    name: str
    schema_version: int
    body: Event
    meta: Metadata
