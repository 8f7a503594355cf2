"""What `govflow replay`, `diff`, `corrections` and `late` say, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "replay": "govflow replay C-2026-000001 --at 2026-03-02 --db city.db",
    "diff": "govflow diff C-2026-000001 --from 2026-03-02 --to 2026-03-09 --db city.db",
    "corrections": "govflow corrections C-2026-000001 --at 2026-03-02 --db city.db",
    "late": "govflow late --later-than 24h --db city.db",
}

_FIELDS = (
    "status 状态 level 层级 since 自 until 截止 due 到期 run 轮次 ended_at 结束于 by 操作人 unit 单位 owes 负责 kind 类型 "
    "lead_unit 主办单位 co_units 协办单位 handler 经办人 handlers 经办人 route 派单规则 order_signed 已签收 task 任务 "
    "rule 规则 term 期限 calendar 日历 reason 理由 category 类别 area 区域 round 轮次 way 方式 asks 须审批者 given_by 审批人 "
    "giver_unit 审批人单位 reference 文件 media_type 格式 policy 政策 title 标题 paused_at 暂停于 closed_at 办结于 "
    "paused_for 已暂停 pauses 暂停 extensions 延期次数 added 延长 warned 已预警 earlier 原到期 started_by 起算于 wire 命令 "
    "evidence 证据 sub_cases 子事项 verified_by 核查人 result 结果 outcome 结果 quoted 所引命令 derived 推算"
)
"""Fields of records in turn with what readers of Chinese call them; any other keeps its name."""

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    **{f"field.{name}": (name, zh) for name, zh in zip(_FIELDS.split()[::2], _FIELDS.split()[1::2], strict=True)},

    # replay
    "help.replay": ("Fold a record again as of a moment, a version or what was known then.\n\nWithout ID the whole log, with one digest over all states. With --digests a digest after every event, for another run, version or store to compare with: status 1 where --against finds a difference.",
                    "按时刻、版本或当时所知重放一件记录。\n\n不写 ID 则重放整份日志，并给出全部状态的摘要。--digests 给出每个事件之后的摘要，供另一次运行、另一版本或另一存储比对；--against 发现不同时退出状态为 1。"),
    "argument.replay_id": ("The record; without it the whole log.", "记录编号；不写则为整份日志。"),
    "option.replay_version": ("As of this version; of a whole log, of its first so many events.", "按此版本；整份日志则按其前若干个事件。"),
    "option.published": ("With --at: as published then, corrections since left out.", "与 --at 合用：按当时公布的内容，不含之后的更正。"),
    "option.known_now": ("With --at: as that moment is known now, later corrections of it applied.", "与 --at 合用：按现在所知的当时情况，计入之后的更正。"),
    "option.digests": ("A digest after every event, as JSON Lines.", "每个事件之后的摘要（JSON Lines）。"),
    "option.digests_out": ("Where to write the digests; by default to standard output.", "摘要写入何处，默认写到标准输出。"),
    "option.against": ("Compare with the digests in this file.", "与此文件中的摘要比对。"),
    "replayed": ("{records} records folded from {events} events of log {log}", "日志 {log}：{events} 个事件，重放出 {records} 件记录"),
    "replay.one_point": ("name one point: a moment, a version, or what was known", "只能指定一个时点：时刻、版本或当时所知"),
    "replay.needs_at": ("--published and --known-now are of one record at one moment", "--published 与 --known-now 针对一件记录的某一时刻"),
    "replay.digests_of_all": ("digests are of everything there is, to the last event", "摘要须覆盖到最后一个事件"),
    "replay.withheld": ("No digest: part of this record is withheld from whoever asks.", "不给出摘要：该记录有部分内容不对查询人显示。"),
    "replay.no_head": ("the log has {head} events", "日志只有 {head} 个事件"),
    "replay.as_of": ("as of what had occurred by {moment}", "截至 {moment} 已发生的内容"),
    "replay.as_known": ("as of what had been recorded by {moment}", "截至 {moment} 已记录的内容"),
    "replay.as_head": ("as of its first {n} events", "按其前 {n} 个事件"),
    "replay.written": ("digests written to {path}", "摘要已写入 {path}"),
    "replay.same": ("The digests agree, event by event.", "摘要逐个事件一致。"),
    "replay.differs": ("They differ first at {stream} version {version} ({event}), after {n} events that agree: {fields}", "首个不同之处：{stream} 第 {version} 版（{event}），此前 {n} 个事件一致；不同的是：{fields}"),
    "replay.only_here": ("{stream} version {version} ({event}) is in this log alone, after {n} events that agree", "{stream} 第 {version} 版（{event}）仅见于本日志，此前 {n} 个事件一致"),
    "replay.only_there": ("{stream} version {version} ({event}) is in the file alone, after {n} events that agree", "{stream} 第 {version} 版（{event}）仅见于该文件，此前 {n} 个事件一致"),
    "replay.other_log": ("They are of two logs: {here} here, {there} in the file.", "分属两份日志：此处为 {here}，文件中为 {there}。"),
    "replay.corrected_since": ("Corrected since: {field}: {old} → {new} (version {version}, {reason})", "此后更正：{field}：{old} → {new}（第 {version} 版，{reason}）"),

    # diff
    "help.diff": ("Tell what changed between two moments or versions, and by which events.\n\nOf a record field by field; without ID of the whole log: records begun, moved and ended, loops opened and closed. Status 1 if anything changed.",
                  "比较两个时刻或版本之间的变化及其事件。\n\n一件记录逐字段列出；不写 ID 则为整份日志：新立、变动、办结的记录，新增与了结的未了事项。有变化时退出状态为 1。"),
    "argument.diff_id": ("The record; without it the whole log.", "记录编号；不写则为整份日志。"),
    "option.diff_from": ("From here: a moment, or a version (of a whole log: after how many events).", "起点：时刻或版本（整份日志则为第几个事件之后）。"),
    "option.diff_to": ("To here; by default now.", "终点，默认为现在。"),
    "diff.no_version": ("there is no version {version}", "没有第 {version} 版"),
    "diff.no_positions": ("of a whole log --as compares moments, not versions", "整份日志在 --as 下只能比较时刻，不能用版本"),
    "diff.backwards": ("the second point lies before the first", "后一时点早于前一时点"),
    "diff.two_kinds": ("name two moments or two versions", "须为两个时刻或两个版本"),
    "diff.record.one": ("{id}: version {a} → {b}, one event between", "{id}：第 {a} 版 → 第 {b} 版，其间 1 个事件"),
    "diff.record": ("{id}: version {a} → {b}, {n} events between", "{id}：第 {a} 版 → 第 {b} 版，其间 {n} 个事件"),
    "diff.not_begun": ("It had not begun at the first point.", "前一时点尚未产生。"),
    "diff.nothing": ("Nothing changed.", "没有变化。"),
    "diff.nothing_left": ("Nothing stands otherwise than before.", "各字段与之前相同。"),
    "diff.more": ("and {n} more: --json tells all", "另有 {n} 件：--json 列出全部"),
    "yes": ("true", "是"), "no": ("false", "否"),
    "diff.field": ("field", "字段"), "diff.before": ("before", "之前"), "diff.after": ("after", "之后"), "diff.by": ("by #", "事件 #"),
    "diff.kind": ("kind", "类型"), "diff.touched": ("touched", "涉及"), "diff.begun": ("begun", "新立"), "diff.moved": ("moved", "变动"),
    "diff.ended": ("ended", "办结"), "diff.opened": ("loops +", "未了 +"), "diff.closed": ("loops –", "未了 –"), "diff.events": ("events", "事件"),

    # corrections
    "help.corrections": ("List every correction of a record: old value, new value, by whom as what, when and why.\n\nWith --at also what differs between that moment as published then and as known now.",
                         "列出一件记录的全部更正：旧值、新值、由何角色、何时、为何。\n\n加 --at 则另列该时刻“当时公布”与“现在所知”的不同之处。"),
    "option.corrections_at": ("Compare this moment as published then with what is known of it now.", "比较此时刻当时公布的与现在所知的内容。"),
    "corrections.none": ("Nothing was corrected.", "没有更正。"),
    "corrections.one": ("#{version} {at}  {field}: {old} → {new}", "#{version} {at}  {field}：{old} → {new}"),
    "corrections.why": ("corrects #{corrects} {event} · {who} · recorded {recorded} · {reason}", "更正 #{corrects} {event} · {who} · 记录于 {recorded} · {reason}"),
    "corrections.then": ("as published then", "当时公布"), "corrections.now": ("as known now", "现在所知"),
    "corrections.not_published": ("At {moment} nothing of it had been recorded.", "{moment} 时尚无任何记录。"),
    "corrections.same": ("{moment}: as published then and as known now are the same.", "{moment}：当时公布与现在所知一致。"),
    "corrections.of": ("{moment}:", "{moment}："),
    "corrections.apart": ("#{version} corrects a value that came to stand there only later.", "#{version} 更正的是此后才有的值。"),

    # journey
    "journey.late": ("* = recorded more than {hours} h after it occurred", "* = 发生 {hours} 小时之后才记录（迟录）"),

    # late
    "help.late": ("Tell what was recorded long after it had occurred, unit by unit.\n\nNo law sets the limit: it is ours unless --later-than names one. Status 1 if anything is late.",
                  "按单位列出发生很久之后才记录的事件（迟录）。\n\n法律未规定此时限：除非以 --later-than 指定，否则为本系统默认值。有迟录时退出状态为 1。"),
    "option.later_than": ("Late is what took longer than this: 30m, 24h or 3d.", "超过此时长即为迟录：30m、24h 或 3d。"),
    "option.late_imports": ("What imports brought instead: entered elsewhere in its time, and late for nobody here.", "改列导入的历史：当时已在别处录入，不算此处迟录。"),
    "late.imported": ("Imports brought {n} events, {late} of them after longer than that: counted apart, see --imports.", "另有导入的历史 {n} 个事件，其中 {late} 个超过此时长：单独计算，见 --imports。"),
    "late.no_span": ("{text} is no span of time", "{text} 不是有效的时长"),
    "late.none": ("Of {n} events none was recorded more than {limit} after it occurred.", "{n} 个事件均在发生后 {limit}内记录。"),
    "late.count": ("{late} of {n} events were recorded more than {limit} after they occurred.", "{n} 个事件中有 {late} 个在发生 {limit}之后才记录。"),
    "late.seen": ("Looked at was only what {actor} may see.", "仅统计 {actor} 有权查看的内容。"),
    "late.no_time": ("0 minutes", "0 分钟"),
    "late.ours": ("The limit is ours, no law's.", "此时限为本系统默认值，并非法定。"),
    "late.unit": ("unit (or role)", "单位（或角色）"), "late.events": ("events", "事件"), "late.late": ("late", "迟录"),
    "late.longest": ("longest", "最长"), "late.mean": ("mean", "平均"), "late.by": ("late by", "迟"),
    "late.list": ("The longest delays:", "迟录最久的："),
}
