"""Reads a command from JSON, as a queue, a file or a command line brings it: `{"command": "case.assign", "id": …}`.

What is wrong with a text is told by field and by what was expected, never by repeating a value: it may be personal.
"""

# ruff: noqa: E501 - tables: one text a line, in two languages

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from govflow.decider import Decider
from govflow.errors import Broken, InputError
from govflow.messages import HEADER, Command

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,59}")

# fmt: off
TEXTS = {
    "not_utf8": ("the text is not UTF-8; expected one JSON object in UTF-8", "文本不是 UTF-8，应为 UTF-8 编码的一个 JSON 对象"),
    "not_json": ("not readable as JSON (character {at}); expected one JSON object", "无法按 JSON 读取（第 {at} 个字符），应为一个 JSON 对象"),
    "not_an_object": ("not a JSON object; expected {{\"command\": …, \"by\": …}}", "不是 JSON 对象，应为 {{\"command\": …, \"by\": …}}"),
    "twice": ("stands twice; expected each field once", "出现两次，每个字段应只出现一次"),
    "no_command": ("missing; expected a wire name such as {names}", "缺少，应为命令名，例如 {names}"),
    "unknown_command": ("no command of the records served here; expected a wire name such as {names}", "此处的记录没有这一命令，应为命令名，例如 {names}"),
    "unknown_field": ("no field of {command}; expected one of {names}", "{command} 没有这一字段，应为其一：{names}"),
    "missing": ("missing; expected a value", "缺少，应有值"),
    "bad_value": ("not usable; expected {expected}", "不可用，应为{expected}"),
}

# What pydantic's kinds of error mean for whoever wrote the JSON; the rest is told in pydantic's own words.
_EXPECTED = {
    "string_type": ("a text", "文本"),
    "string_unicode": ("a text without lone surrogates", "合法的 Unicode 文本"),
    "string_too_long": ("a text of at most {max_length} characters", "不超过 {max_length} 个字符的文本"),
    "string_pattern_mismatch": ("a text of the form {pattern}", "符合 {pattern} 的文本"),
    "enum": ("one of {expected}", "其一：{expected}"),
    "literal_error": ("one of {expected}", "其一：{expected}"),
    "bool_type": ("true or false", " true 或 false"),
    "bool_parsing": ("true or false", " true 或 false"),
    "int_type": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_from_float": ("a whole number", "整数"),
    "tuple_type": ("a list", "列表"),
    "timezone_aware": ("a time with its offset, such as 2026-03-02T09:00:00+08:00", "带时区的时间，例如 2026-03-02T09:00:00+08:00"),
    "datetime": ("a time such as 2026-03-02T09:00:00+08:00", "时间，例如 2026-03-02T09:00:00+08:00"),
    "model": ("an object with the fields of {class_name}", "含 {class_name} 各字段的对象"),
    "mapping_type": ("an object", "对象"),
}
# fmt: on


class CommandFault(InputError):
    """A JSON text is no command; `field` says where, `reason` why, in English and in Chinese."""

    def __init__(self, code: str, field: str = "", *, zh: dict[str, Any] | None = None, **details: Any) -> None:
        en_text, zh_text = TEXTS[code]
        self.field = field
        self.reason = Broken(code, en_text.format(**details), zh_text.format(**{**details, **(zh or {})}))
        super().__init__(self.reason.en, where=field)

    def sentence(self, lang: str = "en") -> str:
        """Field and reason in one line."""
        text = self.reason.sentence(lang)
        return f"{self.field}: {text}" if self.field else text


def command_from_json(text: str | bytes, deciders: Iterable[Decider]) -> Command:
    """The command that a JSON object stands for, among those that `deciders` take.

    `{"command": "case.assign", "id": "C-2026-000001", "by": {"id": "desk", "claims": [{"role": "dispatcher"}]},
    "lead_unit": "water"}`. Raises CommandFault, which never repeats a value of the text.
    """
    known = {command.wire: command for decider in deciders for command in decider.commands}
    given = _object(text)
    wire = given.pop("command", None)
    if wire is None:
        raise CommandFault("no_command", "command", names=_some(known))
    command = known.get(wire) if isinstance(wire, str) else None
    if command is None:
        raise CommandFault("unknown_command", "command", names=_some(known, near=wire))
    try:
        return command.model_validate(given)
    except ValidationError as error:
        raise _fault(error, command) from None


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        given = json.loads(
            text.decode() if isinstance(text, bytes) else text, object_pairs_hook=_once, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise CommandFault("not_utf8") from None
    except json.JSONDecodeError as error:
        raise CommandFault("not_json", at=error.pos + 1) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, NaN, or lists in lists without end
        raise CommandFault("not_json", at=1) from None
    if not isinstance(given, dict):
        raise CommandFault("not_an_object")
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise CommandFault("twice", _printable(name))
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _fault(error: ValidationError, command: type[Command]) -> CommandFault:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(_printable(str(part)) for part in first["loc"])
    kind = first["type"]
    if kind == "missing":
        return CommandFault("missing", where)
    if kind == "extra_forbidden":
        names = ", ".join(sorted(command.model_fields, key=HEADER.__contains__))  # its own first
        inner = len(first["loc"]) > 1
        return CommandFault("unknown_field", where, command=where.rpartition(".")[0] if inner else command.wire,
                            names="…" if inner else names)  # fmt: skip
    en, zh = expected(first)
    return CommandFault("bad_value", where, expected=en, zh={"expected": zh})


def expected(error: Mapping[str, Any]) -> tuple[str, str]:
    """What one of pydantic's errors wanted instead, in English and in Chinese; never the value it found."""
    kind = error["type"]
    if kind.startswith("datetime"):
        kind = "datetime"
    elif kind.startswith("model"):
        kind = "model"
    if kind not in _EXPECTED:  # of a validator's own words we cannot know whether they repeat the value
        words = "what its description says" if kind == "value_error" else error["msg"]
        return words, words
    en, zh = _EXPECTED[kind]
    about = error.get("ctx", {})
    return en.format(**about), zh.format(**about)


def _printable(name: str) -> str:
    """A field's name as far as it can be one: what was written in its place may be anything."""
    return name if _NAME.fullmatch(name) or name.isdigit() else "?"


def _some(known: dict[str, type[Command]], near: object = None) -> str:
    """A few wire names, the nearest first."""
    close = get_close_matches(near, known, n=3, cutoff=0.5) if isinstance(near, str) else []
    return ", ".join(close or list(known)[:3])
