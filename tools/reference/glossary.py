"""The glossary, Chinese and English: ideas from docs/glossary.toml, and every term that the code itself carries."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from govflow.actors import Level, Role
from govflow.cases import CASE, CaseKind
from govflow.cli import texts
from govflow.clocks import CLOCKS
from govflow.policy import DEFAULT_POLICY
from tools.reference.markdown import page, table
from tools.reference.served import SERVED, commands, regions

IDEAS = Path(__file__).resolve().parents[2] / "docs" / "glossary.toml"


def ideas() -> list[dict[str, str]]:
    """The hand-written terms: zh, id, en."""
    terms: list[dict[str, str]] = tomllib.loads(IDEAS.read_text(encoding="utf-8"))["terms"]
    return terms


def glossary_markdown() -> str:
    """Ideas first, then roles, levels, kinds, states, commands, clocks and the words of the default policy."""
    terms = ("Chinese", "Identifier")
    parts = [
        "# Glossary 术语",
        "The Chinese terms of the domain beside the identifiers in the code.",
        "## Ideas",
        table((*terms, "Meaning"), ((term["zh"], f"`{term['id']}`", term["en"]) for term in ideas())),
        "## Roles 角色",
        table(terms, _spoken("role", Role)),
        "## Levels 层级",
        table(terms, _spoken("level", Level)),
        "## Kinds of case 事项类型",
        table(terms, _spoken("kind", CaseKind)),
        "## States of a case 事项状态",
        table(terms, _named((status.zh, status.value) for status in CASE.workflow.statuses)),
        "## Records and regions, and their states",
        "Those of a case stand above.",
        table((*terms, "States"), _tables()),
        "## Commands 命令",
        table((*terms, "Asks for"), _commands()),
        "## Clocks 时限",
        table(terms, _named((zh, name) for name, (_, zh) in CLOCKS.items())),
        "## Words of the default policy",
        table(
            (*terms, "Meaning"),
            [
                *((each.zh, f"`{each.id}`", each.en) for each in DEFAULT_POLICY.categories),
                *((each.zh, f"`{each.id}`", each.en) for each in DEFAULT_POLICY.reasons),
                *((each.zh, f"`{each.id}`", each.en) for each in DEFAULT_POLICY.programmes),
                *((kind.zh, f"`{kind.id}`", kind.en) for each in DEFAULT_POLICY.programmes for kind in each.kinds),
            ],
        ),
    ]
    return page(*parts)


def _spoken(kind: str, members: Iterable[StrEnum]) -> Iterator[tuple[str, str]]:
    """The terms that the command line speaks for the members of an enum."""
    return _named((texts.TEXTS[f"{kind}.{member.value}"][1], member.value) for member in members)


def _named(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((zh, f"`{id}`") for zh, id in pairs)


def _tables() -> Iterator[tuple[str, str, str]]:
    others = (decider.workflow for decider in SERVED if decider is not CASE)
    for flow in (*others, *(region.workflow for region in regions().values())):
        yield flow.zh, f"`{flow.name}`", "; ".join(f"{status.zh} `{status.value}`" for status in flow.statuses)


def _commands() -> Iterator[tuple[str, str, str]]:
    for command in (command for taken in commands().values() for command in taken):
        sentence = " ".join((command.__doc__ or "").split()).partition(". ")[0].rstrip(".")
        yield command.label, f"`{command.wire}`", f"{sentence}."
