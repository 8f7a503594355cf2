"""What a command that reads is asked, and the options that all such commands share, written once.

    @reads()
    def late(asked: Asked, later_than: Span = None) -> None:
        with asked.opened() as (engine, seen):
            ...

is a command with `--db`, `--as`, `--role`, `--as-unit`, `--area`, `--json` and `--records` beside its own options.
Whoever acts says their unit with `--unit`; here that is a unit asked about, so the reader's own is `--as-unit`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from govflow.cli.logs import Db, Json, Records, opened
from govflow.cli.rights import As, AsArea, AsRole, AsUnit, reader
from govflow.engine import Engine
from govflow.reading import Reader

At = Annotated[str | None, typer.Option("--at", help="option.at", metavar="MOMENT", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="option.out", metavar="FILE", show_default=False)]
Options = dict[str, tuple[Any, Any]]
"""Name of a parameter -> its type as typer reads it, and its default."""


class Asked(NamedTuple):
    """Which log is asked, through whose eyes (all of it, where nobody is named), for readers or for programs."""

    db: Path
    actor: str | None
    role: list[str] | None
    as_unit: str | None
    area: str
    records: list[str] | None
    json: bool = False

    @contextmanager
    def opened(self, *, writing: bool = False) -> Iterator[tuple[Engine, Reader]]:
        """The engine on the log, and the log as this reader may see it. Raises LogError, InputError."""
        with opened(self.db, self.records, writing=writing) as engine:
            yield engine, reader(engine, self.actor, self.role, self.as_unit, self.area)


_ASKED: Options = {
    "db": (Db, inspect.Parameter.empty),
    "actor": (As, None),
    "role": (AsRole, None),
    "as_unit": (AsUnit, None),
    "area": (AsArea, ""),
    "json": (Json, False),
    "records": (Records, None),
}


def reads(*, json: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command line's command that reads a log; without `json` it prints or writes one thing alone."""
    shared = {name: option for name, option in _ASKED.items() if json or name != "json"}

    def wrap(command: Callable[..., None]) -> Callable[..., None]:
        def run(**options: Any) -> None:
            asked = Asked(**{name: options.pop(name) for name in shared})
            command(asked, **options)

        share(run, command, shared)
        return run

    return wrap


def share(run: Callable[..., None], command: Callable[..., None], shared: Options) -> None:
    """Make `run` look to typer like `command`, whose first parameter is at hand, with the shared options behind."""
    hints = get_type_hints(command, include_extras=True)
    _, *own = inspect.signature(command).parameters.values()
    options = {each.name: (hints[each.name], each.default) for each in own} | shared
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what typer reads
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
            for name, (hint, default) in options.items()
        ]
    )
    run.__name__, run.__doc__ = command.__name__, command.__doc__
