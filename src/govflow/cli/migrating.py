"""`govflow policy migrate`: move the running records to another version of the policy, or tell what that would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from govflow.adoption import Migration, MovedClock
from govflow.cli import words
from govflow.cli.display import print_json_array
from govflow.cli.logs import Db, Json, Records, opened, progress
from govflow.cli.run import DONE, FOUND, clean
from govflow.cli.texts import is_zh, t
from govflow.engine import Engine
from govflow.errors import Detail


def migrate(
    to: Annotated[str, typer.Argument(help="argument.to", metavar="TO", show_default=False)],
    db: Db,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="option.dry_run")] = False,
    json: Json = False,
    records: Records = None,
) -> None:
    """Move the running records to another policy."""
    counts = {"ok": 0, "blocked": 0}
    with opened(db, records, writing=not dry_run) as engine, progress(t("migrate.going", to=to[:64])) as tell:
        list(engine.plan_migration(to, ()))  # a policy that is not there is told before anything is printed
        plans = engine.plan_migration(to) if dry_run else engine.migrating(to)
        told = _counted(plans, counts, tell)
        if json:
            print_json_array(map(_as_json, told))
        else:
            for plan in told:
                _print(engine, plan)
    if not json:
        print(t("migrate.would" if dry_run else "migrate.done", to=to, **counts))
    raise typer.Exit(FOUND if counts["blocked"] else DONE)


def _counted(plans: Iterable[Migration], counts: dict[str, int], tell: Any) -> Iterator[Migration]:
    for plan in plans:
        counts["blocked" if plan.blocked else "ok"] += 1
        if tell is not None:
            tell(sum(counts.values()), None)
        yield plan


def _print(engine: Engine, plan: Migration) -> None:
    """A record: ok, or why not; below, what becomes of each of its clocks."""
    why = "; ".join(each.zh if is_zh() else each for each in plan.blocked)
    key = "migrate.blocked" if plan.blocked else "migrate.ok"
    print(clean(t(key, id=plan.record, before=plan.before, after=plan.after, why=why)))
    for clock in plan.clocks if not plan.blocked else ():
        print(clean("  · " + _told(engine, clock)))


def _told(engine: Engine, clock: MovedClock) -> str:
    name = words.clock_beside(clock.clock)
    due = words.until(clock.due, engine) or "–"
    if not clock.moves:
        return t("migrate.stays", clock=name, due=due)
    values = {"rule": clock.rule or "–", "after": words.until(clock.due_after, engine) or "–"}
    return t("migrate.moves", clock=name, due=due, **values, rule_after=clock.rule_after or "–")


def _as_json(plan: Migration) -> dict[str, Any]:
    return {
        "record": plan.record,
        "before": plan.before,
        "after": plan.after,
        "blocked": [_both(each) for each in plan.blocked],
        "clocks": [_clock(each) for each in plan.clocks],
    }


def _both(detail: Detail) -> dict[str, str]:
    return {"en": str(detail), "zh": detail.zh}


def _clock(clock: MovedClock) -> dict[str, Any]:
    dues = {"due": clock.due, "due_after": clock.due_after}
    return clock._asdict() | {name: due and due.isoformat() for name, due in dues.items()} | {"moves": clock.moves}
