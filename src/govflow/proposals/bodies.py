"""What the commands and events of a proposal say: each body is written once and worn by the command and its event."""

from typing import Annotated

from pydantic import Field, StringConstraints

from govflow.actors import Area, Id, Level
from govflow.messages import Count, Instant, Sha256, Value, Words
from govflow.proposals.model import ProposalKind
from govflow.records import HandOver
from govflow.voting.roll import Voter

Text = Annotated[str, StringConstraints(max_length=20_000)]
"""The text of a proposal: public, so nobody is named in it who has not to be."""

Score = Annotated[int, Field(ge=0, le=100)]


class Supporter(Value):
    """A supporter who is carried along, in the capacity signed in."""

    id: Id
    capacity: Id = "resident"


class Drafting(Value):
    """What a proposal is about. Title and text are public; who made it stands as a pseudonym.

    `track` is the procedure it asks for, `subject` its one subject (一事一议), `venue` the station where it came up,
    `source` the record it comes from. `supporters` and `co_proposers` are those of a proposal it was split from.
    """

    title: Words = ""
    text: Text = ""
    subject: Words = ""
    subjects: Count = 1  # how many subjects the text has, as whoever writes or reads it counts them
    kind: ProposalKind = ProposalKind.ORDINARY
    category: Id = "general"
    level: Level | None = None
    area: Area = ""
    track: Id = "residents_motion"
    proposer: Id | None = None
    co_proposers: tuple[Id, ...] = ()
    supporters: tuple[Supporter, ...] = ()
    venue: Id | None = None
    source: Words | None = None


class Amending(Value):
    """A new version of the text; `substance`: it changes more than the wording."""

    title: Words = ""
    text: Text = ""
    subjects: Count = 1
    substance: bool = True


class HandingOver(Value):
    """Who takes each open loop over, or why it falls away."""

    hand_over: tuple[HandOver, ...] = ()


class Telling(Value):
    """How the proposer was told, with the reason."""

    told_by: Words = ""


class Merging(Value):
    """Into which master, and why it is the same subject."""

    master: Id | None = None
    same_subject: Words = ""


class Part(Value):
    """One of the other subjects of a proposal that is split."""

    title: Words
    text: Text = ""
    subject: Words = ""


class Staging(Value):
    """What the body of a stage decided, with attendance and votes, on which minutes (evidence on file)."""

    stage: Id | None = None
    entitled: Count = 0
    present: Count = 0
    in_favour: Count = 0
    against: Count = 0
    meeting: Id | None = None
    papers: tuple[Id, ...] = ()
    reason: Words = ""


class Announcing(Value):
    """The question, the options (empty: yes or no), when voting begins and ends, the commitment to a lot's seed."""

    question: Words = ""
    options: tuple[Id, ...] = ()
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    lot_commitment: Sha256 | None = None


class Enrolling(Value):
    """Those who may vote, by pseudonym, with household and area."""

    voters: tuple[Voter, ...] = Field(default=(), max_length=5_000)


class Publishing(Value):
    """The resolution as it is published: what is carried out by whom; `works` False: nothing is to be carried out."""

    public_text: Text = ""
    implementer: Id | None = None
    works: bool = True


class Appraising(Value):
    """An appraisal meeting: how many were invited and came, the score out of 100, the minutes."""

    invited: Count = 0
    came: Count = 0
    score: Score = 0
    papers: tuple[Id, ...] = ()


class Replying(Value):
    """The written reply to every proposer: request, facts, grounds, conclusion."""

    request: Words = ""
    facts: Words = ""
    grounds: Words = ""
    conclusion: Words = ""
