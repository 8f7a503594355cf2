"""Nobody can guess at a name or a number by its hash: no digest of a canary, plain or keyed, stands in any byte.

Looked for are digests by every common function, whole or cut to their first eight bytes and more, raw, in hex and in
base64, over the canaries in all the ways they may be normalised, and keyed with every key that the files hold.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from govflow import Engine
from govflow.actors import ClaimsAuthority
from govflow.checkpoints.keys import SigningKeys
from govflow.engine import shipped
from govflow.regions.mediation import text_digest_of
from tests.privacy.conftest import LOG
from tests.privacy.planting import ADDRESS, AGREED, CANARY, IDENTITY, LATIN, NAME, PHONE

HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
KEYED = ("md5", "sha1", "sha256", "sha512")
CUT = 8  # bytes of a digest that are looked for: longer pieces of it begin with them
_HEX = re.compile(rb"[0-9a-fA-F]{%d,}" % (2 * CUT))
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{10,}")
_OF_BASE64 = 10  # letters, which say 60 bits


def spelt(text: str) -> set[str]:
    """A text as somebody may write it before hashing it."""
    bare = re.sub(r"[\s-]", "", text)
    return {text, bare, text.lower(), text.upper(), text.strip() + "\n", f'"{text}"'}


def spellings() -> set[bytes]:
    numbers = (PHONE, "139 8765 1234", "139-8765-1234")
    phones = {f"{head}{number}" for head in ("", "+86", "86", "0086", "+86 ") for number in numbers}
    texts = {form for text in (NAME, LATIN, ADDRESS, IDENTITY, CANARY, *phones) for form in spelt(text)}
    texts |= {PHONE[-8:], PHONE[-4:] + PHONE, f"{NAME}{PHONE}", f"{NAME} {PHONE}", f"{PHONE}{NAME}", IDENTITY[-6:]}
    return {text.encode(how) for text in texts for how in ("utf-8", "utf-16-le", "gb18030")}


def digests(texts: Iterable[bytes], keys: Iterable[bytes]) -> set[bytes]:
    """The first bytes of every digest of these texts, plain and keyed."""
    held = list(keys)
    found = set()
    for text in texts:
        found |= {hashlib.new(name, text).digest()[:CUT] for name in HASHES}
        for key in held:
            found |= {hmac.digest(key, text, name)[:CUT] for name in KEYED}
            found |= {hashlib.sha256(key + text).digest()[:CUT], hashlib.sha256(text + key).digest()[:CUT]}
            found.add(hashlib.blake2b(text, key=key[:64]).digest()[:CUT])
    return found


def found_in(data: bytes, wanted: set[bytes]) -> list[bytes]:
    """The digests that stand in these bytes: raw, in hex, or in base64 from its first letter on."""
    hits = [data[at : at + CUT] for at in range(len(data) - CUT + 1) if data[at : at + CUT] in wanted]
    for run in _HEX.findall(data):
        small = run.lower()
        pieces = (small[at : at + 2 * CUT] for at in range(len(small) - 2 * CUT + 1))
        hits += [piece for piece in pieces if bytes.fromhex(piece.decode()) in wanted]
    letters = {base64.b64encode(each)[:_OF_BASE64] for each in wanted}
    letters |= {each.replace(b"+", b"-").replace(b"/", b"_") for each in letters}
    for run in _BASE64.findall(data):
        hits += [
            run[at : at + _OF_BASE64] for at in range(len(run) - _OF_BASE64 + 1) if run[at : at + _OF_BASE64] in letters
        ]
    return hits


def keys_in(folder: Path) -> Iterator[bytes]:
    """Every key that a thief of all the files would have: of the people, of the files, of codes and signatures."""
    path = folder / LOG
    with Engine.open(path, records=shipped(), authority=ClaimsAuthority(), read_only=True) as engine:
        with closing(sqlite3.connect(f"file:{path}.keys?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT subject, purpose, wrapped FROM data_keys").fetchall()
        for subject, purpose, wrapped in rows:
            yield wrapped
            key = engine.vault.keys.get(subject, purpose)
            assert key is not None
            yield key
        yield engine.log.id.encode()
        yield from (signer.private for signer in SigningKeys(f"{path}.signing", engine.log.id).signers())
    text = (folder / f"{LOG}.keys.kek").read_text()
    yield text.encode()
    for word in re.findall(r"[A-Za-z0-9+/=_-]{40,}", text):
        yield word.encode()
        yield base64.b64decode(word + "==", altchars=b"-_" if set(word) & set("-_") else None)


def files_in(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        yield path.read_bytes()


SAMPLE = 12  # keys with which the digests of the normal run are keyed; the campaign takes them all


def test_the_search_finds_a_digest_however_it_is_cut_and_written():
    wanted = digests([PHONE.encode()], [b"k" * 32])
    whole = hashlib.sha256(PHONE.encode()).digest()
    keyed = hmac.digest(b"k" * 32, PHONE.encode(), "sha256")
    for digest in (whole, keyed, whole[:CUT], whole[:16]):
        for form in (digest, digest.hex().encode(), digest.hex().upper().encode(), base64.b64encode(digest)):
            assert found_in(b"7b;" + form + b";", wanted)
    assert found_in(b'"' + base64.urlsafe_b64encode(whole) + b'"', wanted)
    assert not found_in(hashlib.sha256(b"something else").digest() * 4, wanted)


def test_no_digest_of_a_canary_stands_in_any_file(town_files: Path):
    wanted = digests(spellings(), [])
    assert len(wanted) > 1000
    assert [found_in(data, wanted) for data in files_in(town_files)] == [[]] * len(list(town_files.iterdir()))


def test_no_digest_of_a_name_or_a_number_keyed_with_a_key_of_the_files_stands_in_any_file(town_files: Path):
    keys = list(keys_in(town_files))
    assert len(keys) > 150
    wanted = digests(
        [each.encode() for each in (NAME, PHONE, f"+86{PHONE}", CANARY)], [*keys[:SAMPLE], *keys[-SAMPLE:]]
    )
    assert [found_in(data, wanted) for data in files_in(town_files)] == [[]] * len(list(town_files.iterdir()))


@pytest.mark.slow
def test_no_digest_of_any_spelling_keyed_with_any_key_of_the_files_stands_in_any_file(town_files: Path):
    wanted = digests(spellings(), keys_in(town_files))
    assert [found_in(data, wanted) for data in files_in(town_files)] == [[]] * len(list(town_files.iterdir()))


def test_the_one_digest_of_a_protected_text_is_over_a_random_number_that_goes_with_it(town_files: Path):
    digest = text_digest_of(AGREED)
    assert digest is not None
    assert digest.encode() in b"".join(files_in(town_files)), "the digest of an agreement that its parties signed"
    assert text_digest_of(CANARY) is None, "a text without one has no digest"
