"""`govflow verify`: check a log by every means there is, or what was handed on of one: a bundle, a proof."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.audit.bundles.store import is_bundle
from govflow.audit.explaining.rules_of_log import Verdicts
from govflow.audit.verifying.evidence import verify_log
from govflow.audit.verifying.heads import read_head, zh_of
from govflow.audit.verifying.verify import NOTICES, Verified
from govflow.checkpoints.notes import NoteError
from govflow.checkpoints.trust import handovers_in, read_vkey
from govflow.cli import words
from govflow.cli.display import console, print_json
from govflow.cli.logs import Json, Records, check_is_log, content_of, progress, served
from govflow.cli.run import DONE, FAILED, FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.cli.verify_display import (
    finding_as_json,
    iso,
    named,
    named_first,
    print_findings,
    print_questions,
    print_sum,
    told_once,
)
from govflow.cli.verify_handed import check_bundle, check_proof, is_proof
from govflow.errors import InputError

Keys = Annotated[list[str] | None, typer.Option("--key", help="option.vkey", metavar="VKEY|FILE", show_default=False)]
Trusted = Annotated[
    list[Path] | None, typer.Option("--trusted", help="option.trusted", metavar="FILE", show_default=False)
]


def verify(
    file: Annotated[Path | None, typer.Argument(help="argument.verify", metavar="FILE", show_default=False)] = None,
    db: Annotated[Path | None, typer.Option("--db", help="option.db", metavar="PATH", show_default=False)] = None,
    key: Keys = None,
    trusted: Trusted = None,
    handover: Annotated[
        list[Path] | None, typer.Option("--handover", help="option.handover", metavar="FILE", show_default=False)
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="option.strict")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="option.rules_again")] = False,
    workers: Annotated[int | None, typer.Option("--workers", help="option.workers", min=1, show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Check a log, or what was handed on of one."""
    if (file is None) == (db is None):
        raise InputError(t("verify.one_of"), where="verify", expected="FILE | --db PATH")
    path = file or db or Path()
    heads = [_head(each) for each in trusted or ()]
    vkeys = [read_vkey(each) for each in key or ()]
    handed = [note for each in handover or () for note in _handovers(each)]
    if path.exists() and (is_bundle(path) or is_proof(path)):
        if not vkeys:
            raise InputError(t("verify.no_key"), where=str(path), expected="--key VKEY")
        if is_proof(path):
            if heads:
                raise InputError(t("verify.no_heads"), where="--trusted", expected="--key VKEY")
            raise typer.Exit(check_proof(path, vkeys, handed, json=json))
        raise typer.Exit(check_bundle(path, vkeys, heads, handed, json=json))
    check_is_log(path)
    kinds = partial(served, tuple(records or ()))
    with progress(t("verify.reading")) as tell:
        found = verify_log(
            path,
            vkeys=vkeys,
            trusted=heads,
            handovers=handed,
            served=kinds,
            workers=workers,
            rules=rules,
            progress=tell,
        )
    if json:
        print_json(_as_json(found, strict=strict))
    else:
        _print(found, strict=strict)
    raise typer.Exit(FOUND if found.is_contradicted(strict=strict) else DONE if found.signatures else FAILED)


def _head(path: Path) -> Any:
    try:
        return read_head(content_of(path), path.name)
    except NoteError as error:
        raise InputError(str(error), where=f"--trusted {path}", expected=t("verify.a_note")) from None


def _handovers(path: Path) -> tuple[bytes, ...]:
    try:
        return handovers_in(content_of(path))
    except NoteError as error:
        said = error.args[0]
        raise InputError(zh_of(said) if is_zh() else str(said), where=f"--handover {path}") from None


def _as_json(found: Verified, *, strict: bool) -> dict[str, Any]:
    return {
        "kind": "log",
        "clean": found.is_clean(strict=strict),
        "origin": found.origin,
        "events": found.events,
        "records": found.records,
        "root": b64encode(found.root).decode(),
        "expected_origin": found.expected or None,
        "signatures_checked": found.signatures,
        "last_recorded": iso(found.last_recorded),
        "checkpoints": {"kept": found.checkpoints, "covered": found.covered, "by": found.covered_by},
        "tail": {"events": found.tail, "since": iso(found.tail_since)},
        "trusted": {"given": found.trusted, "agreeing": found.agreeing, "up_to": found.agreed},
        "witnesses": [{**each._asdict(), "at": iso(each.at)} for each in found.witnessed],
        "findings": [finding_as_json(each) for each in found.findings],
        "findings_left_off": sum(found.counts.values()) - len(found.findings),
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


def _print(found: Verified, *, strict: bool) -> None:
    out, now = console(), datetime.now(UTC)
    many = {"events": f"{found.events:,}", "records": f"{found.records:,}"}
    out.print(t("verify.log", origin=found.origin or "?", **many), soft_wrap=True)  # to be copied: in one line
    if found.expected:
        out.print(t("verify.expected", expected=clean(found.expected)), soft_wrap=True)
    out.print(t("verify.last", last=words.instant(found.last_recorded)))
    out.print(t("verify.root", root=b64encode(found.root).decode()), soft_wrap=True)
    if found.checkpoints or found.covered:
        by = clean(zh_of(found.covered_by) if is_zh() else found.covered_by)
        covered = "verify.covered" if found.covered else "verify.not_covered"
        out.print(t(covered, n=found.checkpoints, covered=f"{found.covered:,}", by=by))
    else:
        out.print(t("verify.no_checkpoint"))
    if found.tail:
        age = found.tail_age(now)
        out.print(t("verify.tail", n=f"{found.tail:,}", age="?" if age is None else words.age(age)))
    if found.trusted:
        agree = "verify.trusted" if found.agreeing else "verify.none_agrees"
        out.print(t(agree, n=found.trusted, agreeing=found.agreeing, agreed=f"{found.agreed:,}"))
    for each in found.witnessed:
        seen = {"n": f"{each.heads:,}", "size": f"{each.size:,}", "at": words.instant(each.at)}
        out.print(t("verify.witness", name=clean(each.name), **seen))
    if found.rules is not None:
        _print_rules(found.rules)
    counted = {code: count for code, count in found.counts.items() if strict or code not in NOTICES}
    told = [each for each in found.findings if each.code in counted]
    once = told_once(told, found.origin if found.expected else "")
    all_of_them = sum(counted.values()) - len(told) + len(once)
    shown = print_findings(named_first(once))
    if more := all_of_them - shown:
        counts = ", ".join(f"{named(code)} {count:,}" for code, count in counted.items())
        out.print(t("verify.more", n=f"{more:,}", counts=counts))
    print_questions(found.open_questions)
    if counted:
        print_sum(all_of_them)
    else:
        out.print(t("verify.clean" if found.signatures else "verify.could_not"))


def _print_rules(rules: Verdicts) -> None:
    out, missing = console(), rules.not_judged
    numbers = (rules.total, rules.held, rules.broken, missing.total())
    out.print(t("verify.rules", **dict(zip(("n", "held", "broken", "gone"), map("{:,}".format, numbers), strict=True))))
    for (en, zh), many in missing.most_common():
        out.print(f"  {many:,}: {clean(zh if is_zh() else en)}")
    if rules.unread:
        out.print(t("verify.rules_unread", n=f"{rules.unread:,}"))
