"""A case over the Spring Festival of 2026 with all that a report shows, and its page as a browser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from typing import Any

from govflow import CASE, Actor, Engine, Role
from govflow.audit.reporting.matter import matter_of
from govflow.cases import commands as c
from govflow.messages import Personal
from govflow.pages.report import matter_report
from govflow.proposals import PROPOSAL
from govflow.testing import PinnedClock
from tests.pages.test_proposal_page import Page
from tests.support import MATTER, Town, a_case, desk_head, lead, resident, supervisor

HOSTILE = "<script>alert(1)</script> \u202eevil & “co” of s-77 \x07"
SECRETS = ("Lin Mei", "in flat 7", "13812345678", "s-77", "lin@example.org")
clerk = Actor.of("dispatch-1", Role.DISPATCHER, unit="desk")


def local(text: str) -> datetime:
    """A moment of 2026 in China."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=timezone(timedelta(hours=8))).astimezone(UTC)


@cache
def audited() -> Town:
    """Case `leak`: paused, extended, warned, overdue, corrected; `long` has a title of 4,000 characters; to be read."""
    clock = PinnedClock(local("02-13 09:05"))
    town = Town(Engine.open(now=clock, records=[CASE, PROPOSAL]), clock)
    about: dict[str, Any] = {
        "reporter_name": Personal(text="Lin Mei", subject="s-1"),
        "description": Personal(text="in flat 7"),
    }
    a_case(town, "in_handling", id="leak", title=HOSTILE, co_units=("power",), **about)
    clock.set(local("02-24 10:00"))
    cause, review = "the owner must agree, call 13812345678", local("03-20 09:00")
    town.approved(c.SuspendCase(id="leak", by=lead, cause=cause, review_at=review, told_by="by phone"), supervisor)
    clock.set(local("02-26 09:00"))
    town.do(c.ResumeCase(id="leak", by=lead))
    town.do(c.ReportCase(id="late", by=resident, occurred_at=local("02-23 08:00"), **{**MATTER, "title": "Noise"}))
    clock.set(local("03-30 08:00"))
    town.engine.tick()
    said = {"field": "title", "new": "Water leak", "reason": "lin@example.org told so"}
    town.approved(c.CorrectCase(id="leak", by=clerk, corrects=1, **said), desk_head)
    a_case(town, "closed", id="done")
    a_case(town, "reported", id="long", title="漏水" * 2000)
    clock.set(local("03-31 08:00"))
    return town


@cache
def report_on(id: str, language: str = "en") -> Page:
    """The report on a case of that log, as a browser reads it."""
    engine = audited().engine
    return Page(matter_report(matter_of(engine, id, engine.now(), language), language=language))


# --- a page as it is read --------------------------------------------------------------------------------------------


class Tables(Page):
    """A page whose tables can be asked for by their captions."""

    def __init__(self, text: str) -> None:
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self._caption = ""
        super().__init__(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag == "table":
            assert self._caption not in self.tables, f"two tables are called {self._caption}"
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if "caption" in self.open:
            self._caption += data
        elif "table" in self.open and {"td", "th"} & {*self.open}:
            self._rows[-1][-1] += data.strip("\n")

    def table(self, words: str) -> list[list[str]]:
        """The rows of the one table whose caption has these words in it, without its heads."""
        (rows,) = (rows for caption, rows in self.tables.items() if words in caption)
        return rows[1:]


def length(text: str) -> timedelta:
    """A span of time as a table of an English report gives it: office time by the clock, calendar time in words."""
    if ":" in text:
        hours, minutes, seconds = map(int, text.split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    parts = text.split()
    return timedelta(**{f"{unit.rstrip('s')}s": int(n) for n, unit in zip(parts[::2], parts[1::2], strict=True)})


def faults(page: Page) -> Iterator[str]:
    """What is wrong with a page for whoever listens to it, prints it, or must trust that it is all there is."""
    names = [tag for tag, _ in page.elements]
    for tag in {"script", "link", "img", "iframe", "object", "form", "base"} & {*names}:
        yield f"<{tag}>"
    if re.search(r"@import|url\((?!#)|https?://|\son\w+=|javascript:", page.source):
        yield "something from elsewhere"
    if not (page.all("html")[0].get("lang") or ""):
        yield "no language"
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h[1-6]", tag)]
    if levels.count(1) != 1 or levels[0] != 1 or any(after > before + 1 for before, after in pairwise(levels)):
        yield f"headings {levels}"
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    yield from (f"two ids {each}" for each in {*ids} if ids.count(each) > 1)
    for _, attributes in page.elements:
        for reference in (attributes.get("aria-labelledby") or "").split():
            if reference not in ids:
                yield f"no {reference}"
    for link in page.all("a"):
        if (link["href"] or "")[1:] not in ids:
            yield f"a link to nowhere: {link['href']}"
    for reference in re.findall(r"url\(#([^)]+)\)", page.source):
        if reference not in ids:
            yield f"no pattern {reference}"
    if names.count("table") != names.count("caption"):
        yield "a table without a caption"
    if any(attributes.get("scope") not in ("row", "col") for attributes in page.all("th")):
        yield "a head without a scope"
    if any(drawing.get("role") != "img" for drawing in page.all("svg")):
        yield "a drawing that says nothing"
    if re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", page.source):
        yield "a character that turns the page round"
