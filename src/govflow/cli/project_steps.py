"""The way of a project: the commands that lead on from where it stands, and what gives them on the command line."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.projects.lines import BudgetStatus
from govflow.projects.model import JointProject, TeamKind
from govflow.projects.money import lines_of, statement_of
from govflow.regions.meeting import MeetingForm

PROGRAM = {
    "joint_project.list_demand": "needs publish",
    "joint_project.claim": "claim",
    "joint_project.agree": "project agree",
    "joint_project.pair": "project pair",
    "joint_project.name_team": "project team",
    "budget.plan": "project money line",
    "meeting.announce": "project meeting announce",
    "meeting.hold": "project meeting hold",
    "meeting.record": "project meeting record",
    "joint_project.assess_risk": "project risk",
    "joint_project.approve": "project approve",
    "joint_project.resubmit": "project resubmit",
    "joint_project.publish_notice": "project notice",
    "joint_project.start_work": "project start",
    "joint_project.report_progress": "project progress",
    "milestone.reach": "project milestone reach",
    "milestone.accept": "project milestone accept",
    "feedback.resolve": "project feedback resolve",
    "expense.verify": "project money verify",
    "ledger.rectify": "project defect fix",
    "ledger.verify": "project defect check",
    "joint_project.resume": "project resume",
    "joint_project.deliver": "project deliver",
    "joint_project.sign_delivery": "project sign",
    "joint_project.accept_delivery": "project accept",
    "evaluation.request": "project evaluate request",
    "evaluation.record": "project evaluate record",
    "joint_project.evaluate": "project evaluate close",
    "joint_project.order_remedy": "project remedy",
    "commitment.fulfil_part": "project promise deliver",
    "commitment.keep": "project promise keep",
    "budget.close": "project money close",
    "joint_project.publish_accounts": "project publish-accounts",
    "joint_project.settle": "project settle",
    "joint_project.archive": "project archive",
}
"""Wire name -> the words that give this command here."""


def way_of_project(project: JointProject) -> Iterator[str]:
    """The commands that lead on, in the order in which they are given."""
    match project.status:
        case "proposed":
            yield "joint_project.list_demand"
        case "open_for_claim":
            yield "joint_project.claim"
        case "claimed":
            yield "joint_project.pair"
        case "paired" | "assessed":
            yield from _to_approval(project)
        case "not_approved":
            yield "joint_project.resubmit"
        case "approved":
            if not project.publications:
                yield "joint_project.publish_notice"
            yield "joint_project.start_work"
        case "in_progress":
            yield from _works(project)
        case "suspended":
            yield "joint_project.resume"
        case "delivered":
            if set(project.supervisors) - set(project.signed):
                yield "joint_project.sign_delivery"
            yield "joint_project.accept_delivery"
        case "accepted":
            yield "evaluation.request"
            if _any(project, "evaluation", "requested"):
                yield "evaluation.record"
            yield "joint_project.evaluate"
        case "evaluated":
            yield from _to_settlement(project)
        case "settled" | "cancelled":
            yield "joint_project.archive"


def _to_approval(project: JointProject) -> Iterator[str]:
    rule = project.rule
    if not any(lines_of(project)):
        yield "budget.plan"
    if rule is not None and rule.construction and any(not project.teams.get(kind) for kind in TeamKind):
        yield "joint_project.name_team"
    if project.status == "paired" and (project.is_major or (rule is not None and rule.major)):
        yield "joint_project.assess_risk"
    yield from _to_a_hearing(project)
    yield "joint_project.approve"


def _to_a_hearing(project: JointProject) -> Iterator[str]:
    """Where residents are affected: the next step to a recorded hearing."""
    affected = project.need.households > 0 or bool(project.rule and project.rule.affects_residents)
    hearings = [each for each in project.items_of("meeting").values() if each.form is MeetingForm.HEARING]
    if affected and not any(each.status == "recorded" for each in hearings):
        pending = {each.status for each in hearings}
        held, called = "held" in pending, "announced" in pending
        yield "meeting.record" if held else "meeting.hold" if called else "meeting.announce"


def _works(project: JointProject) -> Iterator[str]:
    yield "joint_project.report_progress"
    for region, statuses, wire in (
        ("milestone", ("planned", "refused"), "milestone.reach"),
        ("milestone", ("reached",), "milestone.accept"),
        ("feedback", ("raised",), "feedback.resolve"),
        ("expense", ("recorded",), "expense.verify"),
        ("ledger", ("open", "reopened"), "ledger.rectify"),
        ("ledger", ("rectified", "verified"), "ledger.verify"),
    ):
        if _any(project, region, *statuses):
            yield wire
    yield "joint_project.deliver"


def _to_settlement(project: JointProject) -> Iterator[str]:
    result = project.evaluation
    if result is not None and result.passes is False:
        yield "joint_project.order_remedy"
    if _any(project, "commitment", "made", "broken"):
        yield "commitment.fulfil_part"
        yield "commitment.keep"
    if _any(project, "expense", "recorded"):
        yield "expense.verify"
    if any(lines_of(project, BudgetStatus.RESERVED)):
        yield "budget.close"
    if project.accounts is None or project.accounts != statement_of(project):
        yield "joint_project.publish_accounts"
    yield "joint_project.settle"


def _any(project: JointProject, region: str, *statuses: str) -> bool:
    return any(each.status in statuses for each in project.items_of(region).values())
