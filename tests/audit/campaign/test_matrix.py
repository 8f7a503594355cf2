"""Every attack of the matrix is seen by the means that must see it, and by no other where it is hardest to see."""

from __future__ import annotations

import shutil
from random import Random

import pytest

from govflow.audit.findings import Check, Code
from tests.audit.campaign.attacks import edit, exchanged, place
from tests.audit.campaign.conftest import Attacked, seen_by, verified
from tests.audit.campaign.forging import (
    Level,
    carry_out,
    fitted,
    notes_of,
    put_notes,
    retold,
    rows_of,
    write,
)
from tests.audit.campaign.matrix import DIFFERENCES, MATRIX, Key
from tests.audit.campaign.world import NAME

PLACES = 40  # by chance, of each attack, in the long run
RESIGNED = [key for key in MATRIX if key[1] == Level.RESIGNED]


def named(keys: list[Key]) -> list[str]:
    return [f"{attack}, {level}" if level else attack for attack, level in keys]


@pytest.fixture(params=[*MATRIX], ids=named([*MATRIX]))
def key(request: pytest.FixtureRequest) -> Key:
    found: Key = request.param
    return found


def test_nothing_is_found_where_nobody_attacked(world):
    for folder in (world.folder, world.twin, world.other):
        found = verified(folder / NAME, world, key=False)
        assert (found.counts, found.covered) == ({}, found.events)
    found = verified(world.folder / NAME, world, world.midway, world.end)

    assert (found.counts, found.agreeing, found.agreed) == ({}, 2, found.events)
    assert [str(each)[:21] for each in found.open_questions] == ["what came after event"]
    assert 600 <= found.events <= 1_500


def test_where_it_is_hardest_to_see_only_those_means_see_it_that_must(attacked: Attacked, world, key):
    line = MATRIX[key]
    found = verified(attacked(*key), world, world.end)

    assert seen_by(found) == line.checks
    assert {*line.codes} <= {*found.counts}
    assert not found.is_clean()


@pytest.mark.parametrize(
    ("attack", "level"), [*RESIGNED, ("truncate and roll back", None), ("split view", None)], ids=str
)
def test_what_the_holder_of_the_key_did_is_not_seen_without_a_head_from_outside(attacked, world, attack, level):
    found = verified(attacked(attack, level), world)

    assert seen_by(found) == MATRIX[attack, level].checks - {Check.TRUSTED}
    assert "no head from outside was compared" in str(found.open_questions[-1])


def test_design_and_log_differ_where_it_is_written_down_and_nowhere_else():
    assert {key: line.differs for key, line in MATRIX.items() if line.differs} == DIFFERENCES


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_wherever_chance_puts_it_those_means_see_it_that_must(attacked: Attacked, world, key, part):
    line = MATRIX[key]
    for seed in range(part, PLACES, 4):
        path = attacked(*key, Random(f"{key} {seed}"))
        found = verified(path, world, world.end)
        without = verified(path, world)
        shutil.rmtree(path.parent)

        assert line.checks <= seen_by(found), seed
        assert {*line.codes} <= {*found.counts}, seed
        assert seen_by(found) - {Check.TRUSTED} == seen_by(without), seed
        assert without.open_questions, seed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_with_the_key_that_lies_beside_the_log_nothing_less_is_seen_of_its_rows(attacked: Attacked, world, key, seed):
    attack, level = key
    path = attacked(attack, level, Random(f"{key} {seed} beside"))
    found = verified(path, world, world.end, key=False)

    assert MATRIX[key].checks & {Check.TRUSTED} <= seen_by(found)
    if level is not None:
        assert MATRIX[key].checks <= seen_by(found)


# --- what every X presupposes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ["swap the store", "a key of the forger's"])
def test_another_log_or_key_is_seen_by_a_key_or_a_head_from_outside_and_by_nothing_beside_the_log(
    attacked, world, attack
):
    path = attacked(attack)
    beside = verified(path, world, key=False)
    with_head = verified(path, world, world.end, key=False)

    assert (seen_by(beside), beside.is_clean()) == (frozenset(), True)
    assert any("the keys lay beside the log" in str(each) for each in beside.open_questions)
    assert seen_by(with_head) == {Check.TRUSTED}
    assert {*with_head.counts} <= {Code.ORIGIN_MISMATCH, Code.UNKNOWN_KEY}


def test_a_head_from_outside_vouches_for_what_it_has_seen_and_for_nothing_behind_it(attacked, world):
    size = world.midway.checkpoint.size
    for before, told in ((True, {Check.TRUSTED}), (False, set())):
        path = attacked()
        rows = rows_of(path)
        n = next(n for n in range(0 if before else size, len(rows)) if rows[n].topic.startswith("case.reported@"))
        changed = [*rows[:n], retold(rows[n], body={"title": "Water lily"}), *rows[n + 1 :]]
        carry_out(path, changed, Level.RESIGNED)

        assert seen_by(verified(path, world, world.midway)) == told
        assert seen_by(verified(path, world, world.end)) == {Check.TRUSTED}


def test_a_rollback_to_behind_the_head_from_outside_is_not_seen_by_it(attacked, world):
    path = attacked("truncate and roll back")

    assert world.midway.checkpoint.size < world.sizes[-2]
    assert verified(path, world, world.midway).is_clean(strict=True)


def test_an_event_forged_behind_the_last_checkpoint_is_only_counted(attacked, world):
    path = attacked()
    rows = rows_of(path)
    more = retold(rows[-1], {"command": "c-more"}, {"item": "e-more"})
    write(path, fitted([*rows, more]))
    found = verified(path, world, world.end)

    assert found.counts == {Code.UNCOVERED_TAIL: 1}
    assert (found.tail, found.is_clean(), found.is_clean(strict=True)) == (1, True, False)


def test_two_events_of_one_command_change_places_unseen_by_semantic_replay(attacked, world):
    path = attacked()
    rows = rows_of(path)
    one = place(rows, "x", 7)
    assert [row.topic for row in rows[one : one + 2]] == ["commitment.made@1"] * 2
    carry_out(path, exchanged(rows, one, one + 1), Level.RESIGNED)

    assert seen_by(verified(path, world, world.end)) == {Check.TRUSTED}


def test_hashes_that_were_kept_tell_which_256_events_were_changed(attacked, world):
    path = attacked()
    write(path, fitted(edit(rows_of(path)[:400], Random(3)) + rows_of(path)[400:]))
    found = verified(path, world)
    kept = [each for each in found.findings if each.found_by == Check.HASHES]

    assert [each.position for each in kept] in ([1], [257])
    assert "is not what it was when hashes were kept of them" in kept[0].en


def test_a_flood_of_findings_does_not_crowd_out_what_the_heads_tell(attacked, world):
    path = attacked()
    rows = rows_of(path)
    write(
        path,
        [
            retold(row, {"recorded_at": f"{2025 - n}-03-02T01:00:00+00:00"})._replace(leaf=b"")
            for n, row in enumerate(rows[:-1])
        ],
    )
    found = verified(path, world, world.end)

    assert sum(found.counts.values()) > 1_000
    assert {Check.CHECKPOINTS, Check.TRUSTED} <= seen_by(found)
    assert {each.found_by for each in found.findings[:3]} <= {Check.CHECKPOINTS, Check.TRUSTED}


def test_two_heads_of_one_size_beside_the_log_are_inconsistent(attacked, world):
    path = attacked()
    put_notes(path, [*notes_of(path), notes_of(world.twin / NAME)[-1]])
    found = verified(path, world)

    assert seen_by(found) == {Check.CHECKPOINTS}
    assert found.counts[Code.INCONSISTENT_HEADS] == 1
