"""One list says who answers for what, and one process holds for all: M006, M140."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Command, NotAllowed
from govflow.cases import CASE
from govflow.cases import commands as c
from govflow.policy import DEFAULT_POLICY, Category, Policy
from govflow.regions.evidence import AddEvidence
from tests.support import Town, a_case, a_town, desk, dispatcher, lead

X: dict[str, Any] = {"id": "x"}


def a_list(*categories: Category, **more: Any) -> Policy:
    return Policy.model_validate(
        {
            **DEFAULT_POLICY.model_dump(),
            "id": "street",
            "version": "2026-1",
            "categories": [each.model_dump() for each in categories],
            **more,
        }
    )


LIST = a_list(
    Category(
        id="pipes",
        en="Pipes",
        zh="管网",
        lead_units=("water", "roads"),
        time_limit="hot.tier.utility",
        evidence=("photo",),
    ),
    Category(id="census", en="Census", zh="普查", admitted=False),
    open_catalogue=False,
)


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def test_the_list_gives_each_category_its_limit_its_evidence_and_its_competent_units():  # M006 责任清单
    town = a_town(policy=LIST)
    case = a_case(town, "in_handling", id="x", category="pipes", reporter=None)
    assert (case.policy, case.clocks["handling"].rule) == ("street@2026-1", "hot.tier.utility")
    asked = {"reason": "the leak is under the road"}
    with pytest.raises(NotAllowed) as caught:
        town.approved(c.TransferCase(**X, by=lead, to_unit="parks", **asked), dispatcher)
    assert caught.value.codes == ("target_unit_is_competent",)
    town.do(AddEvidence(**X, by=lead, item="e1", kind="document", sha256="0" * 64))
    result = c.SubmitResult(**X, by=lead, measure="done", evidence=("e1",))
    assert refused(town, result) == ("measure_and_evidence_given",)
    assert town.approved(c.TransferCase(**X, by=lead, to_unit="roads", **asked), dispatcher).lead_unit == "roads"


def test_the_process_is_the_same_for_every_kind_and_stands_in_the_log_in_full():  # M006 流程标准化
    town = a_town()
    for kind in ("grid", "hotline", "petition", "service", "suggestion", "lead", "hazard", "dispute"):
        town.do(c.ReportCase(id=kind, by=desk, title="t", kind=kind, channel="counter", level="town", area="a"))
    adopted = [each.body for each in town.engine.log_history() if each.name == "workflow.adopted"]
    mine: Any = next(body for body in adopted if getattr(body, "workflow", "") == "case")
    assert mine.table == CASE.as_data()
    steps = {tuple(town.engine.allowed(record.id, desk)) for record in town.engine.records()}
    assert len(steps) == 1


def test_a_matter_outside_the_list_of_duties_is_not_taken_and_none_is_listed_twice():  # M140 职责清单
    town = a_town(policy=LIST)
    a_case(town, "reported", id="x", category="astrology")
    assert refused(town, c.AcceptCase(**X, by=desk)) == ("matter_is_in_scope",)
    a_case(town, "reported", id="y", category="pipes")
    assert town.do(c.AcceptCase(id="y", by=desk)).status == "accepted"
    a_case(town, "accepted", id="z", category="census")
    down = c.AssignCase(id="z", by=dispatcher, lead_unit="huazhaobi", unit_level="community")
    assert refused(town, down) == ("admission_is_settled",)
    elsewhere = c.AssignCase(id="z", by=dispatcher, lead_unit="statistics", unit_level="town")
    assert town.do(elsewhere).status == "assigned"

    with pytest.raises(ValueError, match="category census stands twice"):
        a_list(*LIST.categories, LIST.categories[-1])
