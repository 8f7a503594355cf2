"""Commitments with a measure: money, people, places, goods, services, delivered in parts, never beyond the promise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from govflow import Actor, NotAllowed, Role
from govflow.messages import digest_of
from govflow.regions.commitment import (
    Commitment,
    CommitmentMade,
    CommitmentPartlyFulfilled,
    FulfilPartOfCommitment,
    KeepCommitment,
    MakeCommitment,
)
from govflow.regions.contribution import Contribution, PairingScope, Theme
from govflow.regions.evidence import AddEvidence
from govflow.testing import START
from tests.support import Town, a_case, a_town, community, lead

X: dict[str, Any] = {"id": "x"}
UNTIL = START + timedelta(days=60)
MONEY: dict[str, Any] = {"matter": "money", "amount": 100_000}
HOURS: dict[str, Any] = {"matter": "people", "quantity": 40, "measure_unit": "person-hours"}


def a_promise(**said: Any) -> MakeCommitment:
    return MakeCommitment(**X, by=lead, **{"item": "p", "what": "a roof", "owner": "water", "until": UNTIL, **said})


def a_part(**said: Any) -> FulfilPartOfCommitment:
    return FulfilPartOfCommitment(**X, by=lead, item="p", measure="delivered", evidence=("slip",), **said)


def promised(**said: Any) -> Town:
    town = a_town()
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=lead, item="slip", kind="receipt", sha256="0" * 64), a_promise(**said))
    return town


def promise(town: Town) -> Commitment:
    found: Commitment = town.engine.get("x").item("commitment", "p")
    return found


def refusal(town: Town, command: Any) -> NotAllowed:
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    return caught.value


@pytest.mark.parametrize(
    "said",
    [
        {},
        MONEY,
        HOURS,
        {"matter": "place", "quantity": 2, "measure_unit": "days of the hall"},
        {"matter": "goods", "quantity": 30, "measure_unit": "bags"},
        {"matter": "service", "quantity": 5, "measure_unit": "consultations"},
    ],
)
def test_a_promise_says_of_what_it_is_and_how_much(said: dict[str, Any]):
    town = promised(**said)
    kept = promise(town)
    named = {name: getattr(kept, name) or None for name in ("matter", "amount", "quantity", "measure_unit")}
    assert {name: value for name, value in named.items() if value is not None} == said
    assert kept.measure == said.get("amount", said.get("quantity", 0))
    assert kept.delivered == 0


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"amount": 100}, "of what is not said"),
        ({"quantity": 3, "measure_unit": "days"}, "of what is not said"),
        ({"resource": "RS-1"}, "of what is not said"),
        ({"matter": "money"}, "the amount of money is missing"),
        ({"matter": "money", "amount": 0}, "the amount of money is missing"),
        ({**MONEY, "quantity": 1}, "money is measured by its amount alone"),
        ({**MONEY, "measure_unit": "yuan"}, "money is measured by its amount alone"),
        ({**HOURS, "amount": 5}, "only money has an amount"),
        ({**HOURS, "quantity": 0}, "the quantity is missing"),
        ({**HOURS, "measure_unit": " "}, "the unit of measure is missing"),
        ({**HOURS, "measure_unit": "hours of 13812345678"}, "the unit of measure carries personal data"),
    ],
)
def test_a_promise_that_is_measured_wrongly_is_refused(said: dict[str, Any], detail: str):
    town = a_town()
    a_case(town, "in_handling", id="x")
    refused = refusal(town, a_promise(**said))
    assert "contribution_is_measured" in refused.codes
    broken = next(each for each in refused.broken if each.code == "contribution_is_measured")
    assert any(each.startswith(detail) for each in broken.detail)
    assert all(getattr(each, "zh", each) != each for each in broken.detail)


def test_a_promise_out_of_a_resource_needs_one_that_is_there_and_a_record_that_books_it():
    town = a_town()
    a_case(town, "in_handling", id="x")
    refused = refusal(town, a_promise(**HOURS, resource="RS-1"))
    assert refused.codes == ("resource_is_on_offer",)
    assert refused.broken[0].detail == ("there is no resource RS-1", "a case books no resources")


def test_a_case_is_no_resource():
    town = a_town()
    a_case(town, "in_handling", id="x")
    assert "there is no resource x" in refusal(town, a_promise(**HOURS, resource="x")).broken[0].detail


@pytest.mark.parametrize(("said", "field"), [(MONEY, "amount"), (HOURS, "quantity")])
def test_parts_are_counted_up_to_what_was_promised_and_not_beyond(said: dict[str, Any], field: str):
    town = promised(**said)
    whole = said[field]
    town.do(a_part(**{field: whole - 10}))
    assert promise(town).delivered == whole - 10
    assert refusal(town, a_part(**{field: 11})).codes == ("part_is_within_the_promise",)
    town.do(a_part(**{field: 10}))
    assert promise(town).delivered == whole == promise(town).measure
    assert refusal(town, a_part(**{field: 1})).codes == ("part_is_within_the_promise",)


@pytest.mark.parametrize("part", [{"amount": 1}, {"quantity": 1}])
def test_nothing_is_measured_of_what_was_promised_without_a_measure(part: dict[str, Any]):
    town = promised()
    assert refusal(town, a_part(**part)).codes == ("part_is_within_the_promise",)
    town.do(a_part())
    assert promise(town).hands == ("li",)


def test_a_part_of_a_measured_promise_says_how_much_it_is_and_in_its_own_measure():
    town = promised(**HOURS)
    assert refusal(town, a_part()).codes == ("part_is_within_the_promise",)
    assert refusal(town, a_part(amount=5)).codes == ("part_is_within_the_promise",)
    town.do(a_part(quantity=5))
    assert promise(town).delivered_quantity == 5


def test_what_was_kept_was_delivered_in_full():
    town = promised(**HOURS)
    town.do(a_part(quantity=5), KeepCommitment(**X, by=community, item="p"))
    assert (promise(town).status, promise(town).delivered) == ("kept", 40)


def test_a_broken_promise_may_still_be_delivered_in_parts():
    town = promised(**MONEY, until=START + timedelta(days=2))
    town.pass_days(3)
    town.engine.tick()
    assert promise(town).status == "broken"
    town.do(a_part(amount=100_000), KeepCommitment(**X, by=community, item="p"))
    assert (promise(town).status, promise(town).was_broken) == ("kept", True)


def test_what_was_stored_before_promises_had_a_measure_is_read_as_it_was():
    old = {"at": "2026-01-05T01:00:00Z", "by": "li", "item": "p", "what": "repave", "owner": "li", "until": UNTIL}
    made = CommitmentMade.model_validate(old)
    assert (made.matter, made.amount, made.quantity, made.measure_unit, made.resource) == (None,) * 5
    part = CommitmentPartlyFulfilled.model_validate({"at": old["at"], "by": "li", "item": "p", "measure": "half"})
    assert (part.amount, part.quantity) == (None, None)


def test_commands_of_before_keep_their_digests():
    """The digests stand in logs: a command that is repeated there must be known again."""
    water = Actor.of("li", Role.LEAD_UNIT, unit="water")
    until = START.replace(year=2026, month=5, day=1, hour=0, minute=0, second=0)
    made = MakeCommitment(id="case", by=water, item="p", what="a new pipe", owner="water", until=until, public=True)
    part = FulfilPartOfCommitment(id="case", by=water, item="p", measure="half", evidence=("e1",))
    assert digest_of(made) == "398d2f21cdcd6a817a7ae8cf3f2afb87"
    assert digest_of(part) == "bad3f8dd18c5edbf61198fa8450bdd17"


def test_the_words_of_the_field_have_their_chinese_terms():
    for words in (Contribution, PairingScope, Theme):
        assert all(word.zh and word.zh != word for word in words)
    assert [scope.rank for scope in PairingScope] == [0, 1, 2, 3]


def test_replay_gives_the_same_promise(tmp_path: Any):
    town = a_town(tmp_path / "log.db")
    a_case(town, "in_handling", id="x")
    town.do(AddEvidence(**X, by=lead, item="slip", kind="receipt", sha256="0" * 64), a_promise(**HOURS))
    town.do(a_part(quantity=7))
    before = town.engine.get("x").digest
    town.engine.close()
    assert a_town(tmp_path / "log.db").engine.get("x").digest == before
