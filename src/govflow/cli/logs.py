"""What commands of the command line have in common: opening a log, the records it serves, moments, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from govflow.audit.bundles.store import is_bundle, open_bundle
from govflow.cli.texts import t
from govflow.decider import Decider
from govflow.engine import Engine, shipped
from govflow.errors import InputError, LogError, NotFound
from govflow.log_events import LOG_STREAM
from govflow.reading import Reader
from govflow.records import Record

Db = Annotated[Path, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="option.json")]
Records = Annotated[
    list[str] | None, typer.Option("--records", help="option.records", metavar="MODULE:NAME", show_default=False)
]
RecordId = Annotated[str, typer.Argument(help="argument.id", metavar="ID", show_default=False)]
_SQLITE = b"SQLite format 3\0"


@contextmanager
def opened(
    path: Path, records: Sequence[str] | None, *, create: bool = False, writing: bool = False
) -> Iterator[Engine]:
    """The engine on the log at `path`, for reading alone unless it is to be written, or made where there is none.

    A bundle of one is read like the log itself, as far as it goes. Raises LogError where there is none and none is to
    be made, InputError where a bundle is to be written.
    """
    deciders = served(records)
    is_new = not path.exists()
    if not is_new and is_bundle(path):
        if writing or create:
            raise InputError(t("bundle.read_only"), where=f"--db {path}", expected=t("bundle.the_log"))
        with open_bundle(path, records=deciders) as engine:
            yield engine
        return
    if not create:
        check_is_log(path)
    with Engine.open(path, records=deciders, create=create, read_only=not (create or writing)) as engine:
        if is_new:
            print(t("new_log", path=path), file=sys.stderr)
        yield engine


def check_is_log(path: Path) -> None:
    """Raise LogError for what is no database at all, and say what it is: SQLite's own words help nobody."""
    if not path.exists():
        raise LogError(t("no_log", path=path))
    if path.is_dir():
        raise LogError(t("log_is_folder", path=path))
    if path.is_file():
        with path.open("rb") as source:
            begins = source.read(len(_SQLITE))
        if begins != _SQLITE:
            raise LogError(t("log_is_other" if begins else "log_is_empty", path=path))


def existing(reader: Reader, id: str) -> Record:
    """The record as it stands now, where the reader may see it. Raises NotFound in the reader's language."""
    if id == LOG_STREAM:
        raise NotFound(t("the_log_itself"))
    try:
        return reader.get(id)
    except NotFound:
        raise NotFound(t("no_record", id=id[:64])) from None


def served(names: Sequence[str] | None) -> tuple[Decider, ...]:
    """The shipped kinds of record and those that `names` (module:NAME) bring; a later one of a name replaces it."""
    found = {decider.name: decider for decider in shipped()}
    for name in names or ():
        for decider in _imported(name):
            found[decider.name] = decider
    return tuple(found.values())


def _imported(name: str) -> tuple[Decider, ...]:
    module, _, attribute = name.partition(":")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())  # a script's path has its own folder, not the one the user stands in
    try:
        value = getattr(import_module(module), attribute)
    except Exception as error:  # the user's module may raise anything
        raise InputError(
            f"{type(error).__name__}: {error}", where=f"--records {name}", expected="module:NAME"
        ) from None
    deciders = (value,) if isinstance(value, Decider) else tuple(value) if isinstance(value, list | tuple) else ()
    if not deciders or not all(isinstance(each, Decider) for each in deciders):
        raise InputError(t("no_decider"), where=f"--records {name}", expected=t("a_decider"))
    return deciders


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """A moment from the command line: ISO 8601, without an offset in the policy's zone; a date means its end."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
        if len(text) <= len("2026-03-02"):
            when = datetime.combine(when.date(), time.max, zone)
        elif when.tzinfo is None:
            when = when.replace(tzinfo=zone)
        when.astimezone(UTC)
        return when
    except (ValueError, OverflowError):  # OverflowError: the ends of the calendar, moved out of it by the offset
        raise InputError(t("no_moment", text=text[:40]), expected="2026-03-02, 2026-03-02T09:00, …+08:00") from None


def content_of(path: Path) -> bytes:
    """What a file holds. Raises InputError where there is none."""
    if not path.is_file():
        raise InputError(t("no_file", path=path))
    return path.read_bytes()


def new_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet."""
    with path.open("xb") as target:
        target.write(content)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A progress bar on a terminal: call it with (done, total); nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    shown = Console(stderr=True)
    # what is printed meanwhile goes above the bar on the same terminal, and to its own file where it has one
    with Progress(*columns, console=shown, transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
