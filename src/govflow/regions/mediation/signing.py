"""调解 mediation: the command by which a party signs for what another command will put on record."""

from typing import Any

from govflow.actors import Actor
from govflow.messages import ItemCommand
from govflow.records import Record
from govflow.regions.mediation.messages import (
    AgreeInMediation,
    ApplyForConfirmation,
    ExtendMediation,
    PerformAgreement,
    SignStatement,
)
from govflow.regions.mediation.model import Purpose, statement_digest, text_digest_of

_PURPOSES: dict[type[ItemCommand], Purpose] = {
    AgreeInMediation: Purpose.AGREEMENT,
    ApplyForConfirmation: Purpose.CONFIRMATION,
    PerformAgreement: Purpose.PERFORMANCE,
    ExtendMediation: Purpose.EXTENSION,
}


def signing(command: ItemCommand, record: Record, by: Actor, **more: Any) -> SignStatement:
    """The command by which one party signs what `command` says: an agreement, or what follows from one.

    `record` is the case as it stands; `more` are other fields of the command, such as `on_behalf_of`. Raises ValueError
    for a command that needs no signature.
    """
    purpose = _PURPOSES.get(type(command))
    if purpose is None or command.item is None:
        raise ValueError(f"{command.wire} is not signed, or names no dispute")
    if isinstance(command, ExtendMediation):
        digest = statement_digest(record.id, command.item, purpose, length=command.length)
    elif isinstance(command, AgreeInMediation):
        text = text_digest_of(command.text.text) if command.text is not None else None
        digest = statement_digest(record.id, command.item, purpose, obligations=command.obligations, text_digest=text)
    else:
        agreed = record.item("mediation", command.item)
        digest = statement_digest(
            record.id, command.item, purpose, obligations=agreed.obligations, text_digest=agreed.text_digest
        )
    return SignStatement(id=record.id, by=by, item=command.item, purpose=purpose, digest=digest, **more)
