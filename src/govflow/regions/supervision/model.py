"""督办 supervision as it is folded: where it stands, whom it concerns, what was answered."""

from collections.abc import Collection

from govflow.actors import Claim, Role
from govflow.messages import Instant, Value
from govflow.records import Item
from govflow.workflow import Rest, Status


class SupervisionStatus(Status):
    REMINDED = "reminded", "提醒", Rest.OUTCOME
    URGED = "urged", "催办"
    LISTED = "listed", "挂牌督办"
    INTERVIEWED = "interviewed", "约谈"
    CIRCULATED = "circulated", "通报"
    EXPOSED = "exposed", "曝光"
    LIFTED = "lifted", "解除", Rest.OUTCOME


S = SupervisionStatus
ANSWERERS = (Role.LEAD_UNIT, Role.CO_UNIT, Role.PROJECT_LEAD, Role.IMPLEMENTER)
"""Who answers for the unit supervised."""


class Reply(Value):
    """One answer of the supervised unit."""

    by: str
    at: Instant
    measure: str
    evidence: tuple[str, ...] = ()
    in_stead_of: str | None = None


class Supervision(Item):
    """One body's supervision of one unit (`owner`): why, how far it went, what was answered, who checked the fix.

    A supervisor keeps to what their own body began. The district stands above every body: it may take any step of its
    own on any ladder, and lift it too, unless it is the unit supervised.
    """

    owner: str | None = None
    body: str | None = None  # the unit that supervises, where whoever began it spoke for one
    reason_code: str = ""
    number: str = ""
    was_listed: bool = False
    replies: tuple[Reply, ...] = ()
    fix_checked_by: tuple[str, ...] = ()  # who found the exposed failing fixed, and in whose stead
    lifted_at: Instant | None = None

    @property
    def what(self) -> str:
        return " ".join(filter(None, (self.number, self.reason_code)))

    @property
    def answered_by(self) -> frozenset[str]:
        """Who has answered for the unit supervised, and in whose stead."""
        return frozenset(who for reply in self.replies for who in (reply.by, reply.in_stead_of) if who is not None)

    def people(self) -> frozenset[str]:
        return frozenset() if self.owner is None else frozenset({self.owner})

    def is_of(self, unit: str | None, people: Collection[str | None]) -> bool:
        """Whether somebody who speaks for `unit` and is one of `people` may answer for the body that supervises.

        `people` are the person and all their units: whoever is of the unit supervised never may.
        """
        return self.body in (None, unit) and self.owner not in people

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return self.owner is not None and self.owner in (actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        if role in ANSWERERS and self.owner is not None:
            return self.owner in (actor, claim.unit)
        if role == Role.SUPERVISOR and self.body is not None and self.status != S.LIFTED:
            return claim.unit == self.body
        return None
