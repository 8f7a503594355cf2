"""Rules, rolls and random votes for the tests of counting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from immutables import Map

from govflow.policy.practice import Share
from govflow.policy.procedures import Among, BallotForm, Base, Majority, Method, Presence, QuorumRule, Tie, VoteRule
from govflow.voting import (
    Ballot,
    Bundle,
    Cast,
    Coded,
    HandCount,
    Header,
    Lot,
    Tally,
    Turnout,
    Voter,
    commitment_of,
    count,
    enrolled,
    entitled,
    lines,
    recounted,
    roll_digest,
)

SEED = "8d2f-town-hall-2026"
NOON = datetime(2026, 5, 6, 4, tzinfo=UTC)
NOBODY: Map[str, Voter] = Map()
HALF = Share(numerator=1, denominator=2)
MORE_THAN_HALF = Share(numerator=1, denominator=2, inclusive=False)
TWO_THIRDS = Share(numerator=2, denominator=3)
THREE_QUARTERS = Share(numerator=3, denominator=4)


def quorum(*decision: Majority, presence: Sequence[Sequence[Presence]] = ()) -> QuorumRule:
    decision = decision or (Majority(share=MORE_THAN_HALF),)
    return QuorumRule(
        id="q", en="q", zh="q", basis="test", decision=decision, presence=tuple(tuple(each) for each in presence)
    )


def rule(method: str = "yes_no", **fields: Any) -> VoteRule:
    return VoteRule(quorum="q", method=Method(method), **fields)


def presence(share: Share, base: str = "persons") -> Presence:
    return Presence(base=Base(base), share=share)


def roll_of(number: int, **fields: Any) -> Map[str, Voter]:
    return enrolled(NOBODY, (Voter(id=f"v{place:04}", **fields) for place in range(number)))


def said(*groups: tuple[int, Sequence[str]]) -> list[Ballot]:
    """So many ballots with these choices, group by group."""
    return [Ballot(choice=tuple(choice)) for number, choice in groups for _ in range(number)]


def counted(
    ballots: Sequence[Ballot],
    by: VoteRule,
    options: Sequence[str] = (),
    under: QuorumRule | None = None,
    roll: Map[str, Voter] | None = None,
    seed: str | None = None,
) -> Tally:
    """Count ballots of the first voters of a roll, by default of exactly so many."""
    roll = roll_of(len(ballots)) if roll is None else roll
    cast = zip((roll[id] for id in sorted(roll)), ballots, strict=False)
    return count(by, under or quorum(), tuple(options), entitled(roll), cast, seed=seed)


# --- random votes ----------------------------------------------------------------------------------------------------

OPTIONS = ("roof", "lift", "bench", "lamp")
shares = st.builds(
    lambda part, whole, inclusive: Share(
        numerator=min(part, whole), denominator=whole, inclusive=inclusive or part >= whole
    ),
    st.integers(0, 5),
    st.integers(1, 5),
    st.booleans(),
)
presences = st.builds(Presence, base=st.sampled_from(Base), share=shares)


def majorities(bases: Sequence[Base]) -> st.SearchStrategy[Majority]:
    return st.builds(Majority, base=st.sampled_from(bases), among=st.sampled_from(Among), share=shares)


def quorums(bases: Sequence[Base] = tuple(Base)) -> st.SearchStrategy[QuorumRule]:
    alternatives = st.lists(st.lists(presences, min_size=1, max_size=2), max_size=2)
    return st.builds(
        lambda decision, presence: quorum(*decision, presence=presence),
        st.lists(majorities(bases), min_size=1, max_size=2),
        alternatives,
    )


def ballots_for(method: Method, options: Sequence[str]) -> st.SearchStrategy[Ballot]:
    if method is Method.YES_NO:
        return st.sampled_from([("yes",), ("no",), ("abstain",), ()]).map(lambda choice: Ballot(choice=choice))
    if method is Method.SCORE:
        scores = st.dictionaries(st.sampled_from(options), st.integers(0, 5))
        return scores.map(lambda given: Ballot(scores=given))
    choices = st.lists(st.sampled_from(options), unique=True, max_size=len(options))
    return choices.map(lambda choice: Ballot(choice=tuple(choice)))


@st.composite
def rolls(draw: st.DrawFn) -> Map[str, Voter]:
    voters = st.builds(
        Voter,
        id=st.integers(0, 99).map(lambda number: f"v{number}"),
        household=st.sampled_from([None, "h1", "h2", "h3"]),
        area=st.integers(0, 20_000),
    )
    return enrolled(NOBODY, draw(st.lists(voters, min_size=1, max_size=12)))


@st.composite
def bundles(draw: st.DrawFn) -> list[str]:
    """The lines of a bundle with the result that govflow counts: any method, form, tie and quorum."""
    form = draw(st.sampled_from(BallotForm))
    method = Method.YES_NO if form is BallotForm.HANDS else draw(st.sampled_from(Method))
    options = () if method is Method.YES_NO else OPTIONS[: draw(st.integers(1, 4))]
    linked = form is not BallotForm.SECRET or method is not Method.YES_NO
    under = draw(quorums(tuple(Base) if linked else (Base.PERSONS,)))
    by = rule(
        method,
        form=form,
        tie=draw(st.sampled_from(Tie)),
        replaceable=form is BallotForm.OPEN,
        support=draw(st.none() | shares),
    )
    roll = draw(rolls())
    header = Header(
        record="P-1",
        round=1,
        title="屋顶还是电梯?",
        options=options,
        rule=by,
        quorum=under,
        lot=Lot(commitment=commitment_of(SEED), seed=SEED) if by.tie is Tie.LOT else None,
        roll_digest=roll_digest(roll),
        form=form,
    )
    if form is BallotForm.HANDS:
        return written(header, roll, hands=draw(hand_counts(roll)))
    given = draw(st.lists(st.tuples(st.sampled_from(sorted(roll)), ballots_for(method, options)), max_size=20))
    if form is BallotForm.OPEN:
        return written(header, roll, cast=given)
    marks = sorted({id for id, _ in given})
    return written(header, roll, marks=marks, secret=[ballot for _, ballot in given][: len(marks)])


@st.composite
def hand_counts(draw: st.DrawFn, roll: Map[str, Voter]) -> HandCount:
    sides = draw(st.lists(st.integers(0, 2), min_size=len(roll), max_size=len(roll)))
    yes, no, abstained = (
        entitled(enrolled(NOBODY, (roll[id] for id, side in zip(roll, sides, strict=True) if side == wanted)))
        for wanted in range(3)
    )
    homes = min(entitled(roll).households, yes.households)  # each household on one side
    yes, no, abstained = (
        each.changed(households=number) for each, number in zip((yes, no, abstained), (homes, 0, 0), strict=True)
    )
    present = Turnout(persons=len(roll), households=homes, area=yes.area + no.area + abstained.area)
    return HandCount(present=present, yes=yes, no=no, abstained=abstained)


def written(
    header: Header,
    roll: Map[str, Voter],
    *,
    cast: Sequence[tuple[str, Ballot]] = (),
    marks: Sequence[str] = (),
    secret: Sequence[Ballot] = (),
    hands: HandCount | None = None,
) -> list[str]:
    """The lines of a bundle whose result is what govflow counts."""
    coded = [Coded(code=f"c{place:03}", ballot=ballot) for place, ballot in enumerate(secret)]
    by_key = dict(cast) | {each.code: each.ballot for each in coded}
    nothing = Tally(method=Method.YES_NO, entitled=Turnout(), present=Turnout(), quorate=False, carried=False)
    bundle = Bundle(header, roll, by_key, tuple(marks), hands, nothing)
    return list(
        lines(
            header,
            roll,
            recounted(bundle),
            open=(Cast(voter=id, ballot=ballot, cast_by=id, at=NOON) for id, ballot in cast),
            took_part=marks,
            secret=reversed(coded),
            hands=hands,
        )
    )
