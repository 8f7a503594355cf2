"""Findings 发现的问题: what a check of a log objects to, where, and by which means it was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

_TOLD = 1_000  # findings told in full; the rest is counted


class Code(StrEnum):
    """What is wrong, for ever under the same name."""

    EDIT = "EDIT"  # stored bytes are not those that were hashed or signed
    GAP = "GAP"  # positions or versions are missing or stand twice
    REORDER = "REORDER"  # rows stand in another order than they were written in
    TRUNCATED = "TRUNCATED"  # the log ends before what was signed
    UNCOVERED_TAIL = "UNCOVERED_TAIL"  # events after the last checkpoint: nothing signed vouches for them yet
    ROLLBACK = "ROLLBACK"  # a head kept elsewhere knows more than the log or its checkpoints
    ORIGIN_MISMATCH = "ORIGIN_MISMATCH"  # it is another log
    UNKNOWN_KEY = "UNKNOWN_KEY"  # signed by nobody who is trusted
    INCONSISTENT_HEADS = "INCONSISTENT_HEADS"  # two signed heads that no one log can have
    TIME_REGRESSION = "TIME_REGRESSION"  # recorded before what stands ahead of it
    SEMANTIC = "SEMANTIC"  # an event that the table or a rule of its time did not allow
    CONSTRAINT = "CONSTRAINT"  # a pair of events that a constraint forbids
    UNKNOWN_EVENT = "UNKNOWN_EVENT"  # a stored name or version that nobody here can read
    KEY_MISSING = "KEY_MISSING"  # protected data without its key, and no erasure that explains it
    DAMAGED = "DAMAGED"  # the file itself contradicts itself


class Check(StrEnum):
    """By which means a finding was made: each sees attacks that the others cannot."""

    ORDER = "order"  # positions, versions: no gap, no double
    HASHES = "hashes"  # each row against its own leaf, kept hashes against the rows
    CHECKPOINTS = "checkpoints"  # the tree against what the log's key has signed
    TRUSTED = "trusted"  # the tree against heads that were kept outside
    SEMANTIC = "semantic"  # the events against the tables, rules and clocks of their time


class Finding(NamedTuple):
    """One thing that does not hold: code, means, a sentence in English and Chinese, and where.

    `position` counts from 1 over the whole log, `version` within the stream; `basis` names a rule, row or source.
    It names ids, never what a body says. `last` ends a range of events that begins at `position`: one of them is meant,
    and nobody can say which.
    """

    code: Code
    found_by: Check
    en: str
    zh: str
    position: int | None = None
    stream: str = ""
    version: int | None = None
    event: str = ""
    basis: str = ""
    last: int | None = None

    def sentence(self, lang: str = "en") -> str:
        """The sentence in `lang` (en or zh-CN)."""
        return self.zh if lang.startswith("zh") else self.en


class Findings:
    """What was found: the first ones in full, all of them counted, so that memory stays flat whatever a log holds."""

    def __init__(self) -> None:
        self.told: list[Finding] = []
        self.counts: Counter[Code] = Counter()

    def append(self, finding: Finding) -> None:
        """Take note of one."""
        self.counts[finding.code] += 1
        if len(self.told) < _TOLD:
            self.told.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take note of several."""
        for each in findings:
            self.append(each)

    def put_first(self, other: Findings) -> None:
        """Take note of what somebody else found ahead of all others: what floods the rest does not crowd it out."""
        self.counts.update(other.counts)
        self.told[:0] = other.told

    def merge(self, other: Findings) -> None:
        """Take note of what somebody else found."""
        self.told += other.told[: max(0, _TOLD - len(self.told))]
        self.counts += other.counts
