"""Who reads what: random actors against a table written by hand, and no sign of what is hidden from them.

`READERS` says in its own words what the pages on rights say; it shares no code with the records.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from govflow import Actor, Claim, Command, Engine, GovFlowError, NotFound, Role
from govflow.actors import ClaimsAuthority, Level
from govflow.audit.reporting.reports import report_on_matter
from govflow.cases import commands as c
from govflow.engine import shipped
from govflow.interchange.jsonl import export_log
from govflow.journey import journey
from govflow.proposals.commands import DraftProposal
from govflow.subjects import OpenField, person_id
from tests.privacy.conftest import LOG
from tests.privacy.planting import CANARY, PIECES
from tests.support import MATTER, archivist, desk

HERE, ESTATE, TOWN = "jinniu/huazhaobi", "jinniu/chadianzi/huazhaobi", "jinniu/chadianzi"
CASEWORKERS = ("acceptance_desk", "dispatcher", "callback", "verifier", "review_body", "grid_worker")
KEEPERS = ("community", "town", "district")


class Reader(NamedTuple):
    """One claim of somebody, as a table asks for it."""

    id: str
    role: str
    unit: str | None
    area: str

    def covers(self, area: str) -> bool:
        return not self.area or f"{area}/".startswith(f"{self.area}/")

    def is_one_of(self, roles: tuple[str, ...], area: str) -> bool:
        return self.role in roles and self.covers(area)


class Place(NamedTuple):
    """A personal field of a record, and who reads it."""

    record: str
    field: str
    reads: Callable[[Reader], bool]


def of_a_case(area: str, reporter: str, lead_unit: str | None = None) -> Callable[[Reader], bool]:
    """Those who work on it in its area, its lead unit, the reporter; no verifier of the lead unit."""

    def reads(who: Reader) -> bool:
        if who.role == "verifier" and lead_unit is not None and who.unit == lead_unit:
            return False
        own = who.role == "reporter" and who.id == reporter and who.covers(area)
        leads = who.role == "lead_unit" and lead_unit is not None and who.unit == lead_unit and who.covers(area)
        return own or leads or who.is_one_of(CASEWORKERS, area)

    return reads


def of_the_round(own: str, *more: str) -> Callable[[Reader], bool]:
    """The secretariat and the archive of its area or a part of it, whoever else is named, and whose it is."""
    roles = ("secretariat", "archivist", *more)

    def reads(who: Reader) -> bool:
        within = who.covers(TOWN) or who.area.startswith(f"{TOWN}/")
        return (who.role in roles and within) or own in (who.id, who.unit)

    return reads


def of_the_proposal(area: str, *own: str) -> Callable[[Reader], bool]:
    return lambda who: who.is_one_of(("secretariat", "archivist"), area) or who.id in own


def of_the_studio(asker: str, *hands: str) -> Callable[[Reader], bool]:
    """Its keepers, whoever asked, and the delegate who has it in hand."""

    def reads(who: Reader) -> bool:
        in_hand = who.role == "delegate" and who.id in hands
        return who.is_one_of(KEEPERS, HERE) or in_hand or who.id == asker

    return reads


def of_the_works(*own: str) -> Callable[[Reader], bool]:
    """Whose it is, the lead with the service team, community and supervision of the area, and who supervises."""

    def reads(who: Reader) -> bool:
        leads = who.role == "project_lead" and (who.unit == "builder" or who.id == "anna") and who.covers(ESTATE)
        watches = who.id in ("s-old", "watchers") or who.is_one_of(("community", "supervisor"), ESTATE)
        return leads or watches or who.id in own

    return reads


def of_the_offer(who: Reader) -> bool:
    near = who.covers(HERE) or who.area.startswith(f"{HERE}/")
    return "water" in (who.id, who.unit) or (
        who.role in ("community", "party_branch", "town", "district", "project_lead") and near
    )


def of_the_agreement(who: Reader) -> bool:
    parties = ("s-wang", "s-other")
    return (
        who.id in parties
        or (who.role == "mediator" and who.id == "mediator")
        or (who.role == "disputant" and who.unit in parties)
    )


WHISTLE = "whistle"
MEDIATED = "C-2026-000003"
READERS = (
    *(Place("quarrel", field, of_a_case(HERE, "s-1")) for field in ("reporter_name", "reporter_phone", "description")),
    *(
        Place(MEDIATED, field, of_a_case("a/b", "s-wang", "water"))
        for field in ("reporter_name", "supplement", "gist", "result", "answer", "remark", "opinions_text")
    ),
    Place(MEDIATED, "text", of_the_agreement),
    *(
        Place(WHISTLE, field, lambda who: who.unit != "roads" and who.is_one_of(("acceptance_desk",), HERE))
        for field in ("reporter_name", "reporter_phone", "description", "place")
    ),
    Place("n", "proposer_name", of_the_proposal(ESTATE, "s-wang")),
    Place("n", "supporter_name", of_the_proposal(ESTATE, "s-chen")),
    Place("n", "text", of_the_proposal(ESTATE, "s-chen")),
    Place("n", "details", of_the_proposal(ESTATE, "s-zhao")),
    Place("p", "voter_name", of_the_proposal("d/t/c")),
    Place("p", "sealed", lambda who: False),
    Place("x", "text", of_the_studio("s-1", "s-wu")),
    Place("x", "objection", of_the_studio("s-1", "s-wu")),
    Place("fence", "text", of_the_works("s-1")),
    Place("fence", "details", of_the_works("s-1")),
    Place("v", "gist", lambda who: who.is_one_of(("leader", *KEEPERS), "jinniu") or who.id == "han"),
    Place("round", "proposer_name", of_the_round("s-a")),
    Place("round", "giver_name", of_the_round("bakery", "finance")),
    Place("yard", "contact", of_the_offer),
    Place("directory", "person_name", lambda who: who.role in ("system", "district") and who.area in ("", "jinniu")),
)

ROLES = tuple(each for each in Role if each is not Role.SYSTEM)
UNITS = (None, "water", "roads", "builder", "bakery", "town-hall", "office", "huazhaobi", "s-other")
AREAS = ("", "jinniu", HERE, TOWN, ESTATE, f"{ESTATE}/1", "a/b", "a", "d/t/c", "jinniu/hua", "elsewhere")
PEOPLE = ("s-1", "s-2", "s-wang", "s-chen", "s-zhao", "s-wu", "s-a", "s-old", "han", "anna", "mediator", "water",
          "v-00", "nobody", "s-li")  # fmt: skip

claims = st.builds(
    Claim, role=st.sampled_from([*ROLES, "delegate"]), unit=st.sampled_from(UNITS), area=st.sampled_from(AREAS)
)
actors = st.builds(
    lambda id, claims: Actor(id=id, claims=tuple(claims)),
    st.sampled_from(PEOPLE),
    st.lists(claims, max_size=3),
)


@pytest.fixture(scope="module")
def town(town_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, dict[str, str]]]:
    """The planted town, and the ids of what has none of its own."""
    folder = tmp_path_factory.mktemp("read")
    for path in town_files.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
        (folder / path.name).chmod(0o600)
    with Engine.open(
        folder / LOG, records=shipped(), authority=ClaimsAuthority(), synchronous="NORMAL", checkpoint_every=None
    ) as engine:
        whistle = next(each.id for each in engine.records() if getattr(each, "accused_unit", None) == "roads")
        yield engine, {WHISTLE: whistle}


def as_readers(actor: Actor) -> list[Reader]:
    return [Reader(actor.id, str(each.role), each.unit, each.area) for each in actor.claims]


def opened(engine: Engine, id: str, field: str, actor: Actor) -> str | GovFlowError | None:
    try:
        return engine.open_personal(id, field, actor, why="a test of rights")
    except GovFlowError as error:
        return error


# --- nobody reads what the table does not give them ------------------------------------------------------------------


def test_every_field_of_the_table_has_somebody_who_reads_it_save_a_sealed_ballot(town: Any):
    engine, named = town
    readers = [
        *(Actor.of(id, "reporter", "resident", "disputant", "proposer", "voter", "co_proposer") for id in PEOPLE),
        *(Actor.of("x", str(role)) for role in ROLES),
    ]
    for place in READERS:
        id = named.get(place.record, place.record)
        read = [each for each in readers if isinstance(opened(engine, id, place.field, each), str)]
        assert bool(read) == (place.field != "sealed"), place


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actor=actors)
@example(actor=Actor.of("x", Role.ACCEPTANCE_DESK, unit="roads"))
@example(actor=Actor(id="x", claims=(Claim(role=Role.ACCEPTANCE_DESK), Claim(role=Role.LEAD_UNIT, unit="roads"))))
@example(actor=Actor.of("s-1", Role.REPORTER, area="elsewhere"))
@example(actor=Actor.of("s-2", Role.REPORTER, unit="s-1"))
@example(actor=Actor.of("x", Role.ARCHIVIST))
def test_nobody_reads_a_personal_field_that_the_table_does_not_give_them(town: Any, actor: Actor):
    engine, named = town
    held = as_readers(actor)
    for place in READERS:
        text = opened(engine, named.get(place.record, place.record), place.field, actor)
        if isinstance(text, str):
            assert CANARY in text
            assert any(place.reads(each) for each in held), place
        else:
            assert not [piece for piece in PIECES if piece in f"{text} {text!r}"]


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actor=actors, level=st.sampled_from([None, *Level]))
def test_nobody_ever_reads_a_personal_field_that_the_table_does_not_give_them(town: Any, actor: Actor, level: Any):
    engine, named = town
    levelled = actor.model_copy(update={"claims": tuple(each.model_copy(update={"level": level}) for each in actor.claims)})  # fmt: skip  # noqa: E501
    held = as_readers(actor)
    for place in READERS:
        if isinstance(opened(engine, named.get(place.record, place.record), place.field, levelled), str):
            assert any(place.reads(each) for each in held), place


def test_who_carries_out_an_opening_themselves_gets_no_text_and_no_right(town: Any):
    engine, _ = town
    stranger = Actor.of("nobody", Role.RESIDENT)
    asked = OpenField(id=person_id("s-1"), by=stranger, record="quarrel", on_version=1, field="reporter_name", why="w")
    head = engine.store.head()
    with pytest.raises(GovFlowError):
        engine.handle(asked)
    assert engine.store.head() == head


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actor=actors)
def test_whatever_an_actor_sees_of_the_log_shows_nobodys_words(town: Any, actor: Actor):
    engine, _ = town
    seen = engine.seen_by(actor)
    shown = [each.model_dump_json() + repr(each) for each in (*seen.records(), *seen.events())]
    for record in list(seen.records())[::5]:
        shown += [repr(seen.history(record.id)), repr(journey(seen, record.id)), repr(seen.open_loops(record.id))]
        shown += [repr(seen.why_due(record.id))]
    assert not [text[:99] for text in shown if any(piece in text for piece in PIECES)]


# --- what is hidden is not there -------------------------------------------------------------------------------------

NOWHERE = "C-x0123456789abcdef"
ACCUSED = Actor.of("boss", Role.UNIT_HEAD, Role.LEAD_UNIT, unit="roads")
MERE = Actor.of("s-li", Role.RESIDENT)


def calls(engine: Engine, actor: Actor, folder: Path) -> dict[str, Callable[[str], object]]:
    """The public calls that take the id of a record and say who asks."""
    seen = engine.seen_by(actor)
    moment = engine.log.last_recorded

    def command(kind: type[Command], **said: Any) -> Callable[[str], object]:
        return lambda id: engine.handle(kind(id=id, by=actor, **said))

    return {
        "get": seen.get,
        "history": seen.history,
        "as_of": lambda id: seen.as_of(id, moment),
        "version": lambda id: seen.as_of(id, version=1),
        "known_at": lambda id: seen.known_at(id, moment),
        "why_due": seen.why_due,
        "open_loops": seen.open_loops,
        "journey": lambda id: journey(seen, id),
        "report": lambda id: report_on_matter(engine, seen, id, folder / LOG, "en"),
        "allowed": lambda id: engine.allowed(id, actor),
        "allowed to others": lambda id: engine.allowed(id, actor, others=True),
        "open a name": lambda id: engine.open_personal(id, "reporter_name", actor, why="w"),
        "open nothing": lambda id: engine.open_personal(id, "no_such_field", actor, why="w"),
        "correct": lambda id: engine.correct_personal(id, "reporter_name", actor, text="x", reason="r"),
        "dispose": lambda id: engine.dispose(id, actor, basis="b", authority="a"),
        "accept": command(c.AcceptCase),
        "supplement": command(c.SupplementCase, supplement="x"),
        "withdraw": command(c.WithdrawCase, reason="x"),
        "too early": command(c.WithdrawCase, reason="x", occurred_at=moment - timedelta(days=9999)),
        "too late": command(c.WithdrawCase, reason="x", occurred_at=moment + timedelta(days=9999)),
        "another kind's": command(DraftProposal, title="x"),
        "why not": lambda id: engine.why_not(c.AcceptCase(id=id, by=actor)),
        "why not then": lambda id: engine.why_not(c.AcceptCase(id=id, by=actor), at=moment),
    }


def told(call: Callable[[str], object], id: str) -> str:
    """What a call says of an id, with the id itself left out."""
    try:
        answer = repr(call(id))
    except Exception as error:
        answer = f"{type(error).__name__} {error!s} {error!r} {getattr(error, 'broken', '')}"
    return answer.replace(id, "ID")


@pytest.mark.parametrize("actor", [ACCUSED, MERE], ids=["the unit reported", "a mere resident"])
def test_what_is_hidden_and_what_is_not_there_are_told_alike_by_every_call(actor: Actor, town: Any, tmp_path: Path):
    engine, named = town
    for name, call in calls(engine, actor, tmp_path).items():
        assert told(call, named[WHISTLE]) == told(call, NOWHERE), name


def test_a_secret_case_has_a_number_that_nobody_can_miss_or_guess(town: Any):
    engine, _ = town
    whistle = {**MATTER, "kind": "whistle_blowing", "confidential": True, "accused_unit": "roads"}
    numbers = [engine.handle(c.ReportCase(by=desk, **whistle)).id for _ in range(3)]
    assert all(re.fullmatch(r"C-x[0-9a-f]{16}", each) for each in numbers)


@pytest.mark.parametrize("actor", [ACCUSED, MERE, desk], ids=["the unit reported", "a mere resident", "an official"])
def test_nobody_but_who_answers_for_it_learns_whether_the_log_knows_a_person(actor: Actor, town: Any):
    engine, _ = town
    asked: dict[str, Callable[[str], object]] = {
        "erase": lambda who: engine.erase(who, actor, basis="b", authority="a"),
        "restrict": lambda who: engine.restrict(who, actor, basis="b", authority="a"),
        "lift": lambda who: engine.lift_restriction(who, actor, basis="b", authority="a"),
        "hold": lambda who: engine.hold(who, actor, reason="r", authority="a"),
        "release": lambda who: engine.release(who, actor, hold="h1", reason="r"),
        "disclose": lambda who: engine.disclose(who, actor, to="person", basis="b"),
        "see": lambda who: engine.seen_by(actor).get(person_id(who)),
        "history": lambda who: engine.seen_by(actor).history(person_id(who)),
        "allowed": lambda who: engine.allowed(person_id(who), actor),
    }
    known = ("s-1", "s-chen", "s-zhao")  # whose names were read; of whom something is recorded; of whom nothing is
    engine.hold("s-chen", archivist, reason="r", authority="a")
    for name, call in asked.items():
        for who in known:
            assert told(call, who) == told(call, "s-unknown-one"), (name, who)


def test_a_part_of_the_log_handed_out_to_an_actor_holds_no_row_of_what_is_hidden(town: Any, tmp_path: Path):
    engine, named = town
    for actor in (ACCUSED, MERE):
        seen = engine.seen_by(actor)
        with (tmp_path / f"{actor.id}.jsonl").open("wb") as out:
            export_log(engine.store, out, sees=seen.has)
        assert named[WHISTLE].encode() not in (tmp_path / f"{actor.id}.jsonl").read_bytes()
        assert all(named[WHISTLE] not in each.model_dump_json() for each in seen.events())
        with pytest.raises(NotFound):
            seen.get(named[WHISTLE])


@pytest.mark.slow
def test_the_time_that_an_answer_takes_does_not_tell_what_is_hidden_from_what_is_not_there(town: Any, tmp_path: Path):
    engine, named = town
    asked = calls(engine, ACCUSED, tmp_path)
    for name in ("get", "history", "open a name", "accept", "allowed"):
        call, times = asked[name], {named[WHISTLE]: [], NOWHERE: []}  # type: ignore[var-annotated]
        for _ in range(400):
            for id, taken in times.items():
                before = time.perf_counter()
                told(call, id)
                taken.append(time.perf_counter() - before)
        hidden, nowhere = (statistics.median(taken) for taken in times.values())
        assert abs(hidden - nowhere) < 0.001, (name, hidden, nowhere)  # less than any network's own unsteadiness
