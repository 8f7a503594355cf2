"""What a version of govflow makes of logs: status, digest and fields of every record after each of its events.

`python states_told.py FOLDER`: logs as `<name>.db`, the ids of their records as `<name>.ids`. It runs by itself in any
version's tree, today's or an old one's, and asks only for what an engine has always given. Prints JSON Lines; what
cannot be read is a line too.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from govflow import Engine


def told(path: Path) -> Iterator[dict[str, Any]]:
    """A log's records after each event, by id; a record that cannot be read gives one line with the error."""
    log = {"log": path.stem}
    try:
        engine: Any = Engine.open(path, read_only=True)
    except Exception as error:  # whatever an old version says of what it cannot read
        yield {**log, "error": str(error)}
        return
    with engine:
        for stream in json.loads(path.with_suffix(".ids").read_text("utf-8")):
            try:
                yield from ({**log, **each} for each in _steps(engine, stream))
            except Exception as error:
                yield {**log, "stream": stream, "error": str(error)}


def _steps(engine: Any, stream: str) -> Iterator[dict[str, Any]]:
    for event in engine.history(stream):
        state = engine.as_of(stream, version=event.version)
        fields = json.loads(state.model_dump_json())
        yield {
            "stream": stream,
            "kind": state.kind_of_record,
            "version": event.version,
            "event": event.name,
            "status": str(state.status),
            "digest": state.digest,
            "fields": {name: _short(value) for name, value in fields.items()},
        }


def _short(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


if __name__ == "__main__":
    for log in sorted(Path(sys.argv[1]).glob("*.db")):
        for line in told(log):
            print(json.dumps(line, ensure_ascii=False))
