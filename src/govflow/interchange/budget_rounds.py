"""Budget rounds as Pabulib files and back: what was decided here may be counted elsewhere, and the other way round."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from govflow.actors import IMPORTER, Level
from govflow.budgeting import RULES, BallotKind, Election, Points, Project, ranked
from govflow.budgets import BudgetRound
from govflow.budgets import messages as m
from govflow.budgets.counting import FEN, election_of, result_of
from govflow.engine import Engine
from govflow.errors import InputError
from govflow.interchange.faults import shown
from govflow.interchange.pabulib import PabulibFile, pabulib_bytes
from govflow.interchange.pabulib_writing import pabulib_of
from govflow.messages import Command
from govflow.policy import BallotBounds, BudgetBallot, BudgetProgramme, EntryKind, WinnersRule
from govflow.voting import Ballot, Voter

_BATCH = 5_000
_OTHER = "other"

# --- writing ---------------------------------------------------------------------------------------------------------


def round_as_pabulib(round: BudgetRound, zone: tzinfo) -> PabulibFile:
    """A round that was counted as a Pabulib file, with the winners marked: before, nobody may see how it stands.

    Projects go by the numbers they have outside, voters are numbered, nobody is named. Dates are those of the ballot
    in the time zone of the policy. Raises InputError for one that was not counted, and where the format has no room.
    """
    if round.programme is None or round.count is None:
        raise InputError("it was not counted yet", where=round.id, expected="a round whose ballot was closed")
    election = _as_listed(round, election_of(round))
    result = result_of(round.programme, election)
    return pabulib_of(election, rule=round.programme.rule.value, about=_about(round, zone), result=result)


def _as_listed(round: BudgetRound, election: Election) -> Election:
    """The election with projects under their numbers, and kinds under their names."""
    numbers = {key: round.item("entry", key).number.strip() or key for key in round.paper}
    if len(set(numbers.values())) < len(numbers):
        numbers = {key: key for key in numbers}  # a number that two have is none
    names = {each.id: each.en for each in round.programme.kinds} if round.programme is not None else {}

    def kinds(project: Project) -> tuple[str, ...]:
        return tuple(part.strip() for id in project.kinds for part in names.get(id, id).split(",") if id != _OTHER)

    def named(caps: Mapping[str, int]) -> dict[str, int]:
        return {names.get(id, id): cap for id, cap in caps.items()}

    return election.model_copy(
        update={
            "projects": tuple(
                each.model_copy(update={"id": numbers[each.id], "kinds": kinds(each)}) for each in election.projects
            ),
            "caps": named(election.caps),
            "kind_caps": named(election.kind_caps),
            "ballots": tuple({numbers[key]: points for key, points in ballot.items()} for ballot in election.ballots),
        }
    )


def _about(round: BudgetRound, zone: tzinfo) -> dict[str, str]:
    said = {"description": round.title, "country": "China", "unit": round.area, "instance": round.id}
    if (clock := round.clocks.get("ballot")) is not None:
        days = {"date_begin": clock.since, "date_end": clock.ended_at or clock.due}
        said |= {key: day.astimezone(zone).strftime("%d.%m.%Y") for key, day in days.items() if day is not None}
    if round.programme is not None and round.programme.ties is not None:
        said["govflow_ties"] = ",".join(round.programme.ties)
    return said


# --- reading ---------------------------------------------------------------------------------------------------------


def import_pabulib(
    engine: Engine, file: PabulibFile, *, level: Level, area: str = "", rule: str | None = None
) -> BudgetRound:
    """Take a Pabulib file over as a round and count it, by its own rule or by another one: one transaction.

    The round goes by `pb-` and the first digits of the file's SHA-256: the same file under the same rule is taken over
    once. Raises InputError for what a round cannot hold: fractions of points or of a fen, negative points, no voters.
    """
    if rule is None and file.rule not in RULES:
        raise InputError(
            f"the rule {shown(file.rule)} cannot be counted here", where="rule", expected=" | ".join(RULES)
        )
    digest = hashlib.sha256(pabulib_bytes(file) + (rule or "").encode()).hexdigest()
    id = f"pb-{digest[:16]}"
    if engine.store.version(id):
        raise InputError(f"the file was taken over as {id} already", where="FILE", expected="another file")
    programme = _programme(file, rule or file.rule)
    commands = [
        m.ImportBudgetRound(
            id=id,
            by=IMPORTER,
            title=_title(file),
            level=level,
            area=area,
            programme=programme,
            amount=_fen(file.election.budget, file.election.unit, "budget"),
            entries=_entries(file, programme),
            source=f"Pabulib file, SHA-256 {digest}",
        ),
        *_voting(id, file.election, programme),
    ]
    engine.handle_all(commands)
    found: Any = engine.get(id)
    return found  # type: ignore[no-any-return]  # a round: it was made as one


def _title(file: PabulibFile) -> str:
    said = (file.about.get(key, "") for key in ("description", "instance"))
    return next((text for text in said if text), "a budget round held elsewhere")[:200]


def _voting(id: str, election: Election, programme: BudgetProgramme) -> Iterator[Command]:
    voters = [f"v{number}" for number in range(1, len(election.ballots) + 1)]
    keys = {project.id: str(place) for place, project in enumerate(election.projects, start=1)}
    cast = [
        m.PaperBallot(voter=voter, ballot=_ballot(programme, keys, ballot))
        for voter, ballot in zip(voters, election.ballots, strict=True)
    ]
    for some in _batches(voters):
        yield m.EnrolBudgetVoters(id=id, by=IMPORTER, voters=tuple(Voter(id=voter) for voter in some))
    yield m.OpenBudgetBallot(id=id, by=IMPORTER)
    for part in _batches(cast):
        yield m.RecordBudgetBallots(id=id, by=IMPORTER, ballots=tuple(part))
    yield m.CloseBudgetBallot(id=id, by=IMPORTER)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _ballot(programme: BudgetProgramme, keys: Mapping[str, str], points: Mapping[str, Points]) -> Ballot:
    given = {keys[project]: _whole(each, "points") for project, each in points.items()}
    match programme.ballot:
        case BudgetBallot.APPROVAL:
            return Ballot(choice=tuple(given))
        case BudgetBallot.RANKED:
            return Ballot(choice=tuple(sorted(given, key=given.__getitem__, reverse=True)))
    return Ballot(scores=given)


def _whole(points: Points, where: str) -> int:
    if isinstance(points, Fraction) or points < 0:
        raise InputError(f"{points} points", where=where, expected="whole points, none of them negative")
    return points


def _fen(amount: int, unit: int, where: str) -> int:
    """An amount of a file in fen. Raises InputError where it would have to be rounded."""
    fen, rest = divmod(amount * FEN, unit)
    if rest:
        raise InputError("an amount with fractions of a fen", where=where, expected="at most two decimals")
    return fen


def _programme(file: PabulibFile, rule: str) -> BudgetProgramme:
    """The rules of a file as a programme: those that its ballots were counted by."""
    election = file.election
    least = election.least_score
    try:
        return BudgetProgramme(
            id="imported",
            en=_title(file),
            zh=_title(file),
            kinds=_kinds(election),
            ballot=_ballot_kind(election),
            bounds=_bounds(election),
            rule=WinnersRule(rule),
            least_votes=None if least is None else _whole(least, "min_project_score_threshold"),
            basis="Pabulib file",
        )
    except ValidationError as error:
        why = error.errors(include_input=False, include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise InputError(why, where="META", expected="rules that go together") from None


def _ballot_kind(election: Election) -> BudgetBallot:
    """What its ballots say; rankings that come with points of their own are points."""
    match election.ballot:
        case BallotKind.ORDINAL:
            plain = all(_is_ranking(ballot) for ballot in election.ballots)
            return BudgetBallot.RANKED if plain else BudgetBallot.SCORE
        case _:
            return BudgetBallot(election.ballot.value)


def _is_ranking(ballot: Mapping[str, Points]) -> bool:
    order = sorted(ballot, key=ballot.__getitem__, reverse=True)
    return ballot == ranked(order)


def _bounds(election: Election) -> BallotBounds:
    given: dict[str, Points] = election.bounds.model_dump(exclude_none=True)
    return BallotBounds(
        **{
            name: _fen(int(value), election.unit, name) if name.endswith("_cost") else _whole(value, name)
            for name, value in given.items()
        }
    )


def _kinds(election: Election) -> tuple[EntryKind, ...]:
    """A kind for every combination of categories that a project has, under the smallest of their caps."""
    together = dict.fromkeys(each.kinds for each in election.projects)
    times = Counter(kind for kinds in together for kind in kinds)
    if shared := sorted(kind for kind in election.kind_caps if times[kind] > 1):
        what = f"projects of several categories, of which {', '.join(map(shown, shared))} has money of its own"
        raise InputError(what, where="category", expected="one category for each project")
    return tuple(_kind(election, place, kinds) for place, kinds in enumerate(together, start=1)) or (
        EntryKind(id=_OTHER, en=_OTHER, zh="其他"),
    )


def _kind(election: Election, place: int, kinds: tuple[str, ...]) -> EntryKind:
    caps = [_fen(election.caps[kind], election.unit, "category") for kind in kinds if kind in election.caps]
    total = [_fen(election.kind_caps[kind], election.unit, "category") for kind in kinds if kind in election.kind_caps]
    name = ",".join(kinds) or _OTHER
    id = f"k{place}" if kinds else _OTHER
    return EntryKind(id=id, en=name, zh=name, cap=min(caps, default=None), total=min(total, default=None))


def _entries(file: PabulibFile, programme: BudgetProgramme) -> tuple[m.ImportedEntry, ...]:
    kinds = {each.en: each.id for each in programme.kinds}
    return tuple(
        m.ImportedEntry(
            number=each.id,
            title=each.name[:4000],
            kind=kinds[",".join(each.kinds) or _OTHER],
            cost=_fen(each.cost, file.election.unit, each.id),
            beneficiaries=",".join(each.target),
            withdrawn=each.withdrawn,
        )
        for each in file.election.projects
    )
