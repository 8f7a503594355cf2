"""What can be wrong with a Pabulib file: a table of codes, in English and in Chinese, and the error that says it."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

from govflow.errors import InputError
from govflow.interchange.faults import shown

# fmt: off
TEXTS = {
    # The file
    "no_file": ("no such file; expected a .pb file", "没有该文件，应为 .pb 文件"),
    "unreadable": ("cannot be read ({reason}); expected a .pb file", "无法读取（{reason}），应为 .pb 文件"),
    "too_large": ("more than {most:,} bytes; expected a smaller file", "超过 {most:,} 字节，文件过大"),
    "not_utf8": ("byte 0x{byte:02x} is not UTF-8; expected UTF-8 text", "字节 0x{byte:02x} 不是 UTF-8，应为 UTF-8 文本"),
    "nul_byte": ("a NUL byte; expected text", "含空字节 NUL，应为文本"),
    "quoting": ("the cells cannot be told apart ({detail}); expected every quote closed, and inner quotes doubled",
                "无法划分单元格（{detail}），引号应成对闭合，字段内的引号应写两个"),

    # Sections
    "before_sections": ("{value} stands before any section; expected META", "{value} 位于所有部分之前，应先有 META"),
    "section_order": ("{found} stands here; expected META, PROJECTS and VOTES, each once and in this order",
                      "此处为 {found}，应依次各有一次 META、PROJECTS、VOTES"),
    "no_section": ("the section {name} is missing; expected META, PROJECTS and VOTES", "缺少 {name} 部分，应有 META、PROJECTS、VOTES"),
    "no_columns": ("{name} has no line of columns", "{name} 缺少表头行"),
    "no_column": ("{name} has no column {column}; expected {wanted}", "{name} 缺少列 {column}，应有 {wanted}"),
    "column_twice": ("the column {value} stands twice; expected it once", "列 {value} 重复，应只有一次"),
    "too_many_cells": ("{found} cells; expected {wanted} at most, as the columns", "有 {found} 个单元格，应不超过表头的 {wanted} 个"),

    # Values
    "empty_id": ("an empty id; expected a value", "编号为空，应有值"),
    "long_id": ("an id of {found} characters; expected {most} at most", "编号有 {found} 个字符，应不超过 {most} 个"),
    "id_twice": ("{value} stands in line {line} already; expected it once", "{value} 已见于第 {line} 行，应只出现一次"),
    "key_twice": ("the key {value} stands in line {line} already; expected it once", "键 {value} 已见于第 {line} 行，应只出现一次"),
    "no_key": ("META has no {key}; expected one", "META 缺少 {key}"),
    "bad_money": ("{key}: {value} is not an amount; expected digits, with at most six after a point",
                  "{key}：{value} 不是有效金额，应为数字，小数点后不超过六位"),
    "bad_number": ("{key}: {value} is not a number; expected digits, with at most six after a point",
                   "{key}：{value} 不是有效数字，应为数字，小数点后不超过六位"),
    "bad_count": ("{key}: {value} is not a whole number; expected digits", "{key}：{value} 不是有效整数，应为数字"),
    "bad_caps": ("{key}: {value} is no table of amounts; expected {{\"kind\": \"amount\"}}",
                 "{key}：{value} 不是限额表，应为 {{\"类别\": \"金额\"}}"),
    "vote_type": ("vote_type {value} is not known here; expected {known}", "不支持 vote_type {value}，应为其一：{known}"),
    "scoring_fn": ("scoring_fn {value} is not known here; expected Borda, or a column points",
                   "不支持 scoring_fn {value}，应为 Borda，或另有 points 列"),
    "default_score": ("default_score {value} is not known here; expected 0", "不支持 default_score {value}，应为 0"),
    "count_differs": ("{key} is {said}, and the file has {found}; expected the same (a file cut short?)",
                      "{key} 为 {said}，文件中实有 {found}，应一致（文件是否被截断？）"),

    # Ballots
    "unknown_project": ("the ballot names {value}, which is no project of this file; expected listed ones",
                        "选票选了 {value}，文件中无此项目，应为清单中的项目"),
    "project_twice": ("the ballot names {value} twice; expected it once", "选票重复选了 {value}，应只选一次"),
    "points_differ": ("{points} points for {projects} projects; expected one for each",
                      "{projects} 个项目对应 {points} 个分值，应一一对应"),

    # Writing
    "no_room": ("{value} cannot stand in a Pabulib file; expected no commas, no NUL and no blanks around it",
                "{value} 无法写入 Pabulib 文件，应不含逗号、空字节及首尾空白"),
}
# fmt: on


class PabulibError(InputError):
    """A Pabulib file is not what was expected, or cannot hold what it is to hold. Correct it where it says."""

    def __init__(self, code: str, where: str, **details: object) -> None:
        self.code = code
        if isinstance(value := details.get("value"), str):
            details["value"] = shown(value)
        en, self._zh = (text.format(**details) for text in TEXTS[code])
        super().__init__(en, where=where)

    def sentence(self, lang: str = "en") -> str:
        """What is wrong, and where, in English or Chinese."""
        return f"{self.where}: {self._zh}" if lang.startswith("zh") else str(self)
