"""`govflow privacy status` and `rotate`: in which files a log's people and keys stand, and a new key over all keys."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import typer

from govflow.checkpoints.keys import beside as signing_beside
from govflow.cli import words
from govflow.cli.display import LATE, console, print_json, table
from govflow.cli.logs import Db, Json, Records, opened, progress
from govflow.cli.run import FOUND
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import Detail, LogError
from govflow.log_events import LOG_STREAM, LogRedacted
from govflow.messages import is_person
from govflow.persistence.agenda import beside as agenda_beside
from govflow.persistence.checkpoints import beside as checkpoints_beside
from govflow.privacy.keys import KeyStore

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_SECRET = ("keys", "kek", "signing")


class _File(NamedTuple):
    """One of the files that a log consists of."""

    what: str
    path: Path

    @property
    def mode(self) -> int:
        return stat.S_IMODE(self.path.stat().st_mode)

    @property
    def written(self) -> datetime:
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @property
    def is_open(self) -> bool:
        """Whether somebody else may read what is for its owner alone."""
        return self.what in _SECRET and os.name == "posix" and bool(self.mode & _OTHERS_MAY)


class _Found(NamedTuple):
    """What a log has of people and keys, and what is to be mended."""

    people: dict[str, int]
    keys: dict[str, Any]
    written: datetime | None  # the file of the key-encryption key: as a rule, when the key was made
    files: list[_File]
    problems: list[str]


def status(db: Db, json: Json = False, records: Records = None) -> None:
    """Show how many people the log knows, and the files that all of it stands in."""
    with opened(db, records) as engine:
        files = [each for each in _files(db) if each.path.exists()]
        kept = engine.vault.keys
        is_there = not _said(kept.check_serves)
        written = next((each.written for each in files if each.what == "kek"), None)
        people = _people(engine) if is_there else {}
        is_redacted = not is_there and _is_redacted(engine)
        problems = [] if is_redacted else [*_problems(kept, files)]
        found = _Found(people, _keys(kept), written, files, problems)
        if json:
            print_json(_as_json(found))
        else:
            _print(engine, found)
            if is_redacted:
                console().print(t("privacy.is_redacted"))
    if found.problems:
        raise typer.Exit(FOUND)


def _is_redacted(engine: Engine) -> bool:
    """Whether it is an export that holds no personal data, and so has no keys."""
    head = engine.store.version(LOG_STREAM)
    return head > 0 and engine.log_history()[-1].name == LogRedacted.name


def _files(db: Path) -> Iterator[_File]:
    yield _File("log", db)
    yield _File("keys", Path(f"{db}.keys"))
    yield _File("kek", Path(f"{db}.keys.kek"))
    yield _File("signing", Path(signing_beside(str(db))))
    yield _File("checkpoints", Path(checkpoints_beside(str(db))))
    yield _File("agenda", Path(agenda_beside(str(db))))


def _people(engine: Engine) -> dict[str, int]:
    """How many people have keys, of how many of them the data is restricted or held, and who and what is gone."""
    (total,) = engine.vault.keys.ask("SELECT count(DISTINCT subject) FROM data_keys")[0]
    assert type(total) is int, "a count"
    found = {"with_keys": 0, "restricted": 0, "held": 0}
    with progress(t("privacy.reading")) as heard:
        for done, subject in enumerate(engine.subjects(), 1):
            person = engine.person(subject)
            found["with_keys"] += subject not in engine.log.erased
            found["restricted"] += person is not None and person.is_restricted
            found["held"] += person is not None and bool(person.holds)
            if heard is not None:
                heard(done, total)
    erased = sum(map(is_person, engine.log.erased))
    destroyed = sum(not subject for subject, _ in engine.log.destroyed)
    return {**found, "erased": erased, "records_destroyed": destroyed}


def _keys(keys: KeyStore) -> dict[str, Any]:
    (row,) = keys.ask("SELECT count(*) FROM data_keys")
    under = keys.ask("SELECT kek FROM wrapped_by")
    return {"count": row[0], "kek": under[0][0] if under else None}


def _problems(keys: KeyStore, files: list[_File]) -> Iterator[str]:
    """What is to be mended: files that others may read, a key store that is not there or does not open."""
    for each in files:
        if each.is_open:
            yield t("privacy.others_may", path=each.path, mode=f"{each.mode:04o}")
    yield from filter(None, [_said(keys.check_serves) or _said(lambda: _open_one(keys))])


def _open_one(keys: KeyStore) -> None:
    """Raise LogError where the key that all others are encrypted under is not at hand."""
    for subject, purpose in keys.ask("SELECT subject, purpose FROM data_keys LIMIT 1"):
        keys.get(str(subject), str(purpose))


def _said(ask: Callable[[], object]) -> str:
    try:
        ask()
    except LogError as error:
        said = error.args[0]
        return said.zh if isinstance(said, Detail) and lang() != "en" else str(said)
    return ""


def _as_json(found: _Found) -> dict[str, Any]:
    files = [
        {"what": each.what, "path": str(each.path), "mode": f"{each.mode:04o}", "bytes": each.path.stat().st_size}
        for each in found.files
    ]
    keys = {**found.keys, "kek_written": found.written and found.written.isoformat(timespec="seconds")}
    return {"people": found.people, "keys": keys, "files": files, "problems": found.problems}


def _print(engine: Engine, found: _Found) -> None:
    out = console()
    rows = [(t(f"privacy.n_{name}"), str(n)) for name, n in found.people.items()]
    rows.append((t("privacy.n_keys"), str(found.keys["count"])))
    if found.keys["kek"] is not None and found.written is not None:
        at, days = words.when(found.written, engine), max((engine.now() - found.written).days, 0)
        rows.append((t("privacy.n_kek"), t("privacy.kek_age", id=found.keys["kek"], at=at, days=days)))
    for label, value in rows:
        out.print(f"{label}: {value}" if lang() == "en" else f"{label}：{value}")
    out.print()
    shown = [(str(each.path), f"{each.mode:04o}", t(f"privacy.file_{each.what}")) for each in found.files]
    out.print(table(t("privacy.file"), t("privacy.mode"), t("privacy.holds_what"), rows=shown, keep=(0, 1)))
    for each in found.problems:
        out.print(f"! {each}", style=LATE, soft_wrap=True)


def rotate(db: Db, json: Json = False, records: Records = None) -> None:
    """Put a new key-encryption key over all keys, and destroy the old one."""
    with opened(db, records, writing=True) as engine:
        keys = engine.vault.keys
        keys.check_serves()
        total, done = int(_keys(keys)["count"]), 0
        with progress(t("privacy.rotating")) as heard:

            def wrapped(count: int) -> None:
                nonlocal done
                done += count
                if heard is not None:
                    heard(done, total)

            new = keys.rotate(wrapped)
    if json:
        print_json({"kek": new, "keys": done})
    else:
        console().print(t("privacy.rotated", kek=new, n=f"{done:,}", path=f"{db}.keys"), soft_wrap=True)
