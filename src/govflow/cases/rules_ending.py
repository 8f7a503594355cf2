"""Rules of the end: feedback, verification and evaluation, closing, reopening, review, termination, conversion."""

from __future__ import annotations

from typing import Any

from govflow.cases.follow_ups import reporters_of
from govflow.cases.model import Case, CaseKind, CaseStatus
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.workflow import rule


@rule("反馈送达上报层级;有诉求人的并送达诉求人", "M002; BJ §15(3) [V]", needs="to_level to_reporter")
def feedback_reaches_all_it_is_owed_to(case: Case, event: Any, context: Context) -> list[str]:
    """The answer is addressed to the reporting level, and to the reporter if there is one."""
    missing: list[str] = []
    if case.reporting_level is not None and event.to_level is not case.reporting_level:
        missing.append(Detail(f"the reporting level ({case.reporting_level})", f"上报层级（{case.reporting_level}）"))
    if case.reporter is not None and not event.to_reporter:
        missing.append(Detail("the reporter", "诉求人"))
    return missing


@rule("本轮核查通过", "GB/T 34300 [M]")
def verification_has_passed(case: Case, event: Any, context: Context) -> bool:
    """This round's verification has passed."""
    check = case.item("verification", f"r{case.round}")
    return check is not None and check.status == "passed"


@rule("本轮评价已记录、无效或逾期,或无诉求人", "BJ §23 [V]")
def evaluation_is_recorded_or_elapsed(case: Case, event: Any, context: Context) -> bool:
    """This round's evaluation is recorded, invalid or elapsed, or no reporter is there to give one."""
    if case.reporter is None:
        return True
    mine = [item for item in case.items_of("evaluation").values() if item.round == case.round]
    return bool(mine) and all(item.status in ("recorded", "invalid", "elapsed") for item in mine)


@rule("在重启期内或有新事实", "BJ §11(3) [V]", needs="facts_are_new")
def reopen_window_is_open_or_facts_are_new(case: Case, event: Any, context: Context) -> bool:
    """The reopening window is open, or the facts (a channel's refusal of competence among them) are new."""
    clock = case.clocks.get("reopen_window")
    is_open = clock is not None and clock.is_going and (clock.due is None or context.now <= clock.due)
    return event.facts_are_new or is_open


@rule("属信访事项", "petitions §35 [V]")
def matter_is_a_petition(case: Case, event: Any, context: Context) -> bool:
    """The case is of kind petition."""
    return case.kind == CaseKind.PETITION


@rule("本轮决定尚未复查", "petitions §35 [V]")
def no_review_is_decided(case: Case, event: Any, context: Context) -> bool:
    """This round's decision was not reviewed yet."""
    return not any(each.decided and not each.recheck and each.round == case.round for each in case.reviews)


@rule("已作出复查决定", "petitions §36 [V]")
def review_is_decided(case: Case, event: Any, context: Context) -> bool:
    """A review of this round was decided."""
    return any(each.decided and not each.recheck and each.round == case.round for each in case.reviews)


@rule("复查维持或直接变更", "petitions §35 [V]", needs="sends_back")
def review_ends_the_matter(case: Case, event: Any, context: Context) -> bool:
    """The review maintains the decision or changes it itself."""
    return event.sends_back is False


@rule("复查撤销并责令重新办理", "petitions §35 [V]", needs="sends_back")
def review_orders_new_handling(case: Case, event: Any, context: Context) -> bool:
    """The review quashes the decision and sends it back."""
    return event.sends_back is True


@rule("复核维持或直接变更", "petitions §36 [V]", needs="sends_back")
def recheck_ends_the_matter(case: Case, event: Any, context: Context) -> bool:
    """The recheck maintains the decision or changes it itself."""
    return event.sends_back is False


@rule("复核撤销并责令重新办理", "petitions §36 [V]", needs="sends_back")
def recheck_orders_new_handling(case: Case, event: Any, context: Context) -> bool:
    """The recheck quashes the decision and sends it back."""
    return event.sends_back is True


@rule("办结后提出复查", "design")
def request_came_after_closing(case: Case, event: Any, context: Context) -> bool:
    """The case was closed when the review was asked for."""
    return case.review is not None and case.review.after_closing


@rule("办结前提出复查", "design")
def request_came_before_closing(case: Case, event: Any, context: Context) -> bool:
    """The case was not yet closed when the review was asked for."""
    return case.review is not None and not case.review.after_closing


@rule("复查复核尚未决定", "petitions §35 [V]")
def request_is_undecided(case: Case, event: Any, context: Context) -> bool:
    """The review is not decided."""
    return case.review is not None and not case.review.decided


@rule("申请人失联、不补正或死亡无承受人", "[config]", needs="requester_is_gone")
def requester_is_out_of_reach(case: Case, event: Any, context: Context) -> bool:
    """The requester cannot be reached, does not supplement, or has died without successor."""
    return bool(event.requester_is_gone.strip())


@rule("诉求人拒不配合已记录", "WF §21 [V]", needs="refusals")
def reporter_is_uncooperative(case: Case, event: Any, context: Context) -> bool:
    """The reporter's lasting refusal to cooperate is on record."""
    return bool(event.refusals.strip())


def _target(case: Case, context: Context) -> tuple[str, frozenset[str], frozenset[str]] | None:
    """Where the record it became stands, or how it ended before it was archived; merged, its master stands for it."""
    target: Record | None = None
    following = case.converted_to
    while following and (target := context.lookup(following)) is not None:
        following = getattr(target, "merged_into", None) or getattr(target, "converted_to", None)
    if target is None:
        return None
    decider = context.deciders[target.kind_of_record]
    return getattr(target, "ended_as", "") or target.status, decider.succeeded, decider.failed


@rule("转入对象未成", "design")
def conversion_target_has_failed(case: Case, event: Any, context: Context) -> bool:
    """The record it became was rejected, not adopted, annulled, abandoned, cancelled or not approved."""
    found = _target(case, context)
    return found is not None and found[0] in found[2]


@rule("转入对象已成", "design")
def conversion_target_has_succeeded(case: Case, event: Any, context: Context) -> bool:
    """The record it became has reached its good end."""
    found = _target(case, context)
    return found is not None and found[0] in found[1]


@rule("已转办者:目标已办结且已答复", "M002")
def conversion_is_answered(case: Case, event: Any, context: Context) -> bool:
    """A converted record's target has come to rest and the asker knows the result; others: nothing to answer."""
    if case.status != CaseStatus.CONVERTED:
        return True
    # whoever asked hears the result through the case: it is taken back and fed back, or the case is reopened; a case
    # that is still converted has told nobody, so it goes to the archive only where nobody asked
    found = _target(case, context)
    return found is not None and found[0] in (found[1] | found[2]) and not reporters_of(case, context)
