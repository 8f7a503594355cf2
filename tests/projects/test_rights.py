"""Who may do what to a project: every role against every row, by area and part in it, and hands that are kept apart."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from govflow import Actor, Claim, Command, NotAllowed, NotFound, Role
from govflow.projects import PROJECT, ProjectStatus
from govflow.projects import commands as c
from govflow.projects.expense import VerifyExpense
from govflow.projects.model import Member, TeamKind
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.commitment import KeepCommitment
from govflow.regions.ledger import RectifyLedgerItem, VerifyLedgerItem
from govflow.regions.objection import RaiseObjection, ResolveObjection
from govflow.workflow import NEW, Step
from tests.projects.breaks_approval import APPROVE, NOTICE, PROGRESS, SCAFFOLD
from tests.projects.breaks_need import CLAIM, LIST, REVISE, SECOND
from tests.projects.breaks_regions import BOTH, CLOSE, REACH, TAKE
from tests.projects.breaks_result import ACCEPT, BILL, CHECKED, DONE, EVALUATE, REJECT, SETTLE, judged, signed
from tests.projects.site import (
    AREA,
    HERE,
    acceptor,
    appraiser,
    community,
    lead,
    mayor,
    old_hand,
    resident,
    roofer,
    service,
    town,
)
from tests.projects.steps import X, a_project, a_yard
from tests.projects.yard import Yard, assessor, committee, finance

ROLES = [role for role in Role if role is not Role.SYSTEM]
ELSEWHERE = "jinniu/other-town"


def acting(*roles: str, unit: str | None = None, area: str = "", **more: Any) -> Actor:
    return Actor(id="o-1", claims=tuple(Claim(role=role, unit=unit, area=area) for role in roles), **more)


# --- every role against every row ------------------------------------------------------------------------------------


@cache
def standing_in(status: str) -> Yard:
    """One yard per status: what is only asked leaves it as it is."""
    yard = a_yard()
    if status != NEW:
        a_project(yard, status)
    return yard


def codes(yard: Yard, command: Command) -> set[str]:
    return {each.code for each in yard.engine.why_not(command)}


def asked(step: Step, **said: Any) -> Command:
    return step.command(**X, **said)


ROWS = [step for step in PROJECT.workflow.steps if any(role != Role.SYSTEM for role in step.who)]


@pytest.mark.parametrize("step", ROWS, ids=[step.id for step in ROWS])
def test_a_row_is_taken_by_its_roles_and_by_no_others(step: Step):
    for status in map(str, step.source):
        yard = standing_in(status)
        same = (row for row in PROJECT.workflow.steps if row.command is step.command and status in map(str, row.source))
        may = {role for row in same for role in row.who}
        project = yard.get() if status != NEW else PROJECT.initial
        unit = getattr(project, "lead", None) if Role.PROJECT_LEAD in may else "a-unit"
        for role in ROLES:
            who = acting(role, unit="a-unit" if role == Role.FINANCE else unit)
            refused = codes(yard, asked(step, by=who)) & {"role_is_held"}
            held = role in may and not (role == Role.PROJECT_LEAD and unit is None)
            assert bool(refused) != held, f"{role} in {status}"


@pytest.mark.parametrize("step", ROWS, ids=[step.id for step in ROWS])
def test_no_office_reaches_another_area_and_only_the_system_is_the_system(step: Step):
    for status in map(str, step.source):
        yard = standing_in(status)
        if status == NEW:
            continue
        everything = acting(*ROLES, unit="a-unit", area=ELSEWHERE)
        assert "role_is_held" in codes(yard, asked(step, by=everything)), status
        part = acting(*ROLES, unit="a-unit", area=f"{HERE}/grid-1")  # a part of the area is not the whole
        assert "role_is_held" in codes(yard, asked(step, by=part)), status


def test_officials_with_an_interest_keep_away_and_those_who_speak_for_themselves_do_not():
    yard = a_yard()
    a_project(yard, "delivered")
    signed(yard)
    for interest in ("x", "builder", "bakery"):
        concerned = Actor(id="acceptor-2", claims=acceptor.claims, interests=(interest,))
        assert "actor_has_no_interest" in yard.refused(ACCEPT.changed(by=concerned))
    near = Actor(id="s-old", claims=old_hand.claims, interests=("x",))
    assert yard.engine.why_not(c.SignDelivery(**X, by=near)) != ()  # has signed before, as nothing else stands against
    assert yard.refused(c.SignDelivery(**X, by=near)) == ("signer_is_a_dedicated_supervisor",)


def test_the_lead_is_the_unit_that_leads_or_somebody_of_its_service_team():
    yard = standing_in("in_progress")
    assert codes(yard, PROGRESS.changed(by=service)) == set()
    assert codes(yard, PROGRESS.changed(by=Actor.of("p", Role.PROJECT_LEAD, unit="roofers"))) == {"role_is_held"}
    assert codes(yard, PROGRESS.changed(by=Actor.of("p", Role.PROJECT_LEAD))) == {"role_is_held"}
    says_so = Actor.of("p", Role.PROJECT_LEAD, unit="roofers")
    assert codes(yard, PROGRESS.changed(by=says_so, on_behalf_of="builder")) == {"role_is_held"}


def test_what_a_command_says_of_itself_gives_no_right():
    yard = a_yard()
    a_project(yard, "open_for_claim")
    for command in (
        CLAIM.changed(claimer="bakery", on_behalf_of="bakery"),
        CLAIM.changed(claimer=None, on_behalf_of="bakery"),
        c.AgreeToProject(**X, by=roofer, unit="bakery", on_behalf_of="bakery"),
        c.AgreeToProject(**X, by=roofer, on_behalf_of="bakery", to="lead"),
    ):
        assert yard.refused(command) in (("claimer_is_registered",), ("unit_speaks_for_itself",))


def test_whoever_proposed_a_need_says_it_anew_and_no_other_organisation_does():
    yard = a_yard()
    a_project(yard)
    own = Actor.of("clerk-1", Role.ORGANISATION, unit="flowers")
    yard.do(c.ProposeProject(id="z", by=own, title="Flower beds", area=HERE))
    colleague = Actor.of("clerk-2", Role.ORGANISATION, unit="flowers")
    assert yard.refused(REVISE.changed(by=colleague)) == ("need_is_ones_own",)
    assert yard.do(REVISE.changed(id="z", by=colleague, command_id="own")).title == "A pitched roof"
    seat = Actor(id="m", claims=(*roofer.claims, Claim(role=Role.VOTER, unit="flowers", area="far/away")))
    assert yard.refused(REVISE.changed(by=seat)) == ("need_is_ones_own",)


def test_a_project_is_public_in_its_area_open_to_its_parties_and_hidden_elsewhere():
    yard = standing_in("paired")
    for reader in (resident, Actor.of("far-1", Role.ORGANISATION, unit="bakery", area="far/away"), town):
        assert yard.engine.seen_by(reader).get("x").status == "paired"
    member = Actor.of("anna", Role.RESIDENT, area="far/away")
    assert standing_in("in_progress").engine.seen_by(member).get("x").status == "in_progress"
    with pytest.raises(NotFound):
        yard.engine.seen_by(Actor.of("s-far", Role.RESIDENT, area="far/away")).get("x")


def test_what_each_may_do_is_named_and_no_more():
    yard = standing_in("delivered")

    def steps(who: Actor) -> set[str]:
        return {step.command for step in yard.engine.allowed("x", who)}

    assert {"joint_project.accept_delivery", "joint_project.refuse_acceptance"} <= steps(acceptor)
    assert not steps(lead) & {"joint_project.accept_delivery", "joint_project.settle"}
    assert "joint_project.sign_delivery" in steps(old_hand)
    assert not steps(resident) & {"joint_project.accept_delivery", "joint_project.cancel"}


@pytest.mark.parametrize("status", ProjectStatus)
def test_somebody_who_exists_has_a_way_on_from_every_status_that_is_not_the_last(status: ProjectStatus):
    yard = standing_in(status.value)
    everybody = acting(*ROLES, unit=yard.get().lead or "a-unit")
    mine = {step.command for step in yard.engine.allowed("x", everybody) if step.command.startswith("joint_project.")}
    moves = {step.command.wire for step in PROJECT.workflow.steps if step.to is not None and status in step.source}
    assert bool(mine & moves) == (status is not ProjectStatus.ARCHIVED)


# --- hands kept apart ------------------------------------------------------------------------------------------------


def also(who: Actor, role: Role, unit: str | None = None) -> Actor:
    """Somebody with one more claim."""
    return Actor(id=who.id, claims=(*who.claims, Claim(role=role, unit=unit)))


def test_who_builds_is_on_no_team_that_watches_whichever_way_they_come():
    yard = standing_in("in_progress")
    for name in ("builder", "roofers", "foreman", "steelworks", "anna", "repairs"):
        name_it = c.NameTeam(**X, by=community, team=TeamKind.SUPERVISORS, members=(Member(id=name),))
        assert "supervisors_are_not_builders" in codes(yard, name_it), name
        of_it = name_it.changed(members=(Member(id="s-new", unit=name),))
        assert "supervisors_are_not_builders" in codes(yard, of_it), name
    assert codes(yard, SCAFFOLD.changed(owner="s-old")) == {"owner_takes_part"}
    assert codes(yard, SCAFFOLD.changed(owner="watchers")) == {"owner_takes_part"}


def test_no_party_assesses_whatever_office_it_holds():
    yard = standing_in("in_progress")
    again: dict[str, Any] = {"necessary": True, "level_of_risk": "controllable", "papers": ("report",)}
    for unit in ("builder", "roofers", "bakery"):
        two = also(assessor, Role.ORGANISATION, unit)
        assert codes(yard, c.ReassessProjectRisk(**X, by=two, **again)) == {"assessor_is_not_a_party"}
    for member in ("foreman", "anna", "s-old"):
        who = Actor.of(member, Role.ASSESSOR, unit="institute")
        assert codes(yard, c.ReassessProjectRisk(**X, by=who, **again)) == {"assessor_is_not_a_party"}


def test_who_built_neither_accepts_nor_refuses():
    yard = a_yard()
    a_project(yard, "delivered")
    signed(yard)
    for unit in ("builder", "roofers", "steelworks", "repairs"):
        builder = also(acceptor, Role.ORGANISATION, unit)
        for command in (ACCEPT, REJECT):
            assert codes(yard, command.changed(by=builder)) == {"acceptors_are_not_builders"}, unit
    for member in ("foreman", "anna"):
        assert codes(yard, ACCEPT.changed(by=Actor.of(member, Role.ACCEPTANCE_GROUP))) == {"acceptors_are_not_builders"}


def test_who_reached_a_step_does_not_accept_it_and_neither_do_the_works_it_is_of():
    yard = a_yard()
    a_project(yard, "in_progress")
    yard.do(SCAFFOLD.changed(owner="bakery"))
    hand = Actor.of("hand-1", Role.ORGANISATION, Role.ACCEPTANCE_GROUP, unit="bakery")
    yard.do(REACH.changed(by=hand))
    assert codes(yard, TAKE.changed(by=hand)) == {"acceptors_are_not_builders"}
    other = Actor.of("hand-2", Role.ACCEPTANCE_GROUP, unit="bakery")
    assert codes(yard, TAKE.changed(by=other)) == {"acceptors_are_not_builders"}
    yard.do(TAKE)


def test_no_party_evaluates_even_one_that_only_gave():
    yard = a_yard()
    a_project(yard, "accepted")
    judged(90)(yard)
    for unit in ("builder", "roofers", "bakery", "steelworks"):
        assert codes(yard, EVALUATE.changed(by=also(appraiser, Role.ORGANISATION, unit))) == {
            "implementer_is_not_appraiser"
        }
    yard.do(EVALUATE)


def test_the_finance_of_the_lead_checks_nothing_and_closes_nothing():
    yard = a_yard()
    a_project(yard, "in_progress")
    yard.do(BILL)
    own = Actor.of("cashier-1", Role.FINANCE, unit="builder")
    assert "role_is_held" in codes(yard, CHECKED.changed(by=own))
    hired = Actor.of("anna", Role.FINANCE, unit="finance")
    assert "role_is_held" in codes(yard, CHECKED.changed(by=hired)), "who serves the works does not check them"
    yard.do(CHECKED)
    yard.on_to("delivered")
    assert codes(yard, CLOSE.changed(by=own, spent=1_000)) == {"role_is_held", "finance_takes_no_part"}


def test_nobody_checks_a_voucher_they_entered():
    yard = a_yard()
    a_project(yard, "in_progress")
    yard.do(BILL.changed(by=BOTH))
    assert codes(yard, VerifyExpense(**X, by=BOTH, item="v1")) == {"verified_by_another", "finance_takes_no_part"}


def test_who_is_of_the_lead_gives_no_leave_to_settle_unless_the_community_itself_leads():
    yard = a_yard()
    a_project(yard, "evaluated")
    for each in DONE:
        each(yard)
    with_two_hats = also(committee, Role.ORGANISATION, "builder")
    with pytest.raises(NotAllowed) as caught:
        yard.approved(SETTLE, with_two_hats)
    assert caught.value.codes == ("finance_takes_no_part",)
    the_community_leads = Actor.of("community-3", Role.COMMUNITY, unit="builder", area=HERE)
    anew = SETTLE.changed(command_id="anew", by=Actor.of("finance-2", Role.FINANCE, unit="finance", area=AREA))
    assert yard.approved(anew, the_community_leads).status == "settled"


def test_nobody_confirms_the_settlement_they_asked_for():
    yard = a_yard()
    a_project(yard, "evaluated")
    for each in DONE:
        each(yard)
    both = also(finance, Role.COMMUNITY, "huazhaobi")
    command = SETTLE.changed(by=both)
    item: Any = yard.do(RequestApproval.of(command, yard.get()))
    key = list(item.items_of("approval"))[-1]
    assert "decided_by_another" in codes(yard, GiveApproval(**X, by=both, item=key))
    assert codes(yard, GiveApproval(**X, by=mayor, item=key)) == {"role_asked_for_is_held"}
    assert codes(yard, command) == {"approval_is_given"}
    yard.do(GiveApproval(**X, by=committee, item=key), command)


def test_no_unit_confirms_its_own_promise():
    yard = standing_in("in_progress")
    giver = Actor.of("baker-2", Role.COMMUNITY, unit="bakery", area=AREA)
    assert codes(yard, KeepCommitment(**X, by=giver, item="3")) == {"promised_by_another_unit"}


def test_who_put_a_defect_right_does_not_check_it():
    yard = a_yard()
    a_project(yard, "delivered")
    yard.do(REJECT)
    two = also(lead, Role.VERIFIER, "builder")
    yard.do(RectifyLedgerItem(**X, by=two, item="1", measure="sealed", evidence=("photo",)))
    assert codes(yard, VerifyLedgerItem(**X, by=two, item="1")) == {"verified_by_another"}


def test_the_lead_decides_no_objection_to_its_own_works():
    yard = a_yard()
    a_project(yard, "approved")
    yard.do(NOTICE, RaiseObjection(**X, by=resident, item="o", reason="nobody was told"))
    own = also(town, Role.ORGANISATION, "builder")
    decide = ResolveObjection(**X, by=own, item="o", upheld=False, reason="all were")
    assert codes(yard, decide) == {"implementer_decides_no_objection"}
    yard.do(decide.changed(by=town))


def test_whoever_holds_every_office_alone_comes_to_no_works():
    me, yard = acting(*ROLES, unit="me", area=""), a_yard()
    yard.do(c.ProposeProject(**X, by=me, title="My roof", area=HERE), LIST.changed(by=me))
    yard.do(CLAIM.changed(by=me, claimer="me"))
    assert codes(yard, SECOND.changed(by=me, claimer="another")) >= {"claimer_is_registered"}
    alone = c.PairParties(**X, by=me, lead="me", parties=({"unit": "me"}, {"unit": "another"}))
    assert "parties_have_agreed" in codes(yard, alone)
    approve = APPROVE.changed(by=me)
    assert codes(yard, approve) == {"step_is_in_the_table"}


def test_the_town_of_another_place_gives_the_lead_no_leave():
    yard = standing_in("in_progress")
    far = Actor(id=lead.id, claims=(*lead.claims, Claim(role=Role.TOWN, unit="far-hall", area=ELSEWHERE)))
    pause = c.SuspendProject(**X, by=far, cause="frost", review_at=yard.clock() + timedelta(days=9))
    assert codes(yard, pause) == {"town_has_agreed"}
