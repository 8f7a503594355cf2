"""What a vote costs: ballots handed in one by one and together, recounts from the log and from a bundle."""

from __future__ import annotations

import json
import sqlite3
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from immutables import Map

from benchmarks.measuring import PRINT_PEAK, Figure, figure, printed, timed
from benchmarks.raw import RawLog, transactions_of
from govflow import DEFAULT_POLICY, Actor, Engine
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.policy import BallotForm, DecisionProcedure, Majority, Policy, QuorumRule, Share, VoteRule
from govflow.proposals.box import seal
from govflow.proposals.commands import (
    AdmitProposal,
    AnnounceVote,
    CastBallot,
    CloseConsultation,
    CloseVote,
    DraftProposal,
    EnrolVoters,
    OpenVote,
    StartScreening,
    SubmitProposal,
)
from govflow.recounting import export_bundle
from govflow.testing import PinnedClock
from govflow.voting import Ballot, Cast, Header, Voter, count, enrolled, entitled, lines, roll_digest

_ROUNDS = 5
_ENROLLED_AT_A_TIME = 5_000
_CHAIR, _OFFICE = Actor.of("chair", "convenor"), Actor.of("office", "secretariat", unit="office")
_PROPOSER = Actor.of("s-1", "resident", "proposer")
_SAID = (Ballot(choice=("yes",)), Ballot(choice=("no",)), Ballot(choice=("abstain",)))


def _policy(form: BallotForm) -> Policy:
    quorum = QuorumRule(
        id="any",
        en="any",
        zh="不限",
        decision=(Majority(share=Share(numerator=1, denominator=2, inclusive=False)),),
        basis="benchmark",
    )
    track = DecisionProcedure(
        id="poll", en="Poll", zh="表决", risk=False, vote=VoteRule(quorum="any", form=form), basis="benchmark"
    )
    return DEFAULT_POLICY.changed(
        id="benchmark",
        procedures=(*DEFAULT_POLICY.procedures, track),
        quorum_rules=(*DEFAULT_POLICY.quorum_rules, quorum),
    )


def an_open_vote(
    path: Path, voters: int, synchronous: str, form: BallotForm = BallotForm.OPEN
) -> tuple[Engine, PinnedClock]:
    """A log with proposal p, on which so many people, two to a household, may vote now."""
    clock = PinnedClock()
    engine = Engine.open(path, policy=_policy(form), now=clock, synchronous=synchronous)
    p: dict[str, Any] = {"id": "p"}
    engine.handle_all(
        [
            DraftProposal(**p, by=_PROPOSER, title="Ramp", text="Build a ramp", area="d/t/c", track="poll"),
            SubmitProposal(**p, by=_PROPOSER),
            StartScreening(**p, by=_OFFICE),
            AdmitProposal(**p, by=_OFFICE, stakeholders=("s-1",)),
        ]
    )
    clock.advance(days=8)
    engine.handle(CloseConsultation(**p, by=_OFFICE, roll_confirmed=True))
    day = clock()
    engine.handle(AnnounceVote(**p, by=_CHAIR, opens_at=day, closes_at=day + timedelta(days=2)))
    for start in range(0, voters, _ENROLLED_AT_A_TIME):
        some = range(start, min(start + _ENROLLED_AT_A_TIME, voters))
        engine.handle(EnrolVoters(**p, by=_CHAIR, voters=tuple(_voter(number) for number in some)))
    engine.handle(OpenVote(**p, by=_CHAIR))
    return engine, clock


def _voter(number: int) -> Voter:
    return Voter(id=f"v-{number:07}", household=f"h-{number // 2:07}", area=5_000 + number % 7_000)


def a_ballot(number: int, form: BallotForm = BallotForm.OPEN) -> CastBallot:
    """The ballot of one voter."""
    voter, said = f"v-{number:07}", _SAID[number % 3]
    by = Actor.of(voter, "voter")
    if form is BallotForm.OPEN:
        return CastBallot(id="p", by=by, ballot=said)
    bytes_of_a_voter = number.to_bytes(32)
    sealed, commitment, _ = seal("p", 1, voter, said, bytes_of_a_voter, bytes_of_a_voter)
    return CastBallot(id="p", by=by, sealed=sealed, commitment=commitment)


def voting(folder: Path, ballots: int, large: int) -> Iterator[Figure]:
    """Ballots one by one and together, then recounts of `ballots` in a log and of `large` in a bundle."""
    for synchronous in ("FULL", "NORMAL"):
        yield casting(folder, synchronous)
        yield casting(folder, synchronous, batch=100)
    yield casting(folder, "FULL", form=BallotForm.SECRET)
    yield from recounting(folder, ballots)
    yield from counting_a_large_log(folder, large)
    yield from counting_a_bundle(folder, large)


def casting(folder: Path, synchronous: str, batch: int = 1, form: BallotForm = BallotForm.OPEN) -> Figure:
    """Ballots of a roll of 10^5, `batch` in a transaction, against raw transactions of the same bytes."""
    name, a_round = f"{synchronous}-{batch}-{form}", 500 if batch == 1 else 2_000
    engine, _ = an_open_vote(folder / f"cast-{name}.db", 100_000, synchronous, form)
    raw = RawLog(folder / f"cast-raw-{name}.db", synchronous)
    ours_s, raw_s = [], []
    for turn in range(_ROUNDS):
        given = [a_ballot(number, form) for number in range(turn * a_round, (turn + 1) * a_round)]
        head = engine.store.head()

        def ours(given: list[CastBallot] = given) -> None:
            for start in range(0, len(given), batch):
                engine.handle_all(given[start : start + batch])

        ours_s.append(timed(ours) / a_round)
        plain = transactions_of(engine.store.scan(head), batch)
        raw_s.append(timed(lambda plain=plain: raw.append(plain)) / a_round)  # type: ignore[misc]
    engine.close()
    what = f"a ballot{' sealed' if form is BallotForm.SECRET else ''}, {batch} in a transaction, {synchronous}"
    return figure(what, ours_s, raw_s, ballots_per_second=round(1 / statistics.median(ours_s)))


_RECOUNT = f"""
import sys, time
from govflow import Engine
from govflow.recounting import recount
with Engine.open(sys.argv[1], read_only=True) as engine:
    begun = time.perf_counter()
    assert recount(engine, "p").agrees
    print(time.perf_counter() - begun)
{PRINT_PEAK}
"""
_RECOUNT_BUNDLE = f"""
import sys, time
from govflow.recounting import recount_bundle
begun = time.perf_counter()
with open(sys.argv[1], "rb") as source:
    assert recount_bundle(source).agrees
print(time.perf_counter() - begun)
{PRINT_PEAK}
"""


def recounting(folder: Path, ballots: int) -> Iterator[Figure]:
    """A log with so many ballots is filled, closed and recounted, against SELECT and json.loads of the same rows."""
    path = folder / "recount.db"
    engine, clock = an_open_vote(path, ballots, "NORMAL")
    seconds = timed(lambda: _fill(engine, ballots))
    yield {
        "figure": f"{ballots} ballots into a log, 1000 in a transaction",
        "ballots_per_second": round(ballots / seconds),
    }
    clock.advance(days=3)
    closing = timed(lambda: engine.handle(CloseVote(id="p", by=_CHAIR)))
    yield {"figure": f"closing a vote of {ballots} ballots", "ours_s": round(closing, 2)}
    with (folder / "log-bundle.jsonl").open("w", encoding="utf-8") as target:
        writing = timed(lambda: target.writelines(export_bundle(engine, "p")))
    yield {"figure": f"a bundle of {ballots} ballots written", "ours_s": round(writing, 2)}
    engine.close()
    raw = timed(lambda: _raw_read(path))
    yield _in_a_process(f"recount of {ballots} ballots from the log", _RECOUNT, path, raw)


def counting_a_large_log(folder: Path, ballots: int) -> Iterator[Figure]:
    """The same of a log whose ballots were copied, row by row, from one that the engine wrote."""
    path = folder / "large.db"
    write_a_log(path, ballots)
    raw = timed(lambda: _raw_read(path))
    yield _in_a_process(f"recount of {ballots} ballots from the log", _RECOUNT, path, raw)


def write_a_log(path: Path, ballots: int) -> None:
    """A log with so many ballots and their result: the bytes are the engine's, the ids of the voters differ."""
    with an_open_vote(path.with_suffix(".few.db"), 3, "NORMAL")[0] as few:
        few.handle_all([a_ballot(number) for number in range(3)])
        few.handle(CloseVote(id="p", by=_CHAIR))
        *_, yes, no, abstain, closed = few.store.read("p")
    an_open_vote(path, ballots, "NORMAL")[0].close()
    store = SQLiteStore(path, synchronous="NORMAL")
    first, said = store.version("p") + 1, (yes, no, abstain)
    for start in range(0, ballots, 10_000):
        with store.transaction() as transaction:
            some = range(start, min(start + 10_000, ballots))
            transaction.append([_copied(said[n % 3], first + n, f"v-{n % 3:07}", f"v-{n:07}") for n in some])
    meta, _, body = closed.state.partition(b"\n")
    result = json.loads(body)
    result["tally"] |= _counted(ballots)
    with store.transaction() as transaction:
        state = meta + b"\n" + json.dumps(result, ensure_ascii=False).encode()
        transaction.append([_copied(closed._replace(state=state), first + ballots)])
    store.close()


def _counted(ballots: int) -> dict[str, Any]:
    """What the ballots of so many voters come to: a third each for, against and abstaining."""
    areas, pulls = [0, 0, 0], [0] * len(range(0, ballots, 2))
    for number in range(ballots):
        areas[number % 3] += _voter(number).area
        pulls[number // 2] += (1, -1, 0)[number % 3]
    homes = sum(pull > 0 for pull in pulls), sum(pull < 0 for pull in pulls), pulls.count(0)
    persons = [len(range(side, ballots, 3)) for side in range(3)]
    everybody = {"persons": ballots, "households": len(pulls), "area": sum(areas)}
    sides = {
        name: {"persons": persons[side], "households": homes[side], "area": areas[side]}
        for side, name in enumerate(("yes", "no", "abstained"))
    }
    return {**sides, "entitled": everybody, "present": everybody, "carried": 2 * persons[0] > ballots}


def _copied(row: StoredEvent, version: int, old: str = "", new: str = "") -> StoredEvent:
    state = row.state.replace(old.encode(), new.encode()) if old else row.state
    leaf = leaf_of(row.stream, version, row.topic, state)
    return row._replace(version=version, state=state, leaf=leaf, command_id=None)


def _fill(engine: Engine, ballots: int) -> None:
    for start in range(0, ballots, 1_000):
        engine.handle_all([a_ballot(number) for number in range(start, min(start + 1_000, ballots))])


def _raw_read(path: Path) -> None:
    db = sqlite3.connect(path)
    for (state,) in db.execute("SELECT state FROM stored_events ORDER BY rowid"):
        json.loads(state[state.index(b"\n") + 1 :])
    db.close()


def _in_a_process(name: str, code: str, path: Path, raw: float) -> Figure:
    """A recount in a process of its own: seconds and peak memory, against the raw seconds."""
    seconds, peak = printed(code, path).split()
    return {
        "figure": name,
        "ours_s": round(float(seconds), 2),
        "raw_s": round(raw, 2),
        "ratio": round(float(seconds) / raw, 3),
        "peak_mib": round(int(peak) / 1024),
    }


def counting_a_bundle(folder: Path, ballots: int) -> Iterator[Figure]:
    """A bundle of so many ballots, made of one of fewer by more voters, against json.loads of its lines."""
    path = folder / "bundle.jsonl"
    write_a_bundle(path, ballots)
    raw = timed(lambda: _raw_lines(path))
    yield _in_a_process(f"recount of {ballots} ballots from a bundle", _RECOUNT_BUNDLE, path, raw)


def write_a_bundle(path: Path, ballots: int) -> None:
    """A bundle with so many open ballots, as the log would give it."""
    policy, day = _policy(BallotForm.OPEN), datetime(2026, 3, 10, tzinfo=UTC)
    track, quorum = policy.procedure("poll"), policy.quorum_rule("any")
    assert track is not None
    assert quorum is not None
    empty: Map[str, Voter] = Map()
    roll = enrolled(empty, (_voter(number) for number in range(ballots)))
    said = ((id, _SAID[number % 3]) for number, id in enumerate(sorted(roll)))
    tally = count(track.vote, quorum, (), entitled(roll), ((roll[id], each) for id, each in said))
    header = Header(
        record="p", round=1, rule=track.vote, quorum=quorum, roll_digest=roll_digest(roll), form=track.vote.form
    )
    cast = (Cast(voter=id, ballot=_SAID[n % 3], cast_by=id, at=day) for n, id in enumerate(sorted(roll)))
    with path.open("w", encoding="utf-8") as target:
        target.writelines(lines(header, roll, tally, open=cast))


def _raw_lines(path: Path) -> None:
    with path.open("rb") as source:
        for line in source:
            json.loads(line)
