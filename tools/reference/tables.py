"""The pages of the tables: one for each kind of record that ships, and one of regions: states, rows and diagrams."""

from __future__ import annotations

from typing import Any

from govflow.alliances import ALLIANCE
from govflow.beside import BULLETIN, CAMPAIGN, THEMATIC_ISSUE, VISIT_ROUND
from govflow.budgets import BUDGET_ROUND
from govflow.cases import CASE
from govflow.decider import Decider
from govflow.duties import DUTY
from govflow.envelopes import ENVELOPE
from govflow.organisation import DIRECTORY
from govflow.projects import PROJECT
from govflow.proposals import PROPOSAL
from govflow.region import Region
from govflow.resources import RESOURCE
from govflow.studios import STUDIO
from govflow.subjects import DATA_SUBJECT
from govflow.surveys import INDEX_SURVEY
from govflow.watch import WATCH
from govflow.workflow import Workflow
from tools.reference.markdown import code, page, table
from tools.reference.served import SERVED, regions

_READING = (
    "A row reads: `command` leads from one of the states on the left to the state on the right and writes `event`, if "
    "somebody who holds one of the roles gives it and every rule holds. `-` on the left: nothing exists yet; `=` on "
    "the right: the state stays. Several rows of one command are alternatives; the rules tell which one applies. What "
    "the rules say stands in [rules.md](rules.md), what the clocks are in [clocks.md](clocks.md)."
)
_EFFECTS = ("starts", "stops", "drops", "pauses", "resumes", "resets", "extends", "remeasures")


def case_markdown() -> str:
    """The table of a case."""
    regions = ", ".join(f"[{name}](regions.md#{name})" for name in CASE.regions)
    return page(
        "# A case 事项: states and steps",
        f"The main table of a case. Beside it run {len(CASE.regions)} regions with tables of their own: {regions}.",
        _READING,
        *_flow(CASE.workflow, "##"),
    )


def regions_markdown() -> str:
    """Which records have which regions, and the tables of those that a case has."""
    parts = [
        "# Regions: what runs beside a record",
        "A region is a small table of its own. Its items run beside the record's state, each with a key, and an item "
        "that neither rests nor ends is an open loop. Its rows name the record's states they are allowed in: `active` "
        "are all that neither rest nor end, `any` are all; where nothing is named, all but final ones.",
        f"All {len(regions())} of them. The tables of those that a case has stand below, the others with their record:",
        table(("Region", "Chinese", "On"), [_having(region) for region in regions().values()]),
        _READING,
    ]
    for region in CASE.regions.values():
        parts += _region(region)
    return page(*parts)


def directory_markdown() -> str:
    """The table of the directory, and the five of what stands in it."""
    return page(
        "# The directory 机构名录: areas, units, appointments",
        "A log has at most one directory, under the id `directory`. Nobody holds anything before it is founded, so the "
        "system founds it; after that it is kept by whoever holds the district's role for its root area. Once it "
        "stands, who may do what in the log is answered from it "
        "([explanation](../explanation.md#who-may-do-what-the-directory-or-the-host)), and "
        "[areas, units and appointments can come from CSV](../how-to.md#found-a-directory-from-csv).",
        _READING,
        *_flow(DIRECTORY.workflow, "##"),
        *_own_regions(DIRECTORY),
    )


def duty_markdown() -> str:
    """The table of a duty and of its occurrences."""
    return page(
        "# A duty 定期职责: what is owed again and again",
        "One record for each obligation of the [policy](policy.md#obligation) and each owner, under the id "
        "`duty.<obligation>.<owner>`. The [tick](../how-to.md#tick-by-cron-or-as-a-service) opens, amends and ends it "
        "and puts its occurrences on the list, one for each period; people fulfil them. What it shares with a case, "
        "`evidence` and `clock`, stands in [regions.md](regions.md).",
        _READING,
        *_flow(DUTY.workflow, "##"),
        *_own_regions(DUTY),
    )


def watch_markdown() -> str:
    """The table of a watch."""
    return _beside(
        WATCH,
        "# A watch 苗头: early signs, counted",
        "One record for each category and area, under the id `watch.<category>.<area>`. A case that is reported with "
        "`signal` leaves a sign there; so many similar signs within so many days ([policy](policy.md#thresholds)) "
        "raise one risk signal, by the system. It counts matters, never people.",
    )


def subject_markdown() -> str:
    """The table of a person's record."""
    return _beside(
        DATA_SUBJECT,
        "# A person 个人信息主体: what is read of them, and decided over their data",
        "One record for each person whose data the log protects, under the id `person:<pseudonym>`, begun when it is "
        "first needed: who read what and why, restriction, legal holds, corrections, copies handed over, erasure "
        "([personal data](../privacy.md)). It holds no personal text but corrections, and those under a key.",
    )


def proposal_markdown() -> str:
    """The table of a proposal, and those of its stages, votes, supporters, opinions and objections."""
    return _beside(
        PROPOSAL,
        "# A proposal 提案: from a resident's idea to a published result",
        "Which track it takes is data of the [policy](policy.md#decisionprocedure), pinned when it is admitted; the "
        "rule of a vote is pinned when it is announced. Stages and votes move with the steps of the main table "
        "([tutorial](../tutorial-motion.md), "
        "[how votes are kept countable](../explanation.md#votes-that-can-be-counted-again)).",
    )


def budget_round_markdown() -> str:
    """The table of a budget round, its funds and its entries."""
    return _beside(
        BUDGET_ROUND,
        "# A budget round 民生微实事: an envelope, entries, a ballot, winners",
        "What it may fund and how its winners are found is a programme of the [policy](policy.md#budgetprogramme), "
        "which the round keeps as it was when it was opened. The result is a function of list, money, roll, ballots "
        "and rule, and says of each entry why it won or not ([tutorial](../tutorial-budget.md)).",
    )


def joint_project_markdown() -> str:
    """The table of a joint project, and those of its claims, lines, vouchers, milestones and feedback."""
    return _beside(
        PROJECT,
        "# A joint project 共建项目: from a need to public accounts",
        "A need is listed, units claim it or agree, they pair up, and what each pledges becomes a commitment. What its "
        "kind asks for and how it is judged is data of the [policy](policy.md#projectkind), pinned when it is "
        "proposed ([tutorial](../tutorial-project.md), "
        "[why it is so](../explanation.md#projects-needs-promises-money)). Rows `JX…` are our own.",
    )


def envelope_markdown() -> str:
    """The table of an envelope and of its draws."""
    return _beside(
        ENVELOPE,
        "# An envelope 资金盘子: public money for a purpose and a period",
        "Projects draw on it when they are approved, in the same transaction; the system alone draws. What is drawn "
        "and what is free always come to its amount "
        "([recipe](../how-to.md#hold-the-money-of-projects-together)).",
    )


def resource_markdown() -> str:
    """The table of a resource and of its bookings."""
    return _beside(
        RESOURCE,
        "# A resource 资源: what a unit offers to common projects",
        "Money, people, a place, goods or a service, with skills, place and term. A pledge that names it books it, and "
        "nothing is booked beyond what is offered ([recipe](../how-to.md#list-needs-and-match-offers)).",
    )


def alliance_markdown() -> str:
    """The table of an alliance, its members, chair terms, activities and brands."""
    return _beside(
        ALLIANCE,
        "# An alliance 联盟: members, a rotating chair, joint action",
        "What its lead owes each quarter and year is a [duty](duty.md) by the policy, fulfilled by what the alliance "
        "holds ([recipe](../how-to.md#run-an-alliances-year)).",
    )


def index_survey_markdown() -> str:
    """The table of an index survey."""
    return _beside(
        INDEX_SURVEY,
        "# An index survey 先锋指数测评: organisations, by a random sample of residents",
        "The seed is committed to before the roll is drawn from, so that the sample can be drawn again; organisations "
        "alone are measured ([recipe](../how-to.md#measure-the-pioneer-index)).",
    )


def studio_markdown() -> str:
    """The table of a studio, its delegates, receptions and matters."""
    return _beside(
        STUDIO,
        "# A studio 两代表一委员工作室: delegates receive people",
        "No matter that is brought to one is left unanswered; what it cannot answer becomes a case that it waits for.",
    )


def campaign_markdown() -> str:
    """The table of a campaign."""
    return _beside(
        CAMPAIGN,
        "# A campaign 排查整改: one drive over many matters",
        "Screening, rectification, self-check or visits. What is found becomes a case of its own or a numbered item "
        "on the ledger, and it is not closed while anything is open "
        "([recipe](../how-to.md#run-a-campaign-with-numbered-items)).",
    )


def thematic_issue_markdown() -> str:
    """The table of a thematic issue."""
    return _beside(
        THEMATIC_ISSUE,
        "# A thematic issue 专题: many cases, one cause",
        "It ties at least two matters of one category in one area, names their root cause and one measure, and is "
        "effective only if somebody else counts fewer such matters afterwards, in as many days "
        "([recipe](../how-to.md#tie-cases-to-a-thematic-issue)).",
    )


def visit_round_markdown() -> str:
    """The table of a visit round, its turns and visits."""
    return _beside(
        VISIT_ROUND,
        "# A visit round 走访接访: who received or visited whom",
        "A roster of leaders who receive visitors, or a round of visits. A matter that a visit brings up stays open "
        "until it is a case or settled on the spot ([recipe](../how-to.md#log-visits)).",
    )


def bulletin_markdown() -> str:
    """The table of a bulletin and of its readings."""
    return _beside(
        BULLETIN,
        "# A bulletin 专报: what named readers must read",
        "Each reader owes the reading in person, until a date. A reader who is a leader may order action 批示 on a "
        "case: the order stands there as an [instruction](regions.md#instruction).",
    )


def _beside(decider: Decider, title: str, told: str) -> str:
    shared = ", ".join(f"[{name}](regions.md#{name})" for name in decider.regions if name in CASE.regions)
    return page(
        title,
        told,
        f"What it shares with a case stands on the page of the regions: {shared}.",
        _READING,
        *_flow(decider.workflow, "##"),
        *_own_regions(decider),
    )


def _having(region: Region) -> tuple[str, str, str]:
    """A region, where its table stands, and the records that have it."""
    having = [decider for decider in SERVED if region.name in decider.regions]
    home = "" if region.name in CASE.regions else f"{having[0].name}.md"
    records = ", ".join(f"[{decider.name}]({decider.name}.md)" for decider in having)
    return f"[`{region.name}`]({home}#{region.name})", region.workflow.zh, records


def _own_regions(decider: Decider) -> list[str]:
    """The regions that a case does not have."""
    return [part for name, region in decider.regions.items() if name not in CASE.regions for part in _region(region)]


def _region(region: Region) -> list[str]:
    described = " ".join((region.blank.__class__.__doc__ or "").split())
    return [f"## {region.name}", f"{region.workflow.zh}. {described}", *_flow(region.workflow, "###")]


def _flow(flow: Workflow, depth: str) -> list[str]:
    states = [(f"`{state.value}`", state.zh, state.rest.value) for state in flow.statuses]
    return [
        f"{depth} States of `{flow.name}`",
        "`open` states owe something, an `outcome` rests but may go on, nothing moves a `final` one.",
        table(("State", "Chinese", "Rest"), states),
        f"{depth} Steps of `{flow.name}`",
        table(
            ("Row", "From", "Command", "To", "Event", "Who", "While", "Rules", "Clocks"),
            [_row(row) for row in _data(flow)],
        ),
        f"{depth} Diagram of `{flow.name}`",
        "```mermaid\n" + flow.mermaid().strip() + "\n```",
    ]


def _data(flow: Workflow) -> list[dict[str, Any]]:
    """The rows as data, with the wire names of their commands, and what is met apart from what falls away."""
    rows: list[dict[str, Any]] = flow.as_data()["transitions"]
    for row, step in zip(rows, flow.steps, strict=False):
        row["clocks"] = {name: row["clocks"][name] for name in _EFFECTS} | {"stops": [*step.stops]}
        row["wire"] = step.command.wire
    return rows


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    who = ", ".join(code(*group) for group in row["who"])
    if row["approval"]:
        who += f"; with the approval of {code(row['approval'])}"
    command = code(row["wire"]) if "wire" in row else f"with every row that {row['command']}s it"
    if row["shares"] and "wire" in row:
        command = f"with {command}"
    clocks = "; ".join(f"{effect} {code(*names)}" for effect, names in row["clocks"].items() if names)
    return (
        row["id"],
        ", ".join("-" if state is None else f"`{state}`" for state in row["source"]),
        command,
        "=" if row["target"] is None else f"`{row['target']}`",
        code(row["name"] or ""),
        who,
        code(*(row["while_in"] or ())),
        code(*row["rules"]),
        clocks.replace("`*`", "every clock"),
    )
