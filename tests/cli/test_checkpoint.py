"""`govflow checkpoint`, `keys` and `prove`: a key, a head, a proof, and a stranger who checks it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from govflow.cases import commands as c
from govflow.checkpoints.notes import Checkpoint, Note, Signature, Signer, Verifier
from govflow.checkpoints.proofs import Proof
from govflow.engine import Engine
from tests.checkpoints.authority import an_authority, answered
from tests.support import MATTER, a_town, resident

WITNESS = Signer.new("witness.example/w", 0x04)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "city.db"
    town = a_town(path)
    with town.engine:
        town.do(c.ReportCase(by=resident, **MATTER), c.ReportCase(by=resident, **MATTER))
    return path


@pytest.fixture
def city(written: Path, tmp_path: Path) -> Path:
    for each in written.parent.iterdir():
        shutil.copy(each, tmp_path)
    return tmp_path / "city.db"


@pytest.fixture
def signed(govflow, city: Path) -> Path:
    govflow("checkpoint", "sign", "--db", city)
    return city


def der_with_a_bad_version(pem: bytes) -> bytes:
    """The certificate with another version in it than there is."""
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    return der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)


def report(path: Path) -> None:
    town = a_town(path, checkpoint_every=None)
    with town.engine:
        town.do(c.ReportCase(by=resident, **MATTER))


def test_the_first_checkpoint_makes_a_key_and_its_note_alone_goes_to_stdout(govflow, city):
    first = govflow("checkpoint", "sign", "--db", city)
    second = govflow("checkpoint", "sign", "--db", city)
    vkey = govflow("keys", "export", "--db", city).out.strip()

    note = Note.parse(first.out.encode())
    assert note.signed_by([Verifier.parse(vkey)])
    assert f"made a signing key at {city}.signing" in first.err
    assert vkey in first.err
    assert (second.out, second.err, second.status) == (first.out, "", 0)
    with Engine.open(city, read_only=True) as engine:
        assert Checkpoint.parse(note.text).size == engine.store.head()
    told = json.loads(govflow("checkpoint", "sign", "--db", city, "--json").out)
    assert (told["note"], f"{told['origin']}\n{told['size']}\n{told['root']}\n") == (first.out, note.text)


def test_the_list_says_who_signed_when_and_what_is_not_covered(govflow, signed):
    assert "Every event is covered." in govflow("checkpoint", "list", "--db", signed).out
    report(signed)
    ran = govflow("checkpoint", "list", "--db", signed)
    told = json.loads(govflow("checkpoint", "list", "--db", signed, "--json").out)

    (each,) = told["checkpoints"]
    assert "log key" in ran.out
    assert "1 of 1 checkpoints" in ran.out
    assert f"{told['uncovered']['events']} events are not covered yet" in ran.out
    assert each["signed_by"][0]["is_log"]
    assert len(each["root"]) == 44
    assert "尚未签署" not in govflow("checkpoint", "list", "--db", signed, "--lang", "zh").out


def test_a_log_that_nobody_signed_says_so(govflow, city):
    ran = govflow("checkpoint", "list", "--db", city)

    assert ran.status == 0
    assert "Nothing was signed yet." in ran.out
    assert "not covered yet, the oldest for" in ran.out
    assert json.loads(govflow("checkpoint", "list", "--db", city, "--json").out)["checkpoints"] == []
    for wrong in (("keys", "export"), ("keys", "show"), ("keys", "rotate")):
        assert govflow(*wrong, "--db", city).status == 2
    assert govflow("prove", "C-2026-000001", "--db", city).status == 2


def test_a_list_keeps_to_its_limit(govflow, signed):
    report(signed)
    govflow("checkpoint", "sign", "--db", signed)

    assert "1 of 2 checkpoints" in govflow("checkpoint", "list", "--db", signed, "--limit", "1").out


def test_a_stranger_with_the_key_and_the_file_alone_checks_a_proof(govflow, signed, tmp_path):
    vkey, proof = tmp_path / "city.vkey", tmp_path / "a.tlog-proof"
    vkey.write_text(govflow("keys", "export", "--db", signed).out)
    assert govflow("prove", "C-2026-000001", "--version", "1", "-o", proof, "--db", signed).status == 0
    os.rename(signed, tmp_path / "gone.db")

    ran = govflow("verify", proof, "--key", vkey)
    told = json.loads(govflow("verify", proof, "--key", vkey, "--json").out)

    assert ran.status == 0
    assert "The proof holds: this is event" in ran.out
    assert "C-2026-000001, version 1, case.reported@" in ran.out
    assert (told["clean"], told["stream"], told["version"]) == (True, "C-2026-000001", "1")


def test_a_proof_that_does_not_hold_is_a_finding_and_what_is_none_is_bad_input(govflow, signed, tmp_path):
    proof = tmp_path / "a.tlog-proof"
    proof.write_bytes(govflow("prove", "C-2026-000001", "--db", signed).out.encode())
    stranger = Signer.new("govflow/log-other").verifier.vkey

    vkey = govflow("keys", "export", "--db", signed).out.strip()
    other = tmp_path / "other.tlog-proof"
    other.write_text("no proof")
    sound = Proof.parse(proof.read_bytes())
    proof.write_text(sound._replace(place=0).format())
    refused = govflow("verify", proof, "--key", vkey)
    assert (refused.status, "The proof does not hold" in refused.out) == (1, True)
    assert not json.loads(govflow("verify", proof, "--key", vkey, "--json").out)["clean"]
    zh = govflow("verify", proof, "--key", vkey, "--lang", "zh").out
    assert "哈希" in zh
    unknown = govflow("verify", proof, "--key", stranger)
    assert (unknown.status, "could not be checked" in unknown.out) == (2, True)
    for arguments in (
        ("verify", other, "--key", vkey),
        ("verify", tmp_path / "none", "--key", stranger),
        ("verify", proof, "--key", "nonsense"),
        ("verify", proof),
        ("prove", "C-2026-000001", "--version", "99999999999999999999", "--db", signed),
        ("prove", "C-none", "--db", signed),
        ("prove", "C-2026-000001", "--version", "99", "--db", signed),
        ("prove", "C-2026-000001", "--as", "s-77", "--db", signed),
    ):
        ran = govflow(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 1


def test_a_key_is_replaced_and_the_old_one_leads_to_the_new(govflow, signed):
    old = govflow("keys", "export", "--db", signed).out.strip()
    rotated = govflow("keys", "rotate", "--db", signed)
    new = govflow("keys", "export", "--db", signed).out.strip()
    told = json.loads(govflow("keys", "show", "--db", signed, "--json").out)
    shown = govflow("keys", "show", "--db", signed).out

    assert old != new
    assert Note.parse(rotated.out.encode()).signed_by(map(Verifier.parse, (old, new)))
    assert new in rotated.err
    assert told["keys"] == [{"vkey": old, "signs": False}, {"vkey": new, "signs": True}]
    assert told["handovers"] == [rotated.out]
    assert "replaced" in shown
    assert json.loads(govflow("keys", "rotate", "--db", signed, "--json").out)["vkey"] not in (old, new)


def test_who_holds_the_first_key_checks_a_proof_by_the_handovers(govflow, signed, tmp_path):
    old, handed, proof = (tmp_path / name for name in ("old.vkey", "handed.note", "a.tlog-proof"))
    old.write_text(govflow("keys", "export", "--db", signed).out)
    for _ in range(2):
        govflow("keys", "rotate", "--db", signed)
    report(signed)
    govflow("checkpoint", "sign", "--db", signed)
    proof.write_text(govflow("prove", "C-2026-000001", "--db", signed).out)
    handed.write_text(govflow("keys", "export", "--handovers", "--db", signed).out)
    check = ("verify", proof, "--key", old)

    alone = govflow(*check)
    assert alone.status == 2, "that key cannot tell"
    assert "--handover" in alone.out
    assert govflow(*check, "--handover", handed).status == 0
    for wrong in (proof, old):
        assert govflow(*check, "--handover", wrong).status == 2


def test_a_proof_in_json_goes_to_stdout_too(govflow, signed):
    told = json.loads(govflow("prove", "C-2026-000001", "--db", signed, "--json").out)

    assert Proof.parse(told["proof"].encode()).place + 1 == told["position"]


def test_a_key_is_made_once(govflow, city):
    assert "made a signing key" in govflow("keys", "create", "--db", city).out
    again = govflow("keys", "create", "--db", city)

    assert (again.status, "already" in again.err) == (2, True)
    os.remove(f"{city}.signing")
    assert json.loads(govflow("keys", "create", "--db", city, "--json").out)["path"] == f"{city}.signing"


def test_a_checkpoint_that_came_back_from_a_witness_is_taken_in(govflow, signed, tmp_path):
    note = Note.parse(govflow("checkpoint", "sign", "--db", signed).out.encode())
    back = tmp_path / "back.note"
    back.write_bytes(note.with_signatures([WITNESS.sign(note.text, 1_772_500_000)]).format().encode())
    add = ("checkpoint", "add", back, "--db", signed)

    assert govflow(*add).status == 2
    assert govflow(*add, "--witness", Signer.new("x", 0x04).verifier.vkey).status == 2
    ran = govflow(*add, "--witness", WITNESS.verifier.vkey)
    assert "is signed by witness.example/w too" in ran.out
    assert "witness.example/w" in json.loads(govflow(*add, "--witness", WITNESS.verifier.vkey, "--json").out)["note"]
    listed = ("checkpoint", "list", "--db", signed, "--json")
    unchecked = json.loads(govflow(*listed).out)["checkpoints"][0]["signed_by"]
    assert [each["checked"] for each in unchecked] == [True, False]
    known = json.loads(govflow(*listed, "--witness", WITNESS.verifier.vkey).out)["checkpoints"][0]["signed_by"]
    assert [(each["name"], each["checked"]) for each in known][1] == ("witness.example/w", True)
    assert "checked)" in govflow("checkpoint", "list", "--db", signed).out


def test_a_cosignature_on_an_older_head_stays_with_that_head_in_the_list(govflow, signed, tmp_path):
    note = Note.parse(govflow("checkpoint", "sign", "--db", signed).out.encode())
    report(signed)
    govflow("checkpoint", "sign", "--db", signed)
    back = tmp_path / "back.note"
    back.write_bytes(note.with_signatures([WITNESS.sign(note.text, 1_772_500_000)]).format().encode())
    govflow("checkpoint", "add", back, "--db", signed, "--witness", WITNESS.verifier.vkey)
    told = json.loads(govflow("checkpoint", "list", "--db", signed, "--json").out)

    assert [len(each["signed_by"]) for each in told["checkpoints"]] == [2, 1]
    assert told["checkpoints"][0]["size"] < told["checkpoints"][1]["size"]
    assert told["uncovered"]["events"] == 0


def forged(vkey: str) -> Note:
    """A head that the key never signed, with a witness's time beyond all years."""
    key = Verifier.parse(vkey)
    witness = Signature("w.example/w", b"1234", (1 << 62).to_bytes(8, "big") + bytes(64))
    return Note(Checkpoint(key.name, 99_999, bytes(32)).text(), (Signature(key.name, key.key_id, bytes(64)), witness))


def test_a_head_that_nobody_signed_is_not_listed_as_if_it_were_true(govflow, signed):
    report(signed)
    note = forged(govflow("keys", "export", "--db", signed).out)
    with closing(sqlite3.connect(f"{signed}.checkpoints", isolation_level=None)) as connection:
        row = (99_999, note.format().encode(), "2020-01-01T00:00:00+00:00")
        connection.execute("INSERT INTO signed_notes (size, note, signed_at) VALUES (?, ?, ?)", row)
    ran = govflow("checkpoint", "list", "--db", signed)
    told = json.loads(govflow("checkpoint", "list", "--db", signed, "--json").out)
    first, last = told["checkpoints"]

    assert ran.status == 1
    assert "NOT TO BE BELIEVED" in ran.out
    assert "Every event is covered" not in ran.out
    assert "govflow verify" in ran.out
    assert (first["doubt"] is None, last["doubt"] is None) == (True, False)
    assert told["uncovered"]["events"] > 0
    assert not any(each["checked"] for each in last["signed_by"])


def test_checkpoints_that_the_key_has_signed_and_that_are_gone_are_missed(govflow, signed):
    os.remove(f"{signed}.checkpoints")
    ran = govflow("checkpoint", "list", "--db", signed)

    assert ran.status == 1
    assert "the checkpoint of that is not here" in " ".join(ran.out.split())
    assert json.loads(govflow("checkpoint", "list", "--db", signed, "--json").out)["lost"] > 0
    assert govflow("checkpoint", "sign", "--db", signed).status == 0
    assert govflow("checkpoint", "list", "--db", signed).status == 0


def test_without_the_key_file_the_list_says_that_nothing_was_checked(govflow, signed):
    os.remove(f"{signed}.signing")
    ran = govflow("checkpoint", "list", "--db", signed)

    assert ran.status == 0
    assert "checked)" in ran.out
    assert "the key file is not there" in " ".join(ran.out.split())


def test_a_request_for_a_time_stamp_is_a_file_of_its_own(govflow, signed, tmp_path):
    ask = ("checkpoint", "stamp", "--request", tmp_path / "head.tsq", "--db", signed)
    ran = govflow(*ask)

    assert ran.status == 0
    assert (tmp_path / "head.tsq").read_bytes()[0] == 0x30
    assert govflow(*ask).status == 2, "a file that is there is not written over"
    for wrong in ((), (tmp_path / "head.tsq",), (tmp_path / "head.tsq", "--request", tmp_path / "x")):
        assert govflow("checkpoint", "stamp", *wrong, "--db", signed).status == 2
    refused = govflow("checkpoint", "stamp", tmp_path / "head.tsq", "--root", tmp_path / "head.tsq", "--db", signed)
    assert (refused.status, len(refused.err.splitlines())) == (2, 1)


def test_an_authoritys_answer_is_taken_in_and_listed(govflow, signed, tmp_path):
    authority = an_authority(tmp_path)
    govflow("checkpoint", "stamp", "--request", tmp_path / "head.tsq", "--db", signed)
    (tmp_path / "head.tsr").write_bytes(answered(authority, (tmp_path / "head.tsq").read_bytes()))
    take_in = ("checkpoint", "stamp", tmp_path / "head.tsr", "--root", authority / "root.pem", "--db", signed)

    assert "events was there at 20" in govflow(*take_in).out
    told = json.loads(govflow("checkpoint", "list", "--db", signed, "--json").out)
    assert told["checkpoints"][0]["stamped_at"] == [json.loads(govflow(*take_in, "--json").out)["stamped_at"]]
    listed = ("checkpoint", "list", "--db", signed)
    assert "stamp 20" in govflow(*listed).out
    assert json.loads(govflow(*listed, "--root", authority / "root.pem", "--json").out)["checkpoints"][0] == {
        **told["checkpoints"][0],
        "stamps_checked": True,
    }
    (tmp_path / "other").mkdir()
    other = an_authority(tmp_path / "other")
    assert (
        json.loads(govflow(*listed, "--root", other / "root.pem", "--json").out)["checkpoints"][0]["stamped_at"] == []
    )
    damaged = tmp_path / "damaged.pem"
    damaged.write_bytes(der_with_a_bad_version((authority / "root.pem").read_bytes()))
    assert govflow(*listed, "--root", damaged).status == 2


def test_a_log_that_lost_what_was_signed_is_one_message(govflow, signed):
    with closing(sqlite3.connect(signed, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER stored_events_no_delete")
        connection.execute("DELETE FROM stored_events WHERE rowid > 3")
    ran = govflow("checkpoint", "sign", "--db", signed)

    assert (ran.status, ran.out) == (2, "")
    assert "the log has 3 events" in ran.err
