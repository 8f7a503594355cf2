"""Findings in words 问题释义: what each code is called, what it means and what its reader can do, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from govflow.audit.findings import Check, Code
from govflow.errors import Detail


class Words(NamedTuple):
    """A code in words: its label, what it means, what to do; each says so in English and Chinese."""

    label: Detail
    meaning: Detail
    to_do: Detail


def _words(label: str, zh: str, *sentences: str) -> Words:
    meaning, meaning_zh, to_do, to_do_zh = sentences
    return Words(Detail(label, zh), Detail(meaning, meaning_zh), Detail(to_do, to_do_zh))


WORDS: Mapping[Code, Words] = {
    Code.EDIT: _words(
        "changed",
        "被改动",
        "Stored bytes are not those that were hashed or signed.",
        "存储的字节与当时计算哈希或签署时不符。",
        "Stop writing, keep the file as it is, and compare the event named with a backup, a bundle or another "
        "copy: whoever could write to the file has changed it. A bundle that says so is asked for again.",
        "停止写入，保留文件原状，将所指事件与备份、证据包或其他副本比对：能写入该文件者改动了它。证据包如此时，请重新索取。",
    ),
    Code.GAP: _words(
        "missing",
        "有缺失",
        "Positions or versions are missing or stand twice.",
        "位置或版本有缺失或重复。",
        "Look for the missing events in a backup; who could write to the file is the question.",
        "在备份中查找缺失的事件，并查明谁能写入该文件。",
    ),
    Code.REORDER: _words(
        "moved",
        "次序变动",
        "Rows stand in another order than they were written in.",
        "各行次序与写入时不同。",
        "As with a gap: rows were moved by somebody, the library never moves one.",
        "同缺失：有人移动了各行，程序本身从不移动。",
    ),
    Code.TRUNCATED: _words(
        "cut off",
        "被截断",
        "The log ends before what was signed.",
        "日志短于已签署的内容。",
        "Compare with the newest backup: either an old copy was put back, or the end was cut off. Events "
        "of a backup are not written again by hand; it is put back as a whole.",
        "与最新备份比对：或放回了旧副本，或末尾被截去。不要逐条补写事件，应整份恢复备份。",
    ),
    Code.UNCOVERED_TAIL: _words(
        "not covered yet",
        "尾部尚未涵盖",
        "Events after the last checkpoint: nothing signed vouches for them yet.",
        "最后一个检查点之后的事件，尚无签名为其作证。",
        "Sign a checkpoint, or let a tick do it. If nobody signed for long, ask why.",
        "签署检查点，或由定时处理签署。长期无人签署的，应查明原因。",
    ),
    Code.ROLLBACK: _words(
        "rolled back",
        "被回退",
        "A head that was kept elsewhere, outside or in the key file, knows more than the log or its checkpoints.",
        "他处留存（外部或密钥文件所记）的检查点，多于日志或其检查点所载。",
        "The log that you hold the head of was longer. Ask for that one: keep your head, it is the proof. Where only "
        "checkpoints were taken away, bring them back from a backup; if they are lost, `govflow checkpoint sign` goes "
        "on once the whole log is seen to be what its key has signed.",
        "您所持检查点对应的日志更长，请索取该日志，并保留检查点作为证据。仅检查点被移走的，请从备份恢复；"
        "如已丢失，`govflow checkpoint sign` 将整份日志与密钥所签比对后继续签署。",
    ),
    Code.ORIGIN_MISMATCH: _words(
        "another log",
        "另一份日志",
        "It is another log.",
        "这是另一份日志。",
        "Compare the name of the log with the name in your key or head: it may simply be another "
        "file. If it stands where yours should be, the whole log was exchanged.",
        "将日志名称与公钥或检查点中的名称比对：可能只是拿错了文件。若它就在原日志所在之处，则整份日志已被替换。",
    ),
    Code.UNKNOWN_KEY: _words(
        "unknown key",
        "密钥不可信",
        "Signed by nobody who is trusted.",
        "签署者均不可信。",
        "Ask whoever published the key for the handovers since. A new key that no old key handed over to is nobody's.",
        "向公布密钥者索取其后的交接文本。没有旧密钥交接的新密钥不属于任何人。",
    ),
    Code.INCONSISTENT_HEADS: _words(
        "two histories",
        "互不相容",
        "Two signed heads that no one log can have.",
        "两个已签署的检查点，不可能出自同一日志。",
        "Keep both heads: together they prove that whoever holds the key signed two logs as one.",
        "保留两个检查点：二者合起来证明密钥持有者以同一名义签署了两份日志。",
    ),
    Code.TIME_REGRESSION: _words(
        "back in time",
        "时间倒退",
        "Recorded before what stands ahead of it.",
        "记录时间早于其前一事件。",
        "A clock was set back, or the event was put there later. A store without a write lock may "
        "have it within the length of a decision.",
        "时钟曾被回拨，或事件系事后放入。无写锁的存储可能有一次处理时长以内的偏差。",
    ),
    Code.SEMANTIC: _words(
        "not allowed then",
        "当时不允许",
        "An event that the table or a rule of its time did not allow.",
        "当时的流程表或规则所不允许的事件。",
        "Ask `govflow why RECORD --version N` about the event, then its unit: which row and which leave it "
        "rests on. Where only a date differs, see `govflow show`: the recorded date stands, and may be wrong.",
        "以 `govflow why 记录 --version N` 查看该事件，再询问其单位：依据哪一行、经谁同意。"
        "仅日期不符的，见 `govflow show`：以所记日期为准，但可能有误。",
    ),
    Code.CONSTRAINT: _words(
        "against a constraint",
        "违反约束",
        "A pair of events that a constraint forbids.",
        "约束所禁止的一对事件。",
        "Look at the pair of events that is named, in `govflow timeline RECORD`; where the constraint "
        "asks too much of your town, write your own file.",
        "在 `govflow timeline 记录` 中查看所指的一对事件；约束对本地要求过严的，可自写约束文件。",
    ),
    Code.UNKNOWN_EVENT: _words(
        "unknown event",
        "未知事件",
        "A stored name or version that nobody here can read.",
        "此处无法读取的事件名称或版本。",
        "Serve the kind of record with `--records MODULE:NAME`, or check with the version of govflow "
        "that wrote it. Nothing is skipped: the rest of that record is not judged.",
        "用 `--records MODULE:NAME` 提供该类记录，或用写入它的 govflow 版本核验。不会跳过：该记录其余部分未作判断。",
    ),
    Code.KEY_MISSING: _words(
        "key missing",
        "密钥缺失",
        "Protected data without its key, and no erasure that explains it.",
        "受保护的信息没有密钥，也没有删除记录可作解释。",
        "Bring back the key file from its backup. If the person was erased, the event that says so is missing.",
        "从备份恢复密钥文件。若该人信息已被删除，则缺少载明删除的事件。",
    ),
    Code.DAMAGED: _words(
        "damaged",
        "已损坏",
        "The file itself contradicts itself.",
        "文件自相矛盾。",
        "Copy the file before anything else, look at the disk, and put back a backup; a bundle that is "
        "damaged on its way is fetched again.",
        "先复制该文件，再检查磁盘并恢复备份；证据包在传输中损坏的，重新获取。",
    ),
}
"""Every code in words."""

MEANS: Mapping[Check, tuple[Detail, Detail]] = {
    Check.ORDER: (
        Detail("order", "次序"),
        Detail("Positions, versions: no gap, no double.", "位置与版本：无缺失，无重复。"),
    ),
    Check.HASHES: (
        Detail("hashes", "哈希"),
        Detail(
            "Each row against its own leaf, kept hashes against the rows.", "各行对其自身的叶哈希，留存的哈希对各行。"
        ),
    ),
    Check.CHECKPOINTS: (
        Detail("checkpoints", "检查点"),
        Detail("The tree against what the log's key has signed.", "哈希树对日志密钥所签。"),
    ),
    Check.TRUSTED: (
        Detail("heads kept outside", "外部留存"),
        Detail("The tree against heads that were kept outside.", "哈希树对外部留存的检查点。"),
    ),
    Check.SEMANTIC: (
        Detail("meaning", "语义"),
        Detail(
            "The events against the tables, rules and clocks of their time.", "各事件对其当时的流程表、规则与期限。"
        ),
    ),
}
"""Every means of a check: its label, and what is compared."""
