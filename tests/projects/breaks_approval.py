"""The rules of plan, risk, teams, approval and the works, each broken by one command."""
# ruff: noqa: E501 - a broken rule stays one line, like the row it breaks

from __future__ import annotations

from datetime import timedelta
from typing import Any

from govflow import Actor, Command, Role
from govflow.budgets import FundSource
from govflow.projects import commands as c
from govflow.projects.budget import PlanBudget
from govflow.projects.feedback_model import RaiseFeedback, ResolveFeedback
from govflow.projects.milestone import DropMilestone, PlanMilestone
from govflow.projects.model import Member, Need, StabilityRisk, TeamKind
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.objection import RaiseObjection, ResolveObjection
from govflow.regions.supervision import LiftSupervision, ListSupervision
from tests.projects.breaking import Break
from tests.projects.breaks_need import LEASED, OUTSIDE, PHONE, parties
from tests.projects.site import baker, community, lead, mayor, resident, service, supervisor, town
from tests.projects.steps import ANY, NEW_PLAN, SUSPEND, X, at
from tests.projects.yard import (
    TEAMS,
    UNTIL,
    YUAN,
    Yard,
    agreements,
    assessor,
    pairing,
    paper,
)

DAY = timedelta(days=1)
RISK: dict[str, Any] = {"necessary": True, "level_of_risk": StabilityRisk.CONTROLLABLE, "papers": ("report",)}
ASSESS = c.AssessProjectRisk(**X, by=assessor, **RISK)
AGAIN = c.ReassessProjectRisk(**X, by=assessor, **RISK)
TOO_RISKY = AGAIN.changed(level_of_risk=StabilityRisk.UNCONTROLLABLE, command_id="risky")
NEEDLESS = AGAIN.changed(necessary=False, command_id="needless")
PARTISAN = Actor.of("assessor-2", Role.ASSESSOR, unit="bakery")
OWN = Actor.of("town-9", Role.TOWN, unit="builder")
REPORT = paper("report")
TEAM = c.NameTeam(**X, by=community, team=TeamKind.SUPERVISORS, members=(Member(id="s-9"),))
APPROVE = c.ApproveProject(**X, by=town, papers=("order",), until=UNTIL)
REFUSE = c.RefuseProject(**X, by=town, reason="too dear", hand_over=(ANY,))
RESUBMIT = c.ResubmitProject(**X, by=lead, answers="a cheaper roof", text="Tiles, no slate.")
NOTICE = c.PublishProjectNotice(**X, by=community, public_text="The roof is going to be pitched.")
BEGIN = c.StartWork(**X, by=lead)
OBJECTION = RaiseObjection(**X, by=resident, item="o", reason="nobody was told")
ANSWERED = ResolveObjection(**X, by=town, item="o", upheld=False, reason="all were")
PROGRESS = c.ReportProgress(**X, by=lead, percent=40, text="scaffold stands")
CHANGE = c.ChangeScope(**X, by=town, reason="slate is dearer", papers=("order",))
HAND = c.HandOverLead(**X, by=lead, to="bakery", reason="the builder is full", balance=400 * YUAN)
TO_LEAD = c.AgreeToProject(**X, by=baker, unit="bakery", to="lead")
SUSPENDED = SUSPEND.changed(review_at=at(60))
EXTEND = c.ExtendProject(**X, by=lead, length=30, reason="frost")
DELIVER = c.DeliverProject(**X, by=lead, public_text="The roof is done.")
SCAFFOLD = PlanMilestone(**X, by=lead, item="m", what="scaffold", place="gate 3", owner="builder", until=at(90))
DROP = DropMilestone(**X, by=lead, item="m", reason="no scaffold is needed")
DUST = RaiseFeedback(**X, by=resident, item="f", text="dust in my room", concerns="dust", place="gate 3")
NETS = ResolveFeedback(**X, by=service, item="f", measure="nets are up", evidence=("photo",))
LISTED = ListSupervision(**X, by=supervisor, number="n-1", reason_code="overdue_without_cause", reason="late")


def more_money(yuan: int) -> Command:
    """One more line of public money."""
    said: dict[str, Any] = {"source": FundSource.FISCAL, "envelope": "money", "purpose": "more"}
    return PlanBudget(**X, by=lead, item="more", amount=yuan * YUAN, **said)


def prepared(yard: Yard) -> None:
    """Paired, with its teams, its papers and a hearing, but no assessment."""
    teams = (c.NameTeam(**X, by=community, team=team, members=members) for team, members in TEAMS.items())
    yard.do(*teams, paper("order"), REPORT)
    yard.hearing()


def unheard(yard: Yard) -> None:
    """Approved as a matter that touches nobody's home; then assessed as one that touches five hundred."""
    yard.do(*agreements(), pairing(), paper("order"), REPORT, APPROVE, AGAIN.changed(households=500))


def watched_by(*names: str) -> Command:
    """The dedicated supervisors are named."""
    return TEAM.changed(members=tuple(Member(id=name) for name in names), command_id=f"watched-by-{names[0]}")


def others_named() -> list[Command]:
    """The teams but for the dedicated supervisors are named."""
    others = {team: members for team, members in TEAMS.items() if team is not TeamKind.SUPERVISORS}
    return [c.NameTeam(**X, by=community, team=team, members=members) for team, members in others.items()]


def unnamed(yard: Yard) -> None:
    """All is prepared but that nobody watches."""
    yard.do(*others_named(), paper("order"), REPORT)
    yard.hearing()


def leased(yuan: int) -> tuple[Any, ...]:
    """What was lent and bought is paired, and asks for so much public money; nothing else is needed to approve it."""
    hired = pairing(parties=parties(OUTSIDE))
    return (*agreements(), hired, paper("order"), REPORT, more_money(yuan))


def works_on_lease(yard: Yard) -> None:
    """A lease of 400 yuan that is carried out."""
    for each in (*leased(400), lambda _: yard.hearing(), APPROVE, NOTICE, 8 * DAY, BEGIN):
        if isinstance(each, timedelta):
            yard.clock.advance(each)
        elif isinstance(each, Command):
            yard.do(each)
        else:
            each(yard)


def leave_for(command: Command) -> Any:
    """The town gives the lead leave for this very command."""

    def given(yard: Yard) -> None:
        asked: Any = yard.do(RequestApproval.of(command, yard.get(), asks=Role.TOWN))
        yard.do(GiveApproval(**X, by=mayor, item=list(asked.items_of("approval"))[-1]))

    return given


def dropped(yard: Yard) -> None:
    yard.approved(DROP)


def delisted(yard: Yard) -> None:
    (key,) = yard.get().items_of("supervision")
    yard.do(LiftSupervision(**X, by=supervisor, item=key, reason="it goes on"))


def by_leave(code: str, sentence: str, command: Command, mend: dict[str, Any], **more: Any) -> Break:
    """The lead hands over, with leave of the town."""
    first = more.pop("first", (TO_LEAD,))
    return Break("J15", code, sentence, "in_progress", command, mend, first=first, leave=mayor, asks=Role.TOWN, **more)


# fmt: off
BREAKS = [
    # plan and risk
    Break("J26", "new_version_is_recorded", "a new plan says something new", "paired", NEW_PLAN.changed(text="Scaffold first."), {"text": "Gutters first."}),
    Break("J26", "texts_hide_people", "nobody's number stands in a new plan", "assessed", NEW_PLAN.changed(text=PHONE), {"text": "Gutters first."}),
    Break("J07", "assessor_is_not_a_party", "no party assesses", "paired", ASSESS.changed(by=PARTISAN), {"by": assessor}, first=(REPORT,)),
    Break("J07", "assessor_is_not_a_party", "nobody assesses who is on a team", "paired", ASSESS.changed(by=Actor.of("s-9", Role.ASSESSOR)), {"by": assessor}, first=(REPORT, TEAM)),
    Break("J07", "assessor_is_not_a_party", "nobody assesses who has an interest in a claimer", "claimed", ASSESS.changed(by=Actor(id="assessor-3", claims=assessor.claims, interests=("flowers",))), {"by": assessor}, first=(c.ClaimDemand(**X, by=Actor.of("f", Role.ORGANISATION, unit="flowers"), claimer="flowers", capacity="beds"), *agreements(), pairing(), REPORT)),
    Break("J07", "necessity_and_controllability_assessed", "is it needed is answered", "paired", ASSESS.changed(necessary=None), {"necessary": True}, first=(REPORT,)),
    Break("J07", "necessity_and_controllability_assessed", "can its risk be controlled is answered", "paired", ASSESS.changed(level_of_risk=None), {"level_of_risk": StabilityRisk.PARTLY}, first=(REPORT,)),
    Break("J07", "required_papers_are_attached", "an assessment is on paper", "paired", ASSESS, then=(REPORT,)),
    Break("J27", "assessor_is_not_a_party", "no party assesses again", "in_progress", AGAIN.changed(by=PARTISAN), {"by": assessor}),
    Break("J27", "necessity_and_controllability_assessed", "assessed again it is answered again", "suspended", AGAIN.changed(necessary=None), {"necessary": False}),
    Break("J27", "required_papers_are_attached", "another assessment is on paper", "approved", AGAIN.changed(papers=()), {"papers": ("report",)}),
    Break("J37", "supervisors_are_not_builders", "no builder watches", "assessed", watched_by("roofers"), {"members": (Member(id="s-9"),)}),
    Break("J37", "supervisors_are_not_builders", "who watches does not join the work group", "paired", TEAM.changed(team=TeamKind.WORK_GROUP), {"members": (Member(id="s-8"),)}, first=(TEAM.changed(command_id="watch"),)),
    Break("J37", "supervisors_stay", "the watched do not choose their watchers", "approved", watched_by("s-9"), then=(leave_for(watched_by("s-9")),)),
    Break("J37", "team_and_members_are_named", "it is said which team", "in_progress", TEAM.changed(team=None), {"team": TeamKind.WORK_GROUP}),
    Break("J37", "team_and_members_are_named", "a team has members", "proposed", TEAM.changed(members=()), {"members": (Member(id="s-9"),)}),
    # approval
    Break("J08", "approving_decision_is_recorded", "an approval rests on something", "assessed", APPROVE.changed(papers=()), {"papers": ("order",)}, first=(Yard.hearing,)),
    Break("J08", "approving_decision_is_recorded", "an order is on file", "assessed", APPROVE.changed(papers=("nowhere",)), {"papers": ("order",)}, first=(Yard.hearing,)),
    Break("J08", "approving_decision_is_recorded", "a meeting that decided has minutes", "assessed", APPROVE.changed(papers=(), meeting="another"), {"meeting": "h"}, first=(Yard.hearing,)),
    Break("J08", "approving_decision_is_recorded", "a record that decided is one that decides", "assessed", APPROVE.changed(papers=(), decided_by="money"), {"decided_by": None, "papers": ("order",)}, first=(Yard.hearing,)),
    Break("J08", "risk_is_assessed_if_major", "what is major is assessed", "paired", APPROVE, said={"major": True}, first=(prepared,), then=(ASSESS,)),
    Break("J08", "risk_is_assessed_if_major", "a new plan is assessed anew", "assessed", APPROVE, said={"major": True}, first=(Yard.hearing, NEW_PLAN), then=(ASSESS.changed(command_id="new"),)),
    Break("J08", "risk_is_controllable", "what cannot be controlled is not approved", "assessed", APPROVE, first=(Yard.hearing, TOO_RISKY), then=(AGAIN,)),
    Break("J08", "risk_is_controllable", "what is not needed is not approved", "assessed", APPROVE, first=(Yard.hearing, NEEDLESS), then=(AGAIN,)),
    Break("J08", "budget_is_within_envelope", "no project has more of the envelope than its kind may", "assessed", APPROVE, first=(Yard.hearing, more_money(301)), before=(Yard.hearing, more_money(300))),
    Break("J08", "hearing_is_recorded_if_residents_affected", "residents who are affected are heard", "assessed", APPROVE, then=(Yard.hearing,)),
    Break("J08", "teams_are_named_if_construction", "somebody watches works", "paired", APPROVE, first=(unnamed,), then=(TEAM,)),
    Break("J08", "supervisors_are_not_builders", "who watched before the pairing does not build after it", "claimed", APPROVE, first=(watched_by("roofers"), *others_named(), *agreements(), pairing(), paper("order"), REPORT, Yard.hearing), then=(TEAM,)),
    Break("J08", "budget_covers_its_lines", "an approval covers all of its lines", "assessed", APPROVE.changed(budget=399 * YUAN), {"budget": 400 * YUAN}, first=(Yard.hearing,)),
    Break("J08", "public_money_is_within_the_cap", "no kind has more public money than its cap", "claimed", APPROVE, said=LEASED, first=(*leased(501), Yard.hearing), before=(*leased(500), Yard.hearing), otherwise=LEASED),
    Break("J08", "households_are_not_understated", "nobody talks the households down", "assessed", APPROVE.changed(households=11), {"households": 12}, first=(Yard.hearing,)),
    Break("J08", "due_lies_ahead", "what is approved is due on a day to come", "assessed", APPROVE.changed(until=at(-1)), {"until": at(200)}, first=(Yard.hearing,)),
    Break("J08", "approver_does_not_lead", "nobody approves works of their own", "assessed", APPROVE.changed(by=OWN), {"by": town}, first=(Yard.hearing,)),
    Break("J08", "approver_does_not_lead", "no builder approves the works", "assessed", APPROVE.changed(by=Actor.of("town-8", Role.TOWN, unit="roofers")), {"by": town}, first=(Yard.hearing,)),
    Break("J09", "reason_given", "a refusal has a reason", "assessed", REFUSE.changed(reason=""), {"reason": "too dear"}),
    Break("J09", "loops_are_handed_over", "what was promised is handed over before a refusal", "paired", REFUSE.changed(hand_over=()), {"hand_over": (ANY,)}),
    Break("J32", "refusal_grounds_are_answered", "the grounds of a refusal are answered", "not_approved", RESUBMIT.changed(answers=" "), {"answers": "a cheaper roof"}),
    Break("J32", "new_version_is_recorded", "what comes again says something new", "not_approved", RESUBMIT.changed(text="Scaffold first."), {"text": "Tiles."}),
    Break("J32", "texts_hide_people", "nobody's number stands in what comes again", "not_approved", RESUBMIT.changed(answers=PHONE), {"answers": "a cheaper roof"}),
    Break("J38", "published_text_is_complete", "a notice says something", "approved", NOTICE.changed(public_text=" "), {"public_text": "The roof."}),
    Break("J38", "texts_hide_people", "nobody's number stands in a notice", "approved", NOTICE.changed(public_text=PHONE), {"public_text": "The roof."}),
    # the works
    Break("J10", "notice_is_published publicity_has_elapsed", "no works before the notice", "approved", BEGIN, then=(NOTICE, 8 * DAY)),
    Break("J10", "publicity_has_elapsed", "no works before the notice has stood its time", "approved", BEGIN, first=(NOTICE, 6 * DAY), then=(2 * DAY,)),
    Break("J10", "no_objection_is_open", "no works before an objection is answered", "approved", BEGIN, first=(NOTICE, OBJECTION, 8 * DAY), then=(ANSWERED,)),
    Break("J10", "no_objection_is_upheld", "works on which an objection was right are changed first", "approved", BEGIN, first=(NOTICE, OBJECTION, ANSWERED.changed(upheld=True), 8 * DAY), then=(CHANGE.changed(text="Scaffold on the other side."), NOTICE.changed(command_id="anew"), 8 * DAY)),
    Break("J10", "notice_is_published publicity_has_elapsed", "no works on a plan that was changed after its notice", "approved", BEGIN, first=(NOTICE, 6 * DAY, CHANGE.changed(text="Scaffold on the other side.")), then=(NOTICE.changed(command_id="anew"), 8 * DAY)),
    Break("J10", "risk_is_controllable", "no works that cannot be controlled", "approved", BEGIN, first=(NOTICE, 8 * DAY, TOO_RISKY), then=(AGAIN,)),
    Break("J11", "progress_is_monotone", "progress does not fall back", "in_progress", PROGRESS.changed(percent=30), {"percent": 40}, first=(PROGRESS.changed(command_id="before"),)),
    Break("J11", "texts_hide_people", "nobody's number stands in a report", "in_progress", PROGRESS.changed(text=PHONE), {"text": "it stands"}),
    Break("J14", "approving_decision_is_recorded", "a change rests on something", "approved", CHANGE.changed(papers=()), {"papers": ("order",)}),
    Break("J19", "risk_is_controllable", "what cannot be controlled is not delivered", "in_progress", DELIVER, first=(TOO_RISKY,), then=(AGAIN,)),
    Break("J14", "upheld_objections_get_a_new_plan", "an upheld objection is answered by a plan", "approved", CHANGE, {"text": "Scaffold on the other side."}, first=(NOTICE, OBJECTION, ANSWERED.changed(upheld=True))),
    Break("J14", "risk_is_controllable", "no works are changed into what is not needed", "in_progress", CHANGE, first=(NEEDLESS,), then=(AGAIN,)),
    Break("J14", "hearing_is_recorded_if_residents_affected", "those whom a change affects are heard before it", "claimed", CHANGE.changed(households=500), said={"kind": "general", "need": Need()}, first=(unheard,), then=(Yard.hearing,)),
    Break("J14", "approver_does_not_lead", "no builder grants a change", "in_progress", CHANGE.changed(by=Actor.of("town-8", Role.TOWN, unit="roofers")), {"by": town}),
    Break("J14", "risk_is_reassessed_if_change_is_large", "a large change of money is assessed first", "in_progress", CHANGE.changed(budget=441 * YUAN), {"budget": 440 * YUAN}),
    Break("J14", "risk_is_reassessed_if_change_is_large", "an assessment looks at the money as it will be", "approved", CHANGE.changed(budget=500 * YUAN), first=(AGAIN.changed(budget=499 * YUAN, command_id="less"),), then=(AGAIN.changed(budget=500 * YUAN),)),
    Break("J14", "risk_is_reassessed_if_change_is_large", "a change is large for the households it affects", "in_progress", CHANGE.changed(households=14), then=(AGAIN.changed(households=14),)),
    Break("J14", "risk_is_reassessed_if_change_is_large", "small changes do not add up to a large one", "in_progress", CHANGE.changed(budget=445 * YUAN), {"budget": 440 * YUAN}, first=(CHANGE.changed(budget=430 * YUAN, command_id="small"),)),
    Break("J14", "budget_is_within_envelope", "what is added is within the envelope", "approved", CHANGE.changed(budget=800 * YUAN), first=(more_money(301), AGAIN.changed(budget=800 * YUAN)), before=(more_money(300), AGAIN.changed(budget=800 * YUAN))),
    Break("J14", "reason_given", "a change has a reason", "in_progress", CHANGE.changed(reason=" "), {"reason": "slate"}),
    Break("J14", "budget_covers_its_lines", "a change covers all of its lines", "approved", CHANGE, {"budget": 420 * YUAN}, first=(more_money(20),)),
    Break("J14", "public_money_is_within_the_cap", "a change brings no kind over its cap", "claimed", CHANGE.changed(budget=550 * YUAN), said=LEASED, first=(works_on_lease, AGAIN.changed(budget=550 * YUAN), more_money(150).changed(item="late")), before=(works_on_lease, AGAIN.changed(budget=550 * YUAN), more_money(100).changed(item="late")), otherwise=LEASED),
    Break("J14", "approver_does_not_lead", "nobody grants a change of works of their own", "in_progress", CHANGE.changed(by=OWN), {"by": town}),
    Break("J14", "texts_hide_people", "nobody's number stands in a changed plan", "in_progress", CHANGE.changed(text=PHONE), {"text": "Slate."}),
    by_leave("both_sides_sign", "who takes the lead has agreed to", HAND, {}, then=(TO_LEAD,), first=()),
    by_leave("both_sides_sign", "the lead goes to another party", HAND.changed(to="flowers"), {"to": "bakery"}),
    by_leave("money_is_reconciled", "what is left is stated when the lead goes over", HAND.changed(balance=0), {"balance": 400 * YUAN}),
    by_leave("money_is_reconciled", "papers that are named are on file when the lead goes over", HAND.changed(papers=("nowhere",)), {"papers": ("receipt",)}),
    by_leave("supervisors_are_not_builders", "who watches does not take the lead", HAND, {}, first=(watched_by("s-old", "watchers", "bakery"), TO_LEAD), before=(TO_LEAD,)),
    Break("J15", "town_has_agreed", "the lead goes over with the town's leave", "in_progress", HAND, first=(TO_LEAD,), then=(leave_for(HAND),)),
    Break("J16", "town_has_agreed", "the lead pauses with the town's leave", "in_progress", SUSPENDED.changed(by=lead), then=(leave_for(SUSPENDED.changed(by=lead)),)),
    Break("J16", "cause_and_review_date_named", "a pause has a cause", "in_progress", SUSPENDED.changed(cause=" "), {"cause": "frost"}),
    Break("J16", "cause_and_review_date_named", "a pause has a review date", "in_progress", SUSPENDED.changed(review_at=None), {"review_at": at(60)}),
    Break("J16", "texts_hide_people", "nobody's number stands in why works pause", "in_progress", SUSPENDED.changed(cause=PHONE), {"cause": "frost"}),
    Break("J16", "listed_record_has_supervisor_consent", "who lists it agrees to its pause", "in_progress", SUSPENDED, first=(LISTED,), then=(delisted,)),
    Break("J17", "suspension_cause_is_over", "it goes on when the cause is over", "suspended", c.ResumeProject(**X, by=town), {"cause_is_over": True}),
    Break("J33", "extension_is_within_maximum", "an extension is not longer than the rule allows", "in_progress", EXTEND.changed(length=181), {"length": 180}, leave=mayor),
    Break("J33", "due_has_not_passed", "an extension comes before the day has passed", "in_progress", EXTEND, first=(300 * DAY,), before=(200 * DAY,), leave=mayor),
    Break("J33", "extended_only_once", "a limit is extended once", "approved", EXTEND.changed(command_id="again"), first=(lambda yard: yard.approved(EXTEND),), before=(), leave=mayor),
    Break("J19", "milestones_are_accepted_or_dropped", "nothing planned is left undone", "in_progress", DELIVER, first=(SCAFFOLD,), then=(dropped,)),
    Break("J19", "feedback_items_are_closed_or_transferred", "nobody who has spoken waits for an answer", "in_progress", DELIVER, first=(DUST,), then=(NETS,)),
    Break("J19", "handback_is_described", "what was lent is handed back", "claimed", DELIVER, {"handback": "clean and whole"}, LEASED, first=(works_on_lease,)),
    Break("J19", "texts_hide_people", "nobody's number stands in a delivery", "in_progress", DELIVER.changed(public_text=PHONE), {"public_text": "Done."}),
    # given up after approval
    Break("J42", "listed_record_has_supervisor_consent", "no listed works are given up to be rid of the listing", "in_progress", c.CancelProject(**X, by=town, reason="sold", balance=400 * YUAN, hand_over=(ANY,)), first=(LISTED,), then=(delisted,), leave=mayor),
    Break("J24", "listed_record_has_supervisor_consent", "no listed project is given up to be rid of the listing", "paired", c.CancelProject(**X, by=community, reason="sold", hand_over=(ANY,)), first=(LISTED,), then=(delisted,)),
    Break("J42", "reason_given", "works are given up for a reason", "in_progress", c.CancelProject(**X, by=town, balance=400 * YUAN, hand_over=(ANY,)), {"reason": "sold"}, leave=mayor),
    Break("J42", "texts_hide_people", "nobody's number stands in why works are given up", "in_progress", c.CancelProject(**X, by=town, reason=PHONE, balance=400 * YUAN, hand_over=(ANY,)), {"reason": "sold"}, leave=mayor),
    Break("J42", "money_is_reconciled", "what is left is stated when works are given up", "approved", c.CancelProject(**X, by=community, reason="sold", hand_over=(ANY,)), {"balance": 400 * YUAN}, leave=mayor),
    Break("J42", "loops_are_handed_over", "what was promised is handed over before works are given up", "suspended", c.CancelProject(**X, by=town, reason="sold", balance=400 * YUAN), {"hand_over": (ANY,)}, leave=mayor),
]
# fmt: on
