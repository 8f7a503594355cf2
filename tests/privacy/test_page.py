"""The data protection officer's page leaves no personal field out, and names the files as they are."""

from __future__ import annotations

import re
from pathlib import Path

from govflow import Engine
from govflow.engine import shipped
from tests.together import each_case

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Who may read what")[2].partition("\n## ")[0]


def test_the_table_of_who_may_read_what_names_every_personal_field_of_every_record():
    named = set(re.findall(r"`(\w+)", TABLE))
    with each_case() as case:
        for decider in shipped():
            for event in decider.events:
                with case(event.name):
                    assert {field for field in event.personal if not field.startswith("reporter_")} <= named


def test_the_page_names_every_file_that_a_log_writes(tmp_path: Path):
    with Engine.open(tmp_path / "town.db") as town:
        town.checkpoint()
        town.tick()
        names = {path.name.removesuffix("-wal").removesuffix("-shm") for path in tmp_path.iterdir()}
    assert names - set(re.findall(r"`(town\.db[.\w]*)`", PAGE)) == set()
