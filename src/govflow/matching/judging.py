"""Whether an offer suits a need, why, and how well: one pair at a time, from the two values alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from govflow.matching.fit import covers_term, meets_term, scope_of, shared_place, skills_that_fit
from govflow.matching.values import DEFAULT_WEIGHTS, Need, Offer, Weights
from govflow.regions.contribution import Contribution, PairingScope


class Reason(NamedTuple):
    """One reason for a pair or against it: a code, the points it brings, a sentence in English and in Chinese."""

    code: str
    points: int
    en: str
    zh: str


class Points(NamedTuple):
    """What each part of a fit brings, of the points its weight gives."""

    skills: int
    themes: int
    place: int
    term: int
    coverage: int
    nearness: int


class Pair(NamedTuple):
    """An offer that suits a need: how far apart the two stand, how much of the need it can cover, how well it fits."""

    need: Need
    offer: Offer
    scope: PairingScope
    covered: int
    points: Points

    @property
    def score(self) -> int:
        """From 0 to 100."""
        return sum(self.points)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the two are proposed to each other, part by part of the score."""
        return tuple(_reasons(self))


class Unsuited(NamedTuple):
    """An offer that does not suit a need, with every reason why not, the plainest first."""

    need: Need
    offer: Offer
    reasons: tuple[Reason, ...]


def judged(need: Need, offer: Offer, weights: Weights = DEFAULT_WEIGHTS) -> Pair | Unsuited:
    """The pair with its score, or why it is none."""
    against = why_not(need, offer)
    return Unsuited(need, offer, against) if against else paired(need, offer, weights)


def paired(need: Need, offer: Offer, weights: Weights) -> Pair:
    """The pair of two that suit each other."""
    scope = scope_of(need, offer)
    covered = min(need.quantity, offer.free)
    wanted = len(set(need.skills))
    shared, asked = shared_place(need.place, offer.place)
    points = Points(
        skills=weights.skills * len(skills_that_fit(need, offer)) // wanted if wanted else weights.skills,
        themes=weights.themes if not need.themes or not set(need.themes).isdisjoint(offer.themes) else 0,
        place=weights.place * shared // asked,
        term=weights.term if covers_term(need, offer) else weights.term // 2,
        coverage=weights.coverage * covered // need.quantity,
        nearness=weights.nearness * (PairingScope.OUT_OF_REGION.rank - scope.rank) // PairingScope.OUT_OF_REGION.rank,
    )
    return Pair(need, offer, scope, covered, points)


# --- what must hold --------------------------------------------------------------------------------------------------


def why_not(need: Need, offer: Offer) -> tuple[Reason, ...]:
    """Every reason why an offer cannot serve a need, the plainest first; empty where it can."""
    return () if suits(need, offer) else tuple(_against(need, offer))


def suits(need: Need, offer: Offer) -> bool:
    """Whether an offer can serve a need at all."""
    return (
        offer.matter == need.matter
        and offer.measure_unit == need.measure_unit
        and offer.free > 0
        and offer.owner not in need.excluded
        and (not offer.exclusive or offer.taken_by in (None, need.id))
        and (not need.skills or not set(need.skills).isdisjoint(offer.skills))
        and meets_term(need, offer)
        and scope_of(need, offer).rank <= offer.scope.rank
    )


def _against(need: Need, offer: Offer) -> Iterator[Reason]:
    if offer.matter != need.matter:
        yield Reason(
            "matter",
            0,
            f"{offer.matter} is offered, {need.matter} is needed",
            f"供给{offer.matter.zh},需求{need.matter.zh}",
        )
    elif offer.measure_unit != need.measure_unit:
        theirs, ours = offer.measure_unit or "-", need.measure_unit or "-"
        yield Reason("measure_unit", 0, f"offered in {theirs}, needed in {ours}", f"供给以{theirs}计,需求以{ours}计")
    if offer.owner is not None and offer.owner in need.excluded:
        yield Reason("excluded", 0, f"{offer.owner} must not serve this need", f"{offer.owner} 须回避")
    if offer.exclusive and offer.taken_by not in (None, need.id):
        yield Reason("exclusive", 0, f"it serves {offer.taken_by} alone", f"已由 {offer.taken_by} 独占")
    if not offer.free:
        yield Reason("nothing_free", 0, "nothing of it is free", "已无余量")
    if need.skills and not skills_that_fit(need, offer):
        wanted = ", ".join(sorted(set(need.skills)))
        yield Reason("skills", 0, f"none of these skills: {wanted}", f"不具备所需技能:{wanted}")
    if not meets_term(need, offer):
        yield Reason(
            "term",
            0,
            f"free {_term(offer.begins, offer.until)}, needed {_term(need.begins, need.until)}",
            f"可用期 {_term(offer.begins, offer.until)},需用期 {_term(need.begins, need.until)}",
        )
    scope = scope_of(need, offer)
    if scope.rank > offer.scope.rank:
        yield Reason(
            "scope",
            0,
            f"the two stand {_words(scope)}, it serves at most {_words(offer.scope)}",
            f"双方属{scope.zh},该供给限{offer.scope.zh}",
        )


# --- in words --------------------------------------------------------------------------------------------------------

_SCOPES = {
    PairingScope.INTRA_ALLIANCE: "inside one alliance",
    PairingScope.INTER_ALLIANCE: "in different alliances",
    PairingScope.IN_REGION: "in one district",
    PairingScope.OUT_OF_REGION: "in different districts",
}


def _words(scope: PairingScope) -> str:
    return _SCOPES[scope]


def _day(moment: datetime | None) -> str:
    return "…" if moment is None else moment.date().isoformat()


def _term(begins: datetime | None, until: datetime | None) -> str:
    return f"{_day(begins)}–{_day(until)}"


def _measure(value: int, need: Need) -> tuple[str, str]:
    """An amount of the need's measure, in English and in Chinese; money in yuan."""
    if need.matter == Contribution.MONEY:
        yuan = f"{value // 100}.{value % 100:02d}"
        return f"{yuan} yuan", f"{yuan} 元"
    return f"{value} {need.measure_unit}".rstrip(), f"{value} {need.measure_unit}".rstrip()


def _reasons(pair: Pair) -> Iterator[Reason]:
    need, offer, points = pair.need, pair.offer, pair.points
    if need.skills:
        fit = ", ".join(skills_that_fit(need, offer))
        count = f"{len(skills_that_fit(need, offer))}/{len(set(need.skills))}"
        yield Reason("skills", points.skills, f"skills that fit ({count}): {fit}", f"技能相符({count}):{fit}")
    else:
        yield Reason("skills", points.skills, "no particular skill is needed", "无特定技能要求")
    common = ", ".join(sorted(set(need.themes).intersection(offer.themes)))
    if common:
        yield Reason("themes", points.themes, f"the same theme: {common}", f"主题相同:{common}")
    else:
        yield Reason("themes", points.themes, *_NO_THEME[bool(need.themes)])
    where = offer.place or "everywhere", offer.place or "各处"
    wanted = need.place or "everywhere", need.place or "各处"
    yield Reason(
        "place", points.place, f"needed in {wanted[0]}, offered in {where[0]}", f"需求地 {wanted[1]},供给地 {where[1]}"
    )
    yield Reason("term", points.term, *_TERMS[covers_term(need, offer)])
    (some, some_zh), (whole, whole_zh) = _measure(pair.covered, need), _measure(need.quantity, need)
    yield Reason("coverage", points.coverage, f"covers {some} of {whole}", f"可满足 {whole_zh} 中的 {some_zh}")
    yield Reason("nearness", points.nearness, f"the two stand {_words(pair.scope)}", f"双方属{pair.scope.zh}")


_NO_THEME = {True: ("another theme", "主题不同"), False: ("no particular theme is asked for", "无主题要求")}
_TERMS = {
    True: ("free for the whole time", "全期可用"),
    False: ("free for a part of the time", "部分时段可用"),
}
