"""The votes on a proposal's page: how each was taken, its counts on every base, and each test with its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from govflow.messages import RecordedEvent
from govflow.pages.parts import Facts, Note, Part, Prose, Rows, Section, Speech
from govflow.policy import Base, Method, Policy
from govflow.proposals import PROPOSAL, Proposal
from govflow.proposals import events as e
from govflow.proposals.vote_model import Vote
from govflow.voting import Tally


def rounds_ended(history: Iterable[RecordedEvent]) -> dict[str, datetime]:
    """When each round of voting was closed, or declared void while it ran: by its number, from the events."""
    ended: dict[str, datetime] = {}
    number = ""
    for each in history:
        match each.body:
            case e.VoteAnnounced() | e.VoteReannounced():
                number = str(each.body.round)
            case e.VoteClosed() | e.VoteVoided():
                ended.setdefault(number, each.body.at)  # what is declared void once it is counted had ended before
    return ended


def open_until(vote: Vote, ended: datetime | None) -> datetime | None:
    """Until when one could vote: the announced end, or when it was closed before; counting afterwards adds nothing."""
    return min(filter(None, (vote.closes_at, ended)), default=None)


def votes_section(proposal: Proposal, history: Iterable[RecordedEvent], policy: Policy, speech: Speech) -> Section:
    """Every round of voting, the latest first. Of one that is not over nothing is counted."""
    rounds, ended = [*proposal.items_of("vote").items()], rounds_ended(history)
    return Section(
        "votes",
        speech.t("votes"),
        [part for key, vote in reversed(rounds) for part in _vote(proposal.id, key, vote, ended, policy, speech)],
    )


def _vote(
    id: str, key: str, vote: Vote, ended: Mapping[str, datetime], policy: Policy, speech: Speech
) -> Iterator[Part]:
    t = speech.t
    yield Prose(t("vote.round", n=key, question=vote.question), "")
    yield Facts(
        [
            (t("vote.state"), speech.status(vote.status, PROPOSAL.regions["vote"].workflow.statuses)),
            (t("vote.void_for"), _reason(vote.voided_for, policy, speech)),
            (t("vote.how"), _how(vote, speech)),
            (t("vote.version"), t("vote.nth", n=vote.number)),
            (t("vote.open"), _time(vote.opens_at, open_until(vote, ended.get(key)), speech)),
            (t("vote.quorum"), _quorum(vote, speech)),
            (t("vote.options"), speech.listed(vote.options)),
            (t("vote.roll"), vote.roll_digest or ""),
            (t("vote.lot"), vote.lot_commitment or ""),
            (t("vote.seed"), vote.lot_seed or ""),
        ]
    )
    if vote.tally is None:
        if vote.status == "open":
            yield Note(t("vote.running"))
        return
    yield from _counts(vote, vote.tally, speech)
    yield Rows("", (t("vote.test"),), [(speech.pick(each.en, each.zh),) for each in vote.tally.why])
    export = f"govflow vote export {id} --round {key} -o vote.jsonl --db LOG"
    yield Note(t("vote.recount"), (export, "python recount.py vote.jsonl"))


def _reason(code: str, policy: Policy, speech: Speech) -> str:
    found = next((each for each in policy.reasons if each.id == code), None)
    return speech.pick(found.en, found.zh) if found is not None else code


def _how(vote: Vote, speech: Speech) -> str:
    if vote.rule is None:
        return ""
    return speech.listed((speech.term("form", vote.rule.form), speech.term("method", vote.rule.method)))


def _time(opens: datetime | None, closes: datetime | None, speech: Speech) -> str:
    return speech.t("vote.from_to", opens=speech.when(opens), closes=speech.when(closes))


def _quorum(vote: Vote, speech: Speech) -> str:
    if vote.quorum is None:
        return ""
    return f"{speech.pick(vote.quorum.en, vote.quorum.zh)} ({vote.quorum.basis})"


def _figure(number: int, base: Base) -> str:
    """Area is counted in dm² and said in m²."""
    return f"{number // 100}.{number % 100:02}" if base is Base.AREA else str(number)


def _counts(vote: Vote, tally: Tally, speech: Speech) -> Iterator[Part]:
    t = speech.t
    bases = [base for base in Base if vote.quorum is not None and base in vote.quorum.bases] or [Base.PERSONS]
    columns = ["entitled", "present", *(["yes", "no", "abstained"] if tally.method is Method.YES_NO else [])]
    yield Rows(
        t("vote.counts"),
        (t("vote.on"), *(t(f"vote.{each}") for each in columns)),
        [
            (speech.term("base", base), *(_figure(getattr(tally, each).on(base), base) for each in columns))
            for base in bases
        ],
    )
    if tally.method is not Method.YES_NO:
        yield from _options(vote, tally, speech)


def _options(vote: Vote, tally: Tally, speech: Speech) -> Iterator[Part]:
    """Points and ballots of every option; of a run-off, each round with who was struck out."""
    t = speech.t
    rows = [(each, str(tally.points.get(each, 0)), str(tally.supporters.get(each, 0))) for each in vote.options]
    yield Rows("", (t("vote.option"), t("vote.points"), t("vote.ballots")), rows)
    if tally.rounds:
        yield Rows(
            t("vote.rounds"),
            ("", *vote.options, t("vote.exhausted"), t("vote.struck")),
            [
                (
                    t("vote.nth_round", n=number),
                    *(str(each.counts.get(option, "")) for option in vote.options),
                    str(each.exhausted),
                    "" if each.struck is None or each.by is None else f"{each.struck} ({speech.term('by', each.by)})",
                )
                for number, each in enumerate(tally.rounds, 1)
            ],
        )
    tie = "" if tally.tie is None else f"{speech.term('by', tally.tie)}: {speech.listed(tally.tied)}"
    yield Facts([(t("vote.winner"), tally.winner or ""), (t("vote.tie"), tie)])
