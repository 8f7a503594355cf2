"""专项述职 a unit's report on its own work in a period, made from events alone; each line names those it rests on."""

from __future__ import annotations

from datetime import date, datetime

from govflow.audit.reporting.matter import in_force, titles_of
from govflow.audit.reporting.period import Tell, bounds
from govflow.audit.reporting.unit_lines import Work
from govflow.errors import NotFound
from govflow.log_events import LOG_STREAM
from govflow.pages.report_unit_values import UnitWork
from govflow.pages.report_values import Setting
from govflow.reading import Reader, aware

_TOLD_EVERY = 200


def unit_work(
    reader: Reader,
    unit: str,
    first: date,
    last: date,
    now: datetime,
    tell: Tell | None = None,
    *,
    covered: int = 0,
) -> UnitWork:
    """The work of a unit in a period of local days, both inclusive, as it stood at its end, or now if it is not over.

    Only records in whose events the unit is named are folded. `covered` is how many events of the log are signed.
    Raises InputError for a period that has not begun, NotFound for a unit that nothing seen names.
    """
    policy = in_force(reader)
    begins, until = bounds(policy, first, last, now)
    work = Work(reader, unit, begins, until, covered)
    needle = b'"%b"' % unit.encode()
    is_named = False
    for number, (stream, rows) in enumerate(reader.log.store.streams(), 1):
        if stream != LOG_STREAM and any(needle in row.state for row in rows) and _is_seen(reader, stream):
            is_named = True
            work.add(reader.get(stream), rows)
        if tell is not None and number % _TOLD_EVERY == 0:
            tell(number)
    titles, units = titles_of(reader, frozenset(work.units))
    if not is_named and unit not in titles:
        raise NotFound(f"nothing in the log names the unit {unit}")
    told = UnitWork(
        unit=unit,
        first=first,
        last=last,
        until=until,
        deciders=reader.deciders,
        before=work.before,
        begun=work.begun,
        ended=work.ended,
        duties=sorted(work.duties, key=lambda each: (each.due, each.piece.record, each.clock)),
        came_back=work.came_back,
        owed=work.owed,
        times=work.times,
        places=work.places,
        setting=Setting(aware(now, "now"), policy, reader.log.id, titles, units | {unit}),
    )
    return reader.shown(told)


def _is_seen(reader: Reader, id: str) -> bool:
    try:
        return bool(reader.get(id))
    except NotFound:
        return False
