"""What counting a participatory budget costs: equal shares and its completion against one count of the same ballots."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.measuring import Figure, figure, timed
from govflow.budgeting import Election, Project, winners
from govflow.interchange.pabulib import pabulib_bytes, pabulib_from
from govflow.interchange.pabulib_writing import pabulib_of

_ROUNDS = 5


def synthetic(voters: int = 10_000, projects: int = 50, seed: int = 2026) -> Election:
    """An approval election of a made-up city: some projects are dear, some are liked, everybody approves 2 to 10."""
    chance = random.Random(seed)
    ids = [f"p{n}" for n in range(projects)]
    liking = [chance.paretovariate(1.2) for _ in ids]
    costs = [chance.randrange(5_000, 200_000, 100) for _ in ids]
    ballots = [dict.fromkeys(chance.choices(ids, liking, k=chance.randint(2, 10)), 1) for _ in range(voters)]
    return Election.model_validate(
        {
            "projects": [Project(id=id, cost=cost) for id, cost in zip(ids, costs, strict=True)],
            "budget": 2_000_000,
            "ballots": ballots,
        }
    )


def budgeting() -> Iterator[Figure]:
    """Each rule on 10^4 ballots over 50 projects against the greedy one, and a Pabulib file of 10^5 ballots read."""
    election = synthetic()
    for rule in ("equalshares", "equalshares/add1"):
        ours, raw = [], []
        for _ in range(_ROUNDS):
            ours.append(timed(lambda rule=rule: winners(election, rule)))  # type: ignore[misc]
            raw.append(timed(lambda: winners(election, "greedy")))
        yield figure(f"{rule}, against one count", ours, raw, ballots=len(election.ballots))
    yield _reading()


def _reading() -> Figure:
    data = pabulib_bytes(pabulib_of(synthetic(voters=100_000), rule="greedy"))
    ours, raw = [], []
    for _ in range(_ROUNDS):
        ours.append(timed(lambda: pabulib_from(data)))
        raw.append(timed(lambda: [line.split(";") for line in data.decode().splitlines()]))
    return figure("a Pabulib file read, against splitting its lines", ours, raw, ballots=100_000, bytes=len(data))
