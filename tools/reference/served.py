"""The kinds of record that ship, and their tables: what every page that speaks of more than the case goes through."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.decider import Decider
from govflow.engine import shipped
from govflow.messages import Command
from govflow.region import Region
from govflow.workflow import Workflow

SERVED: tuple[Decider, ...] = shipped()


def regions() -> dict[str, Region]:
    """Every region of them by name: those of a case first, one that serves several kinds of record once."""
    return {name: region for decider in SERVED for name, region in decider.regions.items()}


def flows() -> Iterator[Workflow]:
    """Every table of them, each once."""
    yield from (decider.workflow for decider in SERVED)
    yield from (region.workflow for region in regions().values())


def commands() -> dict[str, list[type[Command]]]:
    """Every command of them, by the record or region that takes it."""
    groups: dict[str, dict[type[Command], None]] = {}
    for decider in SERVED:
        for command, region in decider.commands.items():
            groups.setdefault(decider.name if region is None else region.name, {})[command] = None
    return {name: list(found) for name, found in groups.items()}
