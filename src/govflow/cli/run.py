"""Runs the command line once: the language, the errors as one message each, the quiet end of a closed pipe."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from copy import copy
from typing import Any

import typer

from govflow.cli import texts
from govflow.cli.texts import t
from govflow.errors import Detail, GovFlowError, InputError, NotAllowed

DONE, FOUND, FAILED = 0, 1, 2


def run(argv: Sequence[str]) -> int:
    """Run one command; the exit status."""
    for name in ("stdout", "stderr"):  # closed by the caller (`>&-`): what is said goes nowhere
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - the process's own stream, open to its end
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show Chinese shows escapes, and no error
        if callable(reconfigure := getattr(stream, "reconfigure", None)):
            reconfigure(errors="backslashreplace")
    try:
        arguments = _speak(argv)
        status = _run(arguments)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except GovFlowError as error:
        complain(said(error))
    except OSError as error:
        complain(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": "))
    except Exception as error:
        if os.environ.get("GOVFLOW_DEBUG"):
            raise
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
        complain(t("defect", kind=type(error).__name__, place=place))
    return FAILED


def _run(arguments: list[str]) -> int:
    from govflow.cli.app import app

    command = typer.main.get_command(called(app, arguments))
    _translate(command)
    try:
        command.main(args=arguments, prog_name="govflow")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE
    return DONE


def called(group: typer.Typer, arguments: Sequence[str]) -> typer.Typer:
    """The part of the program that these arguments call: to build all of it takes longer than most commands do."""
    name, *rest = arguments or ("",)
    inner = next((each for each in group.registered_groups if each.name == name), None)
    commands = [each for each in group.registered_commands if each.name == name]
    if inner is None and not commands:
        return group
    part = copy(group)
    part.registered_commands, part.registered_groups = commands, []
    if inner is not None and inner.typer_instance is not None:
        inner = copy(inner)
        inner.typer_instance = called(inner.typer_instance, rest)  # type: ignore[arg-type]  # it is the one above
        part.registered_groups = [inner]
    return part


def _speak(argv: Sequence[str]) -> list[str]:
    """Choose the language by `--lang`, wherever it stands, else by the locale; the arguments without it."""
    texts.speak(texts.from_locale())
    rest: list[str] = []
    left = iter(argv)
    for argument in left:
        if argument == "--":
            rest += [argument, *left]
        elif argument == "--lang":
            texts.speak(next(left, ""))
        elif argument.startswith("--lang="):
            texts.speak(argument.partition("=")[2])
        else:
            rest.append(argument)
    return rest


def _translate(command: Any) -> None:
    """The help of a command and of all below it, from keys to words."""
    if command.help:
        command.epilog = f"{t('example')} {texts.EXAMPLES[command.help.removeprefix('help.')]}"
        command.help = t(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = t(parameter.help)
    for each in getattr(command, "commands", {}).values():
        _translate(each)


def complain(text: str) -> None:
    """One message to stderr."""
    print("govflow:", clean(text, keep="\n"), file=sys.stderr)


def said(error: GovFlowError) -> str:
    """What an error says, in the language chosen; errors that speak English only are named in Chinese before."""
    if callable(sentence := getattr(error, "sentence", None)):
        return str(sentence(texts.lang()))
    name = f"error.{type(error).__name__}"
    text = _input(error) if isinstance(error, InputError) else next(iter(error.args), "")
    said = text.zh if texts.is_zh() and isinstance(text, Detail) else str(error)
    return f"{t(name)}{said}" if texts.has(name) else said


def _input(error: InputError) -> Detail:
    """What is wrong with something from outside, where, and what was expected."""
    zh = getattr(error.what, "zh", error.what)
    zh = f"{error.where}: {zh}" if error.where else zh
    expected = getattr(error.expected, "zh", error.expected)
    return Detail(str(error), f"{zh}；应为 {expected}" if expected else zh)


def refusal(error: NotAllowed) -> str:
    """A refusal in one line: every broken rule with its code and sentence."""
    rules = "; ".join(f"{each.code}: {each.sentence(texts.lang())}" for each in error.broken)
    return t("refused", command=error.command, record=error.record or t("new_record"), rules=rules)


def clean(text: str, keep: str = "") -> str:
    """A text from outside without control characters: it can neither move the cursor nor break a line."""
    return "".join(char if char in keep or char.isprintable() else " " for char in text)
