"""Rules judged again 复核: the role, the rules and the leave that one row asks for, on how things stood then.

Where a rule looks at what no log holds, or has changed since, that is said instead of a verdict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from govflow.actors import FOR_THEMSELVES, covers
from govflow.audit.explaining.past import CLAIMS, UNREADABLE, Gone, Holding, KeptClaim, NotInLog, Past
from govflow.audit.explaining.resting import Place, Rest, Trail, Watch
from govflow.audit.legality.tables import Row, Sentence, Table
from govflow.audit.metadata import Kept, text
from govflow.context import Context
from govflow.decider import Decider
from govflow.errors import Detail, LogError
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.records import Item, Record
from govflow.region import Region
from govflow.workflow import NEW, Rule, Step


class Verdict(StrEnum):
    """What came of judging a rule again."""

    HOLDS = "holds"  # 成立
    BROKEN = "broken"  # 不成立
    NOT_JUDGED = "not_judged"  # 未复核


class Judged(NamedTuple):
    """One rule judged again: code, sentence and source as its table had them, and what came of it.

    `details` say what in particular is wrong, or why there is no verdict; each has its Chinese beside it (`zh`).
    `rests_on` are the events that the verdict comes from, where one event is asked about and they can be told.
    """

    code: str
    en: str
    zh: str
    basis: str
    verdict: Verdict
    details: tuple[Detail, ...] = ()
    rests_on: tuple[Rest, ...] = ()


class Scene(NamedTuple):
    """One event with all that there was when it was decided."""

    past: Past
    decider: Decider
    row: StoredEvent
    event: Event
    kept: Kept
    state: Record
    after: Record
    held: Holding
    context: Context
    trail: Trail | None = None  # what moved what before, where it is to be told

    @property
    def recorded(self) -> datetime:
        return self.context.now


_ROLE = Sentence(1, "the actor holds the role here", "操作人在此具有该角色", "design")
_LEAVE = Sentence(1, "a second person has approved this very command", "另一人已同意该命令", "design")
_NO_DIGEST = Detail("the command as it was given", "命令原文")


@lru_cache(maxsize=64)
def _served(decider: Decider) -> tuple[Table, Mapping[tuple[str | None, str], Step]]:
    """The table of today, and its steps by region and id."""
    steps: dict[tuple[str | None, str], Step] = {(None, step.id): step for step in decider.workflow.steps}
    for name, region in decider.regions.items():
        steps |= {(name, step.id): step for step in region.workflow.steps}
    return Table.of(decider.name, decider.digest, decider.as_data(), 0), steps


def judged_row(scene: Scene, table: Table, row: Row, item: str) -> Iterator[Judged]:
    """The role, the rules, the leave, and what riding rows ask, of one row that fits."""
    event, state, context = _as_proposed(scene, row), scene.state, scene.context
    context.item = state.item(row.region, item) if row.region is not None else None
    said = event.__dict__
    context.kind = said.get("kind" if row.region is None else "matter_kind") or state.kind
    context.category = said.get("category") or state.category
    context.retention = said.get("retention") or state.retention
    context.level = said.get("to_level") or said.get("level") or state.level
    step = _step_of(scene.decider, row)
    if step is None:
        yield Judged("role_is_held", *_ROLE[1:], Verdict.NOT_JUDGED, (_ROW_CHANGED,))
    else:
        context.step = step
        yield _concluded("role_is_held", _ROLE, lambda: _role(scene, step, event))
    for code in row.rules:
        yield _judged_rule(scene, table, step, code, event)
    if row.approval and scene.kept.role != b"system":
        leave = _concluded("approval_is_given", _LEAVE, lambda: _leave(scene, row.approval or ""))
        given = _given(scene, row.approval) if scene.trail is not None and leave.verdict is Verdict.HOLDS else None
        rests = scene.trail.rests([("items", "approval", given)]) if scene.trail is not None and given else ()
        yield leave._replace(rests_on=rests)
    if row.region is None and step is not None:
        yield from _judged_riders(scene, table, step, event, set(row.rules))


_ROW_CHANGED = Detail("this row of the table has changed since", "流程表的此行其后已有变更")


def _step_of(decider: Decider, row: Row) -> Step | None:
    """The row as it is served today, None where it is another one by now (its rules apart: they have versions)."""
    served, steps = _served(decider)
    now = served.row(row.id, row.region)
    return steps[row.region, row.id] if now is not None and now._replace(rules=row.rules) == row else None


def _as_proposed(scene: Scene, row: Row) -> Event:
    """The event as its rules saw it: what it does to clocks, and in whose stead, is added when they all hold."""
    kept = {} if row.region == "clock" else {"clocks": ()}
    return scene.event.changed(in_stead_of=None, **kept)


def _judged_rule(scene: Scene, table: Table, step: Step | None, code: str, event: Event) -> Judged:
    sentence = table.rules.get(code, Sentence(1, code, code, ""))
    rule = next((each for each in step.rules if each.code == code), None) if step is not None else None
    why_not: Detail | None = None
    if step is None:
        why_not = _ROW_CHANGED
    elif rule is None:
        why_not = Detail("the row has this rule no longer", "此行已不含该规则")
    elif rule.version != sentence.version:
        versions = sentence.version, rule.version
        why_not = Detail(
            "the rule has changed since (version {}, now {})".format(*versions),
            "该规则其后已变更（第 {} 版，现为第 {} 版）".format(*versions),
        )
    if rule is None or why_not is not None:
        return Judged(code, *sentence[1:], Verdict.NOT_JUDGED, (why_not or _ROW_CHANGED,))
    judged = _concluded(code, sentence, lambda: _broken(rule, scene, event))
    if scene.trail is None or judged.verdict is Verdict.NOT_JUDGED:
        return judged
    return judged._replace(rests_on=scene.trail.rests(_looked_at(rule, scene, event)))


def _looked_at(rule: Rule, scene: Scene, event: Event) -> Iterable[Place]:
    """What of its record a rule looks at: it is asked once more, and its answer counts for nothing."""
    watch, context, item = Watch(), scene.context, scene.context.item
    region = next((name for name, items in scene.state.items.items() if item in items.values()), "")
    context.item = watch.item(item, region) if region else item
    try:
        rule.broken(watch.record(scene.state), event, context)
    except Exception:  # a watched record is not quite the record: then nothing is told
        return ()
    finally:
        context.item = item
    return watch.places


def _broken(rule: Rule, scene: Scene, event: Event) -> tuple[Detail, ...] | None:
    """What is wrong, None where the rule holds."""
    found = rule.broken(scene.state, event, scene.context)
    return None if found is None else tuple(each if isinstance(each, Detail) else Detail(each) for each in found.detail)


def _concluded(code: str, sentence: Sentence, judge: Callable[[], tuple[Detail, ...] | None]) -> Judged:
    """A verdict, or why there is none."""
    try:
        wrong = judge()
    except NotInLog as gone:
        what = Detail(f"it looks at {gone.what}, which no log holds", f"须查看{gone.what.zh}，日志不载")
        return Judged(code, *sentence[1:], Verdict.NOT_JUDGED, (what,))
    except LogError:
        what = Detail(f"it looks at {UNREADABLE}", f"须查看{UNREADABLE.zh}")
        return Judged(code, *sentence[1:], Verdict.NOT_JUDGED, (what,))
    except Exception as error:  # a rule holds for events that commands make; a forged one may break it in any way
        what = Detail(f"it cannot be judged on such an event ({type(error).__name__})", "事件内容使该规则无从判断")
        return Judged(code, *sentence[1:], Verdict.BROKEN, (what,))
    return Judged(code, *sentence[1:], Verdict.HOLDS if wrong is None else Verdict.BROKEN, wrong or ())


def _role(scene: Scene, step: Step, event: Event) -> tuple[Detail, ...] | None:
    """Whether whoever acted held the role here. What only the host knew is believed, but said."""
    state, kept, held, item = scene.state, scene.kept, scene.held, scene.context.item
    role, unit = text(kept.role), text(kept.unit) or None
    stead, behalf = text(kept.stands_for) or None, scene.context.on_behalf_of
    if isinstance(held.claims, Gone):
        claim: Any = KeptClaim(role, unit, stead)
        if not state.fits(role, claim, event.by, behalf, item):
            return (Detail(f"the record knows no {role} of this id or unit", f"记录中该人员或单位并非 {role}"),)
        raise NotInLog(CLAIMS)
    said = event.__dict__
    level, area = (state.level, state.area) if state.status else (said.get("level"), said.get("area", ""))
    has_interest = bool(held.interests) and not held.interests.isdisjoint(_parties(state, event, item))
    for each in held.claims:
        if (
            (each.role, each.unit, each.standing_in_for) == (role, unit, stead)
            and (step.anywhere or covers(each, level, area))
            and state.fits(role, each, event.by, behalf, item)
            and not (has_interest and not (role in FOR_THEMSELVES and state.is_own_matter_of(event.by)))
        ):
            return None
    return (
        Detail(f"the directory of that time does not give it to {event.by}", f"当时的名录未授予 {event.by} 该角色"),
    )


def _parties(state: Record, event: Event, item: Any) -> set[str]:
    """Whom the matter concerns: who has an interest in one of them keeps away from it."""
    said = event.__dict__
    people = item.people() if isinstance(item, Item) else ()
    return {*state.parties(), *people, *(said.get(name) or "" for name in ("reporter", "accused_unit"))}


def _leave(scene: Scene, asked: str) -> tuple[Detail, ...] | None:
    """Whether a second person had given leave for this very command: the log keeps a digest of it."""
    if scene.kept.digest is None:
        raise NotInLog(_NO_DIGEST)
    if _given(scene, asked) is not None:
        return None
    return (Detail(f"no leave of {asked} for it is on record", f"记录中无 {asked} 对该命令的同意"),)


def _given(scene: Scene, asked: str) -> str | None:
    """The key of the leave that was given for this very command."""
    state, digest = scene.state, scene.kept.digest or b"?"
    for key, leave in state.items_of("approval").items():
        clock = state.clocks.get(f"approval_validity:{leave.key}")
        quoted = hashlib.sha256(f"{leave.wire}\n{leave.quoted}".encode()).hexdigest().encode()
        if (
            (leave.status, leave.asks) == ("given", asked)
            and leave.given_by != scene.event.by
            and state.moved_in <= leave.on_version
            and quoted.startswith(digest)
            and (clock is None or clock.due is None or scene.recorded <= clock.due)
        ):
            return key
    return None


def _judged_riders(scene: Scene, table: Table, step: Step, event: Event, own: set[str]) -> Iterator[Judged]:
    """What the riding rows of regions ask: the rules of one of them must hold for each item that moves."""
    state, context = scene.state, scene.context
    for region in scene.decider.regions.values():
        riders = [each for each in region.workflow.steps if each.rides and step.id in each.rides]
        ride = region.rides.get(type(event))
        if not riders or ride is None:
            continue
        for key, _ in ride(state, event):
            context.item = state.item(region.name, key)
            yield from _judged_item(scene, table, region, riders, event, own)
    context.item, context.step = None, step


def _judged_item(
    scene: Scene, table: Table, region: Region, riders: Iterable[Step], event: Event, own: set[str]
) -> Iterable[Judged]:
    """The rules of the one riding row that fits an item best."""
    main, item = scene.state.status, scene.context.item
    status = NEW if item is None else item.status
    ways = []
    for step in riders:
        row = table.row(step.id, region.name)
        if row is not None and status in row.sources and table.is_beside(row, main or NEW):
            kept = _step_of(scene.decider, row)
            codes = [code for code in row.rules if code not in own]
            ways.append([_judged_rule(scene, table, kept, code, event) for code in codes])
    return min(ways, key=lambda way: sum(each.verdict is Verdict.BROKEN for each in way), default=())
