"""What `govflow export redacted` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "export_redacted": "govflow export redacted -o research.db --for research --db city.db",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.export_redacted": ("Write the log without its people (脱敏导出): a log of its own that verifies and replays.\n\nPeople have pseudonyms that hold within this export, what was protected is dropped, numbers and addresses in texts are masked. It is signed with a key of its own; keep OUT.signing, hand over the rest and tell the public key by another way.",
                             "写出脱敏日志：独立成册，可核验、可重放。\n\n人员以本次导出内一致的假名代替，受保护内容不导出，文本中的号码与地址以标记遮盖。以自有密钥签署：OUT.signing 自留，其余文件交付，公钥另途告知。"),
    "option.redacted_out": ("The new log; a file that is not there yet.", "新日志文件，须尚不存在。"),
    "option.redacted_for": ("For whom: auditors also get confidential matters and who read what; tests and research do not.", "用途：审计（含保密事项与查阅记录）；测试、研究则不含。"),
    "option.redacted_key": ("Keep the key of the pseudonyms in this file, for its owner alone; a later export with it has the same ones.", "将假名密钥留存于此文件，仅所有者可读；日后以此再导出，假名相同。"),
    "option.redacted_keep": ("An id that is no person's, though it looks like one: a unit; may be repeated.", "并非人员的编号（如单位），保持原样，可重复。"),
    "redact.writing": ("writing the export", "正在写出"),
    "redact.written": ("{path}: {events} events, {people} people under pseudonyms, {protected} protected values dropped.", "{path}：{events} 个事件，{people} 人以假名代替，略去 {protected} 项受保护内容。"),
    "redact.left_out": ("{n} confidential records are not in it.", "未含 {n} 件保密事项。"),
    "redact.masked": ("Personal data was masked in {n} texts.", "{n} 处文本中的个人信息已遮盖。"),
    "redact.key": ("Its public key, to be told by another way: {vkey}", "公钥（另途告知）：{vkey}"),
    "redact.keep": ("Keep {path}: whoever has it can sign for this export.", "请自留 {path}：持有者可为此导出签署。"),
}
# fmt: on
