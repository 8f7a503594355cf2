"""Whether a bundle holds what its scope claims: nothing missing inside it, nothing in it that does not belong there.

It keeps a number for each stream of the scope, so that memory does not grow with the events.
"""

from __future__ import annotations

from collections.abc import Iterator

from govflow.audit.bundle_parts import Header, OfPeriod, OfRecord, Scope, Whole, recorded_at
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.metadata import finding, named, out_of_line
from govflow.errors import Detail
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent


class Coverage:
    """What of a scope has been seen. Feed it every row in order, then ask what is `missing`."""

    def __init__(self, scope: Scope, size: int) -> None:
        self._scope = scope
        self._size = size
        self._positions = 0  # rows within the period
        self._seen: dict[str, int] = dict.fromkeys(_versions(scope), 0)
        self._beside: set[int] = set()

    def row(self, row: StoredEvent) -> Iterator[Finding]:
        """What is wrong with a row as part of the scope."""
        scope = self._scope
        known = self._seen.get(row.stream)
        if known is not None:
            if row.version != known + 1:
                yield out_of_line(row, known)
            self._seen[row.stream] = row.version
        match scope:
            case OfRecord():
                if known is None:
                    yield _foreign(row)
            case OfPeriod():
                yield from self._in_period(scope, row, is_log=known is not None)

    def _in_period(self, scope: OfPeriod, row: StoredEvent, *, is_log: bool) -> Iterator[Finding]:
        if scope.first <= row.position <= scope.last:
            self._positions += 1
        elif row.position in (scope.first - 1, scope.last + 1):
            self._beside.add(row.position)
            at = recorded_at(row)
            is_outside = at is not None and (at < scope.begin if row.position < scope.first else at >= scope.end)
            if not is_outside:
                said = "it was recorded within the period, which is said to leave it out", "它记录于期间之内，却未列入"
                yield finding(row, Code.GAP, *said, by=Check.ORDER)
        elif not is_log:
            yield _foreign(row)

    def missing(self, rows: int) -> Iterator[Finding]:
        """What the scope claims and nobody has seen, once all `rows` rows are through."""
        scope = self._scope
        if isinstance(scope, Whole) and rows != self._size:
            yield _missing(
                f"{self._size - rows} events of the whole log are left out", f"缺少 {self._size - rows} 个事件"
            )
        for stream, last in _versions(scope).items():
            if self._seen[stream] != last:
                en = f"{named(stream)} is here up to version {self._seen[stream]}, not {last}"
                zh = f"{named(stream)} 仅含至第 {self._seen[stream]} 版，应至第 {last} 版"
                yield _missing(en, zh)
        if isinstance(scope, OfPeriod):
            if self._positions != scope.last - scope.first + 1:
                yield _missing("events of the period are left out", "期间内有事件缺失")
            beside = {scope.first - 1, scope.last + 1} - {0, self._size + 1}
            if not beside <= self._beside:
                yield _missing("an event that shows where the period ends is left out", "缺少标明期间界限的事件")


def _versions(scope: Scope) -> dict[str, int]:
    match scope:
        case OfRecord():
            return dict(scope.streams)
        case OfPeriod():
            return {LOG_STREAM: scope.log}
    return {}


def _foreign(row: StoredEvent) -> Finding:
    return finding(
        row, Code.DAMAGED, "it does not belong to what the bundle is said to hold", "不属于证据包的范围", by=Check.ORDER
    )


def _missing(en: str, zh: str) -> Finding:
    return Finding(Code.GAP, Check.ORDER, en, zh)


def open_questions(header: Header, agreeing: int) -> Iterator[Detail]:
    """What a bundle cannot exclude, however sound it is; `agreeing` heads from outside agree with it."""
    if not agreeing:
        en = "that the log was rolled back, rewritten and signed anew, or shown to others otherwise"
        zh = "日志被回退、改写后重新签署，或对他人出示不同内容"
        yield Detail(f"without a head kept outside: {en}", f"没有外部保存的检查点时：{zh}")
    en = f"what came after event {header.size}"
    if header.after:
        yield Detail(
            f"{en}: {header.after} events when it was written", f"第 {header.size} 个事件之后的 {header.after} 个事件"
        )
    else:
        yield Detail(en, f"第 {header.size} 个事件之后的内容")
    match header.scope:
        case OfRecord():
            en = "later events of these records, and records that only name them from their own side"
            yield Detail(en, "这些记录的后续事件，以及仅从另一侧关联的记录")
        case OfPeriod():
            yield Detail("events outside the period: they are hashes here", "期间之外的事件：此处仅有哈希")
