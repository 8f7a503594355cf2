"""Rules of the vote: announcement and notice, the roll, ballots and proxies, the box, the count."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from govflow.actors import Role, covers
from govflow.clocks.moves import calendar_of, measured
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import BallotForm, Base, Method, Tie, VoteRule
from govflow.proposals.box import LONGEST_SEALED, MOST_IN_A_BOX, box_of, sealed_length
from govflow.proposals.model import Proposal
from govflow.proposals.rules_deliberation import body_of, has_elapsed
from govflow.proposals.vote_model import Vote
from govflow.voting import commitment_of, entitled, lacks
from govflow.voting.lot import fits_a_lot
from govflow.voting.roll import unknown
from govflow.workflow import rule

SEED_IS_AWAITED = timedelta(days=3)
"""How long after the end of a vote with a tie its seed may still be shown: then it may be closed without."""
PROXY_PAPER = "authority"
"""The kind of evidence that a written authority is (委托书)."""

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
        yield Detail("more options than a secret ballot can hold", "备选项过多,无记名选票无法封装")
    earlier = {each.lot_commitment for each in proposal.items_of("vote").values()}
    if event.rule.tie is not Tie.LOT:
        if event.lot_commitment is not None:
            yield Detail("no lot is drawn: there is no seed to commit to", "本次表决不抽签,无须承诺种子")
    elif event.lot_commitment is None:
        yield Detail("the seed of a lot is committed to beforehand", "抽签种子须事先承诺")
    elif event.lot_commitment in earlier:
        yield Detail("this seed was committed to in an earlier vote", "该种子在先前的表决中已作承诺")


@rule("重新召集不改变表决事项与备选项", "S6", needs="question options")
def vote_is_the_same(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A reconvened vote asks the same question with the same options."""
    vote: Vote | None = proposal.vote
    if vote is not None and event.question != vote.question:
        yield Detail(f"the question was: {vote.question}", f"原表决事项: {vote.question}")
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
            f"{zh},名册为 {whole.persons} 人、{whole.households} 户",
        )


@rule("表决人在冻结名册内", "村委会法 §22 [V, pre-2026 text]", needs="voter")
def voter_is_in_snapshot(proposal: Proposal, event: Any, context: Context) -> bool:
    """The voter is in the frozen electorate."""
    return event.voter is not None and event.voter in proposal.vote.roll


# --- proxies ---------------------------------------------------------------------------------------------------------


def acting_as(by: str, context: Context, role: Role = Role.VOTER) -> set[str]:
    """Whom an actor votes as: themselves, and the unit they speak for in this role; whoever works there has no say."""
    units = {claim.unit for claim in context.claims if claim.role == role} - {None}
    return {by} | ({context.on_behalf_of} & units if context.on_behalf_of else set())


@rule("代理人已获授权", "[M]", needs="voter")
def proxy_is_authorised(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A proxy holds a written authority and stays within the allowed number."""
    vote: Vote = proposal.vote
    acting = acting_as(event.by, context)
    if event.voter in acting:
        return
    holder = vote.proxies.get(event.voter or "")
    if holder is None or holder not in acting:
        yield Detail(f"{event.by} holds no authority of {event.voter}", f"{event.by} 未获 {event.voter} 委托")
        return
    allowed = vote.rule.proxies if vote.rule is not None else 0
    if event.voter not in vote.cast and vote.for_others.get(holder, 0) >= allowed:
        yield Detail(f"{holder} has voted for {allowed} others already", f"{holder} 已代 {allowed} 人表决")


@rule("委托书面、受托人为表决人且未超人数", "[M]", version=2, needs="voter holder paper")
def proxy_may_be_held(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The authority is on file, both are on the roll, and the holder holds no more than allowed."""
    vote: Vote = proposal.vote
    allowed = vote.rule.proxies if vote.rule is not None else 0
    if event.voter == event.holder:
        yield Detail("nobody is one's own proxy", "不能委托本人")
    for id in (event.voter, event.holder):
        if id is None or id not in vote.roll:
            yield Detail(f"{id} is not on the roll", f"{id} 不在名册")
    if event.voter in vote.cast:
        yield Detail(f"{event.voter} has voted", f"{event.voter} 已表决")
    again = vote.proxies.get(event.voter or "") == event.holder
    if not again and vote.held.get(event.holder or "", 0) >= allowed:
        yield Detail(f"a holder may have {allowed} proxies", f"每人至多受 {allowed} 人委托")
    piece = proposal.item("evidence", event.paper or "")
    if piece is None or piece.status != "added":
        yield Detail("the written authority is not on file", "委托书不在卷")
    elif piece.kind != PROXY_PAPER:
        yield Detail(
            f"{event.paper} is no authority, but of kind {piece.kind}", f"{event.paper} 不是委托书({piece.kind})"
        )


@rule("委托出自本人,或由秘书处据委托书登记", "[M]", version=2, needs="voter")
def proxy_is_ones_own_to_give(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A voter gives or takes back their own authority alone; officials of the place enter what was given to others."""
    acting = acting_as(event.by, context)
    if event.voter in acting:
        return
    offices = (claim for claim in context.claims if claim.role in context.step.who and claim.role != Role.VOTER)
    if not any(covers(claim, proposal.level, proposal.area) for claim in offices):
        yield Detail(f"it is {event.voter}'s to give", f"应由 {event.voter} 本人委托")
    elif getattr(event, "holder", None) in acting:
        yield Detail("nobody enters an authority for themselves", "不得登记以本人为受托人的委托")


@rule("委托尚未使用", "[M]", version=2, needs="voter")
def proxy_is_unused(proposal: Proposal, event: Any, context: Context) -> bool:
    """The authority stands and was not used for good: while ballots are replaceable it can be taken back."""
    vote: Vote = proposal.vote
    return event.voter in vote.proxies and (event.voter not in vote.cast or _is_replaceable(vote))


def _is_replaceable(vote: Vote) -> bool:
    return vote.rule is not None and vote.rule.replaceable


# --- ballots ---------------------------------------------------------------------------------------------------------


@rule("一人一票", "村委会法 §22 [V, pre-2026 text]", version=2, needs="voter")
def one_ballot_per_voter(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The voter has not voted in this round."""
    vote: Vote = proposal.vote
    before = vote.cast.get(event.voter or "")
    if before is None:
        return
    if not _is_replaceable(vote):
        yield Detail(f"{event.voter} has voted", f"{event.voter} 已表决")
    elif event.holder not in (None, before.holder):  # what the voter said in person no proxy takes back
        yield Detail(f"{event.voter} has voted in person", f"{event.voter} 已亲自表决")


@rule("在表决期内", "design")
def ballot_is_in_time(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Voting has not ended, and the box is not opened."""
    vote: Vote = proposal.vote
    if vote.opened is not None or vote.hand_count is not None:
        yield Detail("it is being counted", "已开始计票")
    elif vote.closes_at is not None and context.now >= vote.closes_at:
        until = vote.closes_at.isoformat(timespec="minutes")
        yield Detail(f"voting ended at {until}", f"表决已于 {until} 截止")


@rule("选票符合本次表决规则", "design", version=2, needs="ballot sealed commitment")
def ballot_fits_the_rule(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """An open ballot says what the rule asks for; a secret one is sealed for the box, with its commitment."""
    vote: Vote = proposal.vote
    match vote.form:
        case BallotForm.HANDS:
            yield Detail("a show of hands is counted, not cast", "本次为举手表决,由会议计数")
        case BallotForm.SECRET:
            if event.ballot is not None:
                yield Detail("a secret ballot must not stand in clear", "无记名选票不得明写")
            if event.sealed is None or event.sealed.subject != box_of(proposal.id, proposal.votes):
                yield Detail("it is not sealed for the box of this round", "未封入本轮票箱")
            elif _length_of(context) != (asked := sealed_length(vote.options)):
                yield Detail(f"a sealed ballot of this vote has {asked} bytes", f"本次表决的密封选票须为 {asked} 字节")
            if event.commitment is None:
                yield Detail("the commitment is missing", "缺承诺值")
        case BallotForm.OPEN:
            if event.sealed is not None or event.commitment is not None:
                yield Detail("an open ballot is not sealed", "记名选票无须封装")
            if event.ballot is None:
                yield Detail("the ballot is missing", "缺选票")
            elif vote.rule is not None:
                yield from lacks(event.ballot, vote.rule, vote.options)


def _length_of(context: Context) -> int:
    """The bytes of what the command seals, which its ciphertext shows: in the event it is protected already."""
    sealed = getattr(context.command, "sealed", None)
    return len(sealed.text.encode()) if sealed is not None else 0


@rule("举手计数与名册相符", "design", version=2, needs="hands papers")
def hands_fit_the_roll(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """A show of hands is counted once, if need be after its end, and no more hands than stand on the roll."""
    vote: Vote = proposal.vote
    if vote.form is not BallotForm.HANDS:
        yield Detail("it is no show of hands", "本次不是举手表决")
    if vote.hand_count is not None:
        yield Detail("the hands are counted; a wrong count makes the vote void", "已计数;计数有误的,宣布表决无效")
    if event.hands is None:
        yield Detail("the counts are missing", "缺计数")
    else:
        for base in Base:
            there, whole = event.hands.present.on(base), vote.entitled.on(base)
            if there > whole:
                yield Detail(f"{there} {base} of {whole} were there", f"{base} 到会 {there},应到 {whole}")


_LED_BY = {
    "voting": ("open",),
    "inquorate": ("inquorate",),
    "adopted": ("carried",),
    "not_adopted": ("lost", "inquorate"),
}


@rule("确有尚未作废、且导致现状的表决", "村委会法 §27 [V, pre-2026 text]", version=2)
def vote_can_be_voided(proposal: Proposal, event: Any, context: Context) -> bool:
    """There is a vote that was opened, is not void yet, and led to where the proposal stands."""
    vote: Vote | None = proposal.vote
    return vote is not None and vote.status in _LED_BY.get(proposal.status, ())


@rule("票数已知的表决仅由镇街宣布无效", "村委会法 §27 [V, pre-2026 text]")
def town_voids_what_is_counted(proposal: Proposal, event: Any, context: Context) -> bool:
    """Once anybody can know how a vote goes, only the town declares it void: its convenor has no veto."""
    vote: Vote | None = proposal.vote
    if vote is None or not (
        vote.tally or vote.hand_count or vote.opened or (vote.cast and vote.form is BallotForm.OPEN)
    ):
        return True
    held = (claim for claim in context.claims if claim.role != Role.CONVENOR and claim.role in context.step.who)
    return any(covers(claim, proposal.level, proposal.area) for claim in held)


# --- the count -------------------------------------------------------------------------------------------------------


@rule("表决已结束", "announcement")
def voting_is_over(proposal: Proposal, event: Any, context: Context) -> bool:
    """The announced end has come, everybody has voted for good, or the hands are counted."""
    vote: Vote = proposal.vote
    ended = vote.closes_at is not None and context.now >= vote.closes_at
    is_for_good = vote.rule is not None and not vote.rule.replaceable
    return ended or vote.hand_count is not None or (is_for_good and len(vote.cast) == len(vote.roll))


@rule("确有待开的票箱", "design")
def box_stands_closed(proposal: Proposal, event: Any, context: Context) -> bool:
    """The vote is a secret one, and its box was not opened yet."""
    vote: Vote = proposal.vote
    return vote.form is BallotForm.SECRET and vote.opened is None


@rule("有权者已宣布开箱", "design")
def box_was_called(proposal: Proposal, event: Any, context: Context) -> bool:
    """Somebody with the right to it called for the box."""
    return proposal.vote.box_called_by is not None


@rule("票箱完整开出", "design", needs="opened")
def box_is_complete(proposal: Proposal, event: Any, context: Context) -> Iterator[Detail]:
    """As many ballots come out as voters took part, each with a code of its own, in the codes' order."""
    vote: Vote = proposal.vote
    if vote.form is not BallotForm.SECRET or vote.opened is not None:
        yield Detail("there is no box to open", "没有待开的票箱")
        return
    if event.as_of not in (None, proposal.version):  # a ballot may have been replaced since
        yield Detail("something happened since the box was read: open it again", "读取票箱后又有变动,请重新开箱")
    codes = [each.code for each in event.opened]
    if len(codes) != len(vote.cast):
        yield Detail(f"{len(codes)} ballots of {len(vote.cast)} voters", f"{len(vote.cast)} 人投票,开出 {len(codes)}")
    if codes != sorted(set(codes)):
        yield Detail("the codes are not in order, each once", "编码应按序且不重复")
    for each in event.opened:
        for wrong in lacks(each.ballot, vote.rule, vote.options) if vote.rule is not None else ():
            yield Detail(f"ballot {each.code[:12]}: {wrong}", f"选票 {each.code[:12]}:{wrong.zh}")


@rule("已具备计票条件", "design", version=2, needs="lot_seed seed_is_lost")
def ballots_can_be_counted(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The hands are recorded, the box is opened, and a tie has its lot's seed, or it was awaited in vain."""
    vote: Vote = proposal.vote
    if vote.form is BallotForm.HANDS and vote.hand_count is None:
        yield Detail("the hands are not recorded", "未记录举手计数")
    if vote.form is BallotForm.SECRET and vote.opened is None and vote.cast:
        yield Detail("the box is not opened", "未开箱")
    yield from _against_the_lot(vote, event, context)


def _against_the_lot(vote: Vote, event: Any, context: Context) -> Iterator[Detail]:
    """What is wrong with the seed of a lot, or with doing without. Where nothing is tied it may stay hidden."""
    seed = event.lot_seed
    if vote.rule is None or vote.rule.tie is not Tie.LOT:
        if seed is not None or event.seed_is_lost:
            yield Detail("no lot is drawn: there is no seed", "本次表决不抽签,没有种子")
    elif seed is not None:
        if event.seed_is_lost:
            yield Detail("the seed is shown and said to be lost", "既出示种子,又称种子遗失")
        if not is_seed_of(vote, seed):
            yield Detail("the seed is not the one committed to", "种子与事先承诺不符")
    elif event.seed_is_lost:
        until = (vote.closes_at or context.now) + SEED_IS_AWAITED
        if context.now < until:
            when = until.isoformat(timespec="minutes")
            yield Detail(f"the seed may still be shown until {when}", f"{when} 前仍可出示种子")
    elif event.tally is None and vote.is_countable:
        yield Detail("there is a tie: show the seed of its lot", "出现平局,须出示抽签种子")


def is_seed_of(vote: Vote, seed: str) -> bool:
    """Whether a seed is the one that was committed to, and one by which others can draw the lot again."""
    return fits_a_lot(seed) and hmac.compare_digest(vote.lot_commitment or "", commitment_of(seed))


@rule("达到法定人数", "design")
def quorum_is_met(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The pinned presence rule is met on every base it names."""
    if event.tally is not None and not event.tally.quorate:
        yield from _findings(event)


@rule("未达法定人数", "design")
def quorum_is_not_met(proposal: Proposal, event: Any, context: Context) -> bool:
    """The pinned presence rule is not met."""
    return event.tally is not None and not event.tally.quorate


@rule("达到通过比例(各基数均满足)", "民法典 §278 [V]")
def majority_is_reached(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The pinned decision rule is met on every base it names."""
    if event.tally is not None and not event.tally.carried:  # without a count ballots_can_be_counted says why
        yield from _findings(event)


@rule("未达通过比例", "村委会法 §22 [V, pre-2026 text]")
def majority_is_not_reached(proposal: Proposal, event: Any, context: Context) -> bool:
    """The pinned decision rule is not met."""
    return event.tally is not None and not event.tally.carried


def _findings(event: Any) -> Iterator[Detail]:
    for finding in event.tally.why:
        if not finding.met:
            yield Detail(finding.en, finding.zh)
    if all(finding.met for finding in event.tally.why):
        yield Detail("there is no result", "无结果")
