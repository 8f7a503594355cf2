"""A kind of record of one's own: a residents' proposal 居民提案, which a case can turn into.

It is defined wholly outside the package, out of the same parts as the shipped records: statuses, commands, events,
rules, a table, a region of its own (联署, people who sign a proposal) and two shared ones (evidence and links). Open a
log with `records=[CASE, PROPOSAL]` and everything works on it: guards, replay, loops, personal data, reactions.

Run it: python examples/own_record.py
"""
# ruff: noqa: E501 - a row of a table stays one line, like the handbook's row

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from govflow import (
    CASE,
    SYSTEM,
    Actor,
    BelongsTo,
    Claim,
    Command,
    Context,
    Decider,
    Engine,
    Event,
    HandOver,
    Item,
    ItemCommand,
    ItemEvent,
    NotAllowed,
    Personal,
    Protected,
    Record,
    Region,
    Rest,
    Role,
    Status,
    Step,
    Value,
    Workflow,
    rule,
)
from govflow.actors import Area, Level
from govflow.cases.commands import AcceptCase, ConvertToProposal, ReopenCase, ReportCase, TakeBackResult
from govflow.messages import Words
from govflow.regions.evidence import EVIDENCE
from govflow.regions.link import LINK, LinkAdded, LinkKind, LinkUnlinked, mirrored, mirrored_unlink
from govflow.rules import decided_by_another, loops_are_handed_over, no_loop_is_open, reason_given

SIGNATURES_NEEDED = 2

# --- 联署: who stands behind a proposal, keyed by the person ---------------------------------------------------------


class SupportStatus(Status):
    """Where one person's signature stands."""

    INVITED = "invited", "已邀请"
    SIGNED = "signed", "已联署", Rest.OUTCOME
    DECLINED = "declined", "不联署", Rest.FINAL
    LAPSED = "lapsed", "邀请失效", Rest.FINAL


class Support(Item):
    """One person's signature; an invitation nobody has answered is an open loop."""

    @property
    def what(self) -> str:
        return "an answer to the invitation to sign"


class InviteSupporter(ItemCommand, wire="support.invite", label="邀请联署"):
    """Ask a person to sign."""


class SupporterInvited(ItemEvent, name="support.invited"):
    """A person was asked to sign."""


class SignProposal(ItemCommand, wire="support.sign", label="联署"):
    """Stand behind the proposal, invited or not."""


class ProposalSigned(ItemEvent, name="support.signed"):
    """A person stands behind the proposal."""


class DeclineToSign(ItemCommand, wire="support.decline", label="不联署"):
    """Answer an invitation: no."""


class SigningDeclined(ItemEvent, name="support.declined"):
    """A person answered the invitation: no."""


class LapseInvitation(ItemCommand, wire="support.lapse", label="邀请失效"):
    """End an invitation that nobody answered."""

    reason: Words = ""


class InvitationLapsed(ItemEvent, name="support.lapsed"):
    """The proposal left before the invitation was answered."""

    reason: Words = ""


@rule("联署人非提案人", "example")
def supporter_is_not_the_proposer(proposal: Proposal, event: Any, context: Context) -> bool:
    """The person who signs, or is asked to, is not the proposer."""
    return bool(event.item != proposal.proposer)


@rule("本人联署", "example")
def signs_for_oneself(proposal: Proposal, event: Any, context: Context) -> bool:
    """Everybody signs and declines for themselves."""
    return bool(event.item == event.by)


T = SupportStatus
# fmt: off
SUPPORT_WORKFLOW = Workflow("support", T, zh="联署", on=("proposal",), steps=(
    Step("SU1", InviteSupporter, None,              SupporterInvited, T.INVITED,  (Role.PROPOSER, Role.SECRETARIAT), (supporter_is_not_the_proposer,), while_in="drafted"),
    Step("SU2", SignProposal,    (None, T.INVITED), ProposalSigned,   T.SIGNED,   Role.RESIDENT, (supporter_is_not_the_proposer, signs_for_oneself), while_in="drafted"),
    Step("SU3", DeclineToSign,   T.INVITED,         SigningDeclined,  T.DECLINED, Role.RESIDENT, (signs_for_oneself,), while_in="drafted"),
    Step("SU4", LapseInvitation, T.INVITED,         InvitationLapsed, T.LAPSED,   Role.SYSTEM, (reason_given,), while_in="any"),
))
# fmt: on

SUPPORT = Region(
    SUPPORT_WORKFLOW,
    Support,
    {
        SupporterInvited: lambda item, event: {"status": T.INVITED, "owes": event.item},
        ProposalSigned: lambda item, event: {"status": T.SIGNED, "owes": None},
        SigningDeclined: lambda item, event: {"status": T.DECLINED, "owes": None},
        InvitationLapsed: lambda item, event: {"status": T.LAPSED, "owes": None},
    },
    new_key=lambda record, command: command.by.id,
    ends=lambda record, item, given: LapseInvitation(id=record, by=SYSTEM, item=item.key, reason=given.reason),
)


# --- the record ------------------------------------------------------------------------------------------------------


class ProposalStatus(Status):
    """Where a proposal stands."""

    DRAFTED = "drafted", "起草"
    ADOPTED = "adopted", "采纳", Rest.OUTCOME
    DECLINED = "declined", "不予采纳", Rest.OUTCOME
    FILED = "filed", "存档", Rest.FINAL


class Proposal(Record):
    """What is known of a proposal."""

    kind_of_record = "proposal"

    title: str = ""
    proposer: str | None = None
    wording: Protected | None = None
    amendments: int = 0
    answer: str = ""

    @property
    def title_line(self) -> str:
        return self.title

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """The proposer of a proposal is one person, not everybody who may propose."""
        return role != Role.PROPOSER or not self.status or self.proposer == actor

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        """Whoever proposed does not decide."""
        return frozenset({self.proposer or ""}) if item is None else super().asked_by(wire, item)

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """The wording may name people: the secretariat and the proposer read it."""
        return claim.role == Role.SECRETARIAT or (claim.role == Role.PROPOSER and actor == self.proposer)


class Draft(Value):
    """What a proposal is about; a body is written once and worn by the command and its event."""

    title: Words = ""
    level: Level | None = None
    area: Area = ""


class DraftProposal(Command, Draft, wire="proposal.draft", label="起草"):
    """Propose something. `wording` may speak of people: it is encrypted before it is written, as the proposer's."""

    wording: Personal | None = None


class ProposalDrafted(Event, Draft, name="proposal.drafted"):
    """Something was proposed."""

    wording: Annotated[Protected | None, BelongsTo("proposer")] = None


class AmendProposal(Command, wire="proposal.amend", label="修改"):
    """Change the wording. The extra step: it leaves the status as it is."""

    wording: Personal


class ProposalAmended(Event, name="proposal.amended"):
    """The wording was changed."""

    wording: Annotated[Protected, BelongsTo("proposer")]


class AdoptProposal(Command, wire="proposal.adopt", label="采纳"):
    """Say yes, and what will be done."""

    answer: Words = ""


class ProposalAdopted(Event, name="proposal.adopted"):
    """The answer is yes."""

    answer: Words = ""


class DeclineProposal(Command, wire="proposal.decline", label="不予采纳"):
    """Say no, with the reason; whoever was still asked to sign is released."""

    reason: Words = ""
    hand_over: tuple[HandOver, ...] = ()


class ProposalDeclined(Event, name="proposal.declined"):
    """The answer is no."""

    reason: Words = ""
    hand_over: tuple[HandOver, ...] = ()


class FileProposal(Command, wire="proposal.file", label="存档"):
    """Put it on file for good."""


class ProposalFiled(Event, name="proposal.filed"):
    """It is on file."""


@rule("标题已填", "example", needs="title")
def title_is_given(proposal: Proposal, event: Any, context: Context) -> bool:
    """The proposal has a title."""
    return bool(event.title.strip())


@rule("联署人数达到要求", "example")
def enough_people_signed(proposal: Proposal, event: Any, context: Context) -> Iterator[str]:
    """Enough people have signed."""
    signed = sum(item.status == T.SIGNED for item in proposal.items_of("support").values())
    if signed < SIGNATURES_NEEDED:
        yield f"{signed} of {SIGNATURES_NEEDED}"


S = ProposalStatus
# fmt: off
PROPOSAL_WORKFLOW = Workflow("proposal", S, zh="提案", steps=(
    Step("P1", DraftProposal,   None,                    ProposalDrafted,  S.DRAFTED,  (Role.PROPOSER, Role.SYSTEM), (title_is_given,)),
    Step("P2", AmendProposal,   S.DRAFTED,               ProposalAmended,  None,       Role.PROPOSER),
    Step("P3", AdoptProposal,   S.DRAFTED,               ProposalAdopted,  S.ADOPTED,  Role.SECRETARIAT, (enough_people_signed, no_loop_is_open, decided_by_another)),
    Step("P4", DeclineProposal, S.DRAFTED,               ProposalDeclined, S.DECLINED, Role.SECRETARIAT, (reason_given, loops_are_handed_over, decided_by_another)),
    Step("P5", FileProposal,    (S.ADOPTED, S.DECLINED), ProposalFiled,    S.FILED,    Role.ARCHIVIST, (no_loop_is_open,)),
))
# fmt: on


def _drafted(proposal: Proposal, event: ProposalDrafted) -> dict[str, Any]:
    return {
        "status": S.DRAFTED,
        "title": event.title,
        "level": event.level,
        "area": event.area,
        "wording": event.wording,
        "proposer": None if event.by == SYSTEM.id else event.by,
        "opened_at": event.at,
    }


def _cases_it_came_from(proposal: Proposal) -> Iterator[str]:
    for link in proposal.items_of("link").values():
        if link.kind == LinkKind.CONVERTED_FROM:
            yield link.other


def _give_result_back(states: tuple[Proposal, Proposal], event: ProposalAdopted, context: Context) -> Iterator[Command]:
    for case in _cases_it_came_from(states[1]):
        yield TakeBackResult(id=case, by=SYSTEM, measure=event.answer)


def _reopen_the_case(states: tuple[Proposal, Proposal], event: ProposalDeclined, context: Context) -> Iterator[Command]:
    for case in _cases_it_came_from(states[1]):
        yield ReopenCase(id=case, by=SYSTEM, ground=event.reason)


def _out_of_a_case(id: str, case: Any, command: Command) -> DraftProposal:
    return DraftProposal(id=id, by=SYSTEM, title=case.title, level=case.level, area=case.area)


PROPOSAL = Decider(
    PROPOSAL_WORKFLOW,
    Proposal,
    {
        ProposalDrafted: _drafted,
        ProposalAmended: lambda proposal, event: {
            "wording": event.wording,
            "amendments": proposal.amendments + 1,
        },
        ProposalAdopted: lambda proposal, event: {"status": S.ADOPTED, "answer": event.answer},
        ProposalDeclined: lambda proposal, event: {"status": S.DECLINED, "answer": event.reason},
        ProposalFiled: lambda proposal, event: {"status": S.FILED},
    },
    prefix="P",
    regions=(SUPPORT, EVIDENCE, LINK),
    reactions={
        ProposalAdopted: _give_result_back,
        ProposalDeclined: _reopen_the_case,
        LinkAdded: mirrored,
        LinkUnlinked: mirrored_unlink,
    },
    opens=_out_of_a_case,  # conversion of a case refuses until a record with this is served
    succeeded=(S.ADOPTED,),
    failed=(S.DECLINED,),
)


# --- a short story ---------------------------------------------------------------------------------------------------


def main() -> None:
    """A case becomes a proposal, two neighbours sign, the answer goes back to the case."""
    desk = Actor.of("desk", Role.ACCEPTANCE_DESK, Role.DISPATCHER)
    resident = Actor.of("s-wang", Role.RESIDENT, Role.REPORTER)
    anna, bo = Actor.of("anna", Role.RESIDENT), Actor.of("bo", Role.RESIDENT)
    office = Actor.of("office", Role.SECRETARIAT)

    with Engine.open(records=[CASE, PROPOSAL]) as engine:
        case: Any = engine.handle(
            ReportCase(
                by=resident,
                title="No bench along the river walk",
                kind="suggestion",
                channel="app",
                level="community",
                area="jinniu/huazhaobi",
                reporter="s-wang",
            )
        )
        engine.handle(AcceptCase(id=case.id, by=desk))
        case = engine.handle(
            ConvertToProposal(
                id=case.id,
                by=desk,
                reason="money of all residents: they should decide",
                told_by="phone",
                hand_over=(HandOver(reason="goes on as a proposal"),),
            )
        )
        proposal: Any = engine.get(case.converted_to)
        print(f"{case.id} is {case.status}; it goes on as {proposal.id}: {proposal.title}")

        engine.handle(SignProposal(id=proposal.id, by=anna))
        engine.handle(InviteSupporter(id=proposal.id, by=office, item="bo"))
        adopt = AdoptProposal(id=proposal.id, by=office, answer="four benches by May")
        try:
            engine.handle(adopt)
        except NotAllowed as refused:
            print(refused)

        engine.handle(SignProposal(id=proposal.id, by=bo))
        proposal = engine.handle(adopt)
        case = engine.get(case.id)
        print(f"{proposal.id} is {proposal.status}; {case.id} is {case.status}: {case.outcome}")
        for event in engine.history(proposal.id):
            print(f"  {event.version} {event.name:18} by {event.body.by}")


if __name__ == "__main__":
    main()
