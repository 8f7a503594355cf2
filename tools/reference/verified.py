"""What `govflow verify --json` says: the fields of the answer about a log, a bundle and a proof."""

from __future__ import annotations

FIELDS = {
    "kind": ("log, bundle, proof", "`log`, `bundle` or `proof`: what was checked"),
    "clean": ("log, bundle, proof", "whether nothing contradicts it; with `--strict` an uncovered tail does"),
    "origin": ("log, bundle, proof", "the log's name in its checkpoints, `govflow/<log id>`"),
    "events": ("log, bundle", "events in the log; of a bundle those that stand in it in full"),
    "records": ("log", "records in the log"),
    "root": ("log", "the hash over all events, in base 64, as a checkpoint of this size has it"),
    "expected_origin": ("log", "the log whose key was given, where that is another one; else null"),
    "signatures_checked": ("log", "whether a key was at hand; without one no signature counts, and the status is 2"),
    "last_recorded": ("log", "when the last event was recorded"),
    "checkpoints": ("log", "`kept`: how many lie beside it; `covered`: up to which event one vouches, `by` which"),
    "tail": ("log", "`events` that no checkpoint covers, `since` when the oldest of them was recorded"),
    "trusted": ("log, bundle", "heads from outside: `given`, `agreeing`, `up_to` which event"),
    "witnesses": ("log, bundle", "who cosigned: of a log `name`, `heads`, `size` and `at`; of a bundle the names"),
    "findings": ("log, bundle", "at most a thousand: `code`, `found_by`, `en`, `zh` and, where it is known, the place: "
                 "`position`, `stream`, `version`, `event`, `basis`; `last` ends a range that begins at `position`"),
    "findings_left_off": ("log", "how many more there are"),
    "counts": ("log", "findings by code, notices among them"),
    "rules": ("log", "with `--rules`: `verdicts`, `hold`, `broken`, `not_judged` with its `causes`, `records_unread`"),
    "cannot_exclude": ("log, bundle", "what nobody can know with what was at hand, each in `en` and `zh`"),
    "scope": ("bundle", "what is in it, in words"),
    "covered": ("bundle, proof", "how many events its checkpoint covers"),
    "after": ("bundle", "how many events came after its checkpoint when it was written"),
    "until": ("bundle", "when the last event in it was recorded"),
    "not_compared": ("bundle", "heads from outside that end amid what is left out"),
    "checked": ("proof", "whether a key that was given could have signed it; if not, the status is 2"),
    "position": ("proof", "which event of the log it is, from 1"),
    "stream": ("proof", "the record"),
    "version": ("proof", "which event of the record it is"),
    "topic": ("proof", "the event's name and schema version"),
    "state": ("proof", "the event as it is stored: its metadata and its body, a line each"),
    "why": ("proof", "why it does not hold, in `en` and `zh`"),
}  # fmt: skip
"""Field -> of what it is told, and what it says."""
