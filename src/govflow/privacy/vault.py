"""Protecting and opening personal values: AES-256-GCM, bound to (subject, event, field).

A ciphertext moved to another event or field does not open. Erasing destroys the key; what was protected stays where it
is and every hash over it still holds.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from govflow.errors import ProtectionError
from govflow.messages import Event, Pending, Protected
from govflow.privacy.keys import KeyStore

_NONCE_BYTES = 12


def _binding(subject: str, stream: str, version: int, topic: str, field: str) -> bytes:
    return f"{subject}|{stream}|{version}|{topic}|{field}".encode()


class Vault:
    """Turns pending personal values of events into protected ones, and opens them again."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys

    def subjects(self, events: Iterable[Event]) -> set[str]:
        """The subjects of the values in `events` that still have to be protected."""
        return {
            value.subject
            for event in events
            for field in event.personal
            if type(value := event.__dict__[field]) is Pending
        }

    def protect(self, event: Event, keys: dict[str, bytes], stream: str, version: int, topic: str) -> Event:
        """The event with every pending personal value encrypted."""
        changes = {}
        for field in event.personal:
            value = event.__dict__[field]
            if type(value) is not Pending:
                continue
            nonce = os.urandom(_NONCE_BYTES)
            bound = _binding(value.subject, stream, version, topic, field)
            encrypted = AESGCM(keys[value.subject]).encrypt(nonce, value.text.encode(), bound)
            text = base64.b64encode(nonce + encrypted).decode()
            changes[field] = Protected(subject=value.subject, about=value.about, ciphertext=text)
        return event.changed(**changes) if changes else event

    def open(self, value: Protected, stream: str, version: int, topic: str, field: str) -> str | None:
        """The clear text of one value of one event; None where its key was destroyed.

        Raises ProtectionError where the key is missing or the value does not belong there.
        """
        self.keys.forget(value.subject)  # another process may have erased the subject a moment ago
        key = self.keys.get(value.subject)
        if key is None:
            if self.keys.is_destroyed(value.subject):
                return None
            raise ProtectionError(f"there is no key for {value.subject}; is this the log's own key store?")
        try:
            raw = base64.b64decode(value.ciphertext, validate=True)
            bound = _binding(value.subject, stream, version, topic, field)
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound).decode()
        except (InvalidTag, ValueError) as error:
            raise ProtectionError(
                f"{field} of {stream} version {version} does not open: it was moved or changed"
            ) from error
