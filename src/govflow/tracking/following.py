"""What a reporter sees who follows a matter by its code: where it stands, what is owed until when, what was told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from govflow.cases import Case
from govflow.cases import events as e
from govflow.cases.model import CaseStatus
from govflow.clocks import Clock
from govflow.clocks.kinds import CLOCKS, ClockKind
from govflow.messages import Event, Instant, RecordedEvent, Value


class Until(Value):
    """Something that goes on, in English and Chinese, and when it ends; `late` where it should be done already."""

    en: str
    zh: str
    until: Instant | None
    late: bool = False


class Told(Value):
    """One thing that happened, in English and Chinese, with what was said of it to whoever reads the matter."""

    at: Instant
    en: str
    zh: str
    text: str = ""


class Following(Value):
    """A matter as its reporter sees it; nobody's name and no official's id stands in it.

    `owed` are the duties that the offices have, `open_to_you` the rights that end; `asks` is what the desk asks to be
    supplied, `rating` the item under which a rating is waited for, `has_answer` whether an answer to the reporter alone
    can be opened.
    """

    record: str
    title: str
    status: str
    status_zh: str
    reported_at: Instant | None
    lead_unit: str | None = None
    goes_on_as: str | None = None
    owed: tuple[Until, ...] = ()
    open_to_you: tuple[Until, ...] = ()
    asks: tuple[str, ...] = ()
    rating: str | None = None
    told: tuple[Told, ...] = ()
    has_answer: bool = False


# What a reporter is told of, and the fields that say more. What offices settle among themselves is left out.
_TOLD: Mapping[type[Event], tuple[str, ...]] = {
    e.CaseReported: (),
    e.SupplementRequested: ("shortcomings",),
    e.SupplementProvided: (),
    e.SupplementLapsed: (),
    e.CaseAccepted: (),
    e.CaseRejected: ("reason",),
    e.CaseRedirected: ("statutory_channel", "reason"),
    e.ExternalOutcomeRecorded: ("external_outcome",),
    e.CaseMerged: ("same_subject",),
    e.CaseUnmerged: ("reason",),
    e.FollowerInformed: ("news",),
    e.CaseWithdrawn: ("reason",),
    e.CaseConvertedToProposal: ("reason",),
    e.CaseConvertedToProject: ("reason",),
    e.CaseAssigned: (),
    e.HandlingStarted: (),
    e.DeadlineExtended: ("reason",),
    e.CaseSuspended: ("cause",),
    e.CaseResumed: (),
    e.HandlingCompleted: ("measure",),
    e.TargetResultTakenBack: ("measure",),
    e.ReworkOrdered: ("reason",),
    e.FeedbackGiven: ("public_text",),
    e.CaseClosed: (),
    e.CaseReopened: ("ground",),
    e.ReviewRequested: (),
    e.ReviewDecided: ("conclusion",),
    e.RecheckRequested: (),
    e.RecheckDecided: ("conclusion",),
    e.CaseTerminated: ("reason",),
}


def following(case: Case, history: Iterable[RecordedEvent], labels: Mapping[str, str], now: datetime) -> Following:
    """A case as the one who reported it sees it now; `labels` has the Chinese name of each command."""
    events = tuple(history)
    return Following(
        record=case.id,
        title=case.title,
        status=case.status,
        status_zh=CaseStatus(case.status).zh,
        reported_at=case.opened_at,
        lead_unit=case.lead_unit,
        goes_on_as=case.merged_into or case.converted_to,
        owed=tuple(_until(case, ClockKind.DEADLINE, now)),
        open_to_you=tuple(_until(case, ClockKind.WINDOW, now)),
        asks=_asked(case, events),
        rating=next((each.key for each in case.items_of("evaluation").values() if _is_waited_for(each, case)), None),
        told=tuple(_told(events, labels)),
        has_answer=any(isinstance(each.body, e.FeedbackGiven) and each.body.answer is not None for each in events),
    )


_OF_OFFICES = frozenset({"objection_window"})  # a window of theirs, not of the reporter's


def _until(case: Case, kind: ClockKind, now: datetime) -> Iterator[Until]:
    """The clocks of the matter itself; those of its items are the offices' own affair."""
    for name, (its_kind, zh) in CLOCKS.items():
        clock: Clock | None = case.clocks.get(name)
        if its_kind is kind and clock is not None and (clock.is_going or clock.is_late) and name not in _OF_OFFICES:
            late = clock.due is not None and clock.due < now and clock.paused_at is None
            yield Until(en=name.replace("_", " "), zh=zh, until=clock.due, late=late)


def _asked(case: Case, events: Iterable[RecordedEvent]) -> tuple[str, ...]:
    clock = case.clocks.get("supplement")
    if clock is None or not clock.is_going:
        return ()
    asked = [each.body.shortcomings for each in events if isinstance(each.body, e.SupplementRequested)]
    return asked[-1] if asked else ()


def _is_waited_for(item: Any, case: Case) -> bool:
    return bool(item.status == "requested" and item.owes == case.reporter)


def _told(events: Iterable[RecordedEvent], labels: Mapping[str, str]) -> Iterator[Told]:
    for each in events:
        fields = _TOLD.get(type(each.body))
        if fields is not None:
            verb = each.meta.wire.partition(".")[2].replace("_", " ")
            text = "; ".join(filter(None, (_text(getattr(each.body, name)) for name in fields)))
            yield Told(at=each.body.at, en=verb, zh=labels.get(each.meta.wire, verb), text=text)


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value or "").strip()
