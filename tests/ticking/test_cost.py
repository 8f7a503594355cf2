"""What a tick costs: each effect reads its record once, and what the tick wrote itself it does not look at again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import govflow.ticking
from tests.support import Town, a_case, a_town
from tests.ticking.world import ticked

CASES = 7


def a_town_in_which_much_falls_due(path: Path) -> Town:
    """Assigned cases the day after, in a log just opened whose agenda knows them: nothing is remembered of any."""
    town = a_town(path)
    for number in range(CASES):
        a_case(town, "assigned", id=f"c{number}")
    ticked(town)
    town.pass_days(1.5)
    now = town.clock()
    town.engine.close()
    again = a_town(path)
    again.clock.set(now)
    return again


def counting(monkeypatch: pytest.MonkeyPatch, of: Any, name: str) -> Counter[str]:
    """How often a function is called from now on, by its first argument's id."""
    calls: Counter[str] = Counter()
    real = getattr(of, name)

    def counted(first: Any, *more: Any, **named: Any) -> Any:
        calls[getattr(first, "id", first)] += 1
        return real(first, *more, **named)

    monkeypatch.setattr(of, name, counted)
    return calls


def test_however_much_is_done_on_a_record_its_rows_are_read_once(tmp_path, monkeypatch):
    town = a_town_in_which_much_falls_due(tmp_path / "log.db")
    reads = counting(monkeypatch, town.engine.store, "read")

    heard = ticked(town)

    assert len(heard) > CASES
    assert reads == {f"c{number}": 1 for number in range(CASES)}


def test_after_each_effect_a_record_is_looked_at_once(tmp_path, monkeypatch):
    town = a_town_in_which_much_falls_due(tmp_path / "log.db")
    looks = counting(monkeypatch, govflow.ticking, "moments_of")

    heard = ticked(town)

    assert looks == Counter(fired.record for fired in heard)
