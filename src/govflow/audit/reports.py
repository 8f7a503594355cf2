"""Whole reports 报告成文: what is told, what was checked and what proves it, put on one page, whatever the log is like.

Where a row is damaged the report comes out all the same, without what stands behind that row in its record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

from govflow.audit.bundle_store import BundleStore
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.readable import readable_part, stored_rows
from govflow.audit.report_checks import SIGNED, Checked, check_matter, check_period
from govflow.audit.report_proofs import Vouched, commands_for, proofs_of, vouched
from govflow.audit.reporting import in_force, matter_of, objections
from govflow.audit.reporting_period import Tell, bounds, period_of, with_place
from govflow.audit.reporting_unit import unit_work
from govflow.checkpoints.notes import NoteError
from govflow.engine import Engine
from govflow.errors import InputError, LogError, NotFound
from govflow.pages.report import matter_report, unreadable_report
from govflow.pages.report_period import period_report
from govflow.pages.report_unit import unit_report
from govflow.pages.report_values import Places, Setting
from govflow.persistence.store import Store
from govflow.reading import Reader

_T = TypeVar("_T")
Days = tuple[date, date]


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


def _told(engine: Engine, seen: Reader, tell: Callable[[], _T]) -> tuple[_T, bool]:
    """What is told of a log, and whether it had to be told of its readable part alone. Raises NotFound, InputError."""
    try:
        return tell(), False
    except (NotFound, InputError):
        raise
    except Exception:  # rows that others have written to may break the reading of a record in any way
        with readable_part(engine.log, keeps_beginnings=seen is engine):
            return tell(), True


def report_on_matter(engine: Engine, seen: Reader, id: str, db: Path, language: str) -> str:
    """The report on a record and all it is tied to, as `seen` may see it. Raises NotFound."""
    now, vouching = engine.now(), _vouching(engine)
    try:
        matter, is_cut = _told(engine, seen, lambda: matter_of(seen, id, now, language))
    except NotFound:
        if seen is not engine or not stored_rows(engine.store, id):
            raise
        matter, is_cut = None, True
    ids = [id] if matter is None else [told.record.id for told in matter.records]
    places, event = _places_of(engine.store, ids, vouching.covered)
    checkpointer = None if isinstance(engine.store, BundleStore) else engine.checkpointer
    checked = _by_bundle(engine, vouching, check_matter(seen, ids, checkpointer, vouching.covered))
    commands = commands_for(vouching.by, db, event=event, record=id)
    proofs = proofs_of(vouching.by, places, commands)
    told = objections([*vouching.wrong, *checked.findings.told])
    if matter is None:
        setting = Setting(now, in_force(seen), engine.log_id, {}, frozenset())
        return unreadable_report(
            id,
            setting,
            language=language,
            findings=told,
            checks=checked.inspections,
            proofs=proofs,
            commands=commands,
        )
    return matter_report(
        matter,
        language=language,
        findings=told,
        checks=checked.inspections,
        proofs=proofs,
        commands=commands,
        is_cut=is_cut,
    )


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


def report_on_period(
    engine: Engine, seen: Reader, days: Days, db: Path, language: str, tell: Tell | None = None
) -> str:
    """The report on a period of local days, both inclusive. Raises InputError before it has begun."""
    now, vouching = engine.now(), _vouching(engine)
    period, is_cut = _told(engine, seen, lambda: period_of(seen, *days, now, tell, covered=vouching.covered))
    checked = _by_bundle(engine, vouching, _checked(engine, seen, days, tell))
    commands = commands_for(vouching.by, db, event=None, days=days)
    return period_report(
        period,
        language=language,
        findings=objections([*vouching.wrong, *checked.findings.told]),
        checks=checked.inspections,
        proofs=proofs_of(vouching.by, period.places, commands),
        commands=commands,
        is_cut=is_cut,
    )


def report_on_unit(
    engine: Engine, seen: Reader, unit: str, days: Days, db: Path, language: str, tell: Tell | None = None
) -> str:
    """A unit's report on its own work in a period. Raises InputError, NotFound for a unit that nothing names."""
    now, vouching = engine.now(), _vouching(engine)
    work, is_cut = _told(engine, seen, lambda: unit_work(seen, unit, *days, now, tell, covered=vouching.covered))
    checked = _by_bundle(engine, vouching, _checked(engine, seen, days, tell, unit))
    grounds = [(piece.record, each) for piece in work.pieces for each in piece.grounds]
    event = next(((record, it.version) for record, it in grounds if it.position <= vouching.covered), None)
    commands = commands_for(vouching.by, db, event=event, days=days)
    return unit_report(
        work,
        language=language,
        findings=objections([*vouching.wrong, *checked.findings.told]),
        checks=checked.inspections,
        proofs=proofs_of(vouching.by, work.places, commands),
        commands=commands,
        is_cut=is_cut,
    )


def _checked(engine: Engine, seen: Reader, days: Days, tell: Tell | None, unit: str | None = None) -> Checked:
    begins, until = bounds(in_force(seen), *days, engine.now())
    return check_period(seen, begins, until, tell, unit)


def _by_bundle(engine: Engine, vouching: _Vouching, checked: Checked) -> Checked:
    """The same, with what opening a bundle has checked already: that every row in it leads to the signed root."""
    if not isinstance(engine.store, BundleStore) or vouching.by is None:
        return checked
    first, *rest = checked.inspections
    signed = first._replace(check=SIGNED, found=0)
    return checked._replace(inspections=[first, *(each for each in rest if each.check != SIGNED), signed])
