"""Rules that the tables of every record and region may name. Each is a predicate over (state, proposed event, context).

They look at the event (`event.by`, not at who is logged in), so that the audit can judge a past step again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from govflow.actors import ROLES, Role, covers
from govflow.clocks import Clock
from govflow.clocks.kinds import CLOCKS, ClockKind, kind_of
from govflow.context import Context
from govflow.errors import Detail
from govflow.policy import DecisionProcedure
from govflow.records import HandOver, Record
from govflow.region import Region, hand_over_of
from govflow.workflow import Rule, rule

# --- reasons, measures, papers ---------------------------------------------------------------------------------------


@rule("已说明理由", "petitions §23 [V]", needs="reason")
def reason_given(record: Record, event: Any, context: Context) -> bool:
    """A reason is given in words."""
    return bool(event.reason.strip())


@rule("已填措施并附证据", "M160", needs="measure evidence")
def measure_and_evidence_given(record: Record, event: Any, context: Context) -> Iterable[str]:
    """What was done and a piece of evidence are given."""
    if not event.measure.strip():
        yield Detail("no measure is named", "未填措施")
    if not event.evidence:
        yield Detail("no evidence is named", "未附证据")
    on_file = record.items_of("evidence")
    for key in event.evidence:
        if key not in on_file:
            yield Detail(f"evidence {key} is not on file", f"证据 {key} 不在卷")
        elif on_file[key].status != "added":
            yield Detail(f"evidence {key} is {on_file[key].status}", f"证据 {key} 状态为 {on_file[key].status}")
    shown = {getattr(on_file[key], "kind", "") for key in event.evidence if key in on_file}
    category = context.policy.category(record.category)
    for kind in category.evidence if category and context.step.to == "handled" else ():
        if kind not in shown:
            yield Detail(f"the category asks for evidence of kind {kind}", f"该类别须有 {kind} 类证据")


@rule("缺漏一次性列明", "M087", needs="shortcomings")
def shortcomings_are_listed(record: Record, event: Any, context: Context) -> bool:
    """Everything missing or defective is listed at once."""
    return bool(event.shortcomings) and all(each.strip() for each in event.shortcomings)


@rule("决定或答复为书面且载明请求、事实、依据、结论", "petitions §32 [V]", needs="request facts grounds conclusion")
def decision_is_written(record: Record, event: Any, context: Context) -> list[str]:
    """The decision or reply is in writing: request, facts, grounds, conclusion."""
    parts = {"request": "请求", "facts": "事实", "grounds": "依据", "conclusion": "结论"}
    return [Detail(f"{en} is missing", f"缺{zh}") for en, zh in parts.items() if not getattr(event, en).strip()]


@rule("已注明重启依据", "BJ §11(3) [V]", needs="ground")
def reopen_ground_given(record: Record, event: Any, context: Context) -> bool:
    """New facts, an unkept promise, a wrong refusal, a mistaken merge or a failed target is named."""
    return bool(event.ground.strip())


@rule("已指明被更正的事件", "M054", needs="corrects")
def correction_names_its_event(record: Record, event: Any, context: Context) -> bool:
    """The event that is corrected or replaced is named."""
    replaced_by = getattr(event, "replaced_by", None)
    if replaced_by is not None:  # evidence: the piece that stands for the old one
        piece = record.item("evidence", replaced_by)
        return piece is not None and piece.status == "added" and replaced_by != event.item
    return 1 <= (getattr(event, "corrects", 0) or 0) <= record.version


@rule("事项、责任人、期限已明", "M059", needs="what owner until")
def what_who_and_due_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """What is owed, by whom and until when are given."""
    if not event.what.strip():
        yield Detail("what", "事项")
    if not (event.owner or getattr(event, "unit", None)):
        yield Detail("who", "责任人")
    if event.until is None:
        yield Detail("until when", "期限")
    elif event.until <= context.at:
        yield Detail("the due instant has passed already", "期限已过")


@rule("已载明新期限且尚未届满", "design", needs="until")
def new_due_is_named(record: Record, event: Any, context: Context) -> bool:
    """A new due instant is named, and it lies ahead."""
    return event.until is not None and bool(event.until > context.at)


def _hands(event: Any, context: Context) -> set[str]:
    """Who acts, and in whose stead: a substitute may not judge what the one stood in for has done."""
    return {event.by, context.standing_in_for or event.by}


@rule("事由、地点、对象已载明", "M059", needs="title category area")
def matter_is_described(record: Record, event: Any, context: Context) -> Iterable[str]:
    """What, where and for whom are given."""
    named = (
        ("title", "标题", ("title", "what")),
        ("category", "类别", ("category", "concerning")),
        ("area or place", "区域或地点", ("area", "place")),
    )
    for en, zh, fields in named:
        values = [getattr(event, field, None) for field in fields]
        if not any(value.strip() if isinstance(value, str) else value for value in values):
            yield Detail(f"{en} is missing", f"缺{zh}")


@rule("理由已编码并说明", "M049", needs="reason_code reason")
def reason_is_coded(record: Record, event: Any, context: Context) -> Iterable[str]:
    """A reason from the coded list is given, with its explanation."""
    return lacks_of_reason(event, context)


def lacks_of_reason(event: Any, context: Context) -> Iterator[str]:
    """What is missing of a coded reason: a code that the policy lists for the command, and words that explain it."""
    code = event.reason_code
    if code is None or not context.policy.knows_reason(code, context.step.command.wire):
        yield Detail(f"{code or 'no code'} is not in the list of reasons", f"理由代码 {code or '（空）'} 不在目录内")
    if not event.reason.strip():
        yield Detail("no explanation is given", "未说明理由")


@rule("所需材料已附", "design", needs="papers")
def required_papers_are_attached(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The papers this step needs (accounts, voucher, receipt, report, plan) are attached."""
    if not event.papers:
        yield Detail("no paper is named", "未附材料")
    for key in event.papers:
        piece = record.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"paper {key} is not on file", f"材料 {key} 不在卷")


@rule("决定为是", "design", needs="granted")
def decision_grants(record: Record, event: Any, context: Context) -> bool:
    """The decision says yes."""
    return event.granted is True


@rule("决定为否", "design", needs="granted")
def decision_denies(record: Record, event: Any, context: Context) -> bool:
    """The decision says no."""
    return event.granted is False


@rule("决定支持异议", "petitions §23 [V]")
def decision_upholds(record: Record, event: Any, context: Context) -> bool:
    """The decision upholds the objection."""
    return event.upheld is True


@rule("决定驳回异议", "petitions §23 [V]")
def decision_dismisses(record: Record, event: Any, context: Context) -> bool:
    """The decision dismisses the objection."""
    return event.upheld is False


@rule("已指明法定途径", "petitions §31 [V]", needs="statutory_channel")
def statutory_channel_named(record: Record, event: Any, context: Context) -> bool:
    """The statutory channel is named."""
    return bool(event.statutory_channel.strip())


# --- who -------------------------------------------------------------------------------------------------------------


@rule("决定、批准、确认者非提出、承诺、服务或报告者", "M090", version=2)
def decided_by_another(record: Record, event: Any, context: Context) -> bool:
    """Whoever decides, approves, confirms or dismisses is another than whoever asked, promised, served or reported."""
    return record.asked_by(context.step.command.wire, context.item).isdisjoint(_hands(event, context))


def _is_of_the_builders(record: Record, event: Any, context: Context) -> bool:
    """Whether whoever acts, or a unit of theirs, carries the record out."""
    units = {claim.unit for claim in context.claims} - {None}
    return not record.built_by().isdisjoint({*_hands(event, context), *units})


@rule("核查者非经办者", "M090; GB/T 34300 [M]", version=3)
def verified_by_another(record: Record, event: Any, context: Context) -> bool:
    """Whoever checks has not done, handled or entered what is checked."""
    hands = {*record.handled_by()}
    if context.item is not None:
        hands |= {context.item.by, *getattr(context.item, "hands", ())}
    return hands.isdisjoint(_hands(event, context)) and not _is_of_the_builders(record, event, context)


@rule("销号人非施工方", "M059, M113")
def struck_off_by_others(record: Record, event: Any, context: Context) -> bool:
    """Nobody of those who carry it out strikes its problems off."""
    return not _is_of_the_builders(record, event, context)


@rule("决定者未曾经办", "petitions §28 [V]", version=2)
def decider_is_not_a_handler(record: Record, event: Any, context: Context) -> bool:
    """Whoever decides has not handled the matter."""
    return _hands(event, context).isdisjoint(record.handled_by())


@rule("无利害关系", "petitions §28 [V]; M067", version=3, needs="interest")
def has_no_interest(record: Record, event: Any, context: Context) -> bool:
    """Neither who acts nor who is named has an interest in the matter."""
    named = {event.by, *(getattr(event, name, None) for name in ("handler", "mediator"))}
    named |= {claim.unit for claim in context.claims} - {None}
    concerned = {getattr(record, "reporter", None), *getattr(event, "people", ())} - {None}
    concerned |= {*getattr(record, "proposers", ()), *getattr(record, "stakeholders", ())}
    if context.item is not None:
        concerned |= context.item.people()
    declared = getattr(event, "interest", "")
    return not declared.strip() and named.isdisjoint(concerned) and context.interests.isdisjoint(concerned)


@rule("具备相应资格", "村委会法 §21 [V, pre-2026 text]")
def person_is_eligible(record: Record, event: Any, context: Context) -> bool:
    """The person may propose, support or be heard under the pinned track."""
    track = procedure_of(record, event, context)
    named = record if record.status else event
    level, area = getattr(named, "level", None), getattr(named, "area", "")
    held = {claim.role for claim in context.claims if covers(claim, level, area)}
    on_paper = Role.SECRETARIAT in held and getattr(event, "author", event.by) != event.by  # it answers for who gave it
    if track is None or Role.SYSTEM in held or on_paper:
        return True
    # an office that the row does not admit says who brings the matter up, not who is heard on it
    asked = {role for role in track.proposers if role in context.step.who or role not in ROLES}
    return not asked or not held.isdisjoint(asked)


def procedure_of(record: Any, event: Any, context: Context) -> DecisionProcedure | None:
    """The procedure a record has pinned; before that the policy's for the track it asks for; None where it has none."""
    pinned: DecisionProcedure | None = getattr(record, "procedure", None)
    track: str | None = getattr(record if record.status else event, "track", None)
    return pinned or (context.policy.procedure(track) if track else None)


@rule("审批角色与所需一致", "petitions §34 [V]")
def role_asked_for_is_held(record: Record, event: Any, context: Context) -> bool:
    """Whoever gives or refuses leave holds the role that the step asks for."""
    asked = getattr(context.item, "asks", None)
    return any(
        claim.role == asked
        and covers(claim, record.level, record.area)
        and record.fits(claim.role, claim, event.by, context.on_behalf_of, context.item)
        for claim in context.claims
    )


# --- time ------------------------------------------------------------------------------------------------------------


def _is_past_due(record: Record, event: Any, context: Context) -> bool | None:
    """Whether the clock that a step stops, marks or answers, or its item, has reached its due instant; None: no due.

    A clock that is done with does not count while another one of the step is still owed; one that is paused stands
    where it was paused.
    """
    names = [event.item] if context.step.command.wire.startswith("clock.") else []
    names = names or [*context.step.stops, *context.step.extends]
    keys = [key for name in names for key in (f"{name}:{getattr(event, 'item', '')}", name)]
    clocks = [clock for key in keys if (clock := record.clocks.get(key)) is not None and clock.due is not None]
    owed = [clock for clock in clocks if clock.is_going or clock.status == "overdue"]
    if owed or clocks:
        return all(clock.due is not None and (clock.paused_at or context.now) > clock.due for clock in owed or clocks)
    until = context.item.until if context.item is not None else None
    return None if until is None else context.now > until


@rule("期限已届满", "design")
def due_has_passed(record: Record, event: Any, context: Context) -> bool:
    """The clock this row stops, marks or answers has reached its due instant."""
    return _is_past_due(record, event, context) is True


@rule("期限未届满", "petitions §34 [V]")
def due_has_not_passed(record: Record, event: Any, context: Context) -> bool:
    """The clock concerned has not reached its due instant."""
    return _is_past_due(record, event, context) is not True


@rule("窗口期未满", "petitions §23, §35–36; 人民调解法 §33 [V]")
def window_is_open(record: Record, event: Any, context: Context) -> bool:
    """The window clock this step uses up is still running."""
    used = next((name for name in context.step.stops if kind_of(name) is ClockKind.WINDOW), "")
    clock = record.clocks.get(f"{used}:{getattr(event, 'item', '')}") or record.clocks.get(used)
    return clock is not None and clock.is_going and (clock.due is None or context.now <= clock.due)


@rule("无进行中的救济或重启窗口期", "petitions §35–36 [V]")
def no_window_is_running(record: Record, event: Any, context: Context) -> Iterable[str]:
    """No review, recheck, reopening or takeover window is running."""
    for clock in record.clocks.values():
        remedy = clock.name in ("review_request", "recheck_request", "reopen_window", "takeover_window")
        if remedy and clock.is_going and (clock.due is None or context.now <= clock.due):
            until = clock.due.isoformat(timespec="minutes") if clock.due else None
            yield Detail(
                f"{clock.name} until {until or 'further notice'}", f"{CLOCKS[clock.name][1]}至 {until or '另行通知'}"
            )


@rule("已注明外部原因与复核日期", "BJ §15(2) [V]", needs="cause review_at")
def cause_and_review_date_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """An outside cause by code and a review date within the maximum are given."""
    if not event.cause.strip():
        yield Detail("no cause is named", "未注明原因")
    longest = timedelta(days=context.policy.thresholds.suspension_days)
    if event.review_at is None or not context.at < event.review_at <= context.at + longest:
        yield Detail(f"the review date must lie within {longest.days} days", f"复核日期应在 {longest.days} 日内")


@rule("仅可延期一次", "petitions §34 [V]")
def extended_only_once(record: Record, event: Any, context: Context) -> bool:
    """No extension was given before."""
    clock = _extended_clock(record, context)
    return clock is not None and clock.extensions == 0


@rule("延期未超上限", "petitions §34 [V]", version=2, needs="length")
def extension_is_within_maximum(record: Record, event: Any, context: Context) -> bool:
    """The extension is not longer than the rule allows."""
    clock = _extended_clock(record, context)
    limit = context.policy.limit(clock.rule or "") if clock is not None else None
    if clock is None or limit is None:
        return False
    return bool(0 < event.length <= limit.extension)


def _extended_clock(record: Record, context: Context) -> Clock | None:
    """The one clock that a step extends: of several that it names, the one that goes or is late."""
    named = [clock for name in context.step.extends if (clock := record.clocks.get(name)) is not None]
    return next((clock for clock in named if clock.is_going or clock.is_late), named[0] if named else None)


# --- loops and rounds ------------------------------------------------------------------------------------------------


@rule("无未了事项", "design")
def no_loop_is_open(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Every region item rests in an end or outcome, this round's included (clocks apart)."""
    decider = context.deciders[record.kind_of_record]
    for loop in decider.open_loops(record):
        until = f"，期限 {loop.until.isoformat(timespec='minutes')}" if loop.until else ""
        item = _item_zh(decider.regions[loop.region], loop.item, loop.status)
        yield Detail(loop.sentence(), f"{item}，责任方 {loop.owes or '未定'}{until}")


_ANY = HandOver(reason="")


def _item_zh(region: Region, key: str, status: str) -> str:
    return f"{region.workflow.zh or region.name} {key} {region.workflow.statuses(status).zh}"


@rule("未了事项均已移交或说明消灭原因", "design", needs="hand_over")
def loops_are_handed_over(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Every open loop is ended in the same transaction, each with who takes it over or why it falls away."""
    for region in context.deciders[record.kind_of_record].regions.values():
        ended = region.ended_by(record, event)
        for item in region.open_items(record):
            if item.key in ended:
                continue
            given = hand_over_of(event, region, item)
            if region.ending(record, item, given or _ANY) is None:
                en, zh = "must be ended by hand first", "须先自行了结"
            elif given is None:
                en, zh = "is left: who takes it over, or why does it fall away?", "未了：由谁接办，或因何消灭？"
            else:
                continue
            yield Detail(
                f"{region.name} {item.key} {item.status} {en}", f"{_item_zh(region, item.key, item.status)} {zh}"
            )


def not_done_before(fact: str = "status") -> Rule:
    """The rule that a step is done once.

    `fact` names the field that says it was, of the item or, where the step moves none, of the record: a flag, or
    `status`, which then stands where the step leads.
    """

    @rule("此前未办过同一步骤", "design")
    def not_done_before(record: Record, event: Any, context: Context) -> bool:
        """The same step was not done before for the same item or person."""
        said = getattr(record if context.item is None else context.item, fact)
        return bool(said != context.step.to) if fact == "status" else not said

    return not_done_before


@rule("属于本轮", "design")
def round_is_current(record: Record, event: Any, context: Context) -> bool:
    """The step belongs to the current round; rework, remedy and reopening start a new one."""
    return context.item is None or context.item.round == record.round


@rule("本轮已结束", "design")
def new_round_has_begun(record: Record, event: Any, context: Context) -> bool:
    """Rework, remedy, reopening or leaving has ended this round."""
    if context.item is None or context.item.round < record.round:
        return True
    return record.status not in context.deciders[record.kind_of_record].active


@rule("保管期限已定", "archive rules [S]")
def retention_class_is_set(record: Record, event: Any, context: Context) -> bool:
    """A retention class is set."""
    return context.policy.retention_class(getattr(event, "retention", None) or record.retention) is not None


# --- texts -----------------------------------------------------------------------------------------------------------

# 11-digit mobile numbers, 18-digit identity numbers, e-mail addresses: what a public text must not carry; the numbers
# also in groups (138 0013 8000, 110101-19900101-1234) and in full-width digits
_PERSONAL = re.compile(
    r"(?<!\d)[1１][3-9３-９]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸ](?![\dXx])"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
)


@rule("已隐去个人信息", "M158; PIPL [V]", version=2, needs="public_text title field new")
def personal_data_is_withheld(record: Record, event: Any, context: Context) -> bool:
    """The text carries no personal data beyond what its addressee may read."""
    return not carries_personal_data(_public_text(event))


def carries_personal_data(text: str) -> bool:
    """Whether a text has a mobile or identity number or an e-mail address in it."""
    return _PERSONAL.search(text) is not None


def without_personal_data(text: str) -> tuple[str, int]:
    """The text with a mark in the place of each such number or address, and how many there were."""
    return _PERSONAL.subn("[…]", text)


def _public_text(event: Any) -> str:
    """What everybody may read of an event: its public text, else its title, new or corrected."""
    for name in ("public_text", "title"):
        if (text := getattr(event, name, None)) is not None:
            return str(text)
    return event.new if event.field == "title" else ""
