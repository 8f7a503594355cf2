"""利害关系 interest: what an actor must keep away from 回避 while it stands. Keyed by a running number.

The ground is one of three codes, without words: whose kin somebody is does not belong in a log.
"""

from enum import StrEnum
from typing import Any

from govflow.actors import Id, Role
from govflow.context import Context
from govflow.messages import Instant, ItemEvent, Value
from govflow.organisation.model import KEEPERS, Directory, DirectoryCommand
from govflow.records import Item
from govflow.region import Region
from govflow.workflow import Rest, Status, Step, Workflow, rule


class InterestStatus(Status):
    """Where a declared interest stands."""

    DECLARED = "declared", "已申报", Rest.OUTCOME
    LIFTED = "lifted", "已解除", Rest.FINAL


S = InterestStatus


class Ground(StrEnum):
    """Why somebody keeps away: the three grounds of 公务员法 §76."""

    OWN = "own"  # 涉及本人利害关系
    KIN = "kin"  # 涉及亲属利害关系
    OTHER = "other"  # 其他可能影响公正执行公务


class Interest(Item):
    """One interest: whose, in which actor, unit or record, on what ground; it stood until before `lifted_at`."""

    actor: str = ""
    subject: str = ""
    ground: Ground = Ground.OTHER
    lifted_at: Instant | None = None


class _Declared(Value):
    actor: Id
    subject: Id
    ground: Ground


class DeclareInterest(DirectoryCommand, _Declared, wire="interest.declare", label="申报利害关系"):
    """Declare that an actor has an interest in an actor, a unit or a record (`subject`, by its id)."""


class InterestDeclared(ItemEvent, _Declared, name="interest.declared"):
    """An interest was declared; the actor keeps away from now on."""


class LiftInterest(DirectoryCommand, wire="interest.lift", label="解除回避"):
    """Find as another person that the interest is no more."""


class InterestLifted(ItemEvent, name="interest.lifted"):
    """The interest is no more; the actor need not keep away any longer."""


@rule("申报者为本人", "公务员法 §77", needs="actor")
def interest_is_ones_own(directory: Directory, event: Any, context: Context) -> bool:
    """Whoever declares it is the one who has it."""
    return bool(event.actor == event.by)


@rule("同一利害关系未重复申报", "design", needs="actor subject")
def interest_is_new(directory: Directory, event: Any, context: Context) -> bool:
    """The same interest does not stand already."""
    return not any(
        each.status == S.DECLARED and (each.actor, each.subject) == (event.actor, event.subject)
        for each in directory.items_of("interest").values()
    )


@rule("解除者非利害关系人本人", "公务员法 §77")
def lifted_by_another(directory: Directory, event: Any, context: Context) -> bool:
    """Whoever lifts it is another than the one who has it."""
    interest: Any = context.item
    return bool(interest.actor != event.by)


_OWN = (interest_is_new, interest_is_ones_own)
# fmt: off
INTEREST_WORKFLOW = Workflow("interest", S, zh="利害关系", on=("directory",), steps=(
    #    id      command          from        event             to          who          provided that
    Step("DN01", DeclareInterest, None,       InterestDeclared, S.DECLARED, KEEPERS,     (interest_is_new,)),
    Step("DN02", DeclareInterest, None,       InterestDeclared, S.DECLARED, tuple(Role), _OWN, anywhere=True),
    Step("DN03", LiftInterest,    S.DECLARED, InterestLifted,   S.LIFTED,   KEEPERS,     (lifted_by_another,)),
))
# fmt: on

INTEREST = Region(
    INTEREST_WORKFLOW,
    Interest,
    {
        InterestDeclared: lambda item, e: {
            "status": S.DECLARED,
            "actor": e.actor,
            "subject": e.subject,
            "ground": e.ground,
        },
        InterestLifted: lambda item, e: {"status": S.LIFTED, "lifted_at": e.at},
    },
)
