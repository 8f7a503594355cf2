"""What cannot hold together in the bodies, quorum rules and decision procedures of a policy.

Proxies go with a secret ballot: whoever was given the authority votes unseen as well. Bodies need not be listed; where
any is, those that a procedure names must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from govflow.actors import ROLES
from govflow.errors import Problem
from govflow.policy.entries import Unread, entries, ids, named, one_of, problem
from govflow.policy.practice import Share
from govflow.policy.procedures import BallotForm, Base, Method, Tie

_BASES = {Base.PERSONS: "人数", Base.HOUSEHOLDS: "户数", Base.AREA: "面积"}


def contradictions_of_deliberation(policy: Any) -> Iterator[Problem]:
    """Every problem of bodies, quorum rules and procedures."""
    yield from _of_quorum_rules(policy)
    yield from _of_bodies(policy)
    for field, track in entries(policy, "procedures"):
        yield from _of_support(field, track, policy)
        yield from _of_stages(field, track, policy)
        yield from _of_vote(f"{field}.vote", track.vote, policy)
        yield from _of_names(field, track, policy)
        if track.appraisal is not None:
            yield from _of_nothing(f"{field}.appraisal.quorum", track.appraisal.quorum)


def _of_nothing(field: str, share: Share) -> Iterator[Problem]:
    """三分之零以上 at least none of it: that is reached when nobody comes, and when nobody is in favour."""
    if share.numerator == 0 and share.inclusive:
        yield problem(
            field,
            "at least nothing is always reached",
            "“零以上”始终达到",
            "a share above nothing, such as 1/2",
            "大于零的比例，例如 1/2",
        )


# --- quorum rules ----------------------------------------------------------------------------------------------------


def _of_quorum_rules(policy: Any) -> Iterator[Problem]:
    for field, rule in entries(policy, "quorum_rules"):
        first, last = rule.effective_from, rule.effective_to
        if first is not None and last is not None and last < first:
            yield problem(
                f"{field}.effective_to",
                f"it ends on {last}, before it begins on {first}",
                f"终止 {last} 早于起始 {first}",
                f"{first} or later",
                f"{first} 或以后",
            )
        for place, option in enumerate(rule.presence):
            if not option:
                yield problem(
                    f"{field}.presence[{place}]",
                    "an alternative that asks for nothing is always met",
                    "空的一项始终满足",
                    "the shares that must be there together",
                    "须同时达到的比例",
                )
            for number, each in enumerate(option):
                yield from _of_nothing(f"{field}.presence[{place}][{number}].share", each.share)
        for place, each in enumerate(rule.decision):
            yield from _of_nothing(f"{field}.decision[{place}].share", each.share)


def _of_rule_named(field: str, id: str, policy: Any) -> Iterator[Problem]:
    """A quorum rule that a procedure names: it exists, and is in force when the policy is."""
    known = ids(policy, "quorum_rules")
    begins = getattr(policy, "effective_from", None)  # None: could not be read
    if id not in known:
        what, zh = f"quorum rule {id} is not defined", f"法定人数规则 {id} 未定义"
        yield problem(field, what, zh, one_of(known) or "[[quorum_rules]]")
    elif (last := getattr(known[id], "effective_to", None)) is not None and begins is not None and last < begins:
        yield problem(
            field,
            f"quorum rule {id} ended on {last}, before this policy begins on {begins}",
            f"法定人数规则 {id} 已于 {last} 终止，早于本政策施行日 {begins}",
            "a rule that is in force",
            "现行有效的规则",
        )


# --- bodies ----------------------------------------------------------------------------------------------------------


def _of_bodies(policy: Any) -> Iterator[Problem]:
    known, categories = ids(policy, "bodies"), ids(policy, "categories")
    units: dict[str, str] = {}
    for field, body in entries(policy, "bodies"):
        if body.above is not None and body.above not in known:
            what = f"body {body.above} is not defined"
            yield problem(f"{field}.above", what, f"议事机构 {body.above} 未定义", one_of(known))
        elif circle := _circle(body, known):
            path = " → ".join(circle)
            yield problem(
                f"{field}.above",
                f"it stands above itself: {path}",
                f"上下级成环：{path}",
                "a body that is not below it",
                "非其下级的机构",
            )
        if body.unit is not None and (other := units.setdefault(body.unit, body.id)) != body.id:
            what = f"{body.unit} is the unit of {other} already"
            yield problem(f"{field}.unit", what, f"单位 {body.unit} 已属 {other}", "a unit of its own", "各自的单位")
        for subject in body.subjects:
            if categories and subject not in categories:
                what = f"category {subject} is not in the catalogue"
                yield problem(f"{field}.subjects", what, f"类别 {subject} 不在目录内", one_of(categories))


def _circle(body: Any, known: dict[str, Any]) -> list[str]:
    """The way up from a body back to itself; empty where there is none."""
    path, above = [body.id], body.above
    while above is not None and above not in path:
        path.append(above)
        above = getattr(known.get(above), "above", None)
    return [*path, above] if above == body.id else []


def _of_kind(field: str, kind: str | None, policy: Any) -> Iterator[Problem]:
    """A kind of body that a procedure names."""
    listed = [body for _, body in named(policy, "bodies")]
    kinds = dict.fromkeys(body.kind for body in listed)
    if kind is not None and kinds and kind not in kinds and "" not in kinds:
        what = f"no body of kind {kind} is listed"
        yield problem(field, what, f"未列有 {kind} 类议事机构", one_of(kinds))


# --- procedures ------------------------------------------------------------------------------------------------------


def _of_support(field: str, track: Any, policy: Any) -> Iterator[Problem]:
    for place, each in enumerate(track.support):
        at = f"{field}.support[{place}]"
        if each.of is None and not each.least:
            yield problem(
                at, "it asks for nobody", "未要求任何人附议", "least, or a share of a body", "least 或机构人数的比例"
            )
        if each.of is None and _is_slip(each.capacity):
            yield _no_role(f"{at}.capacity", each.capacity)
        if each.share is not None:
            yield from _of_nothing(f"{at}.share", each.share)
            yield from _of_kind(f"{at}.of", each.of, policy)
            yield from _of_size(f"{at}.of", each.of, policy)


def _of_size(field: str, kind: str, policy: Any) -> Iterator[Problem]:
    """Of how many a share is, and whose unit they sign as members of, stands with the body."""
    found = [body for _, body in named(policy, "bodies") if body.kind in (kind, "")]
    for name, zh in (("members", "人数"), ("unit", "单位")):
        if found and not any(isinstance(body, Unread) or getattr(body, name) for body in found):
            yield problem(
                field,
                f"no body of kind {kind} has {name}: nobody could reach the share",
                f"{kind} 类议事机构均未载明{zh}，比例无从达到",
                f"{name} in [[bodies]]",
                f"[[bodies]] 的 {name}",
            )


def _of_stages(field: str, track: Any, policy: Any) -> Iterator[Problem]:
    rules = ids(policy, "quorum_rules")
    for place, stage in enumerate(track.stages):
        at = f"{field}.stages[{place}]"
        alike = (each for each in track.stages[:place] if each.changed(id=stage.id) == stage)
        if (first := next(alike, None)) is not None:
            what = f"{stage.id} is {first.id} over again"
            yield problem(at, what, f"{stage.id} 与 {first.id} 完全相同", "each stage once", "每个阶段只写一次")
        yield from _of_kind(f"{at}.body", stage.body, policy)
        if stage.quorum is not None:
            yield from _of_rule_named(f"{at}.quorum", stage.quorum, policy)
            rule = rules.get(stage.quorum)
            for base in _others(rule.bases if rule is not None and not isinstance(rule, Unread) else ()):
                yield problem(
                    f"{at}.quorum",
                    f"a stage counts people alone, and {stage.quorum} asks for {base}",
                    f"审议阶段只计人数，而 {stage.quorum} 按{_BASES[base]}计",
                    "a rule of persons",
                    "按人数计的规则",
                )


def _others(bases: Iterable[Base]) -> list[Base]:
    return sorted(set(bases) - {Base.PERSONS})


def _of_vote(field: str, vote: Any, policy: Any) -> Iterator[Problem]:
    yield from _of_rule_named(f"{field}.quorum", vote.quorum, policy)
    yield from _of_notice(f"{field}.notice", vote.notice, policy)
    if vote.method is not Method.YES_NO:
        if vote.support is not None:
            yield from _of_nothing(f"{field}.support", vote.support)
        return
    rule = ids(policy, "quorum_rules").get(vote.quorum)
    counted = rule.decision if rule is not None and not isinstance(rule, Unread) else ()
    for base in _others(each.base for each in counted) if vote.form is BallotForm.SECRET else ():
        yield problem(
            f"{field}.form",
            f"nobody knows whose secret ballots are, and {vote.quorum} decides by {base}",
            f"无记名投票不知票属何人，而 {vote.quorum} 按{_BASES[base]}计算多数",
            "an open ballot, or a majority of persons",
            "记名投票，或按人数计算的多数",
        )
    if vote.tie is not Tie.FAILS:
        what = f"yes or no is decided by a majority: no tie is left to {vote.tie}"
        yield problem(f"{field}.tie", what, "赞成反对式表决按多数决定，没有并列", "fails", "fails")
    for name, given in (("support", vote.support is not None), ("max_choices", vote.max_choices > 0)):
        if given:
            yield problem(
                f"{field}.{name}",
                "it goes with a choice between options, not with yes or no",
                "仅用于在备选项中选择，不用于赞成反对式表决",
                "another method, or none of it",
                "其他表决方式，或不写此项",
            )


def _of_notice(field: str, id: str | None, policy: Any) -> Iterator[Problem]:
    limits = ids(policy, "time_limits")
    limit = limits.get(id or "")
    of_notice = one_of(each.id for each in limits.values() if each.clock == "notice") or "clock = notice"
    if id is not None and limit is None:
        yield problem(field, f"time limit {id} is not defined", f"时限 {id} 未定义", of_notice)
    elif limit is not None and not isinstance(limit, Unread) and limit.clock != "notice":
        what = f"time limit {id} is for {limit.clock}, not notice"
        yield problem(field, what, f"时限 {id} 不是公告期限", of_notice)


def _of_names(field: str, track: Any, policy: Any) -> Iterator[Problem]:
    yield from _of_kind(f"{field}.electorate", track.electorate, policy)
    for role in track.proposers:
        if _is_slip(role):
            yield _no_role(f"{field}.proposers", role)
    for place, filing in enumerate(track.filings):
        if filing.by not in ROLES:
            yield _no_role(f"{field}.filings[{place}].by", filing.by)


def _is_slip(role: str) -> bool:
    """A name that is nearly a role's is a slip of the pen; any other may be a role of the town's own."""
    return role not in ROLES and bool(get_close_matches(role, ROLES, n=1, cutoff=0.8))


def _no_role(field: str, role: str) -> Problem:
    near = get_close_matches(role, sorted(ROLES), n=3)
    return problem(field, f"there is no role {role}", f"没有角色 {role}", one_of(near or sorted(ROLES)))
