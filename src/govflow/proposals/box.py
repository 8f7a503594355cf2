"""无记名票箱 the ballot box of a secret vote: what a voter seals, keeps and can check, what is published in the end.

Each ballot is sealed under the key of its box. Beside the voter stands a commitment, `sha256(secret LF code)`, with a
secret that the voter alone keeps; when the box is opened, the ballots are published by their codes, in the codes'
order, and the key is destroyed. Whoever has the receipt finds the code among the published ones, and can prove with
the secret that this code was handed in; nobody else can tell which code is whose.

A code is made of the voter's pseudonym too, and made again when the box is opened: two voters can never have the same,
not even if they agree on their nonces, and nobody can pass another's code off as their own. Without the nonce, 32
random bytes that stand nowhere but in the sealed text and in the receipt, the pseudonym cannot be found out from it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from govflow.actors import Id
from govflow.messages import Count, Personal, Sha256, Value
from govflow.voting.ballots import Ballot

MOST_IN_A_BOX = 200_000
"""Ballots at most that one box holds: they are published in one event."""
_BLOCK = 1024
_AROUND, _BESIDE = 256, 9  # characters at most around the options of a sealed ballot, and beside each of them
LONGEST_SEALED = 20_000
"""Characters at most that a sealed text may have: what `Personal` holds."""
_NONCE = re.compile(r"[0-9a-f]{64}")


class Opened(Value):
    """One ballot out of the box: its code, which its voter knows, and what it says."""

    code: Sha256
    ballot: Ballot


class Receipt(Value):
    """What a voter keeps: with it the ballot is found among the published ones. To show it is to show one's vote."""

    record: Id
    round: Count
    voter: Id
    secret: Sha256
    nonce: Sha256
    code: Sha256
    ballot: Ballot


class SealedBallot(NamedTuple):
    """A ballot ready to be cast: what is sealed, the commitment beside the voter, and the voter's receipt."""

    sealed: Personal
    commitment: str
    receipt: Receipt


def box_of(record: str, round: int) -> str:
    """The pseudonym under whose key the ballots of one round of voting are sealed."""
    return "box-" + hashlib.sha256(f"{record}\n{round}".encode()).hexdigest()[:32]


def sealed_length(options: Iterable[str]) -> int:
    """How many characters every sealed ballot of a vote about these options has, whatever it says.

    Encrypted, it keeps its length: a yes must not be told from a no by it, nor a long list from a short one.
    """
    longest = _AROUND + sum(len(option) + _BESIDE for option in options)
    return -(-longest // _BLOCK) * _BLOCK


def seal(
    record: str, round: int, voter: str, ballot: Ballot, secret: bytes, nonce: bytes, options: tuple[str, ...] = ()
) -> SealedBallot:
    """Seal a ballot of a vote about these options (yes or no: none).

    `secret` and `nonce` are 32 random bytes each, drawn on the voter's side and never used again. Raises ValueError.
    """
    if len(secret) != 32 or len(nonce) != 32:
        raise ValueError("a secret and a nonce are 32 random bytes each")
    code = code_of(record, round, voter, nonce.hex(), ballot)
    text = json.dumps({"nonce": nonce.hex(), "ballot": ballot.model_dump(mode="json")}, sort_keys=True)
    receipt = Receipt(
        record=record, round=round, voter=voter, secret=secret.hex(), nonce=nonce.hex(), code=code, ballot=ballot
    )
    sealed = Personal(text=text.ljust(sealed_length(options)), subject=box_of(record, round))
    return SealedBallot(sealed, commitment_to(secret.hex(), code), receipt)


def code_of(record: str, round: int, voter: str, nonce: str, ballot: Ballot) -> str:
    """The code of a ballot: SHA-256 over record, round, voter, nonce in hex, and the ballot, LF between them.

    The ballot is JSON with sorted keys and without spaces: `{"choice":["yes"],"scores":{}}`.
    """
    said = json.dumps(ballot.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{record}\n{round}\n{voter}\n{nonce}\n{said}".encode()).hexdigest()


def commitment_to(secret: str, code: str) -> str:
    """What stands beside the voter: SHA-256 over the secret in hex, LF, and the code. It tells nothing of the code."""
    return hashlib.sha256(f"{secret}\n{code}".encode()).hexdigest()


def unsealed(record: str, round: int, voter: str, text: str) -> Opened:
    """The ballot that a voter sealed as `text`. Raises ValueError where it is none: the text may be anything."""
    try:
        given = json.loads(text)
        nonce, ballot = given["nonce"], Ballot.model_validate(given["ballot"])
    except (LookupError, TypeError, RecursionError) as error:
        raise ValueError("no ballot was sealed here") from error
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise ValueError("there is no nonce")
    return Opened(code=code_of(record, round, voter, nonce, ballot), ballot=ballot)


class Standing(StrEnum):
    """What became of the ballot of a receipt, once the box is opened."""

    COUNTED = "counted"  # it is among the published ones, as it was cast
    SPOILT = "spoilt"  # its code is there; what it said was no ballot of this vote, and it counts as empty
    MISSING = "missing"  # the log holds its commitment, but its code was not published
    REPLACED = "replaced"  # the log holds another commitment: of a later ballot, or none of this voter
    FALSE = "false"  # the receipt contradicts itself


def standing(receipt: Receipt, commitment: str | None, published: Iterable[Opened]) -> Standing:
    """What became of a ballot: `commitment` is what the log holds beside its voter, `published` came out of the box."""
    code = code_of(receipt.record, receipt.round, receipt.voter, receipt.nonce, receipt.ballot)
    if code != receipt.code:
        return Standing.FALSE
    if not hmac.compare_digest(commitment or "", commitment_to(receipt.secret, code)):
        return Standing.REPLACED
    found = next((each.ballot for each in published if each.code == code), None)
    if found is None:
        return Standing.MISSING
    return Standing.COUNTED if found == receipt.ballot else Standing.SPOILT


def is_counted(receipt: Receipt, commitment: str | None, published: Iterable[Opened]) -> bool:
    """Whether the ballot of a receipt is among the published ones as it was cast, and the log holds its commitment."""
    return standing(receipt, commitment, published) is Standing.COUNTED
