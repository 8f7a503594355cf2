"""Tells a story of the demo: each step is done at its time, and told in a line or two of what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from govflow.actors import Actor
from govflow.cases.commands import ReportCase
from govflow.cli import words
from govflow.cli.display import LATE, SOFT, console, print_loops
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import NotAllowed
from govflow.messages import Command
from govflow.projects.commands import ProposeProject
from govflow.projects.model import JointProject
from govflow.proposals.commands import DraftProposal
from govflow.recounting import recount
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.ticking import Fired

_IN_FEW_WORDS = ("rule", "start", "makeup_workday", "holiday", "end")  # of the lines that say why a limit ends
_BEGUN = {ReportCase: "demo.reported", DraftProposal: "demo.proposed", ProposeProject: "demo.needed"}
_IN_FEWER = ("rule", "holiday", "end")

# --- what a story is made of -----------------------------------------------------------------------------------------


class Approved(NamedTuple):
    """A command that is given after `by` has approved this very command."""

    command: Command
    by: Actor


class Shown(Enum):
    """What stands below a step: why a limit ends (or in fewer words), a move, what fired, what is owed, a result."""

    NOTHING = "nothing"
    DUE = "due"
    ENDS = "ends"
    MOVED = "moved"
    FIRED = "fired"
    LOOPS = "loops"
    RESULT = "result"
    SCORE = "score"


class Told(NamedTuple):
    """One step: when (Beijing time, 2026), its commands, how it is told, what is shown, whether it is to be refused.

    A step that shows what fired is a tick. `clock` is the limit that is shown; `about` the case that a tick is told of,
    all of the story where it names none.
    """

    at: str
    commands: tuple[Command | Approved, ...]
    en: str
    zh: str
    shown: Shown = Shown.NOTHING
    is_refused: bool = False
    clock: str = "handling"
    about: str = ""


class Story(NamedTuple):
    """The reports, drafts or needs that begin it, with their moments, and what follows once they have numbers."""

    reports: Sequence[tuple[str, ReportCase | DraftProposal | ProposeProject]]
    steps: Callable[..., list[Told]]


def moment(at: str) -> datetime:
    """A moment of the story: `02-13 09:05` is in 2026, in China."""
    return datetime.fromisoformat(f"2026-{at}+08:00")


def said(en: str, zh: str) -> str:
    """What somebody of the story writes, in the language it is told in."""
    return zh if is_zh() else en


def photo(id: str, who: Actor, key: str) -> Command:
    """A photo on file under that key."""
    digest = hashlib.sha256(f"the photo of the {key}".encode()).hexdigest()
    return AddEvidence(
        id=id, by=who, item=key, kind="photo", media_type="image/jpeg", reference=f"{key}.jpg", sha256=digest
    )


# --- telling it ------------------------------------------------------------------------------------------------------


def tell(engine: Engine, set_clock: Callable[[datetime], object], story: Story) -> tuple[str, ...]:
    """Do every step at its time and tell it; the ids of its cases."""
    lines, ids = _lines(), []
    for at, report in story.reports:
        set_clock(moment(at))
        ids.append(engine.handle(report).id)
        begun = _BEGUN[type(report)]
        lines.add_row(at, _done(), Text(t(begun, title=report.title, id=ids[-1])))
    for step in story.steps(*ids):
        set_clock(moment(step.at))
        below, refused = _do(engine, ids, step)
        assert (refused is not None) is step.is_refused, f"the story went another way at: {step.en} {refused}"
        lines.add_row(step.at, _done() if refused is None else Text("✗", LATE), Text(step.zh if is_zh() else step.en))
        if refused is not None:
            lines.add_row("", "", _said_no(engine, refused))
        for line in below:
            lines.add_row("", "", Text(f"· {line}", SOFT))
        if step.shown is Shown.LOOPS:
            console().print(lines)
            _print_loops(engine, _record_of(step))
            lines = _lines()
    console().print(lines)
    return tuple(ids)


def _lines() -> Table:
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True, style=SOFT, width=len("02-13 09:05"))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    return lines


def _done() -> Text:
    return Text("✓", "green")


def _do(engine: Engine, ids: Sequence[str], step: Told) -> tuple[list[str], NotAllowed | None]:
    """Do a step: what is shown below it, and the refusal if it was refused."""
    if step.shown is Shown.FIRED:
        fired: list[Fired] = []
        engine.tick(on_fired=fired.append)
        told = [_fired_line(engine, each) for each in fired if each.record in ((step.about,) if step.about else ids)]
        return told or [t("demo.fired.nothing")], None
    try:
        for each in step.commands:
            engine.handle(_approved(engine, each) if isinstance(each, Approved) else each)
    except NotAllowed as refused:
        return [], refused
    return list(_shown(engine, step)), None


def _approved(engine: Engine, wanted: Approved) -> Command:
    """The command, after leave for it was asked for and given."""
    command = wanted.command
    assert command.id is not None
    asked = engine.handle(RequestApproval.of(command, engine.get(command.id)))
    key = list(asked.items_of("approval"))[-1]
    engine.handle(GiveApproval(id=command.id, by=wanted.by, item=key))
    return command


def _record_of(step: Told) -> str:
    first = step.commands[0]
    id = first.command.id if isinstance(first, Approved) else first.id
    assert id is not None
    return id


def _shown(engine: Engine, step: Told) -> Iterator[str]:
    """Why the limit ends when it does, in few words; from when to when it has just moved; what a vote came to."""
    if step.shown in (Shown.DUE, Shown.ENDS):
        (why,) = engine.why_due(_record_of(step), step.clock)
        chosen = _IN_FEW_WORDS if step.shown is Shown.DUE else _IN_FEWER
        yield from (line.zh if is_zh() else line.en for line in why.lines if line.code in chosen)
    elif step.shown is Shown.MOVED:
        clock = engine.get(_record_of(step)).clocks[step.clock]
        yield t("demo.moved", due=words.until(clock.due, engine), earlier=words.until(clock.earlier[-1], engine))
    elif step.shown is Shown.RESULT:
        found = recount(engine, _record_of(step))
        yield from (each.zh if is_zh() else each.en for each in (found.counted.why if found.counted else ()))
        yield t("demo.recounted" if found.agrees else "demo.differs", n=found.ballots)
    elif step.shown is Shown.SCORE:
        yield from _scores(engine, _record_of(step))


def _scores(engine: Engine, id: str) -> Iterator[str]:
    """What each side gave, what that weighs, and what it comes to."""
    project = engine.get(id, JointProject)
    result, plan = project.evaluation, project.plan
    assert result is not None
    assert plan is not None
    for each, side in zip(result.sources, plan.sources, strict=True):
        name = side.zh if is_zh() else side.en
        yield t("demo.source", source=name, score=_points(each.score), weight=each.weight, answers=each.answers)
    yield t("demo.score", score=_points(result.score))


def _points(hundredths: int | None) -> str:
    return "-" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02}"


def _print_loops(engine: Engine, id: str) -> None:
    """What `govflow loops` shows of the case at this moment."""
    out = console()
    out.print(f"$ govflow loops {id}", style=SOFT)
    print_loops(engine, engine.get(id), engine.open_loops(id))


def _fired_line(engine: Engine, fired: Fired) -> str:
    """One thing that a tick did: when it was due, and when it was recorded."""
    kind, _, which = fired.kind.partition(" ")
    if kind == "escalation":
        kind = next(f"then.{each.then}" for each in engine.policy.escalations if each.id == which)
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
