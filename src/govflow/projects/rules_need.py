"""Rules of needs, claims, parties and pairing: from the need on record to the parties that have agreed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import SYSTEM, Role, covers
from govflow.context import Context
from govflow.errors import Detail
from govflow.projects.model import JointProject, Party, PartyRole
from govflow.regions.contribution import PairingScope, lacks_of_measure
from govflow.rules import carries_personal_data
from govflow.workflow import rule

# --- the need --------------------------------------------------------------------------------------------------------


@rule("项目类型在政策目录内", "M104", needs="kind")
def kind_is_in_the_policy(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The kind is one that the policy lists: it says what the project needs to be approved and accepted."""
    if event.rule is None:
        known = ", ".join(each.id for each in context.policy.kinds_of_project)
        yield Detail(f"there is no kind {event.kind}; the kinds are: {known}", f"无 {event.kind} 类，应为：{known}")


@rule("该类项目有评价方案,并有该社区类型的指标", "M150", needs="kind profile")
def profile_is_in_the_plan(project: JointProject, event: Any, context: Context) -> bool:
    """Its kind has an evaluation plan, with indicators for the profile of community where one is named."""
    return event.rule is None or event.plan is not None  # a kind that is not listed has been told already


@rule("需求有标题", "M103", needs="title")
def need_has_a_title(project: JointProject, event: Any, context: Context) -> bool:
    """What is needed is said in a line."""
    return bool(event.title.strip())


@rule("由提出方、社区或镇街修改", "M103")
def need_is_ones_own(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever says a need anew has proposed it, or is of the community or the town."""
    mine = {event.by, *units_of(context)} & set(project.proposed_by)
    return bool(mine) or holds(project, context, Role.COMMUNITY, Role.TOWN)


_TEXTS = ("title", "text", "public_text", "capacity", "handback", "answers", "reason", "cause")


@rule(
    "公开文本不含个人信息",
    "M158; PIPL [V]",
    version=2,
    needs="title text public_text capacity shortcomings defects parts handback reason cause",
)
def texts_hide_people(project: JointProject, event: Any, context: Context) -> bool:
    """What everybody may read carries no number or address of a person."""
    texts = [getattr(event, name, None) or "" for name in _TEXTS]
    texts += [text for part in getattr(event, "parts", ()) for text in (part.title, part.text)]
    texts += [*getattr(event, "defects", ()), *getattr(event, "shortcomings", ())]
    texts += [text for pledge in getattr(event, "pledges", ()) for text in (pledge.what, pledge.measure_unit or "")]
    joining = (*getattr(event, "parties", ()), getattr(event, "party", None))
    texts += [party.contract for party in joining if isinstance(party, Party)]
    return not any(carries_personal_data(text) for text in texts)


_REPORTS_A_UNIT = Detail("a report on a unit", "涉及被举报单位")


@rule("来源记录可公开且存在", "petitions §30 [V]", version=2, needs="source need")
def source_is_there_and_public(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """What the need comes from is on record here, and nothing confidential: a project is public."""
    for id in dict.fromkeys(filter(None, (getattr(event, "source", None), *event.need.sources))):
        found = context.lookup(id)
        if found is None:
            yield Detail(f"there is no record {id}", f"没有记录 {id}")
        elif found.keeps_to_itself:
            what = Detail("confidential", "为保密事项") if found.is_secret else _REPORTS_A_UNIT
            yield Detail(f"{id} is {what}", f"{id} {what.zh}")


@rule("需求已计量或未计量,不自相矛盾", "M104, M106", version=2, needs="need")
def need_is_measured_soundly(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """What is needed is measured in one way: money by its amount, anything else by a quantity of something."""
    need = event.need
    if need.matter is not None or need.amount is not None or need.quantity is not None:
        yield from lacks_of_measure(need)
    if need.begins is not None and need.ends is not None and need.ends < need.begins:
        yield Detail(f"it ends on {need.ends}, before it begins", f"截止日 {need.ends} 早于开始日")


@rule("专项资金由系统随立项来源带入", "M110", needs="fund amount")
def fund_comes_with_its_record(project: JointProject, event: Any, context: Context) -> bool:
    """Money is set aside for a project by the record that it comes from, not by whoever proposes it."""
    return event.fund is None or event.by == SYSTEM.id


# --- claims ----------------------------------------------------------------------------------------------------------


@rule("已定独占或共享及截止日", "M103", needs="exclusive until")
def claim_policy_is_set(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Exclusive or shared, and the last day for claims, are given."""
    if event.exclusive is None:
        yield Detail("one party alone, or several: not said", "未定独占或共享")
    wire, kind, category, level = context.step.command.wire, project.kind, project.category, project.level
    if event.until is None and context.policy.time_limit("claim", wire, kind, category, level) is None:
        yield Detail("the last day for claims is not given", "未定截止日")
    elif event.until is not None and event.until <= context.at:
        yield Detail("the last day for claims has passed already", "截止日已过")


def units_of(context: Context) -> set[str]:
    """The units for which whoever acts holds a role."""
    return {claim.unit for claim in context.claims if claim.unit}


def units_spoken_for(project: JointProject, context: Context) -> set[str]:
    """The units for which whoever acts holds, in this place, a role that the step asks for: no seat in a body."""
    held = (claim for claim in context.claims if claim.role in context.step.who)
    return {claim.unit for claim in held if claim.unit and covers(claim, project.level, project.area)}


@rule("认领方已登记", "M103", needs="claimer party unit")
def claimer_is_registered(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """The party is in the registry."""
    party: Party | None = getattr(event, "party", None)
    if party is not None:  # who joins has said so itself, for a unit that the registry knows it by
        if not project.has_agreed(party.unit):
            yield Detail(f"{party.unit} has not agreed itself", f"{party.unit} 未自行确认参加")
        return
    unit = getattr(event, "claimer", None) or getattr(event, "unit", None)
    if unit is None or unit not in units_spoken_for(project, context):
        yield Detail(
            f"{unit or 'no unit'} is not a unit that the actor acts for", f"{unit or '（空）'} 非操作人所代表的单位"
        )


@rule("认领方已说明能力", "M103", needs="capacity")
def capacity_is_declared(project: JointProject, event: Any, context: Context) -> bool:
    """The claimer has stated what it can contribute."""
    return bool(event.capacity.strip())


def standing_claims(project: JointProject) -> list[str]:
    """The units whose claims stand."""
    return [item.claimer for item in project.items_of("claim").values() if item.status == "standing"]


@rule("认领者名下有此认领", "M103", needs="claimer")
def claim_is_ones_own(project: JointProject, event: Any, context: Context) -> bool:
    """The claim that is taken back stands, and whoever takes it back acts for the unit that made it."""
    return event.claimer in standing_claims(project) and event.claimer in units_spoken_for(project, context)


@rule("为最后一份认领", "M103")
def claim_is_the_last(project: JointProject, event: Any, context: Context) -> bool:
    """No other claim is standing."""
    return not set(standing_claims(project)) - {event.claimer}


@rule("尚有其他认领", "M103")
def other_claims_are_left(project: JointProject, event: Any, context: Context) -> bool:
    """Another claim is standing."""
    return bool(set(standing_claims(project)) - {event.claimer})


@rule("另有有效认领,否则撤下需求", "M103")
def another_claim_is_left(project: JointProject, event: Any, context: Context) -> bool:
    """The last claim is not declined by itself: the need is taken off the list, with its claims."""
    return event.by == SYSTEM.id or len(standing_claims(project)) > 1


@rule("需求允许多方认领", "M103")
def claims_are_shared(project: JointProject, event: Any, context: Context) -> bool:
    """The need allows several claimers."""
    return not project.exclusive


@rule("此前未办过同一步骤", "design")
def not_done_before(project: JointProject, event: Any, context: Context) -> bool:
    """The same step was not done before for the same item or person."""
    return event.claimer not in standing_claims(project)


@rule("认领窗口期未满", "M103")
def claims_are_still_taken(project: JointProject, event: Any, context: Context) -> bool:
    """The last day for claims has not passed."""
    clock = project.clocks.get("claim")
    due = project.claim_until if clock is None else clock.due
    return due is None or context.at <= due


# --- agreement and pairing -------------------------------------------------------------------------------------------


@rule("被指定方已同意", "M103", needs="to")
def named_party_consents(project: JointProject, event: Any, context: Context) -> bool:
    """The party named has consented on record."""
    return event.to is not None and project.has_agreed(event.to)


@rule("由本单位的人表示同意或撤回", "M104", needs="unit")
def unit_speaks_for_itself(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever agrees, or takes it back, acts for the unit."""
    return event.unit is not None and event.unit in units_spoken_for(project, context)


@rule("同意尚在且未被采用", "M104", needs="unit")
def agreement_stands_and_is_not_used(project: JointProject, event: Any, context: Context) -> bool:
    """The agreement stands, and nobody was made a party or the lead by it."""
    given = any((each.unit, each.to) == (event.unit, event.to) for each in project.agreements)
    used = project.lead == event.unit if event.to == "lead" else event.unit in project.units
    return given and not used


@rule("至少两方", "M104", needs="parties")
def two_parties_or_more(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """At least two different parties are named."""
    units = [party.unit for party in event.parties]
    if len(set(units)) < 2:
        yield Detail(f"{len(set(units))} named", f"仅 {len(set(units))} 方")
    for unit in sorted({unit for unit in units if units.count(unit) > 1}):
        yield Detail(f"{unit} is named twice", f"{unit} 重复")


@rule("已确定牵头单位", "M143", needs="lead parties")
def lead_is_named(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """One lead party is named."""
    leads = {party.unit for party in event.parties if party.role is PartyRole.LEAD}
    if event.lead is None:
        yield Detail("no lead is named", "未确定牵头单位")
    elif event.lead not in {party.unit for party in event.parties}:
        yield Detail(f"the lead {event.lead} is no party", f"牵头单位 {event.lead} 不在各方之列")
    elif leads - {event.lead}:
        yield Detail("one alone leads", "牵头单位应唯一")


@rule("各方投入已列明", "M104", version=2, needs="pledges parties party")
def contributions_are_listed(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Each party's money, people or place is listed."""
    party: Party | None = getattr(event, "party", None)
    units = {each.unit for each in getattr(event, "parties", ())} | ({party.unit} if party is not None else set())
    for unit in sorted(units - {pledge.party for pledge in event.pledges}):
        yield Detail(f"{unit} brings in nothing", f"{unit} 未列明投入")
    for pledge in event.pledges:
        if pledge.party not in units:
            yield Detail(f"{pledge.party} is no party", f"{pledge.party} 不在各方之列")
        if not pledge.what.strip():
            yield Detail(f"what {pledge.party} brings in is not said", f"未说明 {pledge.party} 投入何物")
        for lack in lacks_of_measure(pledge):
            yield Detail(f"{pledge.party}: {lack}", f"{pledge.party}:{lack.zh}")
        if pledge.until is None or pledge.until <= context.at:
            yield Detail(f"until when {pledge.party} brings it in is not said", f"{pledge.party} 未注明期限")


@rule("各方已自行同意", "M104; v1 J06 both sides", needs="parties")
def parties_have_agreed(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Every party has claimed the need or agreed itself; whoever pairs them answers for its own unit."""
    own = units_spoken_for(project, context)
    offered = {*own, *standing_claims(project)}  # who claims a need may be trusted with it
    for party in event.parties:
        if party.unit not in own and not project.has_agreed(party.unit):
            yield Detail(f"{party.unit} has not agreed", f"{party.unit} 未表示同意")
        elif party.unit == event.lead and not (party.unit in offered or project.has_agreed(party.unit, "lead")):
            yield Detail(f"{party.unit} has not agreed to lead", f"{party.unit} 未同意牵头")


@rule("各方投入与其自行提出的一致", "M104; v1 J06 both sides", needs="pledges")
def pledges_are_ones_own(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Of a party that has said itself what it brings in, this and nothing more is listed."""
    own = units_spoken_for(project, context)
    for pledge in event.pledges:
        said = project.pledged_by(pledge.party)
        if pledge.party not in own and said and pledge not in said:
            yield Detail(
                f"{pledge.party} has not said so itself: {pledge.what}", f"{pledge.party} 未自行提出“{pledge.what}”"
            )


@rule("结对范围属实", "M105", needs="scope parties")
def scope_is_true(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """How far the pairing reaches is what it is: inside one alliance all parties are its members."""
    reach = scope_of(project, event.parties, context)
    if event.scope is PairingScope.INTRA_ALLIANCE and reach is not PairingScope.INTRA_ALLIANCE:
        yield Detail("not all parties are members of its alliance", "并非各方均为本联盟成员")


def scope_of(project: JointProject, parties: Iterable[Party], context: Context) -> PairingScope:
    """How far a pairing reaches, as far as the log knows: inside the project's alliance, in the region, or beyond."""
    named = list(parties)
    alliance = context.lookup(project.alliance) if project.alliance is not None else None
    members = alliance.items_of("member").values() if alliance is not None else ()
    included = {item.key for item in members if item.status == "included"}
    if named and all(party.unit in included for party in named):
        return PairingScope.INTRA_ALLIANCE
    beyond = any(party.role is PartyRole.EXTERNAL for party in named)
    return PairingScope.OUT_OF_REGION if beyond else PairingScope.IN_REGION


@rule("外部或受托单位已注明合同", "M137", needs="parties party")
def contracts_are_named(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """Where services are bought, the party from outside names its contract."""
    if project.rule is None or not project.rule.contract:
        return
    party: Party | None = getattr(event, "party", None)
    named = (*getattr(event, "parties", ()), *((party,) if party is not None else ()))
    for each in named:
        if each.role is PartyRole.EXTERNAL and not each.contract.strip():
            yield Detail(f"{each.unit} names no contract", f"{each.unit} 未注明合同")
    if not any(each.role is PartyRole.EXTERNAL for each in (*project.parties_named, *named)):
        yield Detail("nobody from outside is a party", "无外部服务单位")


@rule("尚非其一方", "M143", needs="party")
def party_is_new(project: JointProject, event: Any, context: Context) -> bool:
    """Whoever joins is no party yet."""
    return event.party is not None and event.party.unit not in project.units and event.party.role is not PartyRole.LEAD


@rule("仍有至少两方", "M104", needs="unit")
def two_parties_remain(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """At least two parties remain."""
    left = [unit for unit in project.units if unit != event.unit]
    if event.unit not in project.units:
        yield Detail(f"{event.unit or 'nobody'} is no party", f"{event.unit or '（空）'} 不在各方之列")
    elif len(left) < 2:
        yield Detail(f"{len(left)} would be left", f"仅余 {len(left)} 方")
    elif event.unit == project.lead:
        yield Detail("the lead hands over first", "牵头单位须先移交")


@rule("退出单位的承诺已了结", "M104", needs="unit")
def promises_of_the_party_are_settled(project: JointProject, event: Any, context: Context) -> Iterable[str]:
    """What the party promised is kept or released before it goes."""
    for item in project.items_of("commitment").values():
        if item.owes == event.unit and item.status in ("made", "broken"):
            yield Detail(f"commitment {item.key} is {item.status}", f"承诺 {item.key} 未了结")


@rule("由本单位或牵头单位提出", "M143", needs="unit")
def party_goes_itself_or_is_let_go(project: JointProject, event: Any, context: Context) -> bool:
    """A unit that is not the lead lets nobody go but itself."""
    own = units_spoken_for(project, context)
    return project.lead in own or event.unit in own


@rule("拆出部分已列明", "M106", needs="parts")
def parts_are_named(project: JointProject, event: Any, context: Context) -> bool:
    """What goes on by itself is named, part by part."""
    return bool(event.parts) and all(part.title.strip() for part in event.parts)


def holds(project: JointProject, context: Context, *roles: Role) -> bool:
    """Whether whoever acts holds one of these roles here."""
    return any(claim.role in roles and covers(claim, project.level, project.area) for claim in context.claims)
