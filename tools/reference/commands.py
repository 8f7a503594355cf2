"""The page of the commands: wire name, class, label, what each asks for, and its fields."""

from __future__ import annotations

from govflow.messages import HEADER, Command, ItemCommand
from tools.reference.fields import field_table, parts
from tools.reference.markdown import described, page
from tools.reference.served import commands

_EXAMPLE = """```json
{"command": "case.assign", "id": "C-2026-000001", "lead_unit": "water",
 "by": {"id": "wu", "claims": [{"role": "dispatcher"}]}, "command_id": "crm-4711"}
```"""


def commands_markdown() -> str:
    """Every command that the records and their regions take."""
    groups = commands()
    sections = []
    for name, taken in groups.items():
        sections += [f"## {name}", *(_command(command) for command in taken)]
    return page(
        "# Commands",
        "What can be asked of a case, of the other records and of the regions beside them. In Python a command is a "
        "class; as JSON it is an object that names its wire name under `command`, as `govflow handle` and "
        "`govflow.interchange.commands.command_from_json` read it:",
        _EXAMPLE,
        "A field marked **personal** is encrypted before anything is written; it is given as a text, or as "
        "[Personal](#personal) that names whose it is, or whom it speaks of. Where nothing is named the record says "
        "whose it is: see its [event](events.md). Which rules look at which field stands in [rules.md](rules.md).",
        "## Every command",
        "These fields come with every command, `item` with every command to an item of a region. `id` names the "
        "record; without one the log gives the next number. `command_id` is unique in a log: the same id again "
        "returns the first outcome.",
        field_table(ItemCommand),
        *sections,
        "## Parts of commands",
        parts(command for taken in groups.values() for command in taken),
    )


def _command(command: type[Command]) -> str:
    own = {*HEADER, "item"} if issubclass(command, ItemCommand) else HEADER
    return page(
        f"### {command.wire}",
        f"`{command.__name__}` {command.label}. {described(command)}",
        field_table(command, own),
    )
