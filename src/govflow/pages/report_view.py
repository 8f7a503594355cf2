"""How a report speaks: of people as roles and units, of texts without numbers and pseudonyms, of spans of time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.actors import ROLES
from govflow.clocks import Clock
from govflow.clocks.acts import gap
from govflow.clocks.kinds import ClockKind, kind_of
from govflow.decider import Decider
from govflow.messages import ClockStatus
from govflow.pages.parts import Speech, clock_name
from govflow.pages.report_values import Happening, Setting
from govflow.workflow import NEW

_PERSONAL = re.compile(
    r"(?<![A-Za-z0-9-])s-[A-Za-z0-9._:-]+"  # a pseudonym
    r"|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?![\dXx])"  # a mobile number, a number of identity
    r"|[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}"  # an address; `cn@2026.1` is a calendar
)
_LONG = 160  # characters of a title in a table


class View(NamedTuple):
    """The language of a report and what it may name."""

    speech: Speech
    setting: Setting

    def unit(self, id: str | None) -> str:
        """A unit by its title, with its id where that is something else."""
        if not id:
            return ""
        title = self.setting.titles.get(id, "")
        return safe(f"{title} ({id})" if title and not self.speech.is_zh else f"{title}（{id}）" if title else id)

    def role(self, id: str | None) -> str:
        """A role by its term."""
        return self.speech.term("role", id or "system")

    def who(self, role: str | None, unit: str | None) -> str:
        """Whoever acted: a role, and for which unit."""
        return self.speech.t("report.at_unit", role=self.role(role), unit=self.unit(unit)) if unit else self.role(role)

    def holder(self, unit: str, role: str) -> str:
        """In whose hands something is: a unit, else a role, else nobody."""
        return self.unit(unit) if unit else self.role(role) if role else self.speech.t("report.nobody")

    def party(self, id: str | None) -> str:
        """Who owes something: a role or a unit by name, anybody else as a person."""
        if not id:
            return self.speech.t("report.nobody")
        if id in ROLES:
            return self.role(id)
        return self.unit(id) if id in self.setting.units else self.speech.t("report.somebody")

    def key(self, id: str) -> str:
        """The key of an item, unless it may be somebody's pseudonym: a number, or a unit."""
        return id if id in self.setting.units or id.replace(".", "").isdigit() else "…"

    def clock(self, name: str) -> str:
        """A clock by its name, that of an item with the item's key."""
        base, _, key = name.partition(":")
        shown = clock_name(base, self.speech)
        return f"{shown} {self.key(key)}" if key else shown

    def span(self, length: timedelta) -> str:
        """A span of time in its two largest units."""
        return gap(length)[self.speech.is_zh]

    def days(self, length: timedelta) -> str:
        """A span of calendar time to the second, in as many units as it needs."""
        seconds = length // timedelta(seconds=1)
        if not seconds:
            return self.speech.t("report.no_time")
        told = [gap(length, units=3)[self.speech.is_zh]] if seconds >= 60 else []
        if seconds % 60:
            told.append(self.speech.t("report.second" if seconds % 60 == 1 else "report.seconds", n=seconds % 60))
        return " ".join(told)

    def kind(self, decider: Decider) -> str:
        """A kind of record."""
        return decider.workflow.zh if self.speech.is_zh and decider.workflow.zh else self.speech.plain(decider.name)

    def state(self, decider: Decider, status: str) -> str:
        """A status of a record."""
        if status in ("", NEW):
            return self.speech.t("report.new")
        return self.speech.state(decider.workflow, status)

    def event(self, decider: Decider, each: Happening) -> str:
        """What happened: in Chinese as the step is called, in English as the event; beside the record, also in what."""
        region, _, rest = each.event.partition(".")
        told = each.label if self.speech.is_zh and each.label else self.speech.plain(rest)
        if region in decider.regions:
            beside = self.region(decider, region)
            told = told if beside == told else self.speech.t("report.event.of", region=beside, event=told)
        if each.times > 1:
            told = self.speech.t("report.times", event=told, n=each.times, until=self.speech.when(each.until))
        return told

    def region(self, decider: Decider, name: str) -> str:
        """What runs beside a record."""
        flow = decider.regions[name].workflow
        return flow.zh if self.speech.is_zh and flow.zh else self.speech.plain(name)


def safe(text: str) -> str:
    """A text without what would tell who somebody is: pseudonyms, numbers and addresses of people."""
    return _PERSONAL.sub("…", text)


def short(text: str) -> str:
    """A title as a table shows it."""
    told = safe(" ".join(text.split()))
    return told if len(told) <= _LONG else f"{told[:_LONG]}…"


_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(9), 11, 12, *range(14, 32), *range(127, 160))
_HOSTILE = dict.fromkeys((*_DIRECTIONS, *_CONTROLS), "\N{REPLACEMENT CHARACTER}")


def without_tricks(page: str) -> str:
    """A page without characters that turn the direction of what stands around them, or that no page may have."""
    return page.translate(_HOSTILE)


def broke(clock: Clock, at: datetime) -> timedelta | None:
    """By how much a duty was late when it ended, or is at a moment; None where it is no duty, or was in time."""
    if clock.due is None or kind_of(clock.name) is not ClockKind.DEADLINE:
        return None
    if clock.status in (ClockStatus.PAUSED, ClockStatus.MET, ClockStatus.ELAPSED):
        return None
    end = clock.ended_at or at
    return end - clock.due if end > clock.due else None


def hours(length: timedelta) -> str:
    """A span of time to the second, in hours."""
    seconds = length // timedelta(seconds=1)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
