"""What can be asked of a budget round, and what happened to it. Stored names (`budget_round.opened@1` …) stay."""

from __future__ import annotations

from pydantic import Field

from govflow.actors import Area, Id, Level
from govflow.budgets.model import BudgetCount
from govflow.messages import Amount, Command, Count, Event, Instant, ItemKey, Sha256, Value, Words
from govflow.policy import BudgetProgramme
from govflow.records import HandOver
from govflow.regions.bodies import Reasoned
from govflow.voting import Ballot, Turnout, Voter

# --- its way ---------------------------------------------------------------------------------------------------------


class _Opening(Value):
    title: Words = ""
    level: Level | None = None
    area: Area = ""


class OpenBudgetRound(Command, _Opening, wire="budget_round.open", label="设立预算轮次"):
    """Begin a round under a programme of the policy, which it pins."""

    programme: Id = "livelihood"


class BudgetRoundOpened(Event, _Opening, name="budget_round.opened"):
    """A round began under this programme."""

    policy: Words = ""
    retention: Id = "ordinary"
    programme: BudgetProgramme | None = None


class ImportedEntry(Value):
    """An entry of a round that was held elsewhere: what it is called there, its kind and what it costs."""

    number: Words
    title: Words = ""
    kind: Id
    cost: Amount
    beneficiaries: Words = ""
    withdrawn: bool = False


class _Importing(_Opening):
    """A round held elsewhere, ready for its roll and ballots: the rules it had, its money, the list of its entries."""

    programme: BudgetProgramme | None = None
    amount: Amount = 0
    entries: tuple[ImportedEntry, ...] = Field(default=(), max_length=10_000)
    source: Words = ""


class ImportBudgetRound(Command, _Importing, wire="budget_round.import", label="导入预算轮次"):
    """Take over a round that was held elsewhere, to count it again."""


class BudgetRoundImported(Event, _Importing, name="budget_round.imported"):
    """A round that was held elsewhere was taken over."""

    policy: Words = ""
    retention: Id = "ordinary"


class StartCollecting(Command, wire="budget_round.start_collecting", label="开始征集"):
    """Let people enter projects."""


class CollectingStarted(Event, name="budget_round.collecting_started"):
    """Projects may be entered."""


class StartReview(Command, wire="budget_round.start_review", label="开始审核"):
    """Enter no more; what was entered is reviewed."""


class ReviewStarted(Event, name="budget_round.review_started"):
    """Entries are reviewed."""


class _Extending(Reasoned):
    length: Count = 0


class ExtendBudgetPhase(Command, _Extending, wire="budget_round.extend", label="延长阶段"):
    """Let collecting, review or voting last longer, once, in units of its limit."""


class BudgetPhaseExtended(Event, _Extending, name="budget_round.extended"):
    """The present phase lasts longer."""


class _Publishing(Value):
    public_text: Words = ""


class PublishBudgetRound(Command, _Publishing, wire="budget_round.publish", label="公示结果"):
    """Put the result on public notice; everybody may object while it lasts."""


class BudgetRoundPublished(Event, _Publishing, name="budget_round.published"):
    """The result is on public notice."""


class CommissionWinners(Command, wire="budget_round.commission_winners", label="交付实施"):
    """Hand the winners over: each becomes a joint project where those are kept, the others wait for one."""


class WinnersCommissioned(Event, name="budget_round.winners_commissioned"):
    """The winners were handed over."""


class _Closing(Value):
    public_text: Words = ""


class CloseBudgetRound(Command, _Closing, wire="budget_round.close", label="办结"):
    """Close it, once every winner is carried out by something or released."""


class BudgetRoundClosed(Event, _Closing, name="budget_round.closed"):
    """The round was closed."""


class _Leaving(Reasoned):
    hand_over: tuple[HandOver, ...] = ()


class CancelBudgetRound(Command, _Leaving, wire="budget_round.cancel", label="取消"):
    """Give the round up: each open loop is handed over or falls away for a reason."""


class BudgetRoundCancelled(Event, _Leaving, name="budget_round.cancelled"):
    """The round was given up."""


class _Archiving(Value):
    retention: Id | None = None


class ArchiveBudgetRound(Command, _Archiving, wire="budget_round.archive", label="归档"):
    """Archive it in a retention class, by default the ordinary one."""


class BudgetRoundArchived(Event, _Archiving, name="budget_round.archived"):
    """The round is archived."""


# --- the ballot ------------------------------------------------------------------------------------------------------


class _Enrolling(Value):
    voters: tuple[Voter, ...] = Field(default=(), max_length=5_000)


class EnrolBudgetVoters(Command, _Enrolling, wire="budget_round.enrol_voters", label="登记表决人"):
    """Put people on the roll, by pseudonym, at most 5,000 at a time; who stands there already is entered anew."""


class BudgetVotersEnrolled(Event, _Enrolling, name="budget_round.voters_enrolled"):
    """People were put on the roll."""


class _Striking(Reasoned):
    voters: tuple[Id, ...] = Field(default=(), max_length=5_000)


class StrikeBudgetVoters(Command, _Striking, wire="budget_round.strike_voters", label="剔除表决人"):
    """Take people off the roll, with the reason."""


class BudgetVotersStruck(Event, _Striking, name="budget_round.voters_struck"):
    """People were taken off the roll."""


class _BallotOpening(Value):
    closes_at: Instant | None = None


class OpenBudgetBallot(Command, _BallotOpening, wire="budget_round.open_ballot", label="开始表决"):
    """Freeze the roll and the list, and let people vote until `closes_at`, by default as long as the policy says."""


class BudgetBallotOpened(Event, _BallotOpening, name="budget_round.ballot_opened", dues={"ballot": "closes_at"}):
    """People vote on these entries, in this order."""

    paper: tuple[ItemKey, ...] = ()
    roll_digest: Sha256 | None = None
    entitled: Turnout = Turnout()


class _Casting(Value):
    voter: Id | None = None
    ballot: Ballot | None = None


class CastBudgetBallot(Command, _Casting, wire="budget_round.cast_ballot", label="投票"):
    """Vote: entries chosen, ranked with the best first, or given points; nothing of it abstains."""


class BudgetBallotCast(Event, _Casting, name="budget_round.ballot_cast"):
    """Somebody voted."""


class PaperBallot(Value):
    """The ballot of one voter, as it was handed in on paper or counted elsewhere."""

    voter: Id
    ballot: Ballot


class _Recording(Value):
    ballots: tuple[PaperBallot, ...] = Field(default=(), max_length=5_000)
    papers: tuple[Id, ...] = ()


class RecordBudgetBallots(Command, _Recording, wire="budget_round.record_ballots", label="录入纸质选票"):
    """Enter ballots handed in on paper, until voting ends, at most 5,000 at a time; the sheets are evidence on file."""


class BudgetBallotsRecorded(Event, _Recording, name="budget_round.ballots_recorded"):
    """Ballots handed in on paper were entered."""


class CloseBudgetBallot(Command, wire="budget_round.close_ballot", label="结束表决并计票"):
    """End the voting and count: who has won follows from the roll, the entries, the ballots, the money and the rule."""


class BudgetBallotClosed(Event, name="budget_round.ballot_closed"):
    """It was counted; the winners' costs are reserved."""

    count: BudgetCount | None = None


class _Voiding(Reasoned):
    reason_code: Id | None = None


class VoidBudgetBallot(Command, _Voiding, wire="budget_round.void_ballot", label="宣布表决无效"):
    """Void the ballot for a coded reason: entries, roll and list are reviewed again, and a new ballot is held.

    The town's or the district's to do alone: ballots are open, so whoever holds the vote can see how it stands.
    """


class BudgetBallotVoided(Event, _Voiding, name="budget_round.ballot_voided"):
    """The ballot does not count, and nothing is reserved any more."""
