"""`govflow route`: where the routing rules send a case, by each rule that was asked."""

from __future__ import annotations

from govflow.cli.display import console, print_json
from govflow.cli.logs import RecordId, existing
from govflow.cli.reads import Asked, reads
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t


@reads()
def route(asked: Asked, id: RecordId) -> None:
    """Tell where the routing rules send a case."""
    with asked.opened() as (engine, seen):
        existing(seen, id)
        found = engine.route(id)
    if asked.json:
        why = [{"en": each, "zh": each.zh} for each in found.why]
        print_json({**found._asdict(), "why": why})
        return
    unit, others = found.lead_unit, ", ".join(found.co_units)
    out = console()
    if unit is None:
        out.print(t("route.nowhere"))
    else:
        out.print(t("route.with", unit=unit, others=others) if others else t("route.to", unit=unit))
    for each in found.why:
        out.print(f"  · {clean(each.zh if is_zh() else each)}")
