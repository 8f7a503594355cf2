"""Rules of the vote before anybody votes: announcement and notice, attempts, the roll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from govflow.clocks.moves import calendar_of, measured
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import BallotForm, Method, Tie, VoteRule
from govflow.proposals.box import LONGEST_SEALED, MOST_IN_A_BOX, sealed_length
from govflow.proposals.model import Proposal
from govflow.proposals.rules_deliberation import body_of
from govflow.proposals.vote_model import Vote
from govflow.regions.record_rules import has_elapsed
from govflow.voting import entitled
from govflow.voting.roll import unknown
from govflow.workflow import rule

# --- announcing ------------------------------------------------------------------------------------------------------


@rule("法定人数规则已固定", "design")
def quorum_rule_is_pinned(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The quorum rule in force today is pinned."""
    if event.rule is None or event.quorum is None:
        yield Detail("the policy has no rule for this vote", "政策中无本次表决的规则")
        return
    today = context.now.astimezone(context.policy.zone).date()
    first, last = event.quorum.effective_from, event.quorum.effective_to
    if (first is not None and today < first) or (last is not None and today > last):
        yield Detail(f"rule {event.quorum.id} is not in force on {today}", f"规则 {event.quorum.id} 于 {today} 不生效")


@rule("公告期不短于最低期限", "村委会法 §21 [V, pre-2026 text]", needs="opens_at closes_at")
def notice_is_long_enough(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The announced day leaves the minimum notice period."""
    if event.opens_at is None or event.closes_at is None:
        yield Detail("when voting begins and ends is not said", "未注明表决起止时间")
        return
    if event.closes_at <= event.opens_at:
        yield Detail("it would end before it begins", "截止时间早于开始时间")
    rule = getattr(event, "rule", None) or (proposal.vote.rule if proposal.vote is not None else None)
    earliest = earliest_opening(rule, context)
    if event.opens_at < earliest:
        first = earliest.isoformat(timespec="minutes")
        yield Detail(f"not before {first}", f"不得早于 {first}")


def earliest_opening(rule: VoteRule | None, context: Context) -> datetime:
    """The first moment at which a vote that is announced now may begin: once the notice of its rule is over."""
    limit = context.policy.limit(rule.notice) if rule is not None and rule.notice else None
    if limit is None:
        return context.at
    found = measured("notice", limit.id, limit.term, context, calendar_of(limit, context), new_run=None).due
    return found or context.at


@rule("备选项与表决方式相符", "design", version=2, needs="question options lot_commitment")
def options_fit_the_method(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The question is named, with as many options as the method needs and a new commitment where a lot may be drawn."""
    if not event.question.strip():
        yield Detail("the question is not named", "未写明表决事项")
    if event.rule is None:
        return
    if event.rule.method is Method.YES_NO:
        if event.options:
            yield Detail("it is answered by yes or no, without options", "赞成反对式表决不设备选项")
    elif len(event.options) < 2 or len(set(event.options)) < len(event.options):
        yield Detail("at least two options are needed, each once", "备选项至少两个且不重复")
    if event.rule.form is BallotForm.SECRET and sealed_length(event.options) > LONGEST_SEALED:
        yield Detail("more options than a secret ballot can hold", "备选项过多，无记名选票无法封装")
    earlier = {each.lot_commitment for each in proposal.items_of("vote").values()}
    if event.rule.tie is not Tie.LOT:
        if event.lot_commitment is not None:
            yield Detail("no lot is drawn: there is no seed to commit to", "本次表决不抽签，无须承诺种子")
    elif event.lot_commitment is None:
        yield Detail("the seed of a lot is committed to beforehand", "抽签种子须事先承诺")
    elif event.lot_commitment in earlier:
        yield Detail("this seed was committed to in an earlier vote", "该种子在先前的表决中已作承诺")


@rule("重新召集不改变表决事项与备选项", "S6", needs="question options")
def vote_is_the_same(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A reconvened vote asks the same question with the same options."""
    vote: Vote | None = proposal.vote
    if vote is not None and event.question != vote.question:
        yield Detail(f"the question was: {vote.question}", f"原表决事项：{vote.question}")
    if vote is not None and event.options != vote.options:
        yield Detail("the options were others", "备选项与原公告不符")


@rule("尚有剩余次数", "[config]")
def attempts_are_left(proposal: Proposal, event: Any, context: Context) -> bool:
    """Fewer attempts were made than the policy allows."""
    vote: Vote | None = proposal.vote
    return vote is not None and vote.rule is not None and proposal.attempts < vote.rule.attempts


@rule("次数已用尽", "[config]", needs="reason")
def attempts_are_used_up(proposal: Proposal, event: Any, context: Context) -> bool:
    """The attempts the policy allows are used up, or given up with a reason."""
    vote: Vote | None = proposal.vote
    used_up = vote is None or vote.rule is None or proposal.attempts >= vote.rule.attempts
    return used_up or (event.by != "system" and bool(event.reason.strip()))


@rule("属首次召集的表决", "S6")
def vote_is_the_first(proposal: Proposal, event: Any, context: Context) -> bool:
    """It is the first vote since deliberation began: called off, a reconvened one may be convened again or given up."""
    return proposal.attempts <= 1


@rule("属重新召集的表决", "S6")
def vote_is_reconvened(proposal: Proposal, event: Any, context: Context) -> bool:
    """It was announced again after too few took part."""
    return proposal.attempts > 1


@rule("公告期已满", "村委会法 §21 [V, pre-2026 text]")
def notice_has_elapsed(proposal: Proposal, event: Any, context: Context) -> bool:
    """The notice period is over."""
    return has_elapsed(proposal, "notice", context)


@rule("表决截止时间未到", "design")
def closing_lies_ahead(proposal: Proposal, event: Any, context: Context) -> bool:
    """The announced end lies ahead: a vote that nobody could take part in is postponed, not opened."""
    vote: Vote | None = proposal.vote
    return vote is None or vote.closes_at is None or context.now < vote.closes_at


# --- the roll --------------------------------------------------------------------------------------------------------


@rule("登记、剔除的表决人明确", "design", needs="voters")
def voters_are_named(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Voters are named, each once; whoever is struck stands on the roll."""
    vote: Vote = proposal.vote
    ids = [each if isinstance(each, str) else each.id for each in event.voters]
    if not ids:
        yield Detail("nobody is named", "未指明任何人")
    if len(set(ids)) < len(ids):
        yield Detail("somebody stands twice in the list", "名单中有人重复")
    if event.voters and isinstance(event.voters[0], str):
        yield from (Detail(f"{id} is not on the roll", f"{id} 不在名册") for id in ids if id not in vote.roll)


@rule("重新召集的表决沿用原名册", "S6")
def roll_stands(proposal: Proposal, event: Any, context: Context) -> bool:
    """A reconvened vote keeps the roll of the one before, so that nobody's staying away makes the quorum smaller."""
    return proposal.attempts <= 1


@rule("表决权人名册已冻结", "民法典 §278 [V]", version=2)
def electorate_is_frozen(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The electorate snapshot is taken."""
    vote: Vote = proposal.vote
    if not vote.roll or event.roll_digest is None:
        yield Detail("nobody is on the roll", "名册为空")
        return
    assert vote.quorum is not None
    if vote.form is BallotForm.SECRET and len(vote.roll) > MOST_IN_A_BOX:
        yield Detail(f"a box holds {MOST_IN_A_BOX:,} ballots at most", f"一个票箱至多容纳 {MOST_IN_A_BOX:,} 张选票")
    yield from _short_of(proposal, vote, context)
    for place, id in enumerate(unknown(vote.roll, vote.quorum.bases)):
        if place == 5:
            yield Detail("and more", "等")
            return
        yield Detail(f"household or area of {id} is not known", f"{id} 的户或面积不详")


def _short_of(proposal: Proposal, vote: Vote, context: Context) -> Iterator[Detail]:
    """A body whose size the policy lists votes as a whole: with all its members, or somebody of every household."""
    kind = proposal.procedure.electorate if proposal.procedure is not None else None
    body = body_of(proposal, kind, context) if kind is not None else None
    if body is None or not (body.members or body.households):
        return
    whole = entitled(vote.roll)
    if body.members != whole.persons and (not body.households or body.households != whole.households):
        en = f"{body.en} has {body.members} members and {body.households} households"
        zh = f"{body.zh}有成员 {body.members} 人、{body.households} 户"
        yield Detail(
            f"{en}, the roll {whole.persons} and {whole.households}",
            f"{zh}，名册为 {whole.persons} 人、{whole.households} 户",
        )


@rule("表决人在冻结名册内", "村委会法 §22 [V, pre-2026 text]", needs="voter")
def voter_is_in_snapshot(proposal: Proposal, event: Any, context: Context) -> bool:
    """The voter is in the frozen electorate."""
    return event.voter is not None and event.voter in proposal.vote.roll
