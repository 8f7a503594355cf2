"""先锋指数测评 the index survey: where it stands, whom it is about, what was asked and drawn, and what it came to.

Organisations alone are measured. Of the residents who are asked the log knows next to nothing: the roll and the sample
stand in it as digests, so that whoever holds the roll can draw again, and nobody finds in the log who was asked. A
digest for each person would not hide them, since pseudonyms can be tried one after the other. Each answer stands under
the hash of a token (slip) that was handed out like a sheet from a pile, with its stratum and its scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from immutables import Map
from pydantic import Field

from govflow.actors import FOR_THEMSELVES, Claim, Id
from govflow.evaluating import Estimate, Exact, shown
from govflow.messages import Count, IdOrNone, Sha256, Value, Words
from govflow.policy.evaluation import Indicator, Score
from govflow.records import Item, Record
from govflow.voting import Ledger
from govflow.workflow import Rest, Status


class IndexSurveyStatus(Status):
    """Where an index survey stands."""

    PLANNED = "planned", "已制定"
    DRAWN = "drawn", "已抽样"
    COLLECTING = "collecting", "测评中"
    COUNTED = "counted", "已统计"
    PUBLISHED = "published", "已公布", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


class Stratum(Value):
    """A part of the population from which a sample of its own is drawn, and how many people it has."""

    id: Id
    en: Words = ""
    zh: Words = ""
    size: Count


class Sampling(Value):
    """What a sample has to be: about how many are drawn, and how many answers there must be, in all and per stratum."""

    size: Annotated[int, Field(ge=0, le=20_000)] = 0
    least: Count = 0
    least_per_stratum: Count = 5


Scores = Mapping[Id, Mapping[Id, Score]]
"""What one person says: for each unit that they know, a score from 0 to 100 on every question."""


class SurveyAnswer(Value):
    """One answer as the log holds it: the slip it was given on, the stratum of that slip, the scores."""

    slip: Sha256
    stratum: IdOrNone
    scores: Scores


class StratumResponse(Value):
    """How many people a stratum has, how many of them were drawn, how many of these answered."""

    stratum: Id
    size: Count
    drawn: Count
    answers: Count


class UnitIndex(Value):
    """先锋指数 of one unit, exact; None where too few have answered, as `en` and `zh` say."""

    unit: Id
    answers: Count
    by_stratum: Mapping[Id, Count]
    index: Exact | None = None
    variance: Exact | None = None
    en: Words = ""
    zh: Words = ""

    @property
    def shown(self) -> str | None:
        """The index from 0 to 100 with two decimals, half up."""
        return None if self.index is None else shown(self.index)

    @property
    def margin(self) -> str | None:
        """What may be added to or taken from it at 95 per cent confidence, with two decimals, half up."""
        return None if self.index is None else Estimate(self.index, self.variance).margin


class IndexResult(Value):
    """What the answers came to: the response of each stratum, the index of each unit."""

    strata: tuple[StratumResponse, ...]
    units: tuple[UnitIndex, ...]

    @property
    def answers(self) -> int:
        """How many people answered."""
        return sum(each.answers for each in self.strata)


class IndexSurvey(Record):
    """The folded state of an index survey. Nobody in it is a person but those who keep it."""

    kind_of_record: ClassVar[str] = "index_survey"

    title: str = ""
    units: tuple[str, ...] = ()
    questions: tuple[Indicator, ...] = ()
    strata: tuple[Stratum, ...] = ()
    sampling: Sampling = Sampling()
    roll_digest: str | None = None
    commitment: str | None = None
    public_source: str = ""
    seed: str = ""
    public_value: str = ""
    drawn: Mapping[str, int] = {}
    drawn_by: tuple[str, ...] = ()  # who drew, and who handed the tokens out
    sample_digest: str | None = None
    slips: Ledger[Sha256, Id] = Field(default_factory=Map)
    answers: Ledger[Sha256, SurveyAnswer] = Field(default_factory=Map)
    result: IndexResult | None = None
    announcement: str = ""

    @property
    def title_line(self) -> str:
        return self.title

    def parties(self) -> frozenset[str]:
        return frozenset({self.id, *self.units})

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Nobody acts for a unit that is measured here."""
        return not self.hides_from(claim) and super().fits(role, claim, actor, on_behalf_of, item)

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials of the area who are of no unit that is measured: single answers stand in it, and stay there.

        What is for everybody is the announcement, and the text that `figures_of` makes of the result.
        """
        return claim.role not in FOR_THEMSELVES and not self.hides_from(claim) and super().can_read(claim, actor)

    def hides_from(self, claim: Claim) -> bool:
        """From whoever is of a unit that is measured, whatever other office they hold."""
        return any(map(claim.is_of, self.units))
