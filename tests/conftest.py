"""What holds for every test: Hypothesis profiles (choose one by HYPOTHESIS_PROFILE), bytecode, garbage, coverage."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase, InMemoryExampleDatabase

# A shared machine is slow at times: no deadline per example. The examples stay random, so that every run looks
# elsewhere; the blob printed with a failure repeats it anywhere.
# Each profile has a database of its own: without one, Hypothesis asks the settings of every earlier item of the same
# parametrized test for theirs, one within the other, and a thousand items are more than Python's stack holds.
settings.register_profile(
    "ci",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=InMemoryExampleDatabase(),
)
settings.register_profile(
    "dev",
    parent=settings.get_profile("ci"),
    max_examples=25,
    database=DirectoryBasedExampleDatabase(".hypothesis/examples"),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))

# Where Python is told to keep no bytecode, pytest rewrites the asserts of every test file in every process again, and
# each program that a test starts compiles the library again: together minutes. `__pycache__` is no part of a commit.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Collecting ten thousand tests makes millions of objects that all stay: looking them over for garbage at Python's
# usual pace took two fifths of that time. What has been collected is then left out of every later look.
gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there when the tests begin stays until they end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test marked `no_cover` is not traced at all.

    pytest-cov stops its own measuring for it; but in a worker of xdist it has begun twice, and goes on with the first.
    """
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)
