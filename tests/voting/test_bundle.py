"""The exported bundle: written, read back, recounted by govflow and by the script that knows nothing of it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govflow.errors import InputError
from govflow.policy.procedures import BallotForm
from govflow.voting import Ballot, Header, Lot, Voter, commitment_of, enrolled, read, recounted, roll_digest
from tests.voting.elections import (
    MORE_THAN_HALF,
    NOBODY,
    SEED,
    bundles,
    presence,
    quorum,
    rule,
    written,
)

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "recount.py"
ROLL = enrolled(NOBODY, (Voter(id=f"v{place}", household=f"h{place // 2}", area=100 + place) for place in range(6)))
YES, NO = Ballot(choice=("yes",)), Ballot(choice=("no",))


def header(form: str = "open", method: str = "yes_no", options: tuple[str, ...] = (), **fields: Any) -> Header:
    under = quorum(presence=[[presence(MORE_THAN_HALF)]])
    by = rule(method, form=form, **fields)
    lot = Lot(commitment=commitment_of(SEED), seed=SEED)
    return Header(
        record="P-1",
        round=2,
        options=options,
        rule=by,
        quorum=under,
        lot=lot,
        roll_digest=roll_digest(ROLL),
        form=BallotForm(form),
    )


OPEN = written(header(), ROLL, cast=[("v3", YES), ("v0", NO), ("v1", YES), ("v2", YES)])
SECRET = written(header("secret"), ROLL, marks=["v4", "v0", "v3", "v1"], secret=[YES, YES, YES, NO])
CHOICE = written(
    header("secret", "approval", ("roof", "lift")),
    ROLL,
    marks=["v0", "v1", "v3", "v4"],
    secret=[Ballot(choice=("roof",)), Ballot(choice=("roof", "lift")), Ballot(), Ballot(choice=("lift",))],
)


def scripted(lines: Iterable[str], folder: Path) -> tuple[int, str]:
    """The exit code of the script on these lines, run apart from govflow, and its last words."""
    file = folder / "bundle.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    ran = subprocess.run([sys.executable, "-I", SCRIPT, file], capture_output=True, encoding="utf-8", timeout=60)
    return ran.returncode, (ran.stdout or ran.stderr).splitlines()[-1]


def changed(lines: list[str], number: int, **fields: Any) -> list[str]:
    """The lines with fields of one replaced; a field given as None is taken out."""
    line = {key: value for key, value in (json.loads(lines[number]) | fields).items() if value is not None}
    place = number % len(lines)
    return [*lines[:place], json.dumps(line, ensure_ascii=False) + "\n", *lines[place + 1 :]]


# --- what is written is read and recounted ---------------------------------------------------------------------------


@given(bundles())
def test_a_bundle_is_read_back_and_recounted_to_the_same_tally(lines):
    bundle = read(lines)
    assert recounted(bundle) == bundle.result
    assert read(line.encode() for line in lines) == bundle


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bundles())
def test_the_script_agrees_with_govflow_on_any_bundle(tmp_path, lines):
    assert scripted(lines, tmp_path) == (0, "agrees")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bundles(), st.data())
def test_the_script_sees_a_result_with_another_figure(tmp_path, lines, data):
    result = json.loads(lines[-1])["result"]
    of = [name for name in ("present", "entitled", "winner", "points", "quorate", "carried") if result[name] != {}]
    name = data.draw(st.sampled_from(of))
    match result[name]:
        case bool(held):
            result[name] = not held
        case dict(figures):
            key = data.draw(st.sampled_from(sorted(figures)))
            figures[key] += 1
        case winner if result["method"] != "yes_no":
            result[name] = "pool" if winner is None else None
        case _:
            result["yes"]["persons"] += 1
    assert scripted(changed(lines, -1, result=result), tmp_path)[0] == 1


def test_the_script_sees_a_ballot_a_roll_and_a_commitment_that_were_touched(tmp_path):
    assert scripted(OPEN, tmp_path) == (0, "agrees")
    ballot = changed(OPEN, 8, ballot={"choice": ["yes"], "scores": {}})
    assert scripted(ballot, tmp_path) == (1, "DIFFERS: yes, no, abstained")
    assert scripted(OPEN[:7] + OPEN[8:], tmp_path)[0] == 1
    assert scripted(changed(OPEN, 6, area=9999), tmp_path) == (1, "DIFFERS: entitled, roll")
    assert scripted(changed(OPEN, 6, household="h9"), tmp_path)[0] == 1
    assert scripted(SECRET[:-2] + SECRET[-1:], tmp_path)[0] == 1
    assert scripted(changed(OPEN, 7, voter="stranger"), tmp_path)[0] == 1


def test_the_script_sees_a_box_that_was_stuffed_a_second_ballot_and_a_stranger(tmp_path):
    """The result is adjusted to what was added: only who took part, and how often, gives it away."""
    extra = [json.dumps({"code": f"d{n}", "ballot": {"choice": ["yes"], "scores": {}}}) + "\n" for n in range(9)]
    result = json.loads(SECRET[-1])["result"]
    stuffed = changed([*SECRET[:-1], *extra, SECRET[-1]], -1, result=result | {"yes": result["yes"] | {"persons": 12}})
    twice = [*OPEN[:-1], OPEN[7].replace('["no"]', '["yes"]'), OPEN[-1]]
    stranger = [*OPEN[:-1], OPEN[7].replace('"v0"', '"v99"'), OPEN[-1]]
    for forged in (stuffed, twice, stranger):
        code, said = scripted(forged, tmp_path)
        assert (code, said.split(":")[0]) == (1, "DIFFERS")


def test_the_script_is_sixty_lines_of_standard_python():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line]) <= 60
    assert "govflow" not in text


def test_a_replaced_ballot_counts_once(tmp_path):
    cast = [("v0", NO), ("v1", YES), ("v2", YES), ("v3", NO), ("v0", YES)]
    lines = written(header(replaceable=True), ROLL, cast=cast)
    tally = recounted(read(lines))
    assert (tally.present.persons, tally.yes.persons, tally.no.persons) == (4, 3, 1)
    assert json.loads(lines[-1])["ballots"] == 5
    assert scripted(lines, tmp_path) == (0, "agrees")


def test_secret_ballots_stand_by_code_and_marks_by_voter_whatever_order_they_came_in():
    assert [json.loads(line).get("voter") for line in SECRET[7:11]] == ["v0", "v1", "v3", "v4"]
    assert [json.loads(line)["code"] for line in SECRET[11:-1]] == ["c000", "c001", "c002", "c003"]
    assert all("voter" not in line for line in SECRET[11:-1])


# --- hostile bundles -------------------------------------------------------------------------------------------------

FORGED = [
    ([], "line 1: there is nothing; expected the header of a bundle"),
    (["\n"], "line 1: Invalid JSON: EOF while parsing a value at line 2 column 0; expected the fields format, "),
    (["[]"], "line 1: Input should be an object"),
    (OPEN[1:], "line 1: record: Field required"),
    (changed(OPEN, 0, format="govflow-vote@2"), "line 1: format: Input should be 'govflow-vote@1'"),
    (changed(OPEN, 0, more=1), "line 1: more: Extra inputs are not permitted"),
    (changed(OPEN, 0, round="2"), "line 1: round: Input should be a valid integer"),
    (changed(OPEN, 0, form="secret"), "line 1: Value error, form and quorum are not those of the rule"),
    (changed(OPEN, 0, options=["a"]), "line 1: Value error, a choice has options, each once; a yes-"),
    (changed(CHOICE, 0, options=["a", "a"]), "line 1: Value error, a choice has options, each once"),
    (changed(OPEN, 0, lot={"commitment": "0" * 64, "seed": SEED}), "line 1: lot: Value error, the seed is not the one"),
    (changed(OPEN, 0, roll_digest="0" * 64), "line 1: the roll is not the one that was frozen"),
    (changed(OPEN, 6, area=7), "line 1: the roll is not the one that was frozen"),
    (changed(OPEN, 2, area="101"), "line 3: area: Input should be a valid integer; expected the fields voter, "),
    (changed(OPEN, 2, area=-1), "line 3: area: Input should be greater than or equal to 0"),
    (changed(OPEN, 2, voter="王 五"), "line 3: voter: String should match pattern"),
    ([*OPEN[:2], OPEN[1], *OPEN[2:]], "line 3: v0 after v0; expected ids in ascending order, each once"),
    ([OPEN[0], OPEN[2], OPEN[1], *OPEN[3:]], "line 3: v0 after v1"),
    ([*OPEN[:8], OPEN[3], *OPEN[8:]], "line 9: a line of the roll does not belong here; expected an open "),
    ([*OPEN[:8], SECRET[11], *OPEN[8:]], "line 9: a secret ballot does not belong here"),
    ([*OPEN[:8], '{"voter":"v1"}\n', *OPEN[8:]], "line 9: a mark of who took part does not belong here"),
    ([*OPEN, OPEN[-1]], "line 13: the result does not belong here; expected the end"),
    (OPEN[:-1], "end: cut off: there is no result"),
    ([*OPEN[:8], *OPEN[9:]], "end: 3 lines of ballots; expected 4, as it says"),
    ([OPEN[0], *OPEN[2:]], "line 8: v0 is not on the roll"),
    ([*OPEN[:8], *OPEN[7:]], "line 9: a second ballot of v3; expected one each, by this rule"),
    (changed(OPEN, 7, voter="v9"), "line 8: v9 is not on the roll; expected a voter of the roll"),
    (changed(OPEN, 7, at="noon"), "line 8: at: Input should be a valid datetime"),
    (changed(OPEN, 7, ballot={"choice": ["maybe"]}), "line 8: it says one of yes, no, abstain; expected"),
    (changed(CHOICE, 11, ballot={"choice": ["roof", "roof"]}), "line 12: named more than once: roof"),
    (changed(SECRET, 8, voter="v9"), "line 9: v9 is not on the roll"),
    (changed(SECRET, 8, voter="v0"), "line 9: v0 after v0"),
    (changed(SECRET, 12, code="c000"), "line 13: c000 after c000"),
    ([*OPEN[:8], "not json\n", *OPEN[8:]], "line 9: not a JSON object; expected one object a line"),
    ([*OPEN[:8], "\n", *OPEN[8:]], "line 9: not a JSON object"),
    ([*OPEN[:8], "[" * 100_000 + "\n", *OPEN[8:]], "line 9: not a JSON object"),
    ([*OPEN[:8], '{"voter":"v1","ballot":{"choice":["\\ud800"]}}\n', *OPEN[8:]], "line 9: Invalid JSON"),
    ([*OPEN[:8], '{"area":' + "9" * 5000 + "}\n", *OPEN[8:]], "line 9: not a JSON object"),
    ([*OPEN[:8], '{"voter":"' + "v" * (17 << 20) + '"}\n', *OPEN[8:]], "line 9: 17825805 long; expected"),
    ([*(line.encode() for line in OPEN[:8]), b"\xff\n"], "line 9: not UTF-8; expected a text"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "says"), FORGED, ids=[f"{place}" for place in range(len(FORGED))])
def test_what_is_no_bundle_is_refused_with_its_line(lines, says):
    with pytest.raises(InputError) as refused:
        read(lines)
    assert str(refused.value).startswith(says)


def test_hands_are_given_once_and_not_forgotten():
    hands = '{"hands":{"present":{"persons":1},"yes":{"persons":1}}}\n'
    first = header("hands").model_dump_json() + "\n"
    with pytest.raises(InputError, match="end: there are no counts of hands"):
        read([first, *OPEN[1:7], changed(OPEN, -1, ballots=0)[-1]])
    with pytest.raises(InputError, match="line 9: counts of hands stand twice"):
        read([first, *OPEN[1:7], hands, hands])


def test_where_ties_end_by_lot_the_seed_may_be_missing_and_only_a_tie_cannot_be_counted():
    lines = changed(CHOICE, 0, rule=json.loads(CHOICE[0])["rule"] | {"tie": "lot"})
    assert read(lines).header.lot is not None
    without = read(changed(lines, 0, lot=None))
    with pytest.raises(InputError, match="a lot must be drawn and there is no seed"):
        recounted(without)
    clear = dict(list(without.ballots.items())[:-1])
    assert recounted(without._replace(ballots=clear)).winner == "roof"


def test_a_result_that_is_not_what_the_ballots_say_is_read_and_found_out():
    forged = json.loads(OPEN[-1])["result"] | {"carried": False}
    bundle = read(changed(OPEN, -1, result=forged))
    assert recounted(bundle) != bundle.result
    assert recounted(bundle).carried


@given(st.integers(0, 11), st.text(max_size=20) | st.binary(max_size=20), st.integers(0, 400))
def test_any_damage_is_told_or_leaves_the_roll_as_it_was(number, junk, place):
    line = OPEN[number].encode()
    dirty = line[:place] + (junk.encode("utf-8", "ignore") if isinstance(junk, str) else junk) + line[place:]
    with contextlib.suppress(InputError):
        bundle = read([*OPEN[:number], dirty, *OPEN[number + 1 :]])
        assert recounted(bundle).entitled == recounted(read(OPEN)).entitled
