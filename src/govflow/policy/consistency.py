"""What cannot hold together in a policy. Works on parts too, so that one bad entry does not hide the others' faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from govflow.errors import Problem
from govflow.policy.deliberation import contradictions_of_deliberation
from govflow.policy.entries import Unread, entries, ids, named, one_of, problem
from govflow.policy.obligations import Every
from govflow.policy.project_kinds import contradictions_of_project_kinds
from govflow.policy.time_limits import Then

_LISTS = {
    "time_limits": ("time limit", "时限"),
    "categories": ("category", "类别"),
    "retention": ("retention class", "保管期限"),
    "calendars": ("calendar", "日历"),
    "escalations": ("escalation", "升级规则"),
    "routing": ("routing rule", "派单规则"),
    "reasons": ("reason", "理由"),
    "obligations": ("obligation", "定期职责"),
    "mediation_bodies": ("mediation body", "调解组织"),
    "meetings": ("rule of meetings", "会议规则"),
    "checklists": ("checklist", "清单"),
    "bodies": ("deliberating body", "议事机构"),
    "quorum_rules": ("quorum rule", "法定人数规则"),
    "procedures": ("decision procedure", "议事程序"),
    "programmes": ("budget programme", "参与式预算方案"),
    "project_kinds": ("kind of joint project", "共建项目类型"),
    "evaluation_plans": ("evaluation plan", "评价方案"),
}
_WITH_SOURCES = (
    "time_limits", "retention", "escalations", "obligations", "quorum_rules", "procedures", "evaluation_plans",
)  # fmt: skip
_FIRST_CHECKED = ("time_limits", "categories", "retention")  # by what every adopted policy was held to
_A_YEAR = {
    Every.DAY: 366,
    Every.WEEK: 53,
    Every.MONTH: 12,
    Every.TWO_MONTHS: 6,
    Every.QUARTER: 4,
    Every.HALF_YEAR: 2,
    Every.YEAR: 1,
}


OVERDUE = "overdue_without_cause"
"""The coded reason with which the system reminds and urges by rule."""

_SUPERVISES = {Then.REMIND: "supervision.remind", Then.URGE: "supervision.urge"}


def contradictions(policy: Any) -> list[Problem]:
    """What was never allowed in any policy."""
    return [*_twice(policy, _FIRST_CHECKED), *_of_categories(policy)]


def contradictions_within(policy: Any) -> list[Problem]:
    """What is not allowed in a policy that is built or adopted now."""
    return [
        *_twice(policy, [name for name in _LISTS if name not in _FIRST_CHECKED]),
        *_of_shares(policy),
        *_of_switches(policy),
        *_of_sources(policy),
        *_of_lead_units(policy),
        *_of_quorums(policy),
        *_of_suspensions(policy),
        *_of_calendars(policy),
        *_of_routing(policy),
        *_of_escalations(policy),
        *_of_obligations(policy),
        *contradictions_of_deliberation(policy),
        *_of_evaluation_plans(policy),
        *contradictions_of_project_kinds(policy),
    ]


def _twice(policy: Any, names: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        seen: set[str] = set()
        for field, entry in named(policy, name):
            if entry.id in seen:
                en, zh = _LISTS[name]
                yield problem(
                    field, f"{en} {entry.id} stands twice", f"{zh} {entry.id} 重复", "ids of their own", "各自的编号"
                )
            seen.add(entry.id)


def _of_categories(policy: Any) -> Iterator[Problem]:
    limits, kept = ids(policy, "time_limits"), ids(policy, "retention")
    for field, each in entries(policy, "categories"):
        if each.time_limit is not None:
            limit = limits.get(each.time_limit)
            if limit is None:
                what = f"time limit {each.time_limit} is not defined"
                yield problem(f"{field}.time_limit", what, f"时限 {each.time_limit} 未定义", one_of(limits))
            elif limit.clock != "handling":
                what = f"time limit {limit.id} is for {limit.clock}, not handling"
                yield problem(
                    f"{field}.time_limit",
                    what,
                    f"时限 {limit.id} 不是办理时限",
                    "a limit of clock handling",
                    "办理时限",
                )
        if kept and each.retention not in kept:
            what = f"retention class {each.retention} is not defined"
            yield problem(f"{field}.retention", what, f"保管期限 {each.retention} 未定义", one_of(kept))
        if (each.join == "quorum") != (each.quorum is not None):
            yield problem(
                f"{field}.quorum", "a quorum goes with the join rule quorum", "quorum 须与 join=quorum 同用", ""
            )


def _of_lead_units(policy: Any) -> Iterator[Problem]:
    for field, each in entries(policy, "categories"):
        for level, unit in each.lead.items():
            if each.lead_units and unit not in each.lead_units:
                what = f"{unit} is no competent unit"
                yield problem(f"{field}.lead.{level}", what, f"{unit} 不在主办单位之列", one_of(each.lead_units))
        for unit in each.co_units:
            if unit in each.lead.values():
                yield problem(
                    f"{field}.co_units",
                    f"{unit} is the lead already",
                    f"{unit} 已为主办单位",
                    "another unit",
                    "其他单位",
                )


def _of_quorums(policy: Any) -> Iterator[Problem]:
    """A quorum is reached by whoever is asked: where the policy names the co-units, there must be that many."""
    quorums = {each.id: each.quorum for _, each in entries(policy, "categories") if each.quorum is not None}
    for field, each in entries(policy, "categories"):
        if each.id in quorums and each.co_units:
            yield from _too_few(f"{field}.quorum", each.id, quorums[each.id], each.co_units)
    for field, rule in entries(policy, "routing"):
        for category in rule.categories:
            if category in quorums and rule.co_units:
                yield from _too_few(f"{field}.co_units", category, quorums[category], rule.co_units)


def _too_few(field: str, category: str, quorum: int, units: Sequence[str]) -> Iterator[Problem]:
    asked = len(set(units))
    if quorum > asked:
        what = f"{category} needs a quorum of {quorum}, but {asked} co-units are named"
        zh = f"{category} 须 {quorum} 家协办单位办结，但只列有 {asked} 家"
        yield problem(
            field, what, zh, f"a quorum of at most {asked}, or more units", f"quorum 不超过 {asked} 或增列单位"
        )


def _of_suspensions(policy: Any) -> Iterator[Problem]:
    """The date of review is named on suspending, within suspension_days: a limit of the clock never counts beside it.

    Where both are in days, they must say the same.
    """
    longest = getattr(getattr(policy, "thresholds", None), "suspension_days", None)  # None: could not be read
    for field, limit in entries(policy, "time_limits"):
        if longest is None or limit.clock != "suspension_review" or limit.unit != "day":
            continue
        if limit.length != longest:
            yield problem(
                f"{field}.length",
                f"{limit.length} days beside thresholds.suspension_days = {longest}, which alone governs a suspension",
                f"{limit.length} 日与 thresholds.suspension_days = {longest} 不一致，挂起只以后者为准",
                f"{longest} in both, or {limit.length} in both",
                f"两处同为 {longest} 或同为 {limit.length}",
            )


def _of_sources(policy: Any) -> Iterator[Problem]:
    """A figure without a source is nobody's: one's own says so."""
    for name in _WITH_SOURCES:
        for field, each in entries(policy, name):
            if not each.basis.strip():
                yield problem(
                    f"{field}.basis",
                    "no source is named",
                    "未注明出处",
                    "the law or rule it comes from, or who set it",
                    "所依据的法规，或自定的单位",
                )


def _of_shares(policy: Any) -> Iterator[Problem]:
    shares = getattr(policy, "warn_at", ())
    for share in sorted({each for each in shares if shares.count(each) > 1}):
        yield problem("warn_at", f"{share} % stands twice", f"{share}% 重复", "each share once", "每个比例只写一次")
    for share in shares:
        if not 0 < share < 100:
            what = f"{share} % is no share of a limit at which to warn"
            yield problem(
                "warn_at",
                what,
                f"{share}% 不能作为预警比例",
                "percents above 0 and below 100",
                "大于 0 且小于 100 的百分数",
            )


def _of_switches(policy: Any) -> Iterator[Problem]:
    """Hours run on or stand still; only what ends with a day can be counted from its start, end at close or roll."""
    for field, limit in entries(policy, "time_limits"):
        if limit.unit in ("hour", "office_hour"):
            for name, off in (("roll", "none"), ("counts_start_day", False), ("ends_at_close", False)):
                if getattr(limit, name) != off:
                    what = f"it does not go with a limit in {limit.unit}s"
                    yield problem(
                        f"{field}.{name}",
                        what,
                        "小时制时限不能用此项",
                        "a limit in days, months or years",
                        "以日、月、年计的时限",
                    )


def _of_calendars(policy: Any) -> Iterator[Problem]:
    known = ids(policy, "calendars")
    if (id := getattr(policy, "calendar", None)) is not None and id not in known:
        yield problem("calendar", f"calendar {id} is not defined", f"日历 {id} 未定义", one_of(known) or "cn")
    for field, limit in entries(policy, "time_limits"):
        if limit.calendar is not None and limit.calendar not in known:
            what = f"calendar {limit.calendar} is not defined"
            yield problem(f"{field}.calendar", what, f"日历 {limit.calendar} 未定义", one_of(known) or "cn")


def _of_routing(policy: Any) -> Iterator[Problem]:
    known = ids(policy, "categories")
    before: list[Any] = []
    for field, rule in entries(policy, "routing"):
        for category in rule.categories:
            if known and category not in known:
                what = f"category {category} is not in the catalogue"
                yield problem(f"{field}.categories", what, f"类别 {category} 不在目录内", one_of(known))
        if rule.lead_unit in rule.co_units:
            what = f"{rule.lead_unit} is the lead already"
            yield problem(f"{field}.co_units", what, f"{rule.lead_unit} 已为主办单位", "another unit", "其他单位")
        if wider := next((each.id for each in before if _covers(each, rule)), None):
            what = f"it is never asked: {wider} fits all its matters before"
            yield problem(
                field, what, f"{wider} 已先覆盖其全部事项，本条不会适用", "the narrower rule first", "范围窄的规则在前"
            )
        before.append(rule)


def _covers(rule: Any, other: Any) -> bool:
    """Whether a routing rule fits every matter that another fits."""
    for name in ("kinds", "categories", "channels", "severities", "levels"):
        if getattr(rule, name) and not (set(getattr(other, name)) or {None}) <= set(getattr(rule, name)):
            return False
    return not rule.areas or (
        bool(other.areas)
        and all(any(inner == outer or inner.startswith(f"{outer}/") for outer in rule.areas) for inner in other.areas)
    )


def _of_escalations(policy: Any) -> Iterator[Problem]:
    clocks = {limit.clock for _, limit in named(policy, "time_limits")}
    for field, each in entries(policy, "escalations"):
        if clocks and each.clock not in clocks:
            yield problem(
                f"{field}.clock", f"no time limit has the clock {each.clock}", f"没有时限使用 {each.clock}", ""
            )
        if each.then is Then.RESUME and each.clock != "suspension_review":
            what = "only what is suspended can be resumed"
            yield problem(f"{field}.clock", what, "只有挂起复核可恢复办理", "suspension_review")
        if each.then is Then.RAISE and any(level.next_up is None for level in each.levels):
            what = "nothing is above the district: it cannot be raised from there"
            yield problem(f"{field}.levels", what, "区级之上无可上提的层级", "grid, community, town")
        if (wire := _SUPERVISES.get(each.then)) is not None and not _is_reason(policy, OVERDUE, wire):
            yield problem(
                f"{field}.then",
                f"{wire} has no reason {OVERDUE}: the system could never do it",
                f"{wire} 缺少理由 {OVERDUE}，系统无法执行",
                f"the reason {OVERDUE} in reasons, for {wire}",
                f"reasons 中列有用于 {wire} 的理由 {OVERDUE}",
            )


def _is_reason(policy: Any, id: str, wire: str) -> bool:
    """Whether a reason serves a command; one that could not be read is taken to."""
    found = (reason for _, reason in named(policy, "reasons") if reason.id == id)
    return any(isinstance(reason, Unread) or wire in reason.commands for reason in found)


def _of_obligations(policy: Any) -> Iterator[Problem]:
    for field, each in entries(policy, "obligations"):
        if each.at_least is not None and each.at_least > _A_YEAR[each.every]:
            most = _A_YEAR[each.every]
            what = f"a year has {most} periods of this kind, not {each.at_least}"
            yield problem(
                f"{field}.at_least",
                what,
                f"一年只有 {most} 期，不足 {each.at_least}",
                f"at most {most}",
                f"不超过 {most}",
            )


def _of_evaluation_plans(policy: Any) -> Iterator[Problem]:
    for field, each in entries(policy, "evaluation_plans"):
        yield from (fault._replace(field=f"{field}.{fault.field}") for fault in each.faults())


def unknown_zone(name: str) -> Problem:
    """The time zone is not known on this machine."""
    return problem(
        "time_zone",
        f"time zone {name} is unknown here; where the system has no zones, install tzdata",
        f"此处没有时区 {name}；系统无时区数据时请安装 tzdata",
        "a name such as Asia/Shanghai",
        "时区名称，例如 Asia/Shanghai",
    )
