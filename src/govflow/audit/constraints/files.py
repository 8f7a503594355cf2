"""Constraint files 约束文件: read from TOML, with one clear error for what is wrong: where, what, what was expected.

A file is a list of tables `[[constraint]]` and, where constraints hold within a round, `rounds`: the events with
which a new one begins. It comes from whoever wrote it, so nothing in it is taken for granted.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from govflow.audit.constraints.model import Constraint, Constraints, Same, Side, Template
from govflow.decider import Decider
from govflow.errors import Detail, InputError, Problem
from govflow.messages import Event

LARGEST = 1_000_000
"""Bytes of the largest file that is read."""

_MOST, _MOST_NAMES, _LONGEST = 1_000, 200, 500  # constraints, names on one side, characters of a sentence
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SIDE = re.compile(r"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)(?:\?([a-z][a-z0-9_]*))?")
_TEXTS, _SIDES = ("en", "zh", "source"), ("first", "then", "by", "anew")
_FIELDS = ("id", "template", "same", *_TEXTS, *_SIDES)
_T = Template
_ASKED: Mapping[Template, tuple[tuple[str, ...], tuple[str, ...]]] = {  # sides it must name, sides it may name
    _T.EXISTENCE: (("first", "by"), ()),
    _T.ABSENCE: (("then",), ("first",)),
    _T.PRECEDENCE: (("first", "then"), ()),
    _T.RESPONSE: (("first", "then"), ("by",)),
    _T.SUCCESSION: (("first", "then"), ("by",)),
    _T.CHAIN_PRECEDENCE: (("first", "then"), ()),
    _T.NOT_COEXISTENCE: (("first", "then"), ()),
    _T.FOUR_EYES: (("first", "then"), ()),
}
Known = Mapping[str, type[Event]]


class ConstraintError(InputError):
    """A constraint file cannot be used: where in it, what is wrong, and what was expected. Correct it there."""

    def __init__(self, file: str, problem: Problem) -> None:
        self.file = file
        self.problem = problem
        super().__init__(str(problem.what), where=f"{file}: {problem.field}".rstrip(": "), expected=problem.expected)

    def sentence(self, lang: str = "en") -> str:
        """The error in one line, in English or Chinese."""
        return f"{self.file}: {self.problem.sentence(lang)}"


@cache
def shipped_constraints() -> Constraints:
    """The constraints that come along: they hold on every log that was written by lawful steps."""
    text = (files("govflow") / "data" / "constraints" / "default.toml").read_bytes()
    return constraints_from(text, "default.toml")


def load_constraints(path: str | os.PathLike[str], known: Known) -> Constraints:
    """The constraints of a file. Raises ConstraintError, also for an event that none of `known` is; OSError."""
    with Path(path).open("rb") as source:
        text = source.read(LARGEST + 1)
    return constraints_from(text, os.fspath(path), known)


def known_events(deciders: Iterable[Decider]) -> dict[str, type[Event]]:
    """The events that records of these kinds may hold, by their stored names."""
    return {event.name: event for decider in deciders for event in decider.events}


def constraints_from(text: bytes, file: str, known: Known | None = None) -> Constraints:
    """The constraints that a text in TOML says; `file` names it in errors. Raises ConstraintError."""
    try:
        return _read(_document(text), known)
    except _Wrong as wrong:
        raise ConstraintError(file, wrong.problem) from None


class _Wrong(Exception):
    def __init__(self, field: str, en: str, zh: str, expected: str = "") -> None:
        super().__init__(en)
        self.problem = Problem(field, Detail(en, zh), expected)


def _document(text: bytes) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise _Wrong("", "the file is too large", "文件过大", f"<= {LARGEST} bytes")
    try:
        return tomllib.loads(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise _Wrong("", "it is not UTF-8", "不是 UTF-8 编码", "TOML") from None
    except RecursionError:
        raise _Wrong("", "it is nested too deeply", "嵌套过深", "[[constraint]]") from None
    except ValueError as error:  # of TOML, of numbers too long to be read
        raise _Wrong(
            "", f"it is not TOML: {_shown(str(error), 200)}", f"不是 TOML：{_shown(str(error), 200)}"
        ) from None


def _read(document: Mapping[str, Any], known: Known | None) -> Constraints:
    for name in document:
        if name not in ("constraint", "rounds"):
            raise _Wrong(_shown(name), "there is no such field", "没有此字段", "constraint, rounds")
    given = document.get("constraint")
    if not isinstance(given, list) or not given:
        raise _Wrong("constraint", "no constraint is named", "未列出约束", "[[constraint]]")
    if len(given) > _MOST:
        raise _Wrong("constraint", "too many constraints", "约束过多", f"<= {_MOST}")
    rounds = _rounds(document, known)
    found: dict[str, Constraint] = {}
    for number, each in enumerate(given, 1):
        constraint = _constraint(f"constraint {number}", each, known, has_rounds=bool(rounds))
        if constraint.id in found:
            raise _Wrong(f"constraint {number}: id", f"{constraint.id} stands twice", f"{constraint.id} 重复")
        found[constraint.id] = constraint
    return Constraints(found.values(), rounds)


def _rounds(document: Mapping[str, Any], known: Known | None) -> tuple[Side, ...]:
    if "rounds" in document:
        return tuple(_sides("rounds", document["rounds"], known))
    return () if known is None else shipped_constraints().rounds


def _constraint(where: str, given: Any, known: Known | None, *, has_rounds: bool) -> Constraint:
    if not isinstance(given, dict):
        raise _Wrong(where, "it is no table", "不是表", "[[constraint]]")
    id = given.get("id")
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise _Wrong(f"{where}: id", "no usable id", "没有可用的编号", "a-z 0-9 _ -, 1..64")
    where = f"{where} ({id})"
    for name in given:
        if name not in _FIELDS:
            raise _Wrong(f"{where}: {_shown(name)}", "there is no such field", "没有此字段", ", ".join(_FIELDS))
    texts = {name: _text(f"{where}: {name}", given.get(name)) for name in _TEXTS}
    template = _one_of(f"{where}: template", given.get("template"), Template)
    must, may = _ASKED[template]
    for name in _SIDES:
        if name in given and name not in (*must, *may, "anew"):
            expected = ", ".join((*must, *may, "anew"))
            raise _Wrong(f"{where}: {name}", f"{template} has no such side", f"{template} 没有此项", expected)
    sides = {
        name: tuple(_sides(f"{where}: {name}", given.get(name), known))
        for name in _SIDES
        if name in given or name in must
    }
    same = _one_of(f"{where}: same", given["same"], Same) if "same" in given else None
    if same is Same.ROUND and not has_rounds:
        raise _Wrong(
            "rounds", f"{id} holds within a round, but none is said to begin", f"{id} 按轮次，但未列出轮次的开始事件"
        )
    if same is Same.ITEM and known is not None:
        _have_items(where, (*sides.get("first", ()), *sides.get("then", ())), known)
    values: dict[str, Any] = {"first": (), "then": (), **sides, **texts}
    return Constraint(id=id, template=template, same=same, **values)


def _text(where: str, given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > _LONGEST or not given.isprintable():
        raise _Wrong(where, "no usable text", "没有可用的文字", f"one line, 1..{_LONGEST}")
    return given


def _one_of(where: str, given: Any, choices: type[Template] | type[Same]) -> Any:
    try:
        return choices(given)
    except ValueError:
        en, zh = ("it is missing", "缺少") if given is None else (f"{_shown(given)} is none", f"没有 {_shown(given)}")
        raise _Wrong(where, en, zh, ", ".join(choices)) from None


def _sides(where: str, given: Any, known: Known | None) -> Iterator[Side]:
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_NAMES:
        raise _Wrong(where, "no list of events", "不是事件列表", f'["case.closed"], 1..{_MOST_NAMES}')
    for each in given:
        found = _SIDE.fullmatch(each) if isinstance(each, str) else None
        if found is None:
            raise _Wrong(
                where, f"{_shown(each)} names no event", f"{_shown(each)} 不是事件名", "case.closed, name?field"
            )
        side = Side(found[1], found[2] or "")
        if known is not None:
            _is_known(where, side, known)
        yield side


def _is_known(where: str, side: Side, known: Known) -> None:
    event = known.get(side.event)
    if event is None:
        near = ", ".join(get_close_matches(side.event[:80], known, n=3))
        name = _shown(side.event)
        raise _Wrong(where, f"there is no event {name}", f"没有事件 {name}", near or "a stored name")
    if side.field and side.field not in event.model_fields:
        fields = ", ".join(name for name in event.model_fields if name not in Event.model_fields)
        name = f"{side.event}?{_shown(side.field)}"
        raise _Wrong(where, f"{name}: the event has no such field", f"{name}：该事件没有此字段", fields)


def _have_items(where: str, sides: Iterable[Side], known: Known) -> None:
    for side in sides:
        if "item" not in known[side.event].model_fields:
            raise _Wrong(
                f"{where}: same", f"{side.event} is of no item", f"{side.event} 不属于任何项", 'same = "round"'
            )


def _shown(given: Any, most: int = 60) -> str:
    """What stands in the file, short and printable."""
    text = given if isinstance(given, str) else type(given).__name__
    return "".join(char if char.isprintable() else "·" for char in text[:most])
