"""A third party's verdict: Go's own libraries accept what we sign, and refuse what was tampered with.

`make go` runs it; it needs Debian's golang-go and golang-golang-x-mod-dev.
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from govflow.checkpoints.merkle import Tree, consistency_proof, inclusion_proof, leaf_hash
from govflow.checkpoints.notes import Checkpoint, Note, Signer
from govflow.checkpoints.proofs import Proof

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).resolve().parents[2] / "tools" / "go_verifier" / "main.go"
GOPATH = Path("/usr/share/gocode")
ORIGIN = "govflow/log-0123456789abcdef01234567"
LEAVES = [f"case-{n}\n1\ncase.reported@1\n{{}}\n{{}}".encode() for n in range(70)]
SIGNER = Signer.new(ORIGIN)
TREE = Tree([leaf_hash(leaf) for leaf in LEAVES])


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("needs Go and golang.org/x/mod: apt-get install golang-go golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    built = folder / "go_verifier"
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "c"),
    }
    subprocess.run(["go", "build", "-o", built, SOURCE], check=True, env=environment)
    return built


def verdict(verifier: Path, kind: str, given: str, vkey: str = SIGNER.verifier.vkey) -> str | None:
    """What it says, None where it refuses."""
    done = subprocess.run([verifier, kind, vkey], input=given.encode(), stdout=subprocess.PIPE, check=False)
    assert done.returncode in (0, 1)
    return None if done.returncode else done.stdout.decode()


def signed(size: int, root: bytes | None = None) -> Note:
    text = Checkpoint(ORIGIN, size, TREE.root(size) if root is None else root).text()
    return Note(text, (SIGNER.sign(text),))


def proof(index: int, size: int) -> str:
    return Proof(index, inclusion_proof(TREE.node, index, size), signed(size), LEAVES[index]).format()


def consistency(old: int, new: int) -> dict[str, object]:
    hashes = [base64.b64encode(each).decode() for each in consistency_proof(TREE.node, old, new)]
    return {"old": signed(old).format(), "new": signed(new).format(), "proof": hashes}


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (1, 2), (6, 7), (31, 64), (63, 64), (64, 65), (69, 70)])
def test_it_accepts_our_inclusion_proofs(verifier: Path, index: int, size: int):
    assert verdict(verifier, "proof", proof(index, size)) == f"leaf {index} is in the tree of {size} of {ORIGIN}\n"


@pytest.mark.parametrize(("old", "new"), [(1, 1), (1, 2), (3, 7), (32, 64), (63, 64), (64, 70), (69, 70)])
def test_it_accepts_our_consistency_proofs(verifier: Path, old: int, new: int):
    said = verdict(verifier, "consistency", json.dumps(consistency(old, new)))
    assert said == f"the tree of {new} begins with the one of {old} of {ORIGIN}\n"


def test_it_refuses_a_proof_with_any_byte_changed(verifier: Path):
    whole, chance = proof(41, 70).encode(), random.Random(20260302)
    places = chance.sample(range(len(whole)), 60)
    for place in places:
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        text = changed.decode("utf-8", "replace")
        assert verdict(verifier, "proof", text) is None, f"byte {place} of {whole[place - 9 : place + 9]!r}"


def test_it_refuses_another_key_another_root_and_a_history_that_was_rewritten(verifier: Path):
    assert verdict(verifier, "proof", proof(3, 9), Signer.new(ORIGIN).verifier.vkey) is None
    forged = consistency(20, 60) | {"new": signed(60, TREE.root(59)).format()}
    assert verdict(verifier, "consistency", json.dumps(forged)) is None
    rewritten = Tree([leaf_hash(b"other"), *(leaf_hash(leaf) for leaf in LEAVES[1:60])])
    claimed = consistency(20, 60) | {"new": signed(60, rewritten.root()).format()}
    assert verdict(verifier, "consistency", json.dumps(claimed)) is None
