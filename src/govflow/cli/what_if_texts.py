"""What `govflow what-if` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {"what_if": "govflow what-if --policy stricter.toml --from 2026-01-01 --db city.db"}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.what_if": ("Tell what would have become of the records under another policy, calendar or routing table.\n\nThe log is only read, all of it: what is told is for those who may see every record. Its commands are given again in a scratch log in memory, under its own rules and under the others. Status 1 if the others refuse commands that were done: from there on the two are not alike.",
                     "推演：换一份政策、工作日历或派单规则，各记录会怎样。\n\n只读日志，且读取全部记录：结果仅供有权查看全部记录的人。其命令在内存中的推演日志里重新执行两遍，一遍按原规则，一遍按新规则。新规则拒绝了曾执行的命令时退出状态为 1：此后两者不可完全比较。"),
    "option.what_if_policy": ("The other policy, with its limits and routing rules (TOML or JSON).", "另一份政策，含时限与派单规则（TOML 或 JSON）。"),
    "option.what_if_calendar": ("Another edition of a work calendar (TOML or JSON).", "另一版工作日历（TOML 或 JSON）。"),
    "option.what_if_from": ("As if adopted at this moment, for records begun from then on: 2026-03-02 (its beginning) or 2026-03-02T09:00; by default from the beginning of the log.",
                            "视同此刻通过，适用于此后开始的记录： 2026-03-02（当日开始）或 2026-03-02T09:00；默认自日志开始。"),
    "option.what_if_to": ("Compare only records begun before this moment: 2026-03-02 (its end) or 2026-03-02T09:00.", "只比较此刻之前开始的记录： 2026-03-02（当日终了）或 2026-03-02T09:00。"),
    "what_if.order": ("the period ends before it begins", "期间的结束早于开始"),
    "what_if.nothing": ("no other rules were given", "未指定另外的规则"),
    "what_if.running": ("giving the commands again", "正在重新执行命令"),
    "what_if.commands": ("{n} commands of {log}: {exact} made again exactly, {likely} probably, {lost} not at all. Their own rules, given again: {same} of {records} records end as in the log.",
                         "{log} 的 {n} 条命令：准确还原 {exact}，大致还原 {likely}，无法还原 {lost}。按原规则重演：{records} 件记录中 {same} 件结果与日志一致。"),
    "what_if.needs_all": ("every record is read for it, and some are not for this reader", "推演须读取全部记录，而其中有该查询人无权查看的记录"),
    "what_if.likely": ("  {n} × {wire}: given again as far as they can be made: {why}", "  {wire}（{n} 条）：按可还原的内容重新执行：{why}"),
    "what_if.lost": ("  {n} × {wire}: left out of both runs: {why}", "  {wire}（{n} 条）：两遍均未执行：{why}"),
    "what_if.because": ("    because of {where}: {own} → {other}", "    起因 {where}：{own} → {other}"),
    "what_if.figure": ("as of {now}", "截至 {now}"), "what_if.before": ("own rules", "原规则"), "what_if.after": ("other rules", "新规则"),
    "what_if.records": ("records", "记录"), "what_if.open": ("open", "在办"), "what_if.closed": ("closed", "办结"),
    "what_if.overdue_records": ("with a missed deadline", "有超期的记录"), "what_if.overdue_clocks": ("deadlines missed", "超期次数"),
    "what_if.stalled": ("  of records with a refused command", "  其中涉及被拒绝命令的"),
    "what_if.over": ("over, in all", "超期合计"), "what_if.longest": ("over, at most", "最长超期"),
    "what_if.refused": ("commands refused", "被拒绝的命令"), "what_if.following": ("  only following from another", "  其中仅因先前被拒绝"),
    "what_if.unit": ("lead unit", "主办单位"), "what_if.unit_open": ("open", "在办"), "what_if.unit_clocks": ("missed", "超期"), "what_if.unit_over": ("over", "超期时长"),
    "what_if.no_unit": ("(none)", "（无）"),
    "what_if.rerouted": ("Other units would lead {n}:", "将由其他单位主办的有 {n} 件："),
    "what_if.route": ("  {id}: {before} → {after}", "  {id}：{before} → {after}"),
    "what_if.followed": ("{n} commands were given by people of those units instead.", "其中 {n} 条命令改由这些单位的人员执行。"),
    "what_if.left_out": ("{n} moves of records to other policies were left out.", "省略了 {n} 次记录换用政策的操作。"),
    "what_if.would_refuse": ("Refused first of all ({n}), before what only follows:", "首先被拒绝的命令（{n}），不含仅由此引起的："),
    "what_if.more": ("  … and {n} more: see --json", "  …… 另有 {n} 项，见 --json"),
    "what_if.same": ("The other rules make no difference.", "新规则不改变任何结果。"),
    "what_if.scratch": ("Nothing was written. The scratch log {id} is gone; no key of this log signs for it.", "未写入任何内容。推演日志 {id} 已不复存在；本日志的密钥不为其签名。"),
}
# fmt: on
