"""How an event repeats what its command says, field by field, without validating it a second time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from govflow.messages import HEADER, Command, Event, Pending, Personal

_BLANK = Pending(subject="s", text="")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Repetition(NamedTuple):
    """How an event repeats a command: the fields they share, and a blank event where these are of the same types.

    What a command holds was validated when it came in; it is not validated again on its way into the event.
    """

    names: tuple[str, ...]
    blank: Event | None

    @classmethod
    def of(cls, command: type[Command], event: type[Event]) -> Repetition:
        theirs, ours = command.model_fields, event.model_fields
        names = tuple(name for name in ours if name in theirs and name not in HEADER)
        alike = all(
            str(ours[name].annotation).replace("Protected", "Personal") == str(theirs[name].annotation)
            for name in names
        )
        header: dict[str, Any] = {"at": _LONG_AGO, "by": "", "item": ""}
        return cls(names, event.model_construct(**header) if alike else None)


def pending(value: Personal) -> Pending:
    """A personal value on its way to be protected."""
    named = frozenset(value.model_fields_set)
    return _BLANK.changed(subject=value.subject, about=value.about, text=value.text, named=named)
