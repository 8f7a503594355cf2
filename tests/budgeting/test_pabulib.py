"""Pabulib files: read and written back byte for byte, exact to the last decimal, and one clear line for a bad one."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.budgeting import BallotKind, Bounds, Election, Project, winners
from govflow.errors import InputError
from govflow.interchange.pabulib import PabulibFile, pabulib_bytes, pabulib_from, read_pabulib, write_pabulib
from govflow.interchange.pabulib_faults import TEXTS, PabulibError
from govflow.interchange.pabulib_writing import pabulib_of
from tests.budgeting.elections import election, elections

FOLDER = Path(__file__).parents[1] / "data" / "pabulib"
FILES = sorted(FOLDER.glob("*.pb"))

SMALL = """META
key;value
description;"Say ""yes""; or no"
num_projects;2
num_votes;3
budget;106165.64
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name;colour;category;target
p/1;65000;Lights;red;roads,parks;seniors
p2;0.5;Trees;;None;
VOTES
voter_id;age;vote
7;33;p/1,p2
8;;p2
9;41;
"""


def parsed(text: str) -> PabulibFile:
    return pabulib_from(text.encode(), "town.pb")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_published_file_is_written_back_byte_for_byte(path: Path, tmp_path: Path):
    file = read_pabulib(path)

    write_pabulib(file, tmp_path / "again.pb")

    assert (tmp_path / "again.pb").read_bytes() == path.read_bytes()
    assert read_pabulib(tmp_path / "again.pb") == file


def test_amounts_are_exact_to_the_last_decimal_and_columns_that_mean_nothing_are_kept():
    file = parsed(SMALL)

    assert (file.election.budget, file.election.unit) == (10616564, 100)
    assert [each.cost for each in file.election.projects] == [6500000, 50]
    assert file.projects.column("colour") == ("red", "")
    assert file.about["description"] == 'Say "yes"; or no'
    assert pabulib_bytes(file) == SMALL.encode()


def test_kinds_and_target_groups_are_lists_and_none_is_none():
    one, two = parsed(SMALL).election.projects

    assert (one.kinds, one.target) == (("roads", "parks"), ("seniors",))
    assert (two.kinds, two.target) == ((), ())


def test_a_voter_who_names_nothing_abstains_and_is_counted():
    assert parsed(SMALL).election.ballots == ({"p/1": 1, "p2": 1}, {"p2": 1}, {})


@pytest.mark.parametrize(
    "changed",
    [
        SMALL.replace("\n", "\r\n"),
        SMALL.replace("\n", "\r"),
        SMALL.rstrip("\n"),
        "\ufeff" + SMALL,
    ],
    ids=["CR LF", "CR", "no last end of line", "byte order mark"],
)
def test_ends_of_lines_and_a_byte_order_mark_are_kept(changed: str):
    file = parsed(changed)

    assert file.election == parsed(SMALL).election
    assert pabulib_bytes(file) == changed.encode()


@pytest.mark.parametrize(
    "changed",
    [
        SMALL.replace("\n", "\n\n"),
        SMALL.replace(";", " ; "),
        SMALL.replace(";", ";").replace("META\n", "meta;;\n"),
        SMALL.replace("106165.64", "106165,64"),
        SMALL.replace("vote_type;approval", 'vote_type;"approval"'),
        SMALL.replace("8;;p2", "8;;p2;;"),
    ],
    ids=["blank lines", "blanks around cells", "title as a spreadsheet has it", "comma", "quotes", "empty cells"],
)
def test_what_other_programs_write_otherwise_means_the_same(changed: str):
    file = parsed(changed.replace('"Say ""yes"" ;  or no"', "x").replace(' "', '"').replace('" ', '"'))

    assert file.election.model_dump() == parsed(SMALL).election.model_dump()
    assert pabulib_from(pabulib_bytes(file)) == file


def test_a_text_of_several_lines_is_one_cell_and_the_lines_after_it_keep_their_numbers():
    text = SMALL.replace('"Say ""yes""; or no"', '"two\nlines"')

    assert parsed(text).about["description"] == "two\nlines"
    assert pabulib_bytes(parsed(text)) == text.encode()
    with pytest.raises(PabulibError, match=r"town\.pb:17: .*'p9'"):
        parsed(text.replace("8;;p2", "8;;p9"))


def test_a_ranking_has_borda_points_and_given_points_stand_as_given():
    ordinal = SMALL.replace("approval", "ordinal")
    assert parsed(ordinal).election.ballots == ({"p/1": 2, "p2": 1}, {"p2": 1}, {})

    points = ordinal.replace("age;vote", "points;vote").replace("7;33;", "7;4,1.5;").replace("8;;", "8;4;")
    given_points = points.replace("9;41;", "9;;")
    assert parsed(given_points).election.ballots == ({"p/1": 4, "p2": Fraction(3, 2)}, {"p2": 4}, {})
    for kind in ("cumulative", "scoring"):
        assert parsed(given_points.replace("ordinal", kind)).election.ballots[0] == {"p/1": 4, "p2": Fraction(3, 2)}


def test_bounds_and_threshold_are_read():
    more = "min_length;1\nmax_length;2\nmax_sum_cost;70000.5\nmin_project_score_threshold;2\nPROJECTS"
    file = parsed(SMALL.replace("PROJECTS", more))

    assert file.election.bounds == Bounds(min_length=1, max_length=2, max_sum_cost=7000050)
    assert file.election.least_score == 2
    one = parsed(SMALL.replace("approval", "choose-1").replace("p/1,p2", "p2")).election
    assert (one.ballot, one.bounds) == (BallotKind.APPROVAL, Bounds(min_length=1, max_length=1))


def test_the_cost_by_which_the_format_marks_withdrawn_projects_is_understood():
    file = parsed(SMALL.replace("p/1;65000", "p/1;999999999"))

    assert [each.withdrawn for each in file.election.projects] == [True, False]
    assert winners(file.election, "greedy-no-skip").winners == ("p2",)


# --- what is wrong, and where ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("META\n", "", "before_sections", 1),
        ("PROJECTS\n", "", "section_order", 12),
        ("VOTES\n", "META\n", "section_order", 13),
        ("VOTES\n", "VOTES\nVOTES\n", "no_column", 14),
        ("VOTES\nvoter_id;age;vote\n7;33;p/1,p2\n8;;p2\n9;41;\n", "", "no_section", None),
        ("voter_id;age;vote\n7;33;p/1,p2\n8;;p2\n9;41;\n", "", "no_columns", 13),
        ("key;value", "key;wert", "no_column", 2),
        ("project_id;cost", "project;cost", "no_column", 10),
        ("voter_id;age;vote", "voter_id;age;votes", "no_column", 14),
        ("colour", "cost", "column_twice", 10),
        ("8;;p2", "8;;p2;x", "too_many_cells", 16),
        ("p2;0.5", "p/1;0.5", "id_twice", 12),
        ("p2;0.5", ";0.5", "empty_id", 12),
        ("p2;0.5", "p" * 201 + ";0.5", "long_id", 12),
        ("8;;p2", "7;;p2", "id_twice", 16),
        ("num_votes;3", "num_projects;2", "key_twice", 5),
        ("budget;106165.64\n", "", "no_key", None),
        ("vote_type;approval\n", "", "no_key", None),
        ("106165.64", "a lot", "bad_money", 6),
        ("106165.64", "-1", "bad_money", 6),
        ("106165.64", "1e9", "bad_money", 6),
        ("106165.64", "NaN", "bad_money", 6),
        ("106165.64", "٣", "bad_money", 6),
        ("106165.64", "9" * 5000, "bad_money", 6),
        ("p2;0.5", "p2;", "bad_money", 12),
        ("p2;0.5", "p2;0.1234567", "bad_money", 12),
        ("rule;greedy", "min_project_score_threshold;10%", "bad_number", 8),
        ("rule;greedy", "max_length;2.5", "bad_count", 8),
        ("rule;greedy", "govflow_caps;[1]", "bad_caps", 8),
        ("rule;greedy", "govflow_caps;" + "[" * 20_000, "bad_caps", 8),
        ("rule;greedy", 'govflow_kind_caps;"{""roads"": ""x""}"', "bad_caps", 8),
        ("approval", "majority", "vote_type", 7),
        ("approval\nrule;greedy", "ordinal\nscoring_fn;Dowdall", "scoring_fn", 8),
        ("approval\nrule;greedy", "scoring\ndefault_score;1", "default_score", 8),
        ("num_projects;2", "num_projects;3", "count_differs", 4),
        ("9;41;\n", "", "count_differs", 5),
        ("8;;p2", "8;;p3", "unknown_project", 16),
        ("8;;p2", "8;;p2,p2", "project_twice", 16),
        ("approval", "cumulative", "points_differ", 15),
        ("Trees", 'Tr"ees', None, None),
        ("Trees", '"Tr"ees', "quoting", 12),
        ("Trees", '"Trees', "quoting", 12),
        ("Trees", "x" * 140_000, "quoting", 12),
        ("Trees", "\0", "nul_byte", 12),
    ],
)
def test_what_is_wrong_is_one_line_that_says_where_and_what_was_expected(
    old: str, new: str, code: str | None, line: int | None
):
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    if code is None:
        parsed(text)
        return
    with pytest.raises(PabulibError) as caught:
        parsed(text)
    assert caught.value.code == code
    assert line is None or caught.value.where == f"town.pb:{line}"
    for lang in ("en", "zh-CN"):
        said = caught.value.sentence(lang)
        assert said.startswith("town.pb")
        assert len(said.splitlines()) == 1
        assert len(said) < 400


def test_points_that_are_no_number_are_told_with_their_line():
    text = SMALL.replace("approval", "scoring").replace("age;vote", "points;vote")

    with pytest.raises(PabulibError, match=r"town\.pb:15: points: 'x' is not a number"):
        parsed(text.replace("7;33;", "7;x,1;"))


def test_bytes_that_are_no_text_are_told_with_their_line():
    with pytest.raises(PabulibError, match=r"town\.pb:12: byte 0xff is not UTF-8"):
        pabulib_from(SMALL.encode().replace(b"Trees", b"Tr\xffes"), "town.pb")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"META", b"META\nkey;value\n", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_pabulib_file_at_all_is_refused(data: bytes):
    with pytest.raises(PabulibError):
        pabulib_from(data)


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject):
    text = SMALL.encode()
    start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
    piece = data.draw(st.sampled_from([b"", b";", b'"', b"\n", b"-", b",", b"\xff", b"p2", b"META\n", b"9", b"\0"]))
    try:
        file = pabulib_from(text[:start] + piece + text[end:])
    except InputError:
        return
    assert pabulib_from(pabulib_bytes(file)) == file


def test_a_file_that_is_not_there_or_is_a_folder_is_told(tmp_path: Path):
    for path, code in ((tmp_path / "none.pb", "no_file"), (tmp_path, "unreadable"), (Path("a\0b"), "unreadable")):
        with pytest.raises(PabulibError) as caught:
            read_pabulib(path)
        assert caught.value.code == code


def test_a_file_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("govflow.interchange.pabulib.FILE_BYTES", 100)
    (tmp_path / "large.pb").write_text(SMALL)

    with pytest.raises(PabulibError, match="more than 100 bytes"):
        read_pabulib(tmp_path / "large.pb")


def test_writing_overwrites_nothing(tmp_path: Path):
    (tmp_path / "mine.pb").write_text("mine")

    with pytest.raises(FileExistsError):
        write_pabulib(parsed(SMALL), tmp_path / "mine.pb")
    assert (tmp_path / "mine.pb").read_text() == "mine"


def test_every_fault_has_the_same_figures_in_both_languages():
    for code, (en, zh) in TEXTS.items():
        assert sorted(set(re.findall(r"\{(\w+)", en))) == sorted(set(re.findall(r"\{(\w+)", zh))), code


# --- elections of our own --------------------------------------------------------------------------------------------


def is_a_decimal(points: int | Fraction) -> bool:
    return (Fraction(points) * 1_000_000).denominator == 1


@given(elections(), st.sampled_from(["greedy", "equalshares/add1"]))
def test_an_election_written_and_read_again_is_the_same_and_has_the_same_winners(case: Election, rule: str):
    case = case.changed(
        projects=tuple(each.changed(withdrawn=False) for each in case.projects),
        ballots=tuple({id: p for id, p in ballot.items() if is_a_decimal(p)} for ballot in case.ballots),
    )
    result = winners(case, rule)

    file = pabulib_of(case, rule=rule, about={"description": "Our town; 2026", "country": "China"}, result=result)

    assert file.election == case
    assert pabulib_from(pabulib_bytes(file)) == file
    assert set(file.selected or ()) == set(result.winners)
    assert file.rule == rule
    assert file.votes.column("voter_id") == tuple(str(n + 1) for n in range(len(case.ballots)))


def test_a_ranking_is_written_in_its_order_and_without_points():
    case = election({"a": 1, "b": 1}, [{"a": 1, "b": 2}], 1, ballot=BallotKind.ORDINAL)

    file = pabulib_of(case, rule="greedy")

    assert (file.votes.columns, file.votes.rows) == (("voter_id", "vote"), (("1", "b,a"),))
    assert file.selected is None


def test_a_withdrawn_project_is_written_with_the_mark_of_the_format():
    case = Election(projects=(Project(id="a", cost=5, withdrawn=True),), budget=10, unit=10)

    file = pabulib_of(case, rule="greedy")

    assert file.projects.column("cost") == ("999999999",)
    assert file.election.projects[0].withdrawn


@pytest.mark.parametrize(
    "project",
    [
        Project(id="a,b", cost=1),
        Project(id=" a", cost=1),
        Project(id="None", cost=1),
        Project(id="a", cost=1, kinds=("x,y",)),
        Project(id="a", cost=1, target=("",)),
        Project(id="a", cost=1, name="\0"),
    ],
)
def test_what_has_no_room_in_the_format_is_refused(project: Project):
    with pytest.raises(PabulibError, match="cannot stand in a Pabulib file"):
        pabulib_of(Election(projects=(project,), budget=1), rule="greedy")


def test_points_that_no_decimal_says_are_refused():
    case = election({"a": 1}, [{"a": Fraction(1, 3)}], 1, ballot=BallotKind.SCORE)  # type: ignore[dict-item]

    with pytest.raises(PabulibError, match=r"points: '1/3' cannot stand"):
        pabulib_of(case, rule="greedy")
