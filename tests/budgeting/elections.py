"""Elections for the tests of budgeting: small ones by hand, and any small one at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from hypothesis import strategies as st

from govflow.budgeting import BallotKind, Election, Project


def election(
    costs: Mapping[str, int], ballots: Sequence[Mapping[str, int] | str], budget: int, **more: object
) -> Election:
    """An election over projects and their costs; a ballot given as a text approves the projects that it names."""
    given = [dict.fromkeys(each.split(), 1) if isinstance(each, str) else each for each in ballots]
    projects = [Project(id=id, cost=cost) for id, cost in costs.items()]
    return Election.model_validate({"projects": projects, "ballots": given, "budget": budget, **more})


@st.composite
def elections(draw: st.DrawFn) -> Election:
    """Any small election: equal costs and equal ballots are common, so that ties are, too."""
    kind = draw(st.sampled_from(BallotKind))
    size = draw(st.integers(1, 6))
    kinds = st.lists(st.sampled_from(["road", "park"]), max_size=2, unique=True).map(tuple)
    projects = [
        Project(id=f"p{n}", cost=draw(st.integers(0, 24)), kinds=draw(kinds), withdrawn=draw(st.integers(0, 9)) == 0)
        for n in range(size)
    ]
    points: st.SearchStrategy[int | Fraction] = st.just(1)
    if kind is not BallotKind.APPROVAL:
        fractions = st.fractions(0, 5, max_denominator=6).filter(lambda each: each.denominator > 1)
        points = st.one_of(st.integers(0 if kind is BallotKind.CUMULATIVE else -1, 5), fractions)
    ballot = st.dictionaries(st.sampled_from([each.id for each in projects]), points, max_size=size)
    few = draw(st.lists(ballot, min_size=1, max_size=4))
    cap = st.dictionaries(st.sampled_from(["road", "park"]), st.integers(0, 30), max_size=2)
    return Election(
        projects=tuple(projects),
        budget=draw(st.integers(0, 60)),
        unit=draw(st.sampled_from([1, 10])),
        ballot=kind,
        least_score=draw(st.none() | st.integers(0, 4)),
        caps=draw(cap),
        kind_caps=draw(cap),
        ballots=tuple(draw(st.lists(st.sampled_from(few), max_size=8))),
    )


def votes_of(election: Election, project: str) -> int:
    """How many ballots name a project."""
    return sum(project in ballot for ballot in election.ballots)


def points_of(election: Election, project: str) -> int | Fraction:
    """How many points it was given."""
    return sum(Fraction(ballot.get(project, 0)) for ballot in election.ballots)


def can_win(election: Election, project: Project) -> bool:
    """Whether a project is eligible, before any money is given out."""
    under_caps = all(project.cost <= election.caps.get(kind, project.cost) for kind in project.kinds)
    enough = election.least_score is None or points_of(election, project.id) >= election.least_score
    return under_caps and enough and not project.withdrawn
