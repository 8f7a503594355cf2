"""A bundle as a store to read: what it holds can be shown, replayed and explained offline, by the engine itself.

The positions are those of the log, with holes where rows were left out. Nothing can be written, and no key of personal
data comes along. Only where each row stands in the file is kept in memory.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import RLock

from govflow.audit.bundles.checking import verify_bundle
from govflow.audit.bundles.parts import FORMAT, Header, read_bundle
from govflow.checkpoints.notes import NoteError, Verifier
from govflow.decider import Decider
from govflow.engine import Engine, shipped
from govflow.errors import Detail, InputError, LogError
from govflow.files import IN_MEMORY
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.lines import LONGEST_LINE, row_of
from govflow.persistence.store import Transaction
from govflow.privacy.keys import KeyStore

_ROW = b'{"position":'
_BEGIN = b'{"format":"' + FORMAT.encode() + b'"'


def is_bundle(path: str | Path) -> bool:
    """Whether a file begins as a bundle does; a log is a database and begins otherwise."""
    file = Path(path)
    if not file.is_file():
        return False
    with file.open("rb") as source:
        return source.read(len(_BEGIN)) == _BEGIN


def open_bundle(path: str | Path, *, records: Sequence[Decider] | None = None) -> Engine:
    """An engine that reads a bundle: show, replay, explain, report offline. Personal data stays closed.

    A record stands as of its last event in the bundle: of a period, as it was when the period ended.
    The bundle must agree with itself; whether the key that signed it is the right one is `verify_bundle`'s to say.
    Raises InputError for what is no bundle, LogError where it contradicts itself, and for each record of which only a
    part is in it.
    """
    store = BundleStore(path)
    try:
        served = shipped() if records is None else records
        return Engine(store, KeyStore(IN_MEMORY, read_only=True), served, read_only=True)
    except BaseException:
        store.close()
        raise


class BundleStore:
    """The rows of a bundle, read from its file when they are asked for. Safe to share between threads."""

    exclusive = True

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._lock = RLock()
        self._file = open(path, "rb")  # noqa: SIM115 - kept open until `close`
        self._positions, self._places = array("q"), array("q")  # where each row stands in the log, and in the file
        self._streams: dict[str, array[int]] = {}  # the numbers of a stream's rows
        self._partial: set[str] = set()  # streams that begin somewhere else
        try:
            self.header = self._checked()
            self._index()
        except BaseException:
            self._file.close()
            raise

    def _checked(self) -> Header:
        """The header of a bundle that agrees with itself."""
        (_, header) = next(read_bundle(self._file))
        assert isinstance(header, Header), "the first part is the header, or reading fails"
        try:
            own_keys = [Verifier.parse(key) for key in header.keys]
        except NoteError as error:
            raise InputError(str(error), where=f"{self.path}:1") from None
        self._file.seek(0)
        for finding in verify_bundle(self._file, own_keys).findings:
            where = f" {finding.stream} version {finding.version}" if finding.stream else ""
            raise LogError(f"{self.path}: {finding.code}{where}: {finding.en}")
        return header

    def _index(self) -> None:
        self._file.seek(0)
        place = 0
        while line := self._file.readline(LONGEST_LINE):
            if line.startswith(_ROW):
                row = row_of(line)
                rows = self._streams.setdefault(row.stream, array("q"))
                if row.version != len(rows) + 1:
                    self._partial.add(row.stream)
                rows.append(len(self._places))
                self._positions.append(row.position)
                self._places.append(place)
            place += len(line)

    def _row(self, number: int) -> StoredEvent:
        with self._lock:
            self._file.seek(self._places[number])
            line = self._file.readline(LONGEST_LINE)
        try:
            row = row_of(line)
        except InputError as error:
            raise LogError(f"{self.path} was changed while it was read: {error.what}") from None
        if row.leaf != leaf_of(row.stream, row.version, row.topic, row.state):
            raise LogError(f"{self.path} was changed while it was read: {row.stream} version {row.version}")
        return row

    # -- reading ------------------------------------------------------------------------------------------------------

    def head(self) -> int:
        """The position of the last row that is in the bundle."""
        return self._positions[-1] if self._positions else 0

    def version(self, stream: str) -> int:
        rows = self._streams.get(stream)
        return self._row(rows[-1]).version if rows else 0

    def read(self, stream: str, after: int = 0) -> list[StoredEvent]:
        """The rows of one stream. Raises LogError where its beginning, or something amid it, is not in the bundle."""
        if stream in self._partial:
            what = f"only a part of {stream} is in the bundle {self.path}: its log has the rest"
            raise LogError(Detail(what, f"证据包 {self.path} 仅含 {stream} 的一部分"))
        return [self._row(number) for number in self._streams.get(stream, ())[after:]]

    def scan(self, after: int = 0) -> Iterator[StoredEvent]:
        return map(self._row, range(bisect_right(self._positions, after), len(self._positions)))

    def streams(self) -> Iterator[tuple[str, list[StoredEvent]]]:
        """Every stream that is whole with its rows, by name."""
        return ((name, self.read(name)) for name in sorted(self._streams.keys() - self._partial))

    def find_command(self, packed: bytes) -> StoredEvent | None:
        return next((row for row in self.scan() if row.command_id == packed), None)

    def last_number(self, prefix: str) -> int:
        numbered = re.compile(re.escape(prefix) + "([0-9]+)")
        return max((int(found[1]) for name in self._streams if (found := numbered.fullmatch(name))), default=0)

    # -- what a bundle does not take ----------------------------------------------------------------------------------

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Raises LogError: a bundle is read only."""
        raise LogError(Detail(f"{self.path} is a bundle: nothing can be written", f"{self.path} 是证据包，不可写入"))

    def close(self) -> None:
        with self._lock:
            self._file.close()
