"""Reads the bundle of a vote back, trusting nothing in it: the first thing wrong is named with its line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Reversible
from typing import Any, TypeVar

from pydantic import ValidationError

from govflow.errors import Detail, InputError
from govflow.messages import Value
from govflow.policy.procedures import BallotForm
from govflow.voting.ballots import Ballot, lacks
from govflow.voting.bundle import Bundle, Cast, Coded, Hands, Header, OnRoll, Published, TookPart
from govflow.voting.roll import Voter, roll_digest

_LONGEST_LINE = 16 << 20  # characters; a result of many options and rounds stays far below
_ORDER: dict[BallotForm, tuple[type[Value], ...]] = {
    BallotForm.OPEN: (OnRoll, Cast, Published),
    BallotForm.SECRET: (OnRoll, TookPart, Coded, Published),
    BallotForm.HANDS: (OnRoll, Hands, Published),
}
_NAMES: dict[type[Value], Detail] = {
    OnRoll: Detail("a line of the roll", "名册行"),
    Cast: Detail("an open ballot", "记名选票"),
    TookPart: Detail("a mark of who took part", "参加标记"),
    Coded: Detail("a secret ballot", "无记名选票"),
    Hands: Detail("the counts of a show of hands", "举手计数"),
    Published: Detail("the result", "结果"),
}
V = TypeVar("V", bound=Value)


def read(source: Iterable[str | bytes]) -> Bundle:
    """The bundle in these lines (UTF-8). Raises InputError with the line of the first thing that is wrong.

    Every line has its place and its fields, voters and codes are in order and stand once, every ballot is of somebody
    on the roll and by the rule, the roll is the one that was frozen, and nothing is missing at the end. Whether the
    result is right is another question: compare it with `recounted`.
    """
    numbered = _numbered(source)
    first = next(numbered, None)
    if first is None:
        raise _bad(1, Detail("there is nothing", "文件为空"), Detail("the header of a bundle", "表决数据包首行"))
    reading = _Reading(_parsed(Header, first[1], 1))
    for number, text in numbered:
        kind = _kind(text, number)
        reading.comes(kind, number)
        reading.take(_parsed(kind, text, number), number)
    return reading.whole()


class _Reading:
    """What was read so far."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._due = _ORDER[header.form]  # the kinds of line that may come
        self._roll: dict[str, Voter] = {}
        self._ballots: dict[str, Ballot] = {}
        self._known: dict[tuple[Any, ...], Ballot] = {}  # alike ballots are one: of a million most are
        self._took_part: list[str] = []
        self._hands: Hands | None = None
        self._published: Published | None = None
        self._lines = 0  # of ballots

    def comes(self, kind: type[Value], number: int) -> None:
        """A line of this kind may come now, none of the earlier ones after it. Raises InputError."""
        if self._published is not None or kind not in self._due:
            what = Detail(f"{_NAMES[kind]} does not belong here", f"{_NAMES[kind].zh}不应在此")
            due = [_NAMES[each] for each in self._due] if self._published is None else [Detail("the end", "结尾")]
            raise _bad(number, what, Detail(" or ".join(due), "或".join(each.zh for each in due)))
        self._due = self._due[self._due.index(kind) :]

    def take(self, value: Value, number: int) -> None:
        """Keep what a line says. Raises InputError."""
        match value:
            case OnRoll():
                _in_order(self._roll, value.voter, number)
                self._roll[value.voter] = Voter(id=value.voter, household=value.household, area=value.area)
            case TookPart():
                self._on_roll(value.voter, number)
                _in_order(self._took_part, value.voter, number)
                self._took_part.append(value.voter)
            case Cast():
                self._on_roll(value.voter, number)
                if value.voter in self._ballots and not self._header.rule.replaceable:
                    what = Detail(f"a second ballot of {value.voter}", f"{value.voter} 重复投票")
                    raise _bad(number, what, Detail("one each, by this rule", "按规则每人一票"))
                self._keep(value.voter, value.ballot, number)
            case Coded():
                _in_order(self._ballots, value.code, number)
                self._keep(value.code, value.ballot, number)
            case Hands():
                if self._hands is not None:
                    raise _bad(
                        number, Detail("counts of hands stand twice", "举手计数重复"), Detail("one line", "一行")
                    )
                self._hands = value
            case Published():
                self._published = value

    def _on_roll(self, voter: str, number: int) -> None:
        if voter not in self._roll:
            what = Detail(f"{voter} is not on the roll", f"{voter} 不在名册上")
            raise _bad(number, what, Detail("a voter of the roll", "名册上的表决权人"))

    def _keep(self, key: str, ballot: Ballot, number: int) -> None:
        said = (ballot.choice, *ballot.scores.items())
        known = self._known.get(said)
        if known is None:
            for wrong in lacks(ballot, self._header.rule, self._header.options):
                raise _bad(number, wrong, Detail("a ballot by the rule", "合规的选票"))
            known = self._known[said] = ballot
        self._ballots[key] = known
        self._lines += 1

    def whole(self) -> Bundle:
        """The bundle, once its lines are all read. Raises InputError."""
        published = self._published
        if published is None:
            raise InputError(Detail("cut off: there is no result", "不完整:没有结果行"), where="end")
        if self._header.form is BallotForm.HANDS and self._hands is None:
            raise InputError(Detail("there are no counts of hands", "没有举手计数"), where="end")
        for name, zh, stated, found in (
            ("of the roll", "名册", published.roll, len(self._roll)),
            ("of ballots", "选票", published.ballots, self._lines),
        ):
            if stated != found:
                what = Detail(f"{found} lines {name}", f"{zh}有 {found} 行")
                raise InputError(what, where="end", expected=Detail(f"{stated}, as it says", f"所称 {stated} 行"))
        if roll_digest(self._roll) != self._header.roll_digest:
            what = Detail("the roll is not the one that was frozen", "名册与冻结时不一致")
            raise _bad(1, what, Detail("the digest of this roll", "本名册的摘要"))
        hands = self._hands.hands if self._hands else None
        return Bundle(self._header, self._roll, self._ballots, tuple(self._took_part), hands, published.result)


def _in_order(before: Reversible[str], id: str, number: int) -> None:
    """Ids go up, so that none stands twice. Raises InputError."""
    last = next(iter(reversed(before)), None)
    if last is not None and id <= last:
        what = Detail(f"{id} after {last}", f"{id} 排在 {last} 之后")
        raise _bad(number, what, Detail("ids in ascending order, each once", "标识按升序,不重复"))


def _numbered(source: Iterable[str | bytes]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source, 1):
        if len(line) > _LONGEST_LINE:
            raise _bad(number, Detail(f"{len(line)} long", f"长 {len(line)}"), Detail(f"{_LONGEST_LINE} at most"))
        try:
            yield number, line if isinstance(line, str) else line.decode()
        except UnicodeDecodeError:
            raise _bad(number, Detail("not UTF-8", "不是 UTF-8"), Detail("a text", "文本")) from None


def _kind(text: str, number: int) -> type[Value]:
    """Which kind of line it is, by the fields it has."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise _bad(number, Detail("not a JSON object", "不是 JSON 对象"), Detail("one object a line", "每行一个对象"))
    for name, kind in (("result", Published), ("hands", Hands), ("code", Coded), ("area", OnRoll), ("ballot", Cast)):
        if name in fields:
            return kind
    return TookPart


def _parsed(kind: type[V], text: str, number: int) -> V:
    try:
        return kind.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        fields = ", ".join(kind.model_fields)
        what = f"{field}: {first['msg']}" if field else first["msg"]
        raise _bad(number, Detail(what), Detail(f"the fields {fields}", f"字段 {fields}")) from None


def _bad(number: int, what: Detail, expected: Detail) -> InputError:
    return InputError(what, where=f"line {number}", expected=expected)
