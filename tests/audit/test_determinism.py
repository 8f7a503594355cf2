"""The same log gives the same digest after every event, byte for byte: whoever replays it, where, when and how.

Processes are dear, so each of the two differs from this one, whose hash seed is random, in several things at once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from govflow import CASE, Engine
from govflow.audit.replay.digests import digest_lines, first_difference
from govflow.envelopes import ENVELOPE
from govflow.projects import PROJECT
from govflow.proposals import PROPOSAL
from govflow.testing import PinnedClock
from tests.audit.past import past, rows, written_to

ENGINE, CLOCK = past()
LIST = "".join(digest_lines(ENGINE))
SERVED = [PROJECT, ENVELOPE, CASE, PROPOSAL]

SCRIPT = """
import hashlib, sys
from datetime import UTC, datetime, timedelta
from govflow.audit.replay.digests import digest_lines
from govflow.engine import Engine

path, days, read_only = sys.argv[1:]
now = lambda: datetime.now(UTC) + timedelta(days=int(days))
with Engine.open(path, now=now, read_only=read_only == "yes") as engine:
    print(hashlib.sha256("".join(digest_lines(engine)).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_to(tmp_path_factory.mktemp("past") / "past.db")


@pytest.mark.parametrize(
    ("seed", "zone", "locale", "days", "read_only"),
    [
        ("0", "Pacific/Kiritimati", "C", "-3653", "yes"),
        ("4294967295", "America/St_Johns", "tr_TR.UTF-8", "3653", "no"),
    ],
)
def test_hash_seed_zone_locale_and_clock_of_another_process_change_no_byte(
    path: Path, seed: str, zone: str, locale: str, days: str, read_only: str
):
    env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale}
    command = [sys.executable, "-c", SCRIPT, str(path), days, read_only]
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == hashlib.sha256(LIST.encode()).hexdigest()


def test_an_engine_that_handled_the_commands_and_a_fresh_one_on_the_file_agree(path: Path):
    with Engine.open(path, records=SERVED, read_only=True) as fresh:
        assert "".join(digest_lines(fresh)) == LIST
        assert [each.digest for each in fresh.records()] == [each.digest for each in ENGINE.records()]
        cached = [ENGINE.get(each.id).digest for each in fresh.records()]
        assert cached == [each.digest for each in fresh.records()]


def test_four_threads_that_replay_at_once_agree(path: Path):
    with Engine.open(path, records=SERVED, read_only=True) as shared, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: "".join(digest_lines(shared)), range(4)))
    assert found == [LIST] * 4


def test_ten_years_on_or_back_the_past_stands_as_it_stood(path: Path):
    for days in (-3653, 3653):
        clock = PinnedClock(CLOCK() + timedelta(days=days))
        with Engine.open(path, records=SERVED, now=clock, read_only=True) as engine:
            assert first_difference(engine, LIST.encode().splitlines()) is None


def test_a_store_on_a_recorder_of_others_agrees_with_sqlite(tmp_path: Path):
    recorder: Any = POPOApplicationRecorder()
    recorder.insert_events([StoredEvent(row.stream, row.version, row.topic, row.state) for row in rows()])
    with Engine.on_recorder(recorder, keys=tmp_path / "keys", records=SERVED) as engine:
        assert "".join(digest_lines(engine)) == LIST
