"""The table of a proposal: every step from the draft to the archive.

Rows P01 … are those of the field's handbook (see docs/explanation.md); PX01 … are our own.
"""

from __future__ import annotations

from govflow.actors import Role as R
from govflow.corrections import new_value_fits_its_field, old_value_is_kept, status_is_not_corrected
from govflow.proposals import commands as c
from govflow.proposals import events as e
from govflow.proposals.follow_ups import list_defects, untie_from_master
from govflow.proposals.model import ProposalStatus as S
from govflow.proposals.rules_ballots import (
    ballot_fits_the_rule,
    ballot_is_in_time,
    hands_fit_the_roll,
    one_ballot_per_voter,
    proxy_is_authorised,
    proxy_is_ones_own_to_give,
    proxy_is_unused,
    proxy_may_be_held,
)
from govflow.proposals.rules_count import (
    ballots_can_be_counted,
    box_is_complete,
    box_stands_closed,
    box_was_called,
    majority_is_not_reached,
    majority_is_reached,
    quorum_is_met,
    quorum_is_not_met,
    town_voids_what_is_counted,
    vote_can_be_voided,
    voting_is_over,
)
from govflow.proposals.rules_deliberation import (
    assessor_is_not_a_party,
    body_deliberating_sends_it_back,
    body_has_a_part_in_it,
    body_is_below_and_competent,
    body_of_the_stage_decides,
    consultation_lasted_long_enough,
    finding_is_stated,
    legality_is_checked_if_required,
    new_version_is_recorded,
    opinions_are_disposed_of,
    risk_is_assessed_if_major,
    stage_is_not_passed,
    stage_is_passed,
    stage_quorum_is_met,
    stages_before_vote_are_passed,
    stages_run_in_order,
    stakeholder_roll_is_confirmed,
    substance_is_changed,
    substance_is_consulted_again,
)
from govflow.proposals.rules_intake import (
    asker_is_told,
    case_it_became_is_at_rest,
    co_proposer_supports_it,
    master_is_open_and_same_subject,
    matter_is_individual,
    parts_are_named,
    procedure_is_pinned,
    proposer_drafts_or_is_written_down,
    proposer_has_left,
    public_text_hides_people,
    source_may_be_public,
    stakeholder_roll_is_set,
    stakeholders_are_named,
    subject_is_single,
    supporters_are_carried_by_the_system,
    supporters_reach_threshold,
    text_says_something,
    track_is_in_the_policy,
)
from govflow.proposals.rules_result import (
    another_implementer_is_named,
    appraisal_is_not_required,
    appraisal_is_required,
    appraisal_quorum_is_met,
    appraiser_did_not_decide,
    body_has_decided_it,
    body_may_annul,
    day_lies_ahead,
    filings_are_done,
    illegality_or_superior_decision_named,
    implementer_did_not_decide,
    implementer_is_not_appraiser,
    money_is_reconciled,
    objection_was_upheld,
    papers_of_the_procedure_are_attached,
    proposer_is_answered,
    published_text_is_complete,
    resolution_needs_no_works,
    score_is_below_threshold,
    score_is_not_below_threshold,
    spawned_record_is_described,
)
from govflow.proposals.rules_vote import (
    attempts_are_left,
    attempts_are_used_up,
    closing_lies_ahead,
    electorate_is_frozen,
    notice_has_elapsed,
    notice_is_long_enough,
    options_fit_the_method,
    quorum_rule_is_pinned,
    roll_stands,
    vote_is_reconvened,
    vote_is_the_first,
    vote_is_the_same,
    voter_is_in_snapshot,
    voters_are_named,
)
from govflow.regions.link import links_make_no_cycle
from govflow.regions.opinion import meeting_is_on_record
from govflow.regions.record_rules import (
    conversion_target_is_named,
    defects_and_due_are_named,
    ledger_is_empty,
    linked_records_are_at_rest,
    no_objection_is_open,
    no_objection_is_upheld,
    publicity_has_elapsed,
    suspension_cause_is_over,
)
from govflow.regions.retention import hold_in_archive
from govflow.rules import (
    cause_and_review_date_named,
    correction_names_its_event,
    decided_by_another,
    decision_is_written,
    due_has_not_passed,
    due_has_passed,
    extended_only_once,
    extension_is_within_maximum,
    has_no_interest,
    loops_are_handed_over,
    no_loop_is_open,
    no_window_is_running,
    not_done_before,
    person_is_eligible,
    reason_given,
    reason_is_coded,
    reopen_ground_given,
    required_papers_are_attached,
    retention_class_is_set,
    shortcomings_are_listed,
    window_is_open,
)
from govflow.workflow import Rest, Step, Workflow

_BEFORE_A_VOTE = (S.DRAFT, S.SUBMITTED, S.SCREENING, S.CONSULTING, S.DELIBERATING)
_RESTING = tuple(status for status in S if status.rest is Rest.OUTCOME)
_CARRIED_OUT = (S.PUBLISHED, S.IMPLEMENTING, S.SUSPENDED)
_WRITERS = (R.RESIDENT, R.ORGANISATION, R.PARTY_BRANCH, R.COMMUNITY, R.SYSTEM)
_CONVENORS = (R.CONVENOR, R.SYSTEM)
_KEEPERS = (R.CONVENOR, R.SECRETARIAT)
_COUNTERS = (R.CONVENOR, R.TOWN, R.SYSTEM)
_PUBLISHERS = (R.COMMUNITY, R.SECRETARIAT)

# fmt: off
PROPOSAL_WORKFLOW = Workflow("proposal", S, zh="提案", steps=(
    #    id     command                  from                          event                      to                  who                         provided that
    # coming in 起草 提交 立案
    Step("P01", c.DraftProposal,         None,                         e.ProposalDrafted,         S.DRAFT,            _WRITERS,                   (person_is_eligible, subject_is_single, text_says_something, public_text_hides_people, proposer_drafts_or_is_written_down, supporters_are_carried_by_the_system, source_may_be_public, track_is_in_the_policy)),
    Step("P02", c.SubmitProposal,        S.DRAFT,                      e.ProposalSubmitted,       S.SUBMITTED,        R.PROPOSER,                 (supporters_reach_threshold, subject_is_single), starts="screening", stops="revision"),
    Step("P03", c.StartScreening,        S.SUBMITTED,                  e.ScreeningStarted,        S.SCREENING,        R.SECRETARIAT),
    Step("P04", c.ReturnProposal,        S.SCREENING,                  e.ProposalReturned,        S.DRAFT,            R.SECRETARIAT,              (reason_is_coded, shortcomings_are_listed, not_done_before("returned"), decided_by_another), starts="revision", stops="screening"),
    Step("P05", c.RejectProposal,        S.SCREENING,                  e.ProposalRejected,        S.REJECTED,         R.SECRETARIAT,              (reason_is_coded, asker_is_told, decided_by_another, loops_are_handed_over), starts="reply", stops="screening"),
    Step("P06", c.MergeProposal,         (S.SCREENING, S.CONSULTING),  e.ProposalMerged,          S.MERGED,           R.SECRETARIAT,              (master_is_open_and_same_subject, links_make_no_cycle, loops_are_handed_over), starts="reply", drops="*"),
    Step("P07", c.ConvertToCase,         (S.SCREENING, S.CONSULTING),  e.ProposalConverted,       S.CONVERTED,        R.SECRETARIAT,              (matter_is_individual, conversion_target_is_named, loops_are_handed_over), starts="reply", drops="*"),
    Step("P08", c.AdmitProposal,         S.SCREENING,                  e.ProposalAdmitted,        S.CONSULTING,       (R.PARTY_BRANCH, R.SECRETARIAT), (procedure_is_pinned, stakeholder_roll_is_set, supporters_reach_threshold, decided_by_another), starts="consultation", stops="screening"),
    Step("P35", c.SplitProposal,         (S.SCREENING, S.CONSULTING),  e.ProposalSplit,           None,               R.SECRETARIAT,              (subject_is_single, links_make_no_cycle, parts_are_named, public_text_hides_people)),
    Step("P32", c.WithdrawProposal,      _BEFORE_A_VOTE,               e.ProposalWithdrawn,       S.WITHDRAWN,        R.PROPOSER,                 (loops_are_handed_over,), starts="takeover_window", drops="*"),
    Step("P36", c.TakeOverProposal,      _BEFORE_A_VOTE,               e.ProposalTakenOver,       None,               R.CO_PROPOSER,              (co_proposer_supports_it, proposer_has_left)),
    Step("P37", c.TakeOverProposal,      S.WITHDRAWN,                  e.ProposalTakenOver,       S.SUBMITTED,        R.CO_PROPOSER,              (co_proposer_supports_it, window_is_open), starts="screening", stops="takeover_window"),
    Step("P34", c.AmendProposal,         (S.DRAFT, S.CONSULTING, S.DELIBERATING), e.ProposalAmended, None,            (R.PROPOSER, R.SECRETARIAT, R.DELIBERATING_BODY), (new_version_is_recorded, subject_is_single, substance_is_consulted_again, body_has_a_part_in_it, text_says_something, public_text_hides_people)),
    Step("PX17", c.AmendProposal,        S.CONSULTING,                 e.ProposalAmended,         None,               (R.PROPOSER, R.SECRETARIAT, R.DELIBERATING_BODY), (new_version_is_recorded, subject_is_single, substance_is_changed, body_has_a_part_in_it, text_says_something, public_text_hides_people), resets="consultation"),
    Step("P49", c.LapseProposal,         S.DRAFT,                      e.ProposalLapsed,          S.WITHDRAWN,        R.SYSTEM,                   (due_has_passed, loops_are_handed_over), stops="revision"),
    Step("P47", c.ReopenProposal,        (S.REJECTED, S.MERGED, S.CONVERTED), e.ProposalReopened, S.SCREENING,        (R.SECRETARIAT, R.PARTY_BRANCH, R.SYSTEM), (reopen_ground_given, case_it_became_is_at_rest), starts="screening", stops="reply", then=(untie_from_master,)),
    Step("PX01", c.NameCoProposer,       _BEFORE_A_VOTE,               e.CoProposerNamed,         None,               R.PROPOSER,                 (co_proposer_supports_it,)),
    Step("PX02", c.LeaveProposal,        _BEFORE_A_VOTE,               e.ProposerLeft,            None,               (R.PROPOSER, R.SECRETARIAT), (reason_given, not_done_before("proposer_has_left"))),
    Step("PX03", c.AbsorbProposal,       (S.DRAFT, S.SUBMITTED, S.SCREENING, S.CONSULTING), e.ProposalAbsorbed, None, R.SYSTEM),
    Step("PX15", c.ReleaseProposal,      tuple(status for status in S if status is not S.ARCHIVED), e.ProposalReleased, None, R.SYSTEM),
    # consulting and deliberating 协商 审议
    Step("PX04", c.AmendStakeholders,    (S.SCREENING, S.CONSULTING),  e.StakeholdersAmended,     None,               R.SECRETARIAT,              (reason_given, stakeholders_are_named)),
    Step("P11", c.CloseConsultation,     S.CONSULTING,                 e.ConsultationClosed,      S.DELIBERATING,     R.SECRETARIAT,              (consultation_lasted_long_enough, opinions_are_disposed_of, stakeholder_roll_is_confirmed, decided_by_another), stops="consultation"),
    Step("P12", c.RecordStage,           S.DELIBERATING,               e.StageRecorded,           None,               R.DELIBERATING_BODY,        (stages_run_in_order, body_of_the_stage_decides, stage_quorum_is_met, stage_is_passed, meeting_is_on_record, risk_is_assessed_if_major, legality_is_checked_if_required)),
    Step("P41", c.FailStage,             S.DELIBERATING,               e.StageFailed,             S.NOT_ADOPTED,      R.DELIBERATING_BODY,        (stages_run_in_order, body_of_the_stage_decides, stage_quorum_is_met, stage_is_not_passed, meeting_is_on_record, reason_given, loops_are_handed_over), starts="reply"),
    Step("P13", c.SendBack,              S.DELIBERATING,               e.ProposalSentBack,        S.CONSULTING,       R.DELIBERATING_BODY,        (reason_given, body_deliberating_sends_it_back), resets="consultation"),
    Step("P51", c.DelegateProposal,      (S.CONSULTING, S.DELIBERATING), e.ProposalDelegated,     None,               (R.DELIBERATING_BODY, R.SECRETARIAT), (body_is_below_and_competent, procedure_is_pinned, body_has_a_part_in_it)),
    Step("P45", c.ExtendProposal,        (S.SCREENING, S.CONSULTING, S.IMPLEMENTING), e.ProposalDeadlineExtended, None, (R.SECRETARIAT, R.IMPLEMENTER), (due_has_not_passed, extended_only_once, extension_is_within_maximum), approval=R.PARTY_BRANCH, extends="screening consultation implementation"),
    Step("PX05", c.AssessRisk,           (S.CONSULTING, S.DELIBERATING), e.RiskAssessed,          None,               R.ASSESSOR,                 (finding_is_stated, assessor_is_not_a_party, required_papers_are_attached)),
    Step("PX13", c.CheckLegality,        (S.CONSULTING, S.DELIBERATING), e.LegalityChecked,       None,               (R.TOWN, R.DISTRICT),       (finding_is_stated, assessor_is_not_a_party, required_papers_are_attached)),
    # the vote 表决
    Step("P14", c.AnnounceVote,          S.DELIBERATING,               e.VoteAnnounced,           S.ANNOUNCED,        R.CONVENOR,                 (stages_before_vote_are_passed, quorum_rule_is_pinned, options_fit_the_method, public_text_hides_people, notice_is_long_enough, risk_is_assessed_if_major, legality_is_checked_if_required, decided_by_another), starts="notice"),
    Step("P38", c.PostponeVote,          S.ANNOUNCED,                  e.VotePostponed,           None,               R.CONVENOR,                 (reason_given, notice_is_long_enough), resets="notice"),
    Step("P39", c.CancelVote,            S.ANNOUNCED,                  e.VoteCancelled,           S.DELIBERATING,     R.CONVENOR,                 (reason_given, vote_is_the_first), drops="notice"),
    Step("PX19", c.CancelVote,           S.ANNOUNCED,                  e.VoteCancelled,           S.INQUORATE,        R.CONVENOR,                 (reason_given, vote_is_reconvened), drops="notice"),
    Step("PX06", c.EnrolVoters,          S.ANNOUNCED,                  e.VotersEnrolled,          None,               _KEEPERS,                   (voters_are_named, roll_stands)),
    Step("PX07", c.StrikeVoters,         S.ANNOUNCED,                  e.VotersStruck,            None,               _KEEPERS,                   (voters_are_named, reason_given, roll_stands)),
    Step("PX08", c.NameVoter,            (S.ANNOUNCED, S.VOTING),      e.VoterNamed,              None,               _KEEPERS,                   (voter_is_in_snapshot,)),
    Step("PX09", c.GrantProxy,           (S.ANNOUNCED, S.VOTING),      e.ProxyGranted,            None,               (R.VOTER, *_KEEPERS),       (proxy_is_ones_own_to_give, proxy_may_be_held)),
    Step("PX10", c.RevokeProxy,          (S.ANNOUNCED, S.VOTING),      e.ProxyRevoked,            None,               (R.VOTER, *_KEEPERS),       (proxy_is_ones_own_to_give, proxy_is_unused)),
    Step("P15", c.OpenVote,              S.ANNOUNCED,                  e.VoteOpened,              S.VOTING,           _CONVENORS,                 (notice_has_elapsed, closing_lies_ahead, electorate_is_frozen), starts="ballot", stops="notice"),
    Step("P16", c.CastBallot,            S.VOTING,                     e.BallotCast,              None,               R.VOTER,                    (voter_is_in_snapshot, one_ballot_per_voter, proxy_is_authorised, ballot_is_in_time, ballot_fits_the_rule), anywhere=True),
    Step("PX11", c.RecordHands,          S.VOTING,                     e.HandsRecorded,           None,               _KEEPERS,                   (hands_fit_the_roll, required_papers_are_attached)),
    Step("PX16", c.CallBox,              S.VOTING,                     e.BoxCalled,               None,               R.CONVENOR,                 (voting_is_over, box_stands_closed)),
    Step("PX12", c.OpenBox,              S.VOTING,                     e.BoxOpened,               None,               R.SYSTEM,                   (box_was_called, box_is_complete)),
    # lost before carried: what stands against closing a lost vote is what is still open, not that it was lost
    Step("P18", c.CloseVote,             S.VOTING,                     e.VoteClosed,              S.NOT_ADOPTED,      _COUNTERS,                  (voting_is_over, ballots_can_be_counted, quorum_is_met, majority_is_not_reached, loops_are_handed_over), starts="reply", stops="ballot"),
    Step("P17", c.CloseVote,             S.VOTING,                     e.VoteClosed,              S.ADOPTED,          _COUNTERS,                  (voting_is_over, ballots_can_be_counted, quorum_is_met, majority_is_reached), stops="ballot"),
    Step("P19", c.CloseVote,             S.VOTING,                     e.VoteClosed,              S.INQUORATE,        _COUNTERS,                  (voting_is_over, ballots_can_be_counted, quorum_is_not_met), stops="ballot"),
    Step("P20", c.ReconveneVote,         S.INQUORATE,                  e.VoteReannounced,         S.ANNOUNCED,        R.CONVENOR,                 (attempts_are_left, vote_is_the_same, quorum_rule_is_pinned, options_fit_the_method, public_text_hides_people, notice_is_long_enough), starts="notice"),
    Step("P21", c.LapseProposal,         S.INQUORATE,                  e.ProposalLapsed,          S.NOT_ADOPTED,      _CONVENORS,                 (attempts_are_used_up, loops_are_handed_over), starts="reply"),
    Step("P40", c.VoidVote,              (S.VOTING, S.INQUORATE, S.ADOPTED, S.NOT_ADOPTED), e.VoteVoided, S.DELIBERATING, (R.TOWN, R.CONVENOR),     (reason_is_coded, has_no_interest, vote_can_be_voided, town_voids_what_is_counted), drops="ballot reply"),
    # publication and objections 公开 异议
    Step("P22", c.PublishResolution,     S.ADOPTED,                    e.ResolutionPublished,     S.PUBLISHED,        _PUBLISHERS,                (published_text_is_complete, public_text_hides_people, filings_are_done, implementer_did_not_decide), starts="publicity"),
    Step("PX18", c.NameImplementer,      S.PUBLISHED,                  e.ImplementerNamed,        None,               _PUBLISHERS,                (reason_given, another_implementer_is_named, implementer_did_not_decide), resets="publicity"),
    Step("P44", c.ReconsiderResolution,  S.PUBLISHED,                  e.ResolutionReconsidered,  S.DELIBERATING,     (R.COMMUNITY, R.DELIBERATING_BODY), (objection_was_upheld, body_has_decided_it), drops="publicity"),
    Step("P24", c.AnnulResolution,       (S.ADOPTED, *_CARRIED_OUT, S.COMPLETED, S.APPRAISED, S.RESULT_PUBLISHED), e.ResolutionAnnulled, S.ANNULLED, (R.TOWN, R.DELIBERATING_BODY), (illegality_or_superior_decision_named, body_may_annul, loops_are_handed_over), starts="reply", drops="*"),
    Step("P42", c.FinishWithoutWorks,    S.PUBLISHED,                  e.FinishedWithoutWorks,    S.RESULT_PUBLISHED, _PUBLISHERS,                (publicity_has_elapsed, no_objection_is_open, no_objection_is_upheld, resolution_needs_no_works, no_loop_is_open), starts="reply", stops="publicity"),
    # implementation and its end 实施 评议 结果
    Step("P25", c.StartImplementation,   S.PUBLISHED,                  e.ImplementationStarted,   S.IMPLEMENTING,     R.IMPLEMENTER,              (publicity_has_elapsed, no_objection_is_open, no_objection_is_upheld, implementer_is_not_appraiser, day_lies_ahead), starts="implementation", stops="publicity"),
    Step("PX14", c.SpawnRecord,          (S.IMPLEMENTING,),            e.RecordSpawned,           None,               (R.IMPLEMENTER, R.COMMUNITY, R.SECRETARIAT), (spawned_record_is_described, conversion_target_is_named, public_text_hides_people)),
    Step("P26", c.SuspendProposal,       S.IMPLEMENTING,               e.ProposalSuspended,       S.SUSPENDED,        (R.COMMUNITY, R.IMPLEMENTER), (cause_and_review_date_named,), starts="suspension_review", pauses="implementation"),
    Step("P27", c.ResumeProposal,        S.SUSPENDED,                  e.ProposalResumed,         S.IMPLEMENTING,     (R.COMMUNITY, R.IMPLEMENTER, R.SYSTEM), (suspension_cause_is_over,), stops="suspension_review", resumes="implementation"),
    Step("P28", c.ReportCompletion,      S.IMPLEMENTING,               e.ImplementationCompleted, S.COMPLETED,        R.IMPLEMENTER,              (linked_records_are_at_rest, required_papers_are_attached, papers_of_the_procedure_are_attached, ledger_is_empty, public_text_hides_people), starts="appraisal", stops="implementation"),
    Step("P29", c.HoldAppraisal,         S.COMPLETED,                  e.AppraisalHeld,           S.APPRAISED,        R.APPRAISER,                (implementer_is_not_appraiser, appraiser_did_not_decide, appraisal_is_required, appraisal_quorum_is_met, required_papers_are_attached), stops="appraisal"),
    Step("P30", c.OrderRemedy,           S.APPRAISED,                  e.RemedyOrdered,           S.IMPLEMENTING,     R.APPRAISER,                (score_is_below_threshold, implementer_is_not_appraiser, defects_and_due_are_named, public_text_hides_people), resets="implementation", then=(list_defects,)),
    Step("P31", c.PublishResult,         S.APPRAISED,                  e.ResultPublished,         S.RESULT_PUBLISHED, _PUBLISHERS,                (required_papers_are_attached, score_is_not_below_threshold, no_loop_is_open, public_text_hides_people), starts="reply"),
    Step("P46", c.PublishResult,         S.COMPLETED,                  e.ResultPublished,         S.RESULT_PUBLISHED, _PUBLISHERS,                (required_papers_are_attached, appraisal_is_not_required, no_loop_is_open, public_text_hides_people), starts="reply", stops="appraisal"),
    Step("P43", c.AbandonImplementation, _CARRIED_OUT,                 e.ImplementationAbandoned, S.ABANDONED,        (R.COMMUNITY, R.DELIBERATING_BODY), (reason_given, body_has_decided_it, loops_are_handed_over, money_is_reconciled), approval=R.TOWN, starts="reply", drops="*"),
    # the record itself 答复 更正 归档
    Step("P48", c.ReplyToProposer,       _RESTING,                     e.ProposerReplied,         None,               (R.SECRETARIAT, R.IMPLEMENTER), (decision_is_written,), stops="reply"),
    Step("P50", c.CorrectProposal,       tuple(S),                     e.ProposalCorrected,       None,               (R.SECRETARIAT, R.ARCHIVIST), (correction_names_its_event, old_value_is_kept, status_is_not_corrected, new_value_fits_its_field, reason_given), approval=R.PARTY_BRANCH),
    Step("P33", c.ArchiveProposal,       _RESTING,                     e.ProposalArchived,        S.ARCHIVED,         R.ARCHIVIST,                (proposer_is_answered, no_window_is_running, retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on
