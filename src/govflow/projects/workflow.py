"""The table of a joint project: every step from the need to the archive.

Rows J01 … are those of the field's handbook (see docs/explanation.md); JX01 … are our own.
"""

from __future__ import annotations

from govflow.actors import Role as R
from govflow.corrections import new_value_fits_its_field, old_value_is_kept, status_is_not_corrected
from govflow.projects import commands as c
from govflow.projects import events as e
from govflow.projects.budget import reserve_planned
from govflow.projects.budget_rules import (
    accounts_equal_receipts,
    budget_is_within_envelope,
    finance_takes_no_part,
    money_is_reconciled,
)
from govflow.projects.expense_rules import spending_is_within_budget
from govflow.projects.follow_ups import (
    ask_the_lead,
    decline_claims,
    decline_others,
    list_defects,
    list_shortcomings,
    plan_what_was_won,
    promise_what_is_pledged,
)
from govflow.projects.milestone_rules import acceptors_are_not_builders, due_lies_ahead
from govflow.projects.model import ProjectStatus as S
from govflow.projects.rules_approval import (
    approver_does_not_lead,
    approving_decision_is_recorded,
    assessor_is_not_a_party,
    budget_covers_its_lines,
    hearing_is_recorded_if_residents_affected,
    households_are_not_understated,
    necessity_and_controllability_assessed,
    new_version_is_recorded,
    public_money_is_within_the_cap,
    published_text_is_complete,
    refusal_grounds_are_answered,
    risk_is_assessed_if_major,
    risk_is_controllable,
    risk_is_reassessed_if_change_is_large,
    supervisors_are_not_builders,
    supervisors_stay,
    team_and_members_are_named,
    teams_are_named_if_construction,
    upheld_objections_get_a_new_plan,
)
from govflow.projects.rules_need import (
    agreement_stands_and_is_not_used,
    capacity_is_declared,
    claim_is_ones_own,
    claim_is_the_last,
    claim_policy_is_set,
    claimer_is_registered,
    claims_are_shared,
    claims_are_still_taken,
    contracts_are_named,
    contributions_are_listed,
    fund_comes_with_its_record,
    kind_is_in_the_policy,
    lead_is_named,
    named_party_consents,
    need_has_a_title,
    need_is_measured_soundly,
    need_is_ones_own,
    not_done_before,
    other_claims_are_left,
    parties_have_agreed,
    parts_are_named,
    party_goes_itself_or_is_let_go,
    party_is_new,
    pledges_are_ones_own,
    profile_is_in_the_plan,
    promises_of_the_party_are_settled,
    scope_is_true,
    source_is_there_and_public,
    texts_hide_people,
    two_parties_or_more,
    two_parties_remain,
    unit_speaks_for_itself,
)
from govflow.projects.rules_works import (
    accounts_are_published,
    both_sides_sign,
    day_of_remedy_lies_ahead,
    dedicated_supervisors_sign,
    evaluation_sources_are_present,
    evaluation_weights_sum_to_one,
    feedback_items_are_closed_or_transferred,
    handback_is_described,
    implementer_is_not_appraiser,
    linked_and_disputes_are_at_rest,
    milestones_are_accepted_or_dropped,
    notice_is_published,
    progress_is_monotone,
    score_is_below_threshold,
    signer_is_a_dedicated_supervisor,
    town_has_agreed,
)
from govflow.regions.link import links_make_no_cycle
from govflow.regions.record_rules import (
    defects_and_due_are_named,
    ledger_is_empty,
    listed_record_has_supervisor_consent,
    no_objection_is_open,
    no_objection_is_upheld,
    publicity_has_elapsed,
    suspension_cause_is_over,
)
from govflow.regions.retention import hold_in_archive
from govflow.rules import (
    cause_and_review_date_named,
    correction_names_its_event,
    due_has_not_passed,
    due_has_passed,
    extended_only_once,
    extension_is_within_maximum,
    loops_are_handed_over,
    matter_is_described,
    no_loop_is_open,
    no_window_is_running,
    personal_data_is_withheld,
    reason_given,
    reason_is_coded,
    required_papers_are_attached,
    retention_class_is_set,
    shortcomings_are_listed,
)
from govflow.workflow import Rest, Step, Workflow

_RESTING = tuple(status for status in S if status.rest is Rest.OUTCOME)
_BEFORE_APPROVAL = (S.PROPOSED, S.OPEN_FOR_CLAIM, S.CLAIMED, S.PAIRED, S.ASSESSED)
_APPROVED = (S.APPROVED, S.IN_PROGRESS, S.SUSPENDED)
_JOINED = (S.PAIRED, S.ASSESSED, *_APPROVED)
_AGREEING = (S.PROPOSED, S.OPEN_FOR_CLAIM, S.CLAIMED, *_JOINED)
_PROPOSERS = (R.COMMUNITY, R.ORGANISATION, R.TOWN, R.SYSTEM)
_HOSTS = (R.COMMUNITY, R.TOWN)
_APPROVERS = (R.TOWN, R.DISTRICT, R.DELIBERATING_BODY)

# fmt: off
PROJECT_WORKFLOW = Workflow("joint_project", S, zh="共建项目", steps=(
    #    id      command                from                     event                       to                   who                 provided that
    # the need 需求
    Step("J01",  c.ProposeProject,      None,                    e.ProjectProposed,          S.PROPOSED,          _PROPOSERS,         (matter_is_described, kind_is_in_the_policy, profile_is_in_the_plan, texts_hide_people, source_is_there_and_public, need_is_measured_soundly, fund_comes_with_its_record), then=(plan_what_was_won,)),
    Step("JX05", c.ReviseNeed,          S.PROPOSED,              e.NeedRevised,              None,                (*_HOSTS, R.ORGANISATION), (need_has_a_title, need_is_ones_own, texts_hide_people, source_is_there_and_public, need_is_measured_soundly)),
    Step("J02",  c.ListDemand,          S.PROPOSED,              e.DemandListed,             S.OPEN_FOR_CLAIM,    _HOSTS,             (matter_is_described, claim_policy_is_set), starts="claim"),
    Step("J30",  c.WithdrawDemand,      (S.OPEN_FOR_CLAIM, S.CLAIMED), e.DemandWithdrawn,    S.PROPOSED,          _HOSTS,             (reason_given,), stops="claim", then=(decline_claims,)),
    Step("J41",  c.SplitProject,        (S.PROPOSED, S.OPEN_FOR_CLAIM, S.CLAIMED, S.PAIRED), e.ProjectSplit, None, _HOSTS,            (links_make_no_cycle, reason_given, parts_are_named, texts_hide_people)),
    # claims and pairing 认领 结对
    Step("J03",  c.ClaimDemand,         S.OPEN_FOR_CLAIM,        e.DemandClaimed,            S.CLAIMED,           R.ORGANISATION,     (claimer_is_registered, capacity_is_declared, texts_hide_people, claims_are_still_taken), stops="claim"),
    Step("J28",  c.ClaimDemand,         S.CLAIMED,               e.DemandClaimed,            None,                R.ORGANISATION,     (claimer_is_registered, capacity_is_declared, claims_are_shared, not_done_before, texts_hide_people, claims_are_still_taken)),
    Step("J04",  c.ExpireClaims,        S.OPEN_FOR_CLAIM,        e.ClaimWindowExpired,       S.PROPOSED,          R.SYSTEM,           (due_has_passed,), stops="claim"),
    Step("J05",  c.WithdrawClaim,       S.CLAIMED,               e.ClaimWithdrawn,           S.OPEN_FOR_CLAIM,    R.ORGANISATION,     (reason_given, claim_is_the_last, claim_is_ones_own), starts="claim"),
    Step("J29",  c.WithdrawClaim,       S.CLAIMED,               e.ClaimWithdrawn,           None,                R.ORGANISATION,     (reason_given, other_claims_are_left, claim_is_ones_own)),
    Step("JX01", c.AgreeToProject,      _AGREEING,               e.PartyAgreed,              None,                R.ORGANISATION,     (unit_speaks_for_itself, texts_hide_people)),
    Step("JX02", c.TakeBackAgreement,   _AGREEING,               e.AgreementTakenBack,       None,                R.ORGANISATION,     (unit_speaks_for_itself, reason_given, agreement_stands_and_is_not_used)),
    Step("J31",  c.ArrangeParty,        S.PROPOSED,              e.PartyArranged,            S.CLAIMED,           R.TOWN,             (named_party_consents, texts_hide_people)),
    Step("J06",  c.PairParties,         (S.PROPOSED, S.CLAIMED), e.PartiesPaired,            S.PAIRED,            ((R.COMMUNITY, R.ORGANISATION),), (two_parties_or_more, lead_is_named, contributions_are_listed, parties_have_agreed, pledges_are_ones_own, scope_is_true, contracts_are_named, texts_hide_people), then=(decline_others, promise_what_is_pledged)),
    Step("J35",  c.AddParty,            _JOINED,                 e.PartyAdded,               None,                ((R.PROJECT_LEAD, R.ORGANISATION),), (claimer_is_registered, contributions_are_listed, pledges_are_ones_own, party_is_new, contracts_are_named, supervisors_are_not_builders, texts_hide_people), then=(promise_what_is_pledged,)),
    Step("J36",  c.ReleaseParty,        _JOINED,                 e.PartyReleased,            None,                (R.PROJECT_LEAD, R.ORGANISATION), (two_parties_remain, money_is_reconciled, reason_given, promises_of_the_party_are_settled, party_goes_itself_or_is_let_go), approval=R.TOWN),
    # plan, risk, approval 稳评 立项
    Step("J26",  c.RevisePlan,          (S.PAIRED, S.ASSESSED),  e.PlanRevised,              S.PAIRED,            R.PROJECT_LEAD,     (new_version_is_recorded, texts_hide_people)),
    Step("J07",  c.AssessProjectRisk,   S.PAIRED,                e.RiskAssessed,             S.ASSESSED,          R.ASSESSOR,         (assessor_is_not_a_party, necessity_and_controllability_assessed, required_papers_are_attached)),
    Step("J27",  c.ReassessProjectRisk, (S.ASSESSED, *_APPROVED), e.RiskReassessed,          None,                R.ASSESSOR,         (assessor_is_not_a_party, necessity_and_controllability_assessed, required_papers_are_attached)),
    Step("J37",  c.NameTeam,            (S.PROPOSED, S.CLAIMED, S.PAIRED, S.ASSESSED, S.APPROVED, S.IN_PROGRESS), e.TeamNamed, None, (R.PROJECT_LEAD, R.COMMUNITY), (supervisors_are_not_builders, supervisors_stay, team_and_members_are_named)),
    Step("J08",  c.ApproveProject,      (S.PAIRED, S.ASSESSED),  e.ProjectApproved,          S.APPROVED,          _APPROVERS,         (approving_decision_is_recorded, risk_is_assessed_if_major, risk_is_controllable, budget_is_within_envelope, hearing_is_recorded_if_residents_affected, teams_are_named_if_construction, supervisors_are_not_builders, budget_covers_its_lines, public_money_is_within_the_cap, households_are_not_understated, due_lies_ahead, approver_does_not_lead), starts="delivery", then=(reserve_planned,)),
    Step("J09",  c.RefuseProject,       (S.PAIRED, S.ASSESSED),  e.ProjectNotApproved,       S.NOT_APPROVED,      _APPROVERS,         (reason_given, loops_are_handed_over), drops="*"),
    Step("J32",  c.ResubmitProject,     S.NOT_APPROVED,          e.ProjectResubmitted,       S.PAIRED,            R.PROJECT_LEAD,     (refusal_grounds_are_answered, new_version_is_recorded, texts_hide_people)),
    Step("J38",  c.PublishProjectNotice, S.APPROVED,             e.ProjectNoticePublished,   None,                (R.COMMUNITY, R.PROJECT_LEAD), (published_text_is_complete, texts_hide_people), starts="publicity"),
    # the works 实施
    Step("J10",  c.StartWork,           S.APPROVED,              e.WorkStarted,              S.IN_PROGRESS,       R.PROJECT_LEAD,     (notice_is_published, publicity_has_elapsed, no_objection_is_open, no_objection_is_upheld, risk_is_controllable), starts="staleness", stops="publicity"),
    Step("J11",  c.ReportProgress,      S.IN_PROGRESS,           e.ProgressReported,         None,                R.PROJECT_LEAD,     (progress_is_monotone, spending_is_within_budget, texts_hide_people), resets="staleness"),
    Step("J14",  c.ChangeScope,         (S.APPROVED, S.IN_PROGRESS), e.ScopeChanged,         None,                _APPROVERS,         (approving_decision_is_recorded, risk_is_controllable, hearing_is_recorded_if_residents_affected, risk_is_reassessed_if_change_is_large, budget_is_within_envelope, reason_given, budget_covers_its_lines, public_money_is_within_the_cap, approver_does_not_lead, upheld_objections_get_a_new_plan, texts_hide_people), extends="delivery", drops="publicity", then=(reserve_planned,)),
    Step("J15",  c.HandOverLead,        S.IN_PROGRESS,           e.LeadHandedOver,           None,                ((R.PROJECT_LEAD, R.TOWN),), (both_sides_sign, money_is_reconciled, town_has_agreed, supervisors_are_not_builders)),
    Step("J16",  c.SuspendProject,      S.IN_PROGRESS,           e.ProjectSuspended,         S.SUSPENDED,         ((R.PROJECT_LEAD, R.TOWN), R.TOWN), (cause_and_review_date_named, listed_record_has_supervisor_consent, town_has_agreed, texts_hide_people), starts="suspension_review", pauses="delivery staleness"),
    Step("J17",  c.ResumeProject,       S.SUSPENDED,             e.ProjectResumed,           S.IN_PROGRESS,       (R.TOWN, R.SYSTEM), (suspension_cause_is_over,), stops="suspension_review", resumes="delivery staleness"),
    Step("J33",  c.ExtendProject,       _APPROVED,               e.ProjectDeadlineExtended,  None,                R.PROJECT_LEAD,     (due_has_not_passed, extended_only_once, extension_is_within_maximum), approval=R.TOWN, extends="delivery"),
    # delivery, acceptance, evaluation 验收 评价
    Step("J19",  c.DeliverProject,      S.IN_PROGRESS,           e.ProjectDelivered,         S.DELIVERED,         R.PROJECT_LEAD,     (milestones_are_accepted_or_dropped, feedback_items_are_closed_or_transferred, risk_is_controllable, handback_is_described, texts_hide_people), starts="acceptance_check", stops="delivery staleness"),
    Step("JX03", c.SignDelivery,        S.DELIVERED,             e.DeliverySigned,           None,                (R.SUPERVISOR, R.RESIDENT, R.ORGANISATION), (signer_is_a_dedicated_supervisor, acceptors_are_not_builders)),
    Step("J20",  c.RefuseAcceptance,    S.DELIVERED,             e.AcceptanceRefused,        S.IN_PROGRESS,       R.ACCEPTANCE_GROUP, (shortcomings_are_listed, day_of_remedy_lies_ahead, acceptors_are_not_builders, texts_hide_people), starts="staleness", stops="acceptance_check", resets="delivery", then=(list_shortcomings,)),
    Step("J21",  c.AcceptDelivery,      S.DELIVERED,             e.DeliveryAccepted,         S.ACCEPTED,          R.ACCEPTANCE_GROUP, (dedicated_supervisors_sign, ledger_is_empty, acceptors_are_not_builders), starts="evaluation", stops="acceptance_check", then=(ask_the_lead,)),
    Step("J22",  c.EvaluateProject,     S.ACCEPTED,              e.ProjectEvaluated,         S.EVALUATED,         R.APPRAISER,        (evaluation_sources_are_present, evaluation_weights_sum_to_one, implementer_is_not_appraiser), starts="settlement", stops="evaluation"),
    Step("J39",  c.OrderProjectRemedy,  S.EVALUATED,             e.ProjectRemedyOrdered,     S.IN_PROGRESS,       R.APPRAISER,        (score_is_below_threshold, implementer_is_not_appraiser, defects_and_due_are_named, texts_hide_people), starts="staleness", stops="settlement", resets="delivery", then=(list_defects,)),
    # accounts 账目 决算
    Step("JX04", c.PublishAccounts,     S.EVALUATED,             e.AccountsPublished,        None,                (R.FINANCE, R.COMMUNITY), (published_text_is_complete, texts_hide_people, finance_takes_no_part)),
    Step("J23",  c.SettleProject,       S.EVALUATED,             e.ProjectSettled,           S.SETTLED,           R.FINANCE,          (accounts_equal_receipts, accounts_are_published, linked_and_disputes_are_at_rest, no_loop_is_open, finance_takes_no_part), approval=R.COMMUNITY, stops="settlement"),
    Step("J40",  c.ReopenAccounts,      S.SETTLED,               e.AccountsReopened,         S.EVALUATED,         (R.FINANCE, R.DISTRICT), (reason_is_coded, finance_takes_no_part), approval=R.DISTRICT, starts="settlement"),
    # given up 取消
    Step("J24",  c.CancelProject,       _BEFORE_APPROVAL,        e.ProjectCancelled,         S.CANCELLED,         _HOSTS[::-1],       (reason_given, loops_are_handed_over, listed_record_has_supervisor_consent, texts_hide_people), drops="*"),
    Step("J42",  c.CancelProject,       (*_APPROVED, S.DELIVERED), e.ProjectCancelled,       S.CANCELLED,         _HOSTS[::-1],       (reason_given, money_is_reconciled, loops_are_handed_over, listed_record_has_supervisor_consent, texts_hide_people), approval=R.TOWN, drops="*"),
    # the record itself 更正 归档
    Step("J34",  c.CorrectProject,      tuple(S),                e.ProjectCorrected,         None,                (R.PROJECT_LEAD, R.FINANCE, R.ARCHIVIST), (correction_names_its_event, old_value_is_kept, status_is_not_corrected, new_value_fits_its_field, reason_given, personal_data_is_withheld), approval=R.TOWN),
    Step("J25",  c.ArchiveProject,      _RESTING,                e.ProjectArchived,          S.ARCHIVED,          R.ARCHIVIST,        (no_window_is_running, retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on
