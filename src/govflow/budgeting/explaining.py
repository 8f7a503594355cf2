"""Says in English and in Chinese, with figures, why a project won or did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from govflow.budgeting.counting import Decided, Outcome, Standing, Tie, TieBroken
from govflow.budgeting.instance import BallotKind, Election, Points, money
from govflow.messages import Value


class Explanation(Value):
    """Why one project won or did not: a code with its figures, and the whole of it as a sentence.

    `rank` is its place by points, ties broken; amounts among the `figures` are in minor units.
    """

    project: str
    won: bool
    code: str
    cost: int
    votes: int
    points: Points
    rank: int
    figures: Mapping[str, int | Fraction | str] = {}
    en: str
    zh: str


# fmt: off
_WHY = {
    "funded": ("{left} were left: funded", "余额 {left}，入选"),
    "skipped": ("{left} were left: not affordable, skipped", "余额 {left}，不足以支付，跳过"),
    "list_ends": ("{left} were left: not affordable, and the list ends here", "余额 {left}，不足以支付，排序至此截止"),
    "not_reached": ("the list had ended at {at}: not reached", "排序已截止于 {at}，未轮到"),
    "withdrawn": ("withdrawn: not eligible", "已撤回，不参与评选"),
    "over_cap": ("one project of the kind {kind} may cost {cap} at most: not eligible",
                 "“{kind}”类单个项目不得超过 {cap}，不参与评选"),
    "kind_is_full": ("{left} were left for the kind {kind}: not affordable, skipped",
                     "“{kind}”类限额仅余 {left}，不足以支付，跳过"),
    "below_threshold": ("at least {least} {by} are needed: not eligible", "至少须得 {least} {by_zh}，不参与评选"),
    "no_votes": ("nobody voted for it: nobody pays for it", "无人投票，无人承担"),
    "paid": ("{place} to be paid for, no supporter paying more than {most}: funded",
             "第 {place} 个由支持者付清，每人承担不超过 {most}，入选"),
    "not_paid": ("its supporters had {money} left together: not affordable",
                 "支持者的份额合计仅余 {money}，不足以支付"),
}
_APART = {
    Tie.VOTES: ("more votes", "票多者优先"),
    Tie.COST: ("the lower cost", "造价低者优先"),
    Tie.LISTED: ("the order of listing", "列在前者优先"),
}
# fmt: on


def explanations(election: Election, outcome: Outcome, standings: Sequence[Standing]) -> tuple[Explanation, ...]:
    """Every project in the order of the ranking, with why it won or not."""
    decided = {each.project: each for each in outcome.decided}
    return tuple(_explained(election, each, decided[each.project.id], outcome.ties) for each in standings)


def _explained(election: Election, standing: Standing, decided: Decided, ties: Sequence[TieBroken]) -> Explanation:
    by_votes = election.ballot is BallotKind.APPROVAL
    points_en, points_zh = (
        ("", "") if by_votes else (f", {_counted(standing.points, 'point')}", f"，{standing.points} 分")
    )
    words = {"by": "votes" if by_votes else "points", "by_zh": "票" if by_votes else "分"}
    shown = {name: _shown(name, value, election.unit) for name, value in decided.figures.items()}
    why_en, why_zh = (text.format(**shown | words) for text in _WHY[decided.code])
    if "place" in shown:
        why_en = why_en.replace(shown["place"], _ordinal(int(shown["place"])), 1)
    cost = money(standing.project.cost, election.unit)
    apart_en, apart_zh = _told_apart(standing.project.id, ties)
    return Explanation(
        project=standing.project.id,
        won=decided.won,
        code=decided.code,
        cost=standing.project.cost,
        votes=standing.votes,
        points=standing.points,
        rank=standing.rank,
        figures=decided.figures,
        en=f"cost {cost}, {_counted(standing.votes, 'vote')}{points_en}, {_ordinal(standing.rank)} by {words['by']}; "
        f"{why_en}{apart_en}",
        zh=f"造价 {cost}，{standing.votes} 票{points_zh}，按得{words['by_zh']}列第 {standing.rank}；{why_zh}{apart_zh}",
    )


def _told_apart(project: str, ties: Sequence[TieBroken]) -> tuple[str, str]:
    en, zh = "", ""
    for tie in ties:
        if project in tie.projects:
            others = [each for each in tie.projects if each != project]
            by = [_APART[each] for each in tie.by]
            en += f"; level with {', '.join(others)}, told apart by {', then '.join(each for each, _ in by)}"
            zh += f"；与 {'、'.join(others)} 并列，{'，再'.join(each for _, each in by)}"
    return en, zh


def _shown(name: str, value: Any, unit: int) -> str:
    """A figure as it is read: what somebody paid at most is rounded up, what was left is rounded down."""
    if name in ("left", "cap", "money"):
        return money(value, unit)
    return money(ceil(value), unit) if name == "most" else str(value)


def _counted(number: Points, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
