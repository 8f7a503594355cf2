"""What a term in the chair is: its statuses, periods, contacts and scores."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from govflow.actors import Claim, Id, Role
from govflow.messages import Count, Instant, Value
from govflow.records import Item
from govflow.workflow import Rest, Status


class ChairStatus(Status):
    """Where a term stands."""

    SERVING = "serving", "任期中"
    UNDER_ASSESSMENT = "under_assessment", "离任考核中"
    ENDED = "ended", "已离任", Rest.FINAL


class Counterpart(StrEnum):
    """With whom the chair keeps in touch: the first two in every period (两通), each member once (一联)."""

    COMMITTEE = "committee"  # 二级党委
    GUIDANCE = "guidance"  # 指导部门
    MEMBER = "member"  # 成员单位


class AssessorGroup(StrEnum):
    """Who scores a term at its end (一考, M122)."""

    COMMITTEE = "committee"  # 二级党委
    DEPARTMENT = "department"  # 指导部门
    MEMBERS = "members"  # 成员单位
    SUPERVISORS = "supervisors"  # 督导指导组


class TermPeriod(Value):
    """A part of a term, from its first to its last local day, both inclusive."""

    first: date
    last: date


class Contact(Value):
    """One contact of the chair: with whom, which unit, on which local day, and who put it down."""

    counterpart: Counterpart
    unit: Id
    day: date
    by: Id


class Score(Value):
    """The points that one group gave, from 0 to 100, and who gave them for it."""

    group: AssessorGroup
    points: Count
    by: Id


class GroupWeight(Value):
    """For how much in a hundred the points of one group count."""

    group: AssessorGroup
    percent: int = Field(ge=1, le=100)


class ChairTerm(Item):
    """One term: whose, from when to when, the contacts and scores so far. `none` are the groups that never scored.

    `weights` are those of the policy's plan `chair` when the term began; without them the four groups count alike.
    """

    unit: str = ""
    first: date | None = None
    last: date | None = None
    periods: tuple[TermPeriod, ...] = ()
    contacts: tuple[Contact, ...] = ()
    weights: tuple[GroupWeight, ...] = ()
    assessed_at: Instant | None = None  # from when on the groups could score
    scores: tuple[Score, ...] = ()
    none: tuple[AssessorGroup, ...] = ()
    reason: str = ""  # why it ended without all scores

    @property
    def what(self) -> str:
        return f"chair of {self.unit}" if self.unit else self.key

    @property
    def groups_to_score(self) -> tuple[AssessorGroup, ...]:
        """The groups that have not scored yet."""
        scored = {each.group for each in self.scores}
        return tuple(group for group in AssessorGroup if group not in scored)

    @property
    def score(self) -> Fraction | None:
        """The weighted mean of the four groups' points, once the term has ended; None where one of them gave none."""
        if self.status != ChairStatus.ENDED or self.groups_to_score:
            return None
        weights = {each.group: each.percent for each in self.weights} or dict.fromkeys(AssessorGroup, 1)
        return Fraction(sum(weights[each.group] * each.points for each in self.scores), sum(weights.values()))

    def people(self) -> frozenset[str]:
        return frozenset({self.unit} - {""})

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """While it serves, the chair's own unit speaks for the term; afterwards, and for officials, anybody but it."""
        if role in (Role.ORGANISATION, Role.PROJECT_LEAD) and self.status == ChairStatus.SERVING:
            return claim.unit == self.unit
        if claim.unit == self.unit:
            return False
        return True if role in (Role.ORGANISATION, Role.APPRAISER) else None
