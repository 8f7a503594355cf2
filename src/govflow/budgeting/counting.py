"""Counts a budget election: votes and points of every project, its place on the list, and how ties are broken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from govflow.budgeting.instance import Election, Points, Project
from govflow.messages import Value


class Tie(StrEnum):
    """What decides between projects that are equal so far; what is listed first decides where nothing else does."""

    VOTES = "votes"  # more voters
    COST = "cost"  # the lower cost
    LISTED = "listed"  # the one listed first


class TieBroken(Value):
    """Projects that were equal, in the order they were put into, and what it took to tell them apart."""

    projects: tuple[str, ...]
    by: tuple[Tie, ...]


class Standing(NamedTuple):
    """A project with what it was given: by how many voters, how many points; its place when ranked, and when listed."""

    project: Project
    votes: int
    points: Points
    rank: int
    listed: int


class Decided(NamedTuple):
    """What became of one project, as a code with its figures."""

    project: str
    won: bool
    code: str
    figures: Mapping[str, object] = {}


class Outcome(NamedTuple):
    """What a rule came to: every project once in the order in which it was decided, winners as they won.

    `share` is what every voter had to spend, in minor units, where the rule gives voters money.
    """

    decided: tuple[Decided, ...]
    ties: tuple[TieBroken, ...] = ()
    share: Fraction | None = None

    @property
    def winners(self) -> tuple[str, ...]:
        """The ids of the winners, first come first."""
        return tuple(each.project for each in self.decided if each.won)


_CRITERIA: dict[Tie, Callable[[Standing], int]] = {
    Tie.VOTES: lambda each: -each.votes,
    Tie.COST: lambda each: each.project.cost,
    Tie.LISTED: lambda each: each.listed,
}


def standings(election: Election, ties: Sequence[Tie]) -> tuple[Standing, ...]:
    """Every project with its votes and points, most points first, ties broken."""
    votes: Counter[str] = Counter()
    points: defaultdict[str, Points] = defaultdict(int)
    for ballot in election.ballots:
        votes.update(ballot.keys())
        for project, given in ballot.items():
            points[project] += given
    found = [
        Standing(project, votes[project.id], points[project.id], 0, listed)
        for listed, project in enumerate(election.projects)
    ]
    found.sort(key=lambda each: (-each.points, tie_key(each, ties)))
    return tuple(each._replace(rank=rank) for rank, each in enumerate(found, start=1))


def tie_key(standing: Standing, ties: Sequence[Tie]) -> tuple[int, ...]:
    """What a project is sorted by among equals: the smaller comes first, and no two are the same."""
    return tuple(_CRITERIA[tie](standing) for tie in (*ties, Tie.LISTED))


def tie_broken(equal: Iterable[Standing], ties: Sequence[Tie]) -> TieBroken:
    """How these were told apart: the shortest beginning of the criteria that does it."""
    tied = sorted(equal, key=lambda each: tie_key(each, ties))
    criteria = (*ties, Tie.LISTED)
    needed = next(
        count
        for count in range(1, len(criteria) + 1)
        if len({tie_key(each, ties)[:count] for each in tied}) == len(tied)
    )
    return TieBroken(projects=tuple(each.project.id for each in tied), by=criteria[:needed])


def left_out(election: Election, standing: Standing) -> Decided | None:
    """Why a project cannot win whatever the ballots say: withdrawn, over the cap of a kind, under the threshold."""
    project = standing.project
    if project.withdrawn:
        return Decided(project.id, False, "withdrawn")
    for kind in project.kinds:
        if kind in election.caps and project.cost > election.caps[kind]:
            return Decided(project.id, False, "over_cap", {"kind": kind, "cap": election.caps[kind]})
    if election.least_score is not None and standing.points < election.least_score:
        return Decided(project.id, False, "below_threshold", {"least": election.least_score})
    return None


class Purse:
    """The money of an election while it is being given out: what is left, of all and of each kind."""

    def __init__(self, election: Election) -> None:
        self.left = election.budget
        self.kinds = dict(election.kind_caps)

    def full_kind(self, project: Project) -> Decided | None:
        """The decision against a project whose kind cannot bear it any more; what is spent of a kind never falls."""
        for kind in project.kinds:
            if kind in self.kinds and project.cost > self.kinds[kind]:
                return Decided(project.id, False, "kind_is_full", {"kind": kind, "left": self.kinds[kind]})
        return None

    def pay(self, project: Project) -> None:
        """Take what the project costs."""
        self.left -= project.cost
        for kind in set(project.kinds) & self.kinds.keys():
            self.kinds[kind] -= project.cost
