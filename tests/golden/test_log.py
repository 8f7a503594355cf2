"""The golden log of every release loads, verifies and replays to the digests that it had then, event by event."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from govflow.audit.bundles.store import open_bundle
from govflow.audit.bundles.writing import verify_bundle
from govflow.audit.replay.digests import first_difference
from govflow.audit.verifying.evidence import verify_log
from govflow.checkpoints.notes import Verifier
from govflow.engine import shipped
from tests.golden.lines import HEADS, HERE, files_of, notes_in
from tools.differential import restored

RELEASES = sorted(path.stem.removeprefix("log-") for path in HERE.glob("log-*.vkey"))


def test_every_golden_log_is_signed_for():
    signed = {name for note in notes_in(HEADS.read_text("utf-8")) for name in files_of(note)}
    assert signed == {path.name for path in HERE.glob("log-*")}


@pytest.mark.parametrize("release", RELEASES)
def test_a_golden_log_verifies_and_replays_to_the_digests_of_its_time(release: str, tmp_path: Path):
    bundle = tmp_path / "town.bundle"
    bundle.write_bytes(gzip.decompress((HERE / f"log-{release}.bundle.gz").read_bytes()))
    key = Verifier.parse((HERE / f"log-{release}.vkey").read_text("utf-8"))
    with bundle.open("rb") as file:
        found = verify_bundle(file, [key])
    assert found.findings == ()
    assert found.header is not None
    assert found.rows == found.header.size  # the whole log
    digests = gzip.decompress((HERE / f"log-{release}.digests.gz").read_bytes())
    with open_bundle(bundle) as engine:
        difference = first_difference(engine, digests.splitlines(keepends=True))
        assert difference is None, f"{ADVICE}: {difference}"
        assert {record.kind_of_record for record in engine.records()} == KINDS[release]


@pytest.mark.parametrize("release", RELEASES)
def test_every_event_of_a_golden_log_is_legal_under_the_tables_of_its_time(release: str, tmp_path: Path):
    restored(HERE / f"log-{release}.bundle.gz", tmp_path / "town.db")
    assert verify_log(tmp_path / "town.db").is_clean()


ADVICE = "what was stored is folded otherwise than when it was released (see docs/behaviour-changes.toml)"
KINDS = {  # each release adds its own: all kinds of record that it ships
    "0.1": {
        "alliance", "budget_round", "bulletin", "campaign", "case", "directory", "duty", "envelope", "index_survey",
        "joint_project", "proposal", "resource", "studio", "thematic_issue", "visit_round", "watch",
    },
}  # fmt: skip


def test_the_town_that_golden_logs_are_written_from_has_every_kind_of_record(tmp_path: Path):
    from tests.golden.town import lived

    with lived(tmp_path / "town.db") as engine:
        assert {record.kind_of_record for record in engine.records()} == {each.name for each in shipped()}
