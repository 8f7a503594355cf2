"""The arrows between the rooms of govflow: who may import whom, who may touch a store, a file, a clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parent.parent / "src"

VALUES = {"errors", "actors", "messages"}
TABLES = VALUES | {"calendars", "workflow", "policy", "clocks", "records"}
KERNEL = TABLES | {"context", "region", "repetition", "decider", "rules"}
SHIPPED = {"cases", "proposals", "budgets", "projects", "envelopes", "resources", "studios", "surveys"}

# A room = a module or package directly below govflow, and the rooms it may import. A room names only rooms above it,
# so no circle can close. The root package itself re-exports; only the command line may import from it.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "actors": {"errors"},
    "messages": {"errors", "actors"},
    "calendars": VALUES,
    "workflow": VALUES,
    "policy": VALUES | {"calendars"},
    "voting": VALUES | {"policy"},
    "budgeting": VALUES | {"policy"},
    "clocks": VALUES | {"calendars", "workflow", "policy"},
    "records": VALUES | {"calendars", "workflow", "policy", "clocks"},
    "context": TABLES,
    "region": TABLES | {"context"},
    "repetition": VALUES,
    "whose": VALUES | {"records"},
    "decider": TABLES | {"context", "region", "repetition", "whose"},
    "rules": KERNEL - {"rules"},
    "hands": KERNEL,
    "corrections": KERNEL,
    "regions": KERNEL,
    "watch": KERNEL | {"regions"},
    "cases": KERNEL | {"corrections", "regions", "watch"},
    "beside": KERNEL | {"regions", "cases"},
    "proposals": KERNEL | {"corrections", "regions", "voting"},
    "budgets": KERNEL | {"regions", "voting", "budgeting"},
    "envelopes": KERNEL | {"corrections", "regions"},
    "matching": VALUES | {"regions"},
    "resources": KERNEL | {"regions", "matching"},
    "evaluating": VALUES | {"policy"},
    "projects": KERNEL | {"corrections", "regions", "evaluating", "budgets", "envelopes", "resources", "matching"},
    "pages": KERNEL | {"regions", "voting", "proposals", "projects", "envelopes", "evaluating"},
    "presence": KERNEL | {"regions"},
    "studios": KERNEL | {"regions", "cases", "beside"},
    "surveys": KERNEL | {"regions", "voting", "evaluating"},
    "organisation": KERNEL | {"regions"},
    "subjects": KERNEL | {"regions", "organisation"},
    "duties": KERNEL | {"regions"},
    "alliances": KERNEL | {"regions", "duties", "evaluating"},
    "reactions": KERNEL | SHIPPED,
    "files": {"errors"},
    "persistence": VALUES | {"files"},
    "secret_files": {"errors"},
    "privacy": VALUES | {"files", "secret_files"},
    "checkpoints": VALUES | {"files", "secret_files", "persistence"},
    "log_events": VALUES | {"calendars", "policy"},
    "adoption": KERNEL | {"regions"},
    "adopted": {"calendars", "policy"},
    "log": KERNEL | {"adopted", "log_events", "persistence"},
    "withholding": VALUES,
    "reading": KERNEL | {"log_events", "log", "withholding"},
    "journey": KERNEL | {"log", "reading"},
    "transaction": KERNEL | {"adopted", "log_events", "log", "reading", "persistence", "privacy"},
    "writing": KERNEL
    | {"organisation", "adopted", "log_events", "log", "reading", "transaction", "persistence", "privacy"},
    "signing": KERNEL | {"files", "persistence", "privacy", "checkpoints", "transaction", "writing"},
    "confiding": KERNEL | {"persistence", "reading", "transaction", "signing", "subjects"},
    "locating": KERNEL | {"privacy", "reading", "subjects", "confiding"},
    "restricting": KERNEL | {"reading", "transaction", "subjects", "confiding", "locating"},
    "erasing": KERNEL | {"log_events", "privacy", "transaction", "subjects", "locating", "restricting"},
    "disclosing": KERNEL | {"persistence", "reading", "subjects", "restricting", "erasing"},
    "disposing": KERNEL | {"regions", "log_events", "privacy", "reading", "transaction", "subjects", "disclosing"},
    "due_points": KERNEL | {"regions"},
    "ticking": KERNEL | {"regions", "organisation", "duties", "log_events", "log", "persistence", "due_points"},
    "engine": KERNEL
    | SHIPPED
    | {"regions", "reactions", "log_events", "files", "log", "reading", "adoption", "organisation", "duties"}
    | {"watch", "beside", "alliances", "persistence", "privacy", "checkpoints", "transaction", "writing", "ticking"}
    | {"signing", "subjects", "disposing"},
    "tracking": KERNEL | {"cases", "regions", "privacy", "transaction", "engine"},
    "ballot_box": VALUES | {"policy", "proposals", "voting", "engine"},
    "recounting": VALUES | {"policy", "regions", "proposals", "voting", "persistence", "engine"},
    "redacting": VALUES
    | {"calendars", "policy", "voting", "rules", "regions", "proposals", "budgets", "subjects", "duties", "log_events"}
    | {"secret_files", "persistence", "checkpoints", "engine"},
    "audit": KERNEL
    | SHIPPED
    | {
        "hands",
        "regions",
        "corrections",
        "log_events",
        "adopted",
        "adoption",
        "files",
        "log",
        "reading",
        "journey",
        "pages",
        "organisation",
        "subjects",
    }
    | {"persistence", "privacy", "checkpoints", "transaction", "writing", "due_points", "ticking", "engine"},
    "views": VALUES | {"policy", "clocks", "persistence"},
    "interchange": KERNEL | SHIPPED | {"regions", "voting", "budgeting", "log_events", "engine", "persistence"},
    "locales": set(),
    "testing": KERNEL | SHIPPED | {"regions", "reactions", "persistence", "privacy", "engine"},
}
ROOMS["cli"] = {*ROOMS, "govflow"}
ROOMS["__main__"] = {"cli"}

# Inside the audit, from below to above; `findings` and `metadata` are known to all of them.
AUDIT: dict[str, set[str]] = {
    "findings": set(),
    "metadata": {"findings"},
    "finding_words": {"findings"},
    "legality": set(),
    "explaining": {"legality"},
    "constraints": set(),
    "verifying": {"legality", "explaining", "constraints"},
    "bundles": {"verifying"},
    "replay": set(),
    "accounting": set(),
    "what_if": set(),
    "reporting": {"legality", "explaining", "constraints", "bundles", "replay", "accounting"},
}

# Rooms that know neither files nor networks nor stores, and take time, ids and chance from their context.
PURE = (KERNEL - VALUES) | {
    "whose",
    "hands",
    "corrections",
    "regions",
    "watch",
    "beside",
    "reactions",
    "log_events",
    "voting",
    "budgeting",
    "pages",
    "matching",
    "evaluating",
    "presence",
    "alliances",
    "subjects",
    *SHIPPED,
}
IO = {
    "http", "io", "os", "pathlib", "requests", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "urllib",
}  # fmt: skip
CHANCE = {"random", "secrets", "time"}
UNPURE_CALLS = {"open", "print", "input", "now", "utcnow", "today", "uuid1", "uuid4"}

# Packages underneath that only one place may know, so that a new release of theirs is one place's work.
ONLY_IN = {
    "eventsourcing": {"govflow.persistence.recorder"},
    "transitions": {"govflow.workflow"},
    "sqlite3": {"govflow.files", "govflow.persistence", "govflow.privacy"},
    "psycopg": {"govflow.persistence", "govflow.privacy"},
    "typer": {"govflow.cli"},
    "jinja2": {"govflow.pages"},
    "rich": {"govflow.cli"},
    "networkx": {"govflow.matching.flow"},
    "rfc3161_client": {"govflow.checkpoints.timestamps"},
}


def test_every_room_is_known():
    assert MODULES, "no modules found: the test looks in the wrong place"
    assert {room(name) for name in MODULES} - {"govflow"} <= set(ROOMS)


def test_no_circle_can_close():
    above: set[str] = {"govflow"}
    for name, allowed in ROOMS.items():
        assert allowed <= above, f"{name} may import rooms that stand below it: {sorted(allowed - above)}"
        above.add(name)


def test_imports_follow_the_arrows():
    wrong = [
        f"{place}: {room(module)} may not import {target}"
        for module, tree in MODULES.items()
        if room(module) != "govflow"
        for place, target in located(module, tree)
        if target.split(".")[0] == "govflow"
        and room(target) != room(module)
        and room(target) not in ROOMS.get(room(module), set())
    ]
    assert not wrong, "\n".join(wrong)


def test_the_audit_has_arrows_of_its_own_and_no_circle():
    common, above = {"findings", "metadata"}, set[str]()
    for name, allowed in AUDIT.items():
        assert allowed <= above, f"{name} may import what stands below it: {sorted(allowed - above)}"
        above.add(name)
    wrong = [
        f"{place}: {target}"
        for module, tree in MODULES.items()
        if inside(module, "govflow.audit") and module != "govflow.audit.__init__"
        for place, target in located(module, tree)
        if inside(target, "govflow.audit")
        and (to := target.split(".")[2]) != (here := module.split(".")[2])
        and to not in AUDIT[here] | (common if here not in common else set())
    ]
    assert not wrong, "\n".join(wrong)


def test_records_regions_and_clocks_do_no_io_and_take_time_and_chance_from_outside():
    wrong = [
        f"{place}: {target}"
        for module, tree in MODULES.items()
        if room(module) in PURE
        for place, target in located(module, tree)
        if target.split(".")[0] in IO | CHANCE
    ]
    wrong += [
        f"{module}:{call.lineno}: {ast.unparse(call.func)}()"
        for module, tree in MODULES.items()
        if room(module) in PURE
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in UNPURE_CALLS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_package_underneath_is_known_in_its_own_place_only(package: str):
    wrong = [
        place
        for module, tree in MODULES.items()
        for place, target in located(module, tree)
        if target.split(".")[0] == package and not any(inside(module, place) for place in ONLY_IN[package])
    ]
    assert not wrong, f"{package} is imported elsewhere: {wrong}"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import sqlite3", {"sqlite3"}),
        ("import os.path as p", {"os.path"}),
        ("from govflow.engine import Engine", {"govflow.engine.Engine"}),
        ("from govflow import errors", {"govflow.errors"}),
        ("from . import events", {"govflow.cases.events"}),
        ("from ..engine import Engine", {"govflow.engine.Engine"}),
        ("def f():\n    from ..persistence.sqlite import Store", {"govflow.persistence.sqlite.Store"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os", {"typing.TYPE_CHECKING"}),
        ("import typing\nif typing.TYPE_CHECKING:\n    import os\nelse:\n    import io", {"typing", "io"}),
    ],
)
def test_an_import_is_seen_wherever_it_stands(line: str, found: set[str]):
    assert {target for _, target in located("govflow.cases.rules", ast.parse(line))} == found


def test_a_name_that_is_no_room_belongs_to_the_root():
    assert room("govflow.Engine") == "govflow"
    assert room("govflow.engine.Engine") == "engine"


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name; a package goes by the name of its `__init__`."""
    return {
        ".".join(path.relative_to(SRC).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((SRC / "govflow").rglob("*.py"))
    }


MODULES = modules()
PLACES = {part for name in MODULES for part in name.split(".")[1:2]}


def room(name: str) -> str:
    """The room a dotted name stands in; what stands directly in the root package is `govflow`."""
    first = name.split(".")[1:2]
    return first[0] if first and first[0] in (PLACES | set(ROOMS)) - {"__init__"} else "govflow"


def inside(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def located(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(where, what) of every import that runs: absolute dotted names, in functions too, not those for type checkers."""
    for node in running(tree):
        where = f"{module}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            yield from ((where, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            parts = [*base, *([node.module] if node.module else [])]
            yield from ((where, ".".join([*parts, alias.name])) for alias in node.names)


def running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for branch in child.orelse:
                yield branch
                yield from running(branch)
        else:
            yield child
            yield from running(child)
