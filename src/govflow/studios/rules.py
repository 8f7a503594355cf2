"""Rules of a studio that several of its tables name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import FOR_THEMSELVES, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.studios.model import DELEGATE, KEEPERS, Studio
from govflow.workflow import rule


@rule("名称、层级、区域、管理单位已明", "000 M154", needs="title level area keeper")
def studio_is_described(studio: Studio, event: Any, context: Context) -> Iterable[str]:
    """A title, the level, the area it serves and the unit that keeps it are given."""
    named = (
        ("title", "名称", event.title.strip()),
        ("level", "层级", event.level),
        ("area", "区域", event.area),
        ("keeper", "管理单位", event.keeper),
    )
    return [Detail(f"{en} is missing", f"缺{zh}") for en, zh, value in named if not value]


@rule("已载明成效", "design", needs="summary")
def work_is_summed_up(studio: Studio, event: Any, context: Context) -> bool:
    """What the studio did is said."""
    return bool(event.summary.strip())


@rule("代表委员在任期内办理", "000 M154")
def acting_delegate_sits(studio: Studio, event: Any, context: Context) -> bool:
    """Who acts as a delegate alone is in the term of a seat; who asks for themselves does so from anywhere."""
    others = (claim for claim in context.claims if claim.role in context.step.who and claim.role != DELEGATE)
    return studio.sits(event.by, context.at) or any(
        (claim.role in FOR_THEMSELVES or covers(claim, studio.level, studio.area))
        and studio.fits(claim.role, claim, event.by, context.on_behalf_of, context.item)
        for claim in others
    )


def acts_for_the_studio(studio: Studio, event: Any, context: Context) -> bool:
    """Whether who acts keeps the studio or has a seat there now: they enter what others bring."""
    keeps = any(claim.role in KEEPERS and covers(claim, studio.level, studio.area) for claim in context.claims)
    comes = any(claim.role == DELEGATE for claim in context.claims)
    return keeps or (comes and studio.sits(event.by, context.at))
