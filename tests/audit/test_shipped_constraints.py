"""The constraints that come along: they hold on lawful logs, and each is broken by a log in which it does not hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from govflow import Engine
from govflow.audit.constraints.check import check_stream
from govflow.audit.constraints.files import constraints_from, known_events, shipped_constraints
from govflow.engine import shipped
from govflow.messages import RecordedEvent
from govflow.persistence.codec import StoredEvent, leaf_of
from tests.support import a_case, a_town

KNOWN = known_events(shipped())
LOGS = Path(__file__).parent.parent / "data" / "logs"

BROKEN: dict[str, tuple[str, int | None, int | None]] = {
    # what is told: name:item by whom ?field; the versions of the pair that breaks the constraint
    "case-accepted-after-report": ("case.discovered case.accepted", None, 2),
    "no-close-without-feedback": ("case.feedback_given case.reopened verification.passed:2 case.closed", None, 4),
    "no-close-without-verification": ("verification.passed:r1 case.reopened case.feedback_given case.closed", None, 4),
    "verification-after-result": ("case.accepted verification.passed:r1@wu", None, 2),
    "verified-by-another": ("case.handling_completed@wu verification.passed:r1@wu", 1, 2),
    "review-decided-by-another": ("case.handling_started@wu case.handling_completed case.review_decided@wu", 1, 3),
    "recheck-after-review": ("case.review_decided?sends_back case.recheck_requested", None, 2),
    "evaluation-ends-before-close": ("case.reported evaluation.requested:a evaluation.elapsed:b case.closed", 2, 4),
    "objection-decided-by-another": ("case.assignment_objected@wu case.return_decided@wu", 1, 2),
    "no-handling-in-the-archive": ("case.archived case.corrected case.assigned", 1, 3),
    "every-urge-answered": ("supervision.urged:u case.closed", 1, 2),
    "every-instruction-answered": ("instruction.given:1 instruction.answered:2 joint_project.settled", 1, 3),
    "opinions-answered": ("opinion.recorded:a opinion.recorded:b opinion.disposed:a joint_project.settled", 2, 4),
    "approved-by-a-second-person": ("approval.requested:1@wu approval.given:1@wu", 1, 2),
    "approval-given-before-use": ("approval.given:1 approval.used:1 approval.used:1", 2, 3),
    "admission-decided-by-another": ("admission.requested:x@wu admission.decided:x@wu", 1, 2),
    "ledger-verified-by-another": ("ledger.rectified:1@wu ledger.verified:1@wu", 1, 2),
    "ledger-written-off-when-verified": ("ledger.verified:1 ledger.reopened:1 ledger.written_off:1", 2, 3),
    "promise-kept-by-judgement-of-another": ("commitment.made:1@wu commitment.kept:1@wu", 1, 2),
    "meeting-held-before-its-record": ("meeting.announced:1 meeting.recorded:1", None, 2),
    "mediation-with-consent": ("mediation.offered:1 mediation.started:1", None, 2),
    "archive-or-destruction": ("retention.destroyed:1 retention.transferred:1", 2, 1),
    "vote-announced-before-opening": ("proposal.vote_announced proposal.vote_cancelled proposal.vote_opened", None, 3),
    "no-ballot-outside-the-vote": ("proposal.vote_opened proposal.vote_closed proposal.ballot_cast", None, 3),
    "box-called-before-opening": ("proposal.vote_opened proposal.box_opened", None, 2),
    "appraised-by-others": ("proposal.implementation_completed@wu proposal.appraisal_held@wu", 1, 2),
    "no-budget-ballot-outside-the-vote": ("budget_round.opened budget_round.ballots_recorded", None, 2),
    "no-settlement-before-acceptance": ("joint_project.delivered joint_project.settled", None, 2),
    "accounts-published-before-settlement": ("joint_project.delivery_accepted joint_project.settled", None, 2),
    "work-after-approval-and-notice": ("joint_project.approved joint_project.work_started", None, 2),
    "accepted-by-others-than-delivered": ("joint_project.delivered@wu joint_project.delivery_accepted@wu", 1, 2),
    "milestone-reached-before-acceptance": ("milestone.reached:1 milestone.refused:1 milestone.accepted:1", None, 3),
    "expense-verified-by-another": ("expense.recorded:1@wu expense.verified:1@wu", 1, 2),
}  # fmt: skip


def forged(told: str) -> list[RecordedEvent]:
    """Events as nobody may write them: read from rows made by hand, as a forged log would hold them."""
    events = []
    for version, each in enumerate(told.split(), 1):
        rest, _, field = each.partition("?")
        rest, _, by = rest.partition("@")
        name, _, item = rest.partition(":")
        said: dict[str, Any] = {
            "at": datetime(2026, 3, 2, tzinfo=UTC),
            "by": by or f"by-{version}",
            "item": item,
            field: True,
        }
        kind = KNOWN[name]
        body = kind.model_construct(**{key: value for key, value in said.items() if key in kind.model_fields})
        place: dict[str, Any] = {"position": version, "stream": "forged", "version": version, "name": name}
        events.append(RecordedEvent.model_construct(**place, schema_version=kind.version, body=body))
    return events


def streams_of(path: Path) -> Iterator[tuple[str, list[RecordedEvent]]]:
    with Engine.open(path, create=False, read_only=True) as engine:
        for stream, rows in engine.store.streams():
            yield stream, [engine.log.codec.recorded(row) for row in rows]


@pytest.mark.parametrize("id", [each.id for each in shipped_constraints().all])
def test_each_is_broken_by_a_log_in_which_it_does_not_hold_and_names_the_pair(id: str):
    told, a, b = BROKEN[id]
    events = forged(told)

    found = [each for each in check_stream(events, shipped_constraints()) if each.en.startswith(f"{id}: ")]

    assert [each.version for each in found] == [max(each for each in (a, b) if each is not None)]
    named = [f"{events[v - 1].name} at version {v}" for v in (a, b) if v is not None]
    assert all(each in found[0].en for each in named)
    assert all(f"第 {v} 版 {events[v - 1].name}" in found[0].zh for v in (a, b) if v is not None)
    assert found[0].basis == next(each.source for each in shipped_constraints().all if each.id == id)


def test_they_name_events_that_there_are():
    text = (Path(__file__).parents[2] / "src/govflow/data/constraints/default.toml").read_bytes()

    assert constraints_from(text, "default.toml", KNOWN).all == shipped_constraints().all
    assert set(BROKEN) == {each.id for each in shipped_constraints().all}


def test_they_hold_on_a_log_of_an_earlier_release(tmp_path):
    copied = shutil.copy(LOGS / "before-work-calendars.db", tmp_path / "old.db")

    told = [found for _, events in streams_of(Path(copied)) for found in check_stream(events, shipped_constraints())]

    assert told == []


@pytest.mark.parametrize("status", ["closed", "archived", "terminated", "suspended", "merged"])
def test_they_hold_on_a_case_that_came_anywhere(status: str):
    town = a_town()
    a_case(town, status, co_units=() if status == "merged" else ("power",))

    for stream, rows in town.engine.store.streams():
        events = [town.engine.log.codec.recorded(row) for row in rows]
        assert list(check_stream(events, shipped_constraints())) == [], stream


def test_a_closing_that_was_written_into_the_database_is_found(tmp_path):
    """The row is made by hand and written by the store, as whoever has the database may do."""
    town = a_town(tmp_path / "town.db")
    case = a_case(town, "in_handling")
    meta = {"command": "forged", "wire": "case.close", "recorded_at": "2026-03-02T01:00:00Z", "policy": case.policy}
    body = {"at": "2026-03-02T01:00:00Z", "by": "nobody"}
    state = f"{json.dumps(meta)}\n{json.dumps(body)}".encode()
    with town.engine.store.transaction() as write:
        place = case.id, case.version + 1, "case.closed@1", state
        write.append([StoredEvent(*place, leaf=leaf_of(*place))])
    town.engine.close()

    found = [
        each for _, events in streams_of(tmp_path / "town.db") for each in check_stream(events, shipped_constraints())
    ]

    assert [each.en.partition(":")[0] for each in found] == [
        "no-close-without-feedback",
        "no-close-without-verification",
    ]
    assert {(each.stream, each.version, each.event) for each in found} == {(case.id, case.version + 1, "case.closed")}
