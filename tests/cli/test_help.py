"""Help texts: every command has one in both languages, at 80 columns, with an example that is true."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer
from rich.cells import cell_len

from govflow.actors import ANYBODY, Level, Role
from govflow.cases import CASE, CaseKind
from govflow.cli.app import app
from govflow.cli.texts import EXAMPLES, TEXTS
from govflow.interchange.commands import command_from_json
from govflow.messages import ClockStatus
from govflow.proposals.model import ProposalKind
from tests.together import each_case


def commands(group: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found = {path: group}
    for name, command in getattr(group, "commands", {}).items():
        found |= commands(command, (*path, name))
    return found


ALL = commands(typer.main.get_command(app))
FIRST_WORDS = sorted({path[0] for path in ALL if path})


@pytest.mark.no_cover  # hundreds of pages laid out by the same few lines, which every other command line runs as well
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
@pytest.mark.parametrize("first", ["", *FIRST_WORDS])
def test_every_command_has_a_help_with_an_example_that_fits_80_columns(govflow, first, lang):
    with each_case() as case:
        for path in ALL:
            if path[:1] == ((first,) if first else ()):
                with case(" ".join(path)):
                    ran = govflow(*path, "--help", "--lang", lang)

                    assert ran.status == 0
                    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80
                    assert ("Example:" if lang == "en" else "示例：") in ran.out
                    assert not re.search(r"\b(help|option|argument)\.\w", ran.out), "a key stands where its text should"


def test_an_example_calls_its_own_command_with_options_that_it_has():
    with each_case() as case:
        for path in ALL:
            if not hasattr(ALL[path], "commands"):
                with case(" ".join(path)):
                    words = shlex.split(EXAMPLES["_".join(path).replace("-", "_")])

                    assert words[: 1 + len(path)] == ["govflow", *path]
                    known = {option for parameter in ALL[path].params for option in parameter.opts}
                    assert {word for word in words if word.startswith("--")} <= known


def test_the_commands_in_examples_are_commands():
    for example in EXAMPLES.values():
        for text in re.findall(r"'(\{.*\})'", example):
            assert command_from_json(text, [CASE]).by.id == "wu"


def test_every_text_is_there_in_both_languages_with_the_same_values():
    for key, (en, zh) in TEXTS.items():
        assert zh, key
        assert sorted(re.findall(r"\{(\w+)\}", en)) == sorted(re.findall(r"\{(\w+)\}", zh)), key


def test_every_role_level_kind_and_clock_status_has_a_chinese_term():
    terms = {"role": Role, "level": Level, "kind": (*CaseKind, *ProposalKind), "clock_status": ClockStatus}
    for kind, members in terms.items():
        names = {member.value for member in members} | ({ANYBODY} if kind == "role" else set())
        assert {f"{kind}.{name}" for name in names} == {key for key in TEXTS if key.startswith(f"{kind}.")}
