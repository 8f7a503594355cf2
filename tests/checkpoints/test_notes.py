"""Signed notes and checkpoints: the published examples hold, and hostile texts are refused with one error."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.checkpoints.merkle import EMPTY_ROOT
from govflow.checkpoints.notes import COSIGNATURE, ED25519, Checkpoint, Note, NoteError, Signature, Signer, Verifier

# The example of c2sp.org/signed-note, with its key.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# The example of c2sp.org/tlog-cosignature; its keys were not published.
SOFA_NOTE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501 - a published text
# The key and signature of Go's golang.org/x/mod/sumdb/note, Example.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
KEY = Signer.new("govflow/log-1")
WITNESS = Signer.new("witness.example/w", COSIGNATURE)


@pytest.mark.parametrize(("vkey", "note"), [(FOO, FOO_NOTE), (PETER, PETER_NOTE)])
def test_published_notes_hold(vkey, note):
    verifier = Verifier.parse(vkey)
    parsed = Note.parse(note.encode())

    assert verifier.vkey == vkey
    assert parsed.format() == note
    assert parsed.signed_by([verifier]) == (verifier,)
    with pytest.raises(NoteError, match="false"):
        parsed._replace(text=parsed.text.replace("e", "f", 1)).signed_by([verifier])


def test_the_published_cosigned_checkpoint_is_read():
    note = Note.parse(SOFA_NOTE.encode())
    checkpoint = Checkpoint.parse(note.text)

    assert note.format() == SOFA_NOTE
    assert (checkpoint.origin, checkpoint.size, checkpoint.text()) == (
        "example.com/behind-the-sofa",
        20852163,
        note.text,
    )
    assert [each.seconds for each in note.signatures] == [None, 1679315147]


def signed(text: str = "govflow/log-1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n") -> Note:
    return Note(text, (KEY.sign(text), WITNESS.sign(text, 1679315147)))


def test_a_log_and_a_witness_sign_the_same_text():
    note = Note.parse(signed().format().encode())

    assert note == signed()
    assert note.signed_by([WITNESS.verifier, KEY.verifier]) == (KEY.verifier, WITNESS.verifier)
    assert Checkpoint.parse(note.text) == Checkpoint("govflow/log-1", 0, EMPTY_ROOT)


def test_a_cosignature_is_over_its_time_too():
    note = signed()
    ours, theirs = note.signatures
    later = theirs._replace(signature=(1679315148).to_bytes(8, "big") + theirs.signature[8:])

    with pytest.raises(NoteError, match="signature of witness"):
        note._replace(signatures=(ours, later)).signed_by([WITNESS.verifier])


def test_a_time_that_no_cosignature_may_have_is_refused():
    beyond = WITNESS.sign("text\n", 1 << 63)

    with pytest.raises(NoteError):
        Note("text\n", (beyond,)).signed_by([WITNESS.verifier])
    with pytest.raises(NoteError):
        Note("text\n", (beyond._replace(signature=b"short"),)).signed_by([WITNESS.verifier])


def test_a_key_of_one_kind_does_not_stand_in_for_the_other():
    as_witness = Verifier(KEY.name, COSIGNATURE, KEY.verifier.public)

    assert as_witness.key_id != KEY.verifier.key_id
    assert signed().signed_by([as_witness]) == ()


def test_signatures_of_strangers_are_passed_over_even_under_a_known_name():
    stranger = Signer.new(KEY.name)
    note = Note("text\n", (stranger.sign("text\n"), KEY.sign("text\n")))

    assert note.signed_by([KEY.verifier]) == (KEY.verifier,)
    assert Note("text\n", (stranger.sign("text\n"),)).signed_by([KEY.verifier]) == ()


def test_one_signature_of_each_key_is_kept_the_first():
    note = signed()
    other = Signer.new("witness.example/w", COSIGNATURE)

    assert note.with_signatures(note.signatures) == note
    assert note.with_signatures([WITNESS.sign(note.text, 5)]) == note
    assert len(note.with_signatures([other.sign(note.text, 5)]).signatures) == 3


LINE = signed().signatures[0].line()
BAD_NOTES = {
    "nothing": b"",
    "no signature": b"text\n",
    "no blank line": f"text\n{LINE}\n".encode(),
    "no last line end": f"text\n\n{LINE}".encode(),
    "no UTF-8": b"text\xff\n\n" + f"{LINE}\n".encode(),
    "a control character": f"te\rxt\n\n{LINE}\n".encode(),
    "a zero byte": f"te\0xt\n\n{LINE}\n".encode(),
    "a hyphen for a dash": f"text\n\n{LINE.replace('—', '-')}\n".encode(),
    "an en dash": f"text\n\n{LINE.replace('—', '–')}\n".encode(),
    "no base 64": "text\n\n— name !!!!\n".encode(),
    "base 64 without padding": "text\n\n— name AAAAAAA\n".encode(),
    "base 64 in another form": "text\n\n— name AAAAAAB=\n".encode(),
    "a signature too short": "text\n\n— name AAAA\n".encode(),
    "no name": "text\n\n—  AAAAAAAA\n".encode(),
    "a plus in the name": "text\n\n— na+me AAAAAAAA\n".encode(),
    "a wide space in the name": "text\n\n— na\u3000me AAAAAAAA\n".encode(),
    "text behind the signature": f"text\n\n{LINE} more\n".encode(),
    "no signature behind the name": "text\n\n— name\n".encode(),
    "too many signatures": f"text\n\n{(LINE + chr(10)) * 101}".encode(),
    "too long": b"x" * ((1 << 20) + 1),
}


@pytest.mark.parametrize("raw", BAD_NOTES.values(), ids=BAD_NOTES)
def test_what_is_no_note_is_refused(raw):
    with pytest.raises(NoteError):
        Note.parse(raw)


@pytest.mark.parametrize("count", [1, 16, 100])
def test_as_many_signatures_are_read_as_the_specification_asks(count):
    assert len(Note.parse(f"text\n\n{(LINE + chr(10)) * count}".encode()).signatures) == count


def test_a_text_may_hold_empty_lines():
    note = Note("a\n\nb\n", (KEY.sign("a\n\nb\n"),))

    assert Note.parse(note.format().encode()) == note


ROOT = base64.b64encode(EMPTY_ROOT).decode()
BAD_CHECKPOINTS = [
    "",
    "\n",
    f"origin\n1\n{ROOT}",
    f"\n1\n{ROOT}\n",
    f"origin\n\n{ROOT}\n",
    "origin\n1\n\n",
    "origin\n1\n",
    f"origin\n-1\n{ROOT}\n",
    f"origin\n+1\n{ROOT}\n",
    f"origin\n01\n{ROOT}\n",
    f"origin\n１\n{ROOT}\n",
    f"origin\n1.0\n{ROOT}\n",
    f"origin\n{1 << 63}\n{ROOT}\n",
    f"origin\n{'9' * 5000}\n{ROOT}\n",
    f"origin\n{'0' * 5000}\n{ROOT}\n",
    "origin\n1\nAAAA\n",
    f"origin\n1\n{ROOT[:-1]}\n",
    f"origin\n1\n{ROOT[:-2]}V=\n",
    f"origin\n1\n{ROOT}\n\n",
]


@pytest.mark.parametrize("text", BAD_CHECKPOINTS, ids=range(len(BAD_CHECKPOINTS)))
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_a_checkpoint_may_be_as_large_as_a_signed_number_and_carry_further_lines():
    assert Checkpoint.parse(f"origin\n{(1 << 63) - 1}\n{ROOT}\nmore\n").size == (1 << 63) - 1


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+530d903a",
        FOO[:-1],
        FOO.replace("530d903a", "530d903b"),
        FOO.replace("530d903a", "530D903A"),
        FOO.replace("example.com/foo", "example.com/fo"),
        FOO.replace("+Ae", "+Be"),
        "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "name+00000000+" + base64.b64encode(b"\x09" + bytes(32)).decode(),
    ],
)
def test_what_is_no_key_is_refused(vkey):
    with pytest.raises(NoteError):
        Verifier.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u2028b", "a\nb"])
def test_a_key_has_a_name_that_a_note_can_carry(name):
    with pytest.raises(NoteError):
        Signer.new(name)


def test_a_public_key_that_is_no_point_signs_nothing():
    verifier = Verifier("name", ED25519, b"\xff" * 32)

    assert not verifier.verifies(b"text\n", bytes(64))


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_bytes_come_only_a_note_error_is_raised(raw):
    try:
        note = Note.parse(raw)
        Checkpoint.parse(note.text)
    except NoteError:
        return


@given(st.data())
def test_a_changed_note_is_never_believed(data):
    raw = signed().format().encode()
    place, bit = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 7))
    changed = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]

    try:
        note = Note.parse(changed)
        believed = note.signed_by([KEY.verifier])
    except NoteError:
        return
    assert not believed or (note.text == signed().text and note.signatures[0] == signed().signatures[0])


def test_a_signature_line_reads_back():
    signature = Signature("name", b"\0\1\2\3", bytes(64))

    assert Note.parse(f"text\n\n{signature.line()}\n".encode()).signatures == (signature,)
