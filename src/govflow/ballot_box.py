"""开箱 opening the box of a secret vote: what was sealed is read once, published by codes, and its key destroyed.

Nobody can open a single ballot: the engine opens personal data for those with a right to it, and nobody has one to what
is sealed. The convenor calls for the box once voting is over; then the system reads all ballots of the round together,
here, and hands them in itself, so that nobody can hand in a box of their own making.
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
from govflow.proposals.commands import CallBox, OpenBox
from govflow.proposals.events import BallotCast, VoteAnnounced, VoteReannounced
from govflow.proposals.vote_model import Vote, VoteStatus
from govflow.voting import Ballot, lacks

Progress = Callable[[int, int], object]
"""Hears how far it is: (ballots read, ballots there)."""

_TRIES = 10


def open_box(engine: Engine, id: str, by: Actor, *, progress: Progress | None = None) -> Proposal:
    """Open the box of a proposal's latest vote, publish its ballots, and destroy the key that they were sealed under.

    `by` calls for the box, and the system opens it. A ballot that cannot be read, or says what no ballot of this vote
    can say, counts as present and empty, so that one hostile voter cannot stop the count. What a crash left undone is
    finished by calling it again, by whoever has the right to call for it; an opened box stays as it was opened, and
    that of a vote declared void is locked for good. Raises NotAllowed before voting is over and without the convenor's
    right, ProtectionError where the box has no key, NotFound, and Conflict where others kept writing to the proposal
    meanwhile.
    """
    for _ in range(_TRIES):
        proposal = engine.seen_by(by).get(id, Proposal)
        vote: Vote | None = proposal.vote
        destroy_keys(engine, id)  # what was left undone, in earlier rounds too
        if vote is not None and _is_over(vote):
            return proposal
        try:
            proposal = _called(engine, proposal, by)
            ballots = sorted(_unsealed(engine, proposal, proposal.vote, progress), key=lambda each: each.code)
            engine.handle(OpenBox(id=id, by=SYSTEM, opened=tuple(ballots), as_of=proposal.version))
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
        if vote.cast and _is_over(vote) and not engine.vault.keys.is_destroyed(box):
            basis = f"the secret vote {round} of {id} is over (无记名表决已结束,销毁票箱密钥)"
            engine.destroy_box_key(box, basis=basis, authority="the procedure of a secret vote (无记名表决程序)")
            destroyed.append(round)
    return tuple(destroyed)


def _is_over(vote: Vote) -> bool:
    """Whether it has a box that nobody is to open (again)."""
    return vote.form is BallotForm.SECRET and (vote.opened is not None or vote.status == VoteStatus.VOID)


def _called(engine: Engine, proposal: Proposal, by: Actor) -> Proposal:
    """The proposal once its box is called for, before anything is read. Raises NotAllowed for who may not call for it.

    A box that was called for before a crash is not called for again; but who goes on has the right to.
    """
    call = CallBox(id=proposal.id, by=by)
    if proposal.vote is None or proposal.vote.box_called_by is None:
        called = engine.handle(call)
        assert isinstance(called, Proposal), "it was found as one"
        return called
    if broken := engine.why_not(call):
        raise NotAllowed(CallBox.wire, proposal.id, broken)
    return proposal


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
