"""Whether one ballot of a budget election is in order: every bound that it breaks, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from govflow.budgeting.instance import BallotKind, Bounds, Election, Points, money, ranked
from govflow.errors import Broken

_MORE = ("{found}; at least {bound}", "{found}，应不少于 {bound}")
_LESS = ("{found}; at most {bound}", "{found}，应不超过 {bound}")
_WHAT = {
    "length": ("the ballot names {found} projects", "选票选了 {found} 个项目"),
    "points": ("a project is given {found} points", "有项目得 {found} 分"),
    "sum_points": ("the ballot gives {found} points", "选票共给 {found} 分"),
    "sum_cost": ("the projects of the ballot cost {found}", "所选项目造价合计 {found}"),
}


def ballot_flaws(election: Election, ballot: Mapping[str, Points]) -> tuple[Broken, ...]:
    """Everything that is wrong with a ballot by the rules of this election; nothing for one that is in order.

    The codes are unknown_project, not_an_approval, not_a_ranking, and min_ or max_ of length, points, sum_points and
    sum_cost.
    """
    costs = {each.id: each.cost for each in election.projects}
    if unknown := sorted(ballot.keys() - costs.keys()):
        return (_unknown(unknown),)
    given = list(ballot.values())
    cost = sum(costs[each] for each in ballot)
    broken = _of_its_kind(election.ballot, ballot)
    broken += _bound(election.bounds, "length", len(ballot), len(ballot))
    if ballot:
        broken += _bound(election.bounds, "points", min(given), max(given))
    broken += _bound(election.bounds, "sum_points", sum(given), sum(given))
    broken += _bound(election.bounds, "sum_cost", cost, cost, election.unit)
    return tuple(broken)


def _unknown(projects: list[str]) -> Broken:
    names = ", ".join(projects)
    return Broken("unknown_project", f"not on the list: {names}", f"不在项目清单上：{names}")


def _of_its_kind(kind: BallotKind, ballot: Mapping[str, Points]) -> list[Broken]:
    if kind is BallotKind.APPROVAL and any(points != 1 for points in ballot.values()):
        return [Broken("not_an_approval", "an approval gives one point to a project", "认可投票每个项目只计一分")]
    if kind is BallotKind.ORDINAL and sorted(ballot.values()) != sorted(ranked([*ballot]).values()):
        return [Broken("not_a_ranking", "a ranking puts one project on each place", "排序投票每个名次只排一个项目")]
    return []


def _bound(bounds: Bounds, name: str, smallest: Points, largest: Points, unit: int = 0) -> list[Broken]:
    least: Points | None = getattr(bounds, f"min_{name}")
    most: Points | None = getattr(bounds, f"max_{name}")
    broken = []
    if least is not None and smallest < least:
        broken.append(_broken(f"min_{name}", _WHAT[name], _MORE, smallest, least, unit))
    if most is not None and largest > most:
        broken.append(_broken(f"max_{name}", _WHAT[name], _LESS, largest, most, unit))
    return broken


def _broken(code: str, what: tuple[str, str], then: tuple[str, str], found: Points, bound: Points, unit: int) -> Broken:
    shown = [money(each, unit) if unit else str(each) for each in (found, bound)]
    en, zh = (
        end.format(found=start.format(found=shown[0]), bound=shown[1]) for start, end in zip(what, then, strict=True)
    )
    return Broken(code, en, zh)
