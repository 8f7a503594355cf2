"""Imports requests of another system as cases that stand where their data says, each exactly once.

Nothing that a row does not show is invented: the import event names its source and lists what is unverified. Running
it again appends nothing, and a run that was cut off is finished by the next one: the ids of records and commands
follow from the source's ids.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from govflow.actors import IMPORTER
from govflow.cases.commands import ImportCase, ImportClosing
from govflow.cases.events import CaseImported, ClosingImported
from govflow.engine import Engine
from govflow.errors import Broken, CommandReused, NotAllowed, ProtectionError
from govflow.interchange.faults import fault
from govflow.interchange.mapping import Mapping
from govflow.interchange.quarantine import Quarantine
from govflow.interchange.rows import BadRow, SourceRow, read_rows
from govflow.interchange.source_words import area_of, id_of
from govflow.messages import Command, Personal, new_subject
from govflow.persistence.codec import StoredEvent

BATCH = 200
"""Rows in one transaction: more make it hardly faster and keep other writers waiting."""
FAULTS_KEPT = 100
_LONGEST = {"title": 4000, "category": 4000, "channel": 4000, "department": 4000, "area": 4000, "closure_text": 20_000}
_LONGEST_PLACE = 19_900  # the coordinates stand behind it

# What lies between the steps that such data shows.
_BEFORE_ASSIGNING = ("acceptance", "receipt")
_BEFORE_CLOSING = ("contact", "handling", "evidence", "feedback", "verification", "evaluation")


class ImportReport(BaseModel):
    """What an import did, in rows: those read are imported, closed, unchanged, changed, duplicates or bad.

    `imported` are new cases, open or closed; `closed` were imported before and are closed now; `changed` say something
    else than when they were imported, and nothing was overwritten (one that is also newly closed counts in both).
    `faults` are the first hundred bad and changed rows in the order of the file, `more` how many came after them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: int
    imported: int
    closed: int
    unchanged: int
    changed: int
    duplicates: int
    bad: int
    faults: tuple[BadRow, ...]
    more: int


def import_rows(
    engine: Engine,
    path: str | os.PathLike[str],
    mapping: Mapping,
    *,
    quarantine: Path | None = None,
    on_bad: Callable[[BadRow], None] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> ImportReport:
    """Import a delimited file by a mapping: new requests become cases, newly closed ones are closed.

    Bad rows, and rows that changed otherwise since they were imported, are handed to `on_bad` and kept in the file
    `quarantine`; every other row lands. `progress` hears bytes read and bytes in all (None for a pipe). Memory grows
    with the number of distinct ids alone. Raises InputError when the file cannot be read or bad rows cannot be kept.
    """
    with read_rows(path, mapping) as rows, Quarantine(quarantine) as kept:
        run = _Import(engine, mapping, kept, on_bad)
        while batch := list(islice(rows, BATCH)):
            run.take(batch)
            if progress:
                progress(rows.bytes_read, rows.total_bytes)
        return run.report(rows.duplicates)


def record_id(source: str, external_id: str) -> str:
    """The id of the case for a request of a source, such as `boston311.101004143000`."""
    return f"{source}.{external_id}"


def command_id(source: str, external_id: str, what: str) -> str:
    """The id of the command that imports a request: the same in every run, and never longer than ids may be."""
    plain = f"import:{source}:{external_id}:{what}"
    if len(plain) <= 64:
        return plain
    return f"import:{hashlib.sha256(plain.encode()).hexdigest()[:48]}:{what}"


class _Plan(NamedTuple):
    """What is to be done about a row: its commands, and what is wrong with it beside them."""

    row: SourceRow
    commands: tuple[Command, ...]
    is_new: bool = False
    fault: BadRow | None = None
    is_changed: bool = False


class _Import:
    """One run over one file: counts, and takes the rows batch by batch."""

    def __init__(
        self, engine: Engine, mapping: Mapping, kept: Quarantine, on_bad: Callable[[BadRow], None] | None
    ) -> None:
        self._engine = engine
        self._columns = mapping.columns
        self._kept = kept
        self._on_bad = on_bad
        self._faults: list[BadRow] = []
        self._more = 0
        self._counts = dict.fromkeys(("read", "imported", "closed", "unchanged", "changed", "bad"), 0)

    def report(self, duplicates: int) -> ImportReport:
        counts = {**self._counts, "read": self._counts["read"] + duplicates}
        return ImportReport(**counts, duplicates=duplicates, faults=tuple(self._faults), more=self._more)

    def take(self, batch: list[SourceRow | BadRow]) -> None:
        """Import one batch in one transaction; where the log refuses one of its rows, each row in its own."""
        self._counts["read"] += len(batch)
        now = self._engine.now()
        faults = [each for each in batch if isinstance(each, BadRow)]
        self._counts["bad"] += len(faults)
        plans = [self._plan(row, now) for row in batch if isinstance(row, SourceRow)]
        try:
            self._engine.handle_all(command for plan in plans for command in plan.commands)
        except (NotAllowed, CommandReused):
            plans = [self._done_alone(plan, now) for plan in plans]

        for plan in plans:
            self._count(plan)
        faults += [plan.fault for plan in plans if plan.fault]
        for bad in sorted(faults, key=lambda bad: bad.line):
            self._set_aside(bad)

    def _done_alone(self, plan: _Plan, now: datetime) -> _Plan:
        try:
            self._engine.handle_all(plan.commands)
        except NotAllowed as refused:
            reason = Broken(
                " ".join(refused.codes),
                "; ".join(broken.sentence() for broken in refused.broken),
                "；".join(broken.sentence("zh-CN") for broken in refused.broken),
            )
            field = self._columns.external_id if plan.is_new else self._columns.status
            return _Plan(plan.row, (), fault=_bad(plan.row, field, reason))
        except CommandReused:  # another importer was faster, from another file: now its case is here to compare with
            again = self._plan(plan.row, now)
            if again.commands == plan.commands:
                raise
            return self._done_alone(again, now)
        return plan

    def _count(self, plan: _Plan) -> None:
        counts = self._counts
        counts["changed"] += plan.is_changed
        if plan.commands:
            counts["imported" if plan.is_new else "closed"] += 1
        elif plan.fault is None:
            counts["unchanged"] += 1
        elif not plan.is_changed:
            counts["bad"] += 1

    def _set_aside(self, bad: BadRow) -> None:
        self._kept.add(bad)
        if self._on_bad:
            self._on_bad(bad)
        if len(self._faults) < FAULTS_KEPT:
            self._faults.append(bad)
        else:
            self._more += 1

    # -- one row ------------------------------------------------------------------------------------------------------

    def _plan(self, row: SourceRow, now: datetime) -> _Plan:
        if unfit := self._unfit(row, now):
            return _Plan(row, (), fault=unfit)
        id = record_id(row.source, row.external_id)
        stored = self._engine.store.read(id)
        if not stored:
            subject = new_subject()
            closing = (self._closing(row, id, subject),) if row.closed_at else ()
            return _Plan(row, (_receiving(row, id, subject), *closing), is_new=True)

        first = self._engine.log.codec.decode(stored[0].topic, stored[0].state)
        if not isinstance(first, CaseImported):
            taken = _bad(row, self._columns.external_id, fault("id_is_taken", value=id))
            return _Plan(row, (), fault=taken)
        end = next((each for each in stored[1:] if each.topic.startswith(f"{ClosingImported.name}@")), None)
        changes = list(self._changes(row, first, stored[0], end))
        changed = None
        if changes:
            what = ", ".join(repr(getattr(self._columns, name) or name) for name in changes)
            reason = fault("changed_since_import", what=what, file=first.source_file, line=first.source_row)
            changed = _bad(row, getattr(self._columns, changes[0]) or changes[0], reason)
        closing = (self._closing(row, id, _subject_of(first)),) if row.closed_at and end is None else ()
        return _Plan(row, closing, fault=changed, is_changed=bool(changes))

    def _unfit(self, row: SourceRow, now: datetime) -> BadRow | None:
        for name in ("opened_at", "closed_at"):
            at: datetime | None = getattr(row, name)
            if at is not None and at > now:
                reason = fault("in_the_future", value=at.isoformat())
                return _bad(row, getattr(self._columns, name), reason)
        for name, most in (*_LONGEST.items(), ("place", _LONGEST_PLACE)):
            if (size := len(getattr(row, name) or "")) > most:
                return _bad(row, getattr(self._columns, name), fault("too_long", found=size, most=most))
        return None

    def _closing(self, row: SourceRow, id: str, subject: str) -> ImportClosing:
        return ImportClosing(
            id=id,
            by=IMPORTER,
            command_id=command_id(row.source, row.external_id, "closed"),
            occurred_at=row.closed_at,
            # whose data was erased, of them nothing new is kept
            closing=_personal(row.closure_text, None if subject in self._engine.log.erased else subject),
            row_digest=_digest(row),
            source_row=row.line,
            unverified=_BEFORE_CLOSING if row.department else ("acceptance", "assignment", *_BEFORE_CLOSING),
        )

    def _changes(
        self, row: SourceRow, first: CaseImported, stored: StoredEvent, end: StoredEvent | None
    ) -> Iterator[str]:
        """The fields of a row that say something else than what was imported of it."""
        if _digest(row) != first.row_digest:
            then = _facts_of(first)
            yield from (name for name, value in _facts(row).items() if value != then[name])
        subject = _subject_of(first)
        if self._says_otherwise(_place(row), first.place, stored, "place", subject):
            yield "place"
        if end is None:
            return
        closing = self._engine.log.codec.decode(end.topic, end.state)
        assert isinstance(closing, ClosingImported)
        if row.closed_at is None:
            yield "status"
        elif row.closed_at != closing.at:
            yield "closed_at"
        elif self._says_otherwise(row.closure_text, closing.closing, end, "closing", subject):
            yield "closure_text"

    def _says_otherwise(self, text: str | None, kept: Any, stored: StoredEvent, field: str, subject: str) -> bool:
        """Whether a personal text differs from the one kept; one that nobody can open any more differs from none."""
        if kept is None:
            return text is not None and subject not in self._engine.log.erased
        was = None
        with suppress(ProtectionError):
            was = self._engine.vault.open(kept, stored.stream, stored.version, stored.topic, field)
        return was is not None and was != text


def _bad(row: SourceRow, field: str, reason: Broken) -> BadRow:
    return BadRow(file=row.file, line=row.line, field=field, reason=reason, raw=row.raw)


def _receiving(row: SourceRow, id: str, subject: str) -> ImportCase:
    facts = _facts(row)
    ids = {
        "department": id_of(row.department) if row.department else None,
        "category": id_of(facts["category"]),
        "area": area_of(facts["area"]),
    }
    return ImportCase(
        id=id,
        by=IMPORTER,
        command_id=command_id(row.source, row.external_id, "received"),
        occurred_at=row.opened_at,
        title=facts["title"],
        category=ids["category"],
        channel=facts["channel"],
        area=ids["area"],
        lead_unit=ids["department"],
        target_at=row.target_at,
        source=row.source,
        source_file=row.file,
        source_row=row.line,
        source_id=row.external_id,
        row_digest=_digest(row),
        source_words={name: facts[name] for name, made in ids.items() if made != facts[name]},
        unverified=_BEFORE_ASSIGNING if row.department else (),
        place=_personal(_place(row), subject),
    )


def _facts(row: SourceRow) -> dict[str, Any]:
    """What a row says of its request, without its closing and without what is personal."""
    return {
        "opened_at": row.opened_at,
        "target_at": row.target_at,
        "department": row.department,
        "category": row.category or "general",
        "title": row.title or row.category or "",
        "area": row.area or "",
        "channel": row.channel or "",
    }


def _facts_of(event: CaseImported) -> dict[str, Any]:
    """The same of what was imported."""
    words = event.source_words
    return {
        "opened_at": event.at,
        "target_at": event.target_at,
        "department": words.get("department", event.lead_unit),
        "category": words.get("category", event.category),
        "title": event.title,
        "area": words.get("area", event.area),
        "channel": event.channel,
    }


def _digest(row: SourceRow) -> str:
    """SHA-256 over the facts of a row. Personal texts are left out: a digest would let one guess at them for ever."""
    text = json.dumps(_facts(row), default=datetime.isoformat, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _place(row: SourceRow) -> str | None:
    """The address with the coordinates in brackets behind it; both may lead to somebody's door."""
    if row.latitude is None or row.longitude is None:
        return row.place
    spot = f"({row.latitude}, {row.longitude})"
    return f"{row.place} {spot}" if row.place else spot


def _personal(text: str | None, subject: str | None) -> Personal | None:
    return Personal(text=text, subject=subject) if text and subject else None


def _subject_of(first: CaseImported) -> str:
    """Whoever the texts of a request speak of: one pseudonym for all of them, so that they are erased together."""
    return first.place.subject if first.place is not None else new_subject()
