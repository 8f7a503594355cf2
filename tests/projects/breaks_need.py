"""The rules of need, claims and parties, each broken by one command: from the need on record to the pairing."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import SYSTEM, Actor, Claim, Role
from govflow.projects import commands as c
from govflow.projects.bodies import SeparateNeed
from govflow.projects.claim import DeclineClaim
from govflow.projects.model import Member, Need, Party, PartyRole, Pledge, TeamKind
from govflow.regions.commitment import KeepCommitment, ReleaseCommitment
from govflow.regions.contribution import Contribution, PairingScope
from tests.projects.breaking import Break
from tests.projects.site import HERE, baker, community, lead, mayor, roofer, town
from tests.projects.steps import ANY, X, at
from tests.projects.yard import PARTIES, PLEDGES, WORKS, agreements, florist, pairing

DAY = timedelta(days=1)
PHONE = "call 13800138000"
MIXED = Need(matter=Contribution.MONEY, amount=100, quantity=3)
PROPOSE = c.ProposeProject(**X, by=community, title="A pitched roof", text="It leaks.", area=HERE, level="community")
REVISE = c.ReviseNeed(**X, by=community, title="A pitched roof", text="It leaks in winter.")
LIST = c.ListDemand(**X, by=community, exclusive=False, until=at(10))
WITHDRAW = c.WithdrawDemand(**X, by=community, reason="told better first")
RAIL = SeparateNeed(title="A rail")
SPLIT = c.SplitProject(**X, by=community, reason="another matter", parts=(RAIL,))
CLAIM = c.ClaimDemand(**X, by=roofer, claimer="roofers", capacity="roofers")
SECOND = c.ClaimDemand(**X, by=baker, claimer="bakery", capacity="a gift")
LET_GO = c.WithdrawClaim(**X, by=roofer, claimer="roofers", reason="no people")
AGREE = c.AgreeToProject(**X, by=baker, unit="bakery")
UNDO = c.TakeBackAgreement(**X, by=baker, unit="bakery", reason="no money")
ARRANGE = c.ArrangeParty(**X, by=town, to="bakery", capacity="a gift")
FLOWERS = Party(unit="flowers")
BEDS = Pledge(party="flowers", what="flower beds", **WORKS)
ADD = c.AddParty(**X, by=lead, party=FLOWERS, pledges=(BEDS,))
JOINS = c.AgreeToProject(**X, by=florist, unit="flowers")
RELEASE = c.ReleaseParty(**X, by=lead, unit="bakery", reason="they have moved", balance=0)
FREE_GIFT = ReleaseCommitment(**X, by=community, item="3", reason="they have moved")
KEPT_GIFT = KeepCommitment(**X, by=community, item="3")
SEAT = Actor(id="s-9", claims=(Claim(role=Role.ORGANISATION, unit="flowers"), Claim(role=Role.VOTER, unit="bakery")))
WATCH = c.NameTeam(**X, by=community, team=TeamKind.SUPERVISORS, members=(Member(id="s-old"), Member(id="flowers")))
LEASED: dict[str, Any] = {"kind": "lease"}
OUTSIDE = Party(unit="bakery", role=PartyRole.EXTERNAL, contract="contract 7")


def parties(*more: Party) -> tuple[Party, ...]:
    """Builder and roofers, and others in the bakery's place."""
    return (*PARTIES[:2], *more)


# fmt: off
BREAKS = [
    # the need
    Break("J01", "matter_is_described", "a need has a title", "", PROPOSE.changed(title=" "), {"title": "Roof"}),
    Break("J01", "matter_is_described", "a need is somewhere", "", PROPOSE.changed(by=Actor.of("community-9", Role.COMMUNITY), area=""), {"area": HERE}),
    Break("J01", "kind_is_in_the_policy", "a kind of nobody's", "", PROPOSE.changed(kind="nobodys"), {"kind": "general"}),
    Break("J01", "texts_hide_people", "nobody's number stands in a need", "", PROPOSE.changed(text=PHONE), {"text": "It leaks."}),
    Break("J01", "source_is_there_and_public", "a need comes from a record that is there", "", PROPOSE.changed(source="nowhere"), {"source": None}),
    Break("J01", "source_is_there_and_public", "so do those it gathers", "", PROPOSE.changed(need=Need(sources=("nowhere",))), {"need": Need()}),
    Break("J01", "need_is_measured_soundly", "a need is measured in one way", "", PROPOSE.changed(need=MIXED), {"need": MIXED.changed(quantity=None)}),
    Break("J01", "need_is_measured_soundly", "a need ends after it begins", "", PROPOSE.changed(need=Need(begins=at(9).date(), ends=at(8).date())), {"need": Need(begins=at(9).date(), ends=at(9).date())}),
    Break("J01", "profile_is_in_the_plan", "a community is judged by indicators that there are", "", PROPOSE.changed(profile="nobodys"), {"profile": None}),
    Break("J01", "fund_comes_with_its_record", "nobody sets public money aside for their own project", "", PROPOSE.changed(fund="money", amount=100), {"fund": None}),
    Break("JX05", "need_has_a_title", "a need said anew has a title", "proposed", REVISE.changed(title=" "), {"title": "Roof"}),
    Break("JX05", "need_is_ones_own", "no organisation says another's need anew", "proposed", REVISE.changed(by=baker), {"by": community}),
    Break("JX05", "texts_hide_people", "nobody's number stands in a need said anew", "proposed", REVISE.changed(text=PHONE), {"text": "It leaks."}),
    Break("JX05", "source_is_there_and_public", "a need said anew comes from records that are there", "proposed", REVISE.changed(need=Need(sources=("nowhere",))), {"need": Need()}),
    Break("JX05", "need_is_measured_soundly", "a need said anew is measured in one way", "proposed", REVISE.changed(need=MIXED), {"need": Need()}),
    Break("J02", "claim_policy_is_set", "one party or several: it is said", "proposed", LIST.changed(exclusive=None), {"exclusive": True}),
    Break("J02", "claim_policy_is_set", "the last day for claims lies ahead", "proposed", LIST.changed(until=at(-1)), {"until": None}),
    Break("J30", "reason_given", "a need leaves the list for a reason", "claimed", WITHDRAW.changed(reason=" "), {"reason": "settled"}),
    Break("J41", "reason_given", "a split has a reason", "proposed", SPLIT.changed(reason=""), {"reason": "another matter"}),
    Break("J41", "parts_are_named", "a split names the other needs", "paired", SPLIT.changed(parts=()), {"parts": (RAIL,)}),
    Break("J41", "parts_are_named", "each part has a title", "open_for_claim", SPLIT.changed(parts=(SeparateNeed(title=" "),)), {"parts": (RAIL,)}),
    Break("J41", "texts_hide_people", "nobody's number stands in a part", "claimed", SPLIT.changed(parts=(RAIL.changed(text=PHONE),)), {"parts": (RAIL,)}),
    # claims
    Break("J03", "claimer_is_registered", "nobody claims for another unit", "open_for_claim", CLAIM.changed(claimer="bakery"), {"claimer": "roofers"}),
    Break("J03", "claimer_is_registered", "a seat in a body is not its voice", "open_for_claim", CLAIM.changed(by=SEAT, claimer="bakery"), {"claimer": "flowers"}),
    Break("J03", "capacity_is_declared", "a claimer says what it can do", "open_for_claim", CLAIM.changed(capacity=" "), {"capacity": "roofers"}),
    Break("J03", "texts_hide_people", "nobody's number stands in a claim", "open_for_claim", CLAIM.changed(capacity=PHONE), {"capacity": "roofers"}),
    Break("J03", "claims_are_still_taken", "a claim comes before the last day is over", "open_for_claim", CLAIM, first=(11 * DAY,), before=(9 * DAY,)),
    Break("J03", "claims_are_still_taken", "so it does where the policy sets the day", "proposed", CLAIM, first=(LIST.changed(until=None), 16 * DAY), before=(LIST.changed(until=None), 14 * DAY)),
    Break("J28", "claimer_is_registered", "nobody joins a claim for another unit", "claimed", SECOND.changed(claimer="flowers"), {"claimer": "bakery"}),
    Break("J28", "capacity_is_declared", "a second claimer says what it can do", "claimed", SECOND.changed(capacity=""), {"capacity": "a gift"}),
    Break("J28", "claims_are_shared", "an exclusive claim is one party's", "proposed", SECOND, first=(LIST.changed(exclusive=True), CLAIM), before=(LIST, CLAIM)),
    Break("J28", "not_done_before", "nobody claims twice", "claimed", CLAIM.changed(command_id="again"), {"by": baker, "claimer": "bakery"}),
    Break("J28", "texts_hide_people", "nobody's number stands in a second claim", "claimed", SECOND.changed(capacity=PHONE), {"capacity": "a gift"}),
    Break("J28", "claims_are_still_taken", "a second claim comes before the last day is over, too", "claimed", SECOND, first=(11 * DAY,), before=(9 * DAY,)),
    Break("J04", "due_has_passed", "claims do not expire before their day", "open_for_claim", c.ExpireClaims(**X, by=SYSTEM), then=(11 * DAY,)),
    Break("J05", "reason_given", "the last claim is taken back for a reason", "claimed", LET_GO.changed(reason=""), {"reason": "no people"}),
    Break("J05", "claim_is_ones_own", "nobody takes back another's claim", "claimed", LET_GO.changed(by=baker), {"by": roofer}),
    Break("J29", "reason_given", "a claim is taken back for a reason", "claimed", LET_GO.changed(reason=""), {"reason": "no people"}, first=(SECOND,)),
    Break("J29", "claim_is_ones_own", "of several claims one takes back one's own", "claimed", LET_GO.changed(by=baker), {"claimer": "bakery"}, first=(SECOND,)),
    Break("J29", "claim_is_ones_own", "what was declined is not taken back", "claimed", LET_GO, first=(SECOND, DeclineClaim(**X, by=community, item="roofers", reason="too far away")), before=(SECOND,)),
    Break("CL05", "reason_given", "a claim is declined for a reason", "claimed", DeclineClaim(**X, by=community, item="roofers"), {"reason": "too far away"}, first=(SECOND,)),
    Break("CL05", "another_claim_is_left", "the last claim is not declined by itself", "claimed", DeclineClaim(**X, by=community, item="roofers", reason="too far away"), then=(SECOND,)),
    # agreements
    Break("JX01", "unit_speaks_for_itself", "no unit agrees for another", "proposed", AGREE.changed(unit="roofers"), {"unit": "bakery"}),
    Break("JX01", "unit_speaks_for_itself", "a seat in a body does not bind it", "claimed", AGREE.changed(by=SEAT), {"by": baker}),
    Break("JX01", "texts_hide_people", "nobody's number stands in what a unit agrees to bring in", "proposed", AGREE.changed(pledges=(PLEDGES[2].changed(what=PHONE),)), {"pledges": PLEDGES[2:]}),
    Break("JX02", "unit_speaks_for_itself", "no unit takes back another's word", "proposed", UNDO.changed(by=roofer), {"by": baker}, first=(AGREE,)),
    Break("JX02", "reason_given", "a word is taken back for a reason", "claimed", UNDO.changed(reason=" "), {"reason": "no money"}, first=(AGREE,)),
    Break("JX02", "agreement_stands_and_is_not_used", "what was not said is not taken back", "claimed", UNDO, then=(AGREE,)),
    Break("JX02", "agreement_stands_and_is_not_used", "who is a party leaves, and does not take back a word", "paired", UNDO, {"by": florist, "unit": "flowers"}, first=(JOINS,)),
    Break("J31", "named_party_consents", "the town arranges nobody who has not agreed", "proposed", ARRANGE, then=(AGREE,)),
    Break("J31", "texts_hide_people", "nobody's number stands in what the town arranges", "proposed", ARRANGE.changed(capacity=PHONE), {"capacity": "a gift"}, first=(AGREE,)),
    # pairing
    Break("J06", "two_parties_or_more", "one alone is no pair", "claimed", pairing(parties=PARTIES[:1], pledges=PLEDGES[:1]), {"parties": PARTIES, "pledges": PLEDGES}, first=tuple(agreements())),
    Break("J06", "two_parties_or_more", "nobody is a party twice", "claimed", pairing(parties=(*PARTIES, PARTIES[2])), {"parties": PARTIES}, first=tuple(agreements())),
    Break("J06", "lead_is_named", "somebody leads", "claimed", pairing(lead=None), {"lead": "builder"}, first=tuple(agreements())),
    Break("J06", "lead_is_named", "no stranger leads", "claimed", pairing(lead="flowers"), {"lead": "builder"}, first=tuple(agreements())),
    Break("J06", "lead_is_named", "one alone leads", "claimed", pairing(lead="roofers"), {"lead": "builder"}, first=tuple(agreements())),
    Break("J06", "contributions_are_listed", "every party brings something in", "claimed", pairing(pledges=PLEDGES[:2]), {"pledges": PLEDGES}, first=tuple(agreements())),
    Break("J06", "contributions_are_listed", "what is brought in is said", "claimed", pairing(pledges=(*PLEDGES[:2], PLEDGES[2].changed(what=" "))), {"pledges": PLEDGES}, first=tuple(agreements())),
    Break("J06", "contributions_are_listed", "what is brought in is measured", "claimed", pairing(pledges=(*PLEDGES[:2], PLEDGES[2].changed(amount=None))), {"pledges": PLEDGES}, first=tuple(agreements())),
    Break("J06", "contributions_are_listed", "until when it comes is said", "claimed", pairing(pledges=(*PLEDGES[:2], PLEDGES[2].changed(until=None))), {"pledges": PLEDGES}, first=tuple(agreements())),
    Break("J06", "contributions_are_listed", "a stranger pledges nothing", "claimed", pairing(pledges=(*PLEDGES, BEDS)), {"pledges": PLEDGES}, first=tuple(agreements())),
    Break("J06", "parties_have_agreed", "nobody is made a party by another's word", "claimed", pairing(), then=tuple(agreements())),
    Break("J06", "parties_have_agreed", "who has agreed to take part is not made the lead", "claimed", pairing(lead="bakery", parties=(PARTIES[0].changed(role=PartyRole.MEMBER), PARTIES[1], PARTIES[2].changed(role=PartyRole.LEAD))), then=(AGREE.changed(to="lead", command_id="leads"),), first=tuple(agreements())),
    Break("J06", "pledges_are_ones_own", "more than a party has offered is not laid on it", "claimed", pairing(pledges=(*PLEDGES[:2], PLEDGES[2].changed(amount=10**12))), {"pledges": PLEDGES}, first=(*agreements(), AGREE.changed(pledges=PLEDGES[2:], command_id="gives"))),
    Break("J06", "contracts_are_named", "what is bought has its contract", "claimed", pairing(parties=parties(OUTSIDE.changed(contract=""))), {"parties": parties(OUTSIDE)}, LEASED, first=tuple(agreements())),
    Break("J06", "contracts_are_named", "services are bought from somebody", "claimed", pairing(), {"parties": parties(OUTSIDE)}, LEASED, first=tuple(agreements())),
    Break("J06", "scope_is_true", "who is in no alliance is not paired inside one", "claimed", pairing(scope=PairingScope.INTRA_ALLIANCE), {"scope": PairingScope.IN_REGION}, first=tuple(agreements())),
    Break("J06", "texts_hide_people", "nobody's number stands in a plan", "claimed", pairing(text=PHONE), {"text": "Scaffold first."}, first=tuple(agreements())),
    Break("J35", "claimer_is_registered", "who joins has said so", "paired", ADD, then=(JOINS,)),
    Break("J35", "contributions_are_listed", "who joins brings something in", "approved", ADD.changed(pledges=()), {"pledges": (BEDS,)}, first=(JOINS,)),
    Break("J35", "pledges_are_ones_own", "who joins gives no more than it has offered", "paired", ADD.changed(pledges=(BEDS.changed(quantity=99),)), {"pledges": (BEDS,)}, first=(JOINS.changed(pledges=(BEDS,)),)),
    Break("J35", "party_is_new", "who is a party does not join", "paired", ADD.changed(party=PARTIES[2], pledges=PLEDGES[2:]), {"party": FLOWERS, "pledges": (BEDS,)}, first=(JOINS,)),
    Break("J35", "party_is_new", "who joins does not lead", "paired", ADD.changed(party=FLOWERS.changed(role=PartyRole.LEAD)), {"party": FLOWERS}, first=(JOINS,)),
    Break("J35", "contracts_are_named", "who is hired later has a contract", "claimed", ADD.changed(party=FLOWERS.changed(role=PartyRole.EXTERNAL)), {"party": FLOWERS}, LEASED, first=(*agreements(), pairing(parties=parties(OUTSIDE)), JOINS)),
    Break("J35", "supervisors_are_not_builders", "who watches does not come to build", "paired", ADD.changed(party=FLOWERS.changed(builds=True)), {"party": FLOWERS}, first=(WATCH, JOINS)),
    Break("J35", "texts_hide_people", "nobody's number stands in what is brought in", "paired", ADD.changed(pledges=(BEDS.changed(what=PHONE),)), {"pledges": (BEDS,)}, first=(JOINS,)),
    Break("J36", "two_parties_remain", "two parties remain", "paired", RELEASE, first=(FREE_GIFT, ReleaseCommitment(**X, by=community, item="2", reason="?"), lambda yard: yard.approved(RELEASE.changed(unit="roofers", command_id="first"), mayor)), before=(FREE_GIFT,), leave=mayor),
    Break("J36", "two_parties_remain", "the lead hands over before it goes", "paired", RELEASE.changed(unit="builder"), {"unit": "bakery"}, first=(FREE_GIFT, ReleaseCommitment(**X, by=community, item="1", reason="?")), leave=mayor),
    Break("J36", "two_parties_remain", "who is no party does not go", "paired", RELEASE.changed(unit="flowers"), {"unit": "bakery"}, first=(FREE_GIFT,), leave=mayor),
    Break("J36", "money_is_reconciled", "what is left is stated", "paired", RELEASE.changed(balance=None), {"balance": 0}, first=(FREE_GIFT,), leave=mayor),
    Break("J36", "reason_given", "a party goes for a reason", "paired", RELEASE.changed(reason=""), {"reason": "they have moved"}, first=(KEPT_GIFT,), leave=mayor),
    Break("J36", "promises_of_the_party_are_settled", "no party goes and leaves its promise", "paired", RELEASE, then=(FREE_GIFT,), leave=mayor),
    Break("J36", "party_goes_itself_or_is_let_go", "no party lets another go", "paired", RELEASE.changed(by=roofer), {"by": baker}, first=(FREE_GIFT,), leave=mayor),
    # given up before approval
    Break("J24", "reason_given", "a need is given up for a reason", "proposed", c.CancelProject(**X, by=community), {"reason": "settled"}),
    Break("J24", "texts_hide_people", "nobody's number stands in why a need is given up", "claimed", c.CancelProject(**X, by=community, reason=PHONE, hand_over=(ANY,)), {"reason": "settled"}),
    Break("J24", "loops_are_handed_over", "what was promised is handed over before a project is given up", "paired", c.CancelProject(**X, by=community, reason="settled"), {"hand_over": (ANY,)}),
]
# fmt: on
