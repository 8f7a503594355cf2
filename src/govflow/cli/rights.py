"""Who may see what and who may do what: `--as` on reading commands, `govflow allowed`, and `govflow route`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from pydantic import ValidationError

from govflow.actors import Actor, Claim, Role
from govflow.cli import words
from govflow.cli.display import console, print_json_array, table
from govflow.cli.logs import Db, Json, RecordId, Records, opened
from govflow.cli.texts import is_zh, t
from govflow.decider import Decider
from govflow.engine import AllowedStep, Engine
from govflow.errors import InputError, NotFound
from govflow.interchange.commands import expected
from govflow.log_events import LOG_STREAM
from govflow.organisation import DIRECTORY_ID
from govflow.reading import Reader

As = Annotated[str | None, typer.Option("--as", help="option.seen_by", metavar="ACTOR", show_default=False)]
AsRole = Annotated[list[str] | None, typer.Option("--role", help="option.role", metavar="ROLE", show_default=False)]
AsUnit = Annotated[str | None, typer.Option("--as-unit", help="option.actor_unit", show_default=False)]
AsArea = Annotated[str, typer.Option("--area", help="option.area", show_default=False)]


def reader(engine: Engine, actor: str | None, roles: list[str] | None, unit: str | None, area: str) -> Reader:
    """The log as whoever `--as` names may see it; without a name all of it, as whoever has the file may."""
    if actor is not None:
        return engine.seen_by(asking(engine, actor, roles, unit, None, area))
    if given := _given(roles, unit, None, area):
        raise InputError(t("as.nobody"), where=given, expected="--as ACTOR")
    return engine


def rows_seen(seen: Reader) -> Callable[[str], bool]:
    """Tells of a stream whether its rows are for this reader; what the log says of itself is for everybody."""

    def is_seen(stream: str) -> bool:
        try:
            return stream == LOG_STREAM or bool(seen.get(stream))
        except NotFound:
            return False

    return is_seen


def asking(engine: Engine, id: str, roles: list[str] | None, unit: str | None, level: str | None, area: str) -> Actor:
    """Who asks, with the roles they say they hold; a log with a directory takes nobody's word for that."""
    claims = [{"role": each, "unit": unit, "level": level, "area": area} for each in roles or ()]
    actor = _actor(id, claims)
    for each in roles or ():
        check_role(each, engine, "--role")
    given = _given(roles, unit, level, area)
    if engine.store.version(DIRECTORY_ID):
        if given:
            raise InputError(t("as.directory"), where=given, expected="--as ACTOR")
    elif not roles:
        raise InputError(t("as.no_role"), where="--role", expected=", ".join(_roles(engine.deciders.values())))
    return actor


def _given(roles: list[str] | None, unit: str | None, level: str | None, area: str) -> str:
    options = {"--role": roles, "--as-unit": unit, "--level": level, "--area": area}
    return ", ".join(name for name, value in options.items() if value)


def _actor(id: str, claims: list[dict[str, str | None]]) -> Actor:
    try:
        return Actor(id=id, claims=tuple(Claim.model_validate(each) for each in claims))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        option = {"id": "as", "unit": "as-unit"}.get(str(first["loc"][0]), str(first["loc"][0]))
        raise InputError(t("unusable"), where=f"--{option}", expected=expected(first)[is_zh()].strip()) from None


def check_role(role: str, engine: Engine, where: str) -> None:
    """A role that no table served here names is a slip of the pen: its holder would silently be allowed nothing."""
    known = _roles(engine.deciders.values())
    if role not in known and role not in list(Role):
        raise InputError(t("no_role", role=role[:64]), where=where, expected=", ".join(known))


def _roles(deciders: Iterable[Decider]) -> list[str]:
    flows = [
        flow for each in deciders for flow in (each.workflow, *(region.workflow for region in each.regions.values()))
    ]
    return sorted({str(role) for flow in flows for step in flow.steps for role in step.who})


# --- who may do what -------------------------------------------------------------------------------------------------


def allowed(
    id: RecordId,
    db: Db,
    actor: Annotated[str, typer.Option("--as", help="option.as", metavar="ACTOR", show_default=False)],
    role: AsRole = None,
    unit: AsUnit = None,
    level: Annotated[str | None, typer.Option("--level", help="option.level", show_default=False)] = None,
    area: AsArea = "",
    others: Annotated[bool, typer.Option("--others", help="option.others")] = False,
    json: Json = False,
    records: Records = None,
) -> None:
    """List what an actor may try now."""
    with opened(db, records) as engine:
        who = asking(engine, actor, role, unit, level, area)
        try:
            steps = engine.allowed(id, who, others=others)
        except NotFound:
            raise NotFound(t("no_record", id=id[:64])) from None
        if json:
            print_json_array(each._asdict() for each in steps)
        else:
            _print_allowed(engine, steps, others=others)


def _print_allowed(engine: Engine, steps: tuple[AllowedStep, ...], *, others: bool) -> None:
    labels = words.labels(engine.deciders.values())
    rows = []
    for each in steps:
        label = labels[each.command] if labels[each.command] != each.command else ""
        missing = [words.term("role", role) for role in each.missing]
        more = (", ".join(missing), ", ".join(each.held_by)) if others else (", ".join(each.needs),)
        rows.append((each.command, label, each.item or "", *more))
    heads = (t("command"), "", t("item"), *((t("missing"), t("held_by")) if others else (t("needs"),)))
    out = console()
    out.print(table(*heads, rows=rows, keep=(0,)) if rows else t("nothing_allowed"))
