"""The page that leads to all projects, and `govflow project page`: one page, or all with safe names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from govflow import InputError
from govflow.pages import page_names, projects_page
from tests.cli.conftest import run
from tests.cli.town import Town
from tests.pages.reader import exposed
from tests.pages.test_proposal_page import Page
from tests.projects.steps import a_project, a_yard


def test_names_of_pages_are_safe_and_differ_on_every_file_system():
    ids = ("JP-1", "jp-1", "a:b", "a_b", "..", "con", "x" * 64, ".hidden", "a.b")

    names = page_names(ids)

    assert set(names) == set(ids)
    assert len({each.casefold() for each in names.values()}) == len(ids)
    assert all(re.fullmatch(r"project-[A-Za-z0-9._-]+\.html", each) for each in names.values())
    assert not any(".." in each for each in names.values())
    assert names["JP-1"] == "project-JP-1.html"
    assert page_names(reversed(ids)) == names, "the order in which they come does not matter"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_index_leads_to_every_page_and_marks_what_is_overdue(language):
    yard = exposed()
    yard.project("open_for_claim", "need", title="A lamp <b>")
    held = [yard.get(id) for id in ("x", "need")]
    names = page_names(each.id for each in held)

    page = Page(projects_page(held, policy=yard.engine.policy, at=yard.clock(), language=language, pages=names))

    leads = {each["href"] for each in page.all("a")} - {"#content", "#needs", "#projects"}
    assert leads == set(names.values())
    assert "A lamp <b>" in page.text
    said = "exposed as overdue, overdue (delivery" if language == "en" else "曝光，超期（交付"
    assert said in page.text


def test_an_index_of_nothing_says_so_and_of_an_unspoken_language_is_refused():
    yard = a_yard()
    a_project(yard)
    policy, at = yard.engine.policy, yard.clock()

    assert "There is none yet." in Page(projects_page([], policy=policy, at=at)).text
    assert "A pitched roof" in Page(projects_page([yard.get()], policy=policy, at=at)).text
    with pytest.raises(InputError, match="expected en"):
        projects_page([], policy=policy, at=at, language="fr")


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A log with one paired project, made by the command line alone. For reading only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.setenv("LC_ALL", "C.UTF-8")
        return Town(run, tmp_path_factory.mktemp("town")).up_to("paired")


def test_a_page_is_printed_or_written_in_the_language_asked_for(town, tmp_path):
    printed = town.did("project", "page", town.id)
    assert printed.startswith("<!doctype html>")
    assert "Turn flat roofs into pitched ones" in printed

    ran = town.tried("project", "page", town.id, "-o", tmp_path / "roof.html", "--lang", "zh-CN")

    assert (ran.status, ran.err) == (0, "")
    assert "roof.html" in ran.out.replace("\n", "")
    assert '<html lang="zh-CN">' in (tmp_path / "roof.html").read_text("utf-8")


def test_all_pages_are_written_into_a_folder_with_an_index(town, tmp_path):
    said = town.did("project", "page", "--all", "-o", tmp_path / "public" / "pages")

    folder = tmp_path / "public" / "pages"
    index = Page((folder / "index.html").read_text("utf-8"))
    (lead,) = [str(each["href"]) for each in index.all("a") if not str(each["href"]).startswith("#")]
    assert "Turn flat roofs into pitched ones" in Page((folder / lead).read_text("utf-8")).text
    assert "1 projects" in said


@pytest.mark.parametrize(
    "asked",
    [("page",), ("page", "JP-9"), ("page", "JP-9", "--all"), ("page", "--all"), ("page", "--all", "-o", "FILE")],
)
def test_what_cannot_be_written_is_said_in_one_line_and_nothing_is_written(town, asked, tmp_path: Path):
    file = tmp_path / "there"
    file.write_text("mine", "utf-8")

    ran = town.tried("project", *(file if each == "FILE" else each for each in asked))

    assert ran.status == 2
    assert ran.err.startswith("govflow: ")
    assert len(ran.err.splitlines()) == 1
    assert ran.out == ""
    assert file.read_text("utf-8") == "mine"


def test_a_record_of_another_kind_has_no_page_of_a_project(town, tmp_path):
    offer = town.offer("Roofers")

    ran = town.tried("project", "page", offer, "-o", tmp_path / "x.html")

    assert ran.status == 2
    assert not (tmp_path / "x.html").exists()
