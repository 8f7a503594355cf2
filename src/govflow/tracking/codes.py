"""查询码 tracking codes: what a reporter who gives no name keeps, made to be copied by hand and impossible to guess.

19 characters of chance (93 bits) and a check character by the hybrid system MOD M+1,M of ISO/IEC 7064. It finds every
wrong character, and 434 of 435 exchanges of two neighbours; what it does not find is a code that nobody has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Chance = Callable[[int], bytes]
"""So many random bytes, each as likely as any other, as from the operating system."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""30 letters and digits: without 0 O, 1 I L and U V, of which people mistake one for the other."""

_CHANCE = 19  # characters: 30 ** 19 > 2 ** 93
_GROUP = 5
_LENGTH = _CHANCE + 1
_FAIR = 256 - 256 % len(ALPHABET)  # bytes from here on would make some characters likelier than others
_LONGEST = 200  # of what is read at all: whoever sends a book has mistyped


def check_character(text: str, alphabet: str = ALPHABET) -> str:
    """The character that makes `text` whole, by the hybrid system MOD M+1,M of ISO/IEC 7064 (M: letters there are)."""
    modulus = len(alphabet)
    return alphabet[(modulus + 1 - _product(text, alphabet)) % modulus]


def is_whole(text: str, alphabet: str = ALPHABET) -> bool:
    """Whether the last character of `text` is its check character."""
    return bool(text) and set(text) <= set(alphabet) and check_character(text[:-1], alphabet) == text[-1]


def _product(text: str, alphabet: str) -> int:
    modulus = len(alphabet)
    product = modulus
    for character in text:
        product = 2 * ((product + alphabet.index(character)) % modulus or modulus) % (modulus + 1)
    return product


def new_code(chance: Chance) -> str:
    """A new code, without hyphens: chance and its check character."""
    drawn = ""
    while len(drawn) < _CHANCE:
        drawn += "".join(ALPHABET[byte % len(ALPHABET)] for byte in chance(_LENGTH) if byte < _FAIR)
    drawn = drawn[:_CHANCE]
    return drawn + check_character(drawn)


def shown(code: str) -> str:
    """A code as it is handed out: `ABCDE-FGHJK-…`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read(text: str) -> str | None:
    """The code that somebody has typed or pasted; None where it is mistyped, which is known without asking any log.

    In any case, in full or half width, with or without spaces and hyphens of any kind.
    """
    if len(text) > _LONGEST:
        return None
    kept = (each for each in unicodedata.normalize("NFKC", text) if not _is_between(each))
    code = "".join(kept).upper()
    return code if len(code) == _LENGTH and is_whole(code) else None


def _is_between(character: str) -> bool:
    """Spaces, hyphens and dashes, and what chats put in unseen: separators, controls, formats."""
    return character == "_" or unicodedata.category(character) in {"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"}
