"""S2 停车地锁: private parking locks, from a hearing over mediation to a kept agreement, and a team 车管小组.

The case ends when its agreement is kept and its ledger struck off; the team is a joint project of its own, spawned by
the agreement, which goes on after it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, Engine, NotAllowed, Personal, Role
from govflow.cases import commands as c
from govflow.journey import journey
from govflow.projects import commands as pr
from govflow.projects.milestone import AcceptMilestone, PlanMilestone, ReachMilestone
from govflow.projects.model import Member
from govflow.regions import ledger as lg
from govflow.regions import mediation as md
from govflow.regions import meeting as mt
from govflow.regions import risk_signal as rs
from govflow.regions.commitment import KeepCommitment
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.joint_handling import AcceptJointHandling, FinishJointHandling
from govflow.regions.mediation import signing
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from tests.stories.people import Offices, of_unit
from tests.stories.site import Site

AREA = "jinniu/huazhaobi"
SALT = "5f" * 16
grid_worker = Actor.of("grid-1", Role.GRID_WORKER, level="grid", area=AREA)
resident = Actor.of("s-1", Role.RESIDENT, Role.REPORTER, Role.DISPUTANT)
occupier = Actor.of("s-2", Role.RESIDENT, Role.DISPUTANT)
desk = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="community", area=AREA)
committee = Actor.of("secretary", Role.COMMUNITY, Role.LEAD_UNIT, unit="huazhaobi", level="community", area=AREA)
owners = Actor.of("owner-1", Role.CO_UNIT, unit="owners")
property_firm = Actor.of("manager", Role.CO_UNIT, unit="property")
mediator = Actor.of("old-zhang", Role.MEDIATOR, level="community", area=AREA)
supervisor = Actor.of("town-1", Role.SUPERVISOR, level="town", area="jinniu")
verifier = Actor.of("checker", Role.VERIFIER, area=AREA)
X: dict[str, Any] = {"id": "locks"}
D: dict[str, Any] = {"id": "locks", "item": "lanes"}


PLACE = Offices(AREA, unit="huazhaobi")
PLACES = ("lane 3, place 1", "lane 3, place 2", "lane 5, the corner")  # 003: xx parking problems solved
TEAM = pr.ProposeProject(
    id="team", by=PLACE.secretary, title="车管小组", text="Owners keep the lanes free themselves.",
    kind="self_governance_group", category="dispute", area=AREA, source="locks",
)  # fmt: skip


def the_team_goes_on(site: Site) -> None:
    """Owners, property firm and community run the lanes together; each problem is a milestone others accept."""
    lead, id = of_unit("owners"), "team"
    site.agreed(id, "owners", to="lead")
    site.agreed(id, "property")
    site.do(site.pairing(id, "owners", "huazhaobi", "property", text="One owner a lane, one week each."))
    site.on_file(id, "agreement", "photo")
    members = tuple(Member(id=each) for each in ("s-1", "s-3", "s-4"))
    site.do(
        pr.NameTeam(id=id, by=lead, team="service_team", members=members),
        pr.NameTeam(id=id, by=lead, team="supervisors", members=(Member(id="s-2"),)),  # who had put up the lock
        pr.ApproveProject(id=id, by=PLACE.town, papers=("agreement",)),
    )
    site.under_way(id, lead)
    for number, place in enumerate(PLACES):
        key, until = f"p{number}", site.in_days(20)
        site.do(
            PlanMilestone(id=id, by=lead, item=key, what="no lock, no heap", place=place, owner="s-1", until=until),
            ReachMilestone(id=id, by=lead, item=key, measure="cleared", evidence=("photo",)),
        )
        accept = AcceptMilestone(id=id, by=occupier, item=key)
        assert site.refused(accept.changed(by=Actor.of("s-3", Role.RESIDENT))) >= {"acceptors_are_not_builders"}
        assert site.lacks(pr.DeliverProject(id=id, by=lead, public_text="Free.")) == [f"milestone {key} is reached"]
        site.do(accept)
    site.do(pr.DeliverProject(id=id, by=lead, public_text="The lanes stay free."))
    site.accepted(id, occupier)
    others = Actor.of("s-9", Role.RESIDENT)
    site.evaluated(id, {"self": (lead, 90), "peer": (of_unit("next-door"), 80), "external": (others, 95)})
    site.kept(id)
    site.settled(id)
    site.audited("Wang")
    assert site.loops(id) == set()
    assert [each.record for each in journey(site.engine, id).stops] == ["locks", "team"]


def test_the_parking_locks_end_in_a_kept_agreement_and_nothing_stays_open():
    clock = PinnedClock()  # Monday 2 March 2026
    with Engine.open(now=clock) as town:

        def refused(command: Any) -> set[str]:
            with pytest.raises(NotAllowed) as caught:
                town.handle(command)
            return set(caught.value.codes)

        def loops() -> set[str]:
            return {f"{loop.region} {loop.item}" for loop in town.open_loops("locks")}

        def evidence(key: str, by: Actor) -> AddEvidence:
            return AddEvidence(**X, by=by, item=key, kind="photo", sha256=key.encode().hex().ljust(64, "0")[:64])

        # discovered, reported, accepted; the committee leads, owners' committee and property firm help (三驾马车)
        town.handle_all(
            [
                c.DiscoverCase(**X, by=grid_worker, title="Private parking locks", category="dispute", area=AREA),
                c.ReportCase(
                    **X, by=resident, kind="dispute", channel="group chat", level="community", reporter="s-1",
                    title="Private parking locks", category="dispute", area=AREA,
                ),
                c.AcceptCase(**X, by=desk),
                c.AssignCase(
                    **X, by=desk, lead_unit="huazhaobi", co_units=("owners", "property"), unit_level="community",
                    co_task="open the lanes",
                ),
                LogContact(**X, by=committee, reached=True, way="group chat"),
                c.StartHandling(**X, by=committee),
                AcceptJointHandling(**X, by=owners, item="owners"),
                AcceptJointHandling(**X, by=property_firm, item="property"),
            ]
        )  # fmt: skip
        until = town.get("locks").clocks["handling"].due
        assert until is not None

        # a high risk: no response without the contingency plan (防激化预案)
        town.handle_all(
            [
                rs.RaiseRiskSignal(
                    **X, by=grid_worker, item="quarrel", what="blows threatened over locks", place="lane 3", area=AREA,
                    concerning="key_area",
                ),
                rs.AssessRiskSignal(**X, by=committee, item="quarrel", risk_level="high", ground="two calls to police"),
            ]
        )  # fmt: skip
        respond = rs.RespondToRiskSignal(**X, by=committee, item="quarrel", measure="talks", members=("huazhaobi",))
        assert refused(respond) == {"plan_is_attached_if_high"}
        town.handle_all(
            [
                evidence("plan", committee),
                rs.AttachRiskPlan(**X, by=committee, item="quarrel", papers=("plan",)),
                respond.changed(command_id="with-plan"),
            ]
        )

        # the hearing: announced, held, its consensus on record
        hearing = mt.AnnounceMeeting(
            **X, by=committee, item="hearing", form="hearing", subject="locks and lanes", place="hall",
            at_time=clock() + timedelta(days=1), roll=("s-1", "s-2", "owners", "property"),
        )  # fmt: skip
        town.handle(hearing)
        assert refused(mt.HoldMeeting(**X, by=committee, item="hearing", attended=("s-1",))) == {
            "meeting_time_has_come"
        }
        clock.advance(days=1)
        present = ("s-1", "s-2", "owners", "property")
        town.handle_all(
            [
                mt.HoldMeeting(**X, by=committee, item="hearing", attended=present),
                evidence("minutes", committee),
                mt.RecordMeeting(
                    **X, by=committee, item="hearing", minutes=("minutes",), signed_by=("secretary", *present),
                    consensus="locks go, a team of owners keeps the lanes", opinions_for=3, opinions_against=1,
                ),
            ]
        )  # fmt: skip

        # mediation at the village council: one who refuses bars it, whoever else has consented
        offer = md.OfferMediation(
            **D, by=mediator, what="locks in lane 3", parties=("s-1", "s-2"), mediator="old-zhang",
            body="village-council", relation="resident_resident",
        )  # fmt: skip
        assert refused(offer.changed(mediator="s-2")) >= {"has_no_interest"}
        town.handle_all([offer, md.ConsentToMediation(**D, by=resident)])
        start = md.StartMediation(**D, by=mediator)
        assert refused(start) == {"both_parties_consent"}
        town.handle(md.RefuseMediation(**D, by=occupier))
        assert refused(start) == {"step_is_in_the_table"}
        again = offer.changed(item="lanes-2", command_id="again")
        assert refused(again) == {"dispute_is_mediable"}  # 人民调解法 §17: not against a clear refusal
        # later talk with the occupiers (座谈会): at the next tier they are asked anew, and consent
        town.handle(
            md.RaiseTier(**D, by=mediator, tier=2, mediator="old-zhang", body="town-hearing"),
        )
        town.handle_all(
            [
                md.ConsentToMediation(**D, by=resident, command_id="yes-1"),
                md.ConsentToMediation(**D, by=occupier, command_id="yes-2"),
                start.changed(command_id="started"),
            ]
        )

        # what each undertakes stands in one statement that both have signed
        agree = md.AgreeInMediation(
            **D,
            by=mediator,
            obligations=(
                md.AgreedObligation(by="s-2", what="take the lock away", until=clock() + timedelta(days=2)),
                md.AgreedObligation(
                    by="s-1", what="keep the lane free with the team", until=clock() + timedelta(days=3)
                ),
            ),
            text=Personal(text=md.salted("Mr. Wang and Ms. Lin agree as follows …", SALT)),
        )
        town.handle(signing(agree, town.get("locks"), resident))
        assert refused(agree) == {"both_sides_sign"}
        town.handle(signing(agree, town.get("locks"), occupier))
        town.handle(agree)
        assert loops() >= {"mediation lanes", "commitment lanes.1", "commitment lanes.2", "risk_signal quarrel"}

        # out of the agreement comes the team of owners, a project of its own; the case stays open
        town.handle(TEAM)
        spawned = town.get("locks").item("link", "spawned.team")
        assert (spawned.status, town.get("locks").status) == ("linked", "in_handling")
        assert town.get("team").item("link", "spawned_by.locks").other == "locks"
        assert refused(c.CloseCase(**X, by=desk)) >= {"step_is_in_the_table"}

        # the parking places go on the ledger
        for key in ("place-1", "place-2"):
            town.handle(
                lg.OpenLedgerItem(
                    **X,
                    by=committee,
                    item=key,
                    what="place behind a lock",
                    place="lane 3",
                    owner="huazhaobi",
                    until=until,
                )
            )

        # performed: each promise kept and confirmed by the mediator, then signed for by both
        clock.advance(days=1)
        done: dict[str, Any] = {"measure": "done", "evidence": ("minutes",)}
        perform = md.PerformAgreement(**D, by=mediator)
        assert refused(perform) == {"both_sides_sign", "agreed_commitments_are_done"}
        assert "role_is_held" in refused(KeepCommitment(**X, by=occupier, item="lanes.1"))
        town.handle_all(KeepCommitment(**X, by=mediator, item=f"lanes.{number}") for number in (1, 2))
        town.handle_all(signing(perform, town.get("locks"), party) for party in (resident, occupier))
        town.handle(perform.changed(command_id="performed"))
        town.handle(rs.ClearRiskSignal(**X, by=committee, item="quarrel", reason="both have signed"))
        assert not loops() & {"mediation lanes", "risk_signal quarrel"}

        # the ledger: nobody may close while an item is open
        town.handle_all(
            [
                FinishJointHandling(**X, by=owners, item="owners", **done),
                FinishJointHandling(**X, by=property_firm, item="property", **done),
            ]
        )
        submit = c.SubmitResult(**X, by=committee, **done)
        assert refused(submit) == {"mandatory_items_are_rectified"}
        for key in ("place-1", "place-2"):
            town.handle(lg.RectifyLedgerItem(**X, by=committee, item=key, **done))
        town.handle_all(
            [
                submit.changed(command_id="result"),
                c.GiveFeedback(
                    **X, by=committee, to_level="community", to_reporter=True, public_text="The lanes are free."
                ),
                PassVerification(**X, by=verifier, item="r1"),
                RecordEvaluation(
                    **X, by=resident, item="r1.s-1", contacted=True, resolved=True, satisfied=True
                ),
            ]
        )  # fmt: skip
        close = c.CloseCase(**X, by=desk)
        assert refused(close) == {"no_loop_is_open"}
        assert loops() == {"ledger place-1", "ledger place-2"}
        for key in ("place-1", "place-2"):
            town.handle_all(
                [
                    lg.VerifyLedgerItem(**X, by=supervisor, item=key),
                    lg.WriteOffLedgerItem(**X, by=supervisor, item=key),
                ]
            )
        closed: Any = town.handle(close.changed(command_id="closed"))
        assert closed.status == "closed"
        assert loops() == set()
        assert closed.item("mediation", "lanes").status == "performed"
        assert closed.item("mediation", "lanes").tier == 2
        assert town.as_of("locks", version=closed.version).digest == closed.digest

        the_team_goes_on(Site(PLACE, log=town, clock=clock))
        assert not any(b"Wang" in row.state for row in town.store.scan(0))
