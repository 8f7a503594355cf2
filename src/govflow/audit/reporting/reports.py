"""Whole reports 报告成文: what is told, what was checked and what proves it, put on one page, whatever the log is like.

Where a row is damaged the report comes out all the same, without what stands behind that row in its record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from govflow.audit.bundles.store import BundleStore
from govflow.audit.explaining.readable import ROW_ERRORS, Cut, readable_part, stored_rows
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.reporting.checks import SIGNED, Checked, check_matter, check_period
from govflow.audit.reporting.matter import in_force, matter_of, objections
from govflow.audit.reporting.period import Tell, bounds, period_of, with_place
from govflow.audit.reporting.proofs import Vouched, commands_for, proofs_of, vouched
from govflow.audit.reporting.unit import unit_work
from govflow.checkpoints.notes import NoteError
from govflow.engine import Engine
from govflow.errors import Detail, InputError, LogError, NotFound
from govflow.pages.report import matter_report, unreadable_report
from govflow.pages.report_period import period_report
from govflow.pages.report_unit import unit_report
from govflow.pages.report_unit_values import UnitWork
from govflow.pages.report_values import Evidence, Period, Places, Setting
from govflow.persistence.codec import metadata_of
from govflow.persistence.store import Store
from govflow.policy import Policy
from govflow.reading import Reader

_T = TypeVar("_T")
_D = TypeVar("_D", Period, UnitWork)
Days = tuple[date, date]


class Report(NamedTuple):
    """A report as HTML, to how many things its checks objected, and whether rows that belong to it could not be read.

    `elsewhere` are the places of damaged rows beyond all that it tells.
    """

    page: str
    objections: int
    is_cut: bool
    elsewhere: Sequence[int] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing was objected to, and all that belongs to it could be read."""
        return not self.objections and not self.is_cut


class _Vouching(NamedTuple):
    """What is signed of a log, None where nothing is or nobody can say; then what is wrong with it."""

    by: Vouched | None
    wrong: tuple[Finding, ...] = ()

    @property
    def covered(self) -> int:
        """How many events are signed."""
        return 0 if self.by is None else self.by.size


def _vouching(engine: Engine) -> _Vouching:
    try:
        return _Vouching(vouched(engine))
    except (LogError, NoteError) as error:
        en, zh = f"what was signed cannot be relied on: {error}"[:300], "已签检查点不可采信，详见 govflow verify"
        return _Vouching(None, (Finding(Code.EDIT, Check.CHECKPOINTS, en, zh),))


def _log_begins(engine: Engine) -> datetime | None:
    """When the first entry of the log was recorded; None where it is not at hand or cannot be read."""
    try:
        first = next(iter(engine.store.scan(0)), None)
        return metadata_of(first.state).recorded_at if first is not None and first.position == 1 else None
    except ROW_ERRORS:
        return None


def _first_day(
    engine: Engine, seen: Reader, policy: Policy, first: date, until: datetime, *, is_empty: bool
) -> date | None:
    """The local day on which the log begins. Raises InputError where all that it tells of came after a period."""
    begins = _log_begins(engine)
    if begins is None:
        return None
    if is_empty and until <= begins:
        oldest = min((each.opened_at for each in seen.records() if each.opened_at is not None), default=begins)
        if until <= oldest:
            day = min(oldest, begins).astimezone(policy.zone).date()
            nothing = Detail("the log tells of nothing so long ago", "日志中没有这么早的内容")
            raise InputError(nothing, where=str(first), expected=f"{day}..")
    return begins.astimezone(policy.zone).date()


class _Read(NamedTuple, Generic[_T]):
    """What is told of a log, whether only its readable part could be read, and where records were cut then."""

    told: _T
    is_part: bool
    cuts: Mapping[str, Cut]


def _read(engine: Engine, seen: Reader, read: Callable[[], _T]) -> _Read[_T]:
    """What is told of a log, or of its readable part alone. Raises NotFound, InputError."""
    try:
        return _Read(read(), False, {})
    except (NotFound, InputError):
        raise
    except Exception:  # rows that others have written to may break the reading of a record in any way
        with readable_part(engine.log, keeps_beginnings=seen is engine) as cuts:
            return _Read(read(), True, cuts)


def report_on_matter(engine: Engine, seen: Reader, id: str, db: Path, language: str) -> Report:
    """The report on a record and all it is tied to, as `seen` may see it. Raises NotFound."""
    now, vouching, store = engine.now(), _vouching(engine), engine.store

    def stored(record: str) -> int:
        return len(stored_rows(store, record))

    try:
        matter, is_cut, _ = _read(engine, seen, lambda: matter_of(seen, id, now, language, stored))
    except NotFound:
        if seen is not engine or not stored_rows(engine.store, id):
            raise
        matter, is_cut = None, True
    ids = [id] if matter is None else [told.record.id for told in matter.records]
    places, event = _places_of(engine.store, ids, vouching.covered)
    checkpointer = None if isinstance(engine.store, BundleStore) else engine.checkpointer
    checked = check_matter(seen, ids, checkpointer, vouching.covered)._replace(is_cut=is_cut)
    commands = commands_for(vouching.by, db, event=event, record=id)
    evidence = _evidence(engine, seen, vouching, checked, places, commands)
    if matter is None:
        setting = Setting(now, in_force(seen), engine.log_id, {}, frozenset())
        return _report(unreadable_report(id, setting, evidence, language=language), evidence)
    return _report(matter_report(matter, evidence, language=language), evidence)


def _evidence(
    engine: Engine, seen: Reader, vouching: _Vouching, checked: Checked, places: Places, commands: Sequence[str]
) -> Evidence:
    """What a report says of its own ground."""
    checked = _by_bundle(engine, vouching, checked)
    return Evidence(
        findings=[seen.shown(each) for each in objections([*vouching.wrong, *checked.findings.told])],
        checks=checked.inspections,
        proofs=proofs_of(vouching.by, places, commands),
        commands=commands,
        is_cut=checked.is_cut,
        elsewhere=checked.elsewhere,
    )


def _report(page: str, evidence: Evidence) -> Report:
    return Report(page, len(evidence.findings or ()), evidence.is_cut, evidence.elsewhere)


def _places_of(store: Store, ids: Iterable[str], covered: int) -> tuple[Places, tuple[str, int] | None]:
    """Where the entries of records stand, and the last covered event of the first record that has one."""
    places, event = Places(), None
    for id in ids:
        last = 0
        for row in stored_rows(store, id):
            places = with_place(places, row.position, covered)
            last = row.version if row.position <= covered else last
        event = event or ((id, last) if last else None)
    return places, event


# --- of days ---------------------------------------------------------------------------------------------------------


class Ask(NamedTuple):
    """Who asks for a report on local days, both inclusive, in which language; `tell` hears how far it is."""

    engine: Engine
    seen: Reader
    days: Days
    db: Path
    language: str
    tell: Tell | None = None


def report_on_period(ask: Ask) -> Report:
    """The report on a period.

    Raises InputError before it has begun, and where the log begins only later and has nothing of it.
    """

    def read(now: datetime, covered: int) -> Period:
        return period_of(ask.seen, *ask.days, now, ask.tell, covered=covered)

    return _on_days(ask, read, period_report)


def report_on_unit(ask: Ask, unit: str) -> Report:
    """A unit's report on its own work in a period; the rest is as in a period's. Raises NotFound too: nobody's unit."""

    def read(now: datetime, covered: int) -> UnitWork:
        return unit_work(ask.seen, unit, *ask.days, now, ask.tell, covered=covered)

    return _on_days(ask, read, unit_report, unit)


def _on_days(
    ask: Ask, read: Callable[[datetime, int], _D], write: Callable[..., str], unit: str | None = None
) -> Report:
    engine, seen, days = ask.engine, ask.seen, ask.days
    now, vouching = engine.now(), _vouching(engine)
    told, is_part, cuts = _read(engine, seen, lambda: read(now, vouching.covered))
    begins, until = bounds(in_force(seen), *days, now)
    checked = check_period(seen, begins, until, ask.tell, unit, cuts)
    if is_part and not (cuts and seen is engine):  # nobody knows what of it belongs here
        checked = checked._replace(is_cut=True)
    is_empty = told.is_empty and not is_part
    log_begins = _first_day(engine, seen, told.setting.policy, days[0], told.until, is_empty=is_empty)
    commands = commands_for(vouching.by, ask.db, event=told.covered_event(vouching.covered), days=days)
    evidence = _evidence(engine, seen, vouching, checked, told.places, commands)._replace(log_begins=log_begins)
    return _report(write(told, evidence, language=ask.language), evidence)


def _by_bundle(engine: Engine, vouching: _Vouching, checked: Checked) -> Checked:
    """The same, with what opening a bundle has checked already: that every row in it leads to the signed root."""
    if not isinstance(engine.store, BundleStore) or vouching.by is None:
        return checked
    first, *rest = checked.inspections
    signed = first._replace(check=SIGNED, found=0)
    return checked._replace(inspections=[first, *(each for each in rest if each.check != SIGNED), signed])
