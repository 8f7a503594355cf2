"""What a vote had to be announced by: the procedure that was pinned at the admission, and the policy of that day."""

from __future__ import annotations

from collections.abc import Mapping

from govflow.messages import Event
from govflow.policy import DecisionProcedure, Policy
from govflow.proposals import events as e
from govflow.recounting.findings import Findings, shown
from govflow.regions.policy_version import PolicyMigrated


class Pinned:
    """The procedure and the policy of a proposal as its log has pinned them so far."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies, self._policy = policies, ""
        self._procedure: DecisionProcedure | None = None

    def take(self, event: Event) -> None:
        """Go on by one event."""
        match event:
            case e.ProposalDrafted():
                self._policy = event.policy
            case PolicyMigrated():
                self._policy = event.to
            case e.ProposalAdmitted() | e.ProposalDelegated():
                self._procedure = event.procedure

    def judge(self, announced: e.VoteAnnounced | e.VoteReannounced, findings: Findings) -> None:
        """Hold the rule of a vote against the procedure that was pinned, and its quorum against the policy."""
        rule = self._procedure.vote if self._procedure is not None else None
        if announced.rule != rule:
            stated, pinned = shown(announced.rule), shown(rule)
            en = f"announced with the rule {stated}, while {pinned} was pinned"
            findings.add("rule_differs", en, f"公告的表决规则为 {stated}，立案时固定的为 {pinned}")
        policy = self._policies.get(self._policy)
        quorum = policy.quorum_rule(rule.quorum) if policy is not None and rule is not None else None
        if announced.quorum != quorum:
            stated, pinned = shown(announced.quorum), shown(quorum)
            en = f"announced with the quorum {stated}, while the policy {self._policy} has {pinned}"
            findings.add("quorum_differs", en, f"公告的法定人数规则为 {stated}，政策 {self._policy} 的为 {pinned}")


PINNING = frozenset(
    event.name for event in (e.ProposalDrafted, PolicyMigrated, e.ProposalAdmitted, e.ProposalDelegated)
)
"""The stored names of the events that pin something."""
