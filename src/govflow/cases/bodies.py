"""What the commands and events of a case say: each body is written once and worn by the command and its event."""

from collections.abc import Mapping

from govflow.actors import Area, Id, Level
from govflow.cases.model import CaseKind, Outcome, Severity
from govflow.messages import Count, Instant, Value, Words
from govflow.records import HandOver


class Matter(Value):
    """What a case is about. `title` is public; names, addresses and texts about people stand in personal fields.

    `legacy` marks what former years left (历史遗留, 老大难), `leader` is whom a direct line reached (民意直通车),
    `source` the record that raised it (`visit:VR-2026-000001:1`). What is not said is not written: older logs know
    none of them.
    """

    title: Words = ""
    kind: CaseKind | None = None
    category: Id = "general"
    channel: Words = ""
    level: Level | None = None
    area: Area = ""
    severity: Severity = Severity.NORMAL
    confidential: bool = False
    accused_unit: Id | None = None
    collective: bool = False
    representatives: Count = 0
    pre_emptive: bool = False
    signal: Words | None = None
    reporter: Id | None = None
    legacy: bool | None = None
    leader: Id | None = None
    source: Words | None = None


class Telling(Value):
    """How the reporter was told, with the reason."""

    told_by: Words = ""


class HandingOver(Value):
    """Who takes each open loop over, or why it falls away."""

    hand_over: tuple[HandOver, ...] = ()


class Deciding(Value):
    """A written decision: request, facts, grounds, conclusion (信访工作条例 §32)."""

    request: Words = ""
    facts: Words = ""
    grounds: Words = ""
    conclusion: Words = ""
    sends_back: bool | None = None


class Assigning(Value):
    """One lead unit, co-units, and the level of the unit it goes to."""

    lead_unit: Id | None = None
    co_units: tuple[Id, ...] = ()
    co_task: Words = ""
    co_until: Instant | None = None
    unit_level: Level | None = None


class Raising(Value):
    """To which level, and why the own level cannot solve it."""

    to_level: Level | None = None
    reason: Words = ""
    own_measures: Words = ""
    beyond_powers: bool = False


class Reopening(Value):
    """On which ground: new facts, an unkept promise, a wrong refusal."""

    ground: Words = ""
    facts_are_new: bool = False


class Resulting(Value):
    """What was done, shown by which evidence, and what it came to."""

    measure: Words = ""
    evidence: tuple[Id, ...] = ()
    outcome: Outcome = Outcome.RESOLVED


class Merging(Value):
    """Into which master, and why it is the same subject."""

    master: Id | None = None
    same_subject: Words = ""


class SubMatter(Value):
    """One part of a split case."""

    title: Words
    category: Id | None = None


class ImportedMatter(Value):
    """What a source system says of a case, the status it declares, and what nobody has verified.

    `source_words` has the source's own words where ids were made of them: for `department`, `category` and `area`.
    """

    title: Words = ""
    kind: CaseKind = CaseKind.HOTLINE
    category: Id = "general"
    channel: Words = ""
    level: Level | None = None
    area: Area = ""
    lead_unit: Id | None = None
    target_at: Instant | None = None
    source: Words = ""
    source_file: Words = ""
    source_row: Count = 0
    source_id: Words = ""
    row_digest: Words = ""
    source_words: Mapping[str, Words] = {}
    unverified: tuple[str, ...] = ()
    legacy: bool | None = None
