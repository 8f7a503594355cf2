"""The duty as a whole: its table, fold and regions."""

from __future__ import annotations

from govflow.actors import Role
from govflow.context import Context
from govflow.decider import Decider
from govflow.duties.model import AmendDuty, Duty, DutyAmended, DutyEnded, DutyOpened, EndDuty, OpenDuty, duty_has_its_id
from govflow.duties.model import DutyStatus as S
from govflow.records import HandOver
from govflow.region import Changes
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.obligation import OBLIGATION
from govflow.rules import loops_are_handed_over, reason_given
from govflow.workflow import Step, Workflow

_OVERSEERS = (Role.SYSTEM, Role.TOWN, Role.DISTRICT)
# fmt: off
DUTY_WORKFLOW = Workflow("duty", S, zh="定期职责", steps=(
    #    id      command    from        event        to          who          provided that
    Step("DT01", OpenDuty,  None,       DutyOpened,  S.IN_FORCE, Role.SYSTEM, (duty_has_its_id,)),
    Step("DT02", OpenDuty,  S.ENDED,    DutyOpened,  S.IN_FORCE, _OVERSEERS,  (duty_has_its_id,)),
    Step("DT03", AmendDuty, S.IN_FORCE, DutyAmended, None,       Role.SYSTEM),
    Step("DT04", EndDuty,   S.IN_FORCE, DutyEnded,   S.ENDED,    _OVERSEERS,  (reason_given, loops_are_handed_over)),
))
# fmt: on


def _opened(duty: Duty, event: DutyOpened) -> Changes:
    return {
        "status": S.IN_FORCE,
        "obligation": event.obligation,
        "owner": event.owner,
        "first": event.first,
        "since": event.first,
        "policy": event.policy,
        "level": event.level,
        "area": event.area,
        "opened_at": event.at,
        "ended_by": None,
    }


def _amended(duty: Duty, event: DutyAmended) -> Changes:
    return {
        "obligation": event.obligation,
        "since": event.since,
        "policy": event.policy,
        "level": event.level,
        "area": event.area,
    }


def _end(duty: Duty, command: EndDuty, context: Context) -> DutyEnded:
    """What is still scheduled falls away for the same reason."""
    rest: DutyEnded = DutyEnded(
        at=context.at, by=command.by.id, reason=command.reason, hand_over=(HandOver(reason=command.reason),)
    )
    return rest


DUTY = Decider(
    DUTY_WORKFLOW,
    Duty,
    {
        DutyOpened: _opened,
        DutyAmended: _amended,
        DutyEnded: lambda duty, event: {"status": S.ENDED, "ended_by": event.by},
    },
    prefix="D",
    regions=(OBLIGATION, EVIDENCE, CLOCK),
    propose={EndDuty: _end},
    failed=(S.ENDED,),
    reserves="duty.",
)
"""The duties of units and leaders: served beside the cases, opened and filled by what `plan` yields."""
