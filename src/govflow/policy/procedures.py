"""Decision procedures as data: tracks with their stages, votes with their quorum, the bodies that decide.

Every share is counted in integers: 以上 is at least, 过半数 more than.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from govflow.actors import Area, Id
from govflow.messages import Count, Value, Words
from govflow.policy.practice import Share

# --- quorum and majority ---------------------------------------------------------------------------------------------


class Base(StrEnum):
    """What is counted: people, households, or owners' exclusive area (in dm², hundredths of a square metre)."""

    PERSONS = "persons"  # 人数
    HOUSEHOLDS = "households"  # 户数
    AREA = "area"  # 专有部分面积


class Among(StrEnum):
    """Of whom a majority is asked: everybody entitled, those who took part, or those who said yes or no."""

    ENTITLED = "entitled"  # 应到
    PRESENT = "present"  # 实到: abstentions count as present, not in favour
    VOTING = "voting"  # 赞成与反对之和


class Presence(Value):
    """How many of those entitled must take part, on one base."""

    base: Base = Base.PERSONS
    share: Share


class Majority(Value):
    """How many must be in favour, on one base."""

    base: Base = Base.PERSONS
    among: Among = Among.PRESENT
    share: Share


class QuorumRule(Value):
    """When a body can decide, and when it has said yes.

    `presence` are alternatives, each a list that must hold as a whole (empty: no quorum); every `decision` must hold.
    `effective_from` and `effective_to` are the days between which its source is in force (None: open).
    """

    id: Id
    en: Words
    zh: Words
    presence: tuple[tuple[Presence, ...], ...] = ()
    decision: tuple[Majority, ...] = Field(min_length=1)
    effective_from: date | None = None
    effective_to: date | None = None
    basis: Words
    own: bool = False

    @property
    def bases(self) -> frozenset[Base]:
        """What must be known of every voter for it to be counted."""
        there = (each.base for option in self.presence for each in option)
        return frozenset((*there, *(each.base for each in self.decision)))


# --- how a vote is taken ---------------------------------------------------------------------------------------------


class Method(StrEnum):
    """What a ballot says and how it is counted."""

    YES_NO = "yes_no"  # 赞成、反对、弃权
    APPROVAL = "approval"  # 认可投票: every option one can live with
    RANKED = "ranked"  # 排序复选 (instant run-off): the last is struck out until one has more than half
    SCORE = "score"  # 打分: points from 0 to max_score
    BORDA = "borda"  # 波达计数: of n options the first gets n − 1 points, the last none


class BallotForm(StrEnum):
    """How ballots are given."""

    HANDS = "hands"  # 举手表决: only the counts are recorded
    OPEN = "open"  # 记名投票
    SECRET = "secret"  # 无记名投票


class Tie(StrEnum):
    """What a tie between the best, or the worst in a run-off, comes to."""

    FAILS = "fails"  # nothing is adopted; a tie for the last place in a run-off strikes out the one listed last
    LISTED_FIRST = "listed_first"  # the one that was announced first
    LOT = "lot"  # 抽签: by a seed that was committed to before the vote


class VoteRule(Value):
    """How a vote is taken: who counts as what, on which ballots, how ties end and how often it may be tried.

    `proxies` is how many others one holder may vote for; `attempts` how many votes may be held, the first included;
    `notice` the time limit that the announcement must leave (None: none); `max_choices` and `max_score` bound a
    ballot (0: no bound on choices); `support` is what the winner of several options must reach of those who took part.
    """

    quorum: Id
    method: Method = Method.YES_NO
    form: BallotForm = BallotForm.OPEN
    replaceable: bool = False
    proxies: int = Field(default=0, ge=0, le=100)
    tie: Tie = Tie.FAILS
    attempts: int = Field(default=2, ge=1, le=20)
    notice: Id | None = None
    max_choices: int = Field(default=0, ge=0, le=1_000)
    max_score: int = Field(default=5, ge=1, le=100)
    support: Share | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.form is BallotForm.HANDS and (self.method is not Method.YES_NO or self.proxies or self.replaceable):
            raise ValueError("a show of hands answers yes or no, by those who are there, once")
        return self


# --- the track -------------------------------------------------------------------------------------------------------


class SupportRule(Value):
    """How many supporters of one capacity a proposal needs: a number, or a share of the body they belong to.

    `capacity` is as what they sign (villager, representative, resident …); `of` the kind of body whose members that
    are. A procedure's rules are alternatives.
    """

    capacity: Id = "resident"
    least: Count = 0
    share: Share | None = None
    of: Id | None = None

    @model_validator(mode="after")
    def _share_of_something(self) -> Self:
        if (self.share is None) != (self.of is None):
            raise ValueError("a share and the kind of body it is of go together")
        return self


class StageRule(Value):
    """One stage before the vote: which kind of body says yes, by which quorum rule, on which papers.

    `papers` are the kinds of evidence its record needs (minutes 会议记录).
    """

    id: Id
    en: Words
    zh: Words
    body: Id
    quorum: Id | None = None
    papers: tuple[Id, ...] = ()


class Filing(Value):
    """A review or filing that must be granted before the resolution is published: by the holder of which role."""

    en: Words
    zh: Words
    by: Id


class Appraisal(Value):
    """The residents' appraisal after the works: the meeting's quorum among those invited, the least score of 100."""

    quorum: Share
    least_score: int = Field(default=60, ge=0, le=100)


class DecisionProcedure(Value):
    """A track (议事规则成文, M084): from who may propose to who appraises. A proposal pins it when it is admitted.

    `proposers` are roles that may propose, support and be heard; `support` alternatives of which one must be reached;
    `stages` run in their order before the `vote`, in which those of `electorate` decide, a kind of body. `risk` and
    `legality` ask for a good assessment or check of the text voted on, of major matters alone where `major_only`.
    """

    id: Id
    en: Words
    zh: Words
    proposers: tuple[Id, ...] = ()
    support: tuple[SupportRule, ...] = ()
    stages: tuple[StageRule, ...] = Field(default=(), max_length=20)
    vote: VoteRule
    electorate: Id | None = None  # the kind of body whose members are the voters
    risk: bool = True
    legality: bool = False
    major_only: bool = True
    filings: tuple[Filing, ...] = ()
    appraisal: Appraisal | None = None
    papers: tuple[Id, ...] = ()  # kinds of evidence the completion report needs
    basis: Words
    own: bool = False

    @model_validator(mode="after")
    def _each_stage_once(self) -> Self:
        ids = [each.id for each in self.stages]
        if len(set(ids)) < len(ids):
            raise ValueError("a stage stands twice")
        return self

    def stage(self, id: str) -> StageRule | None:
        """The stage with this id."""
        return next((each for each in self.stages if each.id == id), None)


class Body(Value):
    """A deliberating body (议事机构): its kind, unit in the directory, area and size; `above` is the next higher."""

    id: Id
    en: Words
    zh: Words
    kind: Id
    unit: Id | None = None
    area: Area = ""
    members: Count = 0
    households: Count = 0
    above: Id | None = None
    subjects: tuple[Id, ...] = ()  # categories it is competent for (empty: all)

    def serves(self, kind: str, area: str) -> bool:
        """Whether it is the body of this kind for an area."""
        return kind == self.kind and (not self.area or area == self.area or area.startswith(self.area + "/"))
