"""What the people round a project would fill in, seen it as it stands; and which loops its log leaves open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Engine, HandOver
from govflow.budgets import FundSource
from govflow.projects.bodies import SeparateNeed
from govflow.projects.lines import balance_of, spent_of
from govflow.projects.model import Member, Party, Pledge, StabilityRisk, TeamKind
from govflow.regions.evaluation import IndicatorScore, Source
from govflow.regions.opinion import Disposition
from govflow.testing import PinnedClock
from tests.cases.clerk import APPROVERS as OF_CASES
from tests.cases.clerk import OPENING as BESIDE
from tests.cases.clerk import counted_beside, leader, of_regions, told, words_of
from tests.projects.site import (
    acceptor,
    appraiser,
    archivist,
    baker,
    community,
    lead,
    mayor,
    neighbour,
    old_hand,
    resident,
    roofer,
    service,
    supervisor,
    town,
)
from tests.projects.steps import at
from tests.projects.yard import (
    NEED,
    PARTIES,
    PLEDGES,
    TEAMS,
    WORKS,
    assessor,
    chief,
    committee,
    council,
    district,
    finance,
    florist,
    host,
    neighbours,
    watcher,
)

ACTORS = (
    community, committee, lead, service, roofer, baker, florist, neighbours, watcher, town, mayor, district, chief,
    council, assessor, finance, acceptor, appraiser, supervisor, archivist, old_hand, resident, neighbour, host,
    leader, SYSTEM,
)  # fmt: skip
_APART = (SYSTEM, lead, service, roofer, baker)  # those who build and give: who is everybody else may judge them
EVERYBODY = Actor(
    id="everybody", claims=tuple(claim for actor in ACTORS if actor not in _APART for claim in actor.claims)
)
APPROVERS = {**OF_CASES, "town": mayor, "community": committee, "district": chief, "supervisor": supervisor}
UNITS = ("builder", "roofers", "bakery", "flowers")

# --- which loops are open --------------------------------------------------------------------------------------------

OPENING = {
    **BESIDE,
    "opinion": {"recorded"},
    "objection": {"raised"},
    "budget": {"planned", "reserved", "changed", "reopened"},
    "expense": {"recorded"},
    "milestone": {"planned", "reached", "refused"},
    "feedback": {"raised", "reopened"},
    "check_in": {*BESIDE["check_in"], "called"},
}


def counted_open(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The open loops of a project as the bytes of its events tell them: a second opinion."""
    return counted_beside(engine, id, OPENING) | _claims(engine, id)


def _claims(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The claims that stand. A unit whose claim was declined may claim anew, under the next key."""
    claims: dict[str, bool] = {}
    units: dict[str, str] = {}
    declined: set[str] = set()

    def key_of(unit: str) -> str:
        keys = [unit, *(f"{unit}.{number}" for number in range(2, 9))]
        return next(key for key in keys if key not in declined)

    for name, said in told(engine, id):
        match name:
            case "joint_project.demand_claimed" | "joint_project.party_arranged":
                unit = said.get("claimer") or said["to"]
                claims[key_of(unit)] = True
                units[key_of(unit)] = unit
            case "joint_project.claim_withdrawn":
                claims[key_of(said["claimer"])] = False
            case "joint_project.parties_paired":
                named = {party["unit"] for party in said["parties"]}
                claims |= {key: False for key, unit in units.items() if unit in named}
            case "claim.declined":
                claims[said["item"]] = False
                declined.add(said["item"])
    return {("claim", key) for key, stands in claims.items() if stands}


# --- what is filled in -----------------------------------------------------------------------------------------------


def values(project: Any, clock: PinnedClock, others: list[str]) -> dict[str, Any]:
    """What somebody would fill in, seen the project as it stands."""
    papers = tuple([key for key, item in project.items_of("evidence").items() if item.status == "added"][:3])
    later = st.integers(1, 96).map(lambda hours: clock() + timedelta(hours=hours))
    words, yuan = words_of(), st.sampled_from([1_000, 5_000, 30_000, 60_001])
    return {
        **of_regions(project, clock),
        **_of_money(project, yuan),
        # the need and its parties
        "title": words,
        "text": words,
        "need": st.just(NEED),
        "source": st.none(),
        "parts": st.just((SeparateNeed(title="A rail"),)),
        "exclusive": st.booleans(),
        "joint_project.list_demand.until": st.sampled_from([None, clock() + timedelta(days=9)]),
        "claimer": st.sampled_from([None, *UNITS]),
        "capacity": words,
        "resource": st.none(),
        "joint_project.agree.unit": st.sampled_from([None, *UNITS]),
        "joint_project.agree.to": st.sampled_from(["party", "lead"]),
        "joint_project.take_back_agreement.unit": st.sampled_from([None, *UNITS]),
        "joint_project.take_back_agreement.to": st.sampled_from(["party", "lead"]),
        "joint_project.release_party.unit": st.sampled_from(UNITS),
        "joint_project.arrange_party.to": st.sampled_from(UNITS),
        "joint_project.hand_over.to": st.sampled_from(UNITS),
        "joint_project.pair.lead": st.sampled_from(["builder", "builder", None, "roofers"]),
        "joint_project.pair.parties": st.sampled_from([PARTIES, PARTIES, PARTIES[:2], PARTIES[:1]]),
        "joint_project.pair.pledges": st.sampled_from([_pledges(clock, PLEDGES), _pledges(clock, PLEDGES[:2])]),
        "joint_project.add_party.party": st.just(Party(unit="flowers")),
        "joint_project.add_party.pledges": st.just(
            _pledges(clock, (Pledge(party="flowers", what="flower beds", **WORKS),))
        ),
        "scope": st.none(),
        # plan, risk, teams, approval
        "necessary": st.sampled_from([True, True, False, None]),
        "level_of_risk": st.sampled_from([*StabilityRisk, None]),
        "joint_project.assess_risk.budget": st.sampled_from([None, 100_000]),
        "joint_project.reassess_risk.budget": st.sampled_from([None, 100_000]),
        "households": st.sampled_from([12, 12, 13, 40]),
        "budget": st.sampled_from([None, None, 40_000, 42_000, 90_000]),
        "team": st.sampled_from([*TeamKind, None]),
        "joint_project.name_team.members": st.sampled_from([*TEAMS.values(), (Member(id="s-9"),), ()]),
        "meeting": st.none(),
        "decided_by": st.none(),
        "answers": words,
        "public_text": st.sampled_from(["in public words"] * 4 + ["call 13800138000"]),
        # the works
        "percent": st.integers(0, 100),
        "length": st.integers(0, 40),
        "cause": words,
        "cause_is_over": st.booleans(),
        "review_at": later,
        "handback": words,
        "shortcomings": st.just(("a leak",)),
        "defects": st.just(("a leak",)),
        "until": later,
        "owner": st.sampled_from(UNITS),
        "what": words,
        "place": st.just("gate 3"),
        "measure": words,
        "evidence": st.just(papers[:1]),
        "papers": st.just(papers),
        "minutes": st.just(papers[:1]),
        "concerns": st.just("dust"),
        "feedback.raise.text": st.just("dust in my room"),
        "feedback.transfer.description": st.none(),
        "opinion.record.text": st.just("make it flat"),
        "opinion.record.item": st.none(),
        "opinion.record.text_version": st.none(),
        "author": st.none(),
        "participant": st.none(),
        "disposition": st.sampled_from(Disposition),
        # evaluation, the end, and what runs beside
        "evaluation.request.source": st.sampled_from(Source),
        "evaluator": st.sampled_from(["next-door", "s-1", "bakery", "builder"]),
        "scores": st.sampled_from([30, 90]).map(lambda points: _scores(project, points)),
        "attempts": st.integers(0, 3),
        "reason": words,
        "reason_code": st.sampled_from(["late_receipt", "overdue_without_cause", "whatever"]),
        "corrects": st.just(1),
        "field": st.sampled_from(["theme", "status"]),
        "old": st.sampled_from(["", project.theme]),
        "new": st.sampled_from(["service", "culture"]),
        "hand_over": st.sampled_from([(), (HandOver(reason="carried on elsewhere"),)]),
        "on_behalf_of": st.sampled_from([None, None, "builder", "next-door", "bakery"]),
        "quoted": st.just("{}"),
        "retention": st.none(),
        "upheld": st.booleans(),
        "other": st.sampled_from(others),
        "category": st.just("general"),
        "awaited": st.booleans(),
        "sha256": st.just("0" * 64),
    }


def _pledges(clock: PinnedClock, pledges: tuple[Pledge, ...]) -> tuple[Pledge, ...]:
    return tuple(each.changed(until=max(at(300), clock() + timedelta(days=30))) for each in pledges)


def _scores(project: Any, points: int) -> tuple[IndicatorScore, ...]:
    asked = project.plan.sets[0].indicators if project.plan is not None else ()
    return tuple(IndicatorScore(indicator=each.id, score=points) for each in asked)


def _of_money(project: Any, yuan: st.SearchStrategy[int]) -> dict[str, Any]:
    lines = list(project.items_of("budget")) or ["roof"]
    promises = [key for key, item in project.items_of("commitment").items() if item.matter == "money"] or ["3"]
    spent = {spent_of(project), 0, *(spent_of(project, line) for line in lines)}
    source = st.sampled_from([FundSource.FISCAL, FundSource.FISCAL, FundSource.DONATION])
    return {
        "budget.plan.source": source,
        "envelope": st.sampled_from(["money", "money", None]),
        "commitment": st.sampled_from([None, None, promises[-1]]),
        "budget.plan.purpose": st.just("works"),
        "expense.record.purpose": st.just("works"),
        "amount": yuan,
        "commitment.make.amount": st.none(),
        "commitment.make.quantity": st.none(),
        "commitment.make.matter": st.none(),
        "commitment.make.measure_unit": st.none(),
        "commitment.partly_fulfil.quantity": st.none(),
        "matter": st.none(),
        "line": st.sampled_from(lines),
        "voucher": st.just(""),
        "paid_on": st.none(),
        "spent": st.sampled_from(sorted(spent)),
        "balance": st.just(balance_of(project)),
        "fund": st.none(),
    }
