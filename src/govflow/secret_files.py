"""Small files of secrets: for their owner alone, written at once and durably, the old content overwritten."""

from __future__ import annotations

import os
import stat
import tempfile
from glob import escape, glob

from govflow.errors import LogError

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_LONGEST = 1 << 20  # bytes: a key that is longer is none
_PART = ".part-"


def read_secret(path: str, what: str) -> str:
    """The text of a file that its owner alone may read; `what` names it in errors. Raises LogError."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            mode = stat.S_IMODE(found.st_mode)
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST:
                raise LogError(f"the {what} {path} cannot be read: it is no small file")
            if os.name == "posix" and mode & _OTHERS_MAY:
                raise LogError(f"others may read the {what} {path} (mode {mode:04o}): say chmod 600 {path}")
            return file.read(_LONGEST).decode()
    except FileNotFoundError:
        raise LogError(f"there is no {what} at {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"the {what} {path} cannot be read: {error}") from error


def _without_waiting(path: str, flags: int) -> int:
    """Open a file, a pipe too, at once: a pipe that nobody writes to would be waited for without end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write_secret(path: str, content: bytes, *, is_new: bool) -> None:
    """Write a file at once and durably, for its owner alone; what it held before is written over.

    Where `path` is a link, what it leads to is written: a key that was put elsewhere stays there. Raises OSError, and
    FileExistsError for a new file that another process made meanwhile.
    """
    path = os.path.realpath(path)
    folder = os.path.dirname(os.path.abspath(path))
    handle, part = tempfile.mkstemp(prefix=os.path.basename(path) + _PART, dir=folder)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(part, path)  # never replaces a key that another process made meanwhile
            _sync(folder)
        else:
            with open(path, "r+b") as before:
                os.replace(part, path)
                _sync(folder)
                before.write(bytes(os.fstat(before.fileno()).st_size))  # a destroyed key does not stay in free blocks
                before.flush()
                os.fsync(before.fileno())
    finally:
        if os.path.exists(part):
            os.unlink(part)


def sweep_parts(path: str) -> None:
    """Overwrite and remove what writers that were killed have left beside a file: while nobody else writes it."""
    for part in glob(f"{escape(os.path.realpath(path))}{_PART}*"):
        if os.stat(part).st_nlink == 1:  # else it is the file itself, under its second name
            with open(part, "r+b") as left:
                left.write(bytes(os.fstat(left.fileno()).st_size))
                left.flush()
                os.fsync(left.fileno())
        os.unlink(part)


def _sync(folder: str) -> None:
    """Make a new name in a folder durable."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
