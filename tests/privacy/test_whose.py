"""Whose a text is that names nobody: of whoever it is about by the matter itself, so that it is erased with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from govflow import Engine
from govflow.actors import ClaimsAuthority
from govflow.cases.commands import RequestSupplement, SupplementCase
from govflow.engine import shipped
from govflow.messages import Personal
from tests.privacy.conftest import LOG
from tests.support import a_case, a_town, desk

# of whom each personal field is, where the command names no pseudonym for it; the rest is each a text of its own
OWNERS = {
    ("quarrel", "case.reported", "reporter_name"): "s-1",
    ("quarrel", "case.reported", "reporter_phone"): "s-1",
    ("quarrel", "case.reported", "reporter_address"): "s-1",
    ("C-2026-000003", "case.reported", "description"): "s-wang",
    ("C-2026-000003", "case.supplement_provided", "supplement"): "s-wang",
    ("C-2026-000003", "case.feedback_given", "answer"): "s-wang",
    ("C-2026-000003", "evaluation.recorded", "remark"): "s-wang",
    ("n", "proposal.drafted", "proposer_name"): "s-wang",
    ("n", "support.given", "supporter_name"): "s-li",
    ("n", "opinion.recorded", "text"): "s-chen",
    ("n", "objection.raised", "details"): "s-zhao",
    ("p", "proposal.voter_named", "voter_name"): "v-00",
    ("fence", "feedback.raised", "text"): "s-1",
    ("fence", "feedback.reopened", "details"): "s-1",
    ("x", "matter.received", "text"): "s-1",
    ("x", "matter.reopened", "objection"): "s-1",
    ("round", "entry.proposed", "proposer_name"): "s-a",
    ("round", "entry.proposed", "contact"): "s-a",
}


@pytest.fixture(scope="module")
def engine(town_files: Path) -> Any:
    with Engine.open(town_files / LOG, records=shipped(), authority=ClaimsAuthority(), read_only=True) as engine:
        yield engine


@pytest.mark.parametrize(("record", "event", "field"), OWNERS)
def test_what_is_given_of_somebody_goes_with_them_when_they_are_erased(
    record: str, event: str, field: str, engine: Any
):
    happened = next(each for each in engine.history(record) if each.name == event)
    assert getattr(happened.body, field).subject == OWNERS[record, event, field]
    assert record in engine.records_of(OWNERS[record, event, field])


def test_what_the_desk_writes_down_for_a_reporter_is_the_reporters_unless_a_pseudonym_is_given():
    for text, subject in (("flat 4", "s-1"), (Personal(text="flat 4", subject="s-9"), "s-9")):
        town = a_town()
        case = a_case(town).id
        town.do(RequestSupplement(id=case, by=desk, shortcomings=("which door?",)))
        town.do(SupplementCase(id=case, by=desk, supplement=text))
        assert town.engine.history(case)[-1].body.__dict__["supplement"].subject == subject
        assert town.engine.open_personal(case, "supplement", desk, why="to find it") == "flat 4"


def test_every_record_that_is_kept_for_a_term_can_be_destroyed_at_its_end():
    """Steps that ask for leave need the region in which it is given: else nobody in the record could be erased."""
    for kind in shipped():
        steps = [step for region in kind.regions.values() for step in region.workflow.steps if step.approval]
        assert not steps or "approval" in kind.regions, kind.name
