"""The rules of the vote, each broken by one command: announcement, roll, proxies, ballots, box, count, void votes."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from govflow import SYSTEM, Actor, Claim, Command, Role
from govflow.messages import Personal
from govflow.policy import QuorumRule
from govflow.proposals import commands as c
from govflow.proposals.box import SealedBallot, seal, unsealed
from govflow.regions.meeting import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.voting import Ballot, HandCount, Turnout, Voter, commitment_of
from tests.proposals.breaking import Break
from tests.proposals.breaks_deliberation import FAIL, LAWFUL, RISK
from tests.proposals.breaks_intake import OPEN, PHONE, own
from tests.proposals.hall import Hall, chair, committee, office, paper, town, voter
from tests.proposals.steps import ANY, MINUTES, POLICY, REPORT, RULES, X, at, stage, votes

DAY = timedelta(days=1)
YARD: dict[str, Any] = {"track": "yard"}
SECRET, HANDS, LOT = ({"track": track} for track in ("secret", "hands", "lot"))
SEED, ANOTHER = "a-seed-kept-by-the-notary", "another-seed-than-promised"
OPTIONS: dict[str, Any] = {"options": ("ramp", "lift"), "lot_commitment": commitment_of(SEED)}

# --- announcing, opening, closing ------------------------------------------------------------------------------------


def days(opens: float = 11, length: float = 2) -> Callable[[Hall], dict[str, Any]]:
    """When voting begins and ends, counted from now."""
    return lambda hall: {
        "opens_at": hall.clock() + timedelta(days=opens),
        "closes_at": hall.clock() + timedelta(days=opens + length),
    }


USUAL = days()


def announcing(when: Callable[[Hall], dict[str, Any]] = USUAL, **said: Any) -> Callable[[Hall], Command]:
    return lambda hall: c.AnnounceVote(**X, by=chair, **when(hall), **said)


def again(when: Callable[[Hall], dict[str, Any]] = USUAL, **said: Any) -> Callable[[Hall], Command]:
    return lambda hall: c.ReconveneVote(**X, by=chair, **when(hall), **said)


def postponing(when: Callable[[Hall], dict[str, Any]] = USUAL, **said: Any) -> Callable[[Hall], Command]:
    return lambda hall: c.PostponeVote(**X, by=chair, **when(hall), **said)


def does(made: Callable[[Hall], Command]) -> Callable[[Hall], Any]:
    return lambda hall: hall.do(made(hall))


def five(hall: Hall) -> None:
    """Five stand on the roll, and voting has begun."""
    hall.do(hall.enrolment(5, id="x"))
    begun(hall)


def begun(hall: Hall) -> None:
    hall.clock.set(hall.get("x").vote.opens_at)
    hall.do(c.OpenVote(**X, by=chair))


def ended(hall: Hall) -> None:
    """The announced end of voting has come."""
    hall.clock.set(hall.get("x").vote.closes_at)


def closing(**said: Any) -> Callable[[Hall], Any]:
    return does(lambda hall: c.CloseVote(**X, by=chair, **said))


CLOSE = c.CloseVote(**X, by=chair)
IN_VAIN = (does(again()), begun, votes(0, command_id="again"), ended, closing())  # a second vote, inquorate as well
LOT_IN_VAIN = (does(announcing(**OPTIONS)), five, ended, closing(lot_seed=SEED))
NO_MORE_IN_VAIN = (does(announcing()), five, votes(0), ended, closing())


TIED = (
    *(does(announcing(**OPTIONS)), five, votes(0, "ramp"), votes(1, "ramp"), votes(2, "lift"), votes(3, "lift"), ended),
)


def extended(hall: Hall) -> None:
    """A rule that ended is in force again, by a policy that the proposal is moved to."""
    rules = tuple(
        QuorumRule(**{**dict(each), "effective_to": None}) if each.id == "no_more" else each for each in RULES
    )
    hall.engine.adopt(POLICY.changed(version="later", quorum_rules=rules))
    hall.engine.migrate("default@later")


# --- people and papers -----------------------------------------------------------------------------------------------

AUTHORITY = paper("x", "authority", kind="authority")
PROXY: dict[str, Any] = {"voter": "v-0", "holder": "v-1", "paper": "authority"}
GRANT = c.GrantProxy(**X, by=voter("v-0"), **PROXY)
SELF = Actor.of("v-1", Role.SECRETARIAT, Role.VOTER, unit="office")
STRANGER = Actor(id="v-2", claims=(Claim(role=Role.VOTER), Claim(role=Role.CONVENOR, area="far/away")))
REVOKE = c.RevokeProxy(**X, by=voter("v-0"), voter="v-0")
NAME = c.NameVoter(**X, by=office, voter="v-0", voter_name="Wu")
shop = Actor(id="v-0", claims=(Claim(role=Role.VOTER, unit="shop"),))
ENROL = c.EnrolVoters(**X, by=office, voters=(Voter(id="v-9"),))
STRIKE = c.StrikeVoters(**X, by=office, voters=("v-0",), reason="moved away")
ALL = STRIKE.changed(voters=tuple(f"v-{n}" for n in range(5)))


def counts(yes: int, no: int = 0) -> HandCount:
    return HandCount(present=Turnout(persons=yes + no), yes=Turnout(persons=yes), no=Turnout(persons=no))


WIDE = HandCount(present=Turnout(persons=1, area=7), yes=Turnout(persons=1, area=7))
COUNTED = c.RecordHands(**X, by=chair, hands=counts(4, 1), papers=("minutes",))


def sealed(voter_id: str = "v-0", round: int = 1) -> SealedBallot:
    return seal("x", round, voter_id, Ballot(choice=("yes",)), b"s" * 32, b"n" * 32)


SHORT = Personal(text=sealed().sealed.text.rstrip(), subject=sealed().sealed.subject)


def sealing(**said: Any) -> Command:
    """The secret ballot of v-0."""
    given = sealed()
    known = {"sealed": given.sealed, "commitment": given.commitment, **said}
    return c.CastBallot(**X, by=voter("v-0"), **known)


CALLED = c.CallBox(**X, by=chair)
OPENED = c.OpenBox(**X, by=SYSTEM, opened=(unsealed("x", 1, "v-0", sealed().sealed.text),))
VOID = c.VoidVote(**X, by=town, reason_code="wrong_roll", reason="half the street is missing")


def met(hall: Hall) -> None:
    """A meeting about it has met, and its minutes are still to be written."""
    soon = hall.clock() + timedelta(hours=1)
    notice = {"form": "coordination", "subject": "the ramp", "place": "hall", "roll": ("s-1",), "at_time": soon}
    hall.do(AnnounceMeeting(**X, by=committee, item="talk", **notice))
    hall.clock.advance(hours=2)
    hall.do(HoldMeeting(**X, by=committee, item="talk", attended=("s-1",)))


def nos(hall: Hall) -> None:
    """All five vote against it."""
    hall.do(*(votes(n, "no") for n in range(5)))


TALK = RecordMeeting(
    **X, by=committee, item="talk", minutes=("minutes",), signed_by=("committee-1", "s-1"), consensus="none"
)

# fmt: off
BREAKS = [
    # announcing
    Break("P14", "stages_before_vote_are_passed", "no vote before the council has passed it", "deliberating", announcing(), then=(MINUTES, stage())),
    Break("P14", "quorum_rule_is_pinned", "a rule that is not in force yet counts nothing", "deliberating", announcing(), said={"track": "not_yet"}, then=(12 * DAY,)),
    Break("P14", "quorum_rule_is_pinned", "a rule that is no more in force counts nothing", "deliberating", announcing(), said={"track": "no_more"}, first=(30 * DAY,), before=()),
    Break("P14", "options_fit_the_method", "yes or no has no options", "deliberating", announcing(options=("a", "b")), {"options": ()}, YARD),
    Break("P14", "options_fit_the_method", "the question is named", "deliberating", announcing(question=" "), {"question": "Build it?"}, YARD),
    Break("P14", "options_fit_the_method", "one option is no choice", "deliberating", announcing(**{**OPTIONS, "options": ("ramp",)}), OPTIONS, LOT),
    Break("P14", "options_fit_the_method", "each option stands once", "deliberating", announcing(**{**OPTIONS, "options": ("ramp", "ramp")}), OPTIONS, LOT),
    Break("P14", "options_fit_the_method", "a lot is committed to beforehand", "deliberating", announcing(options=("ramp", "lift")), OPTIONS, LOT),
    Break("P14", "options_fit_the_method", "nothing is committed to where no lot is drawn", "deliberating", announcing(lot_commitment=commitment_of(SEED)), {"lot_commitment": None}, YARD),
    Break("P14", "public_text_hides_people", "nobody's number stands in a question", "deliberating", announcing(question=PHONE), {"question": "Build it?"}, YARD),
    Break("P14", "notice_is_long_enough", "two days are too short a notice", "deliberating", announcing(days(opens=2)), {"opens_at": at(30), "closes_at": at(32)}, YARD),
    Break("P14", "notice_is_long_enough", "it says when voting begins and ends", "deliberating", announcing(lambda hall: {}), {"opens_at": at(30), "closes_at": at(32)}, YARD),
    Break("P14", "notice_is_long_enough", "no vote ends before it begins", "deliberating", announcing(days(length=-1)), {"closes_at": at(60)}, YARD),
    Break("P14", "risk_is_assessed_if_major", "no vote on a major matter without its risk", "deliberating", announcing(), said={**YARD, "kind": "major"}, first=(REPORT,), then=(RISK,)),
    Break("P14", "risk_is_assessed_if_major", "the risk is that of the text voted on", "deliberating", announcing(), said={**YARD, "kind": "major"}, first=(REPORT, RISK, c.AmendProposal(**X, by=office, text="Build a ramp with a rail", substance=False)), then=(RISK.changed(command_id="again"),)),
    Break("P14", "legality_is_checked_if_required", "no vote without the legality check asked for", "deliberating", announcing(), said={"track": "filed"}, first=(REPORT,), then=(LAWFUL,)),
    Break("P14", "legality_is_checked_if_required", "what is unlawful is not voted on", "deliberating", announcing(), said={"track": "filed"}, first=(REPORT, LAWFUL.changed(lawful=False, command_id="no")), then=(LAWFUL,)),
    Break("P14", "decided_by_another", "nobody calls a vote on what they proposed", "deliberating", lambda hall: announcing()(hall).changed(by=own(Role.CONVENOR)), {"by": chair}, YARD),
    Break("P38", "reason_given", "a vote is put off for a reason", "announced", postponing(), {"reason": "floods"}, YARD),
    Break("P38", "notice_is_long_enough", "a new day leaves the notice again", "announced", postponing(days(opens=1), reason="floods"), {"opens_at": at(60), "closes_at": at(61)}, YARD),
    Break("P39", "reason_given", "a vote is called off for a reason", "announced", c.CancelVote(**X, by=chair), {"reason": "floods"}, YARD),
    Break("PX19", "reason_given", "a reconvened vote is called off for a reason", "inquorate", c.CancelVote(**X, by=chair), {"reason": "floods"}, YARD, first=(does(again()),)),
    # the roll, proxies
    Break("PX06", "voters_are_named", "somebody is enrolled", "announced", ENROL.changed(voters=()), {"voters": (Voter(id="v-9"),)}, YARD),
    Break("PX06", "voters_are_named", "nobody stands twice in a list", "announced", ENROL.changed(voters=(Voter(id="v-9"), Voter(id="v-9"))), {"voters": (Voter(id="v-9"),)}, YARD),
    Break("PX07", "voters_are_named", "who is not on the roll is not struck", "announced", STRIKE.changed(voters=("v-9",)), {"voters": ("v-4",)}, YARD),
    Break("PX07", "reason_given", "nobody is struck without a reason", "announced", STRIKE.changed(reason=" "), {"reason": "moved away"}, YARD),
    Break("PX06", "roll_stands", "nobody joins the roll of a reconvened vote", "inquorate", ENROL, said=YARD, first=(does(again()),), before=(VOID, does(announcing()))),
    Break("PX07", "roll_stands", "nobody is struck for having stayed away", "inquorate", STRIKE, said=YARD, first=(does(again()),), before=(VOID, does(announcing()), does(lambda hall: hall.enrolment(5, id="x")))),
    Break("PX08", "voter_is_in_snapshot", "names are kept of voters alone", "voting", NAME.changed(voter="v-9"), {"voter": "v-0"}, YARD),
    Break("PX09", "proxy_is_ones_own_to_give", "nobody gives another's vote away", "voting", GRANT.changed(by=voter("v-2")), {"by": voter("v-0")}, YARD, first=(AUTHORITY,)),
    Break("PX09", "proxy_may_be_held", "a proxy is given in writing", "voting", GRANT, said=YARD, then=(AUTHORITY,)),
    Break("PX09", "proxy_may_be_held", "a proxy is a voter too", "announced", GRANT.changed(holder="v-9"), {"holder": "v-1"}, YARD, first=(AUTHORITY,)),
    Break("PX09", "proxy_may_be_held", "nobody is their own proxy", "announced", GRANT.changed(holder="v-0"), {"holder": "v-1"}, YARD, first=(AUTHORITY,)),
    Break("PX09", "proxy_may_be_held", "nobody holds two where one is allowed", "announced", GRANT, {"holder": "v-3"}, YARD, first=(AUTHORITY, GRANT.changed(by=voter("v-2"), voter="v-2", command_id="other"))),
    Break("PX09", "proxy_may_be_held", "who has voted gives no proxy", "voting", GRANT, said=YARD, first=(AUTHORITY, votes(0)), before=(AUTHORITY,)),
    Break("PX09", "proxy_is_ones_own_to_give", "no official enters a proxy for themselves", "voting", GRANT.changed(by=SELF), {"by": office}, YARD, first=(AUTHORITY,)),
    Break("PX09", "proxy_is_ones_own_to_give", "an office held elsewhere enters no proxy here", "voting", GRANT.changed(by=STRANGER), {"by": office}, YARD, first=(AUTHORITY,)),
    Break("PX09", "proxy_may_be_held", "minutes are no written authority", "voting", GRANT.changed(paper="minutes"), {"paper": "authority"}, YARD, first=(AUTHORITY, MINUTES)),
    Break("PX10", "proxy_is_ones_own_to_give", "nobody takes another's proxy back", "voting", REVOKE.changed(by=voter("v-2")), {"by": voter("v-0")}, YARD, first=(AUTHORITY, GRANT)),
    Break("PX10", "proxy_is_unused", "what was not given is not taken back", "voting", REVOKE, said=YARD, then=(AUTHORITY, GRANT)),
    Break("PX10", "proxy_is_unused", "a proxy that was used is not taken back", "voting", REVOKE, said=YARD, first=(AUTHORITY, GRANT, votes(1, voter="v-0")), before=(AUTHORITY, GRANT)),
    # opening and voting
    Break("P15", "notice_has_elapsed", "no vote begins before its day", "announced", c.OpenVote(**X, by=chair), said=YARD, first=(10 * DAY,), then=(1.5 * DAY,)),
    Break("P15", "closing_lies_ahead", "no vote begins when it is over", "announced", c.OpenVote(**X, by=chair), said=YARD, first=(14 * DAY,), then=(does(postponing(reason="forgotten")), 11 * DAY)),
    Break("P15", "electorate_is_frozen", "nobody votes without a roll", "announced", c.OpenVote(**X, by=chair), said=YARD, first=(ALL, 11.5 * DAY), then=(does(lambda hall: hall.enrolment(5, id="x")),)),
    Break("P16", "voter_is_in_snapshot", "a shop that is not on the roll does not vote", "voting", votes(0, on_behalf_of="shop").changed(by=shop), {"on_behalf_of": None}, YARD),
    Break("P16", "one_ballot_per_voter", "one voter, one ballot", "voting", votes(0, "no", command_id="again"), said=YARD, first=(votes(0),), before=()),
    Break("P16", "proxy_is_authorised", "nobody votes for another without authority", "voting", votes(1, voter="v-0"), said=YARD, then=(AUTHORITY, GRANT)),
    Break("P16", "ballot_is_in_time", "no ballot after the announced end", "voting", votes(0), said=YARD, first=(2 * DAY,), before=(1 * DAY,)),
    Break("P16", "ballot_fits_the_rule", "a ballot says yes, no or abstain", "voting", votes(0, "perhaps"), {"ballot": Ballot(choice=("abstain",))}, YARD),
    Break("P16", "ballot_fits_the_rule", "an open ballot is not sealed", "voting", sealing(ballot=Ballot(choice=("yes",))), {"sealed": None, "commitment": None}, YARD),
    Break("P16", "ballot_fits_the_rule", "a secret ballot does not stand in clear", "voting", votes(0), {"ballot": None, "sealed": sealed().sealed, "commitment": sealed().commitment}, SECRET),
    Break("P16", "ballot_fits_the_rule", "a secret ballot is sealed for this very round", "voting", sealing(sealed=sealed(round=2).sealed), {"sealed": sealed().sealed}, SECRET),
    Break("P16", "ballot_fits_the_rule", "no secret ballot is told by its length", "voting", sealing(sealed=SHORT), {"sealed": sealed().sealed}, SECRET),
    Break("P16", "ballot_fits_the_rule", "a secret ballot has a commitment", "voting", sealing(commitment=None), {"commitment": sealed().commitment}, SECRET),
    Break("P16", "ballot_fits_the_rule", "hands are counted, not cast", "voting", votes(0), said=HANDS, otherwise=YARD),
    Break("PX11", "hands_fit_the_roll", "the hands are counted", "voting", COUNTED.changed(hands=None), {"hands": counts(3)}, HANDS, first=(MINUTES,)),
    Break("PX11", "hands_fit_the_roll", "no more hands than stand on the roll", "voting", COUNTED.changed(hands=counts(6)), {"hands": counts(5)}, HANDS, first=(MINUTES,)),
    Break("PX11", "hands_fit_the_roll", "no hands where ballots are cast", "voting", COUNTED, said=YARD, first=(MINUTES,), otherwise=HANDS, before=(MINUTES,)),
    Break("PX11", "hands_fit_the_roll", "no more area on a show of hands than on the roll", "voting", COUNTED.changed(hands=WIDE), {"hands": counts(4, 1)}, HANDS, first=(MINUTES,)),
    Break("PX11", "hands_fit_the_roll", "the hands are counted once", "voting", COUNTED.changed(command_id="again"), said=HANDS, first=(MINUTES, COUNTED), before=(MINUTES,)),
    Break("PX11", "required_papers_are_attached", "a show of hands stands on its minutes", "voting", COUNTED.changed(papers=()), {"papers": ("minutes",)}, HANDS, first=(MINUTES,)),
    Break("PX16", "voting_is_over", "no box is called for while voting goes on", "voting", CALLED, said=SECRET, first=(sealing(),), then=(ended,)),
    Break("PX16", "box_stands_closed", "no box is called for where ballots stand open", "voting", CALLED, said=YARD, first=(ended,), otherwise=SECRET, before=(ended,)),
    Break("PX12", "box_was_called", "nobody opens a box that was not called for", "voting", OPENED, said=SECRET, first=(sealing(), ended), then=(CALLED,)),
    Break("PX12", "box_is_complete", "every ballot comes out of the box", "voting", OPENED.changed(opened=()), {"opened": OPENED.opened}, SECRET, first=(sealing(), ended, CALLED)),
    # counting
    Break("P17", "voting_is_over", "nothing is counted while voting goes on", "voting", CLOSE, said=YARD, first=tuple(votes(n) for n in range(4)), then=(ended,)),
    Break("P18", "voting_is_over", "nothing is lost while voting goes on", "voting", CLOSE, said=YARD, first=tuple(votes(n, "no") for n in range(4)), then=(ended,)),
    Break("P19", "voting_is_over", "nothing is inquorate while voting goes on", "voting", CLOSE, said=YARD, then=(ended,)),
    Break("P17", "ballots_can_be_counted", "no count without the hands", "voting", CLOSE, said=HANDS, first=(ended,), before=(MINUTES, COUNTED)),
    Break("P17", "ballots_can_be_counted", "no count with the box closed", "voting", CLOSE, said=SECRET, first=(sealing(), ended), otherwise=YARD, before=(votes(0), votes(1), votes(2), ended)),
    Break("P17", "ballots_can_be_counted", "no lot with another seed", "deliberating", CLOSE.changed(lot_seed=ANOTHER), {"lot_seed": SEED}, LOT, first=(does(announcing(**OPTIONS)), five, votes(0, "ramp"), votes(1, "ramp"), votes(2, "ramp"), ended), before=(does(announcing(**OPTIONS)), five, votes(0, "ramp"), votes(1, "ramp"), votes(2, "ramp"), ended)),
    Break("P17", "ballots_can_be_counted", "a tie waits for its seed", "deliberating", CLOSE, {"lot_seed": SEED}, LOT, first=TIED),
    Break("P17", "ballots_can_be_counted", "no seed where no lot is drawn", "voting", CLOSE.changed(lot_seed=SEED), {"lot_seed": None}, YARD, first=(*(votes(n) for n in range(4)), ended)),
    Break("P18", "loops_are_handed_over", "what has met is recorded before it is lost", "voting", CLOSE, said=YARD, first=(MINUTES, met, nos), then=(TALK,)),
    # reconvening, giving up, declaring void
    Break("P20", "attempts_are_left", "two votes are tried, not three", "inquorate", again(), said=YARD, first=IN_VAIN, before=()),
    Break("P20", "vote_is_the_same", "it is the same question", "inquorate", again(question="Another?"), {"question": ""}, YARD),
    Break("P20", "vote_is_the_same options_fit_the_method", "the options are the same", "inquorate", again(options=("a", "b")), {"options": ()}, YARD),
    Break("P20", "quorum_rule_is_pinned", "a rule that has ended counts nothing again", "deliberating", again(), said={"track": "no_more"}, first=(*NO_MORE_IN_VAIN, 9 * DAY), then=(extended,)),
    Break("P20", "options_fit_the_method", "a lot is committed to anew", "deliberating", again(), {"lot_commitment": commitment_of(ANOTHER)}, LOT, first=LOT_IN_VAIN),
    Break("P20", "options_fit_the_method", "no seed that is known already is committed to", "deliberating", again(lot_commitment=commitment_of(SEED)), {"lot_commitment": commitment_of(ANOTHER)}, LOT, first=LOT_IN_VAIN),
    Break("P20", "vote_is_the_same public_text_hides_people", "nobody's number stands in the question again", "inquorate", again(question=PHONE), {"question": ""}, YARD),
    Break("P20", "notice_is_long_enough", "a vote held again has its notice", "inquorate", again(days(opens=2)), {"opens_at": at(60), "closes_at": at(61)}, YARD),
    Break("P21", "attempts_are_used_up", "the system gives nothing up while a vote is left", "inquorate", c.LapseProposal(**X, by=SYSTEM, reason="too few"), {"by": chair}, YARD),
    Break("P21", "attempts_are_used_up", "giving up has a reason", "inquorate", c.LapseProposal(**X, by=chair), {"reason": "too few"}, YARD),
    Break("P21", "loops_are_handed_over", "what is open is handed over before it is given up", "inquorate", c.LapseProposal(**X, by=chair, reason="too few"), {"hand_over": (ANY,)}, YARD, first=(OPEN,)),
    Break("P40", "reason_is_coded", "a vote is void for a coded reason", "adopted", VOID.changed(reason_code="whatever"), {"reason_code": "wrong_count"}, YARD),
    Break("P40", "town_voids_what_is_counted", "a convenor who knows the count has no veto", "adopted", VOID.changed(by=chair), {"by": town}, YARD),
    Break("P40", "has_no_interest", "who proposed it does not declare its vote void", "voting", VOID.changed(by=own(Role.TOWN)), {"by": town}, YARD),
    Break("P40", "has_no_interest", "an interest bars from declaring it void", "voting", VOID.changed(interest="sister of the shopkeeper"), {"interest": ""}, YARD),
    Break("P40", "vote_can_be_voided", "what failed at a stage had no vote", "deliberating", VOID, first=(MINUTES, FAIL), before=(MINUTES, stage(), does(announcing()), five, nos, closing())),
]
# fmt: on
