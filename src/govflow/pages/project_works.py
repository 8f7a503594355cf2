"""The works on a project's page: milestones, defects and what became of them, residents' feedback, disputes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from govflow.evaluating import LEAST, published
from govflow.pages.parts import Cell, Note, Rows, Section
from govflow.pages.project_view import View
from govflow.projects.feedback import feedback_figures
from govflow.projects.feedback_model import FeedbackAnswer
from govflow.projects.figures import DisputeFigures
from govflow.projects.milestone import (
    Milestone,
    MilestoneAccepted,
    MilestonePlanned,
    MilestoneReached,
    MilestoneRefused,
    MilestoneStatus,
)
from govflow.regions.ledger import LedgerItemRectified, LedgerItemWrittenOff, LedgerStatus

# --- milestones and defects ------------------------------------------------------------------------------------------


def milestones_section(view: View) -> Section:
    """Each step of the works: when it was due, reached and accepted, and what was refused before."""
    t = view.speech.t
    heads = ("milestone", "milestone.owner", "milestone.due", "milestone.reached", "milestone.accepted", "state")
    rows = [_milestone(view, each) for each in view.project.items_of("milestone").values()]
    return Section("milestones", t("milestones"), [Rows("", [t(each) for each in heads], rows)])


def _milestone(view: View, each: Milestone) -> tuple[str, ...]:
    t, speech = view.speech.t, view.speech
    due = _last_due(view, each.key)
    reached = [event.at for event in view.of_item(each.key, MilestoneReached)]
    is_late = due is not None and (reached[-1] if reached and each.until is None else view.at) > due
    late = t("mark.late") if is_late and each.status != MilestoneStatus.DROPPED else ""
    refusals = [event.shortcomings for event in view.of_item(each.key, MilestoneRefused)]
    told = t("milestone.refused", n=len(refusals), what=speech.listed(refusals[-1])) if refusals else ""
    return (
        t("bracket", a=each.title, b=each.place) if each.place.strip() else each.title,
        view.unit(each.owner),
        speech.until(due),
        speech.day(reached[-1]) if reached else "",
        view.days(each.key, MilestoneAccepted),
        speech.listed((speech.status(each.status, MilestoneStatus), late, told)),
    )


def _last_due(view: View, key: str) -> datetime | None:
    """Until when it was owed last: what is reached has no time limit any more."""
    clock = f"milestone_due:{key}"
    dues = [
        next((move.due for move in each.clocks if move.clock == clock and move.due), each.until)
        for each in view.of_item(key, MilestonePlanned, MilestoneRefused)
    ]
    return next(filter(None, reversed(dues)), None)


def defects_section(view: View) -> Section:
    """Everything found defective, when it was put right and when it was struck off."""
    t, speech = view.speech.t, view.speech
    rows = [
        (
            each.problem,
            speech.day(each.since),
            speech.until(each.until),
            view.days(key, LedgerItemRectified),
            view.days(key, LedgerItemWrittenOff),
            speech.status(each.status, LedgerStatus),
        )
        for key, each in view.project.items_of("ledger").items()
    ]
    off = sum(each.status == LedgerStatus.WRITTEN_OFF for each in view.project.items_of("ledger").values())
    heads = [t(each) for each in ("defect", "defect.found", "until", "defect.fixed", "defect.off", "state")]
    caption = t("written_off", n=off, all=len(rows)) if rows else ""
    return Section("defects", t("defects.project"), [Rows(caption, heads, rows)])


# --- what residents say ----------------------------------------------------------------------------------------------


def feedback_section(view: View) -> Section:
    """How many said something, about what, how many were answered in time, and the answers: never their words."""
    t = view.speech.t
    figures = feedback_figures(view.project)
    if not figures.raised:
        return Section("feedback", t("feedback"), ())
    came_to = published({name: getattr(figures, name) for name in ("answered", "open", "transferred", "withdrawn")})
    of_answered = {name: _part(getattr(figures, name), came_to["answered"]) for name in ("in_time", "confirmed")}
    told = {"answered": came_to["answered"], **of_answered, **came_to}
    wholes = {"answered": figures.raised, "in_time": figures.answered, "confirmed": figures.answered}
    shares: list[tuple[Cell, ...]] = [(t("feedback.raised"), str(figures.raised))]
    for name, n in told.items():
        whole = wholes.get(name, 0)
        if n is None:
            shares.append((t(f"feedback.{name}"), t("feedback.few", n=LEAST)))
        elif n or whole:
            said = t("of", n=n, all=whole) if whole else ""
            shares.append((t(f"feedback.{name}"), view.share(n, whole, said)))
    return Section(
        "feedback",
        t("feedback"),
        [
            Rows("", (t("feedback"), t("open.number")), shares),
            _topics(view),
            _answers(view),
            Note(t("feedback.note")),
        ],
    )


def _part(part: int, whole: int | None) -> int | None:
    """A part of those counted, where neither it nor the rest tells of one or two of them."""
    return None if whole is None else published({"part": part, "rest": whole - part})["part"]


def _topics(view: View) -> Rows:
    items = [*view.project.items_of("feedback").values()]
    raised = Counter(each.about for each in items)
    answered = Counter(each.about for each in items if each.answer is not None)
    heads = [view.speech.t(each) for each in ("feedback.topic", "feedback.raised", "feedback.answered")]
    few, told = view.speech.t("feedback.few", n=LEAST), published(raised)
    rows = [
        (_topic(view, about), *((few, "") if told[about] is None else (str(n), str(answered[about]))))
        for about, n in raised.most_common()
    ]
    return Rows(view.speech.t("feedback.topics"), heads, rows)


def _topic(view: View, about: str) -> str:
    return view.speech.term("topic", about)


def _answers(view: View) -> Rows:
    """Every answer in its public words; those of the same words about the same topic in one line."""
    t, speech = view.speech.t, view.speech
    given: dict[tuple[str, str], list[FeedbackAnswer]] = {}
    for each in view.project.items_of("feedback").values():
        for answer in each.answers:
            given.setdefault((_topic(view, each.about), answer.measure), []).append(answer)
    rows = []
    for (topic, said), answers in sorted(given.items(), key=lambda each: min(answer.at for answer in each[1])):
        days = dict.fromkeys(speech.day(at) for at in (min(a.at for a in answers), max(a.at for a in answers)))
        when = t("need.from_to", a=next(iter(days)), b=[*days][-1]) if len(days) > 1 else next(iter(days))
        rows.append((topic, said, when, _in_time(view, [not each.late for each in answers])))
    heads = [t(each) for each in ("feedback.topic", "feedback.answer", "day", "feedback.in_time?")]
    return Rows(t("feedback.answers"), heads, rows)


def _in_time(view: View, answers: list[bool]) -> str:
    """How many answers came in time, or in a word where they tell of one or two people."""
    t, number = view.speech.t, sum(answers)
    if len(answers) >= LEAST:
        return t("of", n=number, all=len(answers))
    return t("feedback.all" if number == len(answers) else "feedback.part" if number else "feedback.none")


# --- disputes --------------------------------------------------------------------------------------------------------


def disputes_section(view: View, figures: DisputeFigures) -> Section:
    """How many disputes there were and what became of them: never what they were about, nor between whom."""
    t = view.speech.t
    if not figures.raised:
        return Section("disputes", t("disputes"), ())
    rows: list[tuple[Cell, ...]] = [(t("disputes.raised"), str(figures.raised))]
    for name, n in published({name: getattr(figures, name) for name in ("resolved", "open", "unresolved")}).items():
        if n is None:
            rows.append((t(f"disputes.{name}"), t("feedback.few", n=LEAST)))
        elif n or name == "resolved":
            rows.append((t(f"disputes.{name}"), view.share(n, figures.raised if name == "resolved" else 0)))
    return Section("disputes", t("disputes"), [Rows("", (t("disputes"), t("open.number")), rows)])
