"""Who may act where: claims reach by area and level, ids and areas are checked, the system acts by rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govflow import SYSTEM, Actor, Claim, ClaimsAuthority, Level, Role
from govflow.actors import claim_for, covers

GRID, COMMUNITY, TOWN, DISTRICT = Level


@pytest.mark.parametrize(
    ("held", "asked", "reached"),
    [
        ("", "a/b", True),
        ("a", "a/b", True),
        ("a/b", "a/b", True),
        ("a/b", "a", False),
        ("a/b", "a/bc", False),
        ("a/b", "", False),
        ("a", "b", False),
    ],
)
def test_an_area_covers_itself_and_all_below_it(held, asked, reached):
    assert covers(Claim(role="x", area=held), None, asked) is reached


@pytest.mark.parametrize(
    ("role", "levels"),
    [
        (Role.DISPATCHER, {COMMUNITY}),
        (Role.ACCEPTANCE_DESK, {COMMUNITY}),
        (Role.SUPERVISOR, {GRID, COMMUNITY}),
        (Role.TOWN, {GRID, COMMUNITY}),
        (Role.REVIEW_BODY, {GRID}),
        (Role.LEAD_UNIT, {GRID, COMMUNITY, TOWN, DISTRICT}),
    ],
)
def test_which_levels_a_claim_of_a_community_reaches_depends_on_its_role(role, levels):
    assert {level for level in Level if covers(Claim(role=role, level=COMMUNITY), level, "")} == levels


def test_a_claim_without_a_level_and_a_matter_without_one_fit_everything():
    assert covers(Claim(role=Role.DISPATCHER), TOWN, "")
    assert covers(Claim(role=Role.DISPATCHER, level=TOWN), None, "")


def test_levels_are_in_order_and_the_district_is_the_highest():
    assert [level.rank for level in Level] == [0, 1, 2, 3]
    assert [level.next_up for level in Level] == [COMMUNITY, TOWN, DISTRICT, None]


def test_the_first_claim_that_fits_is_taken():
    claims = (Claim(role="desk", area="b"), Claim(role="desk", unit="one"), Claim(role="desk", unit="two"))
    assert claim_for(claims, ["desk", "x"], None, "a") == claims[1]
    assert claim_for(claims, ["other"], None, "a") is None


def test_an_actor_of_several_roles_holds_them_all_in_one_place():
    actor = Actor.of("li", "lead_unit", "unit_head", unit="water", level="town", area="a/b")
    assert [claim.role for claim in actor.claims] == ["lead_unit", "unit_head"]
    assert {(claim.unit, claim.level, claim.area) for claim in actor.claims} == {("water", TOWN, "a/b")}
    assert ClaimsAuthority().claims(actor, datetime(2026, 3, 2, tzinfo=UTC), lambda id: None) == actor.claims


def test_the_system_holds_its_own_role_alone():
    assert SYSTEM.claims == (Claim(role=Role.SYSTEM),)


@pytest.mark.parametrize("id", ["", "Wang Xiaoming", "王", "a/b", "x" * 65, 'a"b', "a\nb"])
def test_ids_are_not_names(id):
    with pytest.raises(ValidationError):
        Actor.of(id)


@pytest.mark.parametrize("area", ["/a", "a/", "a//b", "a b", "a\n", "x" * 201])
def test_areas_are_paths(area):
    with pytest.raises(ValidationError):
        Claim(role="x", area=area)


@given(st.text(alphabet="ab/", max_size=6), st.text(alphabet="ab/", max_size=6))
def test_areas_cover_as_paths_do(held, asked):
    def parts(path: str) -> list[str]:
        return [part for part in path.split("/") if part]

    try:
        claim: Any = Claim(role="x", area=held)
        Claim(role="x", area=asked)
    except ValidationError:
        return
    assert covers(claim, None, asked) == (parts(asked)[: len(parts(held))] == parts(held))


def test_a_name_where_a_pseudonym_belongs_does_not_come_back_in_the_error():
    for wrong in (lambda: Actor.of("王小明 13912345678"), lambda: Claim(role="王小明 13912345678")):
        with pytest.raises(ValidationError) as caught:
            wrong()
        assert "王小明" not in str(caught.value)
