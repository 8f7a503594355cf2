"""Exact figures: how they are stored, and how they are shown: rounded once, at the very end, half up, never a float."""

from __future__ import annotations

import re
from fractions import Fraction
from math import isqrt
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

_STORED = re.compile(r"-?[0-9]{1,4000}(/[1-9][0-9]{0,3999})?")


def _read(given: Any) -> Fraction:
    if isinstance(given, Fraction):
        return given
    if not isinstance(given, str) or not _STORED.fullmatch(given):
        raise ValueError("an exact figure is written as 5 or 247/3")
    return Fraction(given)


Exact = Annotated[
    Fraction,
    PlainValidator(_read, json_schema_input_type=str),
    PlainSerializer(str, return_type=str, when_used="json-unless-none"),
]
"""A fraction as a field of a value: in JSON a text, `247/3`, in lowest terms.

The form is written down here, since what is stored must not change with the packages underneath.
"""


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
