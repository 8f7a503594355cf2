"""What a thief has of a log: ciphertexts that open nowhere else and not without keys; and what stays legible."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import pytest
from pydantic import BaseModel

from govflow import Engine, LogError, ProtectionError
from govflow.actors import FOR_THEMSELVES, ClaimsAuthority
from govflow.audit.findings import Code
from govflow.audit.verifying.evidence import verify_log
from govflow.cases.commands import ReportCase
from govflow.engine import shipped
from govflow.log_events import LOG_EVENTS, SubjectErased
from govflow.messages import Protected
from govflow.persistence.codec import Codec, StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.privacy.keys import KeyStore
from tests.cli.conftest import run
from tests.privacy.conftest import LOG
from tests.privacy.planting import CANARY, PIECES
from tests.support import MATTER, desk

Copied = Callable[..., Path]
CODEC = Codec([*LOG_EVENTS, *chain.from_iterable(each.events for each in shipped())])


class Stands(NamedTuple):
    """A protected value, and where it stands."""

    value: Protected
    row: StoredEvent
    field: str


def standing(store: Any) -> Iterator[Stands]:
    """Every protected value of a log whose key was not destroyed."""
    events = [(row, CODEC.decode(row.topic, row.state)) for row in store.scan()]
    erased = {event.subject for _, event in events if isinstance(event, SubjectErased)}
    for row, event in events:
        for field in event.personal:
            value = getattr(event, field)
            if value is not None and value.subject not in erased:
                yield Stands(value, row, field)


def opened(path: Path, **options: Any) -> Engine:
    return Engine.open(path, records=shipped(), authority=ClaimsAuthority(), **options)


# --- moved -----------------------------------------------------------------------------------------------------------


def test_a_ciphertext_opens_at_its_own_place_alone_of_all_the_places_there_are(copied: Copied):
    with opened(copied(), read_only=True) as engine:
        values = list(standing(engine.store))
        vault = engine.vault
        assert len(values) > 150
        for at, (value, row, field) in enumerate(values):
            assert CANARY in (vault.open(value, row.stream, row.version, row.topic, field) or "")
            for other in (values[at - 1], values[at // 2 - 1], values[(at * 7 + 3) % len(values)]):
                if (other.row.position, other.field) == (row.position, field):
                    continue
                place = (other.row.stream, other.row.version, other.row.topic, other.field)
                for moved in (value, value.changed(subject=other.value.subject, about=other.value.about)):
                    with pytest.raises(ProtectionError):
                        vault.open(moved, *place)


@pytest.mark.parametrize("what", ["field", "event", "record", "subject"])
def test_a_ciphertext_moved_within_the_file_is_refused_and_verify_says_where(what: str, copied: Copied):
    path = copied()
    with closing(SQLiteStore(path, read_only=True)) as store:
        values = list(standing(store))
    ours, thief = next(
        (here, there) for here in values for there in values if here is not there and _lies(what, here, there)
    )
    state = ours.row.state.replace(ours.value.ciphertext.encode(), thief.value.ciphertext.encode())
    assert state != ours.row.state
    put(path, ours.row, state)
    value = getattr(CODEC.decode(ours.row.topic, state), ours.field)
    place = (ours.row.stream, ours.row.version, ours.row.topic, ours.field)
    with opened(path, read_only=True) as engine, pytest.raises(ProtectionError, match="does not open: it was moved"):
        engine.vault.open(value, *place)
    assert Code.EDIT in {each.code for each in verify_log(path).findings}


def _lies(what: str, here: Stands, there: Stands) -> bool:
    """Whether it is `what` that tells two values apart."""
    is_same = {
        "record": here.row.stream == there.row.stream,
        "event": here.row.position == there.row.position,
        "field": here.field == there.field,
        "subject": here.value.subject == there.value.subject,
    }
    match what:
        case "field":
            return is_same["event"] and is_same["subject"]
        case "event":
            return is_same["record"] and is_same["subject"] and not is_same["event"]
        case "record":
            return is_same["subject"] and not is_same["record"]
    return not is_same["subject"]


def put(path: Path, row: StoredEvent, state: bytes) -> None:
    """Write another state into a row as a thief would, with the leaf that belongs to it."""
    with closing(sqlite3.connect(path)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        leaf = leaf_of(row.stream, row.version, row.topic, state)
        db.execute("UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = ?", (state, leaf, row.position))
        db.commit()


@pytest.mark.parametrize("left", [b'"ciphertext":""', b'"about":[]'])
@pytest.mark.parametrize("has_keys", [True, False])
def test_a_value_cut_out_of_a_log_that_is_no_redacted_export_is_found_with_its_hash_made_anew(
    has_keys: bool, left: bytes, copied: Copied
):
    path = copied()
    with opened(path, read_only=True) as engine:
        row = next(row for row in engine.store.read("C-2026-000003") if b'"reporter_name":{' in row.state)
    put(path, row, re.sub(rb'"ciphertext":"[^"]+"', left, row.state, count=1))
    if not has_keys:
        without(KEYS, KEK)(path)
    said = [str(each.en) for each in verify_log(path).findings if each.position == row.position]
    assert any("was cut out: no redacted export says so" in each for each in said)


# --- keys that are missing, or another's -----------------------------------------------------------------------------

KEYS, KEK = f"{LOG}.keys", f"{LOG}.keys.kek"


def without(*names: str) -> Callable[[Path], None]:
    def gone(path: Path) -> None:
        for name in names:
            path.with_name(name).unlink()

    return gone


def anothers(*names: str) -> Callable[[Path], None]:
    """The files of another log in the place of its own."""

    def changed(path: Path) -> None:
        other = path.with_name("other.db")
        with opened(other) as engine:
            engine.handle(ReportCase(by=desk, **MATTER, reporter_name="Wang"))
        for name in names:
            shutil.copy2(other.with_name(name.replace(LOG, "other.db")), path.with_name(name))

    return changed


def garbled(path: Path) -> None:
    path.with_name(KEYS).write_bytes(b"no key store" * 400)


def renewed(path: Path) -> None:
    """An empty key store in the place of its own, as a restore that forgot it leaves behind."""
    without(KEYS, KEK)(path)
    KeyStore(path.with_name(KEYS)).close()


TROUBLES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "no key store": (without(KEYS, KEK), "", r"there is no key for \S+; is this the log's own key store\?"),
    "a new key store": (renewed, "the key store is new", r"there is no key for \S+; is this the log's own key store\?"),
    "no key-encryption key": (without(KEK), "the key-encryption key kek-", r"kek-\w+ is missing: bring back"),
    "another log's key store": (anothers(KEYS, KEK), "belong to log-", r"belongs to log-\w+, not to log-\w+"),
    "another log's key-encryption key": (anothers(KEK), "the key-encryption key kek-", r"kek-\w+ is missing: bring"),
    "a file that is none": (garbled, "the keys of personal data cannot be read", "is not a database"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_wrong_or_missing_key_is_a_finding_of_verify_and_one_clear_sentence_to_who_opens(
    trouble: str, copied: Copied
):
    change, told, sentence = TROUBLES[trouble]
    path = copied()
    change(path)
    checked = verify_log(path)
    if told:
        assert {each.code for each in checked.findings} <= {Code.KEY_MISSING, Code.DAMAGED}
        assert all(told in str(each.en) for each in checked.findings)
        assert 1 <= len(checked.findings) <= 2  # said once by each process that checks
    else:  # somebody who checks a log need not have its keys
        assert any("the keys of personal data were not at hand" in str(each) for each in checked.open_questions)
    with pytest.raises((ProtectionError, LogError), match=sentence), opened(path, read_only=True) as engine:
        engine.open_personal("C-2026-000003", "reporter_name", desk, why="to call back")
    for asked in (
        [
            "privacy",
            "open",
            "C-2026-000003",
            "reporter_name",
            "--as",
            "desk-1",
            "--role",
            "acceptance_desk",
            "--why",
            "a call",
        ],
        ["privacy", "subjects"],
        ["verify"],
        ["show", "C-2026-000003"],
    ):
        said = run(*asked, "--db", path)
        assert "Traceback" not in said.out + said.err


def test_without_keys_the_log_loads_replays_and_verifies_and_every_field_reads_as_protected(copied: Copied):
    whole = {}
    with opened(copied(), read_only=True) as engine:
        whole = {each.id: each.digest for each in engine.records()}
    path = copied()
    for name in (KEYS, KEK):
        path.with_name(name).unlink()
    assert verify_log(path).findings == ()
    with opened(path, read_only=True) as engine:
        assert {each.id: each.digest for each in engine.records()} == whole
        case: Any = engine.get("C-2026-000003")
        assert f"{case.place}" == f"<protected data of {case.place.subject}>"


def test_nothing_is_given_away_by_the_length_of_the_names_of_keys(copied: Copied):
    with closing(sqlite3.connect(copied().with_name(KEYS))) as db:
        rows = db.execute("SELECT subject, purpose, length(wrapped) FROM data_keys").fetchall()
    assert {length for _, _, length in rows} == {12 + 32 + 16}
    assert not [piece for row in rows for piece in PIECES if piece in str(row)]


# --- a stolen log ----------------------------------------------------------------------------------------------------


def test_a_stolen_log_file_opens_for_nobody_with_all_that_it_holds(copied: Copied):
    path = copied(LOG)
    with opened(path, read_only=True) as engine:
        for value, row, field in standing(engine.store):
            with pytest.raises(ProtectionError, match="there is no key"):
                engine.vault.open(value, row.stream, row.version, row.topic, field)


LEGIBLE = {
    "ids of records, items, units, policies, reasons; pseudonyms of people",
    "areas",
    "words of officials and public texts",
    "hashes of files and of commitments",
    "moments, days and hours",
    "numbers, sums and shares",
    "yes or no",
    "words from a list",
    "names that programs give",
    "the tables of the steps",
    "ciphertexts",
}
"""Kinds of what stands in events. Ciphertexts tell how long a text is, and whose; metadata beside events is ids."""


def kind_of(annotation: Any, limits: list[str]) -> str:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "words from a list"
    if annotation is Any:
        return "the tables of the steps"
    if isinstance(annotation, str):
        return "words from a list"  # a literal
    name = annotation.__name__
    if name in ("datetime", "AwareDatetime", "date", "time"):
        return "moments, days and hours"
    if name in ("int", "Fraction"):
        return "numbers, sums and shares"
    if name == "bool":
        return "yes or no"
    assert name == "str", f"a kind of value that is stated nowhere: {name}"
    said = " ".join(limits)
    if "[0-9a-f]{64}" in said:
        return "hashes of files and of commitments"
    if "A-Za-z0-9._:-" in said:
        return "ids of records, items, units, policies, reasons; pseudonyms of people"
    if "[^/" in said:
        return "areas"
    return "words of officials and public texts" if "max_length" in said else "names that programs give"


def fields_of(model: type[BaseModel], seen: set[type]) -> Iterator[tuple[str, str]]:
    """(place, kind) of everything that a model holds, in the models within it too."""
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        yield from _parts(field.annotation, list(field.metadata), f"{model.__name__}.{name}", seen)


def _parts(annotation: Any, limits: list[Any], place: str, seen: set[type]) -> Iterator[tuple[str, str]]:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _parts(inner, more, place, seen)
    elif get_args(annotation):
        for each in get_args(annotation):
            if each is not type(None) and each is not Ellipsis:
                yield from _parts(each, limits, place, seen)
    elif isinstance(annotation, type) and issubclass(annotation, Protected):
        yield place, "ciphertexts"
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from fields_of(annotation, seen)
    else:
        yield place, kind_of(annotation, [str(each) for each in limits])


def legible() -> dict[str, set[str]]:
    """What stands in events, by kind."""
    found: dict[str, set[str]] = {}
    for event in (*LOG_EVENTS, *(each for kind in shipped() for each in kind.events)):
        for place, kind in fields_of(event, set()):
            found.setdefault(kind, set()).add(place)
    return found


def test_what_stays_legible_in_a_stolen_log_is_of_these_kinds_and_no_other():
    assert legible().keys() == LEGIBLE


IN_CLEAR = """
approval.request.quoted approval.request.wanted case.reopen.ground case.report.channel case.report.signal
case.report.source case.report.title case.request_recheck.reason case.request_review.reason case.withdraw.reason
case.withdraw_review.reason check_in.arrive.occasion check_in.decline.reason check_in.serve.measure
entry.propose.beneficiaries entry.propose.number entry.propose.text entry.propose.title entry.withdraw.reason
evidence.add.media_type evidence.add.reference evidence.supersede.reason feedback.raise.place feedback.reopen.reason
feedback.withdraw.reason fund.pledge.purpose fund.withdraw.reason joint_project.order_remedy.defects
ledger.open.place ledger.open.what ledger.refuse.reason mediation.apply_confirmation.court mediation.breach.reason
mediation.confirm.court mediation.confirm.number mediation.fail.reason mediation.refuse.reason
mediation.refuse_confirmation.court mediation.refuse_confirmation.number milestone.refuse.shortcomings
objection.raise.reason objection.withdraw.reason opinion.dispose.reason opinion.record.about opinion.withdraw.reason
proposal.amend.reason proposal.amend.text proposal.amend.title proposal.draft_proposal.source
proposal.draft_proposal.subject proposal.draft_proposal.text proposal.draft_proposal.title proposal.leave.reason
proposal.order_remedy.defects proposal.withdraw.reason referral.withdraw.reason risk_signal.raise.place
risk_signal.raise.what subject.disclose.basis support.withdraw.reason
"""
"""Words in the clear that commands may bring which people give for themselves. They are public or for officials, stay
for ever and are erased with nobody: whoever asks people for them says so, and a rule refuses numbers in some of them.
"""


def test_what_people_themselves_may_write_in_the_clear_is_listed_and_grows_with_nothing_unseen():
    people = {role for role in FOR_THEMSELVES if role != "organisation"}
    found = {
        f"{step.command.wire}.{name}"
        for kind in shipped()
        for flow in (kind.workflow, *(region.workflow for region in kind.regions.values()))
        for step in flow.steps
        if people & {*step.who}
        for name, field in step.command.model_fields.items()
        if _is_free_text(field)
    }
    assert found == {*IN_CLEAR.split()}


def _is_free_text(field: Any) -> bool:
    said = f"{field.annotation} {field.metadata}"
    return "Personal" not in said and ("max_length=4000" in said or "max_length=20000" in said)
