"""What an event of a project causes on other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govflow.actors import SYSTEM
from govflow.context import Context
from govflow.decider import Reaction
from govflow.messages import Command, Event
from govflow.projects.budget import DRAWING
from govflow.projects.commands import ProposeProject
from govflow.projects.events import ProjectProposed, ProjectSplit
from govflow.projects.feedback import create_case
from govflow.projects.feedback_model import ProjectFeedbackTransferred
from govflow.projects.model import JointProject
from govflow.regions.link import AddLink, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink, tie_to
from govflow.resources import BOOKS_RESOURCES


def _tie_to_sources(
    states: tuple[JointProject, JointProject], event: ProjectProposed, context: Context
) -> Iterator[Command]:
    """The records that a need comes from say what came of them."""
    project = states[1]
    sources = dict.fromkeys(filter(None, (event.source, *event.need.sources)))
    for id in sources:
        source = context.lookup(id)
        begun_by_it = id == event.source and event.by == SYSTEM.id  # it ties the project itself
        if source is None or source.status == "archived" or begun_by_it:
            continue
        keeps_links = "link" in context.deciders[source.kind_of_record].regions
        if keeps_links and tie_to(source, LinkKind.SPAWNED, project.id) is None:
            yield AddLink(id=source.id, by=SYSTEM, other=project.id, kind=LinkKind.SPAWNED)


def _create_parts(
    states: tuple[JointProject, JointProject], event: ProjectSplit, context: Context
) -> Iterator[Command]:
    """Each need that goes on by itself becomes a project of its own, linked both ways."""
    project = states[1]
    for id, part in zip(event.targets, event.parts, strict=True):
        yield ProposeProject(
            id=id,
            by=SYSTEM,
            title=part.title,
            text=part.text or part.title,
            kind=project.kind,
            category=part.category or project.category,
            theme=project.theme or None,
            level=project.level,
            area=project.area,
            need=part.need,
            alliance=project.alliance,
            major=project.is_major,
            source=project.id,
        )
        yield AddLink(id=project.id, by=SYSTEM, other=id, kind=LinkKind.SPAWNED)


REACTIONS: Mapping[type[Event], Reaction] = {
    ProjectProposed: _tie_to_sources,
    ProjectSplit: _create_parts,
    ProjectFeedbackTransferred: create_case,
    LinkAdded: mirrored,
    LinkUnlinked: mirrored_unlink,
    **DRAWING,
    **BOOKS_RESOURCES,
}
