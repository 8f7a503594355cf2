"""What `govflow report` says, in English and in Chinese; what stands in a report is a matter of its pages."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {"report": "govflow report C-2026-000001 -o report.html --db city.db"}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.report": ("Write the report on a matter, or on a period, for an auditor.\n\nOne HTML file that reads and prints without anything else: what happened, who held it, clocks on a calendar, the way taken, what is owed, what broke and why, what was corrected. Nobody is named in it.",
                    "写出一件事项或一个时段的审计报告。\n\n单个 HTML 文件，无需其他文件即可阅读和打印：经过、经手、时限日历、办理路径、未了事项、超期及依据、更正。不含任何人姓名。"),
    "argument.report": ("The number of a record, or a period: 2026, 2026-02, 2026-01-01..2026-03-31.", "记录编号，或时段：2026、2026-02、2026-01-01..2026-03-31。"),
    "option.report_out": ("The file to write; otherwise to standard output.", "写入的文件；不给则写到标准输出。"),
    "report.written": ("The report on {what} stands in {path}.", "{what} 的审计报告已写入 {path}。"),
    "report.reading": ("reading records", "正在读取记录"),
}
# fmt: on
