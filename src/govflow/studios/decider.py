"""The studio as a whole: its table, state, fold and regions."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from typing import Any

from govflow.actors import Role
from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Event
from govflow.regions.approval import APPROVAL
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.link import (
    LINK,
    LinkAdded,
    LinkFailed,
    LinkFinished,
    LinkResumed,
    LinkUnlinked,
    mirrored,
)
from govflow.regions.retention import RETENTION, hold_in_archive
from govflow.rules import no_loop_is_open, personal_data_is_withheld, retention_class_is_set
from govflow.studios import model as m
from govflow.studios.delegate import DELEGATES
from govflow.studios.matter import MatterHandedOn
from govflow.studios.matter_region import MATTER, answer_does_not_stand, answer_is_owed, hand_on, untied
from govflow.studios.model import KEEPERS, Studio, StudioStatus
from govflow.studios.reception import RECEPTION
from govflow.studios.rules import studio_is_described, work_is_summed_up
from govflow.workflow import Step, Workflow

S = StudioStatus
# fmt: off
STUDIO_WORKFLOW = Workflow("studio", S, zh="代表委员工作室", steps=(
    #    id      command          from      event             to          who             provided that
    Step("SO01", m.OpenStudio,    None,     m.StudioOpened,   S.OPEN,     KEEPERS,        (studio_is_described, personal_data_is_withheld)),
    Step("SO02", m.CloseStudio,   S.OPEN,   m.StudioClosed,   S.CLOSED,   KEEPERS,        (work_is_summed_up, no_loop_is_open), drops="*"),
    Step("SO03", m.ArchiveStudio, S.CLOSED, m.StudioArchived, S.ARCHIVED, Role.ARCHIVIST, (retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on


def _archived(studio: Studio, command: m.ArchiveStudio, context: Context) -> Event:
    kept = command.retention or context.policy.ordinary_retention
    return STUDIO.copied(command, m.StudioArchived, context, retention=kept)


def _opened(studio: Studio, e: m.StudioOpened) -> dict[str, Any]:
    return {
        "status": S.OPEN,
        "title": e.title,
        "level": e.level,
        "area": e.area,
        "keeper": e.keeper,
        "opened_at": e.at,
    }


STUDIO = Decider(
    STUDIO_WORKFLOW,
    Studio,
    {
        m.StudioOpened: _opened,
        m.StudioClosed: lambda studio, e: {"status": S.CLOSED},
        m.StudioArchived: lambda studio, e: {"status": S.ARCHIVED, "retention": e.retention},
    },
    prefix="ST",
    regions=(DELEGATES, RECEPTION, MATTER, EVIDENCE, LINK, APPROVAL, RETENTION, CLOCK),
    propose={m.ArchiveStudio: _archived},
    reactions={
        MatterHandedOn: hand_on,
        LinkAdded: mirrored,
        LinkUnlinked: untied,
        LinkFinished: answer_is_owed,
        LinkFailed: answer_is_owed,
        LinkResumed: answer_does_not_stand,
    },
    succeeded=(S.CLOSED,),
)
"""Studios as the engine serves them beside the cases: `Engine.open(records=[CASE, STUDIO, …])`."""
