"""What is asked of an invitation and what happened to it: its commands and events."""

from __future__ import annotations

from govflow.actors import Id
from govflow.messages import Instant, ItemCommand, ItemEvent, Value
from govflow.regions.bodies import Reasoned


class _Whom(Value):
    unit: Id | None = None
    meeting: Id | None = None


class IssueInvitation(ItemCommand, _Whom, wire="invitation.issue", label="发出约请"):
    """Invite a unit to an announced meeting."""


class InvitationIssued(ItemEvent, _Whom, name="invitation.issued"):
    """A unit was invited."""

    host: Id | None = None


class AcceptInvitation(ItemCommand, wire="invitation.accept", label="应允约请"):
    """Say as the invited unit that it will come, late if the invitation has lapsed."""


class InvitationAccepted(ItemEvent, name="invitation.accepted"):
    """The unit will come."""

    until: Instant | None = None  # the day of the meeting


class DeclineInvitation(ItemCommand, Reasoned, wire="invitation.decline", label="谢绝约请"):
    """Say as the invited unit why it will not come."""


class InvitationDeclined(ItemEvent, Reasoned, name="invitation.declined"):
    """The unit will not come, and says why."""


class LapseInvitation(ItemCommand, wire="invitation.lapse", label="约请逾期未复"):
    """Record that the unit was silent past the reply time."""


class InvitationLapsed(ItemEvent, name="invitation.lapsed"):
    """The unit was silent past the reply time."""


class AttendInvitation(ItemCommand, wire="invitation.attend", label="登记到会"):
    """Record that the unit was there."""


class InvitationAttended(ItemEvent, name="invitation.attended"):
    """The unit was there."""


class MissInvitation(ItemCommand, wire="invitation.miss", label="登记未到会"):
    """Record that the unit said yes and did not come."""


class InvitationMissed(ItemEvent, name="invitation.missed"):
    """The unit said yes and did not come."""


class CancelInvitation(ItemCommand, Reasoned, wire="invitation.cancel", label="取消约请"):
    """Take the invitation back: it is not needed any more."""


class InvitationCancelled(ItemEvent, Reasoned, name="invitation.cancelled"):
    """The invitation was taken back."""


class AskInvitedAgain(ItemCommand, wire="invitation.ask_again", label="改期再约"):
    """Put a new date of the meeting to a unit that was invited and has not said no."""


class InvitedAskedAgain(ItemEvent, name="invitation.asked_again"):
    """The unit is asked for the new date of the meeting; what it said of another one is void."""


class PassInvitationToHost(ItemCommand, wire="invitation.pass_to_host", label="转由召集方登记"):
    """Leave to the host what is still to be said: the meeting has met, or was called off."""


class InvitationPassedToHost(ItemEvent, name="invitation.passed_to_host"):
    """The unit owes nothing more: whether it came, its host says."""
