"""The alliance's table and its rules: founded, active, dissolved, archived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import Role
from govflow.alliances import messages as m
from govflow.alliances.chair_rules import next_in_turn
from govflow.alliances.member_rules import its_judges_take_no_turn, members_are_organisations
from govflow.alliances.model import Alliance
from govflow.alliances.model import AllianceStatus as S
from govflow.context import Context
from govflow.errors import Detail
from govflow.regions.retention import hold_in_archive
from govflow.rules import (
    loops_are_handed_over,
    no_loop_is_open,
    personal_data_is_withheld,
    reason_given,
    retention_class_is_set,
)
from govflow.workflow import Step, Workflow, rule


@rule(
    "名称、类别、层级、区域及各单位已明",
    "M119–M121",
    needs="title kind level area lead_unit committee guidance founders",
)
def alliance_is_described(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """Title, kind, level, area, lead, committee and guiding department are named, the lead is one of the founders."""
    zh = {
        "title": "名称",
        "kind": "类别",
        "level": "层级",
        "area": "区域",
        "lead_unit": "牵头单位",
        "committee": "二级党委",
        "guidance": "指导部门",
    }
    for name, term in zh.items():
        value = getattr(event, name)
        if not (value.strip() if isinstance(value, str) else value):
            yield Detail(f"{name} is missing", f"缺{term}")
    if event.lead_unit not in event.founders or len(set(event.founders)) != len(event.founders):
        yield Detail("founders are the lead and others, each once", "发起单位应含牵头单位且不重复")


@rule("两个联系对象及督导单位各不相同", "M121; M125", needs="lead_unit committee guidance supervisors")
def who_guides_and_who_supervises_are_others(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """Committee and guiding department are two units, and the supervising group is not the unit that leads."""
    names = ("lead_unit", "committee", "guidance", "supervisors")
    lead, committee, guidance, supervisors = (getattr(event, name) or getattr(alliance, name) for name in names)
    if committee is not None and committee == guidance:
        yield Detail(f"{committee} is named as both", f"{committee} 兼任二级党委与指导部门")
    if lead is not None and supervisors == lead:
        yield Detail(f"{lead} would supervise itself", f"{lead} 不得督导自身")


@rule("新牵头单位系成员单位", "M119", needs="lead_unit")
def new_lead_is_a_member(alliance: Alliance, event: Any, context: Context) -> bool:
    """A unit that is to lead belongs to it as a full member."""
    member: Any = alliance.item("member", event.lead_unit or "")
    return event.lead_unit is None or (member is not None and bool(member.has_a_turn))


@rule("至少有两个成员单位", "M119")
def two_members_belong_to_it(alliance: Alliance, event: Any, context: Context) -> bool:
    """Two full members at least belong to it."""
    members = alliance.items_of("member").values()
    return len([unit for unit in members if unit.has_a_turn]) >= 2


@rule("轮值次序列明全部成员单位且各一次", "M120", needs="order")
def order_names_every_member_once(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """The order names every full member, each once, and nobody else."""
    members = {unit for unit, each in alliance.items_of("member").items() if each.has_a_turn}
    for unit in sorted(members - set(event.order)):
        yield Detail(f"{unit} is not named", f"未列 {unit}")
    for unit in sorted(set(event.order) - members):
        yield Detail(f"{unit} is no full member", f"{unit} 非成员单位")
    if len(set(event.order)) != len(event.order):
        yield Detail("a unit is named twice", "单位重复")


@rule("由下一轮值单位自行或经牵头单位登记轮空", "M120", needs="unit")
def turn_is_declined_by_whose_it_is(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """The turn is the unit's that lets it pass, and that unit says so itself or the lead writes it down."""
    due = next_in_turn(alliance)
    if event.unit is None or event.unit != due:
        yield Detail(f"the turn is that of {due or 'nobody'}", f"应由 {due or '（无）'} 轮值")
    if {event.unit, alliance.lead_unit}.isdisjoint({claim.unit for claim in context.claims} - {None}):
        yield Detail(f"{event.by} does not speak for {event.unit}", f"{event.by} 不代表 {event.unit}")


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_ABOVE = (R.TOWN, R.DISTRICT)
_LEAD = (R.LEAD_UNIT, *_ABOVE)
_OPEN = (S.FOUNDED, S.ACTIVE)
_OTHERS = (who_guides_and_who_supervises_are_others, its_judges_take_no_turn)
_FOUNDING = (alliance_is_described, members_are_organisations, *_OTHERS, personal_data_is_withheld)
_AMENDING = (reason_given, *_OTHERS, new_lead_is_a_member)
_DECLINING = (turn_is_declined_by_whose_it_is, reason_given)
# fmt: off
ALLIANCE_WORKFLOW = Workflow("alliance", S, zh="联盟", steps=(
    #    id      command             from         event                to           who                           provided that
    Step("AL01", m.FoundAlliance,    None,        m.AllianceFounded,   S.FOUNDED,   _ABOVE,                       _FOUNDING),
    Step("AL02", m.ActivateAlliance, S.FOUNDED,   m.AllianceActivated, S.ACTIVE,    _LEAD,                        (two_members_belong_to_it,)),
    Step("AL03", m.AmendAlliance,    _OPEN,       m.AllianceAmended,   None,        _ABOVE,                       _AMENDING),
    Step("AL04", m.SetRotation,      _OPEN,       m.RotationSet,       None,        _LEAD,                        (order_names_every_member_once,)),
    Step("AL05", m.DeclineTurn,      _OPEN,       m.TurnDeclined,      None,        (R.ORGANISATION, R.LEAD_UNIT), _DECLINING),
    Step("AL06", m.DissolveAlliance, _OPEN,       m.AllianceDissolved, S.DISSOLVED, _ABOVE,                       (reason_given, loops_are_handed_over), drops="*"),
    Step("AL07", m.ArchiveAlliance,  S.DISSOLVED, m.AllianceArchived,  S.ARCHIVED,  R.ARCHIVIST,                  (retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on
