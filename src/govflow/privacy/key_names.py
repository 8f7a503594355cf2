"""Which key: whose data it opens, and what they were given for 处理目的: a record, or one text of it."""

from __future__ import annotations

from typing import NamedTuple


class KeyName(NamedTuple):
    """Which key: whose data it opens, and what they were given for 处理目的 (PIPL §6): a record, or one text of it."""

    subject: str
    purpose: str

    @property
    def bound(self) -> bytes:
        """What a wrapped key is bound to: it opens in no other row. Ids hold no line breaks."""
        return f"{self.subject}\n{self.purpose}".encode()


class Text(NamedTuple):
    """A text of `owner` that speaks of others: where in the log it stands."""

    owner: str
    stream: str
    version: int
    field: str

    @property
    def purpose(self) -> str:
        """The purpose of its own key."""
        return f"{self.stream}#{self.version}.{self.field}"

    @classmethod
    def of(cls, owner: str, purpose: str) -> Text:
        """The text whose key has this purpose."""
        stream, _, place = purpose.partition("#")
        version, _, field = place.partition(".")
        return cls(owner, stream, int(version), field)


def record_of(purpose: str) -> str:
    """The record that a purpose is, or is a text of."""
    return purpose.partition("#")[0]


def within(purpose: str) -> tuple[str, list[str]]:
    """What selects the keys of a purpose: of a record, also those of its texts."""
    return "(purpose = ? OR (purpose > ? AND purpose < ?))", [purpose, f"{purpose}#", f"{purpose}$"]
