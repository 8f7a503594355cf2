"""Rows of another system's file: what is good, what is set aside and why, what is counted once."""

import csv
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.errors import InputError
from govflow.interchange.faults import TEXTS
from govflow.interchange.mapping import Mapping, shipped_mapping
from govflow.interchange.rows import BadRow, SourceRow, read_rows

BOSTON = Path(__file__).parents[1] / "data" / "311"
YEARS = (datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - local times are what is tested
HEADER = ["id", "opened", "due", "closed", "state", "unit", "kind", "lat", "lon", "via"]
TOWN = Mapping.model_validate(
    {
        "source": "town",
        "time_zone": "America/New_York",
        "date_formats": ["%Y-%m-%d %H:%M:%S", "%d.%m.%y"],
        "columns": {
            "external_id": "id",
            "opened_at": "opened",
            "target_at": "due",
            "closed_at": "closed",
            "status": "state",
            "department": "unit",
            "category": "kind",
            "latitude": "lat",
            "longitude": "lon",
            "channel": "via",
        },
        "statuses": {"New": "received", "In Progress": "assigned", "Done": "closed"},
        "empty_values": ["", "N/A"],
        "default_channel": "phone",
    }
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    return Path(tmp_path_factory.mktemp("rows")) / "town.csv"


@pytest.fixture
def read(scratch):
    def read_cells(*rows: dict[str, str]) -> list[SourceRow | BadRow]:
        return list(written(scratch, rows))

    return read_cells


def written(path: Path, rows, mapping: Mapping = TOWN):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return read_rows(path, mapping)


def request(**cells: str) -> dict[str, str]:
    return {"id": "7", "opened": "2022-01-03 09:00:00", "state": "In Progress", "unit": "Roads", **cells}


def fault(row: SourceRow | BadRow) -> tuple[int, str, str]:
    assert isinstance(row, BadRow), row
    return row.line, row.field, row.reason.code


def test_a_good_row_is_read_whole(read):
    (row,) = read(
        request(opened=" 2022-07-03 09:00:00 ", due="04.07.22", kind=" Pothole", lat="42.35", lon="-71.06", via="app")
    )
    assert isinstance(row, SourceRow)
    assert row.model_dump(exclude={"digest"}) == {
        "source": "town",
        "file": "town.csv",
        "line": 2,
        "external_id": "7",
        "status": "assigned",
        "opened_at": datetime(2022, 7, 3, 13, tzinfo=UTC),
        "target_at": datetime(2022, 7, 4, 4, tzinfo=UTC),
        "closed_at": None,
        "department": "Roads",
        "category": "Pothole",
        "title": None,
        "place": None,
        "area": None,
        "channel": "app",
        "closure_text": None,
        "latitude": 42.35,
        "longitude": -71.06,
    }


@pytest.mark.parametrize(
    ("word", "unit", "status"),
    [
        ("New", "", "received"),
        ("New", "Roads", "received"),
        ("In Progress", "Roads", "assigned"),
        (" IN PROGRESS ", "Roads", "assigned"),
        ("In Progress", "N/A", "received"),
    ],
)
def test_an_open_request_is_assigned_when_the_word_says_so_and_a_unit_holds_it(read, word, unit, status):
    (row,) = read(request(state=word, unit=unit))
    assert row.status == status


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"id": ""}, "id", "empty"),
        ({"id": "N/A "}, "id", "empty"),
        ({"id": "a b"}, "id", "bad_id"),
        ({"id": "a\nb"}, "id", "bad_id"),
        ({"id": "号1"}, "id", "bad_id"),
        ({"id": "x" * 41}, "id", "bad_id"),
        ({"state": ""}, "state", "empty"),
        ({"state": "Finished"}, "state", "unknown_status"),
        ({"opened": ""}, "opened", "empty"),
        ({"opened": "2022-02-30 00:00:00"}, "opened", "bad_date"),
        ({"opened": "2022-01-03T09:00:00"}, "opened", "bad_date"),
        ({"opened": "44564.375"}, "opened", "bad_date"),
        ({"opened": "1/3/22"}, "opened", "bad_date"),
        ({"opened": "9999-12-31 23:59:59"}, "opened", "bad_date"),
        ({"due": "soon"}, "due", "bad_date"),
        ({"closed": "2022-01-02 09:00:00", "state": "Done"}, "closed", "closed_before_opened"),
        ({"closed": "", "state": "Done"}, "closed", "closed_without_date"),
        ({"closed": "2022-01-04 09:00:00"}, "closed", "open_with_closing_date"),
        ({"lat": "91"}, "lat", "bad_degrees"),
        ({"lat": "nan"}, "lat", "bad_degrees"),
        ({"lon": "42,5"}, "lon", "bad_degrees"),
        ({"lon": "1_0"}, "lon", "bad_degrees"),
    ],
)
def test_a_row_that_cannot_be_trusted_names_its_field_and_the_next_one_lands(read, cells, field, code):
    bad, good = read(request(**cells), request(id="8"))
    assert fault(bad) == (2, field, code)
    assert (good.line, good.external_id) == (len(cells.get("id", "").splitlines() or [1]) + 2, "8")


def test_a_bad_row_reads_as_one_line_in_both_languages_and_keeps_what_it_held_out_of_it(read):
    (bad,) = read(request(state="Fin\x1b[2Jished\n", kind="about Anna"))
    assert isinstance(bad, BadRow)
    assert bad.sentence() == (
        "town.csv:2: state: 'Fin\\x1b[2Jished' is not a status word of the mapping; "
        "expected one of New, In Progress, Done"
    )
    assert bad.sentence("zh-CN") == (
        "town.csv:2: state: 映射中没有状态词 'Fin\\x1b[2Jished'，应为其一：New, In Progress, Done"
    )
    assert bad.why in bad.sentence()
    assert "about Anna" in bad.raw
    assert "Anna" not in repr(bad)


def test_a_date_of_two_digits_counts_only_where_the_mapping_lists_its_format(read):
    listed, unlisted = read(request(opened="03.01.22"), request(id="8", opened="03/01/22"))
    assert listed.opened_at == datetime(2022, 1, 3, 5, tzinfo=UTC)
    assert fault(unlisted) == (3, "opened", "bad_date")


def test_the_hour_shown_twice_in_autumn_means_the_first(read):
    (row,) = read(request(opened="2022-11-06 01:30:00"))
    assert row.opened_at == datetime(2022, 11, 6, 5, 30, tzinfo=UTC)  # daylight time; the second would be 06:30


def test_the_hour_skipped_in_spring_makes_the_row_bad(read):
    skipped, before = read(request(opened="2022-03-13 02:30:00"), request(id="8", opened="2022-03-13 01:59:59"))
    assert fault(skipped) == (2, "opened", "skipped_hour")
    assert before.opened_at == datetime(2022, 3, 13, 6, 59, 59, tzinfo=UTC)


def test_an_offset_in_the_date_counts_before_the_zone_of_the_mapping(scratch):
    mapping = TOWN.model_copy(update={"date_formats": ("%Y-%m-%dT%H:%M:%S%z",)})
    good, far = written(
        scratch,
        [request(opened="2022-01-03T09:00:00+08:00"), request(id="8", opened="0001-01-01T00:00:00+08:00")],
        mapping,
    )
    assert good.opened_at == datetime(2022, 1, 3, 1, tzinfo=UTC)
    assert fault(far) == (3, "opened", "bad_date")


@given(
    local=st.datetimes(*YEARS).map(lambda moment: moment.replace(microsecond=0)),
    zone=st.sampled_from(["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Monrovia", "UTC"]),
)
def test_local_times_become_the_instant_at_which_clocks_there_first_showed_them(scratch, local, zone):
    (row,) = written(scratch, [request(opened=str(local))], TOWN.model_copy(update={"time_zone": zone}))
    guess = local.replace(tzinfo=UTC)
    # Oracle: of all instants whose local reading is this one, the first; offsets move in whole seconds, within 15 h.
    showing = [
        instant
        for offset in {ZoneInfo(zone).utcoffset(local + timedelta(hours=hours)) for hours in (-30, 0, 30)}
        if offset is not None and (instant := guess - offset).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    ]
    if showing:
        assert isinstance(row, SourceRow)
        assert row.opened_at == min(showing)
    else:
        assert fault(row) == (2, "opened", "skipped_hour")


def test_a_target_before_the_opening_is_carried_as_it_stands(read):
    (row,) = read(request(due="2021-12-31 00:00:00"))
    assert isinstance(row, SourceRow)
    assert row.target_at is not None
    assert row.target_at < row.opened_at


def test_closing_at_the_very_moment_of_opening_is_good(read):
    (row,) = read(request(state="Done", closed="2022-01-03 09:00:00"))
    assert row.closed_at == row.opened_at


def test_a_row_without_a_channel_gets_the_one_of_the_mapping(read):
    (row,) = read(request())
    assert row.channel == "phone"


def test_a_repeated_row_is_yielded_once_and_counted(scratch):
    rows = written(scratch, [request(), request(), request(id="8"), request()])
    assert [row.line for row in rows] == [2, 4]
    assert (rows.good, rows.bad, rows.duplicates) == (2, 0, 2)


def test_a_row_that_contradicts_an_earlier_one_is_bad_and_says_which_line(read):
    first, second = read(request(), request(unit="Parks"))
    assert isinstance(first, SourceRow)
    assert fault(second) == (3, "id", "contradicts")
    assert "7 stands in line 2 with other content" in second.why.replace("'", "")


def test_a_bad_row_does_not_claim_its_id(read):
    bad, good = read(request(state="?"), request())
    assert fault(bad)[2] == "unknown_status"
    assert good.line == 3


def test_the_digest_depends_on_the_mapped_fields_alone(tmp_path):
    (tmp_path / "one.csv").write_text("id,opened,closed,state,other\n7,2022-01-03 09:00:00,,New,x\n")
    (tmp_path / "two.tsv").write_text("state\tid\tclosed\topened\nNew\t7\t\t2022-01-03 09:00:00\n")
    (tmp_path / "three.csv").write_text("id,opened,closed,state,other\n7,2022-01-03 09:00:00,,new,x\n")
    columns = {"external_id": "id", "opened_at": "opened", "closed_at": "closed", "status": "state"}
    mapping = Mapping.model_validate(TOWN.model_dump() | {"columns": columns})
    digests = []
    for name in ("one.csv", "two.tsv", "three.csv"):
        (row,) = read_rows(tmp_path / name, mapping)
        assert isinstance(row, SourceRow)
        digests.append(row.digest)
    assert digests[0] == digests[1] != digests[2]
    assert len(digests[0]) == 64


def test_columns_the_file_does_not_have_are_named_all_at_once(tmp_path):
    (tmp_path / "f.csv").write_text("id,opened,state\n")
    with pytest.raises(
        InputError, match=r"f.csv: no column 'due', 'closed', .* in the header, which has 'id', 'opened'"
    ):
        read_rows(tmp_path / "f.csv", TOWN)


@given(st.lists(st.binary(max_size=60) | st.just(b"8,2022-01-03 09:00:00,,,New,,,,,"), max_size=10))
def test_noise_after_the_header_becomes_bad_rows_and_nothing_else(scratch, lines):
    scratch.write_bytes(",".join(HEADER).encode() + b"\n" + b"\n".join(lines))
    with read_rows(scratch, TOWN) as rows:
        found = list(rows)
    assert rows.good + rows.bad == len(found)
    assert all(isinstance(row, SourceRow | BadRow) for row in found)
    assert rows.bytes_read <= (rows.total_bytes or 0)


cell = st.text(string.printable + "事é\u2028", max_size=20)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(HEADER, cell) | {"id": st.sampled_from("789")})))
def test_every_row_is_good_bad_or_a_duplicate(scratch, cells):
    rows = written(scratch, [row | {"opened": "2022-01-03 09:00:00", "state": "New"} for row in cells])
    assert len(list(rows)) + rows.duplicates == len(cells)


def test_every_fault_is_told_in_both_languages():
    assert all(en.isascii() and not zh.isascii() for en, zh in TEXTS.values())


@pytest.mark.parametrize(
    ("name", "good", "bad", "duplicates"),
    [
        ("boston311-100.csv", 100, [], 0),
        ("boston311-100-20dupes-random.csv", 80, [], 20),
        ("boston311-100-bad.tsv", 99, [(41, "row", "field_count")], 0),
    ],
)
def test_the_boston_files_give_each_request_once_and_each_bad_row_with_its_line(name, good, bad, duplicates):
    rows = read_rows(BOSTON / name, shipped_mapping("boston311"))
    found = list(rows)
    assert (rows.file, rows.good, rows.bad, rows.duplicates) == (name, good, len(bad), duplicates)
    assert [fault(row) for row in found if isinstance(row, BadRow)] == bad
    assert rows.bytes_read == rows.total_bytes
    with (BOSTON / name).open(newline="", encoding="utf-8") as file:
        ids = {row["case_enquiry_id"] for row in csv.DictReader(file, delimiter="\t" if ".tsv" in name else ",")}
    assert len(ids) == good + len(bad)
    assert {row.external_id for row in found if isinstance(row, SourceRow)} <= ids


def test_the_boston_requests_say_what_the_city_said():
    found = read_rows(BOSTON / "boston311-100.csv", shipped_mapping("boston311"))
    rows = [row for row in found if isinstance(row, SourceRow)]
    needle = next(row for row in rows if row.external_id == "101004130437")
    assert (needle.line, needle.status, needle.department, needle.category) == (3, "closed", "GEN_", "Needle Pickup")
    assert needle.opened_at == datetime(2022, 1, 19, 16, 18, tzinfo=UTC)
    assert needle.closed_at == datetime(2022, 1, 19, 16, 42, 16, tzinfo=UTC)  # "11:42:16 EST" in its closure text
    assert needle.closure_text == "Case Closed. Closed date : Wed Jan 19 11:42:16 EST 2022 Resolved Removed df"
    assert [sum(row.status == status for row in rows) for status in ("received", "assigned", "closed")] == [0, 15, 85]


def test_the_bundled_sample_is_the_published_file_unchanged():
    sample = Path(read_rows.__code__.co_filename).parents[1] / "data" / "boston311-sample.csv"
    assert sample.read_bytes() == (BOSTON / "boston311-100.csv").read_bytes()
