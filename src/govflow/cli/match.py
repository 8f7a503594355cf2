"""`govflow match`: which offered resources suit which needs, why or why not, and the best way to share them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from govflow.cli.display import SOFT, console, print_json
from govflow.cli.logs import Db, Json, Records, opened
from govflow.cli.needs_display import how_much
from govflow.cli.rights import As, AsRole, reader
from govflow.cli.run import clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.matching import Need, Offer, Pair, Plan, Reason, Unsuited, candidates, judged, plan
from govflow.projects.ledgers import OPEN_NEEDS, wanted_of
from govflow.projects.model import JointProject
from govflow.reading import Reader
from govflow.resources.ledger import offers_of
from govflow.resources.model import Resource


def match(
    need: Annotated[str | None, typer.Argument(help="argument.need", metavar="[NEED]", show_default=False)] = None,
    *,
    db: Db,
    offer: Annotated[str | None, typer.Option("--offer", help="option.offer", metavar="ID", show_default=False)] = None,
    best: Annotated[bool, typer.Option("--plan", help="option.plan")] = False,
    limit: Annotated[int, typer.Option("--limit", help="option.match_limit", min=1)] = 5,
    actor: As = None,
    role: AsRole = None,
    unit: Annotated[str | None, typer.Option("--as-unit", help="option.actor_unit", show_default=False)] = None,
    json: Json = False,
    records: Records = None,
) -> None:
    """Propose pairs of needs and resources."""
    if best and offer is not None:
        raise InputError(t("match.plan_or_offer"), where="--plan, --offer")
    with opened(db, records) as engine:
        seen = reader(engine, actor, role, unit, "")
        needs, offers = _needs(engine, seen, need), _offers(engine, seen, offer)
        if best:
            _print_plan(plan(needs, offers), needs, as_json=json)
        elif offer is not None:
            _print_judged([judged(each, offers[0]) for each in needs], as_json=json)
        else:
            _print_pairs(candidates(needs, offers), needs, limit, as_json=json)


def _needs(engine: Engine, seen: Reader, id: str | None) -> list[Need]:
    """All needs that can be matched, or the one that is named. Raises InputError where that one cannot be."""
    projects = [each for each in seen.records() if isinstance(each, JointProject)]
    needs = wanted_of(projects, engine.policy.zone)
    if id is None:
        return needs
    named = next((each for each in projects if each.id == id), None)
    if named is None:
        raise InputError(t("match.no_need", id=id[:64]), where="NEED", expected=", ".join(each.id for each in needs))
    if named.status not in OPEN_NEEDS:
        raise InputError(t("match.paired", id=id, lead=named.lead or "-"), where="NEED")
    found = [each for each in needs if each.id == id]
    if not found:
        raise InputError(t("match.unmeasured", id=id), where="NEED", expected="--matter, --quantity, --of | --amount")
    return found


def _offers(engine: Engine, seen: Reader, id: str | None) -> list[Offer]:
    """All that is on offer, or the one resource that is named. Raises InputError where that is not on offer."""
    offers = offers_of((each for each in seen.records() if isinstance(each, Resource)), engine.now())
    found = [each for each in offers if id in (None, each.id)]
    if id is not None and not found:
        raise InputError(
            t("match.no_offer", id=id[:64]), where="--offer", expected=", ".join(each.id for each in offers)
        )
    return found


# --- pairs -----------------------------------------------------------------------------------------------------------


def _print_pairs(pairs: Sequence[Pair], needs: Sequence[Need], limit: int, *, as_json: bool) -> None:
    if as_json:
        print_json([_pair(each) for each in pairs])
        return
    out = console()
    if not needs:
        out.print(t("match.nothing"))
    for need in needs:
        found = [each for each in pairs if each.need.id == need.id]
        out.print(Text.assemble((need.id, "bold"), "  ", clean(need.title), "  ", _measure(need, need.quantity)))
        for each in found[:limit]:
            _print_pair(each)
        if not found:
            out.print(f"  {t('match.none')}", style=SOFT)
        elif len(found) > limit:
            out.print(f"  {t('match.more', n=len(found) - limit)}", style=SOFT)


def _print_pair(pair: Pair) -> None:
    head = (pair.offer.id, pair.offer.owner or "", pair.offer.title, t("match.score", score=pair.score))
    console().print("  " + " · ".join(clean(each) for each in head if each))
    _print_reasons(pair.reasons)


def _print_reasons(reasons: Iterable[Reason]) -> None:
    for each in reasons:
        points = f" (+{each.points})" if each.points else ""
        console().print(f"    - {clean(each.zh if is_zh() else each.en)}{points}", style=SOFT)


def _print_judged(found: Sequence[Pair | Unsuited], *, as_json: bool) -> None:
    """One named offer against the needs: the pair with its score, or every reason why not."""
    if as_json:
        print_json([_pair(each) if isinstance(each, Pair) else _unsuited(each) for each in found])
        return
    if not found:
        console().print(t("match.nothing"))
    for each in found:
        console().print(Text.assemble((each.need.id, "bold"), "  ", clean(each.need.title)))
        if isinstance(each, Pair):
            _print_pair(each)
        else:
            console().print("  " + t("match.unsuited", id=each.offer.id))
            _print_reasons(each.reasons)


# --- the plan --------------------------------------------------------------------------------------------------------


def _print_plan(best: Plan, needs: Sequence[Need], *, as_json: bool) -> None:
    if as_json:
        shares = [
            {"need": each.pair.need.id, "offer": each.pair.offer.id, "share": each.share, "score": each.pair.score}
            for each in best.assignments
        ]
        print_json({"assignments": shares, "uncovered": best.uncovered, "exact": best.exact})
        return
    out = console()
    if not needs:
        out.print(t("match.nothing"))
        return
    for need in needs:
        out.print(Text.assemble((need.id, "bold"), "  ", clean(need.title), "  ", _measure(need, need.quantity)))
        for each in best.assignments:
            if each.pair.need.id == need.id:
                told = (each.pair.offer.id, each.pair.offer.owner or "", _measure(need, each.share))
                out.print("  " + " · ".join(clean(part) for part in told if part))
        if need.id in best.uncovered:
            out.print("  " + t("match.uncovered", rest=_measure(need, best.uncovered[need.id])), style=SOFT)
    out.print(t("match.exact" if best.exact else "match.not_exact"))


# --- both ------------------------------------------------------------------------------------------------------------


def _measure(need: Need, measure: int) -> str:
    return how_much(need.matter, measure, need.measure_unit)


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "need": pair.need.id,
        "offer": pair.offer.id,
        "owner": pair.offer.owner,
        "suits": True,
        "score": pair.score,
        "covered": pair.covered,
        "scope": pair.scope.value,
        "points": pair.points._asdict(),
        "reasons": [each._asdict() for each in pair.reasons],
    }


def _unsuited(found: Unsuited) -> dict[str, Any]:
    why = [each._asdict() for each in found.reasons]
    return {"need": found.need.id, "offer": found.offer.id, "suits": False, "reasons": why}
