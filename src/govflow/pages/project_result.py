"""What came of a project, on its page: evaluation by source, accounts against receipts, what is open now."""

from __future__ import annotations

from collections import Counter
from typing import Any

from govflow.pages.parts import Alert, Bar, Cell, Facts, Note, Part, Prose, Rows, Section, late_names, limits
from govflow.pages.project_partners import is_told, promised
from govflow.pages.project_view import View, grouped
from govflow.projects import PROJECT
from govflow.projects import events as e
from govflow.projects.ledgers import late_clocks
from govflow.projects.lines import spending_of, spent_of
from govflow.projects.model import EvaluationResult
from govflow.projects.money import statement_of
from govflow.regions.supervision import SupervisionStatus

# --- evaluation ------------------------------------------------------------------------------------------------------


def evaluation_section(view: View) -> Section:
    """Every round: by source with its weight, a missing one as missing; before there is any, the plan."""
    t, project = view.speech.t, view.project
    parts: list[Part] = []
    for result in reversed(project.evaluations):
        parts += [Prose(t("evaluation.round", n=result.round), ""), _by_source(view, result), _outcome(view, result)]
    if project.evaluation is None and project.plan is not None and project.parties_named:
        rows: list[tuple[Cell, ...]] = [
            (view.speech.pick(each.en, each.zh), _weight(view, each.weight), "", t("evaluation.not_asked"))
            for each in project.plan.sources
        ]
        parts = [Note(t("evaluation.planned")), _table(view, rows), *parts]
    return Section("evaluation", t("evaluation"), parts)


def _weight(view: View, weight: int) -> str:
    return view.speech.t("percent", n=weight)


def _table(view: View, rows: list[tuple[Cell, ...]]) -> Rows:
    names = ("evaluation.source", "evaluation.weight", "evaluation.answers", "evaluation.score")
    return Rows("", [view.speech.t(each) for each in names], rows)


def _by_source(view: View, result: EvaluationResult) -> Rows:
    rows: list[tuple[Cell, ...]] = [
        (_source(view, each.source), _weight(view, each.weight), str(each.answers), _score(view, each.score))
        for each in result.sources
    ]
    return _table(view, rows)


def _source(view: View, id: str) -> str:
    found = view.project.plan.source(id) if view.project.plan is not None else None
    return view.speech.plain(id) if found is None else view.speech.pick(found.en, found.zh)


def points(hundredths: int) -> str:
    """A score in points with two decimals."""
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _score(view: View, hundredths: int | None) -> Cell:
    if hundredths is None:
        return view.speech.t("missing")
    return Bar(points(hundredths), hundredths // 100)


def _outcome(view: View, result: EvaluationResult) -> Facts:
    t = view.speech.t
    if result.score is None:
        missing = view.speech.listed(_source(view, each) for each in result.missing)
        said = t("evaluation.none", missing=missing)
    else:
        least = view.project.plan.passing if view.project.plan is not None else ""
        verdict = "evaluation.passes" if result.passes else "evaluation.fails"
        said = t(verdict, n=points(result.score), least=least)
    return Facts([(t("evaluation.result"), said)])


# --- accounts --------------------------------------------------------------------------------------------------------


def accounts_section(view: View) -> Section:
    """The accounts as they were published, and whether the receipts still come to the same."""
    t, project = view.speech.t, view.project
    published = [*view.happened(e.AccountsPublished)]
    if project.accounts is None or not published:
        waits = project.status in ("evaluated", "settled") or bool(published)
        return Section("accounts", t("accounts"), [Note(t("accounts.none"))] if waits else ())
    told, last = project.accounts, published[-1]
    settled = [*view.happened(e.ProjectSettled)]
    closed = settled[-1] if settled and settled[-1].at >= last.at else None
    rows: list[tuple[Cell, ...]] = [
        (
            each.purpose or each.line,
            view.speech.term("source", each.source),
            view.money(each.budgeted),
            view.moneys(each.spent, each.budgeted),
        )
        for each in told.lines
    ]
    facts = [
        (t("accounts.received"), view.money(told.received)),
        (t("accounts.spent"), view.money(told.spent)),
        (
            t("accounts.settled"),
            t("accounts.settled.of", day=view.speech.day(closed.at), n=grouped(closed.spent or 0)) if closed else "",
        ),
    ]
    names = ("money.line", "money.source", "accounts.budgeted", "accounts.spent")
    return Section(
        "accounts",
        t("accounts"),
        [
            Prose(t("accounts.text", day=view.speech.day(last.at)), last.public_text),
            Rows("", [t(each) for each in names], rows),
            Facts(facts),
            *_against_receipts(view),
        ],
    )


def _against_receipts(view: View) -> list[Part]:
    t, project = view.speech.t, view.project
    unchecked = spending_of(project) - spent_of(project)
    is_same = project.accounts == statement_of(project)
    said: Part = Note(t("accounts.equal")) if is_same else Alert(t("accounts.differ", n=grouped(spent_of(project))))
    return [said, *([Note(t("accounts.unchecked", n=grouped(unchecked)))] if unchecked else [])]


# --- what is open now ------------------------------------------------------------------------------------------------

_TOLD = {
    "commitment", "budget", "expense", "milestone", "feedback", "meeting", "objection", "ledger", "evaluation",
    "supervision", "claim",
}  # fmt: skip
"""Regions of which everybody may know that something is open; of the others no more than how much."""
_PUBLICLY = (SupervisionStatus.LISTED, SupervisionStatus.EXPOSED)


def open_section(view: View) -> Section:
    """Everything that is owed now, by whom and until when; alike things in one line, what is not public as a figure."""
    t, project = view.speech.t, view.project
    loops = PROJECT.open_loops(project)
    told = [each for each in loops if _may_be_told(view, each)]
    hidden = len(loops) - len(told)
    rows = Counter(_loop(view, each) for each in told)
    heads = [t(each) for each in ("open.what", "open.owed_by", "until", "open.number")]
    clocks = [each for name, each in project.clocks.items() if ":" not in name]
    parts: list[Part] = [
        limits(clocks, view.at, view.speech),
        Rows("", heads, [(*row, str(n)) for row, n in rows.items()]),
    ]
    parts += [Note(t("open.hidden", n=hidden))] if hidden else []
    parts += [] if loops else [Note(t("open.nothing"))]
    return Section("open", t("open"), parts)


def _may_be_told(view: View, loop: Any) -> bool:
    item = view.project.item(loop.region, loop.item)
    match loop.region:
        case "commitment":
            return is_told(item)
        case "supervision":
            return item.status in _PUBLICLY
    return loop.region in _TOLD


def _loop(view: View, loop: Any) -> tuple[str, str, str]:
    """What, by whom, until when. The key of an item may be somebody's pseudonym: it is not shown."""
    flow = PROJECT.regions[loop.region].workflow
    name = view.speech.pick(view.speech.term("region", loop.region), flow.zh)
    item = view.project.item(loop.region, loop.item)
    about = _about(view, loop.region, item)
    state = view.speech.state(flow, loop.status)
    what = view.speech.t("colon", a=name, b=view.speech.listed((about, state)))
    until = view.speech.until(loop.until)
    late = loop.until is not None and loop.until < view.at
    return what, view.unit(loop.owes), view.speech.listed((until, view.speech.t("late") if late else ""))


def _about(view: View, region: str, item: Any) -> str:
    match region:
        case "commitment":
            return promised(view, item)
        case "milestone":
            return str(item.title)
        case "ledger":
            return str(item.problem)
        case "budget":
            return str(item.purpose)
        case "feedback":
            return view.speech.term("topic", item.about)
    return ""


def late_now(view: View) -> str:
    """What is overdue, in a line."""
    return late_names(late_clocks(view.project, view.at), view.speech)
