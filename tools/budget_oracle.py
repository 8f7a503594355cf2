"""Counts budgets with `pabutools` beside ours and says where winners differ, and how long each took.

Run by hand, in an environment of its own (pabutools is under the GPL, and neither we nor our tests depend on it):

    python -m venv /tmp/oracle
    /tmp/oracle/bin/pip install pabutools -e .
    /tmp/oracle/bin/python -m tools.budget_oracle tests/data/pabulib/*.pb
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from importlib import import_module
from typing import Any

from benchmarks.budgeting import synthetic
from govflow.budgeting import BallotKind, Election, Project, Utility, winners
from govflow.interchange.pabulib import read_pabulib

RANDOM_ELECTIONS = 400


def main(paths: list[str]) -> int:
    """Compare files, then random elections, then measure; 1 where anything differs."""
    files = {path: read_pabulib(path).election for path in paths}
    cases = [*files.items(), *((f"random {n}", each) for n, each in enumerate(random_elections()))]
    differ = compared = 0
    for name, election in cases:
        for rule, ours, theirs in counted(election):
            compared += 1
            if ours != theirs:
                differ += 1
                print(f"{name}: {rule}: ours alone {sorted(ours - theirs)}, theirs alone {sorted(theirs - ours)}")
    print(f"{compared} counts of {len(cases)} elections compared, {differ} differ")
    if files:
        largest = max(files, key=lambda path: len(files[path].ballots) * len(files[path].projects))
        measure(largest, files[largest], rounds=5)
    measure("10,000 ballots, 50 projects", synthetic(), rounds=3)
    return int(differ > 0)


def counted(election: Election) -> Iterator[tuple[str, set[str], set[str]]]:
    """Each rule that both have: its name, our winners, theirs."""
    if election.least_score is not None:  # pabutools knows no thresholds: those below are left out before
        return
    theirs = _Theirs(election)
    yield "greedy", set(winners(election, "greedy").winners), theirs.greedy()
    for utility in Utility:
        ours = winners(election, "equalshares", utility=utility)
        yield f"equalshares by {utility}", set(ours.winners), theirs.equal_shares(utility)
        steps = election.budget // (election.unit * max(len(election.ballots), 1))
        if election.budget % max(len(election.ballots), 1) == 0 and steps < 5_000:  # theirs runs every single step,
            added = winners(election, "equalshares/add1", utility=utility)  # and begins with an unrounded share
            yield f"add1 by {utility}", set(added.winners), theirs.equal_shares(utility, step=election.unit)


def random_elections() -> Iterator[Election]:
    """Small elections in which costs and ballots are often equal."""
    chance = random.Random(278)
    for _ in range(RANDOM_ELECTIONS):
        ids = [f"p{n}" for n in range(chance.randint(1, 8))]
        kind = chance.choice([BallotKind.APPROVAL, BallotKind.CUMULATIVE])
        most = 1 if kind is BallotKind.APPROVAL else 4
        voters = chance.randint(1, 12)
        ballots = [
            {id: chance.randint(1, most) for id in chance.sample(ids, chance.randint(0, len(ids)))}
            for _ in range(voters)
        ]
        yield Election(
            projects=tuple(Project(id=id, cost=chance.randint(1, 20)) for id in ids),
            budget=voters * chance.randint(1, 8),
            ballot=kind,
            ballots=tuple(ballots),
        )


def measure(name: str, election: Election, rounds: int) -> None:
    """Equal shares of both, in turns: medians in ms and the median of the ratios."""
    theirs = _Theirs(election)
    times = [(_ms(lambda: winners(election, "equalshares")), _ms(lambda: theirs.equal_shares(Utility.COST)))
             for _ in range(rounds)]  # fmt: skip
    ours, others = (statistics.median(each) for each in zip(*times, strict=True))
    ratio = statistics.median(b / a for a, b in times)
    print(f"equalshares, {name}: ours {ours:.1f} ms, pabutools {others:.1f} ms: {ratio:.1f} times as long")


def _ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


class _Theirs:
    """The same election as pabutools has it, with ties broken as ours are."""

    def __init__(self, election: Election) -> None:
        parts, rules = import_module("pabutools.election"), import_module("pabutools.rules")
        self.parts, self.rules = parts, rules
        self.tie = import_module("pabutools.tiebreaking").TieBreakingRule
        self.projects = {each.id: parts.Project(each.id, each.cost) for each in election.projects}
        self.listed = {each.id: place for place, each in enumerate(election.projects)}
        self.votes = {id: sum(id in ballot for ballot in election.ballots) for id in self.projects}
        self.instance = parts.Instance(self.projects.values(), budget_limit=election.budget)
        self.approval = election.ballot is BallotKind.APPROVAL
        if self.approval:
            ballots = [parts.ApprovalBallot(self.projects[id] for id in ballot) for ballot in election.ballots]
            self.profile = parts.ApprovalProfile(ballots, instance=self.instance)
        else:
            cardinal = [
                parts.CardinalBallot({self.projects[id]: Fraction(points) for id, points in ballot.items()})
                for ballot in election.ballots
            ]
            self.profile = parts.CardinalProfile(cardinal, instance=self.instance)

    def greedy(self) -> set[str]:
        tie = self.tie(lambda _, __, each: (-self.votes[each.name], each.cost, self.listed[each.name]))
        return _names(self.rules.greedy_utilitarian_welfare(
            self.instance, self.profile, sat_class=self._satisfaction(Utility.COST), tie_breaking=tie
        ))  # fmt: skip

    def equal_shares(self, utility: Utility, step: int | None = None) -> set[str]:
        tie = self.tie(lambda _, __, each: (each.cost, -self.votes[each.name], self.listed[each.name]))
        return _names(self.rules.method_of_equal_shares(
            self.instance,
            self.profile,
            sat_class=self._satisfaction(utility),
            tie_breaking=tie,
            voter_budget_increment=step,
        ))  # fmt: skip

    def _satisfaction(self, utility: Utility) -> Any:
        """What pabutools has for approvals; for points their number, or their number times the cost."""
        if self.approval:
            return self.parts.Cost_Sat if utility is Utility.COST else self.parts.Cardinality_Sat
        if utility is Utility.POINTS:
            return self.parts.Additive_Cardinal_Sat
        additive = import_module("pabutools.election.satisfaction").AdditiveSatisfaction

        def init(self: Any, instance: Any, profile: Any, ballot: Any) -> None:
            additive.__init__(self, instance, profile, ballot, _points_times_cost)

        return type("Points_Times_Cost_Sat", (additive,), {"__init__": init})


def _points_times_cost(_: Any, __: Any, ballot: Any, project: Any, ___: Any) -> Any:
    return ballot.get(project, 0) * project.cost


def _names(projects: Iterable[Any]) -> set[str]:
    return {each.name for each in projects}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
