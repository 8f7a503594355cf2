"""Signing itself 自行签署: a log whose head is signed, on demand and by itself, and that goes on from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from govflow.actors import Authority
from govflow.checkpoints.automatic import Automatic, Every
from govflow.checkpoints.keys import SigningKeys
from govflow.checkpoints.notes import Note, Verifier
from govflow.checkpoints.proofs import Proof
from govflow.checkpoints.signing import Checkpointer
from govflow.checkpoints.stored_tree import check_head
from govflow.decider import Decider
from govflow.errors import InputError, LogError, NotFound
from govflow.files import IN_MEMORY
from govflow.persistence.checkpoints import CheckpointStore
from govflow.persistence.store import Store, Transaction
from govflow.policy import Policy
from govflow.privacy.keys import KeyStore
from govflow.transaction import Unit
from govflow.writing import Now, Writer, utc_now

HOURLY = Every()


class SelfSigning(Writer):
    """Writes a log, and signs its head."""

    def __init__(
        self,
        store: Store,
        keys: KeyStore,
        deciders: Sequence[Decider],
        *,
        authority: Authority,
        policy: Policy | None = None,
        now: Now = utc_now,
        read_only: bool = False,
        checkpoints: CheckpointStore | None = None,
        signing: str | Path = IN_MEMORY,
        checkpoint_every: Every | None = HOURLY,
    ) -> None:
        if checkpoint_every is not None and not isinstance(checkpoint_every, Every):
            given = type(checkpoint_every).__name__
            raise InputError(f"{given} is no Every", where="checkpoint_every", expected="Every(events=…, seconds=…)")
        kept = checkpoints or CheckpointStore(IN_MEMORY, read_only=read_only)  # of a bundle nothing is signed
        if not read_only:  # before anything is written; a log that is only read is for `verify` to judge
            check_head(store, kept)
        super().__init__(store, keys, deciders, policy=policy, authority=authority, now=now, read_only=read_only)
        kept.serve(self.log.id)
        self.checkpointer = Checkpointer(store, kept, SigningKeys(signing, self.log.id), now=self._moment)
        self._signing = Automatic(self.checkpointer, None if read_only else checkpoint_every)
        self._signing.begin()

    def close(self) -> None:
        """Release the log, its key store and its checkpoints."""
        super().close()
        self.checkpointer.kept.close()

    def checkpoint(self, progress: Callable[[int, int], object] | None = None) -> Note:
        """Sign the head of the log as it stands now; the same head again gives the same note.

        The first one makes the signing key. Raises Truncated where the log has lost what was signed, LogError where it
        is not what was signed, a row is damaged, or the log is only read. Where the checkpoint file was lost, it goes
        on once the whole log is seen to be what the key has signed. `progress` hears of (rows hashed, rows to hash).
        """
        self.checkpointer.kept.refuse_if_read_only()
        if not self.checkpointer.keys.exists():
            self.create_key()
        note = self.checkpointer.sign(progress, anew=True)
        self._signing.signed()
        return note

    def create_key(self) -> Verifier:
        """Make the log's first signing key and return its public half; from then on the log signs itself.

        Raises LogError where there is one already or was one, in a log that only tries something out or is only read.
        """
        keys, kept = self.checkpointer.keys, self.checkpointer.kept
        kept.refuse_if_read_only()
        if kept.last() is not None and not keys.exists():
            raise LogError(
                f"the checkpoints in {kept.path} were signed with a key that is missing: bring back {keys.path}"
            )
        made = keys.create()
        self._signing.begin()
        return made

    def prove(self, id: str, version: int | None = None) -> Proof:
        """The proof that the event of a record with this version (by default its last) stands in the signed log.

        Raises NotFound where there is none, LogError where no checkpoint covers it yet.
        """
        found = self.store.version(id)
        asked = found if version is None else version
        rows = self.store.read(id, asked - 1) if 1 <= asked <= found else []
        if not rows:
            raise NotFound(f"there is no record {id}" + (f" in version {version}" if version is not None else ""))
        return self.checkpointer.inclusion(rows[0].position)

    @property
    def unsigned(self) -> Exception | None:
        """Why the log could not sign itself the last time it tried; None where all is well."""
        return self._signing.problem

    def _keep(self, unit: Unit, transaction: Transaction) -> None:
        super()._keep(unit, transaction)
        if unit.rows and self._signing.is_due(transaction.head, unit.now):
            self._signing.sign_if_due(transaction.head, unit.now)
