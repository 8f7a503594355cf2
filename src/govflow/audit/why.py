"""Why 为何准许: on what an event of the past rests: its command, row, role, and each rule judged again as of then.

A rule is judged on the record as it stood before, the event, and what stood in the log by then. Where it looks at what
no log holds, or is another rule by now, that is said instead of a verdict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from govflow.actors import FOR_THEMSELVES, Role, covers
from govflow.audit.findings import Code, Finding
from govflow.audit.metadata import Kept, finding, kept_of
from govflow.audit.past import CLAIMS, COMMAND, NUMBER, Gone, Holding, KeptClaim, NotInLog, Past
from govflow.audit.tables import Move, Row, Sentence, Table
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail, InputError, LogError, NotFound
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.policy import Policy
from govflow.reading import Reader
from govflow.records import Item, Record, RecordGuarded
from govflow.region import Region
from govflow.workflow import NEW, Rule, Step


class Verdict(StrEnum):
    """What came of judging a rule again."""

    HOLDS = "holds"  # 成立
    BROKEN = "broken"  # 不成立
    NOT_JUDGED = "not_judged"  # 未复核


class Judged(NamedTuple):
    """One rule judged again: code, sentence and source as its table had them, and what came of it.

    `details` say what in particular is wrong, or why there is no verdict; each has its Chinese beside it (`zh`).
    """

    code: str
    en: str
    zh: str
    basis: str
    verdict: Verdict
    details: tuple[Detail, ...] = ()


class Grounds(NamedTuple):
    """On what one event rests. `row` is empty where no row allowed it; `policy` is the version it was decided under."""

    record: str
    version: int
    position: int
    event: str
    command: str
    command_id: str
    row: str
    item: str
    before: str
    after: str
    role: str
    unit: str
    by: str
    in_stead_of: str
    on_behalf_of: str
    at: datetime
    recorded_at: datetime
    policy: str
    table: str
    judged: tuple[Judged, ...]


def why(reader: Reader, id: str, version: int) -> Grounds:
    """Why an event of a record was allowed: what it rests on, and its rules judged again as of then.

    Raises NotFound for a record that is not there or a version that it does not have, LogError for a row that cannot
    be read.
    """
    reader.get(id)
    for each in judged(Past(reader), id):
        if each.version == version:
            return each
    raise NotFound(f"{id} has no version {version}")
