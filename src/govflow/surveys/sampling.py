"""分层随机抽样: a stratified random sample that anybody who holds the roll can draw again.

The sample is a function of the roll and of a seed that was committed to when the roll was frozen, so that nobody can
choose whom to ask. Who fixes both could still try seeds before: let several people keep parts of the seed, or name a
public value of a later day (the numbers of a lottery), which goes into the draw beside it.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from govflow.voting.lot import commitment_of

Roll = Mapping[str, Iterable[str]]
"""The pseudonyms of the people in each stratum."""


def digest_of_people(people: Roll) -> str:
    """SHA-256 in hex of one line for each person, by stratum and id (code points): stratum, TAB, id, LF.

    It is the digest of the file with these lines, of a whole roll as of a sample.
    """
    digest = hashlib.sha256()
    for stratum in sorted(people):
        for id in sorted(people[stratum]):
            digest.update(f"{stratum}\t{id}\n".encode())
    return digest.hexdigest()


def repeated(roll: Roll) -> int:
    """How many people stand on a roll more than once, in one stratum or in two."""
    times = Counter(id for people in roll.values() for id in people)
    return sum(1 for count in times.values() if count > 1)


def allocation(sizes: Mapping[str, int], total: int, least: int) -> dict[str, int]:
    """How many to draw in each stratum of these sizes, so that about `total` are drawn and `least` in each.

    Proportional to size by largest remainders, level ones in the order of the strata's ids; then a stratum with fewer
    than `least` gets so many, or all its people, on top of the others. So no other stratum loses anybody by it.
    """
    population = sum(sizes.values())
    quotas = {id: Fraction(total * size, population) for id, size in sizes.items()}
    shares = {id: int(quota) for id, quota in quotas.items()}
    by_remainder = sorted(sizes, key=lambda id: (shares[id] - quotas[id], id))
    for id in by_remainder[: total - sum(shares.values())]:
        shares[id] += 1
    return {id: min(sizes[id], max(shares[id], least)) for id in sorted(sizes)}


def sample_of(roll: Roll, drawn: Mapping[str, int], seed: str, public_value: str = "") -> dict[str, tuple[str, ...]]:
    """Who is drawn of each stratum, by id: so many as `drawn` says.

    Each person's lot is the SHA-256 of five lines, LF after each: seed, public value, digest of the roll, stratum, id.
    The smallest lots are drawn; every choice of so many people is as likely as any other.
    """
    head = f"{seed}\n{public_value}\n{digest_of_people(roll)}\n"
    return {
        stratum: tuple(sorted(heapq.nsmallest(drawn[stratum], roll[stratum], key=_lots(f"{head}{stratum}\n"))))
        for stratum in sorted(drawn)
    }


def _lots(head: str) -> Callable[[str], bytes]:
    """The lot of each person among those that share the first lines."""
    begun = hashlib.sha256(head.encode())

    def lot_of(id: str) -> bytes:
        lot = begun.copy()
        lot.update(f"{id}\n".encode())
        return lot.digest()

    return lot_of


def slip_of(token: str) -> str:
    """What the log holds of the token by which somebody drawn answers: its SHA-256 in hex.

    Make tokens of chance, at least 16 characters, in no order of people, and let each be drawn as from a hat: then
    nobody knows whose answer is whose.
    """
    return commitment_of(token)
