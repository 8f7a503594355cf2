"""One row of a log as a redacted export has it: people by pseudonyms, nothing protected, no personal data in texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from govflow.budgets.messages import BudgetBallotOpened
from govflow.errors import LogError
from govflow.log_events import LOG_STREAM, LogOpened
from govflow.messages import Event
from govflow.persistence.codec import Codec, StoredEvent, leaf_of, packed_command_id
from govflow.proposals.events import VoteOpened
from govflow.redacting.derived import Derived
from govflow.redacting.fields import Holds, rewritten
from govflow.redacting.pseudonyms import LONGEST_ID, Pseudonyms, replaced_in_id, replaced_in_text
from govflow.regions.approval import ApprovalRequested
from govflow.rules import without_personal_data
from govflow.subjects import person_id
from govflow.voting.roll import Voter, roll_digest

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_IDS = ("role", "unit", "standing_in_for", "on_behalf_of")
_COMMANDS = ("correlation", "causation", "command")
_HEAD_STAYS = ("clock.", "link.")  # what stands before the joint is the name of a clock, or a kind of link


RollAt = Callable[[str, int], Mapping[str, Voter]]
"""The roll of a vote as a version of its record left it."""

WITH_A_ROLL = (VoteOpened, BudgetBallotOpened)


def parts_of(row: StoredEvent) -> tuple[dict[str, str], dict[str, Any]]:
    """The metadata and the body of a row, as they are stored. Raises LogError."""
    head, _, body = row.state.partition(b"\n")
    try:
        return json.loads(head), json.loads(body)
    except ValueError:
        raise LogError(f"row {row.position} of the log is damaged: it cannot be read") from None


def _digest(asked: dict[str, Any]) -> str:
    """The digest that the metadata of a command has which somebody asked leave for: what was asked for is public."""
    said = f"{asked.get('wanted', '')}\n{asked.get('quoted', '')}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


class Rewriting:
    """Rewrites rows, and counts what it left out: `masked` texts with personal data, `protected` values.

    `people` are all ids to be replaced, also those of records that are left out.
    """

    def __init__(
        self,
        events: Mapping[str, type[Event]],
        people: frozenset[str],
        pseudonyms: Pseudonyms,
        log_id: str,
        derived: Derived,
        roll_at: RollAt,
        *,
        with_files: bool,
    ) -> None:
        self._codec = Codec(events.values())
        self._events = events
        self._people = people
        long = (each for each in people if not person_id(each).endswith(each))  # whose record has a digest in its name
        self._records = {person_id(each): person_id(pseudonyms.of(each)) for each in long}
        self._pseudonyms = pseudonyms
        self._log_id = log_id
        self._roll_at = roll_at
        self._with_files = with_files
        self._digests: dict[str, str] = {}  # of statements, then and now
        self._approved: dict[str, str] = {}  # digests of commands that were approved word by word, then and now
        self._records |= derived.ids(self._new)
        self.masked = self.protected = 0
        self._digests |= derived.digests(self._id, self._body)
        self.masked = 0  # the texts of statements come again where they stand

    def row(self, row: StoredEvent) -> StoredEvent:
        """The row as it stands in the export, its position aside. Raises LogError where it would not be read again."""
        meta, body = parts_of(row)
        event = self._events[row.topic.partition("@")[0]]
        if event in WITH_A_ROLL:
            self._freeze(self._roll_at(row.stream, row.version))
        said = self._body(body, event)
        self.protected += row.state.count(b'"ciphertext":"')
        if event is LogOpened:
            said["log_id"] = self._log_id
        if event is ApprovalRequested:
            self._approved[_digest(body)] = _digest(said)
        stream = row.stream if row.stream == LOG_STREAM else self._id(row.stream)
        kept = self._metadata(meta)
        state = f"{_encode(kept)}\n{_encode(said)}".encode()
        command = None if row.command_id is None else packed_command_id(kept["command"])
        self._codec.decode(row.topic, state)
        leaf = leaf_of(stream, row.version, row.topic, state)
        return StoredEvent(stream, row.version, row.topic, state, command, 0, leaf)

    def _freeze(self, roll: Mapping[str, Voter]) -> None:
        """The digest of a roll is made again, so that the vote can be counted again; a false one stays false."""
        here = (
            each.changed(id=self._id(each.id), household=each.household and self._id(each.household))
            for each in roll.values()
        )
        self._digests[roll_digest(roll)] = roll_digest({each.id: each for each in here})

    def _body(self, body: dict[str, Any], event: type[Event]) -> dict[str, Any]:
        return rewritten(body, event, self._keeping_heads if event.name.startswith(_HEAD_STAYS) else self._visit)

    def _metadata(self, meta: dict[str, str]) -> dict[str, str]:
        """The metadata; the digest over a command's arguments would let its reader guess at the ids in them."""
        new = dict(meta)
        for name in _IDS[1:]:
            if name in meta:
                new[name] = self._id(meta[name])
        for name in _COMMANDS:
            if name in meta:
                new[name] = self._pseudonyms.command(meta[name])
        if "digest" in meta:
            new["digest"] = self._approved.get(meta["digest"]) or self._pseudonyms.digest(meta["digest"])
        return new

    def _new(self, id: str) -> str | None:
        return self._pseudonyms.of(id) if id in self._people else self._records.get(id)

    def _id(self, id: str) -> str:
        new = replaced_in_id(id, self._new)
        return new if len(new) <= max(LONGEST_ID, len(id)) else self._pseudonyms.of(id)

    def _visit(self, text: str, holds: Holds) -> str:
        match holds:
            case Holds.CODE:
                return text
            case Holds.TEXT:
                shown, hits = without_personal_data(replaced_in_text(text, self._new))
                self.masked += hits > 0
                return shown
            case Holds.DIGEST:
                return self._digests.get(text) or self._pseudonyms.digest(text)
            case Holds.FILE:
                return text if self._with_files else self._pseudonyms.digest(text)
            case Holds.COMMAND:
                return self._pseudonyms.command(text)
            case Holds.CLOCK:
                return self._behind_head(text)
            case _:
                return self._id(text)

    def _keeping_heads(self, text: str, holds: Holds) -> str:
        return self._behind_head(text) if holds is Holds.KEYED else self._visit(text, holds)

    def _behind_head(self, text: str) -> str:
        joint = next((place for place, sign in enumerate(text) if sign in ".:"), len(text))
        return text[: joint + 1] + replaced_in_id(text[joint + 1 :], self._new)
