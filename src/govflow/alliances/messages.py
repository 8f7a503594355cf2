"""What can be asked of an alliance, and what happened to it. Stored names (`alliance.founded@1` …) never change."""

from __future__ import annotations

from govflow.actors import Area, Id, Level
from govflow.alliances.model import AllianceKind
from govflow.messages import Command, Count, Event, Value, Words
from govflow.records import HandOver
from govflow.regions.bodies import Reasoned


class _Founding(Value):
    """What it is, who leads, guides and supervises it; `founders` are its first full members, the lead among them."""

    title: Words = ""
    kind: AllianceKind | None = None
    level: Level | None = None
    area: Area = ""
    lead_unit: Id | None = None
    committee: Id | None = None  # 二级党委
    guidance: Id | None = None  # 指导部门
    supervisors: Id | None = None  # 督导指导组
    founders: tuple[Id, ...] = ()


class FoundAlliance(Command, _Founding, wire="alliance.found", label="成立联盟"):
    """Found an alliance."""


class AllianceFounded(Event, _Founding, name="alliance.founded"):
    """An alliance was founded; its founders belong to it from the first."""


class ActivateAlliance(Command, wire="alliance.activate", label="启动运行"):
    """Begin its work: two full members at least belong to it."""


class AllianceActivated(Event, name="alliance.activated"):
    """The alliance began its work."""


class _Amending(Reasoned):
    lead_unit: Id | None = None
    committee: Id | None = None
    guidance: Id | None = None
    supervisors: Id | None = None


class AmendAlliance(Command, _Amending, wire="alliance.amend", label="调整牵头及督导单位"):
    """Name another lead, committee, guiding department or supervising group; what is not named stays."""


class AllianceAmended(Event, _Amending, name="alliance.amended"):
    """Others lead, guide or supervise it."""


class _Rotation(Value):
    order: tuple[Id, ...] = ()


class SetRotation(Command, _Rotation, wire="alliance.set_rotation", label="议定轮值次序"):
    """Put down the agreed order of turns in the chair; members that come later follow behind."""


class RotationSet(Event, _Rotation, name="alliance.rotation_set"):
    """The order of turns was agreed."""


class _Declining(Reasoned):
    unit: Id | None = None


class DeclineTurn(Command, _Declining, wire="alliance.decline_turn", label="轮空"):
    """Let the next turn pass, with the reason; the turn after is the next unit's."""


class TurnDeclined(Event, _Declining, name="alliance.turn_declined"):
    """A unit let its turn pass."""

    behind: Count = 0  # how many terms there had been


class DissolveAlliance(Command, Reasoned, wire="alliance.dissolve", label="解散"):
    """Dissolve it: what is open is handed over or falls away, a term in the chair ends without a score."""

    hand_over: tuple[HandOver, ...] = ()


class AllianceDissolved(Event, Reasoned, name="alliance.dissolved"):
    """The alliance was dissolved."""

    hand_over: tuple[HandOver, ...] = ()


class _Kept(Value):
    retention: Id | None = None


class ArchiveAlliance(Command, _Kept, wire="alliance.archive", label="归档"):
    """End the record for good; its retention term runs."""


class AllianceArchived(Event, _Kept, name="alliance.archived"):
    """The record ended for good; its retention term runs."""
