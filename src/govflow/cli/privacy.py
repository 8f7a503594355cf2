"""`govflow privacy`: the people whose data a log protects, what may be done with it, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from govflow.actors import Actor
from govflow.cli import words
from govflow.cli.acting import text_of
from govflow.cli.desk import Desk, acts
from govflow.cli.display import console, print_json, print_json_array, table
from govflow.cli.logs import Db, Json, RecordId, Records, opened, progress
from govflow.cli.privacy_certificate import SubjectId, certificate, check_is_known
from govflow.cli.privacy_display import as_json, line_of, print_all, print_person, print_readings, status_of
from govflow.cli.privacy_keys import rotate, status
from govflow.cli.reads import Asked, reads
from govflow.cli.run import FOUND, clean, complain
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.log_events import LOG_STREAM
from govflow.subjects import DataSubject, Dealt, Requester

privacy = typer.Typer(no_args_is_help=True)

Field = Annotated[str, typer.Argument(help="argument.field", metavar="FIELD", show_default=False)]
Basis = Annotated[str, typer.Option("--basis", help="option.basis", metavar="TEXT", show_default=False)]
Authority = Annotated[str, typer.Option("--authority", help="option.authority", metavar="TEXT", show_default=False)]
Why = Annotated[str, typer.Option("--why", help="option.privacy_why", metavar="TEXT", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="option.privacy_reason", metavar="TEXT", show_default=False)]
Version = Annotated[
    int | None, typer.Option("--version", help="option.privacy_version", min=1, show_default=False, metavar="N")
]
Text = Annotated[str | None, typer.Option("--text", help="option.text", metavar="TEXT", show_default=False)]
TextFile = Annotated[
    Path | None, typer.Option("--file", help="option.privacy_file", metavar="FILE", show_default=False)
]
Replace = Annotated[
    list[str] | None, typer.Option("--replace", help="option.replace", metavar="PLACE=TEXT", show_default=False)
]
_ALL = "all"  # no place is called so: each has a version
Drop = Annotated[list[str] | None, typer.Option("--drop", help="option.drop", metavar="PLACE", show_default=False)]


@contextmanager
def _refusals() -> Iterator[None]:
    """What is refused is told whole, and ends with status 1."""
    try:
        yield
    except NotAllowed as refused:
        texts_are_left = "texts_about_are_dealt_with" in refused.codes
        complain(refused.sentence(lang()) + (f"\n{t('privacy.deal_with')}" if texts_are_left else ""))
        raise typer.Exit(FOUND) from None


def _guard(desk: Desk) -> Actor:
    return desk.who("archivist")


# --- who there is -----------------------------------------------------------------------------------------------------


def subjects(db: Db, json: Json = False, records: Records = None) -> None:
    """List the people whose data the log protects."""
    with opened(db, records) as engine:
        told = (line_of(engine, subject) for subject in engine.subjects())
        if json:
            print_json_array(told)
            return
        rows = [
            (
                each["subject"],
                status_of(each["status"]),
                str(each["records"]),
                str(each["reads"]),
                str(each["holds"] or ""),
            )
            for each in told
        ]
    heads = (t("privacy.subject"), t("status"), t("privacy.records"), t("privacy.reads"), t("privacy.holds"))
    out = console()
    out.print(table(*heads, rows=rows, keep=(0,)) if rows else t("privacy.nobody"))
    out.print(t("privacy.count", n=len(rows)))


@reads()
def readings(asked: Asked, subject: SubjectId) -> None:
    """List who read what of one person, and why."""
    with asked.opened() as (engine, seen):
        check_is_known(engine, seen, subject)
        found = engine.readings_of(subject)
        if asked.json:
            print_json_array({**each._asdict(), "at": each.at.isoformat()} for each in found)
            return
        print_readings(engine, found)


# --- reading and handing over -----------------------------------------------------------------------------------------


@acts()
def open_field(desk: Desk, id: RecordId, field: Field, why: Why, version: Version = None) -> None:
    """Read one personal value, for a reason that is recorded."""
    with _refusals():
        text = desk.engine.open_personal(id, field, desk.who("resident"), why=why, version=version)
    if desk.json:
        print_json({"id": id, "field": field, "text": text})
    else:
        console().print(clean(text) if text is not None else t("privacy.is_erased"))


@acts()
def show(
    desk: Desk,
    subject: SubjectId,
    basis: Basis,
    to: Annotated[Requester, typer.Option("--to", help="option.privacy_to")] = Requester.PERSON,
) -> None:
    """Hand everything about one person over, for them."""
    with progress(t("privacy.reading")) as heard, _refusals():
        found = desk.engine.disclose(subject, _guard(desk), basis=basis, to=to, progress=heard)
    if desk.json:
        print_json(as_json(desk.engine, found))
    else:
        print_all(desk.engine, found)


# --- deciding ---------------------------------------------------------------------------------------------------------


def _decided(desk: Desk, decide: Callable[[], DataSubject]) -> None:
    with _refusals():
        person = decide()
    print_person(person, as_json=desk.json)


@acts()
def restrict(desk: Desk, subject: SubjectId, basis: Basis, authority: Authority) -> None:
    """Stop everything but storing and protecting a person's data."""
    _decided(desk, lambda: desk.engine.restrict(subject, _guard(desk), basis=basis, authority=authority))


@acts()
def lift(desk: Desk, subject: SubjectId, basis: Basis, authority: Authority) -> None:
    """Let a person's data be used again."""
    _decided(desk, lambda: desk.engine.lift_restriction(subject, _guard(desk), basis=basis, authority=authority))


@acts()
def hold(
    desk: Desk,
    subject: SubjectId,
    reason: Reason,
    authority: Authority,
    name: Annotated[str | None, typer.Option("--name", help="option.hold", metavar="ID", show_default=False)] = None,
) -> None:
    """Forbid to erase a person's data while a reason of law stands."""
    who = _guard(desk)
    _decided(desk, lambda: desk.engine.hold(subject, who, reason=reason, authority=authority, hold=name))


@acts()
def release(
    desk: Desk,
    subject: SubjectId,
    name: Annotated[str, typer.Argument(help="argument.hold", metavar="HOLD", show_default=False)],
    reason: Reason,
) -> None:
    """End one legal hold."""
    _decided(desk, lambda: desk.engine.release(subject, _guard(desk), hold=name, reason=reason))


@acts()
def correct(
    desk: Desk,
    id: RecordId,
    field: Field,
    reason: Reason,
    text: Text = None,
    file: TextFile = None,
    version: Version = None,
) -> None:
    """Put another text in the place of a personal value."""
    said = text_of(text, file)
    if not said:
        raise InputError(t("privacy.no_text"), where="--text, --file")
    who = _guard(desk)
    _decided(desk, lambda: desk.engine.correct_personal(id, field, who, text=said, reason=reason, version=version))


@acts()
def erase(
    desk: Desk,
    subject: SubjectId,
    basis: Basis,
    authority: Authority,
    requested: Annotated[
        str | None, typer.Option("--requested-on", help="option.requested_on", metavar="DATE", show_default=False)
    ] = None,
    replace: Replace = None,
    drop: Drop = None,
) -> None:
    """Erase a person's data for good."""
    texts: dict[str, str | None] = {place: None for place in drop or () if place != _ALL}
    otherwise = Dealt.DROPPED if _ALL in (drop or ()) else None
    for each in replace or ():
        place, is_given, text = each.partition("=")
        if not is_given:
            raise InputError(t("privacy.no_text"), where=f"--replace {place[:64]}", expected="PLACE=TEXT")
        texts[place] = text
    on = _day(desk.engine, requested)
    before = desk.engine.store.version(LOG_STREAM)
    with _refusals():
        who = _guard(desk)
        desk.engine.erase(
            subject, who, basis=basis, authority=authority, requested_on=on, texts=texts, otherwise=otherwise
        )
    is_new = desk.engine.store.version(LOG_STREAM) > before
    person = desk.engine.person(subject)
    if person is not None:
        print_person(person, as_json=desk.json, is_new=is_new)
    if not desk.json:
        console().print(t("privacy.in_backups" if is_new else "privacy.erased_before"), soft_wrap=True)


def _day(engine: Engine, text: str | None) -> date | None:
    """The day of a request, which is past. Raises InputError."""
    today = engine.now().astimezone(engine.policy.zone).date()
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day is not None and day > today:
        raise InputError(t("unusable"), where="--requested-on", expected=t("privacy.past_day", today=today))
    return day


# --- the end of retention ---------------------------------------------------------------------------------------------


def disposals(db: Db, json: Json = False, records: Records = None) -> None:
    """List the records whose term is over."""
    with opened(db, records) as engine:
        rows = []
        for each in engine.disposal_list():
            until = each.until.isoformat() if json and each.until else words.until(each.until, engine, date=True)
            rows.append({**each._asdict(), "until": until})
    if json:
        print_json_array(rows)
        return
    heads = (t("id"), t("privacy.kept_as"), t("privacy.until"), t("privacy.owed"), t("title"))
    lines = [
        (each["record"], each["kept_as"], each["until"], t(f"privacy.stage_{each['stage']}"), each["title"])
        for each in rows
    ]
    out = console()
    out.print(table(*heads, rows=lines, elastic=4, keep=(0,)) if lines else t("privacy.none_due"))


@acts()
def dispose(desk: Desk, id: RecordId, basis: Basis, authority: Authority) -> None:
    """Destroy the keys of a record that was decided to be destroyed."""
    with _refusals():
        done = desk.engine.dispose(id, _guard(desk), basis=basis, authority=authority)
    if desk.json:
        print_json(done._asdict())
        return
    console().print(t("privacy.disposed", id=clean(id), n=len(done.subjects)))
    if done.left:
        console().print(t("privacy.left", subjects=clean(", ".join(done.left))))


_COMMANDS: dict[str, Callable[..., None]] = {
    "status": status,
    "subjects": subjects,
    "open": open_field,
    "reads": readings,
    "show": show,
    "correct": correct,
    "restrict": restrict,
    "lift": lift,
    "hold": hold,
    "release": release,
    "erase": erase,
    "certificate": certificate,
    "disposals": disposals,
    "dispose": dispose,
    "rotate": rotate,
}
for _name, _command in _COMMANDS.items():
    privacy.command(_name, help=f"help.privacy_{_name}")(_command)
