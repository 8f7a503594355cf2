"""What an invitation is: its statuses, what is known of one, and its key."""

from __future__ import annotations

from itertools import chain, count

from govflow.actors import Claim, Role, speaks_for
from govflow.records import Item, Record
from govflow.workflow import Rest, Status


class InvitationStatus(Status):
    ISSUED = "issued", "已发出"
    ACCEPTED = "accepted", "已应允"
    DECLINED = "declined", "谢绝", Rest.OUTCOME
    LAPSED = "lapsed", "逾期未复", Rest.OUTCOME
    ATTENDED = "attended", "已到会", Rest.FINAL
    ABSENT = "absent", "未到会", Rest.OUTCOME
    CANCELLED = "cancelled", "取消", Rest.FINAL


S = InvitationStatus


class Invitation(Item):
    """One unit's invitation to one meeting. `was_lapsed` stays true when the unit accepts late."""

    unit: str = ""
    meeting: str = ""
    host: str = ""  # of the meeting
    reason: str = ""  # for which it was declined or cancelled
    was_lapsed: bool = False

    @property
    def what(self) -> str:
        return f"{self.unit} to meeting {self.meeting}"

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        if role not in (Role.ORGANISATION, Role.HOST):
            return None
        named = self.unit if role == Role.ORGANISATION else self.host
        return claim.unit == named or speaks_for(named, claim, actor, on_behalf_of)


_OVER = (S.DECLINED, S.ABSENT, S.CANCELLED)  # may be invited again


def key_for(record: Record, unit: str | None, meeting: str | None) -> str:
    """The key of the invitation that still stands, else the first one that nobody has."""
    first, items = f"{unit or 'nobody'}.{meeting or 'nothing'}", record.items_of("invitation")

    def is_free(key: str) -> bool:
        item = items.get(key)
        return item is None or ((item.unit, item.meeting) == (unit, meeting) and item.status not in _OVER)

    return next(filter(is_free, chain((first,), (f"{first[:120]}.{number}" for number in count(2)))))
