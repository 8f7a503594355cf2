"""代表委员工作室 studio: where delegates and members (两代表一委员) receive the people of an area."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from govflow.actors import FOR_THEMSELVES, Area, Claim, Id, Level, Role, covers, covers_area
from govflow.messages import Command, Event, Value, Words
from govflow.records import Item, Record
from govflow.workflow import Rest, Status

DELEGATE = Role.DELEGATE
"""代表、委员: who comes to a studio as one. That they have a seat there is the studio's to know."""

KEEPERS = (Role.COMMUNITY, Role.TOWN, Role.DISTRICT)
"""Who keeps a studio: the level that opened it, for its whole area."""


class StudioStatus(Status):
    """Where a studio stands."""

    OPEN = "open", "开放"
    CLOSED = "closed", "已关闭", Rest.OUTCOME
    ARCHIVED = "archived", "已归档", Rest.FINAL


class Studio(Record):
    """The folded state of a studio. Its delegates, receptions and matters are items; people in it are pseudonyms."""

    kind_of_record = "studio"

    title: str = ""
    keeper: str = ""  # the unit that keeps it

    @property
    def title_line(self) -> str:
        return self.title

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Delegates act where they have a seat, everybody else as the item says."""
        if role == DELEGATE and not self.seats_of(actor):
            return False
        return super().fits(role, claim, actor, on_behalf_of, item)

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials of its area and those who have a seat: who brings a matter has no business in others' matters."""
        if claim.role == DELEGATE:
            return bool(self.seats_of(actor))
        return claim.role not in FOR_THEMSELVES and covers_area(claim, self.area)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """What people brought, for those who keep the studio; who has a matter in hand, that matter says."""
        return claim.role in KEEPERS and covers(claim, self.level, self.area)

    def seats_of(self, person: str) -> tuple[Any, ...]:
        """The seats that somebody has at the studio, and has not left; their terms may be over."""
        seats = self.items_of("delegate").values()
        return tuple(seat for seat in seats if seat.person == person and seat.status == "sitting")

    def sits(self, person: str, at: datetime) -> bool:
        """Whether somebody has a seat whose term has begun and is not over at this moment."""
        return any(seat.covers(at) for seat in self.seats_of(person))


class _Studio(Value):
    """`keeper` is the unit that keeps it and answers for it; `area` what it serves."""

    title: Words = ""
    level: Level | None = None
    area: Area = ""
    keeper: Id | None = None


class OpenStudio(Command, _Studio, wire="studio.open", label="设立代表委员工作室"):
    """Open a studio for an area."""


class StudioOpened(Event, _Studio, name="studio.opened"):
    """A studio was opened."""


class _Ending(Value):
    summary: Words = ""


class CloseStudio(Command, _Ending, wire="studio.close", label="关闭工作室"):
    """Close it, and sum up what it did: nothing that was brought to it may be left."""


class StudioClosed(Event, _Ending, name="studio.closed"):
    """It was closed with nothing left."""


class _Archiving(Value):
    retention: Id | None = None


class ArchiveStudio(Command, _Archiving, wire="studio.archive", label="归档"):
    """Archive it in a retention class, by default the ordinary one."""


class StudioArchived(Event, _Archiving, name="studio.archived"):
    """It was archived."""
