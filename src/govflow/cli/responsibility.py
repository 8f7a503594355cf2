"""`govflow responsibility`: in whose hands records were, and for how much working time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any

import typer
from rich.text import Text

from govflow.audit.accounting.responsibility import Account, Accountant, Share, Stay, Summary, summed
from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import existing, moment, progress
from govflow.cli.reads import Asked, reads
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.hands import Hands

_TICK = timedelta(microseconds=1)
Ids = Annotated[list[str] | None, typer.Argument(help="argument.ids", metavar="ID…", show_default=False)]


@reads()
def responsibility(
    asked: Asked,
    ids: Ids = None,
    *,
    since: Annotated[
        str | None, typer.Option("--from", help="option.since", metavar="MOMENT", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="option.up_to", metavar="MOMENT", show_default=False)
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="option.of_kind", metavar="KIND", show_default=False)
    ] = None,
) -> None:
    """Account for whose hands records were in."""
    with asked.opened() as (engine, seen), progress(t("responsibility.reading")) as tell:
        zone, now = engine.policy.zone, engine.now()
        first, last = edge(since, zone), edge(until, zone, is_end=True)
        if first is not None and last is not None and last <= first:
            raise InputError(t("responsibility.order"), where="--to", expected=f"> {first.isoformat()}")
        if kind is not None and kind not in seen.deciders:
            raise InputError(t("no_workflow", name=kind[:40]), where="--kind", expected=", ".join(seen.deciders))
        accountant = Accountant(seen)
        kept: list[Account] = []
        for id in dict.fromkeys(ids or ()):
            existing(seen, id)
            kept.append(accountant.account(id, now, since=first, until=last))
        kept = [each for each in kept if kind in (None, each.kind)]
        every = kept if ids else _told(accountant.accounts(now, since=first, until=last), tell)
        found = summed(each for each in every if kind in (None, each.kind))
        if asked.json:
            print_json(_as_json(kept, found, now, first, last))
        else:
            _print(engine, kept, found, min(now, last or now))


def edge(text: str | None, zone: tzinfo, *, is_end: bool = False) -> datetime | None:
    """The edge of a period: a moment, or of a date its beginning or its end (the beginning of the next day).

    Raises InputError.
    """
    found = moment(text, zone)
    if found is None or text is None or len(text) > len("2026-03-02"):
        return found
    try:
        edge = datetime.combine(found.date() + timedelta(days=is_end), time(), zone)
        edge.astimezone(UTC)
        return edge
    except OverflowError:  # the ends of the calendar
        raise InputError(t("no_moment", text=text[:40]), expected="2026-03-02") from None


def _told(accounts: Iterable[Account], tell: Callable[[int, int | None], None] | None) -> Iterator[Account]:
    for number, each in enumerate(accounts, 1):
        if tell is not None and number % 100 == 0:
            tell(number, None)
        yield each


# --- for programs ----------------------------------------------------------------------------------------------------


def _as_json(
    kept: Iterable[Account], found: Summary, now: datetime, since: datetime | None, until: datetime | None
) -> dict[str, Any]:
    return {
        "now": now.isoformat(),
        "from": since and since.isoformat(),
        "to": until and until.isoformat(),
        "records": [
            {
                "record": each.record,
                "kind": each.kind,
                "ended": each.ended and each.ended.isoformat(),
                "stays": [_stay_as_json(stay) for stay in each.stays],
            }
            for each in kept
        ],
        "total": _share_as_json(found.whole, found.whole),
        "units": [_share_as_json(each, found.whole) for each in found.units],
        "levels": [_share_as_json(each, found.whole) for each in found.levels],
    }


def _stay_as_json(stay: Stay) -> dict[str, Any]:
    return {
        "since": stay.since.isoformat(),
        "until": stay.until.isoformat(),
        **stay.hands._asdict(),
        "waiting": stay.waiting,
        "worked_us": stay.worked // _TICK,
        "elapsed_us": stay.elapsed // _TICK,
        "calendar": stay.calendar,
        "provisional": stay.provisional,
    }


def _share_as_json(share: Share, whole: Share) -> dict[str, Any]:
    part = share.part_of(whole)
    return {
        "of": share.of,
        "records": share.records,
        "worked_us": share.worked // _TICK,
        "waiting_us": share.waiting // _TICK,
        "elapsed_us": share.elapsed // _TICK,
        "share": None if part is None else f"{part.numerator}/{part.denominator}",
        "longest_us": share.longest // _TICK,
        "longest_record": share.longest_record,
    }


# --- for readers -----------------------------------------------------------------------------------------------------


def _print(engine: Engine, kept: list[Account], found: Summary, now: datetime) -> None:
    out = console()
    for account in kept:
        _print_account(engine, account, now)
    if not found.whole.records:
        out.print(t("responsibility.nothing"))
        return
    out.print(t("responsibility.by_unit"), style="bold")
    out.print(_shares(found.units, found.whole, _named_holder, t("responsibility.hands")))
    out.print(f"\n{t('responsibility.by_level')}", style="bold")
    out.print(_shares(found.levels, found.whole, _named_level, t("responsibility.level")))


def _print_account(engine: Engine, account: Account, now: datetime) -> None:
    out = console()
    out.print(Text.assemble((account.record, "bold"), clean(f"  {engine.get(account.record).title_line}")))
    heads = (
        t("responsibility.from"),
        t("responsibility.hands"),
        t("responsibility.level"),
        t("responsibility.worked"),
        t("responsibility.waiting"),
        t("responsibility.elapsed"),
    )
    if account.stays:
        out.print(table(*heads, rows=[_stay_row(engine, each) for each in account.stays], keep=(0, 1, 3)))
        last = account.stays[-1].until
        ending = "ended" if last == account.ended else "now" if last == now else "until"
        out.print(t(f"responsibility.{ending}", at=words.instant(last, engine.policy.zone)))
    else:
        out.print(t("responsibility.nothing"))
    if any(each.provisional for each in account.stays):
        out.print(t("responsibility.provisional"))
    out.print()


def _stay_row(engine: Engine, stay: Stay) -> tuple[str, ...]:
    worked = span(stay.worked) + (" ?" if stay.provisional else "")
    waiting = span(stay.worked) if stay.waiting else ""
    hands = words.hands(stay.hands) or t("responsibility.nobody")
    return (
        words.when(stay.since, engine),
        hands,
        _named_level(stay.hands.level),
        worked,
        waiting,
        words.age(stay.elapsed),
    )


def _shares(shares: Iterable[Share], whole: Share, name: Callable[[str], str], head: str) -> Any:
    heads = (
        head,
        t("records"),
        t("responsibility.worked"),
        t("responsibility.waiting"),
        t("responsibility.share"),
        t("responsibility.longest"),
    )
    rows = [_share_row(name(each.of), each, whole) for each in shares]
    return table(*heads, rows=[*rows, _share_row(t("responsibility.total"), whole, whole)], keep=(0, 1, 2, 4))


def _share_row(name: str, share: Share, whole: Share) -> tuple[str, ...]:
    part = share.part_of(whole)
    percent = "" if part is None else t("percent", n="{}.{}".format(*divmod(round(part * 1000), 10)))
    longest = f"{span(share.longest)} {share.longest_record}"
    return (
        name,
        f"{share.records:,}",
        span(share.worked),
        span(share.waiting) if share.waiting else "",
        percent,
        longest,
    )


def _named_holder(of: str) -> str:
    """A unit as it is, a role in brackets by its term."""
    if not of.startswith("("):
        return of or t("responsibility.nobody")
    return words.hands(Hands(role=of[1:-1]))


def _named_level(of: str) -> str:
    return words.term("level", of) or t("responsibility.no_level")


def span(length: timedelta) -> str:
    """A length of working time as hours:minutes:seconds; parts of a second are left out."""
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
