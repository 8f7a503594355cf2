"""What commands and events of several regions say alike."""

from govflow.actors import Id
from govflow.messages import Value, Words


class Reasoned(Value):
    """A reason in words. No personal data belongs here."""

    reason: Words = ""


class Shown(Value):
    """What was done, and the pieces of evidence on file that show it."""

    measure: Words = ""
    evidence: tuple[Id, ...] = ()
