"""A studio in a town that serves cases and proposals too, and the people who come to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, DEFAULT_POLICY, Actor, Command, Engine, Loop, NotAllowed, Policy, Role
from govflow.policy import Category
from govflow.proposals import PROPOSAL
from govflow.regions.evidence import AddEvidence
from govflow.studios import (
    DELEGATE,
    STUDIO,
    AnswerMatter,
    AppointDelegate,
    HandOnMatter,
    OpenStudio,
    PlanReception,
    ReceiveMatter,
    Studio,
    StudioMatter,
)
from govflow.testing import PinnedClock

AREA = "jinniu/huazhaobi"
SECRET = Category(id="misconduct", en="Misconduct of officials", zh="作风问题", confidential=True)
POLICY: Policy = DEFAULT_POLICY.changed(
    version="town",
    categories=(*DEFAULT_POLICY.categories, SECRET),
    open_catalogue=False,
)

keeper = Actor.of("keeper-1", Role.COMMUNITY, unit="u-hua", level="community", area=AREA)
wu = Actor.of("s-wu", DELEGATE, area=AREA)  # a people's deputy
he = Actor.of("s-he", DELEGATE, area=AREA)  # a party delegate
stranger = Actor.of("s-no", DELEGATE, area=AREA)  # comes as a delegate, and has no seat here
asker = Actor.of("s-1", Role.RESIDENT, area=AREA)
neighbour = Actor.of("s-2", Role.RESIDENT, area=AREA)
shop = Actor.of("clerk-7", Role.ORGANISATION, unit="u-shop", area=AREA)
archivist = Actor.of("archive-1", Role.ARCHIVIST)

X: dict[str, Any] = {"id": "x"}
OPEN = OpenStudio(**X, by=keeper, title="Studio of Huazhaobi", level="community", area=AREA, keeper="u-hua")
WORDS = "Old Chen of house 4 cannot climb the stairs"


class House:
    """An engine with one studio x in which a people's deputy and a party delegate sit, on a pinned clock."""

    def __init__(self, path: Any = ":memory:", *, records: Sequence[Any] = (CASE, PROPOSAL, STUDIO)) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[*records], now=self.clock, policy=POLICY)
        self.do(OPEN, self.seat("s-wu", "deputy"), self.seat("s-he", "party_delegate"))

    def do(self, *commands: Command) -> Any:
        record: Any = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def refused(self, command: Command) -> tuple[str, ...]:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value.codes

    def days(self, number: float) -> House:
        self.clock.advance(days=number)
        return self

    @property
    def studio(self) -> Studio:
        return self.engine.get("x", Studio)

    def matter(self, key: str = "1") -> StudioMatter:
        found: StudioMatter = self.studio.item("matter", key)
        return found

    def loops(self) -> list[tuple[str, str, str | None]]:
        return [(loop.region, loop.item, loop.owes) for loop in self.open_loops()]

    def open_loops(self) -> tuple[Loop, ...]:
        return self.engine.open_loops("x")

    def seat(self, person: str, capacity: str, *, days: int = 700, **more: Any) -> AppointDelegate:
        ends = self.clock() + timedelta(days=days)
        return AppointDelegate(**X, by=keeper, person=person, capacity=capacity, ends=ends, **more)

    def reception(self, key: str = "r1", **changed: Any) -> PlanReception:
        begins = self.clock() + timedelta(days=1)
        said: dict[str, Any] = {"by": keeper, "place": "the studio", "delegates": ("s-wu",), "begins": begins}
        return PlanReception(**X, item=key, **{**said, "until": begins + timedelta(hours=3), **changed})

    def told(self, key: str = "1", **changed: Any) -> ReceiveMatter:
        said: dict[str, Any] = {"by": wu, "asker": "s-1", "category": "general", "area": AREA, "text": WORDS}
        return ReceiveMatter(**X, item=key, **{**said, **changed})

    def answer(self, key: str = "1", **changed: Any) -> AnswerMatter:
        return AnswerMatter(**X, item=key, **{"by": wu, "answer": "Chen, a lift is on its way", **changed})

    def hand_on(self, key: str = "1", **changed: Any) -> HandOnMatter:
        return HandOnMatter(**X, item=key, **{"by": wu, "title": "No lift in house 4", **changed})

    def evidence(self, key: str = "list") -> AddEvidence:
        return AddEvidence(**X, by=keeper, item=key, sha256="0" * 64)
