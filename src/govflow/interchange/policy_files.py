"""Reads policies and work calendars from TOML or JSON files, every problem told at once with the field it stands in."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError, create_model

from govflow.calendars import Calendar
from govflow.errors import Detail, InputError, PolicyError, Problem
from govflow.interchange.policy_words import joined, printable, problems_of, unknown_field
from govflow.messages import Value
from govflow.policy import Policy
from govflow.policy.consistency import contradictions, contradictions_within, unknown_zone
from govflow.policy.entries import Unread
from govflow.policy.model import Thresholds, with_bundled, zone_named

LARGEST = 5_000_000
"""Bytes of the largest file that is read."""

_DEEPEST = 12  # tables in tables: what a policy may hold is half as deep
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")

_ENTRIES: dict[str, type[BaseModel]] = {
    name: get_args(field.annotation)[0]
    for name, field in Policy.model_fields.items()
    if isinstance(next(iter(get_args(field.annotation)), None), type)
    and issubclass(get_args(field.annotation)[0], BaseModel)
}
"""The lists of a policy, with what each holds."""

_HEAD: type[BaseModel] = create_model(
    "Policy",
    __base__=Value,
    **{name: (field.annotation, field) for name, field in Policy.model_fields.items() if name not in _ENTRIES},  # type: ignore[call-overload]  # its names are known when it runs
)
"""The fields of a policy that are no such list."""


class Reading(NamedTuple):
    """What came of reading a policy file: the policy, or every problem, and the parts that could be read.

    `parts` has the fields of a policy; an entry that cannot be read is in its place by name.
    """

    policy: Policy | None
    problems: tuple[Problem, ...]
    parts: Any


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """The policy that a TOML or JSON file holds.

    Raises PolicyError with every problem, each with its field, and InputError for a file that cannot be opened.
    """
    found = read_policy(path)
    if found.policy is None:
        raise PolicyError(found.problems, file=os.fspath(path))
    return found.policy


def read_policy(path: str | os.PathLike[str]) -> Reading:
    """A policy file as far as it can be read, for those who have more to check. Raises InputError."""
    document, problems = _document(path)
    if document is None:
        return Reading(None, tuple(problems), SimpleNamespace())
    found = policy_from(document)
    return found if not problems else Reading(None, (*problems, *found.problems), found.parts)


def policy_from(document: Mapping[str, Any]) -> Reading:
    """The policy that a document stands for: what tomllib or json made of a file."""
    parts, problems = _parts(document)
    problems += _together(parts, document)
    policy = None if problems else Policy(**parts)
    return Reading(policy, tuple(sorted(problems, key=_place_in(document))), SimpleNamespace(**parts))


def policy_as_text(policy: Policy) -> str:
    """A policy as a JSON document, in full: `load_policy` reads the same policy from it."""
    return policy.model_dump_json(indent=2) + "\n"


def load_calendar(path: str | os.PathLike[str]) -> Calendar:
    """The work calendar that a TOML or JSON file holds. Raises PolicyError with every problem, and InputError."""
    document, problems = _document(path)
    try:
        if document is not None:
            calendar = Calendar.model_validate_json(_as_json(document), strict=True)
            if not problems:
                return calendar
    except ValidationError as error:
        problems += problems_of(error, Calendar, document)
    raise PolicyError(problems, file=os.fspath(path))


def example_text() -> str:
    """The policy of an invented town, as a TOML file to be copied and changed."""
    return _EXAMPLE.read_text("utf-8")


_EXAMPLE = files("govflow") / "data" / "policies" / "qingxi.toml"


# --- the parts of a policy -------------------------------------------------------------------------------------------


def _parts(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Every field that can be read, and what is wrong with the others."""
    known = list(Policy.model_fields)
    problems = [unknown_field(printable(name), name, known) for name in document if name not in known]
    head = {name: value for name, value in document.items() if name in _HEAD.model_fields}
    try:
        read = _HEAD.model_validate_json(_as_json(head), strict=True)
        parts = {name: getattr(read, name) for name in head}
    except ValidationError as error:
        problems += problems_of(error, _HEAD, head)
        bad = {one["loc"][0] for one in error.errors(include_url=False, include_input=False) if one["loc"]}
        parts = {name: value for name, value in head.items() if name not in bad}
    for name, model in _ENTRIES.items():
        given = document.get(name, [])
        entries = enumerate(given if isinstance(given, list) else ())
        parts[name] = tuple(_entry(name, place, model, each, problems) for place, each in entries)
        if not isinstance(given, list):
            wanted = Detail(f"a list of tables: [[{name}]]", f"表的列表：[[{name}]]")
            problems.append(Problem(name, Detail("it is no list", "不是列表"), wanted))
    return dict(with_bundled(parts)), problems


def _entry(name: str, place: int, model: type[BaseModel], given: Any, problems: list[Problem]) -> BaseModel | Unread:
    """An entry of a list, judged by itself: a bad one does not hide what is wrong with the others."""
    try:
        return model.model_validate_json(_as_json(given), strict=True)
    except ValidationError as error:
        id = _name(given, "id")
        problems += problems_of(error, model, given, f"{name}[{place}] ({id})" if id else f"{name}[{place}]")
        clock = _name(given, "clock") or "handling"  # a known one
        return Unread(id or f"#{place}", clock, kind=_name(given, "kind"))  # else a name that is nobody's


def _name(given: Any, field: str) -> str:
    """A name as it stands in an entry, where it is one."""
    value = given.get(field) if isinstance(given, Mapping) else None
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _together(parts: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Problem]:
    """What cannot hold together, among the parts that could be read; figures that are not given are the usual ones."""
    policy = SimpleNamespace(**parts)
    if "thresholds" not in document:
        policy.thresholds = Thresholds()
    yield from contradictions(policy)
    yield from contradictions_within(policy)
    if "time_zone" in parts:
        try:
            zone_named(parts["time_zone"])
        except (LookupError, ValueError, OSError):  # what zoneinfo raises for unknown, unsafe and half names
            yield unknown_zone(printable(parts["time_zone"]))


def _place_in(document: Mapping[str, Any]) -> Callable[[Problem], tuple[int, int]]:
    """Sorts problems as their fields stand in the file; what is missing comes last."""
    order = {name: place for place, name in enumerate(document)}

    def place(problem: Problem) -> tuple[int, int]:
        name, _, rest = problem.field.partition(".")[0].partition("[")
        entry = rest.partition("]")[0]
        return order.get(name, len(order)), int(entry) if entry.isdecimal() else -1

    return place


# --- files -----------------------------------------------------------------------------------------------------------


class _Table(dict[str, Any]):
    """A JSON object that remembers which of its names stood there more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.twice = [] if len(names) == len(self) else [name for name in self if names.count(name) > 1]


def _document(path: str | os.PathLike[str]) -> tuple[dict[str, Any] | None, list[Problem]]:
    """What a file holds, and what keeps it from being read. Raises InputError where it cannot be opened."""
    file, suffix = os.fspath(path), Path(path).suffix.lower()
    if suffix not in (".toml", ".json"):
        raise InputError(f"{suffix or 'no suffix'} is no form it is read in", where=file, expected=".toml or .json")
    try:
        with open(path, "rb") as source:
            raw = source.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"it cannot be read ({reason})", where=file, expected="a TOML or JSON file") from None
    if len(raw) > LARGEST:
        return None, [_whole("the file is larger than 5 MB", "文件超过 5 MB", "a policy", "一份政策")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, [
            _whole(
                f"line {line}: not UTF-8", f"第 {line} 行：不是 UTF-8", "a file saved as UTF-8", "以 UTF-8 保存的文件"
            )
        ]
    try:
        found = tomllib.loads(text) if suffix == ".toml" else json.loads(text, object_pairs_hook=_Table)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}", f"第 {error.lineno} 行第 {error.colno} 列"
        return None, [
            _whole(f"{at[0]}: not readable as JSON ({error.msg})", f"{at[1]}：无法按 JSON 读取（{error.msg}）")
        ]
    except tomllib.TOMLDecodeError as error:
        return None, [_not_toml(str(error), text)]
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists without end
        return None, [_whole("a number too long or lists in lists without end", "数字过长或嵌套过深")]
    return _sound(found)


def _sound(found: Any) -> tuple[dict[str, Any] | None, list[Problem]]:
    """A document that is one table and not too deep, with every name that stands twice in it."""
    if not isinstance(found, dict):
        return None, [_whole("it is no table", "不是表", "the fields of a policy or calendar", "政策或日历的各字段")]
    problems = []
    rest: list[tuple[tuple[int | str, ...], Any]] = [((), found)]
    for path, value in rest:
        if len(path) > _DEEPEST:
            return None, [Problem(joined("", path[:3]), Detail("tables in tables without end", "嵌套过深"))]
        for name in value.twice if isinstance(value, _Table) else ():
            problems.append(
                Problem(joined("", (*path, name)), Detail("it stands twice", "出现两次"), Detail("once", "一次"))
            )
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        rest += [((*path, name), each) for name, each in inner if isinstance(each, dict | list)]
    return found, problems


def _not_toml(said: str, text: str) -> Problem:
    """A fault of TOML, with its line: tomllib says it in brackets at the end, or that the end is where it is."""
    what, _, place = said.removesuffix(")").rpartition(" (at ")
    if found := re.fullmatch(r"line (\d+), column (\d+)", place):
        line, column = found.groups()
    else:
        line, column = str(text.count("\n") + 1), "1"
    return _whole(
        f"line {line}, column {column}: not readable as TOML ({what})",
        f"第 {line} 行第 {column} 列：无法按 TOML 读取（{what}）",
    )


def _whole(en: str, zh: str, wanted: str = "", wanted_zh: str = "") -> Problem:
    return Problem("", Detail(en, zh), Detail(wanted, wanted_zh) if wanted else "")


def _as_json(value: Any) -> str:
    """A value for pydantic to read as strictly as JSON is read, which takes no number for a day and no 1 for true."""
    return json.dumps(value, default=_iso)


def _iso(value: date | time) -> str:
    return value.isoformat()
