"""重演: the commands of a log once more, each at its own moment, in a scratch log of another origin.

Time passes as it would have: whatever becomes due is done by a tick at that very moment. The scratch log lives in
memory. The numbers it gives may differ from those of the log (a case that was refused takes none): commands follow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from govflow.actors import Actor
from govflow.audit.what_if.causes import Cause, Causes
from govflow.audit.what_if.commands_again import Again, Certainty, Ruled, commands_again
from govflow.audit.what_if.scratch import Rules, opened, with_calendar
from govflow.audit.what_if.signatures import signed_again
from govflow.calendars import Calendar
from govflow.engine import Engine
from govflow.errors import GovFlowError, NotAllowed
from govflow.log_events import LOG_STREAM
from govflow.messages import Command, RecordedEvent
from govflow.persistence.codec import metadata_of
from govflow.policy import Policy
from govflow.regions.mediation import SignStatement
from govflow.regions.policy_version import MigratePolicy

_VERSIONS = ("on_version", "as_of", "corrects")  # fields that name a version of the command's own record
_NEVER = "never:"  # in place of the id of a record that did not come into being here


class Refused(NamedTuple):
    """A command of the log that was refused when it was given again: what, on which record, when, why.

    `follows` says that it only follows from an earlier refusal: that one had to do with the same record. `because` are
    the differences of the other rules that make it so, of a command that does not follow; empty under the log's own.
    """

    command: str
    wire: str
    record: str
    at: datetime
    codes: tuple[str, ...]
    en: str
    zh: str
    follows: bool
    because: tuple[Cause, ...] = ()


class Unsure(NamedTuple):
    """Commands of one kind that could not be made again exactly, for one reason: how many, and how well known."""

    wire: str
    certainty: Certainty
    commands: int
    en: str
    zh: str


class Rerun:
    """The re-run of one log: `engine` reads the scratch log, `real` gives a record's id in the log."""

    def __init__(self, source: Engine, rules: Rules | None = None) -> None:
        self.source = source
        self.rules = rules or Rules()
        self.refused: list[Refused] = []
        self.known: Counter[Certainty] = Counter()  # how many commands were made again, and how well
        self._unsure: Counter[tuple[str, Certainty, str, str]] = Counter()
        self.left_out = 0  # moves of records to policies that are not there
        self.followed = 0  # commands given by the unit that the matter was sent to here instead
        self.moment = source.log_history()[0].meta.recorded_at
        self.engine = opened(source, lambda: self.moment)
        self._causes = None if rules is None else Causes(source, self.engine, rules.calendar)
        self._next: datetime | None = None
        self._stale = True  # something was written since the next due moment was asked for
        self._theirs = rules is None or rules.since is not None  # the log's own rules are in force
        self._touched: set[str] = set()  # records of commands that were refused or lost
        self._names: dict[str, str] = {}  # ids of the log -> ids here, where they differ
        self._back: dict[str, str] = {}  # and the other way round
        self._versions: dict[tuple[str, int], int] = {}  # of an event in the log -> here, where they differ
        self._units: dict[str, tuple[str, str]] = {}  # record -> its lead unit in the log and here, where they differ

    def run(self, progress: Callable[[int, int], object] | None = None) -> None:
        """Give every command again. Raises PolicyError where the rules do not fit, InputError where they do nothing."""
        if not self._theirs:
            self._turn()
        for step in commands_again(self.source, progress):
            if step is None:
                continue
            self.wait_until(step.recorded_at)
            if isinstance(step, Ruled):
                self._rule(step.what)
            else:
                self._give(step)
        self.wait_until(self.source.log.last_recorded)

    @property
    def unsure(self) -> tuple[Unsure, ...]:
        """The commands that could not be made again exactly, by kind and reason, most first."""
        return tuple(
            Unsure(wire, certainty, count, en, zh) for (wire, certainty, en, zh), count in self._unsure.most_common()
        )

    def real(self, id: str) -> str:
        """The id in the log of a record here; with a mark before it, where the log has none."""
        return self._back.get(id) or (f"new:{id}" if id in self._names else id)

    # -- time ---------------------------------------------------------------------------------------------------------

    def wait_until(self, moment: datetime) -> None:
        """Let time pass, and do what becomes due at its moment."""
        since = self.rules.since
        if self._theirs and since is not None and since <= moment:
            self._wait_until(since)
            self._turn()
        self._wait_until(moment)

    def _wait_until(self, moment: datetime) -> None:
        if moment <= self.moment:
            return
        if self._stale:
            self._tick()
        while (due := self._due()) is not None and due <= moment:
            self.moment = max(self.moment, due)
            self._tick()
        self.moment = moment

    def _due(self) -> datetime | None:
        """The next moment at which there is something to do; the beginning of every day, where duties come round."""
        policy = self.engine.policy
        if "duty" not in self.engine.deciders or not policy.obligations:
            return self._next
        tomorrow = self.moment.astimezone(policy.zone).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(), policy.zone)
        return midnight if self._next is None else min(midnight, self._next)

    def _tick(self) -> None:
        head = self.engine.store.head()
        self._next = self.engine.tick().next
        self._stale = False
        for row in self.engine.store.scan(head):
            if row.version == 1 and row.stream != LOG_STREAM:
                real = self.source.log.first_row(metadata_of(row.state).command)
                if real is not None and real.version == 1:
                    self._named(real.stream, row.stream)

    # -- rules --------------------------------------------------------------------------------------------------------

    def _rule(self, what: Policy | Calendar) -> None:
        """The log adopted a policy or a calendar here: the same happens, unless the other rules stand in its place."""
        self._stale = True
        policy, calendar, _ = self.rules
        if isinstance(what, Calendar):
            if self._theirs or calendar is None or calendar.id != what.id:
                self.engine.adopt_calendar(what)
        elif self._theirs:
            self.engine.take_over(what)
        elif policy is None:
            self.engine.take_over(with_calendar(what, calendar))

    def _turn(self) -> None:
        """From now on the other rules are in force."""
        self._stale, self._theirs = True, False
        self.engine.turn_to(self.rules, self.source.log.policies.values())

    # -- commands -----------------------------------------------------------------------------------------------------

    def _give(self, step: Again) -> None:
        """Give one command again."""
        self._stale = True
        self.known[step.certainty] += 1
        if step.certainty is not Certainty.EXACT:
            self._unsure[step.wire, step.certainty, step.en, step.zh] += 1
        if step.command is None:
            self._without(step)
            return
        command = self._as_here(step, step.command)
        if isinstance(command, MigratePolicy) and not self._theirs and command.to not in self.engine.log.policies:
            self.left_out += 1
            return
        head = self.engine.store.head()
        try:
            self._handle(step, command)
        except GovFlowError as error:
            self._refuse(step, command, error)
            return
        self._follow(step, head)

    def _handle(self, step: Again, command: Command) -> None:
        try:
            self.engine.handle(command)
        except NotAllowed:
            other = self._by_the_unit_in_charge(step.record, command)
            if other is None:
                raise
            self.engine.handle(other)
            self.followed += 1

    def _by_the_unit_in_charge(self, record: str, command: Command) -> Command | None:
        """The same by somebody of the unit that leads here, where the one that led in the log gave it."""
        then, here = self._units.get(record, ("", ""))
        claim = next((each for each in command.by.claims if each.unit == then), None)
        if not then or claim is None:
            return None
        by = Actor(id=command.by.id, claims=(claim.model_copy(update={"unit": here}),))
        current = self.engine.log.current(command.id or "")
        if current is not None and "directory" in self.engine.deciders and self.engine.log.current("directory"):
            level, area = current.level, current.area
            held = self.engine.authority.holders([claim.role], level, area, self.moment, self.engine.log.current)
            who = next((each.actor for each in held if each.claim.unit == here), None)
            if who is None:
                return None
            by = Actor(id=who)
        return _replaced(command, {then: here}).changed(by=by)

    def _as_here(self, step: Again, command: Command) -> Command:
        """The command with the ids and versions that its records and events have here."""
        names = self._names
        if names:
            command = _replaced(command, names)
        if isinstance(command, SignStatement):
            command = signed_again(self.source, step.record, command)
        said, changes = command.__dict__, {}
        for name in _VERSIONS:
            if isinstance(version := said.get(name), int) and version:
                changes[name] = self._version(step, command.id or "", version)
        return command.changed(**changes) if changes else command

    def _version(self, step: Again, id: str, version: int) -> int:
        """A version of its record as it is here: the present one, or that of the same event."""
        record = self.engine.log.current(id)
        if record is not None and version == step.before:
            return record.version
        return self._versions.get((step.record, version), version)

    def _refuse(self, step: Again, command: Command, error: GovFlowError) -> None:
        follows = not self._touched.isdisjoint(step.touched)
        codes: tuple[str, ...] = (type(error).__name__,)
        en = zh = str(error)
        if isinstance(error, NotAllowed):
            codes = error.codes
            told = [each._replace(detail=()) if each.code == "role_is_held" else each for each in error.broken]
            en = "; ".join(each.sentence() for each in told)  # without the names of those who hold it
            zh = "；".join(each.sentence("zh") for each in told)
        has_cause = self._causes is not None and not self._theirs and not follows
        because = self._causes.of(step, command) if self._causes is not None and has_cause else ()
        refused = Refused(step.id, step.wire, step.record, step.recorded_at, codes, en, zh, follows, because)
        self.refused.append(refused)
        self._without(step)

    def _without(self, step: Again) -> None:
        """What this command did in the log is not done here."""
        self._touched.update(step.touched)
        for each in step.caused:
            if each.version == 1:
                self._names[each.stream] = f"{_NEVER}{each.stream}"[:64]

    def _follow(self, step: Again, head: int) -> None:
        """Note where numbers, versions and lead units came out differently here."""
        here = [self.engine.log.codec.recorded(row) for row in self.engine.store.scan(head) if row.stream != LOG_STREAM]
        for real, event in _pairs(step.caused, here):
            if real.version == event.version == 1:
                self._named(real.stream, event.stream)
            if real.version != event.version:
                self._versions[real.stream, real.version] = event.version
            led, leads = (getattr(each.body, "lead_unit", None) for each in (real, event))
            if led and leads:
                self._units.pop(real.stream, None)
                if led != leads:
                    self._units[real.stream] = led, leads

    def _named(self, real: str, here: str) -> None:
        if real != here:
            self._names[real], self._back[here] = here, real
        else:
            self._names.pop(real, None)


def _pairs(
    real: Sequence[RecordedEvent], here: Sequence[RecordedEvent]
) -> Iterator[tuple[RecordedEvent, RecordedEvent]]:
    """The events that a command caused then and here, by name and in order, its own record's first."""
    left = list(here)
    for each in real:
        found = next((other for other in left if other.name == each.name), None)
        if found is not None:
            left.remove(found)
            yield each, found


def _replaced(command: Command, names: dict[str, str]) -> Command:
    """The command with other ids in the place of these, also within a command that it quotes."""
    text = command.model_dump_json(exclude={"by"})
    ids = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    found = re.sub(rf'(?<=")(?:{ids})(?=\\?")', lambda match: names[match.group()], text)
    if found == text:
        return command
    by = command.by
    return type(command).model_validate_json(f'{found[:-1]},"by":{by.model_dump_json()}}}').changed(by=by)
