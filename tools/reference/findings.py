"""The page of the findings: what a check of a log objects to, by which means, and what its reader can do."""

from __future__ import annotations

from govflow.audit.finding_words import MEANS, WORDS
from govflow.audit.findings import Check, Code
from govflow.audit.verifying.verify import NOTICES
from tools.reference.markdown import code, page, table


def findings_markdown() -> str:
    """Every code and every means of a check, with what to do about it."""
    return page(
        "# Findings 发现的问题",
        "What `govflow verify`, `govflow constraints check`, `verify_bundle` and `verify_log` of `govflow.audit` "
        "object to. A finding has a code, the means by which it was found, a sentence in English and Chinese and, "
        "where it can be told, the event: its position in the log, stream, version and name. It never repeats what "
        "an event says. The status is 0 where nothing contradicts the log, 1 with findings, 2 where it could not be "
        "checked.",
        table(
            ("Code", "What it means", "Found by", "What to do"),
            ((f"`{each}`", WORDS[each].meaning, code(*_FOUND_BY[each]), WORDS[each].to_do) for each in Code),
        ),
        f"{code(*sorted(NOTICES))} is a notice: a log that is written to always has a tail. With `--strict` it is a "
        "finding.",
        "## Means",
        "Each sees what the others cannot: [what a checkpoint proves](../explanation.md#what-a-checkpoint-proves).",
        table(("Means", "What is compared"), ((f"`{each}`", MEANS[each][1]) for each in Check)),
        "## 中文",
        table(
            ("代码", "名称", "含义", "怎么办"),
            ((f"`{each}`", said.label.zh, said.meaning.zh, said.to_do.zh) for each, said in WORDS.items()),
        ),
        table(
            ("手段", "名称", "比对什么"), ((f"`{each}`", label.zh, what.zh) for each, (label, what) in MEANS.items())
        ),
        "## What cannot be excluded",
        "Beside its findings every report lists what nobody can know with what was at hand: without a checkpoint that "
        "holds, that everything was written anew; with keys that lay beside the log, that all of it was exchanged; "
        "beyond the largest head from outside that agrees, a rollback together with its checkpoints, a log signed "
        "anew by the holder of its key, and two logs shown to two people. Of a bundle: what came after it, what "
        "stands in it as hashes alone, and whether all that belongs to its record is in it: nobody signed that list.",
    )


_FOUND_BY = {
    Code.EDIT: (Check.HASHES, Check.CHECKPOINTS, Check.TRUSTED),
    Code.GAP: (Check.ORDER,),
    Code.REORDER: (Check.ORDER, Check.CHECKPOINTS),
    Code.TRUNCATED: (Check.ORDER, Check.CHECKPOINTS),
    Code.UNCOVERED_TAIL: (Check.CHECKPOINTS,),
    Code.ROLLBACK: (Check.CHECKPOINTS, Check.TRUSTED),
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
assert set(_FOUND_BY) == set(WORDS) == set(Code)
assert set(MEANS) == set(Check)
