"""`govflow verify`: check a log by every means there is, or what was handed on of one: a bundle, a proof."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.audit.evidence import read_vkey, verify_log
from govflow.audit.findings import Finding
from govflow.audit.heads import read_head
from govflow.audit.rules_of_log import Verdicts
from govflow.audit.verifying import NOTICES, Verified
from govflow.checkpoints.notes import NoteError
from govflow.cli.display import console, print_json
from govflow.cli.logs import Json, Records, progress, served
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import is_zh, lang, t
from govflow.errors import InputError, LogError

Keys = Annotated[list[str] | None, typer.Option("--key", help="option.vkey", metavar="VKEY|FILE", show_default=False)]
Trusted = Annotated[
    list[Path] | None, typer.Option("--trusted", help="option.trusted", metavar="FILE", show_default=False)
]
_SHOWN = 50  # findings in full; all of them with --json


def verify(
    db: Annotated[Path, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)],
    key: Keys = None,
    trusted: Trusted = None,
    strict: Annotated[bool, typer.Option("--strict", help="option.strict")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="option.rules_again")] = False,
    workers: Annotated[int | None, typer.Option("--workers", help="option.workers", min=1, show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Check a log."""
    heads = [_head(path) for path in trusted or ()]
    vkeys = [read_vkey(each) for each in key or ()]
    if not db.exists():
        raise LogError(t("no_log", path=db))
    kinds = partial(served, tuple(records or ()))
    with progress(t("verify.reading")) as tell:
        found = verify_log(db, vkeys=vkeys, trusted=heads, served=kinds, workers=workers, rules=rules, progress=tell)
    if json:
        print_json(_as_json(found, strict=strict))
    else:
        _print(found, strict=strict)
    raise typer.Exit(DONE if found.is_clean(strict=strict) else FOUND)


def _head(path: Path) -> Any:
    try:
        return read_head(path.read_bytes(), path.name)
    except NoteError as error:
        raise InputError(str(error), where=f"--trusted {path}", expected=t("verify.a_note")) from None


def _as_json(found: Verified, *, strict: bool) -> dict[str, Any]:
    return {
        "clean": found.is_clean(strict=strict),
        "origin": found.origin,
        "events": found.events,
        "records": found.records,
        "root": found.root.hex(),
        "last_recorded": _iso(found.last_recorded),
        "checkpoints": {"kept": found.checkpoints, "covered": found.covered, "by": found.covered_by},
        "tail": {"events": found.tail, "since": _iso(found.tail_since)},
        "trusted": {"given": found.trusted, "agreeing": found.agreeing},
        "findings": [_finding_as_json(each) for each in found.findings],
        "counts": found.counts,
        **({} if found.rules is None else {"rules": _rules_as_json(found.rules)}),
        "cannot_exclude": [{"en": str(each), "zh": each.zh} for each in found.open_questions],
    }


def _rules_as_json(rules: Verdicts) -> dict[str, Any]:
    return {
        "verdicts": rules.total,
        "hold": rules.held,
        "broken": rules.broken,
        "not_judged": rules.not_judged.total(),
        "causes": [{"en": en, "zh": zh, "count": many} for (en, zh), many in rules.not_judged.most_common()],
        "records_unread": rules.unread,
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    return {name: value for name, value in finding._asdict().items() if value not in (None, "")}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _print(found: Verified, *, strict: bool) -> None:
    out, now = console(), datetime.now(UTC)
    last = found.last_recorded.isoformat(timespec="seconds") if found.last_recorded else "?"
    out.print(t("verify.log", origin=found.origin or "?", events=f"{found.events:,}", records=f"{found.records:,}"))
    out.print(t("verify.last", last=last, root=found.root.hex()))
    if found.checkpoints:
        by = clean(found.covered_by)
        out.print(t("verify.covered", n=found.checkpoints, covered=f"{found.covered:,}", by=by or "-"))
    else:
        out.print(t("verify.no_checkpoint"))
    if found.tail:
        age = found.tail_age(now)
        out.print(t("verify.tail", n=f"{found.tail:,}", age="?" if age is None else str(age).partition(".")[0]))
    if found.trusted:
        out.print(t("verify.trusted", n=found.trusted, agreeing=found.agreeing))
    if found.rules is not None:
        _print_rules(found.rules)
    counted = {code: count for code, count in found.counts.items() if strict or code not in NOTICES}
    shown = [each for each in found.findings if each.code in counted][:_SHOWN]
    for each in shown:
        out.print(f"  ! {each.code} [{each.found_by}] {_where(each)}{clean(each.sentence(lang()))}")
    if more := sum(counted.values()) - len(shown):
        counts = ", ".join(f"{code} {count:,}" for code, count in counted.items())
        out.print(t("verify.more", n=f"{more:,}", counts=counts))
    if found.open_questions:
        out.print(t("verify.open"))
        for question in found.open_questions:
            out.print(f"  - {question.zh if is_zh() else question}")
    out.print(t("verify.found", n=f"{sum(counted.values()):,}") if counted else t("verify.clean"))


def _print_rules(rules: Verdicts) -> None:
    out, missing = console(), rules.not_judged
    numbers = (rules.total, rules.held, rules.broken, missing.total())
    out.print(t("verify.rules", **dict(zip(("n", "held", "broken", "gone"), map("{:,}".format, numbers), strict=True))))
    for (en, zh), many in missing.most_common():
        out.print(f"  {many:,}: {clean(zh if is_zh() else en)}")
    if rules.unread:
        out.print(t("verify.rules_unread", n=f"{rules.unread:,}"))


def _where(finding: Finding) -> str:
    parts = [
        f"#{finding.position}" if finding.position else "",
        f"{finding.stream} v{finding.version}" if finding.stream else "",
        finding.event,
    ]
    said = " ".join(part for part in parts if part)
    return clean(f"{said}: ") if said else ""
