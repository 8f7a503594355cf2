"""特色品牌 brand: what one organisation of an alliance is known for, kept up and shown (M124). Keyed by the brand."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from typing import Any

from govflow.actors import Claim, Id, Role
from govflow.context import Context
from govflow.messages import Instant, ItemCommand, ItemEvent, Value, Words
from govflow.records import Item, Record
from govflow.region import Fold, Region
from govflow.regions.bodies import Reasoned, Shown
from govflow.rules import measure_and_evidence_given, personal_data_is_withheld, reason_given
from govflow.workflow import Rest, Status, Step, Workflow, rule


class BrandStatus(Status):
    """Where a brand stands."""

    DECLARED = "declared", "已申报", Rest.OUTCOME
    KEPT_UP = "kept_up", "持续开展", Rest.OUTCOME
    RETIRED = "retired", "已停止", Rest.FINAL


S = BrandStatus


class Brand(Item):
    """One brand: whose, under what name, and when it was last shown to be alive."""

    unit: str = ""
    title: str = ""
    shown_at: tuple[Instant, ...] = ()

    @property
    def what(self) -> str:
        return self.title or self.key

    @property
    def is_alive(self) -> bool:
        """Whether it was not retired."""
        return self.status in (S.DECLARED, S.KEPT_UP)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """A brand is its unit's own."""
        return claim.unit == self.unit if role == Role.ORGANISATION else None


class _Brand(Value):
    unit: Id | None = None
    title: Words = ""


class DeclareBrand(ItemCommand, _Brand, wire="brand.declare", label="申报品牌"):
    """Declare what a unit of the alliance carries on under a name of its own."""


class BrandDeclared(ItemEvent, _Brand, name="brand.declared"):
    """A unit declared a brand."""


class KeepBrandUp(ItemCommand, Shown, wire="brand.keep_up", label="更新品牌开展情况"):
    """Say what was done for it lately, and show it by evidence on file."""


class BrandKeptUp(ItemEvent, Shown, name="brand.kept_up"):
    """The brand was shown to be alive."""


class RetireBrand(ItemCommand, Reasoned, wire="brand.retire", label="停止品牌"):
    """Give it up, with the reason."""


class BrandRetired(ItemEvent, Reasoned, name="brand.retired"):
    """The brand was given up."""


@rule("品牌名称已明,由所属成员单位或牵头单位申报", "M124", needs="unit title")
def brand_is_declared_for_its_unit(record: Record, event: Any, context: Context) -> bool:
    """It has a name, its unit belongs to the alliance, and that unit or the lead declares it."""
    speaks = {claim.unit for claim in context.claims} & {event.unit, getattr(record, "lead_unit", None)} - {None}
    return bool(event.title.strip() and speaks and event.unit in getattr(record, "included", ()))


R = Role
_OWNERS = (R.ORGANISATION, R.LEAD_UNIT)
_DECLARING = (brand_is_declared_for_its_unit, personal_data_is_withheld)
# fmt: off
BRAND_WORKFLOW = Workflow("brand", S, zh="特色品牌", on=("alliance",), steps=(
    #    id      command       from                     event          to          who      provided that
    Step("BN01", DeclareBrand, None,                    BrandDeclared, S.DECLARED, _OWNERS, _DECLARING, while_in="active"),
    Step("BN02", KeepBrandUp,  (S.DECLARED, S.KEPT_UP), BrandKeptUp,   S.KEPT_UP,  _OWNERS, (measure_and_evidence_given,), while_in="active"),
    Step("BN03", RetireBrand,  (S.DECLARED, S.KEPT_UP), BrandRetired,  S.RETIRED,  _OWNERS, (reason_given,), while_in="active"),
))
# fmt: on

_FOLD: Fold = {
    BrandDeclared: lambda item, e: {"status": S.DECLARED, "unit": e.unit, "title": e.title},
    BrandKeptUp: lambda item, e: {"status": S.KEPT_UP, "shown_at": (*item.shown_at, e.at)},
    BrandRetired: lambda item, e: {"status": S.RETIRED},
}

BRAND = Region(BRAND_WORKFLOW, Brand, _FOLD)
