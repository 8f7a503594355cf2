"""The people and bodies of one community and one village, and proposals brought forward by them step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from govflow import DEFAULT_POLICY, Actor, Claim, Command, Engine, NotAllowed, Role
from govflow.messages import RecordedEvent
from govflow.policy import Body, Policy
from govflow.proposals import Proposal
from govflow.proposals import commands as c
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.evidence import AddEvidence
from govflow.regions.support import SecondProposal
from govflow.testing import PinnedClock
from govflow.voting import Ballot, Voter

AREA = "jinniu/chadianzi/huazhaobi"
VILLAGE = "zengcheng/shitan/xiawei"
GROUP = f"{VILLAGE}/group-3"
WORKS = ("general", "environment")  # what a villagers' group decides about

# --- who -------------------------------------------------------------------------------------------------------------

OF_A_PROPOSAL = (Role.PROPOSER, Role.CO_PROPOSER, Role.VOTER)
"""Anybody may be one of these, there alone where it is true."""


def resident(id: str) -> Actor:
    """Somebody who lives here: proposes, supports, speaks and votes for themselves."""
    return Actor.of(id, Role.RESIDENT, *OF_A_PROPOSAL)


def member(id: str, *units: str, area: str = "") -> Actor:
    """A resident who sits in bodies, each by its unit."""
    seats = (Claim(role=Role.VOTER, unit=unit, area=area) for unit in units)
    own = (Claim(role=role, area=area) for role in (Role.RESIDENT, *OF_A_PROPOSAL))
    return Actor(id=id, claims=(*own, *seats))


def voter(id: str) -> Actor:
    return Actor.of(id, Role.VOTER)


def body(unit: str) -> Actor:
    """Who records what a deliberating body has decided."""
    return Actor.of(f"chair-of-{unit}", Role.DELIBERATING_BODY, unit=unit)


wang, li, zhao, chen = (resident(f"s-{name}") for name in ("wang", "li", "zhao", "chen"))
office = Actor.of("office-1", Role.SECRETARIAT, unit="office")
branch = Actor.of("branch-1", Role.PARTY_BRANCH, unit="branch")
chair = Actor.of("chair-1", Role.CONVENOR, unit="office")
committee = Actor.of("committee-1", Role.COMMUNITY, unit="committee")
council = body("council")
workstation = Actor.of("worker-1", Role.IMPLEMENTER, unit="workstation")
appraiser = Actor.of("appraiser-1", Role.APPRAISER, unit="appraisers")
town = Actor.of("town-1", Role.TOWN, unit="town-hall", level="town")
district = Actor.of("district-1", Role.DISTRICT, unit="district", level="district")
assessor = Actor.of("assessor-1", Role.ASSESSOR, unit="institute")
archivist = Actor.of("archive-1", Role.ARCHIVIST)
supervisor = Actor.of("super-1", Role.SUPERVISOR)
dispatcher = Actor.of("dispatch-1", Role.DISPATCHER)

# --- the bodies ------------------------------------------------------------------------------------------------------


def a_body(kind: str, members: int, *, area: str, unit: str | None = None, **more: Any) -> Body:
    """A body of a kind, named after it; its unit is that of its people in the claims."""
    said = {"id": kind, "en": kind.replace("_", " "), "zh": kind, "unit": unit or kind, **more}
    return Body(kind=kind, area=area, members=members, **said)


BODIES = (  # one that votes as a whole has a size where a share of it must sign, else none: rolls are as the tests need
    a_body("residents_council", 9, area=AREA, unit="council"),
    a_body("community_representatives", 0, area=AREA, unit="representatives"),
    a_body("two_committees", 7, area=VILLAGE, unit="committees"),
    a_body("party_assembly", 53, area=VILLAGE, unit="party"),
    a_body("village_representatives", 30, area=VILLAGE, unit="reps"),
    a_body("village_assembly", 960, area=VILLAGE, unit="assembly", households=276),
    a_body("village_group", 80, area=GROUP, unit="group-3", households=23, above="village_assembly", subjects=WORKS),
    a_body("owners", 0, area=AREA, unit="estate"),
    a_body("residents_assembly", 0, area=AREA, unit="residents"),
)


def a_policy(version: str = "hall", **changes: Any) -> Policy:
    """The default one with the bodies of this community and this village."""
    return DEFAULT_POLICY.changed(version=version, **{"bodies": BODIES, **changes})


# --- the steps -------------------------------------------------------------------------------------------------------

PATH = (
    "draft", "submitted", "screening", "consulting", "deliberating", "announced", "voting", "adopted", "published",
    "implementing", "completed", "appraised", "result_published",
)  # fmt: skip


def seconds(id: str, *people: Actor, **more: Any) -> Iterator[Command]:
    return (SecondProposal(id=id, by=each, **more) for each in people)


def paper(id: str, key: str, by: Actor = office, kind: str = "minutes") -> Command:
    return AddEvidence(id=id, by=by, item=key, kind=kind, sha256="0" * 64)


class Hall:
    """An engine on a pinned clock. `do` gives commands, `refused` says which rules stand against one."""

    def __init__(self, path: str | Path = ":memory:", policy: Policy | None = None, **options: Any) -> None:
        self.clock = PinnedClock()
        self.engine = Engine.open(path, policy=policy or a_policy(), now=self.clock, **options)

    # -- asking and telling -------------------------------------------------------------------------------------------

    def do(self, *commands: Command) -> Any:
        record: Any = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head, "a refused command was written"
        return caught.value

    def refused(self, command: Command) -> tuple[str, ...]:
        """The codes of the rules that a command breaks; nothing is written."""
        return tuple(sorted(self.refusal(command).codes))

    def lacks(self, command: Command) -> list[str]:
        """What is missing, in words."""
        return [str(each) for broken in self.refusal(command).broken for each in broken.detail]

    def approved(self, command: Command, by: Actor) -> Any:
        """Give a command after `by` gave leave for this very one."""
        asked = self.do(RequestApproval.of(command, self.engine.get(command.id or "")))
        key = max(asked.items_of("approval"), key=lambda key: asked.item("approval", key).on_version)
        return self.do(GiveApproval(id=asked.id, by=by, item=key), command)

    def wait(self, days: float = 0, **units: float) -> Any:
        """Let time pass, then do what is due."""
        self.clock.advance(days=days, **units)
        return self.engine.tick()

    def get(self, id: str = "m") -> Proposal:
        return cast(Proposal, self.engine.get(id))

    def names(self, id: str = "m") -> list[str]:
        """The events of a record, in order."""
        return [each.name for each in self.engine.history(id)]

    def events(self, id: str = "m") -> list[RecordedEvent]:
        return list(self.engine.history(id))

    def replayed(self, id: str = "m") -> Any:
        """The record as its events alone tell it."""
        return self.engine.as_of(id, version=self.get(id).version)

    def loops(self, id: str = "m") -> set[str]:
        return {f"{each.region}:{each.item}" for each in self.engine.open_loops(id)}

    def due(self, clock: str, id: str = "m") -> Any:
        return self.get(id).clocks[clock].due

    # -- bringing a proposal forward ----------------------------------------------------------------------------------

    def motion(self, upto: str = "draft", id: str = "m", *, supporters: Any = (li, zhao, chen), **said: Any) -> Hall:
        """A motion of residents, brought to a status by real commands. `said` goes into the draft."""
        text = {"title": "Ramp at gate 3", "text": "Build a ramp at gate 3", "area": AREA, **said}
        self.do(c.DraftProposal(id=id, by=wang, **text), *seconds(id, *supporters))
        return self.on_to(upto, id)

    def on_to(self, upto: str, id: str = "m") -> Hall:
        """Bring it on, in the simplest way that is allowed."""
        while (status := str(self.get(id).status)) != upto:
            assert status in PATH, f"from {status} no way leads on to {upto}"
            getattr(self, f"_from_{status}")(id)
        return self

    def _from_draft(self, id: str) -> None:
        self.do(c.SubmitProposal(id=id, by=wang))

    def _from_submitted(self, id: str) -> None:
        self.do(c.StartScreening(id=id, by=office))

    def _from_screening(self, id: str) -> None:
        self.do(c.AdmitProposal(id=id, by=office, stakeholders=("gate-3",)))

    def _from_consulting(self, id: str) -> None:
        self.clock.set(max(self.clock(), self.due("consultation", id)))
        self.do(c.CloseConsultation(id=id, by=office, roll_confirmed=True))

    def _from_deliberating(self, id: str) -> None:
        procedure, policy = self.get(id).procedure, self.engine.policy
        assert procedure is not None
        for stage in procedure.stages:
            if (item := self.get(id).item("stage", f"r{self.get(id).round}.{stage.id}")).status != "pending":
                continue
            known = policy.body_for(item.body, self.get(id).area)
            members = known.members if known is not None and known.members else 9
            self.do(
                self.stage_passed(stage.id, members, by=body(known.unit if known and known.unit else "council"), id=id)
            )
        self.do(self.announcement(id=id), self.whole_roll(id))

    def stage_passed(self, stage: str, members: int, *, by: Actor = council, id: str = "m", **more: Any) -> Command:
        """A stage with everybody there and in favour, on minutes that are on file."""
        key = f"minutes-{self.engine.store.head()}"
        self.do(paper(id, key))
        counts = {"entitled": members, "present": members, "in_favour": members}
        return c.RecordStage(id=id, by=by, stage=stage, papers=(key,), **{**counts, **more})

    def announcement(self, days: float = 11, length: float = 2, *, id: str = "m", **more: Any) -> Command:
        opens = self.clock() + timedelta(days=days)
        said = {"opens_at": opens, "closes_at": opens + timedelta(days=length), **more}
        return c.AnnounceVote(id=id, by=chair, **said)

    def whole_roll(self, id: str = "m") -> Command:
        """The whole electorate, of a village one of each household; five where the policy lists no size."""
        proposal, policy = self.get(id), self.engine.policy
        kind = proposal.procedure.electorate if proposal.procedure is not None else None
        body = policy.body(proposal.delegated_to or "") or policy.body_for(kind or "", proposal.area)
        if body is None or not body.households:
            return self.enrolment(body.members if body is not None and body.members else 5, id=id)
        homes = (Voter(id=f"v-{n}", household=f"h-{n}") for n in range(body.households))
        return c.EnrolVoters(id=id, by=chair, voters=tuple(homes))

    def enrolment(self, voters: int, *, id: str = "m", **more: Any) -> Command:
        """So many voters on the roll, v-0 and on."""
        return c.EnrolVoters(id=id, by=chair, voters=tuple(Voter(id=f"v-{n}", **more) for n in range(voters)))

    def _from_announced(self, id: str) -> None:
        self.clock.set(max(self.clock(), self.due("notice", id)))
        self.do(c.OpenVote(id=id, by=chair))

    def ballots(self, yes: int, no: int = 0, abstained: int = 0, *, id: str = "m") -> Iterator[Command]:
        """Votes of v-0 and on: first those in favour, then those against, then those who abstain."""
        choices = [("yes",)] * yes + [("no",)] * no + [("abstain",)] * abstained
        for number, choice in enumerate(choices):
            yield c.CastBallot(id=id, by=voter(f"v-{number}"), ballot=Ballot(choice=choice))

    def _from_voting(self, id: str) -> None:
        roll = len(self.get(id).vote.roll)
        self.do(*self.ballots(roll if roll < 10 else -(-2 * roll // 3), id=id))
        if roll >= 10:  # two thirds are enough for every rule: nobody waits for the rest but the clock
            self.clock.set(self.get(id).vote.closes_at)
        self.do(c.CloseVote(id=id, by=chair))

    def _from_adopted(self, id: str) -> None:
        self.do(c.PublishResolution(id=id, by=committee, public_text="A ramp is built", implementer="workstation"))

    def _from_published(self, id: str) -> None:
        self.clock.set(max(self.clock(), self.due("publicity", id)))
        self.do(c.StartImplementation(id=id, by=workstation))

    def _from_implementing(self, id: str) -> None:
        self.do(paper(id, "report", workstation, "report"), paper(id, "accounts", workstation, "accounts"))
        self.do(c.ReportCompletion(id=id, by=workstation, measure="built", papers=("report", "accounts")))

    def _from_completed(self, id: str) -> None:
        self.do(c.HoldAppraisal(id=id, by=appraiser, invited=10, came=8, score=90, papers=("report",)))

    def _from_appraised(self, id: str) -> None:
        self.do(c.PublishResult(id=id, by=committee, public_text="It stands", papers=("report",)))


REPLY: dict[str, Any] = {"request": "a ramp", "facts": "none there", "grounds": "the resolution", "conclusion": "built"}
