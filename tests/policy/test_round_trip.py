"""Any quorum rule, body and procedure comes back from a JSON or TOML file as it went out."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from govflow.interchange.policy_files import policy_as_text, policy_from
from govflow.policy import (
    Among,
    Appraisal,
    BallotForm,
    Base,
    Body,
    DecisionProcedure,
    Filing,
    Majority,
    Method,
    Policy,
    Presence,
    QuorumRule,
    Share,
    StageRule,
    SupportRule,
    Tie,
    VoteRule,
)

IDS = st.from_regex(r"[a-z][a-z0-9.-]{0,8}", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)
BASIS = WORDS
PAPERS = st.lists(st.sampled_from(["minutes", "plan"]), max_size=2, unique=True).map(tuple)
BEGINS = date(2026, 1, 1)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    denominator = draw(st.integers(1, 1_000))
    numerator = draw(st.integers(1, denominator))
    return Share(
        numerator=numerator, denominator=denominator, inclusive=numerator == denominator or draw(st.booleans())
    )


NAMED = {"id": IDS, "en": WORDS, "zh": WORDS}


@st.composite
def quorum_rules(draw: st.DrawFn, id: str, *bases: Base) -> QuorumRule:
    base = st.sampled_from(bases)
    presence = st.builds(Presence, base=base, share=shares())
    majority = st.builds(Majority, base=base, among=st.sampled_from(Among), share=shares())
    options = st.lists(st.lists(presence, min_size=1, max_size=3).map(tuple), max_size=3)
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return QuorumRule(
        id=id,
        en=draw(WORDS),
        zh=draw(WORDS),
        presence=tuple(draw(options)),
        decision=tuple(draw(st.lists(majority, min_size=1, max_size=3))),
        effective_from=draw(st.sampled_from([None, first])),
        effective_to=draw(st.sampled_from([None, max(last, BEGINS)])),
        basis=draw(BASIS),
        own=draw(st.booleans()),
    )


@st.composite
def votes(draw: st.DrawFn) -> VoteRule:
    method = draw(st.sampled_from(Method))
    chosen = method is not Method.YES_NO
    hands = not chosen and draw(st.booleans())
    form = BallotForm.HANDS if hands else draw(st.sampled_from([BallotForm.OPEN, BallotForm.SECRET]))
    return VoteRule(
        quorum="persons" if form is BallotForm.SECRET else draw(st.sampled_from(["persons", "any"])),
        method=method,
        form=form,
        replaceable=not hands and draw(st.booleans()),
        proxies=0 if hands else draw(st.integers(0, 100)),
        tie=draw(st.sampled_from(Tie)) if chosen else Tie.FAILS,
        attempts=draw(st.integers(1, 20)),
        max_choices=draw(st.integers(0, 1_000)) if chosen else 0,
        max_score=draw(st.integers(1, 100)),
        support=draw(st.none() | shares()) if chosen else None,
    )


SUPPORT = st.builds(
    SupportRule, capacity=st.sampled_from(["resident", "villager"]), least=st.integers(1, 99)
) | st.builds(SupportRule, capacity=st.just("villager"), least=st.integers(0, 99), share=shares(), of=IDS)
STAGES = st.lists(
    st.builds(StageRule, **NAMED, body=IDS, quorum=st.sampled_from([None, "persons"]), papers=PAPERS),
    max_size=3,
    unique_by=(lambda each: each.id, lambda each: each.zh),
).map(tuple)
TRACKS = st.builds(
    DecisionProcedure,
    **NAMED,
    proposers=st.lists(st.sampled_from(["resident", "organisation", "deputy"]), max_size=3).map(tuple),
    support=st.lists(SUPPORT, max_size=2).map(tuple),
    stages=STAGES,
    vote=votes(),
    electorate=st.none() | IDS,
    risk=st.booleans(),
    legality=st.booleans(),
    major_only=st.booleans(),
    filings=st.lists(st.builds(Filing, en=WORDS, zh=WORDS, by=st.sampled_from(["town", "district"])), max_size=2).map(
        tuple
    ),
    appraisal=st.none() | st.builds(Appraisal, quorum=shares(), least_score=st.integers(0, 100)),
    papers=PAPERS,
    basis=BASIS,
    own=st.booleans(),
)
BODIES = st.builds(
    Body,
    **NAMED,
    kind=IDS,
    area=st.sampled_from(["", "a", "a/b", "北/河"]),
    members=st.integers(0, 10**9),
    households=st.integers(0, 10**9),
)


def policy(**parts: Any) -> Policy:
    return Policy(version="1", effective_from=BEGINS, **parts)


POLICIES = st.builds(
    policy,
    quorum_rules=st.tuples(quorum_rules("persons", Base.PERSONS), quorum_rules("any", *Base)),
    procedures=st.lists(TRACKS, max_size=3, unique_by=lambda each: each.id).map(tuple),
)
OF_BODIES = st.builds(policy, bodies=st.lists(BODIES, max_size=4, unique_by=lambda each: each.id).map(tuple))


def as_toml(document: dict[str, Any]) -> str:
    """A document as TOML: one line for each of its fields, tables in lists in one line, nothing where None stands."""
    return "".join(f"{name} = {_value(value)}\n" for name, value in document.items() if value is not None)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | date():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{" + ", ".join(f"{name} = {_value(each)}" for name, each in value.items() if each is not None) + "}"
    return "[" + ", ".join(map(_value, value)) + "]"


@given(POLICIES | OF_BODIES)
def test_it_comes_back_from_json_and_from_toml_as_it_went_out(policy):
    again = policy_from(json.loads(policy_as_text(policy)))
    in_toml = policy_from(tomllib.loads(as_toml(policy.model_dump(mode="python"))))

    assert again.problems == in_toml.problems == ()
    assert again.policy == in_toml.policy == policy
    assert Policy.stored(json.loads(policy_as_text(policy))) == policy
