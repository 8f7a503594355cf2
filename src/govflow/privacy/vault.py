"""Protecting and opening personal values: AES-256-GCM, bound to (subject, event, field).

A ciphertext moved to another event or field does not open. What is destroyed is the key: of a person, of a record, of
one text; what was protected stays where it is and every hash over it still holds.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from govflow.errors import Detail, ProtectionError
from govflow.messages import Event, Pending, Protected
from govflow.privacy.key_names import KeyName, Text
from govflow.privacy.keys import KeyStore

_NONCE_BYTES = 12
_DOES_NOT_OPEN = "{} of {} version {} does not open: it was moved or changed"
_NOT_HERE = f"{_DOES_NOT_OPEN}, or left out: redacted exports hold none"


def _binding(subject: str, stream: str, version: int, topic: str, field: str) -> bytes:
    return f"{subject}|{stream}|{version}|{topic}|{field}".encode()


class Vault:
    """Turns pending personal values of events into protected ones, and opens them again."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys

    def needed(self, events: Iterable[tuple[int, Event]], stream: str) -> dict[KeyName, tuple[str, ...]]:
        """The keys under which the values of events (each with its version) are to be protected.

        Each with those whom its text speaks of besides.
        """
        return {
            key_of(value, stream, version, field): value.about
            for version, event in events
            for field in event.personal
            if type(value := event.__dict__[field]) is Pending
        }

    def protect(self, event: Event, keys: Mapping[KeyName, bytes], stream: str, version: int, topic: str) -> Event:
        """The event with every pending personal value encrypted."""
        changes = {}
        for field in event.personal:
            value = event.__dict__[field]
            if type(value) is not Pending:
                continue
            nonce = os.urandom(_NONCE_BYTES)
            bound = _binding(value.subject, stream, version, topic, field)
            key = keys[key_of(value, stream, version, field)]
            encrypted = AESGCM(key).encrypt(nonce, value.text.encode(), bound)
            text = base64.b64encode(nonce + encrypted).decode()
            changes[field] = Protected(subject=value.subject, about=value.about, ciphertext=text)
        return event.changed(**changes) if changes else event

    def open(self, value: Protected, stream: str, version: int, topic: str, field: str) -> str | None:
        """The clear text of one value of one event; None where its key was destroyed.

        Raises ProtectionError where the key is missing or the value does not belong there.
        """
        if not value.ciphertext:
            raise ProtectionError(_NOT_HERE.format(field, stream, version))
        name = key_of(value, stream, version, field)
        keys = [key for each in (name, KeyName(value.subject, "")) if (key := self._key(each)) is not None]
        if not keys:
            if self.keys.is_destroyed(*name):
                return None
            if not self.keys.records_of(value.subject):
                what = f"there is no key for {value.subject}; is this the log's own key store?"
                raise ProtectionError(Detail(what, f"没有 {value.subject} 的密钥：这是该日志自己的密钥库吗？"))
            raise ProtectionError(_DOES_NOT_OPEN.format(field, stream, version))
        bound = _binding(value.subject, stream, version, topic, field)
        for key in keys:  # what was protected before keys had purposes opens with the second
            try:
                raw = base64.b64decode(value.ciphertext, validate=True)
                return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound).decode()
            except (InvalidTag, ValueError) as error:
                why = error
        if self.keys.is_destroyed(*name):
            return None  # it was protected under the other key, which is gone
        raise ProtectionError(_DOES_NOT_OPEN.format(field, stream, version)) from why

    def _key(self, name: KeyName) -> bytes | None:
        self.keys.forget(*name)  # another process may have erased the subject a moment ago
        return self.keys.get(*name)


def key_of(value: Protected, stream: str, version: int, field: str) -> KeyName:
    """The name of the key of one value of an event.

    A value belongs to the record it was given for; a text about several people has a key of its own.
    """
    purpose = Text(value.subject, stream, version, field).purpose if value.about else stream
    return KeyName(value.subject, purpose)
