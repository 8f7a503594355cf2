"""The roll of voters: a map that is changed without being copied, read from anything, frozen by its digest."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from immutables import Map
from pydantic import Field, ValidationError

from govflow.actors import Id
from govflow.messages import Value
from govflow.policy.procedures import Base
from govflow.voting import Ballot, Ledger, Roll, Turnout, Voter, enrolled, entitled, roll_digest, struck
from govflow.voting.roll import unknown
from tests.voting.elections import NOBODY, rolls

ANNA, BO = Voter(id="anna", household="h-1", area=8950), Voter(id="bo")


class Kept(Value):
    """A state that keeps a roll and ballots."""

    roll: Roll = Field(default_factory=Map)
    ballots: Ledger[Id, Ballot] = Field(default_factory=Map)


def test_a_roll_is_a_field_of_a_value_and_comes_back_from_its_json_in_the_order_of_ids():
    kept = Kept(roll=enrolled(NOBODY, [BO, ANNA]), ballots=Map(bo=Ballot(choice=("yes",))))
    text = kept.model_dump_json()
    assert text == (
        '{"roll":{"anna":{"id":"anna","household":"h-1","area":8950},"bo":{"id":"bo","household":null,"area":0}},'
        '"ballots":{"bo":{"choice":["yes"],"scores":{}}}}'
    )
    assert Kept.model_validate_json(text) == kept
    assert hash(Kept(roll=kept.roll)) == hash(Kept(roll={"anna": ANNA, "bo": {"id": "bo"}}))
    assert Kept() == Kept.model_validate_json("{}")


def test_a_roll_that_is_one_already_is_kept_as_it_is():
    roll = enrolled(NOBODY, [ANNA])
    assert Kept(roll=roll).roll is roll


def test_a_roll_is_described_in_the_schema_of_its_value():
    for mode in ("validation", "serialization"):
        schema = Kept.model_json_schema(mode=mode)
        assert "$ref" in str(schema["properties"]["roll"])


@pytest.mark.parametrize(
    "roll", [{"a b": ANNA}, {"anna": "Anna"}, [ANNA], Map({"anna": 3}), {"x": {"id": "x", "area": -1}}]
)
def test_what_is_no_roll_is_refused(roll):
    with pytest.raises(ValidationError):
        Kept(roll=roll)


def test_voters_are_enrolled_replaced_and_struck_and_the_old_roll_stays():
    first = enrolled(NOBODY, [ANNA, BO])
    second = struck(enrolled(first, [ANNA.changed(area=1)]), ["bo", "nobody"])
    assert dict(second) == {"anna": ANNA.changed(area=1)}
    assert dict(first) == {"anna": ANNA, "bo": BO}


@given(rolls())
def test_entitled_is_a_plain_count(roll):
    homes = {voter.household for voter in roll.values() if voter.household}
    area = sum(voter.area for voter in roll.values())
    assert entitled(roll) == Turnout(persons=len(roll), households=len(homes), area=area)


def test_the_digest_is_over_one_line_for_each_voter():
    roll = enrolled(NOBODY, [BO, ANNA])
    assert roll_digest(roll) == hashlib.sha256(b"anna\th-1\t8950\nbo\t\t0\n").hexdigest()
    assert roll_digest(NOBODY) == hashlib.sha256(b"").hexdigest()


@given(rolls())
def test_the_digest_sees_every_figure(roll):
    one = next(iter(roll.values()))
    others = [one.changed(area=one.area + 1), one.changed(household="other"), one.changed(id="another")]
    digests = {roll_digest(enrolled(struck(roll, [one.id]), [other])) for other in others}
    assert len({roll_digest(roll), *digests}) == 4


def test_who_is_not_known_well_enough_for_a_rule_is_named():
    roll = enrolled(NOBODY, [ANNA, BO])
    assert list(unknown(roll, {Base.HOUSEHOLDS})) == ["bo"]
    assert list(unknown(roll, {Base.AREA, Base.PERSONS})) == ["bo"]
    assert list(unknown(roll, {Base.PERSONS})) == []
