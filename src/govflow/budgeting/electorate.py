"""The voters as equal shares needs them: those with the same ballot as one group, and who stands behind a project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import compress
from math import lcm
from typing import NamedTuple

from govflow.budgeting.counting import Decided, Standing, Tie, left_out, standings, tie_key
from govflow.budgeting.instance import Election


class Utility(StrEnum):
    """What a point is worth to the voter who gave it: as much as the project costs, or the same for every project."""

    COST = "cost"
    POINTS = "points"


class Supporters(NamedTuple):
    """The groups that gave a project the same points (whole: fractions are scaled up), and how many voters each has."""

    points: int
    groups: list[int]
    sizes: list[int]

    def only(self, these: Sequence[bool]) -> Supporters:
        """Those of the groups that `these` says."""
        return Supporters(self.points, [*compress(self.groups, these)], [*compress(self.sizes, these)])


class Backed(NamedTuple):
    """A project that can win: its supporters, the points of all of them, what a point is worth, its key among equals.

    What is paid for a point is divided by `worth`: the project that asks least for what it is worth comes first.
    """

    standing: Standing
    cost: int
    supporters: tuple[Supporters, ...]
    points: int
    worth: int
    key: tuple[int, ...]


class Electorate(NamedTuple):
    """An election as equal shares sees it: how large each group is, who backs what, and what is decided already."""

    election: Election
    ties: tuple[Tie, ...]
    groups: int
    voters: int
    backed: tuple[Backed, ...]
    decided: tuple[Decided, ...]


def electorate(election: Election, ties: Sequence[Tie], utility: Utility) -> Electorate:
    """Group the voters by their ballots; points that are not positive support nothing."""
    groups = Counter(
        frozenset((project, points) for project, points in ballot.items() if points > 0) for ballot in election.ballots
    )
    scale = lcm(*{points.denominator for ballot in groups for _, points in ballot})
    behind: defaultdict[str, defaultdict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for number, (ballot, size) in enumerate(groups.items()):
        for project, points in ballot:
            behind[project][int(points * scale)].append((number, size))

    backed, decided = [], []
    for standing in standings(election, ties):
        if out := left_out(election, standing):
            decided.append(out)
        elif not behind[standing.project.id]:
            decided.append(Decided(standing.project.id, False, "no_votes"))
        else:
            backed.append(_backed(standing, behind[standing.project.id], ties, utility))
    return Electorate(election, tuple(ties), len(groups), len(election.ballots), tuple(backed), tuple(decided))


def _backed(
    standing: Standing, behind: Mapping[int, Sequence[tuple[int, int]]], ties: Sequence[Tie], utility: Utility
) -> Backed:
    supporters = tuple(
        Supporters(points, [number for number, _ in groups], [size for _, size in groups])
        for points, groups in behind.items()
    )
    points = sum(each.points * sum(each.sizes) for each in supporters)
    cost = standing.project.cost
    worth = max(cost, 1) if utility is Utility.COST else 1  # what costs nothing asks for nothing
    return Backed(standing, cost, supporters, points, worth, tie_key(standing, ties))
