"""S12 两代表一委员: eight studios receive 1894 matters and answer 1863: 98.36 %, and 31 are still owed (M154)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

from govflow import CASE, Actor, Case, Command, Engine, Role
from govflow.cases.commands import RejectCase
from govflow.studios import (
    DELEGATE,
    STUDIO,
    AnswerMatter,
    AppointDelegate,
    HandOnMatter,
    Mandate,
    MatterFigures,
    MatterStatus,
    OpenStudio,
    ReceiveMatter,
    Studio,
    StudioMatter,
    figures_of,
    figures_of_all,
)
from govflow.testing import PinnedClock
from tests.support import desk

RECEIVED, ANSWERED, STUDIOS = 1894, 1863, 8
HANDED_ON = 12  # of the 31 that are still owed: the case made of each is at work

office = Actor.of("office", Role.DISTRICT, level="district", area="jn")


def of_place(number: int) -> tuple[dict[str, Any], Actor]:
    place = number % STUDIOS
    return {"id": f"st-{place}"}, Actor.of(f"s-{place}", DELEGATE, area="jn")


def studios(clock: PinnedClock) -> Iterator[Command]:
    for place in range(STUDIOS):
        x, delegate = of_place(place)
        yield OpenStudio(**x, by=office, title="Contact station", level="town", area=f"jn/{place}", keeper="u-congress")
        seat: dict[str, Any] = {"person": delegate.id, "capacity": list(Mandate)[place % 3]}
        yield AppointDelegate(**x, by=office, **seat, ends=clock() + timedelta(days=900))


def brought_in() -> Iterator[Command]:
    for number in range(RECEIVED):
        x, delegate = of_place(number)
        words = {"text": f"the words of matter {number}", "asker": f"r-{number}", "area": f"jn/{number % STUDIOS}"}
        yield ReceiveMatter(**x, by=delegate, item=str(number), **words)


def worked_off() -> Iterator[Command]:
    for number in range(RECEIVED):
        x, delegate = of_place(number)
        if number < ANSWERED:
            yield AnswerMatter(**x, by=delegate, item=str(number), answer=f"the answer to {number}")
        elif number < ANSWERED + HANDED_ON:
            yield HandOnMatter(**x, by=delegate, item=str(number), title=f"Matter {number}")


def test_of_1894_matters_1863_are_answered_which_is_98_36_percent_and_31_are_still_owed():
    clock = PinnedClock()
    with Engine.open(records=[CASE, STUDIO], now=clock) as engine:
        engine.handle_all(studios(clock))
        engine.handle_all(brought_in())
        engine.handle_all(worked_off())

        counted = Counter(each.name for each in engine.events())
        assert (counted["matter.received"], counted["matter.answered"]) == (RECEIVED, ANSWERED)
        assert counted["case.reported"] == HANDED_ON

        all_of_them = [engine.get(f"st-{place}", Studio) for place in range(STUDIOS)]
        total = figures_of_all(all_of_them)
        assert total == MatterFigures(received=RECEIVED, answered=ANSWERED, open=31, handed_on=HANDED_ON)
        assert total.rate == Fraction(1863, 1894)
        assert f"{float(Fraction(1863, 1894) * 100):.2f}" == "98.36"

        # the same by what the loops say, each owed by the delegate who heard it
        owed = [loop for studio in all_of_them for loop in engine.open_loops(studio.id) if loop.region == "matter"]
        assert len(owed) == 31
        assert {loop.owes for loop in owed} == {f"s-{place}" for place in range(STUDIOS)}

        # a case that comes to rest gives its matter back, and nothing is answered by that alone
        case = next(each for each in engine.records() if isinstance(each, Case))
        engine.handle(RejectCase(id=case.id, by=desk, reason_code="out_of_scope", reason="not ours", told_by="letter"))
        back = figures_of_all(engine.get(f"st-{place}", Studio) for place in range(STUDIOS))
        assert (back.answered, back.open, back.handed_on) == (ANSWERED, 31, HANDED_ON - 1)


def test_the_figures_are_a_count_of_states_and_need_no_engine():
    answered, open_ones = (StudioMatter(status=status) for status in (MatterStatus.ANSWERED, MatterStatus.RECEIVED))
    figures = figures_of([answered] * ANSWERED + [open_ones] * (RECEIVED - ANSWERED))
    assert (figures.rate, figures.open) == (Fraction(1863, 1894), 31)
    assert figures_of([]).rate is None
