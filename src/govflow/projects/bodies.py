"""What the commands and events of a project say: each body is written once and worn by the command and its event."""

from typing import Literal

from pydantic import Field

from govflow.actors import Area, Id, Level
from govflow.messages import Amount, Count, Instant, Value, Words
from govflow.projects.model import Accounts, Long, Member, Need, Party, Pledge, StabilityRisk, TeamKind
from govflow.records import HandOver
from govflow.regions.contribution import PairingScope

MOST_PARTIES = 200
"""How many parties or pledges one command may name."""


class Proposing(Value):
    """A need or an idea. Title and text are public: nobody is named in them.

    `kind` is one of the policy's kinds of project; `theme` what it is about (联 service, sanitation, culture …);
    `alliance` the alliance it belongs to; `source` the record it comes from; `major`: it counts as major whatever it
    costs; `profile` is the profile of community whose indicators it is evaluated by. Public money that was set aside
    for it before (a winner of a budget round) stands in `fund`, with its `amount` in minor units.
    """

    title: Words = ""
    text: Long = ""
    kind: Id = "general"
    category: Id = "general"
    theme: Id | None = None
    level: Level | None = None
    area: Area = ""
    need: Need = Need()
    alliance: Id | None = None
    major: bool = False
    profile: Id | None = None
    source: Id | None = None
    fund: Id | None = None
    amount: Amount = 0


class Stating(Value):
    """The need as it is to be read from now on."""

    title: Words = ""
    text: Long = ""
    need: Need = Need()


class Listing(Value):
    """One party alone (`exclusive`) or several may claim; `until` is the last moment, by default the policy's limit."""

    exclusive: bool | None = None
    until: Instant | None = None


class Claiming(Value):
    """Which unit claims, and what it can contribute; `resource` is the record of what it has on offer.

    `pledges` say how much of it and until when: where they are named, nothing more is laid on it.
    """

    claimer: Id | None = None
    capacity: Words = ""
    resource: Id | None = None
    pledges: tuple[Pledge, ...] = Field(default=(), max_length=MOST_PARTIES)


class Agreeing(Value):
    """Which unit agrees, to what, and what it brings in: where that is named, nothing more is laid on it."""

    unit: Id | None = None
    to: Literal["party", "lead"] = "party"
    pledges: tuple[Pledge, ...] = Field(default=(), max_length=MOST_PARTIES)


class Pairing(Value):
    """Who takes part, who leads, what each brings in, how far it reaches, and the plan."""

    lead: Id | None = None
    parties: tuple[Party, ...] = Field(default=(), max_length=MOST_PARTIES)
    pledges: tuple[Pledge, ...] = Field(default=(), max_length=MOST_PARTIES)
    scope: PairingScope | None = None
    text: Long = ""


class Assessing(Value):
    """Is it needed (要不要干), can its risk be controlled (能不能干): of how much money and how many households.

    `papers` names the report on file; without figures those of the plan as it stands are meant.
    """

    necessary: bool | None = None
    level_of_risk: StabilityRisk | None = None
    budget: Amount | None = None
    households: Count | None = None
    papers: tuple[Id, ...] = ()


class Deciding(Value):
    """What the decision rests on: an order on file (`papers`), a recorded meeting, a record that decided it."""

    papers: tuple[Id, ...] = ()
    meeting: Id | None = None
    decided_by: Id | None = None


class Approving(Deciding):
    """The budget in minor units (by default the sum of its lines), the households affected, until when it delivers."""

    budget: Amount | None = None
    households: Count = 0
    until: Instant | None = None


class Changing(Value):
    """The new plan, budget (minor units) and number of households; `length` extends the time for delivery.

    `length` counts in the unit of the limit that the delivery runs by, zero leaves it.
    """

    text: Long = ""
    budget: Amount | None = None
    households: Count | None = None
    length: Count = 0


class Reconciling(Value):
    """What is left of the approved money, in minor units, on which papers."""

    balance: Amount | None = None
    papers: tuple[Id, ...] = ()


class Teaming(Value):
    """One of the three teams (三专), and who is on it."""

    team: TeamKind | None = None
    members: tuple[Member, ...] = Field(default=(), max_length=2_000)


class Remedying(Value):
    """What is defective, and until when it is put right."""

    defects: tuple[Words, ...] = ()
    until: Instant | None = None


class SeparateNeed(Value):
    """One of the needs that a project is split into."""

    title: Words
    text: Long = ""
    category: Id | None = None
    need: Need = Need()


class HandingOver(Value):
    """Who takes each open loop over, or why it falls away."""

    hand_over: tuple[HandOver, ...] = ()


class Accounting(Value):
    """The accounts in public words, and line by line."""

    public_text: Long = ""
    accounts: Accounts | None = None
