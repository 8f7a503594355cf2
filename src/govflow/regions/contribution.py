"""供给 contribution: what is promised, offered and matched (money, people, a place, goods, a service), and how much of it.

A measure is one whole number: minor currency units of money, else so many of what the unit of measure names.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Self

from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Amount, Count, Value, Words
from govflow.records import Record
from govflow.rules import carries_personal_data
from govflow.workflow import rule


class _Term(StrEnum):
    """A word of the field with its Chinese term."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member


class Contribution(_Term):
    """What somebody gives to a common matter (M104)."""

    MONEY = "money", "资金"
    PEOPLE = "people", "人员"
    PLACE = "place", "场地"
    GOODS = "goods", "物资"
    SERVICE = "service", "服务"


class PairingScope(_Term):
    """How far apart two who pair up stand, nearest first (小联动 / 大联动, M105)."""

    INTRA_ALLIANCE = "intra_alliance", "联盟内"
    INTER_ALLIANCE = "inter_alliance", "联盟间"
    IN_REGION = "in_region", "区域内"
    OUT_OF_REGION = "out_of_region", "域外"

    @property
    def rank(self) -> int:
        """0 for the nearest."""
        return _RANKS[self]


_RANKS = {scope: rank for rank, scope in enumerate(PairingScope)}


class Theme(_Term):
    """The five joint mechanisms (五联, M142). Themes of a town's own stand beside them by their ids."""

    SERVICE = "service", "服务联做"
    SANITATION = "sanitation", "环境卫生联抓"
    CULTURE = "culture", "文化联办"
    SECURITY = "security", "治安联防"
    CHARITY = "charity", "帮扶联动"


class Measured(Value):
    """What is given and how much of it: `amount` in minor currency units of money, else `quantity` in `measure_unit`.

    Absent where nothing is measured: commands and events of before stay what they were.
    """

    matter: Contribution | None = None
    amount: Amount | None = None
    quantity: Count | None = None
    measure_unit: Words | None = None


def lacks_of_measure(said: Any) -> Iterator[Detail]:
    """What is wrong with a measure: money has an amount alone, everything else a quantity and its unit."""
    money = said.matter == Contribution.MONEY
    if said.matter is None:
        if said.amount is not None or said.quantity is not None or said.measure_unit is not None:
            yield Detail("of what is not said: money, people, a place, goods or a service", "未注明供给种类")
        return
    if money and not said.amount:
        yield Detail("the amount of money is missing", "缺金额")
    if money and (said.quantity is not None or said.measure_unit is not None):
        yield Detail("money is measured by its amount alone", "资金仅以金额计量")
    if not money and said.amount is not None:
        yield Detail("only money has an amount", "仅资金以金额计量")
    if not money and not said.quantity:
        yield Detail("the quantity is missing", "缺数量")
    if not money and not (said.measure_unit or "").strip():
        yield Detail("the unit of measure is missing", "缺计量单位")
    if carries_personal_data(said.measure_unit or ""):
        yield Detail("the unit of measure carries personal data", "计量单位含个人信息")


# --- rules -----------------------------------------------------------------------------------------------------------


@rule(
    "所承诺的资金、人员、场地、物资或服务已计量",
    "M104",
    version=2,
    needs="matter amount quantity measure_unit resource",
)
def contribution_is_measured(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """A promise of money says how much, any other one how many of what; one that is neither names no resource."""
    yield from lacks_of_measure(event)
    if event.matter is None and event.resource is not None:
        yield Detail("of what is not said: money, people, a place, goods or a service", "未注明供给种类")


@rule("所指资源在供给中,且由本记录占用", "M106", needs="resource")
def resource_is_on_offer(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """The resource that is promised is on offer, and promising it here books it."""
    if event.resource is None:
        return
    found = context.lookup(event.resource)
    if found is None or found.kind_of_record != "resource":
        yield Detail(f"there is no resource {event.resource}", f"没有资源 {event.resource}")
    elif found.status != "offered":
        yield Detail(f"{event.resource} is {found.status}", f"资源 {event.resource} 状态为 {found.status}")
    if type(event) not in context.deciders[record.kind_of_record].reactions:
        yield Detail(f"a {record.kind_of_record} books no resources", "此类记录不占用资源")


@rule("累计兑现不超过承诺", "M104", needs="amount quantity")
def part_is_within_the_promise(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """What is delivered comes, with all parts before, to no more than was promised."""
    promise: Any = context.item
    if (over := promise.delivered_amount + (event.amount or 0) - promise.amount) > 0:
        yield Detail(f"{over} minor units more than promised", f"超出承诺 {over} 分")
    if (more := promise.delivered_quantity + (event.quantity or 0) - promise.quantity) > 0:
        unit = promise.measure_unit
        yield Detail(f"{more} {unit} more than promised", f"超出承诺 {more} {unit}")
    if promise.matter is not None and not (event.amount or event.quantity):
        yield Detail("how much is delivered is not said", "未注明兑现数额")
