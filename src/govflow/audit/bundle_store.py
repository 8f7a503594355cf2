"""A bundle as a store to read: what it holds can be shown, replayed and explained offline, by the engine itself.

The positions are those of the log, with holes where rows were left out. Nothing can be written, and no key of personal
data comes along. Only where each row stands in the file is kept in memory.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import RLock

from govflow.audit.bundle_checking import verify_bundle
from govflow.audit.bundle_parts import FORMAT, Header, read_bundle
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier
from govflow.decider import Decider
from govflow.engine import Engine, shipped
from govflow.errors import InputError, LogError
from govflow.files import IN_MEMORY
from govflow.log_events import LOG_STREAM
from govflow.persistence.codec import StoredEvent
from govflow.persistence.lines import LONGEST_LINE, check_row, line_of, row_of
from govflow.persistence.store import Transaction
from govflow.privacy.keys import KeyStore
