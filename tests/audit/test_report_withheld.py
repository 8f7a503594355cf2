"""A report names no record that its reader may not see: not in a tie, a loop, a reason, or an objection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from govflow import Engine, NotFound
from govflow.audit.reporting.reports import Ask, report_on_matter, report_on_period, report_on_unit
from govflow.reading import Reader
from tests.cli.test_withheld import hidden_from, named, readers
from tests.golden.town import lived

_READERS = 2  # whose reports on a year are looked through: the figures are made anew for each
_LOG = Path("town.db")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with lived(tmp_path_factory.mktemp("withheld") / _LOG) as engine:
        yield engine


@pytest.fixture(scope="module")
def tied(engine) -> dict[str, tuple[str, Reader, set[str]]]:
    """Each record that names hidden ones, with the reader from whom it hides the most, and all hidden from them."""
    whole = {each.id: str((each, engine.history(each.id))) for each in engine.records()}
    most: dict[str, int] = {}
    told = {}
    for who, seen in readers(engine).items():
        hidden = hidden_from(engine, seen)
        for id in filter(seen.has, whole):
            if (many := len(named(whole[id], hidden))) > most.get(id, 0):
                most[id], told[id] = many, (who, seen, hidden)
    return told


def test_nobody_is_told_of_a_hidden_record_by_the_report_on_one_that_names_it(engine, tied):
    assert len({engine.get(id).kind_of_record for id in tied}) > 4
    for id, (who, seen, hidden) in tied.items():
        page = report_on_matter(engine, seen, id, _LOG, "en").page
        assert not (told := named(page, hidden)), f"{who} is told of {told} by the report on {id}"


def test_nobody_is_told_of_a_hidden_record_by_the_report_on_a_year_or_on_a_units_work(engine, tied):
    days = date(engine.now().year - 1, 1, 1), date(engine.now().year, 12, 31)
    asking = {who: (seen, hidden) for who, seen, hidden in tied.values()}
    for who, (seen, hidden) in [*asking.items()][:_READERS]:
        ask = Ask(engine, seen, days, _LOG, "zh-CN")
        pages = [report_on_period(ask).page]
        for unit in sorted({each.meta.unit for each in seen.events() if each.meta.unit})[:2]:
            try:
                pages.append(report_on_unit(ask, unit).page)
            except NotFound:
                continue
        assert len(pages) > 1
        assert [told for page in pages if (told := named(page, hidden))] == [], who
