"""签字: what a party signed is a digest of a statement with its text; a text that is a placeholder here has another."""

from __future__ import annotations

from collections.abc import Iterator

from govflow.audit.what_if.commands_again import placeholder
from govflow.reading import Reader
from govflow.regions.mediation import (
    MediationAgreed,
    MediationExtended,
    SignStatement,
    statement_digest,
    text_digest_of,
)


def signed_again(reader: Reader, record: str, command: SignStatement) -> SignStatement:
    """The same signature under the statement as it reads in the re-run; unchanged where the log has no such statement.

    `record` is the id in the log, the command names the one in the re-run.
    """
    here = command.id or record
    for then, now in _statements(reader, record, here, command):
        if then == command.digest:
            return command.changed(digest=now)
    return command


def _statements(reader: Reader, record: str, here: str, command: SignStatement) -> Iterator[tuple[str, str]]:
    """The digests of every statement on that dispute, in the log and here."""
    item, purpose = command.item or "", command.purpose
    for event in reader.log.history(record):
        said = event.body
        if isinstance(said, MediationAgreed) and said.item == item:
            text = None if said.text is None else text_digest_of(placeholder(said.text))
            duties = said.obligations
            yield (
                statement_digest(record, item, purpose, obligations=duties, text_digest=said.text_digest),
                statement_digest(here, item, purpose, obligations=duties, text_digest=text),
            )
        if isinstance(said, MediationExtended) and said.item == item:
            yield (
                statement_digest(record, item, purpose, length=said.length),
                statement_digest(here, item, purpose, length=said.length),
            )
