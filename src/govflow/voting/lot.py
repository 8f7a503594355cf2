"""抽签 by a seed that was committed to before the vote, so that anybody can draw the same lot again.

Who knows the seed can foresee how each tie would end. Let somebody without a vote keep it until the vote is closed, or
make it of parts that several people keep.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import StringConstraints

from govflow.errors import Detail, InputError

_SEED = re.compile(r"^[!-~]{16,200}$")
Seed = Annotated[str, StringConstraints(pattern=_SEED)]
"""What a lot is drawn by: 16 to 200 printable characters of ASCII without spaces, so that its bytes are the same
everywhere and its commitment cannot be guessed."""


def fits_a_lot(seed: str) -> bool:
    """Whether a text can be the seed of a lot."""
    return _SEED.fullmatch(seed) is not None


def commitment_of(seed: str) -> str:
    """What is published before the vote: the SHA-256 of the seed's bytes, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(seed: str | None, round: int, tied: Iterable[str]) -> str:
    """The one that is drawn of options that are tied in a round (from 1). Raises InputError without a seed.

    Take SHA-256 of the seed, LF, the round in decimal digits, LF, and each tied id in their order, LF after each; read
    it as a number; its remainder by the number of those tied is the place, from 0, of the one drawn in that order.
    """
    if seed is None:
        raise InputError(
            Detail("a lot must be drawn and there is no seed", "须抽签,但没有种子"),
            expected=Detail("the seed that was committed to before the vote", "表决前已作承诺的种子"),
        )
    lots = sorted(tied)
    digest = hashlib.sha256("".join(f"{line}\n" for line in (seed, round, *lots)).encode()).hexdigest()
    return lots[int(digest, 16) % len(lots)]
