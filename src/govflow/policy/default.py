"""The policy that ships: figures from the rules where there are any, the rest marked as our own [config]."""

from __future__ import annotations

from datetime import date

from govflow.calendars import Roll, Unit
from govflow.policy.catalogue import Category
from govflow.policy.evaluation import EVALUATION_PLANS
from govflow.policy.model import Policy, ReasonCode, RetentionClass, Thresholds
from govflow.policy.practice import Checklist, ChecklistStage, MediationBody, MeetingRule, Share
from govflow.policy.programmes import PROGRAMMES
from govflow.policy.project_kinds import PROJECT_KINDS
from govflow.policy.time_limits import Escalation, Then, TimeLimit
from govflow.policy.tracks import PROCEDURES, QUORUM_RULES

H, D, W = Unit.HOUR, Unit.DAY, Unit.WORKDAY
_OF_A_BUDGET = ("budget",)
_BY_CATEGORY = ("tier",)  # no case is of this kind: only a category that names the limit has it

# fmt: off
_LIMITS = (
    # the case: coming in
    TimeLimit(id="case.report",        clock="reporting",          length=1,  unit=W, basis="config", own=True),
    TimeLimit(id="pet.tell",           clock="acceptance",         length=15, unit=D, basis="信访工作条例 §23", kinds=("petition",)),
    TimeLimit(id="pet.forward",        clock="acceptance",         length=15, unit=D, basis="信访工作条例 §22", kinds=("petition_forwarded",)),
    TimeLimit(id="hot.accept",         clock="acceptance",         length=2,  unit=H, basis="Beijing draft standard 2021"),
    TimeLimit(id="case.supplement",    clock="supplement",         length=10, unit=W, basis="行政复议法 §31 style"),
    TimeLimit(id="hot.assign",         clock="assignment",         length=1,  unit=W, basis="config", own=True),
    # handling
    TimeLimit(id="ord.receipt",        clock="receipt",            length=1,  unit=W, basis="config", own=True),
    TimeLimit(id="pet.objection",      clock="objection_window",   length=5,  unit=W, basis="信访工作条例 §23"),
    TimeLimit(id="ord.objection.decide", clock="objection_decision", length=3, unit=W, basis="config", own=True),
    TimeLimit(id="hot.contact",        clock="contact",            length=24, unit=H, basis="practice"),
    TimeLimit(id="pet.handle",         clock="handling",           length=60, unit=D, basis="信访工作条例 §34", kinds=("petition",), starts_on=("case.accept", "case.assign"), extension=30),
    TimeLimit(id="hot.handle",         clock="handling",           length=5,  unit=W, basis="潍坊市12345条例 §20", starts_on=("case.assign", "case.arbitrate_assignment"), extension=5),
    TimeLimit(id="hot.tier.emergency", clock="handling",           length=2,  unit=H, basis="Beijing draft standard 2021", kinds=_BY_CATEGORY, starts_on=("case.assign",)),
    TimeLimit(id="hot.tier.utility",   clock="handling",           length=24, unit=H, basis="Beijing draft standard 2021", kinds=_BY_CATEGORY, starts_on=("case.assign",)),
    TimeLimit(id="hot.tier.general",   clock="handling",           length=7,  unit=D, basis="Beijing draft standard 2021", kinds=_BY_CATEGORY, starts_on=("case.assign",)),
    TimeLimit(id="hot.tier.complex",   clock="handling",           length=15, unit=D, basis="Beijing draft standard 2021", kinds=_BY_CATEGORY, starts_on=("case.assign",)),
    TimeLimit(id="rec.decide",         clock="handling",           length=60, unit=D, basis="行政复议法 §62", kinds=("reconsideration",), starts_on=("case.accept",), extension=30),
    TimeLimit(id="joint.reply",        clock="joint_reply",        length=2,  unit=W, basis="config", own=True),
    TimeLimit(id="susp.review",        clock="suspension_review",  length=90, unit=D, basis="config", own=True),
    # feedback and the end
    TimeLimit(id="feedback",           clock="feedback",           length=2,  unit=W, basis="config", own=True),
    TimeLimit(id="proj.evaluate",      clock="evaluation",         length=30, unit=D, basis="config", own=True, starts_on=("joint_project.accept_delivery",)),
    TimeLimit(id="eval.window",        clock="evaluation",         length=7,  unit=D, basis="config", own=True),
    TimeLimit(id="verify.window",      clock="verification",       length=3,  unit=W, basis="config", own=True),
    TimeLimit(id="reopen.window",      clock="reopen_window",      length=30, unit=D, basis="config", own=True),
    # review and recheck: what ends is a resident's right, so a last day off moves on (民法典 §203)
    TimeLimit(id="pet.review.ask",     clock="review_request",     length=30, unit=D, basis="信访工作条例 §35", kinds=("petition",), roll=Roll.REST_DAY),
    TimeLimit(id="pet.review.decide",  clock="review",             length=30, unit=D, basis="信访工作条例 §35", kinds=("petition",)),
    TimeLimit(id="pet.recheck.ask",    clock="recheck_request",    length=30, unit=D, basis="信访工作条例 §36", kinds=("petition",), roll=Roll.REST_DAY),
    TimeLimit(id="pet.recheck.decide", clock="recheck",            length=30, unit=D, basis="信访工作条例 §36", kinds=("petition",)),
    TimeLimit(id="appr.valid",         clock="approval_validity",  length=5,  unit=W, basis="config", own=True),
    # disputes, deliberation, projects
    TimeLimit(id="med.period",         clock="mediation",          length=30, unit=D, basis="深圳矛盾纠纷多元化解条例 §25"),
    TimeLimit(id="med.confirm",        clock="confirmation",       length=30, unit=D, basis="人民调解法 §33"),
    TimeLimit(id="med.offer",          clock="mediation_offer",    length=5,  unit=W, basis="config", own=True),
    TimeLimit(id="med.revisit",        clock="obligation_due",     length=7,  unit=D, basis="config", own=True, kinds=("revisit",)),
    TimeLimit(id="sup.reply",          clock="supervision_reply",  length=5,  unit=W, basis="config", own=True),
    TimeLimit(id="adm.decide",         clock="admission_decision", length=5,  unit=W, basis="config", own=True),
    TimeLimit(id="ref.answer",         clock="referral_answer",    length=5,  unit=W, basis="config", own=True),
    TimeLimit(id="bud.collect",        clock="consultation",       length=15, unit=D, basis="config", own=True, kinds=_OF_A_BUDGET, extension=15),
    TimeLimit(id="bud.review",         clock="screening",          length=20, unit=W, basis="config", own=True, kinds=_OF_A_BUDGET, extension=10),
    TimeLimit(id="bud.ballot",         clock="ballot",             length=10, unit=D, basis="config", own=True, kinds=_OF_A_BUDGET, extension=10),
    TimeLimit(id="bud.commission",     clock="implementation",     length=30, unit=W, basis="config", own=True, kinds=_OF_A_BUDGET, extension=30),
    TimeLimit(id="prop.screen",        clock="screening",          length=10, unit=W, basis="config", own=True, extension=5),
    TimeLimit(id="prop.revise",        clock="revision",           length=30, unit=D, basis="config", own=True),
    TimeLimit(id="dec.comment",        clock="consultation",       length=30, unit=D, basis="重大行政决策程序暂行条例 §15; extension [config]", kinds=("major",), extension=30),
    TimeLimit(id="prop.consult",       clock="consultation",       length=7,  unit=D, basis="config", own=True, extension=30),
    TimeLimit(id="vill.notice",        clock="notice",             length=10, unit=D, basis="村民委员会组织法 (2018) §21"),
    TimeLimit(id="prop.notice",        clock="notice",             length=3,  unit=D, basis="config", own=True),
    TimeLimit(id="prop.implement",     clock="implementation",     length=180, unit=D, basis="config; the resolution names its own day", own=True, extension=180),
    TimeLimit(id="prop.appraise",      clock="appraisal",          length=30, unit=D, basis="config", own=True),
    TimeLimit(id="prop.reply",         clock="reply",              length=10, unit=W, basis="config", own=True),
    TimeLimit(id="prop.takeover",      clock="takeover_window",    length=7,  unit=D, basis="config", own=True),
    TimeLimit(id="obj.answer",         clock="objection_answer",   length=5,  unit=W, basis="config", own=True),
    TimeLimit(id="dec.hearing",        clock="hearing_papers",     length=7,  unit=D, basis="重大行政决策程序暂行条例 §16", kinds=("major",)),
    TimeLimit(id="dec.legality",       clock="legality_review",    length=7,  unit=W, basis="重大行政决策程序暂行条例 §26"),
    TimeLimit(id="inv.reply",          clock="invitation_reply",   length=5,  unit=W, basis="config", own=True),
    TimeLimit(id="claim.window",       clock="claim",              length=15, unit=D, basis="config", own=True),
    TimeLimit(id="proj.deliver",       clock="delivery",           length=365, unit=D, basis="config; the approval names its own day", own=True, extension=180),
    TimeLimit(id="proj.report",        clock="staleness",          length=30, unit=D, basis="config", own=True),
    TimeLimit(id="proj.accept",        clock="acceptance_check",   length=15, unit=D, basis="config", own=True),
    TimeLimit(id="proj.settle",        clock="settlement",         length=60, unit=D, basis="config", own=True),
    TimeLimit(id="proj.milestone",     clock="milestone_due",      length=30, unit=D, basis="config; the plan names its own day", own=True),
    TimeLimit(id="proj.feedback",      clock="project_feedback",   length=3,  unit=W, basis="config", own=True),
    TimeLimit(id="stu.answer",         clock="matter_answer",      length=15, unit=W, basis="config", own=True),
    TimeLimit(id="publicity",          clock="publicity",          length=7,  unit=D, basis="config", own=True),
)

_CATEGORIES = (
    Category(id="general",     en="General matter",           zh="一般事项"),
    Category(id="petition",    en="Petition",                 zh="信访事项", time_limit="pet.handle", retention="disputed"),
    Category(id="utility",     en="Water, power, gas, heat",  zh="水电气热", time_limit="hot.tier.utility"),
    Category(id="emergency",   en="Emergency",                zh="紧急事项", time_limit="hot.tier.emergency", public_interest=True),
    Category(id="hazard",      en="Safety hazard",            zh="安全隐患", evidence=("photo",), public_interest=True),
    Category(id="environment", en="Sanitation and environment", zh="环境卫生", evidence=("photo",)),
    Category(id="dispute",     en="Dispute",                  zh="矛盾纠纷", retention="disputed"),
    Category(id="collective",  en="Collective matter",        zh="集体事项", retention="collective"),
    Category(id="suggestion",  en="Suggestion",               zh="意见建议"),
    Category(id="imposed",     en="Task outside the list",    zh="目录外下派任务", admitted=False),
)

_REASONS = (
    ReasonCode(id="out_of_scope",          en="outside duties",                          zh="不属职责范围", commands=("case.reject",)),
    ReasonCode(id="emergency_line",        en="belongs to an emergency line",            zh="应拨打紧急热线", commands=("case.reject",)),
    ReasonCode(id="statutory_channel",     en="must take or is in a statutory channel",  zh="应通过法定途径", commands=("case.reject",)),
    ReasonCode(id="no_new_facts",          en="in progress or finished, no new facts",   zh="正在办理或已办结且无新事实", commands=("case.reject",)),
    ReasonCode(id="secret_or_private",     en="touches secrets or others' privacy",      zh="涉及秘密或他人隐私", commands=("case.reject",)),
    ReasonCode(id="illegal",               en="against the law or public order",         zh="违反法律或公序良俗", commands=("case.reject",)),
    ReasonCode(id="terminated_same_facts", en="same facts as a terminated case",         zh="同一事实已终结", commands=("case.reject",)),
    ReasonCode(id="not_supplemented",      en="not supplemented in time",                zh="逾期未补正", commands=("case.reject",)),
)

_SUPERVISION = ("supervision.remind", "supervision.urge", "supervision.list", "supervision.interview", "supervision.circulate", "accountability.open")
# The areas of not acting (000 负面清单, M049): its 30 situations are the town's to list; these are our own examples.
_FAILINGS = (
    ReasonCode(id="refuses_to_act",        en="refuses or shifts what is its own",       zh="推诿扯皮", commands=_SUPERVISION),
    ReasonCode(id="overdue_without_cause", en="overdue without a cause",                 zh="无故超期", commands=_SUPERVISION),
    ReasonCode(id="unresolved",            en="not resolved though it could be",         zh="应解决未解决", commands=_SUPERVISION),
    ReasonCode(id="poor_handling",         en="handled badly or for show",               zh="办理质量差、走过场", commands=_SUPERVISION),
    ReasonCode(id="false_report",          en="reported what was not so",                zh="虚报瞒报", commands=_SUPERVISION),
    ReasonCode(id="silent_on_invitation",  en="left an invitation unanswered",           zh="约请逾期未复", commands=_SUPERVISION),
    ReasonCode(id="promise_not_kept",      en="did not keep a public promise",           zh="公开承诺未兑现", commands=_SUPERVISION),
)

_PROPOSALS = (
    ReasonCode(id="beyond_powers",         en="outside what the body may decide",        zh="超出议事范围", commands=("proposal.reject",)),
    ReasonCode(id="unlawful",              en="against the law or public order",         zh="违反法律或公序良俗", commands=("proposal.reject",)),
    ReasonCode(id="too_vague",             en="no place, target or body named (高空大)", zh="内容空泛", commands=("proposal.reject", "proposal.return_for_revision")),
    ReasonCode(id="incomplete",            en="something is missing",                    zh="材料不全", commands=("proposal.return_for_revision",)),
    ReasonCode(id="several_subjects",      en="more than one subject",                   zh="一案多事", commands=("proposal.return_for_revision",)),
    ReasonCode(id="wrong_roll",            en="the roll of voters was wrong",            zh="表决人名册有误", commands=("proposal.void_vote",)),
    ReasonCode(id="wrong_ballots",         en="ballots were forged, bought or forced",   zh="伪造、贿买、胁迫投票", commands=("proposal.void_vote",)),
    ReasonCode(id="wrong_count",           en="the count was wrong",                     zh="计票有误", commands=("proposal.void_vote",)),
    ReasonCode(id="wrong_notice",          en="notice or convening was irregular",       zh="公告或召集不合程序", commands=("proposal.void_vote",)),
)

_BUDGETS = (
    ReasonCode(id="serves_no_public",      en="serves nobody but its proposer",          zh="不具公益性", commands=("entry.refuse",)),
    ReasonCode(id="over_the_cap",          en="costs more than one entry may",           zh="超出单项上限", commands=("entry.refuse",)),
    ReasonCode(id="not_of_the_kinds",      en="of no kind that the programme funds",     zh="不属资助范围", commands=("entry.refuse",)),
    ReasonCode(id="funded_elsewhere",      en="has other money, or is somebody's duty",  zh="已有其他资金或属他人职责", commands=("entry.refuse",)),
    ReasonCode(id="not_feasible",          en="cannot be carried out there or in time",  zh="无法实施", commands=("entry.refuse",)),
    ReasonCode(id="entered_twice",         en="the same as another entry",               zh="与其他项目重复", commands=("entry.refuse",)),
    ReasonCode(id="entry_unlawful",        en="against the law or public order",         zh="违反法律或公序良俗", commands=("entry.refuse",)),
    ReasonCode(id="ballot_wrong_roll",     en="the roll of voters was wrong",            zh="表决人名册有误", commands=("budget_round.void_ballot",)),
    ReasonCode(id="ballot_wrong_ballots",  en="ballots were forged, bought or forced",   zh="伪造、贿买、胁迫投票", commands=("budget_round.void_ballot",)),
    ReasonCode(id="ballot_wrong_list",     en="an entry was wrongly listed or left out", zh="项目清单有误", commands=("budget_round.void_ballot",)),
    ReasonCode(id="objection_upheld",      en="an objection was upheld",                 zh="异议成立", commands=("budget_round.void_ballot",)),
)

_PROJECTS = (
    ReasonCode(id="late_receipt",          en="a receipt came in late",                  zh="凭证迟到", commands=("joint_project.reopen_accounts",)),
    ReasonCode(id="wrong_accounts",        en="an entry of the accounts was wrong",      zh="账目有误", commands=("joint_project.reopen_accounts",)),
    ReasonCode(id="audit_finding",         en="an audit found something",                zh="审计发现问题", commands=("joint_project.reopen_accounts",)),
)

_BODIES = (
    MediationBody(id="village-council",    en="Village fairness meeting", zh="村级公道会", tier=1, basis="003 三会联动 (M065)"),
    MediationBody(id="town-hearing",       en="Town hearing",             zh="镇级听证会", tier=2, basis="003 三会联动 (M065)"),
    MediationBody(id="district-conference", en="District joint conference", zh="区级联席会", tier=3, basis="003 三会联动 (M065)"),
)

_HALF = Share(numerator=1, denominator=2, inclusive=False)
_MEETINGS = (
    MeetingRule(id="hearing",      basis="Shanghai three meetings 听证会; no quorum [config]", own=True),
    MeetingRule(id="coordination", basis="Shanghai three meetings 协调会; no quorum [config]", own=True),
    MeetingRule(id="appraisal",    quorum=_HALF, basis="Shanghai three meetings 评议会; quorum [config]", own=True),
)


def _stages(*pairs: tuple[str, str]) -> tuple[ChecklistStage, ...]:
    return tuple(ChecklistStage(zh=zh, en=en) for zh, en in pairs)


_CHECKLISTS = (
    Checklist(id="five-stage", en="Five-stage assessment", zh="五段立体研判", basis="000 (M048)", stages=_stages(
        ("问题筛选式梳理", "sift the problems"), ("走访式了解", "visit"), ("多点式谈话", "talk at many points"), ("印证", "corroborate"), ("定性", "characterise"))),
    Checklist(id="five-step", en="Five-step method", zh="五步工作法", basis="001 (M145)", stages=_stages(
        ("找党员", "find party members"), ("建组织", "build an organisation"), ("优机制", "better the mechanism"), ("聚合力", "join forces"), ("植文化", "plant a culture"))),
)

_RETENTION = (
    RetentionClass(id="ordinary",   years=10,   basis="档案局令第8号; class [config]"),
    RetentionClass(id="disputed",   years=30,   basis="档案局令第8号; class [config]"),
    RetentionClass(id="collective", years=None, basis="档案局令第8号; class [config]"),
)

_ESCALATIONS = (
    Escalation(id="handling.overdue", clock="handling", then=Then.RAISE, after=3, unit=W, levels=("grid", "community", "town"), basis="config", own=True),
)

_THRESHOLDS = Thresholds(
    contact_attempts=3, representatives=5, suspension_days=90, evaluation_attempts=3, rework_percent=50,
    exposure_days=5, similar_signals=3, similar_signal_days=30,
    basis={
        "contact_attempts": "config",
        "representatives": "信访工作条例 §20",
        "suspension_days": "config",
        "evaluation_attempts": "config",
        "rework_percent": "config",
        "exposure_days": "config",
        "similar_signals": "config; 000 放大镜 M041",
        "similar_signal_days": "config",
    },
)
# fmt: on

DEFAULT_POLICY = Policy(
    id="default",
    version="5",
    effective_from=date(2026, 1, 1),
    title="govflow default policy 默认政策",
    calendar="cn",
    time_limits=_LIMITS,
    warn_at=(80,),
    basis={"warn_at": "config; city management platforms show a limit green up to 80 %"},
    escalations=_ESCALATIONS,
    categories=_CATEGORIES,
    reasons=(*_REASONS, *_FAILINGS, *_PROPOSALS, *_BUDGETS, *_PROJECTS),
    mediation_bodies=_BODIES,
    meetings=_MEETINGS,
    checklists=_CHECKLISTS,
    quorum_rules=QUORUM_RULES,
    procedures=PROCEDURES,
    programmes=PROGRAMMES,
    evaluation_plans=EVALUATION_PLANS,
    project_kinds=PROJECT_KINDS,
    retention=_RETENTION,
    thresholds=_THRESHOLDS,
)
"""In force where no other policy was given or adopted."""
