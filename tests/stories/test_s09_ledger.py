"""S9 金华 销号: 2709 problems on the ledger, 2206 written off; the campaign cannot be closed before the last one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from govflow import DEFAULT_POLICY, Actor, Engine, NotAllowed, Role
from govflow.cases import commands as c
from govflow.policy import Category, TimeLimit, Unit
from govflow.regions import ledger as lg
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock

ITEMS, WRITTEN_OFF = 2709, 2206

desk = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
office = Actor.of("office", Role.LEAD_UNIT, unit="campaign-office")
supervisor = Actor.of("inspector", Role.SUPERVISOR, Role.VERIFIER)
X: dict[str, Any] = {"id": "campaign"}

NINETY_DAYS = TimeLimit(id="campaign", clock="handling", length=90, unit=Unit.DAY, basis="the campaign's plan")
A_CAMPAIGN_TAKES_NINETY_DAYS = DEFAULT_POLICY.changed(
    id="jinhua",
    time_limits=(*DEFAULT_POLICY.time_limits, NINETY_DAYS),
    categories=(Category(id="campaign", en="Campaign", zh="专项整治", time_limit="campaign"),),
)


def test_the_campaign_is_not_closed_while_503_of_2709_items_are_open():
    clock = PinnedClock()
    with Engine.open(now=clock, policy=A_CAMPAIGN_TAKES_NINETY_DAYS) as engine:
        until = clock() + timedelta(days=90)
        engine.handle_all(
            [
                c.ReportCase(
                    **X,
                    by=desk,
                    title="Campaign",
                    kind="grid",
                    channel="campaign",
                    level="district",
                    area="jh",
                    category="campaign",
                ),
                c.AcceptCase(**X, by=desk),
                c.AssignCase(**X, by=desk, lead_unit="campaign-office"),
                c.StartHandling(**X, by=office),
                AddEvidence(**X, by=office, item="photos", kind="photo", sha256="b" * 64),
            ]
        )
        numbers = [f"n{number:04d}" for number in range(1, ITEMS + 1)]
        engine.handle_all(
            lg.OpenLedgerItem(
                **X, by=office, item=key, what="problem", place="jinhua", owner="office", until=until, mandatory=False
            )
            for key in numbers
        )
        for step in (
            lambda key: lg.RectifyLedgerItem(**X, by=office, item=key, measure="fixed", evidence=("photos",)),
            lambda key: lg.VerifyLedgerItem(**X, by=supervisor, item=key),
            lambda key: lg.WriteOffLedgerItem(**X, by=supervisor, item=key),
        ):
            engine.handle_all(step(key) for key in numbers[:WRITTEN_OFF])

        case: Any = engine.get("campaign")
        statuses = Counter(item.status for item in case.items_of("ledger").values())
        assert statuses == {"written_off": 2206, "open": 503}
        rate = Fraction(statuses["written_off"], ITEMS)
        assert f"{float(rate * 100):.2f}" == "81.43"
        by_log = Counter(each.name for each in engine.history("campaign"))
        assert by_log["ledger.opened"] - by_log["ledger.written_off"] == 503

        engine.handle_all(
            [
                c.SubmitResult(**X, by=office, measure="campaign ended", evidence=("photos",)),
                c.GiveFeedback(**X, by=office, to_level="district"),
                PassVerification(**X, by=Actor.of("third", Role.VERIFIER), item="r1"),
            ]
        )
        head = engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            engine.handle(c.CloseCase(**X, by=desk))
        assert engine.store.head() == head
        assert caught.value.codes == ("no_loop_is_open",)
        listed = caught.value.broken[0].detail
        assert len(listed) == len(engine.open_loops("campaign")) == 503
        assert all(any(key in line for line in listed) for key in (numbers[WRITTEN_OFF], numbers[-1]))
        assert not any(numbers[0] in line for line in listed)
