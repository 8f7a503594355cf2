"""What a reader may not see is not named either: no id of a hidden record in anything that is told of another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from govflow import Actor, Engine, InputError, Role
from govflow.audit.explaining.why import why
from govflow.audit.replay.comparing import compared
from govflow.audit.replay.correcting import corrections, known_now
from govflow.audit.replay.states import END, Point, digests, state_at
from govflow.cases import commands as c
from govflow.interchange.policy_files import policy_as_text
from govflow.journey import journey
from govflow.reading import Reader
from govflow.records import Record
from govflow.regions.link import AddLink
from govflow.withholding import without
from tests.cli.conftest import Run
from tests.golden.town import lived
from tests.support import MATTER, a_case, a_town, dispatcher, resident

WORD = re.compile(r"[A-Za-z0-9._:-]+")
ACCUSED = Actor.of("u", Role.DISPATCHER, unit="roads")


def named(text: str, ids: set[str]) -> set[str]:
    """Which of the ids a text names, alone or joined with a kind as keys of ties are."""
    words = set(WORD.findall(text))
    return {id for id in ids if id in words or any(word.rstrip(".").endswith((f".{id}", f":{id}")) for word in words)}


def told_of(seen: Reader, id: str, version: int) -> dict[str, str]:
    """All that can be asked of one record and of one of its versions, as text."""
    record = seen.get(id)
    asked: dict[str, Any] = {
        "record": record.model_dump_json(),
        "before": state_at(seen, id, Point(version=record.version)).model_dump_json(),
        "known": seen.known_at(id, record.at).model_dump_json() if record.at else "",
        "history": [each.model_dump_json(serialize_as_any=True) for each in seen.history(id)],
        "loops": seen.open_loops(id),
        "why due": seen.why_due(id),
        "journey": journey(seen, id),
        "changes": compared(seen, id, Point(version=0), END).changes,
        "corrections": corrections(seen, id),
        "known now": known_now(seen, id, record.at).record.model_dump_json() if record.at else "",
        "why": why(seen, id, version),
    }
    return {name: str(value) for name, value in asked.items()}


def hidden_from(engine: Engine, seen: Reader) -> set[str]:
    """All that have a number or a joint in their names: other names are words, too."""
    every = {each.id for each in engine.records() if not each.id.isalpha()}
    return {id for id in every if not seen.has(id)}


def readers(engine: Engine) -> dict[str, Reader]:
    """Whoever acted in the log, with the roles and units that they acted with; in their office, and elsewhere."""
    acted = {(each.meta.actor, each.meta.role, each.meta.unit) for each in engine.events() if each.meta.role}
    people = sorted((by, role, unit or "") for by, role, unit in acted if role != Role.SYSTEM)
    found = {}
    for by, role, unit in people:
        for area in ("", "elsewhere"):
            actor = Actor.of(by, role, unit=unit or None, area=area)
            found[f"{by} as {role} of {unit} in {area}"] = engine.seen_by(actor)
    return found


def test_nobody_in_a_town_with_every_kind_of_record_is_told_of_one_hidden_from_them(tmp_path: Path):
    looked_at = 0
    with lived(tmp_path / "town.db") as engine:
        whole = {each.id: [str(event) for event in engine.history(each.id)] for each in engine.records()}
        done: set[tuple[str, frozenset[str]]] = set()
        for who, seen in readers(engine).items():
            hidden = hidden_from(engine, seen)
            for id in filter(seen.has, whole):
                naming = [version for version, event in enumerate(whole[id], 1) if named(event, hidden)]
                names = frozenset(name for version in naming for name in named(whole[id][version - 1], hidden))
                if not names or (id, names) in done:  # what is withheld is the same for whoever lacks the same
                    continue
                done.add((id, names))
                looked_at += 1
                for what, text in told_of(seen, id, naming[-1]).items():
                    assert not named(text, hidden), f"{who} is told of {named(text, hidden)} by the {what} of {id}"
                assert not seen.shows_all_of(id)
    assert looked_at > 10


def tied() -> Engine:
    """A case of a resident's that is tied to a report on the roads unit, which the roads unit must not learn of."""
    town = a_town()
    a_case(town, "accepted", id="case-1")
    secret = {**MATTER, "kind": "whistle_blowing", "accused_unit": "roads", "confidential": True}
    town.do(c.ReportCase(id="told-2", by=resident, **secret))
    town.do(AddLink(id="case-1", by=dispatcher, other="told-2", kind="spawned"))
    return town.engine


def test_a_tie_to_what_is_hidden_is_left_out_and_its_record_has_no_digest_for_that_reader():
    engine = tied()
    seen = engine.seen_by(ACCUSED)

    assert set(engine.get("case-1").items_of("link")) == {"spawned.told-2"}
    assert not seen.get("case-1").items_of("link")
    assert [each.name for each in seen.history("case-1")] == [each.name for each in engine.history("case-1")]
    assert not seen.shows_all_of("case-1")
    assert engine.seen_by(dispatcher).get("case-1") == engine.get("case-1")
    with pytest.raises(InputError):
        list(digests(seen, "case-1"))
    assert journey(seen, "case-1").left_out == 1


def test_a_value_that_names_nothing_hidden_is_the_very_same():
    case: Record = tied().get("case-1")

    assert without(case, {"told-3"}.__contains__) is case
    assert without("see told-2, or told-3.", {"told-2"}.__contains__) == "see …, or told-3."
    assert list(without(("told-2", "x"), {"told-2"}.__contains__)) == ["x"]


@pytest.mark.parametrize(
    "command",
    [
        ("show", "JP-2026-000001"),
        ("timeline", "JP-2026-000001"),
        ("replay", "JP-2026-000001"),
        ("diff", "JP-2026-000001", "--from", "0"),
        ("diff", "--from", "2026-01-01"),
        ("journey", "JP-2026-000001"),
        ("why", "JP-2026-000001", "--version", "67"),
        ("corrections", "JP-2026-000001"),
        ("responsibility", "JP-2026-000001"),
        ("loops", "JP-2026-000001"),
        ("list",),
        ("late",),
    ],
)
def test_no_command_names_a_record_hidden_from_the_one_who_asks(govflow: Run, db: Path, command: tuple[str, ...]):
    who = ("--as", "hd-rep-01")
    with Engine.open(db, create=False, read_only=True) as engine:
        seen = engine.seen_by(Actor(id="hd-rep-01"))
        assert seen.has("JP-2026-000001")
        assert not seen.has("crack")
    says = named(govflow(*command, "--db", db, "--json").out, {"crack"})
    assert says or command[0] in ("loops", "corrections", "late", "responsibility"), "it would have named it"

    for more in ((), ("--json",), ("--lang", "zh-CN")):
        ran = govflow(*command, "--db", db, *who, *more)
        assert ran.status in (0, 1), ran.err
        assert not named(ran.out, {"crack"})


def test_a_route_is_told_of_what_the_reader_may_see_and_what_if_to_those_who_may_see_all(
    govflow: Run, db: Path, tmp_path: Path
):
    policy = tmp_path / "same.json"
    with Engine.open(db, create=False, read_only=True) as engine:
        policy.write_text(policy_as_text(engine.policy), "utf-8")

    hidden = govflow("route", "C-2026-000001", "--db", db, "--as", "stranger")
    seen = govflow("route", "C-2026-000001", "--db", db, "--as", "hd-01")
    refused = govflow("what-if", "--policy", policy, "--db", db, "--as", "hd-01")
    chinese = govflow("what-if", "--policy", policy, "--db", db, "--as", "hd-01", "--lang", "zh-CN")

    assert (hidden.status, hidden.out, hidden.err) == (2, "", "govflow: there is no record C-2026-000001\n")
    assert (seen.status, seen.out.splitlines()[0][:12]) == (0, "It goes to q")
    assert (refused.status, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert "every record is read for it" in refused.err
    assert "推演须读取全部记录" in chinese.err
