"""Keeps the rows that were set aside as JSON Lines, for somebody to look at and mend."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from govflow.errors import InputError
from govflow.interchange.rows import BadRow


class Quarantine:
    """A file of bad rows, readable by its owner alone; it appears whole when the `with` block ends well.

    Each line has file, line, field, code, why, and the raw values, which may be personal data. Without a path, or
    without a bad row, nothing is written; a file of an earlier run is replaced only by a new one.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self._path = None if path is None else Path(path)
        self._part: IO[str] | None = None

    def add(self, bad: BadRow) -> None:
        """Keep one bad row."""
        if self._path is None:
            return
        line = {
            "file": bad.file,
            "line": bad.line,
            "field": bad.field,
            "code": bad.reason.code,
            "why": bad.why,
            "raw": bad.raw,
        }
        try:
            if self._part is None:
                # made with mode 0600, under a name of its own: two runs at a time do not write into each other
                self._part = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed in __exit__
                    "w", encoding="utf-8", dir=self._path.parent, prefix=f"{self._path.name}.", delete=False
                )
            self._part.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._part is None or self._path is None:
            return
        try:
            with self._part as part:
                part.flush()
                os.fsync(part.fileno())
            if kind is None:
                os.replace(part.name, self._path)
        except OSError as problem:
            raise self._unwritable(problem) from None
        finally:
            Path(self._part.name).unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"bad rows cannot be kept here ({error.strerror})", where=str(self._path), expected="a place to write to"
        )
