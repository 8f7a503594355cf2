"""`govflow privacy certificate`: one page, to be printed, of an erasure: that it was done, why, by whom; its proof."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from govflow.audit.explaining.why import Grounds, why
from govflow.audit.reporting.matter import titles_of
from govflow.audit.reporting.proofs import proofs_of, vouched
from govflow.cli.display import console
from govflow.cli.logs import new_file
from govflow.cli.reads import Asked, Out, reads
from govflow.cli.run import clean
from govflow.cli.texts import lang, t
from govflow.engine import Engine
from govflow.errors import LogError, NotFound
from govflow.messages import RecordedEvent
from govflow.pages.erasure import Erasure, HeldTo, OtherText, erasure_page
from govflow.pages.report_values import Places, Proofs
from govflow.reading import Reader
from govflow.subjects import person_id, place_of

SubjectId = Annotated[str, typer.Argument(help="argument.subject", metavar="SUBJECT", show_default=False)]

_DECIDED = "subject.erasure_decided"
_PROOF = "erased.tlog-proof"


@reads(json=False)
def certificate(asked: Asked, subject: SubjectId, out: Out = None) -> None:
    """Write the record of an erasure."""
    with asked.opened() as (engine, seen):
        page = erasure_page(
            _erasure(engine, seen, subject, asked.db), engine.now(), engine.policy.zone, language=lang()
        )
    if out is None:
        print(page, end="")
        return
    new_file(out, page.encode())
    console().print(clean(t("privacy.certified", path=out)), soft_wrap=True)


def _erasure(engine: Engine, seen: Reader, subject: str, db: Path) -> Erasure:
    id = person_id(subject)
    check_is_known(engine, seen, subject)
    history = seen.history(id) if seen.has(id) else ()
    decided = next((each for each in history if each.name == _DECIDED), None)
    if decided is None:
        raise NotFound(t("privacy.not_erased", id=subject[:64]))
    body: Any = decided.body
    grounds = why(seen, id, decided.version)
    proofs = _proofs(engine, decided)
    return Erasure(
        subject=subject,
        log=engine.log_id,
        at=decided.body.at,
        place=decided.position,
        by=decided.meta.actor,
        role=decided.meta.role or "system",
        unit=_unit(seen, decided.meta.unit),
        basis=body.basis,
        authority=body.authority,
        requested_on=str(body.requested_on or ""),
        row=grounds.row,
        records=body.records,
        texts=[OtherText(place_of(each.record, each.version, each.field), each.dealt) for each in body.texts],
        rules=_rules(grounds),
        keys_left=_keys_left(engine, subject),
        proofs=proofs,
        commands=_commands(id, decided.version, proofs, db.name),
    )


def check_is_known(engine: Engine, seen: Reader, subject: str) -> None:
    """Raise NotFound for whom nothing is known of here, LogError where the log's own key store is not at hand."""
    if seen.has(person_id(subject)) or (seen.sees_all and engine.knows(subject)):
        return
    if seen.sees_all:
        engine.vault.keys.check_serves()
    raise NotFound(t("privacy.unknown", id=subject[:64]))


def _rules(grounds: Grounds) -> list[HeldTo]:
    return [HeldTo(each.en, each.zh, each.basis, each.verdict.value) for each in grounds.judged]


def _unit(seen: Reader, id: str | None) -> str:
    """A unit by its title, where the directory has one, and its id."""
    title = titles_of(seen, frozenset())[0].get(id or "", "")
    return f"{title} {id}" if title else id or ""


def _keys_left(engine: Engine, subject: str) -> int | None:
    """How many keys of a person are in the log's own key store; None where it is not at hand."""
    keys = engine.vault.keys
    try:
        keys.check_serves()
    except LogError:
        return None
    ((count,),) = keys.ask("SELECT count(*) FROM data_keys WHERE subject = ?", subject)
    return int(count)


def _proofs(engine: Engine, decided: RecordedEvent) -> Proofs | None:
    """The newest signed head, and whether it covers the decision."""
    signed = vouched(engine)
    place = decided.position
    is_covered = signed is not None and place <= signed.size
    return proofs_of(signed, Places(place, place, 1, 0 if is_covered else 1), ())


def _commands(id: str, version: int, proofs: Proofs | None, db: str) -> list[str]:
    if proofs is None or proofs.uncovered:
        return [shlex.join(("govflow", "checkpoint", "sign", "--db", db))]
    return [
        shlex.join(("govflow", "prove", id, "--version", str(version), "-o", _PROOF, "--db", db)),
        shlex.join(("govflow", "verify", _PROOF, "--key", proofs.vkey)),
    ]
