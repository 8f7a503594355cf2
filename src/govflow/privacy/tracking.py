"""Tracking codes as the key store keeps them: whose a code is, by a keyed hash of it, never by the code itself.

Nothing of it stands in the log, so that the log without its key store tells no code from any other; and the key store
without the code lets nobody act: 93 bits are not guessed. The key of the hashes is wrapped and rotated like all others.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from govflow.privacy.keys import KeyStore

_PURPOSE = "tracking codes"  # a space: no id of a record, so that it is no record's
_NO_KEY = bytes(32)


class Tracked(NamedTuple):
    """Whom a code lets act, and on which record."""

    record: str
    actor: str


class TrackingCodes:
    """The codes of one log, in its key store. Codes are given as `govflow.tracking.codes.read` returns them."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def keep(self, code: str, tracked: Tracked) -> None:
        """Keep a code, durably, before anything is written in the log under it."""
        self._keys.run("INSERT INTO tracking VALUES (?, ?, ?)", _mac(self._keys.own_key(_PURPOSE), code), *tracked)

    def whose(self, code: str) -> Tracked | None:
        """What a code stands for; None for one that nobody has, found by the same steps: one hash and one look-up."""
        key = self._keys.get("", _PURPOSE) or _NO_KEY
        rows = self._keys.ask("SELECT record, actor FROM tracking WHERE mac = ?", _mac(key, code))
        return Tracked(str(rows[0][0]), str(rows[0][1])) if rows else None

    def drop(self, code: str) -> None:
        """Forget a code that nothing was written under."""
        self._keys.run("DELETE FROM tracking WHERE mac = ?", _mac(self._keys.own_key(_PURPOSE), code))


def _mac(key: bytes, code: str) -> bytes:
    return hmac.digest(key, code.encode(), hashlib.sha256)
