"""Rules of milestones: who owns one, when it is due, who may accept it; and that public words name nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import Role, covers, is_built_in
from govflow.context import Context
from govflow.errors import Detail
from govflow.projects.model import JointProject, TeamKind
from govflow.projects.rules_need import units_of
from govflow.rules import carries_personal_data
from govflow.workflow import rule


def acting(event: Any, context: Context) -> set[str]:
    """Who acts, in whose stead, and for which units: duties are kept apart from all of them."""
    return {event.by, context.standing_in_for or event.by, *units_of(context)}


@rule("验收人未参与施工", "M113")
def acceptors_are_not_builders(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Nobody who accepts the work took part in building it."""
    built = project.workers() | frozenset(getattr(context.item, "hands", ()))
    for name in sorted(acting(event, context) & built):
        yield Detail(f"{name} took part in building it", f"{name} 参与施工")


def is_called_to_judge(project: JointProject, event: Any, context: Context, *roles: Role) -> bool:
    """Whether whoever acts holds one of the offices here, or is a dedicated supervisor, in person or by their unit."""
    held = any(claim.role in roles and covers(claim, project.level, project.area) for claim in context.claims)
    return held or not {event.by, *units_of(context)}.isdisjoint(project.supervisors)


@rule("由验收组、督办人或本项目专门监督员验收", "M113")
def acceptor_is_called_to_it(project: JointProject, event: Any, context: Context) -> bool:
    """Who accepts is of the acceptance group, a supervisor, or one of the project's dedicated supervisors."""
    return is_called_to_judge(project, event, context, Role.ACCEPTANCE_GROUP, Role.SUPERVISOR)


@rule("责任人为参建方或专项工作组、服务队成员", "M113", needs="owner")
def owner_takes_part(project: JointProject, event: Any, context: Context) -> bool:
    """The owner of a milestone is a party, or on the work group or service team, and no dedicated supervisor."""
    teams = (project.teams.get(kind, ()) for kind in (TeamKind.WORK_GROUP, TeamKind.SERVICE_TEAM))
    members = {name for team in teams for member in team for name in (member.id, member.unit)}
    watching = project.teams.get(TeamKind.SUPERVISORS, ())
    watchers = {name for member in watching for name in (member.id, member.unit)}
    return event.owner is None or event.owner in {*project.units, *members} - watchers


@rule("所定期限尚未届满", "design", needs="until")
def due_lies_ahead(project: JointProject, event: Any, context: Context) -> bool:
    """Where a due instant is named, it lies ahead."""
    return event.until is None or bool(event.until > context.at)


_PUBLIC = ("what", "place", "measure", "reason")


@rule("公开文字不含个人信息", "M158; PIPL [V]", version=2, needs="what place measure reason shortcomings")
def words_hide_people(project: JointProject, event: Any, context: Context) -> bool:
    """What everybody may read of a step carries no number or address of a person."""
    said = [getattr(event, name, "") for name in _PUBLIC]
    said += getattr(event, "shortcomings", ())
    return is_built_in(context.actor) or not any(carries_personal_data(each) for each in said)
