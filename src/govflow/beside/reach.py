"""What a record beside the cases may reach: matters of its own area, and none that must be kept secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.cases.model import CaseKind
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.workflow import rule


def lies_within(area: str, outer: str) -> bool:
    """Whether an area is another one or a part of it; everything lies within everywhere (the empty area)."""
    return not outer or area == outer or area.startswith(f"{outer}/")


@rule("所提事项不须保密", "petitions §30 [V]")
def matter_is_no_secret(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """The matter is neither confidential nor a report on a unit: this record is read by many, and names its case."""
    said: Any = context.command  # the event must not say what may not be told here
    category = context.policy.category(said.category)
    if (
        getattr(said, "case_kind", None) == CaseKind.WHISTLE_BLOWING
        or getattr(said, "kind", None) == CaseKind.WHISTLE_BLOWING
        or getattr(said, "confidential", False)
        or getattr(said, "accused_unit", None) is not None
        or (category is not None and category.confidential)
    ):
        yield Detail("report it as a case by itself, without this record", "须另行单独上报为事项，不经本记录")
