"""A case from its report to its end by people of the directory, a substitute among them; nobody else gets in."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, NotAllowed, NotFound, Role
from govflow.cases import commands as c
from govflow.organisation.interests import DeclareInterest
from govflow.organisation.substitutions import ArrangeSubstitution
from govflow.organisation.units import AddUnit
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from tests.organisation.office import ANN, Office, an_office, on

CASE: dict[str, Any] = {"id": "leak"}
WRONGDOING: dict[str, Any] = {
    "title": "Fees", "kind": "whistle_blowing", "channel": "letter", "category": "conduct", "confidential": True,
}  # fmt: skip
STAFF = {
    "recep": (Role.ACCEPTANCE_DESK, "desk"),
    "disp": (Role.DISPATCHER, "desk"),
    "li": (Role.LEAD_UNIT, "water"),
    "ver": (Role.VERIFIER, "bureau"),
    "vic": (Role.VERIFIER, "bureau"),
}
resident, recep, disp, li, ver, vic, sub = (Actor(id=id) for id in ("s-1", "recep", "disp", "li", "ver", "vic", "sub"))


@pytest.fixture
def office() -> Office:
    office = an_office()
    for actor, (role, unit) in STAFF.items():
        office.appoint(actor, role, unit)
    matter = {"title": "Water leak", "kind": "hotline", "channel": "phone", "reporter": "s-1", "category": "general"}
    office.do(c.ReportCase(**CASE, by=resident, level="town", area="jinniu/east", **matter))
    return office


def upto_feedback(office: Office, dispatcher: Actor) -> None:
    told: dict[str, Any] = {"to_level": "town", "to_reporter": True, "public_text": "pipe replaced"}
    office.do(
        c.AcceptCase(**CASE, by=recep),
        c.AssignCase(**CASE, by=dispatcher, lead_unit="water", unit_level="district"),
        LogContact(**CASE, by=li, reached=True, way="phone"),
        c.StartHandling(**CASE, by=li),
        AddEvidence(**CASE, by=li, item="e1", kind="photo", sha256="0" * 64),
        c.SubmitResult(**CASE, by=li, measure="pipe replaced", evidence=("e1",)),
        c.GiveFeedback(**CASE, by=li, **told),
    )


def test_a_case_is_handled_by_people_of_the_directory_alone(office: Office):
    claiming = Actor.of("eve", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
    assert "role_is_held" in office.refused(c.AcceptCase(**CASE, by=claiming))
    assert "role_is_held" in office.refused(c.AcceptCase(**CASE, by=disp))
    office.do(ArrangeSubstitution(by=ANN, actor="sub", absent="disp", valid_from=on(0), valid_to=on(1)))
    upto_feedback(office, sub)
    answers = {"contacted": True, "resolved": True, "satisfied": True}
    office.do(
        PassVerification(**CASE, by=ver, item="r1"),
        RecordEvaluation(**CASE, by=resident, item="r1.s-1", **answers),
    )
    office.clock.set(on(1))
    with pytest.raises(NotAllowed, match="dispatcher"):  # the one who stood in does so no longer
        office.engine.handle(c.CloseCase(**CASE, by=sub))
    office.do(c.CloseCase(**CASE, by=disp))
    assert office.engine.get("leak").status == "closed"


def test_who_has_an_interest_in_the_reporter_keeps_away(office: Office):
    office.do(DeclareInterest(by=ANN, actor="ver", subject="s-1", ground="kin"))
    upto_feedback(office, disp)
    assert office.refused(PassVerification(**CASE, by=ver, item="r1"))
    office.do(PassVerification(**CASE, by=vic, item="r1"))


def test_nobody_dispatches_in_a_part_of_the_district_that_is_not_his(office: Office):
    office.appoint("west", Role.ACCEPTANCE_DESK, "desk", area="jinniu/west")
    assert "role_is_held" in office.refused(c.AcceptCase(**CASE, by=Actor(id="west")))


def test_who_may_take_a_step_is_told_from_the_directory(office: Office):
    steps = {each.command for each in office.engine.allowed("leak", recep)}
    assert "case.accept" in steps
    assert "case.accept" not in {each.command for each in office.engine.allowed("leak", disp)}


def test_what_is_part_of_the_unit_reported_learns_of_the_report_no_more_than_it_does(office: Office):
    office.do(
        AddUnit(by=ANN, item="pumps", title="Pumps", kind="station", area="jinniu/east", parent="water"),
        AddUnit(by=ANN, item="night", title="Night shift", kind="station", area="jinniu/east", parent="pumps"),
        c.ReportCase(id="told", by=resident, level="town", area="jinniu/east", accused_unit="water", **WRONGDOING),
    )
    for actor, unit in (("mei", "pumps"), ("nan", "night"), ("bao", "bureau")):
        office.appoint(actor, Role.DISPATCHER, unit, area="jinniu/east")
    seen = {actor for actor in ("mei", "nan", "bao", "li") if office.engine.seen_by(Actor(id=actor)).has("told")}
    assert seen == {"bao"}  # the unit above it is no part of it
    for actor in ("mei", "nan"):
        with pytest.raises(NotFound):
            office.engine.handle(c.AssignCase(id="told", by=Actor(id=actor), lead_unit="police"))


def test_a_report_that_only_desks_of_the_unit_reported_could_accept_is_sent_elsewhere(office: Office):
    report = {"id": "told", "by": resident, "level": "town", "area": "jinniu/east", **WRONGDOING}
    for accused in ("desk", "bureau"):
        assert office.refused(c.ReportCase(**report, accused_unit=accused)) == {"somebody_else_can_accept"}
    office.do(AddUnit(by=ANN, item="discipline", title="Discipline", kind="station", area="jinniu/east"))
    office.appoint("judge", Role.ACCEPTANCE_DESK, "discipline")
    office.do(c.ReportCase(**report, accused_unit="bureau"))
    assert office.engine.seen_by(Actor(id="judge")).has("told")
    assert not office.engine.seen_by(recep).has("told")
