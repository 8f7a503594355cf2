"""`govflow workflows`: the tables of records and regions, for readers, for programs, or as a diagram."""

from __future__ import annotations

from typing import Annotated

import typer

from govflow.cli import words
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import Json, Records, served
from govflow.cli.texts import is_zh, t
from govflow.errors import InputError
from govflow.workflow import Workflow


def workflows(
    name: Annotated[str | None, typer.Argument(help="argument.workflow", metavar="NAME", show_default=False)] = None,
    json: Json = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="option.mermaid")] = False,
    records: Records = None,
) -> None:
    """Print the tables."""
    deciders = served(records)
    regions = {name: region.workflow for decider in deciders for name, region in decider.regions.items()}
    flows = {decider.name: decider.workflow for decider in deciders}
    if name is not None and name not in flows | regions:
        raise InputError(t("no_workflow", name=name[:40]), where="NAME", expected=", ".join(flows | regions))
    chosen = {name: (flows | regions)[name]} if name else flows | regions
    if json:
        data = {each: flow.as_data() for each, flow in chosen.items() if each in flows}
        below = {each: flow.as_data() for each, flow in chosen.items() if each in regions}
        print_json({**data, "regions": below})
    elif mermaid:
        print(next(iter(chosen.values())).mermaid())
    else:
        for flow in chosen.values():
            _print_workflow(flow)


def _print_workflow(flow: Workflow) -> None:
    rows = [
        (
            step.command.wire.partition(".")[2] if not is_zh() else step.command.label or step.command.wire,
            words.sources(flow, map(str, step.source)),
            "=" if step.to is None else words.state(flow, str(step.to)),
            ", ".join(words.term("role", str(role)) for role in step.who),
        )
        for step in flow.steps
    ]
    out = console()
    out.print(f"{flow.name} {flow.zh}\n", style="bold")
    out.print(table(t("command"), t("from"), t("to"), t("who"), rows=rows))
    out.print()
