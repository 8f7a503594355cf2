"""Projects brought to any of their 15 statuses by real commands, under kinds that leave the rest of the way open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from govflow import DEFAULT_POLICY, Command, HandOver
from govflow.policy import ProjectKind
from govflow.projects import JointProject
from govflow.projects import commands as c
from govflow.testing import START
from tests.projects.site import lead, town
from tests.projects.yard import PATH, Yard

X: dict[str, Any] = {"id": "x"}
ANY = HandOver(reason="carried on elsewhere")
# a kind of the tests' own, in which services are bought and what was lent is handed back
LEASE = ProjectKind(
    id="lease", en="A lease", zh="租用", contract=True, handback=True, fiscal_cap=50_000, basis="test", own=True
)
POLICY = DEFAULT_POLICY.changed(version="yard", project_kinds=(*DEFAULT_POLICY.project_kinds, LEASE))


def gives(command: Command) -> Callable[[Yard], Any]:
    return lambda yard: yard.do(command)


SUSPEND = c.SuspendProject(**X, by=town, cause="frost", review_at=START + timedelta(days=60))
REFUSE = c.RefuseProject(**X, by=town, reason="too dear", hand_over=(ANY,))
CANCEL = c.CancelProject(**X, by=town, reason="the house is sold")
# Off the straight way: from which status of it, and how.
BRANCHES: dict[str, tuple[str, Callable[[Yard], Any]]] = {
    "suspended": ("in_progress", gives(SUSPEND)),
    "not_approved": ("assessed", gives(REFUSE)),
    "cancelled": ("open_for_claim", gives(CANCEL)),
}


def a_yard(path: Any = ":memory:", **options: Any) -> Yard:
    """A yard whose policy has the kind above."""
    return Yard(path, policy=POLICY, **options)


def a_project(yard: Yard, status: str = "proposed", **said: Any) -> JointProject:
    """Project x brought to a status by real commands; `said` goes into what is proposed."""
    upto, branch = BRANCHES.get(status, (status, None))
    assert upto in PATH, upto
    yard.project(upto, **said)
    if branch is not None:
        branch(yard)
    project = yard.get()
    assert project.status == status, f"{project.status} instead of {status}"
    return project


def at(days: float) -> datetime:
    """So many days after the tests' clock was started."""
    return START + timedelta(days=days)


NEW_PLAN = c.RevisePlan(**X, by=lead, text="Gutters first.")
