"""The Merkle tree against Certificate Transparency's reference roots and the RFC's own recursion."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow.checkpoints.merkle import (
    EMPTY_ROOT,
    Peaks,
    ProofError,
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    full_nodes,
    full_root,
    inclusion_proof,
    leaf_hash,
    root,
    root_of_inclusion,
)

# The reference tree of Certificate Transparency (google/certificate-transparency, merkle_tree_test): its leaves, and
# the root over the first 1 … 8 of them.
REFERENCE_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1 word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1 word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], complete: bool) -> list[bytes]:
    """RFC 6962 §2.1.2 word for word."""
    n = len(leaves)
    if m == n:
        return [] if complete else [mth(leaves)]
    k = split(n)
    if m <= k:
        return [*subproof(m, leaves[:k], complete), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def tree_of(leaves: list[bytes]) -> Tree:
    return Tree([leaf_hash(leaf) for leaf in leaves])


SIZES = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


def test_the_roots_are_those_of_certificate_transparency():
    leaves = [bytes.fromhex(each) for each in REFERENCE_LEAVES]

    assert [tree_of(leaves[:size]).root().hex() for size in range(1, 9)] == REFERENCE_ROOTS


def test_the_empty_tree_has_the_root_of_nothing():
    assert Tree().root() == EMPTY_ROOT == mth([])
    assert Peaks().root() == root(Tree().node, 0) == EMPTY_ROOT


@given(st.lists(st.binary(max_size=4), max_size=40))
def test_every_root_is_that_of_the_recursion(leaves):
    tree = tree_of(leaves)

    assert tree.root() == mth(leaves)
    assert [tree.root(size) for size in range(len(leaves) + 1)] == [
        mth(leaves[:size]) for size in range(len(leaves) + 1)
    ]


@given(SIZES, st.data())
def test_an_inclusion_proof_is_that_of_the_recursion_and_leads_to_the_root(size, data):
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(tree_of(leaves).node, index, size)

    assert list(proof) == path(index, leaves)
    check_inclusion(leaf_hash(leaves[index]), index, size, mth(leaves), proof)


@given(SIZES, st.data())
def test_a_consistency_proof_is_that_of_the_recursion_and_leads_to_both_roots(size, data):
    leaves, old = leaves_of(size), data.draw(st.integers(1, size))
    proof = consistency_proof(tree_of(leaves).node, old, size)

    assert list(proof) == subproof(old, leaves, True)
    check_consistency(old, size, mth(leaves[:old]), mth(leaves), proof)


@given(SIZES, st.data())
def test_a_changed_inclusion_proof_never_leads_to_the_root(size, data):
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    proof = list(inclusion_proof(tree_of(leaves).node, index, size))
    changed = data.draw(st.sampled_from(changes(proof)))
    if changed == proof:  # two hashes that are equal were swapped: there are none, but for an empty proof
        return

    with pytest.raises(ProofError):
        check_inclusion(leaf_hash(leaves[index]), index, size, mth(leaves), changed)


@given(SIZES, st.data())
def test_a_changed_consistency_proof_shows_nothing(size, data):
    leaves, old = leaves_of(size), data.draw(st.integers(1, size))
    proof = list(consistency_proof(tree_of(leaves).node, old, size))
    changed = data.draw(st.sampled_from(changes(proof)))
    if changed == proof:
        return

    with pytest.raises(ProofError):
        check_consistency(old, size, mth(leaves[:old]), mth(leaves), changed)


def changes(proof: list[bytes]) -> list[list[bytes]]:
    """The proof made longer, shorter, of another order, of another hash."""
    swapped = [[*proof[:place], proof[place + 1], proof[place], *proof[place + 2 :]] for place in range(len(proof) - 1)]
    flipped = [[*proof[:place], leaf_hash(each), *proof[place + 1 :]] for place, each in enumerate(proof)]
    short = [[*proof[:place], each[:31], *proof[place + 1 :]] for place, each in enumerate(proof)]
    return [[*proof, EMPTY_ROOT], proof[:-1], proof[1:], [*proof, *proof], [], *swapped, *flipped, *short]


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (-1, 1), (5, 5), (2**63, 2**63 + 1), (0, 2**63), (2**70, 3)]
)
def test_a_leaf_that_no_tree_has_is_refused(index, size):
    with pytest.raises(ProofError):
        root_of_inclusion(EMPTY_ROOT, index, size, ())
    if size < 100:
        with pytest.raises(ProofError):
            inclusion_proof(Tree([EMPTY_ROOT] * size).node, index, size)


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (0, 2**63), (2**63, 2**63), (3, 2)])
def test_a_tree_that_cannot_go_on_from_another_is_refused(old, new):
    with pytest.raises(ProofError):
        check_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, ())


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33])
def test_nothing_is_to_be_shown_between_a_tree_and_itself_or_the_empty_one(size):
    whole = tree_of(leaves_of(size)).root()

    check_consistency(size, size, whole, whole, ())
    check_consistency(0, size, EMPTY_ROOT, whole, ())
    for old, old_root, proof in [(size, EMPTY_ROOT, ()), (0, whole, ()), (size, whole, (whole,))]:
        with pytest.raises(ProofError):
            check_consistency(old, size, old_root, whole, proof)


def test_an_inclusion_proof_does_not_bind_the_size_so_that_the_size_must_be_signed():
    leaves = leaves_of(8)
    proof = inclusion_proof(tree_of(leaves).node, 0, 8)

    assert {root_of_inclusion(leaf_hash(leaves[0]), 0, size, proof) for size in (5, 6, 7, 8)} == {mth(leaves)}


@given(st.integers(0, 300), st.data())
def test_a_tree_goes_on_from_its_full_subtrees(size, data):
    later = data.draw(st.integers(size, 300))
    leaves = [leaf_hash(each) for each in leaves_of(later)]
    tree, peaks = Tree(leaves), Peaks()
    for level, index in full_nodes(0, size):
        peaks.add(tree.node(level, index), level)

    assert peaks.root() == tree.root(size)
    for leaf in leaves[size:]:
        for level, index, hash in peaks.add(leaf):
            assert hash == tree.node(level, index)
    assert (peaks.size, peaks.root()) == (later, tree.root())


@pytest.mark.parametrize("level", range(7))
def test_a_full_tree_has_the_same_root_all_at_once(level):
    leaves = leaves_of(1 << level)

    assert full_root([leaf_hash(each) for each in leaves]) == mth(leaves)


def test_a_copy_of_a_tree_goes_on_apart():
    peaks = Peaks()
    peaks.add(EMPTY_ROOT)
    apart = peaks.copy()
    apart.add(EMPTY_ROOT)

    assert (peaks.size, peaks.root()) == (1, EMPTY_ROOT)
    assert apart.root() == Tree([EMPTY_ROOT] * 2).root()


def test_a_subtree_is_not_put_where_it_cannot_begin():
    peaks = Peaks()
    peaks.add(EMPTY_ROOT)

    with pytest.raises(ProofError, match="cannot begin at leaf 1"):
        peaks.add(EMPTY_ROOT, 1)
    with pytest.raises(ProofError, match="no full node"):
        Tree().node(0, 0)
    with pytest.raises(ProofError):
        consistency_proof(Tree().node, 0, 0)


def test_the_largest_full_nodes_lie_side_by_side():
    for end in range(200):
        spans = [(index << level, (index + 1) << level) for level, index in full_nodes(0, end)]
        assert all(left[1] == right[0] for left, right in pairwise(spans))
        assert not spans or (spans[0][0], spans[-1][1]) == (0, end)
