"""The checkpointer: signs the head of a log, goes on from what it signed last, and proves what stands in it.

It works on any store: a recorder's rows get their positions and leaves here, in notification order. A run that was
killed leaves nothing but work to do again. Several processes may sign at once: each hashes by itself, and takes the
checkpoint file's lock only to see that nobody was faster, and to add its note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from govflow.checkpoints.notes import MOST_SIGNATURES, Checkpoint, Note, NoteError, Signer, Verifier
from govflow.checkpoints.proofs import Proof
from govflow.checkpoints.stored_tree import (
    Progress,
    StoredTree,
    checked_tree,
    is_kept,
    leaf_bytes,
    leaf_hashes,
    stated,
)
from govflow.checkpoints.trust import Chain, believed
from govflow.errors import Detail, LogError
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

    def sign(
        self, progress: Progress = None, *, wait: bool = True, anew: bool = False, at_most: int | None = None
    ) -> Note:
        """Sign the head of the log as it stands now; for a head that is signed already, the note that was kept.

        The rows added since the last checkpoint are hashed as they are stored. Durable when it returns. Where the
        checkpoint file lacks what the key has signed last, the log must be that all the same; where the file lacks
        everything, this is refused unless it is to begin `anew`. Raises Truncated where the log has lost what was
        signed, LogError where it is not what was signed, where a row is damaged, and where there is no key, Busy where
        another process signs and this is not to `wait`. `progress` hears of (rows hashed, rows to hash). Where more
        than `at_most` rows were added, the head so many rows further on is signed: a step towards that of the log.
        """
        self.kept.refuse_if_read_only()
        while True:
            base = self._base(anew=anew)
            head = self.store.head()
            if at_most is not None:
                head = min(head, (base.size if base is not None else 0) + at_most)
            checkpoint, nodes = self._grown(base, head, progress, wait)
            with self.kept.transaction(wait=wait):
                if self._base(anew=anew) != base:  # somebody else was faster: go on from there
                    continue
                signers = self.keys.signers()
                signed = self._add(checkpoint, signers)
                self.kept.put_nodes(nodes)
            if len(signers) > 1 or self.keys.signed() != checkpoint:
                with self.kept.transaction(wait=wait):  # nobody replaces a key meanwhile
                    self.keys.settle(signers, checkpoint)
            return signed

    def _base(self, *, anew: bool) -> Checkpoint | None:
        """The head to go on from: the largest that was kept, or that the key remembers; None where there is none."""
        remembered = self.keys.signed()  # first: who signs keeps the note before the key remembers it
        last = self.last()
        kept = None if last is None else last.checkpoint
        if remembered is None or remembered == kept:
            return kept
        if kept is not None and kept.size > remembered.size:
            return kept  # the key is told after the file, and a crash lay between
        if kept is not None and kept.size == remembered.size:
            what = f"the checkpoint of {kept.size} events in {self.kept.path} is not the one that its key has signed"
            raise LogError(Detail(what, f"{self.kept.path} 中含 {kept.size} 个事件的检查点并非其密钥所签"))
        if kept is None and not anew:
            raise LogError(
                Detail(
                    f"the key {self.keys.path} has signed {remembered.size} events, but there are no checkpoints in "
                    f"{self.kept.path}: bring them back; if they are lost, `govflow checkpoint sign` compares the "
                    "whole log with what the key has signed, and goes on",
                    f"密钥 {self.keys.path} 已签署 {remembered.size} 个事件，而 {self.kept.path} 中没有检查点："
                    "请恢复检查点文件；如已丢失，`govflow checkpoint sign` 将整份日志与密钥所签比对后继续",
                )
            )
        return remembered

    def _grown(
        self, base: Checkpoint | None, head: int, progress: Progress, wait: bool
    ) -> tuple[Checkpoint, list[tuple[int, int, bytes]]]:
        """The log's head at `head`: what was signed last, shown to be in the log still, and what came after it.

        With it come the hashes that are to be kept and are not yet.
        """
        if base is None:
            size, peaks = 0, StoredTree(self.store, self.kept, 0).peaks()
        else:
            size = base.size
            lost = self.kept.last() is None  # then every row is read, and what is to be kept is made
            peaks = checked_tree(self.store, self.kept, base, afresh=lost, progress=progress).peaks()
        nodes: list[tuple[int, int, bytes]] = []
        for hash in leaf_hashes(self.store, size, head, progress):
            nodes += (node for node in peaks.add(hash) if is_kept(node[0]))
            if len(nodes) >= _BATCH:
                with self.kept.transaction(wait=wait):
                    self.kept.put_nodes(nodes)
                nodes.clear()
        return Checkpoint(self.keys.origin, head, peaks.root()), nodes

    def _add(self, checkpoint: Checkpoint, signers: Sequence[Signer]) -> Note:
        """Keep this head, signed by these keys, with all handovers; nothing is added where it is there already."""
        last = self.last()
        if last is not None and last.checkpoint != checkpoint and len(signers) > 1:
            self._signed(last.note, last, signers)  # a rotation was cut short: both keys sign where it happened, too
        note = Note(checkpoint.text(), ()) if last is None or last.checkpoint != checkpoint else last.note
        return self._signed(note, last, signers)

    def _signed(self, note: Note, last: Signed | None, signers: Sequence[Signer]) -> Note:
        if len(note.signatures) + len(signers) > MOST_SIGNATURES:  # an older row has those of keys replaced since
            note = note._replace(signatures=tuple(each for each in note.signatures if each.name != self.keys.origin))
        signed = note.with_signatures(signer.sign(note.text) for signer in signers)
        if last is None or signed != last.note:
            self._keep_handovers()
            self.kept.add_note(Checkpoint.parse(note.text).size, signed.format().encode(), self._now())
        return signed

    def _keep_handovers(self) -> None:
        """Keep the handovers of keys beside the notes, where outsiders get them."""
        known = set(self.kept.handovers())
        for each in self.keys.handovers():
            if (raw := each.format().encode()) not in known:
                self.kept.add_handover(raw, self._now())

    def rotate(self) -> Note:
        """Replace the key: old and new sign the handover and the head, then the old private half is destroyed.

        Returns the handover. What a crash leaves undone the next signature does.
        """
        self.kept.refuse_if_read_only()
        if not self.keys.exists():
            raise LogError(Detail("there is no signing key yet that could be replaced", "尚无签名密钥可供更换"))
        self.sign()
        with self.kept.transaction():  # two who rotate do so one after the other
            last = self.last()
            assert last is not None, "it was signed a moment ago"
            handover = self.keys.rotate(last.checkpoint.size)
            signers = self.keys.signers()
            self._signed(last.note, last, signers)
        with self.kept.transaction():
            self.keys.settle(signers, last.checkpoint)
        return handover

    # -- what was signed ----------------------------------------------------------------------------------------------

    def verifiers(self) -> tuple[Verifier, ...]:
        """The public halves of the log's own keys; empty where the key file is not there."""
        return self.keys.verifiers() if self.keys.exists() else ()

    def chain(self) -> Chain:
        """The log's own keys, each with the size up to which it speaks; empty where the key file is not there."""
        return self.keys.chain() if self.keys.exists() else Chain({})

    def last(self) -> Signed | None:
        """The largest checkpoint. Raises LogError where the log's own newest key has not signed it."""
        found = self.kept.last()
        return None if found is None else self._own(found, newest=True)

    def at(self, size: int) -> Signed:
        """The checkpoint of this size. Raises LogError where there is none."""
        found = self.kept.at(size)
        if found is None:
            raise LogError(f"no checkpoint of {size} events was signed")
        return self._own(found)

    def _own(self, found: KeptNote, *, newest: bool = False) -> Signed:
        note, checkpoint = stated(found, self.kept.path)
        if checkpoint.origin != self.keys.origin:
            raise LogError(f"the checkpoints in {self.kept.path} are of {checkpoint.origin}, not of {self.keys.origin}")
        if self.keys.exists():  # where it is not, a proof is for others to check, who have the key
            try:
                believed(note, self.keys.origin, self.keys.chain(), newest=newest)
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
            what = f"position {position} is covered by no checkpoint yet: sign one first (`govflow checkpoint sign`)"
            chinese = f"第 {position} 个事件尚未被检查点涵盖：请先签署（`govflow checkpoint sign`）"
            raise LogError(Detail(what, chinese))
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
