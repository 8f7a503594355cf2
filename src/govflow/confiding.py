"""Personal data of a log: opened for those who may read it there, and erased for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govflow.actors import FOR_THEMSELVES, Actor, Claim, Role
from govflow.errors import NotFound, ProtectionError
from govflow.log_events import SubjectErased
from govflow.messages import Event
from govflow.persistence.codec import StoredEvent
from govflow.reading import hides
from govflow.records import Item, Record
from govflow.signing import SelfSigning
from govflow.transaction import Unit


class Confiding(SelfSigning):
    """Opens and erases what is protected in a log."""

    def open_personal(self, id: str, field: str, actor: Actor, *, version: int | None = None) -> str | None:
        """The clear text of a personal field of a record's events (the last one that has it); None once erased.

        `field` is a field of an event (`reporter_name`). Raises ProtectionError without the right to read it there,
        NotFound for what is hidden from the actor.
        """
        record = self.get(id)
        claims = self._claims(actor, self._moment())
        if hides(record, claims, actor.id):
            raise NotFound(f"there is no record {id}")
        row, event = self._last_with(id, field, version)
        named = getattr(event, "item", "")
        item = record.item(event.name.partition(".")[0], named) if event is not None and named else None
        if not self._may_open(record, item, field, claims, actor):
            raise ProtectionError(f"{actor.id} has no right to read {field} of {id}")
        if row is None or event is None:
            raise NotFound(f"{id} has no personal field {field}")
        return self.vault.open(getattr(event, field), row.stream, row.version, row.topic, field)

    def _last_with(self, id: str, field: str, version: int | None) -> tuple[StoredEvent, Event] | tuple[None, None]:
        for row in reversed(self.store.read(id)):
            event = self.log.codec.decode(row.topic, row.state)
            if field in event.personal and getattr(event, field) is not None and version in (None, row.version):
                return row, event
        return None, None

    def _may_open(self, record: Record, item: Any, field: str, claims: Iterable[Claim], actor: Actor) -> bool:
        """Whether one of the claims gives the right: the item that the value belongs to is asked before its record."""
        of_item = item if isinstance(item, Item) else Item()
        recused = not (record.parties() | of_item.people()).isdisjoint(self._interests(actor))
        for claim in claims:
            own = of_item.may_read_personal(field, claim, actor.id)
            may = record.may_read_personal(field, claim, actor.id) if own is None else own
            if may and not (recused and claim.role not in FOR_THEMSELVES):
                return True
        return False

    def _interests(self, actor: Actor) -> frozenset[str]:
        return self.authority.interests(actor, self._moment(), self.log.current)

    def erase_subject(self, subject: str, by: Actor, *, basis: str, authority: str) -> None:
        """Erase the personal data of one subject: record it with its legal basis, then destroy the key for good."""
        claim = self._claim_of(by, Role.ARCHIVIST, Role.SYSTEM)
        if claim is None:
            raise ProtectionError(
                f"{by.id} has no right to erase personal data: an archivist for everywhere is asked for"
            )
        with self._lock:
            self._change(lambda unit: self._record_erased(unit, subject, by, claim, basis, authority))
            self.vault.keys.destroy(subject)

    def _record_erased(self, unit: Unit, subject: str, by: Actor, claim: Claim, basis: str, authority: str) -> None:
        if subject not in self.log.erased:
            event = SubjectErased(at=unit.now, by=by.id, subject=subject, basis=basis, authority=authority)
            unit.add_to_log(event, by, claim)
            unit.erased.add(subject)
