"""Whatever happens to a project and whatever is written into it: nobody and nothing personal stands on its page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from govflow import Actor, NotAllowed, NotFound
from govflow.pages import projects_page
from govflow.pages.project_view import veiled
from govflow.projects import PROJECT, ProjectStatus
from govflow.projects import commands as c
from govflow.rules import carries_personal_data
from govflow.testing import commands
from tests.pages.reader import SECRETS, X, at_work, page_of, people_on
from tests.pages.test_proposal_page import Page
from tests.projects.clerk import ACTORS, EVERYBODY, values
from tests.projects.site import lead
from tests.projects.steps import a_project, a_yard
from tests.walking import looking_at

HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "ring 13800138000",
        "问s-zhang或张三，电话：13912345678",
        "li@example.com wrote (s-1f2e3d)",
        "510104199001011234",
        "{{ 7 * 7 }} {% raw %}",
        "fine words",
    ]
)
WRITTEN = (
    "title", "text", "reason", "what", "capacity", "measure", "cause", "place", "public_text", "answers", "subject",
    "consensus", "dissent", "handback", "budget.plan.purpose", "expense.record.purpose", "number",
)  # fmt: skip
PROTECTED = ("feedback.raise.text", "feedback.reopen.details", "objection.raise.details", "opinion.record.text")
BUSY = ("feedback", "objection", "milestone", "commitment", "ledger", "supervision", "meeting", "expense", "budget")


def _filled_in(yard: Any) -> dict[str, Any]:
    said = values(yard.get(), yard.clock, ["nobody"])
    shortcomings = st.lists(HOSTILE, min_size=1, max_size=2).map(tuple)
    topics = st.sampled_from(["dust", "13800138000", "s-77", "noise"])
    return {
        **said,
        **dict.fromkeys(WRITTEN, HOSTILE),
        **dict.fromkeys(PROTECTED, st.sampled_from(SECRETS)),
        "shortcomings": shortcomings,
        "defects": shortcomings,
        "concerns": topics,
    }


def nobody_is_on(page: Page, yard: Any) -> None:
    """No id of a person, no pseudonym, no number of anybody, no protected text; and nothing that is not text."""
    assert not people_on(page, yard.engine.history("x"))
    body = page.source.partition("</style>")[2]
    assert not re.search(r"(?<![A-Za-z0-9-])s-\w", body)
    assert not carries_personal_data(re.sub(r"\b[0-9a-f]{64}\b", "", body))
    assert not [secret for secret in SECRETS if secret in page.source]
    assert not page.all("script") + page.all("img")


_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a story takes many minutes
_WHOEVER = Actor(id="s-whoever", claims=EVERYBODY.claims)  # who "everybody" is, pages say themselves


@settings(max_examples=30, deadline=None, phases=_PHASES, suppress_health_check=list(HealthCheck))
@given(start=st.sampled_from([*(status.value for status in ProjectStatus), *["busy"] * 15]), data=st.data())
def test_nobody_stands_on_the_page_of_a_random_project(start: str, data: st.DataObject):
    yard = at_work() if start == "busy" else a_yard()
    if start != "busy":
        a_project(yard, start)
    for _ in range(data.draw(st.integers(0, 15), label="steps")):
        seen = looking_at(PROJECT, *data.draw(st.lists(st.sampled_from(BUSY), min_size=1, max_size=3, unique=True)))
        command = data.draw(
            commands(seen, yard.get(), now=yard.clock(), actors=(_WHOEVER, *ACTORS), values=_filled_in(yard))
        )
        try:
            yard.do(command)
        except (NotAllowed, NotFound):
            yard.clock.advance(hours=data.draw(st.sampled_from([1, 24, 24 * 30])))
            yard.engine.tick()

    for language in ("en", "zh-CN"):
        nobody_is_on(page_of(yard, language=language), yard)
    index = Page(projects_page([yard.get()], policy=yard.engine.policy, at=yard.clock(), pages={"x": "x.html"}))
    nobody_is_on(index, yard)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ask s-1f2e3d about it", "ask … about it"),
        ("居民s-zhang同意", "居民…同意"),
        ("ring 13800138000", "…"),
        ("a" * 53 + "13800138000", "a" * 53 + "13800138000"),  # the digest of a paper, and nobody's number
        ("the cross-street is-shut", "the cross-street is-shut"),
    ],
)
def test_pseudonyms_are_cut_out_and_what_carries_a_number_is_withheld(written, shown):
    assert veiled(written) == shown


def test_what_a_step_may_carry_that_no_rule_reads_is_withheld_on_the_page():
    yard = a_yard()
    a_project(yard, "in_progress")
    yard.do(c.ReportProgress(**X, by=lead, percent=20, text="s-zhang and s-li hold the ladder"))

    page = page_of(yard)

    assert "20 %: … and … hold the ladder" in page.text
    nobody_is_on(page, yard)
