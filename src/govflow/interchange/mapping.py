"""The mapping that tells how another system's file is read: its columns, dates, status words and empty values.

A mapping is a TOML file, so a city's own export needs no code. Everything the reader may take for granted stands in
it; what it does not say is not guessed.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo, field_validator

from govflow.errors import InputError

EXTERNAL_ID = r"[A-Za-z0-9._:-]{1,40}"
"""What an id of the other system must look like in full: it becomes part of ids and command ids here."""

Status = Literal["received", "assigned", "closed"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Column = Annotated[str | None, StringConstraints(strip_whitespace=True, min_length=1)]


class MappingError(InputError):
    """A mapping file cannot be used; `problems` lists everything that is wrong with it, one line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Columns(BaseModel):
    """Which column of the file holds what; those left out do not exist in that file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: Text = Field(description="the column with the other system's id of the request")
    opened_at: Text = Field(description="the column with the time of reporting (受理时间)")
    status: Text = Field(description="the column with the status word")
    target_at: Column = Field(None, description="the column with the time it is due (办结时限)")
    closed_at: Column = Field(None, description="the column with the time of closing (办结时间)")
    department: Column = Field(None, description="the column with the unit that holds it (承办单位)")
    category: Column = Field(None, description="the column with the kind of matter (事项类别)")
    title: Column = Field(None, description="the column with the short description (标题)")
    place: Column = Field(None, description="the column with the address or place in words (地点)")
    area: Column = Field(None, description="the column with the area or neighbourhood (区域)")
    channel: Column = Field(None, description="the column with the way it came in (来源渠道)")
    closure_text: Column = Field(None, description="the column with what was said at closing (办结说明)")
    latitude: Column = Field(None, description="the column with the latitude in degrees")
    longitude: Column = Field(None, description="the column with the longitude in degrees")


class Mapping(BaseModel):
    """How one system's delimited files are read.

    Dates are tried in the order of `date_formats` (as for `datetime.strptime`) and the first that fits counts. Times
    without an offset are local times of `time_zone`: of an hour that the clock shows twice, the first is meant (the
    earlier instant); an hour that the clock skips makes the row bad. Status words are compared without regard to case
    and outer white space, empty values without regard to outer white space; a value that is only white space is
    always empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}\z")] = Field(
        description="a name of the source: 1 to 20 of a-z 0-9 _ -, starting with a letter or digit"
    )
    time_zone: str = Field(description="an IANA time zone such as America/New_York or Asia/Shanghai")
    date_formats: tuple[str, ...] = Field(
        min_length=1, description='a list of date formats such as ["%Y-%m-%d %H:%M:%S"]'
    )
    columns: Columns = Field(description="a table [columns] with at least external_id, opened_at and status")
    statuses: dict[Text, Status] = Field(
        min_length=1, description="a table [statuses] of status words, each = received, assigned or closed"
    )
    empty_values: tuple[str, ...] = Field(("",), description='a list of values that mean empty, such as ["", "N/A"]')
    default_channel: Text | None = Field(None, description="the channel of rows that name none")

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, ValueError, OSError):  # what zoneinfo raises for unknown, unsafe and half names
            raise ValueError(f"{name!r} is not a known time zone") from None
        return name

    @field_validator("date_formats")
    @classmethod
    def _formats_give_a_full_date(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        faults = [fault for fault in map(_format_fault, formats) if fault]
        if faults:
            raise ValueError("; ".join(faults))
        return formats

    @field_validator("statuses")
    @classmethod
    def _words_are_clear(cls, statuses: dict[str, Status], info: ValidationInfo) -> dict[str, Status]:
        words = [status_word(word) for word in statuses]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"the same word twice: {', '.join(map(repr, twice))}")
        columns = info.data.get("columns")
        if columns and "closed" in statuses.values() and not columns.closed_at:
            raise ValueError("a word means closed, but [columns] names no closed_at")
        return statuses


def status_word(text: str) -> str:
    """A status word in the form in which words are compared."""
    return text.strip().casefold()


def load_mapping(path: str | os.PathLike[str]) -> Mapping:
    """Read a mapping from a TOML file. Raises MappingError with every problem found, each "file: field: what"."""
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise MappingError([f"{path}: cannot be read ({reason}); expected a TOML file"]) from None
    return _parsed(raw, os.fspath(path))


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with govflow."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _SHIPPED.iterdir()))


def shipped_mapping(name: str) -> Mapping:
    """The mapping of that name that comes with govflow. Raises InputError for an unknown name."""
    if name not in shipped_mappings():
        raise InputError(f"no mapping is called {name!r}", expected=f"one of {', '.join(shipped_mappings())}")
    return _parsed((_SHIPPED / f"{name}.toml").read_bytes(), f"{name}.toml")


_SHIPPED = files("govflow.interchange") / "mappings"


def _parsed(raw: bytes, file: str) -> Mapping:
    try:
        document = tomllib.loads(raw.decode())
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MappingError([f"{file}: line {line}: byte {error.start} is not UTF-8; expected a TOML file"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError([f"{file}: not readable as TOML ({error})"]) from None

    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        raise MappingError(_problems(error, file)) from None


def _problems(error: ValidationError, file: str) -> Iterator[str]:
    for one in error.errors(include_url=False):
        yield f"{file}: {'.'.join(map(str, one['loc']))}: {_found(one)}; expected {_expected(one['loc'])}"


def _found(error: Any) -> str:
    match error["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            return "unknown key"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"found {_short(error['input'])}"


def _expected(loc: tuple[int | str, ...]) -> str:
    fields, names = Mapping.model_fields, list(Mapping.model_fields)
    if loc[0] == "columns" and len(loc) > 1:
        fields, names, loc = Columns.model_fields, list(Columns.model_fields), loc[1:]
    known = fields.get(str(loc[0]))
    return (known.description or "") if known else f"one of {', '.join(names)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _format_fault(form: str) -> str:
    """Why a date format cannot be relied on, or nothing: it must bring a date it wrote back as the same day."""
    if "%Z" in form.replace("%%", ""):
        return f"{form!r} uses %Z: names of zones mean different offsets in different places; use %z or time_zone"
    moment = datetime(2021, 11, 23, 13, tzinfo=UTC)
    try:
        back = datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007 - only its figures are compared
    except ValueError as error:
        return f"{form!r} is not a date format ({error})"
    if back.date() != moment.date():
        return f"{form!r} leaves out the day, the month or the year"
    if back.hour not in (0, moment.hour):
        return f"{form!r} has %I without %p: morning and afternoon look the same"
    return ""
