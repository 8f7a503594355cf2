"""The public page of a proposal at every status: all that is for everybody, nothing personal or from elsewhere."""

from __future__ import annotations

import builtins
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from govflow import Actor, InputError
from govflow.pages import Linked, proposal_page
from govflow.policy import Base
from govflow.proposals import Proposal, ProposalStatus
from govflow.proposals import commands as c
from govflow.regions.evidence import AddEvidence, DiscreditEvidence
from govflow.regions.link import AddLink
from govflow.regions.objection import RaiseObjection, ResolveObjection
from govflow.regions.opinion import DisposeOpinion, RecordOpinion
from govflow.regions.support import SecondProposal
from govflow.voting import Ballot, Voter, commitment_of
from tests.proposals.hall import (
    REPLY,
    Hall,
    appraiser,
    branch,
    chair,
    chen,
    committee,
    council,
    li,
    office,
    resident,
    town,
    voter,
    wang,
    workstation,
    zhao,
)
from tests.proposals.steps import POLICY, REPORT, a_hall, a_proposal

LANGUAGES = ("en", "zh-CN")
VOID = {"meta", "link", "br", "hr", "img", "input"}
UNLISTED = POLICY.changed(version="unlisted", bodies=())  # whose bodies have any size
PEOPLE = (wang, li, zhao, chen, office, branch, chair, committee, council, workstation, appraiser)


class Page(HTMLParser):
    """A page as a browser reads it: its words, its elements with their attributes; every element closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.source = text
        self.feed(text)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(hall: Hall, id: str = "x", language: str = "en", **more: Any) -> Page:
    proposal = hall.get(id)
    made = proposal_page(
        proposal, hall.engine.history(id), policy=hall.engine.policy, at=hall.clock(), language=language, **more
    )
    return Page(made)


@pytest.fixture(scope="module")
def whole() -> Hall:
    """Proposal x with everything on it: opinions, two texts, objections, a vote, an appraisal, a result, a reply."""
    hall = a_hall()
    a_proposal(hall, "consulting", proposer_name="Wang Xiaoming", track="residents_motion")
    x: dict[str, Any] = {"id": "x"}
    hall.do(
        RecordOpinion(**x, by=li, text="My mother's chair is 70 cm wide", about="width"),
        RecordOpinion(**x, by=zhao, text="Zhao Lei wants it red", about="colour <b>"),
        c.AmendProposal(**x, by=wang, title="Ramp at gate 3", text="Build a ramp at gate 3, 1.2 m wide"),
        DisposeOpinion(**x, by=office, item="1", disposition="adopted", reason="a chair needs it", text_version=2),
        DisposeOpinion(**x, by=office, item="2", disposition="declined", reason="stone & steel stay grey"),
    )
    hall.on_to("published", "x")
    hall.do(
        RaiseObjection(**x, by=chen, reason="it narrows the path", details="Chen Jing, flat 4"),
        ResolveObjection(**x, by=council, item="1", upheld=False, reason="two metres are left"),
    )
    hall.on_to("result_published", "x")
    hall.do(c.ReplyToProposer(**x, by=office, **REPLY))
    return hall


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [status.value for status in ProposalStatus])
def test_a_proposal_has_a_page_at_every_status_without_anybody_on_it(status, language):
    hall = a_hall()
    a_proposal(hall, status)

    page = page_of(hall, language=language)

    term = next(each.zh for each in ProposalStatus if each.value == status)
    assert (term if language == "zh-CN" else status.replace("_", " ")) in page.text
    assert page.all("html") == [{"lang": language}]
    assert not people_on(page, hall.get("x"))
    assert [each["class"] for each in page.all("li") if each.get("class") == "now"] == ["now"]


def people_on(page: Page, proposal: Proposal) -> set[str]:
    """Every pseudonym of a person that is known to the record and stands on the page, also inside attributes."""
    known = {each.id for each in PEOPLE} | {*proposal.proposers, *proposal.items_of("support")}
    known |= {f"v-{number}" for number in range(60)} | {"Xiaoming", "Zhao", "Chen Jing", "mother"}
    known |= {vote.names[key].subject for vote in proposal.items_of("vote").values() for key in vote.names}
    return {each for each in known if re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", page.source)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_public_stands_on_it_and_nothing_personal(whole, language):
    page = page_of(whole, language=language, units={"workstation": "Station of the lane"})

    for expected in (
        "Build a ramp at gate 3, 1.2 m wide",
        "width",
        "colour <b>",
        "a chair needs it",
        "stone & steel stay grey",
        "it narrows the path",
        "two metres are left",
        "A ramp is built",
        "It stands",
        "Station of the lane",
        "the resolution",
        whole.get("x").vote.roll_digest,
    ):
        assert expected in page.text, expected
    for finding in whole.get("x").vote.tally.why:
        assert (finding.zh if language == "zh-CN" else finding.en) in page.text
    assert not people_on(page, whole.get("x"))
    assert "red" not in page.text.split(), "what an opinion says is not published"


def test_the_chinese_page_speaks_chinese_but_for_what_people_wrote(whole):
    page = page_of(whole, language="zh-CN")

    for expected in (
        "概览",
        "意见与答复",
        "采纳",
        "未采纳",
        "不成立",
        "到会人数",
        "公示至",
        "利益相关方 1 位",
        "结束表决: 通过",
    ):
        assert expected in page.text
    for foreign in ("At a glance", "Residents' motion", "passed", "carried", "consultation"):
        assert foreign not in page.text


def test_nothing_comes_from_elsewhere_and_no_script_runs(whole):
    page = page_of(whole)

    assert not [each for tag in ("script", "img", "link", "iframe", "form", "object") for each in page.all(tag)]
    leads = [value for _, each in page.elements for name, value in each.items() if name in ("href", "src")]
    ids = {each["id"] for _, each in page.elements if "id" in each}
    assert leads
    assert all(lead is not None and lead.startswith("#") and lead[1:] in ids for lead in leads)
    assert not re.search(r"url\(|@import|https?:", page.source)


def test_headings_tables_and_landmarks_are_marked_up_for_those_who_listen(whole):
    page = page_of(whole)

    assert len(page.all("h1")) == 1
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}
    assert all(each.get("scope") in ("col", "row") for each in page.all("th"))
    assert all(each.get("aria-labelledby") for each in page.all("section"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_version_of_the_text_stays_with_what_was_changed(whole):
    page = page_of(whole)

    (summary,) = [words for words in page.words if "what version 2 changed" in words]
    assert summary.startswith("Version 1 of 2026-03-02")
    assert re.search(r"<ins>, 1\.2 m wide</ins>", page.source)


def test_what_people_write_is_text_and_never_markup():
    hall = a_hall()
    a_proposal(hall, title='<script>alert(1)</script> & "x"', text="</div><img src=x onerror=y>", subject="'a'")

    page = page_of(hall)

    assert not page.all("script") + page.all("img")
    assert "<script>alert(1)</script>" in page.text


def test_of_a_vote_that_is_not_over_nothing_is_counted():
    hall = a_hall()
    a_proposal(hall, "voting")
    hall.do(*hall.ballots(3, 1, id="x"))

    page = page_of(hall)

    assert "Nothing is counted before voting is over." in page.text
    assert "Entitled" not in page.text
    assert "ballot cast" not in page.text


def test_a_number_of_a_person_in_an_officials_words_is_withheld():
    hall = a_hall()
    a_proposal(hall, "deliberating")
    hall.do(c.SendBack(id="x", by=council, reason="ask the owner, 13800001234"))

    page = page_of(hall)

    assert "13800001234" not in page.source
    assert "…" in page.text


def test_linked_records_are_named_if_everybody_may_read_them_and_counted_if_not():
    hall = a_hall()
    a_proposal(hall)
    hall.motion(id="y", title="Lamp at gate 3")
    hall.motion(id="z")
    for other in ("y", "z"):
        hall.do(AddLink(id="x", by=office, other=other, kind="repeats"))

    page = page_of(hall, linked={"y": Linked("y", "Lamp at gate 3", "draft")})

    assert "repeats y Lamp at gate 3 draft" in page.text
    assert "Not for everybody to read: 1." in page.text


@pytest.mark.parametrize(
    ("track", "said"), [("secret", "secret ballot, yes or no"), ("hands", "show of hands, yes or no")]
)
def test_how_a_vote_is_taken_is_told(track, said):
    hall = a_hall()
    a_proposal(hall, "announced", track=track)

    assert f"How {said}" in page_of(hall).text


def test_a_choice_between_options_is_told_with_its_points_and_how_the_tie_ended():
    hall, seed = Hall(policy=UNLISTED), "a-seed-that-nobody-guesses"
    a_proposal(hall, "deliberating", track="lot")
    hall.do(
        hall.announcement(id="x", options=("oak", "elm"), lot_commitment=commitment_of(seed)),
        hall.enrolment(2, id="x"),
    )
    hall.on_to("voting", "x")
    for who, choice in ((voter("v-0"), "oak"), (voter("v-1"), "elm")):
        hall.do(c.CastBallot(id="x", by=who, ballot=Ballot(choice=(choice,))))
    assert seed not in page_of(hall).source
    hall.do(c.CloseVote(id="x", by=chair, lot_seed=seed))

    page = page_of(hall)

    assert f"Lot committed to {commitment_of(seed)} Seed of the lot {seed}" in page.text
    assert "Option Points Ballots oak 1 1 elm 1 1" in page.text
    assert "Tie ended by lot: oak, elm" in page.text


def test_a_vote_by_area_is_told_in_square_metres():
    hall = Hall(policy=UNLISTED)
    a_proposal(hall, "deliberating", track="owners")
    voters = tuple(Voter(id=f"v-{n}", household=f"h-{n}", area=12_345) for n in range(3))
    hall.do(hall.announcement(id="x"), c.EnrolVoters(id="x", by=chair, voters=voters))
    hall.on_to("adopted", "x")

    page = page_of(hall)

    assert hall.get("x").vote.quorum.bases == {Base.PERSONS, Base.AREA}
    assert "area (m²) 370.35 370.35 370.35 0.00 0.00" in page.text


def test_what_was_handed_back_rejected_or_annulled_says_why():
    hall = a_hall()
    a_proposal(hall, "annulled")
    hall.do(REPORT)

    assert "annulled" in page_of(hall).text
    rejected = a_hall()
    a_proposal(rejected, "rejected")
    assert "where?" in page_of(rejected).text


def test_a_language_that_is_not_spoken_is_refused(whole):
    with pytest.raises(InputError, match=r"expected en \| zh-CN"):
        page_of(whole, language="fr")


def test_without_jinja2_the_reader_is_told_what_to_install(whole, monkeypatch):
    known = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "jinja2":
            raise ImportError(name)
        return known(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(InputError, match=r"jinja2 is not installed; expected pip install 'govflow\[cli\]'"):
        page_of(whole)


def test_supporters_are_counted_by_the_capacity_they_signed_in():
    hall = a_hall()
    a_proposal(hall)
    hall.do(SecondProposal(id="x", by=resident("s-sun")))

    assert "Supporters 4 as resident (3 asked)" in page_of(hall).text


def test_what_was_carried_out_is_shown_with_its_day_its_measure_and_the_papers_that_show_it():
    hall = a_hall()
    a_proposal(hall, "implementing")
    hall.do(
        AddEvidence(id="x", by=office, item="done", kind="report", sha256="a" * 64),
        AddEvidence(id="x", by=office, item="came", kind="minutes", sha256="b" * 64),
        c.ReportCompletion(id="x", by=workstation, measure="ramp <built>", papers=("done",)),
        c.HoldAppraisal(id="x", by=appraiser, invited=6, came=5, score=92, papers=("came",)),
    )
    hall.do(DiscreditEvidence(id="x", by=Actor.of("ver-1", "verifier"), item="came", reason="another meeting"))
    day = f"{hall.clock().astimezone(hall.engine.policy.zone):%Y-%m-%d}"

    english, chinese = page_of(hall).text, page_of(hall, language="zh-CN").text

    assert f"Completed Measure {day} ramp <built>" in english
    assert f"Completion, {day} report {'a' * 64}" in english
    assert f"Appraisal, {day} minutes {'b' * 64} discredited" in english
    assert f"{day} 实施完成 报告 {'a' * 64}" in chinese
    assert f"{day} 评议 会议记录 {'b' * 64} 不予采信" in chinese


def test_the_papers_of_a_stage_stand_on_it_by_their_hashes(whole):
    minutes = "0" * 64

    assert re.search(rf"Papers on file Stage Paper SHA-256 [\w' ]+ minutes {minutes}", page_of(whole).text)


@pytest.mark.parametrize(("early", "counted"), [(True, False), (False, False), (False, True)])
def test_a_vote_was_open_until_it_was_closed_or_its_announced_end_came(early, counted):
    hall = a_hall()
    a_proposal(hall, "voting")
    vote = hall.get("x").vote
    hall.do(*hall.ballots(len(vote.roll), id="x"))
    if early:
        hall.clock.advance(hours=3)
    else:
        hall.clock.set(vote.closes_at)
        hall.clock.advance(hours=5 if counted else 0)
    end = min(hall.clock(), vote.closes_at)
    hall.do(c.CloseVote(id="x", by=chair))
    if early:  # what is declared void afterwards had ended all the same
        hall.clock.advance(hours=1)
        hall.do(c.VoidVote(id="x", by=town, reason="strangers voted", reason_code="wrong_roll"))

    told = page_of(hall).text

    assert f" to {end.astimezone(hall.engine.policy.zone):%Y-%m-%d %H:%M}" in told
