"""Rules of a budget round: its money and phases, the roll and the ballots, the count, the public notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from govflow.actors import Role
from govflow.budgets.counting import flaws_of
from govflow.budgets.entry import EntryStatus
from govflow.budgets.model import BudgetRound
from govflow.clocks import Clock
from govflow.context import Context
from govflow.errors import Detail
from govflow.regions.objection import open_objections, upheld_objections
from govflow.workflow import rule


def is_over(clock: Clock | None, context: Context) -> bool:
    """Whether a period has run out; one that was never started has not."""
    return clock is not None and clock.due is not None and context.now >= clock.due


def _runs_until(clock: Clock | None) -> str:
    return clock.due.isoformat(timespec="minutes") if clock is not None and clock.due is not None else "?"


# --- beginning -------------------------------------------------------------------------------------------------------


@rule("名称、层级已明,方案在政策中", "M110", needs="title level programme")
def round_is_described(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """A title, a level and a programme of the policy are given."""
    if not event.title.strip():
        yield Detail("a title", "名称")
    if event.level is None:
        yield Detail("a level", "层级")
    if event.programme is None:
        known = ", ".join(each.id for each in context.policy.programmes)
        yield Detail(f"a programme of the policy: {known or 'it has none'}", f"政策中的方案：{known or '无'}")


@rule("导入的项目清单自洽", "design", needs="entries programme")
def imported_list_is_sound(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The imported entries have names of their own, and kinds of the programme."""
    numbers = [each.number for each in event.entries]
    if not numbers:
        yield Detail("there is no entry", "没有项目")
    if len(set(numbers)) < len(numbers):
        yield Detail("a number stands twice", "编号重复")
    kinds = {each.id for each in event.programme.kinds} if event.programme is not None else set()
    if strange := sorted({each.kind for each in event.entries} - kinds):
        yield Detail(f"no kind of the programme: {', '.join(strange)}", f"方案中无此类别：{'、'.join(strange)}")


@rule("已有可用资金", "M110")
def envelope_has_money(round: BudgetRound, event: Any, context: Context) -> bool:
    """There is money in the envelope."""
    return round.available > 0


@rule("征集已满最短期限", "[config]")
def collecting_lasted_long_enough(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Projects could be entered for as long as the policy says."""
    clock = round.clocks.get("consultation")
    if not is_over(clock, context):
        yield Detail(f"it lasts until {_runs_until(clock)}", f"征集至 {_runs_until(clock)}")


# --- the roll and the list -------------------------------------------------------------------------------------------


@rule("登记、剔除的表决人明确", "design", needs="voters")
def roll_changes_are_named(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """People are named, each once; whoever is struck stands on the roll."""
    ids = [each if isinstance(each, str) else each.id for each in event.voters]
    if not ids:
        yield Detail("nobody is named", "未指明任何人")
    if len(set(ids)) < len(ids):
        yield Detail("somebody stands twice in the list", "名单中有人重复")
    if event.voters and isinstance(event.voters[0], str):
        yield from (Detail(f"{id} is not on the roll", f"{id} 不在名册") for id in ids if id not in round.roll)


@rule("名册与清单可以冻结,截止时间在后", "M110", needs="closes_at")
def ballot_can_begin(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Somebody is on the roll, every entry is reviewed and one at least is eligible, and the end lies ahead."""
    if not round.roll:
        yield Detail("nobody is on the roll", "名册为空")
    entries = round.items_of("entry").values()
    for each in entries:
        if each.status == EntryStatus.PROPOSED:
            yield Detail(f"entry {each.key} is not reviewed", f"项目 {each.key} 未审核")
    if not event.paper:
        yield Detail("no entry is eligible", "没有入围项目")
    if event.closes_at is not None and event.closes_at <= context.at:
        yield Detail("the end lies in the past", "截止时间已过")


# --- ballots ---------------------------------------------------------------------------------------------------------


@rule("表决人在冻结名册内且亲自投票", "design", needs="voter")
def voter_is_on_the_roll(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The voter stands on the frozen roll, and votes in person, or as the unit that they are the voter of."""
    units = {claim.unit for claim in context.claims if claim.role == Role.VOTER} - {None}
    acting = {event.by} | ({context.on_behalf_of} & units)
    if event.voter not in round.roll:
        yield Detail(f"{event.voter} is not on the roll", f"{event.voter} 不在名册")
    elif event.voter not in acting:
        yield Detail(f"{event.by} does not vote for {event.voter}", f"{event.by} 不能代 {event.voter} 投票")


@rule("每人一票", "M110", needs="voter")
def voter_votes_once(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The voter has not voted, or may vote anew; a ballot on paper is not replaced."""
    before = round.cast.get(event.voter or "")
    if before is None:
        return
    if round.programme is None or not round.programme.replaceable:
        yield Detail(f"{event.voter} has voted", f"{event.voter} 已投票")
    elif before.on_paper:
        yield Detail(f"{event.voter} has voted on paper", f"{event.voter} 已投纸质选票")


@rule("在表决期内", "M110")
def ballot_comes_in_time(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Voting has not ended."""
    clock = round.clocks.get("ballot")
    if is_over(clock, context):
        yield Detail(f"voting ended at {_runs_until(clock)}", f"表决已于 {_runs_until(clock)} 截止")


@rule("选票符合方案", "M110", needs="ballot")
def ballot_fits_the_programme(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The ballot names entries of the list, within the bounds of the programme."""
    if event.ballot is None:
        yield Detail("the ballot is missing", "缺选票")
    else:
        yield from (Detail(each.en, each.zh) for each in flaws_of(round, event.ballot))


@rule("纸质选票逐张有效且不重复", "M110", needs="ballots")
def paper_ballots_are_in_order(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Each ballot on paper is of somebody on the roll who has not voted, and fits the programme."""
    return _ballots_in_order(round, event, bounds=True)


@rule("导入的选票均属名册内且只列清单项目", "design", needs="ballots")
def imported_ballots_name_the_list(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Each imported ballot is of somebody on the roll and names entries of the list alone."""
    return _ballots_in_order(round, event, bounds=False)


def _ballots_in_order(round: BudgetRound, event: Any, *, bounds: bool) -> Iterator[Detail]:
    if not event.ballots:
        yield Detail("there is no ballot", "没有选票")
    seen: set[str] = set()
    for each in event.ballots:
        if each.voter not in round.roll:
            yield Detail(f"{each.voter} is not on the roll", f"{each.voter} 不在名册")
        elif each.voter in round.cast or each.voter in seen:
            yield Detail(f"{each.voter} has voted", f"{each.voter} 已投票")
        for flaw in flaws_of(round, each.ballot):
            if bounds or not flaw.code.startswith(("min_", "max_")):
                yield Detail(f"{each.voter}: {flaw.en}", f"{each.voter}：{flaw.zh}")
        seen.add(each.voter)


@rule("表决已结束", "M110")
def voting_has_ended(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The end of voting has come, or everybody has voted for good."""
    clock = round.clocks.get("ballot")
    if not is_over(clock, context) and not _all_voted_for_good(round):
        yield Detail(f"it lasts until {_runs_until(clock)}", f"表决至 {_runs_until(clock)}")


def _all_voted_for_good(round: BudgetRound) -> bool:
    """Whether nobody may vote any more: everybody has, with ballots that are not replaced."""
    if round.programme is None or len(round.cast) < len(round.roll):
        return False
    return not round.programme.replaceable or all(each.on_paper for each in round.cast.values())


# --- the result ------------------------------------------------------------------------------------------------------


@rule("公示文本已填", "M092", needs="public_text")
def result_is_put_in_words(round: BudgetRound, event: Any, context: Context) -> bool:
    """What is made public is put in words."""
    return bool(event.public_text.strip())


@rule("结果公示已满期限", "M092")
def result_was_public_long_enough(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """The result was on public notice for as long as the policy says."""
    clock = round.clocks.get("publicity")
    if not is_over(clock, context):
        yield Detail(f"it lasts until {_runs_until(clock)}", f"公示至 {_runs_until(clock)}")


@rule("无待决异议,亦无成立而未处理的异议", "M092")
def no_objection_stands(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """No objection waits for its answer, and none that was upheld is left without a new ballot."""
    for each in open_objections(round):
        yield Detail(f"objection {each.key} waits for its answer", f"异议 {each.key} 待答复")
    for each in upheld_objections(round):
        yield Detail(f"objection {each.key} was upheld", f"异议 {each.key} 成立")


@rule("入选项目尚未立项", "design")
def nothing_is_commissioned(round: BudgetRound, event: Any, context: Context) -> bool:
    """No winner was handed over to be carried out."""
    held = (each.status == EntryStatus.COMMISSIONED for each in round.items_of("entry").values())
    return not round.has_commissioned and not any(held)


@rule("宣布无效者在本轮无参选项目", "petitions §28 [V]; M110")
def voider_has_no_entry(round: BudgetRound, event: Any, context: Context) -> Iterable[str]:
    """Neither who voids a ballot, nor their unit, nor whom they must keep away from has an entry in the round."""
    units = {claim.unit for claim in context.claims} - {None}
    close = {event.by, *units, *context.interests} | ({context.on_behalf_of} - {None})
    for each in round.items_of("entry").values():
        if each.proposer in close:
            yield Detail(f"entry {each.key} is of {each.proposer}", f"项目 {each.key} 由 {each.proposer} 申报")
