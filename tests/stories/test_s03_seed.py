"""S3 詹湖村 种子: villagers suspect the seed; an informant reports before it becomes a collective matter."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Actor, Engine, NotAllowed, Role
from govflow.cases import commands as c
from govflow.cases.events import CaseReported
from govflow.regions import joint_handling as jh
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock

informant = Actor.of("informant-1", Role.RESIDENT, Role.REPORTER)
village = Actor.of("zhanhu", Role.COMMUNITY, Role.ACCEPTANCE_DESK, level="community")
town = Actor.of("town-desk", Role.TOWN, Role.ACCEPTANCE_DESK, level="town")
district = Actor.of("district-desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER, level="district")
agriculture = Actor.of("chen", Role.LEAD_UNIT, unit="agriculture")
market = Actor.of("guo", Role.CO_UNIT, unit="market-supervision")
verifier = Actor.of("third-party", Role.VERIFIER)

REPORT: dict[str, Any] = {
    "title": "Low heading rate, seed suspected",
    "kind": "lead",
    "channel": "informant",
    "category": "collective",
    "level": "community",
    "area": "county/zhanhu",
    "signal": "collective",
    "pre_emptive": True,
    "collective": True,
    "reporter": "informant-1",
}


def pre_emptive_share(engine: Engine) -> tuple[int, int]:
    """The warning metric (M036): of all reports in the log, those made before trouble began. Folded from the log."""
    reports = [each.body for each in engine.events() if isinstance(each.body, CaseReported)]
    return sum(report.pre_emptive for report in reports), len(reports)


def escalate(by: Actor, to_level: str) -> c.EscalateCase:
    return c.EscalateCase(id="seed", by=by, to_level=to_level, reason="seed matters are above us", beyond_powers=True)


def test_the_seed_of_zhanhu_is_settled_before_it_becomes_a_petition():
    with Engine.open(now=PinnedClock()) as engine:
        with pytest.raises(NotAllowed) as caught:
            engine.handle(c.ReportCase(id="seed", by=informant, **REPORT, representatives=6))
        assert caught.value.codes == ("representatives_are_few",)
        engine.handle(c.ReportCase(id="seed", by=informant, **REPORT, representatives=5))
        engine.handle(c.ReportCase(id="lamp", by=informant, **{**REPORT, "pre_emptive": False, "collective": False}))
        assert pre_emptive_share(engine) == (1, 2)

        with pytest.raises(NotAllowed) as caught:
            engine.handle(escalate(village, "district"))
        assert caught.value.codes == ("raised_exactly_one_level",)
        engine.handle_all([escalate(village, "town"), escalate(town, "district")])
        case: Any = engine.get("seed")
        assert (case.level, case.reporting_level) == ("district", "community")

        engine.handle(c.AcceptCase(id="seed", by=district))
        units = {"lead_unit": "agriculture", "co_units": ("market-supervision",)}
        engine.handle(c.AssignCase(id="seed", by=district, **units, co_task="test the seed"))
        engine.handle(LogContact(id="seed", by=agriculture, reached=True, way="visit"))
        engine.handle(c.StartHandling(id="seed", by=agriculture))
        engine.handle(AddEvidence(id="seed", by=agriculture, item="lab", kind="report", sha256="a" * 64))
        result = c.SubmitResult(id="seed", by=agriculture, measure="seed tested, loss paid", evidence=("lab",))
        with pytest.raises(NotAllowed) as caught:
            engine.handle(result)
        assert caught.value.codes == ("co_units_are_done_or_explained",)
        part: dict[str, Any] = {"id": "seed", "by": market, "item": "market-supervision"}
        engine.handle(jh.AcceptJointHandling(**part))
        engine.handle(jh.FinishJointHandling(**part, measure="seller fined", evidence=("lab",)))
        engine.handle(result)

        only_above = c.GiveFeedback(id="seed", by=agriculture, to_level="district", to_reporter=True)
        with pytest.raises(NotAllowed) as caught:
            engine.handle(only_above)
        assert caught.value.codes == ("feedback_reaches_all_it_is_owed_to",)
        engine.handle(c.GiveFeedback(id="seed", by=agriculture, to_level="community", to_reporter=True))
        engine.handle(PassVerification(id="seed", by=verifier, item="r1"))
        pleased = {"contacted": True, "resolved": True, "satisfied": True}
        engine.handle(RecordEvaluation(id="seed", by=informant, item="r1.informant-1", **pleased))
        closed: Any = engine.handle(c.CloseCase(id="seed", by=district))

        assert closed.status == "closed"
        assert closed.item("evaluation", "r1.informant-1").satisfied is True
        assert engine.open_loops("seed") == ()
        assert pre_emptive_share(engine) == (1, 2)
        assert [each.meta.wire for each in engine.history("seed")][:3] == [
            "case.report",
            "case.escalate",
            "case.escalate",
        ]
