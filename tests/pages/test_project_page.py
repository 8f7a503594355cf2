"""The public page of a project at every status: its whole story, people in figures alone, and nobody on it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from govflow import InputError
from govflow.pages import Linked, project_page
from govflow.projects import ProjectStatus
from govflow.projects import commands as c
from govflow.projects.feedback_model import ConfirmFeedback, RaiseFeedback, ResolveFeedback
from govflow.projects.figures import dispute_figures
from govflow.projects.model import Accounts
from govflow.regions import supervision as sv
from govflow.regions.evaluation import IndicatorScore, RecordEvaluation, RequestEvaluation, Source
from tests.pages.reader import NAMES, SECRETS, SNAIL, X, at_work, exposed, finished, page_of, people_on
from tests.projects.site import SHOWN, appraiser, community, lead, resident, supervisor
from tests.projects.steps import a_project, a_yard
from tests.projects.yard import Yard, asked_for_judgement, neighbours

LANGUAGES = ("en", "zh-CN")


@pytest.fixture(scope="module")
def whole() -> Yard:
    """A project with everything on it, accepted and not judged yet. For reading only."""
    return finished()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [status.value for status in ProjectStatus])
def test_a_project_has_a_page_at_every_status_without_anybody_on_it(status, language):
    yard = a_yard()
    a_project(yard, status)

    page = page_of(yard, language=language)

    term = ProjectStatus(status).zh
    assert (term if language == "zh-CN" else status.replace("_", " ")) in page.text
    assert page.all("html") == [{"lang": language}]
    assert not people_on(page, yard.engine.history("x"))
    assert [each["class"] for each in page.all("li") if each.get("class") == "now"] == ["now"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_story_stands_on_it_and_nothing_personal(whole, language):
    page = page_of(whole, language=language, units=NAMES)

    for expected in (
        "A pitched roof & <b>gutters</b>",
        "Builders of the lane",
        "面包坊",
        "a gift",
        "it takes the light",
        "the ridge is low",
        "Scaffold first.",
        "The roof is going to be pitched.",
        "scaffold (block 1)" if language == "en" else "scaffold（block 1）",
        "no rail",
        "rafters stand",
        "frost",
        "a snail of a roof",
        "rain stays out",
        "the gutter leaks",
        "The roof is done, and tight.",
        "nets are hung",
        "no work before eight",
    ):
        assert expected in page.text, expected
    for secret in (*SECRETS, "flat 7", "keep what was agreed secret", "quarrel"):
        assert secret not in page.source, secret
    assert not people_on(page, whole.engine.history("x"))


def test_the_chinese_page_speaks_chinese_but_for_what_people_wrote(whole):
    page = page_of(whole, language="zh-CN", units=NAMES)

    for expected in (
        "共建各方与承诺",
        "三专队伍",
        "专门监督员",
        "可控",
        "听证会",
        "财政资金",
        "验收不通过",
        "曝光",
        "撤下曝光",
        "扬尘",
        "自评",
        "未了事项",
        "400.00 元",
    ):
        assert expected in page.text, expected
    for foreign in ("At a glance", "public money", "exposed", "milestone", "dust ", "controllable"):
        assert foreign not in page.text, foreign


def test_the_steps_are_told_in_their_order_with_their_days(whole):
    story = page_of(whole).text.partition("Day Event By What")[2]

    told = (
        "risk assessed",
        "meeting held host hearing: 2 came",
        "approved town 400.00 yuan",
        "milestone refused acceptance group scaffold: no rail",
        "suspended town frost, until 2026-05-17",
        "resumed",
        "time limit missed system delivery",
        "supervision listed",
        "supervision exposed supervisor a snail of a roof",
        "acceptance refused acceptance group the gutter leaks, until 2027-01-15",
        "defect rectified",
        "supervision exposure lifted",
        "delivery accepted",
    )
    places = [story.index(each) for each in told]
    assert places == sorted(places)
    days = re.findall(r"(20\d\d-\d\d-\d\d) [a-z]", story.partition("As of")[0])
    assert days == sorted(days)


def test_what_each_partner_promised_and_brought_is_told_with_a_bar(whole):
    page = page_of(whole)

    assert "bakery a gift (money: 100.00 yuan) 2026-12-27 09:00 40.00 yuan (40 %) broken" in page.text
    assert "Promises that are not for everybody: 1." in page.text
    widths = [each["width"] for each in page.all("rect") if each["class"] == "part"]
    assert "40" in widths
    assert all(0 <= int(each or "") <= 100 for each in widths)


def test_money_in_and_out_and_what_public_money_brought_come_to_the_same_figures(whole):
    text = page_of(whole).text

    assert "donation bakery 100.00 yuan 40.00 yuan (40 %)" in text
    assert "Together 400.00 yuan 340.00 yuan (85 %)" in text, "money in"
    assert "the roof public money 300.00 yuan 250.00 yuan (83 %) 10.00 yuan reserved" in text
    assert "Together 400.00 yuan 250.00 yuan (62 %) 10.00 yuan" in text, "money out"
    assert "For each yuan of public money 0.13 yuan of other money came in" in text


def test_residents_are_told_in_figures_by_topic_and_with_the_answers_they_got(whole):
    text = page_of(whole).text

    assert "noise no work before eight 2026-04-17 late" in text
    assert "dust nets are hung 2026-03-18 in time" in text
    few = "too few to tell (under 3, or beside such)"  # one person each: the page does not say which of two said what
    assert f"Raised 2 Answered {few} Answered in time {few} Answer confirmed {few}" in text
    assert f"dust {few}" in text
    assert f"noise {few}" in text


def test_what_three_said_or_more_is_told_as_a_number_and_what_fewer_did_is_not():
    yard = at_work()  # two were answered, one of them late and one confirmed
    for key in ("c", "d", "e"):
        yard.do(RaiseFeedback(**X, by=resident, item=key, concerns="dust", text="It is dusty."))
    yard.do(ResolveFeedback(**X, by=lead, item="c", **SHOWN))
    few = "too few to tell (under 3, or beside such)"
    assert f"Raised 5 Answered {few}" in page_of(yard).text  # else five less three would tell of the two who wait
    for key in ("d", "e"):
        yard.do(ResolveFeedback(**X, by=lead, item=key, **SHOWN))
    for key in ("b", "c", "d", "e"):
        yard.do(ConfirmFeedback(**X, by=resident, item=key))
    told = page_of(yard).text
    assert f"Answered 5 of 5 (100 %) Answered in time {few} Answer confirmed 5 of 5 (100 %)" in told


def test_disputes_are_counted_and_never_told(whole):
    page = page_of(whole, linked={"quarrel": Linked("quarrel", "Zhang owes me", "reported")})

    assert "Disputes Number Raised 1 Resolved 0 (0 %) Open too few to tell (under 3, or beside such)" in page.text
    assert "quarrel" not in page.source
    assert dispute_figures(whole.get(), whole.engine.log.current).raised == 1


def test_other_records_are_named_if_everybody_may_read_them_and_counted_if_not():
    yard = a_yard()
    for id in ("y", "z"):
        yard.project("proposed", id)
    a_project(yard, source="y")

    assert "Not for everybody to read: 1." in page_of(yard).text
    named = page_of(yard, linked={"y": Linked("y", "Lamp at gate 3", "proposed")}).text
    assert "spawned by y Lamp at gate 3 proposed" in named


def test_the_three_teams_are_told_in_numbers_of_people_and_by_their_units(whole):
    text = page_of(whole).text

    assert "work group 1 1 steelworks service team 1 1 repairs" in text
    assert "Supervisors who signed the delivery 2/2" in text


# --- what nobody should miss -----------------------------------------------------------------------------------------


def test_a_snail_is_shown_at_the_top_while_it_is_exposed_and_no_longer_when_it_is_lifted(whole):
    page = page_of(exposed())

    alerts = [each for each in page.all("p") if each.get("class") == "alert"]
    assert len(alerts) == 2
    assert "as overdue, since 2027-01-06: a snail of a roof" in page.text
    assert re.search(r"Overdue: [a-z ,]*delivery", page.text)
    assert "as overdue, since" not in page_of(whole).text


def test_what_a_supervising_body_does_unseen_stays_unseen_until_it_goes_public():
    yard = a_yard()
    a_project(yard, "in_progress")
    yard.do(
        sv.UrgeSupervision(**SNAIL, by=supervisor, reason_code="overdue_without_cause", reason="a word in private"),
        sv.LiftSupervision(**SNAIL, by=supervisor, reason="they have begun"),
    )
    yard.clock.advance(days=1)
    listed = {"reason_code": "overdue_without_cause", "reason": "again", "number": "7", "public_text": "late"}
    yard.do(sv.ListSupervision(**SNAIL, by=supervisor, **listed))

    page = page_of(yard)

    assert "supervision listed supervisor 7" in page.text
    assert "a word in private" not in page.text
    assert "they have begun" not in page.text


def test_a_pause_says_until_when_and_why():
    yard = a_yard()
    a_project(yard, "suspended")

    assert re.search(r"Paused until 20\S+ \S+: frost", page_of(yard).text)


def test_what_is_open_names_who_owes_it_and_until_when_and_people_stay_unnamed():
    yard = at_work()
    text = page_of(yard).text.partition("What is open now")[2]

    assert "promise: roofers, made roofers 2026-12-27 09:00" in text
    assert "expense: recorded finance" in text
    a_project(other := a_yard(), "accepted")
    other.do(*asked_for_judgement("x"))
    judged = page_of(other).text
    assert "evaluation: requested somebody (not named)" in judged
    assert "evaluation: requested builder" in judged


def test_where_nothing_is_open_the_page_says_so():
    yard = a_yard()
    a_project(yard, "settled")

    assert "Nothing is open." in page_of(yard).text


# --- evaluation and accounts -----------------------------------------------------------------------------------------


def _scored(yard: Yard, *whose: tuple[Any, str | None]) -> None:
    plan = yard.get().plan
    assert plan is not None
    scores = tuple(IndicatorScore(indicator=each.id, score=80) for each in plan.sets[0].indicators)
    for who, unit in whose:
        key = f"r{yard.get().round}.{unit or who.id}"
        yard.do(RecordEvaluation(**X, by=who, item=key, on_behalf_of=unit, scores=scores))


@pytest.mark.parametrize(("language", "said"), [("en", "peers 30 % 0 missing"), ("zh-CN", "互评 30% 0 缺")])
def test_a_missing_source_is_shown_as_missing_and_nothing_is_weighed_anew(language, said):
    yard = a_yard()
    a_project(yard, "accepted")
    yard.do(RequestEvaluation(**X, by=community, source=Source.PEER, evaluator="next-door"))
    yard.do(RequestEvaluation(**X, by=community, source=Source.EXTERNAL, evaluator="s-1"))
    _scored(yard, (lead, "builder"), (resident, None))
    yard.wait(days=60)
    yard.do(c.EvaluateProject(**X, by=appraiser))

    text = page_of(yard, language=language).text

    assert said in text
    assert ("No score: peers missing" if language == "en" else "无得分：缺互评") in text


def test_an_evaluation_is_told_by_source_with_its_weights_and_what_it_came_to():
    yard = a_yard()
    a_project(yard, "accepted")
    assert "Not evaluated yet." in page_of(yard).text
    yard.do(*asked_for_judgement("x"))
    _scored(yard, (lead, "builder"), (neighbours, "next-door"), (resident, None))
    yard.do(c.EvaluateProject(**X, by=appraiser))

    text = page_of(yard).text

    assert "self 20 % 1 80.00 peers 30 % 1 80.00 residents, others 50 % 1 80.00" in text
    assert "80.00 of 100: passes (60 needed)" in text
    assert "No accounts are published yet." in text


def test_published_accounts_say_whether_the_receipts_still_come_to_the_same():
    yard = a_yard()
    a_project(yard, "settled")
    assert "The published accounts equal the receipts that were checked." in page_of(yard).text
    assert re.search(r"Settled 20\S+, with 0.00 yuan spent", page_of(yard).text)

    # what no step allows, a page would tell all the same: it compares by itself
    project = yard.get().changed(accounts=Accounts(spent=1))
    told = project_page(
        project,
        yard.engine.history("x"),
        policy=yard.engine.policy,
        at=yard.clock(),
        disputes=dispute_figures(project, yard.engine.log.current),
    )
    assert "do not equal the receipts any more" in told


# --- what it is made of ----------------------------------------------------------------------------------------------


def test_nothing_comes_from_elsewhere_and_no_script_runs(whole):
    page = page_of(whole)

    assert not [each for tag in ("script", "img", "link", "iframe", "form", "object") for each in page.all(tag)]
    leads = [value for _, each in page.elements for name, value in each.items() if name in ("href", "src")]
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert leads
    assert len(ids) == len(set(ids))
    assert all(lead is not None and lead.startswith("#") and lead[1:] in ids for lead in leads)
    assert not re.search(r"url\(|@import|https?:", page.source)


def test_headings_tables_and_landmarks_are_marked_up_for_those_who_listen(whole):
    page = page_of(whole)

    assert len(page.all("h1")) == 1
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}
    assert all(each.get("scope") in ("col", "row") for each in page.all("th"))
    assert all(each.get("role") == "table" for each in page.all("table")), "stacked on a phone it stays a table"
    assert all(each.get("aria-hidden") == "true" for each in page.all("svg")), (
        "a bar says nothing that its text does not"
    )
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "prefers-color-scheme: dark" in page.source
    assert "@media print" in page.source


def test_what_people_write_is_text_and_never_markup():
    yard = a_yard()
    a_project(yard, title='<script>alert(1)</script> & "x"', text="</div><img src=x onerror=y> {{ 7 * 7 }}")

    page = page_of(yard, units={"builder": "<script>"})

    assert not page.all("script") + page.all("img")
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_a_language_that_is_not_spoken_is_refused(whole):
    with pytest.raises(InputError, match=r"expected en \| zh-CN"):
        page_of(whole, language="fr")
