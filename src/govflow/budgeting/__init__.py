"""Which projects of a participatory budget (民生微实事) win, and why: pure rules over an election as data."""

from govflow.budgeting.ballots import ballot_flaws
from govflow.budgeting.counting import Tie, TieBroken
from govflow.budgeting.electorate import Utility
from govflow.budgeting.explaining import Explanation
from govflow.budgeting.instance import BallotKind, Bounds, Election, Points, Project, money, ranked
from govflow.budgeting.winners import RULES, Compared, Result, winners

__all__ = [
    "RULES",
    "BallotKind",
    "Bounds",
    "Compared",
    "Election",
    "Explanation",
    "Points",
    "Project",
    "Result",
    "Tie",
    "TieBroken",
    "Utility",
    "ballot_flaws",
    "money",
    "ranked",
    "winners",
]
