"""Adds golden events and logs; what stands is never touched.

python -m tests.golden.writing tests/stories tests/budgets   # events without a line, from these tests' logs
python -m tests.golden.writing                               # … from the town's log, or their fields alone
python -m tests.golden.writing --release 0.2                 # the golden log of a release, and its signed head
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from govflow import Event
from govflow.audit.bundles.writing import write_bundle
from govflow.audit.replay.digests import digest_lines
from govflow.checkpoints.notes import Note, Signer
from govflow.persistence.codec import Codec
from tests.golden.lines import EVENTS, HEADS, HERE, LINES, ORIGIN, Line, line_of, loaded, missing, raw_lines, text_of
from tests.golden.looking import Looking
from tests.golden.sampling import sample
from tests.golden.town import lived


def added(lines: Sequence[Line], found: Mapping[str, bytes], events: Mapping[str, type[Event]] = EVENTS) -> list[Line]:
    """The lines that are missing, by name: of bytes that stand already, else of bytes that were found, else samples.

    Raises ValueError where an old version was never written down: nothing makes its bytes again.
    """
    stored, codec = {line.topic: line.state for line in lines}, Codec(events.values())
    new = []
    for topic, _ in sorted(missing(lines, events)):
        name, _, version = topic.partition("@")
        state = stored.get(topic) or found.get(topic)
        if state is None and int(version) < events[name].version:
            raise ValueError(f"{topic} was released without a line: its bytes are lost")
        new.append(loaded(topic, state or sample(events[name]), codec))
    return new


def looked_for(tests: Sequence[str]) -> Mapping[str, bytes]:
    """What the logs of these tests hold; of none, the town's log. They run one after the other."""
    looking = Looking()
    if not tests:
        with tempfile.TemporaryDirectory() as beside, lived(Path(beside) / "town.db") as engine:
            for row in engine.store.scan():
                looking.look(row)
        return looking.found
    options = ["-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-m", "not slow"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # the tests are known here already
    pytest.main([*options, *tests], plugins=[looking])
    return looking.found


def write_log(release: str, folder: Path = HERE) -> list[Path]:
    """The golden log of a release: a bundle of a town's whole log, its public key, the digest after every event."""
    bundle, key, digests = (folder / f"log-{release}.{kind}" for kind in ("bundle.gz", "vkey", "digests.gz"))
    with tempfile.TemporaryDirectory() as beside, lived(Path(beside) / "town.db") as engine:
        engine.checkpointer.keys.create()
        engine.checkpoint()
        with (Path(beside) / "town.bundle").open("x+b") as plain:
            write_bundle(engine, engine.checkpointer, plain)
            plain.seek(0)
            bundle.write_bytes(gzip.compress(plain.read(), mtime=0))
        key.write_text(engine.checkpointer.keys.export() + "\n", "utf-8")
        lines = "".join(digest_lines(engine, program=f"govflow {release}"))
        digests.write_bytes(gzip.compress(lines.encode(), mtime=0))
    return [bundle, key, digests]


def sign(files: Sequence[Path], folder: Path = HERE) -> str:
    """Sign all lines and these files with a new key that nobody keeps; the public half."""
    signer = Signer.new(ORIGIN)
    text = text_of(raw_lines(folder / LINES.name), files)
    with (folder / HEADS.name).open("a", encoding="utf-8") as heads:
        heads.write(Note(text, (signer.sign(text),)).format() + "\n")
    return signer.verifier.vkey


def main() -> int:
    """Add what is missing, or write and sign a release."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.writing", description="Adds golden events and logs.")
    parser.add_argument("tests", nargs="*", help="tests whose logs are looked through for events without a line")
    parser.add_argument("--release", help="write the golden log of a release and sign all there is")
    asked = parser.parse_args()
    lines = [line_of(raw) for raw in raw_lines()]
    if missing(lines):
        new = added(lines, looked_for(asked.tests))
        with LINES.open("ab") as file:
            file.writelines(line.bytes() for line in new)
        print(f"added: {', '.join(line.topic for line in new)}")
    if asked.release is not None:
        if (HERE / f"log-{asked.release}.vkey").exists():
            print(f"{asked.release} has its golden log: what stands is never touched", file=sys.stderr)
            return 2
        print(f"signed; a line for KEYS in tests/golden/lines.py:\n    {sign(write_log(asked.release))!r},")
    return 0


if __name__ == "__main__":
    sys.exit(main())
