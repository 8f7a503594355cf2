"""What `govflow report` says, in English and in Chinese; what stands in a report is a matter of its pages."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {"report": "govflow report C-2026-000001 -o report.html --db city.db"}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.report": ("Write the report on a matter, on a period, or on a unit's work (--unit), for an auditor.\n\nOne HTML file that reads and prints without anything else: what happened, who held it, clocks on a calendar, the way taken, what is owed, what broke and why, what was corrected; what was checked, and how anybody checks it again. Nobody is named in it.\n\nThe status is 1 where a check objects to something or damaged rows may belong to what is told; damage that came after all of it is noted with its place.",
                    "写出一件事项、一个时段或一个单位（--unit，专项述职）的审计报告。\n\n单个 HTML 文件，无需其他文件即可阅读和打印：经过、经手、时限日历、办理路径、未了事项、超期及依据、更正，以及所作核查与复核办法。不含任何人姓名。\n\n核查发现问题，或所列内容可能涉及损坏的行时，退出状态为 1；晚于所列全部内容的损坏只注明位置。"),
    "argument.report": ("The number of a record, or a period: 2026, 2026-02, 2026-01-01..2026-03-31.", "记录编号，或时段：2026、2026-02、2026-01-01..2026-03-31。"),
    "option.report_out": ("The file to write, which must not exist; otherwise to standard output.", "写入的文件，不覆盖已有文件；不给则写到标准输出。"),
    "option.report_unit": ("The period's report is on this unit's own work: what it took on and finished, in time or late, each line with its events.", "写该单位在此时段的专项述职：承接、办结、按期与超期，逐行注明所据事件。"),
    "report.unit_period": ("a unit reports on a period, not on a record", "单位述职须指定时段，而非记录"),
    "report.no_period": ("there is no period {id}: 2026, 2026-02, 2026-01-01..2026-03-31, the first day first", "没有时段 {id}：应如 2026、2026-02、2026-01-01..2026-03-31，起日在前"),
    "report.warning": ("something is wrong with this log: {what}. The report says what; govflow verify checks all of it.", "该日志有问题：{what}。详见报告；govflow verify 可核验整份日志。"),
    "report.elsewhere": ("elsewhere in this log rows are damaged (in records: {n}; the first is event {first}), after all that this report tells: see govflow verify", "该日志别处有损坏（涉及记录 {n} 件，首处为第 {first} 条），均晚于本报告所列内容：见 govflow verify"),
    "report.cut": ("some rows cannot be read, and what stands behind them is not reported", "部分行无法读取，其后内容未列入报告"),
    "report.objections.one": ("a check objects to one thing", "检查发现一个问题"), "report.objections": ("a check objects to {n} things", "检查发现 {n} 个问题"), "report.and": ("; ", "；"),
    "report.no_unit": ("nothing in the log names the unit {unit}", "日志中未见单位 {unit}"),
    "report.written": ("The report on {what} stands in {path}.", "{what} 的审计报告已写入 {path}。"),
    "report.reading": ("reading records", "正在读取记录"),
}
# fmt: on
