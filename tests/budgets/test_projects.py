"""Winners become joint projects where those are kept in the log: exactly one each, tied both ways, at once."""

from __future__ import annotations

from typing import Any

from govflow.budgets import BUDGET_ROUND
from govflow.budgets import entry as n
from govflow.projects import PROJECT
from tests.budgets.office import END, HAND_OVER, YUAN, R, an_office, community
from tests.budgets.test_money import GIFT, award

SERVED: dict[str, Any] = {"records": (BUDGET_ROUND, PROJECT)}


def test_each_winner_becomes_one_project_tied_both_ways():
    office = an_office("handed_over", **SERVED)
    begun = {key: each.project for key, each in office.round.items_of("entry").items() if each.status == "commissioned"}
    assert begun == {"a": "JP-2026-000001", "b": "JP-2026-000002"}
    first: Any = office.engine.get("JP-2026-000001")
    line = first.item("budget", "1")
    assert (first.title, first.kind, line.source) == ("Project a", "micro_livelihood", "fiscal")
    assert (line.amount, line.envelope) == (300_000 * YUAN, "round")
    assert first.items_of("link")["spawned_by.round"].status == "linked"
    assert office.round.items_of("link")["spawned.JP-2026-000002"].other == "JP-2026-000002"
    assert office.loops() == set()
    assert office.do(END).status == "closed"


def test_the_same_command_again_begins_no_second_project():
    office = an_office("published", **SERVED).days(8)
    office.do(HAND_OVER)
    head = office.engine.store.head()
    office.do(HAND_OVER)
    assert office.engine.store.head() == head
    assert [each.id for each in office.engine.records() if each.id.startswith("JP")] == [
        "JP-2026-000001",
        "JP-2026-000002",
    ]


def test_the_system_hands_the_winners_over_when_the_public_notice_ends():
    office = an_office("published", **SERVED).days(8)
    assert office.engine.tick().done["budget_round.commission_winners"] == 1
    assert office.entry("b").project == "JP-2026-000002"


def test_an_entry_funded_later_becomes_a_project_too_or_what_is_named_for_it():
    office = an_office("handed_over", **SERVED)
    office.do(GIFT, award())
    office.do(n.CommissionEntry(**R, by=community, item="c"))
    assert office.entry("c").project == "JP-2026-000003"

    office = an_office("handed_over", **SERVED)
    office.do(GIFT, award())
    office.do(n.CommissionEntry(**R, by=community, item="c", carrier="contract 7"))
    assert (office.entry("c").project, office.entry("c").carrier) == (None, "contract 7")


def test_replay_gives_the_same_rounds_and_projects(tmp_path):
    office = an_office("handed_over", tmp_path / "log.db", **SERVED)
    states = {each.id: each.digest for each in office.engine.records()}
    for id, digest in states.items():
        again = office.engine.as_of(id, version=office.engine.get(id).version)
        assert again.digest == digest
    assert len(states) == 3
