"""Digest lists 摘要清单: a digest for every event of a log, line by line, and the first line in which two lists differ.

A list is made by one run of one version on one store, and compared with what another makes of the same log: JSON Lines,
a head, one line an event (record by record, by id), and an end with the digest over all, which shows that it is whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from govflow.audit.replay.states import After, Progress, digests
from govflow.errors import InputError
from govflow.reading import Reader

FORMAT = 1
_FIELDS = After._fields


class Difference(NamedTuple):
    """The first event on which two lists disagree, and in what; `here` or `there` is None where that list has none.

    `fields` is `("log",)` where they are of two logs; `events` counts the events that agree before it.
    """

    stream: str
    version: int
    event: str
    fields: tuple[str, ...]
    here: dict[str, Any] | None
    there: dict[str, Any] | None
    events: int


class _Summing:
    """The digest over all states that a list ends with, and how many events and records it has."""

    def __init__(self) -> None:
        self.over_all = hashlib.sha256()
        self.events = self.records = 0
        self._last: tuple[str, str] | None = None

    def add(self, stream: str, digest: str) -> None:
        if self._last is not None and self._last[0] != stream:
            self._end()
        self._last = stream, digest
        self.events += 1

    def _end(self) -> None:
        if self._last is not None:
            self.over_all.update(f"{self._last[0]}\n{self._last[1]}\n".encode())
            self.records += 1

    def line(self) -> dict[str, Any]:
        self._end()
        return {"events": self.events, "records": self.records, "digest": self.over_all.hexdigest()}


def digest_lines(
    reader: Reader, id: str | None = None, *, program: str = "", progress: Progress | None = None
) -> Iterator[str]:
    """The digest list of a log, or of one record, line by line in flat memory. `program` says which version made it.

    The digest of the last line is that of `replayed`: SHA-256 over `id LF digest LF` of every record, by id.
    """
    yield _line({"digests": FORMAT, "log": reader.log.id, "program": program})
    summing = _Summing()
    for each in digests(reader, id, progress=progress):
        summing.add(each.stream, each.digest)
        yield _line(as_data(each))
    yield _line(summing.line())


def as_data(after: After) -> dict[str, Any]:
    """One line of a list as plain data; moments in UTC."""
    return {**after._asdict(), "occurred": after.occurred.isoformat(), "recorded": after.recorded.isoformat()}


def first_difference(
    reader: Reader, lines: Iterable[bytes], *, where: str = "digests", progress: Progress | None = None
) -> Difference | None:
    """The first event on which this log and a list disagree, None where they agree from the first to the last.

    Both are read once, in flat memory. Raises InputError where a line is none of a digest list, or where its end is
    missing.
    """
    theirs = _Lines(lines, where)
    ours = iter(digests(reader, progress=progress))
    if theirs.log != reader.log.id:
        return Difference("", 0, "", ("log",), {"log": reader.log.id}, {"log": theirs.log}, 0)
    agreed = 0
    while True:
        own = next(ours, None)
        here = as_data(own) if own is not None else None
        there = theirs.next()
        if here is None and there is None:
            return None
        if here is None or there is None or _place(here) != _place(there):
            if there is None or (here is not None and _place(here) < _place(there)):
                there = None
            else:
                here = None
            return _difference(here, there, ("event",), agreed)
        if differing := tuple(name for name in _FIELDS if here[name] != there[name]):
            return _difference(here, there, differing, agreed)
        agreed += 1


def _place(line: dict[str, Any]) -> tuple[str, int]:
    return line["stream"], line["version"]


def _difference(
    here: dict[str, Any] | None, there: dict[str, Any] | None, fields: tuple[str, ...], agreed: int
) -> Difference:
    told = here or there or {}
    return Difference(told["stream"], told["version"], told["event"], fields, here, there, agreed)


class _Lines:
    """A list as it is read: its head, then event by event, and at the end whether it is whole."""

    def __init__(self, lines: Iterable[bytes], where: str) -> None:
        self._lines, self._where, self._number = iter(lines), where, 0
        self._summing = _Summing()
        head = self._read()
        if head is None or head.get("digests") != FORMAT or not isinstance(head.get("log"), str):
            raise InputError("it is no digest list", where=where, expected=f'{{"digests": {FORMAT}, "log": …}}')
        self.log: str = head["log"]

    def next(self) -> dict[str, Any] | None:
        """The next event of the list, None behind the last. Raises InputError."""
        line = self._read()
        if line is None:
            raise InputError("the digest list ends too early", where=self._where, expected="a last line over all")
        if "records" in line:
            if line != self._summing.line():
                raise self._bad("a last line that fits those before it")
            return None
        if line.keys() != set(_FIELDS) or type(line["version"]) is not int:
            raise self._bad(", ".join(_FIELDS))
        if not all(isinstance(line[name], str) for name in ("stream", "event", "digest")):
            raise self._bad(", ".join(_FIELDS))
        self._summing.add(line["stream"], line["digest"])
        return line

    def _read(self) -> dict[str, Any] | None:
        text = next(self._lines, None)
        if text is None:
            return None
        self._number += 1
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            raise self._bad("JSON Lines") from None
        if not isinstance(line, dict):
            raise self._bad("a JSON object")
        return line

    def _bad(self, expected: str) -> InputError:
        return InputError("not usable", where=f"{self._where}:{self._number}", expected=expected)


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
