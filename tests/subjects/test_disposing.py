"""The end of retention: what is due, the decision, and the keys destroyed with a record of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from govflow import Engine, NotAllowed, Personal, ProtectionError
from govflow.audit.verifying.evidence import verify_log
from govflow.disposing import Stage
from govflow.regions.retention import AppraiseRetention
from tests.subjects.office import ARCHIVE, COURT, PAPER, a_log, archived, destroyed, told
from tests.support import Town, desk, resident

END = {"basis": "档案法实施条例 §24", "authority": "district archive"}


def old_one(path: Path | str = ":memory:") -> Town:
    """An archived case of s-1 beside a running one."""
    town = a_log(path)
    archived(town, reporter_name="Wang Canary")
    told(town)
    return town


def name(town: Town, id: str) -> str | None:
    return town.engine.open_personal(id, "reporter_name", desk, why="to call back")


def stages(town: Town) -> list[tuple[str, str]]:
    return [(each.record, each.stage) for each in town.engine.disposal_list()]


def test_a_record_is_on_the_list_from_the_end_of_its_term_until_its_keys_are_destroyed():
    town = old_one()
    assert stages(town) == []
    due = town.engine.get("old").clocks["retention"].due
    assert due is not None
    (later,) = town.engine.disposal_list(due + timedelta(seconds=1))
    assert (later.record, later.stage, later.until) == ("old", Stage.APPRAISE, due)
    town.clock.advance(due - town.clock() + timedelta(seconds=1))
    town.engine.tick()
    assert stages(town) == [("old", "appraise")]
    town.do(AppraiseRetention(id="old", by=ARCHIVE, papers=PAPER, finding="of no lasting value"))
    assert stages(town) == [("old", "decide")]


def test_what_it_was_decided_to_destroy_is_destroyed_with_a_record_of_it_and_nothing_else():
    town = old_one()
    with pytest.raises(NotAllowed) as refused:
        town.engine.dispose("old", ARCHIVE, **END)
    assert refused.value.codes == ("destruction_was_decided",)
    destroyed(town)
    assert stages(town) == [("old", "carry_out")]
    with pytest.raises(ProtectionError):
        town.engine.dispose("old", desk, **END)
    assert name(town, "old") == "Wang Canary"

    done = town.engine.dispose("old", ARCHIVE, **END)

    assert done.subjects == ("s-1",)
    assert done.left == ()
    assert name(town, "old") is None
    assert name(town, "c") == "Wang Canary"
    assert stages(town) == []
    said = town.engine.log_history()[-1]
    assert (said.name, said.body.__dict__["record"], said.meta.role) == ("personal.destroyed", "old", "archivist")
    head = town.engine.store.head()
    assert town.engine.dispose("old", ARCHIVE, **END).record == "old"
    assert town.engine.store.head() == head


def test_a_correction_goes_with_the_record_that_it_corrects():
    town = old_one()
    town.engine.correct_personal("old", "reporter_name", ARCHIVE, text="Wang Kanari", reason="misspelt")
    town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="Wang Kanari", reason="misspelt")
    destroyed(town)
    town.engine.dispose("old", ARCHIVE, **END)
    assert name(town, "old") is None
    assert name(town, "c") == "Wang Kanari"


def test_a_legal_hold_on_anybody_in_it_blocks_the_destruction():
    town = old_one()
    destroyed(town)
    town.engine.hold("s-1", ARCHIVE, **COURT)
    with pytest.raises(NotAllowed) as refused:
        town.engine.dispose("old", ARCHIVE, **END)
    assert refused.value.codes == ("no_hold_stands",)
    assert "a suit is pending" in str(refused.value)
    town.engine.release("s-1", ARCHIVE, hold="h1", reason="the suit is over")
    town.engine.dispose("old", ARCHIVE, **END)
    assert name(town, "old") is None


def test_a_destruction_that_a_crash_cut_short_is_finished_and_the_log_verifies(tmp_path: Path):
    path = tmp_path / "log.db"
    town = old_one(path)
    destroyed(town)
    assert name(town, "old") == "Wang Canary"
    town.engine.close()
    kept = {file: file.read_bytes() for file in tmp_path.glob("log.db.keys*")}
    with Engine.open(path, now=town.clock) as engine:
        engine.dispose("old", ARCHIVE, **END)
    for file, data in kept.items():  # as if no key had been destroyed yet
        file.write_bytes(data)
    with Engine.open(path, now=town.clock) as engine:
        assert engine.vault.keys.is_destroyed("s-1", "old")
        assert engine.open_personal("old", "reporter_name", resident, why="my own") is None
        assert engine.open_personal("c", "reporter_name", resident, why="my own") == "Wang Canary"
    found = verify_log(path, workers=1)
    assert {each.code for each in found.findings} == {"UNCOVERED_TAIL"}, [each.en for each in found.findings]


def test_a_key_that_is_missing_without_a_word_in_the_log_is_still_found(tmp_path: Path):
    path = tmp_path / "log.db"
    town = old_one(path)
    town.engine.vault.keys.destroy_record("old")
    town.engine.close()
    found = verify_log(path, workers=1)
    assert {each.stream for each in found.findings if each.code == "KEY_MISSING"} == {"old"}


def test_a_record_that_was_destroyed_takes_no_correction_in_the_place_of_what_is_gone():
    town = old_one()
    destroyed(town)
    town.engine.dispose("old", ARCHIVE, **END)
    with pytest.raises(NotAllowed) as refused:
        town.engine.correct_personal("old", "reporter_name", ARCHIVE, text="Wang Canary", reason="misspelt")
    assert refused.value.codes == ("personal_data_is_not_destroyed",)
    assert name(town, "old") is None


def test_a_legal_hold_on_somebody_of_whom_a_text_in_it_speaks_blocks_the_destruction():
    town = a_log()
    archived(town, description=Personal(text="Chen shouts", subject="s-1", about=("s-chen",)))
    destroyed(town)
    town.engine.hold("s-chen", ARCHIVE, **COURT)
    with pytest.raises(NotAllowed) as refused:
        town.engine.dispose("old", ARCHIVE, **END)
    assert refused.value.codes == ("no_hold_stands",)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"basis": " "}, "basis_is_named"),
        ({"authority": ""}, "authority_is_named"),
        ({"basis": "as 13912345678 asked"}, "words_name_nobody"),
    ],
)
def test_a_record_of_destruction_names_its_basis_and_authority_and_no_person(given: dict[str, str], code: str):
    town = old_one()
    destroyed(town)
    with pytest.raises(NotAllowed) as refused:
        town.engine.dispose("old", ARCHIVE, **{**END, **given})
    assert refused.value.codes == (code,)
    assert name(town, "old") == "Wang Canary"
