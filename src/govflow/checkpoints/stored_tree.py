"""The Merkle tree over a log's rows: hashes of their stored bytes, with full subtrees kept at every eighth level.

What is kept is used only after it has led to a signed root; where it does not, it is made again of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from govflow.checkpoints.merkle import Peaks, full_nodes, leaf_hash, node_hash
from govflow.checkpoints.merkle import root as root_of
from govflow.checkpoints.notes import Checkpoint, Note, NoteError
from govflow.errors import LogError, Truncated
from govflow.persistence.checkpoints import CheckpointStore, KeptNote
from govflow.persistence.codec import StoredEvent
from govflow.persistence.store import Store

KEPT = 8  # levels between two that are kept: 1 hash for 256 rows
_BLOCK = 1 << KEPT
_BLOCKS = 4
_TELL = 10_000
Progress = Callable[[int, int], object] | None


# --- leaves ----------------------------------------------------------------------------------------------------------


def leaf_bytes(row: StoredEvent) -> bytes:
    """What a leaf is made of: stream LF version LF topic LF state, the exact stored bytes.

    Raises LogError for a row that no engine wrote: one that could be split at its line ends in another way.
    """
    try:
        if "\n" not in row.stream and "\n" not in row.topic:
            return b"%b\n%d\n%b\n%b" % (row.stream.encode(), row.version, row.topic.encode(), row.state)
    except (TypeError, AttributeError, UnicodeEncodeError):  # columns of other types
        pass
    raise LogError(f"position {row.position} holds a row that is no event: run `govflow verify`")


def leaf_hashes(store: Store, after: int, end: int, progress: Progress = None) -> Iterator[bytes]:
    """The leaf hashes of the rows at the positions after + 1 … end, of their stored bytes, in flat memory.

    Raises LogError for a missing position and for a row whose own hash is not that of its bytes, Truncated at the end.
    """
    position = after
    for row in islice(store.scan(after), end - after):
        position += 1
        if row.position != position:
            raise LogError(f"the log has no position {position}, but {row.position}: run `govflow verify`")
        hash = hash_of(row)
        if row.leaf != hash:
            where = f"position {position} ({row.stream} version {row.version}, {row.topic})"
            raise LogError(f"{where} is not what was written: its hash is another's; run `govflow verify`")
        yield hash
        if progress is not None and position % _TELL == 0:
            progress(position - after, end - after)
    if position < end:
        raise Truncated(f"the log ends at position {position}, before {end}")


def hash_of(row: StoredEvent) -> bytes:
    """The leaf hash of a row, of its stored bytes."""
    return leaf_hash(leaf_bytes(row))


# --- nodes -----------------------------------------------------------------------------------------------------------


class StoredTree:
    """The tree over the first `size` rows of a log, read as far as it is asked for.

    Nothing of it may be handed out before it has led to a signed root.
    """

    def __init__(self, store: Store, kept: CheckpointStore, size: int) -> None:
        self.store = store
        self.size = size
        self._kept: Callable[[int, int], bytes | None] = kept.node
        self._blocks: dict[int, list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of a full node."""
        if level < KEPT:
            return self._in_block(level, index)
        if level % KEPT == 0 and (found := self._kept(level, index)) is not None:
            return found
        if level == KEPT:
            return self._in_block(level, index)
        return node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))

    def _in_block(self, level: int, index: int) -> bytes:
        first = index << level
        leaves = self._block(first // _BLOCK)[first % _BLOCK :][: 1 << level]
        while len(leaves) > 1:
            leaves = [node_hash(*pair) for pair in zip(leaves[::2], leaves[1::2], strict=True)]
        return leaves[0]

    def _block(self, number: int) -> list[bytes]:
        """The leaf hashes of one block of rows; the last few blocks stay at hand."""
        if number not in self._blocks:
            if len(self._blocks) == _BLOCKS:
                self._blocks.clear()
            first = number * _BLOCK
            self._blocks[number] = list(leaf_hashes(self.store, first, min(first + _BLOCK, self.size)))
        return self._blocks[number]

    def root(self) -> bytes:
        """The root over all its rows."""
        return root_of(self.node, self.size)

    def peaks(self) -> Peaks:
        """The same as a tree that can be appended to."""
        peaks = Peaks()
        for level, index in full_nodes(0, self.size):
            peaks.add(self.node(level, index), level)
        return peaks

    def read_again(self, progress: Progress = None) -> dict[tuple[int, int], bytes]:
        """Leave what was kept aside and hash every row; the nodes that are to be kept."""
        nodes: dict[tuple[int, int], bytes] = {}
        peaks = Peaks()
        for hash in leaf_hashes(self.store, 0, self.size, progress):
            nodes |= {(level, index): node for level, index, node in peaks.add(hash) if is_kept(level)}
        self._kept = lambda level, index: nodes.get((level, index))
        return nodes


def is_kept(level: int) -> bool:
    """Whether nodes of this level are kept."""
    return level > 0 and level % KEPT == 0


def checked_tree(
    store: Store, kept: CheckpointStore, signed: Checkpoint, *, afresh: bool = False, progress: Progress = None
) -> StoredTree:
    """The tree that a checkpoint was signed over, shown to lead to its root.

    Where kept hashes lead elsewhere, or `afresh`, every row is read and they are made again. Raises Truncated where the
    log is shorter, LogError where its rows are not those that were signed.
    """
    head = store.head()
    if head < signed.size:
        raise Truncated(
            f"the log has {head} events, but {signed.size} were signed: put the newest copy back, "
            f"or run `govflow verify`; what was signed stands in {kept.path}"
        )
    tree = StoredTree(store, kept, signed.size)
    if not afresh and tree.root() == signed.root:
        return tree
    nodes = tree.read_again(progress)
    if tree.root() != signed.root:
        raise LogError(
            f"the first {signed.size} events are not those that were signed: run `govflow verify`; "
            f"what was signed stands in {kept.path}"
        )
    if not kept.read_only:
        with kept.transaction():
            kept.drop_nodes()
            kept.put_nodes((level, index, hash) for (level, index), hash in nodes.items())
    return tree


def stated(row: KeptNote, path: str) -> tuple[Note, Checkpoint]:
    """A kept note and the head it states. Raises LogError where it is none."""
    try:
        note = Note.parse(row.note)
        checkpoint = Checkpoint.parse(note.text)
    except NoteError as error:
        raise LogError(f"checkpoint {row.number} in {path} was changed ({error}): run `govflow verify`") from None
    if checkpoint.size != row.size:
        raise LogError(f"checkpoint {row.number} in {path} was changed: it states another size; run `govflow verify`")
    return note, checkpoint


def check_head(store: Store, kept: CheckpointStore) -> None:
    """See whether the log still has what was signed last; nothing to see where nothing was.

    Raises Truncated for a log that is shorter, LogError for another one. Reads at most some 800 hashes.
    """
    last = kept.last()
    if last is not None:
        checked_tree(store, kept, stated(last, kept.path)[1])
