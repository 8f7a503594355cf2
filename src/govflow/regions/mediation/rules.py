"""调解 mediation: what must hold for its steps."""

from collections.abc import Iterable
from typing import Any

from govflow.actors import ROLES
from govflow.context import Context
from govflow.errors import Detail
from govflow.records import Record
from govflow.regions.commitment import mediates
from govflow.regions.mediation.model import Mediation, MediationStatus, Purpose, statement_digest
from govflow.workflow import rule

_LAST_TIER = 3  # 村级公道会 → 镇级听证会 → 区级联席会 (M065)

# --- before it begins ------------------------------------------------------------------------------------------------


@rule("该纠纷依法可调解且无人明确拒绝", "人民调解法 §17 [V]", version=2, needs="barred_by")
def dispute_is_mediable(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The law does not bar mediation of this dispute and no party has clearly refused."""
    barred_by = getattr(event, "barred_by", "").strip()
    if barred_by:
        yield Detail(f"barred by {barred_by}", f"依 {barred_by} 不得调解")
    if record.is_secret:
        yield Detail("the matter is confidential", "事项保密，不经调解")
    parties = {*(context.item.parties if isinstance(context.item, Mediation) else event.parties)}
    open_keys = {each.key for each in context.deciders[record.kind_of_record].regions["mediation"].open_items(record)}
    for other in record.items_of("mediation").values():
        if other is context.item or len({*other.parties} & parties) < 2:  # not between the same
            continue
        if other.key in open_keys:
            yield Detail(f"{other.key} between them is open", f"相同当事人的 {other.key} 尚未了结")
        for party in sorted({*other.unwilling} & parties) if other.round == record.round else ():
            yield Detail(f"{party} refused in {other.key}", f"{party} 在 {other.key} 中已拒绝")


@rule("参加人已列明", "M086", needs="parties mediator")
def parties_are_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Those who take part are named."""
    if len(set(event.parties)) < 2 or len(set(event.parties)) < len(event.parties):
        yield Detail("two parties or more, each once", "当事人须两方以上，且不重复")
    if not event.mediator:
        yield Detail("the mediator", "调解员")


@rule("被举报单位不参加调解", "petitions §30 [V]", needs="parties mediator body")
def unit_reported_is_not_at_the_table(record: Record, event: Any, context: Context) -> bool:
    """The unit that is reported is no party, mediates nothing and helps with nothing."""
    said = event.__dict__
    helpers = (*(each.id for each in said.get("participants", ())), *said.get("experts", ()))
    accused = getattr(record, "accused_unit", None)
    return accused is None or accused not in (*said.get("parties", ()), event.mediator, said.get("body_unit"), *helpers)


@rule("调解员已载明,且未曾被更换", "M065", version=2, needs="mediator")
def mediator_is_named(record: Record, event: Any, context: Context) -> bool:
    """Who mediates at this tier is named, and is nobody who was replaced."""
    assert isinstance(context.item, Mediation)
    return event.mediator is not None and event.mediator not in context.item.earlier_mediators


@rule("调解组织存在,且承担该层级、该类别", "M067; M073", needs="body form")
def body_is_competent(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The mediation body exists and serves this tier and category; none is named only where none is listed."""
    tier, policy = getattr(event, "tier", 1), context.policy
    if event.body is None:
        listed = [each.id for each in policy.mediation_bodies if each.serves(tier, record.category)]
        if listed:
            yield Detail(f"one of {', '.join(listed)}", f"应为 {'、'.join(listed)} 之一")
        return
    body = policy.mediation_body(event.body)
    if body is None:
        yield Detail(f"there is no body {event.body}", f"无此组织 {event.body}")
    elif not body.serves(tier, record.category):
        yield Detail(f"{body.id} is not for tier {tier} of {record.category}", f"{body.zh} 不承担该层级或类别")
    elif event.form != body.kind:
        yield Detail(f"{body.id} does {body.kind} mediation", f"{body.zh} 的调解类型为 {body.kind}")


@rule("专家均在该组织的专家库内", "M067", needs="experts")
def experts_are_in_the_pool(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Every expert is in the pool of the body named."""
    body = context.policy.mediation_body(event.body or "")
    for expert in event.experts:
        if body is None or expert not in body.experts:
            yield Detail(f"{expert} is not in the pool", f"{expert} 不在专家库")


@rule("各方均已同意且无人拒绝", "人民调解法 §17 [V]")
def both_parties_consent(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Every party's consent stands on record and none has refused."""
    if context.step.extends:
        return _unsigned(record, event, context, Purpose.EXTENSION)
    dispute: Any = context.item
    missing = [party for party in dispute.parties if party not in dispute.consents or party in dispute.refused]
    return [Detail(f"{party} has not consented", f"{party} 尚未同意") for party in missing]


@rule("已载明延长的长度", "深圳矛盾纠纷多元化解条例 §25", needs="length")
def length_is_named(record: Record, event: Any, context: Context) -> bool:
    """The length of the extension is named."""
    return bool(event.length > 0)


@rule(
    "新调解员已载明、未曾在任、非当事人及其单位的人,且由非当事人及其单位的人更换",
    "深圳矛盾纠纷多元化解条例 §23",
    version=2,
    needs="mediator",
)
def new_mediator_is_impartial(record: Record, event: Any, context: Context) -> bool:
    """The new mediator is named, has not mediated it, and is with who names them no party, nor of one, nor the reporter."""
    dispute: Any = context.item
    if not event.mediator or event.mediator in (dispute.mediator, *dispute.earlier_mediators):
        return False
    holders = context.holders(ROLES, record.level, record.area)
    units = {each.claim.unit for each in holders if each.actor == event.mediator}
    units |= {claim.unit for claim in context.claims}
    concerned = dispute.people() | ({getattr(record, "reporter", None)} - {None})
    return bool(concerned.isdisjoint({event.mediator, event.by, *units}))


@rule("下一级调解未成或获豁免", "M065", needs="tier exemption")
def tier_below_failed_or_exempt(record: Record, event: Any, context: Context) -> bool:
    """The tier below failed, was declined, or an exemption is named."""
    dispute: Any = context.item
    return bool(event.tier == dispute.tier + 1 or (event.exemption.strip() and event.tier > dispute.tier))


@rule("调解层级不超过三级", "M065", needs="tier")
def tier_is_at_most_three(record: Record, event: Any, context: Context) -> bool:
    """The new tier is two or three."""
    return bool(1 < event.tier <= _LAST_TIER)


# --- what is agreed and signed ---------------------------------------------------------------------------------------

_SIGNED_FOR = {
    "mediation.agree": Purpose.AGREEMENT,
    "mediation.apply_confirmation": Purpose.CONFIRMATION,
    "mediation.perform": Purpose.PERFORMANCE,
}


@rule("双方已签字确认", "人民调解法 §33 [V]", needs="obligations text")
def both_sides_sign(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Both sides have signed this very statement."""
    return _unsigned(record, event, context, _SIGNED_FOR[context.step.command.wire])


def _unsigned(record: Record, event: Any, context: Context, purpose: Purpose) -> list[str]:
    """Who has not signed the terms that the event names, or the dispute where the event names none."""
    assert isinstance(context.item, Mediation)
    terms = event if purpose is Purpose.AGREEMENT else context.item
    digest = (
        statement_digest(record.id, event.item, purpose, length=event.length)
        if purpose is Purpose.EXTENSION
        else statement_digest(
            record.id, event.item, purpose, obligations=terms.obligations, text_digest=terms.text_digest
        )
    )
    missing = [party for party in context.item.parties if not context.item.has_signed(party, purpose, digest)]
    return [Detail(f"{party} has not signed this statement", f"{party} 未签署此文本") for party in missing]


_MAY_BE_SIGNED = {
    Purpose.AGREEMENT: (MediationStatus.IN_MEDIATION,),
    Purpose.EXTENSION: (MediationStatus.IN_MEDIATION,),
    Purpose.CONFIRMATION: (MediationStatus.AGREED,),
    Purpose.PERFORMANCE: (MediationStatus.AGREED, MediationStatus.CONFIRMED, MediationStatus.BREACHED),
}


@rule("所签文本与所处阶段相符", "design", needs="purpose digest")
def statement_may_be_signed_now(record: Record, event: Any, context: Context) -> bool:
    """A statement is signed for a purpose that may follow now, and its digest is given."""
    assert context.item is not None
    return event.digest is not None and context.item.status in _MAY_BE_SIGNED.get(event.purpose, ())


@rule("协议载明当事人的义务及期限", "人民调解法 §29", needs="obligations text")
def obligations_are_dated(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The agreement says which party does what, and until when, ahead of now; or its text says that nothing is owed."""
    assert isinstance(context.item, Mediation)
    if not event.obligations and event.text is None:
        yield Detail("neither obligations nor a text", "既无义务亦无文本")
    for number, each in enumerate(event.obligations, 1):
        if each.by not in context.item.parties:
            yield Detail(f"{number}: {each.by} is no party", f"第 {number} 项：{each.by} 非当事人")
        if not each.what.strip():
            yield Detail(f"{number}: what", f"第 {number} 项：内容")
        if each.until <= context.at:
            yield Detail(f"{number}: its date has passed", f"第 {number} 项：期限已过")


@rule("协议文本末行附随机数", "PIPL §47 [V]", needs="text")
def text_cannot_be_guessed(record: Record, event: Any, context: Context) -> bool:
    """The text ends with a random number on a line of its own: its digest outlives it and must tell nothing."""
    return event.text is None or event.text_digest is not None


@rule("协议义务均已履行或免除", "人民调解法 §31 [V]")
def agreed_commitments_are_done(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Every commitment of the agreement is kept or released."""
    assert isinstance(context.item, Mediation)
    for key in context.item.commitments:
        promise = record.item("commitment", key)
        if promise is not None and promise.status not in ("kept", "released"):
            yield Detail(f"commitment {key} is {promise.status}", f"承诺 {key} 状态为 {promise.status}")


@rule("已注明法院裁定", "人民调解法 §33 [V]", needs="court number decided_on")
def court_decision_is_named(record: Record, event: Any, context: Context) -> Iterable[str]:
    """Court, number and date of the decision are given."""
    if not event.court.strip():
        yield Detail("court", "法院")
    if not event.number.strip():
        yield Detail("number", "案号")
    if event.decided_on is None:
        yield Detail("date", "日期")
    elif event.decided_on > context.at.astimezone(context.policy.zone).date():
        yield Detail("the date lies ahead", "日期尚未到来")


@rule("已申请司法确认", "人民调解法 §33 [V]")
def confirmation_was_applied_for(record: Record, event: Any, context: Context) -> bool:
    """The parties have applied to a court for this agreement."""
    assert isinstance(context.item, Mediation)
    return context.item.applied


@rule("由当事人记录的,法院文书已由他人附卷", "人民调解法 §33 [V]", needs="papers")
def decision_is_on_file(record: Record, event: Any, context: Context) -> Iterable[str]:
    """The mediator records what the court decided; or a party does, of a paper on file that no party has put there."""
    assert isinstance(context.item, Mediation)
    if mediates(context.item, record, event, context):
        return
    if not event.papers:
        yield Detail("no paper is named", "未附材料")
    for key in event.papers:
        piece = record.item("evidence", key)
        if piece is None or piece.status != "added":
            yield Detail(f"paper {key} is not on file", f"材料 {key} 不在卷")
        elif piece.by in (event.by, *context.item.parties):
            yield Detail(f"paper {key} is a party's own", f"材料 {key} 由当事人自行附卷")


@rule("协议有效期间不因选择而告知他途", "人民调解法 §31 [V]")
def no_agreement_is_left_standing(record: Record, event: Any, context: Context) -> bool:
    """No agreement is in force, or the record itself has left by another way."""
    assert context.item is not None
    has_left = record.status not in context.deciders[record.kind_of_record].active
    return has_left or context.item.status != MediationStatus.AGREED
