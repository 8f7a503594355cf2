"""Rules of coming in: discovery, report, acceptance, refusal, redirection, merging, splitting, conversion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from govflow.actors import SYSTEM, Role
from govflow.cases.model import Case, CaseKind, CaseStatus, Severity
from govflow.context import Context
from govflow.errors import Detail
from govflow.regions.contact import is_out_of_reach
from govflow.rules import lacks_of_reason, reason_is_coded
from govflow.workflow import rule

DIRECT_LINE = "direct_line"
"""The channel of matters that reach a leader directly (民意直通车)."""


@rule("事项有标题", "design", needs="title")
def matter_has_a_title(case: Case, event: Any, context: Context) -> bool:
    """The matter has a title, its own or the discovery's."""
    return bool((event.title or case.title).strip())


@rule("渠道、类别、层级已填", "M001", needs="channel kind level")
def channel_and_level_set(case: Case, event: Any, context: Context) -> Iterable[str]:
    """Channel, kind and reporting level are given."""
    named = (("channel", "渠道", event.channel.strip()), ("kind", "类型", event.kind), ("level", "层级", event.level))
    return [Detail(f"{en} is missing", f"缺{zh}") for en, zh, value in named if not value]


@rule("民意直通车事项已指明所达领导", "M019", needs="leader")
def direct_line_names_its_leader(case: Case, event: Any, context: Context) -> bool:
    """What comes by the direct line names the leader it reached, who answers for it."""
    return event.channel != DIRECT_LINE or bool(event.leader or case.leader)


@rule("来源仅由系统注明", "design", needs="source")
def source_is_said_by_the_system(case: Case, event: Any, context: Context) -> bool:
    """Which other record raised the matter is said by the system alone."""
    return event.source in (None, case.source) or event.by == SYSTEM.id


@rule("非重复提交", "M012")
def report_is_not_repeated(case: Case, event: Any, context: Context) -> bool:
    """The idempotency key was not used before."""
    # a repeated command id never comes here: the engine answers it with the first outcome
    return case.status in ("", CaseStatus.DISCOVERED)


@rule("集体反映代表不超过五人", "petitions §20 [V]", needs="representatives")
def representatives_are_few(case: Case, event: Any, context: Context) -> bool:
    """A collective matter has at most five representatives."""
    return not event.collective or 1 <= event.representatives <= context.policy.thresholds.representatives


@rule("举报件已设保密且被举报单位不可见", "petitions §30 [V]", needs="confidential accused_unit")
def confidentiality_set_for_whistle_blowing(case: Case, event: Any, context: Context) -> bool:
    """A whistle-blowing report is marked confidential and the unit reported cannot read it."""
    if event.kind != CaseKind.WHISTLE_BLOWING:
        return True
    return event.confidential and event.accused_unit is not None


@rule("被举报单位之外有受理窗口", "petitions §30; design", needs="accused_unit")
def somebody_else_can_accept(case: Case, event: Any, context: Context) -> Iterable[str]:
    """Of the acceptance desks there, one is not of the unit reported: no case begins that nobody may see."""
    desks = context.holders((Role.ACCEPTANCE_DESK,), event.level, event.area)
    if desks and all(desk.claim.is_of(event.accused_unit) for desk in desks):
        yield Detail(
            f"every desk there is of {event.accused_unit}: report it to the level above it, or to who supervises it",
            f"该处受理窗口均属 {event.accused_unit}，请向其上级或监督机关反映",
        )


@rule("非保密事项", "petitions §30 [V]")
def matter_is_not_confidential(case: Case, event: Any, context: Context) -> bool:
    """The matter is not confidential."""
    return not case.confidential


@rule("严重程度低于高", "design")
def severity_is_below_high(case: Case, event: Any, context: Context) -> bool:
    """Severity is below high."""
    return case.severity != Severity.HIGH


@rule("上提一级", "M002", needs="to_level")
def raised_exactly_one_level(case: Case, event: Any, context: Context) -> bool:
    """The new level is the next one up."""
    return event.to_level is not None and case.level is not None and event.to_level is case.level.next_up


@rule("本级措施已用尽或无权处理", "BJ §20 [V]", needs="own_measures beyond_powers")
def own_level_exhausted(case: Case, event: Any, context: Context) -> bool:
    """The own level tried its measures or lacks the power."""
    return event.beyond_powers or bool(event.own_measures.strip())


@rule("有待补正请求", "reconsideration law §31 [V]")
def supplement_request_is_open(case: Case, event: Any, context: Context) -> bool:
    """A request for supplement is open."""
    clock = case.clocks.get("supplement")
    return clock is not None and clock.is_going


@rule("属受理范围", "petitions §22 [V]", needs="in_scope")
def matter_is_in_scope(case: Case, event: Any, context: Context) -> bool:
    """The matter falls to this system and level."""
    return event.in_scope and context.policy.category(case.category) is not None


@rule("同一事实未终结且无在办件", "petitions §36 [V]", needs="same_as")
def matter_is_not_terminated_or_open_elsewhere(case: Case, event: Any, context: Context) -> Iterable[str]:
    """The same facts are neither terminated nor open in another case."""
    for id in event.same_as:
        other = context.lookup(id)
        if other is None:
            yield Detail(f"{id} does not exist", f"{id} 不存在")
        elif other.status == CaseStatus.TERMINATED:
            yield Detail(f"{id} is terminated: reject this one", f"{id} 已终结，本件应不予受理")
        elif other.status in context.deciders[other.kind_of_record].active:
            yield Detail(f"{id} is open: merge this one", f"{id} 在办，本件应并案")


def _coded_with_its_facts(case: Case, event: Any, context: Context) -> Iterable[str]:
    """As everywhere, and what some of the reasons of a refusal say must be so."""
    yield from lacks_of_reason(event, context)
    if event.reason_code == "terminated_same_facts":
        others = [context.lookup(id) for id in event.same_as]
        if not any(other is not None and other.status == CaseStatus.TERMINATED for other in others):
            yield Detail("the terminated case is not named", "未指明已终结的事项")
    if event.reason_code == "not_supplemented":
        clock = case.clocks.get("supplement")
        if clock is None or (clock.is_going and (clock.due is None or context.now <= clock.due)):
            yield Detail("the time for supplements is not over", "补正期限未满")


refusal_is_coded = replace(reason_is_coded, check=_coded_with_its_facts)


@rule("已告知诉求人或提案人并说明理由", "BJ §11, §15 [V]", needs="told_by")
def asker_is_told(case: Case, event: Any, context: Context) -> bool:
    """The reporter or proposer, if there is one who can be reached, is told and given the reason."""
    unreachable = is_out_of_reach(case, context.policy.thresholds.contact_attempts)
    return case.reporter is None or unreachable or bool(event.told_by.strip())


@rule("已载明外部结果或对方不予受理", "design", needs="external_outcome declined")
def external_outcome_is_told(case: Case, event: Any, context: Context) -> bool:
    """What the other body did is told, or that it declined."""
    return event.declined or bool(event.external_outcome.strip())


@rule("主件未办结且属同一事项", "66号 [S]", version=2, needs="master same_subject")
def master_is_open_and_same_subject(case: Case, event: Any, context: Context) -> Iterable[str]:
    """The master is another record, not at rest, on the same subject."""
    master = context.lookup(event.master) if event.master else None
    if master is None:
        yield Detail("the master does not exist", "主件不存在")
    elif master.id == case.id:
        yield Detail("a case cannot be its own master", "不能以自身为主件")
    elif not isinstance(master, Case) or master.status not in context.deciders["case"].active:
        yield Detail("the master is not an open case", "主件不是在办事项")
    elif case.accused_unit is not None and case.accused_unit in (master.lead_unit, *master.co_units):
        yield Detail("the unit reported works on the master", "被举报单位正在承办主件")
    if not event.same_subject.strip():
        yield Detail("why it is the same subject is not said", "未说明为何属同一事项")


@rule("非公共安全或公益事项且有诉求人", "design")
def matter_is_not_of_public_interest(case: Case, event: Any, context: Context) -> bool:
    """The matter is no safety hazard or public-interest matter, and it has a reporter."""
    return not case.public_interest and case.kind != CaseKind.HAZARD and case.reporter is not None


@rule("子事项覆盖全部内容", "design", needs="parts covers")
def sub_cases_cover_the_matter(case: Case, event: Any, context: Context) -> bool:
    """The sub-cases together cover the matter."""
    return len(event.parts) >= 2 and all(part.title.strip() for part in event.parts) and bool(event.covers.strip())


@rule("已说明误并理由", "66号 [S]", needs="reason")
def merge_was_mistaken(case: Case, event: Any, context: Context) -> bool:
    """The reason why it is not the same subject is given."""
    return bool(event.reason.strip())


@rule("并案前已受理", "design")
def accepted_before_merge(case: Case, event: Any, context: Context) -> bool:
    """The case had been accepted before it was merged."""
    return case.was_accepted


@rule("并案前未受理", "design")
def not_accepted_before_merge(case: Case, event: Any, context: Context) -> bool:
    """The case had not been accepted before it was merged."""
    return not case.was_accepted


@rule("导入件须有承办单位", "design")
def imported_case_names_its_unit(case: Case, event: Any, context: Context) -> bool:
    """The source shows which unit has the case."""
    return event.lead_unit is not None


@rule("导入件无承办单位", "design")
def imported_case_names_no_unit(case: Case, event: Any, context: Context) -> bool:
    """The source shows no unit."""
    return event.lead_unit is None


@rule("须注明来源文件与行", "design")
def source_is_named(case: Case, event: Any, context: Context) -> bool:
    """The source, its file and its row are named, and what is unverified."""
    return bool(event.source and event.source_file and event.source_id) and event.source_row > 0


@rule("系导入件且本系统未曾办理", "design")
def case_was_imported_and_not_worked_on(case: Case, event: Any, context: Context) -> bool:
    """The case came from that source, and nobody here has worked on it since."""
    return case.imported and not case.handlers and case.version == case.moved_in
