"""How exact figures are shown: rounded once, at the very end, half up, without a float on the way."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt


def shown(value: Fraction, places: int = 2) -> str:
    """A figure of zero or more with so many decimals, half up: 247/3 is shown as 82.33, 1/200 as 0.01."""
    return _decimal(int(value * 10**places + Fraction(1, 2)), places)


def root_shown(square: Fraction, places: int = 2) -> str:
    """The square root of a figure of zero or more with so many decimals, half up.

    The nearest whole number k to √q is ⌊(⌊√(4q)⌋ + 1) / 2⌋, and ⌊√(4q)⌋ is the integer root of ⌊4q⌋.
    """
    doubled = isqrt(int(4 * square * 10 ** (2 * places)))
    return _decimal((doubled + 1) // 2, places)


def _decimal(units: int, places: int) -> str:
    whole, rest = divmod(units, 10**places)
    return f"{whole}.{rest:0{places}}" if places else str(whole)
