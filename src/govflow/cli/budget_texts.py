"""What `govflow budget` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "budget": "govflow budget winners Netherlands_Assen_2024.pb",
    "budget_winners": "govflow budget winners Netherlands_Assen_2024.pb --json",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.budget": ("Participatory budgets: which projects win, and why.", "参与式预算（民生微实事）：哪些项目入选及原因。"),
    "help.budget_winners": ("Count a Pabulib file (.pb): its winners by its own rule, or by another.\n\nSays of every project why it won or not. Needs no log.",
                            "计票 Pabulib 文件（.pb）：按其自身规则或指定规则得出入选项目。\n\n逐项说明入选与否的原因。不需要日志。"),
    "argument.pb": ("The .pb file.", ".pb 文件。"),
    "option.budget_rule": ("Count by this rule instead of the file's own: greedy, greedy-threshold, greedy-no-skip, equalshares, equalshares/add1, or the last two with -comparison.",
                           "改按此规则计票： greedy、greedy-threshold、greedy-no-skip、 equalshares、equalshares/add1， 后两者可加 -comparison。"),
    "budget.no_rule": ("the rule {rule} cannot be counted here; name one with --rule", "无法按规则 {rule} 计票，请用 --rule 指定"),
    "budget.won": ("won", "入选"), "budget.project": ("project", "项目"), "budget.why": ("why", "原因"),
    "budget.yes": ("yes", "是"), "budget.no": ("no", "否"),
    "budget.sums": ("{rule}: {won} of {all} projects win; budget {budget}, spent {spent}, left {left}.",
                    "{rule}：{all} 个项目中 {won} 个入选；预算 {budget}，支出 {spent}，结余 {left}。"),
    "budget.compared": ("{shares} voters have more of their projects by equal shares, {ranking} by the ranking.",
                        "{shares} 名投票人按等额份额有更多项目入选，{ranking} 名按得票排序更多。"),
    "budget.as_published": ("The file names the same winners.", "与文件公布的入选项目一致。"),
    "budget.not_as_published": ("The file names other winners: {differing} differ.", "与文件公布的入选项目不一致：{differing}。"),
}
# fmt: on
