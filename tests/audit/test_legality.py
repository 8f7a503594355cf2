"""Every stored event must be one that the table and the policy of its time allowed; what is not is named."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Engine
from govflow.audit.explaining.why import objections
from govflow.audit.findings import Check, Code, Finding
from govflow.audit.legality.own_events import digest_of
from govflow.audit.legality.record import check_record
from govflow.audit.legality.tables import Tables
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from tests.audit.forging import Change, copied, findings, fitted, one, parts, saying
from tests.kernel.test_every_pair import KINDS
from tests.proposals.test_stages import DOWN, of_the_village, stages
from tests.support import Town, a_case, a_town

OLD = Path(__file__).parents[1] / "data/logs/before-work-calendars.db"


@cache
def world() -> Town:
    """A case that was closed with all that belongs to it, and one that was suspended with leave."""
    town = a_town()
    a_case(town, "closed", id="x", co_units=("power",))
    a_case(town, "suspended", id="y")
    return town


def engine() -> Engine:
    return world().engine


@cache
def rows_of(id: str) -> tuple[StoredEvent, ...]:
    return tuple(engine().store.read(id))


def version_of(name: str, id: str = "x") -> int:
    return next(each.version for each in engine().history(id) if each.name == name)


def forged(name: str, change: Change, id: str = "x") -> list[Finding]:
    """What is found where the first event of a name was changed."""
    return findings(engine(), id, one(version_of(name, id), change))


def in_order(engine: Engine) -> list[Finding]:
    """What is found in a whole log."""
    tables = Tables.of(engine.store.read(LOG_STREAM))
    found = list(tables.findings)
    for id, rows in engine.store.streams():
        if id != LOG_STREAM:
            found += check_record(engine.deciders[engine.get(id).kind_of_record], rows, tables)
    return found


# --- what is lawful --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_in_what_commands_have_written(kind):
    here, id = KINDS[kind].brought("archived")

    assert here.engine.get(id).status == "archived"
    assert in_order(here.engine) == []


def test_nothing_is_found_in_a_log_older_than_the_tables_of_today(tmp_path):
    for suffix in ("", ".keys"):
        shutil.copy(f"{OLD}{suffix}", tmp_path / f"{OLD.name}{suffix}")
    with Engine.open(tmp_path / OLD.name, create=False, read_only=True) as old:
        assert old.deciders["case"].digest not in old.log.tables
        assert in_order(old) == []


def test_the_record_comes_out_as_the_engine_folds_it():
    case = engine().get("x")
    told = check_record(engine().deciders["case"], engine().store.read("x"), Tables.of(engine().store.read(LOG_STREAM)))

    with pytest.raises(StopIteration) as ended:
        next(told)

    assert ended.value.value.digest == case.digest


def test_an_older_program_may_serve_the_log_again():
    rows = engine().store.read(LOG_STREAM)
    last = next(row for row in rows if row.topic.startswith("workflow.adopted"))
    table = parts(last)[1]["table"]
    table["transitions"] = [each for each in table["transitions"] if each["command"] != "close"]
    newer = saying(last, body={"table": table, "digest": digest_of(table)}, version=len(rows) + 1)

    tables = Tables.of([*rows, newer])

    assert tables.findings == ()
    assert len(tables.adopted["case"]) == 2
    assert list(check_record(engine().deciders["case"], engine().store.read("x"), tables)) == []


def test_a_delegation_is_sound_under_a_table_of_before_its_rows_for_fallen_stages():
    hall = of_the_village("deliberating")
    hall.do(DOWN)
    old = []
    for row in hall.engine.store.read(LOG_STREAM):
        if row.topic.startswith("workflow.adopted") and parts(row)[1]["workflow"] == "proposal":
            table = parts(row)[1]["table"]
            steps = table["regions"]["stage"]["transitions"]
            table["regions"]["stage"]["transitions"] = [each for each in steps if each["id"] not in ("ST08", "ST09")]
            row = saying(row, body={"table": table, "digest": digest_of(table)})
        old.append(row)
    tables = Tables.of(old)

    assert tables.unknown(hall.engine.deciders.values())
    assert stages(hall) == {"r1.committee": "void"}
    assert list(check_record(hall.engine.deciders["proposal"], hall.engine.store.read("m"), tables)) == []


# --- what is not -----------------------------------------------------------------------------------------------------


def test_a_status_cannot_be_leapt_over():
    closed = version_of("case.closed")
    leap = findings(engine(), "x", lambda rows: [*rows[:3], fitted(rows[closed - 1], version=4)])

    assert [each.code for each in leap] == [Code.SEMANTIC]
    assert (leap[0].version, leap[0].event, leap[0].stream) == (4, "case.closed@1", "x")
    assert "case.closed by case.close as dispatcher, assigned -> closed" in leap[0].en
    assert leap[0].basis in leap[0].en
    assert "does not lead from assigned" in leap[0].en
    assert "不自 assigned 出发" in leap[0].zh


def test_a_role_that_no_row_names_is_found():
    (found,) = forged("case.assigned", lambda row: saying(row, {"role": "reporter"}))

    assert (found.code, found.found_by, found.version) == (Code.SEMANTIC, Check.SEMANTIC, 3)
    assert "is not for reporter" in found.en
    assert "C08" in found.basis or found.basis


def test_nobody_in_no_role_does_anything():
    (found,) = forged("case.assigned", lambda row: saying(row, {"role": None, "unit": None}))

    assert "is not for nobody" in found.en


def test_an_event_belongs_to_its_own_command():
    (found,) = forged("case.assigned", lambda row: saying(row, {"wire": "case.accept"}))

    assert found.code == Code.SEMANTIC
    assert "case.assigned by case.accept" in found.en
    assert "is for case.assign" in found.en


def test_an_item_must_be_there_before_anything_happens_to_it():
    (found,) = forged("joint_handling.finished", lambda row: saying(row, body={"item": "nobody"}))

    assert found.code == Code.SEMANTIC
    assert "new -> finished" in found.en or "does not lead from new" in found.en or "does not fit" in found.en


def test_a_missing_row_ends_the_check_of_its_stream():
    (found,) = findings(engine(), "x", lambda rows: [*rows[:4], *rows[5:]])

    assert (found.code, found.found_by, found.version) == (Code.GAP, Check.ORDER, 6)


def test_a_row_that_stands_twice_is_out_of_order():
    found, unlawful = findings(engine(), "x", lambda rows: [*rows[:4], rows[3], *rows[4:]])
    assert (unlawful.code, unlawful.found_by, unlawful.version) == (Code.SEMANTIC, Check.SEMANTIC, 4)

    assert (found.code, found.version) == (Code.REORDER, 4)


@pytest.mark.parametrize(
    ("meta", "body"),
    [
        ({}, {"at": "2026-02-01T00:00:00Z"}),
        ({}, {"at": "2036-02-01T00:00:00Z"}),
        ({"recorded_at": "2026-02-01T00:00:00+00:00"}, {"at": "2026-02-01T00:00:00Z"}),
    ],
)
def test_time_does_not_go_back_nor_ahead(meta, body):
    last = engine().get("x").version
    found = findings(engine(), "x", one(last, lambda row: saying(row, meta, body)))

    assert {each.code for each in found} == {Code.TIME_REGRESSION}
    assert {each.version for each in found} == {last}


def test_a_policy_must_have_been_adopted():
    (found,) = forged("case.assigned", lambda row: saying(row, {"policy": "default@99"}))

    assert (found.code, found.basis) == (Code.SEMANTIC, "policy")
    assert "default@99, which was not adopted before" in found.en


def test_a_record_goes_by_the_policy_that_it_has_pinned():
    rows = engine().store.read(LOG_STREAM)
    adopted = next(row for row in rows if row.topic.startswith("policy.adopted"))
    policy = {**parts(adopted)[1]["policy"], "version": "99"}
    case = engine().store.read("x")
    since = case[0].position  # when the case had begun
    tables = Tables.of([*rows, saying(adopted, body={"policy": policy}, version=len(rows) + 1, position=since)])
    last = saying(case[-1], {"policy": "default@99"})

    (found,) = check_record(engine().deciders["case"], [*case[:-1], last], tables)

    assert f"while the record has pinned {engine().get('x').policy}" in found.en


def test_leave_must_be_used_up_by_what_it_was_given_for():
    used = version_of("approval.used", "y")
    (found,) = findings(engine(), "y", lambda rows: rows[: used - 1])

    assert (found.code, found.event) == (Code.SEMANTIC, "case.suspended@1")
    assert "needs leave of supervisor, and none was used" in found.en


def test_the_command_id_beside_a_row_is_the_one_within_it():
    (found,) = forged("case.assigned", lambda row: fitted(row, command_id=b"another"))

    assert found.code == Code.EDIT


def test_who_was_stood_in_for_is_said_twice_alike():
    (found,) = forged("case.assigned", lambda row: saying(row, {"standing_in_for": "chen"}))

    assert "stood in for" in found.en


@pytest.mark.parametrize("topic", ["case.vanished@1", "case.assigned@99", "case.assigned", "", "x"])
def test_what_nobody_can_read_is_an_unknown_event(topic):
    (found,) = forged("case.assigned", lambda row: fitted(row, topic=topic))

    assert found.code == Code.UNKNOWN_EVENT


@pytest.mark.parametrize("state", [b"", b"{", b"{}\n{}", b"\xff\n\xff", b"[]\n[]"])
def test_what_cannot_be_parsed_is_damaged(state):
    (found,) = forged("case.assigned", lambda row: fitted(row, state=state))

    assert found.code == Code.DAMAGED


def test_metadata_that_cannot_be_read_is_damaged_and_the_record_goes_on():
    (found,) = forged("case.assigned", lambda row: fitted(row, state=b"{}\n" + row.state.partition(b"\n")[2]))

    assert (found.code, found.version) == (Code.DAMAGED, 3)


def test_without_a_table_nothing_is_lawful():
    rows = [row for row in engine().store.read(LOG_STREAM) if not row.topic.startswith("workflow.adopted")]
    found = check_record(engine().deciders["case"], engine().store.read("x")[:1], Tables.of(rows))

    assert "no table of this kind of record was adopted before" in next(found).en


# --- the log's own stream --------------------------------------------------------------------------------------------


def test_a_table_is_the_one_that_its_digest_names():
    rows = engine().store.read(LOG_STREAM)
    place = next(n for n, row in enumerate(rows) if row.topic.startswith("workflow.adopted"))
    table = parts(rows[place])[1]["table"]
    table["transitions"][0]["who"].append(["resident"])
    rows[place] = saying(rows[place], body={"table": table})

    (found,) = Tables.of(rows).findings

    assert "is not the one that its digest names" in found.en


@pytest.mark.parametrize(
    ("place", "change", "code"),
    [
        (0, lambda row: saying(row, {"role": "resident"}), Code.SEMANTIC),
        (1, lambda row: saying(row, {"wire": "case.report"}), Code.SEMANTIC),
        (1, lambda row: fitted(row, version=7), Code.GAP),
        (1, lambda row: fitted(row, topic="case.reported@1"), Code.UNKNOWN_EVENT),
        (1, lambda row: fitted(row, state=b"{}"), Code.DAMAGED),
        (1, lambda row: fitted(row, state=b"{}\n" + row.state.partition(b"\n")[2]), Code.DAMAGED),
        (1, lambda row: saying(row, {"recorded_at": "2020-01-01T00:00:00+00:00"}), Code.TIME_REGRESSION),
    ],
    ids=["who", "command", "gap", "unknown", "no body", "no metadata", "time"],
)
def test_what_the_log_says_of_itself_is_checked_too(place, change, code):
    rows = engine().store.read(LOG_STREAM)
    rows[place] = change(rows[place])

    assert code in {each.code for each in Tables.of(rows).findings}


def test_a_table_that_is_none_is_damaged():
    rows = engine().store.read(LOG_STREAM)
    place = next(n for n, row in enumerate(rows) if row.topic.startswith("workflow.adopted"))
    rows[place] = saying(rows[place], body={"table": {"transitions": 3}})

    assert Code.DAMAGED in {each.code for each in Tables.of(rows).findings}


# --- whatever anybody writes -----------------------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.lists(st.text(max_size=3), max_size=2)
)
LATER = st.sampled_from(
    ["2026-03-02T01:00:00Z", "9998-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-13-01T00:00:00+00:00"]
)


@st.composite
def one_value_changed(draw: st.DrawFn) -> tuple[str, StoredEvent]:
    """A row in which one value of the metadata or the body is another; and whose it is."""
    id = draw(st.sampled_from(["x", "y"]))
    rows = rows_of(id)
    row = draw(st.sampled_from(rows))
    place = draw(st.integers(0, 1))
    name = draw(st.sampled_from(sorted(parts(row)[place])))
    others = [said[name] for each in rows if name in (said := parts(each)[place])]
    value = draw(st.one_of(ANYTHING, LATER, st.sampled_from(others)))
    return id, saying(row, **{("meta", "body")[place]: {name: value}})


@settings(max_examples=80, deadline=None)
@given(forged=one_value_changed())
def test_the_check_never_raises_whatever_stands_in_a_row(forged):
    id, row = forged

    found = findings(engine(), id, one(row.version, lambda _: row))

    assert all(each.stream == id and each.en and each.zh for each in found)


@settings(max_examples=15, deadline=None)
@given(forged=one_value_changed())
def test_nor_does_judging_the_rules_again(forged):
    id, row = forged

    found = list(objections(copied(engine(), id, one(row.version, lambda _: row)), id))

    assert {each.code for each in found} <= {Code.SEMANTIC}
