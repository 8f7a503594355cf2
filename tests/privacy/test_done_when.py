"""A resident is erased while their case runs: case, closed vote and signed checkpoint stay valid, and it can be shown.

All of it by the command line, as the archivist of a town would do it; what was handed out before is checked after.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import run

NAMES = ("蓝青", "Lan Qing", "0000 0999")
CASE, MOTION, PERSON = "C-2026-000004", "P-2026-000001", "person:s-lan"
ARCHIVIST, LAW, COUNTY = "bh-012", "个人信息保护法 §47", "county archive"
REPORTED = {
    "command": "case.report", "by": {"id": "s-lan"}, "title": "Street light out", "kind": "hotline", "channel": "phone",
    "level": "community", "area": "beihe/qingxi/hedong", "reporter": "s-lan", "reporter_name": "蓝青 Lan Qing",
    "reporter_phone": "+86 138 0000 0999",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def pipe():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        patch.setenv("LC_ALL", "C.UTF-8")
        yield


def did(*arguments: str | Path) -> str:
    """What a command printed that ended well."""
    ran = run(*arguments)
    assert ran.status == 0, ran.out + ran.err
    return ran.out


def handled(db: Path, **command: object) -> str:
    return did("handle", json.dumps(command), "--db", db)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_a_resident_is_erased_while_a_case_runs_and_a_vote_is_closed_and_what_was_signed_holds(tmp_path: Path):
    db, handed_out = tmp_path / "town" / "town.db", tmp_path / "handed out"
    db.parent.mkdir()
    handed_out.mkdir()
    did("demo", "--db", db)
    at = ("--db", db)
    by = (*at, "--as", ARCHIVIST)

    # given a running case of somebody whose motion was voted on; a signed head, a proof and the ballots at others'
    handled(db, **REPORTED)
    handled(db, command="case.accept", id=CASE, by={"id": "hd-01"})
    head, key, proof, ballots = (handed_out / name for name in ("head.note", "town.vkey", "report.proof", "vote.jsonl"))
    head.write_text(did("checkpoint", "sign", *at))
    key.write_text(did("keys", "export", *at))
    did("prove", CASE, "--version", "1", "--out", proof, *at)
    did("vote", "export", MOTION, "-o", ballots, *at)
    counted = did("recount", db, MOTION, "--json")
    assert "蓝青 Lan Qing" in did("privacy", "show", "s-lan", "--basis", "PIPL 45", *by)
    stood = {id: json.loads(did("show", id, *at, "--json")) for id in (CASE, MOTION)}

    # when they are erased
    why = ("--basis", LAW, "--authority", COUNTY, "--requested-on", "2026-09-01")
    assert "s-lan: erased" in did("privacy", "erase", "s-lan", *why, *by)

    # then nothing of their name is left, in the files of the log and in what is told of them
    told = did("privacy", "show", "s-lan", "--basis", "PIPL 45", *by)
    held = bytes_of(db.parent) + told.encode() + did("export", "jsonl", *at).encode()
    assert not [name for name in NAMES if name.encode() in held or json.dumps(name).strip('"').encode() in held]

    # and the case stands as it stood and goes on, the vote counts the same, what was signed and handed out holds
    assert {id: json.loads(did("show", id, *at, "--json")) for id in stood} == stood
    handled(db, command="case.assign", id=CASE, by={"id": "qx-110"}, lead_unit="qx.service-hall")
    assert json.loads(did("show", CASE, *at, "--json"))["status"] == "assigned"
    assert did("recount", db, MOTION, "--json") == counted
    did("recount", "--bundle", ballots)
    did("verify", proof, "--key", key)
    did("checkpoint", "sign", *at)
    did("verify", *at, "--key", key, "--trusted", head, "--strict")

    # and the officer can show that it was done, why and by whom, also to whoever trusts nothing but the key
    assert f"subject.erase {ARCHIVIST}: {LAW} · {COUNTY} · asked for on 2026-09-01" in told
    assert f"s-lan · {LAW} · {COUNTY}" in did("timeline", "log", *at)
    decided = next(each for each in json.loads(did("timeline", PERSON, *at, "--json")) if "decided" in each["name"])
    version = str(decided["version"])
    did("prove", PERSON, "--version", version, "--out", handed_out / "erased.proof", *at)
    shown = did("verify", handed_out / "erased.proof", "--key", key)
    assert all(each in shown for each in (LAW, COUNTY, "2026-09-01", f'"by":"{ARCHIVIST}"', CASE, MOTION))
    page = did("privacy", "certificate", "s-lan", *at)
    assert all(each in page for each in (LAW, COUNTY, "2026-09-01", ARCHIVIST, CASE, MOTION, "Keys left here"))
    assert not [name for name in NAMES if name in page]
    reasons = json.loads(did("why", PERSON, "--version", version, *at, "--json"))
    held_to = {each["code"]: each["verdict"] for each in reasons["judged"]}
    assert held_to["no_hold_stands"] == held_to["no_retention_runs"] == "holds", held_to
