"""Whose a personal value is that names nobody 个人信息归属: somebody's own, or a text about those whose matter it is.

An event marks what is somebody's own with `BelongsTo`: it stands under their pseudonym, and goes with them. Any other
text keeps a pseudonym of its own and speaks of the people whose matter it is, as record and item say: before one of
them is erased it is replaced or dropped. What a command names, whose it is or whom it speaks of, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from govflow.messages import Command, Event, Pending, of_a_text
from govflow.records import Item, Record


def attributed(event: Event, command: Command, record: Record, item: Item | None) -> Event:
    """The event with the people of its personal values, as record and item stand after it."""
    changes = dict(_attributed(event, command, record, item))
    return event.changed(**changes) if changes else event


def _attributed(event: Event, command: Command, record: Record, item: Item | None) -> Iterator[tuple[str, Pending]]:
    said = event.__dict__
    for field in event.personal:
        value = said[field]
        if type(value) is not Pending or "subject" in value.named:
            continue
        if (mark := event.belongs.get(field)) is not None:
            owners = (_named(name, said, command, record, item) for name in mark.names)
            if owner := next(filter(None, owners), None):
                yield field, value.changed(subject=owner)
        else:
            about = value.about if "about" in value.named else spoken_of(record, item)
            yield field, value.changed(subject=of_a_text(value.subject), about=about)


def _named(name: str, said: Mapping[str, Any], command: Command, record: Record, item: Item | None) -> str | None:
    """Whom the event names under a name, or its item, or its record."""
    if name in said:
        return said[name] or None
    return command.on_behalf_of if name == "on_behalf_of" else getattr(item, name, None) or getattr(record, name, None)


def spoken_of(record: Record, item: Item | None) -> tuple[str, ...]:
    """The people whose matter it is: a text that names nobody speaks of them."""
    return tuple(sorted({*record.spoken_of(), *(item.spoken_of() if isinstance(item, Item) else ())} - {""}))
