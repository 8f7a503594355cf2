"""Whose a text is that names nobody: of whoever it is about by the matter itself, so that it is erased with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from govflow import Engine, NotAllowed
from govflow.actors import ClaimsAuthority
from govflow.cases.commands import ReportCase, RequestSupplement, SupplementCase
from govflow.engine import shipped
from govflow.messages import Personal
from govflow.regions.contact import LogContact
from govflow.subjects import Dealt
from tests.cli.conftest import run
from tests.privacy.conftest import LOG
from tests.subjects.office import ORDER
from tests.support import MATTER, a_case, a_town, archivist, desk

# whose own each personal field is, where its command names no pseudonym for it
OWNERS = {
    ("quarrel", "case.reported", "reporter_name"): "s-1",
    ("quarrel", "case.reported", "reporter_phone"): "s-1",
    ("quarrel", "case.reported", "reporter_address"): "s-1",
    ("C-2026-000003", "case.reported", "description"): "s-wang",
    ("C-2026-000003", "case.supplement_provided", "supplement"): "s-wang",
    ("C-2026-000003", "case.feedback_given", "answer"): "s-wang",
    ("C-2026-000003", "evaluation.recorded", "remark"): "s-wang",
    ("n", "proposal.drafted", "proposer_name"): "s-wang",
    ("n", "support.given", "supporter_name"): "s-li",
    ("n", "opinion.recorded", "text"): "s-chen",
    ("n", "objection.raised", "details"): "s-zhao",
    ("p", "proposal.voter_named", "voter_name"): "v-00",
    ("fence", "feedback.raised", "text"): "s-1",
    ("fence", "feedback.reopened", "details"): "s-1",
    ("x", "matter.received", "text"): "s-1",
    ("x", "matter.reopened", "objection"): "s-1",
    ("round", "entry.proposed", "proposer_name"): "s-a",
    ("round", "entry.proposed", "contact"): "s-a",
    ("round", "fund.pledged", "giver_name"): "bakery",
    ("directory", "appointment.appointed", "person_name"): "ann",
}

# of whom a text speaks that is nobody's own, where its command names nobody
ABOUT = {
    ("C-2026-000003", "case.reported", "place"): ("s-wang",),
    ("is-dismissed", "case.discovered", "place"): ("s-1",),
    ("C-2026-000003", "contact.logged", "gist"): ("s-wang",),
    ("C-2026-000003", "case.handling_completed", "result"): ("s-wang",),
    ("C-2026-000003", "mediation.agreed", "text"): ("s-other", "s-wang"),
    ("C-2026-000003", "meeting.recorded", "opinions_text"): ("s-wang",),
    ("fence", "meeting.recorded", "opinions_text"): ("s-1", "s-2"),
    ("v", "visit.logged", "gist"): ("s-8",),
    ("x", "matter.answered", "answer"): ("s-1",),
}

NOBODYS = {
    ("case.imported", "place"),  # the import gives all texts of a request one pseudonym
    ("case.closing_imported", "closing"),
    ("resource.offered", "contact"),  # of somebody at a unit, whom nobody names
    ("resource.changed", "contact"),
    ("proposal.ballot_cast", "sealed"),  # under the key of its box
    ("subject.corrected", "value"),  # a correction names whose it is
}
"""Fields of which the record cannot say whose they are."""


@pytest.fixture(scope="module")
def engine(town_files: Path) -> Any:
    with Engine.open(town_files / LOG, records=shipped(), authority=ClaimsAuthority(), read_only=True) as engine:
        yield engine


@pytest.mark.parametrize(("record", "event", "field"), OWNERS)
def test_what_is_given_of_somebody_goes_with_them_when_they_are_erased(
    record: str, event: str, field: str, engine: Any
):
    happened = next(each for each in engine.history(record) if each.name == event)
    assert getattr(happened.body, field).subject == OWNERS[record, event, field]
    assert record in engine.records_of(OWNERS[record, event, field])


@pytest.mark.parametrize(("record", "event", "field"), ABOUT)
def test_a_text_of_officials_speaks_of_those_whose_matter_it_is(record: str, event: str, field: str, engine: Any):
    people = ABOUT[record, event, field]
    texts = [getattr(each.body, field) for each in engine.history(record) if each.name == event]
    (value, *_) = [each for each in texts if each.about] or texts
    assert value.about == people
    assert value.subject not in people


def test_of_every_personal_field_it_is_known_whose_it_is():
    told = {(event, field) for _, event, field in (*OWNERS, *ABOUT)}
    marked = {(event.name, field) for kind in shipped() for event in kind.events for field in event.belongs}
    fields = {(event.name, field) for kind in shipped() for event in kind.events for field in event.personal}
    assert fields - told - marked - NOBODYS == set()
    assert marked & {(event, field) for _, event, field in ABOUT} == set()


def test_whom_a_field_belongs_to_is_a_field_of_its_event_its_item_or_its_record():
    for kind in shipped():
        states = [kind.initial, *(region.blank for region in kind.regions.values())]
        known = {name for each in states for name in (*type(each).model_fields, *dir(type(each)))}
        for event in kind.events:
            for field, mark in event.belongs.items():
                for name in set(mark.names) - {"on_behalf_of"}:
                    assert name in known | event.model_fields.keys(), (event.name, field, name)


def _contact(gist: Any) -> Any:
    """The gist of a talk about a case of s-1, as it stands in the log."""
    town = a_town()
    case = a_case(town).id
    town.do(LogContact(id=case, by=desk, reached=True, way="phone", gist=gist))
    return town.engine.history(case)[-1].body.__dict__["gist"]


def test_whom_a_command_names_stays_as_it_is_named():
    assert _contact("her mother is ill").about == ("s-1",)
    assert _contact(Personal(text="her mother is ill")).about == ("s-1",)
    assert _contact(Personal(text="nobody was at home", about=())).about == ()
    assert _contact(Personal(text="old Chen shouts", about=("s-chen",))).about == ("s-chen",)
    hers = _contact(Personal(text="her mother is ill", subject="s-1"))
    assert (hers.subject, hers.about) == ("s-1", ())


def test_a_value_without_a_pseudonym_is_whose_a_plain_text_is():
    for name in ("Wang Fang", Personal(text="Wang Fang"), {"text": "Wang Fang"}):
        command: Any = ReportCase(by=desk, **{**MATTER, "reporter": None}, reporter_name=name, id="c")
        town = a_town()
        town.do(command)
        assert town.engine.history("c")[0].body.__dict__["reporter_name"].subject == command.reporter


def test_a_command_that_was_written_as_json_and_read_back_names_nobody_else():
    for gist in ("ill", Personal(text="ill", about=()), Personal(text="ill", subject="s-2")):
        command = LogContact(id="c", by=desk, reached=True, way="phone", gist=gist)
        again = LogContact.model_validate_json(command.model_dump_json())
        assert again.gist is not None
        assert command.gist is not None
        assert again.gist.model_fields_set == command.gist.model_fields_set
        town = a_town()
        town.do(ReportCase(by=desk, **MATTER, id="c"), again)
        about = town.engine.history("c")[-1].body.__dict__["gist"].about
        assert about == (("s-1",) if gist == "ill" else ())


def test_whom_a_changed_copy_names_is_named():
    assert _contact(Personal(text="x").changed(subject="s-2")).about == ()
    assert _contact(Personal(text="x").changed(about=("s-3",))).about == ("s-3",)


def _with_texts(place: str = "behind her door") -> tuple[Any, str]:
    town = a_town()
    town.do(ReportCase(by=desk, **MATTER, reporter_name="Wang Fang", place=place, id="c"))
    at = town.do(LogContact(id="c", by=desk, reached=True, way="phone", gist="her mother is ill")).version
    return town, f"c#{at}.gist"


def test_erasing_a_reporter_asks_for_every_text_of_their_matter_and_drops_what_is_left_if_told_to():
    town, gist = _with_texts()
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-1", archivist, **ORDER)
    (broken,) = refused.value.broken
    assert broken.code == "texts_about_are_dealt_with"
    assert [each.partition(" ")[0] for each in broken.detail] == ["c#1.place", gist]
    town.engine.erase("s-1", archivist, **ORDER, texts={"c#1.place": "house 3"}, otherwise=Dealt.DROPPED)
    assert town.engine.open_personal("c", "place", desk, why="to mend it") == "house 3"
    assert town.engine.open_personal("c", "gist", desk, why="to mend it") is None
    assert town.engine.open_personal("c", "reporter_name", desk, why="to mend it") is None
    assert town.engine.texts_about("s-1") == ()


def test_a_person_is_told_of_every_text_of_their_matter():
    town, gist = _with_texts()
    others = town.engine.disclose("s-1", archivist, basis="个人信息保护法 §45").texts_of_others
    assert [f"{each.record}#{each.version}.{each.field}" for each in others] == ["c#1.place", gist]


def test_the_matter_of_somebody_erased_goes_on_and_what_is_written_of_them_since_is_dropped_as_well():
    town, _ = _with_texts()
    town.engine.erase("s-1", archivist, **ORDER, otherwise=Dealt.DROPPED)
    at = town.do(LogContact(id="c", by=desk, reached=False, way="visit", gist="her neighbour opened")).version
    assert [each.version for each in town.engine.texts_about("s-1")] == [at]
    town.engine.erase("s-1", archivist, **ORDER, otherwise=Dealt.DROPPED)
    assert town.engine.texts_about("s-1") == ()


def test_the_command_line_says_what_may_become_of_each_text_and_drops_all_that_are_left(tmp_path: Path):
    db = tmp_path / "town.db"
    with Engine.open(db) as engine:
        engine.handle(ReportCase(by=desk, **MATTER, place="behind her door", id="c"))
        engine.handle(LogContact(id="c", by=desk, reached=True, way="phone", gist="her mother is ill"))
    order = [f"--{name}={value}" for name, value in ORDER.items()]
    erase: tuple[str | Path, ...] = (
        "privacy",
        "erase",
        "s-1",
        *order,
        "--db",
        db,
        "--as",
        "archive-1",
        "--role",
        "archivist",
    )
    refused = run(*erase)
    assert refused.status == 1
    for said in ("c#1.place of t-", "c#2.gist of t-", "--replace 'PLACE=TEXT' or --drop PLACE; --drop all drops"):
        assert said in " ".join(refused.err.split()), refused.err
    done = run(*erase, "--replace", "c#1.place=house 3", "--drop", "all")
    assert done.status == 0, done.err
    with Engine.open(db) as engine:
        assert engine.open_personal("c", "place", desk, why="to mend it") == "house 3"
        assert engine.open_personal("c", "gist", desk, why="to mend it") is None


def test_what_the_desk_writes_down_for_a_reporter_is_the_reporters_unless_a_pseudonym_is_given():
    for text, subject in (("flat 4", "s-1"), (Personal(text="flat 4", subject="s-9"), "s-9")):
        town = a_town()
        case = a_case(town).id
        town.do(RequestSupplement(id=case, by=desk, shortcomings=("which door?",)))
        town.do(SupplementCase(id=case, by=desk, supplement=text))
        assert town.engine.history(case)[-1].body.__dict__["supplement"].subject == subject
        assert town.engine.open_personal(case, "supplement", desk, why="to find it") == "flat 4"


def test_every_record_that_is_kept_for_a_term_can_be_destroyed_at_its_end():
    """Steps that ask for leave need the region in which it is given: else nobody in the record could be erased."""
    for kind in shipped():
        steps = [step for region in kind.regions.values() for step in region.workflow.steps if step.approval]
        assert not steps or "approval" in kind.regions, kind.name
