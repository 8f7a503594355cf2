"""Evidence 证据: a log in a file, checked against what lies beside it and what others have handed over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from govflow.audit.findings import Check, Code, Finding, Findings
from govflow.audit.verifying.beside import CheckpointFile
from govflow.audit.verifying.given import handovers_of, heads_of, keys_of, path_of
from govflow.audit.verifying.heads import Head, zh_of
from govflow.audit.verifying.judging import Served, judging
from govflow.audit.verifying.verify import Evidence, Verified, verify
from govflow.checkpoints.keys import Public, public_part
from govflow.checkpoints.keys import beside as signing_beside
from govflow.checkpoints.notes import COSIGNATURE, Note, NoteError, Verifier
from govflow.checkpoints.trust import Chain, chain_of
from govflow.engine import shipped
from govflow.errors import LogError
from govflow.files import left_as_found
from govflow.persistence.checkpoints import beside as checkpoints_beside
from govflow.persistence.sqlite import SQLiteStore


@contextmanager
def evidence_of(
    path: str, vkeys: Sequence[Verifier], trusted: Sequence[Head], handovers: Sequence[bytes] = ()
) -> Iterator[Evidence]:
    """What the log at `path` is checked against: `vkeys` from outside, else the keys that lie beside it.

    Of these, a witness's keys are for its cosignatures alone. Keys that belong to a trusted one by handovers are
    trusted as well. Where there are heads and no key to check them with, the chain is None.
    """
    findings = Findings()
    witnesses = [each for each in vkeys if each.algorithm == COSIGNATURE]
    given = [each for each in vkeys if each.algorithm != COSIGNATURE]
    # first of all: it knows no less than the checkpoints say. Beside keys from outside it need not be readable
    held = _beside(path, Findings() if given else findings)
    with CheckpointFile(checkpoints_beside(path), findings.append) as file:
        chain: Chain | None = held.chain if held else Chain({})
        if given:
            chain = _followed(given, [*handovers, *file.handovers()], findings)
        elif held is None and (trusted or file.has_notes()):
            chain = None
        yield Evidence(
            findings,
            file.heads(),
            file.node,
            chain,
            bool(given),
            witnesses,
            trusted,
            file.log_ids(),
            held.signed if held else None,
            file.stamps(),
            bool(given) and held is not None and not held.chain.keys,
        )


def verify_log(
    path: str | Path,
    *,
    vkeys: Iterable[Verifier | str | Path] = (),
    trusted: Iterable[Head | Note | str | Path] = (),
    handovers: Iterable[bytes] = (),
    served: Served = shipped,
    workers: int | None = None,
    rules: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Verified:
    """Check the log in the file at `path` with all that lies beside it, and these keys, heads, handovers from outside.

    A key is a `Verifier`, its text or its file; a head a `Note`, its text or its file. The log may be written to
    meanwhile: it is checked as it stood when this began. `served` gives the kinds of record it holds; it must be
    importable by name, for large logs are judged in several processes. With `rules` every rule is judged again on how
    things stood then, which takes many times as long. Nothing is left beside the files that was not there before.
    Raises LogError where there is no log, InputError for what is no path, key or head.
    """
    log = str(path_of(path))
    keys, heads, handed = keys_of(vkeys), heads_of(trusted), handovers_of(handovers)
    with (
        left_as_found(log, checkpoints_beside(log), f"{log}.keys"),
        closing(SQLiteStore(path, read_only=True)) as store,
        evidence_of(store.path, keys, heads, handed) as evidence,
    ):
        store.stop_at(store.head())  # after what was signed was read: no checkpoint is over more than this
        with judging(store, served, keys=_keys_beside(store.path), workers=workers, rules=rules) as judged:
            return verify(store, evidence, judged, progress=progress)


def _followed(vkeys: Sequence[Verifier], handovers: Sequence[bytes], findings: Findings) -> Chain:
    """The trusted keys with all that belong to them. Where handovers contradict each other they lead nowhere."""
    try:
        return chain_of(vkeys, handovers)
    except NoteError as error:
        said = error.args[0]
        findings.append(Finding(Code.INCONSISTENT_HEADS, Check.CHECKPOINTS, str(said), zh_of(said)))
        return chain_of(vkeys, ())


def _beside(log: str, findings: Findings) -> Public | None:
    """The keys that lie beside a log, even where its rows say that it is another: then its checkpoints tell so."""
    path = signing_beside(log)
    if not os.path.exists(path):
        return None
    try:
        return public_part(path)
    except LogError as error:
        said = error.args[0]
        findings.append(Finding(Code.DAMAGED, Check.CHECKPOINTS, str(said), zh_of(said)))
        return Public(Chain({}), None)


def _keys_beside(log: str) -> str | None:
    """Where the personal keys of a log stand, None where they are not at hand."""
    path = f"{log}.keys"
    return path if os.path.exists(path) else None
