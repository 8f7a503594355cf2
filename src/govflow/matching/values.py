"""What is matched: needs 需求 and offers 供给 as plain values, and the weights by which a pair of them scores."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from govflow.actors import Area, Id
from govflow.messages import Amount, Instant, Value, Words
from govflow.regions.contribution import Contribution, PairingScope

Measure = Annotated[Amount, Field(gt=0)]
"""How much: minor currency units of money, else as many as the unit of measure counts."""

Priority = Annotated[int, Field(ge=1, le=1000)]
"""How much a unit of a need counts: one of priority 3 as much as three of priority 1."""


class Need(Value):
    """One need: how much of what, with which skills, where, from when to when, and by whom it must not be met.

    `id` is the project's whose demand it is; `themes` are ids of its themes and category; `place` is an area, empty for
    everywhere; `excluded` are owners of offers.
    """

    id: Id
    title: Words = ""
    matter: Contribution
    quantity: Measure
    measure_unit: Words = ""
    skills: tuple[Id, ...] = ()
    themes: tuple[Id, ...] = ()
    place: Area = ""
    begins: Instant | None = None
    until: Instant | None = None
    alliance: Id | None = None
    excluded: tuple[Id, ...] = ()
    priority: Priority = 1


class Offer(Value):
    """One offer: how much of it is free, whose it is, how far away its owner is ready to serve.

    An `exclusive` offer serves one need alone; `taken_by` names the one that it serves already.
    """

    id: Id
    title: Words = ""
    owner: Id | None = None
    matter: Contribution
    free: Amount
    measure_unit: Words = ""
    skills: tuple[Id, ...] = ()
    themes: tuple[Id, ...] = ()
    place: Area = ""
    begins: Instant | None = None
    until: Instant | None = None
    alliance: Id | None = None
    scope: PairingScope = PairingScope.OUT_OF_REGION
    exclusive: bool = False
    taken_by: Id | None = None


_Weight = Annotated[int, Field(ge=0, le=100)]


class Weights(Value):
    """What each part of a fit counts for: whole points that come to a hundred. The defaults are ours [config].

    Raises ValueError (in a ValidationError) where they do not.
    """

    skills: _Weight = 30
    themes: _Weight = 15
    place: _Weight = 20
    term: _Weight = 10
    coverage: _Weight = 15
    nearness: _Weight = 10

    @model_validator(mode="after")
    def _come_to_a_hundred(self) -> Self:
        total = sum(getattr(self, name) for name in type(self).model_fields)
        if total != 100:
            raise ValueError(f"the weights come to {total}, not to 100")
        return self


DEFAULT_WEIGHTS = Weights()
"""The weights where a caller names none."""
