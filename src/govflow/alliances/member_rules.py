"""Rules of who may belong to an alliance, as what, and in which of its projects: units alone, no chair's judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.alliances.model import Alliance, Capacity
from govflow.context import Context
from govflow.errors import Detail
from govflow.evaluating import lacks_of_subjects
from govflow.records import Record
from govflow.workflow import rule


@rule("成员均为单位,不涉及个人", "M118, M122; non-goal", needs="item founders")
def members_are_organisations(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Who founds it, is visited or admitted is a unit in use in the directory, where there is one, never a person."""
    units = getattr(event, "founders", None) or (event.item,)
    directory = context.lookup("directory") if "directory" in context.deciders else None
    known = units  # without a directory a person is known by the form of a pseudonym alone
    if directory is not None:
        known = tuple(unit.key for unit in directory.items_of("unit").values() if unit.status != "closed")
    return lacks_of_subjects(units, known)


@rule("走访对象为其他单位", "M126", needs="item")
def another_unit_is_visited(record: Record, event: Any, context: Context) -> bool:
    """The unit visited is named, and it is another than the visitor's own."""
    return event.item not in {event.by, *(claim.unit for claim in context.claims)}


@rule(
    "二级党委、指导部门及督导单位不得为成员单位",
    "M121, M122, M125",
    needs="founders committee guidance supervisors capacity",
)
def its_judges_take_no_turn(record: Record, event: Any, context: Context) -> Iterator[Detail]:
    """Committee, guiding department and supervising group are no full members: no chair scores itself."""
    assert isinstance(record, Alliance)
    names = ("committee", "guidance", "supervisors")
    judges = {getattr(event, name, None) or getattr(record, name) for name in names}
    members = {unit for unit, each in record.items_of("member").items() if each.has_a_turn}
    members |= set(getattr(event, "founders", ()))
    if getattr(event, "capacity", None) == Capacity.MEMBER:
        members = {event.item}
    for unit in sorted(members & judges):
        yield Detail(f"{unit} takes turns in the chair and would score itself", f"{unit} 轮值时将考核自身")


@rule("牵头单位先行更换", "M119")
def unit_does_not_lead(record: Record, event: Any, context: Context) -> bool:
    """The unit does not lead the alliance: another is named first."""
    return bool(getattr(record, "lead_unit", None) != event.item)


@rule("该单位为项目参与方", "M126; M144", needs="project")
def unit_is_a_party_to_it(record: Record, event: Any, context: Context) -> bool:
    """The unit is one of the parties of the joint project."""
    project: Any = context.lookup(event.project) if event.project else None
    return event.item in getattr(project, "units", ())
