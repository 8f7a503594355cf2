"""What a report for auditors is written from: values that others fill, folded from a log for one reader.

Whoever fills them puts no names in: an actor is a role and a unit, and protected texts stay out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from govflow.calendars import WorkCalendar
from govflow.clocks import Clock
from govflow.clocks.why import Why
from govflow.decider import Decider
from govflow.policy import Policy
from govflow.records import Loop, Record


class Happening(NamedTuple):
    """One entry of a record: when it occurred and was recorded, what, by whom as what, the status before and after.

    `times` counts what happened over and over without moving the record, such as ballots, up to `until`. `label` is
    the Chinese name of the command that caused it.
    """

    version: int
    at: datetime
    recorded_at: datetime
    event: str
    label: str
    role: str | None
    unit: str | None
    before: str
    status: str
    until: datetime
    times: int = 1


class Run(NamedTuple):
    """One run of a clock as it ended or stands, its warnings (percent, moment), and why it was due where it broke.

    One that `gave_way` did not end: the next run began, at the moment that stands as its end.
    """

    clock: Clock
    warned: Sequence[tuple[int, datetime]] = ()
    why: Why | None = None
    gave_way: bool = False


class Held(NamedTuple):
    """A stay in somebody's hands, half-open: a unit or else a role; its office time; whether a clock stood still."""

    unit: str
    role: str
    level: str
    since: datetime
    until: datetime
    worked: timedelta
    is_paused: bool


class Sum(NamedTuple):
    """What one holder or level had: records, office time, what of it was paused, calendar time."""

    unit: str
    role: str
    level: str
    records: int
    worked: timedelta
    paused: timedelta
    whole: timedelta


class Fixed(NamedTuple):
    """One correction: the entry (its version) that it corrects, the field, what stood there and what stands there."""

    version: int
    corrects: int
    event: str
    field: str
    old: str
    new: str
    role: str | None
    unit: str | None
    at: datetime
    reason: str


class Told(NamedTuple):
    """One record with all that a report says of it.

    `through` and `tie` say by which record it was found. `sums` are by holder, `levels` by level, both with the same
    total. `works` is the calendar its clocks are counted by. `first` and `last` are its places in the log. `cut_at`:
    what came after that moment, its last entry here, is stored and cannot be read; None where all of it can.
    """

    record: Record
    decider: Decider
    through: str | None
    tie: str | None
    happened: Sequence[Happening]
    runs: Sequence[Run]
    loops: Sequence[Loop]
    held: Sequence[Held]
    sums: Sequence[Sum]
    levels: Sequence[Sum]
    corrections: Sequence[Fixed]
    works: WorkCalendar | None
    first: int
    last: int
    cut_at: datetime | None = None


class Places(NamedTuple):
    """Where the entries of a report stand in the log, counted from 1: the first, the last, how many they are.

    `uncovered` of them came after the newest checkpoint.
    """

    first: int = 0
    last: int = 0
    entries: int = 0
    uncovered: int = 0


class Proofs(NamedTuple):
    """What vouches for the entries from outside, and how to check it.

    `note` is the text of the signed checkpoint, `size` how many entries it covers, `vkey` the public key as it is
    handed out (empty: it is not at hand), `first` and `last` the places of these entries in the log, counted from 1,
    `uncovered` how many of them came after the checkpoint; `commands` are lines to be typed.
    """

    note: str
    size: int
    signed_at: datetime | None
    vkey: str
    first: int
    last: int
    uncovered: int = 0
    commands: Sequence[str] = ()


class Objection(NamedTuple):
    """Something that a check of the log found: a code, a sentence in English and Chinese, where, and on what ground."""

    code: str
    en: str
    zh: str
    where: str = ""
    basis: str = ""


class Inspection(NamedTuple):
    """A check that was made for a report, or was not: of how many records and entries, and to how many it objected.

    `unjudged` counts the rules about which no verdict could be given.
    """

    check: str
    made: bool = True
    records: int = 0
    entries: int = 0
    found: int = 0
    unjudged: int = 0


class Evidence(NamedTuple):
    """What a report says of its own ground.

    `findings` are what the checks objected to (None: nothing was checked), `checks` which ones were made, `proofs` what
    vouches for the entries from outside; without any, `commands` say how to get it. `is_cut`: rows that belong here
    could not be read. `elsewhere` are places of damaged rows beyond all that is told. `log_begins` is the local day of
    the log's first entry, where that matters.
    """

    findings: Sequence[Objection] | None = None
    checks: Sequence[Inspection] = ()
    proofs: Proofs | None = None
    commands: Sequence[str] = ()
    is_cut: bool = False
    elsewhere: Sequence[int] = ()
    log_begins: date | None = None


UNCHECKED = Evidence()
"""Of a log that nothing was checked of, and nothing vouches for."""


class Setting(NamedTuple):
    """What holds for the whole report: the moment, the policy, the id of the log, titles of units by id.

    `units` are all ids that are known to be units, never of people.
    """

    at: datetime
    policy: Policy
    log: str
    titles: Mapping[str, str]
    units: frozenset[str]


class Matter(NamedTuple):
    """A matter: the record that was asked for first, then those it is tied to, in the order in which they began."""

    records: Sequence[Told]
    left_out: int
    setting: Setting


class Late(NamedTuple):
    """A duty that was overdue at the end of a period, and who owed it: a unit, a role, or somebody."""

    record: str
    kind: str
    title: str
    clock: str
    due: datetime
    owes: str


class Period(NamedTuple):
    """A period of local days, both inclusive, as it stood at its end (`until`, or now where that is earlier).

    `states` counts records by kind and status, `opened` and `closed` by kind; `loops` counts, by who owes them, those
    that are open and those of them that are overdue. `places` are those of the entries in the period.
    """

    first: date
    last: date
    until: datetime
    deciders: Mapping[str, Decider]
    entries: int
    states: Mapping[tuple[str, str], int]
    opened: Mapping[str, int]
    closed: Mapping[str, int]
    late: Sequence[Late]
    loops: Mapping[str, tuple[int, int]]
    sums: Sequence[Sum]
    levels: Sequence[Sum]
    setting: Setting
    places: Places = Places()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.states and not self.entries

    def covered_event(self, size: int) -> tuple[str, int] | None:
        """None: no one event is what these figures rest on."""
