"""更正: what every record does alike where an entry was wrong. What is written stays, the new value beside it."""

from __future__ import annotations

from typing import Any

from govflow.context import Context
from govflow.messages import Count, Instant, Value, Words
from govflow.records import Record
from govflow.workflow import rule


class Correcting(Value):
    """Which event (by its version) is corrected, which field, the old value and the new one."""

    corrects: Count = 0
    field: Words = ""
    old: Words = ""
    new: Words = ""
    reason: Words = ""


class Correction(Value):
    """One correction: which event it corrects, which field, the old value beside the new one."""

    corrects: int
    field: str
    old: str
    new: str
    reason: str
    at: Instant
    by: str


def corrected_value(record: Record, field: str, text: str) -> Any:
    """The new value of a corrected field, as its type has it. Raises ValueError."""
    return record.correctable[field].validate_python(text)


def old_value(record: Record, field: str) -> str:
    """What stands in a field that is corrected, as text; empty where nothing stands there."""
    value = getattr(record, field) if field in (*record.correctable, "category") else None
    return "" if value is None else str(value)


def corrected(record: Any, event: Any) -> dict[str, Any]:
    """What a correction does to the state of its record."""
    said = {name: getattr(event, name) for name in Correcting.model_fields}
    correction = Correction(**said, at=event.at, by=event.by)
    value = corrected_value(record, event.field, event.new)
    return {event.field: value, "corrections": (*record.corrections, correction)}


@rule("旧值予以保留", "design", needs="old")
def old_value_is_kept(record: Record, event: Any, context: Context) -> bool:
    """The value replaced stays in the event beside the new one."""
    field = getattr(event, "field", "category")
    return field not in (*record.correctable, "category") or event.old == old_value(record, field)


@rule("新值符合字段要求", "design", needs="field new")
def new_value_fits_its_field(record: Record, event: Any, context: Context) -> bool:
    """The new value is one that the field can have."""
    try:
        if event.field == "title" and not event.new.strip():
            return False
        return event.field not in record.correctable or corrected_value(record, event.field, event.new) is not None
    except ValueError:
        return False


@rule("更正不改变状态", "design", needs="field")
def status_is_not_corrected(record: Record, event: Any, context: Context) -> bool:
    """The correction changes no status; a wrong status is left by an ordinary step."""
    return event.field in record.correctable
