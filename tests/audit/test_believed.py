"""What a log says of itself is believed no farther than it must: names keep their content, unknown tables are told."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from govflow import CASE
from govflow.audit.explaining.past import Past
from govflow.audit.findings import Code, Finding
from govflow.audit.legality.own_events import digest_of
from govflow.audit.legality.record import check_record
from govflow.audit.legality.tables import Tables
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from govflow.policy import DEFAULT_POLICY
from govflow.proposals.commands import FailStage
from tests.audit.forging import copied, fitted, parts, saying
from tests.proposals.hall import Hall, paper
from tests.proposals.test_stages import DOWN, committees, four_two, of_the_village, stages
from tests.support import Town, a_case, a_town


@cache
def world() -> Town:
    """A case of the first policy, one of the second that came into force after it."""
    town = a_town()
    a_case(town, "accepted", id="old")
    town.clock.advance(days=1)
    town.engine.adopt(DEFAULT_POLICY.changed(version="9.9"))
    town.clock.advance(days=2)
    a_case(town, "accepted", id="new")
    return town


def own() -> list[StoredEvent]:
    return world().engine.store.read(LOG_STREAM)


def rows(id: str) -> list[StoredEvent]:
    return world().engine.store.read(id)


def found(rows: list[StoredEvent], own_rows: list[StoredEvent] | None = None) -> list[Finding]:
    tables = Tables.of(own() if own_rows is None else own_rows)
    return [*tables.findings, *check_record(CASE, rows, tables)]


def last(topic: str) -> StoredEvent:
    return [row for row in own() if row.topic.startswith(topic)][-1]


def again(row: StoredEvent, **body: Any) -> list[StoredEvent]:
    """The log's own events with one of them once more behind all others, saying something else."""
    return [*own(), saying(row, {}, body, version=len(own()) + 1, position=row.position)]


def test_nothing_is_found_in_what_was_written():
    assert found(rows("old")) == found(rows("new")) == []


def test_a_table_that_no_release_served_here_has_is_told_though_what_it_allows_is_believed():
    adopted = last("workflow.adopted")
    table = parts(adopted)[1]["table"]
    for each in table["transitions"]:
        if each["name"] == "case.closed":
            each.update(source=["reported"], rules=[])
            each["who"] = [["resident", *each["who"][0][1:]]]
    own_rows = again(adopted, table=table, digest=digest_of(table))
    served = world().engine.deciders.values()

    tables = Tables.of(own_rows)

    assert (Tables.of(own()).unknown(served), Tables.of(own()).notices(served)) == ((), ())
    assert [each.digest for each in tables.unknown(served)] == [digest_of(table)]
    (notice,) = tables.notices(served)
    assert f"the table {digest_of(table)[:12]} of case (position {adopted.position}, one of 2)" in notice
    assert "believed on the log's word" in notice
    assert "仅凭日志所载采信" in notice.zh


def test_an_older_table_of_the_log_is_told_as_well():
    assert {each.workflow for each in Tables.of(own()).unknown([])} == {"case"}


def test_a_second_content_of_a_policy_is_found_and_the_first_goes_on_to_count():
    adopted = last("policy.adopted")
    forged = {**parts(adopted)[1]["policy"], "warn_at": [11]}
    own_rows = again(adopted, policy=forged)

    tables = Tables.of(own_rows)
    reader = copied(world().engine, own=own_rows)
    reader.log.catch_up(reader.log.store.head())

    (said,) = tables.findings
    assert (said.code, said.basis) == (Code.SEMANTIC, "policy")
    assert "default@9.9 was adopted before with another content" in said.en
    end = 10**6
    for adopted_then in (tables.before(end), reader.log.adopted, Past(reader).adopted(end)):
        assert adopted_then.policies["default@9.9"].warn_at == DEFAULT_POLICY.warn_at != (11,)
    assert tables.contents[b"default@9.9"] == reader.log.adopted.policies["default@9.9"]


def test_other_days_of_a_calendar_are_found_and_the_first_go_on_to_count():
    adopted = last("policy.adopted")
    policy = parts(adopted)[1]["policy"]
    days = [{**policy["calendars"][0], "holidays": []}, *policy["calendars"][1:]]
    own_rows = again(adopted, policy={**policy, "version": "10", "calendars": days})

    tables = Tables.of(own_rows)

    (said,) = tables.findings
    assert (said.code, said.basis) == (Code.SEMANTIC, "calendar")
    key = DEFAULT_POLICY.calendars[0].key
    assert tables.calendars[key][1] == tables.before(10**6).calendars[key] == DEFAULT_POLICY.calendars[0]


def test_a_policy_may_come_back_into_force_with_the_content_it_had():
    first = next(row for row in own() if row.topic.startswith("policy.adopted"))
    tables = Tables.of(again(last("policy.adopted"), policy=parts(first)[1]["policy"]))

    assert tables.findings == ()
    in_force = tables.before(10**6).policy_on(world().clock())
    assert in_force is not None
    assert in_force.key == DEFAULT_POLICY.key


def test_a_record_begins_under_the_policy_in_force_then():
    pinned = parts(rows("old")[0])[0]["policy"]

    def backdated(row: StoredEvent) -> StoredEvent:
        return saying(row, {"policy": pinned}, {"policy": pinned} if "policy" in parts(row)[1] else {})

    (said,) = found([backdated(row) for row in rows("new")])

    assert (said.code, said.version, said.basis) == (Code.SEMANTIC, 1, "policy")
    assert said.en == f"its record began under {pinned}, while default@9.9 was in force"


def test_a_record_pins_the_policy_that_its_beginning_was_decided_under():
    first, *others = rows("new")
    forged = [saying(first, {}, {"policy": DEFAULT_POLICY.key}), *others]

    said = found(forged)[0]

    assert (said.version, said.basis) == (1, "policy")
    assert f"while the record pins {DEFAULT_POLICY.key}" in said.en


@pytest.mark.parametrize("move", [{"clock": "receipt", "to": "met"}, {"clock": "handling", "to": "cancelled"}])
def test_the_trace_that_a_store_without_a_lock_leaves_moves_no_clock(move: dict[str, str]):
    town = world()
    (first, *_) = rows("new")
    _, body = parts(first)
    said = {"by": body["by"], "at": body["at"], "for_command": "c-1", "clocks": [move]}
    guard = saying(first, {}, {**dict.fromkeys(body), **said}, topic="record.guarded@1", version=2, command_id=None)

    objections = found([first, fitted(guard)])

    assert town.engine.get("new").version > 1
    assert objections
    assert {each.code for each in objections} == {Code.SEMANTIC}


# --- what rides ------------------------------------------------------------------------------------------------------


def of_proposal(hall: Hall) -> list[Finding]:
    tables = Tables.of(hall.engine.store.read(LOG_STREAM))
    return list(check_record(hall.engine.deciders["proposal"], hall.engine.store.read("m"), tables))


def test_stages_that_fall_with_a_delegation_do_so_by_a_row():
    hall = of_the_village("deliberating")
    hall.do(DOWN)

    assert stages(hall) == {"r1.committee": "void"}
    assert of_proposal(hall) == []


def test_stages_after_one_that_failed_fall_by_a_row():
    hall = four_two("deliberating")
    said = {"stage": next(iter(stages(hall))).partition(".")[2], "entitled": 7, "present": 7, "against": 7}
    hall.do(paper("m", "no"))
    hall.do(FailStage(id="m", by=committees, papers=("no",), reason="too dear", **said))

    assert sorted(stages(hall).values()) == ["failed", "void"]
    assert of_proposal(hall) == []
