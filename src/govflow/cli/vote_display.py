"""Shows votes: every round of a proposal, how it stands, what it came to and why; never how an open one runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from govflow.cli import words
from govflow.cli.display import console, table
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.pages.votes import open_until, rounds_ended
from govflow.policy import BallotForm, Method
from govflow.proposals import Proposal
from govflow.proposals.box import box_of
from govflow.proposals.vote_model import Vote, VoteStatus
from govflow.voting import Tally
from govflow.voting.tally import Finding


def rounds_of(proposal: Proposal) -> list[tuple[int, Vote]]:
    """Every round of voting with its number, in order."""
    return sorted((int(key), vote) for key, vote in proposal.items_of("vote").items())


def latest(proposal: Proposal) -> Vote:
    """The latest round of voting. Raises InputError where none was announced."""
    if not isinstance(proposal.vote, Vote):
        raise InputError(t("vote.none"), where=proposal.id, expected="govflow vote announce")
    return proposal.vote


def print_rounds(engine: Engine, proposal: Proposal) -> None:
    """Each round: the question, who may vote, how many did, until when; and the result where there is one."""
    out = console()
    if not proposal.votes:
        out.print(t("vote.none"))
    ended = _ended(engine, proposal)
    for number, vote in rounds_of(proposal):
        closes = open_until(vote, ended.get(str(number)))
        state = words.item_state(engine.deciders["proposal"], "vote", vote.status)
        out.print(clean(t("vote.round", n=number, question=vote.question, state=state)), style="bold")
        facts = [
            t("vote.by", method=_method(vote), form=t(f"vote.form.{vote.form}")),
            t("vote.from_to", opens=words.when(vote.opens_at, engine), closes=words.until(closes, engine)),
            t("vote.roll", n=f"{len(vote.roll):,}"),
        ]
        if vote.options:
            facts.insert(0, t("vote.options", options=", ".join(vote.options)))
        if vote.form is not BallotForm.HANDS:
            facts.append(t("vote.took_part", n=f"{len(vote.cast):,}"))
        facts += _of_box(engine, proposal, number, vote)
        for each in facts:
            out.print(f"  {clean(each)}")
        if vote.tally is not None:
            print_tally(vote.tally)


def _ended(engine: Engine, proposal: Proposal) -> dict[str, datetime]:
    """When the rounds ended; where none has, the log is not read."""
    over = any(vote.tally is not None or vote.status == VoteStatus.VOID for _, vote in rounds_of(proposal))
    return rounds_ended(engine.history(proposal.id)) if over else {}


def _method(vote: Vote) -> str:
    return t(f"vote.method.{vote.rule.method if vote.rule is not None else Method.YES_NO}")


def _of_box(engine: Engine, proposal: Proposal, number: int, vote: Vote) -> list[str]:
    """What is to be said of a box: whether it was opened, and whether its key is still there."""
    if vote.form is not BallotForm.SECRET or not vote.cast:
        return []
    if engine.vault.keys.is_destroyed(box_of(proposal.id, number)):
        return [t("vote.box.destroyed")]
    is_over = vote.opened is not None or vote.status == VoteStatus.VOID
    return [t("vote.box.key_is_there" if is_over else "vote.box.closed", id=proposal.id)]


def print_tally(tally: Tally) -> None:
    """The figures of a result, then why it carried or not."""
    out = console()
    if tally.method is Method.YES_NO:
        out.print("  " + t("vote.yes_no", **{side: _of(tally, side) for side in ("yes", "no", "abstained")}))
    else:
        rows = [
            (option, f"{points:,}", f"{tally.supporters.get(option, 0):,}") for option, points in tally.points.items()
        ]
        out.print(table(t("vote.option"), t("vote.points"), t("vote.supporters"), rows=rows))
        out.print("  " + t("vote.winner", winner=tally.winner or t("nobody")))
    print_why(tally.why)


def _of(tally: Tally, side: str) -> str:
    """A side by people, and by households and area where there are any."""
    turnout = getattr(tally, side)
    said = [f"{turnout.persons:,}"]
    if tally.entitled.households:
        said.append(t("vote.households", n=f"{turnout.households:,}"))
    if tally.entitled.area:
        said.append(f"{turnout.area // 100:,}.{turnout.area % 100:02} m²")
    return " / ".join(said)


def print_why(why: Iterable[Finding]) -> None:
    """Each test of the rule with its figures."""
    for each in why:
        console().print(f"  · {clean(each.zh if is_zh() else each.en)}")


def rounds_as_json(engine: Engine, proposal: Proposal) -> list[dict[str, Any]]:
    """Each round as JSON: no ballot stands in it, and no figure of a vote that is not over."""
    ended = {key: each.isoformat() for key, each in _ended(engine, proposal).items()}
    return [
        {
            "round": number,
            "status": vote.status,
            "question": vote.question,
            "options": vote.options,
            "form": vote.form,
            "method": vote.rule.method if vote.rule is not None else None,
            "opens_at": vote.opens_at and vote.opens_at.isoformat(),
            "closes_at": vote.closes_at and vote.closes_at.isoformat(),
            "ended_at": ended.get(str(number)),
            "roll": len(vote.roll),
            "roll_digest": vote.roll_digest,
            "took_part": len(vote.cast),
            "box_key_is_destroyed": engine.vault.keys.is_destroyed(box_of(proposal.id, number))
            if vote.form is BallotForm.SECRET
            else None,
            "result": vote.tally and vote.tally.model_dump(mode="json"),
        }
        for number, vote in rounds_of(proposal)
    ]
