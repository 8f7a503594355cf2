"""What pages say, in English and in Chinese. Statuses, clocks and roles bring their Chinese terms from the domain."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

from govflow.pages.erasure_texts import ERASURE_TEXTS
from govflow.pages.project_texts import PROJECT_TERMS, PROJECT_TEXTS
from govflow.pages.report_texts import REPORT_TEXTS

_TERMS = {
    "kind": "ordinary 一般事项 major 重大事项",
    "capacity": "resident 居民 villager 村民 representative 代表 organisation 单位 voter 表决权人 party_member 党员",
    "participant": (
        "party_organisation 党组织 residents_committee 居委会 property_firm 物业 owners_committee 业委会 "
        "social_organisation 社会组织 resident 居民 merchant 商户 unit 单位"
    ),
    "link": (
        "merged 并入 absorbed 吸收了 converted 转为 converted_from 转自 spawned 派生 spawned_by 源于 dispute 争议 "
        "dispute_of 争议对象 decided_by 由其决定 decides 决定 repeats 重复于 repeated_by 被重复 sub_case 子事项 sub_case_of 拆分自"
    ),
    "paper": (
        "minutes 会议记录 report 报告 accounts 账目 attendance 签到表 document 文件 authority 授权书 photo 照片 "
        "assessment 评估报告 opinion 意见书"
    ),
    "by": "fewest 得票最少 listed 公告顺序 lot 抽签 fails 未分出",
    "method": "approval 认可投票 score 打分 borda 波达计数",
    "base": "persons 人数 households 户数",
    "role": (
        "system 系统 resident 居民村民 organisation 单位 community 社区 party_branch 社区党组织 town 镇街 district 区级 "
        "proposer 提案人 co_proposer 共同提案人 secretariat 议事秘书处 deliberating_body 议事机构 convenor 召集人 "
        "voter 表决权人 implementer 实施单位 appraiser 评议人 assessor 评估机构 archivist 档案员"
    ),
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    **{
        f"{kind}.{id}": (id.replace("_", " "), zh)
        for kind, terms in [*_TERMS.items(), *PROJECT_TERMS.items()]
        for id, zh in zip(terms.split()[::2], terms.split()[1::2], strict=True)
    },
    **ERASURE_TEXTS,
    **PROJECT_TEXTS,
    **REPORT_TEXTS,
    "form.hands": ("show of hands", "举手表决"), "form.open": ("open ballot", "记名投票"), "form.secret": ("secret ballot", "无记名投票"),
    "method.yes_no": ("yes or no", "赞成反对"), "method.ranked": ("ranked, instant run-off", "排序复选"),
    "base.area": ("area (m²)", "面积（平方米）"),
    "comma": (", ", "，"),

    # The page itself
    "page.skip": ("Skip to the content", "跳至正文"),
    "page.kind.proposal": ("Proposal", "提案"),
    "page.state": ("Status:", "状态："),
    "page.way.proposal": ("The way of this proposal", "提案进程"),
    "page.contents": ("Contents", "目录"),
    "page.made": ("As of {at}, {events} entries in the record {id}. No names and no ids of residents stand on this page; ballots are counted, not shown.",
                  "截至 {at}，记录 {id} 共 {events} 条。本页不含居民姓名与编号；选票只计数，不显示。"),

    # Phases
    "phase.submitted": ("handed in", "提交"), "phase.screening": ("screening", "立案审查"),
    "phase.consulting": ("consultation", "征求意见"), "phase.deliberating": ("deliberation", "商议"),
    "phase.announced": ("vote announced", "表决公告"), "phase.voting": ("vote", "表决"), "phase.adopted": ("adopted", "通过"),
    "phase.published": ("published", "决议公开"), "phase.implementing": ("implementation", "实施"),
    "phase.completed": ("completed", "实施完成"), "phase.appraised": ("appraisal", "评议"),
    "phase.result_published": ("result", "结果公开"),

    # Overview
    "overview": ("At a glance", "概览"), "track": ("Track", "议事程序"), "basis": ("Rests on", "依据"), "kind": ("Kind", "类别"),
    "area": ("Area", "区域"), "subject": ("Subject", "所议之事"), "begun": ("Begun", "发起"),
    "supporters": ("Supporters", "附议"), "supported": ("{n} as {capacity} ({asked} asked)", "{capacity} {n}（须 {asked}）"),
    "supported_plain": ("{n} as {capacity}", "{capacity} {n}"),
    "co_proposers": ("Co-proposers", "共同提案人"), "stakeholders": ("Direct stakeholders", "直接利益相关方"),
    "people": ("{n}", "{n} 位"), "delegated": ("Delegated to", "委托议事机构"),
    "risk": ("Risk assessment", "风险评估"), "legality": ("Legality check", "合法性审查"),
    "check": ("{result}, of version {n} of the text", "{result}（针对第 {n} 版文本）"),
    "good": ("positive", "通过"), "bad": ("negative", "未通过"),
    "due": ("Running time limits", "进行中的期限"), "limit": ("Limit", "期限"), "until": ("Until", "到期"), "late": ("overdue", "超期"),
    "over": ("over", "已届满"), "provisional": ("{until} (provisional)", "{until}（暂定）"),

    # Text
    "text": ("The text", "提案文本"), "text.now": ("Version {n}, {day}", "第 {n} 版，{day}"),
    "text.before": ("Version {n} of {day}, and what version {next} changed", "第 {n} 版（{day}），及第 {next} 版的修改"),

    # Opinions
    "opinions": ("Opinions and answers", "意见与答复"),
    "opinions.note": ("What was said is not published, only what it was about and what became of it.", "意见原文不公开，只公开所涉部分及处理结果。"),
    "no": ("No.", "序号"), "round": ("Round", "轮次"), "from": ("From", "提出方"), "about": ("About", "所涉部分"),
    "answer": ("Answer", "处理"), "reason": ("Reason", "理由"), "taken_up": ("Taken up in version", "采纳于第几版"),

    # Stages
    "stages": ("Deliberation", "商议审议"), "stage": ("Stage", "阶段"), "result": ("Result", "结果"), "there": ("Present", "到会"),
    "of": ("{n} of {all}", "{n}/{all}"), "in_favour": ("For", "赞成"), "against": ("Against", "反对"),

    # Votes
    "votes": ("Vote", "表决"), "vote.round": ("Round {n}: {question}", "第 {n} 轮：{question}"), "vote.state": ("Status", "状态"),
    "vote.how": ("How", "方式"), "vote.open": ("Open", "投票期"), "vote.from_to": ("{opens} to {closes}", "{opens} 至 {closes}"),
    "vote.version": ("Text voted on", "表决文本"), "vote.nth": ("version {n}", "第 {n} 版"), "vote.quorum": ("Quorum rule", "法定人数规则"),
    "vote.options": ("Options", "备选项"), "vote.running": ("Nothing is counted before voting is over.", "表决结束前不计票。"),
    "vote.void_for": ("Void because", "无效原因"), "vote.counts": ("Counts", "票数"), "vote.on": ("Counted by", "计数基数"),
    "vote.entitled": ("Entitled", "应到"), "vote.present": ("Present", "实到"), "vote.yes": ("For", "赞成"), "vote.no": ("Against", "反对"),
    "vote.abstained": ("Abstained", "弃权"), "vote.option": ("Option", "备选项"), "vote.points": ("Points", "得分"), "vote.ballots": ("Ballots", "票数"),
    "vote.rounds": ("Run-off, round by round", "逐轮计票"), "vote.nth_round": ("Round {n}", "第 {n} 轮"), "vote.struck": ("Struck out", "淘汰"),
    "vote.exhausted": ("Exhausted", "无效余票"), "vote.winner": ("First", "第一"), "vote.tie": ("Tie ended by", "平票处理"),
    "vote.test": ("The tests of the rule", "规则检验"),
    "vote.carried": ("carried", "通过"), "vote.lost": ("not carried", "未通过"), "vote.inquorate": ("inquorate", "未达法定人数"),
    "vote.roll": ("Roll frozen under", "名册摘要"), "vote.lot": ("Lot committed to", "抽签承诺"), "vote.seed": ("Seed of the lot", "抽签种子"),
    "vote.recount": ("Anybody can recount this vote without this program: ask for the exported bundle of this round and run the script beside it, which is about sixty lines long.",
                     "任何人都可以不用本程序重新计票：索取本轮导出的票据包，用随附的约六十行脚本计票。"),

    # What came of it
    "published": ("Publications and objections", "公开与异议"), "publication": ("Published {day}", "{day} 公开"),
    "publication.until": ("Published {day}, on notice until {until}", "{day} 公开，公示至 {until}"),
    "objections": ("Objections", "异议"), "objection": ("Objection", "异议"), "raised": ("Raised", "提出"),
    "implementation": ("Implementation", "实施"), "implementer": ("Carried out by", "实施单位"), "started": ("Begun", "开始"),
    "suspended": ("Suspended until", "中止至"),
    "completions": ("Reported as carried out", "实施完成报告"), "completed": ("Completed", "完成"), "measure": ("Measure", "措施"),
    "papers": ("Papers on file", "在案材料"), "paper": ("Paper", "材料"), "shows": ("Of", "所证事项"),
    "completion.day": ("Completion, {day}", "{day} 实施完成"), "appraisal.day": ("Appraisal, {day}", "{day} 评议"),
    "defects": ("Defects to be remedied", "整改事项"), "written_off": ("{n} of {all} written off", "已销号 {n}/{all}"),
    "appraisals": ("Appraisal by residents", "居民评议"), "invited": ("Invited", "应到"), "came": ("Came", "实到"), "score": ("Score of 100", "得分（百分制）"),
    "outcome": ("Result", "结果"), "reply": ("Reply to the proposers", "对提案人的答复"), "reply.day": ("Reply of {day}", "{day} 答复"),
    "request": ("Request", "诉求"), "facts": ("Facts", "事实"), "grounds": ("Grounds", "依据"), "conclusion": ("Conclusion", "结论"),
    "links": ("Linked records", "关联记录"), "link": ("Link", "关联"), "record": ("Record", "记录"), "title": ("Title", "标题"), "state": ("Status", "状态"),
    "links.hidden": ("Not for everybody to read: {n}.", "不公开的：{n} 件。"),
    "history": ("What happened", "经过"), "day": ("Day", "日期"), "event": ("Event", "事件"), "by": ("By", "由"),
}
# fmt: on
