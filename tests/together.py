"""Many cases of one promise in one test: each is looked at, and all that fail are told together, by name.

A test of its own for each of ten thousand cases costs more than the cases do: its setup, its report, its place in the
order, and the stop and start of what measures coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

Case = Callable[[object], AbstractContextManager[None]]


@contextmanager
def each_case() -> Iterator[Case]:
    """Give `case(name)`, a block that may fail without keeping the next ones from being looked at.

    Raises:
        ExceptionGroup: at the end, of all that failed: its message has every name, with what was wrong on one line.
    """
    failed: dict[str, Exception] = {}

    @contextmanager
    def case(name: object) -> Iterator[None]:
        try:
            yield
        except (Exception, pytest.fail.Exception) as error:
            key = str(name)
            assert key not in failed, f"two cases are called {key}"
            error.add_note(f"in the case {key}")
            failed[key] = (
                error
                if isinstance(error, Exception)
                else AssertionError(str(error)).with_traceback(error.__traceback__)
            )

    yield case
    if failed:
        lines = [
            f"{name}: {str(error).partition(chr(10))[0] or type(error).__name__}" for name, error in failed.items()
        ]
        raise ExceptionGroup("\n".join([f"{len(failed)} fail", *lines]), [*failed.values()])
