"""The authority that reads the directory: who holds what at a moment, by appointment or standing in for somebody.

It is asked at every command, so what an actor holds is worked out once for each state of the directory and kept until
the directory changes. Folded states share what did not change: the same items are the same object.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from govflow.actors import Actor, Authority, Claim, ClaimsAuthority, Holder, Level, LookUp, Role, covers
from govflow.organisation.model import DIRECTORY_ID, FOREVER

_Items = Mapping[str, Mapping[str, Any]]
_NOBODY: _Items = {}


class _Term(NamedTuple):
    """A claim from `start` on and before `end`."""

    start: datetime
    end: datetime
    claim: Claim


PUBLIC = (Role.RESIDENT, Role.REPORTER, Role.DISPUTANT, Role.PROPOSER, Role.CO_PROPOSER, Role.VOTER)
"""What anybody may be without being appointed: each record says of whom it is true there."""


class DirectoryAuthority:
    """Answers from the log's directory alone; what an actor claims of himself is passed over.

    `public` names the roles that anybody holds everywhere without being appointed, such as `Role.RESIDENT` and
    `Role.REPORTER` where whoever comes by may raise a matter. Without a directory nobody holds anything else.
    """

    def __init__(self, public: Iterable[str] = ()) -> None:
        self._public = tuple(Claim(role=role) for role in public)
        self._last = _Index(_NOBODY)

    def claims(self, actor: Actor, at: datetime, look_up: LookUp) -> tuple[Claim, ...]:
        """What `actor` holds at `at`: own appointments first, then those of people he stands in for."""
        held = self._index(look_up).held_by(actor.id)
        return (*[claim for start, end, claim in held if start <= at < end], *self._public)

    def interests(self, actor: Actor, at: datetime, look_up: LookUp) -> frozenset[str]:
        """What `actor` must keep away from at `at`: actors, units and records, also in the stead of those absent."""
        index = self._index(look_up)
        running = [each for each in index.substitutions.get(actor.id, ()) if each.valid_from <= at < each.valid_to]
        inherited = {subject for each in running for subject in index.kept_away(each.absent, at)}
        # where the absent one keeps away from the substitute, the substitute still acts in matters of their own
        return frozenset({*index.kept_away(actor.id, at), *(inherited - {actor.id})})

    def holders(
        self, roles: Collection[str], level: Level | None, area: str, at: datetime, look_up: LookUp
    ) -> tuple[Holder, ...]:
        """All who hold one of `roles` for a matter there at `at`, by id, substitutes included; the public apart."""
        by_role = self._index(look_up).by_role
        found = [
            Holder(actor, claim)
            for role in dict.fromkeys(roles)
            for actor, (start, end, claim) in by_role.get(role, ())
            if start <= at < end and covers(claim, level, area)
        ]
        return tuple(sorted(found, key=lambda holder: holder.actor))

    def _index(self, look_up: LookUp) -> "_Index":
        directory = look_up(DIRECTORY_ID)
        items: _Items = directory.items if directory is not None else _NOBODY
        index = self._last
        if index.items is not items:
            self._last = index = _Index(items)  # set in one go: engines are shared between threads
        return index


class DefaultAuthority:
    """A log that has a directory answers from it; in one that has none, what the host service vouches for counts.

    With a directory everybody may be a resident, and what they are in matters of their own, without being appointed.
    """

    def __init__(self) -> None:
        self._directory = DirectoryAuthority(public=PUBLIC)
        self._host = ClaimsAuthority()

    def _of(self, look_up: LookUp) -> Authority:
        return self._host if look_up(DIRECTORY_ID) is None else self._directory

    def claims(self, actor: Actor, at: datetime, look_up: LookUp) -> tuple[Claim, ...]:
        return self._of(look_up).claims(actor, at, look_up)

    def interests(self, actor: Actor, at: datetime, look_up: LookUp) -> frozenset[str]:
        return self._of(look_up).interests(actor, at, look_up)

    def holders(
        self, roles: Collection[str], level: Level | None, area: str, at: datetime, look_up: LookUp
    ) -> tuple[Holder, ...]:
        return self._of(look_up).holders(roles, level, area, at, look_up)


class _Index:
    """One state of the directory, grouped by actor; an actor's claims are made when first asked for."""

    def __init__(self, items: _Items) -> None:
        self.items = items
        self.appointments = _grouped(items, "appointment")
        self.substitutions = _grouped(items, "substitution")
        self.interests = _grouped(items, "interest")
        self._held: dict[str, tuple[_Term, ...]] = {}

    def held_by(self, actor: str) -> tuple[_Term, ...]:
        held = self._held.get(actor)
        if held is None:
            held = (*self._own(actor), *self._stood_in_for(actor))
            if held:  # strangers come by in any number: they leave no trace here
                self._held[actor] = held
        return held

    def kept_away(self, actor: str, at: datetime) -> Iterable[str]:
        """What an actor has declared interests in that stand at a moment."""
        for each in self.interests.get(actor, ()):
            if each.since <= at < (each.lifted_at or FOREVER):
                yield each.subject

    @cached_property
    def by_role(self) -> dict[str, list[tuple[str, _Term]]]:
        """Who holds a role at some time, by role."""
        holding: dict[str, list[tuple[str, _Term]]] = {}
        for actor in {*self.appointments, *self.substitutions}:
            for term in self.held_by(actor):
                holding.setdefault(term.claim.role, []).append((actor, term))
        return holding

    def _own(self, actor: str) -> Iterable[_Term]:
        for each in self.appointments.get(actor, ()):
            above = self._above(each.unit)
            claim = Claim(role=each.role, unit=each.unit, level=each.level, area=each.area, unit_within=above)
            yield _Term(each.valid_from, each.valid_to or FOREVER, claim)

    def _above(self, unit: str | None) -> tuple[str, ...]:
        """The units that one is part of, the nearest first."""
        units, way = self.items.get("unit", {}), [unit]
        while (this := units.get(way[-1] or "")) is not None and this.parent not in (None, *way):
            way.append(this.parent)
        return tuple(each for each in way[1:] if each is not None)

    def _stood_in_for(self, actor: str) -> Iterable[_Term]:
        """The absent one's appointments, while both they and the substitution run."""
        for each in self.substitutions.get(actor, ()):
            for start, end, claim in self._own(each.absent):
                start, end = max(start, each.valid_from), min(end, each.valid_to)
                if start < end and (not each.roles or claim.role in each.roles):
                    yield _Term(start, end, claim.model_copy(update={"standing_in_for": each.absent}))


def _grouped(items: _Items, region: str) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for each in items.get(region, {}).values():
        groups.setdefault(each.actor, []).append(each)
    return groups
