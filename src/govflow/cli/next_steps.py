"""What is next on a record: the steps that lead on from where it stands, whose they are, what they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from govflow.actors import Actor
from govflow.cli import words
from govflow.cli.display import console, print_loops, table
from govflow.cli.project_steps import PROGRAM as OF_PROJECTS
from govflow.cli.project_steps import way_of_project
from govflow.cli.texts import is_zh, lang, t
from govflow.engine import Engine
from govflow.errors import Broken
from govflow.policy import BallotForm
from govflow.projects.model import JointProject
from govflow.proposals import Proposal
from govflow.proposals.rules_deliberation import stage_key
from govflow.records import Record
from govflow.workflow import Step

_NEVER_ASKED = frozenset({"proposal.close_vote"})
"""Asking whether a vote could be closed would count it, and tell how it stands before it is over."""

PROGRAM = {
    "support.second": "propose second",
    "proposal.submit": "propose submit",
    "proposal.start_screening": "propose screen",
    "proposal.admit": "propose admit",
    "opinion.record": "propose opinion",
    "opinion.dispose": "propose answer",
    "proposal.close_consultation": "propose deliberate",
    "proposal.record_stage": "propose stage",
    "proposal.announce_vote": "vote announce",
    "proposal.enrol_voters": "vote enrol",
    "proposal.open_vote": "vote open",
    "proposal.cast_ballot": "vote cast",
    "proposal.record_hands": "vote hands",
    "proposal.call_box": "vote open-box",
    "proposal.close_vote": "vote close",
    "proposal.reconvene": "vote announce",
    "proposal.publish_resolution": "propose publish",
    "objection.resolve": "propose answer",
    "proposal.start_implementation": "propose start",
    "proposal.finish_without_works": "propose finish",
    "proposal.report_completion": "propose complete",
    "proposal.hold_appraisal": "propose appraise",
    "proposal.publish_result": "propose result",
    "proposal.reply": "propose reply",
    "proposal.archive": "propose archive",
    **OF_PROJECTS,
}
"""Wire name -> the words that give this command here."""


class Next(NamedTuple):
    """A step of the main way: its command, the roles it belongs to, and what stands against it whoever gives it.

    `due` is when the limit ends that the step would stop: until then it is to be done, or at that time at the earliest.
    `leave` is the role whose leave for it must be asked for first.
    """

    command: str
    who: tuple[str, ...]
    lacking: tuple[Broken, ...]
    due: datetime | None
    leave: str | None = None


def next_steps(engine: Engine, record: Record) -> tuple[Next, ...]:
    """What leads on from here; empty where the record has come to its end."""
    found = []
    for wire in _way(record):
        rows = _rows(engine, record, wire)
        who = tuple(dict.fromkeys(str(role) for row in rows for role in row.who if role != "system")) or ("system",)
        going = [record.clocks[name] for row in rows for name in row.stops if name in record.clocks]
        due = next((each.due for each in going if each.is_going or each.is_late), None)
        leave = next((str(row.approval) for row in rows if row.approval), None)
        found.append(Next(wire, who, _lacking(engine, record, wire), due, leave))
    return tuple(found)


def _rows(engine: Engine, record: Record, wire: str) -> tuple[Step, ...]:
    """The rows of a command as the record stands; of an item's command all rows of its region."""
    decider = engine.deciders[record.kind_of_record]
    if rows := decider.workflow.rows(record.status, wire):
        return tuple(rows)
    steps = (step for region in decider.regions.values() for step in region.workflow.steps)
    return tuple(step for step in steps if step.command.wire == wire and not step.rides)


def _way(record: Record) -> Iterator[str]:
    """The commands that lead on, in the order in which they are given."""
    match record:
        case Proposal():
            yield from _way_of_proposal(record)
        case JointProject():
            yield from way_of_project(record)


def _way_of_proposal(proposal: Proposal) -> Iterator[str]:
    """The commands that lead on, in the order in which they are given."""
    match proposal.status:
        case "draft":
            yield "proposal.submit"
        case "submitted":
            yield "proposal.start_screening"
        case "screening":
            yield "proposal.admit"
        case "consulting":
            yield "proposal.close_consultation"
        case "deliberating":
            yield "proposal.record_stage" if pending_stage(proposal) else "proposal.announce_vote"
        case "announced":
            yield "proposal.enrol_voters"
            yield "proposal.open_vote"
        case "voting":
            yield from _counting(proposal)
        case "inquorate":
            is_last = proposal.vote.rule is not None and proposal.attempts >= proposal.vote.rule.attempts
            yield "proposal.lapse" if is_last else "proposal.reconvene"
        case "adopted":
            yield "proposal.publish_resolution"
        case "published":
            yield "proposal.start_implementation" if proposal.implementer else "proposal.finish_without_works"
        case "implementing":
            yield "proposal.report_completion"
        case "suspended":
            yield "proposal.resume"
        case "completed":
            asked = proposal.procedure is not None and proposal.procedure.appraisal is not None
            yield "proposal.hold_appraisal" if asked else "proposal.publish_result"
        case "appraised":
            held, asked_of = proposal.appraisal, proposal.procedure.appraisal if proposal.procedure else None
            is_good = asked_of is None or (held is not None and held.score >= asked_of.least_score)
            yield "proposal.publish_result" if is_good else "proposal.order_remedy"
        case "archived":
            pass
        case _:  # it rests
            is_answered = set(proposal.proposers) <= set(proposal.answered)
            yield "proposal.archive" if is_answered else "proposal.reply"


def _counting(proposal: Proposal) -> Iterator[str]:
    vote = proposal.vote
    match vote.form:
        case BallotForm.HANDS:
            if vote.hand_count is None:
                yield "proposal.record_hands"
        case BallotForm.OPEN:
            yield "proposal.cast_ballot"
        case BallotForm.SECRET:
            if vote.opened is None:
                yield "proposal.cast_ballot"
                yield "proposal.call_box"
    yield "proposal.close_vote"


def pending_stage(proposal: Proposal) -> str | None:
    """The stage whose turn it is, None where all of this round are passed."""
    for stage in proposal.procedure.stages if proposal.procedure is not None else ():
        item = proposal.item("stage", stage_key(proposal, stage.id))
        if item is None or item.status == "pending":
            return stage.id
    return None


def _lacking(engine: Engine, record: Record, wire: str) -> tuple[Broken, ...]:
    """What stands against a step that no argument of its command could mend."""
    rows = engine.deciders[record.kind_of_record].workflow.rows(record.status, wire)
    if wire in _NEVER_ASKED or not rows:
        return ()
    standing = {rule.code for row in rows for rule in row.rules if not rule.needs}
    roles = [str(role) for row in rows for role in row.who if role != "system"]
    unit = getattr(record, "lead", None) if "project_lead" in roles else None
    broken = engine.why_not(rows[0].command(id=record.id, by=Actor.of("nobody", *roles, unit=unit)))
    return tuple(each for each in broken if each.code in standing)


def print_next(engine: Engine, record: Record) -> None:
    """What is owed, and the next steps with what they wait for."""
    loops = engine.open_loops(record.id)
    if loops:
        console().print(f"\n{t('loops')}")
        print_loops(engine, record, loops)
    if steps := next_steps(engine, record):
        rows = [_row(engine, each) for each in steps]
        heads = (t("command"), t("who"), t("due"), t("next.waits"))
        used = [place for place in range(len(heads)) if any(row[place] for row in rows)]
        console().print(f"\n{t('next')}")
        console().print(table(*(heads[place] for place in used), rows=[[row[place] for place in used] for row in rows]))


def _row(engine: Engine, step: Next) -> tuple[str, str, str, str]:
    labels = words.labels(engine.deciders.values())
    name = f"govflow {PROGRAM[step.command]}" if step.command in PROGRAM else step.command
    label = f"{labels[step.command]} {name}" if is_zh() else name
    who = ", ".join(words.term("role", each) for each in step.who)
    if step.leave is not None:
        who = t("next.leave", who=who, leave=words.term("role", step.leave))
    return label, who, words.until(step.due, engine), "; ".join(each.sentence(lang()) for each in step.lacking)


def next_as_json(step: Next) -> dict[str, Any]:
    """A next step as JSON."""
    lacking = [{"code": each.code, "en": each.en, "zh": each.zh, "detail": list(each.detail)} for each in step.lacking]
    due = None if step.due is None else step.due.isoformat()
    told = {"command": step.command, "who": list(step.who), "due": due, "lacking": lacking}
    return told if step.leave is None else {**told, "leave": step.leave}
