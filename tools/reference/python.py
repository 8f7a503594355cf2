"""The page of the public names of `govflow` and `govflow.testing`, and of the methods of the engine and the reader."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import govflow
from govflow import Engine, Reader, testing
from tools.reference.markdown import page, table, unwrapped


def python_markdown() -> str:
    """Every public name by the module it lives in, and every public method of the engine."""
    groups = [
        (home, table(("Name", "What it is"), [(f"`{name}`", first_words(name)) for name in names.split()]))
        for home, names in govflow._HOMES.items()
    ]
    return page(
        "# Public names",
        "What can be imported from `govflow`; the module is where it lives. Commands are imported from "
        "`govflow.cases.commands` and from the modules of the regions ([commands](commands.md)), events likewise "
        "([events](events.md)).",
        *(part for home, names in groups for part in (f"## {home}", names)),
        "## The engine",
        unwrapped(inspect.getdoc(Engine) or ""),
        "It is a [reader](#the-reader) that sees everything, and does more:",
        *(_method(Engine, name) for name in methods_of(Engine)),
        "## The reader",
        unwrapped(inspect.getdoc(Reader) or ""),
        "`Engine.seen_by` makes one for an actor. The engine has the same methods.",
        *(_method(Reader, name) for name in methods_of(Reader)),
        "## govflow.testing",
        table(
            ("Name", "What it is"),
            [(f"`{name}`", _first(_told(vars(testing)[name]) or _below(testing, name))) for name in testing.__all__],
        ),
    )


def methods_of(owner: type) -> list[str]:
    """The public methods and properties of the engine or the reader; those of the reader are not the engine's."""
    own = [each for each in owner.__mro__[:-1] if each is owner or each is not Reader]
    return list(dict.fromkeys(name for each in own for name in vars(each) if not name.startswith("_")))


def first_words(name: str) -> str:
    """The first paragraph of what is said about a public name."""
    return _first(own_docstring(name))


def own_docstring(name: str) -> str:
    """The docstring of a class or function; of a constant the text that stands below its assignment."""
    value = getattr(govflow, name)
    if isinstance(value, type) or inspect.isfunction(value):
        return _told(value)
    home = importlib.import_module(govflow._HOME_OF[name])
    folders = [Path(folder) for folder in getattr(home, "__path__", ())]
    inside = [f"{home.__name__}.{path.stem}" for folder in folders for path in sorted(folder.glob("[a-z]*.py"))]
    places = [home, *(importlib.import_module(place) for place in inside)]
    return next((text for place in places if (text := _below(place, name))), "")


def _told(value: object) -> str:
    return inspect.cleandoc(str(vars(value).get("__doc__") or "")) if isinstance(value, type) else value.__doc__ or ""


def _below(module: ModuleType, name: str) -> str:
    """The text that stands below the assignment of a constant."""
    for node, below in pairwise(ast.parse(inspect.getsource(module)).body):
        is_it = isinstance(node, ast.Assign) and any(ast.unparse(target) == name for target in node.targets)
        if is_it and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            return str(below.value.value)
    return ""


def _first(text: str) -> str:
    return unwrapped(text).partition("\n\n")[0]


def _method(owner: type, name: str) -> str:
    static = inspect.getattr_static(owner, name)
    function: Any = static.fget if isinstance(static, property) else getattr(static, "__func__", static)
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    del node.args.args[0]  # self, or the class
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    shown = f"{name}: {ast.unparse(node.returns)}" if isinstance(static, property) and node.returns else ""
    signature = shown or f"{name}({ast.unparse(node.args)}){returns}"
    return page(f"### {owner.__name__}.{name}", f"```text\n{signature}\n```", unwrapped(ast.get_docstring(node) or ""))
