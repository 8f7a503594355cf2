"""What was handed on of a log, checked without it: a bundle, or the proof that one event stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from govflow.audit.bundles.parts import OfPeriod, OfRecord, Scope
from govflow.audit.bundles.writing import Checked, verify_bundle
from govflow.audit.verifying.heads import Head, zh_of
from govflow.checkpoints.merkle import ProofError
from govflow.checkpoints.notes import NoteError, Verifier
from govflow.checkpoints.proofs import Proof, check
from govflow.checkpoints.trust import Doubt, Doubted
from govflow.cli import words
from govflow.cli.display import console, print_json
from govflow.cli.logs import progress
from govflow.cli.run import DONE, FAILED, FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.cli.verify_display import finding_as_json, iso, print_findings, print_questions, print_sum
from govflow.errors import InputError

_PROOF = b"c2sp.org/tlog-proof@"


def is_proof(path: Path) -> bool:
    """Whether a file begins as a proof does."""
    if not path.is_file():
        return False
    with path.open("rb") as source:
        return source.read(len(_PROOF)) == _PROOF


def check_bundle(
    path: Path, vkeys: Sequence[Verifier], trusted: Sequence[Head], handovers: Sequence[bytes], *, json: bool
) -> int:
    """Check a bundle and say what it came to; the exit status: 2 where a head could not be compared."""
    with path.open("rb") as source, progress(t("verify.reading_bundle")) as tell:
        found = verify_bundle(source, vkeys, trusted, tell, handovers)
    if json:
        print_json(_bundle_as_json(found, len(trusted)))
    else:
        _print_bundle(found, len(trusted))
    return FOUND if found.findings else FAILED if found.uncompared else DONE


def _bundle_as_json(found: Checked, trusted: int) -> dict[str, Any]:
    header = found.header
    return {
        "kind": "bundle",
        "clean": found.is_sound,
        "origin": header.origin if header else None,
        "scope": _scope(header.scope) if header else None,
        "events": found.rows,
        "covered": header.size if header else 0,
        "after": header.after if header else 0,
        "until": iso(found.until),
        "trusted": {"given": trusted, "agreeing": found.agreeing, "up_to": found.agreed},
        "witnesses": list(found.witnessed),
        "not_compared": list(found.uncompared),
        "findings": [finding_as_json(each) for each in found.findings],
        "cannot_exclude": [{"en": str(each), "zh": each.zh} for each in found.open_questions],
    }


def _print_bundle(found: Checked, trusted: int) -> None:
    out, header = console(), found.header
    if header is not None:
        out.print(t("verify.bundle", origin=clean(header.origin), scope=clean(_scope(header.scope))), soft_wrap=True)
        held = {"rows": f"{found.rows:,}", "size": f"{header.size:,}", "until": words.instant(found.until)}
        out.print(t("verify.bundle_rows", **held))
    if trusted:
        agree = "verify.trusted" if found.agreeing else "verify.none_agrees"
        out.print(t(agree, n=trusted, agreeing=found.agreeing, agreed=f"{found.agreed:,}"))
    if found.witnessed:
        out.print(t("verify.witnesses", names=clean(", ".join(found.witnessed))))
    for source in found.uncompared:
        out.print(t("verify.uncompared", source=clean(zh_of(source) if is_zh() else source)))
    print_findings(found.findings)
    print_questions(found.open_questions)
    if found.findings:
        print_sum(len(found.findings))
    else:
        out.print(t("verify.could_not") if found.uncompared else t("verify.clean_bundle"))


def _scope(scope: Scope) -> str:
    match scope:
        case OfRecord():
            return t("verify.of_record", record=scope.record, n=len(scope.streams) - 1)
        case OfPeriod():
            return t("verify.of_period", begin=scope.begin.isoformat(), end=scope.end.isoformat())
    return t("verify.of_log")


def check_proof(path: Path, vkeys: Sequence[Verifier], handovers: Sequence[bytes], *, json: bool) -> int:
    """Check a proof and say what it shows; the exit status: 2 where no key that was given could have signed it."""
    try:
        proof = Proof.parse(path.read_bytes())
    except (NoteError, ProofError) as error:
        raise InputError(str(error), where=str(path), expected="tlog-proof") from None
    try:
        found = check(proof, vkeys, handovers=handovers)
        stream, version, topic, state = found.leaf.decode().split("\n", 3)
    except (NoteError, ProofError, ValueError) as error:
        return _disproved(error, json=json)
    if json:
        event = {"stream": stream, "version": version, "topic": topic, "state": state}
        head = {"origin": found.checkpoint.origin, "covered": found.checkpoint.size}
        print_json({"kind": "proof", "clean": True, "checked": True, **head, "position": found.place + 1, **event})
    else:
        out = console()
        where = {"position": f"{found.place + 1:,}", "size": f"{found.checkpoint.size:,}"}
        out.print(t("prove.holds", origin=clean(found.checkpoint.origin), **where), soft_wrap=True)
        out.print(t("prove.event", stream=clean(stream), version=clean(version), topic=clean(topic)))
        for line in state.splitlines():
            out.print(f"  {clean(line)}", soft_wrap=True)
    return DONE


def _disproved(error: Exception, *, json: bool) -> int:
    said = error.args[0] if error.args and not isinstance(error, UnicodeError) else error
    why = zh_of(said) if is_zh() else str(said)
    is_unknown = isinstance(error, Doubted) and error.doubt is Doubt.KEY  # it may well be true: another key says so
    if json:
        print_json(
            {"kind": "proof", "clean": False, "checked": not is_unknown, "why": {"en": str(said), "zh": zh_of(said)}}
        )
    else:
        console().print(t("verify.proof_unknown" if is_unknown else "prove.false", why=clean(why)))
    return FAILED if is_unknown else FOUND
