"""What the page of an erasure says, in English and in Chinese, beside what all pages say."""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

# fmt: off
ERASURE_TEXTS: dict[str, tuple[str, str]] = {
    "page.kind.erasure": ("Data subject", "个人信息主体"),
    "erasure.title": ("Record of erasure", "个人信息删除记录"),
    "erasure.done": ("erased", "已删除"),
    "erasure.decided": ("What was done", "删除情况"),
    "erasure.basis": ("Basis", "依据"), "erasure.authority": ("Authority", "决定机关"),
    "erasure.asked": ("Asked for on", "本人申请之日"), "erasure.by": ("Carried out by", "经办"),
    "erasure.as": ("{by}, {role} @ {unit}", "{by}，{role} @ {unit}"),
    "erasure.at": ("When", "时间"),
    "erasure.at_place": ("{at}, place {n} in the log", "{at}，日志第 {n} 条"),
    "erasure.records": ("Data stood in", "原存于"), "erasure.keys": ("Keys left here", "此处剩余密钥"),
    "erasure.unknown": ("the key store of the log is not at hand", "日志的密钥库不在此处"),
    "erasure.texts": ("Texts of others that spoke of the person", "涉及该主体的他人文本"),
    "erasure.place": ("Where", "位置"), "erasure.became": ("What became of it", "处理"),
    "erasure.replaced": ("replaced", "已替换"), "erasure.dropped": ("dropped whole", "已整段删除"),
    "erasure.stays": ("The events stay, with the pseudonym; what was encrypted in them opens with no key of this log. Copies of its keys from before end with their age, or with a rotation.",
                      "事件与化名保留，其中的密文已无密钥可解。此前的密钥副本以保存期限或更换密钥终止。"),
    "erasure.rules": ("What it was held to", "所依规则"),
    "erasure.judged": ("Every rule of row {row}, judged again as of then", "第 {row} 行的全部规则，按当时情况复核"),
    "erasure.rule": ("Rule", "规则"), "erasure.verdict": ("Verdict", "复核"), "erasure.source": ("Source", "出处"),
    "erasure.holds": ("holds", "成立"), "erasure.broken": ("does not hold", "不成立"), "erasure.not_judged": ("not judged", "未复核"),
    "erasure.proofs": ("How anybody checks it", "核验办法"),
    "erasure.signed": ("Signed {at}, with all {n} entries that the log had.", "已于 {at} 随日志全部 {n} 条一并签署。"),
    "erasure.check": ("Get the public key by another way than this page, compare it with the one below, and check the decision:", "请另途取得公钥，与下列公钥核对，再核验该决定："),
    "erasure.unsigned": ("No signed head of the log covers the decision yet. Whoever keeps the log signs one, and makes this page again:", "尚无检查点覆盖此决定。日志保管者签发后可重新生成本页："),
    "erasure.made": ("Written {at} ({zone}) by govflow from the log {log}. Whose pseudonym it is stands nowhere in the log.", "govflow 于 {at}（{zone}）依据日志 {log} 写成。化名属于何人，日志中并无记载。"),
}
# fmt: on
