"""参选项目 entry: what somebody asks money for in a budget round, from the idea to what carries it out."""

from __future__ import annotations

from typing import Annotated

from govflow.actors import Area, Claim, Id, Role, covers_area, speaks_for
from govflow.messages import Amount, BelongsTo, ItemCommand, ItemEvent, Personal, Protected, Value, Words
from govflow.records import Item
from govflow.regions.bodies import Reasoned
from govflow.workflow import Rest, Status


class EntryStatus(Status):
    """Where an entry stands. The cost of one that has won is reserved; once it is released, what was spent of it."""

    PROPOSED = "proposed", "已申报"
    ELIGIBLE = "eligible", "入围"
    INELIGIBLE = "ineligible", "不予入围", Rest.OUTCOME
    WITHDRAWN = "withdrawn", "撤回", Rest.FINAL
    WON = "won", "入选"
    LOST = "lost", "落选", Rest.OUTCOME
    COMMISSIONED = "commissioned", "已立项", Rest.OUTCOME
    RELEASED = "released", "已释放", Rest.FINAL


class Entry(Item):
    """One entry: what is asked for and where, what it costs in minor units, what became of it and why.

    `number` is what it is called outside, `source` the proposal or case it comes from, `unit` who is to see to it,
    `carrier` what carries it out in words, `project` as a record of this log; `kept` what was spent of it when it was
    released.
    """

    number: str = ""
    title: str = ""
    text: str = ""
    kind: str = ""
    area: str = ""
    beneficiaries: str = ""
    source: str | None = None
    proposer: str | None = None
    proposer_name: Protected | None = None
    contact: Protected | None = None
    unit: str | None = None
    asked: int = 0
    cost: int = 0
    reason_code: str = ""
    reason: str = ""
    carrier: str = ""
    project: str | None = None
    kept: int = 0

    @property
    def what(self) -> str:
        return self.title

    @property
    def held(self) -> int:
        """What the round has reserved for it, in minor units: its cost; once released, what was spent of it."""
        match self.status:
            case EntryStatus.WON | EntryStatus.COMMISSIONED:
                return self.cost
            case EntryStatus.RELEASED:
                return self.kept
        return 0

    def people(self) -> frozenset[str]:
        return frozenset(filter(None, (self.proposer,)))

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        return (self.proposer is not None and self.proposer in (actor, unit)) or super().concerns(actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Proposers act on entries of their own, communities on those of their area."""
        match role:
            case Role.PROPOSER:
                return self.proposer is not None and speaks_for(self.proposer, claim, actor, on_behalf_of)
            case Role.COMMUNITY if self.area:
                return covers_area(claim, self.area)
        return None

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        return True if self.concerns(actor, claim.unit) else None


class _Entering(Value):
    """Title and text are public: nobody is named in them. `asked` is the proposer's own estimate, in minor units."""

    number: Words = ""
    title: Words = ""
    text: Words = ""
    kind: Id | None = None
    area: Area = ""
    beneficiaries: Words = ""
    asked: Amount = 0
    source: Id | None = None
    proposer: Id | None = None


class ProposeEntry(ItemCommand, _Entering, wire="entry.propose", label="申报项目"):
    """Enter a project; `proposer` where the secretariat writes it down for somebody."""

    proposer_name: Personal | None = None
    contact: Personal | None = None


class EntryProposed(ItemEvent, _Entering, name="entry.proposed"):
    """A project was entered."""

    proposer_name: Annotated[Protected | None, BelongsTo("proposer")] = None
    contact: Annotated[Protected | None, BelongsTo("proposer")] = None


class _Admission(Value):
    cost: Amount = 0
    unit: Id | None = None


class AdmitEntry(ItemCommand, _Admission, wire="entry.admit", label="准予入围"):
    """Find it eligible, with what it costs and, if known, the unit that would see to it."""


class EntryAdmitted(ItemEvent, _Admission, name="entry.admitted"):
    """It stands on the ballot."""


class _Coded(Reasoned):
    reason_code: Id | None = None


class RefuseEntry(ItemCommand, _Coded, wire="entry.refuse", label="不予入围"):
    """Find it not eligible, with a coded reason."""


class EntryRefused(ItemEvent, _Coded, name="entry.refused"):
    """It does not stand on the ballot."""


class ReopenEntry(ItemCommand, Reasoned, wire="entry.reopen", label="重新审核"):
    """Look at a refused entry once more, as another person, for a reason."""


class EntryReopened(ItemEvent, Reasoned, name="entry.reopened"):
    """It is reviewed again."""


class _Withdrawing(Reasoned):
    to: Id | None = None
    papers: tuple[Id, ...] = ()


class WithdrawEntry(ItemCommand, _Withdrawing, wire="entry.withdraw", label="撤回项目"):
    """Take it back. On a ballot that has begun it stays listed, and cannot win.

    The secretariat does so before the ballot alone, at the proposer's written wish, which `papers` name on file.
    """


class EntryWithdrawn(ItemEvent, _Withdrawing, name="entry.withdrawn"):
    """It was taken back."""


class AwardEntry(ItemCommand, Reasoned, wire="entry.award", label="追加入选"):
    """Fund an entry that lost out of what is left of the envelope."""


class EntryAwarded(ItemEvent, Reasoned, name="entry.awarded"):
    """An entry that had lost is funded."""


class _Costing(Reasoned):
    cost: Amount = 0


class ReviseEntry(ItemCommand, _Costing, wire="entry.revise", label="核定造价"):
    """Reserve another sum for a winner."""


class EntryRevised(ItemEvent, _Costing, name="entry.revised"):
    """Another sum is reserved for a winner."""


class _Commissioning(Value):
    """`carrier` names in words what carries it out (a contract, a project kept elsewhere), `project` a record here."""

    carrier: Words = ""
    project: Id | None = None


class CommissionEntry(ItemCommand, _Commissioning, wire="entry.commission", label="立项"):
    """Say what carries a winner out; where joint projects are kept in this log and nothing is named, one is begun."""

    title: Words = ""


class EntryCommissioned(ItemEvent, _Commissioning, name="entry.commissioned"):
    """The winner is carried out by this; `begun`: the project was made of it in the same transaction."""

    begun: bool = False


class ReleaseEntry(ItemCommand, Reasoned, wire="entry.release", label="释放资金"):
    """Give a winner up, or settle one: what was reserved for it and not spent is free again."""

    to: Id | None = None


class EntryReleased(ItemEvent, Reasoned, name="entry.released"):
    """What was reserved for it is free again, without what its project has spent of it (`kept`, in minor units)."""

    to: Id | None = None
    kept: Amount = 0
