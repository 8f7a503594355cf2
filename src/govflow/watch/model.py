"""苗头 watch: the signs of trouble noted in one category of matters in one area: vocabulary and state.

It knows things, never persons: a sign is the record it stands in and a few words of officials.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from govflow.actors import FOR_THEMSELVES, Area, Claim, Id, Role, covers_area
from govflow.context import Context
from govflow.messages import Command, Count, Event, Instant, ItemKey, Value, Words
from govflow.records import HandOver, Item, Record
from govflow.regions.bodies import Reasoned
from govflow.workflow import Rest, Status, rule


class WatchStatus(Status):
    """Where a watch stands. It owes nothing itself: the risk signals it raises are its loops."""

    WATCHING = "watching", "关注中"
    RESTING = "resting", "静默", Rest.OUTCOME


_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def watch_id(category: str, area: str) -> str:
    """The id of the watch over one category in one area: readable where that is unambiguous and short, else hashed."""
    steps = area.split("/")
    plain = f"watch.{category}.{':'.join(steps)}"
    if len(plain) <= 64 and all(_PLAIN.fullmatch(part) for part in (category, *steps)):
        return plain
    return f"watch.{hashlib.sha256(f'{category} {area}'.encode()).hexdigest()[:32]}"


class Sign(Value):
    """One sign: the record it was seen in, when, and what was seen."""

    source: Id
    at: Instant
    signal: Words = ""


class Watch(Record):
    """The watch over one category in one area. `signs` are those that still count towards the next risk signal."""

    kind_of_record = "watch"

    signs: tuple[Sign, ...] = ()

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """It is a matter of those who govern the area: nobody leads it, and nobody acts on it for themselves."""
        return role not in FOR_THEMSELVES and role != Role.LEAD_UNIT

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Officials see the watches of their area; residents and units for themselves have no part in them."""
        return claim.role not in FOR_THEMSELVES and covers_area(claim, self.area)

    @property
    def title_line(self) -> str:
        return f"{self.category} {self.area}".strip()


class _Noting(Value):
    category: Id
    area: Area = ""
    source: Id
    signal: Words = ""


class NoteSign(Command, _Noting, wire="watch.note_sign", label="记录苗头"):
    """Note the sign that a record carries."""


class SignNoted(Event, _Noting, name="watch.sign_noted"):
    """A sign was noted.

    Signs from before `since` are too old to count. `during` names the open risk signal that it adds to; `raises` the
    one that it raises together with those that counted before it, `together` records in all.
    """

    since: Instant
    during: ItemKey | None = None
    raises: ItemKey | None = None
    together: Count = 1


class RestWatch(Command, Reasoned, wire="watch.rest", label="转入静默"):
    """Watch no more until the next sign; open risk signals end with the reason given."""


class WatchRested(Event, Reasoned, name="watch.rested"):
    """Nobody watches until the next sign."""

    hand_over: tuple[HandOver, ...] = ()


@rule("编号与类别及区域相符", "design", needs="id category area")
def watch_has_its_id(watch: Watch, event: Any, context: Context) -> bool:
    """There is one watch for each category and area, under an id made of both."""
    return watch.id == watch_id(event.category, event.area)


@rule("该记录的苗头未曾计入", "000 放大镜 M041", needs="source")
def sign_is_new(watch: Watch, event: Any, context: Context) -> bool:
    """Signs that count are from different records: this one's is not counted yet."""
    return all(sign.source != event.source for sign in watch.signs)
