"""The alliance as a whole: its table, fold, regions and what it causes elsewhere."""

from __future__ import annotations

from typing import Any

from govflow.alliances import messages as m
from govflow.alliances.activity import ACTIVITY, ActivityHeld
from govflow.alliances.brand import BRAND
from govflow.alliances.chair_term import CHAIR_TERM
from govflow.alliances.fulfilment import by_activity, by_meeting, by_project
from govflow.alliances.member import MEMBER
from govflow.alliances.model import Alliance, DeclinedTurn
from govflow.alliances.model import AllianceStatus as S
from govflow.alliances.workflow import ALLIANCE_WORKFLOW
from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Event
from govflow.policy import Then
from govflow.region import Changes
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.commitment import COMMITMENT
from govflow.regions.evidence import EVIDENCE
from govflow.regions.link import LINK, LinkAdded, LinkFinished, LinkUnlinked, mirrored, mirrored_unlink
from govflow.regions.meeting import MEETING, MeetingHeld
from govflow.regions.retention import RETENTION
from govflow.regions.supervision import SUPERVISION
from govflow.regions.supervision.by_rule import remind_by_rule, urge_by_rule


def _founded(alliance: Alliance, e: m.AllianceFounded) -> Changes:
    names = ("title", "kind", "level", "area", "lead_unit", "committee", "guidance", "supervisors")
    return {"status": S.FOUNDED, "opened_at": e.at, **{name: getattr(e, name) for name in names}}


def _amended(alliance: Alliance, e: m.AllianceAmended) -> Changes:
    names = ("lead_unit", "committee", "guidance", "supervisors")
    return {name: value for name in names if (value := getattr(e, name)) is not None}


def _turn_declined(alliance: Alliance, e: m.TurnDeclined) -> Changes:
    assert e.unit is not None, "the rule turn_is_declined_by_whose_it_is saw to it"
    passed = DeclinedTurn(unit=e.unit, reason=e.reason, at=e.at, behind=e.behind)
    return {"declined": (*alliance.declined, passed)}


def _decline(alliance: Alliance, command: m.DeclineTurn, context: Context) -> Event:
    behind = len(alliance.items_of("chair_term"))
    return ALLIANCE.copied(command, m.TurnDeclined, context, behind=behind)


_FOLD: dict[type[Event], Any] = {
    m.AllianceFounded: _founded,
    m.AllianceActivated: lambda alliance, e: {"status": S.ACTIVE},
    m.AllianceAmended: _amended,
    m.RotationSet: lambda alliance, e: {"rotation": e.order},
    m.TurnDeclined: _turn_declined,
    m.AllianceDissolved: lambda alliance, e: {"status": S.DISSOLVED},
    m.AllianceArchived: lambda alliance, e: {"status": S.ARCHIVED, "retention": e.retention or alliance.retention},
}

ALLIANCE = Decider(
    ALLIANCE_WORKFLOW,
    Alliance,
    _FOLD,
    prefix="AL",
    regions=(
        *(MEMBER, CHAIR_TERM, BRAND, ACTIVITY, MEETING, COMMITMENT, SUPERVISION),
        *(APPROVAL, EVIDENCE, LINK, RETENTION, CLOCK),
    ),
    propose={m.DeclineTurn: _decline},
    reactions={
        LinkAdded: mirrored,
        LinkUnlinked: mirrored_unlink,
        LinkFinished: by_project,
        MeetingHeld: by_meeting,
        ActivityHeld: by_activity,
    },
    escalations={Then.REMIND: remind_by_rule, Then.URGE: urge_by_rule},
    succeeded=(S.DISSOLVED,),
)
"""Alliances as the engine serves them, beside the duties that their leads owe and the projects of their members."""
