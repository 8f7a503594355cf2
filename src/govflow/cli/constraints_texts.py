"""What `govflow constraints` says, in English and in Chinese."""

# ruff: noqa: E501 - a table: one text a line, in two languages

EXAMPLES = {
    "constraints": "govflow constraints check --db city.db",
    "constraints_check": "govflow constraints check C-2026-000001 --db city.db --constraints our-town.toml",
    "constraints_list": "govflow constraints list",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    "help.constraints": ("Constraints between the events of a record: what came before what, and by other hands.", "记录中事件之间的约束：先后、回应与经办分离。"),
    "help.constraints_check": ("Check the events of every record, or of one, against the constraints.\n\nEach finding names the pair of events that breaks one. Status 1 if there is any, 2 if it could not be checked.",
                               "按约束检查全部记录或一件记录的事件。\n\n每个问题指明违反约束的一对事件。有问题时退出状态为 1，无法检查时为 2。"),
    "help.constraints_list": ("List the constraints: what each says, as which template, and where it comes from. With --json also the events.", "列出约束：内容、模板及出处。加 --json 另列所涉事件。"),
    "option.constraints": ("A TOML file of your own constraints, in the place of those that come along.", "自定义约束的 TOML 文件，代替自带的约束。"),
    "argument.one_id": ("Id of a record; without one, all of them.", "记录编号；不指定则为全部。"),
    "constraints.checking": ("checking constraints", "正在检查约束"),
    "constraints.holds": ("{n} constraints hold: {events} events in {records} records.", "{n} 项约束均成立：{records} 件记录，{events} 个事件。"),
    "constraints.broken": ("{findings} findings: {n} constraints, {events} events in {records} records.", "发现 {findings} 个问题：{n} 项约束，{records} 件记录，{events} 个事件。"),
    "constraints.seen": ("Looked at were only records that {actor} may see; one that cannot be read to its end is none of them.", "仅检查 {actor} 有权查看的记录；无法完整读取的记录不在其中。"),
    "constraints.template": ("template", "模板"), "constraints.says": ("what it says", "内容"), "constraints.source": ("source", "出处"),
    "template.existence": ("existence", "存在"), "template.absence": ("absence", "不得出现"), "template.precedence": ("precedence", "先有"),
    "template.response": ("response", "回应"), "template.succession": ("succession", "先后"), "template.chain_precedence": ("chain precedence", "紧接"),
    "template.not_coexistence": ("not coexistence", "不得并存"), "template.four_eyes": ("four eyes", "经办分离"),
}
# fmt: on
