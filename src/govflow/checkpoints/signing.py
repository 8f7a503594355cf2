"""The checkpointer: signs the head of a log, goes on from what it signed last, and proves what stands in it.

It works on any store: a recorder's rows get their positions and leaves here, in notification order. A run that was
killed leaves nothing but work to do again; several processes may sign at once: in turn, under the file's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from govflow.checkpoints.keys import SigningKeys
from govflow.checkpoints.merkle import (
    ProofError,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from govflow.checkpoints.notes import Checkpoint, Note, NoteError, Verifier
from govflow.checkpoints.proofs import Proof, signed_checkpoint
from govflow.checkpoints.stored_tree import (
    Progress,
    StoredTree,
    checked_tree,
    is_kept,
    leaf_bytes,
    leaf_hashes,
    stated,
)
from govflow.errors import LogError
from govflow.persistence.checkpoints import CheckpointStore, KeptNote
from govflow.persistence.store import Store

_BATCH = 1_000


class Signed(NamedTuple):
    """A checkpoint of the log that one of its own keys has signed, with every signature kept under it."""

    note: Note
    checkpoint: Checkpoint
    signed_at: datetime


class Checkpointer:
    """Signs and proves the log in `store`; what it signed is in `kept`, what it signs with in `keys`."""

    def __init__(self, store: Store, kept: CheckpointStore, keys: SigningKeys, *, now: Callable[[], datetime]) -> None:
        self.store = store
        self.kept = kept
        self.keys = keys
        self._now = now

    # -- signing ------------------------------------------------------------------------------------------------------

    def sign(self, progress: Progress = None) -> Note:
        """Sign the head of the log as it stands now; for a head that is signed already, the note that was kept.

        The rows added since the last checkpoint are hashed as they are stored. Durable when it returns. Raises
        Truncated where the log has lost what was signed, LogError where it is not what was signed, where a row is
        damaged, and where there is no key. `progress` hears of (rows hashed, rows to hash).
        """
        with self.kept.transaction():
            signers = self.keys.signers()
            last = self.last()
            head = self.store.head()
            checkpoint = Checkpoint(self.keys.origin, *self._grown(last, head, progress))
            note = Note(checkpoint.text(), ()) if last is None or last.checkpoint != checkpoint else last.note
            signed = note.with_signatures(signer.sign(note.text) for signer in signers)
            if last is None or signed != last.note:
                self._keep_handovers()
                self.kept.add_note(checkpoint.size, signed.format().encode(), self._now())
        if len(signers) > 1:
            with self.kept.transaction():  # nobody replaces a key meanwhile
                self.keys.settle(signers)
        return signed

    def _grown(self, last: Signed | None, head: int, progress: Progress) -> tuple[int, bytes]:
        """Size and root at `head`: what was signed last, shown to be in the log still, and what came after it."""
        if last is None:
            last_size, peaks = 0, StoredTree(self.store, self.kept, 0).peaks()
        else:
            last_size = last.checkpoint.size
            peaks = checked_tree(self.store, self.kept, last.checkpoint, progress=progress).peaks()
        nodes: list[tuple[int, int, bytes]] = []
        for hash in leaf_hashes(self.store, last_size, head, progress):
            nodes += (node for node in peaks.add(hash) if is_kept(node[0]))
            if len(nodes) >= _BATCH:
                self.kept.put_nodes(nodes)
                nodes.clear()
        self.kept.put_nodes(nodes)
        return head, peaks.root()

    def _keep_handovers(self) -> None:
        """Keep the handovers of keys beside the notes, where outsiders get them."""
        known = set(self.kept.handovers())
        for each in self.keys.handovers():
            if (raw := each.format().encode()) not in known:
                self.kept.add_handover(raw, self._now())

    def rotate(self) -> Note:
        """Replace the key: old and new sign the handover and a checkpoint, then the old private half is destroyed.

        Returns the handover. What a crash leaves undone the next signature does.
        """
        with self.kept.transaction():  # two who rotate do so one after the other
            if not self.keys.exists():
                raise LogError("there is no signing key yet that could be replaced")
            self.last()  # what was signed is sound, else nothing is changed
            handover = self.keys.rotate()
        self.sign()
        return handover

    # -- what was signed ----------------------------------------------------------------------------------------------

    def verifiers(self) -> tuple[Verifier, ...]:
        """The public halves of the log's own keys; empty where the key file is not there."""
        return self.keys.verifiers() if self.keys.exists() else ()

    def last(self) -> Signed | None:
        """The largest checkpoint. Raises LogError where none of the log's own keys has signed it."""
        found = self.kept.last()
        return None if found is None else self._own(found)

    def at(self, size: int) -> Signed:
        """The checkpoint of this size. Raises LogError where there is none."""
        found = self.kept.at(size)
        if found is None:
            raise LogError(f"no checkpoint of {size} events was signed")
        return self._own(found)

    def _own(self, found: KeptNote) -> Signed:
        note, checkpoint = stated(found, self.kept.path)
        if checkpoint.origin != self.keys.origin:
            raise LogError(f"the checkpoints in {self.kept.path} are of {checkpoint.origin}, not of {self.keys.origin}")
        if self.keys.exists():  # where it is not, a proof is for others to check, who have the key
            try:
                signed_checkpoint(note, self.keys.verifiers())
            except NoteError as error:
                raise LogError(
                    f"checkpoint {found.number} in {self.kept.path}: {error}; bring back the key file {self.keys.path} "
                    "that signed it, or run `govflow verify`"
                ) from None
        return Signed(note, checkpoint, found.signed_at)

    # -- proving ------------------------------------------------------------------------------------------------------

    def inclusion(self, position: int) -> Proof:
        """The proof that the event at this position (from 1) stands in the log, under the largest checkpoint.

        Raises LogError where no checkpoint covers it yet, or the log is not what was signed.
        """
        last = self.last()
        if last is None or not 1 <= position <= last.checkpoint.size:
            raise LogError(f"position {position} is covered by no checkpoint yet: sign one first")
        row = next(iter(self.store.scan(position - 1)))
        leaf = leaf_bytes(row)

        def proven(tree: StoredTree) -> tuple[bytes, ...]:
            size, root = last.checkpoint.size, last.checkpoint.root
            hashes = inclusion_proof(tree.node, position - 1, size)
            check_inclusion(leaf_hash(leaf), position - 1, size, root, hashes)
            return hashes

        return Proof(position - 1, self._shown(last.checkpoint, proven), last.note, leaf)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The proof that the checkpoint of `new` events goes on from that of `old`, as a witness asks for it.

        Raises LogError where one of them was not signed, or the log is not what was signed.
        """
        before, after = self.at(old).checkpoint, self.at(new).checkpoint

        def proven(tree: StoredTree) -> tuple[bytes, ...]:
            hashes = consistency_proof(tree.node, old, new)
            check_consistency(old, new, before.root, after.root, hashes)
            return hashes

        return self._shown(after, proven)

    def _shown(self, signed: Checkpoint, proven: Callable[[StoredTree], tuple[bytes, ...]]) -> tuple[bytes, ...]:
        """A proof that leads to what was signed; where kept hashes do not, they are made again of the rows."""
        try:
            return proven(checked_tree(self.store, self.kept, signed))
        except ProofError:
            pass
        try:
            return proven(checked_tree(self.store, self.kept, signed, afresh=True))
        except ProofError as error:
            raise LogError(f"{error}: the log is not what was signed; run `govflow verify`") from None
