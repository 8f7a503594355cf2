"""One round of voting as a recount reads it: event by event, each held against the rules that were announced."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from datetime import datetime, timedelta

from pydantic import ValidationError

from govflow.errors import Detail, InputError
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.policy import BallotForm, QuorumRule, Tie, VoteRule
from govflow.proposals import events as e
from govflow.proposals.box import Opened
from govflow.proposals.rules_count import SEED_IS_AWAITED
from govflow.recounting.findings import Findings, Recounted, shown
from govflow.recounting.roll import CompactRoll
from govflow.voting import (
    Ballot,
    HandCount,
    Lot,
    Tally,
    Turnout,
    commitment_of,
    count,
    count_hands,
    count_unlinked,
    entitled,
    lacks,
)

SEALED = Ballot()
"""Stands for any ballot in the box: who took part is known, not what they said."""


class Reading:
    """What was read of one round of voting so far, and what is wrong with it. A blank one is of no round."""

    def __init__(self) -> None:
        self.began = self.ended = 0  # versions of the stream: announced, closed
        self.round = 0
        self.rule: VoteRule | None = None
        self.quorum: QuorumRule | None = None
        self.question = ""
        self.options: tuple[str, ...] = ()
        self.lot_commitment: str | None = None
        self.opens_at: datetime | None = None
        self.closes_at: datetime | None = None
        self.roll = CompactRoll({}, [], array("q"))
        self.entitled = Turnout()
        self.digest: str | None = None
        self._roll_stands = False  # a reconvened vote keeps the one of the round before
        self.hands: HandCount | None = None
        self.opened: tuple[Opened, ...] | None = None
        self.closed: e.VoteClosed | None = None
        self.is_void = False
        self.findings = Findings()
        self._proxies: dict[str, str] = {}
        self._for_others: Counter[str] = Counter()
        self._cast_by: dict[str, str] = {}  # voter -> holder of the proxy by which the last ballot was cast
        self._alike: dict[object, tuple[Ballot, Detail | None]] = {}  # of a million ballots most are alike
        self._cast = 0

    @classmethod
    def of(cls, announced: e.VoteAnnounced | e.VoteReannounced, version: int, before: Reading) -> Reading:
        """The reading of a round that was announced; a reconvened one keeps question, options and roll."""
        new = cls()
        new.began = version
        new.round, new.rule, new.quorum = announced.round, announced.rule, announced.quorum
        new.question, new.options = announced.question, announced.options
        new.opens_at, new.closes_at = announced.opens_at, announced.closes_at
        if new.rule is not None and new.rule.tie is Tie.LOT:  # elsewhere nothing is drawn, whatever was committed to
            new.lot_commitment = announced.lot_commitment
        if new.round != before.round + 1:
            en = f"round {new.round} was announced after round {before.round}"
            new.findings.add("rounds_differ", en, f"第 {before.round} 轮之后公告的是第 {new.round} 轮")
        if isinstance(announced, e.VoteReannounced):
            new.question, new.options = new.question or before.question, new.options or before.options
            new.roll, new._roll_stands = before.roll.again(), True
        return new

    def take(self, event: Event, row: StoredEvent) -> None:
        """Go on by one event."""
        match event:
            case e.BallotCast():
                self._take_ballot(event, row)
            case e.VotersEnrolled() if self._is_announced(row):
                for voter in event.voters:
                    self.roll.enrol(voter)
            case e.VotersStruck() if self._is_announced(row):
                self._strike(event.voters)
            case e.ProxyGranted():
                self._proxies[event.voter or ""] = event.holder or ""
            case e.ProxyRevoked():
                self._proxies.pop(event.voter or "", None)
            case e.VotePostponed():
                self.opens_at, self.closes_at = event.opens_at, event.closes_at
            case e.VoteOpened() if self._is_first("begun", "voting was opened", "开始表决", self.digest, row):
                self._open(event, row)
            case e.HandsRecorded() if self._is_first("hands", "hands were recorded", "记录举手", self.hands, row):
                self.hands = event.hands
            case e.BoxOpened() if self._is_first("opened", "the box was opened", "开箱", self.opened, row):
                self._take_box(event)
            case e.VoteClosed() if self._is_first("closed", "the vote was closed", "结束表决", self.closed, row):
                self._close(event, row)
            case e.ResolutionPublished() if event.tally is not None and self.stated is not None:
                self.findings.compare("publication", event.tally, self.stated)
            case e.VoteVoided():
                self.is_void = True

    @property
    def stated(self) -> Tally | None:
        """The result as it was stated."""
        return self.closed.tally if self.closed is not None else None

    def _is_first(self, code: str, en: str, zh: str, before: object, row: StoredEvent) -> bool:
        """Whether it never happened before in this round; what is written once more does not count."""
        if before is not None:
            said = f"{en} twice (version {row.version})", f"重复{zh}（第 {row.version} 版）"
            self.findings.add(f"{code}_twice", *said)
        return before is None

    # -- the roll and the ballots --------------------------------------------------------------------------------------

    def _is_announced(self, row: StoredEvent) -> bool:
        if stands := self._roll_stands or self.digest is not None:
            en = f"the roll was changed after it was frozen (version {row.version})"
            self.findings.add("roll_was_changed", en, f"名册冻结后仍有改动（第 {row.version} 版）")
        return not stands

    def _strike(self, ids: tuple[str, ...]) -> None:
        gone = {id for id in ids if self.roll.strike(id)}
        for voter in [voter for voter, holder in self._proxies.items() if gone & {voter, holder}]:
            del self._proxies[voter]

    def _open(self, event: e.VoteOpened, row: StoredEvent) -> None:
        if self.opens_at is not None and _recorded_at(_metadata(row)) < self.opens_at:
            en = f"announced to begin at {self.opens_at}, it was opened before"
            self.findings.add("opened_early", en, f"公告于 {self.opens_at} 开始，实际提前开始")
        digest, self.entitled = self.roll.digest(), self.roll.turnout()
        if digest != event.roll_digest:
            en = f"the roll has the digest {digest}, and was frozen as {event.roll_digest}"
            self.findings.add("roll_differs", en, f"名册摘要为 {digest}，冻结时为 {event.roll_digest}")
        if self.entitled != event.entitled:
            stated, counted = shown(event.entitled), shown(self.entitled)
            en = f"entitled: stated {stated}, counted {counted}"
            self.findings.add("entitled_differ", en, f"应到：{stated}，复核为 {counted}")
        late = max(_recorded_at(_metadata(row)) - self.opens_at, timedelta()) if self.opens_at else timedelta()
        self.closes_at = self.closes_at + late if self.closes_at is not None else None
        if event.closes_at != self.closes_at:
            en = f"announced to end at {self.closes_at}, opened until {event.closes_at}"
            self.findings.add("end_differs", en, f"公告截止 {self.closes_at}，实际截止 {event.closes_at}")
        self.digest = event.roll_digest
        self.roll.freeze()

    def _take_ballot(self, event: e.BallotCast, row: StoredEvent) -> None:
        self._cast += 1
        voter = event.voter or ""
        ballot, wrong = self._known(event.ballot)
        if (why := self._against(event, voter, row) or wrong) is not None:
            en = f"ballot of {voter} (version {row.version}): {why}"
            self.findings.add("ballot_is_not_valid", en, f"{voter} 的选票（第 {row.version} 版）：{why.zh}")
            return
        if event.holder is not None and self.roll.ballot_of(voter) is None:
            self._for_others[event.holder] += 1
        if event.holder is not None:
            self._cast_by[voter] = event.holder
        else:
            self._cast_by.pop(voter, None)
        self.roll.keep(voter, ballot)

    def _known(self, ballot: Ballot | None) -> tuple[Ballot, Detail | None]:
        """The ballot, the same one for all that are alike, and what it lacks; of a sealed one only that it is there."""
        assert self.rule is not None
        is_secret = self.rule.form is BallotForm.SECRET
        if is_secret != (ballot is None):
            return Ballot(), Detail("it does not have the form of this vote", "与本次表决的投票方式不符")
        if ballot is None:
            return SEALED, None
        said = (ballot.choice, *ballot.scores.items())
        if (known := self._alike.get(said)) is None:
            known = self._alike[said] = (ballot, next(lacks(ballot, self.rule, self.options), None))
        return known

    def _against(self, event: e.BallotCast, voter: str, row: StoredEvent) -> Detail | None:
        """What stands against a ballot, whatever it says."""
        assert self.rule is not None
        if self.digest is None or self.opened is not None or self.closed is not None:
            return Detail("voting was not open", "不在投票期间")
        if voter not in self.roll:
            return Detail("not on the roll", "不在名册")
        if self.roll.ballot_of(voter) is not None and not self.rule.replaceable:
            return Detail("a second one", "重复投票")
        if self.closes_at is not None and event.at >= self.closes_at:
            return Detail("it happened after the end", "晚于截止时间")
        meta = _metadata(row)
        if not self._is_before_the_end(_recorded_at(meta)):
            return Detail("it was recorded after the end", "截止后才收到")
        return self._against_actor(event, voter, (event.by, meta.get("on_behalf_of")))

    def _against_actor(self, event: e.BallotCast, voter: str, acting: tuple[str | None, ...]) -> Detail | None:
        assert self.rule is not None
        holder = event.holder
        if holder is None and voter in acting:
            return None
        if holder is None or holder not in acting or self._proxies.get(voter) != holder:
            return Detail(f"{event.by} holds no authority of the voter", f"{event.by} 未获其委托")
        if self.roll.ballot_of(voter) is not None and self._cast_by.get(voter) != holder:
            return Detail("the voter has voted in person", "本人已亲自表决")
        if self.roll.ballot_of(voter) is None and self._for_others[holder] >= self.rule.proxies:
            return Detail(f"{holder} voted for more than {self.rule.proxies} others", f"{holder} 代理超过限额")
        return None

    def _is_before_the_end(self, recorded_at: datetime) -> bool:
        return self.closes_at is None or recorded_at < self.closes_at

    @property
    def seed(self) -> str | None:
        """What a lot was drawn by; None where the rule draws none, or it was never said."""
        draws = self.rule is not None and self.rule.tie is Tie.LOT
        return self.closed.lot_seed if draws and self.closed is not None else None

    @property
    def counted_by(self) -> VoteRule | None:
        """The rule it is counted by: a tie whose lot has no seed any more adopts nothing."""
        if self.rule is not None and self.closed is not None and self.closed.seed_is_lost and self.seed is None:
            return self.rule.changed(tie=Tie.FAILS)
        return self.rule

    @property
    def lot(self) -> Lot | None:
        """Commitment and seed for outsiders; None where a seed is missing, or is none that they could use."""
        try:
            return Lot.model_validate({"commitment": self.lot_commitment, "seed": self.seed})
        except ValidationError:
            return None

    # -- the result ----------------------------------------------------------------------------------------------------

    def _take_box(self, event: e.BoxOpened) -> None:
        self.opened = event.opened
        codes, took_part = [each.code for each in event.opened], sum(1 for _ in self.roll.marked())
        if codes != sorted(set(codes)):
            self.findings.add("codes_differ", "the codes are not in order, each once", "编码未按序或有重复")
        if len(codes) != took_part:
            en = f"{len(codes)} ballots came out of the box, and {took_part} took part"
            self.findings.add("ballots_differ", en, f"开出 {len(codes)} 张票，{took_part} 人投票")

    def _close(self, event: e.VoteClosed, row: StoredEvent) -> None:
        self.closed, self.ended = event, row.version
        if (seed := self.seed) is not None and commitment_of(seed) != self.lot_commitment:
            self.findings.add("seed_differs", "the seed is not the one committed to", "抽签种子与事先承诺不符")
        elif seed is None and event.seed_is_lost and not self._was_awaited(row):
            en = "its lot was given up before the seed had been awaited for three days"
            self.findings.add("seed_is_awaited", en, "种子等待未满三日即放弃抽签")
        elif seed is not None and self.lot is None:
            en = "the seed is none by which others could draw the lot again: 16 to 200 printable characters of ASCII"
            self.findings.add("seed_is_odd", en, "抽签种子须为 16 至 200 个可打印的 ASCII 字符，他人才能重新抽签")
        if (
            self._is_before_the_end(_recorded_at(_metadata(row)))
            and self.hands is None
            and not self._everybody_has_voted()
        ):
            self.findings.add("closed_early", "it was closed before its end", "未到截止时间即结束")

    def _was_awaited(self, row: StoredEvent) -> bool:
        return not self.closes_at or _recorded_at(_metadata(row)) >= self.closes_at + SEED_IS_AWAITED

    def _everybody_has_voted(self) -> bool:
        is_for_good = self.rule is not None and not self.rule.replaceable
        return is_for_good and sum(1 for _ in self.roll.marked()) == len(self.roll)

    def result(self, record: str) -> Recounted:
        """Everything counted again, and held against what was stated."""
        stated, counted = self.stated, None
        try:
            counted = self._counted()
        except InputError as error:
            self.findings.add("cannot_be_counted", f"it cannot be counted: {error}", f"无法计票：{error}")
        if stated is None:
            self.findings.add("no_result", "no result was stated", "未公布结果")
        elif counted is not None:
            self.findings.compare("result", stated, counted)
        by_hand = self.hands.present.persons if self.hands is not None else 0
        return Recounted(
            record=record,
            round=self.round,
            stated=stated,
            counted=counted,
            ballots=by_hand or (len(self.opened) if self.opened is not None else self._cast),
            roll=len(self.roll),
            void=self.is_void,
            differences=self.findings.all(),
        )

    def _counted(self) -> Tally | None:
        rule = self.counted_by
        if rule is None or self.quorum is None or self.digest is None:
            self.findings.add("was_not_opened", "voting never began", "未开始表决")
            return None
        seed = self.seed
        rules = rule, self.quorum, self.options, self.entitled
        match rule.form:
            case BallotForm.HANDS:
                hands = self.hands or HandCount(present=Turnout())
                return count_hands(rule, self.quorum, self.entitled, hands)
            case BallotForm.SECRET:
                took_part = {id: self.roll[id] for id in self.roll.marked()}
                if self.opened is None and took_part:
                    self.findings.add("box_was_not_opened", "the box was never opened", "未开箱")
                    return None
                ballots = (each.ballot for each in self.opened or ())
                return count_unlinked(*rules, entitled(took_part), ballots, seed=seed)
        return count(*rules, self.roll.cast(), seed=seed)


def _recorded_at(meta: dict[str, str]) -> datetime:
    return datetime.fromisoformat(meta["recorded_at"])


def _metadata(row: StoredEvent) -> dict[str, str]:
    meta: dict[str, str] = json.loads(row.state[: row.state.index(b"\n")].decode())
    return meta


TAKEN = frozenset(
    event.name
    for event in (
        *(e.VotersEnrolled, e.VotersStruck, e.ProxyGranted, e.ProxyRevoked, e.VotePostponed, e.VoteOpened),
        *(e.BallotCast, e.HandsRecorded, e.BoxOpened, e.VoteClosed, e.ResolutionPublished, e.VoteVoided),
    )
)
"""The stored names of the events that a reading looks at."""
