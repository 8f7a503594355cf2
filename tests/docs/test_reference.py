"""The reference says what the code says: pages are up to date, and nothing public goes without words."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import typer

import govflow
from govflow import errors
from govflow.cli import texts
from govflow.cli.app import app
from govflow.clocks import CLOCKS
from tests.together import each_case
from tools import reference
from tools.reference.glossary import ideas
from tools.reference.program import commands_of, example_of
from tools.reference.python import methods_of, own_docstring
from tools.reference.served import SERVED, flows

DOCS = reference.ROOT / "docs"
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (reference.ROOT / "src").rglob("*.py"))
COMMANDS = {command for decider in SERVED for command in decider.commands}
EVENTS = {event for decider in SERVED for event in decider.events}
PROGRAM = [*commands_of(typer.main.get_command(app))]


@pytest.mark.parametrize("path", reference.PAGES)
def test_a_generated_page_is_up_to_date(path: str):
    page = reference.ROOT / path
    assert page.read_text(encoding="utf-8") == reference.PAGES[path](), "run: make docs"


def test_a_page_that_is_out_of_date_is_named_and_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "PAGES", {"docs/a.md": lambda: "a\n", "docs/b.md": lambda: "b\n"})
    assert reference.write() == ["docs/a.md", "docs/b.md"]
    (tmp_path / "docs/b.md").write_text("edited by hand\n")
    assert reference.outdated() == ["docs/b.md"]
    assert reference.write() == ["docs/b.md"]
    assert reference.outdated() == []


def test_every_page_of_the_reference_is_generated_and_the_index_names_each():
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert {page for page in pages if page.startswith("reference/")} <= {path[5:] for path in reference.PAGES}
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert sorted(page for page in pages if f"({page})" not in index) == ["README.md"]


@pytest.mark.parametrize("document", sorted(DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(DOCS)))
def test_links_between_the_documents_lead_somewhere(document: Path):
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)\s]+)\)", text)):
        if target.startswith("http"):
            continue
        page = (document.parent / target).resolve() if target else document
        assert page.exists(), target
        if anchor:
            assert anchor in anchors(page), f"{target}#{anchor}"


# --- words for everything public ------------------------------------------------------------------------------------


def test_every_public_name_is_described_in_a_sentence():
    with each_case() as case:
        for name in govflow.__all__:
            with case(name):
                first = own_docstring(name).partition("\n\n")[0]
                assert re.fullmatch(r"[A-Z`].*\.", first, re.DOTALL), repr(first)
                assert len(first.split()) >= 3


@pytest.mark.parametrize("owner", [govflow.Engine, govflow.Reader])
def test_every_public_method_of_the_engine_and_the_reader_is_described(owner: type):
    page = (DOCS / "reference/python.md").read_text(encoding="utf-8")
    for method in methods_of(owner):
        assert (inspect.getdoc(inspect.getattr_static(owner, method)) or "").rstrip().endswith("."), method
        assert f"\n### {owner.__name__}.{method}\n" in page


def test_every_command_and_event_of_the_shipped_records_is_described():
    silent = [each.__name__ for each in (*COMMANDS, *EVENTS) if not (vars(each).get("__doc__") or "").strip()]
    assert not silent


def test_every_table_command_and_event_of_the_shipped_records_stands_on_a_page():
    tables = "".join(
        (DOCS / f"reference/{name}.md").read_text("utf-8")
        for name in (*(decider.name for decider in SERVED), "regions")
    )
    assert not [flow.name for flow in flows() if f"# Steps of `{flow.name}`\n" not in tables]
    commands = (DOCS / "reference/commands.md").read_text(encoding="utf-8")
    assert not [command.wire for command in COMMANDS if f"\n### {command.wire}\n" not in commands]
    events = (DOCS / "reference/events.md").read_text(encoding="utf-8")
    assert not [event.name for event in EVENTS if f"\n### {event.name}@{event.version}\n" not in events]


def test_every_command_has_a_chinese_label():
    assert not [command.wire for command in COMMANDS if not chinese(command.label)]


def test_every_error_is_a_public_name_and_on_its_page():
    page = (DOCS / "reference/errors.md").read_text(encoding="utf-8")
    for name, error in vars(errors).items():
        if isinstance(error, type) and issubclass(error, errors.GovFlowError):
            assert name in govflow.__all__
            assert f"| `{name}` |" in page


# --- the command line -----------------------------------------------------------------------------------------------


def test_every_command_of_the_program_has_help_in_both_languages_and_an_example():
    with each_case() as case:
        for names, command in PROGRAM:
            with case(" ".join(names)):
                english, chinese_text = texts.TEXTS[command.help]
                assert english.rstrip().endswith(".")
                assert chinese(chinese_text)
                for parameter in command.params:
                    key = getattr(parameter, "help", None)
                    if key and parameter.name != "help":
                        assert all(texts.TEXTS[key]), parameter.name
                assert example_of(tuple(names))


def test_the_page_of_the_program_shows_every_command():
    page = (DOCS / "reference/cli.md").read_text(encoding="utf-8")
    assert not [names for names, _ in PROGRAM if f"\n## {' '.join(names)}\n" not in page]


# --- the glossary ---------------------------------------------------------------------------------------------------


def test_every_chinese_term_of_the_code_stands_in_the_glossary():
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    terms = {flow.zh for flow in flows()} | {status.zh for flow in flows() for status in flow.statuses}
    terms |= {command.label for command in COMMANDS} | {zh for _, zh in CLOCKS.values()}
    terms |= {texts.TEXTS[f"role.{role.value}"][1] for role in govflow.Role}
    assert not {term for term in terms if term not in page}


def test_an_idea_of_the_glossary_is_in_use():
    with each_case() as case:
        for term in ideas():
            with case(term["id"]):
                assert set(term) == {"zh", "id", "en"}
                assert all(term.values())
                assert chinese(term["zh"])
                assert re.search(rf"\b{re.escape(term['id'])}\b", SOURCE), "the code knows no such identifier"


# --- helpers --------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def chinese(text: str) -> bool:
    return re.search(r"[一-鿿]", text) is not None
