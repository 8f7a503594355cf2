"""What commands and events of several regions say alike."""

from typing import Any

from govflow.actors import Actor, Id
from govflow.messages import Value, Words


class Reasoned(Value):
    """A reason in words. No personal data belongs here."""

    reason: Words = ""


class Shown(Value):
    """What was done, and the pieces of evidence on file that show it."""

    measure: Words = ""
    evidence: tuple[Id, ...] = ()


def belonging(given: Any, field: str, *named: str) -> Any:
    """What a command was given, with a plain text under `field` as personal data of whoever it belongs to.

    That is the first pseudonym given under one of `named`, else whoever is spoken for, else whoever acts: erasing them
    erases the text.
    """
    if not isinstance(given, dict) or not isinstance(given.get(field), str):
        return given
    by = given.get("by")
    actor = by.id if isinstance(by, Actor) else by.get("id") if isinstance(by, dict) else None
    subject = next(filter(None, (given.get(name) for name in (*named, "on_behalf_of"))), actor)
    return {**given, field: {"text": given[field], "subject": subject}} if subject else given
