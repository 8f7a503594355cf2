"""What the directory costs: a command judged by a directory of 2,000 people, against the host service's claims."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from benchmarks.measuring import ROUNDS, Figure, figure, timed
from benchmarks.workload import DESK, LEAD, VERIFIER, one_case
from govflow import SYSTEM, Command, Engine, Role
from govflow.organisation import FoundDirectory
from govflow.organisation.appointments import Appoint
from govflow.organisation.areas import AddArea
from govflow.organisation.units import AddUnit
from govflow.testing import START

PEOPLE = 2_000
_CASES = 30
_HERE = "jinniu/chadianzi"


def a_directory(people: int = PEOPLE) -> Iterator[Command]:
    """A town of so many people in forty units, among them those who work on the cases that are measured."""
    since = START - timedelta(days=365)
    yield FoundDirectory(by=SYSTEM, title="Jinniu", area="jinniu", level="town")
    yield AddArea(by=SYSTEM, path=_HERE, level="community", title="Chadianzi")
    units = ["desk", "water", *(f"unit-{k}" for k in range(38))]
    for unit in units:
        area = _HERE if unit == "desk" else "jinniu"
        yield AddUnit(by=SYSTEM, item=unit, title=unit, kind="station", area=area)
    posts = [(DESK.id, "acceptance_desk", "desk"), (DESK.id, "dispatcher", "desk")]
    posts += [(LEAD.id, "lead_unit", "water"), (VERIFIER.id, "verifier", "desk")]
    roles = (Role.GRID_WORKER, Role.LEAD_UNIT, Role.CO_UNIT, Role.UNIT_HEAD)
    posts += [(f"person-{k}", roles[k % 4], units[k % 40]) for k in range(people - 3)]
    for actor, role, unit in posts:
        yield Appoint(by=SYSTEM, actor=actor, role=role, unit=unit, valid_from=since)


def authority() -> Iterator[Figure]:
    """A command by the directory against one by claims, in memory; and the first after the directory has changed."""
    with Engine.open() as by_directory, Engine.open() as by_claims:
        by_directory.handle_all(a_directory())
        ours: list[float] = []
        raw: list[float] = []
        for turn in range(ROUNDS + 1):
            for engine, into in ((by_directory, ours), (by_claims, raw)):
                commands = [command for k in range(_CASES) for command in one_case(f"{turn}-{k}")]
                into.append(timed(lambda e=engine, c=commands: [e.handle(each) for each in c]) / len(commands))  # type: ignore[misc]
        yield figure("one command in memory, directory against claims", ours[1:], raw[1:], people=PEOPLE)
        first, usual = [], []
        for turn in range(ROUNDS):
            new = f"newcomer-{turn}"
            by_directory.handle(Appoint(by=SYSTEM, actor=new, role=Role.CO_UNIT, unit="water"))
            one, other = (next(one_case(f"{which}-{turn}")) for which in ("first", "second"))
            first.append(timed(lambda c=one: by_directory.handle(c)))  # type: ignore[misc]
            usual.append(timed(lambda c=other: by_directory.handle(c)))  # type: ignore[misc]
        yield figure("the first command after an appointment, against the next", first, usual, people=PEOPLE)
