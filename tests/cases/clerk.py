"""What clerks of a town would fill in, seen the case as it stands; and a second opinion on which loops are open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Claim, Engine, HandOver, Level, Personal, Role
from govflow.cases import CaseKind
from govflow.policy.default import DEFAULT_POLICY
from govflow.regions.mediation import AgreedObligation, Purpose, statement_digest
from govflow.regions.meeting import MeetingForm
from govflow.regions.retention import Paper
from govflow.testing import PinnedClock
from tests.support import (
    archivist,
    callback,
    co_unit,
    community,
    desk,
    dispatcher,
    district,
    grid_worker,
    lead,
    other_lead,
    resident,
    review_body,
    supervisor,
    unit_head,
    verifier,
)

mediator = Actor.of("m-1", Role.MEDIATOR)
party, other_party = (Actor.of(id, Role.DISPUTANT) for id in ("s-6", "s-7"))
leader, other_leader = (Actor.of(id, Role.LEADER) for id in ("leader-1", "leader-2"))
host = Actor.of("host-1", Role.HOST)
organisation = Actor.of("chen", Role.ORGANISATION, unit="parks")
organisation_2 = Actor.of("guo", Role.ORGANISATION, unit="parks")
town_hall = Actor.of("town-1", Role.TOWN)
district_2 = Actor.of("district-2", Role.DISTRICT)
community_2 = Actor.of("community-2", Role.COMMUNITY)

ACTORS = (
    archivist, callback, co_unit, community, desk, dispatcher, district, grid_worker, lead, other_lead, resident,
    review_body, supervisor, verifier, mediator, party, other_party, leader, other_leader, host, organisation,
    organisation_2, town_hall, district_2, community_2, unit_head, SYSTEM,
)  # fmt: skip
EVERYBODY = Actor(
    id="everybody",
    claims=tuple(claim for actor in ACTORS if actor is not SYSTEM for claim in actor.claims)
    + tuple(Claim(role="lead_unit", unit=unit) for unit in ("power", "parks")),
)
HEADS = Actor(id="heads", claims=tuple(Claim(role="unit_head", unit=unit) for unit in ("water", "roads", "power")))
APPROVERS = {"unit_head": HEADS, "supervisor": supervisor, "dispatcher": dispatcher}


# --- which loops are open --------------------------------------------------------------------------------------------

# Which events leave an item open, counted over the raw log without any code of the library: a second opinion.
OPENING: dict[str, set[str]] = {
    "joint_handling": {"asked", "accepted", "started", "refused", "insisted", "reopened"},
    "ledger": {"opened", "rectified", "verified", "refused", "reopened"},
    "commitment": {"made", "broken"},
    "evaluation": {"requested"},
    "verification": {"requested", "failed"},
    "assignment_objection": set(),
    "link": {"failed", "resumed"},
    "supervision": {"urged", "listed", "interviewed", "circulated", "exposed", "exposure_lifted"},
    "instruction": {"given", "returned"},
    "mediation": {
        "offered", "started", "agreed", "breached", "failed", "declined", "tier_raised", "confirmation_refused",
    },
    "meeting": {"announced", "postponed", "held", "adjourned"},
    "invitation": {"issued", "accepted", "asked_again"},
    "admission": {"requested"},
    "risk_signal": {"raised", "assessed", "responded"},
    "check_in": {"called", "arrived", "served", "community_confirmed"},
    "obligation": {"scheduled"},
    "checklist": {"started", "stepped_back"},
    "referral": {"made", "accepted"},
}  # fmt: skip
UNCHANGED = {
    "commitment.changed", "commitment.partly_fulfilled", "supervision.replied", "supervision.fix_confirmed",
    "mediation.consented", "mediation.mediator_replaced", "mediation.statement_signed", "mediation.extended",
    "mediation.confirmation_requested", "risk_signal.plan_attached", "obligation.reminded",
    "meeting.recheck_stayed", "invitation.passed_to_host", "obligation.passed_on",
}  # fmt: skip


def told(engine: Engine, id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a record as their bytes tell them: stored name and body."""
    for row in engine.store.read(id):
        yield row.topic.partition("@")[0], json.loads(row.state.partition(b"\n")[2])


def counted_open(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The open loops of a case as the bytes of its events tell them."""
    objections: list[bool] = []
    for name, body in told(engine, id):
        if name == "case.assignment_objected":
            objections.append(True)
        elif name in ("case.return_decided", "case.assignment_arbitrated") and objections:
            objections[-1] = False
        elif name == "assignment_objection.withdrawn":
            objections[int(body["item"]) - 1] = False
    filed = {("assignment_objection", str(number)) for number, is_open in enumerate(objections, 1) if is_open}
    return filed | counted_beside(engine, id)


def counted_beside(engine: Engine, id: str, opening: Mapping[str, set[str]] = OPENING) -> set[tuple[str, str]]:
    """The open loops of any record that its regions' own events tell of."""
    found: dict[tuple[str, str], bool] = {}
    stages: dict[str, int] = {}
    for name, body in told(engine, id):
        region, _, verb = name.partition(".")
        if region in opening and region != "assignment_objection" and name not in UNCHANGED:
            is_open = verb in opening[region] or (region == "link" and verb == "added" and body.get("awaited", False))
            if region == "checklist" and verb == "started":
                stages[body["item"]] = len(body["stages"])
            if region == "checklist" and verb == "ticked":
                is_open = body["stage"] < stages[body["item"]]
            found[region, body["item"]] = is_open
    return {key for key, is_open in found.items() if is_open}


# --- what is filled in -----------------------------------------------------------------------------------------------

_DUE = PinnedClock()() + timedelta(days=400)  # far enough for every walk
_PAPER = Paper(kind="report", reference="shelf 3", sha256="0" * 64)
DUTIES = (AgreedObligation(by="s-6", what="remove the lock", until=_DUE),)


def _signing(case: Any) -> tuple[Purpose, str]:
    """The statement that the parties of the last dispute would sign next."""
    disputes = [each for each in case.items_of("mediation").values() if each.status != "referred"]
    if not disputes:
        return Purpose.AGREEMENT, "0" * 64
    dispute = disputes[-1]
    purpose = Purpose.AGREEMENT
    if dispute.status in ("agreed", "confirmed", "breached"):
        purpose = Purpose.CONFIRMATION if dispute.status == "agreed" and case.version % 3 == 0 else Purpose.PERFORMANCE
    return purpose, statement_digest(case.id, dispute.key, purpose, obligations=DUTIES)


def _next_stage(case: Any) -> int:
    lists = [each for each in case.items_of("checklist").values() if each.status == "open"]
    return lists[-1].next_stage if lists else 1


def _to_come(case: Any) -> str:
    meetings = [key for key, each in case.items_of("meeting").items() if each.status == "announced"]
    return meetings[-1] if meetings else "1"


def _tier(case: Any) -> int:
    disputes = [each.tier for each in case.items_of("mediation").values()]
    return 1 + (disputes[-1] if disputes else 1)


def plausible(case: Any, clock: PinnedClock, others: list[str]) -> dict[str, Any]:
    """What a clerk would fill in, seen the case as it stands."""
    evidence = [key for key, item in case.items_of("evidence").items() if item.status == "added"]
    later = st.integers(1, 96).map(lambda hours: clock() + timedelta(hours=hours))
    up = case.level.next_up if case.level and case.level.next_up else Level.DISTRICT
    words = st.sampled_from(["words"] * 9 + [""])
    return {
        "evidence": st.just(tuple(evidence[:1])),
        "papers": st.just(tuple(evidence[:1])),
        "to_level": st.sampled_from([up, case.reporting_level or up]),
        "level": st.sampled_from(Level),
        "case.report.kind": st.sampled_from(CaseKind),
        "title": words,
        "reason": words,
        "told_by": words,
        "measure": st.just("measure"),
        "until": later,
        "review_at": later,
        "co_until": later,
        "master": st.sampled_from(others),
        "upheld": st.booleans(),
        "reached": st.booleans(),
        "sends_back": st.booleans(),
        "quoted": st.just("{}"),
        "attempts": st.integers(0, 3),
        "contacted": st.booleans(),
        "resolved": st.booleans(),
        "satisfied": st.booleans(),
        "parts": st.just(({"title": "one"}, {"title": "two"})),
        "shortcomings": st.just(("address",)),
        "handler": st.just("wu"),
        "other": st.sampled_from(others),
        "old": st.just(""),
        "in_scope": st.just(True),
        "to_reporter": st.just(True),
        "facts_are_new": st.booleans(),
        "representatives": st.integers(1, 6),
        "length": st.integers(1, 6),
        "corrects": st.just(1),
        "field": st.sampled_from(["title", "severity", "status"]),
        "new": st.sampled_from(["high", "other"]),
        "statutory_channel": words,
        "lead_unit": st.sampled_from(["water", "roads"]),
        "to_unit": st.sampled_from(["water", "roads"]),
        "handler_unit": st.just(case.lead_unit),
        "co_units": st.sampled_from([(), ("power",), ("power", "parks")]),
        "unit_level": st.none(),
        "interest": st.just(""),
        "same_as": st.just(()),
        "case.reject.reason_code": st.just("out_of_scope"),
        "reason_code": st.sampled_from(["overdue_without_cause"] * 4 + ["whatever"]),
        "hand_over": st.sampled_from([(), (HandOver(reason="carried on elsewhere"),)]),
        "on_behalf_of": st.sampled_from([None, None, case.reporter]),
        "category": st.sampled_from(["general", "petition", "hazard"]),
        "result": st.sampled_from([None, Personal(text="a text", subject="s-1")]),
        "sha256": st.just("0" * 64),
        "evaluator": st.just("s-1"),
        **of_regions(case, clock),
    }


def of_regions(case: Any, clock: PinnedClock) -> dict[str, Any]:
    """The same for what runs beside the case, or beside any other record."""
    purpose, digest = _signing(case)
    soon = st.integers(1, 96).map(lambda hours: clock() + timedelta(hours=hours))
    units = st.sampled_from(["parks", "power"])
    agreed = case.item("leader_in_charge", "leader_in_charge")
    bodies = [each.id for each in DEFAULT_POLICY.mediation_bodies]
    return {
        # supervision 督办, accountability 问责, instruction 批示, leader in charge 包案
        "supervision.list.number": st.just(f"n-{case.version}"),
        "public_text": st.sampled_from(["in public words", "call 13800138000"]),
        "supervision.circulate.to": st.just(()),
        "owner": st.sampled_from(["water", "parks", "li"]),
        "accountability.open.unit": st.just("roads"),
        "persons": st.just(1),
        "granted": st.booleans(),
        "what": words_of(),
        "text": words_of(),
        "mediation.agree.text": st.none(),
        "leader_in_charge.take_charge.leader": st.none(),
        "leader_in_charge.hand_over.to": st.just(agreed.agreed[0] if agreed is not None and agreed.agreed else None),
        "leader_in_charge.release.to": st.just(agreed.agreed[0] if agreed is not None and agreed.agreed else None),
        **{f"retention.{verb}.papers": st.just((_PAPER,)) for verb in ("appraise", "renew", "transfer", "destroy")},
        "retention.renew.retention": st.none(),
        "archive": words_of(),
        # commitments 承诺: with measures, or for another unit, a random promise is hardly ever sound
        "commitment.make.owner": st.sampled_from(["water", "water", "parks"]),
        **{
            f"commitment.make.{name}": st.none()
            for name in ("matter", "amount", "quantity", "measure_unit", "resource")
        },
        # mediation 调解
        "mediation.offer.item": st.just(f"d{len(case.items_of('mediation')) + 1}"),
        "parties": st.just(("s-6", "s-7")),
        "mediator": st.sampled_from(["m-1", "m-1", "m-2"]),
        "mediation.offer.body": st.just(bodies[0]),
        "mediation.raise_tier.body": st.just(bodies[min(_tier(case), 3) - 1]),
        "mediation.raise_tier.tier": st.just(_tier(case)),
        "mediation.offer.form": st.none(),
        "mediation.raise_tier.form": st.none(),
        "barred_by": st.just(""),
        "experts": st.just(()),
        "participants": st.just(()),
        "purpose": st.just(purpose),
        "digest": st.just(digest),
        "obligations": st.just(DUTIES),
        "court": st.just("a court"),
        "decided_on": st.just(PinnedClock()().date()),
        # meetings 三会, invitations 约请
        "form": st.sampled_from([MeetingForm.HEARING, MeetingForm.COORDINATION]),
        "subject": words_of(),
        "place": words_of(),
        "at_time": soon,
        "matter_kind": st.none(),
        "roll": st.sampled_from([("s-1",), ("s-1", "parks")]),
        "host": st.sampled_from([None, "host-1"]),
        "attended": st.sampled_from([("s-1",), ("s-1", "parks")]),
        "guests": st.just(("parks",)),
        "minutes": st.just(tuple([k for k, e in case.items_of("evidence").items() if e.status == "added"][:1])),
        "meeting.record.signed_by": st.just(_signers(case)),
        "refused_to_sign": st.just(()),
        "undertakings": st.just(()),
        "consensus": words_of(),
        "invitation.issue.unit": st.just("parks"),
        "invitation.issue.meeting": st.just(_to_come(case)),
        "invitation.issue.item": st.just(f"parks.{_to_come(case)}"),
        # admission 准入, risk signals 风险信号, check-ins 双报到, checklists 清单, referrals 转介
        "admission.request.item": st.sampled_from(["hzb", "qx"]),
        "ground": st.just("what was seen"),
        "concerning": st.just("other"),
        "members": st.sampled_from([(), ("water",)]),
        "check_in.serve.minutes": st.just(30),
        "check_in.arrive.who": st.none(),
        "check_in.arrive.unit": st.just("parks"),
        "check_in.arrive.item": st.none(),
        "template": st.sampled_from(["five-stage", "nobodys"]),
        "checklist.start.owner": st.just("parks"),
        "stage": st.just(_next_stage(case)),
        "checklist.step_back.stage": st.just(1),
        "finding": st.just("what was found"),
        "referral.make.unit": units,
        "person": st.just("s-1"),
        "consented": st.booleans(),
        "risk_signal.raise.place": st.just("gate 3"),
    }


def words_of() -> st.SearchStrategy[str]:
    """Words of a clerk, who sometimes forgets them."""
    return st.sampled_from(["words"] * 9 + [""])


def _signers(case: Any) -> tuple[str, ...]:
    """Everybody who was at the meeting that was held last, and who held it."""
    held = [each for each in case.items_of("meeting").values() if each.status == "held"]
    return tuple(dict.fromkeys((held[-1].host, *held[-1].attended))) if held else ()
