"""Who holds what at a moment, by the directory alone; a naive reading of the whole log is the oracle 权限."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govflow import SYSTEM, Actor, Level, NotAllowed, Role
from govflow.actors import Claim, covers
from govflow.organisation import DIRECTORY_ID, DirectoryAuthority
from govflow.organisation.appointments import Appoint, Appointed, AppointmentEnded, EndAppointment
from govflow.organisation.interests import DeclareInterest, LiftInterest
from govflow.organisation.substitutions import (
    ArrangeSubstitution,
    EndSubstitution,
    SubstitutionArranged,
    SubstitutionEnded,
)
from tests.organisation.office import ANN, Office, an_office, on

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def office() -> Office:
    return an_office()


# --- examples --------------------------------------------------------------------------------------------------------


def test_without_a_directory_nobody_holds_anything_but_what_the_public_holds():
    office = Office()
    assert office.authority.claims(ANN, on(0), office.look_up) == (Claim(role="resident"), Claim(role="reporter"))
    assert DirectoryAuthority().claims(Actor.of("eve", *Role), on(0), office.look_up) == ()
    assert office.authority.interests(ANN, on(0), office.look_up) == frozenset()
    assert office.holders(*Role) == []


def test_what_an_actor_claims_of_himself_is_passed_over(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    claims = DirectoryAuthority().claims(Actor.of("bo", Role.DISTRICT, unit="bureau"), on(0), office.look_up)
    post = {"role": Role.DISPATCHER, "unit": "desk", "level": Level.TOWN, "area": "jinniu/east"}
    assert claims == (Claim(**post, unit_within=("bureau",)),)


def test_an_appointment_runs_from_its_beginning_on_and_before_its_end(office: Office):
    office.appoint("bo", Role.DISPATCHER, valid_from=on(1), valid_to=on(2))
    post = {("dispatcher", "desk", None)}
    held = [office.claims("bo", at) for at in (on(1) - MICROSECOND, on(1), on(2) - MICROSECOND, on(2))]
    assert held == [set(), post, post, set()]


def test_a_substitute_holds_the_posts_of_the_absent_one_while_both_run(office: Office):
    office.appoint("bo", Role.DISPATCHER, valid_from=on(2), valid_to=on(6))
    office.appoint("bo", Role.VERIFIER, "water", valid_from=on(0))
    office.appoint("cy", Role.CALLBACK, valid_from=on(0))
    stand_in = {"actor": "cy", "absent": "bo"}
    office.do(
        ArrangeSubstitution(by=ANN, **stand_in, valid_from=on(1), valid_to=on(4)),
        ArrangeSubstitution(by=ANN, **stand_in, valid_from=on(5), valid_to=on(9), roles=("dispatcher",)),
    )
    own = ("callback", "desk", None)
    dispatching, verifying = ("dispatcher", "desk", "bo"), ("verifier", "water", "bo")
    for day, held in [
        (0, {own}),
        (1, {own, verifying}),
        (2, {own, verifying, dispatching}),
        (4, {own}),
        (5, {own, dispatching}),
        (6, {own}),
    ]:
        assert office.claims("cy", on(day)) == held, day
    assert office.claims("bo", on(3)) == {("dispatcher", "desk", None), ("verifier", "water", None)}


def test_own_claims_come_before_those_in_anothers_stead(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    office.do(ArrangeSubstitution(by=ANN, actor="cy", absent="bo", valid_from=on(0), valid_to=on(9)))
    office.appoint("cy", Role.DISPATCHER)
    claims = DirectoryAuthority().claims(Actor(id="cy"), on(0), office.look_up)
    assert [claim.standing_in_for for claim in claims] == [None, "bo"]


def test_holders_are_found_by_role_level_and_area_each_once(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    office.appoint("bo", Role.VERIFIER)
    office.appoint("cy", Role.DISPATCHER, "bureau", part_time=True)
    office.appoint("dan", Role.SUPERVISOR, "bureau")
    office.appoint("eli", Role.DISPATCHER, valid_from=on(3))
    office.do(ArrangeSubstitution(by=ANN, actor="fay", absent="bo", valid_from=on(0), valid_to=on(2)))
    east: dict[str, Any] = {"area": "jinniu/east/river"}
    assert office.holders("dispatcher", "verifier", level=Level.TOWN, **east) == ["bo", "fay"]
    assert office.holders("dispatcher", level=Level.DISTRICT) == ["cy"]
    assert office.holders("dispatcher", "supervisor", **east) == ["bo", "cy", "dan", "fay"]
    assert office.holders("dispatcher", level=Level.TOWN, area="jinniu/west") == []
    assert office.holders("supervisor", level=Level.COMMUNITY, area="jinniu/west") == ["dan"]
    assert office.holders("dispatcher", level=Level.TOWN, **east, at=on(2)) == ["bo"]
    assert office.holders("dispatcher", level=Level.TOWN, **east, at=on(3)) == ["bo", "eli"]


def test_a_change_of_the_directory_counts_from_the_next_command_on(office: Office):
    bo = Actor(id="bo")
    post: dict[str, Any] = {"actor": "cy", "role": Role.DISPATCHER, "unit": "desk"}
    key = office.appoint("bo", Role.DISTRICT, "bureau")
    office.do(Appoint(by=bo, **post))
    with pytest.raises(NotAllowed):  # in one transaction: what comes second is judged by what came first
        office.engine.handle_all([EndAppointment(by=ANN, item=key), Appoint(by=bo, **post | {"unit": "water"})])
    office.do(Appoint(by=bo, **post | {"unit": "water"}), EndAppointment(by=ANN, item=key))
    assert office.refused(Appoint(by=bo, **post | {"unit": "bureau"})) == {"role_is_held"}


def test_a_substitute_keeps_away_from_what_the_absent_one_must_keep_away_from_and_only_meanwhile(office: Office):
    office.appoint("bo", Role.DISPATCHER)
    office.appoint("cy", Role.VERIFIER)
    for actor, subject in (("bo", "s-1"), ("bo", "cy"), ("cy", "s-2")):
        office.do(DeclareInterest(by=ANN, actor=actor, subject=subject, ground="kin"))
    office.do(ArrangeSubstitution(by=ANN, actor="cy", absent="bo", valid_from=on(1), valid_to=on(3)))

    told = [office.authority.interests(Actor(id="cy"), on(day), office.look_up) for day in (0.5, 1, 2.9, 3)]

    assert told == [{"s-2"}, {"s-1", "s-2"}, {"s-1", "s-2"}, {"s-2"}]
    assert office.authority.interests(Actor(id="bo"), on(2), office.look_up) == {"s-1", "cy"}

    office.clock.set(on(2))
    office.do(LiftInterest(by=ANN, item="1"))
    assert office.authority.interests(Actor(id="cy"), on(2), office.look_up) == {"s-2"}


def test_one_authority_serves_several_logs(office: Office):
    other = Office()
    office.appoint("bo", Role.DISPATCHER)
    for _ in range(2):
        assert len(office.authority.claims(Actor(id="bo"), on(0), office.look_up)) == 3
        assert len(office.authority.claims(Actor(id="bo"), on(0), other.look_up)) == 2


def test_the_past_is_asked_about_the_directory_as_it_stood_then(office: Office):
    key = office.appoint("bo", Role.DISPATCHER)
    office.clock.advance(days=3)
    office.do(EndAppointment(by=ANN, item=key, valid_to=on(1)))

    def look_up(id: str) -> Any:
        return office.engine.as_of(id, on(2))

    bo = Actor(id="bo")
    now, then = (DirectoryAuthority().claims(bo, on(2), each) for each in (office.look_up, look_up))
    assert (len(now), len(then)) == (0, 1)


# --- against a naive reading of the log ------------------------------------------------------------------------------

PEOPLE = ("bo", "cy", "dan", "eli")
ROLES = (Role.DISPATCHER, Role.VERIFIER, Role.SUPERVISOR)
AREAS = ("jinniu", "jinniu/east", "jinniu/east/river", "jinniu/west")

days = st.integers(-3, 12).map(on)
periods = st.tuples(days, st.none() | days).filter(lambda period: period[1] is None or period[0] < period[1])


@st.composite
def personnel(draw: Any) -> Any:
    """A command to the directory; not all will be allowed."""
    person, other = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
    start, end = draw(periods)
    match draw(st.sampled_from("aaassex")):
        case "a":
            area = draw(st.sampled_from(("", *AREAS)))
            role, unit = draw(st.sampled_from(ROLES)), draw(st.sampled_from(("desk", "water")))
            return Appoint(by=SYSTEM, actor=person, role=role, unit=unit, area=area, valid_from=start, valid_to=end)
        case "s":
            roles = draw(st.lists(st.sampled_from(ROLES), max_size=1))
            stand_in = {"actor": person, "absent": other, "roles": tuple(roles)}
            return ArrangeSubstitution(by=SYSTEM, **stand_in, valid_from=start, valid_to=end or on(12))
        case "e":
            return EndAppointment(by=SYSTEM, item=str(draw(st.integers(1, 6))), valid_to=start)
        case _:
            return EndSubstitution(by=SYSTEM, item=str(draw(st.integers(1, 3))), valid_to=start)


def naive_claims(office: Office, actor: str, at: datetime) -> list[Claim]:
    """What the events say, read from the first to the last for each question."""
    bodies: list[Any] = [recorded.body for recorded in office.engine.history(DIRECTORY_ID)]

    def runs(made: Any, ended: Any) -> bool:
        ends = [made.valid_to]
        ends += [body.valid_to for body in bodies if type(body) is ended and body.item == made.item]
        return bool(made.valid_from <= at) and all(end is None or at < end for end in ends)

    def posts(person: str) -> Iterable[Any]:
        return (
            body
            for body in bodies
            if isinstance(body, Appointed) and body.actor == person and runs(body, AppointmentEnded)
        )

    def claim(post: Any, instead: str | None = None) -> Claim:
        within = {"desk": ("bureau",), "water": ("bureau",)}.get(post.unit, ())  # as the office is set up
        post = {"role": post.role, "unit": post.unit, "level": post.level, "area": post.area}
        return Claim(**post, standing_in_for=instead, unit_within=within)

    found = [claim(post) for post in posts(actor)]
    for body in bodies:
        if isinstance(body, SubstitutionArranged) and body.actor == actor and runs(body, SubstitutionEnded):
            found += [claim(post, body.absent) for post in posts(body.absent) if post.role in (body.roles or ROLES)]
    return found


@given(st.lists(personnel(), max_size=14), st.lists(days, min_size=3, max_size=3))
def test_the_authority_agrees_with_a_naive_reading_of_the_log(given: list[Any], moments: list[datetime]):
    office = an_office()
    for command in given:
        try:
            office.engine.handle(command)
        except NotAllowed:
            continue
        held = {actor: office.authority.claims(Actor(id=actor), on(1), office.look_up)[:-2] for actor in PEOPLE}
        assert held == {actor: tuple(naive_claims(office, actor, on(1))) for actor in PEOPLE}
    for moment in moments:
        for at in (moment, moment - MICROSECOND):
            told = {actor: naive_claims(office, actor, at) for actor in PEOPLE}
            authority = DirectoryAuthority()
            for actor, claims in told.items():
                assert authority.claims(Actor(id=actor), at, office.look_up) == tuple(claims)
            for role in ROLES:
                for level, area in ((None, "jinniu/east"), (Level.TOWN, "jinniu/west"), (Level.DISTRICT, "jinniu")):
                    fitting = [
                        actor
                        for actor, claims in told.items()
                        if any(claim.role == role and covers(claim, level, area) for claim in claims)
                    ]
                    found = authority.holders({role}, level, area, at, office.look_up)
                    assert list(dict.fromkeys(each.actor for each in found)) == sorted(fitting)


@given(st.lists(personnel(), max_size=14))
@example([])
def test_a_directory_read_back_from_the_log_equals_the_one_that_was_kept(given: list[Any]):
    office = an_office()
    for command in given:
        try:
            office.engine.handle(command)
        except NotAllowed:
            continue
    kept = office.directory
    read = office.engine.log.fold(DIRECTORY_ID)
    assert read == kept
    assert read.digest == kept.digest
    for item in kept.items_of("substitution").values():  # nobody stands in for a substitute
        for other in kept.items_of("substitution").values():
            if item.actor == other.absent:
                assert item.valid_to <= other.valid_from or other.valid_to <= item.valid_from or _empty(item, other)


def _empty(*items: Any) -> bool:
    return any(item.valid_to <= item.valid_from for item in items)
