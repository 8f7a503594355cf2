"""The rights of people over their data: read for a reason, restricted, held, corrected, handed over, erased."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from govflow import SYSTEM, Actor, Engine, InputError, NotAllowed, NotFound, ProtectionError, Role
from govflow.audit.verifying.evidence import verify_log
from govflow.cases.commands import AcceptCase, ReportCase
from govflow.messages import is_person
from govflow.regions.contact import LogContact
from govflow.subjects import OpenField, RegisterSubject, Requester, TextDealt, person_id
from tests.subjects.office import ARCHIVE, COURT, GIST, ORDER, a_log, archived, person, quarrel, told
from tests.support import MATTER, Town, desk, neighbour, resident

LOGS = Path(__file__).resolve().parent.parent / "data" / "logs"
OTHER_DESK = Actor.of("desk-2", Role.ACCEPTANCE_DESK, area="elsewhere")


@pytest.fixture
def town() -> Town:
    town = a_log()
    told(town)
    return town


def name(town: Town, by: Actor = desk, why: str = "to call back") -> str | None:
    return town.engine.open_personal("c", "reporter_name", by, why=why)


def codes(refused: pytest.ExceptionInfo[NotAllowed]) -> tuple[str, ...]:
    return refused.value.codes


# --- reading ----------------------------------------------------------------------------------------------------------


def test_who_read_what_as_what_and_why_is_on_the_persons_record_before_it_is_shown(town: Town):
    assert name(town) == "Wang Canary"
    (event,) = [each for each in town.engine.history("person:s-1") if each.name == "subject.opened"]
    said = event.body.__dict__
    assert (event.meta.actor, event.meta.role) == ("desk-1", "acceptance_desk")
    assert (said["record"], said["on_version"], said["field"]) == ("c", 1, "reporter_name")
    assert (said["role"], said["unit"], said["why"]) == ("acceptance_desk", None, "to call back")
    assert person(town, "s-1").reads == 1
    (reading,) = town.engine.readings_of("s-1")
    assert (reading.by, reading.role, reading.record, reading.why) == ("desk-1", "acceptance_desk", "c", "to call back")


def test_who_read_a_text_of_somebody_else_is_told_to_those_it_speaks_of(town: Town):
    at = quarrel(town)
    assert name(town) == "Wang Canary"
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") == GIST
    told = [(each.version, each.field, each.why) for each in town.engine.readings_of("s-chen")]
    assert told == [(at, "gist", "to prepare the talk")]
    assert town.engine.disclose("s-chen", ARCHIVE, basis="PIPL 45").readings == town.engine.readings_of("s-chen")


def test_what_is_nobodys_own_is_listed_as_no_person(town: Town):
    before = set(town.engine.subjects())
    town.do(LogContact(id="c", by=desk, reached=True, way="phone", gist="a plain text"))
    (text,) = set(town.engine.vault.keys.subjects()) - before
    assert not is_person(text)
    assert set(town.engine.subjects()) == before


def test_the_claim_that_gives_the_right_is_the_one_on_record(town: Town):
    both = Actor.of("d", Role.FINANCE, Role.ACCEPTANCE_DESK)
    assert name(town, both) == "Wang Canary"
    event = town.engine.history("person:s-1")[-1]
    assert (event.meta.role, event.body.__dict__["role"]) == ("acceptance_desk", "acceptance_desk")


@pytest.mark.parametrize(("why", "code"), [("  ", "why_is_given"), ("call 13912345678", "words_name_nobody")])
def test_nothing_is_shown_without_a_reason_or_for_one_that_names_somebody(town: Town, why: str, code: str):
    head = town.engine.store.head()
    with pytest.raises(NotAllowed) as refused:
        name(town, why=why)
    assert codes(refused) == (code,)
    assert town.engine.store.head() == head


def test_who_may_not_read_it_leaves_no_trace_and_learns_nothing(town: Town):
    head = town.engine.store.head()
    with pytest.raises(ProtectionError):
        name(town, OTHER_DESK)
    assert town.engine.store.head() == head
    assert town.engine.readings_of("s-1") == ()


def test_the_record_itself_is_asked_again_when_it_is_written_down(town: Town):
    name(town)
    opening = OpenField(id="person:s-1", by=OTHER_DESK, record="c", on_version=1, field="reporter_name", why="x")
    with pytest.raises(NotAllowed) as refused:
        town.do(opening)
    assert codes(refused) == ("may_read_the_field",)


def test_an_official_with_an_interest_keeps_away(town: Town):
    kin = desk.model_copy(update={"interests": ("s-1",)})
    with pytest.raises(ProtectionError):
        name(town, kin)


def test_a_stranger_is_told_of_no_person_whether_there_is_one_or_not(town: Town):
    name(town)
    for id in ("person:s-1", "person:s-9"):
        opening = OpenField(id=id, by=neighbour, record="c", on_version=1, field="reporter_name", why="x")
        with pytest.raises(NotFound, match=f"there is no record {id}"):
            town.do(opening)
        with pytest.raises(NotFound):
            town.engine.seen_by(neighbour).get(id)
        with pytest.raises(NotFound):
            town.engine.seen_by(desk).get(id)
    assert town.engine.seen_by(resident).get("person:s-1").title_line == "s-1"
    assert town.engine.seen_by(ARCHIVE).get("person:s-1").title_line == "s-1"


def test_nobody_but_the_system_begins_the_record_of_a_person(town: Town):
    for by in (ARCHIVE, desk):
        with pytest.raises(NotAllowed):
            town.do(RegisterSubject(id="person:s-7", by=by, subject="s-7"))
    with pytest.raises(NotAllowed) as refused:
        town.do(RegisterSubject(id="person:s-7", by=SYSTEM, subject="s-8"))
    assert codes(refused) == ("subject_has_its_id",)


def test_a_pseudonym_as_long_as_an_id_may_be_has_a_record_too():
    town = a_log()
    long = "s-" + "x" * 62
    from govflow.cases.commands import ReportCase
    from tests.support import MATTER

    town.do(ReportCase(id="c", by=resident, **{**MATTER, "reporter": long}, reporter_name="Wang"))
    assert name(town) == "Wang"
    assert person(town, long).subject == long
    assert len(person_id(long)) <= 64


# --- restriction ------------------------------------------------------------------------------------------------------


def test_restricted_data_is_read_by_nobody_but_the_person_until_the_restriction_is_lifted(town: Town):
    town.engine.restrict("s-1", ARCHIVE, **ORDER)
    with pytest.raises(NotAllowed) as refused:
        name(town)
    assert codes(refused) == ("person_is_not_restricted",)
    assert "个人信息保护法 §47" in refused.value.sentence("zh-CN")
    assert name(town, resident) == "Wang Canary"
    assert town.engine.is_restricted("s-1")
    with pytest.raises(NotAllowed):
        town.engine.restrict("s-1", ARCHIVE, **ORDER)
    town.engine.lift_restriction("s-1", ARCHIVE, **ORDER)
    assert name(town) == "Wang Canary"


def test_a_text_that_speaks_of_somebody_restricted_is_for_its_author_alone(town: Town):
    quarrel(town)
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") == GIST
    town.engine.restrict("s-chen", ARCHIVE, **ORDER)
    with pytest.raises(NotAllowed, match="speaks of somebody whose data is restricted"):
        town.engine.open_personal("c", "gist", desk, why="to prepare the talk")
    assert town.engine.open_personal("c", "gist", resident, why="my own words") == GIST


@pytest.mark.parametrize("missing", ["basis", "authority"])
def test_a_restriction_names_its_basis_and_authority(town: Town, missing: str):
    with pytest.raises(NotAllowed) as refused:
        town.engine.restrict("s-1", ARCHIVE, **{**ORDER, missing: " "})
    assert codes(refused) == (f"{missing}_is_named",)


def test_only_an_archivist_for_everywhere_decides(town: Town):
    for by in (desk, Actor.of("a", Role.ARCHIVIST, unit="a", area="jinniu"), resident):
        decides = by.claims[0].role == Role.ARCHIVIST
        with pytest.raises((NotAllowed, NotFound)):
            town.engine.restrict("s-1", by, **ORDER)
        with pytest.raises(NotAllowed):
            town.engine.hold("s-1", by, **COURT) if decides else town.engine.hold("s-1", desk, **COURT)


def test_whom_nothing_is_known_of_is_not_found(town: Town):
    for ask in (town.engine.restrict, town.engine.erase, town.engine.lift_restriction):
        with pytest.raises(NotFound, match="nothing is known of s-nobody"):
            ask("s-nobody", ARCHIVE, **ORDER)


# --- legal holds and retention ----------------------------------------------------------------------------------------


def test_nobody_erases_while_one_of_several_legal_holds_stands(town: Town):
    assert list(town.engine.hold("s-1", ARCHIVE, **COURT).holds) == ["h1"]
    town.engine.hold("s-1", ARCHIVE, hold="audit", reason="an audit goes on", authority="audit bureau")
    with pytest.raises(NotAllowed) as refused:
        town.engine.hold("s-1", ARCHIVE, hold="audit", reason="again", authority="audit bureau")
    assert codes(refused) == ("hold_is_new",)
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-1", ARCHIVE, **ORDER)
    (broken,) = refused.value.broken
    assert broken.code == "no_hold_stands"
    assert [each.partition(": ")[2] for each in broken.detail] == ["a suit is pending", "an audit goes on"]
    assert "subject.restrict" in refused.value.allowed
    town.engine.release("s-1", ARCHIVE, hold="h1", reason="the suit is over")
    with pytest.raises(NotAllowed):
        town.engine.erase("s-1", ARCHIVE, **ORDER)
    with pytest.raises(NotAllowed) as refused:
        town.engine.release("s-1", ARCHIVE, hold="h1", reason="once more")
    assert codes(refused) == ("hold_stands",)
    town.engine.release("s-1", ARCHIVE, hold="audit", reason="the audit is over")
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    assert name(town) is None


def test_a_running_retention_blocks_erasing_and_says_until_when(town: Town):
    archived(town, reporter_name="Wang Canary")
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-1", ARCHIVE, **ORDER)
    (broken,) = refused.value.broken
    assert broken.code == "no_retention_runs"
    due = town.engine.get("old").clocks["retention"].due
    assert due is not None
    assert broken.detail == (f"old: kept as {town.engine.get('old').retention} until {due.date()}",)
    assert f"至 {due.date()}" in broken.sentence("zh-CN")
    town.engine.restrict("s-1", ARCHIVE, **ORDER)  # what is open meanwhile
    assert name(town, resident) == "Wang Canary"


def test_a_running_case_blocks_nothing_and_goes_on(town: Town):
    from govflow.cases.commands import AcceptCase

    town.engine.erase("s-1", ARCHIVE, **ORDER, requested_on=date(2026, 3, 1))
    town.do(AcceptCase(id="c", by=desk))
    decided = town.engine.history("person:s-1")[-1]
    assert decided.name == "subject.erasure_decided"
    assert decided.body.__dict__["requested_on"] == date(2026, 3, 1)
    assert decided.body.__dict__["records"] == ("c",)
    assert person(town, "s-1").status == "erased"
    assert town.engine.log_history()[-1].name == "subject.erased"


def test_to_the_erased_nothing_is_done_any_more(town: Town):
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    with pytest.raises(NotAllowed):
        town.engine.restrict("s-1", ARCHIVE, **ORDER)
    with pytest.raises(NotAllowed):
        town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="Wang", reason="misspelt")
    found = town.engine.disclose("s-1", ARCHIVE, basis="asked what became of it")
    assert {each.shown for each in found.values} == {"erased"}
    assert found.status == "erased"


# --- texts of others --------------------------------------------------------------------------------------------------


def test_a_text_of_somebody_else_that_speaks_of_the_erased_is_replaced_or_dropped(town: Town):
    at = quarrel(town)
    place = f"c#{at}.gist"
    assert town.engine.texts_about("s-chen") == (TextDealt(owner="s-1", record="c", version=at, field="gist"),)
    with pytest.raises(NotAllowed) as refused:
        town.engine.erase("s-chen", ARCHIVE, **ORDER)
    (broken,) = refused.value.broken
    assert (broken.code, broken.detail) == ("texts_about_are_dealt_with", (f"{place} of s-1: replace or drop it",))
    with pytest.raises(InputError, match=r"c#9.gist is no text of others about s-chen"):
        town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={"c#9.gist": None})

    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={place: "She says that a neighbour shouts at night"})

    opened = town.engine.open_personal("c", "gist", desk, why="to prepare the talk")
    assert opened == "She says that a neighbour shouts at night"
    assert person(town, "s-1").corrections[place].form == "redaction"
    assert town.engine.vault.keys.is_destroyed("s-1", place)
    assert name(town) == "Wang Canary"  # her own data stands
    assert [each.name for each in town.engine.log_history()[-2:]] == ["subject.erased", "personal.destroyed"]
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") is None


def test_a_text_that_is_dropped_is_gone_whole(town: Town):
    at = quarrel(town)
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={f"c#{at}.gist": None})
    assert town.engine.open_personal("c", "gist", desk, why="to prepare the talk") is None
    assert name(town) == "Wang Canary"


def test_a_replacement_that_speaks_of_a_third_is_asked_about_when_they_are_erased(town: Town):
    from govflow import Personal
    from govflow.regions.contact import LogContact

    text = Personal(text="Chen and Li shout", subject="s-1", about=("s-chen", "s-li"))
    at = town.do(LogContact(id="c", by=desk, reached=True, way="phone", gist=text)).version
    place = f"c#{at}.gist"
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={place: "A neighbour and Li shout"})
    assert [each.owner for each in town.engine.texts_about("s-li")] == ["s-1"]
    town.engine.erase("s-li", ARCHIVE, **ORDER, texts={place: "Two neighbours shout"})
    assert town.engine.open_personal("c", "gist", desk, why="to prepare") == "Two neighbours shout"
    assert town.engine.texts_about("s-li") == ()


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_corrected_value_is_read_from_then_on_and_the_old_one_stays_closed(town: Town):
    before = town.engine.get("c").digest
    town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="Wang Kanari", reason="misspelt")
    town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="Wang Canary II", reason="misspelt again")
    assert name(town) == "Wang Canary II"
    assert town.engine.get("c").digest == before
    assert not [row for row in town.engine.store.scan() if b"Kanari" in row.state or b"Canary" in row.state]
    with pytest.raises(NotAllowed) as refused:
        town.engine.correct_personal("c", "reporter_name", ARCHIVE, text="x", reason="")
    assert codes(refused) == ("reason_given",)
    with pytest.raises(NotFound):
        town.engine.correct_personal("c", "gist", ARCHIVE, text="x", reason="misspelt")
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    assert name(town) is None


# --- disclosure -------------------------------------------------------------------------------------------------------


def test_everything_about_a_person_is_handed_to_them_and_that_it_was_is_on_record(town: Town):
    at = quarrel(town)
    name(town)
    town.engine.correct_personal("c", "reporter_phone", ARCHIVE, text="13900000000", reason="a new number")
    found = town.engine.disclose("s-1", ARCHIVE, basis="个人信息保护法 §45", to=Requester.GUARDIAN)
    texts = {each.field: (each.text, each.shown) for each in found.values}
    assert texts["reporter_name"] == ("Wang Canary", "clear")
    assert texts["reporter_phone"] == ("13900000000", "corrected")
    assert texts["description"] == ("water at my door", "clear")
    assert texts["gist"] == (GIST, "clear")
    assert [each.why for each in found.readings] == ["to call back"]
    assert [each.name for each in found.decisions] == ["subject.corrected", "subject.disclosed"]
    assert found.decisions[-1].body.__dict__["to"] == "guardian"
    assert found.decisions[-1].body.__dict__["records"] == ("c",)
    about = town.engine.disclose("s-chen", ARCHIVE, basis="个人信息保护法 §45")
    assert about.values == ()
    assert about.texts_of_others == (TextDealt(owner="s-1", record="c", version=at, field="gist"),)


def test_a_command_that_was_refused_leaves_nobody_in_a_record_that_is_not_there(town: Town):
    report = ReportCase(id="never", by=resident, **MATTER, reporter_name="Wang Canary")
    with pytest.raises(NotAllowed):
        town.engine.handle_all([report, AcceptCase(id="never", by=resident)])
    assert town.engine.records_of("s-1") == ["c"]
    assert {each.record for each in town.engine.disclose("s-1", ARCHIVE, basis="asked").values} == {"c"}
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    assert person(town, "s-1").stood_in == ("c",)
    assert {each.record for each in town.engine.disclose("s-1", ARCHIVE, basis="asked again").values} == {"c"}


def test_the_person_themself_may_ask_and_nobody_else_in_their_place(town: Town):
    assert town.engine.disclose("s-1", resident, basis="my own data").values
    with pytest.raises(NotFound):
        town.engine.disclose("s-1", neighbour, basis="out of interest")
    with pytest.raises(NotAllowed):
        town.engine.disclose("s-1", desk, basis="out of interest")


def test_what_belongs_to_a_secret_matter_is_handed_to_the_person_alone():
    town = a_log()
    told(town)
    from govflow.cases.commands import ReportCase
    from tests.support import MATTER

    secret = {**MATTER, "confidential": True}
    town.do(ReportCase(id="tip", by=resident, **secret, reporter_name="Wang Canary"))
    given = {each.record: each.shown for each in town.engine.disclose("s-1", ARCHIVE, basis="asked").values}
    assert given == {"c": "clear", "tip": "closed"}
    given = {each.record: each.shown for each in town.engine.disclose("s-1", resident, basis="asked").values}
    assert given == {"c": "clear", "tip": "clear"}


# --- the log ----------------------------------------------------------------------------------------------------------


def test_the_log_verifies_and_replays_after_everything_that_was_done(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    at = quarrel(town)
    name(town)
    town.engine.correct_personal("c", "reporter_phone", ARCHIVE, text="13900000000", reason="a new number")
    town.engine.hold("s-1", ARCHIVE, **COURT)
    town.engine.disclose("s-1", resident, basis="my own data")
    town.engine.release("s-1", ARCHIVE, hold="h1", reason="over")
    town.engine.restrict("s-1", ARCHIVE, **ORDER)
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={f"c#{at}.gist": None})
    town.engine.erase("s-1", ARCHIVE, **ORDER)
    states = {record.id: record.digest for record in town.engine.records()}
    town.engine.close()
    found = verify_log(tmp_path / "log.db", rules=True, workers=1)
    assert {each.code for each in found.findings} == {"UNCOVERED_TAIL"}, [each.en for each in found.findings]
    with Engine.open(tmp_path / "log.db") as again:
        assert {record.id: record.digest for record in again.records()} == states


def test_a_crash_between_decision_and_destruction_is_finished_when_the_log_is_opened(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    at = quarrel(town)
    name(town)
    town.engine.close()
    kept = {path: path.read_bytes() for path in tmp_path.glob("log.db.keys*")}
    with Engine.open(tmp_path / "log.db") as engine:
        engine.erase("s-chen", ARCHIVE, **ORDER, texts={f"c#{at}.gist": None})
    for path, data in kept.items():  # as if no key had been destroyed yet
        path.write_bytes(data)
    with Engine.open(tmp_path / "log.db") as engine:
        assert engine.open_personal("c", "gist", desk, why="to prepare the talk") is None
        assert engine.open_personal("c", "reporter_name", desk, why="to call back") == "Wang Canary"


def test_erasing_again_decides_nothing_anew_and_finishes_what_was_left(town: Town):
    at = quarrel(town)
    town.engine.erase("s-chen", ARCHIVE, **ORDER, texts={f"c#{at}.gist": None})
    head = town.engine.store.head()
    town.engine.erase("s-chen", ARCHIVE, **ORDER)
    assert town.engine.store.head() == head


def test_another_engine_on_the_same_log_may_begin_the_same_person(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    with Engine.open(tmp_path / "log.db", now=town.clock) as other:
        assert name(town) == "Wang Canary"
        assert other.open_personal("c", "reporter_name", desk, why="to call back") == "Wang Canary"
        other.restrict("s-1", ARCHIVE, **ORDER)
        with pytest.raises(NotAllowed):
            name(town)
    assert [each.name for each in town.engine.history("person:s-1")].count("subject.registered") == 1


@pytest.mark.parametrize("role", sorted(Role))
def test_no_role_reads_what_the_record_does_not_give_it(town: Town, role: Role):
    actor = Actor.of("somebody", role)
    case = town.engine.get("c")
    for field in ("reporter_name", "reporter_phone", "description"):
        if any(case.may_read_personal(field, claim, actor.id) for claim in actor.claims):
            assert town.engine.open_personal("c", field, actor, why="for work") is not None
        else:
            head = town.engine.store.head()
            with pytest.raises(ProtectionError):
                town.engine.open_personal("c", field, actor, why="for work")
            assert town.engine.store.head() == head


def test_what_was_protected_before_keys_had_purposes_is_found_in_the_log(tmp_path: Path):
    for end in ("db", "db.keys"):
        shutil.copy(LOGS / f"before-work-calendars.{end}", tmp_path / f"log.{end}")
    with Engine.open(tmp_path / "log.db") as engine:
        subject = next(engine.subjects())
        assert engine.vault.keys.has_legacy(subject)
        (record,) = engine.records_of(subject)
        assert {each.shown for each in engine.disclose(subject, ARCHIVE, basis="asked").values} == {"clear"}
        engine.erase(subject, ARCHIVE, **ORDER)
        found = engine.disclose(subject, ARCHIVE, basis="asked again").values
        assert {(each.record, each.shown) for each in found} == {(record, "erased")}
