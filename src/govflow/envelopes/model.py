"""资金盘子 the envelope: how much public money there is, what projects hold of it, and what is free.

Whatever happens, amount = drawn + free, to the last 分: what a draw does not hold is free, and nothing is free twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from pydantic import TypeAdapter

from govflow.actors import FOR_THEMSELVES, Claim, Id, covers_area
from govflow.corrections import Correction
from govflow.errors import Detail
from govflow.messages import Amount, Value, Words
from govflow.records import Item, Record
from govflow.regions.retention import Paper
from govflow.workflow import Rest, Status


class EnvelopeStatus(Status):
    """Where an envelope stands."""

    OPEN = "open", "可用"
    CLOSED = "closed", "已结清", Rest.OUTCOME
    ARCHIVED = "archived", "归档", Rest.FINAL


class DrawStatus(Status):
    """Where a draw stands: reserved holds its amount, settled what was spent of it, freed nothing."""

    RESERVED = "reserved", "已占用"
    SETTLED = "settled", "已决算", Rest.OUTCOME
    FREED = "freed", "已释放", Rest.FINAL


class KindCap(Value):
    """The most that projects of one kind may hold, in minor units: one project, and all of them; None: no cap."""

    kind: Id
    per_project: Amount | None = None
    total: Amount | None = None


class Draw(Item):
    """占用: what one budget line of one project holds of an envelope, in minor units."""

    project: str = ""
    line: str = ""
    kind: str = ""
    amount: int = 0
    spent: int = 0

    @property
    def what(self) -> str:
        return f"{yuan(self.amount)} yuan for line {self.line} of {self.project}"

    @property
    def held(self) -> int:
        """What it holds now, in minor units."""
        if self.status == DrawStatus.RESERVED:
            return self.amount
        return self.spent if self.status == DrawStatus.SETTLED else 0


class Envelope(Record):
    """The folded state of an envelope. Money is in minor units (分); the period counts both its days."""

    kind_of_record: ClassVar[str] = "envelope"
    correctable: ClassVar[Mapping[str, TypeAdapter[Any]]] = {  # never money, caps or period: those a step changes
        "title": TypeAdapter(Words),
        "purpose": TypeAdapter(Words),
    }

    title: str = ""
    purpose: str = ""
    first: date | None = None
    last: date | None = None
    amount: int = 0
    caps: tuple[KindCap, ...] = ()
    approved_by: Paper | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def title_line(self) -> str:
        return self.title

    def cap(self, kind: str) -> KindCap | None:
        """What projects of one kind may hold at most; None: as much as there is."""
        return next((each for each in self.caps if each.kind == kind), None)

    def covers_day(self, day: date) -> bool:
        """Whether a local day lies within the period."""
        return self.first is not None and self.last is not None and self.first <= day <= self.last

    def reaches(self, claim: Claim) -> bool:
        """Whether a claim is for the envelope's area, or for a part of it."""
        return not self.area or covers_area(claim, self.area) or claim.area.startswith(f"{self.area}/")

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Public money is moved by officials: nobody moves it for themselves."""
        return role not in FOR_THEMSELVES

    def can_read(self, claim: Claim, actor: str) -> bool:
        """How public money is spent is public in its area."""
        return self.reaches(claim)


# --- the money -------------------------------------------------------------------------------------------------------


def drawn(
    envelope: Record, *, kind: str | None = None, project: str | None = None, besides: Collection[str] = ()
) -> int:
    """What the draws hold, in minor units: of one kind, of one project or of all; without those named by their key."""
    return sum(
        each.held
        for key, each in envelope.items_of("draw").items()
        if kind in (None, each.kind) and project in (None, each.project) and key not in besides
    )


def free(envelope: Envelope) -> int:
    """What nobody holds, in minor units: the amount without what is drawn. Never negative."""
    return envelope.amount - drawn(envelope)


def free_for(envelope: Envelope, kind: str, project: str) -> int:
    """What a project of a kind may still reserve, in minor units, the caps of the kind included."""
    return min(room for room, _ in _rooms(envelope, kind, project, ()))


def shortfall(
    envelope: Envelope, kind: str, project: str, asked: int, besides: Collection[str] = ()
) -> Iterator[Detail]:
    """Each limit that `asked` minor units go beyond, with what is free and what is asked for; nothing: they fit.

    `besides` are the keys of the draws that what is asked for takes the place of.
    """
    for room, of in _rooms(envelope, kind, project, besides):
        if asked > room:
            yield Detail(
                f"{of}: {yuan(room)} yuan free, {yuan(asked)} yuan asked for",
                f"{of.zh}：可用 {yuan(room)} 元，申请 {yuan(asked)} 元",
            )


def _rooms(envelope: Envelope, kind: str, project: str, besides: Collection[str]) -> Iterator[tuple[int, Detail]]:
    """What is left under each limit, with what the limit is."""
    whole = envelope.amount - drawn(envelope, besides=besides)
    yield whole, Detail(f"envelope {envelope.id}", f"资金盘子 {envelope.id}")
    cap = envelope.cap(kind)
    if cap is not None and cap.total is not None:
        left = cap.total - drawn(envelope, kind=kind, besides=besides)
        yield left, Detail(f"all projects of kind {kind}", f"{kind} 类项目合计")
    if cap is not None and cap.per_project is not None:
        left = cap.per_project - drawn(envelope, kind=kind, project=project, besides=besides)
        yield left, Detail(f"one project of kind {kind}", f"{kind} 类单个项目")


def yuan(amount: int) -> str:
    """An amount of minor units (分) in yuan with two decimals, exactly."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


_KEY = 130  # what the key of an item holds


def draw_key(project: str, line: str) -> str:
    """The key of what a project's budget line holds: `<project>.<line>` where that is unambiguous and short."""
    plain = f"{project}.{line}"
    if "." not in project and len(plain) <= _KEY:
        return plain
    return f"{project}.{hashlib.sha256(f'{project} {line}'.encode()).hexdigest()[:32]}"
