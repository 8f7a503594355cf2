"""The page of the policy: the fields of the document, and the figures of the one that ships, with their sources."""

from __future__ import annotations

from itertools import islice

from govflow.calendars import Roll
from govflow.cli.policy_programmes import programme_rows
from govflow.cli.policy_tracks import quorum_in_words, track_rows
from govflow.cli.texts import speak
from govflow.policy import DEFAULT_POLICY, BudgetProgramme, DecisionProcedure, MeetingRule, Policy, Then, TimeLimit
from tools.reference.fields import field_table, parts
from tools.reference.markdown import code, described, page, table

_THEN = {
    Then.RAISE: "to the next level up 上提一级",
    Then.RESUME: "handling goes on 恢复",
    Then.REMIND: "who owes it is reminded 提醒",
    Then.URGE: "who owes it must answer for the delay 催办",
}


def policy_markdown() -> str:
    """The policy document and the default policy."""
    speak("en")  # whatever the program spoke last in this process
    default = DEFAULT_POLICY
    return page(
        "# Policy",
        "What a local government tunes, as one versioned document: a TOML or JSON file "
        "([how to write one](../how-to.md#copy-the-towns-policy-and-change-it)) or built in Python. It is adopted by "
        "`govflow policy adopt` or `Engine.adopt`, or given to `Engine.open(policy=…)`; adopting it writes its full "
        "content into the log, and every record pins the version it began under.",
        "## Fields",
        described(Policy),
        field_table(Policy),
        parts([Policy]),
        f"## The default policy `{default.key}`",
        f"In force from {default.effective_from}, time zone {default.time_zone}. Figures marked **[config]** are "
        "defaults of our own, not rules: a town sets its own.",
        "### Time limits",
        table(
            ("Limit", "Clock", "Length", "Longest extension", "Kinds", "Started by", "Last day", "Source"),
            [
                (
                    f"`{limit.id}`",
                    f"`{limit.clock}`",
                    length_of(limit),
                    counted(limit.extension, limit.unit) if limit.extension else "",
                    code(*limit.kinds),
                    code(*limit.starts_on),
                    "" if limit.roll is Roll.NONE else f"moves on from a {limit.roll}".replace("_", " "),
                    source(limit.basis, own=limit.own),
                )
                for limit in default.time_limits
            ],
        ),
        "Of several limits with one clock the first that fits counts. A limit of the kind `tier` serves the categories "
        "that name it. Working days are those of the calendar `"
        f"{default.calendars[0].key}`, covered from {default.calendars[0].first} to "
        f"{default.calendars[0].last}: {default.calendars[0].basis}",
        "### Warnings",
        f"At {' and '.join(f'{share} %' for share in default.warn_at)} of every deadline. "
        f"Source: {source(default.basis['warn_at'])}.",
        "### Escalations",
        table(
            ("Escalation", "Clock", "When", "Then", "While in charge", "Source"),
            [
                (
                    f"`{each.id}`",
                    f"`{each.clock}`",
                    f"{counted(each.after, each.unit)} after it was due",
                    _THEN[each.then],
                    code(*each.levels),
                    source(each.basis, own=each.own),
                )
                for each in default.escalations
            ],
        ),
        "### Routing and obligations",
        "The default policy has no routing rules, since it knows no units, and no recurring obligations, since it "
        "knows nobody who owes them. The policy of the invented town has both: `govflow policy example`.",
        "### Categories",
        table(
            ("Category", "English", "Chinese", "Limit", "Evidence", "Public interest", "To communities", "Retention"),
            [
                (
                    f"`{each.id}`",
                    each.en,
                    each.zh,
                    code(each.time_limit or ""),
                    code(*each.evidence),
                    "yes" if each.public_interest else "",
                    "" if each.admitted else "only with leave",
                    each.retention,
                )
                for each in default.categories
            ],
        ),
        "The catalogue is a default of our own **[config]**, and open: a category outside it is taken with the "
        "general limits."
        if default.open_catalogue
        else "The catalogue is closed.",
        "### Reasons",
        table(
            ("Reason", "English", "Chinese", "Serves"),
            [(f"`{each.id}`", each.en, each.zh, code(*each.commands)) for each in default.reasons],
        ),
        "### Mediation bodies",
        table(
            ("Body", "English", "Chinese", "Tier", "Source"),
            [
                (f"`{each.id}`", each.en, each.zh, str(each.tier), source(each.basis, own=each.own))
                for each in default.mediation_bodies
            ],
        ),
        "A town adds its professional committees with their classes of dispute and its pool of experts: "
        "`govflow policy example`.",
        "### Meetings",
        table(
            ("Kind", "Quorum", "Source"),
            [(f"`{each.id}`", _quorum(each), source(each.basis, own=each.own)) for each in default.meetings],
        ),
        "### Checklists",
        table(
            ("Checklist", "English", "Chinese", "Stages", "Source"),
            [
                (
                    f"`{each.id}`",
                    each.en,
                    each.zh,
                    " → ".join(f"{stage.zh} ({stage.en})" for stage in each.stages),
                    source(each.basis, own=each.own),
                )
                for each in default.checklists
            ],
        ),
        "### Quorum rules",
        "A body can decide when one of the alternatives before the semicolon is there, and has said yes when all that "
        "stands after it is reached. At least is 以上, more than 过; who abstains is present, and not in favour.",
        table(
            ("Rule", "English", "Chinese", "Asks for", "Source"),
            [
                (f"`{each.id}`", each.en, each.zh, quorum_in_words(each), _said(each.basis))
                for each in default.quorum_rules
            ],
        ),
        "### Tracks",
        "A track (议事程序) is pinned when a proposal is admitted. The default policy lists no bodies: a town lists "
        "its own, with their sizes and units, and may write tracks of its own (`govflow policy example`).",
        table(
            ("Track", "English", "Chinese", "Steps", "Source"),
            [(f"`{each.id}`", each.en, each.zh, _steps(each), _said(each.basis)) for each in default.procedures],
        ),
        "### Budget programmes",
        "A programme (民生微实事方案) is pinned when a budget round is opened: what its kinds may cost, what a ballot "
        "says, how winners are found. A town writes its own (`govflow policy example`).",
        table(
            ("Programme", "English", "Chinese", "Rules", "Source"),
            [(f"`{each.id}`", each.en, each.zh, _rules(each), _said(each.basis)) for each in default.programmes],
        ),
        "### Retention",
        table(
            ("Class", "Kept", "Source"),
            [
                (f"`{each.id}`", f"{each.years} years" if each.years else "permanently", each.basis)
                for each in default.retention
            ],
        ),
        "### Thresholds",
        table(
            ("Threshold", "Value", "Source"),
            [
                (f"`{name}`", str(value), source(default.thresholds.basis[name]))
                for name, value in default.thresholds
                if name != "basis"
            ],
        ),
    )


def _steps(track: DecisionProcedure) -> str:
    return "; ".join(f"{step}: {how}" for _, step, how in islice(track_rows(track, ""), 1, None))


def _rules(programme: BudgetProgramme) -> str:
    return "; ".join(f"{part}: {how}" for _, part, how in islice(programme_rows(programme, ""), 1, None))


def _said(basis: str) -> str:
    """A source with its marks: a figure of our own stands beside the mechanism that it is a figure of."""
    return source(basis) if basis.startswith("config") else basis.replace("[config]", "**[config]**")


def _quorum(rule: MeetingRule) -> str:
    share = rule.quorum
    if share is None:
        return "none"
    return f"{'at least' if share.inclusive else 'more than'} {share.numerator}/{share.denominator} of the roll"


def length_of(limit: TimeLimit) -> str:
    """The length of a limit in words."""
    return counted(limit.length, limit.unit)


def source(basis: str, *, own: bool = False) -> str:
    """Where a figure comes from; a default of our own says no more than that."""
    ours = own or basis.startswith("config")
    said = "" if own else basis.removeprefix("config").removeprefix(";").strip()
    return "; ".join(part for part in ("**[config]**" if ours else "", said) if part)


def counted(number: int, unit: str) -> str:
    """A number of hours, days or other units."""
    name = {"workday": "working day", "office_hour": "office hour"}.get(unit, unit)
    return f"{number} {name}{'' if number == 1 else 's'}"
