"""保管 retention: what happens to an archived record when its term is over. A record has one.

The term is the record's own clock `retention`, started by archiving and by every renewal; what is kept for good has
none. An archived record's file is closed: the papers of these steps are named by where they are kept and the hash of
their content. Destroying is here the decision and its proof; the keys of the record's personal data are shredded by
whoever carries the decision out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from govflow.actors import SYSTEM, Id, Role
from govflow.context import Context
from govflow.errors import Detail
from govflow.messages import Command, Event, Instant, ItemCommand, ItemEvent, Sha256, Value, Words
from govflow.records import Item, Record
from govflow.region import Fold, Region
from govflow.rules import due_has_passed, required_papers_are_attached, retention_class_is_set
from govflow.workflow import Rest, Status, Step, Workflow, rule


class RetentionStatus(Status):
    """Where an archived record stands."""

    HELD = "held", "保管中", Rest.OUTCOME
    APPRAISED = "appraised", "已鉴定", Rest.OUTCOME
    TRANSFERRED = "transferred", "已移交", Rest.OUTCOME
    DESTROYED = "destroyed", "已销毁", Rest.FINAL


S = RetentionStatus


class Paper(Value):
    """A paper that is not on the record's own file: what it is, where it is kept, the hash of its content."""

    kind: Id = "report"
    reference: Words = ""
    sha256: Sha256


class Retention(Item):
    """How a record is kept: its class, every earlier one, the archive that has it, the papers of each decision."""

    kept_as: str = ""
    earlier: tuple[str, ...] = ()
    finding: str = ""
    appraised_at: Instant | None = None
    archive: str = ""
    papers: tuple[Paper, ...] = ()

    @property
    def what(self) -> str:
        return f"kept as {self.kept_as}"


class _Kept(Value):
    retention: Id | None = None


class _Papers(Value):
    papers: tuple[Paper, ...] = ()


class HoldRetention(ItemCommand, wire="retention.hold", label="保管"):
    """Begin to keep an archived record, in the class it was archived in."""


class RetentionHeld(ItemEvent, _Kept, name="retention.held"):
    """The record is kept."""


class _Appraisal(_Papers):
    finding: Words = ""


class AppraiseRetention(ItemCommand, _Appraisal, wire="retention.appraise", label="鉴定"):
    """Report at the end of the term what should become of the record."""


class RetentionAppraised(ItemEvent, _Appraisal, name="retention.appraised"):
    """The record was appraised."""


class RenewRetention(ItemCommand, _Kept, _Papers, wire="retention.renew", label="续存"):
    """Keep it for another term, in the same class unless another is named."""


class RetentionRenewed(ItemEvent, _Kept, _Papers, name="retention.renewed"):
    """It is kept for another term."""


class _Transfer(_Papers):
    archive: Words = ""


class TransferRetention(ItemCommand, _Transfer, wire="retention.transfer", label="移交"):
    """Hand it to a state archive: after 10 years to the county's, after 20 to a city's or higher (§20)."""


class RetentionTransferred(ItemEvent, _Transfer, name="retention.transferred"):
    """A state archive has it."""


class DestroyRetention(ItemCommand, _Papers, wire="retention.destroy", label="销毁"):
    """Decide that it is destroyed; events and hashes stay as the proof that it was."""


class RetentionDestroyed(ItemEvent, _Papers, name="retention.destroyed"):
    """It was decided that the record is destroyed."""


@rule("设有保管期限(非永久)", "档案法实施条例 §24 [V]")
def kept_for_a_term(record: Record, event: Any, context: Context) -> bool:
    """The record is kept for a term: what is kept for good is not appraised."""
    clock = record.clocks.get("retention")
    return clock is not None and clock.is_going


@rule("已注明接收档案馆", "档案法实施条例 §20 [V]", needs="archive")
def receiving_archive_is_named(record: Record, event: Any, context: Context) -> bool:
    """The archive that receives it is named."""
    return bool(event.archive.strip())


def _named(record: Record, event: Any, context: Context) -> Iterator[str]:
    """As for any paper, but of an archived record, to whose file nothing is added: where it is kept must be said."""
    if not event.papers:
        yield Detail("no paper is named", "未附材料")
    for paper in event.papers:
        if not paper.reference.strip():
            yield Detail(f"{paper.kind}: where it is kept is not said", f"{paper.kind}：未注明存放处")


_PAPERS_ARE_NAMED = replace(required_papers_are_attached, check=_named)

R = Role
_BOTH = (S.HELD, S.APPRAISED)
_ON = ("case", "proposal", "joint_project")
# fmt: off
RETENTION_WORKFLOW = Workflow("retention", S, zh="保管", on=_ON, steps=(
    #    id      command            from         event                 to             who                      provided that
    Step("RT01", HoldRetention,     None,        RetentionHeld,        S.HELD,        (R.SYSTEM, R.ARCHIVIST), (retention_class_is_set,), while_in="archived"),
    Step("RT02", AppraiseRetention, S.HELD,      RetentionAppraised,   S.APPRAISED,   R.ARCHIVIST,             (due_has_passed, kept_for_a_term), while_in="archived", stops="retention"),
    Step("RT03", RenewRetention,    S.APPRAISED, RetentionRenewed,     S.HELD,        R.ARCHIVIST,             (_PAPERS_ARE_NAMED, retention_class_is_set), approval=R.UNIT_HEAD, while_in="archived", starts="retention"),
    Step("RT04", TransferRetention, _BOTH,       RetentionTransferred, S.TRANSFERRED, R.ARCHIVIST,             (_PAPERS_ARE_NAMED, receiving_archive_is_named), approval=R.UNIT_HEAD, while_in="archived", stops="retention"),
    Step("RT05", DestroyRetention,  S.APPRAISED, RetentionDestroyed,   S.DESTROYED,   R.ARCHIVIST,             (_PAPERS_ARE_NAMED,), approval=R.UNIT_HEAD, while_in="archived", stops="retention"),
))
# fmt: on

_FOLD: Fold = {
    RetentionHeld: lambda item, e: {"status": S.HELD, "kept_as": e.retention},
    RetentionAppraised: lambda item, e: {
        "status": S.APPRAISED,
        "finding": e.finding,
        "appraised_at": e.at,
        "papers": (*item.papers, *e.papers),
    },
    RetentionRenewed: lambda item, e: {
        "status": S.HELD,
        "kept_as": e.retention,
        "earlier": (*item.earlier, item.kept_as),
        "papers": (*item.papers, *e.papers),
    },
    RetentionTransferred: lambda item, e: {
        "status": S.TRANSFERRED,
        "archive": e.archive,
        "papers": (*item.papers, *e.papers),
    },
    RetentionDestroyed: lambda item, e: {"status": S.DESTROYED, "papers": (*item.papers, *e.papers)},
}


def _classed(event: type[ItemEvent]) -> Any:
    """The event says in which class it is kept: the one named, else the one it has."""

    def propose(record: Record, command: Any, context: Context) -> Event:
        item, named = context.item, getattr(command, "retention", None)
        kept_as = named or (item.kept_as if isinstance(item, Retention) else record.retention) or None
        decider = context.deciders[record.kind_of_record]
        return decider.copied(command, event, context, item="retention", retention=kept_as)

    return propose


def hold_in_archive(record: Record, event: Any, context: Context) -> Iterator[Command]:
    """What belongs to archiving: the record is held from then on."""
    yield HoldRetention(id=record.id, by=SYSTEM)


RETENTION = Region(
    RETENTION_WORKFLOW,
    Retention,
    _FOLD,
    propose={HoldRetention: _classed(RetentionHeld), RenewRetention: _classed(RetentionRenewed)},
    single=True,
)
