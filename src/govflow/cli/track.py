"""`govflow track`: report a matter without a name, and follow it, supplement, rate and withdraw it by its code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from govflow.actors import Actor, Level
from govflow.cases import CaseKind
from govflow.cases.commands import ReopenCase, ReportCase, RequestRecheck, RequestReview
from govflow.cli import words
from govflow.cli.acting import given, print_done, text_of
from govflow.cli.display import LATE, SOFT, console, print_json
from govflow.cli.logs import Db, Json, Records, opened
from govflow.cli.run import FOUND, clean, complain
from govflow.cli.texts import is_zh, lang, t
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.messages import Command
from govflow.tracking import Following, TrackingDesk, Until
from govflow.tracking.codes import read

track = typer.Typer(no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="argument.code", metavar="CODE", show_default=False)]
Text = Annotated[str | None, typer.Option("--text", help="option.track_text", metavar="TEXT", show_default=False)]
TextFile = Annotated[Path | None, typer.Option("--file", help="option.track_file", metavar="FILE", show_default=False)]

Reason = Annotated[str, typer.Option("--reason", help="option.track_reason", metavar="TEXT", show_default=False)]

_NOBODY = Actor(id="nobody")
_ANSWERS = {"yes": True, "no": False, "na": None, "是": True, "否": False, "不适用": None}
_BY = {
    "supplement": "supplement",
    "reopen window": "reopen",
    "review request": "review",
    "recheck request": "recheck",
}
_HINTS = {
    "confidentiality_set_for_whistle_blowing": "track.needs_accused",
    "personal_data_is_withheld": "track.title_is_public",
}


def _option(name: str) -> Any:
    return typer.Option(f"--{name}", help=f"option.track_{name}", show_default=False)


@track.command("report", help="help.track_report")
def report(
    db: Db,
    title: Annotated[str, _option("title")],
    kind: Annotated[str, _option("kind")],
    level: Annotated[str, typer.Option("--level", help="option.level")] = "community",
    accused: Annotated[str | None, _option("accused")] = None,
    confidential: Annotated[bool, typer.Option("--confidential", help="option.track_confidential")] = False,
    category: Annotated[str | None, typer.Option("--category", help="option.category", show_default=False)] = None,
    channel: Annotated[str, typer.Option("--channel", help="option.track_channel")] = "anonymous",
    area: Annotated[str | None, _option("area")] = None,
    place: Annotated[str | None, _option("place")] = None,
    text: Text = None,
    file: TextFile = None,
    name: Annotated[str | None, _option("name")] = None,
    phone: Annotated[str | None, _option("phone")] = None,
    address: Annotated[str | None, _option("address")] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Report a matter without a name."""
    kind, level = _meant("kind", kind, CaseKind), _meant("level", level, Level)
    said: dict[str, Any] = {"title": title, "kind": kind, "level": level, "channel": channel, "category": category}
    said |= {"area": area, "accused_unit": accused, "confidential": confidential or None}
    said |= {"place": place, "description": text_of(text, file)}
    said |= {"reporter_name": name, "reporter_phone": phone, "reporter_address": address}
    with opened(db, records, create=True) as engine, _refusals():
        command = given(engine, ReportCase, _NOBODY, **said)
        assert isinstance(command, ReportCase), "it was asked for"
        case, code = TrackingDesk(engine).report(command)
        if json:
            print_json({"id": case.id, "status": case.status, "code": code})
            return
        out = console()
        out.print(t("track.reported", id=case.id))
        out.print(f"{t('track.keep')}\n\n  {code}\n")
        out.print(t("track.lost"), style=SOFT)


@track.command("show", help="help.track_show")
def show(db: Db, code: Code = "-", *, json: Json = False, records: Records = None) -> None:
    """Show where a matter stands."""
    known = _code(code)
    with opened(db, records) as engine:
        seen = TrackingDesk(engine).followed(known)
        if json:
            print_json(seen.model_dump(mode="json"))
        else:
            _print(engine, seen)


@track.command("answer", help="help.track_answer")
def answer(db: Db, code: Code = "-", *, json: Json = False, records: Records = None) -> None:
    """Read the answer to the reporter alone."""
    known = _code(code)
    with opened(db, records, writing=True) as engine, _refusals():
        text = TrackingDesk(engine).answer(known)
        if json:
            print_json({"answer": text})
        else:
            console().print(t("track.no_answer") if text is None else clean(text, keep="\n"))


@track.command("supplement", help="help.track_supplement")
def supplement(
    db: Db, code: Code = "-", *, text: Text = None, file: TextFile = None, json: Json = False, records: Records = None
) -> None:
    """Give what was asked for."""
    known, said = _code(code), text_of(text, file)
    if not said:
        raise InputError(t("privacy.no_text"), where="--text, --file")
    with opened(db, records, writing=True) as engine, _refusals():
        print_done(engine, TrackingDesk(engine).supplement(known, said), as_json=json)


@track.command("rate", help="help.track_rate")
def rate(
    db: Db,
    contacted: Annotated[str, _option("contacted")],
    resolved: Annotated[str, _option("resolved")],
    satisfied: Annotated[str, _option("satisfied")],
    code: Code = "-",
    *,
    remark: Annotated[str | None, _option("remark")] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Rate the handling."""
    known = _code(code)
    given = {"contacted": contacted, "resolved": resolved, "satisfied": satisfied}
    answers: dict[str, Any] = {name: _answer(name, text) for name, text in given.items()}
    answers["not_applicable"] = tuple(name for name, value in answers.items() if value is None)
    with opened(db, records, writing=True) as engine, _refusals():
        print_done(engine, TrackingDesk(engine).rate(known, **answers, remark=remark), as_json=json)


@track.command("withdraw", help="help.track_withdraw")
def withdraw(
    db: Db,
    code: Code = "-",
    *,
    reason: Annotated[str, typer.Option("--reason", help="option.reason", show_default=False)] = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Take the report back."""
    known = _code(code)
    with opened(db, records, writing=True) as engine, _refusals():
        print_done(engine, TrackingDesk(engine).withdraw(known, reason), as_json=json)


@track.command("reopen", help="help.track_reopen")
def reopen(
    db: Db,
    ground: Annotated[str, _option("ground")],
    code: Code = "-",
    *,
    json: Json = False,
    records: Records = None,
) -> None:
    """Have the matter taken up again."""
    _act(db, records, code, ReopenCase, json, ground=ground)


@track.command("review", help="help.track_review")
def review(db: Db, reason: Reason, code: Code = "-", *, json: Json = False, records: Records = None) -> None:
    """Ask the next higher body to review the decision."""
    _act(db, records, code, RequestReview, json, reason=reason)


@track.command("recheck", help="help.track_recheck")
def recheck(db: Db, reason: Reason, code: Code = "-", *, json: Json = False, records: Records = None) -> None:
    """Ask the body above that to recheck the review."""
    _act(db, records, code, RequestRecheck, json, reason=reason)


def _act(db: Path, records: list[str] | None, code: str, asked: type[Command], as_json: bool, **said: str) -> None:
    known = _code(code)
    with opened(db, records, writing=True) as engine, _refusals():
        print_done(engine, TrackingDesk(engine).act(known, asked, **said), as_json=as_json)


def _code(given: str) -> str:
    """The code from the argument, a terminal or the first line of stdin. Raises InputError for one that is mistyped."""
    if given == "-" and sys.stdin.isatty():
        given = typer.prompt(t("track.code"), err=True)
    elif given == "-":
        given = sys.stdin.buffer.readline(1000).decode(errors="replace")
    code = read(given)
    if code is None:
        raise InputError(t("track.mistyped"), where=t("track.code"), expected=t("track.twenty"))
    return code


def _meant(name: str, said: str, known: type[StrEnum]) -> str:
    """The identifier of what was said in English or Chinese. Raises InputError, naming what there is."""
    found = words.identifier(name, said, known)
    if found not in list(known):
        expected = " | ".join(words.term(name, each) for each in known)
        raise InputError(t("unusable"), where=f"--{name}", expected=expected)
    return found


def _answer(name: str, text: str) -> bool | None:
    if text not in _ANSWERS:
        raise InputError(t("track.yes_no", text=text[:20]), where=f"--{name}", expected=t("track.answers"))
    return _ANSWERS[text]


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal ends with status 1: told whole, with what to do, and without the commands that are the offices'."""
    try:
        yield
    except NotAllowed as refused:
        complain(NotAllowed(refused.command, refused.record, refused.broken).sentence(lang()))
        hints = [t(_HINTS[code]) for code in refused.codes if code in _HINTS]
        for hint in hints or ([t("track.see")] if refused.record else []):
            complain(hint)
        raise typer.Exit(FOUND) from None


def _print(engine: Engine, seen: Following) -> None:
    out = console()
    out.print(clean(f"{seen.record}  {seen.title}"), style="bold")
    out.print(seen.status_zh if is_zh() else seen.status.replace("_", " "))
    for key, value in (("lead", seen.lead_unit), ("goes_on", seen.goes_on_as)):
        if value is not None:
            out.print(t(f"track.{key}", **{"unit" if key == "lead" else "id": value}))
    out.print(t("track.since", at=words.when(seen.reported_at, engine)), style=SOFT)
    _print_until(engine, t("track.owed"), seen.owed)
    _print_until(engine, t("track.open"), seen.open_to_you, _BY)
    if seen.asks:
        out.print(f"\n{t('track.asks')}", style="bold")
        for each in seen.asks:
            out.print(clean(f"  {each}"))
    out.print(f"\n{t('track.told')}", style="bold")
    for told in seen.told:
        what = told.zh if is_zh() else told.en
        out.print(clean(f"  {words.when(told.at, engine)}  {what}" + (f": {told.text}" if told.text else "")))
    for key, asked in (("rating", seen.rating is not None), ("answered", seen.has_answer)):
        if asked:
            out.print(f"\n{t(f'track.{key}')}")


def _print_until(
    engine: Engine, head: str, owed: tuple[Until, ...], by: Mapping[str, str] = MappingProxyType({})
) -> None:
    """What goes on until when, and by which command it is used."""
    out = console()
    if owed:
        out.print(f"\n{head}", style="bold")
    for each in owed:
        late = f"  {t('track.late')}" if each.late else ""
        how = f"  govflow track {by[each.en]}" if each.en in by else ""
        line = f"  {each.zh if is_zh() else each.en}  {words.until(each.until, engine)}{late}{how}"
        out.print(line, style=LATE if each.late else None)
