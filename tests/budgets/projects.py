"""A small record of kind joint_project, which stands in until joint projects ship: it is begun, and it is finished."""

from __future__ import annotations

from govflow import SYSTEM, Command, Decider, Record, Rest, Role, Status, Step, Workflow
from govflow.messages import Amount, Event, Value, Words
from govflow.regions.link import LINK, LinkAdded, LinkUnlinked, mirrored, mirrored_unlink


class ProjectStatus(Status):
    PROPOSED = "proposed", "提出"
    SETTLED = "settled", "决算/公开", Rest.OUTCOME


class _Project(Value):
    title: Words = ""
    amount: Amount = 0


class ProposeProject(Command, _Project, wire="joint_project.propose_project"):
    pass


class ProjectProposed(Event, _Project, name="joint_project.proposed"):
    pass


class SettleProject(Command, wire="joint_project.settle"):
    pass


class ProjectSettled(Event, name="joint_project.settled"):
    pass


class JointProject(Record):
    kind_of_record = "joint_project"
    title: str = ""
    amount: int = 0


def _opens(id: str, source: Record, command: Command) -> ProposeProject:
    entry = source.item("entry", getattr(command, "item", ""))
    return ProposeProject(id=id, by=SYSTEM, title=entry.title, amount=entry.cost)


JOINT_PROJECT = Decider(
    Workflow(
        "joint_project",
        ProjectStatus,
        zh="共建项目",
        steps=(
            Step("J01", ProposeProject, None, ProjectProposed, ProjectStatus.PROPOSED, (Role.COMMUNITY, Role.SYSTEM)),
            Step("J99", SettleProject, ProjectStatus.PROPOSED, ProjectSettled, ProjectStatus.SETTLED, Role.FINANCE),
        ),
    ),
    JointProject,
    {
        ProjectProposed: lambda project, e: {"status": ProjectStatus.PROPOSED, "title": e.title, "amount": e.amount},
        ProjectSettled: lambda project, e: {"status": ProjectStatus.SETTLED},
    },
    prefix="JP",
    regions=(LINK,),
    reactions={LinkAdded: mirrored, LinkUnlinked: mirrored_unlink},
    opens=_opens,
    succeeded=(ProjectStatus.SETTLED,),
)
