"""Every text the command line says, in English and in Chinese, and which of them is spoken.

States, regions, clocks and commands bring their Chinese terms along from the domain; what the domain has as plain
identifiers (roles, levels, kinds) is named here.
"""

# ruff: noqa: E501 - a table: one text a line, in two languages

from __future__ import annotations

import os
from collections.abc import Mapping

from govflow.cli import (
    budget_texts,
    bundle_texts,
    checkpoint_texts,
    constraints_texts,
    needs_texts,
    policy_texts,
    privacy_texts,
    project_texts,
    propose_texts,
    redact_texts,
    replaying_texts,
    report_texts,
    responsibility_texts,
    running_texts,
    track_texts,
    verify_texts,
    vote_texts,
    what_if_texts,
    why_texts,
)
from govflow.errors import InputError

LANGUAGES = ("en", "zh-CN")
_spoken = "en"


def speak(language: str) -> None:
    """Choose the language: en or zh-CN (zh and zh_CN mean the same). Raises InputError for another."""
    global _spoken
    known = {"en": "en", "zh": "zh-CN", "zh-cn": "zh-CN"}
    chosen = known.get(language.replace("_", "-").lower())
    if chosen is None:
        raise InputError(t("no_language"), where="--lang", expected=" | ".join(LANGUAGES))
    _spoken = chosen


def from_locale(environment: Mapping[str, str] | None = None) -> str:
    """The language of the locale: the first of LC_ALL, LC_MESSAGES and LANG that is set decides, as POSIX has it."""
    given = os.environ if environment is None else environment
    named = next((given[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if given.get(name)), "")
    return "zh-CN" if named.lower().startswith("zh") else "en"


def lang() -> str:
    """The language spoken."""
    return _spoken


def is_zh() -> bool:
    """Whether Chinese is spoken."""
    return _spoken == "zh-CN"


def has(key: str) -> bool:
    """Whether there is such a text."""
    return key in TEXTS


def t(key: str, **values: object) -> str:
    """The text of that key, with its values filled in."""
    text = TEXTS[key][is_zh()]
    return text.format(**values) if values else text


EXAMPLES = {
    **policy_texts.EXAMPLES,
    **privacy_texts.EXAMPLES,
    **budget_texts.EXAMPLES,
    **bundle_texts.EXAMPLES,
    **checkpoint_texts.EXAMPLES,
    **running_texts.EXAMPLES,
    **track_texts.EXAMPLES,
    **propose_texts.EXAMPLES,
    **redact_texts.EXAMPLES,
    **replaying_texts.EXAMPLES,
    **vote_texts.EXAMPLES,
    **needs_texts.EXAMPLES,
    **project_texts.EXAMPLES,
    **report_texts.EXAMPLES,
    **responsibility_texts.EXAMPLES,
    **constraints_texts.EXAMPLES,
    **verify_texts.EXAMPLES,
    **what_if_texts.EXAMPLES,
    **why_texts.EXAMPLES,
    "govflow": "govflow demo",
    "demo": "govflow demo --db demo.db",
    "import": "govflow import boston311 requests.csv --db city.db",
    "import_boston311": "govflow import boston311 requests.csv --db city.db",
    "import_csv": "govflow import csv calls.csv --mapping our-city.toml --db city.db",
    "import_jsonl": "govflow import jsonl city.jsonl --db copy.db",
    "export": "govflow export jsonl --db city.db --out city.jsonl",
    "export_jsonl": "govflow export jsonl --db city.db --out city.jsonl",
    "list": "govflow list --db city.db --unit water --overdue",
    "show": "govflow show C-2026-000001 --db city.db",
    "timeline": "govflow timeline C-2026-000001 --db city.db",
    "loops": "govflow loops C-2026-000001 --db city.db",
    "allowed": "govflow allowed C-2026-000001 --as li --role lead_unit --as-unit water --db city.db",
    "why_not": 'govflow why-not \'{"command": "case.close", "id": "C-2026-000001", "by": {"id": "wu", "claims": [{"role": "dispatcher"}]}}\' --db city.db',
    "handle": 'govflow handle \'{"command": "case.accept", "id": "C-2026-000001", "by": {"id": "wu", "claims": [{"role": "acceptance_desk"}]}}\' --db city.db',
    "due": "govflow due --start 2026-02-13 --length 5 --unit workdays --calendar cn --explain",
    "workflows": "govflow workflows case --mermaid",
}

_TERMS = {
    "role": (
        "system 系统 resident 居民村民 reporter 诉求人 grid_worker 网格员 organisation 单位 community 社区 "
        "party_branch 社区党组织 town 镇街 district 区级 acceptance_desk 受理窗口 dispatcher 派单中心 "
        "lead_unit 主办单位 co_unit 协办单位 unit_head 单位负责人 supervisor 督办人 verifier 核查员 "
        "callback 回访员 leader 包案领导 mediator 调解员 disputant 当事人 review_body 复查复核机关 "
        "host 会议召集方 proposer 提案人 co_proposer 共同提案人 secretariat 议事秘书处 deliberating_body 议事机构 "
        "convenor 召集人 voter 表决权人 implementer 实施单位 appraiser 评议人 project_lead 牵头单位 "
        "assessor 评估机构 acceptance_group 验收组 finance 财务 archivist 档案员 delegate 代表委员 "
        "anybody 任何人"
    ),
    "level": "grid 网格 community 社区(村) town 镇(街道) district 区",
    "kind": (
        "grid 网格事件 hotline 热线诉求 petition 信访事项 service 服务事项 suggestion 意见建议 lead 问题线索 "
        "hazard 安全隐患 dispute 矛盾纠纷 whistle_blowing 举报"
    ),
    "step": (
        "acceptance 受理 assignment 派单 receipt 签收 contact 联系 handling 处置 evidence 证据 feedback 反馈 "
        "verification 核查 evaluation 评价"
    ),
    "link": (
        "sub_case 子事项 sub_case_of 拆分自 merged 并入 absorbed 吸收 converted 转为 converted_from 转自 spawned 衍生 "
        "spawned_by 源于 dispute 争议 dispute_of 争议对象 decided_by 由其决定 decides 决定 repeats 重复于 repeated_by 被重复"
    ),
    "clock_status": "running 计时中 paused 暂停 met 按期 overdue 超期 met_late 逾期完成 elapsed 届满 cancelled 取消",
}

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    **policy_texts.TEXTS,
    **privacy_texts.TEXTS,
    **budget_texts.TEXTS,
    **bundle_texts.TEXTS,
    **checkpoint_texts.TEXTS,
    **running_texts.TEXTS,
    **track_texts.TEXTS,
    **propose_texts.TEXTS,
    **redact_texts.TEXTS,
    **replaying_texts.TEXTS,
    **vote_texts.TEXTS,
    **needs_texts.TEXTS,
    **project_texts.TEXTS,
    **report_texts.TEXTS,
    **responsibility_texts.TEXTS,
    **constraints_texts.TEXTS,
    **verify_texts.TEXTS,
    **what_if_texts.TEXTS,
    **why_texts.TEXTS,
    **{
        f"{kind}.{id}": (id, zh)
        for kind, terms in _TERMS.items()
        for id, zh in zip(terms.split()[::2], terms.split()[1::2], strict=True)
    },

    # The program
    "needs_extra": ("govflow: the command line needs typer and rich; install them with: pip install 'govflow[cli]'",
                    "govflow: 命令行需要 typer 和 rich，请安装：pip install 'govflow[cli]'"),
    "no_language": ("this language is not spoken here", "不支持该语言"),
    "example": ("Example:", "示例："),
    "defect": ("an error inside govflow ({kind} at {place}); GOVFLOW_DEBUG=1 shows all of it",
               "govflow 内部错误（{kind}，位于 {place}）；设 GOVFLOW_DEBUG=1 可看全部"),
    "error.NotFound": ("", "未找到："),
    "error.InputError": ("", "输入有误："),
    "error.MappingError": ("", "映射文件有误：\n"),
    "error.LogError": ("", "日志不可用："),
    "error.Truncated": ("", "日志被截短："),
    "error.PolicyError": ("", "政策无效："),
    "error.WorkflowError": ("", "流程表有误："),
    "error.Conflict": ("", "写入冲突："),
    "error.CommandReused": ("", "命令编号已用于另一命令："),
    "error.ProtectionError": ("", "个人信息保护："),

    # Help
    "help.govflow": ("Handle public matters in a closed loop, with a log that anybody can replay.",
                     "公共事务闭环办理，日志可由任何人重放。"),
    "help.everywhere": ("--lang en|zh-CN may stand anywhere.", "--lang en|zh-CN 可放在任何位置。"),
    "help.demo": ("Take real requests of a city, and one case over a holiday, through the whole closed loop.",
                  "用一座城市的真实诉求演示，并让一件跨春节的事项走完整个闭环。"),
    "help.import": ("Take over cases from other systems' files, or a whole exported log.", "从其他系统的文件导入事项，或导入整份日志。"),
    "help.import_boston311": ("Import the public service requests of Boston.\n\nBad rows are told one a line; status 1 if there are any.",
                              "导入波士顿公开的市民诉求。\n\n有误的行逐行说明，此时退出状态为 1。"),
    "help.import_csv": ("Import another city's delimited file by a mapping of its columns and status words.",
                        "按列与状态词的映射导入其他城市的分隔文件。"),
    "help.import_jsonl": ("Read a whole log back from JSON Lines, byte for byte, into a new log.", "从 JSON Lines 逐字节读回整份日志，写入新日志。"),
    "help.export": ("Write a whole log for other programs.", "导出整份日志供其他程序使用。"),
    "help.export_jsonl": ("Write the log as JSON Lines, losslessly; personal data stays protected.", "无损导出为 JSON Lines，个人信息保持加密。"),
    "help.list": ("List the records: where each stands, whose hands it is in, when it is due (! = overdue).",
                  "列出记录：状态、在谁手中、何时到期（! 表示超期）。"),
    "help.show": ("Show all about one record: state, hands, clocks and why they are due, loops, evidence, links.",
                  "显示一件记录的全部：状态、责任方、时限及依据、未了事项、证据、关联。"),
    "help.timeline": ("Show what happened to a record, one line an event: when, what, by whom and as what.",
                      "显示记录的经过，一行一事件：何时、何事、何人、以何身份。"),
    "help.loops": ("List what a record, or every record, still owes: each open loop with who owes it and until when.",
                   "列出一件或全部记录的未了事项：由谁负责、何时到期。"),
    "help.allowed": ("List the commands that an actor may try now, by role and state.", "列出某人凭角色在当前状态下可执行的命令。"),
    "help.why_not": ("Tell every rule that stands against a command, now or at a past moment.\n\nNothing is written. Status 0 if it would be done, 1 if not.",
                     "说明阻止某命令的全部规则（现在或过去某时刻）。\n\n不写入任何内容。可执行时退出状态为 0，否则为 1。"),
    "help.handle": ("Do what a command asks: JSON as an argument, or one a line from stdin.\n\nGood lines land, each refused one is one line on stderr, and the status is 1.",
                    "执行 JSON 命令：作为参数给出，或从标准输入逐行读取。\n\n可行的逐条生效，被拒的各在 stderr 一行说明，此时退出状态为 1。"),
    "help.due": ("Count a time limit: the day or moment it ends, and with --explain why.\n\nNeeds no log. A date that rests on days its calendar does not cover is marked ?.",
                 "计算期限：到期日或到期时刻，加 --explain 说明依据。\n\n不需要日志。依据日历未覆盖的日期得出的结果标 ?。"),
    "help.workflows": ("Print the tables: every step from where to where, by whom.\n\nA name chooses one of them.",
                       "打印流程表：每一步从何处到何处、由谁执行。\n\n可指定其中一个。"),
    # Options and arguments
    "option.lang": ("Speak this language; may stand anywhere. By default that of LC_ALL or LANG.", "显示语言，可放在任何位置；默认取 LC_ALL 或 LANG。"),
    "option.govflow_version": ("Print the version.", "显示版本。"),
    "option.db": ("The log.", "日志文件。"),
    "option.demo_db": ("A new log to keep; by default one in a new temporary folder.", "要保留的新日志；默认建在新的临时目录中。"),
    "option.json": ("Print JSON.", "输出 JSON。"),
    "option.records": ("Serve your own kind of record too: a Decider, or a list of them, in a module that can be imported from here. It is run. May be repeated.",
                       "同时加载自定义记录：可从当前目录导入的模块中的一个 Decider 或其列表。该模块会被执行。可重复。"),
    "option.state": ("Only those in this state.", "仅限该状态。"),
    "option.unit": ("Only those in the hands of this unit, as lead or by an open loop.", "仅限该单位主办或负有未了事项的。"),
    "option.overdue": ("Only those with an overdue duty.", "仅限有超期的。"),
    "option.overdue_loops": ("Only those whose time is over.", "仅限已超期的。"),
    "option.region": ("Only those of this region: mediation, 督办 …", "仅限该区域：mediation、督办……"),
    "option.owes": ("Only those that this person, unit or role owes.", "仅限该人员、单位或角色负责的。"),
    "option.limit": ("No more lines than this in the table of all records, what is due first on top.", "全部记录的表格最多显示的行数，先到期的在前。"),
    "option.at": ("As of what had occurred by then: 2026-03-02 (its end) or 2026-03-02T09:00.", "按此时刻已发生的内容：2026-03-02（当日终了）或 2026-03-02T09:00。"),
    "option.known_at": ("As of what had been recorded by then.", "按此时刻已记录的内容。"),
    "option.version": ("As of this version.", "按此版本。"),
    "option.as": ("Who asks.", "由谁询问。"),
    "option.role": ("A role that they hold; may be repeated.", "其角色，可重复。"),
    "option.actor_unit": ("In which unit.", "所在单位。"),
    "option.level": ("At which level: grid, community, town or district.", "所在层级：grid、community、town 或 district。"),
    "option.area": ("For which area.", "所辖区域。"),
    "option.mapping": ("How the file is read: columns, dates, status words (TOML).", "读取方式：列、日期、状态词（TOML）。"),
    "option.quarantine": ("Keep the bad rows in this file. They may hold personal data.", "把有误的行存入此文件（可能含个人信息）。"),
    "option.out": ("Write to this new file instead of stdout.", "写入此新文件，而非标准输出。"),
    "option.mermaid": ("Print the state diagram as Mermaid text (without a name: the first).", "以 Mermaid 文本输出状态图（未指定名称时为第一个）。"),
    "option.explain_clocks": ("Say under each clock how its date came about.", "说明每个到期日的依据。"),
    "option.start": ("When it begins: 2026-02-13 (its first moment), 2026-02-13T09:00 or …+08:00.", "起算： 2026-02-13（当日零时）、 2026-02-13T09:00 或 …+08:00。"),
    "option.length": ("How long, in the unit.", "长度（按单位计）。"),
    "option.unit_of_time": ("workdays, days, hours, office hours, months or years.", "单位：工作日、日、小时、 办公小时、月、年。"),
    "option.calendar": ("cn (shipped), weekdays (Monday to Friday, always provisional), or a TOML or JSON file.", "cn（随附）、 weekdays（周一至周五， 结果均为暂定）， 或 TOML、JSON 文件。"),
    "option.pause": ("A time in which it stands still, half-open; may be repeated.", "中止期间 （含起日，不含止日）， 可重复。"),
    "option.added": ("An extension, in the unit.", "延长的长度（按单位计）。"),
    "option.roll": ("A last day that moves on: holiday (statutory) or rest_day (any day off).", "最后一日顺延： holiday（法定休假日）或 rest_day（任何非工作日）。"),
    "option.zone": ("The time zone whose days count.", "按此时区的日期计算。"),
    "option.close": ("The last day ends when its offices close, not at 24:00.", "最后一日于停止办公时届满， 而非 24:00。"),
    "option.start_day_counts": ("The starting day counts.", "开始当日计入。"),
    "option.from_office": ("What comes in outside office hours begins at the next opening.", "办公时间外收到的， 自下一办公时间起算。"),
    "option.explain": ("Print each line of how it came about.", "逐行说明依据。"),
    "argument.id": ("The record.", "记录编号。"),
    "argument.timeline_id": ("The record; `log` for what the log says of itself: its opening, tables, policies, erasures.", "记录编号；log 为日志自身的记载：开立、流程表、政策、删除个人信息。"),
    "argument.loops_id": ("The record; all of them where none is named.", "记录编号；不填则为全部。"),
    "argument.file": ("The file.", "文件。"),
    "argument.command": ("The command as JSON, or - for stdin.", "JSON 命令，或 - 表示标准输入。"),
    "argument.workflow": ("A record or region, such as case or ledger.", "记录或区域的名称，如 case 或 ledger。"),

    # What commands say
    "no_log": ("there is no log at {path}", "{path} 处没有日志"),
    "log_is_folder": ("{path} is a folder, and a log is one file", "{path} 是文件夹，而日志是一个文件"),
    "log_is_empty": ("{path} is empty: there is no log in it", "{path} 是空文件，没有日志"),
    "log_is_other": ("{path} is no log, nor is it a bundle or proof of one: no SQLite database (packed? unpack it first)", "{path} 不是日志，也不是其证据包或证明：不是 SQLite 数据库（若是压缩文件请先解压）"),
    "new_log": ("beginning a new log at {path}", "在 {path} 新建日志"),
    "no_record": ("there is no record {id}", "没有记录 {id}"),
    "the_log_itself": ("there is no record log: what the log says of itself is in `govflow timeline log`", "没有记录 log：日志自身的记载见 `govflow timeline log`"),
    "no_file": ("there is no file {path}", "没有文件 {path}"),
    "no_decider": ("not a kind of record", "不是记录类型"),
    "a_decider": ("a Decider or a list of them", "一个 Decider 或其列表"),
    "no_moment": ("{text} is not a moment", "{text} 不是时刻"),
    "no_state": ("{state} is no state of the records served here", "此处的记录没有状态 {state}"),
    "no_region": ("{region} is no region of the records served here", "此处的记录没有区域 {region}"),
    "no_role": ("{role} is a role of no step here", "此处没有任何步骤属于角色 {role}"),
    "no_workflow": ("{name} is neither a record nor a region", "{name} 既非记录也非区域"),
    "one_point": ("name one point of one record", "只能指定一件记录的一个时点"),
    "no_time": ("{text} is neither a date nor a moment", "{text} 不是日期或时刻"),
    "no_length": ("{n} is no length", "{n} 不是有效长度"),
    "no_unit_of_time": ("{text} is not a unit of time", "{text} 不是时间单位"),
    "no_pause": ("{text} is not a time from one moment to a later one", "{text} 不是从某时刻到更晚时刻的期间"),
    "no_roll": ("{text} is no way to move on", "没有顺延方式 {text}"),
    "no_zone": ("{text} is no time zone known here", "未知时区 {text}"),
    "no_calendar": ("{text} is neither a calendar that ships nor a file", "{text} 不是随附的日历，也不是文件"),
    "out_of_calendar": ("it leads out of the years that can be counted", "超出可计算的年份"),
    "only_for_days": ("{options}: for days, working days, months and years only", "{options}：只用于日、工作日、月、年"),
    "unusable": ("not usable", "不可用"),
    "line": ("line {n}", "第 {n} 行"),
    "new_record": ("a new record", "新记录"),
    "refused": ("{command} is not allowed on {record}: {rules}", "{record} 不能执行 {command}：{rules}"),
    "handled": ("{id}: {state}, version {version}", "{id}：{state}，第 {version} 版"),
    "would_be_done": ("{command} would be done.", "{command} 可以执行。"),
    "would_not_be_done": ("{command} would not be done, for this does not hold:", "{command} 不能执行，以下各项不符："),
    "nothing_allowed": ("Nothing is allowed to them here now.", "此人目前在此无可执行的命令。"),
    "no_records": ("No records.", "没有记录。"),
    "loop_line": ("{loop} is {status}, owed by {owes}", "{loop}：{status}，由{owes}负责"),
    "provisional": ("? = provisional: it may move once a work calendar is adopted", "? = 暂定：采用工作日历后可能变动"),
    "clock.left": ("{by} left", "剩 {by}"), "clock.over": ("{by} over", "超 {by}"),
    "clock.early": ("{by} early", "提前 {by}"), "clock.late": ("{by} late", "逾期 {by}"),
    "no_loops": ("Nothing is open.", "没有未了事项。"),
    "loops_count": ("{shown} of {n} open loops", "未了事项 {n} 项，显示 {shown} 项"),
    "count": ("{n} records", "共 {n} 件"),
    "importing": ("importing {file}", "正在导入 {file}"),
    "replaying": ("replaying", "正在重放"),
    "comma": (", ", "，"), "colon": (": ", "："),
    "import_report": ("{read} rows read: ", "读取 {read} 行："),
    "report.imported": ("{n} imported", "导入 {n}"), "report.closed": ("{n} closed", "办结 {n}"),
    "report.unchanged": ("{n} unchanged", "无变化 {n}"), "report.duplicates": ("{n} duplicates", "重复 {n}"),
    "report.changed": ("{n} changed", "有变化 {n}"), "report.bad": ("{n} bad", "有误 {n}"),
    "log_imported": ("{n} rows read into {path}; its key store is moved separately", "已读入 {n} 行到 {path}；密钥库须另行迁移"),
    "log_exported": ("{n} rows written to {path}; keys of personal data are not part of it", "已写出 {n} 行到 {path}；不含个人信息密钥"),
    "version": ("version {n}", "第 {n} 版"),
    "protected": ("(protected)", "（加密）"),
    "restricted": ("(restricted)", "（受限）"),
    "on_behalf": (" for {id}", "（代 {id}）"),
    "nobody": ("nobody", "无"),

    # The demo
    "demo.exists": ("there is a file at {path} already", "{path} 处已有文件"),
    "demo.new_log": ("a path where nothing is yet", "尚无文件的路径"),
    "demo.import": ("1. Real requests of Boston, January 2022", "1. 波士顿 2022 年 1 月的真实诉求"),
    "demo.story": ("2. One case over the Spring Festival of 2026", "2. 2026 年春节前后的一件事项"),
    "demo.dispute": ("3. A dispute in Qingxi and its twin", "3. 青溪镇的一起纠纷与另一起同类纠纷"),
    "demo.dispute_clock": ("Off 4-6 April (Qingming). Hedong mediates; Hexi's lies until it is supervised.", "4 月 4 日至 6 日清明放假。河东调解；河西搁置，直至被督办。"),
    "demo.motion": ("4. A motion of residents, its vote and its recount", "4. 一件社区提案、它的表决与复核计票"),
    "demo.motion_rule": ("The town's track: five supporters, a council, two thirds of 60 representatives.", "本镇程序：五人联名，议事会商议，六十名代表三分之二到会表决。"),
    "demo.project": ("5. A roof conversion, from its need to its accounts", "5. 一个平改坡项目：从需求到决算"),
    "demo.project_rule": ("The town's kind of works: three teams, a hearing, every fen inside its envelope.", "本镇改造工程：三专队伍、听证会，资金不超盘子一分。"),
    "demo.hands": ("6. Who holds what now", "6. 现在各在谁手中"),
    "demo.next": ("7. What to try next", "7. 接下来可以试试"),
    "demo.ticked": ("{n} of them are late, and a first tick has recorded it", "其中 {n} 件超期，由首次计时检查记录"),
    "demo.town": ("The invented town of Qingxi: policy {policy}, {units} units, {people} people.", "虚构的青溪镇：政策 {policy}，单位 {units} 个，人员 {people} 名。"),
    "demo.clock": ("The story's own clock: off 15-23 February, Saturdays 14 and 28 February at work.", "故事有自己的时钟：2 月 15 日至 23 日放假，14 日、28 日（周六）上班。"),
    "demo.reported": ("A resident reports «{title}»: {id}.", "居民反映“{title}”，编号 {id}。"),
    "demo.proposed": ("A resident proposes «{title}»: {id}.", "居民提案“{title}”，编号 {id}。"),
    "demo.needed": ("The community needs «{title}»: {id}.", "社区提出需求“{title}”，编号 {id}。"),
    "demo.source": ("{source}: {score}, weighs {weight} %, {answers} answered", "{source}：{score} 分，权重 {weight}%，{answers} 方作答"),
    "demo.score": ("together {score}", "综合 {score} 分"),
    "demo.recounted": ("counted again from the log: {n} ballots, and it agrees", "依据日志重新计票：{n} 张，与公布结果一致"),
    "demo.differs": ("counted again from the log: {n} ballots, and it differs", "依据日志重新计票：{n} 张，与公布结果不一致"),
    "demo.moved": ("{earlier} → {due}; the old date is kept", "{earlier} → {due}，原期限保留"),
    "demo.fired": ("{what}: due {due}, recorded {recorded}", "{what}：应于 {due}，记录于 {recorded}"),
    "demo.fired.warn": ("{which} % used up", "期限已过 {which}%"),
    "demo.fired.overdue": ("overdue", "超期"),
    "demo.fired.then.raise": ("up one level", "上提一级"),
    "demo.fired.then.resume": ("resumed", "恢复办理"),
    "demo.fired.then.remind": ("reminded", "提醒"),
    "demo.fired.then.urge": ("urged", "催办"),
    "demo.fired.nothing": ("nothing to do", "无事可做"),
    "demo.department": ("department", "部门"), "demo.held": ("holds", "在办"), "demo.overdue": ("overdue", "超期"),
    "demo.closed": ("closed", "办结"),
    "demo.legend": ("█ overdue  ▓ in hand  ░ closed", "█ 超期  ▓ 在办  ░ 办结"),
    "demo.longest": ("Longest overdue:", "超期最久："),
    "demo.try_timeline": ("what happened to the new case, event by event", "新事项的经过，逐个事件"),
    "demo.try_show": ("where it stands, its clocks and why they are due", "当前状态、时限及其依据"),
    "demo.try_dispute": ("the dispute: its hearing, its agreement, what was promised and kept", "这起纠纷：听证会、协议、承诺与践诺"),
    "demo.try_twin": ("what its twin still owes", "同类的另一起还有什么未了"),
    "demo.try_page": ("the public page of the motion, for a browser", "提案的公开页，可用浏览器打开"),
    "demo.try_export": ("its vote as a bundle for whoever wants to recount it", "把表决导出为票据包，供他人复核"),
    "demo.try_recount": ("count the bundle; examples/recount.py does it without govflow", "复核票据包；examples/recount.py 可脱离本程序复核"),
    "demo.try_project_page": ("the project's public page: who promised, paid, built, refused and judged", "项目的公开页：谁承诺、出资、施工、拒收、评价"),
    "demo.try_accounts": ("its accounts, line by line", "项目账目，逐行"),
    "demo.try_loops": ("everything owed and overdue, by whom, in every record", "全部记录中逾期未了的事项及责任方"),
    "demo.try_list": ("what is overdue, and with whom", "超期的事项及责任方"),
    "demo.try_tick": ("record what has become due since; the same again adds nothing", "补记此后到期的事；再执行一次不增加任何内容"),
    "demo.try_due": ("why five working days from 13 February end on the 27th", "2 月 13 日起五个工作日为何至 27 日"),
    "demo.try_replay": ("the same case on 2 March: holiday, pause and extension in its date", "重放到 3 月 2 日：期限中的假日、中止与延期"),
    "demo.try_why": ("by which row of the table, whose right and which rules its fourth step was allowed", "第四步依流程表哪一行、何人权限与哪些规则准许"),
    "demo.try_responsibility": ("in whose hands it was, and for how much working time", "经谁之手、各用多少工作时间"),
    "demo.try_report": ("all of it on one page for an auditor: charts, clocks, checks", "供审计的一页报告：流程图、时限、核验"),
    "demo.try_privacy": ("everything the log holds of one resident, handed over by the archivist", "档案员向一位居民提供日志中其全部个人信息"),
    "demo.try_sign": ("sign the head of the log; keep what it prints somewhere else", "签署日志检查点；请将输出另处保存"),
    "demo.try_verify": ("check the whole log: order, hashes, signatures, tables of the time", "核验整个日志：次序、哈希、签名、当时的流程表"),
    "demo.try_why_not": ("why somebody may not take it up again", "某人为何不能重启此事项"),
    "demo.try_mediation": ("every step of a mediation, and by whom", "调解的每一步及执行角色"),
    "demo.try_workflows": ("every step a case can take, and by whom", "事项的每一步及执行角色"),

    # Heads of columns and sections
    "id": ("id", "编号"), "state": ("state", "状态"), "status": ("status", "状态"), "title": ("title", "标题"),
    "unit": ("unit", "单位"), "due": ("due", "到期"), "until": ("until", "期限"), "since": ("since", "起始"),
    "clock": ("clock", "时限"), "clocks": ("Clocks", "时限"), "left_or_over": ("left or over", "剩余或超出"), "loop": ("loop", "未了事项"),
    "loops": ("Open loops", "未了事项"), "item": ("item", "项"), "what": ("what", "内容"), "owes": ("owed by", "负责"),
    "number": ("#", "#"), "occurred": ("occurred", "发生"), "recorded": ("recorded", "记录"), "event": ("event", "事件"),
    "log_event.log.opened": ("", "开立日志"), "log_event.workflow.adopted": ("", "采用流程表"), "log_event.policy.adopted": ("", "采用政策"),
    "log_event.calendar.adopted": ("", "采用日历"), "log_event.subject.erased": ("", "删除个人信息"),
    "log_event.personal.destroyed": ("", "销毁个人信息"), "log_event.log.redacted": ("", "脱敏导出"),
    "log_event.of": ("of {origin} at {size} events; {people} people replaced", "出自 {origin}（{size} 个事件），替换人员 {people} 人"),
    "log_event.from": ("{what}, in force from {day}", "{what}，自 {day} 起施行"),
    "log_event.signed": ("What was signed of it: `govflow checkpoint list`.", "签署情况见 `govflow checkpoint list`。"),
    "who": ("who", "何人"), "command": ("command", "命令"), "needs": ("looks at", "涉及字段"), "from": ("from", "从"),
    "to": ("to", "到"), "records": ("records", "件数"), "digest": ("digest", "摘要"), "unverified": ("Unverified", "未经核实"),
    "fact.state": ("state", "状态"), "fact.hands": ("in the hands of", "责任方"), "fact.kind": ("kind", "类型"),
    "fact.category": ("category", "类别"), "fact.level": ("level", "层级"), "fact.area": ("area", "区域"),
    "fact.round": ("round", "轮次"), "fact.opened": ("opened", "发起"), "fact.last_event": ("last event", "最近事件"),
    "fact.policy": ("policy", "政策"), "fact.source": ("source", "来源"), "fact.merged_into": ("merged into", "并入"),
    "fact.converted_to": ("converted to", "转为"), "fact.closed_at": ("closed", "办结"), "fact.personal": ("personal data", "个人信息"),
}
# fmt: on
