"""The exported bundle of one vote, JSON Lines: all that an outsider needs to recount it, with or without govflow.

In this order, one JSON object a line: the header; the roll, by voter; the ballots; the result. Open ballots stand with
their voters in the order of casting, a later one replacing an earlier one. Of a secret vote there are marks of who took
part, by voter, and ballots by code, so that their order tells nothing. A show of hands has one line with its counts.
`examples/recount.py` recounts a bundle in plain Python; `govflow.voting.reading` reads one back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from govflow.actors import Id
from govflow.messages import Count, Instant, Sha256, Value, Words
from govflow.policy.procedures import BallotForm, Method, QuorumRule, VoteRule
from govflow.voting.ballots import Ballot
from govflow.voting.counting import count, count_hands, count_unlinked
from govflow.voting.lot import Seed, commitment_of
from govflow.voting.roll import Voter, entitled
from govflow.voting.tally import HandCount, Tally

FORMAT: Literal["govflow-vote@1"] = "govflow-vote@1"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# --- the lines -------------------------------------------------------------------------------------------------------


class Lot(Value):
    """The seed of a lot, as its commitment was published before the vote and as it was opened after it."""

    commitment: Sha256
    seed: Seed

    @model_validator(mode="after")
    def _is_what_was_committed_to(self) -> Self:
        if commitment_of(self.seed) != self.commitment:
            raise ValueError("the seed is not the one that was committed to")
        return self


class Header(Value):
    """Which vote it is, and the rules it is counted by; `options` in the order of announcement (yes or no: none).

    Where ties end by lot and there was none, `lot` may be missing; a tie cannot be counted then.
    """

    format: Literal["govflow-vote@1"] = FORMAT
    record: Id
    round: Annotated[int, Field(ge=1, le=1_000)]
    title: Words = ""
    options: tuple[Id, ...] = Field(default=(), max_length=1_000)
    rule: VoteRule
    quorum: QuorumRule
    lot: Lot | None = None
    roll_digest: Sha256
    form: BallotForm

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.options)) < len(self.options) or bool(self.options) == (self.rule.method is Method.YES_NO):
            raise ValueError("a choice has options, each once; a yes-or-no vote has none")
        if self.form is not self.rule.form or self.quorum.id != self.rule.quorum:
            raise ValueError("form and quorum are not those of the rule")
        return self


class OnRoll(Value):
    """A line of the roll."""

    voter: Id
    household: Id | None
    area: Count


class Cast(Value):
    """An open ballot: whose, by whom it was cast (a proxy, or the voter), and when."""

    voter: Id
    ballot: Ballot
    cast_by: Id
    at: Instant


class TookPart(Value):
    """A mark of who took part in a secret vote."""

    voter: Id


class Coded(Value):
    """A secret ballot under its code, by which its voter finds it again."""

    code: Id
    ballot: Ballot


class Hands(Value):
    """The counts of a show of hands."""

    hands: HandCount


class Published(Value):
    """The last line: the result as it was published, and how many lines of ballots and of the roll there are."""

    result: Tally
    ballots: Count
    roll: Count


# --- writing ---------------------------------------------------------------------------------------------------------


def lines(
    header: Header,
    roll: Mapping[str, Voter],
    result: Tally,
    *,
    open: Iterable[Cast] = (),
    took_part: Iterable[str] = (),
    secret: Iterable[Coded] = (),
    hands: HandCount | None = None,
) -> Iterator[str]:
    """Write a bundle line by line, each with its line end; `open` in the order of casting, the rest in any order.

    Give what the form of the vote has: `open` ballots, or `took_part` and `secret`, or `hands`.
    """
    yield _line(header)
    for id in sorted(roll):
        voter = roll[id]
        yield _encode({"voter": id, "household": voter.household, "area": voter.area}) + "\n"
    number = 0
    for cast in open:
        number += 1
        yield _line(cast)
    for id in sorted(took_part):
        yield _encode({"voter": id}) + "\n"
    for coded in sorted(secret, key=lambda each: each.code):
        number += 1
        yield _line(coded)
    if hands is not None:
        yield _line(Hands(hands=hands))
    yield _line(Published(result=result, ballots=number, roll=len(roll)))


def _line(value: Value) -> str:
    return value.model_dump_json() + "\n"


# --- recounting ------------------------------------------------------------------------------------------------------


class Bundle(NamedTuple):
    """A bundle as it was read: `ballots` by voter, or by code where they are secret; `took_part` where they are."""

    header: Header
    roll: Mapping[str, Voter]
    ballots: Mapping[str, Ballot]
    took_part: tuple[str, ...]
    hands: HandCount | None
    result: Tally


def recounted(bundle: Bundle) -> Tally:
    """The tally that the ballots of a bundle come to; compare it with `bundle.result`. Raises InputError."""
    header, roll = bundle.header, bundle.roll
    seed = header.lot.seed if header.lot else None
    rules = (header.rule, header.quorum, header.options, entitled(roll))
    if bundle.hands is not None:
        return count_hands(header.rule, header.quorum, entitled(roll), bundle.hands)
    if header.form is BallotForm.SECRET:
        present = entitled({id: roll[id] for id in bundle.took_part})
        return count_unlinked(*rules, present, bundle.ballots.values(), seed=seed)
    return count(*rules, ((roll[id], ballot) for id, ballot in bundle.ballots.items()), seed=seed)
