"""Bundles of a vote: written from the log for outsiders, and counted again from their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from govflow.engine import Engine
from govflow.errors import Detail, InputError
from govflow.policy import BallotForm
from govflow.proposals.events import BallotCast
from govflow.recounting.findings import Findings, Recounted
from govflow.recounting.stored import Progress, reading_of, rows_of
from govflow.voting import Ballot, Bundle, Cast, Coded, HandCount, Header, Tally, Turnout, lines, read, recounted


def recount_bundle(source: Iterable[str | bytes]) -> Recounted:
    """Count an exported vote again from its lines. Raises InputError with the line of what is no part of a bundle."""
    bundle: Bundle = read(source)
    found = Findings()
    try:
        counted: Tally | None = recounted(bundle)
    except InputError as error:
        counted = None
        found.add("cannot_be_counted", f"it cannot be counted: {error}", f"无法计票：{error}")
    if counted is not None:
        found.compare("result", bundle.result, counted)
    ballots = bundle.hands.present.persons if bundle.hands is not None else len(bundle.ballots)
    return Recounted(
        record=bundle.header.record,
        round=bundle.header.round,
        stated=bundle.result,
        counted=counted,
        ballots=ballots,
        roll=len(bundle.roll),
        differences=found.all(),
    )


def export_bundle(
    engine: Engine, id: str, round: int | None = None, *, progress: Progress | None = None
) -> Iterator[str]:
    """The lines of the bundle of one round (by default the last one closed), with which outsiders can recount it.

    Voters stand in it by their pseudonyms alone. Raises NotFound where there is no such proposal or round, InputError
    where it has no result.
    """
    reading = reading_of(engine, id, round, progress)
    rule, quorum, closed = reading.counted_by, reading.quorum, reading.closed
    if rule is None or quorum is None or closed is None or closed.tally is None or reading.digest is None:
        what = Detail(f"vote {reading.round} of {id} has no result", f"{id} 第 {reading.round} 轮表决没有结果")
        raise InputError(what, expected=Detail("a vote that was closed", "已结束的表决"))
    try:
        header = Header(
            record=id,
            round=reading.round,
            title=reading.question,
            options=reading.options,
            rule=rule,
            quorum=quorum,
            lot=reading.lot,
            roll_digest=reading.digest,
            form=rule.form,
        )
    except ValidationError as error:
        why = error.errors(include_url=False, include_input=False)[0]["msg"]
        what = Detail(
            f"vote {reading.round} of {id} fits no bundle: {why}", f"第 {reading.round} 轮表决无法导出：{why}"
        )
        raise InputError(what, expected=Detail("a vote that agrees when recounted", "复核一致的表决")) from None
    match rule.form:
        case BallotForm.HANDS:
            return lines(header, reading.roll, closed.tally, hands=reading.hands or HandCount(present=Turnout()))
        case BallotForm.SECRET:
            coded = (Coded(code=each.code, ballot=each.ballot) for each in reading.opened or ())
            return lines(header, reading.roll, closed.tally, took_part=reading.roll.marked(), secret=coded)
    return lines(header, reading.roll, closed.tally, open=_cast_in(engine, id, reading.began, reading.ended))


def _cast_in(engine: Engine, id: str, began: int, ended: int) -> Iterator[Cast]:
    """The open ballots of one round as they were cast, read from the log once more: a million are never held."""
    blank = Cast(voter="-", ballot=Ballot(), cast_by="-", at=datetime.min.replace(tzinfo=UTC))
    for row in rows_of(engine, id):
        if began < row.version < ended and row.topic.partition("@")[0] == BallotCast.name:
            event = engine.log.codec.decode(row.topic, row.state)
            assert isinstance(event, BallotCast), "the codec goes by the name"
            yield blank.changed(voter=event.voter, ballot=event.ballot, cast_by=event.by, at=event.at)
