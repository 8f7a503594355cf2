"""`govflow vote`: convene a vote, keep its roll, open the box, close it, and see how it stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.actors import Actor
from govflow.ballot_box import destroy_keys, open_box
from govflow.cli import vote_ballots
from govflow.cli.acting import By, ByRole, ByUnit, acting, done, given, paper, print_done
from govflow.cli.display import console, print_json
from govflow.cli.logs import Db, Json, RecordId, Records, existing, moment, opened, progress
from govflow.cli.next_steps import print_next
from govflow.cli.propose_intake import of_a_proposal, tell
from govflow.cli.recount import export
from govflow.cli.rights import As, AsArea, AsRole, AsUnit, reader
from govflow.cli.run import FOUND, complain
from govflow.cli.texts import lang, t
from govflow.cli.vote_display import latest, print_rounds, print_tally, rounds_as_json
from govflow.cli.vote_files import Fault, OnRoll, kept_if_done, read_roll, read_seed, table_of
from govflow.engine import Engine
from govflow.errors import InputError, NotAllowed
from govflow.messages import Command, Personal
from govflow.proposals import Proposal
from govflow.proposals import commands as c
from govflow.proposals.rules_vote import earliest_opening
from govflow.voting import commitment_of

vote = typer.Typer(no_args_is_help=True)
vote.command("seal", help="help.vote_seal")(vote_ballots.seal_)
vote.command("check", help="help.vote_check")(vote_ballots.check)
vote.command("export", help="help.vote_export")(export)

Authority = Annotated[
    Path | None, typer.Option("--authority", help="option.vote_authority", metavar="FILE", show_default=False)
]
Minutes = Annotated[
    Path | None, typer.Option("--minutes", help="option.vote_minutes", metavar="FILE", show_default=False)
]
Paper = Annotated[str | None, typer.Option("--paper", help="option.vote_paper", metavar="KEY", show_default=False)]
_AT_A_TIME = 5_000  # voters of one command
_NAMES_AT_A_TIME = 500  # commands of one transaction


# --- convening -------------------------------------------------------------------------------------------------------


@vote.command("announce", help="help.vote_announce")
def announce(
    id: RecordId,
    db: Db,
    by: By,
    closes: Annotated[str, typer.Option("--closes", help="option.vote_closes", metavar="MOMENT", show_default=False)],
    opens: Annotated[
        str | None, typer.Option("--opens", help="option.vote_opens", metavar="MOMENT", show_default=False)
    ] = None,
    question: Annotated[str | None, typer.Option("--question", help="option.vote_question", show_default=False)] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="option.vote_option", metavar="ID", show_default=False)
    ] = None,
    new_lot: Annotated[
        Path | None, typer.Option("--new-lot", help="option.vote_new_lot", metavar="FILE", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Announce a vote, or the next one after too few took part."""
    with opened(db, records, writing=True) as engine:
        proposal, zone = of_a_proposal(engine, id), engine.policy.zone
        seed = None if new_lot is None else os.urandom(24).hex()
        begins = _as_soon_as_may_be(engine, proposal) if opens is None else _moment(opens, zone, "00:00")
        said = {"question": question, "options": tuple(option or ()), "opens_at": begins}
        said |= {"closes_at": _moment(closes, zone), "lot_commitment": None if seed is None else commitment_of(seed)}
        again = proposal.status == "inquorate"
        who = acting(engine, by, role, unit, "convenor")
        command = given(engine, c.ReconveneVote if again else c.AnnounceVote, who, id=id, **said)
        with kept_if_done(new_lot, f"{seed}\n"):
            record = done(engine, [command])
        print_done(engine, record, as_json=json)
        if not json:
            print_next(engine, of_a_proposal(engine, id))


def _as_soon_as_may_be(engine: Engine, proposal: Proposal) -> str:
    """Once the notice is over, counted from a second ahead: the announcement itself takes its time."""
    context = engine.system_context(proposal)
    procedure = proposal.procedure
    first = earliest_opening(procedure.vote if procedure is not None else None, context)
    return max(first, context.at + timedelta(seconds=1)).isoformat()


def _moment(text: str, zone: tzinfo, day_begins: str = "") -> str:
    """A moment as ISO 8601; of a day alone its end, or its beginning where that is named."""
    is_day = len(text) == len("2026-03-02") and bool(day_begins)
    found = moment(f"{text}T{day_begins}" if is_day else text, zone)
    assert isinstance(found, datetime)
    return found.isoformat()


# --- the roll --------------------------------------------------------------------------------------------------------


@vote.command("enrol", help="help.vote_enrol")
def enrol(
    id: RecordId,
    file: Annotated[Path, typer.Argument(help="argument.roll", metavar="FILE", show_default=False)],
    db: Db,
    by: By,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="option.roll_out", metavar="FILE", show_default=False)
    ] = None,
    role: ByRole = None,
    unit: ByUnit = None,
    records: Records = None,
) -> None:
    """Put the voters of a table on the roll."""
    if not file.exists():
        raise InputError(t("no_file", path=file))
    rows, faults = read_roll(file)
    _refuse_bad(file, faults)
    if out is None and any(row.made_up for row in rows):
        raise InputError(t("vote.no_ids"), where=str(file), expected="-o FILE")
    with opened(db, records, writing=True) as engine:
        before = latest(of_a_proposal(engine, id))
        who = acting(engine, by, role, unit, "convenor")
        new = [row.voter for row in rows if before.roll.get(row.voter.id) != row.voter]
        parts = (tuple(new[start : start + _AT_A_TIME]) for start in range(0, len(new), _AT_A_TIME))
        with kept_if_done(out, table_of(rows)):
            if new:
                done(engine, [c.EnrolVoters(id=id, by=who, voters=part) for part in parts])
        names = [row for row in rows if row.name and row.voter.id not in before.names]
        _name(engine, id, who, names)
        total = len(latest(of_a_proposal(engine, id)).roll)
    console().print(t("vote.enrolled", n=f"{len(new):,}", names=f"{len(names):,}", total=f"{total:,}"))
    if out is not None:
        console().print(t("vote.ids_written", path=out))


def _refuse_bad(file: Path, faults: Sequence[Fault]) -> None:
    """Tell every fault with its line, and end; nothing was written."""
    for each in faults:
        complain(f"{file}:{each.line}: {each.why.sentence(lang())}")
    if faults:
        complain(t("vote.bad_roll", n=len(faults)))
        raise typer.Exit(FOUND)


def _name(engine: Engine, id: str, who: Actor, rows: Sequence[OnRoll]) -> None:
    """Keep the names, each protected under its voter's own key: it can be erased, and the vote stands."""
    with progress(t("vote.naming")) as tell:
        for start in range(0, len(rows), _NAMES_AT_A_TIME):
            some = rows[start : start + _NAMES_AT_A_TIME]
            done(engine, [_naming(id, who, row) for row in some])
            if tell is not None:
                tell(start + len(some), len(rows))


def _naming(id: str, who: Actor, row: OnRoll) -> Command:
    name = Personal(text=row.name, subject=row.voter.id)
    return c.NameVoter(id=id, by=who, voter=row.voter.id, voter_name=name)


@vote.command("proxy", help="help.vote_proxy")
def proxy(
    id: RecordId,
    voter: Annotated[str, typer.Argument(help="argument.principal", metavar="VOTER", show_default=False)],
    holder: Annotated[str | None, typer.Argument(help="argument.holder", metavar="HOLDER", show_default=False)] = None,
    *,
    db: Db,
    by: By,
    authority: Authority = None,
    key: Paper = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="option.vote_revoke")] = False,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Enter a proxy, or take one back."""
    if revoke == (holder is not None):
        raise InputError(t("vote.holder_or_revoke"), where="HOLDER", expected="HOLDER | --revoke")
    with opened(db, records, writing=True) as engine:
        of_a_proposal(engine, id)
        who = acting(engine, by, role, unit, "secretariat")
        if revoke:
            commands: tuple[Command, ...] = (given(engine, c.RevokeProxy, who, id=id, voter=voter),)
        else:
            adding, on_file = paper(engine, id, authority, "authority", who)
            said = {"voter": voter, "holder": holder, "paper": key or on_file}
            commands = (*adding, given(engine, c.GrantProxy, who, id=id, **said))
        print_done(engine, done(engine, commands), as_json=json)


# --- from the opening to the result ----------------------------------------------------------------------------------


@vote.command("open", help="help.vote_open")
def open_(
    id: RecordId,
    db: Db,
    by: By,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Open a vote by hand; `tick` does it when its day has come."""
    with opened(db, records, writing=True) as engine:
        of_a_proposal(engine, id)
        who = acting(engine, by, role, unit, "convenor")
        tell(engine, (given(engine, c.OpenVote, who, id=id),), json=json)


@vote.command("cast", help="help.vote_cast")
@wraps(vote_ballots.cast)
def cast(**said: Any) -> None:
    """Vote; then it is told what is next, and never how the vote stands."""
    vote_ballots.cast(**said)
    if not said["json"]:
        with opened(said["db"], said["records"]) as engine:
            print_next(engine, of_a_proposal(engine, said["id"]))


@vote.command("hands", help="help.vote_hands")
def hands(
    id: RecordId,
    persons: Annotated[str, typer.Argument(help="argument.hands", metavar="YES/NO/ABSTAINED", show_default=False)],
    db: Db,
    by: By,
    households: Annotated[
        str | None, typer.Option("--households", help="option.vote_households", metavar="Y/N/A", show_default=False)
    ] = None,
    area: Annotated[
        str | None, typer.Option("--area", help="option.vote_area", metavar="Y/N/A", show_default=False)
    ] = None,
    minutes: Minutes = None,
    key: Paper = None,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Record the counts of a show of hands."""
    counts = {
        "persons": _split(persons, "YES/NO/ABSTAINED"),
        "households": _split(households, "--households"),
        "area": [each * 100 for each in _split(area, "--area")],  # m² -> dm²
    }
    sides = {
        side: {base: count[place] for base, count in counts.items()}
        for place, side in enumerate(("yes", "no", "abstained"))
    }
    present = {base: sum(count) for base, count in counts.items()}
    with opened(db, records, writing=True) as engine:
        of_a_proposal(engine, id)
        who = acting(engine, by, role, unit, "secretariat")
        adding, on_file = paper(engine, id, minutes, "minutes", who)
        papers = [each for each in (key, on_file) if each is not None]
        said = {"hands": {"present": present, **sides}, "papers": papers}
        print_done(engine, done(engine, (*adding, given(engine, c.RecordHands, who, id=id, **said))), as_json=json)


def _split(text: str | None, where: str) -> list[int]:
    """Yes, no and abstained; nothing of what was not counted. Raises InputError."""
    if text is None:
        return [0, 0, 0]
    parts = text.replace(",", "/").split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise InputError(t("vote.no_split", text=text[:40]), where=where, expected="25/16/0")
    return [int(part) for part in parts]


@vote.command("open-box", help="help.vote_open_box")
def open_the_box(
    id: RecordId,
    db: Db,
    by: By,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Open the box of a secret vote."""
    with opened(db, records, writing=True) as engine, progress(t("vote.opening")) as tell:
        of_a_proposal(engine, id)
        who = acting(engine, by, role, unit, "convenor")
        try:
            proposal = open_box(engine, id, who, progress=tell)
        except NotAllowed as refused:
            complain(refused.sentence(lang()))
            raise typer.Exit(FOUND) from None
        print_done(engine, proposal, as_json=json)
        if not json:
            opened_now = latest(proposal).opened
            code = "vote.box.opened" if opened_now is not None else "vote.box.void"
            console().print(t(code, n=f"{len(opened_now or ()):,}"))
            print_next(engine, proposal)


@vote.command("close", help="help.vote_close")
def close(
    id: RecordId,
    db: Db,
    by: By,
    lot: Annotated[
        Path | None, typer.Option("--lot", help="option.vote_lot", metavar="FILE", show_default=False)
    ] = None,
    seed_is_lost: Annotated[bool, typer.Option("--seed-is-lost", help="option.vote_seed_is_lost")] = False,
    role: ByRole = None,
    unit: ByUnit = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Count the vote and state its result."""
    seed = None if lot is None else read_seed(lot)
    with opened(db, records, writing=True) as engine:
        of_a_proposal(engine, id)
        who = acting(engine, by, role, unit, "convenor")
        record = done(engine, [given(engine, c.CloseVote, who, id=id, lot_seed=seed, seed_is_lost=seed_is_lost)])
        destroy_keys(engine, id)  # where somebody stopped between the opening of the box and this
        print_done(engine, record, as_json=json)
        closed = of_a_proposal(engine, id)
        if json:
            return
        if (tally := latest(closed).tally) is not None:
            print_tally(tally)
        print_next(engine, closed)


@vote.command("status", help="help.vote_status")
def status(
    id: RecordId,
    db: Db,
    actor: As = None,
    role: AsRole = None,
    unit: AsUnit = None,
    area: AsArea = "",
    json: Json = False,
    records: Records = None,
) -> None:
    """Show every round of voting of a proposal."""
    with opened(db, records) as engine:
        existing(reader(engine, actor, role, unit, area), id)
        proposal = of_a_proposal(engine, id)
        if json:
            print_json(rounds_as_json(engine, proposal))
        else:
            print_rounds(engine, proposal)
