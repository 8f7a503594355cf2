"""A log as JSON Lines: out and in again byte for byte, and nothing that is not exactly such a file is taken."""

import io
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from govflow.actors import Actor
from govflow.cases.commands import ReportCase
from govflow.engine import Engine
from govflow.errors import InputError, LogError
from govflow.interchange.importing import import_rows
from govflow.interchange.jsonl import export_log, import_log
from govflow.interchange.mapping import shipped_mapping
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore

SAMPLE = Path(__file__).parents[1] / "data" / "311" / "boston311-100.csv"
DESK = Actor.of("desk", "acceptance_desk")
NAMES = ["position", "stream", "version", "topic", "command_id", "leaf", "state"]


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    path = Path(tmp_path_factory.mktemp("log")) / "log.db"
    with Engine.open(path) as engine:
        import_rows(engine, SAMPLE, shipped_mapping("boston311"))
        for n in range(3):  # command ids of our own form, next to the foreign ones of the import
            engine.handle(
                ReportCase(
                    by=DESK,
                    title=f"路灯不亮 {n}\u2028\t\\",
                    kind="grid",
                    channel="desk",
                    level="grid",
                    area="金牛区/茶店子",
                    reporter_name="张三",
                )
            )
    return path


@pytest.fixture(scope="module")
def exported(log) -> bytes:
    return export(log)


def export(path: Path) -> bytes:
    out = io.BytesIO()
    store = SQLiteStore(path, create=False)
    export_log(store, out)
    store.close()
    return out.getvalue()


def refused(data: bytes) -> InputError:
    store = SQLiteStore(":memory:")
    with pytest.raises(InputError) as error:
        import_log(io.BytesIO(data), store)
    assert store.head() == 0
    store.close()
    return error.value


def lines_of(data: bytes) -> list[bytes]:
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


def line_of(error: InputError) -> int:
    return int(error.where.partition(":")[2])


# --- both ways -------------------------------------------------------------------------------------------------------


def test_a_log_that_was_exported_and_imported_is_the_same_log(log, exported, tmp_path):
    copy = tmp_path / "copy.db"
    assert import_log(io.BytesIO(exported), copy) == exported.count(b"\n")
    assert export(copy) == exported

    for end in ("keys", "keys.kek"):
        shutil.copy(f"{log}.{end}", f"{copy}.{end}")
    with Engine.open(log, create=False) as one, Engine.open(copy, create=False) as other:
        assert list(one.store.scan()) == list(other.store.scan())
        assert [record.digest for record in one.records()] == [record.digest for record in other.records()]
        assert other.log_id == one.log_id
        number = f"C-{datetime.now(UTC).year}-000001"
        assert other.open_personal(number, "reporter_name", DESK, why="to handle it") == "张三"
        report = import_rows(other, SAMPLE, shipped_mapping("boston311"))
        assert report.unchanged == 100  # command ids are known there too


def test_a_line_says_what_the_row_says_and_the_stored_bytes_as_they_are(log, exported):
    rows = [json.loads(line) for line in exported.decode().split("\n")[:-1]]
    store = SQLiteStore(log, create=False)
    for row, stored in zip(rows, store.scan(), strict=True):
        assert list(row) == NAMES
        assert (row["position"], row["stream"], row["version"], row["topic"]) == (
            stored.position,
            stored.stream,
            stored.version,
            stored.topic,
        )
        assert row["state"].encode() == stored.state
        assert bytes.fromhex(row["leaf"]) == leaf_of(stored.stream, stored.version, stored.topic, stored.state)
        assert row["command_id"] == (stored.command_id.hex() if stored.command_id else None)
    store.close()
    assert {len(row["command_id"] or "") for row in rows} >= {0, 32}


def test_neither_keys_nor_personal_texts_leave_with_an_export(exported):
    assert "张三".encode() not in exported
    assert b"42 Cross St" not in exported


def test_an_export_says_how_far_it_is(log):
    told: list[tuple[int, int]] = []
    store = SQLiteStore(log, create=False)
    count = export_log(store, io.BytesIO(), lambda done, of: told.append((done, of)))
    store.close()
    assert told[-1] == (count, count)


def test_an_export_ends_where_the_log_ended_when_it_began(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        import_rows(engine, SAMPLE, shipped_mapping("boston311"))
        before = io.BytesIO()
        head = export_log(engine.store, before)

        class Busy(io.BytesIO):
            """While this file is written, somebody else goes on writing to the log."""

            def write(self, data):
                engine.handle(ReportCase(by=DESK, title="x", kind="grid", channel="desk", level="grid", area="a"))
                return super().write(data)

        meanwhile = Busy()
        assert export_log(engine.store, meanwhile) == head
        assert meanwhile.getvalue() == before.getvalue()
        assert engine.store.head() == 2 * head


def test_a_log_of_several_chunks_comes_through(tmp_path):
    with Engine.open(tmp_path / "long.db") as engine:
        case = ReportCase(by=DESK, title="x", kind="grid", channel="desk", level="grid", area="a")
        engine.handle_all(
            ReportCase.model_validate({**case.model_dump(exclude={"command_id"}), "id": f"c{n}"}) for n in range(2500)
        )
    data = export(tmp_path / "long.db")
    told: list[int] = []
    assert import_log(io.BytesIO(data), tmp_path / "copy.db", told.append) == 2503
    assert told == [1000, 2000, 2503]
    assert export(tmp_path / "copy.db") == data

    lines = lines_of(data)
    assert line_of(refused(b"".join([*lines[:2400], lines[2399], *lines[2401:]]))) == 2401
    with pytest.raises(InputError):
        import_log(io.BytesIO(b"".join(lines[:-1]) + b"{}\n"), tmp_path / "half.db")
    assert not list(tmp_path.glob("half*"))


# --- where to --------------------------------------------------------------------------------------------------------


def test_a_log_that_holds_something_is_not_touched(log, exported, tmp_path):
    shutil.copy(log, tmp_path / "other.db")
    with pytest.raises(InputError, match=r"holds \d+ rows already; expected a new, empty log"):
        import_log(io.BytesIO(exported), tmp_path / "other.db")
    assert export(tmp_path / "other.db") == exported


def test_another_programs_file_is_not_touched(exported, tmp_path):
    (tmp_path / "notes.txt").write_text("mine, and longer than a header of a database would have to be")
    with pytest.raises(LogError):
        import_log(io.BytesIO(exported), tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text().startswith("mine")


def test_what_is_left_of_an_import_that_was_killed_can_be_imported_into(exported, tmp_path):
    SQLiteStore(tmp_path / "log.db").close()  # the tables and no row: all of an import is one transaction
    import_log(io.BytesIO(exported), tmp_path / "log.db")
    assert export(tmp_path / "log.db") == exported


def test_a_place_that_cannot_be_written_is_said_in_one_line(exported, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        import_log(io.BytesIO(exported), tmp_path / "missing" / "log.db")


def test_a_refused_file_leaves_nothing_behind(exported, tmp_path):
    with pytest.raises(InputError):
        import_log(io.BytesIO(exported + b"\n"), tmp_path / "log.db")
    assert os.listdir(tmp_path) == []


# --- what is refused -------------------------------------------------------------------------------------------------


def rewritten(exported: bytes, line: int, **changes: object) -> bytes:
    lines = exported.split(b"\n")
    row = {**json.loads(lines[line - 1]), **changes}
    escaped = "\ud800" in changes.values()  # half a character can only be written escaped
    lines[line - 1] = json.dumps(row, ensure_ascii=escaped, separators=(",", ":")).encode()
    return b"\n".join(lines)


def test_rewriting_a_row_as_it_was_changes_nothing(exported):
    assert rewritten(exported, 7) == exported


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"position": 8}, "position 8 where 7 was to come"),
        ({"position": True}, "position is of another type"),
        ({"position": 7.0}, "position is of another type"),
        ({"version": 2}, "not the hash of this row"),
        ({"stream": "log"}, "not the hash of this row"),
        ({"topic": "case.imported@2"}, "not the hash of this row"),
        ({"leaf": "00" * 32}, "not the hash of this row"),
        ({"leaf": "zz"}, "non-hexadecimal number"),
        ({"leaf": None}, "leaf is of another type"),
        ({"state": ""}, "not the hash of this row"),
        ({"state": "\ud800"}, "not JSON in UTF-8"),
        ({"command_id": None}, "not that of the metadata"),
        ({"command_id": "00" * 16}, "not that of the metadata"),
        ({"more": 1}, "other fields"),
    ],
)
def test_a_row_that_was_changed_is_refused_with_its_line_and_why(exported, changes, why):
    error = refused(rewritten(exported, 7, **changes))
    assert line_of(error) == 7
    assert why in error.what


@pytest.mark.parametrize(
    "junk", [b"\n", b"[]\n", b"nonsense\n", b"\xff\n", b"[" * 100_000 + b"\n", b"9" * 5000 + b"\n"]
)
def test_a_line_that_is_no_row_is_refused(exported, junk):
    lines = lines_of(exported)
    assert line_of(refused(b"".join([*lines[:4], junk, *lines[4:]]))) == 5


def test_a_row_with_a_leaf_of_its_own_making_still_has_to_follow_the_version_before(exported):
    row = json.loads(exported.split(b"\n")[6])
    leaf = leaf_of(row["stream"], 5, row["topic"], row["state"].encode()).hex()
    error = refused(rewritten(exported, 7, version=5, leaf=leaf))
    assert (line_of(error), "version 5 of" in error.what) == (7, True)


def test_a_command_id_that_stands_twice_is_refused_with_the_line_of_the_second(exported):
    rows = [json.loads(line) for line in exported.split(b"\n")[:-1]]
    at, other = [n for n, row in enumerate(rows) if row["version"] == 1 and row["command_id"]][:2]
    state = rows[at]["state"]
    twice = dict(rows[other], state=state, topic=rows[at]["topic"], command_id=rows[at]["command_id"])
    twice["leaf"] = leaf_of(twice["stream"], 1, twice["topic"], state.encode()).hex()
    error = refused(rewritten(exported, other + 1, **twice))
    assert line_of(error) == other + 1
    assert "command id stands in an earlier line" in error.what


def test_an_empty_file_is_no_log():
    assert refused(b"").what == "no rows"


def test_a_file_without_the_opening_of_the_log_is_none(tmp_path):
    store = SQLiteStore(tmp_path / "bare.db")
    state = b'{"command":"a","wire":"x.y","digest":"0","recorded_at":"2024-01-01T00:00:00+00:00","policy":"p"}\n{}'
    with store.transaction() as transaction:
        transaction.append([StoredEvent("c1", 1, "x.y@1", state, b"a", 0, leaf_of("c1", 1, "x.y@1", state))])
    store.close()
    assert "does not begin with its opening" in refused(export(tmp_path / "bare.db")).what


def test_a_damaged_row_is_not_exported(tmp_path):
    store = SQLiteStore(tmp_path / "bare.db")
    with store.transaction() as transaction:
        transaction.append([StoredEvent("c1", 1, "x.y@1", b"\xff", b"a", 0, leaf_of("c1", 1, "x.y@1", b"\xff"))])
    with pytest.raises(LogError, match="row 1 of the log is damaged"):
        export_log(store, io.BytesIO())
    store.close()


@given(at=st.integers(min_value=0), byte=st.integers(0, 255), how=st.sampled_from(["change", "insert", "drop"]))
def test_no_single_byte_can_be_changed_added_or_taken_away(exported, at, byte, how):
    at %= len(exported)
    new = bytes([byte])
    mangled = exported[:at] + (b"" if how == "drop" else new) + exported[at + (how != "insert") :]
    assume(mangled != exported)

    line = line_of(refused(mangled))

    assert abs(line - (exported.count(b"\n", 0, at) + 1)) <= 1


@given(data=st.data(), how=st.sampled_from(["swap", "repeat", "drop", "cut"]))
def test_no_line_can_be_moved_repeated_left_out_or_cut(exported, data, how):
    lines = lines_of(exported)
    n = data.draw(st.integers(0, len(lines) - 2))
    match how:
        case "swap":
            lines[n], lines[n + 1] = lines[n + 1], lines[n]
        case "repeat":
            lines.insert(n, lines[n])
        case "drop":
            del lines[n]
        case "cut":
            lines = [*lines[:n], lines[n][: data.draw(st.integers(1, len(lines[n]) - 1))]]
    refused(b"".join(lines))
