"""意见反馈 feedback: what residents say about the works, what is asked of it and what happened to it.

Its words are personal and belong to whoever raised it; what it is about, where, and the answer stand in the clear.
"""

from typing import Annotated

from govflow.actors import Claim, Id
from govflow.messages import BelongsTo, Instant, ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import Item
from govflow.regions.bodies import Reasoned, Shown
from govflow.workflow import Rest, Status


class FeedbackStatus(Status):
    """Where one piece of feedback stands."""

    RAISED = "raised", "已提出"
    RESOLVED = "resolved", "已答复", Rest.OUTCOME
    CONFIRMED = "confirmed", "已确认", Rest.FINAL
    TRANSFERRED = "transferred", "转事项", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL


S = FeedbackStatus


class FeedbackAnswer(Value):
    """One answer: by whom, of which units, with what was done and what shows it; `late`: after it was due."""

    by: str
    units: tuple[str, ...] = ()
    at: Instant
    measure: str
    evidence: tuple[str, ...] = ()
    late: bool = False


class Feedback(Item):
    """One piece of feedback: what it is about and where, its protected text, every answer given, where it went.

    `unit` is the unit it was raised for; `objection` why its last answer was not content; `target` the case it became.
    """

    about: str = ""
    place: str = ""
    unit: str | None = None
    text: Protected | None = None
    answers: tuple[FeedbackAnswer, ...] = ()
    objection: str = ""
    confirmed_by: str = ""
    target: str | None = None

    @property
    def what(self) -> str:
        return f"answer the feedback on {self.about}"

    @property
    def answer(self) -> FeedbackAnswer | None:
        """The answer that stands; None while one is waited for, and where the feedback went another way."""
        return self.answers[-1] if self.status in (S.RESOLVED, S.CONFIRMED) else None

    def people(self) -> frozenset[str]:
        return frozenset({self.by, self.unit or self.by})

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return actor == self.by or (unit is not None and unit == self.unit)

    def was_raised_by(self, claim: Claim, actor: str) -> bool:
        """Whether a claim is of whoever raised it: of that unit, where it was raised for one."""
        return self.by in (actor, claim.standing_in_for) if self.unit is None else claim.unit == self.unit

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        return True if self.concerns(actor, claim.unit) else None


# --- commands and events ---------------------------------------------------------------------------------------------


class _Raised(Value):
    """What it is about, as a short key (`noise`, `dust`, `access`), and where: both stand in the clear."""

    concerns: Id | None = None
    place: Words = ""


class RaiseFeedback(ItemCommand, _Raised, wire="feedback.raise", label="提出意见反馈"):
    """Say something about the works; the `text` is protected and belongs to whoever raises it."""

    text: Personal | None = None


class ProjectFeedbackRaised(ItemEvent, _Raised, name="feedback.raised"):
    """Somebody said something about the works, for the unit named if for one."""

    unit: Id | None = None
    text: Annotated[Protected | None, BelongsTo("on_behalf_of", "by")] = None


class ResolveFeedback(ItemCommand, Shown, wire="feedback.resolve", label="答复意见"):
    """Answer it in public words: what was done, with the evidence on file."""


class ProjectFeedbackResolved(ItemEvent, Shown, name="feedback.resolved"):
    """It was answered, by somebody of the units named."""

    units: tuple[Id, ...] = ()


class ConfirmFeedback(ItemCommand, wire="feedback.confirm", label="确认答复"):
    """Confirm the answer, as whoever raised it or as a supervisor."""


class ProjectFeedbackConfirmed(ItemEvent, name="feedback.confirmed"):
    """Whoever raised it, or a supervisor, is content with the answer."""


class ReopenFeedback(ItemCommand, Reasoned, wire="feedback.reopen", label="不认可答复"):
    """Say why the answer does not do; the `reason` is public, `details` are protected."""

    details: Personal | None = None


class ProjectFeedbackReopened(ItemEvent, Reasoned, name="feedback.reopened"):
    """The answer does not do: another one is owed."""

    details: Annotated[Protected | None, BelongsTo("on_behalf_of", "by")] = None


class TransferFeedback(ItemCommand, wire="feedback.transfer", label="转为事项"):
    """Make a case of what the project cannot answer; `title` and `category` are the case's, in public words.

    The `description` goes to the case alone, protected as its own; it belongs to whoever raised the feedback, unless it
    names another subject.
    """

    title: Words = ""
    category: Id | None = None
    description: Personal | None = None


class ProjectFeedbackTransferred(ItemEvent, name="feedback.transferred"):
    """It goes on as a case of its own."""

    target: Id | None = None


class WithdrawFeedback(ItemCommand, Reasoned, wire="feedback.withdraw", label="撤回意见反馈"):
    """Take it back."""

    to: Id | None = None


class ProjectFeedbackWithdrawn(ItemEvent, Reasoned, name="feedback.withdrawn"):
    """It was taken back, or fell away with its project."""

    to: Id | None = None
