"""What `govflow why` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "why": "govflow why C-2026-000001 --version 5 --db city.db",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.why": ("Tell on what one event of a record rested: command, row of the table, role, and every rule judged again.\n\nEach rule is judged on what the log held then; one that has changed since, or looks at what no log holds, is told as such. Status 0; 1 if no row allowed the event or a rule did not hold.",
                 "说明记录的某一事件为何准许：命令、流程表的行、角色，并逐条复核规则。\n\n规则按日志当时所载复核；其后已变更或须查看日志不载之内容的，如实说明。状态 0；无行准许或有规则不成立时为 1。"),
    "option.why_version": ("The version that the event made; by default the last.", "该事件所成的版本，默认为最后一版。"),
    "why.head": ("{record}, version {version}: {event}", "{record} 第 {version} 版：{event}"),
    "why.no_version": ("{id} has no version {version}", "{id} 没有第 {version} 版"),
    "why.fact": ("  {name}: {said}", "  {name}：{said}"),
    "why.command": ("command", "命令"),
    "why.step": ("row", "依据的行"),
    "why.no_step": ("none: no row of the table of that time allowed it", "无：当时流程表的任何行均不准许"),
    "why.from_to": ("{row}: {before} -> {after}", "{row}：{before} → {after}"),
    "why.same": ("{row}: in {before}", "{row}：处于 {before}"),
    "why.item": ("item", "条目"),
    "why.as": ("as", "身份"),
    "why.by": ("by", "操作人"),
    "why.in_stead": ("{by}, in the stead of {other}", "{by}，代理 {other}"),
    "why.behalf": ("{by}, on behalf of {other}", "{by}，受 {other} 委托"),
    "why.happened": ("happened", "发生"),
    "why.recorded": ("recorded", "记录"),
    "why.policy": ("policy", "政策"),
    "why.table": ("table", "流程表"),
    "why.edition": ("{name}, edition {n} ({digest}…)", "{name}第 {n} 版（{digest}…）"),
    "why.adopted": ("{name}, adopted {at} by {by} (position {position})", "{name}，{at} 由 {by} 通过（位置 {position}）"),
    "why.rests": ("“{rule}” rests on:", "“{rule}”所据事件："),
    "why.rest": ("  #{version} {event}, by {by}, {at} (position {position})", "  第 {version} 版 {event}，{by}，{at}（位置 {position}）"),
    "why.rule": ("rule", "规则"),
    "why.verdict": ("verdict", "复核"),
    "why.basis": ("source", "出处"),
    "why.holds": ("holds", "成立"),
    "why.broken": ("does not hold", "不成立"),
    "why.not_judged": ("not judged", "未复核"),
}
# fmt: on
