"""The table of matters 社情民意, what each step does to a matter, and what it causes elsewhere."""

# ruff: noqa: E501 - a row of a table stays one line

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.beside.reach import matter_is_no_secret
from govflow.cases.bodies import Matter
from govflow.cases.commands import ReportCase
from govflow.cases.model import CaseKind
from govflow.context import Context
from govflow.messages import ClockStatus, Command, Event, Personal
from govflow.region import Changes, Fold, Region
from govflow.regions.link import AddLink, LinkKind, LinkStatus, Unlink, mirrored_unlink
from govflow.rules import not_done_before, personal_data_is_withheld, reason_given
from govflow.studios import matter as m
from govflow.studios.matter import S, StudioMatter
from govflow.studios.matter_rules import (
    answer_reaches_the_asker,
    asker_does_not_answer,
    asker_speaks_or_the_studio_enters_it,
    case_is_within_the_studio,
    delegate_in_charge_sits,
    desk_had_no_hand_in_it,
    is_dealt_with,
    matter_is_taken_down,
    nothing_is_awaited,
    objection_is_said,
    one_target_is_named,
    somebody_else_takes_it,
    target_is_awaited_again,
)
from govflow.studios.model import DELEGATE, KEEPERS, Studio
from govflow.studios.rules import acting_delegate_sits, acts_for_the_studio
from govflow.workflow import Step, Workflow

# --- what belongs to a step ------------------------------------------------------------------------------------------


def _undone(studio: Studio, matter: StudioMatter, statuses: tuple[str, ...], reason: str) -> Iterator[Command]:
    others = (each for each in studio.items_of("matter").values() if each.status == S.HANDED_ON)
    if any(each.target == matter.target for each in others):
        return  # another matter still waits there
    for tie in studio.items_of("link").values():
        if matter.target is not None and tie.other == matter.target and tie.status in statuses:
            yield Unlink(id=studio.id, by=SYSTEM, item=tie.key, reason=reason)


def _let_a_failed_tie_go(studio: Studio, event: m.MatterAnswered, context: Context) -> Iterator[Command]:
    """What failed elsewhere was answered here: nothing is owed for the tie any more."""
    matter = studio.item("matter", event.item)
    yield from _undone(studio, matter, (LinkStatus.FAILED,), f"matter {event.item} was answered")


def _wait_no_longer(studio: Studio, event: m.MatterWithdrawn, context: Context) -> Iterator[Command]:
    """Nobody waits for the other record any more; it goes its own way."""
    matter = studio.item("matter", event.item)
    yield from _undone(studio, matter, (LinkStatus.AWAITED, LinkStatus.FAILED), f"matter {event.item} was withdrawn")


# --- the table -------------------------------------------------------------------------------------------------------

R = Role
_STUDIO = (*KEEPERS, DELEGATE)
_ASKERS = (R.RESIDENT, R.ORGANISATION)
_TOLD = (*_ASKERS, R.CALLBACK)  # the callback desk says what whoever asked has told it
_OWED = (S.RECEIVED, S.RETURNED)
# fmt: off
_RECEIVING = (matter_is_taken_down, matter_is_no_secret, asker_speaks_or_the_studio_enters_it, delegate_in_charge_sits, acting_delegate_sits)
_HANDING_ON = (one_target_is_named, case_is_within_the_studio, matter_is_no_secret, personal_data_is_withheld, acting_delegate_sits)
_ONCE = not_done_before("reopened")
MATTER_WORKFLOW = Workflow("matter", S, zh="社情民意", on=("studio",), steps=(
    #    id      command           from                      event              to           who                    provided that
    Step("SM01", m.ReceiveMatter,  None,                     m.MatterReceived,  S.RECEIVED,  (*_STUDIO, *_ASKERS),  _RECEIVING, while_in="active", anywhere=True, starts="matter_answer"),
    Step("SM02", m.AssignMatter,   _OWED,                    m.MatterAssigned,  None,        _STUDIO,               (delegate_in_charge_sits, somebody_else_takes_it, reason_given, acting_delegate_sits), while_in="active"),
    Step("SM03", m.AnswerMatter,   _OWED,                    m.MatterAnswered,  S.ANSWERED,  _STUDIO,               (answer_reaches_the_asker, asker_does_not_answer, acting_delegate_sits), while_in="active", stops="matter_answer", then=(_let_a_failed_tie_go,)),
    Step("SM04", m.HandOnMatter,   _OWED,                    m.MatterHandedOn,  S.HANDED_ON, _STUDIO,               _HANDING_ON, while_in="active", pauses="matter_answer"),
    Step("SM05", m.ReturnMatter,   S.HANDED_ON,              m.MatterReturned,  S.RETURNED,  R.SYSTEM,              (nothing_is_awaited,), while_in="active", resumes="matter_answer", starts="matter_answer"),
    Step("SM06", m.ResumeMatter,   (S.RETURNED, S.ANSWERED), m.MatterResumed,   S.HANDED_ON, R.SYSTEM,              (target_is_awaited_again,), while_in="active", pauses="matter_answer"),
    Step("SM07", m.ConfirmMatter,  S.ANSWERED,               m.MatterConfirmed, S.CONFIRMED, _TOLD,                 (desk_had_no_hand_in_it,), anywhere=True),
    Step("SM08", m.ReopenMatter,   S.ANSWERED,               m.MatterReopened,  S.RECEIVED,  _TOLD,                 (objection_is_said, _ONCE, desk_had_no_hand_in_it), while_in="active", anywhere=True, starts="matter_answer"),
    Step("SM09", m.WithdrawMatter, (*_OWED, S.HANDED_ON),    m.MatterWithdrawn, S.WITHDRAWN, _ASKERS,               (), while_in="active", anywhere=True, drops="matter_answer", then=(_wait_no_longer,)),
))
# fmt: on


def _fold_answered(item: StudioMatter, e: m.MatterAnswered) -> Changes:
    """That an answer came late stays said, though the matter is opened again and its clock runs anew."""
    late = any(move.to is ClockStatus.MET_LATE for move in e.clocks)
    return {
        "status": S.ANSWERED,
        "answer": e.answer,
        "public_text": e.public_text,
        "was_late": item.was_late or late,
        "hands": (*item.hands, e.by),
    }


_FOLD: Fold = {
    m.MatterReceived: lambda item, e: {
        "status": S.RECEIVED,
        "asker": e.asker,
        "category": e.category,
        "area": e.area,
        "source": e.source,
        "reception": e.reception,
        "text": e.text,
        "owes": e.owner,
        "hands": (*item.hands, e.by),
    },
    m.MatterAssigned: lambda item, e: {"owes": e.owner},
    m.MatterAnswered: _fold_answered,
    m.MatterHandedOn: lambda item, e: {
        "status": S.HANDED_ON,
        "target": e.target,
        "came_to": "",
        "hands": (*item.hands, e.by),
    },
    m.MatterReturned: lambda item, e: {"status": S.RETURNED, "came_to": e.came_to},
    m.MatterResumed: lambda item, e: {"status": S.HANDED_ON, "came_to": ""},
    m.MatterConfirmed: lambda item, e: {"status": S.CONFIRMED},
    m.MatterReopened: lambda item, e: {"status": S.RECEIVED, "reopened": True},
    m.MatterWithdrawn: lambda item, e: {"status": S.WITHDRAWN},
}


# --- events that say more than their commands ------------------------------------------------------------------------


def _received(studio: Studio, command: m.ReceiveMatter, context: Context) -> Event:
    """Whoever is not of the studio brings their own; a delegate who takes it down has it in hand."""
    enters = acts_for_the_studio(studio, m.MatterReceived(at=context.at, by=command.by.id, item="-"), context)
    asker = command.asker or (None if enters else command.on_behalf_of or command.by.id)
    delegate = command.delegate or (command.by.id if enters and studio.seats_of(command.by.id) else None)
    said: Changes = {"asker": asker, "delegate": delegate, "owner": delegate or studio.keeper}
    return _copied(studio, command, m.MatterReceived, context, **said)


def _assigned(studio: Studio, command: m.AssignMatter, context: Context) -> Event:
    return _copied(studio, command, m.MatterAssigned, context, owner=command.delegate or studio.keeper)


def _handed_on(studio: Studio, command: m.HandOnMatter, context: Context) -> Event:
    """Nobody names a record: one new case is made."""
    if command.target is not None:
        return _copied(studio, command, m.MatterHandedOn, context)
    case = context.number("case") if "case" in context.deciders else None
    return _copied(studio, command, m.MatterHandedOn, context, target=case, is_new=True)


def _copied(studio: Studio, command: Any, event: type[Event], context: Context, **said: Any) -> Event:
    decider = context.deciders[studio.kind_of_record]
    return decider.copied(command, event, context, item=MATTER.key_of(studio, command), **said)


MATTER = Region(
    MATTER_WORKFLOW,
    StudioMatter,
    _FOLD,
    propose={m.ReceiveMatter: _received, m.AssignMatter: _assigned, m.HandOnMatter: _handed_on},
)
"""The matters of a studio."""


# --- what follows on other records -----------------------------------------------------------------------------------


def hand_on(states: tuple[Studio, Studio], event: m.MatterHandedOn, context: Context) -> Iterator[Command]:
    """The one new case that a matter becomes, or the tie to the record that deals with it; the studio waits for it."""
    studio, command = states[1], context.command
    assert isinstance(command, m.HandOnMatter)
    matter: StudioMatter = studio.item("matter", event.item)
    if event.is_new:
        said = {name: getattr(command, name) for name in Matter.model_fields}
        said |= {
            "kind": command.kind or CaseKind.SERVICE,
            "category": command.category if "category" in command.model_fields_set else matter.category,
            "channel": command.channel or "studio",
            "area": command.area or matter.area,
            "level": command.level or studio.level,
            "reporter": matter.asker,
            "source": f"studio:{studio.id}:{event.item}",
        }
        text = command.description
        if text is not None and matter.asker is not None and matter.asker != text.subject:  # it speaks of whoever asked
            about = tuple(dict.fromkeys((*text.about, matter.asker)))
            text = Personal(text=text.text, subject=text.subject, about=about)
        yield ReportCase(id=event.target, by=SYSTEM, description=text, **said)
    if not is_dealt_with(studio, matter):
        kind = LinkKind.SPAWNED if event.is_new else LinkKind.REPEATS
        yield AddLink(id=studio.id, by=SYSTEM, other=event.target, kind=kind, awaited=True)


def answer_is_owed(states: tuple[Studio, Studio], event: Any, context: Context) -> Iterator[Command]:
    """The record waited for has come to rest, well or not, or the tie was undone: whoever asked must be told."""
    studio = states[1]
    other = studio.item("link", event.item).other
    found = context.lookup(other)
    for matter in studio.items_of("matter").values():
        if matter.status == S.HANDED_ON and matter.target == other and not is_dealt_with(studio, matter):
            came_to = found.status if found is not None else ""
            yield m.ReturnMatter(id=studio.id, by=SYSTEM, item=matter.key, came_to=came_to)


def untied(states: tuple[Studio, Studio], event: Any, context: Context) -> Iterator[Command]:
    """A tie is undone on both sides, and the studio answers for what it waited for."""
    yield from mirrored_unlink(states, event, context)
    yield from answer_is_owed(states, event, context)


def answer_does_not_stand(states: tuple[Studio, Studio], event: Any, context: Context) -> Iterator[Command]:
    """The other record was reopened: what was answered of it waits for it again."""
    studio = states[1]
    other = studio.item("link", event.item).other
    for matter in studio.items_of("matter").values():
        if matter.target == other and matter.status in (S.RETURNED, S.ANSWERED):
            yield m.ResumeMatter(id=studio.id, by=SYSTEM, item=matter.key)
