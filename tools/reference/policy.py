"""The page of the policy: the fields of the document, and the figures of the one that ships, with their sources."""

from __future__ import annotations

from govflow.policy import DEFAULT_POLICY, Policy, TimeLimit
from tools.reference.fields import field_table, parts
from tools.reference.markdown import code, described, page, table


def policy_markdown() -> str:
    """The policy document and the default policy."""
    default = DEFAULT_POLICY
    return page(
        "# Policy",
        "What a local government tunes, as one versioned document. It is given to `Engine.open(policy=…)`; adopting it "
        "writes its full content into the log, and every record says which version it was decided under.",
        "## Fields",
        described(Policy),
        field_table(Policy),
        parts([Policy]),
        f"## The default policy `{default.key}`",
        f"In force from {default.effective_from}, time zone {default.time_zone}. Figures marked **[config]** are "
        "defaults of our own, not rules: a town sets its own.",
        "### Time limits",
        table(
            ("Limit", "Clock", "Length", "Longest extension", "Kinds", "Started by", "Source"),
            [
                (
                    f"`{limit.id}`",
                    f"`{limit.clock}`",
                    length_of(limit),
                    counted(limit.extension, limit.unit) if limit.extension else "",
                    code(*limit.kinds),
                    code(*limit.starts_on),
                    "**[config]**" if limit.own else limit.basis,
                )
                for limit in default.time_limits
            ],
        ),
        "A limit of the kind `tier` serves the categories that name it.",
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
        "### Retention",
        table(
            ("Class", "Kept", "Source"),
            [
                (f"`{each.id}`", f"{each.years} years" if each.years else "permanently", each.basis)
                for each in default.retention
            ],
        ),
        "### Thresholds",
        "All of them are defaults of our own **[config]**.",
        table(("Threshold", "Value"), [(f"`{name}`", str(value)) for name, value in default.thresholds]),
    )


def length_of(limit: TimeLimit) -> str:
    """The length of a limit in words."""
    return counted(limit.length, limit.unit)


def counted(number: int, unit: str) -> str:
    """A number of hours, days or working days."""
    name = "working day" if unit == "workday" else unit
    return f"{number} {name}{'' if number == 1 else 's'}"
