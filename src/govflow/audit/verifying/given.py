"""What callers hand in to have a log checked, in the form they have it: heads and keys as values, texts or files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from govflow.audit.verifying.heads import Head, read_head
from govflow.checkpoints.notes import Note, NoteError, Verifier
from govflow.checkpoints.trust import read_vkey
from govflow.errors import Detail, InputError

_A_PATH = Detail("the path of a log, as text or Path", "日志的路径（文本或 Path）")
_A_HEAD = Detail(
    "a Note, a Head, the text of a signed checkpoint, or the path of its file",
    "Note、Head、已签检查点的文本，或其文件的路径",
)
_A_KEY = Detail("a Verifier, the text of a public key, or the path of its file", "Verifier、公钥文本，或其文件的路径")
_A_HANDOVER = Detail(
    "the bytes of a handover, as `handovers_in` reads them", "移交文本的字节（由 `handovers_in` 读出）"
)
_GIVEN = Detail("the checkpoint given", "所给检查点")


def path_of(log: Any) -> Path:
    """The path of a log's file. Raises InputError for an engine, a store, or anything else that is no path."""
    if not isinstance(log, str | Path):
        raise _other(log, "verify_log", _A_PATH)
    return Path(log)


def heads_of(given: Iterable[Head | Note | str | Path]) -> tuple[Head, ...]:
    """The signed heads. Raises InputError for what is none, naming what it was."""
    return tuple(map(_head, _several(given, "trusted", _A_HEAD)))


def keys_of(given: Iterable[Verifier | str | Path]) -> tuple[Verifier, ...]:
    """The public keys. Raises InputError for what is none."""
    return tuple(map(_key, _several(given, "vkeys", _A_KEY)))


def handovers_of(given: Iterable[bytes]) -> tuple[bytes, ...]:
    """The handovers. Raises InputError for what is none."""
    found = _several(given, "handovers", _A_HANDOVER)
    for each in found:
        if not isinstance(each, bytes):
            raise _other(each, "handovers", _A_HANDOVER)
    return found


def _several(given: Any, where: str, expected: Detail) -> tuple[Any, ...]:
    """What was given, where it is several things: one text or note would silently be taken letter by letter."""
    if isinstance(given, str | bytes | Path | Head | Note | Verifier) or not isinstance(given, Iterable):
        raise _other(given, where, Detail(f"a list, each {expected}", f"列表，各为 {expected.zh}"))
    return tuple(given)


def _head(given: Any) -> Head:
    if isinstance(given, Head):
        return given
    try:
        if isinstance(given, Note):
            return read_head(given.format().encode(), _GIVEN)
        if isinstance(given, str) and "\n" in given:
            return read_head(given.encode(), _GIVEN)
        if isinstance(given, str | Path):
            path = Path(given)
            return read_head(path.read_bytes(), path.name)
    except (NoteError, OSError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else error.args[0]
        where = f"trusted {given}" if isinstance(given, Path) or (isinstance(given, str) and "\n" not in given) else ""
        raise InputError(what, where=where or "trusted", expected=_A_HEAD) from None
    raise _other(given, "trusted", _A_HEAD)


def _key(given: Any) -> Verifier:
    if isinstance(given, Verifier):
        return given
    if isinstance(given, str | Path):
        return read_vkey(str(given).strip(), "vkeys")
    raise _other(given, "vkeys", _A_KEY)


def _other(given: Any, where: str, expected: Detail) -> InputError:
    kind = type(given).__name__
    return InputError(Detail(f"{kind} is not usable here", f"此处不能用 {kind}"), where=where, expected=expected)
