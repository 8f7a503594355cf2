"""The table of a budget round: every step from the empty envelope to the archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govflow.actors import SYSTEM
from govflow.actors import Role as R
from govflow.budgets import messages as m
from govflow.budgets.entry import CommissionEntry, EntryStatus
from govflow.budgets.entry_rules import public_words_hide_people, winners_were_handed_over
from govflow.budgets.model import BudgetRound
from govflow.budgets.model import BudgetRoundStatus as S
from govflow.budgets.rules import (
    ballot_can_begin,
    ballot_comes_in_time,
    ballot_fits_the_programme,
    collecting_lasted_long_enough,
    envelope_has_money,
    imported_ballots_name_the_list,
    imported_list_is_sound,
    no_objection_stands,
    nothing_is_commissioned,
    paper_ballots_are_in_order,
    result_is_put_in_words,
    result_was_public_long_enough,
    roll_changes_are_named,
    round_is_described,
    voider_has_no_entry,
    voter_is_on_the_roll,
    voter_votes_once,
    voting_has_ended,
)
from govflow.context import Context
from govflow.messages import Command
from govflow.regions.retention import hold_in_archive
from govflow.rules import (
    due_has_not_passed,
    extended_only_once,
    extension_is_within_maximum,
    has_no_interest,
    loops_are_handed_over,
    no_loop_is_open,
    not_done_before,
    reason_given,
    reason_is_coded,
    required_papers_are_attached,
    retention_class_is_set,
)
from govflow.workflow import Rest, Step, Workflow


def commission_each(round: BudgetRound, event: Any, context: Context) -> Iterator[Command]:
    """Each winner becomes a joint project where those are kept in this log; else it waits to be told what it is."""
    projects = context.deciders.get("joint_project")
    if projects is None or projects.opens is None:
        return
    for entry in round.items_of("entry").values():
        if entry.status == EntryStatus.WON:
            yield CommissionEntry(id=round.id, by=SYSTEM, item=entry.key)


_ACTIVE = tuple(status for status in S if status.rest is Rest.OPEN)
_BEFORE_THE_BALLOT = (S.DRAFTING, S.COLLECTING, S.REVIEWING)
_HOSTS = (R.SECRETARIAT, R.COMMUNITY, R.TOWN, R.DISTRICT)
_KEEPERS = (R.SECRETARIAT, R.CONVENOR)
_CONVENORS = (R.CONVENOR, R.SYSTEM)
_PUBLISHERS = (R.SECRETARIAT, R.COMMUNITY, R.TOWN)
_VOTING = (voter_is_on_the_roll, voter_votes_once, ballot_comes_in_time, ballot_fits_the_programme)
_HANDED_OVER = not_done_before("has_commissioned")
# fmt: off
BUDGET_ROUND_WORKFLOW = Workflow("budget_round", S, zh="预算轮次", steps=(
    #    id      command                from                      event                    to            who                     provided that
    # the envelope and the entries 筹备 征集 审核
    Step("PB01", m.OpenBudgetRound,     None,                     m.BudgetRoundOpened,     S.DRAFTING,   _HOSTS,                 (round_is_described, public_words_hide_people)),
    Step("PB17", m.ImportBudgetRound,   None,                     m.BudgetRoundImported,   S.REVIEWING,  R.SYSTEM,               (round_is_described, imported_list_is_sound)),
    Step("PB02", m.StartCollecting,     S.DRAFTING,               m.CollectingStarted,     S.COLLECTING, _HOSTS,                 (envelope_has_money,), starts="consultation"),
    Step("PB03", m.StartReview,         S.COLLECTING,             m.ReviewStarted,         S.REVIEWING,  (R.SYSTEM, *_HOSTS),    (collecting_lasted_long_enough,), starts="screening", stops="consultation"),
    Step("PB16", m.ExtendBudgetPhase,   (S.COLLECTING, S.REVIEWING, S.BALLOTING), m.BudgetPhaseExtended, None, (R.SECRETARIAT, R.TOWN), (reason_given, due_has_not_passed, extended_only_once, extension_is_within_maximum), extends="consultation screening ballot"),
    # the ballot 表决
    Step("PB04", m.EnrolBudgetVoters,   _BEFORE_THE_BALLOT,       m.BudgetVotersEnrolled,  None,         (R.SYSTEM, *_KEEPERS),  (roll_changes_are_named,)),
    Step("PB05", m.StrikeBudgetVoters,  _BEFORE_THE_BALLOT,       m.BudgetVotersStruck,    None,         _KEEPERS,               (roll_changes_are_named, reason_given)),
    Step("PB06", m.OpenBudgetBallot,    S.REVIEWING,              m.BudgetBallotOpened,    S.BALLOTING,  _CONVENORS,             (ballot_can_begin, envelope_has_money), starts="ballot", stops="screening"),
    Step("PB07", m.CastBudgetBallot,    S.BALLOTING,              m.BudgetBallotCast,      None,         R.VOTER,                _VOTING, anywhere=True),
    Step("PB08", m.RecordBudgetBallots, S.BALLOTING,              m.BudgetBallotsRecorded, None,         _KEEPERS,               (paper_ballots_are_in_order, required_papers_are_attached, ballot_comes_in_time)),
    Step("PB18", m.RecordBudgetBallots, S.BALLOTING,              m.BudgetBallotsRecorded, None,         R.SYSTEM,               (imported_ballots_name_the_list,)),
    Step("PB09", m.CloseBudgetBallot,   S.BALLOTING,              m.BudgetBallotClosed,    S.DECIDED,    _CONVENORS,             (voting_has_ended,), stops="ballot"),
    Step("PB11", m.VoidBudgetBallot,    (S.BALLOTING, S.DECIDED, S.PUBLISHED), m.BudgetBallotVoided, S.REVIEWING, (R.TOWN, R.DISTRICT), (reason_is_coded, has_no_interest, voider_has_no_entry, nothing_is_commissioned), drops="ballot publicity", starts="screening"),
    # the result, and what comes of it 公示 立项 办结
    Step("PB10", m.PublishBudgetRound,  S.DECIDED,                m.BudgetRoundPublished,  S.PUBLISHED,  _PUBLISHERS,            (result_is_put_in_words, public_words_hide_people), starts="publicity"),
    Step("PB12", m.CommissionWinners,   S.PUBLISHED,              m.WinnersCommissioned,   None,         (R.SYSTEM, R.COMMUNITY, R.TOWN), (result_was_public_long_enough, no_objection_stands, _HANDED_OVER), starts="implementation", stops="publicity", then=(commission_each,)),
    Step("PB13", m.CloseBudgetRound,    S.PUBLISHED,              m.BudgetRoundClosed,     S.CLOSED,     _PUBLISHERS,            (winners_were_handed_over, result_is_put_in_words, public_words_hide_people, no_loop_is_open), stops="implementation"),
    Step("PB14", m.CancelBudgetRound,   _ACTIVE,                  m.BudgetRoundCancelled,  S.CANCELLED,  (R.TOWN, R.DISTRICT),   (reason_given, loops_are_handed_over), drops="*"),
    Step("PB15", m.ArchiveBudgetRound,  (S.CLOSED, S.CANCELLED),  m.BudgetRoundArchived,   S.ARCHIVED,   R.ARCHIVIST,            (retention_class_is_set, no_loop_is_open), starts="retention", drops="*", then=(hold_in_archive,)),
))
# fmt: on
