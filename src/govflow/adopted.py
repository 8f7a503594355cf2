"""What a log has adopted: its policies, with the day from which each is in force, and the editions of its calendars.

A value: engines are shared between threads, and whoever has read one goes on with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from govflow.calendars import Calendar
from govflow.policy import Policy


class Adopted(NamedTuple):
    """Policies in the order of their adoption, by `id@version`; calendars by `id@version`, and by id the newest."""

    in_order: tuple[tuple[date, Policy], ...] = ()  # with the local day from which each is in force
    policies: Mapping[str, Policy] = {}
    calendars: Mapping[str, Calendar] = {}

    def with_policy(self, policy: Policy, at: datetime) -> Adopted:
        """The same with a policy that was adopted at a moment, and with its calendars.

        A name stands for its content for ever: another content under a known one changes nothing. The same content
        again brings the policy back into force.
        """
        if self.policies.get(policy.key, policy) != policy:
            return self
        since = max(policy.effective_from, at.astimezone(policy.zone).date())
        known = self
        for calendar in policy.calendars:
            known = known.with_calendar(calendar)
        return known._replace(
            in_order=(*self.in_order, (since, policy)), policies={**self.policies, policy.key: policy}
        )

    def with_calendar(self, calendar: Calendar) -> Adopted:
        """The same with an edition of a calendar; what is known already changes nothing.

        The newest edition is the one that reaches farthest, of those the one with the highest version: an old edition
        that comes along with a policy is never put in the place of a newer one.
        """
        if calendar.key in self.calendars:
            return self
        newest = max(filter(None, (self.calendars.get(calendar.id), calendar)), key=_age)
        return self._replace(calendars={**self.calendars, calendar.key: calendar, calendar.id: newest})

    def policy_on(self, moment: datetime) -> Policy | None:
        """The policy in force at a moment: the one that came into force last; before any has, the first adopted.

        Each comes into force on its day, or when it is adopted, if that is later: what was adopted for a day ahead
        does so although something else was adopted meanwhile.
        """
        if len(self.in_order) == 1:
            return self.in_order[0][1]
        come = [
            (since, place)
            for place, (since, policy) in enumerate(self.in_order)
            if since <= moment.astimezone(policy.zone).date()
        ]
        place = max(come)[1] if come else 0
        return self.in_order[place][1] if self.in_order else None


def _age(calendar: Calendar) -> tuple[date, list[tuple[int, str]]]:
    """What makes one edition newer than another: its reach, then its version, read as numbers and words."""
    parts = re.findall(r"\d+|\D+", calendar.version)
    return calendar.last, [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
