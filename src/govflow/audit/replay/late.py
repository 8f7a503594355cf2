"""Late entries 迟录: what was recorded long after it had occurred, and in whose hands that happens.

Occurred is what an entry says of itself, recorded is when it came into the log. No law sets a limit between the two:
the one here is ours, to be named anew by whoever asks. What an import brought 导入的历史 was entered
elsewhere in its time: it is counted apart, and nobody here was late with it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.actors import IMPORTER, Role
from govflow.audit.replay.states import Progress
from govflow.errors import InputError
from govflow.log_events import LOG_STREAM
from govflow.messages import RecordedEvent
from govflow.reading import Reader

LATER_THAN = timedelta(hours=24)
"""How long an entry may take by default: our own figure."""

BASIS = "design"
_TOLD_EVERY = 1_000
_NOTHING = timedelta()


class LateEntry(NamedTuple):
    """An event recorded later than the limit allows: which, when it occurred and was recorded, by whom as what."""

    position: int
    stream: str
    version: int
    event: str
    role: str | None
    unit: str | None
    occurred: datetime
    recorded: datetime

    @property
    def by(self) -> timedelta:
        """How long it took."""
        return self.recorded - self.occurred


class Hands(NamedTuple):
    """The entries of one unit, or of one role where the entries name no unit: all, the late ones, how late together."""

    unit: str | None
    role: str | None
    events: int = 0
    late: int = 0
    longest: timedelta = _NOTHING
    together: timedelta = _NOTHING


class Lateness(NamedTuple):
    """Occurred against recorded over a whole log: the limit, every unit's figures, and the longest delays.

    Units with most late entries come first, delays the longest first; the units' figures add up to `events` and `late`.
    `imported` counts what imports brought, which is in neither, `imported_late` those of it that took longer.
    """

    later_than: timedelta
    events: int
    late: int
    hands: tuple[Hands, ...]
    longest: tuple[LateEntry, ...]
    imported: int = 0
    imported_late: int = 0


def late_entries(reader: Reader, later_than: timedelta = LATER_THAN, *, imports: bool = False) -> Iterator[LateEntry]:
    """Every event recorded more than `later_than` after it occurred, in the order of the log, in flat memory.

    Those that an import brought are told with `imports` alone, and then no others.
    """
    _check(later_than)
    entries = (each for each, is_imported in _entries(reader) if is_imported is imports)
    return (entry for each in entries if (entry := _entry(each)).by > later_than)


def lateness(
    reader: Reader,
    later_than: timedelta = LATER_THAN,
    *,
    shown: int = 20,
    imports: bool = False,
    progress: Progress | None = None,
) -> Lateness:
    """How late entries are in whose hands, with the `shown` longest delays; of imports alone with `imports`.

    Raises InputError for a limit below 0.
    """
    _check(later_than)
    total, events, late = reader.log.store.head(), 0, 0
    imported = imported_late = 0
    by_hands: dict[tuple[str, str], Hands] = {}
    longest: list[tuple[timedelta, int, LateEntry]] = []
    for done, (each, is_imported) in enumerate(_entries(reader), 1):
        if progress is not None and done % _TOLD_EVERY == 0:
            progress(done, total)
        entry = _entry(each)
        if is_imported:
            imported += 1
            imported_late += entry.by > later_than
        if is_imported is not imports:
            continue
        events += 1
        key = (entry.unit, "") if entry.unit else ("", entry.role or "")
        held = by_hands.get(key) or Hands(entry.unit or None, None if entry.unit else entry.role)
        held = held._replace(events=held.events + 1)
        if entry.by > later_than:
            late += 1
            held = held._replace(
                late=held.late + 1, longest=max(held.longest, entry.by), together=held.together + entry.by
            )
            keep = heapq.heappush if len(longest) < shown else heapq.heappushpop
            keep(longest, (entry.by, -entry.position, entry))
        by_hands[key] = held
    ordered = sorted(by_hands.items(), key=lambda each: (-each[1].late, each[0]))
    entries = tuple(entry for _, _, entry in sorted(longest, reverse=True))
    hands = tuple(held for _, held in ordered)
    return Lateness(later_than, events, late, hands, entries, imported, imported_late)


def _entries(reader: Reader) -> Iterator[tuple[RecordedEvent, bool]]:
    """What was entered of records, and whether it is history that an import brought; a moment is kept of each import.

    That is also what followed from it at once, and what the clocks of an imported record would have done before it was
    here. The log's own events are recorded as they occur.
    """
    command, is_imported = "", False
    here_since: dict[str, datetime] = {}
    for each in reader.events():
        if each.stream == LOG_STREAM:
            continue
        is_of_system = each.meta.role == Role.SYSTEM
        if each.meta.correlation != command:  # what one command causes stands together
            command = each.meta.correlation
            is_imported = is_of_system and each.body.by == IMPORTER.id
        if is_imported:
            here_since.setdefault(each.stream, each.meta.recorded_at)
        since = here_since.get(each.stream)
        yield each, is_imported or (is_of_system and since is not None and each.body.at < since)


def _entry(each: RecordedEvent) -> LateEntry:
    meta = each.meta
    return LateEntry(
        each.position, each.stream, each.version, each.name, meta.role, meta.unit, each.body.at, meta.recorded_at
    )


def _check(later_than: timedelta) -> None:
    if later_than < _NOTHING:
        raise InputError("a limit is no less than nothing", where="later_than", expected="0 or more")
