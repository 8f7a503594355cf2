"""What is asked of a membership and what happened to it: its commands and events."""

from __future__ import annotations

from datetime import date

from govflow.actors import Id
from govflow.alliances.model import Capacity
from govflow.messages import ItemCommand, ItemEvent, Value, Words
from govflow.regions.bodies import Reasoned


class _Visit(Value):
    summary: Words = ""


class VisitMember(ItemCommand, _Visit, wire="member.visit", label="走访单位"):
    """Visit a unit: the first of three steps; `item` is the unit."""


class MemberVisited(ItemEvent, _Visit, name="member.visited"):
    """A unit was visited."""


class _Capacity(Value):
    capacity: Capacity | None = None


class AdmitMember(ItemCommand, _Capacity, wire="member.admit", label="纳入单位"):
    """Include a unit that was visited, or one that had left."""


class MemberAdmitted(ItemEvent, _Capacity, name="member.admitted"):
    """A unit belongs to the alliance."""


class ChangeCapacity(ItemCommand, Reasoned, _Capacity, wire="member.change_capacity", label="调整成员身份"):
    """Let a unit belong to it in another capacity."""


class CapacityChanged(ItemEvent, Reasoned, _Capacity, name="member.capacity_changed"):
    """A unit belongs to it in another capacity."""


class _Project(Value):
    project: Id | None = None


class JoinProject(ItemCommand, _Project, wire="member.join_project", label="参与共建项目"):
    """Say that the unit takes part in a joint project: the third step."""


class ProjectJoined(ItemEvent, _Project, name="member.project_joined"):
    """The unit takes part in a joint project."""


class _Office(Value):
    person: Id | None = None
    first: date | None = None
    last: date | None = None


class AppointMember(ItemCommand, _Office, wire="member.appoint", label="聘任兼职委员"):
    """Appoint a person of the unit to the committee part-time, from the first to the last local day."""


class MemberAppointed(ItemEvent, _Office, name="member.appointed"):
    """A person of the unit sits on the committee part-time."""


class RecallMember(ItemCommand, Reasoned, wire="member.recall", label="解聘兼职委员"):
    """End a person's part-time office before its term does."""

    person: Id | None = None


class MemberRecalled(ItemEvent, Reasoned, name="member.recalled"):
    """A part-time office ended before its term did."""

    person: Id | None = None
    day: date | None = None  # the local day from which it is held no more


class LeaveAlliance(ItemCommand, Reasoned, wire="member.leave", label="退出联盟"):
    """Leave the alliance, with the reason; the unit may come back."""


class MemberLeft(ItemEvent, Reasoned, name="member.left"):
    """A unit left the alliance."""
