"""The attack matrix: which means must see which attack, as it was designed and as it is here.

The columns, left to right: gap check (`Check.ORDER`), unkeyed hashes (`HASHES`), signed checkpoints (`CHECKPOINTS`), a
head kept outside (`TRUSTED`), semantic replay (`SEMANTIC`). X: sees it wherever chance puts it. A point: nobody may
rely on it, for there is at least one place where it sees nothing (`Attack.quietly`).

Where the two differ, in four cells of the naive attacks, the reason is how this log is built (docs/explanation.md has
the same for its readers):

| attack, naive | means | designed | here | why |
|---|---|---|---|---|
| delete | hashes | X | . | our leaves do not chain; of the rows' hashes only those kept of each 256 full rows see it |
| duplicate | hashes | X | . | the same: a row that stands twice has the leaf that fits it, twice |
| reorder | hashes | X | . | the same: a leaf says nothing of its position, that is the tree's part |
| delete | semantic | X | . | a record without its last event is a lawful one; a gap within is told as ORDER |

A deletion, insertion or duplicate is seen by gap check, checkpoints and outside heads all the same. A position cannot
stand twice (it is the primary key), so a row put in between moves all behind it up; a version stands twice only in a
table without its UNIQUE, which is a finding by itself (DAMAGED).

What every X presupposes:

- attacks on rows that a checkpoint, or the head from outside, covers: an event forged behind the last one is seen by
  nobody (UNCOVERED_TAIL, a notice, says how many stand there), and the next checkpoint signs it;
- swap the store: the public key handed over by another way, or a head from outside. With the key that lies beside the
  log and no head nothing is seen, and the report says so;
- reorder, by semantic replay: two commands. Two events of one command have one moment, and change places unseen.
"""

from __future__ import annotations

from typing import NamedTuple

from govflow.audit.findings import Check, Code
from tests.audit.campaign.forging import Level

COLUMNS = (Check.ORDER, Check.HASHES, Check.CHECKPOINTS, Check.TRUSTED, Check.SEMANTIC)
Key = tuple[str, Level | None]


class Line(NamedTuple):
    """One attack as designed ("" where the design says nothing of it), as it is here, and codes that must be found."""

    designed: str
    here: str
    codes: tuple[Code, ...]

    @property
    def checks(self) -> frozenset[Check]:
        """The means that must see it."""
        return _checks(self.here)

    @property
    def differs(self) -> frozenset[Check]:
        """The means on which design and log are not of one mind."""
        return _checks(self.designed) ^ self.checks if self.designed else frozenset()


def _checks(line: str) -> frozenset[Check]:
    return frozenset(check for check, mark in zip(COLUMNS, line.split(), strict=True) if mark == "X")


N, C, R = Level
EDIT, SWAP, DELETE, INSERT, DUPLICATE, REORDER, CUT, CLOCK = (
    "edit", "swap payloads", "delete", "insert", "duplicate", "reorder", "truncate", "clock rollback",
)  # fmt: skip
_EDITED, _BACK, _TWO = (Code.EDIT,), (Code.TRUNCATED, Code.ROLLBACK), (Code.INCONSISTENT_HEADS,)
_IN_TIME = Code.TIME_REGRESSION

MATRIX: dict[Key, Line] = {
    (EDIT, N): Line(". X X X .", ". X X X .", _EDITED),
    (SWAP, N): Line(". X X X .", ". X X X .", _EDITED),
    (DELETE, N): Line("X X X X X", "X . X X .", (Code.GAP, *_BACK)),
    (INSERT, N): Line("X X X X X", "X X X X X", (Code.REORDER, Code.DAMAGED, Code.EDIT)),
    (DUPLICATE, N): Line("X X X X X", "X . X X X", (Code.REORDER, Code.DAMAGED, Code.EDIT, Code.SEMANTIC)),
    (REORDER, N): Line("X X X X X", "X . X X X", (Code.REORDER, Code.EDIT, _IN_TIME)),
    (CUT, N): Line(". . X X .", ". . X X .", _BACK),
    (CLOCK, N): Line("", ". X X X X", (Code.EDIT, _IN_TIME)),
    (EDIT, C): Line(". . X X .", ". . X X .", _EDITED),
    (SWAP, C): Line(". . X X .", ". . X X .", _EDITED),
    (DELETE, C): Line(". . X X .", ". . X X .", _BACK),
    (INSERT, C): Line(". . X X .", ". . X X .", _EDITED),
    (DUPLICATE, C): Line(". . X X .", ". . X X .", _EDITED),
    (REORDER, C): Line(". . X X X", ". . X X X", (Code.EDIT, _IN_TIME)),
    (CUT, C): Line(". . X X .", ". . X X .", _BACK),
    (CLOCK, C): Line("", ". . X X X", (Code.EDIT, _IN_TIME)),
    (EDIT, R): Line(". . . X .", ". . . X .", _TWO),
    (SWAP, R): Line(". . . X .", ". . . X .", _TWO),
    (DELETE, R): Line(". . . X .", ". . . X .", (Code.ROLLBACK,)),
    (INSERT, R): Line(". . . X .", ". . . X .", _TWO),
    (DUPLICATE, R): Line(". . . X .", ". . . X .", _TWO),
    (REORDER, R): Line(". . . X X", ". . . X X", (*_TWO, _IN_TIME)),
    (CUT, R): Line(". . . X .", ". . . X .", (Code.ROLLBACK,)),
    (CLOCK, R): Line(". . . X X", ". . . X X", (*_TWO, _IN_TIME)),
    ("truncate and roll back", None): Line(". . . X .", ". . . X .", (Code.ROLLBACK,)),
    ("truncate and roll back, but for the key file", None): Line("", ". . X X .", _BACK),
    ("take the checkpoints away", None): Line("", ". . X . .", (Code.ROLLBACK,)),
    ("swap the store", None): Line(". . X X X", ". . X X X", (Code.ORIGIN_MISMATCH,)),
    ("split view", None): Line(". . . X .", ". . . X .", _TWO),
    ("a key of the forger's", None): Line("", ". . X X .", (Code.UNKNOWN_KEY, Code.EDIT)),
}

DIFFERENCES: dict[Key, frozenset[Check]] = {
    (DELETE, N): frozenset({Check.HASHES, Check.SEMANTIC}),
    (DUPLICATE, N): frozenset({Check.HASHES}),
    (REORDER, N): frozenset({Check.HASHES}),
}
"""Those of the table above."""
