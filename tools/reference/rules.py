"""The page of the rules: what each says in both languages, what it rests on, and the rows that ask it."""

from __future__ import annotations

from collections import defaultdict

from govflow.workflow import Rule
from tools.reference.markdown import code, page, table
from tools.reference.served import flows

_SOURCES = (
    ("petitions", "信访工作条例, in force 1 May 2022"),
    ("BJ", "北京市接诉即办工作条例, 24 September 2021"),
    ("WF", "潍坊市12345政务服务便民热线条例"),
    ("66号", "国办函〔2025〕66号, on hotlines"),
    ("reconsideration law", "行政复议法"),
    ("archive rules", "机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号)"),
    ("PIPL", "个人信息保护法"),
    ("GB/T 34300", "城乡社区网格化服务管理规范"),
    ("M001 … M162", "a mechanism of the field, see [mechanisms.md](mechanisms.md)"),
    ("人民调解法, 公务员法", "the law itself"),
    ("[V]", "the articles were read in the text of the law or regulation"),
    ("[S]", "known from a secondary source"),
    ("[M]", "from memory, not checked"),
    ("[config]", "a default of our own that a policy may change"),
    ("design", "our own"),
)


def rules_markdown() -> str:
    """Every rule that a shipped table names."""
    used: dict[str, list[str]] = defaultdict(list)
    rules: dict[str, Rule] = {}
    for flow in flows():
        for step in flow.steps:
            for rule in step.rules:
                rules[rule.code] = rule
                used[rule.code].append(step.id)
    rows = [
        (
            f"`{rule.code}`",
            f"{rule.en}.",
            rule.zh,
            rule.basis,
            str(rule.version),
            code(*rule.needs),
            ", ".join(dict.fromkeys(used[rule.code])),
        )
        for rule in sorted(rules.values(), key=lambda rule: rule.code)
    ]
    head = ("Rule", "What must hold", "Chinese", "Basis", "Version", "Looks at", "Rows")
    return page(
        "# Rules",
        f"The {len(rows)} rules that the rows of [case.md](case.md), [regions.md](regions.md) and "
        "the pages of the other records name. A refused "
        "command lists every rule that is broken, by its code and its sentence. A rule looks at the record, the "
        "proposed event and its context, and nowhere else; its version stands in the log with the table.",
        table(head, rows),
        "Asked beside the rows' own rules, of every command: `step_is_in_the_table`, `role_is_held`, "
        "`actor_has_no_interest`, `approval_is_given` (where the row asks for one), `occurred_before_now`, "
        "`occurred_in_order`, `id_is_not_reserved`, `system_is_the_system`, `subject_is_not_erased`.",
        "## What they rest on",
        table(("In the table", "Means"), _SOURCES),
    )
