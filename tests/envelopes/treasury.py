"""A town's treasury: an engine that serves envelopes, who moves public money, and draws as the system does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, Engine, NotAllowed, Role
from govflow.envelopes import ENVELOPE, Draw, Envelope, KindCap, draw_key
from govflow.envelopes import draw as d
from govflow.envelopes import messages as m
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.regions.retention import Paper
from govflow.testing import PinnedClock

AREA = "jinniu/chadianzi"
YUAN = 100
E: dict[str, Any] = {"id": "money"}

finance = Actor.of("finance-1", Role.FINANCE, unit="finance", area=AREA)
town = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town", area=AREA)
mayor = Actor.of("town-2", Role.TOWN, unit="town-hall", level="town", area=AREA)
district = Actor.of("district-1", Role.DISTRICT, unit="district-hall", level="district", area="jinniu")
archivist = Actor.of("archive-1", Role.ARCHIVIST, area=AREA)
resident = Actor.of("s-1", Role.RESIDENT, area=f"{AREA}/huazhaobi")

GRANT = Paper(kind="decision", reference="town file 2026-17", sha256="0" * 64)
OPEN = m.OpenEnvelope(
    **E,
    by=finance,
    title="Small livelihood projects 2026",
    purpose="what residents ask for",
    level="town",
    area=AREA,
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    amount=1_000 * YUAN,
    caps=(KindCap(kind="works", per_project=600 * YUAN, total=800 * YUAN), KindCap(kind="service", total=300 * YUAN)),
    approved_by=GRANT,
)


def reserve(project: str, line: str = "1", yuan: float = 100, kind: str = "other", by: Actor = SYSTEM) -> d.ReserveDraw:
    said = {"project": project, "line": line, "kind": kind, "amount": round(yuan * YUAN)}
    return d.ReserveDraw(**E, by=by, item=draw_key(project, line), **said)


def change(key: str, yuan: float) -> d.ChangeDraw:
    return d.ChangeDraw(**E, by=SYSTEM, item=key, amount=round(yuan * YUAN))


def settle(key: str, yuan: float) -> d.SettleDraw:
    return d.SettleDraw(**E, by=SYSTEM, item=key, spent=round(yuan * YUAN))


def reopen(key: str, yuan: float) -> d.ReopenDraw:
    return d.ReopenDraw(**E, by=SYSTEM, item=key, amount=round(yuan * YUAN))


def release(key: str) -> d.FreeDraw:
    return d.FreeDraw(**E, by=SYSTEM, item=key)


def granted(**said: Any) -> m.ChangeEnvelope:
    return m.ChangeEnvelope(**E, **{"by": finance, "reason": "council decided so", "papers": ("minutes",), **said})


class Treasury:
    """An engine that serves envelopes, with one of a thousand yuan open, on a pinned clock."""

    def __init__(self, path: Any = ":memory:", opened: m.OpenEnvelope | None = OPEN) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, records=[ENVELOPE], now=self.clock)
        if opened is not None:
            self.do(opened)

    def do(self, *commands: Command) -> Envelope:
        for command in commands:
            self.engine.handle(command)
        return self.envelope

    def with_leave(self, command: Command, by: Actor, **asks: Any) -> Envelope:
        """Ask for leave, get it of this person, do it."""
        request = RequestApproval.of(command, self.envelope, **asks)
        self.do(request)
        key = list(self.envelope.items_of("approval"))[-1]
        return self.do(GiveApproval(**E, by=by, item=key), command)

    def refused(self, command: Command) -> tuple[str, ...]:
        return self.refusal(command).codes

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return caught.value

    def file(self, key: str = "minutes") -> Treasury:
        self.do(AddEvidence(**E, by=finance, item=key, kind="minutes", sha256="1" * 64))
        return self

    @property
    def envelope(self) -> Envelope:
        return self.engine.get("money", Envelope)

    def draw(self, key: str) -> Draw:
        found: Draw = self.envelope.item("draw", key)
        return found

    def replayed(self) -> Any:
        return self.engine.as_of("money", version=self.envelope.version)
