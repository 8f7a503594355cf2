"""经手 hands: whose turn it is with a record, as its table and its state tell: a unit, else a role, else nobody."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from govflow.actors import Role
from govflow.records import Record
from govflow.workflow import Rest, Workflow

_NOT_ASKED = frozenset({Role.SYSTEM, Role.REPORTER})  # the clock's turn, and a right of the asker's: nobody owes it
_OF_THE_LEAD = (Role.LEAD_UNIT, Role.PROJECT_LEAD, Role.IMPLEMENTER, Role.UNIT_HEAD)


class Turn(NamedTuple):
    """Whose turn it is in a status: the role that most steps out of it belong to, `""` where nothing is owed.

    `of_lead` is the first role of the lead unit among all that may move the record on, `""` where it can do nothing.
    """

    role: str = ""
    of_lead: str = ""


class Hands(NamedTuple):
    """In whose hands a record is: the unit where one has it, the role that is asked for, the level in charge."""

    unit: str = ""
    role: str = ""
    level: str = ""


def turn_in(flow: Workflow, status: str) -> Turn:
    """Whose turn it is in a status of a table; nobody's where it rests or has ended."""
    if flow.rests.get(status) is not Rest.OPEN:
        return Turn()
    asked = Counter(
        str(role)
        for rows in flow.rows_from(status).values()
        for row in rows
        if row.to is not None and str(row.to) != status
        for role in row.who
        if role not in _NOT_ASKED
    )
    if not asked:
        return Turn()
    return Turn(asked.most_common(1)[0][0], next((str(role) for role in _OF_THE_LEAD if role in asked), ""))


def turns_of(flow: Workflow) -> dict[str, Turn]:
    """Whose turn it is in every status of a table, and before there is one."""
    return {status: turn_in(flow, status) for status in ("", *flow.rests)}


def hands_of(record: Record, turn: Turn) -> Hands:
    """In whose hands a record is whose turn is known: the lead unit's while one of its roles can move it on."""
    level = str(record.level or "")
    unit = unit_of(record)
    if unit and turn.of_lead:
        return Hands(unit, turn.of_lead, level)
    return Hands("", turn.role, level)


def unit_of(record: Record) -> str:
    """The lead unit, for records that have one."""
    return getattr(record, "lead_unit", None) or ""
