"""The parts of a fit between a need and an offer: skills, how far apart the two stand, place, time."""

from __future__ import annotations

from govflow.matching.values import Need, Offer
from govflow.regions.contribution import PairingScope


def skills_that_fit(need: Need, offer: Offer) -> tuple[str, ...]:
    """The skills wanted that the offer has, in order of their ids."""
    return tuple(sorted(set(need.skills).intersection(offer.skills)))


def scope_of(need: Need, offer: Offer) -> PairingScope:
    """How far apart the two stand: by their alliances where both have one, else by their district (M105).

    The district is the first part of an area; everywhere (an empty area) is in every district.
    """
    if need.alliance is not None and offer.alliance is not None:
        same = need.alliance == offer.alliance
        return PairingScope.INTRA_ALLIANCE if same else PairingScope.INTER_ALLIANCE
    here, there = need.place.partition("/")[0], offer.place.partition("/")[0]
    return PairingScope.IN_REGION if not here or not there or here == there else PairingScope.OUT_OF_REGION


def shared_place(wanted: str, offered: str) -> tuple[int, int]:
    """How much of the need's area the offer's shares: all of it where one lies within the other."""
    if wanted == offered or not wanted or not offered:
        return 1, 1
    here, there = wanted.split("/"), offered.split("/")
    shared = next((at for at, (ours, theirs) in enumerate(zip(here, there, strict=False)) if ours != theirs), None)
    return (1, 1) if shared is None else (shared, len(here))


def meets_term(need: Need, offer: Offer) -> bool:
    """Whether there is a time at which the one is needed and the other is free."""
    too_late = offer.begins is not None and need.until is not None and offer.begins >= need.until
    too_early = offer.until is not None and need.begins is not None and offer.until <= need.begins
    return not (too_late or too_early)


def covers_term(need: Need, offer: Offer) -> bool:
    """Whether it is free for the whole time. A need that names no moment is content with any."""
    from_first = offer.begins is None or need.begins is None or offer.begins <= need.begins
    to_last = offer.until is None or need.until is None or offer.until >= need.until
    return from_first and to_last
