"""What `govflow verify` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "verify": "govflow verify --db town.db --key town.vkey --trusted last-year.note",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.verify": ("Check a log by every means there is: order, hashes, checkpoints, heads kept outside, tables and constraints; or a bundle, or a proof.\n\nStatus 0: nothing contradicts it; 1: findings, each with its code and the means that found it; 2: it could not be checked. A tail that no checkpoint covers yet is told, and counts as a finding only with --strict.",
                    "以各种手段核验日志：次序、哈希、检查点、外部留存的检查点、当时的流程表与约束；亦可核验证据包或证明。\n\n状态 0：无矛盾；1：发现问题，逐条列出代码与手段；2：无法核验。尚未被检查点涵盖的尾部仅作提示，--strict 时计为问题。"),
    "option.vkey": ("A public key of the log, as text or in a file, from whoever published it. Without one those beside the log serve.", "日志的公钥（文本或文件），应由公布者处取得；不写则用日志旁的公钥。"),
    "option.trusted": ("A checkpoint that was kept outside; as often as there are some.", "外部留存的检查点，可多次指定。"),
    "option.strict": ("Count events that no checkpoint covers yet as a finding.", "尚未被检查点涵盖的事件也计为问题。"),
    "option.workers": ("So many processes; by default one for each core, where the log is large.", "进程数；默认在日志较大时每核一个。"),
    "option.rules_again": ("Judge every rule again on how things stood then; takes many times as long.", "按当时情形逐条复核规则；耗时为平常的许多倍。"),
    "argument.verify": ("The log, bundle or proof to check.", "要核验的日志、证据包或证明。"),
    "verify.rules": ("rules judged again: {n}; hold {held}, broken {broken}, not judged {gone}", "规则复核 {n} 次：成立 {held}，不成立 {broken}，无法复核 {gone}"),
    "verify.rules_unread": ("  records that cannot be read to their end: {n}", "  无法读完的记录：{n}"),
    "verify.reading": ("checking the log", "正在核验日志"),
    "verify.reading_bundle": ("checking the bundle", "正在核验证据包"),
    "verify.one_of": ("one file is checked at a time", "一次核验一个文件"),
    "verify.no_heads": ("a proof stands under one checkpoint of its own: no other is compared with it", "证明自带一个检查点，不与其他检查点比对"),
    "verify.no_key": ("what was handed on is checked with a public key of its log, had by another way", "核验他人交来的文件需要日志的公钥，应经其他途径取得"),
    "verify.a_note": ("a signed checkpoint, as `govflow checkpoint sign` writes it", "`govflow checkpoint sign` 输出的检查点"),
    "verify.log": ("{origin}: {events} events of {records} records", "{origin}：{records} 件记录，{events} 个事件"),
    "verify.expected": ("  the key is of another log, {expected}", "  密钥属于另一日志 {expected}"),
    "verify.range": ("events {first}–{last}", "事件 {first}–{last}"),
    "verify.last": ("last recorded {last}", "最后记录于 {last}"),
    "verify.root": ("root {root}", "根哈希 {root}"),
    "verify.covered": ("checkpoints: {n}; {covered} events are covered ({by})", "检查点 {n} 个；已涵盖 {covered} 个事件（{by}）"),
    "verify.no_checkpoint": ("checkpoints: none", "检查点：无"),
    "verify.tail": ("not covered yet: the last {n} events, the oldest {age} old", "尚未涵盖：最后 {n} 个事件，最早者距今 {age}"),
    "verify.none_agrees": ("heads kept outside: 0 of {n} agree", "外部留存的检查点：{n} 个中无一相符"),
    "verify.not_covered": ("checkpoints: {n}; none of them holds", "检查点 {n} 个；无一成立"),
    "verify.trusted": ("heads kept outside: {agreeing} of {n} agree, up to event {agreed}", "外部留存的检查点：{n} 个中 {agreeing} 个相符，至第 {agreed} 个事件"),
    "verify.witness": ("cosigned by {name}: {n} checkpoints, up to event {size}, seen {at}", "见证人 {name} 联署 {n} 个检查点，至第 {size} 个事件，见于 {at}"),
    "verify.witnesses": ("cosigned by {names}", "见证人联署：{names}"),
    "verify.bundle": ("a bundle of {origin}: {scope}", "{origin} 的证据包：{scope}"),
    "verify.bundle_rows": ("{rows} of {size} signed events are in it, the last of {until}", "含已签署的 {size} 个事件中的 {rows} 个，最后记录于 {until}"),
    "verify.of_log": ("the whole log", "整份日志"),
    "verify.of_record": ("{record} and {n} streams beside it", "{record} 及相关的 {n} 个流"),
    "verify.of_period": ("what was recorded from {begin} to {end}", "记录于 {begin} 至 {end} 的内容"),
    "verify.uncompared": ("not compared, for it ends amid what is left out: {source}", "未比对（落在未包含的部分之中）：{source}"),
    "verify.could_not": ("Nothing contradicts it, but not all that was asked could be checked.", "未发现矛盾，但所求未能全部核验。"),
    "verify.clean_bundle": ("Nothing contradicts this bundle.", "未发现与证据包矛盾之处。"),
    "verify.proof_unknown": ("The proof could not be checked: {why}. Give the key of that log, with its handovers (--handover) if it was replaced.", "证明无法核验：{why}。请提供该日志的公钥；如已更换，另附移交文本（--handover）。"),
    "verify.more": ("  … and {n} more; all by code: {counts}", "  …… 另有 {n} 条；按代码合计：{counts}"),
    "verify.open": ("What this check cannot exclude:", "本次核验不能排除："),
    "verify.clean": ("Nothing contradicts this log.", "未发现与日志矛盾之处。"),
    "verify.found.one": ("1 finding.", "共发现 1 处问题。"),
    "verify.found": ("{n} findings.", "共发现 {n} 处问题。"),
}
# fmt: on
