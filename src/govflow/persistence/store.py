"""The seam between the engine and a store: rows in, rows out, one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from govflow.persistence.codec import StoredEvent


class CommandStored(Exception):
    """A row with one of the command ids is in the log already."""


class VersionTaken(Exception):
    """A stream already has one of the versions."""


class Transaction(Protocol):
    """One write. `head` is the position of the last row when it began."""

    head: int

    def append(self, rows: Sequence[StoredEvent]) -> None:
        """Add rows; raises CommandStored or VersionTaken. Positions follow the head without gaps."""
        ...


class Store(Protocol):
    """Keeps rows in one order, several streams atomically, never changing or dropping one."""

    exclusive: bool
    """Whether a transaction holds the write lock from its beginning, so that what it reads stays true."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin; commit when the block ends well, else roll back."""
        ...

    def head(self) -> int:
        """The position of the last row, 0 for an empty log."""
        ...

    def version(self, stream: str) -> int:
        """The last version of a stream, 0 where there is none."""
        ...

    def read(self, stream: str, after: int = 0) -> list[StoredEvent]:
        """The rows of one stream with versions above `after`, in order."""
        ...

    def scan(self, after: int = 0) -> Iterator[StoredEvent]:
        """All rows with positions above `after`, in order, in flat memory."""
        ...

    def streams(self) -> Iterator[tuple[str, list[StoredEvent]]]:
        """Every stream with its rows, by name, in flat memory."""
        ...

    def find_command(self, packed: bytes) -> StoredEvent | None:
        """The first row of a command, if it is in the log."""
        ...

    def last_number(self, prefix: str) -> int:
        """The highest number among streams named `prefix` + digits, 0 where there is none."""
        ...

    def close(self) -> None:
        """Release what the store holds."""
        ...
