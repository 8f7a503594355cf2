"""What `govflow export bundle` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "export_bundle": "govflow export bundle C-2026-000001 --sign -o case.bundle --db city.db",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.export_bundle": ("Write a bundle (证据包) that outsiders verify offline with examples/verify_bundle.py and the log's public key.\n\nThe whole log, one record with everything it touches (ID), or a period (--from, --to): what is left out stands in it as hashes. Personal data stays protected.",
                           "写出证据包，外部人员凭 examples/verify_bundle.py 与日志公钥即可离线核验。\n\n范围为整份日志、单件记录及其牵涉（ID）或一段期间（--from、--to）；其余事件仅以哈希列出，个人信息保持加密。"),
    "bundle.read_only": ("it is a bundle: nothing is written to one, and no key of its log is made or used there", "这是证据包：不可写入，也不在此生成或使用日志密钥"),
    "bundle.the_log": ("the log itself", "日志本身"),
    "argument.bundle_id": ("Only this record: with its journey, what its events name, the directory, tables and policies.", "仅此记录，连同其全程关联、所引记录、名录、流程表与政策。"),
    "option.bundle_from": ("Only what was recorded from this day or moment on.", "仅自此日或此时起记录的事件。"),
    "option.bundle_to": ("Only what was recorded up to this day or before this moment.", "仅至此日或此时之前记录的事件。"),
    "option.sign_first": ("Sign a checkpoint first, so that nothing is left over.", "先签署检查点，使全部事件均被涵盖。"),
    "option.bundle_head": ("A checkpoint that the reader keeps: the bundle can be compared with it; may be repeated.", "对方留存的检查点，以便与证据包比对，可重复。"),
    "bundle.writing": ("writing the bundle", "正在写出证据包"),
    "bundle.one_scope": ("one scope at a time: a record, or --from and --to", "范围只能择一：单件记录，或 --from 与 --to"),
    "bundle.period": ("a period has a beginning and an end", "期间须有起止"),
    "bundle.seen": ("an actor may export single records (ID); the whole log is for whoever holds it", "指定人员仅可导出单件记录（ID）；整份日志由持有者导出"),
    "bundle.a_head": ("a signed checkpoint of this log", "本日志的已签检查点"),
    "bundle.written": ("{path}: {rows} of {size} signed events, {gaps} hashes for the rest.", "{path}：{size} 个已签事件中的 {rows} 个，其余以 {gaps} 个哈希列出。"),
    "bundle.after": ("{n} events came after the checkpoint and are not in it; --sign signs them first.", "检查点之后另有 {n} 个事件未列入；加 --sign 可先行签署。"),
}
# fmt: on
