"""Rules of the chair: whose turn it is, which contacts are missing, who may score; and the report of a term."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from govflow.actors import Role, covers
from govflow.alliances.chair_model import AssessorGroup, ChairStatus, ChairTerm, Counterpart, TermPeriod
from govflow.alliances.model import Alliance
from govflow.context import Context
from govflow.errors import Detail
from govflow.workflow import rule

YEARS = 5
"""A term begins within so many years, and lasts so many at most (a bound of our own: periods are stored one by one)."""
TIME_TO_SCORE = timedelta(days=30)
"""For so long at least the four groups may score before a term ends without those that stay silent (ours)."""
CHAIR_PLAN = "chair"
"""The id of the evaluation plan whose weights count at the end of a term."""

# --- whose turn it is ------------------------------------------------------------------------------------------------


def turn_order(alliance: Alliance) -> tuple[str, ...]:
    """The order of turns: the agreed one, behind it whoever came later. Units that left keep their place."""
    return tuple(dict.fromkeys((*alliance.rotation, *alliance.items_of("member"))))


def next_in_turn(alliance: Alliance) -> str | None:
    """The full member whose turn in the chair is next; None where there is none.

    That is whoever follows in the order on the unit that was last in the chair or last let a turn pass; who has left
    is passed over, who let a turn pass is asked again the next time round.
    """
    order, members = turn_order(alliance), alliance.items_of("member")
    last = _last_turn(alliance)
    start = order.index(last) + 1 if last is not None and last in order else 0
    around = (*order[start:], *order[:start])
    return next((unit for unit in around if unit in members and members[unit].has_a_turn), None)


def _last_turn(alliance: Alliance) -> str | None:
    terms = tuple(alliance.items_of("chair_term").values())
    passed = [each.unit for each in alliance.declined if each.behind == len(terms)]
    return passed[-1] if passed else terms[-1].unit if terms else None


@rule("轮值次序正确", "M120", needs="unit")
def chair_is_next_in_turn(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """The chair is next in the rotation."""
    if alliance.chair is not None:
        yield Detail(f"{alliance.chair} is in the chair still", f"{alliance.chair} 仍在任期内")
    due = next_in_turn(alliance)
    if event.unit is None or event.unit != due:
        yield Detail(f"the turn is that of {due or 'nobody'}", f"应由 {due or '（无）'} 轮值")


@rule("任期起止及各期间已明,期间依次相接于任期内", "M121", needs="unit first last periods")
def term_and_periods_are_named(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """First and last day are named, and its periods fill the term one after the other, without gap or overlap."""
    if event.first is None or event.last is None or event.last < event.first:
        yield Detail("first and last day are asked for, in this order", "须依次载明起止日")
        return
    if event.until is None:
        yield Detail(
            f"a term begins within {YEARS} years and lasts {YEARS} years at most",
            f"任期应于 {YEARS} 年内开始，且不超过 {YEARS} 年",
        )
        return
    if event.until <= context.at:
        yield Detail("the term is over already", "任期已满")
    expected = event.first.toordinal()
    for period in event.periods:
        if period.first.toordinal() != expected or period.last < period.first:
            yield Detail(f"the period from {period.first} does not follow", f"{period.first} 起的期间不相接")
            return
        expected = period.last.toordinal() + 1
    if expected != event.last.toordinal() + 1:
        yield Detail("the periods do not end with the term", "各期间未止于任期末日")


def is_within_bounds(first: date, last: date, today: date) -> bool:
    """Whether a term begins within five years and lasts five years at most."""
    ends = (last.year, last.month, last.day)
    return first.year <= today.year + YEARS and ends < (first.year + YEARS, first.month, first.day)


@rule("离任考核方案的评价来源即四个考核方", "M122", needs="weights")
def plan_weighs_the_four_groups(alliance: Alliance, event: Any, context: Context) -> bool:
    """The policy's plan of the chair, where it has one, weighs the four groups and nobody else."""
    plan = context.policy.evaluation_plan(CHAIR_PLAN)
    return plan is None or {each.id for each in plan.sources} == set(AssessorGroup)


# --- contacts --------------------------------------------------------------------------------------------------------


class MissingContact(NamedTuple):
    """A contact that a term lacks: with whom, which unit, in which period (None: once in the term)."""

    counterpart: Counterpart
    unit: str
    period: TermPeriod | None

    def sentence(self) -> Detail:
        """The same in words, English and Chinese."""
        if self.period is None:
            return Detail(f"the member {self.unit} was not contacted", f"未联系成员单位 {self.unit}")
        en, zh = _NAMES[self.counterpart]
        first, last = self.period.first, self.period.last
        return Detail(
            f"{first} to {last}: {en} {self.unit} was not contacted", f"{first} 至 {last}：未与{zh} {self.unit} 沟通"
        )


_NAMES = {
    Counterpart.COMMITTEE: ("the committee", "二级党委"),
    Counterpart.GUIDANCE: ("the guiding department", "指导部门"),
}


def term_report(alliance: Alliance, term: ChairTerm) -> tuple[MissingContact, ...]:
    """Which contacts a term lacks: of both counterparts period by period, then of the members it owes one to.

    Owed is a contact to every full member but the chair itself that joined before the term was over; who has left
    meanwhile is owed none (both a reading of our own).
    """
    days = {
        kind: [each.day for each in term.contacts if each.counterpart == kind]
        for kind in (Counterpart.COMMITTEE, Counterpart.GUIDANCE)
    }
    units = {Counterpart.COMMITTEE: alliance.committee, Counterpart.GUIDANCE: alliance.guidance}
    missing = [
        MissingContact(kind, units[kind] or "", period)
        for period in term.periods
        for kind in days
        if not any(period.first <= day <= period.last for day in days[kind])
    ]
    reached = {each.unit for each in term.contacts if each.counterpart == Counterpart.MEMBER}
    for unit, member in alliance.items_of("member").items():
        owed = (
            member.has_a_turn and unit != term.unit and term.until is not None and member.spans[-1].joined < term.until
        )
        if owed and unit not in reached:
            missing.append(MissingContact(Counterpart.MEMBER, unit, None))
    return tuple(missing)


@rule("联系对象及日期已明,且在任期内", "M121", needs="counterpart unit day")
def contact_is_described(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """With whom and when is named: one of the counterparts or another unit of the alliance, within the term."""
    term: Any = context.item
    if event.counterpart is None:
        yield Detail("with whom is not said", "未注明联系对象")
    elif event.unit is None:
        yield Detail("the unit is not named", "未注明单位")
    elif event.counterpart == Counterpart.MEMBER and (event.unit not in alliance.included or event.unit == term.unit):
        yield Detail(f"{event.unit} is no other unit of the alliance", f"{event.unit} 非联盟其他单位")
    today = context.at.astimezone(context.policy.zone).date()
    if not term.first <= event.day <= min(term.last, today):
        yield Detail(
            f"the day must lie between {term.first} and {min(term.last, today)}",
            f"日期应在 {term.first} 至 {min(term.last, today)} 之间",
        )


@rule("两通一联已完成", "M121")
def contacts_are_complete(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """Both counterparts were contacted in every period and every member once."""
    assert isinstance(context.item, ChairTerm)
    return (each.sentence() for each in term_report(alliance, context.item))


@rule("任期已满", "design")
def term_is_over(alliance: Alliance, event: Any, context: Context) -> bool:
    """The term is over: no contact that it lacks can be made any more, and what is missing is judged with the rest."""
    term: Any = context.item
    return bool(context.at >= term.until)


@rule("启动考核或结束任期者非轮值主席单位的人", "M122")
def chair_has_no_hand_in_it(alliance: Alliance, event: Any, context: Context) -> bool:
    """Whoever opens the assessment or ends the term is not of the unit in the chair, by whatever claim."""
    return not _is_of_the_chair(context)


def _is_of_the_chair(context: Context) -> bool:
    term: Any = context.item
    return term.unit in {claim.unit for claim in context.claims}


@rule("各考核方评分期已满", "design")
def groups_had_their_time(alliance: Alliance, event: Any, context: Context) -> bool:
    """The groups had thirty days to score, from the opening of the assessment and the end of the term on."""
    term: Any = context.item
    return bool(context.at >= max(term.until, term.assessed_at or term.until) + TIME_TO_SCORE)


# --- scores ----------------------------------------------------------------------------------------------------------


@rule("评分者代表该考核方,且非轮值主席单位的人", "M122", needs="group")
def assessor_is_of_the_group_and_not_of_the_chair(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """Whoever scores speaks for the assessor group named, and is not of the unit in the chair."""
    term: Any = context.item
    if _is_of_the_chair(context):
        yield Detail(f"{term.unit} is the unit in the chair", f"{term.unit} 为轮值主席单位")
    held = [
        claim
        for claim in context.claims
        if claim.role in context.step.who
        and covers(claim, alliance.level, alliance.area)
        and alliance.fits(claim.role, claim, event.by, context.on_behalf_of, term)
    ]
    units = {claim.unit for claim in held} - {None}
    members = alliance.items_of("member")
    speaks = {
        AssessorGroup.COMMITTEE: alliance.committee in units,
        AssessorGroup.DEPARTMENT: alliance.guidance in units,
        AssessorGroup.MEMBERS: any(each.has_a_turn and unit in units for unit, each in members.items()),
        AssessorGroup.SUPERVISORS: any(
            claim.role == Role.SUPERVISOR and alliance.supervisors in (None, claim.unit) for claim in held
        ),
    }
    if event.group is None or not speaks[event.group]:
        group = event.group or "no group"
        yield Detail(f"{event.by} does not speak for {group}", f"{event.by} 不代表 {event.group or '任何考核方'}")


@rule("每一考核方评分一次,且由不同的人评分", "M122", needs="group points")
def score_is_the_first_of_its_group(alliance: Alliance, event: Any, context: Context) -> bool:
    """Points are given, the group has not scored before, and nobody scores for two groups."""
    term: Any = context.item
    again = event.by in {each.by for each in term.scores}
    return event.points is not None and event.group in term.groups_to_score and not again


@rule("各考核方评分齐全", "M122", needs="reason")
def assessor_scores_are_complete(alliance: Alliance, event: Any, context: Context) -> Iterator[Detail]:
    """Every assessor group has scored, or is marked none because the project ended."""
    term: Any = context.item
    has_left = alliance.status not in context.deciders[alliance.kind_of_record].active
    is_early = term.status == ChairStatus.SERVING and context.at < term.until
    if event.none and not (has_left or is_early):
        groups = ", ".join(event.none)
        yield Detail(f"no score of {groups} yet, and the term does not end early", f"{groups} 未评分，且非提前离任")
    if event.none and not event.reason.strip():
        yield Detail("a term that ends early asks for a reason", "提前离任须说明理由")
