"""Disputes of a project in figures: its own and those of the cases tied to it, each counted once."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import Case
from govflow.projects import JointProject
from govflow.projects.figures import DisputeFigures, dispute_figures
from govflow.regions.link import Link
from govflow.regions.mediation.model import Mediation


def mediated(status: str, tier: int = 1) -> dict[str, Any]:
    return {"d": Mediation(key="d", status=status, tier=tier)}


def figures_of(case: Case | None = None, *, own: dict[str, Any] | None = None, **tie: Any) -> DisputeFigures:
    """Of a project with disputes of its own, and one case tied to it as a dispute, or as `tie` says."""
    items: dict[str, Any] = {"mediation": own or {}}
    if case is not None:
        items["link"] = {"l": Link(key="l", **{"status": "awaited", "kind": "dispute", "other": "c", **tie})}
    return dispute_figures(JointProject(id="p", items=items), {"c": case}.get)


def a_case(status: str = "in_handling", **said: Any) -> Case:
    return Case(**{"id": "c", "status": status, "kind": "dispute", **said})


@pytest.mark.parametrize(
    ("case", "where"),
    [
        (a_case(), "open"),
        (a_case("under_review"), "open"),
        (a_case("closed"), "resolved"),
        (a_case("archived", closed_at="2026-03-02T01:00:00Z"), "resolved"),
        (a_case("archived"), "unresolved"),
        (a_case("withdrawn"), "unresolved"),
        (a_case("converted"), "unresolved"),
    ],
)
def test_a_tied_case_is_open_resolved_or_unresolved_as_it_stands(case: Case, where: str):
    counted = figures_of(case)._asdict()
    assert counted.pop("raised") == counted.pop(where) == 1
    assert set(counted.values()) == {0}


@pytest.mark.parametrize("status", ["performed", "confirmed"])
def test_what_was_mediated_in_the_project_itself_counts_too(status: str):
    assert figures_of(own=mediated(status)) == (1, 1, 0, 0, 0, 0)
    assert figures_of(own=mediated("agreed")) == (1, 0, 1, 0, 0, 0)  # until it is performed
    assert figures_of(own=mediated("referred")) == (1, 0, 0, 1, 1, 0)


@pytest.mark.parametrize(
    "case",
    [
        a_case(level="town", reporting_level="community"),
        a_case("redirected"),
        a_case(items={"mediation": mediated("performed", tier=2)}),
        a_case(items={"mediation": mediated("referred")}),
    ],
)
def test_what_went_up_a_level_or_a_tier_or_to_the_law_was_escalated(case: Case):
    assert figures_of(case).escalated == 1


def test_what_stays_at_its_level_and_the_lowest_tier_was_not():
    stays = a_case(level="community", reporting_level="community", items={"mediation": mediated("performed")})
    assert figures_of(stays).escalated == 0
    assert figures_of(a_case(level="grid", reporting_level="community")).escalated == 0


def test_petitions_are_told_apart_and_other_ties_and_those_taken_back_count_nowhere():
    assert figures_of(a_case(kind="petition")).petitions == 1
    assert figures_of(a_case(), kind="spawned").raised == 0
    assert figures_of(a_case(), status="unlinked").raised == 0
    assert figures_of(None).raised == 0
