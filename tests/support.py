"""The people of one town, and cases brought to any status by real commands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from govflow import (
    SYSTEM,
    Actor,
    Case,
    Command,
    Context,
    Decider,
    Engine,
    Record,
    Region,
    Rest,
    Role,
    Status,
    Step,
    Workflow,
)
from govflow.cases import commands as c
from govflow.messages import Event, Words
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.joint_handling import AcceptJointHandling, FinishJointHandling
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock


def wrapped_keys(log: Path, subject: str) -> list[bytes]:
    """The keys of a person as the key store beside a log holds them: encrypted."""
    with closing(sqlite3.connect(f"{log}.keys")) as db:
        rows = db.execute("SELECT wrapped FROM data_keys WHERE subject = ? ORDER BY purpose", (subject,))
        return [wrapped for (wrapped,) in rows]


AREA = "jinniu/huazhaobi"

resident = Actor.of("s-1", Role.RESIDENT, Role.REPORTER)
neighbour = Actor.of("s-2", Role.RESIDENT, Role.REPORTER)
grid_worker = Actor.of("grid-1", Role.GRID_WORKER)
community = Actor.of("community-1", Role.COMMUNITY)
desk = Actor.of("desk-1", Role.ACCEPTANCE_DESK)
dispatcher = Actor.of("dispatch-1", Role.DISPATCHER)
lead = Actor.of("li", Role.LEAD_UNIT, unit="water")
other_lead = Actor.of("zhou", Role.LEAD_UNIT, unit="roads")
co_unit = Actor.of("wang", Role.CO_UNIT, unit="power")
co_unit_2 = Actor.of("sun", Role.CO_UNIT, unit="parks")
unit_head = Actor.of("head-1", Role.UNIT_HEAD, unit="water")
supervisor = Actor.of("super-1", Role.SUPERVISOR)
verifier = Actor.of("verifier-1", Role.VERIFIER)
callback = Actor.of("callback-1", Role.CALLBACK)
district = Actor.of("district-1", Role.DISTRICT)
review_body = Actor.of("review-1", Role.REVIEW_BODY, level="district")
archivist = Actor.of("archive-1", Role.ARCHIVIST)
desk_head = Actor.of("head-2", Role.UNIT_HEAD, unit="desk")

MATTER: dict[str, Any] = {
    "title": "Water leak",
    "kind": "hotline",
    "channel": "phone",
    "level": "community",
    "area": AREA,
    "category": "general",
    "reporter": "s-1",
}
TOLD = "by phone, with the reason"
DECISION: dict[str, Any] = {"request": "repair", "facts": "leak", "grounds": "rule 1", "conclusion": "maintained"}


# --- a record a case can be converted into ------------------------------------------------------------


class PlanStatus(Status):
    """Where a plan stands."""

    DRAFT = "draft", "草案"
    DONE = "done", "完成", Rest.OUTCOME
    DROPPED = "dropped", "放弃", Rest.OUTCOME


class DraftPlan(Command, wire="proposal.draft"):
    title: Words = ""


class PlanDrafted(Event, name="proposal.drafted"):
    title: Words = ""


class FinishPlan(Command, wire="proposal.finish"):
    pass


class PlanFinished(Event, name="proposal.finished"):
    pass


class DropPlan(Command, wire="proposal.drop"):
    pass


class PlanDropped(Event, name="proposal.dropped"):
    pass


class Plan(Record):
    kind_of_record = "proposal"
    title: str = ""


def a_plan_decider() -> Decider:
    """A small record of kind proposal, with the shared link region."""
    from govflow.regions.link import LINK, LinkAdded, LinkUnlinked, mirrored, mirrored_unlink

    table = Workflow(
        "proposal",
        PlanStatus,
        zh="提案",
        steps=(
            Step("T1", DraftPlan, None, PlanDrafted, PlanStatus.DRAFT, (Role.PROPOSER, Role.SYSTEM)),
            Step("T2", FinishPlan, PlanStatus.DRAFT, PlanFinished, PlanStatus.DONE, Role.SECRETARIAT),
            Step("T3", DropPlan, PlanStatus.DRAFT, PlanDropped, PlanStatus.DROPPED, Role.SECRETARIAT),
        ),
    )
    links: Region = LINK
    return Decider(
        table,
        Plan,
        {
            PlanDrafted: lambda plan, event: {"status": PlanStatus.DRAFT, "title": event.title, "opened_at": event.at},
            PlanFinished: lambda plan, event: {"status": PlanStatus.DONE},
            PlanDropped: lambda plan, event: {"status": PlanStatus.DROPPED},
        },
        prefix="P",
        regions=(links,),
        reactions={LinkAdded: mirrored, LinkUnlinked: mirrored_unlink},
        opens=lambda id, source, command: DraftPlan(id=id, by=SYSTEM, title=source.title_line),
        succeeded=(PlanStatus.DONE,),
        failed=(PlanStatus.DROPPED,),
    )


secretariat = Actor.of("secretary-1", Role.SECRETARIAT)


# --- the town ------------------------------------------------------------


@dataclass
class Town:
    """An engine with a pinned clock, and the steps a case takes in it."""

    engine: Engine
    clock: PinnedClock
    count: int = field(default=0)

    def do(self, *given: Command) -> Case:
        """Handle commands one after the other; the case after the last."""
        record: Any = None
        for command in given:
            record = self.engine.handle(command)
        case: Case = record
        return case

    def approved(self, command: Command, by: Actor, **more: Any) -> Case:
        """Handle a command after `by` has approved this very command."""
        assert command.id is not None
        record = self.engine.get(command.id)
        asked = self.engine.handle(RequestApproval.of(command, record, **more))
        key = max(asked.items_of("approval"), key=lambda key: asked.items_of("approval")[key].on_version)
        return self.do(GiveApproval(id=command.id, by=by, item=key), command)

    def pass_days(self, days: float) -> None:
        """Let time pass."""
        self.clock.advance(days=days)


def a_town(path: Any = ":memory:", **options: Any) -> Town:
    """A town with its own log, which serves cases and proposals."""
    from govflow import CASE
    from govflow.proposals import PROPOSAL

    clock = PinnedClock()
    options.setdefault("records", [CASE, PROPOSAL])
    return Town(Engine.open(path, now=clock, **options), clock)


def steps_to(status: str, case: str, **matter: Any) -> Iterator[Any]:
    """The commands that lead a case to a status; a pair is a command and who must approve it."""
    described = {**MATTER, **matter}
    co_units = described.pop("co_units", ())
    reporter = described["reporter"]
    if status == "discovered":
        yield c.DiscoverCase(id=case, by=grid_worker, **described)
        return
    if status == "dismissed":
        yield from steps_to("discovered", case, **matter)
        yield c.DismissDiscovery(id=case, by=community, reason="false alarm")
        return
    yield c.ReportCase(id=case, by=resident if reporter else grid_worker, **described)
    match status:
        case "reported":
            return
        case "rejected":
            yield c.RejectCase(id=case, by=desk, reason_code="out_of_scope", reason="not ours", told_by=TOLD)
            return
        case "withdrawn":
            yield c.WithdrawCase(id=case, by=resident, reason="settled")
            return
        case "redirected":
            yield c.RedirectCase(id=case, by=desk, statutory_channel="litigation", reason="a court's", told_by=TOLD)
            return
    yield c.AcceptCase(id=case, by=desk)
    match status:
        case "accepted":
            return
        case "merged":
            master = f"{case}-master"
            yield from steps_to("accepted", master, **{**matter, "reporter": "s-2", "co_units": ()})
            yield c.MergeCase(id=case, by=dispatcher, master=master, same_subject="the same pipe")
            return
        case "converted":
            yield c.ConvertToProposal(id=case, by=dispatcher, reason="needs a decision", told_by=TOLD)
            return
    yield c.AssignCase(id=case, by=dispatcher, lead_unit="water", co_units=co_units, unit_level="town")
    if status == "assigned":
        return
    if reporter:
        yield LogContact(id=case, by=lead, reached=True, way="phone")
    yield c.StartHandling(id=case, by=lead)
    if status == "in_handling":
        return
    if status == "suspended":
        review_at = PinnedClock()() + timedelta(days=20)
        yield c.SuspendCase(id=case, by=lead, cause="on_account", review_at=review_at, told_by=TOLD), supervisor
        return
    yield AddEvidence(id=case, by=lead, item="e1", kind="photo", sha256="0" * 64)
    for unit in co_units:
        who = Actor.of(f"of-{unit}", Role.CO_UNIT, unit=unit)
        yield AcceptJointHandling(id=case, by=who, item=unit)
        yield FinishJointHandling(id=case, by=who, item=unit, measure="part done", evidence=("e1",))
    yield c.SubmitResult(id=case, by=lead, measure="pipe replaced", evidence=("e1",))
    if status == "handled":
        return
    yield c.GiveFeedback(
        id=case, by=lead, to_level=described["level"], to_reporter=bool(reporter), public_text="pipe replaced"
    )
    if status == "fed_back":
        return
    yield PassVerification(id=case, by=verifier, item="r1")
    if reporter:
        answers = {"contacted": True, "resolved": True, "satisfied": True}
        yield RecordEvaluation(id=case, by=resident, item=f"r1.{reporter}", **answers)
    yield c.CloseCase(id=case, by=dispatcher)
    if status == "closed":
        return
    if status == "archived":
        yield timedelta(days=31)
        yield c.ArchiveCase(id=case, by=archivist)
        return
    yield c.RequestReview(id=case, by=resident, reason="not satisfied")
    if status == "under_review":
        return
    yield c.DecideReview(id=case, by=review_body, sends_back=False, **DECISION)
    yield c.RequestRecheck(id=case, by=resident, reason="still not satisfied")
    if status == "under_recheck":
        return
    assert status == "terminated", status
    yield c.DecideRecheck(id=case, by=review_body, sends_back=False, **DECISION)


PETITION: dict[str, Any] = {"kind": "petition", "category": "petition"}
_PETITIONS = ("under_review", "under_recheck", "terminated")


def a_case(town: Town, upto: str = "reported", *, id: str = "", **matter: Any) -> Case:
    """A case brought to `upto` by real commands; those under review are petitions."""
    town.count += 1
    case = id or f"case-{town.count}"
    given = {**PETITION, **matter} if upto in _PETITIONS else matter
    for step in steps_to(upto, case, **given):
        match step:
            case timedelta():
                town.clock.advance(step)
            case (command, approver):
                town.approved(command, approver)
            case _:
                town.do(step)
    record: Any = town.engine.get(case)
    assert record.status == upto, f"{record.status} instead of {upto}"
    found: Case = record
    return found


def a_context(town: Town, command: Command) -> Context:
    """What a decision on `command` may look at, for asking one rule or one decider by itself."""
    engine, now = town.engine, town.clock()

    def look_up(id: str) -> Record | None:
        return engine.get(id) if engine.store.version(id) else None

    return Context(
        now=now,
        at=now,
        actor=command.by,
        claims=command.by.claims,
        on_behalf_of=command.on_behalf_of,
        policy=engine.policy,
        lookup=look_up,
        deciders=engine.deciders,
        number=lambda kind: f"new-{kind}",
    )
