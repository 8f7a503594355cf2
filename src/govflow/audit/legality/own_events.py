"""What a log's own events may not be: given by others than those who govern it, twice begun, misnamed, renamed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from govflow.audit.findings import Code, Finding
from govflow.audit.metadata import Kept, finding, named
from govflow.calendars import Calendar
from govflow.log_events import CalendarAdopted, LogOpened, PolicyAdopted, WorkflowAdopted
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.policy import Policy

_ROLES = {
    "log.opened": {"system"},
    "workflow.adopted": {"system"},
    "policy.adopted": {"system", "district"},
    "calendar.adopted": {"system", "district"},
    "subject.erased": {"system", "archivist"},
    "personal.destroyed": {"system", "archivist"},
    "log.redacted": {"system", "archivist"},
}


def of_the_log(row: StoredEvent, event: Event, kept: Kept) -> Iterator[Finding]:
    """What is wrong with one: given by others than those who govern it, twice begun, misnamed."""
    role, wire = named(kept.role), named(kept.wire)
    if role not in _ROLES[event.name] or wire != event.name:
        who = " | ".join(sorted(_ROLES[event.name]))
        en = f"{event.name} by {wire} as {role or 'nobody'}: it belongs to {who}"
        yield finding(row, Code.SEMANTIC, en, f"{event.name} 由 {role or '无角色者'} 以 {wire} 写入，应为 {who}")
    if isinstance(event, LogOpened) is not (row.version == 1):
        yield finding(row, Code.SEMANTIC, "a log opens once, with its first event", "日志只在首个事件处开启一次")
    if isinstance(event, WorkflowAdopted) and digest_of(event.table) != event.digest:
        en = f"the table of {named(event.workflow)} is not the one that its digest names"
        yield finding(row, Code.SEMANTIC, en, f"{named(event.workflow)} 的流程表与其摘要不符")


def renamed(
    row: StoredEvent, event: Event, policies: Mapping[bytes, Policy], calendars: Mapping[str, tuple[int, Calendar]]
) -> Iterator[Finding]:
    """Names of policies and calendars that stood for another content before: an engine refuses to adopt such."""
    days: tuple[Calendar, ...] = ()
    if isinstance(event, PolicyAdopted):
        policy, days = event.policy, event.policy.calendars
        if policies.get(policy.key.encode(), policy) != policy:
            key = named(policy.key)
            en = f"{key} was adopted before with another content, which goes on to count"
            yield finding(row, Code.SEMANTIC, en, f"{key} 此前已以其他内容通过，仍以该内容为准", "policy")
    elif isinstance(event, CalendarAdopted):
        days = (event.calendar,)
    for each in days:
        if each.key in calendars and calendars[each.key][1] != each:
            key = named(each.key)
            en = f"{key} was adopted before with other days, which go on to count"
            yield finding(row, Code.SEMANTIC, en, f"{key} 此前已以其他日期通过，仍以该日期为准", "calendar")


def digest_of(table: Mapping[str, Any]) -> str:
    """SHA-256 of a table as data: what `Decider.digest` says of it."""
    text = json.dumps(table, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
