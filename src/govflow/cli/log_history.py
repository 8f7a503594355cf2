"""What a log says of itself, for readers: its opening, the tables, policies and calendars adopted, erased subjects."""

from __future__ import annotations

from collections.abc import Iterable

from govflow.cli import words
from govflow.cli.display import console, table
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.log_events import (
    CalendarAdopted,
    LogOpened,
    LogRedacted,
    PersonalDestroyed,
    PolicyAdopted,
    SubjectErased,
    WorkflowAdopted,
)
from govflow.messages import Event, RecordedEvent

_DIGITS = 16  # of a table's digest: as much as `govflow why` shows


def print_log_history(engine: Engine, history: Iterable[RecordedEvent]) -> None:
    """One line an event: when, what, of what, by whom."""
    rows = [
        (
            str(each.version),
            words.when(each.body.at, engine),
            t(f"log_event.{each.name}") if is_zh() else each.name,
            _what(engine, each.body),
            each.meta.actor,
        )
        for each in history
    ]
    out = console()
    out.print(table(t("number"), t("occurred"), t("event"), t("what"), t("who"), rows=rows, keep=(0, 1)))
    out.print(t("log_event.signed"))


def _what(engine: Engine, body: Event) -> str:
    match body:
        case LogOpened():
            return body.log_id
        case WorkflowAdopted():
            decider = engine.deciders.get(body.workflow)
            name = decider.workflow.zh if is_zh() and decider is not None else body.workflow
            return f"{name} {body.digest[:_DIGITS]}"
        case PolicyAdopted():
            policy = body.policy
            return t("log_event.from", what=f"{policy.id} {policy.version}", day=policy.effective_from)
        case CalendarAdopted():
            return f"{body.calendar.id} {body.calendar.version}"
        case SubjectErased():
            return f"{body.subject} · {body.basis} · {body.authority}"
        case PersonalDestroyed():
            return f"{body.key[1]} · {body.basis} · {body.authority}"
        case LogRedacted():
            return t("log_event.of", origin=body.origin, size=f"{body.size:,}", people=f"{body.people:,}")
    return ""
