"""开箱 opening the box of a secret vote: what was sealed is read once, published by codes, and its key destroyed.

Nobody can open a single ballot: the engine opens personal data for those with a right to it, and nobody has one to what
is sealed. Here all ballots of a round are read together, after voting is over, for the convenor alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from govflow.actors import SYSTEM, Actor
from govflow.engine import Engine
from govflow.errors import Conflict, NotAllowed, ProtectionError
from govflow.policy import BallotForm
from govflow.proposals import Proposal
from govflow.proposals.box import Opened, box_of, unsealed
from govflow.proposals.commands import OpenBox
from govflow.proposals.events import BallotCast, VoteAnnounced, VoteReannounced
from govflow.proposals.vote_model import Vote, VoteStatus
from govflow.voting import Ballot, lacks

Progress = Callable[[int, int], object]
"""Hears how far it is: (ballots read, ballots there)."""

_TRIES = 10


def open_box(engine: Engine, id: str, by: Actor, *, progress: Progress | None = None) -> Proposal:
    """Open the box of a proposal's latest vote, publish its ballots, and destroy the key that they were sealed under.

    A ballot that cannot be read, or says what no ballot of this vote can say, counts as present and empty, so that one
    hostile voter cannot stop the count. What a crash left undone is finished by calling it again; an opened box stays
    as it was opened. Raises NotAllowed before voting is over and without the convenor's right, ProtectionError where
    the box has no key, NotFound, and Conflict where others kept writing to the proposal meanwhile.
    """
    for _ in range(_TRIES):
        proposal = engine.seen_by(by).get(id, Proposal)
        vote: Vote | None = proposal.vote
        if vote is not None and _is_opened(vote):
            break
        _may_open(engine, proposal, by)
        assert vote is not None, "a box that may be opened is one of a vote"
        ballots = sorted(_unsealed(engine, proposal, vote, progress), key=lambda each: each.code)
        try:
            engine.handle(OpenBox(id=id, by=by, opened=tuple(ballots), as_of=proposal.version))
            break
        except NotAllowed:
            if engine.get(id).version == proposal.version:
                raise  # else something came in between: what was read may be out of date
    else:
        raise Conflict(f"others wrote to {id} {_TRIES} times in a row; try again")
    destroy_keys(engine, id)
    return engine.get(id, Proposal)


def destroy_keys(engine: Engine, id: str) -> tuple[int, ...]:
    """Destroy the keys of a proposal's boxes that nobody is to open (again); the rounds whose key was still there.

    Those are boxes that were opened, and those of votes that were declared void. Raises NotFound.
    """
    destroyed = []
    for round, vote in sorted((int(key), vote) for key, vote in engine.get(id, Proposal).items_of("vote").items()):
        box = box_of(id, round)
        is_over = _is_opened(vote) or vote.status == VoteStatus.VOID
        if vote.form is BallotForm.SECRET and vote.cast and is_over and not engine.vault.keys.is_destroyed(box):
            basis = f"the secret vote {round} of {id} is over (无记名表决已结束,销毁票箱密钥)"
            engine.erase_subject(box, SYSTEM, basis=basis, authority="the procedure of a secret vote (无记名表决程序)")
            destroyed.append(round)
    return tuple(destroyed)


def _is_opened(vote: Vote) -> bool:
    return vote.form is BallotForm.SECRET and vote.opened is not None


def _may_open(engine: Engine, proposal: Proposal, by: Actor) -> None:
    """Raises NotAllowed, before anything is read, for whatever stands against it but that the ballots are not known."""
    broken = engine.why_not(OpenBox(id=proposal.id, by=by))
    is_secret = proposal.vote is not None and proposal.vote.form is BallotForm.SECRET
    against = [each for each in broken if each.code != "box_is_complete"]
    if against or not is_secret:
        raise NotAllowed(OpenBox.wire, proposal.id, against or broken)


def _unsealed(engine: Engine, proposal: Proposal, vote: Vote, progress: Progress | None) -> Iterator[Opened]:
    """The last ballot of every voter, by a code of its own."""
    assert vote.rule is not None
    places = _places(engine, proposal)
    for count, (voter, cast) in enumerate(vote.cast.items(), 1):
        version, topic = places[voter]
        assert cast.sealed is not None, "the rule ballot_fits_the_rule saw to it"
        text = engine.vault.open(cast.sealed, proposal.id, version, topic, "sealed")
        if text is None:
            raise ProtectionError(f"the key of the box of vote {proposal.votes} of {proposal.id} was destroyed")
        yield _valid(_opened(proposal, voter, text), vote)
        if progress is not None:
            progress(count, len(vote.cast))


def _places(engine: Engine, proposal: Proposal) -> dict[str, tuple[int, str]]:
    """Where the last ballot of every voter of the latest round stands: ciphertexts open at their own place alone."""
    found: dict[str, tuple[int, str]] = {}
    for row in engine.store.scan():
        if row.stream != proposal.id or row.version > proposal.version:
            continue
        match engine.log.codec.decode(row.topic, row.state):
            case VoteAnnounced() | VoteReannounced():
                found.clear()
            case BallotCast(voter=str(voter)):
                found[voter] = (row.version, row.topic)
    return found


def _opened(proposal: Proposal, voter: str, text: str) -> Opened:
    """A ballot as it was sealed; what is none gets a code by chance, which nobody can tell from what the log holds."""
    try:
        return unsealed(proposal.id, proposal.votes, voter, text)
    except ValueError:
        return Opened(code=os.urandom(32).hex(), ballot=Ballot())


def _valid(opened: Opened, vote: Vote) -> Opened:
    """The ballot under its code; an empty one where it says what no ballot of this vote can say."""
    assert vote.rule is not None
    is_bad = next(lacks(opened.ballot, vote.rule, vote.options), None) is not None
    return Opened(code=opened.code, ballot=Ballot()) if is_bad else opened
