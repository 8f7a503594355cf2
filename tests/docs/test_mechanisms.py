"""The table of mechanisms is whole, names tests that exist, and the page made of it is the page in the repository."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

from govflow.engine import shipped
from tests.together import each_case
from tools import reference

FILE = tomllib.loads(reference.MECHANISMS.read_text(encoding="utf-8"))
ENTRIES = reference.mechanisms()
FIELDS = {"section", "term", "meaning"}


def test_every_mechanism_stands_in_the_table_once_and_in_order():
    # TOML itself refuses a table that is defined twice
    assert list(ENTRIES) == [f"M{number:03}" for number in range(1, 163)]


def test_an_entry_is_complete_and_of_exactly_one_kind():
    with each_case() as case:
        for key, entry in ENTRIES.items():
            with case(key):
                kinds = set(entry) & set(reference.KINDS)
                assert len(kinds) == 1, f"it has {sorted(kinds) or 'no kind'}"
                more = {"reason"} & set(entry) if "theme" in kinds else set()
                assert set(entry) == FIELDS | kinds | more | ({"tests"} if "capability" in kinds else set())
                assert all(isinstance(text, str) and text.strip() for field, text in entry.items() if field != "tests")


def test_a_capability_is_shown_by_tests_that_exist():
    for key, entry in ENTRIES.items():
        tests = entry.get("tests", ())
        assert ("capability" in entry) == bool(tests), f"{key} claims a capability and names no test"
        assert not [test for test, times in Counter(tests).items() if times > 1], f"{key} names a test twice"
        assert not [test for test in tests if not exists(test)], f"{key} names tests that do not exist"


def test_sections_and_themes_are_those_declared():
    assert {entry["section"] for entry in ENTRIES.values()} == set(FILE["sections"])
    assert {entry["theme"] for entry in ENTRIES.values() if "theme" in entry} == set(FILE["themes"])


def test_the_generated_pages_are_up_to_date():
    assert reference.outdated() == [], "run: make docs"


def test_a_test_that_is_not_there_is_noticed():
    here = "tests/docs/test_mechanisms.py"
    assert exists(f"{here}::test_a_test_that_is_not_there_is_noticed")
    assert not exists(f"{here}::test_nobody_wrote")
    assert not exists(f"{here}::exists")
    assert not exists("tests/docs/test_nowhere.py::test_nobody_wrote")


def exists(node: str) -> bool:
    """Whether a pytest node id (`file::test`, `file::Class::test`, with or without parameters) names a test."""
    path, *names = node.split("[")[0].split("::")
    return "::".join(names) in named_in(reference.ROOT / path)


@cache
def named_in(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    module = ast.parse(path.read_text(encoding="utf-8"))
    found = functions_of(module)
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{name}" for name in functions_of(node)}
        # Hypothesis makes a test of a state machine by assignment: TestLog = LogMachine.TestCase
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith(".TestCase"):
            found |= {f"{ast.unparse(target)}::runTest" for target in node.targets}
    return frozenset(found)


def functions_of(node: ast.Module | ast.ClassDef) -> set[str]:
    functions = (child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test")}


def test_a_capability_names_commands_by_fields_that_they_have():
    commands = {command.__name__: command for decider in shipped() for command in decider.commands}
    for key, entry in ENTRIES.items():
        for name, given in re.findall(r"(\w+)\(([^)]*)\)", entry.get("capability", "")):
            if name in commands:
                named = set(re.findall(r"(\w+)=", given))
                assert named <= set(commands[name].model_fields), f"{key}: {name} has no {named}"
