"""The rules of coming in, each broken by one command: drafting, screening, merging, splitting, taking over."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import SYSTEM, Actor, Role
from govflow.cases.commands import RejectCase, ReportCase
from govflow.proposals import PROPOSAL
from govflow.proposals import commands as c
from govflow.proposals.bodies import Part, Supporter
from govflow.regions.link import AddLink, LinkKind, Unlink
from govflow.regions.obligation import CancelObligation, ScheduleObligation
from govflow.regions.support import SecondProposal, WithdrawSupport
from tests.proposals.breaking import Break
from tests.proposals.hall import AREA, Hall, body, branch, chen, committee, council, li, office, wang, zhao
from tests.proposals.steps import ANY, REJECT, X, at
from tests.support import MATTER, desk, resident

DAY = timedelta(days=1)
PHONE = "call 13800138000"
OPEN = ScheduleObligation(**X, by=committee, item="k", what="visit the shop", owner="li", until=at(300))
CANCEL = CancelObligation(**X, by=committee, item="k", reason="the shop has closed")
DRAFT = c.DraftProposal(**X, by=wang, title="Ramp", text="Build a ramp at gate 3", area=AREA)
MATTER_1 = ReportCase(id="case-1", by=resident, **MATTER)
CARRIED_ON = DRAFT.changed(by=SYSTEM, proposer="s-1", source="case-1")
LIST: dict[str, Any] = {"reason_code": "incomplete", "reason": "see the list", "shortcomings": ("where it is built",)}
RETURN = c.ReturnProposal(**X, by=office, **LIST)
RETURNED = (RETURN, c.SubmitProposal(**X, by=wang), c.StartScreening(**X, by=office))
SAME: dict[str, Any] = {"same_subject": "the same ramp"}
MERGE = c.MergeProposal(**X, by=office, master="y", **SAME)
CONVERT = c.ConvertToCase(**X, by=office, individual=True, reason="one family's")
ADMIT = c.AdmitProposal(**X, by=office, stakeholders=("gate-3",))
RAIL = Part(title="Rail", text="A rail at gate 3", subject="Rail")
SPLIT = c.SplitProposal(**X, by=office, subject="Ramp", parts=(RAIL,))
WITHDRAW = c.WithdrawProposal(**X, by=wang, reason="settled")
NAME = c.NameCoProposer(**X, by=wang, co_proposer="s-li")
LEAVE = c.LeaveProposal(**X, by=wang, reason="moved away")
TAKE_OVER = c.TakeOverProposal(**X, by=li)
AMEND = c.AmendProposal(**X, by=wang, title="Ramp at gate 3", text="Build a wide ramp", substance=False)
LAPSE = c.LapseProposal(**X, by=SYSTEM, reason="never handed in again")
STAKEHOLDERS = c.AmendStakeholders(**X, by=office, added=("gate-4",), reason="they pass there too")
EXTEND = c.ExtendProposal(**X, by=office, length=3, reason="holidays")
WAITS = AddLink(id="y", by=office, other="x", kind=LinkKind.SPAWNED, awaited=True)
TWO: dict[str, Any] = {"supporters": (li, zhao)}
NEW = AMEND.changed(text="Build two ramps", substance=True)
dance = body("dance-club")  # a body that has no part in it


def own(role: Role) -> Actor:
    """Who has proposed it, in an office."""
    return Actor.of("s-wang", role, unit="office")


def case_of(hall: Hall) -> str:
    return str(hall.get("x").converted_to)


def refused_there(hall: Hall) -> None:
    """The case that it became comes to nothing."""
    hall.do(
        RejectCase(id=case_of(hall), by=desk, reason_code="out_of_scope", reason="it concerns all", told_by="by phone")
    )


def another(hall: Hall) -> None:
    """Another motion, y, that is screened."""
    hall.motion("screening", id="y")


# fmt: off
BREAKS = [
    Break("P01", "person_is_eligible", "the party branch alone proposes in four deliberations", "", DRAFT.changed(track="four_two"), {"by": branch}),
    Break("P01", "subject_is_single", "one matter, one proposal", "", DRAFT.changed(subjects=2), {"subjects": 1}),
    Break("P01", "subject_is_single", "the one matter is named", "", DRAFT.changed(subject=" "), {"subject": "Ramp"}),
    Break("P01", "text_says_something", "a draft has a title", "", DRAFT.changed(title=" ", subject="Ramp"), {"title": "Ramp"}),
    Break("P01", "text_says_something", "a draft has a text", "", DRAFT.changed(text=""), {"text": "Build it"}),
    Break("P01", "public_text_hides_people", "nobody's number stands in a draft", "", DRAFT.changed(text=PHONE), {"text": "Build it"}),
    Break("P01", "proposer_drafts_or_is_written_down", "no neighbour is made the proposer", "", DRAFT.changed(proposer="s-li"), {"proposer": "s-wang"}),
    Break("P01", "proposer_drafts_or_is_written_down", "the party branch writes nobody down", "", DRAFT.changed(proposer="s-li", by=branch), {"by": committee}),
    Break("P01", "supporters_are_carried_by_the_system", "supporters sign for themselves", "", DRAFT.changed(supporters=(Supporter(id="s-li"),)), {"supporters": ()}),
    Break("P01", "supporters_are_carried_by_the_system", "nobody drafts co-proposers", "", DRAFT.changed(co_proposers=("s-li",)), {"by": SYSTEM, "proposer": "s-wang"}),
    Break("P01", "supporters_are_carried_by_the_system", "where it comes from is said by the system", "", DRAFT.changed(source="case x"), {"source": None}),
    Break("P01", "source_may_be_public", "no confidential matter goes on as a proposal", "", CARRIED_ON, first=(MATTER_1.changed(confidential=True),), before=(MATTER_1,)),
    Break("P01", "track_is_in_the_policy", "a track of nobody's", "", DRAFT.changed(track="nobodys"), {"track": "residents_motion"}),
    Break("P02", "supporters_reach_threshold", "two supporters are too few", "draft", c.SubmitProposal(**X, by=wang), said=TWO, then=(SecondProposal(**X, by=chen),)),
    Break("P04", "reason_is_coded", "a return has a coded reason", "screening", RETURN.changed(reason_code="whatever"), {"reason_code": "too_vague"}),
    Break("P04", "reason_is_coded", "a return explains its code", "screening", RETURN.changed(reason=" "), {"reason": "where?"}),
    Break("P04", "shortcomings_are_listed", "what is missing is listed at once", "screening", RETURN.changed(shortcomings=()), {"shortcomings": ("the place",)}),
    Break("P04", "decided_by_another", "nobody returns what they proposed", "screening", RETURN.changed(by=own(Role.SECRETARIAT)), {"by": office}),
    Break("P04", "not_done_before", "it is returned once", "screening", RETURN.changed(command_id="again"), first=RETURNED, before=()),
    Break("P05", "reason_is_coded", "a refusal has a coded reason", "screening", REJECT.changed(reason_code="incomplete"), {"reason_code": "unlawful"}),
    Break("P05", "asker_is_told", "whoever is refused is told", "screening", REJECT.changed(told_by=""), {"told_by": "in person"}),
    Break("P05", "decided_by_another", "nobody refuses what they proposed", "screening", REJECT.changed(by=own(Role.SECRETARIAT)), {"by": office}),
    Break("P05", "loops_are_handed_over", "what is open is handed over before a refusal", "screening", REJECT, {"hand_over": (ANY,)}, first=(OPEN,)),
    Break("P06", "master_is_open_and_same_subject", "a merge names a master that is there", "screening", MERGE, then=(another,)),
    Break("P06", "master_is_open_and_same_subject", "a merge says why it is the same", "screening", MERGE.changed(same_subject=" "), SAME, first=(another,)),
    Break("P06", "master_is_open_and_same_subject links_make_no_cycle", "nothing is its own master", "screening", MERGE.changed(master="x"), {"master": "y"}, first=(another,)),
    Break("P06", "master_is_open_and_same_subject", "a master that rests takes nobody in", "screening", MERGE, first=(another, REJECT.changed(id="y", command_id="y")), before=(another,)),
    Break("P06", "links_make_no_cycle", "nothing is merged into what waits for it", "screening", MERGE, first=(another, WAITS), then=(Unlink(id="y", by=office, item="spawned.x", reason="it does not"),)),
    Break("P06", "loops_are_handed_over", "what is open is handed over before a merge", "consulting", MERGE, {"hand_over": (ANY,)}, first=(another, OPEN)),
    Break("P07", "matter_is_individual", "a common matter is decided in common", "screening", CONVERT.changed(individual=False), {"individual": True}),
    Break("P07", "conversion_target_is_named", "what is not served here is nothing to go on as", "screening", CONVERT, before=(), serves=(PROPOSAL,)),
    Break("P07", "loops_are_handed_over", "what is open is handed over before a conversion", "consulting", CONVERT, {"hand_over": (ANY,)}, first=(OPEN,)),
    Break("P08", "procedure_is_pinned", "an admission pins a track of the policy", "screening", ADMIT.changed(track="nobodys"), {"track": "yard"}),
    Break("P08", "stakeholder_roll_is_set", "an admission sets the stakeholder roll", "screening", ADMIT.changed(stakeholders=()), {"stakeholders": ("gate-3",)}),
    Break("P08", "decided_by_another", "nobody admits what they proposed", "screening", ADMIT.changed(by=own(Role.PARTY_BRANCH)), {"by": branch}),
    Break("P08", "supporters_reach_threshold", "who has left is missing at the admission", "screening", ADMIT, first=(WithdrawSupport(**X, by=chen),), then=(SecondProposal(**X, by=chen, command_id="again"),)),
    Break("P35", "subject_is_single", "the subject that stays is named", "screening", SPLIT.changed(subject=""), {"subject": "Ramp"}),
    Break("P35", "parts_are_named", "a split names the other parts", "consulting", SPLIT.changed(parts=()), {"parts": (RAIL,)}),
    Break("P35", "parts_are_named", "each part has a subject", "screening", SPLIT.changed(parts=(RAIL.changed(subject=" "),)), {"parts": (RAIL,)}),
    Break("P35", "public_text_hides_people", "nobody's number stands in a part", "screening", SPLIT.changed(parts=(RAIL.changed(text=PHONE),)), {"parts": (RAIL,)}),
    Break("P32", "loops_are_handed_over", "what is open is handed over before it is withdrawn", "deliberating", WITHDRAW, {"hand_over": (ANY,)}, {"track": "yard"}, first=(OPEN,)),
    Break("P36", "proposer_has_left", "nobody takes over while the proposer stays", "consulting", TAKE_OVER, first=(NAME,), then=(LEAVE,)),
    Break("P36", "co_proposer_supports_it", "who supports it no longer does not take it over", "screening", TAKE_OVER, first=(NAME, LEAVE, WithdrawSupport(**X, by=li)), then=(SecondProposal(**X, by=li, command_id="again"),)),
    Break("P37", "window_is_open", "a withdrawn one is taken over within seven days", "draft", TAKE_OVER, first=(NAME, WITHDRAW, 8 * DAY), before=(NAME, WITHDRAW, 6 * DAY)),
    Break("P37", "co_proposer_supports_it", "who has withdrawn as well does not take it over", "draft", TAKE_OVER, first=(NAME, WithdrawSupport(**X, by=li), WITHDRAW), before=(NAME, WITHDRAW)),
    Break("P34", "new_version_is_recorded", "a new version says something new", "draft", AMEND.changed(text="Build a ramp at gate 3"), {"text": "Build two"}),
    Break("P34", "subject_is_single", "an amendment brings no second matter", "consulting", AMEND.changed(subjects=2), {"subjects": 1}),
    Break("P34", "substance_is_consulted_again", "no change of substance after the consultation", "deliberating", AMEND.changed(substance=True), {"substance": False}),
    Break("P34", "body_has_a_part_in_it", "a body without a part in it words nothing anew", "deliberating", AMEND.changed(by=dance), {"by": council}),
    Break("P34", "text_says_something", "an amendment leaves a text", "draft", AMEND.changed(text=" "), {"text": "Build two"}),
    Break("P34", "public_text_hides_people", "nobody's number is amended into it", "draft", AMEND.changed(text=PHONE), {"text": "Build two"}),
    Break("PX17", "new_version_is_recorded", "a new version consulted on says something new", "consulting", NEW.changed(text="Build a ramp at gate 3"), {"text": "Build two"}),
    Break("PX17", "subject_is_single", "a change of substance brings no second matter", "consulting", NEW.changed(subjects=2), {"subjects": 1}),
    Break("PX17", "body_has_a_part_in_it", "a body without a part in it changes no substance", "consulting", NEW.changed(by=dance), {"by": council}),
    Break("PX17", "text_says_something", "a change of substance leaves a text", "consulting", NEW.changed(text=" "), {"text": "Build two"}),
    Break("PX17", "public_text_hides_people", "nobody's number is consulted on", "consulting", NEW.changed(text=PHONE), {"text": "Build two"}),
    Break("P49", "due_has_passed", "a returned draft does not lapse before its time", "screening", LAPSE, first=(RETURN, 20 * DAY), then=(11 * DAY,)),
    Break("P49", "loops_are_handed_over", "what is open is handed over before a draft lapses", "screening", LAPSE, {"hand_over": (ANY,)}, first=(OPEN, RETURN, 31 * DAY)),
    Break("P47", "reopen_ground_given", "screening again has a ground", "rejected", c.ReopenProposal(**X, by=office), {"ground": "it was wrong"}),
    Break("P47", "case_it_became_is_at_rest", "it is not screened while its case is handled", "converted", c.ReopenProposal(**X, by=office, ground="it was wrong"), then=(refused_there,)),
    Break("PX01", "co_proposer_supports_it", "a co-proposer is one of the supporters", "submitted", NAME.changed(co_proposer="s-nobody"), {"co_proposer": "s-li"}),
    Break("PX02", "reason_given", "leaving has a reason", "draft", LEAVE.changed(reason=""), {"reason": "moved away"}),
    Break("PX02", "not_done_before", "nobody leaves twice", "draft", LEAVE.changed(command_id="again"), first=(LEAVE,), before=()),
    Break("PX04", "reason_given", "the stakeholder roll is changed for a reason", "screening", STAKEHOLDERS.changed(reason=" "), {"reason": "they pass there too"}),
    Break("PX04", "stakeholders_are_named", "a change of the roll names somebody", "screening", STAKEHOLDERS.changed(added=()), {"added": ("gate-5",)}),
    Break("PX04", "stakeholders_are_named", "who stands on the roll is not added to it", "consulting", STAKEHOLDERS.changed(added=("gate-3",)), {"added": ("gate-5",)}),
    Break("PX04", "stakeholders_are_named", "who does not stand on the roll is not struck", "consulting", STAKEHOLDERS.changed(added=(), struck=("gate-9",)), {"struck": ("gate-3",)}),
    Break("P45", "extension_is_within_maximum", "an extension is not longer than the rule allows", "screening", EXTEND.changed(length=6), {"length": 5}, leave=branch),
    Break("P45", "due_has_not_passed", "an extension comes before the limit has passed", "screening", EXTEND, first=(20 * DAY,), before=(5 * DAY,), leave=branch),
    Break("P45", "extended_only_once", "a limit is extended once", "screening", EXTEND.changed(command_id="again"), first=(lambda hall: hall.approved(EXTEND, branch),), before=(), leave=branch),
]
# fmt: on
