"""Reading delimited text: true line numbers, broken rows that cost only themselves, hostile files, flat memory."""

import csv
import io
import os
import re
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.errors import InputError
from govflow.interchange.tabular import RECORD_BYTES, RECORD_LINES, Table, TableRow

BOSTON = Path(__file__).parents[1] / "data" / "311"

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
awkward = text | st.text(st.sampled_from('",;\t\r\n é事\u2028\ufeff'), max_size=8)


@pytest.fixture
def table_of(tmp_path):
    def read(content: str | bytes) -> list[TableRow]:
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with Table(path) as table:
            return list(table)

    return read


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    return Path(tmp_path_factory.mktemp("tabular")) / "file.csv"


def codes(rows: list[TableRow]) -> list[tuple[int, str]]:
    return [(row.line, row.flaw.code) for row in rows if row.flaw]


def good(rows: list[TableRow]) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.fields) for row in rows if row.flaw is None]


@given(
    rows=st.lists(st.lists(awkward, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    marked=st.booleans(),
)
def test_whatever_csv_wrote_is_read_back_with_the_line_each_row_starts_in(scratch, rows, delimiter, line_end, marked):
    lines, written = [], io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    for row in rows:
        lines.append(len(re.findall("\r\n|\r|\n", written.getvalue())) + 1)
        writer.writerow(row)
    scratch.write_bytes(b"\xef\xbb\xbf" * marked + written.getvalue().encode())

    with Table(scratch) as table:
        assert table.header == ("a", "b", "c")
        assert table.delimiter == delimiter
        assert list(table) == [TableRow(line, tuple(row)) for line, row in zip(lines, rows, strict=True)]
        assert table.bytes_read == table.total_bytes == scratch.stat().st_size


@given(noise=st.binary(max_size=300) | st.text('",;\t\r\nab').map(str.encode))
def test_noise_raises_nothing_but_an_input_error(scratch, noise):
    scratch.write_bytes(noise)
    with suppress(InputError), Table(scratch) as table:
        rows = list(table)
        assert [row.line for row in rows] == sorted({row.line for row in rows})
        assert all(row.flaw or len(row.fields) == len(table.header) for row in rows)


@given(
    st.lists(
        st.sampled_from([b"1,2", b'1,"2,3', b'"1"2,3,4', b"1,\0,3", b"1,\xff,3", b"1,2,3,4", b'"' + b"x" * 140_000])
        | st.just(b"good,row,here"),
        max_size=30,
    )
)
def test_a_broken_row_costs_itself_and_no_other(scratch, lines):
    scratch.write_bytes(b"a,b,c\n" + b"\n".join(lines))
    with Table(scratch) as table:
        rows = list(table)
    expected = [number for number, line in enumerate(lines, start=2) if line == b"good,row,here"]
    assert [line for line, _ in good(rows)] == expected
    assert [row.line for row in rows] == list(range(2, len(lines) + 2))


def test_too_many_and_too_few_fields_are_bad_rows_with_their_line(table_of):
    rows = table_of("a,b\n1\n1,2\n1,2,3\n")
    assert codes(rows) == [(2, "field_count"), (4, "field_count")]
    assert good(rows) == [(3, ("1", "2"))]
    assert rows[2].fields == ("1", "2", "3")


def test_a_quote_that_is_never_closed_gives_the_lines_after_it_back(table_of):
    after = [f"{number},x" for number in range(RECORD_LINES * 2)]
    rows = table_of("\n".join(["a,b", '1,"open', *after]))
    assert codes(rows) == [(2, "row_too_long")]
    assert [fields for _, fields in good(rows)] == [tuple(line.split(",")) for line in after]


def test_a_quote_left_open_at_the_end_is_one_bad_row(table_of):
    rows = table_of('a,b\n1,"open\n2,x\n3,y')
    assert codes(rows) == [(2, "quoting")]
    assert good(rows) == [(3, ("2", "x")), (4, ("3", "y"))]


def test_text_after_a_closing_quote_is_not_guessed_at(table_of):
    assert codes(table_of('a,b\n1,"he said "no""\n2,x\n')) == [(2, "quoting")]


def test_a_bad_byte_inside_a_quoted_text_of_several_lines_spoils_that_row_alone(table_of):
    rows = table_of(b'a,b\n1,"two\nl\xe9nes"\n2,x\n')
    assert codes(rows) == [(2, "not_utf8")]
    assert "byte 0xe9 in line 3 (byte 12 of the file" in rows[0].flaw.sentence()
    assert good(rows) == [(4, ("2", "x"))]


def test_a_nul_byte_is_named_with_its_place_after_a_byte_order_mark(table_of):
    rows = table_of(b"\xef\xbb\xbfa,b\n1,\0\n")
    assert codes(rows) == [(2, "nul_byte")]
    assert "line 2 (byte 9 of the file" in rows[0].flaw.sentence()
    assert "第 2 行" in rows[0].flaw.sentence("zh-CN")


def test_a_nul_byte_after_the_byte_order_mark_stands_where_it_says(tmp_path):
    content = b"\xef\xbb\xbfa,b\0\n"
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(InputError, match=rf"line 1 \(byte {content.index(0)} of the file"):
        Table(tmp_path / "f")


def test_blank_lines_are_skipped_and_still_counted(table_of):
    assert good(table_of("\n\na,b\n\n1,2\n\n\n3,4\n\n")) == [(5, ("1", "2")), (8, ("3", "4"))]


def test_a_line_ending_split_between_two_reads_counts_once(table_of):
    filler = "x" * (65_536 - len("a,b\r\n") - len("1,\r"))  # CR is the last byte of the first read, LF the next
    assert good(table_of(f"a,b\r\n1,{filler}\r\n2,y\r\n")) == [(2, ("1", filler)), (3, ("2", "y"))]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [RECORD_BYTES - 3, RECORD_BYTES * 3 - 3])
def test_an_overlong_row_is_bad_and_the_next_one_has_the_right_line(table_of, ending, size):
    rows = table_of(f"a,b{ending}1,{'x' * size}{ending}2,y{ending}")
    assert [row.line for row in rows] == [2, 3]
    assert codes(rows)[-1:] == ([(2, "row_too_long")] if size > RECORD_BYTES - len("1,") - len(ending) else [])
    assert good(rows)[-1] == (3, ("2", "y"))
    assert sum(map(len, rows[0].fields)) < RECORD_BYTES


def test_a_lower_limit_of_csv_set_by_the_host_program_makes_bad_rows_not_crashes(table_of):
    before = csv.field_size_limit(10)
    try:
        assert codes(table_of("a,b\n1,xxxxxxxxxxxxxxx\n2,y\n")) == [(2, "quoting")]
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty; expected a header line"),
        (b"\xef\xbb\xbf", "the file is empty; expected a header line"),
        (b"\n \n\r\n", "the file is empty; expected a header line"),
        (b"a,b,a\n1,2,3\n", r":1: columns named twice: 'a'; expected a name of its own for each"),
        ("a;b".encode("utf-16"), r":1: byte 0xff in line 1 \(byte 0 of the file, counted from 0\) is not UTF-8"),
        (b"a,\xb5\xc8\n", ":1: byte 0xb5 in line 1"),
        (b"a,\0\n", ":1: a NUL byte in line 1"),
        (b'a,"b\n1,2\n', ":1: the fields cannot be told apart"),
        (b"a," + b"b" * 10_000_000, ":1: the row runs from line 1"),
    ],
)
def test_a_file_without_a_usable_header_is_refused_with_place_and_reason(table_of, content, what):
    with pytest.raises(InputError, match=what):
        table_of(content)


def test_nameless_columns_may_repeat(tmp_path):
    (tmp_path / "f").write_text("a,b,,\n1,2,,\n")
    with Table(tmp_path / "f") as table:
        assert table.header == ("a", "b", "", "")
        assert good(list(table)) == [(2, ("1", "2", "", ""))]


def test_what_is_no_file_is_refused_in_one_line(tmp_path):
    with pytest.raises(
        InputError, match=r"nowhere\.csv: no such file; expected a CSV, TSV or semicolon-separated file"
    ):
        Table(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is a directory"):
        Table(tmp_path)
    with pytest.raises(InputError, match="cannot be opened"):
        Table(tmp_path / "a\0b")
    with pytest.raises(InputError, match="cannot be opened"):
        Table(tmp_path / ("x" * 5000))


def test_a_disk_that_fails_while_reading_is_an_input_error():
    with pytest.raises(InputError, match="reading failed"):  # reading this process's memory at 0 always fails
        Table("/proc/self/mem")


def test_a_pipe_has_no_size_and_is_read_all_the_same(tmp_path):
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    holder = os.open(fifo, os.O_RDWR)
    os.write(holder, b"a,b\n1,2\n")
    with Table(fifo) as table:
        os.close(holder)
        assert table.total_bytes is None
        assert good(list(table)) == [(2, ("1", "2"))]


def test_the_delimiter_comes_from_the_header_alone(table_of):
    assert good(table_of('a;"b,c,d,e"\n1,2,3;4,5\n')) == [(2, ("1,2,3", "4,5"))]


def test_reading_goes_row_by_row_and_tells_how_far_it_is(tmp_path):
    (tmp_path / "f").write_text("a,b\n1,2\n3,4\n")
    with Table(tmp_path / "f") as table:
        seen = [(row.line, table.bytes_read) for row in table]
    assert seen == [(2, 8), (3, 12)]
    assert table.total_bytes == 12


def test_a_closed_table_has_no_more_rows(tmp_path):
    (tmp_path / "f").write_text("a,b\n1,2\n3,4\n")
    with Table(tmp_path / "f") as table:
        assert next(table).line == 2
    assert list(table) == []


def test_memory_stays_flat_over_many_rows_and_over_one_giant_line(tmp_path):
    many, giant = tmp_path / "many", tmp_path / "giant"
    many.write_text("a,b\n" + "some text,more text\n" * 60_000)
    giant.write_text("a,b\n" + "x" * 30_000_000)
    for path, rows in ((many, 60_000), (giant, 1)):
        tracemalloc.start()
        with Table(path) as table:
            assert sum(1 for _ in table) == rows
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000


def test_the_boston_files_read_whole_but_for_the_one_broken_line():
    for name, delimiter, bad in (
        ("boston311-100.csv", ",", []),
        ("boston311-100-bad.tsv", "\t", [(41, "field_count")]),
    ):
        with Table(BOSTON / name) as table:
            rows = list(table)
        assert table.delimiter == delimiter
        assert len(rows) == 100
        assert codes(rows) == bad
