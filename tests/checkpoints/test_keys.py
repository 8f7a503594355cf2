"""Signing keys: their file, their handovers, and who may follow them."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from govflow.checkpoints.keys import SigningKeys
from govflow.checkpoints.merkle import EMPTY_ROOT
from govflow.checkpoints.notes import Checkpoint
from govflow.checkpoints.trust import Handover, chain_of
from govflow.errors import LogError

from .logs import LOG_ID, ORIGIN, a_log, append


@pytest.fixture
def keys(tmp_path: Path) -> SigningKeys:
    found = SigningKeys(tmp_path / "log.db.signing", LOG_ID)
    found.create()
    return found


def test_a_key_is_named_after_its_log_and_readable_by_its_owner_alone(keys: SigningKeys):
    (verifier,) = keys.verifiers()

    assert verifier.name == ORIGIN
    assert keys.export() == verifier.vkey
    assert stat.S_IMODE(os.stat(keys.path).st_mode) == 0o600
    assert os.listdir(Path(keys.path).parent) == ["log.db.signing"], "nothing half-made is left beside it"


def test_a_key_is_never_replaced_by_making_another(keys: SigningKeys):
    before = keys.export()

    with pytest.raises(LogError, match="there is a signing key already"):
        keys.create()
    assert keys.export() == before


def test_two_who_make_the_first_key_at_once_agree_on_one(tmp_path, monkeypatch):
    path = tmp_path / "log.db.signing"
    slow, fast = SigningKeys(path, LOG_ID), SigningKeys(path, LOG_ID)
    monkeypatch.setattr(slow, "exists", lambda: False)  # it looked before the other was there
    fast.create()

    with pytest.raises(LogError, match="already"):
        slow.create()
    assert slow.export() == fast.export()
    assert os.listdir(tmp_path) == ["log.db.signing"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o601])
def test_a_key_that_others_may_read_is_refused(keys: SigningKeys, mode):
    os.chmod(keys.path, mode)

    with pytest.raises(LogError, match=f"others may read the signing key .* say chmod 600 {keys.path}"):
        keys.signers()


def test_a_trial_log_gets_no_key(tmp_path):
    with pytest.raises(LogError, match="is a trial"):
        SigningKeys(tmp_path / "x.signing", "what-if-3").create()
    with pytest.raises(LogError, match="is a trial"):
        SigningKeys(":memory:", "what-if-3").create()
    assert os.listdir(tmp_path) == []


def test_the_key_of_another_log_is_refused(keys: SigningKeys):
    with pytest.raises(LogError, match=f"that of {ORIGIN}, not of govflow/what-if-1"):
        SigningKeys(keys.path, "what-if-1").signers()


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: "",
        lambda held: "[]",
        lambda held: json.dumps({**held, "govflow_signing_keys": 2}),
        lambda held: json.dumps({**held, "keys": []}),
        lambda held: json.dumps({**held, "keys": [{"vkey": "x", "private": None}]}),
        lambda held: json.dumps({**held, "keys": [{**held["keys"][0], "private": "AAAA"}]}),
        lambda held: json.dumps({**held, "keys": [{**held["keys"][0], "private": "A" * 43 + "="}]}),
        lambda held: json.dumps({**held, "keys": [{**held["keys"][0], "private": 7}]}),
        lambda held: json.dumps({**held, "handovers": ["x"]}),
        lambda held: json.dumps({**held, "signed": "x"}),
        lambda held: '{"keys":' + "[" * 100_000,
        lambda held: "\udcff",
    ],
    ids=range(12),
)
def test_a_damaged_key_file_is_one_clear_error(keys: SigningKeys, damage):
    held = json.loads(Path(keys.path).read_text())
    Path(keys.path).write_text(damage(held), errors="surrogateescape")

    with pytest.raises(LogError, match=r"damaged|cannot be read"):
        keys.signers()


def test_a_key_that_was_put_elsewhere_stays_there_and_is_written_through_its_link(keys: SigningKeys, tmp_path):
    elsewhere = tmp_path / "safe" / "key"
    elsewhere.parent.mkdir()
    os.rename(keys.path, elsewhere)
    os.symlink(elsewhere, keys.path)

    keys.rotate(0)

    assert os.path.islink(keys.path)
    assert len(json.loads(elsewhere.read_text())["keys"]) == 2
    assert os.listdir(elsewhere.parent) == ["key"]


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    with pytest.raises(LogError, match="the keys are as they were"):
        SigningKeys(tmp_path / "none" / "x.signing", LOG_ID).create()
    with pytest.raises(LogError, match="no signing key at"):
        SigningKeys(tmp_path / "none" / "x.signing", LOG_ID).signers()
    with pytest.raises(LogError, match="no signing key yet"):
        SigningKeys(":memory:", LOG_ID).signers()


# -- replacing --------------------------------------------------------------------------------------------------------


def test_a_replaced_key_hands_over_and_is_destroyed(tmp_path):
    log = a_log(tmp_path, 3)
    log.checkpointer.sign()
    (old,) = log.keys.signers()
    opened = open(log.keys.path, "rb")  # noqa: SIM115 - the file that is replaced, as whoever holds its blocks sees it
    handover = log.checkpointer.rotate()
    (new,) = log.keys.signers()

    said = Handover.parse(handover)
    assert said.size == 3
    assert (said.old, said.new) == (old.verifier, new.verifier) == log.keys.verifiers()
    last = log.checkpointer.last()
    assert last is not None
    assert set(last.note.signed_by([old.verifier, new.verifier])) == {old.verifier, new.verifier}
    assert (last.checkpoint.size, log.kept.handovers()) == (3, (handover.format().encode(),))
    assert json.loads(Path(log.keys.path).read_text())["keys"][0]["private"] is None
    with opened:
        assert set(opened.read()) <= {0}, "the old private key was written over"
    append(log.store, 1)
    assert log.checkpointer.sign().signed_by([old.verifier, new.verifier]) == (new.verifier,)


def test_a_rotation_that_was_interrupted_is_finished_by_the_next_signature(tmp_path):
    log = a_log(tmp_path, 1)
    log.checkpointer.sign()
    log.keys.rotate(1)
    log.keys.rotate(1)  # and nothing after it: the process died, and the next one asked again
    assert len(log.keys.signers()) == 3

    note = log.checkpointer.sign()

    assert len(note.signed_by(log.keys.verifiers())) == 3
    assert [each.verifier for each in log.keys.signers()] == [log.keys.verifiers()[-1]]
    assert chain_of(log.keys.verifiers()[:1], log.kept.handovers()).keys == log.keys.verifiers()


def test_a_key_that_is_replaced_while_another_process_signs_still_signs_the_next_checkpoint(tmp_path):
    log = a_log(tmp_path, 1)
    log.keys.rotate(0)
    signed = log.keys.signers()
    log.keys.rotate(0)
    log.keys.settle(signed, Checkpoint(ORIGIN, 0, EMPTY_ROOT))

    assert [each.verifier for each in log.keys.signers()] == [log.keys.verifiers()[2]]


def test_a_key_is_not_replaced_where_there_is_none(tmp_path):
    log = a_log(tmp_path, 1, key=False)

    with pytest.raises(LogError, match="no signing key yet"):
        log.checkpointer.rotate()
