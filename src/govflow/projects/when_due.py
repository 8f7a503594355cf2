"""What the system does on a project when a clock has run out."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.actors import SYSTEM
from govflow.messages import Command
from govflow.projects.commands import ExpireClaims, ResumeProject
from govflow.projects.model import JointProject, ProjectStatus


def expire_claims(project: JointProject, item: str) -> Iterator[Command]:
    """Nobody claimed the need: it is the town's to find a party, list it again, or give it up."""
    if project.status == ProjectStatus.OPEN_FOR_CLAIM:
        yield ExpireClaims(id=project.id, by=SYSTEM)


def resume(project: JointProject, item: str) -> Iterator[Command]:
    """The review date of a suspension has come."""
    if project.status == ProjectStatus.SUSPENDED:
        yield ResumeProject(id=project.id, by=SYSTEM)
