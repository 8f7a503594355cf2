"""`govflow directory`: found it, bring it in from tables, show who holds what, and ask who holds a role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfoNotFoundError

import typer
from pydantic import TypeAdapter, ValidationError

from govflow.actors import SYSTEM, Area, Level, Role, covers
from govflow.cli import words
from govflow.cli.directory_display import as_json, post_as_json, posts_of, print_directory, print_posts, standing
from govflow.cli.display import console, print_json, print_json_array
from govflow.cli.logs import Db, Json, Records, moment, opened, served
from govflow.cli.rights import check_role
from govflow.cli.run import DONE, FOUND, clean, complain, said
from govflow.cli.texts import TEXTS, lang, t
from govflow.engine import Engine
from govflow.errors import Broken, InputError, NotAllowed, NotFound
from govflow.interchange.tabular import Table
from govflow.messages import Command
from govflow.organisation import DIRECTORY_ID, Directory, FoundDirectory, planned
from govflow.organisation.cells import Problem, shape_of
from govflow.organisation.importing import Planned, Rows
from govflow.policy import DEFAULT_POLICY
from govflow.policy.model import zone_named

directory = typer.Typer(no_args_is_help=True)

At = Annotated[str | None, typer.Option("--at", help="option.held_at", metavar="MOMENT", show_default=False)]
LevelName = Annotated[str | None, typer.Option("--level", help="option.level", show_default=False)]
EXAMPLE = ("areas.csv", "units.csv", "appointments.csv")
_BY_DEPTH = (Level.DISTRICT, Level.TOWN, Level.COMMUNITY, Level.GRID)


@directory.command("found", help="help.directory_found")
def found(
    db: Db,
    area: Annotated[str, typer.Option("--area", help="option.root_area", show_default=False)],
    title: Annotated[str, typer.Option("--title", help="option.root_title", show_default=False)],
    level: Annotated[str | None, typer.Option("--level", help="option.root_level", show_default=False)] = None,
    records: Records = None,
) -> None:
    """Found the directory of a log."""
    root = _area(area) or ""
    depth = root.count("/")
    if level is None and depth >= len(_BY_DEPTH):
        raise InputError(t("directory.too_deep"), where="--area", expected="--level")
    stands = _level(level) or _BY_DEPTH[depth]
    with opened(db, records, create=True) as engine:
        try:
            engine.handle(FoundDirectory(by=SYSTEM, area=root, level=stands, title=title))
        except NotAllowed as error:
            complain(said(error))
            raise typer.Exit(FOUND) from None
    console().print(t("directory.founded", area=root, level=words.term("level", stands), title=clean(title)))


@directory.command("import", help="help.directory_import")
def import_(
    tables: Annotated[
        list[Path], typer.Argument(help="argument.directory_files", metavar="FILE...", show_default=False)
    ],
    db: Db,
    zone: Annotated[str | None, typer.Option("--zone", help="option.dates_zone", show_default=False)] = None,
    records: Records = None,
) -> None:
    """Bring areas, units and appointments in from tables."""
    flaws: list[Problem] = []
    read = {str(each): _read(each, flaws) for each in tables}
    rows = {file: each for file, each in read.items() if each is not None}
    if len(rows) < len(read):  # what the others say of a table that is not there tells nobody anything
        _refuse_bad(read, flaws)
    local = _zone(zone)
    if not db.exists():  # what is bad begins no log
        kinds = {decider.name: decider for decider in served(records)}
        plan = planned(rows, None, by=SYSTEM, zone=local or DEFAULT_POLICY.zone, deciders=kinds)
        _refuse_bad(rows, [*flaws, *plan.problems])
    with opened(db, records, create=True) as engine:
        plan = _planned(engine, rows, local)
        _refuse_bad(rows, [*flaws, *plan.problems])
        if plan.commands:
            engine.handle_all(plan.commands)
    _print_done(plan.commands)


def _planned(engine: Engine, rows: Mapping[str, Rows], zone: tzinfo | None) -> Planned:
    stands = engine.get(DIRECTORY_ID, Directory) if engine.store.version(DIRECTORY_ID) else None
    return planned(rows, stands, by=SYSTEM, zone=zone or engine.policy.zone, deciders=engine.deciders)


def _read(path: Path, flaws: list[Problem]) -> Rows | None:
    """The rows of a table by its columns; rows that are malformed are told among the flaws.

    A file in another encoding has hardly a line without a flaw: that is told once, and None comes back.
    """
    rows, malformed = [], []
    with Table(path) as table:
        for row in table:
            if row.flaw is None:
                rows.append((row.line, dict(zip(table.header, row.fields, strict=True))))
            elif row.flaw.code == "not_utf8":
                flaws.append(Problem(str(path), row.line, "", *_NOT_UTF8))
                return None
            else:
                malformed.append(_problem(path, row.line, row.flaw))
        if not rows:  # the header of an empty table says by itself whether it is one of ours
            malformed += shape_of(str(path), dict.fromkeys(table.header, ""))[1]
    flaws += malformed
    return rows


_NOT_UTF8 = "the file is not UTF-8 text", "文件不是 UTF-8 文本", "the table saved as CSV UTF-8", "另存为 CSV UTF-8 格式"


def _problem(path: Path, line: int, flaw: Broken) -> Problem:
    wanted = "a row with one cell a column", "每列一个单元格"
    return Problem(str(path), line, "", flaw.sentence("en"), flaw.sentence("zh"), *wanted)


def _refuse_bad(files: Iterable[str], problems: list[Problem]) -> None:
    """Tell every problem in the order of the files, and end; nothing was written."""
    order = list(files)
    for each in sorted(problems, key=lambda problem: (order.index(problem.file), problem.line)):
        complain(each.sentence(lang()))
    if problems:
        complain(t("directory.bad", n=len(problems)))
        raise typer.Exit(FOUND)


def _print_done(commands: tuple[Command, ...]) -> None:
    counts = Counter(command.wire for command in commands)
    parts = [t(f"directory.{wire}", n=f"{count:,}") for wire, count in counts.items()]
    console().print(t("comma").join(parts) if parts else t("directory.unchanged"))


@directory.command("show", help="help.directory_show")
def show(
    db: Db,
    unit: Annotated[str | None, typer.Option("--unit", help="option.one_unit", show_default=False)] = None,
    at: At = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Show areas, units and who holds what."""
    with opened(db, records) as engine:
        stands, when = _directory(engine), _moment(engine, at)
        if unit is not None and unit not in stands.items_of("unit"):
            raise NotFound(t("directory.no_unit", unit=unit[:64]))
        shown, posts = standing(stands, _then(engine, when), when), posts_of(stands, when)
        if json:
            print_json(as_json(shown, posts, unit))
        else:
            print_directory(engine, shown, posts, unit)


@directory.command("who", help="help.directory_who")
def who(
    role: Annotated[str, typer.Argument(help="argument.role", metavar="ROLE", show_default=False)],
    db: Db,
    area: Annotated[str | None, typer.Option("--area", help="option.matter_area", show_default=False)] = None,
    level: LevelName = None,
    at: At = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Tell who holds a role."""
    place, rank = _area(area), _level(level)
    with opened(db, records) as engine:
        name = _role(role, engine)
        when = _moment(engine, at)
        held = [post for post in posts_of(_directory(engine), when) if post.claim.role == name]
        # without an area: whoever holds it anywhere
        found = [post for post in held if covers(post.claim, rank, post.claim.area if place is None else place)]
        if json:
            print_json_array(post_as_json(post) for post in found)
        else:
            print_posts(engine, found)
    raise typer.Exit(DONE if found else FOUND)


@directory.command("example", help="help.directory_example")
def example(
    folder: Annotated[Path, typer.Argument(help="argument.folder", metavar="FOLDER", show_default=False)],
) -> None:
    """Write the tables of an invented town."""
    folder.mkdir(parents=True, exist_ok=True)
    if there := next((folder / name for name in EXAMPLE if (folder / name).exists()), None):
        raise InputError(t("demo.exists", path=there), where="FOLDER", expected=t("demo.new_log"))
    for name in EXAMPLE:
        # with the mark by which spreadsheet programs know UTF-8
        text = (files("govflow") / "data" / "directory" / name).read_text("utf-8")
        (folder / name).write_text(text, "utf-8-sig", newline="\r\n")
        print(folder / name)


# --- what was given --------------------------------------------------------------------------------------------------


def _directory(engine: Engine) -> Directory:
    if not engine.store.version(DIRECTORY_ID):
        raise NotFound(t("directory.none"))
    return engine.get(DIRECTORY_ID, Directory)


def _then(engine: Engine, at: datetime) -> Directory | None:
    """The directory as of a moment, None where it was not founded yet."""
    try:
        then = engine.as_of(DIRECTORY_ID, at)
    except NotFound:
        return None
    assert isinstance(then, Directory)
    return then


def _moment(engine: Engine, at: str | None) -> datetime:
    return moment(at, engine.policy.zone) or engine.now()


def _area(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return TypeAdapter(Area).validate_python(text)
    except ValidationError:
        raise InputError(t("directory.no_area", text=text[:60]), where="--area", expected="beihe/qingxi") from None


def _level(text: str | None) -> Level | None:
    """A level by its identifier or Chinese term."""
    for each in Level:
        if text in (each.value, *TEXTS[f"level.{each.value}"][1].replace(")", "").split("(")):
            return each
    if text is None:
        return None
    raise InputError(t("directory.no_level", text=text[:20]), where="--level", expected=", ".join(Level))


def _role(text: str, engine: Engine) -> str:
    """A role by its identifier or Chinese term."""
    found = next((each.value for each in Role if text == TEXTS[f"role.{each.value}"][1]), text)
    check_role(found, engine, "ROLE")
    return found


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    try:
        return zone_named(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        raise InputError(t("no_zone", text=text[:40]), where="--zone", expected="Asia/Shanghai, UTC, …") from None
