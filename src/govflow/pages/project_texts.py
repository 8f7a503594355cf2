"""What the pages of projects say, in English and in Chinese, beside what all pages say."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

PROJECT_TERMS = {
    "source": "fiscal 财政资金 donation 捐赠 self_raised 自筹",
    "matter": "money 资金 people 人员 place 场地 goods 物资 service 服务",
    "scope": "intra_alliance 联盟内 inter_alliance 联盟间 in_region 区域内 out_of_region 域外",
    "theme": "service 服务联做 sanitation 环境卫生联抓 culture 文化联办 security 治安联防 charity 帮扶联动",
    "party": "lead 牵头单位 member 成员单位 external 外部单位",
    "team": "work_group 专项工作组 service_team 专业服务队 supervisors 专门监督员",
    "risk_level": "controllable 可控 partly_controllable 部分可控 uncontrollable 不可控",
    "topic": (
        "noise 噪音 dust 扬尘 access 出行 safety 安全 quality 质量 progress 进度 water 水 parking 停车 odour 异味 "
        "hours 施工时间 damage 损坏 cleaning 保洁 light 照明"
    ),
    "form": (
        "hearing 听证会 coordination 协调会 appraisal 评议会 council 议事会 joint_conference 联席会 talk 恳谈会 "
        "exchange 交流会 fellowship 联谊会 symposium 座谈会 reception 接待会"
    ),
    "field": "title 名称 area 区域 category 类别 theme 主题",
}
"""Terms of the field that bring no Chinese word of their own where the page needs one: id, Chinese, in turn."""

# fmt: off
PROJECT_TEXTS: dict[str, tuple[str, str]] = {
    **{
        f"role.{id}": (id.replace("_", " "), zh)
        for id, zh in zip(*[iter(["project_lead", "牵头单位", "finance", "财务", "acceptance_group", "验收组", "supervisor", "监督", "host", "会议召集方", "verifier", "核查员", "mediator", "调解员", "dispatcher", "派单中心", "leader", "领导", "callback", "回访员", "unit_head", "单位负责人"])] * 2, strict=True)
    },
    "source.fiscal": ("public money", "财政资金"), "source.self_raised": ("raised by those concerned", "自筹"),
    "region.ledger": ("defect", "整改"), "region.commitment": ("promise", "承诺"), "region.budget": ("budget line", "预算"), "region.supervision": ("supervision", "督办"),
    "page.kind.project": ("Joint project", "共建项目"),
    "page.way.project": ("The way of this project", "项目进程"),
    "page.made.project": ("As of {at}, {events} entries in the record {id}. govflow puts no names and no ids of people on it: public texts stand as they were written, what residents wrote is not shown, disputes are counted.",
                          "截至 {at}，记录 {id} 共 {events} 条。系统不列出个人姓名与编号；公开文字照录，居民所写内容不显示，争议只计数。"),
    "page.kind.projects": ("Joint projects", "共建项目"),
    "page.way.projects": ("", ""),
    "projects": ("Needs and projects", "需求与项目"), "projects.needs": ("Needs that wait for partners", "待认领的需求"),
    "projects.under_way": ("Projects", "项目"), "projects.made": ("As of {at}, {n} projects.", "截至 {at}，共 {n} 个项目。"),
    "projects.claims": ("Claims", "认领数"), "projects.none": ("There is none yet.", "暂无。"),
    "somebody": ("somebody (not named)", "有关人员（不公开）"),
    "yuan": ("{n} yuan", "{n} 元"), "percent": ("{n} %", "{n}%"), "colon": ("{a}: {b}", "{a}：{b}"),
    "bracket": ("{a} ({b})", "{a}（{b}）"),
    "yes": ("yes", "是"), "no_": ("no", "否"), "missing": ("missing", "缺"),
    "mark.late": ("overdue", "超期"), "mark.exposed": ("exposed as overdue", "曝光"), "mark": ("Mark", "标记"),

    # At a glance
    "exposed.now": ("A supervising body has put this project before the public as overdue, since {day}: {text}", "本项目因超期自 {day} 起被曝光：{text}"),
    "late.now": ("Overdue: {what}.", "超期：{what}。"),
    "suspended.now": ("Paused until {until}: {cause}", "暂停至 {until}：{cause}"),
    "lead": ("Lead", "牵头单位"), "progress": ("Progress", "进度"), "theme": ("Theme", "主题"), "alliance": ("Alliance", "联盟"),
    "category": ("Subject", "类别"), "major": ("Major project", "重大项目"), "next": ("Next step", "下一步"), "next.by": ("{what} ({who})", "{what}（{who}）"),
    "scope": ("Pairing", "结对范围"), "ended": ("Ended as", "结果"),

    # The need
    "need": ("What was needed", "需求"), "need.text": ("In the words of those who proposed it", "需求说明"), "need.from": ("Proposed by", "提出方"),
    "need.households": ("Households affected", "涉及户数"), "need.skills": ("Skills wanted", "所需技能"), "need.measure": ("Wanted", "所需"),
    "need.term": ("Term", "时段"), "need.from_to": ("{a} to {b}", "{a} 至 {b}"), "need.urgent": ("Urgent", "紧急"),
    "need.several": ("several parties may claim it", "可多方认领"), "need.one": ("one party alone may claim it", "独占认领"), "need.claims": ("Open for claims", "认领"),
    "need.until": ("{how}, until {until}", "{how}，至 {until}"),
    "claims": ("Who claimed it", "认领单位"), "claims.unit": ("Unit", "单位"), "claims.capacity": ("What it offered", "可提供"), "claims.arranged": ("found by the town", "镇街协调"),

    # Partners
    "partners": ("Partners and promises", "共建各方与承诺"), "partners.parties": ("Who takes part", "参与单位"), "partners.as": ("Takes part as", "身份"),
    "partners.builds": ("carries out works", "承担施工"), "partners.contract": ("contract {text}", "合同 {text}"),
    "promises": ("What each promised and brought", "各方承诺与兑现"), "promise": ("Promise", "承诺"), "promise.until": ("By", "期限"), "promise.brought": ("Brought", "已兑现"),
    "promise.late": ("after it was overdue", "逾期"), "promise.pay_back": ("money to be paid back", "退回款项"),
    "promises.hidden": ("Promises that are not for everybody: {n}.", "不公开的承诺：{n} 项。"),

    # Teams, risk, hearing
    "teams": ("The three teams", "三专队伍"), "team": ("Team", "队伍"), "teams.people": ("People", "人数"), "teams.units": ("Number of units", "单位数"), "teams.named": ("Which units", "单位"),
    "teams.signed": ("Supervisors who signed the delivery", "已签字监督员"),
    "assessment": ("Risk and hearing", "稳评与听证"), "risks": ("Risk assessments", "稳定风险评估"), "risk.needed": ("Needed", "必要"), "risk.level": ("Risk", "风险等级"),
    "risk.by": ("Assessed by", "评估单位"), "risk.plan": ("Plan", "方案"), "risk.budget": ("Of a budget of", "所评预算"), "risk.of": ("Risk assessment, {day}", "{day} 稳评"),
    "meetings": ("Hearings", "听证会"), "meeting.about": ("About", "议题"), "meeting.came": ("Came", "到会"), "meeting.opinions": ("For, against, open", "赞成、反对、未定"),
    "meeting.outcome": ("Agreed on", "共识"), "meetings.other": ("Other meetings held: {n}.", "其他会议：{n} 次。"), "meeting.minutes": ("Hearing, {day}", "{day} 听证会"),
    "opinions.count": ("Opinions on the plan: {n}.", "对方案的意见：{n} 条。"),

    # Decision
    "decision": ("The decision", "立项决定"), "decision.what": ("Decision", "决定"), "decision.by": ("By", "决定单位"), "decision.budget": ("Budget", "预算"),
    "decision.rests": ("Rests on", "依据"), "decision.paper": ("an order on file", "在案批文"), "decision.meeting": ("the meeting of {day}", "{day} 会议"),
    "decision.record": ("record {id}", "记录 {id}"), "decision.plan": ("The plan, version {n}", "方案（第 {n} 版）"), "decision.of": ("{what}, {day}", "{day} {what}"),

    # Money
    "money": ("Money", "资金"), "money.approved": ("Approved", "核定预算"), "money.in": ("Money in", "收入"), "money.out": ("Money out", "支出"),
    "money.source": ("Source", "来源"), "money.giver": ("From", "出资方"), "money.there": ("Promised or set aside", "承诺或核定"), "money.come": ("Come in", "到位"),
    "money.envelope": ("envelope {id}", "资金盘子 {id}"), "money.hidden": ("other promises", "其他承诺"), "money.total": ("Together", "合计"), "money.line": ("Line", "预算项"),
    "money.spent": ("Spent of it", "已支出"), "money.unverified": ("Not yet checked", "待审核"), "money.unplanned": ("no budget line yet", "未列预算"),
    "money.leverage": ("For each yuan of public money", "财政资金杠杆"), "money.leverage.of": ("{n} yuan of other money came in", "每 1 元财政资金带动其他资金到位 {n} 元"),
    "money.vouchers": ("Vouchers", "凭证"), "money.vouchers.of": ("{n} recorded, {ok} checked, {out} struck out", "登记 {n} 张，审核 {ok} 张，剔除或冲销 {out} 张"),

    # Works
    "milestones": ("Milestones", "节点"), "milestone": ("Milestone", "节点"), "milestone.due": ("Due", "期限"), "milestone.reached": ("Reached", "完成"),
    "milestone.accepted": ("Accepted", "验收"), "milestone.refused": ("refused {n}×: {what}", "不通过 {n} 次：{what}"), "milestone.owner": ("Owed by", "责任单位"),
    "defects.project": ("Defects and what became of them", "问题整改"), "defect": ("Defect", "问题"), "defect.found": ("Found", "发现"), "defect.fixed": ("Put right", "整改"), "defect.off": ("Struck off", "销号"),
    "feedback": ("Residents' feedback", "居民意见"), "feedback.note": ("What residents wrote is not published, only what it was about and what was answered.", "居民所写内容不公开，只公开主题与答复。"),
    "feedback.few": ("too few to tell (under {n}, or beside such)", "人数过少不予公布（不足 {n} 件或其相邻项）"),
    "feedback.all": ("in time", "按时"), "feedback.part": ("in part", "部分按时"), "feedback.none": ("late", "逾期"),
    "feedback.raised": ("Raised", "提出"), "feedback.answered": ("Answered", "已答复"), "feedback.in_time": ("Answered in time", "按时答复"), "feedback.confirmed": ("Answer confirmed", "答复获认可"),
    "feedback.open": ("Waiting for an answer", "待答复"), "feedback.transferred": ("Went on as a case", "转为事项"), "feedback.withdrawn": ("Taken back", "撤回"),
    "feedback.topics": ("By topic", "按主题"), "feedback.topic": ("Topic", "主题"), "feedback.answers": ("Answers", "答复"), "feedback.answer": ("Answer", "答复内容"),
    "feedback.in_time?": ("In time", "按时"),
    "disputes": ("Disputes", "争议"), "disputes.raised": ("Raised", "发生"), "disputes.resolved": ("Resolved", "化解"),
    "disputes.open": ("Open", "处理中"), "disputes.unresolved": ("Ended without a settlement", "未化解"),
    "objections.project": ("Objections to the notice", "公示异议"),

    # Evaluation and accounts
    "evaluation": ("Evaluation", "评价"), "evaluation.round": ("Round {n}", "第 {n} 轮"), "evaluation.source": ("Whose judgement", "评价来源"), "evaluation.weight": ("Weight", "权重"),
    "evaluation.answers": ("Answers", "评价数"), "evaluation.score": ("Score of 100", "得分（百分制）"), "evaluation.result": ("Result", "结果"),
    "evaluation.passes": ("{n} of 100: passes ({least} needed)", "{n} 分（百分制），合格（须 {least}）"), "evaluation.fails": ("{n} of 100: does not pass ({least} needed)", "{n} 分（百分制），不合格（须 {least}）"),
    "evaluation.none": ("No score: {missing} missing. Weights are not shared out anew.", "无得分：缺{missing}。权重不作调整。"),
    "evaluation.planned": ("Not evaluated yet. This is how it will be judged.", "尚未评价。将按下列方案评价。"), "evaluation.not_asked": ("not yet", "未评"),
    "accounts": ("Accounts", "账目"), "accounts.text": ("Accounts, {day}", "{day} 账目公开"),
    "accounts.received": ("Received", "收入"), "accounts.spent": ("Spent", "支出"), "accounts.budgeted": ("Approved", "核定"),
    "accounts.equal": ("The published accounts equal the receipts that were checked.", "公开账目与审核凭证一致。"),
    "accounts.differ": ("The published accounts do not equal the receipts any more: those that were checked come to {n} yuan.", "公开账目与凭证不一致：审核凭证合计 {n} 元。"),
    "accounts.unchecked": ("Receipts that nobody has checked yet: {n} yuan.", "待审核凭证：{n} 元。"), "accounts.none": ("No accounts are published yet.", "账目尚未公开。"),
    "accounts.settled": ("Settled", "决算"), "accounts.settled.of": ("{day}, with {n} yuan spent", "{day}，支出 {n} 元"),

    # Open now, published, history
    "open": ("What is open now", "未了事项"), "open.what": ("What", "事项"), "open.owed_by": ("Owed by", "责任方"), "open.number": ("Number", "件数"),
    "open.hidden": ("Other open matters, not for everybody to read: {n}.", "其他未了事项（不公开）：{n} 件。"), "open.nothing": ("Nothing is open.", "无未了事项。"),
    "public.words": ("Published", "公开文本"), "public.notice": ("Notice before works began, {day}", "{day} 项目公示"), "public.done": ("Reported finished, {day}", "{day} 完工公告"),
    "public.handback": ("Handed back, {day}", "{day} 交还情况"), "public.exposed": ("Exposed, {day}", "{day} 曝光"), "public.listed": ("Under listed supervision {number}, {day}", "{day} 挂牌督办 {number}"),
    "what": ("What", "内容"), "story": ("What happened, step by step", "大事记"),
    "story.signed": ("a dedicated supervisor", "专门监督员"), "story.until": ("until {until}", "至 {until}"), "story.corrected": ("{field}: {reason}", "{field}：{reason}"),
    "story.people": ("{n} named", "{n} 名"), "story.came": ("{n} came", "到会 {n} 人"), "story.clock": ("time limit missed", "超期"),
}
# fmt: on
"""Key -> English, Chinese."""
