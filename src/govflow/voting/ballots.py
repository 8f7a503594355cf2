"""A ballot and what may be wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from govflow.actors import Id
from govflow.errors import Detail
from govflow.messages import Count, Frozen, Value
from govflow.policy.procedures import Method, VoteRule

YES, NO, ABSTAIN = "yes", "no", "abstain"
SIDES = (YES, NO, ABSTAIN)
"""赞成、反对、弃权: what a yes-or-no ballot says."""


def _sorted(scores: Mapping[str, int]) -> Frozen:
    return Frozen(sorted(scores.items()))  # the order of writing could tell who wrote


Scores = Annotated[Mapping[Id, Count], Field(max_length=1_000), AfterValidator(_sorted)]
"""Points by option."""


class Ballot(Value):
    """What one voter says: options chosen, or scores given. An empty ballot abstains.

    `choice` is yes, no or abstain; or the options approved of; or options in order of preference, the best first,
    those not named being worse than all named. `scores` are points by option; an option not named gets none.
    """

    choice: tuple[Id, ...] = Field(default=(), max_length=1_000)
    scores: Scores = Field(default_factory=Frozen)

    @property
    def is_empty(self) -> bool:
        """Whether it names no option."""
        return not self.choice and not self.scores


def lacks(ballot: Ballot, rule: VoteRule, options: Collection[str]) -> Iterator[Detail]:
    """Everything that is wrong with a ballot of a vote by this rule about these options (yes or no: about none)."""
    scored = rule.method is Method.SCORE
    if ballot.choice and scored:
        yield Detail("it gives scores, it does not choose", "应打分,不应勾选或排序")
    if ballot.scores and not scored:
        yield Detail("it chooses, it does not give scores", "不应打分")
    if rule.method is Method.YES_NO:
        if len(ballot.choice) > 1 or not set(ballot.choice) <= set(SIDES):
            yield Detail(f"it says one of {', '.join(SIDES)}", f"只能填 {'、'.join(SIDES)} 之一(赞成、反对、弃权)")
        return

    named = (*ballot.choice, *ballot.scores)
    distinct = set(named)
    if strange := sorted(distinct.difference(options)):
        yield Detail(f"not an option: {', '.join(strange)}", f"不是备选项: {'、'.join(strange)}")
    if len(distinct) < len(named):
        twice = sorted(option for option, times in Counter(named).items() if times > 1)
        yield Detail(f"named more than once: {', '.join(twice)}", f"重复: {'、'.join(twice)}")
    if rule.max_choices and len(named) > rule.max_choices:
        most = rule.max_choices
        yield Detail(f"it names {len(named)} options, {most} at most", f"填了 {len(named)} 项,最多 {most} 项")
    if ballot.scores and (beyond := sorted(each for each, score in ballot.scores.items() if score > rule.max_score)):
        most, which = rule.max_score, (", ".join(beyond), "、".join(beyond))
        yield Detail(f"more than {most} points for {which[0]}", f"{which[1]} 超过 {most} 分")
