"""Small pieces of Markdown that every page is made of."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence


def page(*parts: str) -> str:
    """Parts with an empty line between them, as a whole file."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def cell(text: str) -> str:
    """A text that may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a column that is empty in every row is left out."""
    body = [[cell(each) for each in row] for row in rows]
    kept = [at for at in range(len(head)) if any(row[at] for row in body)]
    lines = [[head[at] for at in kept], ["---"] * len(kept), *([row[at] for at in kept] for row in body)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def code(*names: str) -> str:
    """Names as code, with commas between them."""
    return ", ".join(f"`{name}`" for name in names if name)


def described(thing: object) -> str:
    """The docstring of a class or function, unwrapped: paragraphs stay apart."""
    return unwrapped(inspect.cleandoc(str(thing.__doc__ or "")))


def unwrapped(text: str) -> str:
    """A text without its line breaks, but with its paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))
