"""The page of the events: stored name and version, class, what happened, and the fields of the body."""

from __future__ import annotations

from govflow.log_events import LOG_EVENTS
from govflow.messages import Event, ItemEvent, Metadata
from tools.reference.fields import field_table, parts
from tools.reference.markdown import described, page
from tools.reference.served import SERVED, flows


def events_markdown() -> str:
    """Every event that the streams of the records and of the log itself may hold."""
    groups: dict[str, tuple[type[Event], ...]] = {}
    listed: set[type[Event]] = set()
    for flow in flows():
        groups[flow.name] = tuple(event for event in flow.events if event not in listed)  # what rides stands once
        listed |= set(flow.events)
    rest = dict.fromkeys(event for decider in SERVED for event in decider.events if event not in listed)
    groups["every record"] = tuple(rest)
    groups["the log itself"] = LOG_EVENTS
    sections = []
    for name, events in groups.items():
        if events:
            sections += [f"## {name}", *(_event(event) for event in events)]
    return page(
        "# Events",
        "What the log holds. A stored event is `metadata JSON`, a line feed and `body JSON`, under its stored name "
        "and schema version, such as `case.reported@1`. Neither ever changes; a new version brings an upcaster that "
        "makes the new body from the old one. A field marked **personal** holds ciphertext. It is of the "
        "person named after it, unless its command names another; where nobody stands there it is a text with a "
        "pseudonym of its own, about the people whose matter it is.",
        "## Every event",
        "These fields begin every body, `item` that of every event of a region. `at` is when it happened, `by` who "
        "acted, `clocks` what it did to the record's clocks.",
        field_table(ItemEvent),
        "The metadata beside it. `correlation` is the command that began it all, `causation` the one this command "
        "follows from; what the body says already is not stored twice.",
        field_table(Metadata),
        *sections,
        "## Parts of events",
        parts([event for events in groups.values() for event in events]),
    )


def _event(event: type[Event]) -> str:
    own = ("at", "by", "clocks", "item") if issubclass(event, ItemEvent) else ("at", "by", "clocks")
    return page(
        f"### {event.name}@{event.version}",
        f"`{event.__name__}`. {described(event)}",
        field_table(event, own),
    )
