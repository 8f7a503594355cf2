"""Verifying a log gives the same findings and the same root, and a bundle the same bytes, wherever and however made.

Processes are dear, so the other one differs from this one, whose hash seed is random, in several things at once.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govflow import Engine
from govflow.audit.bundles.parts import Whole
from govflow.audit.bundles.writing import of_period, of_record, write_bundle
from govflow.audit.findings import Code
from govflow.audit.verifying import judging
from govflow.audit.verifying.evidence import verify_log
from govflow.audit.verifying.hashing import log_id_of
from govflow.checkpoints.keys import SigningKeys
from govflow.checkpoints.keys import beside as signing_beside
from govflow.checkpoints.signing import Checkpointer
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.checkpoints import beside as checkpoints_beside
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from tests.audit.forging import fitted, saying
from tests.golden.lines import HERE
from tools.differential import restored

AT = datetime(2026, 9, 1, tzinfo=UTC)
SPRING = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
SAID = "import sys\nfrom tests.audit.test_determinism_of_evidence import main\nmain(*sys.argv[1:])"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A golden log as a file, signed twice."""
    path = tmp_path_factory.mktemp("sound") / "town.db"
    restored(HERE / "log-0.1.bundle.gz", path)
    signed(path)
    return path


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory, sound: Path) -> Path:
    """The same log, signed as it was and then changed in many ways, with hashes made to fit."""
    path = tmp_path_factory.mktemp("forged") / "town.db"
    with closing(SQLiteStore(sound, read_only=True)) as store:
        rows = list(store.scan())
    with closing(SQLiteStore(path)) as store, store.transaction() as transaction:
        transaction.append([_forged(row) for row in rows if row.position % 101])
    for beside in (signing_beside, checkpoints_beside):
        shutil.copy(beside(str(sound)), beside(str(path)))
    return path


def _forged(row: StoredEvent) -> StoredEvent:
    if row.stream == "log":
        return row
    match row.position % 23:
        case 1:
            return saying(row, meta={"role": "archivist"})
        case 2:
            return fitted(row, topic="case.lost@1")
        case 3:
            return row._replace(leaf=b"\0" * 32)
    return row


def signed(path: Path) -> None:
    with closing(SQLiteStore(path)) as store, closing(CheckpointStore(checkpoints_beside(str(path)))) as kept:
        keys = SigningKeys(signing_beside(str(path)), log_id_of(next(iter(store.scan()))))
        keys.create()
        Checkpointer(store, kept, keys, now=lambda: AT).sign()


def verified(path: Path, workers: int = 1) -> str:
    """All that verifying says, as a text. One process tells findings by record, several by position: here as a set."""
    found = verify_log(path, workers=workers)
    return repr(found._replace(findings=tuple(sorted(found.findings, key=repr))))


def bundles(path: Path) -> Iterator[str]:
    """The digests of bundles of the whole log, of a record with all it touches, and of a month."""
    with Engine.open(path, read_only=True) as engine:
        for scope_of in (
            lambda _: Whole(),
            lambda size: of_record(engine, "C-fire", size),
            lambda size: of_period(engine.store, *SPRING, size),
        ):
            out = io.BytesIO()
            write_bundle(engine, engine.checkpointer, out, scope_of)
            yield hashlib.sha256(out.getvalue()).hexdigest()


def told(sound: Path, forged: Path, workers: int = 1) -> dict[str, object]:
    texts = {"sound": verified(sound), "forged": verified(forged, workers)}
    return {
        **{name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
        "of": [*bundles(sound)],
    }


def main(sound: str, forged: str, workers: str) -> None:
    """What the other process does: the same; where it has workers, the judging is divided among them."""
    judging.WORTH_DIVIDING = 1
    print(json.dumps(told(Path(sound), Path(forged), int(workers))))


def test_the_forged_log_has_findings_of_many_kinds_and_the_sound_one_none(sound: Path, forged: Path):
    assert verify_log(sound).findings == ()
    counts = verify_log(forged).counts
    assert {Code.EDIT, Code.GAP, Code.SEMANTIC, Code.UNKNOWN_EVENT, Code.TRUNCATED} <= counts.keys()


@pytest.mark.parametrize(
    ("seed", "zone", "locale", "workers"),
    [
        ("0", "Pacific/Kiritimati", "tr_TR.UTF-8", 1),
        pytest.param("4294967295", "America/St_Johns", "C", 2, marks=pytest.mark.slow),
    ],
)
def test_hash_seed_zone_locale_and_workers_change_no_finding_no_root_and_no_byte_of_a_bundle(
    sound: Path, forged: Path, seed: str, zone: str, locale: str, workers: int
):
    env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale}
    command = [sys.executable, "-c", SAID, str(sound), str(forged), str(workers)]
    ran = subprocess.run(command, env=env, cwd=HERE.parents[1], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == told(sound, forged)


def test_threads_that_verify_and_export_at_once_agree(sound: Path, forged: Path):
    once = told(sound, forged)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: told(sound, forged), range(2))) == [once] * 2
