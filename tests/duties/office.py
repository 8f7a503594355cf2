"""An office that keeps duties: an engine that serves them alone, and its day: miss what is due, then plan."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, Engine, NotAllowed, Role
from govflow.calendars import china
from govflow.duties import DUTY, Duty, duty_id, plan
from govflow.policy import Every, Obligation, Policy
from govflow.regions.evidence import AddEvidence
from govflow.regions.obligation import FulfilObligation
from govflow.testing import PinnedClock

SECRETARY = Actor.of("secretary-1", Role.SECRETARIAT)
SUPERVISOR = Actor.of("super-1", Role.SUPERVISOR)
TOWN = Actor.of("town-1", Role.TOWN)
MAYOR = Actor.of("mayor", Role.LEADER)
ONE_DAY = timedelta(days=1)


def an_obligation(id: str, every: Every, *owners: str, **more: Any) -> Obligation:
    said = {"en": id, "zh": "职责", "basis": "test", **more}
    return Obligation(id=id, every=every, owners=owners, **said)


def a_policy(*obligations: Obligation, version: str = "1", since: date = date(2025, 1, 1)) -> Policy:
    return Policy(version=version, effective_from=since, calendar="cn", obligations=obligations)


def local(day: date, hour: int = 9) -> datetime:
    """An hour of a local day in Beijing, eight hours ahead."""
    return datetime.combine(day, time(hour), UTC) - timedelta(hours=8)


class Office:
    """Duties under a policy, from nine o'clock of a local day on. `units` are those that the directory has open."""

    def __init__(self, policy: Policy, day: date, *, units: Any = (), path: Any = ":memory:") -> None:
        self.policy, self.units = policy, units
        self.clock = PinnedClock(local(day))
        self.engine = Engine.open(path, records=(DUTY,), policy=policy, now=self.clock)

    @property
    def today(self) -> date:
        return self.clock().astimezone(self.policy.zone).date()

    def planned(self) -> list[Command]:
        """What the plan of today still asks for."""
        duties = [record.id for record in self.engine.records()]
        return list(plan(self.policy, china(), self.units, self.engine.log.current, self.today, duties=duties))

    def tick(self) -> None:
        """What the system does in one go: miss what is due, plan, miss what had fallen due while nobody planned."""
        self.miss()
        for command in self.planned():
            self.engine.handle(command)
        self.miss()

    def miss(self) -> None:
        for record in list(self.engine.records()):
            for clock in record.clocks.values():
                name, _, item = clock.name.partition(":")
                if clock.is_going and clock.due is not None and clock.due < self.clock():
                    for region in DUTY.regions.values():
                        if name in region.when_due:
                            for command in region.when_due[name](record, item):
                                self.engine.handle(command)

    def wake_on(self, day: date) -> None:
        """Nobody was there till then: one tick."""
        self.clock.set(local(day))
        self.tick()

    def work_until(self, day: date, *, fulfils: Any = None) -> None:
        """A tick every day up to and with `day`; `fulfils` says who fulfils what is scheduled, in the afternoon."""
        self.tick()
        while True:
            if fulfils is not None:
                self.clock.set(local(self.today, 15))
                for duty in self.duties():
                    for item in list(duty.items_of("obligation").values()):
                        if item.status == "scheduled" and (by := fulfils(duty, item, self.today)):
                            self.fulfil(duty.id, item.key, by)
            if self.today >= day:
                return
            self.wake_on(self.today + ONE_DAY)

    def duties(self) -> list[Duty]:
        return [record for record in self.engine.records() if isinstance(record, Duty)]

    def duty(self, obligation: str, owner: str = "mayor") -> Duty:
        return self.engine.get(duty_id(obligation, owner), Duty)

    def statuses(self, obligation: str, owner: str = "mayor") -> dict[str, str]:
        items = self.duty(obligation, owner).items_of("obligation")
        return {key: str(item.status) for key, item in items.items()}

    def fulfil(self, duty: str, key: str, by: Actor = MAYOR) -> None:
        """The secretary puts the minutes on file, and whoever owes it says what was done."""
        self.engine.handle(AddEvidence(id=duty, by=SECRETARY, item=f"minutes.{key}", sha256="0" * 64))
        self.engine.handle(FulfilObligation(id=duty, by=by, item=key, measure="held", evidence=(f"minutes.{key}",)))

    def refused(self, command: Command) -> set[str]:
        """The codes by which a command is refused; nothing is written."""
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head
        return set(caught.value.codes)

    def counted(self, duty: str) -> Counter[str]:
        """How often each event stands in the history of a duty, with its item."""
        return Counter(f"{each.name} {getattr(each.body, 'item', '')}".strip() for each in self.engine.history(duty))


__all__ = ["MAYOR", "SECRETARY", "SUPERVISOR", "SYSTEM", "TOWN", "Office", "a_policy", "an_obligation", "local"]
