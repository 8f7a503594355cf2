"""Random people give random commands to an alliance: table, fold, replay, loops and turns agree whatever they do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Command, Engine, HandOver, Role
from govflow.alliances import ALLIANCE, AssessorGroup, Counterpart, next_in_turn
from govflow.alliances import messages as m
from govflow.alliances.activity import AnnounceActivity, HoldActivity, Participation
from govflow.alliances.chair_messages import EndChairTerm, LogChairContact
from govflow.alliances.member_messages import LeaveAlliance, VisitMember
from govflow.alliances.model import AllianceStatus
from govflow.duties import DUTY
from govflow.projects import PROJECT
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock
from tests.alliances import hall as h
from tests.alliances.hall import FOUND, A, Hall, admit, an_alliance, term
from tests.cases.clerk import OPENING, counted_beside, of_regions, told, words_of
from tests.walking import Walked, regions_with_loops, walk

OWN = {
    "chair_term.started": True,
    "chair_term.ended": False,
    "activity.announced": True,
    "activity.held": False,
    "activity.cancelled": False,
}  # fmt: skip
UNITS = ("u-lead", "u-bank", "u-school", "u-clinic")
READING = """
import sys
from govflow import Engine
from govflow.alliances import ALLIANCE
from govflow.duties import DUTY
from govflow.projects import PROJECT
with Engine.open(sys.argv[1], create=False, records=(ALLIANCE, PROJECT, DUTY)) as engine:
    print(engine.get("x").digest)
"""
community = Actor.of("community-1", Role.COMMUNITY)
promiser = Actor.of("leader-1", Role.LEADER)
PEOPLE = (h.town, h.lead, h.bank, h.school, h.of_the_lead, h.committee, h.department, h.group, h.archivist)
ACTORS = (*PEOPLE, community, promiser, SYSTEM)


def counted_open(engine: Engine, id: str) -> set[tuple[str, str]]:
    """The open loops of an alliance as the bytes of its events tell them: a second opinion."""
    own = {(name.partition(".")[0], said["item"]): OWN[name] for name, said in told(engine, id) if name in OWN}
    return counted_beside(engine, id) | {key for key, is_open in own.items() if is_open}


def values(alliance: Any, clock: PinnedClock, others: list[str]) -> dict[str, Any]:
    """What somebody would fill in, seen the alliance as it stands."""
    papers = tuple([key for key, item in alliance.items_of("evidence").items() if item.status == "added"][:2])
    today, units = clock().date(), st.sampled_from(UNITS)
    return {
        **of_regions(alliance, clock),
        "title": words_of(),
        "reason": words_of(),
        "reason_code": st.sampled_from(["overdue_without_cause", "whatever"]),
        "measure": words_of(),
        "evidence": st.just(papers),
        "papers": st.just(papers),
        "hand_over": st.sampled_from([(HandOver(reason="merged"),)] * 3 + [()]),
        "order": st.permutations(UNITS[:3]).map(tuple),
        "alliance.archive.retention": st.sampled_from(["ordinary", None]),
        "alliance.amend.committee": st.none(),
        "alliance.amend.lead_unit": st.none(),
        "lead_unit": st.sampled_from(["u-lead", "u-bank"]),
        "unit": st.sampled_from([next_in_turn(alliance) or "u-lead", *UNITS]),
        "member.visit.item": units,
        "member.admit.item": units,
        "chair_term.start.item": st.just(str(len(alliance.items_of("chair_term")) + 1)),
        "chair_term.start.first": st.just(today),
        "chair_term.start.last": st.sampled_from([today + timedelta(days=days) for days in (1, 40, 200)]),
        "periods": st.just(()),
        "day": st.sampled_from([today, today - timedelta(days=1), None]),
        "counterpart": st.sampled_from(Counterpart),
        "group": st.sampled_from(AssessorGroup),
        "participants": st.just((Participation(unit="u-lead", people=2), Participation(unit="u-bank", people=1))),
        "project": st.just("p"),
        "person": st.sampled_from(["s-7", "s-8"]),
        "other": st.sampled_from(["p", *others]),
        "owner": st.sampled_from(["u-lead", "u-bank"]),
    }


def opened(path: Path) -> Hall:
    return Hall(date(2026, 1, 5), path=path)


def begin(hall: Hall, start: str, data: st.DataObject, region: str) -> None:
    on: dict[str, Any] = {"id": "x"}
    founded = FOUND.changed(id="x", founders=UNITS[:3])
    hall.engine.handle(founded.changed(id="y", command_id="y"))
    steps: list[Command] = [founded, h.a_project("p")]
    steps += [AddEvidence(**on, by=h.lead, item=item, sha256="0" * 64) for item in ("minutes", "photo")]
    steps += [m.ActivateAlliance(**on, by=h.lead), VisitMember(**on, by=h.lead, item="u-clinic")]
    if start in ("dissolved", "archived"):
        steps.append(m.DissolveAlliance(**on, by=h.town, reason="merged"))
    if start == "archived":
        steps.append(m.ArchiveAlliance(**on, by=h.archivist, retention="ordinary"))
    for each in steps[:4] if start == "founded" else steps:
        hall.engine.handle(each)
    if start == "active":
        for each in h.pairing(hall):  # the lead and the bank may join the project
            hall.engine.handle(each)
    if start == "active" and (region == "chair_term" or data.draw(st.booleans())):
        in_the_chair(hall, on)
    assert hall.engine.get("x").status == start


def in_the_chair(hall: Hall, on: dict[str, Any]) -> None:
    """A short term of the lead that has all its contacts, and an action day to be held."""
    today = date(2026, 1, 5)
    hall.engine.handle(term("u-lead", today, today + timedelta(days=40)).changed(id="x", item="1"))
    contacts = (("committee", None), ("guidance", None), ("member", "u-bank"), ("member", "u-school"))
    for whom, unit in contacts:
        hall.engine.handle(LogChairContact(**on, item="1", by=h.of_the_lead, counterpart=whom, unit=unit, day=today))
    at_time = hall.clock() + timedelta(hours=1)
    said: dict[str, Any] = {"occasion": "action_day", "title": "Day", "place": "square", "at_time": at_time}
    hall.engine.handle(AnnounceActivity(**on, by=h.lead, item="day", **said))


ALLIANCES = Walked(
    ALLIANCE,
    opened,
    begin,
    values=values,
    actors=ACTORS,
    approvers={"supervisor": h.group, "unit_head": Actor.of("head-1", Role.UNIT_HEAD, unit="u-lead")},
    counted_open=counted_open,
    duties=frozenset({"hearing_papers", "commitment_due", "supervision_reply"}),
    reading=READING,
)


def test_the_second_opinion_knows_every_region_that_has_loops():
    own = {name.partition(".")[0] for name in OWN}
    assert regions_with_loops(ALLIANCE) - OPENING.keys() == own


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
@pytest.mark.parametrize("start", [status.value for status in AllianceStatus])
def test_a_random_walk_keeps_every_promise(start: str):
    walk(ALLIANCES, start, walks=5, steps=15)


@pytest.mark.no_cover  # what chance reaches is no coverage to count on, and measuring it takes longer than walking
@pytest.mark.parametrize("region", ["member", "chair_term", "brand", "activity"])
def test_a_random_walk_through_one_region_keeps_every_promise(region: str):
    walk(ALLIANCES, "active", walks=5, steps=15, region=region)


# --- turns -----------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    churn=st.lists(st.tuples(st.sampled_from(("serve", "decline", "leave", "join")), st.integers(0, 3)), max_size=12)
)
def test_whatever_happened_before_everybody_has_one_turn_in_every_round(churn: list[tuple[str, int]]):
    hall = an_alliance()
    hall.do(admit("u-clinic"))
    for what, which in churn:
        due, unit = next_in_turn(hall.alliance()), UNITS[which]
        belongs = unit in hall.alliance().included
        if what == "serve" and due:
            serve(hall, due)
        elif what == "decline" and due:
            hall.do(m.DeclineTurn(**A, by=h.lead, unit=due, reason="not now"))
        elif what == "leave" and belongs and unit != "u-lead":
            hall.do(LeaveAlliance(**A, by=h.lead, item=unit, reason="moved"))
        elif what == "join" and not belongs:
            hall.do(admit(unit))
    members = set(hall.alliance().included)
    turns = [serve(hall, next_in_turn(hall.alliance()) or "") for _ in range(2 * len(members))] if members else []
    for start in range(len(turns) - len(members) + 1 if members else 0):
        assert set(turns[start : start + len(members)]) == members
    assert members or next_in_turn(hall.alliance()) is None


def serve(hall: Hall, unit: str) -> str:
    """A term that begins and ends at once: what matters is whose it was."""
    key, today = str(len(hall.alliance().items_of("chair_term")) + 1), hall.clock().date()
    hall.do(
        term(unit, today, today + timedelta(days=90)).changed(item=key),
        EndChairTerm(**A, item=key, by=h.town, reason="for the test of the order"),
    )
    return unit


# --- replay ----------------------------------------------------------------------------------------------------------


def test_another_engine_folds_the_same_alliance_from_the_file(tmp_path: Path):
    hall = an_alliance("alliance_action_day", path=tmp_path / "log")
    today = hall.clock().date()
    hall.do(admit("u-clinic"), term("u-lead", today, today + timedelta(days=90)))
    hall.do(LogChairContact(**A, item="1", by=h.of_the_lead, counterpart="committee"))
    said: dict[str, Any] = {"occasion": "action_day", "title": "Day", "place": "square"}
    hall.do(AnnounceActivity(**A, by=h.lead, item="day", at_time=hall.clock() + timedelta(days=1), **said))
    hall.clock.advance(days=1)
    came = (Participation(unit="u-lead", people=2), Participation(unit="u-bank", people=1))
    hall.do(HoldActivity(**A, by=h.lead, item="day", measure="done", evidence=("photo",), participants=came))
    digest, clinic = hall.alliance().digest, hall.alliance().item("member", "u-clinic")
    hall.engine.close()
    records = (ALLIANCE, PROJECT, DUTY)
    with Engine.open(tmp_path / "log", records=records, read_only=True) as engine:
        assert engine.get("al").digest == digest
        assert engine.get("al").item("member", "u-clinic") == clinic
        assert engine.as_of("al", version=1).status == "founded"
