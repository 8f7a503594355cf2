"""The key that encrypts the keys 密钥加密密钥: in a file of its own, so that the key store alone opens nothing.

It can be replaced at any time; the old one is then destroyed, and with it every backup of the key store that was made
under it: what was erased stays erased there too. A host's key service takes its place through `Wrapping`.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from govflow.errors import Detail, LogError
from govflow.files import IN_MEMORY
from govflow.secret_files import read_secret, sweep_parts, write_secret

KEY_BYTES = 32
_NONCE_BYTES = 12
_WHAT = "key-encryption key"


class Wrapping(Protocol):
    """What encrypts keys before they are stored: a file, or a host's key service. Keys of its own go by their id."""

    def new(self) -> str:
        """Make a key-encryption key, durable before this returns; its id."""
        ...

    def wrap(self, id: str, key: bytes, bound: bytes) -> bytes:
        """The key encrypted under key `id`, to be opened with the same `bound` alone. Raises LogError."""
        ...

    def unwrap(self, id: str, wrapped: bytes, bound: bytes) -> bytes:
        """The key again. Raises LogError where it cannot be opened."""
        ...

    def retire(self, keep: Collection[str]) -> None:
        """Destroy every key-encryption key but these."""
        ...


class WrappingFile:
    """Key-encryption keys in a file that its owner alone may read, or in memory; AES-256-GCM."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._held: dict[str, bytes] = {}

    def new(self) -> str:
        """Make a key and write it beside those there are. Raises LogError."""
        held, is_new = self._read(), not self._exists()
        id = "kek-" + os.urandom(6).hex()
        self._store({**held, id: os.urandom(KEY_BYTES)}, is_new=is_new)
        return id

    def wrap(self, id: str, key: bytes, bound: bytes) -> bytes:
        """The nonce and the key encrypted."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key(id)).encrypt(nonce, key, bound)

    def unwrap(self, id: str, wrapped: bytes, bound: bytes) -> bytes:
        """The key again."""
        try:
            return AESGCM(self._key(id)).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError, TypeError) as error:  # a damaged row may hold anything
            what = f"a key does not open under {id} of {self.path}: the key store was changed, or it is another's"
            raise LogError(
                Detail(what, f"{self.path} 的 {id} 无法打开某一密钥：密钥库已被改动，或不属于同一日志")
            ) from error

    def retire(self, keep: Collection[str]) -> None:
        """Write the file again with these keys alone; what it held before is overwritten."""
        held = self._read()
        kept = {id: key for id, key in held.items() if id in keep}
        if kept != held:
            self._store(kept, is_new=False)

    def _exists(self) -> bool:
        return bool(self._held) if self.path == IN_MEMORY else os.path.exists(self.path)

    def _key(self, id: str) -> bytes:
        if id not in self._held:  # another process may have made it a moment ago
            self._held = self._read()
        try:
            return self._held[id]
        except KeyError:
            what = f"the {_WHAT} {id} is missing: bring back {self.path}; without it no personal data opens"
            raise LogError(Detail(what, f"缺少密钥加密密钥 {id}：请恢复 {self.path}，否则个人信息均无法打开")) from None

    def _read(self) -> dict[str, bytes]:
        if self.path == IN_MEMORY or not self._exists():
            return dict(self._held) if self.path == IN_MEMORY else {}
        try:
            said = json.loads(read_secret(self.path, _WHAT))
            if said["govflow_key_encryption_keys"] != 1:
                raise ValueError("another form")
            held = {each["id"]: base64.b64decode(each["key"], validate=True) for each in said["keys"]}
            if not all(type(id) is str and len(key) == KEY_BYTES for id, key in held.items()):
                raise ValueError("no keys")
        except (ValueError, TypeError, LookupError, RecursionError):
            what = f"{self.path} is damaged, or no file of key-encryption keys"
            raise LogError(Detail(what, f"{self.path} 已损坏，或不是密钥加密密钥文件")) from None
        return held

    def _store(self, held: dict[str, bytes], *, is_new: bool) -> None:
        if self.path != IN_MEMORY:
            keys = [{"id": id, "key": base64.b64encode(key).decode()} for id, key in held.items()]
            text = json.dumps({"govflow_key_encryption_keys": 1, "keys": keys}, indent=1) + "\n"
            try:
                sweep_parts(self.path)  # the key store is locked: nobody else is about to write it
                write_secret(self.path, text.encode(), is_new=is_new)
            except OSError as error:
                raise LogError(f"{self.path}: {error.strerror}; the keys are as they were") from error
        self._held = held
