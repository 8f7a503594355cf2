"""What one of many writers does: work off a plan that every writer knows, noting each acknowledgement on disk.

Command k of the plan is the same for all writers. Some 30 % carry an id that the writers share: they ask for the very
same thing. A quarter is about two records at once, from a small group that moves on: the writers meet.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any, NamedTuple

from govflow.actors import Actor
from govflow.cases.commands import ReportCase
from govflow.engine import Engine
from govflow.errors import Conflict
from govflow.messages import Command
from govflow.regions.evidence import AddEvidence
from govflow.regions.link import AddLink

RESIDENT = Actor.of("s-1", "resident", "reporter")
WORKER = Actor.of("worker", "community", "grid_worker", "lead_unit", "acceptance_desk")
MATTER: dict[str, Any] = {
    "by": RESIDENT,
    "title": "Leak",
    "kind": "hotline",
    "channel": "phone",
    "level": "community",
    "area": "a/b",
}
SHARED, OVER_TWO = 0.30, 0.25
GROUP = 25  # commands after which the writers meet on other records


class Acknowledged(NamedTuple):
    """A command of the plan, whose it was, and the digest of the record that it was acknowledged with."""

    writer: str
    number: int
    record: str
    digest: str


def planned(writer: str, number: int) -> list[Command]:
    """Command `number` of the plan as this writer gives it, behind what makes the records it is about."""
    dice = random.Random(number)
    id = f"shared-{number}" if dice.random() < SHARED else f"{writer}-{number}"
    kind = dice.random()
    group = number // GROUP
    one = f"base-{group}-{dice.randrange(4)}"
    if kind < OVER_TWO:
        return [making(one), making(f"of-{id}"), AddLink(id=one, by=WORKER, other=f"of-{id}", command_id=id)]
    if kind < 0.5:
        piece = {"kind": "photo", "media_type": "image/jpeg", "reference": f"photo {number}", "sha256": "0" * 64}
        return [making(one), AddEvidence(id=one, by=WORKER, command_id=id, **piece)]
    subject = f"s-{number}" if kind < 0.75 else f"s-{writer}-{number}" if id.startswith(writer) else f"s-{number}-b"
    return [ReportCase(**MATTER, reporter=subject, reporter_name=f"Zhang {subject}", command_id=id)]


def making(record: str) -> Command:
    """The command that makes a record with an id of its own: the same for all writers."""
    return ReportCase(**MATTER, id=record, reporter="s-1", command_id=f"make-{record}")


def work(log: Path, acknowledged: Path, writer: str, begin: int, end: int) -> None:
    """Open the log, work off a part of the plan, note each acknowledgement durably."""
    notes = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Engine.open(log) as engine:
        for number in range(begin, end):
            os.write(notes, note_of(engine, writer, number))
            os.fsync(notes)
    os.close(notes)


def note_of(engine: Engine, writer: str, number: int) -> bytes:
    """Handle a command of the plan, as often as others come in between; the acknowledgement as a line."""
    while True:
        try:
            record = engine.handle_all(planned(writer, number))[-1]
        except Conflict:
            continue
        return json.dumps(Acknowledged(writer, number, record.id, record.digest)).encode() + b"\n"
