"""The chapters of the long story: a report becomes a motion, is voted on, wins money in a round, and is built."""

from __future__ import annotations

from typing import Any

from govflow import Actor, Personal, Role
from govflow.budgets import entry as n
from govflow.budgets import fund as f
from govflow.budgets import messages as m
from govflow.cases import commands as k
from govflow.projects import commands as c
from govflow.projects.feedback_model import ConfirmFeedback, RaiseFeedback, ResolveFeedback, TransferFeedback
from govflow.projects.milestone import AcceptMilestone, PlanMilestone, ReachMilestone, RefuseMilestone
from govflow.projects.model import Member, Need
from govflow.proposals import commands as p
from govflow.regions.evidence import AddEvidence
from govflow.regions.ledger import RectifyLedgerItem, VerifyLedgerItem, WriteOffLedgerItem
from govflow.regions.link import AddLink
from govflow.regions.support import SecondProposal
from govflow.voting import Ballot, Voter
from tests.stories.people import Offices, of_unit, resident
from tests.stories.site import YUAN, Site
from tests.stories.test_s06_motion import (
    AREA,
    SEATS,
    chair,
    committee,
    council,
    office,
    representative,
    workstation,
)
from tests.support import TOLD

PLACE = Offices(AREA, unit="committee")
CASE, MOTION, ROUND = "C-fire", "P-2026-000001", "wishes-2026"
HOMES, COST = 300, 180_000  # yuan
who = resident("s-ma")  # who had reported it


def reported(site: Site) -> None:
    """A resident reports fires; all must decide, so the case goes on as exactly one motion, of its reporter."""
    matter = {"title": "Bicycles are charged in stairwells", "kind": "hotline", "category": "general", "area": AREA}
    told = Personal(text="赵某 of block 3 nearly died", subject="s-ma")
    site.do(
        k.ReportCase(id=CASE, by=who, level="community", reporter="s-ma", channel="phone", description=told, **matter),
        k.AcceptCase(id=CASE, by=PLACE.desk),
    )
    case = site.do(k.ConvertToProposal(id=CASE, by=PLACE.desk, reason="all must decide", told_by=TOLD))
    assert (case.status, case.converted_to, site.get(MOTION).proposer) == ("converted", MOTION, "s-ma")


def voted(site: Site) -> None:
    """Supported, consulted on for seven days, deliberated, adopted by 30 of 41, published, about to be carried out."""
    mine = representative("s-ma")
    site.do(
        *(SecondProposal(id=MOTION, by=each) for each in (mine, representative("d-2"), representative("d-3"))),
        p.SubmitProposal(id=MOTION, by=mine),
        p.StartScreening(id=MOTION, by=office),
        p.AdmitProposal(id=MOTION, by=office, stakeholders=("gate-3",)),
    )
    site.wait(days=8)
    minutes = AddEvidence(id=MOTION, by=office, item="minutes", kind="minutes", sha256="a" * 64)
    count = {"entitled": 9, "present": 8, "in_favour": 8, "papers": ("minutes",)}
    opens = site.in_days(4)
    site.do(
        p.CloseConsultation(id=MOTION, by=office, roll_confirmed=True),
        minutes,
        p.RecordStage(id=MOTION, by=council, stage="council", **count),
        p.AnnounceVote(id=MOTION, by=chair, question="A shed?", opens_at=opens, closes_at=opens.replace(hour=4)),
        p.EnrolVoters(id=MOTION, by=chair, voters=tuple(Voter(id=seat) for seat in SEATS)),
    )
    site.wait(days=4, seconds=1)
    for place, seat in enumerate(SEATS[:41]):
        ballot = Ballot(choice=("yes",) if place < 30 else ("no",))
        site.do(p.CastBallot(id=MOTION, by=representative(seat), ballot=ballot))
    site.wait(days=1)
    assert site.status(MOTION) == "adopted"
    site.do(p.PublishResolution(id=MOTION, by=committee, public_text="A shed at gate 3", implementer="workstation"))
    site.wait(days=8)
    site.do(p.StartImplementation(id=MOTION, by=workstation))


def funded(site: Site) -> str:
    """The motion enters a budget round, wins, and becomes a project with its money; the motion waits for it."""
    on: dict[str, Any] = {"id": ROUND}
    above: dict[str, Any] = {"level": "district", "area": "nanming"}
    district, screener = Actor.of("district-1", Role.DISTRICT, **above), Actor.of("town-3", Role.TOWN, **above)
    cashier, keeper = Actor.of("fin-9", Role.FINANCE, **above), Actor.of("sec-9", Role.SECRETARIAT, **above)
    convenor, voters = Actor.of("conv-9", Role.CONVENOR, **above), tuple(Voter(id=seat) for seat in SEATS)
    works = {"kind": "works", "area": AREA}
    site.do(
        m.OpenBudgetRound(**on, by=district, title="民生微实事", **above),
        f.AddFund(**on, by=cashier, source="fiscal", amount=500_000 * YUAN, purpose="区级财政"),
        m.StartCollecting(**on, by=district),
        n.ProposeEntry(**on, by=PLACE.secretary, item="shed", title="A charging shed", source=MOTION, **works),
        n.ProposeEntry(**on, by=PLACE.secretary, item="flags", title="Flags", **works),
    )
    site.wait(days=16)
    site.do(
        n.AdmitEntry(**on, by=screener, item="shed", cost=COST * YUAN),
        n.AdmitEntry(**on, by=screener, item="flags", cost=400_000 * YUAN),
        m.EnrolBudgetVoters(**on, by=keeper, voters=voters),
        m.OpenBudgetBallot(**on, by=convenor),
        *(
            m.CastBudgetBallot(**on, by=representative(seat), ballot=Ballot(choice=("shed",) if place else ("flags",)))
            for place, seat in enumerate(SEATS[:20])
        ),
    )
    site.wait(days=11)
    site.do(m.PublishBudgetRound(**on, by=screener, public_text="入选项目见下。"))
    site.wait(days=8)
    round = site.get(ROUND)
    project = round.item("entry", "shed").project
    assert (round.item("entry", "flags").status, project) == ("lost", "JP-2026-000001")
    site.do(AddLink(id=MOTION, by=workstation, other=project, kind="spawned", awaited=True))
    site.do(m.CloseBudgetRound(**on, by=screener, public_text="已立项。"))
    return str(project)


def built(site: Site, id: str, seen: dict[str, Any]) -> None:
    """Partners, supervisors, a hearing, approval as voted; milestones, one of them refused; then acceptance refused."""
    lead, builder = PLACE.secretary, of_unit("builder")
    line = site.get(id).item("budget", "1")
    assert (line.amount, line.envelope, line.status) == (COST * YUAN, ROUND, "planned")
    need = Need(households=HOMES, matter="place", quantity=1, measure_unit="shed")
    site.do(c.ReviseNeed(id=id, by=lead, title="A charging shed", text="At gate 3.", need=need))
    site.agreed(id, "builder", "property")
    site.do(
        site.pairing(id, "committee", "builder", "property"),
        c.NameTeam(id=id, by=lead, team="supervisors", members=(Member(id="s-ma"),)),
    )
    approve = c.ApproveProject(id=id, by=PLACE.town, decided_by=ROUND)
    seen["no hearing"] = site.refused(approve)
    site.hearing(id, ("s-ma", "gate-3"))
    site.do(approve.changed(until=site.in_days(60)))
    site.under_way(id, lead)

    for key, what in (("posts", "posts stand"), ("roof", "the roof is on")):
        site.do(
            PlanMilestone(id=id, by=lead, item=key, what=what, place="gate 3", owner="builder", until=site.in_days(20))
        )
    site.on_file(id, "photo", by=builder, kind="photo")
    reach = {"measure": "done", "evidence": ("photo",)}
    site.do(ReachMilestone(id=id, by=builder, item="posts", **reach), AcceptMilestone(id=id, by=who, item="posts"))
    site.do(
        ReachMilestone(id=id, by=builder, item="roof", **reach),
        RefuseMilestone(id=id, by=PLACE.acceptor, item="roof", shortcomings=("it leaks",), until=site.in_days(5)),
        ReachMilestone(id=id, by=builder, item="roof", **reach, command_id="on-again"),
        AcceptMilestone(id=id, by=PLACE.acceptor, item="roof"),
    )

    # two residents say something: one is answered, the other's matter is no matter of the works and becomes a case
    for key, about in (("f1", "noise"), ("f2", "drain")):
        by = resident(f"s-{key}")
        site.do(
            RaiseFeedback(id=id, by=by, item=key, concerns=about, text=Personal(text="赵某 says so", subject=by.id))
        )
    deliver = c.DeliverProject(id=id, by=lead, public_text="The shed is open.")
    seen["unanswered"] = site.lacks(deliver)
    site.do(
        ResolveFeedback(id=id, by=lead, item="f1", measure="no work before eight", evidence=("photo",)),
        ConfirmFeedback(id=id, by=resident("s-f1"), item="f1"),
    )
    passed_on = site.do(TransferFeedback(id=id, by=lead, item="f2", title="The drain of block 4", category="general"))
    seen["drain"] = passed_on.item("feedback", "f2").target
    site.spent(id, "V1", "1", 171_000, builder)

    # delivered, refused with two defects, put right, delivered again
    site.do(deliver)
    refuse = c.RefuseAcceptance(id=id, by=PLACE.acceptor, shortcomings=("no lamp", "no rail"), until=site.in_days(10))
    assert (site.do(refuse).round, site.status(id)) == (2, "in_progress")
    seen["on the ledger"] = {each for each in site.loops(id) if each.startswith("ledger")}
    again = deliver.changed(command_id="again")
    for item in ("1", "2"):
        site.do(
            RectifyLedgerItem(id=id, by=builder, item=item, **reach),
            VerifyLedgerItem(id=id, by=PLACE.acceptor, item=item),
            WriteOffLedgerItem(id=id, by=PLACE.acceptor, item=item),
        )
    site.do(again)
    site.accepted(id, who)  # who had reported it, signs for it
