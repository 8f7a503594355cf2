"""Personal data never stands in clear, not in any byte of any file, in texts, logs and errors; and it can be erased."""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from govflow import CASE, Actor, Command, Engine, NotAllowed, NotFound, Personal, ProtectionError, Role
from govflow.audit.findings import Code
from govflow.audit.verifying.evidence import verify_log
from govflow.cases.commands import (
    AcceptCase,
    AssignCase,
    DiscoverCase,
    GiveFeedback,
    ImportCase,
    ImportClosing,
    ReportCase,
    RequestSupplement,
    StartHandling,
    SubmitResult,
    SupplementCase,
)
from govflow.messages import Pending, Protected, digest_of
from govflow.regions.contact import LogContact
from govflow.regions.evaluation import RecordEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.mediation import (
    AgreeInMediation,
    ConsentToMediation,
    OfferMediation,
    Purpose,
    SignStatement,
    StartMediation,
    statement_digest,
    text_digest_of,
)
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.subjects import Dealt
from govflow.testing import PinnedClock
from tests.support import wrapped_keys

DESK = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
WANG = Actor.of("s-wang", Role.RESIDENT, Role.REPORTER, Role.DISPUTANT)
LI = Actor.of("li", Role.LEAD_UNIT, unit="water")
ARCHIVE = Actor.of("archive", Role.ARCHIVIST)
STRANGER = Actor.of("x", Role.RESIDENT)
MATTER: dict[str, Any] = {"title": "Leak", "kind": "hotline", "channel": "app", "level": "community", "area": "a/b"}

# one canary for every personal field of every command a case takes; half of them beyond ASCII
CANARIES = {
    "case.report.description": "金丝雀甲 hears water in Canary Road at night",
    "case.report.place": "金丝雀路十七号 left door",
    "case.report.reporter_name": "王小明 Wang Canaryming",
    "case.report.reporter_phone": "13912345678",
    "case.report.reporter_address": "Canary Lane 17, flat 4",
    "case.supplement.supplement": "身份证号 51010419900101123X canary",
    "contact.log.gist": "She said: 金丝雀 is my landlord",
    "case.submit_result.result": "Mrs Canarybird lets the plumber in",
    "case.give_feedback.answer": "亲爱的王小明, the pipe is mended, canary",
    "evaluation.record.remark": "the canary plumber was rude 非常不满",
    "case.discover.description": "found 金丝雀乙 on the ground canary",
    "case.import.place": "12 Canary Wharf, 金丝雀码头",
    "meeting.record.opinions_text": "Ms Canary of flat 4: 金丝雀 says no",
    "mediation.agree.text": "王小明 takes the canary's cage away\n" + "7b" * 16,
    "case.import_closing.closing": "resident Canaryson called back 已回复",
}
PIECES = ["anary", "金丝雀", "王小明", "13912345678", "51010419900101123X", "非常不满", "已回复"]


class Story(NamedTuple):
    engine: Any
    case: str
    folder: Path
    commands: list[Command]


def _heard_and_mediated(id: str, of: Callable[[str, str], str], soon: datetime) -> list[Command]:
    """A meeting whose opinions, and an agreement whose text, speak of people."""
    host, mediator = Actor.of("host", Role.HOST), Actor.of("mediator", Role.MEDIATOR, Role.LEAD_UNIT, unit="water")
    wang, other = (Actor.of(party, Role.DISPUTANT) for party in ("s-wang", "s-other"))
    dispute: dict[str, Any] = {"id": id, "item": "d"}
    text = of("mediation.agree", "text")
    digest = statement_digest(id, "d", Purpose.AGREEMENT, text_digest=text_digest_of(text))
    return [
        AddEvidence(id=id, by=LI, item="minutes", kind="paper", sha256="1" * 64),
        AnnounceMeeting(
            id=id, by=host, item="m", form="talk", subject="noise", place="hall", roll=("s-wang",),
            at_time=soon,
        ),
        OfferMediation(
            **dispute, by=mediator, what="noise", parties=("s-wang", "s-other"), mediator="mediator",
            body="village-council",
        ),
        ConsentToMediation(**dispute, by=wang),
        ConsentToMediation(**dispute, by=other),
        StartMediation(**dispute, by=mediator),
        *(SignStatement(**dispute, by=party, digest=digest) for party in (wang, other)),
        AgreeInMediation(**dispute, by=mediator, text=text),
        HoldMeeting(id=id, by=host, item="m", attended=("s-wang",)),
        RecordMeeting(
            id=id, by=host, item="m", minutes=("minutes",), signed_by=("host", "s-wang"), consensus="quiet at night",
            opinions_text=of("meeting.record", "opinions_text"),
        ),
    ]  # fmt: skip


def tell(engine: Any, clock: PinnedClock) -> tuple[str, list[Command]]:
    """A case from report to evaluation, one found and one imported, with a canary in every personal field."""

    def of(wire: str, field: str) -> str:
        return CANARIES[f"{wire}.{field}"]

    report = ReportCase(
        by=WANG,
        **MATTER,
        reporter="s-wang",
        **{
            name: of("case.report", name)
            for name in ("description", "place", "reporter_name", "reporter_phone", "reporter_address")
        },
    )
    id = engine.handle(report).id
    commands: list[Command] = [
        RequestSupplement(id=id, by=DESK, shortcomings=("which door?",)),
        SupplementCase(id=id, by=WANG, supplement=of("case.supplement", "supplement")),
        AcceptCase(id=id, by=DESK),
        AssignCase(id=id, by=DESK, lead_unit="water"),
        LogContact(id=id, by=LI, reached=True, way="phone", gist=of("contact.log", "gist")),
        StartHandling(id=id, by=LI),
        AddEvidence(id=id, by=LI, item="photo", kind="photo", sha256="0" * 64),
        SubmitResult(id=id, by=LI, measure="x", evidence=("photo",), result=of("case.submit_result", "result")),
        GiveFeedback(
            id=id, by=LI, to_level="community", to_reporter=True, public_text="mended",
            answer=of("case.give_feedback", "answer"),
        ),
        RecordEvaluation(
            id=id, by=WANG, item="r1.s-wang", contacted=True, resolved=True, satisfied=False,
            remark=of("evaluation.record", "remark"),
        ),
        ImportCase(
            id="import-1", by=DESK, **MATTER, source="s", source_file="f", source_row=1, source_id="1",
            row_digest="d", place=of("case.import", "place"),
        ),
        ImportClosing(id="import-1", by=DESK, closing=of("case.import_closing", "closing"), source_row=1),
    ]  # fmt: skip
    commands[6:6] = _heard_and_mediated(id, of, clock() + timedelta(seconds=9))
    worker = Actor.of("grid-3", Role.GRID_WORKER)
    commands.append(DiscoverCase(by=worker, **MATTER, description=of("case.discover", "description")))
    for command in commands:
        clock.advance(seconds=1)
        engine.handle(command)
    return id, [report, *commands]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    clock = PinnedClock()
    with Engine.open(tmp_path / "log.db", now=clock) as engine:
        id, commands = tell(engine, clock)
        yield Story(engine, id, tmp_path, commands)


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """The byte strings under which a text might hide."""
    raw = text.encode()
    yield "utf-8", raw
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    yield "gb18030", text.encode("gb18030")
    yield "escaped", json.dumps(text)[1:-1].encode()
    yield "escaped in capitals", json.dumps(text)[1:-1].upper().replace("\\U", "\\u").encode()
    yield "hex", raw.hex().encode()
    yield "hex in capitals", raw.hex().upper().encode()
    yield "percent", urllib.parse.quote(text, safe="").encode()
    for shift in range(3):  # base64 looks different at each offset: compare what does not depend on the neighbours
        inner = base64.b64encode(b"\0" * shift + raw)
        first = (shift * 8 + 5) // 6
        last = len(inner.rstrip(b"=")) - 1
        if last - first >= 8:
            yield f"base64 at {shift}", inner[first:last]


def found_in(data: bytes) -> list[str]:
    return [
        f"{piece} as {how}" for piece in [*PIECES, *CANARIES.values()] for how, form in spellings(piece) if form in data
    ]


# --- the canaries are real -------------------------------------------------------------------------------------------


def test_there_is_a_canary_for_every_personal_field_of_every_command_of_a_case():
    fields = {
        f"{command.wire}.{name}"
        for command in CASE.commands
        for name, field in command.model_fields.items()
        if "Personal" in str(field.annotation)
    }
    same_body = {"case.discover.place", *(f"case.discover.reporter_{part}" for part in ("name", "phone", "address"))}
    assert fields - same_body == set(CANARIES)


def test_every_canary_holds_a_piece_that_is_looked_for():
    assert all(any(piece in text for piece in PIECES) for text in CANARIES.values())


@pytest.mark.parametrize("text", ["王小明在此", "Canary Lane 17, flat 4"])
def test_the_search_finds_a_text_in_every_spelling(text):
    forms = dict(spellings(text))
    assert len(forms) == 12
    for shift in range(3):
        hidden = base64.b64encode(b"x" * shift + text.encode() + b"the end of it")
        assert forms[f"base64 at {shift}"] in hidden


# --- nothing in clear ------------------------------------------------------------------------------------------------


def test_no_canary_stands_in_any_byte_of_any_file(story):
    files = sorted(path.name for path in story.folder.iterdir())
    assert {"log.db", "log.db-wal", "log.db.keys", "log.db.keys-wal"} <= set(files)
    for name in files:
        assert found_in((story.folder / name).read_bytes()) == [], name


def test_no_canary_stands_in_any_file_after_the_log_is_closed(story):
    story.engine.close()
    for path in story.folder.iterdir():
        assert found_in(path.read_bytes()) == [], path.name


def test_the_key_store_holds_keys_and_pseudonyms_alone(story):
    with sqlite3.connect(story.folder / "log.db.keys") as keys:
        rows = keys.execute("SELECT subject, purpose, length(wrapped) FROM data_keys").fetchall()
    keys.close()
    assert ("s-wang", story.case) in [row[:2] for row in rows]
    assert all(length == 12 + 32 + 16 for _, _, length in rows), "a nonce, a key, a tag"


def test_no_canary_shows_in_the_text_of_any_command_event_or_state(story):
    shown = [*story.commands, *story.engine.records(), *story.engine.events(), story.engine.get(story.case)]
    for each in shown:
        for text in (repr(each), str(each), f"{each}", f"{each!r:>10}"):
            assert found_in(text.encode()) == []
    for record in story.engine.records():
        assert found_in(record.model_dump_json().encode()) == []


def test_personal_values_say_whose_they_are_and_nothing_else():
    value = Personal(text="王小明", subject="s-1")
    assert str(value) == "<personal data of s-1>"
    assert repr(value) == "Personal(subject='s-1', about=())"
    assert str(Protected(subject="s-1", ciphertext="abc")) == "<protected data of s-1>"


def test_no_canary_shows_in_refusals_or_in_the_errors_of_validation(story):
    texts = []
    with pytest.raises(NotAllowed) as refused:
        story.engine.handle(SupplementCase(id=story.case, by=WANG, supplement="金丝雀 canary"))
    texts += [str(refused.value), repr(refused.value), refused.value.sentence("zh-CN"), repr(refused.value.broken)]
    for wrong in (
        {"reporter_name": {"text": "金丝雀 canary", "subject": "not an id!"}},
        {"reporter_name": {"text": "金丝雀 canary", "unknown": "王小明"}},
        {"reporter_name": ["金丝雀 canary"]},
        {"description": "canary" * 20_000},
        {"reporter_name": "canary", "reporter": "王小明"},
    ):
        with pytest.raises(ValidationError) as invalid:
            ReportCase(by=WANG, **{**MATTER, **wrong})
        texts += [str(invalid.value), repr(invalid.value)]
    assert [found_in(text.encode()) for text in texts] == [[]] * len(texts)


def test_no_canary_is_logged(caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    clock = PinnedClock()
    with Engine.open(tmp_path / "log.db", now=clock) as engine:
        id, _ = tell(engine, clock)
        with pytest.raises(NotAllowed):
            engine.handle(SupplementCase(id=id, by=WANG, supplement="canary"))
    assert found_in(caplog.text.encode()) == []


def test_rules_see_a_pending_value_without_its_text():
    pending = Pending(subject="s-1", text="王小明")
    assert "王小明" not in repr(pending)
    assert "王小明" not in pending.model_dump_json()


# --- opening ---------------------------------------------------------------------------------------------------------


def test_those_with_the_right_read_every_canary_again(story):
    by_case = {
        "case.import.place": "import-1",
        "case.import_closing.closing": "import-1",
        "case.discover.description": next(
            record.id for record in story.engine.records() if record.status == "discovered"
        ),
    }
    for name, text in CANARIES.items():
        id, field = by_case.get(name, story.case), name.rpartition(".")[2]
        reader = WANG if name == "mediation.agree.text" else DESK  # what the parties agreed is theirs
        assert story.engine.open_personal(id, field, reader, why="to handle it") == text, name


def test_those_without_the_right_do_not(story):
    for field in ("reporter_name", "description", "gist"):
        with pytest.raises(ProtectionError, match=f"x has no right to read {field} of {story.case}"):
            story.engine.open_personal(story.case, field, STRANGER, why="to handle it")


def test_a_field_that_was_never_given_is_not_found(story):
    with pytest.raises(NotFound, match="has no personal field reporter_name"):
        story.engine.open_personal("import-1", "reporter_name", DESK, why="to handle it")
    with pytest.raises(NotFound):
        story.engine.open_personal(story.case, "title", DESK, why="to handle it")
    with pytest.raises(NotFound):
        story.engine.open_personal(story.case, "reporter_name", DESK, version=2, why="to handle it")


def test_a_ciphertext_that_was_moved_or_changed_does_not_open(story):
    vault, case = story.engine.vault, story.case
    (event, *_) = story.engine.history(case)
    name = event.body.reporter_name
    topic = f"{event.name}@{event.schema_version}"
    assert vault.open(name, case, 1, topic, "reporter_name") == CANARIES["case.report.reporter_name"]

    raw = bytearray(base64.b64decode(name.ciphertext))
    raw[-1] ^= 1
    moved = [
        (name, case, 1, topic, "reporter_phone"),
        (name, case, 2, topic, "reporter_name"),
        (name, "import-1", 1, topic, "reporter_name"),
        (name, case, 1, "case.discovered@1", "reporter_name"),
        (name.changed(ciphertext=base64.b64encode(raw).decode()), case, 1, topic, "reporter_name"),
        (name.changed(ciphertext="not base64!"), case, 1, topic, "reporter_name"),
        (name.changed(ciphertext=""), case, 1, topic, "reporter_name"),
    ]
    for place in moved:
        with pytest.raises(ProtectionError, match="does not open: it was moved or changed"):
            vault.open(*place)
    other = story.engine.get("import-1").place.subject
    with pytest.raises(ProtectionError):
        vault.open(name.changed(subject=other), case, 1, topic, "reporter_name")
    with pytest.raises(ProtectionError, match="there is no key for s-nobody"):
        vault.open(name.changed(subject="s-nobody"), case, 1, topic, "reporter_name")


def test_the_same_text_is_never_encrypted_alike(story):
    twice = [story.engine.handle(ReportCase(by=WANG, **MATTER, place="Canary Lane 17")) for _ in range(2)]
    assert len({record.place.ciphertext for record in twice}) == 2


# --- erasing ---------------------------------------------------------------------------------------------------------


def test_erasing_a_subject_closes_its_data_for_good_and_changes_no_state(story):
    engine, id = story.engine, story.case
    before = {record.id: record.digest for record in engine.records()}
    rows = [(row.leaf, row.state) for row in engine.store.scan()]

    texts = {f"{id}#1.place": "17 the road"}
    engine.erase("s-wang", ARCHIVE, basis="PIPL §47", authority="archive office", texts=texts, otherwise=Dealt.DROPPED)

    for field in ("reporter_name", "reporter_phone", "reporter_address", "description", "gist", "result"):
        assert engine.open_personal(id, field, DESK, why="to handle it") is None
    assert engine.open_personal(id, "place", DESK, why="to handle it") == "17 the road"
    other = engine.open_personal("import-1", "place", DESK, why="to handle it")
    assert other == CANARIES["case.import.place"]  # another subject's
    assert {record.id: record.digest for record in engine.records() if record.id in before} == before
    assert engine.get(id).digest == before[id]
    assert [(row.leaf, row.state) for row in engine.store.scan()][: len(rows)] == rows


def test_the_erased_key_is_gone_from_every_byte_of_the_key_store(story):
    keys = wrapped_keys(story.folder / "log.db", "s-wang")
    for key in keys:
        assert any(key in path.read_bytes() for path in story.folder.glob("log.db.keys*"))
    story.engine.erase("s-wang", ARCHIVE, basis="b", authority="a", otherwise=Dealt.DROPPED)
    for key in keys:
        assert not any(any_piece_of(key, path.read_bytes()) for path in story.folder.glob("log.db.keys*"))
    assert story.engine.vault.keys.is_destroyed("s-wang")


def any_piece_of(key: bytes, stored: bytes) -> bool:
    """Whether six bytes of a key in a row are left: what overwrites a row may be shorter than the row was."""
    return any(key[at : at + 6] in stored for at in range(len(key) - 5))


def test_no_erased_key_stays_in_the_free_space_between_many_others(tmp_path):
    with Engine.open(tmp_path / "log.db") as engine:
        subjects = [f"s-{number}" for number in range(60)]
        engine.handle_all([ReportCase(by=WANG, **MATTER, reporter=each, reporter_name="x") for each in subjects])
        keys = {subject: wrapped_keys(tmp_path / "log.db", subject)[0] for subject in subjects}
        for subject in subjects[10:50:4]:
            engine.erase(subject, ARCHIVE, basis="b", authority="a")
    stored = (tmp_path / "log.db.keys").read_bytes()
    erased = {subject: keys.pop(subject) for subject in subjects[10:50:4]}
    assert all(key in stored for key in keys.values())
    assert [subject for subject, key in erased.items() if any_piece_of(key, stored)] == []


def test_an_erasure_stands_in_the_log_with_its_basis_once(story):
    for _ in range(2):
        story.engine.erase("s-wang", ARCHIVE, basis="PIPL §47", authority="archive office", otherwise=Dealt.DROPPED)
    erasures = [event for event in story.engine.log_history() if event.name == "subject.erased"]
    (only,) = erasures
    assert (only.body.subject, only.body.basis, only.body.authority) == ("s-wang", "PIPL §47", "archive office")
    assert (only.meta.actor, only.meta.role) == ("archive", "archivist")


def test_only_an_archivist_erases(story):
    with pytest.raises(ProtectionError, match="desk has no right to erase personal data"):
        story.engine.erase("s-wang", DESK, basis="b", authority="a")
    assert (
        story.engine.open_personal(story.case, "reporter_name", DESK, why="to handle it")
        == CANARIES["case.report.reporter_name"]
    )


def test_an_erased_subject_gets_no_new_data(story):
    story.engine.erase("s-wang", ARCHIVE, basis="b", authority="a", otherwise=Dealt.DROPPED)
    again = ReportCase(by=WANG, **MATTER, reporter="s-wang", reporter_name="王小明")
    assert [broken.code for broken in story.engine.why_not(again)] == ["subject_is_not_erased"]
    with pytest.raises(NotAllowed) as refused:
        story.engine.handle(again)
    assert refused.value.broken[0].detail == ("s-wang",)
    new_subject = ReportCase(by=WANG, **MATTER, reporter="s-wang-2", reporter_name="王小明")
    assert story.engine.handle(new_subject).status == "reported"


def test_an_erasure_is_seen_by_another_engine_on_the_same_log(story):
    with Engine.open(story.folder / "log.db") as other:
        assert other.open_personal(story.case, "reporter_name", DESK, why="to handle it")
        story.engine.erase("s-wang", ARCHIVE, basis="b", authority="a", otherwise=Dealt.DROPPED)
        assert other.open_personal(story.case, "reporter_name", DESK, why="to handle it") is None
        with pytest.raises(NotAllowed):
            other.handle(ReportCase(by=WANG, **MATTER, reporter="s-wang", reporter_name="王小明"))


def test_an_erasure_that_a_crash_cut_short_is_finished_when_the_log_is_opened(story):
    keys = wrapped_keys(story.folder / "log.db", "s-wang")
    assert keys
    story.engine.close()
    kept = {path: path.read_bytes() for path in story.folder.glob("log.db.keys*")}
    with Engine.open(story.folder / "log.db") as engine:
        engine.erase("s-wang", ARCHIVE, basis="b", authority="a", otherwise=Dealt.DROPPED)
    for path, data in kept.items():  # as if the key had not yet been destroyed
        path.write_bytes(data)
    with Engine.open(story.folder / "log.db") as engine:
        assert engine.open_personal(story.case, "reporter_name", DESK, why="to handle it") is None
        assert not any(key in path.read_bytes() for path in story.folder.iterdir() for key in keys)


def test_a_missing_key_encryption_key_is_one_finding_however_much_is_protected(story):
    story.engine.close()
    (story.folder / "log.db.keys.kek").unlink()
    found = [each for each in verify_log(story.folder / "log.db").findings if each.code == Code.KEY_MISSING]
    assert len(found) == 1
    assert "is missing: bring back" in found[0].en


# --- commands and their digests --------------------------------------------------------------------------------------


def test_the_digest_of_a_command_does_not_depend_on_personal_arguments():
    one = ReportCase(by=WANG, **MATTER, reporter="s-1", reporter_name="王小明", description="canary")
    other = ReportCase(by=DESK, **MATTER, reporter="s-1", reporter_name="Li Si", description="nothing")
    bare = ReportCase(by=WANG, **MATTER, reporter="s-1")
    assert digest_of(one) == digest_of(other) == digest_of(bare)
    assert digest_of(one) != digest_of(ReportCase(by=WANG, **MATTER, reporter="s-2", reporter_name="王小明"))
    assert digest_of(one) != digest_of(ReportCase(by=WANG, **{**MATTER, "title": "Fire"}, reporter="s-1"))


def test_personal_data_of_a_reporter_without_a_pseudonym_gets_one(story):
    command: Any = ReportCase(
        by=WANG, **MATTER, id="wet", reporter_name="王小明", reporter_phone="13912345678", description="wet"
    )
    assert command.reporter is not None
    story.engine.handle(command)
    (reported,) = (each.body for each in story.engine.history("wet"))
    subjects = {reported.reporter_name.subject, reported.reporter_phone.subject, reported.description.subject}
    assert subjects == {command.reporter}


def test_a_text_about_several_people_lists_them_in_the_log(story):
    gist = Personal(text="金丝雀 quarrels with 王小明", subject="s-talk", about=("s-1", "s-2"))
    story.engine.handle(ReportCase(by=WANG, **MATTER, id="quarrel", description=gist))
    (event,) = story.engine.history("quarrel")
    assert (event.body.description.subject, event.body.description.about) == ("s-talk", ("s-1", "s-2"))
    assert (
        story.engine.open_personal("quarrel", "description", DESK, why="to handle it") == "金丝雀 quarrels with 王小明"
    )
