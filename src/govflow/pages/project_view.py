"""How a project is looked at for its page: its events, the names of its units; people stay unseen, whatever is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from govflow.actors import ROLES
from govflow.messages import Event, RecordedEvent
from govflow.pages.charts import Drawing
from govflow.pages.parts import (
    Alert,
    Bar,
    Cell,
    Changed,
    Facts,
    Lead,
    Note,
    Part,
    Prose,
    Rows,
    Section,
    Speech,
    public,
)
from govflow.policy import Policy
from govflow.projects import JointProject

_PSEUDONYM = re.compile(r"(?<![A-Za-z0-9-])s-[A-Za-z0-9._:-]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")  # of a paper: its digits are nobody's number

E = TypeVar("E", bound=Event)


class View(NamedTuple):
    """A project with its events and what is asked of them while its page is written.

    `names` are the titles of units by id; `units` all ids that are known to be units, never of people.
    """

    project: JointProject
    history: Sequence[RecordedEvent]
    policy: Policy
    at: datetime
    speech: Speech
    names: Mapping[str, str]
    units: frozenset[str]

    def unit(self, id: str | None) -> str:
        """A unit by its name; whoever is not known to be one is not named."""
        if not id:
            return ""
        if id in self.names:
            return self.names[id]
        if id in ROLES:
            return self.speech.term("role", id)
        return id if id in self.units else self.speech.t("somebody")

    def listed(self, ids: Iterable[str]) -> str:
        """Several units in a line."""
        return self.speech.listed(self.unit(each) for each in ids)

    def happened(self, *kinds: type[E]) -> Iterator[E]:
        """The events of these kinds, oldest first."""
        return (each.body for each in self.history if isinstance(each.body, kinds))

    def of_item(self, key: str, *kinds: type[Event]) -> Iterator[Any]:
        """The events of these kinds about one item."""
        return (each for each in self.happened(*kinds) if getattr(each, "item", None) == key)

    def days(self, key: str, *kinds: type[Event]) -> str:
        """The days on which one of these happened to an item."""
        return self.speech.listed(dict.fromkeys(self.speech.day(each.at) for each in self.of_item(key, *kinds)))

    def money(self, amount: int | None) -> str:
        """An amount of minor units in yuan."""
        return "" if amount is None else self.speech.t("yuan", n=grouped(amount))

    def share(self, part: int, whole: int, said: str = "") -> Cell:
        """A part of a whole as a bar; without a whole as a text alone."""
        percent = part * 100 // whole if whole else None
        text = said or str(part)
        if percent is None:
            return text
        return Bar(self.speech.t("bracket", a=text, b=self.speech.t("percent", n=percent)), percent)

    def moneys(self, part: int, whole: int) -> Cell:
        """A part of an amount of money."""
        return self.share(part, whole, self.money(part))


def view_of(
    project: JointProject,
    history: Iterable[RecordedEvent],
    policy: Policy,
    at: datetime,
    speech: Speech,
    names: Mapping[str, str],
) -> View:
    """A project as its page sees it."""
    told = tuple(history)
    known = frozenset(_known_units(project, told)) | frozenset(names)
    return View(project, told, policy, at, speech, names, frozenset(each for each in known if not _is_person(each)))


def _is_person(id: str) -> bool:
    return _PSEUDONYM.match(id) is not None


def _known_units(project: JointProject, history: Iterable[RecordedEvent]) -> Iterator[str]:
    """What the record itself calls a unit: parties, claimers, those for whom its steps were taken."""
    yield from project.units
    yield from filter(None, (project.lead, *project.former_leads, *project.approved_by))
    yield from (each.claimer for each in project.items_of("claim").values())
    yield from (each.unit for each in project.agreements)
    yield from (member.unit for team in project.teams.values() for member in team if member.unit)
    for each in history:
        said: Any = each.body
        yield from filter(None, (each.meta.unit, getattr(said, "unit", None), *getattr(said, "units", ())))


def grouped(amount: int) -> str:
    """Minor units in yuan, exactly, in groups of three: 1,234,567.89."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100:,}.{abs(amount) % 100:02}"


# --- nobody is named -------------------------------------------------------------------------------------------------


def veiled(text: str) -> str:
    """A text without pseudonyms; one with a number or an address of a person in it is withheld altogether."""
    return text if _DIGEST.fullmatch(text) else _PSEUDONYM.sub("…", public(text))


def _veiled_cell(cell: Cell) -> Cell:
    match cell:
        case Bar():
            return Bar(veiled(cell.text), cell.percent)
        case Lead():
            return Lead(veiled(cell.text), cell.page)
    return veiled(cell)


def _veiled_part(part: Part) -> Part:
    match part:
        case Facts():
            return Facts([(name, veiled(value)) for name, value in part.rows])
        case Rows():
            rows = [[_veiled_cell(cell) for cell in row] for row in part.rows]
            return Rows(veiled(part.caption), part.heads, rows)
        case Prose():
            return Prose(veiled(part.title), veiled(part.text))
        case Note():
            return Note(veiled(part.text), part.commands)
        case Alert():
            return Alert(veiled(part.text))
        case Drawing():  # of the names of states and clocks alone
            return part
        case Changed():
            return Changed(veiled(part.title), [each._replace(text=veiled(each.text)) for each in part.pieces])


def veiled_section(section: Section) -> Section:
    """A section in which nobody is named, whoever wrote what."""
    return section._replace(parts=[_veiled_part(part) for part in section.parts])
