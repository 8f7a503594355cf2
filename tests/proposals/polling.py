"""A town that votes: tracks that go straight to a vote, by any rule, and the people who convene, vote and count."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Actor, Command, Engine, NotAllowed
from govflow.ballot_box import open_box
from govflow.files import IN_MEMORY
from govflow.policy import (
    BallotForm,
    Base,
    DecisionProcedure,
    Majority,
    Method,
    Policy,
    Presence,
    QuorumRule,
    Share,
    Tie,
    VoteRule,
)
from govflow.proposals import Proposal
from govflow.proposals.box import Receipt, seal
from govflow.proposals.commands import (
    AdmitProposal,
    AnnounceVote,
    CastBallot,
    CloseConsultation,
    CloseVote,
    DraftProposal,
    EnrolVoters,
    GrantProxy,
    OpenVote,
    ReconveneVote,
    StartScreening,
    SubmitProposal,
)
from govflow.proposals.vote_model import Vote
from govflow.regions.evidence import AddEvidence
from govflow.testing import START, PinnedClock
from govflow.voting import Ballot, Voter, commitment_of

PROPOSER = Actor.of("s-rep", "resident", "proposer")
OFFICE = Actor.of("sec", "secretariat", unit="office")
CHAIR = Actor.of("chair", "convenor")
TOWN = Actor.of("mayor", "town", unit="town-hall", level="town")
P: dict[str, Any] = {"id": "p"}
SEED = "a-seed-kept-by-the-notary"
OPTIONS = ("lamp", "ramp", "tree")

MORE_THAN_HALF = Share(numerator=1, denominator=2, inclusive=False)
TWO_THIRDS = Share(numerator=2, denominator=3)


def a_quorum(id: str, *bases: Base, presence: Share | None = None, share: Share = MORE_THAN_HALF) -> QuorumRule:
    there = ((Presence(share=presence),),) if presence is not None else ()
    decision = tuple(Majority(base=base, share=share) for base in bases)
    return QuorumRule(id=id, en=id, zh=id, presence=there, decision=decision, basis="test")


QUORUMS = (
    a_quorum("all", Base.PERSONS, presence=TWO_THIRDS),
    a_quorum("any", Base.PERSONS),
    a_quorum("dual", Base.PERSONS, Base.AREA, share=Share(numerator=3, denominator=4)),
    a_quorum("homes", Base.HOUSEHOLDS, share=TWO_THIRDS),
)


def a_town_policy(rule: VoteRule) -> Policy:
    """The default with one more track, "poll": drafted, admitted, voted on by `rule`."""
    track = DecisionProcedure(
        id="poll", en="Poll", zh="表决", proposers=("resident",), risk=False, vote=rule, basis="test"
    )
    rules = (*DEFAULT_POLICY.quorum_rules, *QUORUMS)
    return DEFAULT_POLICY.changed(
        id="polling", version="1", procedures=(*DEFAULT_POLICY.procedures, track), quorum_rules=rules
    )


def voters(number: int, **more: Any) -> tuple[Voter, ...]:
    """So many voters: v-00, v-01 and so on."""
    return tuple(Voter(id=f"v-{each:02}", **more) for each in range(number))


def ballot(*choice: str, **scores: int) -> Ballot:
    return Ballot(choice=choice, scores=scores)


class Poll:
    """An engine with proposal p, on a pinned clock, and what each test does with its vote."""

    def __init__(
        self, rule: VoteRule | None = None, path: Path | None = None, begins: datetime = START, **more: Any
    ) -> None:
        self.clock = PinnedClock(begins)
        self.rule = rule or VoteRule(quorum="all")
        self.policy = a_town_policy(self.rule)
        self.engine = Engine.open(path or IN_MEMORY, policy=self.policy, now=self.clock, **more)

    def do(self, *commands: Command) -> Proposal:
        record = [self.engine.handle(each) for each in commands][-1]
        assert isinstance(record, Proposal)
        return record

    def refused(self, command: Command) -> tuple[str, ...]:
        """The rules that refuse a command; nothing is written."""
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return tuple(each.code for each in caught.value.broken)

    def deliberated(self) -> Poll:
        """Drafted, admitted and consulted on: a vote may be announced."""
        self.do(
            DraftProposal(**P, by=PROPOSER, title="Ramp", text="Build a ramp at gate 3", area="d/t/c", track="poll"),
            SubmitProposal(**P, by=PROPOSER),
            StartScreening(**P, by=OFFICE),
            AdmitProposal(**P, by=OFFICE, stakeholders=("s-1",)),
        )
        self.clock.advance(days=8)
        self.do(CloseConsultation(**P, by=OFFICE, roll_confirmed=True))
        return self

    def announced(self, roll: tuple[Voter, ...], days: int = 2) -> Poll:
        """A vote from an hour ahead, for so many days, on this roll."""
        now = self.clock()
        said: dict[str, Any] = {"opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(days=days)}
        if self.rule.method is not Method.YES_NO:
            said["options"] = OPTIONS
        if self.rule.tie is Tie.LOT:
            said["lot_commitment"] = commitment_of(SEED)
        again = self.record.status == "inquorate"
        self.do(ReconveneVote(**P, by=CHAIR, **said) if again else AnnounceVote(**P, by=CHAIR, **said))
        if roll:
            self.do(EnrolVoters(**P, by=CHAIR, voters=roll))
        return self

    def open(self) -> Poll:
        self.clock.advance(hours=1)
        self.do(OpenVote(**P, by=CHAIR))
        return self

    def voting(self, roll: tuple[Voter, ...]) -> Poll:
        return self.deliberated().announced(roll).open()

    def cast(self, voter: str, said: Ballot, by: str | None = None) -> CastBallot:
        """The command by which a voter, or whoever votes for them, gives an open ballot."""
        return CastBallot(**P, by=Actor.of(by or voter, "voter"), voter=voter, ballot=said)

    def sealed(self, voter: str, said: Ballot, by: str | None = None, salt: str = "") -> tuple[CastBallot, Receipt]:
        """The same with a sealed one, and the receipt; `salt` makes its secret and nonce."""
        secret, nonce = (hashlib.sha256(f"{kind} {voter} {salt}".encode()).digest() for kind in ("secret", "nonce"))
        options = OPTIONS if self.rule.method is not Method.YES_NO else ()
        sealed, commitment, receipt = seal("p", self.record.votes, voter, said, secret, nonce, options)
        given = Actor.of(by or voter, "voter")
        return CastBallot(**P, by=given, voter=voter, sealed=sealed, commitment=commitment), receipt

    def vote(self, said: dict[str, Ballot]) -> Poll:
        """Every voter votes, openly or in secret as the rule has it."""
        secret = self.rule.form is BallotForm.SECRET
        for voter, each in said.items():
            self.do(self.sealed(voter, each)[0] if secret else self.cast(voter, each))
        return self

    def over(self) -> Poll:
        """The announced end has come."""
        assert self.round.closes_at is not None
        self.clock.set(self.round.closes_at)
        return self

    def opened_box(self) -> Poll:
        open_box(self.engine, "p", CHAIR)
        return self

    def closed(self, seed: str | None = None) -> Poll:
        self.over().do(CloseVote(**P, by=CHAIR, lot_seed=seed))
        return self

    def paper(self, id: str, kind: str = "minutes") -> Poll:
        self.do(AddEvidence(**P, by=OFFICE, item=id, kind=kind, sha256="0" * 64))
        return self

    def proxy(self, voter: str, holder: str, by: Actor = OFFICE) -> GrantProxy:
        return GrantProxy(**P, by=by, voter=voter, holder=holder, paper="authority")

    @property
    def record(self) -> Proposal:
        return self.engine.get("p", Proposal)

    @property
    def round(self) -> Vote:
        vote = self.record.vote
        assert isinstance(vote, Vote)
        return vote
