"""One round of voting as a proposal keeps it: its rule, its roll, its ballots, and how they are counted."""

from __future__ import annotations

from immutables import Map
from pydantic import Field

from govflow.actors import Id
from govflow.messages import Instant, Protected, Value
from govflow.policy import BallotForm, QuorumRule, Tie, VoteRule
from govflow.proposals.box import Opened
from govflow.records import Item
from govflow.voting import (
    Ballot,
    HandCount,
    Ledger,
    Roll,
    Tally,
    Turnout,
    count,
    count_hands,
    count_unlinked,
    entitled,
)
from govflow.voting.tally import By
from govflow.workflow import Rest, Status


class VoteStatus(Status):
    """Where one round of voting stands."""

    ANNOUNCED = "announced", "已公告"
    OPEN = "open", "投票中"
    CARRIED = "carried", "通过", Rest.OUTCOME
    LOST = "lost", "未通过", Rest.OUTCOME
    INQUORATE = "inquorate", "未达法定人数", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.FINAL
    VOID = "void", "无效", Rest.FINAL


class CastBallot(Value):
    """The ballot of one voter, by whom it was cast and when; of a secret one the commitment, and what is sealed."""

    by: str
    at: Instant
    holder: str | None = None  # of the proxy by which it was cast
    ballot: Ballot | None = None
    sealed: Protected | None = None
    commitment: str | None = None


class Vote(Item):
    """One round of voting. The roll and the ballots are persistent maps: a million voters cost no copying."""

    question: str = ""
    options: tuple[str, ...] = ()
    number: int = 0  # of the text that is voted on
    rule: VoteRule | None = None
    quorum: QuorumRule | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    lot_commitment: str | None = None
    lot_seed: str | None = None
    roll: Roll = Field(default_factory=Map)
    roll_digest: str | None = None
    names: Ledger[Id, Protected] = Field(default_factory=Map)
    entitled: Turnout = Turnout()
    proxies: Ledger[Id, Id] = Field(default_factory=Map)  # voter -> who may vote for them
    cast: Ledger[Id, CastBallot] = Field(default_factory=Map)
    held: Ledger[Id, int] = Field(default_factory=Map)  # holder -> how many proxies they hold
    for_others: Ledger[Id, int] = Field(default_factory=Map)  # holder -> for how many others they voted
    hand_count: HandCount | None = None
    box_called_by: str | None = None
    opened: tuple[Opened, ...] | None = None
    tally: Tally | None = None
    voided_for: str = ""

    @property
    def what(self) -> str:
        return f"vote {self.key}: {self.question}"

    @property
    def form(self) -> BallotForm:
        """How ballots are given."""
        return self.rule.form if self.rule is not None else BallotForm.OPEN

    def may_vote(self, actor: str) -> bool:
        """Whether an actor stands on the roll, or holds somebody's proxy."""
        return actor in self.roll or self.held.get(actor, 0) > 0

    @property
    def present(self) -> Turnout:
        """Who took part, on each base."""
        return entitled(Map((id, self.roll[id]) for id in self.cast if id in self.roll))

    @property
    def is_countable(self) -> bool:
        """Whether all that is counted is there: the hands of a show of hands, the ballots of a box."""
        if self.form is BallotForm.HANDS:
            return self.hand_count is not None
        return self.rule is not None and (self.form is BallotForm.OPEN or self.opened is not None or not self.cast)

    @property
    def draws_a_lot(self) -> bool:
        """Whether a tie is to be ended by a lot, whatever its seed."""
        if self.rule is None or self.rule.tie is not Tie.LOT or not self.is_countable:
            return False
        tally = self.tallied("any seed")
        return By.LOT in (tally.tie, *(each.by for each in tally.rounds))

    def tallied(self, seed: str | None = None, *, lost: bool = False) -> Tally:
        """What the ballots come to: a pure function of what was announced, frozen and cast. Raises InputError.

        A lot whose seed is lost is not drawn: the tie adopts nothing, as by a rule that says so.
        """
        assert self.rule is not None and self.quorum is not None
        rule = self.rule.changed(tie=Tie.FAILS) if lost else self.rule
        match self.form:
            case BallotForm.HANDS:
                counted = self.hand_count or HandCount(present=Turnout())
                return count_hands(rule, self.quorum, self.entitled, counted)
            case BallotForm.SECRET:
                ballots = (each.ballot for each in self.opened or ())
                return count_unlinked(rule, self.quorum, self.options, self.entitled, self.present, ballots, seed=seed)
        cast = ((self.roll[id], each.ballot or Ballot()) for id, each in sorted(self.cast.items()))
        return count(rule, self.quorum, self.options, self.entitled, cast, seed=seed)
