"""What `govflow verify` shows of any check: its findings, each at its place, and what the check cannot exclude."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from govflow.audit.finding_words import WORDS
from govflow.audit.findings import Check, Code, Finding
from govflow.cli.display import console
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, lang, t
from govflow.errors import Detail

SHOWN = 50
"""Findings that are printed in full; with --json the first thousand stand there, and how many were left off."""


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """A finding for programs, without what it does not say."""
    return {name: value for name, value in finding._asdict().items() if value not in (None, "")}


def iso(moment: datetime | None) -> str | None:
    """A moment for programs."""
    return None if moment is None else moment.isoformat()


def named_first(findings: Sequence[Finding]) -> list[Finding]:
    """The same, with those over a range of events behind the events within it that are named one by one.

    So many of the named are left off that the ranges are still among those which are printed.
    """
    named = {each.position for each in findings if each.position and each.last is None}
    follow = [each for each in findings if each.last is not None and any(n in _range(each) for n in named)]
    others = [each for each in findings if each not in follow]
    kept = max(0, SHOWN - len(follow))
    return [*others[:kept], *follow, *others[kept:]]


def _range(finding: Finding) -> range:
    return range(finding.position or 0, (finding.last or 0) + 1)


def told_once(findings: Sequence[Finding], origin: str) -> list[Finding]:
    """The same; that the log is another one, `origin`, stands there once, however many heads beside it say so too."""
    other = [each for each in findings if origin and each.code is Code.ORIGIN_MISMATCH and origin in each.en]
    first = next((each for each in other if each.found_by is Check.SEMANTIC), None)
    return [each for each in findings if first is None or each is first or each not in other]


def print_findings(findings: Iterable[Finding]) -> int:
    """Print the first findings; how many these are."""
    out, shown = console(), 0
    for each in findings:
        if shown == SHOWN:
            break
        shown += 1
        out.print(f"  ! {named(each.code)} [{each.found_by}] {_where(each)}{clean(each.sentence(lang()))}")
    return shown


def named(code: Code) -> str:
    """A code, with what it is called beside it for readers of Chinese."""
    return f"{code} {WORDS[code].label.zh}" if is_zh() else code


def print_sum(many: int) -> None:
    """Print how many findings there are."""
    console().print(t("verify.found.one") if many == 1 else t("verify.found", n=f"{many:,}"))


def print_questions(questions: Sequence[Detail]) -> None:
    """Print what cannot be excluded."""
    out = console()
    if questions:
        out.print(t("verify.open"))
    for question in questions:
        out.print(f"  - {clean(question.zh if is_zh() else question)}")


def _place(finding: Finding) -> str:
    if finding.last is not None:
        return t("verify.range", first=finding.position, last=finding.last)
    return f"#{finding.position}" if finding.position else ""


def _where(finding: Finding) -> str:
    parts = [
        _place(finding),
        f"{finding.stream} v{finding.version}" if finding.stream else "",
        finding.event,
    ]
    said = " ".join(part for part in parts if part)
    return clean(said + t("colon")) if said else ""
