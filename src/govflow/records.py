"""What the state of any record looks like: a status, items of its regions, clocks, and the loops still open."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import SerializeAsAny, TypeAdapter

from govflow.actors import ROLES, Claim, Id, Level, Role, covers_area
from govflow.clocks import Clock
from govflow.messages import Event, Frozen, Instant, Value, Words


class Item(Value):
    """One item of a region: a co-unit's part, a ledger number, a commitment … Regions add fields of their own."""

    key: str = ""
    status: str = ""
    since: Instant | None = None
    by: str = ""  # who opened it
    owes: str | None = None  # who owes the next step
    until: Instant | None = None
    round: int = 1
    hands: tuple[str, ...] = ()  # who worked on it

    @property
    def what(self) -> str:
        """What is owed, in a few words."""
        return self.key

    def people(self) -> frozenset[str]:
        """The people and units it is about: nobody with an interest in them may act for others here."""
        return frozenset()

    def spoken_of(self) -> Iterable[str]:
        """Whose matter it is: a text given here that names nobody speaks of them."""
        return self.people()

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """Whether it is a matter of the actor's own, or of the unit the actor speaks for: they may see its record."""
        return self.owes is not None and self.owes not in ROLES and self.owes in (actor, unit)

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None) -> bool | None:
        """Whether a claim to a role that belongs to *this* item is true here; None: the record says."""
        return None

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool | None:
        """Whether a claim gives the right to read a personal field of this item; None: the record says."""
        return None


class Loop(Value):
    """One open loop of a record: what is owed, by whom, since when and until when."""

    record: str
    region: str
    item: str
    status: str
    what: str
    owes: str | None
    since: Instant | None
    until: Instant | None

    def sentence(self) -> str:
        """The loop in one line."""
        until = f" until {self.until.isoformat(timespec='minutes')}" if self.until else ""
        return f"{self.region} {self.item} {self.status}, owed by {self.owes or 'nobody named'}{until}"


class HandOver(Value):
    """Who takes an open loop over, or why it falls away. `*` stands for every loop not named otherwise."""

    region: str = "*"
    item: str = "*"
    reason: Words
    to: Id | None = None


_OF_A_PROPOSAL = frozenset({Role.PROPOSER, Role.CO_PROPOSER, Role.VOTER})  # anybody may be one, there alone


class Record(Value):
    """The folded state of one record. Only folding makes one; `version` counts its events."""

    kind_of_record: ClassVar[str] = ""
    is_matter: ClassVar[bool] = True  # one of a person is none: it is listed and counted with no others
    correctable: ClassVar[Mapping[str, TypeAdapter[Any]]] = {}  # what a correction may change, with its type

    id: str = ""
    status: str = ""
    version: int = 0
    moved_in: int = 0  # the version in which the status last moved
    round: int = 1
    opened_at: Instant | None = None
    at: Instant | None = None  # when its last event happened
    policy: str = ""
    kind: str = ""
    category: str = ""
    retention: str = ""
    level: Level | None = None
    area: str = ""
    items: Mapping[str, Mapping[str, SerializeAsAny[Item]]] = Frozen()
    clocks: Mapping[str, Clock] = Frozen()

    def items_of(self, region: str) -> Mapping[str, Any]:
        """The items of a region by key; the clocks count as the items of the region `clock`."""
        return self.clocks if region == "clock" else self.items.get(region, {})

    def item(self, region: str, key: str) -> Any:
        """One item of a region, None where there is none."""
        return self.items_of(region).get(key)

    def asked_by(self, wire: str, item: Item | None) -> frozenset[str]:
        """Who asked, promised, served or reported what `wire` decides: somebody else must decide it."""
        return frozenset() if item is None else frozenset({item.by, *item.hands})

    def handled_by(self) -> tuple[str, ...]:
        """Everybody who handled the matter in any round: none of them may check or judge it."""
        return ()

    def built_by(self) -> frozenset[str]:
        """People and units who carry it out: nobody of theirs, whatever other office they hold, checks their work."""
        return frozenset()

    def parties(self) -> frozenset[str]:
        """Itself and whom it concerns: who has an interest in one of them must keep away from it."""
        return frozenset({self.id})

    def spoken_of(self) -> Iterable[str]:
        """The people whose matter it is, by pseudonym: a text that names nobody speaks of them (`govflow.whose`)."""
        return ()

    def concerns(self, actor: str, unit: str | None = None) -> bool:
        """Whether it is the actor's own matter: nobody has to keep away from that. A record to be made is."""
        own = (item.concerns(actor, unit) for items in self.items.values() for item in items.values())
        return not self.version or any(own)

    def is_own_matter_of(self, actor: str) -> bool:
        """Whether the actor may speak for themselves here, whatever interest they have: where it concerns them."""
        return self.concerns(actor)

    def raised_by(self, actor: str) -> bool:
        """Whether it is the actor who brought it up: nothing hides it from them."""
        return False

    def can_read(self, claim: Claim, actor: str) -> bool:
        """Whether a claim lets an actor see the record: unless it says more, whoever's area covers it does."""
        return covers_area(claim, self.area)

    @property
    def is_secret(self) -> bool:
        """Whether those who are nobody but residents must not learn of it, unless it is their own matter."""
        return False

    @property
    def keeps_to_itself(self) -> bool:
        """Whether nothing that it says may be repeated in another record: somebody reads that one, and not this."""
        return self.is_secret

    @property
    def is_for_readers_alone(self) -> bool:
        """Whether a command of whoever may not see the record is answered as if there were none."""
        return False

    def hides_from(self, claim: Claim) -> bool:
        """Whether a claim forbids its holder to learn that the record exists, whatever else the holder may read."""
        return False

    def fits(self, role: str, claim: Claim, actor: str, on_behalf_of: str | None, item: Item | None) -> bool:
        """Whether a claim to a role that belongs to *this* record is true here (its reporter, its lead unit …).

        The item that a step moves is asked first. `on_behalf_of` is what the command says of itself: alone it must
        give no right.
        """
        own = item.fits(role, claim, actor, on_behalf_of) if isinstance(item, Item) else None
        return role not in _OF_A_PROPOSAL if own is None else own

    def may_read_personal(self, field: str, claim: Claim, actor: str) -> bool:
        """Whether a claim gives the right to read a personal field here. Nobody, unless the record says so."""
        return False

    @property
    def title_line(self) -> str:
        """A few words for lists."""
        return self.id

    @property
    def digest(self) -> str:
        """SHA-256 of the whole state as JSON: equal states have equal digests, in every process."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class RecordGuarded(Event, name="record.guarded"):
    """A decision elsewhere relied on this record as it stands. Stores without a write lock need the trace."""

    for_command: Id
