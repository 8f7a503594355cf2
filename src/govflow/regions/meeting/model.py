"""What a meeting is: its statuses, its forms, what is known of one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from govflow.actors import Claim, Id, Role, speaks_for
from govflow.messages import Instant, Protected, Value, Words
from govflow.records import Item
from govflow.workflow import Rest, Status


class MeetingStatus(Status):
    ANNOUNCED = "announced", "已公告"
    POSTPONED = "postponed", "延期"
    HELD = "held", "已召开"
    RECORDED = "recorded", "已记录", Rest.FINAL
    CANCELLED = "cancelled", "取消", Rest.FINAL


class MeetingForm(StrEnum):
    """The kinds of meeting (M082, M101), each with its Chinese term; policy and catalogue name them by their ids."""

    zh: str

    HEARING = "hearing", "听证会"
    COORDINATION = "coordination", "协调会"
    APPRAISAL = "appraisal", "评议会"
    COUNCIL = "council", "议事会"
    JOINT_CONFERENCE = "joint_conference", "联席会"
    TALK = "talk", "恳谈会"
    EXCHANGE = "exchange", "交流会"
    FELLOWSHIP = "fellowship", "联谊会"
    SYMPOSIUM = "symposium", "座谈会"
    RECEPTION = "reception", "接待会"

    def __new__(cls, value: str, zh: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member


class RefusedToSign(Value):
    """Somebody who was there and does not sign, with the reason given."""

    who: Id
    reason: Words


class Undertaking(Value):
    """What a unit that was there undertakes as an equal, until when (联合承诺, M081)."""

    unit: Id
    what: Words
    until: Instant


class Meeting(Item):
    """One meeting: what about and where, who was asked and who came, and what its signed record says."""

    form: MeetingForm | None = None
    subject: str = ""
    place: str = ""
    host: str = ""
    roll: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    matter_kind: str | None = None
    earlier: tuple[Instant, ...] = ()  # dates it was announced for before
    attended: tuple[str, ...] = ()  # at any sitting
    minutes: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    refused_to_sign: tuple[RefusedToSign, ...] = ()
    consensus: str = ""
    dissent: str = ""
    opinions_for: int = 0
    opinions_against: int = 0
    opinions_open: int = 0
    opinions_text: Protected | None = None
    undertakings: tuple[Undertaking, ...] = ()

    @property
    def what(self) -> str:
        return f"{self.form}: {self.subject}" if self.form else self.key

    def spoken_of(self) -> Iterable[str]:
        return self.attended

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """Whoever is on the roll or was there takes part in it."""
        return not {actor, unit}.isdisjoint((self.host, *self.roll, *self.attended))

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        if role != Role.HOST:
            return None
        return claim.unit == self.host or speaks_for(self.host, claim, actor, on_behalf_of)
