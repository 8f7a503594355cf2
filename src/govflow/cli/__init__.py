"""The command line `govflow`: parse, call the engine, print. Needs the extra `cli` (typer and rich)."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, NoReturn

from govflow.cli import texts
from govflow.cli.texts import t


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 findings, refusals or bad rows, 2 could not do it."""
    before, sys.unraisablehook = sys.unraisablehook, _unraisable
    try:
        if find_spec("typer") is None or find_spec("rich") is None:
            texts.speak(texts.from_locale())
            print(t("needs_extra"), file=sys.stderr)
            sys.exit(2)
        from govflow.cli.run import run

        sys.exit(run(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells have it
    finally:
        sys.unraisablehook = before


def _unraisable(lost: Any) -> None:
    """Raise an interrupt again that Python would leave: one that came within a callback, as importing a module has."""
    if lost.exc_type is KeyboardInterrupt and os.name == "posix":
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.01)  # not at once: from within the callback it would be lost again
    else:
        sys.__unraisablehook__(lost)
