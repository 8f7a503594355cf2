"""What somebody may try against people's records: to pass a rule by, to learn who is known, to leave something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Command, Engine, InputError, NotAllowed, NotFound, Personal, ProtectionError, Role
from govflow.cases.commands import AcceptCase, ReportCase
from govflow.engine import shipped
from govflow.regions.contact import LogContact
from govflow.subjects import (
    CorrectField,
    DecideErasure,
    DiscloseSubject,
    HoldSubject,
    LiftRestriction,
    OpenField,
    ReleaseSubject,
    Requester,
    RestrictSubject,
    place_of,
)
from govflow.testing import PinnedClock
from tests.proposals.test_secret import BOX, NO, YES, a_secret_poll
from tests.subjects.office import ARCHIVE, COURT, GIST, ORDER, a_log, archived, person, told
from tests.support import AREA, MATTER, Town, desk, resident

CLERK = Actor.of("clerk-9", Role.DISPATCHER, area="elsewhere")
MOLE = Actor.of("mole", Role.ARCHIVIST, unit="roads")


@pytest.fixture
def town() -> Town:
    town = a_log()
    told(town)
    return town


def speaks_of(town: Town, *about: str, text: str = GIST, subject: str = "s-1") -> str:
    """A text on case c that speaks of these; its place."""
    gist = Personal(text=text, subject=subject, about=about)
    version = town.do(LogContact(id="c", by=desk, reached=True, way="phone", gist=gist)).version
    return place_of("c", version, "gist")


# --- past the rules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["handle", "why_not"])
def test_an_erasure_is_decided_by_the_engines_own_method_alone(town: Town, ask: str):
    """Else an archivist leaves out a record whose retention runs, and keys stay of whom the log says they are gone."""
    town.engine.open_personal("c", "reporter_name", desk, why="to call back")
    decision = DecideErasure(id="person:s-1", by=ARCHIVE, **ORDER)
    with pytest.raises(InputError, match=r"subject.erase is given by the engine alone"):
        getattr(town.engine, ask)(decision)
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    assert town.engine.vault.keys.is_destroyed("s-1")


def test_a_text_in_a_record_whose_retention_runs_is_not_dropped_for_somebody_it_speaks_of():
    town = a_log()
    archived(town)
    told(town)
    gist = Personal(text=GIST, subject="s-1", about=("s-chen",))
    town.do(ReportCase(id="kept", by=resident, **MATTER, description=gist))
    place = place_of("kept", 1, "description")
    town.engine.log.forget()
    kept = town.engine.get("old").items["retention"]
    held = town.engine.get("kept").changed(items={"retention": kept}, clocks=town.engine.get("old").clocks)
    town.engine.log.remember([held], {})
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={place: None})
    assert refused.value.codes == ("no_retention_runs",)


def test_a_text_of_somebody_under_a_legal_hold_is_not_destroyed_for_another(town: Town):
    place = speaks_of(town, "s-chen")
    town.engine.hold("s-1", ARCHIVE, **COURT)
    for dealt in (None, "nobody is named"):
        with pytest.raises(NotAllowed) as refused:
            town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={place: dealt})
        assert refused.value.codes == ("no_hold_stands",)
        assert "a suit is pending" in refused.value.sentence()
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") == GIST


def test_a_box_of_ballots_is_nobody_whose_data_could_be_handed_over_or_erased():
    poll = a_secret_poll(3)
    for voter, said in (("v-00", YES), ("v-01", NO)):
        poll.do(poll.sealed(voter, said)[0])
    engine, head = poll.engine, poll.engine.store.head()
    asks: list[Callable[[], object]] = [
        lambda: engine.disclose(BOX, ARCHIVE, basis="out of interest"),
        lambda: engine.disclose(BOX, Actor.of(BOX, Role.RESIDENT), basis="as if it were me"),
        lambda: engine.restrict(BOX, ARCHIVE, **ORDER),
        lambda: engine.hold(BOX, ARCHIVE, **COURT),
        lambda: engine.erase(BOX, ARCHIVE, **ORDER),
        lambda: engine.correct_personal("p", "sealed", ARCHIVE, text="no", reason="misspelt"),
    ]
    for ask in asks:
        with pytest.raises(NotFound):
            ask()
    assert engine.store.head() == head
    assert not engine.vault.keys.is_destroyed(BOX)


def test_nothing_of_a_person_is_kept_under_the_pseudonym_of_a_box_where_no_erasure_reaches_it(town: Town):
    for given in ({"reporter": BOX, "reporter_name": "Li"}, {"description": Personal(text="Li", subject=BOX)}):
        with pytest.raises(NotAllowed) as refused:
            town.do(ReportCase(by=desk, **{**MATTER, **given}))
        assert refused.value.codes == ("subject_is_a_person",)
    assert not town.engine.vault.keys.records_of(BOX)


def test_a_correction_is_corrected_at_the_place_that_it_corrects_alone(town: Town):
    """Elsewhere it would be read nowhere, and outlive the record that it is about."""
    town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="Li", reason="misspelt")
    with pytest.raises(NotFound):
        town.engine.correct_personal("person:s-1", "value", ARCHIVE, text="Liu", reason="misspelt")
    town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="Liu", reason="misspelt")
    assert town.engine.open_personal("c", "reporter_name", desk, why="to call back") == "Liu"


def test_what_is_for_boxes_erases_nobody(town: Town):
    with pytest.raises(InputError, match="s-1 is no ballot box"):
        town.engine.destroy_box_key("s-1", **ORDER)
    assert town.engine.open_personal("c", "reporter_name", desk, why="to call back") == "Wang Canary"


def test_nobody_decides_over_themself_whatever_office_they_hold(town: Town):
    own = Actor.of("s-1", Role.ARCHIVIST, Role.RESIDENT)
    town.engine.hold("s-1", ARCHIVE, **COURT)
    asks: list[Callable[[], object]] = [
        lambda: town.engine.release("s-1", own, hold="h1", reason="over"),
        lambda: town.engine.handle(ReleaseSubject(id="person:s-1", by=own, hold="h1", reason="over")),
        lambda: town.engine.erase("s-1", own, **ORDER),
        lambda: town.engine.restrict("s-1", own, **ORDER),
        lambda: town.engine.correct_personal("c", "reporter_name", own, text="Li", reason="misspelt"),
    ]
    for ask in asks:
        with pytest.raises(NotAllowed) as refused:
            ask()
        assert "role_is_held" in refused.value.codes
    assert town.engine.disclose("s-1", own, basis="my own data").values[0].shown == "clear"


def test_an_archivist_with_an_interest_in_somebody_or_in_a_matter_keeps_away(town: Town):
    kin = ARCHIVE.model_copy(update={"interests": ("s-1",)})
    near = ARCHIVE.model_copy(update={"interests": ("c",)})
    asks: list[Callable[[], object]] = [
        lambda: town.engine.disclose("s-1", kin, basis="asked"),
        lambda: town.engine.erase("s-1", kin, **ORDER),
        lambda: town.engine.hold("s-1", kin, **COURT),
        lambda: town.engine.correct_personal("c", "reporter_name", kin, text="Li", reason="misspelt"),
        lambda: town.engine.correct_personal("c", "reporter_name", near, text="Li", reason="misspelt"),
        lambda: town.engine.dispose("c", near, **ORDER),
    ]
    for ask in asks:
        with pytest.raises((NotAllowed, ProtectionError), match="interest in"):
            ask()
    assert {each.shown for each in town.engine.disclose("s-1", near, basis="asked").values} == {"closed"}


# --- who is known -----------------------------------------------------------------------------------------------------


def on(subject: str, by: Actor) -> Iterator[Command]:
    """Every command that an official may give on somebody's record, reading apart."""
    ordered = {"id": f"person:{subject}", "by": by, **ORDER}
    yield RestrictSubject(**ordered)
    yield LiftRestriction(**ordered)
    yield HoldSubject(id=f"person:{subject}", by=by, **COURT)
    yield ReleaseSubject(id=f"person:{subject}", by=by, hold="h1", reason="over")
    yield DiscloseSubject(id=f"person:{subject}", by=by, to="person", basis="asked")
    text = Personal(text="x", subject=subject, about=(subject,))
    yield CorrectField(
        id=f"person:{subject}", by=by, record="c", on_version=1, field="reporter_name", reason="x", value=text
    )


@pytest.mark.parametrize("ask", ["handle", "why_not"])
def test_no_command_of_a_clerk_tells_who_is_known_held_or_restricted(town: Town, ask: str):
    town.engine.hold("s-1", ARCHIVE, **COURT)
    town.engine.restrict("s-1", ARCHIVE, **ORDER)
    for known, unknown in zip(on("s-1", CLERK), on("s-9", CLERK), strict=True):
        answers = []
        for command in (known, unknown):
            with pytest.raises(NotFound) as refused:
                getattr(town.engine, ask)(command)
            answers.append(str(refused.value).replace(str(command.id), "…"))
        assert answers[0] == answers[1]
    reading = OpenField(id="person:s-1", by=CLERK, record="c", on_version=1, field="reporter_name", why="x")
    with pytest.raises(NotAllowed) as not_allowed:
        town.do(reading)
    assert not_allowed.value.codes == ("may_read_the_field",)


@pytest.mark.parametrize("what", ["a b", "%", "", "s-$(x)", "s\x00", "王", "x" * 99, "log", "person:s-1"])
def test_what_is_no_pseudonym_is_answered_as_one_that_nobody_has(town: Town, what: str):
    engine = town.engine
    asks: list[Callable[[], object]] = [
        lambda: engine.restrict(what, ARCHIVE, **ORDER),
        lambda: engine.lift_restriction(what, ARCHIVE, **ORDER),
        lambda: engine.hold(what, ARCHIVE, **COURT),
        lambda: engine.release(what, ARCHIVE, hold="h1", reason="over"),
        lambda: engine.disclose(what, ARCHIVE, basis="asked"),
        lambda: engine.erase(what, ARCHIVE, **ORDER),
    ]
    for ask in asks:
        with pytest.raises(NotFound, match="nothing is known of"):
            ask()
    assert not engine.knows(what)


# --- the unit reported ------------------------------------------------------------------------------------------------


@pytest.fixture
def reported() -> tuple[Town, str]:
    """A log in which s-1 reports a street light and, in confidence, the roads unit; a text there speaks of s-chen."""
    clock = PinnedClock()
    town = Town(Engine.open(now=clock), clock)
    town.do(ReportCase(by=resident, **MATTER, id="c", reporter_name="Wang Canary"))
    of_roads: dict[str, Any] = {"title": "Bribes", "channel": "web", "level": "community", "area": AREA}
    of_roads |= {"kind": "whistle_blowing", "accused_unit": "roads", "confidential": True, "reporter": "s-1"}
    hidden = town.do(ReportCase(by=desk, **of_roads, reporter_name="Wang Canary")).id
    gist = Personal(text=GIST, subject="s-1", about=("s-chen",))
    town.do(
        AcceptCase(id=hidden, by=desk),
        LogContact(id=hidden, by=desk, reached=True, way="phone", gist=gist),
    )
    town.engine.open_personal(hidden, "reporter_name", desk, why="to ask back")
    return town, hidden


def test_the_archivist_of_the_unit_reported_is_told_nothing_of_the_reporter_and_destroys_nothing(
    reported: tuple[Town, str],
):
    town, hidden = reported
    engine, head = town.engine, town.engine.store.head()
    asks: list[Callable[[], object]] = [
        lambda: engine.disclose("s-1", MOLE, basis="asked"),
        lambda: engine.disclose("s-chen", MOLE, basis="asked"),
        lambda: engine.erase("s-1", MOLE, **ORDER),
        lambda: engine.erase("s-chen", MOLE, **ORDER),
        lambda: engine.restrict("s-1", MOLE, **ORDER),
        lambda: engine.hold("s-1", MOLE, **COURT),
        lambda: engine.correct_personal("c", "reporter_name", MOLE, text="x", reason="misspelt"),
        lambda: engine.dispose(hidden, MOLE, **ORDER),
    ]
    for ask in asks:
        with pytest.raises(NotFound) as refused:
            ask()
        assert hidden not in str(refused.value).replace(f"there is no record {hidden}", "")
    assert engine.store.head() == head
    assert engine.disclose("s-1", ARCHIVE, basis="asked").readings
    assert engine.disclose("s-1", resident, basis="asked").readings


def test_whoever_is_spoken_of_in_a_secret_report_does_not_learn_of_it_by_asking_for_their_own_data(
    reported: tuple[Town, str],
):
    town, hidden = reported
    chen = Actor.of("s-chen", Role.RESIDENT)
    with pytest.raises(NotFound, match="nothing is known of s-chen"):
        town.engine.disclose("s-chen", chen, basis="my own data")
    town.do(LogContact(id="c", by=desk, reached=True, way="phone", gist=Personal(text="x", about=("s-chen",))))
    places = {place_of(each.record, each.version, each.field): None for each in town.engine.texts_about("s-chen")}
    assert any(place.startswith(hidden) for place in places)
    for by in (chen, ARCHIVE):
        found = town.engine.disclose("s-chen", by, basis="my own data")
        assert [each.record for each in found.texts_of_others] == ["c"]
        assert hidden not in repr(found)
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={each: None for each in places if each[:2] == "c#"})
    assert refused.value.codes == ("texts_about_are_dealt_with",)
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts=places)
    assert town.engine.texts_about("s-chen") == ()
    decided = town.engine.history("person:s-chen")[-1]
    assert decided.name == "subject.erasure_decided"  # what is proved to them
    assert hidden not in repr(decided)
    for by in (chen, ARCHIVE):
        assert hidden not in repr(town.engine.disclose("s-chen", by, basis="what became of it"))
    assert hidden not in repr(town.engine.seen_by(chen).history("person:s-chen"))


def test_the_log_of_destroyed_texts_names_no_record_to_whom_it_is_hidden_from(reported: tuple[Town, str]):
    town, hidden = reported
    (text,) = town.engine.texts_about("s-chen")
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={place_of(text.record, text.version, text.field): None})
    assert hidden in repr(town.engine.log_history())
    for by in (MOLE, Actor.of("boss", Role.UNIT_HEAD, unit="roads")):
        assert hidden not in repr(town.engine.seen_by(by).log_history())


# --- nothing left behind ----------------------------------------------------------------------------------------------


def failing(engine: Engine, command: Command) -> None:
    """Give a command whose keys are made, and that is never stored: as on a full disk."""

    class Full(Exception):
        pass

    stored = engine.store.transaction

    @contextmanager
    def full() -> Iterator[Any]:
        with stored() as transaction:

            def refuse(rows: object) -> None:
                raise Full

            transaction.append = refuse  # type: ignore[method-assign]
            yield transaction

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.store, "transaction", full)
        with pytest.raises(Full):
            engine.handle(command)


def test_a_text_that_was_never_stored_stands_in_the_way_of_no_erasure(town: Town):
    gist = Personal(text=GIST, subject="s-1", about=("s-chen",))
    failing(town.engine, LogContact(id="c", by=desk, reached=True, way="phone", gist=gist))
    assert town.engine.texts_about("s-chen") == ()
    speaks_of(town, "s-li")  # where it would have stood
    assert town.engine.texts_about("s-chen") == ()
    town.engine.erase("s-chen", ARCHIVE, **ORDER)
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") == GIST


def test_a_text_that_comes_to_speak_of_somebody_erased_is_dealt_with_by_erasing_them_again(town: Town):
    first = speaks_of(town, "s-chen")
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={first: None})
    later = speaks_of(town, "s-chen", text="Old Chen again")
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-chen", ARCHIVE, **ORDER)
    assert refused.value.codes == ("texts_about_are_dealt_with",)
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-chen", ARCHIVE, basis=" ", authority="x", texts={later: None})
    assert refused.value.codes == ("basis_is_named",)
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={later: "somebody again"})
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") == "somebody again"
    last = speaks_of(town, "s-chen", text="Old Chen, a third time")
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={last: None})
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") is None
    assert town.engine.texts_about("s-chen") == ()
    assert [each.name for each in town.engine.log_history()].count("subject.erased") == 1
    assert person(town, "s-chen").status == "erased"


def test_a_text_that_another_process_writes_at_the_last_moment_is_not_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    town = a_log(tmp_path / "log.db")
    told(town)
    place = speaks_of(town, "s-chen")
    with Engine.open(tmp_path / "log.db", now=town.clock, records=shipped()) as other:
        check = town.engine._check_known

        def written_meanwhile(subject: str) -> None:
            check(subject)
            gist = Personal(text="Chen, once more", subject="s-1", about=("s-chen",))
            other.handle(LogContact(id="c", by=desk, reached=True, way="phone", gist=gist))

        monkeypatch.setattr(town.engine, "_check_known", written_meanwhile)
        with pytest.raises(NotAllowed) as refused:
            town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={place: None})
    assert refused.value.codes == ("texts_about_are_dealt_with",)
    assert "s-chen" not in town.engine.log.erased


# --- what stands in a traceback ---------------------------------------------------------------------------------------


def in_frames(error: BaseException | None) -> str:
    """Everything that the frames of an error and of those before it hold, as crash reporters write it down."""
    said = ""
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            if "/govflow/" in trace.tb_frame.f_code.co_filename:
                said += repr(trace.tb_frame.f_locals)
            trace = trace.tb_next
        error = error.__context__
    return said


def test_no_refusal_has_the_text_in_its_frames(town: Town):
    speaks_of(town, "s-chen")
    town.engine.restrict("s-chen", ARCHIVE, **ORDER)
    asks: list[Callable[[], object]] = [
        lambda: town.engine.open_personal("c", "reporter_name", desk, why=" "),
        lambda: town.engine.open_personal("c", "gist", desk, why="to prepare the talk"),
        lambda: town.engine.disclose("s-1", ARCHIVE, basis=" "),
    ]
    for ask in asks:
        with pytest.raises(NotAllowed) as refused:
            ask()
        assert "Canary" not in in_frames(refused.value)


def test_a_text_about_somebody_restricted_is_not_handed_over_but_to_its_author(town: Town):
    speaks_of(town, "s-chen")
    town.engine.restrict("s-chen", ARCHIVE, **ORDER)
    shown = {each.field: each.shown for each in town.engine.disclose("s-1", ARCHIVE, basis="asked").values}
    assert (shown["gist"], shown["reporter_name"]) == ("closed", "clear")
    own = {each.field: each.text for each in town.engine.disclose("s-1", resident, basis="asked").values}
    assert own["gist"] == GIST


def test_restricted_data_is_handed_to_the_person_and_to_no_authority(town: Town):
    town.engine.restrict("s-1", ARCHIVE, **ORDER)
    with pytest.raises(NotAllowed) as refused:
        town.engine.disclose("s-1", ARCHIVE, basis="a letter of the police", to=Requester.AUTHORITY)
    assert refused.value.codes == ("restricted_data_is_for_the_person",)
    found = town.engine.disclose("s-1", ARCHIVE, basis="个人信息保护法 §45", to=Requester.GUARDIAN)
    assert {each.shown for each in found.values} == {"clear"}
