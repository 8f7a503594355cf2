"""表决权人名册: who may vote, for which household and with how much area; and the maps that hold it and the ballots.

A roll of a million voters stands in the state of a record: it is a persistent map, of which a changed copy costs what
was changed, not what was kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, TypeVar, get_args

from immutables import Map
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from govflow.actors import Id
from govflow.messages import Count, Value
from govflow.policy.procedures import Base
from govflow.voting.tally import Turnout

K = TypeVar("K")
V = TypeVar("V")


class _Persistent:
    """Tells pydantic how a persistent map is read from a mapping, and written in the order of its keys."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        keys, values = get_args(source)
        mapping = core_schema.dict_schema(handler.generate_schema(keys), handler.generate_schema(values))
        return core_schema.no_info_wrap_validator_function(
            _mapped,
            mapping,
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda given, write: write(dict(sorted(given.items()))), schema=mapping
            ),
        )


def _mapped(given: Any, read: Any) -> Map[Any, Any]:
    valid: dict[Any, Any] = read(given)
    if isinstance(given, Map) and all(given.get(key) is value for key, value in valid.items()):
        return given  # keeps what it shares with the maps it was made of
    return Map(valid)


Ledger = Annotated[Map[K, V], _Persistent()]
"""A persistent map, `Ledger[Id, Ballot]`, as a field of a frozen value; by default `Field(default_factory=Map)`.

It is read from any mapping, and written to JSON in the order of its keys.
"""


class Voter(Value):
    """Who may vote (表决权人): a pseudonym, the household, and the exclusive area owned in dm² (民法典 §278)."""

    id: Id
    household: Id | None = None
    area: Count = 0


Roll = Ledger[Id, Voter]
"""The roll of a vote by the ids of its voters."""


def enrolled(roll: Map[str, Voter], voters: Iterable[Voter]) -> Map[str, Voter]:
    """The roll with these voters; one who stood on it already stands there as given now."""
    with roll.mutate() as changed:
        for voter in voters:
            changed[voter.id] = voter
    return changed.finish()


def struck(roll: Map[str, Voter], ids: Iterable[str]) -> Map[str, Voter]:
    """The roll without these voters; whoever is not on it is passed over."""
    with roll.mutate() as changed:
        for id in ids:
            changed.pop(id, None)
    return changed.finish()


def entitled(roll: Mapping[str, Voter]) -> Turnout:
    """How many may vote (应到): people, households, and area in dm². A voter without a household is of none."""
    households = {voter.household for voter in roll.values()} - {None}
    return Turnout(persons=len(roll), households=len(households), area=sum(voter.area for voter in roll.values()))


def unknown(roll: Mapping[str, Voter], bases: Iterable[Base]) -> Iterator[str]:
    """The ids of voters of whom a rule that counts on these bases does not know enough, in the order of the roll."""
    by_household, by_area = Base.HOUSEHOLDS in (asked := set(bases)), Base.AREA in asked
    for voter in roll.values():
        if (by_household and voter.household is None) or (by_area and not voter.area):
            yield voter.id


def roll_digest(roll: Mapping[str, Voter]) -> str:
    """SHA-256 of the roll in hex: what was frozen when the vote opened.

    It is over one line for each voter in the order of their ids (ASCII, by code point): id, TAB, household or nothing,
    TAB, area in dm² as decimal digits, LF.
    """
    digest = hashlib.sha256()
    for id in sorted(roll):
        voter = roll[id]
        digest.update(f"{id}\t{voter.household or ''}\t{voter.area}\n".encode())
    return digest.hexdigest()
