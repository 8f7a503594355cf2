"""Reporting without a name: filed, followed, supplemented, rated and withdrawn by a code alone, by the same rules."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govflow import Actor, Case, Engine, NotAllowed, NotFound, Personal, ProtectionError, Role
from govflow.cases import commands as c
from govflow.organisation.authority import DirectoryAuthority
from govflow.privacy.tracking import Tracked, TrackingCodes
from govflow.regions.contact import LogContact
from govflow.regions.evidence import AddEvidence
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from govflow.tracking import Receipt, TrackingDesk
from govflow.tracking.codes import new_code, read
from tests.support import AREA, TOLD, Town, a_town, desk, dispatcher, grid_worker, lead, verifier

WORDS: dict[str, Any] = {"title": "Bribes", "channel": "web", "level": "community", "area": AREA}
ROADS = {"kind": "whistle_blowing", "accused_unit": "roads"}


def a_report(town: Town, **more: Any) -> Receipt:
    return TrackingDesk(town.engine).report(c.ReportCase(by=grid_worker, **{**WORDS, "kind": "hotline", **more}))


def fed_back(town: Town, id: str, **more: Any) -> None:
    """Worked on by the water unit, which reaches nobody, until it has answered."""
    x: dict[str, Any] = {"id": id, "by": lead}
    town.do(c.AcceptCase(id=id, by=desk), c.AssignCase(id=id, by=dispatcher, lead_unit="water", unit_level="town"))
    for _ in range(town.engine.policy.thresholds.contact_attempts):
        town.do(LogContact(**x, reached=False, way="no address given"))
    town.do(
        c.StartHandling(**x),
        AddEvidence(**x, item="e1", kind="photo", sha256="0" * 64),
        c.SubmitResult(**x, measure="pipe replaced", evidence=("e1",)),
        c.GiveFeedback(**x, to_level="community", to_reporter=True, public_text="The pipe is new.", **more),
    )


def test_a_matter_is_filed_followed_supplemented_rated_and_closed_by_a_code_alone():
    """What peers cannot do in one piece (PEERS 16)."""
    town = a_town()
    at = TrackingDesk(town.engine)
    case, code = a_report(town, title="Water leak", description="By the third tree.")
    assert (at.followed(code).status, at.followed(code).status_zh) == ("reported", "已上报/待受理")
    assert [each.en for each in at.followed(code).owed] == ["acceptance"]

    town.do(c.RequestSupplement(id=case.id, by=desk, shortcomings=("which street?", "since when?")))
    assert at.followed(code).asks == ("which street?", "since when?")
    assert [each.zh for each in at.followed(code).open_to_you] == ["补正"]
    at.supplement(code.lower().replace("-", " "), "Lane 3, since Monday.")
    assert at.followed(code).asks == ()

    fed_back(town, case.id, answer=Personal(text="Thank you."))
    seen = at.followed(code)
    assert (seen.lead_unit, seen.rating, seen.has_answer) == ("water", f"r1.{case.reporter}", True)
    assert at.answer(code) == "Thank you."
    assert [(each.en, each.text) for each in seen.told][-2:] == [
        ("submit result", "pipe replaced"),
        ("give feedback", "The pipe is new."),
    ]
    at.rate(code, resolved=True, satisfied=False, not_applicable=("contacted",), remark="Late, but good.")
    town.do(PassVerification(id=case.id, by=verifier, item="r1"), c.CloseCase(id=case.id, by=dispatcher))
    assert (at.followed(code).status, at.followed(code).rating, at.followed(code).owed) == ("closed", None, ())
    at.act(code, c.ReopenCase, ground="unkept_promise")
    assert town.engine.get(case.id).status == "accepted"


def test_a_report_is_taken_back_by_its_code_unless_it_concerns_everybody():
    town = a_town()
    _, code = a_report(town)
    assert TrackingDesk(town.engine).withdraw(code, "it is settled").status == "withdrawn"
    _, code = a_report(town, kind="hazard")
    with pytest.raises(NotAllowed) as refused:
        TrackingDesk(town.engine).withdraw(code)
    assert refused.value.codes == ("matter_is_not_of_public_interest",)


def test_the_rules_of_the_log_hold_for_whoever_has_a_code():
    town = a_town()
    at = TrackingDesk(town.engine)
    _, code = a_report(town)
    for refused in (
        lambda: at.supplement(code, "unasked"),
        lambda: at.rate(code, resolved=True, satisfied=True, contacted=True),
        lambda: at.act(code, c.AcceptCase),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert town.engine.get(at.followed(code).record).version == 1


def test_nothing_is_kept_of_who_handed_the_report_in():
    town = a_town()
    known = Personal(text="Wang Fang", subject="s-known")
    case, _ = a_report(
        town,
        id="named-after-her",
        command_id="from-her-session",
        on_behalf_of="u-hers",
        reporter="s-known",
        reporter_name=known,
        description=Personal(text="I live there.", subject="s-known"),
        place=Personal(text="At the well.", subject="s-known"),
    )
    subjects = {getattr(case, field).subject for field in ("description", "place")}
    assert len(subjects) == 2  # whoever is erased, the place stays with the matter
    log = b"".join(row.state + row.stream.encode() for row in town.engine.store.scan())
    for trace in (b"s-known", b"named-after-her", b"from-her-session", b"u-hers", grid_worker.id.encode()):
        assert trace not in log
    assert town.engine.history(case.id)[0].meta.actor == case.reporter != "s-known"


def test_two_reports_of_one_person_are_tied_by_nothing():
    town = a_town()
    first, one = a_report(town)
    second, other = a_report(town)
    assert first.reporter != second.reporter
    assert one != other
    for mine, yours in ((one, second), (other, first)):
        assert TrackingDesk(town.engine).followed(mine).record != yours.id


def test_reports_of_wrongdoing_are_confidential_without_being_asked():
    town = a_town()
    case, _ = a_report(town, **ROADS)
    assert case.confidential
    assert not a_report(town)[0].confidential
    assert a_report(town, confidential=True)[0].confidential


# --- codes that lead nowhere -----------------------------------------------------------------------------------------


def test_codes_that_are_mistyped_unknown_of_another_log_or_of_a_lost_report_get_one_answer():
    town, other = a_town(), a_town()
    _, code = a_report(town)
    _, foreign = a_report(other)
    orphan = new_code(lambda count: b"\x07" * count)
    TrackingCodes(town.engine.vault.keys).keep(orphan, Tracked("C-x00", "s-0"))
    mistyped = code[:-1] + ("2" if code[-1] != "2" else "3")
    answers = set()
    for wrong in (mistyped, foreign, orphan, new_code(lambda count: b"\x08" * count), "", "x" * 1000):
        for ask in (
            TrackingDesk(town.engine).followed,
            TrackingDesk(town.engine).answer,
            TrackingDesk(town.engine).withdraw,
            lambda code: TrackingDesk(town.engine).supplement(code, "more"),
            lambda code: TrackingDesk(town.engine).rate(code, resolved=True),
        ):
            with pytest.raises(NotFound) as unknown:
                ask(wrong)
            answers.add((str(unknown.value), getattr(unknown.value.args[0], "zh", "")))
    assert len(answers) == 1


def test_known_and_unknown_codes_are_looked_up_by_the_same_steps():
    town = a_town()
    _, code = a_report(town)
    keys = town.engine.vault.keys
    steps: list[list[str]] = []
    for each in (read(code) or "", new_code(lambda count: b"\x09" * count)):
        asked: list[str] = []
        keys._file.db.set_trace_callback(asked.append)
        TrackingCodes(keys).whose(each)
        keys._file.db.set_trace_callback(None)
        steps.append([statement.partition("mac = ")[0] for statement in asked])
    assert steps[0] == steps[1]
    assert len(steps[0]) == 2  # the key of the hashes, and one look-up


def test_a_refused_report_leaves_no_code_behind():
    town = a_town()
    with pytest.raises(NotAllowed):
        a_report(town, kind="whistle_blowing")  # no unit is named
    assert town.engine.vault.keys.ask("SELECT count(*) FROM tracking") == [(0,)]


def test_a_log_without_cases_takes_no_report_and_keeps_no_code():
    with Engine.open(records=[], now=PinnedClock()) as engine:
        with pytest.raises(NotFound):
            TrackingDesk(engine).report(c.ReportCase(by=grid_worker, **WORDS, kind="hotline"))
        assert engine.vault.keys.ask("SELECT count(*) FROM tracking") == [(0,)]


def test_a_code_is_durable_before_its_report_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    town = a_town(tmp_path / "town.db")
    kept: list[int] = []

    def handle(command: Any) -> Any:
        with sqlite3.connect(tmp_path / "town.db.keys") as another:
            kept.append(another.execute("SELECT count(*) FROM tracking").fetchone()[0])
        return Engine.handle(town.engine, command)

    monkeypatch.setattr(town.engine, "handle", handle)
    a_report(town)
    assert kept == [1]


def test_codes_outlive_the_process_and_the_rotation_of_keys(tmp_path: Path):
    town = a_town(tmp_path / "town.db")
    case, code = a_report(town)
    town.engine.vault.keys.rotate()
    town.engine.close()
    with Engine.open(tmp_path / "town.db", read_only=True, now=PinnedClock()) as again:
        assert TrackingDesk(again).followed(code).record == case.id


def test_the_code_of_somebody_erased_or_of_a_record_destroyed_is_unknown():
    town = a_town()
    (one, code), (two, other) = a_report(town), a_report(town)
    town.engine.vault.keys.destroy(str(one.reporter))
    town.engine.vault.keys.destroy_record(two.id)
    for each in (code, other):
        with pytest.raises(NotFound):
            TrackingDesk(town.engine).followed(each)


# --- what a thief finds ----------------------------------------------------------------------------------------------


def spellings(code: str) -> list[bytes]:
    plain = code.replace("-", "")
    return [each.encode() for text in (code, plain) for each in (text, text.lower(), text[:9])]


@settings(max_examples=10)
@given(st.lists(st.sampled_from(["hotline", "whistle_blowing"]), min_size=1, max_size=3))
def test_neither_code_nor_its_hash_stands_in_the_log_whatever_is_done_with_it(tmp_path_factory, kinds: list[str]):
    path = tmp_path_factory.mktemp("log") / "town.db"
    town = a_town(path)
    at, secrets = TrackingDesk(town.engine), []
    for kind in kinds:
        case, code = a_report(town, kind=kind, accused_unit="roads" if kind == "whistle_blowing" else None)
        town.do(c.RequestSupplement(id=case.id, by=desk, shortcomings=("where?",)))
        at.supplement(code, "Lane 3.")
        at.withdraw(code, "settled")
        secrets += spellings(code)
    keys = town.engine.vault.keys
    rows = keys.ask("SELECT mac, record, actor FROM tracking")
    own = keys.own_key("tracking codes")
    assert len(rows) == len(kinds)
    for raw in (own, *(row[0] for row in rows)):
        assert isinstance(raw, bytes)
        secrets += [raw, raw.hex().encode()]
    logged = b"".join(row.state for row in town.engine.store.scan())
    town.engine.close()
    written = logged + b"".join(each.read_bytes() for each in path.parent.glob("town.db*") if ".keys" not in each.name)
    assert not [each for each in secrets if each in written]
    stored = b"".join(each.read_bytes() for each in path.parent.glob("town.db.keys*"))
    assert own not in stored  # wrapped
    hashes = {row[0] for row in rows}
    assert not [each for each in secrets if each in stored and each not in hashes]


def test_a_stolen_log_without_its_key_store_knows_no_code(tmp_path: Path):
    town = a_town(tmp_path / "town.db")
    case, code = a_report(town, reporter_name="Wang Fang", description="Bribes")
    town.engine.close()
    stolen = tmp_path / "elsewhere.db"
    stolen.write_bytes((tmp_path / "town.db").read_bytes())
    with Engine.open(stolen, read_only=True, now=PinnedClock()) as theirs:
        assert theirs.get(case.id, Case).title == "Bribes"  # a title is written to be read
        with pytest.raises(NotFound):
            TrackingDesk(theirs).followed(code)


# --- identity --------------------------------------------------------------------------------------------------------

ALL_ROLES = [Actor.of("somebody", role, unit=unit) for role in Role if role != Role.SYSTEM for unit in (None, "water")]


@pytest.mark.parametrize("kind", [ROADS, {"confidential": True}], ids=["whistle-blowing", "confidential"])
def test_an_identity_given_in_confidence_opens_for_the_acceptance_desk_alone(kind: dict[str, Any]):
    town = a_town()
    identity = {"reporter_name": "Wang Fang", "reporter_phone": "13800138000", "reporter_address": "Lane 3"}
    case, _ = a_report(town, **kind, **identity)
    town.do(
        c.AcceptCase(id=case.id, by=desk),
        c.AssignCase(id=case.id, by=dispatcher, lead_unit="water", unit_level="town"),
    )
    for field, text in identity.items():
        readers = set()
        for actor in ALL_ROLES:
            try:
                assert town.engine.open_personal(case.id, field, actor, why="to handle it") == text
                readers.add(actor.claims[0].role)
            except (ProtectionError, NotFound):
                continue
        assert readers == {Role.ACCEPTANCE_DESK}


def test_under_a_directory_whoever_comes_by_may_report_and_follow(tmp_path: Path):
    town = a_town(tmp_path / "town.db", authority=DirectoryAuthority(public=[Role.RESIDENT, Role.REPORTER]))
    _, code = a_report(town)
    assert TrackingDesk(town.engine).followed(code).status == "reported"


def test_what_is_followed_names_nobody():
    town = a_town()
    case, code = a_report(town, reporter_name="Wang Fang")
    fed_back(town, case.id)
    said = json.dumps(TrackingDesk(town.engine).followed(code).model_dump(mode="json", exclude={"rating"}))
    for id in (case.reporter, desk.id, dispatcher.id, lead.id):
        assert f'"{id}"' not in said
    assert "Wang" not in said


def test_who_follows_a_matter_is_not_told_of_another_that_is_hidden_from_them():
    town = a_town()
    told = a_report(town, **ROADS).case.id
    case, code = a_report(town)
    town.do(c.RejectCase(id=case.id, by=desk, reason_code="out_of_scope", reason=f"see {told}", told_by=TOLD))
    (rejected,) = [each for each in TrackingDesk(town.engine).followed(code).told if each.en == "reject"]
    assert rejected.text == "see …"
