"""`govflow corrections`: what was corrected in a record; a moment as published then beside it as known now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from govflow.audit.replay.comparing import Changed, differences
from govflow.audit.replay.correcting import Corrected, KnownNow, corrections, known_now, published_then
from govflow.cli import words
from govflow.cli.diff import field_of, told_of
from govflow.cli.display import console, print_json, table
from govflow.cli.logs import RecordId, existing, moment
from govflow.cli.reads import Asked, reads
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.errors import NotFound
from govflow.reading import Reader
from govflow.records import Record

_TOLD_APART = "corrections"  # the list of corrections itself: told one by one above


@reads()
def list_corrections(
    asked: Asked,
    id: RecordId,
    at: Annotated[
        str | None, typer.Option("--at", help="option.corrections_at", metavar="MOMENT", show_default=False)
    ] = None,
) -> None:
    """List what was corrected in a record."""
    with asked.opened() as (engine, seen):
        existing(seen, id)
        found = corrections(seen, id)
        then = moment(at, engine.policy.zone)
        if asked.json:
            print_json({"id": id, "corrections": [_as_json(each) for each in found], **_moment(seen, id, then)})
            return
        _print(engine, found)
        if then is not None:
            _print_moment(engine, seen, id, then)


def _as_json(each: Corrected) -> dict[str, Any]:
    return {**each._asdict(), "occurred": each.occurred.isoformat(), "recorded": each.recorded.isoformat()}


def _print(engine: Engine, found: tuple[Corrected, ...]) -> None:
    out = console()
    if not found:
        out.print(t("corrections.none"))
    for each in found:
        who = words.term("role", each.role or "") + (f"@{each.unit}" if each.unit else "")
        at, recorded = words.when(each.occurred, engine), words.when(each.recorded, engine)
        said = {"field": clean(each.field), "old": clean(each.old) or "–", "new": clean(each.new) or "–"}
        out.print(t("corrections.one", version=each.version, at=at, **said))
        reason = clean(each.reason)
        why = {"corrects": each.corrects, "event": each.event, "who": who, "recorded": recorded, "reason": reason}
        out.print(f"    {t('corrections.why', **why)}")


# --- one moment, told twice ------------------------------------------------------------------------------------------


def _both(seen: Reader, id: str, then: datetime) -> tuple[Record | None, KnownNow]:
    """As published then, None where nothing had been recorded; and as known now. Raises NotFound before it began."""
    known = known_now(seen, id, then)
    try:
        return published_then(seen, id, then), known
    except NotFound:
        return None, known


def _unlike(published: Record | None, known: KnownNow) -> list[Changed]:
    found = differences(published, known.record) if published is not None else ()
    return [Changed(path, was, now, ()) for path, was, now in found if path[0] != _TOLD_APART]


def _moment(seen: Reader, id: str, then: datetime | None) -> dict[str, Any]:
    if then is None:
        return {}
    published, known = _both(seen, id, then)
    return {
        "at": then.isoformat(),
        "published_then": None if published is None else published.model_dump(mode="json"),
        "known_now": known.record.model_dump(mode="json"),
        "applied": [each.version for each in known.applied],
        "apart": [each.version for each in known.apart],
        "differences": [
            {"path": each.path, "published_then": each.before, "known_now": each.after}
            for each in _unlike(published, known)
        ],
    }


def _print_moment(engine: Engine, seen: Reader, id: str, then: datetime) -> None:
    published, known = _both(seen, id, then)
    found = _unlike(published, known)
    out = console()
    shown = words.instant(then, engine.policy.zone)
    if published is None:
        out.print(f"\n{t('corrections.not_published', moment=shown)}")
    elif not found:
        out.print(f"\n{t('corrections.same', moment=shown)}")
    else:
        out.print(f"\n{t('corrections.of', moment=shown)}")
        heads = (t("diff.field"), t("corrections.then"), t("corrections.now"))
        rows = [(field_of(engine, known.record, each), *told_of(engine, known.record, each)) for each in found]
        out.print(table(*heads, rows=rows))
    for each in known.apart:
        out.print(t("corrections.apart", version=each.version))
