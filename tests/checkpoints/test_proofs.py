"""Proof files: what is in its one form and leads to a signed head holds, and nothing else does."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.checkpoints.merkle import EMPTY_ROOT, ProofError, Tree, inclusion_proof, leaf_hash
from govflow.checkpoints.notes import COSIGNATURE, Checkpoint, Note, NoteError, Signer
from govflow.checkpoints.proofs import Proof, Proven, check

ORIGIN = "govflow/log-1"
KEY = Signer.new(ORIGIN)
LEAVES = [b"C-1\n%d\ncase.noted@1\n{}\n{}" % number for number in range(1, 41)]
TREE = Tree([leaf_hash(leaf) for leaf in LEAVES])


def head(size: int, *, origin: str = ORIGIN, signer: Signer = KEY, root: bytes | None = None) -> Note:
    text = Checkpoint(origin, size, TREE.root(min(size, 40)) if root is None else root).text()
    return Note(text, (signer.sign(text),))


def proof_of(place: int, size: int) -> Proof:
    return Proof(place, inclusion_proof(TREE.node, place, size), head(size), LEAVES[place])


PROOF = proof_of(5, 11)
FILE = PROOF.format().encode()


def test_a_proof_reads_back_and_says_what_it_proves():
    assert FILE.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    assert Proof.parse(FILE) == PROOF
    assert check(PROOF, [KEY.verifier]) == Proven(Checkpoint(ORIGIN, 11, TREE.root(11)), 5, LEAVES[5])


@given(st.integers(1, 40), st.data())
def test_every_leaf_of_every_size_is_proved(size, data):
    place = data.draw(st.integers(0, size - 1))

    assert check(Proof.parse(proof_of(place, size).format().encode()), [KEY.verifier]).leaf == LEAVES[place]


def test_a_leaf_known_otherwise_stands_in_for_the_one_carried():
    bare = Proof.parse(PROOF._replace(extra=b"").format().encode())

    assert check(bare, [KEY.verifier], LEAVES[5]).leaf == LEAVES[5]
    with pytest.raises(ProofError, match="does not carry what it proves"):
        check(bare, [KEY.verifier])
    with pytest.raises(ProofError, match="does not lead"):
        check(PROOF, [KEY.verifier], LEAVES[6])


def test_only_a_key_of_the_log_that_is_named_is_believed():
    witness = Signer(ORIGIN, COSIGNATURE, KEY.private)
    elsewhere = Signer.new("govflow/log-2")
    for note, keys in [
        (head(11), []),
        (head(11), [Signer.new(ORIGIN).verifier]),
        (head(11, signer=elsewhere), [elsewhere.verifier]),
        (head(11, origin="govflow/log-2"), [KEY.verifier]),
        (head(11, signer=witness), [witness.verifier]),
        (head(11), [elsewhere.verifier]),
    ]:
        with pytest.raises(NoteError, match="signed by no key that is trusted"):
            check(PROOF._replace(note=note), keys)


def test_a_witness_that_signed_falsely_spoils_the_note():
    witness = Signer.new("witness.example/w", COSIGNATURE)
    false = witness.sign("another text\n", 1)
    note = PROOF.note.with_signatures([false])

    check(PROOF._replace(note=note), [KEY.verifier])  # whoever does not know the witness passes it over
    with pytest.raises(NoteError, match=r"the signature of witness\.example/w is false"):
        check(PROOF._replace(note=note), [KEY.verifier, witness.verifier])


ROOT64 = base64.b64encode(EMPTY_ROOT)
MALFORMED = {
    "nothing": b"",
    "another version": FILE.replace(b"@v1", b"@v2"),
    "no empty line": FILE.replace(b"\n\n", b"\n"),
    "no index": FILE.replace(b"index 5\n", b""),
    "extra behind the index": b"c2sp.org/tlog-proof@v1\nindex 5\nextra YQ==\n\n" + PROOF.note.format().encode(),
    "extra without content": FILE.replace(b"extra ", b"extra \nextra "),
    "extra twice": FILE.replace(b"extra ", b"extra YQ==\nextra "),
    "extra in another form": FILE.replace(b"extra ", b"extra  "),
    "a sign": FILE.replace(b"index 5", b"index +5"),
    "a negative index": FILE.replace(b"index 5", b"index -5"),
    "a leading zero": FILE.replace(b"index 5", b"index 05"),
    "an index beyond all": FILE.replace(b"index 5", b"index %d" % (1 << 63)),
    "an index of many digits": FILE.replace(b"index 5", b"index " + b"9" * 9999),
    "no number": FILE.replace(b"index 5", b"index five"),
    "a full-width digit": FILE.replace(b"index 5", "index ５".encode()),
    "carriage returns": FILE.replace(b"\n", b"\r\n"),
    "a short hash": FILE.replace(b"index 5\n", b"index 5\nAAAA\n"),
    "a hash that is no base 64": FILE.replace(b"index 5\n", b"index 5\n!!!!\n"),
    "too many hashes": FILE.replace(b"index 5\n", b"index 5\n" + (ROOT64 + b"\n") * 64),
    "no checkpoint": FILE.partition(b"\n\n")[0] + b"\n\n",
    "a checkpoint without signatures": FILE.rpartition(b"\n\n")[0] + b"\n",
    "too long": b"x" * ((1 << 26) + 1),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_proof_is_refused(raw):
    with pytest.raises((ProofError, NoteError)):
        check(Proof.parse(raw), [KEY.verifier])


SIZES = [0, 1, *(size for k in range(1, 6) for size in (2**k - 1, 2**k, 2**k + 1)), 40, 1 << 62, (1 << 63) - 1]


@given(st.data())
def test_no_proof_made_of_wrong_parts_holds_or_raises_anything_else(data):
    draw = data.draw
    size = draw(st.sampled_from(SIZES))
    place = draw(st.sampled_from([*SIZES, 1 << 63, 1 << 64, 1 << 200]))
    sound = list(inclusion_proof(TREE.node, place, size)) if place < size <= 40 else []
    some = st.sampled_from([*sound, EMPTY_ROOT, TREE.root(), b"", b"short"])
    hashes = draw(st.one_of(st.just(sound), st.lists(some, max_size=8), st.permutations(sound), st.just(sound * 2)))
    hashes = draw(st.sampled_from([hashes, hashes[:-1], hashes[1:], [*hashes, EMPTY_ROOT]]))
    leaf = draw(st.sampled_from([LEAVES[min(place, 39)], LEAVES[0], b"x", b""]))
    proof = Proof(place, tuple(hashes), head(size), leaf)

    try:
        proven = check(Proof.parse(proof.format().encode()), [KEY.verifier])
    except (ProofError, NoteError):
        return
    assert proven.leaf == LEAVES[place], "what holds is true"
    assert hashes == sound


@given(st.data())
def test_a_proof_with_one_bit_changed_never_proves_anything_else(data):
    place, bit = data.draw(st.integers(0, len(FILE) - 1)), data.draw(st.integers(0, 7))
    changed = FILE[:place] + bytes([FILE[place] ^ 1 << bit]) + FILE[place + 1 :]

    with pytest.raises((ProofError, NoteError)):
        check(Proof.parse(changed), [KEY.verifier])


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_whatever_bytes_come_only_its_own_errors_are_raised(front, back):
    for raw in (front, FILE[: len(front)] + back, b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + back):
        with pytest.raises((ProofError, NoteError)):
            check(Proof.parse(raw), [KEY.verifier])
