"""Counts a budget round: a pure function of its roll, entries, ballots, money and the rule that it has pinned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from govflow.budgeting import BallotKind, Bounds, Election, Project, Result, Tie, Utility, ballot_flaws, ranked, winners
from govflow.budgets.model import BudgetCount, BudgetRound, EntryTold, LevelEntries
from govflow.errors import Broken
from govflow.policy import BudgetBallot, BudgetProgramme
from govflow.voting import Ballot

FEN = 100
"""How many minor units (分) one unit of the currency (元) has."""

_KINDS = {
    BudgetBallot.APPROVAL: BallotKind.APPROVAL,
    BudgetBallot.CUMULATIVE: BallotKind.CUMULATIVE,
    BudgetBallot.RANKED: BallotKind.ORDINAL,
    BudgetBallot.SCORE: BallotKind.SCORE,
}
_CHOOSES = (BudgetBallot.APPROVAL, BudgetBallot.RANKED)


def election_of(round: BudgetRound) -> Election:
    """The round as an election: what is on the ballot, with the ballots of those on the roll in the order of ids.

    An entry that was taken back while people voted stays listed and cannot win. Once it was counted, the money and the
    costs are those that it was counted with, whatever was given or revised since.
    """
    assert round.programme is not None
    then = {each.entry: each.cost for each in round.count.told} if round.count is not None else {}
    projects = tuple(_project(round.item("entry", key), then.get(key)) for key in round.paper)
    budget = round.available if round.count is None else round.count.budget
    ballots = (round.cast[voter].ballot for voter in sorted(round.cast) if voter in round.roll)
    said = tuple(points_of(round.programme, ballot) for ballot in ballots)
    return _election(round.programme, projects, budget).model_copy(update={"ballots": said})


def _election(programme: BudgetProgramme, projects: tuple[Project, ...], budget: int) -> Election:
    return Election(
        projects=projects,
        budget=budget,
        unit=FEN,
        ballot=_KINDS[programme.ballot],
        bounds=Bounds(**programme.bounds.model_dump()),
        least_score=programme.least_votes,
        caps={each.id: each.cap for each in programme.kinds if each.cap is not None},
        kind_caps={each.id: each.total for each in programme.kinds if each.total is not None},
    )


def _project(entry: Any, cost: int | None) -> Project:
    return Project(
        id=entry.key,
        name=entry.title,
        cost=entry.cost if cost is None else cost,
        kinds=(entry.kind,),
        target=tuple(each.strip() for each in entry.beneficiaries.split(",") if each.strip()),
        withdrawn=entry.status == "withdrawn",
    )


def points_of(programme: BudgetProgramme, ballot: Ballot) -> Mapping[str, int]:
    """What a ballot gives to each entry, as the programme reads it."""
    match programme.ballot:
        case BudgetBallot.APPROVAL:
            return dict.fromkeys(ballot.choice, 1)
        case BudgetBallot.RANKED:
            return ranked(ballot.choice)
    return dict(ballot.scores)


def flaws_of(round: BudgetRound, ballot: Ballot) -> Iterator[Broken]:
    """Everything that is wrong with a ballot by the rules of this round; nothing for one that abstains.

    The codes are those of `ballot_flaws`, and not_a_choice, no_points, named_twice.
    """
    programme = round.programme
    assert programme is not None
    if ballot.is_empty:
        return
    if programme.ballot in _CHOOSES and ballot.scores:
        yield Broken("not_a_choice", "it names entries, it gives no points", "应勾选或排序，不应打分")
    elif programme.ballot not in _CHOOSES and ballot.choice:
        yield Broken("no_points", "it gives points, it does not choose", "应打分，不应勾选或排序")
    elif len(set(ballot.choice)) < len(ballot.choice):
        yield Broken("named_twice", "it names an entry more than once", "同一项目重复填写")
    else:
        bounds = programme.bounds
        asks_costs = bounds.min_sum_cost is not None or bounds.max_sum_cost is not None
        costs = tuple(round.item("entry", key).cost for key in round.paper) if asks_costs else ()
        yield from ballot_flaws(_list_of(programme, round.paper, costs), points_of(programme, ballot))


@lru_cache(maxsize=32)
def _list_of(programme: BudgetProgramme, paper: tuple[str, ...], costs: tuple[int, ...]) -> Election:
    """The list that people vote on, the same one for every ballot of a round; without costs where no bound asks."""
    projects = (Project(id=key, cost=cost) for key, cost in zip_longest(paper, costs, fillvalue=0))
    return _election(programme, tuple(projects), 0)


def counted(round: BudgetRound) -> BudgetCount:
    """What the ballots come to, with the reason for every entry. Raises InputError where the rule cannot be applied."""
    assert round.programme is not None
    election = election_of(round)
    return _told(result_of(round.programme, election), len(round.roll), len(election.ballots))


def result_of(programme: BudgetProgramme, election: Election) -> Result:
    """The winners of an election by the rule, the ties and the worth of points of a programme. Raises InputError."""
    ties = None if programme.ties is None else tuple(Tie(each.value) for each in programme.ties)
    return winners(election, programme.rule.value, ties=ties, utility=Utility(programme.worth.value))


def _told(result: Result, entitled: int, ballots: int) -> BudgetCount:
    compared = result.compared
    return BudgetCount(
        rule=result.rule,
        entitled=entitled,
        ballots=ballots,
        budget=result.budget,
        spent=result.spent,
        left=result.left,
        winners=result.winners,
        share=None if result.share is None else str(result.share),
        for_shares=None if compared is None else compared.equal_shares,
        for_ranking=None if compared is None else compared.ranking,
        level=tuple(
            LevelEntries(entries=each.projects, by=tuple(tie.value for tie in each.by)) for each in result.ties_broken
        ),
        told=tuple(
            EntryTold(
                entry=each.project,
                won=each.won,
                code=each.code,
                cost=each.cost,
                votes=each.votes,
                points=int(each.points),
                rank=each.rank,
                en=each.en,
                zh=each.zh,
            )
            for each in result.explanations
        ),
    )
