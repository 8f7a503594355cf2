"""Rules of coming in: one subject, supporters, screening, merging, splitting, conversion, who may take over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import SYSTEM, Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.proposals.model import Proposal
from govflow.regions.support import lacking_supporters, reaches
from govflow.rules import carries_personal_data
from govflow.workflow import rule


@rule("一事一议", "M083", needs="subject subjects")
def subject_is_single(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The text has one subject."""
    subject = getattr(event, "subject", None)
    if not (proposal.subject if subject is None else subject).strip():
        yield Detail("the subject is not named", "未写明所议之事")
    if (count := getattr(event, "subjects", 1)) != 1:
        yield Detail(f"it has {count} subjects: one matter, one proposal", f"一案含 {count} 事，应一事一议")


@rule("标题与正文已写明", "M087", needs="title text")
def text_says_something(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Title and text are written."""
    if not event.title.strip():
        yield Detail("the title is missing", "缺标题")
    if not event.text.strip():
        yield Detail("the text is missing", "缺正文")


@rule("公开文本不含个人信息", "M158; PIPL [V]", needs="title text public_text")
def public_text_hides_people(proposal: Proposal, event: Any, context: Context) -> bool:
    """What everybody may read carries no number or address of a person."""
    texts = [getattr(event, name, "") for name in ("title", "subject", "text", "public_text", "question", "measure")]
    texts += [text for part in getattr(event, "parts", ()) for text in (part.title, part.subject, part.text)]
    texts += list(getattr(event, "defects", ()))
    return not any(carries_personal_data(text) for text in texts)


@rule("提案人即起草人,或由社区代为登记", "design", version=2, needs="proposer")
def proposer_drafts_or_is_written_down(proposal: Proposal, event: Any, context: Context) -> bool:
    """Whoever drafts is the proposer; only the community and the system write a proposal down for another."""
    if event.proposer == event.by or event.by == SYSTEM.id:
        return True
    writers = [
        each for each in context.claims if each.role in context.step.who and covers(each, event.level, event.area)
    ]
    return any(claim.role == Role.COMMUNITY or claim.unit == event.proposer for claim in writers)


@rule("附议人与来源仅由系统带入", "design", needs="supporters co_proposers source")
def supporters_are_carried_by_the_system(proposal: Proposal, event: Any, context: Context) -> bool:
    """Supporters and co-proposers sign for themselves; only a split or a conversion carries them along."""
    return event.by == SYSTEM.id or not (event.supporters or event.co_proposers or event.source)


@rule("来源事项可以公开议决", "petitions §30 [V]")
def source_may_be_public(proposal: Proposal, event: Any, context: Context) -> bool:
    """A proposal is public: no confidential matter, and none in which a unit is reported, goes on as one."""
    source = context.lookup(event.source) if event.source and event.by == SYSTEM.id else None
    return source is None or not (source.is_secret or getattr(source, "accused_unit", None))


@rule("所选议事程序在目录内", "M084", needs="track")
def track_is_in_the_policy(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The track asked for is one of the policy's."""
    track = event.track or proposal.track
    if context.policy.procedure(track) is None:
        yield Detail(f"the policy has no procedure {track}", f"政策中无议事程序 {track}")


@rule("附议人数达标", "村委会法 §21 [V, pre-2026 text]")
def supporters_reach_threshold(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Where a meeting must be convened, the standing supporters reach the threshold."""
    asked = getattr(event, "procedure", None)  # that of the admission
    procedure = asked or proposal.procedure or context.policy.procedure(proposal.track)
    if procedure is not None and not reaches(proposal, procedure, context.policy):
        yield from lacking_supporters(proposal, procedure, context.policy)


@rule("已告知诉求人或提案人并说明理由", "BJ §11, §15 [V]", needs="told_by")
def asker_is_told(proposal: Proposal, event: Any, context: Context) -> bool:
    """The reporter or proposer, if there is one who can be reached, is told and given the reason."""
    return not proposal.proposer or bool(event.told_by.strip())


@rule("主件未办结且属同一事项", "66号 [S]", needs="master same_subject")
def master_is_open_and_same_subject(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """The master is another record, not at rest, on the same subject."""
    master = context.lookup(event.master) if event.master else None
    decider = context.deciders[proposal.kind_of_record]
    if master is None:
        yield Detail("the master does not exist", "主件不存在")
    elif master.id == proposal.id:
        yield Detail("a proposal cannot be its own master", "不能以自身为主件")
    elif not isinstance(master, Proposal) or master.status not in decider.workflow.rests:
        yield Detail("the master is not a proposal", "主件不是提案")
    elif master.status not in _STILL_OPEN:
        yield Detail(f"the master is {master.status}: nobody can join it any more", "主件已过可并案阶段")
    if not event.same_subject.strip():
        yield Detail("why it is the same subject is not said", "未说明为何属同一事项")


_STILL_OPEN = ("draft", "submitted", "screening", "consulting")


@rule("所转事项已办结", "design")
def case_it_became_is_at_rest(proposal: Proposal, event: Any, context: Context) -> bool:
    """The case it became has come to rest: one matter is not handled twice at a time."""
    case = context.lookup(proposal.converted_to) if proposal.converted_to else None
    return case is None or case.status not in context.deciders[case.kind_of_record].active


@rule("属个别问题,无须集体决定", "S6", needs="individual")
def matter_is_individual(proposal: Proposal, event: Any, context: Context) -> bool:
    """The matter concerns individuals and needs no collective decision."""
    return event.individual is True


@rule("程序及版本已固定", "M084")
def procedure_is_pinned(proposal: Proposal, event: Any, context: Context) -> bool:
    """Track and version of the decision procedure are pinned."""
    return getattr(event, "procedure", proposal.procedure) is not None


@rule("利益相关方名册已建", "M086", needs="stakeholders")
def stakeholder_roll_is_set(proposal: Proposal, event: Any, context: Context) -> bool:
    """The stakeholder roll is set."""
    return bool(event.stakeholders or proposal.stakeholders)


@rule("增删名册须指明对象", "design", needs="added struck")
def stakeholders_are_named(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Whoever is added is not on the roll yet, whoever is struck stands on it."""
    if not event.added and not event.struck:
        yield Detail("nobody is named", "未指明任何人")
    for id in event.added:
        if id in proposal.stakeholders:
            yield Detail(f"{id} stands on the roll already", f"{id} 已在名册")
    for id in event.struck:
        if id not in proposal.stakeholders:
            yield Detail(f"{id} does not stand on the roll", f"{id} 不在名册")


@rule("拆出的各事均已写明", "M083", needs="subject parts")
def parts_are_named(proposal: Proposal, event: Any, context: Context) -> Iterable[str]:
    """Each other subject is named, with its title."""
    if not event.parts:
        yield Detail("no other subject is named", "未列出其他所议之事")
    for place, part in enumerate(event.parts, 1):
        if not part.title.strip() or not part.subject.strip():
            yield Detail(f"part {place} has no title or subject", f"第 {place} 件缺标题或所议之事")


@rule("共同提案人仍附议", "design")
def co_proposer_supports_it(proposal: Proposal, event: Any, context: Context) -> bool:
    """The co-proposer's support stands."""
    who = getattr(event, "co_proposer", None) or getattr(event, "proposer", None)
    item = proposal.item("support", who or "")
    if item is None:  # whoever came with a merged proposal has signed that one
        return hasattr(event, "proposer") and who in proposal.co_proposers
    return bool(item.status == "given")


@rule("原提案人退出或同意", "design")
def proposer_has_left(proposal: Proposal, event: Any, context: Context) -> bool:
    """The proposer has left, lost standing or consented."""
    return proposal.proposer_has_left
