"""Who holds what at a moment, and how it is printed: the areas as a tree, the units in them, the people in those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from rich.text import Text
from rich.tree import Tree

from govflow.actors import Actor, Claim
from govflow.cli import words
from govflow.cli.display import SOFT, console, table
from govflow.cli.run import clean
from govflow.cli.texts import t
from govflow.engine import Engine
from govflow.organisation import Directory, DirectoryAuthority
from govflow.organisation.model import FOREVER


class Post(NamedTuple):
    """What one actor holds at a moment: the claim, and from when until before when (None: until ended)."""

    actor: str
    claim: Claim
    since: datetime
    until: datetime | None
    part_time: bool


def posts_of(stands: Directory, at: datetime) -> Iterator[Post]:
    """What everybody holds at a moment, substitutes included, as the authority itself has it."""
    authority = DirectoryAuthority()
    appointments, substitutions = (_by_actor(stands, region, at) for region in ("appointment", "substitution"))
    for actor in sorted({*appointments, *substitutions}):
        for claim in authority.claims(Actor(id=actor), at, lambda id: stands):
            held = next(each for each in appointments[claim.standing_in_for or actor] if _gives(each, claim))
            until = held.valid_to
            if claim.standing_in_for:
                last = [e.valid_to for e in substitutions[actor] if e.absent == claim.standing_in_for]
                until = min(until or FOREVER, max(last))
            yield Post(actor, claim, held.valid_from, until, held.part_time)


def _by_actor(stands: Directory, region: str, at: datetime) -> dict[str, list[Any]]:
    """The entries of a region that run at a moment, by actor."""
    found: dict[str, list[Any]] = {}
    for each in stands.items_of(region).values():
        if each.valid_from <= at < (each.valid_to or FOREVER):
            found.setdefault(each.actor, []).append(each)
    return found


def _gives(appointment: Any, claim: Claim) -> bool:
    parts = (appointment.role, appointment.unit, appointment.level, appointment.area)
    return parts == (claim.role, claim.unit, claim.level, claim.area)


class Standing(NamedTuple):
    """The areas and units to be shown for a moment, by key: those that are open, and those that were open then."""

    directory: Directory
    areas: Mapping[str, Any]
    units: Mapping[str, Any]
    at: datetime


def standing(now: Directory, then: Directory | None, at: datetime) -> Standing:
    """What to show of the directory for the moment `at`, when it stood as `then` (None: it was not founded yet)."""

    def shown(region: str) -> dict[str, Any]:
        were = then.items_of(region) if then is not None else {}
        open_then = {key for key, each in were.items() if each.status == "open"}
        return {key: each for key, each in now.items_of(region).items() if each.status == "open" or key in open_then}

    return Standing(now, shown("area"), shown("unit"), at)


# --- for programs ----------------------------------------------------------------------------------------------------


def post_as_json(post: Post) -> dict[str, Any]:
    """What one actor holds, as JSON."""
    period = {"since": post.since.isoformat(), "until": post.until.isoformat() if post.until else None}
    return {"actor": post.actor, **post.claim.model_dump(mode="json"), **period, "part_time": post.part_time}


def as_json(shown: Standing, posts: Iterable[Post], unit: str | None) -> dict[str, Any]:
    """The directory at a moment as JSON; of one unit where it is named."""
    stands = shown.directory
    areas = [each.model_dump(mode="json", include={"path", "level", "title"}) for each in _in_order(shown.areas)]
    told: dict[str, Any] = {"title": stands.title, "area": stands.area, "level": stands.level}
    described = {"title", "kind", "level", "area", "parent"}
    held = _by_unit(posts)
    units = [
        {
            "id": each.key,
            **each.model_dump(mode="json", include=described),
            "held_by": [post_as_json(post) for post in held.get(each.key, ())],
        }
        for each in (shown.units.values() if unit is None else [stands.item("unit", unit)])
    ]
    return told | {"at": shown.at.isoformat()} | ({"areas": areas} if unit is None else {}) | {"units": units}


def _by_unit(posts: Iterable[Post]) -> dict[str | None, list[Post]]:
    held: dict[str | None, list[Post]] = {}
    for post in posts:
        held.setdefault(post.claim.unit, []).append(post)
    return held


def _in_order(areas: Mapping[str, Any]) -> list[Any]:
    """Areas, each behind the one above it."""
    return sorted(areas.values(), key=lambda area: area.path.split("/"))


# --- for readers -----------------------------------------------------------------------------------------------------


def print_directory(engine: Engine, shown: Standing, posts: Iterable[Post], unit: str | None) -> None:
    """The areas as a tree, or one unit."""
    out = console()
    held = _by_unit(posts)
    if unit is None:
        title = clean(shown.directory.title)
        out.print(f"{title}  {t('directory.at', at=words.when(shown.at, engine))}", style="bold")
        out.print(_tree(engine, shown, held))
    else:
        entry = shown.directory.item("unit", unit)
        out.print(_unit_line(entry))
        out.print(t("directory.where", area=entry.area, parent=entry.parent or "–"), style=SOFT)
        print_posts(engine, held.get(unit, []))


def _tree(engine: Engine, shown: Standing, held: Mapping[str | None, list[Post]]) -> Tree:
    units = shown.units
    root, *below = _in_order(shown.areas)
    tree = Tree(_area_line(root, root.path), guide_style=SOFT)
    places = {root.path: tree}
    for area in below:
        name = area.path.rpartition("/")[2]
        above = places.get(area.path.rpartition("/")[0], tree)
        places[area.path] = above.add(_area_line(area, name))
    branches: dict[str, Tree] = {}
    waiting = dict(units)
    while waiting:  # a unit hangs on the one it belongs to, where both stand in one area
        for key, unit in list(waiting.items()):
            parent = unit.parent if unit.parent in units and units[unit.parent].area == unit.area else None
            if parent is not None and parent not in branches:
                continue
            place = branches[parent] if parent is not None else places.get(unit.area, tree)
            branches[key] = place.add(_unit_line(unit))
            for line in _people(engine, unit, held.get(key, [])):
                branches[key].add(line)
            del waiting[key]
    return tree


def _area_line(area: Any, name: str) -> Text:
    level = words.term("level", area.level)
    return Text.assemble((clean(name), "bold"), f" {clean(area.title)} ", (f"({level})", SOFT))


def _unit_line(unit: Any) -> Text:
    return Text.assemble((f"[{unit.key}] ", "bold"), clean(unit.title), (f"  {t(f'unit_kind.{unit.kind}')}", SOFT))


def _people(engine: Engine, unit: Any, posts: Iterable[Post]) -> Iterator[Text]:
    """One line for everybody in a unit: their roles, with what differs from the unit's own area and level."""
    people: dict[tuple[str, str], list[str]] = {}
    for post in posts:
        claim = post.claim
        here = (claim.area, claim.level) == (unit.area, unit.level)
        where = "" if here else f" {claim.area} ({words.term('level', claim.level or '')})"
        roles = people.setdefault((post.actor, _notes(engine, post)), [])
        roles.append(words.term("role", claim.role) + where)
    for (actor, notes), roles in people.items():
        yield Text.assemble((actor, "cyan"), f": {t('comma').join(roles)}", (notes, SOFT))


def _notes(engine: Engine, post: Post) -> str:
    notes = [t("directory.part_time")] if post.part_time else []
    if post.claim.standing_in_for:
        notes.append(t("directory.stands_in", id=post.claim.standing_in_for))
    if post.until is not None:
        notes.append(t("directory.until", until=words.until(post.until, engine, date=True)))
    return f"  ({t('comma').join(notes)})" if notes else ""


def print_posts(engine: Engine, posts: Iterable[Post]) -> None:
    """One line an appointment: who, as what, where, from when until when."""
    rows = [
        (
            post.actor,
            words.term("role", post.claim.role),
            post.claim.unit or "",
            post.claim.area + (f" ({words.term('level', post.claim.level)})" if post.claim.level else ""),
            f"{words.when(post.since, engine)[:10]}–{words.until(post.until, engine, date=True)}",
            _notes(engine, post._replace(until=None)).strip(" ()"),
        )
        for post in posts
    ]
    heads = (t("who"), t("column.role"), t("unit"), t("column.area"), t("column.term"), "")
    out = console()
    out.print(table(*heads, rows=rows, keep=(0,)) if rows else t("directory.nobody"))
