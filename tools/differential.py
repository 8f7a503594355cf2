"""Differential replay 对比重演: the last release against the working tree, on a frozen corpus of logs.

Both versions replay every record; status and fields are compared after every event. A field that begins to differ at an
event is a change of behaviour: it stands in docs/behaviour-changes.toml, with the reason, or this fails and names it.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from govflow.audit.bundles.parts import read_bundle
from govflow.errors import InputError
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore

ROOT = Path(__file__).resolve().parents[1]
CHANGES = "docs/behaviour-changes.toml"
_TOLD = Path(__file__).with_name("states_told.py")
Told = Mapping[str, Any]


class Change(NamedTuple):
    """A declared change of behaviour: of one event or of a kind of record, since which version, and why."""

    since: str
    why: str
    event: str = ""
    record: str = ""


class Difference(NamedTuple):
    """Fields of a record that begin to differ at an event, or an error that only the working tree has."""

    log: str
    stream: str
    kind: str
    version: int
    event: str
    fields: tuple[str, ...]
    error: str = ""

    def __str__(self) -> str:
        what = self.error or f"other than before: {', '.join(self.fields)}"
        return f"{self.log} {self.stream} v{self.version} {self.kind} {self.event}: {what}"


class Compared(NamedTuple):
    """What comparing came to: differences, events compared, and what the old version could not read."""

    differences: tuple[Difference, ...]
    events: int
    unread: tuple[str, ...]


# --- comparing -------------------------------------------------------------------------------------------------------


def compared(old: Iterable[Told], new: Iterable[Told]) -> Compared:
    """The differences between what two versions tell of the same logs."""
    before, after = _by_record(old), _by_record(new)
    found: list[Difference] = []
    events, unread = 0, list[str]()
    for place, steps in before.items():
        if "error" in steps[-1]:
            unread.append(f"{place[0]} {place[1]}".rstrip())
            continue
        events += len(steps)
        found += _differences(steps, after.get(place) or after.get((place[0], ""), []))
    return Compared(tuple(found), events, tuple(unread))


def _by_record(told: Iterable[Told]) -> dict[tuple[str, str], list[Told]]:
    grouped = groupby(told, key=lambda each: (each["log"], each.get("stream", "")))
    return {place: list(steps) for place, steps in grouped}


def _differences(old: Sequence[Told], new: Sequence[Told]) -> Iterator[Difference]:
    """What begins to differ in one record, event by event. What differed before goes on differing."""
    known: set[str] = set()
    for number, was in enumerate(old):
        named = _named(was)
        now = new[number] if number < len(new) else {"error": "the event is gone"}
        if "error" in now:
            yield Difference(*named, (), f"cannot be read any more: {now['error']}")
            return
        differing = _differing(was, now)
        if begun := differing - known:
            yield Difference(*named, tuple(sorted(begun)))
        known = differing
    for more in new[len(old) :]:
        yield Difference(*_named(more), (), "is new")


def _named(told: Told) -> tuple[str, str, str, int, str]:
    return told["log"], told["stream"], told.get("kind", ""), told.get("version", 0), told.get("event", "")


def _differing(was: Told, now: Told) -> set[str]:
    """The fields whose values differ; where none does and the digests do all the same, their order."""
    found = {name for name in ("event", "status") if was[name] != now[name]}
    found |= {name for name in {*was["fields"], *now["fields"]} if was["fields"].get(name) != now["fields"].get(name)}
    return found or ({"digest"} if was["digest"] != now["digest"] else set())


# --- what is declared ------------------------------------------------------------------------------------------------


def declared(path: Path) -> tuple[Change, ...]:
    """The changes in a file, empty where there is none. Raises InputError."""
    if not path.exists():
        return ()
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("change", [])
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(error), where=path.name) from None
    return tuple(_change(table, f"{path.name}: change {number}") for number, table in enumerate(tables, 1))


def _change(table: Mapping[str, Any], where: str) -> Change:
    names = {"since", "why", "event"}, {"since", "why", "record"}
    if set(table) not in names or not all(isinstance(text, str) and text.strip() for text in table.values()):
        raise InputError("not usable", where=where, expected="since, why, and either event or record, as texts")
    _number(table["since"], where)
    return Change(**table)


def _number(version: str, where: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.removeprefix("v").split("."))
    except ValueError:
        raise InputError(f"{version} is no version", where=where, expected="as 0.2.0") from None


def undeclared(found: Iterable[Difference], changes: Iterable[Change], since: str) -> list[Difference]:
    """The differences that no change since this version explains; what an older one declared is in both.

    That something is read no more, or not in full, is no change that can be declared.
    """
    newer = [each for each in changes if _number(each.since, CHANGES) > _number(since, "the version compared with")]
    events, records = {each.event for each in newer if each.event}, {each.record for each in newer if each.record}
    return [each for each in found if each.error or (each.event not in events and each.kind not in records)]


# --- the corpus ------------------------------------------------------------------------------------------------------


def restored(bundle: Path, path: Path) -> None:
    """The log of a whole bundle as a file; `bundle` may be packed by gzip."""
    raw = gzip.decompress(bundle.read_bytes()) if bundle.suffix == ".gz" else bundle.read_bytes()
    with closing(SQLiteStore(path)) as store, store.transaction() as transaction:
        transaction.append([part for _, part in read_bundle(io.BytesIO(raw)) if isinstance(part, StoredEvent)])


def write_corpus(root: Path, folder: Path) -> list[str]:
    """Every frozen log of a tree in a folder, with the ids of its records beside it; the names of the logs."""
    for bundle in sorted((root / "tests/golden").glob("log-*.bundle.gz")):
        restored(bundle, folder / f"{bundle.name.removesuffix('.bundle.gz')}.db")
    for log in sorted((root / "tests/data/logs").glob("*.db")):
        for file in (log, Path(f"{log}.keys")):
            shutil.copy(file, folder / file.name)
    logs = sorted(folder.glob("*.db"))
    for log in logs:
        with closing(SQLiteStore(log, read_only=True)) as store:
            ids = [stream for stream, _ in store.streams() if stream != LOG_STREAM]
        log.with_suffix(".ids").write_text(json.dumps(ids), "utf-8")
    return [log.stem for log in logs]


# --- the two versions ------------------------------------------------------------------------------------------------


def told_by(tree: Path, corpus: Path) -> list[Told]:
    """What the version in a tree tells of the corpus, in a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, _TOLD, corpus], env=env, cwd=tree, capture_output=True, text=True, encoding="utf-8"
    )
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["it gave up"])[-1]
        raise InputError(last, where=str(tree), expected="a version of govflow that can be imported")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def last_tag(root: Path) -> str:
    """The newest release before the working tree. Raises InputError where there is none."""
    ran = subprocess.run(["git", "describe", "--tags", "--abbrev=0"], cwd=root, capture_output=True, text=True)
    if ran.returncode:
        raise InputError(
            "there is no tag to compare with", where="git", expected="make differential REF=<tag or commit>"
        )
    return ran.stdout.strip()


def written_out(root: Path, ref: str, folder: Path) -> str:
    """The sources of a tag or commit in a folder; the version they have. Raises InputError."""
    command = ["git", "archive", "--format=tar", ref, "src", "pyproject.toml"]
    ran = subprocess.run(command, cwd=root, capture_output=True)
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip().splitlines() or ["it has no such commit"]
        raise InputError(said[-1], where=f"git, {ref}", expected="a tag or commit with src/ and pyproject.toml")
    with tarfile.open(fileobj=io.BytesIO(ran.stdout)) as archive:
        archive.extractall(folder, filter="data")
    version: str = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return version


def _is_tag(root: Path, ref: str) -> bool:
    ran = subprocess.run(["git", "rev-parse", "-q", "--verify", f"refs/tags/{ref}"], cwd=root, capture_output=True)
    return ran.returncode == 0


def compare_trees(root: Path, ref: str) -> tuple[Compared, str]:
    """What a tag or commit and the working tree make of the corpus, and the last version that is in both."""
    with tempfile.TemporaryDirectory() as temporary:
        old, corpus = Path(temporary) / "tree", Path(temporary) / "corpus"
        corpus.mkdir()
        version = written_out(root, ref, old)
        write_corpus(root, corpus)
        # a commit on the way to a version has not all of it: what that version declares may be new
        since = version if _is_tag(root, ref) else "0"
        return compared(told_by(old, corpus), told_by(root, corpus)), since


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; 1 where a difference is not declared, 2 where there is nothing to compare with."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.differential", description="Replays old logs in two versions."
    )
    parser.add_argument("ref", nargs="?", default="", help="tag or commit to compare with; by default the last tag")
    parser.add_argument("--root", type=Path, default=ROOT, help="the working tree; by default this one")
    asked = parser.parse_args(arguments)
    try:
        changes = declared(asked.root / CHANGES)
        ref = asked.ref or last_tag(asked.root)
        found, since = compare_trees(asked.root, ref)
        open_ = undeclared(found.differences, changes, since)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    for each in found.unread:
        print(f"{ref} cannot read {each}: it is newer")
    for difference in open_:
        print(f"undeclared: {difference}", file=sys.stderr)
    print(f"{found.events} events compared with {ref}: {len(found.differences)} differences, {len(open_)} undeclared")
    return 1 if open_ else 0


if __name__ == "__main__":
    sys.exit(main())
