"""What the people of a community would fill in, seen a proposal as it stands; and which loops its log leaves open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Engine, HandOver
from govflow.proposals.bodies import Part
from govflow.regions.opinion import Disposition
from govflow.testing import PinnedClock
from govflow.voting import Ballot, HandCount, Turnout, Voter
from tests.cases.clerk import APPROVERS as OF_CASES
from tests.cases.clerk import OPENING as BESIDE
from tests.cases.clerk import counted_beside, host, leader, of_regions, organisation, told, words_of
from tests.proposals.hall import appraiser as residents
from tests.proposals.hall import (
    archivist,
    assessor,
    body,
    branch,
    chair,
    chen,
    committee,
    council,
    district,
    li,
    office,
    supervisor,
    town,
    voter,
    wang,
    workstation,
    zhao,
)

VOTERS = tuple(f"v-{number}" for number in range(5))
ACTORS = (
    wang, li, zhao, chen, office, branch, chair, committee, council, body("representatives"), workstation, residents,
    town, district, assessor, archivist, supervisor, host, leader, organisation, *map(voter, VOTERS), SYSTEM,
)  # fmt: skip
EVERYBODY = Actor(
    id="everybody",
    claims=tuple(claim for actor in ACTORS if actor not in (SYSTEM, residents) for claim in actor.claims),
)
APPROVERS = {**OF_CASES, "party_branch": branch, "town": town, "district": district}


# --- which loops are open --------------------------------------------------------------------------------------------

OPENING = {**BESIDE, "opinion": {"recorded"}, "objection": {"raised"}}
_ENDS_THE_VOTE = ("proposal.vote_cancelled", "proposal.vote_closed", "proposal.vote_voided")


def counted_open(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The open loops of a proposal as the bytes of its events tell them: a second opinion."""
    return counted_beside(engine, id, OPENING) | _votes(engine, id) | _stages(engine, id)


def _votes(engine: Engine, id: str) -> set[tuple[str, str]]:
    rounds, is_open = 0, False
    for name, _ in told(engine, id):
        if name in ("proposal.vote_announced", "proposal.vote_reannounced"):
            rounds, is_open = rounds + 1, True
        elif name in _ENDS_THE_VOTE:
            is_open = False
    return {("vote", str(rounds))} if is_open else set()


def _stages(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The stages of the procedure in force that wait in this round of consultation."""
    asked: list[str] = []
    waits: dict[str, bool] = {}
    passed: set[str] = set()
    number, is_consulted, is_withdrawn = 1, False, False
    for name, said in told(engine, id):
        match name.removeprefix("proposal."):
            case "admitted" | "delegated":
                asked = [each["id"] for each in said["procedure"].get("stages", ())]
                if is_consulted:  # the lower body's stages take the place of those that still wait
                    done = {stage for stage, still in waits.items() if not still}
                    waits = dict.fromkeys(done, False) | {each: True for each in asked if each not in done}
            case "consultation_closed":
                is_consulted = True
                waits = dict.fromkeys(asked, True)
            case "stage_recorded":
                waits[said["stage"]] = False
                passed.add(said["stage"])
            case "amended" if is_consulted:  # they say yes to the new wording again
                waits |= dict.fromkeys(passed & set(asked), True)
                passed -= set(asked)
            case "stage_failed":
                waits = dict.fromkeys(waits, False)
            case "sent_back":
                number, is_consulted, waits, passed = number + 1, False, {}, set()
            case "withdrawn":
                is_withdrawn = True
            case "taken_over" if is_withdrawn:
                number, is_consulted, is_withdrawn, waits, passed = number + 1, False, False, {}, set()
            case "remedy_ordered":
                number += 1
        if name == "stage.voided":
            waits[said["item"].partition(".")[2]] = False
    return {("stage", f"r{number}.{stage}") for stage, still in waits.items() if still}


# --- what is filled in -----------------------------------------------------------------------------------------------


def values(proposal: Any, clock: PinnedClock, others: list[str]) -> dict[str, Any]:
    """What somebody would fill in, seen the proposal as it stands."""
    papers = tuple([key for key, item in proposal.items_of("evidence").items() if item.status == "added"][:4])
    later = st.integers(1, 96).map(lambda hours: clock() + timedelta(hours=hours))
    words = words_of()
    return {
        **of_regions(proposal, clock),
        # coming in
        "title": words,
        "text": words,
        "subject": words,
        "subjects": st.sampled_from([1] * 9 + [2]),
        "supporters": st.just(()),
        "co_proposers": st.just(()),
        "proposer": st.none(),
        "track": st.sampled_from([None, "residents_motion", "yard", "block"]),
        "proposal.draft_proposal.track": st.just("residents_motion"),
        "source": st.none(),
        "reason": words,
        "told_by": words,
        "shortcomings": st.just(("the place",)),
        "proposal.reject.reason_code": st.just("too_vague"),
        "proposal.return_for_revision.reason_code": st.just("incomplete"),
        "proposal.void_vote.reason_code": st.just("wrong_roll"),
        "reason_code": st.sampled_from(["overdue_without_cause", "whatever"]),
        "interest": st.just(""),
        "master": st.sampled_from(others),
        "same_subject": words,
        "individual": st.booleans(),
        "parts": st.just((Part(title="Rail", subject="Rail"),)),
        "co_proposer": st.sampled_from(["s-li", "s-zhao", "s-nobody"]),
        "capacity": st.just("resident"),
        "signature": st.none(),
        "ground": words,
        "follower": st.just("y"),
        # consulting and deliberating
        "stakeholders": st.just(("gate-3",)),
        "added": st.sampled_from([(), ("gate-4",), ("gate-5",)]),
        "struck": st.sampled_from([(), ("gate-4",)]),
        "roll_confirmed": st.sampled_from([True] * 4 + [False]),
        "opinion.record.text": st.just("make it wide"),
        "author": st.none(),
        "participant": st.none(),
        "meeting": st.none(),
        "opinion.record.item": st.none(),
        "disposition": st.sampled_from(Disposition),
        "text_version": st.none(),
        "substance": st.booleans(),
        "body": st.just("block_council"),
        "controllable": st.booleans(),
        "lawful": st.booleans(),
        "length": st.integers(1, 6),
        "stage": st.sampled_from(["council"] * 4 + ["nobodys"]),
        "checklist.tick.stage": st.just(1),
        "checklist.step_back.stage": st.just(1),
        "entitled": st.just(9),
        "present": st.sampled_from([9, 9, 4]),
        "in_favour": st.sampled_from([9, 9, 0]),
        "against": st.sampled_from([0, 0, 9]),
        "papers": st.just(papers),
        "minutes": st.just(papers[:1]),
        "evidence": st.just(papers[:1]),
        **_of_the_vote(proposal, clock),
        # what was decided
        "public_text": st.sampled_from(["in public words"] * 4 + ["call 13800138000"]),
        "implementer": st.sampled_from(["workstation", "workstation", "council"]),
        "works": st.sampled_from([True, True, False]),
        "upheld": st.booleans(),
        "illegality": words,
        "superior_decision": st.just(""),
        "until": later,
        "review_at": later,
        "target_kind": st.sampled_from(["case", "case", "nothing"]),
        "category": st.just("general"),
        "awaited": st.booleans(),
        "measure": words,
        "invited": st.just(10),
        "came": st.sampled_from([8, 8, 3]),
        "score": st.sampled_from([40, 90]),
        "defects": st.just(("a loose rail",)),
        "proposal.publish_result.public_text": words,
        "balance": words,
        "corrects": st.just(1),
        "field": st.sampled_from(["venue", "status"]),
        "old": st.sampled_from(["", proposal.venue or ""]),
        "new": st.sampled_from(["station-1", "station-2"]),
        "hand_over": st.sampled_from([(), (HandOver(reason="carried on elsewhere"),)]),
        "on_behalf_of": st.none(),
        "quoted": st.just("{}"),
        "retention": st.none(),
        "other": st.sampled_from(others),
        "attempts": st.integers(0, 3),
        "reached": st.booleans(),
        "sha256": st.just("0" * 64),
    }


def _of_the_vote(proposal: Any, clock: PinnedClock) -> dict[str, Any]:
    opens = st.sampled_from([4, 11, 1]).map(lambda days: clock() + timedelta(days=days))
    return {
        "question": st.just(""),
        "options": st.just(()),
        "opens_at": opens,
        "closes_at": st.just(clock() + timedelta(days=14)),
        "lot_commitment": st.none(),
        "proposal.enrol_voters.voters": st.sampled_from([tuple(map(_voter, VOTERS)), (_voter("v-9"),), ()]),
        "proposal.strike_voters.voters": st.sampled_from([("v-4",), ("v-9",)]),
        "voter": st.sampled_from([None, None, *VOTERS]),
        "holder": st.sampled_from(VOTERS),
        "paper": st.sampled_from(list(proposal.items_of("evidence")) or ["nothing"]),
        "ballot": st.sampled_from([Ballot(choice=("yes",))] * 3 + [Ballot(choice=("no",)), Ballot()]),
        "sealed": st.none(),
        "commitment": st.none(),
        "hands": st.just(HandCount(present=Turnout(persons=4), yes=Turnout(persons=4))),
        "opened": st.just(()),
        "as_of": st.none(),
        "lot_seed": st.none(),
    }


def _voter(id: str) -> Voter:
    return Voter(id=id)
