"""What a page is made of: sections of facts, tables, texts and changes, in one language; and how they become HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from govflow.errors import Detail, InputError
from govflow.pages.changes import Piece
from govflow.pages.texts import TEXTS
from govflow.proposals import PROPOSAL, Proposal
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


class Rows(NamedTuple):
    """A table: what it shows, its heads, its rows. The first cell of a row names it."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


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


Part = Facts | Rows | Prose | Changed | Note


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


def papers(proposal: Proposal, head: str, shown: Iterable[tuple[str, Sequence[str]]], speech: Speech) -> Rows:
    """The papers that show something, by kind and SHA-256: whoever holds the file can compare it.

    `shown` says what, in the words of the column `head`, with the keys of its papers. One that is no longer relied on
    says so.
    """
    statuses, rows = PROPOSAL.regions["evidence"].workflow.statuses, []
    for what, keys in shown:
        for piece in filter(None, (proposal.item("evidence", key) for key in keys)):
            state = "" if piece.status == "added" else speech.status(piece.status, statuses)
            rows.append((what, public(speech.term("paper", piece.kind)), piece.sha256, state))
    heads = (head, speech.t("paper"), "SHA-256", speech.t("state"))
    used = 4 if any(row[-1] for row in rows) else 3
    return Rows(speech.t("papers"), heads[:used], [row[:used] for row in rows])


def rendered(
    *,
    speech: Speech,
    title: str,
    number: str,
    state: str,
    made: str,
    phases: Sequence[Phase],
    sections: Sequence[Section],
) -> str:
    """The page as HTML: one file, without scripts, fonts or pictures from elsewhere. Raises InputError."""
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
    shown = [section._replace(parts=parts) for section in sections if (parts := _with_something(section.parts))]
    kinds: Mapping[type, str] = {Facts: "facts", Rows: "rows", Prose: "prose", Changed: "changed", Note: "note"}
    return environment.get_template("page.html").render(
        speech=speech,
        title=title,
        number=number,
        state=state,
        made=made,
        phases=phases,
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
