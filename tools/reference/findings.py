"""The page of the findings: what a check of a log objects to, by which means, and what its reader can do."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum

from govflow.audit.findings import Check, Code
from govflow.audit.verifying.verify import NOTICES
from tools.reference.markdown import code, page, table


def findings_markdown() -> str:
    """Every code and every means of a check, with what to do about it."""
    meaning, means = _said(Code), _said(Check)
    return page(
        "# Findings 发现的问题",
        "What `govflow verify`, `govflow constraints check`, `verify_bundle` and `verify_log` of `govflow.audit` "
        "object to. A finding has a code, the means by which it was found, a sentence in English and Chinese and, "
        "where it can be told, the event: its position in the log, stream, version and name. It never repeats what "
        "an event says. The status is 0 where nothing contradicts the log, 1 with findings, 2 where it could not be "
        "checked.",
        table(
            ("Code", "What it means", "Found by", "What to do"),
            ((f"`{each}`", meaning[each.name], code(*_FOUND_BY[each]), _TO_DO[each]) for each in Code),
        ),
        f"{code(*sorted(NOTICES))} is a notice: a log that is written to always has a tail. With `--strict` it is a "
        "finding.",
        "## Means",
        "Each sees what the others cannot: [what a checkpoint proves](../explanation.md#what-a-checkpoint-proves).",
        table(("Means", "What is compared"), ((f"`{each}`", means[each.name]) for each in Check)),
        "## What cannot be excluded",
        "Beside its findings every report lists what nobody can know with what was at hand: without a checkpoint that "
        "holds, that everything was written anew; with keys that lay beside the log, that all of it was exchanged; "
        "beyond the largest head from outside that agrees, a rollback together with its checkpoints, a log signed "
        "anew by the holder of its key, and two logs shown to two people. Of a bundle: what came after it, what "
        "stands in it as hashes alone, and whether all that belongs to its record is in it: nobody signed that list.",
    )


def _said(codes: type[StrEnum]) -> dict[str, str]:
    """What the comment beside each member says."""
    lines = re.findall(r"^    ([A-Z_]+) = \"\w+\"  # (.+)$", inspect.getsource(codes), re.MULTILINE)
    said = {name: words[0].upper() + words[1:] + "." for name, words in lines}
    assert list(said) == [each.name for each in codes], "every member says what it means"
    return said


_FOUND_BY = {
    Code.EDIT: (Check.HASHES, Check.CHECKPOINTS, Check.TRUSTED),
    Code.GAP: (Check.ORDER,),
    Code.REORDER: (Check.ORDER, Check.CHECKPOINTS),
    Code.TRUNCATED: (Check.ORDER, Check.CHECKPOINTS),
    Code.UNCOVERED_TAIL: (Check.CHECKPOINTS,),
    Code.ROLLBACK: (Check.TRUSTED,),
    Code.ORIGIN_MISMATCH: (Check.CHECKPOINTS, Check.TRUSTED, Check.SEMANTIC),
    Code.UNKNOWN_KEY: (Check.CHECKPOINTS, Check.TRUSTED),
    Code.INCONSISTENT_HEADS: (Check.CHECKPOINTS, Check.TRUSTED),
    Code.TIME_REGRESSION: (Check.SEMANTIC,),
    Code.SEMANTIC: (Check.SEMANTIC,),
    Code.CONSTRAINT: (Check.SEMANTIC,),
    Code.UNKNOWN_EVENT: (Check.SEMANTIC,),
    Code.KEY_MISSING: (Check.SEMANTIC,),
    Code.DAMAGED: (Check.ORDER, Check.CHECKPOINTS, Check.SEMANTIC),
}

_TO_DO = {
    Code.EDIT: "Stop writing, keep the file as it is, and compare the event named with a backup, a bundle or another "
    "copy: whoever could write to the file has changed it. A bundle that says so is asked for again.",
    Code.GAP: "Look for the missing events in a backup; who could write to the file is the question.",
    Code.REORDER: "As with a gap: rows were moved by somebody, the library never moves one.",
    Code.TRUNCATED: "Compare with the newest backup: either an old copy was put back, or the end was cut off. Events "
    "of a backup are not written again by hand; it is put back as a whole.",
    Code.UNCOVERED_TAIL: "Sign a checkpoint, or let a tick do it. If nobody signed for long, ask why.",
    Code.ROLLBACK: "The log that you hold the head of was longer. Ask for that one: keep your head, it is the proof.",
    Code.ORIGIN_MISMATCH: "Compare the name of the log with the name in your key or head: it may simply be another "
    "file. If it stands where yours should be, the whole log was exchanged.",
    Code.UNKNOWN_KEY: "Ask whoever published the key for the handovers since. A new key that no old key handed over to "
    "is nobody's.",
    Code.INCONSISTENT_HEADS: "Keep both heads: together they prove that whoever holds the key signed two logs as one.",
    Code.TIME_REGRESSION: "A clock was set back, or the event was put there later. A store without a write lock may "
    "have it within the length of a decision.",
    Code.SEMANTIC: "Ask `govflow why RECORD --version N` about the event, then its unit: which row and which leave it "
    "rests on. Where only a date differs, see `govflow show`: the recorded date stands, and may be wrong.",
    Code.CONSTRAINT: "Look at the pair of events that is named, in `govflow timeline RECORD`; where the constraint "
    "asks too much of your town, write your own file.",
    Code.UNKNOWN_EVENT: "Serve the kind of record with `--records MODULE:NAME`, or check with the version of govflow "
    "that wrote it. Nothing is skipped: the rest of that record is not judged.",
    Code.KEY_MISSING: "Bring back the key file from its backup. If the person was erased, the event that says so is "
    "missing.",
    Code.DAMAGED: "Copy the file before anything else, look at the disk, and put back a backup; a bundle that is "
    "damaged on its way is fetched again.",
}
assert set(_FOUND_BY) == set(_TO_DO) == set(Code)
