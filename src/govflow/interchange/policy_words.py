"""What is wrong with a field of a policy or a calendar, said for whoever wrote the file, in English and in Chinese."""

# ruff: noqa: E501 - tables: one text a line, in two languages

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from govflow.errors import Detail, Problem
from govflow.interchange.commands import expected as expected_of_a_command

# fmt: off
_EXPECTED = {
    "string_pattern_mismatch": ("a name of 1 to 64 characters: A-Z a-z 0-9 . _ : -", "1 至 64 个字符的标识：A-Z a-z 0-9 . _ : -"),
    "string_too_long": ("a text of at most {max_length} characters", "不超过 {max_length} 个字符的文本"),
    "bool_type": ("true or false", "true 或 false"),
    "greater_than_equal": ("a whole number of at least {ge}", "不小于 {ge} 的整数"),
    "less_than_equal": ("a whole number of at most {le}", "不大于 {le} 的整数"),
    "date": ("a day such as 2026-01-01", "日期，例如 2026-01-01"),
    "time": ("a time such as 09:00:00", "时间，例如 09:00:00"),
    "tuple_type": ("a list", "列表"),
    "dict_type": ("a table", "表"),
    "model": ("a table with the fields of {class_name}", "含 {class_name} 各字段的表"),
    "json_invalid": ("whole numbers, days and texts in Unicode, not nested deeper", "整数、日期与合法的 Unicode 文本，且不再嵌套"),
}

# What the checks of single values say; each stands where the value is defined.
_CHINESE = (
    (r"shares are percents above 0 and below 100", "比例为百分数，须大于 0 且小于 100"),
    (r"a share stands twice", "比例重复"),
    (r"a stage stands twice", "审议阶段重复"),
    (r"there is no figure (.+)", "没有名为 {0} 的阈值"),
    (r"a weekday goes with every = week", "weekday 只与 every = week 同用"),
    (r"nobody reaches more than all", "比例不得超过全部"),
    (r"a share and the kind of body it is of go together", "share 与 of（机构类别）须同时填写"),
    (r"a show of hands answers yes or no, by those who are there, once", "举手表决只用于赞成反对，由到会者举手一次，不得委托或改投"),
    (r"nobody owes it: name owners or a unit_kind", "无人负责：应填 owners 或 unit_kind"),
    (r"the period begins on (\S+), after it ends on (\S+)", "期间起始 {0} 晚于终止 {1}"),
    (r"the period is longer than (\d+) years", "期间超过 {0} 年"),
    (r"weekend (-?\d+): no ISO weekday, .*", "weekend 中的 {0} 不是星期：1（周一）至 7（周日）"),
    (r"every weekday is weekend: no day is left to work on", "每天都是休息日，没有工作日"),
    (r"every_year (.*): no day of the year, .*", "every_year 中的 {0} 不是日期，应为 MM-DD"),
    (r"holiday (.*) begins after it ends", "假日 {0} 起始晚于终止"),
    (r"holiday (.*) is longer than a year", "假日 {0} 超过一年"),
    (r"the holidays have more days than the period", "假日总天数超过期间"),
    (r"holiday (.*) lies outside the period (\S+) to (\S+)", "假日 {0} 不在期间 {1} 至 {2} 之内"),
    (r"(\S+) stands in two holidays", "{0} 属于两个假日"),
    (r"make-up workday (\S+) stands twice", "调休上班日 {0} 重复"),
    (r"make-up workday (\S+) lies outside the period (\S+) to (\S+)", "调休上班日 {0} 不在期间 {1} 至 {2} 之内"),
    (r"(\S+) is both a holiday and a make-up workday", "{0} 既是假日又是调休上班日"),
    (r"make-up workday (\S+) is a \w+, a working day already", "调休上班日 {0} 本来就是工作日"),
    (r"no office hours: name at least one window", "没有办公时间：至少填一段"),
    (r"office hours are local times, without a zone", "办公时间为当地时间，不带时区"),
    (r"office hours (\S+) do not open before they close", "办公时间 {0} 的开始不早于结束"),
    (r"office hours (\S+) and (\S+) overlap or are not in order", "办公时间 {0} 与 {1} 重叠或次序颠倒"),
)
# fmt: on


def problems_of(error: ValidationError, model: type[BaseModel], given: Any, start: str = "") -> Iterator[Problem]:
    """Every problem that validating `given` brought up, each under the field it stands in; `start` names the entry."""
    for one in error.errors(include_url=False, include_input=False):
        kind = one["type"]
        loc = tuple(part for part in one["loc"] if part != "[key]")
        field = joined(start, loc)
        if kind == "missing":
            yield Problem(field, Detail("missing", "缺少"), _wanted(_model_at(model, loc[:-1]), str(loc[-1])))
        elif kind == "extra_forbidden":
            known = list(_model_at(model, loc[:-1]).model_fields)
            yield unknown_field(field, str(loc[-1]), known)
        elif kind == "value_error":
            for text in printable(str(one["ctx"]["error"]), 4_000).split("; "):
                yield Problem(field, Detail(text, _chinese(text)))
        else:
            is_key = one["loc"][-1:] == ("[key]",)  # the name of the field is what does not fit
            shown = _shown(loc[-1] if is_key else _value_at(given, loc))
            yield Problem(field, Detail(f"{shown} does not fit", f"{shown} 不合要求"), expected(one))


def unknown_field(field: str, name: str, known: Sequence[str]) -> Problem:
    """A field that there is not, with the nearest that there is."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    what = Detail("there is no such field", "没有这一字段")
    return Problem(field, what, Detail(near[0]) if near else _one_of(known))


def joined(start: str, loc: Iterable[int | str]) -> str:
    """A path as it is written: `lead.town`, `levels[0]`."""
    path = start
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{printable(part)}" if path else printable(part)
    return path


def printable(text: str, longest: int = 64) -> str:
    """A text out of a file, as far as it can be shown in one line."""
    return "".join(char if char.isprintable() else "?" for char in text[:longest])


def expected(error: Mapping[str, Any]) -> Detail:
    """What one of pydantic's errors wanted instead."""
    kind = str(error["type"])
    kind = next((short for short in ("date", "time", "model") if kind.startswith(f"{short}_")), kind)
    if kind not in _EXPECTED:
        return Detail(*expected_of_a_command(error))
    en, zh = _EXPECTED[kind]
    about = error.get("ctx", {})
    return Detail(en.format(**about), zh.format(**about))


def _wanted(model: type[BaseModel], name: str) -> Detail | str:
    """What belongs into a field that is missing: what would be said of an empty table in its place."""
    try:
        model.model_validate_json(json.dumps({name: {}}), strict=True)
    except ValidationError as error:
        found = (one for one in error.errors(include_url=False, include_input=False) if one["loc"] == (name,))
        return next(map(expected, found), "")
    return ""


def _model_at(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel]:
    """The model whose field a path ends in."""
    for part in loc:
        if isinstance(part, str) and (field := model.model_fields.get(part)) is not None:
            model = next(_models_in(field.annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_in(each)


def _value_at(given: Any, loc: Iterable[int | str]) -> Any:
    for part in loc:
        given = given[part]
    return given


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return printable(text if len(text) <= 60 else text[:59] + "…")


def _one_of(known: Sequence[str]) -> Detail:
    names = ", ".join(known)
    return Detail(f"one of {names}", f"其一：{names}")


def _chinese(text: str) -> str:
    for pattern, zh in _CHINESE:
        if found := re.fullmatch(pattern, text):
            return zh.format(*found.groups())
    return text
