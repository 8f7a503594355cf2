"""The rules of a whole log judged again 全日志规则复核: record by record, with a count of all that came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from govflow.audit.explaining.past import Past
from govflow.audit.explaining.rules_again import Judged, Verdict
from govflow.audit.explaining.why import judged
from govflow.audit.findings import Code, Finding
from govflow.audit.metadata import finding
from govflow.decider import Decider
from govflow.errors import GovFlowError
from govflow.log import Log
from govflow.persistence.codec import StoredEvent
from govflow.persistence.store import Store
from govflow.reading import Reader

Cause = tuple[str, str]
"""Why there is no verdict, in English and Chinese."""

_CAUSES = 100  # told apart; what a log says of itself must not fill the memory
_OTHER: Cause = ("other causes", "其他原因")


class Verdicts:
    """What judging came to: how many rules held and how many did not, and how often there was no verdict, by cause.

    `unread` counts the records of which no event, or not every one, could be read.
    """

    def __init__(self) -> None:
        self.held = 0
        self.broken = 0
        self.not_judged: Counter[Cause] = Counter()
        self.unread = 0

    @property
    def total(self) -> int:
        """How many there are, with those that could not be given."""
        return self.held + self.broken + self.not_judged.total()

    def add(self, each: Judged) -> None:
        """Count one."""
        match each.verdict:
            case Verdict.HOLDS:
                self.held += 1
            case Verdict.BROKEN:
                self.broken += 1
            case _:
                self._count(*((str(detail), detail.zh) for detail in each.details[:1]), many=1)

    def merge(self, other: Verdicts) -> None:
        """Count what somebody else counted."""
        self.held += other.held
        self.broken += other.broken
        self.unread += other.unread
        for cause, many in other.not_judged.items():
            self._count(cause, many=many)

    def _count(self, cause: Cause = _OTHER, *, many: int) -> None:
        has_room = cause in self.not_judged or len(self.not_judged) < _CAUSES
        self.not_judged[cause if has_room else _OTHER] += many


def past_of(store: Store, served: Sequence[Decider]) -> Past | None:
    """The past of a log in a store; None where what it says of itself was damaged or changed, and nobody can say."""
    try:
        return Past(Reader(Log(store, served)))
    except (GovFlowError, ValueError):
        return None


def broken_rules(past: Past, rows: Sequence[StoredEvent], verdicts: Verdicts) -> Iterator[Finding]:
    """Every rule that did not hold for an event of the record with these rows; all verdicts are counted."""
    by_version = {row.version: row for row in rows}
    try:
        for grounds in judged(past, rows[0].stream):
            for each in grounds.judged:
                verdicts.add(each)
                if each.verdict is Verdict.BROKEN:
                    en, zh = f"a rule did not hold: {each.en}", f"规则不成立：{each.zh}"
                    yield finding(by_version[grounds.version], Code.SEMANTIC, en, zh, each.code)
    except Exception:  # forged rows may break the reading of a past in any way; what is wrong is said elsewhere
        verdicts.unread += 1
