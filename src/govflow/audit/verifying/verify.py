"""Verifying 核验: everything that can be checked of a log at once, and what cannot be excluded all the same.

Five means, each sees what the others cannot: the order of the rows, their hashes, the log's own signed checkpoints,
heads that somebody kept outside, and the events against the tables of their time (`findings.Check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.audit.explaining.rules_of_log import Verdicts
from govflow.audit.findings import Check, Code, Finding, Findings
from govflow.audit.verifying.hashing import KeptNode, first_recorded_after, hash_rows, log_id_of, readable
from govflow.audit.verifying.heads import Head, Judged, Trust, Witnessed, compare
from govflow.audit.verifying.judging import Judge, Judging
from govflow.checkpoints.keys import origin_of
from govflow.checkpoints.notes import Checkpoint, Verifier
from govflow.checkpoints.trust import Chain
from govflow.errors import Detail
from govflow.persistence.codec import StoredEvent
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store

NOTICES = frozenset({Code.UNCOVERED_TAIL})  # nothing is wrong yet: a log that is written to always has a tail


class Evidence(NamedTuple):
    """What a log is checked against: what lies beside it, whose signatures count, heads from outside.

    `kept` are the heads beside it, the smallest first; `log_ids` says which log those are said to be of, `remembered`
    what its key file remembers to have signed. `chain` is None where there are heads and no key to check them with.
    `keys_from_outside` says whether the keys were handed over by somebody,
    or lay beside the log like the rest; `is_memory_sealed` that the key file beside it is not for this reader.
    `findings` hears of what lies beside it and could not be read.
    """

    findings: Findings
    kept: Iterable[Head] = ()
    kept_node: KeptNode | None = None
    chain: Chain | None = Chain({})
    keys_from_outside: bool = False
    witnesses: Sequence[Verifier] = ()
    trusted: Sequence[Head] = ()
    log_ids: AbstractSet[str] = frozenset()
    remembered: Checkpoint | None = None
    stamps: int = 0
    is_memory_sealed: bool = False


class Verified(NamedTuple):
    """What verifying a log came to.

    `covered` counts the events that a signed checkpoint vouches for, `tail` those behind it; the oldest of these was
    recorded at `tail_since`. Heads from outside or witnesses (`witnessed`) agree with it up to event `agreed`.
    `expected` is the log that the keys from outside are of, empty where it is this one. `signatures` says whether they
    were checked. `open_questions` is what cannot be excluded with what was at hand. `rules` is what
    judging every rule again came to, None where it was not asked for or could not be done.
    """

    origin: str
    events: int
    records: int
    root: bytes
    last_recorded: datetime | None
    checkpoints: int
    covered: int
    covered_by: str
    tail: int
    tail_since: datetime | None
    trusted: int
    agreeing: int
    agreed: int
    witnessed: tuple[Witnessed, ...]
    findings: tuple[Finding, ...]
    counts: dict[Code, int]
    open_questions: tuple[Detail, ...]
    rules: Verdicts | None = None
    expected: str = ""
    signatures: bool = True

    def tail_age(self, now: datetime) -> timedelta | None:
        """How old the oldest event is that nothing signed vouches for; None where every event is covered."""
        return None if self.tail_since is None else now - self.tail_since

    def is_clean(self, *, strict: bool = False) -> bool:
        """Whether nothing contradicts the log, and its signatures were checked; `strict`: no uncovered tail either."""
        return self.signatures and not self.is_contradicted(strict=strict)

    def is_contradicted(self, *, strict: bool = False) -> bool:
        """Whether something contradicts the log; with `strict` an uncovered tail does."""
        return any(strict or code not in NOTICES for code in self.counts)


def verify(
    store: Store,
    evidence: Evidence,
    judged: Judge,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> Verified:
    """Check a log by every means there is. It raises nothing for what the log holds, only for what cannot be read.

    `judged` gives what the events came to under the tables of their time (`verifying.judging`). `progress` hears of
    steps done and of all there are: each event is hashed, and judged.
    """
    found, said = Findings(), evidence.findings
    total = store.head()
    own, expected = _origin(store, evidence, found)
    trust = Trust(expected, evidence.chain, evidence.witnesses)
    hashed = hash_rows(
        store.scan(),
        compare(evidence.kept, evidence.trusted, trust, said, evidence.remembered),
        found.append,
        kept=evidence.kept_node,
        in_order_of_time=store.exclusive,
        progress=None if progress is None else lambda done: progress(done, 2 * total),
    )
    judgement = hashed.asked
    found.put_first(said)
    covered = judgement.covering.checkpoint.size if judgement.covering else 0
    tail = max(0, hashed.head.size - covered)
    tail_since = first_recorded_after(iter(store.scan(covered))) if tail else None
    if tail:
        found.append(_tail(tail, covered, tail_since))
    if isinstance(store, SQLiteStore):
        found.extend(_damaged(fault) for fault in store.faults())
    events = judged(None if progress is None else lambda done: progress(total + done, 2 * total))
    found.merge(events.findings)
    return Verified(
        origin=own or expected,
        expected=expected if expected != (own or expected) else "",
        signatures=evidence.chain is not None,
        events=hashed.head.size,
        records=events.records,
        root=hashed.head.root,
        last_recorded=hashed.head.recorded_at,
        checkpoints=judgement.kept,
        covered=covered,
        covered_by=judgement.covering.source if judgement.covering else "",
        tail=tail,
        tail_since=tail_since,
        trusted=len(evidence.trusted),
        agreeing=judgement.agreeing,
        agreed=judgement.agreed,
        witnessed=judgement.witnessed,
        findings=tuple(found.told),
        counts=dict(found.counts),
        open_questions=tuple(_open_questions(evidence, judgement, hashed.head.size, events)),
        rules=events.verdicts,
    )


def _origin(store: Store, evidence: Evidence, found: Findings) -> tuple[str, str]:
    """The origin that its first event says, and the one that it is to have: what outside keys say, else the same."""
    row = next(readable(store.scan(), lambda _: None), None)  # what keeps it from being read is told by who reads all
    log_id = log_id_of(row) if row is not None and _is_row(row) else ""
    own = origin_of(log_id) if log_id else ""
    if not own:
        en, zh = "the log does not begin with its opening", "日志并非以开启事件起始"
        found.append(Finding(Code.SEMANTIC, Check.SEMANTIC, en, zh, 1))
    elif evidence.log_ids - {log_id}:
        other = min(evidence.log_ids - {log_id})
        en, zh = (
            f"the checkpoint file is said to be of {other}, not of {log_id}",
            f"检查点文件自称属于 {other}，而非 {log_id}",
        )
        found.append(Finding(Code.ORIGIN_MISMATCH, Check.CHECKPOINTS, en, zh))
    named = {each.name for each in evidence.chain.keys} if evidence.chain and evidence.keys_from_outside else set()
    if not named or own in named:
        return own, own
    expected = min(named)
    if own:
        en, zh = f"the key is of the log {expected}, this is the log {own}", f"密钥属于日志 {expected}，这是日志 {own}"
    else:
        en, zh = f"nothing says that this is the log {expected}", f"无从得知这是日志 {expected}"
    found.append(Finding(Code.ORIGIN_MISMATCH, Check.SEMANTIC, en, zh))
    return own, expected


def _is_row(row: StoredEvent) -> bool:
    return (type(row.topic), type(row.state)) == (str, bytes)


def _tail(tail: int, covered: int, since: datetime | None) -> Finding:
    when = since.isoformat(timespec="seconds") if since else "?"
    en = f"the last {tail} events, since {when}, are covered by no checkpoint that holds"
    zh = f"自 {when} 起的最后 {tail} 个事件未被有效检查点涵盖"
    return Finding(Code.UNCOVERED_TAIL, Check.CHECKPOINTS, en, zh, covered + 1)


def _damaged(fault: str) -> Finding:
    said = fault[:200]
    return Finding(
        Code.DAMAGED, Check.ORDER, f"the file is damaged or was altered: {said}", f"文件损坏或被改动：{said}"
    )


def _open_questions(evidence: Evidence, judgement: Judged, events: int, judging: Judging) -> Iterable[Detail]:
    """What nobody can exclude with what was at hand."""
    heads = judgement.kept + len(evidence.trusted)
    if evidence.chain is None:
        yield Detail(
            f"the signatures of the checkpoints ({heads}) were not checked: no public key at hand (--key)",
            f"{heads} 个检查点的签名未作核验：无可用公钥（--key）",
        )
    elif judgement.covering is None and judgement.kept:
        yield Detail(
            f"of its checkpoints ({judgement.kept}) none vouches for this log as it is: see the findings",
            f"现有 {judgement.kept} 个检查点均不能为此日志作证：见所发现的问题",
        )
    elif judgement.covering is None:
        yield Detail(
            "no checkpoint vouches for this log: whoever can write to the file could have changed anything and "
            "recomputed every hash; if it ever had checkpoints, they were taken away",
            "没有检查点为此日志作证：能写入文件者可改动任何内容并重算全部哈希；若曾有检查点，则已被移走",
        )
    elif not evidence.keys_from_outside:
        yield Detail(
            "the keys lay beside the log: whoever replaced all of it is not seen; ask for the key by another way",
            "密钥与日志同处一地：整体替换无法察觉；请经其他途径取得公钥",
        )
    if evidence.is_memory_sealed:
        yield Detail(
            "the key file beside it could not be read: whether its key has signed more than the checkpoints say was "
            "not checked",
            "日志旁的密钥文件无法读取：其密钥所签是否多于现有检查点，未作核验",
        )
    if judging.sealed:
        yield Detail(
            f"the keys of personal data were not at hand: whether those of {judging.sealed} events still open was not "
            "checked",
            f"个人信息密钥不在手边：{judging.sealed} 个事件的内容能否打开，未作核验",
        )
    if evidence.stamps:
        yield Detail(
            f"the {evidence.stamps} time stamps beside it were not checked: that takes their authority's certificate",
            f"日志旁的 {evidence.stamps} 个时间戳未作核验：需时间戳机构的证书",
        )
    yield from judging.notices
    yield Detail(
        f"what came after event {events}: that the log once had more is seen by newer heads alone",
        f"第 {events} 个事件之后的内容：日志是否曾有更多事件，仅能由更新的检查点看出",
    )
    if evidence.trusted and evidence.chain is None:
        yield Detail(
            "heads from outside count for nothing while their signatures are not checked: a rollback, a log signed "
            "anew, and two logs shown to two people cannot be excluded",
            "外部留存的检查点未验签名，不足为证：回退、重新签署、向不同人出示不同日志均无法排除",
        )
    elif evidence.trusted and not judgement.agreed:
        n = len(evidence.trusted)
        yield Detail(
            f"heads from outside were given ({n}), and none agrees with this log: what else differs from the log that "
            "they were signed over they do not say",
            f"已提供外部留存的检查点（{n} 个），均与此日志不符：除所示之外还有何不同，无从得知",
        )
    elif not judgement.agreed:
        yield Detail(
            "no head from outside was compared: a rollback together with its checkpoints, a log signed anew by the "
            "holder of its key, and two logs shown to two people cannot be excluded",
            "未与外部留存的检查点比对：连同检查点的回退、密钥持有者重新签署、向不同人出示不同日志均无法排除",
        )
    elif judgement.agreed < events:
        n = judgement.agreed
        yield Detail(
            f"beyond event {n}, up to which heads from outside agree: a log signed anew by the holder of its key, and "
            "two logs shown to two people cannot be excluded",
            f"第 {n} 个事件之后（外部留存的检查点至此相符）：密钥持有者重新签署、向不同人出示不同日志均无法排除",
        )
