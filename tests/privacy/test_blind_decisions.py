"""Decisions are blind to personal data: nothing that decides, folds, counts or tells dates looks at a personal text."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import govflow
from govflow import Command, Engine, NotAllowed
from govflow.actors import ClaimsAuthority
from govflow.decider import Decider
from govflow.engine import shipped
from govflow.errors import GovFlowError
from govflow.messages import Pending, Personal, Protected
from govflow.testing import PinnedClock
from tests.privacy import test_personal
from tests.privacy.conftest import LOG
from tests.privacy.planting import CANARY, personal_fields, planted_town
from tests.support import desk

SOURCES = Path(govflow.__file__).parent

# --- as it runs ------------------------------------------------------------------------------------------------------

IN_THE_OPEN = {("pending", "text"), ("_agree", "text"), ("_length_of", "text")}
"""Functions that read a personal text while a command is decided: what takes it over to be encrypted; what hashes the
text of an agreement with the random number in it, since its parties signed that hash; and what measures a sealed
ballot, since one that is longer than the others would tell who cast it."""


class Watch:
    """Notes who looks into personal values while a command is decided."""

    def __init__(self) -> None:
        self.deciding = 0
        self.decided = 0
        self.looks: set[tuple[str, str]] = set()

    def set(self, patch: pytest.MonkeyPatch) -> None:
        decide = Decider.decide

        def watched(*given: Any) -> Any:
            self.deciding += 1
            self.decided += 1
            try:
                return decide(*given)
            finally:
                self.deciding -= 1

        def looked(value: Any, name: str) -> Any:
            if self.deciding and name in ("text", "ciphertext"):
                self.looks.add((sys._getframe(1).f_code.co_name, name))
            return object.__getattribute__(value, name)

        def compared(value: Any, other: object) -> bool:
            if self.deciding and other is not None:
                self.looks.add((sys._getframe(1).f_code.co_name, "=="))
            return value is other

        patch.setattr(Decider, "decide", watched)
        for kind in (Personal, Protected):
            patch.setattr(kind, "__getattribute__", looked)
        patch.setattr(Protected, "__eq__", compared)


def test_no_rule_table_clock_or_count_of_a_whole_town_looks_into_a_personal_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    watch = Watch()
    with monkeypatch.context() as patch:
        watch.set(patch)
        engine, _ = planted_town(tmp_path / LOG)
        engine.close()
    assert watch.decided > 500
    assert watch.looks == IN_THE_OPEN


def test_the_watch_sees_who_looks(monkeypatch: pytest.MonkeyPatch):
    watch = Watch()
    with monkeypatch.context() as patch:
        watch.set(patch)
        watch.deciding = 1
        pending = Pending(subject="s-1", text="x")

        def a_rule_that_looks() -> bool:
            return bool(pending.text) and pending == Pending(subject="s-1", text="x")

        a_rule_that_looks()
        assert watch.looks >= {("a_rule_that_looks", "text"), ("a_rule_that_looks", "==")}
        watch.deciding = 0


# --- as it is written ------------------------------------------------------------------------------------------------

MAY_OPEN = {"privacy", "confiding.py", "disclosing.py", "ballot_box.py", "importing.py", "personal_keys.py"}
"""Rooms and files that may open what is protected: nobody who decides is among them."""


def files() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield path.relative_to(SOURCES), ast.parse(path.read_text("utf-8"))


def attributes(tree: ast.AST) -> Iterator[ast.Attribute]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def test_nobody_but_the_vault_who_checks_its_keys_and_who_hands_out_copies_names_a_ciphertext():
    found = {str(path) for path, tree in files() for node in attributes(tree) if node.attr == "ciphertext"}
    others = {"privacy/vault.py", "audit/legality/personal_keys.py", "audit/what_if/commands_again.py"}
    assert {path for path in found - others if not path.startswith("redacting/")} == set()


def test_the_vault_is_opened_by_those_alone_who_ask_for_the_right_or_count_a_box():
    found = {
        path
        for path, tree in files()
        for node in attributes(tree)
        if node.attr == "open" and isinstance(node.value, ast.Attribute) and node.value.attr in ("vault", "_vault")
    }
    assert {path for path in found if not MAY_OPEN & {*path.parts}} == set()


def test_no_rule_asks_for_the_text_of_a_value_that_is_personal():
    names = {name for kind in shipped() for command in kind.commands for name in personal_fields(command)}
    looking = []
    for path, tree in files():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and any(map(_is_rule, function.decorator_list)):
                looking += [
                    f"{path} {function.name}"
                    for node in attributes(function)
                    if node.attr in ("text", "ciphertext")
                    and isinstance(node.value, ast.Attribute)
                    and node.value.attr in names
                ]
    assert looking == []


def _is_rule(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "rule"


# --- whatever the texts are ------------------------------------------------------------------------------------------

texts = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        ["13912345678", "{}", "null", "s-1", "'; DROP TABLE", "yes", "同意", " ", "<b>", "1e9", "x" * 20000]
    ),
)


def told(text: str) -> list[tuple[str, str, Any]]:
    """What happens in a story in which every personal text is this one, but for what is protected."""
    clock, salted = PinnedClock(), text + "\n" + "7b" * 16
    with pytest.MonkeyPatch.context() as patch, Engine.open(now=clock, authority=ClaimsAuthority()) as engine:
        all_alike = {name: salted if name == "mediation.agree.text" else text for name in test_personal.CANARIES}
        patch.setattr(test_personal, "CANARIES", all_alike)
        test_personal.tell(engine, clock)
        return [(each.stream, each.name, _bare(json.loads(each.body.model_dump_json()))) for each in engine.events()]


def _bare(value: Any) -> Any:
    """A value without what is protected, and without the digest that is signed."""
    if isinstance(value, dict):
        return {
            name: _bare(each)
            for name, each in value.items()
            if name not in ("digest", "text_digest", "log_id", "table") and not _is_protected(each)
        }
    return [_bare(each) for each in value] if isinstance(value, list) else value


def _is_protected(value: Any) -> bool:
    return isinstance(value, dict) and "ciphertext" in value


@settings(max_examples=4, deadline=None)
@given(text=texts.filter(lambda text: len(text) < 19000))
def test_whatever_the_personal_texts_of_a_story_say_the_same_happens(text: str):
    assert told(text) == usual()


@cache
def usual() -> list[tuple[str, str, Any]]:
    return told(CANARY)


@pytest.fixture(scope="module")
def town(town_files: Path) -> Iterator[Engine]:
    path = town_files / LOG
    with Engine.open(path, records=shipped(), authority=ClaimsAuthority(), read_only=True) as engine:
        yield engine


SIGNED = {"mediation.agree", "proposal.cast_ballot"}


def refusals(engine: Engine, text: str) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The rules that stand against every command with a personal text, on a record of every kind."""
    ids = ("quarrel", "C-2026-000003", "n", "p", "fence", "x", "v", "round", "yard", "directory")
    said = {}
    for kind in shipped():
        for command in (each for each in kind.commands if each.wire not in SIGNED):
            for field in personal_fields(command):
                for id in ids:
                    said[command.wire, field, id] = _refused(engine, command, {"id": id, "by": desk, field: text})
    return said


def _refused(engine: Engine, command: type[Command], given: dict[str, Any]) -> tuple[str, ...]:
    try:
        return tuple(each.code for each in engine.why_not(command.model_validate(given)))
    except NotAllowed as refused:
        return refused.codes
    except (GovFlowError, ValidationError) as error:
        return (type(error).__name__,)


def test_whatever_a_personal_text_says_the_same_rules_refuse_it(town: Engine):
    assert refusals(town, "同意 13912345678; call me") == refusals(town, CANARY)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(text=texts)
def test_whatever_any_personal_text_says_the_same_rules_refuse_it(town: Engine, text: str):
    assert refusals(town, text) == refusals(town, CANARY)
