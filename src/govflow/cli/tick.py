"""`govflow tick`: do what has become due, once for cron or again and again as a service that ends in good order."""

from __future__ import annotations

import json as json_text
import re
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.cli import texts, words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Db, Json, Records, moment, opened, progress
from govflow.cli.run import DONE, FOUND, clean, complain, said
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import GovFlowError, InputError
from govflow.ticking import Fired, Tick

_PERIOD = re.compile(r"([0-9]{1,6})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def tick(
    db: Db,
    now: Annotated[str | None, typer.Option("--now", help="option.now", metavar="MOMENT", show_default=False)] = None,
    every: Annotated[str | None, typer.Option("--every", help="option.every", metavar="N", show_default=False)] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="option.verbose")] = False,
    json: Json = False,
    records: Records = None,
) -> None:
    """Do everything that has become due."""
    period = _period(every)
    if period is None:
        refused = _tick_once(db, records, now, verbose=verbose, json=json)
        raise typer.Exit(FOUND if refused else DONE)
    if now is not None:
        raise InputError(t("tick.now_or_every"), where="tick", expected="--now | --every")
    _tick_every(period, db, records, verbose=verbose, json=json)


def _period(text: str | None) -> float | None:
    if text is None:
        return None
    found = _PERIOD.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise InputError(t("tick.no_period", text=text[:20]), where="--every", expected="30s, 5m, 1h")
    return float(int(found[1]) * _SECONDS[found[2]])


# --- once ------------------------------------------------------------------------------------------------------------


def _tick_once(db: Path, records: list[str] | None, now: str | None, *, verbose: bool, json: bool) -> int:
    """One tick, told in full; how many things were refused."""
    with opened(db, records, writing=True) as engine:
        heard = _Heard(engine, verbose=verbose, json=json)
        done = heard.tick(_moment(now, engine))
        if json:
            print_json(heard.as_json(done))
        else:
            _print(engine, done)
    return done.refused


def _moment(text: str | None, engine: Engine) -> datetime | None:
    found = moment(text, engine.policy.zone)
    if found is not None and found > engine.now():
        raise InputError(t("tick.ahead"), where="--now", expected=f"<= {words.when(engine.now(), engine)}")
    return found


def _print(engine: Engine, done: Tick) -> None:
    out = console()
    out.print(t("tick.as_of" if done.done or done.refused else "tick.nothing", now=words.when(done.now, engine)))
    counts = [*done.done.most_common(), *([("refused", done.refused)] if done.refused else [])]
    if counts:
        rows = [(_word(engine, kind), f"{count:,}") for kind, count in counts]
        out.print(table(t("what"), t("tick.count"), rows=rows, keep=(1,)))
    out.print(t("tick.then", next=words.until(done.next, engine)) if done.next else t("tick.no_next"))


# --- again and again -------------------------------------------------------------------------------------------------


def _tick_every(period: float, db: Path, records: list[str] | None, *, verbose: bool, json: bool) -> None:
    """A tick every so many seconds until a signal ends it; what cannot be done now is tried again."""
    with _until_stopped() as stopped:
        with opened(db, records, writing=True):
            pass  # a log that is not there or is none ends it at once
        while True:
            begun = time.monotonic()
            try:
                # opened anew each time: a log that was moved or put back from a backup meanwhile is found again
                _tick_and_tell(db, records, verbose=verbose, json=json)
            except GovFlowError as error:
                complain(said(error))
            if stopped(max(0.0, begun + period - time.monotonic())):
                return


def _tick_and_tell(db: Path, records: list[str] | None, *, verbose: bool, json: bool) -> None:
    """One tick, told in one line if it did anything."""
    with opened(db, records, writing=True) as engine:
        heard = _Heard(engine, verbose=verbose, json=json)
        done = heard.tick(None)
        if not done.done and not done.refused:
            return
        if json:
            print(json_text.dumps(heard.as_json(done), ensure_ascii=False), flush=True)
            return
        counts = [*done.done.most_common(), *([("refused", done.refused)] if done.refused else [])]
        told = [t("tick.part", what=_word(engine, kind), n=f"{count:,}") for kind, count in counts]
        told += [t("tick.next", next=words.until(done.next, engine))] if done.next else []
        print(f"{words.when(done.now, engine)}  {t('comma').join(told)}", flush=True)


@contextmanager
def _until_stopped() -> Iterator[Callable[[float], bool]]:
    """A wait of so many seconds that says whether SIGINT or SIGTERM came: the first is heard, a second ends at once."""
    heard, told = socket.socketpair()
    told.setblocking(False)  # as set_wakeup_fd wants it
    stops = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.getsignal(each) for each in stops}

    def noted(number: int, frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])

    for each in stops:
        signal.signal(each, noted)
    waking = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    try:
        yield lambda seconds: bool(select.select([heard], [], [], seconds)[0])
    finally:
        signal.set_wakeup_fd(waking)
        for number, handler in before.items():
            signal.signal(number, handler)
        heard.close()
        told.close()


# --- what a tick says while it goes on -------------------------------------------------------------------------------


class _Heard:
    """Hears of each thing that one tick does: tells it as it comes, or keeps it for JSON."""

    def __init__(self, engine: Engine, *, verbose: bool, json: bool) -> None:
        self.engine = engine
        self.verbose = verbose
        self.json = json
        self.kept: list[Fired] = []
        self._bar = ExitStack()

    def tick(self, now: datetime | None) -> Tick:
        """Tick, with a progress bar while the log is read and until the first thing is done."""
        with self._bar:
            tell = self._bar.enter_context(progress(t("tick.reading")))
            return self.engine.tick(now, on_fired=self._hear, progress=tell)

    def _hear(self, fired: Fired) -> None:
        self._bar.close()
        if self.json:
            if self.verbose or fired.refused:
                self.kept.append(fired)
        elif fired.refused:
            complain(" ".join(clean(t("tick.refused", what=self._line(fired), why=_why(fired))).split()))
        elif self.verbose:
            print(clean(self._line(fired)), flush=True)

    def _line(self, fired: Fired) -> str:
        return f"{words.until(fired.due, self.engine)}  {_word(self.engine, fired.kind)}  {fired.record}"

    def as_json(self, done: Tick) -> dict[str, Any]:
        """The tick as JSON; `fired` where every single thing is asked for."""
        found: dict[str, Any] = {
            "now": done.now.isoformat(),
            "done": dict(done.done),
            "refused": [_fired_as_json(each) | {"why": _why(each)} for each in self.kept if each.refused],
            "next": done.next.isoformat() if done.next else None,
        }
        if self.verbose:
            found["fired"] = [_fired_as_json(each) for each in self.kept if not each.refused]
        return found


def _fired_as_json(fired: Fired) -> dict[str, str]:
    return {"record": fired.record, "kind": fired.kind, "due": fired.due.isoformat()}


def _why(fired: Fired) -> str:
    """Why it was refused, in the language chosen where both are there."""
    return str(getattr(fired.refused, "zh", fired.refused) if is_zh() else fired.refused)


def _word(engine: Engine, kind: str) -> str:
    """What is done, by a word of the reader's language; by the label of its command where there is none."""
    name, _, which = kind.partition(" ")
    if which:
        return t(f"tick.{name}.of", which=which) if texts.has(f"tick.{name}.of") else f"{t(f'tick.{name}')} {which}"
    if texts.has(f"tick.{name}"):
        return t(f"tick.{name}")
    return words.labels(engine.deciders.values()).get(name, name)
