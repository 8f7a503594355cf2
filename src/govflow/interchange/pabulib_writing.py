"""Makes a Pabulib file of an election, for those who want to count it with other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

from govflow.budgeting import BallotKind, Bounds, Election, Points, Project, Result, ranked
from govflow.budgeting.counting import standings
from govflow.interchange.pabulib import PabulibFile, Section, pabulib_bytes, pabulib_from
from govflow.interchange.pabulib_faults import PabulibError
from govflow.interchange.pabulib_meaning import CAPS, KIND_CAPS, WITHDRAWN_COST

_VOTE_TYPES = {
    BallotKind.APPROVAL: "approval",
    BallotKind.CUMULATIVE: "cumulative",
    BallotKind.ORDINAL: "ordinal",
    BallotKind.SCORE: "scoring",
}


def pabulib_of(
    election: Election, *, rule: str, about: Mapping[str, str] | None = None, result: Result | None = None
) -> PabulibFile:
    """An election as a Pabulib file, which read again holds the same election; with a `result` the winners are marked.

    `about` stands first in META (the format asks for description, country, unit, instance, date_begin and date_end).
    Voters are numbered, nobody is named. A withdrawn project has the cost by which the format marks it, and blanks
    around names are lost. Raises PabulibError for what has no room in the format: ids and kinds with commas, points
    that no decimal says.
    """
    for project in election.projects:
        _check(project)
    file = PabulibFile(
        meta=Section(columns=("key", "value"), rows=tuple({**(about or {}), **_meta(election, rule)}.items())),
        projects=_projects(election, result),
        votes=_votes(election),
        election=election,
    )
    return pabulib_from(pabulib_bytes(file), "the file made of this election")


def _meta(election: Election, rule: str) -> dict[str, str]:
    texts = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(len(election.ballots)),
        "budget": _amount(election.budget, election.unit),
        "vote_type": _VOTE_TYPES[election.ballot],
        "rule": rule,
        **_bounds(election.bounds, election.unit),
    }
    if election.least_score is not None:
        texts["min_project_score_threshold"] = _decimal(election.least_score)
    for key, caps in ((CAPS, election.caps), (KIND_CAPS, election.kind_caps)):
        if caps:
            amounts = {kind: _amount(cap, election.unit) for kind, cap in caps.items()}
            texts[key] = json.dumps(amounts, ensure_ascii=False)
    return texts


def _bounds(bounds: Bounds, unit: int) -> dict[str, str]:
    given = {name: value for name in Bounds.model_fields if (value := getattr(bounds, name)) is not None}
    return {name: _amount(value, unit) if name.endswith("_cost") else _decimal(value) for name, value in given.items()}


def _projects(election: Election, result: Result | None) -> Section:
    with_score = election.ballot is not BallotKind.APPROVAL
    count = {each.project.id: each for each in standings(election, ())}
    rows = []
    for project in election.projects:
        cost = WITHDRAWN_COST if project.withdrawn else _amount(project.cost, election.unit)
        row = [project.id, cost, str(count[project.id].votes)]
        row += [_decimal(count[project.id].points)] * with_score
        row += [project.name.strip(), ",".join(project.kinds), ",".join(project.target)]
        row += [str(int(project.id in result.winners))] if result else []
        rows.append(tuple(row))
    columns = ["project_id", "cost", "votes", *["score"] * with_score, "name", "category", "beneficiaries"]
    return Section(columns=(*columns, *["selected"] * bool(result)), rows=tuple(rows))


def _votes(election: Election) -> Section:
    orders = [sorted(ballot, key=ballot.__getitem__, reverse=True) for ballot in election.ballots]
    says_points = election.ballot in (BallotKind.CUMULATIVE, BallotKind.SCORE) or (
        election.ballot is BallotKind.ORDINAL
        and any(ranked(order) != ballot for order, ballot in zip(orders, election.ballots, strict=True))
    )
    rows = []
    for number, (order, ballot) in enumerate(zip(orders, election.ballots, strict=True), start=1):
        row = [str(number), ",".join(order)]
        row += [",".join(_decimal(ballot[project]) for project in order)] * says_points
        rows.append(tuple(row))
    return Section(columns=("voter_id", "vote", *["points"] * says_points), rows=tuple(rows))


def _check(project: Project) -> None:
    texts = (project.id, *project.kinds, *project.target)
    bad = [text for text in texts if text != text.strip() or text in ("", "None") or "," in text]
    bad += [text for text in (*texts, project.name) if "\0" in text]
    if bad:
        raise PabulibError("no_room", f"project {project.id!r}", value=bad[0])


def _amount(amount: int, unit: int) -> str:
    """An amount with all the decimals that its currency has here, so that it is read as exact as it is."""
    return _decimal(amount) if unit == 1 else f"{amount // unit}.{amount % unit:0{len(str(unit)) - 1}d}"


def _decimal(number: Points) -> str:
    millionths = Fraction(number) * 1_000_000
    if millionths.denominator > 1:
        raise PabulibError("no_room", "points", value=str(number))
    whole, rest = divmod(abs(millionths.numerator), 1_000_000)
    digits = f"{whole}.{rest:06d}".rstrip("0") if rest else str(whole)
    return f"-{digits}" if number < 0 else digits
