"""The fields of commands, events and values, told from their JSON schema: what a queue or a file has to bring."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from tools.reference.markdown import page, table

_IDS = {"^[A-Za-z0-9._:-]{1,64}$": "id", "^[A-Za-z0-9._:-]{1,130}$": "item key", "^[0-9a-f]{64}$": "SHA-256"}
_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
_FORMATS = {"date-time": "moment", "date": "date"}
_PERSONAL = ("Personal", "Protected")


def field_rows(model: type[BaseModel], leave_out: Iterable[str] = ()) -> Iterator[tuple[str, str, str, str]]:
    """(field, type, default, remark) of a model's fields in their order."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        if name in leave_out:
            continue
        kind = type_of(field)
        default = field.get("default")
        shown = "required" if name in required else "" if default in (None, "", [], {}) else f"`{json.dumps(default)}`"
        yield f"`{name}`", kind, shown, _whose(model, name) if any(each in kind for each in _PERSONAL) else ""


def _whose(model: type[BaseModel], name: str) -> str:
    mark = getattr(model, "belongs", {}).get(name)
    return "**personal**" if mark is None else "**personal** of " + ", else ".join(f"`{each}`" for each in mark.names)


def field_table(model: type[BaseModel], leave_out: Iterable[str] = ()) -> str:
    """The fields of a model as a table, or a line where it has none."""
    rows = list(field_rows(model, leave_out))
    return table(("Field", "Type", "Default", ""), rows) if rows else "No fields of its own."


def type_of(schema: dict[str, Any]) -> str:
    """What a part of a JSON schema asks for, in words."""
    if "$ref" in schema:
        return f"[{_name(schema)}](#{_name(schema).lower()})"
    if "anyOf" in schema:
        return " or ".join(type_of(each) for each in schema["anyOf"] if each.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {})) or 'values'}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"{type_of(schema['additionalProperties'])} by name"
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    pattern = schema.get("pattern", "")
    return _IDS.get(pattern) or ("area" if "/" in pattern else _PLAIN.get(schema.get("type", ""), ""))


def parts(models: Iterable[type[BaseModel]]) -> str:
    """The values that the fields of these models are made of: each once, by name, with its own fields."""
    found: dict[str, dict[str, Any]] = {}
    for model in models:
        found |= model.model_json_schema().get("$defs", {})
    return page(*(_part(name, found[name]) for name in sorted(found)))


def _part(name: str, schema: dict[str, Any]) -> str:
    told = " ".join(schema.get("description", "").split())
    if "enum" in schema:
        return page(f"### {name}", told, "One of " + ", ".join(f"`{each}`" for each in schema["enum"]) + ".")
    required = schema.get("required", ())
    rows = [
        (f"`{field}`", type_of(each), "required" if field in required else "")
        for field, each in schema.get("properties", {}).items()
    ]
    return page(f"### {name}", told, table(("Field", "Type", ""), rows))


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
