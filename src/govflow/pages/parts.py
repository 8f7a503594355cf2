"""What a page is made of: sections of facts, tables, texts and changes, in one language; and how they become HTML."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from govflow.clocks import Clock
from govflow.clocks.kinds import CLOCKS, ClockKind, kind_of
from govflow.errors import Detail, InputError
from govflow.pages.cells import figures, stretches
from govflow.pages.changes import Piece
from govflow.pages.charts import Drawing
from govflow.pages.texts import TEXTS
from govflow.records import Record
from govflow.regions.evidence import EvidenceStatus
from govflow.regions.link import LinkKind
from govflow.rules import carries_personal_data
from govflow.workflow import Status, Workflow


class Linked(NamedTuple):
    """A record that the page may name: its number, what it is about, and where it stands."""

    id: str
    title: str
    state: str


class Facts(NamedTuple):
    """Names and values; what has no value is left out."""

    rows: Sequence[tuple[str, str]]


class Bar(NamedTuple):
    """A figure of a whole, as a text and as a bar of so many per cent."""

    text: str
    percent: int


class Lead(NamedTuple):
    """A text that leads to another page beside this one."""

    text: str
    page: str


Cell = str | Bar | Lead


class Rows(NamedTuple):
    """A table: what it shows, its heads, its rows. The first cell of a row names it."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class Prose(NamedTuple):
    """A text as it was written, with a line above it that says what it is."""

    title: str
    text: str


class Changed(NamedTuple):
    """An earlier text, folded away, with what the next one changed."""

    title: str
    pieces: Sequence[Piece]


class Note(NamedTuple):
    """A remark; `commands` are lines to be typed."""

    text: str
    commands: Sequence[str] = ()


class Alert(NamedTuple):
    """What nobody should miss."""

    text: str


Part = Facts | Rows | Prose | Changed | Note | Alert | Drawing


class Section(NamedTuple):
    """A part of the page under a heading of its own; without parts it is left out."""

    id: str
    title: str
    parts: Sequence[Part]


class Phase(NamedTuple):
    """One phase of the main way: done, the present one, or to come."""

    title: str
    mark: Literal["done", "now", "next"]


class Speech(NamedTuple):
    """The language of a page and the time zone of its dates."""

    language: str
    zone: tzinfo

    @property
    def is_zh(self) -> bool:
        """Whether it is Chinese."""
        return self.language.startswith("zh")

    def t(self, key: str, **values: object) -> str:
        """A text of the page, with its values filled in."""
        text = TEXTS[key][self.is_zh]
        return text.format(**values) if values else text

    def pick(self, en: str, zh: str) -> str:
        """What the domain says in both languages."""
        return zh if self.is_zh else en

    def plain(self, id: str) -> str:
        """An identifier as a reader of English would write it."""
        return id.replace("_", " ")

    def status(self, value: str, statuses: Iterable[Status]) -> str:
        """A status by its Chinese term, or in plain English."""
        found = next((each.zh for each in statuses if each.value == value), "")
        return found if self.is_zh and found else self.plain(value)

    def state(self, flow: Workflow, value: str) -> str:
        """A state of a table."""
        return self.status(value, flow.statuses)

    def term(self, kind: str, id: str) -> str:
        """A term of the page's own list in Chinese, or the identifier in plain English."""
        key = f"{kind}.{id}"
        return TEXTS[key][self.is_zh] if key in TEXTS else self.plain(id)

    def day(self, moment: datetime | None) -> str:
        """The local day of a moment."""
        return "" if moment is None else f"{moment.astimezone(self.zone):%Y-%m-%d}"

    def when(self, moment: datetime | None) -> str:
        """A moment, to the minute."""
        return "" if moment is None else f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def until(self, moment: datetime | None) -> str:
        """A due instant: what ends at midnight ends at 24:00 of the day before, as the law says it."""
        if moment is None:
            return ""
        local = moment.astimezone(self.zone)
        if local.time() == time():
            return f"{local.date() - timedelta(days=1)} 24:00"
        return f"{local:%Y-%m-%d %H:%M}"

    def listed(self, values: Iterable[str]) -> str:
        """Several values in a line."""
        return self.t("comma").join(filter(None, values))


def public(text: str) -> str:
    """What officials wrote, or others for everybody to read, unless it carries a number of a person."""
    return "…" if carries_personal_data(text) else text


def papers(record: Record, head: str, shown: Iterable[tuple[str, Sequence[str]]], speech: Speech) -> Rows:
    """The papers that show something, by kind and SHA-256: whoever holds the file can compare it.

    `shown` says what, in the words of the column `head`, with the keys of its papers. One that is no longer relied on
    says so.
    """
    rows = []
    for what, keys in shown:
        for piece in filter(None, (record.item("evidence", key) for key in keys)):
            state = "" if piece.status == "added" else speech.status(piece.status, EvidenceStatus)
            rows.append((what, public(speech.term("paper", piece.kind)), piece.sha256, state))
    heads = (head, speech.t("paper"), "SHA-256", speech.t("state"))
    used = 4 if any(row[-1] for row in rows) else 3
    return Rows(speech.t("papers"), heads[:used], [row[:used] for row in rows])


def links(
    record: Record, linked: Mapping[str, Linked], speech: Speech, untold: Collection[LinkKind] = ()
) -> list[Part]:
    """The records it is tied to: those that everybody may read by their numbers, the others counted.

    Ties of a kind that is `untold` are told of elsewhere.
    """
    t = speech.t
    ties = [each for each in record.items_of("link").values() if each.status != "unlinked" and each.kind not in untold]
    rows = [
        (speech.term("link", tie.kind), found.id, found.title, found.state)
        for tie in ties
        if (found := linked.get(tie.other)) is not None
    ]
    hidden = len(ties) - len(rows)
    parts: list[Part] = [Rows("", (t("link"), t("record"), t("title"), t("state")), rows)]
    return [*parts, Note(t("links.hidden", n=hidden))] if hidden else parts


def limits(clocks: Iterable[Clock], at: datetime, speech: Speech) -> Rows:
    """The time limits that run or are over, each by its name alone: the key of an item may be somebody's pseudonym."""
    shown = (each for each in clocks if (each.is_going or each.is_late) and each.due and each.name != "retention")
    return Rows(
        speech.t("due"), (speech.t("limit"), speech.t("until"), ""), [_limit(each, at, speech) for each in shown]
    )


def _limit(clock: Clock, at: datetime, speech: Speech) -> tuple[str, str, str]:
    name = clock.name.partition(":")[0]
    until = speech.until(clock.due)
    if clock.provisional:
        until = speech.t("provisional", until=until)
    is_over = clock.due is not None and clock.due < at
    late = speech.t("late" if kind_of(name) is ClockKind.DEADLINE else "over") if is_over else ""
    return clock_name(name, speech), until, late


def clock_name(name: str, speech: Speech) -> str:
    """What a time limit is called."""
    return CLOCKS[name][1] if speech.is_zh and name in CLOCKS else speech.plain(name)


def late_names(clocks: Iterable[str], speech: Speech) -> str:
    """What is overdue, in a line: first what is of the record itself, then what is of its items, without their keys."""
    own_first = sorted(clocks, key=lambda name: ":" in name)
    return speech.listed(dict.fromkeys(clock_name(each.partition(":")[0], speech) for each in own_first))


def phases(
    main: Sequence[str], passed: Collection[str], here: str, is_open: bool, name: Callable[[str], str]
) -> list[Phase]:
    """The main way as far as it came, what of it was passed over left out; where it stands; what is to come."""
    if here in main:
        place = main.index(here)
        done, coming = [each for each in main[:place] if each in passed], [*main[place + 1 :]]
    else:
        done = [each for each in main if each in passed]
        coming = [each for each in main if each not in passed] if is_open else []
    return [
        *(Phase(name(each), "done") for each in done),
        Phase(name(here), "now"),
        *(Phase(name(each), "next") for each in coming),
    ]


def rendered(
    *,
    speech: Speech,
    title: str,
    number: str,
    state: str,
    made: str,
    phases: Sequence[Phase],
    sections: Sequence[Section],
    kind: str = "proposal",
    wide: bool = False,
) -> str:
    """The page as HTML: one file, without scripts, fonts or pictures from elsewhere. Raises InputError.

    `kind` says of what it is the page: `page.kind.<kind>` and `page.way.<kind>` are texts. A `wide` page has room for
    broad tables, and may have drawings.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        what = Detail("the package jinja2 is not installed", "未安装 jinja2 包")
        raise InputError(what, expected="pip install 'govflow[cli]'") from None
    environment = Environment(
        loader=PackageLoader("govflow.pages", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"stretches": stretches, "figures": figures}
    shown = [section._replace(parts=parts) for section in sections if (parts := _with_something(section.parts))]
    kinds: Mapping[type, str] = {
        Facts: "facts", Rows: "rows", Prose: "prose", Changed: "changed", Note: "note", Alert: "alert",
        Drawing: "drawing",
    }  # fmt: skip
    return environment.get_template("page.html").render(
        speech=speech,
        title=title,
        kind=kind,
        number=number,
        state=state,
        made=made,
        phases=phases,
        wide=wide,
        sections=[(each, [(kinds[type(part)], part) for part in each.parts]) for each in shown],
    )


def _with_something(parts: Iterable[Part]) -> list[Part]:
    kept: list[Part] = []
    for part in parts:
        if isinstance(part, Facts):
            part = Facts([(name, value) for name, value in part.rows if value])
        if not isinstance(part, Facts | Rows) or part.rows:
            kept.append(part)
    return kept
