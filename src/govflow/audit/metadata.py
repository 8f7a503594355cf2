"""Metadata of stored rows, read as bytes by checks that read millions of them; and how findings name a row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from govflow.audit.findings import Check, Code, Finding
from govflow.messages import Metadata
from govflow.persistence.codec import StoredEvent


class Kept(NamedTuple):
    """The metadata of one row as bytes; None for what it does not say. `recorded` is ISO 8601 in UTC, and sorts."""

    role: bytes | None
    unit: bytes | None
    stands_for: bytes | None
    on_behalf_of: bytes | None
    digest: bytes | None
    correlation: bytes | None
    causation: bytes | None
    command: bytes
    wire: bytes
    recorded: bytes
    policy: bytes


_ID = rb'"([A-Za-z0-9._:-]{1,64})"'
# as govflow writes it: pydantic takes ten times as long for the same
_AS_WRITTEN = re.compile(
    rb'\{(?:"role":%b,)?(?:"unit":%b,)?(?:"standing_in_for":%b,)?(?:"on_behalf_of":%b,)?(?:"digest":%b,)?'
    rb'(?:"correlation":%b,"causation":%b,)?"command":%b,"wire":%b,'
    rb'"recorded_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00)","policy":"([^"\\\x00-\x1f]*)"'
    rb'(?:,"salt":"[0-9a-f]{16}")?\}\n' % ((_ID,) * 9)
)
as_written = _AS_WRITTEN.match


def kept_of(state: bytes) -> Kept | None:
    """The metadata of a row's state, None where it cannot be read."""
    if (found := as_written(state)) is not None:
        return Kept(*found.groups())
    try:
        meta = Metadata.model_validate_json(state[: state.index(b"\n")])
        return Kept(
            role=_bytes(meta.role),
            unit=_bytes(meta.unit),
            stands_for=_bytes(meta.standing_in_for),
            on_behalf_of=_bytes(meta.on_behalf_of),
            digest=_bytes(meta.digest),
            correlation=_bytes(meta.correlation),
            causation=_bytes(meta.causation),
            command=meta.command.encode(),
            wire=meta.wire.encode(),
            recorded=meta.recorded_at.isoformat().encode(),
            policy=meta.policy.encode(),
        )
    except ValueError:  # pydantic's errors are such, and surrogates that are no UTF-8
        return None


def _bytes(text: str | None) -> bytes | None:
    return text.encode() if text else None


def text(said: bytes | None) -> str:
    """What metadata says, as text; empty where it says nothing."""
    return "" if said is None else said.decode(errors="replace")


_SPOKEN = re.compile(r"[A-Za-z0-9._:@-]{1,130}")


def named(text: str | bytes | None) -> str:
    """An id or a name of the log as a finding may repeat it; `?` for anything else that somebody wrote there."""
    said = text.decode(errors="replace") if isinstance(text, bytes) else text or ""
    return said if _SPOKEN.fullmatch(said) else "?" if said else ""


def finding(row: StoredEvent, code: Code, en: str, zh: str, basis: str = "", by: Check = Check.SEMANTIC) -> Finding:
    """A finding at one row."""
    return Finding(code, by, en, zh, row.position or None, named(row.stream), row.version, named(row.topic), basis)


def out_of_line(row: StoredEvent, version: int) -> Finding:
    """The finding that a row's version does not follow on the one before."""
    if row.version > version + 1:
        said = f"version {version + 1} of the stream is missing", f"流中缺少第 {version + 1} 版"
        return finding(row, Code.GAP, *said, by=Check.ORDER)
    said = f"version {row.version} stands behind version {version}", f"第 {row.version} 版位于第 {version} 版之后"
    return finding(row, Code.REORDER, *said, by=Check.ORDER)


def off_the_line(row: StoredEvent, version: int) -> Iterator[Finding]:
    """The same, for whoever judges what commands have led to: of a version that is taken no command writes an event."""
    yield out_of_line(row, version)
    if row.version <= version:
        said = "no command writes an event of a version that is taken", "任何命令都不会写出版本已被占用的事件"
        yield finding(row, Code.SEMANTIC, *said)


def out_of_time(row: StoredEvent, at: datetime, recorded: bytes, *, before: bytes) -> Iterator[Finding]:
    """What is wrong with when a row says that it was recorded: before the row ahead of it, or before it happened."""
    if recorded < before:
        said = "it was recorded before the event ahead of it", "记录时间早于前一事件的记录时间"
        yield finding(row, Code.TIME_REGRESSION, *said)
    try:
        is_ahead = at > datetime.fromisoformat(recorded.decode())
    except ValueError:
        yield unreadable(row, "moment of recording", "记录时间")
        return
    if is_ahead:
        said = "it happened after it was recorded", "发生时间晚于记录时间"
        yield finding(row, Code.TIME_REGRESSION, *said)


def unknown(row: StoredEvent) -> Finding:
    """The finding that nobody here can read events of this name and version."""
    return finding(row, Code.UNKNOWN_EVENT, "no event of this name and version is known here", "未知的事件名称或版本")


def unreadable(row: StoredEvent, what: str, zh: str) -> Finding:
    """The finding that a row cannot be read."""
    return finding(row, Code.DAMAGED, f"the {what} cannot be read", f"{zh}无法读取")
