"""`govflow demo`: real requests of a city, then one new case through the whole closed loop."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from rich.table import Table
from rich.text import Text

from govflow.cli import words
from govflow.cli.demo_story import TITLE, report, story
from govflow.cli.display import LATE, SOFT, console, table
from govflow.cli.files import print_bad_row, print_report
from govflow.cli.logs import progress
from govflow.cli.texts import is_zh, lang, t
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.interchange.importing import import_rows
from govflow.interchange.mapping import shipped_mapping
from govflow.messages import Command
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.workflow import Rest
from govflow.writing import utc_now

_DAYS = 9  # the story began so many days ago and has ended by now
_BAR = 24


class StoryClock:
    """Stands where the story is; once it is told, the time of the machine."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def __call__(self) -> datetime:
        return self.moment or utc_now()


def run_demo(db: Path | None) -> None:
    """Import the sample, tell the story, show who holds what. Raises InputError where something stands in the way."""
    path = db or Path(tempfile.mkdtemp(prefix="govflow-")) / "demo.db"
    if path.exists():
        raise InputError(t("demo.exists", path=path), where="--db", expected=t("demo.new_log"))
    mapping = shipped_mapping("boston311")
    policy = Policy.model_validate({**DEFAULT_POLICY.model_dump(), "id": "demo", "time_zone": mapping.time_zone})
    clock = StoryClock()
    start = datetime.now(policy.zone).date() - timedelta(days=_DAYS)
    clock.moment = datetime.combine(start, time(8), policy.zone).astimezone(UTC)
    out = console()
    with Engine.open(path, policy=policy, now=clock) as engine:
        _head(t("demo.import"))
        sample = files("govflow") / "data" / "boston311-sample.csv"
        with as_file(sample) as file, progress(t("importing", file=file.name)) as tell:
            imported = import_rows(engine, file, mapping, progress=tell, on_bad=print_bad_row)
        print_report(imported)

        _head(t("demo.story"))
        id = _tell(engine, clock)
        clock.moment = None

        _head(t("demo.hands"))
        _by_state(engine)
        _by_department(engine)
        _longest_overdue(engine)

    _head(t("demo.next"))
    out.print(f"DB={path}", style="bold", soft_wrap=True)
    for line, why in _next_commands(id):
        out.print(f"{_program()} {line}", soft_wrap=True)
        out.print(f"    {why}", style=SOFT)


def _head(text: str) -> None:
    out = console()
    out.print()
    out.rule(text, align="left")


# --- the story -------------------------------------------------------------------------------------------------------


def _tell(engine: Engine, clock: StoryClock) -> str:
    """Do every step at its time and tell it in a line; the id of the case."""
    out, zh = console(), is_zh()
    out.print(t("demo.clock", days=_DAYS), style=SOFT)
    start = engine.now().astimezone(engine.policy.zone).date()
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True, style=SOFT)
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")

    def done(day: int, at: str, command: Command, sentence: str) -> str | None:
        when = datetime.combine(start + timedelta(days=day), time.fromisoformat(at), engine.policy.zone)
        clock.moment = when.astimezone(UTC)
        try:
            id = engine.handle(command).id
        except NotAllowed as refused:
            lines.add_row(f"{when:%m-%d %H:%M}", Text("✗", LATE), Text(sentence))
            lines.add_row("", "", _said_no(engine, refused))
            return None
        lines.add_row(f"{when:%m-%d %H:%M}", Text("✓", "green"), Text(sentence.format(id=id)))
        return id

    id = done(0, "09:05", report(TITLE[zh]), t("demo.reported").replace("{title}", TITLE[zh]))
    assert id is not None, "the story did not begin"
    road_due = datetime.combine(start + timedelta(days=5), time(18), engine.policy.zone)
    for step in story(id, road_due):
        went = done(step.day, step.time, step.command, step.zh if zh else step.en)
        assert (went is None) is step.is_refused, f"the story went another way at: {step.en}"
    out.print(lines)
    return id


def _said_no(engine: Engine, refused: NotAllowed) -> Text:
    """A refusal, one broken rule a line, its details below it: open loops in the reader's own words."""
    told = Text()
    for broken in refused.broken:
        told.append(f"{broken.code}: ", LATE).append((broken.zh if is_zh() else broken.en) + "\n", "red")
        details = broken.detail
        if broken.code == "no_loop_is_open" and refused.record:
            details = tuple(words.loop_line(engine, loop) for loop in engine.open_loops(refused.record))
        for each in details:
            told.append(f"  · {each}\n", "yellow")
    told.rstrip()
    return told


# --- who holds what --------------------------------------------------------------------------------------------------


def _bar(parts: list[tuple[int, str, str]], most: int) -> Text:
    """A bar of blocks: (count, block, style) …, the longest bar of the picture standing for `most`."""
    bar = Text()
    for count, block, style in parts:
        bar.append(block * max(round(count * _BAR / most), 1) if count else "", style)
    return bar


def _by_state(engine: Engine) -> None:
    counts: Counter[str] = Counter(record.status for record in engine.records())
    most = max(counts.values(), default=0)
    flow = engine.deciders["case"].workflow
    order = [status.value for status in flow.statuses if counts[status.value]]
    rows = [
        (words.state(flow, status), str(counts[status]), _bar([(counts[status], "█", "cyan")], most))
        for status in order
    ]
    console().print(table(t("state"), t("records"), "", rows=rows, keep=(0, 1, 2)))


def _by_department(engine: Engine) -> None:
    """Per unit: what it holds, how much of that is overdue, what it has closed."""
    now = engine.now()
    held, late, closed = Counter[str](), Counter[str](), Counter[str]()
    for record in engine.records():
        decider = engine.deciders[record.kind_of_record]
        unit = words.unit_of(record) or words.holder(decider, record)
        if decider.workflow.rests[record.status] is not Rest.OPEN:
            closed[unit] += 1
        else:
            held[unit] += 1
            late[unit] += words.record_is_overdue(record, decider.open_loops(record), now)
    units = sorted(held | closed, key=lambda unit: (-held[unit] - closed[unit], unit))
    most = max(held[unit] + closed[unit] for unit in units)
    rows = [
        (unit, str(held[unit]), Text(str(late[unit]), LATE if late[unit] else ""), str(closed[unit]),
         _bar([(late[unit], "█", "red"), (held[unit] - late[unit], "▓", "yellow"), (closed[unit], "░", "green")], most))
        for unit in units
    ]  # fmt: skip
    out = console()
    out.print()
    columns = (t("demo.department"), t("demo.held"), t("demo.overdue"), t("demo.closed"), "")
    out.print(table(*columns, rows=rows, keep=(0, 1, 2, 3, 4)))
    out.print(t("demo.legend"), style=SOFT)


def _longest_overdue(engine: Engine) -> None:
    now = engine.now()
    found = []
    for record in engine.records():
        loops = engine.deciders[record.kind_of_record].open_loops(record)
        if words.record_is_overdue(record, loops, now) and (due := words.next_due(record, loops)):
            found.append((due, record))
    rows = [
        (record.id, words.unit_of(record), words.until(due, engine, date=True), record.title_line)
        for due, record in sorted(found, key=lambda each: each[0])[:3]
    ]
    out = console()
    out.print(f"\n{t('demo.longest')}")
    out.print(table(t("id"), t("unit"), t("due"), t("title"), rows=rows, elastic=3, keep=(0, 1, 2)))


# --- what next -------------------------------------------------------------------------------------------------------


def _next_commands(id: str) -> list[tuple[str, str]]:
    close = f"""'{{"command": "case.reopen", "id": "{id}", "by": {{"id": "x"}}}}'"""
    speak = "" if lang() == "en" else " --lang zh-CN"
    return [
        (f"timeline {id} --db $DB{speak}", t("demo.try_timeline")),
        (f"show {id} --db $DB{speak}", t("demo.try_show")),
        (f"list --overdue --db $DB{speak}", t("demo.try_list")),
        (f"replay --id {id} --version 12 --db $DB{speak}", t("demo.try_replay")),
        (f"why-not --db $DB{speak} \\\n  {close}", t("demo.try_why_not")),
        (f"workflows case{speak}", t("demo.try_workflows")),
    ]


def _program() -> str:
    """How this program was called, so that the lines can be copied."""
    name = sys.argv[0]
    if os.path.basename(name) != "govflow":
        return "python -m govflow"
    on_path = shutil.which("govflow")
    if on_path and os.path.samefile(on_path, name):
        return "govflow"
    return min(os.path.relpath(name), os.path.abspath(name), key=len)
