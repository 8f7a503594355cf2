"""Every loop that a region opens is owed by somebody, and is what stands between its record and the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Command
from govflow.cases import commands as c
from govflow.projects import PROJECT
from govflow.projects.budget import PlanBudget
from govflow.proposals import PROPOSAL
from govflow.regions.admission import RequestAdmission
from govflow.regions.check_in import ArriveForCheckIn
from govflow.regions.checklist import StartChecklist
from govflow.regions.commitment import MakeCommitment
from govflow.regions.evidence import AddEvidence
from govflow.regions.instruction import GiveInstruction
from govflow.regions.invitation import IssueInvitation
from govflow.regions.joint_handling import AskJointHandling
from govflow.regions.ledger import OpenLedgerItem
from govflow.regions.link import AddLink
from govflow.regions.mediation import OfferMediation
from govflow.regions.meeting import AnnounceMeeting
from govflow.regions.objection import RaiseObjection
from govflow.regions.obligation import ScheduleObligation
from govflow.regions.opinion import RecordOpinion
from govflow.regions.referral import MakeReferral
from govflow.regions.risk_signal import RaiseRiskSignal
from govflow.regions.supervision import UrgeSupervision
from govflow.testing import START
from tests.cases.clerk import host, leader, organisation
from tests.projects.breaks_approval import DUST, OBJECTION, SCAFFOLD
from tests.projects.breaks_approval import NOTICE as OF_WORKS
from tests.projects.breaks_need import CLAIM
from tests.projects.breaks_result import BILL
from tests.projects.site import baker, resident
from tests.projects.site import lead as builder
from tests.projects.steps import a_project, a_yard
from tests.proposals.hall import li, workstation
from tests.proposals.steps import a_hall, a_proposal
from tests.regions.test_pairs import KINDS, drained
from tests.support import a_case, a_town, community, dispatcher, grid_worker, lead, supervisor, verifier
from tests.walking import regions_with_loops

X: dict[str, Any] = {"id": "x"}
K: dict[str, Any] = {"id": "x", "item": "k"}
DUE: dict[str, Any] = {"until": START + timedelta(days=4)}
LATER: dict[str, Any] = {"until": START + timedelta(days=60)}
NOTICE: dict[str, Any] = {"form": "hearing", "subject": "the leak", "place": "hall", "roll": ("s-1", "parks")}
ANNOUNCED = AnnounceMeeting(**K, by=host, **NOTICE, at_time=START + timedelta(days=3))
URGED: dict[str, Any] = {"reason_code": "overdue_without_cause", "reason": "late"}
OPENED: dict[str, tuple[str, tuple[Command, ...], str]] = {  # where the case stands, the commands, who owes it then
    "joint_handling": (
        "in_handling",
        (AskJointHandling(**X, by=lead, unit="power", what="cut it off", **DUE),),
        "power",
    ),
    "assignment_objection": (
        "assigned",
        (c.SignOrder(**X, by=lead), c.ObjectAssignment(**X, by=lead, reason="not ours")),
        "dispatcher",
    ),
    "ledger": ("in_handling", (OpenLedgerItem(**K, by=verifier, what="hole", place="gate", owner="li", **DUE),), "li"),
    "commitment": ("in_handling", (MakeCommitment(**K, by=lead, what="a pipe", owner="water", **DUE),), "water"),
    "supervision": ("in_handling", (UrgeSupervision(**K, by=supervisor, **URGED),), "water"),
    "instruction": ("in_handling", (GiveInstruction(**K, by=leader, what="mend", owner="water", **DUE),), "water"),
    "mediation": (
        "in_handling",
        (
            OfferMediation(
                **K, by=community, what="a lock", parties=("s-6", "s-7"), mediator="m-1", body="village-council"
            ),
        ),
        "s-6",
    ),
    "meeting": ("in_handling", (ANNOUNCED,), "host-1"),
    "invitation": ("in_handling", (ANNOUNCED, IssueInvitation(**X, by=host, unit="parks", meeting="k")), "parks"),
    "admission": ("accepted", (RequestAdmission(id="x", by=dispatcher, item="hzb", reason="r"),), "district"),
    "evaluation": ("fed_back", (), "s-1"),
    "verification": ("fed_back", (), "verifier"),
    "risk_signal": (
        "in_handling",
        (RaiseRiskSignal(**K, by=grid_worker, what="cracks", place="gate 3", concerning="other"),),
        "community",
    ),
    "link": ("in_handling", (AddLink(**X, by=dispatcher, other="y", awaited=True),), "y"),
    "check_in": ("in_handling", (ArriveForCheckIn(**X, by=organisation, unit="parks", occasion="cleaning"),), "chen"),
    "obligation": ("in_handling", (ScheduleObligation(**K, by=community, what="visit", owner="li", **DUE),), "li"),
    "checklist": ("in_handling", (StartChecklist(**K, by=community, template="five-stage"),), "community-1"),
    "referral": (
        "in_handling",
        (MakeReferral(**K, by=community, service="counselling", person="s-1", unit="parks", consented=True),),
        "parks",
    ),
}

OPENED_ON_A_PROPOSAL: dict[str, tuple[str, tuple[Command, ...], str]] = {
    "opinion": ("consulting", (RecordOpinion(**X, by=li, item="k", text="make it wide"),), "secretariat"),
    "stage": ("deliberating", (), "deliberating_body"),
    "vote": ("voting", (), "convenor"),
    "objection": ("published", (RaiseObjection(**K, by=li, reason="nobody was told"),), "deliberating_body"),
    "meeting": ("consulting", (ANNOUNCED,), "host-1"),
    "invitation": ("consulting", (ANNOUNCED, IssueInvitation(**X, by=host, unit="parks", meeting="k")), "parks"),
    "ledger": (
        "implementing",
        (OpenLedgerItem(**K, by=verifier, what="loose", place="gate", owner="li", **LATER),),
        "li",
    ),
    "commitment": (
        "implementing",
        (MakeCommitment(**K, by=workstation, what="a rail", owner="workstation", **LATER),),
        "workstation",
    ),
    "supervision": ("implementing", (UrgeSupervision(**K, by=supervisor, **URGED),), "workstation"),
    "instruction": ("consulting", (GiveInstruction(**K, by=leader, what="ask", owner="office", **DUE),), "office"),
    "risk_signal": (
        "consulting",
        (RaiseRiskSignal(**K, by=grid_worker, what="cracks", place="gate 3", concerning="other"),),
        "community",
    ),
    "link": ("implementing", (AddLink(**X, by=dispatcher, other="y", awaited=True),), "y"),
    "obligation": ("consulting", (ScheduleObligation(**K, by=community, what="visit", owner="li", **DUE),), "li"),
    "checklist": ("consulting", (StartChecklist(**K, by=community, template="five-stage"),), "community-1"),
}


FISCAL: dict[str, Any] = {"source": "fiscal", "envelope": "money", "amount": 100, "purpose": "the roof"}
OPENED_ON_A_PROJECT: dict[str, tuple[str, tuple[Command, ...], str]] = {
    "claim": ("open_for_claim", (CLAIM,), "community"),
    "budget": ("proposed", (PlanBudget(**K, by=community, **FISCAL),), "finance"),
    "expense": ("in_progress", (BILL,), "finance"),
    "milestone": ("in_progress", (SCAFFOLD,), "builder"),
    "feedback": ("in_progress", (DUST,), "project_lead"),
    "evaluation": ("accepted", (), "builder"),
    "objection": ("approved", (OF_WORKS, OBJECTION), "deliberating_body"),
    "opinion": ("paired", (RecordOpinion(**X, by=resident, item="k", text="make it flat"),), "secretariat"),
    "admission": ("proposed", (RequestAdmission(id="x", by=dispatcher, item="hzb", reason="r"),), "district"),
    "commitment": ("proposed", (MakeCommitment(**K, by=baker, what="tea", owner="bakery", **LATER),), "bakery"),
    "meeting": ("proposed", (ANNOUNCED,), "host-1"),
    "invitation": ("proposed", (ANNOUNCED, IssueInvitation(**X, by=host, unit="parks", meeting="k")), "parks"),
    "ledger": (
        "in_progress",
        (OpenLedgerItem(**K, by=verifier, what="loose", place="gate", owner="li", **LATER),),
        "li",
    ),
    "supervision": ("in_progress", (UrgeSupervision(**K, by=supervisor, **URGED),), "builder"),
    "instruction": ("paired", (GiveInstruction(**K, by=leader, what="ask", owner="builder", **LATER),), "builder"),
    "mediation": (
        "in_progress",
        (
            OfferMediation(
                **K, by=community, what="dust", parties=("s-6", "s-7"), mediator="m-1", body="village-council"
            ),
        ),
        "s-6",
    ),
    "risk_signal": (
        "proposed",
        (RaiseRiskSignal(**K, by=grid_worker, what="cracks", place="gate 3", concerning="other"),),
        "community",
    ),
    "link": ("in_progress", (AddLink(**X, by=builder, other="y", awaited=True),), "y"),
    "check_in": ("in_progress", (ArriveForCheckIn(**X, by=organisation, unit="parks", occasion="cleaning"),), "chen"),
    "obligation": ("proposed", (ScheduleObligation(**K, by=community, what="visit", owner="li", **DUE),), "li"),
    "checklist": ("proposed", (StartChecklist(**K, by=community, template="five-stage"),), "community-1"),
}

BY_KIND = {"case": OPENED, "proposal": OPENED_ON_A_PROPOSAL, "joint_project": OPENED_ON_A_PROJECT}
LOOPS = [(name, region) for name, opened_on_it in BY_KIND.items() for region in opened_on_it]


def opened(name: str, region: str) -> Any:
    """A world in which a loop of a region is open on record x."""
    if name == "proposal":
        start, given, _ = OPENED_ON_A_PROPOSAL[region]
        hall = a_hall()
        a_proposal(hall, start)
        hall.motion("screening", id="y")
        hall.do(*given)
        return hall
    if name == "joint_project":
        start, given, _ = OPENED_ON_A_PROJECT[region]
        yard = a_yard()
        a_project(yard, start, **({"category": "imposed"} if region == "admission" else {}))
        yard.project("claimed", "y")
        yard.do(*given)
        return yard
    start, given, _ = OPENED[region]
    town = a_town()
    a_case(town, "accepted", id="y", reporter="s-2")
    a_case(town, start, id="x", **({"category": "imposed"} if region == "admission" else {}))
    if "e1" not in town.engine.get("x").items_of("evidence"):
        town.do(AddEvidence(**X, by=lead if start != "accepted" else community, item="e1", sha256="0" * 64))
    town.do(*given)
    return town


def test_every_region_that_has_loops_is_opened_here():
    assert OPENED.keys() == regions_with_loops(CASE)
    assert OPENED_ON_A_PROPOSAL.keys() == regions_with_loops(PROPOSAL)
    assert OPENED_ON_A_PROJECT.keys() == regions_with_loops(PROJECT)


@pytest.mark.parametrize(("name", "region"), LOOPS)
def test_a_loop_says_who_owes_it(name: str, region: str):
    owed = {loop.owes for loop in opened(name, region).engine.open_loops("x") if loop.region == region}
    assert owed == {BY_KIND[name][region][2]}


@pytest.mark.parametrize(("name", "region"), LOOPS)
def test_a_loop_is_counted_until_it_is_closed_and_then_the_record_is(name: str, region: str):
    world = opened(name, region)
    assert region in {loop for loop, _ in KINDS[name].walked.counted_open(world.engine, "x")}
    drained(world, name)
    ends = {
        "case": ["closed"], "proposal": ["withdrawn", "annulled"], "joint_project": ["cancelled", "settled"]
    }  # fmt: skip
    assert world.engine.get("x").status in ends[name]
