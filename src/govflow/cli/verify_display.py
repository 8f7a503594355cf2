"""What `govflow verify` shows of any check: its findings, each at its place, and what the check cannot exclude."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from govflow.audit.findings import Finding
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


def print_findings(findings: Iterable[Finding]) -> int:
    """Print the first findings; how many these are."""
    out, shown = console(), 0
    for each in findings:
        if shown == SHOWN:
            break
        shown += 1
        out.print(f"  ! {each.code} [{each.found_by}] {_where(each)}{clean(each.sentence(lang()))}")
    return shown


def print_questions(questions: Sequence[Detail]) -> None:
    """Print what cannot be excluded."""
    out = console()
    if questions:
        out.print(t("verify.open"))
    for question in questions:
        out.print(f"  - {clean(question.zh if is_zh() else question)}")


def _where(finding: Finding) -> str:
    parts = [
        f"#{finding.position}" if finding.position else "",
        f"{finding.stream} v{finding.version}" if finding.stream else "",
        finding.event,
    ]
    said = " ".join(part for part in parts if part)
    return clean(f"{said}: ") if said else ""
