"""Whether a bundle holds what its scope claims: nothing missing inside it, nothing in it that does not belong there.

It keeps a number for each stream of the scope, so that memory does not grow with the events.
"""

from __future__ import annotations

from collections.abc import Iterator

from govflow.audit.bundles.parts import Header, OfPeriod, OfRecord, Scope, Whole, recorded_at
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
            at = recorded_at(row)
            begins_early = row.position == scope.first and (at is None or at < scope.begin)
            if begins_early or (row.position == scope.last and (at is None or at >= scope.end)):
                said = "it was not recorded within the period, which is said to hold it", "它记录于期间之外，却列入其中"
                yield finding(row, Code.DAMAGED, *said, by=Check.ORDER)
        elif row.position in (scope.first - 1, scope.last + 1):
            self._beside.add(row.position)
            at = recorded_at(row)
            is_outside = at is not None and (at < scope.begin if row.position < scope.first else at >= scope.end)
            if not is_outside:
                said = "it was recorded within the period, which is said to leave it out", "它记录于期间之内，却未列入"
                yield finding(row, Code.GAP, *said, by=Check.ORDER)
        elif not is_log:
            yield _foreign(row)

    def is_asked_for(self, row: StoredEvent) -> bool:
        """Whether a row is what the scope is about, not what stands beside it to make it readable."""
        match self._scope:
            case OfRecord():
                return row.stream != LOG_STREAM
            case OfPeriod(first=first, last=last):
                return first <= row.position <= last
        return True

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


def open_questions(header: Header, agreed: int) -> Iterator[Detail]:
    """What a bundle cannot exclude, however sound it is; heads from outside agree with it up to event `agreed`."""
    size = header.size
    if agreed < size:
        en = "that the log was rolled back, rewritten and signed anew, or shown to others otherwise"
        zh = "日志被回退、改写后重新签署，或对他人出示不同内容"
        if agreed:
            yield Detail(f"beyond event {agreed}, the largest head that agrees: {en}", f"第 {agreed} 个事件之后：{zh}")
        else:
            yield Detail(f"without a head kept outside: {en}", f"没有外部保存的检查点时：{zh}")
    en = f"what came after event {size}"
    if header.after:
        yield Detail(
            f"{en}: {header.after} events when it was written", f"第 {size} 个事件之后的 {header.after} 个事件"
        )
    else:
        yield Detail(en, f"第 {size} 个事件之后的内容")
    match header.scope:
        case OfRecord():
            yield Detail(
                "that more belongs to this record: which streams are here, and up to which event, is its writer's "
                "word; nobody signed that list",
                "与此记录有关的其他内容：包含哪些流、各至第几个事件，均为写出者所言，并无签名",
            )
        case OfPeriod():
            yield Detail("events outside the period: they are hashes here", "期间之外的事件：此处仅有哈希")
            yield Detail(
                "what else the log said of itself: how much of it is here is its writer's word",
                "日志自身的其余记载：所含多少为写出者所言，并无签名",
            )
