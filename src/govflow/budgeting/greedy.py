"""Winners by the number of their points (得票排序): down the list while the money lasts, with and without skipping."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from govflow.budgeting.counting import (
    Decided,
    Outcome,
    Purse,
    Standing,
    Tie,
    TieBroken,
    left_out,
    standings,
    tie_broken,
)
from govflow.budgeting.instance import Election

GREEDY_TIES = (Tie.VOTES, Tie.COST, Tie.LISTED)


def greedy(election: Election, ties: Sequence[Tie] = GREEDY_TIES) -> Outcome:
    """Down the list: a project that is not affordable is skipped, and the next one may still win."""
    return _down_the_list(election, ties, when_too_dear="skipped")


def greedy_without_skipping(election: Election, ties: Sequence[Tie] = GREEDY_TIES) -> Outcome:
    """Down the list to the first project that is not affordable, and no further.

    Projects that cannot win anyway, and those whose kind has had its money, are passed over without ending the list.
    """
    return _down_the_list(election, ties, when_too_dear="list_ends")


def _down_the_list(election: Election, ties: Sequence[Tie], when_too_dear: str) -> Outcome:
    ranking = standings(election, ties)
    purse, decided, ended_at = Purse(election), [], ""
    for each in ranking:
        project, left = each.project, purse.left
        out = left_out(election, each) or purse.full_kind(project)
        if out:
            decided.append(out)
        elif ended_at:
            decided.append(Decided(project.id, False, "not_reached", {"at": ended_at}))
        elif project.cost > left:
            decided.append(Decided(project.id, False, when_too_dear, {"left": left}))
            ended_at = project.id if when_too_dear == "list_ends" else ""
        else:
            purse.pay(project)
            decided.append(Decided(project.id, True, "funded", {"left": left}))
    return Outcome(tuple(decided), _ties(election, ranking, ties))


def _ties(election: Election, ranking: Sequence[Standing], ties: Sequence[Tie]) -> tuple[TieBroken, ...]:
    running = [each for each in ranking if not left_out(election, each)]
    groups = [list(equal) for _, equal in groupby(running, key=lambda each: each.points)]
    return tuple(tie_broken(group, ties) for group in groups if len(group) > 1)
