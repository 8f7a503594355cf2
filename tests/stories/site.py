"""What the stories of projects share: one log of a place, the steps every project takes, and what an auditor asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from govflow import CASE, Actor, Command, Engine, NotAllowed, Role
from govflow.budgets import BUDGET_ROUND
from govflow.cases import commands as k
from govflow.envelopes import ENVELOPE, drawn, free
from govflow.envelopes.messages import OpenEnvelope
from govflow.envelopes.model import Envelope
from govflow.projects import PROJECT, JointProject
from govflow.projects import commands as c
from govflow.projects.budget import CloseBudget
from govflow.projects.expense import RecordExpense, VerifyExpense
from govflow.projects.lines import BudgetLine, lines_of, spent_of
from govflow.projects.model import Party, PartyRole, Pledge
from govflow.projects.money import statement_of
from govflow.proposals import PROPOSAL
from govflow.regions import mediation as md
from govflow.regions.approval import GiveApproval, RequestApproval
from govflow.regions.commitment import FulfilPartOfCommitment, KeepCommitment
from govflow.regions.contact import LogContact
from govflow.regions.contribution import PairingScope
from govflow.regions.evaluation import IndicatorScore, RecordEvaluation, RequestEvaluation
from govflow.regions.evidence import AddEvidence
from govflow.regions.meeting.messages import AnnounceMeeting, HoldMeeting, RecordMeeting
from govflow.regions.retention import Paper
from govflow.regions.verification import PassVerification
from govflow.testing import PinnedClock
from tests.stories.people import Offices, of_unit, resident

YUAN = 100
RECORDS = (CASE, PROPOSAL, PROJECT, BUDGET_ROUND, ENVELOPE)


class Site:
    """One log of a place, on a pinned clock: Monday 2 March 2026, 09:00."""

    def __init__(
        self, offices: Offices, path: Any = ":memory:", *, log: Engine | None = None, clock: Any = None, **options: Any
    ) -> None:
        self.by, self.clock = offices, clock or PinnedClock()
        self.engine = log or Engine.open(path, records=RECORDS, now=self.clock, **options)

    # -- asking and telling -------------------------------------------------------------------------------------------

    def do(self, *commands: Command) -> Any:
        record: Any = None
        for each in commands:
            record = self.engine.handle(each)
        return record

    def refused(self, command: Command) -> set[str]:
        """The codes of the rules that a command breaks; nothing is written."""
        return set(self.refusal(command).codes)

    def lacks(self, command: Command) -> list[str]:
        """What is missing, in words."""
        return [str(each) for broken in self.refusal(command).broken for each in broken.detail]

    def refusal(self, command: Command) -> NotAllowed:
        head = self.engine.store.head()
        with pytest.raises(NotAllowed) as caught:
            self.engine.handle(command)
        assert self.engine.store.head() == head, "a refused command was written"
        return caught.value

    def wait(self, days: float = 0, **units: float) -> Any:
        """Let time pass, then let the system do what is due."""
        self.clock.advance(days=days, **units)
        return self.engine.tick()

    def get(self, id: str) -> Any:
        return self.engine.get(id)

    def status(self, id: str) -> str:
        return str(self.get(id).status)

    def loops(self, id: str) -> set[str]:
        return {f"{each.region} {each.item}" for each in self.engine.open_loops(id)}

    def names(self, id: str) -> list[str]:
        """What happened to a record, in order."""
        return [each.name for each in self.engine.history(id)]

    def in_days(self, days: float) -> Any:
        return self.clock() + timedelta(days=days)

    # -- steps that every project takes -------------------------------------------------------------------------------

    def envelope(self, id: str, yuan: int, **said: Any) -> None:
        """Public money that the district has put aside for this place."""
        granted = Paper(reference="district file 17", sha256="0" * 64)
        period = {"first": date(2026, 1, 1), "last": date(2027, 12, 31), "approved_by": granted, "level": "district"}
        told: dict[str, Any] = {"title": "Public money", "area": self.by.area, **period, **said}
        self.do(OpenEnvelope(id=id, by=self.by.finance, amount=yuan * YUAN, **told))

    def on_file(self, id: str, *keys: str, by: Actor | None = None, kind: str = "document") -> None:
        who = by or self.by.secretary
        for key in keys:
            self.do(AddEvidence(id=id, by=who, item=key, kind=kind, sha256=sha256(key.encode()).hexdigest()))

    def agreed(self, id: str, *units: str, to: str = "party") -> None:
        """Units say themselves that they take part, or take the lead."""
        self.do(*(c.AgreeToProject(id=id, by=of_unit(unit), unit=unit, to=to) for unit in units))

    def pairing(self, id: str, lead: str, *others: str, outside: tuple[str, ...] = (), **said: Any) -> c.PairParties:
        """The parties with the work that each of them brings in; the lead stands first."""
        role = {lead: PartyRole.LEAD, **dict.fromkeys(outside, PartyRole.EXTERNAL)}
        units = (lead, *others, *outside)
        until = self.in_days(300)
        brings: dict[str, Any] = {"matter": "service", "quantity": 10, "measure_unit": "days", "until": until}
        usual: dict[str, Any] = {
            "lead": lead,
            "parties": tuple(Party(unit=each, role=role.get(each, PartyRole.MEMBER)) for each in units),
            "pledges": tuple(Pledge(party=each, what=f"the work of {each}", **brings) for each in units),
            "scope": PairingScope.IN_REGION,
            "text": "Step by step.",
        }
        return c.PairParties(id=id, by=self.by.secretary, **{**usual, **said})

    def hearing(self, id: str, roll: tuple[str, ...], consensus: str = "it goes on") -> None:
        """A hearing of those whom it touches: announced eight days ahead, held, signed by all who came."""
        day, host = self.in_days(8), self.by.host
        on = {"form": "hearing", "subject": "what is planned", "place": "hall", "at_time": day}
        self.do(AnnounceMeeting(id=id, by=host, item="hearing", roll=roll, **on))
        self.clock.set(day)
        self.on_file(id, "hearing-minutes", kind="minutes")
        signed = {"minutes": ("hearing-minutes",), "signed_by": (host.id, *roll), "consensus": consensus}
        self.do(
            HoldMeeting(id=id, by=host, item="hearing", attended=roll),
            RecordMeeting(id=id, by=host, item="hearing", **signed),
        )

    def under_way(self, id: str, by: Actor, public_text: str = "What is planned stands here.") -> None:
        """The notice stands its seven days, then work starts."""
        self.do(c.PublishProjectNotice(id=id, by=by, public_text=public_text))
        start = c.StartWork(id=id, by=by)
        assert self.refused(start) == {"publicity_has_elapsed"}
        self.wait(days=8)
        self.do(start)

    def spent(self, id: str, voucher: str, line: str, yuan: int, by: Actor) -> None:
        """A voucher entered by a party, with its receipt on file, and found right by finance."""
        self.on_file(id, f"receipt-{voucher}", by=by, kind="receipt")
        entry = RecordExpense(
            id=id, by=by, item=voucher, voucher=voucher, line=line, amount=yuan * YUAN, papers=(f"receipt-{voucher}",)
        )
        self.do(entry, VerifyExpense(id=id, by=self.by.finance, item=voucher))

    def accepted(self, id: str, *signed: Actor) -> JointProject:
        """Signed by the dedicated supervisors, one by one, then accepted by people who have built nothing."""
        accept, seen = c.AcceptDelivery(id=id, by=self.by.acceptor), self.get(id)
        for each in signed:
            assert "dedicated_supervisors_sign" in self.refused(accept)
            self.do(c.SignDelivery(id=id, by=each))
        assert seen.supervisors == self.get(id).signed
        found: JointProject = self.do(accept)
        return found

    def evaluated(self, id: str, points: Mapping[str, tuple[Actor, int]]) -> JointProject:
        """Asked, answered and closed: who judges as which source, with so many points for each indicator."""
        project = self.get(id)
        indicators = project.plan.indicator_set().indicators
        asked = {each.source for each in project.items_of("evaluation").values() if each.round == project.round}
        for source, (who, _) in points.items():
            if source not in asked:
                ask = {"source": source, "evaluator": _unit(who) or who.id}
                self.do(RequestEvaluation(id=id, by=self.by.committee, **ask))
        close = c.EvaluateProject(id=id, by=self.by.appraiser)
        for who, score in points.values():
            assert "evaluation_sources_are_present" in self.refused(close)
            unit = _unit(who)
            scores = tuple(IndicatorScore(indicator=each.id, score=score) for each in indicators)
            key = f"r{project.round}.{unit or who.id}"
            self.do(RecordEvaluation(id=id, by=who, item=key, on_behalf_of=unit, scores=scores))
        found: JointProject = self.do(close)
        return found

    def kept(self, id: str) -> None:
        """Every promise is delivered in full by whoever gave it, and found kept by the supervising body."""
        self.on_file(id, "handed-over", by=self.by.committee)
        for key, promise in self.get(id).items_of("commitment").items():
            if promise.status not in ("made", "broken"):
                continue
            by = self.by.secretary if promise.owes == self.by.unit else of_unit(promise.owes)
            if left := promise.measure - promise.delivered:
                part = {"amount" if promise.amount else "quantity": left, "evidence": ("handed-over",)}
                self.do(FulfilPartOfCommitment(id=id, by=by, item=key, measure="brought in", **part))
            self.do(KeepCommitment(id=id, by=self.by.supervisor, item=key))

    def settled(self, id: str) -> JointProject:
        """Every line closed with its receipts, the accounts public, the committee's leave, then the settlement."""
        project = self.get(id)
        for line in lines_of(project):
            if line.status == "reserved":
                self.do(CloseBudget(id=id, by=self.by.finance, item=line.key, spent=spent_of(project, line.key)))
        self.do(c.PublishAccounts(id=id, by=self.by.finance, public_text="Every receipt is counted."))
        found: JointProject = self.with_leave(self.settlement(id), self.by.committee)
        return found

    def settlement(self, id: str) -> c.SettleProject:
        return c.SettleProject(id=id, by=self.by.finance, spent=spent_of(self.get(id)))

    def with_leave(self, command: Command, by: Actor) -> Any:
        """Give a command after `by` has given leave for this very one."""
        assert "approval_is_given" in self.refused(command)
        asked = self.do(RequestApproval.of(command, self.get(command.id or "")))
        key = max(asked.items_of("approval"), key=lambda key: asked.item("approval", key).on_version)
        return self.do(GiveApproval(id=asked.id, by=by, item=key), command)

    # -- cases beside a project ---------------------------------------------------------------------------------------

    def dispute(self, id: str, who: str, what: str) -> None:
        """A resident's dispute is a case of its own, which the community takes in hand."""
        matter: dict[str, Any] = {"title": what, "kind": "dispute", "category": "dispute", "area": self.by.area}
        self.do(k.ReportCase(id=id, by=resident(who), channel="walk_in", level="community", reporter=who, **matter))
        self.taken_in_hand(id)

    def taken_in_hand(self, id: str) -> None:
        """A reported case is accepted, goes to the community, which contacts who reported it and starts."""
        desk, lead = self.by.desk, self.by.handler
        self.do(
            k.AcceptCase(id=id, by=desk),
            k.AssignCase(id=id, by=desk, lead_unit=self.by.unit, unit_level="community"),
            LogContact(id=id, by=lead, reached=True, way="visit"),
            k.StartHandling(id=id, by=lead),
        )

    def mediated(self, id: str, against: str) -> Any:
        """The resident and the unit consent, agree, sign, and do what they agreed on; then the case is closed."""
        who, title = self.get(id).reporter, self.get(id).title
        unit: dict[str, Any] = {"by": Actor.of(f"{against}-1", Role.DISPUTANT, unit=against), "on_behalf_of": against}
        sides: tuple[dict[str, Any], ...] = ({"by": resident(who)}, unit)
        on: dict[str, Any] = {"id": id, "by": self.by.mediator, "item": "d"}
        bench = {"mediator": self.by.mediator.id, "body": "village-council", "relation": "resident_unit"}
        self.do(md.OfferMediation(**on, what=title, parties=(who, against), **bench))
        self.do(*(md.ConsentToMediation(id=id, item="d", **each) for each in sides), md.StartMediation(**on))
        duty = md.AgreedObligation(by=against, what="make good what was broken", until=self.in_days(3))
        agree, perform = md.AgreeInMediation(**on, obligations=(duty,)), md.PerformAgreement(**on)
        self.do(*(md.signing(agree, self.get(id), **each) for each in sides), agree)
        self.do(KeepCommitment(id=id, by=self.by.mediator, item="d.1"))
        self.do(*(md.signing(perform, self.get(id), **each) for each in sides), perform)
        return self.put_right(id)

    def put_right(self, id: str) -> Any:
        """What was in hand is done, with what shows it, and told."""
        self.on_file(id, "shown", by=self.by.handler)
        self.do(k.SubmitResult(id=id, by=self.by.handler, measure="put right", evidence=("shown",)))
        return self.closed(id)

    def closed(self, id: str) -> Any:
        """Whoever reported it is told and content, somebody else has checked it, the case is closed."""
        round, who = self.get(id).round, self.get(id).reporter
        told = {"to_level": "community", "to_reporter": True, "public_text": "It is put right."}
        content = {"contacted": True, "resolved": True, "satisfied": True}
        return self.do(
            k.GiveFeedback(id=id, by=self.by.secretary, **told),
            PassVerification(id=id, by=self.by.verifier, item=f"r{round}"),
            RecordEvaluation(id=id, by=resident(who), item=f"r{round}.{who}", **content),
            k.CloseCase(id=id, by=self.by.desk),
        )

    # -- what an auditor asks of any log ------------------------------------------------------------------------------

    def audited(self, *private: str) -> None:
        """Replay gives the same, money is conserved, what rests owes nothing, and no private text stands in the log."""
        records: list[Any] = list(self.engine.records())
        for each in records:
            assert self.engine.as_of(each.id, version=each.version).digest == each.digest, each.id
            if each.status not in self.engine.deciders[each.kind_of_record].active:
                assert self.engine.open_loops(each.id) == (), each.id
        projects = [each for each in records if isinstance(each, JointProject)]
        for project in projects:
            self._accounts_are_right(project)
        for envelope in (each for each in records if isinstance(each, Envelope)):
            asked = (line for each in projects for line in _drawing_on(each, envelope.id))
            assert drawn(envelope) == sum(line.held for line in asked)
            assert drawn(envelope) + free(envelope) == envelope.amount
            assert free(envelope) >= 0
        text = b"".join(row.state for row in self.engine.store.scan(0))
        assert not any(each.encode() in text for each in private)

    def _accounts_are_right(self, project: JointProject) -> None:
        accounts = statement_of(project)
        assert accounts.spent == spent_of(project)
        assert all(line.spent <= line.budgeted for line in accounts.lines)
        assert sum(line.held for line in lines_of(project)) <= (project.budget or 0)
        if project.status in ("settled", "archived") and project.accounts is not None:
            assert project.accounts == accounts


def _unit(who: Actor) -> str | None:
    return next((claim.unit for claim in who.claims if claim.unit), None)


def _drawing_on(project: JointProject, envelope: str) -> Iterable[BudgetLine]:
    return (each for each in lines_of(project) if each.envelope == envelope)
