"""`govflow policy` and `govflow calendar`: check, show, compare and adopt what a local government tunes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.adoption import misfits
from govflow.calendars import Calendar
from govflow.cli.display import print_json, print_json_array
from govflow.cli.logs import Db, Json, Records, opened, served
from govflow.cli.policy_display import difference_line, print_calendar, print_policy
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import Detail, InputError, PolicyError, Problem
from govflow.interchange.policy_files import example_text, load_calendar, load_policy, read_policy
from govflow.policy import DEFAULT_POLICY, Policy
from govflow.policy.differences import differences
from govflow.policy.model import BUNDLED

policy = typer.Typer(no_args_is_help=True)
calendar = typer.Typer(no_args_is_help=True)

PolicyFile = Annotated[Path, typer.Argument(help="argument.policy_file", metavar="FILE", show_default=False)]
SomeLog = Annotated[Path | None, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)]


@policy.command("check", help="help.policy_check")
def check(file: PolicyFile, db: SomeLog = None, json: Json = False, records: Records = None) -> None:
    """Check a policy file."""
    found = read_policy(_there(file))
    problems = [*found.problems, *misfits(found.parts, served(records))] if vars(found.parts) else [*found.problems]
    if db is not None and found.policy is not None:
        with opened(db, records) as engine:
            problems += _taken(engine, found.policy)
    if json:
        print_json_array(_as_json(each, file) for each in problems)
    else:
        for line in _lines(problems, file):
            print(line)
        if found.policy is not None and not problems:
            _print_fine(found.policy, file)
    raise typer.Exit(FOUND if problems else DONE)


def _taken(engine: Engine, found: Policy) -> Iterator[Problem]:
    """A log knows each version of a policy by one content only."""
    known = engine.log.policies.get(found.key)
    if known is not None and known != found:
        what = Detail(f"{found.key} was adopted with another content", f"{found.key} 已以其他内容通过")
        yield Problem("version", what, Detail("a version of its own", "自己的版本号"))


def _print_fine(found: Policy, file: Path) -> None:
    counts = {"limits": len(found.time_limits), "categories": len(found.categories)}
    counts |= {"rules": len(found.routing), "duties": len(found.obligations), "tracks": len(found.procedures)}
    print(clean(t("policy.fine", file=file, id=found.key, **counts)))


@policy.command("show", help="help.policy_show")
def show(
    name: Annotated[str | None, typer.Argument(help="argument.policy", metavar="POLICY", show_default=False)] = None,
    db: SomeLog = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Show a policy."""
    with _log(db, records) as engine:
        if name is None:
            found = engine.policy if engine is not None else DEFAULT_POLICY
        else:
            found = _policy_named(name, engine)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        print_policy(found)


@policy.command("diff", help="help.policy_diff")
def diff(
    before: Annotated[str, typer.Argument(help="argument.policy", metavar="A", show_default=False)],
    after: Annotated[str, typer.Argument(help="argument.policy", metavar="B", show_default=False)],
    db: SomeLog = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Compare two policies."""
    with _log(db, records) as engine:
        found = differences(_policy_named(before, engine), _policy_named(after, engine))
    if json:
        print_json_array(each._asdict() for each in found)
    else:
        for each in found:
            print(clean(difference_line(each)))
        if not found:
            print(t("policy.same"))
    raise typer.Exit(FOUND if found else DONE)


@policy.command("adopt", help="help.policy_adopt")
def adopt(file: PolicyFile, db: Db, records: Records = None) -> None:
    """Adopt a policy."""
    found = load_policy(_there(file))
    if problems := misfits(found, served(records)):  # before a new log is begun for it
        raise PolicyError(problems, file=str(file))
    with opened(db, records, create=True) as engine, _about(file):
        was_known, before = engine.log.policies.get(found.key) == found, engine.store.head()
        engine.adopt(found)  # an earlier version is written again, which puts it in force again
        again = "policy.adopted_again" if engine.store.head() > before else "policy.adopted_already"
        key = again if was_known else "policy.adopted"
        print(t(key, id=found.key, day=found.effective_from, now=engine.policy.key))


@policy.command("example", help="help.policy_example")
def example() -> None:
    """Print the policy of an invented town."""
    sys.stdout.write(example_text())


@calendar.command("show", help="help.calendar_show")
def show_calendar(
    id: Annotated[str, typer.Argument(help="argument.calendar", metavar="CALENDAR")] = "cn",
    db: SomeLog = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Show a work calendar."""
    with _log(db, records) as engine:
        found = _calendar_named(id, engine)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        print_calendar(found)


@calendar.command("adopt", help="help.calendar_adopt")
def adopt_calendar(
    file: Annotated[Path, typer.Argument(help="argument.calendar_file", metavar="FILE", show_default=False)],
    db: Db,
    records: Records = None,
) -> None:
    """Adopt a newer edition of a work calendar."""
    found = load_calendar(_there(file))
    with opened(db, records, create=True) as engine, _about(file):
        is_known = engine.log.calendars.get(found.key) == found
        engine.adopt_calendar(found)
        key = "calendar.adopted_already" if is_known else "calendar.adopted"
        print(t(key, id=found.key, first=found.first, last=found.last))


# --- what is named ---------------------------------------------------------------------------------------------------


@contextmanager
def _log(db: Path | None, records: list[str] | None) -> Iterator[Engine | None]:
    """The log, where one is named."""
    if db is None:
        yield None
    else:
        with opened(db, records) as engine:
            yield engine


@contextmanager
def _about(file: Path) -> Iterator[None]:
    """Problems that the engine finds are the file's."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError(error.problems, file=str(file)) from None


def _there(file: Path) -> Path:
    if not file.exists():
        raise InputError(t("no_file", path=file))
    return file


def _is_file(name: str) -> bool:
    return Path(name).suffix.lower() in (".toml", ".json")


def _policy_named(name: str, engine: Engine | None) -> Policy:
    """A policy by its file, by `id@version` in the log, or the default. Raises InputError, PolicyError."""
    if _is_file(name):
        return load_policy(_there(Path(name)))
    known = {} if engine is None else engine.log.policies
    if found := known.get(name) or {"default": DEFAULT_POLICY}.get(name):
        return found
    wanted = t("policy.named", names=", ".join(known) or "id@version")
    raise InputError(t("policy.unknown", name=name[:64]), expected=wanted)


def _calendar_named(name: str, engine: Engine | None) -> Calendar:
    """A work calendar by its file, by its id or `id@version` in the log, or one that ships."""
    if _is_file(name):
        return load_calendar(_there(Path(name)))
    known: Mapping[str, Calendar] = {} if engine is None else engine.log.calendars
    if name in known:
        return known[name]
    if name in BUNDLED:
        return BUNDLED[name]()
    raise InputError(t("calendar.unknown", name=name[:64]), expected=", ".join({**known, **BUNDLED}))


def _lines(problems: Iterable[Problem], file: Path) -> Iterator[str]:
    return (clean(f"{file}: {each.sentence(lang())}") for each in problems)


def _as_json(problem: Problem, file: Path) -> dict[str, Any]:
    en, zh = problem.what, problem.what.zh
    return {"file": str(file), "field": problem.field, "en": en, "zh": zh, "expected": problem.expected}
