"""预算轮次 the budget round: where it stands, the money it has, its roll, its ballots and what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from immutables import Map
from pydantic import Field

from govflow.actors import FOR_THEMSELVES, Claim, Id, Role, covers_area
from govflow.messages import Amount, Count, Instant, ItemKey, Value, Words
from govflow.policy import BudgetProgramme
from govflow.records import Item, Record
from govflow.voting import Ballot, Ledger, Roll
from govflow.workflow import Rest, Status


class BudgetRoundStatus(Status):
    """Where a budget round stands."""

    DRAFTING = "drafting", "筹备"
    COLLECTING = "collecting", "征集"
    REVIEWING = "reviewing", "审核"
    BALLOTING = "balloting", "表决中"
    DECIDED = "decided", "已评定"
    PUBLISHED = "published", "公示"
    CLOSED = "closed", "办结", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


LARGEST_ENVELOPE = 10**15
"""The most that all the money of a round may come to, in minor units: what one amount holds."""

_Total = Annotated[int, Field(ge=0, le=10**18)]
"""What counts come to together: as many of the largest as there can be voters."""


class RoundBallot(Value):
    """The ballot of one voter: what it says, who gave it in and when, and whether it was on paper."""

    by: str
    at: Instant
    ballot: Ballot
    on_paper: bool = False


class EntryTold(Value):
    """Why an entry won or not: a code, its figures, the whole of it as a sentence; `rank` is its place by points."""

    entry: ItemKey
    won: bool
    code: Id
    cost: Amount
    votes: Count
    points: _Total
    rank: Count
    en: str
    zh: str


class LevelEntries(Value):
    """Entries that were level, in the order into which they were put, and what told them apart."""

    entries: tuple[ItemKey, ...]
    by: tuple[Id, ...]


class BudgetCount(Value):
    """What the ballots came to: winners as they won, money in minor units, every entry with the reason.

    `share` is what each voter had to spend under equal shares, in minor units, exact (`46325/3`); `for_shares` and
    `for_ranking` how many voters were better served by either, where the rule compares them.
    """

    rule: Words
    entitled: Count
    ballots: Count
    budget: Amount
    spent: Amount
    left: Amount
    winners: tuple[ItemKey, ...]
    share: Words | None = None
    for_shares: Count | None = None
    for_ranking: Count | None = None
    level: tuple[LevelEntries, ...] = ()
    told: tuple[EntryTold, ...] = ()


class BudgetRound(Record):
    """The folded state of a budget round. Ids of people are pseudonyms; their names are protected.

    `paper` lists the entries on the ballot in their order; `roll` and `cast` are persistent maps, so that a ballot
    among a hundred thousand costs no copying.
    """

    kind_of_record: ClassVar[str] = "budget_round"

    title: str = ""
    programme: BudgetProgramme | None = None
    source: str = ""
    roll: Roll = Field(default_factory=Map)
    roll_digest: str | None = None
    paper: tuple[str, ...] = ()
    cast: Ledger[Id, RoundBallot] = Field(default_factory=Map)
    count: BudgetCount | None = None
    announcement: str = ""
    has_commissioned: bool = False

    @property
    def title_line(self) -> str:
        return self.title

    # -- the money ----------------------------------------------------------------------------------------------------

    @property
    def by_source(self) -> Mapping[str, int]:
        """The money that is there, by its source (fiscal, donation, self_raised), in minor units."""
        sums: dict[str, int] = {}
        for fund in self.items_of("fund").values():
            if fund.status == "available":
                sums[fund.source] = sums.get(fund.source, 0) + fund.amount
        return sums

    @property
    def available(self) -> int:
        """The envelope: all the money that is there, in minor units; what was promised alone is not."""
        return sum(self.by_source.values())

    @property
    def reserved(self) -> int:
        """What the winners cost, of those released what was spent, in minor units."""
        return sum(each.held for each in self.items_of("entry").values())

    @property
    def remaining(self) -> int:
        """What is left of the envelope, in minor units."""
        return self.available - self.reserved

    def reserved_for(self, kind: str) -> int:
        """What the winners of one kind cost, of those released what was spent, in minor units."""
        return sum(each.held for each in self.items_of("entry").values() if each.kind == kind)

    # -- who is who ---------------------------------------------------------------------------------------------------

    def reaches(self, claim: Claim) -> bool:
        """Whether a claim is for the round's area, or for a part of it."""
        return not self.area or covers_area(claim, self.area) or claim.area.startswith(f"{self.area}/")

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Voters are who stands on the roll, proposers whose entry it is; officials those of the area or a part."""
        if isinstance(item, Item) and (own := item.fits(role, claim, actor, on_behalf_of)) is not None:
            return own
        if role == Role.VOTER:
            return actor in self.roll or (on_behalf_of in self.roll and claim.unit == on_behalf_of)
        return role not in (Role.PROPOSER, Role.CO_PROPOSER) and self.reaches(claim)

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        named = (getattr(item, name, None) for name in ("proposer", "giver"))
        return super().asked_by(wire, item) | frozenset(filter(None, named))

    def is_own_matter_of(self, actor: str) -> bool:
        """Whoever is an interested party may still propose and vote as everybody else."""
        return True

    def can_read(self, claim: Claim, actor: str) -> bool:
        """A round is public in its area, and open to whoever has an entry in it."""
        return self.reaches(claim) or self.concerns(actor, claim.unit)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """The secretariat may read names, and finance those of givers; everybody their own."""
        readers = (Role.SECRETARIAT, Role.ARCHIVIST, *((Role.FINANCE,) if field == "giver_name" else ()))
        return claim.role in readers and claim.role not in FOR_THEMSELVES and self.reaches(claim)
