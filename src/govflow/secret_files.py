"""Small files of secrets: for their owner alone, written at once and durably, the old content overwritten."""

from __future__ import annotations

import os
import stat
import tempfile

from govflow.errors import LogError

_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def read_secret(path: str, what: str) -> str:
    """The text of a file that its owner alone may read; `what` names it in errors. Raises LogError."""
    try:
        with open(path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & _OTHERS_MAY:
                raise LogError(f"others may read the {what} {path} (mode {mode:04o}): say chmod 600 {path}")
            return file.read().decode()
    except FileNotFoundError:
        raise LogError(f"there is no {what} at {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"the {what} {path} cannot be read: {error}") from error


def write_secret(path: str, content: bytes, *, is_new: bool) -> None:
    """Write a file at once and durably, for its owner alone; what it held before is written over.

    Where `path` is a link, what it leads to is written: a key that was put elsewhere stays there. Raises OSError, and
    FileExistsError for a new file that another process made meanwhile.
    """
    path = os.path.realpath(path)
    folder = os.path.dirname(os.path.abspath(path))
    handle, part = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=folder)  # mode 0600
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


def _sync(folder: str) -> None:
    """Make a new name in a folder durable."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
