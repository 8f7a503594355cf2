"""The watch as a whole: its table, fold and regions, and how many signs raise a risk signal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from govflow.actors import SYSTEM, Role
from govflow.context import Context
from govflow.decider import Decider
from govflow.messages import Command
from govflow.records import HandOver
from govflow.region import Changes
from govflow.regions.clock import CLOCK
from govflow.regions.evidence import EVIDENCE
from govflow.regions.risk_signal import RISK_SIGNAL, Concern, RaiseRiskSignal, RiskSignalStatus
from govflow.regions.risk_signal.rules import signal_names_no_person
from govflow.rules import loops_are_handed_over, reason_given
from govflow.watch.model import (
    NoteSign,
    RestWatch,
    Sign,
    SignNoted,
    Watch,
    WatchRested,
    sign_is_new,
    watch_has_its_id,
)
from govflow.watch.model import WatchStatus as S
from govflow.workflow import Step, Workflow


def _raise(watch: Watch, event: SignNoted, context: Context) -> Iterator[Command]:
    """The signs reached the threshold: one risk signal for all of them, in the same append."""
    if event.raises is not None:
        days = context.policy.thresholds.similar_signal_days
        yield RaiseRiskSignal(
            id=watch.id,
            by=SYSTEM,
            item=event.raises,
            what=f"{event.together} similar signs within {days} days: {watch.category} (同类苗头 {event.together} 起)",
            area=watch.area,
            place="" if watch.area else "everywhere 全域",
            concerning=Concern.SIMILAR_SIGNS,
        )


_NOTED = (watch_has_its_id, signal_names_no_person)
_RESTED = (reason_given, signal_names_no_person, loops_are_handed_over)
_OFFICIALS = (Role.COMMUNITY, Role.TOWN, Role.DISTRICT)
# fmt: off
WATCH_WORKFLOW = Workflow("watch", S, zh="苗头", steps=(
    #    id      command    from        event        to          who          provided that
    Step("WT01", NoteSign,  None,       SignNoted,   S.WATCHING, Role.SYSTEM, _NOTED, then=(_raise,)),
    Step("WT02", NoteSign,  tuple(S),   SignNoted,   S.WATCHING, Role.SYSTEM, (*_NOTED, sign_is_new), then=(_raise,)),
    Step("WT03", RestWatch, S.WATCHING, WatchRested, S.RESTING,  _OFFICIALS,  _RESTED),
))
# fmt: on


def _noted(watch: Watch, command: NoteSign, context: Context) -> SignNoted:
    """Whether this sign adds to a risk signal that is open, or is the one too many that raises one.

    What was noted while a signal was open, or has raised one, does not count for the next.
    """
    limits = context.policy.thresholds
    since = context.at - timedelta(days=limits.similar_signal_days)
    opened = next((item.key for item in RISK_SIGNAL.open_items(watch)), None)
    together = 1 + sum(sign.at >= since for sign in watch.signs)
    raises = _next_key(watch) if opened is None and together >= limits.similar_signals else None
    event = WATCH.copied(command, SignNoted, context, since=since, during=opened, raises=raises, together=together)
    assert isinstance(event, SignNoted)
    return event


def _next_key(watch: Watch) -> str:
    """The signal that was cleared is raised again; a new one where there is none, or it was a false alarm."""
    cleared = (key for key, item in watch.items_of("risk_signal").items() if item.status == RiskSignalStatus.CLEARED)
    return next(cleared, str(len(watch.items_of("risk_signal")) + 1))


def _fold_noted(watch: Watch, event: SignNoted) -> Changes:
    signs: tuple[Sign, ...] = ()
    if event.during is None and event.raises is None:
        kept = (sign for sign in watch.signs if sign.at >= event.since)
        signs = (*kept, Sign(source=event.source, at=event.at, signal=event.signal))
    return {
        "status": S.WATCHING,
        "category": event.category,
        "area": event.area,
        "opened_at": watch.opened_at or event.at,
        "signs": signs,
    }


def _rested(watch: Watch, command: RestWatch, context: Context) -> WatchRested:
    """What is still open ends for the same reason."""
    rest: WatchRested = WatchRested(
        at=context.at, by=command.by.id, reason=command.reason, hand_over=(HandOver(reason=command.reason),)
    )
    return rest


WATCH = Decider(
    WATCH_WORKFLOW,
    Watch,
    {SignNoted: _fold_noted, WatchRested: lambda watch, event: {"status": S.RESTING, "signs": ()}},
    prefix="W",
    regions=(RISK_SIGNAL, EVIDENCE, CLOCK),
    propose={NoteSign: _noted, RestWatch: _rested},
    reserves="watch.",
)
"""The watches over categories and areas: served beside the cases, which note their signs there (`noted_by`)."""
