"""Clocks that run in a real engine (期限): pauses, the one extension, transfer, escalation, rework, co-units' parts.

The oracle counts day by day and shares no code with the library; what it is told, it is told by the test's own book.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import DEFAULT_POLICY, Actor, Case, Engine, NotAllowed, Policy, Role
from govflow.calendars import Roll, Term, Unit, WorkCalendar, china, due_after
from govflow.cases import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.regions.joint_handling import AcceptJointHandling, FinishJointHandling, ReopenJointHandling
from govflow.testing import PinnedClock
from tests.calendars import naive
from tests.calendars.samples import CHINA, HOURLY, end_of, local, workdays
from tests.support import (
    TOLD,
    Town,
    a_case,
    dispatcher,
    lead,
    supervisor,
    unit_head,
)

ID: dict[str, Any] = {"id": "it"}


def a_policy(term: Term, extension: int = 5) -> Policy:
    """The default policy with another limit for hotline matters; nothing happens by rule."""
    changes = {
        **{name: getattr(term, name) for name in Term.model_fields},
        "extension": extension,
    }
    limits = tuple(each.changed(**changes) if each.id == "hot.handle" else each for each in DEFAULT_POLICY.time_limits)
    fresh = tuple(type(each).model_validate(each.model_dump()) for each in limits)
    return DEFAULT_POLICY.changed(version="drawn", time_limits=fresh, escalations=())


def at(moment: str, policy: Policy | None = None) -> Town:
    """A town whose clock stands at a local time of Beijing."""
    clock = PinnedClock(local(moment))
    return Town(Engine.open(now=clock, policy=policy), clock)


def head_of(unit: str) -> Actor:
    return Actor.of(f"head-of-{unit}", Role.UNIT_HEAD, unit=unit)


def suspend(town: Town, by: Actor = lead) -> Case:
    review_at = town.clock() + timedelta(days=80)
    given = c.SuspendCase(**ID, by=by, cause="on_account", review_at=review_at, told_by=TOLD)
    return town.approved(given, supervisor)


def longer(by: Actor = lead, length: int = 5, **more: Any) -> c.ExtendDeadline:
    return c.ExtendDeadline(**ID, by=by, **{"length": length, "reason": "made to order", "told_by": TOLD} | more)


def refusal(town: Town, command: Any) -> set[str]:
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    return set(caught.value.codes)


# --- any course of a case, against the naive count -------------------------------------------------------------------


@dataclass
class Book:
    """What the test itself has noted of the handling clock; it knows no moves, no states and no policy."""

    term: Term
    calendar: WorkCalendar
    since: datetime
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    added: int = 0
    paused_at: datetime | None = None
    late: bool = False
    dues: list[datetime] = field(default_factory=list)

    def count(self) -> datetime:
        return naive.due(self.term, self.since, self.calendar, CHINA, self.pauses, self.added)[0]

    def start(self, now: datetime, term: Term) -> None:
        self.__init__(term, self.calendar, now)  # type: ignore[misc]
        self.dues.append(self.count())

    def moved(self) -> None:
        self.dues.append(self.count())


@dataclass
class Course:
    """One case on its way, and the book beside it."""

    town: Town
    term: Term
    book: Book
    unit: str = "water"

    @property
    def who(self) -> Actor:
        return Actor.of(f"of-{self.unit}", Role.LEAD_UNIT, unit=self.unit)

    @property
    def case(self) -> Case:
        return self.town.engine.get("it", Case)

    def suspend(self) -> None:
        if self.case.status in ("assigned", "in_handling"):
            suspend(self.town, self.who)
            if not self.book.late:
                self.book.paused_at = self.town.clock()

    def resume(self) -> None:
        if self.case.status == "suspended":
            self.town.do(c.ResumeCase(**ID, by=self.who))
            if self.book.paused_at is not None:
                self.book.pauses.append((self.book.paused_at, self.town.clock()))
                self.book.paused_at = None
                self.book.moved()

    def extend(self) -> None:
        if self.case.status not in ("assigned", "in_handling", "suspended"):
            return
        book = self.book
        over = book.late or (book.paused_at or self.town.clock()) > book.dues[-1]
        command = longer(self.who, length=3)
        if book.added or over:
            wanted = {"extended_only_once"} if book.added else set()
            assert refusal(self.town, command) == wanted | ({"due_has_not_passed"} if over else set()) | {
                "approval_is_given"
            }
            return
        self.town.approved(command, head_of(self.unit))
        book.added = 3
        book.moved()

    def transfer(self) -> None:
        """It goes to another unit and is begun there; the limit goes on."""
        if self.case.status in ("assigned", "in_handling") and self.case.level not in self.case.transferred_at:
            to = "roads" if self.unit == "water" else "water"
            self.town.approved(c.TransferCase(**ID, by=self.who, to_unit=to, reason="theirs"), dispatcher)
            self.unit = to

    def begin(self) -> None:
        if self.case.status == "assigned":
            self.town.do(c.StartHandling(**ID, by=self.who))

    def escalate(self) -> None:
        """One level up a new limit begins, there at full length."""
        case = self.case
        up = case.level and case.level.next_up
        if up is not None and case.status in ("assigned", "in_handling", "suspended"):
            self.town.do(c.EscalateInHandling(**ID, by=supervisor, to_level=up, reason="too big for us"))
            self.book.start(self.town.clock(), self.term)
            self.unit = "water"
            self.town.do(c.AssignCase(**ID, by=dispatcher, lead_unit="water", unit_level="town"))

    def rework(self) -> None:
        """Half of the limit, rounded up, from the order on."""
        if self.case.status == "in_handling":
            self.town.do(c.SubmitResult(**ID, by=self.who, measure="done", evidence=("e1",)))
            clock = self.case.clocks["handling"]
            late = self.book.late or self.town.clock() > self.book.dues[-1]
            assert clock.status == ("met_late" if late else "met")
            self.town.do(c.OrderRework(**ID, by=dispatcher, reason="leaks"))
            half = self.term.model_copy(update={"length": (self.term.length + 1) // 2})
            self.book.start(self.town.clock(), half)

    def tick(self) -> None:
        self.town.engine.tick()
        if self.book.paused_at is None and self.town.clock() > self.book.dues[-1]:
            self.book.late = True


ACTS = ("suspend", "resume", "extend", "transfer", "begin", "escalate", "rework", "tick")
courses = st.lists(st.tuples(st.integers(0, 12 * 96), st.sampled_from(ACTS)), min_size=3, max_size=14)
begins = st.sampled_from(("2026-02-12", "2026-02-13", "2026-04-29", "2026-09-24", "2026-09-28", "2026-06-17"))


@st.composite
def limits(draw: st.DrawFn) -> Term:
    unit = draw(st.sampled_from((Unit.WORKDAY, Unit.DAY, Unit.OFFICE_HOUR, Unit.HOUR)))
    if unit in HOURLY:
        return Term(length=draw(st.integers(1, 40)), unit=unit)
    return Term(length=draw(st.integers(1, 15)), unit=unit, roll=draw(st.sampled_from(Roll)))


@given(term=limits(), day=begins, quarter=st.integers(0, 95), course=courses)
def test_whatever_happens_to_a_case_its_date_is_what_a_naive_count_says(term, day, quarter, course):
    town = at(f"{day}T{quarter // 4:02}:{quarter % 4 * 15:02}", a_policy(term))
    a_case(town, "in_handling", **ID)
    town.do(AddEvidence(**ID, by=lead, item="e1", kind="photo", sha256="0" * 64))
    book = Book(term, china(), town.clock())
    book.moved()
    on_its_way = Course(town, term, book)

    for quarters, act in course:
        town.clock.advance(timedelta(minutes=15 * quarters))
        getattr(on_its_way, act)()

        clock = on_its_way.case.clocks["handling"]
        assert clock.due == book.dues[-1] == book.count()
        assert (*clock.earlier, clock.due) == tuple(book.dues)  # every date before is kept
        assert clock.status == ("paused" if book.paused_at else "overdue" if book.late else "running")
        (why,) = town.engine.why_due("it", "handling", now=town.clock())
        assert (why.due, why.agrees) == (clock.due, True)
        assert town.engine.log.fold("it") == on_its_way.case  # read again, it is the same
    town.engine.close()


# --- by hand ---------------------------------------------------------------------------------------------------------


def due(town: Town, clock: str = "handling", case: str = "it") -> datetime:
    found = town.engine.get(case).clocks[clock].due
    assert found is not None
    return found


def test_suspending_moves_the_date_by_what_it_stood_still():
    town = at("2026-03-02T09:00")  # a Monday
    a_case(town, "in_handling", **ID)
    assert due(town) == end_of("2026-03-09")
    town.pass_days(2)
    suspend(town)
    town.pass_days(14)  # ten working days
    town.do(c.ResumeCase(**ID, by=lead))
    assert due(town) == end_of("2026-03-23")  # Tue, Wed 18, Thu, Fri, Mon: one was used up, four are left
    assert town.engine.get("it").clocks["handling"].earlier == (end_of("2026-03-09"),)


def test_two_pauses_and_a_holiday_between_them():
    town = at("2026-09-21T10:00")  # Monday; 25-27 September and 1-7 October are off, 10 October is worked
    a_case(town, "in_handling", **ID)
    assert due(town) == end_of("2026-09-29")  # 22 23 24 | 28 29
    town.clock.set(local("2026-09-23T10:00"))
    suspend(town)
    town.clock.set(local("2026-09-28T10:00"))
    town.do(c.ResumeCase(**ID, by=lead))
    assert due(town) == end_of("2026-10-08")  # 22 | 28 29 30 | 8 October
    town.clock.set(local("2026-09-30T10:00"))
    suspend(town)
    town.clock.set(local("2026-10-09T10:00"))
    town.do(c.ResumeCase(**ID, by=lead))
    assert due(town) == end_of("2026-10-10")  # 22 28 29 | Fri 9, Sat 10 October, a make-up workday
    assert town.engine.get("it").clocks["handling"].earlier == (end_of("2026-09-29"), end_of("2026-10-08"))


def test_a_pause_within_one_day_moves_nothing_and_the_old_date_is_kept_all_the_same():
    town = at("2026-03-02T09:00")
    a_case(town, "in_handling", **ID)
    town.pass_days(1)
    suspend(town)
    town.clock.advance(hours=6)
    town.do(c.ResumeCase(**ID, by=lead))
    clock = town.engine.get("it").clocks["handling"]
    assert (clock.due, clock.earlier) == (end_of("2026-03-09"), (end_of("2026-03-09"),))


@pytest.mark.parametrize("first", ["extend", "resume"])
def test_extending_while_it_stands_still_and_after_come_to_the_same(first: str):
    town = at("2026-03-02T09:00")
    a_case(town, "in_handling", **ID)
    town.pass_days(1)
    suspend(town)
    town.pass_days(2)
    if first == "extend":
        town.approved(longer(length=3), unit_head)
        assert due(town) == end_of("2026-03-12")
        assert town.engine.get("it").clocks["handling"].status == "paused"
    town.do(c.ResumeCase(**ID, by=lead))
    if first == "resume":
        assert due(town) == end_of("2026-03-11")
        town.approved(longer(length=3), unit_head)
    assert due(town) == end_of("2026-03-16")  # 5 + 3, and Tuesday and Wednesday stood still
    assert len(town.engine.get("it").clocks["handling"].earlier) == 2


def test_an_extension_taken_away_while_a_pause_exists_leaves_what_never_was_extended():
    start, pause = local("2026-03-02T09:00"), (local("2026-03-03T09:00"), local("2026-03-05T09:00"))
    count = partial(due_after, start=start, calendar=china(), zone=CHINA, pauses=(pause,))
    plain = count(workdays(5))
    extended = count(workdays(5), added=3)
    assert (plain.at, extended.at) == (end_of("2026-03-11"), end_of("2026-03-16"))
    assert count(workdays(8), added=-3) == plain
    assert count(workdays(5), added=3 - 3) == plain


@pytest.mark.parametrize(
    ("intake", "ends"),
    [
        ("2026-03-07T10:00", "2026-03-13"),  # a free Saturday: Monday is the first of five
        ("2026-03-06T23:45", "2026-03-13"),  # late on Friday: the same
        ("2026-02-14T10:00", "2026-02-28"),  # a worked Saturday is a starting day; the 28th is a worked one too
        ("2026-02-13T10:00", "2026-02-27"),  # FACTS: the 14th counts
        ("2026-10-01T00:00", "2026-10-13"),  # within the holiday: 8 9 10 | 12 13
    ],
)
def test_what_comes_in_on_a_day_off_begins_with_the_next_working_day(intake: str, ends: str):
    town = at(intake)
    a_case(town, "in_handling", **ID)
    assert due(town) == end_of(ends)


@pytest.mark.parametrize(
    ("roll", "ends"), [(Roll.NONE, "2026-05-01"), (Roll.HOLIDAY, "2026-05-06"), (Roll.REST_DAY, "2026-05-06")]
)
def test_a_last_day_in_a_holiday_moves_on_where_the_rule_says_so(roll: Roll, ends: str):
    # DOMAIN §3.9: accepted 2 March + 60 days = Labour Day, off until 5 May
    town = at("2026-03-02T09:00", a_policy(Term(length=60, unit=Unit.DAY, roll=roll)))
    a_case(town, "in_handling", **ID)
    assert due(town) == end_of(ends)


def test_a_pause_splits_the_days_and_the_new_last_day_moves_on_again():
    town = at("2026-03-02T09:00", a_policy(Term(length=60, unit=Unit.DAY, roll=Roll.HOLIDAY)))
    a_case(town, "in_handling", **ID)
    town.pass_days(10)
    suspend(town)
    town.pass_days(3)
    town.do(c.ResumeCase(**ID, by=lead))
    assert due(town) == end_of("2026-05-06")  # 4 May lies in the holiday still
    town.clock.set(local("2026-03-20T09:00"))
    suspend(town)
    town.pass_days(3)
    town.do(c.ResumeCase(**ID, by=lead))
    assert due(town) == end_of("2026-05-07")


# --- the one extension -----------------------------------------------------------------------------------------------


@pytest.fixture
def town() -> Town:
    town = at("2026-03-02T09:00")
    a_case(town, "in_handling", **ID)
    return town


def test_a_limit_is_extended_once_and_the_earlier_date_is_kept(town: Town):
    extended = town.approved(longer(), unit_head)
    assert (due(town), extended.clocks["handling"].earlier) == (end_of("2026-03-16"), (end_of("2026-03-09"),))
    assert "extended_only_once" in refusal(town, longer(length=1))


def test_a_second_extension_is_refused_though_it_is_approved(town: Town):
    town.approved(longer(length=2), unit_head)
    with pytest.raises(NotAllowed) as caught:
        town.approved(longer(length=1), unit_head)
    assert caught.value.codes == ("extended_only_once",)


def test_no_limit_is_extended_after_its_end_but_at_its_very_end_it_may_be(town: Town):
    town.clock.set(end_of("2026-03-09"))
    ask = longer()
    town.do(RequestApproval.of(ask, town.engine.get("it")), GiveApproval(**ID, by=unit_head, item="1"))
    assert town.engine.why_not(ask) == ()
    town.clock.advance(timedelta(microseconds=1))
    assert refusal(town, ask) == {"due_has_not_passed"}
    town.engine.tick()
    assert refusal(town, ask) >= {"due_has_not_passed"}


def test_an_extension_is_approved_by_another_who_heads_the_unit(town: Town):
    both = Actor.of("li", Role.LEAD_UNIT, Role.UNIT_HEAD, unit="water")
    ask = longer(both)
    assert refusal(town, ask) == {"approval_is_given"}
    town.do(RequestApproval.of(ask, town.engine.get("it")))
    assert "decided_by_another" in refusal(town, GiveApproval(**ID, by=both, item="1"))
    assert "role_is_held" in refusal(town, GiveApproval(**ID, by=head_of("roads"), item="1"))
    town.do(GiveApproval(**ID, by=unit_head, item="1"))
    assert refusal(town, ask.changed(length=4)) == {"approval_is_given"}  # it was another extension that was approved
    assert town.do(ask).clocks["handling"].extensions == 1


@pytest.mark.parametrize("length", [0, 6])
def test_an_extension_is_within_what_the_rule_allows(town: Town, length: int):
    assert "extension_is_within_maximum" in refusal(town, longer(length=length))


def test_the_reporter_is_told_of_an_extension(town: Town):
    assert "asker_is_told" in refusal(town, longer(told_by=" "))


def test_a_rework_limit_may_be_extended_anew(town: Town):
    town.approved(longer(), unit_head)
    town.do(
        AddEvidence(**ID, by=lead, item="e1", kind="photo", sha256="0" * 64),
        c.SubmitResult(**ID, by=lead, measure="done", evidence=("e1",)),
        c.OrderRework(**ID, by=dispatcher, reason="leaks"),
    )
    clock = town.engine.get("it").clocks["handling"]
    assert (clock.due, clock.share, clock.run) == (end_of("2026-03-05"), 50, 2)  # 3 of 5 working days
    town.approved(longer(length=1), unit_head)
    assert due(town) == end_of("2026-03-06")


# --- the parts of co-units -------------------------------------------------------------------------------------------


def test_co_units_have_clocks_of_their_own_by_the_leads_end_at_most():
    town = at("2026-03-02T09:00")
    a_case(town, "assigned", **ID, co_units=("power", "parks"))
    for unit in ("power", "parks"):
        assert due(town, f"joint_reply:{unit}") == end_of("2026-03-04")
        assert due(town, f"joint_task:{unit}") == end_of("2026-03-09") == due(town)
    power, parks = (Actor.of(f"of-{unit}", Role.CO_UNIT, unit=unit) for unit in ("power", "parks"))
    town.pass_days(1)
    town.do(AcceptJointHandling(**ID, by=power, item="power"))
    clocks = town.engine.get("it").clocks
    assert (clocks["joint_reply:power"].status, clocks["joint_reply:parks"].status) == ("met", "running")

    town.clock.set(local("2026-03-05T00:15"))
    town.engine.tick()
    clocks = town.engine.get("it").clocks
    assert (clocks["joint_reply:parks"].status, clocks["joint_task:parks"].status) == ("overdue", "running")
    town.do(AcceptJointHandling(**ID, by=parks, item="parks"))
    assert town.engine.get("it").clocks["joint_reply:parks"].status == "met_late"  # each is measured apart

    town.do(
        AddEvidence(**ID, by=lead, item="e1", kind="photo", sha256="0" * 64),
        FinishJointHandling(**ID, by=power, item="power", measure="cable moved", evidence=("e1",)),
    )
    clocks = town.engine.get("it").clocks
    assert (clocks["joint_task:power"].status, clocks["joint_task:parks"].status) == ("met", "running")


def test_a_co_unit_that_works_on_it_again_has_the_new_date_and_a_run_of_its_own():
    town = at("2026-03-02T09:00")
    a_case(town, "handled", **ID, co_units=("power",))
    town.do(c.OrderRework(**ID, by=dispatcher, reason="leaks"))
    until = end_of("2026-03-04")
    town.do(ReopenJointHandling(**ID, by=lead, item="power", reason="again", until=until))
    clock = town.engine.get("it").clocks["joint_task:power"]
    assert (clock.due, clock.run, clock.status) == (until, 2, "running")


# --- transfer and escalation -----------------------------------------------------------------------------------------


def test_a_transfer_does_not_reset_the_limit_and_the_next_unit_has_its_own_receipt():
    town = at("2026-03-02T09:00")
    a_case(town, "assigned", **ID)
    town.pass_days(3)
    town.approved(c.TransferCase(**ID, by=lead, to_unit="roads", reason="theirs"), dispatcher)
    assert due(town) == end_of("2026-03-09")
    assert due(town, "receipt") == end_of("2026-03-03")  # it was running and goes on: the order was not signed
    clock = town.engine.get("it").clocks["handling"]
    assert (clock.run, clock.earlier) == (1, ())


def test_each_level_that_it_is_escalated_to_has_the_whole_limit():
    town = at("2026-03-02T09:00")
    a_case(town, "in_handling", **ID)
    for day, level, ends in ((4, "town", "2026-03-13"), (11, "district", "2026-03-20")):
        town.clock.set(local("2026-03-02T09:00") + timedelta(days=day))
        raised = town.do(c.EscalateInHandling(**ID, by=supervisor, to_level=level, reason="too big"))
        assert (raised.level, due(town)) == (level, end_of(ends))
        town.do(c.AssignCase(**ID, by=dispatcher, lead_unit="water", unit_level=level))
        assert due(town) == end_of(ends)  # to be assigned again starts nothing anew
    assert town.engine.get("it").clocks["handling"].run == 3
