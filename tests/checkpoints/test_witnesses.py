"""What others sign: witnesses' cosignatures, and time stamps by an authority of our own made with `openssl ts`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from govflow.checkpoints.cosigning import add_cosignatures
from govflow.checkpoints.notes import Note, NoteError, Signer
from govflow.checkpoints.timestamps import StampError, add_stamp, certificates_of, request, stamp_of

from .authority import an_authority, answered
from .logs import WITNESS, Kept, a_log, append

AT = 1_772_500_000


@pytest.fixture
def log(tmp_path: Path) -> Kept:
    found = a_log(tmp_path, 3)
    found.checkpointer.sign()
    return found


def cosigned(note: Note, *witnesses: Signer) -> bytes:
    return note.with_signatures(each.sign(note.text, AT) for each in witnesses).format().encode()


def last(log: Kept) -> Note:
    found = log.checkpointer.last()
    assert found is not None
    return found.note


def test_a_cosigned_checkpoint_is_kept_and_stands_under_every_proof(log: Kept):
    note = add_cosignatures(log.checkpointer, cosigned(last(log), WITNESS), [WITNESS.verifier], log.clock())

    assert note == last(log) == log.checkpointer.inclusion(1).note
    assert note.signed_by([WITNESS.verifier]) == (WITNESS.verifier,)
    assert note.signatures[-1].seconds == AT
    assert add_cosignatures(log.checkpointer, note.format().encode(), [WITNESS.verifier], log.clock()) == note
    assert len(list(log.kept.notes())) == 2, "what is there already is not kept twice"
    assert log.checkpointer.sign() == note


def test_a_witness_that_cosigns_a_resting_log_each_hour_fills_no_note(log: Kept):
    note = last(log)
    for hour in range(120):
        again = note.with_signatures([WITNESS.sign(note.text, AT + 3600 * hour)])
        add_cosignatures(log.checkpointer, again.format().encode(), [WITNESS.verifier], log.clock())

    assert len(last(log).signatures) == len(list(log.kept.notes())) == 2
    append(log.store, 1)
    log.checkpointer.sign()


def test_more_witnesses_than_a_note_has_room_for_are_refused(log: Kept):
    many = [Signer.new(f"w{number}.example/w", 0x04) for number in range(50)]

    with pytest.raises(NoteError, match="more than 50 signatures"):
        add_cosignatures(log.checkpointer, cosigned(last(log), *many), [each.verifier for each in many], log.clock())


def test_an_older_checkpoint_may_come_back_later(log: Kept):
    older = last(log)
    append(log.store, 1)
    newer = log.checkpointer.sign()
    add_cosignatures(log.checkpointer, cosigned(older, WITNESS), [WITNESS.verifier], log.clock())

    assert last(log) == newer
    assert log.checkpointer.at(3).note.signed_by([WITNESS.verifier])


def test_a_witness_that_is_not_trusted_is_left_out(log: Kept):
    stranger = Signer.new("stranger.example/w", 0x04)
    raw = cosigned(last(log), stranger, WITNESS)

    with pytest.raises(NoteError, match="none of the witnesses that are trusted"):
        add_cosignatures(log.checkpointer, cosigned(last(log), stranger), [WITNESS.verifier], log.clock())
    note = add_cosignatures(log.checkpointer, raw, [WITNESS.verifier], log.clock())
    assert [each.name for each in note.signatures] == [log.keys.origin, WITNESS.name]


def test_what_is_not_our_checkpoint_with_our_signature_is_refused(log: Kept, tmp_path):
    note = last(log)
    theirs = note.signatures[1:]
    other = a_log(tmp_path / "other", 4)
    forked = other.checkpointer.sign()
    false = WITNESS.sign("another\n", AT)
    for raw in (
        b"no note",
        Note(note.text, (WITNESS.sign(note.text, AT), *theirs)).format().encode(),
        cosigned(forked, WITNESS),
        cosigned(Note(forked.text, (log.keys.signers()[0].sign(forked.text),)), WITNESS),
        note.with_signatures([false]).format().encode(),
    ):
        with pytest.raises(NoteError):
            add_cosignatures(log.checkpointer, raw, [WITNESS.verifier], log.clock())
    with pytest.raises(NoteError, match="is no witness's"):
        add_cosignatures(log.checkpointer, note.format().encode(), log.keys.verifiers(), log.clock())
    assert len(list(log.kept.notes())) == 1


def test_another_head_of_the_same_size_is_refused_though_our_key_signed_it(log: Kept, tmp_path):
    other = a_log(tmp_path / "other", key=False)
    append(other.store, 2)
    with other.store.transaction() as transaction:
        rows = list(log.store.scan())
        transaction.append([rows[0]._replace(stream="C-2")])
    text = last(log).text.replace(last(log).text.split("\n")[2], "A" * 43 + "=")
    forked = Note(text, (log.keys.signers()[0].sign(text),))

    with pytest.raises(NoteError, match="has another text"):
        add_cosignatures(log.checkpointer, cosigned(forked, WITNESS), [WITNESS.verifier], log.clock())


# -- time stamps ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_authority(tmp_path_factory.mktemp("authority"))


def test_a_checkpoint_is_stamped_by_an_authority(log: Kept, authority):
    roots = certificates_of([(authority / "root.pem").read_bytes()])
    token = answered(authority, request(last(log).text))
    append(log.store, 1)
    log.checkpointer.sign()  # the answer is of an older one
    stamp = add_stamp(log.kept, token, roots)

    assert stamp.size == 3
    assert abs(stamp.stamped_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert add_stamp(log.kept, token, roots) == stamp
    assert log.kept.stamps() == (stamp,)
    assert (
        stamp_of(token, log.checkpointer.at(3).note.text, roots).authority
        == "CN=Authority,O=A-name-longer-than-the-root-of-a-test"
    )


def test_a_stamp_of_another_text_authority_or_form_is_refused(log: Kept, authority):
    roots = certificates_of([(authority / "root.pem").read_bytes()])
    strangers = certificates_of([(authority / "other.pem").read_bytes()])
    token = answered(authority, request(last(log).text))
    refused = answered(authority, b"no request")
    flipped = token[:-3] + bytes([token[-3] ^ 1]) + token[-2:]

    with pytest.raises(StampError, match="does not hold"):
        stamp_of(token, "another text\n", roots)
    with pytest.raises(StampError, match="does not hold"):
        stamp_of(token, last(log).text, strangers)
    with pytest.raises(StampError, match="name one"):
        stamp_of(token, last(log).text, ())
    for raw, named in [
        (answered(authority, request("another text\n")), roots),
        (token, strangers),
        (flipped, roots),
        (refused, roots),
        (b"", roots),
        (b"no answer", roots),
    ]:
        with pytest.raises(StampError):
            add_stamp(log.kept, raw, named)
    assert log.kept.stamps() == ()
    with pytest.raises(StampError, match="holds none"):
        certificates_of([b"no certificate"])


def test_a_certificate_in_der_serves_too(authority):
    from cryptography.hazmat.primitives.serialization import Encoding

    (root,) = certificates_of([(authority / "root.pem").read_bytes()])

    assert certificates_of([root.public_bytes(Encoding.DER)]) == (root,)


def test_a_damaged_certificate_is_one_clear_error_whatever_the_library_makes_of_it(log: Kept, authority):
    note = last(log)
    answer = answered(authority, request(note.text))
    (root,) = certificates_of([(authority / "root.pem").read_bytes()])
    der = root.public_bytes(Encoding.DER)
    for place in range(0, len(der), 7):
        damaged = der[:place] + bytes([der[place] ^ 4]) + der[place + 1 :]
        try:
            stamp_of(answer, note.text, certificates_of([damaged]))
        except StampError:
            continue
