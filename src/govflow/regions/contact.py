"""联系诉求人 contact: the attempts to reach the reporter. Keyed by the attempt."""

from typing import Any

from govflow.actors import Role
from govflow.context import Context
from govflow.messages import ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import Item, Record
from govflow.region import Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class ContactStatus(Status):
    REACHED = "reached", "已联系", Rest.FINAL
    NOT_REACHED = "not_reached", "未联系上", Rest.FINAL


S = ContactStatus


class Attempt(Item):
    """One attempt to reach the reporter, and by which way."""

    way: str = ""


class _Attempt(Value):
    reached: bool | None = None
    way: Words = ""


class LogContact(ItemCommand, _Attempt, wire="contact.log", label="记录联系"):
    """Record an attempt to reach the reporter: when, by which way, reached or not, what was said."""

    gist: Personal | None = None


class ContactLogged(ItemEvent, _Attempt, name="contact.logged"):
    """An attempt to reach the reporter is on record."""

    gist: Protected | None = None


@rule("已联系上", "BJ §15 [V]", needs="reached")
def contact_was_made(record: Record, event: Any, context: Context) -> bool:
    """The reporter was spoken with."""
    return event.reached is True


@rule("未联系上", "BJ §15 [V]", needs="reached")
def contact_was_tried(record: Record, event: Any, context: Context) -> bool:
    """The reporter was not reached."""
    return event.reached is False


_WHO = (Role.LEAD_UNIT, Role.GRID_WORKER, Role.CALLBACK, Role.ACCEPTANCE_DESK, Role.COMMUNITY)
_WHILE = ("reported", "accepted", "assigned", "in_handling", "suspended", "handled", "fed_back")
# fmt: off
CONTACT_WORKFLOW = Workflow("contact", S, zh="联系诉求人", on=("case",), steps=(
    Step("CT01", LogContact, None, ContactLogged, S.REACHED,     _WHO, (contact_was_made,),  while_in=_WHILE, stops="contact"),
    Step("CT02", LogContact, None, ContactLogged, S.NOT_REACHED, _WHO, (contact_was_tried,), while_in=_WHILE),
))
# fmt: on

CONTACT = Region(
    CONTACT_WORKFLOW,
    Attempt,
    {ContactLogged: lambda item, e: {"status": S.REACHED if e.reached else S.NOT_REACHED, "way": e.way}},
)


def is_out_of_reach(record: Record, attempts: int) -> bool:
    """Whether the reporter was never reached, in as many attempts as the policy asks for."""
    tried = list(record.items_of("contact").values())
    return not any(each.status == S.REACHED for each in tried) and len(tried) >= attempts
