"""`govflow demo`: real requests of a city, then a case, a dispute, a motion and a project of an invented town."""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from importlib.resources import as_file, files
from pathlib import Path

from rich.text import Text

from govflow.actors import SYSTEM
from govflow.cases import CASE
from govflow.cli import demo_dispute, demo_motion, demo_project, demo_story, words
from govflow.cli.demo_telling import moment, tell
from govflow.cli.display import LATE, SOFT, console, table
from govflow.cli.files import print_bad_row, print_report
from govflow.cli.logs import progress
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.envelopes import ENVELOPE
from govflow.errors import InputError
from govflow.hands import unit_of
from govflow.interchange.importing import import_rows
from govflow.interchange.mapping import shipped_mapping
from govflow.interchange.policy_files import example_text, policy_from
from govflow.organisation import DIRECTORY
from govflow.organisation.importing import import_directory
from govflow.policy import Policy, Then
from govflow.projects import PROJECT
from govflow.proposals import PROPOSAL
from govflow.records import Record
from govflow.resources import RESOURCE
from govflow.workflow import Rest
from govflow.writing import utc_now

_BEFORE = "02-13 08:00"  # the morning on which the story begins
_TABLES = ("areas.csv", "units.csv", "appointments.csv")
_BAR = 24


class StoryClock:
    """Stands where the story is; once it is told, the time of the machine."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def __call__(self) -> datetime:
        return self.moment or utc_now()

    def set(self, moment: datetime) -> None:
        """Move to where the story is."""
        self.moment = moment


def run_demo(db: Path | None) -> None:
    """Import the sample, tell the story, show who holds what. Raises InputError where something stands in the way."""
    path = db or Path(tempfile.mkdtemp(prefix="govflow-")) / "demo.db"
    if path.exists():
        raise InputError(t("demo.exists", path=path), where="--db", expected=t("demo.new_log"))
    clock = StoryClock()
    clock.moment = moment(_BEFORE)
    # duties that come round every day and week are not part of the story
    records = (CASE, PROPOSAL, PROJECT, ENVELOPE, RESOURCE, DIRECTORY)
    with Engine.open(path, policy=_policy_of_the_town(), records=records, now=clock) as engine:
        _head(t("demo.import"))
        _import_requests(engine)

        _head(t("demo.story"))
        _import_directory(engine)
        console().print(t("demo.clock"), style=SOFT)
        (id,) = tell(engine, clock.set, demo_story.story())

        _head(t("demo.dispute"))
        console().print(t("demo.dispute_clock"), style=SOFT)
        dispute, twin = tell(engine, clock.set, demo_dispute.story())

        _head(t("demo.motion"))
        console().print(t("demo.motion_rule"), style=SOFT)
        (motion,) = tell(engine, clock.set, demo_motion.story())

        _head(t("demo.project"))
        console().print(t("demo.project_rule"), style=SOFT)
        (project,) = tell(engine, clock.set, demo_project.story())
        clock.moment = None

        _head(t("demo.hands"))
        _by_state(engine)
        _by_department(engine)
        _longest_overdue(engine)

    _head(t("demo.next"))
    out = console()
    out.print(f"DB={path}", style="bold", soft_wrap=True)
    for line, why in _next_commands(id, dispute, twin, motion, project):
        out.print(f"{_program()} {line}", soft_wrap=True)
        out.print(f"    {why}", style=SOFT)


def _head(text: str) -> None:
    out = console()
    out.print()
    out.rule(text, align="left")


# --- what the story stands on ----------------------------------------------------------------------------------------


def _policy_of_the_town() -> Policy:
    """The policy that ships as an example, with room for Boston's categories, in force before the story begins.

    It warns when five and six of the seven working days are used up: both while the computer is off. What is late with
    the town's own units is not raised to the district: they are reminded, the next day.
    """
    town = policy_from(tomllib.loads(example_text())).policy
    assert town is not None
    remind = {"then": Then.REMIND, "after": 1}
    escalations = (each.changed(**remind) if each.id == "handling.town" else each for each in town.escalations)
    changes = {"version": f"{town.version}-demo", "effective_from": date(2026, 1, 1), "open_catalogue": True}
    return town.changed(**changes, warn_at=(70, 80), escalations=tuple(escalations))


def _import_requests(engine: Engine) -> None:
    """The sample of a city's requests; what of it is overdue is marked so by a first tick."""
    sample = files("govflow") / "data" / "boston311-sample.csv"
    with as_file(sample) as file, progress(t("importing", file=file.name)) as heard:
        imported = import_rows(engine, file, shipped_mapping("boston311"), progress=heard, on_bad=print_bad_row)
    print_report(imported)
    console().print(t("demo.ticked", n=engine.tick().done["overdue"]))


def _import_directory(engine: Engine) -> None:
    """The town's directory: who may do what is answered from it alone."""
    folder = files("govflow") / "data" / "directory"
    rows = {name: list(csv.DictReader((folder / name).read_text("utf-8").splitlines())) for name in _TABLES}
    lines = {name: enumerate(each, 2) for name, each in rows.items()}
    import_directory(engine.handle_all, lines, None, by=SYSTEM, zone=engine.policy.zone, deciders=engine.deciders)
    units, people = len(rows["units.csv"]), len({each["actor"] for each in rows["appointments.csv"]})
    console().print(t("demo.town", policy=engine.policy.key, units=units, people=people))


# --- who holds what --------------------------------------------------------------------------------------------------


def _bar(parts: list[tuple[int, str, str]], most: int) -> Text:
    """A bar of blocks: (count, block, style) …, the longest bar of the picture standing for `most`."""
    bar = Text()
    for count, block, style in parts:
        bar.append(block * max(round(count * _BAR / most), 1) if count else "", style)
    return bar


def _cases(engine: Engine) -> Iterator[Record]:
    return (record for record in engine.records() if record.kind_of_record == "case")


def _by_state(engine: Engine) -> None:
    counts: Counter[str] = Counter(record.status for record in _cases(engine))
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
    for record in _cases(engine):
        decider = engine.deciders[record.kind_of_record]
        unit = unit_of(record) or words.holder(decider, record)
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
    for record in _cases(engine):
        loops = engine.deciders[record.kind_of_record].open_loops(record)
        if words.record_is_overdue(record, loops, now) and (due := words.next_due(record, loops)):
            found.append((due, record))
    rows = [
        (record.id, unit_of(record), words.until(due, engine, date=True), record.title_line)
        for due, record in sorted(found, key=lambda each: each[0])[:3]
    ]
    out = console()
    out.print(f"\n{t('demo.longest')}")
    out.print(table(t("id"), t("unit"), t("due"), t("title"), rows=rows, elastic=3, keep=(0, 1, 2)))


# --- what next -------------------------------------------------------------------------------------------------------


def _next_commands(id: str, dispute: str, twin: str, motion: str, project: str) -> list[tuple[str, str]]:
    close = f"""'{{"command": "case.reopen", "id": "{id}", "by": {{"id": "x"}}}}'"""
    speak = "" if lang() == "en" else " --lang zh-CN"
    limit = "--start 2026-02-13 --length 5 --unit workdays"
    return [
        (f"timeline {id} --db $DB{speak}", t("demo.try_timeline")),
        (f"show {id} --db $DB{speak}", t("demo.try_show")),
        (f"show {dispute} --db $DB{speak}", t("demo.try_dispute")),
        (f"loops {twin} --db $DB{speak}", t("demo.try_twin")),
        (f"propose page {motion} -o $DB.html --db $DB{speak}", t("demo.try_page")),
        (f"vote export {motion} -o $DB.jsonl --db $DB{speak}", t("demo.try_export")),
        (f"recount --bundle $DB.jsonl{speak}", t("demo.try_recount")),
        (f"project page {project} -o $DB.roofs.html --db $DB{speak}", t("demo.try_project_page")),
        (f"project accounts {project} --db $DB{speak}", t("demo.try_accounts")),
        (f"loops --overdue --db $DB{speak}", t("demo.try_loops")),
        (f"list --overdue --db $DB{speak}", t("demo.try_list")),
        (f"tick --db $DB{speak}", t("demo.try_tick")),
        (f"due --explain{speak} \\\n  {limit}", t("demo.try_due")),
        (f"replay {id} --at 2026-03-02 --db $DB{speak}", t("demo.try_replay")),
        (f"why {id} --version 4 --db $DB{speak}", t("demo.try_why")),
        (f"responsibility {id} --db $DB{speak}", t("demo.try_responsibility")),
        (f"report {id} -o $DB.report.html --db $DB{speak}", t("demo.try_report")),
        (f"privacy show s-mei --basis 'PIPL 45' --as bh-012 --db $DB{speak}", t("demo.try_privacy")),
        (f"checkpoint sign --db $DB{speak}", t("demo.try_sign")),
        (f"verify --db $DB{speak}", t("demo.try_verify")),
        (f"why-not --db $DB{speak} \\\n  {close}", t("demo.try_why_not")),
        (f"workflows case{speak}", t("demo.try_workflows")),
        (f"workflows mediation{speak}", t("demo.try_mediation")),
    ]


def _program() -> str:
    """How this program was called, so that the lines can be copied."""
    name = sys.argv[0]
    if os.path.basename(name) != "govflow":
        return "python -m govflow"
    on_path = shutil.which("govflow")
    if name == "govflow" or (on_path and os.path.exists(name) and os.path.samefile(on_path, name)):
        return "govflow"
    return min(os.path.relpath(name), os.path.abspath(name), key=len)
