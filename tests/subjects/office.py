"""A log with people in it: a case somebody reported, a text about two of them, a record at the end of its term."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from govflow import CASE, Actor, Engine, Personal, Role
from govflow.cases.commands import ReportCase
from govflow.regions.contact import LogContact
from govflow.regions.retention import AppraiseRetention, DestroyRetention, Paper
from govflow.subjects import DataSubject, person_id
from govflow.testing import PinnedClock
from tests.support import MATTER, Town, a_case, archivist, desk, resident

ARCHIVE = archivist
GIST = "Mrs Canary says that Old Chen shouts at night"
ORDER: dict[str, Any] = {"basis": "个人信息保护法 §47", "authority": "district archive"}
COURT: dict[str, Any] = {"reason": "a suit is pending", "authority": "people's court"}
PAPER = (Paper(kind="report", reference="archive room 3, box 12", sha256="a" * 64),)


def a_log(path: Path | str = ":memory:", **options: Any) -> Town:
    """A town that serves cases alone: the people come with every log."""
    clock = PinnedClock()
    return Town(Engine.open(path, now=clock, records=[CASE], **options), clock)


def told(town: Town, id: str = "c") -> str:
    """A case of s-1 with name and telephone number; what was said on the telephone speaks of s-chen too."""
    named = {"reporter_name": "Wang Canary", "reporter_phone": "13912345678"}
    town.do(ReportCase(id=id, by=resident, **MATTER, **named, description="water at my door"))
    return id


def quarrel(town: Town, id: str = "c") -> int:
    """A text of the reporter that speaks of s-chen; its version."""
    text = Personal(text=GIST, subject="s-1", about=("s-chen",))
    return town.do(LogContact(id=id, by=desk, reached=True, way="phone", gist=text)).version


def person(town: Town, subject: str) -> DataSubject:
    return town.engine.get(person_id(subject), DataSubject)


def archived(town: Town, id: str = "old", **given: Any) -> None:
    """A case in the archive, held for its term."""
    a_case(town, "archived", id=id, **given)


def destroyed(town: Town, id: str = "old") -> None:
    """The decision to destroy an archived case whose term is over."""
    town.clock.advance(days=365 * 31)
    town.engine.tick()
    town.do(AppraiseRetention(id=id, by=ARCHIVE, papers=PAPER, finding="of no lasting value"))
    archive = Actor.of("archive-2", Role.ARCHIVIST, unit="archive")
    head = Actor.of("head-9", Role.UNIT_HEAD, unit="archive")
    town.approved(DestroyRetention(id=id, by=archive, papers=PAPER), head)
