"""Each template as an automaton against its definition, checked the slow way over random sequences of events."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow.audit.constraints.check import Constraint, Constraints, Same, Side, Template, check_stream
from govflow.audit.findings import Check, Code
from tests.audit.naive_constraints import Body, Event, Pair, broken

NAMES = ("x.a", "x.b", "x.c", "y.a", "y.end", "y.new", "y.round")
ROUNDS = (Side("y.round"), Side("x.c", "flag"))


def sides(*names: str) -> st.SearchStrategy[tuple[Side, ...]]:
    one = st.builds(Side, st.sampled_from(names), st.sampled_from(["", "", "flag"]))
    return st.lists(one, min_size=1, max_size=2).map(tuple)


@st.composite
def constraints(draw: st.DrawFn) -> Constraint:
    template = draw(st.sampled_from(list(Template)))
    first, then, by = draw(sides("x.a", "y.a")), draw(sides("x.b", "x.c", "x.a")), draw(sides("y.end", "x.c"))
    anew = draw(st.just(()) | sides("y.new", "x.b"))
    same = draw(st.sampled_from([None, Same.ITEM, Same.ROUND]))
    match template:
        case Template.EXISTENCE:
            then, same = (), None if same is Same.ITEM else same
        case Template.ABSENCE:
            first, by = draw(st.sampled_from([(), first])), ()
        case Template.RESPONSE | Template.SUCCESSION:
            by = draw(st.sampled_from([(), by]))
        case Template.CHAIN_PRECEDENCE:
            anew, by = tuple(side for side in anew if side.event.startswith("x.")), ()
        case _:
            by = ()
    return Constraint("c", template, first, then, "it holds", "成立", "here", by, anew, same)


bodies = st.builds(
    Body,
    st.sampled_from(["li", "wu", "system"]),
    st.sampled_from(["1", "2"]),
    st.booleans(),
    st.sampled_from([None, None, "wu"]),
)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    told = draw(st.lists(st.tuples(st.sampled_from(NAMES), bodies), max_size=14))
    of_record = ("y.end", "y.new", "y.round")
    return [
        Event(name, version, body._replace(item="") if name in of_record else body)
        for version, (name, body) in enumerate(told, 1)
    ]


def found(events: Sequence[Event], constraint: Constraint) -> list[Pair]:
    pairs = []
    for each in check_stream(events, Constraints([constraint], ROUNDS)):
        assert (each.code, each.found_by, each.basis) == (Code.CONSTRAINT, Check.SEMANTIC, "here")
        one, other = each.en.removesuffix(")").partition(" (")[2].split("; ")
        pairs.append((version_in(one), version_in(other)))
    return pairs


def version_in(text: str) -> int | None:
    said = re.search(r"version (\d+)", text)
    return int(said[1]) if said else None


@settings(max_examples=60)
@given(streams(), constraints())
def test_one_pass_finds_the_pairs_that_comparing_every_event_with_every_other_finds(events, constraint):
    assert sorted(found(events, constraint), key=str) == sorted(broken(events, constraint, ROUNDS), key=str)


@pytest.mark.slow
@settings(max_examples=5000)
@given(streams(), constraints())
def test_it_finds_them_in_many_more_streams(events, constraint):
    assert sorted(found(events, constraint), key=str) == sorted(broken(events, constraint, ROUNDS), key=str)


def told(*names: str, by: str = "li") -> list[Event]:
    return [Event(name, version, Body(by, "", flag=False)) for version, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("template", "events", "pairs"),
    [
        (Template.PRECEDENCE, ("x.b", "x.a", "x.b"), [(None, 1)]),
        (Template.SUCCESSION, ("x.b", "x.a"), [(None, 1), (2, None)]),
        (Template.RESPONSE, ("x.a", "x.b", "x.a", "x.a"), [(3, None)]),
        (Template.CHAIN_PRECEDENCE, ("x.a", "x.c", "x.b"), [(2, 3)]),
        (Template.NOT_COEXISTENCE, ("x.b", "x.b", "x.a", "x.a"), [(3, 2)]),
        (Template.ABSENCE, ("x.b", "x.a", "x.b"), [(2, 3)]),
        (Template.FOUR_EYES, ("x.b", "x.a", "x.b"), [(2, 3)]),
    ],
)
def test_a_template_names_the_pair_that_breaks_it(template, events, pairs):
    assert found(told(*events), Constraint("c", template, (Side("x.a"),), (Side("x.b"),), "e", "z", "here")) == pairs


def test_existence_asks_by_when_it_must_have_been():
    constraint = Constraint("c", Template.EXISTENCE, (Side("x.a"),), (), "e", "z", "here", by=(Side("y.end"),))

    assert found(told("y.end", "x.a", "y.end"), constraint) == [(None, 1)]
    assert found(told("x.b"), constraint) == []


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (("li", "wu"), ("wu", None)),
        (("li", "wu"), ("li", None)),
        (("wu", None), ("li", "wu")),
        (("li", "wu"), ("zhao", "wu")),
    ],
)
def test_what_a_substitute_does_counts_as_done_by_both(first, then):
    constraint = Constraint("c", Template.FOUR_EYES, (Side("x.a"),), (Side("x.b"),), "e", "z", "here")
    one, other = told("x.a", "x.b")

    def by(event: Event, who: tuple[str, str | None]) -> Event:
        return event._replace(body=event.body._replace(by=who[0], in_stead_of=who[1]))

    assert found([by(one, first), by(other, then)], constraint) == [(1, 2)]
    assert found([by(one, first), by(other, ("chen", "sun"))], constraint) == []


def test_what_the_system_does_by_rule_is_nobodys_hand():
    constraint = Constraint("c", Template.FOUR_EYES, (Side("x.a"),), (Side("x.b"),), "e", "z", "here")

    assert found(told("x.a", "x.b", by="system"), constraint) == []


def test_what_no_constraint_names_is_not_looked_at():
    constraint = Constraint("c", Template.PRECEDENCE, (Side("x.a"),), (Side("x.b"),), "e", "z", "here")
    ready = Constraints([constraint], ROUNDS)

    assert [name for name in NAMES if ready.concerns(name)] == ["x.a", "x.b", "x.c", "y.round"]
    assert not list(check_stream([Event("z.other", 1, None)], ready))  # type: ignore[arg-type]  # its body is not read
