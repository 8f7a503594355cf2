"""代理 substitution: an actor stands in for an absent one for a time. Keyed by a running number.

Substitutes get what the absent one was appointed to, never what somebody else left to the absent one: no chains.
"""

from collections.abc import Iterable
from typing import Any

from govflow.actors import Id
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Instant, ItemEvent, Value
from govflow.organisation.appointments import ending
from govflow.organisation.model import (
    KEEPERS,
    Directory,
    DirectoryCommand,
    Period,
    it_ends_sooner,
    overlap,
    period_is_in_order,
    role_is_known,
)
from govflow.records import Item
from govflow.region import Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class SubstitutionStatus(Status):
    """What was said of a substitution. Whether it runs at a moment is a question to its period."""

    ARRANGED = "arranged", "已安排", Rest.OUTCOME
    ENDED = "ended", "提前终止", Rest.OUTCOME


S = SubstitutionStatus


class Substitution(Item):
    """One substitution: who stands in for whom, in which roles (none named: all), from when until before when."""

    actor: str = ""
    absent: str = ""
    roles: tuple[str, ...] = ()
    valid_from: Instant | None = None
    valid_to: Instant | None = None


class _StandIn(Value):
    actor: Id
    absent: Id
    roles: tuple[Id, ...] = ()


class ArrangeSubstitution(DirectoryCommand, _StandIn, Period, wire="substitution.arrange", label="安排代理"):
    """Let `actor` stand in for `absent` between two moments, in all roles or those named."""


class SubstitutionArranged(ItemEvent, _StandIn, Period, name="substitution.arranged"):
    """Somebody stands in for somebody."""


class EndSubstitution(DirectoryCommand, wire="substitution.end", label="终止代理"):
    """End a substitution now, or at a moment within its period: the absent one is back."""

    valid_to: Instant | None = None


class SubstitutionEnded(ItemEvent, name="substitution.ended"):
    """A substitution ends before `valid_to`."""

    valid_to: Instant | None = None


@rule("代理起止时间均已载明", "design", needs="valid_from valid_to")
def both_ends_are_named(directory: Directory, event: Any, context: Context) -> bool:
    """The moments it begins and ends are both given."""
    return _has_both_ends(event)


@rule("不代理本人", "design", needs="actor absent")
def substitute_is_another(directory: Directory, event: Any, context: Context) -> bool:
    """Nobody stands in for himself."""
    return bool(event.actor != event.absent)


@rule("被代理人同期未代理他人，代理人同期未被代理", "design", needs="actor absent")
def there_is_no_chain(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """Meanwhile the absent one stands in for nobody, and nobody stands in for the substitute."""
    for each in _meanwhile(directory, event):
        if event.absent == each.actor or event.actor == each.absent:
            yield Detail(f"substitution {each.key}", f"代理 {each.key}")


@rule("同期未有相同代理", "design", needs="valid_from valid_to")
def arranged_once(directory: Directory, event: Any, context: Context) -> Iterable[str]:
    """The same actor does not stand in for the same one at the same time already."""
    for each in _meanwhile(directory, event):
        if (event.actor, event.absent) == (each.actor, each.absent):
            yield Detail(f"substitution {each.key}", f"代理 {each.key}")


@rule("被代理人同期任有所代理的角色", "design", needs="absent roles")
def there_is_something_to_stand_in_for(directory: Directory, event: Any, context: Context) -> bool:
    """Meanwhile the absent one is appointed to one of the roles."""
    return not _has_both_ends(event) or any(
        each.actor == event.absent and overlap(each, event) and (not event.roles or each.role in event.roles)
        for each in directory.items_of("appointment").values()
    )


def _has_both_ends(event: Any) -> bool:
    return event.valid_from is not None and event.valid_to is not None


def _meanwhile(directory: Directory, event: Any) -> Iterable[Substitution]:
    items = directory.items_of("substitution").values() if _has_both_ends(event) else ()
    return (each for each in items if overlap(each, event))


_RULES = (
    both_ends_are_named,
    period_is_in_order,
    role_is_known,
    substitute_is_another,
    there_is_no_chain,
    arranged_once,
    there_is_something_to_stand_in_for,
)
# fmt: off
SUBSTITUTION_WORKFLOW = Workflow("substitution", S, zh="代理", on=("directory",), steps=(
    Step("DS01", ArrangeSubstitution, None, SubstitutionArranged, S.ARRANGED, KEEPERS, _RULES),
    Step("DS02", EndSubstitution, (S.ARRANGED, S.ENDED), SubstitutionEnded, S.ENDED, KEEPERS, (it_ends_sooner,)),
))
# fmt: on

SUBSTITUTION = Region(
    SUBSTITUTION_WORKFLOW,
    Substitution,
    {
        SubstitutionArranged: lambda item, e: {
            "status": S.ARRANGED,
            "actor": e.actor,
            "absent": e.absent,
            "roles": e.roles,
            "valid_from": e.valid_from,
            "valid_to": e.valid_to,
        },
        SubstitutionEnded: lambda item, e: {"status": S.ENDED, "valid_to": e.valid_to},
    },
    propose={EndSubstitution: ending(SubstitutionEnded)},
)
