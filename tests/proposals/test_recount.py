"""Recounting from the log: agrees with what was stated, finds whatever was changed, and needs no personal data."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govflow import Actor, Claim, Engine, Role
from govflow.errors import InputError, LogError, NotFound
from govflow.messages import Personal
from govflow.persistence.codec import StoredEvent, leaf_of
from govflow.persistence.sqlite import SQLiteStore
from govflow.policy import BallotForm, Method, Tie, VoteRule
from govflow.proposals.commands import (
    CastBallot,
    CloseVote,
    NameVoter,
    PostponeVote,
    PublishResolution,
    RecordHands,
    RevokeProxy,
    StrikeVoters,
    VoidVote,
)
from govflow.recounting import export_bundle, recount, recount_bundle
from govflow.voting import Ballot, HandCount, Turnout, Voter, commitment_of
from tests.proposals.polling import CHAIR, OFFICE, OPTIONS, SEED, TOWN, P, Poll, ballot, voters

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "recount.py"
YES, NO = ballot("yes"), ballot("no")
OPEN = VoteRule(quorum="any", replaceable=True, proxies=1)

# --- it agrees -------------------------------------------------------------------------------------------------------


@given(
    said=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["yes", "no", "abstain"])), max_size=20),
    homes=st.lists(st.sampled_from([None, "h1", "h2"]), min_size=8, max_size=8),
)
def test_open_votes_come_to_what_a_count_by_hand_over_the_log_comes_to(
    said: list[tuple[int, str]], homes: list[str | None]
):
    roll = tuple(Voter(id=f"v-{n}", household=home, area=100 * n) for n, home in enumerate(homes))
    poll = Poll(OPEN).voting(roll)
    for voter, choice in said:
        poll.do(poll.cast(f"v-{voter}", ballot(choice)))
    poll.closed()

    found = recount(poll.engine, "p")
    last = last_ballots(poll.engine)
    assert found.agrees
    assert found.stated == found.counted == poll.round.tally
    assert found.counted is not None
    for side, turnout in (("yes", found.counted.yes), ("no", found.counted.no), ("abstain", found.counted.abstained)):
        mine = [voter for voter, choice in last.items() if choice == side]
        assert (turnout.persons, turnout.area) == (len(mine), sum(100 * int(voter[2:]) for voter in mine))
    pulls: Counter[str] = Counter()
    for who, side in last.items():
        if (home := homes[int(who[2:])]) is not None:
            pulls[home] += {"yes": 1, "no": -1, "abstain": 0}[side]
    assert found.counted.yes.households == sum(pull > 0 for pull in pulls.values())
    assert found.counted.no.households == sum(pull < 0 for pull in pulls.values())
    assert (found.ballots, found.roll) == (len(said), 8)


def last_ballots(engine: Engine) -> dict[str, str]:
    """Voter -> choice, read from the stored JSON alone."""
    last = {}
    for row in engine.store.read("p"):
        if row.topic.startswith("proposal.ballot_cast@"):
            body = json.loads(row.state.partition(b"\n")[2])
            last[body["voter"]] = body["ballot"]["choice"][0]
    return last


CHOICES = [ballot("lamp"), ballot("ramp", "lamp"), ballot("tree", "ramp"), ballot("lamp"), ballot()]
SCORES = [ballot(lamp=5), ballot(ramp=2, tree=1), ballot(lamp=1), ballot()]


def a_vote(method: Method, form: BallotForm, tie: Tie = Tie.FAILS) -> Poll:
    """A vote by this method, counted."""
    said = {Method.YES_NO: [YES, YES, YES, NO], Method.SCORE: SCORES}.get(method, CHOICES)
    poll = Poll(VoteRule(quorum="any", method=method, form=form, tie=tie)).voting(voters(7))
    poll.vote({f"v-{place:02}": each for place, each in enumerate(said)}).over()
    if form is BallotForm.SECRET:
        poll.opened_box()
    return poll.closed(SEED if tie is Tie.LOT else None)


@pytest.mark.parametrize("form", [BallotForm.OPEN, BallotForm.SECRET])
@pytest.mark.parametrize("method", Method)
def test_every_method_and_form_agrees_in_the_log_in_a_bundle_and_by_the_script(
    method: Method, form: BallotForm, tmp_path: Path
):
    poll = a_vote(method, form)

    assert recount(poll.engine, "p").agrees
    lines = list(export_bundle(poll.engine, "p"))
    assert recount_bundle(lines).agrees
    assert by_the_script(lines, tmp_path) == 0
    assert by_the_script(tampered_result(lines), tmp_path) == 1


def by_the_script(lines: list[str], folder: Path) -> int:
    """The exit code of the stand-alone script, which knows nothing of ours."""
    path = folder / "bundle.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return subprocess.run([sys.executable, "-I", SCRIPT, path], stdout=subprocess.DEVNULL, check=False).returncode


def tampered_result(lines: list[str]) -> list[str]:
    last = json.loads(lines[-1])
    last["result"]["present"]["persons"] += 1
    return [*lines[:-1], json.dumps(last) + "\n"]


def test_a_lot_and_a_show_of_hands_are_recounted_too(tmp_path: Path):
    lot = Poll(VoteRule(quorum="any", method=Method.APPROVAL, tie=Tie.LOT)).voting(voters(4))
    lot.vote({"v-00": ballot("lamp"), "v-01": ballot("tree")}).closed(SEED)
    hands = Poll(VoteRule(quorum="any", form=BallotForm.HANDS)).voting(voters(4)).paper("m")
    counted = HandCount(present=Turnout(persons=3), yes=Turnout(persons=2), no=Turnout(persons=1))
    hands.do(RecordHands(**P, by=OFFICE, hands=counted, papers=("m",)))
    hands.closed()

    for poll in (lot, hands):
        assert recount(poll.engine, "p").agrees
        assert by_the_script(list(export_bundle(poll.engine, "p")), tmp_path) == 0


def test_proxies_strikes_and_replaced_ballots_are_followed():
    poll = Poll(OPEN).deliberated().announced(voters(6)).paper("authority", "authority")
    poll.do(poll.proxy("v-01", "v-00"), poll.proxy("v-02", "v-05"))
    poll.do(StrikeVoters(**P, by=CHAIR, voters=("v-05",), reason="moved away"))
    poll.open()
    poll.do(poll.proxy("v-03", "v-02"))
    poll.do(poll.cast("v-01", YES, by="v-00"), poll.cast("v-00", NO), poll.cast("v-03", NO, by="v-02"))
    poll.do(poll.cast("v-01", NO), poll.cast("v-02", YES))
    found = recount(poll.closed().engine, "p")
    assert (found.agrees, found.ballots, found.roll) == (True, 5, 5)


def test_each_round_of_a_reconvened_vote_is_recounted_with_the_roll_that_stands(tmp_path: Path):
    poll = Poll(VoteRule(quorum="all")).voting(voters(6)).vote({"v-00": YES}).closed()
    poll.announced(()).open().vote(dict.fromkeys(["v-00", "v-01", "v-02", "v-03", "v-04"], YES)).closed()

    first, second, last = (recount(poll.engine, "p", round) for round in (1, 2, None))
    assert (first.agrees, first.ballots, first.roll) == (True, 1, 6)
    assert first.stated is not None
    assert not first.stated.quorate
    assert (second.agrees, second.ballots, second.roll) == (True, 5, 6)
    assert last == second

    def more(rows: list[StoredEvent]) -> list[StoredEvent]:
        place = next(number for number, row in enumerate(rows) if "vote_reannounced" in row.topic)
        enrolled = next(row for row in rows if "voters_enrolled" in row.topic)
        return [*rows[: place + 1], enrolled, *rows[place + 1 :]]

    assert codes(forged(poll, tmp_path, more)) == ["roll_was_changed"]


def test_the_last_round_that_was_closed_is_taken_while_the_next_one_runs():
    poll = Poll(VoteRule(quorum="all")).voting(voters(6)).vote({"v-00": YES}).closed()
    poll.announced(()).open().vote({"v-01": YES})
    assert recount(poll.engine, "p").round == 1


def test_a_void_vote_is_recounted_and_called_void():
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    poll.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    found = recount(poll.engine, "p")
    assert (found.void, found.agrees) == (True, True)
    assert found.counted is not None
    assert found.counted.yes.persons == 3


def test_a_vote_declared_void_while_it_ran_has_a_count_and_no_result():
    poll = Poll().voting(voters(4)).vote({"v-00": YES})
    poll.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    found = recount(poll.engine, "p", 1)
    assert [each.code for each in found.differences] == ["no_result"]
    assert found.counted is not None
    assert found.counted.yes.persons == 1

    secret = Poll(VoteRule(quorum="any", form=BallotForm.SECRET)).voting(voters(4)).vote({"v-00": YES})
    secret.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    found = recount(secret.engine, "p", 1)
    assert [each.code for each in found.differences] == ["box_was_not_opened", "no_result"]


@pytest.mark.parametrize("form", [BallotForm.OPEN, BallotForm.SECRET])
def test_erasing_the_voters_personal_data_changes_neither_count_nor_bundle(form: BallotForm):
    poll = Poll(VoteRule(quorum="any", form=form)).voting(voters(4))
    named = (
        NameVoter(**P, by=CHAIR, voter=id, voter_name=Personal(text=f"Zhang {id}", subject=id))
        for id in poll.round.roll
    )
    poll.do(*named)
    poll.vote({"v-00": YES, "v-01": YES, "v-02": NO}).over()
    if form is BallotForm.SECRET:
        poll.opened_box()
    poll.closed()
    found, lines = recount(poll.engine, "p"), list(export_bundle(poll.engine, "p"))
    for id in poll.round.roll:
        poll.engine.erase(id, Actor.of("arch", "archivist"), basis="个人信息保护法 §47", authority="archive")

    assert poll.engine.open_personal("p", "voter_name", OFFICE, why="to handle it") is None
    assert recount(poll.engine, "p") == found
    assert found.agrees
    assert list(export_bundle(poll.engine, "p")) == lines
    assert not any("Zhang" in line for line in lines)


def test_a_bundle_is_the_same_whenever_it_is_written_and_holds_replaced_ballots_in_their_order():
    poll = Poll(OPEN).voting(voters(4)).vote({"v-01": YES, "v-00": NO}).vote({"v-01": NO}).closed()
    lines = list(export_bundle(poll.engine, "p"))
    cast = [json.loads(line) for line in lines if '"cast_by"' in line]
    assert [(each["voter"], each["ballot"]["choice"]) for each in cast] == [
        ("v-01", ["yes"]),
        ("v-00", ["no"]),
        ("v-01", ["no"]),
    ]
    assert lines == list(export_bundle(poll.engine, "p", 1))


def test_it_tells_how_far_it_is():
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    told: list[tuple[int, int]] = []
    recount(poll.engine, "p", progress=lambda read, there: told.append((read, there)))
    assert told[-1] == (poll.record.version, poll.record.version)


# --- what is not there -----------------------------------------------------------------------------------------------


def test_what_is_not_there_is_not_found():
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    for id, round in (("nothing", None), ("p", 2)):
        with pytest.raises(NotFound):
            recount(poll.engine, id, round)
    with pytest.raises(NotFound):
        recount(Poll().deliberated().engine, "p")


def test_a_vote_without_a_result_has_no_bundle():
    with pytest.raises(InputError, match="has no result"):
        export_bundle(Poll().voting(voters(3)).engine, "p")


# --- what was changed ------------------------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


def rewritten(poll: Poll, folder: Path, topic: str, change: Change, place: int = 0) -> Engine:
    """A log in which one event says something else, with leaves that fit: as somebody with the file could forge it."""

    def one(rows: list[StoredEvent]) -> list[StoredEvent]:
        found = [number for number, row in enumerate(rows) if row.topic.startswith(topic)]
        rows[found[place]] = _changed(rows[found[place]], change)
        return rows

    return forged(poll, folder, one)


def _changed(row: StoredEvent, change: Change, part: int = 2) -> StoredEvent:
    meta, _, body = row.state.partition(b"\n")
    said = json.loads(body if part == 2 else meta)
    change(said)
    new = json.dumps(said, ensure_ascii=False).encode()
    return row._replace(state=meta + b"\n" + new if part == 2 else new + b"\n" + body)


def forged(poll: Poll, folder: Path, change: Callable[[list[StoredEvent]], list[StoredEvent]]) -> Engine:
    rows = change([row for row in poll.engine.store.scan() if row.stream == "p"])
    others = [row for row in poll.engine.store.scan() if row.stream != "p"]
    numbered = [row._replace(version=number) for number, row in enumerate(rows, 1)]
    path = folder / "forged.db"
    with SQLiteStore(path).transaction() as transaction:
        transaction.append(
            [
                row._replace(leaf=leaf_of(row.stream, row.version, row.topic, row.state), command_id=None)
                for row in (*others, *numbered)
            ]
        )
    return Engine.open(path, read_only=True)


def codes(engine: Engine) -> list[str]:
    found = recount(engine, "p")
    assert not found.agrees
    for each in found.differences:
        assert each.en
        assert any("\u4e00" <= char <= "\u9fff" for char in each.zh)
    return [each.code for each in found.differences]


def test_a_result_that_was_changed_is_found_figure_by_figure(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    engine = rewritten(
        poll, tmp_path, "proposal.vote_closed", lambda said: said["tally"].update(carried=False, yes={"persons": 1})
    )
    found = recount(engine, "p")
    assert [each.code for each in found.differences] == ["result_differs"] * 2
    assert found.differences[0].en.startswith("yes: stated {'persons': 1")


def test_a_ballot_that_was_changed_is_found_by_the_result(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    engine = rewritten(poll, tmp_path, "proposal.ballot_cast", lambda said: said["ballot"].update(choice=["no"]))
    assert set(codes(engine)) == {"result_differs"}


def test_counts_that_were_published_otherwise_are_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    poll.do(
        PublishResolution(
            **P, by=Actor.of("c", "community", unit="c"), public_text="Resolved: a ramp", implementer="works"
        )
    )
    engine = rewritten(
        poll, tmp_path, "proposal.resolution_published", lambda said: said["tally"].update(no={"persons": 0})
    )
    assert codes(engine) == ["publication_differs"]


def test_a_roll_that_was_changed_is_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    engine = rewritten(poll, tmp_path, "proposal.voters_enrolled", lambda said: said["voters"].append({"id": "ghost"}))
    assert codes(engine) == ["roll_differs", "entitled_differ", "result_differs"]


def test_voters_who_came_on_the_roll_after_it_was_frozen_are_found_and_not_counted(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)

    def late(rows: list[StoredEvent]) -> list[StoredEvent]:
        (enrolled,) = [row for row in rows if row.topic.startswith("proposal.voters_enrolled")]
        opened = next(number for number, row in enumerate(rows) if row.topic.startswith("proposal.vote_opened"))
        return [*rows[: opened + 1], enrolled, *rows[opened + 1 :]]

    assert codes(forged(poll, tmp_path, late)) == ["roll_was_changed"]


def a_forged_ballot(poll: Poll, folder: Path, change: Change, part: int = 2) -> list[str]:
    """What is found where the first ballot is written once more, changed."""

    def more(rows: list[StoredEvent]) -> list[StoredEvent]:
        first = next(number for number, row in enumerate(rows) if row.topic.startswith("proposal.ballot_cast"))
        return [*rows[: first + 1], _changed(rows[first], change, part), *rows[first + 1 :]]

    engine = forged(poll, folder, more)
    wrong = [each.en.partition("): ")[2] for each in recount(engine, "p").differences]
    assert codes(engine) == ["ballot_is_not_valid"]  # and it was not counted
    return wrong


def test_ballots_that_should_never_have_been_taken_are_found_and_not_counted(tmp_path: Path):
    poll = Poll(VoteRule(quorum="any", proxies=1)).deliberated().announced(voters(6)).paper("authority", "authority")
    poll.open()
    poll.do(poll.proxy("v-01", "v-00"))
    poll.vote({"v-00": YES, "v-02": YES, "v-03": NO})
    poll.do(poll.cast("v-01", YES, by="v-00"))
    poll.closed()
    assert recount(poll.engine, "p").agrees
    ends = poll.round.closes_at
    assert ends is not None
    late, number = ends.isoformat(), iter(range(9))

    def folder() -> Path:
        (path := tmp_path / str(next(number))).mkdir()
        return path

    assert a_forged_ballot(poll, folder(), lambda said: said.update(voter="ghost")) == ["not on the roll"]
    assert a_forged_ballot(poll, folder(), lambda said: said) == ["a second one"]
    assert a_forged_ballot(poll, folder(), lambda said: said.update(voter="v-04", by="v-04", at=late)) == [
        "it happened after the end"
    ]
    assert a_forged_ballot(poll, folder(), lambda said: said.update(voter="v-04")) == [
        "v-00 holds no authority of the voter"
    ]
    assert a_forged_ballot(
        poll, folder(), lambda said: said.update(voter="v-04", by="v-04", ballot={"choice": ["perhaps"]})
    ) == ["it says one of yes, no, abstain"]
    assert a_forged_ballot(poll, folder(), lambda said: (said.pop("ballot"), said.update(voter="v-04", by="v-04"))) == [
        "it does not have the form of this vote"
    ]


def test_a_ballot_that_came_late_is_found_though_it_was_dated_back(tmp_path: Path):
    poll = Poll(OPEN).voting(voters(6)).vote({"v-00": YES}).closed()
    ends = poll.round.closes_at
    assert ends is not None
    late = (ends + timedelta(seconds=1)).isoformat()
    wrong = a_forged_ballot(poll, tmp_path, lambda meta: meta.update(recorded_at=late), part=0)
    assert wrong == ["it was recorded after the end"]


def test_proxies_over_the_limit_are_found(tmp_path: Path):
    poll = Poll(VoteRule(quorum="any", proxies=1)).deliberated().announced(voters(6)).paper("authority", "authority")
    poll.open()
    poll.do(poll.proxy("v-01", "v-00"), poll.cast("v-01", YES, by="v-00"))
    poll.closed()

    def more(rows: list[StoredEvent]) -> list[StoredEvent]:
        granted, cast = (
            next(row for row in rows if row.topic.startswith(name))
            for name in ("proposal.proxy_granted", "proposal.ballot_cast")
        )
        again = [_changed(each, lambda said: said.update(voter="v-02")) for each in (granted, cast)]
        after = rows.index(cast) + 1
        return [*rows[:after], *again, *rows[after:]]

    (found,) = recount(forged(poll, tmp_path, more), "p").differences
    assert found.en.endswith("v-00 voted for more than 1 others")


def test_a_ballot_after_the_result_is_found(tmp_path: Path):
    poll = Poll(OPEN).voting(voters(6)).vote({"v-00": YES}).closed()

    def after(rows: list[StoredEvent]) -> list[StoredEvent]:
        return [*rows, next(row for row in rows if row.topic.startswith("proposal.ballot_cast"))]

    assert codes(forged(poll, tmp_path, after)) == ["ballot_is_not_valid"]


def test_a_vote_closed_before_its_end_is_found(tmp_path: Path):
    poll = Poll(OPEN).voting(voters(6)).vote({"v-00": YES}).closed()

    def early(rows: list[StoredEvent]) -> list[StoredEvent]:
        closed = next(number for number, row in enumerate(rows) if row.topic.startswith("proposal.vote_closed"))
        before = json.loads(rows[closed - 1].state.partition(b"\n")[0])["recorded_at"]
        rows[closed] = _changed(rows[closed], lambda meta: meta.update(recorded_at=before), part=0)
        return rows

    assert codes(forged(poll, tmp_path, early)) == ["closed_early"]


def test_a_vote_that_ended_another_day_than_announced_is_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    later = (poll.clock() + timedelta(days=1)).isoformat()
    engine = rewritten(poll, tmp_path, "proposal.vote_announced", lambda said: said.update(closes_at=later))
    assert codes(engine) == ["end_differs", "closed_early"]


def test_another_seed_than_the_one_committed_to_is_found(tmp_path: Path):
    poll = Poll(VoteRule(quorum="any", method=Method.APPROVAL, tie=Tie.LOT)).voting(voters(4))
    poll.vote({"v-00": ballot("lamp")}).closed(SEED)
    engine = rewritten(
        poll, tmp_path, "proposal.vote_closed", lambda said: said.update(lot_seed="another-seed-than-promised")
    )
    assert codes(engine) == ["seed_differs"]


def test_codes_that_stand_twice_and_ballots_that_are_missing_are_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.SECRET)
    (tmp_path / "twice").mkdir()
    twice = rewritten(
        poll, tmp_path / "twice", "proposal.box_opened", lambda said: said["opened"].append(said["opened"][-1])
    )
    assert codes(twice)[:2] == ["codes_differ", "ballots_differ"]
    missing = rewritten(poll, tmp_path, "proposal.box_opened", lambda said: said["opened"].pop())
    assert codes(missing)[0] == "ballots_differ"


def saying(rows: list[StoredEvent], said: dict[str, dict[str, Any]]) -> list[StoredEvent]:
    """The rows, of which those of these events say something else."""
    found = [(row, said.get(row.topic.partition("@")[0].removeprefix("proposal."))) for row in rows]
    return [row if each is None else _changed(row, partial(_update, each)) for row, each in found]


def _update(more: dict[str, Any], body: dict[str, Any]) -> None:
    body.update(more)


def committed(rule: VoteRule, commitment: str, folder: Path, seed: str | None, **said: Ballot) -> Poll:
    """A vote whose announcement says this commitment and whose close this seed, whatever the rules say today."""
    poll = Poll(rule).voting(voters(3)).vote(said or {"v-00": ballot("lamp"), "v-01": ballot("lamp")})
    poll.closed(SEED if rule.tie is Tie.LOT else None)

    def older(rows: list[StoredEvent]) -> list[StoredEvent]:
        return saying(rows, {"vote_announced": {"lot_commitment": commitment}, "vote_closed": {"lot_seed": seed}})

    poll.engine = forged(poll, folder, older)
    return poll


APPROVAL, LOT = (VoteRule(quorum="any", method=Method.APPROVAL, tie=tie) for tie in (Tie.FAILS, Tie.LOT))


@pytest.mark.parametrize("seed", [None, "x", SEED])
def test_an_honest_vote_agrees_though_its_announcement_committed_to_a_lot_that_nobody_draws(
    seed: str | None, tmp_path: Path
):
    poll = committed(APPROVAL, "0" * 64, tmp_path, seed)
    assert recount(poll.engine, "p").agrees
    lines = list(export_bundle(poll.engine, "p"))
    assert json.loads(lines[0])["lot"] is None
    assert recount_bundle(lines).agrees


def test_a_vote_by_lot_without_its_seed_agrees_where_nothing_was_drawn(tmp_path: Path):
    poll = committed(LOT, commitment_of(SEED), tmp_path, None)
    assert recount(poll.engine, "p").agrees
    lines = list(export_bundle(poll.engine, "p"))
    assert recount_bundle(lines).agrees
    assert by_the_script(lines, tmp_path) == 0


def test_a_seed_that_no_outsider_could_use_is_found_and_stops_no_bundle(tmp_path: Path):
    poll = committed(LOT, commitment_of("abc"), tmp_path, "abc")
    assert codes(poll.engine) == ["seed_is_odd"]
    lines = list(export_bundle(poll.engine, "p"))
    assert json.loads(lines[0])["lot"] is None
    assert recount_bundle(lines).agrees
    (tmp_path / "other").mkdir()
    other = committed(LOT, commitment_of(SEED), tmp_path / "other", "another-seed-than-promised")
    assert codes(other.engine) == ["seed_differs"]
    assert recount_bundle(export_bundle(other.engine, "p")).agrees


def test_a_tie_whose_seed_is_lost_is_recounted_as_one_that_fails(tmp_path: Path):
    poll = Poll(LOT).voting(voters(4)).vote({"v-00": ballot("lamp"), "v-01": ballot("tree")}).over()
    lost = CloseVote(**P, by=CHAIR, seed_is_lost=True)
    assert poll.refused(lost) == ("ballots_can_be_counted",)
    poll.clock.advance(days=3)
    poll.do(lost)
    assert recount(poll.engine, "p").agrees
    lines = list(export_bundle(poll.engine, "p"))
    assert recount_bundle(lines).agrees
    assert by_the_script(lines, tmp_path) == 0

    def too_soon(rows: list[StoredEvent]) -> list[StoredEvent]:
        now = (poll.clock() - timedelta(days=1)).isoformat()
        return [
            _changed(row, lambda meta: meta.update(recorded_at=now), part=0) if "vote_closed" in row.topic else row
            for row in rows
        ]

    assert codes(forged(poll, tmp_path, too_soon)) == ["seed_is_awaited"]


def test_a_vote_opened_late_ends_later_by_as_much_and_agrees():
    poll = Poll(OPEN).deliberated().announced(voters(3))
    announced = poll.round.closes_at
    assert announced is not None
    poll.clock.advance(hours=6, microseconds=123_457)
    poll.open().vote({"v-00": YES})
    ends = poll.round.closes_at
    assert ends is not None
    assert ends - announced == timedelta(hours=6, microseconds=123_457)
    poll.clock.set(announced + timedelta(hours=1))
    poll.vote({"v-01": NO}).closed()
    assert recount(poll.engine, "p").agrees


def test_a_ballot_by_proxy_over_one_cast_in_person_is_found(tmp_path: Path):
    poll = Poll(OPEN).deliberated().announced(voters(4)).paper("authority", "authority").open()
    poll.do(poll.proxy("v-01", "v-00"), poll.cast("v-01", NO, by="v-00"), poll.cast("v-01", YES))
    poll.closed()
    assert recount(poll.engine, "p").agrees

    def again(rows: list[StoredEvent]) -> list[StoredEvent]:
        first, second = (place for place, row in enumerate(rows) if "ballot_cast" in row.topic)
        return [*rows[: second + 1], rows[first], *rows[second + 1 :]]

    (found,) = recount(forged(poll, tmp_path, again), "p").differences
    assert found.en.endswith("the voter has voted in person")


def test_what_fits_no_bundle_is_refused_and_says_why(tmp_path: Path):
    poll = a_vote(Method.APPROVAL, BallotForm.OPEN)
    engine = rewritten(poll, tmp_path, "proposal.vote_announced", lambda said: said.update(options=["ramp", "ramp"]))
    with pytest.raises(InputError, match="fits no bundle: Value error, a choice has options, each once"):
        export_bundle(engine, "p")


REVERSED: dict[str, Any] = {"yes": {"persons": 1}, "no": {"persons": 2}}


def twice(poll: Poll, folder: Path, topic: str, change: Change) -> Engine:
    """A log in which one event stands once more, before the true one, saying something else."""

    def before(rows: list[StoredEvent]) -> list[StoredEvent]:
        place = next(number for number, row in enumerate(rows) if row.topic.startswith(topic))
        return [*rows[:place], _changed(rows[place], change), *rows[place:]]

    return forged(poll, folder, before)


def test_a_box_that_was_opened_twice_hides_nothing(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.SECRET)

    def all_no(said: dict[str, Any]) -> None:
        for each in said["opened"]:
            each["ballot"]["choice"] = ["no"]

    assert {"opened_twice", "result_differs"} <= set(codes(twice(poll, tmp_path, "proposal.box_opened", all_no)))


def test_a_vote_that_was_closed_opened_or_counted_twice_is_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    hands = Poll(VoteRule(quorum="any", form=BallotForm.HANDS)).voting(voters(4)).paper("m")
    counted = HandCount(present=Turnout(persons=3), yes=Turnout(persons=2), no=Turnout(persons=1))
    hands.do(RecordHands(**P, by=OFFICE, hands=counted, papers=("m",)))
    hands.closed()
    for name, voted, change, found in (
        ("vote_closed", poll, lambda said: said["tally"].update(carried=False), "closed_twice"),
        ("vote_opened", poll, lambda said: None, "begun_twice"),
        ("hands_recorded", hands, lambda said: said["hands"].update(REVERSED), "hands_twice"),
    ):
        (folder := tmp_path / name).mkdir()
        assert found in codes(twice(voted, folder, f"proposal.{name}", change))


def test_a_round_that_was_announced_twice_is_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    assert "rounds_differ" in codes(twice(poll, tmp_path, "proposal.vote_announced", lambda said: None))


def test_a_vote_opened_before_its_announced_beginning_is_found(tmp_path: Path):
    poll = a_vote(Method.YES_NO, BallotForm.OPEN)
    later = (poll.clock() - timedelta(hours=1)).isoformat()
    engine = rewritten(poll, tmp_path, "proposal.vote_announced", lambda said: said.update(opens_at=later))
    assert codes(engine) == ["opened_early"]


def test_an_announced_rule_that_is_not_the_pinned_one_is_found_though_the_result_fits_it(tmp_path: Path):
    poll = Poll(VoteRule(quorum="all")).voting(voters(6)).vote({"v-00": YES}).closed()
    other = Poll(VoteRule(quorum="any")).voting(voters(6)).vote({"v-00": YES}).closed()
    assert (poll.record.status, other.record.status) == ("inquorate", "adopted")
    known = other.round.model_dump(mode="json", include={"rule", "quorum", "tally"})
    rule, quorum, tally = known["rule"], known["quorum"], known["tally"]

    def with_quorum(given: dict[str, Any], **said: Any) -> list[str]:
        def change(rows: list[StoredEvent]) -> list[StoredEvent]:
            return saying(rows, {"vote_announced": {"quorum": given, **said}, "vote_closed": {"tally": tally}})

        (folder := tmp_path / f"{len(said)}").mkdir()
        return codes(forged(poll, folder, change))

    assert with_quorum(quorum | {"id": "all"}) == ["quorum_differs"]
    assert with_quorum(quorum, rule=rule) == ["rule_differs", "quorum_differs"]


def test_a_unit_that_gave_a_proxy_and_votes_by_its_own_person_leaves_the_holder_their_vote():
    poll = Poll(VoteRule(quorum="any", proxies=1)).deliberated().announced((*voters(3), Voter(id="shop")))
    poll.paper("authority", "authority").open()
    keeper = Actor(id="wu", claims=(Claim(role=Role.VOTER, unit="shop"),))
    poll.do(poll.proxy("shop", "v-00"), CastBallot(**P, by=keeper, on_behalf_of="shop", ballot=NO))
    assert poll.round.cast["shop"].holder is None
    assert not poll.round.for_others
    second = poll.proxy("v-01", "v-02", by=OFFICE)
    poll.do(second, poll.cast("v-01", YES, by="v-02"))
    assert (poll.round.cast["v-01"].holder, dict(poll.round.for_others)) == ("v-02", {"v-02": 1})
    assert recount(poll.closed().engine, "p").agrees


def test_of_many_findings_of_one_kind_a_few_are_told_and_the_number_of_the_rest(tmp_path: Path):
    poll = Poll(OPEN).voting(voters(20)).vote({f"v-{n:02}": YES for n in range(20)}).closed()

    def strangers(rows: list[StoredEvent]) -> list[StoredEvent]:
        return [
            _changed(row, lambda said: said.update(voter="ghost")) if row.topic.startswith("proposal.ballot_") else row
            for row in rows
        ]

    found = recount(forged(poll, tmp_path, strangers), "p").differences
    assert [each.code for each in found].count("ballot_is_not_valid") == 4
    assert "17 more of the kind ballot_is_not_valid" in [each.en for each in found]


def test_a_flipped_byte_stops_the_recount(tmp_path: Path):
    log = tmp_path / "log.db"
    poll = Poll(OPEN, path=log).voting(voters(3)).vote({"v-00": YES}).closed()
    poll.engine.close()
    with closing(sqlite3.connect(log)) as db, db:
        db.execute("DROP TRIGGER stored_events_no_update")
        db.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '\"yes\"', '\"no\"') AS BLOB) "
            "WHERE topic LIKE 'proposal.ballot_cast@%'"
        )
    with Engine.open(log, read_only=True) as engine, pytest.raises(LogError, match="damaged or was changed"):
        recount(engine, "p")


def test_a_bundle_whose_result_was_changed_differs_and_one_that_is_none_is_refused():
    lines = list(export_bundle(a_vote(Method.RANKED, BallotForm.OPEN).engine, "p"))
    found = recount_bundle(tampered_result(lines))
    assert [each.code for each in found.differences] == ["result_differs"]
    with pytest.raises(InputError, match="line 3"):
        recount_bundle([*lines[:2], "nonsense\n", *lines[2:]])


def test_a_bundle_that_cannot_be_counted_says_so():
    poll = a_vote(Method.YES_NO, BallotForm.SECRET)
    lines = list(export_bundle(poll.engine, "p"))
    marks = [line for line in lines if json.loads(line).keys() == {"voter"}]
    found = recount_bundle([line for line in lines if line != marks[0]])
    assert (found.counted, [each.code for each in found.differences]) == (None, ["cannot_be_counted"])


def test_options_stand_in_the_bundle_in_the_order_of_announcement():
    lines = list(export_bundle(a_vote(Method.APPROVAL, BallotForm.OPEN).engine, "p"))
    assert json.loads(lines[0])["options"] == list(OPTIONS)


def test_recounting_and_closing_never_disagree_on_an_empty_ballot():
    poll = Poll(OPEN).voting(voters(3)).vote({"v-00": Ballot()})
    poll.over().do(CloseVote(**P, by=CHAIR))
    found = recount(poll.engine, "p")
    assert found.agrees
    assert found.counted is not None
    assert found.counted.abstained.persons == 1


def test_a_vote_that_was_put_off_ends_on_the_later_day_and_one_that_never_began_cannot_be_counted():
    poll = Poll(OPEN).deliberated().announced(voters(3)).paper("authority", "authority")
    later = poll.clock() + timedelta(days=9)
    said = {"opens_at": poll.clock() + timedelta(hours=1), "closes_at": later, "reason": "the hall is closed"}
    poll.do(PostponeVote(**P, by=CHAIR, **said))
    assert [each.code for each in recount(poll.engine, "p", 1).differences] == ["was_not_opened", "no_result"]

    poll.open()
    poll.do(poll.proxy("v-01", "v-00"), RevokeProxy(**P, by=OFFICE, voter="v-01"), poll.cast("v-01", YES))
    assert poll.round.closes_at == later
    assert recount(poll.closed().engine, "p").agrees
