"""Reads a round of voting from the stored events of its proposal, in one pass and in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from govflow.engine import Engine
from govflow.errors import LogError, NotFound
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.proposals import events as e
from govflow.recounting.findings import Recounted
from govflow.recounting.pinned import PINNING, Pinned
from govflow.recounting.reading import TAKEN, Reading

Progress = Callable[[int, int], object]
"""Hears how far it is: (events read, events there)."""

_ANNOUNCES = (e.VoteAnnounced.name, e.VoteReannounced.name)
_OF_ROLL = (e.VotersEnrolled.name, e.VotersStruck.name)


def recount(engine: Engine, id: str, round: int | None = None, *, progress: Progress | None = None) -> Recounted:
    """Count a round of voting of a proposal again from the stored events; by default the last one that was closed.

    Inquorate rounds are counted like others, and so are votes declared void. Raises NotFound where there is no such
    proposal or round.
    """
    reading = reading_of(engine, id, round, progress)
    return reading.result(id)


def rows_of(engine: Engine, id: str, progress: Progress | None = None) -> Iterator[StoredEvent]:
    """The rows of one stream in their order, in flat memory. Raises LogError where one is missing or was changed."""
    last, version = engine.store.version(id), 0
    if not last:
        raise NotFound(f"there is no record {id}")
    for row in engine.store.scan():
        if row.stream != id:
            continue
        version += 1
        if row.version != version or row.leaf != leaf_of(row.stream, row.version, row.topic, row.state):
            raise LogError(f"{id} version {version} is missing, damaged or was changed")
        if progress is not None and (version % 1_000 == 0 or version == last):
            progress(version, last)
        yield row
        if version == last:
            return
    raise LogError(f"{id} ends at version {version}, and its last one is {last}")


def reading_of(engine: Engine, id: str, round: int | None, progress: Progress | None) -> Reading:
    """Read a stream to the end of one round: the one asked for, or the last one closed. Raises NotFound."""
    reading, closed, decode = Reading(), None, engine.log.codec.decode
    pinned = Pinned(engine.log.policies)
    for row in rows_of(engine, id, progress):
        name = row.topic.partition("@")[0]
        if name in _ANNOUNCES:
            event = decode(row.topic, row.state)
            assert isinstance(event, e.VoteAnnounced | e.VoteReannounced)
            if round == reading.round:
                break
            closed = reading if reading.closed is not None else closed
            reading = Reading.of(event, row.version, reading)
            pinned.judge(event, reading.findings)
        elif name in PINNING:
            pinned.take(decode(row.topic, row.state))
        elif name in TAKEN and (round in (None, reading.round) or name in _OF_ROLL):
            reading.take(decode(row.topic, row.state), row)
    if round is None and reading.closed is None and closed is not None:
        reading = closed
    if not reading.round or round not in (None, reading.round):
        raise NotFound(f"{id} has no vote {round or ''}".rstrip())
    return reading
