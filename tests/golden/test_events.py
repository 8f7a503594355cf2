"""Golden events: what was ever stored is read for ever, as it was read before; and nobody edits what proves it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from govflow import Event
from govflow.checkpoints.notes import Checkpoint
from govflow.errors import InputError, LogError
from govflow.persistence.codec import Codec, StoredEvent
from tests.golden.lines import (
    CODEC,
    EVENTS,
    HEADS,
    HERE,
    KEYS,
    LINES,
    Line,
    broken,
    files_of,
    line_of,
    loaded,
    missing,
    notes_in,
    raw_lines,
)
from tests.golden.looking import LONGEST, Looking
from tests.golden.sampling import sample
from tests.golden.writing import added, sign
from tests.kernel.test_codec import Moved, MovedV1, MovedV2, stored

RAW = raw_lines()
GOLDEN = [line_of(raw) for raw in RAW]
ADVICE = "write it down with: python -m tests.golden.writing [tests whose logs hold it]"


def now(line: Line) -> int:
    """The version that reads a line today; 0 where nothing does."""
    name = line.topic.partition("@")[0]
    return EVENTS[name].version if name in EVENTS else 0


# --- what is written down --------------------------------------------------------------------------------------------


def test_every_event_has_a_line_at_its_version_and_at_every_older_one():
    lacking = sorted(topic for topic, _ in missing(GOLDEN))
    assert not lacking, f"no golden line: {', '.join(lacking)}; {ADVICE}"


def test_every_line_loads_to_what_it_loaded_to():
    other = [line.topic for line in GOLDEN if line.read_as == now(line) and loaded(line.topic, line.state) != line]
    assert not other, f"{', '.join(other)}: read otherwise than before; give the event a new version with an upcaster"


def test_no_event_that_was_released_is_gone_or_has_gone_back():
    assert [line.topic for line in GOLDEN if line.read_as > now(line) or not now(line)] == []


def test_no_line_stands_twice():
    assert len({(line.topic, line.read_as) for line in GOLDEN}) == len(GOLDEN)


def test_a_released_version_has_signed_all_lines_and_its_log():
    versions = re.findall(
        r"^## \[(\d+\.\d+)\.\d+\] - (\S+)", (HERE.parents[1] / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    released = [version for version, when in versions if when != "unreleased"]
    signed = {name for note in notes_in(HEADS.read_text("utf-8")) for name in files_of(note)}
    assert {f"log-{version}.bundle.gz" for version in released} <= signed
    if len(released) == len(versions):
        assert Checkpoint.parse(notes_in(HEADS.read_text("utf-8"))[-1].text).size == len(GOLDEN)


# --- nobody edits it -------------------------------------------------------------------------------------------------


def test_the_heads_of_all_releases_hold():
    assert broken(RAW, HEADS.read_text("utf-8"), KEYS) == []


def test_lines_may_be_added_behind_what_is_signed():
    assert broken([*RAW, RAW[0]], HEADS.read_text("utf-8"), KEYS) == []


SIGNED = Checkpoint.parse(notes_in(HEADS.read_text("utf-8"))[-1].text).size
AT = random.Random(7).randrange(SIGNED - 1)


@pytest.mark.parametrize(
    "turned",
    [
        lambda lines: [*lines[:AT], *lines[AT + 1 :]],
        lambda lines: [*lines[:AT], lines[AT + 1], lines[AT], *lines[AT + 2 :]],
        lambda lines: [*lines[:AT], lines[AT], *lines[AT:]],
        lambda lines: [*lines[:AT], lines[AT].replace(b'"read_as":1', b'"read_as":2'), *lines[AT + 1 :]],
        lambda lines: [*lines[:AT], _with_its_digest(lines[AT]), *lines[AT + 1 :]],
        lambda lines: lines[: SIGNED - 1],
        lambda lines: [],
    ],
    ids=["lost", "swapped", "doubled", "edited", "edited with its digest", "cut off", "emptied"],
)
def test_no_signed_line_is_edited_or_lost_unseen(turned: Callable[[list[bytes]], list[bytes]]):
    assert turned(RAW) != RAW
    assert broken(turned(RAW), HEADS.read_text("utf-8"), KEYS)


def _with_its_digest(raw: bytes) -> bytes:
    """The line as somebody would edit it who knows what is looked at."""
    line = line_of(raw)
    state = line.state.replace(b'"policy":"', b'"policy":"x')
    return loaded(line.topic, state).bytes()


@pytest.fixture
def release(tmp_path: Path) -> tuple[Path, list[str]]:
    """Two releases of a folder of its own: five lines and a log, then ten and another log. The folder and the keys."""
    keys = []
    for number in (1, 2):
        (tmp_path / LINES.name).write_bytes(b"".join(RAW[: 5 * number]))
        (tmp_path / f"log-{number}").write_text(f"log {number}")
        keys.append(sign([tmp_path / f"log-{number}"], tmp_path))
    return tmp_path, keys


def checked(folder: Path, keys: list[str]) -> list[str]:
    return broken(raw_lines(folder / LINES.name), (folder / HEADS.name).read_text("utf-8"), keys, folder)


def test_every_release_signs_what_stood_before_it_too(release):
    folder, keys = release
    assert checked(folder, keys) == []
    lines = raw_lines(folder / LINES.name)
    lines[1] = lines[1].replace(b'"read_as":1', b'"read_as":2')
    (folder / LINES.name).write_bytes(b"".join(lines))
    assert [each.partition(":")[0] for each in checked(folder, keys)] == ["head 1", "head 2"]


def test_a_golden_log_is_neither_changed_nor_lost_unseen(release):
    folder, keys = release
    (folder / "log-1").write_text("log one")
    assert checked(folder, keys) == ["head 1: a line or a log that it signed for was changed"]
    (folder / "log-1").unlink()
    assert checked(folder, keys) == ["head 1: log-1 is missing"]


def test_a_head_is_neither_dropped_swapped_nor_signed_anew_unseen(release):
    folder, keys = release
    heads = folder / HEADS.name
    text = heads.read_text("utf-8")
    first, second = (f"{note.format()}\n" for note in notes_in(text))
    assert first + second == text
    for other in (first, second, second + first, "", text[:-1], text.replace("\n5\n", "\n4\n")):
        heads.write_text(other, "utf-8")
        assert checked(folder, keys), other
    heads.write_text(first, "utf-8")
    sign([folder / "log-2"], folder)  # somebody else's key under the same name
    assert checked(folder, keys) == ["head 2: its key has not signed it"]


# --- adding ----------------------------------------------------------------------------------------------------------

OF_VERSION: list[dict[str, type[Event]]] = [{each.name: each} for each in (MovedV1, MovedV2, Moved)]
FOUND = stored(MovedV1.model_validate({"at": "2026-03-02T08:00:00Z", "by": "anna", "to": "here"}))
META = b'{"command":"c","wire":"thing.move","recorded_at":"2026-03-02T08:00:00Z","policy":"default@1"}'
STATE = META + FOUND[1][2:]


def test_what_was_written_of_an_old_version_is_read_by_every_later_one():
    first = added([], {"thing.moved@1": STATE}, OF_VERSION[0])
    assert [(line.topic, line.read_as, line.state) for line in first] == [("thing.moved@1", 1, STATE)]
    second = added(first, {}, OF_VERSION[1])
    assert [(line.topic, line.read_as) for line in second] == [("thing.moved@1", 2), ("thing.moved@2", 2)]
    third = added([*first, *second], {}, OF_VERSION[2])
    assert [(line.topic, line.read_as) for line in third] == [(f"thing.moved@{v}", 3) for v in (1, 2, 3)]
    assert third[0].state == STATE
    assert third[0].digest not in (first[0].digest, second[0].digest)  # another shape, told by a line of its own
    assert added([*first, *second, *third], {}, OF_VERSION[2]) == []


def test_an_old_version_that_nobody_wrote_down_is_told():
    with pytest.raises(ValueError, match=r"thing\.moved@1 was released without a line: its bytes are lost"):
        added([], {}, OF_VERSION[2])


def test_a_stored_state_that_no_longer_loads_is_an_error():
    class Other(Event, name="thing.moved"):
        where: str

    with pytest.raises(LogError, match="where: Field required"):
        loaded("thing.moved@1", STATE, Codec([Other]))
    with pytest.raises(LogError, match=r"holds thing\.moved@1, which none of the records served here knows"):
        loaded("thing.moved@1", STATE, CODEC)


def test_a_line_that_is_written_otherwise_is_refused():
    for raw in (RAW[0].replace(b":", b": ", 1), RAW[0][:-1], b"{}\n", b"no line\n"):
        with pytest.raises(InputError):
            line_of(raw)


def test_what_no_log_of_the_tests_holds_is_made_of_the_events_fields():
    for name in ("case.closed", "joint_project.proposed", "proposal.vote_announced", "subject.erased"):
        line = loaded(f"{name}@1", sample(EVENTS[name]))
        assert loaded(line.topic, line.state) == line


def test_of_the_states_in_a_log_the_fullest_is_kept_that_is_not_too_long():
    line = next(line for line in GOLDEN if line.topic == "case.reported@1")

    def row(more: int) -> StoredEvent:
        return StoredEvent("x", 1, line.topic, line.state.replace(b'"command":"', b'"command":"' + b"0" * more, 1))

    looking = Looking()
    for more in (0, 2, 1, LONGEST):
        looking.look(row(more))
    assert looking.found == {line.topic: row(2).state}
