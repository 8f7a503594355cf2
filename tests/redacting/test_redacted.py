"""A redacted export: nobody in it, and the same town all the same, signed, whole, and good to replay."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from govflow import CASE, Actor, Engine, Event, InputError, LogError, Personal, ProtectionError, Role, verify_log
from govflow.actors import Id
from govflow.audit.replay.states import replayed
from govflow.cases import commands as c
from govflow.cli.demo import run_demo
from govflow.duties import DUTY, Duty, duty_id
from govflow.engine import shipped
from govflow.log_events import LOG_EVENTS, LOG_STREAM, Audience, LogRedacted
from govflow.messages import new_command_id
from govflow.persistence.codec import leaf_of
from govflow.policy import Every
from govflow.privacy.keys import KeyStore
from govflow.recounting import recount
from govflow.redacting import redacted
from govflow.redacting.fields import NAMED, Holds, plan_of, unnamed
from govflow.redacting.pseudonyms import Pseudonyms, replaced_in_id
from govflow.subjects import person_id
from tests.duties.office import Office, a_policy, an_obligation
from tests.golden.town import lived
from tests.redacting.exported import bytes_of, named_in, pairs, people_of, rows_of, without_people
from tests.subjects.office import GIST, a_log, quarrel, told
from tests.support import MATTER, desk, resident

SECRET = {**MATTER, "kind": "whistle_blowing", "confidential": True, "accused_unit": "water"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with lived(tmp_path_factory.mktemp("town") / "town.db") as engine:
        engine.checkpoint()
        yield engine


@pytest.fixture(scope="module")
def export(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "out.db"
    redacted(town, path)
    return path


# --- the same town ---------------------------------------------------------------------------------------------------


def test_it_verifies_whole_and_signed(export: Path):
    found = verify_log(export)
    assert found.findings == ()
    assert found.is_clean(strict=True)
    assert found.covered == found.events


def test_judging_every_rule_again_finds_what_it_finds_in_the_source(town: Engine, export: Path):
    there, here = (verify_log(path, rules=True).rules for path in (town.store.path, export))  # type: ignore[attr-defined]
    assert there is not None
    assert here is not None
    assert (here.held, here.broken) == (there.held, there.broken)


def test_every_record_is_folded_to_the_same_but_for_people(town: Engine, export: Path):
    known = named_in(town)
    with Engine.open(export, read_only=True) as there:
        source = {record.id: record for record in town.records()}
        found = {record.id: record for record in there.records()}
        assert len(found) == len(source)
        for (id, record), (new, other) in zip(_by_first_row(town, source), _by_first_row(there, found), strict=True):
            assert without_people(other, known) == without_people(record, known), id
            assert len(there.open_loops(new)) == len(town.open_loops(id))
        assert replayed(there).records == replayed(town).records


def _by_first_row(engine: Engine, records: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Records in the order in which they began: one that is named after somebody has another name in the export."""
    begun = [row.stream for row in engine.store.scan() if row.version == 1 and row.stream != LOG_STREAM]
    return [(id, records[id]) for id in begun]


def test_each_person_has_one_pseudonym_and_no_two_the_same(town: Engine, export: Path):
    with Engine.open(export, read_only=True) as there:
        known = pairs(town.store, there.store)
        assert len(set(known.values())) == len(known)
        assert set(known.values()) <= people_of(town)


def test_rows_stand_where_they_stood(town: Engine, export: Path):
    source = [(row.version, row.topic) for row in town.store.scan()]
    *rows, last = rows_of(export)
    assert [row[1:] for row in rows] == source
    for (stream, _, _), row in zip(rows, town.store.scan(), strict=True):
        assert stream == row.stream or (stream.startswith("person:x-") and row.stream.startswith("person:s-"))
    assert last[2] == "log.redacted@1"


def test_its_last_event_says_of_what_it_is_a_redaction(town: Engine, export: Path):
    with Engine.open(export, read_only=True) as there:
        said = there.log_history()[-1].body
        assert isinstance(said, LogRedacted)
        signed = town.checkpointer.last()
        assert signed is not None
        assert (said.origin, said.size, said.root) == (
            signed.checkpoint.origin,
            signed.checkpoint.size,
            signed.checkpoint.root.hex(),
        )
        assert (said.signed, said.audience, said.left_out) == (said.size, Audience.AUDITORS, 0)
        assert there.log.id.startswith("redacted-")


# --- without its people ----------------------------------------------------------------------------------------------


def test_no_id_of_anybody_stands_in_it(town: Engine, export: Path):
    content = bytes_of(export.parent)
    everybody = named_in(town)
    assert people_of(town) <= everybody
    for person in everybody:
        if not person.isalpha() or not person.islower():  # what is also a word may stand in a sentence
            assert not re.search(rb"(?<![\w.:-])%b(?![\w-])" % re.escape(person).encode(), content), person


def test_nobody_is_named_by_a_field_either(town: Engine, export: Path):
    everybody = named_in(town)
    with Engine.open(export, read_only=True) as there:
        assert not everybody & named_in(there)
        assert not everybody & people_of(there)


def test_no_ciphertext_and_no_canary_stands_in_it(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    quarrel(town)
    folder = tmp_path / "out"
    folder.mkdir()
    found = redacted(town.engine, folder / "out.db")
    content = bytes_of(folder)
    assert found.protected == 4
    for canary in (b"ciphertext", b"Canary", b"13912345678", GIST.encode(), b"s-1", b"s-chen", b"resident-1"):
        assert canary not in content


def test_what_was_protected_is_withheld_with_a_reason(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    redacted(town.engine, tmp_path / "out.db")
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        assert there.history("c")[0].body.reporter_name.ciphertext == ""  # type: ignore[attr-defined]
        with pytest.raises(ProtectionError, match="left out: redacted exports hold none"):
            there.open_personal("c", "reporter_name", desk, why="to call back")
    assert verify_log(tmp_path / "out.db").is_clean(strict=True)  # beside the key store that was made just now


def test_numbers_and_addresses_in_texts_are_masked_and_counted(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    town.do(c.ReportCase(id="c", by=resident, **MATTER))
    town.do(c.RejectCase(id="c", by=desk, reason="told s-1 on 13912345678", reason_code="out_of_scope", told_by="x"))
    found = redacted(town.engine, tmp_path / "out.db")
    assert found.masked == 1
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        reason = there.history("c")[-1].body.reason  # type: ignore[attr-defined]
    assert re.fullmatch(r"told x-[a-z2-7]{16} on \[…\]", reason)


def test_commands_that_bear_somebodys_name_and_digests_over_ids_are_replaced(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    by_chance = new_command_id()
    town.do(c.ReportCase(id="c", by=resident, command_id="form-of-s-1", **MATTER))
    town.do(c.AcceptCase(id="c", by=desk, command_id=by_chance))
    first, second = town.engine.history("c")[0].meta, town.engine.history("c")[-1].meta
    redacted(town.engine, tmp_path / "out.db")
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        begun, gone_on = there.history("c")[0].meta, there.history("c")[-1].meta
    assert begun.command.startswith("x-")
    assert (gone_on.command, second.command) == (by_chance, by_chance)
    assert first.digest
    assert begun.digest
    assert begun.digest != first.digest


@pytest.mark.parametrize("id", ["visit", "a-visit-whose-name-is-so-long-that-the-duty-goes-by-a-digest"])
def test_a_duty_that_is_named_after_whoever_owes_it_has_the_name_of_the_pseudonym(tmp_path: Path, id: str):
    visits = an_obligation(id, Every.WEEK, "mayor-of-old", weekday=1)
    office = Office(a_policy(visits), date(2026, 3, 2), path=tmp_path / "log.db")
    mayor = Actor.of("mayor-of-old", Role.LEADER)
    office.work_until(date(2026, 3, 4), fulfils=lambda duty, item, day: mayor)
    redacted(office.engine, tmp_path / "out.db")
    with Engine.open(tmp_path / "out.db", records=[DUTY]) as there:
        (duty,) = there.records()
        assert isinstance(duty, Duty)
        assert duty.owner.startswith("x-")
        assert duty.id == duty_id(id, duty.owner)
        assert there.policy.obligations[0].owners == (duty.owner,)
    assert b"mayor" not in (tmp_path / "out.db").read_bytes()


def test_every_vote_counts_again_to_what_it_came_to(town: Engine, export: Path):
    closed = {row.stream for row in town.store.scan() if row.topic.startswith("proposal.vote_closed@")}
    assert len(closed) > 1
    with Engine.open(export, read_only=True) as there:
        for id in closed:
            assert recount(town, id).agrees
            assert recount(there, id).agrees, id


def test_what_parties_signed_and_superiors_approved_word_by_word_is_judged_as_in_the_source(tmp_path: Path):
    run_demo(tmp_path / "demo.db")
    with Engine.open(tmp_path / "demo.db", read_only=True) as engine:
        redacted(engine, tmp_path / "out.db")
    found = verify_log(tmp_path / "out.db", rules=True)
    assert found.is_clean(strict=True)
    assert found.rules is not None
    assert found.rules.held > 2_000
    content = (tmp_path / "out.db").read_bytes()
    for somebody in (b"leader-01", b"leader-02", b"ciphertext"):
        assert somebody not in content


def test_tests_may_go_on_with_it_under_keys_of_its_own(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    path = tmp_path / "out.db"
    with closing(KeyStore(f"{path}.keys")) as keys:
        keys.bind(redacted(town.engine, path, audience=Audience.TESTS).log_id)
    with Engine.open(path, records=[CASE]) as there:
        there.handle(c.AcceptCase(id="c", by=desk))
        there.handle(c.ReportCase(id="d", by=resident, **MATTER, reporter_name="Li"))
        assert there.open_personal("d", "reporter_name", desk, why="to call back") == "Li"
    assert verify_log(path).is_clean(strict=False)


# --- for whom --------------------------------------------------------------------------------------------------------


def _with_secrets(path: Path) -> Any:
    town = a_log(path)
    told(town)
    town.do(c.ReportCase(id="hidden", by=resident, **{**SECRET, "reporter": "s-blower"}))
    town.engine.open_personal("c", "reporter_name", desk, why="to call back")
    return town


@pytest.mark.parametrize("audience", [Audience.TESTS, Audience.RESEARCH])
def test_for_tests_and_research_confidential_matters_and_who_read_what_are_left_out(tmp_path: Path, audience: Audience):
    town = _with_secrets(tmp_path / "log.db")
    found = redacted(town.engine, tmp_path / "out.db", audience=audience)
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        assert [record.id for record in there.records()] == ["c"]
    assert found.left_out == 1
    assert b"hidden" not in (tmp_path / "out.db").read_bytes()
    assert verify_log(tmp_path / "out.db").is_clean(strict=True)


def test_auditors_get_them_and_see_who_read_what_and_why(tmp_path: Path):
    town = _with_secrets(tmp_path / "log.db")
    redacted(town.engine, tmp_path / "out.db", audience=Audience.AUDITORS)
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        assert {record.kind_of_record for record in there.records()} == {"case", "subject"}
        assert there.get("hidden").is_secret
        (person,) = [record for record in there.records() if record.kind_of_record == "subject"]
        assert person.id == person_id(person.subject)  # type: ignore[attr-defined]
        assert person.id.startswith("person:x-")
        (read,) = [each.body for each in there.history(person.id) if each.name == "subject.opened"]
        assert (read.record, read.field, read.why) == ("c", "reporter_name", "to call back")  # type: ignore[attr-defined]


def test_the_record_of_a_person_with_a_long_id_is_found_by_its_pseudonym(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    long = "s-" + "a" * 60
    town.do(c.ReportCase(id="c", by=resident, **MATTER, reporter_name=Personal(text="Wang", subject=long)))
    town.engine.open_personal("c", "reporter_name", desk, why="to call back")
    assert town.engine.person(long) is not None
    redacted(town.engine, tmp_path / "out.db", audience=Audience.AUDITORS)
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        subject = there.history("c")[0].body.reporter_name.subject  # type: ignore[attr-defined]
        assert there.person(subject) is not None
    assert person_id(long).encode() not in (tmp_path / "out.db").read_bytes()


def test_the_id_of_a_record_that_is_left_out_is_named_by_none_that_stays(tmp_path: Path):
    town = _with_secrets(tmp_path / "log.db")
    town.do(c.RejectCase(id="c", by=desk, reason="see hidden", reason_code="out_of_scope", told_by="x"))
    redacted(town.engine, tmp_path / "out.db", audience=Audience.RESEARCH)
    with Engine.open(tmp_path / "out.db", records=[CASE]) as there:
        assert re.fullmatch(r"see x-[a-z2-7]{16}", there.history("c")[-1].body.reason)  # type: ignore[attr-defined]


# --- pseudonyms ------------------------------------------------------------------------------------------------------


def _reporter(path: Path) -> Any:
    with Engine.open(path, records=[CASE], read_only=True) as there:
        return there.get("c").reporter  # type: ignore[attr-defined]


def test_two_exports_have_other_pseudonyms_unless_their_key_is_kept(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    key = tmp_path / "pseudonyms.key"
    for name, kept in {"a": None, "b": None, "c": key, "d": key}.items():
        redacted(town.engine, tmp_path / f"{name}.db", key=kept)
    one, two, three, four = (_reporter(tmp_path / f"{name}.db") for name in "abcd")
    assert len({one, two, three}) == 3
    assert three == four == Pseudonyms(bytes.fromhex(key.read_text())).of("s-1")  # whoever has the key finds them again
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600


def test_a_key_of_something_else_is_refused_and_nothing_is_written(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    key = tmp_path / "key"
    key.touch(mode=0o600)
    with pytest.raises(InputError, match="no key of pseudonyms"):
        redacted(town.engine, tmp_path / "out.db", key=key)
    assert not (tmp_path / "out.db").exists()


def test_an_id_that_is_kept_is_replaced_nowhere(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    redacted(town.engine, tmp_path / "out.db", keep=["s-1"])
    assert _reporter(tmp_path / "out.db") == "s-1"


@pytest.mark.parametrize(
    ("id", "new"),
    [
        ("s-1", "*"),
        ("r1.s-1", "r1.*"),
        ("s-1.party:1", "*.party:1"),
        ("person:s-1", "person:*"),
        ("a.b", "+"),
        ("x.a.b.s-1", "x.+.*"),
        ("s-12", "s-12"),
        ("s-1.", "*."),
        ("..s-1", "..*"),
        ("nobody", "nobody"),
    ],
)
def test_an_id_is_replaced_as_a_whole_and_as_a_part_of_another(id: str, new: str):
    assert replaced_in_id(id, {"s-1": "*", "a.b": "+"}.get) == new


# --- all or nothing --------------------------------------------------------------------------------------------------


def test_an_export_that_is_interrupted_leaves_nothing(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    folder = tmp_path / "out"
    folder.mkdir()

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redacted(town.engine, folder / "out.db", progress=stop)
    assert list(folder.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    for taken in ("out.db", "out.db.signing", "out.db.checkpoints"):
        (tmp_path / taken).touch()
        with pytest.raises(InputError, match="is there already"):
            redacted(town.engine, tmp_path / "out.db")
        (tmp_path / taken).unlink()


def test_only_its_owner_may_read_it_and_its_key(export: Path):
    for name in ("out.db", "out.db.signing"):
        assert stat.S_IMODE(os.stat(export.parent / name).st_mode) == 0o600
    assert {file.name for file in export.parent.iterdir()} >= {"out.db", "out.db.checkpoints", "out.db.signing"}


def test_a_damaged_log_is_not_exported(tmp_path: Path):
    town = a_log(tmp_path / "log.db")
    told(town)
    town.engine.close()
    with sqlite3.connect(tmp_path / "log.db") as db:
        db.execute("DROP TRIGGER stored_events_no_update")
        db.execute("UPDATE stored_events SET leaf = zeroblob(32) WHERE originator_id = 'c'")
    with (
        Engine.open(tmp_path / "log.db", records=[CASE], read_only=True) as engine,
        pytest.raises(LogError, match="damaged"),
    ):
        redacted(engine, tmp_path / "out.db")
    assert not (tmp_path / "out.db").exists()


# --- what fields hold ------------------------------------------------------------------------------------------------


def _events() -> set[Any]:
    return {*LOG_EVENTS, *(event for decider in shipped() for event in decider.events)}


def test_of_every_field_that_holds_ids_it_is_said_what_they_are_of():
    assert unnamed(iter(_events())) == set()


def test_no_name_is_explained_that_no_event_has():
    names: set[str] = set()
    todo = list(_events())
    while todo:
        model = todo.pop()
        if model.__name__ in {name.partition(".")[0] for name in names if name[0].isupper()}:
            continue
        for name, plan in plan_of(model).items():
            names |= {name, f"{model.__name__}.{name}"}
            if plan.model is not None:
                todo.append(plan.model)
    assert NAMED.keys() - names - {"experts"} == set()


def test_a_field_that_nobody_thought_of_is_taken_to_name_people():
    class GuardNamed(Event, name="gate.guard_named"):
        guard: Id
        note: str = ""

    assert plan_of(GuardNamed)["guard"].holds is Holds.MAYBE
    assert plan_of(GuardNamed)["note"].holds is Holds.TEXT


FORGED = {
    "nested without end": b"[" * 100_000,
    "a list": b"[]",
    "nobody's": b'{"reporter_name": {"ciphertext": "AAAA"}}',
    "of a list": b'{"reporter_name": {"subject": ["s-1"]}}',
    "in clear": b'{"reporter_name": "Wang Canary"}',
}


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("body", FORGED)
def test_a_forged_row_whose_hash_is_right_is_told_and_not_exported(tmp_path: Path, audience: Audience, body: str):
    town = a_log(tmp_path / "log.db")
    told(town)
    town.engine.close()
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as db:
        db.execute("DROP TRIGGER stored_events_no_update")
        asked = "SELECT originator_version, topic, state FROM stored_events WHERE originator_id = 'c'"
        version, topic, state = db.execute(asked).fetchone()
        forged = state.partition(b"\n")[0] + b"\n" + FORGED[body]
        said = (forged, leaf_of("c", version, topic, forged))
        db.execute("UPDATE stored_events SET state = ?, leaf = ? WHERE originator_id = 'c'", said)
    with Engine.open(tmp_path / "log.db", records=[CASE], read_only=True) as engine, pytest.raises(LogError):
        redacted(engine, tmp_path / "out.db", audience=audience)
    assert not list(tmp_path.glob("out*"))
