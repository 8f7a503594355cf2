"""S9 金华 销号: 2709 problems on a campaign's ledger, 2206 written off; not closed before the last one is.

12 units were circulated and 7 of them interviewed: counted from the log, as supervision events.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from govflow import CASE, Actor, Engine, NotAllowed, Role
from govflow.beside import CAMPAIGN, Progress, progress, progress_by_topic
from govflow.beside.campaign_messages import CloseCampaign, PlanCampaign, StartCampaign
from govflow.regions import ledger as lg
from govflow.regions import supervision as sv
from govflow.regions.evidence import AddEvidence
from govflow.testing import PinnedClock

ITEMS, WRITTEN_OFF = 2709, 2206
NUMBERS = [f"n{number:04d}" for number in range(1, ITEMS + 1)]
UNITS = [f"unit-{number:02d}" for number in range(1, 31)]
TOPICS = ("service", "conduct", "procedure")

X: dict[str, Any] = {"id": "jinhua"}
district = Actor.of("district", Role.DISTRICT)
office = Actor.of("office", Role.LEAD_UNIT, unit="campaign-office")
inspector = Actor.of("inspector", Role.SUPERVISOR, Role.VERIFIER, unit="discipline")
CLOSE = CloseCampaign(**X, by=district, summary="2709 problems found and put right")


def unit_of(key: str) -> str:
    return UNITS[int(key[1:]) % len(UNITS)]


def rectify(key: str) -> lg.RectifyLedgerItem:
    unit = unit_of(key)
    by = Actor.of(f"head-of-{unit}", Role.ORGANISATION, unit=unit)
    return lg.RectifyLedgerItem(**X, by=by, item=key, measure="put right", evidence=("report",))


def struck_off(engine: Engine, keys: list[str]) -> None:
    """Put right by its own unit, found so by somebody of none of them, and struck off: step by step in one go each."""
    engine.handle_all(rectify(key) for key in keys)
    engine.handle_all(lg.VerifyLedgerItem(**X, by=inspector, item=key) for key in keys)
    engine.handle_all(lg.WriteOffLedgerItem(**X, by=inspector, item=key) for key in keys)


def supervised(engine: Engine, units: list[str], interviewed: list[str]) -> None:
    """Slow units are urged and named before the others; the leaders of some are interviewed; then it is lifted."""
    why = {"reason_code": "poor_handling", "reason": "problems left as they were"}
    for unit in units:
        at = {**X, "item": f"discipline.{unit}"}
        engine.handle(sv.UrgeSupervision(**at, by=inspector, owner=unit, **why))
        engine.handle(sv.CirculateSupervision(**at, by=inspector, to=tuple(UNITS), **why))
        if unit in interviewed:
            engine.handle(sv.InterviewSupervision(**at, by=inspector, whom=f"head-of-{unit}", **why))


def test_the_campaign_is_not_closed_while_503_of_2709_items_are_open():
    clock = PinnedClock()
    with Engine.open(records=[CASE, CAMPAIGN], now=clock) as engine:
        until = clock() + timedelta(days=90)
        plan = PlanCampaign(
            **X,
            by=district,
            title="Service and conduct of the departments",
            kind="rectification",
            level="district",
            area="jinhua",
            lead_unit="campaign-office",
            units=tuple(UNITS),
            topics=TOPICS,
            until=until,
        )
        engine.handle_all(
            [
                plan,
                StartCampaign(**X, by=office),
                AddEvidence(**X, by=office, item="report", kind="document", sha256="b" * 64),
            ]
        )
        engine.handle_all(
            lg.OpenLedgerItem(
                **X,
                by=office,
                item=key,
                what="problem",
                place="jinhua",
                owner=unit_of(key),
                until=until,
                topic=TOPICS[number % 3],
            )
            for number, key in enumerate(NUMBERS)
        )
        struck_off(engine, NUMBERS[:WRITTEN_OFF])

        campaign: Any = engine.get("jinhua")
        assert progress(campaign) == Progress(ITEMS, WRITTEN_OFF, 503)
        rate = progress(campaign).rate
        assert rate is not None
        assert f"{float(rate * 100):.2f}" == "81.43"
        by_topic = progress_by_topic(campaign)
        assert [sum(each) for each in zip(*by_topic.values(), strict=True)] == [ITEMS, WRITTEN_OFF, 503]
        assert {topic: each.items for topic, each in by_topic.items()} == dict.fromkeys(TOPICS, 903)
        log = Counter(each.name for each in engine.history("jinhua"))
        assert (log["ledger.opened"], log["ledger.written_off"]) == (ITEMS, WRITTEN_OFF)

        # one unit's problem that is not put right holds none of another unit's back (边查边改 M056)
        some = NUMBERS[WRITTEN_OFF : WRITTEN_OFF + 2]
        engine.handle_all(rectify(key) for key in some)
        engine.handle(lg.RefuseLedgerItem(**X, by=inspector, item=some[0], reason="only on paper"))
        assert {key: engine.get("jinhua").item("ledger", key).status for key in some} == {
            some[0]: "reopened",
            some[1]: "rectified",
        }

        supervised(engine, UNITS[:12], UNITS[:7])
        assert len(engine.open_loops("jinhua")) == 503 + 12
        engine.handle_all(
            sv.LiftSupervision(**X, by=district, item=f"discipline.{unit}", reason="answered") for unit in UNITS[:12]
        )
        said = [each.body for each in engine.history("jinhua")]
        circulated = {each.item for each in said if isinstance(each, sv.SupervisionCirculated)}
        interviewed = {each.item for each in said if isinstance(each, sv.SupervisionInterviewed)}
        assert (len(circulated), len(interviewed)) == (12, 7)

        head = engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            engine.handle(CLOSE)
        assert engine.store.head() == head
        assert caught.value.codes == ("no_loop_is_open",)
        listed = caught.value.broken[0].detail
        assert len(listed) == len(engine.open_loops("jinhua")) == 503
        named = {key for key in NUMBERS if any(f"ledger {key} " in line for line in listed)}
        assert named == set(NUMBERS[WRITTEN_OFF:])

        engine.handle(rectify(some[0]))
        engine.handle_all(lg.VerifyLedgerItem(**X, by=inspector, item=key) for key in some)
        engine.handle_all(lg.WriteOffLedgerItem(**X, by=inspector, item=key) for key in some)
        struck_off(engine, NUMBERS[WRITTEN_OFF + 2 : -1])
        with pytest.raises(NotAllowed) as caught:
            engine.handle(CLOSE)
        assert [NUMBERS[-1] in line for line in caught.value.broken[0].detail] == [True]
        struck_off(engine, NUMBERS[-1:])
        assert engine.handle(CLOSE).status == "closed"
