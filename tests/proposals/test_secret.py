"""Secret votes: nothing tells who said what, every voter can check, and no hostile voter stops the count."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from govflow import Actor, Engine, NotAllowed, Role
from govflow.actors import SYSTEM
from govflow.ballot_box import destroy_keys, open_box
from govflow.errors import Conflict, LogError, NotFound, ProtectionError
from govflow.messages import Personal
from govflow.policy import BallotForm, Method, VoteRule
from govflow.proposals.box import (
    Opened,
    Receipt,
    Standing,
    box_of,
    code_of,
    commitment_to,
    is_counted,
    seal,
    sealed_length,
    standing,
    unsealed,
)
from govflow.proposals.commands import AnnounceVote, CallBox, CastBallot, CloseVote, OpenBox, VoidVote
from govflow.testing import PinnedClock
from govflow.voting import Ballot
from tests.proposals.polling import CHAIR, OFFICE, TOWN, P, Poll, ballot, voters
from tests.support import wrapped_keys

SECRET = VoteRule(quorum="any", form=BallotForm.SECRET)
YES, NO = ballot("yes"), ballot("no")
BOX = box_of("p", 1)
OPENED = "proposal.box_opened"


def a_secret_poll(number: int = 5, rule: VoteRule = SECRET, path: Path | None = None) -> Poll:
    return Poll(rule, path=path).voting(voters(number))


def raw(voter: str, text: str, commitment: str = "0" * 64) -> CastBallot:
    """A ballot from a hostile client: any text, filled up to the length that every ballot of the vote has."""
    by, text = Actor.of(voter, "voter"), text + " " * (sealed_length(()) - len(text.encode()))
    return CastBallot(**P, by=by, voter=voter, sealed=Personal(text=text, subject=BOX), commitment=commitment)


def published(poll: Poll) -> tuple[Opened, ...]:
    assert poll.round.opened is not None
    return poll.round.opened


def commitment(poll: Poll, voter: str) -> str | None:
    return poll.round.cast[voter].commitment


# --- what the log tells ----------------------------------------------------------------------------------------------


def bytes_of(log: Path) -> bytes:
    """Every byte that stands in the files of a log and of its keys."""
    return b"".join(path.read_bytes() for path in sorted(log.parent.glob(f"{log.name}*")))


def test_before_the_opening_no_byte_of_the_files_tells_a_choice_and_after_it_none_tells_whose_a_code_is(
    tmp_path: Path,
):
    log = tmp_path / "log.db"
    poll = a_secret_poll(6, path=log)
    receipts = {}
    for voter, said in zip(poll.round.roll, (YES, YES, NO, NO, ballot("abstain"), YES), strict=True):
        command, receipts[voter] = poll.sealed(voter, said)
        poll.do(command)

    before = bytes_of(log)
    for receipt in receipts.values():
        for kept in (receipt.nonce, receipt.secret, receipt.code):
            assert kept.encode() not in before
            assert bytes.fromhex(kept) not in before
    for row in rows(log, "proposal.ballot_cast@1"):
        assert not any(word in row for word in (b'"yes"', b'"no"', b'"abstain"', b"choice", b"nonce"))

    (key,) = wrapped_keys(log, BOX)
    assert key in before
    poll.over().opened_box().closed()
    assert {each.code for each in published(poll)} == {each.code for each in receipts.values()}

    poll.engine.close()
    after = bytes_of(log)
    assert key not in after
    for voter, receipt in receipts.items():
        assert receipt.nonce.encode() not in after
        assert receipt.secret.encode() not in after
        for row in rows(log):
            assert not (receipt.code.encode() in row and voter.encode() in row)
    assert sum(receipts["v-00"].code.encode() in row for row in rows(log)) == 1
    assert not any("v-00" in line and "code" in line for line in exported(log))


def rows(log: Path, topic: str = "%") -> list[bytes]:
    with closing(sqlite3.connect(log)) as db:
        return [row for (row,) in db.execute("SELECT state FROM stored_events WHERE topic LIKE ?", (topic,))]


def exported(log: Path) -> list[str]:
    with Engine.open(log, read_only=True) as engine:
        return [json.dumps(event.model_dump(mode="json", serialize_as_any=True)) for event in engine.history("p")]


def test_the_order_of_what_is_published_is_that_of_the_codes_and_not_of_the_voters():
    poll = a_secret_poll(9)
    codes = {}
    for number, voter in enumerate(poll.round.roll):
        command, receipt = poll.sealed(voter, YES if number % 2 else NO)
        poll.do(command)
        codes[receipt.code] = voter
    poll.over().opened_box()

    order = [each.code for each in published(poll)]
    assert order == sorted(codes)
    assert [codes[code] for code in order] != list(poll.round.roll)


@pytest.mark.parametrize(
    ("method", "some"),
    [
        (Method.YES_NO, [YES, NO, ballot("abstain"), ballot()]),
        (Method.APPROVAL, [ballot(), ballot("lamp"), ballot("lamp", "ramp", "tree")]),
        (Method.RANKED, [ballot("lamp"), ballot("tree", "ramp", "lamp")]),
        (Method.SCORE, [ballot(), ballot(lamp=1), ballot(lamp=5, ramp=5, tree=5)]),
    ],
)
def test_ballots_of_one_vote_are_all_of_one_length_whatever_they_say(method: Method, some: list[Ballot]):
    poll = a_secret_poll(5, SECRET.changed(method=method))
    poll.vote({f"v-0{n}": said for n, said in enumerate(some)})

    sealed = [each.sealed for each in poll.round.cast.values()]
    assert len({len(each.ciphertext) for each in sealed if each is not None}) == 1


def test_the_length_of_a_long_list_of_options_is_that_of_a_short_answer_to_it():
    options = tuple(f"option-{n:03}-{'x' * (n % 40)}" for n in range(120))
    every = Ballot(choice=options), Ballot(choice=options[:1]), Ballot(scores=dict.fromkeys(options, 100)), Ballot()
    lengths = {len(seal("p", 1, "v", each, bytes(32), bytes(32), options).sealed.text) for each in every}
    assert lengths == {sealed_length(options)}


def test_options_that_no_sealed_ballot_can_hold_are_not_announced():
    poll = Poll(SECRET.changed(method=Method.APPROVAL)).deliberated()
    now = poll.clock()
    many = tuple(f"option-{n:04}-{'x' * 40}" for n in range(400))
    said = {"opens_at": now, "closes_at": now.replace(year=now.year + 1), "options": many}
    assert poll.refused(AnnounceVote(**P, by=CHAIR, **said)) == ("options_fit_the_method",)


# --- who may open what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*Role])
def test_no_role_opens_a_single_ballot_neither_before_nor_after(role: Role):
    poll = a_secret_poll().vote({"v-00": YES})
    actor = SYSTEM if role is Role.SYSTEM else Actor.of("curious", role)
    for _ in ("before", "after"):
        for asking in (actor, Actor.of("v-00", role) if role is not Role.SYSTEM else actor):
            with pytest.raises((ProtectionError, NotFound)):
                poll.engine.open_personal("p", "sealed", asking, why="to handle it")
        if poll.round.opened is None:
            poll.over().opened_box()


@pytest.mark.parametrize("by", [OFFICE, TOWN, Actor.of("v-00", "voter"), Actor.of("arch", "archivist")])
def test_nobody_but_the_convenor_opens_the_box(by: Actor):
    poll = a_secret_poll().vote({"v-00": YES}).over()
    nothing_is_read(poll)
    with pytest.raises(NotAllowed) as refused:
        open_box(poll.engine, "p", by)
    assert "role_is_held" in [each.code for each in refused.value.broken]


def test_the_box_is_not_even_read_before_voting_is_over():
    poll = a_secret_poll().vote({"v-00": YES})
    nothing_is_read(poll)
    with pytest.raises(NotAllowed) as refused:
        open_box(poll.engine, "p", CHAIR)
    assert "voting_is_over" in [each.code for each in refused.value.broken]


def nothing_is_read(poll: Poll) -> None:
    """Whatever reads a protected value from now on fails."""

    def read(*_: object) -> str:
        raise AssertionError("a ballot was read")

    poll.engine.vault.open = read  # type: ignore[method-assign,assignment]


def test_an_open_vote_and_a_proposal_without_one_have_no_box():
    with pytest.raises(NotAllowed):
        open_box(Poll().voting(voters(3)).over().engine, "p", CHAIR)
    with pytest.raises(NotAllowed):
        open_box(Poll().deliberated().engine, "p", CHAIR)
    with pytest.raises(NotFound):
        open_box(Poll().engine, "p", CHAIR)


def test_it_is_opened_before_its_end_once_everybody_has_voted_for_good():
    everybody = {f"v-0{n}": YES for n in range(3)}
    assert len(published(a_secret_poll(3).vote(everybody).opened_box())) == 3
    with pytest.raises(NotAllowed):
        a_secret_poll(3, SECRET.changed(replaceable=True)).vote(everybody).opened_box()


def test_a_box_into_which_nobody_voted_is_opened_and_counted():
    poll = a_secret_poll().over().opened_box().closed()
    assert (published(poll), poll.record.status) == ((), "not_adopted")


def test_nobody_closes_a_vote_whose_box_is_closed():
    poll = a_secret_poll().vote({"v-00": YES}).over()
    assert poll.refused(CloseVote(**P, by=CHAIR))[0] == "ballots_can_be_counted"


# --- what a voter can check ------------------------------------------------------------------------------------------


def test_every_voter_finds_the_own_ballot_and_can_prove_it_and_nobody_elses():
    poll = a_secret_poll(3)
    kept = {}
    for voter, said in (("v-00", YES), ("v-01", NO)):
        command, kept[voter] = poll.sealed(voter, said)
        poll.do(command)
    poll.over().opened_box()

    for voter, receipt in kept.items():
        assert is_counted(receipt, commitment(poll, voter), published(poll))
    stolen = kept["v-00"]
    assert standing(stolen, commitment(poll, "v-01"), published(poll)) is Standing.REPLACED
    assert standing(stolen.changed(voter="v-01"), commitment(poll, "v-00"), published(poll)) is Standing.FALSE
    assert standing(stolen.changed(ballot=NO), commitment(poll, "v-00"), published(poll)) is Standing.FALSE


def test_a_ballot_that_was_left_out_is_proved_by_its_receipt():
    poll = a_secret_poll(3)
    command, receipt = poll.sealed("v-00", YES)
    poll.do(command)
    forged = Opened(code=code_of("p", 1, "v-00", "f" * 64, NO), ballot=NO)
    poll.over().do(CallBox(**P, by=CHAIR), OpenBox(**P, by=SYSTEM, opened=(forged,)))

    assert standing(receipt, commitment(poll, "v-00"), published(poll)) is Standing.MISSING
    assert commitment(poll, "v-00") == commitment_to(receipt.secret, receipt.code)


def test_of_a_replaced_ballot_the_last_one_alone_is_published():
    poll = a_secret_poll(3, SECRET.changed(replaceable=True))
    first, old = poll.sealed("v-00", YES)
    second, new = poll.sealed("v-00", NO, salt="again")
    poll.do(first, second)
    poll.over().opened_box()

    assert [each.code for each in published(poll)] == [new.code]
    assert standing(old, commitment(poll, "v-00"), published(poll)) is Standing.REPLACED
    assert is_counted(new, commitment(poll, "v-00"), published(poll))


def test_a_receipt_survives_being_written_and_read():
    _, receipt = a_secret_poll().sealed("v-00", YES)
    assert Receipt.model_validate_json(receipt.model_dump_json()) == receipt


def test_secrets_and_nonces_are_32_bytes():
    with pytest.raises(ValueError, match="32 random bytes"):
        seal("p", 1, "v", YES, b"short", bytes(32))
    with pytest.raises(ValueError, match="32 random bytes"):
        seal("p", 1, "v", YES, bytes(32), b"short")


# --- hostile voters --------------------------------------------------------------------------------------------------


def test_two_voters_who_agree_on_secret_nonce_and_ballot_do_not_stop_the_box():
    poll = a_secret_poll(3)
    for voter in ("v-00", "v-01"):
        sealed, promise, _ = seal("p", 1, voter, YES, bytes(32), bytes(32))
        poll.do(CastBallot(**P, by=Actor.of(voter, "voter"), sealed=sealed, commitment=promise))
    poll.over().opened_box().closed()

    assert len({each.code for each in published(poll)}) == 2
    tally = poll.round.tally
    assert tally is not None
    assert tally.yes.persons == 2


def test_who_hands_in_what_another_sealed_takes_nothing_from_them():
    poll = a_secret_poll(3)
    command, receipt = poll.sealed("v-00", YES)
    assert command.sealed is not None
    poll.do(command, raw("v-01", command.sealed.text, command.commitment or ""))
    poll.over().opened_box()

    assert len(published(poll)) == 2
    assert is_counted(receipt, commitment(poll, "v-00"), published(poll))
    claimed = receipt.changed(voter="v-01")
    assert standing(claimed, commitment(poll, "v-01"), published(poll)) is Standing.FALSE


GARBAGE = (
    "",
    "not a ballot",
    "null",
    "[]",
    "{}",
    "[" * 1_024,
    "9" * 1_024,
    '"\\ud800"',
    '{"nonce": 1, "ballot": {}}',
    '{"nonce": "short", "ballot": {}}',
    json.dumps({"nonce": "0" * 64, "ballot": []}),
    json.dumps({"nonce": "0" * 64, "ballot": {"choice": ["yes"] * 100}}),
    json.dumps({"nonce": "0" * 64, "ballot": {"choice": ["赞成"]}}),
    json.dumps({"nonce": "0" * 64, "ballot": {"choice": [], "scores": {"lamp": -1}}}),
    json.dumps({"nonce": "0" * 64, "ballot": {"choice": [], "more": 1}}),
    "\x00" * 100,
)


def test_however_long_a_text_is_reading_it_fails_as_that_of_any_other_that_is_no_ballot():
    long = json.dumps({"nonce": "0" * 64, "ballot": {"choice": ["yes"] * 2_000}})
    for text in ("[" * 19_000, "9" * 19_000, long):
        with pytest.raises(ValueError, match=r".+"):
            unsealed("p", 1, "v-00", text)


@pytest.mark.parametrize("text", ["yes", " " * 1_023, " " * 1_025, " " * 2_048, "是" * 1_024])
def test_what_is_shorter_or_longer_than_every_ballot_of_the_vote_goes_into_no_box(text: str):
    poll = a_secret_poll()
    given = raw("v-00", "").changed(sealed=Personal(text=text, subject=BOX))
    assert poll.refused(given) == ("ballot_fits_the_rule",)


def test_what_is_no_ballot_counts_as_present_and_empty_and_the_others_are_counted():
    poll = a_secret_poll(len(GARBAGE) + 2)
    good = [f"v-{n:02}" for n in range(len(GARBAGE), len(GARBAGE) + 2)]
    poll.do(*(raw(f"v-{n:02}", text) for n, text in enumerate(GARBAGE)))
    poll.vote(dict.fromkeys(good, YES)).over().opened_box().closed()

    tally = poll.round.tally
    assert tally is not None
    counts = tally.present.persons, tally.yes.persons, tally.abstained.persons
    assert counts == (len(GARBAGE) + 2, 2, len(GARBAGE))


def test_the_code_of_what_is_no_ballot_cannot_be_made_from_the_log():
    codes = []
    for _ in range(2):
        poll = a_secret_poll(2)
        poll.do(raw("v-00", "nonsense"))
        codes += [each.code for each in published(poll.over().opened_box())]
    assert codes[0] != codes[1]


def test_what_no_ballot_of_this_vote_may_say_is_published_empty_under_its_code():
    poll = a_secret_poll(2)
    command, receipt = poll.sealed("v-00", ballot("perhaps"))
    poll.do(command)
    poll.over().opened_box()

    assert published(poll) == (Opened(code=receipt.code, ballot=Ballot()),)
    assert standing(receipt, commitment(poll, "v-00"), published(poll)) is Standing.SPOILT


def test_a_ballot_for_another_box_is_refused():
    poll = a_secret_poll()
    other = raw("v-00", "x").changed(sealed=Personal(text="x", subject=box_of("p", 2)))
    assert poll.refused(other) == ("ballot_fits_the_rule",)
    assert poll.refused(poll.cast("v-00", YES)) == ("ballot_fits_the_rule",)
    both = poll.sealed("v-00", YES)[0].changed(ballot=YES)
    assert poll.refused(both) == ("ballot_fits_the_rule",)


def test_a_sealed_text_opens_at_its_own_place_alone():
    poll = a_secret_poll().vote({"v-00": YES, "v-01": NO})
    cast = poll.round.cast["v-00"].sealed
    assert cast is not None
    with pytest.raises(ProtectionError, match="was moved or changed"):
        poll.engine.vault.open(cast, "p", poll.record.version, "proposal.ballot_cast@1", "sealed")


def test_an_unsealed_text_is_read_for_its_own_voter_alone():
    sealed, _, receipt = seal("p", 1, "v-00", YES, bytes(32), bytes(32))
    assert unsealed("p", 1, "v-00", sealed.text).code == receipt.code
    others = [("p", 1, "v-01"), ("p", 2, "v-00"), ("q", 1, "v-00")]
    assert receipt.code not in {unsealed(*each, sealed.text).code for each in others}


# --- the box itself --------------------------------------------------------------------------------------------------


def test_calling_for_the_box_ends_the_voting_even_for_who_has_a_slow_clock(tmp_path: Path):
    log = tmp_path / "log.db"
    poll = a_secret_poll(3, SECRET.changed(replaceable=True), path=log)
    first, kept = poll.sealed("v-00", YES)
    poll.do(first, poll.sealed("v-01", YES)[0])
    late, _ = poll.sealed("v-00", NO, salt="late")
    slow = PinnedClock(poll.clock())
    poll.over()
    pending = [late]

    with Engine.open(log, now=slow) as other:

        def meanwhile(read: int, there: int) -> None:
            while pending:
                with pytest.raises(NotAllowed) as refused:
                    other.handle(pending.pop())
                assert [each.code for each in refused.value.broken] == ["ballot_is_in_time"]

        open_box(poll.engine, "p", CHAIR, progress=meanwhile)
    assert not pending
    assert is_counted(kept, commitment(poll, "v-00"), published(poll))


def test_what_happens_once_while_the_box_is_read_makes_it_be_read_again():
    poll = a_secret_poll(3).vote({"v-00": YES}).over()
    papers = ["m"]
    open_box(poll.engine, "p", CHAIR, progress=lambda read, there: papers and poll.paper(papers.pop()))
    assert (len(published(poll)), papers) == (1, [])
    assert [each.name for each in poll.engine.history("p")].count("proposal.box_called") == 1


def test_a_box_read_before_something_happened_is_refused():
    poll = a_secret_poll(3).vote({"v-00": YES}).over()
    old = poll.record.version - 1
    nothing = Opened(code="0" * 64, ballot=Ballot())
    poll.do(CallBox(**P, by=CHAIR))
    assert poll.refused(OpenBox(**P, by=SYSTEM, opened=(nothing,), as_of=old)) == ("box_is_complete",)


@pytest.mark.parametrize("codes", [(), ("1",), ("2", "1"), ("1", "1"), ("1", "2", "3")])
def test_a_box_comes_out_whole_with_codes_in_order_each_once(codes: tuple[str, ...]):
    poll = a_secret_poll(5).vote({"v-00": YES, "v-01": NO}).over()
    opened = tuple(Opened(code=code * 64, ballot=YES) for code in codes)
    poll.do(CallBox(**P, by=CHAIR))
    assert poll.refused(OpenBox(**P, by=SYSTEM, opened=opened)) == ("box_is_complete",)


def test_nobody_hands_in_a_box_of_their_own_making_not_even_the_convenor_who_called_for_it():
    poll = a_secret_poll(3).vote({"v-00": YES, "v-01": YES}).over()
    forged = tuple(Opened(code=code * 64, ballot=NO) for code in "01")
    poll.do(CallBox(**P, by=CHAIR))
    for by in (CHAIR, OFFICE, TOWN, Actor.of("v-00", *(role for role in Role if role is not Role.SYSTEM))):
        assert poll.refused(OpenBox(**P, by=by, opened=forged)) == ("role_is_held",)
    assert [each.ballot for each in published(poll.opened_box())] == [YES, YES]


def test_who_called_for_a_box_stands_on_the_vote_and_the_system_opens_it():
    poll = a_secret_poll(3).vote({"v-00": YES}).over().opened_box()
    called, opened = [each for each in poll.engine.history("p") if each.name in ("proposal.box_called", OPENED)]
    assert (called.name, called.body.by, opened.body.by) == ("proposal.box_called", CHAIR.id, SYSTEM.id)
    assert poll.round.box_called_by == CHAIR.id
    assert poll.refused(CallBox(**P, by=CHAIR)) == ("box_stands_closed",)


def test_a_box_that_was_called_for_is_opened_by_calling_again_but_not_by_anybody():
    poll = a_secret_poll(3).vote({"v-00": YES}).over()
    poll.do(CallBox(**P, by=CHAIR))
    with pytest.raises(NotAllowed) as refused:
        open_box(poll.engine, "p", OFFICE)
    assert "role_is_held" in [each.code for each in refused.value.broken]
    assert len(published(poll.opened_box())) == 1
    assert [each.name for each in poll.engine.history("p")].count("proposal.box_called") == 1


def test_an_opened_box_stays_as_it_is_and_its_key_is_destroyed_for_good():
    poll = a_secret_poll(3).vote({"v-00": YES}).over().opened_box()
    once, head = published(poll), poll.engine.store.head()
    poll.opened_box()

    assert (published(poll), poll.engine.store.head()) == (once, head)
    assert poll.engine.vault.keys.is_destroyed(BOX)
    (erased,) = [each for each in poll.engine.log_history() if each.name == "subject.erased"]
    assert erased.body.subject == BOX  # type: ignore[attr-defined]


def test_who_may_not_see_the_proposal_finishes_nothing_there():
    poll = a_secret_poll(3).vote({"v-00": YES}).over().opened_box()
    with pytest.raises(NotFound):
        open_box(poll.engine, "p", Actor.of("far", "convenor", area="elsewhere"))


def test_the_box_of_a_void_vote_is_never_opened_and_its_key_destroyed():
    poll = a_secret_poll(3).vote({"v-00": YES})
    poll.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))

    assert not poll.engine.vault.keys.is_destroyed(BOX)
    assert destroy_keys(poll.engine, "p") == (1,)
    assert destroy_keys(poll.engine, "p") == ()
    assert poll.engine.vault.keys.is_destroyed(BOX)
    assert poll.record.item("vote", "1").opened is None


def test_each_round_has_a_box_of_its_own():
    poll = a_secret_poll(6, SECRET.changed(quorum="all")).vote({"v-00": YES}).over().opened_box().closed()
    assert poll.record.status == "inquorate"
    poll.announced(()).open().vote({f"v-0{n}": YES for n in range(5)}).over().opened_box().closed()
    assert (poll.record.status, len(published(poll))) == ("adopted", 5)


def test_a_box_whose_key_is_gone_is_not_taken_for_one_of_empty_ballots(tmp_path: Path):
    erased = a_secret_poll(3).vote({"v-00": YES})
    with pytest.raises(NotFound):
        erased.engine.erase(BOX, Actor.of("arch", "archivist"), basis="a mistake", authority="nobody's")
    erased.engine.destroy_box_key(BOX, basis="a mistake", authority="nobody's")
    with pytest.raises(ProtectionError, match="was destroyed"):
        erased.over().opened_box()
    assert erased.round.opened is None

    log = tmp_path / "log.db"
    lost = a_secret_poll(3, path=log).vote({"v-00": YES}).over()
    lost.engine.close()
    for each in tmp_path.glob("log.db.keys*"):
        each.unlink()
    with Engine.open(log, now=lost.clock) as engine, pytest.raises((ProtectionError, LogError)):
        open_box(engine, "p", CHAIR)


def test_the_box_of_an_earlier_void_vote_is_locked_when_the_next_one_is_opened():
    poll = a_secret_poll(3).vote({"v-00": YES})
    poll.do(VoidVote(**P, by=TOWN, reason="strangers voted", reason_code="wrong_roll"))
    poll.announced(voters(3)).open().vote({"v-01": NO})
    with pytest.raises(NotAllowed):
        poll.opened_box()
    assert poll.engine.vault.keys.is_destroyed(BOX)
    assert not poll.engine.vault.keys.is_destroyed(box_of("p", 2))
    assert len(published(poll.over().opened_box())) == 1


def test_where_others_keep_writing_it_says_so_and_publishes_nothing():
    poll = a_secret_poll(3).vote({"v-00": YES}).over()
    papers = iter(range(99))
    with pytest.raises(Conflict, match="try again"):
        open_box(poll.engine, "p", CHAIR, progress=lambda read, there: poll.paper(f"m-{next(papers)}"))
    assert poll.round.opened is None
    assert len(published(poll.opened_box())) == 1
