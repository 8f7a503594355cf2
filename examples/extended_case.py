"""The shipped case with a step, a rule, a status and a field of one's own: some towns publish before they close.

`CASE.extended(...)` gives a new decider; the shipped one stays as it is. The extended table is checked, drawn, adopted
into the log and replayed like any other. A status that is owed something must have a way out: the check sees to it.

Run it: python examples/extended_case.py
"""

from __future__ import annotations

from typing import Any

from govflow import CASE, Actor, Case, Command, Context, Decider, Engine, Event, NotAllowed, Role, Step, rule
from govflow.cases.commands import ReportCase
from govflow.messages import Words
from govflow.rules import personal_data_is_withheld


class PublishNotice(Command, wire="case.publish_notice", label="公示结果"):
    """Put up on the notice board what was done."""

    public_text: Words = ""


class NoticePublished(Event, name="case.notice_published"):
    """What was done stands on the notice board."""

    public_text: Words = ""


class NoticedCase(Case):
    """A case that remembers its notice."""

    notice: str = ""


@rule("公示内容已填", "town rules §4", needs="public_text")
def notice_says_something(case: Case, event: Any, context: Context) -> bool:
    """The notice says what was done."""
    return bool(event.public_text.strip())


@rule("结果已公示", "town rules §4")
def result_is_published(case: NoticedCase, event: Any, context: Context) -> bool:
    """The result stands on the notice board before the case is closed."""
    return bool(case.notice)


@rule("标题不少于五个字", "town rules §2", needs="title")
def title_tells_what_it_is(case: Case, event: Any, context: Context) -> bool:
    """The title has five characters at least."""
    return len(event.title.strip()) >= 5


TOWN_CASE: Decider = CASE.extended(
    [
        Step("T01", PublishNotice, ("handled", "fed_back"), NoticePublished, None, Role.COMMUNITY,
             (notice_says_something, personal_data_is_withheld)),
    ],
    rules={"C27": [result_is_published], "C02": [title_tells_what_it_is]},
    state=NoticedCase,
    fold={NoticePublished: lambda case, event: {"notice": event.public_text}},
)  # fmt: skip


def main() -> None:
    """The added rule refuses a report, beside the shipped rules; the added step stands in the table."""
    resident = Actor.of("s-1", Role.RESIDENT)
    with Engine.open(records=[TOWN_CASE]) as engine:
        try:
            engine.handle(ReportCase(by=resident, title="Hm", kind="hotline", level="community"))
        except NotAllowed as refused:
            print(refused)
        case = engine.handle(
            ReportCase(by=resident, title="Street light out", kind="hotline", channel="app", level="community")
        )
        print(case.id, "is", case.status)
    print("added:", *(step.id for step in TOWN_CASE.workflow.steps if step.command not in CASE.commands))


if __name__ == "__main__":
    main()
