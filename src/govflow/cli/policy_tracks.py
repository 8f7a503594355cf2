"""Says bodies, quorum rules and tracks for readers: a quorum rule as a sentence, a track by its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govflow.cli import words
from govflow.cli.texts import is_zh, t
from govflow.policy import (
    Among,
    Body,
    DecisionProcedure,
    Majority,
    Presence,
    QuorumRule,
    Share,
    StageRule,
    SupportRule,
    Tie,
    VoteRule,
)

Row = tuple[str, str, str]


def share_in_words(share: Share) -> str:
    """A share: `at least 2/3`, `more than 1/2`; 2/3 以上, 超过 1/2."""
    return t("share.at_least" if share.inclusive else "share.more_than", share=f"{share.numerator}/{share.denominator}")


def presence_in_words(presence: Presence) -> str:
    """How many must be there: `at least 2/3 of persons present`."""
    return t("quorum.presence", share=share_in_words(presence.share), base=t(f"base.{presence.base}"))


def majority_in_words(majority: Majority, *, alone: bool = False) -> str:
    """How many must be in favour: `more than 1/2 of persons present`; of people where nothing else is counted."""
    base = t("base.those") if alone and majority.base == "persons" else t(f"base.{majority.base}")
    whole = t("among.voting" if majority.among is Among.VOTING else f"among.{majority.among}", base=base)
    return t("quorum.majority", share=share_in_words(majority.share), whole=whole)


def quorum_in_words(rule: QuorumRule) -> str:
    """A whole rule as a sentence: when a body can decide, and when it has said yes."""
    options = [t("and").join(map(presence_in_words, option)) for option in rule.presence]
    there = t("or").join(options) or t("quorum.none")
    alone = len(rule.decision) == 1
    yes = t("and").join(majority_in_words(each, alone=alone) for each in rule.decision)
    said = t("quorum.rule", presence=there, decision=t("quorum.in_favour", majority=yes))
    if rule.effective_from is None and rule.effective_to is None:
        return said
    first, last = rule.effective_from or "…", rule.effective_to or "…"
    return said + t("quorum.in_force", first=first, last=last)


def body_in_words(body: Body) -> str:
    """The kind of a body, how many sit in it, what it is for and what it is below."""
    said = [body.kind]
    said += [t("body.members", n=body.members)] if body.members else []
    said += [t("body.households", n=body.households)] if body.households else []
    said += [each for each in (body.area, body.unit) if each]
    said += [t("body.subjects", subjects=", ".join(body.subjects))] if body.subjects else []
    said += [t("body.above", body=body.above)] if body.above else []
    return t("comma").join(said)


def track_rows(track: DecisionProcedure, source: str) -> Iterator[Row]:
    """A track, step by step: who proposes, with whom, through which stages to which vote, and what comes after."""
    yield track.id, track.zh if is_zh() else track.en, source
    roles = t("comma").join(words.term("role", each) for each in track.proposers)
    yield "", t("track.proposers"), roles or t("track.anybody")
    if track.support:
        yield "", t("track.support"), t("or").join(map(_support, track.support))
    for place, stage in enumerate(track.stages, 1):
        yield "", f"{place}. {stage.zh if is_zh() else stage.en}", _stage(stage)
    yield "", t("track.vote"), _vote(track.vote, track.electorate)
    checks = [t(f"track.{name}") for name in ("risk", "legality") if getattr(track, name)]
    if checks:
        which = t("track.major" if track.major_only else "track.every")
        yield "", t("track.checks"), t("track.checked", checks=t("comma").join(checks), which=which)
    for filing in track.filings:
        yield "", filing.zh if is_zh() else filing.en, t("track.by", role=words.term("role", filing.by))
    if track.appraisal is not None:
        quorum, score = share_in_words(track.appraisal.quorum), track.appraisal.least_score
        yield "", t("track.appraisal"), t("track.appraised", quorum=quorum, score=score)
    if track.papers:
        yield "", t("track.papers"), ", ".join(track.papers)


def _support(rule: SupportRule) -> str:
    capacity = words.term("role", rule.capacity)
    said = [t("support.share", share=share_in_words(rule.share), of=rule.of, capacity=capacity)] if rule.share else []
    said += [t("support.least", n=rule.least, capacity=capacity)] if rule.least or not said else []
    return t("and").join(said)


def _stage(stage: StageRule) -> str:
    said = [stage.body]
    said += [t("track.rule", id=stage.quorum)] if stage.quorum else []
    said += [t("track.with_papers", papers=", ".join(stage.papers))] if stage.papers else []
    return t("comma").join(said)


def _vote(vote: VoteRule, electorate: str | None) -> str:
    said: Sequence[str] = [
        *([electorate] if electorate else []),
        t("track.rule", id=vote.quorum),
        t(f"method.{vote.method}"),
        t(f"ballot.{vote.form}"),
        *([t("vote.score", n=vote.max_score)] if vote.method == "score" else []),
        *([t("vote.choices", n=vote.max_choices)] if vote.max_choices else []),
        *([t("vote.support", share=share_in_words(vote.support))] if vote.support is not None else []),
        *([t(f"tie.{vote.tie}")] if vote.tie is not Tie.FAILS else []),
        *([t("vote.replaceable")] if vote.replaceable else []),
        *([t("vote.proxies", n=vote.proxies)] if vote.proxies else []),
        *([t("vote.notice", id=vote.notice)] if vote.notice else []),
        t("vote.attempts", n=vote.attempts),
    ]
    return t("comma").join(said)
