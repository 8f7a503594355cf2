"""社情民意 matter: what somebody told a studio, from its receipt to the answer. Keyed by a running number.

Its words are personal: only category and area stand in the clear. What the studio cannot answer itself becomes one
case, or is tied to a record that deals with it already; when that has come to rest, the studio still owes the answer.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from govflow.actors import Area, Claim, Id, Role, speaks_for
from govflow.cases.bodies import Matter as CaseMatter
from govflow.messages import BelongsTo, ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import Item
from govflow.regions.bodies import Reasoned
from govflow.studios.model import DELEGATE
from govflow.workflow import Rest, Status


class MatterStatus(Status):
    """Where a matter stands."""

    RECEIVED = "received", "已接收"
    HANDED_ON = "handed_on", "已转办"
    RETURNED = "returned", "转办有果,待答复"
    ANSWERED = "answered", "已答复", Rest.OUTCOME
    CONFIRMED = "confirmed", "本人确认", Rest.FINAL
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = MatterStatus


class MatterSource(StrEnum):
    """By which way a matter came to the studio."""

    RECEPTION = "reception"  # 接待走访
    LETTER = "letter"  # 来信来电


class StudioMatter(Item):
    """One matter: whose, about what, in whose hands, and where it went.

    `asker` is a pseudonym or a unit; None: it came without a name. `target` is the record that it was handed on to,
    `came_to` the status in which that one came to rest.
    """

    asker: str | None = None
    category: str = ""
    area: str = ""
    source: MatterSource = MatterSource.LETTER
    reception: str | None = None
    text: Protected | None = None
    target: str | None = None
    came_to: str = ""
    answer: Protected | None = None
    public_text: str = ""
    reopened: bool = False
    was_late: bool = False  # an answer came past its limit

    @property
    def what(self) -> str:
        return f"answer the matter ({self.category}) from {self.area}"

    def people(self) -> frozenset[str]:
        return frozenset() if self.asker is None else frozenset({self.asker})

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Delegates act on what is in their hands; whoever asked speaks for themselves, or lets the desk say it."""
        if role == DELEGATE:
            return self.owes == actor
        if role in _ASKERS:
            return self.asker is not None and speaks_for(self.asker, claim, actor, on_behalf_of)
        return None

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """It is the matter of whoever asked: nobody keeps away from their own. The record is not theirs to read."""
        return self.asker is not None and self.asker in (actor, unit)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        """What was asked and answered is for whoever asked, and for who has it in hand or gave the answer."""
        if claim.role in _ASKERS and self.asker is not None:
            return speaks_for(self.asker, claim, actor, claim.unit)
        return True if claim.role == DELEGATE and actor in (self.owes, *self.hands) else None


_ASKERS = (Role.RESIDENT, Role.ORGANISATION, Role.CALLBACK)


class _Received(Value):
    """`delegate` has it in hand (by default the studio's keeper), `reception` is the key of the one it came up at."""

    asker: Id | None = None
    category: Id = "general"
    area: Area = ""
    source: MatterSource = MatterSource.LETTER
    reception: Id | None = None
    delegate: Id | None = None


class ReceiveMatter(ItemCommand, _Received, wire="matter.receive", label="接收社情民意"):
    """Take down what somebody told the studio: whose, category and area in the clear, the words protected."""

    text: Personal | None = None


class MatterReceived(ItemEvent, _Received, name="matter.received"):
    """A matter was brought to the studio; `owner` owes the answer."""

    owner: Id | None = None
    text: Annotated[Protected | None, BelongsTo("asker")] = None


class _To(Reasoned):
    delegate: Id | None = None


class AssignMatter(ItemCommand, _To, wire="matter.assign", label="交由代表委员办理"):
    """Put a matter into another delegate's hands, with the reason; nobody named: the keeper's."""


class MatterAssigned(ItemEvent, _To, name="matter.assigned"):
    """A matter is in other hands: those of `owner`."""

    owner: Id | None = None


class _Answer(Value):
    """`public_text` is what is posted where nobody can be written to; `way` how the answer went out."""

    public_text: Words = ""
    way: Words = ""


class AnswerMatter(ItemCommand, _Answer, wire="matter.answer", label="书面答复"):
    """Give the written answer to whoever asked."""

    answer: Personal | None = None


class MatterAnswered(ItemEvent, _Answer, name="matter.answered"):
    """Whoever asked has a written answer."""

    answer: Protected | None = None  # about the asker, not theirs: who was erased meanwhile is owed an answer still


class HandOnMatter(ItemCommand, CaseMatter, wire="matter.hand_on", label="转办"):
    """Make one case of it, or tie it to the record `target` that deals with it already.

    Of a new case, category, area, level and reporter are the matter's and the studio's unless said otherwise.
    """

    target: Id | None = None
    description: Personal | None = None


class MatterHandedOn(ItemEvent, name="matter.handed_on"):
    """Another record deals with it; `is_new`: one that was made for it, under this public `title`."""

    title: Words = ""
    target: Id | None = None
    is_new: bool = False


class ReturnMatter(ItemCommand, wire="matter.return", label="转办有果"):
    """Record that the other record has come to rest, or the tie to it was undone: the answer is owed."""

    came_to: Words = ""


class MatterReturned(ItemEvent, name="matter.returned"):
    """What came of it elsewhere is known."""

    came_to: Words = ""


class ResumeMatter(ItemCommand, wire="matter.resume", label="转办恢复"):
    """Record that the other record was reopened: what was answered does not stand."""


class MatterResumed(ItemEvent, name="matter.resumed"):
    """The other record deals with it again."""


class ConfirmMatter(ItemCommand, wire="matter.confirm", label="确认已答复"):
    """Say as whoever asked that it was answered."""


class MatterConfirmed(ItemEvent, name="matter.confirmed"):
    """Whoever asked is content that it was answered."""


class ReopenMatter(ItemCommand, wire="matter.reopen", label="认为未答复"):
    """Say once, as whoever asked, that it was not answered, and why."""

    objection: Personal | None = None


class MatterReopened(ItemEvent, name="matter.reopened"):
    """Whoever asked says that it was not answered."""

    objection: Annotated[Protected | None, BelongsTo("asker", "on_behalf_of", "by")] = None


class WithdrawMatter(ItemCommand, wire="matter.withdraw", label="撤回"):
    """Take back, as whoever asked, what one brought; a case that was made of it goes its own way."""


class MatterWithdrawn(ItemEvent, name="matter.withdrawn"):
    """Whoever asked has taken it back."""
