"""Pseudonyms of one export 导出假名: made of ids under a key of chance, the same for one id wherever it stands.

Without the key nobody gets from a pseudonym to the id, not even by guessing ids; with it, whoever has the log can.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterator

from govflow.errors import InputError, LogError
from govflow.messages import SYSTEM_IDS
from govflow.persistence.codec import packed_command_id
from govflow.secret_files import read_secret, write_secret

_KEY_BYTES = 32
_BYTES = 10  # of a pseudonym: 16 characters, short enough to be a part of other ids
LONGEST_ID = 64


class Pseudonyms:
    """Makes pseudonyms and keyed digests under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _made(self, what: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{what}\n{text}".encode(), hashlib.sha256)

    def of(self, id: str) -> str:
        """The pseudonym of an id: `x-` and 16 letters and digits."""
        return "x-" + base64.b32encode(self._made("id", id)[:_BYTES]).decode().lower()

    def command(self, id: str) -> str:
        """What stands in the place of a command's id: it stays where it is time and chance.

        Others may be made of what they are for.
        """
        if not packed_command_id(id).isascii():
            return id
        begin = SYSTEM_IDS if id.startswith(SYSTEM_IDS) else "x-"
        return begin + self._made("command", id).hex()[:32]

    def digest(self, digest: str) -> str:
        """A digest of the same length in the place of one that would let its reader guess at what it was made of."""
        return self._made("digest", digest).hex()[: len(digest)]


def new_key() -> bytes:
    """A key that nobody keeps."""
    return os.urandom(_KEY_BYTES)


def kept_key(path: str) -> bytes:
    """The key in a file for its owner alone, made where there is none. Raises LogError, InputError."""
    if not os.path.exists(path):
        key = new_key()
        try:
            write_secret(path, f"{key.hex()}\n".encode(), is_new=True)
        except OSError as error:
            raise LogError(f"{path}: {error.strerror}; nothing was written") from error
        return key
    text = read_secret(path, "key of pseudonyms").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise InputError("it holds no key of pseudonyms", where=path, expected="64 hex digits, as an export wrote them")
    return bytes.fromhex(text)


_WORD = re.compile(r"[A-Za-z0-9._:-]+")
_JOINT = re.compile(r"[.:]")
_MOST_JOINTS = 24  # of a word: ids have few, and each pair of them is looked up


def replaced_in_id(id: str, new: Callable[[str], str | None]) -> str:
    """An id or key in which `new` has replaced what it knows: the whole, or runs of its parts, the longest first."""
    if (whole := new(id)) is not None:
        return whole
    if "." not in id and ":" not in id:
        return id
    ends = [0, *(joint.end() for joint in _JOINT.finditer(id)), len(id) + 1]
    if not 2 < len(ends) <= _MOST_JOINTS:
        return id
    done, place = "", 0
    while place < len(ends) - 1:
        end, made = next(_runs(id, ends, place, new), (place + 1, None))
        done += (id[ends[place] : ends[end] - 1] if made is None else made) + id[ends[end] - 1 : ends[end]]
        place = end
    return done


def _runs(id: str, ends: list[int], place: int, new: Callable[[str], str | None]) -> Iterator[tuple[int, str]]:
    for end in range(len(ends) - 1, place, -1):
        run = id[ends[place] : ends[end] - 1]
        if run and (made := new(run)) is not None:
            yield end, made


def replaced_in_text(text: str, new: Callable[[str], str | None]) -> str:
    """A text in which the ids that `new` knows are replaced, word by word."""
    return _WORD.sub(lambda word: replaced_in_id(word[0], new), text)
