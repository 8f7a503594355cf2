"""What the report for auditors says, in English and in Chinese, beside what all pages say."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

from govflow.pages.report_unit_texts import REPORT_UNIT_TEXTS

_ROLES = (
    "reporter 诉求人 grid_worker 网格员 acceptance_desk 受理窗口 lead_unit 主办单位 co_unit 协办单位 disputant 当事人 "
    "review_body 复查复核机关 delegate 代表委员"
)
_KINDS = (
    "grid 网格事件 hotline 热线诉求 petition 信访事项 service 服务事项 suggestion 意见建议 lead 问题线索 hazard 安全隐患 "
    "dispute 矛盾纠纷 whistle_blowing 举报"
)
_LEVELS = "grid 网格 community 社区(村) town 镇(街道) district 区"

# fmt: off
REPORT_TEXTS: dict[str, tuple[str, str]] = {
    **{
        f"{kind}.{id}": (id.replace("_", " "), zh)
        for kind, terms in (("role", _ROLES), ("kind", _KINDS), ("level", _LEVELS))
        for id, zh in zip(terms.split()[::2], terms.split()[1::2], strict=True)
    },
    "page.kind.report": ("Audit report", "审计报告"),
    "report.made": ("Written {at} by govflow from {source}. Moments are local time ({zone}); how late something was is calendar time, in its two largest units. People are roles and units here, never names; protected texts are not shown. The file needs nothing else and runs no script.",
                    "govflow 于 {at} 依据{source}写成。时刻为当地时间（{zone}）；逾期长短按日历时间计，取最大的两个单位。人员只以角色和单位出现，不含姓名；受保护文本不显示。本文件自足，不运行脚本。"),
    "report.made.entries": ("{n} entries of the log {log}", "日志 {log} 的 {n} 条条目"), "report.made.log": ("the log {log}", "日志 {log} "),
    "report.of_record": ("{id}: {what}", "{id}：{what}"),
    "report.no": ("No.", "序号"), "report.record": ("Record", "记录"), "report.kind": ("Kind", "种类"),
    "report.record_kind": ("Kind of record", "记录种类"), "report.sort": ("Kind of matter", "事项类型"),
    "report.title": ("Title", "标题"), "report.state": ("Status", "状态"), "report.tie": ("Found through", "经由"),
    "report.tie.of": ("{id} ({tie})", "{id}（{tie}）"), "report.level": ("Level", "层级"),
    "report.opened": ("Begun", "发起"), "report.last": ("Last entry", "最近一条"), "report.round": ("Round", "轮次"),
    "report.policy": ("Policy", "政策"), "report.entries": ("Entries", "条目"), "report.lead": ("Lead unit", "主办单位"), "report.unit": ("In the hands of", "责任方"),
    "report.somebody": ("a person", "个人"), "report.nobody": ("nobody", "无"),
    "report.at_unit": ("{role} @ {unit}", "{role} @ {unit}"), "report.numbers": (", ", "、"), "report.arrow": (" → ", " → "),

    # At a glance
    "report.alert.late": ("Overdue now: {what}.", "现已超期：{what}。"),
    "report.alert.findings": ("A check of the log objects to {n} things. They are listed below.", "日志检查发现 {n} 个问题，详见下文。"), "report.alert.finding": ("A check of the log objects to one thing. It stands below.", "日志检查发现一个问题，详见下文。"),
    "report.glance.broken": ("Broken deadlines", "超期时限"), "report.glance.none_broken": ("none", "无"), "report.glance.none_known": ("none, as far as can be read", "可读部分中无"), "report.glance.count": ("{n}: {what}", "{n} 个：{what}"),
    "report.glance.none": ("none, by the checks listed below", "以下列核查未发现"), "report.glance.unchecked": ("not checked for this report", "本报告未核查"), "report.glance.nothing_checked": ("there was nothing to check", "无可核查"),
    "report.glance.signed": ("Signed", "签署"), "report.glance.unsigned": ("no: no checkpoint covers these entries", "否：无检查点覆盖"), "report.glance.differs": ("what stands here is not what was signed", "现存内容与已签内容不符"),
    "report.glance.all": ("all entries, by the checkpoint over the first {size} of the log", "全部，检查点覆盖日志前 {size} 条"), "report.glance.part": ("all entries but {n}, by the checkpoint over the first {size} of the log", "除 {n} 条外，检查点覆盖日志前 {size} 条"),
    "report.glance.uncovered": ("no: all came after the checkpoint over the first {size} of the log", "否：均晚于覆盖前 {size} 条的检查点"), "report.glance.uncompared": ("{said} (not compared for this report)", "{said}（本报告未比对）"),
    "report.cut": ("Known up to entry {n}, {at}. What is stored after it cannot be relied on, and is not told here.", "仅知至第 {n} 条（{at}）。其后所存不可采信，不予列出。"),
    "report.state.cut": ("{state} at entry {n}; not known since", "第 {n} 条时为{state}，其后不明"),
    "report.log_begins": ("The log begins on {day}. What happened before that day stands here only as far as it was recorded later.", "日志始于 {day}。此前之事仅在事后补录的范围内列出。"),
    "report.records": ("The records of this matter", "本事项的各记录"),
    "report.records.table": ("Every record, the one asked for first", "全部记录，所查记录在前"),
    "report.left_out": ("Records that are tied to these and may not be seen: {n}.", "与之关联但不可查看的记录：{n} 件。"),

    # What happened
    "report.happened": ("What happened", "经过"), "report.happened.table": ("Every entry, oldest first", "全部条目，按时间先后"),
    "report.occurred": ("Occurred", "发生"), "report.recorded": ("Recorded", "记录"), "report.event": ("What", "事件"), "report.by": ("By whom", "经办"),
    "report.event.of": ("{region}: {event}", "{region}：{event}"), "report.times": ("{event} (× {n}, until {until})", "{event}（{n} 次，至 {until}）"),
    "report.recorded.late": ("{at} (late: {by})", "{at}（补录，迟 {by}）"),
    "report.happened.note": ("«Late» marks what was recorded more than a day after it occurred.", "“补录”指记录晚于发生一日以上。"),

    # Who held it
    "report.held": ("Who held it", "经手与时长"), "report.held.table": ("In whose hands it was, from when to when", "责任时段"),
    "report.held.sums": ("Time held, by unit or role", "按责任方合计"), "report.held.levels": ("Time held, by level", "按层级合计"),
    "report.held.none": ("Nobody's turn was ever taken down here.", "无责任时段。"),
    "report.since": ("From", "自"), "report.until": ("To", "至"), "report.worked": ("Office time", "工作时间"), "report.whole": ("Calendar time", "日历时间"),
    "report.paused": ("Of it paused", "其中中止"), "report.sum": ("Together", "合计"), "report.share": ("Share", "占比"), "report.still": ("Paused", "中止"), "report.level.none": ("none named", "未标明"), "report.held.records": ("Records", "件数"),
    "report.hours": ("Office time counts the hours in which offices are open, as hours:minutes:seconds; calendar time counts every hour of the day.", "工作时间只计机关办公时间，以 时:分:秒 表示；日历时间计全天。"),
    "report.no_time": ("0 minutes", "0 分钟"), "report.second": ("{n} second", "{n} 秒"), "report.seconds": ("{n} seconds", "{n} 秒"),
    "report.percent": ("{n} %", "{n}%"),

    # Clocks
    "report.clocks": ("Clocks", "时限"), "report.clocks.table": ("Every run of every clock", "每次计时"), "report.clocks.none": ("No clock ever ran.", "未曾计时。"),
    "report.clock": ("Clock", "时限"), "report.due": ("Due", "到期"), "report.pauses": ("Stood still", "中止"), "report.warned": ("Warned", "预警"),
    "report.former": ("Due before", "原期限"), "report.ended": ("Ended", "终止于"), "report.pause": ("{since} to {until}", "{since} 至 {until}"),
    "report.pause.open": ("since {since}", "自 {since} 起"), "report.warn": ("{n} % at {at}", "{at} 达 {n}%"),
    "report.late_by": ("{state}, {by} late", "{state}，逾期 {by}"), "report.run": ("{name}, run {n}", "{name}（第 {n} 次）"),
    "report.calendar": ("The clocks on the calendar", "时限日历图"), "report.calendar.more": ("The drawing shows 18 months; the table shows all.", "图中只画 18 个月，表中为全部。"),
    "report.calendar.desc": ("{n} runs of clocks from {first} to {last}, month by month; the table below it says the same in words.", "{first} 至 {last} 逐月画出 {n} 次计时；下表以文字列出相同内容。"),
    "report.calendar.by": ("Work calendar", "工作日历"), "report.calendar.off": ("Holidays", "法定休假"), "report.calendar.made_up": ("Make-up workdays", "调休上班"),
    "report.calendar.none": ("none: weekends alone", "无，仅区分周末"),
    "report.undrawn": ("Not drawn, since they run for years: {what}.", "以年计而未画出的：{what}。"),
    "report.day.workday": ("workday", "工作日"), "report.day.weekend": ("weekend", "周末"), "report.day.holiday": ("holiday", "法定休假"),
    "report.day.made_up": ("make-up workday", "调休上班"), "report.day.unknown": ("not covered", "日历未覆盖"),
    "report.day.workday.letter": ("", ""), "report.day.weekend.letter": ("", ""), "report.day.holiday.letter": ("H", "休"),
    "report.day.made_up.letter": ("W", "班"), "report.day.unknown.letter": ("?", "？"),
    "report.bar.run": ("runs", "计时"), "report.bar.pause": ("stands still", "中止"), "report.bar.late": ("overdue", "超期"), "report.late": ("overdue", "超期"),
    "report.mark.former": ("due before", "原期限"), "report.mark.warn": ("warning", "预警"), "report.mark.due": ("due", "到期"), "report.mark.end": ("ended", "终止"), "report.mark.now": ("as of this report", "报告时点"),

    # The path
    "report.path": ("The way it took", "办理路径"), "report.path.drawing": ("State chart with the steps taken", "状态图与所走步骤"),
    "report.path.table": ("Every step from state to state", "逐次状态变化"), "report.from": ("From", "从"), "report.to": ("To", "到"), "report.when": ("When", "时间"),
    "report.states.desc": ("A chart of {n} states. {steps} steps were taken: {path}.", "共 {n} 个状态的状态图，已走 {steps} 步：{path}。"),
    "report.state.here": ("where it stands", "当前"), "report.state.passed": ("passed", "经过"), "report.state.other": ("not reached", "未到"),
    "report.state.other_hub": ("dashed: open to many states, arrows left out", "虚线框：多个状态可到，略去箭头"),
    "report.new": ("nothing yet", "尚无"),

    # Open loops, deadlines, corrections
    "report.loops": ("Open loops", "未了事项"), "report.loops.none": ("Nothing is owed any more.", "无未了事项。"), "report.loops.table": ("What is still owed", "尚未了结"),
    "report.loop": ("Loop", "未了事项"), "report.what": ("What", "内容"), "report.owes": ("Owed by", "负责"),
    "report.broken": ("Broken deadlines, and why they were due then", "超期及其期限依据"), "report.broken.none": ("No deadline was broken.", "无超期。"),
    "report.broken.of": ("{name}: due {due}, {how}", "{name}：应于 {due} 前，{how}"), "report.line": ("Step of the count", "计算步骤"), "report.day": ("Day", "日期"),
    "report.broken.brief": ("{name} ({by} late)", "{name}（逾期 {by}）"), "report.broken.met": ("met {by} late", "逾期 {by} 完成"), "report.broken.open": ("open and {by} over", "未完成，已超 {by}"), "report.broken.next": ("{by} over when the next run began", "超期 {by} 后重新计时"), "report.gave_way": ("{state}, then counted anew", "{state}，后重新计时"), "report.broken.gone": ("fell away {by} late", "逾期 {by} 后终止"),
    "report.corrections": ("Corrections", "更正"), "report.corrections.none": ("Nothing was corrected.", "无更正。"),
    "report.corrections.table": ("What was published then, and what is known now", "当时公布与现在所知"),
    "report.corrections.entry": ("Entry", "条目"), "report.corrections.field": ("Field", "字段"), "report.corrections.then": ("As published then", "当时公布"),
    "report.corrections.now": ("As known now", "现在所知"), "report.corrections.when": ("Corrected", "更正于"), "report.reason": ("Reason", "理由"),

    # Proofs
    "report.proofs": ("Proofs, and how to check them", "证明及核验办法"),
    "report.proofs.none": ("No checkpoint covers these entries: nothing outside this log vouches for them. Ask for a checkpoint that is kept elsewhere.", "这些条目没有检查点：日志之外无可佐证。可要求签发检查点并在他处留存。"),
    "report.proofs.size": ("Entries covered", "覆盖条目"), "report.proofs.signed": ("Signed", "签署"), "report.proofs.key": ("Public key", "公钥"),
    "report.proofs.range": ("Places in the log", "在日志中的位置"), "report.proofs.range_of": ("{first} to {last}", "{first} 至 {last}"),
    "report.proofs.note": ("The signed checkpoint", "已签署的检查点"), "report.proofs.how": ("Whoever has the log, the note above and the public key checks it with these commands:", "持有日志、上列检查点和公钥者，可用以下命令核验："),
    "report.proofs.uncovered": ("Entries of these records that came after the checkpoint and are not covered by it: {n}.", "其中 {n} 条晚于检查点，未被覆盖。"),

    # Of a period
    "page.kind.report_period": ("Audit report", "审计报告"),
    "report.period": ("{first} to {last}", "{first} 至 {last}"), "report.period.title": ("What was handled from {first} to {last}", "{first} 至 {last} 办理情况"),
    "report.period.seen": ("Records that existed", "期内存在的记录"), "report.period.opened": ("Begun", "新发起"), "report.period.closed": ("Ended", "办结"),
    "report.period.late": ("Overdue at the end", "期末超期"), "report.period.entries": ("Entries", "条目"),
    "report.period.kinds": ("By kind of record", "按记录种类"), "report.period.states": ("Where they stood at the end", "期末状态"),
    "report.period.flow": ("Begun and ended", "新发起与办结"), "report.count": ("Records", "件数"), "report.period.late_table": ("Overdue at the end of the period", "期末超期清单"),
    "report.period.late_units": ("Overdue, by unit", "按单位统计超期"), "report.period.late_none": ("Nothing was overdue at the end of the period.", "期末无超期。"),
    "report.overdue": ("Overdue", "超期"), "report.over": ("Over by", "已超"), "report.period.loops": ("Open loops at the end, by unit", "期末未了事项，按单位"), "report.period.owed": ("Open loops", "未了事项"),
    "report.period.loops_late": ("Of them overdue", "其中超期"), "report.period.held": ("Whose time it was", "责任时长"),
    "report.findings": ("What a check of the log objects to", "日志检查发现的问题"), "report.findings.none": ("The check objected to nothing.", "检查未发现问题。"), "report.findings.nothing": ("There was nothing to check.", "无可核查的条目。"),
    "report.findings.table": ("Every objection", "逐项列出"),
    "report.findings.code": ("Code", "代码"), "report.findings.says": ("What does not hold", "问题"), "report.findings.where": ("Where", "位置"), "report.findings.basis": ("Basis", "依据"),
    "report.more": ("Not listed here: {n} more.", "另有 {n} 项未列出。"),

    # What was checked
    "report.checks.table": ("Which checks were made for this report", "本报告所作核查"), "report.checks.check": ("Check", "核查项目"), "report.checks.of": ("Records", "记录"), "report.checks.entries": ("Entries", "条目"), "report.checks.found": ("Objections", "发现问题"),
    "report.checks.not_made": ("not made", "未作"), "report.checks.none": ("No check of the log was made for this report: that it objects to nothing says nothing.", "本报告未核查日志：未列问题不等于没有问题。"),
    "report.checks.hashes": ("each row against its own hash", "逐行内容与其哈希"), "report.checks.tables": ("each event against the tables and policies of its time (legality)", "逐事件对照当时的流程表与政策（合法性）"),
    "report.checks.rules": ("each rule judged again as of then", "逐条规则按当时情形复核"), "report.checks.constraints": ("the constraints between events", "事件之间的约束"),
    "report.checks.signed": ("these entries against the signed checkpoint", "所列条目与已签检查点"),
    "report.checks.unjudged": ("Rules that could not be judged again from the log alone: {n}.", "另有 {n} 条规则仅凭日志无法复核。"),
    "report.checks.rest": ("Objections were looked for by these checks only, in these records only. The whole log is checked by govflow verify; what nobody can exclude without a checkpoint kept elsewhere is said there.", "仅以上列核查、仅就上列记录查找问题。整份日志由 govflow verify 核验；无外部留存检查点时无法排除的情形亦由其说明。"),
    "report.unreadable": ("Some rows cannot be read, or are not what was written: what stands behind them in their records is missing from this report. The objections name them.", "部分行无法读取或已非所写：相应记录中其后的内容未列入本报告，具体见所列问题。"),
    "report.elsewhere": ("Damage elsewhere in this log: rows that are not what was written, or cannot be read, at places {places}. They came after all that is told here, and nothing that is told rests on them. govflow verify says what is wrong there.", "日志别处有损坏：位置 {places} 的行已非所写或无法读取。其均晚于本报告所列内容，本报告内容不以其为据。详情由 govflow verify 说明。"),
    "report.unreadable.title": ("Nothing of this record can be read", "该记录无法读取"),
    "report.proofs.no_key": ("The public key is not at hand here. Ask for it by another way, and put it where VKEY stands.", "此处没有公钥。请经其他途径取得，并替换 VKEY。"),
    "report.proofs.elsewhere": ("A key and a log that come by one way vouch for nothing: whoever forged the one can hand out the other. Get the key by another way, from whoever signs, and compare it with the one above before using these commands.", "公钥与日志若经同一途径取得，则不足为凭：能伪造其一者亦可替换其二。请另经其他途径向签署方取得公钥，与上列公钥核对后再用以下命令。"),
    "report.proofs.save": ("Save the note above as note.txt.", "将上列检查点存为 note.txt。"),
    "report.proofs.sign": ("Whoever keeps the log signs one with this command, and hands the note out; keep it elsewhere:", "日志保管者可用以下命令签发，并将其交出；请在他处留存："),
    **REPORT_UNIT_TEXTS,
}
# fmt: on
