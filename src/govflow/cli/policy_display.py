"""Prints a policy or a work calendar for readers: one table for each thing a town tunes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from rich.text import Text

from govflow.calendars import Calendar
from govflow.cli import words
from govflow.cli.display import SOFT, console, table
from govflow.cli.policy_programmes import programme_rows
from govflow.cli.policy_projects import plan_rows, project_kind_rows
from govflow.cli.policy_tracks import (
    body_in_words,
    majority_in_words,
    presence_in_words,
    quorum_in_words,
    share_in_words,
    track_rows,
)
from govflow.cli.run import clean
from govflow.cli.texts import has, is_zh, t
from govflow.clocks import CLOCKS
from govflow.policy import (
    Category,
    Escalation,
    Majority,
    MediationBody,
    Obligation,
    Policy,
    Presence,
    RoutingRule,
    Share,
    TimeLimit,
)
from govflow.policy.differences import Difference


def print_policy(policy: Policy) -> None:
    """All that a policy says: its head, then its tables; what it has none of is left out."""
    out = console()
    out.print(Text.assemble((policy.key, "bold"), "  ", clean(policy.title)))
    facts = [t("policy.in_force", day=policy.effective_from), policy.time_zone]
    facts.append(t("policy.calendar", id=policy.calendar) if policy.calendar else t("policy.no_calendar"))
    if policy.warn_at:
        source = policy.basis.get("warn_at", "")
        facts.append(t("policy.warnings", shares=_shares(policy.warn_at)) + (f" ({source})" if source else ""))
    out.print(" · ".join(clean(each) for each in facts), style=SOFT)

    _section("policy.time_limits", ("id", "clock", "column.length", "column.for", "column.source"),
             [_limit(each) for each in policy.time_limits])  # fmt: skip
    _section("policy.categories", ("id", "column.name", "column.lead", "clock", "column.more"),
             [_category(each) for each in policy.categories])  # fmt: skip
    if policy.categories:
        out.print(t("policy.open" if policy.open_catalogue else "policy.closed"), style=SOFT)
    _section("policy.routing", ("number", "id", "column.matters", "column.lead", "column.source"),
             [(str(place), *_rule(each)) for place, each in enumerate(policy.routing, 1)])  # fmt: skip
    _section("policy.escalations", ("id", "clock", "column.when", "column.then", "column.source"),
             [_escalation(each) for each in policy.escalations])  # fmt: skip
    _section("policy.obligations", ("id", "column.name", "column.how_often", "column.owner", "column.source"),
             [_obligation(each) for each in policy.obligations])  # fmt: skip
    _section("policy.mediation_bodies", ("id", "column.name", "column.tier", "column.for", "column.source"),
             [_body(each) for each in policy.mediation_bodies])  # fmt: skip
    _section("policy.meetings", ("id", "column.quorum", "column.source"),
             [(each.id, _share(each.quorum), _source(each)) for each in policy.meetings])  # fmt: skip
    _section("policy.checklists", ("id", "column.name", "column.stages", "column.source"),
             [(each.id, _named(each), " → ".join(_named(stage) for stage in each.stages), _source(each))
              for each in policy.checklists])  # fmt: skip
    _section("policy.bodies", ("id", "column.name", "column.body"),
             [(each.id, _named(each), body_in_words(each)) for each in policy.bodies])  # fmt: skip
    _section("policy.quorum_rules", ("id", "column.name", "column.rule", "column.source"),
             [(each.id, _named(each), quorum_in_words(each), _source(each))
              for each in policy.quorum_rules])  # fmt: skip
    _section("policy.procedures", ("id", "column.step", "column.how"),
             [row for each in policy.procedures for row in track_rows(each, _source(each))])  # fmt: skip
    _section("policy.programmes", ("id", "column.name", "column.rule"),
             [row for each in policy.programmes for row in programme_rows(each, _source(each))])  # fmt: skip
    _section("policy.project_kinds", ("id", "column.name", "column.rule"),
             [row for each in policy.project_kinds for row in project_kind_rows(each, _source(each))])  # fmt: skip
    _section("policy.evaluation_plans", ("id", "column.name", "column.rule"),
             [row for each in policy.evaluation_plans for row in plan_rows(each, _source(each))])  # fmt: skip
    _section("policy.thresholds", ("column.figure", "column.value", "column.source"),
             [(name, str(getattr(policy.thresholds, name)), policy.thresholds.basis.get(name, ""))
              for name in type(policy.thresholds).model_fields if name != "basis"])  # fmt: skip
    _section("policy.reasons", ("id", "column.name", "column.commands"),
             [(each.id, _named(each), ", ".join(each.commands)) for each in policy.reasons])  # fmt: skip
    _section("policy.retention", ("id", "column.kept", "column.source"),
             [(each.id, _length(each.years, "year") if each.years else t("policy.permanent"), each.basis)
              for each in policy.retention])  # fmt: skip


def _section(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        out = console()
        out.print(f"\n{t(name)}", style="bold")
        out.print(table(*map(t, columns), rows=rows, keep=(columns.index("id"),) if "id" in columns else (0,)))


def _limit(limit: TimeLimit) -> Sequence[str]:
    levels = [words.term("level", level) for level in limit.levels]
    serves = [*(words.term("kind", kind) for kind in limit.kinds), *levels, *limit.starts_on]
    return limit.id, _clock(limit.clock), length_in_words(limit), ", ".join(serves), _source(limit)


def _body(body: MediationBody) -> Sequence[str]:
    more = [*body.categories, *([t("policy.experts", n=len(body.experts))] if body.experts else [])]
    tier = f"{body.tier} · {t(f'mediation.{body.kind}')}"
    return body.id, _named(body), tier, ", ".join([*more, *([body.unit] if body.unit else [])]), _source(body)


def _share(share: Share | None) -> str:
    """A quorum as people write it: ≥ 2/3, > 1/2."""
    return "" if share is None else f"{'≥' if share.inclusive else '>'} {share.numerator}/{share.denominator}"


def _clock(name: str) -> str:
    return CLOCKS[name][1] if is_zh() and name in CLOCKS else name


def length_in_words(limit: TimeLimit) -> str:
    """How long a time limit is and how it is counted: `5 working days, once +5`."""
    parts = [_length(limit.length, limit.unit)]
    parts += [t("length.extension", n=limit.extension)] if limit.extension else []
    parts += [t(f"length.roll.{limit.roll}")] if has(f"length.roll.{limit.roll}") else []
    parts += [
        t(f"length.{name}")
        for name in ("counts_start_day", "ends_at_close", "starts_in_office")
        if getattr(limit, name)
    ]
    parts += [t("policy.calendar", id=limit.calendar)] if limit.calendar else []
    parts += [t("length.warn_at", shares=_shares(limit.warn_at))] if limit.warn_at is not None else []
    return t("comma").join(parts)


def _length(count: int, unit: str) -> str:
    text = t(f"length.{unit}", n=count)
    return text.removesuffix("s") if count == 1 and not is_zh() else text


def _shares(shares: Iterable[int]) -> str:
    return ", ".join(f"{share} %" for share in shares) or "–"


def _source(entry: Any) -> str:
    """Where a figure comes from; one of our own is marked."""
    return f"{entry.basis} · {t('policy.own')}" if entry.own else str(entry.basis)


def _named(entry: Any) -> str:
    return str(entry.zh if is_zh() else entry.en)


def _category(category: Category) -> Sequence[str]:
    lead = [f"{words.term('level', level)}: {unit}" for level, unit in category.lead.items()]
    lead = lead or [", ".join(category.lead_units) or t("policy.any_unit")]
    more = []
    if category.co_units:
        how = {"any": t("policy.joins"), "quorum": t("policy.quorum", n=category.quorum)}.get(category.join, "")
        more.append(t("policy.with", units=", ".join(category.co_units)) + (f" ({how})" if how else ""))
    more += [t("policy.asks_evidence", kinds=", ".join(category.evidence))] if category.evidence else []
    more += [] if category.admitted else [t("policy.not_admitted")]
    more += [t(f"policy.{name}") for name in ("confidential", "public_interest") if getattr(category, name)]
    return category.id, _named(category), t("comma").join(lead), category.time_limit or "", t("comma").join(more)


def _rule(rule: RoutingRule) -> Sequence[str]:
    conditions = (
        *(words.term("kind", kind) for kind in rule.kinds),
        *rule.categories,
        *rule.channels,
        *rule.severities,
        *(words.term("level", level) for level in rule.levels),
        *rule.areas,
    )
    units = t("comma").join(
        [rule.lead_unit, *([t("policy.with", units=", ".join(rule.co_units))] if rule.co_units else [])]
    )
    return rule.id, ", ".join(conditions) or t("policy.everything"), units, rule.basis


def _escalation(rule: Escalation) -> Sequence[str]:
    late = t("policy.after", length=_length(rule.after, rule.unit)) if rule.after else t("policy.at_once")
    only = [*(words.term("kind", kind) for kind in rule.kinds), *(words.term("level", level) for level in rule.levels)]
    when = f"{late} ({', '.join(only)})" if only else late
    return rule.id, _clock(rule.clock), when, t(f"policy.then.{rule.then}"), _source(rule)


def _obligation(duty: Obligation) -> Sequence[str]:
    often = [t(f"every.{duty.every}")]
    often += [t(f"weekday.{duty.weekday}")] if duty.weekday else []
    often += [t("policy.workdays_only")] if duty.workdays_only else []
    often += [t("policy.at_least", n=duty.at_least)] if duty.at_least else []
    owners = list(duty.owners)
    if duty.unit_kind:
        kind = t(f"unit_kind.{duty.unit_kind}") if has(f"unit_kind.{duty.unit_kind}") else duty.unit_kind
        owners.append(t("policy.each_unit", kind=kind, level=words.term("level", duty.level or "")).strip())
    return duty.id, _named(duty), t("comma").join(often), t("comma").join(owners), _source(duty)


# --- two policies ----------------------------------------------------------------------------------------------------


def difference_line(one: Difference) -> str:
    """One difference in one line: `time_limits hot.handle.length: 5 → 7`."""
    if one.change == "added":
        return t("diff.added", field=one.field, after=_short(one.after))
    if one.change == "removed":
        return t("diff.removed", field=one.field, before=_short(one.before))
    before, after = one.before, one.after
    if isinstance(before, list) and isinstance(after, list) and any(isinstance(each, dict) for each in before + after):
        before, after = (
            [each for each in one if each not in other] for one, other in ((before, after), (after, before))
        )
    return t("diff.changed", field=one.field, before=_short(before), after=_short(after))


def _short(value: Any) -> str:
    """A value of a policy in words: a whole entry by what it sets, a list by its members."""
    for model, in_words in _IN_WORDS:
        if isinstance(value, dict) and value.keys() == model.model_fields.keys():
            return in_words(model.model_validate(value))
    if isinstance(value, dict):
        said = {name: each for name, each in value.items() if name != "id" and each not in _UNSAID}
        return ", ".join(f"{name} = {_short(each)}" for name, each in said.items())
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    return str(value).lower() if isinstance(value, bool) else "–" if value in (None, "") else str(value)


_IN_WORDS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (Share, share_in_words),
    (Presence, presence_in_words),
    (Majority, majority_in_words),
)
_UNSAID: tuple[Any, ...] = (None, "", "none", 0, False, [], {})


# --- calendars -------------------------------------------------------------------------------------------------------


def print_calendar(calendar: Calendar) -> None:
    """The days of a work calendar: what it covers, each holiday and make-up workday, the working days of each year."""
    out = console()
    out.print(Text.assemble((calendar.key, "bold"), "  ", clean(calendar.title)))
    out.print(Text(clean(calendar.basis)), style=SOFT)
    hours = ", ".join(map(str, calendar.hours))
    out.print(t("calendar.covers", first=calendar.first, last=calendar.last, hours=hours) + "\n", style=SOFT)
    days = [
        (f"{each.first} – {each.last}" if each.first != each.last else f"{each.first}", _named(each))
        for each in calendar.holidays
    ]
    if days:
        out.print(table(t("column.days_off"), t("column.name"), rows=days))
    counted = Counter(
        date.fromordinal(n).year
        for n in range(calendar.first.toordinal(), calendar.last.toordinal() + 1)
        if calendar.is_workday(date.fromordinal(n))
    )
    made_up = {year: [f"{day:%m-%d}" for day in calendar.workdays if day.year == year] for year in counted}
    rows = [(str(year), str(number), ", ".join(made_up[year])) for year, number in counted.items()]
    out.print()
    out.print(table(t("column.year"), t("column.workdays"), t("column.worked"), rows=rows, keep=(0,)))
