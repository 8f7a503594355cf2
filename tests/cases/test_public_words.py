"""Titles are public, and every matter has one: what a title must not carry, and that it says something."""

from __future__ import annotations

from typing import Any

import pytest

from govflow import SYSTEM, Actor, Command, NotAllowed, Role
from govflow.cases import commands as c
from tests.support import AREA, MATTER, Town, a_case, a_town, desk, desk_head, dispatcher, grid_worker, resident

X: dict[str, Any] = {"id": "x"}
PERSONAL = (
    "Leak, call 13800138000",
    "Leak, call 138 0013 8000",
    "Leak, call 138-0013-8000",
    "漏水，电话１３８００１３８０００",
    "Leak at 11010519491231002X",
    "Leak at 110105 19491231 002X",
    "Leak (li.na@example.org)",
)
desk_clerk = Actor.of("dispatch-1", Role.DISPATCHER, unit="desk")


def refused(town: Town, command: Command) -> tuple[str, ...]:
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as caught:
        town.engine.handle(command)
    assert town.engine.store.head() == head
    return caught.value.codes


def correcting(new: str, field: str = "title") -> c.CorrectCase:
    return c.CorrectCase(**X, by=desk_clerk, corrects=1, field=field, new=new, reason="typo")


@pytest.mark.parametrize("title", PERSONAL)
def test_a_title_carries_no_number_and_no_address_of_a_person(title: str):
    town = a_town()
    matter = {**MATTER, "title": title}
    assert refused(town, c.DiscoverCase(**X, by=grid_worker, **matter)) == ("personal_data_is_withheld",)
    assert refused(town, c.ReportCase(**X, by=resident, **matter)) == ("personal_data_is_withheld",)


@pytest.mark.parametrize("title", PERSONAL)
def test_a_correction_brings_no_personal_data_into_a_title(title: str):
    town = a_town()
    a_case(town, "accepted", id="x")
    with pytest.raises(NotAllowed) as caught:
        town.approved(correcting(title), desk_head)
    assert caught.value.codes == ("personal_data_is_withheld",)
    town.approved(correcting("13800138000", "signal"), desk_head)  # only titles are public
    town.approved(correcting("Burst pipe"), desk_head)


def test_the_parts_of_a_split_case_have_public_titles_too():
    town = a_town()
    a_case(town, "accepted", id="x")
    split = c.SplitCase(**X, by=dispatcher, parts=({"title": "pipe"}, {"title": PERSONAL[0]}), covers="all")
    assert refused(town, split) == ("personal_data_is_withheld",)


@pytest.mark.parametrize("blank", ["", " \t"])
def test_a_report_has_a_title_and_no_correction_takes_it_away(blank: str):
    town = a_town()
    assert refused(town, c.ReportCase(**X, by=resident, **{**MATTER, "title": blank})) == ("matter_has_a_title",)
    a_case(town, "accepted", id="x")
    with pytest.raises(NotAllowed) as caught:
        town.approved(correcting(blank), desk_head)
    assert caught.value.codes == ("new_value_fits_its_field",)


def test_a_report_of_a_discovery_keeps_the_title_it_was_discovered_under():
    town = a_town()
    a_case(town, "discovered", id="x")
    said = {name: value for name, value in MATTER.items() if name != "title"}
    assert town.do(c.ReportCase(**X, by=resident, **said)).title == MATTER["title"]


def test_a_case_imported_without_a_title_is_corrected_before_it_is_assigned():
    town = a_town()
    source: dict[str, Any] = {"source": "s", "source_file": "f", "source_id": "1", "source_row": 1}
    town.do(c.ImportCase(**X, by=SYSTEM, title=" ", area=AREA, **source), c.AcceptCase(**X, by=desk))
    assign = c.AssignCase(**X, by=dispatcher, lead_unit="water", unit_level="town")
    with pytest.raises(NotAllowed) as caught:
        town.do(assign)
    assert [broken.detail for broken in caught.value.broken] == [("item is missing",)]
    town.approved(correcting("Burst pipe"), desk_head)
    assert town.do(assign).status == "assigned"
