"""`govflow vote cast`, `seal` and `check`: what voters do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.actors import Actor, Role
from govflow.cli.acting import By, ByRole, ByUnit, For, acting, done, given, print_done
from govflow.cli.display import console, print_json
from govflow.cli.logs import Db, Json, RecordId, Records, opened
from govflow.cli.propose_intake import of_a_proposal
from govflow.cli.run import DONE, FOUND
from govflow.cli.texts import t
from govflow.cli.vote_display import latest
from govflow.cli.vote_files import kept_if_done, read_receipt
from govflow.errors import InputError
from govflow.policy import BallotForm
from govflow.proposals.box import Opened, Receipt, SealedBallot, Standing, commitment_to, seal, standing
from govflow.proposals.commands import CastBallot
from govflow.proposals.vote_model import Vote
from govflow.voting import Ballot, read
from govflow.voting.ballots import SIDES

Choice = Annotated[
    list[str] | None, typer.Argument(help="argument.vote_choice", metavar="[CHOICE]...", show_default=False)
]
Score = Annotated[
    list[str] | None, typer.Option("--score", help="option.vote_score", metavar="OPTION=N", show_default=False)
]
ReceiptFile = Annotated[
    Path | None, typer.Option("--receipt", help="option.vote_receipt", metavar="FILE", show_default=False)
]
_SAID = {"赞成": "yes", "反对": "no", "弃权": "abstain"}


def cast(
    id: RecordId,
    choice: Choice = None,
    *,
    db: Db,
    by: By,
    score: Score = None,
    voter: Annotated[
        str | None, typer.Option("--voter", help="option.vote_voter", metavar="VOTER", show_default=False)
    ] = None,
    receipt: ReceiptFile = None,
    role: ByRole = None,
    unit: ByUnit = None,
    speaks_for: For = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Vote."""
    with opened(db, records, writing=True) as engine:
        proposal = of_a_proposal(engine, id)
        vote = latest(proposal)
        said = _ballot(choice, score, vote.options)
        who = acting(engine, by, role, unit, "voter", unit_of=speaks_for)
        whose = voter or speaks_for or by
        fields: dict[str, Any] = {"id": id, "voter": whose, "on_behalf_of": speaks_for}
        if vote.form is not BallotForm.SECRET:
            if receipt is not None:
                raise InputError(t("vote.not_secret"), where="--receipt")
            fields["ballot"] = said.model_dump(mode="json")
            record = done(engine, [given(engine, CastBallot, who, **fields)])
        else:
            if receipt is None:
                raise InputError(t("vote.receipt_asked"), where="--receipt", expected="--receipt FILE")
            sealed = _sealed(id, proposal.votes, whose, said, vote.options)
            fields |= {"sealed": sealed.sealed.model_dump(mode="json"), "commitment": sealed.commitment}
            with kept_if_done(receipt, _text_of(sealed)):
                record = done(engine, [given(engine, CastBallot, who, **fields)])
        print_done(engine, record, as_json=json)


def _sealed(id: str, round: int, voter: str, said: Ballot, options: tuple[str, ...]) -> SealedBallot:
    return seal(id, round, voter, said, os.urandom(32), os.urandom(32), options)


def _text_of(sealed: SealedBallot) -> str:
    return sealed.receipt.model_dump_json(indent=2) + "\n"


def _ballot(choice: Sequence[str] | None, score: Sequence[str] | None, options: tuple[str, ...]) -> Ballot:
    """The ballot in these words; who abstains between options names none of them. Raises InputError."""
    named = tuple(_SAID.get(each, each) for each in choice or ())
    may_be = ", ".join((*options, "abstain") if options else SIDES)
    if not named and not score:
        raise InputError(t("vote.no_choice"), where="CHOICE", expected=may_be)
    try:
        scores = {option: int(points) for option, _, points in (each.rpartition("=") for each in score or ())}
        return Ballot(choice=() if options and named == ("abstain",) else named, scores=scores)
    except ValueError:  # pydantic's too
        raise InputError(t("vote.no_ballot"), where="CHOICE, --score", expected=may_be) from None


def seal_(
    id: RecordId,
    choice: Choice = None,
    *,
    round: Annotated[int, typer.Option("--round", help="option.vote_round", min=1, show_default=False)],
    voter: Annotated[str, typer.Option("--voter", help="option.vote_voter", metavar="VOTER", show_default=False)],
    receipt: Annotated[Path, typer.Option("--receipt", help="option.vote_receipt", metavar="FILE", show_default=False)],
    option: Annotated[
        list[str] | None, typer.Option("--option", help="option.vote_option", metavar="ID", show_default=False)
    ] = None,
    score: Score = None,
) -> None:
    """Seal a ballot without a log: the command to hand in, and the receipt to keep."""
    options = tuple(option or ())
    sealed = _sealed(id, round, voter, _ballot(choice, score, options), options)
    with kept_if_done(receipt, _text_of(sealed)):
        command = {
            "command": CastBallot.wire,
            "id": id,
            "by": Actor.of(voter, Role.VOTER).model_dump(mode="json", exclude_none=True),
            "voter": voter,
            "sealed": sealed.sealed.model_dump(mode="json"),
            "commitment": sealed.commitment,
        }
        print_json(command)


def check(
    receipt: Annotated[Path, typer.Argument(help="argument.receipt", metavar="RECEIPT", show_default=False)],
    db: Annotated[Path | None, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)] = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="option.vote_bundle", metavar="FILE", show_default=False)
    ] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Tell what became of the ballot of a receipt."""
    kept = read_receipt(receipt)
    if (db is None) == (bundle is None):
        raise InputError(t("vote.db_or_bundle"), where="check", expected="--db PATH | --bundle FILE")
    found = _in_log(kept, db, records) if db is not None else _in_bundle(kept, bundle)
    if json:
        print_json({"record": kept.record, "round": kept.round, "code": kept.code, "standing": found})
    else:
        console().print(t(f"vote.check.{found}", record=kept.record, n=kept.round, code=kept.code))
    raise typer.Exit(DONE if found in ("counted", "sealed") else FOUND)


def _in_log(kept: Receipt, db: Path, records: list[str] | None) -> str:
    """What became of it; `sealed` while the box is closed."""
    with opened(db, records) as engine:
        vote: Vote | None = of_a_proposal(engine, kept.record).item("vote", str(kept.round))
    if vote is None:
        raise InputError(t("vote.no_round", n=kept.round, id=kept.record), where=kept.record)
    ballot = vote.cast.get(kept.voter)
    commitment = ballot.commitment if ballot is not None else None
    found = standing(kept, commitment, vote.opened or ())
    return "sealed" if found is Standing.MISSING and vote.opened is None else found.value


def _in_bundle(kept: Receipt, bundle: Path | None) -> str:
    """The same, as far as a bundle tells: it holds no commitments, so whose a code is stays open."""
    assert bundle is not None
    if not bundle.is_file():
        raise InputError(t("no_file", path=bundle))
    with bundle.open("rb") as source:
        found = read(source)
    if (found.header.record, found.header.round) != (kept.record, kept.round):
        raise InputError(t("vote.other_bundle", id=found.header.record, n=found.header.round), where=str(bundle))
    if found.header.form is not BallotForm.SECRET:
        raise InputError(t("vote.not_secret"), where=str(bundle))
    published = (Opened(code=code, ballot=ballot) for code, ballot in found.ballots.items())
    return standing(kept, commitment_to(kept.secret, kept.code), published).value
