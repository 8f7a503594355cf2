"""A roll of a million voters in little memory, and beside each voter the last ballot."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping

from govflow.voting import Ballot, Turnout, Voter

_NOBODY = Voter(id="-")


class CompactRoll(Mapping[str, Voter]):
    """A roll of which each voter takes a few bytes: beside the id, a place in lists of households, areas, ballots."""

    def __init__(self, places: dict[str, int], households: list[str | None], areas: array[int]) -> None:
        self._places, self._households, self._areas = places, households, areas
        self._ballots: list[Ballot | None] = []
        self._names: dict[str, str] = {}

    def again(self) -> CompactRoll:
        """The same roll, for the next round: nobody has voted."""
        return CompactRoll(dict(self._places), list(self._households), array("q", self._areas))

    def enrol(self, voter: Voter) -> None:
        """Put a voter on the roll; one who stands there already stands there as given now."""
        household = None if voter.household is None else self._names.setdefault(voter.household, voter.household)
        place = self._places.setdefault(voter.id, len(self._households))
        if place == len(self._households):
            self._households.append(household)
            self._areas.append(voter.area)
        else:
            self._households[place], self._areas[place] = household, voter.area

    def strike(self, id: str) -> bool:
        """Take a voter off the roll; whether they stood on it."""
        return self._places.pop(id, None) is not None

    def freeze(self) -> None:
        """From now on there are ballots."""
        self._ballots = [None] * len(self._households)

    def turnout(self) -> Turnout:
        """How many stand on it: people, households, area."""
        places = self._places.values()
        households = {self._households[place] for place in places} - {None}
        return Turnout(
            persons=len(places), households=len(households), area=sum(self._areas[place] for place in places)
        )

    def digest(self) -> str:
        """What it must have been frozen under, made without `govflow.voting.roll_digest`."""
        digest = hashlib.sha256()
        for id, place in sorted(self._places.items()):
            digest.update(f"{id}\t{self._households[place] or ''}\t{self._areas[place]}\n".encode())
        return digest.hexdigest()

    def ballot_of(self, id: str) -> Ballot | None:
        """The last ballot of a voter of the roll."""
        return self._ballots[self._places[id]]

    def keep(self, id: str, ballot: Ballot) -> None:
        """Keep the ballot of a voter of the roll, in place of an earlier one."""
        self._ballots[self._places[id]] = ballot

    def marked(self) -> Iterator[str]:
        """The ids of those who voted."""
        return (id for id, place in self._places.items() if self._ballots and self._ballots[place] is not None)

    def cast(self) -> Iterator[tuple[Voter, Ballot]]:
        """Every voter who voted, with the last ballot."""
        for id in self.marked():
            ballot = self.ballot_of(id)
            assert ballot is not None
            yield self[id], ballot

    def __getitem__(self, id: str) -> Voter:
        place = self._places[id]
        return _NOBODY.changed(id=id, household=self._households[place], area=self._areas[place])

    def __contains__(self, id: object) -> bool:
        return id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
