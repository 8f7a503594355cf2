"""The unit reported learns neither that there is a report nor whose: by no question, list, export, number or gap."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from govflow import SYSTEM, Actor, Claim, Engine, NotAllowed, NotFound, Role
from govflow.cases import commands as c
from govflow.engine import shipped
from govflow.errors import GovFlowError
from govflow.journey import journey
from govflow.messages import Command
from govflow.regions.meeting import AnnounceMeeting
from govflow.testing import PinnedClock
from govflow.tracking import TrackingDesk
from tests.cli.conftest import run
from tests.support import AREA, MATTER, TOLD, Town, a_case, desk, dispatcher, resident, supervisor

REPORT: dict[str, Any] = {"title": "Bribes at the counter", "channel": "web", "level": "community", "area": AREA}
ROLES = [Role.DISPATCHER, Role.ACCEPTANCE_DESK, Role.SUPERVISOR, Role.REVIEW_BODY, Role.ARCHIVIST, Role.LEAD_UNIT]
OF_ROADS = [Actor.of("mole", role, unit="roads") for role in ROLES] + [
    Actor(id="mole", claims=(Claim(role=Role.DISPATCHER), Claim(role=Role.UNIT_HEAD, unit="roads")))
]


class Told(NamedTuple):
    """A town with a report on the roads unit between two matters that everybody may see."""

    town: Town
    path: Path
    hidden: str
    code: str
    pseudonym: str


@pytest.fixture
def told(tmp_path: Path) -> Told:
    path, clock = tmp_path / "town.db", PinnedClock()
    town = Town(Engine.open(path, now=clock), clock)
    town.do(c.ReportCase(by=resident, **MATTER))
    report = c.ReportCase(
        by=desk, **REPORT, kind="whistle_blowing", accused_unit="roads", reporter_name="Zhao Liu", description="Cash."
    )
    case, code = TrackingDesk(town.engine).report(report)
    town.do(
        c.AcceptCase(id=case.id, by=desk),
        c.AssignCase(id=case.id, by=dispatcher, lead_unit="discipline", unit_level="town"),
        c.ReportCase(by=resident, **MATTER),
    )
    town.engine.open_personal(case.id, "reporter_name", desk, why="to ask back")
    return Told(town, path, case.id, code, str(case.reporter))


def of_cases(ids: Any) -> list[str]:
    return sorted(each for each in ids if each != "log")


@pytest.mark.parametrize("mole", OF_ROADS, ids=lambda actor: "+".join(claim.role for claim in actor.claims))
def test_no_question_of_the_unit_reported_finds_it(told: Told, mole: Actor):
    engine = told.town.engine
    reader = engine.seen_by(mole)
    for ask in (
        lambda: reader.get(told.hidden),
        lambda: reader.history(told.hidden),
        lambda: reader.as_of(told.hidden, version=1),
        lambda: reader.known_at(told.hidden, told.town.clock()),
        lambda: reader.open_loops(told.hidden),
        lambda: reader.why_due(told.hidden),
        lambda: journey(reader, told.hidden),
        lambda: engine.allowed(told.hidden, mole),
        lambda: engine.open_personal(told.hidden, "reporter_name", mole, why="to find out"),
        lambda: engine.handle(c.AcceptCase(id=told.hidden, by=mole)),
        lambda: engine.handle(AnnounceMeeting(id=told.hidden, by=mole, item="m")),
        lambda: engine.why_not(c.AcceptCase(id=told.hidden, by=mole)),
    ):
        with pytest.raises(NotFound) as nothing:
            ask()
        assert str(nothing.value) == f"there is no record {told.hidden}"


@pytest.mark.parametrize("mole", OF_ROADS, ids=lambda actor: "+".join(claim.role for claim in actor.claims))
def test_no_list_count_or_event_of_the_unit_reported_has_a_trace_of_it(told: Told, mole: Actor):
    reader = told.town.engine.seen_by(mole)
    read = [*map(repr, reader.records()), *map(repr, reader.events()), *map(repr, reader.log_history())]
    for trace in (told.hidden, told.pseudonym, "Bribes", "Zhao", "whistle", told.code, told.code.replace("-", "")):
        assert not [text for text in read if trace in text and "workflow.adopted" not in text], trace
    mine = [record for record in reader.records() if record.kind_of_record == "case"]
    assert len(mine) == (0 if mole.claims[0].role == Role.LEAD_UNIT else 2)


def test_its_number_leaves_no_hole_between_the_numbers_that_everybody_sees(told: Told):
    engine = told.town.engine
    numbered = [record.id for record in engine.records() if re.fullmatch(r"C-\d{4}-\d{6}", record.id)]
    assert [int(id[-6:]) for id in numbered] == [1, 2]
    assert re.fullmatch(r"C-x[0-9a-f]{16}", told.hidden)


SECRET: dict[str, dict[str, Any]] = {
    "by a tracking code or not, a report of wrongdoing": {
        "kind": "whistle_blowing", "confidential": True, "accused_unit": "roads",
    },
    "what is confidential": {"confidential": True},
    "what is told of a unit": {"accused_unit": "roads"},
}  # fmt: skip


@pytest.mark.parametrize("what", SECRET)
def test_whoever_takes_it_down_it_gets_an_id_by_chance(told: Told, what: str):
    town = told.town
    first = town.do(c.ReportCase(by=desk, **{**MATTER, **SECRET[what]}))
    second = town.do(c.ReportCase(by=desk, **{**MATTER, **SECRET[what]}))
    after = town.do(c.ReportCase(by=desk, **MATTER))
    assert first.id != second.id
    assert all(re.fullmatch(r"C-x[0-9a-f]{16}", each.id) for each in (first, second))
    assert after.id.endswith("000003")


def test_the_parts_it_is_split_into_get_ids_by_chance_too(told: Told):
    town = told.town
    parts = ({"title": "one"}, {"title": "other"})
    split = c.SplitCase(id=told.hidden, by=dispatcher, parts=parts, covers="all of it")
    town.do(split)
    after = town.do(c.ReportCase(by=desk, **MATTER))
    assert after.id.endswith("000003")
    for mole in OF_ROADS:
        found = [record.id for record in town.engine.seen_by(mole).records() if record.kind_of_record == "case"]
        assert of_cases(found) in (
            [],
            ["C-2026-000001", "C-2026-000002", "C-2026-000003"],
        )


def test_a_number_that_the_log_gives_and_an_id_by_chance_are_never_mistaken(told: Told):
    """Ids by chance do not count as numbers, however many there are."""
    assert told.town.engine.store.last_number("C-2026-") == 2
    assert told.town.engine.store.last_number("C-") == 0


COMMANDS = ("show", "timeline", "loops", "journey", "why")


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.mark.usefixtures("quiet")
def test_no_command_and_no_export_tells_the_unit_reported_of_it(told: Told, tmp_path: Path):
    told.town.engine.close()
    mole = ("--as", "mole", "--role", "dispatcher", "--as-unit", "roads")
    absent = "C-x0000000000000000"
    for command in COMMANDS:
        found, nothing = (run(command, id, "--db", told.path, *mole) for id in (told.hidden, absent))
        assert (found.status, found.out) == (nothing.status, nothing.out) == (2, "")
        assert found.err.replace(told.hidden, absent) == nothing.err
    out = tmp_path / "seen.jsonl"
    exported = run("export", "jsonl", "--db", told.path, *mole, "--out", out)
    assert exported.status == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    listed = run("list", "--db", told.path, "--as", "mole", "--role", "dispatcher", "--as-unit", "roads", "--json")
    for text in (json.dumps([row for row in rows if row["stream"] != "log"]), listed.out, exported.out):
        for trace in (told.hidden, told.pseudonym, "Bribes", "whistle"):
            assert trace not in text, trace
    assert {each["id"] for each in json.loads(listed.out)} == {"C-2026-000001", "C-2026-000002"}


def test_no_kind_of_record_that_ships_names_it_to_those_it_is_hidden_from(told: Told):
    """Whatever officials do with it: what is said of it elsewhere is hidden, or does not name it."""
    town, x = told.town, {"id": told.hidden}
    a_case(town, "accepted", id="open")
    attempts: list[Command] = [
        c.MergeCase(id="open", by=dispatcher, master=told.hidden, same_subject="the same"),
        c.ConvertToProposal(**x, by=dispatcher, reason="r", told_by="t"),
        c.ConvertToProject(**x, by=dispatcher, reason="r", told_by="t"),
        c.ReportCase(id="copy", by=SYSTEM, **MATTER, source=f"case:{told.hidden}"),
        c.SuspendCase(**x, by=supervisor, cause="wait"),
    ]
    for command in attempts:
        try:
            town.engine.handle(command)
        except GovFlowError:
            continue
    assert {decider.name for decider in shipped()} >= {"case", "proposal", "joint_project"}
    for mole in OF_ROADS:
        streams = {event.stream for event in town.engine.seen_by(mole).events()}
        assert not {each for each in streams if told.hidden in each or told.pseudonym in each}


@pytest.mark.usefixtures("quiet")
def test_what_is_made_of_the_whole_log_has_no_trace_of_it_for_the_unit_reported(told: Told, tmp_path: Path):
    told.town.engine.close()
    mole = ("--as", "mole", "--role", "supervisor", "--as-unit", "roads")
    report, bundle = tmp_path / "march.html", tmp_path / "march.bundle"
    for arguments in (
        ("late", "--json"),
        ("responsibility", "--json"),
        ("corrections", "C-2026-000001"),
        ("report", "2026-03", "--out", report),
        ("export", "bundle", "C-2026-000001", "--sign", "--out", bundle),
    ):
        ran = run(*arguments, "--db", told.path, *mole)
        assert ran.status in (0, 1), ran.err
        written = b"".join(each.read_bytes() for each in (report, bundle) if each.exists())
        for trace in (told.hidden, told.pseudonym, "Bribes", "discipline"):
            assert trace not in ran.out + ran.err, (arguments, trace)
            assert trace.encode() not in written, (arguments, trace)
    assert report.exists()
    assert bundle.exists()


def test_a_title_that_names_it_is_shown_without_it_and_words_stay_words(told: Told):
    town = told.town
    named = town.do(c.ReportCase(by=resident, **{**MATTER, "title": f"Same as {told.hidden}, again"}))
    town.do(
        c.ReportCase(id="noise", by=desk, **REPORT, kind="whistle_blowing", accused_unit="roads", confidential=True)
    )
    word = town.do(c.ReportCase(by=resident, **{**MATTER, "title": "noise"}))
    reader = town.engine.seen_by(OF_ROADS[0])
    assert reader.get(named.id).title_line == "Same as …, again"
    assert told.hidden not in repr(reader.history(named.id))
    assert reader.get(word.id).title_line == "noise"
    assert town.engine.seen_by(desk).get(named.id).title_line == f"Same as {told.hidden}, again"


def test_the_unit_reported_reads_nothing_of_it_in_a_watch_or_a_project_either(told: Told):
    """A case that is not confidential, but reports a unit, leaves no words where the unit reads them."""
    town, words = told.town, "asked for money at the counter"
    matter = {**MATTER, "title": f"They {words}", "signal": words, "accused_unit": "roads"}
    id = town.do(c.ReportCase(by=resident, **matter)).id
    town.do(c.AcceptCase(id=id, by=desk))
    convert = c.ConvertToProject(id=id, by=dispatcher, reason="to be built", told_by=TOLD)
    with pytest.raises(NotAllowed) as refused:
        town.do(convert)
    assert "source_is_there_and_public" in refused.value.codes
    for mole in OF_ROADS:
        reader = town.engine.seen_by(mole)
        assert not [each for each in (*reader.records(), *reader.events()) if words in repr(each)]
    assert words in repr(town.engine.seen_by(desk).get(id))
