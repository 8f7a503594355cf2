"""Says a budget programme (民生微实事) for readers: its kinds, its ballot, how its winners are found."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.budgeting import money
from govflow.budgets.counting import FEN
from govflow.cli.texts import is_zh, t
from govflow.policy import BallotBounds, BudgetProgramme, EntryKind, PointsWorth

Row = tuple[str, str, str]

_BOUNDS = ("length", "points", "sum_points", "sum_cost")


def programme_rows(programme: BudgetProgramme, source: str) -> Iterator[Row]:
    """A programme, part by part: what each kind may cost, what a ballot says, how winners are found."""
    yield programme.id, programme.zh if is_zh() else programme.en, source
    for kind in programme.kinds:
        yield "", kind.zh if is_zh() else kind.en, _kind(kind)
    if programme.per_proposer:
        yield "", t("programme.proposers"), t("programme.per_proposer", n=programme.per_proposer)
    yield "", t("programme.ballot"), _ballot(programme)
    yield "", t("programme.winners"), _winners(programme)


def _kind(kind: EntryKind) -> str:
    said = [t("programme.cap", yuan=money(kind.cap, FEN))] if kind.cap is not None else []
    said += [t("programme.total", yuan=money(kind.total, FEN))] if kind.total is not None else []
    return t("comma").join(said) or t("programme.any_cost")


def _ballot(programme: BudgetProgramme) -> str:
    bounds = programme.bounds
    said = [t(f"programme.{programme.ballot}")]
    said += [t(f"bounds.{name}", range=span) for name in _BOUNDS if (span := _span(bounds, name))]
    said += [t("vote.replaceable")] if programme.replaceable else []
    return t("comma").join(said)


def _span(bounds: BallotBounds, name: str) -> str:
    """Between what one bound lies: `1–5`, `≥ 1`, `≤ 5`; empty where it has no end on either side."""
    ends = (getattr(bounds, f"min_{name}"), getattr(bounds, f"max_{name}"))
    low, high = (None if end is None else money(end, FEN) if name == "sum_cost" else str(end) for end in ends)
    if low is not None and high is not None:
        return low if low == high else f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""


def _winners(programme: BudgetProgramme) -> str:
    said = [t(f"winners.{programme.rule}")]
    said += [t("winners.by_points")] if programme.worth is PointsWorth.POINTS else []
    said += [t("winners.least", n=programme.least_votes)] if programme.least_votes else []
    if programme.ties is not None:
        said.append(t("winners.ties", ties=t("comma").join(t(f"winners.tie.{each}") for each in programme.ties)))
    return t("comma").join(said)
