"""The log as a Merkle tree (RFC 6962 §2.1): roots, inclusion and consistency proofs, and checking them.

A tree is known by its nodes: `node(level, index)` is the hash over the 2^level leaves from index · 2^level on, asked
only for nodes that are full. Where the hashes are kept is the caller's business; nothing here does I/O.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from govflow.errors import Detail, GovFlowError

HASH_BYTES = 32
LARGEST = 1 << 63  # a size is a signed 64-bit number in every format that carries one
EMPTY_ROOT = hashlib.sha256().digest()
Node = Callable[[int, int], bytes]


class ProofError(GovFlowError):
    """A proof that does not show what it is said to show; nothing follows from it."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(00 | data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(01 | left | right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


# --- growing ---------------------------------------------------------------------------------------------------------


class Peaks:
    """A tree that is only appended to: the roots of its full subtrees, largest first. Memory is the log of its size."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # their levels are the bits that are set in the size

    def copy(self) -> Peaks:
        """The same tree, to be appended to apart."""
        other = Peaks()
        other.size, other._peaks = self.size, self._peaks.copy()
        return other

    def add(self, hash: bytes, level: int = 0) -> list[tuple[int, int, bytes]]:
        """Append a leaf, or a full subtree of 2^level leaves. Returns each node it completed: (level, index, hash).

        Raises ProofError for a subtree that does not stand at a multiple of its own width.
        """
        if self.size & ((1 << level) - 1):
            raise ProofError(f"a subtree of {1 << level} leaves cannot begin at leaf {self.size}")
        index = self.size >> level
        self.size += 1 << level
        done = [(level, index, hash)]
        peaks = self._peaks
        while index & 1:
            hash = node_hash(peaks.pop(), hash)
            level, index = level + 1, index >> 1
            done.append((level, index, hash))
        peaks.append(hash)
        return done

    def root(self) -> bytes:
        """The root over everything appended so far."""
        root = b""
        for hash in reversed(self._peaks):
            root = node_hash(hash, root) if root else hash
        return root or EMPTY_ROOT


def full_root(leaves: Sequence[bytes]) -> bytes:
    """The root over as many leaves as a power of two, all at once: half the time of adding them one by one."""
    sha256 = hashlib.sha256
    while len(leaves) > 1:
        pairs = iter(leaves)
        leaves = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return leaves[0]


class Tree:
    """A tree in memory: every full node, 64 bytes a leaf. For tests, bundles and small logs."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        self._peaks = Peaks()
        for leaf in leaves:
            self.add(leaf)

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._peaks.size

    def add(self, leaf: bytes) -> None:
        """Append a leaf hash."""
        for level, _, hash in self._peaks.add(leaf):
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(hash)

    def node(self, level: int, index: int) -> bytes:
        """The hash of a full node. Raises ProofError where there is none."""
        try:
            return self._levels[level][index]
        except IndexError:
            raise ProofError(f"the tree has no full node {index} at level {level}") from None

    def root(self, size: int | None = None) -> bytes:
        """The root, now or when it had `size` leaves."""
        return root(self.node, self.size if size is None else size)


# --- roots and proofs over kept nodes --------------------------------------------------------------------------------


def full_nodes(first: int, end: int) -> Iterator[tuple[int, int]]:
    """The largest full nodes that lie side by side over the leaves [first, end), from the left: (level, index)."""
    while first < end:
        level = (end - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        yield level, first >> level
        first += 1 << level


def root(node: Node, size: int) -> bytes:
    """The root over the first `size` leaves."""
    return _range_hash(node, 0, size) if size else EMPTY_ROOT


def _range_hash(node: Node, first: int, end: int) -> bytes:
    """The RFC's MTH over the leaves [first, end), where `first` is a multiple of a power of two not below the width."""
    hash = b""
    for level, index in reversed(list(full_nodes(first, end))):
        left = node(level, index)
        hash = node_hash(left, hash) if hash else left
    return hash


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion_proof(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """The path that shows that leaf `index` (from 0) is in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ProofError(f"there is no leaf {index} in a tree of {size}")
    path = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(_range_hash(node, middle, end))
            end = middle
        else:
            path.append(_range_hash(node, first, middle))
            first = middle
    return tuple(reversed(path))


def consistency_proof(node: Node, old: int, new: int) -> tuple[bytes, ...]:
    """The nodes that show that the tree of `new` leaves begins with the one of `old` (RFC 6962 §2.1.2)."""
    if not 0 < old <= new:
        raise ProofError(f"a tree of {new} leaves has no part of {old} to be shown")
    path = []
    first, end, whole = 0, new, True
    while old < end:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(_range_hash(node, middle, end))
            end = middle
        else:
            path.append(_range_hash(node, first, middle))
            first, whole = middle, False
    if not whole:
        path.append(_range_hash(node, first, end))
    return tuple(reversed(path))


# --- checking --------------------------------------------------------------------------------------------------------


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to. Raises ProofError where it cannot be a proof for this leaf and size.

    The size must come from a signed checkpoint: the proof itself does not bind it.
    """
    if not 0 <= index < size or size >= LARGEST:
        what = f"there is no leaf {index} in a tree of {size}"
        raise ProofError(Detail(what, f"{size} 个事件中没有第 {index + 1} 个"))
    _check_hashes(leaf, *proof)
    inner = (index ^ (size - 1)).bit_length()  # levels below which the path to the leaf and the right edge differ
    border = (index >> inner).bit_count()
    if len(proof) != inner + border:
        what, zh = f"the proof has {len(proof)} hashes where {inner + border} are to be", "哈希个数不符"
        raise ProofError(Detail(what, f"{zh}：应为 {inner + border} 个，实有 {len(proof)} 个"))
    hash = leaf
    for level, sibling in enumerate(proof[:inner]):
        hash = node_hash(sibling, hash) if index >> level & 1 else node_hash(hash, sibling)
    for sibling in proof[inner:]:
        hash = node_hash(sibling, hash)
    return hash


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError unless the proof shows the leaf in the tree with this root."""
    if root_of_inclusion(leaf, index, size, proof) != root:
        what = f"the proof for leaf {index} does not lead to the root of the tree of {size}"
        raise ProofError(Detail(what, f"第 {index + 1} 个事件的哈希路径不通向 {size} 个事件的根值"))


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError unless the proof shows that the tree of `new` leaves begins with the one of `old`."""
    if not 0 <= old <= new or new >= LARGEST:
        raise ProofError(f"a tree of {new} leaves cannot go on from one of {old}")
    _check_hashes(old_root, new_root, *proof)
    if old in (0, new):
        if proof:
            raise ProofError(f"nothing has to be shown between {old} and {new}, but the proof has {len(proof)} hashes")
        if (old_root != new_root) if old == new else (old_root != EMPTY_ROOT):
            raise ProofError(f"the roots of the trees of {old} and {new} leaves differ")
        return
    seen, grown = _both_roots(old, new, old_root, proof)
    if seen != old_root or grown != new_root:
        raise ProofError(f"the tree of {new} leaves does not begin with the one of {old}")


def _both_roots(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to (RFC 9162 §2.1.4.2)."""
    left = list(proof) if old & (old - 1) else [old_root, *proof]  # a full old tree is a node of the new one
    if not left:
        raise ProofError("the proof is empty")
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    hashes = iter(left)
    seen = grown = next(hashes)
    for hash in hashes:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            seen, grown = node_hash(hash, seen), node_hash(hash, grown)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            grown = node_hash(grown, hash)
        node >>= 1
        last >>= 1
    if last:
        raise ProofError("the proof is too short")
    return seen, grown


def _check_hashes(*hashes: bytes) -> None:
    if any(len(hash) != HASH_BYTES for hash in hashes):
        raise ProofError(f"a hash has {HASH_BYTES} bytes")
