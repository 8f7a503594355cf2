"""The tests of a rule, each with its figures in words: presence, majorities, what the winner must reach.

以上 asks for at least so much, 过半数 for more than half; the smallest number that passes is stated with each.
"""

from __future__ import annotations

from collections.abc import Iterator

from govflow.policy.practice import Share
from govflow.policy.procedures import Among, Base, Majority, Presence, QuorumRule
from govflow.voting.tally import By, Finding, Turnout

_PRESENT = {
    Base.PERSONS: ("persons present", "到会人数"),
    Base.HOUSEHOLDS: ("households present", "到会户数"),
    Base.AREA: ("area present", "参与表决面积"),
}
_IN_FAVOUR = {
    Base.PERSONS: ("persons in favour", "赞成人数"),
    Base.HOUSEHOLDS: ("households in favour", "赞成户数"),
    Base.AREA: ("area in favour", "赞成面积"),
}
_AMONG = {
    Among.ENTITLED: (" entitled", "(应到)"),
    Among.PRESENT: (" present", "(实到)"),
    Among.VOTING: (" for or against", "(赞成与反对之和)"),
}
_ENDED = {
    By.LISTED: ("the first listed wins", "列前者当选"),
    By.LOT: ("a lot was drawn", "抽签决定"),
    By.FAILS: ("none wins", "均不当选"),
}


def least(share: Share, whole: int) -> int | None:
    """The smallest part of a whole that reaches a share; None of an empty whole, of which nothing does."""
    if whole <= 0:
        return None
    part = share.numerator * whole
    return -(-part // share.denominator) if share.inclusive else part // share.denominator + 1


def presence(rule: QuorumRule, present: Turnout, entitled: Turnout) -> tuple[bool, tuple[Finding, ...]]:
    """Whether enough took part, by any one of the alternatives as a whole; and every test of all of them."""
    findings, is_met = list[Finding](), not rule.presence
    for alternative in rule.presence:
        tests = [_present(test, present, entitled) for test in alternative]
        is_met = is_met or all(test.met for test in tests)
        for place, test in enumerate(tests):
            joint = ("and: ", "且:") if place else ("or: ", "或:") if findings else ("", "")
            findings.append(Finding(met=test.met, en=joint[0] + test.en, zh=joint[1] + test.zh))
    return is_met, tuple(findings)


def _present(test: Presence, present: Turnout, entitled: Turnout) -> Finding:
    return _tested(test.share, present.on(test.base), entitled.on(test.base), test.base, _PRESENT[test.base])


def decisions(rule: QuorumRule, entitled: Turnout, present: Turnout, yes: Turnout, no: Turnout) -> Iterator[Finding]:
    """Every majority that a yes asks for: all of them must be met."""
    for test in rule.decision:
        whole = _whole(test, entitled, present, yes, no)
        yield _tested(test.share, yes.on(test.base), whole, test.base, _IN_FAVOUR[test.base], _AMONG[test.among])


def _whole(test: Majority, entitled: Turnout, present: Turnout, yes: Turnout, no: Turnout) -> int:
    if test.among is Among.VOTING:
        return yes.on(test.base) + no.on(test.base)
    return (entitled if test.among is Among.ENTITLED else present).on(test.base)


def support(share: Share, winner: str, ballots: int, present: int) -> Finding:
    """Whether the winner of several options has what it must have of those who took part."""
    return _tested(
        share, ballots, present, Base.PERSONS, (f"ballots for {winner}", f"{winner} 得票"), _AMONG[Among.PRESENT]
    )


def first_place(tied: int, tie: By | None, winner: str | None) -> Iterator[Finding]:
    """What to say of the first place among options: only where it was shared, or nobody's."""
    if tie is not None:
        en, zh = _ENDED[tie]
        yield Finding(
            met=winner is not None, en=f"{tied} options level for the first place: {en}", zh=f"{tied} 项并列第一:{zh}"
        )
    elif winner is None:
        yield Finding(met=False, en="no ballot gave any option anything", zh="没有一项得票")


def _tested(
    share: Share, part: int, whole: int, base: Base, of: tuple[str, str], among: tuple[str, str] = ("", "")
) -> Finding:
    """One test in words: "persons present 39 of 60, at least 2/3 asked (40): not met"."""
    met, asked = share.reached(part, whole), least(share, whole)
    unit = (" m²", " 平方米") if base is Base.AREA else ("", "")
    number = "" if asked is None else f"({_figure(asked, base)})"
    en = f"{of[0]} {_figure(part, base)} of {_figure(whole, base)}{unit[0]}{among[0]}"
    zh = f"{of[1]} {_figure(part, base)}/{_figure(whole, base)}{unit[1]}{among[1]}"
    words = _asked(share)
    return Finding(
        met=met,
        en=f"{en}, {' '.join(filter(None, (words[0], number)))}: {'met' if met else 'not met'}",
        zh=f"{zh},{words[1]}{number}:{'达到' if met else '未达'}",
    )


def _asked(share: Share) -> tuple[str, str]:
    fraction = f"{share.numerator}/{share.denominator}"
    if share.inclusive:
        return f"at least {fraction} asked", f"须达 {fraction} 以上"
    is_half = 2 * share.numerator == share.denominator
    return f"more than {fraction} asked", "须过半数" if is_half else f"须超过 {fraction}"


def _figure(number: int, base: Base) -> str:
    return f"{number // 100}.{number % 100:02}" if base is Base.AREA else str(number)
