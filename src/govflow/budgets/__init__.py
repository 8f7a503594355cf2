"""The participatory budget (民生微实事) as a record: an envelope, entries, a ballot, winners that become projects."""

from govflow.budgets.counting import counted as counted
from govflow.budgets.counting import election_of as election_of
from govflow.budgets.decider import BUDGET_ROUND as BUDGET_ROUND
from govflow.budgets.entry import Entry as Entry
from govflow.budgets.entry import EntryStatus as EntryStatus
from govflow.budgets.fund import Fund as Fund
from govflow.budgets.fund import FundSource as FundSource
from govflow.budgets.fund import FundStatus as FundStatus
from govflow.budgets.model import BudgetCount as BudgetCount
from govflow.budgets.model import BudgetRound as BudgetRound
from govflow.budgets.model import BudgetRoundStatus as BudgetRoundStatus
from govflow.budgets.model import RoundBallot as RoundBallot
from govflow.budgets.page import Page as Page
from govflow.budgets.page import page_of as page_of
