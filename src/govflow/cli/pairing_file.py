"""The file of a pairing 结对: who takes part, who leads, what each brings in; as TOML or JSON."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from govflow.cli.budget_round import fen
from govflow.cli.logs import moment
from govflow.cli.texts import t
from govflow.errors import InputError

TEMPLATE = """\
# Who pairs up 结对. Each pledge becomes a commitment of its party, due at the end of its last day.
# 各方及投入。每项投入成为该方的承诺，于期限当日终了到期。
lead = "u-community"
scope = "in_region"             # intra_alliance | inter_alliance | in_region | out_of_region
text = "The plan, in public words. 方案（公开文字）。"

[[parties]]
unit = "u-community"
role = "lead"                   # lead | member | external

[[parties]]
unit = "u-builder"
builds = true                   # carries out works: its people neither accept nor supervise them
# contract = "2026-17"          # where services are bought

[[pledges]]
party = "u-community"
matter = "place"                # people | place | goods | service: how many of what
what = "the yard, to store material"
quantity = 1
measure_unit = "yard"
until = {until}

[[pledges]]
party = "u-builder"
matter = "money"                # money: how many yuan
what = "its own share"
yuan = "20000.00"
# resource = "RS-2026-000001"   # out of a resource on offer
until = {until}
"""

_FIELDS = ("lead", "scope", "text", "parties", "pledges")


def read_pairing(path: Path, zone: tzinfo) -> dict[str, Any]:
    """What the file says, as fields of the command. Raises InputError with what is wrong, and where."""
    said = _read(path)
    if unknown := sorted(set(said) - set(_FIELDS)):
        raise InputError(t("pairing.unknown", name=unknown[0][:40]), where=str(path), expected=", ".join(_FIELDS))
    pledges = said.get("pledges", [])
    if not isinstance(pledges, list) or not all(isinstance(each, dict) for each in pledges):
        raise InputError(t("pairing.no_list"), where=f"{path}: pledges", expected="[[pledges]]")
    return {**said, "pledges": [_pledge(each, f"{path}: pledges[{at}]", zone) for at, each in enumerate(pledges)]}


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InputError(t("no_file", path=path))
    try:
        text = path.read_text("utf-8-sig")
        said: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:  # ValueError: of JSON, of TOML
        raise InputError(
            t("pairing.unreadable", why=str(error)[:200]), where=str(path), expected="TOML | JSON"
        ) from None
    if not isinstance(said, dict):
        raise InputError(t("pairing.no_table"), where=str(path), expected=", ".join(_FIELDS))
    return said


def _pledge(said: dict[str, Any], where: str, zone: tzinfo) -> dict[str, Any]:
    """A pledge with its money in fen and its last moment."""
    if "amount" in said:
        raise InputError(t("pairing.amount"), where=where, expected='yuan = "20000.00"')
    told = {name: value for name, value in said.items() if name not in ("yuan", "until")}
    if (yuan := said.get("yuan")) is not None:
        told["amount"] = fen(str(yuan), f"{where}.yuan")
    until = said.get("until")
    if until is not None:
        text = until.isoformat() if isinstance(until, date | datetime) else str(until)
        try:
            when = moment(text, zone)
        except InputError as error:
            raise InputError(t("no_moment", text=text[:40]), where=f"{where}.until", expected=error.expected) from None
        told["until"] = None if when is None else when.isoformat()
    return told
