"""Counts a vote: open ballots with their voters, secret ballots without, or a show of hands. Pure, in integers.

Presence is reached by any one of a rule's alternatives; every majority must hold; who abstains is present, and not in
favour. A household is present when one of its voters took part. It is for the side, yes or no, that has more of its
ballots, and abstains when they are even. A voter without a household counts for none.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator

from govflow.errors import Detail, InputError
from govflow.policy.procedures import Base, Method, QuorumRule, VoteRule
from govflow.voting import findings
from govflow.voting.ballots import ABSTAIN, NO, YES, Ballot, lacks
from govflow.voting.options import Outcome, chosen
from govflow.voting.roll import Voter
from govflow.voting.tally import Finding, HandCount, Tally, Turnout

_NOBODY = Voter(id="-")
_PULL = {YES: 1, NO: -1, ABSTAIN: 0}


def count(
    rule: VoteRule,
    quorum: QuorumRule,
    options: tuple[str, ...],
    entitled: Turnout,
    cast: Iterable[tuple[Voter, Ballot]],
    *,
    seed: str | None = None,
) -> Tally:
    """Count ballots whose voters are known (记名投票), in one pass over `cast`: each voter once, with the last ballot.

    `options` in the order of announcement; a yes-or-no vote has none. Whoever cast a ballot is present, though it be
    empty. Raises InputError for a ballot that lacks something, more present than entitled, or a lot without a seed.
    """
    sides = _Sides()
    outcome = _outcome(rule, options, _noted(cast, rule, options, sides), seed)
    return _judged(rule, quorum, entitled, sides.present(), sides, outcome)


def count_unlinked(
    rule: VoteRule,
    quorum: QuorumRule,
    options: tuple[str, ...],
    entitled: Turnout,
    present: Turnout,
    ballots: Iterable[Ballot],
    *,
    seed: str | None = None,
) -> Tally:
    """Count secret ballots (无记名投票), of which nobody knows whose they are; `present` is known from who took part.

    Raises InputError as `count` does, where a majority of households or of area is asked, and where there are more
    ballots than people who took part. Fewer is possible: who took part and left no ballot is present all the same.
    """
    strange = [majority.base for majority in quorum.decision if majority.base is not Base.PERSONS]
    if rule.method is Method.YES_NO and strange:
        raise InputError(
            Detail(f"a secret ballot cannot decide by {strange[0]}", "无记名投票不能按户数或面积计算多数"),
            where=quorum.id,
            expected=Detail("majorities of persons", "按人数计算的多数"),
        )
    sides = _Sides()
    pairs = ((_NOBODY, ballot) for ballot in ballots)
    outcome = _outcome(rule, options, _noted(pairs, rule, options, sides), seed)
    if (given := sides.present().persons) > present.persons:
        raise InputError(
            Detail(
                f"{given} ballots of {present.persons} who took part", f"{present.persons} 人参加,却有 {given} 张票"
            ),
            expected=Detail("at most one ballot each", "每人至多一票"),
        )
    return _judged(rule, quorum, entitled, present, sides, outcome)


def count_hands(rule: VoteRule, quorum: QuorumRule, entitled: Turnout, hands: HandCount) -> Tally:
    """Judge a show of hands (举手表决) by what was counted. Raises InputError if more are present than entitled."""
    return _tally(rule, quorum, entitled, hands.present, (hands.yes, hands.no, hands.abstained), Outcome())


class _Sides:
    """Runs along a stream of ballots: how many took part, and on which side, on each base."""

    def __init__(self) -> None:
        self._persons: Counter[str] = Counter()
        self._area: Counter[str] = Counter()
        self._households: dict[str, int] = {}

    def note(self, voter: Voter, side: str) -> None:
        self._persons[side] += 1
        self._area[side] += voter.area
        if (household := voter.household) is not None:
            self._households[household] = self._households.get(household, 0) + _PULL.get(side, 0)

    def present(self) -> Turnout:
        return Turnout(persons=self._persons.total(), households=len(self._households), area=self._area.total())

    def on(self, side: str) -> Turnout:
        pulled = sum((pull > 0) - (pull < 0) == _PULL[side] for pull in self._households.values())
        return Turnout(persons=self._persons[side], households=pulled, area=self._area[side])


_CHOICE = "choice"  # the side of who chooses between options


def _noted(
    cast: Iterable[tuple[Voter, Ballot]], rule: VoteRule, options: tuple[str, ...], sides: _Sides
) -> Iterator[Ballot]:
    is_yes_no = rule.method is Method.YES_NO
    for number, (voter, ballot) in enumerate(cast, 1):
        for wrong in lacks(ballot, rule, options):
            raise InputError(wrong, where=f"ballot {number}", expected=Detail("a ballot by the rule", "合规的选票"))
        sides.note(voter, ABSTAIN if ballot.is_empty else ballot.choice[0] if is_yes_no else _CHOICE)
        yield ballot


def _outcome(rule: VoteRule, options: tuple[str, ...], ballots: Iterator[Ballot], seed: str | None) -> Outcome:
    if rule.method is Method.YES_NO:
        deque(ballots, maxlen=0)  # noted on their way
        return Outcome()
    if not options or len(set(options)) < len(options):
        raise InputError(
            Detail("there is no option, or one stands twice", "没有备选项,或有重复"),
            expected=Detail("options, each once", "备选项,不重复"),
        )
    return chosen(rule, options, ballots, seed)


def _judged(
    rule: VoteRule, quorum: QuorumRule, entitled: Turnout, present: Turnout, sides: _Sides, outcome: Outcome
) -> Tally:
    if rule.method is Method.YES_NO:
        return _tally(rule, quorum, entitled, present, (sides.on(YES), sides.on(NO), sides.on(ABSTAIN)), outcome)
    empty = Turnout(persons=sides.on(ABSTAIN).persons)
    return _tally(rule, quorum, entitled, present, (Turnout(), Turnout(), empty), outcome)


def _tally(
    rule: VoteRule,
    quorum: QuorumRule,
    entitled: Turnout,
    present: Turnout,
    sides: tuple[Turnout, Turnout, Turnout],
    outcome: Outcome,
) -> Tally:
    for base in Base:
        if present.on(base) > entitled.on(base):
            raise InputError(
                Detail(
                    f"more {base} took part than are entitled: {present.on(base)} of {entitled.on(base)}",
                    f"参加表决者超出名册: {present.on(base)}/{entitled.on(base)}({base})",
                ),
                expected=Detail("voters of the roll, each once", "名册上的表决权人,每人一次"),
            )
    yes, no, abstained = sides
    quorate, why = findings.presence(quorum, present, entitled)
    tests = tuple(_tests(rule, quorum, entitled, present, yes, no, outcome))
    return Tally(
        method=rule.method,
        entitled=entitled,
        present=present,
        yes=yes,
        no=no,
        abstained=abstained,
        **outcome._asdict(),
        quorate=quorate,
        carried=quorate and all(test.met for test in tests),
        why=why + tests,
    )


def _tests(
    rule: VoteRule, quorum: QuorumRule, entitled: Turnout, present: Turnout, yes: Turnout, no: Turnout, outcome: Outcome
) -> Iterator[Finding]:
    if rule.method is Method.YES_NO:
        yield from findings.decisions(quorum, entitled, present, yes, no)
        return
    yield from findings.first_place(len(outcome.tied), outcome.tie, outcome.winner)
    if rule.support is not None and outcome.winner is not None:
        yield findings.support(rule.support, outcome.winner, outcome.supporters[outcome.winner], present.persons)
