"""What a recount found: the counts stated and made anew, and every difference, as a code and a sentence."""

from __future__ import annotations

from collections import Counter

from govflow.messages import Value, Words
from govflow.voting import Tally

_SAID_OF_EACH = 3  # findings of one kind that are told one by one


class Difference(Value):
    """One thing that is not as it should be: a code, and a sentence in English and in Chinese."""

    code: str
    en: Words
    zh: Words


class Recounted(Value):
    """What a vote was stated to come to, what it comes to when counted again, and everything that does not agree.

    `ballots` and `roll` are how many there are. `stated` is None where no result was ever stated, `counted` where the
    ballots cannot be counted; `void`: the vote was declared void, and counts for nothing whatever it came to.
    """

    record: str
    round: int
    stated: Tally | None
    counted: Tally | None
    ballots: int
    roll: int
    void: bool = False
    differences: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


class Findings:
    """Everything that does not agree; of many alike a few, and how many there are."""

    def __init__(self) -> None:
        self._said: list[Difference] = []
        self._times: Counter[str] = Counter()

    def add(self, code: str, en: str, zh: str) -> None:
        """Add a finding."""
        self._times[code] += 1
        if self._times[code] <= _SAID_OF_EACH:
            self._said.append(Difference(code=code, en=en, zh=zh))

    def compare(self, code: str, stated: Tally, counted: Tally) -> None:
        """Compare two tallies figure by figure; their words may be those of another version of this program."""
        for name in Tally.model_fields:
            one, other = getattr(stated, name), getattr(counted, name)
            if name != "why" and one != other:
                one, other = (shown(each) for each in (one, other))
                self.add(
                    f"{code}_differs", f"{name}: stated {one}, counted {other}", f"{name}：公布为 {one}，复核为 {other}"
                )

    def all(self) -> tuple[Difference, ...]:
        """What was found, in the order it was found."""
        more = (
            Difference(code=code, en=f"{left} more of the kind {code}", zh=f"另有 {left} 项同类问题（{code}）")
            for code, times in self._times.items()
            if (left := times - _SAID_OF_EACH) > 0
        )
        return (*self._said, *more)


def shown(value: object) -> str:
    """A figure or several, in one line."""
    text = str(value.model_dump(mode="json") if isinstance(value, Value) else value)
    return text if len(text) <= 200 else text[:197] + "..."
