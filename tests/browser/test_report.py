"""Reports in a real browser: nothing is fetched, nothing complains, everybody can read them, and they print.

It drives the Chromium of the system by the extra `browser`: `make browser`. With SCREENSHOTS it leaves pictures there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from govflow.audit.findings import Check, Code, Finding
from govflow.audit.reporting.matter import matter_of, objections
from govflow.audit.reporting.period import period_named, period_of
from govflow.audit.reporting.unit import unit_work
from govflow.pages.report import matter_report
from govflow.pages.report_period import period_report
from govflow.pages.report_unit import unit_report
from govflow.pages.report_values import Evidence, Proofs
from tests.audit.reported import audited
from tests.test_journey import P, hall

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
LANGUAGES = ("en", "zh-CN")
KINDS = ("case", "matter", "period", "unit")
A4 = 718  # pixels of 1/96 inch between margins of 10 mm
WIDTHS = {"wide": 1280, "narrow": 390}
__all__ = ["hall"]  # a fixture


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser: make browser")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses its sandbox to root
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=as_root)
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def written(hall: Any, tmp_path: Path) -> dict[tuple[str, str], Path]:
    """Reports on a case, on a matter of three records, on a period and on a unit's work, in both languages."""
    engine = audited().engine
    pages: dict[tuple[str, str], str] = {}
    proofs = Proofs(
        "govflow/x\n9\nabc=\n\n— govflow/x sig\n", 9, engine.now(), "govflow/x+1+k", 1, 9, 0, ("govflow verify",)
    )
    found = objections([Finding(Code.EDIT, Check.HASHES, "the bytes differ", "字节不同", position=7)])
    evidence = Evidence(findings=found, proofs=proofs)
    days = period_named("2026-03")
    assert days is not None
    for language in LANGUAGES:
        case = matter_of(engine, "leak", engine.now(), language)
        matter = matter_of(hall.engine, P, hall.engine.now(), language)
        pages |= {
            ("case", language): matter_report(case, evidence, language=language),
            ("matter", language): matter_report(matter, language=language),
            ("period", language): period_report(period_of(engine, *days, engine.now()), language=language),
            ("unit", language): unit_report(
                unit_work(engine, "water", *days, engine.now()), evidence, language=language
            ),
        }
    files = {}
    for (kind, language), page in pages.items():
        files[kind, language] = tmp_path / f"{kind}-{language}.html"
        files[kind, language].write_text(page, encoding="utf-8")
    return files


def shown(browser: Any, file: Path, width: int, scheme: str = "light") -> tuple[Any, list[str]]:
    """The page as it stands in a window, and all it asked for or complained of."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(file.as_uri())
    heard.remove(file.as_uri())
    return page, heard


def test_nothing_is_fetched_nothing_complains_and_no_page_is_wider_than_its_window(browser, written, pictures):
    for (kind, language), file in written.items():
        for name, width in WIDTHS.items():
            page, heard = shown(browser, file, width)
            page.screenshot(path=pictures / f"{kind}-{language}-{name}.png", full_page=True)
            assert heard == [], (file.name, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (file.name, name)
            page.close()


def test_axe_finds_nothing_to_object_to(browser, written):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra browser: make browser")
    for scheme, width in (("light", "wide"), ("light", "narrow"), ("dark", "wide")):
        for file in written.values():
            page, _ = shown(browser, file, WIDTHS[width], scheme)
            found = axe.Axe().run(page)
            assert found.violations_count == 0, f"{file.name} {scheme} {width}: {found.generate_report()}"
            page.close()


def test_axe_would_object_to_a_page_that_is_badly_made(browser, written):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra browser: make browser")
    page, _ = shown(browser, written["case", "en"], WIDTHS["wide"])
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.add_style_tag(content=".soft { color: #ccc !important }")
    found = {each["id"] for each in axe.Axe().run(page).response["violations"]}
    page.close()

    assert {"html-has-lang", "color-contrast"} <= found


def test_the_keyboard_comes_first_to_the_link_that_skips_to_the_content(browser, written):
    for file in written.values():
        page, _ = shown(browser, file, WIDTHS["wide"])
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        focused = page.locator(".skip")
        assert focused.bounding_box()["x"] >= 0
        assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        assert page.url.endswith("#content")
        page.close()


def test_it_prints_on_white_paper_without_what_only_a_screen_needs(browser, written, pictures):
    for (kind, language), file in written.items():
        page, _ = shown(browser, file, WIDTHS["wide"], "dark")
        printed = page.pdf(path=pictures / f"{kind}-{language}.pdf", format="A4")
        assert printed.startswith(b"%PDF-")
        page.emulate_media(media="print", color_scheme="light")
        assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.set_viewport_size({"width": A4, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= A4, (
            "a table is cut off by the edge of the paper"
        )
        assert len(printed) < 2_000_000
        page.close()
