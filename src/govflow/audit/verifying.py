"""Verifying 核验: everything that can be checked of a log at once, and what cannot be excluded all the same.

Five means, each sees what the others cannot: the order of the rows, their hashes, the log's own signed checkpoints,
heads that somebody kept outside, and the events against the tables of their time (`findings.Check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from govflow.audit.findings import Check, Code, Finding, Findings
from govflow.audit.hashing import Hashed, KeptNode, first_recorded_after, hash_rows
from govflow.audit.heads import Head, Judged, judge, kept_heads
from govflow.audit.judging import Judge
from govflow.audit.rules_of_log import Verdicts
from govflow.checkpoints.keys import origin_of
from govflow.checkpoints.notes import Verifier
from govflow.errors import Detail
from govflow.persistence.sqlite import SQLiteStore
from govflow.persistence.store import Store

NOTICES = frozenset({Code.UNCOVERED_TAIL})  # nothing is wrong yet: a log that is written to always has a tail


class Evidence(NamedTuple):
    """What a log is checked against: heads kept beside it, keys that may have signed them, heads from outside.

    `keys_from_outside` says whether the keys were handed over by somebody, or lay beside the log like the rest.
    """

    notes: Sequence[bytes] = ()
    kept_node: KeptNode | None = None
    verifiers: Sequence[Verifier] = ()
    keys_from_outside: bool = False
    trusted: Sequence[Head] = ()


class Verified(NamedTuple):
    """What verifying a log came to.

    `covered` counts the events that a signed checkpoint vouches for, `tail` those behind it; the oldest of these was
    recorded at `tail_since`. `open_questions` is what cannot be excluded without a head kept outside. `rules` is what
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
    findings: tuple[Finding, ...]
    counts: dict[Code, int]
    open_questions: tuple[Detail, ...]
    rules: Verdicts | None = None

    def tail_age(self, now: datetime) -> timedelta | None:
        """How old the oldest event is that nothing signed vouches for; None where every event is covered."""
        return None if self.tail_since is None else now - self.tail_since

    def is_clean(self, *, strict: bool = False) -> bool:
        """Whether nothing contradicts the log; `strict` asks for no uncovered tail either."""
        return not any(strict or code not in NOTICES for code in self.counts)


def verify(
    store: Store,
    evidence: Evidence,
    judged: Judge,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> Verified:
    """Check a log by every means there is. It raises nothing for what the log holds, only for what cannot be read.

    `judged` gives what the events came to under the tables of their time (`audit.judging`). `progress` hears of steps
    done and of all there are: each event is hashed, and judged.
    """
    found = Findings()
    heads: list[Head] = []
    for each in kept_heads(evidence.notes):
        if isinstance(each, Head):
            heads.append(each)
        else:
            found.append(each)
    sizes = [head.checkpoint.size for head in (*heads, *evidence.trusted)]
    total = store.head()
    hashed = hash_rows(
        store.scan(),
        sizes,
        found.append,
        kept=evidence.kept_node,
        in_order_of_time=store.exclusive,
        progress=None if progress is None else lambda done: progress(done, 2 * total),
    )
    origin = _origin(hashed, evidence, found)
    said: list[Finding] = []
    judgement = judge(heads, evidence.trusted, hashed, evidence.verifiers, origin, said)
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
        origin=origin,
        events=hashed.head.size,
        records=events.records,
        root=hashed.head.root,
        last_recorded=hashed.head.recorded_at,
        checkpoints=len(heads),
        covered=covered,
        covered_by=judgement.covering.source if judgement.covering else "",
        tail=tail,
        tail_since=tail_since,
        trusted=len(evidence.trusted),
        agreeing=judgement.agreeing,
        findings=tuple(found.told),
        counts=dict(found.counts),
        open_questions=tuple(_open_questions(evidence, judgement)),
        rules=events.verdicts,
    )


def _origin(hashed: Hashed, evidence: Evidence, found: Findings) -> str:
    """The origin that the log is to have: what outside keys say, else what its first event says."""
    own = origin_of(hashed.log_id) if hashed.log_id else ""
    if not own:
        en, zh = "the log does not begin with its opening", "日志并非以开启事件起始"
        found.append(Finding(Code.SEMANTIC, Check.SEMANTIC, en, zh, 1))
    named = {each.name for each in evidence.verifiers} if evidence.keys_from_outside else set()
    if not named or own in named:
        return own
    expected = min(named)
    en, zh = f"this is the log {own}, not {expected}", f"这是日志 {own},而非 {expected}"
    found.append(Finding(Code.ORIGIN_MISMATCH, Check.SEMANTIC, en, zh, 1))
    return expected


def _tail(tail: int, covered: int, since: datetime | None) -> Finding:
    when = since.isoformat(timespec="seconds") if since else "?"
    en = f"the last {tail} events, since {when}, are covered by no checkpoint that holds"
    zh = f"自 {when} 起的最后 {tail} 个事件未被有效检查点涵盖"
    return Finding(Code.UNCOVERED_TAIL, Check.CHECKPOINTS, en, zh, covered + 1)


def _damaged(fault: str) -> Finding:
    said = fault[:200]
    return Finding(
        Code.DAMAGED, Check.ORDER, f"the file is damaged or was altered: {said}", f"文件损坏或被改动: {said}"
    )


def _open_questions(evidence: Evidence, judgement: Judged) -> Iterable[Detail]:
    """What nobody can exclude with what was at hand."""
    if judgement.covering is None:
        yield Detail(
            "no checkpoint vouches for this log: whoever can write to the file could have changed anything and "
            "recomputed every hash",
            "没有检查点为此日志作证:能写入文件者可改动任何内容并重算全部哈希",
        )
    elif not evidence.keys_from_outside:
        yield Detail(
            "the keys lay beside the log: whoever replaced all of it is not seen; ask for the key by another way",
            "密钥与日志同处一地:整体替换无法察觉;请经其他途径取得公钥",
        )
    if not judgement.agreeing:
        yield Detail(
            "no head from outside was compared: a rollback together with its checkpoints, a log signed anew by the "
            "holder of its key, and two logs shown to two people cannot be excluded",
            "未与外部留存的检查点比对:连同检查点的回退、密钥持有者重新签署、向不同人出示不同日志均无法排除",
        )
