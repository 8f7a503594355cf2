"""Canaries 金丝雀 in every personal field of every command: in no byte before they are erased, and of no use after."""

from __future__ import annotations

import base64
import gc
import io
import json
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from govflow import Actor, Engine, GovFlowError, Role
from govflow.audit.bundles.writing import write_bundle
from govflow.audit.reporting.reports import report_on_matter
from govflow.audit.verifying.evidence import verify_log
from govflow.budgets import BudgetRound, page_of
from govflow.cases.commands import ReportCase
from govflow.checkpoints.merkle import check_consistency
from govflow.checkpoints.notes import Checkpoint, Note
from govflow.checkpoints.proofs import Proof, check
from govflow.checkpoints.stored_tree import leaf_bytes
from govflow.engine import shipped
from govflow.interchange.jsonl import export_log
from govflow.journey import journey
from govflow.log_events import LOG_STREAM
from govflow.messages import is_box
from govflow.recounting.stored import recount
from govflow.regions.retention import AppraiseRetention, DestroyRetention, Paper
from govflow.subjects import person_id, place_of
from govflow.testing import PinnedClock
from tests.cli.conftest import run
from tests.privacy.planting import CANARY, PIECES, Planting, all_places, planted_in, planted_town
from tests.privacy.test_personal import spellings
from tests.support import MATTER, Town, archivist, desk

PAPER = (Paper(kind="report", reference="archive room 3, box 12", sha256="a" * 64),)
ORDER: dict[str, Any] = {"basis": "个人信息保护法 §47", "authority": "district archive"}

FORMS = [(f"{piece} as {how}", form) for piece in PIECES for how, form in spellings(piece)]


def found_in(data: bytes) -> list[str]:
    """The pieces of the canary that stand in these bytes, and how they are written."""
    return [what for what, form in FORMS if form in data]


class Known(NamedTuple):
    """What an outsider could tell of the log: all of it must be the same after the erasure."""

    states: dict[str, str]
    rows: list[tuple[str, int, bytes, bytes]]
    tallies: dict[str, Any]
    counts: dict[tuple[str, str], int]
    pages: dict[str, str]


class Erased(NamedTuple):
    """The town after every canary in it was erased: what was known before and after, and all that was said."""

    engine: Any
    folder: Path
    subjects: list[str]
    keys: list[bytes]
    note: Note
    proofs: list[Proof]
    before: Known
    after: Known
    said: dict[str, bytes]
    logged: str


def known(engine: Engine) -> Known:
    records = [each for each in engine.records() if each.kind_of_record != "subject"]
    counts: dict[tuple[str, str], int] = {}
    for each in records:
        counts[each.kind_of_record, str(each.status)] = counts.get((each.kind_of_record, str(each.status)), 0) + 1
    rows = [(row.stream, row.version, row.leaf, row.state) for row in engine.store.scan()]
    tallies = {id: recount(engine, id).model_dump() for id in ("p", "m", "n", "P-2026-000001")}
    pages = {each.id: page_of(each).model_dump_json() for each in records if isinstance(each, BudgetRound)}
    return Known({each.id: each.digest for each in records}, rows, tallies, counts, pages)


def retention_ends(town: Town) -> None:
    """The terms of all archived records are over, and it is decided to destroy them: nothing blocks an erasure."""
    town.clock.advance(days=365 * 31)
    town.engine.tick()
    archive = Actor.of("archive-2", Role.ARCHIVIST, unit="archive")
    head = Actor.of("head-9", Role.UNIT_HEAD, unit="archive")
    for each in list(town.engine.disposal_list()):
        town.do(AppraiseRetention(id=each.record, by=archivist, papers=PAPER, finding="of no lasting value"))
        town.approved(DestroyRetention(id=each.record, by=archive, papers=PAPER), head)


def erase_all(engine: Engine, archive: Actor = archivist) -> list[str]:
    """Erase everybody; texts of others that speak of them are dropped."""
    subjects = [each for each in engine.vault.keys.subjects() if not is_box(each)]  # texts that are nobody's too
    for subject in subjects:
        texts = {place_of(each.record, each.version, each.field): None for each in engine.texts_about(subject)}
        engine.erase(subject, archive, texts=texts, **ORDER)
    return subjects


def handed_out(engine: Engine, folder: Path, stage: str) -> Iterator[tuple[str, bytes]]:
    """Everything that leaves a log: dumps, journeys, reports, public pages, exports."""
    for record in engine.records():
        yield f"{record.id} {stage}", (record.model_dump_json() + repr(record)).encode()
        yield f"journey of {record.id} {stage}", repr(journey(engine, record.id)).encode()
    for event in engine.events():
        yield f"event {event.position} {stage}", (event.model_dump_json() + repr(event)).encode()
    for id in ("p", "roof"):
        page = report_on_matter(engine, engine, id, folder / "town.db", "zh-CN").page
        yield f"report on {id} {stage}", page.encode()
    lines, bundle = io.BytesIO(), (folder / f"{stage}.bundle")
    export_log(engine.store, lines)
    yield f"jsonl {stage}", lines.getvalue()
    with bundle.open("x+b") as out:
        write_bundle(engine, engine.checkpointer, out)
    yield f"bundle {stage}", bundle.read_bytes()


def told_by_programs(folder: Path, stage: str) -> Iterator[tuple[str, bytes]]:
    """What the command line prints and writes of the log."""
    log, pages = folder / "town.db", folder / f"pages {stage}"
    asked = [
        *(["list"], ["list", "--json"], ["loops"], ["show", "quarrel"], ["show", "x", "--json"], ["timeline", "x"]),
        *(["privacy", "subjects"], ["privacy", "reads", "s-1"], ["privacy", "certificate", "s-1"]),
        ["budget", "show", "round"],
        *(["propose", "page", "n"], ["propose", "page", "p"], ["project", "page", "--all", "-o", str(pages)]),
    ]
    for each in asked:
        ran = run(*each, "--db", str(log))
        assert "Traceback" not in ran.err, ran.err
        yield f"govflow {' '.join(each[:2])} {stage}", (ran.out + ran.err).encode()
    for page in pages.iterdir():
        yield f"{page.name} {stage}", page.read_bytes()


def refusals(engine: Planting) -> Iterator[str]:
    """What is said to those who give personal texts where or as they may not be given."""
    for kind in shipped():
        for command in kind.commands:
            fields = [name for name, field in command.model_fields.items() if "Personal" in str(field.annotation)]
            for name in fields:
                try:
                    planted = command.model_validate({"by": desk, name: CANARY, "id": "quarrel"})
                    engine.handle(planted)
                except (GovFlowError, ValidationError) as error:
                    yield f"{error} {error!r} {getattr(error, 'broken', '')} {getattr(error, '__notes__', '')}"
                for wrong in (["canary", CANARY], {"text": CANARY, "subject": CANARY}, {"text": CANARY * 9999}):
                    with pytest.raises(ValidationError) as invalid:
                        command.model_validate({"by": desk, name: wrong, "id": "quarrel"})
                    yield f"{invalid.value} {invalid.value!r} {invalid.value.errors(include_input=False)}"


def files_in(folder: Path, stage: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield f"{path.name} {stage}", path.read_bytes()


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erased]:
    folder = tmp_path_factory.mktemp("town")
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    engine, clock = planted_town(folder / "town.db")
    try:
        town = Town(engine, clock)
        said = {f"refusal {n}": text.encode() for n, text in enumerate(refusals(engine))}
        retention_ends(town)
        engine.checkpointer.keys.create()
        note = engine.checkpoint()
        covered = Checkpoint.parse(note.text).size
        proofs = [engine.checkpointer.inclusion(position) for position in range(1, covered + 1, 13)]
        for reads in ("description", "reporter_name", "place"):
            engine.open_personal("C-2026-000003", reads, desk, why="to handle it")
        said |= dict(files_in(folder, "while the log is written"))
        said |= dict(handed_out(engine, folder, "before"))
        keys = [key for key in (engine.vault.keys.get(*name) for name in _names(folder)) if key]
        before = known(engine)
        subjects = erase_all(engine)
        for record in [each.record for each in engine.disposal_list()]:
            engine.dispose(record, archivist, **ORDER)
        engine.checkpoint()
        said |= dict(files_in(folder, "after the erasure"))
        said |= dict(handed_out(engine, folder, "after"))
        said |= dict(told_by_programs(folder, "after"))
        yield Erased(engine, folder, subjects, keys, note, proofs, before, known(engine), said, heard.getvalue())
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(level)
        engine.close()


def _names(folder: Path) -> list[tuple[str, str]]:
    """The names of the keys of people: that of the tracking codes is nobody's."""
    with closing(sqlite3.connect(folder / "town.db.keys")) as db:
        return list(db.execute("SELECT subject, purpose FROM data_keys WHERE subject != ''"))


# --- the canaries are real -------------------------------------------------------------------------------------------


def test_no_personal_field_of_any_command_of_any_record_is_forgotten(erased: Erased):
    assert sorted(all_places() - {place for place, times in erased.engine.places.items() if times}) == []


def test_a_command_with_canaries_is_the_same_command_but_for_its_texts():
    given = ReportCase(by=desk, **MATTER, description="wet")
    planted: Any = planted_in(given)
    assert {planted.description.text, planted.reporter_phone.text} == {CANARY}
    assert (planted.command_id, planted.description.subject) == (given.command_id, given.description.subject)  # type: ignore[union-attr]


def test_the_search_would_find_a_canary_in_whatever_the_town_hands_out(erased: Erased):
    assert all(found_in(CANARY.encode(how)) for how in ("utf-8", "utf-16-le", "gb18030"))
    assert found_in(json.dumps(CANARY).encode())
    assert found_in(base64.b64encode(b"x" + CANARY.encode()))
    assert len(erased.said) > 1000
    assert {"town.db-wal", "town.db.keys-wal", "town.db.keys.kek", "town.db.agenda"} <= {
        each.partition(" ")[0] for each in erased.said
    }


# --- in no byte ------------------------------------------------------------------------------------------------------


def test_no_canary_stands_in_any_file_export_page_report_refusal_or_print(erased: Erased):
    assert {name: found for name, data in erased.said.items() if (found := found_in(data))} == {}


def test_no_canary_was_logged(erased: Erased):
    assert found_in(erased.logged.encode()) == []


def test_nothing_that_the_engine_remembers_holds_a_canary_or_an_erased_key(erased: Erased):
    texts, raws = remembered(erased.engine)
    assert len(texts) > 1000
    assert [text[:80] for text in texts if any(piece in text for piece in PIECES)] == []
    keys = set(erased.keys)
    assert len(keys) > 50
    assert [raw for raw in raws if raw in keys] == []


def remembered(root: object) -> tuple[list[str], list[bytes]]:
    """Every text and every run of bytes that can be reached from an object, code apart."""
    seen, texts, raws, open_ = {id(root)}, [], [], [root]
    while open_:
        for each in gc.get_referents(open_.pop()):
            if id(each) in seen or isinstance(each, ModuleType | type | FunctionType):
                continue
            seen.add(id(each))
            if isinstance(each, str):
                texts.append(each)
            elif isinstance(each, bytes | bytearray):
                raws.append(bytes(each))
            else:
                open_.append(each)
    return texts, raws


def test_a_backup_made_later_holds_neither_a_canary_nor_a_key_that_opens_one(erased: Erased, tmp_path: Path):
    for name in ("town.db", "town.db.keys"):
        with closing(sqlite3.connect(erased.folder / name)) as live, closing(sqlite3.connect(tmp_path / name)) as copy:
            live.backup(copy)
    shutil.copy(erased.folder / "town.db.keys.kek", tmp_path / "town.db.keys.kek")
    for path in tmp_path.iterdir():
        assert found_in(path.read_bytes()) == []
    with Engine.open(tmp_path / "town.db", records=shipped(), now=PinnedClock(erased.engine.now())) as backup:
        assert [key for key in (backup.vault.keys.get(*name) for name in _names(tmp_path)) if key in erased.keys] == []
        opened = [text for _, _, text in all_opened(backup)]
        assert len(opened) > 60
        assert set(opened) == {None}


def test_the_key_store_knows_of_the_erased_that_they_are_erased_and_nothing_else(erased: Erased):
    with closing(sqlite3.connect(erased.folder / "town.db.keys")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        told = {table: str(db.execute(f"SELECT * FROM {table}").fetchall()) for table in tables}
    assert {"data_keys", "mentions", "tracking", "destroyed"} <= told.keys()
    found = {table: [each for each in erased.subjects if f"'{each}'" in text] for table, text in told.items()}
    assert {table for table, people in found.items() if people} == {"destroyed"}
    assert sorted(found["destroyed"]) == sorted(erased.subjects)


def all_opened(engine: Engine) -> Iterator[tuple[str, str, str | None]]:
    """Every protected value of a log, as its key store opens it."""
    for row in engine.store.scan():
        event = engine.log.codec.decode(row.topic, row.state)
        for field in event.personal:
            value = getattr(event, field)
            if value is not None and row.stream != LOG_STREAM and not value.subject.startswith("box-"):
                yield row.stream, field, engine.vault.open(value, row.stream, row.version, row.topic, field)


# --- and everything else as it was -----------------------------------------------------------------------------------


def test_no_state_row_tally_count_or_page_changes_by_the_erasure(erased: Erased):
    assert erased.after.states == erased.before.states
    assert erased.after.rows[: len(erased.before.rows)] == erased.before.rows
    assert erased.after.tallies == erased.before.tallies
    assert erased.after.counts == erased.before.counts
    assert erased.after.pages == erased.before.pages


def test_replaying_the_whole_log_gives_the_states_from_before(erased: Erased):
    with Engine.open(erased.folder / "town.db", records=shipped(), read_only=True) as again:
        assert {
            each.id: each.digest for each in again.records() if each.id in erased.before.states
        } == erased.before.states


def test_proofs_from_before_the_erasure_hold_and_the_signed_head_from_before_leads_to_the_one_after(erased: Erased):
    verifiers = erased.engine.checkpointer.keys.verifiers()
    rows = {row.position: row for row in erased.engine.store.scan()}
    for proof in erased.proofs:
        assert check(proof, verifiers).leaf == leaf_bytes(rows[proof.place + 1])
    last = erased.engine.checkpointer.last().checkpoint
    first = Checkpoint.parse(erased.note.text)
    hashes = erased.engine.checkpointer.consistency(first.size, last.size)
    assert last.size > first.size
    check_consistency(first.size, last.size, first.root, last.root, hashes)


def test_verify_finds_nothing_wrong_with_the_log_its_keys_and_the_head_from_before(erased: Erased):
    checked = verify_log(erased.folder / "town.db", trusted=[erased.note])
    assert checked.findings == ()


def test_everybody_is_erased_with_the_reason_and_the_log_says_so(erased: Erased):
    assert set(erased.subjects) <= erased.engine.log.erased
    assert {str(erased.engine.get(person_id(each)).status) for each in erased.subjects} == {"erased"}
