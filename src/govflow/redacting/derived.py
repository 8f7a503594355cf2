"""What a log holds that is made of ids: names of duties, digests of signed statements. The export makes them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from govflow.duties.model import DutyOpened, duty_id
from govflow.messages import Event
from govflow.regions.mediation import MediationAgreed, MediationExtended, statement_digest
from govflow.regions.mediation.model import AgreedObligation, Purpose

_TERMS = ("item", "obligations", "text_digest", "length")
_OF_AN_AGREEMENT = (Purpose.AGREEMENT, Purpose.CONFIRMATION, Purpose.PERFORMANCE)


class _Statement(NamedTuple):
    """A statement that parties signed, as it stands in a body."""

    record: str
    body: dict[str, Any]
    event: type[Event]

    def digests(self) -> Iterator[str]:
        """The digest for each purpose that the same terms were signed for."""
        item = self.body["item"]
        if self.event is MediationExtended:
            yield statement_digest(self.record, item, Purpose.EXTENSION, length=self.body.get("length", 0))
            return
        duties = [AgreedObligation.model_validate(each) for each in self.body.get("obligations", ())]
        for purpose in _OF_AN_AGREEMENT:
            yield statement_digest(
                self.record, item, purpose, obligations=duties, text_digest=self.body.get("text_digest")
            )


class Derived:
    """Gathers them in the first pass; there are as many as duties and mediations, not as events."""

    def __init__(self) -> None:
        self._duties: list[tuple[str, str]] = []
        self._statements: list[_Statement] = []

    def see(self, stream: str, body: dict[str, Any], event: type[Event]) -> None:
        """Look at one row."""
        if event is DutyOpened:
            self._duties.append((body["obligation"]["id"], body["owner"]))
        elif event in (MediationAgreed, MediationExtended):
            terms = {name: said for name, said in body.items() if name in _TERMS}
            self._statements.append(_Statement(stream, terms, event))

    def ids(self, new: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
        """Ids of duties of those whom `new` replaces, then and now."""
        for obligation, owner in self._duties:
            if (other := new(owner)) is not None:
                yield duty_id(obligation, owner), duty_id(obligation, other)

    def digests(
        self, new_id: Callable[[str], str], new_body: Callable[[dict[str, Any], type[Event]], dict[str, Any]]
    ) -> Iterator[tuple[str, str]]:
        """Digests of statements, then and now."""
        for each in self._statements:
            now = each._replace(record=new_id(each.record), body=new_body(each.body, each.event))
            yield from zip(each.digests(), now.digests(), strict=True)
