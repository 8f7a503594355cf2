"""Each rule of each row of the project's table, broken by a command that breaks nothing else, and kept when mended."""

from __future__ import annotations

import pytest

from tests.projects import breaks_approval, breaks_need
from tests.projects.breaking import Break, shown

BREAKS = [*breaks_need.BREAKS, *breaks_approval.BREAKS]


@pytest.mark.parametrize("each", BREAKS, ids=[f"{each.row}-{each.sentence}" for each in BREAKS])
def test_that(each: Break):
    shown(each)
