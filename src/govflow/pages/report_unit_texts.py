"""What a unit's report on its own work says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

# fmt: off
REPORT_UNIT_TEXTS: dict[str, tuple[str, str]] = {
    "page.kind.report_unit": ("A unit's report on its work", "专项述职"),
    "report.unit.title": ("{unit}: the work from {first} to {last}", "{unit}：{first} 至 {last} 履职情况"),
    "report.unit.how": ("Every line names the record and the events it rests on: the version in the record, and behind # the place in the log. Whoever has the log can look each of them up (govflow timeline) and prove it (govflow prove).",
                        "每一行均注明所据记录与事件：记录内版次，# 后为在日志中的位置。持有日志者可逐条查阅（govflow timeline）并证明（govflow prove）。"),
    "report.unit.no_names": ("What is counted is what the unit was responsible for: as the lead while the record is under way, or its part in joint handling while that is open.",
                             "计入范围：作为主办单位而记录仍在办理的，或作为协办单位而其部分尚未了结的。"),
    "report.grounds": ("Rests on", "所据事件"), "report.ground": ("v{version} #{position}", "第 {version} 版 #{position}"),
    "report.as": ("As", "身份"), "report.share.lead": ("lead", "主办"), "report.share.co": ("joint handling", "协办"), "report.share.none": ("owed", "应办"),

    # At a glance
    "report.unit.before": ("In hand when the period began", "期初在办"), "report.unit.begun": ("Taken on", "承接"),
    "report.unit.finished": ("Finished", "办结"), "report.unit.in_time": ("Of it without a broken deadline", "其中未超期"), "report.unit.finished_late": ("Of it with a broken deadline", "其中曾超期"),
    "report.unit.passed_on": ("Passed on to others", "移交"), "report.unit.now": ("Still in hand at the end", "期末在办"),
    "report.unit.met": ("Deadlines met in time", "按期完成的时限"), "report.unit.missed": ("Deadlines broken", "超期的时限"),
    "report.unit.came_back": ("Sent back or done again", "退回、返工"), "report.unit.owed": ("Open loops beside", "其他未了事项"),
    "report.unit.worked": ("Office time in hands", "在手工作时间"), "report.unit.waiting": ("Of it waiting", "其中中止"),
    "report.unit.sum": ("{before} in hand + {begun} taken on − {finished} finished − {passed} passed on = {now} still in hand.", "期初在办 {before} + 承接 {begun} − 办结 {finished} − 移交 {passed} = 期末在办 {now}。"),

    # The lines
    "report.unit.begun.table": ("What it took on", "承接事项"), "report.unit.begun.none": ("Nothing was taken on.", "无新承接。"),
    "report.unit.ended": ("Finished and passed on", "办结与移交"), "report.unit.ended.table": ("What left its hands", "办结、移交事项"), "report.unit.ended.none": ("Nothing was finished or passed on.", "无办结、移交。"),
    "report.unit.outcome": ("Outcome", "结果"), "report.unit.outcome.finished": ("finished", "办结"), "report.unit.outcome.passed": ("passed on", "移交"),
    "report.unit.deadlines": ("Deadlines, in time and late", "时限：按期与超期"), "report.unit.deadlines.table": ("Its deadlines that ended in the period or are overdue", "期内终止或已超期的时限"), "report.unit.deadlines.none": ("No deadline of its own ended.", "无终止的时限。"),
    "report.unit.in_time.cell": ("in time", "按期"), "report.unit.late.cell": ("{by} late", "超期 {by}"),
    "report.unit.how.met": ("met", "完成"), "report.unit.how.gone": ("fell away late", "逾期后终止"), "report.unit.how.next": ("late, then counted anew", "逾期后重新计时"), "report.unit.how.open": ("open and overdue", "未完成，已超期"),
    "report.unit.back": ("Sent back, done again", "退回与返工"), "report.unit.back.table": ("What was sent back or had to be done again", "退回、返工事项"), "report.unit.back.none": ("Nothing was sent back.", "无退回、返工。"),
    "report.unit.open": ("Still open", "未了事项"), "report.unit.open.table": ("What it still had in hand, and owed, at the end", "期末在办与应办"), "report.unit.open.none": ("Nothing is open.", "无未了事项。"),
    "report.unit.record": ("the record", "整件"),
    "report.unit.time": ("Time in its hands", "在手时长"), "report.unit.time.table": ("Each stay in its hands", "逐段在手时间"), "report.unit.time.none": ("Nothing was in its hands.", "无在手时间。"),
}
# fmt: on
