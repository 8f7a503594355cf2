"""What `govflow responsibility` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "responsibility": "govflow responsibility C-2026-000001 --db city.db",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.responsibility": ("Tell in whose hands records were, from when to when, and for how much working time.\n\nOf the records named, or of all: per unit and per level, summing exactly to the total. Working time is the time offices were open, by the calendar that each record has pinned; it is told as hours:minutes:seconds, and in JSON in microseconds. What is told as paused is part of it.",
                            "说明记录由谁经手、起止时间及工作时长。\n\n针对指定记录或全部记录，按单位和层级汇总，合计与总数完全一致。工作时长按各记录所固定的工作日历的办公时间计算，以 时:分:秒 表示，JSON 中为微秒。“其中暂停”包含在内。"),
    "argument.ids": ("Ids of records; without any, all records.", "记录编号；不指定则为全部记录。"),
    "option.since": ("From this moment: 2026-03-02 (its beginning) or 2026-03-02T09:00.", "起始时刻： 2026-03-02（当日开始）或 2026-03-02T09:00。"),
    "option.up_to": ("Up to this moment: 2026-03-02 (its end) or 2026-03-02T09:00; by default now.", "截止时刻： 2026-03-02（当日终了）或 2026-03-02T09:00；默认为现在。"),
    "option.of_kind": ("Sum up only records of this kind: case, proposal, joint_project …", "只汇总此类记录：case、proposal、joint_project 等。"),
    "responsibility.order": ("the period ends before it begins", "截止时刻早于起始时刻"),
    "responsibility.reading": ("reading whose hands", "正在计算责任时长"),
    "responsibility.from": ("from", "自"), "responsibility.hands": ("in the hands of", "责任方"), "responsibility.level": ("level", "层级"),
    "responsibility.worked": ("worked", "工作时长"), "responsibility.elapsed": ("elapsed", "自然时长"),
    "responsibility.waiting": ("paused", "其中暂停"), "responsibility.share": ("share", "占比"), "responsibility.longest": ("longest", "最长"),
    "responsibility.record": ("record", "记录"),
    "responsibility.ended": ("Until {at}, when it came to rest.", "至 {at} 办结或终止。"), "responsibility.now": ("Until now, {at}.", "至现在（{at}）。"),
    "responsibility.until": ("Until {at}.", "至 {at}。"),
    "responsibility.provisional": ("? The calendar has not settled these days yet: the figures may change.", "? 工作日历尚未确定这些日期，数字可能变动。"),
    "percent": ("{n} %", "{n}%"),
    "responsibility.nothing": ("No record was in anybody's hands then.", "该期间没有经手中的记录。"),
    "responsibility.nobody": ("(at rest)", "（办结期间）"), "responsibility.no_level": ("(none)", "（无）"),
    "responsibility.total": ("total", "合计"),
    "responsibility.by_unit": ("Per unit", "按责任方"), "responsibility.by_level": ("Per level", "按层级"),
}
# fmt: on
