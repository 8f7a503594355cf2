"""What can be wrong with a row of another system's file: a table of codes, each in English and in Chinese."""

from __future__ import annotations

from govflow.errors import Broken

# fmt: off
TEXTS = {
    # The form of the row
    "field_count": (
        "the row has {found} fields; expected {wanted}, as the header",
        "该行有 {found} 个字段，应与表头一致为 {wanted} 个"),
    "quoting": (
        "the fields cannot be told apart ({detail}); expected every quote closed, and inner quotes doubled",
        "无法划分字段（{detail}），引号应成对闭合，字段内的引号应写两个"),
    "row_too_long": (
        "the row runs from line {first} to line {last} or beyond; expected at most {bytes:,} bytes and {lines} lines",
        "该行从第 {first} 行延续到第 {last} 行或更后，应不超过 {bytes:,} 字节、{lines} 行"),
    "not_utf8": (
        "byte 0x{byte:02x} in line {line} (byte {at} of the file, counted from 0) is not UTF-8; expected UTF-8 text",
        "第 {line} 行的字节 0x{byte:02x}（文件第 {at} 字节，从 0 起）不是 UTF-8，应为 UTF-8 文本"),
    "nul_byte": (
        "a NUL byte in line {line} (byte {at} of the file, counted from 0); expected text",
        "第 {line} 行含空字节 NUL（文件第 {at} 字节，从 0 起），应为文本"),

    # A value
    "empty": (
        "empty; expected a value",
        "为空，应有值"),
    "bad_id": (
        "{value} is not an id; expected 1 to 40 of A-Z a-z 0-9 . _ : -",
        "编号 {value} 不合格式，应为 1 至 40 个 A-Z a-z 0-9 . _ : - 字符"),
    "unknown_status": (
        "{value} is not a status word of the mapping; expected one of {words}",
        "映射中没有状态词 {value}，应为其一：{words}"),
    "bad_date": (
        "{value} is not a date; expected {forms}",
        "{value} 不是有效日期，应为 {forms}"),
    "skipped_hour": (
        "{value} does not exist in {zone}, where clocks were put forward over it; expected a time that did exist",
        "{zone} 没有 {value} 这一时刻（夏令时拨快时跳过），应为实际存在的时刻"),
    "bad_degrees": (
        "{value} is not a number of degrees; expected -{most} to {most}",
        "{value} 不是有效度数，应在 -{most} 至 {most} 之间"),

    # Values that do not go together
    "closed_before_opened": (
        "closed before it was opened; expected a time not before {opened}",
        "办结时间早于受理时间，应不早于 {opened}"),
    "closed_without_date": (
        "empty although the status is closed; expected a date",
        "状态为已办结，但缺少办结时间"),
    "open_with_closing_date": (
        "a closing date although the status is open; expected none",
        "状态为未办结，却有办结时间"),
    "contradicts": (
        "{value} stands in line {line} with other content; expected each id once",
        "第 {line} 行已有编号 {value} 且内容不同，每个编号应只出现一次"),

    # A good row and the log it is imported into
    "in_the_future": (
        "{value} lies in the future; expected a time that has passed",
        "{value} 晚于当前时间，应为已过去的时间"),
    "too_long": (
        "{found:,} characters; expected at most {most:,}",
        "共 {found:,} 个字符，应不超过 {most:,} 个"),
    "id_is_taken": (
        "{value} names a record that was not imported from there; expected an id of its own",
        "编号 {value} 在本系统已属非导入的记录，应使用不同的编号"),
    "changed_since_import": (
        "{what} changed since it was imported from {file}:{line}; expected as then (nothing was overwritten)",
        "自从 {file}:{line} 导入后，{what} 有变化，应与导入时一致（未作覆盖）"),
}
# fmt: on


def fault(code: str, **details: object) -> Broken:
    """The fault of that code with its details filled in; `value` is shown as `shown` does."""
    if isinstance(value := details.get("value"), str):
        details["value"] = shown(value)
    en, zh = TEXTS[code]
    return Broken(code, en.format(**details), zh.format(**details))


def shown(value: str) -> str:
    """A value from outside as it can be printed: control characters escaped, and not longer than a line bears."""
    return repr(value if len(value) <= 60 else value[:57] + "...")
