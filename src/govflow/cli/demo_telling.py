"""Tells the story of the demo: each step is done at its time, and told in a line or two of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from rich.table import Table
from rich.text import Text

from govflow.cli import words
from govflow.cli.demo_story import TITLE, Approved, Shown, Told, moment, report, story
from govflow.cli.display import LATE, SOFT, console
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import NotAllowed
from govflow.messages import Command
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.ticking import Fired

_BEGINS = "02-13 09:05"
_IN_FEW_WORDS = ("rule", "start", "makeup_workday", "holiday", "end")  # of the lines that say why a limit ends


def tell(engine: Engine, set_clock: Callable[[datetime], object]) -> str:
    """Do every step at its time and tell it; the id of the case."""
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True, style=SOFT)
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")

    set_clock(moment(_BEGINS))
    id = engine.handle(report(TITLE[is_zh()])).id
    lines.add_row(_BEGINS, _done(), Text(t("demo.reported", title=TITLE[is_zh()], id=id)))
    for step in story(id):
        set_clock(moment(step.at))
        below, refused = _do(engine, id, step)
        assert (refused is not None) is step.is_refused, f"the story went another way at: {step.en}"
        lines.add_row(step.at, _done() if refused is None else Text("✗", LATE), Text(step.zh if is_zh() else step.en))
        if refused is not None:
            lines.add_row("", "", _said_no(engine, refused))
        for line in below:
            lines.add_row("", "", Text(f"· {line}", SOFT))
    console().print(lines)
    return id


def _done() -> Text:
    return Text("✓", "green")


def _do(engine: Engine, id: str, step: Told) -> tuple[list[str], NotAllowed | None]:
    """Do a step: what is shown below it, and the refusal if it was refused."""
    if step.shown is Shown.FIRED:
        fired: list[Fired] = []
        engine.tick(on_fired=fired.append)
        return [_fired_line(engine, each) for each in fired] or [t("demo.fired.nothing")], None
    try:
        for each in step.commands:
            engine.handle(_approved(engine, each) if isinstance(each, Approved) else each)
    except NotAllowed as refused:
        return [], refused
    return list(_shown(engine, id, step.shown)), None


def _approved(engine: Engine, wanted: Approved) -> Command:
    """The command, after leave for it was asked for and given."""
    command = wanted.command
    assert command.id is not None
    asked = engine.handle(RequestApproval.of(command, engine.get(command.id)))
    key = list(asked.items_of("approval"))[-1]
    engine.handle(GiveApproval(id=command.id, by=wanted.by, item=key))
    return command


def _shown(engine: Engine, id: str, shown: Shown) -> Iterator[str]:
    """Why the handling limit ends when it does, in few words, or from when to when it has just moved."""
    if shown is Shown.DUE:
        (why,) = engine.why_due(id, "handling")
        yield from (line.zh if is_zh() else line.en for line in why.lines if line.code in _IN_FEW_WORDS)
    elif shown is Shown.MOVED:
        clock = engine.get(id).clocks["handling"]
        yield t("demo.moved", due=words.until(clock.due, engine), earlier=words.until(clock.earlier[-1], engine))


def _fired_line(engine: Engine, fired: Fired) -> str:
    """One thing that a tick did: when it was due, and when it was recorded."""
    kind, _, which = fired.kind.partition(" ")
    told = t(f"demo.fired.{kind}", which=which)
    return t("demo.fired", what=told, due=words.until(fired.due, engine)[5:], recorded=f"{_now(engine):%m-%d %H:%M}")


def _now(engine: Engine) -> datetime:
    return engine.now().astimezone(engine.policy.zone)


def _said_no(engine: Engine, refused: NotAllowed) -> Text:
    """A refusal, one broken rule a line, its details below it: open loops in the reader's own words."""
    told = Text()
    for broken in refused.broken:
        told.append(f"{broken.code}: ", LATE).append((broken.zh if is_zh() else broken.en) + "\n", "red")
        details = [getattr(each, "zh", each) if is_zh() else each for each in broken.detail]
        if broken.code == "no_loop_is_open" and refused.record:
            details = [words.loop_line(engine, loop) for loop in engine.open_loops(refused.record)]
        for each in details:
            told.append(f"  · {each}\n", "yellow")
    told.rstrip()
    return told
