"""责任时长: in whose hands records were and for how long, against a count minute by minute over the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Actor, Engine, NotAllowed, Role
from govflow.audit.accounting.responsibility import Account, Accountant, holder_of, summed
from govflow.calendars import china
from govflow.cases import commands as c
from govflow.cli import words
from govflow.hands import Hands, turns_of
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from tests import support as s
from tests.support import Town, a_case, a_town

X: dict[str, Any] = {"id": "x"}
MINUTE = timedelta(minutes=1)
BEIJING = ZoneInfo("Asia/Shanghai")
OPEN = tuple((each.opens, each.closes) for each in china().hours)


# --- random histories ------------------------------------------------------------------------------------------------


def _suspend(town: Town) -> None:
    until = town.clock() + timedelta(days=20)
    town.approved(c.SuspendCase(**X, by=s.lead, cause="on_account", review_at=until, told_by=s.TOLD), s.supervisor)


def _assign(town: Town) -> None:
    town.do(c.AssignCase(**X, by=s.dispatcher, lead_unit="water", unit_level="town"))


def _work(town: Town) -> None:
    town.do(LogContact(**X, by=s.lead, reached=True, way="phone"), c.StartHandling(**X, by=s.lead))


def _finish(town: Town) -> None:
    evidence = f"e{town.count}"
    town.count += 1
    town.do(AddEvidence(**X, by=s.lead, item=evidence, kind="photo", sha256="0" * 64))
    town.do(c.SubmitResult(**X, by=s.lead, measure="pipe replaced", evidence=(evidence,)))


def _answer(town: Town) -> None:
    answer: dict[str, Any] = {"to_level": "community", "to_reporter": True, "public_text": "done"}
    town.do(c.GiveFeedback(**X, by=s.lead, **answer))


def _close(town: Town) -> None:
    round = town.engine.get("x").round
    answers = {"contacted": True, "resolved": True, "satisfied": True}
    town.do(PassVerification(**X, by=s.verifier, item=f"r{round}"))
    town.do(RecordEvaluation(**X, by=s.resident, item=f"r{round}.s-1", **answers), c.CloseCase(**X, by=s.dispatcher))


def _one(command: type[Any], by: Actor, **more: Any) -> Callable[[Town], None]:
    def do(town: Town) -> None:
        town.do(command(**X, by=by, **more))

    return do


WAYS: dict[str, tuple[Callable[[Town], None], ...]] = {
    "reported": (
        _one(c.AcceptCase, s.desk),
        _one(c.RequestSupplement, s.desk, shortcomings=("address",)),
        _one(c.SupplementCase, s.resident, supplement="Lane 3"),
    ),
    "accepted": (_assign,),
    "assigned": (_work, _suspend, _one(c.EscalateInHandling, s.lead, to_level="town", reason="hard")),
    "in_handling": (_finish, _suspend, _one(c.EscalateInHandling, s.lead, to_level="town", reason="hard")),
    "suspended": (_one(c.ResumeCase, s.lead),),
    "handled": (_answer, _one(c.OrderRework, s.supervisor, reason="wet")),
    "fed_back": (_close, _one(c.OrderRework, s.supervisor, reason="wet")),
    "closed": (_one(c.ReopenCase, s.resident, ground="the promise was not kept"),),
}


def a_history(draw: Callable[[Any], Any]) -> Town:
    """A case that went some way by real commands, with any whole minutes between them."""
    town = a_town()
    town.do(c.ReportCase(**X, by=s.resident, **s.MATTER))
    for _ in range(draw(st.integers(0, 14))):
        town.clock.advance(minutes=draw(st.integers(0, 60 * 24 * 2)))
        ways = WAYS[town.engine.get("x").status]
        try:
            ways[draw(st.integers(0, len(ways) - 1))](town)
        except NotAllowed:
            continue
    town.clock.advance(minutes=draw(st.integers(0, 60 * 24)))
    return town


# --- the count -------------------------------------------------------------------------------------------------------

TURN = {  # by hand, from the handbook's table: who is to do the next step
    "reported": "(acceptance_desk)",
    "accepted": "(dispatcher)",
    "fed_back": "(dispatcher)",
    "closed": "",
    **dict.fromkeys(("assigned", "in_handling", "suspended", "handled"), "the lead unit"),
}


def is_open(minute: datetime) -> bool:
    local = minute.astimezone(BEIJING)
    return china().is_workday(local.date()) and any(opens <= local.time() < closes for opens, closes in OPEN)


def minutes_of(engine: Engine, now: datetime) -> Iterator[tuple[datetime, str, str, bool]]:
    """Every minute from the first event to the end: whose hands by what stood last before it, level, waiting."""
    history = engine.history("x")
    states = [engine.as_of("x", version=each.version) for each in history]
    last, closing = states[-1], now
    if last.status == "closed":
        closing = max(each.body.at for each in history if each.name == "case.closed")
    at, waits, place = history[0].body.at, False, -1
    while at < closing:
        while place + 1 < len(history) and history[place + 1].body.at <= at:
            place += 1
            name, status = history[place].name, states[place].status
            if name in ("case.suspended", "case.supplement_requested"):
                waits = True
            elif name in ("case.resumed", "case.supplement_provided") or status in ("accepted", "closed"):
                waits = False
        state: Any = states[place]
        hands = TURN[state.status]
        yield at, state.lead_unit if hands == "the lead unit" else hands, str(state.level or ""), waits
        at += MINUTE


@settings(max_examples=12)
@given(st.data())
def test_hands_and_levels_and_pauses_are_what_counting_minute_by_minute_comes_to(data: st.DataObject):
    town = a_history(data.draw)
    now = town.clock()

    account = Accountant(town.engine).account("x", now)

    counted: Counter[tuple[str, str, bool]] = Counter()
    worked: Counter[tuple[str, str, bool]] = Counter()
    for minute, hands, level, waits in minutes_of(town.engine, now):
        key = hands, level, waits
        counted[key] += 1
        worked[key] += is_open(minute)
    told: Counter[tuple[str, str, bool]] = Counter()
    told_worked: Counter[tuple[str, str, bool]] = Counter()
    for each in account.stays:
        key = (holder_of(each.hands), each.hands.level, each.waiting)
        told[key] += each.elapsed // MINUTE
        told_worked[key] += each.worked // MINUTE
    assert +told == +counted
    assert +told_worked == +worked
    pieces(account, town.engine.history("x")[0].body.at)


def pieces(account: Account, begin: datetime) -> None:
    """The stays follow each other without gap or overlap, and the sums are the whole exactly."""
    at = begin
    for each in account.stays:
        assert each.since == at < each.until
        at = each.until
    found = summed([account])
    for shares in (found.units, found.levels):
        for name in ("worked", "elapsed", "waiting"):
            assert sum((getattr(each, name) for each in shares), timedelta()) == getattr(found.whole, name)
    assert found.whole.elapsed == at - begin


# --- by example ------------------------------------------------------------------------------------------------------


def test_of_many_records_the_sums_are_exact_to_the_microsecond_and_a_period_cuts_them(tmp_path):
    town = a_town()
    for number, status in enumerate(("in_handling", "closed", "suspended", "fed_back", "reported", "terminated")):
        a_case(town, status, id=f"c{number}")
        town.clock.advance(hours=31, microseconds=7_654_321)
    now, accountant = town.clock(), Accountant(town.engine)
    middle = town.engine.get("c3").opened_at
    assert middle is not None

    whole = summed(accountant.accounts(now))
    before, after = summed(accountant.accounts(now, until=middle)), summed(accountant.accounts(now, since=middle))

    assert whole.whole.records == 4  # those that went through to their end within a moment were in nobody's hands
    for shares in (whole.units, whole.levels):
        assert sum((each.worked for each in shares), timedelta()) == whole.whole.worked
        assert sum((each.elapsed for each in shares), timedelta()) == whole.whole.elapsed
        assert sum(each.part_of(whole.whole) or 0 for each in shares) == 1
    assert before.whole.worked + after.whole.worked == whole.whole.worked
    assert before.whole.elapsed + after.whole.elapsed == whole.whole.elapsed


def test_what_rested_between_two_rounds_was_in_nobodys_hands():
    town = a_town()
    a_case(town, "closed", id="x")
    town.clock.advance(days=3)
    town.do(c.ReopenCase(**X, by=s.resident, ground="the promise was not kept"))
    town.clock.advance(days=1)

    account = Accountant(town.engine).account("x", town.clock())

    assert [(holder_of(each.hands), each.elapsed.days) for each in account.stays] == [("", 3), ("(dispatcher)", 1)]
    assert account.ended is None


def test_a_record_that_came_to_rest_has_no_time_after_that():
    town = a_town()
    a_case(town, "reported", id="x")
    town.clock.advance(days=1)
    town.do(c.RejectCase(**X, by=s.desk, reason_code="out_of_scope", reason="not ours", told_by=s.TOLD))
    ended = town.clock()
    town.clock.advance(days=9)

    account = Accountant(town.engine).account("x", town.clock())

    assert account.ended == ended == account.stays[-1].until


def test_a_record_ended_when_it_came_to_rest_and_not_when_it_was_archived():
    town = a_town()
    closed = a_case(town, "closed", id="x").closed_at
    town.clock.advance(days=31)
    town.do(c.ArchiveCase(**X, by=s.archivist))

    assert Accountant(town.engine).account("x", town.clock()) == Account("x", "case", closed, ())


def test_a_reader_is_told_of_no_record_that_is_hidden_from_them():
    town = a_town()
    a_case(town, "in_handling", id="x")
    a_case(town, "reported", id="y", reporter=None)
    town.clock.advance(days=1)

    seen = town.engine.seen_by(Actor.of("s-1", Role.REPORTER))

    assert [each.record for each in Accountant(seen).accounts(town.clock())] == ["x"]


def test_whose_turn_it_is_follows_the_table():
    from govflow import CASE

    turns = turns_of(CASE.workflow)

    assert {status: turns[status].role for status in ("reported", "accepted", "under_review")} == {
        "reported": "acceptance_desk",
        "accepted": "dispatcher",
        "under_review": "review_body",
    }
    assert {status for status, turn in turns.items() if turn.of_lead} == {
        "assigned",
        "in_handling",
        "suspended",
        "handled",
    }
    assert not any(turns[status].role for status in ("", "closed", "archived", "merged"))
    assert words.hands(Hands("water", "lead_unit", "town")) == "water"
