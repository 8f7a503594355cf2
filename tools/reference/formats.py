"""The page of the formats: what is signed and handed on, with samples that the code itself has written."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from govflow.audit.bundles.parts import End, Gap, Header, OfRecord, Signed, part_line
from govflow.checkpoints.keys import origin_of
from govflow.checkpoints.merkle import Tree, inclusion_proof, leaf_hash
from govflow.checkpoints.notes import COSIGNATURE, ED25519, Checkpoint, Note, Signer
from govflow.checkpoints.proofs import Proof
from govflow.checkpoints.trust import Handover
from govflow.persistence.codec import StoredEvent, leaf_of
from tools.reference.markdown import page, table
from tools.reference.verified import FIELDS

_ORIGIN = origin_of("log-000102030405060708090a0b")
_STATE = b'{"role":"resident","digest":"5f1c","command":"q-1","wire":"case.report","recorded_at":"2026-03-02T01:00:00+00:00","policy":"default@5"}\n{"at":"2026-03-02T01:00:00Z","by":"s-1","clocks":[]}'  # noqa: E501 - as stored
_ROW = StoredEvent("C-2026-000001", 1, "case.reported@1", _STATE, b"q-1", 3, b"")
_WIDTH = 118


def formats_markdown() -> str:
    """Every format that outsiders read, each with a sample."""
    log, new, witness = (Signer(name, kind, hashlib.sha256(seed).digest()) for name, kind, seed in _KEYS)
    row = _ROW._replace(leaf=leaf_of(_ROW.stream, _ROW.version, _ROW.topic, _ROW.state))
    tree = Tree([leaf_hash(b"1"), leaf_hash(b"2"), row.leaf, leaf_hash(b"4"), leaf_hash(b"5")])
    text = Checkpoint(_ORIGIN, tree.size, tree.root()).text()
    note = Note(text, (log.sign(text), witness.sign(text, int(datetime(2026, 3, 2, 1, tzinfo=UTC).timestamp()))))
    signed = note._replace(signatures=note.signatures[:1])
    said = Handover(_ORIGIN, tree.size, log.verifier, new.verifier).text()
    handover = Note(said, (log.sign(said), new.sign(said)))
    extra = f"{row.stream}\n{row.version}\n{row.topic}\n".encode() + row.state
    proof = Proof(2, inclusion_proof(tree.node, 2, tree.size), signed, extra)
    header = Header(_ORIGIN, OfRecord(row.stream, ((row.stream, 1),)), tree.size, 0, (log.verifier.vkey,))
    lines = [
        *(part_line(each) for each in (header, Gap(1, tree.node(1, 0)), row)),
        *(part_line(each) for each in (Gap(0, tree.node(0, 3)), Signed(signed.format()))),
    ]
    end = part_line(End(1, hashlib.sha256(b"".join(lines)).hexdigest()))
    return page(
        "# Formats",
        "What outsiders need to know to check a log without govflow. Hashes are SHA-256, signatures Ed25519, base "
        "64 is the standard one with padding; every text has one form only, and another writing of the same is "
        "refused. Samples are cut at the right edge.",
        "## Leaf and tree",
        "A leaf is the hash of a zero byte, the stream, the version, the topic and the stored state, with line feeds "
        "between the last four: [byte by byte](../explanation.md#what-is-stored-byte-by-byte). The tree over all "
        "leaves in the order of their positions, its inclusion and its consistency proofs are those of RFC 6962: a "
        "node is the hash of a one byte and both children, and the left child is the largest full subtree.",
        "## Public key (vkey)",
        "`name+id+key` on one line: the name is the origin of the log (`govflow/` and the id of the log), the id four "
        "bytes in hex, the key base 64 of the algorithm's byte and the public key. "
        f"`{ED25519:#04x}` is Ed25519, `{COSIGNATURE:#04x}` a witness's Ed25519 with a time.",
        _sample(log.verifier.vkey),
        "## Checkpoint",
        "A signed note (C2SP `signed-note`, `tlog-checkpoint`): origin, number of events and root, an empty line, "
        "and a line for each signature: an em dash, the name of the key, base 64 of its id and the signature over "
        "the text above the empty line. The second line here is a witness's (C2SP `tlog-cosignature`): it signs a "
        "time as well. Whoever checks one believes the signatures of the keys they trust and passes over all others.",
        _sample(note.format()),
        "## Handover of keys",
        "A signed note too, with the word `handover` where a checkpoint has its size, so that neither can be taken for "
        "the other: origin, number of events at the time, old key, new key. It counts when both have signed it; from "
        "then on the old key is good for heads up to that number alone.",
        _sample(handover.format()),
        "## Proof of an event",
        "C2SP `tlog-proof`: the leaf's own bytes (without the zero byte) as `extra`, its place from 0, hashes from the "
        "leaf to the root, an empty line, and the checkpoint. The size of the tree is taken from the checkpoint: an "
        "inclusion proof by itself does not bind it.",
        _sample(proof.format()),
        "## Bundle 证据包",
        "JSON Lines in UTF-8, each line in one form (no spaces, fields in this order), covering all leaves of one "
        "checkpoint from left to right. One pass with the peaks of the tree in memory is enough to check it, and "
        "`examples/verify_bundle.py` does it without govflow.",
        table(
            ("Line", "Fields", "What it says"),
            [
                ("header", "`format`, `version`, `origin`, `scope`, `size`, `after`, `keys`", _HEADER),
                ("handover", "`handover`", "a handover of keys, right behind the header"),
                ("row", "`position`, `stream`, `version`, `topic`, `command_id`, `leaf`, `state`", _EVENT),
                ("gap", "`skip`, `hash`", "a full subtree of 2^`skip` leaves that is left out, and its hash"),
                ("note", "`note`", "a checkpoint, right behind the last leaf that it covers"),
                ("end", "`rows`, `sha256`", "how many rows there are, and the hash of all lines before"),
            ],
        ),
        "The scope is `log` (everything), `record` (with each stream that is in it, and up to which version it is "
        "whole) or `period` (moments, first and last position, and up to which version the `log` stream is here).",
        _sample(b"".join((*lines, end)).decode()),
        "## What `govflow verify --json` says",
        "One JSON object. A field stands there whenever its kind was checked; of a proof that does not hold, `kind`, "
        "`clean`, `checked` and `why`.",
        table(("Field", "Of", "What it says"), ((f"`{name}`", of, says) for name, (of, says) in FIELDS.items())),
        "## Time stamp",
        "RFC 3161 over the SHA-256 of a checkpoint's text, the lines above the empty one. Request and answer are "
        "DER, as `openssl ts` reads and writes them.",
        "## Files beside a log",
        table(
            ("File", "What it holds", "If it is lost"),
            [
                ("`town.db`", "the events", "everything is lost"),
                ("`town.db.keys`", "the keys of personal data", "personal data stays closed for ever"),
                ("`town.db.signing`", _KEY, _NO_KEY),
                ("`town.db.checkpoints`", "notes, handovers, time stamps; hashes kept to be quick", _NO_NOTES),
                ("`town.db.agenda`", "what the next tick looks at", "nothing: a tick makes it anew"),
            ],
        ),
    )


_KEYS = ((_ORIGIN, ED25519, b"old"), (_ORIGIN, ED25519, b"new"), ("witness.example/w1", COSIGNATURE, b"witness"))
_HEADER = (
    "format `govflow bundle`, its version, the log, what is in it, how many leaves are signed, how many events came "
    "after them, the keys of the log, newest last"
)
_EVENT = "an event as it is stored, its leaf in hex, its command id in hex or null"
_NO_KEY = "a new key has nobody who hands over to it: whoever trusted the old one has to be told by another way"
_KEY = "the key that signs, for its owner alone; old public keys, handovers, the head it signed last"
_NO_NOTES = (
    "signatures and time stamps are lost, unless they were kept elsewhere; nothing is signed by itself any more: "
    "`checkpoint sign` compares the whole log with what the key remembers, and goes on"
)


def _sample(text: str) -> str:
    """A text as a block, its lines cut at the right edge."""
    lines = text.rstrip("\n").split("\n")
    cut = (line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…" for line in lines)
    return "```text\n" + "\n".join(cut) + "\n```"
