"""小数抑制 small counts: what tells of one or two people is not published as a number, nor can it be worked out.

Zero tells of nobody and stays. The sum of a table is taken to be known: where it would tell what is hidden, the next
smallest count goes with it, and every other of that size.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 3
"""The smallest count of people that is published, beside none at all."""

_K = TypeVar("_K", bound=Hashable)


def published(counts: Mapping[_K, int]) -> dict[_K, int | None]:
    """The counts of a table whose sum is known, each as it may be published; None for one that is not to be told."""
    there = sorted((key for key, count in counts.items() if count), key=lambda key: counts[key])
    hidden = [key for key in there if counts[key] < LEAST]
    number, total = len(hidden), sum(counts[key] for key in hidden)
    if hidden and (number == 1 or total in (number, number * (LEAST - 1))):  # their sum would tell each of them
        next_smallest = counts[there[number]] if there[number:] else 0
        hidden += [key for key in there[number:] if counts[key] == next_smallest]  # all alike: which one, tells too
    kept_back = set(hidden)
    return {key: None if key in kept_back else count for key, count in counts.items()}
