"""The page of the command line: every command with its help, as the program itself prints it in English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from govflow.cli import texts
from govflow.cli.app import app
from tools.reference.markdown import page, table, unwrapped

_STATUSES = (
    ("0", "done"),
    ("1", "something was found or refused: bad rows, broken rules"),
    ("2", "it could not be done: wrong arguments, no such log or record"),
)


def program_markdown() -> str:
    """Every command of `govflow`."""
    root = typer.main.get_command(app)
    sections = [_section(names, command) for names, command in commands_of(root)]
    return page(
        "# The command line",
        "`pip install 'govflow[cli]'` brings the command `govflow`. Every command that opens a log takes `--db PATH`, "
        "reading ones take `--json`. Its language is that of the locale; `--lang en` or `--lang zh-CN` may stand "
        "anywhere.",
        table(("Exit status", "Means"), _STATUSES),
        *sections,
    )


def commands_of(command: Any, names: tuple[str, ...] = ("govflow",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group with the words that call it."""
    yield names, command
    for name, each in sorted(getattr(command, "commands", {}).items()):
        yield from commands_of(each, (*names, name))


def english(key: str | None) -> str:
    """What a key of the program's texts says in English."""
    return texts.TEXTS[key][0] if key else ""


def example_of(names: tuple[str, ...]) -> str:
    """The example that the help of a command shows, if it has one."""
    key = "_".join(names[1:]).replace("-", "_") or "govflow"
    return texts.EXAMPLES.get(key, "")


def _section(names: tuple[str, ...], command: Any) -> str:
    rows = [
        (
            _spelled(parameter),
            unwrapped(english(parameter.help)),
            "required" if parameter.required else "",
        )
        for parameter in command.params
        if getattr(parameter, "help", None)
    ]
    example = example_of(names)
    below = getattr(command, "commands", None)
    return page(
        f"## {' '.join(names)}",
        unwrapped(english(command.help)),
        table(("", "", ""), rows) if rows else "",
        "Commands: " + ", ".join(f"`{name}`" for name in sorted(below)) if below else "",
        f"```text\n{example}\n```" if example else "",
    )


def _spelled(parameter: Any) -> str:
    value = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return f"`{value}`"
    return f"`{', '.join(parameter.opts)}{'' if parameter.is_flag else f' {value}'}`"
