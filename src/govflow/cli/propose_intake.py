"""`govflow propose draft … stage`: a proposal from its draft to the last stage before the vote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.actors import Actor
from govflow.cli.acting import By, ByRole, ByUnit, For, acting, done, given, paper, print_done, text_of
from govflow.cli.logs import Db, Json, RecordId, Records, existing, opened
from govflow.cli.next_steps import pending_stage, print_next
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.messages import Command
from govflow.proposals import Proposal
from govflow.proposals import commands as c
from govflow.reading import Reader
from govflow.records import Record
from govflow.regions.objection import RaiseObjection, ResolveObjection
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from govflow.regions.support import SecondProposal, WithdrawSupport

Text = Annotated[str | None, typer.Option("--text", help="option.text", metavar="TEXT", show_default=False)]
TextFile = Annotated[Path | None, typer.Option("--file", help="option.text_file", metavar="FILE", show_default=False)]
Reason = Annotated[str | None, typer.Option("--reason", help="option.reason", show_default=False)]
Name = Annotated[str | None, typer.Option("--name", help="option.person_name", show_default=False)]
Title = Annotated[str | None, typer.Option("--title", help="option.proposal_title", show_default=False)]
Minutes = Annotated[Path | None, typer.Option("--minutes", help="option.minutes", metavar="FILE", show_default=False)]

Fields = dict[str, Any]

_DISPOSED = ("adopted", "partly", "declined")
_RESOLVED = {"upheld": True, "dismissed": False}


def tell(engine: Engine, commands: tuple[Command, ...], *, json: bool) -> None:
    """Do them, say where the proposal stands, and what is next."""
    record = done(engine, commands)
    print_done(engine, record, as_json=json)
    if not json and isinstance(record, Proposal):
        print_next(engine, record)


def of_a_proposal(engine: Reader, id: str) -> Proposal:
    """The proposal as it stands. Raises NotFound, and InputError for a record of another kind."""
    record = existing(engine, id)
    if not isinstance(record, Proposal):
        raise InputError(t("propose.other_kind", id=id, kind=record.kind_of_record))
    return record


# --- coming in -------------------------------------------------------------------------------------------------------


def draft(
    db: Db,
    by: By,
    title: Title,
    text: Text = None,
    file: TextFile = None,
    track: Annotated[str | None, typer.Option("--track", help="option.track", show_default=False)] = None,
    area: Annotated[str | None, typer.Option("--area", help="option.proposal_area", show_default=False)] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="option.subject", show_default=False)] = None,
    category: Annotated[str | None, typer.Option("--category", help="option.category", show_default=False)] = None,
    major: Annotated[bool, typer.Option("--major", help="option.major")] = False,
    proposer: Annotated[str | None, typer.Option("--proposer", help="option.proposer", show_default=False)] = None,
    name: Name = None,
    venue: Annotated[str | None, typer.Option("--venue", help="option.venue", show_default=False)] = None,
    id: Annotated[str | None, typer.Option("--id", help="option.new_id", show_default=False)] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Draft a proposal."""
    with opened(db, records, create=True) as engine:
        who = acting(engine, by, role, unit, "resident", "organisation" if speaks_for else "proposer")
        said: Fields = {"title": title, "text": text_of(text, file), "subject": subject, "category": category, "id": id}
        said |= {"track": track, "area": area, "venue": venue, "proposer": proposer, "on_behalf_of": speaks_for}
        said |= {"kind": "major" if major else None, "proposer_name": _named(name, proposer or by)}
        tell(engine, (given(engine, c.DraftProposal, who, **said),), json=json)


def _named(name: str | None, subject: str) -> dict[str, str] | None:
    """A name goes under the key of whose it is."""
    return None if name is None else {"text": name, "subject": subject}


def amend(
    id: RecordId,
    db: Db,
    by: By,
    title: Title = None,
    text: Text = None,
    file: TextFile = None,
    wording: Annotated[bool, typer.Option("--wording", help="option.wording")] = False,
    reason: Reason = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Record a new version of the text."""
    with opened(db, records, writing=True) as engine:
        now = of_a_proposal(engine, id).text
        said = text_of(text, file)
        new = {"title": title, "text": said if said is not None else now.text if now is not None else None}
        who = acting(engine, by, role, unit, "proposer")
        tell(
            engine,
            (given(engine, c.AmendProposal, who, id=id, **new, substance=not wording, reason=reason),),
            json=json,
        )


def second(
    id: RecordId,
    db: Db,
    by: By,
    capacity: Annotated[str | None, typer.Option("--capacity", help="option.capacity", show_default=False)] = None,
    name: Name = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="option.withdraw_support")] = False,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Support a proposal, or do so no longer."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "organisation" if speaks_for else "resident")
        said: Fields = {"id": id, "item": speaks_for or by, "on_behalf_of": speaks_for}
        if withdraw:
            command = given(engine, WithdrawSupport, who, **said)
        else:
            said |= {"capacity": capacity, "supporter_name": _named(name, by)}
            command = given(engine, SecondProposal, who, **said)
        tell(engine, (command,), json=json)


def submit(
    id: RecordId,
    db: Db,
    by: By,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Hand a proposal in."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "proposer")
        tell(engine, (given(engine, c.SubmitProposal, who, id=id, on_behalf_of=speaks_for),), json=json)


def screen(
    id: RecordId,
    db: Db,
    by: By,
    give_back: Annotated[str | None, typer.Option("--return", help="option.return", metavar="CODE")] = None,
    missing: Annotated[list[str] | None, typer.Option("--missing", help="option.missing", show_default=False)] = None,
    reject: Annotated[str | None, typer.Option("--reject", help="option.reject", metavar="CODE")] = None,
    told: Annotated[str | None, typer.Option("--told", help="option.told", show_default=False)] = None,
    merge: Annotated[str | None, typer.Option("--merge", help="option.merge", metavar="ID")] = None,
    convert: Annotated[bool, typer.Option("--convert", help="option.convert")] = False,
    reason: Reason = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Take a proposal up for screening, or end its screening otherwise than by admitting it."""
    if sum((give_back is not None, reject is not None, merge is not None, convert)) > 1:
        raise InputError(t("propose.one_end"), where="--return, --reject, --merge, --convert")
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "secretariat")
        rest = ({"reason": reason},) if reason else ()
        said: Fields
        if give_back is not None:
            said = {"reason_code": give_back, "shortcomings": missing, "reason": reason}
            command = given(engine, c.ReturnProposal, who, id=id, **said)
        elif reject is not None:
            said = {"reason_code": reject, "told_by": told, "reason": reason, "hand_over": rest}
            command = given(engine, c.RejectProposal, who, id=id, **said)
        elif merge is not None:
            command = given(engine, c.MergeProposal, who, id=id, master=merge, same_subject=reason, hand_over=rest)
        elif convert:
            command = given(engine, c.ConvertToCase, who, id=id, individual=True, reason=reason, hand_over=rest)
        else:
            command = given(engine, c.StartScreening, who, id=id)
        tell(engine, (command,), json=json)


def admit(
    id: RecordId,
    db: Db,
    by: By,
    stakeholder: Annotated[
        list[str] | None, typer.Option("--stakeholder", help="option.stakeholder", metavar="ID", show_default=False)
    ] = None,
    track: Annotated[str | None, typer.Option("--track", help="option.track", show_default=False)] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Admit a proposal."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "secretariat")
        command = given(engine, c.AdmitProposal, who, id=id, stakeholders=stakeholder, track=track)
        tell(engine, (command,), json=json)


# --- consulting and deliberating -------------------------------------------------------------------------------------


def opinion(
    id: RecordId,
    db: Db,
    by: By,
    text: Text = None,
    file: TextFile = None,
    about: Annotated[str | None, typer.Option("--about", help="option.about", show_default=False)] = None,
    author: Annotated[str | None, typer.Option("--author", help="option.author", show_default=False)] = None,
    participant: Annotated[
        str | None, typer.Option("--participant", help="option.participant", show_default=False)
    ] = None,
    meeting: Annotated[str | None, typer.Option("--meeting", help="option.meeting", show_default=False)] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Give an opinion."""
    with opened(db, records, writing=True) as engine:
        usual = "secretariat" if author else "organisation" if speaks_for else "resident"
        who, words = acting(engine, by, role, unit, usual), text_of(text, file)
        own = None if words is None else {"text": words, "subject": author or by}
        said = {"text": own, "about": about, "author": author, "participant": participant, "meeting": meeting}
        tell(engine, (given(engine, RecordOpinion, who, id=id, on_behalf_of=speaks_for, **said),), json=json)


def answer(
    id: RecordId,
    item: Annotated[str, typer.Argument(help="argument.answered", metavar="ITEM", show_default=False)],
    how: Annotated[str, typer.Argument(help="argument.how", metavar="HOW", show_default=False)],
    db: Db,
    by: By,
    reason: Reason = None,
    version: Annotated[int | None, typer.Option("--version", help="option.taken_up", show_default=False)] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Answer an opinion or an objection."""
    if how not in (*_DISPOSED, *_RESOLVED):
        raise InputError(t("unusable"), where="HOW", expected=" | ".join((*_DISPOSED, *_RESOLVED)))
    with opened(db, records, writing=True) as engine:
        if how in _RESOLVED:
            who = acting(engine, by, role, unit, "deliberating_body")
            said = {"item": item, "upheld": _RESOLVED[how], "reason": reason}
            command = given(engine, ResolveObjection, who, id=id, **said)
        else:
            who = acting(engine, by, role, unit, "secretariat")
            said = {"item": item, "disposition": how, "reason": reason, "text_version": version}
            command = given(engine, DisposeOpinion, who, id=id, **said)
        tell(engine, (command,), json=json)


def object_to(
    id: RecordId,
    db: Db,
    by: By,
    reason: Reason = None,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Object to what is on public notice."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "organisation" if speaks_for else "resident")
        tell(engine, (given(engine, RaiseObjection, who, id=id, reason=reason, on_behalf_of=speaks_for),), json=json)


def deliberate(
    id: RecordId, db: Db, by: By, role: ByRole = None, unit: ByUnit = None, json: Json = False, records: Records = None
) -> None:
    """End the consultation."""
    with opened(db, records, writing=True) as engine:
        who = acting(engine, by, role, unit, "secretariat")
        tell(engine, (given(engine, c.CloseConsultation, who, id=id, roll_confirmed=True),), json=json)


def stage(
    id: RecordId,
    db: Db,
    by: By,
    present: Annotated[int, typer.Option("--present", help="option.present", min=0, show_default=False)],
    in_favour: Annotated[int, typer.Option("--in-favour", help="option.in_favour", min=0, show_default=False)],
    against: Annotated[int, typer.Option("--against", help="option.against", min=0)] = 0,
    entitled: Annotated[int | None, typer.Option("--entitled", help="option.entitled", min=0)] = None,
    which: Annotated[str | None, typer.Option("--stage", help="option.stage", show_default=False)] = None,
    minutes: Minutes = None,
    meeting: Annotated[str | None, typer.Option("--meeting", help="option.meeting", show_default=False)] = None,
    reason: Reason = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Record what the body of a stage decided."""
    with opened(db, records, writing=True) as engine:
        proposal = of_a_proposal(engine, id)
        who = acting(engine, by, role, unit, "deliberating_body", "secretariat")
        filing, key = paper(engine, id, minutes, "minutes", who)
        papers = (key,) if key else _papers(proposal, "minutes")
        chosen = which or pending_stage(proposal)
        said = {"stage": chosen, "present": present, "in_favour": in_favour, "against": against, "papers": papers}
        said |= {"entitled": entitled or _members(engine, proposal, chosen), "meeting": meeting, "reason": reason}
        said = {"id": id, **said}
        passed = given(engine, c.RecordStage, who, **said)
        if any(each.code == "stage_is_passed" for each in engine.why_not(passed)):
            rest = ({"reason": reason},) if reason else ()
            passed = given(engine, c.FailStage, who, hand_over=rest, **said)
        tell(engine, (*filing, passed), json=json)


def _papers(record: Record, kind: str) -> tuple[str, ...]:
    """The pieces of one kind that are on file."""
    on_file = record.items_of("evidence")
    return tuple(key for key, piece in on_file.items() if piece.kind == kind and piece.status == "added")


def _members(engine: Engine, proposal: Proposal, stage: str | None) -> int | None:
    """The size of the body of a stage, where the policy gives it."""
    found = proposal.procedure.stage(stage or "") if proposal.procedure is not None else None
    body = engine.policy.body_for(found.body, proposal.area) if found is not None else None
    return body.members or None if body is not None else None


def add_paper(
    id: RecordId,
    file: Annotated[Path, typer.Argument(help="argument.paper", metavar="FILE", show_default=False)],
    db: Db,
    by: By,
    kind: Annotated[str, typer.Option("--kind", help="option.paper_kind")] = "document",
    role: ByRole = None,
    unit: ByUnit = None,
    records: Records = None,
) -> None:
    """Put a paper on file."""
    with opened(db, records, writing=True) as engine:
        of_a_proposal(engine, id)
        who: Actor = acting(engine, by, role, unit, "secretariat")
        filing, key = paper(engine, id, file, kind, who)
        if filing:
            done(engine, filing)
        print(clean(t("propose.filed" if filing else "propose.filed_already", paper=key, id=id)))
