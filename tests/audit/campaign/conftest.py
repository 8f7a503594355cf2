"""The world is made once; every attack is given a copy of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from govflow.audit.findings import Check
from govflow.audit.verifying.evidence import verify_log
from govflow.audit.verifying.heads import Head
from govflow.audit.verifying.verify import NOTICES, Verified
from tests.audit.campaign.attacks import attack
from tests.audit.campaign.forging import Level
from tests.audit.campaign.world import World, made

Attacked = Callable[..., Path]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The log and its two relatives; to be copied, never written to."""
    return made(tmp_path_factory.mktemp("world"))


@pytest.fixture
def attacked(world: World, tmp_path: Path) -> Attacked:
    """Makes copies that were attacked: by chance where there is a generator, else where it is hardest to see."""
    count = 0

    def copy(name: str = "", level: Level | None = None, rng: Random | None = None) -> Path:
        nonlocal count
        count += 1
        path = world.copied(tmp_path / str(count))
        if name:
            attack(path, world, name, level, rng)
        return path

    return copy


def verified(path: Path, world: World, *heads: Head, key: bool = True) -> Verified:
    """What verifying says, with the public key from outside or with what lies beside the log."""
    return verify_log(path, vkeys=[world.vkey] if key else (), trusted=heads, workers=1)


def seen_by(found: Verified) -> frozenset[Check]:
    """The means that have objected; a notice is no objection."""
    return frozenset(each.found_by for each in found.findings if each.code not in NOTICES)
