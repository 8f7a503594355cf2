"""`govflow due`: when a time limit ends, and why. It counts as the engine does, and needs no log."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfoNotFoundError

import typer

from govflow.calendars import Calendar, Due, Line, Pause, Roll, Term, Unit, explained
from govflow.cli.display import console, drawn_lines, print_json
from govflow.cli.logs import Json
from govflow.cli.texts import t
from govflow.errors import InputError
from govflow.interchange.policy_files import load_calendar
from govflow.policy.model import BUNDLED, NO_CALENDAR, zone_named

_LONGEST = 36_500  # as in a policy
_HOURS = (Unit.HOUR, Unit.OFFICE_HOUR)
_UNITS_ZH = {
    "小时": Unit.HOUR,
    "办公小时": Unit.OFFICE_HOUR,
    "日": Unit.DAY,
    "天": Unit.DAY,
    "自然日": Unit.DAY,
    "工作日": Unit.WORKDAY,
    "个工作日": Unit.WORKDAY,
    "月": Unit.MONTH,
    "个月": Unit.MONTH,
    "年": Unit.YEAR,
}
_UNITS_EN = {each.value: each for each in Unit} | {"working_day": Unit.WORKDAY, "calendar_day": Unit.DAY}


def due(
    start: Annotated[str, typer.Option("--start", help="option.start", metavar="MOMENT", show_default=False)],
    length: Annotated[int, typer.Option("--length", help="option.length", metavar="N", show_default=False)],
    unit: Annotated[str, typer.Option("--unit", help="option.unit_of_time", metavar="UNIT", show_default=False)],
    calendar: Annotated[str, typer.Option("--calendar", help="option.calendar", metavar="CALENDAR")] = "cn",
    pause: Annotated[
        list[str] | None, typer.Option("--pause", help="option.pause", metavar="FROM..TO", show_default=False)
    ] = None,
    added: Annotated[int, typer.Option("--added", help="option.added", metavar="N", show_default=False)] = 0,
    roll: Annotated[str, typer.Option("--roll", help="option.roll", metavar="DAYS", show_default=False)] = "none",
    zone: Annotated[str, typer.Option("--zone", help="option.zone", metavar="ZONE")] = "Asia/Shanghai",
    close: Annotated[bool, typer.Option("--close", help="option.close")] = False,
    start_day_counts: Annotated[bool, typer.Option("--start-day-counts", help="option.start_day_counts")] = False,
    from_office: Annotated[bool, typer.Option("--from-office", help="option.from_office")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="option.explain")] = False,
    json: Json = False,
) -> None:
    """Print when a time limit ends."""
    local = _zone(zone)
    counted = _unit(unit)
    given = {"--roll": roll != "none", "--start-day-counts": start_day_counts, "--close": close}
    if counted in _HOURS and any(given.values()):
        options = ", ".join(name for name, is_given in given.items() if is_given)
        raise InputError(t("only_for_days", options=options), where="--unit")
    _check_lengths(length, added)
    term = Term(
        length=length,
        unit=counted,
        roll=_roll(roll),
        counts_start_day=start_day_counts,
        ends_at_close=close,
        starts_in_office=from_office,
    )
    days = _calendar(calendar)
    began, pauses = _moment(start, local, "--start"), [_pause(each, local) for each in pause or ()]
    try:
        found, lines = explained(term, began, days, local, pauses=pauses, added=added)
    except (InputError, OverflowError):  # OverflowError: a moment at the very end of the calendar
        raise InputError(t("out_of_calendar"), where="--length", expected="0001-01-01 … 9999-12-31") from None
    if json:
        told = [line.model_dump(mode="json") for line in lines]
        print_json(_as_json(term, found, lines, days, local) | ({"lines": told} if explain else {}))
    else:
        _print(term, found, lines, local, explain=explain)


def _print(term: Term, found: Due, lines: tuple[Line, ...], zone: tzinfo, *, explain: bool) -> None:
    out = console()
    out.print(_told(term, found, lines, zone) + (" ?" if found.provisional else ""))
    shown = lines if explain else [line for line in lines if line.code == "provisional"]
    if shown:
        out.print(drawn_lines(shown))


def _as_json(term: Term, found: Due, lines: tuple[Line, ...], calendar: Calendar, zone: tzinfo) -> dict[str, object]:
    return {
        "due": _told(term, found, lines, zone),
        "instant": found.at.isoformat().replace("+00:00", "Z"),
        "provisional": found.provisional,
        "calendar": calendar.key,
    }


def _told(term: Term, found: Due, lines: tuple[Line, ...], zone: tzinfo) -> str:
    """The last day; the moment with its offset where the limit does not end with its day."""
    if term.unit in _HOURS or term.ends_at_close:
        local = found.at.astimezone(zone)
        return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")
    return str(next(line.day for line in lines if line.code == "end"))


# --- what was given --------------------------------------------------------------------------------------------------


def _unit(text: str) -> Unit:
    """A unit by its name, in singular or plural, in English or Chinese."""
    name = "_".join(text.strip().lower().replace("-", " ").replace("_", " ").split())
    found = _UNITS_ZH.get(name) or _UNITS_EN.get(name) or _UNITS_EN.get(name.removesuffix("s"))
    if found is None:
        raise InputError(
            t("no_unit_of_time", text=text[:40]),
            where="--unit",
            expected="workdays, days, hours, office hours, months, years",
        )
    return found


def _check_lengths(length: int, added: int) -> None:
    for name, number in (("--length", length), ("--added", added)):
        if not 0 <= number <= _LONGEST:
            raise InputError(t("no_length", n=number), where=name, expected=f"0 … {_LONGEST}")


def _roll(text: str) -> Roll:
    name = text.strip().lower().replace("-", "_")
    if name not in list(Roll):
        raise InputError(t("no_roll", text=text[:40]), where="--roll", expected=", ".join(Roll))
    return Roll(name)


def _zone(text: str) -> tzinfo:
    try:
        return zone_named(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        raise InputError(t("no_zone", text=text[:40]), where="--zone", expected="Asia/Shanghai, UTC, …") from None


def _moment(text: str, zone: tzinfo, where: str) -> datetime:
    """A moment; a date means its first one, and without an offset it is local."""
    try:
        if len(text.strip()) <= len("2026-02-13"):
            return datetime.combine(date.fromisoformat(text.strip()), time(), zone).astimezone(UTC)
        when = datetime.fromisoformat(text.strip())
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            t("no_time", text=text[:40]), where=where, expected="2026-02-13, 2026-02-13T09:00, …+08:00"
        ) from None


def _pause(text: str, zone: tzinfo) -> Pause:
    since, dots, until = text.partition("..")
    if dots:
        pause = _moment(since, zone, "--pause"), _moment(until, zone, "--pause")
        if pause[0] < pause[1]:
            return pause
    raise InputError(t("no_pause", text=text[:60]), where="--pause", expected="2026-02-14..2026-02-20")


def _calendar(text: str) -> Calendar:
    """A calendar that ships, bare weekdays, or the one in a file. Raises InputError, PolicyError."""
    if text in BUNDLED:
        return BUNDLED[text]()
    if text == NO_CALENDAR.id:
        return NO_CALENDAR
    path = Path(text)
    if path.suffix.lower() not in (".toml", ".json"):
        known = ", ".join((*BUNDLED, NO_CALENDAR.id))
        raise InputError(
            t("no_calendar", text=text[:80]), where="--calendar", expected=f"{known}, FILE.toml, FILE.json"
        )
    if not path.is_file():
        raise InputError(t("no_file", path=text), where="--calendar")
    return load_calendar(path)
