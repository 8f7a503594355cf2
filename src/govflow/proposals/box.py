"""无记名票箱 the ballot box of a secret vote: what a voter seals, keeps and can check, what is published in the end.

Each ballot is sealed under the key of its box. Beside the voter stands a commitment, `sha256(secret LF code)`, with a
secret that the voter alone keeps; when the box is opened, the ballots are published by their codes, in the codes'
order, and the key is destroyed. Whoever has the receipt finds the code among the published ones, and can prove with
the secret that this code was handed in; nobody else can tell which code is whose.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import NamedTuple

from govflow.messages import Personal, Sha256, Value
from govflow.voting.ballots import Ballot

_BLOCK = 1024


class Opened(Value):
    """One ballot out of the box: its code, which its voter knows, and what it says."""

    code: Sha256
    ballot: Ballot


class Receipt(Value):
    """What a voter keeps: with it the ballot is found among the published ones. To show it is to show one's vote."""

    record: str
    round: int
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


def seal(record: str, round: int, ballot: Ballot, secret: bytes, nonce: bytes) -> SealedBallot:
    """Seal a ballot. `secret` and `nonce` are 32 random bytes each, drawn on the voter's side and never used again."""
    if len(secret) != 32 or len(nonce) != 32:
        raise ValueError("a secret and a nonce are 32 random bytes each")
    code = code_of(nonce.hex(), ballot)
    text = json.dumps({"nonce": nonce.hex(), "ballot": ballot.model_dump(mode="json")}, sort_keys=True)
    text += " " * (-len(text) % _BLOCK)  # encrypted, a yes must not be told from a no by its length
    receipt = Receipt(record=record, round=round, secret=secret.hex(), nonce=nonce.hex(), code=code, ballot=ballot)
    return SealedBallot(Personal(text=text, subject=box_of(record, round)), commitment_to(secret.hex(), code), receipt)


def code_of(nonce: str, ballot: Ballot) -> str:
    """The code of a ballot: SHA-256 over the nonce in hex, LF, and what the ballot says as JSON with sorted keys."""
    said = json.dumps(ballot.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{nonce}\n{said}".encode()).hexdigest()


def commitment_to(secret: str, code: str) -> str:
    """What stands beside the voter: SHA-256 over the secret in hex, LF, and the code. It tells nothing of the code."""
    return hashlib.sha256(f"{secret}\n{code}".encode()).hexdigest()


def unsealed(text: str) -> Opened:
    """The ballot that was sealed as `text`. Raises ValueError where it is none."""
    given = json.loads(text)
    ballot = Ballot.model_validate(given["ballot"])
    return Opened(code=code_of(str(given["nonce"]), ballot), ballot=ballot)


def is_counted(receipt: Receipt, commitment: str, published: tuple[Opened, ...]) -> bool:
    """Whether the ballot of a receipt is among the published ones as it was cast, and the log holds its commitment."""
    sound = hmac.compare_digest(commitment, commitment_to(receipt.secret, receipt.code))
    return sound and Opened(code=receipt.code, ballot=receipt.ballot) in published
