"""Who is believed: keys by their handovers, and heads by keys, each up to where it was replaced."""

from __future__ import annotations

import pytest

from govflow.checkpoints.notes import COSIGNATURE, Checkpoint, Note, NoteError, Signer
from govflow.checkpoints.trust import Doubt, Doubted, Handover, believed, chain_of, read_vkey
from govflow.errors import InputError

from .logs import ORIGIN, WITNESS, a_log, append

A, B, C = (Signer.new(ORIGIN) for _ in range(3))
ELSEWHERE = Signer.new("govflow/log-other")


def handed(old: Signer, new: Signer, *signers: Signer, size: int = 10, origin: str = ORIGIN, text: str = "") -> Note:
    said = text or Handover(origin, size, old.verifier, new.verifier).text()
    return Note(said, tuple(each.sign(said) for each in signers))


def over(old: Signer, new: Signer, size: int = 10) -> bytes:
    return handed(old, new, old, new, size=size).format().encode()


def head(size: int, *signers: Signer, origin: str = ORIGIN) -> Note:
    text = Checkpoint(origin, size, bytes(32)).text()
    return Note(text, tuple(each.sign(text) for each in signers))


# -- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    [
        handed(A, B, A),
        handed(A, B, B),
        handed(A, B, C),
        handed(A, A, A),
        handed(A, ELSEWHERE, A, ELSEWHERE),
        handed(A, B, A, B, origin="govflow/log-other"),
        handed(A, B, A, B, text=Handover(ORIGIN, 10, A.verifier, B.verifier).text() + "more\n"),
        handed(A, B, A, B, text=Handover(ORIGIN, 10, A.verifier, B.verifier).text().replace("handover", "1")),
        handed(A, B, A, B, text=Handover(ORIGIN, 10, A.verifier, B.verifier).text().replace("10", "010")),
        handed(A, B, A, B)._replace(text=Handover(ORIGIN, 11, A.verifier, B.verifier).text()),
        handed(A, B, A, B)._replace(text=Handover(ORIGIN, 10, A.verifier, C.verifier).text()),
        handed(A, Signer(ORIGIN, COSIGNATURE, B.private), A, Signer(ORIGIN, COSIGNATURE, B.private)),
    ],
    ids=range(12),
)
def test_a_handover_that_not_both_keys_of_the_log_have_signed_leads_nowhere(note):
    with pytest.raises(NoteError):
        Handover.parse(note)
    assert chain_of([A.verifier], [note.format().encode()]).keys == (A.verifier,)


def test_a_key_is_followed_both_ways():
    handovers = [over(B, C, 20), over(A, B, 10)]

    for trusted in (A, B, C):
        found = chain_of([trusted.verifier], handovers)
        assert found.until == {A.verifier: 10, B.verifier: 20, C.verifier: None}
        assert found.keys == (A.verifier, B.verifier, C.verifier)
    assert chain_of([A.verifier], handovers[:1]).until == {A.verifier: None}


def test_a_rotated_logs_keys_are_followed_from_each_of_them(tmp_path):
    log = a_log(tmp_path, 1)
    for _ in range(3):
        log.checkpointer.rotate()
        append(log.store, 1)
    log.checkpointer.sign()

    for each in log.keys.verifiers():
        assert chain_of([each], log.kept.handovers()) == log.keys.chain()
    assert list(log.keys.chain().until.values()) == [1, 2, 3, None]


@pytest.mark.parametrize(
    "handovers",
    [
        [over(A, B), over(A, C)],
        [over(A, C), over(B, C)],
        [over(A, B), over(A, B, 11)],
        [over(A, B), over(B, A)],
        [over(A, B, 10), over(B, C, 9)],
    ],
    ids=["handed over twice", "taken over twice", "at two sizes", "in a circle", "backwards"],
)
def test_handovers_that_contradict_each_other_are_refused(handovers):
    with pytest.raises(NoteError):
        chain_of([A.verifier, C.verifier], handovers)


def test_the_same_handover_twice_and_those_of_other_logs_and_what_is_none_are_passed_over():
    other = Signer.new("govflow/log-other")
    theirs = handed(ELSEWHERE, other, ELSEWHERE, other, origin="govflow/log-other").format().encode()

    assert chain_of([A.verifier], [theirs, b"\xff", over(A, B), over(A, B)]).keys == (A.verifier, B.verifier)


def test_a_witness_speaks_for_no_log():
    assert chain_of([WITNESS.verifier, A.verifier], []).keys == (A.verifier,)


# -- heads ------------------------------------------------------------------------------------------------------------

CHAIN = chain_of([A.verifier], [over(A, B, 10)])


@pytest.mark.parametrize(
    ("note", "newest"),
    [
        (head(9, A), False),
        (head(10, A), False),
        (head(9, B), False),
        (head(11, B), True),
        (head(10, A, B), True),
        (head(11, A, B), True),
        (head(11, C, B), True),
    ],
    ids=range(7),
)
def test_a_head_is_believed_by_a_key_of_its_time(note, newest):
    assert believed(note, ORIGIN, CHAIN, newest=newest) == Checkpoint.parse(note.text)


@pytest.mark.parametrize(
    ("note", "newest", "doubt"),
    [
        (head(11, A), False, Doubt.REPLACED),
        (head(10, A), True, Doubt.REPLACED),
        (head(9, C), False, Doubt.KEY),
        (head(9), False, Doubt.KEY),
        (head(9, ELSEWHERE), False, Doubt.KEY),
        (head(9, Signer(ORIGIN, COSIGNATURE, A.private)), False, Doubt.KEY),
        (head(9, A, origin="govflow/log-other"), False, Doubt.ORIGIN),
        (head(9, A)._replace(text=head(10).text), False, Doubt.SIGNATURE),
        (Note(head(9).text, (*head(9, A).signatures, *head(8, B).signatures)), False, Doubt.SIGNATURE),
    ],
    ids=range(9),
)
def test_a_head_is_doubted_for_one_stated_reason(note, newest, doubt):
    with pytest.raises(Doubted) as error:
        believed(note, ORIGIN, CHAIN, newest=newest)
    assert error.value.doubt is doubt
    assert error.value.args[0].zh != error.value.args[0]


def test_keys_are_read_from_their_text_and_from_a_file(tmp_path):
    file = tmp_path / "log.vkey"
    file.write_text(A.verifier.vkey + "\n")

    assert read_vkey(A.verifier.vkey) == read_vkey(str(file)) == A.verifier


@pytest.mark.parametrize("text", ["", "no such file", "a+b", "a\0b", "x+\0", "/", "x" * 5_000, "+" * 5_000])
def test_what_is_no_key_is_one_clear_error(text):
    with pytest.raises(InputError):
        read_vkey(text)
